// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exits/lens_training.h"

#include "core/base/random.h"
#include "core/model/tensor/tensor_decoder.h"
#include "core/model/tensor/tensor_errors.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

namespace timberline::exits {
namespace {

constexpr double kBeta1 = 0.9, kBeta2 = 0.999, kEpsilon = 1e-8;
constexpr double kRidge = 1e-3;              ///< share of the mean variance that is added to the normal equations
constexpr std::int64_t kMostCompared = 512;  ///< tokens on which the two starts are compared

/// One layer's translator with the moments of AdamW (arXiv 1711.05101).
struct Translator {
    at::Tensor weight, bias;  ///< [d, d] out by in, [d]
    std::array<at::Tensor, 2> first, second;

    explicit Translator(std::int64_t d) : weight(at::zeros({d, d})), bias(at::zeros({d}))
    {
        first = {at::zeros_like(weight), at::zeros_like(bias)};
        second = {at::zeros_like(weight), at::zeros_like(bias)};
        weight.set_requires_grad(true);
        bias.set_requires_grad(true);
    }

    [[nodiscard]] at::Tensor apply(const at::Tensor& rows) const { return rows + at::matmul(rows, weight.t()) + bias; }

    void update(double rate, double decay, std::int64_t step)
    {
        const at::NoGradGuard no_gradient;
        const double correct1 = 1 - std::pow(kBeta1, static_cast<double>(step + 1));
        const double correct2 = 1 - std::pow(kBeta2, static_cast<double>(step + 1));
        const std::array<at::Tensor*, 2> parts = {&weight, &bias};
        for (std::size_t i = 0; i < parts.size(); ++i) {
            const at::Tensor gradient = parts[i]->grad();
            first[i].mul_(kBeta1).add_(gradient, 1 - kBeta1);
            second[i].mul_(kBeta2).addcmul_(gradient, gradient, 1 - kBeta2);
            parts[i]->mul_(1 - rate * decay);
            parts[i]->addcdiv_(first[i], (second[i] / correct2).sqrt_().add_(kEpsilon), -rate / correct1);
            parts[i]->mutable_grad() = at::Tensor();
        }
    }
};

class Trainer
{
public:
    Trainer(const model::TensorDecoder& network, const LensRows& rows, const LensTraining& training, const CancelToken& cancel)
        : network_(network), training_(training), cancel_(cancel), tokens_(rows.tokens)
    {
        for (const auto& layer : rows.rows) {
            rows_.push_back(
                at::from_blob(const_cast<float*>(layer.data()), {rows.tokens, rows.hidden}, at::TensorOptions().dtype(at::kFloat)));
        }
        for (std::int64_t layer = 0; layer + 1 < rows.layers; ++layer) {
            translators_.emplace_back(rows.hidden);
        }
    }

    Status warm_start()
    {
        const at::NoGradGuard no_gradient;
        // The map is fitted to the first four fifths and judged on the rest: with few tokens least squares fits them and nothing else.
        const std::int64_t fitted = tokens_ - std::max<std::int64_t>(tokens_ / 5, 1);
        const std::int64_t compared = std::min(tokens_ - fitted, kMostCompared);
        const at::Tensor wanted = law(rows_.back().narrow(0, fitted, compared));
        for (std::size_t layer = 0; layer < translators_.size(); ++layer) {
            TIMBERLINE_TRY(check());
            const at::Tensor x = rows_[layer].narrow(0, 0, fitted).to(at::kDouble);
            const at::Tensor y = rows_.back().narrow(0, 0, fitted).to(at::kDouble) - x;
            const at::Tensor x_mean = x.mean(0), y_mean = y.mean(0);
            const at::Tensor centred = x - x_mean;
            at::Tensor normal = at::matmul(centred.t(), centred);
            const at::Tensor variance = normal.diagonal().mean();
            if (variance.item<double>() <= 0) {
                continue;  // all rows are the same (one token over and over): nothing tells one map from another
            }
            normal.diagonal().add_(variance * kRidge);
            const at::Tensor solved = at::linalg_solve(normal, at::matmul(centred.t(), y - y_mean));  // [in, out]
            Translator candidate(x.size(1));
            candidate.weight.copy_(solved.t());
            candidate.bias.copy_(y_mean - at::matmul(x_mean, solved));
            const at::Tensor sample = rows_[layer].narrow(0, fitted, compared);
            const double plain = divergence(wanted, sample).item<double>();
            const double moved = divergence(wanted, candidate.apply(sample)).item<double>();
            if (moved < plain) {  // also false when the map is not finite
                translators_[layer].weight.copy_(candidate.weight);
                translators_[layer].bias.copy_(candidate.bias);
            }
        }
        return {};
    }

    Status run(const std::function<void(std::int64_t, double)>& on_step)
    {
        for (std::int64_t step = 0; step < training_.steps; ++step) {
            const at::Tensor chosen = batch(step);
            const at::Tensor wanted = [&] {
                const at::NoGradGuard no_gradient;
                return law(rows_.back().index_select(0, chosen));
            }();
            const double rate = training_.rate * (1 - static_cast<double>(step) / static_cast<double>(training_.steps));
            double total = 0;
            for (std::size_t layer = 0; layer < translators_.size(); ++layer) {
                TIMBERLINE_TRY(check());
                const at::Tensor loss = divergence(wanted, translators_[layer].apply(rows_[layer].index_select(0, chosen)));
                loss.backward();
                total += loss.item<double>();
                translators_[layer].update(rate, training_.weight_decay, step);
            }
            if (on_step) {
                on_step(step, total / static_cast<double>(std::max<std::size_t>(translators_.size(), 1)));
            }
        }
        return {};
    }

    [[nodiscard]] TunedLens result(const model::DecoderConfig& config) const
    {
        TunedLens out{.layers = config.layers, .hidden = config.hidden, .weights = {}, .biases = {}};
        for (const auto& translator : translators_) {
            const at::Tensor weight = translator.weight.detach().contiguous();
            const at::Tensor bias = translator.bias.detach().contiguous();
            out.weights.emplace_back(weight.data_ptr<float>(), weight.data_ptr<float>() + weight.numel());
            out.biases.emplace_back(bias.data_ptr<float>(), bias.data_ptr<float>() + bias.numel());
        }
        return out;
    }

private:
    [[nodiscard]] Status check() const
    {
        return cancel_.cancelled() ? Status(make_error(ErrorCode::Cancelled, "training the lens was cancelled")) : Status{};
    }

    /// Logarithm of the law that rows are read out as, [n, V].
    [[nodiscard]] at::Tensor law(const at::Tensor& rows) const
    {
        return at::log_softmax(network_.head(network_.final_norm(rows.unsqueeze(0))).squeeze(0), 1);
    }

    /// Mean of KL(wanted || rows).
    [[nodiscard]] at::Tensor divergence(const at::Tensor& wanted, const at::Tensor& rows) const
    {
        return (wanted.exp() * (wanted - law(rows))).sum(1).mean();
    }

    /// Token indices of a step, drawn by key.
    [[nodiscard]] at::Tensor batch(std::int64_t step) const
    {
        at::Tensor out = at::empty({std::min(training_.batch, tokens_)}, at::TensorOptions().dtype(at::kLong));
        auto* indices = out.data_ptr<std::int64_t>();
        for (std::int64_t i = 0; i < out.numel(); ++i) {
            const double u = uniform({.seed = training_.seed,
                                      .purpose = RandomPurpose::DataShuffle,
                                      .round = static_cast<std::uint32_t>(step),
                                      .position = static_cast<std::uint32_t>(i),
                                      .sibling = 0});
            indices[i] = std::min(tokens_ - 1, static_cast<std::int64_t>(u * static_cast<double>(tokens_)));
        }
        return out;
    }

    const model::TensorDecoder& network_;
    const LensTraining& training_;
    const CancelToken& cancel_;
    std::int64_t tokens_;
    std::vector<at::Tensor> rows_;
    std::vector<Translator> translators_;
};

}  // namespace

Result<TunedLens> train_lens(const model::DecoderConfig& config, const model::WeightProvider& weights, const LensRows& rows,
                             const LensTraining& training, const std::function<void(std::int64_t step, double loss)>& on_step,
                             const CancelToken& cancel)
{
    // One token is judged on, and a map that is fitted to a single row fits nothing.
    constexpr std::int64_t kFewestTokens = 3;
    if (rows.layers != config.layers || rows.hidden != config.hidden || rows.tokens < kFewestTokens) {
        return make_error(ErrorCode::InvalidArgument,
                          "the lens got " + std::to_string(rows.tokens) + " tokens of " + std::to_string(rows.layers) +
                              " layers: expected at least " + std::to_string(kFewestTokens) + " of " + std::to_string(config.layers),
                          "Give the lens more text to train on.");
    }
    if (config.layers == 1) {
        return identity_lens(config);
    }
    return model::guarded("training the lens", [&]() -> Result<TunedLens> {
        TIMBERLINE_ASSIGN(const auto network, model::TensorDecoder::make(config, weights, at::Device(at::kCPU), at::kFloat, cancel));
        Trainer trainer(*network, rows, training, cancel);
        if (training.warm_start) {
            TIMBERLINE_TRY(trainer.warm_start());
        }
        TIMBERLINE_TRY(trainer.run(on_step));
        return trainer.result(config);
    });
}

}  // namespace timberline::exits
