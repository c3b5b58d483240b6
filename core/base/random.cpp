// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/random.h"

namespace timberline {
namespace {

// Multipliers and Weyl increments of the paper's table 2 (the increments are the golden ratio and sqrt(3) - 1, scaled by 2^32).
constexpr std::uint32_t kMultiplier0 = 0xD2511F53U;
constexpr std::uint32_t kMultiplier1 = 0xCD9E8D57U;
constexpr std::uint32_t kWeyl0 = 0x9E3779B9U;
constexpr std::uint32_t kWeyl1 = 0xBB67AE85U;
constexpr int kRounds = 10;

// Spreads the few purposes over the high key word; odd, so that distinct purposes give distinct words.
constexpr std::uint32_t kPurposeSpread = 0x9E3779B1U;

/// One block per (key, index). The counter holds position, round, sibling and index unchanged, and the purpose only moves the
/// cipher's key, so within one seed no two names can share a block: Philox is a bijection of the counter for each key.
double uniform_at(const RandomKey& key, std::uint32_t index) noexcept
{
    const std::uint32_t spread = static_cast<std::uint32_t>(key.purpose) * kPurposeSpread;
    const auto words = philox4x32_10({key.position, key.round, key.sibling, index},
                                     {static_cast<std::uint32_t>(key.seed), static_cast<std::uint32_t>(key.seed >> 32U) ^ spread});
    const std::uint64_t bits = (static_cast<std::uint64_t>(words[0] >> 5U) << 26U) | (words[1] >> 6U); // 27 + 26 = 53 bits
    return static_cast<double>(bits) * 0x1p-53;
}

} // namespace

std::array<std::uint32_t, 4> philox4x32_10(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key) noexcept
{
    for (int round = 0; round < kRounds; ++round) {
        const std::uint64_t product0 = static_cast<std::uint64_t>(kMultiplier0) * counter[0];
        const std::uint64_t product1 = static_cast<std::uint64_t>(kMultiplier1) * counter[2];
        counter = {static_cast<std::uint32_t>(product1 >> 32U) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(product1),
                   static_cast<std::uint32_t>(product0 >> 32U) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(product0)};
        key[0] += kWeyl0;
        key[1] += kWeyl1;
    }
    return counter;
}

double uniform(const RandomKey& key) noexcept
{
    return uniform_at(key, 0);
}

double RandomStream::next() noexcept
{
    return uniform_at(key_, index_++);
}

} // namespace timberline
