// SPDX-License-Identifier: GPL-3.0-or-later
// A row's numbers depend on its own path only, to the last bit: not on the rows beside it, on the chunks, on the threads, nor on whether
// its keys came from the committed prefix, from the same tree or from an earlier level of it. That makes greedy speculation lossless by
// construction.
#include "tests/model/decoder_testing.h"

#include <algorithm>
#include <thread>

using namespace timberline;
using namespace timberline::model;
using namespace timberline::model::testing;

namespace {

constexpr std::int64_t kCapacity = 400;

struct Case {
    std::shared_ptr<const Decoder> decoder;
    std::vector<TokenId> text;
};

/// "odd sizes F16", a name of tiny_configs(), or the bundled model.
TestModel model_of(const std::string& name)
{
    const DecoderConfig odd = odd_sized();
    const auto drawn = std::make_shared<DrawnWeights>(odd);
    if (name == "odd sizes F32") {
        return {odd, drawn};
    }
    if (name == "odd sizes F16") {
        return {odd, std::make_shared<NarrowWeights>(drawn, io::DataType::F16)};
    }
    if (name == "odd sizes BF16") {
        return {odd, std::make_shared<NarrowWeights>(drawn, io::DataType::BF16)};
    }
    if (name == "bundled") {
        const auto folder = open_model_folder("bundled:tale");
        const auto weights = file_weights(folder->config, folder->weights);
        return {folder->config, *weights};
    }
    return test_model(name);
}

void add_cases()
{
    QTest::addColumn<QString>("model");
    QTest::addColumn<QByteArray>("variant");
    std::vector<std::string> names{"odd sizes F32", "odd sizes F16", "odd sizes BF16"};
#ifndef TIMBERLINE_SANITIZED
    names.emplace_back("bundled");  // the same code on a larger model, many times slower when instrumented
#endif
    for (const auto& [name, config] : tiny_configs()) {
        names.push_back(name);
    }
    for (const std::string& name : names) {
        for (const QByteArray& variant : variant_names()) {
            QTest::addRow("%s, %s", name.c_str(), variant.constData()) << QString::fromStdString(name) << variant;
        }
    }
}

Case fetch_case(std::int64_t length)
{
    QFETCH(QString, model);
    QFETCH(QByteArray, variant);
    const TestModel source = model_of(model.toStdString());
    return {make_decoder(source.config, *source.weights, variant), drawn_tokens(length, source.config.vocabulary, 11)};
}

}  // namespace

class TestDecoderInvariance : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void cleanup() { set_compute_threads(2); }

    void stepsEqualOneForward_data() { add_cases(); }
    void stepsEqualOneForward();
    void everyRowCountGivesTheSameRows_data() { add_cases(); }
    void everyRowCountGivesTheSameRows();
    void threadsDoNotMatter_data() { add_cases(); }
    void threadsDoNotMatter();
    void treeRowsEqualTheirPaths_data() { add_cases(); }
    void treeRowsEqualTheirPaths();
    void grownTreeEqualsTreeInOneForward_data() { add_cases(); }
    void grownTreeEqualsTreeInOneForward();
    void compactionEqualsFreshPrefill_data() { add_cases(); }
    void compactionEqualsFreshPrefill();
    void forwardsOnTwoThreadsDoNotDisturbEachOther();
};

void TestDecoderInvariance::stepsEqualOneForward()
{
    const auto [decoder, text] = fetch_case(150);  // three chunks of up to 64 rows
    const auto whole_store = decoder->make_store(kCapacity);
    const auto step_store = decoder->make_store(kCapacity);
    const auto whole = rows_of_forward(*decoder, *whole_store, text);
    const auto steps = rows_of_steps(*decoder, *step_store, text);
    QCOMPARE(whole.size(), text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        QVERIFY2(whole[i] == steps[i], qPrintable(QString("row %1").arg(i)));
    }
}

void TestDecoderInvariance::everyRowCountGivesTheSameRows()
{
    const auto [decoder, text] = fetch_case(70);
    const auto store = decoder->make_store(kCapacity);
    const auto expected = rows_of_steps(*decoder, *store, text);
    for (std::size_t count = 2; count <= 33; ++count) {
        store->crop(11);
        const auto rows = rows_of_forward(*decoder, *store, std::span(text).subspan(11, count));
        QCOMPARE(rows.size(), count);
        for (std::size_t i = 0; i < count; ++i) {
            QVERIFY2(rows[i] == expected[11 + i], qPrintable(QString("row %1 of %2").arg(i).arg(count)));
        }
    }
}

void TestDecoderInvariance::threadsDoNotMatter()
{
    const auto [decoder, text] = fetch_case(100);
    std::vector<std::vector<Row>> results;
    for (const int threads : {1, 2, 3}) {
        set_compute_threads(threads);
        const auto store = decoder->make_store(kCapacity);
        results.push_back(rows_of_forward(*decoder, *store, text));
        const auto more = rows_of_forward(*decoder, *store, std::span(text).first(1));
        results.back().insert(results.back().end(), more.begin(), more.end());
    }
    QVERIFY(results[0] == results[1]);
    QVERIFY(results[0] == results[2]);
}

void TestDecoderInvariance::treeRowsEqualTheirPaths()
{
    const auto [decoder, text] = fetch_case(30);
    for (unsigned seed = 1; seed <= 3; ++seed) {
        const auto count = static_cast<std::int32_t>(seed == 3 ? 90 : 12 * seed + 1);  // the last one takes two chunks
        const auto parents = drawn_parents(count, seed);
        const auto tokens = drawn_tokens(count, decoder->config().vocabulary, seed + 50);
        const auto store = decoder->make_store(kCapacity);
        (void)rows_of_forward(*decoder, *store, text);
        const auto prefix = store->snapshot();
        const auto tree = rows_of_forward(*decoder, *store, tokens, parents);
        QCOMPARE(tree.size(), tokens.size());
        for (std::int32_t node = 0; node < count; node += seed == 3 ? 7 : 1) {
            const auto alone = prefix->snapshot();
            const auto path = rows_of_steps(*decoder, *alone, tokens_at(path_to(node, parents), tokens));
            QVERIFY2(path.back() == tree[static_cast<std::size_t>(node)], qPrintable(QString("node %1 of tree %2").arg(node).arg(seed)));
        }
    }
}

void TestDecoderInvariance::grownTreeEqualsTreeInOneForward()
{
    const auto [decoder, text] = fetch_case(20);
    const auto parents = drawn_parents(25, 8);
    const auto tokens = drawn_tokens(25, decoder->config().vocabulary, 9);
    const auto store = decoder->make_store(kCapacity);
    (void)rows_of_forward(*decoder, *store, text);
    const auto grown_store = store->snapshot();
    const auto tree = rows_of_forward(*decoder, *store, tokens, parents);
    std::vector<Row> grown;
    for (std::size_t cached = 0; cached < 25; cached += 5) {
        const auto level = rows_of_forward(*decoder, *grown_store, std::span(tokens).subspan(cached, 5),
                                           std::span(parents).first(cached + 5), static_cast<std::int64_t>(cached));
        grown.insert(grown.end(), level.begin(), level.end());
    }
    QCOMPARE(grown_store->length(0), store->length(0));
    QVERIFY(grown == tree);
}

void TestDecoderInvariance::compactionEqualsFreshPrefill()
{
    const auto [decoder, text] = fetch_case(23);
    const auto parents = drawn_parents(14, 4);
    const auto tokens = drawn_tokens(14, decoder->config().vocabulary, 5);
    const std::vector<TokenId> next{1, 2, 3};
    for (const std::int32_t leaf : {13, 7, 0}) {
        const auto store = decoder->make_store(kCapacity);
        (void)rows_of_forward(*decoder, *store, text);
        (void)rows_of_forward(*decoder, *store, tokens, parents);
        const auto path = path_to(leaf, parents);
        store->compact(static_cast<std::int64_t>(text.size()), path);
        QCOMPARE(store->length(0), static_cast<std::int64_t>(text.size() + path.size()));

        auto committed = text;
        const auto accepted = tokens_at(path, tokens);
        committed.insert(committed.end(), accepted.begin(), accepted.end());
        const auto fresh = decoder->make_store(kCapacity);
        (void)rows_of_forward(*decoder, *fresh, committed);
        QVERIFY(rows_of_forward(*decoder, *store, next) == rows_of_forward(*decoder, *fresh, next));
    }
}

void TestDecoderInvariance::forwardsOnTwoThreadsDoNotDisturbEachOther()
{
    const TestModel source = model_of("odd sizes F32");
    const auto decoder = make_decoder(source.config, *source.weights);
    const auto text = drawn_tokens(60, source.config.vocabulary, 3);
    const auto store = decoder->make_store(kCapacity);
    const auto expected = rows_of_forward(*decoder, *store, text);
    std::vector<std::vector<Row>> results(2);
    std::vector<std::thread> threads;
    for (auto& result : results) {
        threads.emplace_back([&] {
            for (int repeat = 0; repeat < 5; ++repeat) {
                const auto own = decoder->make_store(kCapacity);
                result = rows_of_forward(*decoder, *own, text);
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    QVERIFY(results[0] == expected);
    QVERIFY(results[1] == expected);
}

QTEST_APPLESS_MAIN(TestDecoderInvariance)
#include "test_decoder_invariance.moc"
