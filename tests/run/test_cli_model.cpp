// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli_call.h"
#include "core/io/archive.h"
#include "core/io/safetensors.h"

#include <QtTest/QtTest>

#include <cmath>
#include <cstring>

/// `timberline-cli model …` against the fixtures.
class TestCliModel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void model_info();
    void model_logits_equal_the_fixture_data();
    void model_logits_equal_the_fixture();
    void tokenize_and_detokenize();
    void a_missing_tokenizer_is_no_fault();
};

void TestCliModel::model_info()
{
    const auto result = call({"model", "info", fixture("llama-gqa"), "--json"});
    QCOMPARE(result.code, 0);
    const auto info = json(result.out);
    // config.json of the fixture says so.
    QFile file(fixture("llama-gqa/config.json"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const auto config = json(file.readAll());
    QCOMPARE(info["architecture"].toString(), config["architectures"][0].toString());
    QCOMPARE(info["layers"].toInt(), config["num_hidden_layers"].toInt());
    QCOMPARE(info["vocabulary"].toInt(), config["vocab_size"].toInt());
    QVERIFY(info["memory_bytes"]["total"].toDouble() > 0);
    QVERIFY(!info["tensors"].toArray().isEmpty());
    const auto text = call({"model", "info", "bundled:tale"});
    QCOMPARE(text.code, 0);
    QVERIFY(text.out.contains("LlamaForCausalLM") && text.out.contains("memory"));
}

void TestCliModel::model_logits_equal_the_fixture_data()
{
    QTest::addColumn<QString>("name");
    for (const auto* name : {"llama-gqa", "gpt2", "gpt-neo-local", "qwen2-tied-bf16"}) {
        QTest::newRow(name) << QString(name);
    }
}

void TestCliModel::model_logits_equal_the_fixture()
{
    QFETCH(QString, name);
    using namespace timberline;
    auto expected = io::SafetensorsFile::open_file(fixture(name + "/expected.safetensors").toStdString());
    QVERIFY2(expected.ok(), expected.ok() ? "" : expected.error().message.c_str());
    const auto ids = expected->tensor("input_ids");  // [2, T]: two texts
    QVERIFY2(ids.ok() && ids->type == io::DataType::I64 && ids->shape.size() == 2, "the fixture's ids");
    const auto tokens = ids->shape[1];
    QTemporaryDir folder;
    for (std::int64_t text = 0; text < ids->shape[0]; ++text) {
        QStringList words;
        for (std::int64_t i = 0; i < tokens; ++i) {
            std::int64_t id = 0;
            std::memcpy(&id, ids->data + (text * tokens + i) * 8, 8);
            words << QString::number(id);
        }
        const auto out = folder.filePath(QString("logits%1.npz").arg(text));
        const auto result = call({"model", "logits", fixture(name), "--ids", words.join(','), "--out", out});
        QVERIFY2(result.code == 0, result.err.constData());
        const auto arrays = io::read_npz(out.toStdString());
        QVERIFY2(arrays.ok(), arrays.ok() ? "" : arrays.error().message.c_str());
        int compared = 0;
        for (const auto& [key, view] : expected->tensors()) {
            if (key == "input_ids" || key == "greedy" || key == "cached_tail_logits") {
                continue;
            }
            QVERIFY2(arrays->contains(key), key.c_str());
            const auto& got = arrays->at(key);
            QVERIFY2(std::equal(view.shape.begin() + 1, view.shape.end(), got.shape.begin(), got.shape.end()), key.c_str());
            const auto count = view.elements() / view.shape[0];
            std::vector<float> want(static_cast<std::size_t>(count)), have(static_cast<std::size_t>(count));
            io::to_float32(view, text * count, count, want.data());
            QCOMPARE(got.bytes.size(), have.size() * sizeof(float));
            std::memcpy(have.data(), got.bytes.data(), got.bytes.size());
            double worst = 0;
            for (std::size_t i = 0; i < want.size(); ++i) {
                const double difference = std::abs(static_cast<double>(have[i]) - static_cast<double>(want[i]));
                worst = std::isnan(difference) ? std::numeric_limits<double>::infinity() : std::max(worst, difference);
            }
            QVERIFY2(worst < 1e-3, qPrintable(QString("%1 differs by %2").arg(QString::fromStdString(key)).arg(worst)));
            ++compared;
        }
        QCOMPARE(compared, static_cast<int>(arrays->size()));
        QVERIFY(compared >= 6);
    }
}

void TestCliModel::tokenize_and_detokenize()
{
    QTemporaryDir folder;
    QFile text(folder.filePath("text.txt"));
    QVERIFY(text.open(QIODevice::WriteOnly));
    text.write("Once upon a time");
    text.close();
    QFile list(folder.filePath("texts.json"));
    QVERIFY(list.open(QIODevice::WriteOnly));
    list.write(R"(["Once upon a time", ""])");
    list.close();
    // fixtures/reference.json: ids of the prompt without the BOS token.
    const QJsonArray ids = {1902, 331, 553, 259, 566};
    const auto one = call({"model", "tokenize", "bundled:tale", "--text-file", text.fileName()});
    QCOMPARE(one.code, 0);
    QCOMPARE(json(one.out).array(), ids);
    const auto many = call({"model", "tokenize", "bundled:tale", "--texts", list.fileName()});
    QCOMPARE(json(many.out).array(), QJsonArray({ids, QJsonArray{}}));
    const auto back = call({"model", "detokenize", "bundled:tale", "--ids", "1902,331,553,259,566"});
    QCOMPARE(back.out, QByteArray("Once upon a time\n"));
    const auto unknown = call({"model", "detokenize", "bundled:tale", "--ids", "99999"});
    QCOMPARE(unknown.out, QByteArray("⟨99999⟩\n"));
}

void TestCliModel::a_missing_tokenizer_is_no_fault()
{
    QTemporaryDir folder;
    for (const auto* name : {"config.json", "model.safetensors", "generation_config.json"}) {
        QVERIFY(QFile::copy(fixture(QString("gpt2/") + name), folder.filePath(name)));
    }
    const auto ids = call({"generate", "--model", folder.path(), "--ids", "1,2,3", "--max-new-tokens", "3", "--json"});
    QVERIFY2(ids.code == 0, ids.err.constData());
    QVERIFY(json(ids.out)["text"].toString().startsWith("⟨"));
    const auto text = call({"generate", "--model", folder.path(), "--prompt", "Hello", "--max-new-tokens", "3"});
    QCOMPARE(text.code, 2);
}

QTEST_GUILESS_MAIN(TestCliModel)
#include "test_cli_model.moc"
