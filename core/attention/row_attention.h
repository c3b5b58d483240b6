// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/attention_kernel.h"
#include "core/attention/row_kernels.h"

#include <span>
#include <vector>

namespace timberline::attention {

/// One query of one head, as a row-wise method sees it.
struct AttentionRow {
    const AttentionCall& call;
    std::int64_t head = 0, kv_head = 0, query = 0;
    std::int64_t count = 0;            ///< visible keys: N of the papers' formulas, also in cached decoding
    std::int64_t position = 0;         ///< of the query
    const float* query_row = nullptr;  ///< [head_dim]
    const float* keys = nullptr;       ///< [slots, head_dim]
    const float* values = nullptr;     ///< [slots, head_dim]

    /// Slot of visible key `index`.
    [[nodiscard]] std::int64_t slot(std::int64_t index) const noexcept
    {
        const AttentionCall::Visible& visible = call.visible[static_cast<std::size_t>(query)];
        const std::int64_t prefix = visible.prefix_end - visible.prefix_begin;
        return index < prefix ? visible.prefix_begin + index : visible.tail[static_cast<std::size_t>(index - prefix)];
    }
};

/// Attention whose weights of a row depend on that row's scores only: scores, weights, mix, with capture and statistics of the weights.
/// Methods say how scores become weights. Rows are independent, so results do not depend on batch or threads. Memory: one row a thread.
class RowAttention : public AttentionKernel
{
public:
    explicit RowAttention(const RowKernels& kernels) : kernels_(kernels) {}
    void attend(const AttentionCall& call) final;
    /// score_form(). Methods whose weights are no softmax override it with nothing.
    [[nodiscard]] std::optional<ScoreForm> softmax_form(const AttentionCall& call, std::int64_t head, std::int64_t query) const override;

protected:
    /// What the scores are; the default is the model's own form with the head's temperature.
    [[nodiscard]] virtual ScoreForm score_form(const AttentionRow& row) const
    {
        return {.scale = row.call.scale / row.call.temperature, .softcap = row.call.softcap / row.call.temperature};
    }
    /// Before the rows of a call; on the calling thread.  @param keys [kv_heads] rows of the layer.  @param slots rows that some query
    /// sees.
    virtual void prepare(const AttentionCall& call, std::span<const float* const> keys, std::int64_t slots)
    {
        (void)call;
        (void)keys;
        (void)slots;
    }
    /// Turns scores into weights that sum to 1 (or are all 0), in place.
    /// @return ln of the sum of exponentials of the scores, NaN where the weights are none.
    virtual float weigh(const AttentionRow& row, std::span<float> scores) const = 0;
    /// Last change of the weights, after statistics and capture: factors of the values.
    virtual void scale_values(const AttentionRow& row, std::span<float> weights) const
    {
        (void)row;
        (void)weights;
    }
    [[nodiscard]] const RowKernels& kernels() const noexcept { return kernels_; }

private:
    void attend_row(const AttentionRow& row, float* scratch) const;

    RowKernels kernels_;
    std::vector<const float*> keys_, values_;
};

}  // namespace timberline::attention
