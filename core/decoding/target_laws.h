// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"
#include "core/record/record.h"
#include "core/rules/draft_tree.h"

#include <cstdint>
#include <span>
#include <vector>

namespace timberline::decoding {

/// The target's processed laws of one round, computed when first asked for, each with its node's own path as history (I5).
/// The memory is reused from round to round.
class TargetLaws
{
public:
    /// @param logits [rows, V] raw, row i = node i; rows <= N+1, nodes without a row have no law.  All spans and references must stay valid for
    /// the round.
    void begin(const rules::DraftTree& tree, std::span<const TokenId> committed, const record::Sampling& sampling,
               std::span<const float> logits, std::size_t vocabulary);

    [[nodiscard]] bool has_row(std::int32_t node) const noexcept { return static_cast<std::size_t>(node) < rows_; }
    [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
    /// [V], sums to 1; valid until the next begin(). Empty for a node without a row; what follows asks only for nodes with one.
    [[nodiscard]] std::span<const float> law(std::int32_t node);
    [[nodiscard]] bool computed(std::int32_t node) const { return ready_[static_cast<std::size_t>(node)] != 0; }
    [[nodiscard]] std::span<const float> logits(std::int32_t node) const;
    [[nodiscard]] std::span<const float> all_logits() const { return logits_.first(rows_ * vocabulary_); }
    [[nodiscard]] std::size_t vocabulary() const noexcept { return vocabulary_; }

    /// Greedy only: the likeliest token after a node, without building its law where no penalty looks at the text.
    [[nodiscard]] TokenId best(std::int32_t node);

    /// The law [V] with its temperature replaced by 1 where it is 0 (truncations off then): the law behind a greedy choice.
    /// Valid until the next call.
    [[nodiscard]] std::span<const float> soft_law(std::int32_t node);

    /// Greedy only: the choice at `node` hangs on a difference that correct implementations may not agree about, because the two largest
    /// logits (after penalties) differ by less than 1e-4 x max(1, |largest|).
    [[nodiscard]] bool tied(std::int32_t node);

private:
    [[nodiscard]] std::span<const TokenId> history(std::int32_t node);

    const rules::DraftTree* tree_ = nullptr;
    const record::Sampling* sampling_ = nullptr;
    std::span<const float> logits_;
    std::size_t vocabulary_ = 0;
    std::size_t committed_ = 0;
    std::size_t rows_ = 0;
    std::vector<TokenId> history_;
    std::vector<float> laws_;  ///< [N+1, V], rows with ready_
    std::vector<char> ready_;
    std::vector<float> soft_;
};

/// The two largest entries of a row; NaN is passed over. A row of one entry has second = -infinity.
struct TopTwo {
    float largest;
    float second;
};
[[nodiscard]] TopTwo top_two(std::span<const float> row) noexcept;

}  // namespace timberline::decoding
