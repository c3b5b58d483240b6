// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/random.h"

#include <QtTest>

#include <cmath>
#include <set>

using timberline::philox4x32_10;
using timberline::RandomKey;
using timberline::RandomPurpose;
using timberline::RandomStream;
using timberline::uniform;

using Words = std::array<std::uint32_t, 4>;
using Key = std::array<std::uint32_t, 2>;
Q_DECLARE_METATYPE(Words)
Q_DECLARE_METATYPE(Key)
Q_DECLARE_METATYPE(RandomKey)

class TestRandom : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void philox_data()
    {
        QTest::addColumn<Words>("counter");
        QTest::addColumn<Key>("key");
        QTest::addColumn<Words>("expected");
        // The known-answer vectors that are published with Random123 (kat_vectors, philox4x32 10).
        QTest::addRow("zeros") << Words{} << Key{} << Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8};
        QTest::addRow("all ones") << Words{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff} << Key{0xffffffff, 0xffffffff}
                                  << Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd};
        QTest::addRow("digits of pi") << Words{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344} << Key{0xa4093822, 0x299f31d0}
                                      << Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1};
    }
    void philox()
    {
        QFETCH(Words, counter);
        QFETCH(Key, key);
        QFETCH(Words, expected);
        const Words got = philox4x32_10(counter, key);
        for (std::size_t i = 0; i < 4; ++i) {
            QCOMPARE(got[i], expected[i]);
        }
    }

    void keyedDrawsNeverChange_data()
    {
        QTest::addColumn<RandomKey>("key");
        QTest::addColumn<double>("first");
        // From a Python transcription of the paper and of the key layout that random.cpp describes. Records hold such draws.
        QTest::addRow("small seed") << RandomKey{42, RandomPurpose::AcceptDraw, 3, 17, 1} << 0.6425151703199729;
        QTest::addRow("seed above 32 bits") << RandomKey{(std::uint64_t{1} << 63) + 5, RandomPurpose::Test, 0, 0, 0} << 0.5504818557868554;
    }
    void keyedDrawsNeverChange()
    {
        QFETCH(RandomKey, key);
        QFETCH(double, first);
        QVERIFY(uniform(key) == first);
        RandomStream stream(key);
        QVERIFY(stream.next() == first);
    }

    void secondOfAStream()
    {
        RandomStream stream(RandomKey{42, RandomPurpose::AcceptDraw, 3, 17, 1});
        (void)stream.next();
        QVERIFY(stream.next() == 0.6039704299513998); // same source as above
    }

    void momentsOfTheUniform()
    {
        // 200,000 draws: standard errors 6.5e-4 (mean), 1.7e-4 (variance), 1.4e-3 (a decile's share is 6.7e-4). Limits are 5 of them.
        constexpr int kDraws = 200'000;
        double sum = 0;
        double squares = 0;
        std::array<int, 10> deciles{};
        for (std::uint32_t i = 0; i < kDraws; ++i) {
            const double u = uniform({7, RandomPurpose::TargetSample, i / 64, i % 64, 0});
            QVERIFY(u >= 0.0 && u < 1.0);
            sum += u;
            squares += (u - 0.5) * (u - 0.5);
            ++deciles[static_cast<std::size_t>(u * 10)];
        }
        QVERIFY2(std::abs(sum / kDraws - 0.5) < 5 * 6.5e-4, qPrintable(QString::number(sum / kDraws)));
        QVERIFY2(std::abs(squares / kDraws - 1.0 / 12) < 5 * 1.7e-4, qPrintable(QString::number(squares / kDraws)));
        for (const int count : deciles) {
            QVERIFY2(std::abs(count - kDraws / 10) < 5 * 135, qPrintable(QString::number(count)));
        }
    }

    void everyPartOfTheKeySeparates_data()
    {
        QTest::addColumn<RandomKey>("other");
        const RandomKey base{1, RandomPurpose::DraftSample, 2, 3, 4};
        RandomKey key = base;
        key.seed = 2;
        QTest::addRow("low word of the seed") << key;
        key = base;
        key.seed += std::uint64_t{1} << 32;
        QTest::addRow("high word of the seed") << key;
        key = base;
        key.purpose = RandomPurpose::AcceptDraw;
        QTest::addRow("purpose") << key;
        key = base;
        key.round = 3;
        QTest::addRow("round") << key;
        key = base;
        key.position = 4;
        QTest::addRow("position") << key;
        key = base;
        key.sibling = 3;
        QTest::addRow("sibling") << key;
        QTest::addRow("round and position swapped") << RandomKey{1, RandomPurpose::DraftSample, 3, 2, 4};
    }
    void everyPartOfTheKeySeparates()
    {
        QFETCH(RandomKey, other);
        // Streams of 4,096 draws: disjoint, and uncorrelated within 5 standard errors (1/64 each).
        RandomStream a(RandomKey{1, RandomPurpose::DraftSample, 2, 3, 4});
        RandomStream b(other);
        std::set<double> seen;
        double product = 0;
        for (int i = 0; i < 4096; ++i) {
            const double x = a.next();
            const double y = b.next();
            seen.insert(x);
            seen.insert(y);
            product += (x - 0.5) * (y - 0.5) * 12;
        }
        QCOMPARE(seen.size(), std::size_t{8192});
        QVERIFY2(std::abs(product / 4096) < 5.0 / 64, qPrintable(QString::number(product / 4096)));
    }

    void equalKeysGiveEqualDrawsInAnyOrder()
    {
        const RandomKey first{9, RandomPurpose::Test, 1, 2, 3};
        const RandomKey second{9, RandomPurpose::Test, 1, 2, 4};
        const double a = uniform(first);
        const double b = uniform(second);
        QVERIFY(uniform(second) == b);
        QVERIFY(uniform(first) == a);
        QVERIFY(a != b);
    }
};

QTEST_APPLESS_MAIN(TestRandom)
#include "test_random.moc"
