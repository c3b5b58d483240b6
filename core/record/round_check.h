// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/record/record.h"

#include <string>
#include <vector>

/// Checks that folds and views rely on. Inside core/record only.
namespace timberline::record {

/// Every id lies in [0, vocabulary); with vocabulary 0 (unknown) only below zero is refused.
[[nodiscard]] Status check_tokens(const std::vector<TokenId>& ids, std::int32_t vocabulary, const std::string& where);

/// The invariants of a round: one root, parents before children, depths, a path of accepted nodes down the tree, the extra token's node,
/// kept tokens, rows of the laws. @param where put in front of every error.
[[nodiscard]] Status check_round(const Round& round, std::int32_t vocabulary, const std::string& where);

} // namespace timberline::record
