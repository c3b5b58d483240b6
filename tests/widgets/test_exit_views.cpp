// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/widgets/exit_desk.h"
#include "widgets/exits/layer_map_view.h"
#include "widgets/theme/theme.h"

#include <QElapsedTimer>
#include <QImage>
#include <QSignalSpy>
#include <QTest>

#include <algorithm>
#include <cmath>

using namespace timberline;
using namespace timberline::widgets;
using record::KvMode;
using record::KvSource;
using testing::confidence;
using testing::Desk;
using testing::svgOf;

class TestExitViews : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { ThemeManager::instance().attach(qApp); }

    void growingRecordFoldsLikeAFinishedOne()
    {
        const testing::ExitSample sample{.prompt = 3, .generated = 12, .layers = 6};
        Desk whole;
        whole.record.setRecord(testing::exitRecord(sample));
        Desk growing;
        QSignalSpy changes(&growing.model, &ExitModel::readingsChanged);
        for (auto& event : testing::exitEvents(sample)) {
            std::vector<record::Event> one;
            one.push_back(std::move(event));
            growing.record.append(std::move(one));
        }
        QVERIFY(changes.size() >= 13);
        QCOMPARE(growing.model.rows(), std::size_t(14));  // two of the prompt and twelve
        QCOMPARE(growing.model.readings().top1, whole.model.readings().top1);
        QCOMPARE(growing.model.readings().exit, whole.model.readings().exit);
        QCOMPARE(growing.model.decided().exit, whole.model.decided().exit);
        QCOMPARE(growing.model.totals().size(), std::size_t(6));
        for (std::size_t l = 0; l < 6; ++l) {
            QCOMPARE(growing.model.totals()[l].agreeing, whole.model.totals()[l].agreeing);
            QCOMPARE(growing.model.totals()[l].known, std::int64_t(12));
        }
        QCOMPARE(growing.model.totals()[5].agreeing, std::int64_t(12));  // the last layer agrees with itself
    }

    void scrubbingShowsThePastOnly()
    {
        Desk desk;
        desk.record.setRecord(testing::exitRecord({.prompt = 3, .generated = 12, .layers = 6}));
        QVERIFY(desk.model.summary() != nullptr);
        desk.record.setShownRounds(5);
        QCOMPARE(desk.model.rows(), std::size_t(7));
        QCOMPARE(desk.model.decided().exit.size(), std::size_t(7));
        QCOMPARE(desk.model.rowOf(6), 6);
        QCOMPARE(desk.model.rowOf(7), -1);
        QVERIFY(desk.model.summary() == nullptr);
        QCOMPARE(desk.model.recordedFigures().rows, std::int64_t(5));
        desk.record.setShownRounds(12);
        QCOMPARE(desk.model.rows(), std::size_t(14));
        desk.record.clear();
        QCOMPARE(desk.model.rows(), std::size_t(0));
        QVERIFY(desk.model.run() == nullptr);
    }

    void filledKeysAndValuesWereOncePending()
    {
        testing::ExitSample sample{.prompt = 1, .generated = 4, .layers = 6, .threshold = 0.3, .mode = KvMode::Defer};
        auto events = testing::exitEvents(sample);
        // The third token needs layer 6 of the first one, which had left before it.
        auto& block = std::get<record::Block>(events[4].payload);
        const auto rows = record::layer_readings_from(block);
        QVERIFY(rows.ok());
        const record::KvFill fill{.position = 0, .layer = 5};
        block = record::to_block(rows.value(), {&fill, 1});
        Desk desk;
        desk.record.append(std::move(events));
        QVERIFY(desk.model.readings().exit[0] < 6);
        QCOMPARE(desk.model.source(0, 5), KvSource::Filled);
        desk.record.setShownRounds(2);
        QCOMPARE(desk.model.source(0, 5), KvSource::Pending);
        desk.record.setShownRounds(3);
        QCOMPARE(desk.model.source(0, 5), KvSource::Filled);
    }

    void thresholdDecidesAgainAndMarksWhatIsStale()
    {
        Desk desk;
        desk.record.setRecord(testing::exitRecord({.prompt = 2, .generated = 30, .layers = 12}));
        QVERIFY(!desk.model.differsFromRun());
        QVERIFY(!desk.model.decided().firstStale);
        desk.model.setHandleValue(0.5);
        QVERIFY(desk.model.differsFromRun());
        const auto& r = desk.model.readings();
        std::size_t first = 0;
        while (desk.model.decided().exit[first] == r.exit[first]) {
            ++first;
        }
        QCOMPARE(desk.model.decided().firstStale.value(), first + 1);
        LayerMapView map(&desk.model, &desk.selection);
        QVERIFY(svgOf(map).contains(QStringLiteral("needs a re-run from token %1 on").arg(r.position[first + 1]).toUtf8()));
        desk.model.setHandleValue(1);
        QVERIFY(std::all_of(desk.model.decided().exit.begin(), desk.model.decided().exit.end(), [](int exit) { return exit == 12; }));
    }

    void handlesOfThePolicies()
    {
        const auto handle = handleOf(confidence(0.7), 12);
        QCOMPARE(handle.key, std::string("threshold"));
        QCOMPARE(handle.value, 0.7);
        ExitChoice patience{.policy = "patience", .values = {{"patience", std::int64_t{3}}}};
        QCOMPARE(handleOf(patience, 12).maximum, 12.0);
        QVERIFY(handleOf(patience, 12).whole);
        QCOMPARE(std::get<std::int64_t>(withHandle(patience, handleOf(patience, 12), 4.4).values.at("patience")), std::int64_t{4});
        QVERIFY(handleOf({}, 12).key.empty());
        auto listed = confidence(0.7);
        listed.values["thresholds"] = std::vector<double>{0.1, 0.2};
        QVERIFY(std::get<std::vector<double>>(withHandle(listed, handle, 0.4).values.at("thresholds")).empty());
    }

    void shadowAndUnknownCells()
    {
        Desk desk;
        desk.record.setRecord(testing::exitRecord({.prompt = 1, .generated = 20, .layers = 8, .threshold = 0.6, .shadow = false}));
        bool unknown = false;
        for (std::size_t row = 0; row < desk.model.rows(); ++row) {
            const auto exit = desk.model.readings().exit[row];
            if (exit < 8) {
                unknown = true;
                QCOMPARE(lookOf(desk.model, row, static_cast<std::size_t>(exit)), CellLook::Unknown);
                QCOMPARE(lookOf(desk.model, row, static_cast<std::size_t>(exit - 1)), CellLook::Runs);
            }
        }
        QVERIFY(unknown);
        Desk shadowed;
        shadowed.record.setRecord(testing::exitRecord({.prompt = 1, .generated = 20, .layers = 8, .threshold = 0.6}));
        shadowed.model.setHandleValue(0.6);
        const auto row =
            static_cast<std::size_t>(std::min_element(shadowed.model.readings().exit.begin(), shadowed.model.readings().exit.end()) -
                                     shadowed.model.readings().exit.begin());
        QCOMPARE(lookOf(shadowed.model, row, 7), CellLook::NotRun);
    }

    // --- the map ---

    void layoutIsItsOwnInverse_data()
    {
        QTest::addColumn<QSizeF>("size");
        QTest::addColumn<double>("columnWidth");
        QTest::addColumn<int>("layers");
        QTest::addRow("reading size") << QSizeF(900, 400) << 56.0 << 12;
        QTest::addRow("all columns fit") << QSizeF(900, 400) << 0.0 << 12;
        QTest::addRow("narrow view without a strip") << QSizeF(360, 300) << 20.0 << 6;
        QTest::addRow("more layers than pixels") << QSizeF(700, 240) << 30.0 << 200;
        QTest::addRow("one layer") << QSizeF(700, 240) << 30.0 << 1;
    }

    void layoutIsItsOwnInverse()
    {
        QFETCH(QSizeF, size);
        QFETCH(double, columnWidth);
        QFETCH(int, layers);
        LayerMapSizes sizes;
        sizes.columnWidth = columnWidth;
        const auto layout = layoutLayerMap(size, QFont(), 80, layers, sizes, {37, 11});
        const auto [firstColumn, endColumn] = layout.visibleColumns();
        const auto [firstLayer, endLayer] = layout.visibleLayers();
        QVERIFY(firstColumn < endColumn && firstLayer < endLayer);
        for (int column = firstColumn; column < endColumn; ++column) {
            for (int layer = firstLayer; layer < endLayer; ++layer) {
                const QPointF middle = layout.cell(column, layer).center();
                if (layout.cells.contains(middle)) {
                    QCOMPARE(layout.columnAt(middle.x()), column);
                    QCOMPARE(layout.layerAt(middle.y()), layer);
                }
            }
        }
        QVERIFY(layout.scroll.x() <= layout.furthestScroll().x());
        QVERIFY(layout.cells.bottom() <= layout.tokens.top() && layout.tokens.bottom() <= layout.depths.top() + 0.01);
        QVERIFY(layout.depths.bottom() <= layout.legend.top());
        QCOMPARE(layout.strip.isEmpty(), size.width() < 400);
        QVERIFY(layout.cell(0, 0).bottom() > layout.cell(0, layers - 1).bottom() - 0.01);  // the first layer is at the bottom
    }

    void keysReachEveryCell()
    {
        Desk desk;
        LayerMapView map(&desk.model, &desk.selection);
        map.resize(700, 360);
        map.show();
        desk.record.setRecord(testing::exitRecord({.prompt = 3, .generated = 60, .layers = 8}));
        QTest::keyClick(&map, Qt::Key_Home);
        QCOMPARE(desk.selection.current().token, 0);
        QTest::keyClick(&map, Qt::Key_Right);
        QCOMPARE(desk.selection.current().token, 1);
        const int layer = desk.selection.current().layer;
        QCOMPARE(layer, 7);  // a prompt token ends in the last layer
        QTest::keyClick(&map, Qt::Key_Up);
        QCOMPARE(desk.selection.current().layer, 7);
        QTest::keyClick(&map, Qt::Key_Down);
        QCOMPARE(desk.selection.current().layer, 6);
        QTest::keyClick(&map, Qt::Key_PageDown);
        QCOMPARE(desk.selection.current().token, 11);
        QTest::keyClick(&map, Qt::Key_End);
        QCOMPARE(desk.selection.current().token, 61);
        QVERIFY(map.mapLayout().cells.contains(map.mapLayout().cell(61, 6).center()));  // scrolled into view
        QTest::keyClick(&map, Qt::Key_E);
        QCOMPARE(desk.selection.current().layer, desk.model.exitOf(61) - 1);
        QVERIFY(map.accessibleDescription().contains(QStringLiteral("token 61")));
        QSignalSpy steps(&map, &LayerMapView::thresholdStepRequested);
        QTest::keyClick(&map, Qt::Key_Up, Qt::ShiftModifier);
        QTest::keyClick(&map, Qt::Key_Down, Qt::ShiftModifier);
        QCOMPARE(steps.size(), 2);
        QCOMPARE(steps[0][0].toInt(), 1);
        QCOMPARE(steps[1][0].toInt(), -1);
    }

    void clickSelectsAndSelectionScrolls()
    {
        Desk desk;
        LayerMapView map(&desk.model, &desk.selection);
        map.resize(700, 360);
        map.show();
        desk.record.setRecord(testing::exitRecord({.prompt = 3, .generated = 60, .layers = 8}));
        Selected selected;
        selected.token = 2;  // from another view
        desk.selection.select(selected);
        QVERIFY(map.mapLayout().cells.contains(map.mapLayout().cell(2, 0).center()));
        const QPointF at = map.mapLayout().cell(3, 4).center() + QPointF(12, 0);
        QTest::mouseClick(&map, Qt::LeftButton, {}, at.toPoint());
        QCOMPARE(desk.selection.current().token, 3);
        QCOMPARE(desk.selection.current().layer, 4);
        map.fit();
        QCOMPARE(map.mapLayout().visibleColumns(), std::pair(0, 62));
    }

    void csvIsTheRecordsTable()
    {
        Desk desk;
        LayerMapView map(&desk.model, &desk.selection);
        desk.record.setRecord(testing::exitRecord({.prompt = 2, .generated = 5, .layers = 4}));
        const QByteArray csv = map.toCsv();
        QCOMPARE(csv, QByteArray::fromStdString(record::readings_csv(desk.record.record())));
        const auto lines = csv.split('\n');
        QCOMPARE(lines[0], QByteArray("position,layer,token,top1,prob,entropy_nats,margin,kl_final,exit"));
        QCOMPARE(lines.size(), 1 + 6 * 4 + 1);
        const auto cells = lines[1 + 2 * 4 + 3].split(',');  // position 2, layer 4
        QCOMPARE(cells[0].toInt(), 2);
        QCOMPARE(cells[1].toInt(), 4);
        QCOMPARE(cells[4].toFloat(), desk.model.readings().probability[2 * 4 + 3]);
        QCOMPARE(cells[7].toDouble(), 0.0);
    }

    void exportKeepsTextAsText()
    {
        Desk desk;
        LayerMapView map(&desk.model, &desk.selection);
        map.setPolicyText(QStringLiteral("Confidence, threshold 0.900"));
        desk.record.setRecord(testing::exitRecord({.prompt = 2, .generated = 20, .layers = 12}));
        const QByteArray svg = svgOf(map);
        QVERIFY(svg.contains("<text"));
        for (const char* words : {"Confidence, threshold 0.900", "logit lens", ">layer<", "propagated from the exit", "Probability"}) {
            QVERIFY2(svg.contains(words), words);
        }
        QVERIFY(svg.contains(desk.model.columnLabel(3).left(4).toUtf8()));
    }

    void states()
    {
        Desk desk;
        LayerMapView map(&desk.model, &desk.selection);
        QCOMPARE(map.state(), ViewState::Empty);
        QVERIFY(map.stateText().contains(QStringLiteral("Press Run")));
        auto events = testing::exitEvents({.prompt = 2, .generated = 4, .layers = 4});
        auto damaged = std::get<record::Block>(events.back().payload);
        damaged.arrays.erase("numbers");
        events.push_back({damaged});
        desk.record.append({events.begin(), events.begin() + 2});
        QCOMPARE(map.state(), ViewState::Empty);
        desk.record.append({events.begin() + 2, events.end() - 1});
        QCOMPARE(map.state(), ViewState::Data);
        desk.record.append({events.end() - 1, events.end()});
        QCOMPARE(map.state(), ViewState::Partial);
        QVERIFY(map.stateText().contains(QStringLiteral("layer-readings")));
        desk.record.clear();
        desk.record.append({record::Event{damaged}});
        QCOMPARE(map.state(), ViewState::Error);
        desk.record.clear();
        QCOMPARE(map.state(), ViewState::Empty);
        // A policy that cannot be decided says why and the run's own exits stay.
        desk.record.setRecord(testing::exitRecord({.prompt = 2, .generated = 4, .layers = 4}));
        desk.model.setChoice({.policy = "broken", .values = {}});
        QCOMPARE(map.state(), ViewState::Data);
        QVERIFY(svgOf(map).contains("this policy has no scores"));
        QCOMPARE(desk.model.exitOf(3), desk.model.readings().exit[3]);
    }

    void oneLayerAndUndefinedNumbersAreDrawn()
    {
        Desk desk;
        LayerMapView map(&desk.model, &desk.selection);
        map.resize(500, 240);
        desk.record.setRecord(testing::exitRecord({.prompt = 1, .generated = 3, .layers = 1}));
        for (const auto channel : kExitChannels) {
            map.setChannel(channel);
            QVERIFY(!map.grab().isNull());
        }
        auto events = testing::exitEvents({.prompt = 1, .generated = 3, .layers = 3});
        auto rows = record::layer_readings_from(std::get<record::Block>(events.back().payload));
        QVERIFY(rows.ok());
        auto broken = rows.value();
        broken.entropy[1] = std::numeric_limits<float>::quiet_NaN();
        broken.kl_final[1] = std::numeric_limits<float>::infinity();
        broken.probability[1] = std::numeric_limits<float>::quiet_NaN();
        events.back() = {record::to_block(broken)};
        desk.record.clear();
        desk.record.append(std::move(events));
        for (const auto channel : kExitChannels) {
            map.setChannel(channel);
            QVERIFY(!map.grab().isNull());
        }
    }

    void framesAreShort_data()
    {
        QTest::addColumn<int>("tokens");
        QTest::addColumn<bool>("fitted");
        QTest::addRow("512 tokens, reading size") << 512 << false;
        QTest::addRow("512 tokens at once") << 512 << true;
        QTest::addRow("4,096 tokens at once") << 4096 << true;
    }

    void framesAreShort()
    {
        QFETCH(int, tokens);
        QFETCH(bool, fitted);
        Desk desk;
        LayerMapView map(&desk.model, &desk.selection);
        map.resize(1000, 420);
        // One block holds all rows here: making the record is not what is timed.
        testing::ExitSample sample{.prompt = 1, .generated = 64, .layers = 12};
        auto events = testing::exitEvents(sample);
        auto rows = record::layer_readings_from(std::get<record::Block>(events[2].payload));
        QVERIFY(rows.ok());
        auto all = rows.value();
        while (all.rows() < static_cast<std::size_t>(tokens)) {
            const auto next = record::layer_readings_from(std::get<record::Block>(events[2 + all.rows() % 64].payload));
            all.append(next.value());
            all.position.back() = static_cast<std::int32_t>(all.rows()) - 1;
            all.moment.back() = 0;
        }
        all.moment.assign(all.rows(), 0);
        desk.record.append({events[0], events[1], record::Event{record::to_block(all)}});
        QCOMPARE(desk.model.rows(), static_cast<std::size_t>(tokens));
        if (fitted) {
            map.fit();
        }
        QImage image(map.size(), QImage::Format_ARGB32_Premultiplied);
        map.render(&image);
        QElapsedTimer timer;
        timer.start();
        for (int i = 0; i < 5; ++i) {
            map.render(&image);
        }
        const double milliseconds = static_cast<double>(timer.nsecsElapsed()) / 5e6;
        qInfo("a frame of %d tokens takes %.1f ms", tokens, milliseconds);
        QVERIFY2(milliseconds < 80,
                 qPrintable(QString::number(milliseconds)));  // the aim is 16; builds without optimisation stay below this
    }
};

QTEST_MAIN(TestExitViews)
#include "test_exit_views.moc"
