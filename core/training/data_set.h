// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/cancel.h"
#include "core/base/hyperparameter.h"
#include "core/base/method.h"
#include "core/base/result.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

/// What small networks are trained on, as plain arrays. Generated sets are pure functions of (values, seed); files are untrusted input.
namespace timberline::training {

/// Samples in one fixed order; the first `train` of them are for training, the rest for validation. 1 <= train <= samples: validation may
/// be empty.
struct DataSet {
    enum class Task : std::uint8_t { Classification, Regression, Text };
    std::string name = {};
    Task task = Task::Classification;
    std::vector<std::int64_t> sample_shape = {};  ///< [2], [1, 28, 28]; Text: [context]
    std::int64_t samples = 0, train = 0;
    std::int64_t outputs = 0;                    ///< classes, regression outputs, or vocabulary of Text
    std::vector<float> inputs = {};              ///< [samples, product of sample_shape]; empty for Text
    std::vector<std::int32_t> labels = {};       ///< Classification: [samples], each 0 to outputs-1
    std::vector<float> targets = {};             ///< Regression: [samples, outputs]
    std::vector<std::int32_t> tokens = {};       ///< Text: [samples, context + 1]; sample i predicts tokens 1..context from 0..context-1
    std::vector<std::uint8_t> flipped = {};      ///< Classification with label noise: 1 where the label is not the true one; else empty
    std::vector<std::string> output_names = {};  ///< class names, may be empty
    std::vector<std::int32_t> true_labels = {};  ///< with label noise: the labels before it (label_noise.h); else empty
    [[nodiscard]] std::int64_t sample_size() const noexcept;  ///< product of sample_shape
};

/// What a data set must keep, checked in one place: sizes fit the shape, labels in range, train in 1..samples, every input and target
/// finite. Every factory's result has passed it.
[[nodiscard]] Status check_data_set(const DataSet& data);

/// Values are complete and checked. Errors: a missing or damaged file, no samples.
using DataSetFactory = std::function<Result<DataSet>(const Values&, std::uint64_t seed, const CancelToken&)>;

void register_data_sets(MethodRegistry& registry);

}  // namespace timberline::training
