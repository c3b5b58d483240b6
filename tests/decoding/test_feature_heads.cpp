// SPDX-License-Identifier: GPL-3.0-or-later
// Draft heads that read the target's features (EAGLE, EESD, Chimera) on the inference path: the exact cases of
// methods/decoding.md 1.9, 2.1, 2.3 and 3.1, caches against recomputation.
#include "tests/decoding/feature_heads_testing.h"

#include "core/base/compute_threads.h"
#include "core/decoding/tree_drafter.h"

#include <QtTest/QtTest>

#include <algorithm>
#include <cmath>

using namespace timberline;
using namespace timberline::test;

namespace {

constexpr auto kFixtures = TIMBERLINE_FIXTURES;

#ifdef TIMBERLINE_SANITIZED
constexpr std::int64_t kTokens = 6;
#else
constexpr std::int64_t kTokens = 30;
#endif

ModelPtr fixture()
{
    return load(std::string(kFixtures) + "/llama-gqa");
}

const std::vector<TokenId> kText = {1, 17, 300, 5, 77};

/// The target's rows of a text, [T, d] after the final norm, and its logits.
model::ForwardOutput read(const ModelPtr& model, std::span<const TokenId> text)
{
    auto store = model->decoder->make_store(static_cast<std::int64_t>(text.size()));
    model::ForwardOutput out;
    model::ForwardInput input;
    input.tokens = text;
    const auto done = model->decoder->forward(input, *store, out, {});
    return done.ok() ? out : model::ForwardOutput{};
}

/// Logits of a table, the draft's part of a round context.
struct Asked {
    record::Sampling sampling;
    std::vector<TokenId> text;
    decoding::RoundContext context;
    explicit Asked(std::vector<TokenId> committed) : text(std::move(committed))
    {
        sampling.temperature = 0;
        context.committed = text;
        context.sampling = &sampling;
    }
};

/// x / rms(x), in double: a norm whose weights are 1.
std::vector<double> normed(std::span<const float> row, double epsilon)
{
    double squares = 0;
    for (const float x : row) {
        squares += static_cast<double>(x) * static_cast<double>(x);
    }
    std::vector<double> out;
    for (const float x : row) {
        out.push_back(static_cast<double>(x) / std::sqrt(squares / static_cast<double>(row.size()) + epsilon));
    }
    return out;
}

/// Largest difference between logits and the shared head's of a row in double.
double head_error(const ModelPtr& target, const std::vector<double>& row, std::span<const float> logits)
{
    std::vector<float> single(row.begin(), row.end());
    std::vector<float> expected(logits.size());
    const auto head = decoding::SharedReadOut::of(*target);
    head.value().logits(single, 1, expected);
    double worst = 0;
    for (std::size_t i = 0; i < logits.size(); ++i) {
        worst = std::max(worst, static_cast<double>(std::abs(expected[i] - logits[i])));
    }
    return worst;
}

double largest_difference(std::span<const float> a, std::span<const float> b)
{
    double worst = a.size() == b.size() ? 0 : 1e9;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
        worst = std::max(worst, static_cast<double>(std::abs(a[i] - b[i])));
    }
    return worst;
}

/// Laws from a table: the token after which token decides. Vocabulary 8.
class TableFeeder final : public decoding::NodeFeeder
{
public:
    explicit TableFeeder(std::map<TokenId, std::map<TokenId, double>> laws) : laws_(std::move(laws)) {}
    [[nodiscard]] Status begin(std::span<const TokenId>, const CancelToken&) override { return {}; }
    [[nodiscard]] Result<std::span<const float>> feed_root(const decoding::RoundContext& context) override
    {
        logits_.clear();
        add(context.committed.back());
        return std::span<const float>(logits_);
    }
    [[nodiscard]] Result<std::span<const float>> feed_nodes(std::span<const TokenId> tokens, std::span<const std::int32_t>,
                                                            const CancelToken&) override
    {
        logits_.clear();
        for (const TokenId token : tokens) {
            add(token);
        }
        return std::span<const float>(logits_);
    }
    void keep(std::span<const std::int32_t>) override {}
    [[nodiscard]] std::int64_t vocabulary() const override { return 8; }
    [[nodiscard]] std::int32_t depth_limit(std::size_t) const override { return 100; }
    [[nodiscard]] std::unique_ptr<decoding::NodeFeeder> snapshot() const override { return std::make_unique<TableFeeder>(laws_); }

private:
    void add(TokenId after)
    {
        const std::size_t begin = logits_.size();
        double left = 1;
        for (const auto& [token, p] : laws_[after]) {
            left -= p;
        }
        logits_.resize(begin + 8, static_cast<float>(std::log(std::max(left, 1e-9) / static_cast<double>(8 - laws_[after].size()))));
        for (const auto& [token, p] : laws_[after]) {
            logits_[begin + static_cast<std::size_t>(token)] = static_cast<float>(std::log(p));
        }
    }
    std::map<TokenId, std::map<TokenId, double>> laws_;
    std::vector<float> logits_;
};

class Agreeing final : public decoding::DecodeController
{
public:
    [[nodiscard]] decoding::DraftPlan plan(std::int32_t, std::int32_t) override { return {}; }
    [[nodiscard]] bool keep_drafting(const decoding::DraftStep&) override { return true; }
    void observe(const record::Round&) override {}
    void set_values(const Values&) override {}
    [[nodiscard]] std::unique_ptr<DecodeController> snapshot() const override { return std::make_unique<Agreeing>(); }
};

/// The fixture of decoding.md 1.9: after the root (0): a = 1 .6, b = 2 .3, c = 3 .1; after a: x = 4 .5, y = 5 .4; after b: x .9, y .05.
std::unique_ptr<TableFeeder> eagle2_table()
{
    return std::make_unique<TableFeeder>(
        std::map<TokenId, std::map<TokenId, double>>{{0, {{1, .6}, {2, .3}, {3, .1}}}, {1, {{4, .5}, {5, .4}}}, {2, {{4, .9}, {5, .05}}}});
}

}  // namespace

class TestFeatureHeads : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { set_compute_threads(1); }

    /// decoding.md 1.9: top_k 2, one extra level, total 4 keeps {a, b, ax (.30), bx (.27)} and prunes ay (.24).
    void theDynamicTreeOfTheSpecification()
    {
        const auto feeder = eagle2_table();
        Asked asked({0});
        Agreeing controller;
        const decoding::TreeValues values{.shape = "dynamic", .draft_length = 2, .total_nodes = 4, .top_k = 2};
        decoding::TreeGrowth growth(*feeder, asked.context, controller, values, {.max_depth = 2, .max_nodes = 4});
        const auto tree = growth.dynamic();
        QVERIFY(tree.ok());
        std::map<std::vector<TokenId>, double> kept;
        for (std::size_t node = 1; node < tree->size(); ++node) {
            double value = 1;
            for (auto at = static_cast<std::int32_t>(node); at > 0; at = tree->parent[static_cast<std::size_t>(at)]) {
                value *= static_cast<double>(tree->confidence[static_cast<std::size_t>(at)]);
            }
            kept[tree->path_tokens(static_cast<std::int32_t>(node))] = value;
            QCOMPARE(tree->child_kind[static_cast<std::size_t>(tree->parent[node])], record::DrawKind::PointMass);
        }
        const std::map<std::vector<TokenId>, double> expected = {{{1}, .6}, {{2}, .3}, {{1, 4}, .30}, {{2, 4}, .27}};
        QCOMPARE(kept.size(), expected.size());
        for (const auto& [path, value] : expected) {
            QVERIFY(kept.contains(path) && std::abs(kept[path] - value) < 1e-5);
        }
        QCOMPARE(tree->pruned.size(), std::size_t{2});  // ay and by
        QCOMPARE(tree->pruned[0].token, 5);
        QVERIFY(std::abs(tree->pruned[0].confidence - 0.4F) < 1e-5F);
    }

    /// The list names ranks, whatever the branch: [0], [0,0], [0,1], [1], [1,0].
    void aRankedTreeTakesTheListedRanks()
    {
        const auto feeder = eagle2_table();
        Asked asked({0});
        Agreeing controller;
        const decoding::TreeValues values{.shape = "static"};
        decoding::TreeGrowth growth(*feeder, asked.context, controller, values, {.max_depth = 2, .max_nodes = 5});
        const std::vector<decoding::RankNode> ranks = {{.parent = 0, .depth = 1, .rank = 0},
                                                       {.parent = 1, .depth = 2, .rank = 0},
                                                       {.parent = 0, .depth = 1, .rank = 1},
                                                       {.parent = 1, .depth = 2, .rank = 1},
                                                       {.parent = 3, .depth = 2, .rank = 1}};
        const auto tree = growth.ranked(ranks);
        QVERIFY(tree.ok());
        QCOMPARE(tree->draft_passes, 2);
        std::set<std::vector<TokenId>> paths;
        for (std::size_t node = 1; node < tree->size(); ++node) {
            paths.insert(tree->path_tokens(static_cast<std::int32_t>(node)));
        }
        QCOMPARE(paths, (std::set<std::vector<TokenId>>{{1}, {2}, {1, 4}, {1, 5}, {2, 5}}));
    }

    void aChainFollowsTheLikeliest()
    {
        const auto feeder = eagle2_table();
        Asked asked({0});
        Agreeing controller;
        const decoding::TreeValues values{.shape = "chain"};
        decoding::TreeGrowth growth(*feeder, asked.context, controller, values, {.max_depth = 2, .max_nodes = 9});
        const auto tree = growth.listed();
        QVERIFY(tree.ok());
        QCOMPARE(tree->token, (std::vector<TokenId>{0, 1, 4}));
        QCOMPARE(tree->child_kind[0], record::DrawKind::PointMass);
    }

    void trigramWindowsAtTheEdge()
    {
        using Window = std::array<TokenId, 3>;
        const std::vector<TokenId> text = {7, 8, 9, 10};
        QCOMPARE(decoding::trigram_window(std::span(text).first(1)), (Window{7, 7, 7}));
        QCOMPARE(decoding::trigram_window(std::span(text).first(2)), (Window{7, 8, 8}));
        QCOMPARE(decoding::trigram_window(std::span(text).first(3)), (Window{7, 8, 9}));
        QCOMPARE(decoding::trigram_window(text), (Window{8, 9, 10}));
    }

    /// With W_i = 0, b = 0 and W_o = [0 0 I]: z_i = E x_i.
    void anUntrainedTrigramEncoderIsTheEmbedding()
    {
        const ModelPtr target = fixture();
        QVERIFY(target);
        auto heads = chimera_heads(target, 1, true, false);
        const auto d = target->folder.config.hidden;
        std::ranges::fill(heads.tensors.at("trigram.in.weight").values, 0.0F);
        std::ranges::fill(heads.tensors.at("trigram.in.bias").values, 0.0F);
        heads.tensors["trigram.out.weight"] = identities(d, {0, 0, 1});
        const auto head = decoding::ChimeraHead::open(*target, heads);
        QVERIFY(head.ok());
        std::vector<float> got(static_cast<std::size_t>(d)), expected(static_cast<std::size_t>(d));
        for (std::size_t length = 1; length <= kText.size(); ++length) {
            (*head)->encode(std::span(kText).first(length), got);
            (*head)->read_out.embedding(kText[length - 1], expected);
            QCOMPARE(got, expected);
        }
    }

    /// Heads that start as [I | I] give W_lm (h + g) exactly.
    void untrainedChimeraHeadsReadTheSum()
    {
        const ModelPtr target = fixture();
        QVERIFY(target);
        const auto d = target->folder.config.hidden;
        auto heads = chimera_heads(target, 2, false, false);
        heads.tensors["heads.0.weight"] = identities(d, {1, 1});
        heads.tensors["heads.1.weight"] = identities(d, {1, 1});
        const auto head = decoding::ChimeraHead::open(*target, heads);
        QVERIFY(head.ok());
        const auto rows = read(target, kText).hidden;
        const auto width = static_cast<std::size_t>(d);
        const auto h = std::span(rows).first(width), g = std::span(rows).subspan(width, width);
        std::vector<float> sum(width), got, expected(static_cast<std::size_t>(target->folder.config.vocabulary));
        std::transform(h.begin(), h.end(), g.begin(), sum.begin(), std::plus<>());
        (*head)->read_out.logits(sum, 1, expected);
        for (const std::size_t level : {0U, 1U}) {
            (*head)->logits(level, h, g, got);
            QVERIFY(largest_difference(got, expected) < 1e-5);
        }
    }

    /// EAGLE pairs f_i with x_{i+1}: an identity block shows which of the two a law was made of (decoding.md 4.9, trap 4).
    void eaglePairsTheFeatureWithTheNextToken()
    {
        const ModelPtr target = fixture();
        QVERIFY(target);
        const auto d = target->folder.config.hidden;
        const auto width = static_cast<std::size_t>(d);
        const auto v = static_cast<std::size_t>(target->folder.config.vocabulary);
        const double epsilon = target->folder.config.norm_epsilon;
        const auto rows = read(target, std::span(kText).first(kText.size() - 1)).hidden;
        const std::vector<TokenId> nodes = {9, 11};
        const std::vector<std::int32_t> parents = {-1, -1};
        for (const bool by_feature : {false, true}) {
            auto heads = eagle_heads(target, 1, false);
            heads.tensors["join.weight"] = identities(d, by_feature ? std::vector<float>{0, 1} : std::vector<float>{1, 0});
            silence_block(heads, "blocks.0");
            const auto head = decoding::EagleHead::open(*target, heads);
            QVERIFY(head.ok());
            decoding::EagleFeeder feeder(target, *head, 100);
            Asked asked(kText);
            asked.context.target_hidden = rows;
            QVERIFY(feeder.begin(kText, {}).ok());
            const auto root = feeder.feed_root(asked.context);
            QVERIFY(root.ok());
            const std::vector<float> root_logits(root->begin(), root->end());
            std::vector<float> token(width);
            (*head)->read_out.embedding(kText.back(), token);
            const auto last = std::span<const float>(rows).last(width);
            const auto expected = normed(by_feature ? last : std::span<const float>(token), epsilon);
            QVERIFY(head_error(target, expected, root_logits) < 1e-4);
            // A child reads its own token and its parent's output.
            const auto below = feeder.feed_nodes(nodes, parents, {});
            QVERIFY(below.ok());
            for (std::size_t i = 0; i < nodes.size(); ++i) {
                (*head)->read_out.embedding(nodes[i], token);
                const std::vector<float> output(expected.begin(), expected.end());
                const auto next = normed(by_feature ? std::span<const float>(output) : std::span<const float>(token), epsilon);
                QVERIFY(head_error(target, next, below->subspan(i * v, v)) < 1e-4);
            }
        }
    }

    /// N = L with an identity block and the target's own norm: q = p, so nothing is ever refused (decoding.md 2.3).
    void anExitAfterTheLastLayerNeverErrs_data()
    {
        QTest::addColumn<int>("length");
        for (const int length : {1, 4, 8}) {
            QTest::addRow("a chain of %d", length) << length;
        }
    }
    void anExitAfterTheLastLayerNeverErrs()
    {
        QFETCH(int, length);
        const ModelPtr target = fixture();
        QVERIFY(target);
        auto heads = exit_heads(target, target->folder.config.layers);
        silence_block(heads, "block.0");
        const auto norm = model::file_weights(target->folder.config, target->folder.weights).value()->weight(model::Role::FinalNorm, -1);
        auto& scale = heads.tensors.at("norm.weight").values;
        std::memcpy(scale.data(), norm->data, scale.size() * sizeof(float));
        for (const double temperature : {0.0, 1.0}) {
            auto work = job(target, nullptr, kText, kTokens);
            work.trained = shared(heads);
            const auto run =
                decode(work, settings("eesd", {{"shape", std::string("chain")}, {"draft_length", std::int64_t{length}}}, temperature));
            QVERIFY(run.ok());
            auto rounds = record::rounds(*run.value());
            rounds.pop_back();  // the token limit cuts it
            for (const record::Round* round : rounds) {
                QVERIFY2(round->tie || static_cast<int>(round->path.size()) == length + 1, qPrintable(QString::number(round->index)));
            }
        }
    }

    void cachesEqualRecomputation_data()
    {
        QTest::addColumn<int>("family");
        for (std::size_t i = 0; i < families().size(); ++i) {
            QTest::addRow("%s", families()[i].name) << static_cast<int>(i);
        }
    }
    /// Rounds with every kind of ending, rows handed over or missing: a feeder that went through them all says what a fresh one says.
    void cachesEqualRecomputation()
    {
        QFETCH(int, family);
        const ModelPtr target = fixture();
        QVERIFY(target);
        const Family& which = families()[static_cast<std::size_t>(family)];
        auto feeder = feeder_of(which, target);
        QVERIFY(feeder);
        std::vector<TokenId> text = kText;
        QVERIFY(feeder->begin(text, {}).ok());
        std::size_t known = 0;  // positions whose rows the feeder was handed
        const auto width = static_cast<std::size_t>(target->folder.config.hidden);
        for (std::uint32_t round = 0; round < 10; ++round) {
            const auto all = read(target, std::span(text).first(text.size() - 1));
            Asked asked(text);
            if (round != 4) {  // once the rows are missing, as after another drafter's rounds
                asked.context.target_hidden = std::span(all.hidden).subspan(known * width);
            }
            known = text.size() - 1;
            if (round % 5 == 3) {
                feeder->skip(asked.context);
                text.push_back(static_cast<TokenId>(20 + round));
                continue;
            }
            const auto root = feeder->feed_root(asked.context);
            QVERIFY(root.ok());
            const std::vector<float> root_logits(root->begin(), root->end());
            // Two children, and under the first one two more.
            const std::vector<TokenId> level1 = {3, 8}, level2 = {12, 300};
            const std::vector<std::int32_t> below_root = {-1, -1}, below_first = {0, 0};
            const auto first = feeder->feed_nodes(level1, below_root, {});
            QVERIFY(first.ok());
            const std::vector<float> first_logits(first->begin(), first->end());
            const auto second = feeder->feed_nodes(level2, below_first, {});
            QVERIFY(second.ok());
            const std::vector<float> second_logits(second->begin(), second->end());

            const auto fresh = feeder_of(which, target);
            QVERIFY(fresh && fresh->begin(text, {}).ok());
            Asked again(text);
            const auto fresh_root = fresh->feed_root(again.context);
            QVERIFY(fresh_root.ok());
            QVERIFY2(largest_difference(root_logits, *fresh_root) < 1e-4, qPrintable(QString("round %1").arg(round)));
            // One branch at a time, each node alone.
            const auto vocabulary = static_cast<std::size_t>(fresh->vocabulary());
            const std::vector<std::int32_t> root_parent = {-1};
            for (const std::size_t which_child : {1U, 0U}) {
                const auto alone = fresh->feed_nodes(std::span(level1).subspan(which_child, 1), root_parent, {});
                QVERIFY(alone.ok());
                QVERIFY(largest_difference(*alone, std::span<const float>(first_logits).subspan(which_child * vocabulary, vocabulary)) <
                        1e-4);
            }
            const std::vector<std::int32_t> last_fed = {1};  // the first child was fed second here
            const auto deeper = fresh->feed_nodes(std::span(level2).subspan(1, 1), last_fed, {});
            QVERIFY(deeper.ok());
            QVERIFY(largest_difference(*deeper, std::span<const float>(second_logits).subspan(vocabulary, vocabulary)) < 1e-4);

            // Nothing, one node or two are accepted; then the target's own token.
            const std::vector<std::int32_t> fed_path = {0, 3};
            const std::size_t accepted = round % 3;
            feeder->keep(std::span(fed_path).first(accepted));
            const std::vector<TokenId> path = {3, 300};
            text.insert(text.end(), path.begin(), path.begin() + static_cast<std::ptrdiff_t>(accepted));
            text.push_back(static_cast<TokenId>(40 + round));
            if (round == 5) {
                feeder = feeder->snapshot();  // a fork goes on from the same state
            }
        }
    }
};

QTEST_APPLESS_MAIN(TestFeatureHeads)
#include "test_feature_heads.moc"
