// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace timberline::app {

/// The honest empty state of a bench that this version does not have: what will be here, and where to go meanwhile.
class BenchPage : public QWidget
{
    Q_OBJECT
public:
    BenchPage(const QString& title, const QString& sentence, QWidget* parent = nullptr);

Q_SIGNALS:
    void goToDraft();
};

}  // namespace timberline::app
