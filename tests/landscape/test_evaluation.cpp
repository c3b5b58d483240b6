// SPDX-License-Identifier: GPL-3.0-or-later
#include "landscape_testing.h"

#include "core/base/compute_threads.h"
#include "core/landscape/directions.h"
#include "core/landscape/fused_evaluator.h"
#include "core/landscape/gradients.h"

#include <QtTest>

#include <bit>
#include <cmath>
#include <limits>

using namespace timberline;
using namespace timberline::landscape;
using namespace timberline::landscape_testing;
using training::NetActivation;
using training::NetKind;
using training::NetSpec;

namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

std::vector<const kernels::KernelTable*> all_kernels()
{
    std::vector<const kernels::KernelTable*> out = {&kernels::portable_kernels()};
    for (const auto* table : {kernels::avx2_kernels(), kernels::avx512_kernels()}) {
        if (table != nullptr) {
            out.push_back(table);
        }
    }
    return out;
}

PointValue value_at(const Evaluator& evaluator, Point point)
{
    PointValue out;
    const auto done = evaluator.evaluate(std::span(&point, 1), std::span(&out, 1), {});
    if (!done.ok()) {
        qFatal("%s", done.error().message.c_str());
    }
    return out;
}

bool same_bits(double a, double b)
{
    return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

std::vector<Point> some_points(int count)
{
    std::vector<Point> out = {{0, 0}};
    for (int k = 1; k < count; ++k) {
        out.push_back({draw(3, 1, static_cast<std::size_t>(k)), draw(3, 2, static_cast<std::size_t>(k))});
    }
    return out;
}

struct Shape {
    const char* name;
    NetSpec spec;
    int train, test;
    bool regression;
};

std::vector<Shape> shapes()
{
    using A = NetActivation;
    return {
        {"2-16-16-1, squared error, 500 samples", {.input = {2}, .hidden = {16, 16}, .outputs = 1}, 500, 100, true},
        {"2-16-16-3, tanh, 129 samples", {.input = {2}, .hidden = {16, 16}, .outputs = 3, .activation = A::Tanh}, 129, 7, false},
        {"5-7-3, GELU, no test samples", {.input = {5}, .hidden = {7}, .outputs = 3, .activation = A::Gelu}, 65, 0, false},
        {"affine first layer 40-13-10", {.input = {40}, .hidden = {13}, .outputs = 10}, 200, 33, false},
        {"affine first layer with batch norm", {.input = {40}, .hidden = {13, 9}, .outputs = 4, .batch_norm = true}, 100, 33, false},
        {"narrow first layer with batch norm", {.input = {3}, .hidden = {8, 8}, .outputs = 2, .activation = A::Tanh, .batch_norm = true}, 70, 40, false},
        {"no hidden layer", {.input = {9}, .hidden = {}, .outputs = 4}, 50, 20, false},
        {"one sample, one output", {.input = {2}, .hidden = {3}, .outputs = 1, .activation = A::Identity}, 1, 1, true},
        {"convolutions 3-5 on 8x8", {.kind = NetKind::Cnn, .input = {1, 8, 8}, .hidden = {3, 5}, .outputs = 10}, 37, 9, false},
        {"two channels of 7x9, odd sizes", {.kind = NetKind::Cnn, .input = {2, 7, 9}, .hidden = {4, 3}, .outputs = 3, .activation = A::Tanh}, 18, 5, false},
        {"GELU before the pool", {.kind = NetKind::Cnn, .input = {1, 12, 10}, .hidden = {2}, .outputs = 3, .activation = A::Gelu}, 20, 4, false},
        {"convolutions with batch norm", {.kind = NetKind::Cnn, .input = {1, 9, 8}, .hidden = {4, 6}, .outputs = 5, .batch_norm = true}, 33, 17, false},
        {"images without convolutions", {.kind = NetKind::Cnn, .input = {1, 4, 4}, .hidden = {}, .outputs = 3}, 33, 17, false},
    };
}

}  // namespace

class TestEvaluation : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void equals_a_naive_evaluation_data();
    void equals_a_naive_evaluation();
    void equals_the_trainers_network_data();
    void equals_the_trainers_network();
    void equals_libtorch_on_random_networks();
    void origin_has_the_bits_of_the_network_itself_data();
    void origin_has_the_bits_of_the_network_itself();
    void a_point_does_not_depend_on_its_company();
    void quadratic_is_the_quadratic();
    void other_losses_go_through_their_object();
    void ends_of_a_line_are_the_two_networks();
    void filter_normalised_surface_survives_rescaling();
    void rescaled_neurons_change_the_surface();
    void values_that_are_not_finite_are_recorded();
    void saturated_logits_keep_their_loss();
    void ties_count_for_the_first_class();
    void standard_error_is_that_of_the_mean();
    void band_covers_the_true_loss();
    void samples_are_stratified_and_repeatable();
    void transformers_and_exit_heads_are_evaluated();
    void outputs_are_those_of_the_network();
    void faults_are_sentences_data();
    void faults_are_sentences();
    void cancel_ends_an_evaluation();
};

void TestEvaluation::equals_a_naive_evaluation_data()
{
    QTest::addColumn<int>("shape");
    QTest::addColumn<int>("policy");
    const auto list = shapes();
    for (int k = 0; k < static_cast<int>(list.size()); ++k) {
        const auto& shape = list[static_cast<std::size_t>(k)];
        const char* names[] = {"stored statistics", "statistics computed at every point", "statistics of the batch"};
        for (int policy = 0; policy < (shape.spec.batch_norm ? 3 : 1); ++policy) {
            QTest::addRow("%s%s%s", shape.name, shape.spec.batch_norm ? ", " : "", shape.spec.batch_norm ? names[policy] : "") << k << policy;
        }
    }
}

void TestEvaluation::equals_a_naive_evaluation()
{
    QFETCH(int, shape);
    QFETCH(int, policy);
    const auto chosen = shapes()[static_cast<std::size_t>(shape)];
    auto problem = make_problem(chosen.spec, chosen.train, chosen.test, chosen.regression);
    problem.batch_norm = static_cast<BatchNormPolicy>(policy);
    const auto plane = make_plane(chosen.spec);
    for (const auto* table : all_kernels()) {
        const FusedEvaluator evaluator(problem, plane, make_fused_plan(chosen.spec).value(), *table);
        for (const auto& point : some_points(5)) {
            const auto got = value_at(evaluator, point);
            const auto [train, test] = naive_losses(problem, plane, point);
            QVERIFY2(std::abs(got.train.loss - train) < 1e-5 * std::max(1.0, train),
                     qPrintable(QString("%1: train %2, expected %3").arg(table->name).arg(got.train.loss, 0, 'g', 9).arg(train, 0, 'g', 9)));
            QVERIFY2(chosen.test == 0 || std::abs(got.test.loss - test) < 1e-5 * std::max(1.0, test),
                     qPrintable(QString("%1: test %2, expected %3").arg(table->name).arg(got.test.loss, 0, 'g', 9).arg(test, 0, 'g', 9)));
            QCOMPARE(std::isnan(got.test.loss), chosen.test == 0);
        }
    }
}

void TestEvaluation::equals_the_trainers_network_data()
{
    equals_a_naive_evaluation_data();
}

void TestEvaluation::equals_the_trainers_network()
{
    QFETCH(int, shape);
    QFETCH(int, policy);
    const auto chosen = shapes()[static_cast<std::size_t>(shape)];
    if (policy == 1 && chosen.train == 1) {
        QSKIP("one sample has no variance");
    }
    auto problem = make_problem(chosen.spec, chosen.train, chosen.test, chosen.regression);
    problem.batch_norm = static_cast<BatchNormPolicy>(policy);
    const auto plane = make_plane(chosen.spec);
    const auto fused = make_evaluator(problem, plane).value();
    const auto reference = make_network_evaluator(problem, plane).value();
    QVERIFY(fused->name().starts_with("fused"));
    for (const auto& point : some_points(4)) {
        const auto a = value_at(*fused, point), b = value_at(*reference, point);
        QVERIFY(std::abs(a.train.loss - b.train.loss) < 1e-5 * std::max(1.0, b.train.loss));
        QVERIFY(std::isnan(b.train.standard_error) || std::abs(a.train.standard_error - b.train.standard_error) < 1e-5 * std::max(1.0, b.train.loss));
        QVERIFY(chosen.test == 0 || std::abs(a.test.loss - b.test.loss) < 1e-5 * std::max(1.0, b.test.loss));
        if (!chosen.regression) {
            QVERIFY(std::abs(a.train.accuracy - b.train.accuracy) < 1.5 / chosen.train);  // a tie within rounding may fall either way
        }
    }
}

/// methods/training.md 2.4: fused against the loop on 100 random networks, below 5e-6.
void TestEvaluation::equals_libtorch_on_random_networks()
{
    double worst = 0;
    for (std::size_t k = 0; k < 100; ++k) {
        const auto size = [k](std::uint32_t stream, int low, int high) { return low + static_cast<std::int64_t>((draw(9, stream, k) + 1) / 2 * (high - low)); };
        NetSpec spec{.input = {size(1, 1, 30)}, .hidden = {size(2, 1, 40)}, .outputs = size(3, 2, 12)};
        if (k % 3 == 1) {
            spec.hidden.push_back(size(4, 1, 40));
        }
        spec.activation = k % 2 == 0 ? NetActivation::Relu : NetActivation::Tanh;
        if (k % 5 == 4) {
            spec.kind = NetKind::Cnn;
            spec.input = {1, size(5, 4, 12), size(6, 4, 12)};
            spec.hidden = {size(7, 1, 6), size(8, 1, 6)};
        }
        const auto problem = make_problem(spec, size(10, 1, 300), 0, false);
        const auto plane = make_plane(spec, 0.1);
        const auto points = some_points(3);
        const auto evaluator = make_evaluator(problem, plane).value();
        const auto expected = plain_loop(problem, plane, points, {}).value();
        for (std::size_t p = 0; p < points.size(); ++p) {
            worst = std::max(worst, std::abs(value_at(*evaluator, points[p]).train.loss - expected[p]));
        }
    }
    QVERIFY2(worst < 5e-6, qPrintable(QString::number(worst)));
}

void TestEvaluation::origin_has_the_bits_of_the_network_itself_data()
{
    QTest::addColumn<int>("shape");
    const auto list = shapes();
    for (int k = 0; k < static_cast<int>(list.size()); ++k) {
        QTest::addRow("%s", list[static_cast<std::size_t>(k)].name) << k;
    }
}

void TestEvaluation::origin_has_the_bits_of_the_network_itself()
{
    QFETCH(int, shape);
    const auto chosen = shapes()[static_cast<std::size_t>(shape)];
    const auto problem = make_problem(chosen.spec, chosen.train, chosen.test, chosen.regression);
    const auto plane = make_plane(chosen.spec);
    Plane alone;
    alone.center = plane.center;
    alone.buffers = plane.buffers;
    const auto in_plane = value_at(*make_evaluator(problem, plane).value(), {0, 0});
    const auto itself = value_at(*make_evaluator(problem, alone).value(), {0, 0});
    QVERIFY(same_bits(in_plane.train.loss, itself.train.loss));
    QVERIFY(chosen.test == 0 || same_bits(in_plane.test.loss, itself.test.loss));
    QVERIFY(chosen.train == 1 || same_bits(in_plane.train.standard_error, itself.train.standard_error));
    // And a point elsewhere has the loss of the parameters that stand there, up to their rounding.
    const Point point{0.3, -0.7};
    Plane there = alone;
    for (std::size_t i = 0; i < there.center.size(); ++i) {
        there.center[i] += static_cast<float>(point.beta) * plane.v[i];
        there.center[i] += static_cast<float>(point.alpha) * plane.u[i];
    }
    const double direct = value_at(*make_evaluator(problem, there).value(), {0, 0}).train.loss;
    QVERIFY(std::abs(value_at(*make_evaluator(problem, plane).value(), point).train.loss - direct) < 1e-5 * std::max(1.0, direct));
}

void TestEvaluation::a_point_does_not_depend_on_its_company()
{
    const int before = compute_threads();
    for (const auto& chosen : shapes()) {
        const auto problem = make_problem(chosen.spec, chosen.train, chosen.test, chosen.regression);
        const auto evaluator = make_evaluator(problem, make_plane(chosen.spec)).value();
        const auto points = some_points(37);
        std::vector<PointValue> one(points.size()), two(points.size());
        set_compute_threads(1);
        QVERIFY(evaluate_points(*evaluator, points, one, 1, {}).ok());
        set_compute_threads(2);
        QVERIFY(evaluate_points(*evaluator, points, two, 2, {}).ok());
        for (std::size_t p = 0; p < points.size(); ++p) {
            QVERIFY(same_bits(one[p].train.loss, two[p].train.loss));
            QVERIFY(same_bits(one[p].train.loss, value_at(*evaluator, points[p]).train.loss));
        }
    }
    set_compute_threads(before);
}

/// methods/training.md 2.1, check 4, in float64.
void TestEvaluation::quadratic_is_the_quadratic()
{
    Problem problem;
    problem.spec.kind = NetKind::Quadratic;
    problem.spec.curvature = {4, 1, 0.5, 7};
    Plane plane;
    plane.center = {1, -2, 0.5F, 3};
    plane.u = {0.3F, 1, -1, 0.25F};
    plane.v = {2, 0.1F, 0.7F, -1};
    const auto evaluator = make_evaluator(problem, plane).value();
    double center = 0, a = 0, b = 0, uu = 0, uv = 0, vv = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        const double c = problem.spec.curvature[i], w = static_cast<double>(plane.center[i]), u = static_cast<double>(plane.u[i]),
                     v = static_cast<double>(plane.v[i]);
        center += 0.5 * c * w * w;
        a += c * w * u;
        b += c * w * v;
        uu += c * u * u;
        uv += c * u * v;
        vv += c * v * v;
    }
    for (double alpha = -2; alpha <= 2; alpha += 0.37) {
        for (double beta = -1; beta <= 3; beta += 0.41) {
            const double expected = center + alpha * a + beta * b + 0.5 * (alpha * alpha * uu + 2 * alpha * beta * uv + beta * beta * vv);
            const auto value = value_at(*evaluator, {alpha, beta});
            QVERIFY(std::abs(value.train.loss - expected) < 1e-10 * std::max(1.0, expected));
            QCOMPARE(value.train.standard_error, 0.0);
        }
    }
    QCOMPARE(evaluator->name(), std::string("closed form"));
    // The same through a network: squared error of a linear map is a quadratic in its parameters.
    const NetSpec linear{.input = {3}, .hidden = {}, .outputs = 1};
    const auto data = make_problem(linear, 40, 0, true);
    const auto line = make_plane(linear, 1.0);
    const auto fused = make_evaluator(data, line).value();
    const auto loss = [&](double x, double y) { return value_at(*fused, {x, y}).train.loss; };
    // Six values fix a quadratic in two variables; it must then hold everywhere.
    const double c0 = loss(0, 0), cx = (loss(1, 0) - loss(-1, 0)) / 2, cy = (loss(0, 1) - loss(0, -1)) / 2, cxx = (loss(1, 0) + loss(-1, 0)) / 2 - c0,
                 cyy = (loss(0, 1) + loss(0, -1)) / 2 - c0, cxy = loss(1, 1) - c0 - cx - cy - cxx - cyy;
    for (const auto& p : some_points(50)) {
        const double expected = c0 + cx * p.alpha + cy * p.beta + cxx * p.alpha * p.alpha + cyy * p.beta * p.beta + cxy * p.alpha * p.beta;
        QVERIFY(std::abs(loss(p.alpha, p.beta) - expected) < 1e-6 * std::max(1.0, expected));
    }
}

void TestEvaluation::other_losses_go_through_their_object()
{
    const NetSpec spec{.input = {10}, .hidden = {6}, .outputs = 4};
    auto problem = make_problem(spec, 77, 20, false);
    const auto plane = make_plane(spec);
    const auto fused = make_evaluator(problem, plane).value();
    problem.loss_id = "label-smoothing";  // any id but the fused ones: the object, which is plain cross-entropy here
    const auto general = make_evaluator(problem, plane).value();
    problem.loss_id = "ce";
    problem.loss_values = {{"class_weight", std::vector<double>{}}, {"temperature", 2.0}, {"lse_penalty", 0.0}};
    const auto warm = make_evaluator(problem, plane).value();  // not the fused form either
    for (const auto& point : some_points(6)) {
        const auto a = value_at(*fused, point), b = value_at(*general, point), c = value_at(*warm, point);
        QVERIFY(std::abs(a.train.loss - b.train.loss) < 1e-6);
        QVERIFY(std::abs(a.test.loss - b.test.loss) < 1e-6);
        QVERIFY(std::abs(a.train.standard_error - b.train.standard_error) < 1e-6);
        QCOMPARE(a.train.accuracy, b.train.accuracy);
        QCOMPARE(c.train.loss, b.train.loss);  // the object decides, whatever the id says
    }
    std::vector<double> first, second, test;
    QVERIFY(fused->sample_losses({0.2, 0.1}, first, test, {}).ok());
    QVERIFY(general->sample_losses({0.2, 0.1}, second, test, {}).ok());
    QCOMPARE(first.size(), std::size_t{77});
    QCOMPARE(test.size(), std::size_t{20});
    for (std::size_t n = 0; n < first.size(); ++n) {
        QVERIFY(std::abs(first[n] - second[n]) < 1e-5);
    }
}

/// methods/training.md 2.2: values at 0 and 1 equal the losses of the end points; the barrier is never negative, and 0 for a quadratic.
void TestEvaluation::ends_of_a_line_are_the_two_networks()
{
    const NetSpec spec{.input = {12}, .hidden = {9}, .outputs = 3, .batch_norm = true};
    const auto problem = make_problem(spec, 90, 0, false);
    const auto a = make_plane(spec);
    Plane line;
    line.center = a.center;
    line.buffers = a.buffers;
    Plane b = line;
    for (std::size_t i = 0; i < b.center.size(); ++i) {
        b.center[i] = a.center[i] + 2 * a.u[i];
    }
    for (std::size_t i = 0; i < b.buffers.size(); ++i) {
        b.buffers[i] = a.buffers[i] * 1.5F + 0.1F;
    }
    line.u = difference(a.center, b.center);
    line.u_buffers = difference(a.buffers, b.buffers);
    const auto evaluator = make_evaluator(problem, line).value();
    Plane first;
    first.center = a.center;
    first.buffers = a.buffers;
    const double at_a = value_at(*make_evaluator(problem, first).value(), {}).train.loss;
    const double at_b = value_at(*make_evaluator(problem, b).value(), {}).train.loss;
    QVERIFY(std::abs(value_at(*evaluator, {0, 0}).train.loss - at_a) < 1e-6);
    QVERIFY(std::abs(value_at(*evaluator, {1, 0}).train.loss - at_b) < 1e-6);
    // Frozen statistics would have been another network at the far end.
    Plane frozen = line;
    frozen.u_buffers.clear();
    QVERIFY(std::abs(value_at(*make_evaluator(problem, frozen).value(), {1, 0}).train.loss - at_b) > 1e-3);

    Problem bowl;
    bowl.spec.kind = NetKind::Quadratic;
    bowl.spec.curvature = {3, 1};
    Plane between;
    between.center = {2, -1};
    between.u = {-5, 3};
    const auto quadratic = make_evaluator(bowl, between).value();
    double barrier = 0;
    const double ends = std::max(value_at(*quadratic, {0, 0}).train.loss, value_at(*quadratic, {1, 0}).train.loss);
    for (int k = 0; k <= 60; ++k) {
        barrier = std::max(barrier, value_at(*quadratic, {k / 60.0, 0}).train.loss - ends);
    }
    QCOMPARE(barrier, 0.0);
}

/// methods/training.md 2.1, check 2: W1 -> c W1, W2 -> W2 / c leaves the function and, with filter normalisation, the surface.
void TestEvaluation::filter_normalised_surface_survives_rescaling()
{
    const NetSpec spec{.input = {12}, .hidden = {10}, .outputs = 3};
    const auto problem = make_problem(spec, 80, 0, false);
    const auto layout = training::layout_of(spec).value();
    auto plain = make_plane(spec);
    for (const auto& slot : layout.parameters) {
        if (slot.shape.size() == 1) {
            std::fill_n(plain.center.begin() + slot.offset, slot.elements, 0.0F);  // bias-free
        }
    }
    auto scaled = plain;
    const float factor = 7;
    for (const auto& slot : layout.parameters) {
        for (std::int64_t i = slot.offset; i < slot.offset + slot.elements; ++i) {
            auto& w = scaled.center[static_cast<std::size_t>(i)];
            w = slot.name == "layers.0.weight" ? w * factor : w / factor;
        }
    }
    double filter = 0, raw = 0;
    for (const auto normalisation : {Normalisation::Filter, Normalisation::None}) {
        for (auto* plane : {&plain, &scaled}) {
            plane->u = gaussian_direction(layout.parameter_count, 4, 0);
            plane->v = gaussian_direction(layout.parameter_count, 5, 1);
            normalise(layout, plane->center, normalisation, OneDimensional::Zero, plane->u);
            normalise(layout, plane->center, normalisation, OneDimensional::Zero, plane->v);
        }
        const auto a = make_evaluator(problem, plain).value(), b = make_evaluator(problem, scaled).value();
        double& worst = normalisation == Normalisation::Filter ? filter : raw;
        for (const auto& point : some_points(30)) {
            worst = std::max(worst, std::abs(value_at(*a, point).train.loss - value_at(*b, point).train.loss));
        }
    }
    QVERIFY2(filter < 1e-5, qPrintable(QString::number(filter)));
    QVERIFY(raw > 1e-2);
}

/// methods/training.md 2.1, check 3: rescaling one neuron against its outgoing weights does change a filter-normalised surface.
void TestEvaluation::rescaled_neurons_change_the_surface()
{
    const NetSpec spec{.input = {12}, .hidden = {10}, .outputs = 3};
    const auto problem = make_problem(spec, 80, 0, false);
    const auto layout = training::layout_of(spec).value();
    auto plain = make_plane(spec);
    std::ranges::fill(plain.v, 0.0F);
    auto scaled = plain;
    for (std::size_t i = 0; i < 12; ++i) {
        scaled.center[i] *= 20;  // neuron 0's weights, and below its bias and its outgoing column
    }
    const auto* bias = layout.find("layers.0.bias");
    const auto* out = layout.find("layers.1.weight");
    scaled.center[static_cast<std::size_t>(bias->offset)] *= 20;
    for (std::int64_t o = 0; o < 3; ++o) {
        scaled.center[static_cast<std::size_t>(out->offset + o * 10)] /= 20;
    }
    double worst = 0;
    for (auto* plane : {&plain, &scaled}) {
        plane->u = gaussian_direction(layout.parameter_count, 4, 0);
        normalise(layout, plane->center, Normalisation::Filter, OneDimensional::Zero, plane->u);
    }
    const auto a = make_evaluator(problem, plain).value(), b = make_evaluator(problem, scaled).value();
    QVERIFY(std::abs(value_at(*a, {0, 0}).train.loss - value_at(*b, {0, 0}).train.loss) < 1e-5);  // the same function
    for (const auto& point : some_points(10)) {
        worst = std::max(worst, std::abs(value_at(*a, point).train.loss - value_at(*b, point).train.loss));
    }
    QVERIFY(worst > 1e-2);
}

void TestEvaluation::values_that_are_not_finite_are_recorded()
{
    for (const auto& chosen : shapes()) {
        const auto problem = make_problem(chosen.spec, chosen.train, chosen.test, chosen.regression);
        auto plane = make_plane(chosen.spec);
        const auto evaluator = make_evaluator(problem, plane).value();
        // Weights beyond float32: infinite, and where infinities meet, NaN. Never a number, never a crash.
        QVERIFY(!std::isfinite(value_at(*evaluator, {3e38, 3e38}).train.loss) || chosen.spec.activation == NetActivation::Tanh || chosen.spec.batch_norm);
        QVERIFY(!std::isfinite(value_at(*evaluator, {1e300, 0}).train.loss));
        QVERIFY(std::isfinite(value_at(*evaluator, {0, 0}).train.loss));
    }
    // A NaN in the data reaches the loss through convolution and pool as well.
    for (const auto& spec : {NetSpec{.input = {2}, .hidden = {4}, .outputs = 3}, NetSpec{.kind = NetKind::Cnn, .input = {1, 4, 4}, .hidden = {2}, .outputs = 3}}) {
        auto problem = make_problem(spec, 5, 0, false);
        problem.train.inputs[1] = std::numeric_limits<float>::quiet_NaN();
        for (const auto* table : all_kernels()) {
            const FusedEvaluator evaluator(problem, make_plane(spec), make_fused_plan(spec).value(), *table);
            QVERIFY(std::isnan(value_at(evaluator, {0.1, 0}).train.loss));
        }
    }
}

/// -log softmax of logits far apart: 0 for the winner, the distance for a loser (closed form).
void TestEvaluation::saturated_logits_keep_their_loss()
{
    const NetSpec spec{.input = {1}, .hidden = {}, .outputs = 2};
    auto problem = make_problem(spec, 2, 0, false);
    problem.train.inputs = {1, 1};
    for (const auto* table : all_kernels()) {
        Plane plane;
        plane.center = {500, -500, 0, 0};
        problem.train.labels = {0, 0};
        QCOMPARE(value_at(FusedEvaluator(problem, plane, make_fused_plan(spec).value(), *table), {}).train.loss, 0.0);
        problem.train.labels = {1, 1};
        QCOMPARE(value_at(FusedEvaluator(problem, plane, make_fused_plan(spec).value(), *table), {}).train.loss, 1000.0);
        plane.center = {0, 0, 0, 0};
        QVERIFY(std::abs(value_at(FusedEvaluator(problem, plane, make_fused_plan(spec).value(), *table), {}).train.loss - std::log(2.0)) < 1e-7);
        plane.center = {2e38F, 0, 2e38F, 0};  // the first logit overflows
        problem.train.labels = {1, 1};
        QVERIFY(!std::isfinite(value_at(FusedEvaluator(problem, plane, make_fused_plan(spec).value(), *table), {}).train.loss));
    }
    QVERIFY(std::isinf(kInfinity));
}

void TestEvaluation::ties_count_for_the_first_class()
{
    const NetSpec spec{.input = {1}, .hidden = {}, .outputs = 3};
    auto problem = make_problem(spec, 3, 0, false);
    problem.train.labels = {0, 1, 2};
    Plane plane;
    plane.center.assign(6, 0.0F);
    QCOMPARE(value_at(*make_evaluator(problem, plane).value(), {}).train.accuracy, 1.0 / 3);
    problem.train.labels = {0, 0, 0};
    QCOMPARE(value_at(*make_evaluator(problem, plane).value(), {}).train.accuracy, 1.0);
    problem.train.labels = {2, 1, 2};
    QCOMPARE(value_at(*make_evaluator(problem, plane).value(), {}).train.accuracy, 0.0);
}

/// Losses 1, 4, 9, 16 of a network that outputs 0: mean 7.5, sample deviation sqrt(43), error sqrt(43) / 2 (by hand).
void TestEvaluation::standard_error_is_that_of_the_mean()
{
    const NetSpec spec{.input = {1}, .hidden = {}, .outputs = 1};
    auto problem = make_problem(spec, 4, 0, true);
    problem.train.targets = {1, -2, 3, -4};
    Plane plane;
    plane.center = {0, 0};
    const auto value = value_at(*make_evaluator(problem, plane).value(), {});
    QCOMPARE(value.train.loss, 7.5);
    QVERIFY(std::abs(value.train.standard_error - std::sqrt(43.0) / 2) < 1e-12);
    QVERIFY(std::isnan(value.train.accuracy));
    problem.train.count = 1;
    problem.train.inputs.resize(1);
    problem.train.targets.resize(1);
    QVERIFY(std::isnan(value_at(*make_evaluator(problem, plane).value(), {}).train.standard_error));
}

/// features.md, unique feature 10: the 95% band covers 93 to 97% of true errors over 1,000 cells. Each cell has samples of its own draw, because cells on
/// common samples are right or wrong together.
void TestEvaluation::band_covers_the_true_loss()
{
    const NetSpec spec{.input = {2}, .hidden = {8}, .outputs = 1, .activation = NetActivation::Tanh};
    training::DataSet data;
    data.task = training::DataSet::Task::Regression;
    data.sample_shape = {2};
    data.samples = data.train = 20'000;
    data.outputs = 1;
    const auto drawn = make_samples(spec, data.samples, true, 21);
    data.inputs = drawn.inputs;
    data.targets = drawn.targets;
    auto problem = make_problem(spec, 1, 0, true);
    const auto plane = make_plane(spec, 1.0);
    problem.train = choose_samples(data, false, 0, 0);
    QCOMPARE(problem.train.count, std::int64_t{20'000});
    const auto whole = make_evaluator(problem, plane).value();
    int covered = 0;
    constexpr int kCells = 1000;
    for (int k = 0; k < kCells; ++k) {
        const Point point{-1 + 2.0 * (k % 10) / 9, -1 + 2.0 * (k / 10 % 10) / 9};
        problem.train = choose_samples(data, false, 256, static_cast<std::uint64_t>(k));
        const auto value = value_at(*make_evaluator(problem, plane).value(), point).train;
        covered += std::abs(value.loss - value_at(*whole, point).train.loss) <= 1.96 * value.standard_error ? 1 : 0;
    }
    QVERIFY2(covered >= 930 && covered <= 970, qPrintable(QString::number(covered)));
}

void TestEvaluation::samples_are_stratified_and_repeatable()
{
    training::DataSet data;
    data.sample_shape = {1};
    data.samples = 1100;
    data.train = 1000;
    data.outputs = 3;
    for (int n = 0; n < 1100; ++n) {
        data.inputs.push_back(static_cast<float>(n));
        data.labels.push_back(n % 10 < 6 ? 0 : n % 10 < 9 ? 1 : 2);  // 60, 30 and 10 percent
    }
    const auto chosen = choose_samples(data, false, 101, 7);
    QCOMPARE(chosen.count, std::int64_t{101});
    int counts[3] = {};
    for (const auto label : chosen.labels) {
        ++counts[label];
    }
    QVERIFY(std::abs(counts[0] - 60.6) <= 1 && std::abs(counts[1] - 30.3) <= 1 && std::abs(counts[2] - 10.1) <= 1);
    QVERIFY(std::ranges::is_sorted(chosen.index));
    QVERIFY(std::ranges::adjacent_find(chosen.index) == chosen.index.end());
    QVERIFY(chosen.index.back() < 1000);
    QVERIFY(choose_samples(data, false, 101, 7).index == chosen.index);
    QVERIFY(choose_samples(data, false, 101, 8).index != chosen.index);
    const auto test = choose_samples(data, true, 30, 7);
    QVERIFY(test.count == 30 && test.index.front() >= 1000);
    QCOMPARE(choose_samples(data, true, 5000, 7).count, std::int64_t{100});
    QCOMPARE(static_cast<std::int64_t>(chosen.inputs[5]), chosen.index[5]);
}

void TestEvaluation::transformers_and_exit_heads_are_evaluated()
{
    // A transformer whose weights are all 0 outputs equal logits: ln V for every token (closed form).
    const NetSpec text{.kind = NetKind::Transformer, .input = {4}, .hidden = {8, 1, 2}, .outputs = 5};
    Problem problem;
    problem.spec = text;
    problem.loss_id = "ce";
    problem.loss = std::make_shared<PlainCrossEntropy>();
    problem.train.count = 3;
    problem.train.size = 4;
    problem.train.outputs = 5;
    problem.train.tokens = {0, 1, 2, 3, 4, 4, 3, 2, 1, 0, 1, 1, 1, 1, 1};
    Plane plane = make_plane(text);
    std::ranges::fill(plane.center, 0.0F);
    const auto zero = value_at(*make_evaluator(problem, plane).value(), {0, 0});
    QVERIFY(std::abs(zero.train.loss - std::log(5.0)) < 1e-6);
    QVERIFY(zero.train.standard_error < 1e-6);
    QVERIFY(std::isfinite(value_at(*make_evaluator(problem, plane).value(), {1, 1}).train.loss));

    // A head weight of 1 on the output alone is the network without heads; the heads' losses add up with their weights.
    const NetSpec with_heads{.input = {6}, .hidden = {5, 4}, .outputs = 3, .exits = true};
    auto heads = make_problem(with_heads, 40, 10, false);
    const auto spread = make_plane(with_heads);
    const auto output = value_at(*make_evaluator(heads, spread).value(), {0.2, 0.1});
    heads.head_weights = {1, 0};
    const auto first = value_at(*make_evaluator(heads, spread).value(), {0.2, 0.1});
    heads.head_weights = {0.25, 0.75};
    const auto both = value_at(*make_evaluator(heads, spread).value(), {0.2, 0.1});
    QVERIFY(std::abs(both.train.loss - 0.25 * first.train.loss - 0.75 * output.train.loss) < 1e-9);
    NetSpec without = with_heads;
    without.exits = false;
    Plane cut = spread;
    const auto size = static_cast<std::size_t>(training::layout_of(without).value().parameter_count);
    for (auto* values : {&cut.center, &cut.u, &cut.v}) {
        values->resize(size);  // the heads stand last
    }
    auto plain = make_problem(without, 40, 10, false);
    QVERIFY(std::abs(value_at(*make_evaluator(plain, cut).value(), {0.2, 0.1}).train.loss - output.train.loss) < 1e-5);
}

void TestEvaluation::outputs_are_those_of_the_network()
{
    for (const auto& chosen : shapes()) {
        const auto problem = make_problem(chosen.spec, 19, 0, chosen.regression);
        const auto plane = make_plane(chosen.spec);
        const auto got = network_outputs(chosen.spec, plane.center, plane.buffers, problem.train.inputs, 19).value();
        const auto expected = NaiveNetwork(chosen.spec, plane, {}).run(problem.train, nullptr);
        for (std::size_t n = 0; n < 19; ++n) {
            for (std::size_t o = 0; o < expected[n].size(); ++o) {
                QVERIFY(std::abs(static_cast<double>(got[n * expected[n].size() + o]) - expected[n][o]) < 1e-4);
            }
        }
    }
}

void TestEvaluation::faults_are_sentences_data()
{
    QTest::addColumn<int>("fault");
    QTest::addColumn<QString>("says");
    QTest::newRow("the centre belongs to another network") << 0 << "the centre has 3 numbers";
    QTest::newRow("a direction is too short") << 1 << "the first direction has 2 numbers";
    QTest::newRow("a direction is not finite") << 2 << "the second direction holds numbers that are not finite";
    QTest::newRow("there are no samples") << 3 << "no training samples";
    QTest::newRow("the samples have another size") << 4 << "sample has 7 numbers, the network takes 2";
    QTest::newRow("the inputs are cut off") << 5 << "not what this network reads";
    QTest::newRow("the loss wants labels of a regression") << 6 << "wants labels";
    QTest::newRow("batch norm statistics are missing") << 7 << "batch norm statistics has 0 numbers";
    QTest::newRow("there is no loss") << 8 << "no loss";
    QTest::newRow("the network is impossible") << 9 << "hidden[0]";
    QTest::newRow("a batch norm direction is too long") << 10 << "first direction of batch norm statistics";
}

void TestEvaluation::faults_are_sentences()
{
    QFETCH(int, fault);
    QFETCH(QString, says);
    NetSpec spec{.input = {2}, .hidden = {4}, .outputs = 3, .batch_norm = fault == 7};
    auto problem = make_problem(spec, 10, 0, fault == 6);
    auto plane = make_plane(spec);
    switch (fault) {
    case 0: plane.center.resize(3); break;
    case 1: plane.u.resize(2); break;
    case 2: plane.v[1] = kInfinity; break;
    case 3: problem.train = {}; break;
    case 4: problem.train.size = 7; break;
    case 5: problem.train.inputs.pop_back(); break;
    case 6: problem.loss = std::make_shared<PlainCrossEntropy>(); break;
    case 7: plane.buffers.clear(); break;
    case 8: problem.loss = nullptr; break;
    case 9: problem.spec.hidden = {0}; break;
    default: plane.u_buffers.resize(9); break;
    }
    const auto made = make_evaluator(problem, plane);
    QVERIFY(!made.ok());
    QVERIFY2(made.error().message.find(says.toStdString()) != std::string::npos, made.error().message.c_str());
    QVERIFY(!made.error().hint.empty());
}

void TestEvaluation::cancel_ends_an_evaluation()
{
    const NetSpec spec{.input = {784}, .hidden = {64}, .outputs = 10};
    const auto problem = make_problem(spec, 300, 0, false);
    const auto evaluator = make_evaluator(problem, make_plane(spec)).value();
    const auto points = some_points(10);
    std::vector<PointValue> values(points.size());
    const CancelToken cancel;
    cancel.cancel();
    const auto done = evaluate_points(*evaluator, points, values, 2, cancel);
    QVERIFY(!done.ok() && done.error().code == ErrorCode::Cancelled);
}

QTEST_APPLESS_MAIN(TestEvaluation)
#include "test_evaluation.moc"
