// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <string>
#include <vector>

/// Lists and ranges of values, as `--vary` and the window's sweep take them. Pure; no tensors.
namespace timberline::run {

inline constexpr std::size_t kMostSweepPoints = 10000;

/// One varied key of a sweep: a bare hyperparameter or a config path, as set_by_path() takes it.
struct Vary {
    std::string key;
    std::vector<std::string> values;  ///< at least one
    friend bool operator==(const Vary&, const Vary&) = default;
};

/// Reads `a,b,c`, `a;b;c` (values that hold commas), `lo:hi:step` and `lo:hi:*factor`. Ranges include `hi` when a step meets it (within a
/// billionth of a step); whole numbers stay whole. At most 10,000 values. Errors name the key, what was given and what was expected.
[[nodiscard]] Result<std::vector<std::string>> parse_sweep_values(const std::string& key, const std::string& text);

/// Reads `key=` and the above.
[[nodiscard]] Result<Vary> parse_vary(const std::string& text);

/// Points of a sweep over these: the product of their counts, or an error when there are more than 10,000, a key twice, or no key.
[[nodiscard]] Result<std::size_t> count_points(const std::vector<Vary>& varied);

}  // namespace timberline::run
