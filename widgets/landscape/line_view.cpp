// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/landscape/line_view.h"

#include "widgets/landscape/plane_text.h"
#include "widgets/plot/qcustomplot_wrapper.h"
#include "widgets/theme/theme.h"

#include <algorithm>
#include <cmath>

namespace timberline::widgets {

std::optional<Barrier> barrierOf(const record::LandscapeGrid& grid, bool test)
{
    const auto& loss = test ? grid.test_loss : grid.loss;
    if (grid.plane.x.kind != "to-point" || !grid.line() || loss.size() != grid.level.size()) {
        return std::nullopt;
    }
    const double step = grid.nx() > 1 ? std::abs(grid.plane.x.high - grid.plane.x.low) / (grid.nx() - 1) : 0;
    std::optional<double> ends[2];
    Barrier out{.height = -std::numeric_limits<double>::infinity()};
    for (int i = 0; i < grid.nx(); ++i) {
        const double alpha = grid.plane.x.at(i);
        const double value = loss[static_cast<std::size_t>(i)];
        if (!std::isfinite(value)) {
            continue;
        }
        for (int end = 0; end < 2; ++end) {
            if (std::abs(alpha - end) < 1e-6 * std::max(1.0, step)) {
                ends[end] = value;
            }
        }
        if (alpha >= -1e-9 && alpha <= 1 + 1e-9 && value > out.height) {
            out.height = value;
            out.at = alpha;
        }
    }
    if (!ends[0] || !ends[1]) {
        return std::nullopt;
    }
    out.base = std::max(*ends[0], *ends[1]);
    out.height -= out.base;
    return out;
}

LineView::LineView(LandscapeModel* model, QWidget* parent)
    : DatumPlot(QStringLiteral("landscape-line"), tr("Slice"), parent), m_model(model)
{
    connect(m_model, &LandscapeModel::gridChanged, this, &LineView::refresh);
    connect(m_model, &LandscapeModel::displayChanged, this, &LineView::refresh);
    connect(m_model, &LandscapeModel::cursorChanged, this, &LineView::refresh);
    refresh();
}

void LineView::refresh()
{
    const auto* grid = m_model->grid();
    if (grid == nullptr) {
        setEmpty(tr("Losses along a line will stand here: a landscape of one dimension, or a slice of the plane through the cursor."));
    } else if (grid->known() == 0) {
        setBusy();
    } else {
        setData();
    }
    invalidate();
}

void LineView::setAlongBeta(bool on)
{
    m_alongBeta = on;
    refresh();
}

bool LineView::slicedAlongBeta() const
{
    const auto* grid = m_model->grid();
    return m_alongBeta && grid != nullptr && !grid->line();
}

int LineView::datumCount() const
{
    const auto* grid = m_model->grid();
    return grid == nullptr ? 0 : slicedAlongBeta() ? grid->ny() : grid->nx();
}

std::size_t LineView::cellOf(int datum) const
{
    const auto* grid = m_model->grid();
    const QPoint cursor = m_model->cursorCell();
    return slicedAlongBeta() ? grid->index(cursor.x(), datum) : grid->index(datum, cursor.y());
}

double LineView::datumX(int datum) const
{
    const auto* grid = m_model->grid();
    return slicedAlongBeta() ? grid->plane.y.at(datum) : grid->plane.x.at(datum);
}

QString LineView::datumText(int datum) const
{
    const auto* grid = m_model->grid();
    if (grid == nullptr) {
        return {};
    }
    const auto k = cellOf(datum);
    QString text = (slicedAlongBeta() ? QStringLiteral("β = ") : QStringLiteral("α = ")) + shortNumber(datumX(datum));
    if (grid->level[k] < 0) {
        return text + QLatin1Char('\n') + tr("not computed yet");
    }
    text += QLatin1Char('\n') + tr("training loss %1").arg(PlaneText::lossText(grid->loss[k], grid->standard_error[k]));
    if (!grid->test_loss.empty()) {
        text += QLatin1Char('\n') + tr("test loss %1").arg(PlaneText::lossText(grid->test_loss[k], grid->test_standard_error[k]));
    }
    return text;
}

int LineView::currentDatum() const
{
    if (m_model->grid() == nullptr) {
        return -1;
    }
    const QPoint cell = m_model->cursorCell();
    return slicedAlongBeta() ? cell.y() : cell.x();
}

void LineView::chooseDatum(int datum)
{
    const QPoint cell = m_model->cursorCell();
    m_model->setCursorCell(slicedAlongBeta() ? QPoint(cell.x(), datum) : QPoint(datum, cell.y()));
}

void LineView::addSurface(QCustomPlot& plot, const Theme& theme, bool test, QVector<double>& notFinite) const
{
    const auto& grid = *m_model->grid();
    const bool accuracy = m_model->scale().mode() == HeightMode::Accuracy;
    const auto& value = accuracy ? (test ? grid.test_accuracy : grid.accuracy) : (test ? grid.test_loss : grid.loss);
    const auto& error = test ? grid.test_standard_error : grid.standard_error;
    if (value.size() != grid.level.size()) {
        return;
    }
    const QColor color = test ? theme.rejected : theme.accepted;
    QVector<double> x;
    QVector<double> y;
    QVector<double> low;
    QVector<double> high;
    for (int datum = 0; datum < datumCount(); ++datum) {
        const auto k = cellOf(datum);
        if (grid.level[k] < 0) {
            continue;
        }
        if (!std::isfinite(value[k])) {
            notFinite.append(datumX(datum));
        }
        // A gap, not a line across, where the loss is not finite.
        const double at = std::isfinite(value[k]) ? value[k] : std::numeric_limits<double>::quiet_NaN();
        const double spread = !accuracy && error.size() == value.size() && std::isfinite(error[k]) ? error[k] : 0;
        x.append(datumX(datum));
        y.append(at);
        low.append(at - spread);
        high.append(at + spread);
    }
    auto* lower = plot.addGraph();
    auto* upper = plot.addGraph();
    for (auto* edge : {lower, upper}) {
        edge->setPen(Qt::NoPen);
        edge->removeFromLegend();
    }
    lower->setData(x, low);
    upper->setData(x, high);
    QColor band = color;
    band.setAlphaF(0.22F);
    upper->setBrush(QBrush(band, test ? Qt::BDiagPattern : Qt::SolidPattern));
    upper->setChannelFillGraph(lower);
    auto* graph = plot.addGraph();
    graph->setName(PlaneText::surfaceName(test));
    graph->setPen(QPen(color, 2, test ? Qt::DashLine : Qt::SolidLine));
    graph->setData(x, y);
    if (x.size() < 40) {
        graph->setScatterStyle(QCPScatterStyle(test ? QCPScatterStyle::ssDiamond : QCPScatterStyle::ssDisc, color, color, 5));
    }
}

void LineView::rebuild(QCustomPlot& plot, const Theme& theme) const
{
    const auto* grid = m_model->grid();
    if (grid == nullptr) {
        return;
    }
    const auto shown = m_model->surfaces();
    QVector<double> notFinite;
    if (shown != ShownSurfaces::Test) {
        addSurface(plot, theme, false, notFinite);
    }
    if (shown != ShownSurfaces::Train) {
        addSurface(plot, theme, true, notFinite);
    }
    const auto mode = m_model->scale().mode();
    if (mode == HeightMode::LogLoss) {
        plot.yAxis->setScaleType(QCPAxis::stLogarithmic);
        plot.yAxis->setTicker(QSharedPointer<QCPAxisTickerLog>::create());
        plot.yAxis->setNumberFormat(QStringLiteral("gb"));
        plot.yAxis->setNumberPrecision(0);
    }
    plot.rescaleAxes();
    if (mode == HeightMode::LogLoss) {
        plot.yAxis->setRange(std::max(plot.yAxis->range().lower, 1e-12) / 1.2, std::max(plot.yAxis->range().upper, 1e-11) * 1.2);
    } else {
        plot.yAxis->scaleRange(1.12);
    }
    if (grid->plane.clip > 0 && mode == HeightMode::Loss && plot.yAxis->range().upper > grid->plane.clip) {
        plot.yAxis->setRangeUpper(std::max(grid->plane.clip, plot.yAxis->range().lower + 1e-9));
    }
    const double first = datumX(0);
    const double last = datumX(datumCount() - 1);
    plot.xAxis->setRange(std::min(first, last) - (first == last ? 0.5 : 0), std::max(first, last) + (first == last ? 0.5 : 0));
    if (!notFinite.isEmpty()) {
        auto* crosses = plot.addGraph();
        crosses->setName(tr("NaN or infinite"));
        crosses->setLineStyle(QCPGraph::lsNone);
        crosses->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssCross, theme.rejected, 7));
        crosses->setData(notFinite, QVector<double>(notFinite.size(), plot.yAxis->range().upper));
        crosses->setAntialiasedScatters(true);
    }
    if (const auto barrier = barrierOf(*grid, shown == ShownSurfaces::Test); barrier && mode != HeightMode::Accuracy) {
        auto* bracket = new QCPItemLine(&plot);
        bracket->start->setCoords(barrier->at, barrier->base);
        bracket->end->setCoords(barrier->at, barrier->base + barrier->height);
        bracket->setHead(QCPLineEnding::esBar);
        bracket->setTail(QCPLineEnding::esBar);
        bracket->setPen(QPen(theme.ink, 1));
        auto* text = new QCPItemText(&plot);
        text->setPositionAlignment(Qt::AlignHCenter | Qt::AlignBottom);
        text->position->setCoords(barrier->at, barrier->base + barrier->height);
        text->setPadding(QMargins(0, 0, 0, 10));
        text->setText(tr("barrier %1").arg(shortNumber(barrier->height, 3)));
        text->setColor(theme.ink);
        text->setFont(plot.font());
    }
    const bool beta = slicedAlongBeta();
    plot.xAxis->setLabel(grid->line() ? PlaneText::axisTitle(grid->plane, false)
                         : beta       ? tr("β, at α = %1").arg(shortNumber(m_model->cursor().x()))
                                      : tr("α, at β = %1").arg(shortNumber(m_model->cursor().y())));
    plot.yAxis->setLabel(mode == HeightMode::Accuracy ? tr("accuracy") : tr("loss"));
    drawCursor(plot, theme);
    placeLegend(plot);
}

QByteArray LineView::toCsv() const
{
    QString out = QStringLiteral("alpha,beta,loss,standard_error,test_loss,test_standard_error\n");
    const auto* grid = m_model->grid();
    const auto cell = [](const std::vector<double>& values, std::size_t k) {
        return k < values.size() ? QString::number(values[k], 'g', 12) : QString();
    };
    for (int datum = 0; datum < datumCount(); ++datum) {
        const auto k = cellOf(datum);
        if (grid->level[k] >= 0) {
            const QPointF other = m_model->cursor();
            const double alpha = slicedAlongBeta() ? other.x() : datumX(datum);
            const double beta = slicedAlongBeta() ? datumX(datum) : other.y();
            out += QStringLiteral("%1,%2,").arg(alpha, 0, 'g', 12).arg(beta, 0, 'g', 12) + cell(grid->loss, k) + QLatin1Char(',') +
                   cell(grid->standard_error, k) + QLatin1Char(',') + cell(grid->test_loss, k) + QLatin1Char(',') +
                   cell(grid->test_standard_error, k) + QLatin1Char('\n');
        }
    }
    return out.toUtf8();
}

QStringList LineView::extraFormats() const
{
    return {QStringLiteral("npy")};
}

QByteArray LineView::toFormat(const QString& suffix) const
{
    const auto* grid = m_model->grid();
    return grid != nullptr && suffix == QLatin1String("npy") ? QByteArray::fromStdString(record::grid_npy(*grid)) : QByteArray();
}

QString LineView::summary() const
{
    const auto* grid = m_model->grid();
    if (grid == nullptr || datumCount() == 0 || currentDatum() < 0) {
        return tr("No losses along a line yet.");
    }
    QString text = datumText(currentDatum()).replace(QLatin1Char('\n'), QStringLiteral(", ")) + QLatin1Char('.');
    if (const auto barrier = barrierOf(*grid, false)) {
        text += QLatin1Char(' ') + tr("Barrier %1 at α = %2.").arg(shortNumber(barrier->height), shortNumber(barrier->at));
    }
    return text;
}

}  // namespace timberline::widgets
