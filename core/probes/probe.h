// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/cancel.h"
#include "core/base/hyperparameter.h"
#include "core/base/method.h"
#include "core/base/result.h"
#include "core/record/block.h"

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

/// Probes measure a trained classifier and change nothing. A probe answers with one Block of kind "probe": texts "probe" (its id) and
/// "side", named numbers, and arrays that a table or a plot shows under their names. Plain arithmetic on arrays; no tensors.
namespace timberline::probes {

inline constexpr std::string_view kProbeBlock = "probe";

/// What the network said about one part of the data. Rows are samples, or tokens of a text. Evaluated as the network is used: raw logits,
/// without augmentation, noise or clipping.
struct ProbeSide {
    std::span<const float> logits;              ///< [rows, outputs]
    std::span<const std::int32_t> labels;       ///< [rows]: what it was trained on or is judged by
    std::span<const std::int32_t> true_labels;  ///< [rows] with label noise: the labels before it; else empty
    [[nodiscard]] std::int64_t rows() const noexcept { return static_cast<std::int64_t>(labels.size()); }
};

struct ProbeInput {
    std::int64_t outputs = 0;
    ProbeSide train;                     ///< members
    ProbeSide validation;                ///< samples that training never saw; may have no rows
    std::span<const double> transition;  ///< [outputs, outputs] with label noise: its matrix; else empty
    std::uint64_t seed = 1;
};

/// Sizes fit, labels lie in range, there is a training row, every logit is a finite number. Errors say which not.
[[nodiscard]] Status check_probe_input(const ProbeInput& input);

/// The input has passed check_probe_input; values are complete and checked. Errors: what the probe needs is not there.
using ProbeFunction = std::function<Result<record::Block>(const ProbeInput& input, const Values& values, const CancelToken& cancel)>;

/// Checks the input, runs the probe and puts its id into the block.
[[nodiscard]] Result<record::Block> run_probe(const MethodRegistry& methods, std::string_view id, const Values& values,
                                              const ProbeInput& input, const CancelToken& cancel);

/// Arrays of a block.
[[nodiscard]] record::BlockArray column_of(std::vector<double> values);
[[nodiscard]] record::BlockArray column_of(std::vector<std::int32_t> values);
[[nodiscard]] record::BlockArray matrix_of(std::vector<double> values, std::int64_t rows);

void register_probes(MethodRegistry& registry);

}  // namespace timberline::probes
