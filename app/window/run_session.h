// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/jobs/job_host.h"
#include "app/jobs/run_gate.h"
#include "core/run/config.h"
#include "widgets/panels/timeline.h"
#include "widgets/shared/record_model.h"

#include <QObject>

#include <memory>
#include <optional>

namespace timberline::app {

/// What is set up on one bench, what runs, and its futures: the glue between panels, jobs and records. Knows no widget but through signals.
class RunSession : public QObject
{
    Q_OBJECT
public:
    /// @param other holds the other future after a fork; null on benches that do not fork.  @param bench one of run::bench_names().
    RunSession(JobHost* jobs, widgets::RecordModel* model, widgets::RecordModel* other, const std::string& bench,
               QObject* parent = nullptr);

    using Activity = widgets::Timeline::Activity;
    [[nodiscard]] Activity activity() const { return m_activity; }
    [[nodiscard]] const run::Config& config() const { return m_config; }
    /// Replaces the config (opened file, sample). Stops what runs.
    void setConfig(const run::Config& config);

    /// Changes one value by its key; during a run it takes effect at the next round.
    /// @return an empty string, or why the value was refused.
    QString edit(const std::string& key, const ParameterValue& value);
    [[nodiscard]] const std::string& bench() const { return m_config.bench; }
    /// Chooses a method by its role: "drafter", "policy" …
    QString choose(const std::string& role, const std::string& id);
    void setModels(const QString& model, const QString& draft);
    void setPrompt(const QString& prompt);
    /// Reads this text instead of a prompt: tokens of another bench's run.
    void setIds(const std::vector<TokenId>& ids);

    void run();
    /// Runs the config with its scheduled events (changes and forced tokens) as the file says.
    void runAsWritten();
    /// Runs this config as it is written, whatever is set up; the set-up stays as it is.
    void runOther(const run::Config& config);
    void pause();
    void resume();
    void step();
    void stop();
    void setRate(double roundsPerSecond);

    /// Runs the record's config again to `round` and accepts `node` there whatever the test says; the original stays beside it.
    void force(int round, int node);
    /// Runs to `round` and stops there, so that something can be changed before going on.
    void forkAt(int round);
    /// True when the other model shows the future that this run parted from.
    [[nodiscard]] bool hasOther() const { return m_hasOther; }
    [[nodiscard]] QString otherTitle() const { return m_otherTitle; }
    void dropOther();
    /// Shows the other future and keeps this one beside it.
    void swapFutures();

    /// Times plain decoding and the method, `repeats` times each.
    void measure(int repeats);
    [[nodiscard]] bool measuring() const { return m_measuring; }

    /// Stops what runs; nothing of it is shown any more. Its own files are still written.
    void abandon();
    /// The config that made what the model shows; nothing for an empty one or one that this version does not read.
    [[nodiscard]] std::optional<run::Config> recordedConfig() const;

    /// Shows a finished record; its config fills the panels.
    void showRecord(record::RecordPtr record);
    /// Nothing is running, queued or still to be shown.
    [[nodiscard]] bool settled() const;

Q_SIGNALS:
    void configChanged();                   ///< replaced, or a method was chosen: panels are made anew
    void valueApplied(const QString& key);  ///< a pending change has taken effect
    void valuePending(const QString& key);
    void valueChanged(const QString& key);  ///< edit() took a value, from wherever it came
    void inputChanged();                    ///< another model or prompt was set
    void activityChanged();
    void othersChanged();
    void measuringChanged();
    void failed(const QString& message, const QString& hint);
    void finished();

private:
    void start(run::Config config, int pauseAt);
    void setActivity(Activity activity);
    void cancelMeasure();
    void onEvents(const QString& tag, const std::vector<record::Event>& events);
    void keepAsOther(const QString& title);
    QString refuse(const Error& error);

    [[nodiscard]] QString runTag() const;

    JobHost* m_jobs;
    widgets::RecordModel* m_model;
    widgets::RecordModel* m_other;
    run::Config m_config;
    std::shared_ptr<RunGate> m_gate;
    Activity m_activity = Activity::Idle;
    double m_rate = 0;
    bool m_measuring = false;
    bool m_hasOther = false;
    QString m_otherTitle;
};

}  // namespace timberline::app
