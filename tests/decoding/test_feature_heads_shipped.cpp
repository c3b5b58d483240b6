// SPDX-License-Identifier: GPL-3.0-or-later
// The shipped heads that read features: on the twelve reference prompts they write the reference's text and commit at least what the
// project promises a pass; parts that are said to help do help.
#include "tests/decoding/feature_heads_testing.h"

#include "core/base/compute_threads.h"

#include <QtTest/QtTest>

#include <cmath>

using namespace timberline;
using namespace timberline::test;

namespace {

constexpr auto kFixtures = TIMBERLINE_FIXTURES;

#ifdef TIMBERLINE_SANITIZED
constexpr std::size_t kPrompts = 1;
constexpr std::int64_t kTokens = 8;
#else
constexpr std::size_t kPrompts = 12;
constexpr std::int64_t kTokens = 64;
#endif

decoding::HeadFolderPtr shipped(const std::string& family, const ModelPtr& target)
{
    auto opened = decoding::open_head_folder("bundled:tale-heads/" + family, {family}, target->folder);
    return opened.ok() ? opened.value() : nullptr;
}

/// Tokens a pass, the bonus counted, over the reference prompts with trees of at most 24 nodes; -1 when a run fails or writes another text
/// than the reference.
double accepted_per_pass(const std::string& drafter)
{
    static std::map<std::string, double> measured;
    if (const auto known = measured.find(drafter); known != measured.end()) {
        return known->second;
    }
    const ModelPtr target = load("bundled:tale");
    const auto heads = target ? shipped(drafter, target) : nullptr;
    const Reference reference = read_reference(kFixtures);
    if (!heads || reference.prompts.size() != 12) {
        return -1;
    }
    double committed = 0, passes = 0;
    for (std::size_t i = 0; i < kPrompts; ++i) {
        const ReferencePrompt& prompt = reference.prompts[i];
        auto work = job(target, nullptr, prompt.ids, kTokens);
        work.instrumented = false;
        work.trained = heads;
        const auto run = decode(work, settings(drafter, {{"total_nodes", std::int64_t{24}}}));
        if (!run.ok()) {
            return -1;
        }
        const auto ids = record::generated_ids(*run.value());
        for (std::size_t k = 0; k < ids.size() && prompt.margins[k] >= 1e-3; ++k) {
            if (ids[k] != prompt.greedy_new[k]) {
                return -1;
            }
        }
        auto rounds = record::rounds(*run.value());
        rounds.pop_back();  // the token limit cuts it
        for (const record::Round* round : rounds) {
            if (round->target_tokens > 25) {
                return -1;
            }
            committed += static_cast<double>(round->path.size());
            ++passes;
        }
    }
    return measured[drafter] = committed / passes;
}

/// -log q of the reference's next token after a prompt of its own text, by the law of the root.
double cross_entropy(decoding::NodeFeeder& feeder, const std::vector<TokenId>& text, std::size_t length)
{
    record::Sampling sampling;
    decoding::RoundContext context;
    context.committed = std::span(text).first(length);
    context.sampling = &sampling;
    if (!feeder.begin(context.committed, {}).ok()) {
        return std::nan("");
    }
    const auto logits = feeder.feed_root(context);
    if (!logits.ok()) {
        return std::nan("");
    }
    double largest = -1e30, total = 0;
    for (const float x : *logits) {
        largest = std::max(largest, static_cast<double>(x));
    }
    for (const float x : *logits) {
        total += std::exp(static_cast<double>(x) - largest);
    }
    return std::log(total) + largest - static_cast<double>((*logits)[static_cast<std::size_t>(text[length])]);
}

}  // namespace

class TestFeatureHeadsShipped : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { set_compute_threads(2); }

    void theyReachTheirFloors_data()
    {
        QTest::addColumn<QString>("drafter");
        QTest::addColumn<double>("floor");
        QTest::addRow("Medusa commits 2.2 tokens a pass") << "medusa" << 2.2;
        QTest::addRow("Hydra commits 2.4 tokens a pass") << "hydra" << 2.4;
        QTest::addRow("KOALA on Medusa commits 2.4 tokens a pass") << "koala-medusa" << 2.4;
        QTest::addRow("EAGLE commits 2.6 tokens a pass") << "eagle" << 2.6;
        QTest::addRow("KOALA on EAGLE commits 2.6 tokens a pass") << "koala-eagle" << 2.6;
        QTest::addRow("EESD commits 2.6 tokens a pass") << "eesd" << 2.6;
        QTest::addRow("Chimera commits 2.4 tokens a pass") << "chimera" << 2.4;
    }
    void theyReachTheirFloors()
    {
        QFETCH(QString, drafter);
        QFETCH(double, floor);
        const double accepted = accepted_per_pass(drafter.toStdString());
        qInfo("%s: %.3f tokens a pass", qPrintable(drafter), accepted);
#ifdef TIMBERLINE_SANITIZED
        QVERIFY(accepted > 0);  // so few tokens say nothing about the floor
        Q_UNUSED(floor);
#else
        QVERIFY2(accepted >= floor, qPrintable(QString::number(accepted)));
#endif
    }

    /// In one run: what an addition is for, it brings.
    void additionsPay_data()
    {
        QTest::addColumn<QString>("better");
        QTest::addColumn<QString>("base");
        QTest::addRow("the shipped KOALA head over the shipped EAGLE head") << "koala-eagle"
                                                                            << "eagle";
        QTest::addRow("the shipped KOALA heads over the shipped Medusa heads") << "koala-medusa"
                                                                               << "medusa";
        QTest::addRow("the shipped Chimera head over the shipped Medusa heads") << "chimera"
                                                                                << "medusa";
    }
    void additionsPay()
    {
#ifdef TIMBERLINE_SANITIZED
        QSKIP("so few tokens say nothing about the order");
#endif
        QFETCH(QString, better);
        QFETCH(QString, base);
        const double with = accepted_per_pass(better.toStdString()), without = accepted_per_pass(base.toStdString());
        QVERIFY2(with > without && without > 1, qPrintable(QString("%1 against %2").arg(with).arg(without)));
    }

    /// EESD's chain in the target's own cache drafts and keeps what a chain in a cache of its own does, round by round (decoding.md 2.3);
    /// and changes of the way, between rounds, change no text.
    void sharingTheCacheChangesNothing()
    {
        const ModelPtr target = load("bundled:tale");
        QVERIFY(target);
        const auto chain = [](bool share, std::int64_t length) {
            return settings("eesd", {{"shape", std::string("chain")}, {"draft_length", length}, {"share_cache", share}});
        };
        const Reference reference = read_reference(kFixtures);
        for (const std::int64_t length : {1, 4}) {
            auto work = job(target, nullptr, reference.prompts[1].ids, std::min<std::int64_t>(kTokens, 40));
            work.trained = shipped("eesd", target);
            const auto shared_run = decode(work, chain(true, length)), own_run = decode(work, chain(false, length));
            QVERIFY(shared_run.ok() && own_run.ok());
            const auto shared_rounds = record::rounds(*shared_run.value()), own_rounds = record::rounds(*own_run.value());
            QCOMPARE(shared_rounds.size(), own_rounds.size());
            std::size_t accepted = 0;
            for (std::size_t i = 0; i < own_rounds.size(); ++i) {
                QCOMPARE(shared_rounds[i]->path, own_rounds[i]->path);
                QCOMPARE(shared_rounds[i]->nodes.size(), own_rounds[i]->nodes.size());
                for (std::size_t node = 0; node < own_rounds[i]->nodes.size(); ++node) {
                    const auto &one = shared_rounds[i]->nodes[node], &other = own_rounds[i]->nodes[node];
                    QCOMPARE(one.token, other.token);
                    QVERIFY(std::isnan(other.entropy) || std::abs(one.entropy - other.entropy) < 1e-4F);  // of the target's logits
                }
                accepted += own_rounds[i]->path.size() - 1;
            }
            QVERIFY(accepted > own_rounds.size() / 4);
            ScriptedDirector director(chain(true, length));
            director.changes[2] = chain(false, length);
            director.changes[3] = settings("eesd", {{"draft_length", std::int64_t{3}}});
            director.changes[5] = chain(true, 3);
            director.changes[7] = chain(true, 0);
            director.changes[9] = chain(true, 2);
            const auto changed = decode(work, director);
            QVERIFY(changed.ok());
            QCOMPARE(record::generated_ids(*changed.value()), record::generated_ids(*own_run.value()));
        }
    }

    /// Chimera uses the target's representation: without h its first head does worse (decoding.md 2.1).
    void chimeraNeedsTheTargetsRow()
    {
        const ModelPtr target = load("bundled:tale");
        QVERIFY(target);
        const auto heads = shipped("chimera", target);
        QVERIFY(heads);
        decoding::HeadFolder blind = *heads;
        const auto d = target->folder.config.hidden;
        auto& mixer = blind.tensors.at("heads.0.weight").values;
        for (std::int64_t row = 0; row < d; ++row) {
            std::fill_n(mixer.begin() + row * 2 * d, d, 0.0F);
        }
        const auto seeing = decoding::ChimeraHead::open(*target, *heads), unseeing = decoding::ChimeraHead::open(*target, blind);
        QVERIFY(seeing.ok() && unseeing.ok());
        double with = 0, without = 0;
        const Reference reference = read_reference(kFixtures);
        for (std::size_t i = 0; i < std::min<std::size_t>(kPrompts, 4); ++i) {
            std::vector<TokenId> text = reference.prompts[i].ids;
            text.insert(text.end(), reference.prompts[i].greedy_new.begin(), reference.prompts[i].greedy_new.end());
            decoding::ChimeraFeeder one(target, *seeing, 200), other(target, *unseeing, 200);
            for (std::size_t length = 8; length + 1 < text.size(); length += 9) {
                with += cross_entropy(one, text, length);
                without += cross_entropy(other, text, length);
            }
        }
        QVERIFY2(with < without, qPrintable(QString("%1 against %2").arg(with).arg(without)));
    }
};

QTEST_APPLESS_MAIN(TestFeatureHeadsShipped)
#include "test_feature_heads_shipped.moc"
