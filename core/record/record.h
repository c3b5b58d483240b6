// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/hyperparameter.h"
#include "core/base/ids.h"
#include "core/record/block.h"

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

/// Everything a run produced, as plain data: enough to redraw every view without the model. Events are appended and never changed;
/// views are folds over them (folds.h), so scrubbing, replay, difference and export are one mechanism.
/// core/record includes nothing but core/base.
namespace timberline::record {

inline constexpr float kUndefined = std::numeric_limits<float>::quiet_NaN();

/// What became of a node of a draft tree.
enum class NodeState : std::uint8_t {
    Root,           ///< the pending token: committed before, not drafted
    Accepted,       ///< drafted, tested, kept
    Rejected,       ///< drafted, tested, refused
    NeverVerified,  ///< drafted and computed, but an ancestor or an earlier sibling decided first
    Pruned,         ///< a candidate of the drafter that was never sent to the target (display only)
    Bonus,          ///< the extra token after a fully accepted path
    Correction,     ///< the extra token that replaces a rejected one
    Window,         ///< computed by the target for the drafter's own use, never a candidate (lookahead decoding); stands after all drafted nodes
};
inline constexpr int kNodeStates = 8;

/// Lower-case stable word: "root" "accepted" "rejected" "never-verified" "pruned" "bonus" "correction" "window".
[[nodiscard]] std::string_view name_of(NodeState state) noexcept;

/// How the children of a node were chosen. Decides which test is exact.
enum class DrawKind : std::uint8_t { None, PointMass, WithoutReplacement, WithReplacement };
[[nodiscard]] std::string_view name_of(DrawKind kind) noexcept;

/// One node of a round's tree. Numbers that do not exist for a node are NaN (kUndefined), never 0.
/// Index 0 is the root; parent < own index; siblings stand in draw order. The extra token is appended after all drafted nodes,
/// pruned candidates after that.
struct Node {
    std::int32_t parent = -1;
    TokenId token = 0;
    std::int16_t depth = 0;       ///< root 0
    std::int16_t order = 0;       ///< draw order among its siblings
    std::int16_t test_order = -1; ///< position in the sequence of tests of this round, -1 = never tested
    NodeState state = NodeState::NeverVerified;
    DrawKind child_kind = DrawKind::None;  ///< how this node's children were chosen
    float p = kUndefined;         ///< target probability of the token at its parent, after all transforms, in [0,1]
    float q = kUndefined;         ///< draft probability of the token at its parent, after all transforms; for a point-mass child the confidence that chose it
    float residual = kUndefined;  ///< target law at test time (p after the residual updates of earlier siblings); what the test really used
    float ratio = kUndefined;     ///< threshold of the test: min(1, residual/q) for sampled children, residual for point mass
    float draw = kUndefined;      ///< the uniform of the test, in [0,1); accepted iff draw < ratio.  NaN under greedy decoding (no draw is needed)
    float entropy = kUndefined;   ///< nats of softmax(raw target logits) at this node (of the token after it): full vocabulary, before all transforms
    float draft_entropy = kUndefined;  ///< the same of the draft's raw logits; NaN where the drafter had none
    float overlap = kUndefined;   ///< sum over the vocabulary of min(p,q) at this node = exact acceptance of one draw; NaN without a draft law
    float margin = kUndefined;    ///< target's best minus second-best raw logit at this node
    float score = kUndefined;     ///< sum of log q along the path, nats
};

/// Laws of a round: one row a node, as raw logits (transforms are applied when a view asks, so that they can be turned live).
/// `Full` keeps all logits, `Top` the processed probabilities of the N likeliest tokens plus the remaining mass.
struct LawRows {
    enum class Kind : std::uint8_t { None, Full, Top };
    Kind kind = Kind::None;
    std::int32_t vocabulary = 0;
    std::int32_t rows = 0;
    std::int32_t top = 0;            ///< N of Top
    std::vector<float> logits;       ///< Full: [rows, vocabulary]
    std::vector<TokenId> ids;        ///< Top: [rows, top], descending probability
    std::vector<float> probability;  ///< Top: [rows, top], after transforms (greedy: after the penalties, at temperature 1, because a one-hot row says nothing)
    std::vector<float> remaining;    ///< Top: [rows]
};

/// One draft-then-verify cycle.
struct Round {
    std::int32_t index = 0;
    std::int32_t committed_before = 0;  ///< n: committed tokens (prompt + generated) when the round began
    std::string drafter;                ///< method id
    std::string controller;
    std::string acceptance;
    std::vector<Node> nodes;
    std::vector<std::int32_t> path;  ///< accepted nodes in order, starts with 0 (the root)
    TokenId next = 0;                ///< the extra token
    std::int32_t next_node = -1;     ///< its node, -1 when the run ended inside the tree (end token accepted)
    std::int32_t kept = 0;           ///< tokens of this round that the text keeps (the token limit may cut the last round)
    bool lossless = true;
    bool tie = false;                ///< greedy only: a decision whose top-2 margin is too small to be binding between correct implementations
    std::int32_t forced_node = -1;   ///< node that the user forced to be accepted, -1 = none
    double started_ms = 0;           ///< wall time since the start of decoding
    double draft_ms = 0;             ///< wall times; the three parts sum to the round's wall time
    double verify_ms = 0;
    double overhead_ms = 0;
    std::int32_t draft_passes = 0;   ///< forwards of the draft model
    std::int32_t target_tokens = 0;  ///< rows that the target computed
    LawRows target_laws;             ///< row i = node i (root and drafted nodes)
    LawRows draft_laws;              ///< rows in the order of draft_row
    std::vector<std::int32_t> draft_row;  ///< per drafted node and root: its row in draft_laws, -1 = none
    std::map<std::string, double> statistics;  ///< method-specific numbers by stable key
};

/// Sampling transforms in use; see rules/sampling.h for their meaning.
struct Sampling {
    double temperature = 0;        ///< 0 = greedy
    std::int64_t top_k = 0;        ///< 0 = off
    double top_p = 1;              ///< 1 = off
    double min_p = 0;              ///< 0 = off
    double typical_p = 1;          ///< 1 = off
    double repetition_penalty = 1; ///< 1 = off
    double presence_penalty = 0;
    double frequency_penalty = 0;
    std::int64_t no_repeat_ngram = 0;   ///< 0 = off
    std::int64_t penalty_last_n = 0;    ///< tokens the penalties look back; 0 = the order's own default (hf: all, llamacpp: 64)
    std::string order = "hf";           ///< "hf", "llamacpp", or a comma-separated custom order of transform ids
    friend bool operator==(const Sampling&, const Sampling&) = default;
};

/// First event of every run.
struct RunStarted {
    std::string program_version;
    std::string config_json;      ///< the complete config that reproduces this run
    std::string bench;            ///< "draft" "exits" "attention" "training" "landscape"
    std::string model_name;       ///< folder name
    std::string model_hash;       ///< of the weight files, hexadecimal
    std::string draft_name;
    std::string draft_hash;
    std::string heads_hash;       ///< of the weight file of the trained heads that the config names; empty = none, or an older record
    std::int32_t vocabulary = 0;
    std::int32_t layers = 0;
    std::int32_t threads = 1;
    std::string device = "cpu";
    std::uint64_t seed = 0;
    Sampling sampling;
    std::vector<TokenId> prompt;
    std::vector<TokenId> stop_ids;
    /// Display text of tokens, raw bytes (a token may be half a character). The whole vocabulary up to 8,192 tokens, else those that occur.
    std::map<TokenId, std::string> token_text;
};

/// A hyperparameter changed while the run was going on. Takes effect in round `round`.
struct ParameterChanged {
    std::int32_t round = 0;
    std::string key;  ///< method key or dotted config path
    std::string old_value;
    std::string new_value;
};

/// A plain decode of the same prompt, seed, device and thread count, timed beside the run.
struct BaselineMeasured {
    std::vector<TokenId> ids;
    double tokens_per_second = 0;  ///< median of the repeats
    double method_tokens_per_second = 0;  ///< median of the method's own repeats; 0 = only the live run was timed
    std::int32_t repeats = 1;
    double spread_low = 0;   ///< smallest and largest speed-up seen over the repeats
    double spread_high = 0;
    double speedup = 0;      ///< method / plain, medians
    bool identical = false;  ///< greedy only: the method's ids equal these
    /// Median round of the method's own repeats, which record nothing: rounds are the recorded ones, only quicker. 0 = only the live run was timed.
    double method_draft_ms = 0;
    double method_verify_ms = 0;
    double method_overhead_ms = 0;
};

struct RunFinished {
    std::string reason;  ///< "length" "stop-token" "context" "cancelled" "error"; training: "diverged"
    std::string message; ///< for "error"
    double total_ms = 0; ///< wall time of all rounds
    double prefill_ms = 0;
};

struct Note {
    std::string text;
};

/// One entry of the record. `payload` grows by appending alternatives; readers of older versions skip what they do not know.
struct Event {
    std::variant<RunStarted, Round, ParameterChanged, BaselineMeasured, RunFinished, Note, Block> payload;
};

struct Record {
    std::vector<Event> events;
};

using RecordPtr = std::shared_ptr<const Record>;  ///< immutable once published

}  // namespace timberline::record
