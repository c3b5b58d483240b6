// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exits/hole_attention.h"

#include "core/model/decoder_parts.h"
#include "core/model/kernels/kernel_table.h"

#include <algorithm>

namespace timberline::exits {

HoleAttention::HoleAttention(std::shared_ptr<model::AttentionKernel> inner, std::int64_t layers)
    : inner_(std::move(inner)), holes_(static_cast<std::size_t>(layers))
{}

Result<std::unique_ptr<HoleAttention>> HoleAttention::make(std::int64_t layers)
{
    TIMBERLINE_ASSIGN(const auto* table, model::kernels::select_kernels());
    return std::unique_ptr<HoleAttention>(new HoleAttention(model::make_exact_attention(*table), layers));
}

void HoleAttention::add_hole(std::int64_t layer, std::int64_t slot)
{
    holes_[static_cast<std::size_t>(layer)].push_back(static_cast<std::int32_t>(slot));
}

bool HoleAttention::is_hole(std::int64_t layer, std::int64_t slot) const
{
    return std::ranges::binary_search(holes_[static_cast<std::size_t>(layer)], static_cast<std::int32_t>(slot));
}

void HoleAttention::attend(const model::AttentionCall& call)
{
    const auto& holes = holes_[static_cast<std::size_t>(call.layer)];
    if (holes.empty()) {
        inner_->attend(call);
        return;
    }
    visible_.assign(call.visible.begin(), call.visible.end());
    slots_.resize(std::max(slots_.size(), visible_.size()));
    for (std::size_t query = 0; query < visible_.size(); ++query) {
        auto& visible = visible_[query];
        const auto first_hole = std::ranges::lower_bound(holes, visible.prefix_begin);
        if (first_hole == holes.end() || *first_hole >= visible.prefix_end) {
            continue;
        }
        // The prefix ends at the first hole; what lies behind it is listed, then the tail as it was (new rows are never holes).
        auto& slots = slots_[query];
        slots.clear();
        auto hole = first_hole;
        for (std::int32_t slot = *first_hole; slot < visible.prefix_end; ++slot) {
            if (hole != holes.end() && *hole == slot) {
                ++hole;
            } else {
                slots.push_back(slot);
            }
        }
        slots.insert(slots.end(), visible.tail.begin(), visible.tail.end());
        visible.prefix_end = *first_hole;
        visible.tail = slots;
    }
    model::AttentionCall without_holes = call;
    without_holes.visible = visible_;
    inner_->attend(without_holes);
}

}  // namespace timberline::exits
