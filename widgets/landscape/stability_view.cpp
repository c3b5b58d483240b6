// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/landscape/stability_view.h"

#include "widgets/plot/qcustomplot_wrapper.h"
#include "widgets/theme/theme.h"

#include <QFontMetricsF>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace timberline::widgets {

namespace {
constexpr double kEdge = 0.02;

double topOf(const record::HessianSummary& summary)
{
    return summary.eigenvalues.empty() ? std::numeric_limits<double>::quiet_NaN() : summary.eigenvalues.front();
}
}  // namespace

StabilityView::StabilityView(LandscapeModel* model, QWidget* parent)
    : DatumPlot(QStringLiteral("landscape-stability"), tr("Edge of stability"), parent), m_model(model)
{
    connect(m_model, &LandscapeModel::gridChanged, this, &StabilityView::refresh);
    connect(m_model, &LandscapeModel::trainingChanged, this, &StabilityView::refresh);
    connect(m_model, &LandscapeModel::learningRateChanged, this, &StabilityView::refresh);
    refresh();
}

void StabilityView::refresh()
{
    if (m_model->curvatures().empty()) {
        setEmpty(tr("The largest curvature against the limit 2 / learning rate will stand here: beyond it gradient descent diverges. "
                    "Compute, Curvature at the moment shown measures it."));
    } else {
        setData();
    }
    invalidate();
}

int StabilityView::datumCount() const
{
    return static_cast<int>(m_model->curvatures().size());
}

double StabilityView::datumX(int datum) const
{
    return static_cast<double>(m_model->curvatures()[static_cast<std::size_t>(datum)].step);
}

QString StabilityView::datumText(int datum) const
{
    const auto& at = m_model->curvatures()[static_cast<std::size_t>(datum)];
    QString text = tr("after step %1").arg(at.step);
    for (std::size_t k = 0; k < at.eigenvalues.size(); ++k) {
        text +=
            QLatin1Char('\n') + tr("curvature %1: %2 ± %3").arg(k + 1).arg(shortNumber(at.eigenvalues[k], 5), shortNumber(at.errors[k], 2));
    }
    text += QLatin1Char('\n') + tr("limit %1 at learning rate %2").arg(shortNumber(at.stability_limit, 5), shortNumber(at.learning_rate));
    return text;
}

StabilityView::Verdict StabilityView::verdict() const
{
    const auto* now = m_model->hessian();
    const double limit = m_model->stabilityLimit();
    if (now == nullptr || !std::isfinite(limit) || !std::isfinite(topOf(*now))) {
        return Verdict::Unknown;
    }
    const double ratio = topOf(*now) / limit;
    return std::abs(ratio - 1) <= kEdge ? Verdict::Edge : ratio > 1 ? Verdict::Unstable : Verdict::Stable;
}

QString StabilityView::sentence() const
{
    const auto* now = m_model->hessian();
    if (now == nullptr) {
        return tr("no curvature measured before this moment");
    }
    const QString top = shortNumber(topOf(*now), 4);
    const QString limit = shortNumber(m_model->stabilityLimit(), 4);
    if (now->limit_rule == "unknown") {
        return tr("curvature %1, 2 / learning rate %2 (for orientation: this optimizer scales its steps)").arg(top, limit);
    }
    switch (verdict()) {
    case Verdict::Stable:
        return tr("stable: curvature %1 is below the limit %2").arg(top, limit);
    case Verdict::Edge:
        return tr("at the edge: curvature %1, limit %2").arg(top, limit);
    case Verdict::Unstable:
        return tr("diverges: curvature %1 is above the limit %2").arg(top, limit);
    case Verdict::Unknown:
        break;
    }
    return tr("curvature %1, no limit known").arg(top);
}

double StabilityView::gaugeHeight() const
{
    return std::ceil(QFontMetricsF(font()).height() * 1.2 + 26);
}

void StabilityView::paintGauge(QPainter& painter, const QRectF& area, const Theme& theme) const
{
    const QFontMetricsF metrics(painter.font());
    const auto found = verdict();
    const QColor color = found == Verdict::Unstable ? theme.rejected
                         : found == Verdict::Stable ? theme.accepted
                         : found == Verdict::Edge   ? theme.extra
                                                    : theme.quietInk;
    painter.save();
    // Shape and word say the same as the colour: a disc lies low, a triangle points up.
    const QPointF mark(area.left() + 12, area.top() + metrics.height() * 0.6);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    if (found == Verdict::Unstable) {
        painter.drawPolygon(QPolygonF({mark + QPointF(-5, 5), mark + QPointF(5, 5), mark + QPointF(0, -5)}));
    } else if (found == Verdict::Edge) {
        painter.drawPolygon(QPolygonF({mark + QPointF(-5, 0), mark + QPointF(0, -5), mark + QPointF(5, 0), mark + QPointF(0, 5)}));
    } else {
        painter.drawEllipse(mark, 4.5, 4.5);
    }
    painter.setPen(theme.ink);
    const QRectF line(area.left() + 24, area.top(), area.width() - 32, metrics.height() * 1.2);
    painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter, metrics.elidedText(sentence(), Qt::ElideRight, line.width()));
    const QRectF bar(area.left() + 8, line.bottom() + 6, area.width() - 16, 10);
    const auto* now = m_model->hessian();
    const double limit = m_model->stabilityLimit();
    const double top = now == nullptr ? 0 : topOf(*now);
    painter.setPen(QPen(theme.hairline, 1));
    painter.setBrush(mix(theme.background, theme.panel, 0.8));
    painter.drawRect(bar);
    if (now != nullptr && std::isfinite(top) && top > 0) {
        const double reach = 1.25 * std::max(top, std::isfinite(limit) ? limit : top);
        painter.fillRect(QRectF(bar.left(), bar.top() + 2, bar.width() * std::min(1.0, top / reach), bar.height() - 4), color);
        if (std::isfinite(limit)) {
            const double x = bar.left() + bar.width() * std::clamp(limit / reach, 0.0, 1.0);
            if (found == Verdict::Unstable) {
                painter.fillRect(QRectF(x, bar.top() + 2, bar.width() * std::min(1.0, top / reach) - (x - bar.left()), bar.height() - 4),
                                 QBrush(QColor(0, 0, 0, 120), Qt::BDiagPattern));
            }
            painter.setPen(QPen(theme.ink, 2));
            painter.drawLine(QPointF(x, bar.top() - 4), QPointF(x, bar.bottom() + 4));
        }
    }
    painter.restore();
}

void StabilityView::paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const
{
    const double height = gaugeHeight();
    if (state() == ViewState::Empty || size.height() < 2.5 * height) {
        DatumPlot::paintContent(painter, size, theme);
        return;
    }
    paintGauge(painter, QRectF(0, 2, size.width(), height - 2), theme);
    painter.save();
    painter.translate(0, height);
    DatumPlot::paintContent(painter, {size.width(), size.height() - height}, theme);
    painter.restore();
}

void StabilityView::rebuild(QCustomPlot& plot, const Theme& theme) const
{
    const auto& all = m_model->curvatures();
    QVector<double> x;
    QVector<double> top;
    QVector<double> second;
    QVector<double> limits;
    QVector<double> errors;
    double highest = 0;
    for (const auto& at : all) {
        x.append(static_cast<double>(at.step));
        top.append(topOf(at));
        errors.append(at.errors.empty() ? 0 : at.errors.front());
        second.append(at.eigenvalues.size() > 1 ? at.eigenvalues[1] : std::numeric_limits<double>::quiet_NaN());
        limits.append(at.stability_limit > 0 && std::isfinite(at.stability_limit) ? at.stability_limit
                                                                                  : std::numeric_limits<double>::quiet_NaN());
        highest = std::max(highest, std::isfinite(top.back()) ? top.back() : 0.0);
    }
    auto* limit = plot.addGraph();
    const auto& rule = all.back().limit_rule;
    limit->setName(rule == "unknown" ? tr("2 / learning rate") : tr("limit %1").arg(QString::fromStdString(rule)));
    limit->setPen(QPen(theme.ink, 1.5, Qt::DashLine));
    limit->setLineStyle(QCPGraph::lsStepLeft);
    limit->setData(x, limits, true);
    auto* graph = plot.addGraph();
    graph->setName(tr("largest curvature"));
    graph->setPen(QPen(theme.accepted, 2));
    graph->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssDisc, theme.accepted, theme.accepted, x.size() < 60 ? 6 : 3));
    graph->setData(x, top, true);
    auto* bars = new QCPErrorBars(plot.xAxis, plot.yAxis);
    bars->setDataPlottable(graph);
    bars->setPen(QPen(theme.accepted, 1));
    bars->removeFromLegend();
    bars->setData(errors);
    if (std::ranges::any_of(second, [](double v) { return std::isfinite(v); })) {
        auto* next = plot.addGraph();
        next->setName(tr("second"));
        next->setPen(QPen(theme.extra, 1.5, Qt::DotLine));
        next->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssDiamond, theme.extra, theme.extra, 5));
        next->setData(x, second, true);
    }
    const double now = m_model->stabilityLimit();
    double reach = highest;
    for (const double value : limits) {
        reach = std::isfinite(value) ? std::max(reach, std::min(value, 3 * std::max(highest, 1e-12))) : reach;
    }
    if (std::isfinite(now)) {
        reach = std::max(reach, std::min(now, 3 * std::max(highest, 1e-12)));
    }
    const double lowest = std::min(0.0, *std::ranges::min_element(top));
    plot.yAxis->setRange(std::isfinite(lowest) ? lowest : 0, reach > 0 ? reach * 1.12 : 1);
    const double first = x.front();
    const double last = x.back();
    plot.xAxis->setRange(first == last ? first - 1 : first, first == last ? last + 1 : last);
    if (std::isfinite(m_model->learningRate()) && std::isfinite(now)) {
        auto* line = new QCPItemStraightLine(&plot);
        line->point1->setCoords(first, now);
        line->point2->setCoords(first + 1, now);
        line->setPen(QPen(theme.accent, 2));
        auto* text = new QCPItemText(&plot);
        text->setPositionAlignment(Qt::AlignRight | Qt::AlignBottom);
        text->position->setTypeX(QCPItemPosition::ptAxisRectRatio);
        text->position->setTypeY(QCPItemPosition::ptPlotCoords);
        text->position->setCoords(1, now);
        text->setText(tr("limit at learning rate %1").arg(shortNumber(m_model->learningRate(), 3)));
        text->setColor(theme.ink);
        text->setFont(plot.font());
    }
    plot.xAxis->setLabel(tr("step"));
    plot.yAxis->setLabel(tr("curvature"));
    drawCursor(plot, theme);
    placeLegend(plot);
}

QByteArray StabilityView::toCsv() const
{
    QString out = QStringLiteral("step,top_eigenvalue,error,second_eigenvalue,trace,trace_error,learning_rate,stability_limit\n");
    const auto real = [](double value) { return std::isfinite(value) ? QString::number(value, 'g', 9) : QString(); };
    for (const auto& at : m_model->curvatures()) {
        out += QString::number(at.step) + QLatin1Char(',') + real(topOf(at)) + QLatin1Char(',') +
               (at.errors.empty() ? QString() : real(at.errors.front())) + QLatin1Char(',') +
               (at.eigenvalues.size() > 1 ? real(at.eigenvalues[1]) : QString()) + QLatin1Char(',') + real(at.trace) + QLatin1Char(',') +
               real(at.trace_error) + QLatin1Char(',') + real(at.learning_rate) + QLatin1Char(',') + real(at.stability_limit) +
               QLatin1Char('\n');
    }
    return out.toUtf8();
}

QString StabilityView::summary() const
{
    return m_model->curvatures().empty() ? tr("No curvature measured yet.") : sentence();
}

}  // namespace timberline::widgets
