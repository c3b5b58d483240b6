// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Internal to core/model: what the parents of a forward imply for positions and visibility.

#include "core/base/result.h"
#include "core/model/decoder.h"

#include <cstdint>
#include <span>
#include <vector>

namespace timberline::model {

/// Rows of one pass through the layers; longer forwards run in such chunks, so that a cancel is seen soon and the workspace stays small.
inline constexpr std::int64_t kChunkRows = 64;

/// Depths of a forward's nodes and, for one chunk of rows, the lists of keys that its queries see. Reused; allocates only to grow.
class ForwardPlan
{
public:
    /// @param cached nodes whose rows earlier forwards left in the cache; they come first in `parents`.  @param rows new nodes after them.
    /// @param parents empty for a chain without cached nodes.  Errors: parents of the wrong count, or not before their children.
    [[nodiscard]] Status reset(std::int64_t cached, std::int64_t rows, std::span<const std::int32_t> parents);

    [[nodiscard]] std::int64_t cached() const noexcept { return cached_; }
    [[nodiscard]] std::int64_t rows() const noexcept { return nodes() - cached_; }
    [[nodiscard]] std::int64_t nodes() const noexcept { return static_cast<std::int64_t>(depth_.size()); }
    /// Depth of the new row `row`.
    [[nodiscard]] std::int64_t depth(std::int64_t row) const noexcept { return depth_[static_cast<std::size_t>(cached_ + row)]; }
    [[nodiscard]] std::int64_t deepest() const noexcept { return deepest_; }

    /// Chooses the new rows [begin, end) for visible().
    void select(std::int64_t begin, std::int64_t end);
    /// What each selected row sees when node i lives in slot base + i and has position base + depth; keys at positions <= own - window are
    /// left out (0 = none are). The spans stay valid until the next call.
    [[nodiscard]] std::span<const AttentionCall::Visible> visible(std::int64_t base, std::int64_t window);

private:
    std::vector<std::int32_t> parent_, depth_;
    std::int64_t cached_ = 0, deepest_ = 0;

    // The selected rows: the first `folded` nodes of a row's path stand in slots base, base + 1, … before the chunk and count as prefix;
    // the others are listed.
    std::int64_t begin_ = 0;  // a node
    std::vector<std::int32_t> folded_, path_, path_start_;
    std::vector<std::int32_t> slots_;
    std::vector<AttentionCall::Visible> visible_;
    std::int64_t slots_base_ = -1, visible_base_ = -1, visible_window_ = -1;
};

}  // namespace timberline::model
