// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/folds.h"
#include "core/record/record.h"

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

/// What two Draft records drafted differently: their trees aligned by text position, node by node. Pure folds; differences are A minus B,
/// so that diff(A, A) is zero everywhere and diff(A, B) = -diff(B, A).
///
/// A text position counts tokens from the prompt's beginning: the tree at position n drafts what comes after the first n tokens. A node is
/// named by the tokens from there to itself. Nodes of one record with the same name (the same token drawn twice, or the target's own token
/// that equals a rejected one) are one node here, read at the one that got furthest. Pruned candidates and the drafter's own windows were
/// never offered to the test and are left out.
namespace timberline::record {

enum class DiffSide : std::uint8_t { Both, OnlyA, OnlyB };
/// Lower-case stable word: "both" "only-a" "only-b".
[[nodiscard]] std::string_view name_of(DiffSide side) noexcept;

/// A node as one of the records has it.
struct NodeReading {
    std::int32_t round = -1;  ///< -1: this record has no such node
    std::int32_t node = -1;   ///< index in that round; -1 = its round keeps the token without a node
    NodeState state = NodeState::NeverVerified;
    float p = kUndefined;  ///< as Node::p
    float q = kUndefined;
    bool in_text = false;    ///< the record's text goes through it
    std::int32_t drawn = 0;  ///< nodes of the record that it stands for
    [[nodiscard]] bool present() const noexcept { return round >= 0; }
};

struct DiffNode {
    std::int32_t parent = -1;  ///< index, smaller than the own one; -1 = a root
    TokenId token = 0;
    std::int32_t depth = 0;  ///< below the root
    NodeReading a, b;
    [[nodiscard]] DiffSide side() const noexcept
    {
        return !b.present() ? DiffSide::OnlyA : !a.present() ? DiffSide::OnlyB : DiffSide::Both;
    }
    /// A minus B; 0 where neither knows it, NaN where one of them does not.
    [[nodiscard]] double p_difference() const noexcept;
    [[nodiscard]] double q_difference() const noexcept;
};

struct DiffCounts {
    std::int64_t both = 0, only_a = 0, only_b = 0;
    std::int64_t states = 0;  ///< of those in both: with another state in A than in B
    friend bool operator==(const DiffCounts&, const DiffCounts&) = default;
};

/// Whether two trees can be laid over each other.
enum class Alignment : std::uint8_t {
    Aligned,      ///< the same text so far, and both drafted from here
    OtherPrompt,  ///< the prompts differ
    OtherText,    ///< the texts differ before this position
    EndOfA,       ///< A's text ends before or at this position
    EndOfB,
};
[[nodiscard]] std::string_view name_of(Alignment alignment) noexcept;

/// Both trees at one position.
struct TreeDiff {
    std::int32_t position = 0;  ///< n
    Alignment alignment = Alignment::Aligned;
    std::int32_t round_a = -1, round_b = -1;  ///< rounds whose trees these are, -1 = none
    std::int32_t before_a = -1,
                 before_b = -1;   ///< committed tokens when they began; below n: the tree is the part below the text's node at n
    std::vector<DiffNode> nodes;  ///< parents first; [0] = the last token before the position, then one record's tree alone unless Aligned
    DiffCounts counts;            ///< of all nodes but the root; zero unless Aligned
};

/// What became of one position of the text.
struct PositionReading {
    TokenId token = -1;  ///< -1: the text ends before
    TokenMark mark = TokenMark::Prompt;
    std::int32_t round = -1;
    std::int32_t drafted = 0;  ///< candidates that the round offered here, after the text so far
    std::int32_t ahead = 0;    ///< drafted tokens of the round from this position on, all branches after the text so far
    friend bool operator==(const PositionReading&, const PositionReading&) = default;
};
struct PositionDiff {
    std::int32_t position = 0;
    PositionReading a, b;
    [[nodiscard]] bool same_text() const noexcept { return a.token == b.token; }
    /// 1 = only A's drafter got it right, -1 = only B's, 0 = neither or both.
    [[nodiscard]] int accepted_difference() const noexcept;
};

/// A number of the whole run in both records.
struct NumberDiff {
    std::string key;  ///< "accepted_per_pass" "mean_acceptance" "rounds" "tokens" "draft_ms" "verify_ms" "overhead_ms" "tokens_per_s"
    double a = std::numeric_limits<double>::quiet_NaN(), b = std::numeric_limits<double>::quiet_NaN();
    [[nodiscard]] double difference() const noexcept;  ///< A minus B; 0 where neither knows it, NaN where one does not
};

struct RoundDiffCounts {
    std::int32_t round = 0;  ///< of A
    std::int32_t position = 0;
    Alignment alignment = Alignment::Aligned;
    DiffCounts counts;
};

/// Two whole runs.
struct RunDiff {
    bool same_prompt = true;
    std::int32_t prompt = 0;                  ///< tokens of A's prompt
    std::int32_t tokens_a = 0, tokens_b = 0;  ///< of the texts, prompts included
    std::int32_t first_difference = -1;       ///< first position at which the texts hold different tokens; -1: none as far as both go
    std::vector<PositionDiff> positions;      ///< of all generated positions of either text; empty when the prompts differ
    std::vector<NumberDiff> numbers;
    std::vector<RoundDiffCounts> rounds;  ///< one a round of A, as diff_trees_of_round counts it
    /// All drafted texts, each once: what a record drafted after which beginning. Rounds that begin after the alignment's end do not count.
    DiffCounts counts;
    std::int64_t beyond_a = 0, beyond_b = 0;  ///< nodes of those rounds
    std::vector<DiffNode> nodes;              ///< what `counts` counts, below the prompt's last token as root
};

/// The trees at a position: each record's round that commits it. @param position at least the prompt's length.
[[nodiscard]] TreeDiff diff_trees(const Record& a, const Record& b, std::int32_t position);
/// The tree of A's round `round` and B's tree at the position where it begins. A round that A does not have gives no nodes.
[[nodiscard]] TreeDiff diff_trees_of_round(const Record& a, std::int32_t round, const Record& b);
[[nodiscard]] RunDiff diff_runs(const Record& a, const Record& b);

/// Positions at which a round of A or B begins and both can be laid over each other, ascending.
[[nodiscard]] std::vector<std::int32_t> diff_positions(const Record& a, const Record& b);

/// RunDiff::nodes as CSV: node,parent,position,token,text,side, then round, node, state, p, q of A and of B, p and q difference. Position =
/// that of the token in the text; floats with 9 significant digits, undefined = empty.
[[nodiscard]] std::string tree_diff_csv(const RunDiff& diff, const RunStarted* started);

}  // namespace timberline::record
