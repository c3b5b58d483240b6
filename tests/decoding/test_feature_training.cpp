// SPDX-License-Identifier: GPL-3.0-or-later
// Training of EAGLE's, KOALA's, EESD's and Chimera's heads: what a trainee computes in one batched forward is what the drafter computes
// node by node (two implementations of one method: masks, positions, rows and labels must agree), and KOALA without its additions is EAGLE.
#include "tests/decoding/feature_heads_testing.h"

#include "core/base/compute_threads.h"
#include "core/decoding/heads/draft_vocabulary.h"
#include "core/training/optimizer.h"

#include <QtTest/QtTest>

#include <algorithm>
#include <any>
#include <cmath>
#include <map>

using namespace timberline;
using namespace timberline::test;

namespace {

constexpr auto kFixtures = TIMBERLINE_FIXTURES;

const std::vector<TokenId> kHeldOut = {1, 17, 300, 5, 77, 9, 41, 6, 2, 200};

decoding::HeadText text_of()
{
    decoding::HeadText text;
    RandomStream stream({.seed = 3, .purpose = RandomPurpose::Test});
    for (int sequence = 0; sequence < 6; ++sequence) {
        auto& ids = text.train.emplace_back();
        for (int i = 0; i < 9 + sequence; ++i) {
            ids.push_back(static_cast<TokenId>(stream.next() * 400));
        }
    }
    text.held_out = {kHeldOut};
    return text;
}

std::unique_ptr<decoding::HeadTrainer> trainer(const ModelPtr& target, const std::string& family, const Values& given, double rate = 0.01)
{
    const auto& registry = training_methods();
    const auto entry = registry.find("draft head", family);
    const auto optimizer = registry.find("optimizer", "adamw");
    const auto schedule = registry.find("schedule", "constant");
    if (!entry.ok() || !optimizer.ok() || !schedule.ok()) {
        return nullptr;
    }
    const auto defaults = [](const MethodRegistry::Entry* method) {
        return complete_values(method->info.hyperparameters, {}, method->info.id).value();
    };
    decoding::HeadTrainer::Plan plan;
    plan.target = target;
    plan.methods = &registry;
    plan.family = family;
    plan.values = complete_values(entry.value()->info.hyperparameters, given, family).value();
    plan.text = text_of();
    plan.settings = {.steps = 8, .batch = 3, .learning_rate = rate};
    plan.make_optimizer = [optimizer, defaults](std::int64_t parameters) {
        const auto* factory = std::any_cast<training::OptimizerFactory>(&optimizer.value()->factory);
        return (*factory)(defaults(optimizer.value()), parameters);
    };
    const auto* factory = std::any_cast<training::ScheduleFactory>(&schedule.value()->factory);
    plan.schedule = (*factory)(defaults(schedule.value()));
    auto made = decoding::HeadTrainer::make(std::move(plan), {});
    return made.ok() ? std::move(made).value() : nullptr;
}

std::vector<double> softmax(std::span<const float> logits)
{
    double largest = -1e30, total = 0;
    for (const float x : logits) {
        largest = std::max(largest, static_cast<double>(x));
    }
    std::vector<double> out;
    for (const float x : logits) {
        out.push_back(std::exp(static_cast<double>(x) - largest));
        total += out.back();
    }
    for (double& p : out) {
        p /= total;
    }
    return out;
}

/// The logits of some tokens.
std::vector<float> of_tokens(std::span<const float> logits, const std::vector<TokenId>& ids)
{
    std::vector<float> out;
    for (const TokenId id : ids) {
        out.push_back(logits[static_cast<std::size_t>(id)]);
    }
    return out;
}

/// -sum p log q.
double cross_entropy(std::span<const float> target_logits, std::span<const float> drafted_logits)
{
    const auto p = softmax(target_logits), q = softmax(drafted_logits);
    double out = 0;
    for (std::size_t i = 0; i < p.size(); ++i) {
        out -= p[i] * std::log(q[i]);
    }
    return out;
}

model::ForwardOutput read(const ModelPtr& model, std::span<const TokenId> text)
{
    auto store = model->decoder->make_store(static_cast<std::int64_t>(text.size()));
    model::ForwardOutput out;
    model::ForwardInput input;
    input.tokens = text;
    const auto done = model->decoder->forward(input, *store, out, {});
    return done.ok() ? out : model::ForwardOutput{};
}

/// Mean cross-entropy of every level's drafted laws to the target's, drafted node by node along the held-out text.
/// @param roots_with_text the first root has so many tokens.  @param ids not empty: both laws on these tokens alone, and only places whose
/// likeliest token is among them.
std::vector<double> drafted_entropies(decoding::NodeFeeder& feeder, const ModelPtr& target, std::int64_t levels,
                                      std::size_t roots_with_text, const std::vector<TokenId>& ids = {})
{
    const auto all = read(target, kHeldOut);
    const auto v = static_cast<std::size_t>(target->folder.config.vocabulary);
    std::vector<double> sums(static_cast<std::size_t>(levels), 0), counts(static_cast<std::size_t>(levels), 0);
    record::Sampling sampling;
    for (std::size_t length = roots_with_text; length <= kHeldOut.size(); ++length) {
        const std::vector<TokenId> text(kHeldOut.begin(), kHeldOut.begin() + static_cast<std::ptrdiff_t>(length));
        if (!feeder.begin(text, {}).ok()) {
            return {};
        }
        decoding::RoundContext context;
        context.committed = text;
        context.sampling = &sampling;
        auto logits = feeder.feed_root(context);
        for (std::int64_t level = 0; level < levels && logits.ok(); ++level) {
            const std::size_t row = length - 1 + static_cast<std::size_t>(level);  // of the target, about the same token
            const auto k = static_cast<std::size_t>(level);
            const auto genuine = std::span<const float>(all.logits).subspan(row * v, v);
            const auto likeliest = static_cast<TokenId>(std::ranges::max_element(genuine) - genuine.begin());
            if (ids.empty()) {
                sums[k] += cross_entropy(genuine, logits->first(v));
                counts[k] += 1;
            } else if (std::ranges::binary_search(ids, likeliest)) {
                sums[k] += cross_entropy(of_tokens(genuine, ids), of_tokens(*logits, ids));
                counts[k] += 1;
            }
            if (row + 1 >= kHeldOut.size() || level + 1 == levels) {
                break;
            }
            const std::vector<std::int32_t> parent = {static_cast<std::int32_t>(level) - 1};
            logits = feeder.feed_nodes(std::span(kHeldOut).subspan(row + 1, 1), parent, {});
        }
        feeder.keep({});
    }
    for (std::size_t k = 0; k < sums.size(); ++k) {
        sums[k] /= counts[k];
    }
    return sums;
}

ModelPtr fixture()
{
    return load(std::string(kFixtures) + "/llama-gqa");
}

bool train(decoding::HeadTrainer& trainer, int steps)
{
    for (int i = 0; i < steps; ++i) {
        if (const auto step = trainer.step({}); !step.ok() || !step->finite) {
            return false;
        }
    }
    return true;
}

}  // namespace

class TestFeatureTraining : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { set_compute_threads(1); }

    void eagleLearnsWhatItDrafts_data()
    {
        QTest::addColumn<int>("layers");
        QTest::addColumn<bool>("fusion");
        QTest::addColumn<int>("unroll");
        QTest::addRow("the target's rows alone") << 1 << false << 1;
        QTest::addRow("unrolled four steps") << 1 << false << 4;
        QTest::addRow("two layers, unrolled three steps") << 2 << false << 3;
        QTest::addRow("fused features, unrolled three steps") << 1 << true << 3;
    }
    void eagleLearnsWhatItDrafts()
    {
        QFETCH(int, layers);
        QFETCH(bool, fusion);
        QFETCH(int, unroll);
        const ModelPtr target = fixture();
        QVERIFY(target);
        const auto made = trainer(target, "eagle",
                                  {{"layers", std::int64_t{layers}},
                                   {"fusion", fusion},
                                   {"unroll", std::int64_t{unroll}},
                                   {"feature_weight", 0.0},
                                   {"step_decay", 0.5}});
        QVERIFY(made && train(*made, 3));
        const auto look = made->look(0, {});
        const auto heads = made->heads(0, false, {});
        QVERIFY(look.ok() && heads.ok());
        const auto head = decoding::EagleHead::open(*target, *heads);
        QVERIFY(head.ok());
        decoding::EagleFeeder feeder(target, *head, 100);
        double expected = 0, weight = 1;
        for (const double entropy : drafted_entropies(feeder, target, unroll, 2)) {
            expected += weight * entropy;
            weight *= 0.5;
        }
        QVERIFY2(std::abs(look->loss - expected) < 1e-3, qPrintable(QString("%1 against %2").arg(look->loss).arg(expected)));
    }

    /// EAGLE-3's reduced vocabulary: the target's law renormalised on it, places left out whose likeliest token it lacks.
    void eagleLearnsOnAReducedVocabulary()
    {
        const ModelPtr target = fixture();
        QVERIFY(target);
        const Values values = {
            {"draft_vocabulary", std::int64_t{300}}, {"unroll", std::int64_t{2}}, {"feature_weight", 0.0}, {"step_decay", 0.5}};
        const auto made = trainer(target, "eagle", values), again = trainer(target, "eagle", values);
        QVERIFY(made && again && train(*made, 3) && train(*again, 3));
        QVERIFY(made->state().parameters == again->state().parameters);
        const auto look = made->look(0, {});
        const auto heads = made->heads(0, true, {});
        const auto whole = made->heads(0, false, {});
        QVERIFY(look.ok() && heads.ok() && whole.ok());
        // The most frequent tokens of the training text, ties by lower id.
        std::map<TokenId, int> counts;
        for (const auto& sequence : text_of().train) {
            for (const TokenId token : sequence) {
                --counts[token];
            }
        }
        std::vector<std::pair<int, TokenId>> ranked;
        for (TokenId id = 0; id < target->folder.config.vocabulary; ++id) {
            ranked.emplace_back(counts.contains(id) ? counts.at(id) : 0, id);
        }
        std::ranges::sort(ranked);
        std::vector<TokenId> ids;
        for (std::size_t i = 0; i < 300; ++i) {
            ids.push_back(ranked[i].second);
        }
        std::ranges::sort(ids);
        QCOMPARE(decoding::draft_vocabulary_of(*heads).value(), ids);
        const auto head = decoding::EagleHead::open(*target, *whole);
        QVERIFY(head.ok());
        decoding::EagleFeeder feeder(target, *head, 100);
        const auto entropies = drafted_entropies(feeder, target, 2, 2, ids);
        const double expected = entropies[0] + 0.5 * entropies[1];
        QVERIFY2(std::abs(look->loss - expected) < 1e-3, qPrintable(QString("%1 against %2").arg(look->loss).arg(expected)));
        // The whole vocabulary or more is no reduction.
        const auto all = trainer(target, "eagle", {{"draft_vocabulary", target->folder.config.vocabulary}});
        QVERIFY(all && !all->heads(0, false, {})->tensors.contains("d2t"));
    }

    void chimeraLearnsWhatItDrafts_data()
    {
        QTest::addColumn<bool>("trigram");
        QTest::addColumn<bool>("context");
        QTest::addRow("complete") << true << true;
        QTest::addRow("without the trigram encoder") << false << true;
        QTest::addRow("without the context encoder") << true << false;
    }
    void chimeraLearnsWhatItDrafts()
    {
        QFETCH(bool, trigram);
        QFETCH(bool, context);
        const ModelPtr target = fixture();
        QVERIFY(target);
        const auto made = trainer(target, "chimera", {{"heads", std::int64_t{4}}, {"trigram", trigram}, {"context_encoder", context}});
        QVERIFY(made && train(*made, 3));
        const auto look = made->look(0, {});
        const auto heads = made->heads(0, false, {});
        QVERIFY(look.ok() && heads.ok());
        const auto head = decoding::ChimeraHead::open(*target, *heads);
        QVERIFY(head.ok());
        decoding::ChimeraFeeder feeder(target, *head, 100);
        double expected = 0;
        for (const double entropy : drafted_entropies(feeder, target, 4, 2)) {
            expected += entropy;
        }
        QVERIFY2(std::abs(look->loss - expected) < 1e-3, qPrintable(QString("%1 against %2").arg(look->loss).arg(expected)));
        QCOMPARE(heads->extra.at("rank_accuracy").size(), std::size_t{4});
    }

    void eesdLearnsWhatItDrafts()
    {
        const ModelPtr target = fixture();
        QVERIFY(target);
        const auto made = trainer(target, "eesd", {{"exit_layer", std::int64_t{1}}, {"token_weight", 0.0}});
        QVERIFY(made && train(*made, 3));
        const auto look = made->look(0, {});
        const auto heads = made->heads(0, false, {});
        QVERIFY(look.ok() && heads.ok());
        const auto head = decoding::ExitHead::open(*target, *heads);
        QVERIFY(head.ok());
        decoding::ExitFeeder feeder(target, *head, 100);
        // The divergence is the cross-entropy less the target's own entropy.
        double expected = drafted_entropies(feeder, target, 1, 1)[0];
        const auto all = read(target, kHeldOut);
        const auto v = static_cast<std::size_t>(target->folder.config.vocabulary);
        for (std::size_t row = 0; row < kHeldOut.size(); ++row) {
            const auto logits = std::span<const float>(all.logits).subspan(row * v, v);
            expected -= cross_entropy(logits, logits) / static_cast<double>(kHeldOut.size());
        }
        QVERIFY2(std::abs(look->loss - expected) < 1e-3, qPrintable(QString("%1 against %2").arg(look->loss).arg(expected)));
    }

    /// Before the first step the extra layer is the target's own layer N and its norm the target's: the draft is the target cut after N + 1
    /// layers, read out by its own head.
    void anUntrainedExitIsTheNextLayer()
    {
        const ModelPtr target = fixture();
        QVERIFY(target && target->folder.config.layers >= 2);
        const auto made = trainer(target, "eesd", {{"exit_layer", std::int64_t{1}}});
        QVERIFY(made);
        const auto heads = made->heads(0, false, {});
        const auto head = decoding::ExitHead::open(*target, *heads);
        QVERIFY(head.ok());
        decoding::ExitFeeder feeder(target, *head, 100);
        decoding::DraftModelRunner cut(target, 100, 2);
        record::Sampling sampling;
        decoding::RoundContext context;
        context.committed = kHeldOut;
        context.sampling = &sampling;
        QVERIFY(feeder.begin(kHeldOut, {}).ok() && cut.begin(kHeldOut, {}).ok());
        const auto drafted = feeder.feed_root(context);
        const auto expected = cut.feed_root(kHeldOut, {});
        QVERIFY(drafted.ok() && expected.ok());
        for (std::size_t i = 0; i < expected->size(); ++i) {
            QVERIFY(std::abs((*drafted)[i] - (*expected)[i]) < 1e-4F);
        }
    }

    /// K = 1 and lambda = 0: the same numbers, bit for bit (decoding.md 2.2).
    void koalaWithoutItsAdditionsIsEagle()
    {
        const ModelPtr target = fixture();
        QVERIFY(target);
        const Values common = {{"layers", std::int64_t{1}}, {"unroll", std::int64_t{2}}};
        Values off = common;
        off["adversarial_weight"] = 0.0;
        off["warm_up_epochs"] = std::int64_t{0};
        const auto plain = trainer(target, "eagle", common);
        const auto koala = trainer(target, "koala-eagle", off);
        QVERIFY(plain && koala && train(*plain, 5) && train(*koala, 5));
        const auto expected = plain->heads(0, false, {}), got = koala->heads(0, false, {});
        QVERIFY(expected.ok() && got.ok());
        QCOMPARE(got->tensors.size(), expected->tensors.size());
        for (const auto& [name, tensor] : expected->tensors) {
            QVERIFY2(got->tensors.at(name).values == tensor.values, name.c_str());
        }
        // And with the adversary they part.
        Values on = common;
        on["adversarial_weight"] = 0.5;
        on["warm_up_epochs"] = std::int64_t{0};
        const auto judged = trainer(target, "koala-eagle", on);
        QVERIFY(judged && train(*judged, 5));
        QVERIFY(judged->heads(0, false, {})->tensors.at("join.weight").values != expected->tensors.at("join.weight").values);
        QVERIFY(!judged->heads(0, false, {})->tensors.contains("adversary.in.weight"));
    }

    void trainingIsRepeatable_data()
    {
        QTest::addColumn<QString>("family");
        for (const char* family : {"eagle", "koala-eagle", "eesd", "chimera"}) {
            QTest::addRow("%s", family) << family;
        }
    }
    /// Two runs, and one that is cut in two, end at the same bits.
    void trainingIsRepeatable()
    {
        QFETCH(QString, family);
        const ModelPtr target = fixture();
        QVERIFY(target);
        const Values values = family == "eesd" ? Values{{"exit_layer", std::int64_t{1}}} : Values{};
        const auto first = trainer(target, family.toStdString(), values);
        const auto second = trainer(target, family.toStdString(), values);
        QVERIFY(first && second && train(*first, 6) && train(*second, 3));
        const auto resumed = trainer(target, family.toStdString(), values);
        QVERIFY(resumed && resumed->restore(second->state()).ok() && train(*resumed, 3) && train(*second, 3));
        const auto expected = first->state().parameters;
        QVERIFY(second->state().parameters == expected);
        QVERIFY(resumed->state().parameters == expected);
        QVERIFY(trainer(target, family.toStdString(), values)->state().parameters != expected);
    }

    void anExitBeyondTheModelIsRefused()
    {
        const ModelPtr target = fixture();
        QVERIFY(target);
        QVERIFY(!trainer(target, "eesd", {{"exit_layer", target->folder.config.layers}}));
        QVERIFY(!trainer(target, "eagle", {{"layers", std::int64_t{4}}}) == (target->folder.config.layers < 4));
    }
};

QTEST_APPLESS_MAIN(TestFeatureTraining)
#include "test_feature_training.moc"
