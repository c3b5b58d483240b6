// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/decoding/tree_drafter.h"

#include "core/decoding/heads/head_trees.h"

#include <algorithm>

namespace timberline::decoding {

Status TreeDrafter::begin(std::span<const TokenId> committed, const CancelToken& cancel)
{
    fed_nodes_.clear();
    fed_root_ = false;
    feeder_->allow_sharing(may_share());
    return feeder_->begin(committed, cancel);
}

std::int32_t TreeDrafter::depth_limit() const
{
    return std::min(static_cast<std::int32_t>(values_.draft_length), feeder_->levels());
}

Result<rules::DraftTree> TreeDrafter::propose(const RoundContext& context, const DraftPlan& plan, DecodeController& controller)
{
    fed_nodes_.clear();
    fed_root_ = false;
    const std::int32_t depth = std::min({depth_limit(), plan.max_depth, feeder_->depth_limit(context.committed.size())});
    const std::int32_t nodes = std::min(static_cast<std::int32_t>(values_.total_nodes), plan.max_nodes);
    if (depth <= 0 || nodes <= 0) {
        feeder_->skip(context);
        return rules::DraftTree::with_root(context.committed.back());
    }
    fed_root_ = true;
    feeder_->allow_sharing(may_share() && !plan.shape);
    TreeGrowth growth(*feeder_, context, controller, values_, {.max_depth = depth, .max_nodes = nodes, .shape = plan.shape});
    auto tree = plan.shape                   ? growth.listed()
                : values_.shape == "dynamic" ? growth.dynamic()
                : values_.shape == "static"  ? growth.ranked(static_tree(accuracy_, nodes, depth))
                                             : growth.listed();
    fed_nodes_ = growth.fed_nodes();
    return tree;
}

void TreeDrafter::commit(const rules::DraftTree& /*tree*/, std::span<const std::int32_t> path, TokenId /*next*/)
{
    if (!fed_root_) {
        return;
    }
    std::vector<std::int32_t> kept;
    for (std::size_t i = 1; i < path.size(); ++i) {
        const auto fed = std::find(fed_nodes_.begin(), fed_nodes_.end(), path[i]);
        if (fed == fed_nodes_.end()) {
            break;  // its descendants were not fed either
        }
        kept.push_back(static_cast<std::int32_t>(fed - fed_nodes_.begin()));
    }
    feeder_->keep(kept);
    fed_nodes_.clear();
    fed_root_ = false;
}

std::unique_ptr<Drafter> TreeDrafter::snapshot() const
{
    auto copy = std::make_unique<TreeDrafter>(feeder_->snapshot(), read_, Values{}, accuracy_);
    copy->values_ = values_;
    copy->fed_nodes_ = fed_nodes_;
    copy->fed_root_ = fed_root_;
    return copy;
}

}  // namespace timberline::decoding
