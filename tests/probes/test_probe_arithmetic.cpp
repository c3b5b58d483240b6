// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/random.h"
#include "core/probes/loss_spread.h"
#include "core/probes/predictions.h"
#include "core/probes/ranking.h"
#include "core/probes/reliability.h"
#include "core/probes/temperature_scaling.h"

#include <QtTest/QtTest>

#include <cmath>
#include <numeric>

using namespace timberline::probes;
using timberline::RandomPurpose;
using timberline::RandomStream;

namespace {

bool near(double got, double expected, double tolerance = 6e-7)
{
    return std::abs(got - expected) <= tolerance;
}

std::string text_of(double value)
{
    return QString::number(value, 'g', 10).toStdString();
}

/// Fixture Z of the specification.
const std::vector<float> kLogits = {2.0F, 1.0F, 0.1F, -1.0F, 0.5F, 2.5F, 0.0F, 1.0F, 0.0F, 0.0F, 0.0F, 0.0F};
const std::vector<std::int32_t> kLabels = {0, 0, 3};

/// Confidences and hits of losses.md P01.
const std::vector<double> kConfidence = {0.95, 0.9, 0.85, 0.8, 0.6, 0.55, 0.4, 0.35};
const std::vector<std::uint8_t> kCorrect = {1, 1, 0, 1, 1, 0, 0, 1};

/// Losses of losses.md P05, as scores: higher = rather a member.
const std::vector<double> kMembers = {-0.05, -0.1, -0.2, -0.9};
const std::vector<double> kOthers = {-0.15, -0.5, -1.2, -2.0};

}  // namespace

/// The probes' arithmetic against the numbers that the specification prints, closed forms, and slow counts of every pair.
class TestProbeArithmetic : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void calibration_errors_data();
    void calibration_errors();
    void bins_take_their_upper_edge_data();
    void bins_take_their_upper_edge();
    void a_perfect_predictor_has_no_error();
    void bins_keep_means_and_intervals();
    void adaptive_bins_hold_equal_counts();
    void classwise_error_of_two_classes();
    void predictions_of_the_fixture();
    void certain_rows_keep_their_digits();
    void attack_of_the_specification();
    void curve_equals_counting_pairs();
    void rates_at_small_false_positive_rates();
    void temperature_of_the_specification();
    void temperature_undoes_a_scale();
    void spread_of_the_specification();
    void quantiles_and_histogram();
    void nothing_gives_nan();
};

void TestProbeArithmetic::calibration_errors_data()
{
    QTest::addColumn<int>("bins");
    QTest::addColumn<double>("expected");
    QTest::addColumn<double>("largest");
    QTest::newRow("five bins") << 5 << 0.162500 << 0.233333;
    QTest::newRow("ten bins") << 10 << 0.175000 << 0.375000;
}

void TestProbeArithmetic::calibration_errors()
{
    QFETCH(int, bins);
    QFETCH(double, expected);
    QFETCH(double, largest);
    const auto wide = reliability(std::span<const double>(kConfidence), kCorrect, static_cast<std::size_t>(bins));
    QVERIFY2(near(wide.expected_error, expected), text_of(wide.expected_error).c_str());
    QVERIFY2(near(wide.largest_error, largest), text_of(wide.largest_error).c_str());
    const std::vector<float> single(kConfidence.begin(), kConfidence.end());
    const auto narrow = reliability(std::span<const float>(single), kCorrect, static_cast<std::size_t>(bins));
    QVERIFY2(near(narrow.expected_error, expected), text_of(narrow.expected_error).c_str());
    QVERIFY2(near(narrow.largest_error, largest), text_of(narrow.largest_error).c_str());
    double brier = 0;
    for (std::size_t i = 0; i < kConfidence.size(); ++i) {
        brier += (kConfidence[i] - kCorrect[i]) * (kConfidence[i] - kCorrect[i]) / 8;
    }
    QVERIFY(near(brier, 0.227500, 1e-12));
}

void TestProbeArithmetic::bins_take_their_upper_edge_data()
{
    QTest::addColumn<double>("confidence");
    QTest::addColumn<int>("bin");  // of 5
    QTest::newRow("nothing") << 0.0 << 0;
    QTest::newRow("inside the first") << 0.1 << 0;
    QTest::newRow("the first edge") << 0.2 << 0;
    QTest::newRow("behind the first edge") << 0.2000001 << 1;
    QTest::newRow("the third edge") << 0.6 << 2;  // the third bin, which the specification counts from 1
    QTest::newRow("certain") << 1.0 << 4;
}

void TestProbeArithmetic::bins_take_their_upper_edge()
{
    QFETCH(double, confidence);
    QFETCH(int, bin);
    QCOMPARE(reliability_bin(confidence, 5), static_cast<std::size_t>(bin));
    QCOMPARE(reliability_bin(static_cast<float>(confidence), 5), static_cast<std::size_t>(bin));
}

void TestProbeArithmetic::a_perfect_predictor_has_no_error()
{
    const std::vector<double> sure(20, 1.0);
    const std::vector<std::uint8_t> right(20, 1);
    const auto got = reliability(std::span<const double>(sure), right, 15);
    QCOMPARE(got.expected_error, 0.0);
    QCOMPARE(got.largest_error, 0.0);
    QCOMPARE(got.bins.back().count, std::int64_t{20});
    QCOMPARE(adaptive_error(sure, right, 15), 0.0);
}

void TestProbeArithmetic::bins_keep_means_and_intervals()
{
    const auto got = reliability(std::span<const double>(kConfidence), kCorrect, 5);
    QCOMPARE(got.bins[1].count, std::int64_t{2});  // .4 and .35, one of them right
    QVERIFY(near(got.bins[1].confidence, 0.375, 1e-12));
    QVERIFY(near(got.bins[1].accuracy, 0.5, 1e-12));
    QCOMPARE(got.bins[0].count, std::int64_t{0});
    QCOMPARE(got.bins[0].accuracy_high, 1.0);
    // Wilson's interval for 5 hits of 10 is 0.236593 to 0.763407 (his formula with z = 1.959964, in Python).
    std::vector<std::uint8_t> half(10, 0);
    std::fill_n(half.begin(), 5, std::uint8_t{1});
    const auto ten = reliability(std::span<const double>(std::vector<double>(10, 0.9)), half, 1);
    QVERIFY2(near(ten.bins[0].accuracy_low, 0.236593), text_of(ten.bins[0].accuracy_low).c_str());
    QVERIFY2(near(ten.bins[0].accuracy_high, 0.763407), text_of(ten.bins[0].accuracy_high).c_str());
}

void TestProbeArithmetic::adaptive_bins_hold_equal_counts()
{
    // Four bins of two, from the least sure: |.35-1+.4-0| + |.55-0+.6-1| + |.8-1+.85-0| + |.9-1+.95-1|, over 8.
    QVERIFY(near(adaptive_error(kConfidence, kCorrect, 4), (0.25 + 0.15 + 0.65 + 0.15) / 8, 1e-12));
    // One bin: the difference of the means, in any convention.
    QVERIFY(near(adaptive_error(kConfidence, kCorrect, 1), std::abs(5.4 - 5) / 8, 1e-12));
    // As many bins as rows: the mean distance.
    QVERIFY(near(adaptive_error(kConfidence, kCorrect, 8), (0.05 + 0.1 + 0.85 + 0.2 + 0.4 + 0.55 + 0.4 + 0.65) / 8, 1e-12));
}

void TestProbeArithmetic::classwise_error_of_two_classes()
{
    const std::vector<double> p = {0.9, 0.1, 0.7, 0.3, 0.2, 0.8};
    const std::vector<std::int32_t> labels = {0, 1, 1};
    // One bin: |mean p_k - share of k| = |1.8/3 - 1/3| for class 0 and |1.2/3 - 2/3| for class 1.
    QVERIFY(near(classwise_error(p, labels, 1), 0.8 / 3, 1e-12));
}

void TestProbeArithmetic::predictions_of_the_fixture()
{
    const auto got = predictions_of({.logits = kLogits, .labels = kLabels, .true_labels = {}}, 4);
    const std::vector<double> loss = {0.449313, 2.365025, 1.386294};
    const std::vector<double> entropy = {0.960673, 0.927712, 1.386294};
    const std::vector<double> brier = {0.196212, 1.330055, 0.750000};
    const std::vector<double> confidence = {0.638066, 0.694179, 0.25};
    for (std::size_t i = 0; i < 3; ++i) {
        QVERIFY(near(got.cross_entropy[i], loss[i], 7e-7));
        QVERIFY(near(got.entropy[i], entropy[i], 7e-7));
        QVERIFY(near(got.brier[i], brier[i], 7e-7));
        QVERIFY(near(got.confidence[i], confidence[i], 7e-7));
    }
    QCOMPARE(got.correct, (std::vector<std::uint8_t>{1, 0, 0}));  // of equal logits the first is taken
    QCOMPARE(got.predicted, (std::vector<std::int32_t>{0, 1, 0}));
    QVERIFY2(near(got.modified_entropy[0], 0.236017), text_of(got.modified_entropy[0]).c_str());
    QVERIFY2(near(got.log_odds[0], 0.566981), text_of(got.log_odds[0]).c_str());
}

void TestProbeArithmetic::certain_rows_keep_their_digits()
{
    const std::vector<float> logits = {50, 0, 0, 50};
    const std::vector<std::int32_t> labels = {0, 0};
    const auto got = predictions_of({.logits = logits, .labels = labels, .true_labels = {}}, 2);
    QVERIFY(near(got.cross_entropy[0] / std::exp(-50.0), 1, 1e-12));
    QVERIFY(near(got.log_odds[0], 50, 1e-12));
    QVERIFY(near(got.cross_entropy[1], 50, 1e-12));
    QVERIFY(near(got.log_odds[1], -50, 1e-12));
    QVERIFY(std::isfinite(got.modified_entropy[0]) && std::isfinite(got.modified_entropy[1]));
}

void TestProbeArithmetic::attack_of_the_specification()
{
    QVERIFY(near(area_under_curve(kMembers, kOthers), 0.8125, 1e-12));
    const auto curve = roc_curve(kMembers, kOthers);
    const auto best = best_threshold(curve);
    QVERIFY(near(best.balanced_accuracy, 0.75, 1e-12));
    QCOMPARE(curve.front().true_positive_rate, 0.0);
    QCOMPARE(curve.back().false_positive_rate, 1.0);
    // The threshold is one of the scores, and at it the rates are what the accuracy says.
    double accuracy = 0;
    for (const double score : kMembers) {
        accuracy += score >= best.threshold ? 0.125 : 0;
    }
    for (const double score : kOthers) {
        accuracy += score < best.threshold ? 0.125 : 0;
    }
    QVERIFY(near(accuracy, 0.75, 1e-12));
    // The same samples on both sides tell nothing.
    QVERIFY(near(area_under_curve(kMembers, kMembers), 0.5, 1e-12));
    QVERIFY(near(best_threshold(roc_curve(kMembers, kMembers)).balanced_accuracy, 0.5, 1e-12));
    // Groups that do not overlap are told apart, in either direction of the score.
    QVERIFY(near(area_under_curve(std::vector<double>{3, 4}, std::vector<double>{1, 2}), 1, 1e-12));
    QVERIFY(near(area_under_curve(std::vector<double>{1, 2}, std::vector<double>{3, 4}), 0, 1e-12));
}

void TestProbeArithmetic::curve_equals_counting_pairs()
{
    // With many equal scores: every pair is looked at one by one.
    RandomStream stream({.seed = 4, .purpose = RandomPurpose::Test});
    std::vector<double> up(70), down(90);
    for (double& score : up) {
        score = std::floor(12 * stream.next());
    }
    for (double& score : down) {
        score = std::floor(10 * stream.next());
    }
    double pairs = 0;
    for (const double u : up) {
        for (const double d : down) {
            pairs += u > d ? 1 : (u == d ? 0.5 : 0);
        }
    }
    QVERIFY(near(area_under_curve(up, down), pairs / (70 * 90), 1e-12));
    double best = 0;
    for (double threshold = -1; threshold <= 13; threshold += 0.5) {
        const auto rate = [&](const std::vector<double>& scores) {
            return static_cast<double>(std::ranges::count_if(scores, [&](double s) { return s >= threshold; })) /
                   static_cast<double>(scores.size());
        };
        best = std::max(best, (rate(up) + 1 - rate(down)) / 2);
    }
    QVERIFY(near(best_threshold(roc_curve(up, down)).balanced_accuracy, best, 1e-12));
}

void TestProbeArithmetic::rates_at_small_false_positive_rates()
{
    // 100 others 0 … 99, members 90 … 109: 10 members lie above all others, and one more for each other that is let through.
    std::vector<double> others(100), members(20);
    std::iota(others.begin(), others.end(), 0.0);
    std::iota(members.begin(), members.end(), 90.0);
    const auto curve = roc_curve(members, others);
    QVERIFY(near(true_positive_rate_at(curve, 0.001), 0.5, 1e-12));
    QVERIFY(near(true_positive_rate_at(curve, 0.01), 0.55, 1e-12));
    QVERIFY(near(true_positive_rate_at(curve, 0.05), 0.75, 1e-12));
    QVERIFY(near(true_positive_rate_at(curve, 1), 1, 1e-12));
}

void TestProbeArithmetic::temperature_of_the_specification()
{
    const std::vector<float> logits = {6, 1, 0, 5, 2, 0, 0, 6, 1, 4, 0, 3};
    const std::vector<std::int32_t> labels = {0, 1, 1, 2};
    const ProbeSide side{.logits = logits, .labels = labels, .true_labels = {}};
    const std::vector<std::int64_t> rows = {0, 1, 2, 3};
    const double temperature = best_temperature(side, 3, rows);
    QVERIFY2(near(temperature, 2.556107, 2e-6), text_of(temperature).c_str());
    QVERIFY(near(negative_log_likelihood(side, 3, 1), 1.099974));
    QVERIFY(near(negative_log_likelihood(side, 3, temperature), 0.749107));
    // The derivative there is 0: mean((z_y - E[z]) / T^2).
    double slope = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        std::vector<double> p(3);
        softmax_row(std::span(logits).subspan(3 * i, 3), temperature, p);
        double mean = 0;
        for (std::size_t k = 0; k < 3; ++k) {
            mean += p[k] * static_cast<double>(logits[3 * i + k]);
        }
        slope += (static_cast<double>(logits[3 * i + static_cast<std::size_t>(labels[i])]) - mean) / 4;
    }
    QVERIFY(std::abs(slope) < 1e-6);
}

void TestProbeArithmetic::temperature_undoes_a_scale()
{
    // Labels are drawn from the softmax of z; logits that are 3 z are too sure by a factor of 3.
    RandomStream stream({.seed = 9, .purpose = RandomPurpose::Test});
    std::vector<float> logits;
    std::vector<std::int32_t> labels;
    std::vector<std::int64_t> rows;
    for (std::int64_t i = 0; i < 4000; ++i) {
        std::vector<float> z(3);
        for (float& value : z) {
            value = static_cast<float>(4 * stream.next() - 2);
        }
        std::vector<double> p(3);
        softmax_row(z, 1, p);
        const double draw = stream.next();
        labels.push_back(draw < p[0] ? 0 : draw < p[0] + p[1] ? 1 : 2);
        rows.push_back(i);
        for (const float value : z) {
            logits.push_back(3 * value);
        }
    }
    const ProbeSide side{.logits = logits, .labels = labels, .true_labels = {}};
    const double temperature = best_temperature(side, 3, rows);
    QVERIFY2(std::abs(temperature - 3) < 0.25, text_of(temperature).c_str());  // the estimate's own spread is about 0.08
}

void TestProbeArithmetic::spread_of_the_specification()
{
    QVERIFY(near(loss_spread(std::vector<double>{0.05, 0.1, 0.2, 0.9}).variance, 0.117969));
    QVERIFY(near(loss_spread(std::vector<double>{0.15, 0.5, 1.2, 2.0}).variance, 0.501719));
}

void TestProbeArithmetic::quantiles_and_histogram()
{
    std::vector<double> losses(101);
    std::iota(losses.begin(), losses.end(), 0.0);
    std::ranges::reverse(losses);
    const auto spread = loss_spread(losses);
    QCOMPARE(spread.mean, 50.0);
    QVERIFY(near(spread.variance, (101.0 * 101 - 1) / 12, 1e-9));  // of the integers 0 … 100
    QCOMPARE(spread.quantile_5, 5.0);
    QCOMPARE(spread.median, 50.0);
    QCOMPARE(spread.quantile_95, 95.0);
    QCOMPARE(loss_spread(std::vector<double>{1, 2}).median, 1.5);
    // Bins take their lower edge; the last one takes its upper edge too; what lies outside is not counted.
    const std::vector<double> edges = {0, 1, 2, 4};
    QCOMPARE(counts_between(std::vector<double>{0, 0.5, 1, 2, 3.9, 4, 4.1, -1, std::nan("")}, edges), (std::vector<std::int32_t>{2, 1, 3}));
}

void TestProbeArithmetic::nothing_gives_nan()
{
    const std::vector<double> none;
    QVERIFY(std::isnan(area_under_curve(none, kOthers)));
    QVERIFY(std::isnan(area_under_curve(kOthers, none)));
    QVERIFY(std::isnan(loss_spread(none).variance));
    QVERIFY(std::isnan(reliability(std::span<const double>(none), {}, 5).expected_error));
    QVERIFY(std::isnan(mean_of(none)));
    QVERIFY(counts_between(kMembers, none).empty());
}

QTEST_APPLESS_MAIN(TestProbeArithmetic)
#include "test_probe_arithmetic.moc"
