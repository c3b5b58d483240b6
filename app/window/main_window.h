// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/jobs/job_host.h"
#include "app/window/opener.h"
#include "app/window/run_session.h"
#include "widgets/panels/timeline.h"
#include "widgets/shared/record_model.h"
#include "widgets/shared/selection.h"

#include <QMainWindow>

#include <optional>
#include <vector>

class QActionGroup;
class QDockWidget;
class QStackedWidget;

namespace timberline::widgets {
class Inspector;
}  // namespace timberline::widgets

namespace timberline::app {

class Bench;
class BenchSetup;
class DraftBench;
class ErrorBanner;
class SetupPanel;

/// The composition root: benches on the left, set-up, centre, inspector, timeline. Knows both widgets and jobs; nothing else does.
class MainWindow : public QMainWindow
{
    Q_OBJECT
public:
    explicit MainWindow(QWidget* parent = nullptr);
    ~MainWindow() override;

    /// Opens a path or a "bundled:NAME"; waits for the engine when it is still loading. An error is shown and nothing open is lost.
    void open(const QString& path);
    /// Runs a config at once when it is opened (grab and export modes; in normal use the user presses Run).
    void setRunOpened(bool on) { m_runOpened = on; }
    void openSample(const QString& id);
    void showBench(const QString& id);
    [[nodiscard]] QString bench() const;
    /// Brings a view of the bench in front to the front of its tabs. @param fill also asks what it shows only when asked.
    /// @return false when the bench has no view of this id.
    bool showView(const QString& id, bool fill);
    [[nodiscard]] QStringList viewIds() const;  ///< of the bench in front
    /// Nothing loads, runs or waits to be shown.
    [[nodiscard]] bool settled() const;
    [[nodiscard]] const QString& lastError() const { return m_lastError; }
    /// What the window shows, as JSON: bench, size, theme, views with their state, node, token and round counts.
    [[nodiscard]] QByteArray stateJson() const;

    /// Of the bench in front.
    [[nodiscard]] Bench* currentBench() const { return current().page; }
    [[nodiscard]] RunSession* currentSession() const { return current().session; }
    [[nodiscard]] widgets::RecordModel* currentModel() const { return current().model; }
    /// Of a bench by its id; null for unknown ids.
    [[nodiscard]] RunSession* sessionOf(const QString& id) const;
    [[nodiscard]] Bench* benchOf(const QString& id) const;

    /// Of the Draft bench.
    [[nodiscard]] RunSession* session() const { return m_session; }
    [[nodiscard]] JobHost* jobs() const { return m_jobs; }
    [[nodiscard]] widgets::RecordModel* model() const { return m_model; }
    [[nodiscard]] widgets::SelectionModel* selection() const { return m_selection; }
    [[nodiscard]] widgets::Timeline* timeline() const { return m_timeline; }
    [[nodiscard]] widgets::Inspector* inspector() const;
    [[nodiscard]] SetupPanel* setup() const { return m_setup; }
    [[nodiscard]] DraftBench* draftBench() const { return m_draft; }

    bool saveRecord(const QString& path);
    bool saveConfig(const QString& path);
    /// Writes every view of the bench in every format named ("svg" "png" "pdf" "csv" "json") into a folder. @return false after reporting
    /// an error.
    bool exportAll(const QString& folder, const QStringList& formats);
    [[nodiscard]] QString commandLine() const;
    /// Config of the shown record, or the one being set up.
    [[nodiscard]] QString manifest() const;

    void showError(const QString& message, const QString& hint);

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void closeEvent(QCloseEvent* event) override;
    bool event(QEvent* event) override;

private:
    /// A bench with everything that changes when it comes to the front.
    struct Slot {
        QString id;
        Bench* page = nullptr;
        RunSession* session = nullptr;
        widgets::RecordModel* model = nullptr;
        QWidget* setup = nullptr;  ///< contents of the docks
        QWidget* inspector = nullptr;
        QWidget* summary = nullptr;
        widgets::Timeline::Moments moments = widgets::Timeline::Moments::Rounds;
    };
    /// Of all benches, and of what the Draft bench trains.
    [[nodiscard]] std::vector<RunSession*> sessions() const;
    [[nodiscard]] const Slot& current() const { return m_slots[static_cast<std::size_t>(m_front)]; }
    [[nodiscard]] int indexOf(const QString& id) const;
    void buildBenches();
    void addBench(const QString& id, widgets::Timeline::Moments moments);
    /// Puts the contents of the bench in front into docks and timeline.
    void showDocks();
    /// Wraps a dock's content so that it scrolls up and down.
    [[nodiscard]] QWidget* scrolling(QWidget* content);
    /// Model and prompt are the window's: benches that read text follow each other.
    void shareInput(const RunSession* from);
    void readDraftText(RunSession* into);
    /// Another bench brought another model: a draft model that does not fit it is set to none, with the reason.
    void checkDraftPair();
    void dropDraft(const Error& reason);
    void buildCentre();
    void buildDocks();
    void buildRail();
    void buildMenus();
    void buildFileMenu();
    void buildViewMenu();
    void buildRunMenu();
    void connectSession();
    void openNow(const QString& path);
    /// Shows what belongs to the training of draft heads in its tab. @return false when it is something else.
    bool showHeads(const Opened& opened);
    /// Says what an imported record is and what it does not hold.
    void showImportNotes(const record::Record& record);
    void openDialog(bool folder);
    void refreshTitle();
    void resetLayout();
    QDockWidget* makeDock(const QString& id, const QString& title, Qt::DockWidgetArea area);

    JobHost* m_jobs;
    widgets::RecordModel* m_model;
    widgets::RecordModel* m_other;
    widgets::SelectionModel* m_selection;
    RunSession* m_session;
    DraftBench* m_draft = nullptr;
    QStackedWidget* m_centre = nullptr;
    ErrorBanner* m_banner = nullptr;
    SetupPanel* m_setup = nullptr;
    std::vector<Slot> m_slots;
    int m_front = 0;
    QDockWidget* m_setupDock = nullptr;
    QDockWidget* m_inspectorDock = nullptr;
    QDockWidget* m_summaryDock = nullptr;
    widgets::Timeline* m_timeline = nullptr;
    QActionGroup* m_benches = nullptr;
    QList<QDockWidget*> m_docks;
    QList<QAction*> m_draftActions;  ///< make sense only on the Draft bench
    QByteArray m_defaultLayout;
    QString m_waitingPath;
    QString m_lastError;
    bool m_runOpened = false;
    bool m_engineFailed = false;
};

}  // namespace timberline::app
