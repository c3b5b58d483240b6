// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

/// Attention rollout (methods/attention.md 1.3): token-to-token influence through the whole depth.
namespace timberline::attention {

struct RolloutSettings {
    double residual = 0.5;        ///< share of the identity, 0..1: 0 shows the raw products, 1 is the identity
    std::string reduce = "mean";  ///< over heads: "mean" "max" "min"
    double discard = 0;  ///< 0..0.95: share of each row's visible weights, the smallest ones, that become 0 before the row is renormalised
};

/// A-hat of one row: the heads' rows reduced, small weights discarded, mixed with the identity, renormalised. A reduced row that is all
/// zero becomes the identity's.
/// @param heads rows of equal length n, not negative.  @param own the row's own position, below n.  @param out [n].
void mix_rollout_row(const std::vector<std::span<const float>>& heads, std::size_t own, const RolloutSettings& settings,
                     std::span<float> out);

/// R of layer 0 is its A-hat; R of layer l is A-hat_l times R of layer l-1. Rows of a text may arrive in any chunks, as long as every layer
/// gets its rows in order and a layer's rows come after the same rows of the layer below. Memory: layers x T x T.
class Rollout
{
public:
    Rollout(std::int64_t layers, std::int64_t tokens, RolloutSettings settings);
    /// @param heads rows of layer `layer` for position `position`, each at least position + 1 long (causal: the rest is not read).
    void add_row(std::int64_t layer, std::int64_t position, const std::vector<std::span<const float>>& heads);
    /// How much of position `position` after layer `layer` comes from each input: [position + 1], sums to 1.
    [[nodiscard]] std::span<const float> row(std::int64_t layer, std::int64_t position) const noexcept;
    [[nodiscard]] std::int64_t layers() const noexcept { return layers_; }

private:
    [[nodiscard]] float* at(std::int64_t layer, std::int64_t position) noexcept;

    std::int64_t layers_, tokens_;
    RolloutSettings settings_;
    std::vector<float> rows_;   ///< [layers, T, T]
    std::vector<float> mixed_;  ///< [T]
};

}  // namespace timberline::attention
