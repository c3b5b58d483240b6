// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/row_attention.h"

#include "core/base/thread_pool.h"

#include <algorithm>

namespace timberline::attention {

namespace {

/// Multiply-adds below which a second thread costs more than it brings.
constexpr std::int64_t kWorthThreads = 60000;

}  // namespace

void RowAttention::attend(const AttentionCall& call)
{
    const std::int64_t heads = call.end_of_heads() - call.head_begin;
    if (heads <= 0 || call.queries <= 0) {
        return;
    }
    std::int64_t seen = 0;
    std::int64_t most = 0;
    std::int64_t slots = 0;
    for (const AttentionCall::Visible& visible : call.visible) {
        seen += visible.count();
        most = std::max(most, visible.count());
        slots = std::max<std::int64_t>(slots, visible.prefix_end);
        slots =
            visible.tail.empty() ? slots : std::max<std::int64_t>(slots, *std::max_element(visible.tail.begin(), visible.tail.end()) + 1);
    }
    // The store may be any implementation: its virtual functions are called on this thread only.
    keys_.resize(static_cast<std::size_t>(call.kv_heads));
    values_.resize(keys_.size());
    for (std::size_t head = 0; head < keys_.size(); ++head) {
        keys_[head] = call.store->keys(call.layer, static_cast<std::int64_t>(head));
        values_[head] = call.store->values(call.layer, static_cast<std::int64_t>(head));
    }
    prepare(call, keys_, slots);
    const std::int64_t items = heads * call.queries;
    const bool small = 2 * seen * heads * call.head_dim < kWorthThreads;
    ThreadPool::instance().parallel_for(items, small ? items : 1, [&, most](std::int64_t begin, std::int64_t end) {
        thread_local std::vector<float> scratch;
        scratch.resize(std::max(scratch.size(), static_cast<std::size_t>(padded_count(most))));
        for (std::int64_t item = begin; item < end; ++item) {
            const std::int64_t head = call.head_begin + item / call.queries;
            const std::int64_t query = item % call.queries;
            const std::int64_t kv_head = call.kv_head_of(head);
            const AttentionCall::Visible& visible = call.visible[static_cast<std::size_t>(query)];
            attend_row({.call = call,
                        .head = head,
                        .kv_head = kv_head,
                        .query = query,
                        .count = visible.count(),
                        .position = visible.position,
                        .query_row = call.query + (query * call.heads + head) * call.head_dim,
                        .keys = keys_[static_cast<std::size_t>(kv_head)],
                        .values = values_[static_cast<std::size_t>(kv_head)]},
                       scratch.data());
        }
    });
}

std::optional<ScoreForm> RowAttention::softmax_form(const AttentionCall& call, std::int64_t head, std::int64_t query) const
{
    const AttentionCall::Visible& visible = call.visible[static_cast<std::size_t>(query)];
    return score_form({.call = call,
                       .head = head,
                       .kv_head = call.kv_head_of(head),
                       .query = query,
                       .count = visible.count(),
                       .position = visible.position,
                       .query_row = call.query + (query * call.heads + head) * call.head_dim});
}

void RowAttention::attend_row(const AttentionRow& row, float* scratch) const
{
    const AttentionCall& call = row.call;
    const AttentionCall::Visible& visible = call.visible[static_cast<std::size_t>(row.query)];
    float* const out = call.output + (row.query * call.heads + row.head) * call.head_dim;
    const std::span<float> weights(scratch, static_cast<std::size_t>(row.count));
    const ScoreForm form = score_form(row);
    const AttendCall kernel = {.query = row.query_row,
                               .keys = row.keys,
                               .values = row.values,
                               .head_dim = call.head_dim,
                               .prefix_begin = visible.prefix_begin,
                               .prefix_end = visible.prefix_end,
                               .tail = visible.tail.data(),
                               .tail_count = static_cast<std::int64_t>(visible.tail.size()),
                               .scale = static_cast<float>(form.scale),
                               .softcap = static_cast<float>(form.softcap),
                               .out = out,
                               .scores = scratch};
    float log_sum_exp = -std::numeric_limits<float>::infinity();
    if (row.count > 0) {
        kernels_.score(kernel);
        log_sum_exp = weigh(row, weights);
    }
    if (call.statistics != nullptr) {
        RowStatistics& statistics = call.statistics[row.head * call.statistics_stride + row.query];
        statistics = statistics_of_weights(weights, row.position, call.statistics_settings, call.marked_of(row.query));
        statistics.log_sum_exp = log_sum_exp;
    }
    if (call.capture != nullptr) {
        float* const map = call.capture + (row.head * call.queries + row.query) * call.capture_columns;
        std::fill_n(map, call.capture_columns, 0.0F);
        for (std::int64_t i = 0; i < row.count; ++i) {
            map[row.slot(i)] = weights[static_cast<std::size_t>(i)];
        }
    }
    scale_values(row, weights);
    kernels_.mix(kernel);
}

}  // namespace timberline::attention
