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
        // English has a file too, for singular and plural: what stands in for every language that has none.
        const bool ours = file == QLatin1String("timberline");
        if (translator->load(locale, file, QStringLiteral("_"), folder) ||
            (ours && translator->load(file + QStringLiteral("_en"), folder))) {
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

    // The language comes first: what is wrong with the options is said in it too.
    const auto arguments = QApplication::arguments();
    if (arguments.contains(QStringLiteral("--grab")) || arguments.contains(QStringLiteral("--export"))) {
        app::Settings::disable();
    }
    const qsizetype asked = arguments.indexOf(QStringLiteral("--language")) + 1;
    installTranslations(application, asked > 0 && asked < arguments.size() ? arguments[asked] : app::Settings::language());

    QString problem;
    const auto options = app::parse_main_options(arguments.mid(1), problem);
    if (!options) {
        print(stderr, problem);
        print(stderr, QCoreApplication::translate("MainOptions", "timberline --help lists the options."));
        return 2;
    }
    if (options->help || options->version) {
        print(stdout, options->help ? app::main_help() : QStringLiteral("timberline ") + QApplication::applicationVersion());
        return 0;
    }
    const bool unattended = !options->grab.isEmpty() || !options->exportFolder.isEmpty();
    if (unattended) {
        widgets::ThemeManager::instance().setReduceMotion(true);
    }
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
        window.openSample(app::sampleOf(options->bench));
    }
    window.show();
    window.timeline()->runButton()->setFocus();
    if (unattended) {
        app::Unattended work(window, *options);
        return QApplication::exec() == 0 && work.succeeded() ? 0 : work.exitCode();
    }
    return QApplication::exec();
}
