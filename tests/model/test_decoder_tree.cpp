// SPDX-License-Identifier: GPL-3.0-or-later
// Trees: layout, visibility, positions and compaction (decoding.md 1.6, tests a to d).
#include "tests/model/decoder_testing.h"

#include <algorithm>
#include <numeric>

using namespace timberline;
using namespace timberline::model;
using namespace timberline::model::testing;

namespace {

constexpr std::int64_t kPrefix = 9, kCapacity = 64;
constexpr double kTolerance = 1e-4;

void add_models()
{
    QTest::addColumn<QString>("model");
    for (const std::string& name : all_model_names()) {
        QTest::addRow("%s", name.c_str()) << QString::fromStdString(name);
    }
}

struct Fixture {
    std::shared_ptr<const Decoder> decoder;
    std::vector<TokenId> text;
    std::unique_ptr<KvStore> prefix;

    Fixture()
    {
        QFETCH(QString, model);
        const TestModel source = test_model(model.toStdString());
        decoder = make_decoder(source.config, *source.weights);
        text = drawn_tokens(kPrefix, source.config.vocabulary, 2);
        prefix = decoder->make_store(kCapacity);
        (void)rows_of_forward(*decoder, *prefix, text);
    }
    [[nodiscard]] std::vector<TokenId> tokens(std::int64_t count, unsigned seed) const
    {
        return drawn_tokens(count, decoder->config().vocabulary, seed);
    }
    /// Columns that row `node` of a tree over the prefix may see in a layer with this window, by the definition.
    [[nodiscard]] static std::vector<bool> visible_columns(std::int32_t node, const std::vector<std::int32_t>& parents, std::int64_t window)
    {
        std::vector<bool> seen(static_cast<std::size_t>(kPrefix) + parents.size(), false);
        const auto path = path_to(node, parents);
        const std::int64_t own = kPrefix + static_cast<std::int64_t>(path.size()) - 1;
        const auto near = [&](std::int64_t position) { return window == 0 || position > own - window; };
        for (std::int64_t position = 0; position < kPrefix; ++position) {
            seen[static_cast<std::size_t>(position)] = near(position);
        }
        for (std::size_t depth = 0; depth < path.size(); ++depth) {
            seen[static_cast<std::size_t>(kPrefix + path[depth])] = near(kPrefix + static_cast<std::int64_t>(depth));
        }
        return seen;
    }
};

}  // namespace

class TestDecoderTree : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void treePassEqualsPathByPath_data() { add_models(); }
    void treePassEqualsPathByPath();
    void afterCompactionTheNextLogitsEqualAFreshPrefill_data() { add_models(); }
    void afterCompactionTheNextLogitsEqualAFreshPrefill();
    void chainTreeIsTheOrdinaryCausalMask_data() { add_models(); }
    void chainTreeIsTheOrdinaryCausalMask();
    void attentionSeesAncestorsWithinTheWindowOnly_data() { add_models(); }
    void attentionSeesAncestorsWithinTheWindowOnly();
    void permutingSiblingsPermutesRowsOnly_data() { add_models(); }
    void permutingSiblingsPermutesRowsOnly();
    void layersKeepTheirOwnLengths();
};

void TestDecoderTree::treePassEqualsPathByPath()
{
    const Fixture f;
    for (unsigned seed = 1; seed <= 8; ++seed) {
        const auto count = static_cast<std::int32_t>(1 + (seed * 5) % 12);
        const auto parents = drawn_parents(count, seed);
        const auto tokens = f.tokens(count, seed + 20);
        const auto store = f.prefix->snapshot();
        const auto tree = rows_of_forward(*f.decoder, *store, tokens, parents);
        for (std::int32_t node = 0; node < count; ++node) {
            auto whole = f.text;  // one plain causal pass over prefix and path, nothing cached
            const auto path = tokens_at(path_to(node, parents), tokens);
            whole.insert(whole.end(), path.begin(), path.end());
            const auto fresh = f.decoder->make_store(kCapacity);
            const auto rows = rows_of_forward(*f.decoder, *fresh, whole);
            const double difference = largest_difference(tree[static_cast<std::size_t>(node)].logits, rows.back().logits);
            QVERIFY2(difference <= kTolerance, qPrintable(QString("node %1 of tree %2: %3").arg(node).arg(seed).arg(difference)));
        }
    }
}

void TestDecoderTree::afterCompactionTheNextLogitsEqualAFreshPrefill()
{
    const Fixture f;
    for (unsigned seed = 1; seed <= 6; ++seed) {
        const auto parents = drawn_parents(12, seed);
        const auto tokens = f.tokens(12, seed + 30);
        const auto store = f.prefix->snapshot();
        (void)rows_of_forward(*f.decoder, *store, tokens, parents);
        const auto path = path_to(static_cast<std::int32_t>(11 - seed), parents);
        store->compact(kPrefix, path);
        auto whole = f.text;
        const auto accepted = tokens_at(path, tokens);
        whole.insert(whole.end(), accepted.begin(), accepted.end());
        whole.push_back(3);
        const auto next = rows_of_forward(*f.decoder, *store, std::vector<TokenId>{3});
        const auto fresh = f.decoder->make_store(kCapacity);
        const auto rows = rows_of_forward(*f.decoder, *fresh, whole);
        QVERIFY(largest_difference(next.back().logits, rows.back().logits) <= kTolerance);
    }
}

void TestDecoderTree::chainTreeIsTheOrdinaryCausalMask()
{
    const Fixture f;
    const auto tokens = f.tokens(10, 5);
    std::vector<std::int32_t> chain(10);
    std::iota(chain.begin(), chain.end(), -1);
    const auto a = f.prefix->snapshot();
    const auto b = f.prefix->snapshot();
    QVERIFY(rows_of_forward(*f.decoder, *a, tokens, chain) == rows_of_forward(*f.decoder, *b, tokens));
}

void TestDecoderTree::attentionSeesAncestorsWithinTheWindowOnly()
{
    const Fixture f;
    const auto parents = drawn_parents(12, 6);
    const auto store = f.prefix->snapshot();
    ForwardOutput out;
    QVERIFY(f.decoder->forward({.tokens = f.tokens(12, 7), .parents = parents, .capture = {.attention = true}}, *store, out, {}).ok());
    const DecoderConfig& config = f.decoder->config();
    const auto columns = static_cast<std::size_t>(out.captures.attention_columns);
    QCOMPARE(columns, static_cast<std::size_t>(kPrefix) + 12);
    for (std::size_t layer = 0; layer < static_cast<std::size_t>(config.layers); ++layer) {
        const std::int64_t window = config.window.empty() ? 0 : config.window[layer];
        for (std::size_t row = 0; row < static_cast<std::size_t>(config.heads) * 12; ++row) {
            const auto seen = Fixture::visible_columns(static_cast<std::int32_t>(row % 12), parents, window);
            double sum = 0;
            for (std::size_t column = 0; column < columns; ++column) {
                const float p = out.captures.attention[layer][row * columns + column];
                QVERIFY2((p > 0) == seen[column],
                         qPrintable(QString("layer %1 row %2 column %3: %4").arg(layer).arg(row).arg(column).arg(p)));
                sum += static_cast<double>(p);
            }
            QVERIFY(std::abs(sum - 1) < 1e-5);
        }
    }
}

void TestDecoderTree::permutingSiblingsPermutesRowsOnly()
{
    const Fixture f;
    //                                    0   1  2  3  4  5  6
    const std::vector<std::int32_t> parents{-1, 0, 0, 1, 1, 2, 5};
    const std::vector<std::int32_t> order{0, 2, 5, 6,
                                          1, 4, 3};  // node order[i] stands at i: the subtrees of 1 and 2, and 3 and 4, change places
    const auto tokens = f.tokens(7, 4);
    std::vector<std::int32_t> place(7);
    for (std::int32_t i = 0; i < 7; ++i) {
        place[static_cast<std::size_t>(order[static_cast<std::size_t>(i)])] = i;
    }
    std::vector<std::int32_t> permuted;
    for (const std::int32_t node : order) {
        const std::int32_t parent = parents[static_cast<std::size_t>(node)];
        permuted.push_back(parent < 0 ? -1 : place[static_cast<std::size_t>(parent)]);
    }
    const auto a = f.prefix->snapshot();
    const auto b = f.prefix->snapshot();
    const auto rows = rows_of_forward(*f.decoder, *a, tokens, parents);
    const auto moved = rows_of_forward(*f.decoder, *b, tokens_at(order, tokens), permuted);
    for (std::size_t i = 0; i < 7; ++i) {
        QVERIFY(moved[i] == rows[static_cast<std::size_t>(order[i])]);
    }
}

void TestDecoderTree::layersKeepTheirOwnLengths()
{
    // compact() and crop() on a store whose layers hold different numbers of rows; the rows carry their slot number.
    const auto store = make_kv_store(3, 2, 5, 20);
    const std::int64_t lengths[] = {12, 9, 3};
    for (std::int64_t layer = 0; layer < 3; ++layer) {
        for (std::int64_t head = 0; head < 2; ++head) {
            for (std::int64_t i = 0; i < lengths[layer] * 5; ++i) {
                store->keys(layer, head)[i] = static_cast<float>(i / 5);
                store->values(layer, head)[i] = static_cast<float>(100 + i / 5);
            }
        }
        store->set_length(layer, lengths[layer]);
    }
    const auto copy = store->snapshot();
    store->compact(6, std::vector<std::int32_t>{0, 2, 5});
    QCOMPARE(store->length(0), 9);
    QCOMPARE(store->length(1), 8);  // slot 11 is not held here
    QCOMPARE(store->length(2), 3);  // nothing past the prefix
    const float expected[] = {0, 1, 2, 3, 4, 5, 6, 8, 11};
    for (std::int64_t slot = 0; slot < 9; ++slot) {
        QCOMPARE(store->keys(0, 1)[slot * 5 + 4], expected[slot]);
        QCOMPARE(store->values(0, 0)[slot * 5], 100 + expected[slot]);
    }
    QCOMPARE(copy->length(0), 12);
    QCOMPARE(copy->keys(0, 1)[7 * 5], 7.0F);
    store->crop(4);
    QCOMPARE(store->length(0), 4);
    QCOMPARE(store->length(2), 3);
}

QTEST_APPLESS_MAIN(TestDecoderTree)
#include "test_decoder_tree.moc"
