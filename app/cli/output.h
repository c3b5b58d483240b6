// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"
#include "core/base/progress.h"
#include "core/base/result.h"

#include <string>
#include <vector>

namespace timberline::cli {

inline constexpr int kOk = 0;
inline constexpr int kRunFailed = 1;
inline constexpr int kBadInput = 2;

/// One line with the error, then one with its hint, on stderr. Returns the exit code that the error stands for.
int fail(const Error& error);

/// A remark on stderr.
void note(const std::string& text);

/// Indented JSON with a final newline on stdout.
void print_json(const OrderedJson& json);

/// Text on stdout.
void print(const std::string& text);

/// A column-aligned table for people.
[[nodiscard]] std::string table(const std::vector<std::string>& header, const std::vector<std::vector<std::string>>& rows);

/// A number with `digits` significant digits.
[[nodiscard]] std::string number(double value, int digits = 4);

/// Passes remarks of a job on to stderr.
class NoteSink final : public ProgressSink
{
public:
    void on_note(const std::string& text) override { note(text); }
};

}  // namespace timberline::cli
