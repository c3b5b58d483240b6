// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/decoding/acceptance_rule.h"
#include "core/decoding/decode.h"
#include "core/decoding/drafter.h"
#include "core/decoding/round_player.h"
#include "core/decoding/round_recorder.h"
#include "core/decoding/target_laws.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace timberline::decoding {

/// The state of one decode and its round loop (methods/decoding.md 4.3). Lives for one decode() call.
class RoundLoop
{
public:
    /// The job was checked; all references must outlive the loop.
    RoundLoop(const DecodeJob& job, RoundDirector& director, const CancelToken& cancel, ProgressSink& sink);

    /// Everything before the first round: prefill, first settings, the methods. An error means that no round can begin.
    [[nodiscard]] Status prepare();
    /// Rounds until the text ends, then RunFinished. An error means that no round was finished.
    [[nodiscard]] Status run();

    void append(decltype(record::Event::payload) payload);
    [[nodiscard]] std::shared_ptr<record::Record> record() const { return record_; }

private:
    /// Brings drafter, controller and acceptance rule to the settings of this round.
    [[nodiscard]] Status install(const RoundSettings& settings);
    /// Brings the controller to its settings and makes ready what it needs: a player its text, others the target's cache.
    [[nodiscard]] Status install_controller(const RoundSettings& settings);
    /// Fills the target's cache with what a player left out of it.
    [[nodiscard]] Status catch_up();
    /// One round with the settings in force. @param force_node -1 = none.
    [[nodiscard]] Status play(std::int32_t force_node);
    /// The same where the controller plays the round itself.
    [[nodiscard]] Status play_own(std::int32_t force_node);
    void commit_tokens(const record::Round& round, const rules::DraftTree& tree, const RoundOutcome& outcome);
    [[nodiscard]] Result<rules::DraftTree> draft();
    [[nodiscard]] Status check_tree(const rules::DraftTree& tree, const std::vector<std::int32_t>& depths) const;
    [[nodiscard]] std::int32_t checked_force(std::int32_t force_node, const rules::DraftTree& tree);
    [[nodiscard]] Status verify(const rules::DraftTree& tree, const std::vector<std::int32_t>& depths, std::int32_t forced,
                                RoundOutcome& outcome);
    /// Cuts the path after an end token, and the text at its limit. Sets reason_ when the run is over.
    void settle(const rules::DraftTree& tree, RoundOutcome& outcome, record::Round& round);
    void gather_hidden(const std::vector<std::int32_t>& path);
    [[nodiscard]] std::int64_t generated() const { return static_cast<std::int64_t>(committed_.size() - job_.prompt.size()); }

    const DecodeJob& job_;
    RoundDirector& director_;
    const CancelToken& cancel_;
    ProgressSink& sink_;
    std::shared_ptr<record::Record> record_;
    const model::Decoder& decoder_;
    std::int64_t context_;
    std::int64_t limit_;  ///< new tokens that the run may write
    std::string limit_reason_;

    std::unique_ptr<model::KvStore> store_;
    model::ForwardOutput output_;
    std::vector<TokenId> committed_;
    RoundSettings settings_;
    std::unique_ptr<Drafter> drafter_;
    std::unique_ptr<DecodeController> controller_;
    std::unique_ptr<RoundPlayer> player_;  ///< in place of drafter, controller and acceptance rule; null = they play
    std::unique_ptr<AcceptanceRule> acceptance_;
    TargetLaws laws_;
    RoundRecorder recorder_;
    std::vector<std::int64_t> taps_;  ///< layers that the drafter reads
    std::vector<float> tap_rows_;     ///< their rows at the newly committed positions
    std::vector<float> hidden_;  ///< target rows of the newly committed positions, for drafters that want them
    std::int32_t round_ = 0;
    double total_ms_ = 0;
    double prefill_ms_ = 0;
    std::string reason_;  ///< empty while the run goes on
};

}  // namespace timberline::decoding
