// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/method.h"
#include "core/base/translate.h"
#include "core/decoding/draft_law.h"
#include "core/decoding/keyed_decisions.h"
#include "core/decoding/round_player.h"
#include "core/decoding/stopwatch.h"
#include "core/rules/entropy_switch.h"
#include "core/rules/sampling.h"

#include <algorithm>
#include <numbers>

namespace timberline::decoding {

namespace {

struct EntropyAdaptiveValues {
    double threshold = 1.0;
    std::int64_t window = 5;
    std::int64_t shortest = 10;
    double hysteresis = 0;
    std::string start = "small";
};

const auto& entropy_adaptive_fields()
{
    using V = EntropyAdaptiveValues;
    static const std::tuple fields{
        field(&V::threshold, {.key = "threshold",
                              .label = TIMBERLINE_TR("Entropy threshold"),
                              .unit = "bits",
                              .help = TIMBERLINE_TR("The large model writes while the mean entropy "
                                                    "is at least this; 0 asks for it always, a "
                                                    "value above the logarithm of the vocabulary "
                                                    "never. Must be tuned for each pair."),
                              .min = 0,
                              .max = 20}),
        field(&V::window, {.key = "window",
                           .label = TIMBERLINE_TR("Window"),
                           .unit = "tokens",
                           .help = TIMBERLINE_TR("Tokens whose entropies are averaged: few "
                                                 "react fast, many switch calmly."),
                           .min = 1,
                           .max = 32}),
        field(&V::shortest, {.key = "shortest",
                             .label = TIMBERLINE_TR("Shortest stay"),
                             .unit = "tokens",
                             .help = TIMBERLINE_TR("Tokens that a model writes at least before "
                                                   "the other may take over."),
                             .min = 1,
                             .max = 64}),
        field(&V::hysteresis, {.key = "hysteresis",
                               .label = TIMBERLINE_TR("Hysteresis"),
                               .unit = "bits",
                               .help = TIMBERLINE_TR("The large model takes over this far above "
                                                     "the threshold and hands back this far "
                                                     "below it. 0 is the published rule."),
                               .min = 0,
                               .max = 4}),
        field(&V::start, {.key = "start",
                          .label = TIMBERLINE_TR("First model"),
                          .help = TIMBERLINE_TR("The model that writes the first tokens."),
                          .choices = {"small", "large"},
                          .choice_labels = {TIMBERLINE_TR("Small (draft model)"), TIMBERLINE_TR("Large (target)")},
                          .takes_effect = Effect::Restart})};
    return fields;
}

rules::EntropySwitch::Settings switch_settings(const EntropyAdaptiveValues& values)
{
    return {.threshold = values.threshold,
            .window = values.window,
            .shortest = values.shortest,
            .hysteresis = values.hysteresis,
            .start_large = values.start == "large"};
}

/// A model with a cache that is brought up to the text when the model's turn
/// comes. The store is the caller's.
class Writer
{
public:
    explicit Writer(std::shared_ptr<const model::LanguageModel> language_model) : model_(std::move(language_model)) {}

    /// Reads what the cache lacks of the text but its last token. @return how
    /// many tokens that were.
    [[nodiscard]] Result<std::int32_t> catch_up(std::span<const TokenId> text, model::KvStore& store, const CancelToken& cancel)
    {
        const std::int64_t held = store.length(0);
        const auto missed = text.first(text.size() - 1).subspan(static_cast<std::size_t>(held));
        if (!missed.empty()) {
            TIMBERLINE_TRY(feed(missed, model::ForwardInput::Logits::None, store, cancel));
        }
        return static_cast<std::int32_t>(missed.size());
    }

    /// Reads the last token. @return raw logits [V], valid until the next call.
    [[nodiscard]] Result<std::span<const float>> next(TokenId last, model::KvStore& store, const CancelToken& cancel)
    {
        TIMBERLINE_TRY(feed({&last, 1}, model::ForwardInput::Logits::Last, store, cancel));
        return std::span<const float>(output_.logits).first(static_cast<std::size_t>(model_->decoder->config().vocabulary));
    }

    [[nodiscard]] const model::Decoder& decoder() const { return *model_->decoder; }

private:
    [[nodiscard]] Status feed(std::span<const TokenId> tokens, model::ForwardInput::Logits logits, model::KvStore& store,
                              const CancelToken& cancel)
    {
        model::ForwardInput input;
        input.tokens = tokens;
        input.logits = logits;
        return model_->decoder->forward(input, store, output_, cancel);
    }

    std::shared_ptr<const model::LanguageModel> model_;
    model::ForwardOutput output_;
};

/// Two models take turns (methods/decoding.md 2.5). Nothing is verified: each
/// round is one token of the active model, recorded as a bonus.
class EntropyAdaptive final : public RoundPlayer
{
public:
    EntropyAdaptive(const DrafterResources& resources, const Values& values)
        : large_(resources.target), small_(resources.draft), small_context_(std::min(resources.context, small_.decoder().config().context)),
          small_store_(small_.decoder().make_store(small_context_)), values_(read_values(entropy_adaptive_fields(), values)),
          turns_(switch_settings(values_))
    {}

    [[nodiscard]] Status begin(std::span<const TokenId> committed, const CancelToken& cancel) override
    {
        if (static_cast<std::int64_t>(committed.size()) <= small_context_) {
            TIMBERLINE_TRY(small_.catch_up(committed, *small_store_, cancel));
        }
        return {};
    }

    [[nodiscard]] Result<PlayedRound> play(const RoundContext& context, double /*now_ms*/) override
    {
        // A text longer than the small model can read is the large model's,
        // whatever the entropy.
        const bool fits_small = static_cast<std::int64_t>(context.committed.size()) <= small_context_;
        const bool large = turns_.large() || !fits_small;
        model::KvStore& store = large ? *context.target_store : *small_store_;
        Writer& writer = large ? large_ : small_;

        const Stopwatch watch;
        TIMBERLINE_ASSIGN(const std::int32_t missed, writer.catch_up(context.committed, store, context.cancel));
        const double catch_up_ms = missed > 0 ? watch.elapsed_ms() : 0.0;
        TIMBERLINE_ASSIGN(const std::span<const float> logits, writer.next(context.committed.back(), store, context.cancel));
        const double model_ms = watch.elapsed_ms();

        PlayedRound out;
        out.tree = rules::DraftTree::with_root(context.committed.back());
        write(context, logits, out);
        if (large) {
            out.target_logits = logits;
            out.target_tokens = missed + 1;
            out.verify_ms = model_ms;
        } else {
            show_small(context, logits, out.tree);
            out.draft_ms = model_ms;
        }

        const double bits = rules::softmax_entropy_nats(logits) / std::numbers::ln2;
        turns_.wrote(bits);
        ++written_;
        by_small_ += large ? 0 : 1;
        out.statistics = {{"entropy_bits", bits},
                          {"mean_entropy_bits", turns_.mean()},
                          {"model", large ? 1.0 : 0.0},
                          {"share", static_cast<double>(by_small_) / static_cast<double>(written_)},
                          {"threshold_bits", values_.threshold},
                          {"catch_up_tokens", static_cast<double>(missed)},
                          {"catch_up_ms", catch_up_ms}};
        return out;
    }

    void set_values(const Values& values) override
    {
        values_ = read_values(entropy_adaptive_fields(), values);
        turns_.set(switch_settings(values_));
    }

private:
    /// Draws the token from the active model's law after all transforms.
    static void write(const RoundContext& context, std::span<const float> logits, PlayedRound& out)
    {
        std::vector<float> row(logits.begin(), logits.end());
        rules::apply_sampling(*context.sampling, context.committed, row);
        const std::vector<double> law(row.begin(), row.end());
        const std::int32_t depth = 0;
        KeyedDecisions decisions(context.seed, context.round, context.committed.size(), {&depth, 1}, context.sampling->temperature == 0);
        auto& verdict = out.outcome.verdict;
        verdict.path = {0};
        verdict.next = decisions.emit(0, law);
        verdict.next_is_bonus = true;
        verdict.nodes.resize(1);
        verdict.nodes[0].state = record::NodeState::Root;
        out.outcome.emitted_probability = decisions.emitted_probability();
    }

    /// The small model's law stands where a draft's law would: the target has
    /// none in this round.
    static void show_small(const RoundContext& context, std::span<const float> logits, rules::DraftTree& tree)
    {
        tree.draft_passes = 1;
        if (context.keep_laws) {
            std::vector<float> law;
            draft_law(draft_sampling(*context.sampling, -1, 0), context.committed, logits, law);
            attach_row(tree, 0, law, logits);
        }
    }

    Writer large_;
    Writer small_;
    std::int64_t small_context_;
    std::unique_ptr<model::KvStore> small_store_;
    EntropyAdaptiveValues values_;
    rules::EntropySwitch turns_;
    std::int64_t written_ = 0;
    std::int64_t by_small_ = 0;
};

}  // namespace

MethodRegistry::Entry entropy_adaptive_controller()
{
    MethodInfo info;
    info.id = "entropy-adaptive";
    info.family = "decode controller";
    info.title = TIMBERLINE_TR("Entropy adaptive decoding");
    info.summary = TIMBERLINE_TR("The draft model writes while it is sure of itself, and the target takes "
                                 "over where the mean entropy rises. "
                                 "Nothing is verified: the text differs from the target's on purpose.");
    info.sources = {{.title = "Entropy Adaptive Decoding: Dynamic Model "
                              "Switching for Efficient Inference",
                     .authors = "Toby Simonds",
                     .year = 2025,
                     .arxiv = "2502.06833"}};
    info.lossless = Lossless::No;
    info.requires_text = TIMBERLINE_TR("a draft model with the target's tokenizer");
    info.hyperparameters = declare(entropy_adaptive_fields());
    info.partners = {"plain"};
    info.example =
        R"({"timberline": 1, "bench": "draft", "model": "bundled:tale", "draft_model": "bundled:tale-draft",
 "prompt": "Once upon a time", "max_new_tokens": 64, "sampling": {"temperature": 0},
 "method": {"drafter": {"id": "plain"}, "controller": {"id": "entropy-adaptive", "values": {"threshold": 3.5, "shortest": 4}}}})";
    const PlayerFactory factory = [](const DrafterResources& resources, const Values& values) -> Result<std::unique_ptr<RoundPlayer>> {
        if (!resources.draft) {
            return make_error(ErrorCode::InvalidArgument,
                              "controller entropy-adaptive: no draft model is given, "
                              "expected one with the target's tokenizer",
                              "Name a draft model, for example bundled:tale-draft; "
                              "it is the small one of the two.");
        }
        return std::unique_ptr<RoundPlayer>(std::make_unique<EntropyAdaptive>(resources, values));
    };
    return {std::move(info), factory};
}

}  // namespace timberline::decoding
