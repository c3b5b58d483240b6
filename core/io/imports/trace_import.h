// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/record/record.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

/// Reads what other programs log about speculative decoding into a record, so that every view shows as much as the log holds. What a log
/// does not hold stays undefined (laws, tokens) or zero with a note (times); nothing is guessed.
namespace timberline::io {

/// Formats, in the order in which a file is tried against them.
enum class TraceFormat : std::uint8_t {
    SpecBench,  ///< Spec-Bench answer files: one JSON object a line, choices[].{turns, decoding_steps, new_tokens, wall_time,
                ///< accept_lengths}
    Vllm,  ///< vLLM responses with metrics.speculative_decoding.{per_step_drafted, per_step_accepted}: one object, a list, or one a line
    LlamaCpp,  ///< llama.cpp's speculative log: "draft acceptance rate = R ( A accepted / G generated)" and "statistics NAME: #calls = …"
               ///< lines
};
/// Stable word: "spec-bench" "vllm" "llama.cpp".
[[nodiscard]] std::string_view name_of(TraceFormat format) noexcept;

/// What the file says by itself, next to what the record's folds count.
struct ImportedTrace {
    TraceFormat format = TraceFormat::SpecBench;
    record::RecordPtr
        record;  ///< one round a decoding step, requests one after the other (round statistic "request"); no rounds from llama.cpp
    std::int64_t requests = 0, steps = 0;
    double mean_accepted =
        0;  ///< tokens a step with the target's own token, as the file's own program averages them; NaN when it does not say
    double acceptance_rate = 0;  ///< accepted drafts / drafts; NaN when the file does not say how much was drafted
};

/// Which format the beginning of a file looks like; NotFound for none.
[[nodiscard]] Result<TraceFormat> guess_trace_format(std::string_view text);

/// Untrusted input. Errors name `where`, the line or request, what was found and what was expected.
[[nodiscard]] Result<ImportedTrace> import_trace(std::string_view text, TraceFormat format, const std::string& where);

/// Reads a file of at most 256 MiB and guesses its format.
[[nodiscard]] Result<ImportedTrace> import_trace_file(const std::filesystem::path& path);

}  // namespace timberline::io
