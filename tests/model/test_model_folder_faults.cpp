// SPDX-License-Identifier: GPL-3.0-or-later
#include "model_folder_edits.h"

using namespace model_folders;

namespace {

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
        {"a folder that is not there",
         [](const fs::path& f) { return (f / "nowhere").string(); },
         missing,
         {"nowhere", "expected a folder"}},
        {"bundled: without a name", [](const fs::path&) { return std::string("bundled:"); }, missing, {"bundled model", "tale"}},
        {"a bundled model that is not there",
         [](const fs::path&) { return std::string("bundled:tael"); },
         missing,
         {"\"tael\"", "tale-draft"}},
        {"a bundled name that climbs out",
         [](const fs::path&) { return std::string("bundled:../models/tale"); },
         missing,
         {"../models/tale"}},
        {"a file instead of a folder",
         [](const fs::path& f) { return (f / "config.json").string(); },
         wrong,
         {"config.json", "not a folder"}},
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
        {"no config.json",
         [=](const fs::path& f) {
             fs::remove(f / "config.json");
             return same;
         },
         missing,
         {"config.json", "expected"}},
        {"config.json is a folder",
         [=](const fs::path& f) {
             fs::remove(f / "config.json");
             fs::create_directory(f / "config.json");
             return same;
         },
         bad,
         {"config.json"}},
        {"config.json is empty",
         [=](const fs::path& f) {
             write(f / "config.json", "");
             return same;
         },
         bad,
         {"config.json"}},
        {"config.json is cut short",
         [=](const fs::path& f) {
             write(f / "config.json", R"({"architectures": ["Llama)");
             return same;
         },
         bad,
         {"config.json"}},
        {"config.json is a list",
         [=](const fs::path& f) {
             write(f / "config.json", "[]");
             return same;
         },
         bad,
         {"config.json", "object"}},
        {"config.json is 5 MB",
         [=](const fs::path& f) {
             write(f / "config.json", std::string(5 << 20, ' '));
             return same;
         },
         bad,
         {"config.json", "larger"}},
        {"config.json nests without end",
         [=](const fs::path& f) {
             write(f / "config.json", std::string(100000, '['));
             return same;
         },
         bad,
         {"config.json"}},
        {"an unknown architecture",
         [=](const fs::path& f) {
             set_config(f, "architectures", {"FooForCausalLM"});
             return same;
         },
         no,
         {"FooForCausalLM", "model/config.json", "LlamaForCausalLM"}},
        {"a wrong hidden_size",
         [=](const fs::path& f) {
             set_config(f, "hidden_size", 72);
             return same;
         },
         bad,
         {"shape", "expected", "model.safetensors"}},
        {"more layers than the file has",
         [=](const fs::path& f) {
             set_config(f, "num_hidden_layers", 5);
             return same;
         },
         bad,
         {"model.layers.4.", "missing", "model.safetensors"}},
        {"a vocabulary larger than the embeddings",
         [=](const fs::path& f) {
             set_config(f, "vocab_size", 700);
             return same;
         },
         bad,
         {"embed_tokens.weight", "[640, 64]", "[700, 64]"}},
        {"biases that are not there",
         [=](const fs::path& f) {
             set_config(f, "attention_bias", true);
             return same;
         },
         bad,
         {"q_proj.bias", "missing"}},
        {"no weights at all",
         [=](const fs::path& f) {
             fs::remove(f / "model.safetensors");
             return same;
         },
         missing,
         {"model.safetensors", "index.json"}},
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
        {"weights of eight bytes",
         [=](const fs::path& f) {
             write(f / "model.safetensors", std::string(8, '\x7f'));
             return same;
         },
         bad,
         {"model.safetensors"}},
        {"weights of no bytes",
         [=](const fs::path& f) {
             write(f / "model.safetensors", "");
             return same;
         },
         bad,
         {"model.safetensors"}},
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
        {"a damaged tokenizer",
         [=](const fs::path& f) {
             write(f / "tokenizer.json", "{");
             return same;
         },
         bad,
         {"tokenizer.json"}},
        {"a tokenizer of an unknown kind",
         [=](const fs::path& f) {
             edit(f / "tokenizer.json", [](Json& json) { json["model"]["type"] = "WordSalad"; });
             return same;
         },
         no,
         {"tokenizer.json", "WordSalad"}},
        {"a tokenizer larger than the vocabulary",
         [=](const fs::path& f) {
             edit(f / "tokenizer.json", [](Json& json) { json["model"]["vocab"]["zzzz"] = 640; });
             return same;
         },
         bad,
         {"tokenizer.json", "zzzz", "640", "641"}},
        {"a damaged generation_config.json",
         [=](const fs::path& f) {
             write(f / "generation_config.json", "{,}");
             return same;
         },
         bad,
         {"generation_config.json"}},
        {"a list for generation_config.json",
         [=](const fs::path& f) {
             write(f / "generation_config.json", "[1]");
             return same;
         },
         bad,
         {"generation_config.json", "object"}},
        {"a word for eos_token_id",
         [=](const fs::path& f) {
             write(f / "generation_config.json", R"({"eos_token_id": "</s>"})");
             return same;
         },
         bad,
         {"eos_token_id", "generation_config.json", "integer"}},
        {"a fraction for bos_token_id",
         [=](const fs::path& f) {
             write(f / "generation_config.json", R"({"bos_token_id": 1.5})");
             return same;
         },
         bad,
         {"bos_token_id", "integer"}},
        {"a damaged tokenizer_config.json",
         [=](const fs::path& f) {
             write(f / "tokenizer_config.json", "nope");
             return same;
         },
         bad,
         {"tokenizer_config.json"}},
        {"a word for add_bos_token",
         [=](const fs::path& f) {
             write(f / "tokenizer_config.json", R"({"add_bos_token": "yes"})");
             return same;
         },
         bad,
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

}  // namespace

class TestModelFolderFaults : public QObject
{
    Q_OBJECT

private Q_SLOTS:
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

QTEST_APPLESS_MAIN(TestModelFolderFaults)
#include "test_model_folder_faults.moc"
