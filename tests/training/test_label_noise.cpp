// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/bench_spec.h"
#include "core/training/label_noise.h"
#include "data_set_testing.h"

#include <QtTest/QtTest>

#include <cmath>
#include <set>

using namespace timberline;
using namespace timberline::testing;
using training::LabelNoise;

namespace {

/// Digits without pictures that matter: `samples` labels of 10 classes.
DataSet ten_classes(std::int64_t samples, double validation_fraction = 0)
{
    return make_data_set("rings", {{"rings", std::int64_t{10}}, {"samples", samples}, {"validation_fraction", validation_fraction}});
}

}  // namespace

/// Wrong labels on purpose: the matrices of the specification, and that the labels follow them, once and for all.
class TestLabelNoise : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void matrices_data();
    void matrices();
    void labels_follow_the_matrix_data();
    void labels_follow_the_matrix();
    void similar_digits_only();
    void validation_stays_clean();
    void the_same_seed_flips_the_same_labels();
    void a_higher_rate_flips_more_of_the_same();
    void none_changes_nothing();
    void the_config_offers_the_same_kinds();
    void refuses_data();
    void refuses();
};

void TestLabelNoise::matrices_data()
{
    QTest::addColumn<QString>("kind");
    QTest::addColumn<int>("classes");
    QTest::addColumn<double>("own");
    QTest::addColumn<double>("next");     // from class 2 to 3
    QTest::addColumn<double>("another");  // from class 2 to 0
    QTest::newRow("any other class") << "symmetric-other" << 10 << 0.6 << 0.044444 << 0.044444;
    QTest::newRow("any class") << "symmetric-any" << 10 << 0.64 << 0.04 << 0.04;
    QTest::newRow("the next class") << "pair" << 10 << 0.6 << 0.4 << 0.0;
    QTest::newRow("any other of four") << "symmetric-other" << 4 << 0.6 << 0.133333 << 0.133333;
    QTest::newRow("none") << "none" << 4 << 1.0 << 0.0 << 0.0;
    QTest::newRow("similar digits leave 2 to 7") << "asymmetric-digits" << 10 << 0.6 << 0.0 << 0.0;
}

void TestLabelNoise::matrices()
{
    QFETCH(QString, kind);
    QFETCH(int, classes);
    QFETCH(double, own);
    QFETCH(double, next);
    QFETCH(double, another);
    const auto got = training::transition_matrix({.kind = kind.toStdString(), .rate = 0.4}, classes);
    QVERIFY(got.ok());
    const auto at = [&](int from, int to) { return (*got)[static_cast<std::size_t>(from * classes + to)]; };
    QVERIFY(std::abs(at(2, 2) - own) < 1e-12);
    QVERIFY(std::abs(at(2, 3) - next) < 6e-7);
    QVERIFY(std::abs(at(2, 0) - another) < 6e-7);
    for (int i = 0; i < classes; ++i) {
        double sum = 0;
        for (int j = 0; j < classes; ++j) {
            QVERIFY(at(i, j) >= 0);
            sum += at(i, j);
        }
        QVERIFY(std::abs(sum - 1) < 1e-12);
    }
    if (kind == "pair") {
        QCOMPARE(at(classes - 1, 0), 0.4);
    }
}

void TestLabelNoise::labels_follow_the_matrix_data()
{
    QTest::addColumn<QString>("kind");
    QTest::addColumn<double>("rate");
    QTest::addColumn<double>("wrong");
    QTest::newRow("any other class") << "symmetric-other" << 0.4 << 0.4;
    QTest::newRow("any class") << "symmetric-any" << 0.4 << 0.36;
    QTest::newRow("the next class") << "pair" << 0.4 << 0.4;
    QTest::newRow("half of the classes") << "asymmetric-digits" << 0.4 << 0.2;
    QTest::newRow("nearly all") << "symmetric-other" << 0.9 << 0.9;
    QTest::newRow("nothing") << "symmetric-other" << 0.0 << 0.0;
}

void TestLabelNoise::labels_follow_the_matrix()
{
    QFETCH(QString, kind);
    QFETCH(double, rate);
    QFETCH(double, wrong);
    // The specification's own bound: 1,000 samples, three standard deviations (0.046476 at 0.4).
    auto data = ten_classes(1000);
    const auto before = data.labels;
    QVERIFY(apply_label_noise(data, {.kind = kind.toStdString(), .rate = rate}, 1).ok());
    QCOMPARE(data.true_labels, before);
    double flipped = 0;
    for (std::size_t i = 0; i < 1000; ++i) {
        QCOMPARE(data.flipped[i] != 0, data.labels[i] != before[i]);
        flipped += data.flipped[i];
    }
    QVERIFY2(std::abs(flipped / 1000 - wrong) <= 3 * std::sqrt(wrong * (1 - wrong) / 1000), qPrintable(QString::number(flipped)));
    QVERIFY(check_data_set(data).ok());

    // Which class a label goes to, over 50,000 samples: chi-square of every row of the matrix against its probabilities.
    auto many = ten_classes(50000);
    QVERIFY(apply_label_noise(many, {.kind = kind.toStdString(), .rate = rate}, 2).ok());
    const auto matrix = *training::transition_matrix({.kind = kind.toStdString(), .rate = rate}, 10);
    for (std::size_t from = 0; from < 10; ++from) {
        std::vector<double> counts(10, 0);
        for (std::size_t i = 0; i < many.labels.size(); ++i) {
            counts[static_cast<std::size_t>(many.labels[i])] += many.true_labels[i] == static_cast<std::int32_t>(from) ? 1 : 0;
        }
        double chi_square = 0;
        for (std::size_t to = 0; to < 10; ++to) {
            const double expected = 5000 * matrix[from * 10 + to];
            if (expected == 0) {
                QCOMPARE(counts[to], 0.0);
            } else {
                chi_square += (counts[to] - expected) * (counts[to] - expected) / expected;
            }
        }
        QVERIFY2(chi_square < 33.7, qPrintable(QString::number(chi_square)));  // 9 degrees of freedom, 1 in 10,000
    }
}

void TestLabelNoise::similar_digits_only()
{
    auto data = ten_classes(5000);
    QVERIFY(apply_label_noise(data, {.kind = "asymmetric-digits", .rate = 0.4}, 1).ok());
    std::set<std::pair<int, int>> seen;
    for (std::size_t i = 0; i < data.labels.size(); ++i) {
        if (data.flipped[i] != 0) {
            seen.emplace(data.true_labels[i], data.labels[i]);
        }
    }
    // Classes 0, 1, 4, 8 and 9 never change.
    QCOMPARE(seen, (std::set<std::pair<int, int>>{{7, 1}, {2, 7}, {5, 6}, {6, 5}, {3, 8}}));
}

void TestLabelNoise::validation_stays_clean()
{
    auto data = ten_classes(1000, 0.3);
    const auto before = data.labels;
    QVERIFY(apply_label_noise(data, {.kind = "symmetric-other", .rate = 0.9}, 1).ok());
    for (std::size_t i = 700; i < 1000; ++i) {
        QCOMPARE(data.labels[i], before[i]);
        QCOMPARE(data.flipped[i], std::uint8_t{0});
    }
    QVERIFY(data.labels != before);
}

void TestLabelNoise::the_same_seed_flips_the_same_labels()
{
    auto first = ten_classes(500);
    auto second = first;
    auto third = first;
    QVERIFY(apply_label_noise(first, {.kind = "symmetric-other", .rate = 0.4}, 7).ok());
    QVERIFY(apply_label_noise(second, {.kind = "symmetric-other", .rate = 0.4}, 7).ok());
    QVERIFY(apply_label_noise(third, {.kind = "symmetric-other", .rate = 0.4}, 8).ok());
    QCOMPARE(first.labels, second.labels);
    QVERIFY(first.labels != third.labels);
}

void TestLabelNoise::a_higher_rate_flips_more_of_the_same()
{
    auto few = ten_classes(500);
    auto many = few;
    QVERIFY(apply_label_noise(few, {.kind = "symmetric-other", .rate = 0.2}, 7).ok());
    QVERIFY(apply_label_noise(many, {.kind = "symmetric-other", .rate = 0.6}, 7).ok());
    for (std::size_t i = 0; i < 500; ++i) {
        QVERIFY(few.flipped[i] <= many.flipped[i]);
    }
}

void TestLabelNoise::none_changes_nothing()
{
    auto data = ten_classes(100);
    const auto before = data.labels;
    QVERIFY(apply_label_noise(data, {}, 1).ok());
    QCOMPARE(data.labels, before);
    QVERIFY(data.flipped.empty() && data.true_labels.empty());
    auto curves = make_data_set("regression-curves");
    QVERIFY(apply_label_noise(curves, {}, 1).ok());
}

void TestLabelNoise::the_config_offers_the_same_kinds()
{
    const auto settings = run::training_bench().settings;
    const auto offered = std::ranges::find(settings, std::string("label_noise"), &Hyperparameter::key);
    QVERIFY(offered != settings.end());
    QCOMPARE(offered->choices, training::label_noise_kinds());
}

void TestLabelNoise::refuses_data()
{
    QTest::addColumn<QString>("kind");
    QTest::addColumn<double>("rate");
    QTest::addColumn<QString>("set");
    QTest::addColumn<QString>("expected");
    QTest::newRow("a misspelled kind") << "pairs" << 0.4 << "rings"
                                       << "unknown kind 'pairs'";
    QTest::newRow("a rate above 0.9") << "pair" << 0.95 << "rings"
                                      << "rate is 0.95, expected 0 to 0.9";
    QTest::newRow("a negative rate") << "pair" << -0.1 << "rings"
                                     << "rate is -0.1";
    QTest::newRow("a rate that is no number") << "pair" << std::nan("") << "rings"
                                              << "rate is nan";
    QTest::newRow("digits that are not ten") << "asymmetric-digits" << 0.4 << "rings"
                                             << "needs 10 classes, the data set has 2";
    QTest::newRow("targets instead of labels") << "pair" << 0.4 << "regression-curves"
                                               << "'regression-curves' has no labels";
}

void TestLabelNoise::refuses()
{
    QFETCH(QString, kind);
    QFETCH(double, rate);
    QFETCH(QString, set);
    QFETCH(QString, expected);
    auto data = make_data_set(set.toStdString());
    const auto before = data.labels;
    const auto status = apply_label_noise(data, {.kind = kind.toStdString(), .rate = rate}, 1);
    QVERIFY(!status.ok());
    QVERIFY2(status.error().message.find(expected.toStdString()) != std::string::npos, status.error().message.c_str());
    QVERIFY(!status.error().hint.empty());
    QCOMPARE(data.labels, before);
}

QTEST_APPLESS_MAIN(TestLabelNoise)
#include "test_label_noise.moc"
