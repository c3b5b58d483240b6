// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/window_helpers.h"

#include "widgets/panels/timeline.h"

#include <QElapsedTimer>
#include <QTimer>

#include <algorithm>

using namespace timberline;

/// Notes when a widget is painted for the first time.
class FirstPaint : public QObject
{
public:
    explicit FirstPaint(const QElapsedTimer& clock) : m_clock(clock) {}
    qint64 at = -1;

protected:
    bool eventFilter(QObject* watched, QEvent* event) override
    {
        if (event->type() == QEvent::Paint && at < 0) {
            at = m_clock.elapsed();
        }
        return QObject::eventFilter(watched, event);
    }

private:
    const QElapsedTimer& m_clock;
};

/// The event loop must keep turning while the engine loads and decodes. A 1 ms timer measures the gaps between its turns.
class TestResponsiveness : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void windowShowsBeforeTheEngineIsLoaded()
    {
        QElapsedTimer clock;
        clock.start();
        auto window = testing::openWindow();
        FirstPaint painted(clock);
        window->installEventFilter(&painted);
        qint64 loaded = -1;
        connect(window->jobs(), &app::JobHost::engineLoaded, this, [&] { loaded = clock.elapsed(); });
        QVERIFY(testing::settle(*window));
        qInfo("window painted after %lld ms, engine loaded after %lld ms", static_cast<long long>(painted.at),
              static_cast<long long>(loaded));
        QVERIFY(painted.at >= 0);
        QVERIFY2(painted.at < loaded, "the window must not wait for libtorch");
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
