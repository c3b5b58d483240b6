// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/cancel.h"
#include "core/base/ids.h"
#include "core/model/language_model.h"
#include "core/record/attention_rows.h"
#include "core/run/attention_session.h"

#include <span>

namespace timberline::run {

/// Reads a text twice, by the model's own attention and by the plan, in step, and compares the laws of the next token at every position
/// and, over the first `compare_tokens` positions, the maps of every head (methods/attention.md 1.7). Memory: one chunk of 64 rows of each.
/// @param text not empty, within the context.
[[nodiscard]] Result<record::AttentionEffect> attention_effect(const model::LanguageModel& model, const AttentionPlan& plan,
                                                               std::span<const TokenId> text, std::int64_t compare_tokens,
                                                               const CancelToken& cancel);

}  // namespace timberline::run
