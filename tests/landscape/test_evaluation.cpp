// SPDX-License-Identifier: GPL-3.0-or-later
#include "evaluation_testing.h"

#include "core/base/compute_threads.h"
#include "core/landscape/directions.h"
#include "core/landscape/gradients.h"

#include <QtTest>

#include <cmath>

using namespace timberline;
using namespace timberline::landscape;
using namespace timberline::landscape_testing;
using training::NetActivation;
using training::NetKind;
using training::NetSpec;

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
    void transformers_and_exit_heads_are_evaluated();
    void outputs_are_those_of_the_network();
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
            QTest::addRow("%s%s%s", shape.name, shape.spec.batch_norm ? ", " : "", shape.spec.batch_norm ? names[policy] : "")
                << k << policy;
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
            QVERIFY2(
                std::abs(got.train.loss - train) < 1e-5 * std::max(1.0, train),
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
        QVERIFY(std::isnan(b.train.standard_error) ||
                std::abs(a.train.standard_error - b.train.standard_error) < 1e-5 * std::max(1.0, b.train.loss));
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
        const auto size = [k](std::uint32_t stream, int low, int high) {
            return low + static_cast<std::int64_t>((draw(9, stream, k) + 1) / 2 * (high - low));
        };
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
    const double c0 = loss(0, 0), cx = (loss(1, 0) - loss(-1, 0)) / 2, cy = (loss(0, 1) - loss(0, -1)) / 2,
                 cxx = (loss(1, 0) + loss(-1, 0)) / 2 - c0, cyy = (loss(0, 1) + loss(0, -1)) / 2 - c0,
                 cxy = loss(1, 1) - c0 - cx - cy - cxx - cyy;
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

/// Other inputs than the samples; batch norm stored, or measured on the training samples.
void TestEvaluation::outputs_are_those_of_the_network()
{
    for (const auto& chosen : shapes()) {
        for (const auto policy : {BatchNormPolicy::Frozen, BatchNormPolicy::Reestimated, BatchNormPolicy::Batch}) {
            auto problem = make_problem(chosen.spec, 40, 0, chosen.regression);
            problem.batch_norm = policy;
            auto plane = make_plane(chosen.spec);
            for (std::size_t i = 0; i < plane.buffers.size(); ++i) {
                plane.u_buffers.push_back(static_cast<float>(0.1 * draw(1, 8, i)));
            }
            const Point point{0.4, -0.3};
            const auto others = make_samples(chosen.spec, 19, chosen.regression, 77);
            const bool measured = chosen.spec.batch_norm && policy != BatchNormPolicy::Frozen;
            const auto expected = NaiveNetwork(chosen.spec, plane, point).run(others, measured ? &problem.train : nullptr);
            for (const auto& evaluator : {make_evaluator(problem, plane).value(), make_network_evaluator(problem, plane).value()}) {
                const auto got = evaluator->outputs(point, others.inputs, 19, {}).value();
                QCOMPARE(got.size(), 19 * expected[0].size());
                for (std::size_t k = 0; k < got.size(); ++k) {
                    const double want = expected[k / expected[0].size()][k % expected[0].size()];
                    QVERIFY2(std::abs(static_cast<double>(got[k]) - want) < 1e-4 * std::max(1.0, std::abs(want)), chosen.name);
                }
                QVERIFY(!evaluator->outputs(point, others.inputs, 18, {}).ok());
            }
        }
    }
    Problem bowl;
    bowl.spec.kind = NetKind::Quadratic;
    bowl.spec.curvature = {3, 1};
    Plane middle;
    middle.center = {1, 1};
    QVERIFY(!make_evaluator(bowl, middle).value()->outputs({}, std::vector<float>{1, 1}, 1, {}).ok());
}

QTEST_APPLESS_MAIN(TestEvaluation)
#include "test_evaluation.moc"
