// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/widgets/attention_desk.h"
#include "widgets/attention/attention_inspector.h"
#include "widgets/attention/attention_summary.h"
#include "widgets/attention/cell_view.h"
#include "widgets/attention/effect_view.h"
#include "widgets/attention/entropy_curve_view.h"
#include "widgets/attention/entropy_map_view.h"
#include "widgets/attention/head_table_view.h"
#include "widgets/attention/head_view.h"
#include "widgets/attention/intervention_bar.h"
#include "widgets/attention/rollout_view.h"
#include "widgets/theme/theme.h"

#include <QAbstractItemModelTester>
#include <QComboBox>
#include <QDir>
#include <QDoubleSpinBox>
#include <QElapsedTimer>
#include <QHeaderView>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLineEdit>
#include <QMenu>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>
#include <QToolButton>
#include <QUndoStack>

#include <algorithm>
#include <cmath>

using namespace timberline;
using namespace timberline::widgets;
using testing::Desk;
using testing::near;

namespace {

QPoint middle(const QRectF& rect)
{
    return rect.center().toPoint();
}

void hover(QWidget* widget, const QPoint& at)
{
    QMouseEvent move(QEvent::MouseMove, QPointF(at), widget->mapToGlobal(QPointF(at)), Qt::NoButton, Qt::NoButton, Qt::NoModifier);
    QCoreApplication::sendEvent(widget, &move);
}

QStringList lines(const QByteArray& csv)
{
    return QString::fromUtf8(csv).split(QLatin1Char('\n'), Qt::SkipEmptyParts);
}

}  // namespace

class TestAttentionViews : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { ThemeManager::instance().attach(qApp); }

    void summariesAreThoseOfTheRecord()
    {
        Desk desk;
        desk.load({}, true);
        const record::AttentionFold fold(desk.record.record());
        QCOMPARE(desk.model.positions(), 9);
        for (int layer = 0; layer < 3; ++layer) {
            for (int head = 0; head < 4; ++head) {
                const auto summary = fold.summary(layer, head);
                const std::pair<HeadStatistic, double> expected[] = {{HeadStatistic::Entropy, summary.entropy},
                                                                     {HeadStatistic::NormalisedEntropy, summary.normalised},
                                                                     {HeadStatistic::EntropyMin, summary.entropy_min},
                                                                     {HeadStatistic::EntropyMax, summary.entropy_max},
                                                                     {HeadStatistic::EntropyP5, summary.entropy_p5},
                                                                     {HeadStatistic::EntropyMedian, summary.entropy_median},
                                                                     {HeadStatistic::EntropyP95, summary.entropy_p95},
                                                                     {HeadStatistic::EntropyLast, summary.entropy_last},
                                                                     {HeadStatistic::EffectiveContext, summary.effective_context},
                                                                     {HeadStatistic::Largest, summary.largest},
                                                                     {HeadStatistic::Sink, summary.sink},
                                                                     {HeadStatistic::Local, summary.local},
                                                                     {HeadStatistic::Distance, summary.distance},
                                                                     {HeadStatistic::Previous, summary.previous},
                                                                     {HeadStatistic::Induction, summary.induction},
                                                                     {HeadStatistic::ValueNorm, summary.value_norm}};
                for (const auto& [statistic, value] : expected) {
                    QVERIFY2(near(desk.model.statistic(statistic, layer, head), value), qPrintable(infoOf(statistic).key));
                }
            }
        }
        QVERIFY(near(desk.model.perplexity(), fold.perplexity()));
        QVERIFY(near(desk.model.sinkRate(), fold.sink_rate(0.3)));
    }

    void summariesFollowClosedForms()
    {
        // An even row of n keys: ln n, 1 and n. All weight on the first key: entropy 0, sink 1, distance = the position.
        Desk desk;
        desk.load();
        double entropy = 0, context = 0, distance = 0;
        for (int position = 1; position < 9; ++position) {
            entropy += std::log(position + 1.0) / 8;
            context += (position + 1.0) / 8;
            distance += position / 8.0;
        }
        QVERIFY(near(desk.model.statistic(HeadStatistic::Entropy, 0, 0), entropy, 1e-6));
        QVERIFY(near(desk.model.statistic(HeadStatistic::NormalisedEntropy, 0, 0), 1, 1e-6));
        QVERIFY(near(desk.model.statistic(HeadStatistic::EffectiveContext, 0, 0), context, 1e-5));
        QCOMPARE(desk.model.statistic(HeadStatistic::Entropy, 0, 1), 0.0);
        QCOMPARE(desk.model.statistic(HeadStatistic::Sink, 0, 1), 1.0);
        QVERIFY(near(desk.model.statistic(HeadStatistic::Distance, 0, 1), distance));
        QCOMPARE(desk.model.statistic(HeadStatistic::Previous, 0, 2), 1.0);
        // The first row has one key: in no mean.
        QCOMPARE(desk.model.validRows(0, 0), 8);
        QVERIFY(std::isnan(desk.model.rowValue(HeadStatistic::Entropy, 0, 0, 0)));
        // The first value is a quarter as long as the others.
        QVERIFY(near(desk.model.statistic(HeadStatistic::ValueNorm, 0, 0), 0.25));
    }

    void growsRowByRowAndGoesBackInTime()
    {
        Desk desk;
        const auto whole = testing::attentionRecord();
        desk.record.clear();
        QSignalSpy changed(&desk.model, &AttentionModel::changed);
        desk.record.append({whole->events.begin(), whole->events.begin() + 3});
        QCOMPARE(desk.model.positions(), 6);
        for (int token = 0; token < 3; ++token) {
            const auto before = changed.count();
            desk.record.append({whole->events[static_cast<std::size_t>(3 + token)]});
            QCOMPARE(changed.count(), before + 1);
            QCOMPARE(desk.model.positions(), 7 + token);
            // As if it had been read at once.
            record::Record part;
            part.events.assign(whole->events.begin(), whole->events.begin() + 4 + token);
            const record::AttentionFold fold(part);
            QVERIFY(near(desk.model.statistic(HeadStatistic::Distance, 2, 3), fold.summary(2, 3).distance));
        }
        const double end = desk.model.statistic(HeadStatistic::Entropy, 1, 3);
        desk.record.setShownRounds(1);
        QCOMPARE(desk.model.positions(), 7);
        const record::AttentionFold back(desk.record.record(), 0);
        QVERIFY(near(desk.model.statistic(HeadStatistic::Entropy, 1, 3), back.summary(1, 3).entropy));
        QVERIFY(near(desk.model.statistic(HeadStatistic::EntropyMedian, 1, 3), back.summary(1, 3).entropy_median));
        desk.record.setShownRounds(3);
        QVERIFY(near(desk.model.statistic(HeadStatistic::Entropy, 1, 3), end));
        // A record with less in it replaces the old one whole.
        QSignalSpy replaced(&desk.model, &AttentionModel::recordReplaced);
        desk.load({.layers = 1, .heads = 2, .kvHeads = 2, .prompt = 1, .generated = 0});
        QCOMPARE(replaced.count(), 1);
        QCOMPARE(desk.model.positions(), 1);
        QVERIFY(std::isnan(desk.model.statistic(HeadStatistic::Entropy, 0, 0)));
        QCOMPARE(desk.model.sinkRate(), 0.0);
    }

    void tableModelKeepsTheRules()
    {
        Desk desk;
        HeadTableModel table(&desk.model);
        const QAbstractItemModelTester tester(&table, QAbstractItemModelTester::FailureReportingMode::QtTest);
        HeadSorter sorter(&table);
        const QAbstractItemModelTester sorted(&sorter, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QCOMPARE(table.rowCount(), 0);
        desk.load({}, true);
        QCOMPARE(table.rowCount(), 12);
        desk.record.setShownRounds(0);
        desk.record.setShownRounds(3);
        desk.load({.layers = 2, .heads = 2, .kvHeads = 1});
        QCOMPARE(table.rowCount(), 4);
        desk.record.clear();
        QCOMPARE(table.rowCount(), 0);
    }

    void tableSortsByAnyStatistic_data()
    {
        QTest::addColumn<int>("statistic");
        QTest::addColumn<int>("order");
        for (const auto statistic : allStatistics()) {
            for (const auto order : {Qt::AscendingOrder, Qt::DescendingOrder}) {
                QTest::addRow("%s, %s", qPrintable(infoOf(statistic).key), order == Qt::AscendingOrder ? "smallest first" : "largest first")
                    << static_cast<int>(statistic) << static_cast<int>(order);
            }
        }
    }

    void tableSortsByAnyStatistic()
    {
        QFETCH(int, statistic);
        QFETCH(int, order);
        Desk desk;
        desk.load({}, true);
        HeadTableView view(&desk.model, &desk.selection);
        view.sortBy(static_cast<HeadStatistic>(statistic), static_cast<Qt::SortOrder>(order));
        const int column = HeadTableModel::columnOf(static_cast<HeadStatistic>(statistic));
        double before = std::nan("");
        for (int row = 0; row < 12; ++row) {
            const double value = view.sorter()->index(row, column).data(Qt::UserRole).toDouble();
            if (row > 0 && !std::isnan(value)) {
                QVERIFY2(!std::isnan(before), "what has no number stands last");
                QVERIFY(order == Qt::AscendingOrder ? value >= before : value <= before);
            }
            before = value;
        }
    }

    void searchFindsHeads_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("found");
        QTest::addRow("nothing typed: all") << QString() << 12;
        QTest::addRow("one head") << QStringLiteral("1.2") << 1;
        QTest::addRow("a layer") << QStringLiteral("1.*") << 4;
        QTest::addRow("a range") << QStringLiteral("0-1.2-3") << 4;
        QTest::addRow("sinks by comparison") << QStringLiteral("sink>=0.8") << 3;
        QTest::addRow("beginning of a name") << QStringLiteral("norm<0.01") << 2;
        QTest::addRow("all words must hold") << QStringLiteral("layer=0 head<2") << 2;
        QTest::addRow("a comma as decimal point") << QStringLiteral("sink>=0,8") << 3;
        QTest::addRow("a head that is not there") << QStringLiteral("9.9") << 0;
        QTest::addRow("what is not understood does not filter") << QStringLiteral("wolf") << 12;
        QTest::addRow("edited heads") << QStringLiteral("edited") << 1;
    }

    void searchFindsHeads()
    {
        QFETCH(QString, text);
        QFETCH(int, found);
        Desk desk;
        desk.load();
        std::vector<HeadMark> marks(12);
        marks[5].factor = 0;
        desk.model.setMarks(marks);
        HeadTableView view(&desk.model, &desk.selection);
        view.search()->setText(text);
        QCOMPARE(view.sorter()->rowCount(), found);
    }

    void chipsNarrowTogether()
    {
        Desk desk;
        desk.load();
        HeadTableView view(&desk.model, &desk.selection);
        // Layer 0: head 1 is a sink in every layer (weight 1, 0.9, 0.8 on the first token).
        auto* sinks = view.chips().front();
        sinks->setChecked(true);
        QSet<int> heads;
        for (int row = 0; row < view.sorter()->rowCount(); ++row) {
            heads.insert(view.sorter()->index(row, HeadTableModel::Head).data(Qt::UserRole).toInt());
        }
        QVERIFY(heads.contains(1));
        QVERIFY(!heads.contains(2));
        view.search()->setText(QStringLiteral("1.*"));
        for (int row = 0; row < view.sorter()->rowCount(); ++row) {
            QCOMPARE(view.sorter()->index(row, HeadTableModel::Layer).data(Qt::UserRole).toInt(), 1);
        }
        QVERIFY(view.sorter()->rowCount() >= 1);
    }

    void aHeadSelectedAnywhereIsSelectedEverywhere()
    {
        Desk desk;
        desk.load();
        EntropyMapView overview(&desk.model, &desk.selection);
        HeadTableView table(&desk.model, &desk.selection);
        HeadView head(&desk.model, &desk.selection);
        overview.resize(500, 400);
        overview.show();
        QTest::mouseClick(&overview, Qt::LeftButton, {}, middle(overview.cellRect(2, 1)));
        QCOMPARE(desk.selection.current().layer, 2);
        QCOMPARE(desk.selection.current().head, 1);
        QCOMPARE(head.layer(), 2);
        QCOMPARE(head.head(), 1);
        QCOMPARE(table.sorter()->mapToSource(table.table()->currentIndex()).row(), table.tableModel()->rowOf(2, 1));
        // And from the table back.
        table.table()->selectRow(table.sorter()->mapFromSource(table.tableModel()->index(table.tableModel()->rowOf(0, 3), 0)).row());
        QCOMPARE(desk.selection.current().layer, 0);
        QCOMPARE(desk.selection.current().head, 3);
        QCOMPARE(head.head(), 3);
    }

    void arrowsWalkTheHeads_data()
    {
        QTest::addColumn<int>("key");
        QTest::addColumn<int>("modifiers");
        QTest::addColumn<int>("layer");
        QTest::addColumn<int>("head");
        QTest::addRow("right") << static_cast<int>(Qt::Key_Right) << 0 << 1 << 3;
        QTest::addRow("left") << static_cast<int>(Qt::Key_Left) << 0 << 1 << 1;
        QTest::addRow("up") << static_cast<int>(Qt::Key_Up) << 0 << 0 << 2;
        QTest::addRow("down") << static_cast<int>(Qt::Key_Down) << 0 << 2 << 2;
        QTest::addRow("first of the layer") << static_cast<int>(Qt::Key_Home) << 0 << 1 << 0;
        QTest::addRow("last of the layer") << static_cast<int>(Qt::Key_End) << 0 << 1 << 3;
        QTest::addRow("first of all") << static_cast<int>(Qt::Key_Home) << static_cast<int>(Qt::ControlModifier) << 0 << 0;
        QTest::addRow("last of all") << static_cast<int>(Qt::Key_End) << static_cast<int>(Qt::ControlModifier) << 2 << 3;
    }

    void arrowsWalkTheHeads()
    {
        QFETCH(int, key);
        QFETCH(int, modifiers);
        QFETCH(int, layer);
        QFETCH(int, head);
        Desk desk;
        desk.load();
        EntropyMapView overview(&desk.model, &desk.selection);
        overview.resize(400, 300);
        overview.show();
        desk.select(1, 2);
        QTest::keyClick(&overview, static_cast<Qt::Key>(key), static_cast<Qt::KeyboardModifier>(modifiers));
        QCOMPARE(desk.selection.current().layer, layer);
        QCOMPARE(desk.selection.current().head, head);
        QVERIFY(overview.rect().contains(middle(overview.cellRect(layer, head))));
    }

    void theSelectedHeadComesIntoSightWhenZoomed()
    {
        Desk desk;
        desk.load({.layers = 24, .heads = 16, .kvHeads = 4});
        EntropyMapView overview(&desk.model, &desk.selection);
        overview.resize(400, 300);
        overview.show();
        overview.setZoom(8);
        desk.select(0, 0);
        QTest::keyClick(&overview, Qt::Key_End, Qt::ControlModifier);
        QCOMPARE(desk.selection.current().layer, 23);
        QVERIFY(overview.rect().contains(middle(overview.cellRect(23, 15))));
        QTest::keyClick(&overview, Qt::Key_F);
        QCOMPARE(overview.zoom(), 1.0);
        QVERIFY(overview.rect().contains(middle(overview.cellRect(0, 0))));
    }

    void mapHoversBothWays()
    {
        Desk desk;
        desk.load();
        HeadView head(&desk.model, &desk.selection);
        head.resize(500, 500);
        head.show();
        desk.select(1, 3);
        head.addMap(testing::sampleMap(1, 3, 0, 9));
        QCOMPARE(head.state(), ViewState::Data);
        // A cell lights its query's token everywhere; a key's label lights the key's.
        hover(&head, middle(head.cellRect(6, 2)));
        QCOMPARE(desk.selection.hovered().token, 6);
        QCOMPARE(desk.selection.hovered().layer, 1);
        hover(&head, middle(head.keyRect(2)));
        QCOMPARE(desk.selection.hovered().token, 2);
        hover(&head, middle(head.queryRect(5)));
        QCOMPARE(desk.selection.hovered().token, 5);
        // A token pointed at elsewhere changes the picture.
        hover(&head, QPoint(1, 1));
        QCOMPARE(desk.selection.hovered().token, -1);
        const QImage before = head.grab().toImage();
        Selected elsewhere;
        elsewhere.token = 4;
        desk.selection.hover(elsewhere);
        QVERIFY(head.grab().toImage() != before);
        // The same as lines.
        head.setStyle(HeadView::Style::Arcs);
        hover(&head, middle(head.queryRect(3)));
        QCOMPARE(desk.selection.hovered().token, 3);
        hover(&head, middle(head.keyRect(1)));
        QCOMPARE(desk.selection.hovered().token, 1);
    }

    void arrowsWalkTheCells()
    {
        Desk desk;
        desk.load();
        HeadView head(&desk.model, &desk.selection);
        head.resize(500, 500);
        head.show();
        desk.select(0, 3);
        head.addMap(testing::sampleMap(0, 3, 0, 9));
        QSignalSpy chosen(&head, &HeadView::cellChosen);
        QTest::mouseClick(&head, Qt::LeftButton, {}, middle(head.cellRect(5, 2)));
        QCOMPARE(head.query(), 5);
        QCOMPARE(head.key(), 2);
        QTest::keyClick(&head, Qt::Key_Right);
        QTest::keyClick(&head, Qt::Key_Down);
        QCOMPARE(head.query(), 6);
        QCOMPARE(head.key(), 3);
        QTest::keyClick(&head, Qt::Key_End);
        QCOMPARE(head.key(), 6);  // its own token is the last that it sees
        QTest::keyClick(&head, Qt::Key_Up);
        QCOMPARE(head.query(), 5);
        QCOMPARE(head.key(), 5);
        QTest::keyClick(&head, Qt::Key_Home, Qt::ControlModifier);
        QCOMPARE(head.query(), 0);
        QCOMPARE(head.key(), 0);
        QTest::keyClick(&head, Qt::Key_End, Qt::ControlModifier);
        QCOMPARE(head.query(), 8);
        QCOMPARE(chosen.count(), 7);
        // A masked cell is not a weight: a click above the diagonal takes the query's own token.
        QTest::mouseClick(&head, Qt::LeftButton, {}, middle(head.cellRect(3, 7)));
        QCOMPARE(head.query(), 3);
        QCOMPARE(head.key(), 3);
        QVERIFY(head.cellText(3, 7).contains(QStringLiteral("Masked")));
        QVERIFY(head.cellText(5, 5).contains(QStringLiteral("0.50794")));  // 1 / (2 - 1/32)
        QVERIFY(head.cellText(5, 4).contains(QStringLiteral("number 2")));
        // What a key receives from later rows: the sum over them, its own row left out.
        double received = 0;
        for (int row = 4; row < 9; ++row) {
            received += testing::sampleWeight(0, 3, row, 3);
        }
        QVERIFY(head.cellText(-1, 3).contains(numberText(received, 3)));
    }

    void mapsAreAskedForInTiles()
    {
        Desk desk;
        desk.load({.layers = 1, .heads = 4, .kvHeads = 4, .prompt = 600, .generated = 0});
        HeadView head(&desk.model, &desk.selection);
        std::vector<MapRequest> asked;
        head.setProvider([&](const MapRequest& request) { asked.push_back(request); });
        QVERIFY(asked.empty());
        QCOMPARE(head.state(), ViewState::Empty);
        desk.select(0, 1);
        QCOMPARE(asked.size(), std::size_t{1});
        QVERIFY((asked[0] == MapRequest{0, 1, 0, 256, false}));  // something to see soon
        QCOMPARE(head.state(), ViewState::Busy);
        head.addMap(testing::sampleMap(0, 1, 0, 256));
        QCOMPARE(asked.size(), std::size_t{2});
        QVERIFY((asked[1] == MapRequest{0, 1, 256, 344, false}));
        // Another head meanwhile: its first rows; the late answer for the old one is not taken.
        desk.select(0, 3);
        QVERIFY((asked.back() == MapRequest{0, 3, 0, 256, false}));
        head.addMap(testing::sampleMap(0, 1, 256, 344));
        QVERIFY(head.tiles().empty());
        head.addMap(testing::sampleMap(0, 3, 0, 256));
        head.addMap(testing::sampleMap(0, 3, 256, 344));
        QCOMPARE(head.state(), ViewState::Data);
        // Back: the rows that came are still there, only the rest is asked for.
        desk.select(0, 1);
        QVERIFY((asked.back() == MapRequest{0, 1, 256, 344, false}));
        // Edits void everything and ask for the unchanged rows too.
        head.setBaseWanted(true);
        QVERIFY((asked.back() == MapRequest{0, 1, 0, 256, true}));
        head.mapFailed(QStringLiteral("no model"), QStringLiteral("open one"));
        QCOMPARE(head.state(), ViewState::Error);
        const auto count = asked.size();
        desk.record.setShownRounds(0);
        QCOMPARE(asked.size(), count);  // what failed is not asked again by itself
        desk.select(0, 0);
        QVERIFY(asked.size() > count);
    }

    void aGeneratedTokenAppendsARow()
    {
        Desk desk;
        const auto whole = testing::attentionRecord();
        desk.record.clear();
        HeadView head(&desk.model, &desk.selection);
        std::vector<MapRequest> asked;
        head.setProvider([&](const MapRequest& request) { asked.push_back(request); });
        desk.record.append({whole->events.begin(), whole->events.begin() + 3});
        desk.select(0, 0);
        QVERIFY((asked.back() == MapRequest{0, 0, 0, 6, false}));
        head.addMap(testing::sampleMap(0, 0, 0, 6));
        QCOMPARE(head.state(), ViewState::Data);
        desk.record.append({whole->events[3]});
        QVERIFY((asked.back() == MapRequest{0, 0, 6, 1, false}));
        QCOMPARE(head.state(), ViewState::Busy);
        head.addMap(testing::sampleMap(0, 0, 6, 1));
        QCOMPARE(head.state(), ViewState::Data);
        QCOMPARE(lines(head.toCsv()).size(), 1 + 7 * 8 / 2);
    }

    void keptMapsNeedNoModel()
    {
        Desk desk;
        auto record = testing::attentionRecord();
        record->events.insert(record->events.end() - 1, record::Event{to_block(testing::sampleMap(2, 3, 0, 9))});
        desk.record.adoptRecord(record);
        HeadView head(&desk.model, &desk.selection);
        int asked = 0;
        head.setProvider([&](const MapRequest&) { ++asked; });
        desk.select(2, 3);
        QCOMPARE(head.state(), ViewState::Data);
        QCOMPARE(asked, 0);
        QVERIFY(near(head.tiles().value(MapTiles::Value::Weight, 4, 2), testing::sampleWeight(2, 3, 4, 2)));
        desk.select(2, 2);
        QCOMPARE(asked, 1);
    }

    void tilesRefuseWhatDoesNotFit()
    {
        MapTiles tiles;
        auto map = testing::sampleMap(0, 0, 0, 4);
        map.weights.pop_back();
        QVERIFY(!tiles.add(map));
        map = testing::sampleMap(0, 0, 0, 4);
        map.visible_begin.pop_back();
        QVERIFY(!tiles.add(map));
        // Rows after the last column would take room by where they claim to stand.
        for (const int first : {-1, 1, 16'000'000, std::numeric_limits<int>::max()}) {
            map = testing::sampleMap(0, 0, 0, 4);
            map.first_query = first;
            QVERIFY(!tiles.add(map));
        }
        QVERIFY(tiles.empty());
        QVERIFY(tiles.add(testing::sampleMap(0, 3, 0, 4, true)));
        QVERIFY(
            near(tiles.value(MapTiles::Value::Difference, 3, 3), testing::sampleWeight(0, 3, 3, 3) - testing::sampleWeight(0, 0, 3, 3)));
        QVERIFY(std::isnan(tiles.value(MapTiles::Value::Weight, 1, 3)));
        QVERIFY(std::isnan(tiles.value(MapTiles::Value::Weight, 4, 0)));
        QCOMPARE(tiles.missing(0, 7), (std::pair{4, 7}));
        QCOMPARE(tiles.missing(0, 4).first, 4);
    }

    void noSpikeIsLostWhenPixelsAreFewerThanCells()
    {
        // One weight of 1 in a map of 64 x 64, drawn in 8 x 8 pixels: its pixel has the colour of 1.
        record::AttentionMap map;
        map.queries = map.columns = 64;
        map.weights.assign(64 * 64, 0.0F);
        map.weights[40 * 64 + 13] = 1;
        map.visible_begin.assign(64, 0);
        MapTiles tiles;
        QVERIFY(tiles.add(map));
        const ColourScale scale;
        const QImage image = tiles.picture(MapTiles::Value::Weight, QRect(0, 0, 64, 64), QSize(8, 8), scale, false);
        QCOMPARE(image.pixel(1, 5), scale.rgb(1));
        QCOMPARE(image.pixel(1, 4), scale.rgb(0));
        QCOMPARE(qAlpha(image.pixel(7, 0)), 0);  // above the diagonal there is nothing
    }

    void twoThousandTokensPaintFast()
    {
        constexpr int kTokens = 2048;
        Desk desk;
        const testing::AttentionShape shape{.layers = 12, .heads = 8, .kvHeads = 4, .prompt = kTokens, .generated = 0};
        auto record = std::make_shared<record::Record>();
        record->events.push_back({testing::attentionStarted(shape)});
        record->events.push_back({to_block(testing::sampleSetup(shape))});
        record->events.push_back({to_block(testing::plainRows(shape, kTokens))});
        QElapsedTimer timer;
        timer.start();
        desk.record.adoptRecord(record);
        qInfo("the fold of 12 x 8 heads over 2,048 tokens took %lld ms", timer.elapsed());
        HeadView head(&desk.model, &desk.selection);
        head.resize(900, 800);
        const auto firstRows = testing::sampleMap(1, 3, 0, 256);
        const auto rest = testing::sampleMap(1, 3, 256, kTokens - 256);
        timer.restart();
        desk.select(1, 3);
        head.addMap(firstRows);
        QImage image = head.grab().toImage();
        const auto first = timer.restart();
        head.addMap(rest);
        image = head.grab().toImage();
        const auto full = timer.restart();
        // Walking cells: the picture of the cells is kept.
        double slowest = 0;
        for (int step = 0; step < 20; ++step) {
            head.selectCell(1000 + step, 400 + step);
            timer.restart();
            image = head.grab().toImage();
            slowest = std::max(slowest, static_cast<double>(timer.nsecsElapsed()) / 1e6);
        }
        EntropyMapView overview(&desk.model, &desk.selection);
        overview.resize(700, 500);
        timer.restart();
        image = overview.grab().toImage();
        const auto heads = timer.restart();
        image = overview.grab().toImage();
        const auto headsAgain = timer.elapsed();
        EntropyCurveView curve(&desk.model, &desk.selection);
        curve.resize(700, 240);
        timer.restart();
        image = curve.grab().toImage();
        const auto curves = timer.restart();
        image = curve.grab().toImage();
        const auto curvesAgain = timer.elapsed();
        qInfo("2,048 tokens: first rows painted after %lld ms, the whole map %lld ms, a moved cursor %.1f ms", first, full, slowest);
        qInfo("overview of 96 heads %lld ms, again %lld ms; curve %lld ms, again %lld ms", heads, headsAgain, curves, curvesAgain);
        QVERIFY2(first <= 300, "first paint of 2,048 tokens");
        QVERIFY2(full <= 300, "whole map of 2,048 tokens");
        QVERIFY(slowest <= 60);
    }

    void csvEqualsTheRecord()
    {
        Desk desk;
        desk.load({}, true);
        EntropyMapView overview(&desk.model, &desk.selection);
        QCOMPARE(QString::fromUtf8(overview.toCsv()), QString::fromStdString(record::heads_csv(desk.record.record())));
        EntropyCurveView curve(&desk.model, &desk.selection);
        desk.select(1, 3);
        const auto rows = lines(curve.toCsv());
        QCOMPARE(rows.size(), 10);
        QCOMPARE(rows[1], QStringLiteral("0,0,\"The\",1,0,,2,"));  // one key: no ceiling; no surprisal before the first token
        const auto cells = rows[6].split(QLatin1Char(','));
        QVERIFY(
            near(cells[4].toDouble(), static_cast<double>(desk.model.place(5).rows->entropy[desk.model.place(5).rows->at(1, 3, 5)]), 1e-9));
        QVERIFY(near(cells[5].toDouble(), std::log(6), 1e-8));
        HeadTableView table(&desk.model, &desk.selection);
        const auto heads = lines(table.toCsv());
        QCOMPARE(heads.size(), 13);
        const auto header = heads[0].split(QLatin1Char(','));
        const auto line = heads[1 + 2 * 4 + 3].split(QLatin1Char(','));
        QCOMPARE(line.size(), header.size());
        const auto summary = record::AttentionFold(desk.record.record()).summary(2, 3);
        QVERIFY(near(line[header.indexOf(QStringLiteral("normalised"))].toDouble(), summary.normalised, 1e-8));
        QVERIFY(near(line[header.indexOf(QStringLiteral("distance"))].toDouble(), summary.distance, 1e-7));
        // The map: every weight that is seen, none that is masked.
        HeadView head(&desk.model, &desk.selection);
        head.addMap(testing::sampleMap(1, 3, 0, 9));
        const auto weights = lines(head.toCsv());
        QCOMPARE(weights.size(), 1 + 45);
        QCOMPARE(weights[3],
                 QStringLiteral("1,3,1,1,%1").arg(static_cast<double>(static_cast<float>(testing::sampleWeight(1, 3, 1, 1))), 0, 'g', 9));
        EffectView effect(&desk.model, &desk.selection);
        const auto positions = lines(effect.toCsv());
        QCOMPARE(positions.size(), 10);
        QCOMPARE(positions[5].section(QLatin1Char(','), 3, 3), QString::number(static_cast<double>(0.4F), 'g', 9));
        const auto json = QJsonDocument::fromJson(effect.toJson()).object();
        QCOMPARE(json.value(QStringLiteral("moved")).toArray().size(), 4);
        QVERIFY(near(json.value(QStringLiteral("perplexity_unchanged")).toDouble(), std::exp(1.5), 1e-9));
        RolloutView rollout(&desk.model, &desk.selection);
        rollout.setRollout(testing::sampleRollout(3, 4));
        const auto shares = lines(rollout.toCsv());
        QCOMPARE(shares.size(), 1 + 3 * 5);
        QVERIFY(near(shares[1].section(QLatin1Char(','), 4, 4).toDouble(), 0.2, 1e-7));
        CellView cell(&desk.model);
        cell.setCell(testing::sampleCell(1, 3, 3, 1));
        QCOMPARE(lines(cell.toCsv())[2], QStringLiteral("1,-1,3,-3"));
    }

    void statesSayWhatToDo()
    {
        Desk desk;
        EntropyMapView overview(&desk.model, &desk.selection);
        HeadView head(&desk.model, &desk.selection);
        HeadTableView table(&desk.model, &desk.selection);
        EntropyCurveView curve(&desk.model, &desk.selection);
        EffectView effect(&desk.model, &desk.selection);
        RolloutView rollout(&desk.model, &desk.selection);
        CellView cell(&desk.model);
        const QList<View*> all = {&overview, &head, &table, &curve, &effect, &rollout, &cell};
        for (auto* view : all) {
            QVERIFY2(view->state() == ViewState::Empty, qPrintable(view->id()));
            QVERIFY(!view->stateText().isEmpty());
            QVERIFY(!view->summary().isEmpty());
            view->resize(400, 240);
            QVERIFY(!view->grab().isNull());
            QVERIFY(!view->toCsv().isEmpty());
        }
        desk.load();
        for (auto* view : QList<View*>{&overview, &table, &curve}) {
            QVERIFY2(view->state() == ViewState::Data, qPrintable(view->id()));
        }
        QCOMPARE(head.state(), ViewState::Empty);     // no head is selected
        QCOMPARE(rollout.state(), ViewState::Empty);  // no token is selected
        desk.select(1, 1, 4);
        QCOMPARE(head.state(), ViewState::Busy);
        QCOMPARE(rollout.state(), ViewState::Empty);  // nobody looks at it
        head.addMap(testing::sampleMap(1, 1, 0, 4));
        QCOMPARE(head.state(), ViewState::Busy);
        head.setRunning(true);  // questions wait for the run
        QCOMPARE(head.state(), ViewState::Partial);
        QVERIFY(head.stateText().contains(QStringLiteral("when the run ends")));
        desk.select(1, 2, 4);
        QCOMPARE(head.state(), ViewState::Empty);
        QVERIFY(head.stateText().contains(QStringLiteral("when the run ends")));
        desk.select(1, 1, 4);
        head.setRunning(false);
        QCOMPARE(head.state(), ViewState::Busy);
        head.mapFailed(QStringLiteral("out of memory"), QStringLiteral("shorter"));
        QCOMPARE(head.state(), ViewState::Partial);
        QCOMPARE(head.stateText(), QStringLiteral("out of memory"));
        rollout.rolloutFailed(QStringLiteral("too long"), QStringLiteral("shorter"));
        QCOMPARE(rollout.state(), ViewState::Error);
        rollout.setRollout(testing::sampleRollout(3, 4));
        QCOMPARE(rollout.state(), ViewState::Data);
        effect.setWaiting(true);
        QCOMPARE(effect.state(), ViewState::Busy);
        effect.effectFailed(QStringLiteral("bad edit"), QStringLiteral("undo"));
        QCOMPARE(effect.state(), ViewState::Error);
        desk.model.setEffect(testing::sampleEffect({}));
        QCOMPARE(effect.state(), ViewState::Data);
        desk.model.forgetEffect();
        QCOMPARE(effect.state(), ViewState::Empty);
    }

    void strangeNumbersAreDrawnAsSuch()
    {
        // NaN and infinity in every field: no picture fails, no text claims a number.
        Desk desk;
        auto record = testing::attentionRecord({}, true);
        for (auto& event : record->events) {
            auto* block = std::get_if<record::Block>(&event.payload);
            if (block == nullptr || block->kind == "attention-setup") {
                continue;
            }
            for (auto& [key, array] : block->arrays) {
                if (auto* values = std::get_if<std::vector<float>>(&array.values)) {
                    for (std::size_t i = 0; i < values->size(); ++i) {
                        (*values)[i] = i % 2 == 0 ? std::numeric_limits<float>::quiet_NaN() : std::numeric_limits<float>::infinity();
                    }
                }
            }
        }
        desk.record.adoptRecord(record);
        QCOMPARE(desk.model.positions(), 9);
        desk.select(0, 0, 3);
        EntropyMapView overview(&desk.model, &desk.selection);
        HeadTableView table(&desk.model, &desk.selection);
        EntropyCurveView curve(&desk.model, &desk.selection);
        EffectView effect(&desk.model, &desk.selection);
        HeadView head(&desk.model, &desk.selection);
        auto map = testing::sampleMap(0, 0, 0, 9);
        std::fill(map.weights.begin(), map.weights.end(), std::numeric_limits<float>::quiet_NaN());
        head.addMap(map);
        for (auto* view : QList<View*>{&overview, &table, &curve, &effect, &head}) {
            view->resize(500, 300);
            QVERIFY2(!view->grab().isNull(), qPrintable(view->id()));
            QVERIFY(!view->toCsv().contains("nan"));
        }
        for (const auto statistic : allStatistics()) {
            overview.setStatistic(statistic);
            QVERIFY(!overview.grab().isNull());
        }
        QCOMPARE(numberText(std::nan(""), 3), QStringLiteral("–"));
        QCOMPARE(numberText(-std::numeric_limits<double>::infinity(), 3), QStringLiteral("-∞"));
    }

    void invalidRowsAreHatched()
    {
        // One token: no head has a valid row, so every cell is hatched alike, and says so.
        Desk desk;
        desk.load({.layers = 2, .heads = 2, .kvHeads = 2, .prompt = 1, .generated = 0});
        EntropyMapView overview(&desk.model, &desk.selection);
        overview.setCells(EntropyMapView::Cells::Mean);
        overview.resize(300, 300);
        const QImage image = overview.grab().toImage();
        QSet<QRgb> colors;
        const QRect cell = overview.cellRect(1, 1).toRect().adjusted(2, 2, -2, -2);
        for (int y = cell.top(); y < cell.bottom(); ++y) {
            for (int x = cell.left(); x < cell.right(); ++x) {
                colors.insert(image.pixel(x, y));
            }
        }
        QVERIFY(colors.size() >= 2);
        QVERIFY(!colors.contains(ColourMap::sequential().rgb(0)));
        QVERIFY(overview.cellText(1, 1).contains(QStringLiteral("–")));
    }

    void editsComeAndGoWithUndo()
    {
        Desk desk;
        desk.load();
        InterventionBar bar(&desk.model, &desk.selection);
        bar.setVariants({{QStringLiteral("lssar"), QStringLiteral("Softplus")}});
        QStringList told;
        // The owner resolves the text; here by hand for head 1.2 and the range 0.*.
        connect(&bar, &InterventionBar::editsChanged, &bar, [&](const QString& text) {
            told.append(text);
            std::vector<HeadMark> marks(12);
            for (const auto& edit : bar.edits()) {
                const auto words = edit.split(QLatin1Char(' '));
                auto& mark = marks[words[1] == QLatin1String("0.*") ? 0 : 6];
                if (words[0] == QLatin1String("ablate")) {
                    mark.factor = 0;
                } else if (words[0] == QLatin1String("scale")) {
                    mark.factor = words[2].toDouble();
                } else if (words[0] == QLatin1String("temperature")) {
                    mark.temperature = words[2].toDouble();
                } else {
                    mark.variant = words[2];
                }
            }
            desk.model.setMarks(marks);
        });
        QVERIFY(!bar.offButton()->isEnabled());  // no head is selected
        desk.select(1, 2);
        QVERIFY(bar.offButton()->isEnabled());
        bar.offButton()->click();
        QCOMPARE(bar.text(), QStringLiteral("ablate 1.2"));
        QVERIFY(bar.offButton()->isChecked());
        bar.temperatureBox()->setValue(2);
        QCOMPARE(bar.text(), QStringLiteral("ablate 1.2; temperature 1.2 2"));
        // Turning the box further is the same step.
        bar.temperatureBox()->setValue(3);
        QCOMPARE(bar.text(), QStringLiteral("ablate 1.2; temperature 1.2 3"));
        bar.factorBox()->setValue(0.5);
        QCOMPARE(bar.text(), QStringLiteral("temperature 1.2 3; scale 1.2 0.5"));
        bar.setVariant(1, 2, QStringLiteral("lssar"));
        QCOMPARE(bar.text(), QStringLiteral("temperature 1.2 3; scale 1.2 0.5; swap 1.2 lssar"));
        QCOMPARE(bar.undoStack()->count(), 4);
        const QStringList steps = {QStringLiteral("temperature 1.2 3; scale 1.2 0.5"), QStringLiteral("ablate 1.2; temperature 1.2 3"),
                                   QStringLiteral("ablate 1.2"), QString()};
        for (const auto& step : steps) {
            bar.undoStack()->undo();
            QCOMPARE(bar.text(), step);
            QCOMPARE(told.back(), step);
        }
        QVERIFY(!bar.undoStack()->canUndo());
        for (int i = 0; i < 4; ++i) {
            bar.undoStack()->redo();
        }
        QCOMPARE(bar.text(), QStringLiteral("temperature 1.2 3; scale 1.2 0.5; swap 1.2 lssar"));
        bar.removeEdit(1);
        QCOMPARE(bar.text(), QStringLiteral("temperature 1.2 3; swap 1.2 lssar"));
        bar.restore(1, 2);
        QCOMPARE(bar.text(), QString());
        // A list from elsewhere is one more step, and nobody is told what they said themselves.
        const auto count = told.size();
        bar.setText(QStringLiteral("ablate 0.*"), false);
        QCOMPARE(told.size(), count);
        QCOMPARE(bar.text(), QStringLiteral("ablate 0.*"));
        std::vector<HeadMark> marks(12);
        marks[0].factor = 0;
        desk.model.setMarks(marks);
        // A head that a range switched off is switched on by an edit of its own, which wins.
        bar.toggleOff(0, 0);
        QCOMPARE(bar.text(), QStringLiteral("ablate 0.*; scale 0.0 1"));
        bar.undoStack()->undo();
        bar.undoStack()->undo();
        QCOMPARE(bar.text(), QString());
    }

    void theMenuOfAHeadDoesTheSame()
    {
        Desk desk;
        desk.load();
        InterventionBar bar(&desk.model, &desk.selection);
        EntropyMapView overview(&desk.model, &desk.selection);
        overview.resize(400, 300);
        overview.show();
        QSignalSpy asked(&overview, &EntropyMapView::menuRequested);
        const QPoint at = middle(overview.cellRect(2, 3));
        QContextMenuEvent event(QContextMenuEvent::Mouse, at, overview.mapToGlobal(at));
        QCoreApplication::sendEvent(&overview, &event);
        QCOMPARE(asked.count(), 1);
        QCOMPARE(asked[0][0].toInt(), 2);
        QCOMPARE(asked[0][1].toInt(), 3);
        // By the Menu key for the selected head.
        desk.select(1, 0);
        QContextMenuEvent key(QContextMenuEvent::Keyboard, QPoint(0, 0), QPoint(0, 0));
        QCoreApplication::sendEvent(&overview, &key);
        QCOMPARE(asked[1][0].toInt(), 1);
        QMenu menu;
        bar.fillMenu(&menu, 2, 3);
        for (auto* action : menu.actions()) {
            if (action->text() == QStringLiteral("Switch off")) {
                action->trigger();
            }
        }
        QCOMPARE(bar.text(), QStringLiteral("ablate 2.3"));
    }

    void groupsAndMarksAreDrawn()
    {
        Desk shared;
        Desk single;
        shared.load();
        single.load({.layers = 3, .heads = 4, .kvHeads = 4});
        EntropyMapView grouped(&shared.model, &shared.selection);
        EntropyMapView plain(&single.model, &single.selection);
        grouped.resize(400, 300);
        plain.resize(400, 300);
        // Brackets take a line above the heads.
        QVERIFY(grouped.cellRect(0, 0).top() > plain.cellRect(0, 0).top());
        QVERIFY(grouped.cellText(0, 3).contains(QStringLiteral("kv 1")));
        QVERIFY(!plain.cellText(0, 3).contains(QStringLiteral("kv")));
        const QImage before = grouped.grab().toImage();
        std::vector<HeadMark> marks(12);
        marks[5].factor = 0;
        shared.model.setMarks(marks);
        const QImage after = grouped.grab().toImage();
        QVERIFY(before != after);
        const QRect other = grouped.cellRect(2, 3).toRect();
        QCOMPARE(before.copy(other), after.copy(other));
    }

    void inspectorShowsEveryNumber()
    {
        Desk desk;
        desk.load({}, true);
        AttentionInspector inspector(&desk.model, &desk.selection);
        QVERIFY(inspector.rows().isEmpty());
        desk.select(0, 1, 4);
        inspector.setKey(0);
        inspector.cell()->setCell(testing::sampleCell(0, 1, 4, 0));
        QHash<QString, QString> rows;
        for (const auto& [label, value] : inspector.rows()) {
            rows.insert(label, value);  // the head's come after the row's, under the same names
        }
        QCOMPARE(rows.value(QStringLiteral("Sink")), QStringLiteral("1.000"));
        QCOMPARE(rows.value(QStringLiteral("Visible keys")), QStringLiteral("5"));
        QCOMPARE(rows.value(QStringLiteral("Surprisal of the token")), QStringLiteral("1.500 nats"));
        QVERIFY(rows.contains(QStringLiteral("Entropy change")));
        auto* cell = inspector.cell();
        QVERIFY(cell->summary().contains(QStringLiteral("q · k = 3.0000")));
        QVERIFY(cell->dimensionText(1).contains(QStringLiteral("-3.000")));
        QVERIFY(cell->tileText(0).contains(QStringLiteral("0.36533")));
        QCOMPARE(cell->tile(), 1);
        QTest::keyClick(cell, Qt::Key_Up);
        QCOMPARE(cell->tile(), 0);
        QTest::keyClick(cell, Qt::Key_End);
        QCOMPARE(cell->dimension(), 3);
        AttentionSummary summary(&desk.model);
        QCOMPARE(summary.rows().front().second, QStringLiteral("9 tokens"));
    }

    void curveAndRolloutHaveAKeyboard()
    {
        Desk desk;
        desk.load();
        EntropyCurveView curve(&desk.model, &desk.selection);
        curve.resize(500, 240);
        curve.show();
        desk.select(0, 0, 3);
        QTest::keyClick(&curve, Qt::Key_Right);
        QCOMPARE(desk.selection.current().token, 4);
        QTest::keyClick(&curve, Qt::Key_End);
        QCOMPARE(desk.selection.current().token, 8);
        QVERIFY(curve.positionText(8).contains(numberText(std::log(9), 3)));
        hover(&curve, curve.pointOf(2).toPoint());
        QCOMPARE(desk.selection.hovered().token, 2);
        QTest::mouseClick(&curve, Qt::LeftButton, {}, curve.pointOf(5).toPoint());
        QCOMPARE(desk.selection.current().token, 5);
        RolloutView rollout(&desk.model, &desk.selection);
        std::vector<int> asked;
        rollout.setProvider([&](int position) { asked.push_back(position); });
        QVERIFY(asked.empty());  // nobody looks at it
        rollout.resize(500, 240);
        rollout.show();
        QCOMPARE(asked, (std::vector{5}));
        rollout.setRollout(testing::sampleRollout(3, 5));
        QTest::keyClick(&rollout, Qt::Key_Up);
        QCOMPARE(rollout.layer(), 1);
        QTest::keyClick(&rollout, Qt::Key_End);
        QVERIFY(rollout.summary().contains(numberText((1 - 1.0 / 3) / 6 + 1.0 / 3, 4)));
        desk.select(0, 0, 2);
        QCOMPARE(asked.back(), 2);
        QCOMPARE(rollout.state(), ViewState::Busy);
    }

    void thumbnailsAreAskedForWhenWanted()
    {
        Desk desk;
        desk.load();
        EntropyMapView overview(&desk.model, &desk.selection);
        overview.resize(500, 400);
        QSignalSpy needed(&overview, &EntropyMapView::thumbnailsNeeded);
        overview.setCells(EntropyMapView::Cells::Maps);
        QCOMPARE(needed.count(), 1);
        const QImage before = overview.grab().toImage();
        record::AttentionThumbnails thumbnails;
        thumbnails.layers = 3;
        thumbnails.heads = 4;
        thumbnails.size = 2;
        thumbnails.positions = 9;
        for (int head = 0; head < 12; ++head) {
            thumbnails.cells.insert(thumbnails.cells.end(), {1.0F, std::numeric_limits<float>::quiet_NaN(), 0.25F, 0.5F});
        }
        overview.setThumbnails(thumbnails);
        QVERIFY(overview.grab().toImage() != before);
        desk.record.setShownRounds(1);
        QCOMPARE(needed.count(), 2);  // of another text
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
            const testing::AttentionShape shape{.layers = 12, .heads = 8, .kvHeads = 4, .prompt = 30, .generated = 10};
            desk.load(shape, true);
            EntropyMapView overview(&desk.model, &desk.selection);
            HeadView head(&desk.model, &desk.selection);
            HeadTableView table(&desk.model, &desk.selection);
            EntropyCurveView curve(&desk.model, &desk.selection);
            EffectView effect(&desk.model, &desk.selection);
            RolloutView rollout(&desk.model, &desk.selection);
            AttentionInspector inspector(&desk.model, &desk.selection);
            desk.select(2, 3, 20);
            head.addMap(testing::sampleMap(2, 3, 0, 40));
            head.selectCell(20, 18);
            inspector.setKey(18);
            inspector.cell()->setCell(testing::sampleCell(2, 3, 20, 18));
            rollout.setRollout(testing::sampleRollout(12, 20));
            std::vector<HeadMark> marks(96);
            marks[9].factor = 0;
            marks[20].temperature = 2;
            desk.model.setMarks(marks);
            int index = 0;
            for (auto* widget : QList<QWidget*>{&overview, &head, &table, &curve, &effect, &rollout, &inspector}) {
                widget->resize(index == 6 ? QSize(320, 1000) : QSize(620, 460));
                widget->grab().save(QStringLiteral("%1/%2-%3.png").arg(folder, name, widget->objectName()));
                ++index;
            }
            head.setStyle(HeadView::Style::Arcs);
            head.grab().save(QStringLiteral("%1/%2-arcs.png").arg(folder, name));
        }
        ThemeManager::instance().setTheme(QStringLiteral("light"));
    }
};

QTEST_MAIN(TestAttentionViews)
#include "test_attention_views.moc"
