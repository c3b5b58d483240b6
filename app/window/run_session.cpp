// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/run_session.h"

#include "core/record/folds.h"
#include "core/run/config_live.h"

namespace timberline::app {

namespace {
const QString kMeasureTag = QStringLiteral("measure");
constexpr double kShortRun = 1000;  ///< milliseconds

/// What timing a run needs of its record: everything but the distributions, which may be tens of megabytes.
record::Record withoutLaws(const record::Record& record)
{
    record::Record out;
    for (const auto& event : record.events) {
        if (const auto* round = std::get_if<record::Round>(&event.payload)) {
            record::Round light;
            light.index = round->index;
            light.committed_before = round->committed_before;
            light.nodes = round->nodes;
            light.path = round->path;
            light.next = round->next;
            light.next_node = round->next_node;
            light.kept = round->kept;
            light.tie = round->tie;
            light.started_ms = round->started_ms;
            light.draft_ms = round->draft_ms;
            light.verify_ms = round->verify_ms;
            light.overhead_ms = round->overhead_ms;
            out.events.push_back({std::move(light)});
        } else {
            out.events.push_back(event);
        }
    }
    return out;
}
}  // namespace

RunSession::RunSession(JobHost* jobs, widgets::RecordModel* model, widgets::RecordModel* other, const std::string& bench, QObject* parent)
    : QObject(parent), m_jobs(jobs), m_model(model), m_other(other)
{
    m_config.bench = bench;
    connect(m_jobs, &JobHost::eventsArrived, this, &RunSession::onEvents);
}

QString RunSession::runTag() const
{
    // Landscapes and training share a bench of the window.
    const auto& bench = m_config.bench == "training" ? "landscape" : m_config.bench;
    return bench == "draft" ? QStringLiteral("run") : QStringLiteral("run-") + QString::fromStdString(bench);
}

QString RunSession::refuse(const Error& error)
{
    const QString message = QString::fromStdString(error.message);
    Q_EMIT failed(message, QString::fromStdString(error.hint));
    return message;
}

void RunSession::setConfig(const run::Config& config)
{
    stop();
    m_config = config;
    if (m_jobs->methods() != nullptr) {
        auto completed = run::complete(m_config, *m_jobs->methods());
        if (!completed.ok()) {
            refuse(completed.error());
            return;
        }
        m_config = std::move(completed).value();
    }
    Q_EMIT configChanged();
    Q_EMIT inputChanged();
}

QString RunSession::edit(const std::string& key, const ParameterValue& value)
{
    if (m_jobs->methods() == nullptr) {
        return {};
    }
    if (const auto status = run::set_by_path(m_config, *m_jobs->methods(), key, to_text(value)); !status.ok()) {
        return refuse(status.error());
    }
    if (m_activity != Activity::Idle && m_gate) {
        run::ConfigEvent change;
        change.set.emplace(key, value);
        // What takes effect at a restart stays in the config for the next run; the running one would only refuse it.
        auto settings = run::live_settings(m_config);
        auto probe = change;
        if (run::apply_event(settings, probe, *m_jobs->methods(), key).ok()) {
            m_gate->push_change(std::move(change));
        }
        Q_EMIT valuePending(QString::fromStdString(key));
    }
    Q_EMIT valueChanged(QString::fromStdString(key));
    return {};
}

QString RunSession::choose(const std::string& role, const std::string& id)
{
    if (m_jobs->methods() == nullptr) {
        return {};
    }
    run::Config changed = m_config;
    auto& choice = role == "drafter"      ? changed.drafter
                   : role == "controller" ? changed.controller
                   : role == "acceptance" ? changed.acceptance
                                          : changed.methods[role];
    if (choice.id == id) {
        return {};
    }
    choice = {.id = id, .values = {}};
    if (id.empty()) {
        changed.methods.erase(role);  // a place that may stay empty
    }
    auto completed = run::complete(std::move(changed), *m_jobs->methods());
    if (!completed.ok()) {
        return refuse(completed.error());
    }
    m_config = std::move(completed).value();
    if (m_activity != Activity::Idle && m_gate) {
        run::ConfigEvent change;
        change.choose.emplace(role, id);
        m_gate->push_change(std::move(change));
    }
    Q_EMIT configChanged();
    return {};
}

void RunSession::setModels(const QString& model, const QString& draft)
{
    if (m_config.model == model.toStdString() && m_config.draft_model == draft.toStdString()) {
        return;
    }
    m_config.model = model.toStdString();
    m_config.draft_model = draft.toStdString();
    Q_EMIT configChanged();
    Q_EMIT inputChanged();
}

void RunSession::setPrompt(const QString& prompt)
{
    if (m_config.prompt == prompt.toStdString() && !m_config.ids) {
        return;
    }
    m_config.prompt = prompt.toStdString();
    m_config.ids.reset();
    Q_EMIT inputChanged();
}

void RunSession::setIds(const std::vector<TokenId>& ids)
{
    m_config.ids = ids;
    m_config.prompt.reset();
    Q_EMIT configChanged();
}

void RunSession::setActivity(Activity activity)
{
    if (activity != m_activity) {
        m_activity = activity;
        Q_EMIT activityChanged();
    }
}

void RunSession::run()
{
    dropOther();
    run::Config config = m_config;
    config.events.clear();
    start(std::move(config), -1);
}

void RunSession::runAsWritten()
{
    dropOther();
    start(m_config, -1);
}

void RunSession::runOther(const run::Config& config)
{
    dropOther();
    start(config, -1);
}

void RunSession::start(run::Config config, int pauseAt)
{
    cancelMeasure();
    m_gate = std::make_shared<RunGate>(pauseAt);
    m_gate->set_rate(m_rate);
    m_model->clear();
    setActivity(Activity::Running);
    m_jobs->submit(runTag(), [this, config = std::move(config), gate = m_gate, measureAfter = pauseAt < 0](const JobContext& job) {
        gate->set_idle(job.serveOthers);
        auto result = job.engine.run(config, job.cancel, job.sink, gate.get());
        gate->set_idle({});
        const bool ok = result.ok();
        const Error error = ok ? Error{} : result.error();
        // The engine keeps no reference to a record that it returns, so the window may own it without a copy.
        auto record = ok ? std::const_pointer_cast<record::Record>(std::move(result).value()) : nullptr;
        job.deliver([this, ok, error, record, measureAfter] {
            setActivity(Activity::Idle);
            if (!ok) {
                if (error.code != ErrorCode::Cancelled) {
                    refuse(error);
                }
            } else {
                // The finished record carries what the growing one could not know: the config with every change that was applied.
                const int shown = m_model->following() ? -1 : m_model->shownRounds();
                m_model->adoptRecord(record);
                if (shown >= 0) {
                    m_model->setShownRounds(shown);
                }
                const auto* end = record::run_finished(*record);
                if (end != nullptr && end->reason == "error") {
                    Q_EMIT failed(QString::fromStdString(end->message), {});
                } else if (measureAfter && m_config.bench == "draft" && end != nullptr && end->reason != "cancelled") {
                    // A short run is timed again without recording, beside plain decoding; a long one only has its live time compared.
                    measure(end->total_ms < kShortRun ? 3 : 1);
                }
            }
            Q_EMIT finished();
        });
    });
}

void RunSession::pause()
{
    if (m_gate && m_activity == Activity::Running) {
        m_gate->pause();
        setActivity(Activity::Paused);
    }
}

void RunSession::resume()
{
    if (m_gate && m_activity == Activity::Paused) {
        m_gate->resume();
        m_model->setFollowing(true);
        setActivity(Activity::Running);
    }
}

void RunSession::step()
{
    if (m_activity == Activity::Idle) {
        // A fresh run that stops before its second round.
        dropOther();
        run::Config config = m_config;
        config.events.clear();
        start(std::move(config), 1);
        setActivity(Activity::Paused);
        return;
    }
    if (m_gate) {
        m_gate->step();
        m_model->setFollowing(true);
        setActivity(Activity::Paused);
    }
}

void RunSession::stop()
{
    cancelMeasure();
    const bool queued = m_jobs->cancel(runTag());
    if (m_gate) {
        m_gate->resume();
    }
    if (queued) {
        // It waited behind another bench's run and never began: nothing will be delivered for it.
        setActivity(Activity::Idle);
        Q_EMIT finished();
    }
}

void RunSession::cancelMeasure()
{
    if (m_config.bench != "draft") {
        return;  // the measurement is the Draft bench's
    }
    if (m_jobs->cancel(kMeasureTag) && m_measuring) {
        m_measuring = false;
        Q_EMIT measuringChanged();
    }
}

void RunSession::setRate(double roundsPerSecond)
{
    m_rate = roundsPerSecond;
    if (m_gate) {
        m_gate->set_rate(roundsPerSecond);
    }
}

std::optional<run::Config> RunSession::recordedConfig() const
{
    const auto* started = m_model->started();
    if (started == nullptr || m_jobs->methods() == nullptr) {
        return std::nullopt;
    }
    const auto json = parse_json(started->config_json, "record");
    if (!json.ok()) {
        return std::nullopt;
    }
    auto config = run::parse_config(json.value(), *m_jobs->methods(), "record");
    return config.ok() ? std::optional(std::move(config).value()) : std::nullopt;
}

void RunSession::keepAsOther(const QString& title)
{
    if (m_other == nullptr) {
        return;
    }
    m_other->setRecord(m_model->snapshot());
    m_otherTitle = title;
    m_hasOther = true;
    Q_EMIT othersChanged();
}

void RunSession::force(int round, int node)
{
    auto config = recordedConfig();
    if (!config) {
        Q_EMIT failed(tr("This run cannot be forked: its config is not complete."), tr("Run it again, then fork."));
        return;
    }
    stop();
    keepAsOther(tr("Before: as the target decided in round %1").arg(round + 1));
    std::erase_if(config->events, [round](const run::ConfigEvent& event) { return event.round > round; });
    std::erase_if(config->events, [round](const run::ConfigEvent& event) { return event.round == round && event.force_node; });
    run::ConfigEvent event;
    event.round = round;
    event.force_node = node;
    config->events.push_back(event);
    start(std::move(*config), -1);
}

void RunSession::forkAt(int round)
{
    auto config = recordedConfig();
    if (!config) {
        Q_EMIT failed(tr("This run cannot be forked: its config is not complete."), tr("Run it again, then fork."));
        return;
    }
    stop();
    keepAsOther(tr("Before: the run that was forked at round %1").arg(round + 1));
    std::erase_if(config->events, [round](const run::ConfigEvent& event) { return event.round >= round; });
    start(std::move(*config), round);
    setActivity(Activity::Paused);
}

void RunSession::dropOther()
{
    if (m_hasOther && m_other != nullptr) {
        m_hasOther = false;
        m_other->clear();
        Q_EMIT othersChanged();
    }
}

void RunSession::swapFutures()
{
    if (!m_hasOther || m_activity != Activity::Idle) {
        return;
    }
    const auto here = m_model->snapshot();
    m_model->setRecord(m_other->snapshot());
    m_other->setRecord(here);
    m_otherTitle = tr("The other future");
    Q_EMIT othersChanged();
}

void RunSession::measure(int repeats)
{
    auto config = recordedConfig();
    if (!config) {
        Q_EMIT failed(tr("This run cannot be measured: its config is not complete."), tr("Run it again, then measure."));
        return;
    }
    m_measuring = true;
    Q_EMIT measuringChanged();
    m_jobs->submit(kMeasureTag, [this, config = std::move(*config), repeats, live = withoutLaws(m_model->record()),
                                 generation = m_model->generation()](const JobContext& job) {
        auto result = job.engine.measure(config, repeats, &live, job.cancel, job.sink);
        const bool ok = result.ok();
        const Error error = ok ? Error{} : result.error();
        const record::BaselineMeasured measured = ok ? result.value() : record::BaselineMeasured{};
        job.deliver([this, ok, error, measured, generation] {
            m_measuring = false;
            if (ok && generation != m_model->generation()) {
                // Another record is shown by now: the numbers are not its own.
            } else if (ok) {
                const int shown = m_model->shownRounds();
                const bool following = m_model->following();
                m_model->append({record::Event{measured}});
                if (!following) {
                    m_model->setShownRounds(shown);
                }
            } else if (error.code != ErrorCode::Cancelled) {
                refuse(error);
            }
            Q_EMIT measuringChanged();
        });
    });
}

void RunSession::abandon()
{
    stop();
    if (m_activity != Activity::Idle) {
        // A newer request of the tag makes everything that the stopped run still delivers stale.
        m_jobs->submit(runTag(), [](const JobContext&) {});
        setActivity(Activity::Idle);
        Q_EMIT finished();
    }
}

void RunSession::showRecord(record::RecordPtr record)
{
    abandon();
    dropOther();
    m_model->setRecord(std::move(record));
    if (auto config = recordedConfig()) {
        m_config = std::move(*config);
        Q_EMIT configChanged();
    }
}

bool RunSession::settled() const
{
    return m_activity == Activity::Idle && !m_measuring && !m_jobs->busy();
}

void RunSession::onEvents(const QString& tag, const std::vector<record::Event>& events)
{
    if (tag != runTag()) {
        return;
    }
    for (const auto& event : events) {
        if (const auto* change = std::get_if<record::ParameterChanged>(&event.payload)) {
            Q_EMIT valueApplied(QString::fromStdString(change->key));
        }
    }
    m_model->append(events);
}

}  // namespace timberline::app
