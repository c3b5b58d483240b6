// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/objective.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <numeric>

namespace timberline::training {
namespace {

// Rows of one forward of look(): large enough for the kernels, small enough for a cancel to answer.
constexpr std::int64_t kChunkRows = 512;
constexpr std::int64_t kChunkImages = 128;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

std::string shape_text(const std::vector<std::int64_t>& shape)
{
    std::string out;
    for (const auto size : shape) {
        out += (out.empty() ? "" : "x") + std::to_string(size);
    }
    return out;
}

Status check_targets(const Loss* loss, const DataSet& data)
{
    if (loss == nullptr) {
        return make_error(ErrorCode::InvalidArgument, "training: no loss is chosen", "Choose a loss, for example ce.");
    }
    const bool labels = data.task != DataSet::Task::Regression;
    if (loss->uses_labels() != labels) {
        return make_error(ErrorCode::InvalidArgument,
                          "training: the loss wants " + std::string(labels ? "numbers" : "labels") + " to predict, and the data set " +
                              data.name + " has " + (labels ? "labels" : "numbers"),
                          labels ? "Choose a loss for classification, for example ce." : "Choose a loss for regression, for example mse.");
    }
    return {};
}

}  // namespace

Result<NetSpec> fit_to_data(NetSpec spec, const DataSet& data)
{
    const bool text = data.task == DataSet::Task::Text;
    if (spec.kind == NetKind::Quadratic) {
        return spec;
    }
    if (text != (spec.kind == NetKind::Transformer)) {
        return make_error(ErrorCode::InvalidArgument,
                          "network: a " + std::string(name_of(spec.kind)) + " cannot be trained on the data set " + data.name +
                              ", which is " + (text ? "text" : "no text"),
                          text ? "Choose the network transformer." : "Choose the network mlp, or a data set of text.");
    }
    if (spec.kind == NetKind::Cnn && data.sample_shape.size() != 3) {
        return make_error(ErrorCode::InvalidArgument,
                          "network: a cnn reads images, and a sample of " + data.name + " is " + shape_text(data.sample_shape),
                          "Choose the network mlp, or a data set of images such as digits.");
    }
    spec.input = spec.kind == NetKind::Mlp ? std::vector<std::int64_t>{data.sample_size()} : data.sample_shape;
    spec.outputs = data.outputs;
    return spec;
}

Result<std::unique_ptr<Objective>> Objective::make(const NetSpec& spec, DataSetPtr data, LossPtr loss)
{
    TIMBERLINE_ASSIGN(auto layout, layout_of(spec));
    if (spec.kind == NetKind::Quadratic) {
        return std::unique_ptr<Objective>(new Objective(spec, std::move(layout), nullptr, nullptr));
    }
    if (data == nullptr || data->samples < 1 || data->train < 1) {
        return make_error(ErrorCode::InvalidArgument, "training: the data set has no samples to train on", "Choose another data set.");
    }
    TIMBERLINE_ASSIGN(const auto fitting, fit_to_data(spec, *data));
    if (fitting.input != spec.input || fitting.outputs != spec.outputs) {
        return make_error(ErrorCode::InvalidArgument,
                          "network: it reads " + shape_text(spec.input) + " and gives " + std::to_string(spec.outputs) +
                              " outputs; the data set " + data->name + " wants " + shape_text(fitting.input) + " and " +
                              std::to_string(fitting.outputs),
                          "Train a network for this data set.");
    }
    TIMBERLINE_TRY(check_targets(loss.get(), *data));
    std::unique_ptr<Objective> out(new Objective(spec, std::move(layout), std::move(data), std::move(loss)));
    TIMBERLINE_ASSIGN(out->network_, make_network(spec));
    return out;
}

Status Objective::check_loss(const Loss* loss) const
{
    return data_ == nullptr ? Status{} : check_targets(loss, *data_);
}

Status Objective::set_loss(LossPtr loss)
{
    TIMBERLINE_TRY(check_loss(loss.get()));
    if (data_ != nullptr) {
        loss_ = std::move(loss);
    }
    return {};
}

void Objective::set_regulariser(const EntropyRegulariser& regulariser)
{
    if (network_ != nullptr) {
        network_->set_regulariser(regulariser);
    }
}

void Objective::gather(std::span<const std::int32_t> samples)
{
    samples_ = static_cast<std::int64_t>(samples.size());
    rows_ = network_->rows(samples_);
    inputs_.clear();
    tokens_.clear();
    labels_.clear();
    targets_.clear();
    const auto& data = *data_;
    const auto size = data.sample_size();
    for (const auto sample : samples) {
        if (data.task == DataSet::Task::Text) {
            const auto* tokens = data.tokens.data() + sample * (size + 1);
            tokens_.insert(tokens_.end(), tokens, tokens + size);
            labels_.insert(labels_.end(), tokens + 1, tokens + size + 1);
            continue;
        }
        const auto* input = data.inputs.data() + sample * size;
        inputs_.insert(inputs_.end(), input, input + size);
        if (data.task == DataSet::Task::Classification) {
            labels_.push_back(data.labels[static_cast<std::size_t>(sample)]);
        } else {
            const auto* target = data.targets.data() + sample * data.outputs;
            targets_.insert(targets_.end(), target, target + data.outputs);
        }
    }
}

Status Objective::forward(std::span<const float> parameters, std::span<float> buffers, NormMode mode)
{
    const auto total = static_cast<std::size_t>(head_count(spec_) * rows_ * spec_.outputs);
    raw_logits_.resize(total);
    TIMBERLINE_TRY(network_->forward(parameters, buffers, {.samples = samples_, .values = inputs_, .tokens = tokens_}, mode, raw_logits_));
    logits_.assign(raw_logits_.begin(), raw_logits_.end());
    return {};
}

std::span<const double> Objective::head_rows(std::int64_t head) const
{
    const auto size = static_cast<std::size_t>(rows_ * spec_.outputs);
    return std::span(logits_).subspan(static_cast<std::size_t>(head) * size, size);
}

double Objective::head_loss(const Loss& loss, std::int64_t head, double weight, bool with_slope)
{
    const LossInput input{.logits = head_rows(head), .samples = rows_, .outputs = spec_.outputs, .labels = labels_, .targets = targets_};
    row_loss_.resize(static_cast<std::size_t>(rows_));
    row_slope_.resize(with_slope ? input.logits.size() : 0);
    loss.evaluate(input, row_loss_, row_slope_);
    if (with_slope) {
        std::int64_t rows = 0;
        for (std::int64_t row = 0; row < rows_; ++row) {
            rows += counted(row) ? 1 : 0;
        }
        const double factor = rows > 0 ? weight / static_cast<double>(rows) : 0.0;
        float* out = slopes_.data() + static_cast<std::size_t>(head) * input.logits.size();
        for (std::size_t i = 0; i < row_slope_.size(); ++i) {
            out[i] = static_cast<float>(factor * row_slope_[i]);
        }
    }
    return mean_loss(row_loss_, labels_);
}

bool Objective::counted(std::int64_t row) const
{
    return labels_.empty() || labels_[static_cast<std::size_t>(row)] != kIgnoredLabel;
}

bool Objective::correct(std::int64_t head, std::int64_t row) const
{
    const auto logits = head_rows(head).subspan(static_cast<std::size_t>(row * spec_.outputs), static_cast<std::size_t>(spec_.outputs));
    const auto best = std::ranges::max_element(logits) - logits.begin();
    // A network that has diverged is right about nothing.
    return std::isfinite(logits[static_cast<std::size_t>(best)]) && best == labels_[static_cast<std::size_t>(row)];
}

double Objective::accuracy(std::int64_t head) const
{
    std::int64_t rows = 0, right = 0;
    for (std::int64_t row = 0; !labels_.empty() && row < rows_; ++row) {
        rows += counted(row) ? 1 : 0;
        right += counted(row) && correct(head, row) ? 1 : 0;
    }
    return rows > 0 ? static_cast<double>(right) / static_cast<double>(rows) : kNaN;
}

Result<BatchLoss> Objective::quadratic(std::span<const float> parameters, std::span<float> gradient) const
{
    BatchLoss out;
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        const double theta = parameters[i];
        out.loss += 0.5 * spec_.curvature[i] * theta * theta;
        if (!gradient.empty()) {
            gradient[i] = static_cast<float>(spec_.curvature[i] * theta);
        }
    }
    out.judged = out.loss;
    out.accuracy = kNaN;
    return out;
}

Result<BatchLoss> Objective::evaluate(std::span<const float> parameters, std::span<float> buffers, std::span<const std::int32_t> samples,
                                      NormMode mode, const HeadPlan& plan, bool equalise, std::span<float> gradient)
{
    if (network_ == nullptr) {
        return quadratic(parameters, gradient);
    }
    gather(samples);
    TIMBERLINE_TRY(forward(parameters, buffers, mode));
    const bool with_slope = !gradient.empty();
    if (with_slope) {
        slopes_.assign(logits_.size(), 0.0F);
    }
    BatchLoss out;
    const auto last = head_count(spec_) - 1;
    for (std::int64_t head = 0; head <= last; ++head) {
        const double weight = plan.weights[static_cast<std::size_t>(head)];
        if (weight != 0) {
            const double loss = head_loss(*loss_, head, weight, with_slope);
            out.loss += weight * loss;
            out.judged = loss;  // of the last head, unless it carries no weight
        }
    }
    if (loss_->evaluation() != nullptr || plan.weights.back() == 0) {
        out.judged = head_loss(loss_->evaluation() != nullptr ? *loss_->evaluation() : *loss_, last, 0, /*with_slope=*/false);
    }
    out.accuracy = accuracy(last);
    out.penalty = network_->penalty();
    out.loss += out.penalty;
    if (with_slope) {
        TIMBERLINE_TRY(network_->backward(parameters, slopes_, equalise, gradient));
    }
    return out;
}

/// Sums over the chunks of one look.
struct Objective::Look {
    Evaluation evaluation;
    std::vector<double> losses, right;  ///< per head
    double rows = 0;                    ///< that count
    std::vector<double> entropies;      ///< [layers, heads], times samples
    double samples = 0;
};

void Objective::add_chunk(const Loss& judge, Look& look)
{
    const auto heads = head_count(spec_);
    for (std::int64_t head = 0; head < heads; ++head) {
        (void)head_loss(judge, head, 0, /*with_slope=*/false);
        for (std::int64_t row = 0; row < rows_; ++row) {
            const auto at = static_cast<std::size_t>(head);
            if (counted(row)) {
                look.losses[at] += row_loss_[static_cast<std::size_t>(row)];
                look.right[at] += !labels_.empty() && correct(head, row) ? 1 : 0;
            }
        }
    }
    auto& out = look.evaluation;
    for (std::int64_t row = 0; row < rows_; ++row) {
        out.row_loss.push_back(static_cast<float>(row_loss_[static_cast<std::size_t>(row)]));  // the last head's
        look.rows += counted(row) ? 1 : 0;
        if (!labels_.empty()) {
            out.row_confidence.push_back(static_cast<float>(confidence(heads - 1, row)));
            out.row_correct.push_back(correct(heads - 1, row) ? 1 : 0);
        }
    }
    const auto entropies = network_->head_entropies();  // means over the chunk
    look.entropies.resize(entropies.size());
    for (std::size_t i = 0; i < entropies.size(); ++i) {
        look.entropies[i] += static_cast<double>(entropies[i]) * static_cast<double>(samples_);
    }
    look.samples += static_cast<double>(samples_);
}

double Objective::confidence(std::int64_t head, std::int64_t row) const
{
    const auto logits = head_rows(head).subspan(static_cast<std::size_t>(row * spec_.outputs), static_cast<std::size_t>(spec_.outputs));
    const double largest = *std::ranges::max_element(logits);
    double sum = 0;
    for (const double logit : logits) {
        sum += std::exp(logit - largest);
    }
    return 1 / sum;
}

Result<Evaluation> Objective::look(std::span<const float> parameters, std::span<const float> buffers, std::int64_t first, std::int64_t last,
                                   const CancelToken& cancel)
{
    Look look;
    auto& out = look.evaluation;
    if (network_ == nullptr) {
        TIMBERLINE_ASSIGN(const auto whole, quadratic(parameters, {}));
        out.loss = whole.loss;
        out.accuracy = kNaN;
        return out;
    }
    const Loss& judge = loss_->evaluation() != nullptr ? *loss_->evaluation() : *loss_;
    look.losses.assign(static_cast<std::size_t>(head_count(spec_)), 0.0);
    look.right = look.losses;
    std::vector<float> kept(buffers.begin(), buffers.end());
    std::vector<std::int32_t> samples;
    const auto chunk = spec_.kind == NetKind::Cnn ? kChunkImages : std::max<std::int64_t>(1, kChunkRows / network_->rows(1));
    for (std::int64_t begin = first; begin < last; begin += chunk) {
        if (cancel.cancelled()) {
            return make_error(ErrorCode::Cancelled, "the evaluation was cancelled");
        }
        samples.resize(static_cast<std::size_t>(std::min(chunk, last - begin)));
        std::iota(samples.begin(), samples.end(), static_cast<std::int32_t>(begin));
        gather(samples);
        TIMBERLINE_TRY(forward(parameters, kept, NormMode::Running));
        add_chunk(judge, look);
    }
    for (std::size_t head = 0; head < look.losses.size(); ++head) {
        out.head_loss.push_back(look.rows > 0 ? look.losses[head] / look.rows : kNaN);
        out.head_accuracy.push_back(look.rows > 0 && !labels_.empty() ? look.right[head] / look.rows : kNaN);
    }
    out.loss = out.head_loss.back();
    out.accuracy = out.head_accuracy.back();
    std::ranges::transform(look.entropies, std::back_inserter(out.head_entropy),
                           [&](double sum) { return static_cast<float>(sum / look.samples); });
    return out;
}

}  // namespace timberline::training
