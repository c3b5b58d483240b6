// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/tensor/differentiable_model.h"

#include "core/model/tensor/tensor_decoder.h"
#include "core/model/tensor/tensor_errors.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <string>
#include <utility>

namespace timberline::model {
namespace {

std::vector<double> numbers_of(const at::Tensor& tensor)
{
    const auto flat = tensor.detach().to(at::kDouble).contiguous();
    const auto* data = flat.data_ptr<double>();
    return {data, data + flat.numel()};
}

class TensorModel final : public DifferentiableModel
{
public:
    explicit TensorModel(std::shared_ptr<TensorDecoder> network) : network_(std::move(network)), tensors_(network_->parameters())
    {
        for (const auto& tensor : tensors_) {
            parameters_.push_back({tensor.role, tensor.layer, tensor.value.numel()});
        }
        network_->set_requires_grad(true);
    }

    [[nodiscard]] const std::vector<Parameter>& parameters() const noexcept override { return parameters_; }

    [[nodiscard]] Result<std::vector<double>> values(std::size_t parameter) const override
    {
        TIMBERLINE_TRY(check_parameter(parameter));
        return guarded("reading a parameter", [&]() -> Result<std::vector<double>> { return numbers_of(tensors_[parameter].value); });
    }

    [[nodiscard]] Status set_values(std::size_t parameter, std::span<const double> values) override
    {
        TIMBERLINE_TRY(check_parameter(parameter));
        auto target = tensors_[parameter].value;
        if (static_cast<std::int64_t>(values.size()) != target.numel()) {
            return make_error(ErrorCode::InvalidArgument,
                              "a parameter got " + std::to_string(values.size()) + " values, expected " + std::to_string(target.numel()));
        }
        return guarded("writing a parameter", [&]() -> Status {
            const at::NoGradGuard no_gradient;
            target.copy_(at::from_blob(const_cast<double*>(values.data()), target.sizes(), at::TensorOptions().dtype(at::kDouble)));
            return {};
        });
    }

    [[nodiscard]] Result<std::vector<double>> logits(std::span<const TokenId> tokens, std::int64_t batch,
                                                     std::int64_t cached) const override
    {
        TIMBERLINE_TRY(check_tokens(tokens, batch, /*shortest=*/1));
        const auto length = static_cast<std::int64_t>(tokens.size()) / batch;
        if (cached < 0 || cached >= length) {
            return make_error(ErrorCode::InvalidArgument,
                              "cached is " + std::to_string(cached) + ", expected 0 to " + std::to_string(length - 1));
        }
        return guarded("computing logits", [&]() -> Result<std::vector<double>> {
            const at::NoGradGuard no_gradient;
            const auto ids = ids_of(tokens, batch);
            if (cached == 0) {
                return numbers_of(network_->forward({.ids = ids}).logits);
            }
            const auto prefix = network_->forward({.ids = ids.narrow(1, 0, cached), .keep_kv = true});
            const auto rest = network_->forward({.ids = ids.narrow(1, cached, length - cached), .past = &prefix.kv});
            return numbers_of(at::cat({prefix.logits, rest.logits}, 1));
        });
    }

    [[nodiscard]] Result<double> loss(std::span<const TokenId> tokens, std::int64_t batch) const override
    {
        TIMBERLINE_TRY(check_tokens(tokens, batch, /*shortest=*/2));
        return guarded("computing the loss", [&]() -> Result<double> {
            const at::NoGradGuard no_gradient;
            return loss_tensor(tokens, batch).item<double>();
        });
    }

    [[nodiscard]] Result<double> loss_and_gradient(std::span<const TokenId> tokens, std::int64_t batch) override
    {
        TIMBERLINE_TRY(check_tokens(tokens, batch, /*shortest=*/2));
        return guarded("computing the gradient", [&]() -> Result<double> {
            for (auto& tensor : tensors_) {
                tensor.value.mutable_grad() = at::Tensor();
            }
            const auto loss = loss_tensor(tokens, batch);
            loss.backward();
            return loss.item<double>();
        });
    }

    [[nodiscard]] Result<std::vector<double>> gradient(std::size_t parameter) const override
    {
        TIMBERLINE_TRY(check_parameter(parameter));
        const auto& gradient = tensors_[parameter].value.grad();
        if (!gradient.defined()) {
            return make_error(ErrorCode::InvalidArgument, "no gradient was computed", "Call loss_and_gradient first.");
        }
        return guarded("reading a gradient", [&]() -> Result<std::vector<double>> { return numbers_of(gradient); });
    }

private:
    [[nodiscard]] Status check_parameter(std::size_t parameter) const
    {
        if (parameter >= tensors_.size()) {
            return make_error(ErrorCode::InvalidArgument,
                              "parameter " + std::to_string(parameter) + " was asked of a model with " + std::to_string(tensors_.size()));
        }
        return {};
    }

    [[nodiscard]] Status check_tokens(std::span<const TokenId> tokens, std::int64_t batch, std::int64_t shortest) const
    {
        const auto count = static_cast<std::int64_t>(tokens.size()), context = network_->config().context;
        if (batch < 1 || count % batch != 0 || count / batch < shortest || count / batch > context) {
            return make_error(ErrorCode::InvalidArgument, "got " + std::to_string(count) + " tokens for " + std::to_string(batch) +
                                                              " sequences, expected equal lengths of " + std::to_string(shortest) + " to " +
                                                              std::to_string(context));
        }
        const auto outside =
            std::find_if(tokens.begin(), tokens.end(), [&](TokenId id) { return id < 0 || id >= network_->config().vocabulary; });
        if (outside != tokens.end()) {
            return make_error(ErrorCode::InvalidArgument,
                              "token " + std::to_string(*outside) + " is outside the vocabulary: expected 0 to " +
                                  std::to_string(network_->config().vocabulary - 1),
                              "Use the tokenizer that belongs to this model.");
        }
        return {};
    }

    [[nodiscard]] static at::Tensor ids_of(std::span<const TokenId> tokens, std::int64_t batch)
    {
        const auto length = static_cast<std::int64_t>(tokens.size()) / batch;
        return at::from_blob(const_cast<TokenId*>(tokens.data()), {batch, length}, at::TensorOptions().dtype(at::kInt)).to(at::kLong);
    }

    [[nodiscard]] at::Tensor loss_tensor(std::span<const TokenId> tokens, std::int64_t batch) const
    {
        const auto ids = ids_of(tokens, batch);
        const auto predicted = ids.size(1) - 1;
        const auto logits = network_->forward({.ids = ids.narrow(1, 0, predicted)}).logits;
        return at::cross_entropy_loss(logits.reshape({batch * predicted, -1}), ids.narrow(1, 1, predicted).reshape({-1}));
    }

    std::shared_ptr<TensorDecoder> network_;
    std::vector<TensorParameter> tensors_;
    std::vector<Parameter> parameters_;
};

} // namespace

Result<std::unique_ptr<DifferentiableModel>> DifferentiableModel::make(const DecoderConfig& config, const WeightProvider& weights,
                                                                       Precision precision, const CancelToken& cancel)
{
    return guarded("loading the model for training", [&]() -> Result<std::unique_ptr<DifferentiableModel>> {
        const auto type = precision == Precision::Float64 ? at::kDouble : at::kFloat;
        TIMBERLINE_ASSIGN(auto network, TensorDecoder::make(config, weights, at::Device(at::kCPU), type, cancel));
        return std::unique_ptr<DifferentiableModel>(std::make_unique<TensorModel>(std::move(network)));
    });
}

} // namespace timberline::model
