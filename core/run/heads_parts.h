// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/decoding/heads/head_text.h"
#include "core/decoding/heads/head_training.h"
#include "core/record/head_curve.h"
#include "core/run/bench.h"
#include "core/run/config.h"
#include "core/run/heads_values.h"

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

/// Parts of the bench that trains draft heads: text, acceptance, checkpoint. Inside core/run only.
namespace timberline::run {

struct HeadsText {
    decoding::HeadText text;
    std::int64_t tokens = 0;
    double wall_ms = 0;  ///< 0 = the text was kept beside the checkpoint
};
/// The config's text: written by the target, read from a file, or taken from beside the checkpoint where an earlier run with the same
/// settings and target left it ("text.ids" in the checkpoint's folder).
[[nodiscard]] Result<HeadsText> prepare_heads_text(const BenchJob& job, const HeadsValues& values, const model::LanguageModel& target);

/// Greedy runs of the drafter of the heads' family with these heads in memory, on the openings of held-out sequences.
/// Errors: no drafter takes these heads, cancelled, the drafter's.
[[nodiscard]] Result<record::HeadAcceptance> measure_acceptance(const BenchJob& job, const HeadsValues& values,
                                                                const std::shared_ptr<const model::LanguageModel>& target,
                                                                decoding::HeadFolderPtr heads, const decoding::HeadText& text);

/// Everything that the rest of a run depends on, beside the config.
struct HeadsProgress {
    std::vector<record::HeadTrainingStep> steps;
    std::vector<record::HeadLook> looks;
    std::vector<record::HeadAcceptance> acceptances;
    std::vector<record::ParameterChanged> changes;  ///< made before a checkpoint that was gone on from
    double best = -1;  ///< of the heads in the folder: accepted per pass, or 1 / (1 + loss) of those that draft nothing; -1 = none yet
};

/// What a training learns from, by content: names of models and files do not tell whether they are still the same.
struct HeadsSource {
    std::string target;  ///< hash of the target's weight files
    std::string text;    ///< hash of the sequences, train and held out
    friend bool operator==(const HeadsSource&, const HeadsSource&) = default;
};
[[nodiscard]] HeadsSource heads_source(const model::LanguageModel& target, const decoding::HeadText& text);

/// One safetensors file, written under a temporary name and renamed. @param config with the events that took effect so far.
[[nodiscard]] Status save_heads_checkpoint(const std::string& file, const decoding::HeadTrainerState& state, const Config& config,
                                           const HeadsProgress& progress, const HeadsSource& source);

struct ResumedHeads {
    decoding::HeadTrainerState state;
    HeadsProgress progress;
    Config config;  ///< reproduces the whole run: the given one with the checkpoint's events before its step
    HeadsSource source;
};
/// Untrusted input. Errors: a damaged file; a config that differs in what cannot change (model, head, optimizer, seed, text), by name.
[[nodiscard]] Result<ResumedHeads> load_heads_checkpoint(const std::string& file, const Config& given, const MethodRegistry& methods);
/// Refuses a checkpoint whose target or text is another than what is there now. @param now its text may be empty: not known yet.
[[nodiscard]] Status check_heads_source(const std::string& file, const HeadsSource& saved, const HeadsSource& now);

}  // namespace timberline::run
