// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace timberline::rules {

/// One candidate of a dynamic tree's pool (EAGLE-2, arXiv 2406.16858; methods/decoding.md 1.9).
struct PoolCandidate {
    std::int32_t parent = -1;  ///< index in the pool; -1 = the root
    std::int32_t depth = 1;
    double value = 0;          ///< sum of log q along the path, <= 0
};

/// Keeps the `total` best by (value descending, depth ascending, draw order). The kept set is parent-closed because values never grow along a path.
/// @return kept pool indices in ascending order.
[[nodiscard]] std::vector<std::int32_t> rerank_pool(std::span<const PoolCandidate> pool, std::int32_t total);

/// Expected committed tokens of one round for i.i.d. acceptance alpha in [0,1] and chain length gamma >= 0 (decoding.md 1.5).
[[nodiscard]] double expected_tokens(double alpha, int gamma) noexcept;
/// expected_tokens / (gamma * cost_ratio + 1).
[[nodiscard]] double ideal_speedup(double alpha, int gamma, double cost_ratio) noexcept;

/// The `count` largest entries of a law in descending probability; ties by lower id. Deterministic.
[[nodiscard]] std::vector<std::int32_t> top_indices(std::span<const float> law, std::int32_t count);

/// `count` distinct draws without replacement from a law by the largest keys log(u)/q, in draw order. Fewer when the support is smaller.
/// @param uniforms one uniform in (0,1) a token, [V].
[[nodiscard]] std::vector<std::int32_t> draw_without_replacement(std::span<const float> law, std::span<const double> uniforms, std::int32_t count);

}  // namespace timberline::rules
