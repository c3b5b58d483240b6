// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace timberline::io {

/// A 64-bit hash that tells contents apart by accident-proof margins; not cryptographic. It is part of saved records: never change it.
///
/// Four lanes start at their number 0..3. Word w of 8 bytes (little endian, the last one padded with zeros) goes to lane w mod 4:
/// lane = rotl((lane xor word) * 0x9E3779B97F4A7C15, 29) * 0xBF58476D1CE4E5B9. The digest folds the byte count and the lanes in
/// order by h = mix(h xor lane), starting at h = mix(count), mix being the finaliser of splitmix64 (Steele, Lea, Flood 2014).
class ContentHash
{
public:
    /// Adds one whole piece (a file): its length enters the digest, so pieces do not run into each other.
    void add(const std::uint8_t* data, std::size_t bytes) noexcept;
    [[nodiscard]] std::uint64_t digest() const noexcept { return digest_; }
    /// 16 hexadecimal digits.
    [[nodiscard]] std::string text() const;

private:
    std::uint64_t digest_ = 0;
};

} // namespace timberline::io
