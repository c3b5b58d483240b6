// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/record.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

/// Pure folds over a record's events. Every number that a view shows about a run is computed here, once.
/// `until` = rounds [0, until) count; a negative value means all rounds.
namespace timberline::record {

[[nodiscard]] const RunStarted* run_started(const Record& record) noexcept;
[[nodiscard]] const RunFinished* run_finished(const Record& record) noexcept;
[[nodiscard]] const BaselineMeasured* last_baseline(const Record& record) noexcept;
[[nodiscard]] std::vector<const Round*> rounds(const Record& record, int until = -1);
[[nodiscard]] std::vector<const ParameterChanged*> changes(const Record& record, int until = -1);

/// Why a token is in the text.
enum class TokenMark : std::uint8_t { Prompt, Accepted, Bonus, Correction };

struct CommittedToken {
    TokenId token = 0;
    TokenMark mark = TokenMark::Prompt;
    std::int32_t round = -1;  ///< -1 for prompt tokens
    std::int32_t node = -1;   ///< node in that round, -1 for prompt tokens
};
/// Prompt and generated tokens in order.
[[nodiscard]] std::vector<CommittedToken> committed_tokens(const Record& record, int until = -1);
[[nodiscard]] std::vector<TokenId> generated_ids(const Record& record, int until = -1);

/// Display bytes of a token, "⟨id⟩" when unknown.
[[nodiscard]] std::string token_text(const RunStarted& started, TokenId token);

/// Tokens that were committed per target pass, the extra token counted; plain decoding = 1.00. Empty without rounds.
/// The kept tokens of the last round count as its token limit left them.
[[nodiscard]] std::optional<double> accepted_per_pass(const Record& record, int until = -1);
/// accepted drafts / drafted nodes.
[[nodiscard]] std::optional<double> mean_acceptance(const Record& record, int until = -1);
[[nodiscard]] std::optional<double> tokens_per_second(const Record& record, int until = -1);

/// A share with its Wilson 95 % interval.
struct Share {
    std::int64_t hits = 0;
    std::int64_t trials = 0;
    [[nodiscard]] double value() const noexcept;  ///< NaN when trials is 0
    double low = 0;
    double high = 0;
};
[[nodiscard]] Share wilson(std::int64_t hits, std::int64_t trials) noexcept;

struct DepthAcceptance {
    int depth = 0;         ///< 1 = first drafted token
    /// accepted at d / rounds whose path reached d-1 and that drafted at d below it (not counted: a path that an end token closed at d-1)
    Share conditional;
    Share unconditional;   ///< accepted at d / all rounds that drafted anything
    Share coverage;        ///< target's greedy or emitted token is among the children of the accepted node at d-1
};
[[nodiscard]] std::vector<DepthAcceptance> acceptance_by_depth(const Record& record, int until = -1);

/// Number of nodes per state over all rounds, indexed by NodeState.
[[nodiscard]] std::vector<std::int64_t> count_states(const Record& record, int until = -1);

/// Ids of the committed prefix at a node: committed tokens before the round, then the path from the root to and including `node`.
[[nodiscard]] std::vector<TokenId> history_at(const Record& record, const Round& round, int node);

/// Sampling transforms in force in a round (changes applied).
[[nodiscard]] Sampling sampling_at(const Record& record, int round);

/// True when both records are the same but for wall times (also statistics whose key ends in _ms or _per_s).
/// `difference` (optional) receives the first difference in words.
[[nodiscard]] bool equal_but_times(const Record& a, const Record& b, std::string* difference = nullptr);

/// 64-bit hash over everything but wall times (state hash of time travel). With until >= 0: of the start and of the rounds and
/// parameter changes before round `until`, whatever follows; negative: of every event.
[[nodiscard]] std::uint64_t state_hash(const Record& record, int until = -1);

}  // namespace timberline::record
