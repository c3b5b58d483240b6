// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/translate.h"
#include "core/training/losses/pointwise.h"

namespace timberline::training {
namespace {

struct LogitErrorValues {
    double target_scale = 1;
};

const auto& fields()
{
    static const std::tuple table{field(&LogitErrorValues::target_scale,
                                        {.key = "target_scale",
                                         .label = TIMBERLINE_TR("Target of the label"),
                                         .help = TIMBERLINE_TR("The logit that the label shall reach; the other classes shall reach 0."),
                                         .min = 0.1,
                                         .max = 20,
                                         .scale = Scale::Logarithmic,
                                         .takes_effect = Effect::NextStep})};
    return table;
}

/// Mean over the classes of (z - s onehot)^2 (losses.md L04).
class LogitSquaredError final : public PointwiseLoss
{
public:
    explicit LogitSquaredError(const LogitErrorValues& values) : scale_(values.target_scale) {}
    [[nodiscard]] double row(std::span<const double> logits, std::int32_t label, std::span<double> gradient) const override
    {
        const double share = 1 / static_cast<double>(logits.size());
        double loss = 0;
        for (std::size_t k = 0; k < logits.size(); ++k) {
            const double difference = logits[k] - (k == static_cast<std::size_t>(label) ? scale_ : 0);
            loss += difference * difference;
            if (!gradient.empty()) {
                gradient[k] = 2 * share * difference;
            }
        }
        return share * loss;
    }
    [[nodiscard]] std::optional<double> lower_bound(std::int64_t /*outputs*/) const override { return 0; }

private:
    double scale_;
};

}  // namespace

MethodRegistry::Entry mse_logits_loss()
{
    MethodInfo info;
    info.id = "mse-logits";
    info.family = "loss";
    info.title = TIMBERLINE_TR("Squared error on logits");
    info.summary = TIMBERLINE_TR("Squared distance of the logits to a one-hot label, without a softmax: classification as regression.");
    info.sources = {{.title = "Evaluation of Neural Architectures Trained with Square Loss vs Cross-Entropy in Classification Tasks",
                     .authors = "Like Hui, Mikhail Belkin",
                     .year = 2020,
                     .arxiv = "2006.07322"}};
    info.hyperparameters = declare(fields());
    info.example = R"({"timberline": 1, "bench": "training", "seed": 1,
 "method": {"data_set": {"id": "two-moons", "values": {"samples": 200}}, "loss": {"id": "mse-logits"}}, "training": {"steps": 100}})";
    const LossFactory factory = [](const Values& values) -> std::shared_ptr<const Loss> {
        return std::make_shared<LogitSquaredError>(read_values(fields(), values));
    };
    return {std::move(info), factory};
}

}  // namespace timberline::training
