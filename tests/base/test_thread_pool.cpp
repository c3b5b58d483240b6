// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/compute_threads.h"
#include "core/base/thread_pool.h"

#include <QtTest>

#include <atomic>
#include <chrono>
#include <ctime>
#include <mutex>
#include <numeric>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace timberline;
using Clock = std::chrono::steady_clock;

namespace {

double processor_seconds()
{
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

double seconds_since(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Work that the compiler cannot leave out: steps of a linear congruential generator.
std::uint64_t churn(std::int64_t steps)
{
    std::uint64_t x = 1;
    for (std::int64_t i = 0; i < steps; ++i) {
        x = x * 6364136223846793005ULL + 1442695040888963407ULL;
    }
    return x;
}

} // namespace

class TestThreadPool : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void cleanup() { set_compute_threads(2); }

    void everyItemOnce_data()
    {
        QTest::addColumn<int>("threads");
        QTest::addColumn<qint64>("items");
        QTest::addColumn<qint64>("grain");
        for (const int threads : {1, 2, 3, 7}) {
            QTest::addRow("%d threads, one item", threads) << threads << qint64{1} << qint64{1};
            QTest::addRow("%d threads, fewer items than threads", threads) << threads << qint64{2} << qint64{1};
            QTest::addRow("%d threads, items that do not divide", threads) << threads << qint64{1001} << qint64{8};
            QTest::addRow("%d threads, grain above the items", threads) << threads << qint64{5} << qint64{100};
            QTest::addRow("%d threads, grain of zero counts as one", threads) << threads << qint64{10} << qint64{0};
            QTest::addRow("%d threads, nothing to do", threads) << threads << qint64{0} << qint64{1};
            QTest::addRow("%d threads, negative items", threads) << threads << qint64{-3} << qint64{1};
        }
    }
    void everyItemOnce()
    {
        QFETCH(int, threads);
        QFETCH(qint64, items);
        QFETCH(qint64, grain);
        set_compute_threads(threads);
        const auto count = static_cast<std::size_t>(std::max<qint64>(items, 0));
        for (int repeat = 0; repeat < 50; ++repeat) {
            std::vector<int> visits(count); // plain ints: the pool must order these writes before it returns
            std::mutex mutex;
            std::set<int> chunks;
            ThreadPool::instance().parallel_for(items, grain, [&](std::int64_t begin, std::int64_t end, int chunk) {
                for (std::int64_t i = begin; i < end; ++i) {
                    ++visits[static_cast<std::size_t>(i)];
                }
                const std::scoped_lock lock(mutex);
                QVERIFY(chunks.insert(chunk).second);
                QVERIFY(begin < end && (end == items || (end - begin) % std::max<qint64>(grain, 1) == 0));
            });
            QVERIFY(static_cast<int>(chunks.size()) <= threads);
            QVERIFY(chunks.empty() || *chunks.rbegin() == static_cast<int>(chunks.size()) - 1);
            QCOMPARE(std::accumulate(visits.begin(), visits.end(), 0), static_cast<int>(count));
            QVERIFY(std::all_of(visits.begin(), visits.end(), [](int visit) { return visit == 1; }));
        }
    }

    void lengthsNearTheLargestInteger()
    {
        set_compute_threads(3);
        constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
        QCOMPARE(ThreadPool::chunk_length(kMost, kMost), kMost);
        QCOMPARE(ThreadPool::chunk_length(kMost, kMost - 1), kMost - 1);
        QCOMPARE(ThreadPool::chunk_length(9, 1), std::int64_t{3});
        QCOMPARE(ThreadPool::chunk_length(10, 4), std::int64_t{4});
        QCOMPARE(ThreadPool::chunk_length(1, 1), std::int64_t{1});
    }

    void nestedLoopsRunOnTheSameThread()
    {
        set_compute_threads(2);
        std::atomic<int> visits{0};
        std::atomic<int> strangers{0};
        ThreadPool::instance().parallel_for(2, 1, [&](std::int64_t, std::int64_t) {
            const auto self = std::this_thread::get_id();
            ThreadPool::instance().parallel_for(100, 1, [&](std::int64_t begin, std::int64_t end) {
                strangers += std::this_thread::get_id() != self;
                visits += static_cast<int>(end - begin);
            });
        });
        QCOMPARE(visits.load(), 200);
        QCOMPARE(strangers.load(), 0);
    }

    void twoCallersAtOnce()
    {
        set_compute_threads(2);
        const auto work = [](std::int64_t& sum) {
            for (int repeat = 0; repeat < 2000; ++repeat) {
                std::array<std::int64_t, 2> parts{};
                ThreadPool::instance().parallel_for(1000, 1, [&](std::int64_t begin, std::int64_t end, int chunk) {
                    for (std::int64_t i = begin; i < end; ++i) {
                        parts[static_cast<std::size_t>(chunk)] += i;
                    }
                });
                sum += parts[0] + parts[1];
            }
        };
        std::int64_t first = 0;
        std::int64_t second = 0;
        std::thread other([&] { work(second); });
        work(first);
        other.join();
        QCOMPARE(first, std::int64_t{499500} * 2000);
        QCOMPARE(second, std::int64_t{499500} * 2000);
    }

    void threadCountChangesBetweenCalls()
    {
        std::int64_t total = 0;
        for (int repeat = 0; repeat < 500; ++repeat) {
            set_compute_threads(1 + repeat % 5);
            std::array<std::int64_t, 5> parts{};
            ThreadPool::instance().parallel_for(
                100, 1, [&](std::int64_t begin, std::int64_t end, int chunk) { parts[static_cast<std::size_t>(chunk)] = end - begin; });
            total += std::accumulate(parts.begin(), parts.end(), std::int64_t{0});
        }
        QCOMPARE(total, std::int64_t{50000});
    }

    void sleepingWorkersWakeAgain()
    {
        set_compute_threads(2);
        for (int repeat = 0; repeat < 20; ++repeat) {
            std::this_thread::sleep_for(std::chrono::milliseconds(2)); // well past the spin
            std::atomic<int> visits{0};
            ThreadPool::instance().parallel_for(2, 1, [&](std::int64_t, std::int64_t) { ++visits; });
            QCOMPARE(visits.load(), 2);
        }
    }

    void exceptionsReachTheCaller()
    {
        set_compute_threads(2);
        for (const std::int64_t culprit : {0, 1}) {
            std::atomic<int> others{0};
            const auto loop = [&] {
                ThreadPool::instance().parallel_for(2, 1, [&](std::int64_t begin, std::int64_t) {
                    if (begin == culprit) {
                        throw std::runtime_error("chunk");
                    }
                    ++others;
                });
            };
            QVERIFY_EXCEPTION_THROWN(loop(), std::runtime_error);
            QCOMPARE(others.load(), 1);
        }
        std::atomic<int> visits{0};
        ThreadPool::instance().parallel_for(2, 1, [&](std::int64_t, std::int64_t) { ++visits; });
        QCOMPARE(visits.load(), 2);
    }

    void bothThreadsWork()
    {
        if (std::thread::hardware_concurrency() < 2) {
            QSKIP("needs two processors");
        }
        set_compute_threads(2);
        std::set<std::thread::id> seen;
        std::mutex mutex;
        for (int repeat = 0; repeat < 50 && seen.size() < 2; ++repeat) {
            ThreadPool::instance().parallel_for(2, 1, [&](std::int64_t, std::int64_t) {
                std::this_thread::sleep_for(std::chrono::milliseconds(2));
                const std::scoped_lock lock(mutex);
                seen.insert(std::this_thread::get_id());
            });
        }
        QCOMPARE(seen.size(), std::size_t{2});
    }

    void oneThreadUsesOneProcessor()
    {
        // 4 ms loops for 0.3 s: with one thread processor time cannot pass wall time but by the clocks' grain.
        set_compute_threads(1);
        std::this_thread::sleep_for(std::chrono::milliseconds(20)); // workers of earlier tests go to sleep
        std::atomic<std::uint64_t> sink{0};
        const auto start = Clock::now();
        const double before = processor_seconds();
        while (seconds_since(start) < 0.3) {
            ThreadPool::instance().parallel_for(4, 1,
                                                [&](std::int64_t begin, std::int64_t end) { sink += churn(1'000'000 * (end - begin)); });
        }
        const double ratio = (processor_seconds() - before) / seconds_since(start);
        qInfo("processor / wall at one thread: %.3f", ratio);
        QVERIFY2(ratio < 1.05, qPrintable(QString::number(ratio)));
        QCOMPARE(compute_threads(), 1);
    }

    void idleWorkersUseNoProcessor()
    {
        set_compute_threads(2);
        ThreadPool::instance().parallel_for(2, 1, [](std::int64_t, std::int64_t) {});
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        const double before = processor_seconds();
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
        const double used = processor_seconds() - before;
        QVERIFY2(used < 0.02, qPrintable(QString::number(used)));
    }

    void countsAreClamped()
    {
        set_compute_threads(0);
        QCOMPARE(compute_threads(), 1);
        set_compute_threads(-5);
        QCOMPARE(compute_threads(), 1);
        set_compute_threads(1'000'000);
        QVERIFY(compute_threads() <= 256);
    }

    void roundTrip()
    {
        // A measurement, printed for the report; the bound only catches a pool that sleeps between warm loops. Chunks of about 5 us
        // keep the caller from taking its worker's chunk back, so that the hand-over itself is timed.
        set_compute_threads(2);
        std::atomic<std::uint64_t> sink{0};
        const auto once = [&](int threads, std::int64_t steps) {
            set_compute_threads(threads);
            std::vector<double> times;
            for (int repeat = 0; repeat < 3000; ++repeat) {
                const auto start = Clock::now();
                ThreadPool::instance().parallel_for(2, 1,
                                                    [&](std::int64_t begin, std::int64_t end) { sink += churn(steps * (end - begin)); });
                times.push_back(1e6 * seconds_since(start));
            }
            std::sort(times.begin(), times.end());
            return times[times.size() / 2];
        };
        const double alone = once(1, 4000);
        const double shared = once(2, 4000);
        qInfo("two chunks: %.2f us on one thread, %.2f us on two; hand-over %.2f us", alone, shared, shared - alone / 2);
        QVERIFY2(shared < alone + 50, qPrintable(QString::number(shared)));
    }
};

QTEST_APPLESS_MAIN(TestThreadPool)
#include "test_thread_pool.moc"
