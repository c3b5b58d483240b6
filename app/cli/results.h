// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/record/record.h"
#include "core/run/config.h"

#include <filesystem>
#include <string>
#include <vector>

namespace timberline::cli {

/// Text of the tokens that a run generated; ⟨id⟩ where the model has no tokenizer.
[[nodiscard]] Result<std::string> generated_text(const record::Record& record, const std::string& model);

/// The record's closing event as a Status: an error for runs that failed or were cancelled.
[[nodiscard]] Status outcome(const record::Record& record);

/// Writes record.tlrun, config.json and the files of data/ that belong to the bench (bench_data.h); makes the folders.
[[nodiscard]] Status write_run(const record::Record& record, const std::filesystem::path& folder);

/// Applies every `--set key=value`.
[[nodiscard]] Status apply_sets(run::Config& config, const MethodRegistry& methods, const std::vector<std::string>& sets);

/// Makes a folder for results; an error says what is in the way.
[[nodiscard]] Status make_folder(const std::filesystem::path& folder);

}  // namespace timberline::cli
