// SPDX-License-Identifier: GPL-3.0-or-later
// Damaged and unsupported tokenizer.json files: an error that names file and field, never a crash.
#include "core/base/json.h"
#include "tokenizer_cases.h"

#include <QtTest>

#include <fstream>
#include <random>
#include <sstream>

using namespace timberline;
using namespace timberline::io::cases;

class TestTokenizerFaults : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void refuses_data();
    void refuses();
    void missingFileIsAnError();
    void truncatedFilesAreErrors();
    void changedBytesNeverCrash();
};

void TestTokenizerFaults::refuses_data()
{
    QTest::addColumn<QString>("json");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("message");
    const auto row = [](const char* name, const std::string& json, ErrorCode code, const char* message) {
        QTest::addRow("%s", name) << QString::fromStdString(json) << static_cast<int>(code) << QString::fromUtf8(message);
    };
    constexpr ErrorCode kBad = ErrorCode::BadFile;
    constexpr ErrorCode kUnsupported = ErrorCode::Unsupported;
    const std::string good = bpe(R"({"a": 0})");
    const auto with = [&](std::string Parts::*part, const std::string& json) {
        Parts parts{good};
        parts.*part = json;
        return parts.json();
    };
    const auto model = [](const std::string& json) { return Parts{json}.json(); };

    row("not JSON", "{\"version\": ", kBad, "test.json");
    row("a list instead of an object", "[]", kBad, "test.json: expected an object, got a list");
    row("no model", R"({"version": "1.0"})", kBad, "test.json: the field \"model\" is missing");
    row("another version", R"({"version": "2.0", "model": {}})", kUnsupported, "test.json: version \"2.0\"");
    row("a number as version", R"({"version": 1, "model": {}})", kBad, "test.json: version: expected a text, got a whole number");
    row("a model that is text", R"({"model": "BPE"})", kBad, "test.json: model: expected an object, got a text");
    row("a model without anything", R"({"model": {}})", kBad, "test.json: model: the field \"type\" is missing");
    row("WordPiece", model(R"({"type": "WordPiece", "vocab": {}})"), kUnsupported,
        "test.json: model: the model \"WordPiece\" is not supported");
    row("WordLevel", model(R"({"type": "WordLevel", "vocab": {}})"), kUnsupported,
        "test.json: model: the model \"WordLevel\" is not supported");
    row("WordLevel without a type", model(R"({"vocab": {"a": 0}, "unk_token": "a"})"), kUnsupported,
        "the model \"WordLevel\" is not supported");
    row("a vocabulary that is a list", model(bpe("[]")), kBad, "test.json: model.vocab: expected an object, got a list");
    row("no vocabulary", model(R"({"type": "BPE", "merges": []})"), kBad, "test.json: model: the field \"vocab\" is missing");
    row("no merges", model(R"({"type": "BPE", "vocab": {}})"), kBad, "test.json: model: the field \"merges\" is missing");
    row("a negative id", model(bpe(R"({"a": -1})")), kBad, "test.json: model.vocab.a: expected a token id from 0 to 16777215, got -1");
    row("a huge id", model(bpe(R"({"a": 16777216})")), kBad,
        "test.json: model.vocab.a: expected a token id from 0 to 16777215, got 16777216");
    row("an id beyond 64 bits", model(bpe(R"({"a": 18446744073709551615})")), kBad, "test.json: model.vocab.a: expected a token id");
    row("a fractional id", model(bpe(R"({"a": 1.5})")), kBad,
        "test.json: model.vocab.a: expected a token id (a whole number), got a fractional number");
    row("a text as id", model(bpe(R"({"a": "1"})")), kBad, "test.json: model.vocab.a: expected a token id (a whole number), got a text");
    row("an id used twice", model(bpe(R"({"a": 0, "b": 0})")), kBad,
        "test.json: model.vocab: the id 0 stands for two pieces, \"a\" and \"b\"");
    row("a merge of an unknown piece", model(bpe(R"({"a": 0})", R"(["a b"])")), kBad,
        "test.json: model.merges[0]: \"b\" is not in the vocabulary");
    row("a merge whose result is unknown", model(bpe(R"({"a": 0, "b": 1})", R"(["a b"])")), kBad,
        "test.json: model.merges[0]: \"ab\" is not in the vocabulary");
    row("a merge of three", model(bpe(R"({"a": 0})", R"(["a a a"])")), kBad,
        "test.json: model.merges[0]: expected two pieces with one space between");
    row("a merge of one", model(bpe(R"({"a": 0})", R"(["a"])")), kBad, "test.json: model.merges[0]: expected two pieces");
    row("a merge that is a number", model(bpe(R"({"a": 0})", "[7]")), kBad, "test.json: model.merges[0]: expected two pieces");
    row("a merge list of numbers", model(bpe(R"({"a": 0})", "[[1, 2]]")), kBad, "test.json: model.merges[0]: expected two pieces");
    row("a piece shorter than the prefix", model(bpe(R"({"a": 0})", R"(["a a"])", R"(, "continuing_subword_prefix": "##")")), kBad,
        "test.json: model.merges[0]");
    row("merges that are an object", model(bpe(R"({"a": 0})", "{}")), kBad, "test.json: model.merges: expected a list, got an object");
    row("dropout", model(bpe(R"({"a": 0})", "[]", R"(, "dropout": 0.1)")), kUnsupported,
        "test.json: model.dropout: merge dropout 0.1 is not supported");
    row("a flag that is text", model(bpe(R"({"a": 0})", "[]", R"(, "fuse_unk": "yes")")), kBad,
        "test.json: model.fuse_unk: expected true or false, got a text");
    row("a Unigram vocabulary that is an object", model(R"({"type": "Unigram", "vocab": {}})"), kBad,
        "test.json: model.vocab: expected a list");
    row("a Unigram piece without a score", model(R"({"type": "Unigram", "vocab": [["a"]]})"), kBad,
        "test.json: model.vocab[0]: expected a piece and its score");
    row("an unknown id beyond the pieces", model(R"({"type": "Unigram", "vocab": [["a", 0]], "unk_id": 1})"), kBad,
        "test.json: model.unk_id: expected an id below the 1 pieces, got 1");
    row("a negative unknown id", model(R"({"type": "Unigram", "vocab": [["a", 0]], "unk_id": -1})"), kBad,
        "test.json: model.unk_id: expected a token id");
    row("added tokens that are an object", with(&Parts::added, "{}"), kBad, "test.json: added_tokens");
    row("an added token without content", with(&Parts::added, R"([{"id": 1}])"), kBad,
        "test.json: added_tokens[0]: the field \"content\" is missing");
    row("an added token without an id", with(&Parts::added, R"([{"content": "a"}])"), kBad,
        "test.json: added_tokens[0]: the field \"id\" is missing");
    row("an added token with a negative id", with(&Parts::added, R"([{"id": -2, "content": "a"}])"), kBad,
        "test.json: added_tokens[0].id: expected a token id");
    row("two added tokens with one id", with(&Parts::added, R"([{"id": 1, "content": "x"}, {"id": 1, "content": "y"}])"), kBad,
        "test.json: added_tokens[1]: the id 1 stands for \"x\" already");
    row("BERT's normalizer", with(&Parts::normalizer, R"({"type": "BertNormalizer"})"), kUnsupported,
        "test.json: normalizer: the normalizer \"BertNormalizer\" is not supported");
    row("a normalizer without a type", with(&Parts::normalizer, "{}"), kBad, "test.json: normalizer: the field \"type\" is missing");
    row("an unknown normalizer in a sequence",
        with(&Parts::normalizer, R"({"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "X"}]})"), kUnsupported,
        "test.json: normalizer.normalizers[1]: the normalizer \"X\" is not supported");
    row("a table that is not base64", with(&Parts::normalizer, R"({"type": "Precompiled", "precompiled_charsmap": "a!b"})"), kBad,
        "test.json: normalizer.precompiled_charsmap: expected base64");
    row("a table that is cut", with(&Parts::normalizer, R"({"type": "Precompiled", "precompiled_charsmap": "AAQAAAAE"})"), kBad,
        "test.json: normalizer.precompiled_charsmap: the table of 6 bytes");
    row("an empty table", with(&Parts::normalizer, R"({"type": "Precompiled", "precompiled_charsmap": ""})"), kBad,
        "test.json: normalizer.precompiled_charsmap: the table of 0 bytes");
    row("a replacement without a pattern", with(&Parts::normalizer, R"({"type": "Replace", "content": ""})"), kBad,
        "test.json: normalizer: the field \"pattern\" is missing");
    row("a pattern of an unknown kind", with(&Parts::normalizer, R"({"type": "Replace", "pattern": {"Glob": "*"}, "content": ""})"), kBad,
        "test.json: normalizer.pattern: expected");
    row("a pattern that does not compile",
        with(&Parts::pre_tokenizer, R"({"type": "Split", "pattern": {"Regex": "a(b"}, "behavior": "Isolated"})"), kBad,
        "test.json: pre_tokenizer.pattern: the pattern \"a(b\"");
    row("an unknown split behaviour", with(&Parts::pre_tokenizer, R"({"type": "Split", "pattern": {"String": "a"}, "behavior": "Merged"})"),
        kBad, "test.json: pre_tokenizer.behavior: expected Removed, Isolated");
    row("an unknown pre-tokenizer", with(&Parts::pre_tokenizer, R"({"type": "UnicodeScripts"})"), kUnsupported,
        "test.json: pre_tokenizer: the pre-tokenizer \"UnicodeScripts\" is not supported");
    row("a mark of two characters", with(&Parts::pre_tokenizer, R"({"type": "Metaspace", "replacement": "__"})"), kBad,
        "test.json: pre_tokenizer.replacement: expected a single character");
    row("an unknown prepend scheme", with(&Parts::pre_tokenizer, R"({"type": "Metaspace", "prepend_scheme": "First"})"), kBad,
        "test.json: pre_tokenizer.prepend_scheme: expected always, first or never");
    row("contradicting metaspace fields",
        with(&Parts::pre_tokenizer, R"({"type": "Metaspace", "prepend_scheme": "always", "add_prefix_space": false})"), kBad,
        "test.json: pre_tokenizer");
    row("a length of zero", with(&Parts::pre_tokenizer, R"({"type": "FixedLength", "length": 0})"), kBad,
        "test.json: pre_tokenizer: expected a length of at least 1");
    row("an unknown post-processor", with(&Parts::post_processor, R"({"type": "X"})"), kUnsupported,
        "test.json: post_processor: the post-processor \"X\" is not supported");
    row("a template with an unknown token",
        with(&Parts::post_processor, R"({"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "Q"}}], "special_tokens": {}})"),
        kBad, "test.json: post_processor.special_tokens: the field \"Q\" is missing");
    row("a template with the second text",
        with(&Parts::post_processor, R"({"type": "TemplateProcessing", "single": [{"Sequence": {"id": "B"}}]})"), kBad,
        "test.json: post_processor.single[0].Sequence");
    row("an unknown decoder", with(&Parts::decoder, R"({"type": "CTC"})"), kUnsupported,
        "test.json: decoder: the decoder \"CTC\" is not supported");
    row("an empty suffix", with(&Parts::decoder, R"({"type": "BPEDecoder", "suffix": ""})"), kBad,
        "test.json: decoder: the field \"suffix\" is empty");
    row("a strip count that is negative", with(&Parts::decoder, R"({"type": "Strip", "content": " ", "start": -1, "stop": 0})"), kBad,
        "test.json: decoder.start");
    std::string nested = R"({"type": "NFC"})";
    for (int i = 0; i < 40; ++i) {
        nested = R"({"type": "Sequence", "normalizers": [)" + nested + "]}";
    }
    row("sequences nested without end", with(&Parts::normalizer, nested), kBad, "components are nested deeper than 16");
}

void TestTokenizerFaults::refuses()
{
    QFETCH(QString, json);
    QFETCH(int, code);
    QFETCH(QString, message);
    const auto tokenizer = io::Tokenizer::parse(json.toStdString(), "test.json");
    QVERIFY(!tokenizer.ok());
    const QString got = QString::fromStdString(tokenizer.error().message);
    QVERIFY2(got.contains(message), qPrintable(got));
    QVERIFY2(got.startsWith(QLatin1String("test.json")), qPrintable(got));
    QCOMPARE(static_cast<int>(tokenizer.error().code), code);
    QVERIFY(!tokenizer.error().hint.empty());
}

void TestTokenizerFaults::missingFileIsAnError()
{
    const auto tokenizer = io::Tokenizer::load("/nowhere/tokenizer.json");
    QVERIFY(!tokenizer.ok());
    QVERIFY(tokenizer.error().message.find("/nowhere/tokenizer.json") != std::string::npos);
}

namespace {

[[nodiscard]] std::string fixture_text(const char* name)
{
    std::ifstream file(std::string(TIMBERLINE_FIXTURES) + "/tokenizers/" + name + "/tokenizer.json");
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

}  // namespace

void TestTokenizerFaults::truncatedFilesAreErrors()
{
    const std::string text = fixture_text("unigram");
    QVERIFY(text.size() > 1000);
    for (std::size_t length = 0; length + 2 < text.size(); length += 97) {
        QVERIFY(!io::Tokenizer::parse(std::string_view(text).substr(0, length), "test.json").ok());
    }
}

void TestTokenizerFaults::changedBytesNeverCrash()
{
    constexpr std::string_view kBytes = "0123456789ab-[]{}\"\\,:(*";
    std::mt19937 engine(99);
    int loaded = 0;
    for (const char* name : {"unigram", "llama3-style"}) {
        const std::string text = fixture_text(name);
        for (int i = 0; i < 150; ++i) {
            std::string changed = text;
            for (auto changes = 1 + engine() % 3; changes > 0; --changes) {
                changed[engine() % changed.size()] = kBytes[engine() % kBytes.size()];
            }
            const auto tokenizer = io::Tokenizer::parse(changed, "test.json");
            if (tokenizer.ok()) {
                ++loaded;
                const auto ids = tokenizer->encode("Hello, w\u00f6rld 123 <s>", true);
                if (ids.ok()) {
                    QVERIFY(!tokenizer->decode(*ids).empty() || ids->empty());
                }
            } else {
                QVERIFY(tokenizer.error().message.starts_with("test.json"));
            }
        }
    }
    QVERIFY(loaded > 0);  // some changes only touch a score or a letter
}

QTEST_APPLESS_MAIN(TestTokenizerFaults)
#include "test_tokenizer_faults.moc"
