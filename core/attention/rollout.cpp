// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/rollout.h"

#include <algorithm>
#include <cassert>
#include <numeric>

namespace timberline::attention {

namespace {

void reduce_heads(const std::vector<std::span<const float>>& heads, const std::string& how, std::span<float> out)
{
    std::copy_n(heads.front().begin(), out.size(), out.begin());
    for (std::size_t head = 1; head < heads.size(); ++head) {
        for (std::size_t j = 0; j < out.size(); ++j) {
            const float weight = heads[head][j];
            out[j] = how == "max" ? std::max(out[j], weight) : how == "min" ? std::min(out[j], weight) : out[j] + weight;
        }
    }
}

/// Zeroes the smallest `share` of the entries; ties go by position.
void discard_smallest(std::span<float> row, double share)
{
    const auto count = static_cast<std::size_t>(share * static_cast<double>(row.size()));
    if (count == 0) {
        return;
    }
    std::vector<std::size_t> order(row.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return row[a] < row[b]; });
    for (std::size_t i = 0; i < count; ++i) {
        row[order[i]] = 0;
    }
}

void normalise(std::span<float> row, double total)
{
    for (float& weight : row) {
        weight = static_cast<float>(static_cast<double>(weight) / total);
    }
}

}  // namespace

void mix_rollout_row(const std::vector<std::span<const float>>& heads, std::size_t own, const RolloutSettings& settings,
                     std::span<float> out)
{
    assert(!heads.empty() && own < out.size());
    reduce_heads(heads, settings.reduce, out);
    discard_smallest(out, settings.discard);
    const double total = std::accumulate(out.begin(), out.end(), 0.0);
    if (!(total > 0)) {
        std::fill(out.begin(), out.end(), 0.0F);
        out[own] = 1;
        return;
    }
    normalise(out, total);
    for (float& weight : out) {
        weight *= static_cast<float>(1 - settings.residual);
    }
    out[own] += static_cast<float>(settings.residual);
}

Rollout::Rollout(std::int64_t layers, std::int64_t tokens, RolloutSettings settings)
    : layers_(layers), tokens_(tokens), settings_(std::move(settings)), rows_(static_cast<std::size_t>(layers * tokens * tokens), 0.0F),
      mixed_(static_cast<std::size_t>(tokens))
{}

float* Rollout::at(std::int64_t layer, std::int64_t position) noexcept
{
    return rows_.data() + (layer * tokens_ + position) * tokens_;
}

void Rollout::add_row(std::int64_t layer, std::int64_t position, const std::vector<std::span<const float>>& heads)
{
    assert(layer >= 0 && layer < layers_ && position >= 0 && position < tokens_);
    const std::span<float> mixed(mixed_.data(), static_cast<std::size_t>(position + 1));
    mix_rollout_row(heads, static_cast<std::size_t>(position), settings_, mixed);
    float* const out = at(layer, position);
    if (layer == 0) {
        std::copy(mixed.begin(), mixed.end(), out);
        return;
    }
    for (std::int64_t j = 0; j <= position; ++j) {  // latest layer on the left: row = sum over j of A-hat_ij times row j of the layer below
        const float weight = mixed[static_cast<std::size_t>(j)];
        const float* const below = at(layer - 1, j);
        for (std::int64_t column = 0; weight != 0 && column <= j; ++column) {
            out[column] += weight * below[column];
        }
    }
}

std::span<const float> Rollout::row(std::int64_t layer, std::int64_t position) const noexcept
{
    return {rows_.data() + (layer * tokens_ + position) * tokens_, static_cast<std::size_t>(position + 1)};
}

}  // namespace timberline::attention
