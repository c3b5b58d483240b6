// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QStringList>

/// Calls the command line program of this build as a script would.
struct Outcome {
    int code = -1;  ///< exit code; -1 when it did not end, -2 when it crashed
    QByteArray out, err;
};

inline Outcome call(const QStringList& arguments)
{
    QProcess process;
    process.start(TIMBERLINE_BINARY_FOLDER "/timberline-cli", arguments);
    Outcome out;
    if (!process.waitForFinished(120000)) {
        process.kill();
        process.waitForFinished();
        return out;
    }
    out.code = process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -2;
    out.out = process.readAllStandardOutput();
    out.err = process.readAllStandardError();
    return out;
}

inline QJsonDocument json(const QByteArray& text)
{
    QJsonParseError error;
    auto out = QJsonDocument::fromJson(text, &error);
    if (error.error != QJsonParseError::NoError) {
        qWarning("not JSON: %s in %s", qPrintable(error.errorString()), text.left(200).constData());
    }
    return out;
}

inline QString fixture(const QString& name)
{
    return QString(TIMBERLINE_FIXTURES "/") + name;
}
