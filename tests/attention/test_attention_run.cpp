// SPDX-License-Identifier: GPL-3.0-or-later
// Runs of the Attention bench against the fixtures' reference maps and against the model itself.
#include "core/record/codec.h"
#include "core/record/folds.h"
#include "tests/attention/bench_testing.h"

#include <QElapsedTimer>
#include <QTemporaryDir>

#include <thread>

using namespace timberline;
using namespace timberline::run;
using namespace timberline::run::testing;

namespace {

double entropy_of(const float* row, std::int64_t count)
{
    double sum = 0, out = 0;
    for (std::int64_t i = 0; i < count; ++i) {
        sum += static_cast<double>(row[i]);
    }
    for (std::int64_t i = 0; i < count; ++i) {
        const double p = static_cast<double>(row[i]) / sum;
        out -= p > 0 ? p * std::log(p) : 0;
    }
    return out;
}

class Script final : public RunControl
{
public:
    std::map<std::int32_t, ConfigEvent> at;
    std::vector<std::int32_t> asked;
    std::vector<ConfigEvent> take_changes(std::int32_t moment) override
    {
        asked.push_back(moment);
        return at.contains(moment) ? std::vector<ConfigEvent>{at[moment]} : std::vector<ConfigEvent>{};
    }
};

}  // namespace

class TestAttentionRun : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void headsCsvIsTheReferenceMaps_data() { add_fixtures(); }
    void headsCsvIsTheReferenceMaps();
    void generatedRowsEqualOnePass();
    void textEqualsPlainDecoding_data();
    void textEqualsPlainDecoding();
    void tokensAreRatedByTheLawBefore();
    void recordsSurviveTheFile();
    void recordsRepeat();
    void undoneEditsChangeNothing();
    void keptMapsAreTheAnswers();
    void liveEditsHoldFromTheirToken();
    void cancelKeepsWhatIsThere();
    void wrongRunsAreNamed_data();
    void wrongRunsAreNamed();
    void aSingleTokenIsHonest();
};

void TestAttentionRun::headsCsvIsTheReferenceMaps()
{
    QFETCH(QString, model);
    const std::string name = model.toStdString();
    const Expected expected(name);
    const auto record = run_of(attention_config(fixture(name), expected.ids()));
    const AttentionFold fold(*record);
    QCOMPARE(fold.left_out(), 0);
    QCOMPARE(fold.positions(), kTokens);
    const auto* setup = fold.setup();
    QVERIFY(setup != nullptr);

    const QStringList lines = QString::fromStdString(record::heads_csv(*record)).split('\n', Qt::SkipEmptyParts);
    QCOMPARE(lines.front(), "layer,head,position,entropy_nats,visible,sink,distance");
    QCOMPARE(lines.size(), 1 + setup->layers * setup->heads * kTokens);
    qsizetype line = 1;
    double farthest = 0;
    for (std::int32_t layer = 0; layer < setup->layers; ++layer) {
        const auto maps = expected.floats("attention." + std::to_string(layer));  // [2, H, T, T], text 0 first
        const std::int32_t window = setup->window[static_cast<std::size_t>(layer)];
        for (std::int32_t head = 0; head < setup->heads; ++head) {
            for (std::int64_t position = 0; position < kTokens; ++position, ++line) {
                const QStringList cells = lines[line].split(',');
                QCOMPARE(cells[0].toInt(), layer);
                QCOMPARE(cells[1].toInt(), head);
                QCOMPARE(cells[2].toInt(), static_cast<int>(position));
                const float* const row = maps.data() + (head * kTokens + position) * kTokens;
                double distance = 0;
                for (std::int64_t key = 0; key <= position; ++key) {
                    distance += static_cast<double>(row[key]) * static_cast<double>(position - key);
                }
                farthest =
                    std::max({farthest, std::abs(cells[3].toDouble() - entropy_of(row, kTokens)),
                              std::abs(cells[5].toDouble() - static_cast<double>(row[0])), std::abs(cells[6].toDouble() - distance) / 10});
                QCOMPARE(cells[4].toInt(), static_cast<int>(window > 0 ? std::min<std::int64_t>(window, position + 1) : position + 1));
            }
        }
    }
    QVERIFY2(farthest < 1e-4, qPrintable(QString::number(farthest)));
    if (name == "gpt-neo-local") {
        QCOMPARE(setup->window, (std::vector<std::int32_t>{0, 16, 0, 16}));
    }
}

void TestAttentionRun::generatedRowsEqualOnePass()
{
    const Expected expected("llama-gqa");
    const auto ids = expected.ids();
    const auto grown = run_of(attention_config(fixture("llama-gqa"), {ids.begin(), ids.begin() + 7}, 70));
    const AttentionFold first(*grown);
    QCOMPARE(first.positions(), 77);
    QCOMPARE(blocks(*grown, "attention-rows").size(), std::size_t{71});
    QCOMPARE(AttentionFold(*grown, 9).positions(), 17);  // scrubbed to token 9
    QCOMPARE(AttentionFold(*grown, -1).positions(), 7);
    const auto whole = run_of(attention_config(fixture("llama-gqa"), first.tokens()));
    const AttentionFold second(*whole);
    QVERIFY(first.tokens() == second.tokens());
    for (std::int32_t layer = 0; layer < first.layers(); ++layer) {
        for (std::int32_t head = 0; head < first.heads(); ++head) {
            for (const auto field : {&AttentionRows::entropy, &AttentionRows::sink, &AttentionRows::distance, &AttentionRows::induction,
                                     &AttentionRows::previous}) {
                QVERIFY(first.along(field, layer, head) == second.along(field, layer, head));  // bit for bit
            }
            QVERIFY(first.visible_along(layer, head) == second.visible_along(layer, head));
        }
    }
}

void TestAttentionRun::textEqualsPlainDecoding_data()
{
    QTest::addColumn<double>("temperature");
    QTest::newRow("greedy") << 0.0;
    QTest::newRow("sampled with the same seed") << 0.9;
}

void TestAttentionRun::textEqualsPlainDecoding()
{
    QFETCH(double, temperature);
    Config config = attention_config("bundled:tale", {0, 1902, 331, 553, 259, 566}, 24);
    config.sampling.temperature = temperature;
    const auto tokens = AttentionFold(*run_of(config)).tokens();
    config.bench = "draft";
    config.settings.clear();
    const auto plain = record::generated_ids(*run_of(config));
    QVERIFY(std::vector<TokenId>(tokens.begin() + 6, tokens.end()) == plain);
}

void TestAttentionRun::tokensAreRatedByTheLawBefore()
{
    const Expected expected("gpt2");
    const auto ids = expected.ids();
    const AttentionFold fold(*run_of(attention_config(fixture("gpt2"), ids)));
    const auto logits = expected.floats("logits");  // [2, 40, V]
    const std::size_t vocabulary = logits.size() / 80;
    const auto surprisal = fold.text_along(&AttentionRows::surprisal);
    const auto entropy = fold.text_along(&AttentionRows::next_entropy);
    QVERIFY(std::isnan(surprisal[0]));
    double total = 0;
    for (std::size_t t = 0; t < kTokens; ++t) {
        const float* const row = logits.data() + t * vocabulary;
        const double top = static_cast<double>(*std::max_element(row, row + vocabulary));
        double sum = 0;
        for (std::size_t v = 0; v < vocabulary; ++v) {
            sum += std::exp(static_cast<double>(row[v]) - top);
        }
        const double log_sum = top + std::log(sum);
        double h = 0;
        for (std::size_t v = 0; v < vocabulary; ++v) {
            const double lp = static_cast<double>(row[v]) - log_sum;
            h -= std::exp(lp) * lp;
        }
        QVERIFY(std::abs(static_cast<double>(entropy[t]) - h) < 1e-4);
        if (t + 1 < kTokens) {
            const double wanted = log_sum - static_cast<double>(row[ids[t + 1]]);
            QVERIFY(std::abs(static_cast<double>(surprisal[t + 1]) - wanted) < 1e-4);
            total += wanted;
        }
    }
    QVERIFY(std::abs(fold.perplexity() / std::exp(total / 39) - 1) < 1e-4);
}

void TestAttentionRun::recordsSurviveTheFile()
{
    Config config = with_edits(attention_config("bundled:tale", {0, 1902, 331, 553}, 5), "scale 0.0 0.5; ablate 3.2");
    const auto record = run_of(config);
    const QTemporaryDir folder;
    const std::filesystem::path file = folder.filePath("record.tlrun").toStdString();
    QVERIFY(record::save(*record, file).ok());
    const auto loaded = record::load(file);
    QVERIFY2(loaded.ok(), loaded.ok() ? "" : loaded.error().message.c_str());
    std::string difference;
    QVERIFY2(record::equal_but_times(*record, **loaded, &difference), difference.c_str());
    QCOMPARE(record::heads_csv(**loaded), record::heads_csv(*record));
    const AttentionFold fold(**loaded);
    QCOMPARE(fold.positions(), 9);
    QVERIFY(fold.setup()->edits == (std::vector<std::string>{"scale 0.0 0.5", "ablate 3.2"}));
    QCOMPARE(fold.effects().size(), std::size_t{1});
}

void TestAttentionRun::recordsRepeat()
{
    Config config = with_edits(attention_config("bundled:tale", {0, 1902, 331, 553}, 12), "temperature 4.* 2");
    config.sampling.temperature = 0.8;
    config.threads = 1;
    std::string difference;
    QVERIFY2(record::equal_but_times(*run_of(config), *run_of(config), &difference), difference.c_str());
}

void TestAttentionRun::undoneEditsChangeNothing()
{
    const Config plain = attention_config("bundled:tale", {0, 1902, 331, 553, 259, 566}, 8);
    const AttentionFold original(*run_of(plain));
    const AttentionFold edited(*run_of(with_edits(plain, "ablate 0.*; ablate 1.*")));
    const AttentionFold undone(*run_of(with_edits(plain, "ablate 0.*; ablate 1.*; scale 0-1.* 1")));
    QVERIFY(original.along(&AttentionRows::entropy, 5, 1) != edited.along(&AttentionRows::entropy, 5, 1));
    for (std::int32_t layer = 0; layer < original.layers(); ++layer) {
        QVERIFY(original.along(&AttentionRows::entropy, layer, 1) == undone.along(&AttentionRows::entropy, layer, 1));
    }
    QVERIFY(original.text_along(&AttentionRows::next_entropy) == undone.text_along(&AttentionRows::next_entropy));
    QVERIFY(original.tokens() == undone.tokens());
}

void TestAttentionRun::keptMapsAreTheAnswers()
{
    const Expected expected("gpt2");
    Config config = attention_config(fixture("gpt2"), expected.ids());
    config.settings["keep_maps"] = std::int64_t{40};
    const auto record = run_of(config);
    const auto kept = blocks(*record, "attention-map");
    QCOMPARE(kept.size(), std::size_t{16});
    const auto map = record::attention_map_from(*kept[2 * 4 + 1]);
    const auto asked = record::attention_map_from(*ask(config, "map", {{"layer", 2}, {"head", 1}}));
    QVERIFY(map->layer == 2 && map->head == 1 && map->weights == asked->weights && map->visible_begin == asked->visible_begin);
    config.settings["keep_maps"] = std::int64_t{39};
    QVERIFY(blocks(*run_of(config), "attention-map").empty());
}

void TestAttentionRun::liveEditsHoldFromTheirToken()
{
    Config config = attention_config("bundled:tale", {0, 1902, 331, 553}, 10);
    Script script;
    script.at[4] = {.round = 4, .set = {{"edits", std::string("ablate 0.*")}}, .choose = {}, .force_node = {}};
    script.at[6] = {
        .round = 6, .set = {{"edits", std::string("ablate 99.0")}}, .choose = {}, .force_node = {}};  // refused, the run goes on
    script.at[8] = {.round = 8, .set = {}, .choose = {{"variant", "lssar"}}, .force_node = {}};
    const auto record = run_of(config, &script);
    QCOMPARE(script.asked, (std::vector<std::int32_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
    const AttentionFold fold(*record);
    QCOMPARE(fold.setups().size(), std::size_t{3});
    QCOMPARE(fold.setups()[1].moment, 4);
    QVERIFY(fold.setups()[1].edits == std::vector<std::string>{"ablate 0.*"});
    QVERIFY(fold.setups()[2].what_if && fold.setups()[2].variant == "lssar");
    QCOMPARE(record::changes(*record).size(), std::size_t{2});
    // Rows before are those of the unchanged run, the row of token 4 is not.
    const AttentionFold plain(*run_of(config));
    const auto a = plain.along(&AttentionRows::entropy, 3, 0), b = fold.along(&AttentionRows::entropy, 3, 0);
    QVERIFY(std::equal(a.begin(), a.begin() + 8, b.begin()));
    QVERIFY(a[8] != b[8]);
    // The saved config replays it.
    const auto engine = make_engine();
    const auto saved = parse_config(*parse_json(record::run_started(*record)->config_json, "saved"), engine->methods(), "saved");
    QVERIFY2(saved.ok(), saved.ok() ? "" : saved.error().message.c_str());
    const AttentionFold replayed(*run_of(*saved));
    QVERIFY(replayed.along(&AttentionRows::entropy, 3, 0) == b);
    QVERIFY(replayed.tokens() == fold.tokens());
}

void TestAttentionRun::cancelKeepsWhatIsThere()
{
    Config config = attention_config("bundled:tale", {0, 1902, 331, 553}, 400);
    const CancelToken cancel;
    QElapsedTimer since;
    qint64 waited = 0;
    std::thread stopper([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(150));
        since.start();
        cancel.cancel();
    });
    const auto record = run_of(config, nullptr, cancel);
    stopper.join();
    waited = since.elapsed();
    QCOMPARE(record::run_finished(*record)->reason, "cancelled");
    QVERIFY(waited < 500);  // 100 ms on an idle machine
    QVERIFY(record::heads_csv(*record).starts_with("layer,head"));
}

void TestAttentionRun::wrongRunsAreNamed_data()
{
    QTest::addColumn<QString>("edits");
    QTest::addColumn<QString>("variant");
    QTest::addColumn<QString>("said");
    QTest::newRow("an edit that is no edit") << "burn 0.0"
                                             << "softmax"
                                             << "'burn'";
    QTest::newRow("a layer that is not there") << "ablate 12.0"
                                               << "softmax"
                                               << "layers 0 to 11";
    QTest::newRow("a head that is not there") << "ablate 0.8"
                                              << "softmax"
                                              << "heads 0 to 7";
    QTest::newRow("a variant that is not there") << ""
                                                 << "sofmax"
                                                 << "sofmax";
    QTest::newRow("a swap for a variant that is not there") << "swap 0.0 nothing"
                                                            << "softmax"
                                                            << "nothing";
}

void TestAttentionRun::wrongRunsAreNamed()
{
    QFETCH(QString, edits);
    QFETCH(QString, variant);
    QFETCH(QString, said);
    Config config = with_edits(attention_config("bundled:tale", {0, 5}), edits.toStdString());
    config.methods["variant"].id = variant.toStdString();
    const auto engine = make_engine();
    NullSink sink;
    const auto record = engine->run(config, {}, sink);
    QVERIFY(!record.ok());
    QVERIFY2(record.error().message.find(said.toStdString()) != std::string::npos, record.error().message.c_str());
}

void TestAttentionRun::aSingleTokenIsHonest()
{
    Config config = attention_config("bundled:tale", {});  // an empty prompt is the BOS token
    config.settings["edits"] = std::string("ablate 0.0");
    const AttentionFold fold(*run_of(config));
    QCOMPARE(fold.positions(), 1);
    QVERIFY(std::isnan(fold.perplexity()));
    const auto summary = fold.summary(0, 0);
    QCOMPARE(summary.rows, 0);                                              // its only row sees one key
    QVERIFY(std::isnan(summary.entropy) && std::isnan(summary.induction));  // no number, not 0
    QCOMPARE(fold.sink_rate(), 0.0);
    const auto& effect = fold.effects().front();
    QVERIFY(std::isnan(effect.base_perplexity) && std::isnan(effect.base_surprisal[0]) && effect.divergence[0] >= 0);
    QCOMPARE(effect.map_cosine[0], 1.0F);
    const auto rollout = record::attention_rollout_from(*ask(config, "rollout"));
    QCOMPARE(rollout->weights, std::vector<float>(12, 1.0F));
}

QTEST_APPLESS_MAIN(TestAttentionRun)
#include "test_attention_run.moc"
