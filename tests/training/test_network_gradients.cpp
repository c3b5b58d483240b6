// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/training/network_cases.h"

using namespace timberline;
using namespace timberline::training;
using namespace timberline::training_test;

/// Derivatives: against central differences, against autograd, against closed forms.
class TestNetworkGradients : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void gradients_match_central_differences_data();
    void gradients_match_central_differences();
    void loops_equal_autograd_data();
    void loops_equal_autograd();
    void head_gradients_add_up_or_are_equalised_data();
    void head_gradients_add_up_or_are_equalised();
    void the_entropy_penalty_has_its_closed_form_data();
    void the_entropy_penalty_has_its_closed_form();
};

void TestNetworkGradients::gradients_match_central_differences_data()
{
    QTest::addColumn<int>("index");
    QTest::addColumn<bool>("loops");
    QTest::addColumn<int>("mode");
    for (std::size_t i = 0; i < cases().size(); ++i) {
        for (const auto mode : {NormMode::Running, NormMode::Batch}) {
            const auto& spec = cases()[i].spec;
            if (mode == NormMode::Batch && !spec.batch_norm) {
                continue;
            }
            const std::string end = mode == NormMode::Batch ? ", statistics of the batch" : "";
            QTest::newRow((std::string(cases()[i].name) + ", libtorch" + end).c_str())
                << static_cast<int>(i) << false << static_cast<int>(mode);
            if (spec.kind == NetKind::Mlp) {
                QTest::newRow((std::string(cases()[i].name) + ", loops" + end).c_str())
                    << static_cast<int>(i) << true << static_cast<int>(mode);
            }
        }
    }
}

void TestNetworkGradients::gradients_match_central_differences()
{
    QFETCH(int, index);
    QFETCH(bool, loops);
    QFETCH(int, mode);
    const auto& spec = cases()[static_cast<std::size_t>(index)].spec;
    Setup setup(spec, loops);
    setup.network->set_regulariser({.weight = 0.01, .gamma = 0.05});
    const auto norm_mode = static_cast<NormMode>(mode);
    const auto gradient = setup.gradient(norm_mode);
    // Each tensor along a direction of its own. ReLU and the pools of images have kinks: a smaller step meets fewer of them and has more
    // rounding.
    const bool kinks = spec.activation == NetActivation::Relu || spec.kind == NetKind::Cnn;
    const double step = kinks ? 3e-4 : 4e-3;
    for (const auto& slot : setup.layout.parameters) {
        const auto direction = noise(static_cast<std::size_t>(slot.elements), 50);
        double along = 0, size = 0;
        auto up = setup.parameters, down = setup.parameters;
        for (std::size_t k = 0; k < direction.size(); ++k) {
            const auto at = static_cast<std::size_t>(slot.offset) + k;
            along += static_cast<double>(gradient[at]) * static_cast<double>(direction[k]);
            size += std::abs(static_cast<double>(gradient[at]));
            up[at] += static_cast<float>(step * static_cast<double>(direction[k]));
            down[at] -= static_cast<float>(step * static_cast<double>(direction[k]));
        }
        const double measured = (setup.value(up, norm_mode) - setup.value(down, norm_mode)) / (2 * step);
        // float32 sums of some hundred terms: rounding of about 1e-6 over a step of 1e-3, and the third derivative's part.
        const double tolerance = (kinks ? 0.04 : 0.005) + 0.003 * size;
        QVERIFY2(
            std::abs(along - measured) <= tolerance,
            qPrintable(
                QString("%1: %2 against %3, tolerance %4").arg(QString::fromStdString(slot.name)).arg(along).arg(measured).arg(tolerance)));
    }
}

void TestNetworkGradients::loops_equal_autograd_data()
{
    QTest::addColumn<int>("index");
    QTest::addColumn<int>("mode");
    for (std::size_t i = 0; i < cases().size(); ++i) {
        if (cases()[i].spec.kind == NetKind::Mlp) {
            for (const auto mode : {NormMode::Running, NormMode::Batch, NormMode::BatchUpdate}) {
                QTest::newRow(qPrintable(QString("%1, mode %2").arg(cases()[i].name).arg(static_cast<int>(mode))))
                    << static_cast<int>(i) << static_cast<int>(mode);
            }
        }
    }
}

void TestNetworkGradients::loops_equal_autograd()
{
    QFETCH(int, index);
    QFETCH(int, mode);
    const auto& spec = cases()[static_cast<std::size_t>(index)].spec;
    for (const bool equalise : {false, true}) {
        Setup ours(spec, true), theirs(spec, false);
        const auto norm_mode = static_cast<NormMode>(mode);
        QVERIFY(largest_difference(ours.logits(ours.parameters, norm_mode), theirs.logits(theirs.parameters, norm_mode)) < 2e-5);
        QVERIFY(largest_difference(ours.buffers, theirs.buffers) < 1e-6);
        const auto a = ours.gradient(norm_mode, equalise), b = theirs.gradient(norm_mode, equalise);
        QVERIFY2(largest_difference(a, b) < 1e-4, qPrintable(QString::number(largest_difference(a, b))));
        QVERIFY(std::abs(std::accumulate(a.begin(), a.end(), 0.0)) > 1e-3);  // the comparison is not about zeros
    }
}

void TestNetworkGradients::head_gradients_add_up_or_are_equalised_data()
{
    QTest::addColumn<bool>("loops");
    QTest::addColumn<bool>("equalise");
    QTest::addColumn<QList<float>>("received");
    for (const bool loops : {true, false}) {
        const std::string by = loops ? ", loops" : ", libtorch";
        QTest::newRow(("plain: blocks receive 4, 3, 2, 1" + by).c_str()) << loops << false << QList<float>{4, 3, 2, 1};
        QTest::newRow(("equalised: all receive 1" + by).c_str()) << loops << true << QList<float>{1, 1, 1, 1};
    }
}

/// exits.md 1.2, test (a): identity blocks, every head injects a gradient of 1; a block's bias sees what reaches it.
void TestNetworkGradients::head_gradients_add_up_or_are_equalised()
{
    QFETCH(bool, loops);
    QFETCH(bool, equalise);
    QFETCH(QList<float>, received);
    const NetSpec spec{.input = {1}, .hidden = {1, 1, 1, 1}, .outputs = 1, .activation = NetActivation::Identity, .exits = true};
    const auto layout = *layout_of(spec);
    const auto network = loops ? make_loop_network(spec, layout) : make_tensor_network(spec, layout);
    std::vector<float> parameters(static_cast<std::size_t>(layout.parameter_count), 0), buffers, gradient(parameters.size());
    for (const auto& slot : layout.parameters) {
        if (slot.name.ends_with("weight")) {
            parameters[static_cast<std::size_t>(slot.offset)] = 1;
        }
    }
    const std::vector<float> values = {2}, ones = {1, 1, 1, 1};
    std::vector<float> logits(4);
    QVERIFY(network->forward(parameters, buffers, {.samples = 1, .values = values}, NormMode::Running, logits).ok());
    QCOMPARE(logits, (std::vector<float>{2, 2, 2, 2}));
    QVERIFY(network->backward(parameters, ones, equalise, gradient).ok());
    for (int block = 0; block < 4; ++block) {
        const auto* bias = layout.find("layers." + std::to_string(block) + ".bias");
        QCOMPARE(gradient[static_cast<std::size_t>(bias->offset)], received[block]);
    }
}

void TestNetworkGradients::the_entropy_penalty_has_its_closed_form_data()
{
    QTest::addColumn<double>("gamma");
    QTest::addColumn<bool>("mean");
    QTest::addColumn<bool>("visible");
    QTest::addColumn<bool>("train");
    QTest::newRow("summed, ln T") << 0.2 << false << false << true;
    QTest::newRow("averaged, ln T") << 0.2 << true << false << true;
    QTest::newRow("ceiling of the visible keys") << 0.2 << false << true << true;
    QTest::newRow("frozen thresholds have no gradient") << 0.2 << false << false << false;
    QTest::newRow("a band of 0") << 0.0 << false << false << true;
    QTest::newRow("a band that holds everything") << 1.0 << false << false << true;
}

void TestNetworkGradients::the_entropy_penalty_has_its_closed_form()
{
    QFETCH(double, gamma);
    QFETCH(bool, mean);
    QFETCH(bool, visible);
    QFETCH(bool, train);
    Setup setup(transformer(true, false, true));
    const double threshold = 0.5, weight = 0.01;
    for (const auto& slot : setup.layout.parameters) {
        const bool scores = slot.name.find("qkv") != std::string::npos;
        if (scores || slot.name.find("threshold") != std::string::npos) {
            std::fill_n(setup.parameters.begin() + slot.offset, slot.elements, scores ? 0.0F : static_cast<float>(threshold));
        }
    }
    setup.network->set_regulariser({.weight = weight, .gamma = gamma, .mean = mean, .visible = visible, .train_threshold = train});
    std::ranges::fill(setup.weights, 0.0F);  // the penalty alone
    const auto gradient = setup.gradient(NormMode::Running);
    double penalty = 0, slope = 0;  // of one head: all are alike, so the mean over heads and layers is the same
    for (int keys = 1; keys <= 6; ++keys) {
        const double ceiling = std::log(visible ? keys : 6);
        const double deviation = std::log(keys) - threshold * ceiling;
        if (std::abs(deviation) > gamma * ceiling) {
            penalty += deviation * deviation;
            slope += -2 * deviation * ceiling;
        }
    }
    const double rows = static_cast<double>(setup.samples);
    const double scale = mean ? weight / 6 : weight * rows;
    QVERIFY2(std::abs(setup.network->penalty() - scale * penalty) < 1e-6 * rows, qPrintable(QString::number(setup.network->penalty())));
    const auto* slot = setup.layout.find("blocks.1.attention.entropy_threshold");
    for (std::int64_t h = 0; h < 2; ++h) {
        const double got = static_cast<double>(gradient[static_cast<std::size_t>(slot->offset + h)]);
        QVERIFY2(std::abs(got - (train ? scale * slope / 4 : 0)) < 1e-6 * rows, qPrintable(QString::number(got)));
    }
}

QTEST_APPLESS_MAIN(TestNetworkGradients)
#include "test_network_gradients.moc"
