// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/compute_threads.h"
#include "tests/training/training_testing.h"

using namespace timberline;
using training_test::steps;
using training_test::text_trainer;

/// Looks at samples of a text, whose rows are its tokens.
class TestLooks : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { set_compute_threads(1); }
    void a_look_counts_rows_data();
    void a_look_counts_rows();
    void attention_entropies_are_means_over_the_look();
};

void TestLooks::a_look_counts_rows_data()
{
    QTest::addColumn<int>("most");
    QTest::addColumn<int>("training");
    QTest::addColumn<int>("validation");
    // 16 and 4 texts of 6 tokens
    QTest::newRow("whole texts only") << 30 << 30 << 24;
    QTest::newRow("no part of a text") << 35 << 30 << 24;
    QTest::newRow("at least one text") << 3 << 6 << 6;
    QTest::newRow("all there are") << 1000 << 96 << 24;
    QTest::newRow("0 is all") << 0 << 96 << 24;
}

void TestLooks::a_look_counts_rows()
{
    QFETCH(int, most);
    QFETCH(int, training);
    QFETCH(int, validation);
    const auto trainer = text_trainer(false, "sgd");
    QCOMPARE(trainer->look_at_training(most, {})->row_loss.size(), static_cast<std::size_t>(training));
    QCOMPARE(trainer->look_at_validation(most, {})->row_loss.size(), static_cast<std::size_t>(validation));
}

void TestLooks::attention_entropies_are_means_over_the_look()
{
    // 100 texts of 6 tokens are more than one chunk, and those of the second half are others.
    const auto trainer = text_trainer(false, "sgd", "linear", 100);
    (void)steps(*trainer, 20);
    const auto look = [&](std::int64_t first, std::int64_t last) {
        return trainer->objective().look(trainer->parameters(), trainer->buffers(), first, last, {})->head_entropy;
    };
    const auto whole = look(0, 100);
    QCOMPARE(whole.size(), std::size_t{4});  // two layers, two heads
    std::vector<double> mean(4);
    for (std::int64_t i = 0; i < 100; ++i) {
        const auto one = look(i, i + 1);
        for (std::size_t head = 0; head < 4; ++head) {
            mean[head] += static_cast<double>(one[head]) / 100;
        }
    }
    const auto last = look(85, 100);  // the last chunk of 512 rows
    for (std::size_t head = 0; head < 4; ++head) {
        QVERIFY(std::abs(mean[head] - static_cast<double>(whole[head])) < 1e-6);
        QVERIFY(std::abs(mean[head] - static_cast<double>(last[head])) > 1e-5);
    }
    QVERIFY(look(0, 0).empty());
}

QTEST_APPLESS_MAIN(TestLooks)
#include "test_looks.moc"
