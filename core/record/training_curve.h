// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/record/block.h"
#include "core/record/record.h"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

/// What training records. A moment is the number of a step in order of appearance, from 0: going back to a checkpoint repeats step numbers
/// and never moments. Steps come in blocks of several (moment = that of the first), so that a long run makes hundreds of events and not
/// 10^5.
namespace timberline::record {

inline constexpr std::string_view kTrainingSetup = "training-setup";
inline constexpr std::string_view kTrainingSteps = "training-steps";
inline constexpr std::string_view kTrainingValidation = "training-validation";
inline constexpr std::string_view kTrainingSnapshot = "training-snapshot";

/// Once, before the first step.
struct TrainingSetup {
    std::string net;       ///< NetSpec as JSON (core/training/net_spec.h)
    std::string data_set;  ///< id
    std::string task;      ///< "classification" "regression" "text" "none" (quadratic)
    std::int64_t parameters = 0, samples = 0, train = 0, outputs = 0, heads = 1;
    std::int64_t steps = 0;                                         ///< planned at the start
    double lower_bound = std::numeric_limits<double>::quiet_NaN();  ///< of the loss, where it is known
    std::vector<std::int64_t> sample_shape;
    /// The data itself where it is small (at most 65,536 numbers), so that views can draw the points; else empty. The first `train` samples
    /// are for training.
    std::vector<float> inputs;          ///< [samples, product of sample_shape]
    std::vector<std::int32_t> labels;   ///< [samples]; empty for regression
    std::vector<float> targets;         ///< [samples, outputs]; regression
    std::vector<std::int32_t> flipped;  ///< [samples]: 1 where label noise changed the label; empty without noise
};

struct TrainingStep {
    std::int32_t step = 0, epoch = 0;
    float loss = 0;         ///< on the batch, before the update: what is minimised
    float output_loss = 0;  ///< of the output alone, under the loss it is judged by
    float accuracy = 0;     ///< on the batch; NaN for regression
    float penalty = 0;      ///< regulariser's part of loss
    float learning_rate = 0;
    float gradient_norm = 0;
    float update_norm = 0;
    float parameter_norm = 0;
    std::int32_t passes = 0;  ///< forward and backward passes since the start
    float elapsed_ms = 0;     ///< wall time since training began; does not count in comparisons
};
inline constexpr std::int64_t kTrainingColumns = 11;  ///< of the table: all but elapsed_ms

struct TrainingSteps {
    std::int32_t first_moment = 0;
    std::vector<TrainingStep> steps;  ///< moments first_moment, first_moment + 1, …
};

/// A look at training and validation samples with batch norm's buffers. moment = that of the step that was done before it, -1 before the
/// first.
struct TrainingValidation {
    std::int32_t moment = -1;
    std::int32_t step = 0;                      ///< steps done = number of the next step
    double train_loss = 0, train_accuracy = 0;  ///< on the looked-at training samples
    double loss = 0, accuracy = 0;              ///< on validation samples; NaN without any
    std::vector<float> head_loss,
        head_accuracy;  ///< per exit head on validation samples (training samples where there are none), the output last
    /// Per looked-at row (sample, or token of a text), training and validation: losses for histograms and the loss-threshold attack,
    /// confidence and correctness for calibration. Confidence and correctness are empty for regression; all are empty in looks from before
    /// a resumption, and in a finished record in all but the newest 100 looks.
    std::vector<float> train_row_loss, row_loss;
    std::vector<float> train_confidence, confidence;
    std::vector<std::int32_t> train_correct, correct;
    std::int64_t layers = 0;  ///< transformer: [layers, heads] mean attention entropy in nats
    std::vector<float> head_entropy;
};

/// The parameters at one moment: enough to draw landscapes and decision maps again.
struct TrainingSnapshot {
    std::int32_t moment = -1;
    std::int32_t step = 0;  ///< steps done
    double loss = 0;        ///< on the looked-at training samples; NaN when none was taken at this moment
    std::vector<float> parameters, buffers;
};

[[nodiscard]] Block to_block(const TrainingSetup& setup);
[[nodiscard]] Block to_block(const TrainingSteps& steps);
[[nodiscard]] Block to_block(const TrainingValidation& validation);
[[nodiscard]] Block to_block(const TrainingSnapshot& snapshot);

/// Check everything: untrusted input. Errors name the block's kind, what is missing and what was expected.
[[nodiscard]] Result<TrainingSetup> training_setup_from(const Block& block);
[[nodiscard]] Result<TrainingSteps> training_steps_from(const Block& block);
[[nodiscard]] Result<TrainingValidation> training_validation_from(const Block& block);
[[nodiscard]] Result<TrainingSnapshot> training_snapshot_from(const Block& block);

/// The last moment that a block covers: that of its last step, of other kinds its own.
[[nodiscard]] std::int32_t last_moment(const Block& block);

// --- Folds. Blocks that do not read well are skipped.
// -------------------------------------------------------------------------------------

/// All steps in order of appearance: element i has moment i, unless blocks are missing.
[[nodiscard]] std::vector<TrainingStep> training_steps(const Record& record);
[[nodiscard]] std::vector<TrainingValidation> training_validations(const Record& record);
/// Pointers to the blocks, in order; read one with training_snapshot_from.
[[nodiscard]] std::vector<const Block*> training_snapshots(const Record& record);

/// data/curve.csv: step,train_loss,val_loss,lr; val_loss stands in the row of the step before the look, and is empty elsewhere.
[[nodiscard]] std::string curve_csv(const Record& record);

/// The rule by which trajectories are thinned (training.md 1.4): when more than `most` are kept, every second one of the oldest half is
/// dropped, never the first nor the last. @param indices what is kept now, ascending. @return true when something was dropped.
bool thin_snapshots(std::vector<std::size_t>& indices, std::size_t most);

}  // namespace timberline::record
