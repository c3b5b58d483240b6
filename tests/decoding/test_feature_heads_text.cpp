// SPDX-License-Identifier: GPL-3.0-or-later
// Draft heads that read the target's features change no text: greedy identity at every length and tree shape, and the sampled law by
// chi-square, with heads of random numbers; shipped heads see test_feature_heads_shipped.
#include "tests/decoding/feature_heads_testing.h"
#include "tests/decoding/law_helpers.h"

#include "core/base/compute_threads.h"

#include <QTemporaryDir>
#include <QtTest/QtTest>

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
