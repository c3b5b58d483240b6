// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/training/network_cases.h"

using namespace timberline;
using namespace timberline::training;
using namespace timberline::training_test;

class TestNetworks : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void layouts_are_dense_and_named();
    void bad_specs_are_refused_data();
    void bad_specs_are_refused();
    void specs_survive_their_text();
    void damaged_spec_texts_are_refused_data();
    void damaged_spec_texts_are_refused();
    void initialisation_has_the_stated_spread();
    void batch_norm_keeps_running_statistics_data();
    void batch_norm_keeps_running_statistics();
    void a_later_token_changes_nothing_before_it();
    void a_token_outside_the_vocabulary_is_refused();
    void equal_scores_have_the_entropy_of_a_uniform_row();
    void nan_passes_through();
};

void TestNetworks::layouts_are_dense_and_named()
{
    for (const auto& test : cases()) {
        const auto layout = *layout_of(test.spec);
        std::int64_t reached = 0;
        std::set<std::string> names;
        for (const auto& slot : layout.parameters) {
            QCOMPARE(slot.offset, reached);
            reached += slot.elements;
            QVERIFY(names.insert(slot.name).second);
        }
        QCOMPARE(reached, layout.parameter_count);
    }
    // 2-16-16-1: 2*16 + 16 + 16*16 + 16 + 16 + 1
    QCOMPARE(layout_of({.input = {2}, .hidden = {16, 16}, .outputs = 1})->parameter_count, 337);
    // 784-64-10
    QCOMPARE(layout_of({.input = {784}, .hidden = {64}, .outputs = 10})->parameter_count, 784 * 64 + 64 + 640 + 10);
    // 1x28x28, channels 8 and 16: 72 + 8 + 8*16*9 + 16 + 16*7*7*10 + 10
    QCOMPARE(layout_of({.kind = NetKind::Cnn, .input = {1, 28, 28}, .hidden = {8, 16}, .outputs = 10})->parameter_count,
             72 + 8 + 1152 + 16 + 7840 + 10);
}

void TestNetworks::bad_specs_are_refused_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("part");
    QTest::newRow("a width of 0") << R"({"kind": "mlp", "input": [2], "hidden": [0], "outputs": 2})"
                                  << "hidden[0] is 0";
    QTest::newRow("a width of 65,537") << R"({"kind": "mlp", "input": [2], "hidden": [65537], "outputs": 2})"
                                       << "expected 1 to 65,536";
    QTest::newRow("a perceptron on images") << R"({"kind": "mlp", "input": [1, 8, 8], "hidden": [4], "outputs": 2})"
                                            << "expected one";
    QTest::newRow("a convolution on points") << R"({"kind": "cnn", "input": [2], "hidden": [4], "outputs": 2})"
                                             << "expected three";
    QTest::newRow("more pools than the image has") << R"({"kind": "cnn", "input": [1, 8, 8], "hidden": [4, 4, 4, 4], "outputs": 2})"
                                                   << "image of 1x1";
    QTest::newRow("heads that do not divide") << R"({"kind": "transformer", "input": [8], "hidden": [10, 1, 3], "outputs": 5})"
                                              << "3 heads";
    QTest::newRow("a transformer of two numbers") << R"({"kind": "transformer", "input": [8], "hidden": [16, 16], "outputs": 5})"
                                                  << "width, layers, heads";
    QTest::newRow("too many parameters") << R"({"kind": "mlp", "input": [65536], "hidden": [65536], "outputs": 2})"
                                         << "at most 2^28";
    QTest::newRow("a bowl without axes") << R"({"kind": "quadratic", "curvature": []})"
                                         << "curvature has 0";
}

void TestNetworks::bad_specs_are_refused()
{
    QFETCH(QString, text);
    QFETCH(QString, part);
    const auto spec = net_spec_from_text(text.toStdString(), "the test");
    QVERIFY(!spec.ok());
    QVERIFY2(QString::fromStdString(spec.error().message).contains(part), spec.error().message.c_str());
    QVERIFY(!spec.error().hint.empty());
}

void TestNetworks::specs_survive_their_text()
{
    for (const auto& test : cases()) {
        const auto read = net_spec_from_text(to_text(test.spec), "the test");
        QVERIFY2(read.ok(), test.name);
        QVERIFY2(*read == test.spec, test.name);
    }
    const NetSpec bowl{.kind = NetKind::Quadratic, .input = {}, .hidden = {}, .outputs = 1, .curvature = {4, 1}};
    QVERIFY(*net_spec_from_text(to_text(bowl), "the test") == bowl);
}

void TestNetworks::damaged_spec_texts_are_refused_data()
{
    QTest::addColumn<QString>("text");
    QTest::newRow("no JSON") << "mlp";
    QTest::newRow("no object") << "[1]";
    QTest::newRow("a key that does not exist") << R"({"kind": "mlp", "input": [2], "hidden": [4], "outputs": 2, "colour": 1})";
    QTest::newRow("a size that is a text") << R"({"kind": "mlp", "input": ["2"], "hidden": [4], "outputs": 2})";
    QTest::newRow("a size that is a fraction") << R"({"kind": "mlp", "input": [2.5], "hidden": [4], "outputs": 2})";
    QTest::newRow("an activation that does not exist")
        << R"({"kind": "mlp", "input": [2], "hidden": [4], "outputs": 2, "activation": "swish"})";
    QTest::newRow("no input") << R"({"kind": "mlp", "hidden": [4], "outputs": 2})";
}

void TestNetworks::damaged_spec_texts_are_refused()
{
    QFETCH(QString, text);
    QVERIFY(!net_spec_from_text(text.toStdString(), "the test").ok());
}

void TestNetworks::initialisation_has_the_stated_spread()
{
    const NetSpec spec{.input = {100}, .hidden = {400, 300}, .outputs = 10};
    const auto layout = *layout_of(spec);
    std::vector<float> one(static_cast<std::size_t>(layout.parameter_count)), again = one, other = one;
    initialise(spec, layout, 1, one, {});
    initialise(spec, layout, 1, again, {});
    initialise(spec, layout, 2, other, {});
    QCOMPARE(one, again);
    QVERIFY(one != other);
    for (const auto& slot : layout.parameters) {
        double sum = 0, squares = 0;
        for (std::int64_t i = slot.offset; i < slot.offset + slot.elements; ++i) {
            sum += static_cast<double>(one[static_cast<std::size_t>(i)]);
            squares += std::pow(static_cast<double>(one[static_cast<std::size_t>(i)]), 2);
        }
        const auto count = static_cast<double>(slot.elements);
        const double fan_in = static_cast<double>(slot.fan_in), both = fan_in + static_cast<double>(slot.fan_out);
        // Kaiming: variance 2 / fan_in; Xavier, uniform on ± sqrt(6 / both): a third of 6 / both
        const double variance = slot.role == ParameterRole::Bias ? 0 : slot.role == ParameterRole::Output ? 2 / both : 2 / fan_in;
        // Six standard errors of mean and variance.
        QVERIFY2(std::abs(sum / count) <= 6 * std::sqrt(variance / count), slot.name.c_str());
        QVERIFY2(std::abs(squares / count - variance) <= 6 * variance * std::sqrt(2 / count), slot.name.c_str());
    }
}

void TestNetworks::batch_norm_keeps_running_statistics_data()
{
    QTest::addColumn<bool>("loops");
    QTest::newRow("loops") << true;
    QTest::newRow("libtorch") << false;
}

void TestNetworks::batch_norm_keeps_running_statistics()
{
    QFETCH(bool, loops);
    // One unit that passes its input on; the batch 1, 3 has mean 2, variance 1, unbiased 2.
    const NetSpec spec{.input = {1}, .hidden = {1}, .outputs = 1, .activation = NetActivation::Identity, .batch_norm = true};
    const auto layout = *layout_of(spec);
    const auto network = loops ? make_loop_network(spec, layout) : make_tensor_network(spec, layout);
    std::vector<float> parameters(static_cast<std::size_t>(layout.parameter_count), 0), buffers = {0, 1};
    for (const auto* name : {"layers.0.weight", "norms.0.weight", "layers.1.weight"}) {
        parameters[static_cast<std::size_t>(layout.find(name)->offset)] = 1;
    }
    const std::vector<float> values = {1, 3};
    std::vector<float> logits(2);
    const NetInput input{.samples = 2, .values = values};
    QVERIFY(network->forward(parameters, buffers, input, NormMode::Batch, logits).ok());
    QCOMPARE(buffers, (std::vector<float>{0, 1}));
    const double unit = 1 / std::sqrt(1 + kNormEpsilon);
    QVERIFY(std::abs(static_cast<double>(logits[0]) + unit) < 1e-6 && std::abs(static_cast<double>(logits[1]) - unit) < 1e-6);
    QVERIFY(network->forward(parameters, buffers, input, NormMode::BatchUpdate, logits).ok());
    QVERIFY(std::abs(buffers[0] - 0.2F) < 1e-6F && std::abs(buffers[1] - 1.1F) < 1e-6F);
    QVERIFY(network->forward(parameters, buffers, input, NormMode::Running, logits).ok());
    QVERIFY(std::abs(static_cast<double>(logits[1]) - (3 - 0.2) / std::sqrt(1.1 + kNormEpsilon)) < 1e-5);
}

void TestNetworks::a_later_token_changes_nothing_before_it()
{
    Setup setup(transformer(true, false, true));
    const auto before = setup.logits(setup.parameters, NormMode::Running);
    setup.tokens[4] = (setup.tokens[4] + 1) % 5;  // position 4 of the first sample
    const auto after = setup.logits(setup.parameters, NormMode::Running);
    const auto row = static_cast<std::size_t>(setup.spec.outputs);
    for (std::size_t i = 0; i < 4 * row; ++i) {
        QCOMPARE(after[i], before[i]);
    }
    QVERIFY(!std::equal(after.begin() + 4 * 5, after.begin() + 5 * 5, before.begin() + 4 * 5));
    for (std::size_t i = 6 * row; i < after.size(); ++i) {
        QVERIFY(std::abs(after[i] - before[i]) < 1e-6F);  // other samples
    }
}

void TestNetworks::a_token_outside_the_vocabulary_is_refused()
{
    Setup setup(transformer(true, false, false));
    setup.tokens[3] = 5;
    std::vector<float> out(setup.logit_count());
    const auto refused =
        setup.network->forward(setup.parameters, setup.buffers, {.samples = setup.samples, .tokens = setup.tokens}, NormMode::Running, out);
    QVERIFY(!refused.ok());
    QVERIFY(QString::fromStdString(refused.error().message).contains("expected 0 to 4"));
}

/// Queries and keys of 0 make every row uniform over the keys it sees: H = ln(i + 1).
void TestNetworks::equal_scores_have_the_entropy_of_a_uniform_row()
{
    Setup setup(transformer(true, false, true));
    for (const auto& slot : setup.layout.parameters) {
        if (slot.name.find("qkv") != std::string::npos) {
            std::fill_n(setup.parameters.begin() + slot.offset, slot.elements, 0.0F);
        }
    }
    (void)setup.logits(setup.parameters, NormMode::Running);
    double mean = 0;
    for (int keys = 2; keys <= 6; ++keys) {
        mean += std::log(keys) / 5;
    }
    const auto entropies = setup.network->head_entropies();
    QCOMPARE(entropies.size(), std::size_t{4});
    for (const float entropy : entropies) {
        QVERIFY(std::abs(static_cast<double>(entropy) - mean) < 1e-6);
    }
}

void TestNetworks::nan_passes_through()
{
    for (const auto activation : {NetActivation::Relu, NetActivation::Tanh, NetActivation::Gelu}) {
        Setup setup(mlp(activation, false, false), true);
        setup.parameters[0] = std::nanf("");
        QVERIFY(std::isnan(setup.logits(setup.parameters, NormMode::Running)[0]));
    }
}

QTEST_APPLESS_MAIN(TestNetworks)
#include "test_networks.moc"
