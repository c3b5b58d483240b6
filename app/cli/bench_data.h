// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/record/closing_numbers.h"
#include "core/record/record.h"

#include <filesystem>
#include <vector>

/// What each bench leaves behind a run, beside the record: the files of data/, and its closing numbers as text.
namespace timberline::cli {

/// Writes the CSV files that belong to the record's bench into `folder`, which exists.
[[nodiscard]] Status write_data(const record::Record& record, const std::filesystem::path& folder);

/// The closing numbers, one line each, for people.
void print_numbers(const std::vector<record::ClosingNumber>& numbers);
/// The same as one JSON object.
void print_numbers_json(const std::vector<record::ClosingNumber>& numbers);

}  // namespace timberline::cli
