// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/draft/head_training_view.h"

#include "widgets/draft/question_paint.h"
#include "widgets/plot/qcustomplot_wrapper.h"
#include "widgets/plot/thinned.h"
#include "widgets/theme/theme.h"

#include <QFontMetricsF>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

/// The plots of the training of draft heads.
namespace timberline::widgets {

namespace {

constexpr std::size_t kColumns = 400;
constexpr double kNarrowest = 185;  ///< a plot beside another
constexpr double kLowest = 150;     ///< a plot above another
constexpr double kLow = 235;        ///< lower pictures name only what is most needed

/// An axis as PlotView makes those of the plot's own rectangle.
void dress(QCPAxis& axis, const QCPAxis& like)
{
    axis.setBasePen(like.basePen());
    axis.setTickPen(like.tickPen());
    axis.setSubTickPen(Qt::NoPen);
    axis.setTickLabelColor(like.tickLabelColor());
    axis.setLabelColor(like.labelColor());
    axis.setTickLabelFont(like.tickLabelFont());
    axis.setLabelFont(like.labelFont());
    axis.setTickLengthIn(0);
    axis.setTickLengthOut(4);
    axis.grid()->setPen(like.grid()->pen());
    axis.grid()->setZeroLinePen(Qt::NoPen);
    axis.ticker()->setTickCount(like.ticker()->tickCount());
}

QCPGraph* line(QCustomPlot& plot, QCPAxisRect& axes, QCPLegend& legend, const QString& name, const QPen& pen)
{
    auto* graph = plot.addGraph(axes.axis(QCPAxis::atBottom), axes.axis(QCPAxis::atLeft));
    graph->setName(name);
    graph->setPen(pen);
    graph->addToLegend(&legend);
    return graph;
}

QCPGraph* marks(QCustomPlot& plot, QCPAxisRect& axes, QCPLegend& legend, const QString& name, const QCPScatterStyle& style)
{
    auto* graph = line(plot, axes, legend, name, Qt::NoPen);
    graph->setLineStyle(QCPGraph::lsNone);
    graph->setScatterStyle(style);
    return graph;
}

void straight(QCustomPlot& plot, QCPAxisRect& axes, QPointF from, QPointF to, const QPen& pen)
{
    auto* item = new QCPItemStraightLine(&plot);
    item->setClipAxisRect(&axes);
    for (auto* point : {item->point1, item->point2}) {
        point->setAxisRect(&axes);
        point->setAxes(axes.axis(QCPAxis::atBottom), axes.axis(QCPAxis::atLeft));
    }
    item->point1->setCoords(from);
    item->point2->setCoords(to);
    item->setPen(pen);
}

/// Room above and below what is drawn.
void widen(QCPAxis& axis, double low, double high)
{
    const double room = std::max(1e-6, 0.08 * (high - low));
    axis.setRange(low - room, high + room);
}

/// Inside the axes, one name a line, or two where there are many; room is made for it above the data. @param height of the axes, about.
void dressLegend(QCPLegend& legend, QCPAxis& axis, const QFont& font, double height, const Theme& theme)
{
    QColor veil = theme.background;
    veil.setAlphaF(0.7F);
    legend.setBrush(veil);
    legend.setBorderPen(Qt::NoPen);
    legend.setTextColor(theme.quietInk);
    legend.setFont(font);
    legend.setMargins(QMargins(2, 0, 2, 0));
    legend.setRowSpacing(0);
    legend.setIconSize(18, 13);
    legend.setIconTextPadding(4);
    const int columns = legend.itemCount() > 4 ? 2 : 1;
    legend.setFillOrder(columns > 1 ? QCPLayoutGrid::foColumnsFirst : QCPLayoutGrid::foRowsFirst, true);
    legend.setWrap(columns > 1 ? columns : 0);
    const int rows = (legend.itemCount() + columns - 1) / columns;
    const double taken = std::min(0.5, rows * std::max(13.0, QFontMetricsF(font).height()) / std::max(1.0, height));
    axis.setRangeUpper(axis.range().lower + axis.range().size() / (1 - taken));
}

QFont bold(QFont font)
{
    font.setBold(true);
    return font;
}

}  // namespace

HeadTrainingView::Places HeadTrainingView::places(const QSizeF& size) const
{
    Places out;
    out.plots = {Plot::Loss};
    if (drafts()) {
        out.plots.push_back(Plot::Acceptance);
    }
    if (!m_fold.looks().empty()) {
        out.plots.push_back(Plot::Accuracy);
    }
    const auto wanted = static_cast<int>(out.plots.size());
    const int beside = static_cast<int>(size.width() / kNarrowest);
    const int below = static_cast<int>(size.height() / kLowest);
    out.stacked = beside < 2 || (below >= wanted && size.height() > 1.2 * size.width());
    int count = std::clamp(out.stacked ? below : beside, 1, wanted);
    if (count == 1 && wanted > 1) {
        count = 2;  // loss and acceptance stand there in any case
        out.stacked = size.height() > size.width();
    }
    out.plots.resize(static_cast<std::size_t>(count));
    out.width = out.stacked ? size.width() : size.width() / count;
    return out;
}

void HeadTrainingView::paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const
{
    if (state() == ViewState::Busy) {
        paintWaiting(painter, QRectF(QPointF(0, 0), size), m_preparing, theme);
        return;
    }
    m_paintSize = size;
    DatumPlot::paintContent(painter, size, theme);
}

void HeadTrainingView::drawLoss(QCustomPlot& plot, QCPAxisRect& axes, QCPLegend& legend, const Theme& theme) const
{
    const auto& steps = m_fold.steps();
    QVector<double> x;
    QVector<double> y;
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    const auto meet = [&](double value) {
        low = std::isfinite(value) ? std::min(low, value) : low;
        high = std::isfinite(value) ? std::max(high, value) : high;
    };
    for (const auto k : thinnedPositions(steps.size(), kColumns, [&](std::size_t i) { return lossOf(steps[i]); })) {
        const double value = static_cast<double>(lossOf(steps[k]));
        x.append(steps[k].step);
        y.append(std::isfinite(value) ? value : std::numeric_limits<double>::quiet_NaN());
        meet(value);
    }
    const bool held = m_part < 0 && !m_fold.looks().empty();
    line(plot, axes, legend, tr("batch"), QPen(held ? mix(theme.background, theme.accepted, 0.6) : theme.accepted, held ? 1 : 1.5))
        ->setData(x, y, true);
    if (held) {
        x.clear();
        y.clear();
        for (const auto& look : m_fold.looks()) {
            x.append(look.step);
            y.append(std::isfinite(look.loss) ? look.loss : std::numeric_limits<double>::quiet_NaN());
            meet(look.loss);
        }
        auto* graph = line(plot, axes, legend, tr("held-out text"), QPen(theme.rejected, 2.5, Qt::DashLine));
        graph->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssDiamond, theme.rejected, theme.rejected, 7));
        graph->setData(x, y, true);
    }
    if (low <= high) {
        widen(*axes.axis(QCPAxis::atLeft), low, high);
    }
    for (const auto& change : m_fold.changes()) {
        straight(plot, axes, QPointF(change.step, 0), QPointF(change.step, 1), QPen(theme.extra, 1, Qt::DashLine));
    }
}

void HeadTrainingView::drawAcceptance(QCustomPlot& plot, QCPAxisRect& axes, QCPLegend& legend, const Theme& theme) const
{
    QVector<double> x;
    QVector<double> y;
    QVector<double> promptX;
    QVector<double> promptY;
    double high = 1.5;
    for (const auto& one : m_fold.acceptances()) {
        if (one.prompt_accepted.empty()) {
            continue;
        }
        x.append(one.step);
        y.append(one.accepted_per_pass);
        high = std::max(high, one.accepted_per_pass);
        for (const float value : one.prompt_accepted) {
            promptX.append(one.step);
            promptY.append(static_cast<double>(value));
            high = std::max(high, static_cast<double>(value));
        }
    }
    auto* prompts = marks(plot, axes, legend, tr("each prompt"),
                          QCPScatterStyle(QCPScatterStyle::ssCircle, mix(theme.background, theme.accepted, 0.6), 5));
    prompts->setData(promptX, promptY, true);
    auto* mean = line(plot, axes, legend, tr("all together"), QPen(theme.accepted, 2));
    mean->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssDisc, theme.accepted, theme.accepted, 7));
    mean->setData(x, y, true);
    if (const auto* best = m_fold.best(); best != nullptr) {
        // A ring around the point, so that it is seen whatever lies below.
        marks(plot, axes, legend, best->kept ? tr("kept") : tr("best"),
              QCPScatterStyle(QCPScatterStyle::ssCircle, QPen(theme.accent, 2), Qt::NoBrush, 12))
            ->setData({static_cast<double>(best->step)}, {best->accepted_per_pass}, true);
    }
    // Plain decoding commits one token a pass.
    auto* plain = line(plot, axes, legend, tr("plain = 1"), QPen(theme.quietInk, 1.2, Qt::DashDotLine));
    plain->setData({0.0, lastStep()}, {1.0, 1.0}, true);
    if (m_paintSize.height() < kLow) {
        prompts->removeFromLegend(&legend);
        plain->removeFromLegend(&legend);
    }
    widen(*axes.axis(QCPAxis::atLeft), 1, high);
}

void HeadTrainingView::drawAccuracy(QCustomPlot& plot, QCPAxisRect& axes, QCPLegend& legend, const Theme& theme) const
{
    std::size_t heads = 0;
    for (const auto& look : m_fold.looks()) {
        heads = std::max(heads, look.accuracy.size());
    }
    const std::array colors = {theme.accepted, theme.extra, theme.rejected, theme.accent, theme.quietInk};
    constexpr std::array shapes = {QCPScatterStyle::ssDisc, QCPScatterStyle::ssSquare, QCPScatterStyle::ssDiamond,
                                   QCPScatterStyle::ssTriangle, QCPScatterStyle::ssCross};
    constexpr std::array styles = {Qt::SolidLine, Qt::DashLine, Qt::DotLine, Qt::DashDotLine, Qt::DashDotDotLine};
    const double scale = drafts() ? 100 : 1;
    double low = 0;
    double high = 0.1 * scale;
    for (std::size_t k = 0; k < heads; ++k) {
        QVector<double> x;
        QVector<double> y;
        for (const auto& look : m_fold.looks()) {
            if (k < look.accuracy.size() && std::isfinite(look.accuracy[k])) {
                x.append(look.step);
                y.append(std::max(-1.0, static_cast<double>(look.accuracy[k])) * scale);  // R squared has no lowest value
                low = std::min(low, y.back());
                high = std::max(high, y.back());
            }
        }
        const auto& color = colors[k % colors.size()];
        auto* graph =
            line(plot, axes, legend, drafts() ? tr("head %1").arg(k + 1) : tr("value net"), QPen(color, 1.5, styles[k % styles.size()]));
        graph->setScatterStyle(QCPScatterStyle(shapes[k % shapes.size()], color, color, 6));
        graph->setData(x, y, true);
    }
    widen(*axes.axis(QCPAxis::atLeft), low, high);
}

void HeadTrainingView::rebuild(QCustomPlot& plot, const Theme& theme) const
{
    const auto where = places(m_paintSize);
    plot.legend->setVisible(false);
    QCPLayoutGrid* const grid = plot.plotLayout();
    QCPAxisRect* const first = plot.axisRect();
    grid->take(first);
    QCPMarginGroup* const margins = where.stacked ? new QCPMarginGroup(&plot) : nullptr;
    const auto count = static_cast<int>(where.plots.size());
    const double line = QFontMetricsF(plot.font()).height();
    const double height = m_paintSize.height() / (where.stacked ? count : 1) - 4.5 * line;  // but for title, numbers and label
    for (int k = 0; k < count; ++k) {
        const auto which = where.plots[static_cast<std::size_t>(k)];
        auto* axes = k == 0 ? first : new QCPAxisRect(&plot);
        if (k > 0) {
            for (auto* axis : axes->axes()) {
                dress(*axis, axis->axisType() == QCPAxis::atLeft ? *plot.yAxis : *plot.xAxis);
                axis->grid()->setVisible(axis->axisType() == QCPAxis::atLeft);
                axis->setLayer(QStringLiteral("axes"));
                axis->grid()->setLayer(QStringLiteral("grid"));
            }
        }
        auto* legend = new QCPLegend;
        const int column = where.stacked ? 0 : k;
        const int row = where.stacked ? 2 * k : 0;
        auto* title = new QCPTextElement(&plot, titleOf(which), bold(plot.font()));
        title->setTextColor(theme.ink);
        title->setTextFlags(Qt::AlignLeft | Qt::AlignVCenter);
        title->setMargins(QMargins(8, k > 0 && where.stacked ? 6 : 0, 0, 0));
        grid->addElement(row, column, title);
        grid->addElement(row + 1, column, axes);
        grid->setRowStretchFactor(row, 0.001);
        // A loss falls, the others rise: the corner where there is nothing.
        axes->insetLayout()->setMargins(QMargins(4, 0, 4, 0));
        axes->insetLayout()->addElement(legend, Qt::AlignTop | (which == Plot::Loss ? Qt::AlignRight : Qt::AlignLeft));
        legend->setLayer(QStringLiteral("legend"));
        which == Plot::Loss         ? drawLoss(plot, *axes, *legend, theme)
        : which == Plot::Acceptance ? drawAcceptance(plot, *axes, *legend, theme)
                                    : drawAccuracy(plot, *axes, *legend, theme);
        dressLegend(*legend, *axes->axis(QCPAxis::atLeft), plot.font(), height, theme);
        auto* xAxis = axes->axis(QCPAxis::atBottom);
        xAxis->setRange(-0.02 * lastStep(), 1.03 * lastStep());  // marks at both ends stay whole
        xAxis->ticker()->setTickCount(std::clamp(static_cast<int>(where.width / 90), 2, 6));
        if (!where.stacked || k + 1 == count) {
            xAxis->setLabel(tr("steps done"));
        }
        if (margins != nullptr) {
            axes->setMarginGroup(QCP::msLeft | QCP::msRight, margins);
        }
        if (currentDatum() >= 0 && currentDatum() < datumCount()) {
            const double at = datumX(currentDatum());
            straight(plot, *axes, QPointF(at, 0), QPointF(at, 1), QPen(theme.accent, 1.5));
        }
    }
    grid->setRowSpacing(0);
}

}  // namespace timberline::widgets
