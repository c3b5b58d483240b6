// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/method.h"
#include "core/base/random.h"
#include "core/base/translate.h"
#include "core/decoding/candidate_fan.h"
#include "core/decoding/draft_model_runner.h"
#include "core/decoding/heads/value_net.h"
#include "core/decoding/keyed_decisions.h"
#include "core/decoding/reward.h"
#include "core/decoding/round_player.h"
#include "core/decoding/stepwise_controller.h"
#include "core/decoding/stopwatch.h"
#include "core/rules/sampling.h"
#include "core/rules/value_guidance.h"

#include <algorithm>
#include <optional>

namespace timberline::decoding {

namespace {

struct GuidedValues : RewardChoice {
    std::int64_t candidates = 8;
    double alpha = 1;
    std::int64_t block_length = 4;
    std::int64_t look_ahead = 16;
    std::string estimator = "posterior-mean";
    std::string reward = "keywords";
    std::string keywords = "dragon, castle, king, princess, forest";
    std::int64_t wanted_length = 40;
    double proposal_temperature = 0;
};

const auto& guided_fields()
{
    using V = GuidedValues;
    static const auto fields = std::tuple_cat(
        std::tuple{field(&V::candidates, {.key = "candidates",
                                          .label = TIMBERLINE_TR("Candidates"),
                                          .help = TIMBERLINE_TR("Continuations that are drawn in a round; one of them is "
                                                                "chosen. 1 is unguided sampling, more "
                                                                "come closer to the tilted law."),
                                          .min = 1,
                                          .max = 32}),
                   field(&V::alpha, {.key = "alpha",
                                     .label = TIMBERLINE_TR("Softness"),
                                     .help = TIMBERLINE_TR("The text's law is the model's times exp(reward / "
                                                           "softness): small values follow the reward "
                                                           "strictly, 0 takes the best candidate."),
                                     .min = 0,
                                     .max = 10}),
                   field(&V::block_length, {.key = "block_length",
                                            .label = TIMBERLINE_TR("Block length"),
                                            .unit = "tokens",
                                            .help = TIMBERLINE_TR("Tokens of a candidate. All candidates of a "
                                                                  "round have at most 256 together."),
                                            .min = 1,
                                            .max = 16}),
                   field(&V::look_ahead, {.key = "look_ahead",
                                          .label = TIMBERLINE_TR("Look-ahead"),
                                          .unit = "tokens",
                                          .help = TIMBERLINE_TR("Tokens of the likeliest completion that a "
                                                                "candidate is judged by, besides its own."),
                                          .min = 0,
                                          .max = 64}),
                   field(&V::estimator, {.key = "estimator",
                                         .label = TIMBERLINE_TR("Value from"),
                                         .help = TIMBERLINE_TR("The reward of a candidate's likeliest "
                                                               "completion; of the text as far as it goes; or what a "
                                                               "value net expects, which was trained for this reward: "
                                                               "the run's heads name it, and it takes one pass where a "
                                                               "completion takes one for each token."),
                                         .choices = {"posterior-mean", "analytic", "value-net"},
                                         .choice_labels = {TIMBERLINE_TR("Likeliest completion"), TIMBERLINE_TR("Text so far"),
                                                           TIMBERLINE_TR("Value net")}}),
                   field(static_cast<std::string V::*>(&RewardChoice::kind),
                         {.key = "reward",
                          .label = TIMBERLINE_TR("Reward"),
                          .help = TIMBERLINE_TR("What the text is steered towards: wanted words that occur; "
                                                "happy minus sad words by a small English "
                                                "lexicon; a wanted length, in tens of tokens; or the "
                                                "probability under the draft model, in nats."),
                          .choices = {"keywords", "sentiment", "length", "draft-model"},
                          .choice_labels = {TIMBERLINE_TR("Words"), TIMBERLINE_TR("Sentiment (lexicon)"), TIMBERLINE_TR("Length"),
                                            TIMBERLINE_TR("Draft model's probability")}})},
        reward_detail_fields<V>(Effect::NextRound),
        std::tuple{field(&V::proposal_temperature, {.key = "proposal_temperature",
                                                    .label = TIMBERLINE_TR("Proposal temperature"),
                                                    .help = TIMBERLINE_TR("Temperature at which candidates are drawn; 0 takes the "
                                                                          "text's own. Weights make up for "
                                                                          "the difference. Without effect where the text is greedy."),
                                                    .min = 0,
                                                    .max = 2})});
    return fields;
}

constexpr std::int64_t kMostCandidateNodes = 256;  ///< what a round's record may hold
const std::string kOwner = "controller value-guided";

/// SVDD (methods/decoding.md 2.6) on blocks of tokens: draws M candidates,
/// values each, and keeps one with probability proportional to exp(value /
/// alpha) p / g. The chosen branch is recorded as accepted, the others as never
/// verified: nothing tests them; their values and weights stand in the
/// statistics value_NN and weight_NN, NN = number of the branch from 01.
class ValueGuided final : public RoundPlayer
{
public:
    ValueGuided(const DrafterResources& resources, const GuidedValues& values, TextReward reward, std::optional<ValueNet> net)
        : resources_(resources), values_(values), reward_(std::move(reward)), net_(std::move(net))
    {}

    [[nodiscard]] static Result<std::unique_ptr<RoundPlayer>> make(const DrafterResources& resources, const Values& given)
    {
        const GuidedValues values = read_values(guided_fields(), given);
        TIMBERLINE_ASSIGN(auto reward, reward_of(values, resources));
        TIMBERLINE_ASSIGN(auto net, net_of(values, resources));
        return std::unique_ptr<RoundPlayer>(std::make_unique<ValueGuided>(resources, values, std::move(reward), std::move(net)));
    }

    [[nodiscard]] Status begin(std::span<const TokenId> committed, const CancelToken& cancel) override
    {
        first_ = committed.size();
        return open_runners(committed, cancel);
    }

    [[nodiscard]] Result<PlayedRound> play(const RoundContext& context, double now_ms) override;

    void set_values(const Values& given) override
    {
        values_ = read_values(guided_fields(), given);
        changed_ = true;
    }

private:
    [[nodiscard]] static Result<TextReward> reward_of(const GuidedValues& values, const DrafterResources& resources)
    {
        if (values.kind == "draft-model" && !resources.draft) {
            return make_error(ErrorCode::InvalidArgument,
                              "controller value-guided: the reward draft-model needs "
                              "a draft model, and none is given",
                              "Name a draft model, for example bundled:tale-draft, "
                              "or choose another reward.");
        }
        return TextReward::make(values, resources.target, kOwner);
    }
    /// Nothing where the values come from elsewhere.
    [[nodiscard]] static Result<std::optional<ValueNet>> net_of(const GuidedValues& values, const DrafterResources& resources);
    [[nodiscard]] Status open_runners(std::span<const TokenId> committed, const CancelToken& cancel);
    [[nodiscard]] Result<std::vector<double>> values_of(const RoundContext& context, const CandidateFan& fan, std::span<const float> ends);
    /// The chosen branch becomes the path; without one the round is a plain step.
    void decide(const RoundContext& context, CandidateFan& fan, std::int32_t chosen, bool possible, PlayedRound& out);
    /// Tokens since the method took over, and `more` after them.
    [[nodiscard]] std::vector<TokenId> written(const RoundContext& context, std::span<const TokenId> more) const
    {
        std::vector<TokenId> out(context.committed.begin() + static_cast<std::ptrdiff_t>(first_), context.committed.end());
        out.insert(out.end(), more.begin(), more.end());
        return out;
    }

    DrafterResources resources_;
    GuidedValues values_;
    TextReward reward_;
    std::optional<ValueNet> net_;
    std::optional<DraftModelRunner> target_;
    std::optional<DraftModelRunner> draft_;
    std::size_t first_ = 0;  ///< tokens before the method took over
    bool changed_ = false;
    std::vector<float> logits_;  ///< of the last round
};

Result<std::optional<ValueNet>> ValueGuided::net_of(const GuidedValues& values, const DrafterResources& resources)
{
    if (values.estimator != "value-net") {
        return std::optional<ValueNet>{};
    }
    TIMBERLINE_ASSIGN(const auto folder, heads_for(resources, kOwner, {"value-net"}));
    TIMBERLINE_ASSIGN(auto net, ValueNet::make(*folder, *resources.target));
    if (!same_reward(net.reward(), values)) {
        return make_error(ErrorCode::InvalidArgument,
                          kOwner + ": the value net " + folder->name + " was trained for the reward " + reward_text(net.reward()) +
                              ", the run's reward is " + reward_text(values),
                          "Set the run's reward to that of the net, train a net "
                          "for this reward, or take the values from the likeliest "
                          "completion.");
    }
    return std::optional<ValueNet>(std::move(net));
}

Status ValueGuided::open_runners(std::span<const TokenId> committed, const CancelToken& cancel)
{
    const std::int64_t slots = values_.candidates * (values_.block_length + values_.look_ahead);
    target_.emplace(resources_.target, resources_.context, 0, slots);
    TIMBERLINE_TRY(target_->begin(committed, cancel));
    draft_.reset();
    if (values_.kind == "draft-model") {
        draft_.emplace(resources_.draft, resources_.context, 0, slots);
        TIMBERLINE_TRY(draft_->begin(committed, cancel));
    }
    return {};
}

Result<std::vector<double>> ValueGuided::values_of(const RoundContext& context, const CandidateFan& fan, std::span<const float> ends)
{
    if (values_.kind == "draft-model") {
        return log_probabilities(*draft_, context, fan.tokens());
    }
    std::vector<double> out;
    if (net_) {
        out = net_->values(ends);
    }
    for (std::size_t branch = 0; branch < fan.tokens().size(); ++branch) {
        const auto& tokens = fan.tokens()[branch];
        if (!net_) {
            out.push_back(reward_.of(written(context, tokens), context.stop_ids));
        } else if (std::ranges::find_first_of(tokens, context.stop_ids) != tokens.end()) {
            // The text is over: nothing to expect. The net learnt of texts from their second token on, so that is what counts here, too.
            std::vector<TokenId> whole(context.committed.begin() + 1, context.committed.end());
            whole.insert(whole.end(), tokens.begin(), tokens.end());
            out[branch] = reward_.of(whole, context.stop_ids);
        }
    }
    return out;
}

void ValueGuided::decide(const RoundContext& context, CandidateFan& fan, std::int32_t chosen, bool possible, PlayedRound& out)
{
    out.tree = fan.tree();
    auto& verdict = out.outcome.verdict;
    verdict.nodes.resize(out.tree.size());
    verdict.nodes[0].state = record::NodeState::Root;
    verdict.path = {0};
    if (possible) {
        for (std::int32_t level = 0; level < fan.levels(); ++level) {
            const std::int32_t node = 1 + level * fan.branches() + chosen;
            verdict.path.push_back(node);
            verdict.nodes[static_cast<std::size_t>(node)].state = record::NodeState::Accepted;
        }
        target_->keep(fan.fed_path(chosen));
        out.outcome.has_next = false;
        return;
    }
    // Every candidate of a wider proposal lies outside the text's own law: the
    // round is a plain step then.
    target_->keep({});
    std::vector<float> row(fan.logits().begin(), fan.logits().begin() + target_->vocabulary());
    rules::apply_sampling(*context.sampling, context.committed, row);
    const std::int32_t depth = 0;
    KeyedDecisions decisions(context.seed, context.round, context.committed.size(), {&depth, 1},
                             /*greedy=*/false);
    verdict.next = decisions.emit(0, std::vector<double>(row.begin(), row.end()));
    verdict.next_is_bonus = false;
    out.outcome.emitted_probability = decisions.emitted_probability();
}

Result<PlayedRound> ValueGuided::play(const RoundContext& context, double /*now_ms*/)
{
    const Stopwatch watch;
    if (changed_) {
        TIMBERLINE_ASSIGN(reward_, reward_of(values_, resources_));
        TIMBERLINE_ASSIGN(net_, net_of(values_, resources_));
        TIMBERLINE_TRY(open_runners(context.committed, context.cancel));
        changed_ = false;
    }
    const std::int64_t levels =
        std::min({values_.block_length, kMostCandidateNodes / values_.candidates, std::max<std::int64_t>(context.room, 1)});
    const std::int64_t ahead = values_.estimator == "posterior-mean" ? values_.look_ahead : 0;
    CandidateFan fan(*target_, context, static_cast<std::int32_t>(values_.candidates), static_cast<std::int32_t>(levels));
    TIMBERLINE_TRY(fan.draw(values_.proposal_temperature));
    TIMBERLINE_TRY(fan.complete(static_cast<std::int32_t>(std::clamp<std::int64_t>(context.room - levels, 0, ahead))));

    std::span<const float> ends;  // rows after each candidate, which the net is asked about
    if (net_) {
        TIMBERLINE_ASSIGN(ends, fan.read_ends());
    }

    PlayedRound out;
    out.verify_ms = watch.elapsed_ms();
    TIMBERLINE_ASSIGN(const auto values, values_of(context, fan, ends));
    const auto weights = rules::candidate_weights(values, fan.log_ratio(), values_.alpha);
    const bool possible = rules::effective_sample_size(weights) > 0;
    const double u = uniform({.seed = context.seed,
                              .purpose = RandomPurpose::ControllerDraw,
                              .round = context.round,
                              .position = static_cast<std::uint32_t>(context.committed.size()),
                              .sibling = 0});
    const auto chosen = static_cast<std::int32_t>(rules::choose_candidate(weights, u));
    decide(context, fan, chosen, possible, out);
    logits_ = std::move(fan.logits());
    out.target_logits = logits_;
    out.target_tokens = fan.rows();

    auto& statistics = out.statistics;
    statistics["candidates"] = fan.branches();
    statistics["chosen"] = possible ? chosen + 1 : 0;
    statistics["effective_candidates"] = rules::effective_sample_size(weights);
    for (std::size_t branch = 0; branch < values.size(); ++branch) {
        statistics[level_key("value", branch + 1)] = values[branch];
        statistics[level_key("weight", branch + 1)] = weights[branch];
    }
    if (possible && values_.kind != "draft-model") {
        const auto block = std::span(fan.tokens()[static_cast<std::size_t>(chosen)]).first(static_cast<std::size_t>(levels));
        statistics["reward"] = reward_.of(written(context, block), context.stop_ids);
    }
    out.draft_ms = watch.elapsed_ms() - out.verify_ms;
    return out;
}

}  // namespace

MethodRegistry::Entry value_guided_controller()
{
    MethodInfo info;
    info.id = "value-guided";
    info.family = "decode controller";
    info.title = TIMBERLINE_TR("Value-guided sampling");
    info.summary = TIMBERLINE_TR("Draws several continuations, asks a reward how good each "
                                 "is and keeps one of them, good ones more often. The text "
                                 "follows the target's law tilted by the reward, and it is "
                                 "slower than plain decoding by design.");
    info.sources = {{.title = "Derivative-Free Guidance in Continuous and Discrete Diffusion "
                              "Models with Soft Value-Based Decoding",
                     .authors = "Xiner Li, Yulai Zhao, Chenyu Wang, Gabriele Scalia, Gokcen "
                                "Eraslan, Surag Nair, Tommaso Biancalani, Shuiwang Ji, Aviv "
                                "Regev, Sergey Levine, Masatoshi Uehara",
                     .year = 2024,
                     .arxiv = "2408.08252"}};
    info.lossless = Lossless::No;
    info.requires_text = TIMBERLINE_TR("a draft model for the reward that asks "
                                       "it, a value net for values from one");
    info.hyperparameters = declare(guided_fields());
    info.partners = {"plain"};
    info.example =
        R"({"timberline": 1, "bench": "draft", "model": "bundled:tale", "prompt": "Once upon a time", "max_new_tokens": 32,
 "sampling": {"temperature": 1},
 "method": {"drafter": {"id": "plain"}, "controller": {"id": "value-guided", "values": {"candidates": 4, "look_ahead": 8}}}})";
    const PlayerFactory factory = [](const DrafterResources& resources, const Values& values) {
        return ValueGuided::make(resources, values);
    };
    return {std::move(info), factory};
}

}  // namespace timberline::decoding
