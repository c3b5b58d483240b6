// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>

namespace timberline::attention {

/// One attention row of a base run against the same row of a modified run (methods/attention.md 1.7). Nats.
struct RowComparison {
    double entropy_change = 0;   ///< H' - H
    double divergence = 0;       ///< KL(P || P'); infinite where P' is 0 and P is not
    double jensen_shannon = 0;   ///< 0 .. ln 2
    double total_variation = 0;  ///< 0 .. 1
    double cosine = 0;           ///< of the two rows as vectors; 1 for equal rows, 0 when one of them is all zero
    bool top_key_changed = false;
};
/// Rows of weights that are not negative; each is divided by its own sum first. Precondition: equal sizes.
[[nodiscard]] RowComparison compare_rows(std::span<const float> base, std::span<const float> edited) noexcept;

/// Means over the rows of one head.
class HeadComparison
{
public:
    void add(const RowComparison& row) noexcept
    {
        total_.entropy_change += row.entropy_change;
        total_.divergence += row.divergence;
        total_.jensen_shannon += row.jensen_shannon;
        total_.total_variation += row.total_variation;
        total_.cosine += row.cosine;
        changed_ += row.top_key_changed ? 1 : 0;
        ++rows_;
    }
    [[nodiscard]] std::int64_t rows() const noexcept { return rows_; }
    /// Zeros without rows.
    [[nodiscard]] RowComparison mean() const noexcept
    {
        const double n = rows_ > 0 ? static_cast<double>(rows_) : 1;
        return {.entropy_change = total_.entropy_change / n,
                .divergence = total_.divergence / n,
                .jensen_shannon = total_.jensen_shannon / n,
                .total_variation = total_.total_variation / n,
                .cosine = total_.cosine / n};
    }
    [[nodiscard]] double top_key_changed() const noexcept
    {
        return rows_ > 0 ? static_cast<double>(changed_) / static_cast<double>(rows_) : 0;
    }

private:
    RowComparison total_;
    std::int64_t rows_ = 0, changed_ = 0;
};

}  // namespace timberline::attention
