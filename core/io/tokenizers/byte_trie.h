// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/io/tokenizers/flat_map.h"

#include <cstdint>
#include <string_view>
#include <vector>

namespace timberline::io::tokenizers {

/// A trie over bytes with one whole number at each word's end. A later word of the same spelling replaces the number only if asked.
class ByteTrie
{
public:
    static constexpr std::int32_t kNone = -1;

    void insert(std::string_view word, std::int32_t value, bool replace)
    {
        std::uint32_t node = 0;
        for (const char c : word) {
            const std::uint64_t key = edge(node, c);
            if (const std::uint32_t* next = edges_.find(key); next != nullptr) {
                node = *next;
            } else {
                const auto fresh = static_cast<std::uint32_t>(values_.size());
                edges_.set(key, fresh);
                values_.push_back(kNone);
                node = fresh;
            }
        }
        if (replace || values_[node] == kNone) {
            values_[node] = value;
        }
    }

    /// Calls found(length, value) for every word that `text` starts with, the shortest first.
    template <typename Found>
    void each_prefix(std::string_view text, Found&& found) const
    {
        std::uint32_t node = 0;
        for (std::size_t i = 0; i < text.size(); ++i) {
            const std::uint32_t* next = edges_.find(edge(node, text[i]));
            if (next == nullptr) {
                return;
            }
            node = *next;
            if (values_[node] != kNone) {
                found(i + 1, values_[node]);
            }
        }
    }

private:
    [[nodiscard]] static std::uint64_t edge(std::uint32_t node, char c) noexcept
    {
        return (std::uint64_t{node} << 8) | static_cast<std::uint8_t>(c);
    }

    FlatMap<std::uint32_t> edges_;
    std::vector<std::int32_t> values_{kNone};
};

}  // namespace timberline::io::tokenizers
