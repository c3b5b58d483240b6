// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/main_options.h"

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

namespace timberline::app {

class MainWindow;

/// `--grab` and `--export`: waits until the window has loaded and run what it was given, writes pictures, and ends the program.
class Unattended : public QObject
{
    Q_OBJECT
public:
    Unattended(MainWindow& window, const MainOptions& options);
    [[nodiscard]] bool succeeded() const { return m_exitCode == 0; }
    [[nodiscard]] int exitCode() const { return m_exitCode; }

private:
    void look();
    void finish();
    [[nodiscard]] bool writePicture();
    MainWindow& m_window;
    MainOptions m_options;
    QTimer m_timer;
    QElapsedTimer m_waited;
    bool m_selected = false;
    int m_calm = 0;
    int m_exitCode = 0;
};

}  // namespace timberline::app
