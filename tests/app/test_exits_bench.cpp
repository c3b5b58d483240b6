// SPDX-License-Identifier: GPL-3.0-or-later
// The Exits bench with the real arithmetic of core/rules and an engine that answers from samples.
#include "app/window/exit_rule_providers.h"
#include "app/window/exits_bench.h"
#include "tests/widgets/exit_samples.h"
#include "widgets/exits/decision_maps_view.h"
#include "widgets/exits/layer_map_view.h"
#include "widgets/exits/pareto_view.h"
#include "widgets/exits/threshold_bar.h"
#include "widgets/theme/theme.h"

#include <QComboBox>
#include <QElapsedTimer>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <mutex>

using namespace timberline;
using namespace timberline::app;
using record::KvMode;
using widgets::ExitChoice;

namespace {

Hyperparameter real(const char* key, double value)
{
    Hyperparameter out{.key = key, .label = key, .unit = "", .help = "", .type = ParameterType::Real, .default_value = value};
    out.maximum = 1;
    return out;
}

MethodInfo policy(const char* id, const char* title, Hyperparameter parameter)
{
    return {.id = id, .family = "exit policy", .title = title, .summary = "A policy.", .hyperparameters = {std::move(parameter)}};
}

/// Answers from samples, notes what it was asked to run.
class SampleEngine : public run::Engine
{
public:
    SampleEngine()
    {
        registry_.add(policy("confidence", "Confidence", real("threshold", 0.9)), {});
        registry_.add(policy("margin", "Margin", real("threshold", 0.7)), {});
        registry_.add(policy("entropy", "Entropy", real("threshold", 0.8)), {});
        registry_.add(policy("saturation", "Hidden-state saturation", real("threshold", 0.97)), {});
        Hyperparameter patience{.key = "patience", .label = "Patience", .unit = "", .help = "", .default_value = std::int64_t{2}};
        patience.minimum = 1;
        patience.maximum = 64;
        registry_.add(policy("patience", "Patience", patience), {});
    }
    const MethodRegistry& methods() const override { return registry_; }
    Result<record::RecordPtr> run(const run::Config& config, const CancelToken&, ProgressSink&, run::RunControl*) override
    {
        const std::lock_guard lock(mutex);
        ran.push_back(config);
        return testing::exitRecord({.prompt = 3, .generated = 10, .layers = 6, .threshold = 0.5});
    }
    Result<record::Block> query(const run::Config&, const run::BenchQuery& query, const CancelToken&, ProgressSink&) override
    {
        if (query.what != "decision-map" || query.record == nullptr) {
            return make_error(ErrorCode::InvalidArgument, "no such question", "");
        }
        return record::to_block(testing::moonsMap(5, 12));
    }
    Result<record::BaselineMeasured> measure(const run::Config&, int, const record::Record*, const CancelToken&, ProgressSink&) override
    {
        return make_error(ErrorCode::Unsupported, "not measured", "");
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
    static inline std::vector<run::Config> ran;

private:
    MethodRegistry registry_;
};

ExitChoice confidence(double threshold, KvMode mode = KvMode::Propagate)
{
    return {.policy = "confidence", .values = {{"threshold", threshold}}, .mode = mode};
}

struct Fold {
    widgets::RecordModel record;
    widgets::ExitModel model{&record};
    explicit Fold(const testing::ExitSample& sample)
    {
        model.setProviders(exit_rule_providers());
        record.setRecord(testing::exitRecord(sample));
    }
};

/// The bench with everything that the window gives it.
struct Window {
    JobHost jobs{[]() -> Result<std::unique_ptr<run::Engine>> { return std::unique_ptr<run::Engine>(std::make_unique<SampleEngine>()); }};
    widgets::RecordModel record;
    widgets::SelectionModel selection;
    RunSession session{&jobs, &record, nullptr, "exits"};
    std::unique_ptr<ExitsBench> bench;

    Window()
    {
        jobs.start();
        bench = std::make_unique<ExitsBench>(BenchContext{&session, &record, &selection, &jobs});
        if (!QTest::qWaitFor([this] { return jobs.engineReady(); }, 10000)) {
            qFatal("the engine did not start");
        }
        run::Config config;
        config.bench = "exits";
        session.setConfig(config);
    }
};

}  // namespace

class TestExitsBench : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        widgets::ThemeManager::instance().setReduceMotion(true);
        widgets::ThemeManager::instance().attach(qApp);
    }

    void exitsEqualAPlainLoop_data()
    {
        QTest::addColumn<double>("threshold");
        for (const double threshold : {0.0, 0.3, 0.6, 0.9, 1.0}) {
            QTest::addRow("threshold %.1f", threshold) << threshold;
        }
    }

    void exitsEqualAPlainLoop()
    {
        QFETCH(double, threshold);
        Fold fold({.prompt = 3, .generated = 50, .layers = 12});
        fold.model.setChoice(confidence(threshold));
        const auto& r = fold.model.readings();
        double depth = 0;
        for (std::size_t row = 0; row < r.rows(); ++row) {
            int expected = 12;
            for (int l = 0; l < 11 && r.moment[row] >= 0 && threshold < 1; ++l) {
                if (static_cast<double>(r.probability[row * 12 + static_cast<std::size_t>(l)]) >=
                    static_cast<double>(static_cast<float>(threshold))) {
                    expected = l + 1;
                    break;
                }
            }
            QCOMPARE(fold.model.decided().exit[row], expected);
            depth += r.moment[row] >= 0 ? expected : 0;
        }
        QVERIFY(std::abs(fold.model.decided().figures.meanDepth - depth / 50) < 1e-9);
        QVERIFY(std::abs(fold.model.decided().figures.layerFraction - depth / 600) < 1e-9);
    }

    void redecidingIsQuick()
    {
        Fold fold({.prompt = 1, .generated = 512, .layers = 12});
        QCOMPARE(fold.model.rows(), std::size_t(512));
        fold.model.setChoice(confidence(0.9));
        double worst = 0;
        double total = 0;
        for (int i = 0; i < 50; ++i) {
            QElapsedTimer timer;
            timer.start();
            fold.model.setHandleValue(0.02 * i);
            const double milliseconds = static_cast<double>(timer.nsecsElapsed()) / 1e6;
            worst = std::max(worst, milliseconds);
            total += milliseconds;
        }
        qInfo("deciding 512 x 12 again: mean %.2f ms, worst %.2f ms", total / 50, worst);
        QVERIFY2(worst < 100, qPrintable(QString::number(worst)));
    }

    void markingBeginsWhereTheRunIsLeft_data()
    {
        QTest::addColumn<int>("mode");
        for (const auto mode : {KvMode::Propagate, KvMode::Copy, KvMode::Defer, KvMode::Mask, KvMode::Oracle}) {
            QTest::addRow("%s", std::string(record::name_of(mode)).c_str()) << static_cast<int>(mode);
        }
    }

    void markingBeginsWhereTheRunIsLeft()
    {
        QFETCH(int, mode);
        const auto kv = static_cast<KvMode>(mode);
        Fold fold({.prompt = 3, .generated = 40, .layers = 12, .threshold = 0.9, .mode = kv});
        for (const double threshold : {0.2, 0.5, 0.7, 0.95, 1.0}) {
            fold.model.setChoice(confidence(threshold, kv));
            const auto& r = fold.model.readings();
            // Exact modes: nothing but the token itself changes what follows. Others: an exit elsewhere leaves other keys and values too.
            std::optional<std::size_t> expected;
            for (std::size_t row = 0; row + 1 < r.rows() && !expected; ++row) {
                const int exit = fold.model.decided().exit[row];
                const bool token = r.moment[row] >= 0 && r.emits[r.cell(row, static_cast<std::size_t>(exit - 1))] != r.next[row];
                const bool exact = kv == KvMode::Defer || kv == KvMode::Oracle;
                if (token || (!exact && exit != r.exit[row])) {
                    expected = row + 1;
                }
            }
            QCOMPARE(fold.model.decided().firstStale, expected);
        }
        fold.model.setChoice(confidence(0.9, kv));
        QVERIFY(!fold.model.decided().firstStale);
    }

    void learnedPolicyWithoutScoresSaysSo()
    {
        Fold fold({.prompt = 1, .generated = 8, .layers = 4});
        fold.model.setChoice({.policy = "gate", .values = {{"threshold", 0.5}}});
        QVERIFY(fold.model.decided().problem.contains(QStringLiteral("gate")));
        QVERIFY(fold.model.decided().exit.empty());
        QCOMPARE(fold.model.exitOf(2), fold.model.readings().exit[2]);
    }

    void curvesHoldTheirPromises()
    {
        Fold fold({.prompt = 1, .generated = 200, .layers = 12});
        const auto providers = exit_rule_providers();
        const auto& r = fold.model.readings();
        const auto& run = *fold.model.run();
        QElapsedTimer timer;
        timer.start();
        const auto points = providers.sweep(r, run, confidence(0.9), widgets::ExitCostKind::Layers, widgets::ExitQualityKind::Agreement);
        qInfo("one policy's sweep over 200 x 12: %.2f ms", static_cast<double>(timer.nsecsElapsed()) / 1e6);
        QVERIFY(points.size() > 5);
        const auto front = providers.front(points, 1.0);
        for (std::size_t i = 1; i < front.points.size(); ++i) {
            QVERIFY(points[front.points[i]].cost > points[front.points[i - 1]].cost);
            QVERIFY(points[front.points[i]].quality > points[front.points[i - 1]].quality);
        }
        // Never leaving early costs everything and agrees everywhere.
        const auto full = std::find_if(points.begin(), points.end(), [](const auto& point) { return point.cost >= 1; });
        QVERIFY(full != points.end());
        QCOMPARE(full->quality, 1.0);
        // No policy is cheaper than the oracle at its quality.
        const auto oracles =
            providers.oracles(r, run, KvMode::Propagate, widgets::ExitCostKind::Layers, widgets::ExitQualityKind::Agreement);
        QCOMPARE(oracles.size(), std::size_t(2));
        QCOMPARE(oracles[0].quality, 1.0);
        for (const auto& point : points) {
            QVERIFY(point.quality < 1.0 || point.cost >= oracles[0].cost - 1e-12);
        }
        // q to infinity spends everything: the mean depth of the budgets rises with q.
        const auto budgets = providers.budgets(r, run, confidence(0.9), widgets::ExitCostKind::Layers, widgets::ExitQualityKind::Agreement);
        QCOMPARE(budgets.size(), std::size_t(39));
        QVERIFY(budgets.front().cost < 0.4 && budgets.back().cost > budgets.front().cost + 0.2);
    }

    void mapPointsTakeTheirExit()
    {
        const auto map = testing::moonsMap(5, 8);
        record::ExitRun run = testing::exitRun({.prompt = 1, .generated = 1, .layers = 5, .vocabulary = 3});
        run.subject = "trained-net";
        const auto exit = exit_rule_providers().decideMap(map, run, confidence(0.8));
        QCOMPARE(exit.size(), std::size_t(64));
        for (std::size_t point = 0; point < 64; ++point) {
            int expected = 1;
            while (expected < 5 && map.probability[static_cast<std::size_t>(expected - 1) * 64 + point] < 0.8F) {
                ++expected;
            }
            QCOMPARE(exit[point], expected);
        }
        QVERIFY(exit_rule_providers().decideMap(map, run, {.policy = "saturation", .values = {{"threshold", 0.9}}}).empty());
    }

    void rerunWritesTheThresholdAndRuns()
    {
        Window window;
        auto& bench = *window.bench;
        bench.resize(900, 700);
        QCOMPARE(bench.policyBox()->count(), 5);
        window.record.setRecord(testing::exitRecord({.prompt = 3, .generated = 20, .layers = 6}));
        bench.model()->setChoice(confidence(0.9));
        SampleEngine::ran.clear();
        bench.threshold()->slider()->setValue(550);
        QVERIFY(bench.model()->differsFromRun());
        QVERIFY(bench.rerunButton()->isEnabled());
        const auto before = window.session.config();
        QTest::mouseClick(bench.rerunButton(), Qt::LeftButton);
        QVERIFY(QTest::qWaitFor(
            [] {
                const std::lock_guard lock(SampleEngine::mutex);
                return !SampleEngine::ran.empty();
            },
            5000));
        QVERIFY(QTest::qWaitFor([&] { return window.session.settled(); }, 5000));
        const auto& ran = SampleEngine::ran.front();
        QVERIFY(ran.methods.contains("policy"));
        QCOMPARE(ran.methods.at("policy").id, std::string("confidence"));
        QCOMPARE(std::get<double>(ran.methods.at("policy").values.at("threshold")), 0.55);
        QVERIFY(before != window.session.config());
        QCOMPARE(bench.model()->handle().value, 0.55);
    }

    void trainedNetAsksForItsDecisionMaps()
    {
        Window window;
        QSignalSpy state(window.bench->views().at(4), &widgets::View::stateChanged);
        window.record.setRecord(testing::netRecord());
        auto* maps = dynamic_cast<widgets::DecisionMapsView*>(window.bench->views().at(4));
        QVERIFY(maps != nullptr);
        QVERIFY(QTest::qWaitFor([&] { return maps->hasMap(); }, 5000));
        window.record.setRecord(testing::exitRecord({.prompt = 3, .generated = 20, .layers = 6}));
        QVERIFY(!maps->hasMap());
    }

    void everyViewSpeaks()
    {
        Window window;
        window.bench->resize(900, 700);
        window.bench->show();
        for (auto* view : window.bench->views()) {
            QVERIFY2(!view->summary().isEmpty(), qPrintable(view->id()));
        }
        window.record.setRecord(testing::exitRecord({.prompt = 3, .generated = 20, .layers = 6}));
        window.bench->selectSomething();
        QVERIFY(window.selection.current().token >= 0 && window.selection.current().layer >= 0);
        QVERIFY(QTest::qWaitFor([&] { return window.bench->pareto()->isComplete(); }, 5000));
        QStringList ids;
        for (auto* view : window.bench->views()) {
            QVERIFY2(!view->summary().isEmpty() && view->toCsv().contains('\n'), qPrintable(view->id()));
            QVERIFY(!ids.contains(view->id()));
            ids.append(view->id());
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
            for (const QSize size : {QSize(640, 640), QSize(1000, 860)}) {
                Window window;
                window.bench->resize(size);
                window.bench->show();
                window.record.setRecord(testing::exitRecord({.prompt = 5, .generated = 60, .layers = 12}));
                window.bench->model()->setChoice(confidence(0.9));
                window.bench->selectSomething();
                QVERIFY(QTest::qWaitFor([&] { return window.bench->pareto()->isComplete(); }, 5000));
                const auto save = [&](const char* name) {
                    window.bench->grab().save(
                        QStringLiteral("%1/bench-%2-%3-%4.png").arg(folder, QLatin1String(name), QLatin1String(theme)).arg(size.width()));
                };
                save("run");
                window.bench->model()->setHandleValue(0.6);
                save("tried");
                auto* inspector = window.bench->inspector();
                inspector->resize(300, 760);
                inspector->setStyleSheet(QString());
                inspector->grab().save(QStringLiteral("%1/inspector-%2.png").arg(folder, QLatin1String(theme)));
                auto* cost = window.bench->summary();
                cost->resize(300, 320);
                cost->grab().save(QStringLiteral("%1/cost-%2.png").arg(folder, QLatin1String(theme)));
            }
        }
        widgets::ThemeManager::instance().setTheme(QStringLiteral("light"));
    }
};

QTEST_MAIN(TestExitsBench)
#include "test_exits_bench.moc"
