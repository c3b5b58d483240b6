// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/opener.h"

#include "core/io/imports/trace_import.h"
#include "core/record/codec.h"
#include "core/run/sweep_table.h"

#include <QFile>
#include <QFileInfo>
#include <QImageReader>

namespace timberline::app {

namespace {

Result<Opened> config_from(const std::string& text, const std::string& where, const MethodRegistry& methods)
{
    TIMBERLINE_ASSIGN(auto json, parse_json(text, where));
    TIMBERLINE_ASSIGN(auto config, run::parse_config(json, methods, where));
    return Opened(OpenedConfig{std::move(config)});
}

/// The recipe that our exporter writes into PNG text and SVG metadata.
QString manifest_of(const QString& path, const QByteArray& head)
{
    if (head.startsWith("\x89PNG")) {
        return QImageReader(path).text(QStringLiteral("Timberline"));
    }
    if (head.contains("<svg")) {
        QFile file(path);
        if (file.open(QIODevice::ReadOnly)) {
            const QString text = QString::fromUtf8(file.readAll());
            const QString open = QStringLiteral("<metadata id=\"timberline\">");
            const qsizetype begin = text.indexOf(open);
            const qsizetype end = text.indexOf(QLatin1String("</metadata>"), begin);
            if (begin >= 0 && end > begin) {
                QString inner = text.mid(begin + open.size(), end - begin - open.size());
                inner.replace(QLatin1String("&lt;"), QLatin1String("<")).replace(QLatin1String("&gt;"), QLatin1String(">"));
                inner.replace(QLatin1String("&quot;"), QLatin1String("\"")).replace(QLatin1String("&amp;"), QLatin1String("&"));
                return inner;
            }
        }
    }
    return {};
}

}  // namespace

Result<Opened> open_path(const QString& path, const MethodRegistry& methods)
{
    const QFileInfo info(path);
    const std::string name = path.toStdString();
    if (path.startsWith(QLatin1String("bundled:")) || info.isDir()) {
        return Opened(OpenedModel{path});
    }
    if (!info.exists()) {
        return make_error(ErrorCode::NotFound, name + " does not exist.",
                          "Check the path; a model folder, a config (.json), a record (.tlrun) or an exported picture can be opened.");
    }
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return make_error(ErrorCode::BadFile, name + " cannot be read: " + file.errorString().toStdString() + ".",
                          "Check the file's permissions.");
    }
    const QByteArray head = file.read(4096);
    file.close();
    if (head.startsWith("PK")) {
        TIMBERLINE_ASSIGN(auto record, record::load(path.toStdString()));
        return Opened(OpenedRecord{std::move(record)});
    }
    if (const QString manifest = manifest_of(path, head); !manifest.isEmpty()) {
        return config_from(manifest.toStdString(), name, methods);
    }
    if (head.contains("\"timberline_sweep\"")) {
        TIMBERLINE_ASSIGN(auto sweep, run::read_sweep(path.toStdString(), methods));
        return Opened(OpenedSweep{std::move(sweep)});
    }
    // Our configs say so in their first member; logs of other programs are JSON too, or plain text.
    if (!head.contains("\"timberline\"")) {
        auto trace = io::import_trace_file(path.toStdString());
        if (trace.ok()) {
            return Opened(OpenedRecord{trace->record});
        }
        if (trace.error().code != ErrorCode::NotFound) {
            return trace.error();
        }
    }
    if (head.trimmed().startsWith('{')) {
        TIMBERLINE_ASSIGN(auto config, run::read_config(path.toStdString(), methods));
        return Opened(OpenedConfig{std::move(config)});
    }
    if (info.suffix() == QLatin1String("safetensors")) {
        return Opened(OpenedModel{info.absolutePath()});
    }
    return make_error(ErrorCode::BadFile, name + " is neither a model folder, nor a config, a record or a picture exported by Timberline.",
                      "Open a Hugging Face folder, a .json config or a .tlrun record.");
}

}  // namespace timberline::app
