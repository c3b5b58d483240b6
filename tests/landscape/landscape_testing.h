// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// An independent evaluation of small networks for tests: plain loops in float64, written from the definitions.

#include "core/base/random.h"
#include "core/landscape/evaluation.h"
#include "core/training/net_spec.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace timberline::landscape_testing {

using landscape::BatchNormPolicy;
using landscape::Plane;
using landscape::Point;
using landscape::Problem;
using landscape::Samples;
using Row = std::vector<double>;

inline double draw(std::uint64_t seed, std::uint32_t stream, std::size_t i)
{
    return 2 * uniform({.seed = seed, .purpose = RandomPurpose::Test, .round = stream, .position = static_cast<std::uint32_t>(i)}) - 1;
}

/// Cross-entropy in float64, from its definition.
class PlainCrossEntropy final : public training::Loss
{
public:
    void evaluate(const training::LossInput& in, std::span<double> losses, std::span<double> gradient) const override
    {
        for (std::int64_t n = 0; n < in.samples; ++n) {
            const double* z = in.logits.data() + n * in.outputs;
            const double top = *std::max_element(z, z + in.outputs);
            double sum = 0;
            for (std::int64_t o = 0; o < in.outputs; ++o) {
                sum += std::exp(z[o] - top);
            }
            const auto label = in.labels[static_cast<std::size_t>(n)];
            losses[static_cast<std::size_t>(n)] = top + std::log(sum) - z[label];
            for (std::int64_t o = 0; o < in.outputs && !gradient.empty(); ++o) {
                gradient[static_cast<std::size_t>(n * in.outputs + o)] = std::exp(z[o] - top) / sum - (o == label ? 1 : 0);
            }
        }
    }
};

class PlainSquaredError final : public training::Loss
{
public:
    [[nodiscard]] bool uses_labels() const noexcept override { return false; }
    void evaluate(const training::LossInput& in, std::span<double> losses, std::span<double> gradient) const override
    {
        for (std::int64_t n = 0; n < in.samples; ++n) {
            double sum = 0;
            for (std::int64_t o = 0; o < in.outputs; ++o) {
                const auto at = static_cast<std::size_t>(n * in.outputs + o);
                const double d = in.logits[at] - in.targets[at];
                sum += d * d / static_cast<double>(in.outputs);
                if (!gradient.empty()) {
                    gradient[at] = 2 * d / static_cast<double>(in.outputs);
                }
            }
            losses[static_cast<std::size_t>(n)] = sum;
        }
    }
};

/// Inputs in [-1, 1], labels or targets drawn.
inline Samples make_samples(const training::NetSpec& spec, std::int64_t count, bool regression, std::uint64_t seed)
{
    Samples out;
    out.count = count;
    out.size = training::input_size(spec);
    out.outputs = spec.outputs;
    out.inputs.resize(static_cast<std::size_t>(count * out.size));
    for (std::size_t i = 0; i < out.inputs.size(); ++i) {
        out.inputs[i] = static_cast<float>(draw(seed, 1, i));
    }
    for (std::int64_t n = 0; n < count && !regression; ++n) {
        out.labels.push_back(
            static_cast<std::int32_t>((draw(seed, 2, static_cast<std::size_t>(n)) + 1) / 2 * static_cast<double>(spec.outputs)));
    }
    for (std::int64_t k = 0; k < count * spec.outputs && regression; ++k) {
        out.targets.push_back(static_cast<float>(draw(seed, 3, static_cast<std::size_t>(k))));
    }
    return out;
}

inline Problem make_problem(const training::NetSpec& spec, std::int64_t train, std::int64_t test, bool regression)
{
    Problem out;
    out.spec = spec;
    out.loss_id = regression ? "mse" : "ce";
    out.loss = regression ? std::shared_ptr<const training::Loss>(std::make_shared<PlainSquaredError>())
                          : std::shared_ptr<const training::Loss>(std::make_shared<PlainCrossEntropy>());
    out.train = make_samples(spec, train, regression, 11);
    if (test > 0) {
        out.test = make_samples(spec, test, regression, 12);
    }
    return out;
}

/// Drawn parameters and directions; variances stay positive.
inline Plane make_plane(const training::NetSpec& spec, double scale = 0.3)
{
    const auto layout = training::layout_of(spec).value();
    Plane out;
    out.center.resize(static_cast<std::size_t>(layout.parameter_count));
    out.buffers.resize(static_cast<std::size_t>(layout.buffer_count));
    training::initialise(spec, layout, 5, out.center, out.buffers);
    for (std::size_t i = 0; i < out.center.size(); ++i) {
        out.center[i] += static_cast<float>(0.1 * draw(1, 4, i));
        out.u.push_back(static_cast<float>(scale * draw(1, 5, i)));
        out.v.push_back(static_cast<float>(scale * draw(1, 6, i)));
    }
    for (std::size_t i = 0; i < out.buffers.size(); ++i) {
        out.buffers[i] += static_cast<float>(0.2 * draw(1, 7, i));
    }
    return out;
}

/// One network at one point.
class NaiveNetwork
{
public:
    NaiveNetwork(const training::NetSpec& spec, const Plane& plane, Point point)
        : spec_(spec), layout_(training::layout_of(spec).value()), theta_(at(plane.center, plane.u, plane.v, point)),
          buffers_(at(plane.buffers, plane.u_buffers, plane.v_buffers, point))
    {}

    /// Mean loss. Statistics of batch norm: stored, or measured on `reference` (all its samples as one batch).
    [[nodiscard]] double loss(const Samples& samples, const Samples* reference, bool regression) const
    {
        const auto rows = run(samples, reference);
        double sum = 0;
        for (std::size_t n = 0; n < rows.size(); ++n) {
            sum += regression ? squared_error(rows[n], samples, n) : cross_entropy(rows[n], samples.labels[n]);
        }
        return sum / static_cast<double>(rows.size());
    }

    [[nodiscard]] std::vector<Row> run(const Samples& samples, const Samples* reference) const
    {
        auto x = rows_of(samples);
        auto r = reference != nullptr ? rows_of(*reference) : std::vector<Row>{};
        const bool cnn = spec_.kind == training::NetKind::Cnn;
        std::int64_t channels = spec_.input[0], height = cnn ? spec_.input[1] : 1, width = cnn ? spec_.input[2] : 1;
        for (std::size_t k = 0; k < spec_.hidden.size(); ++k) {
            const std::int64_t out = spec_.hidden[k], area = height * width;
            for (auto* batch : {&x, &r}) {
                for (auto& row : *batch) {
                    row = cnn ? convolved(row, k, channels, out, height, width) : linear(row, k);
                }
            }
            if (spec_.batch_norm) {
                const auto [mean, variance] = reference != nullptr ? measured(r, out, area) : stored(k, out);
                for (auto* batch : {&x, &r}) {
                    for (auto& row : *batch) {
                        normalise(row, k, out, area, mean, variance);
                    }
                }
            }
            for (auto* batch : {&x, &r}) {
                for (auto& row : *batch) {
                    std::ranges::transform(row, row.begin(), [this](double z) { return activated(z); });
                    row = cnn ? pooled(row, out, height, width) : row;
                }
            }
            channels = out;
            height /= cnn ? 2 : 1;
            width /= cnn ? 2 : 1;
        }
        for (auto& row : x) {
            row = linear(row, spec_.hidden.size());
        }
        return x;
    }

private:
    static Row at(const std::vector<float>& center, const std::vector<float>& u, const std::vector<float>& v, Point point)
    {
        Row out(center.begin(), center.end());
        for (std::size_t i = 0; i < out.size(); ++i) {
            out[i] += u.empty() ? 0 : point.alpha * static_cast<double>(u[i]);
            out[i] += v.empty() ? 0 : point.beta * static_cast<double>(v[i]);
        }
        return out;
    }
    [[nodiscard]] const double* values(const std::string& name) const
    {
        const auto* slot = layout_.find(name);
        return (name.find("running") != std::string::npos ? buffers_.data() : theta_.data()) + slot->offset;
    }
    static std::vector<Row> rows_of(const Samples& samples)
    {
        std::vector<Row> out;
        for (std::int64_t n = 0; n < samples.count; ++n) {
            out.emplace_back(samples.inputs.begin() + n * samples.size, samples.inputs.begin() + (n + 1) * samples.size);
        }
        return out;
    }
    [[nodiscard]] Row linear(const Row& x, std::size_t layer) const
    {
        const auto name = "layers." + std::to_string(layer);
        const double* const w = values(name + ".weight");
        const double* const b = values(name + ".bias");
        const auto outputs = static_cast<std::size_t>(layout_.find(name + ".bias")->elements);
        Row out(outputs);
        for (std::size_t o = 0; o < outputs; ++o) {
            out[o] = b[o];
            for (std::size_t i = 0; i < x.size(); ++i) {
                out[o] += w[o * x.size() + i] * x[i];
            }
        }
        return out;
    }
    [[nodiscard]] Row convolved(const Row& x, std::size_t layer, std::int64_t in, std::int64_t out, std::int64_t height,
                                std::int64_t width) const
    {
        const auto name = "layers." + std::to_string(layer);
        const double* const w = values(name + ".weight");
        const double* const b = values(name + ".bias");
        Row z(static_cast<std::size_t>(out * height * width));
        for (std::int64_t o = 0; o < out; ++o) {
            for (std::int64_t y = 0; y < height; ++y) {
                for (std::int64_t c = 0; c < width; ++c) {
                    double sum = b[o];
                    for (std::int64_t i = 0; i < in; ++i) {
                        for (std::int64_t dy = -1; dy <= 1; ++dy) {
                            for (std::int64_t dx = -1; dx <= 1; ++dx) {
                                if (y + dy >= 0 && y + dy < height && c + dx >= 0 && c + dx < width) {
                                    sum += w[((o * in + i) * 3 + dy + 1) * 3 + dx + 1] *
                                           x[static_cast<std::size_t>((i * height + y + dy) * width + c + dx)];
                                }
                            }
                        }
                    }
                    z[static_cast<std::size_t>((o * height + y) * width + c)] = sum;
                }
            }
        }
        return z;
    }
    static Row pooled(const Row& x, std::int64_t channels, std::int64_t height, std::int64_t width)
    {
        Row out;
        for (std::int64_t o = 0; o < channels; ++o) {
            for (std::int64_t y = 0; y + 1 < height; y += 2) {
                for (std::int64_t c = 0; c + 1 < width; c += 2) {
                    const auto at = [&](std::int64_t dy, std::int64_t dx) {
                        return x[static_cast<std::size_t>((o * height + y + dy) * width + c + dx)];
                    };
                    out.push_back(std::max({at(0, 0), at(0, 1), at(1, 0), at(1, 1)}));
                }
            }
        }
        return out;
    }
    [[nodiscard]] std::pair<Row, Row> stored(std::size_t layer, std::int64_t features) const
    {
        const auto name = "norms." + std::to_string(layer);
        const double* const mean = values(name + ".running_mean");
        const double* const variance = values(name + ".running_var");
        return {Row(mean, mean + features), Row(variance, variance + features)};
    }
    static std::pair<Row, Row> measured(const std::vector<Row>& rows, std::int64_t features, std::int64_t area)
    {
        Row mean(static_cast<std::size_t>(features), 0), variance(mean);
        const double count = static_cast<double>(rows.size()) * static_cast<double>(area);
        for (std::size_t f = 0; f < mean.size(); ++f) {
            const auto each = [&](const auto& visit) {
                for (const auto& row : rows) {
                    for (std::int64_t p = 0; p < area; ++p) {
                        visit(row[f * static_cast<std::size_t>(area) + static_cast<std::size_t>(p)]);
                    }
                }
            };
            each([&](double z) { mean[f] += z / count; });
            each([&](double z) { variance[f] += (z - mean[f]) * (z - mean[f]) / count; });
        }
        return {mean, variance};
    }
    void normalise(Row& row, std::size_t layer, std::int64_t features, std::int64_t area, const Row& mean, const Row& variance) const
    {
        const auto name = "norms." + std::to_string(layer);
        const double* const gain = values(name + ".weight");
        const double* const shift = values(name + ".bias");
        for (std::int64_t k = 0; k < features * area; ++k) {
            const auto f = static_cast<std::size_t>(k / area);
            auto& z = row[static_cast<std::size_t>(k)];
            z = (z - mean[f]) / std::sqrt(std::max(variance[f], 0.0) + 1e-5) * gain[f] + shift[f];
        }
    }
    [[nodiscard]] double activated(double z) const
    {
        switch (spec_.activation) {
        case training::NetActivation::Relu:
            return z > 0 ? z : 0;
        case training::NetActivation::Tanh:
            return std::tanh(z);
        case training::NetActivation::Gelu:
            return 0.5 * z * (1 + std::erf(z / std::sqrt(2.0)));
        case training::NetActivation::Identity:
            break;
        }
        return z;
    }
    static double cross_entropy(const Row& z, std::int32_t label)
    {
        const double top = *std::ranges::max_element(z);
        double sum = 0;
        for (const double value : z) {
            sum += std::exp(value - top);
        }
        return top + std::log(sum) - z[static_cast<std::size_t>(label)];
    }
    static double squared_error(const Row& z, const Samples& samples, std::size_t n)
    {
        double sum = 0;
        for (std::size_t o = 0; o < z.size(); ++o) {
            const double d = z[o] - static_cast<double>(samples.targets[n * z.size() + o]);
            sum += d * d;
        }
        return sum / static_cast<double>(z.size());
    }

    training::NetSpec spec_;
    training::NetLayout layout_;
    Row theta_, buffers_;
};

/// Train and test loss as a policy defines them.
inline std::pair<double, double> naive_losses(const Problem& problem, const Plane& plane, Point point)
{
    const NaiveNetwork network(problem.spec, plane, point);
    const bool regression = problem.loss_id == "mse";
    const auto policy = problem.batch_norm;
    const auto one = [&](const Samples& samples) {
        const Samples* reference = policy == BatchNormPolicy::Reestimated ? &problem.train
                                   : policy == BatchNormPolicy::Batch     ? &samples
                                                                          : nullptr;
        return network.loss(samples, problem.spec.batch_norm ? reference : nullptr, regression);
    };
    return {one(problem.train), problem.test.count > 0 ? one(problem.test) : std::nan("")};
}

}  // namespace timberline::landscape_testing
