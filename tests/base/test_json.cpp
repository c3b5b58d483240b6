// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"

#include <QtTest>

using namespace timberline;
Q_DECLARE_METATYPE(timberline::ParameterValue)

class TestJson : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void parsesEveryKindOfValue()
    {
        const auto json = parse_json(R"({"a": [1, -2, 2.5, true, null, "x\u00e9", {}], "b": {"c": []}})", "t");
        QVERIFY(json.ok());
        QVERIFY(*json == Json({{"a", {1, -2, 2.5, true, nullptr, "x\xC3\xA9", Json::object()}}, {"b", {{"c", Json::array()}}}}));
        QVERIFY(*parse_json("  3 \n", "t") == Json(3));
        QVERIFY((*json)["a"][0].is_number_unsigned());
        QVERIFY(*parse_json("18446744073709551615", "t") == Json(std::uint64_t{18446744073709551615ULL}));
    }

    void damagedTextIsRefused_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("part");
        QTest::addRow("empty") << QByteArray("") << QByteArray("line 1, column 1");
        QTest::addRow("only spaces") << QByteArray("  \n ") << QByteArray("not valid JSON");
        QTest::addRow("error on the third line") << QByteArray("{\n \"a\": 1,\n \"b\": ?\n}") << QByteArray("line 3, column 7");
        QTest::addRow("cut short") << QByteArray("{\"a\": [1, 2") << QByteArray("not valid JSON");
        QTest::addRow("text behind the value") << QByteArray("{} x") << QByteArray("line 1, column 4");
        QTest::addRow("trailing comma") << QByteArray("[1,]") << QByteArray("line 1, column 4");
        QTest::addRow("duplicate key") << QByteArray(R"({"seed": 1, "seed": 2})") << QByteArray("the key 'seed' occurs twice");
        QTest::addRow("duplicate key below") << QByteArray(R"({"a": [{"x": 1, "x": 1}]})") << QByteArray("the key 'x' occurs twice");
        QTest::addRow("number too large") << QByteArray("1e999") << QByteArray("number overflow");
        QTest::addRow("NaN") << QByteArray("NaN") << QByteArray("not valid JSON");
        QTest::addRow("bad UTF-8") << QByteArray("\"\xFF\"") << QByteArray("not valid JSON");
        QTest::addRow("half a surrogate pair") << QByteArray(R"("\ud800")") << QByteArray("not valid JSON");
        QTest::addRow("control character") << QByteArray("\"\x01\"") << QByteArray("not valid JSON");
        QTest::addRow("zero byte") << QByteArray("[1]\0", 4) << QByteArray("not valid JSON");
        QTest::addRow("a hundred thousand brackets") << QByteArray(100000, '[') << QByteArray("nested deeper than 200 levels");
        QTest::addRow("201 levels") << QByteArray(201, '[') + QByteArray(201, ']') << QByteArray("nested deeper than 200 levels");
        QTest::addRow("deep objects") << QByteArray("{\"a\":").repeated(5000) << QByteArray("nested deeper than 200 levels");
    }
    void damagedTextIsRefused()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, part);
        const auto json = parse_json({text.constData(), static_cast<std::size_t>(text.size())}, "config.json");
        QVERIFY(!json.ok());
        QVERIFY(json.error().code == ErrorCode::BadFile);
        const QByteArray message = QByteArray::fromStdString(json.error().message);
        QVERIFY2(message.startsWith("config.json: ") && message.contains("not valid JSON") && message.contains(part), message.constData());
        QVERIFY2(QString::fromUtf8(message).toUtf8() == message, "messages are UTF-8");
    }

    void depthOf200IsRead() { QVERIFY(parse_json(std::string(200, '[') + std::string(200, ']'), "t").ok()); }

    void valuesRoundTrip_data()
    {
        QTest::addColumn<ParameterValue>("value");
        QTest::addColumn<QByteArray>("text");
        QTest::addRow("bool") << ParameterValue{true} << QByteArray("true");
        QTest::addRow("int") << ParameterValue{std::int64_t{-5}} << QByteArray("-5");
        QTest::addRow("real") << ParameterValue{0.25} << QByteArray("0.25");
        QTest::addRow("whole real stays a real") << ParameterValue{2.0} << QByteArray("2.0");
        QTest::addRow("text") << ParameterValue{std::string("a\"b")} << QByteArray("\"a\\\"b\"");
        QTest::addRow("int list") << ParameterValue{std::vector<std::int64_t>{3, 2}} << QByteArray("[3,2]");
        QTest::addRow("real list") << ParameterValue{std::vector<double>{1.5, 2}} << QByteArray("[1.5,2.0]");
        QTest::addRow("text list") << ParameterValue{std::vector<std::string>{"x", "y"}} << QByteArray("[\"x\",\"y\"]");
    }
    void valuesRoundTrip()
    {
        QFETCH(ParameterValue, value);
        QFETCH(QByteArray, text);
        QCOMPARE(QByteArray::fromStdString(to_json(value).dump()), text);
        const auto back = value_from_json(*parse_json(text.toStdString(), "t"), "key");
        QVERIFY(back.ok());
        QVERIFY(*back == value);
    }

    void strangeValuesAreRefused_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addRow("null") << QByteArray("null");
        QTest::addRow("object") << QByteArray("{}");
        QTest::addRow("mixed list") << QByteArray("[1, \"a\"]");
        QTest::addRow("nested list") << QByteArray("[[1]]");
        QTest::addRow("2^63") << QByteArray("9223372036854775808");
    }
    void strangeValuesAreRefused()
    {
        QFETCH(QByteArray, text);
        const auto value = value_from_json(*parse_json(text.toStdString(), "t"), "widths");
        QVERIFY(!value.ok());
        QVERIFY(value.error().code == ErrorCode::InvalidArgument);
        QVERIFY2(value.error().message.starts_with("widths = "), value.error().message.c_str());
    }

    void mapOfValuesBecomesAnObject()
    {
        const Values values{{"a", true}, {"b", std::vector<std::int64_t>{1}}};
        QCOMPARE(to_json(values).dump(), std::string(R"({"a":true,"b":[1]})"));
        QCOMPARE(to_json(Values{}).dump(), std::string("{}"));
    }

    void readerReadsAndFillsIn()
    {
        const Json json = *parse_json(R"({"n": 3, "x": 2, "on": true, "s": "text", "m": "hf"})", "t");
        ObjectReader reader(json, "config.json: sampling");
        QVERIFY(reader.status().ok());
        QCOMPARE(*reader.integer("n", 1, 0, 5), std::int64_t{3});
        QCOMPARE(*reader.integer("absent", 7, 0, 5), std::int64_t{7});
        QCOMPARE(*reader.number("x", 0.5, 0, 2), 2.0);
        QCOMPARE(*reader.boolean("on", false), true);
        QCOMPARE(*reader.string("s", ""), std::string("text"));
        QCOMPARE(*reader.choice("m", "hf", {"hf", "llama"}), std::string("hf"));
        QVERIFY(reader.finish().ok());
    }

    void readerErrors_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("message");
        QTest::addColumn<QByteArray>("hint");
        QTest::addRow("integer too large") << QByteArray(R"({"n": 9})") << QByteArray("config.json: n = 9: expected an integer from 0 to 5")
                                           << QByteArray();
        QTest::addRow("fraction for an integer")
            << QByteArray(R"({"n": 1.5})") << QByteArray("config.json: n = 1.5: expected an integer from 0 to 5") << QByteArray();
        QTest::addRow("text for an integer") << QByteArray(R"({"n": "1"})")
                                             << QByteArray("config.json: n = \"1\": expected an integer from 0 to 5") << QByteArray();
        QTest::addRow("null for an integer") << QByteArray(R"({"n": null})")
                                             << QByteArray("config.json: n = null: expected an integer from 0 to 5") << QByteArray();
        QTest::addRow("integer beyond 63 bits")
            << QByteArray(R"({"n": 18446744073709551615})")
            << QByteArray("config.json: n = 18446744073709551615: expected an integer from 0 to 5") << QByteArray();
        QTest::addRow("number too small") << QByteArray(R"({"x": -0.5})")
                                          << QByteArray("config.json: x = -0.5: expected a number from 0 to 1.5") << QByteArray();
        QTest::addRow("truth for a number") << QByteArray(R"({"x": true})")
                                            << QByteArray("config.json: x = true: expected a number from 0 to 1.5") << QByteArray();
        QTest::addRow("number for a truth") << QByteArray(R"({"on": 1})") << QByteArray("config.json: on = 1: expected true or false")
                                            << QByteArray();
        QTest::addRow("list for a text") << QByteArray(R"({"s": []})") << QByteArray("config.json: s = []: expected a text")
                                         << QByteArray();
        QTest::addRow("misspelled choice") << QByteArray(R"({"m": "lama"})")
                                           << QByteArray("config.json: m = \"lama\": expected one of hf, llama")
                                           << QByteArray("did you mean 'llama'?");
        QTest::addRow("number for a choice") << QByteArray(R"({"m": 3})") << QByteArray("config.json: m = 3: expected a text")
                                             << QByteArray();
        QTest::addRow("misspelled key") << QByteArray(R"({"temperatur": 1})") << QByteArray("config.json: unknown key 'temperatur'")
                                        << QByteArray("did you mean 'temperature'?");
        QTest::addRow("unknown key") << QByteArray(R"({"zzz": 1})") << QByteArray("config.json: unknown key 'zzz'")
                                     << QByteArray("valid: m, n, on, s, temperature, x");
        QTest::addRow("no object") << QByteArray("[1]") << QByteArray("config.json: found [1], expected a JSON object")
                                   << QByteArray("write it as { \"key\": value, … }");
    }
    void readerErrors()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, message);
        QFETCH(QByteArray, hint);
        const Json json = *parse_json(text.toStdString(), "t");
        const auto read = [&]() -> Status {
            ObjectReader reader(json, "config.json");
            TIMBERLINE_TRY(reader.status());
            TIMBERLINE_TRY(reader.integer("n", 1, 0, 5));
            TIMBERLINE_TRY(reader.number("x", 1, 0, 1.5));
            TIMBERLINE_TRY(reader.boolean("on", true));
            TIMBERLINE_TRY(reader.string("s", ""));
            TIMBERLINE_TRY(reader.choice("m", "hf", {"hf", "llama"}));
            TIMBERLINE_TRY(reader.number("temperature", 1, 0, 1));
            return reader.finish();
        };
        const Status status = read();
        QVERIFY(!status.ok());
        QVERIFY(status.error().code == ErrorCode::InvalidArgument);
        QCOMPARE(QByteArray::fromStdString(status.error().message), message);
        QCOMPARE(QByteArray::fromStdString(status.error().hint), hint);
    }
};

QTEST_APPLESS_MAIN(TestJson)
#include "test_json.moc"
