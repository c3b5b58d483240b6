// SPDX-License-Identifier: GPL-3.0-or-later
// Edits of heads: the text that configs keep, and what they do to a layer.
#include "core/attention/edited_attention.h"
#include "core/rules/attention_edits.h"
#include "tests/attention/attention_testing.h"

#include "core/run/attention_session.h"

using namespace timberline;
using namespace timberline::attention;
using namespace timberline::attention::testing;

namespace {

Problem problem()
{
    Problem p;
    p.keys = 30;
    p.queries = 12;
    p.heads = 4;
    p.kv_heads = 2;
    p.dim = 8;
    p.draw(21);
    return p;
}

/// The plan that a config's text makes for a model of one layer and four heads.
Result<run::AttentionPlan> plan(const std::string& edits, const std::string& variant = "softmax")
{
    MethodRegistry methods;
    register_attention_variants(methods);
    model::DecoderConfig config;
    config.layers = 1;
    config.heads = 4;
    config.kv_heads = 2;
    config.head_dim = 8;
    return run::make_attention_plan(methods, config, {.id = variant, .values = {}}, edits);
}

Answer edited(Problem& p, const std::string& edits)
{
    const auto made = plan(edits);
    if (!made.ok()) {
        QTest::qFail(made.error().message.c_str(), __FILE__, __LINE__);
        return {};
    }
    return answer(*made->kernel, p);
}

std::vector<float> head_of(const Problem& p, const std::vector<float>& output, std::int64_t head)
{
    std::vector<float> out;
    for (std::int64_t t = 0; t < p.queries; ++t) {
        const auto begin = output.begin() + (t * p.heads + head) * p.dim;
        out.insert(out.end(), begin, begin + p.dim);
    }
    return out;
}

}  // namespace

class TestEdits : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void textsReadBack_data();
    void textsReadBack();
    void badTextsAreNamed_data();
    void badTextsAreNamed();
    void placesOutsideTheModelAreNamed_data();
    void placesOutsideTheModelAreNamed();
    void laterEditsWin();
    void ablationZeroesTheHeadAndKeepsItsMap();
    void scalingMultipliesTheHead();
    void temperatureIsTheHeadsOwn();
    void swappedHeadsAttendByAnotherMethod();
    void undoGivesTheOriginalBack();
};

void TestEdits::textsReadBack_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("spelled");
    QTest::newRow("nothing") << ""
                             << "";
    QTest::newRow("blanks and separators") << " ; \n ;;"
                                           << "";
    QTest::newRow("one head") << "ablate 3.2"
                              << "ablate 3.2";
    QTest::newRow("several") << "ablate 3.2;scale 1.0 0.50 ;\n temperature 0.* 2"
                             << "ablate 3.2; scale 1.0 0.5; temperature 0.* 2";
    QTest::newRow("ranges") << "scale 1-4.0-2 -1"
                            << "scale 1-4.0-2 -1";
    QTest::newRow("a variant") << "swap *.1 lssar"
                               << "swap *.1 lssar";
    QTest::newRow("a range of one") << "ablate 2-2.0"
                                    << "ablate 2.0";
}

void TestEdits::textsReadBack()
{
    QFETCH(QString, text);
    QFETCH(QString, spelled);
    const auto edits = rules::parse_attention_edits(text.toStdString());
    QVERIFY2(edits.ok(), edits.ok() ? "" : edits.error().message.c_str());
    QCOMPARE(QString::fromStdString(rules::to_text(*edits)), spelled);
    QVERIFY(*rules::parse_attention_edits(rules::to_text(*edits)) == *edits);
}

void TestEdits::badTextsAreNamed_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("said");
    QTest::newRow("an unknown word") << "remove 3.2"
                                     << "'remove'";
    QTest::newRow("no place") << "ablate"
                              << "has 1 words: expected 2";
    QTest::newRow("too many words") << "ablate 1.2 3"
                                    << "has 3 words";
    QTest::newRow("no dot") << "ablate 12"
                            << "'12'";
    QTest::newRow("a negative layer") << "ablate -1.0"
                                      << "'-1.0'";
    QTest::newRow("a backward range") << "ablate 4-2.0"
                                      << "'4-2.0'";
    QTest::newRow("a huge number") << "ablate 99999999999.0"
                                   << "'99999999999.0'";
    QTest::newRow("letters in a place") << "scale a.b 2"
                                        << "'a.b'";
    QTest::newRow("a missing factor") << "scale 0.0"
                                      << "has 2 words";
    QTest::newRow("a factor in letters") << "scale 0.0 half"
                                         << "'half'";
    QTest::newRow("a factor that is no number") << "scale 0.0 nan"
                                                << "'nan'";
    QTest::newRow("an infinite factor") << "scale 0.0 inf"
                                        << "'inf'";
    QTest::newRow("temperature 0") << "temperature 0.0 0"
                                   << "0.001";
    QTest::newRow("a wrong second edit") << "ablate 0.0; burn 1.1"
                                         << "'burn'";
}

void TestEdits::badTextsAreNamed()
{
    QFETCH(QString, text);
    QFETCH(QString, said);
    const auto edits = rules::parse_attention_edits(text.toStdString());
    QVERIFY(!edits.ok());
    QVERIFY2(edits.error().message.find(said.toStdString()) != std::string::npos, edits.error().message.c_str());
    QVERIFY(!edits.error().hint.empty());
}

void TestEdits::placesOutsideTheModelAreNamed_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("said");
    QTest::newRow("a layer of a one-layer model") << "ablate 1.0"
                                                  << "layers 0 to 0";
    QTest::newRow("a head") << "ablate 0.4"
                            << "heads 0 to 3";
    QTest::newRow("the end of a range") << "scale 0-3.0 2"
                                        << "layer 3";
    QTest::newRow("a method that does not exist") << "swap 0.0 lsar"
                                                  << "lsar";
}

void TestEdits::placesOutsideTheModelAreNamed()
{
    QFETCH(QString, text);
    QFETCH(QString, said);
    const auto made = plan(text.toStdString());
    QVERIFY(!made.ok());
    QVERIFY2(made.error().message.find(said.toStdString()) != std::string::npos, made.error().message.c_str());
}

void TestEdits::laterEditsWin()
{
    const auto edits = rules::parse_attention_edits("scale *.* 0.5; ablate 1.*; temperature 0-1.2 3; scale 1.1 2; swap 0.0 lssar");
    const auto heads = rules::resolve_attention_edits(*edits, 2, 3);
    QVERIFY(heads.ok());
    const std::vector<rules::HeadEdit> expected = {{.5, 1, "lssar"}, {.5, 1, ""}, {.5, 3, ""}, {0, 1, ""}, {2, 1, ""}, {0, 3, ""}};
    QVERIFY(*heads == expected);
}

void TestEdits::ablationZeroesTheHeadAndKeepsItsMap()
{
    Problem p = problem();
    const Answer base = edited(p, "");
    const Answer got = edited(p, "ablate 0.2");
    QVERIFY(head_of(p, got.output, 2) == std::vector<float>(static_cast<std::size_t>(p.queries * p.dim), 0.0F));
    for (const std::int64_t other : {0, 1, 3}) {
        QVERIFY(head_of(p, got.output, other) == head_of(p, base.output, other));
    }
    QVERIFY(got.map == base.map);
    QCOMPARE(got.row(p, 2, 5).entropy, base.row(p, 2, 5).entropy);
}

void TestEdits::scalingMultipliesTheHead()
{
    Problem p = problem();
    const auto base = edited(p, "").output;
    const auto got = edited(p, "scale 0.1 -0.5").output;
    for (std::size_t i = 0; i < base.size(); ++i) {
        const auto head = static_cast<std::int64_t>(i) / p.dim % p.heads;
        QCOMPARE(got[i], head == 1 ? base[i] * -0.5F : base[i]);
    }
}

void TestEdits::temperatureIsTheHeadsOwn()
{
    Problem p = problem();
    p.softcap = 1.5;
    const Answer base = edited(p, "");
    const Answer got = edited(p, "temperature 0.3 4");
    Problem cool = problem();
    cool.softcap = 1.5;
    cool.temperature = 4;
    for (std::int64_t t = 0; t < p.queries; ++t) {
        const auto expected = softmax(cool.scores(3, t));
        for (std::size_t key = 0; key < expected.size(); ++key) {
            QVERIFY(std::abs(static_cast<double>(got.weights(p, 3, t)[key]) - expected[key]) < 1e-5);
        }
        QVERIFY(got.row(p, 3, t).entropy > base.row(p, 3, t).entropy);
        QCOMPARE(got.row(p, 2, t).entropy, base.row(p, 2, t).entropy);
    }
}

void TestEdits::swappedHeadsAttendByAnotherMethod()
{
    Problem p = problem();
    const Answer base = edited(p, "");
    const Answer all = answer(*make_variant("lssar", p), p);
    const Answer got = edited(p, "swap 0.1-2 lssar");
    for (std::int64_t head = 0; head < 4; ++head) {
        QVERIFY(head_of(p, got.output, head) == head_of(p, head == 1 || head == 2 ? all.output : base.output, head));
    }
    QVERIFY(plan("swap 0.1 lssar")->what_if && plan("swap 0.1 lssar")->changed);
    QVERIFY(!plan("ablate 0.1")->what_if && plan("ablate 0.1")->changed);
    QVERIFY(!plan("")->changed && plan("", "two-pass-softmax")->changed);
    const Answer cooled = edited(p, "swap 0.0 lssar; temperature 0.0 5");  // the temperature also reaches a variant with a scale of its own
    QVERIFY(cooled.row(p, 0, 9).entropy > all.row(p, 0, 9).entropy);
}

void TestEdits::undoGivesTheOriginalBack()
{
    Problem p = problem();
    const auto exact = model::make_exact_attention(*model::kernels::available_kernels().front());
    const Answer original = answer(*exact, p);
    QVERIFY(edited(p, "ablate 0.*").output != original.output);
    QVERIFY(edited(p, "").output == original.output);
    // Edits that say "as it was" take the long way and give the same bits.
    const Answer again = edited(p, "ablate 0.*; scale 0.* 1; temperature 0.1 7; temperature 0.1 1");
    QVERIFY(again.output == original.output && again.map == original.map);
    // So does a composite whose heads are asked for one by one.
    std::vector<HeadPlan> one_by_one;
    std::vector<std::shared_ptr<AttentionKernel>> kernels;
    for (int head = 0; head < 4; ++head) {
        kernels.push_back(model::make_exact_attention(*model::kernels::available_kernels().front()));
        one_by_one.push_back({.kernel = kernels.back().get()});
    }
    EditedAttention composite(4, one_by_one, kernels);
    QVERIFY(answer(composite, p).output == original.output);
}

QTEST_APPLESS_MAIN(TestEdits)
#include "test_edits.moc"
