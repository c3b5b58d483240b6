// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rules/sequoia.h"
#include "core/base/method.h"
#include "core/base/translate.h"
#include "core/decoding/drafter.h"
#include "core/decoding/stepwise_controller.h"

#include <algorithm>

namespace timberline::decoding {

namespace {

struct SequoiaValues {
    std::vector<double> acceptance = {0.6, 0.2, 0.1, 0.05};
    double prior_weight = 8;
    std::int64_t total_nodes = 24;
    std::int64_t max_depth = 8;
    double draft_cost = 0.1;
    double verify_slope = 0.1;
};

const auto& sequoia_fields()
{
    using V = SequoiaValues;
    static const std::tuple fields{field(&V::acceptance, {.key = "acceptance",
                                                          .label = TIMBERLINE_TR("Acceptance by position assumed"),
                                                          .help = TIMBERLINE_TR("Chance that the first, second, … child of a "
                                                                                "node is the accepted one, before any round; "
                                                                                "its length is the most children of a node."),
                                                          .min = 0,
                                                          .max = 1,
                                                          .min_length = 1,
                                                          .max_length = 8}),
                                   field(&V::prior_weight, {.key = "prior_weight",
                                                            .label = TIMBERLINE_TR("Weight of that assumption"),
                                                            .unit = "visits",
                                                            .help = TIMBERLINE_TR("Visits of a node that it counts for beside "
                                                                                  "those of earlier rounds."),
                                                            .min = 0.5,
                                                            .max = 1000,
                                                            .scale = Scale::Logarithmic}),
                                   field(&V::total_nodes, {.key = "total_nodes",
                                                           .label = TIMBERLINE_TR("Nodes"),
                                                           .unit = "nodes",
                                                           .help = TIMBERLINE_TR("Most drafted nodes of the shape. The "
                                                                                 "drafter's own limit cuts it further."),
                                                           .min = 1,
                                                           .max = 64}),
                                   field(&V::max_depth, {.key = "max_depth",
                                                         .label = TIMBERLINE_TR("Levels"),
                                                         .unit = "levels",
                                                         .help = TIMBERLINE_TR("Most levels below the pending token. The "
                                                                               "drafter's own draft length limits it further."),
                                                         .min = 1,
                                                         .max = 16}),
                                   field(&V::draft_cost, {.key = "draft_cost",
                                                          .label = TIMBERLINE_TR("Cost of a draft pass"),
                                                          .unit = "target passes",
                                                          .help = TIMBERLINE_TR("What one pass of the draft costs, in plain "
                                                                                "passes of the target. A number that you "
                                                                                "give: nothing is measured."),
                                                          .min = 0,
                                                          .max = 2}),
                                   field(&V::verify_slope, {.key = "verify_slope",
                                                            .label = TIMBERLINE_TR("Cost of a token more to verify"),
                                                            .unit = "target passes",
                                                            .help = TIMBERLINE_TR("What each drafted token adds to the target's "
                                                                                  "pass, in plain passes of the target. A "
                                                                                  "number that you give: nothing is measured."),
                                                            .min = 0,
                                                            .max = 1})};
    return fields;
}

/// Plans the tree shape of least declared cost per expected token (methods/decoding.md 3.8).
class SequoiaController final : public DecodeController
{
public:
    explicit SequoiaController(const Values& values)
        : values_(read_values(sequoia_fields(), values)), positional_(values_.acceptance, values_.prior_weight)
    {}

    [[nodiscard]] DraftPlan plan(std::int32_t /*round*/, std::int32_t depth_limit) override
    {
        const std::vector<double> acceptance = positional_.estimate();
        const auto depth = std::min(static_cast<std::int32_t>(values_.max_depth), depth_limit);
        if (!shape_ || acceptance != planned_for_ || depth != planned_depth_) {
            const rules::SequoiaTable table(acceptance, static_cast<std::int32_t>(values_.total_nodes) + 1, std::max(depth, 0) + 1);
            rules::TreeShape best = table.cheapest({.draft = values_.draft_cost, .verify = values_.verify_slope});
            if (best.size() == 1 && depth > 0) {
                best = table.shape(2, 2);  // where no draft pays a single token still goes on learning
            }
            shape_ = std::make_shared<const rules::TreeShape>(std::move(best));
            planned_for_ = acceptance;
            planned_depth_ = depth;
        }
        return {.max_depth = shape_->levels - 1, .max_nodes = static_cast<std::int32_t>(shape_->size()) - 1, .shape = shape_};
    }
    [[nodiscard]] bool keep_drafting(const DraftStep& /*step*/) override { return true; }
    [[nodiscard]] bool wants_law_statistics() const override { return false; }
    [[nodiscard]] bool plans_shapes() const override { return true; }
    void observe(const record::Round& round) override { positional_.learn(round); }

    void set_values(const Values& values) override
    {
        const SequoiaValues before = values_;
        values_ = read_values(sequoia_fields(), values);
        if (values_.acceptance != before.acceptance || values_.prior_weight != before.prior_weight) {
            positional_ = rules::PositionalAcceptance(values_.acceptance, values_.prior_weight);
        }
        shape_ = nullptr;
    }
    [[nodiscard]] std::unique_ptr<DecodeController> snapshot() const override { return std::make_unique<SequoiaController>(*this); }

    void describe(std::map<std::string, double>& statistics) const override
    {
        for (std::size_t i = 0; i < planned_for_.size(); ++i) {
            statistics[level_key("acceptance", i + 1)] = planned_for_[i];
        }
        statistics["expected_tokens"] = rules::expected_tokens(*shape_, planned_for_);
    }

private:
    SequoiaValues values_;
    rules::PositionalAcceptance positional_;
    std::shared_ptr<const rules::TreeShape> shape_;
    std::vector<double> planned_for_;
    std::int32_t planned_depth_ = 0;
};

}  // namespace

MethodRegistry::Entry sequoia_controller()
{
    MethodInfo info;
    info.id = "sequoia";
    info.family = "decode controller";
    info.title = TIMBERLINE_TR("Sequoia optimal tree");
    info.summary = TIMBERLINE_TR("Plans the tree shape that commits most tokens for its "
                                 "declared cost, by how often the first, second, … "
                                 "child of a node was the accepted one in earlier rounds. "
                                 "Drafters of chains take only its depth.");
    info.sources = {{.title = "Sequoia: Scalable, Robust, and Hardware-aware Speculative Decoding",
                     .authors = "Zhuoming Chen et al.",
                     .year = 2024,
                     .arxiv = "2402.12374"}};
    info.lossless = Lossless::Yes;
    info.hyperparameters = declare(sequoia_fields());
    info.partners = {"draft-model-tree"};
    info.example =
        R"({"timberline": 1, "bench": "draft", "model": "bundled:tale", "draft_model": "bundled:tale-draft",
 "prompt": "Once upon a time", "max_new_tokens": 48, "sampling": {"temperature": 0},
 "method": {"drafter": {"id": "draft-model-tree"}, "controller": {"id": "sequoia"}}})";
    const ControllerFactory factory = [](const Values& values) -> std::unique_ptr<DecodeController> {
        return std::make_unique<SequoiaController>(values);
    };
    return {std::move(info), factory};
}

}  // namespace timberline::decoding
