// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/landscape/fused_evaluator.h"

#include "core/landscape/evaluation_checks.h"
#include "core/landscape/fused_workspace.h"
#include "core/landscape/reduction.h"

#include <algorithm>
#include <cmath>

namespace timberline::landscape {
namespace {

constexpr std::int64_t kGroupFloats = 48 * 1024;  ///< weights of a group: they stay in the second-level cache
constexpr std::int64_t kMostGroup = 16;

/// Cross-entropy without weights, temperature and penalty is what the kernel computes.
bool is_plain_cross_entropy(const Problem& problem)
{
    if (problem.loss_id != "ce") {
        return false;
    }
    return std::ranges::all_of(problem.loss_values, [](const auto& item) {
        const auto& [key, value] = item;
        if (key == "class_weight") {
            const auto* list = std::get_if<std::vector<double>>(&value);
            return list != nullptr && list->empty();
        }
        if (key == "temperature") {
            return value == ParameterValue(1.0);
        }
        return key == "lse_penalty" && value == ParameterValue(0.0);
    });
}

bool labels_in_range(const Samples& samples, std::int64_t outputs)
{
    return static_cast<std::int64_t>(samples.labels.size()) == samples.count &&
           std::ranges::all_of(samples.labels, [outputs](std::int32_t label) { return label >= 0 && label < outputs; });
}

LineFloats tail_of(const std::vector<float>& parameters, std::int64_t begin)
{
    return parameters.empty() ? LineFloats{} : LineFloats(parameters.begin() + begin, parameters.end());
}

}  // namespace

FusedEvaluator::FusedEvaluator(const Problem& problem, const Plane& plane, FusedPlan plan, const kernels::KernelTable& kernels)
    : plan_(std::move(plan)), kernels_(kernels), policy_(problem.batch_norm), loss_(problem.loss), block_(plan_.block(kernels)),
      center_(tail_of(plane.center, plan_.own_begin())), u_(tail_of(plane.u, plan_.own_begin())), v_(tail_of(plane.v, plan_.own_begin())),
      buffers_(plane.buffers), u_buffers_(plane.u_buffers), v_buffers_(plane.v_buffers)
{
    if (plan_.affine) {
        const auto size = static_cast<std::ptrdiff_t>(plan_.own_begin());
        const auto head = [size](const std::vector<float>& values) {
            return values.empty() ? values : std::vector<float>(values.begin(), values.begin() + size);
        };
        first_ = {.center = head(plane.center), .u = head(plane.u), .v = head(plane.v), .buffers = {}, .u_buffers = {}, .v_buffers = {}};
    }
    const std::array subsets = {&problem.train, &problem.test};
    const bool in_range = labels_in_range(problem.train, plan_.outputs) && labels_in_range(problem.test, plan_.outputs);
    if (is_plain_cross_entropy(problem) && in_range) {
        fused_ = Fused::CrossEntropy;
    } else if (problem.loss_id == "mse" && !problem.train.targets.empty()) {
        fused_ = Fused::SquaredError;
    }
    for (std::size_t s = 0; s < subsets.size(); ++s) {
        samples_[s] = block_samples(plan_, kernels_, *subsets[s]);
        labels_[s] = subsets[s]->labels;
        targets_[s].assign(subsets[s]->targets.begin(), subsets[s]->targets.end());
        if (plan_.affine) {
            make_affine(plan_, kernels_, plane, samples_[s]);
        }
    }
    const auto own = static_cast<std::int64_t>(center_.size());
    group_ = plan_.narrow ? 1 : std::clamp<std::int64_t>(kGroupFloats / std::max<std::int64_t>(own, 1), 1, kMostGroup);
}

double FusedEvaluator::flops() const noexcept
{
    const double passes = policy_ != BatchNormPolicy::Frozen && plan_.normalised ? static_cast<double>(plan_.layers.size()) : 1;
    return passes * static_cast<double>(samples_[0].count + samples_[1].count) *
           (plan_.flops_per_sample() + 20.0 * static_cast<double>(plan_.outputs));
}

void FusedEvaluator::block_losses(const float* logits, std::size_t subset, std::int64_t block, Losses& losses) const
{
    const std::int64_t at = block * block_;
    if (fused_ == Fused::CrossEntropy) {
        kernels_.cross_entropy({.logits = logits,
                                .classes = plan_.outputs,
                                .block = block_,
                                .labels = samples_[subset].labels.data() + at,
                                .losses = losses.losses + at,
                                .hits = losses.hits + at});
    } else if (fused_ == Fused::SquaredError) {
        kernels_.squared_error({.outputs = logits,
                                .count = plan_.outputs,
                                .block = block_,
                                .targets = samples_[subset].targets.data() + at * plan_.outputs,
                                .losses = losses.losses + at});
    } else {
        for (std::int64_t n = 0; n < block_ && at + n < samples_[subset].count; ++n) {
            for (std::int64_t o = 0; o < plan_.outputs; ++o) {
                losses.logits[static_cast<std::size_t>((at + n) * plan_.outputs + o)] = static_cast<double>(logits[o * block_ + n]);
            }
        }
    }
}

Status FusedEvaluator::run_subset(std::size_t subset, Workspace& work, const CancelToken& cancel) const
{
    for (std::int64_t b = 0; b < samples_[subset].blocks; ++b) {
        if (cancel.cancelled()) {
            return evaluation_cancelled();
        }
        for (std::size_t p = 0; p < work.networks.size(); ++p) {
            const float* const logits = forward(work.networks[p], samples_[subset], b, plan_.layers.size(), work.scratch);
            block_losses(logits, subset, b, work.values[p][subset]);
        }
    }
    return {};
}

Status FusedEvaluator::run_group(std::span<const Point> points, Workspace& work, const CancelToken& cancel) const
{
    const bool measured = plan_.normalised && policy_ != BatchNormPolicy::Frozen;
    work.networks.clear();
    for (std::size_t p = 0; p < points.size(); ++p) {
        work.networks.push_back(network_at(points[p], work.weights.data() + static_cast<std::int64_t>(p) * work.stride));
        if (measured) {
            TIMBERLINE_TRY(fold_measured(work.networks.back(), samples_[0], work.scratch, cancel));
        } else if (plan_.normalised) {
            fold_stored(work.networks.back(), points[p]);
        }
    }
    TIMBERLINE_TRY(run_subset(0, work, cancel));
    if (samples_[1].count > 0) {
        for (std::size_t p = 0; p < points.size() && measured && policy_ == BatchNormPolicy::Batch; ++p) {
            work.networks[p] = network_at(points[p], work.networks[p].own);
            TIMBERLINE_TRY(fold_measured(work.networks[p], samples_[1], work.scratch, cancel));
        }
        TIMBERLINE_TRY(run_subset(1, work, cancel));
    }
    for (std::size_t p = 0; p < points.size(); ++p) {
        finish(work.values[p][0], 0);
        finish(work.values[p][1], 1);
    }
    return {};
}

void FusedEvaluator::finish(Losses& losses, std::size_t subset) const
{
    if (fused_ != Fused::None || samples_[subset].count == 0) {
        return;
    }
    losses.exact.resize(static_cast<std::size_t>(samples_[subset].count));
    loss_->evaluate({.logits = losses.logits,
                     .samples = samples_[subset].count,
                     .outputs = plan_.outputs,
                     .labels = labels_[subset],
                     .targets = targets_[subset]},
                    losses.exact, {});
}

SubsetValue FusedEvaluator::value_of(const Losses& losses, std::size_t subset) const
{
    const auto count = static_cast<std::size_t>(samples_[subset].count);
    if (count == 0) {
        return {};
    }
    if (fused_ != Fused::None) {
        const auto spread = kernels_.spread(losses.losses, samples_[subset].count);
        SubsetValue out;
        out.loss = spread.mean;
        out.standard_error = standard_error(spread.squares, static_cast<double>(count));
        if (fused_ == Fused::CrossEntropy) {
            out.accuracy = kernels_.spread(losses.hits, samples_[subset].count).mean;
        }
        return out;
    }
    SubsetValue out = mean_and_error(losses.exact, labels_[subset]);
    out.accuracy = accuracy_of(losses.logits, losses.exact, labels_[subset], plan_.outputs);
    return out;
}

Status FusedEvaluator::evaluate(std::span<const Point> points, std::span<PointValue> values, const CancelToken& cancel) const
{
    const auto most = static_cast<std::size_t>(group_);
    Workspace work(*this, std::min(most, points.size()));
    for (std::size_t first = 0; first < points.size(); first += most) {
        const std::size_t size = std::min(most, points.size() - first);
        TIMBERLINE_TRY(run_group(points.subspan(first, size), work, cancel));
        for (std::size_t p = 0; p < size; ++p) {
            values[first + p] = {value_of(work.values[p][0], 0), value_of(work.values[p][1], 1)};
        }
    }
    return {};
}

Status FusedEvaluator::sample_losses(Point point, std::vector<double>& train, std::vector<double>& test, const CancelToken& cancel) const
{
    Workspace work(*this, 1);
    TIMBERLINE_TRY(run_group(std::span(&point, 1), work, cancel));
    const std::array out = {&train, &test};
    for (std::size_t s = 0; s < out.size(); ++s) {
        const auto& found = work.values[0][s];
        *out[s] = fused_ == Fused::None ? found.exact : std::vector<double>(found.losses, found.losses + samples_[s].count);
    }
    return {};
}

Result<std::vector<float>> FusedEvaluator::outputs(Point point, std::span<const float> inputs, std::int64_t count,
                                                   const CancelToken& cancel) const
{
    TIMBERLINE_TRY(check_inputs(inputs.size(), count, plan_.input_size));
    Samples given;
    given.count = count;
    given.size = plan_.input_size;
    given.inputs.assign(inputs.begin(), inputs.end());
    auto samples = block_samples(plan_, kernels_, given);
    if (plan_.affine) {
        make_affine(plan_, kernels_, first_, samples);
    }
    Scratch scratch(plan_, block_);
    LineFloats own(center_.size());
    Network network = network_at(point, own.data());
    if (plan_.normalised && policy_ != BatchNormPolicy::Frozen) {
        TIMBERLINE_TRY(fold_measured(network, samples_[0], scratch, cancel));
    } else if (plan_.normalised) {
        fold_stored(network, point);
    }
    std::vector<float> out(static_cast<std::size_t>(samples.count * plan_.outputs));
    for (std::int64_t b = 0; b < samples.blocks; ++b) {
        if (cancel.cancelled()) {
            return evaluation_cancelled();
        }
        const float* const logits = forward(network, samples, b, plan_.layers.size(), scratch);
        for (std::int64_t n = 0; n < block_ && b * block_ + n < samples.count; ++n) {
            for (std::int64_t o = 0; o < plan_.outputs; ++o) {
                out[static_cast<std::size_t>((b * block_ + n) * plan_.outputs + o)] = logits[o * block_ + n];
            }
        }
    }
    return out;
}

}  // namespace timberline::landscape
