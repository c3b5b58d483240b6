// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/project/settings.h"

#include <QSettings>

namespace timberline::app {

namespace {

constexpr int kLayoutVersion = 1;
constexpr qsizetype kRecentFiles = 10;
bool g_disabled = false;

QVariant read(const QString& key)
{
    return g_disabled ? QVariant() : QSettings().value(key);
}

void write(const QString& key, const QVariant& value)
{
    if (!g_disabled) {
        QSettings().setValue(key, value);
    }
}

}  // namespace

void Settings::disable()
{
    g_disabled = true;
}

QString Settings::theme()
{
    return read(QStringLiteral("theme")).toString();
}

void Settings::setTheme(const QString& id)
{
    write(QStringLiteral("theme"), id);
}

QString Settings::language()
{
    return read(QStringLiteral("language")).toString();
}

void Settings::setLanguage(const QString& code)
{
    write(QStringLiteral("language"), code);
}

QStringList Settings::recentFiles()
{
    return read(QStringLiteral("recent")).toStringList();
}

void Settings::addRecentFile(const QString& path)
{
    QStringList files = recentFiles();
    files.removeAll(path);
    files.prepend(path);
    write(QStringLiteral("recent"), files.mid(0, kRecentFiles));
}

QString Settings::headsFolder()
{
    return read(QStringLiteral("heads")).toString();
}

void Settings::setHeadsFolder(const QString& path)
{
    write(QStringLiteral("heads"), path);
}

void Settings::saveLayout(const QByteArray& geometry, const QByteArray& state)
{
    write(QStringLiteral("layout/version"), kLayoutVersion);
    write(QStringLiteral("layout/geometry"), geometry);
    write(QStringLiteral("layout/state"), state);
}

QByteArray Settings::geometry()
{
    return read(QStringLiteral("layout/version")).toInt() == kLayoutVersion ? read(QStringLiteral("layout/geometry")).toByteArray()
                                                                            : QByteArray();
}

QByteArray Settings::layout()
{
    return read(QStringLiteral("layout/version")).toInt() == kLayoutVersion ? read(QStringLiteral("layout/state")).toByteArray()
                                                                            : QByteArray();
}

}  // namespace timberline::app
