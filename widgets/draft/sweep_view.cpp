// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/draft/sweep_view.h"

#include "widgets/draft/question_paint.h"

#include <algorithm>
#include <cmath>

namespace timberline::widgets {

namespace {

bool sameAxes(const std::vector<SweepAxis>& a, const std::vector<SweepAxis>& b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const SweepAxis& x, const SweepAxis& y) { return x.key == y.key && x.values == y.values; });
}

QString csvCell(const QString& text)
{
    if (!text.contains(QLatin1Char(',')) && !text.contains(QLatin1Char('"')) && !text.contains(QLatin1Char('\n'))) {
        return text;
    }
    QString quoted = text;
    return QLatin1Char('"') + quoted.replace(QLatin1String("\""), QLatin1String("\"\"")) + QLatin1Char('"');
}

}  // namespace

QString titleOf(SweepMetric metric)
{
    switch (metric) {
    case SweepMetric::SpeedUp:
        return SweepView::tr("Speed-up");
    case SweepMetric::Accepted:
        return SweepView::tr("Accepted per pass");
    case SweepMetric::Acceptance:
        return SweepView::tr("Mean acceptance");
    case SweepMetric::Rate:
        return SweepView::tr("Speed");
    }
    return {};
}

QString unitOf(SweepMetric metric)
{
    switch (metric) {
    case SweepMetric::SpeedUp:
        return SweepView::tr("times plain decoding");
    case SweepMetric::Accepted:
        return SweepView::tr("tokens a pass");
    case SweepMetric::Acceptance:
        return SweepView::tr("share of the drafted tokens");
    case SweepMetric::Rate:
        return SweepView::tr("tokens/s");
    }
    return {};
}

SweepView::SweepView(QWidget* parent) : View(QStringLiteral("draft-sweep"), tr("Sweep"), parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    clear(tr("Speed and acceptance over one or two hyperparameters will stand here. Choose what varies, then press “Sweep”."));
}

void SweepView::setSweep(SweepData swept)
{
    std::size_t points = swept.axes.empty() || swept.axes.size() > 2 ? 0 : 1;
    for (const auto& axis : swept.axes) {
        points *= static_cast<std::size_t>(axis.values.size());
    }
    if (points == 0) {
        clear(tr("This sweep holds no points."));
        return;
    }
    if (!m_data || !sameAxes(m_data->axes, swept.axes)) {
        m_cursor = -1;
        m_inUse = -1;
    }
    swept.cells.resize(points);
    m_data = std::move(swept);
    const int missing = static_cast<int>(m_data->cells.size()) - finished();
    if (m_data->running) {
        setBusy();
    } else if (missing > 0) {
        setPartial(tr("Stopped: %n point(s) did not run.", nullptr, missing));
    } else {
        setData();
    }
    setAccessibleDescription(summary());
    update();
    Q_EMIT cursorMoved();
}

void SweepView::clear(const QString& sentence)
{
    m_data.reset();
    m_cursor = m_inUse = -1;
    setEmpty(sentence);
    setAccessibleDescription(summary());
    Q_EMIT cursorMoved();
}

void SweepView::showError(const QString& sentence, const QString& hint)
{
    m_data.reset();
    m_cursor = m_inUse = -1;
    setError(sentence, hint);
    setAccessibleDescription(summary());
    Q_EMIT cursorMoved();
}

void SweepView::setMetric(SweepMetric metric)
{
    m_metric = metric;
    setAccessibleDescription(summary());
    update();
}

void SweepView::setInUse(int cell)
{
    if (cell != m_inUse) {
        m_inUse = cell;
        update();
    }
}

int SweepView::columns() const
{
    return m_data ? static_cast<int>(m_data->axes[0].values.size()) : 0;
}

int SweepView::rows() const
{
    return m_data && m_data->axes.size() > 1 ? static_cast<int>(m_data->axes[1].values.size()) : 1;
}

int SweepView::finished() const
{
    return m_data ? static_cast<int>(std::ranges::count_if(m_data->cells, &SweepCell::done)) : 0;
}

double SweepView::valueOf(int cell) const
{
    if (!m_data || cell < 0 || cell >= static_cast<int>(m_data->cells.size())) {
        return SweepCell::kNone;
    }
    const auto& at = m_data->cells[static_cast<std::size_t>(cell)];
    switch (m_metric) {
    case SweepMetric::SpeedUp:
        return at.speedUp;
    case SweepMetric::Accepted:
        return at.accepted;
    case SweepMetric::Acceptance:
        return at.acceptance;
    case SweepMetric::Rate:
        return at.rate;
    }
    return SweepCell::kNone;
}

int SweepView::best() const
{
    int out = -1;
    for (int cell = 0; m_data && cell < static_cast<int>(m_data->cells.size()); ++cell) {
        if (std::isfinite(valueOf(cell)) && (out < 0 || valueOf(cell) > valueOf(out))) {
            out = cell;
        }
    }
    return out;
}

int SweepView::withinNoise(int cell) const
{
    if (cell < 0 || m_metric != SweepMetric::SpeedUp) {
        return 0;
    }
    const double low = m_data->cells[static_cast<std::size_t>(cell)].speedUpLow;
    const auto near = std::ranges::count_if(m_data->cells, [low](const SweepCell& other) { return other.speedUpHigh >= low; });
    return std::max(0, static_cast<int>(near) - 1);
}

QString SweepView::shown(double value, int extraDigits) const
{
    const int digits = m_metric == SweepMetric::Rate ? (value < 100 ? 1 : 0) : 2;
    return questionNumber(value, digits + extraDigits) + (m_metric == SweepMetric::SpeedUp ? QStringLiteral("×") : QString());
}

QString SweepView::placeText(int cell) const
{
    if (!m_data || cell < 0 || cell >= static_cast<int>(m_data->cells.size())) {
        return {};
    }
    QStringList parts;
    for (std::size_t axis = 0; axis < m_data->axes.size(); ++axis) {
        const int at = axis == 0 ? cell / rows() : cell % rows();
        parts << tr("%1 %2").arg(m_data->axes[axis].label, m_data->axes[axis].values[at]);
    }
    return parts.join(QStringLiteral(", "));
}

QString SweepView::cellText(int cell) const
{
    if (placeText(cell).isEmpty()) {
        return {};
    }
    const auto& at = m_data->cells[static_cast<std::size_t>(cell)];
    QStringList lines{placeText(cell)};
    if (!at.done) {
        lines << (m_data->running ? tr("has not run yet") : tr("did not run"));
        return lines.join(QLatin1Char('\n'));
    }
    if (!at.refused.isEmpty()) {
        lines << tr("could not run: %1").arg(at.refused);
        return lines.join(QLatin1Char('\n'));
    }
    if (std::isfinite(at.speedUp)) {
        lines << (at.repeats > 1
                      ? tr("speed-up %1× (quartiles %2 to %3)")
                            .arg(questionNumber(at.speedUp, 3), questionNumber(at.speedUpLow, 3), questionNumber(at.speedUpHigh, 3))
                      : tr("speed-up %1×").arg(questionNumber(at.speedUp, 3)));
    }
    lines << (at.repeats > 1 ? tr("%1 tokens/s (quartiles %2 to %3)")
                                   .arg(questionNumber(at.rate, 1), questionNumber(at.rateLow, 1), questionNumber(at.rateHigh, 1))
                             : tr("%1 tokens/s").arg(questionNumber(at.rate, 1)));
    if (std::isfinite(at.plainRate)) {
        lines << tr("plain decoding beside it: %1 tokens/s").arg(questionNumber(at.plainRate, 1));
    }
    lines << tr("%1 tokens a pass, %2 % of the drafts accepted").arg(questionNumber(at.accepted), questionNumber(at.acceptance * 100, 1));
    lines << tr("%n token(s)", nullptr, at.tokens) + QStringLiteral(", ") + tr("%n round(s)", nullptr, at.rounds) + QStringLiteral(", ") +
                 tr("%n repeat(s)", nullptr, at.repeats);
    return lines.join(QLatin1Char('\n'));
}

QStringList SweepView::words() const
{
    if (!m_data) {
        return {};
    }
    const auto& cells = m_data->cells;
    QStringList out;
    const int first = best();
    if (first < 0) {
        out << (m_data->running ? tr("The first point runs.") : tr("No point has this number."));
    } else if (m_metric == SweepMetric::SpeedUp) {
        out << (valueOf(first) >= 1
                    ? tr("Fastest: %1, %2 as fast as plain decoding.").arg(placeText(first), shown(valueOf(first)))
                    : tr("No point is as fast as plain decoding; the best, %1, comes to %2.").arg(placeText(first), shown(valueOf(first))));
    } else {
        out << tr("Highest: %1, %2 %3.").arg(placeText(first), shown(valueOf(first)), unitOf(m_metric));
    }
    if (m_cursor >= 0) {
        out << cellText(m_cursor).replace(QLatin1Char('\n'), QLatin1String("; ")) + QLatin1Char('.');
    }
    if (m_data->running) {
        out << tr("%1 of %2 points.").arg(finished()).arg(cells.size());
    } else if (!stateText().isEmpty()) {
        out << stateText();
    }
    const int refused = static_cast<int>(std::ranges::count_if(cells, [](const SweepCell& cell) { return !cell.refused.isEmpty(); }));
    if (refused > 0) {
        out << tr("%n point(s) could not run; point at them to see why.", nullptr, refused);
    }
    if (const int near = withinNoise(first); near > 0) {
        out << tr("%n other point(s) reach into its quartiles: more repeats would tell them apart.", nullptr, near);
    }
    if (m_metric == SweepMetric::SpeedUp && first >= 0) {
        out << tr("Plain decoding was timed beside each point, in turns; marks are medians of %n repeat(s).", nullptr,
                  cells[static_cast<std::size_t>(first)].repeats);
    }
    if (!m_data->running && first >= 0) {
        out << tr("Click a point to set it up.");
    }
    if (!m_data->method.isEmpty()) {
        out << tr("Swept: %1.").arg(m_data->method);
    }
    return out;
}

QString SweepView::summary() const
{
    if (!m_data) {
        return stateText();
    }
    return words().join(QLatin1Char(' '));
}

QByteArray SweepView::toCsv() const
{
    const auto axes = m_data ? m_data->axes : std::vector<SweepAxis>{};
    QStringList header;
    for (const auto& axis : axes) {
        header << csvCell(axis.key);
    }
    header << QStringLiteral(
        "speed_up,speed_up_lower_quartile,speed_up_upper_quartile,tokens_per_s,tokens_per_s_lower_quartile,"
        "tokens_per_s_upper_quartile,plain_tokens_per_s,accepted_per_pass,mean_acceptance,tokens,rounds,repeats,error");
    QString out = header.join(QLatin1Char(',')) + QLatin1Char('\n');
    for (int cell = 0; m_data && cell < static_cast<int>(m_data->cells.size()); ++cell) {
        const auto& at = m_data->cells[static_cast<std::size_t>(cell)];
        if (!at.done) {
            continue;
        }
        QStringList row;
        for (std::size_t axis = 0; axis < axes.size(); ++axis) {
            row << csvCell(axes[axis].values[axis == 0 ? cell / rows() : cell % rows()]);
        }
        for (const double value :
             {at.speedUp, at.speedUpLow, at.speedUpHigh, at.rate, at.rateLow, at.rateHigh, at.plainRate, at.accepted, at.acceptance}) {
            row << questionCell(value);
        }
        for (const int count : {at.tokens, at.rounds, at.repeats}) {
            row << (at.refused.isEmpty() ? QString::number(count) : QString());
        }
        row << csvCell(at.refused);
        out += row.join(QLatin1Char(',')) + QLatin1Char('\n');
    }
    return out.toUtf8();
}

}  // namespace timberline::widgets
