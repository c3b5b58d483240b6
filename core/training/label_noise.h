// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/training/data_set.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Wrong labels on purpose (losses.md P07), flipped once with a seed of their own and never again in a run. Platform-independent: keyed
/// Philox numbers and comparisons only.
namespace timberline::training {

struct LabelNoise {
    /// "none"
    /// "symmetric-other": with probability rate another class, each alike
    /// "symmetric-any": with probability rate a class drawn from all of them, the true one too; the share of wrong labels is rate (C-1)/C
    /// "pair": with probability rate the next class, that of the last one being class 0
    /// "asymmetric-digits": with probability rate 7 to 1, 2 to 7, 5 to 6, 6 to 5, 3 to 8; the other classes stay clean
    std::string kind = "none";
    double rate = 0.4;  ///< 0 to 0.9
};

/// The valid kinds, "none" first.
[[nodiscard]] const std::vector<std::string>& label_noise_kinds();

/// T [C, C], rows sum to 1: T[i][j] = probability that the label i becomes j. Errors: an unknown kind, a rate outside 0 to 0.9, fewer than
/// 2 classes, "asymmetric-digits" with other than 10 classes.
[[nodiscard]] Result<std::vector<double>> transition_matrix(const LabelNoise& noise, std::int64_t classes);

/// The label that sample number `sample` gets under T.
[[nodiscard]] std::int32_t noisy_label(std::span<const double> transition, std::int64_t classes, std::int32_t label, std::int64_t sample,
                                       std::uint64_t seed);

/// Flips the training samples' labels; validation stays clean. Fills `flipped` and `true_labels`, also at rate 0. Does nothing for "none".
/// Errors: those of transition_matrix, a data set without labels.
[[nodiscard]] Status apply_label_noise(DataSet& data, const LabelNoise& noise, std::uint64_t seed);

}  // namespace timberline::training
