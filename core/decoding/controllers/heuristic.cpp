// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/method.h"
#include "core/base/translate.h"
#include "core/decoding/drafter.h"
#include "core/rules/draft_control.h"

#include <algorithm>

namespace timberline::decoding {

namespace {

struct HeuristicValues {
    std::int64_t start = 5;
    std::int64_t raise = 2;
    std::int64_t lower = 1;
    std::int64_t max_length = 16;
};

const auto& heuristic_fields()
{
    using V = HeuristicValues;
    static const std::tuple fields{field(&V::start, {.key = "start",
                                                     .label = TIMBERLINE_TR("First draft length"),
                                                     .unit = "tokens",
                                                     .help = TIMBERLINE_TR("Tokens of the first draft."),
                                                     .min = 1,
                                                     .max = 16}),
                                   field(&V::raise, {.key = "raise",
                                                     .label = TIMBERLINE_TR("Longer by"),
                                                     .unit = "tokens",
                                                     .help = TIMBERLINE_TR("What the draft length gains when every "
                                                                           "drafted token was accepted."),
                                                     .min = 0,
                                                     .max = 8}),
                                   field(&V::lower, {.key = "lower",
                                                     .label = TIMBERLINE_TR("Shorter by"),
                                                     .unit = "tokens",
                                                     .help = TIMBERLINE_TR("What the draft length loses when a drafted token was refused."),
                                                     .min = 0,
                                                     .max = 8}),
                                   field(&V::max_length, {.key = "max_length",
                                                          .label = TIMBERLINE_TR("Longest draft"),
                                                          .unit = "tokens",
                                                          .help = TIMBERLINE_TR("Most tokens of one draft. The drafter's "
                                                                                "own draft length limits it further."),
                                                          .min = 1,
                                                          .max = 16})};
    return fields;
}

/// +2 when all was accepted, else -1 (methods/decoding.md 3.5).
class HeuristicController final : public DecodeController
{
public:
    explicit HeuristicController(const Values& values) : values_(read_values(heuristic_fields(), values)), length_(values_.start) {}

    [[nodiscard]] DraftPlan plan(std::int32_t /*round*/, std::int32_t depth_limit) override
    {
        length_ = std::clamp<std::int64_t>(length_, 1, std::max<std::int64_t>(std::min<std::int64_t>(values_.max_length, depth_limit), 1));
        return {.max_depth = static_cast<std::int32_t>(length_)};
    }
    [[nodiscard]] bool keep_drafting(const DraftStep& /*step*/) override { return true; }
    [[nodiscard]] bool wants_law_statistics() const override { return false; }

    void observe(const record::Round& round) override
    {
        if (const rules::DraftOutcome outcome = rules::outcome_of(round); outcome.counts) {
            length_ += outcome.accepted == outcome.drafted ? values_.raise : -values_.lower;
        }
    }

    void set_values(const Values& values) override
    {
        const std::int64_t before = values_.start;
        values_ = read_values(heuristic_fields(), values);
        length_ = values_.start != before ? values_.start : length_;
    }
    [[nodiscard]] std::unique_ptr<DecodeController> snapshot() const override { return std::make_unique<HeuristicController>(*this); }
    void describe(std::map<std::string, double>& statistics) const override { statistics["planned_length"] = static_cast<double>(length_); }

private:
    HeuristicValues values_;
    std::int64_t length_;
};

}  // namespace

MethodRegistry::Entry heuristic_controller()
{
    MethodInfo info;
    info.id = "heuristic";
    info.family = "decode controller";
    info.title = TIMBERLINE_TR("Longer after success");
    info.summary = TIMBERLINE_TR("Drafts longer after a round in which every drafted token "
                                 "was accepted (two tokens, unless you say otherwise), and "
                                 "shorter after a refusal (one token); always at least one, "
                                 "and never beyond the longest draft.");
    info.sources = {{.title = "Assisted Generation: a new direction toward "
                              "low-latency text generation",
                     .authors = "Joao Gante",
                     .year = 2023,
                     .arxiv = ""}};
    info.lossless = Lossless::Yes;
    info.hyperparameters = declare(heuristic_fields());
    info.partners = {"draft-model-chain"};
    info.example =
        R"({"timberline": 1, "bench": "draft", "model": "bundled:tale", "draft_model": "bundled:tale-draft",
 "prompt": "Once upon a time", "max_new_tokens": 48, "sampling": {"temperature": 0},
 "method": {"drafter": {"id": "draft-model-chain", "values": {"draft_length": 16}}, "controller": {"id": "heuristic"}}})";
    const ControllerFactory factory = [](const Values& values) -> std::unique_ptr<DecodeController> {
        return std::make_unique<HeuristicController>(values);
    };
    return {std::move(info), factory};
}

}  // namespace timberline::decoding
