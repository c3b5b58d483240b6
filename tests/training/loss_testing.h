// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/training/loss.h"

#include <stdexcept>
#include <vector>

/// Losses by id, and the fixture that the specification prints its values for.
namespace timberline::testing {

using training::Loss;

inline const MethodRegistry& losses()
{
    static const MethodRegistry registry = [] {
        MethodRegistry out;
        training::register_losses(out);
        return out;
    }();
    return registry;
}

inline std::shared_ptr<const Loss> make_loss(const std::string& id, const Values& given = {})
{
    const auto entry = losses().find("loss", id);
    const auto values = complete_values((*entry.value()).info.hyperparameters, given, id);
    if (!values.ok()) {
        throw std::runtime_error(values.error().message);
    }
    return std::any_cast<const training::LossFactory&>(entry.value()->factory)(*values);
}

struct Evaluated {
    std::vector<double> per_sample;
    std::vector<double> gradient;
};

inline Evaluated evaluate(const Loss& loss, const std::vector<double>& logits, const std::vector<std::int32_t>& labels,
                          const std::vector<double>& targets = {})
{
    const std::size_t samples = labels.empty() ? 1 : labels.size();
    const std::size_t outputs = logits.size() / samples;
    Evaluated out{.per_sample = std::vector<double>(samples, 99), .gradient = std::vector<double>(logits.size(), 99)};
    loss.evaluate({.logits = logits,
                   .samples = static_cast<std::int64_t>(samples),
                   .outputs = static_cast<std::int64_t>(outputs),
                   .labels = labels,
                   .targets = targets},
                  out.per_sample, out.gradient);
    return out;
}

/// Fixture Z of losses.md section 0.
inline const std::vector<double> kLogits = {2.0, 1.0, 0.1, -1.0, 0.5, 2.5, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0};
inline const std::vector<std::int32_t> kLabels = {0, 0, 3};

}  // namespace timberline::testing
