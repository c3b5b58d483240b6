// SPDX-License-Identifier: GPL-3.0-or-later
// Models, added tokens, post-processors and decoders with tokenizers of a few tokens. Expected ids and texts are derived by hand from
// the rules of the reference library; rows whose name begins with "as the library" were checked against its version 0.23.2.
#include "tokenizer_cases.h"

#include <QtTest>

using namespace timberline;
using namespace timberline::io::cases;

namespace {

// Merges in order: "a b", "ab c", "b c". abc -> ab c -> abc.
const std::string kVocab = R"({"a": 0, "b": 1, "c": 2, "ab": 3, "abc": 4, "bc": 5, "<u>": 6})";
const std::string kMerges = R"(["a b", "ab c", "b c"])";

/// All 256 bytes as <0x00> … with ids from `first` on, as members of a vocabulary.
[[nodiscard]] std::string byte_members(int first)
{
    QStringList members;
    for (int byte = 0; byte < 256; ++byte) {
        members << QStringLiteral("\"<0x%1>\": %2")
                       .arg(byte, 2, 16, QLatin1Char('0'))
                       .toUpper()
                       .replace(QStringLiteral("0X"), QStringLiteral("0x"))
                       .arg(first + byte);
    }
    return members.join(QStringLiteral(", ")).toStdString();
}

/// One added token as a list of one.
[[nodiscard]] std::string added(const std::string& content, const std::string& flags)
{
    return R"([{"id": 7, "content": ")" + content + R"(", )" + flags + "}]";
}

/// Llama 2's shape: marks for spaces, bytes for what is unknown.
[[nodiscard]] std::string llama2()
{
    Parts parts;
    parts.model = bpe(R"({"<unk>": 0, "<s>": 1, "</s>": 2, "▁": 259, "a": 260, "b": 261, "▁a": 262, "ab": 263, )" + byte_members(3) + "}",
                      R"(["▁ a", "a b"])", R"(, "unk_token": "<unk>", "fuse_unk": true, "byte_fallback": true)");
    parts.added = R"([{"id": 0, "content": "<unk>", "special": true, "normalized": false}, {"id": 1, "content": "<s>", "special": true,
        "normalized": false}, {"id": 2, "content": "</s>", "special": true, "normalized": false}])";
    parts.normalizer = R"({"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "▁"},
        {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]})";
    parts.post_processor = R"({"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}},
        {"Sequence": {"id": "A", "type_id": 0}}], "pair": [], "special_tokens": {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]}}})";
    parts.decoder = R"({"type": "Sequence", "decoders": [{"type": "Replace", "pattern": {"String": "▁"}, "content": " "},
        {"type": "ByteFallback"}, {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0}]})";
    return parts.json();
}

}  // namespace

class TestTokenizerModels : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void encodesBpe_data();
    void encodesBpe();
    void encodesUnigram_data();
    void encodesUnigram();
    void findsAddedTokens_data();
    void findsAddedTokens();
    void numbersAddedTokens();
    void postProcesses_data();
    void postProcesses();
    void decodes_data();
    void decodes();
    void llama2Shape();
    void tokenBytes_data();
    void tokenBytes();
    void longWordsMergeInOrder();
};

void TestTokenizerModels::encodesBpe_data()
{
    QTest::addColumn<QString>("model");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("ids");
    const auto row = [](const char* name, const std::string& model, const char* text, const char* ids) {
        QTest::addRow("%s", name) << QString::fromStdString(model) << QString::fromUtf8(text) << QString::fromUtf8(ids);
    };
    row("the lowest rank goes first", bpe(kVocab, kMerges), "abc", "4");
    row("the leftmost of equal ranks goes first", bpe(R"({"a": 0, "aa": 1})", R"(["a a"])"), "aaa", "1 0");
    row("a merge lower in rank wins on the right", bpe(kVocab, R"(["b c", "a b", "ab c"])"), "abc", "0 5");
    row("merges as pairs", bpe(kVocab, R"([["a", "b"], ["ab", "c"], ["b", "c"]])"), "abc", "4");
    row("pairs may hold spaces", bpe(R"({"a": 0, " ": 1, "a ": 2})", R"([["a", " "]])"), "a a", "2 0");
    row("a version line among merges is skipped", bpe(kVocab, R"(["#version: 0.2", "a b"])"), "ab", "3");
    row("a model without a type is told by its merges", R"({"vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b"]})", "ab", "2");
    row("unknown characters vanish without an unknown token", bpe(kVocab, kMerges), "axb", "3");
    row("unknown tokens one by one", bpe(kVocab, kMerges, R"(, "unk_token": "<u>")"), "axxb", "0 6 6 1");
    row("unknown tokens fused", bpe(kVocab, kMerges, R"(, "unk_token": "<u>", "fuse_unk": true)"), "xxaxx", "6 0 6");
    row("bytes for the unknown", bpe("{\"a\": 0, " + byte_members(1) + "}", "[]", R"(, "byte_fallback": true)"), "aé", "0 196 170");
    row("unknown where a byte is missing",
        bpe(R"({"a": 0, "<0xC3>": 1, "<u>": 2})", "[]", R"(, "byte_fallback": true, "unk_token": "<u>")"), "aé", "0 2");
    row("as the library: bytes come before a waiting unknown token",
        bpe(R"({"u": 0, "<0x62>": 1, "a": 2})", "[]", R"(, "byte_fallback": true, "unk_token": "u", "fuse_unk": true)"), "xxbxxa", "1 0 2");
    row("whole words first", bpe(R"({"a": 0, "b": 1, "ab": 2})", "[]", R"(, "ignore_merges": true)"), "ab", "2");
    row("whole words need the option", bpe(R"({"a": 0, "b": 1, "ab": 2})", "[]", R"(, "ignore_merges": false)"), "ab", "0 1");
    row("a prefix inside words", bpe(R"({"a": 0, "##b": 1, "ab": 2, "##c": 3})", R"(["a ##b"])", R"(, "continuing_subword_prefix": "##")"),
        "abc", "2 3");
    row("a suffix at the end of words",
        bpe(R"({"a": 0, "b": 1, "b</w>": 2, "ab</w>": 3})", R"(["a b</w>"])", R"(, "end_of_word_suffix": "</w>")"), "bab", "1 3");
    row("a missing unknown token is an error", bpe(kVocab, kMerges, R"(, "unk_token": "<no>")"), "ax",
        "error: test.json: model.unk_token: \"<no>\" is not in the vocabulary, and the text needs it");
    row("an empty text has no ids", bpe(kVocab, kMerges), "", "");
    row("no dropout is fine", bpe(kVocab, kMerges, R"(, "dropout": 0.0)"), "ab", "3");
}

void TestTokenizerModels::encodesBpe()
{
    QFETCH(QString, model);
    QFETCH(QString, text);
    QFETCH(QString, ids);
    QCOMPARE(encoded(Parts{model.toStdString()}.json(), text.toStdString()), ids);
}

void TestTokenizerModels::encodesUnigram_data()
{
    QTest::addColumn<QString>("model");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("ids");
    const auto row = [](const char* name, const char* vocab, const char* more, const char* text, const char* ids) {
        QTest::addRow("%s", name)
            << QStringLiteral(R"({"type": "Unigram", "vocab": %1%2})").arg(QString::fromUtf8(vocab), QString::fromUtf8(more))
            << QString::fromUtf8(text) << QString::fromUtf8(ids);
    };
    const char* unknown = R"(, "unk_id": 0)";
    // The library's documented example: abcd, a, cd, and xx as one unknown.
    const char* documented = R"([["<unk>", 0], ["a", 0], ["b", 0], ["c", 0], ["d", 0], ["cd", 1], ["ab", 2], ["abc", 5], ["abcd", 10]])";
    row("the documented example", documented, unknown, "abcdacdxx", "8 1 5 0");
    // ab + c = -3, a + bc = -2.5, a + b + c = -6
    row("the largest sum wins", R"([["<unk>", 0], ["a", -2], ["b", -2], ["c", -2], ["ab", -1], ["bc", -0.5]])", unknown, "abc", "1 5");
    row("of equal sums the shorter first piece stays", R"([["<unk>", 0], ["a", -1], ["b", -1], ["ab", -2]])", unknown, "ab", "3");
    row("of equal sums the path found first stays", R"([["<unk>", 0], ["a", -1], ["c", -1], ["ab", -1], ["bc", -1]])", unknown, "abc",
        "1 4");
    row("an unknown character between", R"([["<unk>", 0], ["a", -1], ["b", -1]])", unknown, "axb", "1 0 2");
    row("a run of unknown characters is one", R"([["<unk>", 0], ["a", -1]])", unknown, "xyzayx", "0 1 0");
    // Unknown scores min - 10 = -31: the piece "ax" at -21 is better than "a" and an unknown.
    row("unknown scores ten below the least", R"([["<unk>", 0], ["a", 0], ["ax", -21]])", unknown, "ax", "2");
    row("as the library: a fused run is looked up", R"([["<unk>", 0], ["a", -1], ["x", -30], ["xx", -31]])", unknown, "axxa", "1 3 1");
    row("bytes for the unknown", R"([["<unk>", 0], ["a", -1], ["<0xC3>", -1], ["<0xA9>", -1]])", R"(, "unk_id": 0, "byte_fallback": true)",
        "aé", "1 2 3");
    row("unknown where a byte is missing", R"([["<unk>", 0], ["a", -1], ["<0xC3>", -1]])", R"(, "unk_id": 0, "byte_fallback": true)", "aé",
        "1 0");
    row("no unknown id is fine while nothing is unknown", R"([["a", -1], ["b", -1]])", "", "ab", "0 1");
    row("as the library: a start that no piece covers is unknown", R"([["ab", -1], ["c", -1]])", "", "ab",
        "error: test.json: model.unk_id: the text has a character that no piece covers, and there is no unknown token");
    row("a vocabulary that is a list tells the type", R"([["<unk>", 0], ["a", -1]])", unknown, "a", "1");
}

void TestTokenizerModels::encodesUnigram()
{
    QFETCH(QString, model);
    QFETCH(QString, text);
    QFETCH(QString, ids);
    QCOMPARE(encoded(Parts{model.toStdString()}.json(), text.toStdString()), ids);
}

void TestTokenizerModels::findsAddedTokens_data()
{
    QTest::addColumn<QString>("added");
    QTest::addColumn<QString>("normalizer");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("ids");
    const auto row = [](const char* name, const std::string& list, const char* normalizer, const char* text, const char* ids) {
        QTest::addRow("%s", name) << QString::fromStdString(list) << QString::fromUtf8(normalizer) << QString::fromUtf8(text)
                                  << QString::fromUtf8(ids);
    };
    // The model: a b c at 0, 1, 2, space at 3, newline at 4, x at 5, a lower-case m at 6.
    row("in the middle", added("<t>", R"("normalized": false)"), "null", "a<t>b", "0 7 1");
    row("alone", added("<t>", R"("normalized": false)"), "null", "<t>", "7");
    row("twice in a row", added("<t>", R"("normalized": false)"), "null", "<t><t>", "7 7");
    row("blanks stay without flags", added("<t>", R"("normalized": false)"), "null", "a <t> b", "0 3 7 3 1");
    row("lstrip takes the blanks on the left", added("<t>", R"("lstrip": true, "normalized": false)"), "null", "a \n<t> b", "0 7 3 1");
    row("rstrip takes the blanks on the right", added("<t>", R"("rstrip": true, "normalized": false)"), "null", "a <t> \nb", "0 3 7 1");
    row("lstrip leaves what rstrip took", added("<t>", R"("lstrip": true, "rstrip": true, "normalized": false)"), "null", "<t>  <t>",
        "7 7");
    row("a single word between words is no match", added("mm", R"("single_word": true, "normalized": false)"), "null", "ammb mm",
        "0 6 6 1 3 7");
    row("a single word between marks matches", added("mm", R"("single_word": true, "normalized": false)"), "null", "<mm>", "7");
    row("the longest of two wins",
        R"([{"id": 7, "content": "<t>", "normalized": false}, {"id": 8, "content": "<t><t>", "normalized": false}])", "null", "<t><t><t>",
        "8 7");
    row("a token of the model keeps the model's id", added("x", R"("normalized": false)"), "null", "ax", "0 5");
    row("not normalized is searched before", added("M", R"("normalized": false)"), R"({"type": "Lowercase"})", "aMm", "0 7 6");
    row("normalized is searched behind, in its own lower case", added("M", R"("normalized": true)"), R"({"type": "Lowercase"})", "aMm",
        "0 7 7");
    row("normalized by default unless special", added("M", R"("special": false)"), R"({"type": "Lowercase"})", "m", "7");
    row("special is not normalized by default", added("M", R"("special": true)"), R"({"type": "Lowercase"})", "m", "6");
    row("every section is normalized on its own", added("<t>", R"("normalized": false)"), R"({"type": "Prepend", "prepend": "x"})", "a<t>b",
        "5 0 7 5 1");
    row("an empty token is no token", added("", R"("normalized": false)"), "null", "ab", "0 1");
    row("as the library: blanks that are a token themselves come twice",
        R"([{"id": 7, "content": "<t>", "rstrip": true, "normalized": false}, {"id": 8, "content": "\n", "normalized": false}])", "null",
        "a<t> \nb", "0 7 4 1");
}

void TestTokenizerModels::findsAddedTokens()
{
    QFETCH(QString, added);
    QFETCH(QString, normalizer);
    QFETCH(QString, text);
    QFETCH(QString, ids);
    Parts parts;
    parts.model = bpe(R"({"a": 0, "b": 1, "c": 2, " ": 3, "\n": 4, "x": 5, "m": 6})");
    parts.added = added.toStdString();
    parts.normalizer = normalizer.toStdString();
    QCOMPARE(encoded(parts.json(), text.toStdString()), ids);
}

void TestTokenizerModels::numbersAddedTokens()
{
    // The library numbers new tokens from the count of the model's entries on, whatever ids the file gives.
    Parts parts;
    parts.model = bpe(R"({"a": 0, "b": 5})");
    parts.added = R"([{"id": 9, "content": "<x>", "special": true}, {"id": 3, "content": "<y>", "special": false, "normalized": false}])";
    QCOMPARE(encoded(parts.json(), "a<x>b<y>"), QStringLiteral("0 2 5 3"));
    const auto tokenizer = io::Tokenizer::parse(parts.json(), "test.json");
    QVERIFY(tokenizer.ok());
    QCOMPARE(tokenizer->size(), std::int64_t{6});
    QVERIFY(tokenizer->is_special(2));
    QVERIFY(!tokenizer->is_special(3));
    QCOMPARE(tokenizer->id_of("<y>"), std::optional<TokenId>(3));
    QCOMPARE(QString::fromStdString(tokenizer->summary()), QStringLiteral("BPE, 4 tokens, 1 special"));
}

void TestTokenizerModels::postProcesses_data()
{
    QTest::addColumn<QString>("json");
    QTest::addColumn<QString>("ids");
    const QString tail = QStringLiteral(R"(], "pair": [], "special_tokens": {"[C]": {"id": "[C]", "ids": [10], "tokens": ["[C]"]},
        "[S]": {"id": "[S]", "ids": [11, 12], "tokens": ["[S]", "[T]"]}}})");
    const QString first = QStringLiteral(R"({"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "[C]", "type_id": 0}},
        {"Sequence": {"id": "A", "type_id": 0}})") +
                          tail;
    const QString both = QStringLiteral(R"({"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "[C]", "type_id": 0}},
        {"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "[S]", "type_id": 0}})") +
                         tail;
    const QString byte_level = QStringLiteral(R"({"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": false})");
    QTest::addRow("none") << "null"
                          << "0 1";
    QTest::addRow("a token in front") << first << "10 0 1";
    QTest::addRow("tokens around, one of them two ids") << both << "10 0 1 11 12";
    QTest::addRow("byte level adds nothing") << byte_level << "0 1";
    QTest::addRow("a sequence") << QStringLiteral(R"({"type": "Sequence", "processors": [%1, %2]})").arg(byte_level, first) << "10 0 1";
    QTest::addRow("two templates in a sequence")
        << QStringLiteral(R"({"type": "Sequence", "processors": [%1, %2]})").arg(first, both) << "10 10 0 1 11 12";
    QTest::addRow("BERT") << R"({"type": "BertProcessing", "sep": ["[S]", 11], "cls": ["[C]", 10]})"
                          << "10 0 1 11";
    QTest::addRow("RoBERTa")
        << R"({"type": "RobertaProcessing", "sep": ["[S]", 11], "cls": ["[C]", 10], "trim_offsets": true, "add_prefix_space": true})"
        << "10 0 1 11";
}

void TestTokenizerModels::postProcesses()
{
    QFETCH(QString, json);
    QFETCH(QString, ids);
    Parts parts;
    parts.model = bpe(R"({"a": 0, "b": 1})");
    parts.post_processor = json.toStdString();
    QCOMPARE(encoded(parts.json(), "ab", /*with_special=*/true), ids);
    QCOMPARE(encoded(parts.json(), "ab", /*with_special=*/false), QStringLiteral("0 1"));
}

void TestTokenizerModels::decodes_data()
{
    QTest::addColumn<QString>("decoder");
    QTest::addColumn<QStringList>("pieces");
    QTest::addColumn<QString>("text");
    const auto row = [](const char* name, const char* decoder, const QStringList& pieces, const char* text) {
        QTest::addRow("%s", name) << QString::fromUtf8(decoder) << pieces << QString::fromUtf8(text);
    };
    const QString replacement = QStringLiteral("\ufffd");
    row("no decoder joins by spaces", "null", {"a", "b"}, "a b");
    row("byte level", R"({"type": "ByteLevel"})", {QStringLiteral("Hi"), QStringLiteral("\u0120\u00c3"), QStringLiteral("\u00a9\u010a")},
        "Hi é\n");
    row("byte level with half a character", R"({"type": "ByteLevel"})", {QStringLiteral("a\u00c3"), "b"},
        "a\xEF\xBF\xBD"
        "b");
    row("byte level leaves pieces outside its alphabet", R"({"type": "ByteLevel"})", {QStringLiteral("\u6f22\u0120")}, "漢Ġ");
    row("byte fallback joins bytes", R"({"type": "ByteFallback"})", {"a", "<0xC3>", "<0xA9>", "b"}, "aéb");
    row("byte fallback of broken bytes", R"({"type": "ByteFallback"})", {"a", "<0xC3>", "<0xC3>", "b", "<0xE2>"},
        "a\xEF\xBF\xBD\xEF\xBF\xBD"
        "b\xEF\xBF\xBD");
    row("byte fallback leaves what only looks like a byte", R"({"type": "ByteFallback"})", {"<0xG0>", "<0x0>", "<0x041>"},
        "<0xG0><0x0><0x041>");
    row("fuse", R"({"type": "Fuse"})", {"a", "b"}, "ab");
    row("metaspace drops the first mark", R"({"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always"})",
        {QStringLiteral("\u2581Hey"), QStringLiteral("\u2581you")}, "Hey you");
    row("metaspace never keeps it", R"({"type": "Metaspace", "replacement": "▁", "prepend_scheme": "never"})",
        {QStringLiteral("\u2581Hey")}, " Hey");
    row("replace", R"({"type": "Replace", "pattern": {"String": "_"}, "content": " "})", {"_a", "b_"}, " ab ");
    row("replace by a regex", R"({"type": "Replace", "pattern": {"Regex": "_+"}, "content": " "})", {"__a", "_"}, " a ");
    row("strip at the start of every piece", R"({"type": "Strip", "content": " ", "start": 1, "stop": 0})", {"  a", " b"}, " ab");
    row("strip at both ends", R"({"type": "Strip", "content": "-", "start": 2, "stop": 1})", {"---a--"}, "-a-");
    row("strip of a piece that is shorter", R"({"type": "Strip", "content": "-", "start": 2, "stop": 3})", {"-"}, "");
    row("fuse before strip makes it once",
        R"({"type": "Sequence", "decoders": [{"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0}]})", {" a", " b"},
        "a b");
    row("words with a suffix", R"({"type": "BPEDecoder", "suffix": "</w>"})", {"he", "llo</w>", "you</w>"}, "hello you");
    row("word pieces", R"({"type": "WordPiece", "prefix": "##", "cleanup": false})",
        {"##uelo", "Ara", QStringLiteral("##\u00faj"), "##o", "No", "##guera"}, "##uelo Araújo Noguera");
    row("word pieces cleaned up", R"({"type": "WordPiece", "prefix": "##", "cleanup": true})", {"I", "do", "n't", "."}, "I don't.");
    row("an empty sequence only joins", R"({"type": "Sequence", "decoders": []})", {"a", "b"}, "ab");
}

void TestTokenizerModels::decodes()
{
    QFETCH(QString, decoder);
    QFETCH(QStringList, pieces);
    QFETCH(QString, text);
    QStringList members;
    std::vector<TokenId> ids;
    for (int i = 0; i < pieces.size(); ++i) {
        const int first = static_cast<int>(pieces.indexOf(pieces[i]));
        ids.push_back(first);
        if (first == i) {
            members << QStringLiteral("\"%1\": %2").arg(pieces[i]).arg(i);
        }
    }
    Parts parts;
    parts.model = bpe("{" + members.join(QStringLiteral(", ")).toStdString() + "}");
    parts.decoder = decoder.toStdString();
    QCOMPARE(decoded(parts.json(), ids), text);
}

void TestTokenizerModels::llama2Shape()
{
    const std::string json = llama2();
    QCOMPARE(encoded(json, "a b", true), QStringLiteral("1 262 259 261"));
    // é is C3 A9: 3 + 0xC3 = 198, 3 + 0xA9 = 172.
    QCOMPARE(encoded(json, "aé", false), QStringLiteral("262 198 172"));
    // Each section behind an added token gets its own mark in front.
    QCOMPARE(encoded(json, "a</s>b", false), QStringLiteral("262 2 259 261"));
    QCOMPARE(decoded(json, {1, 262, 259, 261}), QStringLiteral("a b"));
    QCOMPARE(decoded(json, {1, 262, 259, 261}, /*skip_special=*/false), QStringLiteral("<s> a b"));
    QCOMPARE(decoded(json, {262, 198, 172}), QStringLiteral("aé"));
    QCOMPARE(decoded(json, {262, 198}), QStringLiteral("a\ufffd"));
    QCOMPARE(decoded(json, {262, 5000}), QStringLiteral("a⟨5000⟩"));
    const auto tokenizer = io::Tokenizer::parse(json, "test.json");
    QVERIFY(tokenizer.ok());
    QCOMPARE(QString::fromStdString(tokenizer->summary()), QStringLiteral("BPE with byte fallback, 264 tokens, 3 special"));
}

void TestTokenizerModels::tokenBytes_data()
{
    QTest::addColumn<int>("id");
    QTest::addColumn<QByteArray>("bytes");
    QTest::addRow("a mark is a space") << 262 << QByteArray(" a");
    QTest::addRow("a byte is that byte") << 198 << QByteArray("\xC3");
    QTest::addRow("a special token is its spelling") << 1 << QByteArray("<s>");
    QTest::addRow("an unknown id is its number") << 999 << QByteArray("⟨999⟩");
    QTest::addRow("a negative id is its number") << -3 << QByteArray("⟨-3⟩");
}

void TestTokenizerModels::tokenBytes()
{
    QFETCH(int, id);
    QFETCH(QByteArray, bytes);
    const auto tokenizer = io::Tokenizer::parse(llama2(), "test.json");
    QVERIFY(tokenizer.ok());
    QCOMPARE(QByteArray::fromStdString(tokenizer->token_bytes(id)), bytes);
}

void TestTokenizerModels::longWordsMergeInOrder()
{
    // 100,000 letters in one word: a a -> aa, aa aa -> aaaa, so a number that is no power leaves a remainder at the end.
    const std::string json = Parts{bpe(R"({"a": 0, "aa": 1, "aaaa": 2})", R"(["a a", "aa aa"])")}.json();
    const auto tokenizer = io::Tokenizer::parse(json, "test.json");
    QVERIFY(tokenizer.ok());
    const auto ids = tokenizer->encode(std::string(100'003, 'a'), false);
    QVERIFY(ids.ok());
    std::vector<TokenId> wanted(25'000, 2);
    wanted.insert(wanted.end(), {1, 0});
    QVERIFY(*ids == wanted);
}

QTEST_APPLESS_MAIN(TestTokenizerModels)
#include "test_tokenizer_models.moc"
