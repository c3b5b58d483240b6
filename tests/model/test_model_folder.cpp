// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/pair_memory.h"
#include "model_folder_edits.h"

#include <algorithm>

using namespace model_folders;

namespace {

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

    void aPairNeedsItsMemory()
    {
        const auto tale = open_model_folder("bundled:tale");
        const auto draft = open_model_folder("bundled:tale-draft");
        constexpr std::int64_t kMebibyte = 1 << 20;
        const auto refused = check_pair_memory(*tale, false, *draft, kMebibyte);
        QVERIFY(!refused.ok());
        QCOMPARE(refused.error().code, ErrorCode::OutOfMemory);
        for (const char* part : {"tale-draft cannot draft for tale here", "both need about ", "and 1 MiB of memory are free"}) {
            QVERIFY2(refused.error().message.find(part) != std::string::npos, refused.error().message.c_str());
        }
        QVERIFY(!refused.error().hint.empty());
        // A target that is loaded already takes no more.
        const std::int64_t own = estimate_memory(*draft, 16).total();
        QVERIFY(check_pair_memory(*tale, true, *draft, own).ok());
        QVERIFY(!check_pair_memory(*tale, true, *draft, own - 1).ok());
        QVERIFY(!check_pair_memory(*tale, false, *draft, own).ok());
        QVERIFY(check_pair_memory(*tale, false, *draft, 1024 * kMebibyte).ok());
        QVERIFY(check_pair_memory(*tale, false, *draft, -1).ok());
        QVERIFY(available_memory() == -1 || available_memory() > kMebibyte);
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
        // By hand from config.json, float16: embeddings V d, which fill one huge page of 2 MiB; each of the 12 layers has
        // d (2 H + 2 Hkv) dh + 3 d f = 737,280 elements in matrices, which round up to one huge page; 25 norms of d in float32.
        const qint64 parameters = 4096 * 256 + 12 * (2 * 256 + 737280) + 256;
        QCOMPARE(qint64{tale->config.parameters()}, parameters);
        QCOMPARE(qint64{memory.weights}, qint64{13} * 2 * 1024 * 1024 + 25 * 256 * 4);
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
};

QTEST_APPLESS_MAIN(TestModelFolder)
#include "test_model_folder.moc"
