// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/tensor/device_rows.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <limits>
#include <string>

namespace timberline::model {

Result<RowTree> RowTree::make(std::int64_t cached, std::int64_t fresh, std::span<const std::int32_t> parents)
{
    const auto rows = cached + fresh;
    const bool chain = parents.empty() && cached == 0;
    if (cached < 0 || (!chain && static_cast<std::int64_t>(parents.size()) != rows)) {
        return make_error(ErrorCode::InvalidArgument,
                          "a forward got " + std::to_string(parents.size()) + " parents for " + std::to_string(cached) + " cached and " +
                              std::to_string(fresh) + " new tree rows",
                          "Give one parent for each row, or none for a chain that continues the cache.");
    }
    RowTree tree;
    tree.cached_ = cached;
    tree.depth_.reserve(static_cast<std::size_t>(rows));
    tree.parents_.reserve(static_cast<std::size_t>(rows));
    for (std::int64_t row = 0; row < rows; ++row) {
        const auto parent = chain ? static_cast<std::int32_t>(row - 1) : parents[static_cast<std::size_t>(row)];
        if (parent < -1 || parent >= row) {
            return make_error(ErrorCode::InvalidArgument,
                              "parent " + std::to_string(parent) + " of row " + std::to_string(row) + " is out of range: expected -1 to " +
                                  std::to_string(row - 1),
                              "Order the nodes so that parents come before their children.");
        }
        tree.parents_.push_back(parent);
        tree.depth_.push_back(parent < 0 ? 0 : tree.depth(parent) + 1);
        tree.deepest_ = std::max(tree.deepest_, tree.depth_.back());
    }
    return tree;
}

std::vector<float> RowTree::mask(std::int64_t first, std::int64_t end) const
{
    std::vector<float> mask(static_cast<std::size_t>((end - first) * end), -std::numeric_limits<float>::infinity());
    for (std::int64_t row = first; row < end; ++row) {
        auto* line = mask.data() + (row - first) * end;
        for (auto node = static_cast<std::int32_t>(row); node >= 0; node = parents_[static_cast<std::size_t>(node)]) {
            line[node] = 0;
        }
    }
    return mask;
}

ChunkContext::ChunkContext(const TensorDecoder& decoder, const RowTree& tree, std::int64_t first, std::int64_t end)
    : decoder_(decoder), first_(first), end_(end), single_(tree.rows() == 1)
{
    std::vector<std::int64_t> depths;
    for (std::int64_t row = 0; row < end; ++row) {
        depths.push_back(tree.depth(row));
    }
    depths_ = at::tensor(depths, at::TensorOptions().dtype(at::kLong)).to(decoder.device());
    if (!single_) {
        auto mask = tree.mask(first, end);
        // clone: on a CPU `to` would keep the borrowed memory.
        tail_mask_ = at::from_blob(mask.data(), {end - first, end}, at::TensorOptions().dtype(at::kFloat)).clone().to(decoder.device());
    }
}

at::Tensor ChunkContext::positions(std::int64_t base) const
{
    return depths_.narrow(0, first_, end_ - first_) + base;
}

const LayerContext& ChunkContext::layer(std::int64_t index, std::int64_t base)
{
    const auto& windows = decoder_.config().window;
    const auto key = std::pair{base, windows.empty() ? std::int64_t{0} : windows[static_cast<std::size_t>(index)]};
    const auto found = contexts_.find(key);
    if (found != contexts_.end()) {
        return found->second;
    }
    const auto cached = at::arange(base, depths_.options()); // the position of a committed slot is its number
    const auto key_positions = at::cat({cached, depths_ + base});
    const auto mask = single_ ? at::Tensor() : at::cat({at::zeros({end_ - first_, base}, tail_mask_.options()), tail_mask_}, 1);
    return contexts_.emplace(key, decoder_.context(index, positions(base), key_positions, mask)).first->second;
}

} // namespace timberline::model
