// SPDX-License-Identifier: GPL-3.0-or-later
// Rollout (methods/attention.md 1.3) and the comparison of maps (1.7).
#include "core/attention/map_compare.h"
#include "core/attention/rollout.h"

#include <QTest>

#include <cmath>
#include <random>

using namespace timberline::attention;

namespace {

using Map = std::vector<std::vector<float>>;  ///< [T][T]
using Layer = std::vector<Map>;               ///< [H]

bool near(double a, double b, double tolerance)
{
    return std::abs(a - b) <= tolerance;
}

Rollout rolled(const std::vector<Layer>& layers, const RolloutSettings& settings)
{
    const auto tokens = static_cast<std::int64_t>(layers.front().front().size());
    Rollout rollout(static_cast<std::int64_t>(layers.size()), tokens, settings);
    for (std::size_t layer = 0; layer < layers.size(); ++layer) {
        for (std::size_t row = 0; row < static_cast<std::size_t>(tokens); ++row) {
            std::vector<std::span<const float>> heads;
            for (const Map& map : layers[layer]) {
                heads.emplace_back(map[row]);
            }
            rollout.add_row(static_cast<std::int64_t>(layer), static_cast<std::int64_t>(row), heads);
        }
    }
    return rollout;
}

Map identity(std::size_t tokens)
{
    Map out(tokens, std::vector<float>(tokens, 0.0F));
    for (std::size_t i = 0; i < tokens; ++i) {
        out[i][i] = 1;
    }
    return out;
}

Map drawn_causal(std::size_t tokens, std::mt19937& engine)
{
    std::uniform_real_distribution<float> unit(0.01F, 1);
    Map out(tokens, std::vector<float>(tokens, 0.0F));
    for (std::size_t i = 0; i < tokens; ++i) {
        float sum = 0;
        for (std::size_t j = 0; j <= i; ++j) {
            out[i][j] = unit(engine);
            sum += out[i][j];
        }
        for (std::size_t j = 0; j <= i; ++j) {
            out[i][j] /= sum;
        }
    }
    return out;
}

}  // namespace

class TestRollout : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void printedTwoLayers();
    void identityStaysIdentity();
    void equalsThePlainMatrixProduct_data();
    void equalsThePlainMatrixProduct();
    void smallWeightsAreDiscarded();
    void emptyRowsPointAtThemselves();
    void equalRowsDoNotDiffer();
    void comparedRowsAsDefined();
    void lostKeysAreInfinitelyFar();
};

void TestRollout::printedTwoLayers()
{
    const Map first = {{1, 0}, {.5F, .5F}};
    const Map second = {{1, 0}, {.25F, .75F}};
    const auto rollout = rolled({{first}, {second}}, {});
    QVERIFY(near(static_cast<double>(rollout.row(1, 1)[0]), 0.34375, 1e-7) &&
            near(static_cast<double>(rollout.row(1, 1)[1]), 0.65625, 1e-7));
    QVERIFY(near(static_cast<double>(rollout.row(0, 1)[0]), 0.25, 1e-7));
}

void TestRollout::identityStaysIdentity()
{
    const auto rollout = rolled({{identity(5), identity(5)}, {identity(5), identity(5)}}, {});
    for (std::int64_t i = 0; i < 5; ++i) {
        for (std::size_t j = 0; j <= static_cast<std::size_t>(i); ++j) {
            QCOMPARE(rollout.row(1, i)[j], static_cast<std::size_t>(i) == j ? 1.0F : 0.0F);
        }
    }
    std::mt19937 engine(1);
    const auto all_residual = rolled({{drawn_causal(4, engine)}, {drawn_causal(4, engine)}}, {.residual = 1});
    QCOMPARE(all_residual.row(1, 3)[3], 1.0F);
    QCOMPARE(all_residual.row(1, 3)[0], 0.0F);
}

void TestRollout::equalsThePlainMatrixProduct_data()
{
    QTest::addColumn<QString>("reduce");
    QTest::addColumn<double>("residual");
    QTest::newRow("mean over heads") << "mean" << .5;
    QTest::newRow("largest over heads, renormalised") << "max" << .5;
    QTest::newRow("smallest over heads, renormalised") << "min" << .3;
    QTest::newRow("no residual") << "mean" << .0;
}

void TestRollout::equalsThePlainMatrixProduct()
{
    QFETCH(QString, reduce);
    QFETCH(double, residual);
    constexpr std::size_t kTokens = 9;
    std::mt19937 engine(2);
    std::vector<Layer> layers;
    for (int layer = 0; layer < 4; ++layer) {
        layers.push_back({drawn_causal(kTokens, engine), drawn_causal(kTokens, engine), drawn_causal(kTokens, engine)});
    }
    const auto rollout = rolled(layers, {.residual = residual, .reduce = reduce.toStdString()});
    std::vector<std::vector<double>> r(kTokens, std::vector<double>(kTokens, 0));
    for (std::size_t i = 0; i < kTokens; ++i) {
        r[i][i] = 1;
    }
    for (std::size_t l = 0; l < layers.size(); ++l) {
        std::vector<std::vector<double>> next(kTokens, std::vector<double>(kTokens, 0));
        for (std::size_t i = 0; i < kTokens; ++i) {
            std::vector<double> mixed(kTokens, 0);
            double sum = 0;
            for (std::size_t j = 0; j < kTokens; ++j) {
                std::vector<double> heads;
                for (const Map& map : layers[l]) {
                    heads.push_back(static_cast<double>(map[i][j]));
                }
                mixed[j] = reduce == "max"   ? *std::max_element(heads.begin(), heads.end())
                           : reduce == "min" ? *std::min_element(heads.begin(), heads.end())
                                             : (heads[0] + heads[1] + heads[2]) / 3;
                sum += mixed[j];
            }
            double total = 0;
            for (std::size_t j = 0; j < kTokens; ++j) {
                mixed[j] = (1 - residual) * mixed[j] / sum + (i == j ? residual : 0);
                total += mixed[j];
            }
            QVERIFY(near(total, 1, 1e-12));
            for (std::size_t j = 0; j < kTokens; ++j) {
                for (std::size_t c = 0; c < kTokens; ++c) {
                    next[i][c] += mixed[j] * r[j][c];
                }
            }
        }
        r = next;
        for (std::size_t i = 0; i < kTokens; ++i) {
            double sum = 0;
            const auto row = rollout.row(static_cast<std::int64_t>(l), static_cast<std::int64_t>(i));
            QCOMPARE(row.size(), i + 1);  // lower triangular
            for (std::size_t j = 0; j <= i; ++j) {
                QVERIFY(near(static_cast<double>(row[j]), r[i][j], 1e-6));
                sum += static_cast<double>(row[j]);
            }
            QVERIFY(near(sum, 1, 1e-6));
        }
    }
}

void TestRollout::smallWeightsAreDiscarded()
{
    const std::vector<float> head = {.1F, .2F, .3F, .4F};
    std::vector<float> out(4);
    mix_rollout_row({std::span<const float>(head)}, 3, {.residual = 0, .discard = .5}, out);
    QCOMPARE(out[0], 0.0F);
    QCOMPARE(out[1], 0.0F);
    QVERIFY(near(static_cast<double>(out[2]), 3.0 / 7, 1e-6) && near(static_cast<double>(out[3]), 4.0 / 7, 1e-6));
}

void TestRollout::emptyRowsPointAtThemselves()
{
    const std::vector<float> a = {0, 1, 0}, b = {1, 0, 0};
    std::vector<float> out(3);
    mix_rollout_row({std::span<const float>(a), std::span<const float>(b)}, 2, {.reduce = "min"}, out);  // nothing is left over
    QCOMPARE(out, (std::vector<float>{0, 0, 1}));
}

void TestRollout::equalRowsDoNotDiffer()
{
    const std::vector<float> row = {.2F, 0, .5F, .3F};
    const std::vector<float> twice = {.4F, 0, 1, .6F};  // rows are divided by their own sums
    for (const auto& other : {row, twice}) {
        const auto c = compare_rows(row, other);
        QVERIFY(near(c.entropy_change, 0, 1e-7) && near(c.divergence, 0, 1e-7) && near(c.jensen_shannon, 0, 1e-7) &&
                near(c.total_variation, 0, 1e-7));
        QVERIFY(near(c.cosine, 1, 1e-7) && !c.top_key_changed);
    }
}

void TestRollout::comparedRowsAsDefined()
{
    const auto c = compare_rows(std::vector<float>{.25F, .75F}, std::vector<float>{.5F, .5F});
    const double h = -.25 * std::log(.25) - .75 * std::log(.75);
    QVERIFY(near(c.entropy_change, std::log(2) - h, 1e-12));
    QVERIFY(near(c.divergence, .25 * std::log(.5) + .75 * std::log(1.5), 1e-12));
    QVERIFY(near(c.total_variation, .25, 1e-12));
    const double m0 = .375, m1 = .625;
    const double js = (.25 * std::log(.25 / m0) + .75 * std::log(.75 / m1) + .5 * std::log(.5 / m0) + .5 * std::log(.5 / m1)) / 2;
    QVERIFY(near(c.jensen_shannon, js, 1e-12));
    QVERIFY(near(c.cosine, .5 / std::sqrt(.625 * .5), 1e-12));
    QVERIFY(c.top_key_changed);
    HeadComparison head;
    head.add(c);
    head.add(compare_rows(std::vector<float>{1, 0}, std::vector<float>{1, 0}));
    QVERIFY(near(head.mean().total_variation, .125, 1e-12) && near(head.top_key_changed(), .5, 0));
    QCOMPARE(HeadComparison().mean().divergence, 0.0);
}

void TestRollout::lostKeysAreInfinitelyFar()
{
    const auto c = compare_rows(std::vector<float>{.5F, .5F}, std::vector<float>{1, 0});
    QVERIFY(std::isinf(c.divergence));
    QVERIFY(c.jensen_shannon > 0 && c.jensen_shannon <= std::log(2));
    const auto disjoint = compare_rows(std::vector<float>{1, 0}, std::vector<float>{0, 1});
    QVERIFY(near(disjoint.jensen_shannon, std::log(2), 1e-12) && near(disjoint.total_variation, 1, 1e-12) && disjoint.cosine == 0.0);
    const auto gone = compare_rows(std::vector<float>{1, 0}, std::vector<float>{0, 0});
    QVERIFY(std::isinf(gone.divergence) && gone.cosine == 0.0 && !std::isnan(gone.jensen_shannon));
}

QTEST_APPLESS_MAIN(TestRollout)
#include "test_rollout.moc"
