// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/hyperparameter.h"
#include "core/base/result.h"
#include "core/decoding/decode.h"
#include "core/decoding/drafter.h"
#include "core/decoding/round_recorder.h"
#include "core/rules/draft_tree.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>

namespace timberline::decoding {

/// What a player did in one round, in the words of a draft round, so that every
/// view of the Draft bench shows it.
struct PlayedRound {
    /// Root = pending token, then what was drafted or tried, each drafted token
    /// in one round only. Nodes whose rows the target computed come first.
    rules::DraftTree tree;
    RoundOutcome outcome;                  ///< a verdict for each node of `tree`; has_next =
                                           ///< false: the method adds no extra token
    std::span<const float> target_logits;  ///< raw [rows, V] of the tree's first nodes, rows <=
                                           ///< nodes; valid until the next play
    bool lossless = false;
    std::int32_t target_tokens = 0;  ///< rows that the target computed
    double draft_ms = 0;             ///< work beside the target's passes; of two overlapping
                                     ///< lanes only what the other does not hide
    double verify_ms = 0;            ///< the target's passes
    std::map<std::string, double> statistics = {};
};

/// A decode controller that plays whole rounds itself, because its method does
/// not draft and then verify (methods/decoding.md 4.6). Its registry entry
/// holds a PlayerFactory in place of a ControllerFactory; the round loop then
/// asks it, not a drafter and an acceptance rule. Starting, limits, end tokens,
/// live changes and the record stay the loop's. A run may change between such a
/// controller and others at any round: the text goes on, what was drafted and
/// not verified is dropped. One thread calls.
class RoundPlayer
{
public:
    virtual ~RoundPlayer() = default;

    /// An error, one clear sentence with a hint, where the method does not go
    /// together with the other methods chosen.
    [[nodiscard]] virtual Status fits(const RoundSettings& /*settings*/) const { return {}; }

    /// Takes over a text; the last token of `committed` is the pending root.
    [[nodiscard]] virtual Status begin(std::span<const TokenId> committed, const CancelToken& cancel) = 0;

    /// Plays one round after `context.committed`, which is what the rounds before
    /// committed. context.target_store holds rows of a prefix of committed - 1
    /// tokens in every layer, the same number in each; the player may append to
    /// it. What it leaves beyond the committed text is cut off, what it leaves
    /// short of it is filled in before others need it.
    /// @param now_ms time since the start of decoding, for statistics that name
    /// points in time.
    [[nodiscard]] virtual Result<PlayedRound> play(const RoundContext& context, double now_ms) = 0;

    /// Live change of hyperparameters, between rounds; complete and checked
    /// values.
    virtual void set_values(const Values& values) = 0;
};
using PlayerFactory = std::function<Result<std::unique_ptr<RoundPlayer>>(const DrafterResources&, const Values&)>;

}  // namespace timberline::decoding
