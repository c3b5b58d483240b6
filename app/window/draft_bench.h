// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/run_session.h"
#include "widgets/shared/selection.h"

#include <QWidget>

class QLabel;
class QSplitter;
class QToolButton;

namespace timberline::widgets {
class AcceptancePlot;
class TextView;
class TimePlot;
class TreeView;
class View;
}  // namespace timberline::widgets

namespace timberline::app {

/// The centre of the Draft bench: the tree (both futures after a fork), the text, and the run's plots.
class DraftBench : public QWidget
{
    Q_OBJECT
public:
    DraftBench(RunSession* session, widgets::RecordModel* model, widgets::RecordModel* other, widgets::SelectionModel* selection,
               QWidget* parent = nullptr);

    /// Every view of the bench, for export and the state file.
    [[nodiscard]] QList<widgets::View*> views() const;
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
    widgets::SelectionModel* m_otherSelection;
    widgets::TreeView* m_tree;
    widgets::TreeView* m_otherTree;
    widgets::TextView* m_text;
    widgets::TextView* m_otherText;
    widgets::AcceptancePlot* m_acceptance;
    widgets::TimePlot* m_times;
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
