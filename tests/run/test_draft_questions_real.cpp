// SPDX-License-Identifier: GPL-3.0-or-later
// Questions about a Draft run, asked of the engine with the bundled model.

#include "core/record/draft_answers.h"
#include "core/record/folds.h"
#include "core/rules/layer_drafts.h"
#include "core/run/engine.h"

#include <QTest>

#include <cmath>

using namespace timberline;

class TestDraftQuestionsReal : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void walksFollowRoundsByHand();
    void theRuleInUseIsCertified_data();
    void theRuleInUseIsCertified();
    void aPlantedRuleIsFlagged();
    void firstTokensFollowTheTargetsLaw();
    void layersAcceptWhatSelfSpeculationAccepts();
    void questionsSayWhatIsWrongWithThem();

private:
    run::Config config(const std::string& text) const
    {
        auto parsed = run::parse_config(parse_json(text, "test").value(), m_engine->methods(), "test");
        return std::move(parsed).value();
    }
    Result<record::Block> ask(const run::Config& config, const std::string& what, Json arguments, record::RecordPtr record = nullptr) const
    {
        NullSink sink;
        return m_engine->query(config, {.what = what, .arguments = std::move(arguments), .record = std::move(record)}, {}, sink);
    }
    std::unique_ptr<run::Engine> m_engine = run::make_engine();
};

namespace {

constexpr const char* kPlain = R"({"timberline": 1, "bench": "draft", "model": "bundled:tale", "prompt": "Once upon a time",
 "max_new_tokens": 48, "sampling": {"temperature": 0}, "method": {"drafter": {"id": "plain"}}})";
constexpr const char* kChain = R"({"timberline": 1, "bench": "draft", "model": "bundled:tale", "draft_model": "bundled:tale-draft",
 "prompt": "Once upon a time", "max_new_tokens": 8, "sampling": {"temperature": 1, "top_k": 8},
 "method": {"drafter": {"id": "draft-model-chain", "values": {"draft_length": 2}}}})";

}  // namespace

void TestDraftQuestionsReal::walksFollowRoundsByHand()
{
    // 1 1 0 | 1 1 (1) … with length 2: {1 1 +1}, {1 1 +1}; the third token is the target's own, right or wrong.
    const std::vector<std::uint8_t> agrees{1, 1, 0, 0, 1, 1, 1};
    const auto two = rules::walk_text(agrees, 2);
    QCOMPARE(two.passes, 3);     // 1 1 + t | 0 + t | 1 1 1 -> drafts 2, + t
    QCOMPARE(two.committed, 7);  // 3 + 1 + 3
    QCOMPARE(two.accepted, 4);
    QCOMPARE(two.drafted, 6);
    const auto eight = rules::walk_text(agrees, 8);
    QCOMPARE(eight.passes, 3);  // 1 1 + t | + t | 1 1 1 to the end
    QCOMPARE(eight.committed, 7);
    QCOMPARE(eight.accepted, 5);
    QCOMPARE(eight.drafted, 7 + 4 + 3);
    QCOMPARE(rules::walk_text({}, 3).passes, 0);
}

void TestDraftQuestionsReal::theRuleInUseIsCertified_data()
{
    QTest::addColumn<QString>("id");
    for (const auto& entry : m_engine->methods().entries()) {
        if (entry.info.family == "acceptance rule") {
            QTest::newRow(entry.info.id.c_str()) << QString::fromStdString(entry.info.id);
        }
    }
}

void TestDraftQuestionsReal::theRuleInUseIsCertified()
{
    QFETCH(QString, id);
    auto chain = config(kChain);
    chain.acceptance = {id.toStdString(), {}};
    const auto block = ask(chain, "certificate", Json::object());
    QVERIFY2(block.ok(), block.ok() ? "" : block.error().message.c_str());
    const auto answer = record::certificate_from(*block);
    QVERIFY(answer.ok());
    QCOMPARE(answer->rule, id.toStdString());
    int kept = 0;
    for (const auto& world : answer->worlds) {
        if (world.promised) {  // branches, two levels, every way to draw that the rule takes
            QVERIFY2(world.exact, qPrintable(id + ": " + QString::fromStdString(world.kind)));
            ++kept;
        }
    }
    const bool lossy = (*m_engine->methods().find("acceptance rule", id.toStdString()))->info.lossless == Lossless::No;
    QVERIFY(kept > 0 || lossy);
}

void TestDraftQuestionsReal::aPlantedRuleIsFlagged()
{
    const auto block = ask(config(kChain), "certificate", Json{{"rule", "lucky-draw"}});
    const auto answer = record::certificate_from(block.value());
    QVERIFY(answer.ok());
    QVERIFY(!answer->worlds.at(0).exact);
    QVERIFY(std::abs(answer->worlds[0].emitted[0] - 0.75) < 1e-9);
}

void TestDraftQuestionsReal::firstTokensFollowTheTargetsLaw()
{
#ifdef TIMBERLINE_SANITIZED
    constexpr int kDraws = 60;
#else
    constexpr int kDraws = 600;
#endif
    const auto answer = record::first_token_check_from(ask(config(kChain), "first-tokens", Json{{"draws", kDraws}}).value());
    QVERIFY(answer.ok());
    QVERIFY(answer->lossless && !answer->greedy);
    QVERIFY(answer->tokens.size() <= 8);  // top-k 8 leaves no other
    QVERIFY2(answer->p_value > 1e-3, qPrintable(QString::number(answer->p_value)));
    auto greedy = config(kChain);
    greedy.sampling.temperature = 0;
    const auto certain = record::first_token_check_from(ask(greedy, "first-tokens", Json{{"draws", 3}}).value());
    QVERIFY(certain->greedy);
    QCOMPARE(certain->tokens.size(), 1U);
    QCOMPARE(certain->counts.at(0), 3);
}

void TestDraftQuestionsReal::layersAcceptWhatSelfSpeculationAccepts()
{
    NullSink sink;
    const auto plain = m_engine->run(config(kPlain), {}, sink);
    QVERIFY(plain.ok());
    const auto answer = record::layer_acceptance_from(ask(config(kPlain), "layer-acceptance", Json{{"lengths", 6}}, *plain).value());
    QVERIFY(answer.ok());
    QCOMPARE(answer->layers, 12);
    QCOMPARE(answer->committed.size(), static_cast<std::size_t>(11 * 6));
    const auto at = [&](const std::vector<double>& of, int layer, int length) { return of[answer->cell(layer, length)]; };
    for (const double cost : answer->cost) {
        QVERIFY(cost >= at(answer->cost, answer->best_layer, answer->best_length));
    }
    // Three cells against real self-speculative runs: the same tokens a pass, to the token.
    for (const auto& [layer, length] : {std::pair{4, 2}, {8, 4}, {11, 6}}) {
        const auto real = config(R"({"timberline": 1, "bench": "draft", "model": "bundled:tale", "prompt": "Once upon a time",
 "max_new_tokens": 48, "sampling": {"temperature": 0}, "method": {"drafter": {"id": "self-speculation", "values": {"exit_layer": )" +
                                 std::to_string(layer) + R"(, "draft_length": )" + std::to_string(length) + "}}}}");
        const auto run = m_engine->run(real, {}, sink);
        QVERIFY2(run.ok(), run.ok() ? "" : run.error().message.c_str());
        QCOMPARE(record::generated_ids(**run), record::generated_ids(**plain));
        const double expected = record::accepted_per_pass(**run).value();
        QVERIFY2(
            std::abs(at(answer->committed, layer, length) - expected) < 1e-9,
            qPrintable(
                QString("layer %1, length %2: %3, run %4").arg(layer).arg(length).arg(at(answer->committed, layer, length)).arg(expected)));
    }
}

void TestDraftQuestionsReal::questionsSayWhatIsWrongWithThem()
{
    QVERIFY(ask(config(kPlain), "certifikate", Json::object()).error().hint.find("certificate") != std::string::npos);
    QVERIFY(ask(config(kPlain), "certificate", Json{{"rule", "lucky"}}).error().message.find("no planted rule") != std::string::npos);
    QVERIFY(ask(config(kPlain), "first-tokens", Json{{"draws", 0}}).error().message.find("draws") != std::string::npos);
    QVERIFY(ask(config(kPlain), "layer-acceptance", Json::object()).error().message.find("no text") != std::string::npos);
    record::Block damaged =
        to_block(record::LayerAcceptance{.layers = 2, .lengths = 1, .tokens = 1, .committed = {1}, .acceptance = {1}, .cost = {}});
    QVERIFY(!record::layer_acceptance_from(damaged).ok());
}

QTEST_GUILESS_MAIN(TestDraftQuestionsReal)
#include "test_draft_questions_real.moc"
