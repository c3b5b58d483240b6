// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/compare_pane.h"
#include "app/window/draft_bench.h"
#include "tests/record/sample_record.h"

#include <QTabWidget>
#include <QTableWidget>
#include <QTest>
#include <QThread>

#include <atomic>

/// The comparison of the Draft bench with an engine that answers from hand-made records.
namespace timberline::testing {

inline MethodInfo method(const char* family, const char* id, const char* title, const char* example = "{}")
{
    Hyperparameter length{.key = "draft_length", .label = "Draft length", .unit = "", .help = "", .default_value = std::int64_t{4}};
    length.minimum = 1;
    length.maximum = 9;
    return {.id = id,
            .family = family,
            .title = title,
            .summary = "A method.",
            .hyperparameters = std::string(id) == "draft-model-chain" ? std::vector{length} : std::vector<Hyperparameter>{},
            .example = example};
}

inline record::Round at(record::Round round, double start, double draft, double verify, double overhead)
{
    round.started_ms = start;
    round.draft_ms = draft;
    round.verify_ms = verify;
    round.overhead_ms = overhead;
    return round;
}

/// Text a b | c d e after the prompt of two; the chain's rounds end at 5 and 12 ms, those of plain decoding at 4, 8 and 12.5 ms.
inline record::RecordPtr recordOf(const run::Config& config)
{
    auto out = std::make_shared<record::Record>();
    record::RunStarted started;
    started.bench = "draft";
    started.prompt = {1, 2};
    started.config_json = run::to_text(config);
    for (TokenId token = 0; token < 8; ++token) {
        started.token_text[token] = std::string(1, static_cast<char>('a' - 3 + token));
    }
    out->events.push_back({started});
    if (config.drafter.id == "plain") {
        TokenId root = 2;
        int index = 0;
        for (const TokenId token : {3, 4, 5}) {
            auto round = test::make_round(
                index, 2 + index,
                {test::make_node(-1, root, 0, record::NodeState::Root), test::make_node(0, token, 1, record::NodeState::Bonus)}, {0}, token,
                1, 1);
            round.drafter = "plain";
            out->events.push_back({at(round, 4.0 * index, 0, 3.5, index == 2 ? 1 : .5)});
            root = token;
            ++index;
        }
    } else {
        out->events.push_back(
            {at(test::make_round(0, 2,
                                 {test::make_node(-1, 2, 0, record::NodeState::Root), test::make_node(0, 3, 1, record::NodeState::Accepted),
                                  test::make_node(1, 4, 2, record::NodeState::Bonus)},
                                 {0, 1}, 4, 2, 2),
                0, 1, 3.5, .5)});
        out->events.push_back(
            {at(test::make_round(1, 4,
                                 {test::make_node(-1, 4, 0, record::NodeState::Root), test::make_node(0, 7, 1, record::NodeState::Rejected),
                                  test::make_node(0, 5, 1, record::NodeState::Correction)},
                                 {0}, 5, 2, 1),
                5, 2, 4, 1)});
    }
    out->events.push_back({record::RunFinished{"length", "", 12, 1}});
    return out;
}

class CompareEngine : public run::Engine
{
public:
    CompareEngine()
    {
        registry_.add(method("drafter", "plain", "Plain"), {});
        registry_.add(method("drafter", "draft-model-chain", "Chain", R"({"model": "bundled:tale", "draft_model": "bundled:tale-draft"})"),
                      {});
        registry_.add(method("drafter", "medusa", "Medusa", R"({"model": "bundled:tale", "method": {"heads": "bundled:heads"}})"), {});
        registry_.add(method("drafter", "elsewhere", "Elsewhere", R"({"model": "other", "method": {"heads": "other-heads"}})"), {});
        registry_.add(method("drafter", "endless", "Endless"), {});
        registry_.add(method("decode controller", "fixed", "Fixed"), {});
        registry_.add(method("acceptance rule", "exact", "Exact"), {});
    }
    const MethodRegistry& methods() const override { return registry_; }
    Result<record::RecordPtr> run(const run::Config& config, const CancelToken& cancel, ProgressSink& sink, run::RunControl*) override
    {
        ++runs;
        if (config.drafter.id == "medusa") {
            return make_error(ErrorCode::NotFound, "the heads are not there", "Train them.");
        }
        while (config.drafter.id == "endless" && !cancel.cancelled()) {
            sink.on_progress(0.5, "decoding");
            QThread::msleep(2);
        }
        return recordOf(config);
    }
    Result<record::Block> query(const run::Config&, const run::BenchQuery&, const CancelToken&, ProgressSink&) override
    {
        return make_error(ErrorCode::InvalidArgument, "no such question", "");
    }
    Result<record::BaselineMeasured> measure(const run::Config& config, int repeats, const record::Record*, const CancelToken&,
                                             ProgressSink&) override
    {
        record::BaselineMeasured out;
        out.ids = {3, 4, 5};
        out.tokens_per_second = 250;
        out.method_tokens_per_second = config.drafter.id == "plain" ? 250 : 400;
        out.speedup = out.method_tokens_per_second / out.tokens_per_second;
        out.spread_low = out.speedup - .05;
        out.spread_high = out.speedup + .05;
        out.repeats = repeats;
        out.identical = true;
        return out;
    }
    Status preload(const run::Config&, const CancelToken&) override { return {}; }
    Result<run::ModelInfo> model_info(const std::string&) override { return make_error(ErrorCode::NotFound, "no model", ""); }
    Result<run::TensorSummary> tensor_summary(const std::string&, const std::string&, const CancelToken&) override
    {
        return make_error(ErrorCode::NotFound, "no tensor", "");
    }
    Status check_pair(const std::string&, const std::string&) override { return {}; }
    Result<std::vector<TokenId>> tokenize(const std::string&, const std::string&, bool) override { return std::vector<TokenId>{}; }
    std::vector<std::string> devices() const override { return {"cpu"}; }

    static inline std::atomic<int> runs = 0;

private:
    MethodRegistry registry_;
};

inline Result<std::unique_ptr<run::Engine>> compareEngine()
{
    return std::unique_ptr<run::Engine>(std::make_unique<CompareEngine>());
}

/// The bench with everything that the window gives it, and the comparison in front.
struct CompareDesk {
    app::JobHost jobs;
    widgets::RecordModel record, other;
    widgets::SelectionModel selection;
    app::RunSession session{&jobs, &record, &other, "draft"};
    std::unique_ptr<app::DraftBench> bench;
    app::ComparePane* pane = nullptr;

    explicit CompareDesk(std::function<Result<std::unique_ptr<run::Engine>>()> loader = compareEngine,
                         const char* drafter = "draft-model-chain")
        : jobs(std::move(loader))
    {
        jobs.start();
        bench = std::make_unique<app::DraftBench>(app::BenchContext{&session, &record, &selection, &jobs}, &other);
        if (!QTest::qWaitFor([this] { return jobs.engineReady(); }, 20000)) {
            qFatal("the engine did not start");
        }
        run::Config config;
        config.draft_model = "bundled:tale-draft";
        config.drafter.id = drafter;
        config.prompt = "Once upon a time";
        config.max_new_tokens = 8;
        session.setConfig(config);
        bench->resize(900, 760);
        bench->show();
        pane = bench->compare();
        bench->tabs()->setCurrentWidget(pane);
    }
    bool settle()
    {
        return QTest::qWaitFor([this] { return session.settled() && !pane->running(); }, 30000);
    }
    void press(QWidget* button) { QTest::keyClick(button, Qt::Key_Space); }
    [[nodiscard]] QString cell(int row, int column) const { return pane->table()->table()->item(row, column)->text(); }
};

}  // namespace timberline::testing
