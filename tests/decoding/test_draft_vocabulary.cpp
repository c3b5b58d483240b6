// SPDX-License-Identifier: GPL-3.0-or-later
// Draft heads with a reduced vocabulary: which tokens it holds, how it is kept
// in the folder, that the draft stays inside it and the text stays the
// target's.
#include "tests/decoding/feature_heads_testing.h"
#include "tests/decoding/law_helpers.h"

#include "core/base/compute_threads.h"
#include "core/decoding/draft_law.h"
#include "core/decoding/heads/draft_vocabulary.h"

#include <QTemporaryDir>
#include <QtTest/QtTest>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <set>

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

ModelPtr fixture(const std::string& name)
{
    return load(std::string(kFixtures) + "/" + name);
}

const std::vector<TokenId> kText = {1, 17, 300, 5, 77};

/// Every third token.
std::vector<TokenId> some_ids(std::int64_t vocabulary, TokenId first = 1)
{
    std::vector<TokenId> out;
    for (TokenId id = first; id < vocabulary; id += 3) {
        out.push_back(id);
    }
    return out;
}

decoding::HeadFolder reduced_heads(const ModelPtr& target, const std::vector<TokenId>& ids, bool fusion = false, double gain = 1)
{
    auto out = eagle_heads(target, 1, fusion, gain);
    decoding::put_draft_vocabulary(out, ids);
    return out;
}

using Damage = std::function<void(decoding::HeadFolder&)>;

}  // namespace

Q_DECLARE_METATYPE(Damage)

class TestDraftVocabulary : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { set_compute_threads(1); }

    void itHoldsTheMostFrequentTokens_data()
    {
        QTest::addColumn<int>("count");
        QTest::addColumn<int>("special");
        QTest::addColumn<QList<int>>("expected");
        // Counts of tokens 0..7: 1 0 3 2 2 0 4 1.
        QTest::newRow("the most frequent one") << 1 << -1 << QList<int>{6};
        QTest::newRow("in the order of ids") << 2 << -1 << QList<int>{2, 6};
        QTest::newRow("of equally frequent ones the lower id") << 3 << -1 << QList<int>{2, 3, 6};
        QTest::newRow("of equally rare ones the lower id") << 5 << -1 << QList<int>{0, 2, 3, 4, 6};
        QTest::newRow("those that do not occur come last, by id") << 7 << -1 << QList<int>{0, 1, 2, 3, 4, 6, 7};
        QTest::newRow("a special token that occurs stays, in place of the rarest") << 3 << 7 << QList<int>{2, 6, 7};
        QTest::newRow("a special token that does not occur has no right to stay") << 3 << 5 << QList<int>{2, 3, 6};
        QTest::newRow("the whole vocabulary is no reduction") << 8 << -1 << QList<int>{};
        QTest::newRow("nor is more than that") << 100 << -1 << QList<int>{};
    }
    void itHoldsTheMostFrequentTokens()
    {
        QFETCH(int, count);
        QFETCH(int, special);
        QFETCH(QList<int>, expected);
        const std::vector<std::vector<TokenId>> text = {{6, 2, 3, 6, 4}, {6, 2, 0, 3}, {6, 7, 2, 4}};
        const auto got = decoding::frequent_tokens(text, count, 8, [special](TokenId token) { return token == special; });
        QCOMPARE(QList<int>(got.begin(), got.end()), expected);
    }

    /// Ids beyond 2048 are no F16 numbers: the map is kept in F32 whatever the
    /// folder is.
    void aHalfFolderKeepsTheIds()
    {
        const QTemporaryDir folder;
        decoding::HeadFolder heads;
        heads.family = "eagle";
        heads.target.vocabulary = 100'000;
        heads.tensors["join.weight"] = {{1, 2}, {0.1F, 0.2F}};
        const std::vector<TokenId> ids = {3, 2047, 2049, 4095, 70'001};
        decoding::put_draft_vocabulary(heads, ids);
        decoding::round_to_half(heads);
        QVERIFY(decoding::write_head_folder(folder.path().toStdString(), heads, true).ok());
        const auto file = io::SafetensorsFile::open_file(folder.filePath("model.safetensors").toStdString());
        QVERIFY(file.ok());
        for (const auto& [name, view] : file->tensors()) {
            QCOMPARE(view.type, name == "d2t" ? io::DataType::F32 : io::DataType::F16);
            if (name == "d2t") {
                std::vector<float> values(ids.size());
                io::to_float32(view, values.data());
                QVERIFY(std::equal(ids.begin(), ids.end(), values.begin(),
                                   [](TokenId id, float value) { return static_cast<double>(id) == static_cast<double>(value); }));
            }
        }
        QCOMPARE(decoding::draft_vocabulary_of(heads).value(), ids);
    }

    void badMapsAreRefused_data()
    {
        QTest::addColumn<Damage>("damage");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* name, Damage damage, const char* says) { QTest::newRow(name) << damage << QString(says); };
        const auto set = [](std::size_t at, float value) {
            return [at, value](decoding::HeadFolder& heads) { heads.tensors.at("d2t").values[at] = value; };
        };
        row("not increasing", set(3, 1), "increasing");
        row("the same token twice", set(1, 1), "each once");
        row("beyond the vocabulary", set(9, 640), "0 to 639");
        row("below it", set(0, -1), "0 to 639");
        row("no whole number", set(0, 0.5F), "0.5");
        row("a NaN", set(0, std::nanf("")), "NaN");
        row(
            "shorter than the folder says", [](auto& heads) { heads.shape["draft_vocabulary"] = 11; }, "[10], expected [11]");
        row(
            "no reduction at all", [](auto& heads) { heads.shape["draft_vocabulary"] = 640; }, "draft_vocabulary is 640");
        row(
            "a map that the folder does not speak of", [](auto& heads) { heads.shape.erase("draft_vocabulary"); }, "names no");
        row(
            "no map where the folder speaks of one", [](auto& heads) { heads.tensors.erase("d2t"); }, "d2t is missing");
    }
    void badMapsAreRefused()
    {
        QFETCH(Damage, damage);
        QFETCH(QString, says);
        const ModelPtr target = fixture("llama-gqa");
        QVERIFY(target);
        QCOMPARE(target->folder.config.vocabulary, std::int64_t{640});
        auto heads = reduced_heads(target, {1, 5, 9, 20, 30, 40, 50, 60, 70, 80});
        auto work = job(target, nullptr, kText, 4);
        work.trained = shared(heads);
        QVERIFY(decode(work, settings("eagle")).ok());
        damage(heads);
        work.trained = shared(heads);
        const auto refused = decode(work, settings("eagle"));
        QVERIFY(!refused.ok());
        QVERIFY2(QString::fromStdString(refused.error().message).contains(says), refused.error().message.c_str());
        QVERIFY(!refused.error().hint.empty());
    }

    void reducedRowsAreTheWholeOnes_data()
    {
        QTest::addColumn<QString>("target");
        for (const char* name : {"llama-gqa", "gpt-neo-local", "qwen2-tied-bf16"}) {
            QTest::addRow("%s", name) << name;
        }
    }
    /// The read-out's rows are those of the whole read-out at the map's ids, and
    /// minus infinity elsewhere.
    void reducedRowsAreTheWholeOnes()
    {
        QFETCH(QString, target);
        const ModelPtr model = fixture(target.toStdString());
        QVERIFY(model);
        const auto vocabulary = model->folder.config.vocabulary;
        const auto v = static_cast<std::size_t>(vocabulary);
        const auto ids = some_ids(vocabulary);
        const auto whole = decoding::SharedReadOut::of(*model), reduced = decoding::SharedReadOut::of(*model, ids);
        QVERIFY(whole.ok() && reduced.ok());
        QCOMPARE(reduced->vocabulary(), vocabulary);
        const auto rows = random_tensor("rows", {3, model->folder.config.hidden}, 8).values;
        std::vector<float> expected(3 * v), got(3 * v, 7.0F);
        whole->logits(rows, 3, expected);
        reduced->logits(rows, 3, got);
        for (std::size_t i = 0; i < got.size(); ++i) {
            const bool inside = std::ranges::binary_search(ids, static_cast<TokenId>(i % v));
            QVERIFY(inside ? std::abs(got[i] - expected[i]) <= 1e-5F * (1 + std::abs(expected[i]))
                           : got[i] == -std::numeric_limits<float>::infinity());
        }
    }

    void theDraftLawHasNoMassOutside_data()
    {
        QTest::addColumn<double>("temperature");
        QTest::addColumn<double>("penalty");
        QTest::newRow("as it is") << 1. << 1.;
        QTest::newRow("warm") << 1.8 << 1.;
        QTest::newRow("cold") << 0.05 << 1.;
        QTest::newRow("with a repetition penalty") << 1. << 1.5;
    }
    void theDraftLawHasNoMassOutside()
    {
        QFETCH(double, temperature);
        QFETCH(double, penalty);
        const ModelPtr target = fixture("llama-gqa");
        const auto ids = some_ids(640);
        const auto head = decoding::EagleHead::open(*target, reduced_heads(target, ids));
        QVERIFY(head.ok());
        decoding::EagleFeeder feeder(target, *head, 100);
        record::Sampling sampling;
        sampling.temperature = temperature;
        sampling.repetition_penalty = penalty;
        decoding::RoundContext context;
        context.committed = kText;
        context.sampling = &sampling;
        QVERIFY(feeder.begin(kText, {}).ok());
        const auto logits = feeder.feed_root(context);
        QVERIFY(logits.ok());
        std::vector<float> law;
        decoding::draft_law(decoding::draft_sampling(sampling, -1, 0), kText, *logits, law);
        double inside = 0;
        for (TokenId id = 0; id < 640; ++id) {
            const float q = law[static_cast<std::size_t>(id)];
            if (std::ranges::binary_search(ids, id)) {
                inside += static_cast<double>(q);
            } else {
                QVERIFY(q == 0.0F);
            }
        }
        QVERIFY(std::abs(inside - 1) < 1e-5);
    }

    void greedyTextIsTheTargets_data()
    {
        QTest::addColumn<int>("tokens");
        QTest::addColumn<bool>("fusion");
        QTest::newRow("a third of the vocabulary") << 170 << false;
        QTest::newRow("a third of the vocabulary, fused features") << 170 << true;
        QTest::newRow("fewer tokens than a node has children") << 2 << false;
        QTest::newRow("one token") << 1 << false;
    }
    void greedyTextIsTheTargets()
    {
        QFETCH(int, tokens);
        QFETCH(bool, fusion);
        const ModelPtr target = fixture("llama-gqa");
        QVERIFY(target);
        auto work = job(target, nullptr, kText, kTokens);
        const auto plain = record::generated_ids(*decode(work, settings("plain")).value());
        auto ids = some_ids(640,
                            plain[0] % 3);  // so that the target's own first token is among them
        ids.erase(std::ranges::find(ids, plain[0]));
        ids.resize(static_cast<std::size_t>(tokens) - 1);
        ids.insert(std::ranges::lower_bound(ids, plain[0]), plain[0]);
        work.trained = shared(reduced_heads(target, ids, fusion));
        for (const char* shape : {"chain", "dynamic", "top-k", "sampled-without-replacement", "sampled-with-replacement"}) {
            const auto run = decode(work, settings("eagle", {{"shape", std::string(shape)}, {"total_nodes", std::int64_t{16}}}));
            QVERIFY2(run.ok(), shape);
            QCOMPARE(record::generated_ids(*run.value()), plain);
            std::size_t drafted = 0;
            for (const record::Round* round : record::rounds(*run.value())) {
                QVERIFY(round->lossless);
                for (const record::Node& node : round->nodes) {
                    const bool own = node.state == record::NodeState::Root || node.state == record::NodeState::Bonus ||
                                     node.state == record::NodeState::Correction;
                    QVERIFY(own || std::ranges::binary_search(ids, node.token));
                    drafted += own ? 0 : 1;
                }
            }
            QVERIFY(drafted >= static_cast<std::size_t>(kTokens) / 2);
        }
    }

    void sampledTextFollowsTheLaw_data()
    {
        QTest::addColumn<QString>("shape");
        QTest::addColumn<QString>("rule");
        QTest::newRow("a chain") << "chain"
                                 << "exact";
        QTest::newRow("a chain, block verification") << "chain"
                                                     << "block";
        QTest::newRow("drawn without replacement") << "sampled-without-replacement"
                                                   << "exact";
        QTest::newRow("drawn with replacement, traversal") << "sampled-with-replacement"
                                                           << "traversal";
        QTest::newRow("chosen by confidence") << "dynamic"
                                              << "exact";
    }
    /// Three of eight tokens can be drafted; the other five come from the
    /// residual alone.
    void sampledTextFollowsTheLaw()
    {
        QFETCH(QString, shape);
        QFETCH(QString, rule);
        const ModelPtr target = tiny_folder(m_scratch.filePath("tiny").toStdString(), kLawVocabulary, 1);
        QVERIFY(target);
        auto wanted = settings("eagle",
                               {{"shape", shape.toStdString()},
                                {"draft_length", std::int64_t{3}},
                                {"branching", std::vector<std::int64_t>{3, 2, 1}},
                                {"top_k", std::int64_t{3}},
                                {"total_nodes", std::int64_t{8}}},
                               1);
        wanted.acceptance = method("acceptance rule", rule.toStdString());
        const auto law = joint_law(*target->decoder, wanted.sampling);
        auto work = job(target, nullptr, kLawPrompt, 2);
        work.instrumented = false;
        const std::vector<TokenId> ids = {1, 2, 6};
        work.trained = shared(reduced_heads(target, ids, false, 2));
        std::vector<std::int64_t> counts(law.size(), 0);
        std::int64_t accepted = 0;
        for (int i = 0; i < kRuns; ++i) {
            work.seed = static_cast<std::uint64_t>(i) + 1;
            const auto run = decode(work, wanted);
            QVERIFY(run.ok());
            const auto written = record::generated_ids(*run.value());
            ++counts[static_cast<std::size_t>(written[0] * kLawVocabulary + written[1])];
            for (const record::Round* round : record::rounds(*run.value())) {
                accepted += static_cast<std::int64_t>(round->path.size()) - 1;
            }
        }
        const double z = chi_square_z(counts, law, kRuns);
        QVERIFY2(z < kOneInThousand, qPrintable(QString::number(z)));
        QVERIFY(accepted > kRuns / 20);
        double outside = 0;  // else the test would not have tested the residual
        for (std::size_t i = 0; i < law.size(); ++i) {
            outside += std::ranges::find(ids, static_cast<TokenId>(i / kLawVocabulary)) == ids.end() ? law[i] : 0;
        }
        QVERIFY(outside > 0.2);
    }

private:
    QTemporaryDir m_scratch;
};

QTEST_APPLESS_MAIN(TestDraftVocabulary)
#include "test_draft_vocabulary.moc"
