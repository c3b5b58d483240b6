// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/landscape/class_marks.h"

#include "widgets/theme/theme.h"

#include <QPainter>
#include <QPolygonF>

#include <array>
#include <cmath>
#include <numbers>

namespace timberline::widgets {

QColor classColor(int label, const Theme& theme)
{
    static const std::array<QColor, kMostClasses> kColors = {
        QColor(0x00, 0x72, 0xB2), QColor(0xE6, 0x7E, 0x00), QColor(0x00, 0x9E, 0x73), QColor(0xCC, 0x79, 0xA7), QColor(0x56, 0xB4, 0xE9),
        QColor(0xD1, 0xB8, 0x00), QColor(0xB0, 0x3A, 0x2E), QColor(0x6A, 0x51, 0xA3), QColor(0x7F, 0x7F, 0x7F), QColor(0x5B, 0x3A, 0x1E)};
    const QColor color = kColors[static_cast<std::size_t>(((label % kMostClasses) + kMostClasses) % kMostClasses)];
    return theme.isDark() ? color.lighter(125) : color;
}

void drawClassMark(QPainter& painter, QPointF at, int label, double radius, const Theme& theme)
{
    const auto regular = [&](int corners, double turn, double size) {
        QPolygonF shape;
        for (int k = 0; k < corners; ++k) {
            const double angle = turn + 2 * std::numbers::pi * k / corners;
            shape.append(at + QPointF(std::sin(angle), -std::cos(angle)) * size);
        }
        return shape;
    };
    painter.save();
    painter.setPen(QPen(theme.isDark() ? QColor(0x10, 0x12, 0x14) : QColor(Qt::white), 1));
    painter.setBrush(classColor(label, theme));
    switch (((label % kMostClasses) + kMostClasses) % kMostClasses) {
    case 0:
        painter.drawEllipse(at, radius, radius);
        break;
    case 1:
        painter.drawPolygon(regular(4, std::numbers::pi / 4, radius * 1.25));
        break;
    case 2:
        painter.drawPolygon(regular(3, 0, radius * 1.35));
        break;
    case 3:
        painter.drawPolygon(regular(4, 0, radius * 1.3));
        break;
    case 4:
        painter.drawPolygon(regular(3, std::numbers::pi, radius * 1.35));
        break;
    case 5:
        painter.drawPolygon(regular(5, 0, radius * 1.2));
        break;
    case 6:
        painter.drawPolygon(regular(6, 0, radius * 1.15));
        break;
    case 7:
        painter.drawPolygon(regular(3, std::numbers::pi / 2, radius * 1.35));
        break;
    case 8:
        painter.drawPolygon(regular(3, -std::numbers::pi / 2, radius * 1.35));
        break;
    default:
        painter.drawPolygon(regular(8, std::numbers::pi / 8, radius * 1.1));
        break;
    }
    painter.restore();
}

}  // namespace timberline::widgets
