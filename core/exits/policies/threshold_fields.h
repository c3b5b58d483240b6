// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/hyperparameter.h"
#include "core/base/translate.h"

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

/// Hyperparameters that the score policies share. The keys are those that rules/exit_rules.h reads.
namespace timberline::exits {

inline constexpr double kLargestDecayRate = 16;

/// Fields of a struct with the members threshold, thresholds, decay and decay_rate.
/// @param meaning one sentence: what a score at the threshold says.
template <typename V>
[[nodiscard]] auto threshold_fields(std::string_view meaning)
{
    return std::tuple{
        field(&V::threshold, {.key = "threshold",
                              .label = TIMBERLINE_TR("Threshold"),
                              .help = meaning,
                              .min = 0,
                              .max = 1,
                              .takes_effect = Effect::NextStep}),
        field(&V::thresholds,
              {.key = "thresholds",
               .label = TIMBERLINE_TR("Thresholds by layer"),
               .help = TIMBERLINE_TR(
                   "One threshold a layer from the first on; the last number counts for all further layers. Empty = one for all."),
               .min = 0,
               .max = 1,
               .takes_effect = Effect::NextStep,
               .max_length = 256}),
        field(&V::decay,
              {.key = "decay",
               .label = TIMBERLINE_TR("Decay"),
               .help = TIMBERLINE_TR("Lowers the threshold from token to token, because late mistakes spoil less text."),
               .choices = {"none", "paper", "code"},
               .choice_labels = {TIMBERLINE_TR("None"), TIMBERLINE_TR("As in the paper"), TIMBERLINE_TR("As in the released code")},
               .takes_effect = Effect::NextStep}),
        field(&V::decay_rate, {.key = "decay_rate",
                               .label = TIMBERLINE_TR("Decay rate"),
                               .help = TIMBERLINE_TR("How fast the threshold falls: the exponent over the whole text."),
                               .min = 0,
                               .max = kLargestDecayRate,
                               .takes_effect = Effect::NextStep})};
}

}  // namespace timberline::exits
