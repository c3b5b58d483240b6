// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/options.h"
#include "core/base/cancel.h"

#include <string>
#include <vector>

namespace timberline::cli {

/// One command: its syntax and its code. `run` returns the exit code.
struct Command {
    Syntax syntax;
    int (*run)(const Arguments& arguments, const CancelToken& cancel);
};

/// All commands in the order in which --help lists them. Two-word names ("model info") are commands of their own.
[[nodiscard]] const std::vector<Command>& commands();

// One file a command.
[[nodiscard]] Command run_command();
[[nodiscard]] Command methods_command();
[[nodiscard]] std::vector<Command> model_commands();
[[nodiscard]] Command generate_command();
[[nodiscard]] Command train_command();
[[nodiscard]] Command sweep_command();
[[nodiscard]] Command compare_command();
[[nodiscard]] Command bench_command();
[[nodiscard]] Command selftest_command();
[[nodiscard]] Command landscape_command();
[[nodiscard]] Command import_command();

}  // namespace timberline::cli
