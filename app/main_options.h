// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSize>
#include <QString>
#include <QStringList>

#include <optional>

namespace timberline::app {

/// The bundled sample that a bench shows when no file is named.
[[nodiscard]] QString sampleOf(const QString& bench);

/// The window program's command line (design: `timberline [--open FILE] [--bench NAME] [--view ID] …`).
struct MainOptions {
    QString open;
    QString bench = QStringLiteral("draft");
    QString view;  ///< id of a view of the bench to show and fill, empty = as the bench opens
    QSize size{1600, 1000};
    bool sizeGiven = false;
    QString theme;     ///< empty = as remembered, else "light" "dark" "high-contrast" "system"
    QString language;  ///< empty = as remembered or the system's
    QString grab;      ///< picture to write, empty = interactive
    QString exportFolder;
    QStringList exportFormats{QStringLiteral("svg"), QStringLiteral("png"), QStringLiteral("pdf"), QStringLiteral("csv")};
    bool help = false;
    bool version = false;
};

/// Reads the arguments (without the program's name). @param problem receives one sentence when nothing is returned.
[[nodiscard]] std::optional<MainOptions> parse_main_options(const QStringList& arguments, QString& problem);
[[nodiscard]] QString main_help();

}  // namespace timberline::app
