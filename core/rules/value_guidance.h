// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The arithmetic of soft value-based decoding (arXiv 2408.08252;
/// methods/decoding.md 2.6): candidates are drawn from a proposal g, and one of
/// them is chosen so that the text's law is tilted from p towards p exp(value /
/// alpha).
namespace timberline::rules {

/// Normalised weights of candidates: exp(value / alpha) p / g. The largest
/// exponent is subtracted first, so nothing overflows. alpha 0 puts all weight
/// on the largest value; of equal ones the first that p can write at all.
/// Duplicates keep their multiplicity.
/// @param values one a candidate, finite.  @param log_ratio log p - log g of
/// each candidate, -infinity where p excludes it; empty = all 0.
/// @param alpha at least 0.  @return weights that sum to 1, or all 0 where p
/// excludes every candidate.
[[nodiscard]] std::vector<double> candidate_weights(std::span<const double> values, std::span<const double> log_ratio, double alpha);

/// The candidate that a uniform number u in [0,1) chooses: the first whose
/// cumulative weight exceeds u. Weights sum to 1.
[[nodiscard]] std::size_t choose_candidate(std::span<const double> weights, double u);

/// 1 / sum of squared weights: how many candidates really have a say. 0 where
/// all weights are 0.
[[nodiscard]] double effective_sample_size(std::span<const double> weights) noexcept;

/// Words of a text: runs of letters (ASCII; bytes beyond count as letters),
/// lower case.
[[nodiscard]] std::vector<std::string> words_of(std::string_view text);

/// How many of the wanted words occur in `text` at least once. @param wanted
/// lower case, as words_of gives them.
[[nodiscard]] double keyword_reward(std::string_view text, std::span<const std::string> wanted);

/// A classifier by lexicon: words that sound happy minus words that sound sad,
/// out of two small lists of English words.
[[nodiscard]] double sentiment_reward(std::string_view text);

/// Minus the distance of a text's length from the wanted one, in tens of
/// tokens.
[[nodiscard]] double length_reward(std::int64_t tokens, std::int64_t wanted) noexcept;

}  // namespace timberline::rules
