// SPDX-License-Identifier: GPL-3.0-or-later
// The entropy regulariser of a trained transformer against the numbers printed in methods/attention.md 2.1.
#include "tests/training/network_cases.h"

using namespace timberline;
using namespace timberline::training;
using namespace timberline::training_test;

namespace {

constexpr double kThreshold = 0.5;

/// One row's part of the penalty by its definition.
double penalty_of(double entropy, double maximum, double gamma)
{
    const double deviation = entropy - kThreshold * maximum;
    return std::abs(deviation) > gamma * maximum ? deviation * deviation : 0;
}

struct Row {
    std::vector<double> p;
    double entropy = 0;
    explicit Row(std::span<const double> scores)
    {
        double sum = 0;
        for (const double score : scores) {
            p.push_back(std::exp(score));
            sum += p.back();
        }
        for (double& value : p) {
            value /= sum;
            entropy -= value * std::log(value);
        }
    }
    /// d entropy / d score.
    [[nodiscard]] double slope(std::size_t key) const { return -p[key] * (std::log(p[key]) + entropy); }
};

/// One layer of one head whose scores are the first component of the keys' token embeddings, the same for every query.
struct OneHead {
    NetSpec spec;
    NetLayout layout;
    std::unique_ptr<Network> network;
    std::vector<float> parameters, logits, gradient;
    std::vector<std::int32_t> tokens;

    explicit OneHead(const std::vector<double>& scores)
        : spec{.kind = NetKind::Transformer,
               .input = {static_cast<std::int64_t>(scores.size())},
               .hidden = {2, 1, 1},
               .outputs = static_cast<std::int64_t>(scores.size()),
               .layer_norm = false,
               .entropy_guided = true},
          layout(*layout_of(spec)), network(make_tensor_network(spec, layout)),
          parameters(static_cast<std::size_t>(layout.parameter_count), 0.0F), logits(scores.size() * scores.size()),
          gradient(parameters.size())
    {
        for (std::size_t j = 0; j < scores.size(); ++j) {
            tokens.push_back(static_cast<std::int32_t>(j));
            at("token_embedding.weight", 2 * j) = static_cast<float>(scores[j]);
        }
        at("blocks.0.attention.qkv.bias", 0) = std::sqrt(2.0F);  // queries; scores are divided by the root of the head's width
        at("blocks.0.attention.qkv.weight", 2 * 2) = 1;          // the keys' first component is that of the embedding
        at("blocks.0.attention.entropy_threshold", 0) = static_cast<float>(kThreshold);
    }
    float& at(const std::string& name, std::size_t index) { return parameters[place(name, index)]; }
    [[nodiscard]] std::size_t place(const std::string& name, std::size_t index) const
    {
        return static_cast<std::size_t>(layout.find(name)->offset) + index;
    }
    [[nodiscard]] bool run(const EntropyRegulariser& regulariser)
    {
        network->set_regulariser(regulariser);
        std::vector<float> buffers;
        const std::vector<float> none(logits.size(), 0.0F);  // the penalty alone
        return network->forward(parameters, buffers, {.samples = 1, .tokens = tokens}, NormMode::Running, logits).ok() &&
               network->backward(parameters, none, false, gradient).ok();
    }
};

}  // namespace

class TestEntropyPenalty : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void even_rows_of_128_tokens();
    void scores_follow_the_slope_of_the_entropy();
    void nothing_is_penalised_data();
    void nothing_is_penalised();
};

void TestEntropyPenalty::even_rows_of_128_tokens()
{
    const double maximum = std::log(128.0);
    QVERIFY(std::abs(maximum - 4.852030) < 5e-7 && std::abs(0.2 * maximum - 0.970406) < 5e-7);
    QVERIFY(std::abs(penalty_of(4, maximum, 0.2) - 2.477428) < 2e-6 && penalty_of(3, maximum, 0.2) == 0);
    OneHead head(std::vector<double>(128, 0.0));
    QVERIFY(head.run({.weight = 1, .gamma = 0.2}));
    double expected = 0;  // all visible keys alike: entropies ln 1 to ln 128
    for (int keys = 1; keys <= 128; ++keys) {
        expected += penalty_of(std::log(keys), maximum, 0.2);
    }
    QVERIFY2(std::abs(head.network->penalty() - expected) < 1e-4 * expected, qPrintable(QString::number(head.network->penalty())));
}

void TestEntropyPenalty::scores_follow_the_slope_of_the_entropy()
{
    const std::vector<double> scores = {1, 3, 2, 5};
    const double printed[] = {0.0546392, 0.1788177, 0.1071541, -0.3406110};
    const double weight = 3, gamma = 0.05, maximum = std::log(4.0);
    OneHead head(scores);
    QVERIFY(head.run({.weight = weight, .gamma = gamma}));
    double penalty = 0, by_threshold = 0;
    std::vector<double> by_score(4, 0.0);
    for (std::size_t query = 0; query < 4; ++query) {
        const Row row(std::span<const double>(scores).first(query + 1));
        const double deviation = row.entropy - kThreshold * maximum;
        const bool outside = std::abs(deviation) > gamma * maximum;
        penalty += penalty_of(row.entropy, maximum, gamma);
        by_threshold += outside ? -2 * deviation * maximum : 0;
        for (std::size_t key = 0; key <= query; ++key) {
            QVERIFY(query < 3 || std::abs(row.slope(key) - printed[key]) < 5e-8);
            by_score[key] += outside ? 2 * deviation * row.slope(key) : 0;
        }
    }
    QVERIFY(penalty > 0 && std::abs(head.network->penalty() - weight * penalty) < 1e-5);
    const auto gradient = [&](const char* name, std::size_t index) { return static_cast<double>(head.gradient[head.place(name, index)]); };
    for (std::size_t key = 0; key < 4; ++key) {
        QVERIFY(std::abs(gradient("token_embedding.weight", 2 * key) - weight * by_score[key]) < 1e-5);
    }
    QVERIFY(std::abs(gradient("blocks.0.attention.entropy_threshold", 0) - weight * by_threshold) < 1e-5);
}

void TestEntropyPenalty::nothing_is_penalised_data()
{
    QTest::addColumn<double>("weight");
    QTest::addColumn<double>("gamma");
    QTest::newRow("lambda 0") << 0.0 << 0.2;
    QTest::newRow("a band of the whole range") << 1.0 << 1.0;
}

void TestEntropyPenalty::nothing_is_penalised()
{
    QFETCH(double, weight);
    QFETCH(double, gamma);
    OneHead head({1, 3, 2, 5});
    QVERIFY(head.run({.weight = weight, .gamma = gamma}));
    QCOMPARE(head.network->penalty(), 0.0);
    QVERIFY(std::ranges::all_of(head.gradient, [](float value) { return value == 0.0F; }));
}

QTEST_APPLESS_MAIN(TestEntropyPenalty)
#include "test_entropy_penalty.moc"
