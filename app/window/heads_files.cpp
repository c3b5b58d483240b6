// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/heads_files.h"

#include "core/base/files.h"
#include "core/base/json.h"
#include "core/io/safetensors.h"
#include "core/run/bench_spec.h"
#include "core/run/config_live.h"

#include <QDir>
#include <QFileInfo>
#include <QStandardPaths>

#include <algorithm>

namespace timberline::app {

namespace {

constexpr std::uintmax_t kLargestDescription = std::uintmax_t{4} << 20;
constexpr int kMostFolders = 500;  ///< of a folder that the user may have chosen at random
const QString kBundled = QStringLiteral("tale-heads");
const QString kTraining = QStringLiteral("training");

QFileInfoList folders_in(const QString& parent)
{
    return parent.isEmpty() ? QFileInfoList()
                            : QDir(parent).entryInfoList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name).mid(0, kMostFolders);
}

Error no_checkpoint(const QString& file, const std::string& what)
{
    return make_error(ErrorCode::BadFile, file.toStdString() + ": " + what,
                      "Name the file checkpoint.safetensors that a training of draft heads left.");
}

}  // namespace

std::optional<HeadsFolder> read_heads_folder(const QString& path)
{
    const auto folder = resolve_model_path(path.toStdString());
    const auto json = read_json_file(folder / "config.json", kLargestDescription);
    if (path.isEmpty() || !json.ok() || !json->is_object()) {
        return std::nullopt;
    }
    const auto text = [&](const char* key) {
        const auto it = json->find(key);
        return it != json->end() && it->is_string() ? QString::fromStdString(it->get<std::string>()) : QString();
    };
    if (text("format") != QLatin1String("timberline-draft-heads") || text("family").isEmpty()) {
        return std::nullopt;
    }
    HeadsFolder out{.path = path, .family = text("family")};
    if (const auto accepted = json->find("accepted_per_pass"); accepted != json->end() && accepted->is_number()) {
        out.accepted = accepted->get<double>();
    }
    return out;
}

std::vector<HeadsFolder> heads_below(const QString& parent)
{
    std::vector<HeadsFolder> out;
    for (const auto& folder : folders_in(parent)) {
        if (auto heads = read_heads_folder(folder.absoluteFilePath())) {
            out.push_back(std::move(*heads));
        }
    }
    return out;
}

std::vector<HeadsFolder> bundled_heads()
{
    std::vector<HeadsFolder> out;
    const QString parent = QString::fromStdString((resource_folder() / "models").string()) + QLatin1Char('/') + kBundled;
    for (const auto& folder : folders_in(parent)) {
        if (auto heads = read_heads_folder(QStringLiteral("bundled:%1/%2").arg(kBundled, folder.fileName()))) {
            out.push_back(std::move(*heads));
        }
    }
    return out;
}

QString default_heads_folder()
{
    return QDir(QStandardPaths::writableLocation(QStandardPaths::AppDataLocation)).filePath(QStringLiteral("heads"));
}

QString free_heads_folder(const QString& parent, const QString& family)
{
    const QDir dir(parent);
    QString name = family;
    for (int number = 2; dir.exists(name); ++number) {
        name = QStringLiteral("%1-%2").arg(family).arg(number);
    }
    return QDir::cleanPath(dir.absoluteFilePath(name));
}

QString checkpoint_in(const QString& folder)
{
    return QDir(folder).filePath(kTraining + QStringLiteral("/checkpoint.safetensors"));
}

Result<HeadsCheckpoint> read_heads_checkpoint(const QString& file, const MethodRegistry& methods)
{
    TIMBERLINE_ASSIGN(const auto opened, io::SafetensorsFile::open_file(file.toStdString()));
    const auto& metadata = opened.metadata();
    const auto text = [&](const std::string& key) {
        const auto it = metadata.find(key);
        return it == metadata.end() ? std::string() : it->second;
    };
    if (text("kind") != "head-checkpoint") {
        return no_checkpoint(file, "it is no checkpoint of draft heads");
    }
    if (text("version") != "2") {
        return no_checkpoint(file, "it was written by another version of Timberline");
    }
    TIMBERLINE_ASSIGN(const auto json, parse_json(text("config"), file.toStdString() + ": config"));
    HeadsCheckpoint out{.file = file, .folder = {}, .config = {}, .now = {}};
    TIMBERLINE_ASSIGN(out.config, run::parse_config(json, methods, file.toStdString() + ": config"));
    if (out.config.bench != "heads") {
        return no_checkpoint(file, "its config is of another bench");
    }
    TIMBERLINE_ASSIGN(out.config, run::complete(std::move(out.config), methods));
    auto settings = run::live_settings(out.config);
    for (auto event : out.config.events) {
        TIMBERLINE_ASSIGN(const auto changed, run::apply_event(settings, event, methods, file.toStdString() + ": config"));
        (void)changed;
    }
    out.now = out.config;
    out.now.events.clear();
    out.now.methods = settings.methods;
    out.now.settings = settings.settings;
    out.step = QString::fromStdString(text("step")).toLongLong();
    if (const auto* steps = std::get_if<std::int64_t>(&out.now.settings["steps"])) {
        out.steps = *steps;
    }
    // The training may have been moved since: its checkpoint says where the heads lie, whatever the config was called with.
    const QFileInfo info(file);
    if (const auto* folder = std::get_if<std::string>(&out.config.settings["out_folder"])) {
        out.folder = QString::fromStdString(*folder);
    }
    if (info.absoluteDir().dirName() == kTraining && !out.folder.isEmpty()) {
        out.folder = QFileInfo(info.absolutePath()).absolutePath();
    }
    return out;
}

run::Config going_on(const HeadsCheckpoint& checkpoint, const run::Config& wanted, const MethodRegistry& methods)
{
    run::Config out = checkpoint.config;
    out.model = wanted.model;
    out.seed = wanted.seed;
    out.threads = wanted.threads;
    out.device = wanted.device;
    run::ConfigEvent event;
    event.round = static_cast<std::int32_t>(checkpoint.step);
    const auto differ = [&event](const Values& was, const Values& now, const std::vector<Hyperparameter>& declarations, Values& fixed,
                                 const std::string& path) {
        for (const auto& declaration : declarations) {
            const auto from = was.find(declaration.key);
            const auto to = now.find(declaration.key);
            if (to == now.end() || (from != was.end() && from->second == to->second)) {
                continue;
            }
            if (declaration.effect == Effect::Restart) {
                fixed[declaration.key] = to->second;
            } else {
                event.set[path + declaration.key] = to->second;
            }
        }
    };
    for (const auto& role : run::find_bench("heads")->roles) {
        const auto& was = checkpoint.now.methods.at(role.name);
        const auto now = wanted.methods.find(role.name);
        if (now == wanted.methods.end()) {
            continue;
        }
        if (now->second.id != was.id && !role.live) {
            out.methods[role.name] = now->second;
            continue;
        }
        if (now->second.id != was.id) {
            event.choose[role.name] = now->second.id;
        }
        if (const auto entry = methods.find(role.family, now->second.id); entry.ok()) {
            const auto& declarations = entry.value()->info.hyperparameters;
            const auto before = now->second.id == was.id ? was.values : default_values(declarations);
            differ(before, now->second.values, declarations, out.methods[role.name].values, "method." + role.name + ".values.");
        }
    }
    differ(checkpoint.now.settings, wanted.settings, run::find_bench("heads")->settings, out.settings, {});
    if (!event.set.empty() || !event.choose.empty()) {
        out.events.push_back(std::move(event));
    }
    out.settings["resume_from"] = checkpoint.file.toStdString();
    return out;
}

QStringList checkpoints_below(const QString& parent)
{
    QStringList out;
    for (const auto& folder : folders_in(parent)) {
        const QString file = checkpoint_in(folder.absoluteFilePath());
        if (QFileInfo::exists(file)) {
            out << file;
        }
    }
    return out;
}

}  // namespace timberline::app
