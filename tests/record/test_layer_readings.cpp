// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/codec.h"
#include "core/record/folds.h"
#include "core/record/layer_readings.h"

#include <QtTest/QtTest>

#include <QTemporaryDir>

#include <functional>

using namespace timberline;
using namespace timberline::record;

namespace {

ExitRun sample_run()
{
    ExitRun run;
    run.layers = 2;
    run.vocabulary = 7;
    run.top_k = 2;
    run.policy = "margin";
    run.lens = "tuned";
    run.kv_mode = KvMode::Defer;
    run.shadow = false;
    run.earliest = 2;
    run.every = 3;
    run.exit_in_prompt = true;
    run.max_new = 40;
    run.block_flops = {10, 20};
    run.key_flops = {1, 2};
    run.head_flops = {5, 6};
    run.window = {0, 4};
    run.kv_flops = 3;
    run.score_flops = 4;
    run.names = {"left", "right"};
    return run;
}

LayerReadings sample_rows(std::int32_t moment, std::int32_t position, std::int32_t exit)
{
    LayerReadings rows;
    rows.layers = 2;
    rows.top_k = 2;
    rows.resize(1);
    rows.moment = {moment};
    rows.position = {position};
    rows.token = {5};
    rows.next = {6};
    rows.exit = {exit};
    rows.known = {2};
    rows.heads = {1};
    rows.flops = {123.5};
    rows.block_ms = {0.5};
    rows.lens_ms = {0.25};
    rows.kv_ms = {0.125};
    rows.top1 = {3, 6};
    rows.emits = {3, 6};
    rows.probability = {.5F, .75F};
    rows.entropy = {1.5F, .5F};
    rows.margin = {.25F, .625F};
    rows.kl_final = {.125F, 0};
    rows.cosine = {kUndefined, .96875F};
    rows.next_log_probability = {-2, -.25F};
    rows.source = {KvSource::Computed, exit == 1 ? KvSource::Pending : KvSource::Computed};
    rows.state = {CellState::Computed, exit == 1 ? CellState::Shadow : CellState::Computed};
    rows.top_ids = {3, 1, 6, 3};
    rows.top_probability = {.5F, .25F, .75F, .125F};
    rows.scores["gate"] = {.5F, .25F};
    return rows;
}

bool same(const Block& a, const Block& b)
{
    return a.kind == b.kind && a.moment == b.moment && a.numbers == b.numbers && a.texts == b.texts && a.arrays == b.arrays;
}

}  // namespace

class TestLayerReadings : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void a_run_comes_back()
    {
        const auto run = sample_run();
        const auto read = exit_run_from(to_block(run));
        QVERIFY2(read.ok(), read.ok() ? "" : read.error().message.c_str());
        QVERIFY(same(to_block(*read), to_block(run)));
        QCOMPARE(read->policy, run.policy);
        QCOMPARE(read->kv_mode, KvMode::Defer);
        QCOMPARE(read->window, run.window);
        QCOMPARE(read->names, run.names);
        QVERIFY(read->exit_in_prompt && !read->shadow && read->early);
        QCOMPARE(read->every, 3);
    }

    void rows_come_back()
    {
        const auto rows = sample_rows(4, 9, 1);
        const std::vector<KvFill> fills = {{3, 1}, {4, 1}};
        const auto block = to_block(rows, fills);
        QCOMPARE(block.moment, 4);
        const auto read = layer_readings_from(block);
        QVERIFY2(read.ok(), read.ok() ? "" : read.error().message.c_str());
        QCOMPARE(read->moment, rows.moment);
        QCOMPARE(read->position, rows.position);
        QCOMPARE(read->next, rows.next);
        QCOMPARE(read->exit, rows.exit);
        QCOMPARE(read->heads, rows.heads);
        QCOMPARE(read->flops, rows.flops);
        QCOMPARE(read->kv_ms, rows.kv_ms);
        QCOMPARE(read->top1, rows.top1);
        QCOMPARE(read->entropy, rows.entropy);
        QCOMPARE(read->kl_final, rows.kl_final);
        QVERIFY(std::isnan(read->cosine[0]) && read->cosine[1] == .96875F);
        QCOMPARE(read->next_log_probability, rows.next_log_probability);
        QVERIFY(read->source == rows.source && read->state == rows.state);
        QCOMPARE(read->top_ids, rows.top_ids);
        QCOMPARE(read->scores.at("gate"), rows.scores.at("gate"));
        QCOMPARE(*kv_fills_from(block), fills);
        QVERIFY(kv_fills_from(to_block(rows))->empty());
    }

    void wall_times_do_not_count()
    {
        auto rows = sample_rows(0, 0, 1);
        const Record a{{Event{to_block(rows)}}};
        rows.block_ms[0] = 99;
        Record b{{Event{to_block(rows)}}};
        QVERIFY(equal_but_times(a, b));
        rows.entropy[0] = 2;
        b.events[0].payload = to_block(rows);
        QVERIFY(!equal_but_times(a, b));
    }

    void summaries_and_maps_come_back()
    {
        ExitSummary summary;
        summary.tokens = 3;
        summary.mean_depth = 1.5;
        summary.agreement = std::numeric_limits<double>::quiet_NaN();
        summary.reference = {-1, 4};
        summary.reference_log_probability = {kUndefined, -.5F};
        const auto read = exit_summary_from(to_block(summary));
        QVERIFY(read.ok());
        QCOMPARE(read->mean_depth, 1.5);
        QVERIFY(std::isnan(read->agreement));
        QCOMPARE(read->reference, summary.reference);

        ExitDecisionMap map;
        map.layers = map.ny = 1;
        map.nx = 2;
        map.x_high = map.y_high = 1;
        map.choice = {0, 1};
        map.probability = map.margin = map.entropy = {.5F, .75F};
        map.points_x = map.points_y = {.5F};
        map.labels = {1};
        map.names = {"a", "b"};
        const auto drawn = exit_decision_map_from(to_block(map));
        QVERIFY(drawn.ok());
        QCOMPARE(drawn->choice, map.choice);
        QVERIFY(drawn->nx == 2 && drawn->ny == 1 && drawn->layers == 1);
        QCOMPARE(drawn->names, map.names);

        ThresholdCalibration calibration;
        calibration.policy = "saturation";
        calibration.lambda = .95;
        calibration.prompts = 4;
        calibration.grid = calibration.loss = calibration.p = {1, .95};
        calibration.tested = calibration.accepted = {1, 0};
        const auto certified = threshold_calibration_from(to_block(calibration));
        QVERIFY(certified.ok());
        QCOMPARE(certified->grid, calibration.grid);
        QCOMPARE(certified->accepted, calibration.accepted);
        auto damaged = to_block(calibration);
        damaged.arrays["p"] = {{1}, std::vector<double>(1)};
        QVERIFY(!threshold_calibration_from(damaged).ok());
        QCOMPARE(lens_training_from(to_block(LensTrainingCurve{{.5, .25}}))->loss, (std::vector<double>{.5, .25}));
        QVERIFY(!lens_training_from(damaged).ok());
    }

    void damaged_blocks_are_refused_data()
    {
        using Damage = std::function<void(Block&)>;
        QTest::addColumn<Block>("block");
        QTest::addColumn<QString>("names");
        const auto rows = [](const char* name, const char* names, const Damage& damage) {
            Block block = to_block(sample_rows(0, 3, 1), std::vector<KvFill>{{1, 1}});
            damage(block);
            QTest::newRow(name) << block << QString(names);
        };
        const auto run = [](const char* name, const char* names, const Damage& damage) {
            Block block = to_block(sample_run());
            damage(block);
            QTest::newRow(name) << block << QString(names);
        };
        const auto cells = [](Block& b) -> std::vector<std::int32_t>& {
            return std::get<std::vector<std::int32_t>>(b.arrays["cells"].values);
        };
        const auto row_values = [](Block& b) -> std::vector<std::int32_t>& {
            return std::get<std::vector<std::int32_t>>(b.arrays["rows"].values);
        };
        rows("another kind", "kind", [](Block& b) { b.kind = "exit-nonsense"; });
        rows("no layers", "layers", [](Block& b) { b.numbers.erase("layers"); });
        rows("layers that are no number", "layers", [](Block& b) { b.numbers["layers"] = std::nan(""); });
        rows("too many layers", "layers", [](Block& b) { b.numbers["layers"] = 1e9; });
        rows("half a layer", "layers", [](Block& b) { b.numbers["layers"] = 2.5; });
        rows("fewer layers than the arrays have", "cells", [](Block& b) { b.numbers["layers"] = 1; });
        rows("a missing array", "cells", [](Block& b) { b.arrays.erase("cells"); });
        rows("an array of another type", "numbers", [](Block& b) { b.arrays["numbers"].values = std::vector<double>(12); });
        rows("a shape that does not fit the values", "numbers", [](Block& b) { b.arrays["numbers"].values = std::vector<float>(11); });
        rows("an exit past the last layer", "exit", [&](Block& b) { row_values(b)[3] = 3; });
        rows("an exit before the first layer", "exit", [&](Block& b) { row_values(b)[3] = 0; });
        rows("a negative position", "position", [&](Block& b) { row_values(b)[0] = -1; });
        rows("a token below none", "top1", [&](Block& b) { cells(b)[0] = -2; });
        rows("an unknown source", "source", [&](Block& b) { cells(b)[2] = 6; });
        rows("an unknown state", "state", [&](Block& b) { cells(b)[3] = -1; });
        rows("scores of another size", "score.gate", [](Block& b) { b.arrays["score.gate"] = {{1, 1}, std::vector<float>(1)}; });
        rows("fills that are no pairs", "filled", [](Block& b) { b.arrays["filled"] = {{1, 3}, std::vector<std::int32_t>(3)}; });
        rows("a fill at a negative position", "filled", [](Block& b) { b.arrays["filled"] = {{1, 2}, std::vector<std::int32_t>{-1, 0}}; });
        run("no policy", "policy", [](Block& b) { b.texts.erase("policy"); });
        run("an unknown mode", "kv_mode", [](Block& b) { b.texts["kv_mode"] = "guess"; });
        run("costs of too few layers", "block_flops", [](Block& b) { b.arrays["block_flops"] = {{1}, std::vector<double>(1)}; });
        run("a cost that is not finite", "head_flops", [](Block& b) {
            b.arrays["head_flops"] = {{2}, std::vector<double>{1, std::numeric_limits<double>::infinity()}};
        });
        run("a negative window", "window", [](Block& b) { b.arrays["window"] = {{2}, std::vector<std::int32_t>{0, -4}}; });
        run("names that are missing", "name.1", [](Block& b) { b.texts.erase("name.1"); });
    }
    void damaged_blocks_are_refused()
    {
        QFETCH(Block, block);
        QFETCH(QString, names);
        ExitFold fold;
        fold.add(to_block(sample_run()));
        const bool known = block.kind.starts_with("layer") || block.kind == "exit-run";
        fold.add(block);
        QCOMPARE(fold.refused(), known ? 1 : 0);  // other kinds are passed over
        QVERIFY(fold.readings().rows() == 0);
        const auto message = QString::fromStdString(known ? fold.problem() : layer_readings_from(block).error().message);
        QVERIFY2(message.contains(names), qPrintable(message));
    }

    void readings_of_other_layers_than_the_runs_are_refused_data()
    {
        QTest::addColumn<bool>("run_first");
        QTest::newRow("the run came first") << true;
        QTest::newRow("the readings came first") << false;
    }
    void readings_of_other_layers_than_the_runs_are_refused()
    {
        QFETCH(bool, run_first);
        auto run = sample_run();
        run.layers = 3;
        run.block_flops = run.key_flops = run.head_flops = {1, 2, 3};
        run.window = {0, 0, 0};
        QVERIFY(exit_run_from(to_block(run)).ok());
        ExitFold fold;
        const auto rows = to_block(sample_rows(0, 3, 1));
        fold.add(run_first ? to_block(run) : rows);
        QCOMPARE(fold.refused(), 0);
        fold.add(run_first ? rows : to_block(run));
        QCOMPARE(fold.refused(), 1);
        QVERIFY2(fold.problem().find(run_first ? "layers is 2, expected 3" : "layers is 3, expected 2") != std::string::npos,
                 fold.problem().c_str());
        QCOMPARE(fold.run().has_value(), run_first);
        QCOMPARE(fold.readings().rows(), std::size_t{run_first ? 0U : 1U});
    }

    void damaged_maps_are_refused_data()
    {
        using Damage = std::function<void(Block&)>;
        QTest::addColumn<Block>("block");
        QTest::addColumn<QString>("names");
        ExitDecisionMap map;
        map.layers = map.ny = 1;
        map.nx = 2;
        map.x_high = map.y_high = 1;
        map.choice = {0, 1};
        map.probability = map.margin = map.entropy = {.5F, .75F};
        map.points_x = map.points_y = {.5F};
        map.labels = {1};
        const auto row = [&](const char* name, const char* names, const Damage& damage) {
            Block block = to_block(map);
            damage(block);
            QTest::newRow(name) << block << QString(names);
        };
        constexpr std::int32_t kMost = std::numeric_limits<std::int32_t>::max();
        row("a class that no one can count past", "choice", [](Block& b) {
            b.arrays["choice"].values = std::vector<std::int32_t>{0, kMost};
        });
        row("a class below none", "choice", [](Block& b) { b.arrays["choice"].values = std::vector<std::int32_t>{-1, 0}; });
        row("a label that no one can count past", "labels", [](Block& b) { b.arrays["labels"].values = std::vector<std::int32_t>{kMost}; });
        row("a label below none", "labels", [](Block& b) { b.arrays["labels"].values = std::vector<std::int32_t>{-1}; });
        row("an edge too far away", "x_high", [](Block& b) { b.numbers["x_high"] = 1e300; });
        row("an edge that is no number", "y_low", [](Block& b) { b.numbers["y_low"] = std::nan(""); });
        row("edges inside out", "x_low", [](Block& b) { b.numbers["x_low"] = 2; });
    }
    void damaged_maps_are_refused()
    {
        QFETCH(Block, block);
        QFETCH(QString, names);
        const auto read = exit_decision_map_from(block);
        QVERIFY(!read.ok());
        QVERIFY2(QString::fromStdString(read.error().message).contains(names), read.error().message.c_str());
    }

    void the_fold_knows_rows_and_late_keys()
    {
        Record record;
        record.events.push_back({to_block(sample_run())});
        record.events.push_back({to_block(sample_rows(-1, 0, 2))});
        record.events.push_back({to_block(sample_rows(0, 1, 1))});
        record.events.push_back({to_block(sample_rows(1, 2, 2), std::vector<KvFill>{{1, 1}})});
        const auto before = ExitFold::of(record, 1);
        QCOMPARE(before.readings().rows(), std::size_t{2});
        QVERIFY(before.readings().source[before.readings().cell(1, 1)] == KvSource::Pending);
        const auto after = ExitFold::of(record);
        QCOMPARE(after.readings().rows(), std::size_t{3});
        QVERIFY(after.readings().source[after.readings().cell(1, 1)] == KvSource::Filled);
        QCOMPARE(after.row_of(2), std::optional<std::size_t>(2));
        QVERIFY(!after.row_of(7));
        QVERIFY(after.run().has_value() && !after.summary().has_value());
        QCOMPARE(after.readings().scores.at("gate").size(), std::size_t{6});
        QCOMPARE(after.readings().saturation_layer(0), 2);
        QCOMPARE(after.readings().agrees(0, 0), 0);
    }

    void rows_of_another_size_are_refused()
    {
        ExitFold fold;
        fold.add(to_block(sample_rows(0, 0, 1)));
        auto other = sample_rows(1, 1, 1);
        other.top_k = 1;
        other.top_ids = {3, 6};
        other.top_probability = {.5F, .5F};
        fold.add(to_block(other));
        QCOMPARE(fold.refused(), 1);
        QCOMPARE(fold.readings().rows(), std::size_t{1});
    }

    void the_table_has_its_columns()
    {
        Record record;
        record.events.push_back({to_block(sample_run())});
        auto rows = sample_rows(0, 3, 1);
        record.events.push_back({to_block(rows)});
        QCOMPARE(QString::fromStdString(readings_csv(record)), QString("position,layer,token,top1,prob,entropy_nats,margin,kl_final,exit\n"
                                                                       "3,1,5,3,0.5,1.5,0.25,0.125,1\n"
                                                                       "3,2,5,6,0.75,0.5,0.625,0,0\n"));
        rows.known[0] = 1;
        record.events[1].payload = to_block(rows);
        QCOMPARE(QString::fromStdString(readings_csv(record)).count('\n'), 2);
    }

    void a_record_comes_back_from_its_file()
    {
        Record record;
        record.events.push_back({RunStarted()});
        record.events.push_back({to_block(sample_run())});
        record.events.push_back({to_block(sample_rows(0, 1, 1))});
        QTemporaryDir folder;
        const auto path = folder.filePath("run.tlrun").toStdString();
        QVERIFY(save(record, path).ok());
        const auto loaded = load(path);
        QVERIFY2(loaded.ok(), loaded.ok() ? "" : loaded.error().message.c_str());
        std::string difference;
        QVERIFY2(equal_but_times(record, **loaded, &difference), difference.c_str());
        const auto fold = ExitFold::of(**loaded);
        QCOMPARE(fold.refused(), 0);
        QCOMPARE(fold.readings().entropy, sample_rows(0, 1, 1).entropy);
    }
};

QTEST_APPLESS_MAIN(TestLayerReadings)
#include "test_layer_readings.moc"
