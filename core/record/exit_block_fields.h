// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Inside core/record only: writing and checking the fields of the Exits bench's blocks.

#include "core/base/result.h"
#include "core/base/text.h"
#include "core/record/block.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace timberline::record::exit_blocks {

inline constexpr std::int64_t kMostRows = 1 << 24;
inline constexpr std::int64_t kMostTop = 1024;
inline constexpr std::int64_t kLargest = std::numeric_limits<std::int32_t>::max();

template <typename T>
void put(Block& block, const std::string& key, std::vector<std::int64_t> shape, std::vector<T> values)
{
    block.arrays[key] = {std::move(shape), std::move(values)};
}

template <typename T>
void put_list(Block& block, const std::string& key, const std::vector<T>& values)
{
    put(block, key, {static_cast<std::int64_t>(values.size())}, values);
}

/// Reads one block's fields and remembers the first that is wrong.
class Reader
{
public:
    Reader(const Block& block, std::string_view kind) : block_(block)
    {
        require(block.kind == kind, "kind", "is " + in_quotes(block.kind) + ", expected " + std::string(kind));
    }

    double number(const std::string& key, double minimum = -std::numeric_limits<double>::infinity(),
                  double maximum = std::numeric_limits<double>::infinity())
    {
        const auto it = block_.numbers.find(key);
        if (it == block_.numbers.end() || std::isnan(it->second) || it->second < minimum || it->second > maximum) {
            require(false, key,
                    (it == block_.numbers.end() ? "is missing" : "is " + number_text(it->second)) + ", expected a number from " +
                        number_text(minimum) + " to " + number_text(maximum));
            return minimum;
        }
        return it->second;
    }
    /// NaN is allowed.
    double measure(const std::string& key)
    {
        const auto it = block_.numbers.find(key);
        require(it != block_.numbers.end(), key, "is missing, expected a number");
        return it == block_.numbers.end() ? 0 : it->second;
    }
    std::int32_t whole(const std::string& key, std::int64_t minimum, std::int64_t maximum)
    {
        const double value = number(key, static_cast<double>(minimum), static_cast<double>(maximum));
        require(value == std::floor(value), key, "is " + number_text(value) + ", expected a whole number");
        return static_cast<std::int32_t>(value);
    }
    std::string text(const std::string& key)
    {
        const auto it = block_.texts.find(key);
        require(it != block_.texts.end(), key, "is missing, expected a text");
        return it == block_.texts.end() ? std::string{} : it->second;
    }
    /// The values of an array of this shape (-1 takes any size); empty after a mistake.
    template <typename T>
    std::vector<T> array(const std::string& key, const std::vector<std::int64_t>& shape, bool optional = false)
    {
        if (optional && !block_.arrays.contains(key)) {
            return {};
        }
        const auto* found = find_array<T>(block_, key, shape);
        const bool whole_array = found != nullptr && element_count(block_.arrays.at(key).shape) == static_cast<std::int64_t>(found->size());
        require(whole_array, key, "is missing or has another shape or type than expected");
        return whole_array ? *found : std::vector<T>{};
    }
    template <typename List>
    void range(const List& values, const std::string& key, std::int64_t minimum, std::int64_t maximum)
    {
        const auto bad = std::ranges::find_if(values, [&](auto value) { return value < minimum || value > maximum; });
        if (bad != values.end()) {
            require(false, key,
                    "holds " + std::to_string(*bad) + ", expected " + std::to_string(minimum) + " to " + std::to_string(maximum));
        }
    }
    void require(bool condition, const std::string& key, const std::string& problem)
    {
        if (!condition && problem_.empty()) {
            problem_ = "block " + printable(block_.kind) + ": " + key + " " + problem;
        }
    }
    [[nodiscard]] bool good() const noexcept { return problem_.empty(); }
    [[nodiscard]] Error error() const
    {
        return make_error(ErrorCode::BadFile, problem_, "The record is damaged; open another copy, or run its config again.");
    }
    template <typename T>
    Result<T> finish(T value) const
    {
        if (!good()) {
            return error();
        }
        return value;
    }

private:
    const Block& block_;
    std::string problem_;
};

}  // namespace timberline::record::exit_blocks
