// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/hyperparameter.h"
#include "core/base/result.h"
#include "core/record/layer_readings.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

/// Early-exit decisions as plain arithmetic (methods/exits.md 0, 1.3 to 1.5, 1.8): one rule decides while a model decodes and again, from
/// recorded readings, whenever a threshold moves. Layers are blocks counted from 1; the last one is the forced exit and never a decision.
namespace timberline::rules {

/// What a layer says about a position, as far as a policy may look at it. NaN = not available; a NaN score never exits.
struct ExitObservation {
    TokenId top1 = -1;
    float probability = record::kUndefined;  ///< of top1, temperature 1
    float margin = record::kUndefined;       ///< best minus second-best probability
    float entropy = record::kUndefined;      ///< nats
    float cosine = record::kUndefined;       ///< of the rows before and after the block
    float learned = record::kUndefined;      ///< a learned policy's own score
};

struct ExitDecision {
    bool exit = false;
    float score = record::kUndefined;      ///< canonical: higher = more willing to exit
    float threshold = record::kUndefined;  ///< on the canonical score; 1 or more = never
    float native = record::kUndefined;     ///< what the method's paper compares: entropy in nats, run length …
};

/// A policy with its values, for one run's layers, vocabulary and allowed exits. A value type; holds the state of one token between begin()
/// and the exit.
class ExitRule
{
public:
    /// @param policy "confidence" "margin" "entropy" "saturation" "patience" "fixed-layer"; another id is a learned policy: its score is
    /// compared with "threshold". @param values complete and checked.  Errors: a key that the policy needs is missing or has the wrong
    /// type.
    [[nodiscard]] static Result<ExitRule> make(const std::string& policy, const Values& values, const record::ExitRun& run);

    [[nodiscard]] const std::string& policy() const noexcept { return policy_; }
    [[nodiscard]] bool needs_read_out() const noexcept;  ///< probabilities, margin, entropy or top1
    [[nodiscard]] bool needs_hidden() const noexcept;    ///< the cosine
    [[nodiscard]] bool is_learned() const noexcept { return kind_ == Kind::Learned; }

    /// The first layer >= `layer` at which the rule wants to look before it lets the token go on; the larger of L and `layer` when there is
    /// none.
    [[nodiscard]] std::int32_t next_look(std::int32_t layer) const noexcept;

    /// A new token. @param generated its index among the generated tokens, negative in the prompt.
    void begin(std::int32_t generated) noexcept;
    /// Precondition: layer = next_look(layer), layer < L; layers ascend between two begin().
    [[nodiscard]] ExitDecision observe(std::int32_t layer, const ExitObservation& seen) noexcept;

    /// The threshold at a layer for the token that begin() named; 1 where the method decides by its own rule.
    [[nodiscard]] float threshold(std::int32_t layer) const noexcept;

private:
    enum class Kind : std::uint8_t { Confidence, Margin, Entropy, Saturation, Patience, FixedLayer, Learned };
    enum class Decay : std::uint8_t { None, Paper, Code };

    ExitRule() = default;
    [[nodiscard]] bool allowed(std::int32_t layer) const noexcept;
    [[nodiscard]] float score_of(std::int32_t layer, const ExitObservation& seen, float& native) const noexcept;

    std::string policy_;
    Kind kind_ = Kind::Confidence;
    std::vector<double> thresholds_;  ///< at least one; the last one counts for all further layers
    Decay decay_ = Decay::None;
    double decay_rate_ = 0;
    std::int32_t count_ = 0;  ///< patience, or the fixed layer
    std::int32_t layers_ = 1, earliest_ = 1, every_ = 1, max_new_ = 1;
    std::int32_t choices_ = 1;  ///< K: vocabulary or classes

    std::int32_t generated_ = 0;
    TokenId previous_ = -1;
    std::int32_t run_length_ = 0;
};

/// tau(t) of CALM. @param code the form of the released code, else that of the paper.  @param generated t >= 0.
[[nodiscard]] double decayed_threshold(double lambda, double rate, std::int32_t generated, std::int32_t max_new, bool code) noexcept;

/// Canonical entropy score 1 - H / ln K, in [0, 1]; NaN for NaN.
[[nodiscard]] float entropy_score(float entropy_nats, std::int32_t choices) noexcept;

/// Where every row would end, and what the policy would have to look at.
struct ExitPlan {
    std::vector<std::int32_t> exit;   ///< [rows]; 0 = cannot be told: the token goes on past the layers that have numbers
    std::vector<std::int32_t> heads;  ///< [rows] read-outs that the policy asks for
    std::vector<double> look_flops;   ///< [rows] FLOPs of looking and of the output's own read-out
};

/// Decides every row again. Prompt rows run all layers unless run.exit_in_prompt. Errors: a learned policy whose scores were not recorded;
/// readings of other layers than the run's.
[[nodiscard]] Result<ExitPlan> decide_exits(const record::LayerReadings& readings, ExitRule rule, const record::ExitRun& run);

/// A token's scores and thresholds, layer by layer, as if it looked at every allowed exit: for the score profile and the score channel of
/// the map.
struct ScoreProfile {
    std::vector<float> score, threshold, native;  ///< [rows * layers]; NaN where the rule does not look
};
[[nodiscard]] Result<ScoreProfile> score_profile(const record::LayerReadings& readings, ExitRule rule, const record::ExitRun& run);

/// Cost of tokens in the order of the text, by the model of 1.8. What skipped layers cost depends on the mode: deferred layers are paid by
/// the token that needs them.
class ExitCosts
{
public:
    ExitCosts(const record::ExitRun& run, record::KvMode mode);
    /// FLOPs of the next token. @param exit 1..L.  @param look_flops of the policy and the output's read-out.
    double add(std::int32_t exit, double look_flops);
    /// FLOPs of the last added token with every layer and one read-out.
    [[nodiscard]] double full() const noexcept { return full_; }

private:
    [[nodiscard]] double block(std::size_t layer, std::int64_t keys) const noexcept;

    const record::ExitRun& run_;
    record::KvMode mode_;
    std::vector<std::int64_t> held_;  ///< rows that each layer holds
    std::int64_t rows_ = 0;
    double full_ = 0;
};

/// FLOPs of looking at the layers that `rule` looks at up to `exit`, and of the output's read-out unless the exit's score had it already.
[[nodiscard]] double look_flops(const ExitRule& rule, const record::ExitRun& run, std::int32_t exit);

/// Sizes of a decoder for the cost model.
struct TransformerSize {
    double hidden = 0, attention = 0, kv = 0;  ///< d, heads * head size, KV heads * head size
    double intermediate = 0, vocabulary = 0;
    bool gated = true;
};
/// Fills block_flops, key_flops, head_flops, kv_flops and score_flops of run.layers equal blocks.
void fill_costs(record::ExitRun& run, const TransformerSize& size);

enum class RowSet : std::uint8_t { Generated, Prompt, All };
[[nodiscard]] bool contains(RowSet set, const record::LayerReadings& readings, std::size_t row) noexcept;

/// What a plan saves and loses (four numbers, never only one). What is compared with the last layer is given only when every row of the set
/// was: rows that are known to the last layer are those that left late, and a mean over them alone would flatter or blame the wrong ones.
/// The accuracy is given only when every exit was read.
struct ExitOutcome {
    std::int64_t rows = 0;       ///< counted
    std::int64_t undecided = 0;  ///< rows that cannot be told; left out of everything else
    double mean_depth = 0;
    double layer_fraction = 0;
    double flop_fraction = 0;
    std::int64_t compared = 0;                                    ///< rows known to the last layer
    double agreement = std::numeric_limits<double>::quiet_NaN();  ///< share whose token is the one the last layer emits
    double accuracy = std::numeric_limits<double>::quiet_NaN();   ///< share of rows with a `next` whose top1 at the exit is it
    double nll = std::numeric_limits<double>::quiet_NaN();        ///< mean of -ln p(next) at the exit, nats
    double full_nll = std::numeric_limits<double>::quiet_NaN();   ///< the same at the last layer
    std::vector<std::int64_t> histogram;                          ///< [layers] rows by exit
};
/// @param mode how skipped layers get their keys and values. Costs are counted from the first row on; the outcome is that of the rows in
/// `set`.
[[nodiscard]] ExitOutcome outcome(const record::LayerReadings& readings, const ExitPlan& plan, const record::ExitRun& run,
                                  record::KvMode mode, RowSet set = RowSet::Generated);

/// The first row whose numbers a real run with this plan and mode would not reproduce: from here on the map says "needs a re-run". Nothing
/// when all hold. A row changes what follows when its token differs from the recorded one, or when the keys and values that it leaves
/// behind do.
[[nodiscard]] std::optional<std::size_t> first_stale_row(const record::LayerReadings& readings, const ExitPlan& plan,
                                                         const record::ExitRun& run, record::KvMode mode);

}  // namespace timberline::rules
