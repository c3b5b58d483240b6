// SPDX-License-Identifier: GPL-3.0-or-later
#include "hessian_testing.h"

#include "core/landscape/gradients.h"

#include <QtTest>

#include <cmath>
#include <numeric>

using namespace timberline;
using namespace timberline::landscape;
using namespace timberline::landscape_testing;
using training::NetActivation;
using training::NetKind;
using training::NetSpec;

namespace {

struct Net {
    const char* name;
    NetSpec spec;
    bool regression;
};

std::vector<Net> nets()
{
    return {
        {"tanh perceptron", {.input = {3}, .hidden = {5}, .outputs = 3, .activation = NetActivation::Tanh}, false},
        {"tanh perceptron, squared error", {.input = {2}, .hidden = {4, 3}, .outputs = 2, .activation = NetActivation::Tanh}, true},
        {"GELU with batch norm", {.input = {3}, .hidden = {4}, .outputs = 2, .activation = NetActivation::Gelu, .batch_norm = true}, false},
        {"convolution", {.kind = NetKind::Cnn, .input = {1, 5, 4}, .hidden = {2}, .outputs = 3, .activation = NetActivation::Tanh}, false},
        {"internal heads", {.input = {3}, .hidden = {4, 3}, .outputs = 3, .activation = NetActivation::Tanh, .exits = true}, false}};
}

/// Loss of a net at parameters in float64, by the naive network of the tests (without heads) or the evaluator.
double loss_at(const Problem& problem, const Vector& theta, const std::vector<float>& buffers)
{
    Plane plane;
    plane.center.assign(theta.begin(), theta.end());
    plane.buffers = buffers;
    if (problem.spec.exits) {
        PointValue value;
        const Point origin;
        return make_evaluator(problem, plane).value()->evaluate(std::span(&origin, 1), std::span(&value, 1), {}).ok() ? value.train.loss
                                                                                                                      : std::nan("");
    }
    return NaiveNetwork(problem.spec, plane, {}).loss(problem.train, nullptr, problem.loss_id == "mse");
}

}  // namespace

class TestHessian : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void trace_is_exact_for_a_diagonal();
    void trace_lies_within_its_error();
    void density_is_a_density();
    void gradients_agree_with_differences_of_the_loss_data();
    void gradients_agree_with_differences_of_the_loss();
    void products_are_symmetric_and_the_rayleigh_quotient_is_the_eigenvalue_data();
    void products_are_symmetric_and_the_rayleigh_quotient_is_the_eigenvalue();
    void a_linear_model_has_the_curvature_of_its_data();
    void the_bowl_has_its_own_curvature();
    void transformers_have_gradients();
    void cancel_reaches_the_gradient();
};

void TestHessian::trace_is_exact_for_a_diagonal()
{
    const auto found = hutchinson_trace(diagonal(one_to(50)), 50, 10, 1e-3, 1, {}).value();
    QVERIFY(std::abs(found.trace - 1275) < 1e-9);
    QCOMPARE(found.standard_error, 0.0);
    QCOMPARE(found.probes, 2);
}

/// Variance of a probe: 2 sum of squared off-diagonal entries.
void TestHessian::trace_lies_within_its_error()
{
    const auto a = random_symmetric(40);
    double trace = 0, variance = 0;
    for (std::size_t i = 0; i < 40; ++i) {
        trace += a.at(i, i);
        for (std::size_t j = 0; j < 40; ++j) {
            variance += i == j ? 0 : 2 * a.at(i, j) * a.at(i, j);
        }
    }
    constexpr int kProbes = 400;
    const auto found = hutchinson_trace(dense(a), 40, kProbes, 0, 5, {}).value();
    QCOMPARE(found.probes, kProbes);
    QVERIFY(std::abs(found.trace - trace) < 4 * std::sqrt(variance / kProbes));
    QVERIFY(std::abs(found.standard_error / std::sqrt(variance / kProbes) - 1) < 0.15);
    QVERIFY(std::isnan(hutchinson_trace(dense(a), 40, 1, 0, 5, {}).value().standard_error));
}

/// methods/training.md 2.8: weights sum to 1, the density integrates to 1, moments of one probe are exact, mean times D estimates the
/// trace.
void TestHessian::density_is_a_density()
{
    const auto a = random_symmetric(50);
    const auto product = dense(a);
    const auto found = spectral_density(product, 50, 20, 4, 400, 0.01, 3, {}).value();
    QVERIFY(std::abs(std::accumulate(found.weights.begin(), found.weights.end(), 0.0) - 1) < 1e-12);
    double area = 0, mean = 0;
    for (std::size_t k = 0; k + 1 < found.at.size(); ++k) {
        const double step = found.at[k + 1] - found.at[k];
        area += step * (found.density[k] + found.density[k + 1]) / 2;
        mean += step * (found.density[k] * found.at[k] + found.density[k + 1] * found.at[k + 1]) / 2;
    }
    QVERIFY(std::abs(area - 1) < 1e-9);
    const auto trace = hutchinson_trace(product, 50, 4, 0, 3, {}).value();
    QVERIFY(std::abs(mean * 50 - trace.trace) < 1e-3 * 50);  // the same probes
    // One probe: sum w theta^k = q^T H^k q for k up to 2m - 1; k = 1, 2, 3 here.
    const auto one = spectral_density(product, 50, 6, 1, 2, 0.01, 8, {}).value();
    Vector q(50), h1(50), h2(50);
    for (std::uint32_t i = 0; i < 50; ++i) {
        q[i] = (uniform({.seed = 8, .purpose = RandomPurpose::HessianProbe, .round = 0, .position = i}) < 0.5 ? -1 : 1) / std::sqrt(50.0);
    }
    QVERIFY(product(q, h1).ok() && product(h1, h2).ok());
    const double moments[] = {inner(q, h1), inner(h1, h1), inner(h1, h2)};
    for (int k = 0; k < 3; ++k) {
        double got = 0;
        for (std::size_t n = 0; n < one.nodes.size(); ++n) {
            got += one.weights[n] * std::pow(one.nodes[n], k + 1);
        }
        QVERIFY(std::abs(got - moments[k]) < 1e-9 * std::max(1.0, std::abs(moments[k])));
    }
}

void TestHessian::gradients_agree_with_differences_of_the_loss_data()
{
    QTest::addColumn<int>("net");
    const auto list = nets();
    for (int k = 0; k < static_cast<int>(list.size()); ++k) {
        QTest::addRow("%s", list[static_cast<std::size_t>(k)].name) << k;
    }
}

void TestHessian::gradients_agree_with_differences_of_the_loss()
{
    QFETCH(int, net);
    const auto chosen = nets()[static_cast<std::size_t>(net)];
    auto problem = make_problem(chosen.spec, 30, 0, chosen.regression);
    if (chosen.spec.exits) {
        problem.head_weights = {0.4, 0.6};
    }
    const auto plane = make_plane(chosen.spec);
    const auto gradient = make_gradient(problem, plane.buffers, {}).value();
    const Vector theta(plane.center.begin(), plane.center.end());
    Vector g(theta.size());
    double value = 0;
    QVERIFY(gradient.at(theta, g, value).ok());
    QVERIFY(std::abs(value - loss_at(problem, theta, plane.buffers)) < 1e-6);
    if (chosen.spec.exits) {
        return;  // the evaluator is float32: too coarse for differences
    }
    constexpr float kStep = 1e-3F;
    for (std::size_t i = 0; i < theta.size(); i += 3) {
        auto up = theta, down = theta;
        up[i] = static_cast<double>(plane.center[i] + kStep);
        down[i] = static_cast<double>(plane.center[i] - kStep);
        const double slope = (loss_at(problem, up, plane.buffers) - loss_at(problem, down, plane.buffers)) / (up[i] - down[i]);
        QVERIFY2(std::abs(slope - g[i]) < 1e-5, qPrintable(QString("%1: %2, expected %3").arg(i).arg(g[i]).arg(slope)));
    }
}

void TestHessian::products_are_symmetric_and_the_rayleigh_quotient_is_the_eigenvalue_data()
{
    gradients_agree_with_differences_of_the_loss_data();
}

void TestHessian::products_are_symmetric_and_the_rayleigh_quotient_is_the_eigenvalue()
{
    QFETCH(int, net);
    const auto chosen = nets()[static_cast<std::size_t>(net)];
    const auto problem = make_problem(chosen.spec, 30, 0, chosen.regression);
    const auto plane = make_plane(chosen.spec);
    auto gradient = make_gradient(problem, plane.buffers, {}).value();
    const Vector theta(plane.center.begin(), plane.center.end());
    const auto product = central_differences(gradient.at, theta, gradient.step);
    const std::size_t n = theta.size();
    // The whole Hessian by rows: symmetric, and its eigenvalues are what Lanczos finds.
    SymmetricMatrix h(n);
    Vector row(n);
    for (std::size_t i = 0; i < n; ++i) {
        Vector unit(n, 0);
        unit[i] = 1;
        QVERIFY(product(unit, row).ok());
        for (std::size_t j = 0; j < n; ++j) {
            h.at(i, j) = row[j];
        }
    }
    double asymmetry = 0;
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            asymmetry = std::max(asymmetry, std::abs(h.at(i, j) - h.at(j, i)));
            h.at(i, j) = h.at(j, i) = (h.at(i, j) + h.at(j, i)) / 2;
        }
    }
    QVERIFY2(asymmetry < 1e-6, qPrintable(QString::number(asymmetry)));  // methods/training.md 2.7: 1e-4
    const auto expected = symmetric_eigen(h);
    const auto found = lanczos(product, n, {}, {}).value();
    QVERIFY(std::abs(found.eigenvalues[0] - expected.values[0]) < 0.01 * expected.values[0]);
    QVERIFY(product(found.vectors[0], row).ok());
    QVERIFY(std::abs(inner(found.vectors[0], row) - found.eigenvalues[0]) < 1e-4 * found.eigenvalues[0]);
    // Length does not matter to a product.
    Vector once(n), thrice(n), longer = found.vectors[0];
    for (auto& x : longer) {
        x *= 3;
    }
    QVERIFY(product(found.vectors[0], once).ok() && product(longer, thrice).ok());
    for (std::size_t i = 0; i < n; ++i) {
        QVERIFY(std::abs(thrice[i] - 3 * once[i]) < 1e-6);
    }
    Vector nothing(n, 0);
    QVERIFY(product(nothing, row).ok() && row == nothing);
}

/// Squared error of y = w x + b with one output: the Hessian is 2 mean (x, 1)(x, 1)^T (closed form).
void TestHessian::a_linear_model_has_the_curvature_of_its_data()
{
    const NetSpec spec{.input = {2}, .hidden = {}, .outputs = 1};
    const auto problem = make_problem(spec, 200, 0, true);
    const auto gradient = make_gradient(problem, {}, {}).value();
    const auto product = central_differences(gradient.at, {0.5, -1, 0.25}, gradient.step);
    SymmetricMatrix expected(3);
    for (std::size_t n = 0; n < 200; ++n) {
        const double x[3] = {static_cast<double>(problem.train.inputs[2 * n]), static_cast<double>(problem.train.inputs[2 * n + 1]), 1};
        for (std::size_t i = 0; i < 3; ++i) {
            for (std::size_t j = 0; j < 3; ++j) {
                expected.at(i, j) += 2 * x[i] * x[j] / 200;
            }
        }
    }
    const auto eigen = symmetric_eigen(expected);
    const auto found = lanczos(product, 3, {.steps = 3, .top = 3, .tolerance = 0}, {}).value();
    for (std::size_t k = 0; k < 3; ++k) {
        QVERIFY(std::abs(found.eigenvalues[k] - eigen.values[k]) < 1e-6);
    }
    QVERIFY(gradient.products.find("float64") != std::string::npos);
}

void TestHessian::the_bowl_has_its_own_curvature()
{
    Problem problem;
    problem.spec.kind = NetKind::Quadratic;
    problem.spec.curvature = {4, 1};
    const auto gradient = make_gradient(problem, {}, {}).value();
    const auto found = lanczos(central_differences(gradient.at, {1, 1}, gradient.step), 2, {}, {}).value();
    QVERIFY(std::abs(found.eigenvalues[0] - 4) < 1e-9 && std::abs(found.eigenvalues[1] - 1) < 1e-9);
}

/// A transformer's gradient against the trainer's network (its loss in float32) and against differences of its own loss.
void TestHessian::transformers_have_gradients()
{
    for (const bool guided : {false, true}) {
        const NetSpec spec{.kind = NetKind::Transformer,
                           .input = {4},
                           .hidden = {8, 2, 2},
                           .outputs = 5,
                           .activation = NetActivation::Gelu,
                           .exits = guided,
                           .layer_norm = true,
                           .entropy_guided = guided};
        Problem problem;
        problem.spec = spec;
        problem.loss_id = "ce";
        problem.loss = std::make_shared<PlainCrossEntropy>();
        problem.train.count = 3;
        problem.train.size = 4;
        problem.train.outputs = 5;
        problem.train.tokens = {0, 1, 2, 3, 4, 4, 3, 2, 1, 0, 1, 1, 1, 1, 1};
        problem.head_weights = guided ? std::vector<double>{0.3, 0.7} : std::vector<double>{};
        const auto plane = make_plane(spec);
        const auto gradient = make_gradient(problem, {}, {}).value();
        Vector theta(plane.center.begin(), plane.center.end()), g(theta.size()), moved(theta.size()), unused(theta.size());
        double value = 0, up = 0, down = 0;
        QVERIFY(gradient.at(theta, g, value).ok());
        PointValue other;
        const Point origin;
        QVERIFY(make_evaluator(problem, plane).value()->evaluate(std::span(&origin, 1), std::span(&other, 1), {}).ok());
        QVERIFY(std::abs(value - other.train.loss) < 1e-5);
        for (std::size_t i = 0; i < theta.size(); i += 7) {
            constexpr double kStep = 1e-5;
            moved = theta;
            moved[i] += kStep;
            QVERIFY(gradient.at(moved, unused, up).ok());
            moved[i] -= 2 * kStep;
            QVERIFY(gradient.at(moved, unused, down).ok());
            QVERIFY(std::abs((up - down) / (2 * kStep) - g[i]) < 1e-7);
        }
    }
}

void TestHessian::cancel_reaches_the_gradient()
{
    const CancelToken cancel;
    const auto chosen = nets()[0];
    const auto problem = make_problem(chosen.spec, 30, 0, false);
    const auto plane = make_plane(chosen.spec);
    const auto gradient = make_gradient(problem, plane.buffers, cancel).value();
    cancel.cancel();
    Vector theta(plane.center.begin(), plane.center.end()), g(theta.size());
    double value = 0;
    const auto done = gradient.at(theta, g, value);
    QVERIFY(!done.ok() && done.error().code == ErrorCode::Cancelled);
}

QTEST_APPLESS_MAIN(TestHessian)
#include "test_hessian.moc"
