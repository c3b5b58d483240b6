// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/project/settings.h"
#include "app/window/main_window.h"
#include "widgets/theme/theme.h"

#include <QApplication>
#include <QDir>
#include <QTest>

#include <memory>

namespace timberline::testing {

/// The real window with the real engine, as a user has it.
inline std::unique_ptr<app::MainWindow> openWindow()
{
    // The test program lies beside, not in, the folder of the program, so the engine is named.
    qputenv("TIMBERLINE_CORE", QByteArray(TIMBERLINE_BINARY_FOLDER) + "/../lib/libtimberline_core.so");
    app::Settings::disable();
    widgets::ThemeManager::instance().setReduceMotion(true);
    widgets::ThemeManager::instance().setTheme(QStringLiteral("light"));
    widgets::ThemeManager::instance().attach(qApp);
    auto window = std::make_unique<app::MainWindow>();
    window->resize(1280, 800);
    window->show();
    return window;
}

inline bool settle(app::MainWindow& window, int milliseconds = 60000)
{
    return QTest::qWaitFor([&] { return window.settled(); }, milliseconds);
}

inline QString sample(const char* name)
{
    return QDir(QStringLiteral(TIMBERLINE_SOURCE_FOLDER)).filePath(QStringLiteral("resources/samples/%1.json").arg(QLatin1String(name)));
}

}  // namespace timberline::testing
