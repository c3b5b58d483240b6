// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/training/network.h"

#include <ATen/core/Tensor.h>

#include <map>
#include <string>
#include <vector>

namespace timberline::training {

/// Every small network through libtorch's operators and autograd; parameters are views of the caller's flat vector. Never random: the
/// global generator is not used.
class TensorNetwork final : public Network
{
public:
    TensorNetwork(const NetSpec& spec, NetLayout layout);

    [[nodiscard]] Status forward(std::span<const float> parameters, std::span<float> buffers, const NetInput& input, NormMode mode,
                                 std::span<float> logits) override;
    [[nodiscard]] Status backward(std::span<const float> parameters, std::span<const float> logit_gradient, bool equalise,
                                  std::span<float> gradient) override;
    void set_regulariser(const EntropyRegulariser& regulariser) override { regulariser_ = regulariser; }
    [[nodiscard]] double penalty() const override;
    [[nodiscard]] std::vector<float> head_entropies() override;

private:
    void bind(std::span<const float> parameters, std::span<float> buffers);
    [[nodiscard]] const at::Tensor& at_name(const std::string& name) const;
    [[nodiscard]] at::Tensor linear(const at::Tensor& x, const std::string& name) const;
    [[nodiscard]] at::Tensor scaled_gradient(const at::Tensor& x, double factor);
    [[nodiscard]] at::Tensor batch_norm(const at::Tensor& x, const std::string& name) const;
    [[nodiscard]] at::Tensor layer_norm(const at::Tensor& x, const std::string& name) const;
    [[nodiscard]] at::Tensor attention(const at::Tensor& x, const std::string& name, const at::Tensor& mask);
    void add_penalty(const at::Tensor& probabilities, const at::Tensor& threshold);
    void run_blocks(const NetInput& input);
    void run_transformer(const NetInput& input);

    EntropyRegulariser regulariser_;
    NormMode mode_ = NormMode::Running;
    bool equalise_ = false;
    std::vector<at::Tensor> leaves_;           ///< one a parameter slot
    std::map<std::string, at::Tensor> slots_;  ///< parameters and buffers by name
    std::vector<at::Tensor> heads_;            ///< [rows, outputs] each, with their graph
    std::vector<at::Tensor> probabilities_;    ///< [B,H,T,T] a layer, without graph
    at::Tensor penalty_;
    double penalty_value_ = 0;
};

}  // namespace timberline::training
