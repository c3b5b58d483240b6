// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/model/decoder.h"
#include "core/model/tensor/tensor_decoder.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace timberline::model {

/// The tree behind the committed cache, as plain numbers: depths and who sees whom. Its first rows may be cached already, the rest are new.
class RowTree
{
public:
    /// @param cached rows that are in the cache.  @param fresh rows that this forward brings.
    /// Errors: not one parent a row (none at all is a chain, if nothing is cached), a parent that is not an earlier row.
    [[nodiscard]] static Result<RowTree> make(std::int64_t cached, std::int64_t fresh, std::span<const std::int32_t> parents);

    [[nodiscard]] std::int64_t cached() const noexcept { return cached_; }
    [[nodiscard]] std::int64_t fresh() const noexcept { return rows() - cached_; }
    [[nodiscard]] std::int64_t rows() const noexcept { return static_cast<std::int64_t>(depth_.size()); } ///< cached and fresh
    [[nodiscard]] std::int64_t depth(std::int64_t row) const { return depth_[static_cast<std::size_t>(row)]; }
    [[nodiscard]] std::int64_t deepest() const noexcept { return deepest_; }
    /// Additive visibility of rows first..end over the columns 0..end: 0 for a row's ancestors and itself, -inf else; [end - first, end].
    [[nodiscard]] std::vector<float> mask(std::int64_t first, std::int64_t end) const;

private:
    std::vector<std::int64_t> depth_;
    std::vector<std::int32_t> parents_;
    std::int64_t cached_ = 0;
    std::int64_t deepest_ = 0;
};

/// Everything that the layers of one chunk share, on the device. A layer's part depends on its own KV length and window; equal ones are
/// made once.
class ChunkContext
{
public:
    /// Rows first..end of `tree`, through `decoder`'s layers. Both must outlive the object.
    ChunkContext(const TensorDecoder& decoder, const RowTree& tree, std::int64_t first, std::int64_t end);

    /// @param base committed slots of the layer, before the tree.
    [[nodiscard]] const LayerContext& layer(std::int64_t index, std::int64_t base);
    [[nodiscard]] at::Tensor positions(std::int64_t base) const; ///< [rows of the chunk] int64

private:
    const TensorDecoder& decoder_;
    std::int64_t first_, end_;
    bool single_ = false;                                                    ///< one row that sees everything: needs no mask
    at::Tensor depths_;                                                      ///< [end] int64
    at::Tensor tail_mask_;                                                   ///< [end - first, end]
    std::map<std::pair<std::int64_t, std::int64_t>, LayerContext> contexts_; ///< by base and window
};

} // namespace timberline::model
