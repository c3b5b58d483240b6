// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/attention/cell_view.h"

#include "widgets/theme/theme.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <array>
#include <cmath>

namespace timberline::widgets {

namespace {
constexpr int kTilesShown = 8;

int tileCount(const record::AttentionCell& cell)
{
    return static_cast<int>(cell.maximum.size());
}
}  // namespace

CellView::CellView(AttentionModel* model, QWidget* parent)
    : View(QStringLiteral("attention-cell"), tr("One weight"), parent), m_model(model)
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    clearCell();
}

void CellView::clearCell()
{
    m_cell.reset();
    m_waiting = false;
    setEmpty(tr("Select a cell of the map to see how its weight came about."));
    setAccessibleDescription(summary());
    updateGeometry();
    update();
}

void CellView::setCell(record::AttentionCell cell)
{
    m_cell = std::move(cell);
    m_waiting = false;
    m_tile = tileCount(*m_cell) - 1;
    m_dimension = -1;
    setData();
    setAccessibleDescription(summary());
    updateGeometry();
    update();
}

void CellView::setWaiting()
{
    m_waiting = true;
    setBusy();
    update();
}

void CellView::cellFailed(const QString& sentence, const QString& hint)
{
    m_waiting = false;
    setError(sentence, hint);
    update();
}

std::vector<float> CellView::products() const
{
    std::vector<float> out(m_cell->query_row.size());
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i] = m_cell->query_row[i] * m_cell->key_row[i];
    }
    return out;
}

QList<std::pair<QString, QString>> CellView::steps() const
{
    if (!m_cell) {
        return {};
    }
    const auto& cell = *m_cell;
    QList<std::pair<QString, QString>> out = {{tr("q · k, sum of the products"), numberText(cell.product, 4)}};
    if (std::isnan(cell.scale) && !cell.method.empty()) {
        out.append({tr("weights by"), QString::fromStdString(cell.method)});
    } else {
        out.append({tr("times the scale"), numberText(cell.scale, 4)});
        out.append({tr("score"), numberText(cell.score, 4)});
        out.append({tr("log-sum-exp of the row"), numberText(cell.log_sum_exp, 4)});
    }
    out.append({tr("weight"), numberText(cell.weight, 5)});
    out.append({tr("place in the row"), QString::number(cell.rank + 1)});
    out.append({tr("entropy of the row"), numberText(cell.entropy, 4) + QLatin1Char(' ') + tr("nats")});
    return out;
}

std::pair<int, int> CellView::tileKeys(int tile) const
{
    const int first = m_cell->first_key + tile * m_cell->tile;
    return {first, std::min(first + m_cell->tile - 1, m_cell->query)};
}

CellView::Layout CellView::layoutFor(double width, const QFont& font) const
{
    const QFontMetricsF metrics(font);
    Layout out;
    out.line = metrics.height() * 1.25;
    double y = out.line;
    out.vectors = QRectF(0, y, width, out.line * 3);
    y = out.vectors.bottom() + out.line * 1.2;
    out.products = QRectF(0, y, width, out.line * 3);
    y = out.products.bottom() + out.line * 0.4;
    out.steps = QRectF(0, y, width, out.line * static_cast<double>(steps().size()));
    y = out.steps.bottom() + out.line * 0.4;
    const int tiles = m_cell ? tileCount(*m_cell) : 0;
    out.tilesShown = std::min(tiles, kTilesShown);
    out.firstTile = std::clamp(m_tile - kTilesShown / 2, 0, std::max(0, tiles - out.tilesShown));
    out.tiles = QRectF(0, tiles > 0 ? y + 2 * out.line : y, width, out.line * out.tilesShown);
    return out;
}

QSize CellView::sizeHint() const
{
    const QFontMetricsF metrics(font());
    const double line = metrics.height() * 1.25;
    if (!m_cell) {
        return {260, static_cast<int>(line * 5)};
    }
    return {260, static_cast<int>(std::ceil(layoutFor(260, font()).tiles.bottom() + line))};
}

QSizeF CellView::contentSize() const
{
    return {380, static_cast<double>(sizeHint().height())};
}

void CellView::paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const
{
    if (!paintState(painter, QRectF(QPointF(0, 0), size), theme) && m_cell) {
        paintCell(painter, size.width(), theme, false);
    }
}

void CellView::paintBars(QPainter& painter, const QRectF& area, const std::vector<float>& first, const std::vector<float>* second,
                         const Theme& theme, int lit) const
{
    const int count = static_cast<int>(first.size());
    double most = 1e-9;
    for (const auto* values : {&first, second}) {
        for (std::size_t i = 0; values != nullptr && i < values->size(); ++i) {
            most = std::isfinite((*values)[i]) ? std::max(most, std::abs(static_cast<double>((*values)[i]))) : most;
        }
    }
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing, false);
    const double slot = area.width() / std::max(1, count);
    const double half = area.height() / 2;
    if (lit >= 0 && lit < count) {
        painter.fillRect(QRectF(area.left() + lit * slot, area.top(), std::max(2.0, slot), area.height()),
                         mix(theme.background, theme.accent, 0.35));
    }
    painter.setPen(QPen(theme.hairline, 1));
    painter.drawLine(QPointF(area.left(), area.center().y()), QPointF(area.right(), area.center().y()));
    const double bar = second == nullptr ? slot : slot / 2;
    for (int i = 0; i < count; ++i) {
        const auto at = static_cast<std::size_t>(i);
        const auto rect = [&](double value, double left) {
            const double height = half * value / most;
            return QRectF(left, area.center().y() - std::max(0.0, height), std::max(1.0, bar - (slot >= 6 ? 1 : 0)), std::abs(height));
        };
        const double value = static_cast<double>(first[at]);
        if (second == nullptr) {
            // Signed: above and below the line, and dotted below, so that colour is
            // not needed.
            painter.fillRect(rect(value, area.left() + i * slot),
                             value < 0 ? QBrush(theme.rejected, Qt::Dense3Pattern) : QBrush(theme.accepted));
        } else {
            painter.fillRect(rect(value, area.left() + i * slot), theme.accepted);
            painter.fillRect(rect(static_cast<double>((*second)[at]), area.left() + i * slot + bar),
                             QBrush(theme.extra, Qt::Dense3Pattern));
        }
    }
    painter.restore();
}

void CellView::paintCell(QPainter& painter, double width, const Theme& theme, bool interactive) const
{
    const Layout layout = layoutFor(width, painter.font());
    const QFontMetricsF metrics(painter.font());
    const int lit = interactive ? (m_hoveredDimension >= 0 ? m_hoveredDimension : m_dimension) : -1;
    painter.setPen(theme.quietInk);
    const auto caption = [&](const QRectF& under, const QString& text) {
        painter.setPen(theme.quietInk);
        painter.drawText(QRectF(0, under.top() - layout.line, width, layout.line), Qt::AlignLeft | Qt::AlignVCenter,
                         metrics.elidedText(text, Qt::ElideRight, width));
    };
    caption(layout.vectors, tr("query (solid), key (dotted)"));
    paintBars(painter, layout.vectors, m_cell->query_row, &m_cell->key_row, theme, lit);
    caption(layout.products, lit >= 0 ? dimensionText(lit) : tr("product of each dimension"));
    paintBars(painter, layout.products, products(), nullptr, theme, lit);
    double y = layout.steps.top();
    for (const auto& [name, value] : steps()) {
        painter.setPen(theme.quietInk);
        painter.drawText(QRectF(0, y, width * 0.66, layout.line), Qt::AlignLeft | Qt::AlignVCenter,
                         metrics.elidedText(name, Qt::ElideRight, width * 0.66));
        painter.setPen(theme.ink);
        painter.drawText(QRectF(width * 0.5, y, width * 0.5, layout.line), Qt::AlignRight | Qt::AlignVCenter, value);
        y += layout.line;
    }
    paintTiles(painter, layout, theme, interactive);
}

void CellView::paintTiles(QPainter& painter, const Layout& layout, const Theme& theme, bool interactive) const
{
    if (layout.tilesShown == 0) {
        return;
    }
    const auto& cell = *m_cell;
    const QFontMetricsF metrics(painter.font());
    const double width = layout.tiles.width();
    painter.setPen(theme.quietInk);
    painter.drawText(QRectF(0, layout.tiles.top() - 2 * layout.line, width, layout.line), Qt::AlignLeft | Qt::AlignVCenter,
                     metrics.elidedText(tr("streamed over the keys, %n at a time", nullptr, cell.tile), Qt::ElideRight, width));
    const QStringList names = {tr("keys"), tr("max m"), tr("sum l"), tr("t"), tr("H")};
    const std::array<double, 6> edges = {0, 0.22, 0.42, 0.62, 0.82, 1};
    const auto put = [&](double y, const QStringList& texts) {
        for (qsizetype i = 0; i < texts.size(); ++i) {
            const double left = width * edges[static_cast<std::size_t>(i)];
            const double right = width * edges[static_cast<std::size_t>(i) + 1];
            painter.drawText(QRectF(left, y, right - left - 4, layout.line), (i == 0 ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter,
                             texts[i]);
        }
    };
    put(layout.tiles.top() - layout.line, names);
    for (int row = 0; row < layout.tilesShown; ++row) {
        const int tile = layout.firstTile + row;
        const auto i = static_cast<std::size_t>(tile);
        const double y = layout.tiles.top() + row * layout.line;
        if (interactive && tile == m_tile) {
            painter.fillRect(QRectF(0, y, width, layout.line), mix(theme.background, theme.accent, 0.2));
        }
        painter.setPen(tile <= m_tile || !interactive ? theme.ink : theme.quietInk);
        const auto [first, last] = tileKeys(tile);
        put(y, {QStringLiteral("%1–%2").arg(first).arg(last), numberText(cell.maximum[i], 3), numberText(cell.sum[i], 3),
                numberText(cell.weighted[i], 3), numberText(cell.entropy_so_far[i], 3)});
    }
}

void CellView::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const Theme& colors = timberline::widgets::theme();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(rect(), colors.panel);
    if (!paintState(painter, rect(), colors)) {
        if (m_cell) {
            painter.setOpacity(m_waiting ? 0.5 : 1);
            paintCell(painter, width(), colors, true);
        } else {
            painter.setPen(colors.quietInk);
            painter.drawText(rect(), Qt::AlignCenter, tr("computing …"));
        }
    }
    painter.setOpacity(1);
    if (hasFocus()) {
        painter.setPen(QPen(colors.accent, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5));
    }
}

int CellView::dimensionAt(const QPointF& point) const
{
    if (!m_cell || state() == ViewState::Error) {
        return -1;
    }
    const Layout layout = layoutFor(width(), font());
    const int count = static_cast<int>(m_cell->query_row.size());
    return layout.vectors.contains(point) || layout.products.contains(point)
               ? std::clamp(static_cast<int>(point.x() / std::max(1.0, layout.vectors.width()) * count), 0, count - 1)
               : -1;
}

int CellView::tileAt(const QPointF& point) const
{
    if (!m_cell || state() == ViewState::Error) {
        return -1;
    }
    const Layout layout = layoutFor(width(), font());
    return layout.tiles.contains(point) ? layout.firstTile + static_cast<int>((point.y() - layout.tiles.top()) / layout.line) : -1;
}

void CellView::mouseMoveEvent(QMouseEvent* event)
{
    const int hovered = dimensionAt(event->position());
    if (hovered != m_hoveredDimension) {
        m_hoveredDimension = hovered;
        update();
    }
}

void CellView::mousePressEvent(QMouseEvent* event)
{
    if (const int tile = tileAt(event->position()); tile >= 0) {
        m_tile = tile;
    } else if (const int dimension = dimensionAt(event->position()); dimension >= 0) {
        m_dimension = dimension;
    }
    setAccessibleDescription(summary());
    update();
}

void CellView::leaveEvent(QEvent* event)
{
    m_hoveredDimension = -1;
    update();
    View::leaveEvent(event);
}

void CellView::keyPressEvent(QKeyEvent* event)
{
    if (!m_cell) {
        View::keyPressEvent(event);
        return;
    }
    const int dimensions = static_cast<int>(m_cell->query_row.size());
    switch (event->key()) {
    case Qt::Key_Left:
        m_dimension = std::max(0, m_dimension - 1);
        break;
    case Qt::Key_Right:
        m_dimension = std::min(dimensions - 1, m_dimension + 1);
        break;
    case Qt::Key_Home:
        m_dimension = 0;
        break;
    case Qt::Key_End:
        m_dimension = dimensions - 1;
        break;
    case Qt::Key_Up:
        m_tile = std::max(0, m_tile - 1);
        break;
    case Qt::Key_Down:
        m_tile = std::min(tileCount(*m_cell) - 1, m_tile + 1);
        break;
    default:
        View::keyPressEvent(event);
        return;
    }
    setAccessibleDescription(summary());
    update();
}

bool CellView::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const int tile = tileAt(help->pos());
        QToolTip::showText(help->globalPos(), tile >= 0 ? tileText(tile) : dimensionText(dimensionAt(help->pos())), this);
        return true;
    }
    return View::event(event);
}

}  // namespace timberline::widgets
