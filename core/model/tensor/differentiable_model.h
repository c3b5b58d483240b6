// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/cancel.h"
#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/model/decoder_config.h"
#include "core/model/weights.h"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace timberline::model {

/// A model's next-token loss, its gradient and its parameters as plain numbers, for code that must not see libtorch's headers.
/// Runs on the CPU through TensorDecoder. Not thread-safe.
class DifferentiableModel
{
public:
    enum class Precision : std::uint8_t { Float32, Float64 };
    struct Parameter {
        Role role = Role::TokenEmbedding;
        std::int64_t layer = -1;
        std::int64_t elements = 0;
    };

    /// Errors: a missing or misshapen weight, cancelled, out of memory.
    [[nodiscard]] static Result<std::unique_ptr<DifferentiableModel>> make(const DecoderConfig& config, const WeightProvider& weights,
                                                                           Precision precision, const CancelToken& cancel = {});
    virtual ~DifferentiableModel() = default;

    /// All parameters in reading order; indices below count in this list.
    [[nodiscard]] virtual const std::vector<Parameter>& parameters() const noexcept = 0;
    [[nodiscard]] virtual Result<std::vector<double>> values(std::size_t parameter) const = 0;
    [[nodiscard]] virtual Status set_values(std::size_t parameter, std::span<const double> values) = 0;

    /// Logits [B, T, V] of `batch` sequences of equal length, one after the other. Errors: token outside the vocabulary, T not 1..context.
    /// @param cached the first `cached` tokens (0..T-1) run first and hand over their keys and values; the numbers are the same within
    /// rounding.
    [[nodiscard]] virtual Result<std::vector<double>> logits(std::span<const TokenId> tokens, std::int64_t batch,
                                                             std::int64_t cached = 0) const = 0;
    /// Mean cross-entropy of tokens 1..T-1 given those before, nats. Needs T >= 2.
    [[nodiscard]] virtual Result<double> loss(std::span<const TokenId> tokens, std::int64_t batch) const = 0;
    /// The same, and its gradient into gradient(); earlier gradients are replaced.
    [[nodiscard]] virtual Result<double> loss_and_gradient(std::span<const TokenId> tokens, std::int64_t batch) = 0;
    /// Of the last loss_and_gradient. Error: there was none.
    [[nodiscard]] virtual Result<std::vector<double>> gradient(std::size_t parameter) const = 0;
};

} // namespace timberline::model
