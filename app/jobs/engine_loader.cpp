// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/jobs/engine_loader.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>

#include <dlfcn.h>

namespace timberline::app {

Result<std::unique_ptr<run::Engine>> load_engine()
{
    const QString name = QStringLiteral("libtimberline_core.so");
    const QDir program(QCoreApplication::applicationDirPath());
    QStringList candidates = {program.filePath(QStringLiteral("../lib/") + name),
                              program.filePath(QStringLiteral("../lib/timberline/") + name), program.filePath(name)};
    if (const QString asked = qEnvironmentVariable("TIMBERLINE_CORE"); !asked.isEmpty()) {
        candidates.prepend(asked);
    }
    QString found;
    for (const auto& candidate : candidates) {
        if (QFileInfo::exists(candidate)) {
            found = candidate;
            break;
        }
    }
    if (found.isEmpty()) {
        return make_error(ErrorCode::NotFound, "The engine " + name.toStdString() + " was not found beside the program.",
                          "Install or build Timberline again, or point TIMBERLINE_CORE at the library.");
    }
    // RTLD_GLOBAL: libtorch's own plug-ins look for its symbols.
    void* library = dlopen(QFileInfo(found).absoluteFilePath().toLocal8Bit().constData(), RTLD_NOW | RTLD_GLOBAL);
    if (library == nullptr) {
        const char* reason = dlerror();
        return make_error(ErrorCode::NotFound,
                          std::string("The engine cannot be loaded: ") + (reason != nullptr ? reason : "unknown reason") + ".",
                          "Check that libtorch is installed (Debian: libtorch-dev and libopenblas0-pthread).");
    }
    using Create = run::Engine* (*)();
    auto create = reinterpret_cast<Create>(dlsym(library, "timberline_create_engine"));
    if (create == nullptr) {
        return make_error(ErrorCode::BadFile, found.toStdString() + " is not a Timberline engine.", "Install or build Timberline again.");
    }
    return std::unique_ptr<run::Engine>(create());
}

}  // namespace timberline::app
