// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/draft/round_strip.h"

#include "widgets/theme/theme.h"

#include "core/record/codec.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QLocale>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>

namespace timberline::widgets {

namespace {
constexpr double kSide = 12;
constexpr double kWidestSlot = 24;

int acceptedOf(const record::Round& round)
{
    return std::max(0, static_cast<int>(round.path.size()) - 1);
}

int deepestOf(const record::Round& round)
{
    int deepest = 0;
    for (const auto& node : round.nodes) {
        if (node.state != record::NodeState::Pruned && node.state != record::NodeState::Bonus &&
            node.state != record::NodeState::Correction) {
            deepest = std::max(deepest, static_cast<int>(node.depth));
        }
    }
    return deepest;
}
}  // namespace

RoundStrip::RoundStrip(RecordModel* model, SelectionModel* selection, QWidget* parent)
    : View(QStringLiteral("draft-rounds"), tr("Rounds"), parent), m_model(model), m_selection(selection)
{
    setFocusPolicy(Qt::StrongFocus);
    setModel(model);
}

void RoundStrip::setModel(RecordModel* model)
{
    m_model->disconnect(this);
    m_model = model;
    connect(m_model, &RecordModel::changed, this, &RoundStrip::refresh);
    connect(m_model, &RecordModel::shownChanged, this, &RoundStrip::refresh);
    refresh();
}

void RoundStrip::refresh()
{
    if (m_model->roundCount() == 0) {
        setEmpty(tr("The moments of a run will stand here: press Run."));
    } else {
        setData();
    }
    setAccessibleDescription(summary());
    update();
}

double RoundStrip::slot(double width) const
{
    return std::min(kWidestSlot, (width - 2 * kSide) / std::max(1, m_model->roundCount()));
}

int RoundStrip::roundAt(double x) const
{
    if (m_model->roundCount() == 0) {
        return -1;
    }
    return std::clamp(static_cast<int>(std::floor((x - kSide) / slot(width()))), 0, m_model->roundCount() - 1);
}

QRectF RoundStrip::barRect(int round, const QSizeF& size) const
{
    const double step = slot(size.width());
    return {kSide + round * step, 6, step, size.height() - 14};
}

void RoundStrip::paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const
{
    if (paintState(painter, QRectF(QPointF(0, 0), size), theme)) {
        return;
    }
    painter.setRenderHint(QPainter::Antialiasing, false);
    if (m_model->round(0) != nullptr) {
        paintRounds(painter, size, theme);
    } else {
        paintMoments(painter, size, theme);
    }
    for (const auto* change : record::changes(m_model->record())) {
        if (change->round < m_model->roundCount()) {
            const QRectF slotRect = barRect(change->round, size);
            painter.setPen(QPen(theme.accent, 1, Qt::DashLine));
            painter.drawLine(QPointF(slotRect.left(), 2), QPointF(slotRect.left(), size.height() - 6));
        }
    }
    painter.setRenderHint(QPainter::Antialiasing, true);
}

void RoundStrip::paintMoments(QPainter& painter, const QSizeF& size, const Theme& theme) const
{
    const QRectF first = barRect(0, size);
    const QRectF all(first.left(), first.center().y() - 5, slot(size.width()) * m_model->roundCount(), 10);
    painter.setPen(Qt::NoPen);
    painter.setBrush(mix(theme.background, theme.neverVerified, 0.28));
    painter.drawRect(all);
    painter.setBrush(theme.accent);
    painter.drawRect(QRectF(all.left(), all.top(), slot(size.width()) * m_model->shownRounds(), all.height()));
}

void RoundStrip::paintRounds(QPainter& painter, const QSizeF& size, const Theme& theme) const
{
    int tallest = 1;
    for (int i = 0; i < m_model->roundCount(); ++i) {
        tallest = std::max({tallest, deepestOf(*m_model->round(i)), acceptedOf(*m_model->round(i)) + 1});
    }
    for (int i = 0; i < m_model->roundCount(); ++i) {
        const auto& round = *m_model->round(i);
        const QRectF slotRect = barRect(i, size);
        const double gap = slotRect.width() > 6 ? 2 : slotRect.width() > 3 ? 1 : 0;
        const QRectF bar = slotRect.adjusted(gap / 2, 0, -gap / 2, 0);
        const auto height = [&](int tokens) { return bar.height() * tokens / tallest; };
        const bool shown = i < m_model->shownRounds();
        const double ink = shown ? 1.0 : 0.3;
        const double drafted = height(deepestOf(round));
        painter.setPen(Qt::NoPen);
        painter.setBrush(mix(theme.background, theme.neverVerified, 0.28 * ink));
        painter.drawRect(QRectF(bar.left(), bar.bottom() - drafted, bar.width(), drafted));
        const double accepted = height(acceptedOf(round));
        painter.setBrush(mix(theme.background, theme.accepted, ink));
        painter.drawRect(QRectF(bar.left(), bar.bottom() - accepted, bar.width(), accepted));
        // The extra token stands on top of the accepted ones: bar height plus cap = tokens of this pass.
        painter.setBrush(mix(theme.background, theme.extra, ink));
        painter.drawRect(QRectF(bar.left(), bar.bottom() - accepted - 3, bar.width(), 3));
        if (i + 1 == m_model->shownRounds()) {
            painter.setBrush(theme.accent);
            painter.drawRect(QRectF(bar.left(), size.height() - 5, bar.width(), 3));
        }
    }
}

void RoundStrip::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const Theme& colors = timberline::widgets::theme();
    painter.fillRect(rect(), colors.background);
    painter.setRenderHint(QPainter::Antialiasing);
    paintContent(painter, size(), colors);
    if (hasFocus()) {
        painter.setPen(QPen(colors.accent, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5));
    }
}

void RoundStrip::show(int round)
{
    if (round < 0) {
        return;
    }
    m_model->setShownRounds(round + 1);
    Selected selected = m_selection->current();
    if (m_model->round(round) == nullptr) {
        const auto* started = m_model->started();
        if (started != nullptr && started->vocabulary > 0) {  // the moments are tokens of the text
            selected.token = static_cast<int>(started->prompt.size()) + round;
            m_selection->select(selected);
        }
    } else if (selected.round != round) {
        selected.round = round;
        selected.node = -1;
        selected.token = -1;
        m_selection->select(selected);
    }
}

void RoundStrip::mousePressEvent(QMouseEvent* event)
{
    show(roundAt(event->position().x()));
}

void RoundStrip::mouseMoveEvent(QMouseEvent* event)
{
    if (event->buttons() & Qt::LeftButton) {
        show(roundAt(event->position().x()));
    }
}

void RoundStrip::keyPressEvent(QKeyEvent* event)
{
    if (event->modifiers() == Qt::NoModifier && (event->key() == Qt::Key_Left || event->key() == Qt::Key_Right)) {
        show(std::clamp(m_model->shownRounds() - 1 + (event->key() == Qt::Key_Left ? -1 : 1), 0, std::max(0, m_model->roundCount() - 1)));
        return;
    }
    View::keyPressEvent(event);
}

bool RoundStrip::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        auto* help = static_cast<QHelpEvent*>(event);
        if (const QString text = tipAt(roundAt(help->x())); !text.isEmpty()) {
            QToolTip::showText(help->globalPos(), text, this);
            return true;
        }
    }
    return View::event(event);
}

QString RoundStrip::tipAt(int moment) const
{
    if (moment < 0) {
        return {};
    }
    const auto* round = m_model->round(moment);
    QString text = round != nullptr
                       ? tr("Round %1: %2 accepted of %3 levels drafted").arg(moment + 1).arg(acceptedOf(*round)).arg(deepestOf(*round))
                       : tr("Moment %1").arg(moment + 1);
    for (const auto* change : record::changes(m_model->record())) {
        if (change->round == moment) {
            text += QStringLiteral("\n%1: %2 → %3")
                        .arg(QString::fromStdString(change->key), QString::fromStdString(change->old_value),
                             QString::fromStdString(change->new_value));
        }
    }
    return text;
}

QByteArray RoundStrip::toCsv() const
{
    return QByteArray::fromStdString(record::rounds_csv(m_model->record()));
}

QString RoundStrip::summary() const
{
    if (m_model->roundCount() > 0 && m_model->round(0) == nullptr) {
        const auto changes = record::changes(m_model->record(), m_model->shownRounds());
        return tr("%1 of %n moments shown", nullptr, m_model->roundCount()).arg(m_model->shownRounds()) + QStringLiteral(", ") +
               tr("%n values changed.", nullptr, static_cast<int>(changes.size()));
    }
    const auto mean = record::accepted_per_pass(m_model->record(), m_model->shownRounds());
    return mean ? tr("%n rounds, %1 tokens a target pass on average.", nullptr, m_model->shownRounds())
                      .arg(QLocale().toString(*mean, 'f', 2))
                : tr("No rounds yet.");
}

}  // namespace timberline::widgets
