// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"
#include "core/record/tree_diff.h"
#include "core/run/comparison.h"

#include <string>
#include <vector>

/// A comparison as tables. Pure; no tensors.
namespace timberline::run {

enum class DepthColumns { Nested, Flat, Text };

/// One row a run, the same columns in the same order for every row: method, accepted_per_pass, mean_acceptance, acceptance by depth,
/// tokens, rounds, draft_ms, verify_ms, overhead_ms (of the recorded run), the same three a token, method_ms_per_token and
/// plain_ms_per_token (medians of the timed runs, which record nothing), speed_up with its lowest and highest repeat, repeats, lossless,
/// same_text (as plain decoding's; greedy only), and, only when a run has one, error. What is not known is null.
/// @param depths conditional acceptance with the number of rounds that it stands on. Nested: a list acceptance_by_depth of objects {depth,
///        acceptance, n}; Flat: columns acceptance_1, n_1, acceptance_2 …; Text: one cell, "0.81 (40) 0.70 (32)".
[[nodiscard]] OrderedJson comparison_rows(const std::vector<ComparedRun>& runs, DepthColumns depths);

/// What two runs drafted differently, in numbers: a, b, same_prompt, first_difference (null: none), both, only_a, only_b, states (nodes
/// that both drafted and that came out differently), beyond_a, beyond_b; see core/record/tree_diff.h.
[[nodiscard]] OrderedJson diff_row(const std::string& label_a, const std::string& label_b, const record::RunDiff& diff);

/// The settings in which the runs' configs differ: one row a key path, alphabetically, with each run's value
/// under its number and label ("1 plain:fixed:exact"); null where a config does not have it. Runs without a record or config are left out.
[[nodiscard]] OrderedJson differing_settings(const std::vector<ComparedRun>& runs);

}  // namespace timberline::run
