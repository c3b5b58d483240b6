// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/decoding/heads/chained_heads.h"

#include <algorithm>

namespace timberline::decoding {

std::string chained_head_layer(std::int64_t head, std::int64_t layer)
{
    return "heads." + std::to_string(head) + ".layers." + std::to_string(layer);
}

Result<ChainedHeads> ChainedHeads::make(const HeadFolder& heads, const model::LanguageModel& target)
{
    ChainedHeads out;
    TIMBERLINE_ASSIGN(const auto count, heads.size("heads", 1, kMostChainedHeads));
    TIMBERLINE_ASSIGN(const auto layers, heads.size("layers", 1, kMostChainedLayers));
    TIMBERLINE_ASSIGN(const auto prefix, heads.flag("prefix_layer"));
    TIMBERLINE_ASSIGN(out.read_out_, SharedReadOut::of(target));
    if (prefix) {
        TIMBERLINE_ASSIGN(out.prefix_, make_block(target.folder.config, 1, heads, kPrefixBlock));
    }
    const auto d = out.read_out_.hidden();
    for (std::int64_t k = 0; k < count; ++k) {
        auto& stack = out.layers_.emplace_back();
        for (std::int64_t layer = 0; layer < layers; ++layer) {
            const auto name = chained_head_layer(k, layer);
            TIMBERLINE_ASSIGN(auto linear, PackedLinear::from(heads, name + ".weight", d, layer == 0 ? (k + 2) * d : d, name + ".bias"));
            stack.push_back(std::move(linear));
        }
    }
    return out;
}

void ChainedHeads::logits(std::int64_t head, std::span<const float> hidden, std::span<const TokenId> paths, std::vector<float>& out)
{
    const auto d = hidden.size();
    const auto length = static_cast<std::size_t>(head) + 1;
    const std::size_t count = paths.size() / length;
    inputs_.resize(count * (length + 1) * d);
    rows_.resize(count * d);
    for (std::size_t i = 0; i < count; ++i) {
        const auto input = std::span(inputs_).subspan(i * (length + 1) * d, (length + 1) * d);
        std::ranges::copy(hidden, input.begin());
        for (std::size_t j = 0; j < length; ++j) {
            read_out_.embedding(paths[i * length + j], input.subspan((j + 1) * d, d));
        }
        std::ranges::copy(hidden, rows_.begin() + static_cast<std::ptrdiff_t>(i * d));
    }
    branch_.resize(count * d);
    const auto& stack = layers_[static_cast<std::size_t>(head)];
    for (std::size_t layer = 0; layer < stack.size(); ++layer) {
        stack[layer].apply(layer == 0 ? std::span<const float>(inputs_) : std::span<const float>(rows_), static_cast<std::int64_t>(count),
                           branch_);
        silu_in_place(branch_);
        for (std::size_t i = 0; i < rows_.size(); ++i) {
            rows_[i] += branch_[i];
        }
    }
    out.resize(count * static_cast<std::size_t>(vocabulary()));
    read_out_.logits(rows_, static_cast<std::int64_t>(count), out);
}

}  // namespace timberline::decoding
