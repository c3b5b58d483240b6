// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/landscape/hessian_view.h"

#include "widgets/plot/qcustomplot_wrapper.h"
#include "widgets/theme/theme.h"

#include <algorithm>
#include <cmath>

namespace timberline::widgets {

namespace {
constexpr double kFloor = 1e-7;  ///< of the density on its logarithmic axis (training.md 2.8)
}

HessianView::HessianView(LandscapeModel* model, QWidget* parent)
    : DatumPlot(QStringLiteral("landscape-hessian"), tr("Hessian spectrum"), parent), m_model(model)
{
    connect(m_model, &LandscapeModel::gridChanged, this, &HessianView::refresh);
    connect(m_model, &LandscapeModel::trainingChanged, this, &HessianView::refresh);
    refresh();
}

void HessianView::refresh()
{
    if (m_model->hessian() == nullptr) {
        setEmpty(tr("The curvature of the loss will stand here: largest eigenvalues, trace, and how all of them are spread. Switch "
                    "curvature on in the "
                    "set-up, or press Compute curvature."));
    } else {
        setData();
    }
    invalidate();
}

int HessianView::datumCount() const
{
    const auto* now = m_model->hessian();
    return now == nullptr ? 0 : static_cast<int>(now->eigenvalues.size());
}

double HessianView::datumX(int datum) const
{
    // Ascending for the keys; the record keeps the largest first.
    const auto& values = m_model->hessian()->eigenvalues;
    return values[values.size() - 1 - static_cast<std::size_t>(datum)];
}

QString HessianView::datumText(int datum) const
{
    const auto* now = m_model->hessian();
    const auto k = now->eigenvalues.size() - 1 - static_cast<std::size_t>(datum);
    return tr("eigenvalue %1: %2, no farther than %3 from the true one")
               .arg(k + 1)
               .arg(shortNumber(now->eigenvalues[k], 6), shortNumber(now->errors[k], 2)) +
           QLatin1Char('\n') + tr("after step %1").arg(now->step);
}

QString HessianView::traceText(const record::HessianSummary& summary) const
{
    return std::isfinite(summary.trace) ? tr("trace %1 ± %2 (%3 probes)")
                                              .arg(shortNumber(summary.trace, 4), shortNumber(summary.trace_error, 2))
                                              .arg(summary.trace_probes)
                                        : QString();
}

void HessianView::rebuild(QCustomPlot& plot, const Theme& theme) const
{
    const auto* now = m_model->hessian();
    if (now == nullptr) {
        return;
    }
    const bool density = !now->density_at.empty();
    double low = std::isfinite(now->lowest) ? now->lowest : 0;
    double high = low;
    for (const double value : now->eigenvalues) {
        low = std::min(low, value);
        high = std::max(high, value);
    }
    double top = 1;
    if (density) {
        QVector<double> x(now->density_at.begin(), now->density_at.end());
        QVector<double> y;
        double highest = kFloor;
        for (const double value : now->density) {
            y.append(std::isfinite(value) ? std::max(value, kFloor) : kFloor);
            highest = std::max(highest, y.back());
        }
        auto* graph = plot.addGraph();
        graph->setName(tr("spectral density"));
        graph->setPen(QPen(theme.accepted, 1.5));
        QColor fill = theme.accepted;
        fill.setAlphaF(0.2F);
        graph->setBrush(fill);
        graph->setData(x, y, true);
        plot.yAxis->setScaleType(QCPAxis::stLogarithmic);
        plot.yAxis->setTicker(QSharedPointer<QCPAxisTickerLog>::create());
        plot.yAxis->setNumberFormat(QStringLiteral("eb"));
        plot.yAxis->setNumberPrecision(0);
        top = highest * 4;
        plot.yAxis->setRange(kFloor, top);
        low = std::min(low, x.front());
        high = std::max(high, x.back());
    } else {
        plot.yAxis->setRange(0, 1);
        plot.yAxis->setTicks(false);
        plot.yAxis->setTickLabels(false);
    }
    // Eigenvalues as pins, each with its error as a whisker sideways.
    auto* pins = plot.addGraph();
    pins->setName(tr("largest eigenvalues"));
    pins->setLineStyle(QCPGraph::lsImpulse);
    pins->setPen(QPen(theme.rejected, 1.5));
    pins->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssTriangle, theme.rejected, theme.rejected, 8));
    QVector<double> x;
    QVector<double> y;
    QVector<double> errors;
    for (int k = 0; k < datumCount(); ++k) {
        x.append(datumX(k));
        y.append(density ? top / 3 : 0.8);
        errors.append(now->errors[now->eigenvalues.size() - 1 - static_cast<std::size_t>(k)]);
    }
    pins->setData(x, y, true);
    auto* bars = new QCPErrorBars(plot.xAxis, plot.yAxis);
    bars->setDataPlottable(pins);
    bars->setErrorType(QCPErrorBars::etKeyError);
    bars->setPen(QPen(theme.rejected, 1));
    bars->removeFromLegend();
    bars->setData(errors);
    const double limit = m_model->stabilityLimit();
    if (std::isfinite(limit) && limit < 3 * std::max(high, 1e-12)) {
        high = std::max(high, limit);
        auto* line = plot.addGraph();
        line->setName(tr("limit of stability"));
        line->setPen(QPen(theme.ink, 1.5, Qt::DashLine));
        line->setData({limit, limit}, {plot.yAxis->range().lower, plot.yAxis->range().upper}, true);
    }
    const double span = std::max(high - low, 1e-9);
    plot.xAxis->setRange(low - 0.04 * span, high + 0.06 * span);
    const QString trace = traceText(*now);
    plot.xAxis->setLabel(trace.isEmpty() ? tr("eigenvalue, after step %1").arg(now->step)
                                         : tr("eigenvalue, after step %1; %2").arg(now->step).arg(trace));
    plot.yAxis->setLabel(density ? tr("density") : QString());
    drawCursor(plot, theme);
    placeLegend(plot);
}

QByteArray HessianView::toCsv() const
{
    const auto* now = m_model->hessian();
    QString out = QStringLiteral("kind,number,value,error\n");
    if (now == nullptr) {
        return out.toUtf8();
    }
    for (std::size_t k = 0; k < now->eigenvalues.size(); ++k) {
        out += QStringLiteral("eigenvalue,%1,%2,%3\n").arg(k + 1).arg(now->eigenvalues[k], 0, 'g', 12).arg(now->errors[k], 0, 'g', 6);
    }
    if (std::isfinite(now->trace)) {
        out += QStringLiteral("trace,%1,%2,%3\n").arg(now->trace_probes).arg(now->trace, 0, 'g', 12).arg(now->trace_error, 0, 'g', 6);
    }
    for (std::size_t k = 0; k < now->density_at.size(); ++k) {
        out += QStringLiteral("density,%1,%2,\n").arg(now->density_at[k], 0, 'g', 12).arg(now->density[k], 0, 'g', 9);
    }
    return out.toUtf8();
}

QString HessianView::summary() const
{
    const auto* now = m_model->hessian();
    if (now == nullptr) {
        return tr("No curvature measured yet.");
    }
    QStringList parts;
    for (std::size_t k = 0; k < now->eigenvalues.size(); ++k) {
        parts.append(tr("%1 ± %2").arg(shortNumber(now->eigenvalues[k], 5), shortNumber(now->errors[k], 2)));
    }
    QString text = tr("Largest eigenvalues of the Hessian after step %1: %2.").arg(now->step).arg(parts.join(QStringLiteral(", ")));
    if (const QString trace = traceText(*now); !trace.isEmpty()) {
        text += QLatin1Char(' ') + trace + QLatin1Char('.');
    }
    if (!now->converged) {
        text += QLatin1Char(' ') + tr("The iteration had not converged: take more Lanczos steps.");
    }
    return text;
}

}  // namespace timberline::widgets
