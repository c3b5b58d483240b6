// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/cancel.h"
#include "core/base/hyperparameter.h"
#include "core/base/result.h"
#include "core/model/language_model.h"
#include "core/record/record.h"
#include "core/rules/draft_tree.h"

#include <functional>
#include <memory>
#include <span>
#include <string>

namespace timberline::decoding {

/// What a drafter may use. Shared, immutable.
struct DrafterResources {
    std::shared_ptr<const model::LanguageModel> target;
    std::shared_ptr<const model::LanguageModel> draft;  ///< null when the config names none
    std::string heads;                                  ///< folder of trained heads, empty = none
    std::int64_t context = 0;                           ///< positions the run may use
};

/// The state of a run when a round begins.
struct RoundContext {
    std::span<const TokenId> committed;     ///< prompt and generated tokens; the last one is the pending root
    std::uint32_t round = 0;
    std::uint64_t seed = 0;
    const record::Sampling* sampling = nullptr;  ///< transforms in force
    std::span<const float> target_hidden;   ///< [k, d] final-normed target rows of the newly committed positions; empty unless the drafter wants them
    CancelToken cancel;
    /// False: nobody reads the laws of nodes that were not drawn by chance (an unrecorded greedy run); a drafter may leave them and the
    /// confidences out.
    bool keep_laws = true;
};

/// What a controller allows this round.
struct DraftPlan {
    std::int32_t max_depth = 0;  ///< levels below the root; 0 = no draft, plain step
    std::int32_t max_nodes = 256;
};

/// What a controller sees before a further token is drafted. Never the value of a token that has been sampled but not yet submitted.
struct DraftStep {
    std::int32_t depth = 0;   ///< depth of the node about to be drafted
    std::int32_t nodes = 0;   ///< drafted so far
    double largest_q = 0;     ///< of the draft law in hand
    double entropy = 0;       ///< nats, of the draft law in hand
    double cumulative_log_q = 0;
};

class DecodeController;

/// Proposes candidate trees. Small verbs; own caches stay inside. One thread.
class Drafter
{
public:
    virtual ~Drafter() = default;

    /// Starts over on a prompt: the last token of `committed` is the pending root; the drafter may fill its cache up to it.
    [[nodiscard]] virtual Status begin(std::span<const TokenId> committed, const CancelToken& cancel) = 0;

    /// Proposes a tree whose root is the pending token. May be empty (root only): the round is then a plain step.
    [[nodiscard]] virtual Result<rules::DraftTree> propose(const RoundContext& context, const DraftPlan& plan, DecodeController& controller) = 0;

    /// Tells what became of the tree. @param path accepted nodes (starts with the root); @param next the extra token.
    virtual void commit(const rules::DraftTree& tree, std::span<const std::int32_t> path, TokenId next) = 0;

    /// Live change of hyperparameters, between rounds; complete and checked values.
    virtual void set_values(const Values& values) = 0;

    /// Deep copy including caches and state, for forks.
    [[nodiscard]] virtual std::unique_ptr<Drafter> snapshot() const = 0;

    /// Deepest level it can draft at its present values.
    [[nodiscard]] virtual std::int32_t depth_limit() const = 0;
    [[nodiscard]] virtual bool wants_target_hidden() const { return false; }
};

using DrafterFactory = std::function<Result<std::unique_ptr<Drafter>>(const DrafterResources&, const Values&)>;

/// Decides how far to draft, from what earlier rounds showed.
class DecodeController
{
public:
    virtual ~DecodeController() = default;
    [[nodiscard]] virtual DraftPlan plan(std::int32_t round, std::int32_t depth_limit) = 0;
    [[nodiscard]] virtual bool keep_drafting(const DraftStep& step) = 0;
    /// False: keep_drafting looks at depth and node count alone, and the drafter may leave largest_q and entropy at 0 (two passes over the
    /// vocabulary a step).
    [[nodiscard]] virtual bool wants_law_statistics() const { return true; }
    virtual void observe(const record::Round& round) = 0;
    virtual void set_values(const Values& values) = 0;
    [[nodiscard]] virtual std::unique_ptr<DecodeController> snapshot() const = 0;
};
using ControllerFactory = std::function<std::unique_ptr<DecodeController>(const Values&)>;

}  // namespace timberline::decoding
