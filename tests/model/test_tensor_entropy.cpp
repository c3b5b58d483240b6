// SPDX-License-Identifier: GPL-3.0-or-later
// The CPU twins of the kernels in core/cuda against closed forms and naive loops that store every probability.
#include "core/cuda/attention_entropy.h"
#include "core/cuda/online_entropy.h"
#include "core/cuda/row_entropy.h"

#include <QtTest/QtTest>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

using namespace timberline::cuda;

namespace {

constexpr float kMasked = -std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

struct Row {
    float maximum = 0, log_sum_exp = 0, entropy = 0;
    std::int32_t top1 = -1;
};

Row row_of(const std::vector<float>& logits)
{
    Row row;
    row_entropy_cpu(logits.data(), 1, static_cast<std::int64_t>(logits.size()), {&row.maximum, &row.log_sum_exp, &row.entropy, &row.top1});
    return row;
}

std::vector<float> numbers(std::size_t count, unsigned seed)
{
    std::mt19937 engine(seed);
    std::vector<float> list(count);
    for (auto& number : list) {
        number = static_cast<float>(engine() >> 8) / 8388608.0F - 1.0F; // -1 .. 1
    }
    return list;
}

struct AttentionRows {
    std::vector<float> entropy, sink, distance, log_sum;
};

AttentionRows streamed(const std::vector<float>& query, const std::vector<float>& key, const AttentionEntropyShape& shape)
{
    AttentionRows rows;
    const auto count = static_cast<std::size_t>(shape.queries * shape.heads);
    for (auto* list : {&rows.entropy, &rows.sink, &rows.distance, &rows.log_sum}) {
        list->assign(count, kNan);
    }
    attention_entropy_cpu(query.data(), key.data(), shape,
                          {rows.entropy.data(), rows.sink.data(), rows.distance.data(), rows.log_sum.data()});
    return rows;
}

/// The definition: all probabilities of one row, in double. @return entropy, sink, distance, log-sum-exp.
std::array<double, 4> materialised(const std::vector<float>& query, const std::vector<float>& key, const AttentionEntropyShape& shape,
                                   std::int64_t t, std::int64_t head)
{
    std::vector<double> exponentials(static_cast<std::size_t>(shape.keys), 0.0);
    const auto kv_head = head / (shape.heads / shape.kv_heads);
    double sum = 0;
    for (std::int64_t j = 0; j < shape.keys; ++j) {
        const auto position = shape.offset + t;
        if (j > position || (shape.window > 0 && j <= position - shape.window)) {
            continue;
        }
        double dot = 0;
        for (std::int64_t d = 0; d < shape.head_dim; ++d) {
            dot += static_cast<double>(query[static_cast<std::size_t>((t * shape.heads + head) * shape.head_dim + d)]) *
                   static_cast<double>(key[static_cast<std::size_t>((j * shape.kv_heads + kv_head) * shape.head_dim + d)]);
        }
        exponentials[static_cast<std::size_t>(j)] = std::exp(static_cast<double>(shape.scale) * dot); // small scores: no overflow
        sum += exponentials[static_cast<std::size_t>(j)];
    }
    std::array<double, 4> row{0, 0, 0, std::log(sum)};
    for (std::int64_t j = 0; sum > 0 && j < shape.keys; ++j) {
        const double p = exponentials[static_cast<std::size_t>(j)] / sum;
        row[0] -= p > 0 ? p * std::log(p) : 0;
        row[1] += j == 0 ? p : 0;
        row[2] += p * static_cast<double>(shape.offset + t - j);
    }
    return row;
}

} // namespace

class TestTensorEntropy : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void rows_have_their_closed_forms_data()
    {
        QTest::addColumn<QList<float>>("logits");
        QTest::addColumn<double>("entropy");
        QTest::addColumn<double>("log_sum_exp");
        QTest::addColumn<int>("top1");
        const double infinity = std::numeric_limits<double>::infinity();
        QTest::newRow("equal logits over n have entropy ln n")
            << QList<float>(1000, 2.5F) << std::log(1000.0) << 2.5 + std::log(1000.0) << 0;
        QTest::newRow("equal logits far from zero keep it") << QList<float>(8, 1e30F) << std::log(8.0) << 1e30 << 0;
        QTest::newRow("one visible logit has none") << QList<float>{kMasked, kMasked, -7, kMasked} << 0.0 << -7.0 << 2;
        QTest::newRow("one logit far above the rest has none") << QList<float>{0, 3e38F, -3e38F} << 0.0 << 3e38 << 1;
        QTest::newRow("masked entries do not count") << QList<float>{kMasked, 1, kMasked, 1} << std::log(2.0) << 1 + std::log(2.0) << 1;
        QTest::newRow("NaN counts as masked") << QList<float>{kNan, 1, 1, kNan} << std::log(2.0) << 1 + std::log(2.0) << 1;
        QTest::newRow("everything masked is no row") << QList<float>{kMasked, kNan, kMasked} << 0.0 << -infinity << 0;
        QTest::newRow("an empty row is no row") << QList<float>{} << 0.0 << -infinity << 0;
        // Odds 1:3: H = ln 4 - 3/4 ln 3, log-sum-exp = ln 4.
        QTest::newRow("odds of one to three") << QList<float>{0, std::log(3.0F)} << std::log(4.0) - 0.75 * std::log(3.0) << std::log(4.0)
                                              << 1;
        const auto infinite = std::numeric_limits<float>::infinity();
        QTest::newRow("infinite logits share the probability")
            << QList<float>{infinite, 0, infinite} << std::log(2.0) << 3.4028234663852886e38 << 0;
    }
    void rows_have_their_closed_forms()
    {
        QFETCH(QList<float>, logits);
        QFETCH(double, entropy);
        QFETCH(double, log_sum_exp);
        QFETCH(int, top1);
        const auto row = row_of({logits.begin(), logits.end()});
        QVERIFY2(std::abs(row.entropy - entropy) < 1e-6, qPrintable(QString::number(row.entropy)));
        const auto rounded = static_cast<float>(log_sum_exp);
        QVERIFY2(row.log_sum_exp == rounded || std::abs(row.log_sum_exp - rounded) < 1e-6F * std::abs(rounded),
                 qPrintable(QString::number(row.log_sum_exp)));
        QCOMPARE(row.top1, top1);
    }

    void rows_match_the_naive_loop()
    {
        const std::int64_t rows = 5, columns = 777;
        auto logits = numbers(static_cast<std::size_t>(rows * columns), 1);
        for (auto& logit : logits) {
            logit *= 6;
        }
        std::vector<float> maximum(5), log_sum(5), entropy(5);
        row_entropy_cpu(logits.data(), rows, columns, {maximum.data(), log_sum.data(), entropy.data(), nullptr});
        for (std::int64_t r = 0; r < rows; ++r) {
            double sum = 0, naive = 0;
            for (std::int64_t i = 0; i < columns; ++i) {
                sum += std::exp(static_cast<double>(logits[static_cast<std::size_t>(r * columns + i)]));
            }
            for (std::int64_t i = 0; i < columns; ++i) {
                const double p = std::exp(static_cast<double>(logits[static_cast<std::size_t>(r * columns + i)])) / sum;
                naive -= p * std::log(p);
            }
            const auto begin = logits.begin() + r * columns;
            QCOMPARE(maximum[static_cast<std::size_t>(r)], *std::max_element(begin, begin + columns));
            QVERIFY(std::abs(log_sum[static_cast<std::size_t>(r)] - std::log(sum)) < 1e-6);
            QVERIFY(std::abs(entropy[static_cast<std::size_t>(r)] - naive) < 1e-6);
        }
    }

    void states_merge_in_any_order()
    {
        const auto scores = numbers(101, 4);
        OnlineEntropy<double> all, even, odd, nothing;
        for (std::size_t i = 0; i < scores.size(); ++i) {
            const double s = 300 * static_cast<double>(scores[i]);
            all.add(s);
            (i % 2 == 0 ? even : odd).add(s);
        }
        auto forth = even, back = odd;
        forth.merge(odd);
        back.merge(even);
        back.merge(nothing);
        nothing.merge(forth);
        for (const auto& state : {forth, back, nothing}) {
            QVERIFY(std::abs(state.entropy() - all.entropy()) < 1e-12);
            QVERIFY(std::abs(state.log_sum_exp() - all.log_sum_exp()) < 1e-12);
        }
    }

    void attention_matches_the_materialised_map_data()
    {
        QTest::addColumn<int>("queries");
        QTest::addColumn<int>("keys");
        QTest::addColumn<int>("kv_heads");
        QTest::addColumn<int>("offset");
        QTest::addColumn<int>("window");
        QTest::newRow("square and causal") << 37 << 37 << 6 << 0 << 0;
        QTest::newRow("grouped heads") << 37 << 37 << 2 << 0 << 0;
        QTest::newRow("queries behind a cache") << 5 << 40 << 3 << 35 << 0;
        QTest::newRow("a window of nine") << 37 << 37 << 2 << 0 << 9;
        QTest::newRow("a window of one") << 12 << 12 << 1 << 0 << 1;
        QTest::newRow("queries past the last key") << 10 << 20 << 2 << 15 << 0;
        QTest::newRow("a window past the last key") << 10 << 20 << 2 << 25 << 4;
        QTest::newRow("queries before the first key") << 10 << 10 << 2 << -4 << 0;
    }
    void attention_matches_the_materialised_map()
    {
        QFETCH(int, queries);
        QFETCH(int, keys);
        QFETCH(int, kv_heads);
        QFETCH(int, offset);
        QFETCH(int, window);
        const AttentionEntropyShape shape{.queries = queries,
                                          .keys = keys,
                                          .heads = 6,
                                          .kv_heads = kv_heads,
                                          .head_dim = 10,
                                          .offset = offset,
                                          .window = window,
                                          .scale = 1.7F};
        const auto query = numbers(static_cast<std::size_t>(queries * 60), 2),
                   key = numbers(static_cast<std::size_t>(keys * kv_heads * 10), 3);
        const auto rows = streamed(query, key, shape);
        for (std::int64_t t = 0; t < queries; ++t) {
            for (std::int64_t head = 0; head < 6; ++head) {
                const auto expected = materialised(query, key, shape, t, head);
                const auto i = static_cast<std::size_t>(t * 6 + head);
                QVERIFY(std::abs(rows.entropy[i] - expected[0]) < 2e-6);
                QVERIFY(std::abs(rows.sink[i] - expected[1]) < 2e-6);
                QVERIFY(std::abs(rows.distance[i] - expected[2]) < 2e-5);
                QVERIFY(static_cast<double>(rows.log_sum[i]) == expected[3] || std::abs(rows.log_sum[i] - expected[3]) < 2e-6);
            }
        }
    }

    void equal_keys_give_the_uniform_row()
    {
        const AttentionEntropyShape shape{.queries = 50, .keys = 50, .heads = 1, .kv_heads = 1, .head_dim = 3, .scale = 1};
        const auto rows = streamed(numbers(150, 5), std::vector<float>(150, 40.0F), shape);
        for (std::size_t t = 0; t < 50; ++t) {
            const auto n = static_cast<double>(t + 1);
            QVERIFY(std::abs(rows.entropy[t] - std::log(n)) < 1e-5);
            QVERIFY(std::abs(rows.sink[t] - 1 / n) < 1e-6);
            QVERIFY(std::abs(rows.distance[t] - (n - 1) / 2) < 1e-4);
        }
    }

    void damaged_scores_are_masked()
    {
        const AttentionEntropyShape shape{.queries = 3, .keys = 3, .heads = 1, .kv_heads = 1, .head_dim = 1, .scale = 1};
        const auto rows = streamed({1, 1, kNan}, {kNan, 2, 2}, shape);
        QCOMPARE(rows.entropy[0], 0.0F); // sees only the damaged key
        QCOMPARE(rows.log_sum[0], kMasked);
        QCOMPARE(rows.entropy[1], 0.0F); // one key is left
        QCOMPARE(rows.log_sum[1], 2.0F);
        QCOMPARE(rows.sink[1], 0.0F);
        for (const auto* list : {&rows.entropy, &rows.sink, &rows.distance}) {
            QCOMPARE(list->at(2), 0.0F); // a damaged query sees nothing
        }
    }

    void a_huge_score_takes_everything()
    {
        const AttentionEntropyShape shape{.queries = 1, .keys = 3, .heads = 1, .kv_heads = 1, .head_dim = 1, .offset = 2, .scale = 1};
        const auto rows = streamed({1e20F}, {1e20F, 0, -1e20F}, shape); // overflows to +inf, 0, -inf
        QCOMPARE(rows.entropy[0], 0.0F);
        QCOMPARE(rows.sink[0], 1.0F);
        QCOMPARE(rows.distance[0], 2.0F);
    }
};

QTEST_APPLESS_MAIN(TestTensorEntropy)
#include "test_tensor_entropy.moc"
