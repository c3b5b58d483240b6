// SPDX-License-Identifier: GPL-3.0-or-later
// The Sweep tab with an engine whose times are known: what can vary, how the picture grows, what a chosen point sets up.
#include "app/window/opener.h"
#include "app/window/sweep_pane.h"
#include "core/run/sweep_table.h"
#include "widgets/theme/theme.h"

#include <QComboBox>
#include <QElapsedTimer>
#include <QImage>
#include <QLineEdit>
#include <QPainter>
#include <QPushButton>
#include <QSet>
#include <QSpinBox>
#include <QTemporaryDir>
#include <QTest>
#include <QThread>

#include <atomic>
#include <cmath>

using namespace timberline;
using namespace timberline::app;
using widgets::SweepMetric;
using widgets::ViewState;

namespace {

MethodInfo method(const char* family, const char* id, const char* title, std::vector<Hyperparameter> parameters = {})
{
    return {.id = id, .family = family, .title = title, .summary = "A method.", .hyperparameters = std::move(parameters)};
}

Hyperparameter whole(const char* key, const char* label, std::int64_t value, double most)
{
    Hyperparameter out{.key = key, .label = label, .unit = "tokens", .help = "Help.", .default_value = value};
    out.minimum = 1;
    out.maximum = most;
    return out;
}

Hyperparameter shape()
{
    Hyperparameter out{
        .key = "shape", .label = "Shape", .unit = "", .help = "Help.", .type = ParameterType::Choice, .default_value = std::string("wide")};
    out.choices = {"wide", "deep"};
    out.choice_labels = {"Wide tree", "Deep tree"};
    return out;
}

std::int64_t length_of(const run::Config& config)
{
    const auto it = config.drafter.values.find("draft_length");
    return it == config.drafter.values.end() ? 0 : std::get<std::int64_t>(it->second);
}

/// A run of 6 tokens: plain decoding takes 12 ms, a draft of length n takes 8 n ms; length 7 is refused. So 1 is faster than plain decoding
/// (1.5 times) and 2 slower (0.75 times).
class TimedEngine : public run::Engine
{
public:
    TimedEngine()
    {
        registry_.add(method("drafter", "plain", "Plain"), {});
        registry_.add(method("drafter", "chain", "Chain", {whole("draft_length", "Draft length", 4, 8), shape()}), {});
        registry_.add(method("drafter", "other", "Other", {whole("width", "Width", 2, 4)}), {});
        registry_.add(method("decode controller", "fixed", "Fixed", {whole("draft_length", "Draft length", 1, 4)}), {});
        registry_.add(method("acceptance rule", "exact", "Exact test"), {});
    }
    const MethodRegistry& methods() const override { return registry_; }
    Result<record::RecordPtr> run(const run::Config& config, const CancelToken& cancel, ProgressSink&, run::RunControl*) override
    {
        ++runs;
        QThread::msleep(static_cast<unsigned long>(delay.load()));
        while (hold && !cancel.cancelled()) {
            QThread::msleep(2);
        }
        if (length_of(config) == 7) {
            return make_error(ErrorCode::InvalidArgument, "length 7 fits no tree", "Take another length.");
        }
        auto out = std::make_shared<record::Record>();
        record::RunStarted started;
        started.bench = "draft";
        started.threads = 2;
        started.prompt = {1};
        out->events.push_back({started});
        for (std::int32_t i = 0; i < 6; ++i) {
            record::Round round;
            round.index = i;
            round.committed_before = 1 + i;
            record::Node root, next;
            root.parent = -1;
            root.state = record::NodeState::Root;
            next.parent = 0;
            next.token = 5;
            next.depth = 1;
            next.state = record::NodeState::Correction;
            round.nodes = {root, next};
            round.path = {0};
            round.next = 5;
            round.next_node = 1;
            round.kept = 1;
            round.verify_ms = config.drafter.id == "plain" ? 2.0 : 8.0 / 6.0 * static_cast<double>(length_of(config));
            out->events.push_back({round});
        }
        out->events.push_back({record::RunFinished{.reason = cancel.cancelled() ? "cancelled" : "length", .message = "", .total_ms = 1}});
        return record::RecordPtr(out);
    }
    Result<record::Block> query(const run::Config&, const run::BenchQuery&, const CancelToken&, ProgressSink&) override { return none(); }
    Result<record::BaselineMeasured> measure(const run::Config&, int, const record::Record*, const CancelToken&, ProgressSink&) override
    {
        return none();
    }
    Status preload(const run::Config&, const CancelToken&) override { return {}; }
    Result<run::ModelInfo> model_info(const std::string&) override { return none(); }
    Result<run::TensorSummary> tensor_summary(const std::string&, const std::string&, const CancelToken&) override { return none(); }
    Status check_pair(const std::string&, const std::string&) override { return {}; }
    Result<std::vector<TokenId>> tokenize(const std::string&, const std::string&, bool) override { return std::vector<TokenId>{}; }
    std::vector<std::string> devices() const override { return {"cpu"}; }

    static inline std::atomic<int> runs = 0;
    static inline std::atomic<int> delay = 0;
    static inline std::atomic<bool> hold = false;

private:
    static Error none() { return make_error(ErrorCode::Unsupported, "not asked here"); }
    MethodRegistry registry_;
};

struct Desk {
    JobHost jobs{[]() -> Result<std::unique_ptr<run::Engine>> { return std::unique_ptr<run::Engine>(std::make_unique<TimedEngine>()); }};
    widgets::RecordModel record, other;
    widgets::SelectionModel selection;
    RunSession session{&jobs, &record, &other, "draft"};
    std::unique_ptr<SweepPane> pane;

    Desk()
    {
        TimedEngine::runs = 0;
        TimedEngine::delay = 0;
        TimedEngine::hold = false;
        jobs.start();
        pane = std::make_unique<SweepPane>(BenchContext{&session, &record, &selection, &jobs});
        if (!QTest::qWaitFor([this] { return jobs.engineReady(); }, 10000)) {
            qFatal("the engine did not start");
        }
        run::Config config;
        config.drafter.id = "chain";
        config.controller.id = "fixed";
        config.acceptance.id = "exact";
        session.setConfig(config);
        pane->resize(760, 320);
        pane->show();
    }
    ~Desk() { TimedEngine::hold = false; }
    void vary(int axis, const char* key, const char* values) const
    {
        pane->keyBox(axis)->setCurrentIndex(pane->keyBox(axis)->findData(QString::fromLatin1(key)));
        pane->valuesEdit(axis)->clear();
        QTest::keyClicks(pane->valuesEdit(axis), QString::fromLatin1(values));
    }
    [[nodiscard]] bool sweep() const
    {
        QTest::mouseClick(pane->sweepButton(), Qt::LeftButton);
        return QTest::qWaitFor([this] { return !pane->running(); }, 20000);
    }
    [[nodiscard]] const widgets::SweepCell& cell(int index) const { return pane->view()->sweep()->cells[static_cast<std::size_t>(index)]; }
};

QImage picture(const widgets::SweepView& view, const QSize& size)
{
    QImage out(size, QImage::Format_RGB32);
    out.fill(widgets::theme().background);
    QPainter painter(&out);
    painter.setFont(view.font());
    view.paintContent(painter, size, widgets::theme());
    return out;
}

}  // namespace

class TestSweepPane : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { widgets::ThemeManager::instance().setTheme(QStringLiteral("light")); }

    void whatCanVaryComesFromTheSetUp()
    {
        const Desk desk;
        const auto* keys = desk.pane->keyBox(0);
        QStringList all;
        for (int i = 0; i < keys->count(); ++i) {
            all << keys->itemData(i).toString();
        }
        QCOMPARE(all, (QStringList{"draft_length", "shape", "method.controller.values.draft_length", "sampling.temperature",
                                   "max_new_tokens", "seed"}));
        QCOMPARE(desk.pane->keyBox(1)->count(), keys->count() + 1);  // and nothing
        QCOMPARE(desk.pane->valuesEdit(0)->text(), QStringLiteral("1:8:1"));
        QVERIFY(!desk.pane->valuesEdit(1)->isEnabled());
        QVERIFY2(desk.pane->noteText().startsWith(QLatin1String("8 point")), qPrintable(desk.pane->noteText()));
        desk.pane->keyBox(1)->setCurrentIndex(desk.pane->keyBox(1)->findData(QStringLiteral("shape")));
        QCOMPARE(desk.pane->valuesEdit(1)->text(), QStringLiteral("wide,deep"));
        QVERIFY2(desk.pane->noteText().startsWith(QLatin1String("16 point")), qPrintable(desk.pane->noteText()));
    }

    void theWindowStaysSmall()
    {
        const Desk desk;
        const auto least = desk.pane->minimumSizeHint();
        QVERIFY2(least.width() <= 560 && least.height() <= 200, qPrintable(QStringLiteral("%1x%2").arg(least.width()).arg(least.height())));
    }

    void whatCannotBeSetDisablesTheButton_data()
    {
        QTest::addColumn<QString>("values");
        QTest::addColumn<QString>("said");
        QTest::newRow("a value out of range") << "1,99"
                                              << "99";
        QTest::newRow("a word") << "long"
                                << "long";
        QTest::newRow("a backward range") << "5:1:1"
                                          << "5:1:1";
        QTest::newRow("nothing") << ""
                                 << "empty";
    }
    void whatCannotBeSetDisablesTheButton()
    {
        QFETCH(QString, values);
        QFETCH(QString, said);
        const Desk desk;
        desk.vary(0, "draft_length", "2");
        QVERIFY(desk.pane->sweepButton()->isEnabled());
        desk.pane->valuesEdit(0)->selectAll();
        QTest::keyClick(desk.pane->valuesEdit(0), Qt::Key_Delete);
        QTest::keyClicks(desk.pane->valuesEdit(0), values);
        QVERIFY(!desk.pane->sweepButton()->isEnabled());
        QVERIFY2(desk.pane->noteText().contains(said), qPrintable(desk.pane->noteText()));
        QCOMPARE(TimedEngine::runs.load(), 0);
    }

    void aLineOfPoints()
    {
        const Desk desk;
        desk.vary(0, "draft_length", "1,2,7");
        desk.pane->repeatsBox()->setValue(2);
        QVERIFY(desk.sweep());
        auto* view = desk.pane->view();
        QCOMPARE(view->state(), ViewState::Data);
        QCOMPARE(desk.cell(0).speedUp, 1.5);
        QCOMPARE(desk.cell(1).speedUp, 0.75);
        QCOMPARE(desk.cell(0).plainRate, 500.0);  // 6 tokens in 12 ms
        QCOMPARE(desk.cell(0).accepted, 1.0);
        QVERIFY(desk.cell(2).refused.contains(QLatin1String("fits no tree")));
        QVERIFY(view->cellText(2).contains(QLatin1String("length 7 fits no tree")));
        QCOMPARE(view->best(), 0);
        QVERIFY2(view->words().first().contains(QLatin1String("Draft length 1")), qPrintable(view->words().first()));
        const auto csv = QString::fromUtf8(view->toCsv()).split('\n');
        QVERIFY(csv[0].startsWith(QLatin1String("draft_length,speed_up,")) && csv[0].endsWith(QLatin1String(",error")));
        QVERIFY(csv[1].startsWith(QLatin1String("1,1.5,1.5,1.5,750,")));
        QVERIFY(csv[3].endsWith(QLatin1String("length 7 fits no tree")));
        desk.pane->metricBox()->setCurrentIndex(desk.pane->metricBox()->findData(static_cast<int>(SweepMetric::Rate)));
        QCOMPARE(view->valueOf(1), 375.0);
    }

    void keysMoveAndReturnSetsUp()
    {
        const Desk desk;
        desk.vary(0, "draft_length", "1:3:1");
        QVERIFY(desk.sweep());
        auto* view = desk.pane->view();
        QVERIFY(!desk.pane->useButton()->isEnabled());
        view->setFocus();
        QTest::keyClick(view, Qt::Key_Right);  // the first key begins at the best point
        QCOMPARE(view->cursor(), 0);
        QTest::keyClick(view, Qt::Key_End);
        QCOMPARE(view->cursor(), 2);
        QTest::keyClick(view, Qt::Key_Left);
        QCOMPARE(view->cursor(), 1);
        QVERIFY(desk.pane->useButton()->isEnabled());
        QTest::keyClick(view, Qt::Key_Return);
        QCOMPARE(length_of(desk.session.config()), 2);
        QVERIFY(desk.pane->noteText().contains(QLatin1String("Draft length 2")));
        QTest::keyClick(view, Qt::Key_B);
        QTest::mouseClick(desk.pane->useButton(), Qt::LeftButton);
        QCOMPARE(length_of(desk.session.config()), 1);
    }

    void twoKeysMakeAMap()
    {
        Desk desk;
        desk.vary(0, "draft_length", "1,2");
        desk.vary(1, "max_new_tokens", "16,32,64");
        desk.pane->repeatsBox()->setValue(1);
        QVERIFY(desk.sweep());
        auto* view = desk.pane->view();
        QCOMPARE(view->finished(), 6);
        QCOMPARE(desk.cell(2).speedUp, 1.5);   // the first key is the slow one: length 1, 64 tokens
        QCOMPARE(desk.cell(3).speedUp, 0.75);  // length 2, 16 tokens
        QTest::mouseClick(view, Qt::LeftButton, {}, view->middleOf(5).toPoint());
        QCOMPARE(length_of(desk.session.config()), 2);
        QCOMPARE(desk.session.config().max_new_tokens, 64);
        // The second key goes up: its first value stands below.
        QVERIFY(view->middleOf(3).y() > view->middleOf(5).y() && view->middleOf(0).x() < view->middleOf(3).x());
        // Without colour, slower than plain decoding is still told apart: those cells are hatched, the others are not.
        const auto grey = picture(*view, view->size()).convertToFormat(QImage::Format_Grayscale8);
        const auto tones = [&](int cell) {
            QSet<int> out;
            const auto middle = view->middleOf(cell).toPoint();
            for (int y = 14; y < 22; ++y) {  // below the digits
                for (int x = -12; x < 12; ++x) {
                    out.insert(qGray(grey.pixel(middle + QPoint(x, y))));
                }
            }
            return out.size();
        };
        QCOMPARE(tones(1), 1);
        QVERIFY(tones(4) > 1);
    }

    void cancellingKeepsTheFinishedPoints()
    {
        const Desk desk;
        desk.vary(0, "draft_length", "1:6:1");
        TimedEngine::delay = 5;
        QTest::mouseClick(desk.pane->sweepButton(), Qt::LeftButton);
        auto* view = desk.pane->view();
        QVERIFY(QTest::qWaitFor([&] { return view->finished() >= 1; }, 10000));
        QCOMPARE(view->state(), ViewState::Busy);
        QVERIFY2(desk.pane->noteText().contains(QLatin1String("of 6 points")), qPrintable(desk.pane->noteText()));
        TimedEngine::hold = true;
        QElapsedTimer timer;
        timer.start();
        QTest::mouseClick(desk.pane->sweepButton(), Qt::LeftButton);
        QVERIFY(QTest::qWaitFor([&] { return !desk.pane->running(); }, 10000));
        QVERIFY2(timer.elapsed() < 1000, qPrintable(QString::number(timer.elapsed())));
        QCOMPARE(view->state(), ViewState::Partial);
        QVERIFY(view->finished() >= 1 && view->finished() < 6);
        QVERIFY(desk.pane->sweepButton()->isEnabled());
        QVERIFY(!QString::fromUtf8(view->toCsv()).contains(QLatin1String("\n6,")));
    }

    void otherRequestsGoInBetween()
    {
        Desk desk;
        desk.vary(0, "draft_length", "1:6:1");
        TimedEngine::delay = 10;
        QTest::mouseClick(desk.pane->sweepButton(), Qt::LeftButton);
        QVERIFY(QTest::qWaitFor([&] { return TimedEngine::runs > 0; }, 10000));
        bool answered = false;
        desk.jobs.submit(QStringLiteral("someone"), [&](const JobContext& job) { job.deliver([&] { answered = true; }); });
        QVERIFY(QTest::qWaitFor([&] { return answered; }, 10000));
        QVERIFY(desk.pane->running());
        desk.pane->stop();
        QVERIFY(QTest::qWaitFor([&] { return !desk.pane->running(); }, 10000));
    }

    void aFileIsShownWithoutARun()
    {
        Desk desk;
        desk.vary(0, "draft_length", "1,2");
        QVERIFY(desk.sweep());
        QTemporaryDir folder;
        const auto path = folder.filePath(QStringLiteral("sweep.json"));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(QByteArray::fromStdString(run::to_json(*desk.pane->sweep()).dump()));
        file.close();
        auto opened = open_path(path, *desk.jobs.methods());
        QVERIFY2(opened.ok(), opened.ok() ? "" : opened.error().message.c_str());
        auto* sweep = std::get_if<OpenedSweep>(&opened.value());
        QVERIFY(sweep != nullptr);
        desk.session.choose("drafter", "other");
        desk.vary(0, "width", "2");
        const int before = TimedEngine::runs;
        desk.pane->view()->clear(QStringLiteral("nothing"));
        desk.pane->showSweep(sweep->sweep);
        QCOMPARE(desk.pane->view()->state(), ViewState::Data);
        QCOMPARE(desk.cell(0).speedUp, 1.5);
        QCOMPARE(TimedEngine::runs.load(), before);
        QCOMPARE(desk.session.config().drafter.id, std::string("chain"));
        QCOMPARE(desk.pane->keyBox(0)->currentData().toString(), QStringLiteral("draft_length"));
        QCOMPARE(desk.pane->valuesEdit(0)->text(), QStringLiteral("1,2"));
        // The set-up drafts another way by now: the whole config of the sweep comes back.
        desk.session.choose("drafter", "other");
        desk.pane->useCell(1);
        QCOMPARE(desk.session.config().drafter.id, std::string("chain"));
        QCOMPARE(length_of(desk.session.config()), 2);
        auto three = sweep->sweep;
        three.varied.push_back({"seed", {"1"}});
        three.varied.push_back({"max_new_tokens", {"4"}});
        desk.pane->showSweep(three);
        QCOMPARE(desk.pane->view()->state(), ViewState::Error);
    }

    void noiseIsSaid()
    {
        widgets::SweepView view;
        widgets::SweepData swept;
        swept.axes.push_back({.key = "k", .label = "K", .unit = {}, .values = {"1", "2", "3"}});
        // Quartiles 1.2 to 1.6, 1.1 to 1.3, 0.9 to 1.1: the second reaches into the first, the third does not.
        for (const auto& [low, middle, high] : {std::array{1.2, 1.4, 1.6}, std::array{1.1, 1.2, 1.3}, std::array{0.9, 1.0, 1.1}}) {
            widgets::SweepCell cell;
            cell.done = true;
            cell.speedUp = middle;
            cell.speedUpLow = low;
            cell.speedUpHigh = high;
            cell.repeats = 3;
            swept.cells.push_back(cell);
        }
        view.setSweep(swept);
        QCOMPARE(view.best(), 0);
        QCOMPARE(view.withinNoise(0), 1);
        QCOMPARE(view.withinNoise(2), 2);
        swept.cells[1].speedUpHigh = 1.15;
        view.setSweep(swept);
        QCOMPARE(view.withinNoise(0), 0);
    }

    void largeMapsPaintQuickly()
    {
        widgets::SweepView view;
        widgets::SweepData swept;
        for (const char* key : {"a", "b"}) {
            widgets::SweepAxis axis{.key = key, .label = key, .unit = {}, .values = {}};
            for (int i = 0; i < 60; ++i) {
                axis.values << QString::number(i);
            }
            swept.axes.push_back(axis);
        }
        for (int i = 0; i < 3600; ++i) {
            widgets::SweepCell cell;
            cell.done = true;
            cell.speedUp = 0.5 + (i % 61) / 40.0;
            swept.cells.push_back(cell);
        }
        view.setSweep(swept);
        QElapsedTimer timer;
        timer.start();
        const auto image = picture(view, {900, 500});
        QVERIFY(!image.isNull());
#ifndef TIMBERLINE_SANITIZED
        QVERIFY2(timer.elapsed() < 300, qPrintable(QString::number(timer.elapsed())));
#endif
        for (const auto& size : {QSize(260, 110), QSize(60, 40), QSize(1, 1)}) {
            (void)picture(view, size);  // too small for anything: nothing to see, nothing to crash
        }
    }
};

QTEST_MAIN(TestSweepPane)
#include "test_sweep_pane.moc"
