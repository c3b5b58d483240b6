// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/landscape/decision_map_view.h"

#include "widgets/landscape/class_marks.h"
#include "widgets/landscape/contours.h"
#include "widgets/landscape/loss_scale.h"
#include "widgets/plot/colour_map.h"
#include "widgets/theme/theme.h"

#include <QFontMetricsF>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace timberline::widgets {

DecisionMapView::DecisionMapView(QWidget* parent) : View(QStringLiteral("landscape-decision-map"), tr("Decision map"), parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setMap(std::nullopt);
}

void DecisionMapView::setMap(std::optional<record::DecisionMap> map)
{
    const auto cells = map ? static_cast<std::size_t>(std::max(0, map->nx)) * static_cast<std::size_t>(std::max(0, map->ny)) : 0;
    m_image = {};
    if (!map || cells == 0 || map->value.size() != cells || (!map->choice.empty() && map->choice.size() != cells)) {
        m_map.reset();
        setEmpty(tr("What the network under the cursor decides for every input will stand here, for data of two inputs. Move the cursor "
                    "over the plane."));
    } else {
        m_map = std::move(map);
        m_cursor = QPoint(std::min(m_cursor.x(), m_map->nx - 1), std::min(m_cursor.y(), m_map->ny - 1));
        setData();
    }
    setAccessibleDescription(summary());
    update();
}

void DecisionMapView::setWaiting()
{
    if (m_map) {
        setBusy();
    }
}

void DecisionMapView::setProblem(const QString& sentence, const QString& hint)
{
    m_map.reset();
    setError(sentence, hint);
    setAccessibleDescription(sentence);
}

int DecisionMapView::classCount() const
{
    int count = static_cast<int>(m_map->names.size());
    for (const auto label : m_map->labels) {
        count = std::max(count, label + 1);
    }
    for (const auto label : m_map->choice) {
        count = std::max(count, label + 1);
    }
    return count;
}

QString DecisionMapView::className(int label) const
{
    const auto k = static_cast<std::size_t>(label);
    return label >= 0 && k < m_map->names.size() && !m_map->names[k].empty() ? QString::fromStdString(m_map->names[k])
                                                                             : tr("class %1").arg(label);
}

QRectF DecisionMapView::mapRect(const QSizeF& size) const
{
    const QFontMetricsF metrics(font());
    const double line = metrics.height();
    const double left = metrics.horizontalAdvance(QStringLiteral("−0.00")) + 12;
    const QRectF room(left, line + 8, size.width() - left - 10, size.height() - 3 * line - 16);
    // Inputs of one unit: a circle of data should look like one.
    const double width = m_map ? m_map->x_high - m_map->x_low : 1;
    const double height = m_map ? m_map->y_high - m_map->y_low : 1;
    if (!(width > 0) || !(height > 0) || room.width() < 20 || room.height() < 20) {
        return room;
    }
    const double scale = std::min(room.width() / width, room.height() / height);
    QRectF fitted(0, 0, width * scale, height * scale);
    fitted.moveCenter(room.center());
    return fitted;
}

QPoint DecisionMapView::cellAt(QPointF pixel) const
{
    const QRectF area = mapRect(size());
    if (!m_map || !area.contains(pixel)) {
        return {-1, -1};
    }
    return {std::min(m_map->nx - 1, static_cast<int>((pixel.x() - area.left()) / area.width() * m_map->nx)),
            std::min(m_map->ny - 1, static_cast<int>((area.bottom() - pixel.y()) / area.height() * m_map->ny))};
}

QString DecisionMapView::cellText(QPoint cell) const
{
    const auto along = [](double low, double high, int k, int points) { return points > 1 ? low + (high - low) * k / (points - 1) : low; };
    const auto k = static_cast<std::size_t>(cell.y()) * static_cast<std::size_t>(m_map->nx) + static_cast<std::size_t>(cell.x());
    const QString place = tr("inputs %1, %2")
                              .arg(shortNumber(along(m_map->x_low, m_map->x_high, cell.x(), m_map->nx), 3),
                                   shortNumber(along(m_map->y_low, m_map->y_high, cell.y(), m_map->ny), 3));
    const auto value = static_cast<double>(m_map->value[k]);
    return place + QLatin1Char('\n') +
           (m_map->choice.empty() ? tr("output %1").arg(shortNumber(value))
                                  : tr("%1 with probability %2").arg(className(m_map->choice[k])).arg(value, 0, 'f', 3));
}

void DecisionMapView::paintField(QPainter& painter, const QRectF& area, const Theme& theme) const
{
    if (m_image.isNull() || m_imageTheme != theme.id) {
        m_imageTheme = theme.id;
        m_image = QImage(m_map->nx, m_map->ny, QImage::Format_RGB32);
        const double classes = std::max(2, classCount());
        const auto [low, high] = std::ranges::minmax(m_map->value);
        const auto sequential = ColourMap::sequential();
        for (int j = 0; j < m_map->ny; ++j) {
            auto* row = reinterpret_cast<QRgb*>(m_image.scanLine(m_map->ny - 1 - j));
            for (int i = 0; i < m_map->nx; ++i) {
                const auto k = static_cast<std::size_t>(j) * static_cast<std::size_t>(m_map->nx) + static_cast<std::size_t>(i);
                const double value = static_cast<double>(m_map->value[k]);
                QColor color = mix(theme.background, theme.quietInk, 0.5);  // not a number
                if (std::isfinite(value) && m_map->choice.empty()) {
                    color = sequential.color(high > low ? (value - static_cast<double>(low)) / static_cast<double>(high - low) : 0.5);
                } else if (std::isfinite(value)) {
                    const double sure = std::clamp((value - 1 / classes) / (1 - 1 / classes), 0.0, 1.0);
                    color = mix(theme.background, classColor(m_map->choice[k], theme), 0.12 + 0.5 * sure);
                }
                row[i] = color.rgb();
            }
        }
    }
    painter.save();
    painter.setRenderHint(QPainter::SmoothPixmapTransform, true);
    painter.drawImage(area, m_image);
    painter.restore();
}

void DecisionMapView::paintBorders(QPainter& painter, const QRectF& area, const Theme& theme) const
{
    if (m_map->choice.empty()) {
        return;
    }
    const double w = area.width() / m_map->nx;
    const double h = area.height() / m_map->ny;
    painter.setPen(QPen(theme.ink, 1.5));
    painter.setBrush(Qt::NoBrush);
    if (classCount() <= 2) {
        // Between two classes the border is where the probability of the first is one half: a smooth line.
        std::vector<double> first;
        for (std::size_t k = 0; k < m_map->choice.size(); ++k) {
            const auto value = static_cast<double>(m_map->value[k]);
            first.push_back(m_map->choice[k] == 0 ? value : 1 - value);
        }
        for (const auto& line : contourLines(first, m_map->nx, m_map->ny, 0.5)) {
            QPolygonF polyline;
            for (const QPointF& point : line.points) {
                polyline.append(QPointF(area.left() + (point.x() + 0.5) * w, area.bottom() - (point.y() + 0.5) * h));
            }
            painter.drawPolyline(polyline);
        }
        return;
    }
    const auto at = [&](int i, int j) {
        return m_map->choice[static_cast<std::size_t>(j) * static_cast<std::size_t>(m_map->nx) + static_cast<std::size_t>(i)];
    };
    for (int j = 0; j < m_map->ny; ++j) {
        for (int i = 0; i < m_map->nx; ++i) {
            const QRectF cell(area.left() + i * w, area.bottom() - (j + 1) * h, w, h);
            if (i + 1 < m_map->nx && at(i, j) != at(i + 1, j)) {
                painter.drawLine(cell.topRight(), cell.bottomRight());
            }
            if (j + 1 < m_map->ny && at(i, j) != at(i, j + 1)) {
                painter.drawLine(cell.topLeft(), cell.topRight());
            }
        }
    }
}

void DecisionMapView::paintPoints(QPainter& painter, const QRectF& area, const Theme& theme) const
{
    const auto count = std::min(m_map->points_x.size(), m_map->points_y.size());
    const double radius = std::clamp(area.width() / 90, 2.0, 4.5);
    for (std::size_t k = 0; k < count; ++k) {
        const double x =
            area.left() + (static_cast<double>(m_map->points_x[k]) - m_map->x_low) / (m_map->x_high - m_map->x_low) * area.width();
        const double y =
            area.bottom() - (static_cast<double>(m_map->points_y[k]) - m_map->y_low) / (m_map->y_high - m_map->y_low) * area.height();
        if (std::isfinite(x) && std::isfinite(y)) {
            drawClassMark(painter, {x, y}, k < m_map->labels.size() ? m_map->labels[k] : 0, radius, theme);
        }
    }
}

void DecisionMapView::paintFrame(QPainter& painter, const QRectF& area, const QSizeF& size, const Theme& theme) const
{
    const QFontMetricsF metrics(painter.font());
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(theme.hairline, 1));
    painter.drawRect(area);
    painter.setPen(theme.ink);
    const QString title = tr("network at α = %1, β = %2: loss %3")
                              .arg(shortNumber(m_map->alpha, 3), shortNumber(m_map->beta, 3), shortNumber(m_map->loss, 4));
    painter.drawText(QRectF(8, 2, size.width() - 16, metrics.height() + 2), Qt::AlignLeft | Qt::AlignVCenter,
                     metrics.elidedText(title, Qt::ElideRight, size.width() - 16));
    painter.setPen(theme.quietInk);
    for (const double tick : roundTicks(m_map->x_low, m_map->x_high, 4)) {
        const double x = area.left() + (tick - m_map->x_low) / (m_map->x_high - m_map->x_low) * area.width();
        painter.drawText(QRectF(x - 40, area.bottom() + 2, 80, metrics.height()), Qt::AlignHCenter | Qt::AlignTop, shortNumber(tick, 3));
    }
    for (const double tick : roundTicks(m_map->y_low, m_map->y_high, 4)) {
        const double y = area.bottom() - (tick - m_map->y_low) / (m_map->y_high - m_map->y_low) * area.height();
        painter.drawText(QRectF(area.left() - 74, y - metrics.height() / 2, 70, metrics.height()), Qt::AlignRight | Qt::AlignVCenter,
                         shortNumber(tick, 3));
    }
    double x = 8;
    const double y = size.height() - metrics.height() - 4;
    for (int label = 0; label < std::min(classCount(), kMostClasses) && !m_map->choice.empty(); ++label) {
        const QString name = className(label);
        const double width = metrics.horizontalAdvance(name) + 30;
        if (x + width > size.width()) {
            break;
        }
        drawClassMark(painter, {x + 6, y + metrics.height() / 2}, label, 4.5, theme);
        painter.setPen(theme.quietInk);
        painter.drawText(QRectF(x + 16, y, width, metrics.height()), Qt::AlignLeft | Qt::AlignVCenter, name);
        x += width;
    }
}

void DecisionMapView::paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const
{
    if (paintState(painter, QRectF(QPointF(0, 0), size), theme) || !m_map) {
        return;
    }
    painter.save();
    painter.setFont(font());
    const QRectF area = mapRect(size);
    if (area.width() < 20 || area.height() < 20) {
        painter.restore();
        return;
    }
    if (state() == ViewState::Busy) {
        painter.setOpacity(0.6);
    }
    painter.save();
    painter.setClipRect(area);
    paintField(painter, area, theme);
    paintBorders(painter, area, theme);
    paintPoints(painter, area, theme);
    if (m_cursor.x() >= 0) {
        const QPointF at(area.left() + (m_cursor.x() + 0.5) * area.width() / m_map->nx,
                         area.bottom() - (m_cursor.y() + 0.5) * area.height() / m_map->ny);
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(QColor(0x10, 0x12, 0x14, 200), 4));
        painter.drawEllipse(at, 7, 7);
        painter.setPen(QPen(theme.accent, 2));
        painter.drawEllipse(at, 7, 7);
    }
    painter.restore();
    paintFrame(painter, area, size, theme);
    painter.restore();
}

void DecisionMapView::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const Theme& colors = timberline::widgets::theme();
    painter.fillRect(rect(), colors.background);
    painter.setRenderHint(QPainter::Antialiasing);
    paintContent(painter, size(), colors);
    if (hasFocus()) {
        painter.setPen(QPen(colors.accent, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5));
    }
}

void DecisionMapView::moveTo(QPoint cell)
{
    m_cursor = QPoint(std::clamp(cell.x(), 0, m_map->nx - 1), std::clamp(cell.y(), 0, m_map->ny - 1));
    setAccessibleDescription(summary());
    update();
}

void DecisionMapView::keyPressEvent(QKeyEvent* event)
{
    if (!m_map) {
        View::keyPressEvent(event);
        return;
    }
    const int step = (event->modifiers() & Qt::ShiftModifier) != 0 ? 10 : 1;
    const QPoint from = m_cursor.x() < 0 ? QPoint(m_map->nx / 2, m_map->ny / 2) : m_cursor;
    switch (event->key()) {
    case Qt::Key_Left:
        moveTo(from - QPoint(step, 0));
        return;
    case Qt::Key_Right:
        moveTo(from + QPoint(step, 0));
        return;
    case Qt::Key_Up:
        moveTo(from + QPoint(0, step));
        return;
    case Qt::Key_Down:
        moveTo(from - QPoint(0, step));
        return;
    case Qt::Key_Home:
        moveTo({0, from.y()});
        return;
    case Qt::Key_End:
        moveTo({m_map->nx - 1, from.y()});
        return;
    default:
        View::keyPressEvent(event);
    }
}

void DecisionMapView::mousePressEvent(QMouseEvent* event)
{
    if (const QPoint cell = cellAt(event->position()); cell.x() >= 0) {
        moveTo(cell);
    }
}

bool DecisionMapView::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        auto* help = static_cast<QHelpEvent*>(event);
        if (const QPoint cell = cellAt(help->pos()); cell.x() >= 0) {
            QToolTip::showText(help->globalPos(), cellText(cell), this);
            return true;
        }
    }
    return View::event(event);
}

QByteArray DecisionMapView::toCsv() const
{
    QString out = QStringLiteral("x,y,class,value\n");
    if (!m_map) {
        return out.toUtf8();
    }
    for (int j = 0; j < m_map->ny; ++j) {
        for (int i = 0; i < m_map->nx; ++i) {
            const auto k = static_cast<std::size_t>(j) * static_cast<std::size_t>(m_map->nx) + static_cast<std::size_t>(i);
            out += QStringLiteral("%1,%2,%3,%4\n")
                       .arg(m_map->nx > 1 ? m_map->x_low + (m_map->x_high - m_map->x_low) * i / (m_map->nx - 1) : m_map->x_low, 0, 'g', 9)
                       .arg(m_map->ny > 1 ? m_map->y_low + (m_map->y_high - m_map->y_low) * j / (m_map->ny - 1) : m_map->y_low, 0, 'g', 9)
                       .arg(m_map->choice.empty() ? QString() : QString::number(m_map->choice[k]))
                       .arg(static_cast<double>(m_map->value[k]), 0, 'g', 9);
        }
    }
    return out.toUtf8();
}

QString DecisionMapView::summary() const
{
    if (!m_map) {
        return stateText();
    }
    QString text = tr("Decisions of the network at α %1, β %2 with loss %3, and %4 training samples.")
                       .arg(shortNumber(m_map->alpha, 3), shortNumber(m_map->beta, 3), shortNumber(m_map->loss))
                       .arg(m_map->points_x.size());
    if (m_cursor.x() >= 0) {
        text += QLatin1Char(' ') + cellText(m_cursor).replace(QLatin1Char('\n'), QStringLiteral(": "));
    }
    return text;
}

}  // namespace timberline::widgets
