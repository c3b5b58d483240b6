// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/method.h"
#include "core/base/translate.h"
#include "core/decoding/chain_growth.h"
#include "core/decoding/draft_law.h"
#include "core/decoding/draft_model_runner.h"
#include "core/decoding/drafter.h"

#include <algorithm>

namespace timberline::decoding {

namespace {

struct ChainValues {
    std::int64_t draft_length = 4;
    double draft_temperature = -1;
    std::int64_t draft_top_k = 0;
};

const auto& chain_fields()
{
    static const std::tuple fields{
        field(&ChainValues::draft_length, {.key = "draft_length",
                                           .label = TIMBERLINE_TR("Draft length"),
                                           .unit = "tokens",
                                           .help = TIMBERLINE_TR("Tokens that the draft model proposes in one round; 0 decodes plainly."),
                                           .min = 0,
                                           .max = 16}),
        field(&ChainValues::draft_temperature, {.key = "draft_temperature",
                                                .label = TIMBERLINE_TR("Draft temperature"),
                                                .help = TIMBERLINE_TR("Temperature of the draft model's law; -1 takes the target's. Any "
                                                                      "value keeps the text exact, it only moves the acceptance."),
                                                .min = -1,
                                                .max = 2}),
        field(&ChainValues::draft_top_k,
              {.key = "draft_top_k",
               .label = TIMBERLINE_TR("Draft top-k"),
               .unit = "tokens",
               .help = TIMBERLINE_TR("Draws drafts only from the k likeliest tokens of the draft model; 0 takes the target's top-k."),
               .min = 0,
               .max = 256})};
    return fields;
}

/// A small language model drafts token after token (methods/decoding.md 1.3).
class DraftModelChain final : public Drafter
{
public:
    DraftModelChain(DraftModelRunner runner, const Values& values)
        : runner_(std::move(runner)), values_(read_values(chain_fields(), values))
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
        const DraftSampling sampling = draft_sampling(*context.sampling, values_.draft_temperature, values_.draft_top_k);
        RunnerSource source(runner_, context);
        auto tree = grow_chain(context, controller, sampling, depth, source);
        fed_ = source.fed();
        return tree;
    }

    void commit(const rules::DraftTree& /*tree*/, std::span<const std::int32_t> path, TokenId /*next*/) override
    {
        keep_chain(runner_, path, fed_);
        fed_ = 0;
    }

    void set_values(const Values& values) override { values_ = read_values(chain_fields(), values); }

    [[nodiscard]] std::unique_ptr<Drafter> snapshot() const override
    {
        auto copy = std::make_unique<DraftModelChain>(runner_.snapshot(), Values{});
        copy->values_ = values_;
        copy->fed_ = fed_;
        return copy;
    }

    [[nodiscard]] std::int32_t depth_limit() const override { return static_cast<std::int32_t>(values_.draft_length); }
    [[nodiscard]] bool chooses_tokens(const record::Sampling& target, bool /*planned*/) const override
    {
        return depth_limit() > 0 && draft_sampling(target, values_.draft_temperature, values_.draft_top_k).greedy;
    }

private:
    DraftModelRunner runner_;
    ChainValues values_;
    std::int32_t fed_ = 0;  ///< nodes of the present tree that went through the draft model
};

}  // namespace

MethodRegistry::Entry draft_model_chain()
{
    MethodInfo info;
    info.id = "draft-model-chain";
    info.family = "drafter";
    info.title = TIMBERLINE_TR("Draft model, chain");
    info.summary = TIMBERLINE_TR(
        "A small language model writes a few tokens ahead; the target checks all of them in one pass and keeps those that its own law "
        "accepts. The text is the target's, only faster.");
    info.sources = {{.title = "Fast Inference from Transformers via Speculative Decoding",
                     .authors = "Yaniv Leviathan, Matan Kalman, Yossi Matias",
                     .year = 2022,
                     .arxiv = "2211.17192"},
                    {.title = "Accelerating Large Language Model Decoding with Speculative Sampling",
                     .authors = "Charlie Chen, Sebastian Borgeaud, Geoffrey Irving, Jean-Baptiste Lespiau, Laurent Sifre, John Jumper",
                     .year = 2023,
                     .arxiv = "2302.01318"}};
    info.lossless = Lossless::Yes;
    info.requires_text = TIMBERLINE_TR("a draft model with the target's tokenizer");
    info.hyperparameters = declare(chain_fields());
    info.partners = {"fixed", "exact"};
    info.example = R"({"timberline": 1, "bench": "draft", "model": "bundled:tale", "draft_model": "bundled:tale-draft",
 "prompt": "Once upon a time", "max_new_tokens": 32, "sampling": {"temperature": 0},
 "method": {"drafter": {"id": "draft-model-chain", "values": {"draft_length": 4}}}})";
    const DrafterFactory factory = [](const DrafterResources& resources, const Values& values) -> Result<std::unique_ptr<Drafter>> {
        if (!resources.draft) {
            return make_error(ErrorCode::InvalidArgument,
                              "drafter draft-model-chain: no draft model is given, expected one with the target's tokenizer",
                              "Name a draft model, for example bundled:tale-draft, or choose the drafter plain.");
        }
        return std::unique_ptr<Drafter>(std::make_unique<DraftModelChain>(DraftModelRunner(resources.draft, resources.context), values));
    };
    return {std::move(info), factory};
}

}  // namespace timberline::decoding
