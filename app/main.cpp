// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/main_options.h"
#include "app/project/settings.h"
#include "app/project/unattended.h"
#include "app/window/main_window.h"
#include "core/base/files.h"
#include "widgets/panels/timeline.h"
#include "widgets/theme/theme.h"

#include <QApplication>
#include <QLibraryInfo>
#include <QLocale>
#include <QTextStream>
#include <QToolButton>
#include <QTranslator>

using namespace timberline;

namespace {

void print(FILE* stream, const QString& line)
{
    QTextStream(stream) << line << Qt::endl;
}

void installTranslations(QApplication& application, const QString& asked)
{
    const QLocale locale = asked.isEmpty() ? QLocale::system() : QLocale(asked);
    QLocale::setDefault(locale);
    for (const auto& [file, folder] : {std::pair{QStringLiteral("qtbase"), QLibraryInfo::path(QLibraryInfo::TranslationsPath)},
                                       std::pair{QStringLiteral("timberline"), QStringLiteral(":/translations")}}) {
        auto* translator = new QTranslator(&application);
        if (translator->load(locale, file, QStringLiteral("_"), folder)) {
            QApplication::installTranslator(translator);
        }
    }
    QApplication::setLayoutDirection(locale.textDirection());
}

}  // namespace

int main(int argc, char* argv[])
{
    QApplication::setApplicationName(QStringLiteral("Timberline"));
    QApplication::setOrganizationName(QStringLiteral("Timberline"));
    const auto programVersion = version();
    QApplication::setApplicationVersion(QString::fromUtf8(programVersion.data(), static_cast<qsizetype>(programVersion.size())));
    QApplication application(argc, argv);

    QString problem;
    const auto options = app::parse_main_options(QApplication::arguments().mid(1), problem);
    if (!options) {
        print(stderr, problem);
        print(stderr, QStringLiteral("timberline --help lists the options."));
        return 2;
    }
    if (options->help || options->version) {
        print(stdout, options->help ? app::main_help() : QStringLiteral("timberline ") + QApplication::applicationVersion());
        return 0;
    }
    const bool unattended = !options->grab.isEmpty() || !options->exportFolder.isEmpty();
    if (unattended) {
        app::Settings::disable();
        widgets::ThemeManager::instance().setReduceMotion(true);
    }
    installTranslations(application, options->language.isEmpty() ? app::Settings::language() : options->language);
    auto& themes = widgets::ThemeManager::instance();
    const QString remembered = app::Settings::theme();
    themes.setTheme(!options->theme.isEmpty() ? options->theme
                    : !remembered.isEmpty()   ? remembered
                    : unattended              ? QStringLiteral("light")
                                              : QStringLiteral("system"));
    themes.attach(&application);

    app::MainWindow window;
    window.resize(options->size);
    if (!options->sizeGiven && !unattended) {
        window.restoreGeometry(app::Settings::geometry());
        window.restoreState(app::Settings::layout());
    }
    window.showBench(options->bench);
    window.setRunOpened(unattended);
    if (!options->open.isEmpty()) {
        window.open(options->open);
    } else {
        window.openSample(QStringLiteral("fairy-tale-tree"));
    }
    window.show();
    window.timeline()->runButton()->setFocus();
    if (unattended) {
        app::Unattended work(window, *options);
        return QApplication::exec() == 0 && work.succeeded() ? 0 : work.exitCode();
    }
    return QApplication::exec();
}
