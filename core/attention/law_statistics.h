// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"

#include <span>

/// How sure the next-token law is (methods/attention.md 1.6), from logits and in one pass: the recurrence of streaming_row.h over the
/// vocabulary.
namespace timberline::attention {

struct LawStatistics {
    double log_sum_exp = 0;
    double entropy = 0;     ///< nats
    double varentropy = 0;  ///< variance of the surprisal, sum p (ln p + H)^2
    double margin = 0;      ///< largest minus second-largest logit; infinite for a vocabulary of one
    TokenId top = 0;        ///< likeliest token; the lowest id wins a tie
};
/// NaN and -infinity are masked. @param logits [V], not empty.
[[nodiscard]] LawStatistics law_statistics(std::span<const float> logits);

/// -ln p(token). Precondition: the token is inside the row.
[[nodiscard]] double surprisal(std::span<const float> logits, const LawStatistics& law, TokenId token) noexcept;

/// How far an edited model's law is from the base model's at one position (methods/attention.md 1.7).
struct LawDifference {
    double divergence = 0;  ///< KL(base || edited), nats, never negative; infinite where the edited law lacks a token of the base law, NaN
                            ///< where a law has no finite logit
    double signal = 0;      ///< sum of z^2 and of (z - z')^2 over the finite logits, for the signal-to-noise ratio
    double noise = 0;
};
/// @param base_law, edited_law law_statistics() of the two rows.  Precondition: equal sizes.
[[nodiscard]] LawDifference law_difference(std::span<const float> base, const LawStatistics& base_law, std::span<const float> edited,
                                           const LawStatistics& edited_law);

}  // namespace timberline::attention
