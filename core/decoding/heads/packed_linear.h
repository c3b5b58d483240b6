// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/decoding/heads/head_folder.h"
#include "core/model/kernels/packed_matrix.h"
#include "core/model/language_model.h"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

/// Small matrices of draft heads on the inference path: the decoder's own kernels on packed weights, torch-free. Results of a row do not
/// depend on the other rows nor on the number of threads.
namespace timberline::decoding {

/// y = W x + b with an out-by-in matrix. Copies share the packed weights. Thread-safe.
class PackedLinear
{
public:
    PackedLinear() = default;
    /// @param weight [outputs, inputs] of finite float32.  @param bias [outputs] or empty.  @param half packs as F16 (half the traffic; the
    /// numbers must be exact in it, as those of a folder written with `half` are), else F32.
    [[nodiscard]] static Result<PackedLinear> make(std::span<const float> weight, std::int64_t outputs, std::int64_t inputs,
                                                   std::span<const float> bias = {}, bool half = false);
    /// Tensors `name` [outputs, inputs] and, if asked, `bias_name` [outputs] of a folder.
    [[nodiscard]] static Result<PackedLinear> from(const HeadFolder& heads, const std::string& name, std::int64_t outputs,
                                                   std::int64_t inputs, const std::string& bias_name = {});
    /// A matrix of the model as it is stored (F32, F16, BF16).
    [[nodiscard]] static Result<PackedLinear> from(const model::Weight& weight, const model::Weight& bias);

    /// out[r] = W x[r] + b. Sizes: x rows * inputs, out rows * outputs.
    void apply(std::span<const float> x, std::int64_t rows, std::span<float> out) const;
    [[nodiscard]] std::int64_t inputs() const noexcept { return matrix_.inputs; }
    [[nodiscard]] std::int64_t outputs() const noexcept { return matrix_.outputs; }
    /// Row `output` of W as float32, [inputs].
    void row(std::int64_t output, std::span<float> out) const;

private:
    std::shared_ptr<const model::kernels::Arena> memory_;
    model::kernels::PackedMatrix matrix_;
    std::vector<float> bias_;
};

/// x[i] = x[i] / (1 + exp(-x[i])).
void silu_in_place(std::span<float> values) noexcept;

/// The target's frozen embedding table and LM head, as draft heads share them; or only the rows of a reduced draft vocabulary of the
/// latter. Copies share memory. Thread-safe.
class SharedReadOut
{
public:
    /// Errors: those of reading weights.
    /// @param ids increasing ids of the target whose rows are read out; empty = all. Reduced rows are packed once more.
    [[nodiscard]] static Result<SharedReadOut> of(const model::LanguageModel& target, std::vector<TokenId> ids = {});

    /// normed rows [rows, d] (what RoundContext::target_hidden holds: after the final norm) -> logits [rows, V], soft cap included; minus
    /// infinity at tokens that are not read out, so that every law after it has no mass there.
    void logits(std::span<const float> normed, std::int64_t rows, std::span<float> out) const;
    /// E x [d], the embedding scale included, learned positions not. Precondition: 0 <= token < vocabulary.
    void embedding(TokenId token, std::span<float> out) const;
    [[nodiscard]] std::int64_t hidden() const noexcept { return hidden_; }
    [[nodiscard]] std::int64_t vocabulary() const noexcept { return vocabulary_; }

private:
    PackedLinear head_;
    PackedLinear table_;        ///< shares head_'s memory where the head is tied
    std::vector<TokenId> ids_;  ///< per row of head_; empty = all
    std::int64_t hidden_ = 0, vocabulary_ = 0;
    float scale_ = 1;
    double softcap_ = 0;
};

}  // namespace timberline::decoding
