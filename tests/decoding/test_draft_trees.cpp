// SPDX-License-Identifier: GPL-3.0-or-later
// The trees that drafters propose, looked at alone: shape, limits, order, what is pruned, and the draft model's cache between rounds.
#include "tests/decoding/decode_helpers.h"

#include "core/decoding/draft_model_runner.h"
#include "core/decoding/drafter.h"
#include "core/decoding/keyed_decisions.h"

#include <QtTest/QtTest>

#include <algorithm>
#include <any>
#include <cmath>
#include <set>

using namespace timberline;
using namespace timberline::test;
using record::DrawKind;

namespace {

const std::vector<TokenId> kText = {3, 1, 4, 1, 5};

/// A controller that stops at a given depth, to see that drafters ask.
class StoppingController final : public decoding::DecodeController
{
public:
    explicit StoppingController(std::int32_t last) : last_(last) {}
    [[nodiscard]] decoding::DraftPlan plan(std::int32_t, std::int32_t depth_limit) override { return {.max_depth = depth_limit}; }
    [[nodiscard]] bool keep_drafting(const decoding::DraftStep& step) override
    {
        steps.push_back(step);
        return step.depth <= last_;
    }
    void observe(const record::Round&) override {}
    void set_values(const Values&) override {}
    [[nodiscard]] std::unique_ptr<DecodeController> snapshot() const override { return std::make_unique<StoppingController>(*this); }
    std::vector<decoding::DraftStep> steps;

private:
    std::int32_t last_;
};

std::unique_ptr<decoding::Drafter> make_drafter(const std::string& id, const Values& given, const ModelPtr& draft,
                                                std::int64_t context = 64)
{
    const auto entry = methods().find("drafter", id);
    const auto& factory = std::any_cast<const decoding::DrafterFactory&>(entry.value()->factory);
    auto made = factory({.target = draft, .draft = draft, .heads = {}, .context = context}, method("drafter", id, given).values);
    return made.ok() ? std::move(made).value() : nullptr;
}

rules::DraftTree propose(decoding::Drafter& drafter, const std::vector<TokenId>& text, double temperature, const decoding::DraftPlan& plan,
                         decoding::DecodeController& controller, std::uint32_t round = 0)
{
    record::Sampling sampling;
    sampling.temperature = temperature;
    const decoding::RoundContext context{
        .committed = text, .round = round, .seed = 9, .sampling = &sampling, .target_hidden = {}, .cancel = {}};
    auto tree = drafter.propose(context, plan, controller);
    return tree.ok() ? std::move(tree).value() : rules::DraftTree{};
}

rules::DraftTree propose(decoding::Drafter& drafter, const std::vector<TokenId>& text, double temperature = 0)
{
    StoppingController controller(100);
    return propose(drafter, text, temperature, {.max_depth = 100}, controller);
}

/// Softmax of the draft's logits after a text, by one uncached forward.
std::vector<double> fresh_law(const ModelPtr& draft, const std::vector<TokenId>& text)
{
    auto store = draft->decoder->make_store(128);
    model::ForwardOutput out;
    model::ForwardInput input;
    input.tokens = text;
    input.logits = model::ForwardInput::Logits::Last;
    if (!draft->decoder->forward(input, *store, out, {}).ok()) {
        return {};
    }
    const std::size_t width = static_cast<std::size_t>(draft->decoder->config().vocabulary);
    std::vector<double> law(out.logits.begin(), out.logits.begin() + static_cast<std::ptrdiff_t>(width));
    const double best = *std::max_element(law.begin(), law.end());
    double total = 0;
    for (double& x : law) {
        total += x = std::exp(x - best);
    }
    for (double& x : law) {
        x /= total;
    }
    return law;
}

/// Largest difference between the tree's confidences and laws and those of uncached forwards; -1 when something is missing.
double worst_error(const rules::DraftTree& tree, const ModelPtr& draft, const std::vector<TokenId>& text)
{
    double worst = 0;
    for (std::size_t i = 1; i < tree.size(); ++i) {
        auto path = text;
        const auto below = tree.path_tokens(tree.parent[i]);
        path.insert(path.end(), below.begin(), below.end());
        const auto law = fresh_law(draft, path);
        const auto kept = tree.draft_law(tree.parent[i]);
        if (kept.size() != law.size()) {
            return -1;
        }
        for (std::size_t k = 0; k < law.size(); ++k) {
            worst = std::max(worst, std::abs(law[k] - static_cast<double>(kept[k])));
        }
        worst = std::max(worst, std::abs(law[static_cast<std::size_t>(tree.token[i])] - static_cast<double>(tree.confidence[i])));
    }
    return worst;
}

}  // namespace

class TestDraftTrees : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyMethodDeclaresItselfFully()
    {
        const std::set<std::string> families = {"drafter", "decode controller", "acceptance rule", "sampling transform"};
        QVERIFY(methods().entries().size() >= 15);
        for (const auto& entry : methods().entries()) {
            const MethodInfo& info = entry.info;
            QVERIFY2(families.contains(info.family), info.id.c_str());
            QVERIFY2(!info.title.empty() && !info.summary.empty() && info.lossless != Lossless::NotApplicable, info.id.c_str());
            const auto example = parse_json(info.example, info.id);
            QVERIFY2(example.ok() && example->at("timberline") == 1 && example->contains("max_new_tokens"), info.id.c_str());
            QVERIFY2(complete_values(info.hyperparameters, {}, info.id).ok(), info.id.c_str());
            if (info.family == "drafter") {
                QVERIFY2(info.partners.size() == 2 && methods().find("decode controller", info.partners[0]).ok() &&
                             methods().find("acceptance rule", info.partners[1]).ok(),
                         info.id.c_str());
            }
        }
        // rules/sampling.h names these.
        for (const std::string id : {"repetition-penalty", "presence-penalty", "frequency-penalty", "no-repeat-ngram", "temperature",
                                     "top-k", "top-p", "min-p", "typical-p"}) {
            QVERIFY2(methods().find("sampling transform", id).ok(), id.c_str());
        }
    }

    void shapesAndLimits_data()
    {
        QTest::addColumn<QString>("shape");
        QTest::addColumn<int>("levels");
        QTest::addColumn<int>("nodes");
        QTest::addColumn<int>("width");
        QTest::addColumn<QList<int>>("branching");
        QTest::addColumn<QList<int>>("perLevel");  // nodes a level, worked out by hand; empty for dynamic trees
        QTest::addRow("3,2,1,1 in full") << "top-k" << 4 << 64 << 4 << QList<int>{3, 2, 1, 1} << QList<int>{3, 6, 6, 6};
        QTest::addRow("the last number repeats") << "top-k" << 5 << 64 << 4 << QList<int>{2, 1} << QList<int>{2, 2, 2, 2, 2};
        QTest::addRow("the node limit cuts a level") << "top-k" << 4 << 12 << 4 << QList<int>{3, 2, 1, 1} << QList<int>{3, 6, 3};
        QTest::addRow("one node is a chain of one") << "top-k" << 4 << 1 << 4 << QList<int>{3, 2} << QList<int>{1};
        QTest::addRow("drawn without replacement")
            << "sampled-without-replacement" << 4 << 12 << 4 << QList<int>{3, 2, 1, 1} << QList<int>{3, 6, 3};
        QTest::addRow("no level") << "top-k" << 0 << 12 << 4 << QList<int>{3} << QList<int>{};
        QTest::addRow("dynamic") << "dynamic" << 5 << 16 << 4 << QList<int>{1} << QList<int>{};
        QTest::addRow("dynamic, a beam of one is a chain") << "dynamic" << 4 << 16 << 1 << QList<int>{1} << QList<int>{1, 1, 1, 1};
        QTest::addRow("dynamic, fewer nodes than the beam") << "dynamic" << 4 << 2 << 4 << QList<int>{1} << QList<int>{};
    }
    void shapesAndLimits()
    {
        QFETCH(QString, shape);
        QFETCH(int, levels);
        QFETCH(int, nodes);
        QFETCH(int, width);
        QFETCH(QList<int>, branching);
        QFETCH(QList<int>, perLevel);
        const ModelPtr draft = tiny_model(32, 5);
        const auto drafter = make_drafter("draft-model-tree",
                                          {{"shape", shape.toStdString()},
                                           {"draft_length", std::int64_t{levels}},
                                           {"total_nodes", std::int64_t{nodes}},
                                           {"top_k", std::int64_t{width}},
                                           {"branching", std::vector<std::int64_t>(branching.begin(), branching.end())}},
                                          draft);
        QVERIFY(drafter && drafter->begin(kText, {}).ok());
        const auto tree = propose(*drafter, kText);
        QVERIFY(tree.size() >= 1);
        QCOMPARE(tree.token[0], kText.back());
        QVERIFY(tree.drafted() <= static_cast<std::size_t>(nodes));
        QList<int> counted;
        for (const std::int32_t depth : tree.depths()) {
            counted.resize(std::max<qsizetype>(counted.size(), depth));
            if (depth > 0) {
                ++counted[depth - 1];
            }
        }
        if (shape == "dynamic") {
            QVERIFY(counted.size() <= levels);
            QCOMPARE(tree.drafted(), static_cast<std::size_t>(std::min(nodes, width == 1 ? levels : nodes)));
        }
        if (!perLevel.isEmpty() || levels == 0) {
            QCOMPARE(counted, perLevel);
        }
        if (levels > 0) {
            QVERIFY(tree.draft_passes <= levels);
            const double error = worst_error(tree, draft, kText);
            QVERIFY2(error >= 0 && error < 1e-5, qPrintable(QString::number(error)));
        }
    }

    /// Kept: parent-closed, and no pruned candidate has a larger product of confidences than a kept one (EAGLE-2, decoding.md 1.9).
    void dynamicTreesKeepTheBest()
    {
        const ModelPtr draft = tiny_model(32, 6, 2);
        const auto drafter = make_drafter(
            "draft-model-tree", {{"total_nodes", std::int64_t{14}}, {"draft_length", std::int64_t{4}}, {"top_k", std::int64_t{4}}}, draft);
        QVERIFY(drafter && drafter->begin(kText, {}).ok());
        const auto tree = propose(*drafter, kText);
        QCOMPARE(tree.drafted(), std::size_t{14});
        QCOMPARE(tree.pruned.size(), std::size_t{4 + 3 * 16 - 14});
        std::vector<double> value(tree.size() + tree.pruned.size(), 0.0);
        for (std::size_t i = 1; i < tree.size(); ++i) {
            QCOMPARE(tree.child_kind[static_cast<std::size_t>(tree.parent[i])], DrawKind::PointMass);
            value[i] = value[static_cast<std::size_t>(tree.parent[i])] + std::log(static_cast<double>(tree.confidence[i]));
        }
        const double worst_kept = *std::min_element(value.begin() + 1, value.begin() + static_cast<std::ptrdiff_t>(tree.size()));
        for (std::size_t i = 0; i < tree.pruned.size(); ++i) {
            const auto parent = static_cast<std::size_t>(tree.pruned[i].parent);
            QVERIFY(parent < tree.size() + i);
            value[tree.size() + i] = value[parent] + std::log(static_cast<double>(tree.pruned[i].confidence));
            QVERIFY(value[tree.size() + i] <= worst_kept + 1e-9);
        }
    }

    void drawnSiblingsDifferWithoutReplacementOnly()
    {
        const ModelPtr draft = tiny_model(32, 7, 5);
        int twins = 0;
        for (const std::string shape : {"sampled-without-replacement", "sampled-with-replacement"}) {
            const auto drafter =
                make_drafter("draft-model-tree",
                             {{"shape", shape}, {"branching", std::vector<std::int64_t>{5, 3}}, {"total_nodes", std::int64_t{40}}}, draft);
            QVERIFY(drafter && drafter->begin(kText, {}).ok());
            for (std::uint32_t round = 0; round < 40; ++round) {
                StoppingController controller(100);
                const auto tree = propose(*drafter, kText, 1, {.max_depth = 100}, controller, round);
                for (const auto& siblings : tree.children()) {
                    std::set<TokenId> tokens;
                    for (const std::int32_t child : siblings) {
                        tokens.insert(tree.token[static_cast<std::size_t>(child)]);
                    }
                    const auto doubled = static_cast<int>(siblings.size() - tokens.size());
                    QVERIFY(shape == "sampled-with-replacement" || doubled == 0);
                    twins += doubled;
                }
            }
        }
        QVERIFY(twins > 0);
    }

    void theControllerIsAskedBeforeEachLevel_data()
    {
        QTest::addColumn<QString>("drafter");
        QTest::addColumn<QString>("shape");
        QTest::addRow("chain") << "draft-model-chain"
                               << "";
        QTest::addRow("dynamic tree") << "draft-model-tree"
                                      << "dynamic";
        QTest::addRow("drawn tree") << "draft-model-tree"
                                    << "sampled-without-replacement";
    }
    void theControllerIsAskedBeforeEachLevel()
    {
        QFETCH(QString, drafter);
        QFETCH(QString, shape);
        Values given{{"draft_length", std::int64_t{6}}};
        if (!shape.isEmpty()) {
            given["shape"] = shape.toStdString();
            given["total_nodes"] = std::int64_t{100};
        }
        const ModelPtr draft = tiny_model(32, 5);
        const auto made = make_drafter(drafter.toStdString(), given, draft);
        QVERIFY(made && made->begin(kText, {}).ok());
        StoppingController controller(2);
        const auto tree = propose(*made, kText, 0, {.max_depth = 6}, controller);
        const auto depths = tree.depths();
        QCOMPARE(*std::max_element(depths.begin(), depths.end()), 2);
        QCOMPARE(controller.steps.size(), std::size_t{3});
        QCOMPARE(controller.steps[0].nodes, 0);
        QVERIFY(controller.steps[0].largest_q > 0 && controller.steps[0].largest_q <= 1 && controller.steps[0].entropy >= 0);
        QVERIFY(controller.steps[2].cumulative_log_q < controller.steps[0].cumulative_log_q);
    }

    /// Rounds with every kind of ending: the cache must always say what a fresh forward says.
    void theDraftCacheStaysInStep_data()
    {
        QTest::addColumn<QString>("drafter");
        QTest::addColumn<QString>("shape");
        QTest::addRow("chain") << "draft-model-chain"
                               << "";
        for (const char* shape : {"dynamic", "top-k", "sampled-without-replacement"}) {
            QTest::addRow("tree, %s", shape) << "draft-model-tree" << shape;
        }
    }
    void theDraftCacheStaysInStep()
    {
        QFETCH(QString, drafter);
        QFETCH(QString, shape);
        const ModelPtr draft = tiny_model(32, 5);
        const auto made = make_drafter(drafter.toStdString(), shape.isEmpty() ? Values{} : Values{{"shape", shape.toStdString()}}, draft);
        QVERIFY(made && made->begin(kText, {}).ok());
        std::vector<TokenId> text = kText;
        auto drafting = made->snapshot();
        for (std::uint32_t round = 0; round < 14 && text.size() < 50; ++round) {
            StoppingController controller(100);
            // Every fourth round drafts nothing, as a controller may decide.
            const auto tree = propose(*drafting, text, 1, {.max_depth = round % 4 == 3 ? 0 : 5}, controller, round);
            QCOMPARE(tree.size() > 1, round % 4 != 3);
            const double error = worst_error(tree, draft, text);
            QVERIFY2(error >= 0 && error < 1e-5, qPrintable(QString("round %1: %2").arg(round).arg(error)));
            // Walk to a node that depends on the round: the root, an inner node, a leaf.
            std::vector<std::int32_t> path = {0};
            const auto children = tree.children();
            while (static_cast<std::uint32_t>(path.size()) <= round % 6 && !children[static_cast<std::size_t>(path.back())].empty()) {
                const auto& below = children[static_cast<std::size_t>(path.back())];
                path.push_back(below[round % below.size()]);
            }
            const auto next = static_cast<TokenId>((7 * round + 3) % 32);
            drafting->commit(tree, path, next);
            const auto below = tree.path_tokens(path.back());
            text.insert(text.end(), below.begin(), below.end());
            text.push_back(next);
            if (round == 5) {
                drafting = drafting->snapshot();  // a fork goes on from the same state
            }
        }
    }

    void aDraftThatRunsOutOfContextStops()
    {
        const ModelPtr draft = tiny_model(32, 5, 3, 8);
        const auto chain = make_drafter("draft-model-chain", {{"draft_length", std::int64_t{10}}}, draft);
        QVERIFY(chain && chain->begin(kText, {}).ok());
        QCOMPARE(propose(*chain, kText).drafted(), std::size_t{4});  // positions 4 to 7 are read, the last token is not fed
        const std::vector<TokenId> longer(9, 1);
        QVERIFY(chain->begin(longer, {}).ok());
        QCOMPARE(propose(*chain, longer).drafted(), std::size_t{0});
    }

    void decisionsAreNamedNotOrdered()
    {
        const std::vector<std::int32_t> depths = {0, 1, 1, 2};
        decoding::KeyedDecisions one(3, 5, 10, depths, false);
        decoding::KeyedDecisions other(3, 5, 10, depths, false);
        float first = 0;
        float again = 0;
        float sibling = 0;
        one.accept(1, 0.5, first);
        one.accept(2, 0.5, sibling);
        other.accept(2, 0.5, again);
        QCOMPARE(again, sibling);
        QVERIFY(first != sibling);
        const std::vector<double> law = {0, 2, 0, 6};
        QCOMPARE(one.emit(0, law), other.emit(0, law));
        QVERIFY(std::abs(one.emitted_probability() - (one.emit(0, law) == 1 ? 0.25F : 0.75F)) < 1e-6F);
        decoding::KeyedDecisions greedy(3, 5, 10, depths, true);
        QVERIFY(greedy.accept(1, 1, first) && std::isnan(first) && !greedy.accept(1, 0, first));
        QCOMPARE(greedy.emit(0, std::vector<double>{0, 0, 1, 0}), 2);
    }
};

QTEST_APPLESS_MAIN(TestDraftTrees)
#include "test_draft_trees.moc"
