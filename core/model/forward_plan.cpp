// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/forward_plan.h"

#include <algorithm>
#include <string>

namespace timberline::model {

Status ForwardPlan::reset(std::int64_t cached, std::int64_t rows, std::span<const std::int32_t> parents)
{
    if (cached < 0 || ((cached > 0 || !parents.empty()) && static_cast<std::int64_t>(parents.size()) != cached + rows)) {
        return make_error(ErrorCode::InvalidArgument,
                          "a forward of " + std::to_string(rows) + " tokens after " + std::to_string(cached) + " cached tree rows got " +
                              std::to_string(parents.size()) + " parents: expected one for each row, or none at all for a chain",
                          "Give every row a parent; only a chain without cached tree rows needs none.");
    }
    const auto count = static_cast<std::size_t>(cached + rows);
    cached_ = cached;
    parent_.resize(count);
    depth_.resize(count);
    deepest_ = 0;
    begin_ = 0;
    slots_base_ = visible_base_ = -1;
    for (std::size_t i = 0; i < count; ++i) {
        const auto self = static_cast<std::int32_t>(i);
        const std::int32_t parent = parents.empty() ? self - 1 : parents[i];
        if (parent < -1 || parent >= self) {
            return make_error(ErrorCode::InvalidArgument,
                              "node " + std::to_string(i) + " of a forward has parent " + std::to_string(parent) + ": expected -1 to " +
                                  std::to_string(self - 1),
                              "Order the nodes so that every parent stands before its children.");
        }
        parent_[i] = parent;
        depth_[i] = parent < 0 ? 0 : depth_[static_cast<std::size_t>(parent)] + 1;
        deepest_ = std::max<std::int64_t>(deepest_, depth_[i]);
    }
    return {};
}

void ForwardPlan::select(std::int64_t begin, std::int64_t end)
{
    begin_ = cached_ + begin;
    slots_base_ = visible_base_ = -1;
    folded_.clear();
    path_.clear();
    path_start_.assign(1, 0);
    for (std::int64_t row = begin; row < end; ++row) {
        auto node = static_cast<std::int32_t>(cached_ + row);
        // Upwards until the rest of the path is node k at depth k for all k, before this chunk: then it is a run of slots after the prefix.
        // A node whose number equals its depth has only such ancestors.
        while (node >= 0 && !(node < begin_ && depth_[static_cast<std::size_t>(node)] == node)) {
            path_.push_back(node);
            node = parent_[static_cast<std::size_t>(node)];
        }
        std::reverse(path_.begin() + path_start_.back(), path_.end());
        folded_.push_back(node + 1);
        path_start_.push_back(static_cast<std::int32_t>(path_.size()));
    }
    slots_.resize(path_.size());
    visible_.resize(static_cast<std::size_t>(end - begin));
}

std::span<const AttentionCall::Visible> ForwardPlan::visible(std::int64_t base, std::int64_t window)
{
    if (base == visible_base_ && window == visible_window_) {
        return visible_;
    }
    if (base != slots_base_) {
        std::transform(path_.begin(), path_.end(), slots_.begin(),
                       [base](std::int32_t node) { return static_cast<std::int32_t>(base + node); });
        slots_base_ = base;
    }
    for (std::size_t i = 0; i < visible_.size(); ++i) {
        const std::int64_t position = base + depth_[static_cast<std::size_t>(begin_) + i];
        const std::int64_t first = window > 0 ? std::max<std::int64_t>(0, position - window + 1) : 0;  // slot of a path = position
        const std::int64_t prefix_end = base + folded_[i];
        const std::int64_t dropped = std::max<std::int64_t>(0, first - prefix_end);
        const auto start = static_cast<std::size_t>(path_start_[i] + dropped);
        const auto stop = static_cast<std::size_t>(path_start_[i + 1]);
        visible_[i] = {.prefix_begin = static_cast<std::int32_t>(std::min(first, prefix_end)),
                       .prefix_end = static_cast<std::int32_t>(prefix_end),
                       .tail = std::span<const std::int32_t>(slots_).subspan(start, stop - start),
                       .position = static_cast<std::int32_t>(position)};
    }
    visible_base_ = base;
    visible_window_ = window;
    return visible_;
}

}  // namespace timberline::model
