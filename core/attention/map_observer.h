// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/attention_kernel.h"

#include <functional>
#include <vector>

namespace timberline::attention {

/// The weights of one chunk of rows in one layer while they are in memory: the way to look at maps without keeping them.
struct ObservedMaps {
    const AttentionCall& call;
    std::int64_t first_position = 0;  ///< of row 0; rows are neighbours in position
    std::int64_t columns = 0;
    const float* weights = nullptr;  ///< [heads, queries, columns], zero where masked; column = slot = position in a plain text
    [[nodiscard]] std::span<const float> row(std::int64_t head, std::int64_t query) const noexcept
    {
        return {weights + (head * call.queries + query) * columns, static_cast<std::size_t>(columns)};
    }
};

/// Passes every call on and shows the maps of those layers that are wanted. For plain texts (chains), not for trees. Memory: one chunk's
/// maps.
class MapObserver final : public AttentionKernel
{
public:
    using Show = std::function<void(const ObservedMaps&)>;
    /// @param inner not owned.  @param layer -1 = all.
    MapObserver(AttentionKernel& inner, std::int64_t layer, Show show) : inner_(inner), layer_(layer), show_(std::move(show)) {}
    void attend(const AttentionCall& call) override;

private:
    AttentionKernel& inner_;
    std::int64_t layer_;
    Show show_;
    std::vector<float> maps_;
};

}  // namespace timberline::attention
