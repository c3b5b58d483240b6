// SPDX-License-Identifier: GPL-3.0-or-later
// Which weights are shown for what, and what is said about a row and a single weight.
#include "tests/widgets/attention_desk.h"
#include "widgets/attention/cell_view.h"
#include "widgets/attention/entropy_curve_view.h"
#include "widgets/attention/entropy_map_view.h"
#include "widgets/attention/head_view.h"
#include "widgets/theme/theme.h"

#include <QDir>
#include <QTest>

using namespace timberline;
using namespace timberline::widgets;
using testing::Desk;
using testing::near;

class TestAttentionWeights : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { ThemeManager::instance().attach(qApp); }

    void keptMapsAreShownForWhatTheyWereMadeWith()
    {
        Desk desk;
        auto record = testing::attentionRecord();
        record->events.insert(record->events.end() - 1, record::Event{to_block(testing::sampleMap(2, 3, 0, 9))});
        desk.record.adoptRecord(record);
        HeadView head(&desk.model, &desk.selection);
        int asked = 0;
        head.setProvider([&](const MapRequest&) { ++asked; });
        desk.select(2, 3);
        // Other edits than the record's: what it keeps is not what they give.
        head.setKeptValid(false);
        head.forgetMaps();
        QCOMPARE(asked, 1);
        QVERIFY(head.tiles().empty());
        QCOMPARE(head.state(), ViewState::Busy);
        head.mapFailed(QStringLiteral("no model"), QStringLiteral("open one"));
        QCOMPARE(head.state(), ViewState::Error);
        // The record's own edits: the unchanged rows are asked for; without a model the edited ones stand alone.
        head.setKeptValid(true);
        head.setBaseWanted(true);
        QCOMPARE(asked, 2);
        head.mapFailed(QStringLiteral("no model"), QStringLiteral("open one"));
        QCOMPARE(head.state(), ViewState::Partial);
        QCOMPARE(head.stateText(), QStringLiteral("no model"));
        QVERIFY(!head.tiles().hasBase());
        QVERIFY(near(head.tiles().value(MapTiles::Value::Weight, 4, 2), testing::sampleWeight(2, 3, 4, 2)));
    }

    void rowsOfZerosAreInNoMean()
    {
        const testing::AttentionShape shape;
        auto rows = testing::sampleRows(shape, -1, 0, 9);
        const std::size_t nothing = rows.at(0, 0, 4);
        rows.entropy[nothing] = rows.largest[nothing] = 0;
        auto record = std::make_shared<record::Record>();
        record->events = {{testing::attentionStarted(shape)}, {to_block(testing::sampleSetup(shape))}, {to_block(rows)}};
        Desk desk;
        desk.record.adoptRecord(record);
        QCOMPARE(desk.model.validRows(0, 0), 7);
        QVERIFY(near(desk.model.statistic(HeadStatistic::NormalisedEntropy, 0, 0), 1, 1e-6));  // not dragged down by a row of nothing
        QVERIFY(near(desk.model.statistic(HeadStatistic::EntropyMin, 0, 0), std::log(2), 1e-6));
        QVERIFY(std::isnan(desk.model.rowValue(HeadStatistic::Entropy, 0, 0, 4)));
        QVERIFY(!desk.model.rowValid(0, 0, 4) && desk.model.rowValid(0, 0, 5) && desk.model.rowValid(0, 1, 4));
        EntropyCurveView curve(&desk.model, &desk.selection);
        desk.select(0, 0, 4);
        QVERIFY(curve.positionText(4).contains(QStringLiteral("All weights are 0")));
        QVERIFY(!curve.positionText(5).contains(QStringLiteral("All weights are 0")));
    }

    void entropiesAreShownInBits()
    {
        Desk desk;
        desk.load({}, true);
        EntropyMapView overview(&desk.model, &desk.selection);
        overview.setStatistic(HeadStatistic::Entropy);
        overview.setCells(EntropyMapView::Cells::Mean);
        overview.resize(700, 400);
        const QByteArray csv = overview.toCsv();
        const QImage nats = overview.grab().toImage();
        QVERIFY(overview.cellText(0, 0).contains(QStringLiteral("nats")));
        overview.setUnit(EntropyUnit::Bits);
        // The mean of log2 over 2 to 9 keys: log2(9!) / 8 = 2.308669…
        QVERIFY2(overview.cellText(0, 0).contains(QStringLiteral("2.309 bits")), qPrintable(overview.cellText(0, 0)));
        QVERIFY(overview.summary().contains(QStringLiteral("bits")));
        QVERIFY(!overview.summary().contains(QStringLiteral("nats")));
        QVERIFY(overview.grab().toImage() != nats);
        QCOMPARE(overview.toCsv(), csv);
        QCOMPARE(valueText(HeadStatistic::Distance, 2, EntropyUnit::Bits), valueText(HeadStatistic::Distance, 2));
        QCOMPARE(valueText(HeadStatistic::Sink, .5, EntropyUnit::Bits), QStringLiteral("0.500"));
        QCOMPARE(inUnit(HeadStatistic::JensenShannon, std::log(2), EntropyUnit::Bits), 1.0);
    }

    void oneWeightSaysHowItCameAbout()
    {
        Desk desk;
        CellView view(&desk.model);
        auto cell = testing::sampleCell(1, 3, 33, 31);
        cell.first_key = 30;  // a sliding window of four keys in tiles of two
        view.setCell(cell);
        QCOMPARE(view.tileKeys(0), (std::pair{30, 31}));
        QCOMPARE(view.tileKeys(1), (std::pair{32, 33}));
        cell.query = 32;  // the last tile holds one key
        view.setCell(cell);
        QCOMPARE(view.tileKeys(1), (std::pair{32, 32}));
        const auto labels = [&view] {
            QStringList out;
            for (const auto& [label, value] : view.steps()) {
                out << label + QLatin1Char('=') + value;
            }
            return out;
        };
        QVERIFY(labels().contains(QStringLiteral("score=1.5000")));
        // A method whose weights are no softmax: its name, and neither score nor tiles.
        cell.method = "lssar";
        cell.scale = cell.score = cell.log_sum_exp = std::nan("");
        cell.maximum = cell.sum = cell.weighted = cell.entropy_so_far = {};
        const int before = view.sizeHint().height();
        view.setCell(cell);
        QVERIFY(labels().contains(QStringLiteral("weights by=lssar")));
        QVERIFY(labels().contains(QStringLiteral("weight=0.25000")));
        QVERIFY(labels().filter(QStringLiteral("score")).isEmpty());
        QVERIFY(view.summary().contains(QStringLiteral("weighed by lssar")));
        QVERIFY(view.sizeHint().height() < before);
        view.resize(view.sizeHint());
        QVERIFY(!view.grab().isNull());
        for (const auto key : {Qt::Key_Up, Qt::Key_Down, Qt::Key_Right}) {
            QTest::keyClick(&view, key);
        }
        QCOMPARE(view.dimension(), 0);
    }

    /// Pictures for people, when $TIMBERLINE_PICTURES names a folder.
    void pictures()
    {
        const QString folder = qEnvironmentVariable("TIMBERLINE_PICTURES");
        if (folder.isEmpty()) {
            QSKIP("TIMBERLINE_PICTURES names no folder");
        }
        QDir().mkpath(folder);
        for (const QString& name : {QStringLiteral("light"), QStringLiteral("dark")}) {
            ThemeManager::instance().setTheme(name);
            Desk desk;
            desk.load({.layers = 6, .heads = 8, .kvHeads = 4, .prompt = 30, .generated = 10});
            const auto save = [&](View& view, const QSize& size, const char* what) {
                view.resize(size);
                view.grab().save(QStringLiteral("%1/%2-%3.png").arg(folder, name, QLatin1String(what)));
            };
            EntropyMapView overview(&desk.model, &desk.selection);
            overview.setStatistic(HeadStatistic::Entropy);
            overview.setCells(EntropyMapView::Cells::Mean);
            overview.setUnit(EntropyUnit::Bits);
            save(overview, {520, 360}, "bits");
            desk.select(2, 3, 20);
            HeadView head(&desk.model, &desk.selection);
            head.setRunning(true);
            save(head, {420, 360}, "running");
            head.addMap(testing::sampleMap(2, 3, 0, 25));
            save(head, {420, 360}, "running-partly");
            CellView cell(&desk.model);
            auto one = testing::sampleCell(2, 3, 33, 31);
            one.first_key = 30;
            cell.setCell(one);
            save(cell, cell.sizeHint(), "window");
            one.method = "lssar";
            one.scale = one.score = one.log_sum_exp = std::nan("");
            one.maximum = one.sum = one.weighted = one.entropy_so_far = {};
            cell.setCell(one);
            save(cell, cell.sizeHint(), "softplus");
        }
        ThemeManager::instance().setTheme(QStringLiteral("light"));
    }
};

QTEST_MAIN(TestAttentionWeights)
#include "test_attention_weights.moc"
