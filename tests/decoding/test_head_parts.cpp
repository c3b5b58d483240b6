// SPDX-License-Identifier: GPL-3.0-or-later
// What draft heads are made with: trees against enumeration, text against plain decoding, KOALA's adversary against closed forms.
#include "tests/decoding/heads_testing.h"
#include "tests/decoding/law_helpers.h"

#include "core/decoding/heads/adversary_probe.h"
#include "core/decoding/heads/head_text.h"
#include "core/decoding/heads/head_trees.h"
#include "core/io/float_convert.h"

#include <QtTest/QtTest>

#include <algorithm>
#include <fstream>
#include <set>

using namespace timberline;
using namespace timberline::test;

namespace {

constexpr auto kFixtures = TIMBERLINE_FIXTURES;

#ifdef TIMBERLINE_SANITIZED
constexpr int kRuns = 300;
#else
constexpr int kRuns = 8000;
#endif

ModelPtr fixture(const char* name)
{
    return load(std::string(kFixtures) + "/" + name);
}

std::vector<TokenId> prompt_of(const ModelPtr& model, std::size_t length, std::uint64_t seed = 5)
{
    std::vector<TokenId> out;
    RandomStream stream({.seed = seed, .purpose = RandomPurpose::Test});
    for (std::size_t i = 0; i < length; ++i) {
        out.push_back(static_cast<TokenId>(stream.next() * static_cast<double>(model->folder.config.vocabulary)));
    }
    return out;
}

/// Every path of ranks down to `depth`, by value.
std::vector<double> all_values(const std::vector<std::vector<double>>& accuracy, std::size_t depth)
{
    std::vector<double> out, level = {1};
    for (std::size_t k = 0; k < depth; ++k) {
        std::vector<double> next;
        for (const double value : level) {
            for (const double share : accuracy[k]) {
                next.push_back(value * share);
            }
        }
        out.insert(out.end(), next.begin(), next.end());
        level = std::move(next);
    }
    std::ranges::sort(out, std::greater<>());
    return out;
}

}  // namespace

class TestHeadParts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void static_trees_are_the_best_paths();
    void one_rank_a_head_makes_a_chain();
    void text_written_side_by_side_is_the_target_s_data();
    void text_written_side_by_side_is_the_target_s();
    void texts_are_kept_and_split();
    void what_is_held_out_is_new();
    void the_adversary_s_smallest_loss_is_log_4();
    void the_adversary_s_gradient_is_that_of_finite_differences();
    void halves_are_rounded_as_the_standard_says();
    void sampled_text_follows_the_target_s_law_data();
    void sampled_text_follows_the_target_s_law();
};

/// Against enumeration: the sum of the kept values is that of the N largest products, and parents come before their children.
void TestHeadParts::static_trees_are_the_best_paths()
{
    const std::vector<std::vector<double>> accuracy = {{0.6, 0.15, 0.1}, {0.5, 0.2}, {0.4, 0.25, 0.05, std::nan("")}};
    const std::vector<std::vector<double>> clean = {{0.6, 0.15, 0.1}, {0.5, 0.2}, {0.4, 0.25, 0.05}};
    for (std::int32_t depth = 1; depth <= 3; ++depth) {
        const auto best = all_values(clean, static_cast<std::size_t>(depth));
        for (std::int32_t nodes = 1; nodes <= 40; ++nodes) {
            const auto tree = decoding::static_tree(accuracy, nodes, depth);
            QCOMPARE(tree.size(), std::min(static_cast<std::size_t>(nodes), best.size()));
            for (std::size_t i = 0; i < tree.size(); ++i) {
                QVERIFY(tree[i].parent <= static_cast<std::int32_t>(i));
                QVERIFY(std::abs(tree[i].value - best[i]) < 1e-12);
                const double before = tree[i].parent == 0 ? 1 : tree[static_cast<std::size_t>(tree[i].parent) - 1].value;
                QVERIFY(std::abs(tree[i].value -
                                 before * accuracy[static_cast<std::size_t>(tree[i].depth) - 1][static_cast<std::size_t>(tree[i].rank)]) <
                        1e-12);
            }
        }
    }
    QVERIFY(decoding::static_tree(accuracy, 5, 0).empty());
}

void TestHeadParts::one_rank_a_head_makes_a_chain()
{
    const auto tree = decoding::static_tree({{0.5}, {0.4}, {0.3}}, 24, 3);
    QCOMPARE(tree.size(), std::size_t{3});
    for (std::int32_t i = 0; i < 3; ++i) {
        QCOMPARE(tree[static_cast<std::size_t>(i)].parent, i);
        QCOMPARE(tree[static_cast<std::size_t>(i)].rank, 0);
    }
}

void TestHeadParts::text_written_side_by_side_is_the_target_s_data()
{
    QTest::addColumn<QString>("target");
    QTest::addRow("grouped heads, rotary positions") << "llama-gqa";
    QTest::addRow("learned positions, every second layer sees a window") << "gpt-neo-local";
    QTest::addRow("biases, a tied bf16 head") << "qwen2-tied-bf16";
}

/// Greedy text of many prompts of different lengths in step, against plain decoding of each alone.
void TestHeadParts::text_written_side_by_side_is_the_target_s()
{
    QFETCH(const QString, target);
    const auto model = fixture(target.toUtf8().constData());
    decoding::WrittenText wanted{.tokens = 1, .length = 20, .rows = 70, .opening = 0, .temperature = 0, .prompts = {}, .seed = 3};
    for (std::size_t i = 0; i < 70; ++i) {
        wanted.prompts.push_back(prompt_of(model, 2 + i % 7, i));
    }
    const auto texts = decoding::write_text(*model, wanted, {}, {});
    QVERIFY2(texts.ok(), texts.ok() ? "" : texts.error().message.c_str());
    QCOMPARE(texts->size(), std::size_t{70});
    for (const std::size_t i : {std::size_t{0}, std::size_t{5}, std::size_t{66}}) {
        const auto& prompt = wanted.prompts[i];
        auto alone = job(model, nullptr, prompt, 20 - static_cast<std::int64_t>(prompt.size()));
        alone.stop_ids = model->folder.stop_ids;
        const auto record = decode(alone, settings("plain"));
        auto expected = prompt;
        const auto ids = record::generated_ids(**record);
        expected.insert(expected.end(), ids.begin(), ids.end());
        QVERIFY((*texts)[i] == expected);
    }
    wanted.length = model->folder.config.context + 1;
    QVERIFY(!decoding::write_text(*model, wanted, {}, {}).ok());
    wanted.length = 20;
    CancelToken cancel;
    cancel.cancel();
    QCOMPARE(decoding::write_text(*model, wanted, {}, cancel).error().code, ErrorCode::Cancelled);
}

void TestHeadParts::texts_are_kept_and_split()
{
    const QTemporaryDir folder;
    const auto file = (folder.path() + "/text.ids").toStdString();
    const std::vector<std::vector<TokenId>> texts = {{1, 2, 3}, {4, 5}, {6, 7, 8, 9}};
    QVERIFY(decoding::save_text(file, texts, "key 1").ok());
    QVERIFY(decoding::load_text(file, "key 1", 10) == texts);
    QVERIFY(decoding::load_text(file, "key 2", 10).empty());
    QVERIFY(decoding::load_text(file, "key 1", 9).empty());  // token 9 is outside
    for (const char* damage : {"key 1\n1 2\n3 x\n", "key 1\n1 2\n3", "key 1\n1\n", "key 1\n1  2\n"}) {
        std::ofstream(file) << damage;
        QVERIFY2(decoding::load_text(file, "key 1", 10).empty(), damage);
    }
    const auto halves = decoding::split_text(texts, 0.4, 1);
    QCOMPARE(halves.train.size() + halves.held_out.size(), texts.size());
    const auto few = decoding::split_text({{1, 2}, {3, 4}}, 0.0001, 1);
    QCOMPARE(few.held_out.size(), std::size_t{1});
    QCOMPARE(few.train.size(), std::size_t{1});
}

void TestHeadParts::what_is_held_out_is_new()
{
    // 600 sequences of 40 different ones.
    std::vector<std::vector<TokenId>> texts;
    for (TokenId i = 0; i < 600; ++i) {
        texts.push_back({1, (i * 7) % 40 + 2, 3});
    }
    auto rare = texts;
    for (TokenId i = 0; i < 400; ++i) {
        rare.push_back({2, i, i});  // each once
        rare.push_back({2, i, i});  // or twice, where the split takes both
    }
    for (const auto* given : {&texts, &rare}) {
        const auto halves = decoding::split_text(*given, 0.2, 3);
        const std::set<std::vector<TokenId>> train(halves.train.begin(), halves.train.end());
        const std::set<std::vector<TokenId>> held_out(halves.held_out.begin(), halves.held_out.end());
        QVERIFY(!halves.held_out.empty());
        QCOMPARE(held_out.size(), halves.held_out.size());
        QVERIFY(std::ranges::none_of(held_out, [&](const auto& sequence) { return train.contains(sequence); }));
    }
    // What is trained on keeps its duplicates: 1,400 sequences less about a fifth.
    const auto train = decoding::split_text(rare, 0.2, 3).train;
    QVERIFY(train.size() > 1050 && train.size() < 1190);
    QVERIFY(std::set<std::vector<TokenId>>(train.begin(), train.end()).size() < train.size());
    const auto same = decoding::split_text({{1, 2}, {1, 2}, {1, 2}}, 0.0001, 1);
    QCOMPARE(same.train.size(), std::size_t{2});
    QCOMPARE(same.held_out.size(), std::size_t{1});
}

/// decoding.md 2.2: with P_draft = P_target the smallest L_D is log 4, at D = 1/2.
void TestHeadParts::the_adversary_s_smallest_loss_is_log_4()
{
    const auto numbers = [](const char* name, std::vector<std::int64_t> shape) { return random_tensor(name, std::move(shape), 6).values; };
    const auto table = numbers("table", {5, 8}), law = numbers("law", {3, 5}), hidden = numbers("hidden", {3, 8});
    decoding::AdversaryQuestion question{
        .rows = 3, .vocabulary = 5, .width = 8, .embeddings = table, .target_logits = law, .draft_logits = law, .hidden = hidden};
    question.undecided = true;
    const auto half = decoding::ask_adversary(question);
    QVERIFY2(half.ok(), half.ok() ? "" : half.error().message.c_str());
    QVERIFY(std::abs(half->discriminator_loss - std::log(4)) < 1e-6);
    QVERIFY(std::abs(half->fooling_loss - std::log(2)) < 1e-6);
    question.undecided = false;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        question.seed = seed;
        const auto answer = decoding::ask_adversary(question);
        QVERIFY(answer->discriminator_loss >= std::log(4) - 1e-6);
        QVERIFY(!answer->leaked);
        // Spectral norm: the matrix that is used stretches by about 1.
        QVERIFY(answer->largest_singular_value > 0.99 && answer->largest_singular_value < 1.2);
    }
    question.hidden = std::span(hidden).first(3);
    QVERIFY(!decoding::ask_adversary(question).ok());
}

void TestHeadParts::the_adversary_s_gradient_is_that_of_finite_differences()
{
    const auto numbers = [](const char* name, std::vector<std::int64_t> shape) { return random_tensor(name, std::move(shape), 6).values; };
    const auto table = numbers("table", {5, 8}), target = numbers("target", {2, 5}), hidden = numbers("hidden", {2, 8});
    auto draft = numbers("draft", {2, 5});
    const auto ask = [&] {
        return decoding::ask_adversary({.rows = 2,
                                        .vocabulary = 5,
                                        .width = 8,
                                        .embeddings = table,
                                        .target_logits = target,
                                        .draft_logits = draft,
                                        .hidden = hidden,
                                        .seed = 4});
    };
    const auto gradient = ask()->fooling_gradient;
    constexpr float kStep = 1e-2F;
    double largest = 0;
    for (std::size_t i = 0; i < draft.size(); ++i) {
        const float before = draft[i];
        draft[i] = before + kStep;
        const double above = ask()->fooling_loss;
        draft[i] = before - kStep;
        const double below = ask()->fooling_loss;
        draft[i] = before;
        const double slope = (above - below) / (2 * static_cast<double>(kStep));
        QVERIFY2(std::abs(slope - static_cast<double>(gradient[i])) < 2e-5 + 1e-2 * std::abs(slope),
                 qPrintable(QString("%1: %2 against %3").arg(i).arg(static_cast<double>(gradient[i])).arg(slope)));
        largest = std::max(largest, std::abs(slope));
    }
    QVERIFY(largest > 1e-4);
}

void TestHeadParts::halves_are_rounded_as_the_standard_says()
{
    // IEEE 754-2019: largest half, halfway above it, smallest subnormal, ties to even.
    QCOMPARE(io::float_to_half(65504.0F), std::uint16_t{0x7BFF});
    QCOMPARE(io::float_to_half(65520.0F), std::uint16_t{0x7C00});
    QCOMPARE(io::float_to_half(0x1p-24F), std::uint16_t{0x0001});
    QCOMPARE(io::float_to_half(0x1p-25F), std::uint16_t{0x0000});
    QCOMPARE(io::float_to_half(-1.0F - 0x1p-11F), std::uint16_t{0xBC00});
    QCOMPARE(io::float_to_half(1.0F + 0x3p-11F), std::uint16_t{0x3C02});
    for (std::uint32_t bits = 0; bits < 0x7C00; ++bits) {
        QCOMPARE(io::float_to_half(io::half_to_float(static_cast<std::uint16_t>(bits))), static_cast<std::uint16_t>(bits));
    }
}

void TestHeadParts::sampled_text_follows_the_target_s_law_data()
{
    QTest::addColumn<QString>("drafter");
    QTest::addColumn<QString>("shape");
    QTest::addRow("Medusa, a static tree") << "medusa"
                                           << "static";
    QTest::addRow("Hydra, a dynamic tree") << "hydra"
                                           << "dynamic";
    QTest::addRow("Hydra, a static tree") << "hydra"
                                          << "static";
}

/// Chosen children under the exact rule: the pair of the first two tokens against the target's own joint law.
void TestHeadParts::sampled_text_follows_the_target_s_law()
{
    QFETCH(const QString, drafter);
    QFETCH(const QString, shape);
    const QTemporaryDir folder;
    const auto target = tiny_model_on_disk(folder.path().toStdString(), kLawVocabulary, 11);
    QVERIFY(target);
    const auto id = drafter.toStdString();
    auto wanted = settings(id, {{"shape", shape.toStdString()}, {"total_nodes", std::int64_t{5}}}, 1);
    auto work = job(target, nullptr, kLawPrompt, 2);
    work.instrumented = false;
    work.trained = shared(id == "hydra" ? chained_heads(target, 2, 1, 1, true) : rank_heads(target, 2, 1, 1));
    std::vector<std::int64_t> counts(kLawVocabulary * kLawVocabulary, 0);
    std::int64_t accepted = 0;
    for (int i = 0; i < kRuns; ++i) {
        work.seed = static_cast<std::uint64_t>(i) + 1;
        const auto run = decode(work, wanted);
        QVERIFY2(run.ok(), run.ok() ? "" : run.error().message.c_str());
        const auto ids = record::generated_ids(**run);
        ++counts[static_cast<std::size_t>(ids[0] * kLawVocabulary + ids[1])];
        for (const auto* round : record::rounds(**run)) {
            accepted += static_cast<std::int64_t>(round->path.size()) - 1;
        }
    }
    const double z = chi_square_z(counts, joint_law(*target->decoder, wanted.sampling), kRuns);
    qInfo("chi-square z %.2f, accepted %lld", z, static_cast<long long>(accepted));
    QVERIFY2(z < kOneInThousand, qPrintable(QString::number(z)));
    QVERIFY(accepted > kRuns / 10);
}

QTEST_APPLESS_MAIN(TestHeadParts)
#include "test_head_parts.moc"
