// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <bit>
#include <cstdint>
#include <limits>
#include <vector>

namespace timberline::io::tokenizers {

/// Open-addressing map from 64-bit keys (all but the largest) to small values. Several times faster to build and read than
/// std::unordered_map, which matters for 50,000 merges. Not thread-safe while being filled.
template <typename Value>
class FlatMap
{
public:
    void reserve(std::size_t entries)
    {
        if (entries * 2 > slots_.size()) {
            rebuild(std::bit_ceil(entries * 2 + 16));
        }
    }

    /// Inserts or replaces.
    void set(std::uint64_t key, const Value& value)
    {
        reserve(count_ + 1);
        Slot& slot = slots_[index_of_key(key)];
        count_ += slot.key == kEmpty ? 1 : 0;
        slot = {key, value};
    }

    [[nodiscard]] const Value* find(std::uint64_t key) const noexcept
    {
        if (slots_.empty()) {
            return nullptr;
        }
        const Slot& slot = slots_[index_of_key(key)];
        return slot.key == key ? &slot.value : nullptr;
    }

private:
    static constexpr std::uint64_t kEmpty = std::numeric_limits<std::uint64_t>::max();
    struct Slot {
        std::uint64_t key = kEmpty;
        Value value{};
    };

    [[nodiscard]] std::size_t index_of_key(std::uint64_t key) const noexcept
    {
        const std::size_t mask = slots_.size() - 1;
        std::uint64_t hash = key * 0x9E3779B97F4A7C15ULL;
        hash ^= hash >> 32;
        std::size_t index = static_cast<std::size_t>(hash) & mask;
        while (slots_[index].key != key && slots_[index].key != kEmpty) {
            index = (index + 1) & mask;
        }
        return index;
    }

    void rebuild(std::size_t size)
    {
        std::vector<Slot> old(size);
        old.swap(slots_);
        for (const Slot& slot : old) {
            if (slot.key != kEmpty) {
                slots_[index_of_key(slot.key)] = slot;
            }
        }
    }

    std::vector<Slot> slots_;  // a power of two, at most half full
    std::size_t count_ = 0;
};

}  // namespace timberline::io::tokenizers
