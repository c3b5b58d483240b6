// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/text.h"
#include "core/record/block.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Reads the fields of one attention block and remembers the first that is wrong. Inside core/record only.
namespace timberline::record::detail {

constexpr std::int32_t kMostLayers = 10'000;
constexpr std::int32_t kMostPositions = 16'000'000;

using Shape = std::vector<std::int64_t>;

class BlockReader
{
public:
    BlockReader(const Block& block, std::string_view kind) : block_(block)
    {
        if (block.kind != kind) {
            fail("kind", "is " + in_quotes(block.kind) + ", expected " + std::string(kind));
        }
    }

    /// Any number, also NaN and infinity.
    void real(const std::string& key, double& out)
    {
        const auto it = block_.numbers.find(key);
        it == block_.numbers.end() ? fail(key, "is missing, expected a number") : static_cast<void>(out = it->second);
    }
    /// @param optional an absent number leaves `out` as it is.
    void whole(const std::string& key, std::int32_t& out, std::int32_t minimum, std::int32_t maximum, bool optional = false)
    {
        if (optional && !block_.numbers.contains(key)) {
            return;
        }
        double value = std::nan("");
        real(key, value);
        if (!(value >= minimum && value <= maximum) || value != std::floor(value)) {
            fail(key, "is " + number_text(value) + ", expected a whole number from " + std::to_string(minimum) + " to " +
                          std::to_string(maximum));
            out = minimum;
            return;
        }
        out = static_cast<std::int32_t>(value);
    }
    void flag(const std::string& key, bool& out)
    {
        std::int32_t value = 0;
        whole(key, value, 0, 1);
        out = value == 1;
    }
    /// @param optional an absent text leaves `out` as it is.
    void text(const std::string& key, std::string& out, bool optional = false)
    {
        const auto it = block_.texts.find(key);
        if (optional && it == block_.texts.end()) {
            return;
        }
        it == block_.texts.end() ? fail(key, "is missing, expected a text") : static_cast<void>(out = it->second);
    }
    /// @param optional an absent array leaves `out` empty.
    template <typename T>
    void array(const std::string& key, const Shape& shape, std::vector<T>& out, bool optional = false)
    {
        if (!problem_.empty() || (optional && !block_.arrays.contains(key))) {
            return;  // after an error the shape may be nonsense
        }
        const auto* found = find_array<T>(block_, key, shape);
        if (found == nullptr || static_cast<std::int64_t>(found->size()) != element_count(block_.arrays.at(key).shape)) {
            std::string sizes;
            for (const std::int64_t size : shape) {
                sizes += (sizes.empty() ? "" : ", ") + (size < 0 ? "any" : std::to_string(size));
            }
            fail(key, "is missing or has another shape or type, expected [" + sizes + "]");
            return;
        }
        out = *found;
    }
    void require(bool condition, const std::string& key, const std::string& problem)
    {
        if (!condition) {
            fail(key, problem);
        }
    }
    template <typename T>
    Result<T> finish(T value) const
    {
        if (!problem_.empty()) {
            return make_error(ErrorCode::BadFile, problem_, "The record is damaged; open another copy, or run its config again.");
        }
        return value;
    }

private:
    void fail(const std::string& key, const std::string& problem)
    {
        if (problem_.empty()) {
            problem_ = "block " + in_quotes(block_.kind) + " of moment " + std::to_string(block_.moment) + ": " + key + " " + problem;
        }
    }

    const Block& block_;
    std::string problem_;
};

template <typename T>
void put(Block& block, const std::string& key, Shape shape, const std::vector<T>& values)
{
    block.arrays[key] = {std::move(shape), values};
}

/// The edits as the config writes them: "ablate 3.2; scale 1.0 0.5".
[[nodiscard]] inline std::string joined_edits(const std::vector<std::string>& edits)
{
    return joined(edits, "; ");
}
[[nodiscard]] inline std::vector<std::string> split_edits(const std::string& text)
{
    std::vector<std::string> out;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find("; ", begin), text.size());
        out.push_back(text.substr(begin, end - begin));
        begin = end + 2;
    }
    return out;
}

}  // namespace timberline::record::detail
