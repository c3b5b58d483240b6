// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/record/record.h"

#include <filesystem>

namespace timberline::record {

/// The format's version. Readers accept all older ones and politely refuse newer ones.
inline constexpr int kFormatVersion = 1;

/// Writes a `.tlrun`: a zip holding `record.json` (events without large arrays) and `arrays.npz` (laws as float32). Temporary name, then rename.
[[nodiscard]] Status save(const Record& record, const std::filesystem::path& path);

/// Reads a `.tlrun`. Untrusted input: sizes, indices, parents and state words are checked; errors name the file, the field and what was expected.
[[nodiscard]] Result<RecordPtr> load(const std::filesystem::path& path);

/// data/rounds.csv and data/nodes.csv as design.md section 4 lists their columns; floats with 9 significant digits, undefined = empty.
[[nodiscard]] std::string rounds_csv(const Record& record);
[[nodiscard]] std::string nodes_csv(const Record& record);

}  // namespace timberline::record
