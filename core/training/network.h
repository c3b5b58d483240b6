// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/training/net_spec.h"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

/// Small networks as functions of (parameters, buffers, inputs), with their gradients. No tensors in this header: multilayer perceptrons
/// are computed by our own loops, the others by libtorch behind this interface.
namespace timberline::training {

/// Where batch norm takes its statistics.
enum class NormMode : std::uint8_t {
    Running,      ///< from the buffers: how a trained network is used
    Batch,        ///< from the batch; buffers stay (SAM's second pass)
    BatchUpdate,  ///< from the batch, which also moves the buffers (momentum 0.1, unbiased variance): a training step
};

/// Samples that go in together. Exactly one of the two is used.
struct NetInput {
    std::int64_t samples = 0;
    std::span<const float> values = {};         ///< [samples, input_size]
    std::span<const std::int32_t> tokens = {};  ///< Transformer: [samples, context]
};

/// Penalty on attention entropies that stray from their head's threshold (Entropy-Guided Attention for Private LLMs;
/// methods/attention.md 2.1). Emax = ln(visible keys); deviation = H - threshold * Emax; penalty = deviation^2 where |deviation| > gamma *
/// Emax, else 0; averaged over heads and layers, summed (or averaged) over samples and queries. Only for entropy-guided transformers.
struct EntropyRegulariser {
    double weight = 0;            ///< lambda; 0 = off
    double gamma = 0.2;           ///< half width of the dead zone, as a fraction of Emax
    bool mean = false;            ///< average over samples and queries instead of the released code's sum
    bool visible = false;         ///< Emax = ln of the keys that a query sees, instead of ln(context) for all
    bool train_threshold = true;  ///< false: thresholds stay where they are
    friend bool operator==(const EntropyRegulariser&, const EntropyRegulariser&) = default;
};

/// A network of one shape. Holds scratch memory only: parameters and buffers belong to the caller, so that a landscape may ask for any
/// point. Same operands, same bits, at one compute thread. Not thread-safe.
class Network
{
public:
    virtual ~Network() = default;

    /// @param parameters [parameter_count].  @param buffers [buffer_count]; changed by BatchUpdate only.
    /// @param logits [heads, rows, outputs]; rows = samples, or samples * context of the transformer. Heads in order of depth, the output
    /// last. Remembers what backward() needs. Errors: libtorch's exceptions, token ids outside the vocabulary. NaN is no error.
    [[nodiscard]] virtual Status forward(std::span<const float> parameters, std::span<float> buffers, const NetInput& input, NormMode mode,
                                         std::span<float> logits) = 0;

    /// Gradient of sum(logit_gradient * logits) + regulariser's penalty, at the operands of the last forward(). Overwrites `gradient`.
    /// @param logit_gradient [heads, rows, outputs].
    /// @param equalise each block receives the mean of the head gradients above it instead of their sum (exits.md 1.2).
    /// Precondition: forward() was called with these parameters, which are unchanged.
    [[nodiscard]] virtual Status backward(std::span<const float> parameters, std::span<const float> logit_gradient, bool equalise,
                                          std::span<float> gradient) = 0;

    virtual void set_regulariser(const EntropyRegulariser& regulariser) { (void)regulariser; }
    /// weight * penalty of the last forward(); 0 without.
    [[nodiscard]] virtual double penalty() const { return 0; }
    /// Mean attention entropy in nats of the last forward(), [layers, heads] over rows that see two keys or more; empty for other networks.
    [[nodiscard]] virtual std::vector<float> head_entropies() { return {}; }

    [[nodiscard]] const NetSpec& spec() const noexcept { return spec_; }
    [[nodiscard]] const NetLayout& layout() const noexcept { return layout_; }
    /// Rows of logits that `samples` samples give.
    [[nodiscard]] std::int64_t rows(std::int64_t samples) const noexcept
    {
        return spec_.kind == NetKind::Transformer ? samples * spec_.input[0] : samples;
    }

protected:
    Network(NetSpec spec, NetLayout layout) : spec_(std::move(spec)), layout_(std::move(layout)) {}
    Network(const Network&) = default;

private:
    NetSpec spec_;
    NetLayout layout_;
};

/// The fastest implementation of a shape. Errors: those of layout_of; Quadratic has no inputs and is no network.
[[nodiscard]] Result<std::unique_ptr<Network>> make_network(const NetSpec& spec);

/// The implementations by name, for tests: our own loops (Mlp only), libtorch (all).
[[nodiscard]] std::unique_ptr<Network> make_loop_network(const NetSpec& spec, NetLayout layout);
[[nodiscard]] std::unique_ptr<Network> make_tensor_network(const NetSpec& spec, NetLayout layout);

}  // namespace timberline::training
