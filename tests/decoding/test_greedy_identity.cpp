// SPDX-License-Identifier: GPL-3.0-or-later
// Greedy speculative decoding writes what plain greedy decoding writes, for every drafter shape; and both write what another implementation
// (reference.json, Hugging Face in float32) writes.
#include "tests/decoding/decode_helpers.h"

#include "core/base/compute_threads.h"

#include <QtTest/QtTest>

using namespace timberline;
using namespace timberline::test;

Q_DECLARE_METATYPE(decoding::RoundSettings)

namespace {

/// Length of the runs of random models; instrumented code is many times slower.
#ifdef TIMBERLINE_SANITIZED
constexpr std::int64_t kRandomTokens = 12;
#else
constexpr std::int64_t kRandomTokens = 60;
#endif

constexpr auto kFixtures = TIMBERLINE_FIXTURES;

/// The first generated token whose round had a tie, or -1: up to there two correct implementations must agree.
std::int64_t first_tie(const record::Record& record)
{
    std::int64_t position = 0;
    for (const record::Round* round : record::rounds(record)) {
        if (round->tie) {
            return position;
        }
        position += round->kept;
    }
    return -1;
}

/// Empty when `ids` equal `plain` up to the first tie, else where they part.
QString difference(const std::vector<TokenId>& ids, const std::vector<TokenId>& plain, std::int64_t tie)
{
    for (std::size_t i = 0; i < plain.size(); ++i) {
        if (tie >= 0 && static_cast<std::int64_t>(i) >= tie) {
            return {};
        }
        if (i >= ids.size() || ids[i] != plain[i]) {
            return QString("token %1: got %2, expected %3").arg(i).arg(i < ids.size() ? ids[i] : -1).arg(plain[i]);
        }
    }
    return ids.size() == plain.size() ? QString() : QString("got %1 tokens, expected %2").arg(ids.size()).arg(plain.size());
}

/// Reference prompts of the comparisons with other implementations; instrumented code looks for mistakes in memory, which two show.
std::vector<ReferencePrompt> reference_prompts()
{
    auto prompts = read_reference(kFixtures).prompts;
#ifdef TIMBERLINE_SANITIZED
    prompts.resize(2);
#endif
    return prompts;
}

constexpr int kDrafterPrompts = 5;
constexpr int kOtherPrompts = 2;

void add_drafters()
{
    for (const std::int64_t length : {1, 2, 3, 4, 5, 6, 7, 8}) {
        QTest::addRow("a chain of %d", static_cast<int>(length))
            << settings("draft-model-chain", {{"draft_length", length}}) << kDrafterPrompts;
    }
    QTest::addRow("a chain that draws at temperature 0.7")
        << settings("draft-model-chain", {{"draft_temperature", 0.7}}) << kDrafterPrompts;
    for (const std::string shape : {"dynamic", "top-k", "sampled-without-replacement", "sampled-with-replacement"}) {
        QTest::addRow("a tree, %s", shape.c_str()) << settings("draft-model-tree", {{"shape", shape}}) << kDrafterPrompts;
        QTest::addRow("a tree, %s, small", shape.c_str())
            << settings("draft-model-tree", {{"shape", shape}, {"draft_length", std::int64_t{2}}, {"total_nodes", std::int64_t{5}}})
            << kDrafterPrompts;
        QTest::addRow("a tree, %s, 7 levels, 40 nodes, wide", shape.c_str())
            << settings("draft-model-tree", {{"shape", shape},
                                             {"draft_length", std::int64_t{7}},
                                             {"total_nodes", std::int64_t{40}},
                                             {"top_k", std::int64_t{6}},
                                             {"branching", std::vector<std::int64_t>{4, 2, 2, 1}}})
            << kDrafterPrompts;
    }
    decoding::RoundSettings compared = settings("draft-model-tree", {{"shape", std::string("top-k")}});
    compared.acceptance = method("acceptance rule", "sample-and-compare");
    QTest::addRow("a tree under sample-and-compare") << compared << kDrafterPrompts;
    decoding::RoundSettings penalised = settings("draft-model-tree");
    penalised.sampling.repetition_penalty = 1.3;
    penalised.sampling.no_repeat_ngram = 3;
    QTest::addRow("a tree with repetition penalty and n-gram ban") << penalised << kDrafterPrompts;
}

/// Rules that decide about whole paths or by another threshold: at temperature 0 all of them match the target's likeliest token.
void add_acceptance_rules()
{
    const auto row = [](const char* name, decoding::RoundSettings settings, const char* rule) {
        settings.acceptance = method("acceptance rule", rule);
        QTest::addRow("%s under %s", name, rule) << settings << kOtherPrompts;
    };
    for (const char* rule : {"block", "traversal", "typical"}) {
        row("a chain", settings("draft-model-chain"), rule);
        row("a chain that draws at temperature 0.7", settings("draft-model-chain", {{"draft_temperature", 0.7}}), rule);
    }
    for (const char* rule : {"traversal", "typical"}) {
        for (const std::string shape : {"dynamic", "top-k", "sampled-without-replacement", "sampled-with-replacement"}) {
            row(("a tree, " + shape + ",").c_str(), settings("draft-model-tree", {{"shape", shape}}), rule);
        }
    }
}

void add_controllers()
{
    for (const std::string controller : {"thompson-beta", "thompson-calibration", "confidence-stop", "speculative-decoding-plus-plus",
                                         "draft-and-verify", "heuristic", "break-even", "sequoia"}) {
        const auto row = [&controller](const char* name, decoding::RoundSettings settings) {
            settings.controller = method("decode controller", controller);
            QTest::addRow("%s under %s", name, controller.c_str()) << settings << kOtherPrompts;
        };
        row("a chain of up to 8", settings("draft-model-chain", {{"draft_length", std::int64_t{8}}}));
#ifdef TIMBERLINE_SANITIZED
        continue;  // the controllers' own code has run; trees are drafted by the rows above
#endif
        row("a dynamic tree", settings("draft-model-tree"));
        if (controller == "thompson-beta" || controller == "sequoia") {
            row("a drawn tree", settings("draft-model-tree", {{"shape", std::string("sampled-without-replacement")}}));
        }
    }
}

/// Everything that can be decoded greedily. `prompts`: how many of the reference prompts a row is worth.
void add_settings()
{
    QTest::addColumn<decoding::RoundSettings>("settings");
    QTest::addColumn<int>("prompts");
    add_drafters();
    add_acceptance_rules();
    add_controllers();
}
/// The same sampling without a draft.
decoding::RoundSettings plain_like(const decoding::RoundSettings& of)
{
    decoding::RoundSettings out = settings("plain");
    out.sampling = of.sampling;
    return out;
}

}  // namespace

class TestGreedyIdentity : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { set_compute_threads(1); }

    void bundledPair_data() { add_settings(); }
    void bundledPair()
    {
        QFETCH(decoding::RoundSettings, settings);
        QFETCH(int, prompts);
        const ModelPtr target = load("bundled:tale");
        const ModelPtr draft = load("bundled:tale-draft");
        QVERIFY(target && draft);
        const Reference reference = read_reference(kFixtures);
        QCOMPARE(reference.prompts.size(), std::size_t{12});
#ifdef TIMBERLINE_SANITIZED
        const std::size_t prompt_count = prompts > 0 ? 1 : 0;
        constexpr std::int64_t kTokens = 10;
#else
        const auto prompt_count = static_cast<std::size_t>(prompts);
        constexpr std::int64_t kTokens = 48;
#endif
        for (std::size_t i = 0; i < prompt_count; ++i) {
            const auto work = job(target, draft, reference.prompts[i].ids, kTokens);
            const auto plain = decode(work, plain_like(settings));
            const auto drafted = decode(work, settings);
            QVERIFY(plain.ok() && drafted.ok());
            const QString parted =
                difference(record::generated_ids(*drafted.value()), record::generated_ids(*plain.value()), first_tie(*drafted.value()));
            QVERIFY2(parted.isEmpty(), qPrintable(QString("prompt %1, %2").arg(i).arg(parted)));
        }
    }

    void randomPair_data()
    {
        add_settings();
    }
    void randomPair()
    {
        QFETCH(decoding::RoundSettings, settings);
        QFETCH(int, prompts);
        const ModelPtr fixture = load(std::string(kFixtures) + "/llama-gqa");
        const ModelPtr other = load(std::string(kFixtures) + "/qwen2-tied-bf16");
        QVERIFY(fixture && other);
        // A model that drafts for itself is nearly always accepted, one of another architecture nearly never: both ends of cache
        // bookkeeping.
        for (const ModelPtr& draft : {fixture, other}) {
            const auto work = job(fixture, draft, {1, 17, 300, 5, 77}, prompts < kDrafterPrompts ? kRandomTokens / 2 : kRandomTokens);
            const auto plain = decode(work, plain_like(settings));
            const auto drafted = decode(work, settings);
            QVERIFY(plain.ok() && drafted.ok());
            const QString parted =
                difference(record::generated_ids(*drafted.value()), record::generated_ids(*plain.value()), first_tie(*drafted.value()));
            QVERIFY2(parted.isEmpty(), qPrintable(parted));
        }
    }

    void aModelThatDraftsForItselfIsAlwaysAccepted()
    {
        const ModelPtr fixture = load(std::string(kFixtures) + "/llama-gqa");
        QVERIFY(fixture);
        for (const std::int64_t length : {1, 3, 6}) {
            const auto drafted =
                decode(job(fixture, fixture, {1, 17, 300, 5, 77}, 70), settings("draft-model-chain", {{"draft_length", length}}));
            QVERIFY(drafted.ok());
            for (const record::Round* round : record::rounds(*drafted.value())) {
                QVERIFY2(round->tie || static_cast<std::int64_t>(round->path.size()) == length + 1,
                         qPrintable(QString("round %1").arg(round->index)));
            }
        }
    }

    void plainEqualsTheReference()
    {
        const ModelPtr target = load("bundled:tale");
        QVERIFY(target);
        for (const ReferencePrompt& prompt : reference_prompts()) {
            const auto run =
                decode(job(target, nullptr, prompt.ids, static_cast<std::int64_t>(prompt.greedy_new.size())), settings("plain"));
            QVERIFY(run.ok());
            const auto ids = record::generated_ids(*run.value());
            QCOMPARE(ids.size(), prompt.greedy_new.size());
            for (std::size_t i = 0; i < ids.size() && prompt.margins[i] >= 1e-3; ++i) {
                QCOMPARE(ids[i], prompt.greedy_new[i]);
            }
        }
    }

    void chainOfFourEqualsTheReferenceRoundByRound()
    {
        const ModelPtr target = load("bundled:tale");
        const ModelPtr draft = load("bundled:tale-draft");
        QVERIFY(target && draft);
        double accepted = 0;
        double counted = 0;
        for (const ReferencePrompt& prompt : reference_prompts()) {
            const auto run =
                decode(job(target, draft, prompt.ids, static_cast<std::int64_t>(prompt.greedy_new.size())), settings("draft-model-chain"));
            QVERIFY(run.ok());
            const auto rounds = record::rounds(*run.value());
            QCOMPARE(rounds.size(), prompt.draft4_proposals.size());
            for (std::size_t i = 0; i < rounds.size(); ++i) {
                std::vector<TokenId> proposed;
                for (const record::Node& node : rounds[i]->nodes) {
                    if (node.state != record::NodeState::Root && node.state != record::NodeState::Bonus &&
                        node.state != record::NodeState::Correction) {
                        proposed.push_back(node.token);
                    }
                }
                QCOMPARE(proposed, prompt.draft4_proposals[i]);
                if (i + 1 < rounds.size()) {  // the token limit may have cut the reference's last round
                    QCOMPARE(static_cast<std::int64_t>(rounds[i]->path.size()) - 1, prompt.draft4_accepted[i]);
                    accepted += static_cast<double>(rounds[i]->path.size() - 1);
                    ++counted;
                }
            }
        }
#ifndef TIMBERLINE_SANITIZED
        const double mean = read_reference(kFixtures).mean_accepted_of_4;
        QVERIFY2(std::abs(accepted / counted - mean) < 1e-9, qPrintable(QString::number(accepted / counted)));
#endif
    }

    /// An independent computation on these prompts found 3.65 committed tokens a pass for the best tree of at most 24 nodes.
    void theDefaultTreeCommitsThreeAndAHalfTokensAPass()
    {
        const ModelPtr target = load("bundled:tale");
        const ModelPtr draft = load("bundled:tale-draft");
        QVERIFY(target && draft);
        double committed = 0;
        double passes = 0;
        for (const ReferencePrompt& prompt : reference_prompts()) {
            const auto run = decode(job(target, draft, prompt.ids, 64), settings("draft-model-tree"));
            QVERIFY(run.ok());
            auto rounds = record::rounds(*run.value());
            rounds.pop_back();  // the token limit cuts it
            for (const record::Round* round : rounds) {
                QVERIFY(round->target_tokens <= 25);
                committed += static_cast<double>(round->path.size());
                ++passes;
            }
        }
#ifndef TIMBERLINE_SANITIZED
        QVERIFY2(committed / passes >= 3.5, qPrintable(QString::number(committed / passes)));
#endif
    }
};

QTEST_APPLESS_MAIN(TestGreedyIdentity)
#include "test_greedy_identity.moc"
