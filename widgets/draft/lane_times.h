// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/record.h"

#include <optional>
#include <vector>

/// When draft and target worked, from the statistics draft_t0_ms, draft_t1_ms, verify_t0_ms and verify_t1_ms of a round (ms since the run's
/// first round began). Rounds come from files: times that are not finite or run backwards are left out.
namespace timberline::widgets {

struct LaneBlock {
    double begin = 0, end = 0;  ///< ms; end >= begin, equal = nothing was done
    [[nodiscard]] double length() const { return end - begin; }
};

/// One round on both lanes.
struct LaneRound {
    int round = 0;  ///< index in the record
    LaneBlock draft, target;
    bool post = false;       ///< post-verify: the target judged a block while the next one was written; else pre-verify
    bool simulated = false;  ///< the lanes ran one after the other and are drawn as if they had begun at once
    int discarded = 0;       ///< drafted tokens that a refusal revoked
    int carried = 0;         ///< drafted tokens that wait for the next round
    int passes = 0;          ///< of the draft model
    int read = 0;            ///< tokens that the target computed
    [[nodiscard]] double begin() const;
    [[nodiscard]] double end() const;
    /// ms in which both worked.
    [[nodiscard]] double overlap() const;
};
/// Nothing where the round holds no times of two lanes.
[[nodiscard]] std::optional<LaneRound> laneRoundOf(const record::Round& round);

/// Sums over rounds; what happens between rounds (tests, the record) belongs to neither lane.
struct LaneTotals {
    int rounds = 0, simulated = 0, discarded = 0;
    double span = 0;  ///< ms from each round's first beginning to its last end
    double draft = 0, target = 0;
    double overlap = 0;
    double shorter = 0;  ///< ms of whichever lane had less to do in its round
    void add(const LaneRound& round);
    /// Shares in [0, 1]; NaN where nothing was measured.
    [[nodiscard]] double draftIdle() const;
    [[nodiscard]] double targetIdle() const;
    [[nodiscard]] double overlapShare() const;  ///< of the span
    [[nodiscard]] double hiddenShare() const;   ///< of the shorter work
};

/// All rounds with lanes, ascending by round and by beginning, and the totals before each of them.
struct Lanes {
    std::vector<LaneRound> rounds;
    std::vector<LaneTotals> before;  ///< rounds.size() + 1 entries
    int others = 0;                  ///< rounds without lanes
    /// Totals of the rounds below `shown`.
    [[nodiscard]] const LaneTotals& totals(int shown) const;
    /// First entry whose round is `round` or later; rounds.size() = none.
    [[nodiscard]] std::size_t entryOf(int round) const;
    [[nodiscard]] double end() const { return rounds.empty() ? 0 : rounds.back().end(); }
    double usual = 0;  ///< ms from one round's beginning to the next one's, the median; of a single round its span
};
[[nodiscard]] Lanes lanesOf(const record::Record& record);

/// What a pixel column shows where rounds are narrower than a few pixels: shares in [0, 1] of the column's time.
struct LaneColumn {
    double draft = 0, discarded = 0, target = 0, overlap = 0;
};
/// Columns of equal time over [from, from + span).
[[nodiscard]] std::vector<LaneColumn> laneColumns(const Lanes& lanes, double from, double span, int columns);

}  // namespace timberline::widgets
