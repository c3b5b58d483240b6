// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/method.h"
#include "core/base/translate.h"
#include "core/decoding/best_first.h"
#include "core/decoding/drafter.h"
#include "core/decoding/suffix_match.h"

#include <algorithm>

namespace timberline::decoding {

namespace {

struct LookupValues {
    std::int64_t max_ngram = 3;
    std::int64_t num_pred = 10;
    std::int64_t matches = 1;
    std::string region = "prompt-and-output";
    std::string match_order = "first";
};

const auto& lookup_fields()
{
    static const std::tuple fields{
        field(&LookupValues::max_ngram,
              {.key = "max_ngram",
               .label = TIMBERLINE_TR("Longest suffix"),
               .unit = "tokens",
               .help = TIMBERLINE_TR("The last tokens of the text are looked up in it, this many at first, then fewer."),
               .min = 1,
               .max = 8}),
        field(&LookupValues::num_pred, {.key = "num_pred",
                                        .label = TIMBERLINE_TR("Draft length"),
                                        .unit = "tokens",
                                        .help = TIMBERLINE_TR("Tokens that are copied from behind a match."),
                                        .min = 1,
                                        .max = 32}),
        field(&LookupValues::matches,
              {.key = "matches",
               .label = TIMBERLINE_TR("Matches"),
               .unit = "matches",
               .help = TIMBERLINE_TR("Continuations that are merged into one tree; the one that occurred most often is tested first."),
               .min = 1,
               .max = 8}),
        field(&LookupValues::region, {.key = "region",
                                      .label = TIMBERLINE_TR("Search in"),
                                      .help = TIMBERLINE_TR("Where continuations may be copied from."),
                                      .choices = {"prompt-and-output", "prompt"},
                                      .choice_labels = {TIMBERLINE_TR("Prompt and output"), TIMBERLINE_TR("Prompt only")}}),
        field(&LookupValues::match_order, {.key = "match_order",
                                           .label = TIMBERLINE_TR("Match taken"),
                                           .help = TIMBERLINE_TR("Which of several matches of the same length comes first."),
                                           .choices = {"first", "most-recent"},
                                           .choice_labels = {TIMBERLINE_TR("First in the text"), TIMBERLINE_TR("Most recent")}})};
    return fields;
}

/// Copies what followed an earlier occurrence of the text's last tokens (methods/decoding.md 1.10). No model, no state.
class PromptLookup final : public Drafter
{
public:
    explicit PromptLookup(const Values& values) : values_(read_values(lookup_fields(), values)) {}

    [[nodiscard]] Status begin(std::span<const TokenId> /*committed*/, const CancelToken& /*cancel*/) override { return {}; }

    [[nodiscard]] Result<rules::DraftTree> propose(const RoundContext& context, const DraftPlan& plan,
                                                   DecodeController& controller) override
    {
        const SuffixSearch search{.max_ngram = values_.max_ngram,
                                  .length = values_.num_pred,
                                  .matches = values_.matches,
                                  .most_recent_first = values_.match_order == "most-recent",
                                  .region = values_.region == "prompt" ? context.prompt : 0};
        ContinuationTrie trie;
        for (const auto continuation : suffix_continuations(context.committed, search)) {
            trie.add(continuation);
        }
        const DraftPlan limits{.max_depth = std::min(plan.max_depth, depth_limit()), .max_nodes = plan.max_nodes};
        return grow_best_first(context, controller, limits,
                               [&trie](std::int32_t place, std::span<const TokenId> /*path*/) { return trie.proposals(place); });
    }

    void commit(const rules::DraftTree& /*tree*/, std::span<const std::int32_t> /*path*/, TokenId /*next*/) override {}
    void set_values(const Values& values) override { values_ = read_values(lookup_fields(), values); }
    [[nodiscard]] std::unique_ptr<Drafter> snapshot() const override { return std::make_unique<PromptLookup>(*this); }
    [[nodiscard]] std::int32_t depth_limit() const override { return static_cast<std::int32_t>(values_.num_pred); }
    [[nodiscard]] bool chooses_tokens(const record::Sampling& /*target*/, bool /*planned*/) const override { return depth_limit() > 0; }

private:
    LookupValues values_;
};

}  // namespace

MethodRegistry::Entry prompt_lookup()
{
    MethodInfo info;
    info.id = "prompt-lookup";
    info.family = "drafter";
    info.title = TIMBERLINE_TR("Prompt lookup");
    info.summary =
        TIMBERLINE_TR("Finds an earlier occurrence of the last few tokens and proposes what followed it there. Needs no draft model "
                      "and costs next to nothing; a text without repetition is decoded plainly.");
    info.sources = {{.title = "Prompt Lookup Decoding", .authors = "Apoorv Saxena", .year = 2023, .arxiv = ""},
                    {.title = "Inference with Reference: Lossless Acceleration of Large Language Models",
                     .authors = "Nan Yang et al.",
                     .year = 2023,
                     .arxiv = "2304.04487"}};
    info.lossless = Lossless::Yes;
    info.hyperparameters = declare(lookup_fields());
    info.partners = {"fixed", "exact"};
    info.example = R"({"timberline": 1, "bench": "draft", "model": "bundled:tale", "prompt": "Once upon a time", "max_new_tokens": 48,
 "sampling": {"temperature": 0}, "method": {"drafter": {"id": "prompt-lookup", "values": {"matches": 4}}}})";
    const DrafterFactory factory = [](const DrafterResources&, const Values& values) -> Result<std::unique_ptr<Drafter>> {
        return std::unique_ptr<Drafter>(std::make_unique<PromptLookup>(values));
    };
    return {std::move(info), factory};
}

}  // namespace timberline::decoding
