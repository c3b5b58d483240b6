// SPDX-License-Identifier: GPL-3.0-or-later
// Statistics made while attending, by every kernel variant, against their definitions on the written-out row.
#include "core/attention/induction.h"
#include "tests/attention/attention_testing.h"

using namespace timberline;
using namespace timberline::attention;
using namespace timberline::attention::testing;

namespace {

void add_kernels()
{
    QTest::addColumn<int>("kernels");
    const auto tables = model::kernels::available_kernels();
    for (std::size_t i = 0; i < tables.size(); ++i) {
        QTest::addRow("%s", tables[i]->name) << static_cast<int>(i);
    }
}

const model::kernels::KernelTable& fetch_kernels()
{
    QFETCH(int, kernels);
    return *model::kernels::available_kernels()[static_cast<std::size_t>(kernels)];
}

std::vector<double> widened(std::span<const float> row)
{
    return {row.begin(), row.end()};
}

}  // namespace

class TestRowStatistics : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void fusedEqualsMaterialised_data();
    void fusedEqualsMaterialised();
    void instrumentsChangeNoBit_data() { add_kernels(); }
    void instrumentsChangeNoBit();
    void equalKeysGiveLnN_data() { add_kernels(); }
    void equalKeysGiveLnN();
    void oneHotRowsHaveNoEntropy_data() { add_kernels(); }
    void oneHotRowsHaveNoEntropy();
    void aSingleKeyIsNotValid_data() { add_kernels(); }
    void aSingleKeyIsNotValid();
    void noVisibleKeyGivesZero_data() { add_kernels(); }
    void noVisibleKeyGivesZero();
    void nanScoresShowAsNan_data() { add_kernels(); }
    void nanScoresShowAsNan();
    void treeRowsCountTheirOwnPath();
    void weightsOfAnyKindHaveStatistics();
    void inductionTargetsFollowEarlierOccurrences();
};

void TestRowStatistics::fusedEqualsMaterialised_data()
{
    QTest::addColumn<int>("kernels");
    QTest::addColumn<int>("keys");
    QTest::addColumn<int>("dim");
    QTest::addColumn<int>("window");
    QTest::addColumn<double>("softcap");
    QTest::addColumn<double>("temperature");
    const auto tables = model::kernels::available_kernels();
    for (std::size_t i = 0; i < tables.size(); ++i) {
        const auto add = [&](const char* what, int keys, int dim, int window, double softcap, double temperature) {
            QTest::addRow("%s: %s", tables[i]->name, what) << static_cast<int>(i) << keys << dim << window << softcap << temperature;
        };
        add("a short text", 7, 4, 0, 0.0, 1.0);
        add("a head size that fills no vector", 40, 37, 0, 0.0, 1.0);
        add("a long text", 700, 32, 0, 0.0, 1.0);
        add("a window of 5 keys", 60, 16, 5, 0.0, 1.0);
        add("a soft cap of 2", 60, 16, 0, 2.0, 1.0);
        add("a head at temperature 3", 60, 16, 0, 0.0, 3.0);
        add("a soft cap and a temperature", 33, 16, 0, 1.5, 0.25);
    }
}

void TestRowStatistics::fusedEqualsMaterialised()
{
    QFETCH(int, keys);
    QFETCH(int, dim);
    QFETCH(int, window);
    QFETCH(double, softcap);
    QFETCH(double, temperature);
    const auto& table = fetch_kernels();
    Problem p;
    p.keys = keys;
    p.queries = std::min(keys, 40);
    p.heads = 4;
    p.kv_heads = 2;
    p.dim = dim;
    p.window = window;
    p.softcap = softcap;
    p.temperature = temperature;
    p.settings = {.sink_tokens = 3, .local_window = 4};
    for (std::int64_t t = 0; t < p.queries; ++t) {
        p.marked.push_back({0, 2, static_cast<std::int32_t>(keys / 2), 100000});
    }
    p.draw(static_cast<unsigned>(keys + dim));
    const auto kernel = model::make_exact_attention(table);
    const Answer got = answer(*kernel, p);
    for (std::int64_t head = 0; head < p.heads; ++head) {
        for (std::int64_t t = 0; t < p.queries; ++t) {
            const auto probability = softmax(p.scores(head, t));  // the row of grouped heads reads its own group's keys
            const auto& seen = p.visible[static_cast<std::size_t>(t)];
            const Expected expected(probability, seen.position, p.settings, p.marked.front());
            const QString wrong = difference(got.row(p, head, t), expected, 1e-5);
            QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
            QCOMPARE(static_cast<std::size_t>(got.row(p, head, t).visible), probability.size());
            double sum = 0;
            for (const double s : p.scores(head, t)) {
                sum += std::exp(s);
            }
            QVERIFY(std::abs(static_cast<double>(got.row(p, head, t).log_sum_exp) - std::log(sum)) < 2e-5);
        }
    }
}

void TestRowStatistics::instrumentsChangeNoBit()
{
    Problem p;
    p.keys = 130;
    p.queries = 64;
    p.heads = 6;
    p.kv_heads = 3;
    p.dim = 24;
    p.draw(1);
    const auto kernel = model::make_exact_attention(fetch_kernels());
    QVERIFY(answer(*kernel, p, false).output == answer(*kernel, p, true).output);
}

void TestRowStatistics::equalKeysGiveLnN()
{
    Problem p;
    p.keys = 100;
    p.queries = 100;
    p.dim = 8;
    p.draw(2);
    std::fill_n(p.store->keys(0, 0), p.keys * p.dim, 0.25F);
    const auto kernel = model::make_exact_attention(fetch_kernels());
    const Answer got = answer(*kernel, p);
    for (std::int64_t t = 0; t < p.queries; ++t) {
        const RowStatistics& row = got.row(p, 0, t);
        const double n = static_cast<double>(t + 1);
        QVERIFY(std::abs(static_cast<double>(row.entropy) - std::log(n)) < 2e-6);
        QVERIFY(std::abs(normalised_entropy(row) - (t == 0 ? 0 : 1)) < 2e-6);
        QVERIFY(static_cast<double>(row.varentropy) < 1e-6);
        QVERIFY(std::abs(static_cast<double>(row.sink) - 1 / n) < 1e-6);  // methods/attention.md 1.4: kSink / (i + 1)
        QVERIFY(std::abs(static_cast<double>(row.distance) - (n - 1) / 2) < 1e-4);
    }
}

void TestRowStatistics::oneHotRowsHaveNoEntropy()
{
    Problem p;
    p.keys = 50;
    p.dim = 4;
    p.scale = 1;
    p.draw(3);
    std::fill_n(p.store->keys(0, 0), p.keys * p.dim, 0.0F);
    std::fill(p.query.begin(), p.query.end(), 100.0F);
    p.store->keys(0, 0)[7 * p.dim] = 100;  // a score of 1e4 against 0
    const auto kernel = model::make_exact_attention(fetch_kernels());
    const RowStatistics row = answer(*kernel, p).row(p, 0, 0);
    QCOMPARE(row.entropy, 0.0F);
    QCOMPARE(row.varentropy, 0.0F);
    QCOMPARE(row.largest, 1.0F);
    QCOMPARE(row.collision, 1.0F);
    QCOMPARE(row.distance, 42.0F);
    QCOMPARE(row.sink, 0.0F);
    QVERIFY(row.valid());
}

void TestRowStatistics::aSingleKeyIsNotValid()
{
    Problem p;
    p.keys = 3;
    p.queries = 3;
    p.window = 1;
    p.draw(4);
    const auto kernel = model::make_exact_attention(fetch_kernels());
    const Answer got = answer(*kernel, p);
    for (std::int64_t t = 0; t < 3; ++t) {
        const RowStatistics& row = got.row(p, 0, t);
        QVERIFY(!row.valid());
        QCOMPARE(row.visible, 1);
        QCOMPARE(row.entropy, 0.0F);
        QCOMPARE(row.varentropy, 0.0F);
        QCOMPARE(row.previous, 0.0F);
        QCOMPARE(row.largest, 1.0F);
        QCOMPARE(normalised_entropy(row), 0.0);
        for (std::int64_t c = 0; c < p.dim; ++c) {
            QCOMPARE(got.output[static_cast<std::size_t>(t * p.dim + c)], p.store->values(0, 0)[t * p.dim + c]);
        }
    }
}

void TestRowStatistics::noVisibleKeyGivesZero()
{
    Problem p;
    p.keys = 2;
    p.queries = 2;
    p.draw(5);
    p.visible[0].prefix_begin = p.visible[0].prefix_end = 1;  // left padding: this row sees nothing
    const auto& table = fetch_kernels();
    for (const char* id : {"softmax", "two-pass-softmax", "lssar", "selective-self-attention", "entropy-guided-attention"}) {
        const auto kernel = make_variant(id, p, {}, &table);
        const Answer got = answer(*kernel, p);
        const RowStatistics& row = got.row(p, 0, 0);
        QCOMPARE(row.visible, 0);
        QCOMPARE(row.entropy, 0.0F);
        QVERIFY(std::isinf(row.log_sum_exp) && row.log_sum_exp < 0);
        for (std::int64_t c = 0; c < p.dim; ++c) {
            QCOMPARE(got.output[static_cast<std::size_t>(c)], 0.0F);
        }
        for (const float weight : got.map) {
            QVERIFY(std::isfinite(weight) && weight >= 0);
        }
    }
}

void TestRowStatistics::nanScoresShowAsNan()
{
    Problem p;
    p.keys = 20;
    p.queries = 20;
    p.draw(6);
    p.store->keys(0, 0)[10 * p.dim] = std::nanf("");
    const auto kernel = model::make_exact_attention(fetch_kernels());
    const Answer got = answer(*kernel, p);
    for (std::int64_t t = 0; t < 20; ++t) {  // rows that do not see the damaged key are untouched by it
        QCOMPARE(std::isnan(got.row(p, 0, t).entropy), t >= 10);
        QCOMPARE(std::isnan(got.output[static_cast<std::size_t>(t * p.dim)]), t >= 10);
    }
}

void TestRowStatistics::treeRowsCountTheirOwnPath()
{
    Problem p;  // slots 0..2 are the text; slots 3 and 5 are a path of a tree, slot 4 a sibling that is not seen
    p.keys = 6;
    p.draw(7);
    const std::vector<std::int32_t> tail = {3, 5};
    p.visible[0] = {.prefix_begin = 0, .prefix_end = 3, .tail = tail, .position = 4};
    p.marked = {{4}};
    p.marked_spans.assign(p.marked.begin(), p.marked.end());
    const auto tree = answer(*model::make_exact_attention(*model::kernels::available_kernels().front()), p).row(p, 0, 0);

    Problem plain;
    plain.keys = 5;
    plain.draw(8);
    plain.query = p.query;
    for (std::int64_t key = 0; key < 5; ++key) {
        const std::int64_t slot = key == 4 ? 5 : key;
        std::copy_n(p.store->keys(0, 0) + slot * p.dim, p.dim, plain.store->keys(0, 0) + key * p.dim);
        std::copy_n(p.store->values(0, 0) + slot * p.dim, p.dim, plain.store->values(0, 0) + key * p.dim);
    }
    plain.marked = {{4}};
    plain.marked_spans.assign(plain.marked.begin(), plain.marked.end());
    const auto expected = answer(*model::make_exact_attention(*model::kernels::available_kernels().front()), plain).row(plain, 0, 0);
    QCOMPARE(tree.entropy, expected.entropy);
    QCOMPARE(tree.distance, expected.distance);
    QCOMPARE(tree.previous, expected.previous);
    QCOMPARE(tree.marked, expected.marked);
    QCOMPARE(tree.sink, expected.sink);
}

void TestRowStatistics::weightsOfAnyKindHaveStatistics()
{
    const std::vector<float> weights = {1, 0, 2, 1};  // p = 1/4, 0, 1/2, 1/4 over the positions 6 to 9
    const std::vector<std::int32_t> marks = {2, 8};
    const RowStatisticsSettings settings = {.sink_tokens = 7, .local_window = 2};
    const auto row = statistics_of_weights(weights, 9, settings, marks);
    const QString wrong = difference(row, Expected({.25, 0, .5, .25}, 9, settings, {2, 8}), 1e-7);
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
    QVERIFY(std::abs(static_cast<double>(row.entropy) - 1.5 * std::log(2)) < 1e-7);
    QVERIFY(std::isnan(row.log_sum_exp));
    const auto none = statistics_of_weights(std::vector<float>{0, 0, 0}, 2, {});
    QCOMPARE(none.entropy, 0.0F);
    QCOMPARE(none.visible, 3);
    QVERIFY(row.valid() && !none.valid() && normalised_entropy(none) == 0);  // nothing is left of it: it must not count as one-hot
    QVERIFY(statistics_of_weights(std::vector<float>{1, std::nanf("")}, 1, {}).valid());
    QVERIFY(statistics_of_weights(std::vector<float>{std::nanf(""), 1}, 1, {}).valid());
    QVERIFY(!statistics_of_weights(std::vector<float>{3}, 0, {}).valid());
    QVERIFY(std::isnan(statistics_of_weights(std::vector<float>{1, std::nanf("")}, 1, {}).entropy));
    QCOMPARE(statistics_of_weights(std::vector<float>{3}, 0, {}).entropy, 0.0F);
    // Rounding rows of a drawn map twice gives the same statistics as the fused kernel's own row.
    Problem p;
    p.keys = 90;
    p.draw(11);
    const Answer got = answer(*model::make_exact_attention(*model::kernels::available_kernels().front()), p);
    const auto again = statistics_of_weights(got.weights(p, 0, 0), 89, p.settings);
    QVERIFY(difference(again, Expected(widened(got.weights(p, 0, 0)), 89, p.settings), 1e-6).isEmpty());
    QVERIFY(std::abs(again.entropy - got.row(p, 0, 0).entropy) < 1e-5F);
}

void TestRowStatistics::inductionTargetsFollowEarlierOccurrences()
{
    InductionTargets targets;
    const std::vector<TokenId> text = {5, 9, 5, 7, 5, 5};
    std::vector<std::vector<std::int32_t>> got;
    for (const TokenId token : text) {
        const auto list = targets.append(token);
        got.emplace_back(list.begin(), list.end());
    }
    // Position 5: the token 5 stood at 0, 2 and 4; what followed it stands at 1, 3 and 5, and 5 is the query itself.
    const std::vector<std::vector<std::int32_t>> expected = {{}, {}, {1}, {}, {1, 3}, {1, 3}};
    QVERIFY(got == expected);
    // A sequence that repeats after n tokens points n - 1 back, as the usual probe does.
    InductionTargets repeated;
    for (std::int32_t i = 0; i < 20; ++i) {
        if (i % 7 == 0) {  // what was given is freed; the text is kept
            repeated.release();
            QCOMPARE(repeated.held(), std::size_t{0});
        }
        const auto list = repeated.append(i % 10);
        QCOMPARE(repeated.held(), static_cast<std::size_t>(i % 7 + 1));
        QCOMPARE(list.size(), static_cast<std::size_t>(i >= 10 ? 1 : 0));
        if (i >= 10) {
            QCOMPARE(list.front(), i - 9);
        }
    }
}

QTEST_APPLESS_MAIN(TestRowStatistics)
#include "test_row_statistics.moc"
