// SPDX-License-Identifier: GPL-3.0-or-later
// What the overview of the heads shows, and its painting. Mouse and keys:
// entropy_map_input.cpp.
#include "widgets/attention/entropy_map_view.h"

#include "widgets/theme/theme.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace timberline::widgets {

namespace {
constexpr double kStripWidth = 30;  ///< narrower cells show the mean
constexpr double kTextWidth = 40;   ///< narrower cells show no number

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

void EntropyMapView::paintCell(QPainter& painter, const QRectF& cell, int layer, int head, Cells content, const ColourScale& scale,
                               const Theme& theme) const
{
    if (content == Cells::Maps) {
        paintThumbnail(painter, cell, layer, head, scale, theme);
        return;
    }
    if (content == Cells::AlongText) {
        paintStrip(painter, cell, layer, head, scale, theme);
        return;
    }
    const double value = m_model->statistic(m_statistic, layer, head);
    drawValueCell(painter, cell, value, scale, theme);
    const QFontMetricsF metrics(painter.font());
    if (cell.width() >= kTextWidth && cell.height() >= metrics.height() && std::isfinite(value) && !m_model->mark(layer, head).changed()) {
        painter.setPen(inkOn(scale.rgb(value)));
        painter.drawText(cell, Qt::AlignCenter, numberText(value, std::min(2, infoOf(m_statistic).digits)));
    }
}

const QImage& EntropyMapView::strips(int columns, const ColourScale& scale, const Theme& theme) const
{
    const int positions = m_model->positions();
    if (m_strips.positions == positions && m_strips.columns == columns && m_strips.statistic == m_statistic &&
        m_strips.revision == m_revision && m_strips.theme == theme.id) {
        return m_strips.image;
    }
    const int layers = m_model->layers();
    const int heads = m_model->heads();
    m_strips = {.image = QImage(columns, layers * heads, QImage::Format_ARGB32_Premultiplied),
                .statistic = m_statistic,
                .positions = positions,
                .columns = columns,
                .revision = m_revision,
                .theme = theme.id};
    std::vector<double> sums(static_cast<std::size_t>(columns));
    std::vector<int> counts(sums.size());
    for (int layer = 0; layer < layers; ++layer) {
        for (int head = 0; head < heads; ++head) {
            std::fill(sums.begin(), sums.end(), 0.0);
            std::fill(counts.begin(), counts.end(), 0);
            for (int position = 0; position < positions; ++position) {
                const double value = m_model->rowValue(m_statistic, layer, head, position);
                if (!std::isnan(value)) {
                    const auto column = static_cast<std::size_t>(static_cast<qint64>(position) * columns / positions);
                    sums[column] += value;
                    ++counts[column];
                }
            }
            auto* line = reinterpret_cast<QRgb*>(m_strips.image.scanLine(layer * heads + head));
            for (std::size_t column = 0; column < sums.size(); ++column) {
                line[column] = counts[column] > 0 ? scale.rgb(sums[column] / counts[column]) : 0;
            }
        }
    }
    return m_strips.image;
}

void EntropyMapView::paintStrip(QPainter& painter, const QRectF& cell, int layer, int head, const ColourScale& scale,
                                const Theme& theme) const
{
    const int columns = std::clamp(static_cast<int>(cell.width()), 1, std::max(1, m_model->positions()));
    const QImage& image = strips(columns, scale, theme);
    const int line = layer * m_model->heads() + head;
    const auto* pixels = reinterpret_cast<const QRgb*>(image.constScanLine(line));
    // Undefined columns are hatched under the image, where it is transparent.
    for (int column = 0; column < columns; ++column) {
        if (pixels[column] == 0) {
            int end = column;
            while (end < columns && pixels[end] == 0) {
                ++end;
            }
            drawUndefined(
                painter,
                QRectF(cell.left() + cell.width() * column / columns, cell.top(), cell.width() * (end - column) / columns, cell.height()),
                theme);
            column = end;
        }
    }
    painter.drawImage(cell, image, QRectF(0, line, columns, 1));
    const int token = m_selection->current().token;
    if (token >= 0 && token < m_model->positions() && cell.height() >= 6) {
        const double x = cell.left() + cell.width() * (token + 0.5) / m_model->positions();
        // A short tick: a line through every cell would hide what it points at.
        painter.setPen(QPen(theme.accent, 2));
        painter.drawLine(QPointF(x, cell.bottom() - std::max(3.0, cell.height() * 0.2)), QPointF(x, cell.bottom() - 1));
    }
}

void EntropyMapView::paintThumbnail(QPainter& painter, const QRectF& cell, int layer, int head, const ColourScale&,
                                    const Theme& theme) const
{
    const int side = m_thumbnails->size;
    const auto first =
        static_cast<std::size_t>(layer * m_model->heads() + head) * static_cast<std::size_t>(side) * static_cast<std::size_t>(side);
    const float* values = m_thumbnails->cells.data() + first;
    float largest = 0;
    for (int i = 0; i < side * side; ++i) {
        largest = std::isfinite(values[i]) ? std::max(largest, values[i]) : largest;
    }
    const ColourMap map = ColourMap::sequential();
    QImage image(side, side, QImage::Format_ARGB32_Premultiplied);
    for (int row = 0; row < side; ++row) {
        auto* line = reinterpret_cast<QRgb*>(image.scanLine(row));
        for (int column = 0; column < side; ++column) {
            const float value = values[row * side + column];
            line[column] = std::isfinite(value) ? map.rgb(largest > 0 ? std::sqrt(static_cast<double>(value / largest)) : 0) : 0;
        }
    }
    const double edge = std::min(cell.width(), cell.height());
    painter.fillRect(cell, mix(theme.background, theme.panel, 0.6));
    painter.setRenderHint(QPainter::SmoothPixmapTransform, edge < side);
    painter.drawImage(QRectF(cell.center().x() - edge / 2, cell.top(), edge, edge), image);
}

void EntropyMapView::paintMark(QPainter& painter, const QRectF& cell, const HeadMark& mark, const Theme& theme) const
{
    painter.save();
    if (mark.factor == 0) {
        // Switched off: washed out and crossed, so that its colour no longer
        // counts.
        QColor wash = theme.background;
        wash.setAlphaF(0.6F);
        painter.fillRect(cell, wash);
        painter.setPen(QPen(theme.rejected, 2));
        painter.drawLine(cell.topLeft() + QPointF(2, 2), cell.bottomRight() - QPointF(2, 2));
        painter.drawLine(cell.bottomLeft() + QPointF(2, -2), cell.topRight() + QPointF(-2, 2));
    }
    painter.setPen(QPen(theme.rejected, 2));
    painter.drawRect(cell.adjusted(1, 1, -2, -2));
    const QFontMetricsF metrics(painter.font());
    const QString sign = mark.sign();
    const double width = metrics.horizontalAdvance(sign) + 6;
    if (cell.width() >= width && cell.height() >= metrics.height()) {
        const QRectF chip(cell.right() - width, cell.top() + 1, width - 1, std::min(metrics.height(), cell.height() - 2));
        painter.fillRect(chip, theme.background);
        painter.setPen(theme.ink);
        painter.drawText(chip, Qt::AlignCenter, sign);
    }
    painter.restore();
}

void EntropyMapView::paintLegend(QPainter& painter, const QSizeF& size, Cells content, const ColourScale& scale, const Theme& theme) const
{
    const QPointF at(4, size.height() - colourLegendHeight(painter.font()) - 2);
    const auto info = infoOf(m_statistic);
    const int digits = info.share || scale.high < 10 ? 2 : 0;
    if (content == Cells::Maps) {
        drawColourLegend(painter, at, size.width() - 8, {.map = ColourMap::sequential(), .low = 0, .high = 1},
                         {.label = tr("weight, share of each head's largest"), .unit = {}, .undefinedText = {}, .digits = 0}, theme);
        return;
    }
    const double end =
        drawColourLegend(painter, at, size.width() - 8, scale,
                         {.label = info.label, .unit = info.unit, .undefinedText = tr("no valid row"), .digits = digits}, theme);
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
        lines.append(tr("%1: %2").arg(infoOf(statistic).label, valueText(statistic, m_model->statistic(statistic, layer, head))));
    }
    if (infoOf(m_statistic).fromEdit) {
        lines.append(tr("%1: %2").arg(infoOf(m_statistic).label, valueText(m_statistic, m_model->statistic(m_statistic, layer, head))));
    }
    lines.append(tr("%n valid rows", nullptr, m_model->validRows(layer, head)));
    if (const auto mark = m_model->mark(layer, head); mark.changed()) {
        lines.append(tr("Edited: %1").arg(mark.sign()));
    }
    return lines.join(QLatin1Char('\n'));
}

QByteArray EntropyMapView::toCsv() const
{
    QString out = QStringLiteral("layer,head,position,entropy_nats,visible,sink,distance\n");
    for (int layer = 0; layer < m_model->layers(); ++layer) {
        for (int head = 0; head < m_model->heads(); ++head) {
            for (int position = 0; position < m_model->positions(); ++position) {
                const auto [rows, row] = m_model->place(position);
                const std::size_t i = rows->at(layer, head, row);
                out += QStringLiteral("%1,%2,%3,%4,%5,%6,%7\n")
                           .arg(layer)
                           .arg(head)
                           .arg(position)
                           .arg(csvNumber(static_cast<double>(rows->entropy[i])))
                           .arg(rows->visible[i])
                           .arg(csvNumber(static_cast<double>(rows->sink[i])), csvNumber(static_cast<double>(rows->distance[i])));
            }
        }
    }
    return out.toUtf8();
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
        .arg(valueText(m_statistic, most));
}

}  // namespace timberline::widgets
