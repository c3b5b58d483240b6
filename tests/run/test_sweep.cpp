// SPDX-License-Identifier: GPL-3.0-or-later
// Sweeps without models: what is parsed, in which order points run, what their statistics are, what happens to points that cannot run.
#include "core/record/folds.h"
#include "core/run/catalog.h"
#include "core/run/config_plain.h"
#include "core/run/sweep.h"
#include "core/run/sweep_table.h"

#include <QtTest/QtTest>

#include <cmath>

using namespace timberline;
using namespace timberline::run;

namespace {

QStringList texts(const std::vector<std::string>& values)
{
    QStringList out;
    for (const auto& value : values) {
        out << QString::fromStdString(value);
    }
    return out;
}

/// A finished run of `tokens` tokens in one round that took `milliseconds`; `ended` is why it stopped.
record::RecordPtr one_round(std::int32_t tokens, double milliseconds, const std::string& ended = "length")
{
    auto out = std::make_shared<record::Record>();
    record::RunStarted started;
    started.program_version = "9.9";
    started.bench = "draft";
    started.model_hash = "abcd";
    started.threads = 3;
    started.device = "cpu";
    started.prompt = {1};
    out->events.push_back({started});
    record::Round round;
    round.committed_before = 1;
    record::Node root;
    root.parent = -1;
    root.state = record::NodeState::Root;
    root.token = 1;
    round.nodes.push_back(root);
    round.path = {0};
    for (std::int32_t i = 0; i + 1 < tokens; ++i) {
        record::Node node;
        node.parent = i;
        node.token = 10 + i;
        node.depth = static_cast<std::int16_t>(i + 1);
        node.state = record::NodeState::Accepted;
        round.nodes.push_back(node);
        round.path.push_back(i + 1);
    }
    record::Node extra;
    extra.parent = tokens - 1;
    extra.token = 99;
    extra.depth = static_cast<std::int16_t>(tokens);
    extra.state = record::NodeState::Bonus;
    round.nodes.push_back(extra);
    round.next = 99;
    round.next_node = tokens;
    round.kept = tokens;
    round.verify_ms = milliseconds;
    out->events.push_back({round});
    out->events.push_back({record::RunFinished{.reason = ended, .message = "the context is full", .total_ms = milliseconds}});
    return out;
}

/// Runs nothing: writes down what it was asked, takes times from a list, refuses one draft length.
class FakeEngine final : public Engine
{
public:
    FakeEngine() : methods_(make_catalog()) {}
    const MethodRegistry& methods() const override { return methods_; }
    Result<record::RecordPtr> run(const Config& config, const CancelToken& cancel, ProgressSink& sink, RunControl*) override
    {
        calls << "record " + name(config);
        sink.on_note("the same remark every time");
        return answer(config, cancel, 1000);
    }
    Result<record::RecordPtr> run_unrecorded(const Config& config, const CancelToken& cancel, ProgressSink&) override
    {
        calls << "time " + name(config);
        const double milliseconds = times.isEmpty() ? 10 : times.takeFirst();
        return answer(config, cancel, milliseconds);
    }
    Result<record::Block> query(const Config&, const BenchQuery&, const CancelToken&, ProgressSink&) override { return none(); }
    Result<record::BaselineMeasured> measure(const Config&, int, const record::Record*, const CancelToken&, ProgressSink&) override
    {
        return none();
    }
    Status preload(const Config&, const CancelToken&) override { return {}; }
    Result<ModelInfo> model_info(const std::string&) override { return none(); }
    Result<TensorSummary> tensor_summary(const std::string&, const std::string&, const CancelToken&) override { return none(); }
    Status check_pair(const std::string&, const std::string&) override { return {}; }
    Result<std::vector<TokenId>> tokenize(const std::string&, const std::string&, bool) override { return std::vector<TokenId>{}; }
    std::vector<std::string> devices() const override { return {"cpu"}; }

    QStringList calls;
    QList<double> times;         ///< milliseconds of the next timed runs; 10 when empty
    std::string refused_length;  ///< draft_length that no run takes
    std::string broken_length;   ///< draft_length whose run begins and fails
    int cancel_after = -1;       ///< calls
    CancelToken token;

private:
    static Error none() { return make_error(ErrorCode::Unsupported, "not asked here"); }
    static QString name(const Config& config)
    {
        const auto length = get_by_path(config, "draft_length");
        return QString::fromStdString(config.drafter.id == "plain" ? "plain seed " + std::to_string(config.seed)
                                                                   : "length " + length.value_or("?"));
    }
    Result<record::RecordPtr> answer(const Config& config, const CancelToken& cancel, double milliseconds)
    {
        if (cancel_after >= 0 && calls.size() > cancel_after) {
            token.cancel();
        }
        if (cancel.cancelled()) {
            return one_round(1, milliseconds, "cancelled");
        }
        const auto length = get_by_path(config, "draft_length").value_or("");
        if (config.drafter.id != "plain" && length == refused_length) {
            return make_error(ErrorCode::InvalidArgument, "this length does not fit", "Take another.");
        }
        return one_round(4, milliseconds, config.drafter.id != "plain" && length == broken_length ? "error" : "length");
    }
    MethodRegistry methods_;
};

Config chain(const MethodRegistry& methods)
{
    Config config;
    config.draft_model = "bundled:tale-draft";
    config.drafter = {"draft-model-chain", {}};
    auto complete_config = complete(config, methods);
    return complete_config.ok() ? *complete_config : Config{};
}

/// A sweep of the chain over these, run by the engine.
struct Swept {
    Sweep sweep;
    Status status;
    QStringList notes;
    int finished = 0;
};

Swept swept(FakeEngine& engine, const std::vector<Vary>& varied, SweepOptions options)
{
    struct Notes final : ProgressSink {
        QStringList all;
        void on_note(const std::string& note) override { all << QString::fromStdString(note); }
    } notes;
    Swept out;
    out.sweep.config = chain(engine.methods());
    out.sweep.varied = varied;
    out.sweep.options = options;
    const auto steps = expand_sweep(out.sweep.config, varied, engine.methods());
    if (!steps.ok()) {
        qFatal("%s", steps.error().message.c_str());
    }
    SweepHooks hooks;
    hooks.finished = [&](const SweepPoint&) { ++out.finished; };
    out.status = run_sweep(engine, out.sweep, *steps, engine.token, notes, hooks);
    out.notes = notes.all;
    return out;
}

}  // namespace

class TestSweep : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void values_data()
    {
        QTest::addColumn<QString>("given");
        QTest::addColumn<QStringList>("expected");  // empty = refused
        QTest::newRow("a list") << "1,2,4" << QStringList{"1", "2", "4"};
        QTest::newRow("one value") << "0.5" << QStringList{"0.5"};
        QTest::newRow("semicolons keep commas") << "2,1;3,3" << QStringList{"2,1", "3,3"};
        QTest::newRow("a range includes its end") << "1:7:2" << QStringList{"1", "3", "5", "7"};
        QTest::newRow("a range that steps over its end") << "1:6:2" << QStringList{"1", "3", "5"};
        QTest::newRow("steps of a tenth stay tenths") << "0:0.4:0.1" << QStringList{"0", "0.1", "0.2", "0.3", "0.4"};
        QTest::newRow("a factor doubles") << "1:8:*2" << QStringList{"1", "2", "4", "8"};
        QTest::newRow("one step of a range") << "3:3:1" << QStringList{"3"};
        QTest::newRow("two colons in a list are text") << "1:2:3,4" << QStringList{"1:2:3", "4"};
        QTest::newRow("an empty value") << "1,,2" << QStringList{};
        QTest::newRow("a backward range") << "5:1:1" << QStringList{};
        QTest::newRow("no step") << "1:5:0" << QStringList{};
        QTest::newRow("a factor of one") << "1:5:*1" << QStringList{};
        QTest::newRow("a factor from zero") << "0:5:*2" << QStringList{};
        QTest::newRow("words where numbers belong") << "a:b:c" << QStringList{};
        QTest::newRow("no number") << "1:nan:1" << QStringList{};
        QTest::newRow("too many") << "1:20000:1" << QStringList{};
        QTest::newRow("nothing") << "" << QStringList{};
    }
    void values()
    {
        QFETCH(QString, given);
        QFETCH(QStringList, expected);
        const auto parsed = parse_sweep_values("key", given.toStdString());
        QCOMPARE(parsed.ok(), !expected.isEmpty());
        QCOMPARE(parsed.ok() ? texts(*parsed) : QStringList(), expected);
        if (!parsed.ok()) {
            QVERIFY2(parsed.error().message.find("key") != std::string::npos && !parsed.error().hint.empty(),
                     parsed.error().message.c_str());
        }
    }

    void theLastKeyVariesFastest()
    {
        const auto methods = make_catalog();
        const auto steps =
            expand_sweep(chain(methods), {{"draft_length", {"2", "5"}}, {"sampling.temperature", {"0", "0.5", "1"}}}, methods);
        QVERIFY(steps.ok());
        QCOMPARE(steps->size(), std::size_t{6});
        QCOMPARE(texts((*steps)[1].values), (QStringList{"2", "0.5"}));
        QCOMPARE(texts((*steps)[3].values), (QStringList{"5", "0"}));
        QCOMPARE((*steps)[4].config.sampling.temperature, 0.5);
        QCOMPARE(get_by_path((*steps)[4].config, "draft_length"), std::optional<std::string>("5"));
    }

    void whatCannotBeSetIsRefusedBeforeAnythingRuns_data()
    {
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("value");
        QTest::newRow("a misspelled key") << "draft_lenght"
                                          << "2";
        QTest::newRow("out of its range") << "draft_length"
                                          << "99";
        QTest::newRow("no number") << "draft_length"
                                   << "two";
    }
    void whatCannotBeSetIsRefusedBeforeAnythingRuns()
    {
        QFETCH(QString, key);
        QFETCH(QString, value);
        const auto methods = make_catalog();
        const auto steps = expand_sweep(chain(methods), {{"seed", {"1"}}, {key.toStdString(), {"1", value.toStdString()}}}, methods);
        QVERIFY(!steps.ok());
        QVERIFY2(steps.error().message.find(key.toStdString()) != std::string::npos, steps.error().message.c_str());
    }

    void keysAndCountsAreChecked()
    {
        QVERIFY(!count_points({}).ok());
        QVERIFY(!count_points({{"seed", {"1"}}, {"seed", {"2"}}}).ok());
        const std::vector<std::string> hundred(100, "1");
        QCOMPARE(*count_points({{"a", hundred}, {"b", hundred}}), std::size_t{10000});
        QVERIFY(!count_points({{"a", hundred}, {"b", hundred}, {"c", {"1", "2"}}}).ok());
    }

    void spreadsAreThoseOfPaper()
    {
        // Sorted 1 2 4 7 11: mean 5, squares 16+9+1+4+36 = 66, variance 66/4; quartiles stand on the 2nd and the 4th value.
        const auto odd = spread_of({4, 11, 1, 7, 2});
        QCOMPARE(odd.median, 4.0);
        QCOMPARE(odd.mean, 5.0);
        QCOMPARE(odd.deviation, std::sqrt(16.5));
        QCOMPARE(odd.lower_quartile, 2.0);
        QCOMPARE(odd.upper_quartile, 7.0);
        QCOMPARE(odd.range(), 5.0);
        // 10 20 40 80: the median between 20 and 40, the quartiles at 0.75 of the way from 10 to 20 and a quarter from 40 to 80.
        const auto even = spread_of({80, 10, 40, 20});
        QCOMPARE(even.median, 30.0);
        QCOMPARE(even.lower_quartile, 17.5);
        QCOMPARE(even.upper_quartile, 50.0);
        QVERIFY(std::isnan(spread_of({}).median) && std::isnan(spread_of({3}).deviation));
        QCOMPARE(spread_of({3}).range(), 0.0);
    }

    void speedUpIsTheRatioOfMedians()
    {
        SweepPoint point;
        point.rates = {200, 300, 100};
        point.plain_rates = {100, 80, 125};
        QCOMPARE(speed_up(point), 2.0);                         // 200 / 100
        QCOMPARE(paired_speed_up(point).median, 2.0);           // of 2, 3.75, 0.8
        QCOMPARE(paired_speed_up(point).range(), 2.875 - 1.4);  // (2 + 3.75) / 2 and (0.8 + 2) / 2
        point.plain_rates = {};
        QVERIFY(std::isnan(speed_up(point)) && std::isnan(paired_speed_up(point).median));
    }

    void plainDecodingKeepsAllButTheMethod()
    {
        const auto methods = make_catalog();
        auto config = chain(methods);
        config.seed = 7;
        config.threads = 2;
        config.sampling.temperature = 0.5;
        config.events.resize(2);
        config.events[0].round = 2;
        config.events[0].set = {{"draft_length", std::int64_t{3}}};
        config.events[1].round = 3;
        config.events[1].set = {{"sampling.temperature", 1.0}};
        config.events[1].force_node = 1;
        const auto plain = plain_decoding(config, methods);
        QVERIFY(plain.ok());
        QCOMPARE(plain->drafter.id, std::string("plain"));
        QVERIFY(plain->draft_model.empty());
        QCOMPARE(plain->seed, std::uint64_t{7});
        QCOMPARE(plain->threads, std::int64_t{2});
        QCOMPARE(plain->sampling.temperature, 0.5);
        QCOMPARE(plain->events.size(), std::size_t{1});
        QVERIFY(plain->events[0].set.contains("sampling.temperature") && !plain->events[0].force_node);
        auto other = config;
        QVERIFY(set_by_path(other, methods, "draft_length", "7").ok());
        QVERIFY(*plain_decoding(other, methods) == *plain);
        QVERIFY(set_by_path(other, methods, "seed", "8").ok());
        QVERIFY(!(*plain_decoding(other, methods) == *plain));
    }

    void runsAlternateWithPlainDecoding()
    {
        FakeEngine engine;
        engine.times = {50, 8, 4, 5, 10, 16, 2};  // plain warm-up; then plain, method; method, plain; plain, method
        const auto done = swept(engine, {{"draft_length", {"3", "5"}}}, {.repeats = 3, .warm_up = 1});
        QVERIFY(done.status.ok());
        QCOMPARE(engine.calls,
                 (QStringList{"record length 3", "time plain seed 1", "time plain seed 1", "time length 3", "time length 3",
                              "time plain seed 1", "time plain seed 1", "time length 3", "record length 5", "time plain seed 1",
                              "time length 5", "time length 5", "time plain seed 1", "time plain seed 1", "time length 5"}));
        QCOMPARE(done.finished, 2);
        QCOMPARE(done.notes, QStringList{"the same remark every time"});
        const auto& point = done.sweep.points[0];
        // 4 tokens in 4, 5 and 2 ms; plain decoding's in 8, 10 and 16 ms. The recorded run's second is in no rate.
        QCOMPARE(point.rates, (std::vector<double>{1000, 800, 2000}));
        QCOMPARE(point.plain_rates, (std::vector<double>{500, 400, 250}));
        QCOMPARE(speed_up(point), 2.5);
        QCOMPARE(point.accepted_per_pass, std::optional(4.0));
        QCOMPARE(point.mean_acceptance, std::optional(1.0));
        QCOMPARE(point.tokens, 4);
        QCOMPARE(done.sweep.threads, 3);
        QCOMPARE(done.sweep.model_hash, std::string("abcd"));
        const auto row = sweep_rows(done.sweep)[0];
        QCOMPARE(row["draft_length"].get<int>(), 3);
        QCOMPARE(row["tokens_per_s"].get<double>(), 1000.0);
        QCOMPARE(row["plain_tokens_per_s"].get<double>(), 400.0);
        QCOMPARE(row["speed_up"].get<double>(), 2.5);
        QVERIFY(!row.contains("error"));
    }

    void plainDecodingIsMeasuredAnewWhereItDiffers()
    {
        FakeEngine engine;
        QVERIFY(swept(engine, {{"seed", {"1", "2"}}}, {.repeats = 1, .warm_up = 0}).status.ok());
        QCOMPARE(engine.calls.filter("plain seed 1").size(), 2);  // untimed, then timed
        QCOMPARE(engine.calls.filter("plain seed 2").size(), 2);
        FakeEngine without;
        const auto bare = swept(without, {{"seed", {"1", "2"}}}, {.repeats = 2, .warm_up = 3, .plain = false});
        QCOMPARE(without.calls.filter("plain").size(), 0);
        QCOMPARE(without.calls.size(), 10);  // each point: recorded, two more untimed, two timed
        QVERIFY(sweep_rows(bare.sweep)[0]["speed_up"].is_null());
    }

    void aPointThatCannotRunDoesNotLoseTheOthers()
    {
        FakeEngine engine;
        engine.refused_length = "4";
        engine.broken_length = "6";
        const auto done = swept(engine, {{"draft_length", {"4", "5", "6"}}}, {.repeats = 1});
        QVERIFY(done.status.ok());
        QCOMPARE(done.finished, 3);
        QVERIFY(done.sweep.points[0].refused && !done.sweep.points[1].refused && done.sweep.points[2].refused);
        const auto rows = sweep_rows(done.sweep);
        QCOMPARE(rows[0]["error"].get<std::string>(), std::string("this length does not fit"));
        QVERIFY(rows[0]["tokens_per_s"].is_null() && rows[0]["draft_length"] == 4);
        QVERIFY(rows[1]["error"].is_null() && rows[1]["speed_up"].is_number());
        QVERIFY(rows[2]["error"].get<std::string>().find("the context is full") != std::string::npos);
        for (const auto& row : rows) {
            QCOMPARE(row.size(), rows[1].size());
        }
        FakeEngine hopeless;
        hopeless.refused_length = "4";
        const auto none = swept(hopeless, {{"draft_length", {"4"}}}, {});
        QVERIFY(!none.status.ok());
        QCOMPARE(none.status.error().message, std::string("this length does not fit"));
    }

    void cancellingKeepsWhatIsFinished()
    {
        FakeEngine engine;
        engine.cancel_after = 6;
        const auto done = swept(engine, {{"draft_length", {"1", "2", "3"}}}, {.repeats = 1});
        QVERIFY(!done.status.ok());
        QCOMPARE(static_cast<int>(done.status.error().code), static_cast<int>(ErrorCode::Cancelled));
        QCOMPARE(done.sweep.points.size(), std::size_t{1});  // 4 calls, then 3 a point: the seventh was the second point's last
        QCOMPARE(done.finished, 1);
    }

    void aFileHoldsTheWholeSweep()
    {
        FakeEngine engine;
        engine.refused_length = "2";
        engine.times = {9, 8, 4, 4, 8};
        const auto done = swept(engine, {{"draft_length", {"1", "2"}}, {"sampling.temperature", {"0", "1"}}}, {.repeats = 2});
        const auto text = to_json(done.sweep).dump();
        const auto read = parse_sweep(*parse_json(text, "f"), engine.methods(), "f");
        QVERIFY2(read.ok(), read.ok() ? "" : read.error().message.c_str());
        QVERIFY(read->config == done.sweep.config);
        QVERIFY(read->varied == done.sweep.varied && read->options == done.sweep.options);
        QCOMPARE(read->threads, 3);
        QCOMPARE(read->version, std::string("9.9"));
        QCOMPARE(read->points.size(), std::size_t{4});
        for (std::size_t i = 0; i < 4; ++i) {
            QCOMPARE(read->points[i].values, done.sweep.points[i].values);
            QCOMPARE(read->points[i].rates, done.sweep.points[i].rates);
            QCOMPARE(read->points[i].plain_rates, done.sweep.points[i].plain_rates);
            QCOMPARE(read->points[i].refused.has_value(), i >= 2);
        }
        QVERIFY(to_json(*read) == to_json(done.sweep));
    }

    void damagedFilesAreRefused_data()
    {
        QTest::addColumn<QString>("pointer");
        QTest::addColumn<QString>("value");
        QTest::newRow("another version") << "/timberline_sweep"
                                         << "2";
        QTest::newRow("no config") << "/config"
                                   << "3";
        QTest::newRow("a config with a key that is unknown") << "/config/modle"
                                                             << "1";
        QTest::newRow("more rows than points") << "/varied/0/values"
                                               << R"(["1"])";
        QTest::newRow("values that are no texts") << "/varied/0/values"
                                                  << "[1, 2]";
        QTest::newRow("a key without values") << "/varied/0/values"
                                              << "[]";
        QTest::newRow("rows that are no list") << "/rows"
                                               << "{}";
        QTest::newRow("a row that is a number") << "/rows/0"
                                                << "5";
        QTest::newRow("half a token") << "/rows/0/tokens"
                                      << "1.5";
        QTest::newRow("tokens as text") << "/rows/0/tokens"
                                        << R"("4")";
        QTest::newRow("a rate below zero") << "/timings/0/tokens_per_s"
                                           << "[-1]";
        QTest::newRow("a rate that no axis can hold") << "/timings/0/tokens_per_s"
                                                      << "[1.79e308]";
        QTest::newRow("a plain rate of next to nothing") << "/timings/0/plain_tokens_per_s"
                                                         << "[1e-300]";
        QTest::newRow("accepted tokens that no axis can hold") << "/rows/0/accepted_per_pass"
                                                               << "1e308";
        QTest::newRow("an acceptance above one") << "/rows/0/mean_acceptance"
                                                 << "1.5";
        QTest::newRow("a million repeats of a point") << "/rows/0/repeats"
                                                      << "1000000";
        QTest::newRow("no timings") << "/timings"
                                    << "[]";
        QTest::newRow("a million repeats") << "/repeats"
                                           << "1000000";
        QTest::newRow("threads that no machine has") << "/threads"
                                                     << "1e300";
    }
    void damagedFilesAreRefused()
    {
        QFETCH(QString, pointer);
        QFETCH(QString, value);
        FakeEngine engine;
        const auto done = swept(engine, {{"draft_length", {"1", "2"}}}, {});
        Json json = *parse_json(to_json(done.sweep).dump(), "f");
        QVERIFY(parse_sweep(json, engine.methods(), "f").ok());
        json[Json::json_pointer(pointer.toStdString())] = Json::parse(value.toStdString());
        const auto read = parse_sweep(json, engine.methods(), "f");
        QVERIFY(!read.ok());
        QVERIFY2(!read.error().message.empty() && !read.error().hint.empty(), read.error().message.c_str());
    }

    void timedRunsWriteTheTextOfRecordedOnes_data()
    {
        QTest::addColumn<double>("temperature");
        QTest::newRow("greedy") << 0.0;
        QTest::newRow("sampled") << 1.0;
    }
    void timedRunsWriteTheTextOfRecordedOnes()
    {
        QFETCH(double, temperature);
        const auto engine = make_engine();
        auto config = chain(engine->methods());
        config.prompt = "Once upon a time";
        config.max_new_tokens = 8;
        config.sampling.temperature = temperature;
        NullSink sink;
        const auto recorded = engine->run(config, {}, sink);
        const auto timed = engine->run_unrecorded(config, {}, sink);
        QVERIFY(recorded.ok() && timed.ok());
        QCOMPARE(record::generated_ids(**timed).size(), std::size_t{8});
        QCOMPARE(record::generated_ids(**timed), record::generated_ids(**recorded));
        QCOMPARE(record::accepted_per_pass(**timed), record::accepted_per_pass(**recorded));
        QVERIFY(record::tokens_per_second(**timed).value_or(0) > 0);
        QVERIFY(record::rounds(**recorded)[0]->target_laws.rows > 0);
        QCOMPARE(record::rounds(**timed)[0]->target_laws.rows, 0);
    }

    void tablesQuoteWhatWouldBreakThem()
    {
        OrderedJson rows = OrderedJson::array();
        rows.push_back({{"k", "a,b"}, {"x", 0.123456789}, {"error", "say \"no\"|\nor"}});
        rows.push_back({{"k", "c"}, {"x", nullptr}, {"error", nullptr}});
        QCOMPARE(rows_csv(rows), std::string("k,x,error\n\"a,b\",0.123456789,\"say \"\"no\"\"|\nor\"\nc,,\n"));
        QCOMPARE(rows_markdown(rows),
                 std::string("| k | x | error |\n| --- | --- | --- |\n| a,b | 0.12346 | say \"no\"\\| or |\n| c |  |  |\n"));
        QVERIFY(rows_csv(OrderedJson::array()).empty());
    }
};

QTEST_APPLESS_MAIN(TestSweep)
#include "test_sweep.moc"
