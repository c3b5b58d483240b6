// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/hyperparameter.h"
#include "core/base/translate.h"

#include <tuple>

/// Hyperparameters that several controllers share.
namespace timberline::decoding {

/// Fields of a struct with the members draft_cost and verify_slope: what a
/// round costs, as rules::RoundCost counts it.
template <typename V>
[[nodiscard]] auto cost_fields()
{
    return std::tuple{field(&V::draft_cost, {.key = "draft_cost",
                                             .label = TIMBERLINE_TR("Cost of a draft pass"),
                                             .unit = "target passes",
                                             .help = TIMBERLINE_TR("What one pass of the draft costs, in plain "
                                                                   "passes of the target. A number that you "
                                                                   "give: nothing is measured."),
                                             .min = 0,
                                             .max = 2}),
                      field(&V::verify_slope, {.key = "verify_slope",
                                               .label = TIMBERLINE_TR("Cost of a token more to verify"),
                                               .unit = "target passes",
                                               .help = TIMBERLINE_TR("What each drafted token adds to the target's "
                                                                     "pass, in plain passes of the target. A "
                                                                     "number that you give: nothing is measured."),
                                               .min = 0,
                                               .max = 1})};
}

/// Fields of a struct with the members a0, b0 and rho: what is believed of
/// acceptance before any round, and what is kept of it.
template <typename V>
[[nodiscard]] auto beta_fields()
{
    return std::tuple{field(&V::a0, {.key = "a0",
                                     .label = TIMBERLINE_TR("Accepted tokens assumed"),
                                     .help = TIMBERLINE_TR("First parameter of the Beta law before any "
                                                           "round. Larger starts with longer drafts."),
                                     .min = 0.5,
                                     .max = 10}),
                      field(&V::b0, {.key = "b0",
                                     .label = TIMBERLINE_TR("Refused tokens assumed"),
                                     .help = TIMBERLINE_TR("Second parameter of the Beta law before any round. "
                                                           "Larger starts with shorter drafts."),
                                     .min = 0.5,
                                     .max = 10}),
                      field(&V::rho, {.key = "rho",
                                      .label = TIMBERLINE_TR("Memory"),
                                      .help = TIMBERLINE_TR("Share of what was learned that a round passes on; "
                                                            "below 1 old rounds fade and changes of topic "
                                                            "are followed."),
                                      .min = 0.8,
                                      .max = 1})};
}

/// Field of a struct with the member max_length.
template <typename V>
[[nodiscard]] auto length_field()
{
    return std::tuple{field(&V::max_length, {.key = "max_length",
                                             .label = TIMBERLINE_TR("Longest draft"),
                                             .unit = "tokens",
                                             .help = TIMBERLINE_TR("Most tokens of one draft. The drafter's "
                                                                   "own draft length limits it further."),
                                             .min = 1,
                                             .max = 16})};
}

/// Field of a struct with the member stop: how Thompson sampling ends a draft,
/// by the chance that it drew.
template <typename V>
[[nodiscard]] auto stop_field()
{
    return std::tuple{
        field(&V::stop, {.key = "stop",
                         .label = TIMBERLINE_TR("Drafts on while"),
                         .help = TIMBERLINE_TR("What is done with the chance that was drawn. The paper tosses a "
                                               "coin with it. The other rule is not the paper's: it drafts one "
                                               "token more while that raises the tokens per second, by the "
                                               "costs given below."),
                         .choices = {"pays", "coin"},
                         .choice_labels = {TIMBERLINE_TR("One token more pays"), TIMBERLINE_TR("A coin shows heads (the paper)")}})};
}

}  // namespace timberline::decoding
