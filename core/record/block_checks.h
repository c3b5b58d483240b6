// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/record/block.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

/// What the readers and writers of typed blocks share. Inside core/record only. Errors name the block's kind, what is wrong and what was
/// expected.
namespace timberline::record::checks {

inline constexpr double kLargestCount = 1e15;

inline Error bad_block(const Block& block, const std::string& what)
{
    return make_error(ErrorCode::BadFile, "record: block " + block.kind + ": " + what,
                      "The record is damaged or was written by another program.");
}

inline Status check_kind(const Block& block, std::string_view kind)
{
    return block.kind == kind ? Status{} : Status{bad_block(block, "expected " + std::string(kind))};
}

inline Result<double> number(const Block& block, const std::string& key)
{
    const auto it = block.numbers.find(key);
    if (it == block.numbers.end()) {
        return bad_block(block, "the number " + key + " is missing");
    }
    return it->second;
}

template <typename T>
Result<T> count(const Block& block, const std::string& key, double smallest = 0)
{
    TIMBERLINE_ASSIGN(const double value, number(block, key));
    const double largest = std::min(kLargestCount, static_cast<double>(std::numeric_limits<T>::max()));
    if (!(value >= smallest && value <= largest) || std::floor(value) != value) {
        return bad_block(block, key + " is " + std::to_string(value) + ", expected a whole number from " +
                                    std::to_string(static_cast<std::int64_t>(smallest)));
    }
    return static_cast<T>(value);
}

inline std::string text(const Block& block, const std::string& key)
{
    const auto it = block.texts.find(key);
    return it == block.texts.end() ? std::string{} : it->second;
}

template <typename T>
void put(Block& block, const std::string& key, const std::vector<T>& values)
{
    if (!values.empty()) {
        block.arrays[key] = {.shape = {static_cast<std::int64_t>(values.size())}, .values = values};
    }
}

/// An array of one dimension; absent = empty.  @param length -1 = any.
template <typename T>
Result<std::vector<T>> list(const Block& block, const std::string& key, std::int64_t length = -1)
{
    if (!block.arrays.contains(key)) {
        return std::vector<T>{};
    }
    const auto* values = find_array<T>(block, key, {length});
    if (values == nullptr || static_cast<std::int64_t>(values->size()) != block.arrays.at(key).shape[0]) {
        return bad_block(block, "the array " + key + " has another type or length than expected" +
                                    (length < 0 ? "" : " (" + std::to_string(length) + ")"));
    }
    return *values;
}

}  // namespace timberline::record::checks
