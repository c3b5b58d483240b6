// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"
#include "core/base/json.h"
#include "core/record/landscape_grid.h"
#include "core/record/record.h"

#include <string>
#include <vector>

/// What a run comes to, in numbers: what `run` prints, and a row of a sweep. Pure folds; thread-safe.
namespace timberline::record {

/// One closing number of a run. The value is null where it does not exist and where it is not finite.
struct ClosingNumber {
    std::string name;
    OrderedJson value;
    bool timed = false;  ///< from wall times: another one in every repeat
};

/// By the record's bench: the same names in the same order for every run of that bench.
/// - exits: tokens (generated; of a trained net: samples), mean_depth (blocks), layer_fraction, flop_fraction, agreement with the full
///   model, nll and full_nll (nats a token), token_ms, full_token_ms (null when not measured), text_hash (null for a trained net).
/// - attention: positions (prompt and generated), tokens (generated), normalised_entropy (mean over heads), sink_rate (share of the heads
///   that are sinks), perplexity, total_ms, text_hash.
/// - landscape, of its last surface: center_loss, lowest_loss, highest_loss, cells, not_finite, cosine; of its last look at the curvature:
///   lambda_max, stability_limit, trace, trace_error; surfaces_followed, waited_share (of the training's time), total_ms.
/// - training: steps, train_loss, val_loss, train_accuracy, val_accuracy, reason, steps_per_s.
/// - heads: steps, text_tokens, parameters, val_loss, val_accuracy (of the first head), accepted_per_pass (last measured),
///   best_accepted_per_pass, reason, text_ms, total_ms.
/// - draft: none; its numbers are folds of rounds (folds.h).
[[nodiscard]] std::vector<ClosingNumber> closing_numbers(const Record& record);

/// 64-bit FNV-1a over the ids, 16 hexadecimal digits: tells whether two runs wrote the same text.
[[nodiscard]] std::string ids_hash(const std::vector<TokenId>& ids);

/// The bench that wrote the record; "draft" when it does not say.
[[nodiscard]] std::string bench_of(const Record& record);

/// All Landscape blocks of a record, put together.
[[nodiscard]] LandscapeFold landscape_fold(const Record& record);

}  // namespace timberline::record
