// SPDX-License-Identifier: GPL-3.0-or-later
// Draft heads that read the target's features change no text: greedy identity at every length and tree shape, and the sampled law by
// chi-square, with heads of random numbers; shipped heads see test_feature_heads_shipped.
#include "tests/decoding/feature_heads_testing.h"
#include "tests/decoding/law_helpers.h"

#include "core/base/compute_threads.h"
#include "core/decoding/heads/head_trees.h"

#include <QTemporaryDir>
#include <QtTest/QtTest>

#include <any>

using namespace timberline;
using namespace timberline::test;

namespace {

constexpr auto kFixtures = TIMBERLINE_FIXTURES;

#ifdef TIMBERLINE_SANITIZED
constexpr std::int64_t kTokens = 6;
constexpr int kRuns = 400;
#else
constexpr std::int64_t kTokens = 30;
constexpr int kRuns = 6000;
#endif

ModelPtr fixture()
{
    return load(std::string(kFixtures) + "/llama-gqa");
}

const std::vector<TokenId> kText = {1, 17, 300, 5, 77};

}  // namespace

class TestFeatureHeadsText : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { set_compute_threads(1); }

    void greedyTextIsTheTargets_data()
    {
        QTest::addColumn<int>("family");
        for (std::size_t i = 0; i < families().size(); ++i) {
            QTest::addRow("%s", families()[i].name) << static_cast<int>(i);
        }
    }
    void greedyTextIsTheTargets()
    {
        QFETCH(int, family);
        const ModelPtr target = fixture();
        QVERIFY(target);
        const Family& which = families()[static_cast<std::size_t>(family)];
        auto work = job(target, nullptr, kText, kTokens);
        const auto plain = record::generated_ids(*decode(work, settings("plain")).value());
        work.trained = shared(which.make(target));
        std::vector<Values> tried;
        for (const std::int64_t length : {1, 2, 3, 4, 5, 6, 7, 8}) {
            tried.push_back({{"shape", std::string("chain")}, {"draft_length", length}});
            if (std::string(which.drafter) == "eesd") {
                tried.push_back({{"shape", std::string("chain")}, {"draft_length", length}, {"share_cache", false}});
            }
        }
        std::vector<std::string> shapes = {"dynamic", "top-k", "sampled-without-replacement", "sampled-with-replacement"};
        if (std::string(which.drafter) == "chimera") {
            shapes.emplace_back("static");
        }
        for (const std::string& shape : shapes) {
            tried.push_back({{"shape", shape}});
            tried.push_back({{"shape", shape},
                             {"draft_length", std::int64_t{3}},
                             {"total_nodes", std::int64_t{40}},
                             {"top_k", std::int64_t{6}},
                             {"branching", std::vector<std::int64_t>{4, 2, 2, 1}}});
        }
        for (const Values& values : tried) {
            const auto run = decode(work, settings(which.drafter, values));
            QVERIFY(run.ok());
            const auto ids = record::generated_ids(*run.value());
            bool tied = false;
            for (const record::Round* round : record::rounds(*run.value())) {
                tied = tied || round->tie;
                QVERIFY(round->lossless && round->target_tokens > 1);
            }
            QVERIFY(tied || ids == plain);
        }
    }

    /// Controllers decide how far is drafted, never what the text is (decoding.md 2.3).
    void greedyTextIsTheSameForEveryController()
    {
        const ModelPtr target = fixture();
        QVERIFY(target);
        auto work = job(target, nullptr, kText, kTokens);
        const auto plain = record::generated_ids(*decode(work, settings("plain")).value());
        for (const Family& which : families()) {
            work.trained = shared(which.make(target));
            for (const char* controller : {"fixed", "thompson-beta", "thompson-calibration"}) {
                auto wanted = settings(which.drafter, {{"shape", std::string("chain")}, {"draft_length", std::int64_t{8}}});
                wanted.controller = method("decode controller", controller);
                const auto run = decode(work, wanted);
                QVERIFY2(run.ok(), which.name);
                QCOMPARE(record::generated_ids(*run.value()), plain);
            }
        }
    }

    /// A controller's shape, cut by nodes, levels and ranks; parents first, children by rank.
    void aPlannedShapeIsCutToWhatThereIs_data()
    {
        QTest::addColumn<int>("nodes");
        QTest::addColumn<int>("depth");
        QTest::addColumn<QList<int>>("ranks");
        QTest::addColumn<QList<int>>("parents");  // per node, 0 = the root
        const QList<int> many = {9, 9, 9};
        QTest::newRow("whole") << 99 << 9 << many << QList<int>{0, 0, 0, 1, 1, 3, 4};
        QTest::newRow("five nodes") << 5 << 9 << many << QList<int>{0, 0, 0, 1, 1};
        QTest::newRow("two levels") << 99 << 2 << many << QList<int>{0, 0, 0, 1, 1, 3};
        QTest::newRow("two ranks at first, one below: what hung there goes too")
            << 99 << 9 << QList<int>{2, 1, 9} << QList<int>{0, 0, 1, 3};
        QTest::newRow("two heads alone") << 99 << 9 << QList<int>{9, 9} << QList<int>{0, 0, 0, 1, 1, 3};
        QTest::newRow("nothing") << 0 << 9 << many << QList<int>{};
    }
    void aPlannedShapeIsCutToWhatThereIs()
    {
        QFETCH(int, nodes);
        QFETCH(int, depth);
        QFETCH(QList<int>, ranks);
        QFETCH(QList<int>, parents);
        // The root has three children, the first of them two, the third one; the first of those two one.
        const rules::TreeShape shape{.children = {3, 2, 0, 1, 1, 0, 0, 0}, .first_child = {1, 4, 0, 6, 7, 0, 0, 0}, .levels = 4};
        const std::vector<std::int32_t> offered(ranks.begin(), ranks.end());
        const auto list = decoding::planned_tree(shape, nodes, depth, offered);
        QList<int> got;
        for (std::size_t i = 0; i < list.size(); ++i) {
            got.push_back(list[i].parent);
            QCOMPARE(list[i].depth, list[i].parent == 0 ? 1 : list[static_cast<std::size_t>(list[i].parent) - 1].depth + 1);
            QCOMPARE(list[i].rank, static_cast<int>(got.count(list[i].parent)) - 1);
        }
        QCOMPARE(got, parents);
    }

    void plannedShapesAreFollowed_data()
    {
        QTest::addColumn<QString>("drafter");
        QTest::addColumn<QString>("shape");
        for (const auto& [drafter, shape] : {std::pair{"medusa", "static"},
                                             {"medusa", "confidence"},
                                             {"koala-medusa", "static"},
                                             {"hydra", "dynamic"},
                                             {"hydra", "static"},
                                             {"eagle", "dynamic"},
                                             {"chimera", "static"}}) {
            QTest::addRow("%s, otherwise %s", drafter, shape) << drafter << shape;
        }
    }
    /// Sequoia's shape is what the target verifies, and the text stays.
    void plannedShapesAreFollowed()
    {
        QFETCH(QString, drafter);
        QFETCH(QString, shape);
        const ModelPtr target = fixture();
        QVERIFY(target);
        const auto id = drafter.toStdString();
        auto work = job(target, nullptr, kText, kTokens);
        const auto plain = record::generated_ids(*decode(work, settings("plain")).value());
        work.trained = shared(id == "hydra"     ? chained_heads(target, 4, 2, 0.3, true)
                              : id == "eagle"   ? eagle_heads(target, 1, false)
                              : id == "chimera" ? chimera_heads(target, 4, true, true)
                                                : rank_heads(target, 4, id == "medusa" ? 1 : 2, 0.3, id));
        const Values assumed = {{"acceptance", std::vector<double>{.6, .3, .2}}, {"draft_cost", 0.01}, {"verify_slope", 0.01}};
        auto wanted = settings(id, {{"shape", shape.toStdString()}, {"draft_length", std::int64_t{4}}});
        wanted.controller = method("decode controller", "sequoia", assumed);
        const auto run = decode(work, wanted);
        QVERIFY2(run.ok(), run.ok() ? "" : run.error().message.c_str());
        QCOMPARE(record::generated_ids(*run.value()), plain);
        const auto factory = std::any_cast<decoding::ControllerFactory>((*methods().find("decode controller", "sequoia"))->factory);
        const auto plan = factory(wanted.controller.values)->plan(0, 4);
        QVERIFY(plan.shape && plan.shape->size() > 8 && plan.shape->children[0] == 3);
        const record::Round* round = record::rounds(*run.value()).front();
        QCOMPARE(round->target_tokens, static_cast<std::int32_t>(plan.shape->size()));
        std::vector<std::int32_t> children(plan.shape->size(), 0);
        for (std::size_t node = 1; node < plan.shape->size(); ++node) {
            ++children[static_cast<std::size_t>(round->nodes[node].parent)];
        }
        QCOMPARE(children, plan.shape->children);
    }

    void blockRefusesChosenTokensBeforeTheFirstRound_data()
    {
        QTest::addColumn<QString>("drafter");
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("value");
        QTest::newRow("a look-up, which may find nothing for many rounds") << "prompt-lookup"
                                                                           << ""
                                                                           << "";
        QTest::newRow("n-grams of earlier text") << "ngram-cache"
                                                 << "variant"
                                                 << "likeliest";
        QTest::newRow("n-grams of a window") << "lookahead"
                                             << ""
                                             << "";
        QTest::newRow("ranks of heads") << "medusa"
                                        << ""
                                        << "";
        QTest::newRow("a tree by confidence of chained heads") << "hydra"
                                                               << ""
                                                               << "";
        QTest::newRow("a tree by confidence") << "eagle"
                                              << "shape"
                                              << "dynamic";
        QTest::newRow("the likeliest children") << "eagle"
                                                << "shape"
                                                << "top-k";
    }
    void blockRefusesChosenTokensBeforeTheFirstRound()
    {
        QFETCH(QString, drafter);
        QFETCH(QString, key);
        QFETCH(QString, value);
        const ModelPtr target = fixture();
        QVERIFY(target);
        const auto id = drafter.toStdString();
        auto work = job(target, nullptr, kText, 4);
        work.trained = shared(id == "hydra"    ? chained_heads(target, 2, 1, 0.3, false)
                              : id == "medusa" ? rank_heads(target, 2, 1, 0.3)
                                               : eagle_heads(target, 1, false));
        const Values values = key.isEmpty() ? Values{} : Values{{key.toStdString(), value.toStdString()}};
        auto wanted = settings(id, values, 1);
        QVERIFY(decode(work, wanted).ok());
        wanted.acceptance = method("acceptance rule", "block");
        const auto refused = decode(work, wanted);
        QVERIFY(!refused.ok());  // not a run that ends with an error
        QVERIFY2(refused.error().message.find("expected drawn ones") != std::string::npos, refused.error().message.c_str());
        if (wanted.drafter.values.contains("draft_length")) {  // who drafts nothing chooses nothing
            wanted.drafter.values["draft_length"] = std::int64_t{0};
            QVERIFY(decode(work, wanted).ok());
        }
    }

    /// A prompt of one token brings no row of the target: the first round is a plain one.
    void aPromptOfOneTokenBeginsPlainly()
    {
        const ModelPtr target = fixture();
        QVERIFY(target);
        for (const Family& which : families()) {
            auto work = job(target, nullptr, {5}, 8);
            work.trained = shared(which.make(target));
            const auto run = decode(work, settings(which.drafter));
            QVERIFY2(run.ok(), which.name);
            const bool reads_tokens = std::string(which.drafter) == "eesd";
            QCOMPARE(record::rounds(*run.value()).front()->target_tokens > 1, reads_tokens);
        }
    }

    /// Heads enter in the middle of a run that another drafter began, and the text stays.
    void headsMayEnterLate()
    {
        const ModelPtr target = fixture();
        QVERIFY(target);
        for (const Family& which : families()) {
            auto work = job(target, nullptr, kText, 12);
            const auto plain = record::generated_ids(*decode(work, settings("plain")).value());
            work.trained = shared(which.make(target));
            ScriptedDirector director(settings("plain"));
            director.changes[4] = settings(which.drafter);
            director.changes[7] = settings("plain");
            director.changes[8] = settings(which.drafter, {{"draft_length", std::int64_t{2}}});
            const auto run = decode(work, director);
            QVERIFY2(run.ok(), which.name);
            QCOMPARE(record::generated_ids(*run.value()), plain);
        }
        // Hydra's heads read what was written before them too, and draft at once.
        for (const bool prefix : {false, true}) {
            auto work = job(target, nullptr, kText, 12);
            const auto plain = record::generated_ids(*decode(work, settings("plain")).value());
            work.trained = shared(chained_heads(target, 3, 1, 0.3, prefix));
            ScriptedDirector director(settings("plain"));
            director.changes[3] = settings("hydra");
            const auto late = decode(work, director);
            const auto whole = decode(work, settings("hydra"));
            QVERIFY(late.ok() && whole.ok());
            QCOMPARE(record::generated_ids(*late.value()), plain);
            QCOMPARE(record::generated_ids(*whole.value()), plain);
            // Where both stand at the same text they draft the same tree, whenever they came.
            const auto rounds = record::rounds(*late.value());
            QVERIFY(rounds[3]->target_tokens > 1);
            std::size_t compared = 0;
            for (const record::Round* one : rounds) {
                for (const record::Round* other : record::rounds(*whole.value())) {
                    if (one->index < 3 || one->committed_before != other->committed_before) {
                        continue;
                    }
                    QCOMPARE(one->nodes.size(), other->nodes.size());
                    for (std::size_t node = 0; node < one->nodes.size(); ++node) {
                        QCOMPARE(one->nodes[node].token, other->nodes[node].token);
                    }
                    ++compared;
                }
            }
            QVERIFY(compared > 2);
        }
    }

    void sampledTextFollowsTheLaw_data()
    {
        QTest::addColumn<QString>("drafter");
        QTest::addColumn<QString>("shape");
        for (const char* drafter : {"eagle", "eesd", "chimera"}) {
            QTest::addRow("%s, a chain", drafter) << drafter << "chain";
            QTest::addRow("%s, drawn without replacement", drafter) << drafter << "sampled-without-replacement";
            QTest::addRow("%s, drawn with replacement", drafter) << drafter << "sampled-with-replacement";
        }
        QTest::addRow("eagle, dynamic") << "eagle"
                                        << "dynamic";
        QTest::addRow("chimera, fixed ranks") << "chimera"
                                              << "static";
    }
    void sampledTextFollowsTheLaw()
    {
        QFETCH(QString, drafter);
        QFETCH(QString, shape);
        const ModelPtr target = tiny_folder(scratch_.filePath("tiny").toStdString(), kLawVocabulary, 1);
        QVERIFY(target);
        const auto wanted = settings(drafter.toStdString(),
                                     {{"shape", shape.toStdString()},
                                      {"draft_length", std::int64_t{3}},
                                      {"branching", std::vector<std::int64_t>{3, 2, 1}},
                                      {"top_k", std::int64_t{3}},
                                      {"total_nodes", std::int64_t{8}}},
                                     1);
        const auto heads = drafter == "eagle"  ? eagle_heads(target, 1, false, 2)
                           : drafter == "eesd" ? exit_heads(target, 1, 2)
                                               : chimera_heads(target, 3, true, true, 2);
        const auto law = joint_law(*target->decoder, wanted.sampling);
        auto work = job(target, nullptr, kLawPrompt, 2);
        work.instrumented = false;
        work.trained = shared(heads);
        std::vector<std::int64_t> counts(law.size(), 0);
        std::int64_t accepted = 0;
        for (int i = 0; i < kRuns; ++i) {
            work.seed = static_cast<std::uint64_t>(i) + 1;
            const auto run = decode(work, wanted);
            QVERIFY(run.ok());
            const auto ids = record::generated_ids(*run.value());
            ++counts[static_cast<std::size_t>(ids[0] * kLawVocabulary + ids[1])];
            for (const record::Round* round : record::rounds(*run.value())) {
                accepted += static_cast<std::int64_t>(round->path.size()) - 1;
            }
        }
        const double z = chi_square_z(counts, law, kRuns);
        QVERIFY2(z < kOneInThousand, qPrintable(QString::number(z)));
        QVERIFY(accepted > kRuns / 20);  // else the test would not have tested anything
    }

private:
    QTemporaryDir scratch_;
};

QTEST_APPLESS_MAIN(TestFeatureHeadsText)
#include "test_feature_heads_text.moc"
