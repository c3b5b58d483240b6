// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/model/weights.h"

#include <QTemporaryDir>
#include <QTest>

#include <cstring>
#include <filesystem>
#include <fstream>

using namespace timberline;
using namespace timberline::model;

namespace {

namespace fs = std::filesystem;
using File = std::shared_ptr<const io::SafetensorsFile>;

const fs::path kFixtures = TIMBERLINE_FIXTURES;

Result<DecoderConfig> fixture_config(const char* name)
{
    TIMBERLINE_ASSIGN(const Json json, read_json_file(kFixtures / name / "config.json"));
    return read_decoder_config(json, "config.json");
}

File fixture_file(const char* name)
{
    auto file = io::SafetensorsFile::open_folder(kFixtures / name);
    return file ? std::make_shared<const io::SafetensorsFile>(std::move(*file)) : nullptr;
}

std::vector<float> floats(const io::TensorView& view)
{
    std::vector<float> out(static_cast<std::size_t>(view.elements()));
    io::to_float32(view, out.data());
    return out;
}

std::vector<float> floats(const Weight& weight)
{
    const std::int64_t count = weight.rows * weight.columns;
    return floats(io::TensorView{"", weight.type, {count}, weight.data, static_cast<std::size_t>(count) * io::size_of(weight.type)});
}

/// A file in memory terms: name, shape; every element is the running index within its tensor, plus `start`.
struct Made {
    std::string name;
    std::vector<std::int64_t> shape;
    float start = 0;
};

File make_file(const fs::path& folder, const std::vector<Made>& tensors)
{
    std::vector<std::vector<float>> data;
    std::vector<io::TensorToWrite> list;
    for (const Made& tensor : tensors) {
        std::size_t count = 1;
        for (const std::int64_t extent : tensor.shape) {
            count *= static_cast<std::size_t>(extent);
        }
        auto& values = data.emplace_back(count);
        for (std::size_t i = 0; i < count; ++i) {
            values[i] = tensor.start + static_cast<float>(i);
        }
    }
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        list.push_back({tensors[i].name, tensors[i].shape, data[i].data()});
    }
    const fs::path path = folder / "model.safetensors";
    if (!io::write_safetensors(path, list)) {
        return nullptr;
    }
    auto file = io::SafetensorsFile::open_file(path);
    return file ? std::make_shared<const io::SafetensorsFile>(std::move(*file)) : nullptr;
}

Result<DecoderConfig> config_of(const char* text)
{
    return read_decoder_config(Json::parse(text), "config.json");
}

const char* const kSmallNeoX = R"({"architectures": ["GPTNeoXForCausalLM"], "vocab_size": 5, "hidden_size": 8, "intermediate_size": 12,
    "num_attention_heads": 2, "num_hidden_layers": 1, "max_position_embeddings": 16, "rotary_pct": 0.5})";
const char* const kSmallLlama = R"({"architectures": ["LlamaForCausalLM"], "vocab_size": 5, "hidden_size": 8, "intermediate_size": 12,
    "num_attention_heads": 2, "num_key_value_heads": 1, "num_hidden_layers": 1, "mlp_bias": true, "attention_bias": true})";

std::vector<Made> small_neox(const std::string& prefix = "gpt_neox.")
{
    const std::string layer = prefix + "layers.0.";
    return {{prefix + "embed_in.weight", {5, 8}},
            {layer + "input_layernorm.weight", {8}},
            {layer + "input_layernorm.bias", {8}},
            {layer + "post_attention_layernorm.weight", {8}},
            {layer + "post_attention_layernorm.bias", {8}},
            {layer + "attention.query_key_value.weight", {24, 8}},
            {layer + "attention.query_key_value.bias", {24}},
            {layer + "attention.dense.weight", {8, 8}},
            {layer + "attention.dense.bias", {8}},
            {layer + "mlp.dense_h_to_4h.weight", {12, 8}},
            {layer + "mlp.dense_h_to_4h.bias", {12}},
            {layer + "mlp.dense_4h_to_h.weight", {8, 12}},
            {layer + "mlp.dense_4h_to_h.bias", {8}},
            {prefix + "final_layer_norm.weight", {8}},
            {prefix + "final_layer_norm.bias", {8}},
            {"embed_out.weight", {5, 8}, 1000}};
}

std::vector<Made> small_llama(const std::string& prefix = "model.")
{
    const std::string layer = prefix + "layers.0.";
    return {{prefix + "embed_tokens.weight", {5, 8}},
            {layer + "input_layernorm.weight", {8}},
            {layer + "post_attention_layernorm.weight", {8}},
            {layer + "self_attn.q_proj.weight", {8, 8}},
            {layer + "self_attn.k_proj.weight", {4, 8}},
            {layer + "self_attn.v_proj.weight", {4, 8}},
            {layer + "self_attn.o_proj.weight", {8, 8}},
            {layer + "self_attn.q_proj.bias", {8}},
            {layer + "self_attn.k_proj.bias", {4}},
            {layer + "self_attn.v_proj.bias", {4}},
            {layer + "self_attn.o_proj.bias", {8}},
            {layer + "mlp.gate_proj.weight", {12, 8}},
            {layer + "mlp.up_proj.weight", {12, 8}},
            {layer + "mlp.down_proj.weight", {8, 12}},
            {layer + "mlp.gate_proj.bias", {12}, 500},
            {layer + "mlp.up_proj.bias", {12}, 600},
            {layer + "mlp.down_proj.bias", {8}},
            {prefix + "norm.weight", {8}},
            {"lm_head.weight", {5, 8}, 1000}};
}

void erase(std::vector<Made>& tensors, const char* part)
{
    std::erase_if(tensors, [&](const Made& tensor) { return tensor.name.find(part) != std::string::npos; });
}

}  // namespace

class TestWeights : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void fixturesAreComplete_data()
    {
        QTest::addColumn<QByteArray>("name");
        for (const char* name : {"llama-gqa", "qwen2-tied-bf16", "gpt2", "gpt-neo-local"}) {
            QTest::addRow("%s", name) << QByteArray(name);
        }
    }
    void fixturesAreComplete()
    {
        QFETCH(QByteArray, name);
        const auto config = fixture_config(name.constData());
        const File file = fixture_file(name.constData());
        QVERIFY(config.ok() && file != nullptr);
        std::vector<std::string> unused{"filled in"};
        const auto weights = file_weights(*config, file, {}, &unused);
        QVERIFY2(weights.ok(), weights ? "" : weights.error().message.c_str());
        QVERIFY2(unused.empty(), unused.empty() ? "" : unused.front().c_str());
        // Every element of the file belongs to exactly one weight of the configuration.
        std::int64_t elements = 0;
        for (const auto& [tensor, view] : file->tensors()) {
            elements += view.elements();
        }
        QCOMPARE(config->parameters(), elements);
    }

    void plainWeightsPointIntoTheFile()
    {
        const auto config = fixture_config("qwen2-tied-bf16");
        const File file = fixture_file("qwen2-tied-bf16");
        const auto weights = file_weights(*config, file);
        QVERIFY(weights.ok());
        const auto query = (*weights)->weight(Role::Query, 2);
        const auto view = file->tensor("model.layers.2.self_attn.q_proj.weight");
        QVERIFY(query.ok() && view.ok());
        QVERIFY(query->type == io::DataType::BF16);
        QCOMPARE(query->data, view->data);
        QCOMPARE(query->rows, 64);
        QCOMPARE(query->columns, 64);
    }

    void weightsThatTheModelLacksAreEmpty()
    {
        const auto config = fixture_config("qwen2-tied-bf16");
        const auto weights = file_weights(*config, fixture_file("qwen2-tied-bf16"));
        QVERIFY(weights.ok());
        for (const Role role : {Role::Head, Role::PositionEmbedding, Role::AttentionOutputBias, Role::QueryNorm, Role::FinalNormBias}) {
            const auto weight = (*weights)->weight(role, role == Role::AttentionOutputBias || role == Role::QueryNorm ? 0 : -1);
            QVERIFY(weight.ok());
            QVERIFY(!weight->present());
        }
        QVERIFY(!(*weights)->weight(Role::Query, 99)->present());
    }

    void weightsOutliveTheirProvider()
    {
        Weight kept;
        {
            const auto config = fixture_config("llama-gqa");
            const auto weights = file_weights(*config, fixture_file("llama-gqa"));
            kept = *(*weights)->weight(Role::FinalNorm, -1);
        }
        const File file = fixture_file("llama-gqa");
        QCOMPARE(floats(kept), floats(*file->tensor("model.norm.weight")));
    }

    // The definition of Conv1D: y = x W with W [in, out]; c_attn's outputs are q | k | v.
    void gpt2IsTransposedAndSplit()
    {
        const auto config = fixture_config("gpt2");
        const File file = fixture_file("gpt2");
        const auto weights = file_weights(*config, file);
        QVERIFY(weights.ok());
        const auto fused = floats(*file->tensor("transformer.h.1.attn.c_attn.weight"));
        const auto fused_bias = floats(*file->tensor("transformer.h.1.attn.c_attn.bias"));
        const Role matrices[] = {Role::Query, Role::Key, Role::Value};
        const Role biases[] = {Role::QueryBias, Role::KeyBias, Role::ValueBias};
        for (std::size_t part = 0; part < 3; ++part) {
            const auto matrix = floats(*(*weights)->weight(matrices[part], 1));
            const auto bias = floats(*(*weights)->weight(biases[part], 1));
            QCOMPARE(matrix.size(), std::size_t{64 * 64});
            for (std::size_t out = 0; out < 64; ++out) {
                QCOMPARE(bias[out], fused_bias[part * 64 + out]);
                for (std::size_t in = 0; in < 64; ++in) {
                    QCOMPARE(matrix[out * 64 + in], fused[in * 192 + part * 64 + out]);
                }
            }
        }
        const auto down = floats(*(*weights)->weight(Role::MlpDown, 3));
        const auto stored = floats(*file->tensor("transformer.h.3.mlp.c_proj.weight"));
        for (std::size_t out = 0; out < 64; ++out) {
            for (std::size_t in = 0; in < 256; ++in) {
                QCOMPARE(down[out * 256 + in], stored[in * 64 + out]);
            }
        }
    }

    // GPT-NeoX views its fused output as [heads, 3, head_dim]; the file's elements are their own index, so each says where it came from.
    void neoxIsGatheredByHead()
    {
        QTemporaryDir folder;
        const auto config = config_of(kSmallNeoX);
        QVERIFY(config.ok());
        const auto weights = file_weights(*config, make_file(folder.path().toStdString(), small_neox()));
        QVERIFY2(weights.ok(), weights ? "" : weights.error().message.c_str());
        const Role matrices[] = {Role::Query, Role::Key, Role::Value};
        const Role biases[] = {Role::QueryBias, Role::KeyBias, Role::ValueBias};
        for (std::size_t part = 0; part < 3; ++part) {
            const auto matrix = floats(*(*weights)->weight(matrices[part], 0));
            const auto bias = floats(*(*weights)->weight(biases[part], 0));
            for (std::size_t head = 0; head < 2; ++head) {
                for (std::size_t i = 0; i < 4; ++i) {
                    const std::size_t source = head * 12 + part * 4 + i;
                    QCOMPARE(bias[head * 4 + i], static_cast<float>(source));
                    QCOMPARE(matrix[(head * 4 + i) * 8 + 3], static_cast<float>(source * 8 + 3));
                }
            }
        }
        QCOMPARE(floats(*(*weights)->weight(Role::Head, -1)).front(), 1000.0F);
    }

    void llamaHasBiasesEverywhere()
    {
        QTemporaryDir folder;
        const auto config = config_of(kSmallLlama);
        QVERIFY(config.ok());
        const auto weights = file_weights(*config, make_file(folder.path().toStdString(), small_llama()));
        QVERIFY2(weights.ok(), weights ? "" : weights.error().message.c_str());
        QCOMPARE(floats(*(*weights)->weight(Role::MlpGateBias, 0)).front(), 500.0F);
        QCOMPARE(floats(*(*weights)->weight(Role::MlpUpBias, 0)).front(), 600.0F);
        QVERIFY((*weights)->weight(Role::AttentionOutputBias, 0)->present());
    }

    void namesWithoutThePrefixAreFound()
    {
        QTemporaryDir folder;
        const auto config = config_of(kSmallLlama);
        const auto weights = file_weights(*config, make_file(folder.path().toStdString(), small_llama("")));
        QVERIFY2(weights.ok(), weights ? "" : weights.error().message.c_str());
    }

    void oldBuffersAreSilentAndStrangersAreNamed()
    {
        QTemporaryDir folder;
        const auto config = config_of(kSmallNeoX);
        auto tensors = small_neox();
        tensors.push_back({"gpt_neox.layers.0.attention.rotary_emb.inv_freq", {2}});
        tensors.push_back({"gpt_neox.layers.0.attention.bias", {16}});
        tensors.push_back({"gpt_neox.layers.0.attention.masked_bias", {1}});
        tensors.push_back({"value_head.weight", {3}});
        std::vector<std::string> unused;
        const auto weights = file_weights(*config, make_file(folder.path().toStdString(), tensors), {}, &unused);
        QVERIFY(weights.ok());
        QCOMPARE(unused, std::vector<std::string>{"value_head.weight"});
    }

    void aTiedModelMayStoreOnlyItsHead()
    {
        QTemporaryDir folder;
        Json json = Json::parse(kSmallLlama);
        json["tie_word_embeddings"] = true;
        const auto config = read_decoder_config(json, "config.json");
        auto tensors = small_llama();
        erase(tensors, "embed_tokens");
        const auto weights = file_weights(*config, make_file(folder.path().toStdString(), tensors));
        QVERIFY2(weights.ok(), weights ? "" : weights.error().message.c_str());
        QCOMPARE(floats(*(*weights)->weight(Role::TokenEmbedding, -1)).front(), 1000.0F);
        QVERIFY(!(*weights)->weight(Role::Head, -1)->present());
    }

    void faultsNameFileTensorFoundAndExpected_data()
    {
        QTest::addColumn<QByteArray>("removed");
        QTest::addColumn<QByteArray>("reshaped");
        QTest::addColumn<QList<QByteArray>>("parts");
        QTest::addRow("a missing matrix") << QByteArray("q_proj.weight") << QByteArray()
                                          << QList<QByteArray>{"model.layers.0.self_attn.q_proj.weight", "missing", "model.safetensors",
                                                               "[8, 8]"};
        QTest::addRow("a missing norm") << QByteArray("model.norm") << QByteArray()
                                        << QList<QByteArray>{"model.norm.weight", "missing", "[8]"};
        QTest::addRow("a missing head of an untied model")
            << QByteArray("lm_head") << QByteArray() << QList<QByteArray>{"lm_head.weight", "missing", "[5, 8]"};
        QTest::addRow("a missing bias") << QByteArray("gate_proj.bias") << QByteArray()
                                        << QList<QByteArray>{"gate_proj.bias", "missing", "[12]"};
        QTest::addRow("a matrix of the wrong shape")
            << QByteArray() << QByteArray("k_proj.weight") << QList<QByteArray>{"k_proj.weight", "[1, 3]", "[4, 8]", "model.safetensors"};
        QTest::addRow("embeddings of another vocabulary")
            << QByteArray() << QByteArray("embed_tokens") << QList<QByteArray>{"embed_tokens.weight", "[1, 3]", "[5, 8]"};
    }
    void faultsNameFileTensorFoundAndExpected()
    {
        QFETCH(QByteArray, removed);
        QFETCH(QByteArray, reshaped);
        QFETCH(QList<QByteArray>, parts);
        QTemporaryDir folder;
        auto tensors = small_llama();
        if (!removed.isEmpty()) {
            erase(tensors, removed.constData());
        }
        for (Made& tensor : tensors) {
            if (!reshaped.isEmpty() && tensor.name.find(reshaped.toStdString()) != std::string::npos) {
                tensor.shape = {1, 3};
            }
        }
        const auto config = config_of(kSmallLlama);
        const auto weights = file_weights(*config, make_file(folder.path().toStdString(), tensors));
        QVERIFY(!weights.ok());
        QVERIFY(weights.error().code == ErrorCode::BadFile);
        for (const QByteArray& part : parts) {
            QVERIFY2(weights.error().message.find(part.toStdString()) != std::string::npos, weights.error().message.c_str());
        }
        QVERIFY(!weights.error().hint.empty());
    }

    void integerWeightsAreRefused()
    {
        QTemporaryDir folder;
        const fs::path path = fs::path(folder.path().toStdString()) / "model.safetensors";
        // The head as int8, everything else as it should be, written by hand after the format's definition.
        Json header = Json::object();
        std::size_t at = 0;
        for (const Made& tensor : small_llama()) {
            const bool head = tensor.name == "lm_head.weight";
            std::size_t bytes = head ? 1 : 4;
            for (const std::int64_t extent : tensor.shape) {
                bytes *= static_cast<std::size_t>(extent);
            }
            header[tensor.name] = {{"dtype", head ? "I8" : "F32"}, {"shape", tensor.shape}, {"data_offsets", {at, at + bytes}}};
            at += bytes;
        }
        const std::string text = header.dump();
        const std::uint64_t length = text.size();
        std::string content(8, '\0');
        std::memcpy(content.data(), &length, 8);
        QVERIFY(write_file(path, content + text + std::string(at, '\0')).ok());
        auto file = io::SafetensorsFile::open_file(path);
        QVERIFY2(file.ok(), file ? "" : file.error().message.c_str());
        const auto config = config_of(kSmallLlama);
        const auto weights = file_weights(*config, std::make_shared<const io::SafetensorsFile>(std::move(*file)));
        QVERIFY(!weights.ok());
        QVERIFY(weights.error().code == ErrorCode::Unsupported);
        for (const char* part : {"lm_head.weight", "I8", "F32, F16 or BF16", "model.safetensors"}) {
            QVERIFY2(weights.error().message.find(part) != std::string::npos, weights.error().message.c_str());
        }
    }

    void cancelStopsReading()
    {
        const auto config = fixture_config("llama-gqa");
        const CancelToken cancel;
        const auto weights = file_weights(*config, fixture_file("llama-gqa"), cancel);
        QVERIFY(weights.ok());
        cancel.cancel();
        const auto weight = (*weights)->weight(Role::Query, 0);
        QVERIFY(!weight.ok() && weight.error().code == ErrorCode::Cancelled);
        const auto again = file_weights(*config, fixture_file("llama-gqa"), cancel);
        QVERIFY(!again.ok() && again.error().code == ErrorCode::Cancelled);
    }

    void namesForMessages()
    {
        const auto config = config_of(kSmallLlama);
        QCOMPARE(tensor_name(*config, Role::MlpUp, 7), std::string("model.layers.7.mlp.up_proj.weight"));
        QCOMPARE(tensor_name(*config, Role::Head, -1), std::string("lm_head.weight"));
    }
};

QTEST_APPLESS_MAIN(TestWeights)
#include "test_weights.moc"
