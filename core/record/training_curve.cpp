// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/training_curve.h"

#include "core/record/block_checks.h"

#include <algorithm>
#include <cmath>

namespace timberline::record {

using namespace checks;

namespace {

/// Columns of the table of steps, in this order forever.
constexpr float TrainingStep::*kReals[] = {&TrainingStep::loss,        &TrainingStep::output_loss,   &TrainingStep::accuracy,
                                           &TrainingStep::penalty,     &TrainingStep::learning_rate, &TrainingStep::gradient_norm,
                                           &TrainingStep::update_norm, &TrainingStep::parameter_norm};
constexpr std::int32_t TrainingStep::*kCounts[] = {&TrainingStep::step, &TrainingStep::epoch, &TrainingStep::passes};
static_assert(std::size(kReals) + std::size(kCounts) == kTrainingColumns);

}  // namespace

Block to_block(const TrainingSetup& setup)
{
    Block block;
    block.kind = kTrainingSetup;
    block.texts = {{"net", setup.net}, {"data_set", setup.data_set}, {"task", setup.task}};
    block.numbers = {{"parameters", static_cast<double>(setup.parameters)},
                     {"samples", static_cast<double>(setup.samples)},
                     {"train", static_cast<double>(setup.train)},
                     {"outputs", static_cast<double>(setup.outputs)},
                     {"heads", static_cast<double>(setup.heads)},
                     {"steps", static_cast<double>(setup.steps)},
                     {"lower_bound", setup.lower_bound}};
    put(block, "sample_shape", std::vector<double>(setup.sample_shape.begin(), setup.sample_shape.end()));
    put(block, "inputs", setup.inputs);
    put(block, "labels", setup.labels);
    put(block, "targets", setup.targets);
    put(block, "flipped", setup.flipped);
    return block;
}

Result<TrainingSetup> training_setup_from(const Block& block)
{
    TIMBERLINE_TRY(check_kind(block, kTrainingSetup));
    TrainingSetup out;
    out.net = text(block, "net");
    out.data_set = text(block, "data_set");
    out.task = text(block, "task");
    TIMBERLINE_ASSIGN(out.parameters, count<std::int64_t>(block, "parameters"));
    TIMBERLINE_ASSIGN(out.samples, count<std::int64_t>(block, "samples"));
    TIMBERLINE_ASSIGN(out.train, count<std::int64_t>(block, "train"));
    TIMBERLINE_ASSIGN(out.outputs, count<std::int64_t>(block, "outputs"));
    TIMBERLINE_ASSIGN(out.heads, count<std::int64_t>(block, "heads", 1));
    TIMBERLINE_ASSIGN(out.steps, count<std::int64_t>(block, "steps"));
    TIMBERLINE_ASSIGN(out.lower_bound, number(block, "lower_bound"));
    if (out.train > out.samples) {
        return bad_block(block, "more samples for training than there are");
    }
    TIMBERLINE_ASSIGN(const auto shape, list<double>(block, "sample_shape"));
    for (const double size : shape) {
        if (!(size >= 1 && size <= 65'536) || std::floor(size) != size) {
            return bad_block(block, "sample_shape holds " + std::to_string(size) + ", expected sizes from 1 to 65,536");
        }
        out.sample_shape.push_back(static_cast<std::int64_t>(size));
    }
    const auto size = element_count(out.sample_shape);
    const bool kept = block.arrays.contains("inputs");
    if (kept && (size < 1 || size > 65'536 || out.samples > 65'536 || out.outputs > 65'536)) {
        return bad_block(block, "samples are kept, and their sizes are too large for that");
    }
    TIMBERLINE_ASSIGN(out.inputs, list<float>(block, "inputs", kept ? out.samples * size : -1));
    TIMBERLINE_ASSIGN(out.labels, list<std::int32_t>(block, "labels", out.samples));
    TIMBERLINE_ASSIGN(out.targets, list<float>(block, "targets", kept ? out.samples * out.outputs : -1));
    TIMBERLINE_ASSIGN(out.flipped, list<std::int32_t>(block, "flipped", out.samples));
    return out;
}

Block to_block(const TrainingSteps& steps)
{
    Block block;
    block.kind = kTrainingSteps;
    block.moment = steps.first_moment;
    std::vector<double> table;
    std::vector<float> elapsed;
    for (const auto& step : steps.steps) {
        for (const auto column : kCounts) {
            table.push_back(step.*column);
        }
        for (const auto column : kReals) {
            table.push_back(step.*column);
        }
        elapsed.push_back(step.elapsed_ms);
    }
    const auto rows = static_cast<std::int64_t>(steps.steps.size());
    block.arrays["steps"] = {.shape = {rows, kTrainingColumns}, .values = std::move(table)};
    block.arrays["elapsed_ms"] = {.shape = {rows}, .values = std::move(elapsed)};
    return block;
}

Result<TrainingSteps> training_steps_from(const Block& block)
{
    TIMBERLINE_TRY(check_kind(block, kTrainingSteps));
    const auto* table = find_array<double>(block, "steps", {-1, kTrainingColumns});
    if (table == nullptr || block.moment < 0) {
        return bad_block(block, "expected a table steps of " + std::to_string(kTrainingColumns) + " columns and a moment");
    }
    const auto rows = table->size() / static_cast<std::size_t>(kTrainingColumns);
    TIMBERLINE_ASSIGN(const auto elapsed, list<float>(block, "elapsed_ms", static_cast<std::int64_t>(rows)));
    TrainingSteps out;
    out.first_moment = block.moment;
    for (std::size_t row = 0; row < rows; ++row) {
        const double* values = table->data() + row * static_cast<std::size_t>(kTrainingColumns);
        TrainingStep step;
        for (const auto column : kCounts) {
            const double value = *values++;
            if (!(value >= 0 && value <= std::numeric_limits<std::int32_t>::max())) {
                return bad_block(block, "row " + std::to_string(row) + " holds " + std::to_string(value) + ", expected a count");
            }
            step.*column = static_cast<std::int32_t>(value);
        }
        for (const auto column : kReals) {
            step.*column = static_cast<float>(*values++);
        }
        step.elapsed_ms = elapsed.empty() ? 0 : elapsed[row];
        out.steps.push_back(step);
    }
    return out;
}

std::int32_t last_moment(const Block& block)
{
    const auto* table = block.kind == kTrainingSteps ? find_array<double>(block, "steps", {-1, kTrainingColumns}) : nullptr;
    if (table == nullptr || block.moment < 0 || table->empty()) {
        return block.moment;
    }
    const auto last = block.moment + static_cast<std::int64_t>(table->size()) / kTrainingColumns - 1;
    return static_cast<std::int32_t>(std::min<std::int64_t>(last, std::numeric_limits<std::int32_t>::max() - 1));
}

Block to_block(const TrainingValidation& validation)
{
    Block block;
    block.kind = kTrainingValidation;
    block.moment = validation.moment;
    block.numbers = {{"step", validation.step}, {"train_loss", validation.train_loss}, {"train_accuracy", validation.train_accuracy},
                     {"loss", validation.loss}, {"accuracy", validation.accuracy},     {"layers", static_cast<double>(validation.layers)}};
    put(block, "head_loss", validation.head_loss);
    put(block, "head_accuracy", validation.head_accuracy);
    put(block, "train_row_loss", validation.train_row_loss);
    put(block, "row_loss", validation.row_loss);
    put(block, "train_confidence", validation.train_confidence);
    put(block, "confidence", validation.confidence);
    put(block, "train_correct", validation.train_correct);
    put(block, "correct", validation.correct);
    put(block, "head_entropy", validation.head_entropy);
    return block;
}

Result<TrainingValidation> training_validation_from(const Block& block)
{
    TIMBERLINE_TRY(check_kind(block, kTrainingValidation));
    TrainingValidation out;
    out.moment = block.moment;
    TIMBERLINE_ASSIGN(out.step, count<std::int32_t>(block, "step"));
    TIMBERLINE_ASSIGN(out.train_loss, number(block, "train_loss"));
    TIMBERLINE_ASSIGN(out.train_accuracy, number(block, "train_accuracy"));
    TIMBERLINE_ASSIGN(out.loss, number(block, "loss"));
    TIMBERLINE_ASSIGN(out.accuracy, number(block, "accuracy"));
    TIMBERLINE_ASSIGN(out.layers, count<std::int64_t>(block, "layers"));
    TIMBERLINE_ASSIGN(out.head_loss, list<float>(block, "head_loss"));
    TIMBERLINE_ASSIGN(out.head_accuracy, list<float>(block, "head_accuracy", static_cast<std::int64_t>(out.head_loss.size())));
    TIMBERLINE_ASSIGN(out.train_row_loss, list<float>(block, "train_row_loss"));
    TIMBERLINE_ASSIGN(out.row_loss, list<float>(block, "row_loss"));
    const auto train_rows = static_cast<std::int64_t>(out.train_row_loss.size()), rows = static_cast<std::int64_t>(out.row_loss.size());
    TIMBERLINE_ASSIGN(out.train_confidence, list<float>(block, "train_confidence", train_rows));
    TIMBERLINE_ASSIGN(out.confidence, list<float>(block, "confidence", rows));
    TIMBERLINE_ASSIGN(out.train_correct, list<std::int32_t>(block, "train_correct", train_rows));
    TIMBERLINE_ASSIGN(out.correct, list<std::int32_t>(block, "correct", rows));
    TIMBERLINE_ASSIGN(out.head_entropy, list<float>(block, "head_entropy"));
    const auto entropies = static_cast<std::int64_t>(out.head_entropy.size());
    if (out.layers > 0 ? entropies % out.layers != 0 : entropies != 0) {
        return bad_block(block, std::to_string(entropies) + " head entropies do not fit " + std::to_string(out.layers) + " layers");
    }
    return out;
}

Block to_block(const TrainingSnapshot& snapshot)
{
    Block block;
    block.kind = kTrainingSnapshot;
    block.moment = snapshot.moment;
    block.numbers = {{"step", snapshot.step}, {"loss", snapshot.loss}};
    put(block, "parameters", snapshot.parameters);
    put(block, "buffers", snapshot.buffers);
    return block;
}

Result<TrainingSnapshot> training_snapshot_from(const Block& block)
{
    TIMBERLINE_TRY(check_kind(block, kTrainingSnapshot));
    TrainingSnapshot out;
    out.moment = block.moment;
    TIMBERLINE_ASSIGN(out.step, count<std::int32_t>(block, "step"));
    TIMBERLINE_ASSIGN(out.loss, number(block, "loss"));
    TIMBERLINE_ASSIGN(out.parameters, list<float>(block, "parameters"));
    TIMBERLINE_ASSIGN(out.buffers, list<float>(block, "buffers"));
    return out;
}

}  // namespace timberline::record
