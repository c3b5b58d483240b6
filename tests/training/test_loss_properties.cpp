// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/random.h"
#include "loss_testing.h"

#include <QtTest/QtTest>

#include <cmath>

using namespace timberline;
using namespace timberline::testing;

namespace {

constexpr std::size_t kSamples = 8;
constexpr std::size_t kOutputs = 5;

/// Random logits [8, 5] with seed 1, between -3 and 3.
std::vector<double> random_logits(double spread = 3)
{
    RandomStream stream({.seed = 1, .purpose = RandomPurpose::Test});
    std::vector<double> out(kSamples * kOutputs);
    for (double& logit : out) {
        logit = spread * (2 * stream.next() - 1);
    }
    return out;
}

/// Sample 5 is ignored.
std::vector<std::int32_t> random_labels()
{
    RandomStream stream({.seed = 2, .purpose = RandomPurpose::Test});
    std::vector<std::int32_t> out(kSamples);
    for (auto& label : out) {
        label = static_cast<std::int32_t>(stream.next() * kOutputs);
    }
    out[5] = training::kIgnoredLabel;
    return out;
}

}  // namespace

/// What every loss of the list must keep (losses.md section 0), at several settings of each.
class TestLossProperties : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void central_differences_data() { rows(); }
    void central_differences();
    void ignored_rows_contribute_nothing_data() { rows(); }
    void ignored_rows_contribute_nothing();
    void shift_invariance_data() { rows(); }
    void shift_invariance();
    void never_below_the_bound_data() { rows(); }
    void never_below_the_bound();
    void extreme_settings_stay_finite();
    void every_loss_has_rows();

private:
    static void rows();
    static std::shared_ptr<const Loss> fetched()
    {
        QFETCH(QString, id);
        QFETCH(Values, values);
        return make_loss(id.toStdString(), values);
    }
    static double scalar(const Loss& loss, const std::vector<double>& logits)
    {
        return training::mean_loss(evaluate(loss, logits, random_labels()).per_sample, random_labels());
    }
};

void TestLossProperties::rows()
{
    QTest::addColumn<QString>("id");
    QTest::addColumn<Values>("values");
    QTest::addColumn<bool>("shift_invariant");
    const auto row = [](const char* name, const char* id, const Values& values, bool invariant = true) {
        QTest::newRow(name) << QString(id) << values << invariant;
    };
    const auto word = [](const char* key, const char* value) { return Values{{key, std::string(value)}}; };
    row("cross-entropy", "ce", {});
    row("cross-entropy, warm and weighted", "ce", {{"temperature", 2.5}, {"class_weight", std::vector<double>{2, 0.5, 1}}});
    row("cross-entropy, cold", "ce", {{"temperature", 0.3}});
    row("cross-entropy with LSE penalty", "ce", {{"lse_penalty", 0.01}, {"temperature", 1.5}}, false);
    row("label smoothing", "label-smoothing", {});
    row("label smoothing over the others", "label-smoothing", {{"epsilon", 0.4}, {"convention", std::string("others")}});
    row("focal", "focal", {});
    row("focal below 1", "focal", {{"gamma", 0.5}, {"beta", 3.0}});
    row("Brier", "brier", {});
    row("squared error on logits", "mse-logits", {{"target_scale", 2.0}}, false);
    row("CCEL", "ccl", {});
    row("CCQL", "ccl", {{"variant", std::string("ccql")}, {"alpha", 0.1}, {"beta", 1.7}});
    row("focal CCEL", "ccl", {{"variant", std::string("focal_ccel")}, {"gamma", 1.5}});
    row("LogitClip", "logit-clip", {}, false);
    row("LogitClip, wide", "logit-clip", {{"tau", 4.5}}, false);  // some rows are clipped, some are not
    row("LogitClip, sum of magnitudes", "logit-clip", word("norm_p", "1"), false);
    row("LogitClip, largest magnitude", "logit-clip", word("norm_p", "inf"), false);
    row("LogitClip of label smoothing", "logit-clip", word("base", "label-smoothing"), false);
    row("LogitClip of focal", "logit-clip", word("base", "focal"), false);
    row("LogitClip of Brier", "logit-clip", word("base", "brier"), false);
    row("LogitClip of CCEL", "logit-clip", word("base", "ccl"), false);
    row("LogitClip of generalised cross-entropy", "logit-clip", word("base", "gce"), false);
    row("comp-sum 0", "comp-sum", {{"tau", 0.0}});
    row("comp-sum 0.5", "comp-sum", {{"tau", 0.5}});
    row("comp-sum a hair from 1", "comp-sum", {{"tau", 1 + 5e-7}});
    row("comp-sum 1.5", "comp-sum", {{"tau", 1.5}});
    row("mean absolute error", "comp-sum", {{"tau", 2.0}});
    row("generalised cross-entropy", "gce", {});
    row("symmetric cross-entropy", "sce", {});
    row("normalised cross-entropy", "nce", {});
}

void TestLossProperties::central_differences()
{
    const auto loss = fetched();
    const auto labels = random_labels();
    const auto logits = random_logits();
    const auto analytic = evaluate(*loss, logits, labels).gradient;
    constexpr double kStep = 1e-4;
    double error = 0;
    double norm = 0;
    for (std::size_t i = 0; i < logits.size(); ++i) {
        auto up = logits;
        auto down = logits;
        up[i] += kStep;
        down[i] -= kStep;
        const std::size_t row = i / kOutputs;
        const double slope = (evaluate(*loss, up, labels).per_sample[row] - evaluate(*loss, down, labels).per_sample[row]) / (2 * kStep);
        error += (slope - analytic[i]) * (slope - analytic[i]);
        norm += analytic[i] * analytic[i];
    }
    QVERIFY(norm > 1e-6);
    QVERIFY2(std::sqrt(error) < 1e-6 * std::sqrt(norm), qPrintable(QString::number(std::sqrt(error / norm))));
}

void TestLossProperties::ignored_rows_contribute_nothing()
{
    const auto loss = fetched();
    auto logits = random_logits();
    const auto before = evaluate(*loss, logits, random_labels());
    QCOMPARE(before.per_sample[5], 0.0);
    for (std::size_t k = 0; k < kOutputs; ++k) {
        QCOMPARE(before.gradient[5 * kOutputs + k], 0.0);
        logits[5 * kOutputs + k] = 1e6 * static_cast<double>(k);
    }
    QCOMPARE(evaluate(*loss, logits, random_labels()).per_sample, before.per_sample);
    double sum = 0;
    for (const double value : before.per_sample) {
        sum += value;
    }
    QCOMPARE(scalar(*loss, logits), sum / (kSamples - 1));
}

void TestLossProperties::shift_invariance()
{
    QFETCH(bool, shift_invariant);
    const auto loss = fetched();
    auto logits = random_logits();
    const double before = scalar(*loss, logits);
    for (double& logit : logits) {
        logit += 1.75;
    }
    const double moved = std::abs(scalar(*loss, logits) - before);
    if (shift_invariant) {
        QVERIFY2(moved < 1e-12, qPrintable(QString::number(moved)));
    } else {
        QVERIFY2(moved > 1e-4, qPrintable(QString::number(moved)));
    }
}

void TestLossProperties::never_below_the_bound()
{
    QFETCH(QString, id);
    const auto loss = fetched();
    const auto bound = loss->lower_bound(kOutputs);
    const bool wrapped = id == "logit-clip";
    QVERIFY(bound.has_value() || wrapped);
    if (!bound) {
        return;
    }
    double lowest = 1e300;
    for (const double spread : {0.1, 1.0, 3.0, 10.0, 40.0}) {
        for (const double value : evaluate(*loss, random_logits(spread), random_labels()).per_sample) {
            lowest = std::min(lowest, value == 0.0 && *bound > 0 ? 1e300 : value);
        }
    }
    QVERIFY2(lowest >= *bound - 1e-9, qPrintable(QString("%1 < %2").arg(lowest).arg(*bound)));
}

void TestLossProperties::extreme_settings_stay_finite()
{
    const auto logits = random_logits(30);
    const auto labels = random_labels();
    for (const auto& entry : losses().entries()) {
        if (entry.info.id == "mse") {
            continue;
        }
        for (const auto& parameter : entry.info.hyperparameters) {
            if (parameter.type != ParameterType::Real) {
                continue;
            }
            for (const double value : {parameter.minimum, parameter.maximum}) {
                const auto got = evaluate(*make_loss(entry.info.id, {{parameter.key, value}}), logits, labels);
                for (const double number : got.per_sample) {
                    QVERIFY2(std::isfinite(number), (entry.info.id + " " + parameter.key).c_str());
                }
                for (const double number : got.gradient) {
                    QVERIFY2(std::isfinite(number), (entry.info.id + " " + parameter.key).c_str());
                }
            }
        }
    }
}

void TestLossProperties::every_loss_has_rows()
{
    // A loss that is added to the list is added to the rows above too (mse takes targets: test_losses).
    const QByteArray source = [] {
        QFile file(__FILE__);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }();
    if (source.isEmpty()) {
        QSKIP("the sources are not here");
    }
    for (const auto& entry : losses().entries()) {
        const QByteArray quoted = "\", \"" + QByteArray::fromStdString(entry.info.id) + "\", ";
        QVERIFY2(entry.info.id == "mse" || source.contains(quoted), entry.info.id.c_str());
    }
}

QTEST_APPLESS_MAIN(TestLossProperties)
#include "test_loss_properties.moc"
