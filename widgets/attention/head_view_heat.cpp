// SPDX-License-Identifier: GPL-3.0-or-later
// The map of one head as cells.
#include "widgets/attention/head_view.h"
#include "widgets/attention/text_plot.h"
#include "widgets/theme/theme.h"

#include <QFontDatabase>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace timberline::widgets {

namespace {

QFont fixedFont(const QFont& body)
{
    QFont font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    font.setPointSizeF(body.pointSizeF());
    return font;
}

constexpr int kLabelLetters = 9;

}  // namespace

double HeadView::captionHeight(const QFont& font) const
{
    return QFontMetricsF(font).height() + 6;
}

void HeadView::paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const
{
    paintView(painter, size, theme, false);
}

QSizeF HeadView::contentSize() const
{
    const double cells = std::clamp(m_model->positions() * 14.0, 240.0, 1400.0);
    return {cells + 110, cells + 150};
}

void HeadView::paintView(QPainter& painter, const QSizeF& size, const Theme& theme, bool interactive) const
{
    const bool partial = state() == ViewState::Partial;  // missing rows are hatched in their places; the caption says why
    if (!partial && paintState(painter, QRectF(QPointF(0, 0), size), theme)) {
        return;
    }
    paintCaption(painter, size, theme);
    if (m_style == Style::Heat) {
        paintHeat(painter, heatFor(size, painter.font(), interactive ? m_zoom : 1, interactive ? m_offset : QPointF()), theme, interactive);
    } else {
        paintArcs(painter, arcsFor(size, painter.font(), interactive ? m_firstLine : 0), size, theme, interactive);
    }
    paintLegend(painter, size, theme);
}

void HeadView::paintCaption(QPainter& painter, const QSizeF& size, const Theme& theme) const
{
    const QFontMetricsF metrics(painter.font());
    QString text = m_model->groupSize() > 1 ? tr("layer %1 · head %2 · kv %3").arg(m_layer).arg(m_head).arg(m_head / m_model->groupSize())
                                            : tr("layer %1 · head %2").arg(m_layer).arg(m_head);
    if (const auto mark = m_model->mark(m_layer, m_head); mark.changed()) {
        text += QStringLiteral(" · ") + mark.sign();
    }
    painter.setPen(theme.ink);
    painter.drawText(QRectF(4, 0, size.width() - 8, captionHeight(painter.font())), Qt::AlignLeft | Qt::AlignVCenter, text);
    const double used = metrics.horizontalAdvance(text) + 24;
    QString right;
    if (state() == ViewState::Partial) {
        right = stateText();
    } else if (m_tiles.implied()) {
        right = tr("what-if, model not trained for this");
    } else if (state() == ViewState::Busy) {
        right = tr("computing rows …");
    }
    painter.setPen(theme.quietInk);
    painter.drawText(QRectF(used, 0, std::max(0.0, size.width() - used - 6), captionHeight(painter.font())),
                     Qt::AlignRight | Qt::AlignVCenter, metrics.elidedText(right, Qt::ElideMiddle, std::max(0.0, size.width() - used - 6)));
}

void HeadView::paintLegend(QPainter& painter, const QSizeF& size, const Theme& theme) const
{
    const auto value = shownValue();
    const bool difference = value == MapTiles::Value::Difference;
    const QString label = difference ? tr("edited − unchanged")
                          : value == MapTiles::Value::Base
                              ? (m_root ? tr("weight of the unchanged model, √ scale") : tr("weight of the unchanged model"))
                          : m_style == Style::Heat && m_root ? tr("weight, √ scale")
                                                             : tr("weight");
    const QPointF at(4, size.height() - colourLegendHeight(painter.font()) - 2);
    if (m_style == Style::Arcs) {
        painter.setPen(theme.quietInk);
        painter.drawText(QRectF(4, at.y(), size.width() - 8, colourLegendHeight(painter.font())), Qt::AlignLeft | Qt::AlignVCenter,
                         QFontMetricsF(painter.font())
                             .elidedText(tr("width and strength: weight, from 0.02 on · left "
                                            "queries, right keys"),
                                         Qt::ElideRight, size.width() - 8));
        return;
    }
    const bool missing = m_tiles.missing(0, m_model->positions()).first < m_model->positions();
    const ColourScale scale = scaleFor(theme);
    const ColourLegend legend{
        .label = label, .unit = {}, .undefinedText = missing ? tr("not computed") : QString(), .digits = difference ? 3 : 1};
    drawColourLegend(painter, at, size.width() - 8, scale, fittedLegend(legend, scale, painter.font(), size.width() - 8), theme);
}

HeadView::Heat HeadView::heatFor(const QSizeF& size, const QFont& font, double zoom, const QPointF& offset) const
{
    const QFontMetricsF metrics(fixedFont(font));
    Heat heat;
    const double caption = captionHeight(font);
    const double legend = colourLegendHeight(font) + 6;
    const int positions = std::max(1, m_model->positions());
    // Labels as long as the longest token needs, up to what leaves the map the
    // larger part.
    double longest = metrics.averageCharWidth() * 3;
    const int looked = std::min(positions, 400);
    for (int position = 0; position < looked; ++position) {
        longest = std::max(longest, metrics.horizontalAdvance(m_model->tokenLabel(position)));
    }
    const double most = metrics.averageCharWidth() * kLabelLetters;
    heat.left = std::min({longest, most, size.width() * 0.25}) + 12;
    heat.top = caption + std::min({longest, most, size.height() * 0.2}) + 8;
    heat.area =
        QRectF(heat.left, heat.top, std::max(16.0, size.width() - heat.left - 6), std::max(16.0, size.height() - heat.top - legend - 4));
    const double edge = std::min(heat.area.width(), heat.area.height());
    heat.cell = std::min(edge / positions, metrics.height() * 2.2) * zoom;
    const double whole = heat.cell * positions;
    heat.origin = heat.area.topLeft() - QPointF(std::clamp(offset.x(), 0.0, std::max(0.0, whole - heat.area.width())),
                                                std::clamp(offset.y(), 0.0, std::max(0.0, whole - heat.area.height())));
    return heat;
}

void HeadView::paintHeat(QPainter& painter, const Heat& heat, const Theme& theme, bool interactive) const
{
    painter.save();
    painter.setClipRect(heat.area);
    painter.setRenderHint(QPainter::Antialiasing, false);
    paintCells(painter, heat, theme);
    const Point lit = interactive ? active() : Point{};
    const auto band = [&](const QRectF& rect) {
        painter.setPen(QPen(mix(theme.accent, theme.background, 0.25), 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(rect);
    };
    if (lit.query >= 0) {
        band(QRectF(heat.origin.x(), heat.origin.y() + lit.query * heat.cell, (lit.query + 1) * heat.cell, std::max(2.0, heat.cell)));
    }
    if (lit.key >= 0) {
        band(QRectF(heat.origin.x() + lit.key * heat.cell, heat.origin.y() + lit.key * heat.cell, std::max(2.0, heat.cell),
                    (m_model->positions() - lit.key) * heat.cell));
    }
    if (interactive && query() >= 0 && m_key >= 0) {
        const QRectF cell = heat.rect(query(), m_key);
        const double grow = heat.cell < 6 ? 3 : 1;
        painter.setPen(QPen(theme.accent, 2));
        painter.drawRect(cell.adjusted(-grow, -grow, grow - 1, grow - 1));
    }
    painter.restore();
    paintHeatLabels(painter, heat, theme, lit);
}

void HeadView::paintCells(QPainter& painter, const Heat& heat, const Theme& theme) const
{
    const int positions = m_model->positions();
    const auto span = [&](double from, double length, double origin) {
        const int first = std::clamp(static_cast<int>(std::floor((from - origin) / heat.cell)), 0, positions);
        return std::pair{first, std::clamp(static_cast<int>(std::ceil((from + length - origin) / heat.cell)), first, positions)};
    };
    const auto [left, right] = span(heat.area.left(), heat.area.width(), heat.origin.x());
    const auto [top, bottom] = span(heat.area.top(), heat.area.height(), heat.origin.y());
    const QRect window(left, top, right - left, bottom - top);
    if (window.isEmpty()) {
        return;
    }
    for (auto [first, end] = m_tiles.missing(top, bottom); first < end; std::tie(first, end) = m_tiles.missing(end, bottom)) {
        QPolygonF wedge;  // only what a causal query would see
        wedge << heat.rect(first, 0).topLeft() << heat.rect(first, first).topRight() << heat.rect(end - 1, end - 1).bottomRight()
              << heat.rect(end - 1, 0).bottomLeft();
        painter.setPen(Qt::NoPen);
        painter.setBrush(QBrush(mix(theme.hairline, theme.quietInk, 0.35), Qt::BDiagPattern));
        painter.drawPolygon(wedge);
    }
    const QSize pixels(std::min(window.width(), std::max(1, static_cast<int>(std::ceil(window.width() * heat.cell)))),
                       std::min(window.height(), std::max(1, static_cast<int>(std::ceil(window.height() * heat.cell)))));
    if (m_picture.window != window || m_picture.pixels != pixels || m_picture.revision != m_revision || m_picture.theme != theme.id) {
        const bool difference = shownValue() == MapTiles::Value::Difference;
        m_picture = {.image = m_tiles.picture(shownValue(), window, pixels, scaleFor(theme), m_root && !difference),
                     .window = window,
                     .pixels = pixels,
                     .revision = m_revision,
                     .theme = theme.id};
    }
    painter.drawImage(QRectF(heat.origin.x() + left * heat.cell, heat.origin.y() + top * heat.cell, window.width() * heat.cell,
                             window.height() * heat.cell),
                      m_picture.image);
}

void HeadView::paintHeatLabels(QPainter& painter, const Heat& heat, const Theme& theme, const Point& lit) const
{
    painter.save();
    const QFont fixed = fixedFont(painter.font());
    const QFontMetricsF metrics(fixed);
    painter.setFont(fixed);
    const double line = metrics.height() * 0.95;
    const int every = std::max(1, static_cast<int>(std::ceil(line / heat.cell)));
    const auto near = [&](int position, int strong) {
        return strong >= 0 && position != strong && std::abs(position - strong) * heat.cell < line;
    };
    const auto label = [&](int position, bool strong, bool query) {
        const QRectF cell = heat.rect(position, position);
        const double middle = query ? cell.center().y() : cell.center().x();
        if (query ? (middle < heat.area.top() || middle > heat.area.bottom()) : (middle < heat.area.left() || middle > heat.area.right())) {
            return;
        }
        painter.setPen(strong ? theme.ink : theme.quietInk);
        const double room = query ? heat.left - 10 : heat.top - captionHeight(font()) - 6;
        const QString text = metrics.elidedText(m_model->tokenLabel(position), Qt::ElideMiddle, room);
        const QRectF box(0, 0, room, metrics.height());
        painter.save();
        if (query) {
            painter.translate(4, middle - metrics.height() / 2);
        } else {
            painter.translate(middle - metrics.height() / 2, heat.top - 4);
            painter.rotate(-90);
        }
        if (strong) {
            painter.fillRect(box.adjusted(-2, 0, 2, 0), mix(theme.background, theme.accent, 0.25));
        }
        painter.drawText(box, (query ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter, text);
        painter.restore();
    };
    for (int position = 0; position < m_model->positions(); position += every) {
        if (position != lit.query && !near(position, lit.query)) {
            label(position, false, true);
        }
        if (position != lit.key && !near(position, lit.key)) {
            label(position, false, false);
        }
    }
    if (lit.query >= 0) {
        label(lit.query, true, true);
    }
    if (lit.key >= 0) {
        label(lit.key, true, false);
    }
    painter.restore();
}

QRectF HeadView::cellRect(int query, int key) const
{
    return heatFor(size(), font(), m_zoom, m_offset).rect(query, key);
}

QRectF HeadView::queryRect(int query) const
{
    if (m_style == Style::Arcs) {
        const Arcs arcs = arcsFor(size(), font(), m_firstLine);
        return {0, arcs.y(query) - arcs.line / 2, arcs.column, arcs.line};
    }
    const Heat heat = heatFor(size(), font(), m_zoom, m_offset);
    return {0, heat.rect(query, query).top(), heat.left, heat.cell};
}

QRectF HeadView::keyRect(int key) const
{
    if (m_style == Style::Arcs) {
        const Arcs arcs = arcsFor(size(), font(), m_firstLine);
        return {arcs.right, arcs.y(key) - arcs.line / 2, arcs.column, arcs.line};
    }
    const Heat heat = heatFor(size(), font(), m_zoom, m_offset);
    return {heat.rect(key, key).left(), captionHeight(font()), heat.cell, heat.top - captionHeight(font())};
}

}  // namespace timberline::widgets
