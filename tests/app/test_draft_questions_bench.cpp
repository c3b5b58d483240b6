// SPDX-License-Identifier: GPL-3.0-or-later
// The questions of the Draft bench with an engine that answers from samples: buttons ask, answers show, cells run.
#include "app/window/draft_bench.h"
#include "app/window/draft_bench_panes.h"
#include "tests/widgets/draft_question_samples.h"
#include "widgets/draft/certificate_view.h"
#include "widgets/draft/first_tokens_view.h"
#include "widgets/draft/lanes_view.h"
#include "widgets/theme/theme.h"

#include <QComboBox>
#include <QPushButton>
#include <QTabWidget>
#include <QTableWidget>
#include <QTest>
#include <QThread>
#include <QToolButton>

#include <atomic>
#include <cmath>
#include <mutex>

using namespace timberline;
using namespace timberline::app;

namespace {

MethodInfo method(const char* family, const char* id, const char* title, std::vector<Hyperparameter> parameters = {})
{
    return {.id = id, .family = family, .title = title, .summary = "A method.", .hyperparameters = std::move(parameters)};
}

Hyperparameter whole(const char* key, std::int64_t value)
{
    Hyperparameter out{.key = key, .label = key, .unit = "", .help = "", .default_value = value};
    out.minimum = 1;
    out.maximum = 255;
    return out;
}

/// Answers from samples, notes what it was asked and to run; "first-tokens" of many draws waits until it is cancelled.
class SampleEngine : public run::Engine
{
public:
    SampleEngine()
    {
        registry_.add(method("drafter", "plain", "Plain"), {});
        registry_.add(method("drafter", "draft-model-chain", "Chain"), {});
        registry_.add(method("drafter", "self-speculation", "Self-speculation", {whole("exit_layer", 4), whole("draft_length", 3)}), {});
        registry_.add(method("decode controller", "fixed", "Fixed"), {});
        registry_.add(method("acceptance rule", "exact", "Exact test"), {});
    }
    const MethodRegistry& methods() const override { return registry_; }
    Result<record::RecordPtr> run(const run::Config& config, const CancelToken&, ProgressSink&, run::RunControl*) override
    {
        const std::lock_guard lock(mutex);
        ran.push_back(config);
        return testing::twoRounds();
    }
    Result<record::Block> query(const run::Config& config, const run::BenchQuery& query, const CancelToken& cancel,
                                ProgressSink& sink) override
    {
        {
            const std::lock_guard lock(mutex);
            asked.push_back(query);
            asked_with.push_back(config);
        }
        if (query.what == "layer-acceptance") {
            return record::to_block(testing::threeLayers());
        }
        if (query.what == "certificate") {
            const auto rule = query.arguments.value("rule", std::string());
            return record::to_block(rule.empty() ? testing::exactRule() : testing::luckyDraw());
        }
        if (query.what == "first-tokens" && query.arguments.at("draws") == 100000) {
            while (!cancel.cancelled()) {
                sink.on_progress(0.25, "drawing first tokens");
                QThread::msleep(5);
            }
            ++cancelled;
            return make_error(ErrorCode::Cancelled, "cancelled");
        }
        if (query.what == "first-tokens") {
            return record::to_block(testing::fairTokens());
        }
        return make_error(ErrorCode::InvalidArgument, "no such question", "");
    }
    Result<record::BaselineMeasured> measure(const run::Config&, int repeats, const record::Record*, const CancelToken&,
                                             ProgressSink&) override
    {
        record::BaselineMeasured out;
        out.tokens_per_second = 500;
        out.speedup = 1.5;
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

    static inline std::mutex mutex;
    static inline std::vector<run::Config> ran, asked_with;
    static inline std::vector<run::BenchQuery> asked;
    static inline std::atomic<int> cancelled = 0;

private:
    MethodRegistry registry_;
};

/// The bench with everything that the window gives it.
struct Desk {
    JobHost jobs{[]() -> Result<std::unique_ptr<run::Engine>> { return std::unique_ptr<run::Engine>(std::make_unique<SampleEngine>()); }};
    widgets::RecordModel record, other;
    widgets::SelectionModel selection;
    RunSession session{&jobs, &record, &other, "draft"};
    std::unique_ptr<DraftBench> bench;

    Desk()
    {
        jobs.start();
        bench = std::make_unique<DraftBench>(BenchContext{&session, &record, &selection, &jobs}, &other);
        if (!QTest::qWaitFor([this] { return jobs.engineReady(); }, 10000)) {
            qFatal("the engine did not start");
        }
        run::Config config;
        config.drafter.id = "draft-model-chain";
        session.setConfig(config);
        bench->resize(900, 760);
        bench->show();
        const std::lock_guard lock(SampleEngine::mutex);
        SampleEngine::asked.clear();
        SampleEngine::asked_with.clear();
        SampleEngine::ran.clear();
    }
    /// A record whose config can be run again, so that it can be measured.
    void showRun()
    {
        auto run = std::make_shared<record::Record>(*testing::twoRounds());
        std::get<record::RunStarted>(run->events.front().payload).config_json = timberline::run::to_text(session.config());
        for (auto& event : run->events) {
            if (auto* round = std::get_if<record::Round>(&event.payload)) {
                round->draft_passes = round->index == 0 ? 2 : 1;
                round->target_tokens = round->index == 0 ? 5 : 2;
            }
        }
        record.setRecord(run);
    }
    bool settle()
    {
        return QTest::qWaitFor([this] { return session.settled(); }, 10000);
    }
};

}  // namespace

class TestDraftQuestionsBench : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void lanesTakeThePlaceOfTheTimes()
    {
        Desk desk;
        const auto* times = desk.bench->findChild<widgets::View*>(QStringLiteral("draft-times"));
        QVERIFY(times != nullptr && desk.bench->views().contains(times) && desk.bench->views().contains(desk.bench->lanes()));
        desk.record.setRecord(testing::twoRounds());
        QVERIFY(times->isVisible() && !desk.bench->lanes()->isVisible());
        auto overlapped = std::make_shared<record::Record>(*testing::twoRounds());
        for (auto& event : overlapped->events) {
            if (auto* round = std::get_if<record::Round>(&event.payload)) {
                const double begin = 10.0 * round->index;
                round->statistics = {
                    {"mode", 1}, {"draft_t0_ms", begin}, {"draft_t1_ms", begin + 2}, {"verify_t0_ms", begin}, {"verify_t1_ms", begin + 4}};
            }
        }
        desk.record.setRecord(overlapped);
        QVERIFY(!times->isVisible() && desk.bench->lanes()->isVisible());
        QVERIFY(desk.bench->lanes()->summary().contains(QStringLiteral("4.000 ms of 8.000 ms, 50 %")));
        desk.record.clear();  // a run begins: nothing jumps until it has written a round
        QVERIFY(desk.bench->lanes()->isVisible());
        desk.record.setRecord(testing::twoRounds());
        QVERIFY(times->isVisible());
    }

    void initTestCase()
    {
        widgets::ThemeManager::instance().setReduceMotion(true);
        widgets::ThemeManager::instance().attach(qApp);
    }

    void layersAreAskedOnceForARecord()
    {
        Desk desk;
        auto& pane = *desk.bench->layers();
        desk.bench->tabs()->setCurrentWidget(&pane);
        QVERIFY(!pane.askButton()->isEnabled());  // nothing has run
        desk.showRun();
        QVERIFY(pane.askButton()->isEnabled());
        QTest::keyClick(pane.askButton(), Qt::Key_Space);
        QCOMPARE(pane.view()->state(), widgets::ViewState::Busy);
        QVERIFY(desk.settle());
        QVERIFY(pane.view()->answer().has_value());
        QVERIFY(!pane.askButton()->isEnabled());
        {
            const std::lock_guard lock(SampleEngine::mutex);
            QCOMPARE(SampleEngine::asked.size(), std::size_t{1});
            QCOMPARE(SampleEngine::asked[0].arguments.at("lengths").get<int>(), 8);
            QVERIFY(SampleEngine::asked[0].record != nullptr);
        }
        // One click runs the cell; the same text again keeps the matrix.
        QTest::mouseClick(pane.view(), Qt::LeftButton, {}, pane.view()->middleOf(2, 1).toPoint());
        QVERIFY(desk.settle());
        {
            const std::lock_guard lock(SampleEngine::mutex);
            QCOMPARE(SampleEngine::ran.size(), std::size_t{1});
            const auto& ran = SampleEngine::ran[0];
            QCOMPARE(ran.drafter.id, std::string("self-speculation"));
            QCOMPARE(ran.controller.id, std::string("fixed"));
            QCOMPARE(std::get<std::int64_t>(ran.drafter.values.at("exit_layer")), std::int64_t{2});
            QCOMPARE(std::get<std::int64_t>(ran.drafter.values.at("draft_length")), std::int64_t{1});
        }
        QVERIFY(pane.view()->answer().has_value());
        // Another text takes it away.
        auto other = std::make_shared<record::Record>(*testing::twoRounds());
        std::get<record::Round>(other->events[1].payload).nodes[1].token = 7;
        desk.record.setRecord(other);
        QVERIFY(!pane.view()->answer().has_value());
        QVERIFY(pane.askButton()->isEnabled());
    }

    void theRuleInUseAndPlantedOnesAreEnumerated()
    {
        Desk desk;
        auto& pane = *desk.bench->exactness();
        desk.bench->tabs()->setCurrentWidget(&pane);
        QVERIFY(pane.ruleBox()->count() >= 5);  // the rule in use and the planted ones
        QVERIFY(pane.ruleBox()->itemText(0).contains(QStringLiteral("Exact test")));
        QTest::keyClick(pane.enumerateButton(), Qt::Key_Space);
        QVERIFY(desk.settle());
        QVERIFY(pane.certificate()->answer().has_value());
        QCOMPARE(pane.table()->rowCount(), 3);
        QCOMPARE(pane.table()->item(0, 6)->text(), QStringLiteral("exact"));
        QCOMPARE(pane.table()->item(2, 6)->text(), QStringLiteral("lossy"));
        pane.table()->selectRow(1);
        QCOMPARE(pane.certificate()->chosen(), 1);
        const int lucky = pane.ruleBox()->findData(QStringLiteral("lucky-draw"));
        QVERIFY(lucky > 0);
        pane.ruleBox()->setCurrentIndex(lucky);
        QTest::keyClick(pane.enumerateButton(), Qt::Key_Space);
        QVERIFY(desk.settle());
        const std::lock_guard lock(SampleEngine::mutex);
        QCOMPARE(SampleEngine::asked.size(), std::size_t{2});
        QVERIFY(SampleEngine::asked[0].arguments.empty());
        QCOMPARE(SampleEngine::asked[1].arguments.at("rule").get<std::string>(), std::string("lucky-draw"));
        QVERIFY2(pane.certificate()->summary().contains(QStringLiteral("Flagged")), qPrintable(pane.certificate()->summary()));
    }

    void firstTokensCanBeStopped()
    {
        Desk desk;
        auto& pane = *desk.bench->exactness();
        desk.bench->tabs()->setCurrentWidget(&pane);
        pane.drawsBox()->setCurrentIndex(pane.drawsBox()->findData(1000));
        QTest::keyClick(pane.drawButton(), Qt::Key_Space);
        QVERIFY(desk.settle());
        QVERIFY(pane.firstTokens()->answer().has_value());
        QVERIFY(pane.firstTokens()->isVisible());
        {
            const std::lock_guard lock(SampleEngine::mutex);
            QCOMPARE(SampleEngine::asked.at(0).arguments.at("draws").get<int>(), 1000);
            QCOMPARE(SampleEngine::asked_with.at(0).drafter.id, std::string("draft-model-chain"));
        }
        pane.drawsBox()->setCurrentIndex(pane.drawsBox()->findData(100000));
        const int before = SampleEngine::cancelled;
        QTest::keyClick(pane.drawButton(), Qt::Key_Space);
        QVERIFY(QTest::qWaitFor([] {
            const std::lock_guard lock(SampleEngine::mutex);
            return SampleEngine::asked.size() == 2;
        }));
        QCOMPARE(pane.firstTokens()->state(), widgets::ViewState::Busy);
        QTest::keyClick(pane.drawButton(), Qt::Key_Space);
        QVERIFY(desk.settle());
        QCOMPARE(SampleEngine::cancelled - before, 1);
        QCOMPARE(pane.firstTokens()->state(), widgets::ViewState::Empty);
        QVERIFY(pane.drawButton()->isEnabled());
    }

    void measuringAnswersTheGreedyCheckAndTheMap()
    {
        Desk desk;
        desk.showRun();
        auto& exactness = *desk.bench->exactness();
        auto& map = *desk.bench->breakEven();
        desk.bench->tabs()->setCurrentWidget(&map);
        QVERIFY(map.view()->facts().has_value() && !map.view()->facts()->plainMeasured);
        // Rounds of 5 and 2 target tokens took 2 and 3 ms: times never fall with the size, so the line is flat at the middle.
        QCOMPARE(map.view()->facts()->verifyEachMs, 0.0);
        QCOMPARE(map.view()->facts()->length, 1.5);  // mean passes
        QCOMPARE(map.view()->state(), widgets::ViewState::Partial);
        QVERIFY(!exactness.greedyText().startsWith(QChar(0x2713)));
        QTest::keyClick(map.measureButton(), Qt::Key_Space);
        QVERIFY(desk.settle());
        QVERIFY(QTest::qWaitFor([&] { return map.view()->state() == widgets::ViewState::Data; }, 3000));
        QCOMPARE(map.view()->facts()->plainMs, 2.0);  // 1000 ms / 500 tokens
        QCOMPARE(map.view()->facts()->measured, 1.5);
        QVERIFY2(exactness.greedyText().startsWith(QChar(0x2713)), qPrintable(exactness.greedyText()));
    }

    void boundsAreOutlinedInTheShownRound()
    {
        Desk desk;
        desk.showRun();
        // Round 0 drafted four nodes; its candidates are those and the pruned one, the text goes on b f h.
        const auto* bar = desk.bench->hindsight()->barOf(0);
        QVERIFY(bar != nullptr);
        QCOMPARE(bar->longestNodes, (std::vector<std::int32_t>{1}));
        QVERIFY(!desk.bench->boundsButton()->isChecked());
        desk.record.setShownRounds(1);
        const QImage before = desk.bench->grab().toImage();
        desk.bench->boundsButton()->click();
        QVERIFY(desk.bench->grab().toImage() != before);
        desk.bench->boundsButton()->click();
    }

    void everyViewSpeaks()
    {
        Desk desk;
        for (int i = 0; i < 2; ++i) {
            QStringList ids;
            for (auto* view : desk.bench->views()) {
                QVERIFY2(!view->summary().isEmpty() && view->toCsv().contains('\n'), qPrintable(view->id()));
                QVERIFY(!ids.contains(view->id()));
                ids.append(view->id());
            }
            desk.showRun();
        }
    }

    /// Pictures for the eye: TIMBERLINE_PICTURES names a folder.
    void pictures()
    {
        const QString folder = qEnvironmentVariable("TIMBERLINE_PICTURES");
        if (folder.isEmpty()) {
            QSKIP("TIMBERLINE_PICTURES is not set");
        }
        for (const char* theme : {"light", "dark"}) {
            widgets::ThemeManager::instance().setTheme(QLatin1String(theme));
            for (const QSize size : {QSize(612, 676), QSize(1230, 930)}) {
                Desk desk;
                desk.bench->resize(size);
                desk.showRun();
                desk.record.setShownRounds(1);
                desk.bench->boundsButton()->click();
                auto& pane = *desk.bench->exactness();
                desk.bench->tabs()->setCurrentWidget(&pane);
                const auto save = [&](const char* name) {
                    QVERIFY(desk.settle());
                    desk.bench->grab().save(
                        QStringLiteral("%1/%2-%3-%4.png").arg(folder, QLatin1String(name), QLatin1String(theme)).arg(size.width()));
                };
                save("unasked");
                pane.enumerate();
                save("rule");
                pane.ruleBox()->setCurrentIndex(pane.ruleBox()->findData(QStringLiteral("lucky-draw")));
                pane.enumerate();
                save("planted");
                desk.bench->tabs()->setCurrentWidget(desk.bench->layers());
                desk.bench->layers()->ask();
                save("layers");
                desk.bench->tabs()->setCurrentWidget(desk.bench->breakEven());
                save("break-even");
            }
        }
        widgets::ThemeManager::instance().setTheme(QStringLiteral("light"));
    }
};

QTEST_MAIN(TestDraftQuestionsBench)
#include "test_draft_questions_bench.moc"
