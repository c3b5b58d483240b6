// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/text.h"
#include "core/io/content_hash.h"
#include "core/io/safetensors.h"
#include "core/run/heads_parts.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace timberline::run {
namespace {

constexpr std::string_view kModel = "model.", kOptimizer = "optimizer.", kSteps = "curve.steps";
constexpr std::string_view kKind = "head-checkpoint", kVersion = "2";  // 1 did not say what target and text it was of
/// Settings that say where things are kept or what may change during a run; the given config's are taken as they are.
constexpr std::string_view kFixedSettings[] = {"text",    "text_file",   "prompts_file", "tokens", "length",
                                               "opening", "temperature", "held_out",     "half",   "half_products"};
constexpr std::int64_t kStepColumns = 6;  ///< step, epoch, loss, learning rate, gradient norm, elapsed; the parts follow

Error damaged(const std::string& file, const std::string& what)
{
    return make_error(ErrorCode::BadFile, file + ": " + what, "The checkpoint is damaged or of another kind: train from the start.");
}

double real(const Json& value)
{
    return value.is_number() ? value.get<double>() : std::numeric_limits<double>::quiet_NaN();
}

OrderedJson number(double value)
{
    return std::isfinite(value) ? OrderedJson(value) : OrderedJson(nullptr);
}

/// Looks and acceptances are few: they travel as JSON.
std::string looks_text(const HeadsProgress& progress)
{
    OrderedJson looks = OrderedJson::array(), acceptances = OrderedJson::array();
    const auto listed = [](const std::vector<float>& values) {
        OrderedJson out = OrderedJson::array();
        for (const float value : values) {
            out.push_back(number(static_cast<double>(value)));
        }
        return out;
    };
    for (const auto& look : progress.looks) {
        looks.push_back({look.moment, look.step, number(look.loss), listed(look.accuracy)});
    }
    for (const auto& one : progress.acceptances) {
        acceptances.push_back(
            {one.moment, one.step, number(one.accepted_per_pass), listed(one.prompt_accepted), one.nodes, one.tokens, one.kept ? 1 : 0});
    }
    return OrderedJson{{"looks", looks}, {"acceptances", acceptances}, {"best", number(progress.best)}}.dump();
}

Status read_looks(const std::string& text, const std::string& file, HeadsProgress& out)
{
    TIMBERLINE_ASSIGN(const auto json, parse_json(text, file + ": looks"));
    const auto whole = [](const Json& row, std::size_t i) { return row[i].is_number_integer(); };
    const auto floats = [](const Json& values) {
        std::vector<float> list;
        for (const auto& value : values) {
            list.push_back(static_cast<float>(real(value)));
        }
        return list;
    };
    const bool shaped = json.is_object() && json.contains("looks") && json.contains("acceptances") && json.contains("best") &&
                        json["looks"].is_array() && json["acceptances"].is_array();
    if (!shaped) {
        return damaged(file, "the measurements so far are missing");
    }
    for (const auto& row : json["looks"]) {
        if (!row.is_array() || row.size() != 4 || !whole(row, 0) || !whole(row, 1) || !row[3].is_array()) {
            return damaged(file, "the list of looks has another layout");
        }
        out.looks.push_back(
            {.moment = row[0].get<std::int32_t>(), .step = row[1].get<std::int32_t>(), .loss = real(row[2]), .accuracy = floats(row[3])});
    }
    for (const auto& row : json["acceptances"]) {
        if (!row.is_array() || row.size() != 7 || !whole(row, 0) || !whole(row, 1) || !row[3].is_array() || !whole(row, 4) ||
            !whole(row, 5) || !whole(row, 6)) {
            return damaged(file, "the list of acceptances has another layout");
        }
        out.acceptances.push_back({.moment = row[0].get<std::int32_t>(),
                                   .step = row[1].get<std::int32_t>(),
                                   .accepted_per_pass = real(row[2]),
                                   .prompt_accepted = floats(row[3]),
                                   .nodes = row[4].get<std::int32_t>(),
                                   .tokens = row[5].get<std::int32_t>(),
                                   .kept = row[6].get<std::int32_t>() != 0});
    }
    out.best = std::isnan(real(json["best"])) ? -1 : real(json["best"]);
    return {};
}

Result<std::int64_t> integer(const std::map<std::string, std::string>& metadata, const std::string& key, const std::string& file)
{
    const auto it = metadata.find(key);
    std::int64_t out = -1;
    if (it != metadata.end()) {
        const auto [end, code] = std::from_chars(it->second.data(), it->second.data() + it->second.size(), out);
        out = code == std::errc{} && end == it->second.data() + it->second.size() ? out : -1;
    }
    if (out < 0 || out > (std::int64_t{1} << 40)) {
        return damaged(file, key + " is missing or no count in the metadata");
    }
    return out;
}

Result<std::vector<float>> floats(const io::TensorView& view, const std::string& file)
{
    if (view.type != io::DataType::F32) {
        return damaged(file, "tensor " + view.name + " is " + std::string(io::name_of(view.type)) + ", expected F32");
    }
    std::vector<float> out(static_cast<std::size_t>(view.elements()));
    io::to_float32(view, out.data());
    return out;
}

Status read_tensor(const io::TensorView& view, const std::string& file, ResumedHeads& out)
{
    const std::string& name = view.name;
    TIMBERLINE_ASSIGN(auto values, floats(view, file));
    if (name.starts_with(kModel)) {
        out.state.parameters[name.substr(kModel.size())] = std::move(values);
        return {};
    }
    if (name.starts_with(kOptimizer)) {
        const auto dot = name.find('.', kOptimizer.size());
        const bool digit = dot == kOptimizer.size() + 1 && name[kOptimizer.size()] >= '0' && name[kOptimizer.size()] <= '9';
        if (!digit) {
            return damaged(file, "tensor " + name + " names no parameter group");
        }
        const auto group = static_cast<std::size_t>(name[kOptimizer.size()] - '0');
        out.state.optimizers.resize(std::max(out.state.optimizers.size(), group + 1));
        out.state.optimizers[group][name.substr(dot + 1)] = std::move(values);
        return {};
    }
    if (name == kSteps) {
        if (view.shape.size() != 2 || view.shape[1] < kStepColumns || view.shape[1] > kStepColumns + 16) {
            return damaged(file, "the curve has another layout");
        }
        for (std::int64_t row = 0; row < view.shape[0]; ++row) {
            const float* at = values.data() + row * view.shape[1];
            record::HeadTrainingStep step;
            step.step = static_cast<std::int32_t>(std::clamp(at[0], 0.0F, 1e9F));
            step.epoch = static_cast<std::int32_t>(std::clamp(at[1], 0.0F, 1e9F));
            step.loss = at[2];
            step.learning_rate = at[3];
            step.gradient_norm = at[4];
            step.elapsed_ms = at[5];
            step.parts.assign(at + kStepColumns, at + view.shape[1]);
            out.progress.steps.push_back(std::move(step));
        }
        return {};
    }
    return damaged(file, "tensor " + name + " is unknown");
}

Error differs(const std::string& file, const std::string& key)
{
    return make_error(ErrorCode::InvalidArgument, file + ": the checkpoint was trained with another " + key + " than the config says",
                      "Resume with the config it was trained with, or train from the start.");
}

Status check_same(const Config& saved, const Config& given, const MethodRegistry& methods, const std::string& file)
{
    if (saved.model != given.model) {
        return differs(file, "model");
    }
    if (saved.seed != given.seed) {
        return differs(file, "seed");
    }
    for (const std::string role : {"head", "optimizer"}) {
        const auto &before = saved.methods.at(role), &now = given.methods.at(role);
        if (before.id != now.id) {
            return differs(file, role);
        }
        TIMBERLINE_ASSIGN(const MethodRegistry::Entry* entry, methods.find(role == "head" ? "draft head" : "optimizer", now.id));
        for (const auto& declaration : entry->info.hyperparameters) {
            const auto &a = before.values.find(declaration.key)->second, &b = now.values.find(declaration.key)->second;
            if (declaration.effect == Effect::Restart && a != b) {
                return differs(file, declaration.key);
            }
        }
    }
    for (const auto key : kFixedSettings) {
        if (saved.settings.find(key)->second != given.settings.find(key)->second) {
            return differs(file, std::string(key));
        }
    }
    return {};
}

}  // namespace

HeadsSource heads_source(const model::LanguageModel& target, const decoding::HeadText& text)
{
    std::vector<TokenId> all;  // every length before what it counts: no two texts look alike
    for (const auto* part : {&text.train, &text.held_out}) {
        all.push_back(static_cast<TokenId>(part->size()));
        for (const auto& sequence : *part) {
            all.push_back(static_cast<TokenId>(sequence.size()));
            all.insert(all.end(), sequence.begin(), sequence.end());
        }
    }
    io::ContentHash hash;
    hash.add(reinterpret_cast<const std::uint8_t*>(all.data()), all.size() * sizeof(TokenId));
    return {.target = decoding::fingerprint_of(target.folder).weights, .text = hash.text()};
}

Status check_heads_source(const std::string& file, const HeadsSource& saved, const HeadsSource& now)
{
    if (saved.target != now.target) {
        return make_error(ErrorCode::InvalidArgument,
                          file + ": the checkpoint was trained on a model with other weights (hash " + printable(saved.target) +
                              ") than the config's (" + now.target + ")",
                          "Resume with the model it was trained on, or train from the start.");
    }
    if (!now.text.empty() && saved.text != now.text) {
        return make_error(ErrorCode::InvalidArgument,
                          file + ": the checkpoint was trained on another text (hash " + printable(saved.text) + ") than there is now (" +
                              now.text + ")",
                          "Put the text file back as it was, or train from the start.");
    }
    return {};
}

Status save_heads_checkpoint(const std::string& file, const decoding::HeadTrainerState& state, const Config& config,
                             const HeadsProgress& progress, const HeadsSource& source)
{
    std::vector<io::TensorToWrite> tensors;
    const auto add = [&](std::string name, const std::vector<float>& values) {
        tensors.push_back({.name = std::move(name), .shape = {static_cast<std::int64_t>(values.size())}, .data = values.data()});
    };
    for (const auto& [name, values] : state.parameters) {
        add(std::string(kModel) + name, values);
    }
    for (std::size_t group = 0; group < state.optimizers.size(); ++group) {
        for (const auto& [name, values] : state.optimizers[group]) {
            add(std::string(kOptimizer) + std::to_string(group) + "." + name, values);
        }
    }
    std::vector<float> table;
    const std::size_t parts = progress.steps.empty() ? 0 : progress.steps.front().parts.size();
    for (const auto& step : progress.steps) {
        table.insert(table.end(), {static_cast<float>(step.step), static_cast<float>(step.epoch), step.loss, step.learning_rate,
                                   step.gradient_norm, step.elapsed_ms});
        for (std::size_t i = 0; i < parts; ++i) {
            table.push_back(i < step.parts.size() ? step.parts[i] : std::numeric_limits<float>::quiet_NaN());
        }
    }
    tensors.push_back({.name = std::string(kSteps),
                       .shape = {static_cast<std::int64_t>(progress.steps.size()), kStepColumns + static_cast<std::int64_t>(parts)},
                       .data = table.data()});
    return io::write_safetensors(file, tensors,
                                 {{"kind", std::string(kKind)},
                                  {"version", std::string(kVersion)},
                                  {"target", source.target},
                                  {"text", source.text},
                                  {"config", to_text(config)},
                                  {"step", std::to_string(state.step)},
                                  {"epoch", std::to_string(state.epoch)},
                                  {"cursor", std::to_string(state.cursor)},
                                  {"batch", std::to_string(state.batch)},
                                  {"looks", looks_text(progress)}});
}

Result<ResumedHeads> load_heads_checkpoint(const std::string& file, const Config& given, const MethodRegistry& methods)
{
    TIMBERLINE_ASSIGN(const auto opened, io::SafetensorsFile::open_file(file));
    const auto& metadata = opened.metadata();
    const auto text = [&](const std::string& key) {
        const auto it = metadata.find(key);
        return it == metadata.end() ? std::string{} : it->second;
    };
    if (text("kind") != kKind || text("version") != kVersion) {
        return damaged(file, "it is no checkpoint of draft heads that this version reads");
    }
    ResumedHeads out;
    out.source = {.target = text("target"), .text = text("text")};
    TIMBERLINE_ASSIGN(out.state.step, integer(metadata, "step", file));
    TIMBERLINE_ASSIGN(out.state.epoch, integer(metadata, "epoch", file));
    TIMBERLINE_ASSIGN(out.state.cursor, integer(metadata, "cursor", file));
    TIMBERLINE_ASSIGN(out.state.batch, integer(metadata, "batch", file));
    for (const auto& [name, view] : opened.tensors()) {
        TIMBERLINE_TRY(read_tensor(view, file, out));
    }
    TIMBERLINE_TRY(read_looks(text("looks"), file, out.progress));
    if (static_cast<std::int64_t>(out.progress.steps.size()) != out.state.step) {
        return damaged(file,
                       "the curve has " + std::to_string(out.progress.steps.size()) + " steps, expected " + std::to_string(out.state.step));
    }
    TIMBERLINE_ASSIGN(const auto json, parse_json(text("config"), file + ": config"));
    TIMBERLINE_ASSIGN(const auto saved, parse_config(json, methods, file + ": config"));
    if (saved.bench != "heads") {
        return damaged(file, "its config is of another bench");
    }
    TIMBERLINE_TRY(check_same(saved, given, methods, file));
    out.config = given;
    // What happened before the checkpoint happened; what was planned after it comes from the config that is given now.
    std::erase_if(out.config.events, [&](const ConfigEvent& event) { return event.round < out.state.step; });
    std::vector<ConfigEvent> events;
    std::ranges::copy_if(saved.events, std::back_inserter(events), [&](const ConfigEvent& event) { return event.round < out.state.step; });
    out.config.events.insert(out.config.events.begin(), events.begin(), events.end());
    return out;
}

}  // namespace timberline::run
