// SPDX-License-Identifier: GPL-3.0-or-later
// What holds for a whole run of the Exits bench, and the answers to its questions, as blocks and back.
#include "core/record/exit_block_fields.h"
#include "core/record/layer_readings.h"

namespace timberline::record {

using namespace exit_blocks;

namespace {
constexpr double kFarthestBound = 1e30;  ///< widths of a map stay finite
}

Block to_block(const ExitRun& run)
{
    Block block;
    block.kind = kExitRunBlock;
    block.texts = {{"subject", run.subject}, {"policy", run.policy}, {"lens", run.lens}, {"kv_mode", std::string(name_of(run.kv_mode))}};
    for (std::size_t i = 0; i < run.names.size(); ++i) {
        block.texts["name." + std::to_string(i)] = run.names[i];
    }
    block.numbers = {{"layers", run.layers},         {"vocabulary", run.vocabulary},
                     {"top_k", run.top_k},           {"early", run.early ? 1 : 0},
                     {"shadow", run.shadow ? 1 : 0}, {"earliest", run.earliest},
                     {"every", run.every},           {"exit_in_prompt", run.exit_in_prompt ? 1 : 0},
                     {"max_new", run.max_new},       {"names", static_cast<double>(run.names.size())},
                     {"kv_flops", run.kv_flops},     {"score_flops", run.score_flops}};
    put_list(block, "block_flops", run.block_flops);
    put_list(block, "key_flops", run.key_flops);
    put_list(block, "head_flops", run.head_flops);
    put_list(block, "window", run.window);
    return block;
}

Result<ExitRun> exit_run_from(const Block& block)
{
    Reader reader(block, kExitRunBlock);
    ExitRun run;
    run.subject = reader.text("subject");
    run.policy = reader.text("policy");
    run.lens = reader.text("lens");
    const auto mode = kv_mode_of(reader.text("kv_mode"));
    reader.require(mode.has_value(), "kv_mode", "is unknown, expected propagate, copy, defer, mask or oracle");
    run.kv_mode = mode.value_or(KvMode::Propagate);
    run.layers = reader.whole("layers", 1, kMostReadingLayers);
    run.vocabulary = reader.whole("vocabulary", 1, kLargest);
    run.top_k = reader.whole("top_k", 0, kMostTop);
    run.early = reader.whole("early", 0, 1) == 1;
    run.shadow = reader.whole("shadow", 0, 1) == 1;
    run.earliest = reader.whole("earliest", 1, kLargest);
    run.every = reader.whole("every", 1, kLargest);
    run.exit_in_prompt = reader.whole("exit_in_prompt", 0, 1) == 1;
    run.max_new = reader.whole("max_new", 0, kLargest);
    run.kv_flops = reader.number("kv_flops", 0);
    run.score_flops = reader.number("score_flops", 0);
    for (const auto& [key, list] :
         {std::pair{"block_flops", &ExitRun::block_flops}, {"key_flops", &ExitRun::key_flops}, {"head_flops", &ExitRun::head_flops}}) {
        run.*list = reader.array<double>(key, {run.layers});
        reader.require(std::ranges::all_of(run.*list, [](double value) { return std::isfinite(value) && value >= 0; }), key,
                       "must hold finite numbers that are not negative");
    }
    run.window = reader.array<std::int32_t>("window", {run.layers});
    reader.range(run.window, "window", 0, kLargest);
    const std::int32_t names = reader.whole("names", 0, 100'000);
    for (std::int32_t i = 0; i < names && reader.good(); ++i) {
        run.names.push_back(reader.text("name." + std::to_string(i)));
    }
    return reader.finish(std::move(run));
}

Block to_block(const ExitSummary& summary)
{
    Block block;
    block.kind = kExitSummaryBlock;
    block.numbers = {{"tokens", summary.tokens},
                     {"mean_depth", summary.mean_depth},
                     {"layer_fraction", summary.layer_fraction},
                     {"flop_fraction", summary.flop_fraction},
                     {"token_ms", summary.ms_per_token},
                     {"full_token_ms", summary.full_ms_per_token},
                     {"agreement", summary.agreement},
                     {"nll", summary.nll},
                     {"full_nll", summary.full_nll}};
    put_list(block, "reference", summary.reference);
    put_list(block, "reference_log_probability", summary.reference_log_probability);
    return block;
}

Result<ExitSummary> exit_summary_from(const Block& block)
{
    Reader reader(block, kExitSummaryBlock);
    ExitSummary out;
    out.tokens = reader.whole("tokens", 0, kMostRows);
    out.mean_depth = reader.measure("mean_depth");
    out.layer_fraction = reader.measure("layer_fraction");
    out.flop_fraction = reader.measure("flop_fraction");
    out.ms_per_token = reader.measure("token_ms");
    out.full_ms_per_token = reader.measure("full_token_ms");
    out.agreement = reader.measure("agreement");
    out.nll = reader.measure("nll");
    out.full_nll = reader.measure("full_nll");
    out.reference = reader.array<std::int32_t>("reference", {-1});
    reader.range(out.reference, "reference", -1, kLargest);
    out.reference_log_probability = reader.array<float>("reference_log_probability", {static_cast<std::int64_t>(out.reference.size())});
    return reader.finish(std::move(out));
}

Block to_block(const ExitDecisionMap& map)
{
    Block block;
    block.kind = kExitMapBlock;
    block.numbers = {{"x_low", map.x_low},
                     {"x_high", map.x_high},
                     {"y_low", map.y_low},
                     {"y_high", map.y_high},
                     {"names", static_cast<double>(map.names.size())}};
    const std::vector<std::int64_t> shape = {map.layers, map.ny, map.nx};
    put(block, "choice", shape, map.choice);
    put(block, "probability", shape, map.probability);
    put(block, "margin", shape, map.margin);
    put(block, "entropy", shape, map.entropy);
    put_list(block, "points_x", map.points_x);
    put_list(block, "points_y", map.points_y);
    put_list(block, "labels", map.labels);
    for (std::size_t i = 0; i < map.names.size(); ++i) {
        block.texts["name." + std::to_string(i)] = map.names[i];
    }
    return block;
}

Result<ExitDecisionMap> exit_decision_map_from(const Block& block)
{
    Reader reader(block, kExitMapBlock);
    ExitDecisionMap out;
    out.x_low = reader.measure("x_low");
    out.x_high = reader.measure("x_high");
    out.y_low = reader.measure("y_low");
    out.y_high = reader.measure("y_high");
    for (const auto& [key, bound] : {std::pair{"x_low", out.x_low}, {"x_high", out.x_high}, {"y_low", out.y_low}, {"y_high", out.y_high}}) {
        reader.require(std::abs(bound) <= kFarthestBound, key,
                       "is " + number_text(bound) + ", expected a number from " + number_text(-kFarthestBound) + " to " +
                           number_text(kFarthestBound));
    }
    reader.require(out.x_low < out.x_high && out.y_low < out.y_high, "x_low", "and y_low must lie below x_high and y_high");
    out.choice = reader.array<std::int32_t>("choice", {-1, -1, -1});
    if (!reader.good()) {
        return reader.error();
    }
    const auto shape = block.arrays.at("choice").shape;
    reader.range(shape, "choice.shape", 1, kMostRows);
    reader.range(out.choice, "choice", 0, kMostClasses - 1);
    out.probability = reader.array<float>("probability", shape);
    out.margin = reader.array<float>("margin", shape);
    out.entropy = reader.array<float>("entropy", shape);
    out.points_x = reader.array<float>("points_x", {-1});
    out.points_y = reader.array<float>("points_y", {static_cast<std::int64_t>(out.points_x.size())});
    out.labels = reader.array<std::int32_t>("labels", {static_cast<std::int64_t>(out.points_x.size())});
    reader.range(out.labels, "labels", 0, kMostClasses - 1);
    const std::int32_t names = reader.whole("names", 0, kMostClasses);
    for (std::int32_t i = 0; i < names && reader.good(); ++i) {
        out.names.push_back(reader.text("name." + std::to_string(i)));
    }
    if (reader.good()) {
        out.layers = static_cast<std::int32_t>(shape[0]);
        out.ny = static_cast<std::int32_t>(shape[1]);
        out.nx = static_cast<std::int32_t>(shape[2]);
    }
    return reader.finish(std::move(out));
}

Block to_block(const ThresholdCalibration& calibration)
{
    Block block;
    block.kind = kExitCalibrationBlock;
    block.texts["policy"] = calibration.policy;
    block.numbers = {{"lambda", calibration.lambda},
                     {"delta", calibration.delta},
                     {"epsilon", calibration.epsilon},
                     {"prompts", calibration.prompts},
                     {"exact", calibration.exact ? 1 : 0}};
    put_list(block, "grid", calibration.grid);
    put_list(block, "loss", calibration.loss);
    put_list(block, "p", calibration.p);
    put_list(block, "tested", calibration.tested);
    put_list(block, "accepted", calibration.accepted);
    return block;
}

Result<ThresholdCalibration> threshold_calibration_from(const Block& block)
{
    Reader reader(block, kExitCalibrationBlock);
    ThresholdCalibration out;
    out.policy = reader.text("policy");
    out.lambda = reader.number("lambda", 0, 1);
    out.delta = reader.number("delta", 0, 1);
    out.epsilon = reader.number("epsilon", 0, 1);
    out.prompts = reader.whole("prompts", 1, kLargest);
    out.exact = reader.whole("exact", 0, 1) == 1;
    out.grid = reader.array<double>("grid", {-1});
    const auto count = static_cast<std::int64_t>(out.grid.size());
    out.loss = reader.array<double>("loss", {count});
    out.p = reader.array<double>("p", {count});
    out.tested = reader.array<std::int32_t>("tested", {count});
    out.accepted = reader.array<std::int32_t>("accepted", {count});
    reader.range(out.tested, "tested", 0, 1);
    reader.range(out.accepted, "accepted", 0, 1);
    return reader.finish(std::move(out));
}

Block to_block(const LensTrainingCurve& curve)
{
    Block block;
    block.kind = kLensTrainingBlock;
    put_list(block, "loss", curve.loss);
    return block;
}

Result<LensTrainingCurve> lens_training_from(const Block& block)
{
    Reader reader(block, kLensTrainingBlock);
    LensTrainingCurve out;
    out.loss = reader.array<double>("loss", {-1});
    return reader.finish(std::move(out));
}

}  // namespace timberline::record
