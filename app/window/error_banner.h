// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>

class QLabel;

namespace timberline::app {

/// One failure: what, where, what was expected, what to do; copyable. Stands above the centre and takes nothing away.
class ErrorBanner : public QFrame
{
    Q_OBJECT
public:
    explicit ErrorBanner(QWidget* parent = nullptr);
    void show(const QString& message, const QString& hint);
    [[nodiscard]] QString text() const;

private:
    void restyle();
    QLabel* m_message;
    QLabel* m_hint;
};

}  // namespace timberline::app
