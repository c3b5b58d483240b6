// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/bench.h"
#include "app/window/sweep_choices.h"
#include "core/run/sweep.h"

#include <QElapsedTimer>
#include <QWidget>

#include <array>
#include <optional>

class QComboBox;
class QHBoxLayout;
class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;
class QSpinBox;

namespace timberline::app {

/// Runs the set-up over lists and ranges of one or two hyperparameters and shows what each combination comes to: chooses keys and values,
/// says how many runs that is, sweeps on the worker (letting other requests in between its runs), and puts a point's values into the
/// set-up. Also shows a sweep that `timberline-cli sweep --out` wrote.
class SweepPane : public QWidget
{
    Q_OBJECT
public:
    explicit SweepPane(const BenchContext& context, QWidget* parent = nullptr);
    ~SweepPane() override;

    [[nodiscard]] widgets::SweepView* view() const { return m_view; }
    [[nodiscard]] QComboBox* keyBox(int axis) const { return m_axes[static_cast<std::size_t>(axis)].key; }
    [[nodiscard]] QLineEdit* valuesEdit(int axis) const { return m_axes[static_cast<std::size_t>(axis)].values; }
    [[nodiscard]] QSpinBox* repeatsBox() const { return m_repeats; }
    [[nodiscard]] QComboBox* metricBox() const { return m_metric; }
    [[nodiscard]] QPushButton* sweepButton() const { return m_start; }
    [[nodiscard]] QPushButton* useButton() const { return m_use; }
    [[nodiscard]] QString noteText() const { return m_noteText; }
    [[nodiscard]] bool running() const { return m_running; }
    [[nodiscard]] const std::optional<run::Sweep>& sweep() const { return m_sweep; }

    void start();
    void stop();
    /// Starts unless something is shown or under way: for unattended pictures.
    void ask();
    /// Shows a sweep from a file and sets up its config and values; what runs is stopped.
    void showSweep(run::Sweep sweep);
    /// Puts the values of a point into the set-up; the whole config of the sweep where the set-up drafts another way by now.
    void useCell(int cell);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    struct Axis {
        QComboBox* key = nullptr;
        QLineEdit* values = nullptr;
        bool chosen = false;  ///< the key is the user's own, and
        bool typed = false;   ///< the values
    };
    void buildBars(QHBoxLayout* upper, QHBoxLayout* lower);
    void refreshKeys();
    void suggest(Axis& axis);
    [[nodiscard]] const SweepChoice* choiceOf(const Axis& axis) const;
    /// What is to vary, checked value by value.
    [[nodiscard]] Result<std::vector<run::Vary>> wanted() const;
    void refresh();
    void refreshInUse();
    void note(const QString& text, bool wrong = false);
    [[nodiscard]] QString planText(std::size_t points) const;
    [[nodiscard]] QString progressText() const;
    void take(const run::SweepPoint& point);
    void takeFacts(const run::Sweep& facts);  ///< where and with what it runs
    void finish(const Status& status);
    void showData();

    BenchContext m_context;
    widgets::SweepView* m_view;
    std::array<Axis, 2> m_axes;
    std::vector<SweepChoice> m_choices;
    QSpinBox* m_repeats;
    QComboBox* m_metric;
    QPushButton* m_use;
    QPushButton* m_start;
    QLabel* m_note;
    QString m_noteText;
    QProgressBar* m_progress;
    std::optional<run::Sweep> m_sweep;
    std::size_t m_points = 0;  ///< wanted by the sweep that is shown
    QElapsedTimer m_clock;
    bool m_running = false;
    bool m_refreshing = false;
    int m_epoch = 0;  ///< counts sweeps: what an earlier one still delivers is dropped
};

}  // namespace timberline::app
