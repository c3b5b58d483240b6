// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/rollout.h"
#include "core/base/cancel.h"
#include "core/base/ids.h"
#include "core/model/language_model.h"
#include "core/record/attention_rows.h"
#include "core/run/attention_session.h"

#include <span>

/// Maps made on demand by reading the text again as far as needed: nothing of them is kept in a run.
namespace timberline::run {

/// A text and how it is attended to.
struct AttentionText {
    const model::LanguageModel& model;
    const AttentionPlan& plan;
    std::span<const TokenId> tokens;  ///< not empty, within the context
    const CancelToken& cancel;
};

inline constexpr std::int64_t kMostMapCells = 16'777'216;  ///< 64 MiB of float32
inline constexpr std::int64_t kMostRolloutTokens = 512;
inline constexpr std::int64_t kStreamTile = 64;  ///< keys of a tile in the trace of a cell

/// Rows first .. first + count of one head. Errors: layer or head outside the model, rows outside the text, more cells than kMostMapCells.
/// @param base also the unchanged model's map.
[[nodiscard]] Result<record::AttentionMap> attention_map(const AttentionText& text, std::int64_t layer, std::int64_t head,
                                                         std::int64_t first, std::int64_t count, bool base);

/// The maps of every head, layer by layer; for short texts whose record keeps them.
[[nodiscard]] Result<std::vector<record::AttentionMap>> all_attention_maps(const AttentionText& text);

[[nodiscard]] Result<record::AttentionThumbnails> attention_thumbnails(const AttentionText& text, std::int64_t size);

/// How one weight came about, by the scores that the head's method states; a method whose weights are no softmax leaves scale, score and
/// log_sum_exp NaN and no tiles. Errors: a key that the query does not see.
[[nodiscard]] Result<record::AttentionCell> attention_cell(const AttentionText& text, std::int64_t layer, std::int64_t head,
                                                           std::int64_t query, std::int64_t key);

/// Errors: a position outside the text or past kMostRolloutTokens.
[[nodiscard]] Result<record::AttentionRollout> attention_rollout(const AttentionText& text, std::int64_t position,
                                                                 const attention::RolloutSettings& settings);

}  // namespace timberline::run
