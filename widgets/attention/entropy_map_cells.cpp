// SPDX-License-Identifier: GPL-3.0-or-later
// What stands in one cell of the overview: a mean, a strip along the text, a thumbnail, the sign of an edit.
#include "widgets/attention/entropy_map_view.h"
#include "widgets/theme/theme.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace timberline::widgets {

namespace {
constexpr double kTextWidth = 40;  ///< narrower cells show no number
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
        painter.drawText(cell, Qt::AlignCenter, numberText(inUnit(m_statistic, value, m_unit), std::min(2, infoOf(m_statistic).digits)));
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
    painter.drawImage(cell, image.copy(0, line, columns, 1));  // only the line: vector files keep what they are given
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
    if (cell.width() >= 1.8 * width && cell.height() >= metrics.height()) {
        const QRectF chip(cell.right() - width, cell.top() + 1, width - 1, std::min(metrics.height(), cell.height() - 2));
        painter.fillRect(chip, theme.background);
        painter.setPen(theme.ink);
        painter.drawText(chip, Qt::AlignCenter, sign);
    }
    painter.restore();
}

}  // namespace timberline::widgets
