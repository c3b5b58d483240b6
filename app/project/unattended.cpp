// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/project/unattended.h"

#include "app/window/bench.h"
#include "app/window/main_window.h"

#include <QApplication>
#include <QFileInfo>
#include <QPixmap>
#include <QSaveFile>
#include <QTextStream>

namespace timberline::app {

namespace {
constexpr int kLookEvery = 30;           // milliseconds
constexpr int kCalmLooks = 5;            // settled this often in a row: layouts and repaints have happened
constexpr qint64 kLongest = 10 * 60000;  // a run that takes longer is not something to wait for unattended
}  // namespace

Unattended::Unattended(MainWindow& window, const MainOptions& options) : m_window(window), m_options(options)
{
    connect(&m_timer, &QTimer::timeout, this, &Unattended::look);
    m_timer.start(kLookEvery);
    m_waited.start();
}

void Unattended::look()
{
    m_calm = m_window.settled() ? m_calm + 1 : 0;
    if (m_calm >= kCalmLooks && !m_selected) {
        // The selection changes layouts and a view may be computed now, so calm is awaited once more.
        if (!m_options.view.isEmpty() && !m_window.showView(m_options.view, true)) {
            QTextStream(stderr) << tr("There is no view “%1” on this bench. Its views: %2.").arg(m_options.view, m_window.viewIds().join(QStringLiteral(", ")))
                                << Qt::endl;
            m_exitCode = 2;
        }
        m_window.currentBench()->selectSomething();
        m_selected = true;
        m_calm = 0;
        return;
    }
    if (m_calm >= kCalmLooks || m_waited.elapsed() > kLongest) {
        m_timer.stop();
        finish();
    }
}

void Unattended::finish()
{
    if (m_waited.elapsed() > kLongest) {
        QTextStream(stderr) << tr("The run did not finish within ten minutes.") << Qt::endl;
        m_exitCode = 1;
    } else if (!m_window.lastError().isEmpty()) {
        QTextStream(stderr) << m_window.lastError() << Qt::endl;
        m_exitCode = 2;
    }
    // The picture of a failure is worth having too: it shows what the user would see.
    if (!m_options.grab.isEmpty() && !writePicture()) {
        m_exitCode = m_exitCode == 0 ? 1 : m_exitCode;
    }
    if (m_exitCode == 0 && !m_options.exportFolder.isEmpty() && !m_window.exportAll(m_options.exportFolder, m_options.exportFormats)) {
        QTextStream(stderr) << m_window.lastError() << Qt::endl;
        m_exitCode = 1;
    }
    QApplication::exit(m_exitCode);
}

bool Unattended::writePicture()
{
    QApplication::sendPostedEvents();
    const QPixmap picture = m_window.grab();
    QSaveFile file(m_options.grab);
    if (!file.open(QIODevice::WriteOnly) || !picture.save(&file, "PNG") || !file.commit()) {
        QTextStream(stderr) << tr("%1 cannot be written: %2.").arg(m_options.grab, file.errorString()) << Qt::endl;
        return false;
    }
    const QFileInfo info(m_options.grab);
    QSaveFile state(info.path() + QLatin1Char('/') + info.completeBaseName() + QStringLiteral(".json"));
    const QByteArray json = m_window.stateJson();
    return state.open(QIODevice::WriteOnly) && state.write(json) == json.size() && state.commit();
}

}  // namespace timberline::app
