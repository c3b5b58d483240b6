// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/row_statistics.h"

#include <cstdint>
#include <optional>
#include <span>

/// The decoder's attention seam: what a layer asks for, and who answers. Methods of the family "attention variant" stand behind it.
namespace timberline::attention {

/// The part of a KV store that attention reads. Slot s of a layer holds the row of one token.
class KeyValueRows
{
public:
    virtual ~KeyValueRows() = default;
    /// Rows of one head, slot after slot: [slots, head_dim], contiguous a head.
    [[nodiscard]] virtual float* keys(std::int64_t layer, std::int64_t kv_head) = 0;
    [[nodiscard]] virtual float* values(std::int64_t layer, std::int64_t kv_head) = 0;
};

/// One attention call of one layer: T query rows against S key slots. Masks are lists, not matrices: query t sees the slots
/// visible[t][0..], ascending by position, so a tree row and a plain row of the same path do the same sums in the same order
/// (batch invariance: results are bitwise equal).
struct AttentionCall {
    std::int64_t layer = 0;
    std::int64_t queries = 0;  ///< T
    std::int64_t heads = 0, kv_heads = 0, head_dim = 0;
    const float* query = nullptr;   ///< [T, heads, head_dim], rotated
    KeyValueRows* store = nullptr;  ///< rows of this forward are already written
    /// Per query: `prefix_begin..prefix_end` slots of the committed cache, then `tail` slots (ancestors and itself). The keys are
    /// neighbours in position; the last one is the query's own.
    struct Visible {
        std::int32_t prefix_begin = 0, prefix_end = 0;
        std::span<const std::int32_t> tail;
        std::int32_t position = 0;  ///< of the query, so that key i has position `position - count() + 1 + i`
        [[nodiscard]] std::int64_t count() const noexcept { return prefix_end - prefix_begin + static_cast<std::int64_t>(tail.size()); }
    };
    std::span<const Visible> visible;  ///< [T]
    double scale = 1;
    double softcap = 0;
    double temperature = 1;   ///< > 0; scores are divided by it after the soft cap (an edit of a head)
    float* output = nullptr;  ///< [T, heads * head_dim]
    /// When not null: receives probabilities, [heads, T, capture_columns], zero where masked; column = slot.
    float* capture = nullptr;
    std::int64_t capture_columns = 0;

    /// When not null: the row of head h and query t receives its statistics at [h * statistics_stride + t]. No map is stored for that.
    RowStatistics* statistics = nullptr;
    std::int64_t statistics_stride = 0;
    RowStatisticsSettings statistics_settings{};
    std::span<const std::span<const std::int32_t>>
        marked{};  ///< [T] positions whose weight is summed up as RowStatistics::marked; empty = none

    /// Heads to compute; the others' outputs, captures and statistics stay untouched. A negative end means all.
    std::int64_t head_begin = 0, head_end = -1;
    [[nodiscard]] std::int64_t end_of_heads() const noexcept { return head_end < 0 ? heads : head_end; }
    /// The key and value head that query head `head` reads (grouped heads).
    [[nodiscard]] std::int64_t kv_head_of(std::int64_t head) const noexcept { return head / (heads / kv_heads); }
    [[nodiscard]] std::span<const std::int32_t> marked_of(std::int64_t query_row) const noexcept
    {
        return marked.empty() ? std::span<const std::int32_t>{} : marked[static_cast<std::size_t>(query_row)];
    }
};

/// How a score comes about: softcap(scale * q.k).
struct ScoreForm {
    double scale = 1;
    double softcap = 0;  ///< 0 = off; softcap * tanh(x / softcap)
};

/// Replaceable part: how a layer attends. The default is exact softmax attention. Called from one thread; may use the compute threads.
class AttentionKernel
{
public:
    virtual ~AttentionKernel() = default;
    virtual void attend(const AttentionCall& call) = 0;
    /// The scores whose softmax are the weights of a row, for explaining a weight; nothing where the weights are no softmax. The default is
    /// the model's own form.
    [[nodiscard]] virtual std::optional<ScoreForm> softmax_form(const AttentionCall& call, std::int64_t head, std::int64_t query) const
    {
        (void)head;
        (void)query;
        return ScoreForm{.scale = call.scale / call.temperature, .softcap = call.softcap / call.temperature};
    }
};

}  // namespace timberline::attention
