// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/cancel.h"
#include "core/base/method.h"
#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/record/folds.h"
#include "core/record/record.h"
#include "core/run/config.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

/// Several ways to decode on the same prompt and seed, each run once recorded and then timed beside plain decoding. Compiled into
/// timberline_base: of the engine only its virtual interface is used.
namespace timberline::run {

class Engine;

struct ComparisonEntry {
    std::string label;
    Config config;
};

/// What one record tells; the same folds as every view's (core/record/folds.h).
struct ComparedNumbers {
    std::optional<double> accepted_per_pass, mean_acceptance;
    std::vector<record::DepthAcceptance> depths;
    std::int64_t tokens = 0, rounds = 0;
    double draft_ms = 0, verify_ms = 0, overhead_ms = 0;  ///< wall times of the recorded run, summed over its rounds
    bool greedy = true;
    bool lossless = true;  ///< every round's method keeps the target's law
    [[nodiscard]] double total_ms() const noexcept { return draft_ms + verify_ms + overhead_ms; }
    [[nodiscard]] double per_token(double milliseconds) const noexcept;  ///< NaN without tokens
};
[[nodiscard]] ComparedNumbers compared_numbers(const record::Record& record);

/// What came of one entry.
struct ComparedRun {
    std::string label;
    bool plain = false;          ///< plain decoding itself: the baseline, 1 by definition
    std::optional<Error> error;  ///< why it could not run, or not to its end, or not be timed
    record::RecordPtr record;    ///< null when nothing ran
    ComparedNumbers numbers;
    std::optional<record::BaselineMeasured> measured;  ///< medians of the repeats
    /// Measured, never modelled; 1 for plain decoding, NaN where it was not timed.
    [[nodiscard]] double speedup() const noexcept;
    [[nodiscard]] double plain_ms() const noexcept;   ///< of a token, median; NaN where it was not timed
    [[nodiscard]] double method_ms() const noexcept;  ///< the same with this method, recording nothing
    /// The recorded text and the timed one equal plain decoding's; nothing for sampled runs and where it was not timed.
    [[nodiscard]] std::optional<bool> same_text() const;
};
/// The same of a record that was saved, with its last measurement, if it holds one.
[[nodiscard]] ComparedRun compared_record(std::string label, record::RecordPtr record);

/// Ok when there are two or more Draft entries which share model, prompt, seed, sampling, length, stop, threads and device. The error names
/// the first key that differs, and both labels.
[[nodiscard]] Status check_comparable(const std::vector<ComparisonEntry>& entries);
/// The first key of those in which the configs differ, "" for none.
[[nodiscard]] std::string first_unshared(const Config& a, const Config& b);
/// `to` with `from`'s values of those keys.
[[nodiscard]] Config with_shared(Config to, const Config& from);

/// The config with another method and its declared default values (those of `base` where it is base's own). Live changes of `base` belong
/// to its method and are left out. A draft model or trained heads that the method needs and base does not name are taken from the method's
/// example when that is about the same model.
/// @param controller, acceptance empty = the drafter's partners.
/// @return an error that says what is missing when the method cannot be used here.
[[nodiscard]] Result<Config> with_method(const Config& base, const MethodRegistry& methods, const std::string& drafter,
                                         const std::string& controller = {}, const std::string& acceptance = {});
/// Plain decoding of the same prompt.
[[nodiscard]] Result<Config> plain_of(const Config& base, const MethodRegistry& methods);
[[nodiscard]] bool is_plain(const Config& config);

/// "drafter:controller:acceptance".
[[nodiscard]] std::string method_words(const Config& config);
/// "key=value" of the methods' values that are not their defaults, in the order of their declarations.
[[nodiscard]] std::vector<std::string> unlike_defaults(const Config& config, const MethodRegistry& methods);
/// An entry named by method_words, with unlike_defaults behind it where another entry has the same words; a number where even those are the
/// same.
void name_entries(std::vector<ComparisonEntry>& entries, const MethodRegistry& methods);

inline constexpr int kComparisonRepeats = 5;

struct ComparisonHooks {
    std::function<void(std::size_t index, const ComparedRun& run)> finished;  ///< after each entry, also one that could not run
    std::function<void()>
        between_runs;  ///< before each run and before the timings of an entry: the owner may do something else, also with the engine
};

/// Runs and times the entries one after the other. Entries that cannot run get an error and the others go on.
/// @param repeats timed runs of each method and, alternating, of plain decoding; 0 = nothing is timed.
/// @param sink receives remarks, and the progress of the whole with the label of the entry under way; no events.
/// @return one row an entry, in order; Cancelled when the token was raised (rows handed to `finished` until then stay valid).
[[nodiscard]] Result<std::vector<ComparedRun>> compare(Engine& engine, const std::vector<ComparisonEntry>& entries, int repeats,
                                                       const CancelToken& cancel, ProgressSink& sink, const ComparisonHooks& hooks = {});

}  // namespace timberline::run
