// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/record/record.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// What the Exits bench records: what every layer would have said about every position, where the computation really ended, and what that
/// cost (methods/exits.md 1.1, 1.7 to 1.10). A row is a position of the text (or a sample of a data set); a layer is a block of the model
/// (or an exit of a small network). Arrays count layers from 0, so index l stands for block l + 1; everything called `exit`, `known` or
/// `layer` in a scalar counts blocks from 1, as the tables of the literature do. Each struct has one pair of conversions to and from a
/// Block; ExitFold puts a record together.
namespace timberline::record {

/// What keys and values a layer holds for a token that did not run it (exits.md 1.7).
enum class KvMode : std::uint8_t {
    Propagate,  ///< projected from the hidden row of the exit
    Copy,       ///< the exit layer's own keys and values
    Defer,      ///< computed exactly when a later token needs them
    Mask,       ///< none: later tokens do not see this one there
    Oracle,     ///< computed exactly at once, at full cost
};
inline constexpr int kKvModes = 5;
[[nodiscard]] std::string_view name_of(KvMode mode) noexcept;  ///< "propagate" "copy" "defer" "mask" "oracle"
[[nodiscard]] std::optional<KvMode> kv_mode_of(std::string_view name) noexcept;
/// Keys and values are those of the full model for the same text: defer and oracle.
[[nodiscard]] constexpr bool is_exact(KvMode mode) noexcept
{
    return mode == KvMode::Defer || mode == KvMode::Oracle;
}

/// Where the keys and values of (position, layer) come from.
enum class KvSource : std::uint8_t { Computed, Propagated, Copied, Pending, Filled, Absent };
inline constexpr int kKvSources = 6;
[[nodiscard]] std::string_view name_of(KvSource source) noexcept;  ///< "computed" "propagated" "copied" "pending" "filled" "absent"

/// Whether a cell's layer ran for its token.
enum class CellState : std::uint8_t {
    Unknown,   ///< did not run and was not looked at: no numbers
    Computed,  ///< ran for the text
    Shadow,    ///< ran beside the text for the picture only; its cost is not counted
};

/// Block kind "exit-run": what holds for the whole run. Moment -1, before all readings.
struct ExitRun {
    std::string subject = "language-model";  ///< or "trained-net"
    std::int32_t layers = 0;                 ///< L, at least 1
    std::int32_t vocabulary = 0;             ///< V, or classes: the K of the canonical entropy 1 - H / ln K
    std::int32_t top_k = 0;                  ///< candidates kept for each cell
    std::string policy;                      ///< method id at the start
    std::string lens = "logit";              ///< "logit" "tuned" "own-head"
    KvMode kv_mode = KvMode::Propagate;
    bool early = true;                     ///< false: every token ran all layers and nothing was left out
    bool shadow = true;                    ///< layers above an exit were read beside the text
    std::int32_t earliest = 1, every = 1;  ///< exits allowed: l >= earliest and (L - l) divisible by every
    bool exit_in_prompt = false;           ///< prompt tokens may exit too
    std::int32_t max_new = 0;              ///< N of the decaying threshold
    /// Cost model, FLOPs of one token (a multiply-add is 2): a block costs block[l] + per_key[l] * visible keys, a read-out head[l].
    std::vector<double> block_flops, key_flops, head_flops;  ///< [L]
    std::vector<std::int32_t> window;                        ///< [L] most keys that a layer sees; 0 = all
    double kv_flops = 0;                                     ///< keys and values of one skipped layer (propagate)
    double score_flops = 0;                                  ///< a score of the hidden state, no read-out (saturation)
    std::vector<std::string> names;                          ///< trained-net: of the classes, may be empty
};

/// Block kind "layer-readings": rows of one moment, or, after the fold, of a whole run. Moment = index of the generated token that the row
/// chose; prompt rows before the last one belong to moment -1. Numbers that do not exist are NaN, tokens that do not exist -1.
struct LayerReadings {
    std::int32_t layers = 0;
    std::int32_t top_k = 0;

    // one entry a row
    std::vector<std::int32_t> moment;    ///< -1 for prompt rows
    std::vector<std::int32_t> position;  ///< 0-based, of the token that the row has read
    std::vector<TokenId> token;          ///< the token at `position`; -1 for samples
    std::vector<TokenId> next;           ///< the token after it in the text (emitted or, in the prompt, given); samples: the label
    std::vector<std::int32_t> exit;      ///< blocks that ran for the text, 1..layers
    std::vector<std::int32_t> known;     ///< layers [0, known) have numbers
    std::vector<std::int32_t> heads;     ///< read-outs that the policy asked for: charged
    std::vector<double> flops;           ///< charged FLOPs, keys and values of other rows that this row had to fill included
    /// Measured wall time of the blocks, of the policy's read-outs, and of filling keys and values.
    std::vector<double> block_ms, lens_ms, kv_ms;

    // one entry a cell, [rows * layers]
    std::vector<TokenId> top1;       ///< argmax, the lowest id wins a tie
    std::vector<TokenId> emits;      ///< the token that would follow if the computation ended here: the run's sampling, the moment's draw
    std::vector<float> probability;  ///< of top1, temperature 1, full vocabulary
    std::vector<float> entropy;      ///< nats
    std::vector<float> margin;       ///< probability of the best minus that of the second best
    std::vector<float> kl_final;     ///< KL(last layer || this layer), nats; exactly 0 in the last layer
    std::vector<float> cosine;       ///< of the rows before and after the block; NaN in the first layer (no block before it has been read)
    std::vector<float> next_log_probability;  ///< ln of the probability that this layer gives to `next`
    std::vector<KvSource> source;
    std::vector<CellState> state;

    // [rows * layers * top_k], most probable first
    std::vector<TokenId> top_ids;
    std::vector<float> top_probability;

    /// Scores of learned policies by method id, [rows * layers], higher = more willing to exit, NaN = none. What a policy computes from the
    /// hidden state cannot be had from the numbers above: it stands here, so that its threshold can be moved without the model.
    std::map<std::string, std::vector<float>> scores;

    [[nodiscard]] std::size_t rows() const noexcept { return position.size(); }
    [[nodiscard]] std::size_t cell(std::size_t row, std::size_t layer) const noexcept
    {
        return row * static_cast<std::size_t>(layers) + layer;
    }
    [[nodiscard]] std::span<const TokenId> candidates(std::size_t row, std::size_t layer) const noexcept;
    [[nodiscard]] std::span<const float> candidate_probabilities(std::size_t row, std::size_t layer) const noexcept;
    /// The smallest layer (from 1) from which on top1 equals the last layer's: the saturation layer, the `stable` oracle. 0 when the row is
    /// not known to the last layer.
    [[nodiscard]] std::int32_t saturation_layer(std::size_t row) const noexcept;
    /// top1 equals the last layer's: 1 or 0, -1 when the row is not known to the last layer or to this one.
    [[nodiscard]] int agrees(std::size_t row, std::size_t layer) const noexcept;

    /// Makes room for `count` rows of undefined numbers. Precondition: layers and top_k are set.
    void resize(std::size_t count);
    /// Appends the rows of `other`. Precondition: the same layers and top_k.
    void append(const LayerReadings& other);
};

/// Keys and values that became available (Defer): part of a "layer-readings" block.
struct KvFill {
    std::int32_t position = 0;
    std::int32_t layer = 0;  ///< index, from 0
    friend bool operator==(const KvFill&, const KvFill&) = default;
};

/// Block kind "exit-summary": one at the end of the run, moment -1.
struct ExitSummary {
    std::int32_t tokens = 0;                                       ///< generated rows (samples of a trained net)
    double mean_depth = 0, layer_fraction = 0, flop_fraction = 0;  ///< exits.md 1.8, generated rows
    double ms_per_token = 0;                                       ///< measured: blocks, the policy's read-outs, keys and values
    double full_ms_per_token = 0;                                  ///< measured: the same loop with every layer; 0 = not measured
    double agreement = 0;            ///< share of generated rows whose token the full model emits too (clean cache, same prefix, same draw)
    double nll = 0;                  ///< mean of -ln p of the emitted tokens at the exits, nats
    double full_nll = 0;             ///< the same tokens under the full model
    std::vector<TokenId> reference;  ///< per row of the run: the full model's token on the same prefix; -1 = prompt
    std::vector<float> reference_log_probability;  ///< per row: ln p of the row's `next` under the full model
};

inline constexpr std::string_view kExitRunBlock = "exit-run", kLayerReadingsBlock = "layer-readings", kExitSummaryBlock = "exit-summary",
                                  kExitMapBlock = "exit-decision-map", kExitCalibrationBlock = "exit-calibration",
                                  kLensTrainingBlock = "exit-lens-training";
inline constexpr std::int32_t kMostReadingLayers = 4096;  ///< a reader refuses more
inline constexpr std::int32_t kMostClasses = 100'000;     ///< a reader refuses more

/// Answer to the query "decision-map" about a trained net with 2-D input (block kind "exit-decision-map"; runs on such nets record one
/// too): each exit's choice over the plane. Cell (i, j) was evaluated at its centre: x = x_low + (i + 0.5) (x_high - x_low) / nx, y
/// likewise.
struct ExitDecisionMap {
    std::int32_t layers = 0, nx = 0, ny = 0;
    double x_low = 0, x_high = 0, y_low = 0, y_high = 0;  ///< outer edges of the grid, finite
    std::vector<std::int32_t> choice;                     ///< [layers, ny, nx], row 0 at y_low: the likeliest class, below kMostClasses
    std::vector<float> probability;                       ///< [layers, ny, nx]: of that class
    std::vector<float> margin, entropy;                   ///< [layers, ny, nx]
    std::vector<float> points_x, points_y;                ///< samples of the data set
    std::vector<std::int32_t> labels;                     ///< of the points, below kMostClasses
    std::vector<std::string> names;                       ///< of the classes, may be empty
};

/// Answer to the query "calibrate" (block kind "exit-calibration"): Learn then Test down a grid of thresholds (exits.md 1.5).
struct ThresholdCalibration {
    std::string policy;
    double lambda = 1;  ///< the certified threshold; 1 = never exit
    double delta = 0, epsilon = 0;
    std::int32_t prompts = 0;
    bool exact = false;                          ///< the binomial test (losses 0 or 1), else Hoeffding's
    std::vector<double> grid, loss, p;           ///< thresholds, descending; mean loss over the prompts; p-value
    std::vector<std::int32_t> tested, accepted;  ///< 0 or 1: the walk reached it; it passed
};

/// Block kind "exit-lens-training", moment -1: a lens that was trained at the start of the run.
struct LensTrainingCurve {
    std::vector<double> loss;  ///< a step: mean KL(last layer || layer) over tokens and layers, nats
};

[[nodiscard]] Block to_block(const ExitRun& run);
/// @param fills cells of earlier rows whose keys and values this moment computed.  The block's moment is that of its first row.
[[nodiscard]] Block to_block(const LayerReadings& readings, std::span<const KvFill> fills = {});
[[nodiscard]] Block to_block(const ExitSummary& summary);
[[nodiscard]] Block to_block(const ExitDecisionMap& map);
[[nodiscard]] Block to_block(const ThresholdCalibration& calibration);
[[nodiscard]] Block to_block(const LensTrainingCurve& curve);

/// Check everything: kind, sizes that agree, ranges. The error names the block's kind and the field.
[[nodiscard]] Result<ExitRun> exit_run_from(const Block& block);
[[nodiscard]] Result<LayerReadings> layer_readings_from(const Block& block);
[[nodiscard]] Result<std::vector<KvFill>> kv_fills_from(const Block& block);
[[nodiscard]] Result<ExitSummary> exit_summary_from(const Block& block);
[[nodiscard]] Result<ExitDecisionMap> exit_decision_map_from(const Block& block);
[[nodiscard]] Result<ThresholdCalibration> threshold_calibration_from(const Block& block);
[[nodiscard]] Result<LensTrainingCurve> lens_training_from(const Block& block);

/// How often one layer was right: what the strip beside the map shows.
struct LayerCount {
    std::int64_t known = 0;     ///< rows that are known to the last layer and to this one
    std::int64_t agreeing = 0;  ///< of these, those whose likeliest token is the last layer's
    std::int64_t labelled = 0;  ///< rows known here with a following token or class
    std::int64_t right = 0;     ///< of these, those whose likeliest token is it
    friend bool operator==(const LayerCount&, const LayerCount&) = default;
};
/// Adds one row to the counts of its layers. Precondition: row < rows(), counts.size() = layers.
void count_row(const LayerReadings& readings, std::size_t row, std::span<LayerCount> counts) noexcept;

/// Puts the Exits blocks of a record together, in the record's order; also while the run goes on. Blocks of other kinds are passed over;
/// damaged ones are counted, never trusted: also readings of other layers than the run's, whichever came first.
class ExitFold
{
public:
    void add(const Block& block);
    /// All events of a record, blocks whose moment is at or past `until` left out (negative = none).
    [[nodiscard]] static ExitFold of(const Record& record, int until = -1);

    [[nodiscard]] const std::optional<ExitRun>& run() const noexcept { return run_; }
    [[nodiscard]] const LayerReadings& readings() const noexcept { return readings_; }  ///< every row so far; `source` as it stands now
    [[nodiscard]] const std::optional<ExitSummary>& summary() const noexcept { return summary_; }
    /// Row of a text position, or nothing. O(log rows).
    [[nodiscard]] std::optional<std::size_t> row_of(std::int32_t position) const noexcept;
    [[nodiscard]] int refused() const noexcept { return refused_; }
    [[nodiscard]] const std::string& problem() const noexcept { return problem_; }  ///< of the first refused block

private:
    Status add_checked(const Block& block);

    std::optional<ExitRun> run_;
    LayerReadings readings_;
    std::optional<ExitSummary> summary_;
    std::map<std::int32_t, std::size_t> row_of_position_;
    int refused_ = 0;
    std::string problem_;
};

/// data/readings.csv: position,layer,token,top1,prob,entropy_nats,margin,kl_final,exit. Layer from 1; exit = 1 in the row of the layer
/// where the token's computation ended. Cells without numbers are left out.
[[nodiscard]] std::string readings_csv(const Record& record);

}  // namespace timberline::record
