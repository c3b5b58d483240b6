// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/method.h"
#include "core/base/translate.h"
#include "core/decoding/best_first.h"
#include "core/decoding/drafter.h"
#include "core/decoding/lookahead_window.h"
#include "core/rules/sampling.h"

#include <algorithm>

namespace timberline::decoding {

namespace {

constexpr std::int64_t kMostRows = 256;  ///< nodes of a round, the window's rows among them

struct LookaheadValues {
    std::int64_t window = 7;
    std::int64_t ngram = 5;
    std::int64_t guesses = 7;
    bool pool_from_text = true;
};

const auto& lookahead_fields()
{
    static const std::tuple fields{
        field(&LookaheadValues::window, {.key = "window",
                                         .label = TIMBERLINE_TR("Window width W"),
                                         .unit = "columns",
                                         .help = TIMBERLINE_TR("Positions ahead that are guessed at the same time."),
                                         .min = 1,
                                         .max = 15}),
        field(&LookaheadValues::ngram,
              {.key = "ngram",
               .label = TIMBERLINE_TR("N-gram length N"),
               .unit = "tokens",
               .help = TIMBERLINE_TR(
                   "Tokens of a collected n-gram; a guess is refined N - 1 times before it is used, and drafts are N - 1 long."),
               .min = 2,
               .max = 8}),
        field(&LookaheadValues::guesses,
              {.key = "guesses",
               .label = TIMBERLINE_TR("Guesses G"),
               .unit = "n-grams",
               .help = TIMBERLINE_TR("Most n-grams that are verified in one pass, and kept for each first token."),
               .min = 0,
               .max = 15}),
        field(&LookaheadValues::pool_from_text,
              {.key = "pool_from_text",
               .label = TIMBERLINE_TR("Collect from the text"),
               .help = TIMBERLINE_TR("Also collects the n-grams of the prompt and of what has been written.")})};
    return fields;
}

/// Jacobi iteration beside decoding (methods/decoding.md 3.6): a window of guesses rides along in every target pass, and the n-grams that
/// its columns settle on are what later passes verify.
class Lookahead final : public Drafter
{
public:
    explicit Lookahead(const Values& values) : values_(read_values(lookahead_fields(), values)) {}

    [[nodiscard]] Status begin(std::span<const TokenId> /*committed*/, const CancelToken& /*cancel*/) override
    {
        window_ = {};
        pool_ = {};
        collected_ = 0;
        return {};
    }

    [[nodiscard]] Result<rules::DraftTree> propose(const RoundContext& context, const DraftPlan& plan,
                                                   DecodeController& controller) override
    {
        const LookaheadWindow::Shape shape{.width = values_.window, .ngram = values_.ngram};
        if (!window_.started() || !(window_.shape() == shape)) {
            window_.begin(shape, context.committed, context.seed);
        }
        collect(context.committed);
        const auto most = static_cast<std::size_t>(values_.guesses);
        const ContinuationTrie trie = pool_.after(context.committed.back(), most);
        const DraftPlan limits{.max_depth = std::min(plan.max_depth, depth_limit()), .max_nodes = plan.max_nodes};
        rules::DraftTree tree = grow_best_first(
            context, controller, limits, [&trie](std::int32_t place, std::span<const TokenId> /*path*/) { return trie.proposals(place); });
        // A round without a plan is a plain step; the window then rests. Rows of the window stand no deeper than the plan's own room.
        const std::int64_t room = plan.max_depth > 0 ? context.room : 0;
        window_.append_to(tree, room, kMostRows - static_cast<std::int64_t>(tree.drafted()));
        return tree;
    }

    void read_target(const rules::DraftTree& tree, std::span<const float> logits) override
    {
        if (tree.window == 0) {
            return;
        }
        const std::size_t width = logits.size() / tree.size();
        std::vector<TokenId> predictions;
        for (const std::int32_t node : window_.last_nodes()) {
            predictions.push_back(rules::argmax(logits.subspan(static_cast<std::size_t>(node) * width, width)));
        }
        for (const auto& ngram : window_.advance(predictions)) {
            pool_.add(ngram, static_cast<std::size_t>(values_.guesses));
        }
    }

    void commit(const rules::DraftTree& /*tree*/, std::span<const std::int32_t> /*path*/, TokenId /*next*/) override {}
    void set_values(const Values& values) override
    {
        const LookaheadValues before = values_;
        values_ = read_values(lookahead_fields(), values);
        if (values_.ngram != before.ngram || values_.pool_from_text != before.pool_from_text) {
            collected_ = 0;
        }
    }
    [[nodiscard]] std::unique_ptr<Drafter> snapshot() const override { return std::make_unique<Lookahead>(*this); }
    [[nodiscard]] std::int32_t depth_limit() const override { return static_cast<std::int32_t>(values_.ngram - 1); }
    [[nodiscard]] bool chooses_tokens(const record::Sampling& /*target*/, bool /*planned*/) const override { return depth_limit() > 0; }

private:
    void collect(std::span<const TokenId> committed)
    {
        const auto length = static_cast<std::size_t>(values_.ngram);
        for (std::size_t end = std::max(collected_ + 1, length); values_.pool_from_text && end <= committed.size(); ++end) {
            pool_.add(committed.subspan(end - length, length), static_cast<std::size_t>(values_.guesses));
        }
        collected_ = committed.size();
    }

    LookaheadValues values_;
    LookaheadWindow window_;
    NgramPool pool_;
    std::size_t collected_ = 0;  ///< committed tokens whose n-grams were looked at
};

}  // namespace

MethodRegistry::Entry lookahead()
{
    MethodInfo info;
    info.id = "lookahead";
    info.family = "drafter";
    info.title = TIMBERLINE_TR("Lookahead decoding");
    info.summary =
        TIMBERLINE_TR("No drafter: each target pass also refines guesses for the next positions, and the n-grams that come of it are "
                      "verified in later passes. Trades more rows a pass for fewer passes.");
    info.sources = {{.title = "Break the Sequential Dependency of LLM Inference Using Lookahead Decoding",
                     .authors = "Yichao Fu, Peter Bailis, Ion Stoica, Hao Zhang",
                     .year = 2024,
                     .arxiv = "2402.02057"}};
    info.lossless = Lossless::Yes;
    info.hyperparameters = declare(lookahead_fields());
    info.partners = {"fixed", "exact"};
    info.example = R"({"timberline": 1, "bench": "draft", "model": "bundled:tale", "prompt": "Once upon a time", "max_new_tokens": 40,
 "sampling": {"temperature": 0}, "method": {"drafter": {"id": "lookahead", "values": {"window": 5, "ngram": 4, "guesses": 5}}}})";
    const DrafterFactory factory = [](const DrafterResources&, const Values& values) -> Result<std::unique_ptr<Drafter>> {
        return std::unique_ptr<Drafter>(std::make_unique<Lookahead>(values));
    };
    return {std::move(info), factory};
}

}  // namespace timberline::decoding
