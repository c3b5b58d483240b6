// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/bench.h"
#include "core/run/comparison.h"
#include "widgets/draft/compare_table.h"

#include <QWidget>

#include <optional>
#include <vector>

class QComboBox;
class QLabel;
class QMenu;
class QPushButton;
class QTabWidget;
class QToolButton;

namespace timberline::widgets {
class CompareView;
class TreeDiffView;
}  // namespace timberline::widgets

namespace timberline::app {

class CompareTrees;

/// Compared runs as a table: speed-up, accepted tokens, times, acceptance by depth. Runs that are not there yet have empty cells.
[[nodiscard]] widgets::CompareCells comparison_cells(const std::vector<run::ComparedRun>& runs);

/// Several ways to decode the same prompt: a list of set-ups that is run and timed one after the other, shown on one clock, as a table, and
/// two by two as trees over each other. A set-up keeps its config: when prompt, model or seed are changed afterwards, the comparison stays
/// that of the earlier ones and says so.
class ComparePane : public QWidget
{
    Q_OBJECT
public:
    explicit ComparePane(const BenchContext& context, QWidget* parent = nullptr);

    [[nodiscard]] widgets::CompareView* clockView() const { return m_clock; }
    [[nodiscard]] widgets::CompareTable* table() const { return m_table; }
    [[nodiscard]] CompareTrees* trees() const { return m_trees; }
    [[nodiscard]] QTabWidget* tabs() const { return m_tabs; }
    [[nodiscard]] QPushButton* addButton() const { return m_add; }
    [[nodiscard]] QMenu* methodMenu() const { return m_menu; }
    [[nodiscard]] QPushButton* removeButton() const { return m_remove; }
    [[nodiscard]] QPushButton* runButton() const { return m_run; }
    [[nodiscard]] QPushButton* rebaseButton() const { return m_rebase; }
    [[nodiscard]] QPushButton* showButton() const { return m_show; }
    [[nodiscard]] QLabel* note() const { return m_note; }
    [[nodiscard]] const std::vector<run::ComparisonEntry>& entries() const { return m_entries; }
    /// One an entry; those that have not run hold no record and no error.
    [[nodiscard]] const std::vector<run::ComparedRun>& runs() const { return m_runs; }
    [[nodiscard]] bool running() const { return m_running; }

    void addSetup();
    void addPlain();
    void addMethod(const std::string& drafter);
    void removeChosen();
    /// Runs and times every entry. Without entries: the present set-up and plain decoding.
    void runAll();
    void stop();
    /// Shows an entry's record in the bench.
    void showEntry(int entry);
    /// Runs unless something is there or under way.
    void fill();

private:
    void buildBar(class QVBoxLayout* layout);
    QWidget* buildClock();
    void fillMenu();
    [[nodiscard]] static run::ComparedRun notRun(const std::string& label, bool plain);
    void add(run::Config config);
    void rebase();
    void take(std::size_t index, const run::ComparedRun& run);
    void finish(const std::optional<Error>& error);
    void changed();  ///< entries or runs are others than before
    void refresh();
    void onProgress(double fraction, const QString& what);
    [[nodiscard]] bool ready() const;
    [[nodiscard]] QString noteText() const;
    /// Drafter, controller and acceptance rule; without `whole`, only what is not the drafter's partner.
    [[nodiscard]] QString titleOf(const run::Config& config, bool whole) const;
    void nameEntries();

    BenchContext m_context;
    widgets::CompareView* m_clock;
    widgets::CompareTable* m_table;
    CompareTrees* m_trees;
    QTabWidget* m_tabs;
    QPushButton* m_add;
    QToolButton* m_more;
    QMenu* m_menu;
    QPushButton* m_remove;
    QPushButton* m_rebase;
    QPushButton* m_run;
    QPushButton* m_play;
    QComboBox* m_pace;
    QPushButton* m_show;
    QLabel* m_note;
    std::vector<run::ComparisonEntry> m_entries;
    std::vector<run::ComparedRun> m_runs;
    std::optional<Error> m_failed;
    bool m_running = false;
    int m_epoch = 0;  ///< of the comparison under way: answers of an earlier one are dropped
};

}  // namespace timberline::app
