// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/random.h"
#include "core/record/record.h"

#include <cstdint>

/// The arithmetic of controllers that decide how far to draft (methods/decoding.md 1.5, 2.3, 3.4, 3.5). Pure: chance comes from keyed
/// streams.
namespace timberline::rules {

/// What a finished round says about how far its draft was right.
struct DraftOutcome {
    std::int32_t drafted = 0;   ///< levels of the draft
    std::int32_t accepted = 0;  ///< levels that the target kept
    /// False where nothing can be learned: no draft, a forced node, or an end token that closed the text inside the draft.
    bool counts = false;
};
[[nodiscard]] DraftOutcome outcome_of(const record::Round& round);

/// Beta(a, b): what is believed of the chance that the next drafted token is accepted. a, b > 0.
struct BetaPosterior {
    double a = 1;
    double b = 1;
    [[nodiscard]] double mean() const noexcept { return a / (a + b); }
    /// Draws the counts towards Beta(1, 1): a <- 1 + keep (a - 1), b likewise.
    /// @param keep in [0,1]; 1 forgets nothing.
    void forget(double keep) noexcept;
    /// a += accepted; b += drafted - accepted, or, `censored`, 1 when anything was refused: tokens after it were never tried.
    void learn(const DraftOutcome& outcome, bool censored) noexcept;
    /// Another prior under the evidence so far: each count moves by what was added to it. Forgetting may have eaten of the old prior, so
    /// the counts are kept at least one half.
    void move_prior(double a_more, double b_more) noexcept;
};

/// Normal(mean, deviation^2): what is believed of the error of an acceptance estimate.
struct NormalPosterior {
    double mean = 0;
    double deviation = 0.2;  ///< > 0
    /// Conjugate update by one observed error with noise of the given deviation (> 0).
    void learn(double error, double noise) noexcept;
};

/// X / (X + Y), X ~ Gamma(a), Y ~ Gamma(b) (Marsaglia and Tsang 2000). a, b > 0; takes what it needs from the stream.
[[nodiscard]] double sample_beta(RandomStream& stream, double a, double b);
/// Box and Muller; takes two numbers of the stream.
[[nodiscard]] double sample_normal(RandomStream& stream, double mean, double deviation);

/// What a round costs, in plain passes of the target. A declared model, not a measurement.
struct RoundCost {
    double draft = 0.1;  ///< one draft pass
    double verify = 0;   ///< each further token in the target's pass
    [[nodiscard]] double of(std::int32_t levels, std::int32_t nodes) const noexcept
    {
        return static_cast<double>(levels) * draft + 1.0 + static_cast<double>(nodes) * verify;
    }
};

/// Whether one more token raises the token rate: A_{k+1} / t > E_k / T_k, t the cost of one more token and T_k of the round so far.
/// @param next A_{k+1}, the chance that the further token is accepted, those before it included.  @param expected E_k = 1 + A_1 + .. + A_k.
[[nodiscard]] bool one_more_pays(double next, double expected, std::int32_t length, const RoundCost& cost) noexcept;

/// The chain length from 0 to `most` at which one more token no longer pays (one_more_pays) with A_j = acceptance^j.
/// @param acceptance in [0,1].
[[nodiscard]] std::int32_t break_even_length(double acceptance, const RoundCost& cost, std::int32_t most) noexcept;

/// The confidence threshold of Draft & Verify (arXiv 2309.08168), which follows a wanted match rate.
struct MatchThreshold {
    double threshold = 0.8;
    double match_rate = 0;  ///< moving mean of accepted / drafted
    struct Settings {
        double target = 0.9;
        double rate_memory = 0.5;       ///< beta 1
        double step = 0.01;             ///< epsilon
        double threshold_memory = 0.9;  ///< beta 2
    };
    /// m <- b1 m + (1 - b1) accepted/drafted; h' = h + step below the target rate, else h - step, or h when the draft stopped at its
    /// longest; h <- b2 h + (1 - b2) h', kept in [0,1].
    void learn(const DraftOutcome& outcome, bool at_longest, const Settings& settings) noexcept;
};

}  // namespace timberline::rules
