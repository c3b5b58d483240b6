// SPDX-License-Identifier: GPL-3.0-or-later
// Questions about a finished or running landscape: the network under the cursor, its losses, its curvature, another surface.
#include "core/base/compute_threads.h"
#include "core/landscape/evaluation.h"
#include "core/landscape/grid.h"
#include "core/record/folds.h"
#include "core/run/bench.h"
#include "core/run/landscape_study.h"
#include "core/run/training_setup.h"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <optional>

namespace timberline::run {
namespace {

constexpr std::int64_t kMostMapPoints = 400;  ///< along each axis of a decision map
constexpr std::size_t kMostDrawnSamples = 500;
constexpr double kMapMargin = 0.1;

Error cannot(const std::string& what, const std::string& hint)
{
    return make_error(ErrorCode::InvalidArgument, "landscape: " + what, hint);
}

/// What the last questions were about: moving the cursor over one surface asks many times.
struct Remembered {
    std::mutex mutex;
    std::string data_key;
    std::shared_ptr<const training::DataSet> data;
    record::RecordPtr record;
    std::string plane_key;
    std::shared_ptr<const LandscapeStudy> study;
    std::shared_ptr<const BuiltPlane> plane;
    std::shared_ptr<const landscape::Evaluator> evaluator;
};

Remembered& remembered()
{
    static Remembered store;
    return store;
}

struct Question {
    std::shared_ptr<const LandscapeStudy> study;
    std::shared_ptr<const BuiltPlane> plane;
    std::shared_ptr<const landscape::Evaluator> evaluator;
    LandscapeValues values;
    std::size_t center = 0;
};

/// The config that a record was made with, or the job's when it holds none.
Result<Config> config_of(const BenchJob& job, const record::Record& record)
{
    const auto* started = record::run_started(record);
    if (started == nullptr) {
        return job.config;
    }
    TIMBERLINE_ASSIGN(const auto json, parse_json(started->config_json, "config of the record"));
    return parse_config(json, job.methods, "config of the record");
}

/// What the data set depends on, as text.
std::string data_key_of(const Config& config)
{
    Json key;
    const auto it = config.methods.find("data_set");
    key["id"] = it == config.methods.end() ? "" : it->second.id;
    key["values"] = it == config.methods.end() ? Json() : timberline::to_json(it->second.values);
    key["seed"] = config.seed;
    for (const auto* setting : {"net", "label_noise", "label_noise_rate"}) {
        if (const auto found = config.settings.find(setting); found != config.settings.end()) {
            key[setting] = timberline::to_json(found->second);
        }
    }
    return key.dump();
}

Result<std::shared_ptr<const LandscapeStudy>> study_for(const BenchJob& job, const record::RecordPtr& record, Remembered& store)
{
    if (store.record == record && store.study != nullptr) {
        return store.study;
    }
    TIMBERLINE_ASSIGN(const auto config, config_of(job, *record));
    const auto key = data_key_of(config);
    TIMBERLINE_ASSIGN(auto study, study_of(*record, config, job.methods, store.data_key == key ? store.data : nullptr, job.cancel));
    store.data_key = key;
    store.data = study.data;
    store.record = record;
    store.plane_key.clear();
    store.study = std::make_shared<const LandscapeStudy>(std::move(study));
    return store.study;
}

/// Applies {"key": value} to the landscape settings of a study.
Result<LandscapeValues> overridden(const LandscapeStudy& study, const Json& settings)
{
    const auto declared = landscape_declarations();
    Values values;
    for (const auto& declaration : declared) {
        const auto it = study.config.settings.find(declaration.key);
        values[declaration.key] = it == study.config.settings.end() ? declaration.default_value : it->second;
    }
    if (!settings.is_null() && !settings.is_object()) {
        return cannot("settings must be an object", "Give {\"x_kind\": \"pca\"} and the like.");
    }
    for (const auto& [key, json] : settings.items()) {
        TIMBERLINE_ASSIGN(auto value, value_from_json(json, key));
        values[key] = std::move(value);
    }
    TIMBERLINE_ASSIGN(values, complete_values(declared, values, "landscape settings"));
    return landscape_values(values);
}

std::optional<record::LandscapePlane> plane_in(const record::Record& record, std::int64_t id)
{
    std::optional<record::LandscapePlane> found;
    for (const auto& event : record.events) {
        const auto* block = std::get_if<record::Block>(&event.payload);
        if (block == nullptr || block->kind != record::kPlaneBlock) {
            continue;
        }
        if (auto plane = record::plane_from(*block); plane.ok() && (id < 0 || plane->id == id)) {
            found = std::move(*plane);  // the last one when none is named
        }
    }
    return found;
}

/// Limits and kinds as a recorded plane has them, so that its directions come out the same.
void follow_plane(const record::LandscapePlane& plane, LandscapeValues& values)
{
    const auto take = [](const record::LandscapeAxis& axis, std::string& kind, std::int64_t& seed, double& low, double& high,
                         std::int64_t& points) {
        kind = axis.kind;
        seed = static_cast<std::int64_t>(axis.seed);
        low = axis.low;
        high = axis.high;
        points = axis.points;
    };
    take(plane.x, values.x_kind, values.x_seed, values.x_low, values.x_high, values.nx);
    take(plane.y, values.y_kind, values.y_seed, values.y_low, values.y_high, values.ny);
    values.limits = "given";
    values.statistics = plane.batch_norm == "none" ? "auto" : plane.batch_norm;
    values.strides.assign(plane.strides.begin(), plane.strides.end());
    if (plane.test_samples == 0) {
        values.test_surface = false;
    }
}

/// The last snapshot at the step, or the one nearest before it.
std::size_t snapshot_at(const LandscapeStudy& study, std::int64_t step)
{
    std::size_t best = 0;
    for (std::size_t k = 0; k < study.snapshots.size(); ++k) {
        if (study.snapshots[k].step <= step) {
            best = k;
        }
    }
    return best;
}

/// Reads what all questions share: "plane", "step", "settings".
Result<Question> prepare(const BenchJob& job, const BenchQuery& query, ObjectReader& reader)
{
    if (query.record == nullptr) {
        return cannot("a question needs the record it is about", "Run the config first.");
    }
    TIMBERLINE_TRY(reader.status());
    TIMBERLINE_ASSIGN(const auto id, reader.integer("plane", -1, -1, 1'000'000'000));
    TIMBERLINE_ASSIGN(const auto step, reader.integer("step", -1, -1, std::int64_t{1} << 40));
    const auto* settings = reader.find("settings");
    auto& store = remembered();
    const std::scoped_lock lock(store.mutex);
    Question out;
    TIMBERLINE_ASSIGN(out.study, study_for(job, query.record, store));
    TIMBERLINE_ASSIGN(out.values, overridden(*out.study, settings != nullptr ? *settings : Json()));
    out.center = out.study->snapshots.size() - 1;
    const auto plane = settings == nullptr ? plane_in(*query.record, id) : std::nullopt;
    if (id >= 0 && settings == nullptr && !plane) {
        return cannot("the record has no plane " + std::to_string(id), "Name one that it has.");
    }
    if (plane) {
        follow_plane(*plane, out.values);
        out.center = snapshot_at(*out.study, plane->center_step);
        if (out.study->snapshots[out.center].step != plane->center_step) {
            return cannot("the parameters at step " + std::to_string(plane->center_step) + " are no longer kept",
                          "Raise snapshots_kept, or ask about a later plane.");
        }
    }
    if (step >= 0) {
        out.center = snapshot_at(*out.study, step);
    }
    const std::string key =
        std::to_string(out.center) + "/" + std::to_string(plane ? plane->id : -1) + "/" + (settings != nullptr ? settings->dump() : "");
    if (store.plane_key != key || store.plane == nullptr) {
        GaussianCache gaussians;
        set_compute_threads(1);  // gradients of small networks: a second thread slows their operators down
        auto built_or = build_plane(*out.study, out.values, out.center, gaussians, job.cancel);
        set_compute_threads(job.threads);
        TIMBERLINE_ASSIGN(auto built, std::move(built_or));
        TIMBERLINE_ASSIGN(auto evaluator, landscape::make_evaluator(out.study->problem(out.values, out.values.test_surface), built.plane));
        store.plane = std::make_shared<const BuiltPlane>(std::move(built));
        store.evaluator = std::move(evaluator);
        store.plane_key = key;
    }
    out.plane = store.plane;
    out.evaluator = store.evaluator;
    return out;
}

Result<landscape::Point> point_in(ObjectReader& reader)
{
    constexpr double kFar = 1e12;
    landscape::Point out;
    TIMBERLINE_ASSIGN(out.alpha, reader.number("alpha", 0, -kFar, kFar));
    TIMBERLINE_ASSIGN(out.beta, reader.number("beta", 0, -kFar, kFar));
    return out;
}

/// Extent of the data along one input, with a margin.
std::pair<double, double> extent(const training::DataSet& data, std::size_t input)
{
    double low = std::numeric_limits<double>::infinity(), high = -low;
    for (std::size_t at = input; at < data.inputs.size(); at += 2) {
        low = std::min(low, static_cast<double>(data.inputs[at]));
        high = std::max(high, static_cast<double>(data.inputs[at]));
    }
    const double margin = high > low ? kMapMargin * (high - low) : 1;
    return {low - margin, high + margin};
}

/// Class and probability of every map point; the first output of a regression.
void read_outputs(const std::vector<float>& outputs, std::size_t classes, bool classification, record::DecisionMap& map)
{
    for (std::size_t at = 0; at + classes <= outputs.size(); at += classes) {
        if (!classification) {
            map.value.push_back(outputs[at]);
            continue;
        }
        const auto row = std::span(outputs).subspan(at, classes);
        const auto best = std::ranges::max_element(row) - row.begin();
        double sum = 0;
        for (const float z : row) {
            sum += std::exp(static_cast<double>(z) - static_cast<double>(row[static_cast<std::size_t>(best)]));
        }
        map.choice.push_back(static_cast<std::int32_t>(best));
        map.value.push_back(static_cast<float>(1 / sum));
    }
}

void add_points(const training::DataSet& data, record::DecisionMap& map)
{
    const auto train = static_cast<std::size_t>(data.train);
    const std::size_t step = std::max<std::size_t>(1, (train + kMostDrawnSamples - 1) / kMostDrawnSamples);
    for (std::size_t n = 0; n < train; n += step) {
        map.points_x.push_back(data.inputs[2 * n]);
        map.points_y.push_back(data.inputs[2 * n + 1]);
        map.labels.push_back(data.labels.empty() ? 0 : data.labels[n]);
    }
    map.names = data.output_names;
}

Result<record::Block> decision_map(const BenchJob& job, const BenchQuery& query)
{
    ObjectReader reader(query.arguments, "decision-map");
    TIMBERLINE_ASSIGN(const auto question, prepare(job, query, reader));
    TIMBERLINE_ASSIGN(const auto point, point_in(reader));
    record::DecisionMap map;
    TIMBERLINE_ASSIGN(const auto nx, reader.integer("nx", 80, 2, kMostMapPoints));
    TIMBERLINE_ASSIGN(const auto ny, reader.integer("ny", 80, 2, kMostMapPoints));
    TIMBERLINE_TRY(reader.finish());
    const auto& study = *question.study;
    if (study.data == nullptr || study.spec.input != std::vector<std::int64_t>{2} || study.spec.kind != training::NetKind::Mlp) {
        return cannot("a decision map needs a network of two inputs", "Choose two moons, spirals, rings or painted points.");
    }
    map.alpha = point.alpha;
    map.beta = point.beta;
    map.nx = static_cast<std::int32_t>(nx);
    map.ny = static_cast<std::int32_t>(ny);
    std::tie(map.x_low, map.x_high) = extent(*study.data, 0);
    std::tie(map.y_low, map.y_high) = extent(*study.data, 1);
    std::vector<float> inputs;
    for (std::int64_t j = 0; j < ny; ++j) {
        for (std::int64_t i = 0; i < nx; ++i) {
            inputs.push_back(
                static_cast<float>(map.x_low + (map.x_high - map.x_low) * static_cast<double>(i) / static_cast<double>(nx - 1)));
            inputs.push_back(
                static_cast<float>(map.y_low + (map.y_high - map.y_low) * static_cast<double>(j) / static_cast<double>(ny - 1)));
        }
    }
    TIMBERLINE_ASSIGN(const auto outputs, question.evaluator->outputs(point, inputs, nx * ny, job.cancel));
    read_outputs(outputs, static_cast<std::size_t>(study.spec.outputs), study.data->task == training::DataSet::Task::Classification, map);
    add_points(*study.data, map);
    landscape::PointValue value;
    TIMBERLINE_TRY(question.evaluator->evaluate(std::span(&point, 1), std::span(&value, 1), job.cancel));
    map.loss = value.train.loss;
    return record::to_block(map);
}

Result<record::Block> sample_losses(const BenchJob& job, const BenchQuery& query)
{
    ObjectReader reader(query.arguments, "sample-losses");
    TIMBERLINE_ASSIGN(const auto question, prepare(job, query, reader));
    TIMBERLINE_ASSIGN(const auto point, point_in(reader));
    TIMBERLINE_TRY(reader.finish());
    record::SampleLosses out;
    out.alpha = point.alpha;
    out.beta = point.beta;
    TIMBERLINE_TRY(question.evaluator->sample_losses(point, out.train, out.test, job.cancel));
    const auto& study = *question.study;
    if (study.data != nullptr && !study.data->flipped.empty()) {
        const auto chosen = landscape::choose_samples(*study.data, false, question.values.surface_samples,
                                                      static_cast<std::uint64_t>(question.values.sample_seed));
        for (const auto n : chosen.index) {
            out.flipped.push_back(study.data->flipped[static_cast<std::size_t>(n)]);
        }
    }
    return record::to_block(out);
}

Result<record::Block> hessian(const BenchJob& job, const BenchQuery& query)
{
    if (query.record == nullptr) {
        return cannot("a question needs the record it is about", "Run the config first.");
    }
    ObjectReader reader(query.arguments, "hessian");
    TIMBERLINE_TRY(reader.status());
    TIMBERLINE_ASSIGN(const auto step, reader.integer("step", -1, -1, std::int64_t{1} << 40));
    TIMBERLINE_ASSIGN(const auto spectrum, reader.boolean("spectrum", true));
    const auto* settings = reader.find("settings");
    TIMBERLINE_TRY(reader.finish());
    std::shared_ptr<const LandscapeStudy> study;
    {
        auto& store = remembered();
        const std::scoped_lock lock(store.mutex);
        TIMBERLINE_ASSIGN(study, study_for(job, query.record, store));
    }
    TIMBERLINE_ASSIGN(const auto values, overridden(*study, settings != nullptr ? *settings : Json()));
    const auto at = step < 0 ? study->snapshots.size() - 1 : snapshot_at(*study, step);
    std::vector<double> start;
    set_compute_threads(1);
    const auto found = curvature_at(*study, values, at, spectrum, start, job.cancel);
    set_compute_threads(job.threads);
    TIMBERLINE_ASSIGN(const auto summary, found);
    auto block = record::to_block(summary);
    block.moment = study->snapshots[at].moment;
    return block;
}

/// One level of a surface with other settings, on the network as it was trained. "done" cells of the level are left out, which an earlier
/// answer brought. When it is cancelled it answers the cells that are there, if there are any. The path comes with the second level.
Result<record::Block> surface(const BenchJob& job, const BenchQuery& query)
{
    ObjectReader reader(query.arguments, "surface");
    TIMBERLINE_ASSIGN(const auto question, prepare(job, query, reader));
    TIMBERLINE_ASSIGN(const auto level, reader.integer("level", 0, 0, 63));
    TIMBERLINE_ASSIGN(const auto id, reader.integer("id", 1'000'000, 0, 1'000'000'000));
    TIMBERLINE_ASSIGN(const auto done, reader.integer("done", 0, 0, 1'000'000'000));
    TIMBERLINE_TRY(reader.finish());
    auto plane = question.plane->description;
    if (level >= static_cast<std::int64_t>(plane.strides.size())) {
        return cannot("the surface has " + std::to_string(plane.strides.size()) + " levels, level " + std::to_string(level) +
                          " was asked for",
                      "Levels count from 0.");
    }
    const auto problem = question.study->problem(question.values, question.values.test_surface);
    landscape::PointValue middle;
    const landscape::Point origin;
    TIMBERLINE_TRY(question.evaluator->evaluate(std::span(&origin, 1), std::span(&middle, 1), job.cancel));
    plane.id = static_cast<std::int32_t>(id);
    plane.samples = static_cast<std::int32_t>(problem.train.count);
    plane.test_samples = static_cast<std::int32_t>(problem.test.count);
    plane.evaluation = question.evaluator->name();
    plane.center_loss = middle.train.loss;
    plane.clip = recommended_clip(plane.center_loss);
    record::LandscapeGrid grid;
    grid.plane = plane;
    grid.level.assign(static_cast<std::size_t>(plane.x.points) * static_cast<std::size_t>(plane.y.points), -1);
    for (std::size_t upto = 0; upto <= static_cast<std::size_t>(level); ++upto) {
        auto cells = landscape::level_cells(plane.x.points, plane.y.points, plane.strides, upto);
        if (upto == static_cast<std::size_t>(level)) {
            cells.resize(std::min(cells.size(), static_cast<std::size_t>(done)));
        }
        for (const auto& [i, j] : cells) {
            grid.level[grid.index(i, j)] = static_cast<std::int8_t>(upto);
        }
    }
    record::LandscapeTile all;
    all.plane = plane.id;
    all.level = static_cast<std::int32_t>(level);
    const auto evaluated = landscape::run_grid(
        *question.evaluator, grid, job.threads, job.cancel, [&](const record::LandscapeTile& tile) { record::append(all, tile); },
        static_cast<int>(level));
    if (!evaluated.ok() && (evaluated.error().code != ErrorCode::Cancelled || all.i.empty())) {
        return evaluated.error();
    }
    // The first picture does not wait for the path.
    if (!evaluated.ok() || level != std::min<std::int64_t>(1, static_cast<std::int64_t>(plane.strides.size()) - 1)) {
        return record::surface_block(plane, all, std::nullopt);
    }
    auto trajectory = trajectory_in(*question.study, question.values, *question.plane, job.cancel);
    if (!trajectory.ok() && trajectory.error().code != ErrorCode::Cancelled) {
        return trajectory.error();
    }
    if (!trajectory.ok()) {
        return record::surface_block(plane, all, std::nullopt);
    }
    trajectory->plane = plane.id;
    return record::surface_block(plane, all, *trajectory);
}

}  // namespace

Result<record::Block> query_landscape(const BenchJob& job, const BenchQuery& query)
{
    if (query.what == "decision-map") {
        return decision_map(job, query);
    }
    if (query.what == "sample-losses") {
        return sample_losses(job, query);
    }
    if (query.what == "hessian") {
        return hessian(job, query);
    }
    if (query.what == "surface") {
        return surface(job, query);
    }
    return make_error(ErrorCode::InvalidArgument, "the Landscape bench does not know the question " + query.what,
                      "It answers decision-map, sample-losses, hessian and surface.");
}

}  // namespace timberline::run
