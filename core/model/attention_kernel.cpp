// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/thread_pool.h"
#include "core/model/decoder_parts.h"

#include <algorithm>
#include <cassert>
#include <vector>

namespace timberline::model {

namespace {

/// Multiply-adds below which a second thread costs more than it brings.
constexpr std::int64_t kWorthThreads = 60000;

class ExactAttention final : public AttentionKernel
{
public:
    explicit ExactAttention(const kernels::KernelTable& kernels) : kernels_(&kernels) {}

    void attend(const AttentionCall& call) override
    {
        assert(static_cast<std::int64_t>(call.visible.size()) == call.queries);
        if (call.end_of_heads() <= call.head_begin) {
            return;
        }
        std::int64_t seen = 0;
        std::int64_t most = 0;
        for (const AttentionCall::Visible& visible : call.visible) {
            seen += visible.count();
            most = std::max(most, visible.count());
        }
        // The store may be any implementation: its virtual functions are called on this thread only.
        thread_local std::vector<const float*> rows;
        rows.resize(static_cast<std::size_t>(2 * call.kv_heads));
        for (std::int64_t head = 0; head < call.kv_heads; ++head) {
            rows[static_cast<std::size_t>(2 * head)] = call.store->keys(call.layer, head);
            rows[static_cast<std::size_t>(2 * head + 1)] = call.store->values(call.layer, head);
        }
        const float* const* const pointers = rows.data();
        const std::int64_t heads = call.end_of_heads() - call.head_begin;
        const std::int64_t items = heads * call.queries;
        const std::int64_t work = 2 * seen * heads * call.head_dim;
        // Head by head, so that each thread gets short and long rows and keeps its head's keys in the cache.
        ThreadPool::instance().parallel_for(
            items, work < kWorthThreads ? items : 1, [&, pointers, most](std::int64_t begin, std::int64_t end) {
                thread_local std::vector<float> scores;
                scores.resize(std::max(scores.size(), static_cast<std::size_t>(kernels::padded_count(most))));
                for (std::int64_t item = begin; item < end; ++item) {
                    attend_one(call, pointers, call.head_begin + item / call.queries, item % call.queries, scores.data());
                }
            });
    }

private:
    void attend_one(const AttentionCall& call, const float* const* rows, std::int64_t head, std::int64_t query, float* scores) const
    {
        const AttentionCall::Visible& visible = call.visible[static_cast<std::size_t>(query)];
        const std::int64_t kv_head = call.kv_head_of(head);
        const std::int64_t offset = (query * call.heads + head) * call.head_dim;
        kernels_->attend({.query = call.query + offset,
                          .keys = rows[2 * kv_head],
                          .values = rows[2 * kv_head + 1],
                          .head_dim = call.head_dim,
                          .prefix_begin = visible.prefix_begin,
                          .prefix_end = visible.prefix_end,
                          .tail = visible.tail.data(),
                          .tail_count = static_cast<std::int64_t>(visible.tail.size()),
                          .scale = static_cast<float>(call.scale / call.temperature),
                          .softcap = static_cast<float>(call.softcap / call.temperature),  // T s(x / T) with the cap divided as well
                          .out = call.output + offset,
                          .scores = scores,
                          .normalise_scores = call.capture != nullptr,
                          .statistics = call.statistics == nullptr ? nullptr : call.statistics + head * call.statistics_stride + query,
                          .statistics_settings = call.statistics_settings,
                          .position = visible.position,
                          .marked = call.marked_of(query)});
        if (call.capture == nullptr) {
            return;
        }
        float* const row = call.capture + (head * call.queries + query) * call.capture_columns;
        std::fill_n(row, call.capture_columns, 0.0F);
        const float* next = scores;
        for (std::int64_t slot = visible.prefix_begin; slot < visible.prefix_end; ++slot) {
            row[slot] = *next++;
        }
        for (const std::int32_t slot : visible.tail) {
            row[slot] = *next++;
        }
    }

    const kernels::KernelTable* kernels_;
};

}  // namespace

std::shared_ptr<AttentionKernel> make_exact_attention(const kernels::KernelTable& kernels)
{
    return std::make_shared<ExactAttention>(kernels);
}

}  // namespace timberline::model
