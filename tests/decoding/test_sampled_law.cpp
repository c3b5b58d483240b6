// SPDX-License-Identifier: GPL-3.0-or-later
// Sampled text follows the target's law whatever drafts it: the first two generated tokens of many runs against their exact joint law,
// which is enumerated from forwards of the target alone.
#include "tests/decoding/law_helpers.h"

#include "core/base/compute_threads.h"

#include <QtTest/QtTest>

using namespace timberline;
using namespace timberline::test;

Q_DECLARE_METATYPE(decoding::RoundSettings)

class TestSampledLaw : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { set_compute_threads(1); }

    void firstTwoTokens_data()
    {
        QTest::addColumn<decoding::RoundSettings>("settings");
        QTest::addColumn<double>("topP");
        QTest::addColumn<double>("penalty");
        const auto list = std::vector<std::int64_t>{3, 2, 1};
        const auto length = std::int64_t{3};
        for (const double top_p : {1.0, 0.8}) {
            const char* tag = top_p < 1 ? " with top-p" : "";
            QTest::addRow("plain%s", tag) << settings("plain", {}, 1) << top_p << 1.0;
            QTest::addRow("a chain%s", tag) << settings("draft-model-chain", {{"draft_length", length}}, 1) << top_p << 1.0;
            for (const std::string shape : {"dynamic", "top-k", "sampled-without-replacement", "sampled-with-replacement"}) {
                const Values values{{"shape", shape},
                                    {"draft_length", length},
                                    {"branching", list},
                                    {"top_k", std::int64_t{3}},
                                    {"total_nodes", std::int64_t{10}}};
                QTest::addRow("a tree, %s%s", shape.c_str(), tag) << settings("draft-model-tree", values, 1) << top_p << 1.0;
            }
        }
        QTest::addRow("a chain drawn at another temperature and top-k")
            << settings("draft-model-chain", {{"draft_length", length}, {"draft_temperature", 0.5}, {"draft_top_k", std::int64_t{4}}}, 1)
            << 1.0 << 1.0;
        QTest::addRow("a greedy chain under a sampled target")
            << settings("draft-model-chain", {{"draft_length", length}, {"draft_temperature", 0.0}}, 1) << 1.0 << 1.0;
        QTest::addRow("a tree with a repetition penalty, each node by its own path")
            << settings("draft-model-tree",
                        {{"shape", std::string("sampled-without-replacement")}, {"draft_length", length}, {"branching", list}}, 1)
            << 1.0 << 1.8;
        auto compared = settings("draft-model-tree", {{"shape", std::string("top-k")}, {"draft_length", length}, {"branching", list}}, 1);
        compared.acceptance = method("acceptance rule", "sample-and-compare");
        QTest::addRow("a tree under sample-and-compare") << compared << 1.0 << 1.0;
    }
    void firstTwoTokens()
    {
        QFETCH(decoding::RoundSettings, settings);
        QFETCH(double, topP);
        QFETCH(double, penalty);
        settings.sampling.top_p = topP;
        settings.sampling.repetition_penalty = penalty;
        const ModelPtr target = tiny_model(kLawVocabulary, 1);
        const ModelPtr draft = tiny_model(kLawVocabulary, 2);
        QVERIFY(target && draft);
#ifdef TIMBERLINE_SANITIZED
        constexpr int kRuns = 3000;
#else
        constexpr int kRuns = 100000;
#endif
        const auto law = joint_law(*target->decoder, settings.sampling);
        QCOMPARE(law.size(), std::size_t{kLawVocabulary * kLawVocabulary});
        const Sampled drawn = sample(target, draft, settings, kRuns);
        const double z = chi_square_z(drawn.counts, law, kRuns);
        qInfo("chi-square z %.2f, accepted %lld, rejected %lld", z, static_cast<long long>(drawn.accepted),
              static_cast<long long>(drawn.tested_rejected));
        QVERIFY2(z < kOneInThousand, qPrintable(QString::number(z)));
        if (settings.drafter.id != "plain") {
            QVERIFY(drawn.accepted > kRuns / 20);  // else the test would not have tested anything
            QVERIFY(drawn.tested_rejected > kRuns / 20);
        }
    }

    /// The statistic must see a law that is a little off: the draft's own law instead of the target's.
    void anotherLawIsSeen()
    {
        const ModelPtr target = tiny_model(kLawVocabulary, 1);
        const ModelPtr draft = tiny_model(kLawVocabulary, 2);
        const auto plain = settings("plain", {}, 1);
        const auto law = joint_law(*target->decoder, plain.sampling);
        QVERIFY(chi_square_z(sample(draft, nullptr, plain, 5000).counts, law, 5000) > 10);
#ifdef TIMBERLINE_SANITIZED
        QSKIP("the finer difference needs more draws than a sanitizer run takes");
#endif
        auto warmer = plain;
        warmer.sampling.temperature = 1.1;
        QVERIFY(chi_square_z(sample(target, nullptr, warmer, 100000).counts, law, 100000) > 5);
    }
};

QTEST_APPLESS_MAIN(TestSampledLaw)
#include "test_sampled_law.moc"
