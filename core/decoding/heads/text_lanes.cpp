// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/decoding/heads/text_lanes.h"

#include "core/base/thread_pool.h"

#include <algorithm>

namespace timberline::decoding {

/// Keys and values of every lane, [layer][lane][kv head][keys, values][position][head width].
class TextLanes::Attention final : public model::AttentionKernel
{
public:
    Attention(const model::DecoderConfig& config, std::int64_t lanes, std::int64_t positions)
        : config_(config), lanes_(lanes), positions_(positions),
          rows_(static_cast<std::size_t>(config.layers * lanes * config.kv_heads * 2 * positions * config.head_dim))
    {
        const auto found = model::kernels::select_kernels();
        kernels_ = found.ok() ? *found : &model::kernels::portable_kernels();
    }

    void select(std::span<const std::int32_t> lanes, std::int64_t position)
    {
        active_ = lanes;
        position_ = position;
    }
    /// Rows of the forward that is running.
    void start() { first_row_.assign(static_cast<std::size_t>(config_.layers), 0); }

    void attend(const model::AttentionCall& call) override
    {
        // A forward longer than a chunk comes in several calls of the same layer.
        auto& first = first_row_[static_cast<std::size_t>(call.layer)];
        const std::int64_t begin = first;
        first += call.queries;
        const auto window = config_.window.empty() ? 0 : config_.window[static_cast<std::size_t>(call.layer)];
        const std::int64_t earliest = window > 0 ? std::max<std::int64_t>(0, position_ - window + 1) : 0;
        std::vector<const float*> fresh;
        for (std::int64_t head = 0; head < call.kv_heads; ++head) {
            fresh.push_back(call.store->keys(call.layer, head));
            fresh.push_back(call.store->values(call.layer, head));
        }
        ThreadPool::instance().parallel_for(call.queries, 1, [&](std::int64_t from, std::int64_t to) {
            thread_local std::vector<float> scores;
            scores.resize(std::max(scores.size(), static_cast<std::size_t>(attention::padded_count(position_ + 1))));
            for (std::int64_t row = from; row < to; ++row) {
                attend_row(call, fresh, begin, row, earliest, scores.data());
            }
        });
    }

private:
    [[nodiscard]] float* rows(std::int64_t layer, std::int64_t lane, std::int64_t head, std::int64_t part)
    {
        const auto index = (((layer * lanes_ + lane) * config_.kv_heads + head) * 2 + part) * positions_ * config_.head_dim;
        return rows_.data() + index;
    }

    void attend_row(const model::AttentionCall& call, const std::vector<const float*>& fresh, std::int64_t begin, std::int64_t row,
                    std::int64_t earliest, float* scores)
    {
        const std::int64_t dim = call.head_dim;
        const std::int64_t lane = active_[static_cast<std::size_t>(begin + row)];
        const std::int64_t slot = call.visible[static_cast<std::size_t>(row)].tail.back();  // the row's own
        for (std::int64_t head = 0; head < call.kv_heads; ++head) {
            for (std::int64_t part = 0; part < 2; ++part) {
                std::copy_n(fresh[static_cast<std::size_t>(2 * head + part)] + slot * dim, dim,
                            rows(call.layer, lane, head, part) + position_ * dim);
            }
        }
        for (std::int64_t head = call.head_begin; head < call.end_of_heads(); ++head) {
            const std::int64_t kv = call.kv_head_of(head);
            const std::int64_t offset = (row * call.heads + head) * dim;
            kernels_->attend({.query = call.query + offset,
                              .keys = rows(call.layer, lane, kv, 0),
                              .values = rows(call.layer, lane, kv, 1),
                              .head_dim = dim,
                              .prefix_begin = earliest,
                              .prefix_end = position_ + 1,
                              .scale = static_cast<float>(call.scale / call.temperature),
                              .softcap = static_cast<float>(call.softcap / call.temperature),
                              .out = call.output + offset,
                              .scores = scores});
        }
    }

    model::DecoderConfig config_;
    std::int64_t lanes_, positions_, position_ = 0;
    std::span<const std::int32_t> active_;
    std::vector<std::int64_t> first_row_;
    std::vector<float> rows_;
    const model::kernels::KernelTable* kernels_ = nullptr;
};

TextLanes::TextLanes(const model::DecoderConfig& config, std::int64_t lanes, std::int64_t positions)
    : attention_(std::make_unique<Attention>(config, lanes, positions)),
      store_(model::make_kv_store(config.layers, config.kv_heads, config.head_dim, lanes + positions))
{}

TextLanes::~TextLanes() = default;

Status TextLanes::feed(const model::Decoder& decoder, std::span<const TokenId> tokens, std::span<const std::int32_t> lanes,
                       std::int64_t position, model::ForwardOutput& out, const CancelToken& cancel)
{
    attention_->select(lanes, position);
    attention_->start();
    // The store only lends its slots: its length says the position, and the rows past it are the lanes' newest.
    for (std::int64_t layer = 0; layer < store_->layers(); ++layer) {
        store_->set_length(layer, position);
    }
    parents_.assign(tokens.size(), -1);
    model::ForwardInput input;
    input.tokens = tokens;
    input.parents = parents_;
    input.attention = attention_.get();
    return decoder.forward(input, *store_, out, cancel);
}

}  // namespace timberline::decoding
