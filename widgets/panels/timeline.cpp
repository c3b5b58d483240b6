// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/timeline.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QSlider>
#include <QToolButton>
#include <QVBoxLayout>

namespace timberline::widgets {

namespace {
constexpr double kDefaultReplay = 4;  // rounds a second when the speed is "as fast as it goes"

QToolButton* makeButton(QWidget* parent, const QString& sign, const QString& name, const QString& help)
{
    auto* button = new QToolButton(parent);
    button->setText(sign);
    button->setAccessibleName(name);
    button->setToolTip(help);
    button->setFocusPolicy(Qt::TabFocus);
    return button;
}
}  // namespace

Timeline::Timeline(RecordModel* model, SelectionModel* selection, QWidget* parent)
    : QWidget(parent), m_model(model),
      m_start(makeButton(this, QStringLiteral("|◀"), tr("First round"), tr("To the first round (Ctrl+Home)"))),
      m_back(makeButton(this, QStringLiteral("◀"), tr("Back"), tr("One round back (Ctrl+Left)"))),
      m_run(makeButton(this, QString(), tr("Run"), tr("Run, pause and go on (Space)"))),
      m_step(makeButton(this, QStringLiteral("▶"), tr("Step"), tr("One round forward (Ctrl+Right); at the end, computes one more"))),
      m_end(makeButton(this, QStringLiteral("▶|"), tr("Last round"), tr("To the newest round (Ctrl+End)"))),
      m_stop(makeButton(this, QStringLiteral("■"), tr("Stop"), tr("Stop the run (Esc)"))), m_speed(new QComboBox(this)),
      m_slider(new QSlider(Qt::Horizontal, this)), m_label(new QLabel(this)), m_strip(new RoundStrip(model, selection, this))
{
    setObjectName(QStringLiteral("timeline"));
    m_run->setObjectName(QStringLiteral("run"));
    m_step->setObjectName(QStringLiteral("step"));
    m_back->setObjectName(QStringLiteral("back"));
    m_slider->setObjectName(QStringLiteral("scrub"));
    m_slider->setAccessibleName(tr("Rounds shown"));
    m_slider->setFocusPolicy(Qt::TabFocus);
    m_speed->setAccessibleName(tr("Speed"));
    m_speed->setFocusPolicy(Qt::TabFocus);
    m_speed->addItem(tr("full speed"), 0.0);
    for (const double rate : {20.0, 8.0, 4.0, 2.0, 1.0}) {
        m_speed->addItem(QString(), rate);  // setModel() says what a moment is called
    }
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 4, 12, 8);
    layout->setSpacing(4);
    auto* row = new QHBoxLayout;
    row->setSpacing(4);
    for (auto* button : {m_start, m_back, m_run, m_step, m_end, m_stop}) {
        row->addWidget(button);
    }
    row->addSpacing(8);
    row->addWidget(m_speed);
    row->addSpacing(8);
    row->addWidget(m_slider, 1);
    row->addSpacing(8);
    row->addWidget(m_label);
    layout->addLayout(row);
    layout->addWidget(m_strip);
    m_strip->setFixedHeight(64);

    connect(m_run, &QToolButton::clicked, this, &Timeline::toggle);
    connect(m_step, &QToolButton::clicked, this, &Timeline::step);
    connect(m_back, &QToolButton::clicked, this, &Timeline::back);
    connect(m_start, &QToolButton::clicked, this, &Timeline::toStart);
    connect(m_end, &QToolButton::clicked, this, &Timeline::toEnd);
    connect(m_stop, &QToolButton::clicked, this, &Timeline::stopRequested);
    connect(m_slider, &QSlider::valueChanged, this, [this](int value) { m_model->setShownRounds(value); });
    connect(m_speed, &QComboBox::currentIndexChanged, this, [this] { Q_EMIT speedChanged(roundsPerSecond()); });
    connect(&m_replay, &QTimer::timeout, this, &Timeline::replayTick);
    setModel(model, Moments::Rounds);
}

void Timeline::setModel(RecordModel* model, Moments moments)
{
    m_replay.stop();
    m_model->disconnect(this);
    m_model = model;
    m_moments = moments;
    connect(m_model, &RecordModel::changed, this, &Timeline::refresh);
    connect(m_model, &RecordModel::shownChanged, this, &Timeline::refresh);
    m_strip->setModel(model);
    // Plain moments need one bar; rounds have heights to compare.
    m_strip->setFixedHeight(moments == Moments::Rounds ? 64 : 28);
    for (int i = 1; i < m_speed->count(); ++i) {
        m_speed->setItemText(i, speedText(static_cast<int>(m_speed->itemData(i).toDouble())));
    }
    refresh();
}

QString Timeline::speedText(int rate) const
{
    switch (m_moments) {
    case Moments::Tokens:
        return tr("%n tokens/s", nullptr, rate);
    case Moments::Steps:
        return tr("%n steps/s", nullptr, rate);
    case Moments::Rounds:
        break;
    }
    return tr("%n rounds/s", nullptr, rate);
}

double Timeline::roundsPerSecond() const
{
    return m_speed->currentData().toDouble();
}

void Timeline::setActivity(Activity activity)
{
    m_activity = activity;
    if (activity != Activity::Idle) {
        m_replay.stop();
    }
    refresh();
}

void Timeline::toggle()
{
    if (m_replay.isActive()) {
        m_replay.stop();
        refresh();
        return;
    }
    switch (m_activity) {
    case Activity::Running:
        Q_EMIT pauseRequested();
        return;
    case Activity::Paused:
        Q_EMIT resumeRequested();
        return;
    case Activity::Idle:
        if (m_model->shownRounds() < m_model->roundCount()) {
            const double rate = roundsPerSecond() > 0 ? roundsPerSecond() : kDefaultReplay;
            m_replay.start(static_cast<int>(1000 / rate));
            refresh();
        } else {
            Q_EMIT runRequested();
        }
        return;
    }
}

void Timeline::replayTick()
{
    m_model->setShownRounds(m_model->shownRounds() + 1);
    if (m_model->shownRounds() >= m_model->roundCount()) {
        m_replay.stop();
        refresh();
    }
}

void Timeline::step()
{
    m_replay.stop();
    if (m_model->shownRounds() < m_model->roundCount()) {
        m_model->setShownRounds(m_model->shownRounds() + 1);
    } else {
        Q_EMIT stepRequested();
    }
}

void Timeline::back()
{
    m_replay.stop();
    if (m_activity == Activity::Running) {
        Q_EMIT pauseRequested();
    }
    m_model->setShownRounds(m_model->shownRounds() - 1);
}

void Timeline::toStart()
{
    m_replay.stop();
    m_model->setShownRounds(0);
}

void Timeline::toEnd()
{
    m_replay.stop();
    m_model->setShownRounds(m_model->roundCount());
}

void Timeline::refresh()
{
    const int count = m_model->roundCount();
    const int shown = m_model->shownRounds();
    {
        const QSignalBlocker blocker(m_slider);
        m_slider->setRange(0, count);
        m_slider->setValue(shown);
        m_slider->setEnabled(count > 0);
    }
    switch (m_moments) {
    case Moments::Rounds:
        m_label->setText(count > 0 ? tr("round %1 / %2").arg(shown).arg(count) : tr("no rounds"));
        break;
    case Moments::Tokens:
        m_label->setText(count > 0 ? tr("token %1 / %2").arg(shown).arg(count) : tr("no tokens"));
        break;
    case Moments::Steps:
        m_label->setText(count > 0 ? tr("step %1 / %2").arg(shown).arg(count) : tr("no steps"));
        break;
    }
    const bool busy = m_activity == Activity::Running || m_replay.isActive();
    m_run->setText(busy                             ? QStringLiteral("❚❚ ") + tr("Pause")
                   : m_activity == Activity::Paused ? QStringLiteral("▶ ") + tr("Go on")
                   : shown < count                  ? QStringLiteral("▶ ") + tr("Replay")
                                                    : QStringLiteral("▶ ") + tr("Run"));
    m_back->setEnabled(shown > 0);
    m_start->setEnabled(shown > 0);
    m_end->setEnabled(shown < count);
    m_stop->setEnabled(m_activity != Activity::Idle);
}

}  // namespace timberline::widgets
