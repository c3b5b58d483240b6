// SPDX-License-Identifier: GPL-3.0-or-later
// The arithmetic behind the drafters without a second model: suffix matches, tries, n-gram counts, the lookahead window, the synthetic law;
// and that text drafted by them follows the target's law.
#include "tests/decoding/law_helpers.h"
#include "tests/rules/branching_oracle.h"

#include "core/base/compute_threads.h"
#include "core/decoding/best_first.h"
#include "core/decoding/lookahead_window.h"
#include "core/decoding/ngram_counts.h"
#include "core/decoding/suffix_match.h"
#include "core/decoding/synthetic_law.h"
#include "core/rules/tree_shapes.h"
#include "core/rules/verification.h"

#include <QtTest/QtTest>

using namespace timberline;
using namespace timberline::test;

Q_DECLARE_METATYPE(decoding::RoundSettings)
Q_DECLARE_METATYPE(decoding::SuffixSearch)

namespace {

using Tokens = std::vector<TokenId>;
using Continuations = std::vector<Tokens>;

/// Allows `levels` levels.
class FewLevels final : public decoding::DecodeController
{
public:
    explicit FewLevels(std::int32_t levels) : levels_(levels) {}
    [[nodiscard]] decoding::DraftPlan plan(std::int32_t, std::int32_t depth_limit) override { return {.max_depth = depth_limit}; }
    [[nodiscard]] bool keep_drafting(const decoding::DraftStep& step) override
    {
        steps.push_back(step);
        return step.depth <= levels_;
    }
    void observe(const record::Round&) override {}
    void set_values(const Values&) override {}
    [[nodiscard]] std::unique_ptr<DecodeController> snapshot() const override { return std::make_unique<FewLevels>(*this); }
    std::vector<decoding::DraftStep> steps;

private:
    std::int32_t levels_;
};

rules::DraftTree grow(const decoding::ContinuationTrie& trie, const decoding::DraftPlan& limits, FewLevels& controller,
                      const Tokens& stop_ids = {})
{
    const Tokens text = {0};
    decoding::RoundContext context;
    context.committed = text;
    context.stop_ids = stop_ids;
    return decoding::grow_best_first(context, controller, limits,
                                     [&trie](std::int32_t place, std::span<const TokenId>) { return trie.proposals(place); });
}

/// The emitted law of one round at a target law p whose draft was drawn from q, and the chance that the draft is accepted.
std::pair<Law, double> enumerate_round(const std::vector<float>& p, const std::vector<float>& q)
{
    Law emitted(p.size(), 0);
    double accepted = 0;
    BranchingOracle::enumerate([&](BranchingOracle& oracle) {
        rules::DraftTree tree = rules::DraftTree::with_root(0);
        hang_children(tree, 0, record::DrawKind::WithoutReplacement, q, {static_cast<TokenId>(oracle.choose(Law(q.begin(), q.end())))});
        const auto verdict = rules::verify_recursive_rejection(
            tree, [&](std::int32_t) { return std::span<const float>(p); }, oracle);
        const bool kept = verdict.path.size() == 2;
        if (kept) {
            // What follows the accepted draft is drawn too; its branches sum to one.
            accepted += oracle.weight();
        }
        emitted[static_cast<std::size_t>(kept ? tree.token[1] : verdict.next)] += oracle.weight();
    });
    return {emitted, accepted};
}

}  // namespace

class TestDrafterLaws : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { set_compute_threads(1); }

    void suffixes_data()
    {
        QTest::addColumn<Tokens>("text");
        QTest::addColumn<decoding::SuffixSearch>("search");
        QTest::addColumn<Continuations>("expected");
        const Tokens abcabc = {1, 2, 3, 1, 2, 3};
        QTest::addRow("abcabc gives ab") << abcabc << decoding::SuffixSearch{.max_ngram = 3, .length = 2} << Continuations{{1, 2}};
        QTest::addRow("a copy ends with the text")
            << abcabc << decoding::SuffixSearch{.max_ngram = 3, .length = 10} << Continuations{{1, 2, 3}};
        QTest::addRow("no match") << Tokens{1, 2, 3, 4} << decoding::SuffixSearch{} << Continuations{};
        QTest::addRow("a text of one token") << Tokens{1} << decoding::SuffixSearch{} << Continuations{};
        QTest::addRow("an empty text") << Tokens{} << decoding::SuffixSearch{} << Continuations{};
        QTest::addRow("a suffix that overlaps its match")
            << Tokens{1, 1, 1} << decoding::SuffixSearch{.max_ngram = 3, .length = 4} << Continuations{{1}};
        const Tokens twice = {1, 2, 5, 1, 2, 6, 9, 2, 7, 1, 2};
        QTest::addRow("the first of two matches") << twice << decoding::SuffixSearch{.max_ngram = 2, .length = 1} << Continuations{{5}};
        QTest::addRow("the most recent of two matches")
            << twice << decoding::SuffixSearch{.max_ngram = 2, .length = 1, .most_recent_first = true} << Continuations{{6}};
        QTest::addRow("the longest suffix before the shorter one")
            << twice << decoding::SuffixSearch{.max_ngram = 2, .length = 1, .matches = 8, .most_recent_first = true}
            << Continuations{{6}, {5}, {7}};
        QTest::addRow("only the region")
            << twice << decoding::SuffixSearch{.max_ngram = 2, .length = 4, .matches = 8, .most_recent_first = true, .region = 5}
            << Continuations{{5, 1, 2}};
    }
    void suffixes()
    {
        QFETCH(Tokens, text);
        QFETCH(decoding::SuffixSearch, search);
        QFETCH(Continuations, expected);
        Continuations found;
        for (const auto continuation : decoding::suffix_continuations(text, search)) {
            found.emplace_back(continuation.begin(), continuation.end());
        }
        QCOMPARE(found, expected);
    }

    void aTrieMergesContinuations()
    {
        decoding::ContinuationTrie trie;
        trie.add(Tokens{1, 2, 3});
        trie.add(Tokens{4, 2});
        trie.add(Tokens{4, 5, 6});
        FewLevels all(9);
        // By count, then in order: 4 (2 of 3) before 1; below 4 the two successors share alike; then what hangs on 1, worth 1/3 as well.
        const auto tree = grow(trie, {.max_depth = 9, .max_nodes = 99}, all);
        QCOMPARE(tree.token, (Tokens{0, 4, 1, 2, 5, 2, 6, 3}));
        QCOMPARE(tree.parent, (std::vector<std::int32_t>{-1, 0, 0, 1, 1, 2, 4, 5}));
        QCOMPARE(tree.confidence[1], 2.0F / 3);
        QCOMPARE(tree.confidence[3], 0.5F);
        QVERIFY(tree.child_kind[0] == record::DrawKind::PointMass && tree.child_kind[7] == record::DrawKind::None);
        QCOMPARE(all.steps.size(), std::size_t{3});
        QVERIFY(std::abs(all.steps[0].entropy - (std::log(3.0) - 2.0 / 3 * std::log(2.0))) < 1e-12);
        FewLevels some(2);
        QCOMPARE(grow(trie, {.max_depth = 9, .max_nodes = 99}, some).token, (Tokens{0, 4, 1, 2, 5, 2}));
        FewLevels none(0);
        QCOMPARE(grow(trie, {.max_depth = 9, .max_nodes = 99}, none).drafted(), std::size_t{0});
        QCOMPARE(grow(trie, {.max_depth = 1, .max_nodes = 99}, all).token, (Tokens{0, 4, 1}));
        QCOMPARE(grow(trie, {.max_depth = 9, .max_nodes = 3}, all).token, (Tokens{0, 4, 1, 2}));
        QCOMPARE(grow(trie, {.max_depth = 9, .max_nodes = 99}, all, {4}).token, (Tokens{0, 4, 1, 2, 3}));
    }

    /// Counted by hand in "a b a b a c": after a: b b c; after (b, a): b c.
    void countsOfAShortText()
    {
        decoding::NgramCounts text;
        const Tokens words = {0, 1, 0, 1, 0, 2};
        text.count(std::span(words).first(3), 0);
        text.count(words, 3);  // in two parts, as it grows
        const decoding::NgramView view{.text = &text};
        std::int64_t total = 0;
        auto found = decoding::likeliest_successors(view, Tokens{2, 0}, 3, 1, 8, total);  // (c, a) never occurred: back to a
        QCOMPARE(total, std::int64_t{3});
        QCOMPARE(found.size(), std::size_t{2});
        QVERIFY(found[0].token == 1 && found[0].count == 2 && found[1].token == 2 && found[1].count == 1);
        found = decoding::likeliest_successors(view, Tokens{1, 0}, 3, 1, 8, total);
        QVERIFY(total == 2 && found.size() == 2 && found[0].token == 2);                                 // a tie: the latest first
        QVERIFY(decoding::likeliest_successors(view, Tokens{1, 0}, 3, 3, 8, total).front().token == 1);  // 2 < 3: the shorter context
        QVERIFY(decoding::likeliest_successors(view, Tokens{1, 2}, 3, 1, 8, total).empty());
        QCOMPARE(decoding::likeliest_successors(view, Tokens{1, 0}, 3, 1, 1, total).size(), std::size_t{1});

        decoding::NgramCounts corpus;
        corpus.count(Tokens{0, 3, 0, 3, 0, 3}, 0);
        const decoding::NgramView both{.corpus = &corpus, .text = &text, .text_weight = 2};
        found = decoding::likeliest_successors(both, Tokens{0}, 2, 1, 8, total);  // b 2·2, d 3, c 2·1
        QCOMPARE(total, std::int64_t{9});
        QVERIFY(found.size() == 3 && found[0].token == 1 && found[1].token == 3 && found[2].token == 2);
    }

    /// q_1 = 0.7 (3, 2, 1, 0)/6 + 0.3/4, q_2 = 0.7 (0, 2, 1, 0)/3 + 0.3 q_1, q_3 = 0.7 (0, 1, 1, 0)/2 + 0.3 q_2.
    void interpolatedLawByHand()
    {
        decoding::NgramCounts text;
        text.count(Tokens{0, 1, 0, 1, 0, 2}, 0);
        const decoding::NgramView view{.text = &text};
        const auto law_after = [&](const Tokens& history, std::int64_t order, double back_off) {
            std::vector<float> law;
            decoding::interpolated_law(view, history, order, back_off, 4, law);
            return Law(law.begin(), law.end());
        };
        const Law q1 = {0.425, 0.7 / 3 + 0.075, 0.7 / 6 + 0.075, 0.075};
        const Law q2 = {0.3 * q1[0], 1.4 / 3 + 0.3 * q1[1], 0.7 / 3 + 0.3 * q1[2], 0.3 * q1[3]};
        const Law q3 = {0.3 * q2[0], 0.35 + 0.3 * q2[1], 0.35 + 0.3 * q2[2], 0.3 * q2[3]};
        QVERIFY(distance(law_after({1, 0}, 3, 0.3), q3) < 1e-7);
        QVERIFY(distance(law_after({1, 0}, 2, 0.3), q2) < 1e-7);
        QVERIFY(distance(law_after({2, 0}, 3, 0.3), q2) < 1e-7);  // (c, a) was never followed by anything
        QVERIFY(distance(law_after({0, 3}, 3, 0.3), q1) < 1e-7);
        QVERIFY(distance(law_after({1, 0}, 3, 1), Law{0.25, 0.25, 0.25, 0.25}) < 1e-7);
        decoding::NgramCounts nothing;
        std::vector<float> law;
        decoding::interpolated_law({.text = &nothing}, Tokens{1}, 3, 0.3, 4, law);
        QVERIFY(distance(Law(law.begin(), law.end()), Law{0.25, 0.25, 0.25, 0.25}) < 1e-7);
    }

    /// sum min(p, q) is the set rate, and a round drafted from q emits p: by enumeration.
    void theSyntheticLawIsAcceptedAtItsRate()
    {
        for (int trial = 0; trial < 20; ++trial) {
            RandomStream stream({.seed = 3, .position = static_cast<std::uint32_t>(trial)});
            std::vector<float> p(5);
            double total = 0;
            for (float& x : p) {
                x = static_cast<float>(std::pow(stream.next(), 3));
                total += static_cast<double>(x);
            }
            std::ranges::for_each(p, [total](float& x) { x = static_cast<float>(static_cast<double>(x) / total); });
            const double least = static_cast<double>(*std::ranges::min_element(p));
            for (const double alpha : {0.0, 0.1, 0.35, 0.8, 1.0}) {
                std::vector<float> q;
                const TokenId miss = decoding::synthetic_law(p, {}, alpha, q);
                QCOMPARE(p[static_cast<std::size_t>(miss)], *std::ranges::min_element(p));
                double sum = 0;
                double overlap = 0;
                for (std::size_t i = 0; i < p.size(); ++i) {
                    sum += static_cast<double>(q[i]);
                    overlap += static_cast<double>(std::min(p[i], q[i]));
                }
                QVERIFY(std::abs(sum - 1) < 1e-6);
                QVERIFY(std::abs(overlap - std::max(alpha, least)) < 1e-6);
                const auto [emitted, accepted] = enumerate_round(p, q);
                QVERIFY(distance(emitted, normalised(p)) < 1e-6);
                QVERIFY(std::abs(accepted - std::max(alpha, least)) < 1e-6);
            }
        }
    }

    void theSyntheticLawOfAGreedyTargetMissesWithTheRunnerUp()
    {
        std::vector<float> q;
        QCOMPARE(decoding::synthetic_law(std::vector<float>{0, 1, 0, 0}, std::vector<float>{1, 9, 3, 2}, 0.75, q), 2);
        QCOMPARE(q, (std::vector<float>{0, 0.75F, 0.25F, 0}));
    }

    /// Tokens a pass of the synthetic drafter follow (1 - a^(g+1)) / (1 - a), greedy and sampled (methods/decoding.md 1.5).
    void syntheticRoundsFollowTheFormula()
    {
#ifdef TIMBERLINE_SANITIZED
        constexpr std::int64_t kTokens = 300;
#else
        constexpr std::int64_t kTokens = 3000;
#endif
        const ModelPtr small = tiny_model(16, 1, 3, 3100);
        for (const double temperature : {0.0, 1.0}) {
            for (const auto& [alpha, expected] : {std::pair{0.6, 2.3056}, {0.8, 3.3616}}) {
                auto work = job(small, nullptr, {1, 2}, kTokens);
                work.instrumented = false;
                const auto run = decode(work, settings("synthetic", {{"acceptance", alpha}}, temperature));
                QVERIFY(run.ok());
                double sum = 0;
                double squares = 0;
                auto rounds = record::rounds(*run.value());
                rounds.pop_back();
                for (const record::Round* round : rounds) {
                    const auto committed = static_cast<double>(round->path.size());
                    sum += committed;
                    squares += committed * committed;
                }
                const auto count = static_cast<double>(rounds.size());
                const double mean = sum / count;
                const double error = std::sqrt((squares / count - mean * mean) / count);
                QVERIFY2(std::abs(mean - expected) < 4 * error,
                         qPrintable(QString("%1 ± %2, expected %3").arg(mean).arg(error).arg(expected)));
            }
        }
    }

    /// W = 2, N = 4: level 0 is a chain under the root, and each column hangs on its own level-0 token.
    void theWindowIsABranchOfTheTree()
    {
        decoding::LookaheadWindow window;
        window.begin({.width = 2, .ngram = 4}, Tokens{5}, 1);
        rules::DraftTree tree = rules::DraftTree::with_root(5);
        tree.add(0, 7, 1);
        window.append_to(tree, 99, 99);
        QCOMPARE(tree.parent, (std::vector<std::int32_t>{-1, 0, 0, 2, 2, 4, 3, 6}));
        QCOMPARE(tree.depths(), (std::vector<std::int32_t>{0, 1, 1, 2, 2, 3, 3, 4}));
        QCOMPARE(tree.window, 6);
        QCOMPARE(tree.first_window(), std::size_t{2});
        QCOMPARE(window.last_nodes(), (std::vector<std::int32_t>{5, 7}));
        QVERIFY(std::isnan(tree.confidence[2]));
        // Rules see the candidate alone: a window token that the target likes is not accepted.
        QCOMPARE(tree.children()[0], (std::vector<std::int32_t>{1}));
        QVERIFY(tree.children()[2].empty());
        const auto verdict = rules::verify_greedy(tree, [](std::int32_t) { return 5; });
        QVERIFY(verdict.path.size() == 1 && verdict.next == 5 && !verdict.next_is_bonus);
        // Whole columns only: column i reaches down to level i + 3.
        for (const auto& [room, nodes, rows] : {std::tuple{3, 99, 3}, {4, 99, 6}, {2, 99, 0}, {99, 5, 3}, {99, 2, 0}}) {
            rules::DraftTree bare = rules::DraftTree::with_root(5);
            window.append_to(bare, room, nodes);
            QCOMPARE(bare.window, rows);
        }
    }

    /// A target whose prediction depends on the last token alone: every n-gram that the window completes is one that it would write.
    void theWindowCompletesTheTargetsOwnNgrams()
    {
        const auto after = [](TokenId token) { return (3 * token + 1) % 17; };
        decoding::LookaheadWindow window;
        window.begin({.width = 5, .ngram = 4}, Tokens{3, 8, 11}, 7);
        std::size_t completed = 0;
        for (int round = 0; round < 12; ++round) {
            rules::DraftTree tree = rules::DraftTree::with_root(2);
            window.append_to(tree, 99, round == 6 ? 9 : 99);  // one round with room for three columns
            Tokens predictions;
            for (const std::int32_t node : window.last_nodes()) {
                predictions.push_back(after(tree.token[static_cast<std::size_t>(node)]));
            }
            const auto ngrams = window.advance(predictions);
            QCOMPARE(ngrams.size(), round < 2 ? std::size_t{0} : predictions.size());
            for (const auto& ngram : ngrams) {
                QCOMPARE(ngram.size(), std::size_t{4});
                const bool kept_a_guess = round >= 6;  // a column without room repeats its guess once
                for (std::size_t k = 1; !kept_a_guess && k < ngram.size(); ++k) {
                    QCOMPARE(ngram[k], after(ngram[k - 1]));
                }
                ++completed;
            }
        }
        QCOMPARE(completed, std::size_t{48});
    }

    void thePoolKeepsTheNewest()
    {
        decoding::NgramPool pool;
        for (const Tokens& ngram : Continuations{{1, 2, 3}, {1, 4, 5}, {1, 2, 3}, {1, 6, 7}, {2, 8, 9}, {3}}) {
            pool.add(ngram, 2);
        }
        QCOMPARE(pool.size(), std::size_t{3});
        FewLevels all(9);
        QCOMPARE(grow(pool.after(1, 2), {.max_depth = 9, .max_nodes = 9}, all).token, (Tokens{0, 6, 2, 7, 3}));
        QCOMPARE(grow(pool.after(1, 1), {.max_depth = 9, .max_nodes = 9}, all).token, (Tokens{0, 6, 7}));
        QVERIFY(pool.after(5, 2).empty());
    }

    void firstTwoTokens_data()
    {
        QTest::addColumn<decoding::RoundSettings>("settings");
        QTest::addColumn<double>("topP");
        QTest::addColumn<double>("penalty");
        const std::int64_t one = 1;
        const std::int64_t two = 2;
        const std::string sampled = "sampled";
        QTest::addRow("prompt lookup") << settings("prompt-lookup", {{"matches", std::int64_t{3}}}, 1) << 1.0 << 1.0;
        QTest::addRow("an n-gram tree") << settings("ngram-cache", {}, 1) << 1.0 << 1.0;
        QTest::addRow("drawn n-grams") << settings("ngram-cache", {{"variant", sampled}}, 1) << 1.0 << 1.0;
        QTest::addRow("drawn n-grams at another temperature, under top-p and a penalty")
            << settings("ngram-cache", {{"variant", sampled}, {"draft_temperature", 0.6}, {"order", two}}, 1) << 0.9 << 1.4;
        QTest::addRow("self-speculation") << settings("self-speculation", {{"exit_layer", one}}, 1) << 1.0 << 1.0;
        QTest::addRow("self-speculation with top-p and a penalty, in a cache of its own")
            << settings("self-speculation", {{"exit_layer", one}, {"share_cache", false}}, 1) << 0.9 << 1.4;
        QTest::addRow("synthetic drafts") << settings("synthetic", {{"acceptance", 0.5}}, 1) << 1.0 << 1.0;
        QTest::addRow("synthetic drafts with top-p and a penalty") << settings("synthetic", {{"acceptance", 0.7}}, 1) << 0.9 << 1.4;
        QTest::addRow("lookahead") << settings("lookahead", {{"ngram", two}, {"window", two}}, 1) << 1.0 << 1.0;
    }
    void firstTwoTokens()
    {
        QFETCH(decoding::RoundSettings, settings);
        QFETCH(double, topP);
        QFETCH(double, penalty);
        settings.sampling.top_p = topP;
        settings.sampling.repetition_penalty = penalty;
        const Tokens prompt = {3, 1, 4, 3, 2, 4, 3};
        const ModelPtr target = tiny_model(kLawVocabulary, 1, 2, 64, 2);
#ifdef TIMBERLINE_SANITIZED
        constexpr int kRuns = 1500;
#else
        constexpr int kRuns = 20000;
#endif
        const auto law = joint_law(*target->decoder, settings.sampling, prompt);
        QCOMPARE(law.size(), std::size_t{kLawVocabulary * kLawVocabulary});
        const Sampled drawn = sample(target, nullptr, settings, kRuns, prompt);
        const double z = chi_square_z(drawn.counts, law, kRuns);
        qInfo("chi-square z %.2f, accepted %lld, rejected %lld", z, static_cast<long long>(drawn.accepted),
              static_cast<long long>(drawn.tested_rejected));
        QVERIFY2(z < kOneInThousand, qPrintable(QString::number(z)));
        QVERIFY(drawn.accepted > kRuns / 20);  // else the test would not have tested anything
        QVERIFY(drawn.tested_rejected > kRuns / 20);
    }
};

QTEST_APPLESS_MAIN(TestDrafterLaws)
#include "test_drafter_laws.moc"
