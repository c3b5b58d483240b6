// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/jobs/job_host.h"
#include "app/window/opener.h"
#include "app/window/run_session.h"
#include "widgets/shared/record_model.h"
#include "widgets/shared/selection.h"

#include <QMainWindow>

#include <optional>

class QActionGroup;
class QDockWidget;
class QStackedWidget;

namespace timberline::widgets {
class Inspector;
class RunSummary;
class Timeline;
}  // namespace timberline::widgets

namespace timberline::app {

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
    /// Nothing loads, runs or waits to be shown.
    [[nodiscard]] bool settled() const;
    [[nodiscard]] const QString& lastError() const { return m_lastError; }
    /// What the window shows, as JSON: bench, size, theme, views with their state, node, token and round counts.
    [[nodiscard]] QByteArray stateJson() const;

    [[nodiscard]] RunSession* session() const { return m_session; }
    [[nodiscard]] JobHost* jobs() const { return m_jobs; }
    [[nodiscard]] widgets::RecordModel* model() const { return m_model; }
    [[nodiscard]] widgets::SelectionModel* selection() const { return m_selection; }
    [[nodiscard]] widgets::Timeline* timeline() const { return m_timeline; }
    [[nodiscard]] widgets::Inspector* inspector() const { return m_inspector; }
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
    void buildCentre();
    void buildDocks();
    void buildRail();
    void buildMenus();
    void buildFileMenu();
    void buildViewMenu();
    void buildRunMenu();
    void connectSession();
    void openNow(const QString& path);
    void openDialog(bool folder);
    void refreshTitle();
    void resetLayout();
    QDockWidget* makeDock(const QString& id, const QString& title, QWidget* content, Qt::DockWidgetArea area, bool scroll);

    JobHost* m_jobs;
    widgets::RecordModel* m_model;
    widgets::RecordModel* m_other;
    widgets::SelectionModel* m_selection;
    RunSession* m_session;
    DraftBench* m_draft = nullptr;
    QStackedWidget* m_centre = nullptr;
    ErrorBanner* m_banner = nullptr;
    SetupPanel* m_setup = nullptr;
    widgets::Inspector* m_inspector = nullptr;
    widgets::RunSummary* m_summary = nullptr;
    widgets::Timeline* m_timeline = nullptr;
    QActionGroup* m_benches = nullptr;
    QList<QDockWidget*> m_docks;
    QByteArray m_defaultLayout;
    QString m_waitingPath;
    QString m_lastError;
    bool m_runOpened = false;
    bool m_engineFailed = false;
};

}  // namespace timberline::app
