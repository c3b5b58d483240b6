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

inline std::vector<training::StepMetrics> steps(training::Trainer& trainer, std::int64_t count)
{
    std::vector<training::StepMetrics> out;
    for (std::int64_t i = 0; i < count; ++i) {
        auto done = trainer.step();
        if (!done.ok()) {
            qFatal("%s", done.error().message.c_str());
        }
        out.push_back(*done);
    }
    return out;
}

/// A small text by hand, so that the transformer's tests need no file: sample i counts upwards from i, by twos from 50 on.
inline std::unique_ptr<training::Trainer> text_trainer(bool exits, const std::string& method, const std::string& weights = "linear",
                                                       std::int64_t train = 16)
{
    auto data = std::make_shared<training::DataSet>();
    data->name = "counting";
    data->task = training::DataSet::Task::Text;
    data->sample_shape = {6};
    data->samples = train + 4;
    data->train = train;
    data->outputs = 7;
    for (int sample = 0; sample < train + 4; ++sample) {
        for (int i = 0; i <= 6; ++i) {
            data->tokens.push_back((sample + i * (1 + sample / 50)) % 7);
        }
    }
    const training::NetSpec spec{
        .kind = training::NetKind::Transformer, .input = {6}, .hidden = {8, 2, 2}, .outputs = 7, .exits = exits, .entropy_guided = true};
    auto loss = run::make_loss(catalog(), choice("loss", "ce"));
    auto objective = training::Objective::make(spec, data, *loss);
    if (!objective.ok()) {
        qFatal("%s", objective.error().message.c_str());
    }
    const auto count = (*objective)->layout().parameter_count;
    training::TrainerSettings settings{
        .steps = 40, .batch_size = 5, .learning_rate = 0.01, .exit_weights = weights, .entropy = {.weight = 1e-4}};
    auto schedule = run::make_schedule(catalog(), choice("schedule", "cosine"));
    return std::make_unique<training::Trainer>(std::move(*objective), optimizer(method, count), std::move(*schedule), settings, 3);
}

}  // namespace timberline::training_test
