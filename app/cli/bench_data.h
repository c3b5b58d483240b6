// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/record/record.h"

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

/// What each bench leaves behind a run, beside the record: the files of data/, and its closing numbers.
namespace timberline::cli {

/// Writes the CSV files that belong to the record's bench into `folder`, which exists.
[[nodiscard]] Status write_data(const record::Record& record, const std::filesystem::path& folder);

/// Closing numbers of a training run by name, in a fixed order: steps, train_loss, val_loss, train_accuracy, val_accuracy, reason,
/// steps_per_s. What does not exist (accuracy of a regression, validation without samples) and what is not finite is null.
[[nodiscard]] std::vector<std::pair<std::string, OrderedJson>> training_numbers(const record::Record& record);

/// The same, one line each, for people.
void print_training_summary(const record::Record& record);

}  // namespace timberline::cli
