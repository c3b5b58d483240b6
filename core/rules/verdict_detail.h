// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/rules/verification.h"

#include <cstdint>
#include <span>
#include <vector>

/// What the rules that decide about a tree share. Inside core/rules only.
namespace timberline::rules::detail {

/// The verdict before anything was decided: the root, and nodes that were never verified.
[[nodiscard]] Verdict untested(const DraftTree& tree);

/// Marks the forced node and its ancestors below the root; nothing for a node that the tree does not have.
[[nodiscard]] std::vector<bool> forced_path(const DraftTree& tree, std::int32_t forced);

/// The child that lies on the forced path, -1 = none.
[[nodiscard]] std::int32_t forced_child(const std::vector<std::int32_t>& children, const std::vector<bool>& on_path);

/// Stores threshold and uniform as float32 such that "accepted iff draw < ratio" still reads right where rounding made them meet.
void keep_test(NodeVerdict& verdict, double ratio, float draw, bool accepted);

/// Copies a law into `out` [size] in double; entries that are not positive become 0. @return its sum.
double copy_law(std::vector<double>& out, std::span<const float> law, std::size_t size);

/// Divides by the sum. False, and unchanged, when there is no mass.
bool normalise(std::vector<double>& law);

/// 0 for a token that the law does not have.
[[nodiscard]] double at(const std::vector<double>& law, TokenId token);

}  // namespace timberline::rules::detail
