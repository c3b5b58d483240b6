// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/model/language_model.h"

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <functional>

using namespace timberline;
using namespace timberline::model;

namespace {

namespace fs = std::filesystem;

const fs::path kFixtures = TIMBERLINE_FIXTURES;
constexpr const char* kBase = "llama-gqa";

/// A copy of a fixture that a test may damage.
fs::path copy_fixture(const QTemporaryDir& parent, const char* fixture = kBase, const char* name = "model")
{
    const fs::path folder = fs::path(parent.path().toStdString()) / name;
    fs::create_directories(folder);
    for (const auto& entry : fs::directory_iterator(kFixtures / fixture)) {
        if (entry.path().filename() != "expected.safetensors") {
            fs::copy_file(entry.path(), folder / entry.path().filename());
        }
    }
    return folder;
}

void write(const fs::path& path, const std::string& text)
{
    if (!write_file(path, text)) {
        qFatal("the test folder cannot be written");
    }
}

Json json_of(const fs::path& path)
{
    const auto text = read_file(path);
    return text ? Json::parse(*text) : Json();
}

void edit(const fs::path& path, const std::function<void(Json&)>& change)
{
    Json json = json_of(path);
    change(json);
    write(path, json.dump());
}

void set_config(const fs::path& folder, const char* key, const Json& value)
{
    edit(folder / "config.json", [&](Json& json) { json[key] = value; });
}

/// Rewrites the header of model.safetensors, keeping the data.
void edit_header(const fs::path& folder, const std::function<void(std::string&)>& change)
{
    const fs::path path = folder / "model.safetensors";
    const std::string content = *read_file(path);
    std::uint64_t length = 0;
    std::memcpy(&length, content.data(), 8);
    std::string header = content.substr(8, length);
    change(header);
    const std::uint64_t now = header.size();
    std::string out(8, '\0');
    std::memcpy(out.data(), &now, 8);
    write(path, out + header + content.substr(8 + length));
}

void replace(std::string& text, const std::string& from, const std::string& to)
{
    const std::size_t at = text.find(from);
    if (at == std::string::npos) {
        qFatal("the fixture does not hold what the test wants to damage");
    }
    text.replace(at, from.size(), to);
}

struct Fault {
    const char* name;
    std::function<std::string(const fs::path&)> damage;  ///< returns what to open, empty = the folder
    ErrorCode code;
    std::vector<const char*> parts;
};

std::vector<Fault> faults()
{
    const auto bad = ErrorCode::BadFile;
    const auto no = ErrorCode::Unsupported;
    const auto missing = ErrorCode::NotFound;
    const auto wrong = ErrorCode::InvalidArgument;
    const std::string same;
    return {
        {"an empty path", [=](const fs::path&) { return same; }, wrong, {"path is empty"}},
        {"a folder that is not there", [](const fs::path& f) { return (f / "nowhere").string(); }, missing, {"nowhere", "expected a folder"}},
        {"bundled: without a name", [](const fs::path&) { return std::string("bundled:"); }, missing, {"bundled model", "tale"}},
        {"a bundled model that is not there", [](const fs::path&) { return std::string("bundled:tael"); }, missing, {"\"tael\"", "tale-draft"}},
        {"a bundled name that climbs out", [](const fs::path&) { return std::string("bundled:../models/tale"); }, missing, {"../models/tale"}},
        {"a file instead of a folder", [](const fs::path& f) { return (f / "config.json").string(); }, wrong, {"config.json", "not a folder"}},
        {"a GGUF file",
         [](const fs::path& f) {
             write(f / "model.gguf", "GGUF....");
             return (f / "model.gguf").string();
         },
         no,
         {"model.gguf", "GGUF", "safetensors"}},
        {"a GGUF file under another name",
         [](const fs::path& f) {
             write(f / "weights", "GGUF....");
             return (f / "weights").string();
         },
         no,
         {"GGUF"}},
        {"no config.json", [=](const fs::path& f) { fs::remove(f / "config.json"); return same; }, missing, {"config.json", "expected"}},
        {"config.json is a folder",
         [=](const fs::path& f) {
             fs::remove(f / "config.json");
             fs::create_directory(f / "config.json");
             return same;
         },
         bad,
         {"config.json"}},
        {"config.json is empty", [=](const fs::path& f) { write(f / "config.json", ""); return same; }, bad, {"config.json"}},
        {"config.json is cut short", [=](const fs::path& f) { write(f / "config.json", R"({"architectures": ["Llama)"); return same; }, bad, {"config.json"}},
        {"config.json is a list", [=](const fs::path& f) { write(f / "config.json", "[]"); return same; }, bad, {"config.json", "object"}},
        {"config.json is 5 MB", [=](const fs::path& f) { write(f / "config.json", std::string(5 << 20, ' ')); return same; }, bad, {"config.json", "larger"}},
        {"config.json nests without end", [=](const fs::path& f) { write(f / "config.json", std::string(100000, '[')); return same; }, bad, {"config.json"}},
        {"an unknown architecture", [=](const fs::path& f) { set_config(f, "architectures", {"FooForCausalLM"}); return same; }, no,
         {"FooForCausalLM", "model/config.json", "LlamaForCausalLM"}},
        {"a wrong hidden_size", [=](const fs::path& f) { set_config(f, "hidden_size", 72); return same; }, bad, {"shape", "expected", "model.safetensors"}},
        {"more layers than the file has", [=](const fs::path& f) { set_config(f, "num_hidden_layers", 5); return same; }, bad,
         {"model.layers.4.", "missing", "model.safetensors"}},
        {"a vocabulary larger than the embeddings", [=](const fs::path& f) { set_config(f, "vocab_size", 700); return same; }, bad,
         {"embed_tokens.weight", "[640, 64]", "[700, 64]"}},
        {"biases that are not there", [=](const fs::path& f) { set_config(f, "attention_bias", true); return same; }, bad, {"q_proj.bias", "missing"}},
        {"no weights at all", [=](const fs::path& f) { fs::remove(f / "model.safetensors"); return same; }, missing, {"model.safetensors", "index.json"}},
        {"pickled weights only",
         [=](const fs::path& f) {
             fs::remove(f / "model.safetensors");
             write(f / "pytorch_model.bin", "PK");
             return same;
         },
         no,
         {"pytorch_model.bin", "pickled weights", "never read"}},
        {"TensorFlow weights only",
         [=](const fs::path& f) {
             fs::remove(f / "model.safetensors");
             write(f / "tf_model.h5", "HDF");
             return same;
         },
         no,
         {"tf_model.h5", "model.safetensors"}},
        {"a GGUF file inside the folder only",
         [=](const fs::path& f) {
             fs::remove(f / "model.safetensors");
             write(f / "q4.gguf", "GGUF");
             return same;
         },
         no,
         {"q4.gguf", "GGUF"}},
        {"weights cut short",
         [=](const fs::path& f) {
             fs::resize_file(f / "model.safetensors", 100000);
             return same;
         },
         bad,
         {"model.safetensors"}},
        {"weights of eight bytes", [=](const fs::path& f) { write(f / "model.safetensors", std::string(8, '\x7f')); return same; }, bad, {"model.safetensors"}},
        {"weights of no bytes", [=](const fs::path& f) { write(f / "model.safetensors", ""); return same; }, bad, {"model.safetensors"}},
        {"a tensor under another name",
         [=](const fs::path& f) {
             edit_header(f, [](std::string& h) { replace(h, "model.layers.1.mlp.up_proj.weight", "model.layers.1.mlp.upp_proj.weight"); });
             return same;
         },
         bad,
         {"model.layers.1.mlp.up_proj.weight", "missing", "[176, 64]"}},
        {"integers for weights",
         [=](const fs::path& f) {
             edit_header(f, [](std::string& h) {
                 const std::size_t at = h.find("\"dtype\":\"F32\"", h.find("lm_head.weight"));
                 h.replace(at, 13, "\"dtype\":\"I32\"");
             });
             return same;
         },
         no,
         {"lm_head.weight", "I32", "F32"}},
        {"a damaged tokenizer", [=](const fs::path& f) { write(f / "tokenizer.json", "{"); return same; }, bad, {"tokenizer.json"}},
        {"a tokenizer of an unknown kind",
         [=](const fs::path& f) { edit(f / "tokenizer.json", [](Json& json) { json["model"]["type"] = "WordSalad"; }); return same; }, no,
         {"tokenizer.json", "WordSalad"}},
        {"a tokenizer larger than the vocabulary",
         [=](const fs::path& f) { edit(f / "tokenizer.json", [](Json& json) { json["model"]["vocab"]["zzzz"] = 640; }); return same; }, bad,
         {"tokenizer.json", "zzzz", "640", "641"}},
        {"a damaged generation_config.json", [=](const fs::path& f) { write(f / "generation_config.json", "{,}"); return same; }, bad,
         {"generation_config.json"}},
        {"a list for generation_config.json", [=](const fs::path& f) { write(f / "generation_config.json", "[1]"); return same; }, bad,
         {"generation_config.json", "object"}},
        {"a word for eos_token_id", [=](const fs::path& f) { write(f / "generation_config.json", R"({"eos_token_id": "</s>"})"); return same; }, bad,
         {"eos_token_id", "generation_config.json", "integer"}},
        {"a fraction for bos_token_id", [=](const fs::path& f) { write(f / "generation_config.json", R"({"bos_token_id": 1.5})"); return same; }, bad,
         {"bos_token_id", "integer"}},
        {"a damaged tokenizer_config.json", [=](const fs::path& f) { write(f / "tokenizer_config.json", "nope"); return same; }, bad,
         {"tokenizer_config.json"}},
        {"a word for add_bos_token", [=](const fs::path& f) { write(f / "tokenizer_config.json", R"({"add_bos_token": "yes"})"); return same; }, bad,
         {"add_bos_token", "tokenizer_config.json", "true or false"}},
        {"an index that names a shard that is not there",
         [=](const fs::path& f) {
             fs::remove(f / "model.safetensors");
             write(f / "model.safetensors.index.json", R"({"weight_map": {"lm_head.weight": "model-00001-of-00002.safetensors"}})");
             return same;
         },
         missing,
         {"model-00001-of-00002.safetensors"}},
    };
}

bool mentions(const std::vector<std::string>& lines, const std::string& part)
{
    return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) { return line.find(part) != std::string::npos; });
}

std::string message_of(const Status& status)
{
    return status ? "" : status.error().message;
}

}  // namespace

class TestModelFolder : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void opens_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<qint64>("vocabulary");
        for (const char* name : {"llama-gqa", "qwen2-tied-bf16", "gpt2", "gpt-neo-local"}) {
            QTest::addRow("%s", name) << QByteArray::fromStdString((kFixtures / name).string()) << qint64{640};
        }
        QTest::addRow("with a slash at the end") << QByteArray::fromStdString((kFixtures / "gpt2/").string()) << qint64{640};
        QTest::addRow("bundled:tale") << QByteArray("bundled:tale") << qint64{4096};
        QTest::addRow("bundled:tale-draft") << QByteArray("bundled:tale-draft") << qint64{4096};
    }
    void opens()
    {
        QFETCH(QByteArray, name);
        QFETCH(qint64, vocabulary);
        const auto folder = open_model_folder(name.toStdString());
        QVERIFY2(folder.ok(), folder ? "" : folder.error().message.c_str());
        QCOMPARE(qint64{folder->config.vocabulary}, vocabulary);
        QVERIFY(folder->tokenizer.has_value());
        QVERIFY(!folder->name.empty());
        QVERIFY(!mentions(folder->diagnostics, "not used"));
    }

    void specialIds()
    {
        const auto llama = open_model_folder((kFixtures / "llama-gqa").string());
        QVERIFY(llama.ok());
        QCOMPARE(llama->bos_id, std::optional<TokenId>(1));
        QCOMPARE(llama->stop_ids, std::vector<TokenId>{2});
        QVERIFY(llama->diagnostics.empty());
        // The GPT-2 fixture keeps 50256 although its vocabulary has 640 tokens.
        const auto gpt2 = open_model_folder((kFixtures / "gpt2").string());
        QVERIFY(gpt2.ok());
        QVERIFY(!gpt2->bos_id.has_value());
        QVERIFY(gpt2->stop_ids.empty());
        QVERIFY(mentions(gpt2->diagnostics, "50256"));
    }

    void generationConfigWins()
    {
        QTemporaryDir parent;
        const fs::path folder = copy_fixture(parent);
        write(folder / "generation_config.json", R"({"eos_token_id": [3, 5, -1, 18446744073709551615], "bos_token_id": null})");
        const auto opened = open_model_folder(folder.string());
        QVERIFY2(opened.ok(), opened ? "" : opened.error().message.c_str());
        QCOMPARE(opened->stop_ids, (std::vector<TokenId>{3, 5}));
        QCOMPARE(opened->bos_id, std::optional<TokenId>(1));
        QCOMPARE(opened->diagnostics.size(), std::size_t{2});
        fs::remove(folder / "generation_config.json");
        QCOMPARE(open_model_folder(folder.string())->stop_ids, std::vector<TokenId>{2});
    }

    void noTokenizerIsADiagnostic()
    {
        QTemporaryDir parent;
        const fs::path folder = copy_fixture(parent);
        fs::remove(folder / "tokenizer.json");
        const auto opened = open_model_folder(folder.string());
        QVERIFY(opened.ok());
        QVERIFY(mentions(opened->diagnostics, "tokenizer.json"));
        const auto ids = opened->encode_prompt("Once");
        QVERIFY(!ids.ok());
        QVERIFY(ids.error().hint.find("--ids") != std::string::npos);
        QCOMPARE(*opened->encode_prompt(""), std::vector<TokenId>{1});
    }

    void anExtraSpecialTokenIsADiagnostic()
    {
        QTemporaryDir parent;
        const fs::path folder = copy_fixture(parent);
        edit(folder / "tokenizer.json", [](Json& json) {
            // Added tokens are numbered after the model's pieces, so those fill the 640 ids first.
            for (int id = static_cast<int>(json["model"]["vocab"].size()); id < 640; ++id) {
                json["model"]["vocab"]["filler" + std::to_string(id)] = id;
            }
            Json extra = json["added_tokens"][0];
            extra["id"] = 640;
            extra["content"] = "<|far|>";
            json["added_tokens"].push_back(extra);
        });
        const auto opened = open_model_folder(folder.string());
        QVERIFY2(opened.ok(), opened ? "" : opened.error().message.c_str());
        QVERIFY(mentions(opened->diagnostics, "<|far|>"));
        const auto ids = opened->encode_prompt("a<|far|>");
        QVERIFY(!ids.ok());
        QVERIFY(ids.error().message.find("640") != std::string::npos);
    }

    void aSecondHeadIsUsedAndSaid()
    {
        QTemporaryDir parent;
        const fs::path folder = copy_fixture(parent);
        set_config(folder, "tie_word_embeddings", true);
        const auto opened = open_model_folder(folder.string());
        QVERIFY(opened.ok());
        QVERIFY(!opened->config.tied_head);
        QVERIFY(mentions(opened->diagnostics, "tie_word_embeddings"));
    }

    void promptsGetTheirBosOnce()
    {
        const auto tale = open_model_folder("bundled:tale");
        QVERIFY(tale.ok());
        QVERIFY(tale->add_bos_token);
        QCOMPARE(*tale->encode_prompt(""), std::vector<TokenId>{0});
        const std::vector<TokenId> plain = *tale->tokenizer->encode("Once upon a time", false);
        std::vector<TokenId> expected{0};
        expected.insert(expected.end(), plain.begin(), plain.end());
        QCOMPARE(*tale->encode_prompt("Once upon a time"), expected);
        QCOMPARE(*tale->encode_prompt("<|endoftext|>Once upon a time"), expected);
        // The reference's prompts start with BOS and were encoded by the tokenizer's own library.
        const Json reference = json_of(kFixtures / "reference.json");
        QVERIFY(reference["prompts"].size() > 3);
        for (const Json& prompt : reference["prompts"]) {
            QCOMPARE(*tale->encode_prompt(prompt["prompt"].get<std::string>()), prompt["ids"].get<std::vector<TokenId>>());
        }
    }

    void postProcessorsAreNotDoubled()
    {
        QTemporaryDir parent;
        const fs::path folder = copy_fixture(parent);
        edit(folder / "tokenizer.json", [](Json& json) {
            json["post_processor"] = Json::parse(R"({"type": "TemplateProcessing",
                "single": [{"SpecialToken": {"id": "<|endoftext|>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
                "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
                "special_tokens": {"<|endoftext|>": {"id": "<|endoftext|>", "ids": [0], "tokens": ["<|endoftext|>"]}}})");
        });
        write(folder / "tokenizer_config.json", R"({"add_bos_token": true, "bos_token": {"content": "<|endoftext|>"}})");
        const auto opened = open_model_folder(folder.string());
        QVERIFY2(opened.ok(), opened ? "" : opened.error().message.c_str());
        QCOMPARE(opened->bos_id, std::optional<TokenId>(0));
        QVERIFY(mentions(opened->diagnostics, "the tokenizer's is used"));
        const auto ids = opened->encode_prompt("a tale");
        QVERIFY(ids.ok());
        QCOMPARE(std::count(ids->begin(), ids->end(), 0), std::ptrdiff_t{1});
        QCOMPARE(*opened->encode_prompt("<|endoftext|>a tale"), *ids);
        QCOMPARE(*opened->encode_prompt(""), std::vector<TokenId>{0});
    }

    void anEmptyPromptNeedsABos()
    {
        const auto gpt2 = open_model_folder((kFixtures / "gpt2").string());
        const auto ids = gpt2->encode_prompt("");
        QVERIFY(!ids.ok());
        QVERIFY(!ids.error().hint.empty());
    }

    void pairsThatFit()
    {
        const auto tale = open_model_folder("bundled:tale");
        const auto draft = open_model_folder("bundled:tale-draft");
        const auto verdict = check_draft_pair(*tale, *draft);
        QVERIFY2(verdict.ok(), message_of(verdict).c_str());
        QVERIFY(check_draft_pair(*tale, *tale).ok());
    }

    void pairsThatDoNotFit_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<QList<QByteArray>>("parts");
        QTest::addRow("two pieces swapped") << 0 << QList<QByteArray>{"has id", "in the target", "in the draft"};
        QTest::addRow("one piece more in the draft") << 1 << QList<QByteArray>{"zzzz", "none", "500"};
        QTest::addRow("another BOS token") << 2 << QList<QByteArray>{"BOS token is 7", "target's 1"};
        QTest::addRow("a context of 8") << 3 << QList<QByteArray>{"context is 8", "at least 16"};
        QTest::addRow("an added token that is not special") << 4 << QList<QByteArray>{"special in the target only", "token 0"};
        QTest::addRow("no tokenizer and another vocabulary") << 5 << QList<QByteArray>{"4096", "640"};
    }
    void pairsThatDoNotFit()
    {
        QFETCH(int, kind);
        QFETCH(QList<QByteArray>, parts);
        QTemporaryDir parent;
        const fs::path target_path = copy_fixture(parent, kBase, "target");
        const fs::path path = copy_fixture(parent, kBase, "draft");
        switch (kind) {
        case 0:
            edit(path / "tokenizer.json", [](Json& json) {
                Json& vocab = json["model"]["vocab"];
                for (auto it = vocab.begin(); it != vocab.end(); ++it) {
                    it.value() = it.value() == 300 ? 301 : it.value() == 301 ? 300 : it.value().get<int>();
                }
            });
            break;
        case 1:
            edit(path / "tokenizer.json", [](Json& json) { json["model"]["vocab"]["zzzz"] = 500; });
            break;
        case 2:
            write(path / "generation_config.json", R"({"bos_token_id": 7})");
            break;
        case 3:
            set_config(path, "max_position_embeddings", 8);
            break;
        case 4:
            edit(path / "tokenizer.json", [](Json& json) { json["added_tokens"][0]["special"] = false; });
            break;
        default:
            break;
        }
        auto target = open_model_folder(target_path.string());
        const auto draft = kind == 5 ? open_model_folder("bundled:tale-draft") : open_model_folder(path.string());
        QVERIFY2(target.ok(), target ? "" : target.error().message.c_str());
        QVERIFY2(draft.ok(), draft ? "" : draft.error().message.c_str());
        if (kind == 5) {
            target->tokenizer.reset();
        }
        const Status verdict = check_draft_pair(*target, *draft);
        QVERIFY(!verdict.ok());
        QVERIFY(verdict.error().code == ErrorCode::InvalidArgument);
        QVERIFY(!verdict.error().hint.empty());
        for (const QByteArray& part : parts) {
            QVERIFY2(verdict.error().message.find(part.toStdString()) != std::string::npos, verdict.error().message.c_str());
        }
    }

    void memoryFollowsTheSizes()
    {
        const auto tale = open_model_folder("bundled:tale");
        const MemoryEstimate memory = estimate_memory(*tale, 512);
        // float16 weights; parameters counted by hand from config.json: V d + L (2 d + d (2 H + 2 Hkv) dh + 3 d f) + d.
        const qint64 parameters = 4096 * 256 + 12 * (2 * 256 + 256 * (2 * 8 + 2 * 4) * 32 + 3 * 256 * 704) + 256;
        qint64 stored = 0;
        for (const auto& [name, view] : tale->weights->tensors()) {
            stored += static_cast<qint64>(view.bytes);
        }
        QCOMPARE(qint64{tale->config.parameters()}, parameters);
        QCOMPARE(qint64{memory.weights}, stored);
        QCOMPARE(qint64{memory.kv_cache}, qint64{12} * 2 * 4 * 32 * 512 * 4);
        QVERIFY(memory.workspace > 0);
        QCOMPARE(estimate_memory(*tale, 1 << 30).kv_cache, memory.kv_cache);
        QCOMPARE(estimate_memory(*tale, 0).kv_cache, std::int64_t{0});
    }

    void cancelStopsOpening()
    {
        const CancelToken cancel;
        cancel.cancel();
        const auto folder = open_model_folder("bundled:tale", cancel);
        QVERIFY(!folder.ok() && folder.error().code == ErrorCode::Cancelled);
    }

    void refuses_data()
    {
        QTest::addColumn<int>("index");
        const auto rows = faults();
        QVERIFY(rows.size() >= 35);
        for (std::size_t i = 0; i < rows.size(); ++i) {
            QTest::addRow("%s", rows[i].name) << static_cast<int>(i);
        }
    }
    void refuses()
    {
        QFETCH(int, index);
        const Fault row = faults()[static_cast<std::size_t>(index)];
        QTemporaryDir parent;
        const fs::path folder = copy_fixture(parent);
        const std::string asked = row.damage(folder);
        const bool empty_path = index == 0;
        const auto opened = open_model_folder(asked.empty() && !empty_path ? folder.string() : asked);
        QVERIFY(!opened.ok());
        const Error& error = opened.error();
        QVERIFY2(error.code == row.code, error.message.c_str());
        for (const char* part : row.parts) {
            QVERIFY2(error.message.find(part) != std::string::npos, (error.message + "  lacks  " + part).c_str());
        }
        QVERIFY2(!error.hint.empty(), error.message.c_str());
    }

    void nearestBundledNameIsHinted()
    {
        const auto folder = open_model_folder("bundled:tale-drft");
        QVERIFY(!folder.ok());
        QVERIFY2(folder.error().hint.find("bundled:tale-draft") != std::string::npos, folder.error().hint.c_str());
    }
};

QTEST_APPLESS_MAIN(TestModelFolder)
#include "test_model_folder.moc"
