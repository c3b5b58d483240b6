// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/cancel.h"
#include "core/base/result.h"
#include "core/training/data_set.h"
#include "core/training/exit_weights.h"
#include "core/training/loss.h"
#include "core/training/network.h"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

/// Loss of a network on samples of a data set, with its gradient in the flat parameters: what a training step minimises and a landscape
/// draws.
namespace timberline::training {

using DataSetPtr = std::shared_ptr<const DataSet>;
using LossPtr = std::shared_ptr<const Loss>;

/// The loss on one batch.
struct BatchLoss {
    double loss = 0;      ///< what is minimised: weighted sum of the heads' mean losses, plus the penalty
    double judged = 0;    ///< mean loss of the output alone under the loss's evaluation()
    double accuracy = 0;  ///< of the output; NaN for regression and for Quadratic
    double penalty = 0;   ///< entropy regulariser's part of `loss`
};

/// Everything that a look at many samples finds. Rows are samples, or samples * context for text.
struct Evaluation {
    double loss = 0, accuracy = 0;                 ///< of the output; as in BatchLoss
    std::vector<double> head_loss, head_accuracy;  ///< per head, the output last
    std::vector<float> row_loss;                   ///< per row: the output's loss under evaluation()
    std::vector<float> row_confidence;             ///< per row: largest softmax probability of the output; empty for regression
    std::vector<std::uint8_t> row_correct;         ///< per row; empty for regression
    std::vector<float> head_entropy;               ///< transformer: [layers, heads], nats, mean over the samples
};

/// Not thread-safe. Quadratic has neither network nor data: its loss is 0.5 sum curvature theta^2.
class Objective
{
public:
    /// Errors: the network's shape does not fit the data (the message says both), a loss that wants other targets than the data has.
    /// @param data, loss may be null for Quadratic.
    [[nodiscard]] static Result<std::unique_ptr<Objective>> make(const NetSpec& spec, DataSetPtr data, LossPtr loss);

    /// @param samples indices into the data set.
    /// @param gradient [parameter_count], overwritten; or empty: no backward pass.
    [[nodiscard]] Result<BatchLoss> evaluate(std::span<const float> parameters, std::span<float> buffers,
                                             std::span<const std::int32_t> samples, NormMode mode, const HeadPlan& plan, bool equalise,
                                             std::span<float> gradient);

    /// A look at samples [first, last) with batch norm's buffers, in chunks. NaN losses are results, not errors. Errors: cancelled.
    [[nodiscard]] Result<Evaluation> look(std::span<const float> parameters, std::span<const float> buffers, std::int64_t first,
                                          std::int64_t last, const CancelToken& cancel);

    /// Whether this loss predicts what the data has. Errors as in make().
    [[nodiscard]] Status check_loss(const Loss* loss) const;
    /// A new loss or new values of it, from the next call on. Errors as in make().
    [[nodiscard]] Status set_loss(LossPtr loss);
    void set_regulariser(const EntropyRegulariser& regulariser);

    [[nodiscard]] const NetSpec& spec() const noexcept { return spec_; }
    [[nodiscard]] const NetLayout& layout() const noexcept { return layout_; }
    [[nodiscard]] const DataSetPtr& data() const noexcept { return data_; }
    [[nodiscard]] const Loss* loss() const noexcept { return loss_.get(); }
    [[nodiscard]] Network* network() noexcept { return network_.get(); }  ///< null for Quadratic

private:
    Objective(const NetSpec& spec, NetLayout layout, DataSetPtr data, LossPtr loss)
        : spec_(spec), layout_(std::move(layout)), data_(std::move(data)), loss_(std::move(loss))
    {}

    void gather(std::span<const std::int32_t> samples);
    [[nodiscard]] Status forward(std::span<const float> parameters, std::span<float> buffers, NormMode mode);
    [[nodiscard]] std::span<const double> head_rows(std::int64_t head) const;
    /// Losses of one head into row_loss_, gradient of the mean times `weight` into the head's part of slopes_ when `with_slope`.
    double head_loss(const Loss& loss, std::int64_t head, double weight, bool with_slope);
    [[nodiscard]] double accuracy(std::int64_t head) const;
    [[nodiscard]] Result<BatchLoss> quadratic(std::span<const float> parameters, std::span<float> gradient) const;
    [[nodiscard]] bool counted(std::int64_t row) const;
    [[nodiscard]] bool correct(std::int64_t head, std::int64_t row) const;
    [[nodiscard]] double confidence(std::int64_t head, std::int64_t row) const;
    struct Look;
    void add_chunk(const Loss& judge, Look& look);

    NetSpec spec_;
    NetLayout layout_;
    DataSetPtr data_;
    LossPtr loss_;
    std::unique_ptr<Network> network_;
    // The batch at hand.
    std::int64_t samples_ = 0, rows_ = 0;
    std::vector<float> inputs_;
    std::vector<std::int32_t> tokens_, labels_;
    std::vector<double> targets_, logits_, row_loss_, row_slope_;
    std::vector<float> raw_logits_, slopes_;  ///< [heads, rows, outputs]
};

/// What the output of a network for this data set must be: sizes of `input` and `outputs` filled in from the data.
/// Errors: a transformer on data that is no text, text for another network, an image network on points.
[[nodiscard]] Result<NetSpec> fit_to_data(NetSpec spec, const DataSet& data);

}  // namespace timberline::training
