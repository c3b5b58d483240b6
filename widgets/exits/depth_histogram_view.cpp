// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/exits/depth_histogram_view.h"

#include "widgets/exits/exit_channel.h"
#include "widgets/plot/qcustomplot_wrapper.h"
#include "widgets/theme/theme.h"

#include <QHelpEvent>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace timberline::widgets {

DepthHistogramView::DepthHistogramView(ExitModel* model, QWidget* parent)
    : PlotView(QStringLiteral("exits-depth"), tr("Exit depth"), parent), m_model(model)
{
    setEmpty(tr("How many tokens leave at each layer will stand here."));
    connect(m_model, &ExitModel::decisionChanged, this, [this] {
        if (m_model->rows() == 0 || m_model->run() == nullptr) {
            setEmpty(tr("How many tokens leave at each layer will stand here."));
        } else {
            setData();
        }
        invalidate();
    });
}

void DepthHistogramView::rebuild(QCustomPlot& plot, const Theme& theme) const
{
    const auto& run = m_model->recordedFigures();
    const auto& tried = m_model->decided().figures;
    const auto layers = m_model->layers();
    double tallest = 1;
    auto* ran = new QCPBars(plot.xAxis, plot.yAxis);
    ran->setName(tr("this run"));
    ran->setWidth(0.84);
    ran->setPen(Qt::NoPen);
    ran->setBrush(mix(theme.background, theme.accepted, 0.55));
    auto* would = new QCPBars(plot.xAxis, plot.yAxis);
    would->setName(tr("tried out"));
    would->setWidth(0.5);
    would->setPen(QPen(theme.accent, 2));
    would->setBrush(QBrush(theme.accent, Qt::BDiagPattern));
    for (std::size_t layer = 0; layer < layers; ++layer) {
        const double x = static_cast<double>(layer) + 1;
        if (layer < run.histogram.size()) {
            ran->addData(x, static_cast<double>(run.histogram[layer]));
            tallest = std::max(tallest, static_cast<double>(run.histogram[layer]));
        }
        if (m_model->differsFromRun() && layer < tried.histogram.size()) {
            would->addData(x, static_cast<double>(tried.histogram[layer]));
            tallest = std::max(tallest, static_cast<double>(tried.histogram[layer]));
        }
    }
    const auto mean = [&](double depth, const QColor& color, Qt::PenStyle style) {
        if (std::isfinite(depth)) {
            auto* line = new QCPItemStraightLine(&plot);
            line->point1->setCoords(depth, 0);
            line->point2->setCoords(depth, 1);
            line->setPen(QPen(color, 1.5, style));
        }
    };
    mean(run.meanDepth, theme.ink, Qt::DotLine);
    if (m_model->differsFromRun()) {
        mean(tried.meanDepth, theme.accent, Qt::DashLine);
    } else {
        plot.removePlottable(would);
    }
    plot.xAxis->setLabel(tr("exit layer (lines: mean depth)"));
    plot.yAxis->setLabel(m_model->isTrainedNet() ? tr("samples") : tr("tokens"));
    plot.xAxis->setRange(0.4, static_cast<double>(layers) + 0.6);
    plot.yAxis->setRange(0, tallest * 1.08);
    auto ticker = QSharedPointer<QCPAxisTickerFixed>::create();
    ticker->setTickOrigin(1);
    ticker->setTickStep(std::max(1.0, std::ceil(static_cast<double>(layers) / 12)));
    plot.xAxis->setTicker(ticker);
    placeLegendAbove(plot);
}

bool DepthHistogramView::event(QEvent* event)
{
    if (event->type() != QEvent::ToolTip) {
        return PlotView::event(event);
    }
    QToolTip::showText(static_cast<QHelpEvent*>(event)->globalPos(), summary(), this);
    return true;
}

QByteArray DepthHistogramView::toCsv() const
{
    QString out = QStringLiteral("layer,run,tried_out\n");
    const auto& run = m_model->recordedFigures().histogram;
    const auto& tried = m_model->decided().figures.histogram;
    for (std::size_t layer = 0; layer < m_model->layers(); ++layer) {
        const auto count = [layer](const std::vector<std::int64_t>& list) {
            return layer < list.size() ? QString::number(list[layer]) : QString();
        };
        out += QStringLiteral("%1,%2,%3\n").arg(layer + 1).arg(count(run), count(tried));
    }
    return out.toUtf8();
}

QString DepthHistogramView::summary() const
{
    const auto& run = m_model->recordedFigures();
    if (run.rows == 0) {
        return stateText();
    }
    QStringList parts;
    for (std::size_t layer = 0; layer < run.histogram.size(); ++layer) {
        if (run.histogram[layer] > 0) {
            parts.append(tr("layer %1: %2").arg(layer + 1).arg(run.histogram[layer]));
        }
    }
    QString text = tr("Exits in the run: %1. Mean depth %2 layers.").arg(parts.join(QStringLiteral(", ")), exitNumber(run.meanDepth, 2));
    if (m_model->differsFromRun()) {
        text += QLatin1Char(' ') + tr("Tried out: mean depth %1 layers.").arg(exitNumber(m_model->decided().figures.meanDepth, 2));
    }
    return text;
}

}  // namespace timberline::widgets
