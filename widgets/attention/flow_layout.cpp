// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/attention/flow_layout.h"

#include <QWidget>

#include <algorithm>

namespace timberline::widgets {

FlowLayout::FlowLayout(QWidget* parent, int spacing) : QLayout(parent), m_spacing(spacing)
{
    setContentsMargins(0, 0, 0, 0);
}

FlowLayout::~FlowLayout()
{
    qDeleteAll(m_items);
}

QSize FlowLayout::sizeHint() const
{
    int width = 0;
    int height = 0;
    for (const auto* item : m_items) {
        width += item->sizeHint().width() + m_spacing;
        height = std::max(height, item->sizeHint().height());
    }
    const auto margins = contentsMargins();
    return {width + margins.left() + margins.right(), height + margins.top() + margins.bottom()};
}

QSize FlowLayout::minimumSize() const
{
    QSize size;
    for (const auto* item : m_items) {
        size = size.expandedTo(item->minimumSize());
    }
    const auto margins = contentsMargins();
    return size + QSize(margins.left() + margins.right(), margins.top() + margins.bottom());
}

void FlowLayout::setGeometry(const QRect& rect)
{
    QLayout::setGeometry(rect);
    place(rect, true);
}

int FlowLayout::place(const QRect& rect, bool apply) const
{
    const auto margins = contentsMargins();
    const QRect inner = rect.marginsRemoved(margins);
    int x = inner.left();
    int y = inner.top();
    int line = 0;
    QList<std::pair<QLayoutItem*, QRect>> row;
    const auto finish = [&] {
        for (const auto& [item, box] : row) {
            if (apply) {
                // Centred on the line, so that labels stand beside the middle of their
                // controls.
                item->setGeometry(QRect(box.left(), box.top() + (line - box.height()) / 2, box.width(), box.height()));
            }
        }
        row.clear();
    };
    for (auto* item : m_items) {
        if (item->isEmpty()) {
            continue;
        }
        QSize size = item->sizeHint().expandedTo(item->minimumSize());
        size.setWidth(std::min(size.width(), std::max(item->minimumSize().width(), inner.width())));
        if (x > inner.left() && x + size.width() > inner.right() + 1) {
            finish();
            x = inner.left();
            y += line + m_spacing;
            line = 0;
        }
        row.append({item, QRect(QPoint(x, y), size)});
        x += size.width() + m_spacing;
        line = std::max(line, size.height());
    }
    finish();
    return y + line - rect.top() + margins.bottom();
}

}  // namespace timberline::widgets
