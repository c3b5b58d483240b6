// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/compute_threads.h"
#include "core/base/files.h"
#include "core/landscape/grid.h"
#include "core/record/codec.h"
#include "core/record/folds.h"
#include "core/run/bench.h"
#include "core/run/landscape_follow.h"
#include "core/run/landscape_study.h"
#include "core/run/training_setup.h"
#include "core/training/checkpoint.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>

namespace timberline::run {
namespace {

using Clock = std::chrono::steady_clock;

Error cannot(const std::string& what, const std::string& hint)
{
    return make_error(ErrorCode::InvalidArgument, "landscape: " + what, hint);
}

/// What was trained elsewhere replaces what the config says about training, so that the run's own config reproduces it.
Config adopted(Config config, const Config& trained)
{
    config.methods = trained.methods;
    config.seed = trained.seed;
    for (const auto& declared : training_declarations()) {
        if (const auto it = trained.settings.find(declared.key); it != trained.settings.end()) {
            config.settings[declared.key] = it->second;
        }
    }
    config.events = trained.events;
    return config;
}

/// A surface of an earlier run.
struct Drawn {
    record::LandscapePlane plane;
    std::vector<record::LandscapeTile> tiles;  ///< in order; no cell twice
    std::vector<bool> known;                   ///< [cells]
};

/// Takes one more tile. @return false when it does not fit the plane.
bool add_tile(Drawn& to, record::LandscapeTile tile)
{
    const auto& plane = to.plane;
    if (tile.level >= static_cast<std::int32_t>(plane.strides.size()) || tile.test_loss.empty() != (plane.test_samples == 0)) {
        return false;
    }
    for (std::size_t k = 0; k < tile.i.size(); ++k) {
        if (tile.i[k] < 0 || tile.i[k] >= plane.x.points || tile.j[k] < 0 || tile.j[k] >= plane.y.points) {
            return false;
        }
        auto&& known =
            to.known[static_cast<std::size_t>(tile.j[k]) * static_cast<std::size_t>(plane.x.points) + static_cast<std::size_t>(tile.i[k])];
        if (known) {
            return false;
        }
        known = true;
    }
    to.tiles.push_back(std::move(tile));
    return true;
}

/// The planes of a record with their tiles, but those that followed training; none when blocks do not fit together: then they are drawn
/// anew.
std::vector<Drawn> surfaces_of(const record::Record& record)
{
    std::vector<Drawn> out;
    std::size_t cells = 0;
    for (const auto& event : record.events) {
        const auto* block = std::get_if<record::Block>(&event.payload);
        if (block != nullptr && block->kind == record::kPlaneBlock) {
            auto plane = record::plane_from(*block);
            if (!plane.ok()) {
                return {};
            }
            const auto size = static_cast<std::size_t>(plane->x.points) * static_cast<std::size_t>(plane->y.points);
            cells += plane->following ? 0 : size;
            if (cells > static_cast<std::size_t>(record::kMostFoldedCells)) {
                return {};
            }
            if (!plane->following) {
                out.push_back({std::move(*plane), {}, std::vector<bool>(size, false)});
            }
        } else if (block != nullptr && block->kind == record::kTileBlock) {
            auto tile = record::tile_from(*block);
            if (!tile.ok()) {
                return {};
            }
            const auto of = std::ranges::find_if(out, [&](const Drawn& drawn) { return drawn.plane.id == tile->plane; });
            if (of != out.end() && !add_tile(*of, std::move(*tile))) {
                return {};
            }
        }
    }
    return out;
}

/// Whether two planes are the same one, whatever their numbers.
bool same_plane(record::LandscapePlane a, const record::LandscapePlane& b)
{
    a.id = b.id;
    const auto one = record::to_block(a), other = record::to_block(b);
    const auto same = [](const auto& x, const auto& y) {
        return x.first == y.first && (x.second == y.second || (std::isnan(x.second) && std::isnan(y.second)));
    };
    return one.texts == other.texts && one.arrays == other.arrays && std::ranges::equal(one.numbers, other.numbers, same);
}

/// Training as a file holds it.
struct Loaded {
    Config config;
    std::vector<record::Event> events;  ///< training-* blocks
    std::vector<Drawn> surfaces;        ///< as far as they were drawn
};

Result<Config> config_in(const std::string& text, const MethodRegistry& methods, const std::string& where)
{
    TIMBERLINE_ASSIGN(const auto json, parse_json(text, where));
    return parse_config(json, methods, where);
}

Result<Loaded> load_record(const std::string& file, const BenchJob& job)
{
    TIMBERLINE_ASSIGN(const auto saved, record::load(file));
    const auto* started = record::run_started(*saved);
    if (started == nullptr || (started->bench != "training" && started->bench != "landscape")) {
        return cannot(file + " holds no training", "Choose a record of the Training or Landscape bench, or a checkpoint.");
    }
    TIMBERLINE_ASSIGN(const auto trained, config_in(started->config_json, job.methods, file + ": config"));
    Loaded out{adopted(job.config, trained), {}, surfaces_of(*saved)};
    for (const auto& event : saved->events) {
        const auto* block = std::get_if<record::Block>(&event.payload);
        if ((block != nullptr && block->kind.starts_with("training-")) || std::holds_alternative<record::ParameterChanged>(event.payload)) {
            out.events.push_back(event);
        }
    }
    return out;
}

Result<Loaded> load_checkpoint_file(const std::string& file, const BenchJob& job)
{
    TIMBERLINE_ASSIGN(auto checkpoint, training::load_checkpoint(file));
    Loaded out{job.config, {}, {}};
    if (const auto it = checkpoint.texts.find("config"); it != checkpoint.texts.end()) {
        TIMBERLINE_ASSIGN(const auto trained, config_in(it->second, job.methods, file + ": config"));
        out.config = adopted(job.config, trained);
    }
    TIMBERLINE_ASSIGN(auto trainer,
                      make_trainer(job.methods, out.config.methods, training_values(out.config.settings), out.config.seed, job.cancel));
    auto setup = setup_of(*trainer, out.config.methods.contains("data_set") ? out.config.methods.at("data_set").id : "");
    if (checkpoint.spec != trainer->objective().spec()) {
        return cannot(file + " holds another network than the config describes",
                      "Set net, hidden and the data set to those it was trained with.");
    }
    out.events.push_back({record::to_block(setup)});
    record::TrainingSnapshot snapshot;
    snapshot.step = static_cast<std::int32_t>(checkpoint.state.step);
    snapshot.loss = std::numeric_limits<double>::quiet_NaN();
    snapshot.parameters = std::move(checkpoint.state.parameters);
    snapshot.buffers = std::move(checkpoint.state.buffers);
    out.events.push_back({record::to_block(snapshot)});
    return out;
}

class LandscapeRun
{
public:
    explicit LandscapeRun(const BenchJob& job) : job_(job), started_(Clock::now()) {}

    Result<record::RecordPtr> run()
    {
        const auto values = landscape_values(job_.config.settings);
        std::string reason = "length", message;
        if (values.start_from.empty()) {
            TIMBERLINE_TRY(train(reason, message));
        } else {
            TIMBERLINE_TRY(open(values.start_from));
        }
        if (reason != "cancelled" && reason != "error") {
            const auto drawn = draw();
            if (!drawn.ok()) {
                const bool cancelled = drawn.error().code == ErrorCode::Cancelled;
                reason = cancelled ? "cancelled" : "error";
                message = cancelled ? "" : drawn.error().message;
            }
        }
        record::RunFinished last;
        last.reason = reason;
        last.message = message;
        last.total_ms = std::chrono::duration<double, std::milli>(Clock::now() - started_).count();
        emit(std::move(last));
        return record::RecordPtr(record_);
    }

private:
    template <typename Payload>
    void emit(Payload payload)
    {
        record_->events.push_back({std::move(payload)});
        job_.sink.on_event(record_->events.back());
    }

    void emit_block(record::Block block)
    {
        block.moment = last_moment_;
        emit(std::move(block));
    }

    Status train(std::string& reason, std::string& message)
    {
        FollowingSink sink(job_.config, job_.methods, job_.cancel, job_.sink);
        const BenchJob inner{.config = job_.config,
                             .methods = job_.methods,
                             .models = job_.models,
                             .threads = job_.threads,
                             .cancel = job_.cancel,
                             .sink = sink,
                             .control = job_.control};
        TIMBERLINE_ASSIGN(const auto trained, run_training(inner));
        record_ = sink.merged(*trained);
        planes_ = sink.planes();
        data_ = sink.data();
        const auto* finished = record::run_finished(*trained);
        reason = finished == nullptr ? "error" : finished->reason;
        message = finished == nullptr ? "training ended without saying why" : finished->message;
        find_last_moment();
        if (auto cost = sink.cost()) {
            cost->training_ms = finished == nullptr ? 0 : finished->total_ms;
            emit_block(record::to_block(*cost));
        }
        return {};
    }

    Status open(const std::string& file)
    {
        auto loaded =
            std::filesystem::path(file).extension() == ".safetensors" ? load_checkpoint_file(file, job_) : load_record(file, job_);
        if (!loaded.ok()) {
            return loaded.error();
        }
        record_ = std::make_shared<record::Record>();
        record::RunStarted first;
        first.program_version = std::string(version());
        first.config_json = to_text(loaded->config);
        first.bench = job_.config.bench;
        first.model_name = training_values(loaded->config.settings).net;
        first.threads = compute_threads();
        first.seed = loaded->config.seed;
        emit(std::move(first));
        for (auto& event : loaded->events) {
            record_->events.push_back(std::move(event));
            job_.sink.on_event(record_->events.back());
        }
        find_last_moment();
        drawn_ = std::move(loaded->surfaces);
        return {};
    }

    void find_last_moment()
    {
        for (const auto& event : record_->events) {
            if (const auto* block = std::get_if<record::Block>(&event.payload)) {
                last_moment_ = std::max(last_moment_, block->moment);
            }
        }
    }

    Status draw()
    {
        TIMBERLINE_ASSIGN(const auto config, config_in(record::run_started(*record_)->config_json, job_.methods, "config"));
        job_.sink.on_progress(-1, "preparing the surface");
        TIMBERLINE_ASSIGN(const auto study, study_of(*record_, config, job_.methods, data_, job_.cancel));
        if (study.left_out > 0) {
            emit(record::Note{"the surface stands around step " + std::to_string(study.snapshots.back().step) +
                              ", the last one whose parameters are finite"});
        }
        // Gradients of small networks are made of small operators, which a second thread slows down.
        set_compute_threads(1);
        TIMBERLINE_TRY(curvature(study));
        GaussianCache gaussians;
        const std::size_t center = study.snapshots.size() - 1;
        TIMBERLINE_ASSIGN(auto built, build_plane(study, study.values, center, gaussians, job_.cancel));
        set_compute_threads(job_.threads);
        const auto problem = study.problem(study.values, study.values.test_surface);
        TIMBERLINE_ASSIGN(const auto evaluator, landscape::make_evaluator(problem, built.plane));
        landscape::PointValue middle;
        const landscape::Point origin;
        TIMBERLINE_TRY(evaluator->evaluate(std::span(&origin, 1), std::span(&middle, 1), job_.cancel));
        auto& d = built.description;
        d.id = planes_;
        d.samples = static_cast<std::int32_t>(problem.train.count);
        d.test_samples = static_cast<std::int32_t>(problem.test.count);
        d.evaluation = evaluator->name();
        d.center_loss = middle.train.loss;
        d.clip = recommended_clip(d.center_loss);
        emit_block(record::to_block(d));
        return surface(study, built, *evaluator);
    }

    Status surface(const LandscapeStudy& study, const BuiltPlane& built, const landscape::Evaluator& evaluator)
    {
        record::LandscapeGrid grid;
        grid.plane = built.description;
        const auto cells = static_cast<std::size_t>(grid.plane.x.points) * static_cast<std::size_t>(grid.plane.y.points);
        grid.level.assign(cells, -1);
        std::size_t done = 0;
        const auto take = [&](const record::LandscapeTile& tile) {
            for (std::size_t k = 0; k < tile.i.size(); ++k) {
                grid.level[grid.index(tile.i[k], tile.j[k])] = static_cast<std::int8_t>(tile.level);
            }
            done += tile.i.size();
            emit_block(record::to_block(tile));
            job_.sink.on_progress(static_cast<double>(done) / static_cast<double>(cells), "evaluating the surface");
        };
        const int last = static_cast<int>(grid.plane.strides.size()) - 1;
        const auto before = std::ranges::find_if(drawn_, [&](const Drawn& drawn) { return same_plane(drawn.plane, grid.plane); });
        // Tiles of an earlier run that was cancelled stand where they would have come.
        const auto take_again = [&](bool last_level) {
            for (auto tile : before == drawn_.end() ? std::vector<record::LandscapeTile>{} : before->tiles) {
                if ((tile.level == last) == last_level) {
                    tile.plane = grid.plane.id;
                    take(tile);
                }
            }
        };
        take_again(last == 0);
        if (last > 0) {
            TIMBERLINE_TRY(landscape::run_grid(evaluator, grid, job_.threads, job_.cancel, take, last - 1));
        }
        // The path after the coarse picture and before the long last level.
        TIMBERLINE_ASSIGN(const auto trajectory, trajectory_in(study, study.values, built, job_.cancel));
        emit_block(record::to_block(trajectory));
        if (last > 0) {
            take_again(true);
        }
        return landscape::run_grid(evaluator, grid, job_.threads, job_.cancel, take);
    }

    Status curvature(const LandscapeStudy& study)
    {
        std::vector<double> start;
        const auto every = static_cast<std::size_t>(study.values.curvature_every);
        for (std::size_t k = 0; every > 0 && k + 1 < study.snapshots.size(); k += every) {
            job_.sink.on_progress(static_cast<double>(k) / static_cast<double>(study.snapshots.size()), "following the curvature");
            TIMBERLINE_ASSIGN(const auto summary, curvature_at(study, study.values, k, false, start, job_.cancel));
            auto block = record::to_block(summary);
            block.moment = study.snapshots[k].moment;
            emit(std::move(block));
        }
        if (study.values.spectrum || every > 0) {
            job_.sink.on_progress(-1, "computing the curvature");
            TIMBERLINE_ASSIGN(const auto summary,
                              curvature_at(study, study.values, study.snapshots.size() - 1, study.values.spectrum, start, job_.cancel));
            emit_block(record::to_block(summary));
        }
        return {};
    }

    const BenchJob& job_;
    Clock::time_point started_;
    std::shared_ptr<record::Record> record_ = std::make_shared<record::Record>();
    std::shared_ptr<const training::DataSet> data_;
    std::vector<Drawn> drawn_;  ///< by the run that this one starts from
    std::int32_t planes_ = 0, last_moment_ = -1;
};

}  // namespace

Result<record::RecordPtr> run_landscape(const BenchJob& job)
{
    return LandscapeRun(job).run();
}

}  // namespace timberline::run
