// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/base/method.h"
#include "core/base/translate.h"
#include "core/decoding/best_first.h"
#include "core/decoding/chain_growth.h"
#include "core/decoding/drafter.h"
#include "core/decoding/ngram_counts.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <string_view>

namespace timberline::decoding {

namespace {

constexpr std::uintmax_t kLargestCorpus = std::uintmax_t{16} << 20;  // bytes; a longer text takes too long to tokenize before a run
constexpr std::size_t kPiece = std::size_t{16} << 10;                // bytes, or tokens, between two looks at the cancel token
constexpr std::int64_t kLargestVocabulary = 1 << 20;                 // what NgramCounts can name

struct CacheValues {
    std::string variant = "likeliest";
    std::int64_t draft_length = 6;
    std::int64_t order = 3;
    std::int64_t total_nodes = 16;
    std::int64_t candidates = 3;
    std::int64_t min_count = 1;
    std::int64_t text_weight = 4;
    double back_off = 0.3;
    double draft_temperature = -1;
    std::string corpus;
};

const auto& cache_fields()
{
    static const std::tuple fields{
        field(&CacheValues::variant,
              {.key = "variant",
               .label = TIMBERLINE_TR("Candidates are"),
               .help = TIMBERLINE_TR("The successors counted most often, as a tree; or a chain drawn from an interpolated n-gram law."),
               .choices = {"likeliest", "sampled"},
               .choice_labels = {TIMBERLINE_TR("Counted most often"), TIMBERLINE_TR("Drawn from the counts")}}),
        field(&CacheValues::draft_length, {.key = "draft_length",
                                           .label = TIMBERLINE_TR("Draft length"),
                                           .unit = "tokens",
                                           .help = TIMBERLINE_TR("Levels drafted below the pending token; 0 decodes plainly."),
                                           .min = 0,
                                           .max = 16}),
        field(&CacheValues::order, {.key = "order",
                                    .label = TIMBERLINE_TR("Longest n-gram"),
                                    .unit = "tokens",
                                    .help = TIMBERLINE_TR("Tokens of the longest n-gram that is looked up, the proposed one counted."),
                                    .min = 2,
                                    .max = static_cast<double>(kLongestNgram)}),
        field(&CacheValues::total_nodes, {.key = "total_nodes",
                                          .label = TIMBERLINE_TR("Nodes"),
                                          .unit = "nodes",
                                          .help = TIMBERLINE_TR("Most candidates of a tree; those with the largest shares are kept."),
                                          .min = 1,
                                          .max = 128}),
        field(&CacheValues::candidates, {.key = "candidates",
                                         .label = TIMBERLINE_TR("Children"),
                                         .unit = "children",
                                         .help = TIMBERLINE_TR("Most successors proposed after one token; 1 drafts a chain."),
                                         .min = 1,
                                         .max = 8}),
        field(&CacheValues::min_count,
              {.key = "min_count",
               .label = TIMBERLINE_TR("Least count"),
               .help = TIMBERLINE_TR("A context that was followed by fewer tokens than this gives way to a shorter one."),
               .min = 1,
               .max = 64}),
        field(&CacheValues::text_weight, {.key = "text_weight",
                                          .label = TIMBERLINE_TR("Weight of this text"),
                                          .help = TIMBERLINE_TR("How many times an n-gram of this text counts beside one of the corpus."),
                                          .min = 1,
                                          .max = 64}),
        field(&CacheValues::back_off,
              {.key = "back_off",
               .label = TIMBERLINE_TR("Back-off"),
               .help = TIMBERLINE_TR(
                   "Drawn candidates: share of each n-gram's law that goes to the shorter n-gram, in the end to all tokens alike."),
               .min = 0.01,
               .max = 1}),
        field(&CacheValues::draft_temperature,
              {.key = "draft_temperature",
               .label = TIMBERLINE_TR("Draft temperature"),
               .help = TIMBERLINE_TR("Drawn candidates: temperature of the counted law; -1 takes the target's. The text stays exact."),
               .min = -1,
               .max = 2}),
        field(&CacheValues::corpus,
              {.key = "corpus",
               .label = TIMBERLINE_TR("Corpus file"),
               .help = TIMBERLINE_TR("A text file whose n-grams are counted beside those of this text; empty = none. At most 16 MiB."),
               .type = ParameterType::Path})};
    return fields;
}

/// Where a piece of text that begins at `from` ends: behind a line, else behind a word (a space belongs to the word after it), else where a
/// character ends.
std::size_t piece_end(std::string_view text, std::size_t from)
{
    if (text.size() - from <= kPiece) {
        return text.size();
    }
    const std::string_view piece = text.substr(from, kPiece);
    if (const auto line = piece.rfind('\n'); line != std::string_view::npos) {
        return from + line + 1;
    }
    if (const auto space = piece.rfind(' '); space != std::string_view::npos && space > 0) {
        return from + space;
    }
    std::size_t end = from + kPiece;
    while (end > from + 1 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
        --end;
    }
    return end;
}

/// Looks at the cancel token every few milliseconds.
Result<std::shared_ptr<const NgramCounts>> read_corpus(const std::string& path, const model::LanguageModel& target,
                                                       const CancelToken& cancel)
{
    const auto cancelled = [] { return make_error(ErrorCode::Cancelled, "cancelled while the corpus was read"); };
    const auto refuse = [](const Error& error) {
        return make_error(error.code, "drafter ngram-cache: the corpus cannot be used: " + error.message,
                          error.hint.empty() ? "Name a plain text file, or leave the corpus empty." : error.hint);
    };
    if (path.empty()) {
        return std::shared_ptr<const NgramCounts>();
    }
    if (!target.folder.tokenizer) {
        return refuse(make_error(ErrorCode::InvalidArgument, "the model has no tokenizer to read it with",
                                 "Leave the corpus empty, or use a model folder with a tokenizer.json."));
    }
    const auto text = read_file(path, kLargestCorpus);
    if (!text.ok()) {
        return refuse(text.error());
    }
    std::vector<TokenId> ids;
    for (std::size_t from = 0; from < text->size();) {
        if (cancel.cancelled()) {
            return cancelled();
        }
        const std::size_t end = piece_end(text.value(), from);
        const auto piece = target.folder.tokenizer->encode(std::string_view(text.value()).substr(from, end - from), false);
        if (!piece.ok()) {
            return refuse(piece.error());
        }
        ids.insert(ids.end(), piece->begin(), piece->end());
        from = end;
    }
    const std::int64_t vocabulary = target.decoder->config().vocabulary;
    if (std::ranges::any_of(ids, [vocabulary](TokenId id) { return id < 0 || id >= vocabulary; })) {
        return refuse(make_error(ErrorCode::BadFile,
                                 path + ": holds tokens that the model's vocabulary of " + std::to_string(vocabulary) + " does not have",
                                 "Use the tokenizer that belongs to this model."));
    }
    auto counts = std::make_shared<NgramCounts>();
    for (std::size_t from = 0; from < ids.size(); from += kPiece) {
        if (cancel.cancelled()) {
            return cancelled();
        }
        counts->count(std::span(ids).first(std::min(from + kPiece, ids.size())), from);
    }
    return std::shared_ptr<const NgramCounts>(std::move(counts));
}

/// The interpolated law as the source of a chain.
class CountedSource final : public ChainSource
{
public:
    CountedSource(const NgramView& counts, const CacheValues& values, const RoundContext& context, std::size_t vocabulary)
        : counts_(counts), values_(values), vocabulary_(vocabulary), committed_(context.committed.begin(), context.committed.end())
    {}

    [[nodiscard]] Result<std::span<const float>> after(std::span<const TokenId> path) override
    {
        history_ = committed_;
        history_.insert(history_.end(), path.begin(), path.end());
        interpolated_law(counts_, history_, values_.order, values_.back_off, vocabulary_, law_);
        std::ranges::for_each(law_, [](float& q) { q = std::log(q); });
        return std::span<const float>(law_);
    }
    [[nodiscard]] int passes() const override { return 0; }

private:
    const NgramView& counts_;
    const CacheValues& values_;
    std::size_t vocabulary_;
    std::vector<TokenId> committed_, history_;
    std::vector<float> law_;
};

/// Proposes what followed the last tokens most often, in this text and in a corpus (methods/decoding.md 1.10).
class NgramCache final : public Drafter
{
public:
    NgramCache(std::shared_ptr<const model::LanguageModel> target, const Values& values)
        : target_(std::move(target)), values_(read_values(cache_fields(), values))
    {}

    [[nodiscard]] Status begin(std::span<const TokenId> committed, const CancelToken& cancel) override
    {
        TIMBERLINE_TRY(keep_corpus(cancel));
        text_ = {};
        counted_ = 0;
        count_up_to(committed);
        return {};
    }

    [[nodiscard]] Result<rules::DraftTree> propose(const RoundContext& context, const DraftPlan& plan,
                                                   DecodeController& controller) override
    {
        TIMBERLINE_TRY(keep_corpus(context.cancel));
        count_up_to(context.committed);
        const NgramView counts{.corpus = corpus_.get(), .text = &text_, .text_weight = values_.text_weight};
        const std::int32_t depth = std::min(plan.max_depth, depth_limit());
        if (values_.variant == "sampled") {
            DraftSampling sampling = draft_sampling(*context.sampling, values_.draft_temperature, 0);
            // The counted law keeps its full support: truncations are the target's alone.
            sampling.settings.top_k = 0;
            sampling.settings.top_p = 1;
            sampling.settings.min_p = 0;
            sampling.settings.typical_p = 1;
            CountedSource source(counts, values_, context, static_cast<std::size_t>(target_->decoder->config().vocabulary));
            return grow_chain(context, controller, sampling, std::min(depth, plan.max_nodes), source);
        }
        std::vector<TokenId> history(context.committed.begin(), context.committed.end());
        const std::size_t committed = history.size();
        const DraftPlan limits{.max_depth = depth, .max_nodes = std::min(plan.max_nodes, static_cast<std::int32_t>(values_.total_nodes))};
        return grow_best_first(context, controller, limits, [&](std::int32_t /*place*/, std::span<const TokenId> path) {
            history.resize(committed);
            history.insert(history.end(), path.begin(), path.end());
            std::int64_t total = 0;
            std::vector<Proposal> out;
            for (const auto& successor : likeliest_successors(counts, history, values_.order, values_.min_count,
                                                              static_cast<std::size_t>(values_.candidates), total)) {
                out.push_back({.token = successor.token, .share = static_cast<double>(successor.count) / static_cast<double>(total)});
            }
            return out;
        });
    }

    void commit(const rules::DraftTree& /*tree*/, std::span<const std::int32_t> /*path*/, TokenId /*next*/) override {}
    void set_values(const Values& values) override { values_ = read_values(cache_fields(), values); }
    [[nodiscard]] std::unique_ptr<Drafter> snapshot() const override { return std::make_unique<NgramCache>(*this); }
    [[nodiscard]] std::int32_t depth_limit() const override { return static_cast<std::int32_t>(values_.draft_length); }
    [[nodiscard]] bool chooses_tokens(const record::Sampling& target, bool /*planned*/) const override
    {
        return depth_limit() > 0 && (values_.variant != "sampled" || draft_sampling(target, values_.draft_temperature, 0).greedy);
    }

private:
    /// Reads the corpus where it is not the one in hand: at the start, and when it was changed while the run went on.
    [[nodiscard]] Status keep_corpus(const CancelToken& cancel)
    {
        if (values_.corpus != corpus_path_) {
            TIMBERLINE_ASSIGN(corpus_, read_corpus(values_.corpus, *target_, cancel));
            corpus_path_ = values_.corpus;
        }
        return {};
    }
    void count_up_to(std::span<const TokenId> committed)
    {
        text_.count(committed, counted_);
        counted_ = committed.size();
    }

    std::shared_ptr<const model::LanguageModel> target_;
    std::shared_ptr<const NgramCounts> corpus_;  ///< null = none
    CacheValues values_;
    std::string corpus_path_;  ///< what corpus_ was read from
    NgramCounts text_;
    std::size_t counted_ = 0;  ///< committed tokens that text_ holds
};

}  // namespace

MethodRegistry::Entry ngram_cache()
{
    MethodInfo info;
    info.id = "ngram-cache";
    info.family = "drafter";
    info.title = TIMBERLINE_TR("N-gram cache");
    info.summary =
        TIMBERLINE_TR("Counts which token followed which in this text, and in a corpus if you name one, and proposes the most frequent "
                      "continuations as a tree, or draws from the counts. Needs no draft model.");
    info.sources = {{.title = "The N-Grammys: Accelerating Autoregressive Inference with Learning-Free Batched Speculation",
                     .authors = "Lawrence Stewart et al.",
                     .year = 2024,
                     .arxiv = "2411.03786"},
                    {.title = "Interpolated estimation of Markov source parameters from sparse data",
                     .authors = "Frederick Jelinek, Robert L. Mercer",
                     .year = 1980,
                     .arxiv = ""}};
    info.lossless = Lossless::Yes;
    info.hyperparameters = declare(cache_fields());
    info.partners = {"fixed", "exact"};
    info.example = R"({"timberline": 1, "bench": "draft", "model": "bundled:tale", "prompt": "Once upon a time", "max_new_tokens": 48,
 "sampling": {"temperature": 0}, "method": {"drafter": {"id": "ngram-cache", "values": {"draft_length": 4}}}})";
    const DrafterFactory factory = [](const DrafterResources& resources, const Values& values) -> Result<std::unique_ptr<Drafter>> {
        const std::int64_t vocabulary = resources.target->decoder->config().vocabulary;
        if (vocabulary > kLargestVocabulary) {
            return make_error(ErrorCode::InvalidArgument,
                              "drafter ngram-cache: the model has a vocabulary of " + std::to_string(vocabulary) +
                                  " tokens, expected at most " + std::to_string(kLargestVocabulary),
                              "Choose another drafter for this model.");
        }
        return std::unique_ptr<Drafter>(std::make_unique<NgramCache>(resources.target, values));
    };
    return {std::move(info), factory};
}

}  // namespace timberline::decoding
