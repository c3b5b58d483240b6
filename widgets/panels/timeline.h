// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/draft/round_strip.h"
#include "widgets/shared/record_model.h"

#include <QTimer>
#include <QWidget>

class QComboBox;
class QLabel;
class QSlider;
class QToolButton;

namespace timberline::widgets {

/// When: Run, Pause, Step, Back, speed, and scrubbing over the rounds of the record. Replaying a finished record needs no model.
class Timeline : public QWidget
{
    Q_OBJECT
public:
    Timeline(RecordModel* model, SelectionModel* selection, QWidget* parent = nullptr);

    /// What the moments of a bench are called.
    enum class Moments { Rounds, Tokens, Steps };
    /// Shows another bench's record. Ends a replay.
    void setModel(RecordModel* model, Moments moments);

    enum class Activity { Idle, Running, Paused };
    /// What the job does; decides what the buttons mean.
    void setActivity(Activity activity);
    [[nodiscard]] Activity activity() const { return m_activity; }
    [[nodiscard]] QToolButton* runButton() const { return m_run; }
    [[nodiscard]] RoundStrip* strip() const { return m_strip; }

    /// Space: runs, pauses, goes on, or replays when the shown moment lies in the past.
    void toggle();
    void step();
    void back();
    void toStart();
    void toEnd();
    /// Rounds a second of replay and of throttled runs; 0 = as fast as it goes.
    [[nodiscard]] double roundsPerSecond() const;

Q_SIGNALS:
    void runRequested();
    void pauseRequested();
    void resumeRequested();
    void stepRequested();  ///< one more round of a paused or not yet started run
    void stopRequested();
    void speedChanged(double roundsPerSecond);

private:
    void refresh();
    void replayTick();
    [[nodiscard]] QString speedText(int rate) const;
    RecordModel* m_model;
    Moments m_moments = Moments::Rounds;
    Activity m_activity = Activity::Idle;
    QToolButton* m_start;
    QToolButton* m_back;
    QToolButton* m_run;
    QToolButton* m_step;
    QToolButton* m_end;
    QToolButton* m_stop;
    QComboBox* m_speed;
    QSlider* m_slider;
    QLabel* m_label;
    RoundStrip* m_strip;
    QTimer m_replay;
};

}  // namespace timberline::widgets
