// SPDX-License-Identifier: GPL-3.0-or-later
// The bundled model: its published per-layer readings, plain decoding as the limit of never leaving, and how far a what-if from cached
// readings holds.
#include "core/base/files.h"
#include "core/record/folds.h"
#include "core/rules/exit_curves.h"
#include "core/run/engine.h"
#include "tests/exits/exit_testing.h"

#include <QtTest/QtTest>

#include <cmath>

using namespace timberline;
using namespace timberline::rules;
using record::ExitFold;
using record::KvMode;

namespace {

// Instrumented code is many times slower and looks for other mistakes: fewer prompts and settings.
#ifdef TIMBERLINE_SANITIZED
constexpr int kPrompts = 1;
const std::vector<double> kConfidences = {.7}, kEntropies = {.4}, kSaturations = {.98}, kPatiences = {4.};
#else
constexpr int kPrompts = 12;
const std::vector<double> kConfidences = {.2, .35, .5, .7, .9}, kEntropies = {.4, .6}, kSaturations = {.96, .98, .985},
                          kPatiences = {2., 4.};
#endif

run::Config exits_config(const run::Engine& engine, const std::string& text)
{
    const auto json = parse_json(text, "test");
    auto config = json.ok() ? run::parse_config(*json, engine.methods(), "test") : Result<run::Config>(json.error());
    if (!config) {
        qFatal("%s", config.error().message.c_str());
    }
    return *config;
}

std::vector<TokenId> generated(const ExitFold& fold)
{
    std::vector<TokenId> out;
    for (std::size_t row = 0; row < fold.readings().rows(); ++row) {
        if (fold.readings().moment[row] >= 0) {
            out.push_back(fold.readings().next[row]);
        }
    }
    return out;
}

struct Wish {
    std::string policy;
    Values values;
};

}  // namespace

class TestExitWhatIf : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_engine = run::make_engine();
        m_reference = Json::parse(*read_file(std::string(TIMBERLINE_FIXTURES) + "/reference.json"));
        m_full = run(config("fixed-layer", {{"layer", std::int64_t{256}}}, KvMode::Oracle, 48));
    }

    void readings_reproduce_the_reference_data()
    {
        QTest::addColumn<int>("prompt");
        for (int i = 0; i < kPrompts; ++i) {
            QTest::addRow("prompt %d", i) << i;
        }
    }
    void readings_reproduce_the_reference()
    {
        QFETCH(int, prompt);
        const Json& wanted = m_reference.at("prompts").at(static_cast<std::size_t>(prompt));
        auto config = exits_config(*m_engine, R"({"timberline": 1, "bench": "exits", "exits": {"decode": "full"}})");
        config.prompt = wanted.at("prompt").get<std::string>();
        config.max_new_tokens = 64;
        config.ignore_eos = true;
        const auto fold = run(config);
        const auto& r = fold.readings();
        const auto last = wanted.at("ids").size() - 1;
        QCOMPARE(r.position[last], static_cast<std::int32_t>(last));
        for (std::size_t layer = 0; layer < 12; ++layer) {
            const std::size_t cell = r.cell(last, layer);
            const double entropy = wanted.at("lens_entropy_nats_last").at(layer).get<double>();
            QVERIFY2(std::abs(static_cast<double>(r.entropy[cell]) - entropy) < 1e-4, qPrintable(QString::number(entropy)));
            QCOMPARE(r.top1[cell], wanted.at("lens_argmax_last").at(layer).get<int>());
        }
        for (std::size_t k = 0; k < 5; ++k) {
            const double likely = wanted.at("top5_logprob_last").at(k).at(1).get<double>();
            QCOMPARE(r.candidates(last, 11)[k], wanted.at("top5_logprob_last").at(k).at(0).get<int>());
            QVERIFY(std::abs(std::log(static_cast<double>(r.candidate_probabilities(last, 11)[k])) - likely) < 1e-4);
        }
        // The text of every layer is the published one.
        const auto text = wanted.at("greedy_new").get<std::vector<TokenId>>();
        const auto margins = wanted.at("margins").get<std::vector<double>>();
        const auto ours = generated(fold);
        for (std::size_t i = 0; i < text.size() && margins[i] >= 1e-3; ++i) {
            QCOMPARE(ours[i], text[i]);
        }
        for (std::size_t row = 0; row < r.rows(); ++row) {
            QCOMPARE(r.kl_final[r.cell(row, 11)], 0.0F);
            for (std::size_t layer = 0; layer < 11; ++layer) {
                QVERIFY(r.kl_final[r.cell(row, layer)] > 0);
            }
        }
    }

    void layers_agree_with_the_last_as_published()
    {
        // Greedy agreement of each layer with the last on generated text, over all reference prompts.
        std::vector<double> agreeing(12, 0);
        double rows = 0;
        for (const Json& prompt : m_reference.at("prompts")) {
            auto config =
                exits_config(*m_engine, R"({"timberline": 1, "bench": "exits", "exits": {"decode": "full", "measure_full": false}})");
            config.prompt = prompt.at("prompt").get<std::string>();
            config.max_new_tokens = 64;
            config.ignore_eos = true;
            const auto fold = run(config);
            const auto& readings = fold.readings();
            std::vector<record::LayerCount> counts(12);
            for (std::size_t row = 0; row < readings.rows(); ++row) {
                if (readings.moment[row] >= 0) {
                    record::count_row(readings, row, counts);
                }
            }
            QCOMPARE(counts[0].known, std::int64_t{64});
            for (std::size_t layer = 0; layer < 12; ++layer) {
                agreeing[layer] += static_cast<double>(counts[layer].agreeing);
            }
            rows += 64;
        }
        const auto published = m_reference.at("layer_agrees_with_final").get<std::vector<double>>();
        for (std::size_t layer = 0; layer < 12; ++layer) {
            const double share = agreeing[layer] / rows;
            QVERIFY2(std::abs(share - published[layer]) < 0.01, qPrintable(QString("%1 %2").arg(share).arg(published[layer])));
        }
    }

    void full_depth_is_plain_decoding_data()
    {
        QTest::addColumn<double>("temperature");
        QTest::addColumn<double>("penalty");
        QTest::newRow("greedy") << 0. << 1.;
        QTest::newRow("greedy with a repetition penalty") << 0. << 1.3;
        QTest::newRow("sampled") << .9 << 1.;
    }
    void full_depth_is_plain_decoding()
    {
        QFETCH(double, temperature);
        QFETCH(double, penalty);
        run::Config plain;
        plain.prompt = "The old house by the river";
        plain.max_new_tokens = 40;
        plain.seed = 11;
        plain.ignore_eos = true;
        plain.sampling.temperature = temperature;
        plain.sampling.repetition_penalty = penalty;
        NullSink sink;
        const auto record = m_engine->run(plain, {}, sink);
        QVERIFY(record.ok());
        for (const auto mode : exits::testing::all_modes()) {
            auto config = this->config("confidence", threshold(1), mode, 40);
            config.prompt = plain.prompt;
            config.seed = plain.seed;
            config.sampling = plain.sampling;
            const auto fold = run(config);
            QCOMPARE(generated(fold), record::generated_ids(**record));
            QCOMPARE(fold.summary()->mean_depth, 12.0);
            QCOMPARE(fold.summary()->flop_fraction, 1.0);
            QCOMPARE(fold.summary()->agreement, 1.0);
        }
    }

    void what_if_equals_the_run_data()
    {
        QTest::addColumn<int>("mode");
        QTest::addColumn<QString>("policy");
        QTest::addColumn<double>("setting");
        for (const auto mode : exits::testing::all_modes()) {
            for (const double tau : kConfidences) {
                QTest::addRow("%s, confidence %.2f", std::string(name_of(mode)).c_str(), tau)
                    << static_cast<int>(mode) << "confidence" << tau;
            }
        }
        for (const auto mode : {KvMode::Defer, KvMode::Oracle}) {
            for (const double tau : kEntropies) {
                QTest::addRow("%s, entropy %.2f", std::string(name_of(mode)).c_str(), tau) << static_cast<int>(mode) << "entropy" << tau;
            }
            for (const double tau : kSaturations) {
                QTest::addRow("%s, saturation %.3f", std::string(name_of(mode)).c_str(), tau)
                    << static_cast<int>(mode) << "saturation" << tau;
            }
            for (const double patience : kPatiences) {
                QTest::addRow("%s, patience %.0f", std::string(name_of(mode)).c_str(), patience)
                    << static_cast<int>(mode) << "patience" << patience;
            }
        }
    }
    void what_if_equals_the_run()
    {
        QFETCH(int, mode);
        QFETCH(QString, policy);
        QFETCH(double, setting);
        const auto wanted = static_cast<KvMode>(mode);
        const Values values = policy == "patience" ? Values{{"patience", static_cast<std::int64_t>(setting)}} : threshold(setting);
        const auto& facts = *m_full.run();
        const auto& base = m_full.readings();
        const auto rule = ExitRule::make(policy.toStdString(), values, facts);
        const auto plan = decide_exits(base, *rule, facts);
        QVERIFY(plan.ok());
        const auto stale = first_stale_row(base, *plan, facts, wanted);
        const auto again = run(config(policy.toStdString(), values, wanted, 48));
        const auto& r = again.readings();
        const std::size_t end = stale.value_or(std::min(base.rows(), r.rows()));
        for (std::size_t row = 0; row < end; ++row) {
            QCOMPARE(r.exit[row], plan->exit[row]);
            const auto exit_cell = r.cell(row, static_cast<std::size_t>(r.exit[row] - 1));
            if (r.moment[row] >= 0) {
                QCOMPARE(r.next[row], base.emits[exit_cell]);
            }
            for (std::size_t layer = 0; layer < static_cast<std::size_t>(r.exit[row]); ++layer) {
                QCOMPARE(r.probability[r.cell(row, layer)], base.probability[base.cell(row, layer)]);
                QCOMPARE(r.entropy[r.cell(row, layer)], base.entropy[base.cell(row, layer)]);
            }
        }
        // Where it ends is predicted exactly.
        std::size_t first = 0;
        while (first < base.rows() &&
               (base.moment[first] < 0 || (is_exact(wanted) ? r.next[first] == base.next[first] : r.exit[first] == 12))) {
            ++first;
        }
        QCOMPARE(stale.value_or(base.rows()), std::min(first + 1, base.rows()));
    }

    void a_what_if_from_an_early_run()
    {
        // Shadows of an exact run are as good as a full one: from it, full depth can be asked for up to the first token that differed.
        const auto early = run(config("confidence", threshold(.35), KvMode::Defer, 48));
        const auto& r = early.readings();
        ExitRule never = *ExitRule::make("confidence", threshold(1), *early.run());
        const auto plan = decide_exits(r, never, *early.run());
        const auto stale = first_stale_row(r, *plan, *early.run(), KvMode::Oracle);
        const auto full = m_full.readings();
        std::size_t same = 0;
        while (same < r.rows() && r.next[same] == full.next[same]) {
            ++same;
        }
        QVERIFY(same < r.rows());
        QCOMPARE(stale.value_or(0), same + 1);
        for (std::size_t cell = 0; cell < (same + 1) * 12; ++cell) {
            QCOMPARE(r.entropy[cell], full.entropy[cell]);
        }
    }

    void the_summary_says_what_the_readings_say()
    {
        const auto fold = run(config("confidence", threshold(.35), KvMode::Defer, 48));
        const auto& r = fold.readings();
        ExitPlan plan;
        plan.exit = r.exit;
        plan.heads = r.heads;
        const auto rule = *ExitRule::make("confidence", threshold(.35), *fold.run());
        for (const auto exit : r.exit) {
            plan.look_flops.push_back(look_flops(rule, *fold.run(), exit));
        }
        const auto seen = outcome(r, plan, *fold.run(), KvMode::Defer);
        QCOMPARE(seen.mean_depth, fold.summary()->mean_depth);
        QVERIFY(std::abs(seen.flop_fraction - fold.summary()->flop_fraction) < 1e-12);
        QVERIFY(std::abs(seen.agreement - fold.summary()->agreement) < 1e-12);  // exact caches: the shadow is the full model
        QVERIFY(std::abs(seen.nll - fold.summary()->nll) < 1e-12);
        QVERIFY(std::abs(seen.full_nll - fold.summary()->full_nll) < 1e-6);
        QVERIFY(fold.summary()->ms_per_token > 0 && fold.summary()->full_ms_per_token > 0);
        QVERIFY(seen.mean_depth < 12 && seen.agreement < 1);
        // Tags: what a later token needed is filled, what nobody needed waits.
        const auto filled = std::ranges::count(r.source, record::KvSource::Filled);
        const auto pending = std::ranges::count(r.source, record::KvSource::Pending);
        std::int64_t skipped = 0;
        for (std::size_t row = 0; row < r.rows(); ++row) {
            skipped += 12 - r.exit[row];
        }
        QCOMPARE(filled + pending, skipped);
        QVERIFY(filled > 0);
    }

    void the_same_config_gives_the_same_record()
    {
        NullSink sink;
        const auto wish = config("confidence", threshold(.4), KvMode::Propagate, 16);
        const auto a = m_engine->run(wish, {}, sink);
        const auto b = m_engine->run(wish, {}, sink);
        std::string difference;
        QVERIFY2(record::equal_but_times(**a, **b, &difference), difference.c_str());
    }

    void exits_in_the_prompt()
    {
        auto wish = config("fixed-layer", {{"layer", std::int64_t{6}}}, KvMode::Propagate, 4);
        wish.settings["exit_in_prompt"] = true;
        const auto fold = run(wish);
        QVERIFY(std::ranges::all_of(fold.readings().exit, [](int exit) { return exit == 6; }));
        QCOMPARE(fold.readings().moment[0], -1);
        QCOMPARE(fold.readings().next[0], fold.readings().token[1]);
    }

    void thresholds_move_between_tokens()
    {
        auto wish = config("fixed-layer", {{"layer", std::int64_t{256}}}, KvMode::Oracle, 8);
        wish.events = {{.round = 3, .set = {{"layer", std::int64_t{2}}}, .choose = {}, .force_node = {}},
                       {.round = 6, .set = {{"exits.earliest", std::int64_t{5}}}, .choose = {}, .force_node = {}}};
        NullSink sink;
        const auto record = m_engine->run(wish, {}, sink);
        QVERIFY2(record.ok(), record.ok() ? "" : record.error().message.c_str());
        const auto fold = ExitFold::of(**record);
        for (std::size_t row = 0; row < fold.readings().rows(); ++row) {
            const auto moment = fold.readings().moment[row];
            QCOMPARE(fold.readings().exit[row], moment < 3 ? 12 : moment < 6 ? 2 : 5);
        }
        QCOMPARE(record::changes(**record).size(), std::size_t{2});
    }

    void a_calibrated_threshold_holds()
    {
        // 60 prompts would be needed for a certificate without a failure at delta = epsilon = 0.05 (0.95^59 <= 0.05); with 20 prompts delta
        // must be larger.
        auto wish = config("saturation", threshold(.98), KvMode::Defer, 8);
        Json prompts = Json::array();
        for (const char* start : {"The king",  "A boy",     "One day",     "It was",  "She said",  "In the wood", "The sea",
                                  "My father", "A fox",     "The wind",    "He took", "They went", "At night",    "The queen",
                                  "Once",      "There was", "The old man", "A bird",  "The ship",  "I saw"}) {
            prompts.push_back(start);
        }
        NullSink sink;
        run::BenchQuery query{.what = "calibrate",
                              .arguments = {{"prompts", prompts}, {"delta", .2}, {"epsilon", .05}, {"step", .01}, {"new_tokens", 8}},
                              .record = {}};
        const auto answer = m_engine->query(wish, query, {}, sink);
        QVERIFY2(answer.ok(), answer.ok() ? "" : answer.error().message.c_str());
        const auto read = record::threshold_calibration_from(*answer);
        QVERIFY2(read.ok(), read.ok() ? "" : read.error().message.c_str());
        QCOMPARE(read->grid[0], 1.0);
        QCOMPARE(read->loss[0], 0.0);
        QVERIFY(std::abs(read->p[0] - std::pow(.8, 20)) < 1e-12);
        QVERIFY(read->exact && read->accepted[0] == 1 && read->prompts == 20);
        // The certified threshold is the last one of the walk that passed.
        std::size_t last = 0;
        while (last + 1 < read->grid.size() && read->accepted[last + 1] == 1) {
            ++last;
        }
        QCOMPARE(read->lambda, read->grid[last]);
        QVERIFY(read->tested[last + 1] == 1 && read->p[last + 1] > .05);
        wish.settings["kv_mode"] = std::string("propagate");
        QVERIFY(!m_engine->query(wish, query, {}, sink).ok());
        query.what = "calibrat";
        QVERIFY(QString::fromStdString(m_engine->query(wish, query, {}, sink).error().hint).contains("calibrate"));
    }

private:
    static Values threshold(double tau)
    {
        return {{"threshold", tau}, {"thresholds", std::vector<double>{}}, {"decay", std::string("none")}, {"decay_rate", 4.0}};
    }

    run::Config config(const std::string& policy, const Values& values, KvMode mode, std::int64_t tokens)
    {
        auto out = exits_config(*m_engine, R"({"timberline": 1, "bench": "exits", "prompt": "Once upon a time", "ignore_eos": true})");
        out.methods["policy"] = {policy, values};
        out.settings["kv_mode"] = std::string(name_of(mode));
        out.max_new_tokens = tokens;
        return out;
    }

    ExitFold run(const run::Config& config)
    {
        NullSink sink;
        const auto record = m_engine->run(config, {}, sink);
        if (!record) {
            qFatal("%s", record.error().message.c_str());
        }
        const auto* finished = record::run_finished(**record);
        if (finished == nullptr || finished->reason != "length") {
            qFatal("%s", finished == nullptr ? "not finished" : finished->message.c_str());
        }
        return ExitFold::of(**record);
    }

    std::unique_ptr<run::Engine> m_engine;
    Json m_reference;
    ExitFold m_full;
};

QTEST_APPLESS_MAIN(TestExitWhatIf)
#include "test_exit_what_if.moc"
