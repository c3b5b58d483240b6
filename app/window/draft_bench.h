// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/bench.h"

class QLabel;
class QSplitter;
class QToolButton;

namespace timberline::widgets {
class AcceptancePlot;
class Inspector;
class RunSummary;
class TextView;
class TimePlot;
class TreeView;
class View;
}  // namespace timberline::widgets

namespace timberline::app {

/// The centre of the Draft bench: the tree (both futures after a fork), the text, and the run's plots.
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
    [[nodiscard]] widgets::Inspector* nodeInspector() const { return m_inspector; }
    [[nodiscard]] widgets::TreeView* tree() const { return m_tree; }
    [[nodiscard]] widgets::TextView* text() const { return m_text; }

private:
    void refreshTitle();
    void refreshOther();
    QWidget* buildTreePane();
    QWidget* buildLowerPane();

    RunSession* m_session;
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
    widgets::Inspector* m_inspector;
    widgets::RunSummary* m_summary;
    QLabel* m_round;
    QLabel* m_busy;
    QWidget* m_otherPane;
    QLabel* m_otherTitle;
    QWidget* m_otherTextPane;
    QToolButton* m_pruned;
    QToolButton* m_single;
    QToolButton* m_follow;
};

}  // namespace timberline::app
