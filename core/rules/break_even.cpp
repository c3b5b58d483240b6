// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rules/break_even.h"

#include "core/record/folds.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace timberline::rules {

namespace {

double median(std::vector<double> values)
{
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    if (values.size() % 2 == 1) {
        return *middle;
    }
    return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

struct Weighted {
    double value, weight;
};

double weighted_median(std::vector<Weighted> values)
{
    std::ranges::sort(values, {}, &Weighted::value);
    double total = 0, passed = 0;
    for (const Weighted& each : values) {
        total += each.weight;
    }
    for (const Weighted& each : values) {
        passed += each.weight;
        if (passed >= total / 2) {
            return each.value;
        }
    }
    return values.back().value;
}

/// Acceptance of one sibling at which a round of this length and width commits `tokens`: bisection, the expectation grows with it.
double acceptance_for(RoundShape shape, double tokens)
{
    double low = 0, high = 1;
    for (int i = 0; i < 60; ++i) {
        shape.acceptance = (low + high) / 2;
        (expected_tokens(shape) < tokens ? low : high) = shape.acceptance;
    }
    return shape.acceptance;
}

}  // namespace

Result<LinearTime> fit_time(std::span<const Timing> samples)
{
    std::map<double, std::vector<double>> groups;
    for (const Timing& sample : samples) {
        groups[sample.count].push_back(sample.ms);
    }
    if (groups.empty()) {
        return make_error(ErrorCode::InvalidArgument, "no measured time to fit",
                          "Run a method first; imported traces hold no times of rounds.");
    }
    struct Point {
        double count, ms;
        double weight;
    };
    std::vector<Point> points;
    for (auto& [count, times] : groups) {
        const auto size = static_cast<double>(times.size());
        points.push_back({count, median(std::move(times)), size});
    }
    LinearTime out{.samples = static_cast<std::int32_t>(samples.size()), .distinct = static_cast<std::int32_t>(points.size())};
    std::vector<Weighted> slopes;
    for (std::size_t i = 0; i < points.size(); ++i) {
        for (std::size_t j = i + 1; j < points.size(); ++j) {
            // Far apart counts tell the slope better than neighbours do.
            const double distance = points[j].count - points[i].count;
            slopes.push_back({(points[j].ms - points[i].ms) / distance, std::min(points[i].weight, points[j].weight) * distance});
        }
    }
    out.each_ms = slopes.empty() ? 0 : std::max(weighted_median(std::move(slopes)), 0.0);
    std::vector<Weighted> bases;
    for (const Point& point : points) {
        bases.push_back({point.ms - out.each_ms * point.count, point.weight});
    }
    out.base_ms = std::max(weighted_median(std::move(bases)), 0.0);
    return out;
}

double expected_tokens(const RoundShape& shape) noexcept
{
    const double pass = 1 - std::pow(1 - std::clamp(shape.acceptance, 0.0, 1.0), std::max(shape.width, 0.0));
    // Sum of pass^i for i = 0 … length, also for lengths between whole numbers.
    return pass >= 1 ? shape.length + 1 : (1 - std::pow(pass, shape.length + 1)) / (1 - pass);
}

double speedup(const RoundShape& shape, const LinearTime& draft, const LinearTime& verify) noexcept
{
    const double drafting = shape.length > 0 ? draft.at(shape.length) : 0;
    return expected_tokens(shape) * verify.at(1) / (drafting + verify.at(1 + shape.length * shape.width));
}

namespace {

/// Recording costs time that the measured speed-up does not hold. Rounds of the timed repeats are the recorded ones, so the ratio of the
/// median rounds brings what was fitted to the times of a run that records nothing.
void leave_recording_out(const record::BaselineMeasured& baseline, double draft_ms, double verify_ms, WorkingPoint& point)
{
    const auto scale = [](double timed, double recorded) { return timed > 0 && recorded > 0 ? timed / recorded : 1.0; };
    const double draft = scale(baseline.method_draft_ms, draft_ms);
    point.draft.base_ms *= draft;
    point.draft.each_ms *= draft;
    const double verify = scale(baseline.method_verify_ms, verify_ms);
    point.verify.base_ms *= verify;
    point.verify.each_ms *= verify;
    point.mean_overhead_ms *= scale(baseline.method_overhead_ms, point.mean_overhead_ms);
}

}  // namespace

Result<WorkingPoint> working_point(const record::Record& record, int until)
{
    std::vector<Timing> draft, verify;
    std::vector<double> overhead, draft_ms, verify_ms;
    WorkingPoint out;
    double tokens = 0, passes = 0, nodes = 0, rounds = 0;
    for (const record::Round* round : record::rounds(record, until)) {
        if (!(round->verify_ms > 0)) {
            continue;
        }
        ++rounds;
        tokens += round->kept;
        passes += round->draft_passes;
        nodes += std::max(round->target_tokens - 1, 0);
        verify.push_back({static_cast<double>(round->target_tokens), round->verify_ms});
        draft.push_back({static_cast<double>(round->draft_passes), round->draft_ms});
        overhead.push_back(round->overhead_ms);
        draft_ms.push_back(round->draft_ms);
        verify_ms.push_back(round->verify_ms);
    }
    TIMBERLINE_ASSIGN(out.verify, fit_time(verify));
    TIMBERLINE_ASSIGN(out.draft, fit_time(draft));
    out.mean_tokens = tokens / rounds;
    out.mean_passes = passes / rounds;
    out.mean_nodes = nodes / rounds;
    out.mean_overhead_ms = median(std::move(overhead));
    const record::BaselineMeasured* const baseline = record::last_baseline(record);
    if (baseline != nullptr) {
        leave_recording_out(*baseline, median(std::move(draft_ms)), median(std::move(verify_ms)), out);
    }
    out.plain_measured = baseline != nullptr && baseline->tokens_per_second > 0;
    out.plain_ms = out.plain_measured ? 1000 / baseline->tokens_per_second : out.verify.at(1);
    // The measurement is of the whole run: beside the prediction of a part of it it would mislead.
    const bool whole = until < 0 || static_cast<std::size_t>(until) >= record::rounds(record).size();
    out.measured_speedup = baseline != nullptr && whole ? baseline->speedup : 0;
    // A drafter without a model makes no pass; its draft still has a length.
    out.shape.length = out.mean_passes > 0 ? out.mean_passes : out.mean_nodes;
    out.shape.width = out.shape.length > 0 ? std::max(out.mean_nodes / out.shape.length, 1.0) : 1;
    out.shape.acceptance = acceptance_for(out.shape, out.mean_tokens);
    const double round_ms = out.draft.at(out.mean_passes) + out.verify.at(1 + out.mean_nodes) + out.mean_overhead_ms;
    out.predicted_speedup = out.mean_tokens * out.plain_ms / round_ms;
    return out;
}

}  // namespace timberline::rules
