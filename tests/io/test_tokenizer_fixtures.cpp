// SPDX-License-Identifier: GPL-3.0-or-later
// Whole tokenizers against ids and texts that the reference library wrote (tests/fixtures, see its reference.json).
#include "core/base/json.h"
#include "core/io/tokenizer.h"

#include <QElapsedTimer>
#include <QtTest>

#include <random>
#include <thread>

using namespace timberline;
using io::Tokenizer;

namespace {

[[nodiscard]] std::filesystem::path fixture(const std::string& name)
{
    return std::filesystem::path(TIMBERLINE_FIXTURES) / name;
}

[[nodiscard]] std::filesystem::path tale()
{
    return std::filesystem::path(TIMBERLINE_SOURCE_FOLDER) / "resources/models/tale/tokenizer.json";
}

/// A random text of valid UTF-8: letters, blanks, and code points of every length.
[[nodiscard]] std::string random_text(std::mt19937& engine)
{
    std::string text;
    const std::size_t length = engine() % 60;
    for (std::size_t i = 0; i < length; ++i) {
        char32_t c = 0;
        switch (engine() % 5) {
        case 0:
            c = U"etaoin shrdlu'\n\t0123.,!"[engine() % 24];
            break;
        case 1:
            c = static_cast<char32_t>(engine() % 0x80);
            break;
        case 2:
            c = static_cast<char32_t>(0x80 + engine() % 0x780);
            break;
        case 3:
            c = static_cast<char32_t>(0x800 + engine() % 0xC800);
            break;
        default:
            c = static_cast<char32_t>(0x10000 + engine() % 0x100000);
            break;
        }
        text += QString::fromUcs4(&c, 1).toStdString();
    }
    return text;
}

}  // namespace

class TestTokenizerFixtures : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void expected_data();
    void expected();
    void bundledModelAgreesWithReference();
    void everyFixtureLoads_data();
    void everyFixtureLoads();
    void byteLevelRoundTrips_data();
    void byteLevelRoundTrips();
    void piecesAndIds();
    void invalidUtf8IsReplaced_data();
    void invalidUtf8IsReplaced();
    void threadsShareOneTokenizer();
    void speed();
};

void TestTokenizerFixtures::expected_data()
{
    QTest::addColumn<QString>("folder");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QList<int>>("ids");
    QTest::addColumn<QString>("decoded");
    for (const char* folder : {"gpt2", "llama3-style", "unigram"}) {
        const auto rows = read_json_file(fixture(std::string("tokenizers/") + folder + "/expected.json"));
        QVERIFY2(rows.ok(), "expected.json cannot be read");
        QVERIFY(rows->size() >= 10);
        int row = 0;
        for (const Json& entry : *rows) {
            QList<int> ids;
            for (const Json& id : entry["ids"]) {
                ids << id.get<int>();
            }
            QTest::addRow("%s text %d", folder, ++row)
                << QString::fromLatin1(folder) << QString::fromStdString(entry["text"]) << ids << QString::fromStdString(entry["decoded"]);
        }
    }
}

void TestTokenizerFixtures::expected()
{
    QFETCH(QString, folder);
    QFETCH(QString, text);
    QFETCH(QList<int>, ids);
    QFETCH(QString, decoded);
    static std::map<QString, Result<Tokenizer>> loaded;
    auto found = loaded.find(folder);
    if (found == loaded.end()) {
        found = loaded.emplace(folder, Tokenizer::load(fixture("tokenizers/" + folder.toStdString() + "/tokenizer.json"))).first;
    }
    QVERIFY2(found->second.ok(), found->second.ok() ? "" : found->second.error().message.c_str());
    const auto got = found->second->encode(text.toStdString(), /*with_special=*/false);
    QVERIFY(got.ok());
    QCOMPARE(QList<int>(got->begin(), got->end()), ids);
    // The reference decoded with special tokens kept.
    QCOMPARE(QString::fromStdString(found->second->decode(*got, /*skip_special=*/false)), decoded);
}

void TestTokenizerFixtures::bundledModelAgreesWithReference()
{
    const auto tokenizer = Tokenizer::load(tale());
    QVERIFY2(tokenizer.ok(), tokenizer.ok() ? "" : tokenizer.error().message.c_str());
    const auto reference = read_json_file(fixture("reference.json"));
    QVERIFY(reference.ok());
    QVERIFY(!(*reference)["prompts"].empty());
    for (const Json& prompt : (*reference)["prompts"]) {
        const auto wanted = prompt["ids"].get<std::vector<TokenId>>();
        const auto ids = tokenizer->encode(prompt["prompt"].get<std::string>(), /*with_special=*/true);
        QVERIFY(ids.ok());
        // Token 0 in front comes from add_bos_token in tokenizer_config.json, not from the tokenizer.
        std::vector<TokenId> with_first{0};
        with_first.insert(with_first.end(), ids->begin(), ids->end());
        QCOMPARE(with_first, wanted);
        QCOMPARE(tokenizer->decode(*ids), prompt["prompt"].get<std::string>());
        QCOMPARE(tokenizer->decode(prompt["greedy_new"].get<std::vector<TokenId>>()), prompt["text"].get<std::string>());
        // Text made of known tokens encodes to a text that reads the same.
        const std::string text = tokenizer->decode(prompt["greedy_new"].get<std::vector<TokenId>>(), /*skip_special=*/false);
        const auto again = tokenizer->encode(text, false);
        QVERIFY(again.ok());
        QCOMPARE(tokenizer->decode(*again, /*skip_special=*/false), text);
    }
}

void TestTokenizerFixtures::everyFixtureLoads_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<qint64>("size");
    QTest::addColumn<QString>("summary");
    const QString small = QStringLiteral("byte-level BPE, 448 tokens, 1 special");
    for (const char* folder : {"gpt2", "gpt-neo-local", "llama-gqa", "qwen2-tied-bf16"}) {
        QTest::addRow("%s", folder) << QString::fromStdString(fixture(std::string(folder) + "/tokenizer.json").string()) << qint64{448}
                                    << small;
    }
    QTest::addRow("GPT-2's own") << QString::fromStdString(fixture("tokenizers/gpt2/tokenizer.json").string()) << qint64{50257}
                                 << QStringLiteral("byte-level BPE, 50,257 tokens, 1 special");
    QTest::addRow("unigram") << QString::fromStdString(fixture("tokenizers/unigram/tokenizer.json").string()) << qint64{113}
                             << QStringLiteral("Unigram, 113 tokens, 2 special");
}

void TestTokenizerFixtures::everyFixtureLoads()
{
    QFETCH(QString, file);
    QFETCH(qint64, size);
    QFETCH(QString, summary);
    const auto tokenizer = Tokenizer::load(file.toStdString());
    QVERIFY2(tokenizer.ok(), tokenizer.ok() ? "" : tokenizer.error().message.c_str());
    QCOMPARE(tokenizer->size(), size);
    QCOMPARE(QString::fromStdString(tokenizer->summary()), summary);
    const auto vocabulary = tokenizer->vocabulary();
    QCOMPARE(static_cast<qint64>(vocabulary.size()), size);
    for (std::size_t i = 0; i < vocabulary.size(); ++i) {
        QCOMPARE(vocabulary[i].second, static_cast<TokenId>(i));
        QCOMPARE(tokenizer->id_of(vocabulary[i].first), std::optional<TokenId>(static_cast<TokenId>(i)));
        QCOMPARE(tokenizer->token_piece(static_cast<TokenId>(i)), std::optional<std::string>(vocabulary[i].first));
    }
}

void TestTokenizerFixtures::byteLevelRoundTrips_data()
{
    QTest::addColumn<QString>("file");
    QTest::addRow("GPT-2") << QString::fromStdString(fixture("tokenizers/gpt2/tokenizer.json").string());
    QTest::addRow("Llama 3 style") << QString::fromStdString(fixture("tokenizers/llama3-style/tokenizer.json").string());
    QTest::addRow("bundled model") << QString::fromStdString(tale().string());
}

void TestTokenizerFixtures::byteLevelRoundTrips()
{
    QFETCH(QString, file);
    const auto tokenizer = Tokenizer::load(file.toStdString());
    QVERIFY(tokenizer.ok());
    std::mt19937 engine(20240613);
    for (int i = 0; i < 500; ++i) {
        const std::string text = random_text(engine);
        const auto ids = tokenizer->encode(text, false);
        QVERIFY(ids.ok());
        QCOMPARE(tokenizer->decode(*ids, /*skip_special=*/false), text);
        std::string bytes;
        for (const TokenId id : *ids) {
            bytes += tokenizer->token_bytes(id);
        }
        QCOMPARE(bytes, text);
    }
}

void TestTokenizerFixtures::piecesAndIds()
{
    const auto tokenizer = Tokenizer::load(fixture("tokenizers/gpt2/tokenizer.json"));
    QVERIFY(tokenizer.ok());
    // 995 is " world" in GPT-2; its spelling marks the space by U+0120.
    QCOMPARE(tokenizer->token_piece(995), std::optional<std::string>("\xC4\xA0world"));
    QCOMPARE(tokenizer->token_bytes(995), std::string(" world"));
    QCOMPARE(tokenizer->id_of("\xC4\xA0world"), std::optional<TokenId>(995));
    QVERIFY(tokenizer->is_special(50256));
    QVERIFY(!tokenizer->is_special(995));
    QVERIFY(!tokenizer->is_special(-1));
    QCOMPARE(tokenizer->token_piece(50257), std::nullopt);
    QCOMPARE(tokenizer->token_bytes(50257), std::string("\xE2\x9F\xA8"
                                                        "50257\xE2\x9F\xA9"));
    const std::vector<TokenId> ids{15496, 50300, 50256, 995};
    QCOMPARE(tokenizer->decode(ids, true), std::string("Hello\xE2\x9F\xA8"
                                                       "50300\xE2\x9F\xA9 world"));
    QCOMPARE(tokenizer->decode(ids, false), std::string("Hello\xE2\x9F\xA8"
                                                        "50300\xE2\x9F\xA9<|endoftext|> world"));
    QCOMPARE(tokenizer->decode({}, true), std::string());
    const auto special = tokenizer->encode("a<|endoftext|>b", false);
    QVERIFY(special.ok());
    QCOMPARE(*special, (std::vector<TokenId>{64, 50256, 65}));
}

void TestTokenizerFixtures::invalidUtf8IsReplaced_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("text");
    // The Unicode standard, section 3.9, table 3-8 and its neighbours: one U+FFFD for each maximal part.
    const QByteArray mark("\xEF\xBF\xBD");
    QTest::addRow("a lone continuation byte") << QByteArray("a\x80z") << "a" + mark + "z";
    QTest::addRow("a cut three-byte character") << QByteArray("a\xE2\x82") << "a" + mark;
    QTest::addRow("a cut four-byte character before a letter") << QByteArray("\xF0\x9F\x98z") << mark + "z";
    QTest::addRow("an overlong slash") << QByteArray("\xC0\xAF") << mark + mark;
    QTest::addRow("a surrogate") << QByteArray("\xED\xA0\x80") << mark + mark + mark;
    QTest::addRow("beyond the last code point") << QByteArray("\xF4\x90\x80\x80") << mark + mark + mark + mark;
    QTest::addRow("table 3-8") << QByteArray("\x61\xF1\x80\x80\xE1\x80\xC2\x62\x80\x63\x80\xBF\x64")
                               << "a" + mark + mark + mark + "b" + mark + "c" + mark + mark + "d";
}

void TestTokenizerFixtures::invalidUtf8IsReplaced()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, text);
    const auto tokenizer = Tokenizer::load(tale());
    QVERIFY(tokenizer.ok());
    const auto ids = tokenizer->encode(bytes.toStdString(), false);
    const auto wanted = tokenizer->encode(text.toStdString(), false);
    QVERIFY(ids.ok() && wanted.ok());
    QCOMPARE(*ids, *wanted);
    QCOMPARE(QByteArray::fromStdString(tokenizer->decode(*ids, false)), text);
}

void TestTokenizerFixtures::threadsShareOneTokenizer()
{
    const auto tokenizer = Tokenizer::load(tale());
    QVERIFY(tokenizer.ok());
    std::mt19937 engine(7);
    std::vector<std::string> texts;
    std::vector<std::vector<TokenId>> wanted;
    for (int i = 0; i < 100; ++i) {
        texts.push_back(random_text(engine));
    }
    const auto fresh = Tokenizer::load(tale());
    for (const std::string& text : texts) {
        wanted.push_back(*fresh->encode(text, false));
    }
    std::atomic<int> wrong = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            const Tokenizer copy = *tokenizer;
            for (std::size_t i = 0; i < texts.size(); ++i) {
                wrong += *copy.encode(texts[i], false) == wanted[i] ? 0 : 1;
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    QCOMPARE(wrong.load(), 0);
}

void TestTokenizerFixtures::speed()
{
    QElapsedTimer timer;
    timer.start();
    const auto tokenizer = Tokenizer::load(fixture("tokenizers/gpt2/tokenizer.json"));
    const qint64 load_ms = timer.elapsed();
    QVERIFY(tokenizer.ok());
    // English text of the bundled model, repeated with a running number so that it is not one cached line.
    const auto tale_tokenizer = Tokenizer::load(tale());
    const auto reference = read_json_file(fixture("reference.json"));
    QVERIFY(tale_tokenizer.ok() && reference.ok());
    std::string text;
    for (int i = 0; text.size() < 1'000'000; ++i) {
        for (const Json& prompt : (*reference)["prompts"]) {
            text += std::to_string(i) + " " + tale_tokenizer->decode(prompt["greedy_new"].get<std::vector<TokenId>>());
        }
    }
    timer.restart();
    const auto ids = tokenizer->encode(text, false);
    const double seconds = static_cast<double>(timer.nsecsElapsed()) * 1e-9;
    QVERIFY(ids.ok());
    QCOMPARE(tokenizer->decode(*ids, false), text);
    const double megabytes = static_cast<double>(text.size()) / 1e6 / seconds;
    qInfo("load %lld ms, %.1f MB/s", static_cast<long long>(load_ms), megabytes);
    // A wide margin: this machine may be busy, and the sanitizers cost a factor of ten.
    QVERIFY2(megabytes > 0.05, "encoding is slower than any usable speed");
}

QTEST_APPLESS_MAIN(TestTokenizerFixtures)
#include "test_tokenizer_fixtures.moc"
