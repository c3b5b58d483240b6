// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/exits_net.h"

#include "core/base/files.h"
#include "core/base/text.h"
#include "core/record/layer_readings.h"
#include "core/rules/exit_rules.h"
#include "core/rules/row_reading.h"
#include "core/run/text_bench.h"
#include "core/run/training_setup.h"
#include "core/training/checkpoint.h"

#include <algorithm>
#include <cmath>

namespace timberline::run {
namespace {

constexpr std::int64_t kChunk = 256;  ///< samples of one forward; a cancel is seen between two
constexpr std::int32_t kMapSide = 64;
constexpr double kMapMargin = 0.1;
constexpr std::string_view kDefaultTraining = R"({"timberline": 1, "bench": "training", "seed": 1,
 "method": {"data_set": {"id": "two-moons"}, "optimizer": {"id": "adamw"}},
 "training": {"hidden": [32, 32, 32, 32], "exits": true, "steps": 400, "learning_rate": 0.01}})";

/// A network, its numbers and what it was trained on.
struct TrainedNet {
    std::unique_ptr<training::Network> network;
    std::vector<float> parameters, buffers;
    training::DataSetPtr data;
    [[nodiscard]] std::int64_t heads() const { return training::head_count(network->spec()); }
};

Status check_classifier(const TrainedNet& net, const std::string& where)
{
    if (net.data->task != training::DataSet::Task::Classification || net.network->spec().kind == training::NetKind::Transformer) {
        return make_error(ErrorCode::InvalidArgument, where + ": the network does not sort samples into classes",
                          "Choose a network that was trained on a classification data set, with the setting exits.");
    }
    return {};
}

Result<TrainedNet> train_net(const BenchJob& job, const Config& config)
{
    const auto values = training_values(config.settings);
    TIMBERLINE_ASSIGN(const auto trainer, make_trainer(job.methods, config.methods, values, config.seed, job.cancel));
    for (std::int64_t step = 0; step < values.steps; ++step) {
        if (job.cancel.cancelled()) {
            return make_error(ErrorCode::Cancelled, "training the network was cancelled");
        }
        TIMBERLINE_TRY(trainer->step());
        job.sink.on_progress(static_cast<double>(step) / static_cast<double>(values.steps), "training the network");
    }
    auto state = trainer->state();
    TrainedNet out;
    TIMBERLINE_ASSIGN(out.data, make_data_set(job.methods, config.methods.at("data_set"), values, config.seed, job.cancel));
    TIMBERLINE_ASSIGN(const auto spec, net_spec(values, out.data.get()));
    TIMBERLINE_ASSIGN(out.network, training::make_network(spec));
    out.parameters = std::move(state.parameters);
    out.buffers = std::move(state.buffers);
    return out;
}

Result<TrainedNet> open_checkpoint(const BenchJob& job, const std::string& path)
{
    TIMBERLINE_ASSIGN(auto checkpoint, training::load_checkpoint(path));
    const auto text = checkpoint.texts.find("config");
    if (text == checkpoint.texts.end()) {
        return make_error(ErrorCode::BadFile, path + ": the checkpoint does not say what it was trained on",
                          "Take a checkpoint that the training bench wrote.");
    }
    TIMBERLINE_ASSIGN(const auto json, parse_json(text->second, path + ": config"));
    TIMBERLINE_ASSIGN(const auto config, parse_config(json, job.methods, path + ": config"));
    if (config.bench != "training" || !config.methods.contains("data_set")) {
        return make_error(ErrorCode::BadFile, path + ": the checkpoint does not come from the training bench",
                          "Take a checkpoint that the training bench wrote.");
    }
    TrainedNet out;
    TIMBERLINE_ASSIGN(
        out.data, make_data_set(job.methods, config.methods.at("data_set"), training_values(config.settings), checkpoint.seed, job.cancel));
    TIMBERLINE_ASSIGN(out.network, training::make_network(checkpoint.spec));
    if (training::input_size(checkpoint.spec) != out.data->sample_size() || checkpoint.spec.outputs != out.data->outputs) {
        return make_error(ErrorCode::BadFile, path + ": the network does not fit the data set that its config names",
                          "The file is damaged, or the data set's files changed; train again.");
    }
    out.parameters = std::move(checkpoint.state.parameters);
    out.buffers = std::move(checkpoint.state.buffers);
    return out;
}

Result<TrainedNet> open_net(const BenchJob& job, const ExitsSettings& settings)
{
    const std::string where = settings.net.empty() ? "exits" : settings.net;
    Result<TrainedNet> net = make_error(ErrorCode::Internal, "no network");
    if (settings.net.empty() || settings.net.ends_with(".json")) {
        Json json;
        if (settings.net.empty()) {
            TIMBERLINE_ASSIGN(json, parse_json(kDefaultTraining, "the default network"));
        } else {
            TIMBERLINE_ASSIGN(json, read_json_file(settings.net));
        }
        TIMBERLINE_ASSIGN(const auto config, parse_config(json, job.methods, where));
        if (config.bench != "training" || config.methods.at("data_set").id.empty()) {
            return make_error(ErrorCode::InvalidArgument, where + ": the config is of the bench " + config.bench + ", expected training",
                              "Name a config of the training bench, or a checkpoint that it wrote.");
        }
        net = train_net(job, config);
    } else {
        net = open_checkpoint(job, settings.net);
    }
    if (!net) {
        return net;
    }
    TIMBERLINE_TRY(check_classifier(*net, where));
    if (net->heads() == 1) {
        job.sink.on_note("the network has no internal exits: every sample runs all of it");
    }
    return net;
}

/// Logits [heads, samples, outputs] of samples, in chunks: visit(first sample of the chunk, count, logits of the chunk).
template <typename Visit>
Status for_chunks(TrainedNet& net, std::span<const float> inputs, std::int64_t samples, const CancelToken& cancel, Visit visit)
{
    const auto size = static_cast<std::size_t>(net.data->sample_size());
    const auto outputs = static_cast<std::size_t>(net.network->spec().outputs);
    std::vector<float> logits;
    for (std::int64_t begin = 0; begin < samples; begin += kChunk) {
        if (cancel.cancelled()) {
            return make_error(ErrorCode::Cancelled, "reading the exits was cancelled");
        }
        const std::int64_t count = std::min(kChunk, samples - begin);
        logits.resize(static_cast<std::size_t>(net.heads() * count) * outputs);
        const training::NetInput input{
            .samples = count, .values = inputs.subspan(static_cast<std::size_t>(begin) * size, static_cast<std::size_t>(count) * size)};
        TIMBERLINE_TRY(net.network->forward(net.parameters, net.buffers, input, training::NormMode::Running, logits));
        visit(begin, count, std::span<const float>(logits));
    }
    return {};
}

Result<record::LayerReadings> read_samples(TrainedNet& net, std::int64_t first, std::int64_t count, std::int32_t top_k,
                                           const CancelToken& cancel)
{
    record::LayerReadings out;
    out.layers = static_cast<std::int32_t>(net.heads());
    out.top_k = top_k;
    out.resize(static_cast<std::size_t>(count));
    const auto outputs = static_cast<std::size_t>(net.network->spec().outputs);
    const auto width = static_cast<std::size_t>(top_k);
    const auto inputs = std::span<const float>(net.data->inputs).subspan(static_cast<std::size_t>(first * net.data->sample_size()));
    rules::RowReader reader;
    TIMBERLINE_TRY(for_chunks(net, inputs, count, cancel, [&](std::int64_t begin, std::int64_t chunk, std::span<const float> logits) {
        for (std::int64_t i = 0; i < chunk; ++i) {
            const auto row = static_cast<std::size_t>(begin + i);
            const auto logits_of = [&](std::int64_t head) {
                return logits.subspan(static_cast<std::size_t>(head * chunk + i) * outputs, outputs);
            };
            out.moment[row] = 0;
            out.position[row] = static_cast<std::int32_t>(first + begin + i);
            out.next[row] = net.data->labels[static_cast<std::size_t>(first + begin + i)];
            out.exit[row] = out.known[row] = out.layers;
            reader.set_final(logits_of(out.layers - 1));
            for (std::int32_t head = 0; head < out.layers; ++head) {
                const std::size_t cell = out.cell(row, static_cast<std::size_t>(head));
                const auto reading = reader.read(logits_of(head), out.next[row]);
                out.top1[cell] = out.emits[cell] = reading.top1;
                out.probability[cell] = reading.probability;
                out.margin[cell] = reading.margin;
                out.entropy[cell] = reading.entropy;
                out.kl_final[cell] = reading.kl_final;
                out.next_log_probability[cell] = reading.next_log_probability;
                rules::RowReader::top(logits_of(head), reading, std::span(out.top_ids).subspan(cell * width, width),
                                      std::span(out.top_probability).subspan(cell * width, width));
            }
        }
    }));
    return out;
}

struct MapFrame {
    std::int32_t nx = kMapSide, ny = kMapSide;
    double x_low = 0, x_high = 1, y_low = 0, y_high = 1;
};

/// The data and a margin around them.
MapFrame frame_of(const training::DataSet& data)
{
    MapFrame out;
    const auto range = [&](std::size_t axis, double& low, double& high) {
        low = high = static_cast<double>(data.inputs[axis]);
        for (std::size_t i = axis; i < data.inputs.size(); i += 2) {
            low = std::min(low, static_cast<double>(data.inputs[i]));
            high = std::max(high, static_cast<double>(data.inputs[i]));
        }
        const double margin = high > low ? kMapMargin * (high - low) : 1;
        low -= margin;
        high += margin;
    };
    range(0, out.x_low, out.x_high);
    range(1, out.y_low, out.y_high);
    return out;
}

bool is_planar(const training::DataSet& data)
{
    return data.sample_shape == std::vector<std::int64_t>{2};
}

Result<record::ExitDecisionMap> draw_map(TrainedNet& net, const MapFrame& frame, const CancelToken& cancel)
{
    record::ExitDecisionMap out;
    out.layers = static_cast<std::int32_t>(net.heads());
    out.nx = frame.nx;
    out.ny = frame.ny;
    out.x_low = frame.x_low;
    out.x_high = frame.x_high;
    out.y_low = frame.y_low;
    out.y_high = frame.y_high;
    out.names = net.data->output_names;
    const std::int64_t cells = std::int64_t{frame.nx} * frame.ny;
    std::vector<float> inputs;
    for (std::int32_t j = 0; j < frame.ny; ++j) {
        for (std::int32_t i = 0; i < frame.nx; ++i) {
            inputs.push_back(static_cast<float>(frame.x_low + (frame.x_high - frame.x_low) * (i + 0.5) / frame.nx));
            inputs.push_back(static_cast<float>(frame.y_low + (frame.y_high - frame.y_low) * (j + 0.5) / frame.ny));
        }
    }
    const auto total = static_cast<std::size_t>(cells * out.layers);
    out.choice.resize(total);
    out.probability.resize(total);
    out.margin.resize(total);
    out.entropy.resize(total);
    const auto outputs = static_cast<std::size_t>(net.network->spec().outputs);
    rules::RowReader reader;
    TIMBERLINE_TRY(for_chunks(net, inputs, cells, cancel, [&](std::int64_t begin, std::int64_t chunk, std::span<const float> logits) {
        for (std::int64_t head = 0; head < out.layers; ++head) {
            for (std::int64_t i = 0; i < chunk; ++i) {
                const auto reading = reader.read(logits.subspan(static_cast<std::size_t>(head * chunk + i) * outputs, outputs));
                const auto at = static_cast<std::size_t>(head * cells + begin + i);
                out.choice[at] = reading.top1;
                out.probability[at] = reading.probability;
                out.margin[at] = reading.margin;
                out.entropy[at] = reading.entropy;
            }
        }
    }));
    constexpr std::int64_t kMostPoints = 500;
    for (std::int64_t i = 0; i < std::min(kMostPoints, net.data->samples); ++i) {
        out.points_x.push_back(net.data->inputs[static_cast<std::size_t>(2 * i)]);
        out.points_y.push_back(net.data->inputs[static_cast<std::size_t>(2 * i + 1)]);
        out.labels.push_back(net.data->labels[static_cast<std::size_t>(i)]);
    }
    return out;
}

/// Applies the policy to the readings: exits, states, costs and the summary.
Result<record::ExitSummary> decide(record::LayerReadings& readings, const record::ExitRun& run, const MethodChoice& policy)
{
    TIMBERLINE_ASSIGN(const auto rule, rules::ExitRule::make(policy.id, policy.values, run));
    TIMBERLINE_ASSIGN(auto plan, rules::decide_exits(readings, rule, run));
    if (!run.early) {
        std::ranges::fill(plan.exit, run.layers);
        std::ranges::fill(plan.heads, 0);
        std::ranges::fill(plan.look_flops, run.head_flops.back());
    }
    rules::ExitCosts costs(run, run.kv_mode);
    for (std::size_t row = 0; row < readings.rows(); ++row) {
        readings.exit[row] = plan.exit[row];
        readings.heads[row] = plan.heads[row];
        readings.flops[row] = costs.add(plan.exit[row], plan.look_flops[row]);
        for (std::int32_t layer = 0; layer < run.layers; ++layer) {
            const std::size_t cell = readings.cell(row, static_cast<std::size_t>(layer));
            const bool ran = layer < plan.exit[row];
            readings.state[cell] = ran ? record::CellState::Computed : record::CellState::Shadow;
            readings.source[cell] = ran ? record::KvSource::Computed : record::KvSource::Absent;
        }
    }
    const auto outcome = rules::outcome(readings, plan, run, run.kv_mode);
    record::ExitSummary out;
    out.tokens = static_cast<std::int32_t>(readings.rows());
    out.mean_depth = outcome.mean_depth;
    out.layer_fraction = outcome.layer_fraction;
    out.flop_fraction = outcome.flop_fraction;
    out.agreement = outcome.agreement;
    out.nll = outcome.nll;
    out.full_nll = outcome.full_nll;
    for (std::size_t row = 0; row < readings.rows(); ++row) {
        const std::size_t last = readings.cell(row, static_cast<std::size_t>(run.layers - 1));
        out.reference.push_back(readings.top1[last]);
        out.reference_log_probability.push_back(readings.next_log_probability[last]);
    }
    return out;
}

}  // namespace

void fill_net_costs(record::ExitRun& run, const training::NetSpec& spec)
{
    const auto layers = static_cast<std::size_t>(run.layers);
    run.block_flops.assign(layers, 0);
    run.key_flops.assign(layers, 0);
    run.head_flops.assign(layers, 0);
    run.window.assign(layers, 0);
    const bool image = spec.kind == training::NetKind::Cnn;
    auto width = static_cast<double>(image ? spec.input[0] : training::input_size(spec));
    std::int64_t rows = image ? spec.input[1] : 1;
    std::int64_t columns = image ? spec.input[2] : 1;
    for (std::size_t block = 0; block < spec.hidden.size(); ++block) {
        const auto out = static_cast<double>(spec.hidden[block]);
        const double flops = 2 * width * out * (image ? 9 * static_cast<double>(rows * columns) : 1);
        if (image) {  // the pool leaves an odd last row or column out
            rows /= 2;
            columns /= 2;
        }
        run.block_flops[std::min(block, layers - 1)] += flops;  // without exits all blocks stand before the one head
        width = out;
    }
    for (std::size_t layer = 0; layer < layers; ++layer) {
        const bool last = layer + 1 == layers;
        const auto in = last ? width * static_cast<double>(rows * columns) : static_cast<double>(spec.hidden[layer]);
        run.head_flops[layer] = 2 * in * static_cast<double>(spec.outputs);
    }
    run.score_flops = 0;
}

Result<record::RecordPtr> run_net_exits(const BenchJob& job, const ExitsSettings& settings)
{
    TIMBERLINE_ASSIGN(auto net, open_net(job, settings));
    const auto& policy = job.config.methods.at("policy");
    record::ExitRun run;
    run.subject = "trained-net";
    run.layers = static_cast<std::int32_t>(net.heads());
    run.vocabulary = static_cast<std::int32_t>(net.network->spec().outputs);
    run.top_k = static_cast<std::int32_t>(std::min<std::int64_t>(settings.candidates, run.vocabulary));
    run.policy = policy.id;
    run.lens = "own-head";
    run.kv_mode = record::KvMode::Mask;  // there are no keys and values: skipped layers cost nothing
    run.early = settings.decode == "early-exit";
    run.earliest = static_cast<std::int32_t>(settings.earliest);
    run.every = static_cast<std::int32_t>(settings.every);
    run.max_new = 1;
    run.names = net.data->output_names;
    fill_net_costs(run, net.network->spec());
    // Samples that the network was not trained on, where there are some.
    const std::int64_t first = net.data->train < net.data->samples ? net.data->train : 0;
    const std::int64_t count = std::min(settings.samples, net.data->samples - first);
    TIMBERLINE_ASSIGN(auto readings, read_samples(net, first, count, run.top_k, job.cancel));
    TIMBERLINE_ASSIGN(const auto summary, decide(readings, run, policy));

    record::RunStarted started;
    started.program_version = std::string(version());
    started.config_json = to_text(job.config);
    started.bench = "exits";
    started.model_name = net.data->name;
    started.vocabulary = run.vocabulary;
    started.layers = run.layers;
    started.threads = job.threads;
    started.seed = job.config.seed;
    RecordWriter writer(job.sink, std::move(started));
    writer.add(to_block(run));
    writer.add(to_block(readings));
    if (is_planar(*net.data)) {
        TIMBERLINE_ASSIGN(const auto map, draw_map(net, frame_of(*net.data), job.cancel));
        writer.add(to_block(map));
    }
    writer.add(to_block(summary));
    writer.add(record::RunFinished{.reason = "length", .message = {}});
    return writer.finish(job.config, {}, {});
}

Result<record::Block> net_decision_map(const BenchJob& job, const ExitsSettings& settings, const BenchQuery& query)
{
    if (settings.subject != "trained-net") {
        return make_error(ErrorCode::InvalidArgument,
                          "decision-map: exits.subject is " + in_quotes(settings.subject) + ", expected trained-net",
                          "Only small networks on 2-D data have a decision map.");
    }
    TIMBERLINE_ASSIGN(auto net, open_net(job, settings));
    if (!is_planar(*net.data)) {
        return make_error(ErrorCode::InvalidArgument, "decision-map: the samples of " + net.data->name + " are not points of a plane",
                          "Choose a network that was trained on a 2-D data set.");
    }
    auto frame = frame_of(*net.data);
    static const Json kNothing = Json::object();
    ObjectReader reader(query.arguments.is_null() ? kNothing : query.arguments, "decision-map");
    TIMBERLINE_TRY(reader.status());
    constexpr double kFar = 1e6;
    const auto side = [&](const char* key, std::int32_t& value) -> Status {
        TIMBERLINE_ASSIGN(const auto read, reader.integer(key, value, 2, 512));
        value = static_cast<std::int32_t>(read);
        return {};
    };
    TIMBERLINE_TRY(side("nx", frame.nx));
    TIMBERLINE_TRY(side("ny", frame.ny));
    TIMBERLINE_ASSIGN(frame.x_low, reader.number("x_low", frame.x_low, -kFar, kFar));
    TIMBERLINE_ASSIGN(frame.x_high, reader.number("x_high", frame.x_high, -kFar, kFar));
    TIMBERLINE_ASSIGN(frame.y_low, reader.number("y_low", frame.y_low, -kFar, kFar));
    TIMBERLINE_ASSIGN(frame.y_high, reader.number("y_high", frame.y_high, -kFar, kFar));
    TIMBERLINE_TRY(reader.finish());
    if (!(frame.x_low < frame.x_high && frame.y_low < frame.y_high)) {
        return make_error(ErrorCode::InvalidArgument, "decision-map: x_low and y_low must lie below x_high and y_high",
                          "Give the corners in ascending order.");
    }
    TIMBERLINE_ASSIGN(const auto map, draw_map(net, frame, job.cancel));
    return to_block(map);
}

}  // namespace timberline::run
