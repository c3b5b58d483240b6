// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

/// The entropy regulariser of "Entropy-Guided Attention for Private LLMs" (methods/attention.md 2.1) in plain arithmetic: what training
/// adds to the loss and its gradients. Every head of every layer has its own threshold theta = w * Emax with a learnable w; a row whose
/// entropy H is farther than gamma * Emax from theta is penalised by (H - theta)^2.
namespace timberline::attention {

struct EntropyGuidance {
    double weight = 1e-5;            ///< lambda, 0..1e-3: the loss is cross-entropy + lambda * penalty
    double dead_zone = 0.2;          ///< gamma, 0..0.3, as a share of Emax; 1 or more never penalises
    double initial_threshold = 0.5;  ///< w at the start of training
    /// Emax of a row: ln T for all rows as published (early causal rows cannot reach it), or ln n of the row's own visible keys.
    bool visible_maximum = false;
    /// Rows are averaged instead of summed. As published they are summed, so that lambda scales with 1 / (batch * T).
    bool mean_over_rows = false;
};

/// One row's part.
struct GuidedRow {
    double deviation = 0;     ///< H - w * Emax
    double penalty = 0;       ///< deviation^2 outside the dead zone, else 0
    double by_entropy = 0;    ///< d penalty / d H
    double by_threshold = 0;  ///< d penalty / d w
};
[[nodiscard]] GuidedRow guide_row(double entropy, double threshold, double maximum, double dead_zone) noexcept;

/// d H / d s_j = -p_j (ln p_j + H) of one softmax row; 0 where p_j is 0. The entries sum to 0. Preconditions: equal sizes, p sums to 1.
void entropy_gradient(std::span<const double> probability, std::span<double> gradient) noexcept;

/// Emax of a row.  @param sequence T.  @param visible n of the row; a row of one key has Emax 0 under visible_maximum and is never
/// penalised.
[[nodiscard]] double guidance_maximum(const EntropyGuidance& guidance, std::int64_t sequence, std::int64_t visible) noexcept;

/// The penalty of all rows: (1/L) sum over layers (1/H) sum over heads sum (or mean) over rows; lambda is not in it.
struct GuidancePenalty {
    double penalty = 0;
    std::vector<double> by_entropy;    ///< [layers, heads, rows] d penalty / d H
    std::vector<double> by_threshold;  ///< [layers, heads] d penalty / d w
    double outside = 0;                ///< share of rows that are penalised
};
/// @param entropy [layers, heads, rows].  @param threshold [layers, heads] the w.  @param maximum [rows] Emax of each row.
/// Preconditions: the sizes fit, layers and heads at least 1.
[[nodiscard]] GuidancePenalty entropy_penalty(const EntropyGuidance& guidance, std::int64_t layers, std::int64_t heads,
                                              std::span<const double> entropy, std::span<const double> threshold,
                                              std::span<const double> maximum);

}  // namespace timberline::attention
