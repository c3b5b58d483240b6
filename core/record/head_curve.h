// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/record/block.h"
#include "core/record/record.h"

#include <cstdint>
#include <string>
#include <vector>

/// What the training of draft heads records. A moment is the number of a step, from 0. Steps come in blocks of several (moment = that of
/// the first); looks and acceptances belong to the step that was done before them, -1 before the first.
namespace timberline::record {

inline constexpr std::string_view kHeadSetup = "head-setup";
inline constexpr std::string_view kHeadSteps = "head-steps";
inline constexpr std::string_view kHeadLook = "head-look";
inline constexpr std::string_view kHeadAcceptance = "head-acceptance";

/// Once, before the first step.
struct HeadSetup {
    std::string family;              ///< id of the draft head
    std::vector<std::string> parts;  ///< names of the loss's parts, may be empty
    /// What HeadLook::accuracy holds: "accuracy", or "r-squared" of heads that predict a number and draft nothing; their acceptance is 0.
    std::string measure = "accuracy";
    std::int64_t heads = 1;       ///< levels that looks report
    std::int64_t parameters = 0;  ///< of what the folder will hold
    std::int64_t text_tokens = 0, train_sequences = 0, held_out_sequences = 0;
    std::int64_t steps = 0;  ///< planned at the start
    double text_ms = 0;      ///< wall time of writing or reading the text; 0 = it was kept from an earlier run
    friend bool operator==(const HeadSetup&, const HeadSetup&) = default;
};

struct HeadTrainingStep {
    std::int32_t step = 0, epoch = 0;
    float loss = 0, learning_rate = 0, gradient_norm = 0;
    std::vector<float> parts;  ///< as HeadSetup::parts; NaN = does not apply in this step
    float elapsed_ms = 0;      ///< wall time since training began; does not count in comparisons
};
struct HeadSteps {
    std::int32_t first_moment = 0;
    std::vector<HeadTrainingStep> steps;  ///< moments first_moment, first_moment + 1, …; all with the same number of parts
};

/// On held-out text.
struct HeadLook {
    std::int32_t moment = -1;
    std::int32_t step = 0;  ///< steps done
    double loss = 0;
    /// Per head: share of positions whose likeliest token is right; NaN without positions. With HeadSetup::measure "r-squared" one number:
    /// 1 - squared error / that of the training text's mean, at most 1.
    std::vector<float> accuracy;
};

/// A short greedy run of the heads as they are, on held-out prompts.
struct HeadAcceptance {
    std::int32_t moment = -1;
    std::int32_t step = 0;
    /// Over all prompts together, bonus counted, as record::accepted_per_pass of their runs: the last round of a prompt counts as its
    /// token limit left it.
    double accepted_per_pass = 0;
    std::vector<float> prompt_accepted = {};  ///< per prompt
    std::int32_t nodes = 0, tokens = 0;       ///< most nodes of a tree; tokens written a prompt
    bool kept = false;                        ///< the folder was written with these heads
};

[[nodiscard]] Block to_block(const HeadSetup& setup);
[[nodiscard]] Block to_block(const HeadSteps& steps);
[[nodiscard]] Block to_block(const HeadLook& look);
[[nodiscard]] Block to_block(const HeadAcceptance& acceptance);

/// Check everything: untrusted input. Errors name the block's kind, what is missing and what was expected.
[[nodiscard]] Result<HeadSetup> head_setup_from(const Block& block);
[[nodiscard]] Result<HeadSteps> head_steps_from(const Block& block);
[[nodiscard]] Result<HeadLook> head_look_from(const Block& block);
[[nodiscard]] Result<HeadAcceptance> head_acceptance_from(const Block& block);

/// All blocks of a record in order; those that do not read well are skipped.
struct HeadCurve {
    HeadSetup setup;
    std::vector<HeadTrainingStep> steps;
    std::vector<HeadLook> looks;
    std::vector<HeadAcceptance> acceptances;
};
[[nodiscard]] HeadCurve head_curve(const Record& record);
/// data/curve.csv: step,train_loss,val_loss,lr,accepted_per_pass (empty for heads that draft nothing); looks and acceptances stand in the
/// row of the step before them.
[[nodiscard]] std::string head_curve_csv(const Record& record);

}  // namespace timberline::record
