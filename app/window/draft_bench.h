// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/bench.h"

class QLabel;
class QSplitter;
class QStackedWidget;
class QTabWidget;
class QToolButton;

namespace timberline::widgets {
class AcceptancePlot;
class ControllerView;
class HindsightView;
class Inspector;
class LanesView;
class RunSummary;
class TextView;
class TimePlot;
class TreeView;
class View;
}  // namespace timberline::widgets

namespace timberline::run {
struct Sweep;
}

namespace timberline::app {

class BreakEvenPane;
class DraftQuestions;
class ExactnessPane;
class HeadsPane;
class LayersPane;
class SweepPane;
class ComparePane;

/// The centre of the Draft bench: the tree (both futures after a fork), and below it in tabs the text with the run's plots, and the
/// questions: where drafting pays, what hindsight would have kept, which layer would draft best, whether the method is exact.
class DraftBench : public Bench
{
    Q_OBJECT
public:
    /// @param other the other future after a fork.
    DraftBench(const BenchContext& context, widgets::RecordModel* other, QWidget* parent = nullptr);

    [[nodiscard]] QList<widgets::View*> views() const override;
    [[nodiscard]] QWidget* inspector() override;
    [[nodiscard]] QWidget* summary() override;
    void selectSomething() override;
    void fill(const widgets::View& view) override;
    [[nodiscard]] BreakEvenPane* breakEven() const { return m_breakEven; }
    [[nodiscard]] widgets::HindsightView* hindsight() const { return m_hindsight; }
    [[nodiscard]] ComparePane* compare() const { return m_compare; }
    [[nodiscard]] LayersPane* layers() const { return m_layers; }
    [[nodiscard]] ExactnessPane* exactness() const { return m_exactness; }
    [[nodiscard]] SweepPane* sweep() const { return m_sweep; }
    /// Brings the Sweep tab to the front with a sweep from a file.
    void showSweep(run::Sweep sweep);
    [[nodiscard]] HeadsPane* heads() const { return m_heads; }
    [[nodiscard]] QTabWidget* tabs() const { return m_tabs; }
    [[nodiscard]] QToolButton* boundsButton() const { return m_bounds; }
    [[nodiscard]] widgets::Inspector* nodeInspector() const { return m_inspector; }
    [[nodiscard]] widgets::LanesView* lanes() const { return m_lanes; }
    [[nodiscard]] widgets::ControllerView* controller() const { return m_controller; }
    [[nodiscard]] widgets::TreeView* tree() const { return m_tree; }
    [[nodiscard]] widgets::TextView* text() const { return m_text; }

private:
    void refreshTitle();
    void refreshOther();
    void refreshTimes();
    QWidget* buildTreePane();
    QWidget* buildRunTab();
    QWidget* buildTabs();

    RunSession* m_session;
    DraftQuestions* m_questions;
    widgets::RecordModel* m_model;
    widgets::RecordModel* m_other;
    widgets::SelectionModel* m_selection;
    widgets::SelectionModel* m_otherSelection;
    widgets::TreeView* m_tree;
    widgets::TreeView* m_otherTree;
    widgets::TextView* m_text;
    widgets::TextView* m_otherText;
    widgets::AcceptancePlot* m_acceptance;
    widgets::TimePlot* m_times;
    widgets::LanesView* m_lanes;
    widgets::ControllerView* m_controller;
    widgets::Inspector* m_inspector;
    widgets::RunSummary* m_summary;
    ComparePane* m_compare;
    BreakEvenPane* m_breakEven;
    widgets::HindsightView* m_hindsight;
    LayersPane* m_layers;
    ExactnessPane* m_exactness;
    SweepPane* m_sweep;
    HeadsPane* m_heads;
    QTabWidget* m_tabs;
    QStackedWidget* m_timePages;
    QLabel* m_round;
    QLabel* m_busy;
    QWidget* m_otherPane;
    QLabel* m_otherTitle;
    QWidget* m_otherTextPane;
    QToolButton* m_bounds;
    QToolButton* m_pruned;
    QToolButton* m_single;
    QToolButton* m_follow;
};

}  // namespace timberline::app
