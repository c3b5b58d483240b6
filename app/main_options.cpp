// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/main_options.h"

#include "core/base/hyperparameter.h"

#include <QCoreApplication>
#include <QRegularExpression>

namespace timberline::app {

namespace {

QString text(const char* source)
{
    return QCoreApplication::translate("MainOptions", source);
}

bool parseSize(const QString& value, QSize& size)
{
    static const QRegularExpression pattern(QStringLiteral("^(\\d{2,5})x(\\d{2,5})$"));
    const auto match = pattern.match(value);
    if (!match.hasMatch()) {
        return false;
    }
    size = {match.captured(1).toInt(), match.captured(2).toInt()};
    return size.width() >= 320 && size.height() >= 240 && size.width() <= 16384 && size.height() <= 16384;
}

}  // namespace

QString main_help()
{
    return text(QT_TRANSLATE_NOOP(
        "MainOptions",
        "timberline [--open FILE] [--bench draft|exits|attention|landscape] [--size WxH] [--theme light|dark|high-contrast|system] "
        "[--language CODE] [--view ID] [--grab OUT.png]\n"
        "timberline --export DIR [--format svg,png,pdf,csv,json,npy,vtk,obj] FILE\n"
        "FILE is a model folder, a config (.json), a record (.tlrun) or an exported picture.\n"));
}

std::optional<MainOptions> parse_main_options(const QStringList& arguments, QString& problem)
{
    MainOptions options;
    const std::vector<std::string> known = {"--open", "--bench",  "--size",   "--theme", "--language",
                                            "--grab", "--export", "--format", "--view",  "--help", "--version"};
    for (qsizetype i = 0; i < arguments.size(); ++i) {
        const QString& name = arguments[i];
        if (!name.startsWith(QLatin1String("--"))) {
            if (!options.open.isEmpty()) {
                problem =
                    text(QT_TRANSLATE_NOOP("MainOptions", "Two files were named: %1 and %2. One was expected.")).arg(options.open, name);
                return std::nullopt;
            }
            options.open = name;
            continue;
        }
        if (name == QLatin1String("--help") || name == QLatin1String("--version")) {
            (name == QLatin1String("--help") ? options.help : options.version) = true;
            continue;
        }
        if (std::find(known.begin(), known.end(), name.toStdString()) == known.end()) {
            problem = text(QT_TRANSLATE_NOOP("MainOptions", "Unknown option %1.")).arg(name);
            if (const auto near = nearest_spelling(name.toStdString(), known)) {
                problem += QLatin1Char(' ') + text(QT_TRANSLATE_NOOP("MainOptions", "Did you mean %1?")).arg(QString::fromStdString(*near));
            }
            return std::nullopt;
        }
        if (i + 1 >= arguments.size()) {
            problem = text(QT_TRANSLATE_NOOP("MainOptions", "%1 needs a value.")).arg(name);
            return std::nullopt;
        }
        const QString value = arguments[++i];
        const auto choice = [&](const QStringList& valid) {
            if (!valid.contains(value)) {
                problem =
                    text(QT_TRANSLATE_NOOP("MainOptions", "%1 %2: expected one of %3.")).arg(name, value, valid.join(QStringLiteral(", ")));
                return false;
            }
            return true;
        };
        if (name == QLatin1String("--open")) {
            options.open = value;
        } else if (name == QLatin1String("--bench")) {
            if (!choice({QStringLiteral("draft"), QStringLiteral("exits"), QStringLiteral("attention"), QStringLiteral("landscape")})) {
                return std::nullopt;
            }
            options.bench = value;
        } else if (name == QLatin1String("--size")) {
            if (!parseSize(value, options.size)) {
                problem = text(QT_TRANSLATE_NOOP("MainOptions",
                                                 "--size %1: expected WIDTHxHEIGHT in pixels, for example 1600x1000, at least 320x240."))
                              .arg(value);
                return std::nullopt;
            }
            options.sizeGiven = true;
        } else if (name == QLatin1String("--theme")) {
            if (!choice({QStringLiteral("light"), QStringLiteral("dark"), QStringLiteral("high-contrast"), QStringLiteral("system")})) {
                return std::nullopt;
            }
            options.theme = value;
        } else if (name == QLatin1String("--language")) {
            options.language = value;
        } else if (name == QLatin1String("--view")) {
            options.view = value;
        } else if (name == QLatin1String("--grab")) {
            options.grab = value;
        } else if (name == QLatin1String("--export")) {
            options.exportFolder = value;
        } else {
            options.exportFormats = value.split(QLatin1Char(','), Qt::SkipEmptyParts);
            for (const auto& format : std::as_const(options.exportFormats)) {
                if (!QStringList{QStringLiteral("svg"), QStringLiteral("png"), QStringLiteral("pdf"), QStringLiteral("csv"),
                                 QStringLiteral("json"), QStringLiteral("npy"), QStringLiteral("vtk"), QStringLiteral("obj")}
                         .contains(format)) {
                    problem =
                        text(QT_TRANSLATE_NOOP("MainOptions", "--format %1: expected a list of svg, png, pdf, csv, json, npy, vtk, obj.")).arg(value);
                    return std::nullopt;
                }
            }
        }
    }
    if (!options.exportFolder.isEmpty() && options.open.isEmpty()) {
        problem = text(QT_TRANSLATE_NOOP("MainOptions", "--export needs the FILE to export: a record or a config."));
        return std::nullopt;
    }
    return options;
}

QString sampleOf(const QString& bench)
{
    return bench == QLatin1String("exits")       ? QStringLiteral("fairy-tale-exits")
           : bench == QLatin1String("attention") ? QStringLiteral("fairy-tale-attention")
           : bench == QLatin1String("landscape") ? QStringLiteral("two-moons-landscape")
                                                 : QStringLiteral("fairy-tale-tree");
}

}  // namespace timberline::app
