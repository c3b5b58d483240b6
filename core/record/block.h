// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

/// How a record keeps what the Exits, Attention and Landscape benches and the trainer measured: named numbers, texts and arrays. Each kind
/// has a typed struct with one pair of conversions beside it (layer_readings.h, attention_rows.h, training_curve.h, landscape_grid.h);
/// nobody else reads keys. The codec, comparison and hash walk the maps, so a new kind needs no change there.
namespace timberline::record {

/// A row-major array. The product of `shape` equals the number of values.
struct BlockArray {
    std::vector<std::int64_t> shape;
    std::variant<std::vector<float>, std::vector<double>, std::vector<std::int32_t>> values;
    friend bool operator==(const BlockArray&, const BlockArray&) = default;
};

/// One entry of the record. Appended and never changed; a later block of the same kind and moment adds to the earlier one or refines it, as
/// the kind's own header says.
struct Block {
    std::string kind;  ///< stable word: "layer-readings", "attention-rows", "training-steps", "landscape-tile" …
    /// The moment of the timeline that this block belongs to (a generated token, a training step in order of appearance), -1 = the run as a
    /// whole.
    std::int32_t moment = -1;
    std::map<std::string, double> numbers;  ///< keys that end in _ms or _per_s are wall times and do not count in comparisons
    std::map<std::string, std::string> texts;
    std::map<std::string, BlockArray> arrays;  ///< the same rule for keys
};

/// Number of values that a shape holds; 0 for an empty shape, -1 when a size is negative or the product does not fit.
[[nodiscard]] std::int64_t element_count(const std::vector<std::int64_t>& shape) noexcept;

/// The array's values when it exists, has this element type and shape; null otherwise. A -1 in `shape` takes any size.
template <typename T>
[[nodiscard]] const std::vector<T>* find_array(const Block& block, const std::string& key, const std::vector<std::int64_t>& shape)
{
    const auto it = block.arrays.find(key);
    if (it == block.arrays.end() || it->second.shape.size() != shape.size()) {
        return nullptr;
    }
    for (std::size_t i = 0; i < shape.size(); ++i) {
        if (shape[i] >= 0 && shape[i] != it->second.shape[i]) {
            return nullptr;
        }
    }
    return std::get_if<std::vector<T>>(&it->second.values);
}

}  // namespace timberline::record
