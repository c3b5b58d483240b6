// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/translate.h"
#include "core/training/losses/pointwise.h"

#include <algorithm>
#include <cmath>

namespace timberline::training {

// The losses that may be wrapped, each defined in its own file.
MethodRegistry::Entry cross_entropy_loss();
MethodRegistry::Entry label_smoothing_loss();
MethodRegistry::Entry focal_loss();
MethodRegistry::Entry brier_loss();
MethodRegistry::Entry mse_logits_loss();
MethodRegistry::Entry convex_concave_loss();
MethodRegistry::Entry symmetric_cross_entropy_loss();
MethodRegistry::Entry normalised_cross_entropy_loss();
MethodRegistry::Entry generalised_cross_entropy_loss();

namespace {

struct LogitClipValues {
    double tau = 1;
    std::string norm_p = "2";
    std::string base = "ce";
};

const auto& fields()
{
    static const std::tuple table{
        field(
            &LogitClipValues::tau,
            {.key = "tau",
             .label = TIMBERLINE_TR("Largest norm"),
             .help = TIMBERLINE_TR("Rows of logits that are longer are shortened to this; small values resist wrong labels and underfit."),
             .min = 0.05,
             .max = 20,
             .scale = Scale::Logarithmic,
             .takes_effect = Effect::NextStep}),
        field(&LogitClipValues::norm_p,
              {.key = "norm_p",
               .label = TIMBERLINE_TR("Norm"),
               .help = TIMBERLINE_TR("How the length of a row of logits is measured."),
               .choices = {"1", "2", "inf"},
               .choice_labels = {TIMBERLINE_TR("Sum of magnitudes"), TIMBERLINE_TR("Euclidean"), TIMBERLINE_TR("Largest magnitude")},
               .takes_effect = Effect::NextStep}),
        field(&LogitClipValues::base,
              {.key = "base",
               .label = TIMBERLINE_TR("Base loss"),
               .help = TIMBERLINE_TR("The loss of the clipped logits, at its default values; the raw logits are judged by it too."),
               .choices = {"ce", "label-smoothing", "focal", "brier", "mse-logits", "ccl", "sce", "nce", "gce"},
               .choice_labels = {TIMBERLINE_TR("Cross-entropy"), TIMBERLINE_TR("Label smoothing"), TIMBERLINE_TR("Focal loss"),
                                 TIMBERLINE_TR("Brier score"), TIMBERLINE_TR("Squared error on logits"),
                                 TIMBERLINE_TR("Convex-Concave Loss"), TIMBERLINE_TR("Symmetric cross-entropy"),
                                 TIMBERLINE_TR("Normalised cross-entropy"), TIMBERLINE_TR("Generalised cross-entropy")},
               .takes_effect = Effect::NextStep})};
    return table;
}

std::shared_ptr<const PointwiseLoss> make_base(const std::string& id)
{
    for (auto* entry_of : {cross_entropy_loss, label_smoothing_loss, focal_loss, brier_loss, mse_logits_loss, convex_concave_loss,
                           symmetric_cross_entropy_loss, normalised_cross_entropy_loss, generalised_cross_entropy_loss}) {
        const auto entry = entry_of();
        if (entry.info.id == id) {
            const auto loss = std::any_cast<const LossFactory&>(entry.factory)(default_values(entry.info.hyperparameters));
            return std::dynamic_pointer_cast<const PointwiseLoss>(loss);
        }
    }
    return make_base("ce");
}

/// base(z) where ||z|| <= tau, else base(tau z / ||z||): for training only (losses.md L06).
class LogitClip final : public PointwiseLoss
{
public:
    explicit LogitClip(const LogitClipValues& values) : tau_(values.tau), norm_(values.norm_p), base_(make_base(values.base)) {}

    [[nodiscard]] double row(std::span<const double> logits, std::int32_t label, std::span<double> gradient) const override
    {
        const double length = norm(logits);
        if (length <= tau_) {
            return base_->row(logits, label, gradient);
        }
        std::vector<double> clipped(logits.begin(), logits.end());
        for (double& logit : clipped) {
            logit *= tau_ / length;
        }
        const double loss = base_->row(clipped, label, gradient);
        if (!gradient.empty()) {
            pull_back(logits, length, gradient);
        }
        return loss;
    }

    [[nodiscard]] const Loss* evaluation() const noexcept override { return base_.get(); }

    /// The most confident row inside the ball is (C-1, -1 … -1) for the Euclidean
    /// norm, (1, 0 … 0) for the sum and (1, -1 … -1) for the largest magnitude, times what reaches its surface.
    [[nodiscard]] std::optional<double> lower_bound(std::int64_t outputs) const override
    {
        if (outputs < 2 || !base_->falls_with_label_probability()) {
            return std::nullopt;
        }
        const auto classes = static_cast<double>(outputs);
        const double margin = norm_ == "2" ? tau_ * std::sqrt(classes / (classes - 1)) : norm_ == "1" ? tau_ : 2 * tau_;
        std::vector<double> best(static_cast<std::size_t>(outputs), 0);
        best[0] = margin;
        return base_->row(best, 0, {});
    }

private:
    [[nodiscard]] double norm(std::span<const double> logits) const
    {
        double largest = 0;
        double sum = 0;
        for (const double logit : logits) {
            largest = std::isnan(logit) ? logit : std::max(largest, std::abs(logit));
            sum += std::abs(logit);
        }
        if (norm_ == "inf" || !(largest > 0) || std::isinf(largest)) {
            return largest;
        }
        if (norm_ == "1") {
            return sum;
        }
        double squares = 0;
        for (const double logit : logits) {
            squares += (logit / largest) * (logit / largest);
        }
        return largest * std::sqrt(squares);
    }

    /// Multiplies by the transposed Jacobian of the clipping: (tau/N) (g - (g.z)/N dN/dz).
    void pull_back(std::span<const double> logits, double length, std::span<double> gradient) const
    {
        double along = 0;
        for (std::size_t k = 0; k < logits.size(); ++k) {
            along += gradient[k] * logits[k];
        }
        std::size_t peak = 0;
        for (std::size_t k = 1; k < logits.size(); ++k) {
            peak = std::abs(logits[k]) > std::abs(logits[peak]) ? k : peak;
        }
        for (std::size_t k = 0; k < logits.size(); ++k) {
            const double sign = logits[k] > 0 ? 1 : logits[k] < 0 ? -1 : 0;
            const double slope = norm_ == "2" ? logits[k] / length : norm_ == "1" ? sign : k == peak ? sign : 0;
            gradient[k] = tau_ / length * (gradient[k] - along / length * slope);
        }
    }

    double tau_;
    std::string norm_;
    std::shared_ptr<const PointwiseLoss> base_;
};

}  // namespace

MethodRegistry::Entry logit_clip_loss()
{
    MethodInfo info;
    info.id = "logit-clip";
    info.family = "loss";
    info.title = TIMBERLINE_TR("LogitClip");
    info.summary = TIMBERLINE_TR("Shortens long rows of logits before the base loss sees them, in training only: the loss of a wrong label "
                                 "is bounded, and the network memorises fewer of them.");
    info.sources = {{.title = "Mitigating Memorization of Noisy Labels by Clipping the Model Prediction (LogitClip)",
                     .authors = "Hongxin Wei et al.",
                     .year = 2022,
                     .arxiv = "2212.04055"}};
    info.hyperparameters = declare(fields());
    info.example = R"({"timberline": 1, "bench": "training", "seed": 1,
 "method": {"data_set": {"id": "two-moons", "values": {"samples": 200}}, "loss": {"id": "logit-clip", "values": {"tau": 1}}}, "training": {"steps": 100}})";
    const LossFactory factory = [](const Values& values) -> std::shared_ptr<const Loss> {
        return std::make_shared<LogitClip>(read_values(fields(), values));
    };
    return {std::move(info), factory};
}

}  // namespace timberline::training
