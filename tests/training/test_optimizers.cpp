// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/config.h"
#include "tests/training/training_testing.h"

using namespace timberline;
using namespace timberline::training;
using training_test::choice;
using training_test::optimizer;

namespace {

/// One parameter, one step.
double stepped(Optimizer& method, double theta, double slope, double rate, const GradientFunction& again = {})
{
    std::vector<float> parameters = {static_cast<float>(theta)};
    const std::vector<float> gradient = {static_cast<float>(slope)}, mask = {1};
    const StepContext context{.learning_rate = rate, .step = 0, .decay_mask = mask, .gradient_again = again};
    if (!method.apply(parameters, gradient, context).ok()) {
        qFatal("the step failed");
    }
    return static_cast<double>(parameters[0]);
}

bool close(double got, double expected, double tolerance = 1e-6)
{
    return std::abs(got - expected) <= tolerance;
}

double factor(const std::string& id, const Values& values, std::int64_t step, std::int64_t total)
{
    return (*run::make_schedule(training_test::catalog(), choice("schedule", id, values)))->factor(step, total);
}

}  // namespace

/// Every expected number is worked out by hand or printed in methods/training.md 3 and 5.
class TestOptimizers : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sgd_takes_the_printed_steps_data();
    void sgd_takes_the_printed_steps();
    void weight_decay_of_sgd_is_coupled();
    void masked_parameters_do_not_decay();
    void adam_moves_by_the_rate_at_first_data();
    void adam_moves_by_the_rate_at_first();
    void adam_follows_a_hand_computed_sequence();
    void epsilon_stands_outside_the_root();
    void decoupled_decay_is_not_l2();
    void sam_descends_with_the_uphill_gradient();
    void sam_takes_one_norm_over_all_parameters();
    void asam_measures_the_radius_by_weight_size();
    void sam_counts_two_passes();
    void saved_state_goes_on_bit_for_bit_data();
    void saved_state_goes_on_bit_for_bit();
    void a_state_of_another_size_is_refused_data();
    void a_state_of_another_size_is_refused();
    void schedules_have_these_factors_data();
    void schedules_have_these_factors();
};

void TestOptimizers::sgd_takes_the_printed_steps_data()
{
    QTest::addColumn<double>("momentum");
    QTest::addColumn<bool>("nesterov");
    QTest::addColumn<QList<double>>("path");
    // theta = 1, g = 0.5 always, eta = 0.1, mu = 0.9
    QTest::newRow("plain descent subtracts 0.05") << 0.0 << false << QList<double>{0.95, 0.9, 0.85};
    QTest::newRow("momentum, as printed in 3.1") << 0.9 << false << QList<double>{0.95, 0.855, 0.7195};
    QTest::newRow("Nesterov, as printed in 3.1") << 0.9 << true << QList<double>{0.905, 0.7695};
}

void TestOptimizers::sgd_takes_the_printed_steps()
{
    QFETCH(double, momentum);
    QFETCH(bool, nesterov);
    QFETCH(QList<double>, path);
    const auto sgd = optimizer("sgd", 1, {{"momentum", momentum}, {"nesterov", nesterov}, {"weight_decay", 0.0}});
    double theta = 1;
    for (const double expected : path) {
        theta = stepped(*sgd, theta, 0.5, 0.1);
        QVERIFY2(close(theta, expected), qPrintable(QString::number(theta, 'g', 9)));
    }
}

void TestOptimizers::weight_decay_of_sgd_is_coupled()
{
    // g + wd theta = 0.5 + 0.1 * 2 = 0.7; the second step keeps 0.9 of it: v = 0.63 + 0.5 + 0.1 * 1.93
    const auto sgd = optimizer("sgd", 1, {{"momentum", 0.9}, {"weight_decay", 0.1}});
    double theta = stepped(*sgd, 2, 0.5, 0.1);
    QVERIFY(close(theta, 1.93));
    theta = stepped(*sgd, theta, 0.5, 0.1);
    QVERIFY2(close(theta, 1.93 - 0.1 * (0.63 + 0.5 + 0.193)), qPrintable(QString::number(theta, 'g', 9)));
}

void TestOptimizers::masked_parameters_do_not_decay()
{
    for (const bool all : {false, true}) {
        const auto sgd = optimizer("sgd", 2, {{"momentum", 0.0}, {"weight_decay", 0.1}, {"decay_all", all}});
        std::vector<float> parameters = {1, 1};
        const std::vector<float> gradient = {0, 0}, mask = {1, 0};
        QVERIFY(sgd->apply(parameters, gradient, {.learning_rate = 1, .step = 0, .decay_mask = mask, .gradient_again = {}}).ok());
        QVERIFY(close(parameters[0], 0.9));
        QVERIFY(close(parameters[1], all ? 0.9 : 1.0));
    }
}

void TestOptimizers::adam_moves_by_the_rate_at_first_data()
{
    QTest::addColumn<double>("slope");
    QTest::newRow("a small slope") << 1e-3;
    QTest::newRow("a large slope") << 250.0;
    QTest::newRow("a slope uphill") << -4.0;
}

void TestOptimizers::adam_moves_by_the_rate_at_first()
{
    QFETCH(double, slope);
    const auto adam = optimizer("adamw", 1, {{"weight_decay", 0.0}});
    const double theta = stepped(*adam, 0, slope, 0.01);
    QVERIFY2(close(theta, slope > 0 ? -0.01 : 0.01, 2e-7), qPrintable(QString::number(theta, 'g', 9)));
}

void TestOptimizers::adam_follows_a_hand_computed_sequence()
{
    // g = 1 then 3 with b1 = 0.5, b2 = 0.75, eta = 1: m = 0.5, s = 0.25, first step 1/1 = 1;
    // m = 0.25 + 1.5 = 1.75, s = 0.1875 + 2.25 = 2.4375; mhat = 1.75 / 0.75, shat = 2.4375 / 0.4375
    const auto adam = optimizer("adamw", 1, {{"weight_decay", 0.0}, {"beta1", 0.5}, {"beta2", 0.75}});
    double theta = stepped(*adam, 0, 1, 1);
    QVERIFY(close(theta, -1));
    theta = stepped(*adam, theta, 3, 1);
    QVERIFY2(close(theta, -1 - (1.75 / 0.75) / std::sqrt(2.4375 / 0.4375), 1e-6), qPrintable(QString::number(theta, 'g', 9)));
}

void TestOptimizers::epsilon_stands_outside_the_root()
{
    // g / (|g| + eps) = 0.01 / 0.02; inside the root it would be 0.01 / sqrt(1e-4 + 0.01) = 0.0995
    const auto adam = optimizer("adamw", 1, {{"weight_decay", 0.0}, {"epsilon", 0.01}});
    QVERIFY(close(stepped(*adam, 0, 0.01, 1), -0.5));
}

void TestOptimizers::decoupled_decay_is_not_l2()
{
    const auto decoupled = optimizer("adamw", 1, {{"weight_decay", 0.1}});
    QVERIFY(close(stepped(*decoupled, 1, 0, 0.01), 1 - 0.01 * 0.1));
    const auto through = optimizer("adamw", 1, {{"weight_decay", 0.1}, {"decay", std::string("gradient")}});
    QVERIFY(close(stepped(*through, 1, 0, 0.01), 1 - 0.01));
}

void TestOptimizers::sam_descends_with_the_uphill_gradient()
{
    // L = 0.5 a theta^2, a = 2, theta = 1, rho = 0.05, eta = 0.1: printed in 3.3
    const auto sam = optimizer("sam", 1, {{"rho", 0.05}, {"weight_decay", 0.0}});
    std::vector<float> asked;
    const GradientFunction again = [&](std::span<const float> at, std::span<float> gradient, double& loss) -> Status {
        asked.assign(at.begin(), at.end());
        gradient[0] = 2 * at[0];
        loss = static_cast<double>(at[0] * at[0]);
        return {};
    };
    const double theta = stepped(*sam, 1, 2, 0.1, again);
    QVERIFY(close(asked.at(0), 1.05));
    QVERIFY2(close(theta, 0.79), qPrintable(QString::number(theta, 'g', 9)));
}

void TestOptimizers::sam_takes_one_norm_over_all_parameters()
{
    // g = (3, 4), norm 5, rho = 0.5: e = (0.3, 0.4). A norm a tensor would give (0.5, 0.5).
    const auto sam = optimizer("sam", 2, {{"rho", 0.5}, {"weight_decay", 0.0}});
    std::vector<float> parameters = {1, 2}, asked;
    const std::vector<float> gradient = {3, 4}, mask = {1, 1};
    const GradientFunction again = [&](std::span<const float> at, std::span<float> second, double&) -> Status {
        asked.assign(at.begin(), at.end());
        std::ranges::fill(second, 0.0F);
        return {};
    };
    QVERIFY(sam->apply(parameters, gradient, {.learning_rate = 1, .step = 0, .decay_mask = mask, .gradient_again = again}).ok());
    QVERIFY(close(asked[0], 1.3) && close(asked[1], 2.4));
    QCOMPARE(parameters, (std::vector<float>{1, 2}));  // the second gradient was 0: exactly back where it was
}

void TestOptimizers::asam_measures_the_radius_by_weight_size()
{
    // T = |theta| + 0.01 = (1.01, 2.01), T g = (1.01, 0): e = rho T^2 g / |T g| = (0.5 * 1.01, 0)
    const auto sam = optimizer("sam", 2, {{"rho", 0.5}, {"adaptive", true}, {"weight_decay", 0.0}});
    std::vector<float> parameters = {1, 2}, asked;
    const std::vector<float> gradient = {1, 0}, mask = {1, 1};
    const GradientFunction again = [&](std::span<const float> at, std::span<float> second, double&) -> Status {
        asked.assign(at.begin(), at.end());
        std::ranges::fill(second, 0.0F);
        return {};
    };
    QVERIFY(sam->apply(parameters, gradient, {.learning_rate = 1, .step = 0, .decay_mask = mask, .gradient_again = again}).ok());
    QVERIFY(close(asked[0], 1.505) && close(asked[1], 2));
}

void TestOptimizers::sam_counts_two_passes()
{
    QCOMPARE(optimizer("sam", 1)->passes(), 2);
    QVERIFY(optimizer("sam", 1)->needs_second_gradient());
    QCOMPARE(optimizer("sgd", 1)->passes(), 1);
    QVERIFY(!optimizer("adamw", 1)->needs_second_gradient());
}

void TestOptimizers::saved_state_goes_on_bit_for_bit_data()
{
    QTest::addColumn<QString>("id");
    for (const auto* id : {"sgd", "adamw", "sam"}) {
        QTest::newRow(id) << id;
    }
}

void TestOptimizers::saved_state_goes_on_bit_for_bit()
{
    QFETCH(QString, id);
    constexpr std::size_t kSize = 37;
    const std::vector<float> mask(kSize, 1);
    const GradientFunction again = [](std::span<const float> at, std::span<float> gradient, double&) -> Status {
        std::ranges::copy(at, gradient.begin());
        return {};
    };
    const auto run = [&](Optimizer& method, std::vector<float>& parameters, std::uint32_t first, std::uint32_t last) {
        for (auto step = first; step < last; ++step) {
            const auto gradient = training_test::noise(kSize, step);
            const StepContext context{.learning_rate = 0.01, .step = step, .decay_mask = mask, .gradient_again = again};
            if (!method.apply(parameters, gradient, context).ok()) {
                qFatal("the step failed");
            }
        }
    };
    auto whole = training_test::noise(kSize, 1000), parts = whole;
    const auto one = optimizer(id.toStdString(), kSize);
    run(*one, whole, 0, 20);
    const auto first = optimizer(id.toStdString(), kSize), second = optimizer(id.toStdString(), kSize);
    run(*first, parts, 0, 9);
    QVERIFY(second->load(first->save()).ok());
    run(*second, parts, 9, 20);
    QCOMPARE(parts, whole);
}

void TestOptimizers::a_state_of_another_size_is_refused_data()
{
    saved_state_goes_on_bit_for_bit_data();
}

void TestOptimizers::a_state_of_another_size_is_refused()
{
    QFETCH(QString, id);
    const auto small = optimizer(id.toStdString(), 3), large = optimizer(id.toStdString(), 4);
    const auto refused = large->load(small->save());
    QVERIFY(!refused.ok());
    QCOMPARE(refused.error().code, ErrorCode::BadFile);
    QVERIFY(QString::fromStdString(refused.error().message).contains("expected 4"));
    QVERIFY(!large->load({}).ok());
}

void TestOptimizers::schedules_have_these_factors_data()
{
    QTest::addColumn<QString>("id");
    QTest::addColumn<int>("warmup");
    QTest::addColumn<QString>("then");
    QTest::addColumn<double>("floor");
    QTest::addColumn<int>("total");
    QTest::addColumn<QList<double>>("factors");
    const QString none;
    QTest::newRow("constant is 1") << "constant" << 0 << none << 0.0 << 3 << QList<double>{1, 1, 1};
    QTest::newRow("linear is 1 - t/T") << "linear" << 0 << none << 0.0 << 5 << QList<double>{1, 0.8, 0.6, 0.4, 0.2};
    QTest::newRow("linear falls to its floor") << "linear" << 0 << none << 0.5 << 2 << QList<double>{1, 0.75};
    QTest::newRow("cosine at quarters") << "cosine" << 0 << none << 0.0 << 4
                                        << QList<double>{1, 0.5 + std::sqrt(0.125), 0.5, 0.5 - std::sqrt(0.125)};
    QTest::newRow("cosine with a floor of 0.2 is 0.6 half way") << "cosine" << 0 << none << 0.2 << 2 << QList<double>{1, 0.6};
    QTest::newRow("warm-up of 4, then constant") << "warm-up" << 4 << "constant" << 0.0 << 6 << QList<double>{0.25, 0.5, 0.75, 1, 1, 1};
    QTest::newRow("warm-up of 2, then linear over the other 4")
        << "warm-up" << 2 << "linear" << 0.0 << 6 << QList<double>{0.5, 1, 1, 0.75, 0.5, 0.25};
    QTest::newRow("warm-up of 0 is what follows") << "warm-up" << 0 << "cosine" << 0.0 << 2 << QList<double>{1, 0.5};
    QTest::newRow("warm-up longer than the run") << "warm-up" << 10 << "linear" << 0.0 << 2 << QList<double>{0.1, 0.2};
}

void TestOptimizers::schedules_have_these_factors()
{
    QFETCH(QString, id);
    QFETCH(int, warmup);
    QFETCH(QString, then);
    QFETCH(double, floor);
    QFETCH(int, total);
    QFETCH(QList<double>, factors);
    Values values;
    if (id != "constant") {
        values["floor"] = floor;
    }
    if (id == "warm-up") {
        values["warmup_steps"] = std::int64_t{warmup};
        values["then"] = then.toStdString();
    }
    for (qsizetype step = 0; step < factors.size(); ++step) {
        const double got = factor(id.toStdString(), values, step, total);
        QVERIFY2(close(got, factors[step], 1e-12), qPrintable(QString("step %1: %2").arg(step).arg(got, 0, 'g', 15)));
    }
    // A plan that was cut short, or runs over, gives a factor all the same.
    QVERIFY(factor(id.toStdString(), values, total + 5, total) >= 0);
    QVERIFY(std::isfinite(factor(id.toStdString(), values, 0, 0)));
}

QTEST_APPLESS_MAIN(TestOptimizers)
#include "test_optimizers.moc"
