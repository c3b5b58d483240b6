// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/method.h"

#include <QFrame>

class QLabel;

namespace timberline::widgets {

/// A method's card: what it does, where it was published, whether its output is the target's own. Everything comes from the declaration.
class MethodCard : public QFrame
{
    Q_OBJECT
public:
    explicit MethodCard(QWidget* parent = nullptr);
    void setMethod(const MethodInfo& info);
    /// Says that the text is not the target's own because of another method that is used with this one; after setMethod.
    void setLossyBecause(const MethodInfo& other);
    [[nodiscard]] QString text() const;  ///< the card as plain text

private:
    QLabel* m_badge;
    QLabel* m_summary;
    QLabel* m_source;
};

}  // namespace timberline::widgets
