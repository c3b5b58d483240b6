// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <limits>
#include <span>

namespace timberline::attention {

/// What one query row of one head does, in numbers (methods/attention.md 1.1, 1.4). p = the weights that multiplied the values, over the n
/// visible keys; where they are no probabilities, |weight| over their sum. All sums are float32 but for the ones of weights, which are
/// double.
struct RowStatistics {
    float entropy = 0;                                            ///< nats, 0 .. ln n; 0 where n < 2
    float log_sum_exp = -std::numeric_limits<float>::infinity();  ///< of the scores; NaN where the weights are not exponentials of scores
    float largest = 0;                                            ///< max p
    float varentropy = 0;                                         ///< sum p (ln p + H)^2
    float collision = 0;                                          ///< sum p^2; 1 / it = participation number
    float sink = 0;                                               ///< p of the first sink_tokens positions of the text
    float local = 0;                                              ///< p of the last local_window positions, the query's own included
    float distance = 0;                                           ///< mean of (position of the query - position of the key)
    float previous = 0;                                           ///< p of the key just before the query; 0 when it is not visible
    float marked = 0;          ///< p of the keys that the caller marked; the bench marks induction targets
    std::int32_t visible = 0;  ///< n

    /// A row over one key and a row whose weights are all 0 (re-weighting can leave nothing) say nothing: they are left out of every mean
    /// and hatched in pictures. A row of NaN is valid, so that it shows.
    [[nodiscard]] bool valid() const noexcept { return visible >= 2 && largest != 0; }
};

struct RowStatisticsSettings {
    std::int32_t sink_tokens = 1;    ///< 1..8
    std::int32_t local_window = 16;  ///< 1..256
    friend bool operator==(const RowStatisticsSettings&, const RowStatisticsSettings&) = default;
};

/// The parts of a row's statistics that need only the weights: `weights[i]` belongs to position `position - n + 1 + i` (visible keys are
/// neighbours in position). Not negative, not necessarily normalised; a sum of 0 gives all zeros but `visible`.
/// @param marked positions, ascending.
/// @return every field but log_sum_exp, which is NaN.
[[nodiscard]] RowStatistics statistics_of_weights(std::span<const float> weights, std::int64_t position,
                                                  const RowStatisticsSettings& settings,
                                                  std::span<const std::int32_t> marked = {}) noexcept;

/// entropy / ln visible; 0 for rows that are not valid.
[[nodiscard]] double normalised_entropy(const RowStatistics& row) noexcept;

}  // namespace timberline::attention
