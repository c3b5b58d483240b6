// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/training_resume.h"

#include "core/run/bench_spec.h"
#include "core/run/config_live.h"
#include "core/run/training_returns.h"
#include "core/run/training_values.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

namespace timberline::run {
namespace {

constexpr std::int64_t kColumns = record::kTrainingColumns + 1;  // the block's table and elapsed_ms
/// Settings that say where things are kept, not what is trained: the given config's are taken as they are.
constexpr std::string_view kPlaces[] = {"checkpoint_path", "checkpoint_every", "resume_from"};
constexpr std::string_view kProbe = "probe";  ///< asked after training, of which it is no part

Error damaged(const std::string& file, const std::string& what)
{
    return make_error(ErrorCode::BadFile, file + ": " + what, "The checkpoint is damaged: take another one, or train from the start.");
}

// The curve travels as the table of a record's block, so that both have one layout.
training::Checkpoint::Table table_of(const std::vector<record::TrainingStep>& steps)
{
    const auto block = record::to_block(record::TrainingSteps{.first_moment = 0, .steps = steps});
    const auto& values = std::get<std::vector<double>>(block.arrays.at("steps").values);
    const auto& elapsed = std::get<std::vector<float>>(block.arrays.at("elapsed_ms").values);
    training::Checkpoint::Table table{.rows = static_cast<std::int64_t>(steps.size()), .columns = kColumns, .values = {}};
    for (std::size_t row = 0; row < steps.size(); ++row) {
        const auto* from = values.data() + row * static_cast<std::size_t>(record::kTrainingColumns);
        std::transform(from, from + record::kTrainingColumns, std::back_inserter(table.values),
                       [](double value) { return static_cast<float>(value); });
        table.values.push_back(elapsed[row]);
    }
    return table;
}

Result<std::vector<record::TrainingStep>> steps_of(const training::Checkpoint& checkpoint, const std::string& file)
{
    const auto it = checkpoint.extra.find("steps");
    if (it == checkpoint.extra.end() || it->second.columns != kColumns) {
        return damaged(file, "the curve is missing or has another layout");
    }
    record::Block block;
    block.kind = record::kTrainingSteps;
    block.moment = 0;
    std::vector<double> values;
    std::vector<float> elapsed;
    for (std::int64_t row = 0; row < it->second.rows; ++row) {
        const auto* from = it->second.values.data() + row * kColumns;
        values.insert(values.end(), from, from + record::kTrainingColumns);
        elapsed.push_back(from[record::kTrainingColumns]);
    }
    block.arrays["steps"] = {.shape = {it->second.rows, record::kTrainingColumns}, .values = std::move(values)};
    block.arrays["elapsed_ms"] = {.shape = {it->second.rows}, .values = std::move(elapsed)};
    auto read = record::training_steps_from(block);
    if (!read.ok()) {
        return read.error().with(file);
    }
    return std::move(read->steps);
}

std::string looks_text(const std::vector<record::TrainingValidation>& looks)
{
    OrderedJson out = OrderedJson::array();
    const auto number = [](double value) { return std::isfinite(value) ? OrderedJson(value) : OrderedJson(nullptr); };
    for (const auto& look : looks) {
        out.push_back(
            {look.moment, look.step, number(look.train_loss), number(look.train_accuracy), number(look.loss), number(look.accuracy)});
    }
    return out.dump();
}

Result<std::vector<record::TrainingValidation>> looks_of(const training::Checkpoint& checkpoint, const std::string& file)
{
    const auto it = checkpoint.texts.find("looks");
    TIMBERLINE_ASSIGN(const auto json, parse_json(it == checkpoint.texts.end() ? "null" : it->second, file + ": looks"));
    std::vector<record::TrainingValidation> out;
    if (!json.is_array()) {
        return damaged(file, "the list of validations is missing");
    }
    for (const auto& row : json) {
        const auto real = [&](std::size_t i) {
            return row[i].is_number() ? row[i].get<double>() : std::numeric_limits<double>::quiet_NaN();
        };
        if (!row.is_array() || row.size() != 6 || !row[0].is_number_integer() || !row[1].is_number_integer()) {
            return damaged(file, "the list of validations has another layout");
        }
        record::TrainingValidation look;
        look.moment = row[0].get<std::int32_t>();
        look.step = row[1].get<std::int32_t>();
        look.train_loss = real(2);
        look.train_accuracy = real(3);
        look.loss = real(4);
        look.accuracy = real(5);
        out.push_back(std::move(look));
    }
    return out;
}

Result<std::vector<std::int64_t>> kept_of(const training::Checkpoint& checkpoint, const std::string& file)
{
    const auto it = checkpoint.texts.find("kept");
    TIMBERLINE_ASSIGN(const auto json, parse_json(it == checkpoint.texts.end() ? "null" : it->second, file + ": kept"));
    if (!json.is_array() || json.size() > kMostReturnStates) {
        return damaged(file, "the list of kept states is missing or too long");
    }
    std::vector<std::int64_t> out;
    for (const auto& step : json) {
        const auto before = out.empty() ? std::int64_t{-1} : out.back();
        if (!step.is_number_integer() || step.get<std::int64_t>() <= before || step.get<std::int64_t>() > checkpoint.state.step) {
            return damaged(file, "the list of kept states does not ascend to the checkpoint's step");
        }
        out.push_back(step.get<std::int64_t>());
    }
    return out;
}

bool is_place(const std::string& key)
{
    return std::ranges::find(kPlaces, key) != std::end(kPlaces);
}

bool fixed_for_a_run(Effect effect)
{
    return effect == Effect::Restart || effect == Effect::Rebuild || effect == Effect::Retrain;
}

Error differs(const std::string& file, const std::string& key)
{
    return make_error(ErrorCode::InvalidArgument, file + ": the checkpoint was trained with another " + key + " than the config says",
                      "Resume with the config it was trained with, or train from the start.");
}

/// What `given` wants different from `saved` at the moment of the checkpoint.
Result<ConfigEvent> difference(const Config& saved, const Config& given, const MethodRegistry& methods, const std::string& file)
{
    ConfigEvent event;
    const auto spec = training_bench();
    if (saved.seed != given.seed) {
        return differs(file, "seed");
    }
    for (const auto& setting : spec.settings) {
        const auto old = saved.settings.find(setting.key), wanted = given.settings.find(setting.key);
        if (is_place(setting.key) || old == saved.settings.end() || wanted == given.settings.end() || old->second == wanted->second) {
            continue;
        }
        if (fixed_for_a_run(setting.effect)) {
            return differs(file, setting.key);
        }
        event.set[spec.id + "." + setting.key] = wanted->second;
    }
    for (const auto& role : spec.roles) {
        const auto old = saved.methods.find(role.name), wanted = given.methods.find(role.name);
        if (role.name == kProbe || old == saved.methods.end() || wanted == given.methods.end() || old->second == wanted->second) {
            continue;
        }
        if (role.name == "data_set") {
            return differs(file, "data set");
        }
        auto before = old->second.values;
        if (old->second.id != wanted->second.id) {
            event.choose[role.name] = wanted->second.id;
            TIMBERLINE_ASSIGN(const auto* entry, methods.find(role.family, wanted->second.id));
            before = default_values(entry->info.hyperparameters);
        }
        for (const auto& [key, value] : wanted->second.values) {
            const auto it = before.find(key);
            if (it == before.end() || it->second != value) {
                event.set["method." + role.name + ".values." + key] = value;
            }
        }
    }
    return event;
}

/// Refuses events that go back to a state of before the checkpoint: the whole run has it, a resumed one does not.
Status check_returns(const Config& config, const ResumedTraining& resumed, const MethodRegistry& methods, const std::string& file)
{
    TIMBERLINE_ASSIGN(const Config now, config_at(config, resumed.progress.moment, methods));
    auto settings = live_settings(now);
    for (auto event : now.events) {
        const auto former = training_values(settings.settings).return_to_step;
        if (!apply_event(settings, event, methods, file).ok()) {
            break;  // the run says so at its moment
        }
        const auto step = training_values(settings.settings).return_to_step;
        if (step != former && step >= 0 && step < resumed.checkpoint.state.step) {
            return make_error(ErrorCode::InvalidArgument,
                              file + ": the event of step " + std::to_string(event.round) + " goes back to step " + std::to_string(step) +
                                  " and needs states from before the checkpoint, which is that of step " +
                                  std::to_string(resumed.checkpoint.state.step),
                              "Train from the start, or leave return_to_step as it was.");
        }
    }
    return {};
}

}  // namespace

Status save_training(const std::string& file, const training::NetSpec& spec, training::TrainerState state, const Config& config,
                     const TrainingProgress& progress, const std::vector<std::int64_t>& kept)
{
    training::Checkpoint checkpoint{.spec = spec, .state = std::move(state), .seed = config.seed, .texts = {}, .extra = {}};
    checkpoint.texts = {{"config", to_text(config)},
                        {"moment", std::to_string(progress.moment)},
                        {"looks", looks_text(progress.looks)},
                        {"kept", OrderedJson(kept).dump()}};
    checkpoint.extra["steps"] = table_of(progress.steps);
    return training::save_checkpoint(file, checkpoint);
}

Result<ResumedTraining> resume_training(const std::string& file, const Config& given, const MethodRegistry& methods)
{
    ResumedTraining out;
    TIMBERLINE_ASSIGN(out.checkpoint, training::load_checkpoint(file));
    TIMBERLINE_ASSIGN(out.progress.steps, steps_of(out.checkpoint, file));
    TIMBERLINE_ASSIGN(out.progress.looks, looks_of(out.checkpoint, file));
    TIMBERLINE_ASSIGN(out.kept, kept_of(out.checkpoint, file));
    out.progress.moment = static_cast<std::int32_t>(out.progress.steps.size());  // each moment left one step
    const auto text = out.checkpoint.texts.find("config");
    if (text == out.checkpoint.texts.end()) {
        return damaged(file, "the config is missing");
    }
    TIMBERLINE_ASSIGN(const auto json, parse_json(text->second, file + ": config"));
    TIMBERLINE_ASSIGN(out.config, parse_config(json, methods, file + ": config"));
    if (out.config.bench != given.bench) {
        return differs(file, "bench");
    }
    // Both as they were at the start: what only the events of the killed run changed stays as those events left it.
    TIMBERLINE_ASSIGN(auto event, difference(out.config, given, methods, file));
    if (!event.set.empty() || !event.choose.empty()) {
        event.round = out.progress.moment;
        out.config.events.push_back(std::move(event));
    }
    for (const auto& planned : given.events) {
        if (planned.round >= out.progress.moment && std::ranges::find(out.config.events, planned) == out.config.events.end()) {
            out.config.events.push_back(planned);
        }
    }
    std::ranges::stable_sort(out.config.events, {}, &ConfigEvent::round);
    for (const auto key : kPlaces) {
        const auto it = given.settings.find(key);
        if (it != given.settings.end()) {
            out.config.settings[std::string(key)] = it->second;
        }
    }
    out.config.methods.erase(std::string(kProbe));
    if (const auto probe = given.methods.find(std::string(kProbe)); probe != given.methods.end()) {
        out.config.methods.insert(*probe);
    }
    TIMBERLINE_TRY(check_returns(out.config, out, methods, file));
    out.config.settings["resume_from"] = std::string{};  // the whole run is reproduced from its start
    out.config.threads = given.threads;
    return out;
}

Result<Config> config_at(const Config& config, std::int32_t moment, const MethodRegistry& methods,
                         std::vector<record::ParameterChanged>* changes)
{
    Config out = config;
    out.events.clear();
    auto settings = live_settings(config);
    for (auto event : config.events) {
        if (event.round >= moment) {
            out.events.push_back(std::move(event));
            continue;
        }
        TIMBERLINE_ASSIGN(auto changed, apply_event(settings, event, methods, "event of step " + std::to_string(event.round)));
        if (changes != nullptr) {
            changes->insert(changes->end(), std::make_move_iterator(changed.begin()), std::make_move_iterator(changed.end()));
        }
    }
    out.methods = settings.methods;
    out.settings = settings.settings;
    return out;
}

}  // namespace timberline::run
