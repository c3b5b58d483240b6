// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/closing_numbers.h"
#include "core/run/engine.h"
#include "core/run/sweep_vary.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

/// Running a config over lists and ranges of values. Compiled into timberline_base: asks an Engine that it is given, holds no tensors.
///
/// How a point of the Draft bench is measured. One recorded run gives the numbers that do not depend on the clock (accepted per pass, mean
/// acceptance, rounds, text) and is the warm-up; then come `repeats` timed runs that record nothing (Engine::run_unrecorded): recording
/// costs a drafting method more than plain decoding, so rates of recorded runs would understate what drafting gains. Plain decoding of
/// the same prompt, seed, limit, sampling, device and threads (plain_decoding()) is timed beside them, in the same process: one plain run
/// for each timed run, the two in turns and the order changing from repeat to repeat. So a machine that grows slower or faster while a
/// sweep goes on does so for both sides of each point's ratio, and no point lives on a baseline that was measured at another time. The
/// price is one plain run a repeat. Each distinct plain decoding is run once untimed before its first timing.
/// speed_up = median tokens/s of the point / median tokens/s of plain decoding beside it.
///
/// Other benches have no plain decoding: their points are closing numbers (core/record/closing_numbers.h) of `repeats` recorded runs after
/// `warm_up` untimed ones.
namespace timberline::run {

struct SweepOptions {
    int repeats = 1;    ///< timed runs a point, 1..1000
    int warm_up = 0;    ///< untimed runs a point before them, 0..100; the recorded run of a Draft point is one of them, and always made
    bool plain = true;  ///< Draft bench: time plain decoding beside each point
    friend bool operator==(const SweepOptions&, const SweepOptions&) = default;
};

/// What is kept of one point. Rates differ from repeat to repeat; the rest is the same in every repeat.
struct SweepPoint {
    std::vector<std::string> values;  ///< of the varied keys
    std::optional<Error> refused;     ///< this combination cannot run: nothing below it is set
    std::int64_t repeats = 0;
    // Draft bench
    std::int64_t tokens = 0, rounds = 0;
    std::optional<double> accepted_per_pass, mean_acceptance;
    std::vector<double> rates;        ///< tokens/s of each repeat that could be timed
    std::vector<double> plain_rates;  ///< of plain decoding beside them; empty when it was not measured
    std::string text_hash;
    // the others
    std::vector<std::vector<record::ClosingNumber>> runs;  ///< of each repeat
};

/// A sweep with all that is needed to repeat it: what sweep.json holds (sweep_table.h).
struct Sweep {
    Config config;  ///< complete; the points differ from it in the varied keys
    std::vector<Vary> varied;
    SweepOptions options;
    std::vector<SweepPoint> points;  ///< so far, in order: the last key varies fastest
    // of the first run that went through
    std::string version, model_hash, draft_hash, device;
    std::int32_t threads = 0;  ///< 0 = none went through yet
};

/// One point before it runs.
struct SweepStep {
    std::vector<std::string> values;
    Config config;
};

/// The configs of all points, in order. Every key and value is checked here, before anything runs: unknown keys and values out of range
/// are errors that name the key.
[[nodiscard]] Result<std::vector<SweepStep>> expand_sweep(const Config& base, const std::vector<Vary>& varied,
                                                          const MethodRegistry& methods);

struct SweepHooks {
    std::function<void(const SweepPoint& point)> finished;  ///< after each point, also refused ones
    std::function<void()> between_runs;                     ///< before each run: the owner may do something else, also with the engine
};

/// Runs the steps one after another and appends to sweep.points; sweep.config, varied and options are set by the caller.
/// A point that the engine refuses (values that do not fit together, a run that fails) is kept with its error and the others go on. Errors:
/// Cancelled at once when `cancel` is raised (the points until then stay); the first point's error when not a single one ran.
/// @param sink receives each distinct remark of the recorded runs once, and the progress in runs.
[[nodiscard]] Status run_sweep(Engine& engine, Sweep& sweep, const std::vector<SweepStep>& steps, const CancelToken& cancel,
                               ProgressSink& sink, const SweepHooks& hooks = {});

}  // namespace timberline::run
