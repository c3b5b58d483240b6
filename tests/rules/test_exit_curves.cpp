// SPDX-License-Identifier: GPL-3.0-or-later
// Expected numbers: the page of methods on early exits (1.5, 1.9, 2.1) and hand-made cases.
#include "core/rules/exit_calibration.h"
#include "core/rules/exit_curves.h"
#include "tests/rules/exit_readings.h"

#include <QtTest/QtTest>

#include <cmath>
#include <map>
#include <tuple>

using namespace timberline;
using namespace timberline::rules;
using namespace timberline::rules::testing;
using record::KvMode;

namespace {

bool near(double value, double expected, double tolerance = 1e-6)
{
    return std::abs(value - expected) <= tolerance;
}

ExitPoint point(double cost, double quality)
{
    ExitPoint out;
    out.cost = cost;
    out.quality = quality;
    return out;
}

}  // namespace

class TestExitCurves : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void frontier_of_a_few_points()
    {
        const std::vector<ExitPoint> points = {point(1, .9),  point(.5, .7),           point(.5, .8), point(.6, .8),
                                               point(.2, .1), point(.7, std::nan("")), point(.8, .85)};
        QCOMPARE(pareto_front(points), (std::vector<std::size_t>{4, 2, 6, 0}));
        const auto front = pareto_front(points);
        QVERIFY(near(front_area(points, front, 1), .3 * .1 + .3 * .8 + .2 * .85));
        QVERIFY(near(cost_at_quality(points, front, .8), .5));
        QVERIFY(near(cost_at_quality(points, front, .81), .8));
        QVERIFY(std::isnan(cost_at_quality(points, front, .95)));
        QVERIFY(pareto_front({}).empty());
    }

    void frontier_of_a_sweep_rises_strictly_in_both()
    {
        const auto readings = drawn_rows(12, 400, 10);
        const auto run = run_of(12);
        const std::vector<SweptPolicy> policies = {{"confidence", threshold_values(0.5)},
                                                   {"margin", threshold_values(0.5)},
                                                   {"entropy", threshold_values(0.5)},
                                                   {"saturation", threshold_values(0.5)},
                                                   {"patience", {{"patience", std::int64_t{2}}}},
                                                   {"fixed-layer", {{"layer", std::int64_t{1}}}},
                                                   {"some-gate", {{"threshold", 0.5}}}};
        for (const auto quality : {ExitQuality::Agreement, ExitQuality::Accuracy, ExitQuality::LogLikelihood}) {
            const auto points = sweep_exits(readings, policies, run, KvMode::Oracle, ExitCost::Layers, quality);
            const auto front = pareto_front(points);
            QVERIFY(points.size() > 60 && front.size() > 2);
            for (std::size_t k = 1; k < front.size(); ++k) {
                QVERIFY(points[front[k]].cost > points[front[k - 1]].cost && points[front[k]].quality > points[front[k - 1]].quality);
            }
            QVERIFY(std::ranges::none_of(points, [](const auto& p) { return p.policy == "some-gate"; }));
            // Never leaving is among the points, and it is the full model.
            const auto never = std::ranges::find_if(points, [](const auto& p) { return p.setting == 1 && p.policy == "confidence"; });
            QVERIFY(never != points.end());
            QCOMPARE(never->cost, 1.0);
            QCOMPARE(never->outcome.agreement, 1.0);
        }
    }

    void a_sweep_of_a_whole_record_stays_quick()
    {
        const auto readings = drawn_rows(12, 512, 4096);
        QElapsedTimer timer;
        timer.start();
        const auto points =
            sweep_exits(readings, std::vector<SweptPolicy>{{"confidence", threshold_values(0.5)}, {"entropy", threshold_values(0.5)}},
                        run_of(12, 4096), KvMode::Defer, ExitCost::Flops, ExitQuality::Agreement);
        QVERIFY(!points.empty());
        QVERIFY2(timer.elapsed() < 500, qPrintable(QString::number(timer.elapsed()) + " ms"));
    }

    void oracles()
    {
        // 1 right from the start, 2 right at layers 2 and 4, 3 never right, 4 only in the middle.
        auto readings = rows_of({{5, 5, 5, 5}, {1, 5, 1, 5}, {1, 2, 3, 4}, {1, 5, 5, 4}});
        std::ranges::fill(readings.next, 5);
        const auto run = run_of(4);
        QCOMPARE(first_correct_plan(readings, run, ExitLabel::Next).exit, (std::vector<std::int32_t>{1, 2, 4, 2}));
        QCOMPARE(stable_plan(readings, run).exit, (std::vector<std::int32_t>{1, 4, 4, 4}));
        QCOMPARE(first_correct(readings, 3, ExitLabel::FinalLayer), 4);
        QCOMPARE(first_correct(readings, 2, ExitLabel::Next), 0);
        QVERIFY(!overthinks(readings, 0) && !overthinks(readings, 1) && !overthinks(readings, 2) && overthinks(readings, 3));
        std::vector<record::LayerCount> counts(4);
        for (std::size_t row = 0; row < 4; ++row) {
            record::count_row(readings, row, counts);
        }
        const auto count = [](std::int64_t agreeing, std::int64_t right) {
            return record::LayerCount{.known = 4, .agreeing = agreeing, .labelled = 4, .right = right};
        };
        QCOMPARE(counts, (std::vector<record::LayerCount>{count(1, 1), count(2, 3), count(1, 2), count(4, 2)}));
        // No policy that outputs a head's prediction beats the first right layer.
        const double best = outcome(readings, first_correct_plan(readings, run, ExitLabel::Next), run, KvMode::Copy).accuracy;
        QCOMPARE(best, .75);
        for (const std::int64_t layer : {1, 2, 3, 4}) {
            QVERIFY(outcome(readings, plan_of(readings, "fixed-layer", {{"layer", layer}}, run), run, KvMode::Copy).accuracy <= best);
        }
    }

    void rows_that_are_not_known_to_the_end()
    {
        auto readings = rows_of({{5, 5, 5, 5}, {1, 5, 1, 5}});
        readings.known = {4, 2};
        std::vector<record::LayerCount> counts(4);
        record::count_row(readings, 1, counts);
        QVERIFY(counts[1].labelled == 1 && counts[1].right == 1 && counts[1].known == 0 && counts[2].labelled == 0);
        // Layer 3 of row 1 was not read: what it would have cost and said cannot be told. Full depth has its cost, no quality.
        const auto run = run_of(4);
        const std::vector<SweptPolicy> policies = {{"fixed-layer", {{"layer", std::int64_t{1}}}}};
        const auto points = sweep_exits(readings, policies, run, KvMode::Oracle, ExitCost::Layers, ExitQuality::Accuracy);
        QCOMPARE(points.size(), std::size_t{3});
        for (const auto& [index, layer, quality] : {std::tuple{0, 1, .5}, {1, 2, 1.}}) {
            const auto& p = points[static_cast<std::size_t>(index)];
            QCOMPARE(p.setting, static_cast<double>(layer));
            QCOMPARE(p.cost, layer / 4.);
            QCOMPARE(p.quality, quality);
        }
        QVERIFY(points[2].setting == 4 && std::isnan(points[2].quality));
        const auto compared = sweep_exits(readings, policies, run, KvMode::Oracle, ExitCost::Layers, ExitQuality::Agreement);
        QVERIFY(std::ranges::all_of(compared, [](const auto& p) { return std::isnan(p.quality); }));
        // The oracles likewise: row 1 settles nowhere that is known, and the first right layer is the second.
        QCOMPARE(stable_plan(readings, run).exit, (std::vector<std::int32_t>{1, 0}));
        QCOMPARE(first_correct_plan(readings, run, ExitLabel::Next).exit, (std::vector<std::int32_t>{1, 2}));
    }

    void what_was_not_read_is_not_compared_data()
    {
        QTest::addColumn<int>("known");
        QTest::addColumn<int>("exit");
        QTest::addColumn<bool>("compared");
        QTest::addColumn<double>("accuracy");
        QTest::newRow("everything was read") << 3 << 1 << true << 1. / 3;
        QTest::newRow("the last layer of one row was not") << 1 << 1 << false << 1. / 3;
        QTest::newRow("nor was the layer it would end at") << 1 << 3 << false << std::nan("");
    }
    void what_was_not_read_is_not_compared()
    {
        QFETCH(int, known);
        QFETCH(int, exit);
        QFETCH(bool, compared);
        QFETCH(double, accuracy);
        auto readings = rows_of({{1, 1, 2}, {4, 4, 4}, {5, 6, 6}});
        std::ranges::fill(readings.next_log_probability, -1.0F);
        readings.known[2] = known;
        const ExitPlan plan{.exit = {1, 2, exit}, .heads = {0, 0, 0}, .look_flops = {0, 0, 0}};
        const auto out = outcome(readings, plan, run_of(3), KvMode::Copy);
        QCOMPARE(out.rows, std::int64_t{3});
        QCOMPARE(out.mean_depth, (3 + exit) / 3.0);  // what it costs is known anyway
        QCOMPARE(std::isfinite(out.agreement), compared);
        QCOMPARE(std::isfinite(out.nll), compared);
        QCOMPARE(std::isfinite(out.full_nll), compared);
        if (compared) {
            QCOMPARE(out.agreement, 1.0 / 3);
        }
        QVERIFY(std::isnan(accuracy) ? std::isnan(out.accuracy) : out.accuracy == accuracy);
    }

    void readings_of_other_layers_are_refused()
    {
        const auto run = run_of(4);
        const auto readings = drawn_rows(6, 3, 10);
        const std::map<std::string, Values> policies = {{"confidence", threshold_values(.5)},
                                                        {"saturation", threshold_values(1)},
                                                        {"patience", {{"patience", std::int64_t{9}}}},
                                                        {"fixed-layer", {{"layer", std::int64_t{2}}}}};
        for (const auto& [policy, values] : policies) {
            const auto rule = rule_of(policy, values, run);
            const auto plan = decide_exits(readings, rule, run);
            QVERIFY2(!plan.ok() && plan.error().message.find("6 layers, expected 4") != std::string::npos, policy.c_str());
            QVERIFY2(!score_profile(readings, rule, run).ok(), policy.c_str());
            // Whoever walks on past the last layer moves forward, so that the walk ends.
            for (const std::int32_t layer : {4, 5, 6, 100}) {
                QVERIFY2(rule.next_look(layer) >= layer, policy.c_str());
            }
        }
    }

    void fewest_prompts_of_a_certificate_data()
    {
        QTest::addColumn<double>("delta");
        QTest::addColumn<double>("epsilon");
        QTest::addColumn<int>("prompts");
        QTest::newRow(".95^59 = .0485") << .05 << .05 << 59;
        QTest::newRow(".8^14 = .0440") << .2 << .05 << 14;
        QTest::newRow(".9^22 = .0985") << .1 << .1 << 22;
        QTest::newRow(".5^2 = .25 exactly") << .5 << .25 << 2;
        QTest::newRow("one is enough") << .5 << .5 << 1;
        QTest::newRow(".999^2302 = .09995") << .001 << .1 << 2302;
    }
    void fewest_prompts_of_a_certificate()
    {
        QFETCH(double, delta);
        QFETCH(double, epsilon);
        QFETCH(int, prompts);
        QCOMPARE(fewest_prompts(delta, epsilon), std::int64_t{prompts});
    }

    void calibration_of_hand_made_rows()
    {
        auto readings = rows_of(1, 4);
        readings.probability = {.95F, .85F, .65F, .55F};
        readings.top1 = {1, 1, 1, 1};
        readings.next = {1, 0, 1, 0};
        // Five bins: (.8, 1] holds .95 right and .85 wrong, (.6, .8] holds .65 right, (.4, .6] holds .55 wrong.
        const auto c = calibration(readings, 0, ExitLabel::Next, RowSet::All, 5);
        QCOMPARE(c.rows, std::int64_t{4});
        QVERIFY(near(c.ece, .5 * std::abs(.5 - .9) + .25 * std::abs(1 - .65) + .25 * std::abs(0 - .55)));
        QVERIFY(near(c.accuracy, .5) && near(c.confidence, .75));
        QCOMPARE(c.bins[4].count, std::int64_t{2});
        QVERIFY(near(c.bins[4].confidence, .9) && near(c.bins[4].accuracy, .5));
        QVERIFY(std::isnan(calibration(readings, 0, ExitLabel::Next, RowSet::Prompt, 5).ece));
    }

    void calibration_of_a_perfect_forecaster_is_zero()
    {
        auto readings = rows_of(1, 100);
        for (std::size_t row = 0; row < 100; ++row) {
            readings.probability[row] = .75F;
            readings.top1[row] = 1;
            readings.next[row] = row < 75 ? 1 : 0;
        }
        QVERIFY(near(calibration(readings, 0, ExitLabel::Next, RowSet::All).ece, 0));
    }

    void geometric_budgets_data()
    {
        QTest::addColumn<double>("q");
        QTest::addColumn<double>("mean");
        QTest::newRow("mostly early") << .5 << 1.7333;
        QTest::newRow("even") << 1. << 2.5;
        QTest::newRow("mostly late") << 1.5 << 2.9846;
    }
    void geometric_budgets()
    {
        QFETCH(double, q);
        QFETCH(double, mean);
        const auto fractions = geometric_fractions(q, 4);
        double sum = 0, index = 0;
        for (std::size_t l = 0; l < 4; ++l) {
            sum += fractions[l];
            index += static_cast<double>(l + 1) * fractions[l];
        }
        QVERIFY(near(sum, 1) && near(index, mean, 5e-5));
        if (q == .5) {
            QVERIFY(near(fractions[0], .5333, 5e-5) && near(fractions[1], .2667, 5e-5) && near(fractions[2], .1333, 5e-5) &&
                    near(fractions[3], .0667, 5e-5));
        }
    }

    void budgets_become_thresholds()
    {
        // Four samples: half of them leave at the first exit (the two surest), a quarter at the second (the surest of the rest).
        const std::vector<std::vector<float>> scores = {{.9F, .2F, .8F, .1F}, {.99F, .5F, .99F, .6F}, {0, 0, 0, 0}};
        const auto thresholds = budget_thresholds(scores, std::vector<double>{.5, .25, .25});
        QCOMPARE(thresholds.size(), std::size_t{3});
        QCOMPARE(static_cast<float>(thresholds[0]), .8F);
        QCOMPARE(static_cast<float>(thresholds[1]), .6F);
        QVERIFY(std::isinf(thresholds[2]) && thresholds[2] < 0);
        // Everything for the last exit: nobody leaves before it.
        const auto late = budget_thresholds(scores, geometric_fractions(1e6, 3));
        QCOMPARE(late[0], 1.0);
        QCOMPARE(late[1], 1.0);
    }

    void p_values_data()
    {
        QTest::addColumn<double>("p");
        QTest::addColumn<double>("expected");
        QTest::newRow("Hoeffding, 599 prompts without error") << hoeffding_p(599, 0, .05) << .050037;
        QTest::newRow("Hoeffding, 600 prompts without error") << hoeffding_p(600, 0, .05) << .049787;
        QTest::newRow("binomial, 16 of 500") << binomial_p(500, 16, .05) << .034290;
        QTest::newRow("binomial, 17 of 500") << binomial_p(500, 17, .05) << .055916;
        QTest::newRow("binomial, none of 100") << binomial_p(100, 0, .05) << .005921;
        QTest::newRow("nothing seen") << binomial_p(0, 0, .05) << 1.;
        QTest::newRow("losses above the tolerance") << hoeffding_p(1000, .2, .05) << 1.;
    }
    void p_values()
    {
        QFETCH(double, p);
        QFETCH(double, expected);
        QVERIFY2(near(p, expected), qPrintable(QString::number(p, 'g', 10)));
    }

    void the_walk_stops_at_the_first_failure()
    {
        const auto losses = [](int failures) {
            std::vector<double> out(500, 0);
            std::fill_n(out.begin(), failures, 1.0);
            return out;
        };
        const std::vector<double> grid = {1, .95, .9, .85};
        const auto result = learn_then_test(grid, {losses(0), losses(16), losses(17), losses(0)}, .05, .05);
        QCOMPARE(result.lambda, .95);
        QVERIFY(result.exact);
        QVERIFY(result.steps[2].tested && !result.steps[2].accepted && !result.steps[3].tested);
        // What lies below the stopping point does not matter.
        QCOMPARE(learn_then_test(grid, {losses(0), losses(16), losses(17), losses(500)}, .05, .05).lambda, .95);
        // The first fails: never exit.
        QCOMPARE(learn_then_test(grid, {losses(17), losses(0)}, .05, .05).lambda, 1.);
        QCOMPARE(learn_then_test({1, .5}, {std::vector<double>(599, 0.0), {}}, .05, .05).lambda, 1.);
    }

    void losses_between_zero_and_one_take_hoeffding()
    {
        std::vector<double> losses(600, 0);
        losses[0] = .25;
        const auto result = learn_then_test({1, .5}, {losses, losses}, .05, .05);
        QVERIFY(!result.exact);
        QVERIFY(near(result.steps[0].p, std::exp(-2 * 600 * std::pow(.05 - .25 / 600, 2)), 1e-12));
    }

    void grid_of_the_walk()
    {
        const auto grid = ltt_grid(.05);
        QCOMPARE(grid.size(), std::size_t{21});
        QVERIFY(near(grid[0], 1) && near(grid[1], .95) && near(grid[20], 0));
    }
};

QTEST_APPLESS_MAIN(TestExitCurves)
#include "test_exit_curves.moc"
