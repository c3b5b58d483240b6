// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/training/data_sets/data_file.h"

/// Reads a table of numbers with one label column. The text is untrusted.
namespace timberline::training {

struct CsvTable {
    std::int64_t rows = 0, columns = 0;  ///< columns without the label's
    std::vector<float> inputs;           ///< [rows, columns]
    std::vector<std::int32_t> labels;    ///< [rows], into classes; empty with a numeric label
    std::vector<std::string> classes;    ///< in the order of their numbers where all are numbers, else of the alphabet
    std::vector<float> targets;          ///< [rows] with a numeric label, else empty
};

struct CsvOptions {
    std::string name;  ///< file, for errors
    char separator = ',';
    std::string header = "auto";  ///< "auto" "yes" "no"
    std::string label_column;     ///< empty = the last one
    bool numeric_label = false;
    const CancelToken& cancel;
};

/// Cells may stand in double quotes; blank lines are passed over. Errors name file, line and column: ragged lines, a cell that is no finite
/// number, an empty one, an open quote, no such label column, no samples, one class or more than 1,000, more than 65,537 columns or 2^26
/// cells.
[[nodiscard]] Result<CsvTable> read_csv_table(std::string_view text, const CsvOptions& options);

}  // namespace timberline::training
