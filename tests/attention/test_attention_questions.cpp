// SPDX-License-Identifier: GPL-3.0-or-later
// Questions to the Attention bench: maps, cells, rollout, thumbnails and the effect of edits.
#include "tests/attention/bench_testing.h"

using namespace timberline;
using namespace timberline::run;
using namespace timberline::run::testing;

class TestAttentionQuestions : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void mapsAreTheReferenceMaps_data() { add_fixtures(); }
    void mapsAreTheReferenceMaps();
    void editsHaveAnEffectBesideTheOriginal();
    void interventionEqualsTheRunsOwnEffect();
    void rowsOfZerosAreNotCompared();
    void cellsAddUp();
    void weightsAreExplainedByTheirMethod_data();
    void weightsAreExplainedByTheirMethod();
    void aWindowBeginsAtItsFirstKey();
    void rolloutIsTheProductOfTheMaps();
    void thumbnailsAreMeans();
    void wrongQuestionsAreNamed_data();
    void wrongQuestionsAreNamed();
};

void TestAttentionQuestions::mapsAreTheReferenceMaps()
{
    QFETCH(QString, model);
    const std::string name = model.toStdString();
    const Expected expected(name);
    const Config config = attention_config(fixture(name), expected.ids());
    for (const int layer : {0, 1, 3}) {
        const auto maps = expected.floats("attention." + std::to_string(layer));
        for (const int head : {0, 3}) {
            for (const auto& [first, count] : {std::pair(0, 40), std::pair(17, 9)}) {
                const auto block = ask(config, "map", {{"layer", layer}, {"head", head}, {"first_query", first}, {"queries", count}});
                QVERIFY2(block.ok(), block.ok() ? "" : block.error().message.c_str());
                const auto map = record::attention_map_from(*block);
                QVERIFY(map.ok() && map->columns == first + count && map->base.empty() && !map->implied);
                for (std::int64_t query = 0; query < count; ++query) {
                    for (std::int64_t key = 0; key < map->columns; ++key) {
                        const float got = map->weights[static_cast<std::size_t>(query * map->columns + key)];
                        const float wanted = maps[static_cast<std::size_t>((head * kTokens + first + query) * kTokens + key)];
                        QVERIFY(std::abs(got - wanted) < 1e-4F);
                        QVERIFY(key >= map->visible_begin[static_cast<std::size_t>(query)] || got == 0.0F);
                    }
                }
            }
        }
    }
}

void TestAttentionQuestions::editsHaveAnEffectBesideTheOriginal()
{
    const Expected expected("llama-gqa");
    const auto ids = expected.ids();
    const Config config = attention_config(fixture("llama-gqa"), ids);
    const auto base = AttentionFold(*run_of(config));
    const auto edited_record = run_of(with_edits(config, "ablate 1.*"));
    const AttentionFold edited(*edited_record);
    QCOMPARE(edited.effects().size(), std::size_t{1});
    const auto& effect = edited.effects().front();
    QCOMPARE(effect.positions, kTokens);
    QVERIFY(!effect.what_if);
    // Each side is what its own run says.
    QVERIFY(effect.base_entropy == base.text_along(&AttentionRows::next_entropy));
    QVERIFY(effect.edited_entropy == edited.text_along(&AttentionRows::next_entropy));
    QVERIFY(std::abs(effect.base_perplexity - base.perplexity()) < 1e-4 * base.perplexity());
    QVERIFY(std::abs(effect.edited_perplexity - edited.perplexity()) < 1e-4 * edited.perplexity());
    QVERIFY(effect.base_perplexity != effect.edited_perplexity);
    QVERIFY(std::all_of(effect.divergence.begin(), effect.divergence.end(), [](float d) { return d >= 0; }));
    QVERIFY(*std::max_element(effect.divergence.begin(), effect.divergence.end()) > 0);
    // Layers up to the ablated one attend as before; the maps above have moved.
    QCOMPARE(effect.compared_positions, kTokens);
    for (std::int32_t layer = 0; layer < effect.layers; ++layer) {
        for (std::int32_t head = 0; head < effect.heads; ++head) {
            const auto i = static_cast<std::size_t>(layer * effect.heads + head);
            QCOMPARE(effect.total_variation[i] == 0.0F, layer <= 1);
            const auto h0 = base.along(&AttentionRows::entropy, layer, head), h1 = edited.along(&AttentionRows::entropy, layer, head);
            double change = 0;
            for (std::size_t t = 1; t < kTokens; ++t) {  // row 0 sees one key and does not count
                change += static_cast<double>(h1[t]) - static_cast<double>(h0[t]);
            }
            QVERIFY(std::abs(static_cast<double>(effect.entropy_change[i]) - change / 39) < 2e-5);
        }
    }
    // The list begins with the largest move.
    QCOMPARE(effect.moved.size(), std::size_t{16});
    for (std::size_t i = 1; i < effect.moved.size(); ++i) {
        QVERIFY(std::abs(effect.moved_edited[i - 1] - effect.moved_base[i - 1]) >= std::abs(effect.moved_edited[i] - effect.moved_base[i]));
    }
    const auto unedited = ask(config, "intervention", {{"edits", "scale 0.0 1"}});
    const auto none = record::attention_effect_from(*unedited);
    QVERIFY(none.ok());
    QVERIFY(std::all_of(none->divergence.begin(), none->divergence.end(), [](float d) { return d == 0.0F; }));
    QVERIFY(std::isinf(none->signal_to_noise_db) && none->base_perplexity == none->edited_perplexity);
}

void TestAttentionQuestions::interventionEqualsTheRunsOwnEffect()
{
    const Config config = attention_config("bundled:tale", {0, 1902, 331, 553, 259, 566}, 6);
    const auto plain = run_of(config);
    const auto answer = ask(config, "intervention", {{"edits", "swap 2.* lssar"}, {"tokens", 6}}, plain);
    QVERIFY2(answer.ok(), answer.ok() ? "" : answer.error().message.c_str());
    const auto effect = record::attention_effect_from(*answer);
    QVERIFY(effect.ok() && effect->what_if);
    QCOMPARE(effect->positions, 6);
    const auto own = AttentionFold(*run_of(with_edits(attention_config("bundled:tale", {0, 1902, 331, 553, 259, 566}), "swap 2.* lssar")));
    QVERIFY(own.setup()->what_if);
    QVERIFY(own.effects().front().divergence == effect->divergence);
    QVERIFY(own.effects().front().moved == effect->moved);
    // Without a limit the whole generated text is compared.
    QCOMPARE(record::attention_effect_from(*ask(config, "intervention", {{"edits", "ablate 0.0"}}, plain))->positions, 12);
}

void TestAttentionQuestions::rowsOfZerosAreNotCompared()
{
    // An offset of 2 leaves nothing of a row without a key of twice the mean weight.
    const Config config = attention_config(fixture("llama-gqa"), Expected("llama-gqa").ids());
    Config other = config;
    other.methods["variant"] = {"lssar", {{"offset", 2.0}}};
    const auto base = AttentionFold(*run_of(config)), edited = AttentionFold(*run_of(other));
    const auto& effect = edited.effects().front();
    int zeros = 0;
    for (std::int32_t layer = 0; layer < effect.layers; ++layer) {
        for (std::int32_t head = 0; head < effect.heads; ++head) {
            const auto h0 = base.along(&AttentionRows::entropy, layer, head), h1 = edited.along(&AttentionRows::entropy, layer, head);
            const auto largest = edited.along(&AttentionRows::largest, layer, head);
            double change = 0;
            int rows = 0;
            for (std::size_t t = 1; t < kTokens; ++t) {
                zeros += largest[t] == 0.0F ? 1 : 0;
                if (largest[t] != 0.0F) {
                    change += static_cast<double>(h1[t]) - static_cast<double>(h0[t]);
                    ++rows;
                }
            }
            const auto got = static_cast<double>(effect.entropy_change[static_cast<std::size_t>(layer * effect.heads + head)]);
            QVERIFY2(rows > 0 && std::abs(got - change / rows) < 2e-5, qPrintable(QString::number(got)));
        }
    }
    QVERIFY(zeros > 0);
}

void TestAttentionQuestions::weightsAreExplainedByTheirMethod_data()
{
    QTest::addColumn<QString>("variant");
    QTest::addColumn<QString>("values");
    QTest::addColumn<QString>("edits");
    QTest::addColumn<QString>("method");
    QTest::addColumn<double>("factor");  // of 1 / sqrt(head_dim); NaN: the weights are no softmax
    // 34 keys are visible.
    const double grown = 1 + std::exp(-std::exp(1.0)) * std::log(34.0);
    QTest::newRow("the model's own") << "softmax"
                                     << "{}"
                                     << ""
                                     << "softmax" << 1.0;
    QTest::newRow("two passes over the scores") << "two-pass-softmax"
                                                << "{}"
                                                << ""
                                                << "two-pass-softmax" << 1.0;
    QTest::newRow("guided, with a temperature") << "entropy-guided-attention"
                                                << R"({"temperature": 2.0})"
                                                << ""
                                                << "entropy-guided-attention" << 0.5;
    QTest::newRow("guided, in a heated head") << "entropy-guided-attention"
                                              << R"({"temperature": 2.0})"
                                              << "temperature 2.5 4"
                                              << "entropy-guided-attention" << 0.125;
    QTest::newRow("selective, growing with the position") << "selective-self-attention"
                                                          << R"({"beta": 1.0})"
                                                          << ""
                                                          << "selective-self-attention" << grown;
    QTest::newRow("selective, also by the query's offset") << "selective-self-attention"
                                                           << R"({"beta": 1.0, "use_query": true, "query_offset": 0.5})"
                                                           << ""
                                                           << "selective-self-attention" << grown + std::tanh(0.5);
    QTest::newRow("a swapped head") << "softmax"
                                    << "{}"
                                    << "swap 2.5 entropy-guided-attention"
                                    << "entropy-guided-attention" << 1.0;
    QTest::newRow("softplus is no softmax") << "lssar"
                                            << "{}"
                                            << ""
                                            << "lssar" << std::nan("");
    QTest::newRow("a head swapped to softplus") << "softmax"
                                                << "{}"
                                                << "swap 2.5 lssar"
                                                << "lssar" << std::nan("");
}

void TestAttentionQuestions::weightsAreExplainedByTheirMethod()
{
    QFETCH(QString, variant);
    QFETCH(QString, values);
    QFETCH(QString, edits);
    QFETCH(QString, method);
    QFETCH(double, factor);
    const int head = 5, query = 33;
    Config config = with_edits(attention_config(fixture("llama-gqa"), Expected("llama-gqa").ids()), edits.toStdString());
    MethodChoice& choice = config.methods["variant"];
    choice.id = variant.toStdString();
    const Json given = *parse_json(values.toStdString(), "test");
    for (const auto& [key, value] : given.items()) {
        choice.values[key] = value.is_boolean() ? ParameterValue(value.get<bool>()) : ParameterValue(value.get<double>());
    }
    for (const int key : {0, 12, 33}) {
        const Json place = {{"layer", 2}, {"head", head}, {"query", query}, {"key", key}};
        const auto block = ask(config, "cell", place);
        QVERIFY2(block.ok(), block.ok() ? "" : block.error().message.c_str());
        const auto cell = record::attention_cell_from(*block);
        QVERIFY(cell.ok());
        QCOMPARE(QString::fromStdString(cell->method), method);
        const auto map =
            record::attention_map_from(*ask(config, "map", {{"layer", 2}, {"head", head}, {"first_query", query}, {"queries", 1}}));
        QVERIFY(std::abs(cell->weight - static_cast<double>(map->weights[static_cast<std::size_t>(key)])) < 1e-6);
        if (std::isnan(factor)) {
            QVERIFY(std::isnan(cell->scale) && std::isnan(cell->score) && std::isnan(cell->log_sum_exp) && cell->maximum.empty());
            continue;
        }
        QVERIFY2(std::abs(cell->scale - factor / std::sqrt(8.0)) < 1e-6, qPrintable(QString::number(cell->scale)));
        QVERIFY(std::abs(cell->scale * cell->product - cell->score) < 1e-9);
        QVERIFY(std::abs(std::exp(cell->score - cell->log_sum_exp) - cell->weight) < 1e-5);
        QVERIFY(std::abs(cell->entropy_so_far.back() - cell->entropy) < 1e-4);
    }
}

void TestAttentionQuestions::aWindowBeginsAtItsFirstKey()
{
    const Config config = attention_config(fixture("gpt-neo-local"), Expected("gpt-neo-local").ids());
    for (const auto& [layer, first] : {std::pair(0, 0), std::pair(1, 15)}) {  // layer 1 sees 16 keys
        const auto block = ask(config, "cell", {{"layer", layer}, {"head", 1}, {"query", 30}, {"key", 20}});
        const auto cell = record::attention_cell_from(*block);
        QVERIFY(cell.ok());
        QCOMPARE(cell->first_key, first);
        QVERIFY(std::abs(std::exp(cell->score - cell->log_sum_exp) - cell->weight) < 1e-5);
    }
}

void TestAttentionQuestions::cellsAddUp()
{
    const Expected expected("llama-gqa");
    const Config config = attention_config(fixture("llama-gqa"), expected.ids());
    const auto maps = expected.floats("attention.2");
    const int head = 5, query = 33;
    const AttentionFold fold(*run_of(config));
    double total = 0;
    for (int key = 0; key <= query; key += 11) {
        const auto block = ask(config, "cell", {{"layer", 2}, {"head", head}, {"query", query}, {"key", key}});
        QVERIFY2(block.ok(), block.ok() ? "" : block.error().message.c_str());
        const auto cell = record::attention_cell_from(*block);
        QVERIFY(cell.ok());
        QCOMPARE(cell->kv_head, 1);  // heads 4 to 7 of 8 read the second of two groups
        const float* const row = maps.data() + (head * kTokens + query) * kTokens;
        QVERIFY(std::abs(cell->weight - static_cast<double>(row[key])) < 1e-4);
        double product = 0;
        for (std::size_t c = 0; c < cell->query_row.size(); ++c) {
            product += static_cast<double>(cell->query_row[c]) * static_cast<double>(cell->key_row[c]);
        }
        QVERIFY(std::abs(product - cell->product) < 1e-9 && std::abs(cell->scale * product - cell->score) < 1e-9);
        QVERIFY(std::abs(cell->scale - 1 / std::sqrt(8.0)) < 1e-6);
        QVERIFY(std::abs(std::exp(cell->score - cell->log_sum_exp) - cell->weight) < 1e-5);
        QVERIFY(std::abs(cell->entropy_so_far.back() - cell->entropy) < 1e-5);
        QVERIFY(std::abs(cell->entropy - static_cast<double>(fold.along(&AttentionRows::entropy, 2, head)[query])) < 1e-5);
        const auto larger = std::count_if(row, row + query + 1, [&](float w) { return w > row[key]; });
        QCOMPARE(cell->rank, static_cast<std::int32_t>(larger));
        total += cell->weight;
    }
    QVERIFY(total > 0);
}

void TestAttentionQuestions::rolloutIsTheProductOfTheMaps()
{
    const Expected expected("gpt-neo-local");
    const Config config = attention_config(fixture("gpt-neo-local"), expected.ids());
    constexpr std::size_t kAt = 25;
    const auto block = ask(config, "rollout", {{"position", kAt}});
    QVERIFY2(block.ok(), block.ok() ? "" : block.error().message.c_str());
    const auto rollout = record::attention_rollout_from(*block);
    QVERIFY(rollout.ok());
    constexpr std::size_t kT = kTokens;
    std::vector<double> r(kT * kT, 0);
    for (std::size_t i = 0; i < kT; ++i) {
        r[i * kT + i] = 1;
    }
    for (int layer = 0; layer < 4; ++layer) {
        const auto maps = expected.floats("attention." + std::to_string(layer));
        std::vector<double> next(kT * kT, 0);
        for (std::size_t i = 0; i < kT; ++i) {
            for (std::size_t j = 0; j < kT; ++j) {
                double mixed = i == j ? .5 : 0;
                for (std::size_t head = 0; head < 4; ++head) {
                    mixed += static_cast<double>(maps[(head * kT + i) * kT + j]) / 8;
                }
                for (std::size_t c = 0; c < kT; ++c) {
                    next[i * kT + c] += mixed * r[j * kT + c];
                }
            }
        }
        r = next;
        double h = 0;
        for (std::size_t c = 0; c <= kAt; ++c) {
            const double wanted = r[kAt * kT + c];
            QVERIFY(std::abs(static_cast<double>(rollout->weights[static_cast<std::size_t>(layer) * (kAt + 1) + c]) - wanted) < 1e-4);
            h -= wanted > 0 ? wanted * std::log(wanted) : 0;
        }
        QVERIFY(std::abs(static_cast<double>(rollout->entropy[static_cast<std::size_t>(layer)]) - h) < 1e-3);
    }
}

void TestAttentionQuestions::thumbnailsAreMeans()
{
    const Expected expected("gpt2");
    const auto block = ask(attention_config(fixture("gpt2"), expected.ids()), "thumbnails", {{"size", 4}});
    const auto thumbnails = record::attention_thumbnails_from(*block);
    QVERIFY(thumbnails.ok());
    const auto maps = expected.floats("attention.1");
    for (std::size_t row = 0; row < 4; ++row) {  // cells of 10 x 10 positions
        for (std::size_t column = 0; column < 4; ++column) {
            double sum = 0;
            int count = 0;
            for (std::size_t i = row * 10; i < row * 10 + 10; ++i) {
                for (std::size_t j = column * 10; j < std::min(column * 10 + 10, i + 1); ++j) {
                    sum += static_cast<double>(maps[(2 * kTokens + i) * kTokens + j]);
                    ++count;
                }
            }
            const float cell = thumbnails->cells[((1 * 4 + 2) * 4 + row) * 4 + column];
            QVERIFY(count == 0 ? std::isnan(cell) : std::abs(static_cast<double>(cell) - sum / count) < 1e-4);
        }
    }
}

void TestAttentionQuestions::wrongQuestionsAreNamed_data()
{
    QTest::addColumn<QString>("what");
    QTest::addColumn<QString>("arguments");
    QTest::addColumn<QString>("said");
    QTest::newRow("an unknown question") << "maps"
                                         << "{}"
                                         << "'maps'";
    QTest::newRow("an unknown key") << "map"
                                    << R"({"layr": 1})"
                                    << "layr";
    QTest::newRow("a list instead of an object") << "map"
                                                 << "[]"
                                                 << "map";
    QTest::newRow("a layer outside") << "map"
                                     << R"({"layer": 4})"
                                     << "layer 4";
    QTest::newRow("a negative head") << "map"
                                     << R"({"head": -1})"
                                     << "head -1";
    QTest::newRow("rows outside the text") << "map"
                                           << R"({"first_query": 38, "queries": 3})"
                                           << "row 40";
    QTest::newRow("a key after its query") << "cell"
                                           << R"({"query": 3, "key": 4})"
                                           << "keys 0 to 3";
    QTest::newRow("a key outside the window") << "cell"
                                              << R"({"layer": 1, "query": 30, "key": 14})"
                                              << "keys 15 to 30";
    QTest::newRow("a query outside the text") << "cell"
                                              << R"({"query": 40, "key": 0})"
                                              << "query 40";
    QTest::newRow("a position outside the text") << "rollout"
                                                 << R"({"position": 40})"
                                                 << "position 40";
    QTest::newRow("a residual above 1") << "rollout"
                                        << R"({"residual": 1.5})"
                                        << "residual";
    QTest::newRow("a reduction that is none") << "rollout"
                                              << R"({"reduce": "sum"})"
                                              << "reduce";
    QTest::newRow("thumbnails of no size") << "thumbnails"
                                           << R"({"size": 0})"
                                           << "size";
    QTest::newRow("edits that are none") << "intervention"
                                         << R"({"edits": "ablate x"})"
                                         << "'x'";
}

void TestAttentionQuestions::wrongQuestionsAreNamed()
{
    QFETCH(QString, what);
    QFETCH(QString, arguments);
    QFETCH(QString, said);
    const Config config = attention_config(fixture("gpt-neo-local"), Expected("gpt-neo-local").ids());
    const auto answer = ask(config, what.toStdString(), *parse_json(arguments.toStdString(), "test"));
    QVERIFY(!answer.ok());
    QVERIFY2(answer.error().message.find(said.toStdString()) != std::string::npos, answer.error().message.c_str());
}

QTEST_APPLESS_MAIN(TestAttentionQuestions)
#include "test_attention_questions.moc"
