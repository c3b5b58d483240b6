// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/record/record.h"

#include <cstdint>
#include <span>
#include <vector>

/// Break-even map of a machine: when does drafting pay? Times are fitted from measured rounds; acceptance is the axis (methods/decoding.md
/// 1.5).
namespace timberline::rules {

struct Timing {
    double count = 0;  ///< draft passes, or tokens that the target computed
    double ms = 0;     ///< measured wall time
};

/// t(n) = base + n * each, milliseconds; both at least 0.
struct LinearTime {
    double base_ms = 0, each_ms = 0;
    std::int32_t samples = 0, distinct = 0;  ///< behind the fit; with one distinct count the line is that time, flat
    [[nodiscard]] double at(double count) const noexcept { return base_ms + each_ms * count; }
};
/// A robust line through the medians of each count: median of the slopes between pairs, weighted by the smaller number of samples, then the
/// median intercept. Not moved by a few rounds that the system interrupted. Error: no sample.
[[nodiscard]] Result<LinearTime> fit_time(std::span<const Timing> samples);

/// What one round costs and gives.
struct RoundShape {
    double length = 4;        ///< levels drafted: draft passes
    double width = 1;         ///< siblings that each level offers to the test
    double acceptance = 0.8;  ///< of one sibling, independent of the others, in [0, 1]
};
/// Expected committed tokens a round: a level is passed with probability 1 - (1 - acceptance)^width.
[[nodiscard]] double expected_tokens(const RoundShape& shape) noexcept;
/// Tokens a millisecond with drafting over tokens a millisecond without: expected_tokens * verify(1) / (draft(length) + verify(1 + length *
/// width)). Below 1 drafting is slower than not drafting. @param draft time of `length` draft passes.
[[nodiscard]] double speedup(const RoundShape& shape, const LinearTime& draft, const LinearTime& verify) noexcept;

/// Times and working point of a record: of a run that records nothing, where its measured baseline tells what recording cost.
struct WorkingPoint {
    LinearTime draft, verify;
    double mean_tokens = 1;  ///< committed a round
    double mean_passes = 0, mean_nodes = 0;
    double mean_overhead_ms = 0;
    double plain_ms = 0;  ///< a token without drafting: the measured baseline where there is one, else verify.at(1)
    bool plain_measured = false;
    RoundShape shape;  ///< length = mean passes, width = nodes / passes, acceptance that gives mean_tokens at this length and width
    double predicted_speedup = 1;  ///< mean_tokens * plain_ms / (draft + verify + overhead at the means)
    double measured_speedup = 0;   ///< of the record's baseline, 0 = none, or not of these rounds alone
};
/// From the rounds before `until` (-1 = all). Error: no round with times (an imported trace).
[[nodiscard]] Result<WorkingPoint> working_point(const record::Record& record, int until = -1);

}  // namespace timberline::rules
