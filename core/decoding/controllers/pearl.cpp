// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/method.h"
#include "core/base/translate.h"
#include "core/decoding/chain_growth.h"
#include "core/decoding/draft_law.h"
#include "core/decoding/draft_model_runner.h"
#include "core/decoding/fixed_controller.h"
#include "core/decoding/keyed_decisions.h"
#include "core/decoding/parallel_lanes.h"
#include "core/decoding/round_player.h"
#include "core/decoding/stopwatch.h"
#include "core/decoding/target_laws.h"
#include "core/rules/parallel_drafting.h"

#include <algorithm>
#include <cmath>

namespace timberline::decoding {

namespace {

struct PearlValues {
    std::string length = "fixed";
    std::int64_t block_length = 4;
    double draft_cost = 0.25;
    std::string overlap = "real";
    bool pre_verify = true;
    bool post_verify = true;
    double draft_temperature = -1;
};

const auto& pearl_fields()
{
    using V = PearlValues;
    static const std::tuple fields{
        field(&V::length, {.key = "length",
                           .label = TIMBERLINE_TR("Block length from"),
                           .help = TIMBERLINE_TR("Where the length of a block comes from: a number, or the "
                                                 "ratio of the costs that you give, at "
                                                 "which neither model waits for the other."),
                           .choices = {"fixed", "cost-ratio"},
                           .choice_labels = {TIMBERLINE_TR("The number below"), TIMBERLINE_TR("Cost of a draft pass")}}),
        field(&V::block_length, {.key = "block_length",
                                 .label = TIMBERLINE_TR("Block length"),
                                 .unit = "tokens",
                                 .help = TIMBERLINE_TR("Tokens that the draft model writes while the target runs "
                                                       "once. Below the ratio of both "
                                                       "times the draft idles, above it the target does."),
                                 .min = 1,
                                 .max = 16}),
        field(&V::draft_cost, {.key = "draft_cost",
                               .label = TIMBERLINE_TR("Cost of a draft pass"),
                               .unit = "target passes",
                               .help = TIMBERLINE_TR("What one pass of the draft costs, in passes "
                                                     "of the target; the block length becomes one "
                                                     "over it, rounded. A number that you give: "
                                                     "nothing is measured."),
                               .min = 0.0625,
                               .max = 1}),
        field(&V::overlap, {.key = "overlap",
                            .label = TIMBERLINE_TR("Overlap"),
                            .help = TIMBERLINE_TR("Real runs both models at once, each on one "
                                                  "thread. Simulated runs one after the other and "
                                                  "only reports what overlapping would take: the "
                                                  "longer of both times."),
                            .choices = {"real", "simulated"},
                            .choice_labels = {TIMBERLINE_TR("Real, two threads"), TIMBERLINE_TR("Simulated")}}),
        field(&V::pre_verify, {.key = "pre_verify",
                               .label = TIMBERLINE_TR("Pre-verify"),
                               .help = TIMBERLINE_TR("The target judges the first token of a block "
                                                     "while the rest is being written. Off: it waits "
                                                     "for the whole block.")}),
        field(&V::post_verify, {.key = "post_verify",
                                .label = TIMBERLINE_TR("Post-verify"),
                                .help = TIMBERLINE_TR("The draft writes the next block while the "
                                                      "target judges the last one. Off: it waits for "
                                                      "the verdict.")}),
        field(&V::draft_temperature, {.key = "draft_temperature",
                                      .label = TIMBERLINE_TR("Draft temperature"),
                                      .help = TIMBERLINE_TR("Temperature of the draft model's law; -1 "
                                                            "takes the target's. Any value keeps the "
                                                            "text exact, it only moves the acceptance."),
                                      .min = -1,
                                      .max = 2})};
    return fields;
}

/// Drafted tokens in order, each with the law that it was drawn from: what a
/// later round needs to test them.
struct Waiting {
    TokenId token = 0;
    float confidence = record::kUndefined;
    record::DrawKind kind = record::DrawKind::PointMass;
    std::vector<float> law;  ///< empty where nobody keeps laws
    std::vector<float> logits;
};

std::vector<Waiting> tokens_of(const rules::DraftTree& block)
{
    std::vector<Waiting> out;
    const auto width = static_cast<std::size_t>(block.vocabulary);
    for (std::size_t node = 1; node < block.size(); ++node) {
        Waiting token{
            .token = block.token[node], .confidence = block.confidence[node], .kind = block.child_kind[node - 1], .law = {}, .logits = {}};
        if (const std::int32_t row = block.draft_row[node - 1]; row >= 0) {
            const std::size_t at = static_cast<std::size_t>(row) * width;
            const auto law = std::span(block.draft_laws).subspan(at, width);
            const auto logits = std::span(block.draft_logits).subspan(at, width);
            token.law.assign(law.begin(), law.end());
            token.logits.assign(logits.begin(), logits.end());
        }
        out.push_back(std::move(token));
    }
    return out;
}

void append(rules::DraftTree& chain, const Waiting& token)
{
    const auto last = static_cast<std::int32_t>(chain.size()) - 1;
    if (!token.law.empty()) {
        attach_row(chain, last, token.law, token.logits);
    }
    chain.child_kind[static_cast<std::size_t>(last)] = token.kind;
    chain.add(last, token.token, token.confidence);
}

/// PEARL (methods/decoding.md 2.4). The text is only ever what the target has
/// accepted: tokens that wait for their test stay here. What is drawn depends
/// on keys of round and position, never on which lane is faster.
class Pearl final : public RoundPlayer
{
public:
    Pearl(const DrafterResources& resources, const Values& values)
        : target_(resources.target), runner_(resources.draft, resources.context), context_(resources.context),
          values_(read_values(pearl_fields(), values)), order_({.pre_verify = values_.pre_verify, .post_verify = values_.post_verify})
    {}

    [[nodiscard]] Status fits(const RoundSettings& settings) const override
    {
        if (settings.acceptance.id != "exact") {
            return make_error(ErrorCode::InvalidArgument,
                              "controller pearl: got the acceptance rule " + settings.acceptance.id +
                                  ", expected exact, the one that decides token after token",
                              "Choose the acceptance rule exact.");
        }
        return {};
    }

    [[nodiscard]] Status begin(std::span<const TokenId> committed, const CancelToken& cancel) override
    {
        waiting_.clear();
        order_.drop();
        return runner_.begin(committed, cancel);
    }

    [[nodiscard]] Result<PlayedRound> play(const RoundContext& context, double now_ms) override;

    void set_values(const Values& values) override
    {
        values_ = read_values(pearl_fields(), values);
        order_.set({.pre_verify = values_.pre_verify, .post_verify = values_.post_verify});
    }

private:
    [[nodiscard]] std::int32_t block_length() const
    {
        const double wanted = values_.length == "fixed" ? static_cast<double>(values_.block_length) : std::round(1 / values_.draft_cost);
        return static_cast<std::int32_t>(std::clamp(wanted, 1.0, 16.0));
    }
    /// Writes a block after `text` (committed tokens and those that wait).
    [[nodiscard]] Result<rules::DraftTree> draft(const RoundContext& context, std::span<const TokenId> text);
    /// One target pass over the root and the waiting tokens.
    [[nodiscard]] Status run_target(const RoundContext& context);
    /// Tests the waiting tokens and `first` of the new block, if there is one.
    /// @param chain gets the tested tokens as its nodes.
    void test(const RoundContext& context, const Waiting* first, rules::DraftTree& chain, RoundOutcome& outcome);
    /// Decides what the next round inherits and completes the record of this one.
    void settle(const rules::ParallelDrafting::Step& step, std::int32_t waited, std::vector<Waiting> block, PlayedRound& out);

    std::shared_ptr<const model::LanguageModel> target_;
    DraftModelRunner runner_;
    std::int64_t context_;
    PearlValues values_;
    rules::ParallelDrafting order_;
    std::vector<Waiting> waiting_;  ///< drafted, not tested yet; they follow the committed text
    FixedController whole_blocks_;  ///< nothing stops a block early
    model::ForwardOutput output_;
    TargetLaws laws_;
    ParallelLanes lanes_;  ///< last, so that its thread ends before what it works on
};

Result<rules::DraftTree> Pearl::draft(const RoundContext& context, std::span<const TokenId> text)
{
    const std::int64_t room = context_ - static_cast<std::int64_t>(text.size());
    const auto depth = static_cast<std::int32_t>(
        std::clamp<std::int64_t>(std::min<std::int64_t>(room, runner_.depth_limit(text.size())), 0, block_length()));
    const bool ended = !waiting_.empty() && std::ranges::find(context.stop_ids, waiting_.back().token) != context.stop_ids.end();
    if (depth == 0 || ended) {
        return rules::DraftTree::with_root(text.back());  // the text is full, or nothing is worth drafting after an
                                                          // end token
    }
    const DraftSampling sampling = draft_sampling(*context.sampling, values_.draft_temperature, 0);
    RoundContext after = context;
    after.committed = text;
    after.target_store = nullptr;  // the target runs meanwhile
    RunnerSource source(runner_, after);
    TIMBERLINE_ASSIGN(auto block, grow_chain(after, whole_blocks_, sampling, depth, source));
    std::vector<std::int32_t> all(block.size());
    for (std::size_t node = 0; node < all.size(); ++node) {
        all[node] = static_cast<std::int32_t>(node);
    }
    keep_chain(runner_, all,
               source.fed());  // the runner itself cuts off what the text takes back
    return block;
}

Status Pearl::run_target(const RoundContext& context)
{
    // A controller before this one may have left rows out of the cache.
    const auto wanted = static_cast<std::int64_t>(context.committed.size()) - 1;
    if (const std::int64_t held = context.target_store->length(0); held < wanted) {
        model::ForwardInput missed;
        missed.tokens = context.committed.subspan(static_cast<std::size_t>(held), static_cast<std::size_t>(wanted - held));
        missed.logits = model::ForwardInput::Logits::None;
        TIMBERLINE_TRY(target_->decoder->forward(missed, *context.target_store, output_, context.cancel));
    }
    std::vector<TokenId> tokens = {context.committed.back()};
    for (const Waiting& token : waiting_) {
        tokens.push_back(token.token);
    }
    model::ForwardInput input;
    input.tokens = tokens;
    return target_->decoder->forward(input, *context.target_store, output_, context.cancel);
}

void Pearl::test(const RoundContext& context, const Waiting* first, rules::DraftTree& chain, RoundOutcome& outcome)
{
    const std::size_t rows = waiting_.size() + 1;
    for (const Waiting& token : waiting_) {
        append(chain, token);
    }
    if (first != nullptr) {
        append(chain, *first);
    }
    const auto vocabulary = static_cast<std::size_t>(target_->decoder->config().vocabulary);
    const bool greedy = context.sampling->temperature == 0;
    laws_.begin(chain, context.committed, *context.sampling, output_.logits, vocabulary);
    // The first token of the new block has no row yet: where it passes, its own
    // block is the next to be tested and no token is added.
    const auto has_row = [rows](std::int32_t node) { return static_cast<std::size_t>(node) < rows; };
    if (!context.keep_laws) {
        outcome.verdict = rules::verify_greedy(chain, [&](std::int32_t node) { return has_row(node) ? laws_.best(node) : TokenId{0}; });
    } else {
        std::vector<float> unused(vocabulary, 0.0F);
        unused[0] = 1;
        const std::vector<std::int32_t> depths = chain.depths();
        KeyedDecisions decisions(context.seed, context.round, context.committed.size(), depths, greedy);
        outcome.verdict = rules::verify_recursive_rejection(
            chain, [&](std::int32_t node) { return has_row(node) ? laws_.law(node) : std::span<const float>(unused); }, decisions);
        outcome.emitted_probability = decisions.emitted_probability();
    }
    outcome.has_next = has_row(outcome.verdict.path.back());
    if (!outcome.has_next) {
        outcome.verdict.next = 0;
        outcome.emitted_probability = record::kUndefined;
    }
}

void Pearl::settle(const rules::ParallelDrafting::Step& step, std::int32_t waited, std::vector<Waiting> block, PlayedRound& out)
{
    const auto drafted = static_cast<std::int32_t>(block.size());
    const auto passed = static_cast<std::int32_t>(out.outcome.verdict.path.size()) - 1;
    order_.settle(step, waited, drafted, passed);
    waiting_.clear();
    const bool under_way = !out.outcome.has_next;
    out.statistics["carried"] = under_way ? static_cast<double>(drafted - 1) : 0.0;
    out.statistics["discarded"] = 0;
    if (under_way) {
        waiting_.assign(std::make_move_iterator(block.begin() + 1), std::make_move_iterator(block.end()));
        return;
    }
    // A refusal revokes the block that was drafted meanwhile; it is shown where
    // it stood. Its first token stands in the chain already.
    for (std::size_t i = 1; i < block.size(); ++i) {
        append(out.tree, block[i]);
    }
    out.statistics["discarded"] = drafted;
    out.outcome.verdict.nodes.resize(out.tree.size());
}

Result<PlayedRound> Pearl::play(const RoundContext& context, double now_ms)
{
    const Stopwatch watch;
    const auto step = order_.next();
    PlayedRound out;
    out.lossless = true;
    std::vector<TokenId> text(context.committed.begin(), context.committed.end());
    for (const Waiting& token : waiting_) {
        text.push_back(token.token);
    }
    std::int32_t waited = 0;
    int passes = 0;
    if (step.draft_first) {
        TIMBERLINE_ASSIGN(const auto block, draft(context, text));
        waiting_ = tokens_of(block);
        waited = static_cast<std::int32_t>(waiting_.size());
        text.insert(text.end(), block.token.begin() + 1, block.token.end());
        passes += block.draft_passes;
    }
    const double alone_ms = watch.elapsed_ms();

    rules::DraftTree block;
    const auto draft_lane = [&]() -> Status {
        TIMBERLINE_ASSIGN(block, draft(context, text));
        return {};
    };
    const auto target_lane = [&] { return run_target(context); };
    const auto nothing = []() -> Status { return {}; };
    const bool simulated = values_.overlap == "simulated";
    TIMBERLINE_ASSIGN(const LaneTimes lanes, step.draft_beside ? lanes_.run(draft_lane, target_lane, !simulated)
                                                               : lanes_.run(nothing, target_lane, /*overlapped=*/false));
    const double lanes_ms = watch.elapsed_ms() - alone_ms;
    std::vector<Waiting> tokens = step.draft_beside ? tokens_of(block) : std::vector<Waiting>();
    passes += step.draft_beside ? block.draft_passes : 0;

    const auto rows = waiting_.size() + 1;
    out.tree = rules::DraftTree::with_root(context.committed.back());
    test(context, tokens.empty() ? nullptr : tokens.data(), out.tree, out.outcome);
    out.tree.draft_passes = passes;
    out.target_logits = output_.logits;
    out.target_tokens = static_cast<std::int32_t>(rows);
    out.verify_ms = lanes.second();
    out.draft_ms = alone_ms + std::max(lanes_ms - lanes.second(), 0.0);

    const double start = now_ms + alone_ms;
    const double verify_start = simulated ? lanes.first_begin : lanes.second_begin;  // simulated lanes are drawn as if both
                                                                                     // had begun at once
    out.statistics["mode"] = step.mode == rules::ParallelDrafting::Mode::PreVerify ? 0 : 1;
    out.statistics["block_length"] = block_length();
    out.statistics["simulated"] = simulated ? 1 : 0;
    out.statistics["draft_t0_ms"] = step.draft_first ? now_ms : step.draft_beside ? start + lanes.first_begin : start;
    out.statistics["draft_t1_ms"] = step.draft_beside ? start + lanes.first_end : start;
    out.statistics["verify_t0_ms"] = start + verify_start;
    out.statistics["verify_t1_ms"] = start + verify_start + lanes.second();
    // What the step takes where both lanes run at once: measured when they did,
    // the longer of both times when that is only simulated.
    out.statistics["overlapped_ms"] = alone_ms + (simulated ? std::max(lanes.first(), lanes.second()) : lanes_ms);
    settle(step, waited, std::move(tokens), out);
    return out;
}

}  // namespace

MethodRegistry::Entry pearl_controller()
{
    MethodInfo info;
    info.id = "pearl";
    info.family = "decode controller";
    info.title = TIMBERLINE_TR("PEARL, drafting while verifying");
    info.summary = TIMBERLINE_TR("The draft model writes the next block while the target "
                                 "judges the last one, so that neither waits: the target "
                                 "looks at a block's first token early, and a refusal "
                                 "revokes what was written meanwhile. The text stays the "
                                 "target's.");
    info.sources = {{.title = "Parallel Speculative Decoding with Adaptive Draft Length",
                     .authors = "Tianyu Liu, Yun Li, Qitan Lv, Kai Liu, Jianchen Zhu, "
                                "Winston Hu, Xiao Sun",
                     .year = 2024,
                     .arxiv = "2408.11850"}};
    info.lossless = Lossless::Yes;
    info.requires_text = TIMBERLINE_TR("a draft model with the target's tokenizer");
    info.hyperparameters = declare(pearl_fields());
    info.partners = {"draft-model-chain", "exact"};
    info.example =
        R"({"timberline": 1, "bench": "draft", "model": "bundled:tale", "draft_model": "bundled:tale-draft",
 "prompt": "Once upon a time", "max_new_tokens": 48, "sampling": {"temperature": 0},
 "method": {"drafter": {"id": "draft-model-chain"}, "controller": {"id": "pearl", "values": {"block_length": 4}}}})";
    const PlayerFactory factory = [](const DrafterResources& resources, const Values& values) -> Result<std::unique_ptr<RoundPlayer>> {
        if (!resources.draft) {
            return make_error(ErrorCode::InvalidArgument,
                              "controller pearl: no draft model is given, expected "
                              "one with the target's tokenizer",
                              "Name a draft model, for example bundled:tale-draft.");
        }
        return std::unique_ptr<RoundPlayer>(std::make_unique<Pearl>(resources, values));
    };
    return {std::move(info), factory};
}

}  // namespace timberline::decoding
