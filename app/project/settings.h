// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>

namespace timberline::app {

/// What the program remembers between starts. In grab, export and test runs it remembers nothing (disable()).
class Settings
{
public:
    static void disable();

    [[nodiscard]] static QString theme();
    static void setTheme(const QString& id);
    [[nodiscard]] static QString language();  ///< "" = as the system
    static void setLanguage(const QString& code);
    [[nodiscard]] static QStringList recentFiles();
    static void addRecentFile(const QString& path);
    [[nodiscard]] static QString headsFolder();  ///< where trained draft heads are kept; "" = the default
    static void setHeadsFolder(const QString& path);
    /// The window's layout carries a version: an old one is dropped, never half applied.
    static void saveLayout(const QByteArray& geometry, const QByteArray& state);
    [[nodiscard]] static QByteArray geometry();
    [[nodiscard]] static QByteArray layout();
};

}  // namespace timberline::app
