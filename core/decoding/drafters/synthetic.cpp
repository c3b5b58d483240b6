// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/method.h"
#include "core/base/translate.h"
#include "core/decoding/chain_growth.h"
#include "core/decoding/draft_model_runner.h"
#include "core/decoding/drafter.h"
#include "core/decoding/synthetic_law.h"
#include "core/rules/sampling.h"

#include <algorithm>
#include <cmath>

namespace timberline::decoding {

namespace {

struct SyntheticValues {
    double acceptance = 0.8;
    std::int64_t draft_length = 4;
};

const auto& synthetic_fields()
{
    static const std::tuple fields{
        field(&SyntheticValues::acceptance,
              {.key = "acceptance",
               .label = TIMBERLINE_TR("Acceptance rate"),
               .help = TIMBERLINE_TR("Chance that a drafted token is accepted, the same at every place of every text."),
               .min = 0,
               .max = 1}),
        field(&SyntheticValues::draft_length, {.key = "draft_length",
                                               .label = TIMBERLINE_TR("Draft length"),
                                               .unit = "tokens",
                                               .help = TIMBERLINE_TR("Tokens proposed in one round; 0 decodes plainly."),
                                               .min = 0,
                                               .max = 16})};
    return fields;
}

/// The log of the mixture that is accepted at the set rate; the target's law comes from the target itself.
class MixtureSource final : public ChainSource
{
public:
    MixtureSource(DraftModelRunner& runner, const RoundContext& context, double acceptance)
        : source_(runner, context), context_(context), acceptance_(acceptance)
    {}

    [[nodiscard]] Result<std::span<const float>> after(std::span<const TokenId> path) override
    {
        TIMBERLINE_ASSIGN(const std::span<const float> logits, source_.after(path));
        history_.assign(context_.committed.begin(), context_.committed.end());
        history_.insert(history_.end(), path.begin(), path.end());
        target_.assign(logits.begin(), logits.end());
        rules::apply_sampling(*context_.sampling, history_, target_);
        synthetic_law(target_, logits, acceptance_, law_);
        std::ranges::for_each(law_, [](float& q) { q = std::log(q); });
        return std::span<const float>(law_);
    }
    [[nodiscard]] int passes() const override { return source_.passes(); }
    [[nodiscard]] std::int32_t fed() const noexcept { return source_.fed(); }

private:
    RunnerSource source_;
    const RoundContext& context_;
    double acceptance_;
    std::vector<TokenId> history_;
    std::vector<float> target_, law_;
};

/// A drafter with a set acceptance rate, for studying the economics of a round (methods/decoding.md 1.5). It runs the target itself in a
/// cache of its own, so a draft step costs a target pass.
class Synthetic final : public Drafter
{
public:
    Synthetic(DraftModelRunner runner, const Values& values) : runner_(std::move(runner)), values_(read_values(synthetic_fields(), values))
    {}

    [[nodiscard]] Status begin(std::span<const TokenId> committed, const CancelToken& cancel) override
    {
        return runner_.begin(committed, cancel);
    }

    [[nodiscard]] Result<rules::DraftTree> propose(const RoundContext& context, const DraftPlan& plan,
                                                   DecodeController& controller) override
    {
        fed_ = 0;
        const std::int32_t depth = std::min({depth_limit(), plan.max_depth, plan.max_nodes, runner_.depth_limit(context.committed.size())});
        if (depth <= 0) {
            return rules::DraftTree::with_root(context.committed.back());
        }
        // The mixture is the law that is drawn from, also under a greedy target: the target's transforms are inside it already.
        DraftSampling sampling;
        sampling.settings.temperature = 1;
        MixtureSource source(runner_, context, values_.acceptance);
        auto tree = grow_chain(context, controller, sampling, depth, source);
        fed_ = source.fed();
        return tree;
    }

    void commit(const rules::DraftTree& /*tree*/, std::span<const std::int32_t> path, TokenId /*next*/) override
    {
        keep_chain(runner_, path, fed_);
        fed_ = 0;
    }

    void set_values(const Values& values) override { values_ = read_values(synthetic_fields(), values); }

    [[nodiscard]] std::unique_ptr<Drafter> snapshot() const override
    {
        auto copy = std::make_unique<Synthetic>(runner_.snapshot(), Values{});
        copy->values_ = values_;
        copy->fed_ = fed_;
        return copy;
    }

    [[nodiscard]] std::int32_t depth_limit() const override { return static_cast<std::int32_t>(values_.draft_length); }

private:
    DraftModelRunner runner_;
    SyntheticValues values_;
    std::int32_t fed_ = 0;  ///< nodes of the present tree that went through the runner
};

}  // namespace

MethodRegistry::Entry synthetic_drafter()
{
    MethodInfo info;
    info.id = "synthetic";
    info.family = "drafter";
    info.title = TIMBERLINE_TR("Synthetic drafter");
    info.summary = TIMBERLINE_TR(
        "Draws from the target's own law, mixed with a token that the target finds least likely, so that each drafted token is "
        "accepted with a chance that you set. For studying draft length; it runs the target to know its law, so a "
        "draft pass costs a target pass and it never speeds anything up.");
    info.sources = {{.title = "Fast Inference from Transformers via Speculative Decoding",
                     .authors = "Yaniv Leviathan, Matan Kalman, Yossi Matias",
                     .year = 2022,
                     .arxiv = "2211.17192"}};
    info.lossless = Lossless::Yes;
    info.hyperparameters = declare(synthetic_fields());
    info.partners = {"fixed", "exact"};
    info.example = R"({"timberline": 1, "bench": "draft", "model": "bundled:tale", "prompt": "Once upon a time", "max_new_tokens": 24,
 "sampling": {"temperature": 0}, "method": {"drafter": {"id": "synthetic", "values": {"acceptance": 0.8, "draft_length": 4}}}})";
    const DrafterFactory factory = [](const DrafterResources& resources, const Values& values) -> Result<std::unique_ptr<Drafter>> {
        return std::unique_ptr<Drafter>(std::make_unique<Synthetic>(DraftModelRunner(resources.target, resources.context), values));
    };
    return {std::move(info), factory};
}

}  // namespace timberline::decoding
