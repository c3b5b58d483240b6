// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/hyperparameter.h"
#include "core/base/translate.h"
#include "core/decoding/drafter.h"
#include "core/decoding/node_feeder.h"
#include "core/decoding/tree_growth.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

namespace timberline::decoding {

/// Hyperparameters that every draft head's tree has. `T` derives from TreeValues and sets its own defaults.
/// @param shapes ids of the shapes that the head offers, with their labels.
template <typename T>
[[nodiscard]] auto head_tree_fields(std::vector<std::string> shapes, std::vector<std::string> labels)
{
    const auto at = [](auto member) { return static_cast<std::decay_t<decltype(TreeValues{}.*member)> T::*>(member); };
    return std::tuple{
        field(at(&TreeValues::shape),
              {.key = "shape",
               .label = TIMBERLINE_TR("Tree shape"),
               .help = TIMBERLINE_TR("How candidates are chosen: one after the other, ranked by confidence along the "
                                     "path, by a fixed list, or drawn from the draft law."),
               .choices = std::move(shapes),
               .choice_labels = std::move(labels)}),
        field(at(&TreeValues::draft_length), {.key = "draft_length",
                                              .label = TIMBERLINE_TR("Draft length"),
                                              .unit = "levels",
                                              .help = TIMBERLINE_TR("Levels below the pending token, one pass of the draft head each; 0 "
                                                                    "decodes plainly."),
                                              .min = 0,
                                              .max = 16}),
        field(at(&TreeValues::total_nodes),
              {.key = "total_nodes",
               .label = TIMBERLINE_TR("Nodes"),
               .unit = "nodes",
               .help = TIMBERLINE_TR("Most candidates that the target verifies in one pass. More are accepted more often and cost more."),
               .min = 1,
               .max = 128}),
        field(at(&TreeValues::top_k), {.key = "top_k",
                                       .label = TIMBERLINE_TR("Beam width"),
                                       .unit = "nodes",
                                       .help = TIMBERLINE_TR("Dynamic shape: nodes that the draft head extends on each level, and "
                                                             "candidates each of them proposes."),
                                       .min = 1,
                                       .max = 16}),
        field(at(&TreeValues::branching),
              {.key = "branching",
               .label = TIMBERLINE_TR("Branching"),
               .unit = "children",
               .help = TIMBERLINE_TR("Shapes with a list: children of each node, level by level; further levels repeat the last number."),
               .min = 1,
               .max = 8,
               .min_length = 1,
               .max_length = 16}),
        field(at(&TreeValues::draft_temperature), {.key = "draft_temperature",
                                                   .label = TIMBERLINE_TR("Draft temperature"),
                                                   .help = TIMBERLINE_TR("Temperature of the draft head's law; -1 takes the target's. The "
                                                                         "text stays exact, only the acceptance moves."),
                                                   .min = -1,
                                                   .max = 2}),
        field(at(&TreeValues::draft_top_k),
              {.key = "draft_top_k",
               .label = TIMBERLINE_TR("Draft top-k"),
               .unit = "tokens",
               .help = TIMBERLINE_TR("Draws drafts only from the k likeliest tokens of the draft head; 0 takes the target's top-k."),
               .min = 0,
               .max = 256})};
}

/// The shapes of heads that read node after node: chain, EAGLE-2's dynamic tree, and trees by a branching list.
template <typename T>
[[nodiscard]] auto head_tree_fields()
{
    return head_tree_fields<T>({"dynamic", "chain", "top-k", "sampled-without-replacement", "sampled-with-replacement"},
                               {TIMBERLINE_TR("Dynamic (by confidence)"), TIMBERLINE_TR("Chain"), TIMBERLINE_TR("Likeliest children"),
                                TIMBERLINE_TR("Drawn without replacement"), TIMBERLINE_TR("Drawn with replacement")});
}

/// Drafts a tree from any feeder: a draft model, a draft head, a target cut short.
class TreeDrafter final : public Drafter
{
public:
    using ReadValues = std::function<TreeValues(const Values&)>;

    /// @param accuracy per level, per rank, for the shape "static"; empty where the head does not offer it.
    TreeDrafter(std::unique_ptr<NodeFeeder> feeder, ReadValues read, const Values& values, std::vector<std::vector<double>> accuracy = {})
        : feeder_(std::move(feeder)), read_(std::move(read)), values_(read_(values)), accuracy_(std::move(accuracy))
    {}

    [[nodiscard]] Status begin(std::span<const TokenId> committed, const CancelToken& cancel) override;
    [[nodiscard]] Result<rules::DraftTree> propose(const RoundContext& context, const DraftPlan& plan,
                                                   DecodeController& controller) override;
    void commit(const rules::DraftTree& tree, std::span<const std::int32_t> path, TokenId next) override;
    void set_values(const Values& values) override { values_ = read_(values); }
    [[nodiscard]] std::unique_ptr<Drafter> snapshot() const override;
    [[nodiscard]] std::int32_t depth_limit() const override;
    [[nodiscard]] SharedRows shared_rows() const override { return fed_root_ ? feeder_->shared_rows() : SharedRows{}; }
    [[nodiscard]] bool chooses_tokens(const record::Sampling& target, bool planned) const override
    {
        return depth_limit() > 0 && draw_kind_of(values_, target, planned) == record::DrawKind::PointMass;
    }
    [[nodiscard]] bool wants_target_hidden() const override { return feeder_->wants_target_hidden(); }
    [[nodiscard]] std::vector<std::int64_t> target_layers() const override { return feeder_->target_layers(); }

private:
    [[nodiscard]] bool may_share() const { return values_.share_cache && values_.shape == "chain"; }

    std::unique_ptr<NodeFeeder> feeder_;
    ReadValues read_;
    TreeValues values_;
    std::vector<std::vector<double>> accuracy_;
    std::vector<std::int32_t> fed_nodes_;  ///< node of the present tree per fed row, -1 = pruned
    bool fed_root_ = false;
};

}  // namespace timberline::decoding
