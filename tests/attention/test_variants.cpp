// SPDX-License-Identifier: GPL-3.0-or-later
// Attention variants: the printed numbers of methods/attention.md 2.1 to 2.3 and 2.6 and of losses.md L18, and what holds for all of them.
#include "core/attention/selective_temperature.h"
#include "core/attention/softplus_weights.h"
#include "core/attention/two_pass.h"
#include "tests/attention/attention_testing.h"

using namespace timberline;
using namespace timberline::attention;
using namespace timberline::attention::testing;

namespace {

bool near(double a, double b, double tolerance)
{
    return std::abs(a - b) <= tolerance;
}

const char* const kIds[] = {"softmax", "two-pass-softmax", "lssar", "selective-self-attention", "entropy-guided-attention"};

void add_variants()
{
    QTest::addColumn<QString>("id");
    for (const char* id : kIds) {
        QTest::newRow(id) << QString(id);
    }
}

Problem grouped(std::int64_t keys, std::int64_t queries, unsigned seed)
{
    Problem p;
    p.keys = keys;
    p.queries = queries;
    p.heads = 4;
    p.kv_heads = 2;
    p.dim = 12;
    p.draw(seed);
    return p;
}

/// Output by the map that a kernel reports: sum of weight times value.
double apart_from_map(const Problem& p, const Answer& got)
{
    double largest = 0;
    for (std::int64_t head = 0; head < p.heads; ++head) {
        const float* const values = p.store->values(0, head / (p.heads / p.kv_heads));
        for (std::int64_t t = 0; t < p.queries; ++t) {
            for (std::int64_t c = 0; c < p.dim; ++c) {
                double sum = 0;
                for (std::int64_t key = 0; key < p.keys; ++key) {
                    sum += static_cast<double>(got.map[static_cast<std::size_t>((head * p.queries + t) * p.keys + key)]) *
                           static_cast<double>(values[key * p.dim + c]);
                }
                largest = std::max(
                    largest, std::abs(sum - static_cast<double>(got.output[static_cast<std::size_t>((t * p.heads + head) * p.dim + c)])));
            }
        }
    }
    return largest;
}

}  // namespace

class TestVariants : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void softplusRowsAsPrinted();
    void softplusRowsStayNumbers();
    void softplusAttentionIsItsDefinition_data();
    void softplusAttentionIsItsDefinition();
    void twoPassPairsAsPrinted();
    void twoPassIsSoftmax_data();
    void twoPassIsSoftmax();
    void temperaturesAsPrinted();
    void selectiveAttentionIsItsDefinition();
    void guidedTemperatureSpreadsAndSharpens();
    void rowsSumToOneOverVisibleKeys_data() { add_variants(); }
    void rowsSumToOneOverVisibleKeys();
    void instrumentsChangeNoBit_data() { add_variants(); }
    void instrumentsChangeNoBit();
    void stepByStepEqualsTheWholePass_data() { add_variants(); }
    void stepByStepEqualsTheWholePass();
    void groupedHeadsEqualRepeatedOnes_data() { add_variants(); }
    void groupedHeadsEqualRepeatedOnes();
    void onlyTheAskedHeadsAreWritten_data() { add_variants(); }
    void onlyTheAskedHeadsAreWritten();
    void keyOrderDoesNotMatter_data() { add_variants(); }
    void keyOrderDoesNotMatter();
    void whatIfIsSaid();
};

void TestVariants::softplusRowsAsPrinted()
{
    QVERIFY(near(softplus_scale({}, 4, 3), 1.5230000, 1e-7));
    QVERIFY(near(softplus(0), std::log(2), 1e-15));
    QVERIFY(near(softplus(1.523), 1.7202568, 1e-7) && near(softplus(-1.523), 0.1972567, 1e-7));
    QVERIFY(near(softplus(800), 800, 1e-12) && softplus(-800) == 0.0);
    std::vector<float> one = {0.3F};
    QVERIFY(softplus_weights({.reweight = false}, 4, 0, one));
    QCOMPARE(one, std::vector<float>{1.0F});

    const auto row = [](const SoftplusValues& values, std::int64_t position, std::vector<float> cosines) {
        softplus_weights(values, 4, position, cosines);
        return cosines;
    };
    const auto lssa = row({.reweight = false}, 2, {1, 0, -1});
    QVERIFY(near(static_cast<double>(lssa[0]), 0.6589354, 1e-6) && near(static_cast<double>(lssa[1]), 0.2655064, 1e-6) &&
            near(static_cast<double>(lssa[2]), 0.0755582, 1e-6));
    QVERIFY(near(static_cast<double>(statistics_of_weights(lssa, 2, {}).entropy), 0.8221096, 1e-6));
    const auto three = row({.power = 3}, 2, {1, 0, -1});  // row 3: offset 0
    QVERIFY(near(static_cast<double>(three[0]), 0.9372725, 1e-6) && near(static_cast<double>(three[1]), 0.0613144, 1e-6) &&
            near(static_cast<double>(three[2]), 0.0014131, 1e-6));
    const auto fifteen = row({.power = 15}, 2, {1, 0, -1});
    QVERIFY(near(static_cast<double>(fifteen[0]), 0.9999988, 1e-6) && near(static_cast<double>(fifteen[1]), 1.198e-6, 2e-9) &&
            near(static_cast<double>(fifteen[2]), 7.8e-15, 1e-16));
    const auto cut = row({.power = 3}, 3, {1, .5, 0, -.5});  // row 4: offset 1
    QVERIFY(near(static_cast<double>(cut[0]), 0.9919290, 2e-6) && near(static_cast<double>(cut[1]), 0.0080710, 2e-6));
    QVERIFY(cut[2] == 0.0F && cut[3] == 0.0F);
}

void TestVariants::softplusRowsStayNumbers()
{
    std::vector<float> uniform(10, 0.5F);
    QVERIFY(!softplus_weights({}, 16, 9, uniform));  // N A - 1 = 0: nothing is left, and that is said
    QCOMPARE(uniform, std::vector<float>(10, 0.0F));
    std::vector<float> peak(8192, -1.0F);  // 8192^15 does not fit a float
    peak[17] = 1;
    QVERIFY(softplus_weights({.power = 15, .positive = "exp"}, 64, 8191, peak));
    QVERIFY(peak[17] > 0.999F && std::isfinite(peak[17]));
    std::vector<float> gone(5, -1.0F);
    QVERIFY(!softplus_weights({.positive = "relu"}, 16, 4, gone));
    QCOMPARE(gone, std::vector<float>(5, 0.0F));
    std::vector<float> nan = {0.1F, std::nanf(""), 0.3F, 0.2F};
    softplus_weights({}, 16, 3, nan);
    QVERIFY(std::isnan(nan[0]));
}

void TestVariants::softplusAttentionIsItsDefinition_data()
{
    QTest::addColumn<bool>("reweight");
    QTest::addColumn<int>("power");
    QTest::addColumn<QString>("scale");
    QTest::newRow("LSSA") << false << 15 << "lnd-lnn";
    QTest::newRow("LSSAR, power 3") << true << 3 << "lnd-lnn";
    QTest::newRow("LSSAR, power 15") << true << 15 << "lnd-lnn";
    QTest::newRow("scaled by ln N") << true << 3 << "lnn";
    QTest::newRow("a constant scale") << true << 3 << "constant";
}

void TestVariants::softplusAttentionIsItsDefinition()
{
    QFETCH(bool, reweight);
    QFETCH(int, power);
    QFETCH(QString, scale);
    Problem p = grouped(30, 30, 3);
    const auto kernel = make_variant("lssar", p, {{"reweight", reweight}, {"power", std::int64_t{power}}, {"scale", scale.toStdString()}});
    const Answer got = answer(*kernel, p);
    for (std::int64_t head = 0; head < p.heads; ++head) {
        const float* const keys = p.store->keys(0, head / 2);
        for (std::int64_t t = 0; t < p.queries; ++t) {
            const auto q = p.query_row(head, t);
            const double n = static_cast<double>(t + 1);
            const double d = static_cast<double>(p.dim);
            const double factor = scale == "lnn" ? std::log(n) : scale == "constant" ? std::sqrt(d) : std::log(d) * std::log(n);
            std::vector<double> weights;
            double sum = 0;
            for (std::int64_t key = 0; key <= t; ++key) {
                double qq = 0, kk = 0, qk = 0;
                for (std::int64_t c = 0; c < p.dim; ++c) {
                    const auto a = static_cast<double>(q[static_cast<std::size_t>(c)]);
                    const auto b = static_cast<double>(keys[key * p.dim + c]);
                    qq += a * a;
                    kk += b * b;
                    qk += a * b;
                }
                weights.push_back(std::log1p(std::exp(factor * qk / std::sqrt(qq * kk))));
                sum += weights.back();
            }
            for (double& w : weights) {
                w /= sum;
            }
            if (reweight) {
                sum = 0;
                for (double& w : weights) {
                    w = std::pow(std::max(0.0, n * w - (t < 3 ? 0 : 1)), power);
                    sum += w;
                }
                for (double& w : weights) {
                    w /= sum;
                }
            }
            for (std::size_t key = 0; key < weights.size(); ++key) {
                QVERIFY(near(static_cast<double>(got.weights(p, head, t)[key]), weights[key], 3e-5));
            }
        }
    }
    QVERIFY(apart_from_map(p, got) < 1e-5);
}

void TestVariants::twoPassPairsAsPrinted()
{
    const auto pair = [](float x, double mantissa, float exponent) {
        const ExtendedFloat e = extended_exp(x);
        return near(static_cast<double>(e.mantissa), mantissa, 1e-6) && e.exponent == exponent;
    };
    QVERIFY(pair(100, 1.2053934, 144) && pair(101, 0.8191498, 146) && pair(90, 0.8966107, 130));
    QVERIFY(pair(1000, 0.809465, 1443) && pair(1001, 1.100177, 1444) && pair(999, 1.191142, 1441));
    std::vector<float> x = {100, 101, 90};
    const TwoPassResult first = two_pass_softmax(x);
    QVERIFY(near(static_cast<double>(first.sum.mantissa), 1.1205118, 1e-6) && first.sum.exponent == 146.0F);
    QVERIFY(near(natural_log(first.sum), 101.3132739, 1e-6));
    QVERIFY(near(static_cast<double>(x[0]), 0.2689381, 1e-6) && near(static_cast<double>(x[1]), 0.7310497, 1e-6) &&
            near(static_cast<double>(x[2]), 1.2209773e-5, 1e-10));
    std::vector<float> large = {1000, 1001, 999};
    two_pass_softmax(large);
    QVERIFY(near(static_cast<double>(large[0]), 0.244728, 1e-6) && near(static_cast<double>(large[1]), 0.665241, 1e-6) &&
            near(static_cast<double>(large[2]), 0.090031, 1e-6));
}

void TestVariants::twoPassIsSoftmax_data()
{
    QTest::addColumn<double>("spread");
    for (const double spread : {0.1, 3.0, 100.0, 1e4}) {
        QTest::addRow("scores up to %g", spread) << spread;
    }
}

void TestVariants::twoPassIsSoftmax()
{
    QFETCH(double, spread);
    std::mt19937 engine(17);
    std::uniform_real_distribution<double> uniform(-spread, spread);
    for (int trial = 0; trial < 20; ++trial) {
        std::vector<float> row;
        std::vector<double> wide;
        for (int j = 0; j < 200; ++j) {
            row.push_back(static_cast<float>(uniform(engine)));
            wide.push_back(static_cast<double>(row.back()));
        }
        const auto expected = softmax(wide);
        double entropy = 0;
        for (const double p : expected) {
            entropy -= p > 0 ? p * std::log(p) : 0;
        }
        const TwoPassResult result = two_pass_softmax(row);
        for (std::size_t j = 0; j < row.size(); ++j) {
            if (expected[j] > 1e-37) {
                QVERIFY2(near(static_cast<double>(row[j]) / expected[j], 1, 3e-6),
                         qPrintable(QString::number(static_cast<double>(row[j]) / expected[j] - 1)));
            } else {
                QVERIFY(static_cast<double>(row[j]) < 2e-37);
            }
        }
        QVERIFY(near(result.entropy, entropy, 1e-5));
    }
    std::vector<float> masked = {1, -std::numeric_limits<float>::infinity(), 1};
    const TwoPassResult result = two_pass_softmax(masked);
    QVERIFY(masked[1] == 0.0F && near(static_cast<double>(masked[0]), .5, 1e-7) && near(result.entropy, std::log(2), 1e-6));
    std::vector<float> nothing(3, -std::numeric_limits<float>::infinity());
    two_pass_softmax(nothing);
    QCOMPARE(nothing, std::vector<float>(3, 0.0F));
}

void TestVariants::temperaturesAsPrinted()
{
    QVERIFY(near(position_weight(1.5), 0.0113143, 5e-8) && near(position_weight(2), 0.00061798, 5e-9));
    const std::vector<float> row(4, 1.0F);
    QVERIFY(near(query_temperature({.beta = 1.5}, {}, row.data(), 1024), 1.0784247, 5e-8));
    QCOMPARE(query_temperature({.beta = -2}, {}, row.data(), 1), 1.0);  // ln 1 = 0
    QCOMPARE(query_temperature({.use_position = false}, {}, row.data(), 500), 1.0);
    const std::vector<float> weights = {0.5F, 0, 0, 0};
    QVERIFY(near(query_temperature({.use_position = false, .query_offset = -0.25}, weights, row.data(), 9), 1 + std::tanh(.25), 1e-12));
    QCOMPARE(query_temperature({.use_query = false, .use_position = false, .query_offset = 2}, weights, row.data(), 9), 1.0);
    const std::vector<float> low = {-50, 0, 0, 0};
    QCOMPARE(query_temperature({.use_position = false}, low, row.data(), 9), 1e-3);  // clamped where tanh + 1 reaches 0
    QCOMPARE(value_temperature({}, {}, row.data()), 1.0);
    QCOMPARE(value_temperature({}, low, row.data()), 0.0);
    QCOMPARE(value_temperature({.use_value = false}, low, row.data()), 1.0);
}

void TestVariants::selectiveAttentionIsItsDefinition()
{
    Problem p = grouped(25, 25, 4);
    const auto baseline = answer(*make_variant("softmax", p), p);
    const auto off = answer(*make_variant("selective-self-attention", p, {{"use_position", false}}), p);
    for (std::size_t i = 0; i < baseline.output.size(); ++i) {
        QVERIFY(near(static_cast<double>(off.output[i]), static_cast<double>(baseline.output[i]), 2e-6));
    }
    const double beta = -1;
    const double offset = std::atanh(-0.5);
    const auto on = answer(*make_variant("selective-self-attention", p, {{"beta", beta}, {"value_offset", offset}}), p);
    double before = 100;
    for (std::int64_t t = 0; t < p.queries; ++t) {
        auto scores = p.scores(1, t);
        const double tau = 1 + std::exp(-std::exp(beta)) * std::log(static_cast<double>(t + 1));
        for (double& s : scores) {
            s *= tau;
        }
        const auto expected = softmax(scores);
        for (std::size_t key = 0; key < expected.size(); ++key) {
            QVERIFY(near(static_cast<double>(on.weights(p, 1, t)[key]), expected[key], 1e-5));
        }
        // The values are halved, the mass is not.
        double output = 0;
        for (std::size_t key = 0; key < expected.size(); ++key) {
            output += expected[key] * static_cast<double>(p.store->values(0, 0)[static_cast<std::int64_t>(key) * p.dim]);
        }
        QVERIFY(near(static_cast<double>(on.output[static_cast<std::size_t>((t * p.heads + 1) * p.dim)]), output / 2, 1e-5));
    }
    for (const double query_offset : {-1.0, -0.3, 0.0, 0.4, 1.5}) {  // entropy falls as tau rises
        const auto got = answer(*make_variant("selective-self-attention", p, {{"use_position", false}, {"query_offset", query_offset}}), p);
        const auto entropy = static_cast<double>(got.row(p, 2, 24).entropy);
        QVERIFY(entropy < before);
        before = entropy;
    }
}

void TestVariants::guidedTemperatureSpreadsAndSharpens()
{
    Problem p = grouped(40, 1, 6);
    const auto at = [&](double temperature) {
        const Answer got = answer(*make_variant("entropy-guided-attention", p, {{"temperature", temperature}}), p);
        return got.row(p, 0, 0);
    };
    QVERIFY(normalised_entropy(at(50)) > 0.999);
    QVERIFY(static_cast<double>(at(0.02).entropy) < 0.05);
    auto scores = p.scores(0, 0);
    for (double& s : scores) {
        s /= 2.5;
    }
    const Expected expected(softmax(scores), 39, p.settings);
    QVERIFY(difference(at(2.5), expected, 1e-5).isEmpty());
    const auto plain = answer(*make_variant("softmax", p), p);
    QVERIFY(answer(*make_variant("entropy-guided-attention", p), p).output == plain.output);
}

void TestVariants::rowsSumToOneOverVisibleKeys()
{
    QFETCH(QString, id);
    Problem p = grouped(50, 40, 9);
    p.window = 11;
    p.place();
    const Answer got = answer(*make_variant(id.toStdString(), p), p);
    for (std::int64_t head = 0; head < p.heads; ++head) {
        for (std::int64_t t = 0; t < p.queries; ++t) {
            double inside = 0;
            for (const float w : got.weights(p, head, t)) {
                QVERIFY(w >= 0);
                inside += static_cast<double>(w);
            }
            QVERIFY(near(inside, 1, 1e-5));
            double all = 0;
            for (std::int64_t key = 0; key < p.keys; ++key) {
                all += static_cast<double>(got.map[static_cast<std::size_t>((head * p.queries + t) * p.keys + key)]);
            }
            QVERIFY(near(all, inside, 1e-6));  // masked keys have none
            const RowStatistics& row = got.row(p, head, t);
            QCOMPARE(row.visible, 11);
            QVERIFY(row.entropy >= 0 && static_cast<double>(row.entropy) <= std::log(11.0) + 1e-6);
            const Expected expected(std::vector<double>(got.weights(p, head, t).begin(), got.weights(p, head, t).end()),
                                    p.visible[static_cast<std::size_t>(t)].position, p.settings);
            const QString wrong = difference(row, expected, 1e-5);
            QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
        }
    }
    QVERIFY(apart_from_map(p, got) < 1e-5);
}

void TestVariants::instrumentsChangeNoBit()
{
    QFETCH(QString, id);
    Problem p = grouped(70, 70, 10);
    const auto kernel = make_variant(id.toStdString(), p);
    QVERIFY(answer(*kernel, p, true).output == answer(*kernel, p, false).output);
}

void TestVariants::stepByStepEqualsTheWholePass()
{
    QFETCH(QString, id);
    Problem whole = grouped(20, 20, 12);
    const auto kernel = make_variant(id.toStdString(), whole);
    const Answer expected = answer(*kernel, whole);
    const auto width = static_cast<std::size_t>(whole.heads * whole.dim);
    for (std::int64_t t = 0; t < 20; ++t) {
        Problem step = grouped(20, 20, 12);
        step.queries = 1;
        step.query.assign(whole.query.begin() + t * whole.heads * whole.dim, whole.query.begin() + (t + 1) * whole.heads * whole.dim);
        step.visible = {whole.visible[static_cast<std::size_t>(t)]};
        const Answer got = answer(*kernel, step);
        const auto begin = expected.output.begin() + t * whole.heads * whole.dim;
        QVERIFY(got.output == std::vector<float>(begin, begin + static_cast<std::ptrdiff_t>(width)));
    }
}

void TestVariants::groupedHeadsEqualRepeatedOnes()
{
    QFETCH(QString, id);
    Problem grouped_problem = grouped(33, 10, 13);
    Problem repeated = grouped(33, 10, 13);
    repeated.kv_heads = 4;
    repeated.store = model::make_kv_store(1, 4, repeated.dim, 33);
    for (std::int64_t head = 0; head < 4; ++head) {
        std::copy_n(grouped_problem.store->keys(0, head / 2), 33 * repeated.dim, repeated.store->keys(0, head));
        std::copy_n(grouped_problem.store->values(0, head / 2), 33 * repeated.dim, repeated.store->values(0, head));
    }
    QVERIFY(answer(*make_variant(id.toStdString(), grouped_problem), grouped_problem).output ==
            answer(*make_variant(id.toStdString(), repeated), repeated).output);
}

void TestVariants::onlyTheAskedHeadsAreWritten()
{
    QFETCH(QString, id);
    Problem p = grouped(9, 5, 14);
    const auto kernel = make_variant(id.toStdString(), p);
    const Answer expected = answer(*kernel, p, false);
    std::vector<float> output(p.query.size(), 5.0F);
    AttentionCall call;
    call.queries = p.queries;
    call.heads = p.heads;
    call.kv_heads = p.kv_heads;
    call.head_dim = p.dim;
    call.query = p.query.data();
    call.store = p.store.get();
    call.visible = p.visible;
    call.scale = p.scale;
    call.output = output.data();
    call.head_begin = 1;
    call.head_end = 3;
    kernel->attend(call);
    for (std::size_t i = 0; i < output.size(); ++i) {
        const auto head = static_cast<std::int64_t>(i) / p.dim % p.heads;
        QCOMPARE(output[i], head == 1 || head == 2 ? expected.output[i] : 5.0F);
    }
}

void TestVariants::keyOrderDoesNotMatter()
{
    QFETCH(QString, id);
    Problem p = grouped(24, 1, 15);
    const auto kernel = make_variant(id.toStdString(), p);
    const auto before = answer(*kernel, p).output;
    for (std::int64_t head = 0; head < p.kv_heads; ++head) {
        for (float* rows : {p.store->keys(0, head), p.store->values(0, head)}) {
            for (std::int64_t c = 0; c < p.dim; ++c) {
                std::swap(rows[2 * p.dim + c], rows[21 * p.dim + c]);
                std::swap(rows[5 * p.dim + c], rows[6 * p.dim + c]);
            }
        }
    }
    const auto after = answer(*kernel, p).output;
    for (std::size_t i = 0; i < before.size(); ++i) {
        QVERIFY(near(static_cast<double>(before[i]), static_cast<double>(after[i]), 1e-5));
    }
}

void TestVariants::whatIfIsSaid()
{
    MethodRegistry methods;
    register_attention_variants(methods);
    const auto what_if = [&](const char* id, const Values& given) {
        const auto* entry = *methods.find("attention variant", id);
        return variant_of(*entry).what_if(*complete_values(entry->info.hyperparameters, given, id));
    };
    QVERIFY(!what_if("softmax", {}) && !what_if("two-pass-softmax", {}));
    QVERIFY(what_if("lssar", {}) && what_if("selective-self-attention", {}));
    QVERIFY(!what_if("selective-self-attention", {{"use_position", false}}));
    QVERIFY(what_if("selective-self-attention", {{"use_position", false}, {"query_offset", 0.5}}));
    QVERIFY(!what_if("entropy-guided-attention", {}));
    QVERIFY(what_if("entropy-guided-attention", {{"temperature", 2.0}}));
    for (const auto* entry : methods.family("attention variant")) {
        QVERIFY(entry->info.id == "softmax" || entry->info.id == "two-pass-softmax" || entry->info.requires_text == kWhatIf);
    }
}

QTEST_APPLESS_MAIN(TestVariants)
#include "test_variants.moc"
