// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/cancel.h"
#include "core/base/hyperparameter.h"
#include "core/base/result.h"
#include "core/model/language_model.h"
#include "core/record/record.h"
#include "core/rules/draft_tree.h"
#include "core/rules/sequoia.h"

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace timberline::decoding {

struct HeadFolder;  // core/decoding/heads/head_folder.h

/// What a drafter may use. Shared, immutable.
struct DrafterResources {
    std::shared_ptr<const model::LanguageModel> target;
    std::shared_ptr<const model::LanguageModel> draft;  ///< null when the config names none
    std::string heads;                                  ///< folder of trained heads, empty = none
    std::shared_ptr<const HeadFolder> trained = {};     ///< heads in memory, while they are trained: taken instead of the folder
    std::int64_t context = 0;                           ///< positions the run may use
};

/// The state of a run when a round begins.
struct RoundContext {
    std::span<const TokenId> committed;     ///< prompt and generated tokens; the last one is the pending root
    std::uint32_t round = 0;
    std::uint64_t seed = 0;
    const record::Sampling* sampling = nullptr;  ///< transforms in force
    std::span<const float> target_hidden;   ///< [k, d] final-normed target rows of the newly committed positions; empty unless the drafter wants them
    /// [k, n*d] rows of the same positions after the n layers that Drafter::target_layers() names, side by side; empty unless it names some.
    std::span<const float> target_taps{};
    std::int64_t room = 0;              ///< levels below the root that fit into the run's context
    std::span<const TokenId> stop_ids = {};  ///< tokens that end the text: nothing is worth drafting after them
    /// The target's own cache with committed - 1 rows in every layer. A drafter that runs the target's lower layers may append rows to them
    /// if it says so by shared_rows(); all other drafters leave it alone. Null where the target may not be disturbed (it runs meanwhile).
    model::KvStore* target_store = nullptr;
    CancelToken cancel;
    std::size_t prompt = 0;  ///< tokens of `committed` that were given, those after it were generated; 0 = all were given
    /// False: nobody reads the laws of nodes that were not drawn by chance (an unrecorded greedy run); a drafter may leave them and the
    /// confidences out.
    bool keep_laws = true;
};

/// What a controller allows this round.
struct DraftPlan {
    std::int32_t max_depth = 0;  ///< levels below the root; 0 = no draft, plain step
    std::int32_t max_nodes = 256;
    /// Children of each node, decided before anything is drafted; null = the drafter's own shape. Drafters whose candidates are what earlier
    /// text offers, and drafters of chains, ignore it.
    std::shared_ptr<const rules::TreeShape> shape = nullptr;
};

/// What a controller sees before a further token (in a tree: level) is drafted. Never the value of a token that has been sampled but not yet
/// submitted. In a tree the numbers are those of the likeliest path.
struct DraftStep {
    std::int32_t depth = 0;   ///< depth of the node about to be drafted
    std::int32_t nodes = 0;   ///< drafted so far
    double largest_q = 0;     ///< of the draft law in hand
    double entropy = 0;       ///< nats, of the draft law in hand
    double cumulative_log_q = 0;  ///< nats, of the path that the law in hand continues
};

class DecodeController;

/// Nodes that a drafter already took through the target's lower layers while it drafted (methods/decoding.md 3.4): their keys and values
/// stand in the target's cache, and the verify pass goes on from these hidden rows.
struct SharedRows {
    std::int64_t layers = 0;      ///< layers [0, layers) are done; 0 = none
    std::span<const float> rows;  ///< [k, d] of the tree's first k nodes, the root first, after those layers
};

/// Proposes candidate trees. Small verbs; own caches stay inside. One thread.
class Drafter
{
public:
    virtual ~Drafter() = default;

    /// Starts over on a prompt: the last token of `committed` is the pending root; the drafter may fill its cache up to it.
    [[nodiscard]] virtual Status begin(std::span<const TokenId> committed, const CancelToken& cancel) = 0;

    /// Proposes a tree whose root is the pending token. May be empty (root only): the round is then a plain step.
    [[nodiscard]] virtual Result<rules::DraftTree> propose(const RoundContext& context, const DraftPlan& plan, DecodeController& controller) = 0;

    /// The rows that the last propose() left in the target's cache; valid until the next call of any verb.
    [[nodiscard]] virtual SharedRows shared_rows() const { return {}; }

    /// Shows the target's raw logits [N+1, V] of the tree's nodes after the verify pass, before commit.
    virtual void read_target(const rules::DraftTree& /*tree*/, std::span<const float> /*logits*/) {}

    /// Tells what became of the tree. @param path accepted nodes (starts with the root); @param next the extra token.
    virtual void commit(const rules::DraftTree& tree, std::span<const std::int32_t> path, TokenId next) = 0;

    /// Live change of hyperparameters, between rounds; complete and checked values.
    virtual void set_values(const Values& values) = 0;

    /// Deep copy including caches and state, for forks.
    [[nodiscard]] virtual std::unique_ptr<Drafter> snapshot() const = 0;

    /// Deepest level it can draft at its present values.
    [[nodiscard]] virtual std::int32_t depth_limit() const = 0;
    [[nodiscard]] virtual bool wants_target_hidden() const { return false; }
    /// True when every token that it drafts at its present values is chosen (a point mass) and none is drawn by chance. Asked before a run
    /// begins. @param planned the controller gives shapes.
    [[nodiscard]] virtual bool chooses_tokens(const record::Sampling& /*target*/, bool /*planned*/) const { return false; }
    /// Layers of the target whose rows it reads: 0 = embeddings, l = after block l, below the last. Nothing is captured unless asked for.
    /// The prompt's rows are not among them (the prompt is read before the drafter is known): begin() has to see to those. Who shares rows
    /// of its own up to layer l gets rows of that layer alone.
    [[nodiscard]] virtual std::vector<std::int64_t> target_layers() const { return {}; }
};

using DrafterFactory = std::function<Result<std::unique_ptr<Drafter>>(const DrafterResources&, const Values&)>;

/// Decides how far to draft, from what earlier rounds showed.
class DecodeController
{
public:
    virtual ~DecodeController() = default;
    [[nodiscard]] virtual DraftPlan plan(std::int32_t round, std::int32_t depth_limit) = 0;
    /// Asked with the next law in hand, before anything is drafted from it.
    [[nodiscard]] virtual bool keep_drafting(const DraftStep& step) = 0;
    /// Asked when a token (in a tree: a level) was included and before the draft model runs on it: false ends the draft and saves that pass.
    /// What was included stays, whatever the answer. A drafter need not ask; keep_drafting of the next level must then answer the same.
    /// @param included as keep_drafting saw it, but cumulative_log_q covers the included token and `nodes` counts it.
    [[nodiscard]] virtual bool go_on_after(const DraftStep& /*included*/) { return true; }
    /// False: keep_drafting looks at depth and node count alone, and the drafter may leave largest_q and entropy at 0 (two passes over the
    /// vocabulary a step).
    [[nodiscard]] virtual bool wants_law_statistics() const { return true; }
    /// Learns from a finished round. Rounds that nobody records have no probabilities: decide from states, tokens and what the draft showed,
    /// so that a recorded run and its timed repeats draft alike.
    virtual void observe(const record::Round& round) = 0;
    /// Whether its plans hold shapes.
    [[nodiscard]] virtual bool plans_shapes() const { return false; }
    virtual void set_values(const Values& values) = 0;
    [[nodiscard]] virtual std::unique_ptr<DecodeController> snapshot() const = 0;
    /// Called once, before the first plan(): the run's seed, for controllers that draw (RandomPurpose::ControllerDraw, keyed by round and level).
    virtual void set_seed(std::uint64_t /*seed*/) {}
    /// Adds what the present round was decided by (posterior, threshold, draws) to its record. Called before observe().
    virtual void describe(std::map<std::string, double>& /*statistics*/) const {}
};
using ControllerFactory = std::function<std::unique_ptr<DecodeController>(const Values&)>;

}  // namespace timberline::decoding
