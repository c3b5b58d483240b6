// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"
#include "core/run/sweep.h"

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

/// A sweep as a table, and as the file sweep.json. Pure but for reading the file; no tensors.
namespace timberline::run {

/// Of repeated measurements. Quartiles are interpolated linearly between the sorted values (Hyndman and Fan's type 7). All NaN without a
/// value; `deviation` is the sample's (n - 1) and NaN below two values.
struct Spread {
    double median = 0, mean = 0, deviation = 0, lower_quartile = 0, upper_quartile = 0;
    [[nodiscard]] double range() const noexcept { return upper_quartile - lower_quartile; }  ///< interquartile
};
[[nodiscard]] Spread spread_of(const std::vector<double>& values);

/// Median rate over the median rate of plain decoding beside it; NaN when one of them was not measured.
[[nodiscard]] double speed_up(const SweepPoint& point);
/// Of the ratios of the runs that were made as pairs: how sure the speed-up is. All NaN when they do not pair.
[[nodiscard]] Spread paired_speed_up(const SweepPoint& point);

/// One row a point, the same columns in the same order for every row: the varied keys (numbers as numbers), then
/// - Draft bench: accepted_per_pass, mean_acceptance, rounds, tokens, tokens_per_s (median), tokens_per_s_mean, tokens_per_s_std,
///   tokens_per_s_iqr, repeats, text_hash, plain_tokens_per_s (median; null when not measured), speed_up, speed_up_iqr (of the pairs);
/// - other benches: their closing numbers, wall times as medians, then repeats;
/// - last, only when a point of the sweep was refused: error, the sentence (null for the others, which are null but for their values).
[[nodiscard]] OrderedJson sweep_rows(const Sweep& sweep);

/// Rows as comma-separated text (full precision) or as a Markdown table (five digits), header first. Nothing for no rows.
[[nodiscard]] std::string rows_csv(const OrderedJson& rows);
[[nodiscard]] std::string rows_markdown(const OrderedJson& rows);

/// sweep.json: {"timberline_sweep": 1, "versions", "threads", "device", "repeats", "warm_up", "plain", "varied": [{"key", "values"}],
/// "config", "rows": as above, "timings": [{"tokens_per_s": [each repeat], "plain_tokens_per_s": […]}] a row}.
[[nodiscard]] OrderedJson to_json(const Sweep& sweep);

/// Reads the above, strictly and without trust: types, counts and the config are checked. Only sweeps of the Draft bench carry what is
/// needed to show them again; others are Unsupported. Rows may be fewer than the sweep wanted: it was cancelled.
/// @param where file name for errors.
[[nodiscard]] Result<Sweep> parse_sweep(const Json& json, const MethodRegistry& methods, const std::string& where);
[[nodiscard]] Result<Sweep> read_sweep(const std::filesystem::path& path, const MethodRegistry& methods);

}  // namespace timberline::run
