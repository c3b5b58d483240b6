// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/method.h"
#include "core/base/translate.h"
#include "core/decoding/controller_fields.h"
#include "core/decoding/drafter.h"
#include "core/rules/draft_control.h"

#include <algorithm>

namespace timberline::decoding {

namespace {

struct BreakEvenValues {
    double draft_cost = 0.1;
    double verify_slope = 0.15;
    double a0 = 4;
    double b0 = 1;
    double rho = 1;
    std::int64_t min_length = 1;
    std::int64_t max_length = 16;
};

const auto& break_even_fields()
{
    using V = BreakEvenValues;
    static const std::tuple fields =
        std::tuple_cat(cost_fields<V>(), beta_fields<V>(),
                       std::tuple{field(&V::min_length, {.key = "min_length",
                                                         .label = TIMBERLINE_TR("Shortest draft"),
                                                         .unit = "tokens",
                                                         .help = TIMBERLINE_TR("Tokens that are drafted even where none "
                                                                               "would pay; with 0 a run that stops drafting "
                                                                               "learns nothing more."),
                                                         .min = 0,
                                                         .max = 16})},
                       length_field<V>());
    return fields;
}

/// Drafts as long as one more token raises the token rate, by posterior means and declared costs (methods/decoding.md 1.5, 2.3).
class BreakEven final : public DecodeController
{
public:
    explicit BreakEven(const Values& values)
        : values_(read_values(break_even_fields(), values)), posterior_{.a = values_.a0, .b = values_.b0}
    {}

    [[nodiscard]] DraftPlan plan(std::int32_t /*round*/, std::int32_t depth_limit) override
    {
        const auto most = static_cast<std::int32_t>(values_.max_length);
        const std::int32_t best =
            rules::break_even_length(posterior_.mean(), {.draft = values_.draft_cost, .verify = values_.verify_slope}, most);
        length_ = std::min({std::max(best, static_cast<std::int32_t>(values_.min_length)), most, depth_limit});
        return {.max_depth = length_};
    }
    [[nodiscard]] bool keep_drafting(const DraftStep& /*step*/) override { return true; }
    [[nodiscard]] bool wants_law_statistics() const override { return false; }

    void observe(const record::Round& round) override
    {
        if (const rules::DraftOutcome outcome = rules::outcome_of(round); outcome.counts) {
            posterior_.forget(values_.rho);
            posterior_.learn(outcome, true);
        }
    }

    void set_values(const Values& values) override
    {
        const BreakEvenValues before = values_;
        values_ = read_values(break_even_fields(), values);
        posterior_.move_prior(values_.a0 - before.a0, values_.b0 - before.b0);
    }
    [[nodiscard]] std::unique_ptr<DecodeController> snapshot() const override { return std::make_unique<BreakEven>(*this); }
    void describe(std::map<std::string, double>& statistics) const override
    {
        statistics["beta_a"] = posterior_.a;
        statistics["beta_b"] = posterior_.b;
        statistics["planned_length"] = static_cast<double>(length_);
    }

private:
    BreakEvenValues values_;
    rules::BetaPosterior posterior_;
    std::int32_t length_ = 0;
};

}  // namespace

MethodRegistry::Entry break_even_controller()
{
    MethodInfo info;
    info.id = "break-even";
    info.family = "decode controller";
    info.title = TIMBERLINE_TR("Break-even by declared cost");
    info.summary = TIMBERLINE_TR("Drafts as many tokens as raise the token rate, by the "
                                 "mean acceptance of earlier rounds and by the costs "
                                 "that you declare.");
    info.sources = {{.title = "Fast Inference from Transformers via Speculative Decoding",
                     .authors = "Yaniv Leviathan, Matan Kalman, Yossi Matias",
                     .year = 2022,
                     .arxiv = "2211.17192"}};
    info.lossless = Lossless::Yes;
    info.hyperparameters = declare(break_even_fields());
    info.partners = {"draft-model-chain"};
    info.example =
        R"({"timberline": 1, "bench": "draft", "model": "bundled:tale", "draft_model": "bundled:tale-draft",
 "prompt": "Once upon a time", "max_new_tokens": 48, "sampling": {"temperature": 0},
 "method": {"drafter": {"id": "draft-model-chain", "values": {"draft_length": 16}}, "controller": {"id": "break-even"}}})";
    const ControllerFactory factory = [](const Values& values) -> std::unique_ptr<DecodeController> {
        return std::make_unique<BreakEven>(values);
    };
    return {std::move(info), factory};
}

}  // namespace timberline::decoding
