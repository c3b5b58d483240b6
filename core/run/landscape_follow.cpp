// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/landscape_follow.h"

#include "core/landscape/grid.h"
#include "core/run/guard.h"
#include "core/run/training_setup.h"

#include <algorithm>
#include <cmath>

namespace timberline::run {
namespace {

using Clock = std::chrono::steady_clock;

/// Of training's time that surfaces may take: even on a single core training loses less than a fifth of its speed.
constexpr double kShare = 0.1;
/// The snapshot from which on training is timed: before it, memory and caches are cold.
constexpr std::int64_t kMeasuredFrom = 1;

double milliseconds_since(Clock::time_point begin)
{
    return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

const record::Block* block_of(const record::Event& event, std::string_view kind)
{
    const auto* block = std::get_if<record::Block>(&event.payload);
    return block != nullptr && block->kind == kind ? block : nullptr;
}

}  // namespace

FollowingSink::FollowingSink(const Config& config, const MethodRegistry& methods, const CancelToken& cancel, ProgressSink& inner)
    : config_(config), methods_(methods), cancel_(cancel), inner_(inner), values_(landscape_values(config.settings)),
      every_(values_.follow_every)
{
    values_.nx = values_.ny = values_.follow_points;
    values_.test_surface = false;
    // Other directions need the path that is only being made, or numbers that a question about the plane would not find again.
    for (auto* kind : {&values_.x_kind, &values_.y_kind}) {
        *kind = *kind == "none" ? *kind : "random";
    }
    values_.statistics = values_.statistics == "interpolated" ? "auto" : values_.statistics;
    values_.strides.clear();
}

FollowingSink::~FollowingSink()
{
    if (under_way_.valid()) {
        under_way_.wait();
    }
}

void FollowingSink::on_event(const record::Event& event)
{
    if (std::holds_alternative<record::RunFinished>(event.payload)) {
        return;  // the run goes on after training
    }
    const auto* snapshot = block_of(event, record::kTrainingSnapshot);
    if (block_of(event, record::kTrainingSetup) != nullptr) {
        setup_ = event;
        has_setup_ = true;
        if (const auto made = values_.follow ? make_data() : Status{}; !made.ok()) {
            failed_ = true;
            inner_.on_note("the surface does not follow: " + made.error().message);
        }
    }
    const auto* changing = snapshot != nullptr ? snapshot : block_of(event, record::kTrainingSteps);
    seen_.push_back(changing != nullptr ? Seen{changing->kind, changing->moment} : Seen{});
    inner_.on_event(event);
    if (snapshot != nullptr && values_.follow && has_setup_ && !failed_ && !cancel_.cancelled() && due()) {
        take_surface();
        if (!failed_) {
            begin_surface(*snapshot);
        }
    }
}

/// Whether this snapshot is drawn.
bool FollowingSink::due()
{
    const auto number = snapshots_++;
    if (number == kMeasuredFrom) {
        measured_from_ = Clock::now();
    }
    if (every_ == 0 && number == kMeasuredFrom + 1) {
        // Both were measured once: the first surface, and training from one snapshot to the next.
        // Its blocks are taken where they would be if the number had been given.
        const auto begin = Clock::now();
        const double interval = std::max(std::chrono::duration<double, std::milli>(begin - measured_from_).count(), 1e-3);
        if (under_way_.valid()) {
            under_way_.wait();
        }
        cost_.waited_ms += milliseconds_since(begin);
        every_ = std::clamp<std::int64_t>(static_cast<std::int64_t>(std::ceil(last_ms_ / (kShare * interval))), kMeasuredFrom + 1, 10'000);
        next_due_ = every_;
    }
    if (number != next_due_) {
        return false;
    }
    next_due_ += every_;
    return true;
}

/// The same data set that training made for itself. Before the first step, so that no step waits for it.
Status FollowingSink::make_data()
{
    const auto training = training_values(config_.settings);
    if (training.net != "quadratic") {
        TIMBERLINE_ASSIGN(data_, make_data_set(methods_, config_.methods.at("data_set"), training, config_.seed, cancel_));
    }
    return {};
}

/// Once, before the first surface: what all surfaces share.
Status FollowingSink::prepare(const record::Block& snapshot)
{
    record::Record part;
    part.events = {setup_, {snapshot}};
    TIMBERLINE_ASSIGN(study_, study_of(part, config_, methods_, data_, cancel_));
    problem_ = study_->problem(values_, false);
    return {};
}

void FollowingSink::give_up(const std::string& why)
{
    failed_ = true;
    const std::string text = "the surface does not follow: " + why;
    insert({record::Note{text}});
    inner_.on_note(text);
}

void FollowingSink::begin_surface(const record::Block& block)
{
    if (!study_) {
        if (const auto prepared = prepare(block); !prepared.ok()) {
            if (prepared.error().code != ErrorCode::Cancelled) {
                give_up(prepared.error().message);
            }
            return;
        }
    }
    auto snapshot = record::training_snapshot_from(block);
    const bool finite = snapshot.ok() && std::ranges::all_of(snapshot->parameters, [](float x) { return std::isfinite(x); });
    if (!finite) {
        give_up(snapshot.ok() ? "the parameters are no longer finite" : snapshot.error().message);
        return;
    }
    study_->snapshots = {std::move(*snapshot)};
    under_way_ = std::async(std::launch::async, [this, plane = planes_, moment = block.moment] { return draw(plane, moment); });
    ++planes_;
}

FollowingSink::Surface FollowingSink::draw(std::int32_t plane, std::int32_t moment)
{
    const auto begin = Clock::now();
    Surface out;
    const auto done = guarded([&] { return draw_blocks(plane, out.blocks); });
    if (!done.ok() && done.error().code != ErrorCode::Cancelled) {
        out.problem = done.error().message;
        out.blocks.clear();
    }
    for (auto& block : out.blocks) {
        block.moment = moment;
    }
    out.milliseconds = last_ms_ = milliseconds_since(begin);
    return out;
}

Status FollowingSink::draw_blocks(std::int32_t plane, std::vector<record::Block>& blocks)
{
    TIMBERLINE_ASSIGN(auto built, build_plane(*study_, values_, 0, gaussians_, cancel_));
    TIMBERLINE_ASSIGN(const auto evaluator, landscape::make_evaluator(problem_, built.plane));
    landscape::PointValue middle;
    const landscape::Point origin;
    TIMBERLINE_TRY(evaluator->evaluate(std::span(&origin, 1), std::span(&middle, 1), cancel_));
    auto& d = built.description;
    d.id = plane;
    d.following = true;
    d.samples = static_cast<std::int32_t>(problem_.train.count);
    d.evaluation = evaluator->name();
    d.center_loss = middle.train.loss;
    d.clip = recommended_clip(d.center_loss);
    d.strides = {1};
    record::LandscapeGrid grid;
    grid.plane = d;
    grid.level.assign(static_cast<std::size_t>(d.x.points) * static_cast<std::size_t>(d.y.points), -1);
    blocks.push_back(record::to_block(d));
    return landscape::run_grid(*evaluator, grid, 1, cancel_,
                               [&](const record::LandscapeTile& tile) { blocks.push_back(record::to_block(tile)); });
}

void FollowingSink::take_surface()
{
    if (!under_way_.valid()) {
        return;
    }
    const auto begin = Clock::now();
    auto surface = under_way_.get();
    cost_.waited_ms += milliseconds_since(begin);
    cost_.evaluation_ms += surface.milliseconds;
    ++cost_.surfaces;
    if (!surface.problem.empty()) {
        give_up(surface.problem);
    }
    for (auto& block : surface.blocks) {
        if (block.kind == record::kTileBlock) {
            cost_.cells += static_cast<std::int64_t>(std::get<std::vector<double>>(block.arrays.at("loss").values).size());
        }
        insert({std::move(block)});
    }
}

void FollowingSink::insert(record::Event event)
{
    inner_.on_event(event);
    inserted_.push_back({seen_.size(), std::move(event)});
}

std::shared_ptr<record::Record> FollowingSink::merged(const record::Record& training)
{
    take_surface();
    auto out = std::make_shared<record::Record>();
    std::size_t next = 0, own = 0;
    for (std::size_t k = 0; k <= seen_.size(); ++k) {
        for (; own < inserted_.size() && inserted_[own].after == k; ++own) {
            out->events.push_back(std::move(inserted_[own].event));
        }
        if (k == seen_.size() || next >= training.events.size()) {
            continue;
        }
        if (!seen_[k].kind.empty()) {
            const auto* kept = block_of(training.events[next], seen_[k].kind);
            if (kept == nullptr || kept->moment != seen_[k].moment) {
                continue;  // a snapshot thinned out since, or steps that the block before them took in
            }
        }
        out->events.push_back(training.events[next++]);
    }
    inserted_.clear();
    auto* started = out->events.empty() ? nullptr : std::get_if<record::RunStarted>(&out->events.front().payload);
    if (started != nullptr && values_.follow && every_ > 0 && values_.follow_every == 0) {
        const auto json = parse_json(started->config_json, "config");
        auto config = json.ok() ? parse_config(*json, methods_, "config") : json.error();
        if (config.ok()) {  // it was written by this run
            config->settings["follow_every"] = every_;
            started->config_json = to_text(*config);
        }
    }
    return out;
}

std::optional<record::FollowCost> FollowingSink::cost() const
{
    return cost_.surfaces > 0 ? std::optional(cost_) : std::nullopt;
}

}  // namespace timberline::run
