// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/heads_pane.h"

#include "app/project/settings.h"
#include "app/window/heads_setup.h"
#include "core/record/folds.h"
#include "core/run/config_live.h"
#include "widgets/draft/head_training_view.h"

#include <QComboBox>
#include <QDir>
#include <QFileInfo>
#include <QLabel>
#include <QLocale>
#include <QProgressBar>
#include <QPushButton>

#include <algorithm>
#include <cmath>

/// What the pane does; heads_pane_layout.cpp puts it together.
namespace timberline::app {

namespace {

// What core/run calls its work while no step was done.
constexpr const char* kWriting = "writing text";
constexpr const char* kPreparing[] = {"preparing the text", "preparing the heads"};

std::int64_t whole(const run::Config& config, const char* key)
{
    const auto it = config.settings.find(key);
    const auto* value = it == config.settings.end() ? nullptr : std::get_if<std::int64_t>(&it->second);
    return value == nullptr ? 0 : *value;
}

/// The method that takes heads of a kind: the drafter of that name, or a controller with a value that names it.
struct HeadsUser {
    std::string role, id;
    std::string key;  ///< of the value; empty = the method is about these heads alone
    std::vector<std::string> partners;
};

std::optional<HeadsUser> user_of(const MethodRegistry& methods, const std::string& family)
{
    if (const auto drafter = methods.find("drafter", family); drafter.ok()) {
        return HeadsUser{.role = "drafter", .id = family, .key = {}, .partners = drafter.value()->info.partners};
    }
    for (const auto* entry : methods.family("decode controller")) {
        for (const auto& declaration : entry->info.hyperparameters) {
            if (std::ranges::find(declaration.choices, family) != declaration.choices.end()) {
                return HeadsUser{.role = "controller", .id = entry->info.id, .key = declaration.key, .partners = entry->info.partners};
            }
        }
    }
    return std::nullopt;
}

}  // namespace

QString HeadsPane::pathOf(const char* key) const
{
    const auto& settings = m_session->config().settings;
    const auto it = settings.find(key);
    const auto* value = it == settings.end() ? nullptr : std::get_if<std::string>(&it->second);
    return value == nullptr ? QString() : QString::fromStdString(*value);
}

void HeadsPane::setPath(const char* key, const QString& path)
{
    if (pathOf(key) != path) {
        m_session->edit(std::string("heads.") + key, path.toStdString());
    }
}

QString HeadsPane::parentFolder() const
{
    return m_parent.isEmpty() ? default_heads_folder() : m_parent;
}

void HeadsPane::setParentFolder(const QString& folder)
{
    m_parent = folder;
    Settings::setHeadsFolder(folder);
    // A folder that an opened config named no longer counts: another one was asked for.
    setPath("out_folder", {});
    setPath("checkpoint_path", {});
    refresh();
}

void HeadsPane::takeModel()
{
    if (m_session->activity() == RunSession::Activity::Idle) {
        m_session->setModels(QString::fromStdString(m_context.session->config().model), QString());
    }
}

void HeadsPane::openConfig(const run::Config& config)
{
    m_session->abandon();  // a training under way would fill the view again
    m_checkpoint.reset();
    m_folder.clear();
    m_model->clear();
    m_session->setConfig(config);
    m_context.session->setModels(QString::fromStdString(config.model), QString::fromStdString(m_context.session->config().draft_model));
    say({});
    refresh();
}

void HeadsPane::openRecord(record::RecordPtr record)
{
    m_checkpoint.reset();
    m_session->showRecord(std::move(record));
    m_folder = m_session->recordedConfig() ? pathOf("out_folder") : QString();
    // The record's own folder holds the record's own heads: training its config again writes others.
    for (const auto* key : {"out_folder", "checkpoint_path", "resume_from"}) {
        setPath(key, {});
    }
    m_context.session->setModels(QString::fromStdString(m_session->config().model),
                                 QString::fromStdString(m_context.session->config().draft_model));
    say({});
    refresh();
}

void HeadsPane::train()
{
    if (m_session->activity() != RunSession::Activity::Idle || !m_context.jobs->engineReady()) {
        return;
    }
    takeModel();
    std::optional<run::Config> further;
    if (m_checkpoint) {
        further = going_on(*m_checkpoint, m_session->config(), *m_context.jobs->methods());
        m_checkpoint.reset();
    } else {
        setPath("resume_from", {});
        const QString folder = pathOf("out_folder");
        // Nor does a training write over the heads or the checkpoint that an opened config's folder holds.
        const bool taken = read_heads_folder(folder).has_value() || QFileInfo::exists(pathOf("checkpoint_path"));
        if (folder.isEmpty() || folder == m_ownFolder || taken) {
            const auto& head = m_session->config().methods.at("head").id;
            m_ownFolder = free_heads_folder(parentFolder(), QString::fromStdString(head));
            setPath("out_folder", m_ownFolder);
            setPath("checkpoint_path", checkpoint_in(m_ownFolder));
        }
    }
    m_folder = pathOf("out_folder");
    if (const QString checkpoint = pathOf("checkpoint_path"); !checkpoint.isEmpty()) {
        const QString wanted = QFileInfo(checkpoint).absolutePath();
        if (!QDir().mkpath(wanted) || !QFileInfo(wanted).isWritable()) {
            m_folder.clear();
            Q_EMIT m_session->failed(tr("%1 cannot be written, and the heads are to lie there.").arg(QDir::toNativeSeparators(wanted)),
                                     tr("Choose another folder below the settings."));
            refresh();
            return;
        }
    }
    m_hasFailed = false;
    say({});
    m_view->setPreparing(tr("Preparing…"));
    further ? m_session->runOther(*further) : m_session->run();
    refresh();
}

void HeadsPane::resumeFrom(const QString& file)
{
    if (m_session->activity() != RunSession::Activity::Idle || m_context.jobs->methods() == nullptr) {
        return;
    }
    auto checkpoint = read_heads_checkpoint(file, *m_context.jobs->methods());
    if (!checkpoint.ok()) {
        Q_EMIT m_session->failed(QString::fromStdString(checkpoint.error().message), QString::fromStdString(checkpoint.error().hint));
        return;
    }
    openConfig(checkpoint->now);
    setPath("out_folder", checkpoint->folder);
    setPath("checkpoint_path", file);
    setPath("resume_from", {});
    m_folder = m_ownFolder = checkpoint->folder;  // beginning anew after it writes elsewhere
    const bool done = checkpoint->step >= checkpoint->steps;
    const auto steps = static_cast<int>(checkpoint->steps);
    m_checkpoint = std::move(checkpoint).value();
    if (!done) {
        train();
        return;
    }
    say(tr("All %n step(s) of this training are done. Raise the number of steps, then press “Train on”.", nullptr, steps));
    refresh();
}

void HeadsPane::useHeads()
{
    const auto heads = read_heads_folder(m_folder);
    const auto* methods = m_context.jobs->methods();
    if (!heads || methods == nullptr) {
        return;
    }
    auto* session = m_context.session;
    // The model that these heads were trained for, whatever was chosen since.
    const auto trained = m_session->recordedConfig();
    session->setModels(QString::fromStdString(trained ? trained->model : m_session->config().model),
                       QString::fromStdString(session->config().draft_model));
    const auto user = user_of(*methods, heads->family.toStdString());
    if (!user) {
        say(tr("No method here takes heads of the kind “%1”.").arg(heads->family));
        return;
    }
    bool taken = session->edit("heads", m_folder.toStdString()).isEmpty() && session->choose(user->role, user->id).isEmpty() &&
                 (user->key.empty() || session->edit(user->key, heads->family.toStdString()).isEmpty());
    // With the partners that the acceptance was measured with.
    for (const auto& partner : user->partners) {
        for (const auto& role : run::kRoles) {
            const bool fits = role.name != user->role && methods->find(role.family, partner).ok();
            taken = taken && (!fits || session->choose(std::string(role.name), partner).isEmpty());
        }
    }
    if (taken) {
        say(tr("The Draft bench uses these heads now: press Run."));
        Q_EMIT headsUsed();
    }
}

void HeadsPane::fill()
{
    if (m_view->datumCount() > 0 || m_session->activity() != RunSession::Activity::Idle || !m_context.jobs->engineReady()) {
        return;
    }
    run::Config config = m_session->config();
    config.model = m_context.session->config().model;
    const std::pair<const char*, std::int64_t> small[] = {
        {"tokens", 1500},          {"length", 32},         {"steps", 32}, {"batch", 3}, {"measure_every", 8}, {"prompts_measured", 3},
        {"acceptance_tokens", 16}, {"looked_sequences", 4}};
    for (const auto& [key, value] : small) {
        config.settings[key] = value;
    }
    for (const auto* key : {"out_folder", "checkpoint_path", "resume_from"}) {
        config.settings[key] = std::string();
    }
    m_session->setConfig(config);
    m_folder.clear();
    m_view->setPreparing(tr("Preparing…"));
    m_session->run();
}

void HeadsPane::onProgress(double fraction, const QString& what)
{
    if (m_session->activity() == RunSession::Activity::Idle || m_view->datumCount() > 0) {
        return;
    }
    if (what == QLatin1String(kWriting)) {
        const auto wanted = whole(m_session->config(), "tokens");
        const QLocale locale;
        const auto done = static_cast<qlonglong>(std::llround(std::clamp(fraction, 0.0, 1.0) * static_cast<double>(wanted)));
        const QString text =
            tr("Writing text: %1 of %2 tokens").arg(locale.toString(done), locale.toString(static_cast<qlonglong>(wanted)));
        m_progress->setVisible(true);
        m_progress->setRange(0, 1000);
        m_progress->setValue(static_cast<int>(std::lround(fraction * 1000)));
        m_progress->setFormat(text);
        m_view->setPreparing(text);
    } else if (std::ranges::any_of(kPreparing, [&](const char* one) { return what == QLatin1String(one); })) {
        m_progress->setVisible(false);
        m_view->setPreparing(what == QLatin1String(kPreparing[0]) ? tr("Preparing the text…") : tr("Preparing the heads…"));
    }
}

void HeadsPane::onFinished()
{
    m_progress->setVisible(false);
    m_view->setPreparing({});
    const auto* end = record::run_finished(m_model->record());
    const bool saved = QFileInfo::exists(pathOf("checkpoint_path"));
    if (m_hasFailed) {
        say({});  // the reason stands in the view
    } else if (end == nullptr) {
        say(tr("Stopped before the first step."));
    } else if (end->reason == "cancelled") {
        say(saved ? tr("Stopped. “Resume” goes on from here.") : tr("Stopped."));
    } else if (end->reason == "length") {
        say(m_folder.isEmpty() ? tr("Done.") : tr("Done. The heads lie in %1.").arg(QDir::toNativeSeparators(m_folder)));
    } else if (end->reason == "diverged") {
        say(tr("The loss is no longer finite: train again with a smaller learning rate."));
    }
    refresh();
}

QString HeadsPane::noteText() const
{
    return m_note->text();
}

void HeadsPane::say(const QString& text)
{
    m_note->setText(text);
    m_note->setToolTip(text);
    m_note->setVisible(!text.isEmpty());
}

void HeadsPane::refreshParts()
{
    const auto& setup = m_view->fold().setup();
    const int parts = setup ? static_cast<int>(setup->parts.size()) : 0;
    if (m_part->count() != parts + 1) {
        m_part->clear();
        m_part->addItem(tr("whole loss"), -1);
        for (int k = 0; k < parts; ++k) {
            m_part->addItem(QString::fromStdString(setup->parts[static_cast<std::size_t>(k)]), k);
        }
    }
    m_part->setVisible(parts > 1);
}

void HeadsPane::refresh()
{
    const auto activity = m_session->activity();
    const bool ready = m_context.jobs->engineReady();
    const bool idle = activity == RunSession::Activity::Idle;
    const bool paused = activity == RunSession::Activity::Paused;
    m_train->setText(m_checkpoint ? tr("Train on") : tr("Train"));
    m_train->setEnabled(ready && idle);
    m_pause->setText(paused ? tr("Go on") : tr("Pause"));
    m_pause->setEnabled(!idle);
    m_stop->setEnabled(!idle);
    m_resume->setEnabled(ready && idle);
    m_use->setEnabled(ready && !m_folder.isEmpty() && QFileInfo::exists(QDir(m_folder).filePath(QStringLiteral("config.json"))));
    const QString own = pathOf("out_folder");
    const QString folder = QDir::toNativeSeparators(own.isEmpty() || own == m_ownFolder ? parentFolder() : own);
    m_folderLabel->setText(folder);
    m_folderLabel->setToolTip(own.isEmpty() || own == m_ownFolder ? tr("Every training gets a folder of its own in %1").arg(folder)
                                                                  : folder);
    const QString numbers = m_view->numbersText();
    m_numbers->setText(paused && !numbers.isEmpty() ? tr("paused") + QStringLiteral(" · ") + numbers : numbers);
    m_numbers->setToolTip(m_numbers->text());
    m_numbers->setVisible(!numbers.isEmpty());
    if (m_view->datumCount() > 0) {
        m_progress->setVisible(false);
    }
    refreshParts();
}

}  // namespace timberline::app
