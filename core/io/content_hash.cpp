// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/content_hash.h"

#include <bit>
#include <cstring>

namespace timberline::io {
namespace {

constexpr std::uint64_t kFirst = 0x9E3779B97F4A7C15ULL;
constexpr std::uint64_t kSecond = 0xBF58476D1CE4E5B9ULL;
constexpr std::uint64_t kThird = 0x94D049BB133111EBULL;

std::uint64_t mix(std::uint64_t x) noexcept
{
    x = (x ^ (x >> 30U)) * kSecond;
    x = (x ^ (x >> 27U)) * kThird;
    return x ^ (x >> 31U);
}

void absorb(std::uint64_t& lane, const std::uint8_t* bytes, std::size_t count) noexcept
{
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, count);
    lane = std::rotl((lane ^ word) * kFirst, 29) * kSecond;
}

} // namespace

static_assert(std::endian::native == std::endian::little, "words are read as they lie in memory");

void ContentHash::add(const std::uint8_t* data, std::size_t bytes) noexcept
{
    std::uint64_t lanes[4] = {0, 1, 2, 3};
    std::size_t at = 0;
    for (; at + 32 <= bytes; at += 32) {
        for (std::size_t lane = 0; lane < 4; ++lane) {
            absorb(lanes[lane], data + at + 8 * lane, 8);
        }
    }
    for (std::size_t lane = 0; at < bytes; ++lane, at += 8) {
        absorb(lanes[lane], data + at, bytes - at < 8 ? bytes - at : 8);
    }
    digest_ = mix(digest_ ^ bytes);
    for (const std::uint64_t lane : lanes) {
        digest_ = mix(digest_ ^ lane);
    }
}

std::string ContentHash::text() const
{
    constexpr char kDigits[] = "0123456789abcdef";
    std::string out(16, '0');
    for (std::size_t i = 0; i < 16; ++i) {
        out[i] = kDigits[(digest_ >> (60 - 4 * i)) & 15U];
    }
    return out;
}

} // namespace timberline::io
