// SPDX-License-Identifier: GPL-3.0-or-later
// The streaming recurrence against methods/attention.md 1.1, 1.2, 1.6 (printed numbers) and against rows that are written out, in double
// precision.
#include "core/attention/law_statistics.h"
#include "core/attention/streaming_row.h"

#include <QTest>

#include <cmath>
#include <random>

using namespace timberline;
using namespace timberline::attention;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// The definitions, from the whole row.
struct Materialised {
    double entropy = 0, varentropy = 0, largest = 0, collision = 0, sink = 0, log_sum_exp = -kInfinity;
    std::vector<double> probability;

    explicit Materialised(const std::vector<double>& scores, std::size_t sinks = 0)
    {
        double top = -kInfinity;
        for (const double s : scores) {
            top = std::max(top, s);
        }
        double sum = 0;
        for (const double s : scores) {
            sum += s == -kInfinity ? 0 : std::exp(s - top);
        }
        if (!(sum > 0)) {
            probability.assign(scores.size(), 0);
            return;
        }
        log_sum_exp = top + std::log(sum);
        for (const double s : scores) {
            probability.push_back(s == -kInfinity ? 0 : std::exp(s - top) / sum);
        }
        for (const double p : probability) {
            entropy -= p > 0 ? p * std::log(p) : 0;
            largest = std::max(largest, p);
            collision += p * p;
        }
        for (const double p : probability) {
            varentropy += p > 0 ? p * std::pow(std::log(p) + entropy, 2) : 0;
        }
        for (std::size_t j = 0; j < std::min(sinks, probability.size()); ++j) {
            sink += probability[j];
        }
    }
};

template <typename Real>
StreamingRow<Real> fed(const std::vector<Real>& scores, const std::vector<std::size_t>& cuts)
{
    StreamingRow<Real> row;
    std::size_t begin = 0;
    for (const std::size_t end : cuts) {
        row.add_tile(std::span<const Real>(scores).subspan(begin, end - begin));
        begin = end;
    }
    row.add_tile(std::span<const Real>(scores).subspan(begin));
    return row;
}

bool near(double a, double b, double tolerance)
{
    return std::abs(a - b) <= tolerance;
}

}  // namespace

class TestStreamingRow : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void uniformRowHasEntropyLnN_data();
    void uniformRowHasEntropyLnN();
    void printedRows_data();
    void printedRows();
    void printedTiles();
    void partialsMerge();
    void extremeRowsGiveNumbers();
    void anyTilingEqualsTheWholeRow_data();
    void anyTilingEqualsTheWholeRow();
    void outputIsTheWeightedMean();
    void changesThatDoNotMatter();
    void lawsOfTheNextToken();
    void lawsAreComparedByTheirDivergence();
};

void TestStreamingRow::uniformRowHasEntropyLnN_data()
{
    QTest::addColumn<int>("keys");
    for (const int keys : {1, 2, 8, 100, 4096}) {
        QTest::addRow("%d keys", keys) << keys;
    }
}

void TestStreamingRow::uniformRowHasEntropyLnN()
{
    QFETCH(int, keys);
    for (const double score : {0.0, 1e4, -1e4}) {
        const auto row = fed(std::vector<double>(static_cast<std::size_t>(keys), score), {});
        QVERIFY(near(row.entropy(), std::log(keys), 1e-12));
        QCOMPARE(row.varentropy(), 0.0);
        QVERIFY(near(row.largest(), 1.0 / keys, 1e-15));
        QVERIFY(near(row.collision(), 1.0 / keys, 1e-15));
    }
    if (keys == 8) {
        QVERIFY(near(fed(std::vector<double>(8, 0.0), {}).entropy(), 2.0794415, 1e-7));  // features.md
    }
}

void TestStreamingRow::printedRows_data()
{
    QTest::addColumn<QList<double>>("scores");
    QTest::addColumn<double>("entropy");
    QTest::newRow("p = 1/2 1/4 1/8 1/8") << QList<double>{std::log(.5), std::log(.25), std::log(.125), std::log(.125)} << 1.2130076;
    QTest::newRow("s = 0, ln 2, ln 3") << QList<double>{0, std::log(2), std::log(3)} << 1.0114043;
    QTest::newRow("one hot") << QList<double>{0, -kInfinity, -kInfinity} << 0.0;
}

void TestStreamingRow::printedRows()
{
    QFETCH(QList<double>, scores);
    QFETCH(double, entropy);
    const auto row = fed(std::vector<double>(scores.begin(), scores.end()), {});
    QVERIFY(near(row.entropy(), entropy, 5e-8));
}

void TestStreamingRow::printedTiles()
{
    StreamingRow<double> row;
    row.add_tile(std::vector<double>{1, 3});
    QVERIFY(near(row.maximum(), 3, 0) && near(row.sum(), 1.1353353, 5e-8) && near(row.weighted(), -0.2706706, 5e-8));
    QVERIFY(near(row.entropy(), 0.3653339, 5e-8));
    row.add_tile(std::vector<double>{2, 5});
    QVERIFY(near(row.maximum(), 5, 0) && near(row.sum(), 1.2034380, 5e-8) && near(row.weighted(), -0.4932943, 5e-8));
    QVERIFY(near(row.entropy(), 0.5950867, 5e-8));
    QVERIFY(near(row.varentropy(), 0.8976545, 5e-8));
    QVERIFY(near(row.largest(), 0.8309527, 5e-8));
    QVERIFY(near(row.collision(), 0.7050721, 5e-8));
}

void TestStreamingRow::partialsMerge()
{
    StreamingRow<double> first, second, whole;
    first.add_tile(std::vector<double>{1, 3});
    second.add_tile(std::vector<double>{2, 5});
    whole.add_tile(std::vector<double>{1, 3, 2, 5});
    for (auto [a, b] : {std::pair(first, second), std::pair(second, first)}) {
        a.merge(b);
        QVERIFY(near(a.entropy(), whole.entropy(), 1e-15));
        QVERIFY(near(a.varentropy(), whole.varentropy(), 1e-15));
        QVERIFY(near(a.log_sum_exp(), whole.log_sum_exp(), 1e-15));
        a.merge(StreamingRow<double>());  // an empty part changes nothing
        QVERIFY(near(a.entropy(), whole.entropy(), 1e-15));
    }
    StreamingRow<double> empty;
    empty.merge(first);
    QCOMPARE(empty.entropy(), first.entropy());
}

void TestStreamingRow::extremeRowsGiveNumbers()
{
    const auto one = fed(std::vector<double>{7}, {});
    QCOMPARE(one.entropy(), 0.0);
    QCOMPARE(one.varentropy(), 0.0);
    QCOMPARE(fed(std::vector<double>{0, -1e4}, {}).entropy(), 0.0);
    QCOMPARE(fed(std::vector<double>{-1e4, 0}, {1}).entropy(), 0.0);
    QCOMPARE(fed(std::vector<float>{-1e30F, 1e30F}, {1}).entropy(), 0.0F);
    const auto none = fed(std::vector<double>{-kInfinity, -kInfinity}, {1});
    QVERIFY(none.empty());
    QCOMPARE(none.log_sum_exp(), -kInfinity);
    QCOMPARE(none.entropy(), 0.0);
    QCOMPARE(none.sink_mass(), 0.0);
    // A tile that is masked as a whole leaves the state as it was.
    const auto with = fed(std::vector<double>{1, 2, -kInfinity, -kInfinity, 3}, {2, 4});
    const auto without = fed(std::vector<double>{1, 2, 3}, {2});
    QCOMPARE(with.entropy(), without.entropy());
    QCOMPARE(with.sum(), without.sum());
}

void TestStreamingRow::anyTilingEqualsTheWholeRow_data()
{
    QTest::addColumn<int>("keys");
    QTest::addColumn<double>("spread");
    for (const int keys : {2, 17, 500, 8192}) {
        for (const double spread : {0.5, 4.0, 30.0}) {
            QTest::addRow("%d keys, scores spread by %g", keys, spread) << keys << spread;
        }
    }
}

void TestStreamingRow::anyTilingEqualsTheWholeRow()
{
    QFETCH(int, keys);
    QFETCH(double, spread);
    std::mt19937 engine(static_cast<unsigned>(keys) * 31 + 7);
    std::normal_distribution<double> normal(100, spread);
    for (int trial = 0; trial < 4; ++trial) {
        std::vector<float> narrow;
        std::vector<double> wide;
        for (int j = 0; j < keys; ++j) {
            narrow.push_back(engine() % 10 == 0 ? -std::numeric_limits<float>::infinity() : static_cast<float>(normal(engine)));
            wide.push_back(static_cast<double>(narrow.back()));
        }
        narrow[0] = 100;
        wide[0] = 100;
        std::vector<std::size_t> cuts;
        for (std::size_t at = engine() % 70; at < narrow.size(); at += 1 + engine() % 200) {
            cuts.push_back(at);
        }
        const Materialised expected(wide);
        const auto row = fed(narrow, cuts);
        QVERIFY2(near(static_cast<double>(row.entropy()), expected.entropy, 1e-5),
                 qPrintable(QString::number(static_cast<double>(row.entropy()) - expected.entropy)));
        QVERIFY(near(static_cast<double>(row.largest()), expected.largest, 1e-6));
        QVERIFY(near(static_cast<double>(row.collision()), expected.collision, 1e-5));
        QVERIFY(near(static_cast<double>(row.varentropy()), expected.varentropy, 1e-5 * std::max(1.0, expected.varentropy)));
        QVERIFY(near(static_cast<double>(row.log_sum_exp()), expected.log_sum_exp, 2e-5));
        const auto exact = fed(wide, cuts);
        QVERIFY(near(exact.entropy(), expected.entropy, 1e-12));
        QVERIFY(near(exact.varentropy(), expected.varentropy, 1e-11 * std::max(1.0, expected.varentropy)));
    }
}

void TestStreamingRow::outputIsTheWeightedMean()
{
    std::mt19937 engine(5);
    std::normal_distribution<double> normal;
    constexpr std::size_t kKeys = 90, kSize = 3;
    std::vector<double> scores(kKeys), values(kKeys * kSize), expected(kSize, 0);
    for (double& s : scores) {
        s = 3 * normal(engine);
    }
    for (double& v : values) {
        v = normal(engine);
    }
    const Materialised row(scores, 4);
    for (std::size_t j = 0; j < kKeys; ++j) {
        for (std::size_t c = 0; c < kSize; ++c) {
            expected[c] += row.probability[j] * values[j * kSize + c];
        }
    }
    StreamingRow<double> streamed(kSize), back(kSize);
    streamed.add_tile(std::span<const double>(scores).first(20), values.data(), 4);
    back.add_tile(std::span<const double>(scores).subspan(20), values.data() + 20 * kSize);
    streamed.merge(back);
    for (std::size_t c = 0; c < kSize; ++c) {
        QVERIFY(near(streamed.output()[c], expected[c], 1e-14));
    }
    QVERIFY(near(streamed.sink_mass(), row.sink, 1e-14));
    QCOMPARE(StreamingRow<double>(2).output(), (std::vector<double>{0, 0}));
}

void TestStreamingRow::changesThatDoNotMatter()
{
    const std::vector<double> scores = {1, 3, 2, 5};
    const double entropy = fed(scores, {}).entropy();
    QVERIFY(near(fed(std::vector<double>{1e3 + 1, 1e3 + 3, 1e3 + 2, 1e3 + 5}, {}).entropy(), entropy, 1e-12));
    QVERIFY(near(fed(std::vector<double>{5, 2, 1, 3}, {}).entropy(), entropy, 1e-15));
    QVERIFY(near(fed(std::vector<double>{1, -kInfinity, 3, 2, 5, -kInfinity}, {3}).entropy(), entropy, 1e-15));
    QVERIFY(entropy >= 0 && entropy <= std::log(4));
}

void TestStreamingRow::lawsOfTheNextToken()
{
    const auto law = [](const std::vector<double>& p) {
        std::vector<float> logits;
        for (const double value : p) {
            logits.push_back(static_cast<float>(std::log(value)));
        }
        return logits;
    };
    const auto two = law_statistics(law({.9, .1}));
    QVERIFY(near(two.entropy, 0.3250830, 2e-7) && near(two.varentropy, 0.4345016, 5e-7));
    const auto logits = law({.7, .2, .1});
    const auto three = law_statistics(logits);
    QVERIFY(near(three.entropy, 0.8018186, 2e-7) && near(three.varentropy, 0.4943868, 5e-7));
    const double expected[] = {0.3566749, 1.6094379, 2.3025851};
    for (int token = 0; token < 3; ++token) {
        QVERIFY(near(surprisal(logits, three, token), expected[token], 2e-7));
    }
    QCOMPARE(three.top, 0);
    QVERIFY(near(three.margin, std::log(3.5), 2e-7));
    const auto uniform = law_statistics(std::vector<float>(4096, 2.5F));
    QVERIFY(near(uniform.entropy, std::log(4096), 1e-9) && near(uniform.varentropy, 0, 1e-12));
    QCOMPARE(uniform.top, 0);
    QCOMPARE(uniform.margin, 0.0);
    const std::vector<float> holes = {std::nanf(""), 1, -std::numeric_limits<float>::infinity(), 1};
    QVERIFY(near(law_statistics(holes).entropy, std::log(2), 1e-12));
    QCOMPARE(law_statistics(holes).top, 1);
}

void TestStreamingRow::lawsAreComparedByTheirDivergence()
{
    const std::vector<float> base = {0, std::log(3.0F)};  // 1/4, 3/4
    const std::vector<float> edited = {0, 0};             // 1/2, 1/2
    const auto law = [](const std::vector<float>& row) { return law_statistics(row); };
    const auto d = law_difference(base, law(base), edited, law(edited));
    QVERIFY(near(d.divergence, .25 * std::log(.5) + .75 * std::log(1.5), 1e-7));
    QVERIFY(near(d.noise, std::pow(std::log(3.0), 2), 1e-6) && near(d.signal, d.noise, 1e-12));
    QCOMPARE(law_difference(base, law(base), base, law(base)).divergence, 0.0);
    // What has no number says so: a law without a finite logit, and a token that the edited law cannot give.
    const float none = -std::numeric_limits<float>::infinity();
    const std::vector<float> empty = {none, std::nanf("")}, sure = {0, none};
    QVERIFY(std::isnan(law_difference(empty, law(empty), edited, law(edited)).divergence));
    QVERIFY(std::isnan(law_difference(base, law(base), empty, law(empty)).divergence));
    QVERIFY(std::isinf(law_difference(base, law(base), sure, law(sure)).divergence));
    QVERIFY(near(law_difference(sure, law(sure), edited, law(edited)).divergence, std::log(2), 1e-7));
    // Hoeffding: scores that move by at most eps give KL <= eps^2 / 2 (methods/attention.md 1.7).
    std::mt19937 engine(3);
    std::uniform_real_distribution<float> unit(-1, 1);
    for (const float eps : {0.01F, 0.3F, 2.0F}) {
        std::vector<float> a(40), b(40);
        for (std::size_t i = 0; i < a.size(); ++i) {
            a[i] = 3 * unit(engine);
            b[i] = a[i] + eps * unit(engine);
        }
        const double divergence = law_difference(a, law(a), b, law(b)).divergence;
        QVERIFY(divergence > 0 && divergence <= static_cast<double>(eps * eps) / 2);
    }
}

QTEST_APPLESS_MAIN(TestStreamingRow)
#include "test_streaming_row.moc"
