// SPDX-License-Identifier: GPL-3.0-or-later
#include "evaluation_testing.h"

#include "core/landscape/directions.h"

#include <QtTest>

#include <cmath>

using namespace timberline;
using namespace timberline::landscape;
using namespace timberline::landscape_testing;
using training::NetActivation;
using training::NetKind;
using training::NetSpec;

class TestEvaluatedValues : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void filter_normalised_surface_survives_rescaling();
    void rescaled_neurons_change_the_surface();
    void values_that_are_not_finite_are_recorded();
    void a_sample_without_a_loss_is_not_right();
    void saturated_logits_keep_their_loss();
    void ties_count_for_the_first_class();
    void standard_error_is_that_of_the_mean();
    void band_covers_the_true_loss();
    void samples_are_stratified_and_repeatable();
    void faults_are_sentences_data();
    void faults_are_sentences();
    void cancel_ends_an_evaluation();
};
/// methods/training.md 2.1, check 2: W1 -> c W1, W2 -> W2 / c leaves the function and, with filter normalisation, the surface.
void TestEvaluatedValues::filter_normalised_surface_survives_rescaling()
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
void TestEvaluatedValues::rescaled_neurons_change_the_surface()
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

void TestEvaluatedValues::values_that_are_not_finite_are_recorded()
{
    for (const auto& chosen : shapes()) {
        const auto problem = make_problem(chosen.spec, chosen.train, chosen.test, chosen.regression);
        auto plane = make_plane(chosen.spec);
        const auto evaluator = make_evaluator(problem, plane).value();
        // Weights beyond float32: infinite, and where infinities meet, NaN. Never a number, never a crash.
        QVERIFY(!std::isfinite(value_at(*evaluator, {3e38, 3e38}).train.loss) || chosen.spec.activation == NetActivation::Tanh ||
                chosen.spec.batch_norm);
        QVERIFY(!std::isfinite(value_at(*evaluator, {1e300, 0}).train.loss));
        QVERIFY(std::isfinite(value_at(*evaluator, {0, 0}).train.loss));
    }
    // A NaN in the data reaches the loss through convolution and pool as well.
    for (const auto& spec : {NetSpec{.input = {2}, .hidden = {4}, .outputs = 3},
                             NetSpec{.kind = NetKind::Cnn, .input = {1, 4, 4}, .hidden = {2}, .outputs = 3}}) {
        auto problem = make_problem(spec, 5, 0, false);
        problem.train.inputs[1] = std::numeric_limits<float>::quiet_NaN();
        for (const auto* table : all_kernels()) {
            const FusedEvaluator evaluator(problem, make_plane(spec), make_fused_plan(spec).value(), *table);
            QVERIFY(std::isnan(value_at(evaluator, {0.1, 0}).train.loss));
        }
    }
}

/// Of four samples of class 0, all outputs of which favour it, one has NaN as input: three are right, whichever way they are evaluated.
void TestEvaluatedValues::a_sample_without_a_loss_is_not_right()
{
    const NetSpec spec{.input = {1}, .hidden = {}, .outputs = 2};
    auto problem = make_problem(spec, 4, 0, false);
    problem.train.inputs = {1, 2, std::numeric_limits<float>::quiet_NaN(), 3};
    problem.train.labels = {0, 0, 0, 0};
    Plane plane;
    plane.center = {1, -1, 0, 0};
    for (const auto* table : all_kernels()) {
        QCOMPARE(value_at(FusedEvaluator(problem, plane, make_fused_plan(spec).value(), *table), {}).train.accuracy, 0.75);
    }
    QCOMPARE(value_at(*make_network_evaluator(problem, plane).value(), {}).train.accuracy, 0.75);
    problem.loss_id = "another";  // goes through the loss's object
    QCOMPARE(value_at(*make_evaluator(problem, plane).value(), {}).train.accuracy, 0.75);
}

/// -log softmax of logits far apart: 0 for the winner, the distance for a loser (closed form).
void TestEvaluatedValues::saturated_logits_keep_their_loss()
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
        QVERIFY(std::abs(value_at(FusedEvaluator(problem, plane, make_fused_plan(spec).value(), *table), {}).train.loss - std::log(2.0)) <
                1e-7);
        plane.center = {2e38F, 0, 2e38F, 0};  // the first logit overflows
        problem.train.labels = {1, 1};
        QVERIFY(!std::isfinite(value_at(FusedEvaluator(problem, plane, make_fused_plan(spec).value(), *table), {}).train.loss));
    }
    QVERIFY(std::isinf(kInfinity));
}

void TestEvaluatedValues::ties_count_for_the_first_class()
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
void TestEvaluatedValues::standard_error_is_that_of_the_mean()
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

/// features.md, unique feature 10: the 95% band covers 93 to 97% of true errors over 1,000 cells. Each cell has samples of its own draw,
/// because cells on common samples are right or wrong together.
void TestEvaluatedValues::band_covers_the_true_loss()
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

void TestEvaluatedValues::samples_are_stratified_and_repeatable()
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

void TestEvaluatedValues::faults_are_sentences_data()
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

void TestEvaluatedValues::faults_are_sentences()
{
    QFETCH(int, fault);
    QFETCH(QString, says);
    NetSpec spec{.input = {2}, .hidden = {4}, .outputs = 3, .batch_norm = fault == 7};
    auto problem = make_problem(spec, 10, 0, fault == 6);
    auto plane = make_plane(spec);
    switch (fault) {
    case 0:
        plane.center.resize(3);
        break;
    case 1:
        plane.u.resize(2);
        break;
    case 2:
        plane.v[1] = kInfinity;
        break;
    case 3:
        problem.train = {};
        break;
    case 4:
        problem.train.size = 7;
        break;
    case 5:
        problem.train.inputs.pop_back();
        break;
    case 6:
        problem.loss = std::make_shared<PlainCrossEntropy>();
        break;
    case 7:
        plane.buffers.clear();
        break;
    case 8:
        problem.loss = nullptr;
        break;
    case 9:
        problem.spec.hidden = {0};
        break;
    default:
        plane.u_buffers.resize(9);
        break;
    }
    const auto made = make_evaluator(problem, plane);
    QVERIFY(!made.ok());
    QVERIFY2(made.error().message.find(says.toStdString()) != std::string::npos, made.error().message.c_str());
    QVERIFY(!made.error().hint.empty());
}

void TestEvaluatedValues::cancel_ends_an_evaluation()
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

QTEST_APPLESS_MAIN(TestEvaluatedValues)
#include "test_evaluated_values.moc"
