// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/window_helpers.h"

#include "widgets/panels/timeline.h"

#include <QElapsedTimer>
#include <QTimer>

#include <algorithm>

using namespace timberline;

/// The event loop must keep turning while the engine loads and decodes. A 1 ms timer measures the gaps between its turns.
class TestResponsiveness : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void windowShowsBeforeTheEngineIsLoaded()
    {
        auto window = testing::openWindow();
        QVERIFY(QTest::qWaitForWindowExposed(window.get()));
        QVERIFY2(!window->jobs()->engineReady(), "the window must not wait for libtorch");
        QVERIFY(testing::settle(*window));
    }

    void eventLoopKeepsTurningWhileDecoding()
    {
        auto window = testing::openWindow();
        window->open(testing::sample("fairy-tale-tree"));
        QVERIFY(testing::settle(*window));
        QTest::qWait(200);
        qint64 largest = 0;
        QElapsedTimer since;
        QTimer tick;
        connect(&tick, &QTimer::timeout, this, [&] { largest = std::max(largest, since.restart()); });
        window->session()->edit("max_new_tokens", std::int64_t{300});
        since.start();
        tick.start(1);
        window->session()->run();
        QVERIFY(testing::settle(*window));
        tick.stop();
        qInfo("largest gap of the event loop while decoding: %lld ms (aim 50 ms)", static_cast<long long>(largest));
        QVERIFY2(largest <= 250, qPrintable(QString::number(largest)));
    }
};

QTEST_MAIN(TestResponsiveness)
#include "test_responsiveness.moc"
