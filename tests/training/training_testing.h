// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/random.h"
#include "core/run/catalog.h"
#include "core/run/training_setup.h"
#include "core/training/trainer.h"

#include <QtTest/QtTest>

#include <cmath>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

/// What the trainer's tests share.
namespace timberline::training_test {

inline const MethodRegistry& catalog()
{
    static const MethodRegistry registry = run::make_catalog();
    return registry;
}

/// A method with `given` over its default values.
inline run::MethodChoice choice(const std::string& family, const std::string& id, const Values& given = {})
{
    const auto entry = catalog().find(family, id);
    if (!entry.ok()) {
        qFatal("%s", entry.error().message.c_str());
    }
    auto values = complete_values((*entry)->info.hyperparameters, given, id);
    if (!values.ok()) {
        qFatal("%s", values.error().message.c_str());
    }
    return {id, *values};
}

inline std::unique_ptr<training::Optimizer> optimizer(const std::string& id, std::int64_t parameters, const Values& given = {})
{
    return std::move(run::make_optimizer(catalog(), choice("optimizer", id, given), parameters)).value();
}

inline run::MethodChoices choices(const std::string& data, const Values& data_values, const std::string& optimizer_id,
                                  const Values& optimizer_values = {}, const std::string& schedule = "constant",
                                  const std::string& loss = "ce")
{
    return {{"data_set", choice("data set", data, data_values)},
            {"loss", choice("loss", loss)},
            {"optimizer", choice("optimizer", optimizer_id, optimizer_values)},
            {"schedule", choice("schedule", schedule)}};
}

inline std::unique_ptr<training::Trainer> trainer(const run::MethodChoices& chosen, const run::TrainingValues& values,
                                                  std::uint64_t seed = 1)
{
    auto made = run::make_trainer(catalog(), chosen, values, seed, {});
    if (!made.ok()) {
        qFatal("%s", made.error().message.c_str());
    }
    return std::move(made).value();
}

/// Numbers in [-1, 1) that depend on nothing but their place.
inline std::vector<float> noise(std::size_t count, std::uint32_t stream)
{
    RandomStream random({.seed = 7, .purpose = RandomPurpose::Test, .position = stream});
    std::vector<float> out(count);
    for (auto& value : out) {
        value = static_cast<float>(2 * random.next() - 1);
    }
    return out;
}

}  // namespace timberline::training_test
