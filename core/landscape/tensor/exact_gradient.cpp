// SPDX-License-Identifier: GPL-3.0-or-later
// Networks as libtorch functions of one flat parameter vector: the gradient in float64, and the plain loop that the fused evaluation is
// measured against.
#include "core/landscape/gradients.h"
#include "core/landscape/tensor/functional_network.h"
#include "core/model/tensor/tensor_errors.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <memory>

namespace timberline::landscape {
namespace {

using training::NetKind;

constexpr std::int64_t kChunkRows = 128;  ///< between two looks at the cancel token

class ExactGradient
{
public:
    ExactGradient(const Problem& problem, std::span<const float> buffers, const CancelToken& cancel)
        : problem_(problem), layout_(training::layout_of(problem.spec).value()), cancel_(cancel)
    {
        buffers_ = at::empty({static_cast<std::int64_t>(buffers.size())}, at::kDouble);
        std::ranges::copy(buffers, buffers_.data_ptr<double>());
        take_inputs();
        if (problem_.head_weights.empty()) {
            problem_.head_weights.assign(static_cast<std::size_t>(training::head_count(problem_.spec)), 0);
            problem_.head_weights.back() = 1;
        }
    }

    Status operator()(std::span<const double> theta, std::span<double> gradient, double& value)
    {
        return model::guarded("gradient of the landscape", [&]() -> Status {
            auto flat = at::empty({static_cast<std::int64_t>(theta.size())}, at::kDouble);
            std::ranges::copy(theta, flat.data_ptr<double>());
            flat.requires_grad_(true);
            std::ranges::fill(gradient, 0.0);
            value = 0;
            const std::int64_t step = std::max<std::int64_t>(kChunkRows / rows_, 1);
            for (std::int64_t first = 0; first < problem_.train.count; first += step) {
                if (cancel_.cancelled()) {
                    return make_error(ErrorCode::Cancelled, "the gradient was cancelled");
                }
                chunk(first, std::min(step, problem_.train.count - first), flat, gradient, value);
            }
            return {};
        });
    }

private:
    void take_inputs()
    {
        const auto& samples = problem_.train;
        if (problem_.spec.kind != NetKind::Transformer) {
            inputs_ = at::from_blob(problem_.train.inputs.data(), batch_shape(problem_.spec, samples.count), at::kFloat).to(at::kDouble);
            labels_ = samples.labels;
            return;
        }
        const auto all = at::from_blob(problem_.train.tokens.data(), {samples.count, samples.size + 1}, at::kInt);
        inputs_ = all.slice(1, 0, samples.size).to(at::kLong);
        rows_ = samples.size;
        for (std::int64_t n = 0; n < samples.count; ++n) {
            const auto begin = samples.tokens.begin() + n * (samples.size + 1) + 1;
            labels_.insert(labels_.end(), begin, begin + samples.size);
        }
    }

    void chunk(std::int64_t first, std::int64_t count, const at::Tensor& flat, std::span<double> gradient, double& value)
    {
        Slots slots;
        add_slots(slots, layout_.parameters, flat);
        add_slots(slots, layout_.buffers, buffers_);
        const auto heads = run_network(problem_.spec, slots, inputs_.narrow(0, first, count));
        const auto& samples = problem_.train;
        const std::int64_t rows = count * rows_;
        std::vector<double> losses(static_cast<std::size_t>(rows)), targets;
        std::span<const std::int32_t> labels;
        if (!labels_.empty()) {
            labels = std::span(labels_).subspan(static_cast<std::size_t>(first * rows_), static_cast<std::size_t>(rows));
        }
        if (!samples.targets.empty()) {
            targets.assign(samples.targets.begin() + first * samples.outputs, samples.targets.begin() + (first + count) * samples.outputs);
        }
        std::vector<at::Tensor> outputs, slopes;
        for (std::size_t h = 0; h < heads.size(); ++h) {
            if (problem_.head_weights[h] == 0) {
                continue;
            }
            const double weight = problem_.head_weights[h] / static_cast<double>(samples.count * rows_);
            const auto logits = heads[h].detach().contiguous();
            auto slope = at::empty_like(logits);
            const auto numbers = static_cast<std::size_t>(logits.numel());
            problem_.loss->evaluate({.logits = {logits.data_ptr<double>(), numbers},
                                     .samples = rows,
                                     .outputs = problem_.spec.outputs,
                                     .labels = labels,
                                     .targets = targets},
                                    losses, {slope.data_ptr<double>(), numbers});
            for (const double loss : losses) {
                value += weight * loss;
            }
            outputs.push_back(heads[h]);
            slopes.push_back(slope * weight);
        }
        const auto found = torch::autograd::grad(outputs, {flat}, slopes)[0].contiguous();
        const double* const from = found.data_ptr<double>();
        for (std::size_t i = 0; i < gradient.size(); ++i) {
            gradient[i] += from[i];
        }
    }

    Problem problem_;
    training::NetLayout layout_;
    CancelToken cancel_;
    at::Tensor inputs_, buffers_;
    std::int64_t rows_ = 1;             ///< of logits a sample
    std::vector<std::int32_t> labels_;  ///< a row
};

}  // namespace

GradientAt make_exact_gradient(const Problem& problem, std::span<const float> buffers, const CancelToken& cancel)
{
    // Shared: a std::function copies what it holds, and the inputs point into the problem's samples only while they are made.
    const auto gradient = std::make_shared<ExactGradient>(problem, buffers, cancel);
    return [gradient](std::span<const double> theta, std::span<double> out, double& value) { return (*gradient)(theta, out, value); };
}

Result<std::vector<double>> plain_loop(const Problem& problem, const Plane& plane, std::span<const Point> points, const CancelToken& cancel)
{
    const bool known = problem.loss_id == "ce" || problem.loss_id == "mse";
    if ((problem.spec.kind != NetKind::Mlp && problem.spec.kind != NetKind::Cnn) || problem.spec.exits || !known) {
        return make_error(ErrorCode::Unsupported, "the plain loop covers MLPs and CNNs with cross-entropy or squared error");
    }
    TIMBERLINE_ASSIGN(const auto layout, training::layout_of(problem.spec));
    return model::guarded("the plain loop over points", [&]() -> Result<std::vector<double>> {
        const at::NoGradGuard no_gradients;
        const auto flat = [](const std::vector<float>& values) {
            return at::from_blob(const_cast<float*>(values.data()), {static_cast<std::int64_t>(values.size())}, at::kFloat).clone();
        };
        const auto center = flat(plane.center), u = flat(plane.u), v = flat(plane.v);
        auto w = center.clone();  // the parameters below are views of it
        Slots parameters;
        add_slots(parameters, layout.parameters, w);
        add_slots(parameters, layout.buffers, flat(plane.buffers));
        const auto& samples = problem.train;
        const auto inputs = at::from_blob(const_cast<float*>(samples.inputs.data()), batch_shape(problem.spec, samples.count), at::kFloat);
        at::Tensor labels, targets;
        if (!samples.labels.empty()) {
            labels = at::from_blob(const_cast<std::int32_t*>(samples.labels.data()), {samples.count}, at::kInt).to(at::kLong);
        } else {
            targets = at::from_blob(const_cast<float*>(samples.targets.data()), {samples.count, samples.outputs}, at::kFloat);
        }
        std::vector<double> out;
        for (const auto& point : points) {
            if (cancel.cancelled()) {
                return make_error(ErrorCode::Cancelled, "the loop was cancelled");
            }
            w.copy_(center);
            if (u.numel() > 0) {
                w.add_(u, point.alpha);
            }
            if (v.numel() > 0) {
                w.add_(v, point.beta);
            }
            const auto logits = run_network(problem.spec, parameters, inputs).back();
            const auto loss = problem.loss_id == "ce" ? at::cross_entropy_loss(logits, labels) : at::mse_loss(logits, targets);
            out.push_back(loss.item<double>());
        }
        return out;
    });
}

}  // namespace timberline::landscape
