// SPDX-License-Identifier: GPL-3.0-or-later
#include "hessian_testing.h"

#include <QtTest>

using namespace timberline;
using namespace timberline::landscape;
using namespace timberline::landscape_testing;

class TestLanczos : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void lanczos_finds_one_to_fifty();
    void lanczos_takes_the_printed_two_steps();
    void lanczos_is_within_one_percent_on_known_spectra_data();
    void lanczos_is_within_one_percent_on_known_spectra();
    void lanczos_leaves_no_ghosts();
    void lanczos_stops_where_the_space_ends();
    void lanczos_goes_on_from_an_exact_start();
    void lanczos_finds_an_eigenvalue_as_often_as_it_is_there();
    void lanczos_says_when_numbers_are_not_finite();
    void lanczos_can_be_cancelled();
};

/// methods/training.md 2.7: diag(1..50), top eigenvalue 50 to 1e-6 with 50 steps.
void TestLanczos::lanczos_finds_one_to_fifty()
{
    const auto found = lanczos(diagonal(one_to(50)), 50, {.steps = 50, .top = 3, .tolerance = 0}, {}).value();
    QVERIFY(std::abs(found.eigenvalues[0] - 50) < 1e-6 && std::abs(found.eigenvalues[1] - 49) < 1e-6 &&
            std::abs(found.eigenvalues[2] - 48) < 1e-6);
    QVERIFY(std::abs(found.lowest - 1) < 1e-6);
    QVERIFY(std::abs(std::abs(found.vectors[0][49]) - 1) < 1e-6);
}

/// H = diag(3, 1), q1 = (1, 1)/sqrt 2: alpha1 = 2, beta1 = 1, Ritz values 3 and 1.
void TestLanczos::lanczos_takes_the_printed_two_steps()
{
    const auto found = lanczos(diagonal({3, 1}), 2, {.steps = 2, .top = 2, .tolerance = 0, .start = {1, 1}}, {}).value();
    QVERIFY(std::abs(found.diagonal[0] - 2) < 1e-12 && std::abs(found.off[0] - 1) < 1e-12);
    QVERIFY(std::abs(found.eigenvalues[0] - 3) < 1e-12 && std::abs(found.eigenvalues[1] - 1) < 1e-12);
    QCOMPARE(found.iterations, 2);
    QVERIFY(found.converged);
}

void TestLanczos::lanczos_is_within_one_percent_on_known_spectra_data()
{
    QTest::addColumn<int>("kind");
    QTest::newRow("1 to 500, evenly spaced") << 0;
    QTest::newRow("a bulk near 0 and three outliers, as networks have") << 1;
    QTest::newRow("powers of 0.9") << 2;
    QTest::newRow("a saddle: as many negative as positive") << 3;
    QTest::newRow("a dense matrix of 60") << 4;
}

void TestLanczos::lanczos_is_within_one_percent_on_known_spectra()
{
    QFETCH(int, kind);
    Vector values;
    HessianProduct product;
    if (kind == 4) {
        const auto a = random_symmetric(60);
        values = symmetric_eigen(a).values;
        product = dense(a);
    } else {
        for (int i = 0; i < 500; ++i) {
            const double bulk = 0.01 * draw(4, 1, static_cast<std::size_t>(i));
            values.push_back(kind == 0 ? i + 1 : kind == 1 ? (i < 3 ? 12.0 - 3 * i : bulk) : kind == 2 ? std::pow(0.9, i) : i - 250);
        }
        product = diagonal(values);
        std::ranges::sort(values, std::greater{});
    }
    const auto found = lanczos(product, values.size(), {}, {}).value();
    for (std::size_t k = 0; k < 2; ++k) {
        QVERIFY(std::abs(found.eigenvalues[k] - values[k]) < 0.01 * std::abs(values[k]));
        // The stated error is a bound: some eigenvalue lies within it.
        double nearest = 1e300;
        for (const double value : values) {
            nearest = std::min(nearest, std::abs(found.eigenvalues[k] - value));
        }
        QVERIFY(nearest <= found.errors[k] + 1e-9);
        Vector image(values.size());
        QVERIFY(product(found.vectors[k], image).ok());
        QVERIFY(std::abs(inner(found.vectors[k], image) - found.eigenvalues[k]) < 1e-6 * std::abs(values[0]));
    }
}

/// Without reorthogonalisation a dominant eigenvalue comes back as a second, false one.
void TestLanczos::lanczos_leaves_no_ghosts()
{
    Vector values(200, 0);
    for (std::size_t i = 0; i < 200; ++i) {
        values[i] = i == 0 ? 1000 : 1e-3 * static_cast<double>(i);
    }
    const auto found = lanczos(diagonal(values), 200, {.steps = 60, .top = 2, .tolerance = 0}, {}).value();
    QVERIFY(std::abs(found.eigenvalues[0] - 1000) < 1e-6);
    QVERIFY(found.eigenvalues[1] < 1);
}

void TestLanczos::lanczos_stops_where_the_space_ends()
{
    const auto identity = lanczos(diagonal(Vector(30, 5.0)), 30, {.top = 1}, {}).value();
    QCOMPARE(identity.iterations, 1);
    QVERIFY(identity.converged && std::abs(identity.eigenvalues[0] - 5) < 1e-12);
    const auto zero = lanczos(diagonal(Vector(30, 0.0)), 30, {}, {}).value();
    QVERIFY(zero.converged && zero.eigenvalues[0] == 0);
    QCOMPARE(lanczos(diagonal({7}), 1, {}, {}).value().eigenvalues, Vector{7});
    QVERIFY(!lanczos(diagonal({}), 0, {}, {}).ok());
}

/// Warm starts along the path of a quadratic are eigenvectors: without a little of something else the iteration ends at once.
void TestLanczos::lanczos_goes_on_from_an_exact_start()
{
    const LanczosSettings settings{.steps = 20, .top = 1, .tolerance = 0, .start = {1, 0}, .stir = 0.01};
    const auto found = lanczos(diagonal({4, 1}), 2, settings, {}).value();
    QVERIFY(std::abs(found.eigenvalues[0] - 4) < 1e-12 && std::abs(found.lowest - 1) < 1e-12);
    QCOMPARE(found.iterations, 2);
}

/// 9, 5, 5, 5, 2, 2, …: one start alone would see each value once.
void TestLanczos::lanczos_finds_an_eigenvalue_as_often_as_it_is_there()
{
    Vector values(30, 2.0);
    values[3] = 9;
    values[7] = values[8] = values[20] = 5;
    const auto found = lanczos(diagonal(values), 30, {.steps = 30, .top = 5, .tolerance = 0}, {}).value();
    const Vector expected{9, 5, 5, 5, 2};
    QCOMPARE(found.eigenvalues.size(), expected.size());
    for (std::size_t k = 0; k < expected.size(); ++k) {
        QVERIFY2(std::abs(found.eigenvalues[k] - expected[k]) < 1e-6, qPrintable(QString::number(found.eigenvalues[k])));
        Vector image(30);
        QVERIFY(diagonal(values)(found.vectors[k], image).ok());
        for (std::size_t i = 0; i < 30; ++i) {
            QVERIFY(std::abs(image[i] - expected[k] * found.vectors[k][i]) < 1e-6);
        }
    }
    const auto identity = lanczos(diagonal(Vector(30, 5.0)), 30, {.top = 3}, {}).value();
    QCOMPARE(identity.eigenvalues.size(), std::size_t{3});
    QVERIFY(std::abs(identity.eigenvalues[2] - 5) < 1e-12);
}

void TestLanczos::lanczos_says_when_numbers_are_not_finite()
{
    const auto found = lanczos(diagonal({1, std::nan(""), 2}), 3, {}, {});
    QVERIFY(!found.ok() && found.error().message.find("not finite") != std::string::npos);
}

void TestLanczos::lanczos_can_be_cancelled()
{
    const CancelToken cancel;
    int products = 0;
    const HessianProduct product = [&](std::span<const double> v, std::span<double> out) -> Status {
        for (std::size_t i = 0; i < v.size(); ++i) {
            out[i] = static_cast<double>(i + 1) * v[i];
        }
        if (++products == 3) {
            cancel.cancel();
        }
        return {};
    };
    const auto found = lanczos(product, 50, {.tolerance = 0}, cancel);
    QVERIFY(!found.ok() && found.error().code == ErrorCode::Cancelled);
    QCOMPARE(products, 3);
    QVERIFY(!hutchinson_trace(product, 50, 5, 0, 1, cancel).ok());
    QVERIFY(!spectral_density(product, 50, 5, 2, 10, 0.01, 1, cancel).ok());
}

QTEST_APPLESS_MAIN(TestLanczos)
#include "test_lanczos.moc"
