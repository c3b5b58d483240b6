// SPDX-License-Identifier: GPL-3.0-or-later
// What the overview of the heads shows, and its painting. Mouse and keys:
// entropy_map_input.cpp.
#include "widgets/attention/entropy_map_view.h"

#include "widgets/attention/text_plot.h"
#include "widgets/theme/theme.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace timberline::widgets {

namespace {
constexpr double kStripWidth = 16;  ///< narrower cells show the mean

QString word()
{
    return EntropyMapView::tr("The heads of every layer will stand here, "
                              "coloured by how widely they attend: press Run.");
}
}  // namespace

EntropyMapView::EntropyMapView(AttentionModel* model, SelectionModel* selection, QWidget* parent)
    : View(QStringLiteral("attention-heads"), tr("Heads by layer"), parent), m_model(model), m_selection(selection)
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setEmpty(word());
    connect(m_model, &AttentionModel::changed, this, &EntropyMapView::refresh);
    connect(m_model, &AttentionModel::marksChanged, this, qOverload<>(&QWidget::update));
    connect(m_model, &AttentionModel::effectChanged, this, qOverload<>(&QWidget::update));
    connect(m_model, &AttentionModel::recordReplaced, this, [this] { m_thumbnails.reset(); });
    connect(m_selection, &SelectionModel::changed, this, qOverload<>(&QWidget::update));
    connect(m_selection, &SelectionModel::hoverChanged, this, qOverload<>(&QWidget::update));
    refresh();
}

void EntropyMapView::refresh()
{
    ++m_revision;
    if (m_model->empty()) {
        setEmpty(word());
    } else {
        setData();
        if (m_cells == Cells::Maps && (!m_thumbnails || m_thumbnails->positions != m_model->positions())) {
            Q_EMIT thumbnailsNeeded();
        }
    }
    setAccessibleDescription(summary());
    update();
}

void EntropyMapView::setStatistic(HeadStatistic statistic)
{
    m_statistic = statistic;
    setAccessibleDescription(summary());
    update();
}

void EntropyMapView::setUnit(EntropyUnit unit)
{
    m_unit = unit;
    setAccessibleDescription(summary());
    update();
}

void EntropyMapView::setCells(Cells cells)
{
    m_cells = cells;
    refresh();
}

void EntropyMapView::setThumbnails(std::optional<record::AttentionThumbnails> thumbnails)
{
    m_thumbnails = std::move(thumbnails);
    update();
}

EntropyMapView::Grid EntropyMapView::gridFor(const QSizeF& size, const QFont& font, double zoom, const QPointF& offset) const
{
    const QFontMetricsF metrics(font);
    Grid grid;
    const double left = metrics.horizontalAdvance(tr("layer") + QStringLiteral(" 0")) + 12;
    grid.header = metrics.height() + 4;
    grid.bracket = m_model->groupSize() > 1 ? metrics.height() + 6 : 0;
    const double bottom = colourLegendHeight(font) + 8;
    grid.area = QRectF(left, grid.header + grid.bracket, std::max(16.0, size.width() - left - 4),
                       std::max(16.0, size.height() - grid.header - grid.bracket - bottom));
    const int heads = std::max(1, m_model->heads());
    const int layers = std::max(1, m_model->layers());
    // Cells are at most twice as wide as high (strips) and never higher than
    // wide: a wide window gives wider strips, not towers.
    double width = grid.area.width() / heads;
    double height = std::min(grid.area.height() / layers, width);
    width = std::min(width, std::max(height * 6, 4.0));
    grid.cellWidth = width * zoom;
    grid.cellHeight = height * zoom;
    grid.gap = grid.cellHeight < 8 ? 1 : 2;
    const double most = std::max(0.0, grid.cellWidth * heads - grid.area.width());
    const double mostY = std::max(0.0, grid.cellHeight * layers - grid.area.height());
    grid.origin = grid.area.topLeft() - QPointF(std::clamp(offset.x(), 0.0, most), std::clamp(offset.y(), 0.0, mostY));
    return grid;
}

EntropyMapView::Grid EntropyMapView::screenGrid() const
{
    return gridFor(size(), font(), m_zoom, m_offset);
}

QRectF EntropyMapView::cellRect(int layer, int head) const
{
    return screenGrid().cell(layer, head);
}

EntropyMapView::Cells EntropyMapView::contentOf(const Grid& grid) const
{
    if (m_cells == Cells::Maps && m_thumbnails && m_thumbnails->layers == m_model->layers() && m_thumbnails->heads == m_model->heads() &&
        grid.cellHeight >= 8) {
        return Cells::Maps;
    }
    const bool strip = m_cells == Cells::AlongText || m_cells == Cells::Auto;
    return strip && infoOf(m_statistic).perRow && grid.cellWidth >= kStripWidth ? Cells::AlongText : Cells::Mean;
}

ColourScale EntropyMapView::scaleFor(Cells content, const Theme& theme) const
{
    const auto [low, high] = m_model->scaleOf(m_statistic, content == Cells::AlongText);
    if (low < 0) {
        return ColourScale::centred(high, theme);
    }
    return {.map = ColourMap::sequential(), .low = low, .high = high};
}

void EntropyMapView::paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const
{
    if (!paintState(painter, QRectF(QPointF(0, 0), size), theme)) {
        paintGrid(painter, gridFor(size, painter.font(), 1, {}), size, theme, false);
    }
}

QSizeF EntropyMapView::contentSize() const
{
    return {std::max(320.0, 64.0 * m_model->heads() + 60), std::max(200.0, 30.0 * m_model->layers() + 90)};
}

void EntropyMapView::paintGrid(QPainter& painter, const Grid& grid, const QSizeF& size, const Theme& theme, bool interactive) const
{
    const Cells content = contentOf(grid);
    const ColourScale scale = scaleFor(content, theme);
    paintHeadings(painter, grid, theme);
    painter.save();
    painter.setClipRect(grid.area.adjusted(-2, -2, 2, 2));
    painter.setRenderHint(QPainter::Antialiasing, false);
    const auto range = [](double from, double to, double step, int count) {
        const int first = std::clamp(static_cast<int>(std::floor(from / step)), 0, count);
        return std::pair{first, std::clamp(static_cast<int>(std::ceil(to / step)), first, count)};
    };
    const auto [firstHead, endHead] =
        range(grid.area.left() - grid.origin.x(), grid.area.right() - grid.origin.x(), grid.cellWidth, m_model->heads());
    const auto [firstLayer, endLayer] =
        range(grid.area.top() - grid.origin.y(), grid.area.bottom() - grid.origin.y(), grid.cellHeight, m_model->layers());
    for (int layer = firstLayer; layer < endLayer; ++layer) {
        for (int head = firstHead; head < endHead; ++head) {
            const QRectF cell = grid.cell(layer, head);
            paintCell(painter, cell, layer, head, content, scale, theme);
            if (const HeadMark mark = m_model->mark(layer, head); mark.changed()) {
                paintMark(painter, cell, mark, theme);
            }
        }
    }
    if (interactive) {
        const auto& selected = m_selection->current();
        const auto frame = [&](int layer, int head, const QPen& pen) {
            if (layer >= 0 && layer < m_model->layers() && head >= 0 && head < m_model->heads()) {
                painter.setPen(pen);
                painter.setBrush(Qt::NoBrush);
                painter.drawRect(grid.cell(layer, head).adjusted(-1, -1, 0, 0));
            }
        };
        frame(m_hovered.first, m_hovered.second, QPen(theme.ink, 1));
        frame(m_selection->hovered().layer, m_selection->hovered().head, QPen(theme.ink, 1));
        frame(selected.layer, selected.head, QPen(theme.accent, 3));
        if (content == Cells::AlongText && selected.layer >= 0 && selected.head >= 0 && selected.token >= 0 &&
            selected.token < m_model->positions()) {
            const QRectF cell = grid.cell(selected.layer, selected.head);
            const double x = cell.left() + cell.width() * (selected.token + 0.5) / m_model->positions();
            painter.drawLine(QPointF(x, cell.top()), QPointF(x, cell.bottom()));
        }
    }
    painter.restore();
    paintLegend(painter, size, content, scale, theme);
}

void EntropyMapView::paintHeadings(QPainter& painter, const Grid& grid, const Theme& theme) const
{
    const QFontMetricsF metrics(painter.font());
    painter.save();
    painter.setPen(theme.quietInk);
    const double top = grid.bracket;
    painter.drawText(QRectF(0, top, grid.area.left() - 6, grid.header), Qt::AlignRight | Qt::AlignVCenter, tr("head"));
    const double widest = metrics.horizontalAdvance(QString::number(std::max(0, m_model->heads() - 1))) + 6;
    const int every = std::max(1, static_cast<int>(std::ceil(widest / grid.cellWidth)));
    painter.setClipRect(QRectF(grid.area.left() - 2, 0, grid.area.width() + 4, grid.area.top()));
    for (int head = 0; head < m_model->heads(); ++head) {
        const QRectF cell = grid.cell(0, head);
        if (head % every == 0) {
            painter.drawText(QRectF(cell.center().x() - 40, top, 80, grid.header), Qt::AlignCenter, QString::number(head));
        }
        if (grid.bracket > 0 && head % m_model->groupSize() == 0) {
            const QRectF last = grid.cell(0, head + m_model->groupSize() - 1);
            const QString name = tr("kv %1").arg(head / m_model->groupSize());
            const double middle = (cell.left() + last.right()) / 2;
            const double half = metrics.horizontalAdvance(name) / 2 + 4;
            const double y = grid.bracket * 0.55;
            const bool named = 2 * half + 8 < last.right() - cell.left();
            painter.setPen(QPen(theme.quietInk, 1));
            painter.drawLine(QPointF(cell.left() + 1, y + 4), QPointF(cell.left() + 1, y));
            painter.drawLine(QPointF(last.right() - 1, y + 4), QPointF(last.right() - 1, y));
            painter.drawLine(QPointF(cell.left() + 1, y), QPointF(named ? middle - half : last.right() - 1, y));
            if (named) {
                painter.drawLine(QPointF(middle + half, y), QPointF(last.right() - 1, y));
                painter.drawText(QRectF(middle - half, 0, 2 * half, grid.bracket), Qt::AlignCenter, name);
            }
        }
    }
    painter.setClipRect(QRectF(0, grid.area.top() - 2, grid.area.left(), grid.area.height() + 4));
    const int everyLayer = std::max(1, static_cast<int>(std::ceil(metrics.height() / grid.cellHeight)));
    for (int layer = 0; layer < m_model->layers(); layer += everyLayer) {
        const QRectF cell = grid.cell(layer, 0);
        painter.drawText(QRectF(0, cell.center().y() - metrics.height(), grid.area.left() - 6, 2 * metrics.height()),
                         Qt::AlignRight | Qt::AlignVCenter, layer == 0 ? tr("layer") + QStringLiteral(" 0") : QString::number(layer));
    }
    painter.restore();
}

void EntropyMapView::paintLegend(QPainter& painter, const QSizeF& size, Cells content, const ColourScale& scale, const Theme& theme) const
{
    const QPointF at(4, size.height() - colourLegendHeight(painter.font()) - 2);
    const auto info = infoOf(m_statistic);
    const ColourScale shown{
        .map = scale.map, .low = inUnit(m_statistic, scale.low, m_unit), .high = inUnit(m_statistic, scale.high, m_unit)};
    const int digits = info.share || shown.high < 10 ? 2 : 0;
    if (content == Cells::Maps) {
        const ColourScale shares{.map = ColourMap::sequential(), .low = 0, .high = 1};
        const ColourLegend legend{.label = tr("weight, share of each head's largest"), .unit = {}, .undefinedText = {}, .digits = 0};
        drawColourLegend(painter, at, size.width() - 8, shares, fittedLegend(legend, shares, painter.font(), size.width() - 8), theme);
        return;
    }
    const ColourLegend legend{.label = info.label,
                              .unit = info.nats ? entropyUnitName(m_unit) : info.unit,
                              .undefinedText = tr("no valid row"),
                              .digits = digits};
    const double end =
        drawColourLegend(painter, at, size.width() - 8, shown, fittedLegend(legend, shown, painter.font(), size.width() - 8), theme);
    if (content == Cells::AlongText) {
        const QString text = tr("cells: text from left to right");
        if (end + 12 + QFontMetricsF(painter.font()).horizontalAdvance(text) < size.width()) {
            painter.setPen(theme.quietInk);
            painter.drawText(QRectF(end + 12, at.y(), size.width() - end - 14, colourLegendHeight(painter.font())),
                             Qt::AlignRight | Qt::AlignVCenter, text);
        }
    }
}

QString EntropyMapView::cellText(int layer, int head) const
{
    if (layer < 0 || head < 0 || m_model->empty()) {
        return {};
    }
    QStringList lines;
    lines.append(m_model->groupSize() > 1
                     ? tr("Layer %1, head %2 (keys and values of kv %3)").arg(layer).arg(head).arg(head / m_model->groupSize())
                     : tr("Layer %1, head %2").arg(layer).arg(head));
    for (const auto statistic :
         {HeadStatistic::NormalisedEntropy, HeadStatistic::Entropy, HeadStatistic::EffectiveContext, HeadStatistic::Largest,
          HeadStatistic::Sink, HeadStatistic::Distance, HeadStatistic::Previous, HeadStatistic::Induction}) {
        lines.append(tr("%1: %2").arg(infoOf(statistic).label, valueText(statistic, m_model->statistic(statistic, layer, head), m_unit)));
    }
    if (infoOf(m_statistic).fromEdit) {
        lines.append(
            tr("%1: %2").arg(infoOf(m_statistic).label, valueText(m_statistic, m_model->statistic(m_statistic, layer, head), m_unit)));
    }
    lines.append(tr("%n valid rows", nullptr, m_model->validRows(layer, head)));
    if (const auto mark = m_model->mark(layer, head); mark.changed()) {
        lines.append(tr("Edited: %1").arg(mark.sign()));
    }
    return lines.join(QLatin1Char('\n'));
}

QByteArray EntropyMapView::toCsv() const
{
    return QByteArray::fromStdString(record::heads_csv(m_model->fold()));
}

QString EntropyMapView::summary() const
{
    if (m_model->empty()) {
        return tr("No heads yet.");
    }
    const auto info = infoOf(m_statistic);
    int bestLayer = 0, bestHead = 0;
    double most = -std::numeric_limits<double>::infinity();
    for (int layer = 0; layer < m_model->layers(); ++layer) {
        for (int head = 0; head < m_model->heads(); ++head) {
            if (const double value = m_model->statistic(m_statistic, layer, head); value > most) {
                most = value;
                bestLayer = layer;
                bestHead = head;
            }
        }
    }
    return tr("%1 layers of %2 heads over %3 positions, coloured by %4. Largest: "
              "head %5 of layer %6 with %7.")
        .arg(m_model->layers())
        .arg(m_model->heads())
        .arg(m_model->positions())
        .arg(info.label)
        .arg(bestHead)
        .arg(bestLayer)
        .arg(valueText(m_statistic, most, m_unit));
}

}  // namespace timberline::widgets
