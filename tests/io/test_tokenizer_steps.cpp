// SPDX-License-Identifier: GPL-3.0-or-later
// Normalizers and pre-tokenizers one by one. Expected values are written by hand from the documented rules of the reference library;
// the rows whose name begins with "as the library" were taken from its version 0.23.2.
#include "core/base/json.h"
#include "core/io/tokenizers/normalizers.h"
#include "core/io/tokenizers/pre_tokenizers.h"
#include "core/io/tokenizers/regex_syntax.h"

#include <QElapsedTimer>
#include <QtTest>

using namespace timberline;
using namespace timberline::io::tokenizers;

namespace {

[[nodiscard]] QString normalized(const QString& json, const QString& text)
{
    const auto parsed = parse_json(json.toStdString(), "test.json");
    if (!parsed.ok()) {
        return QStringLiteral("not JSON");
    }
    bool byte_level = false;
    const auto normalizer = read_normalizer(io::tokenizers::Field(*parsed, "test.json", "normalizer"), byte_level);
    if (!normalizer.ok()) {
        return QStringLiteral("error: ") + QString::fromStdString(normalizer.error().message);
    }
    NormalizedText out{text.toStdString()};
    const Status status = (*normalizer)->apply(out);
    return status.ok() ? QString::fromStdString(out.value) : QStringLiteral("error: ") + QString::fromStdString(status.error().message);
}

/// The pieces with "|" between.
[[nodiscard]] QString cut(const QString& json, const QString& text, bool at_start = true)
{
    const auto parsed = parse_json(json.toStdString(), "test.json");
    if (!parsed.ok()) {
        return QStringLiteral("not JSON");
    }
    bool byte_level = false;
    const auto pre_tokenizer = read_pre_tokenizer(io::tokenizers::Field(*parsed, "test.json", "pre_tokenizer"), byte_level);
    if (!pre_tokenizer.ok()) {
        return QStringLiteral("error: ") + QString::fromStdString(pre_tokenizer.error().message);
    }
    std::vector<Piece> pieces{{text.toStdString(), at_start}};
    const Status status = (*pre_tokenizer)->apply(pieces);
    if (!status.ok()) {
        return QStringLiteral("error: ") + QString::fromStdString(status.error().message);
    }
    QStringList texts;
    for (const Piece& piece : pieces) {
        texts << QString::fromStdString(piece.text);
    }
    return texts.join(QLatin1Char('|'));
}

[[nodiscard]] QString split_json(const QString& pattern, const QString& behavior, bool invert)
{
    return QStringLiteral(R"({"type": "Split", "pattern": %1, "behavior": "%2", "invert": %3})")
        .arg(pattern, behavior, invert ? QStringLiteral("true") : QStringLiteral("false"));
}

[[nodiscard]] QString regex_split(const QString& regex)
{
    QString escaped = regex;
    escaped.replace(QLatin1Char('\\'), QStringLiteral("\\\\")).replace(QLatin1Char('"'), QStringLiteral("\\\""));
    escaped.replace(QLatin1Char('\n'), QStringLiteral("\\n"));
    return split_json(QStringLiteral(R"({"Regex": "%1"})").arg(escaped), QStringLiteral("Isolated"), false);
}

// A compiled table with eight entries: "ﬁ" to "fi", "Ａ" to "A", e with a combining acute to "é", "…" to "...", no-break space to
// a space, "x" to nothing, "①" to "1", two jamo to a syllable. Built by an independent script from the layout of Darts arrays.
constexpr const char* kCharsMap =
    "AAQAAAAEAAAAAAAAAAAAAAAAAAAQAACAAAAAABMAAIAAAAAAAAAAAAAAAIAAAAAAAAAAAAoAAIAOAACABAAAgAAAAAAAAAAAAwAAgAAAAAAAAAAAAAAAAAAA"
    "AAAAAAAABgAAgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABljAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB4oQEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAACBGQIAAAAAAAAAAAAAAAAA"
    "AAAAAAAAAAAAAAAAgQECAIAEAgAAAAAAAAAAAAAAAAAAAAAAAAAAAIUYAgAAAAAAAAAAAIAcAgAAAAAAAAAAAIQUAgAAAAAAAAAAAAAAAAAAAAAAkVACAAAA"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAoYkCAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAApoUCAKy0AgCgiQIAoPkCAAAAAAAAAAAA"
    "AAAAAAAAAAAAAAAAAAAAAKGBAgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAC87AIAAAAAAAAAAAAAAAAAAAAAAMJMAwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    "AAAAAAAAzAwDAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    "4cgDAAAAAAAAAAAA4qQDAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAADvsAMAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA4YADAAAA"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAADDqQAAIADqsIAALi4uADEAZmkAQQA=";

}  // namespace

class TestTokenizerSteps : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void normalizes_data();
    void normalizes();
    void splits_data();
    void splits();
    void preTokenizes_data();
    void preTokenizes();
    void regexFollowsOniguruma_data();
    void regexFollowsOniguruma();
    void hostilePatternsEnd_data();
    void hostilePatternsEnd();
};

void TestTokenizerSteps::normalizes_data()
{
    QTest::addColumn<QString>("json");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* name, const QString& json, const QString& text, const QString& expected) {
        QTest::addRow("%s", name) << json << text << expected;
    };
    const QString composed = QStringLiteral("caf\u00e9 \ufb01");
    const QString decomposed = QStringLiteral("cafe\u0301 \ufb01");
    row("NFC composes and leaves ligatures", R"({"type": "NFC"})", decomposed, composed);
    row("NFD decomposes and leaves ligatures", R"({"type": "NFD"})", composed, decomposed);
    row("NFKC composes and opens ligatures", R"({"type": "NFKC"})", decomposed, QStringLiteral("caf\u00e9 fi"));
    row("NFKD decomposes and opens ligatures", R"({"type": "NFKD"})", composed, QStringLiteral("cafe\u0301 fi"));
    row("NFD sorts marks by class", R"({"type": "NFD"})", QStringLiteral("a\u0301\u0323"), QStringLiteral("a\u0323\u0301"));
    row("NFC composes Hangul", R"({"type": "NFC"})", QStringLiteral("\u1100\u1161\u11a8"), QStringLiteral("\uac01"));
    row("NFKC leaves what is newer than the library's tables", R"({"type": "NFKC"})", QStringLiteral("\u32ff\u2460"),
        QStringLiteral("\u32ff1"));
    row("lowercase", R"({"type": "Lowercase"})", QStringLiteral("ABC \u00c9 \u0391\u03a3"), QStringLiteral("abc \u00e9 \u03b1\u03c3"));
    row("lowercase of dotted I has two characters", R"({"type": "Lowercase"})", QStringLiteral("\u0130"), QStringLiteral("i\u0307"));
    row("strip accents drops marks only", R"({"type": "StripAccents"})", QStringLiteral("e\u0301\u00e9o\u0304\u0304"),
        QStringLiteral("e\u00e9o"));
    row("strip both ends", R"({"type": "Strip", "strip_left": true, "strip_right": true})", QStringLiteral(" \u3000a b\t\n"), "a b");
    row("strip left", R"({"type": "Strip", "strip_left": true, "strip_right": false})", "  a ", "a ");
    row("strip right", R"({"type": "Strip", "strip_left": false, "strip_right": true})", "  a ", "  a");
    row("strip of blanks leaves nothing", R"({"type": "Strip", "strip_left": true, "strip_right": true})", "   ", "");
    row("prepend", R"({"type": "Prepend", "prepend": "_"})", "a", "_a");
    row("prepend leaves an empty text", R"({"type": "Prepend", "prepend": "_"})", "", "");
    row("replace a text", R"({"type": "Replace", "pattern": {"String": " "}, "content": "_"})", " a  b", "_a__b");
    row("replace a text with regex characters", R"({"type": "Replace", "pattern": {"String": "a.b*"}, "content": "-"})", "a.b* axb",
        "- axb");
    row("replace by a regex", R"({"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": "_"})", "a   b c", "a_b c");
    row("as the library: an empty text matches everywhere", R"({"type": "Replace", "pattern": {"String": ""}, "content": "_"})", "ab",
        "_a_b_");
    row("nmt", R"({"type": "Nmt"})", QStringLiteral("a\u0001b\tc\u200bd\u2581"), QStringLiteral("ab c d "));
    row("byte level maps bytes", R"({"type": "ByteLevel"})", QStringLiteral(" \u00e9\n"), QStringLiteral("\u0120\u00c3\u00a9\u010a"));
    row("a sequence goes in order", R"({"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": " X"},
        {"type": "Lowercase"}, {"type": "Replace", "pattern": {"String": " "}, "content": "_"}]})",
        "A b", "_xa_b");
    row("an empty sequence does nothing", R"({"type": "Sequence", "normalizers": []})", "A", "A");
    const QString table = QStringLiteral(R"({"type": "Precompiled", "precompiled_charsmap": "%1"})").arg(QLatin1String(kCharsMap));
    row("precompiled replaces characters", table, QStringLiteral("\ufb01ne \uff21\u2460\u2026\u00a0"), "fine A1... ");
    row("precompiled looks at whole graphemes", table, QStringLiteral("e\u0301e"), QStringLiteral("\u00e9e"));
    row("as the library: a known beginning stands for its grapheme", table, QStringLiteral("\ufb01\u0301 x\u0301y"), "fi y");
    row("as the library: a grapheme of six bytes goes character by character", table, QStringLiteral("\u1100\u1161"),
        QStringLiteral("\u1100\u1161"));
}

void TestTokenizerSteps::normalizes()
{
    QFETCH(QString, json);
    QFETCH(QString, text);
    QFETCH(QString, expected);
    QCOMPARE(normalized(json, text), expected);
}

void TestTokenizerSteps::splits_data()
{
    QTest::addColumn<QString>("behavior");
    QTest::addColumn<bool>("invert");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("expected");
    const auto row = [](const QString& behavior, bool invert, const QString& text, const QString& expected) {
        QTest::addRow("%s%s: %s", qPrintable(behavior), invert ? " inverted" : "", qPrintable(text))
            << behavior << invert << text << expected;
    };
    // The documented examples of the library.
    const QString text = QStringLiteral("the-final--countdown");
    row("Removed", false, text, "the|final|countdown");
    row("Isolated", false, text, "the|-|final|-|-|countdown");
    row("MergedWithPrevious", false, text, "the-|final-|-|countdown");
    row("MergedWithNext", false, text, "the|-final|-|-countdown");
    row("Contiguous", false, text, "the|-|final|--|countdown");
    // Inverted, the words are the separators and the hyphens the rest.
    row("Removed", true, text, "-|-|-");
    row("Isolated", true, text, "the|-|final|-|-|countdown");
    row("MergedWithPrevious", true, text, "the|-final|-|-countdown");
    row("MergedWithNext", true, text, "the-|final-|-|countdown");
    row("Contiguous", true, text, "the|-|final|--|countdown");
    row("Removed", false, "--", "");
    row("MergedWithPrevious", false, "-a", "-|a");
    row("MergedWithNext", false, "a-", "a|-");
    row("Contiguous", false, "--a", "--|a");
    row("Removed", true, "abc", "");
}

void TestTokenizerSteps::splits()
{
    QFETCH(QString, behavior);
    QFETCH(bool, invert);
    QFETCH(QString, text);
    QFETCH(QString, expected);
    QCOMPARE(cut(split_json(R"({"String": "-"})", behavior, invert), text), expected);
    QCOMPARE(cut(split_json(R"({"Regex": "-"})", behavior, invert), text), expected);
}

void TestTokenizerSteps::preTokenizes_data()
{
    QTest::addColumn<QString>("json");
    QTest::addColumn<bool>("at_start");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* name, const QString& json, const QString& text, const QString& expected, bool at_start = true) {
        QTest::addRow("%s", name) << json << at_start << text << expected;
    };
    const QString byte_level = QStringLiteral(R"({"type": "ByteLevel", "add_prefix_space": %1, "trim_offsets": true, "use_regex": %2})");
    row("byte level cuts words with their space", byte_level.arg("false", "true"), "Hi there  you're 12!",
        QStringLiteral("Hi|\u0120there|\u0120|\u0120you|'re|\u012012|!"));
    row("byte level adds a space", byte_level.arg("true", "true"), "Hi you", QStringLiteral("\u0120Hi|\u0120you"));
    row("byte level adds no second space", byte_level.arg("true", "true"), " Hi", QStringLiteral("\u0120Hi"));
    row("byte level without regex", byte_level.arg("false", "false"), "Hi you", QStringLiteral("Hi\u0120you"));
    row("byte level leaves blanks at the end together", byte_level.arg("false", "true"), "a  \n", QStringLiteral("a|\u0120\u0120\u010a"));
    const QString metaspace = QStringLiteral(R"({"type": "Metaspace", "replacement": "_", "prepend_scheme": "%1", "split": %2})");
    row("metaspace always", metaspace.arg("always", "true"), "Hey  you", "_Hey|_|_you", false);
    row("metaspace always adds no second mark", metaspace.arg("always", "true"), " Hey", "_Hey");
    row("metaspace first at the start", metaspace.arg("first", "true"), "Hey you", "_Hey|_you", true);
    row("metaspace first behind the start", metaspace.arg("first", "true"), "Hey you", "Hey|_you", false);
    row("metaspace never", metaspace.arg("never", "true"), "Hey you ", "Hey|_you|_");
    row("metaspace without split", metaspace.arg("always", "false"), "Hey you", "_Hey_you");
    row("metaspace of an old file without prefix",
        R"({"type": "Metaspace", "replacement": "_", "str_rep": "_", "add_prefix_space": false})", "a b", "a|_b");
    row("metaspace of an old file with prefix", R"({"type": "Metaspace", "replacement": "_", "str_rep": "_", "add_prefix_space": true})",
        "a b", "_a|_b");
    row("digits together", R"({"type": "Digits", "individual_digits": false})", QStringLiteral("a12b\u00b2\u216b"),
        QStringLiteral("a|12|b|\u00b2\u216b"));
    row("digits one by one", R"({"type": "Digits", "individual_digits": true})", "a12b", "a|1|2|b");
    row("punctuation isolated by default", R"({"type": "Punctuation"})", QStringLiteral("Hey, $a\u2026!"),
        QStringLiteral("Hey|,| |$|a|\u2026|!"));
    row("punctuation contiguous", R"({"type": "Punctuation", "behavior": "Contiguous"})", "a!?b", "a|!?|b");
    row("punctuation removed", R"({"type": "Punctuation", "behavior": "Removed"})", "a!?b", "a|b");
    row("whitespace keeps words and marks apart", R"({"type": "Whitespace"})", QStringLiteral("How are_you?! e\u0301"),
        QStringLiteral("How|are_you|?!|e\u0301"));
    row("whitespace split", R"({"type": "WhitespaceSplit"})", QStringLiteral("a-b\u3000 c\n"), "a-b|c");
    row("BERT's pre-tokenizer", R"({"type": "BertPreTokenizer"})", "Hey friend, ok!!", "Hey|friend|,|ok|!|!");
    row("a delimiter character", R"({"type": "CharDelimiterSplit", "delimiter": "-"})", "a--b", "a|b");
    row("fixed length counts characters", R"({"type": "FixedLength", "length": 2})", QStringLiteral("a\u00e9bcd"),
        QStringLiteral("a\u00e9|bc|d"));
    row("a sequence cuts the pieces of the one before", R"({"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"},
        {"type": "Digits", "individual_digits": true}]})",
        "a12 b", "a|1|2|b");
    row("metaspace first behind another split",
        QStringLiteral(R"({"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, %1]})").arg(metaspace.arg("first", "true")),
        "a b", "_a|b");
}

void TestTokenizerSteps::preTokenizes()
{
    QFETCH(QString, json);
    QFETCH(bool, at_start);
    QFETCH(QString, text);
    QFETCH(QString, expected);
    QCOMPARE(cut(json, text, at_start), expected);
}

void TestTokenizerSteps::regexFollowsOniguruma_data()
{
    QTest::addColumn<QString>("regex");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* name, const QString& regex, const QString& text, const QString& expected) {
        QTest::addRow("%s", name) << regex << text << expected;
    };
    row("GPT-4's pattern",
        R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+)",
        "I'LL pay $12345  now", "I|'LL| pay| $|123|45| | now");
    row("an interval with + is repeated, not possessive", "a{1,3}+", "aaaa", "aaaa");
    row("an exact interval with ? is optional", "ba{2}?", "baab", "baa|b");
    row("an interval without a lower end", "a{,2}b", "aaab", "a|aab");
    row("braces that are no interval are text", "a{x}", "a{x}a", "a{x}|a");
    row("h is a hexadecimal digit", R"(\h+)", "xfaceg", "x|face|g");
    row("v is the vertical tab only", R"(\v)", QStringLiteral("a\nb\u000bc"), QStringLiteral("a\nb|\u000b|c"));
    row("the option m lets the dot match line ends", "(?m:a.b)", "a\nb", "a\nb");
    row("the dot alone does not match line ends", "a.b", "a\nb", "a\nb");
    row("an option holds to the end of its group, alternatives too", "(?i)a|b", "AB", "A|B");
    row("an option ends with its group", "((?i)a)b", "AbAB", "Ab|AB");
    row("caret and dollar match at every line", "^b$", "a\nb\nc", "a\n|b|\nc");
    row("classes intersect", "[a-c&&[^b]]", "abc", "a|b|c");
    row("classes nest", "[a[bc]]+", "xabcx", "x|abc|x");
    row("nested classes can be negated", "[^a[bc]]+", "axyb", "a|xy|b");
    row("a hyphen beside a set is text", R"([\w-]+)", "a-b c", "a-b| |c");
    row("w has marks and connectors", R"(\w+)", QStringLiteral("e\u0301\u203fa b"), QStringLiteral("e\u0301\u203fa| |b"));
    row("as the library: w alone has superscripts of Latin-1", R"(\w+)", QStringLiteral("a\u00b2!"), QStringLiteral("a\u00b2|!"));
    row("as the library: w in brackets has none", R"([\w]+)", QStringLiteral("a\u00b2!"), QStringLiteral("a|\u00b2!"));
    row("s has no Mongolian separator", R"(\s)", QStringLiteral("a\u180eb\u3000c"), QStringLiteral("a\u180eb|\u3000|c"));
    row("a script is the script, not its extensions", R"(\p{Hiragana})", QStringLiteral("\u3042\u30fc"), QStringLiteral("\u3042|\u30fc"));
    row("a property negated by a caret", R"(\p{^L}+)", "a12b", "a|12|b");
    row("long names of categories", R"(\p{Lowercase_Letter}+)", "ABcdE", "AB|cd|E");
    row("POSIX brackets", "[[:upper:]][[:^upper:]]+", "aBcdE", "a|Bcd|E");
    row("code points by u", R"([\u0041-\u0043]+)", "xABCx", "x|ABC|x");
    row("lookbehind", "(?<=a)b", "abb", "a|b|b");
    row("possessive repetition", "a++b", "aab", "aab");
    row("word boundaries isolate words", R"(\b)", "ab cd", "ab| |cd");
    row("empty matches cut between all characters", "x*", QStringLiteral("a\u00e9xx"), QStringLiteral("a|\u00e9|xx"));
    row("comments in the extended form", "(?x) a b # the rest\n c", "xabcx", "x|abc|x");
    row("a comment group", "a(?# no )b", "xab", "x|ab");
    row("a back reference by name", R"((?<n>a|b)\k<n>)", "abba", "a|bb|a");
    row("an unknown group is refused", "(?~a)", "a",
        "error: test.json: pre_tokenizer.pattern: the pattern \"(?~a)\": the group \"(?~\" is unknown");
    row("an unknown property is refused", R"(\p{Nope})", "a",
        "error: test.json: pre_tokenizer.pattern: the pattern \"\\p{Nope}\": the property \"Nope\" is unknown");
    row("an open group is refused", "(a", "a", "error: test.json: pre_tokenizer.pattern: the pattern \"(a\": a \"(\" without its \")\"");
    row("an open class is refused", "[a", "a", "error: test.json: pre_tokenizer.pattern: the pattern \"[a\": a \"[\" without its \"]\"");
    row("nothing to repeat is refused", "*a", "a",
        "error: test.json: pre_tokenizer.pattern: the pattern \"*a\": quantifier does not follow a repeatable item");
}

void TestTokenizerSteps::regexFollowsOniguruma()
{
    QFETCH(QString, regex);
    QFETCH(QString, text);
    QFETCH(QString, expected);
    QCOMPARE(cut(regex_split(regex), text), expected);
}

void TestTokenizerSteps::hostilePatternsEnd_data()
{
    QTest::addColumn<QString>("regex");
    QTest::addColumn<QString>("text");
    QTest::addRow("nested repetition") << "(?:a+)+[bc]" << QString(5000, QLatin1Char('a'));
    QTest::addRow("alternatives of the same letter") << "(?:a|a)*[bc]" << QString(5000, QLatin1Char('a'));
    QTest::addRow("deep groups") << QString(5000, QLatin1Char('(')) + QString(5000, QLatin1Char(')')) << "a";
    QTest::addRow("deep classes") << QString(5000, QLatin1Char('[')) + "a" + QString(5000, QLatin1Char(']')) << "a";
    QTest::addRow("an expression beyond all sizes") << QString(100000, QLatin1Char('a')) << "a";
    QTest::addRow("many quantifiers") << "a" + QString(3000, QLatin1Char('*')) << "aab";
    QTest::addRow("a huge interval") << "(?:a{60000}){60000}"
                                     << "a";
    QTest::addRow("recursion without an end") << R"((?<r>\g<r>a))"
                                              << "aaa";
}

void TestTokenizerSteps::hostilePatternsEnd()
{
    QFETCH(QString, regex);
    QFETCH(QString, text);
    QElapsedTimer timer;
    timer.start();
    const QString answer = cut(regex_split(regex), text);
    QVERIFY2(answer.startsWith(QLatin1String("error: test.json: pre_tokenizer.pattern: ")), qPrintable(answer.left(200)));
    QVERIFY2(timer.elapsed() < 60000, qPrintable(QString::number(timer.elapsed())));
}

QTEST_APPLESS_MAIN(TestTokenizerSteps)
#include "test_tokenizer_steps.moc"
