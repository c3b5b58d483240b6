// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/hyperparameter.h"
#include "core/base/random.h"
#include "core/base/result.h"
#include "core/decoding/heads/head_folder.h"
#include "core/decoding/heads/head_training.h"
#include "core/model/tensor/tensor_decoder.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

/// One family of draft heads while it is trained: parameters, loss, export. The common loop (head_training.h) does the rest: text, target
/// forwards, batches, optimizers, looks, acceptance, checkpoints. A family = one file here with a METHOD line in the list of draft heads.
namespace timberline::decoding {

/// What a family may use of the target. Nothing of it is ever changed; every tensor is float32 on the CPU without gradient.
struct HeadGround {
    std::shared_ptr<const model::TensorDecoder> network;
    model::DecoderConfig config;
    std::uint64_t seed = 1;  ///< of the run: draw initial values with keyed_normal()

    /// The output matrix [V, d] in bfloat16, for products of training steps that need no more; undefined = they run in float32.
    at::Tensor half_matrix{};

    std::shared_ptr<const model::LanguageModel> target{};  ///< with its tokenizer and special ids

    /// The output matrix, [V, d].
    [[nodiscard]] const at::Tensor& output_matrix() const
    {
        return network->parameter(config.tied_head ? model::Role::TokenEmbedding : model::Role::Head, -1);
    }
    /// LM head on normed rows [.., d] -> [.., V], soft cap included. Differentiable in the rows.
    [[nodiscard]] at::Tensor logits(const at::Tensor& normed) const { return network->head(normed); }
    /// E x [.., d] of ids [..], the embedding scale included, learned positions not: what SharedReadOut::embedding gives.
    [[nodiscard]] at::Tensor embeddings(const at::Tensor& ids) const;
    /// The table itself with the scale, [V, d].
    [[nodiscard]] at::Tensor embedding_table() const;
};

/// Gaussian numbers of standard deviation `deviation`, keyed by (seed, Initialisation, stream): the same at every call.
/// @param stream a number of its own for each parameter.
[[nodiscard]] at::Tensor keyed_normal(std::vector<std::int64_t> shape, double deviation, std::uint64_t seed, std::uint32_t stream);
/// Uniform numbers in [0, 1) for noise and dropout. @param round the step, so that a resumed run draws the same.
[[nodiscard]] at::Tensor keyed_uniform(std::vector<std::int64_t> shape, std::uint64_t seed, std::uint32_t round, std::uint32_t stream);

/// A batch of sequences. B sequences are padded to the longest, T.
struct HeadBatch {
    at::Tensor ids;                    ///< [B, T] int64; padding is token 0
    at::Tensor valid;                  ///< [B, T] bool, false = padding (always at the end of a row)
    at::Tensor hidden;                 ///< [B, T, d] target rows after the final norm: row t has read x_0..x_t and predicts x_{t+1}
    std::vector<at::Tensor> taps;      ///< [B, T, d] each, as HeadTrainee::taps() orders them: before the final norm
    at::Tensor logits;                 ///< [B, T, V] of the target, row t about x_{t+1}; defined only if wants_logits()
    std::int64_t step = 0, epoch = 0;  ///< from 0; both 0 in looks
    std::int64_t steps = 1;            ///< planned
    bool training = true;              ///< false in looks: no dropout, no noise
    std::uint64_t seed = 1;
};

struct HeadParameter {
    std::string name;  ///< of the tensor in the folder (saved) and in the checkpoint
    at::Tensor
        value;  ///< leaf, float32, contiguous. The loop moves its storage into the group's flat vector; never keep a copy of the data
    bool decays = true;  ///< weight decay applies (matrices), else not (biases, norms)
    std::int32_t group = 0;
    bool saved = true;  ///< false: only in checkpoints (a discriminator)
};

/// What one loss says beside its value. Tensors are scalars, detached by the loop.
struct HeadLoss {
    at::Tensor total;                 ///< scalar with gradient: what is minimised
    std::vector<at::Tensor> correct;  ///< per head, filled in looks only: [n_k] bool, the head's likeliest token is the right one
    std::vector<double> parts = {};   ///< per name of loss_parts(), NaN = does not apply now
    /// In looks of HeadMeasure::RSquared, in place of `correct`: sums over so many points.
    double squared_error = 0, constant_error = 0;
    std::int64_t points = 0;
};

/// Not thread-safe. The loop calls everything on one thread.
class HeadTrainee
{
public:
    virtual ~HeadTrainee() = default;

    /// Called once, before parameters(): what a family takes from the text as a whole. Errors: a text that it cannot use.
    [[nodiscard]] virtual Status read_text(const HeadText& /*text*/) { return {}; }
    [[nodiscard]] virtual std::vector<HeadParameter> parameters() = 0;
    /// Number of heads (levels) whose accuracy looks report.
    [[nodiscard]] virtual std::int64_t heads() const = 0;
    [[nodiscard]] virtual HeadMeasure measure() const { return HeadMeasure::Accuracy; }
    /// Loss of a batch for one parameter group. In a step the loop asks for the groups in descending order (a discriminator is group 1, the
    /// heads are group 0), each followed by backward and that group's optimizer. An undefined `total` skips the group in this step.
    [[nodiscard]] virtual HeadLoss loss(const HeadBatch& batch, std::int32_t group) = 0;
    /// Group's learning rate as a share of the run's.
    [[nodiscard]] virtual double rate_share(std::int32_t /*group*/) const { return 1; }
    [[nodiscard]] virtual std::vector<std::string> loss_parts() const { return {}; }

    [[nodiscard]] virtual bool wants_logits() const { return false; }
    /// Hidden rows of other layers that batches bring, before the final norm: 0 = embeddings, l = after block l.
    [[nodiscard]] virtual std::vector<std::int64_t> taps() const { return {}; }

    /// Correctness by rank on a held-out batch: adds to counts[head][rank] and totals[head] (ranks beyond the list are misses). The default
    /// does nothing; families with static trees count here and find the result in `accuracy` of finish().
    virtual void count_ranks(const HeadBatch& /*batch*/, std::vector<std::vector<double>>& /*counts*/, std::vector<double>& /*totals*/) {}

    /// Puts shape (JSON) and extra into the folder; the tensors of saved parameters are already there.
    /// @param accuracy counts / totals of count_ranks, per head per rank; may be empty.
    virtual void finish(HeadFolder& heads, const std::vector<std::vector<double>>& accuracy) const = 0;

    /// Live change of the family's hyperparameters that take effect at the next step.
    virtual void set_values(const Values& /*values*/) {}
};
/// The factory of the method family "draft head". Errors: values that the target cannot take.
using HeadTraineeFactory = std::function<Result<std::unique_ptr<HeadTrainee>>(const HeadGround&, const Values&)>;

/// A block of the target's architecture as trainable tensors (names and shapes of block_tensors()), for families with attention.
class TrainableBlocks
{
public:
    /// @param copy_from layer of the target whose weights each block starts with, -1 = fresh Gaussian (deviation 0.02, norms 1, biases 0).
    [[nodiscard]] static Result<std::unique_ptr<TrainableBlocks>> make(const HeadGround& ground, std::int64_t layers,
                                                                       const std::vector<std::int64_t>& copy_from,
                                                                       const std::string& prefix, std::uint32_t stream);
    /// Appends the parameters, all of group `group`.
    void list(std::vector<HeadParameter>& out, std::int32_t group = 0) const;
    /// rows [B, T, d] -> [B, T, d], differentiable. @param positions [T] int64.  @param mask additive, broadcast over [B, H, T, T];
    /// undefined = causal.
    [[nodiscard]] at::Tensor forward(const at::Tensor& rows, const at::Tensor& positions, const at::Tensor& mask = {}) const;
    /// The network itself, for layers one by one with keys and values of one's own.
    [[nodiscard]] const model::TensorDecoder& network() const noexcept { return *network_; }

private:
    std::shared_ptr<model::TensorDecoder> network_;
    std::vector<HeadParameter> parameters_;
    std::int64_t layers_ = 0;
};

/// log_softmax of logits and the mean cross-entropy to `labels` over rows where `mask`; 0 when there are none.
[[nodiscard]] at::Tensor masked_cross_entropy(const at::Tensor& logits, const at::Tensor& labels, const at::Tensor& mask);
/// Mean over rows where `mask` of -sum softmax(target) log softmax(logits): cross-entropy to the target's own law (its gradient is KL's).
[[nodiscard]] at::Tensor masked_soft_cross_entropy(const at::Tensor& logits, const at::Tensor& target_logits, const at::Tensor& mask);

}  // namespace timberline::decoding
