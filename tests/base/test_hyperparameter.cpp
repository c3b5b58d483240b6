// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/hyperparameter.h"
#include "core/base/text.h"

#include <QtTest>

#include <cmath>
#include <limits>

using namespace timberline;
Q_DECLARE_METATYPE(timberline::ParameterValue)

namespace {

struct ExampleValues {
    std::int64_t draft_length = 5;
    double threshold = 0.5;
    bool reuse = true;
    std::string mode = "greedy";
    std::string note;
    std::vector<std::int64_t> widths = {3, 2, 1};
    std::vector<double> weights = {0.5, 0.5};
    std::vector<std::string> order = {"top_k", "top_p"};
    bool operator==(const ExampleValues&) const = default;
};

const auto kFields = std::tuple{
    field(&ExampleValues::draft_length, {.key = "draft_length",
                                         .label = "Draft length",
                                         .unit = "tokens",
                                         .help = "h",
                                         .min = 0,
                                         .max = 16,
                                         .takes_effect = Effect::NextStep}),
    field(&ExampleValues::threshold, {.key = "threshold", .label = "t", .help = "h", .min = 0, .max = 1, .scale = Scale::Logarithmic}),
    field(&ExampleValues::reuse, {.key = "reuse", .label = "r", .help = "h"}),
    field(&ExampleValues::mode, {.key = "mode", .label = "m", .help = "h", .choices = {"greedy", "sampled"}, .choice_labels = {"G", "S"}}),
    field(&ExampleValues::note, {.key = "note", .label = "n", .help = "h", .type = ParameterType::Path}),
    field(&ExampleValues::widths, {.key = "widths", .label = "w", .help = "h", .min = 1, .max = 8, .min_length = 1, .max_length = 4}),
    field(&ExampleValues::weights, {.key = "weights", .label = "w", .help = "h", .min = 0, .max = 1, .min_length = 2, .max_length = 2}),
    field(&ExampleValues::order, {.key = "order", .label = "o", .help = "h", .choices = {"temperature", "top_k", "top_p"}})};

const std::vector<Hyperparameter>& declarations()
{
    static const std::vector<Hyperparameter> list = declare(kFields);
    return list;
}

const Hyperparameter& declaration(const char* key)
{
    for (const Hyperparameter& d : declarations()) {
        if (d.key == key) {
            return d;
        }
    }
    qFatal("no such key");
}

} // namespace

class TestHyperparameter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void declarationsComeFromTheStruct()
    {
        QCOMPARE(declarations().size(), std::size_t{8});
        const Hyperparameter& length = declaration("draft_length");
        QVERIFY(length.type == ParameterType::Int);
        QVERIFY(length.default_value == ParameterValue{std::int64_t{5}});
        QCOMPARE(length.maximum, 16.0);
        QCOMPARE(length.unit, std::string("tokens"));
        QVERIFY(length.effect == Effect::NextStep);
        QVERIFY(declaration("threshold").scale == Scale::Logarithmic);
        QVERIFY(declaration("mode").type == ParameterType::Choice);
        QVERIFY(declaration("note").type == ParameterType::Path);
        QVERIFY(declaration("order").type == ParameterType::Order);
        QVERIFY(declaration("weights").type == ParameterType::RealList);
    }

    void everyDefaultIsValid()
    {
        for (const Hyperparameter& d : declarations()) {
            QVERIFY2(check_value(d, d.default_value).ok(), d.key.c_str());
        }
    }

    void valuesReachTheStruct()
    {
        const auto values =
            complete_values(declarations(), {{"draft_length", std::int64_t{7}}, {"threshold", std::int64_t{1}}}, "drafter x");
        QVERIFY(values.ok());
        QCOMPARE(values->size(), std::size_t{8});
        ExampleValues expected;
        expected.draft_length = 7;
        expected.threshold = 1.0; // an integer is converted where a real is wanted
        QVERIFY(read_values(kFields, *values) == expected);
        QVERIFY(read_values(kFields, {}) == ExampleValues{});
    }

    void textRoundTrip_data()
    {
        QTest::addColumn<QByteArray>("key");
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<ParameterValue>("value");
        QTest::addColumn<QByteArray>("printed");
        using List = std::vector<std::int64_t>;
        QTest::addRow("integer") << QByteArray("draft_length") << QByteArray("12") << ParameterValue{std::int64_t{12}} << QByteArray("12");
        QTest::addRow("integer with a plus") << QByteArray("draft_length") << QByteArray("+3") << ParameterValue{std::int64_t{3}}
                                             << QByteArray("3");
        QTest::addRow("lowest integer") << QByteArray("draft_length") << QByteArray("0") << ParameterValue{std::int64_t{0}}
                                        << QByteArray("0");
        QTest::addRow("highest integer") << QByteArray("draft_length") << QByteArray("16") << ParameterValue{std::int64_t{16}}
                                         << QByteArray("16");
        QTest::addRow("real") << QByteArray("threshold") << QByteArray("0.25") << ParameterValue{0.25} << QByteArray("0.25");
        QTest::addRow("real with exponent") << QByteArray("threshold") << QByteArray("1e-3") << ParameterValue{0.001}
                                            << QByteArray("0.001");
        QTest::addRow("real from an integer") << QByteArray("threshold") << QByteArray("1") << ParameterValue{1.0} << QByteArray("1");
        QTest::addRow("shortest exact digits") << QByteArray("threshold") << QByteArray("0.1") << ParameterValue{0.1} << QByteArray("0.1");
        QTest::addRow("true") << QByteArray("reuse") << QByteArray("true") << ParameterValue{true} << QByteArray("true");
        QTest::addRow("off") << QByteArray("reuse") << QByteArray("off") << ParameterValue{false} << QByteArray("false");
        QTest::addRow("choice") << QByteArray("mode") << QByteArray("sampled") << ParameterValue{std::string("sampled")}
                                << QByteArray("sampled");
        QTest::addRow("text keeps spaces") << QByteArray("note") << QByteArray(" a b") << ParameterValue{std::string(" a b")}
                                           << QByteArray(" a b");
        QTest::addRow("integer list") << QByteArray("widths") << QByteArray("4, 2,1") << ParameterValue{List{4, 2, 1}}
                                      << QByteArray("4,2,1");
        QTest::addRow("real list") << QByteArray("weights") << QByteArray("0.5,1") << ParameterValue{std::vector<double>{0.5, 1}}
                                   << QByteArray("0.5,1");
        QTest::addRow("order") << QByteArray("order") << QByteArray("top_p,temperature")
                               << ParameterValue{std::vector<std::string>{"top_p", "temperature"}} << QByteArray("top_p,temperature");
        QTest::addRow("empty order") << QByteArray("order") << QByteArray("") << ParameterValue{std::vector<std::string>{}}
                                     << QByteArray("");
    }
    void textRoundTrip()
    {
        QFETCH(QByteArray, key);
        QFETCH(QByteArray, text);
        QFETCH(ParameterValue, value);
        QFETCH(QByteArray, printed);
        const Hyperparameter& d = declaration(key.constData());
        const auto got = parse_value(d, text.toStdString());
        QVERIFY2(got.ok(), got.ok() ? "" : got.error().message.c_str());
        QVERIFY(*got == value);
        QCOMPARE(QByteArray::fromStdString(to_text(*got)), printed);
        QVERIFY(*parse_value(d, to_text(*got)) == value);
    }

    void badTextIsRefused_data()
    {
        QTest::addColumn<QByteArray>("key");
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("message");
        QTest::addColumn<QByteArray>("hint");
        const QByteArray length("draft_length");
        QTest::addRow("above the range") << length << QByteArray("99") << QByteArray("draft_length = 99: expected an integer from 0 to 16")
                                         << QByteArray();
        QTest::addRow("below the range") << length << QByteArray("-1") << QByteArray("draft_length = -1: expected an integer from 0 to 16")
                                         << QByteArray();
        QTest::addRow("no number") << length << QByteArray("five") << QByteArray("draft_length = five: expected an integer from 0 to 16")
                                   << QByteArray();
        QTest::addRow("trailing letters") << length << QByteArray("5x") << QByteArray("draft_length = 5x: expected an integer from 0 to 16")
                                          << QByteArray();
        QTest::addRow("a fraction for an integer")
            << length << QByteArray("5.0") << QByteArray("draft_length = 5.0: expected an integer from 0 to 16") << QByteArray();
        QTest::addRow("beyond 64 bits") << length << QByteArray("99999999999999999999")
                                        << QByteArray("draft_length = 99999999999999999999: expected an integer from 0 to 16")
                                        << QByteArray();
        QTest::addRow("nothing") << length << QByteArray("") << QByteArray("draft_length = '': expected an integer from 0 to 16")
                                 << QByteArray();
        QTest::addRow("two signs") << length << QByteArray("+-5") << QByteArray("draft_length = +-5: expected an integer from 0 to 16")
                                   << QByteArray();
        QTest::addRow("control bytes are cleaned")
            << length << QByteArray("1\x1b[31m") << QByteArray("draft_length = 1?[31m: expected an integer from 0 to 16") << QByteArray();
        QTest::addRow("NaN") << QByteArray("threshold") << QByteArray("nan") << QByteArray("threshold = nan: expected a number from 0 to 1")
                             << QByteArray();
        QTest::addRow("infinity") << QByteArray("threshold") << QByteArray("inf")
                                  << QByteArray("threshold = inf: expected a number from 0 to 1") << QByteArray();
        QTest::addRow("comma as decimal point")
            << QByteArray("threshold") << QByteArray("0,5") << QByteArray("threshold = 0,5: expected a number from 0 to 1") << QByteArray();
        QTest::addRow("no truth value") << QByteArray("reuse") << QByteArray("maybe") << QByteArray("reuse = maybe: expected true or false")
                                        << QByteArray();
        QTest::addRow("misspelled choice") << QByteArray("mode") << QByteArray("gredy")
                                           << QByteArray("mode = gredy: expected one of greedy, sampled")
                                           << QByteArray("did you mean 'greedy'?");
        QTest::addRow("far choice") << QByteArray("mode") << QByteArray("zzz") << QByteArray("mode = zzz: expected one of greedy, sampled")
                                    << QByteArray();
        QTest::addRow("list element out of range")
            << QByteArray("widths") << QByteArray("3,9") << QByteArray("widths = 3,9: expected a list of 1 to 4 integers from 1 to 8")
            << QByteArray();
        QTest::addRow("list too short") << QByteArray("widths") << QByteArray("")
                                        << QByteArray("widths = '': expected a list of 1 to 4 integers from 1 to 8") << QByteArray();
        QTest::addRow("list too long") << QByteArray("widths") << QByteArray("1,1,1,1,1")
                                       << QByteArray("widths = 1,1,1,1,1: expected a list of 1 to 4 integers from 1 to 8") << QByteArray();
        QTest::addRow("list with a hole") << QByteArray("widths") << QByteArray("1,,2")
                                          << QByteArray("widths = 1,,2: expected a list of 1 to 4 integers from 1 to 8") << QByteArray();
        QTest::addRow("wrong exact length") << QByteArray("weights") << QByteArray("0.5")
                                            << QByteArray("weights = 0.5: expected a list of exactly 2 numbers from 0 to 1")
                                            << QByteArray();
        QTest::addRow("order names a stranger")
            << QByteArray("order") << QByteArray("topk")
            << QByteArray("order = topk: expected a list of temperature, top_k, top_p, each at most once")
            << QByteArray("did you mean 'top_k'?");
        QTest::addRow("order names one twice")
            << QByteArray("order") << QByteArray("top_k,top_k")
            << QByteArray("order = top_k,top_k: expected a list of temperature, top_k, top_p, each at most once")
            << QByteArray("remove the second 'top_k'");
    }
    void badTextIsRefused()
    {
        QFETCH(QByteArray, key);
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, message);
        QFETCH(QByteArray, hint);
        const auto got = parse_value(declaration(key.constData()), text.toStdString());
        QVERIFY(!got.ok());
        QVERIFY(got.error().code == ErrorCode::InvalidArgument);
        QCOMPARE(QByteArray::fromStdString(got.error().message), message);
        QCOMPARE(QByteArray::fromStdString(got.error().hint), hint);
    }

    void wrongTypesAreRefused()
    {
        QVERIFY(!check_value(declaration("draft_length"), 5.0).ok());
        QVERIFY(!check_value(declaration("draft_length"), true).ok());
        QVERIFY(!check_value(declaration("draft_length"), std::string("5")).ok());
        QVERIFY(!check_value(declaration("reuse"), std::int64_t{1}).ok());
        QVERIFY(!check_value(declaration("widths"), std::int64_t{1}).ok());
        QVERIFY(!check_value(declaration("widths"), std::vector<double>{1.5}).ok());
        QVERIFY(!check_value(declaration("threshold"), std::nan("")).ok());
        QVERIFY(!check_value(declaration("weights"), std::vector<double>{0.5, std::numeric_limits<double>::infinity()}).ok());
        QVERIFY(check_value(declaration("weights"), std::vector<std::int64_t>{0, 1}).ok());
    }

    void unknownKeysNameTheNearest()
    {
        const auto near = complete_values(declarations(), {{"draft_lenght", std::int64_t{5}}}, "drafter draft-model-tree");
        QVERIFY(!near.ok());
        QCOMPARE(near.error().message, std::string("drafter draft-model-tree: unknown hyperparameter 'draft_lenght'"));
        QCOMPARE(near.error().hint, std::string("did you mean 'draft_length'?"));
        const auto far = complete_values(declarations(), {{"zzzzzz", true}}, "loss l2");
        QCOMPARE(far.error().hint, std::string("valid: draft_length, threshold, reuse, mode, note, widths, weights, order"));
        const auto none = complete_values({}, {{"a", true}}, "drafter plain");
        QCOMPARE(none.error().hint, std::string("it has no hyperparameters"));
        const auto bad = complete_values(declarations(), {{"draft_length", std::int64_t{99}}}, "drafter x");
        QCOMPARE(bad.error().message, std::string("drafter x: draft_length = 99: expected an integer from 0 to 16"));
    }

    void nearestSpelling_data()
    {
        QTest::addColumn<QString>("word");
        QTest::addColumn<QString>("nearest");
        QTest::addRow("exact") << "temperature"
                               << "temperature";
        QTest::addRow("one letter missing") << "temperatue"
                                            << "temperature";
        QTest::addRow("two letters swapped") << "tpo_p"
                                             << "top_p";
        QTest::addRow("dash for underscore and capitals") << "Top-K"
                                                          << "top_k";
        QTest::addRow("a third is still near") << "tpp"
                                               << "top";
        QTest::addRow("over a third is far") << "tx"
                                             << "";
        QTest::addRow("nothing alike") << "banana"
                                       << "";
        QTest::addRow("empty") << ""
                               << "";
        QTest::addRow("absurdly long") << QString(100000, 'x') << "";
    }
    void nearestSpelling()
    {
        QFETCH(QString, word);
        QFETCH(QString, nearest);
        const auto got = nearest_spelling(word.toStdString(), {"temperature", "top_k", "top_p", "top"});
        QCOMPARE(QString::fromStdString(got.value_or("")), nearest);
    }

    void namesAreStable()
    {
        QCOMPARE(name_of(ParameterType::Bool), std::string_view("bool"));
        QCOMPARE(name_of(ParameterType::IntList), std::string_view("int-list"));
        QCOMPARE(name_of(ParameterType::Order), std::string_view("order"));
        QCOMPARE(name_of(Effect::Redraw), std::string_view("redraw"));
        QCOMPARE(name_of(Effect::NextRound), std::string_view("next-round"));
        QCOMPARE(name_of(Effect::ResetState), std::string_view("reset-state"));
        QCOMPARE(name_of(Effect::Restart), std::string_view("restart"));
    }

    void printableCleansUntrustedText()
    {
        QCOMPARE(printable("caf\xC3\xA9 \xFF\x01"), std::string("caf\xC3\xA9 ??"));
        QCOMPARE(printable("\xED\xA0\x80"), std::string("???")); // half a surrogate pair is no UTF-8
        QCOMPARE(printable("abcdef", 3), std::string("abc…"));
        QCOMPARE(number_text(-0.0), std::string("-0"));
        QCOMPARE(number_text(std::nan("")), std::string("nan"));
        QCOMPARE(number_text(1e300), std::string("1e+300"));
    }
};

QTEST_APPLESS_MAIN(TestHyperparameter)
#include "test_hyperparameter.moc"
