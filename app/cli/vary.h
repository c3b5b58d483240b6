// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <string>
#include <vector>

namespace timberline::cli {

/// One `--vary key=…` of a sweep.
struct Vary {
    std::string key;
    std::vector<std::string> values;
};

/// Reads `key=a,b,c`, `key=a;b;c` (values that hold commas), `key=lo:hi:step` and `key=lo:hi:*factor`. Ranges include `hi` when a step
/// meets it (within a billionth of a step); whole numbers stay whole. At most 10,000 values.
[[nodiscard]] Result<Vary> parse_vary(const std::string& text);

}  // namespace timberline::cli
