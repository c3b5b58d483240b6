// SPDX-License-Identifier: GPL-3.0-or-later
// The entropy regulariser (methods/attention.md 2.1): printed numbers, and gradients against central differences.
#include "core/attention/entropy_guidance.h"

#include <QTest>

#include <cmath>

using namespace timberline::attention;

namespace {

bool near(double a, double b, double tolerance)
{
    return std::abs(a - b) <= tolerance;
}

std::vector<double> softmax(const std::vector<double>& s)
{
    std::vector<double> p;
    double sum = 0;
    for (const double x : s) {
        p.push_back(std::exp(x));
        sum += p.back();
    }
    for (double& x : p) {
        x /= sum;
    }
    return p;
}

double entropy(const std::vector<double>& s)
{
    double out = 0;
    for (const double p : softmax(s)) {
        out -= p * std::log(p);
    }
    return out;
}

}  // namespace

class TestEntropyGuidance : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void printedRow();
    void printedGradientOfEntropy();
    void gradientsEqualDifferences();
    void theWholePenalty_data();
    void theWholePenalty();
    void nothingIsPenalisedInsideTheBand();
    void maximaByLengthOrByVisibleKeys();
};

void TestEntropyGuidance::printedRow()
{
    const double maximum = guidance_maximum({}, 128, 1);
    QVERIFY(near(maximum, 4.852030, 5e-7));
    QVERIFY(near(.5 * maximum, 2.426015, 5e-7) && near(.2 * maximum, 0.970406, 5e-7));
    const GuidedRow far = guide_row(4, .5, maximum, .2);
    QVERIFY(near(far.deviation, 1.573985, 5e-7) && near(far.penalty, 2.477428, 2e-6));
    QVERIFY(near(far.by_entropy, 2 * far.deviation, 1e-15) && near(far.by_threshold, -2 * far.deviation * maximum, 1e-15));
    const GuidedRow close = guide_row(3, .5, maximum, .2);
    QVERIFY(close.penalty == 0 && close.by_entropy == 0 && close.by_threshold == 0 && close.deviation > 0);
    QVERIFY(guide_row(0, .5, maximum, .2).penalty > 0);  // below the band as well
}

void TestEntropyGuidance::printedGradientOfEntropy()
{
    const auto p = softmax({1, 3, 2, 5});
    std::vector<double> gradient(4);
    entropy_gradient(p, gradient);
    const double expected[] = {0.0546392, 0.1788177, 0.1071541, -0.3406110};
    double sum = 0;
    for (std::size_t j = 0; j < 4; ++j) {
        QVERIFY(near(gradient[j], expected[j], 5e-8));
        sum += gradient[j];
    }
    QVERIFY(near(sum, 0, 1e-15));
    std::vector<double> sure(2);
    entropy_gradient(std::vector<double>{1, 0}, sure);
    QVERIFY(sure[0] == 0 && sure[1] == 0);
}

void TestEntropyGuidance::gradientsEqualDifferences()
{
    const std::vector<double> scores = {0.3, -1, 2.2, 0.9, -0.4};
    const double step = 1e-5;
    std::vector<double> gradient(scores.size());
    entropy_gradient(softmax(scores), gradient);
    const double maximum = std::log(5.0);
    const GuidedRow row = guide_row(entropy(scores), .9, maximum, .05);
    QVERIFY(row.penalty > 0);
    for (std::size_t j = 0; j < scores.size(); ++j) {
        auto up = scores, down = scores;
        up[j] += step;
        down[j] -= step;
        const double by_entropy = (entropy(up) - entropy(down)) / (2 * step);
        QVERIFY(near(gradient[j], by_entropy, 1e-9));
        const double by_penalty =
            (guide_row(entropy(up), .9, maximum, .05).penalty - guide_row(entropy(down), .9, maximum, .05).penalty) / (2 * step);
        QVERIFY(near(row.by_entropy * gradient[j], by_penalty, 1e-9));
    }
    const double by_threshold =
        (guide_row(entropy(scores), .9 + step, maximum, .05).penalty - guide_row(entropy(scores), .9 - step, maximum, .05).penalty) /
        (2 * step);
    QVERIFY(near(row.by_threshold, by_threshold, 1e-8));
}

void TestEntropyGuidance::theWholePenalty_data()
{
    QTest::addColumn<bool>("mean");
    QTest::newRow("summed over rows, as published") << false;
    QTest::newRow("averaged over rows") << true;
}

void TestEntropyGuidance::theWholePenalty()
{
    QFETCH(bool, mean);
    const EntropyGuidance guidance = {.dead_zone = .1, .mean_over_rows = mean};
    const std::vector<double> maximum = {std::log(2), std::log(8), std::log(8)};
    std::vector<double> entropies, thresholds = {.5, .2, .9, .4};  // two layers of two heads
    for (int i = 0; i < 12; ++i) {
        entropies.push_back(0.17 * i);
    }
    const auto total = entropy_penalty(guidance, 2, 2, entropies, thresholds, maximum);
    double expected = 0;
    int outside = 0;
    for (std::size_t head = 0; head < 4; ++head) {
        for (std::size_t row = 0; row < 3; ++row) {
            const double dev = entropies[head * 3 + row] - thresholds[head] * maximum[row];
            if (std::abs(dev) > .1 * maximum[row]) {
                expected += dev * dev / 4 / (mean ? 3 : 1);
                ++outside;
            }
        }
    }
    QVERIFY(near(total.penalty, expected, 1e-12) && near(total.outside, outside / 12.0, 1e-15));
    const double step = 1e-6;
    for (std::size_t i = 0; i < entropies.size(); ++i) {
        auto up = entropies, down = entropies;
        up[i] += step;
        down[i] -= step;
        const double slope = (entropy_penalty(guidance, 2, 2, up, thresholds, maximum).penalty -
                              entropy_penalty(guidance, 2, 2, down, thresholds, maximum).penalty) /
                             (2 * step);
        QVERIFY(near(total.by_entropy[i], slope, 1e-8));
    }
    for (std::size_t i = 0; i < thresholds.size(); ++i) {
        auto up = thresholds, down = thresholds;
        up[i] += step;
        down[i] -= step;
        const double slope = (entropy_penalty(guidance, 2, 2, entropies, up, maximum).penalty -
                              entropy_penalty(guidance, 2, 2, entropies, down, maximum).penalty) /
                             (2 * step);
        QVERIFY(near(total.by_threshold[i], slope, 1e-7));
    }
}

void TestEntropyGuidance::nothingIsPenalisedInsideTheBand()
{
    const std::vector<double> maximum(4, std::log(16)), thresholds = {.5}, entropies(4, .55 * std::log(16));
    for (const EntropyGuidance& guidance : {EntropyGuidance{.dead_zone = .2}, EntropyGuidance{.dead_zone = 1}}) {
        const auto total = entropy_penalty(guidance, 1, 1, entropies, thresholds, maximum);
        QVERIFY(total.penalty == 0 && total.outside == 0 && total.by_threshold[0] == 0);
    }
}

void TestEntropyGuidance::maximaByLengthOrByVisibleKeys()
{
    QCOMPARE(guidance_maximum({}, 64, 3), std::log(64.0));
    QCOMPARE(guidance_maximum({.visible_maximum = true}, 64, 3), std::log(3.0));
    const auto alone = entropy_penalty({.dead_zone = 0, .visible_maximum = true}, 1, 1, std::vector<double>{.7}, std::vector<double>{.5},
                                       std::vector<double>{guidance_maximum({.visible_maximum = true}, 64, 1)});
    QCOMPARE(alone.penalty, 0.0);  // a row of one key has no entropy to guide
}

QTEST_APPLESS_MAIN(TestEntropyGuidance)
#include "test_entropy_guidance.moc"
