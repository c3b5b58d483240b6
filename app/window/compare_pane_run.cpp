// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/compare_pane.h"
#include "widgets/draft/compare_view.h"

#include <QLabel>
#include <QPointer>

#include <algorithm>
#include <optional>

// Running the comparison: one job for all entries, answers back one by one.
namespace timberline::app {

using run::ComparedRun;

namespace {

const QString kTag = QStringLiteral("draft-compare");
constexpr const char* kChain = "draft-model-chain";

}  // namespace

ComparedRun ComparePane::notRun(const std::string& label, bool plain)
{
    ComparedRun out;
    out.label = label;
    out.plain = plain;
    return out;
}

void ComparePane::runAll()
{
    if (m_running || !ready()) {
        return;
    }
    if (m_entries.empty()) {
        addSetup();
        run::is_plain(m_context.session->config()) ? addMethod(kChain) : addPlain();
    }
    if (const auto comparable = run::check_comparable(m_entries); !comparable.ok()) {
        if (m_entries.size() >= 2) {
            m_failed = comparable.error();  // else what adding said, if anything, stands
        }
        refresh();
        return;
    }
    for (std::size_t i = 0; i < m_entries.size(); ++i) {
        m_runs[i] = notRun(m_entries[i].label, run::is_plain(m_entries[i].config));
    }
    m_running = true;
    m_failed.reset();
    m_clock->setPlaying(false);
    m_clock->setRunning(0, 0);
    changed();
    const int epoch = ++m_epoch;
    const QPointer<ComparePane> self(this);
    m_context.jobs->submit(kTag, [self, epoch, entries = m_entries](const JobContext& job) {
        const auto current = [self, epoch] { return self != nullptr && self->m_epoch == epoch; };
        run::ComparisonHooks hooks;
        hooks.finished = [&](std::size_t index, const ComparedRun& run) {
            job.deliver([self, current, index, run] {
                if (current()) {
                    self->take(index, run);
                }
            });
        };
        hooks.between_runs = job.serveOthers;  // a run of the user's waits for one entry's run or timings, not for the whole comparison
        const auto all = run::compare(job.engine, entries, run::kComparisonRepeats, job.cancel, job.sink, hooks);
        job.deliver([self, current, error = all.ok() ? std::nullopt : std::optional(all.error())] {
            if (current()) {
                self->finish(error);
            }
        });
    });
}

void ComparePane::stop()
{
    if (m_running) {
        ++m_epoch;
        m_context.jobs->cancel(kTag);
        finish(std::nullopt);
    }
}

void ComparePane::take(std::size_t index, const ComparedRun& run)
{
    if (index < m_runs.size()) {
        m_runs[index] = run;
        m_clock->setRunning(index + 1 < m_runs.size() ? static_cast<int>(index) + 1 : -1, 0);
        changed();
    }
}

void ComparePane::finish(const std::optional<Error>& error)
{
    m_running = false;
    m_failed = error && error->code != ErrorCode::Cancelled ? error : std::nullopt;
    m_clock->setRunning(-1, 0);
    changed();
}

void ComparePane::onProgress(double fraction, const QString& what)
{
    const auto entry = std::ranges::find(m_entries, what.toStdString(), &run::ComparisonEntry::label);
    if (m_running && entry != m_entries.end()) {
        const auto index = static_cast<int>(entry - m_entries.begin());
        m_clock->setRunning(index, fraction * static_cast<double>(m_entries.size()) - index);
        m_note->setText(noteText());
    }
}

void ComparePane::showEntry(int entry)
{
    if (entry >= 0 && static_cast<std::size_t>(entry) < m_runs.size() && m_runs[static_cast<std::size_t>(entry)].record != nullptr &&
        !m_running) {
        m_context.session->showRecord(m_runs[static_cast<std::size_t>(entry)].record);
    }
}

void ComparePane::fill()
{
    if (std::ranges::none_of(m_runs, [](const ComparedRun& run) { return run.record != nullptr; })) {
        runAll();
    }
}

}  // namespace timberline::app
