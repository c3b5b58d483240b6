// SPDX-License-Identifier: GPL-3.0-or-later
// Draft heads on the inference path: arithmetic against a plain recomputation, greedy identity with heads of
// random numbers, folders that must be refused.
#include "tests/decoding/heads_testing.h"

#include "core/base/text.h"
#include "core/rules/sampling.h"

#include <QtTest/QtTest>

#include <algorithm>
#include <fstream>
#include <limits>

using namespace timberline;
using namespace timberline::test;

namespace {

constexpr auto kFixtures = TIMBERLINE_FIXTURES;

#ifdef TIMBERLINE_SANITIZED
constexpr std::int64_t kTokens = 6;
#else
constexpr std::int64_t kTokens = 40;
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

/// Rows and logits of a text, [T, d] and [T, V].
model::ForwardOutput read(const ModelPtr& model, std::span<const TokenId> text)
{
    auto store = model->decoder->make_store(static_cast<std::int64_t>(text.size()));
    model::ForwardOutput out;
    model::ForwardInput input;
    input.tokens = text;
    const auto done = model->decoder->forward(input, *store, out, {});
    return done.ok() ? out : model::ForwardOutput{};
}

std::vector<double> weight_of(const ModelPtr& model, model::Role role)
{
    const auto provider = model::file_weights(model->folder.config, model->folder.weights);
    const auto weight = provider.value()->weight(role, -1);
    std::vector<double> out;
    const auto* data = reinterpret_cast<const float*>(weight->data);
    for (std::int64_t i = 0; i < weight->rows * weight->columns; ++i) {
        float value = 0;
        std::memcpy(&value, data + i, sizeof value);
        out.push_back(static_cast<double>(value));
    }
    return out;
}

/// x + SiLU(W in + b) in double.
std::vector<double> residual(const std::vector<double>& x, const std::vector<double>& in, const decoding::HeadTensor& weight,
                             const decoding::HeadTensor& bias)
{
    auto out = x;
    for (std::size_t o = 0; o < x.size(); ++o) {
        double sum = static_cast<double>(bias.values[o]);
        for (std::size_t i = 0; i < in.size(); ++i) {
            sum += static_cast<double>(weight.values[o * in.size() + i]) * in[i];
        }
        out[o] += sum / (1 + std::exp(-sum));
    }
    return out;
}

double worst(std::span<const float> got, const std::vector<double>& head, const std::vector<double>& row)
{
    double out = 0;
    for (std::size_t v = 0; v < got.size(); ++v) {
        double sum = 0;
        for (std::size_t i = 0; i < row.size(); ++i) {
            sum += head[v * row.size() + i] * row[i];
        }
        out = std::max(out, std::abs(sum - static_cast<double>(got[v])));
    }
    return out;
}

decoding::RoundSettings drafter_settings(const std::string& drafter, const Values& values)
{
    return settings(drafter, values);
}

}  // namespace

class TestDraftHeads : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void untrained_medusa_heads_repeat_the_target_s_own_law();
    void medusa_heads_equal_a_plain_recomputation();
    void hydra_heads_equal_a_plain_recomputation();
    void a_prefix_layer_read_in_parts_equals_one_read_at_once();
    void siblings_take_the_same_ranks_in_every_branch();
    void greedy_text_is_the_target_s_data();
    void greedy_text_is_the_target_s();
    void a_prompt_of_one_token_begins_with_a_plain_round();
    void a_folder_comes_back_as_it_was_written();
    void foreign_heads_are_refused_data();
    void foreign_heads_are_refused();
    void a_drafter_without_heads_says_what_to_do();
};

/// decoding.md 1.8: U = 0, b = 0, W = W_lm.
void TestDraftHeads::untrained_medusa_heads_repeat_the_target_s_own_law()
{
    const auto model = fixture("llama-gqa");
    QVERIFY(model);
    const auto text = prompt_of(model, 9);
    const auto out = read(model, text);
    const auto folder = rank_heads(model, 4, 1, 0);
    auto heads = decoding::RankHeads::make(folder, *model);
    QVERIFY2(heads.ok(), heads.ok() ? "" : heads.error().message.c_str());
    const auto d = static_cast<std::size_t>(model->folder.config.hidden), v = static_cast<std::size_t>(model->folder.config.vocabulary);
    std::vector<float> logits;
    heads->logits(std::span(out.hidden).last(d), 4, logits);
    QCOMPARE(logits.size(), 4 * v);
    for (std::size_t k = 0; k < 4; ++k) {
        for (std::size_t i = 0; i < v; ++i) {
            QVERIFY(std::abs(logits[k * v + i] - out.logits[out.logits.size() - v + i]) < 1e-5F);
        }
    }
}

void TestDraftHeads::medusa_heads_equal_a_plain_recomputation()
{
    const auto model = fixture("llama-gqa");
    const auto d = static_cast<std::size_t>(model->folder.config.hidden), v = static_cast<std::size_t>(model->folder.config.vocabulary);
    const auto matrix = weight_of(model, model::Role::Head);
    const auto row = random_tensor("row", {static_cast<std::int64_t>(d)}, 8).values;
    for (const bool untied : {false, true}) {
        const auto folder = rank_heads(model, 3, 2, 2, "koala-medusa", untied);
        auto heads = decoding::RankHeads::make(folder, *model);
        QVERIFY(heads.ok());
        std::vector<float> logits;
        heads->logits(row, 3, logits);
        for (std::int64_t k = 0; k < 3; ++k) {
            std::vector<double> x(row.begin(), row.end());
            for (std::int64_t layer = 0; layer < 2; ++layer) {
                const auto name = decoding::rank_head_block(k, layer);
                x = residual(x, x, folder.tensors.at(name + ".weight"), folder.tensors.at(name + ".bias"));
            }
            std::vector<double> out = matrix;
            if (untied) {
                const auto& own = folder.tensors.at(decoding::rank_head_out(k) + ".weight").values;
                out.assign(own.begin(), own.end());
            }
            QVERIFY(worst(std::span(logits).subspan(static_cast<std::size_t>(k) * v, v), out, x) < 1e-3);
        }
    }
}

/// decoding.md 3.3: head k sees [h; E x_{t+1}; …; E x_{t+1+k}].
void TestDraftHeads::hydra_heads_equal_a_plain_recomputation()
{
    const auto model = fixture("llama-gqa");
    const auto d = static_cast<std::size_t>(model->folder.config.hidden), v = static_cast<std::size_t>(model->folder.config.vocabulary);
    const auto matrix = weight_of(model, model::Role::Head), table = weight_of(model, model::Role::TokenEmbedding);
    const auto row = random_tensor("row", {static_cast<std::int64_t>(d)}, 8).values;
    const auto folder = chained_heads(model, 3, 2, 2, false);
    auto heads = decoding::ChainedHeads::make(folder, *model);
    QVERIFY(heads.ok());
    for (std::int64_t k = 0; k < 3; ++k) {
        const auto paths = prompt_of(model, 2 * (static_cast<std::size_t>(k) + 1), 17);  // two branches
        std::vector<float> logits;
        heads->logits(k, row, paths, logits);
        QCOMPARE(logits.size(), 2 * v);
        for (std::size_t branch = 0; branch < 2; ++branch) {
            const std::vector<double> h(row.begin(), row.end());
            auto in = h;
            for (std::size_t j = 0; j <= static_cast<std::size_t>(k); ++j) {
                const auto token = static_cast<std::size_t>(paths[branch * (static_cast<std::size_t>(k) + 1) + j]);
                in.insert(in.end(), table.begin() + static_cast<std::ptrdiff_t>(token * d),
                          table.begin() + static_cast<std::ptrdiff_t>((token + 1) * d));
            }
            const auto first = decoding::chained_head_layer(k, 0), second = decoding::chained_head_layer(k, 1);
            auto x = residual(h, in, folder.tensors.at(first + ".weight"), folder.tensors.at(first + ".bias"));
            x = residual(x, x, folder.tensors.at(second + ".weight"), folder.tensors.at(second + ".bias"));
            QVERIFY(worst(std::span(logits).subspan(branch * v, v), matrix, x) < 1e-3);
        }
    }
}

void TestDraftHeads::a_prefix_layer_read_in_parts_equals_one_read_at_once()
{
    const auto model = fixture("llama-gqa");
    const auto folder = chained_heads(model, 1, 1, 1, true);
    const auto block = decoding::make_block(model->folder.config, 1, folder, decoding::kPrefixBlock);
    QVERIFY(block.ok());
    const auto d = static_cast<std::size_t>(model->folder.config.hidden);
    const auto rows = random_tensor("rows", {9, static_cast<std::int64_t>(d)}, 8).values;
    auto whole = rows, parts = rows;
    const auto one = (*block)->make_store(9), two = (*block)->make_store(9);
    QVERIFY((*block)->forward_layers(0, 1, {}, whole, *one, {}).ok());
    QVERIFY((*block)->forward_layers(0, 1, {}, std::span(parts).first(4 * d), *two, {}).ok());
    QVERIFY((*block)->forward_layers(0, 1, {}, std::span(parts).subspan(4 * d), *two, {}).ok());
    QCOMPARE(parts, whole);
    QVERIFY(whole != rows);
}

/// decoding.md 1.8: the r-th ranked token of head k is the same under every parent at depth k.
void TestDraftHeads::siblings_take_the_same_ranks_in_every_branch()
{
    const auto model = fixture("llama-gqa");
    auto wanted = job(model, nullptr, prompt_of(model, 8), kTokens);
    wanted.trained = shared(rank_heads(model, 3, 1, 2));
    const auto record = decode(wanted, drafter_settings("medusa", {{"total_nodes", std::int64_t{20}}}));
    QVERIFY2(record.ok(), record.ok() ? "" : record.error().message.c_str());
    std::size_t compared = 0;
    for (const auto* round : record::rounds(**record)) {
        std::map<std::pair<int, int>, TokenId> seen;  // depth and order → token
        for (const auto& node : round->nodes) {
            if (node.depth == 0 || node.state == record::NodeState::Bonus || node.state == record::NodeState::Correction) {
                continue;
            }
            const auto [it, fresh] = seen.emplace(std::pair(node.depth, node.order), node.token);
            QCOMPARE(node.token, it->second);
            compared += fresh ? 0 : 1;
        }
    }
    QVERIFY(compared > 10);
}

void TestDraftHeads::greedy_text_is_the_target_s_data()
{
    QTest::addColumn<QString>("target");
    QTest::addColumn<QString>("drafter");
    QTest::addColumn<QString>("shape");
    QTest::addColumn<qint64>("nodes");
    QTest::addColumn<qint64>("depth");
    for (const char* target : {"llama-gqa", "gpt-neo-local", "qwen2-tied-bf16"}) {
        for (const auto& [drafter, shape] :
             {std::pair{"medusa", "static"}, std::pair{"medusa", "confidence"}, std::pair{"koala-medusa", "static"},
              std::pair{"hydra", "dynamic"}, std::pair{"hydra", "static"}}) {
            for (const auto& [nodes, depth] : {std::pair{1, 1}, std::pair{4, 4}, std::pair{24, 4}, std::pair{64, 3}}) {
                QTest::addRow("%s, %s trees of %s, %d nodes, %d levels", target, shape, drafter, nodes, depth)
                    << target << drafter << shape << qint64{nodes} << qint64{depth};
            }
        }
    }
}

void TestDraftHeads::greedy_text_is_the_target_s()
{
    QFETCH(const QString, target);
    QFETCH(const QString, drafter);
    QFETCH(const QString, shape);
    QFETCH(const qint64, nodes);
    QFETCH(const qint64, depth);
    const auto model = fixture(target.toUtf8().constData());
    QVERIFY(model);
    const auto prompt = prompt_of(model, 7);
    const auto plain = decode(job(model, nullptr, prompt, kTokens), settings("plain"));
    QVERIFY(plain.ok());
    auto wanted = job(model, nullptr, prompt, kTokens);
    const auto id = drafter.toStdString();
    // Half the numbers of an untrained head: it then often guesses right, and both kinds of rounds occur.
    wanted.trained = shared(id == "hydra" ? chained_heads(model, 4, 2, 0.3, true) : rank_heads(model, 4, id == "medusa" ? 1 : 2, 0.3, id));
    Values values = {{"shape", shape.toStdString()}, {"total_nodes", std::int64_t{nodes}}, {"draft_length", std::int64_t{depth}}};
    if (id == "hydra") {
        values["top_k"] = std::int64_t{3};
    }
    const auto record = decode(wanted, drafter_settings(id, values));
    QVERIFY2(record.ok(), record.ok() ? "" : record.error().message.c_str());
    QCOMPARE(finish_of(**record).reason, std::string("length"));
    const auto got = record::generated_ids(**record), expected = record::generated_ids(**plain);
    for (std::size_t i = 0; i < expected.size(); ++i) {
        QVERIFY2(got[i] == expected[i], qPrintable(QString("token %1: got %2, expected %3").arg(i).arg(got[i]).arg(expected[i])));
    }
    std::size_t drafted = 0;
    for (const auto* round : record::rounds(**record)) {
        drafted += round->nodes.size() > 2 ? 1 : 0;
    }
    QVERIFY(drafted > 0);
}

void TestDraftHeads::a_prompt_of_one_token_begins_with_a_plain_round()
{
    const auto model = fixture("llama-gqa");
    for (const std::string id : {"medusa", "hydra"}) {
        auto wanted = job(model, nullptr, prompt_of(model, 1), 4);
        wanted.trained = shared(id == "hydra" ? chained_heads(model, 2, 1, 1, true) : rank_heads(model, 2, 1, 1));
        const auto record = decode(wanted, drafter_settings(id, {}));
        QVERIFY(record.ok());
        const auto rounds = record::rounds(**record);
        QCOMPARE(rounds.front()->target_tokens, 1);
        QVERIFY(rounds.at(1)->target_tokens > 1);
    }
}

void TestDraftHeads::a_folder_comes_back_as_it_was_written()
{
    const auto model = fixture("llama-gqa");
    const QTemporaryDir folder;
    auto heads = rank_heads(model, 2, 1, 1);
    heads.extra["rank_accuracy"] = {{0.5, 0.25}, {0.25, 0.125}};
    heads.seed = std::numeric_limits<std::uint64_t>::max();
    heads.text_tokens = 12345;
    heads.accepted_per_pass = 2.25;
    for (const bool half : {true, false}) {
        if (half) {
            decoding::round_to_half(heads);
        }
        const auto path = folder.path().toStdString() + (half ? "/half" : "/whole");
        QVERIFY(decoding::write_head_folder(path, heads, half).ok());
        const auto back = decoding::open_head_folder(path, {"medusa"}, model->folder);
        QVERIFY2(back.ok(), back.ok() ? "" : back.error().message.c_str());
        QCOMPARE((*back)->seed, heads.seed);
        QCOMPARE((*back)->text_tokens, heads.text_tokens);
        QCOMPARE((*back)->accepted_per_pass, heads.accepted_per_pass);
        QVERIFY((*back)->target == heads.target);
        QVERIFY((*back)->extra == heads.extra);
        QCOMPARE((*back)->tensors.size(), heads.tensors.size());
        for (const auto& [name, tensor] : heads.tensors) {
            QVERIFY((*back)->tensors.at(name).values == tensor.values);
            QVERIFY((*back)->tensors.at(name).shape == tensor.shape);
        }
    }
    heads.tensors.begin()->second.values[0] = 1e6F;
    QVERIFY(!decoding::write_head_folder(folder.path().toStdString() + "/large", heads, true).ok());
}

using Damage = std::function<void(decoding::HeadFolder&)>;
Q_DECLARE_METATYPE(Damage)

void TestDraftHeads::foreign_heads_are_refused_data()
{
    QTest::addColumn<Damage>("damage");
    QTest::addColumn<QString>("says");
    const auto row = [](const char* name, Damage damage, const char* says) { QTest::newRow(name) << damage << QString(says); };
    row(
        "heads of another family", [](auto& heads) { heads.family = "hydra"; }, "family");
    row(
        "another width", [](auto& heads) { heads.target.hidden = 128; }, "width 128");
    row(
        "another vocabulary", [](auto& heads) { heads.target.vocabulary = 7; }, "vocabulary 7");
    row(
        "another depth", [](auto& heads) { heads.target.layers = 99; }, "layers 99");
    row(
        "other weights", [](auto& heads) { heads.target.weights = "0123456789abcdef"; }, "other weights");
    row(
        "a NaN", [](auto& heads) { heads.tensors.begin()->second.values[3] = std::nanf(""); }, "NaN");
    row(
        "an infinity", [](auto& heads) { heads.tensors.begin()->second.values[3] = std::numeric_limits<float>::infinity(); }, "infinite");
    row(
        "a missing tensor", [](auto& heads) { heads.tensors.erase(heads.tensors.begin()); }, "is missing");
    row(
        "a misshapen tensor",
        [](auto& heads) {
            heads.tensors.begin()->second = {.shape = {2}, .values = {1, 2}};
        },
        "[2], expected [64]");
    row(
        "too many heads", [](auto& heads) { heads.shape["heads"] = 77; }, "heads is 77");
    row(
        "no number of heads", [](auto& heads) { heads.shape.erase("heads"); }, "heads is missing");
    row(
        "a truth value that is none", [](auto& heads) { heads.shape["untied_heads"] = "yes"; }, "untied_heads");
    row(
        "accuracies that are none",
        [](auto& heads) {
            heads.extra["rank_accuracy"] = {{2.0}, {0.1}};
        },
        "rank_accuracy");
}

void TestDraftHeads::foreign_heads_are_refused()
{
    QFETCH(const Damage, damage);
    QFETCH(const QString, says);
    const auto model = fixture("llama-gqa");
    auto heads = rank_heads(model, 2, 1, 1);
    damage(heads);
    auto wanted = job(model, nullptr, prompt_of(model, 4), 4);
    wanted.trained = shared(heads);
    const auto in_memory = decode(wanted, drafter_settings("medusa", {}));
    QVERIFY(!in_memory.ok());
    QVERIFY2(QString::fromStdString(in_memory.error().message).contains(says), in_memory.error().message.c_str());
    QVERIFY(!in_memory.error().hint.empty());

    // The same from a folder, written without the writer's own checks.
    const QTemporaryDir folder;
    const auto path = folder.path().toStdString();
    std::vector<io::TensorToWrite> tensors;
    for (const auto& [name, tensor] : heads.tensors) {
        tensors.push_back({.name = name, .shape = tensor.shape, .data = tensor.values.data()});
    }
    QVERIFY(io::write_safetensors(path + "/model.safetensors", tensors).ok());
    auto clean = heads;
    clean.tensors.clear();
    QVERIFY(decoding::write_head_folder(path + "/other", clean, false).ok());
    std::filesystem::copy(path + "/other/config.json", path + "/config.json");
    wanted.trained = nullptr;
    wanted.heads = path;
    const auto from_folder = decode(wanted, drafter_settings("medusa", {}));
    QVERIFY(!from_folder.ok());
    QVERIFY2(QString::fromStdString(from_folder.error().message).contains(says), from_folder.error().message.c_str());
    QVERIFY(!from_folder.error().hint.empty());
}

void TestDraftHeads::a_drafter_without_heads_says_what_to_do()
{
    const auto model = fixture("llama-gqa");
    auto wanted = job(model, nullptr, prompt_of(model, 4), 4);
    const auto none = decode(wanted, drafter_settings("medusa", {}));
    QVERIFY(!none.ok());
    QVERIFY(QString::fromStdString(none.error().hint).contains("bundled:tale-heads/medusa"));
    wanted.heads = "/nowhere/heads";
    const auto lost = decode(wanted, drafter_settings("medusa", {}));
    QCOMPARE(lost.error().code, ErrorCode::NotFound);
    const QTemporaryDir folder;
    wanted.heads = folder.path().toStdString();
    for (const char* text : {"", "[]", "{", "{\"format\": \"other\"}", "{\"format\": \"timberline-draft-heads\", \"version\": 999}",
                             "{\"format\": \"timberline-draft-heads\", \"version\": 1, \"shape\": 3}"}) {
        std::ofstream(wanted.heads + "/config.json") << text;
        QVERIFY2(!decode(wanted, drafter_settings("medusa", {})).ok(), text);
    }
}

QTEST_APPLESS_MAIN(TestDraftHeads)
#include "test_draft_heads.moc"
