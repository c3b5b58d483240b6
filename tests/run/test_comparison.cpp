// SPDX-License-Identifier: GPL-3.0-or-later
// Several methods on one prompt: the bundled pair through the engine and the command line, and an engine of our own for faults and cancels.
#include "core/record/codec.h"
#include "core/record/folds.h"
#include "core/run/comparison.h"
#include "core/run/comparison_table.h"
#include "core/run/engine.h"
#include "tests/run/cli_call.h"

#include <QTemporaryDir>
#include <QtTest/QtTest>

#include <cmath>
#include <set>

using namespace timberline;
using namespace timberline::run;

namespace {

#ifdef TIMBERLINE_SANITIZED
constexpr std::int64_t kTokens = 6;
constexpr int kRepeats = 1;
#else
constexpr std::int64_t kTokens = 16;
constexpr int kRepeats = 2;
#endif

Config base_config()
{
    Config config;
    config.draft_model = "bundled:tale-draft";
    config.prompt = "Once upon a time";
    config.max_new_tokens = kTokens;
    config.ignore_eos = true;
    return config;
}

/// The real engine behind hooks: what was asked, and what happens meanwhile.
class WatchedEngine final : public Engine
{
public:
    explicit WatchedEngine(Engine& real) : real_(real) {}
    const MethodRegistry& methods() const override { return real_.methods(); }
    Result<record::RecordPtr> run(const Config& config, const CancelToken& cancel, ProgressSink& sink, RunControl* control) override
    {
        asked.push_back("run " + config.drafter.id);
        if (config.drafter.id == broken) {
            return make_error(ErrorCode::NotFound, "the heads are gone", "Train them.");
        }
        if (on_run) {
            on_run();
        }
        return real_.run(config, cancel, sink, control);
    }
    Result<record::Block> query(const Config& config, const BenchQuery& query, const CancelToken& cancel, ProgressSink& sink) override
    {
        return real_.query(config, query, cancel, sink);
    }
    Result<record::BaselineMeasured> measure(const Config& config, int repeats, const record::Record* live, const CancelToken& cancel,
                                             ProgressSink& sink) override
    {
        asked.push_back("measure " + config.drafter.id + " " + std::to_string(repeats));
        if (on_measure) {
            on_measure();
        }
        return real_.measure(config, repeats, live, cancel, sink);
    }
    Status preload(const Config& config, const CancelToken& cancel) override { return real_.preload(config, cancel); }
    Result<ModelInfo> model_info(const std::string& model) override { return real_.model_info(model); }
    Result<TensorSummary> tensor_summary(const std::string& model, const std::string& tensor, const CancelToken& cancel) override
    {
        return real_.tensor_summary(model, tensor, cancel);
    }
    Status check_pair(const std::string& target, const std::string& draft) override { return real_.check_pair(target, draft); }
    Result<std::vector<TokenId>> tokenize(const std::string& model, const std::string& text, bool special) override
    {
        return real_.tokenize(model, text, special);
    }
    std::vector<std::string> devices() const override { return real_.devices(); }

    std::vector<std::string> asked;
    std::string broken;
    std::function<void()> on_run, on_measure;

private:
    Engine& real_;
};

class FractionSink final : public ProgressSink
{
public:
    void on_progress(double fraction, const std::string&) override { fractions.push_back(fraction); }
    void on_event(const record::Event&) override { ++events; }
    std::vector<double> fractions;
    int events = 0;
};

}  // namespace

class TestComparison : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        engine_ = make_engine();
        QVERIFY(folder_.isValid());
    }
    void other_settings_are_refused_data();
    void other_settings_are_refused();
    void methods_bring_what_they_need();
    void entries_get_names_of_their_own();
    void rows_are_the_folds_of_their_records();
    void an_entry_that_fails_leaves_the_others();
    void a_cancel_ends_between_and_inside();
    void the_command_line_runs_and_reads_records();
    void the_command_line_refuses_what_does_not_fit();

private:
    const MethodRegistry& methods() const { return engine_->methods(); }
    Config method(const char* drafter, const char* controller = "") const
    {
        auto config = with_method(base_config(), methods(), drafter, controller);
        if (!config.ok()) {
            qFatal("%s", config.error().message.c_str());
        }
        return *config;
    }
    std::unique_ptr<Engine> engine_;
    QTemporaryDir folder_;
};

void TestComparison::other_settings_are_refused_data()
{
    QTest::addColumn<QString>("key");
    for (const char* key : {"bench", "model", "prompt", "ids", "seed", "sampling", "max_new_tokens", "ignore_eos", "threads", "device"}) {
        QTest::newRow(key) << key;
    }
}

void TestComparison::other_settings_are_refused()
{
    QFETCH(QString, key);
    auto other = base_config();
    other.drafter.id = "plain";
    QVERIFY(check_comparable({{"here", base_config()}, {"there", other}}).ok());
    const std::map<QString, std::function<void(Config&)>> change = {{"bench", [](Config& c) { c.bench = "exits"; }},
                                                                    {"model", [](Config& c) { c.model = "bundled:tale-draft"; }},
                                                                    {"prompt", [](Config& c) { c.prompt = "Twice upon a time"; }},
                                                                    {"ids",
                                                                     [](Config& c) {
                                                                         c.ids = {1, 2};
                                                                     }},
                                                                    {"seed", [](Config& c) { c.seed = 2; }},
                                                                    {"sampling", [](Config& c) { c.sampling.top_k = 3; }},
                                                                    {"max_new_tokens", [](Config& c) { ++c.max_new_tokens; }},
                                                                    {"ignore_eos", [](Config& c) { c.ignore_eos = false; }},
                                                                    {"threads", [](Config& c) { c.threads = 1; }},
                                                                    {"device", [](Config& c) { c.device = "cpu"; }}};
    change.at(key)(other);
    const auto refused = check_comparable({{"here", base_config()}, {"there", other}});
    QVERIFY(!refused.ok());
    QVERIFY2(refused.error().message.starts_with("'there' has another " + key.toStdString() + " than 'here'"),
             refused.error().message.c_str());
    QCOMPARE(first_unshared(base_config(), other), key.toStdString());
    QVERIFY(first_unshared(base_config(), with_shared(other, base_config())).empty());
    QVERIFY(check_comparable({{"alone", base_config()}}).error().message.find("there is one") != std::string::npos);
    QVERIFY(!check_comparable({}).ok());
}

void TestComparison::methods_bring_what_they_need()
{
    auto base = base_config();
    base.drafter = {"draft-model-chain", {{"draft_length", std::int64_t{7}}}};
    base.events.push_back({.round = 2, .set = {{"draft_length", std::int64_t{2}}}, .choose = {}, .force_node = {}});
    // Its own values stay, another method's are its defaults; live changes belong to the base's own run.
    const auto own = with_method(base, methods(), "draft-model-chain");
    QVERIFY2(own.ok(), own.ok() ? "" : own.error().message.c_str());
    QCOMPARE(std::get<std::int64_t>(own->drafter.values.at("draft_length")), std::int64_t{7});
    QVERIFY(own->events.empty());
    // Trained heads come from the method's example, which is about the same model; the draft model is not kept where nobody asks for it.
    const auto medusa = with_method(base, methods(), "medusa");
    QVERIFY(medusa.ok());
    QCOMPARE(medusa->heads, std::string("bundled:tale-heads/medusa"));
    QVERIFY(medusa->draft_model.empty());
    const auto back = with_method(*medusa, methods(), "draft-model-tree");
    QVERIFY(back.ok());
    QVERIFY(back->heads.empty());
    QCOMPARE(back->draft_model, std::string("bundled:tale-draft"));
    QCOMPARE(with_method(base, methods(), "plain", "pearl")->draft_model, std::string("bundled:tale-draft"));
    QVERIFY(is_plain(*plain_of(*medusa, methods())));
    QVERIFY(!is_plain(*with_method(base, methods(), "plain", "value-guided")));
    // Another model has neither.
    base.model = "/models/other";
    base.draft_model.clear();
    QVERIFY(with_method(base, methods(), "medusa").error().message.find("needs trained heads") != std::string::npos);
    QVERIFY(with_method(base, methods(), "draft-model-tree").error().message.find("needs a draft model") != std::string::npos);
    QVERIFY(!with_method(base, methods(), "no-such-method").ok());
}

void TestComparison::entries_get_names_of_their_own()
{
    auto longer = method("draft-model-chain");
    longer.drafter.values["draft_length"] = std::int64_t{6};
    std::vector<ComparisonEntry> entries = {
        {"", method("draft-model-chain")}, {"", method("plain")}, {"", longer}, {"", longer}, {"", method("draft-model-chain", "pearl")}};
    name_entries(entries, methods());
    QCOMPARE(entries[0].label, std::string("draft-model-chain:fixed:exact"));
    QCOMPARE(entries[1].label, std::string("plain:fixed:exact"));
    QCOMPARE(entries[2].label, std::string("draft-model-chain:fixed:exact draft_length=6"));
    QCOMPARE(entries[3].label, std::string("draft-model-chain:fixed:exact draft_length=6 (2)"));
    QVERIFY(entries[4].label.starts_with("draft-model-chain:pearl:"));
}

void TestComparison::rows_are_the_folds_of_their_records()
{
    const std::vector<ComparisonEntry> entries = {
        {"chain", method("draft-model-chain")}, {"lookup", method("prompt-lookup")}, {"plain", method("plain")}};
    FractionSink sink;
    std::vector<std::size_t> through;
    int between = 0;
    const auto runs =
        compare(*engine_, entries, kRepeats, {}, sink,
                {.finished = [&](std::size_t index, const ComparedRun&) { through.push_back(index); }, .between_runs = [&] { ++between; }});
    QVERIFY2(runs.ok(), runs.ok() ? "" : runs.error().message.c_str());
    QCOMPARE(runs->size(), std::size_t{3});
    QCOMPARE(through, (std::vector<std::size_t>{0, 1, 2}));
    QCOMPARE(between, 6);  // before each run and before each timing
    QCOMPARE(sink.events, 0);
    QVERIFY(std::ranges::is_sorted(sink.fractions) && sink.fractions.back() == 1.0);
    NullSink quiet;
    const auto rows = comparison_rows(*runs, DepthColumns::Nested);
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const auto& run = (*runs)[i];
        const auto& row = rows[i];
        QVERIFY(!run.error && run.measured && run.record != nullptr);
        // The same run made alone: everything but times is the same.
        const auto alone = engine_->run(entries[i].config, {}, quiet);
        std::string difference;
        QVERIFY2(record::equal_but_times(*run.record, **alone, &difference), difference.c_str());
        double drafting = 0, verifying = 0, beside = 0;
        std::int64_t kept = 0, rounds = 0, first_tried = 0, first_kept = 0;
        for (const auto& event : run.record->events) {
            if (const auto* round = std::get_if<record::Round>(&event.payload)) {
                drafting += round->draft_ms;
                verifying += round->verify_ms;
                beside += round->overhead_ms;
                kept += round->kept;
                ++rounds;
                const bool tried = std::ranges::any_of(round->nodes, [](const record::Node& node) {
                    return node.depth == 1 && node.state != record::NodeState::Bonus && node.state != record::NodeState::Correction &&
                           node.state != record::NodeState::Pruned;
                });
                first_tried += tried ? 1 : 0;
                first_kept += tried && round->path.size() > 1 ? 1 : 0;
            }
        }
        QCOMPARE(row["method"].get<std::string>(), entries[i].label);
        QCOMPARE(row["tokens"].get<std::int64_t>(), kTokens);
        QCOMPARE(kept, kTokens);
        QCOMPARE(row["rounds"].get<std::int64_t>(), rounds);
        QCOMPARE(row["accepted_per_pass"].get<double>(), static_cast<double>(kTokens) / static_cast<double>(rounds));
        QCOMPARE(row["draft_ms"].get<double>(), drafting);
        QCOMPARE(row["verify_ms_per_token"].get<double>(), verifying / static_cast<double>(kTokens));
        QCOMPARE(row["overhead_ms"].get<double>(), beside);
        const auto& depths = row["acceptance_by_depth"];
        QCOMPARE(depths.empty() ? 0 : depths[0]["n"].get<std::int64_t>(), first_tried);
        if (first_tried > 0) {
            QCOMPARE(depths[0]["acceptance"].get<double>(), static_cast<double>(first_kept) / static_cast<double>(first_tried));
        }
        QCOMPARE(row["repeats"].get<int>(), kRepeats);
        QVERIFY(row["lossless"].get<bool>() && row["same_text"].get<bool>());
        QVERIFY(row["plain_ms_per_token"].get<double>() > 0 && row["method_ms_per_token"].get<double>() > 0);
        if (i < 2) {
            QVERIFY(std::abs(row["speed_up"].get<double>() * row["method_ms_per_token"].get<double>() /
                                 row["plain_ms_per_token"].get<double>() -
                             1) < 1e-9);
        }
        QVERIFY(!row.contains("error"));
    }
    QVERIFY((*runs)[2].plain && !(*runs)[0].plain);
    QCOMPARE(rows[2]["speed_up"].get<double>(), 1.0);  // by definition
    QCOMPARE(rows[2]["accepted_per_pass"].get<double>(), 1.0);
    // The same columns in every row, also where fewer depths were drafted.
    const auto flat = comparison_rows(*runs, DepthColumns::Flat);
    QCOMPARE(flat[0].size(), flat[2].size());
    QVERIFY(flat[2]["acceptance_1"].is_null());
}

void TestComparison::an_entry_that_fails_leaves_the_others()
{
    WatchedEngine watched(*engine_);
    watched.broken = "medusa";
    NullSink sink;
    const auto runs = compare(watched, {{"heads", method("medusa")}, {"plain", method("plain")}}, 0, {}, sink);
    QVERIFY(runs.ok());
    QCOMPARE(watched.asked, (std::vector<std::string>{"run medusa", "run plain"}));  // nothing is timed with 0 repeats
    QCOMPARE(runs->at(0).error->message, std::string("the heads are gone"));
    QVERIFY(runs->at(0).record == nullptr && runs->at(1).record != nullptr && !runs->at(1).error);
    const auto rows = comparison_rows(*runs, DepthColumns::Text);
    QCOMPARE(rows[0]["error"].get<std::string>(), std::string("the heads are gone"));
    QVERIFY(rows[0]["tokens"].is_null() && rows[0]["speed_up"].is_null() && rows[1]["error"].is_null());
    QVERIFY(std::isnan(ComparedRun{}.speedup()) && !ComparedRun{}.same_text());

    // Another text than plain decoding's is a difference, unless the run met a tie: there two right computations may part.
    auto record = std::make_shared<record::Record>();
    record->events.push_back({record::RunStarted{}});
    record->events.push_back({record::Round{}});
    ComparedRun parted;
    parted.numbers.greedy = true;
    parted.measured = record::BaselineMeasured{};
    parted.record = record;
    QCOMPARE(parted.same_text(), std::optional(false));
    std::get<record::Round>(record->events[1].payload).tie = true;
    QCOMPARE(parted.same_text(), std::nullopt);
}

void TestComparison::a_cancel_ends_between_and_inside()
{
    const std::vector<ComparisonEntry> entries = {{"plain", method("plain")}, {"lookup", method("prompt-lookup")}};
    NullSink sink;
    {
        WatchedEngine watched(*engine_);
        CancelToken cancel;
        const auto runs = compare(watched, entries, 0, cancel, sink,
                                  {.finished = [&](std::size_t, const ComparedRun&) { cancel.cancel(); }, .between_runs = {}});
        QCOMPARE(runs.error().code, ErrorCode::Cancelled);
        QCOMPARE(watched.asked.size(), std::size_t{1});
    }
    for (const bool measuring : {false, true}) {
        WatchedEngine watched(*engine_);
        CancelToken cancel;
        (measuring ? watched.on_measure : watched.on_run) = [&] { cancel.cancel(); };
        int through = 0;
        const auto runs = compare(watched, entries, 100, cancel, sink,
                                  {.finished = [&](std::size_t, const ComparedRun&) { ++through; }, .between_runs = {}});
        QCOMPARE(runs.error().code, ErrorCode::Cancelled);
        QCOMPARE(through, 0);
        QCOMPARE(watched.asked.size(), measuring ? std::size_t{2} : std::size_t{1});
    }
}

void TestComparison::the_command_line_runs_and_reads_records()
{
    const auto config = folder_.filePath("chain.json");
    QFile file(config);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(QByteArray::fromStdString(to_text(method("draft-model-chain"))));
    file.close();
    const auto out = folder_.filePath("out");
    const auto repeats = QString::number(kRepeats);
    const auto done = call({"compare", config, "--method", "plain", "--repeats", repeats, "--format", "json", "--out", out});
    QVERIFY2(done.code == 0, done.err.constData());
    const auto all = json(done.out).object();
    const auto rows = all["rows"].toArray();
    QCOMPARE(rows.size(), 2);
    QCOMPARE(rows[0]["method"].toString(), QString("draft-model-chain:fixed:exact"));
    QCOMPARE(rows[1]["speed_up"].toDouble(), 1.0);
    QVERIFY(rows[0]["same_text"].toBool());
    // Both wrote the same text, so every token of it is in both; what else was drafted only the chain has.
    const auto diff = all["diffs"].toArray().at(0).toObject();
    QVERIFY(diff["first_difference"].isNull());
    QCOMPARE(diff["both"].toInteger(), kTokens);
    QCOMPARE(diff["only_b"].toInt(), 0);
    const auto first = record::load((out + "/1-draft-model-chain-fixed-exact.tlrun").toStdString());
    QVERIFY(first.ok());
    std::set<std::vector<TokenId>> drafted;
    for (const auto* round : record::rounds(**first)) {
        for (std::size_t i = 1; i < round->nodes.size(); ++i) {
            drafted.insert(record::history_at(**first, *round, static_cast<int>(i)));
        }
    }
    QCOMPARE(diff["only_a"].toInteger(), static_cast<qint64>(drafted.size()) - kTokens);
    for (const char* name : {"comparison.json", "comparison.csv", "diff-1-2.csv", "2-plain-fixed-exact.tlrun"}) {
        QVERIFY2(QFile::exists(out + "/" + name), name);
    }
    // Saved records give the same numbers without a model; their live runs were not timed.
    const auto saved =
        call({"compare", out + "/1-draft-model-chain-fixed-exact.tlrun", out + "/2-plain-fixed-exact.tlrun", "--format", "json"});
    QVERIFY2(saved.code == 0, saved.err.constData());
    const auto again = json(saved.out).object();
    auto expected = diff;
    auto found = again["diffs"].toArray().at(0).toObject();
    for (const char* label : {"a", "b"}) {
        expected.remove(label);
        found.remove(label);
    }
    QCOMPARE(found, expected);
    for (const char* key : {"accepted_per_pass", "acceptance_by_depth", "tokens", "rounds", "draft_ms", "lossless"}) {
        QCOMPARE(again["rows"].toArray().at(0).toObject().value(key), rows[0].toObject().value(key));
    }
    QVERIFY(again["rows"].toArray().at(0).toObject()["speed_up"].isNull());
    // The settings that differ, and no others: plain decoding keeps none of the drafter's.
    QStringList settings;
    for (const auto& row : again["settings"].toArray()) {
        settings.append(row.toObject()["setting"].toString());
    }
    QVERIFY2(settings.contains("method.drafter.id") && settings.contains("draft_model") &&
                 settings.contains("method.drafter.values.draft_length"),
             qPrintable(settings.join(' ')));
    QVERIFY(!settings.contains("prompt") && !settings.contains("seed") && !settings.contains("method.controller.id"));
    // A table for people, and one for programs.
    const auto table = call({"compare", out + "/1-draft-model-chain-fixed-exact.tlrun", out + "/2-plain-fixed-exact.tlrun"});
    QVERIFY(table.out.startsWith("| method | accepted_per_pass |") && table.out.contains("| only_a |"));
}

void TestComparison::the_command_line_refuses_what_does_not_fit()
{
#ifdef TIMBERLINE_SANITIZED
    QSKIP("a start of the instrumented program for each word takes long, and release builds check them");
#endif
    const auto out = folder_.filePath("out");
    const auto config = folder_.filePath("chain.json");
    const auto other = folder_.filePath("other.json");
    auto changed = method("plain");
    changed.seed = 9;
    QFile file(other);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(QByteArray::fromStdString(to_text(changed)));
    file.close();
    const auto says = [](const QStringList& arguments, const char* what) {
        const auto done = call(QStringList{"compare"} + arguments);
        return done.code == 2 && done.err.contains(what);
    };
    QVERIFY(says({config, "--with", other}, "has another seed than"));
    QVERIFY(says({out + "/2-plain-fixed-exact.tlrun", "--method", "plain"}, "belongs to a config"));
}

QTEST_APPLESS_MAIN(TestComparison)
#include "test_comparison.moc"
