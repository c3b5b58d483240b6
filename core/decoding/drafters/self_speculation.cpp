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

struct SelfValues {
    std::int64_t exit_layer = 4;
    std::int64_t draft_length = 3;
    bool share_cache = true;
    double draft_temperature = -1;
    std::int64_t draft_top_k = 0;
};

const auto& self_fields()
{
    static const std::tuple fields{
        field(&SelfValues::exit_layer,
              {.key = "exit_layer",
               .label = TIMBERLINE_TR("Exit layer"),
               .unit = "layers",
               .help = TIMBERLINE_TR("Layers of the target that draft, then its own norm and head; at most one less than the model has."),
               .min = 1,
               .max = 255}),
        field(&SelfValues::draft_length, {.key = "draft_length",
                                          .label = TIMBERLINE_TR("Draft length"),
                                          .unit = "tokens",
                                          .help = TIMBERLINE_TR("Tokens that the lower layers propose in one round; 0 decodes plainly."),
                                          .min = 0,
                                          .max = 16}),
        field(&SelfValues::share_cache,
              {.key = "share_cache",
               .label = TIMBERLINE_TR("Share the cache"),
               .help = TIMBERLINE_TR(
                   "Drafts in the target's own cache, so that verification goes on from the exit layer; off, the lower layers "
                   "keep a cache of their own and run twice. The text is the same.")}),
        field(&SelfValues::draft_temperature,
              {.key = "draft_temperature",
               .label = TIMBERLINE_TR("Draft temperature"),
               .help = TIMBERLINE_TR("Temperature of the exit's law; -1 takes the target's. Any value keeps "
                                     "the text exact, it only moves the acceptance."),
               .min = -1,
               .max = 2}),
        field(&SelfValues::draft_top_k,
              {.key = "draft_top_k",
               .label = TIMBERLINE_TR("Draft top-k"),
               .unit = "tokens",
               .help = TIMBERLINE_TR("Draws drafts only from the k likeliest tokens of the exit; 0 takes the target's top-k."),
               .min = 0,
               .max = 256})};
    return fields;
}

/// The target's lower layers in the target's own cache: each drafted row stands where the verify pass wants it.
class SharedSource final : public ChainSource
{
public:
    /// @param rows receives [k, d] after the exit layer, the root first.
    SharedSource(const model::Decoder& target, std::int64_t exit, const RoundContext& context, std::vector<float>& rows)
        : target_(target), exit_(exit), context_(context), rows_(rows), width_(static_cast<std::size_t>(target.config().hidden)),
          logits_(static_cast<std::size_t>(target.config().vocabulary))
    {}

    [[nodiscard]] Result<std::span<const float>> after(std::span<const TokenId> path) override
    {
        const TokenId token = path.empty() ? context_.committed.back() : path.back();
        const std::int64_t position = context_.target_store->length(0);
        rows_.resize(rows_.size() + width_);
        const auto row = std::span(rows_).last(width_);
        TIMBERLINE_TRY(target_.embed({&token, 1}, {&position, 1}, row));
        TIMBERLINE_TRY(target_.forward_layers(0, exit_, {.tokens = {&token, 1}}, row, *context_.target_store, context_.cancel));
        target_.read_out(row, logits_);
        ++passes_;
        return std::span<const float>(logits_);
    }
    [[nodiscard]] int passes() const override { return passes_; }

private:
    const model::Decoder& target_;
    std::int64_t exit_;
    const RoundContext& context_;
    std::vector<float>& rows_;
    std::size_t width_;
    std::vector<float> logits_;
    int passes_ = 0;
};

/// The target drafts for itself, leaving after a few layers (methods/decoding.md 3.4).
class SelfSpeculation final : public Drafter
{
public:
    SelfSpeculation(std::shared_ptr<const model::LanguageModel> target, std::int64_t context, const Values& values)
        : target_(std::move(target)), context_(context), values_(read_values(self_fields(), values))
    {}

    [[nodiscard]] Status begin(std::span<const TokenId> /*committed*/, const CancelToken& /*cancel*/) override
    {
        own_.reset();
        return {};
    }

    [[nodiscard]] Result<rules::DraftTree> propose(const RoundContext& context, const DraftPlan& plan,
                                                   DecodeController& controller) override
    {
        rows_.clear();
        fed_ = 0;
        in_own_ = false;
        const std::int32_t depth = std::min({depth_limit(), plan.max_depth, plan.max_nodes});
        if (depth <= 0) {
            return rules::DraftTree::with_root(context.committed.back());
        }
        const DraftSampling sampling = draft_sampling(*context.sampling, values_.draft_temperature, values_.draft_top_k);
        if (values_.share_cache && context.target_store != nullptr) {
            shared_layers_ = exit();
            SharedSource source(*target_->decoder, shared_layers_, context, rows_);
            return grow_chain(context, controller, sampling, depth, source);
        }
        if (!own_ || own_layers_ != exit()) {
            own_layers_ = exit();
            own_ = std::make_unique<DraftModelRunner>(target_, context_, own_layers_);
        }
        in_own_ = true;
        RunnerSource source(*own_, context);
        auto tree = grow_chain(context, controller, sampling, std::min(depth, own_->depth_limit(context.committed.size())), source);
        fed_ = source.fed();
        return tree;
    }

    [[nodiscard]] SharedRows shared_rows() const override
    {
        return rows_.empty() ? SharedRows{} : SharedRows{.layers = shared_layers_, .rows = rows_};
    }

    void commit(const rules::DraftTree& /*tree*/, std::span<const std::int32_t> path, TokenId /*next*/) override
    {
        if (in_own_) {
            keep_chain(*own_, path, fed_);
        }
        rows_.clear();
        in_own_ = false;
    }

    void set_values(const Values& values) override { values_ = read_values(self_fields(), values); }

    [[nodiscard]] std::unique_ptr<Drafter> snapshot() const override
    {
        auto copy = std::make_unique<SelfSpeculation>(target_, context_, Values{});
        copy->values_ = values_;
        copy->shared_layers_ = shared_layers_;
        copy->rows_ = rows_;
        copy->own_ = own_ ? std::make_unique<DraftModelRunner>(own_->snapshot()) : nullptr;
        copy->own_layers_ = own_layers_;
        copy->in_own_ = in_own_;
        copy->fed_ = fed_;
        return copy;
    }

    [[nodiscard]] std::int32_t depth_limit() const override { return static_cast<std::int32_t>(values_.draft_length); }
    [[nodiscard]] bool chooses_tokens(const record::Sampling& target, bool /*planned*/) const override
    {
        return depth_limit() > 0 && draft_sampling(target, values_.draft_temperature, values_.draft_top_k).greedy;
    }

private:
    /// A live change cannot be refused: past the last exit it means the last one.
    [[nodiscard]] std::int64_t exit() const { return std::min(values_.exit_layer, target_->decoder->config().layers - 1); }

    std::shared_ptr<const model::LanguageModel> target_;
    std::int64_t context_;
    SelfValues values_;
    std::int64_t shared_layers_ = 0;
    std::vector<float> rows_;                ///< of the present tree's nodes in the target's cache, [k, d]
    std::unique_ptr<DraftModelRunner> own_;  ///< where the cache is not shared; made when first needed
    std::int64_t own_layers_ = 0;
    bool in_own_ = false;   ///< the present tree was drafted in the own cache
    std::int32_t fed_ = 0;  ///< its nodes that went through it
};

}  // namespace

MethodRegistry::Entry self_speculation()
{
    MethodInfo info;
    info.id = "self-speculation";
    info.family = "drafter";
    info.title = TIMBERLINE_TR("Self-speculation");
    info.summary =
        TIMBERLINE_TR("The target drafts for itself: its first layers and its own head propose a chain, and the remaining layers verify "
                      "it, going on from the rows that the first ones left. Needs no second model.");
    info.sources = {{.title = "LayerSkip: Enabling Early Exit Inference and Self-Speculative Decoding",
                     .authors = "Mostafa Elhoushi et al.",
                     .year = 2024,
                     .arxiv = "2404.16710"},
                    {.title = "Draft & Verify: Lossless Large Language Model Acceleration via Self-Speculative Decoding",
                     .authors = "Jun Zhang et al.",
                     .year = 2023,
                     .arxiv = "2309.08168"}};
    info.lossless = Lossless::Yes;
    info.requires_text = TIMBERLINE_TR("a model of at least two layers");
    info.hyperparameters = declare(self_fields());
    info.partners = {"fixed", "exact"};
    info.example = R"({"timberline": 1, "bench": "draft", "model": "bundled:tale", "prompt": "Once upon a time", "max_new_tokens": 32,
 "sampling": {"temperature": 0}, "method": {"drafter": {"id": "self-speculation", "values": {"exit_layer": 4, "draft_length": 3}}}})";
    const DrafterFactory factory = [](const DrafterResources& resources, const Values& values) -> Result<std::unique_ptr<Drafter>> {
        const std::int64_t layers = resources.target->decoder->config().layers;
        const std::int64_t exit = read_values(self_fields(), values).exit_layer;
        if (exit >= layers) {
            return make_error(ErrorCode::InvalidArgument,
                              "drafter self-speculation: exit_layer is " + std::to_string(exit) + ", expected " +
                                  (layers > 1
                                       ? "1 to " + std::to_string(layers - 1) + " with this model of " + std::to_string(layers) + " layers"
                                       : std::string("a model of at least two layers")),
                              layers > 1 ? "Choose a lower exit layer." : "Choose another drafter for this model.");
        }
        return std::unique_ptr<Drafter>(std::make_unique<SelfSpeculation>(resources.target, resources.context, values));
    };
    return {std::move(info), factory};
}

}  // namespace timberline::decoding
