// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

namespace timberline::widgets {

/// What is selected, shared by every view of a window: selecting token t anywhere selects it everywhere. Views do not know each other. -1 =
/// none.
struct Selected {
    int round = -1;
    int node = -1;   ///< node in that round's tree
    int token = -1;  ///< index into the committed text (prompt included)
    int layer = -1;
    int head = -1;
    friend bool operator==(const Selected&, const Selected&) = default;
};

class SelectionModel : public QObject
{
    Q_OBJECT
public:
    using QObject::QObject;
    [[nodiscard]] const Selected& current() const { return m_current; }
    [[nodiscard]] const Selected& hovered() const { return m_hovered; }
    void select(const Selected& selected)
    {
        if (selected != m_current) {
            m_current = selected;
            Q_EMIT changed();
        }
    }
    void hover(const Selected& hovered)
    {
        if (hovered != m_hovered) {
            m_hovered = hovered;
            Q_EMIT hoverChanged();
        }
    }

Q_SIGNALS:
    void changed();
    void hoverChanged();

private:
    Selected m_current;
    Selected m_hovered;
};

}  // namespace timberline::widgets
