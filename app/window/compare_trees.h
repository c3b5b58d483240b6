// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/bench.h"
#include "core/record/record.h"

#include <QString>
#include <QWidget>

#include <vector>

class QComboBox;
class QLabel;
class QScrollArea;
class QTableWidget;
class QToolButton;

namespace timberline::widgets {
class TreeDiffView;
}

namespace timberline::app {

/// A compared run whose tree can be laid over another's.
struct NamedRun {
    QString name;
    record::RecordPtr record;  ///< not null
};

/// The trees of two compared runs over each other, position by position of the text, with every node's numbers in a table beside them.
/// Follows the round that is looked at in the window.
class CompareTrees : public QWidget
{
    Q_OBJECT
public:
    explicit CompareTrees(const BenchContext& context, QWidget* parent = nullptr);

    /// The runs to choose from. Keeps the chosen two where they are still there.
    void setRuns(std::vector<NamedRun> runs);
    [[nodiscard]] widgets::TreeDiffView* view() const { return m_view; }
    [[nodiscard]] QTableWidget* table() const { return m_table; }
    [[nodiscard]] QComboBox* boxA() const { return m_a; }
    [[nodiscard]] QComboBox* boxB() const { return m_b; }
    [[nodiscard]] QToolButton* previousButton() const { return m_previous; }
    [[nodiscard]] QToolButton* nextButton() const { return m_next; }
    [[nodiscard]] QLabel* wholeLabel() const { return m_whole; }
    /// Tokens before the trees shown, -1 = none.
    [[nodiscard]] int position() const;
    /// Shows the last position at or before this one.
    void goTo(int position);
    void step(int positions);

private:
    QWidget* buildBar();
    QWidget* buildNumbers();
    void choosePair();
    void show();
    void fillTable();
    /// Both whole runs in one sentence; empty without two of them.
    [[nodiscard]] QString wholeText() const;
    /// Goes where the window's round begins, if that run has the same prompt.
    void followRound();

    BenchContext m_context;
    widgets::TreeDiffView* m_view;
    QScrollArea* m_area;
    QTableWidget* m_table;
    QComboBox* m_a;
    QComboBox* m_b;
    QToolButton* m_previous;
    QToolButton* m_next;
    QLabel* m_where;
    QLabel* m_whole;
    std::vector<NamedRun> m_runs;
    std::vector<std::int32_t> m_positions;
    std::size_t m_at = 0;
};

}  // namespace timberline::app
