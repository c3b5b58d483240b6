// SPDX-License-Identifier: GPL-3.0-or-later
#include "loss_testing.h"

#include <QtTest/QtTest>

#include <cmath>

using namespace timberline;
using namespace timberline::testing;

using Numbers = QVector<double>;

namespace {

/// What the specification prints has six decimals.
constexpr double kPrinted = 6e-7;

bool near(double got, double expected, double tolerance = kPrinted)
{
    return std::abs(got - expected) <= tolerance;
}

}  // namespace

/// Every number that the specification of the losses prints for the ones that are here. Computed there from the formulas, not by this
/// program.
class TestLosses : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void fixture_data();
    void fixture();
    void first_gradient_data();
    void first_gradient();
    void margin_curve_data();
    void margin_curve();
    void lower_bounds_data();
    void lower_bounds();
    void logit_clip_reaches_its_bound();
    void logit_clip_shortens_rows();
    void logit_clip_gradient_is_orthogonal();
    void logit_clip_is_for_training_only();
    void sums_over_labels();
    void class_weights_and_temperature();
    void lse_penalty();
    void squared_error_of_targets();
    void mean_leaves_ignored_samples_out();
    void truncation_stops_the_pull();
    void very_wrong_samples_stay_finite();
    void certain_samples_keep_their_digits();
};

void TestLosses::fixture_data()
{
    QTest::addColumn<QString>("id");
    QTest::addColumn<Values>("values");
    QTest::addColumn<Numbers>("expected");
    const auto row = [](const char* name, const char* id, const Values& values, const Numbers& expected) {
        QTest::newRow(name) << QString(id) << values << expected;
    };
    const auto real = [](const char* key, double value) { return Values{{key, value}}; };
    const auto word = [](const char* key, const char* value) { return Values{{key, std::string(value)}}; };
    row("cross-entropy", "ce", {}, {0.449313, 2.365025, 1.386294});
    row("label smoothing over all classes", "label-smoothing", {}, {0.596813, 2.315025, 1.386294});
    row("label smoothing over the others", "label-smoothing", word("convention", "others"), {0.645980, 2.298359, 1.386294});
    row("label smoothing of 0 is cross-entropy", "label-smoothing", real("epsilon", 0), {0.449313, 2.365025, 1.386294});
    row("focal", "focal", {}, {0.058858, 1.941525, 0.779791});
    row("focal of 0 is cross-entropy", "focal", real("gamma", 0), {0.449313, 2.365025, 1.386294});
    row("Brier", "brier", {}, {0.196212, 1.330055, 0.750000});
    row("squared error on logits", "mse-logits", {}, {0.752500, 1.875000, 0.250000});
    row("CCEL", "ccl", {}, {-0.721752, 0.633262, 0.051134});
    row("CCQL", "ccl", word("variant", "ccql"), {-0.196159, 1.133333, 0.552522});
    row("Convex-Concave with alpha 1 is cross-entropy", "ccl", real("alpha", 1), {0.449313, 2.365025, 1.386294});
    row("LogitClip at 1", "logit-clip", {}, {0.883711, 1.631028, 1.386294});
    row("LogitClip at 1.5", "logit-clip", real("tau", 1.5), {0.700396, 1.802697, 1.386294});
    row("comp-sum 0", "comp-sum", real("tau", 0), {0.567235, 9.644308, 3.000000});
    row("comp-sum 0.5", "comp-sum", real("tau", 0.5), {0.503785, 4.525123, 2.000000});
    row("comp-sum 1 is cross-entropy", "comp-sum", {}, {0.449313, 2.365025, 1.386294});
    row("comp-sum 1.5", "comp-sum", real("tau", 1.5), {0.402419, 1.386985, 1.000000});
    row("comp-sum 1.7", "comp-sum", real("tau", 1.7), {0.385514, 1.155724, 0.887244});
    row("comp-sum 2 is the mean absolute error", "comp-sum", real("tau", 2), {0.361934, 0.906053, 0.750000});
    row("generalised cross-entropy is comp-sum 1.7", "gce", {}, {0.385514, 1.155724, 0.887244});
    row("generalised cross-entropy, truncated", "gce", real("truncate_k", 0.5), {0.385514, 0.549183, 0.549183});
    row("comp-sum, truncated", "comp-sum", {{"tau", 1.7}, {"truncate_k", 0.5}}, {0.385514, 0.549183, 0.549183});
    row("symmetric cross-entropy", "sce", {}, {1.492666, 3.860715, 3.138629});
    row("the reverse term alone", "sce", real("alpha", 0), {1.447735, 3.624212, 3.000000});
    row("normalised cross-entropy", "nce", {}, {0.058373, 0.317023, 0.250000});
}

void TestLosses::fixture()
{
    QFETCH(QString, id);
    QFETCH(Values, values);
    QFETCH(Numbers, expected);
    const auto loss = make_loss(id.toStdString(), values);
    const auto got = evaluate(*loss, kLogits, kLabels);
    for (int i = 0; i < 3; ++i) {
        QVERIFY2(near(got.per_sample[static_cast<std::size_t>(i)], expected[i]),
                 qPrintable(QString("row %1: %2").arg(i).arg(got.per_sample[static_cast<std::size_t>(i)], 0, 'f', 7)));
    }
    // Without a gradient the values are the same, bit for bit.
    std::vector<double> alone(3);
    loss->evaluate({.logits = kLogits, .samples = 3, .outputs = 4, .labels = kLabels, .targets = {}}, alone, {});
    QCOMPARE(alone, got.per_sample);
}

void TestLosses::first_gradient_data()
{
    QTest::addColumn<QString>("id");
    QTest::addColumn<Values>("values");
    QTest::addColumn<Numbers>("expected");
    const auto row = [](const char* name, const char* id, const Values& values, const Numbers& expected) {
        QTest::newRow(name) << QString(id) << values << expected;
    };
    row("cross-entropy", "ce", {}, {-0.361934, 0.234731, 0.095435, 0.031767});
    row("focal", "focal", {}, {-0.122523, 0.079462, 0.032307, 0.010754});
    row("Brier", "brier", {}, {-0.250392, 0.187998, 0.049847, 0.012547});
    row("CCEL", "ccl", {}, {-0.399528, 0.259113, 0.105348, 0.035067});
    // 1.022598 times that of cross-entropy.
    row("CCQL", "ccl", {{"variant", std::string("ccql")}}, {-0.370113, 0.240035, 0.097592, 0.032485});
    row("LogitClip", "logit-clip", {}, {-0.103437, 0.180056, 0.084453, -0.018372});
    row("symmetric cross-entropy", "sce", {}, {-0.959944, 0.622570, 0.253118, 0.084256});
    // (z - onehot) / 2 of the first row.
    row("squared error on logits", "mse-logits", {}, {0.5, 0.5, 0.05, -0.5});
}

void TestLosses::first_gradient()
{
    QFETCH(QString, id);
    QFETCH(Values, values);
    QFETCH(Numbers, expected);
    const auto got = evaluate(*make_loss(id.toStdString(), values), kLogits, kLabels);
    for (int k = 0; k < 4; ++k) {
        const double value = got.gradient[static_cast<std::size_t>(k)];
        // The factor of CCQL is printed with six decimals, times a gradient with six.
        QVERIFY2(near(value, expected[k], 1.1e-6), qPrintable(QString("entry %1: %2").arg(k).arg(value, 0, 'f', 7)));
    }
}

void TestLosses::margin_curve_data()
{
    QTest::addColumn<QString>("id");
    QTest::addColumn<Values>("values");
    QTest::addColumn<Numbers>("expected");
    const auto row = [](const char* name, const char* id, const Values& values, const Numbers& expected) {
        QTest::newRow(name) << QString(id) << values << expected;
    };
    row("cross-entropy", "ce", {}, {7.197973, 2.302585, 0.058874});
    row("label smoothing", "label-smoothing", {}, {6.747973, 2.302585, 0.508874});
    row("focal", "focal", {}, {7.187207, 1.865094, 0.000192});
    row("Brier", "brier", {}, {1.109449, 0.900000, 0.003632});
    row("CCEL", "ccl", {}, {3.098612, 0.598707, -1.254176});
    row("CCQL", "ccl", {{"variant", std::string("ccql")}}, {3.598612, 1.098793, -0.664206});
    row("generalised cross-entropy", "gce", {}, {1.419310, 1.143534, 0.057677});
    row("mean absolute error", "comp-sum", {{"tau", 2.0}}, {0.999252, 0.900000, 0.057174});
    row("symmetric cross-entropy", "sce", {}, {4.716805, 3.830259, 0.234585});
    row("LogitClip", "logit-clip", {}, {3.237287, 2.302585, 1.461150});
}

void TestLosses::margin_curve()
{
    QFETCH(QString, id);
    QFETCH(Values, values);
    QFETCH(Numbers, expected);
    std::vector<double> logits(30, 0);
    logits[0] = -5;
    logits[20] = 5;
    const auto got = evaluate(*make_loss(id.toStdString(), values), logits, {0, 0, 0});
    for (int i = 0; i < 3; ++i) {
        QVERIFY2(near(got.per_sample[static_cast<std::size_t>(i)], expected[i]),
                 qPrintable(QString("margin %1: %2").arg(5 * (i - 1)).arg(got.per_sample[static_cast<std::size_t>(i)], 0, 'f', 7)));
    }
}

void TestLosses::lower_bounds_data()
{
    QTest::addColumn<QString>("id");
    QTest::addColumn<Values>("values");
    QTest::addColumn<double>("expected");  // with 4 outputs
    const double e = std::exp(1.0);
    QTest::newRow("cross-entropy") << "ce" << Values{} << 0.0;
    QTest::newRow("label smoothing: the entropy of its target")
        << "label-smoothing" << Values{} << -(0.925 * std::log(0.925) + 3 * 0.025 * std::log(0.025));
    QTest::newRow("label smoothing over the others")
        << "label-smoothing" << Values{{"convention", std::string("others")}} << -(0.9 * std::log(0.9) + 0.1 * std::log(0.1 / 3));
    QTest::newRow("CCEL") << "ccl" << Values{} << -0.5 * e;
    QTest::newRow("CCQL, scaled") << "ccl" << Values{{"variant", std::string("ccql")}, {"alpha", 0.2}, {"beta", 2.0}} << -2.4;
    QTest::newRow("focal CCEL") << "ccl" << Values{{"variant", std::string("focal_ccel")}, {"alpha", 0.25}} << -0.75 * e;
    QTest::newRow("LogitClip at 1") << "logit-clip" << Values{} << 0.665496;
    QTest::newRow("LogitClip at 1, sum of magnitudes") << "logit-clip" << Values{{"norm_p", std::string("1")}} << std::log1p(3 / e);
    QTest::newRow("LogitClip at 1, largest magnitude") << "logit-clip" << Values{{"norm_p", std::string("inf")}} << std::log1p(3 / (e * e));
}

void TestLosses::lower_bounds()
{
    QFETCH(QString, id);
    QFETCH(Values, values);
    QFETCH(double, expected);
    const auto bound = make_loss(id.toStdString(), values)->lower_bound(4);
    QVERIFY(bound.has_value());
    QVERIFY2(near(*bound, expected), qPrintable(QString::number(*bound, 'f', 8)));
}

void TestLosses::logit_clip_reaches_its_bound()
{
    // Along (3, -1, -1, -1) the bound is reached, however long the row; no direction of a fine fan goes below it.
    for (const auto* norm : {"1", "2", "inf"}) {
        const auto loss = make_loss("logit-clip", {{"norm_p", std::string(norm)}});
        const double bound = *loss->lower_bound(4);
        const std::vector<double> best =
            norm == std::string("1") ? std::vector<double>{9, 0, 0, 0}
                                     : (norm == std::string("2") ? std::vector<double>{9, -3, -3, -3} : std::vector<double>{9, -9, -9, -9});
        QVERIFY(near(evaluate(*loss, best, {0}).per_sample[0], bound, 1e-12));
        for (int a = -6; a <= 6; ++a) {
            for (int b = -6; b <= 6; ++b) {
                for (int c = -6; c <= 6; ++c) {
                    const std::vector<double> z = {6, static_cast<double>(a), static_cast<double>(b), static_cast<double>(c)};
                    QVERIFY(evaluate(*loss, z, {0}).per_sample[0] >= bound - 1e-12);
                }
            }
        }
    }
    QVERIFY(!make_loss("logit-clip", {{"base", std::string("mse-logits")}})->lower_bound(4).has_value());
}

void TestLosses::logit_clip_shortens_rows()
{
    // The clipped first row is printed: its loss under every base is the base's loss of that row.
    const std::vector<double> clipped = {0.815817, 0.407908, 0.040791, -0.407908};
    const std::vector<double> first(kLogits.begin(), kLogits.begin() + 4);
    for (const auto* base : {"ce", "label-smoothing", "focal", "brier", "mse-logits", "ccl", "sce", "nce", "gce"}) {
        const auto wrapped = make_loss("logit-clip", {{"base", std::string(base)}});
        const double got = evaluate(*wrapped, first, {0}).per_sample[0];
        const double expected = evaluate(*make_loss(base), clipped, {0}).per_sample[0];
        QVERIFY2(near(got, expected, 3e-6), base);
    }
    // A row that is short enough passes untouched, gradient and all.
    const std::vector<double> inside = {0.3, -0.2, 0.1, 0.4};
    const auto clip = evaluate(*make_loss("logit-clip"), inside, {1});
    const auto plain = evaluate(*make_loss("ce"), inside, {1});
    QCOMPARE(clip.per_sample, plain.per_sample);
    QCOMPARE(clip.gradient, plain.gradient);
}

void TestLosses::logit_clip_gradient_is_orthogonal()
{
    const auto got = evaluate(*make_loss("logit-clip"), kLogits, kLabels);
    for (std::size_t i = 0; i < 2; ++i) {
        double product = 0;
        for (std::size_t k = 0; k < 4; ++k) {
            product += got.gradient[4 * i + k] * kLogits[4 * i + k];
        }
        QVERIFY(std::abs(product) < 1e-14);
    }
}

void TestLosses::logit_clip_is_for_training_only()
{
    const auto loss = make_loss("logit-clip", {{"base", std::string("focal")}});
    QVERIFY(loss->evaluation() != nullptr);
    QCOMPARE(evaluate(*loss->evaluation(), kLogits, kLabels).per_sample, evaluate(*make_loss("focal"), kLogits, kLabels).per_sample);
    for (const auto& entry : losses().entries()) {
        QCOMPARE(make_loss(entry.info.id)->evaluation() != nullptr, entry.info.id == "logit-clip");
    }
}

void TestLosses::sums_over_labels()
{
    const std::vector<double> ce = {7.697252, 7.460101, 5.545177};
    const auto sum = [](const Loss& loss, std::size_t row) {
        const std::vector<double> z(kLogits.begin() + static_cast<std::ptrdiff_t>(4 * row),
                                    kLogits.begin() + static_cast<std::ptrdiff_t>(4 * row + 4));
        double out = 0;
        for (std::int32_t label = 0; label < 4; ++label) {
            out += evaluate(loss, z, {label}).per_sample[0];
        }
        return out;
    };
    for (std::size_t row = 0; row < 3; ++row) {
        QVERIFY(near(sum(*make_loss("comp-sum", {{"tau", 2.0}}), row), 3, 1e-12));  // the same for all logits: robust to even noise
        QVERIFY(near(sum(*make_loss("nce"), row), 1, 1e-12));
        QVERIFY(near(sum(*make_loss("ce"), row), ce[row]));
    }
}

void TestLosses::class_weights_and_temperature()
{
    const auto plain = evaluate(*make_loss("ce"), kLogits, kLabels);
    const auto weighted = evaluate(*make_loss("ce", {{"class_weight", std::vector<double>{3, 1}}}), kLogits, kLabels);
    QCOMPARE(weighted.per_sample[0], 3 * plain.per_sample[0]);
    QCOMPARE(weighted.per_sample[2], plain.per_sample[2]);  // class 3 is not named: it weighs 1
    QVERIFY(near(weighted.gradient[1], 3 * plain.gradient[1], 1e-15));
    // The scalar divides by the count of samples, not by the sum of the weights.
    QVERIFY(near(training::mean_loss(weighted.per_sample, kLabels), (3 * 0.449313 + 3 * 2.365025 + 1.386294) / 3, 2e-6));

    std::vector<double> halved = kLogits;
    for (double& logit : halved) {
        logit /= 2;
    }
    const auto warm = evaluate(*make_loss("ce", {{"temperature", 2.0}}), kLogits, kLabels);
    const auto expected = evaluate(*make_loss("ce"), halved, kLabels);
    for (std::size_t i = 0; i < 3; ++i) {
        QVERIFY(near(warm.per_sample[i], expected.per_sample[i], 1e-14));
    }
    QVERIFY(near(warm.gradient[0], expected.gradient[0] / 2, 1e-15));
}

void TestLosses::lse_penalty()
{
    const auto got = evaluate(*make_loss("ce", {{"lse_penalty", 0.01}}), kLogits, kLabels);
    const double lse = std::log(std::exp(2.0) + std::exp(1.0) + std::exp(0.1) + std::exp(-1.0));
    QVERIFY(near(got.per_sample[0], 0.449313 + 0.01 * lse * lse));
    QVERIFY(near(got.per_sample[2], std::log(4.0) + 0.01 * std::log(4.0) * std::log(4.0), 1e-14));
}

void TestLosses::squared_error_of_targets()
{
    const auto loss = make_loss("mse");
    QVERIFY(!loss->uses_labels());
    std::vector<double> per_sample(2);
    std::vector<double> gradient(4);
    const std::vector<double> outputs = {1, 2, 3, 4};
    const std::vector<double> targets = {1, 0, 2.5, 6};
    loss->evaluate({.logits = outputs, .samples = 2, .outputs = 2, .labels = {}, .targets = targets}, per_sample, gradient);
    QCOMPARE(per_sample, (std::vector<double>{2, 2.125}));
    QCOMPARE(gradient, (std::vector<double>{0, 2, 0.5, -2}));
    QCOMPARE(training::mean_loss(per_sample, {}), 2.0625);
}

void TestLosses::mean_leaves_ignored_samples_out()
{
    const std::vector<double> losses = {1, 5, 3};
    QCOMPARE(training::mean_loss(losses, std::vector<std::int32_t>{0, training::kIgnoredLabel, 2}), 2.0);
    QVERIFY(std::isnan(training::mean_loss(losses, std::vector<std::int32_t>(3, training::kIgnoredLabel))));
    QVERIFY(std::isnan(training::mean_loss({}, {})));
}

void TestLosses::truncation_stops_the_pull()
{
    const auto got = evaluate(*make_loss("gce", {{"truncate_k", 0.5}}), kLogits, kLabels);
    QVERIFY(got.gradient[0] < 0);
    for (std::size_t k = 4; k < 12; ++k) {
        QCOMPARE(got.gradient[k], 0.0);
    }
    // Below cross-entropy nothing is truncated: the loss has no ceiling there.
    QCOMPARE(evaluate(*make_loss("comp-sum", {{"tau", 0.5}, {"truncate_k", 0.5}}), kLogits, kLabels).per_sample,
             evaluate(*make_loss("comp-sum", {{"tau", 0.5}}), kLogits, kLabels).per_sample);
}

void TestLosses::very_wrong_samples_stay_finite()
{
    const std::vector<double> wrong = {-1000, 1000, 0, 0};
    for (const auto& entry : losses().entries()) {
        if (entry.info.id == "mse") {
            continue;
        }
        const auto got = evaluate(*make_loss(entry.info.id, entry.info.id == "comp-sum" ? Values{{"tau", 0.0}} : Values{}), wrong, {0});
        QVERIFY2(std::isfinite(got.per_sample[0]), entry.info.id.c_str());
        for (const double slope : got.gradient) {
            QVERIFY2(std::isfinite(slope), entry.info.id.c_str());
        }
    }
    // A label that no class has is no memory access but a visible mistake.
    QVERIFY(std::isnan(evaluate(*make_loss("ce"), kLogits, {0, 4, -1}).per_sample[1]));
    QVERIFY(std::isnan(evaluate(*make_loss("ce"), kLogits, {0, 4, -1}).per_sample[2]));
}

void TestLosses::certain_samples_keep_their_digits()
{
    // -log p = log(1 + e^-50) = e^-50 to the last digit; LSE - z_y would be 0.
    const double tiny = std::exp(-50.0);
    const auto got = evaluate(*make_loss("ce"), {50, 0}, {0});
    QVERIFY(near(got.per_sample[0] / tiny, 1, 1e-14));
    QVERIFY(near(got.gradient[0] / tiny, -1, 1e-14));
    QVERIFY(near(evaluate(*make_loss("focal", {{"gamma", 0.5}}), {50, 0}, {0}).per_sample[0] / std::pow(tiny, 1.5), 1, 1e-13));
}

QTEST_APPLESS_MAIN(TestLosses)
#include "test_losses.moc"
