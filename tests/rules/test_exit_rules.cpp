// SPDX-License-Identifier: GPL-3.0-or-later
// Expected numbers: those that the page of methods on early exits prints (sections 0, 1.3 to 1.5, 1.7 to 1.9) and hand-made cases.
#include "core/rules/exit_rules.h"
#include "core/rules/row_reading.h"
#include "tests/rules/exit_readings.h"

#include <QtTest/QtTest>

#include <array>
#include <cmath>
#include <limits>

using namespace timberline;
using namespace timberline::rules;
using namespace timberline::rules::testing;
using record::KvMode;

namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

bool near(double value, double expected, double tolerance = 1e-6)
{
    return std::abs(value - expected) <= tolerance;
}

}  // namespace

class TestExitRules : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    // --- rows of logits
    void reference_row()
    {
        const std::array<float, 3> z = {2, 1, 0};
        RowReader reader;
        const auto r = reader.read(z, 1);
        QCOMPARE(r.top1, 0);
        QVERIFY(near(static_cast<double>(r.probability), 0.665241));
        QVERIFY(near(static_cast<double>(r.margin), 0.420512));
        QVERIFY(near(static_cast<double>(r.entropy), 0.832396));
        QVERIFY(near(static_cast<double>(r.next_log_probability), std::log(0.244728), 5e-6));
        QVERIFY(near(static_cast<double>(entropy_score(r.entropy, 3)), 0.242321));
        QVERIFY(std::isnan(r.kl_final));
    }

    void entropy_scores_stay_in_their_range_data()
    {
        QTest::addColumn<float>("entropy");
        QTest::addColumn<float>("score");
        QTest::newRow("an even row") << static_cast<float>(std::log(7.0)) << 0.0F;
        QTest::newRow("rounded past ln K") << static_cast<float>(std::log(7.0)) * 1.000001F << 0.0F;
        QTest::newRow("certain") << 0.0F << 1.0F;
        QTest::newRow("rounded below 0") << -1e-6F << 1.0F;
        QTest::newRow("undefined") << kNan << kNan;
    }
    void entropy_scores_stay_in_their_range()
    {
        QFETCH(float, entropy);
        QFETCH(float, score);
        const float got = entropy_score(entropy, 7);
        QVERIFY(std::isnan(score) ? std::isnan(got) : got >= 0 && got <= 1 && std::abs(got - score) < 1e-6F);
    }

    void divergence_from_the_final_row()
    {
        // KL((.5, .5) || (.25, .75)) = .5 ln 2 + .5 ln (2/3)
        const std::array<float, 2> final_row = {0, 0};
        const std::array<float, 2> row = {0, std::log(3.0F)};
        RowReader reader;
        reader.set_final(final_row);
        QVERIFY(near(static_cast<double>(reader.read(row).kl_final), 0.5 * std::log(2.0) + 0.5 * std::log(2.0 / 3), 1e-6));
        QCOMPARE(reader.read(final_row).kl_final, 0.0F);
    }

    void divergence_of_a_row_from_itself_is_exactly_zero()
    {
        RowReader reader;
        for (std::uint32_t k = 0; k < 50; ++k) {
            std::vector<float> row(4097);
            for (std::size_t i = 0; i < row.size(); ++i) {
                row[i] = static_cast<float>(
                    40 *
                    uniform(
                        {.seed = 3, .purpose = RandomPurpose::Test, .round = k, .position = static_cast<std::uint32_t>(i), .sibling = 0}));
            }
            reader.set_final(row);
            QCOMPARE(reader.read(row).kl_final, 0.0F);
        }
    }

    void rows_that_are_not_finite_data()
    {
        QTest::addColumn<std::vector<float>>("row");
        QTest::addColumn<bool>("defined");
        QTest::addColumn<int>("top1");
        QTest::newRow("a NaN makes the numbers NaN") << std::vector<float>{1, kNan, 3} << false << 2;
        QTest::newRow("plus infinity makes the numbers NaN") << std::vector<float>{1, kInfinity, 3} << false << 1;
        QTest::newRow("nothing finite") << std::vector<float>{-kInfinity, -kInfinity} << false << 0;
        QTest::newRow("a banned token is no mistake") << std::vector<float>{1, -kInfinity, 1} << true << 0;
        QTest::newRow("huge logits do not overflow") << std::vector<float>{3e38F, -3e38F} << true << 0;
        QTest::newRow("one entry") << std::vector<float>{5} << true << 0;
    }
    void rows_that_are_not_finite()
    {
        QFETCH(std::vector<float>, row);
        QFETCH(bool, defined);
        QFETCH(int, top1);
        RowReader reader;
        const auto r = reader.read(row);
        QCOMPARE(r.top1, top1);
        QCOMPARE(std::isfinite(r.probability) && std::isfinite(r.entropy) && std::isfinite(r.margin), defined);
        if (defined && row.size() == 3) {
            QVERIFY(near(static_cast<double>(r.entropy), std::log(2.0)));
            QCOMPARE(r.margin, 0.0F);
        }
        reader.set_final(row);
        QCOMPARE(std::isfinite(reader.read(row).kl_final), defined);
    }

    void top_candidates_are_sorted_and_ties_go_to_the_lower_id()
    {
        const std::array<float, 6> z = {0, 2, 1, 2, -1, 1};
        RowReader reader;
        std::array<TokenId, 4> ids{};
        std::array<float, 4> probability{};
        const auto reading = reader.read(z);
        RowReader::top(z, reading, ids, probability);
        QCOMPARE(ids, (std::array<TokenId, 4>{1, 3, 2, 5}));
        const double total = 2 * std::exp(2.0) + 2 * std::exp(1.0) + 1 + std::exp(-1.0);
        QVERIFY(near(static_cast<double>(probability[1]), std::exp(2.0) / total));
        QVERIFY(near(static_cast<double>(probability[3]), std::exp(1.0) / total));
        std::array<TokenId, 3> few{};
        std::array<float, 3> rest{};
        RowReader::top(std::span(z).first(2), reader.read(std::span(z).first(2)), few, rest);
        QCOMPARE(few, (std::array<TokenId, 3>{1, 0, -1}));
        QVERIFY(std::isnan(rest[2]));
    }

    // --- decisions
    void patience_data()
    {
        QTest::addColumn<int>("patience");
        QTest::addColumn<int>("exit");
        QTest::addColumn<int>("output");
        QTest::newRow("one agreement") << 1 << 3 << 5;
        QTest::newRow("two agreements") << 2 << 4 << 5;
        QTest::newRow("three agreements never come") << 3 << 6 << 2;
        QTest::newRow("four agreements never come") << 4 << 6 << 2;
        QTest::newRow("as many as layers is never") << 6 << 6 << 2;
    }
    void patience()
    {
        QFETCH(int, patience);
        QFETCH(int, exit);
        QFETCH(int, output);
        const auto readings = rows_of({{3, 5, 5, 5, 2, 2}});
        const auto plan = plan_of(readings, "patience", {{"patience", std::int64_t{patience}}}, run_of(6));
        QCOMPARE(plan.exit[0], exit);
        QCOMPARE(readings.top1[readings.cell(0, static_cast<std::size_t>(exit - 1))], output);
    }

    void patience_counts_from_zero_after_a_disagreement()
    {
        const auto run = run_of(6);
        const auto profile = score_profile(rows_of({{3, 5, 5, 5, 2, 2}}), rule_of("patience", {{"patience", std::int64_t{4}}}, run), run);
        QVERIFY(profile.ok());
        for (const auto& [layer, length] : {std::pair{0, 0}, {1, 0}, {2, 1}, {3, 2}, {4, 0}}) {
            QCOMPARE(profile->native[static_cast<std::size_t>(layer)], static_cast<float>(length));
            QCOMPARE(profile->score[static_cast<std::size_t>(layer)], static_cast<float>(length) / 4);
        }
        QVERIFY(std::isnan(profile->score[5]));  // the forced exit is no decision
    }

    void decaying_threshold_data()
    {
        QTest::addColumn<bool>("code");
        QTest::addColumn<int>("token");
        QTest::addColumn<double>("tau");
        QTest::newRow("paper, first token") << false << 0 << 0.910000;
        QTest::newRow("paper, half way") << false << 50 << 0.823534;
        QTest::newRow("paper, end") << false << 100 << 0.811832;
        QTest::newRow("code, first token") << true << 0 << 0.900000;
        QTest::newRow("code, half way") << true << 50 << 0.822180;
        QTest::newRow("code, end") << true << 100 << 0.811648;
    }
    void decaying_threshold()
    {
        QFETCH(bool, code);
        QFETCH(int, token);
        QFETCH(double, tau);
        QVERIFY(near(decayed_threshold(0.9, 4, token, 100, code), tau));
        Values values = threshold_values(0.9);
        values["decay"] = std::string(code ? "code" : "paper");
        auto rule = rule_of("saturation", values, run_of(4));
        rule.begin(token);
        QCOMPARE(rule.threshold(2), static_cast<float>(decayed_threshold(0.9, 4, token, 100, code)));
    }

    void never_is_never_even_for_a_probability_of_one()
    {
        for (const char* policy : {"confidence", "margin", "entropy", "saturation"}) {
            auto readings = drawn_rows(6, 40, 10);
            std::ranges::fill(readings.probability, 1.0F);
            std::ranges::fill(readings.margin, 1.0F);
            std::ranges::fill(readings.entropy, 0.0F);
            std::ranges::fill(readings.cosine, 1.0F);
            const auto run = run_of(6);
            const auto never = plan_of(readings, policy, threshold_values(1), run);
            QVERIFY2(std::ranges::all_of(never.exit, [](int e) { return e == 6; }), policy);
            QVERIFY(std::ranges::all_of(never.heads, [](int h) { return h == 0; }));
            const auto almost = plan_of(readings, policy, threshold_values(0.999), run);
            QVERIFY2(std::ranges::all_of(almost.exit, [&](int e) { return e == (std::string(policy) == "saturation" ? 2 : 1); }), policy);
        }
    }

    void threshold_zero_leaves_at_the_earliest_exit_data()
    {
        QTest::addColumn<int>("earliest");
        QTest::addColumn<int>("every");
        QTest::addColumn<int>("exit");
        QTest::newRow("everywhere") << 1 << 1 << 1;
        QTest::newRow("not before layer 5") << 5 << 1 << 5;
        QTest::newRow("every fourth of twelve") << 1 << 4 << 4;
        QTest::newRow("every fourth, not before layer 5") << 5 << 4 << 8;
        QTest::newRow("nothing before the last") << 12 << 1 << 12;
    }
    void threshold_zero_leaves_at_the_earliest_exit()
    {
        QFETCH(int, earliest);
        QFETCH(int, every);
        QFETCH(int, exit);
        auto run = run_of(12);
        run.earliest = earliest;
        run.every = every;
        for (const char* policy : {"confidence", "margin", "entropy", "saturation"}) {
            const auto plan = plan_of(drawn_rows(12, 10, 10), policy, threshold_values(0), run);
            QVERIFY2(std::ranges::all_of(plan.exit, [&](int e) { return e == exit; }), policy);
        }
        const auto fixed = plan_of(drawn_rows(12, 3, 10), "fixed-layer", {{"layer", std::int64_t{1}}}, run);
        QCOMPARE(fixed.exit[0], exit);
    }

    void depth_never_falls_when_the_threshold_rises()
    {
        const auto readings = drawn_rows(12, 300, 10);
        for (const char* policy : {"confidence", "margin", "entropy", "saturation"}) {
            std::vector<std::int32_t> before(readings.rows(), 0);
            for (int step = 0; step <= 40; ++step) {
                const auto plan = plan_of(readings, policy, threshold_values(step / 40.0), run_of(12));
                for (std::size_t row = 0; row < readings.rows(); ++row) {
                    QVERIFY2(plan.exit[row] >= before[row], policy);
                }
                before = plan.exit;
            }
        }
    }

    void thresholds_by_layer()
    {
        auto readings = rows_of(4, 1);
        std::ranges::fill(readings.probability, 0.5F);
        Values values = threshold_values(0);
        values["thresholds"] = std::vector<double>{0.9, 0.6, 0.4};
        QCOMPARE(plan_of(readings, "confidence", values, run_of(4)).exit[0], 3);
        values["thresholds"] = std::vector<double>{0.9, 0.6};  // the last counts for all further layers
        QCOMPARE(plan_of(readings, "confidence", values, run_of(4)).exit[0], 4);
        values["thresholds"] = std::vector<double>{1, 1, 0.4};  // it looks at layers 1 and 2 in vain
        const auto plan = plan_of(readings, "confidence", values, run_of(4));
        QCOMPARE(plan.exit[0], 3);
        QCOMPARE(plan.heads[0], 3);
    }

    void confidence_and_margin_order_two_classes_alike()
    {
        auto readings = drawn_rows(5, 200, 2);
        for (std::size_t cell = 0; cell < readings.probability.size(); ++cell) {
            readings.probability[cell] = 0.5F + readings.probability[cell] / 2;
            readings.margin[cell] = 2 * readings.probability[cell] - 1;
        }
        for (const double tau : {0.55, 0.7, 0.9}) {
            const auto a = plan_of(readings, "confidence", threshold_values(tau), run_of(5, 2));
            const auto b = plan_of(readings, "margin", threshold_values(2 * tau - 1), run_of(5, 2));
            QCOMPARE(a.exit, b.exit);
        }
    }

    void undefined_scores_never_exit()
    {
        auto readings = rows_of(3, 1);  // all numbers NaN
        for (const char* policy : {"confidence", "margin", "entropy"}) {
            QCOMPARE(plan_of(readings, policy, threshold_values(0), run_of(3)).exit[0], 3);
        }
        QCOMPARE(plan_of(readings, "saturation", threshold_values(0), run_of(3)).exit[0], 1);  // the first layer scores 0
        QCOMPARE(plan_of(readings, "saturation", threshold_values(0.1), run_of(3)).exit[0], 3);
    }

    void prompt_rows_run_all_layers_unless_allowed()
    {
        auto readings = drawn_rows(4, 3, 10);
        readings.moment = {-1, -1, 0};
        auto run = run_of(4);
        QCOMPARE(plan_of(readings, "confidence", threshold_values(0), run).exit, (std::vector<std::int32_t>{4, 4, 1}));
        run.exit_in_prompt = true;
        QCOMPARE(plan_of(readings, "confidence", threshold_values(0), run).exit, (std::vector<std::int32_t>{1, 1, 1}));
    }

    void layers_without_numbers_leave_the_exit_open()
    {
        auto readings = rows_of(5, 2);
        std::ranges::fill(readings.probability, 0.5F);
        readings.known = {2, 5};
        QCOMPARE(plan_of(readings, "confidence", threshold_values(0.6), run_of(5)).exit, (std::vector<std::int32_t>{0, 5}));
        QCOMPARE(plan_of(readings, "confidence", threshold_values(0.4), run_of(5)).exit, (std::vector<std::int32_t>{1, 1}));
    }

    void learned_scores_are_compared_with_their_threshold()
    {
        auto readings = rows_of(3, 1);
        const auto run = run_of(3);
        const auto rule = rule_of("some-gate", {{"threshold", 0.5}}, run);
        QVERIFY(!decide_exits(readings, rule, run).ok());
        readings.scores["some-gate"] = {0.2F, 0.6F, 0.9F};
        QCOMPARE(decide_exits(readings, rule, run)->exit[0], 2);
        QVERIFY(!ExitRule::make("some-gate", {}, run).ok());
    }

    void one_layer_is_always_the_forced_exit()
    {
        for (const char* policy : {"confidence", "margin", "entropy", "saturation"}) {
            QCOMPARE(plan_of(drawn_rows(1, 5, 4), policy, threshold_values(0), run_of(1, 4)).exit, std::vector<std::int32_t>(5, 1));
        }
        QCOMPARE(plan_of(drawn_rows(1, 5, 4), "patience", {{"patience", std::int64_t{1}}}, run_of(1, 4)).exit,
                 std::vector<std::int32_t>(5, 1));
        QCOMPARE(plan_of(drawn_rows(1, 5, 4), "fixed-layer", {{"layer", std::int64_t{9}}}, run_of(1, 4)).exit,
                 std::vector<std::int32_t>(5, 1));
    }

    // --- cost model, the small language model of 1.8
    void printed_costs()
    {
        record::ExitRun run;
        run.layers = 8;
        run.vocabulary = 6000;
        fill_costs(run, {.hidden = 256, .attention = 256, .kv = 256, .intermediate = 683, .vocabulary = 6000, .gated = true});
        QCOMPARE(run.block_flops[0] + 256 * run.key_flops[0], 1835520.0);
        QCOMPARE(run.head_flops[0], 3072000.0);
        QCOMPARE(run.kv_flops, 262144.0);
        run.score_flops = 0;
        const auto cost_at_256 = [&](KvMode mode, std::int32_t exit, double looks, double* full) {
            ExitCosts costs(run, mode);
            for (int i = 0; i < 255; ++i) {
                costs.add(8, run.head_flops[0]);
            }
            const double out = costs.add(exit, looks);
            *full = costs.full();
            return out;
        };
        double full = 0;
        const auto confidence = rule_of("confidence", threshold_values(0.5), run);
        const auto saturation = rule_of("saturation", threshold_values(0.5), run);
        const double vocabulary = cost_at_256(KvMode::Copy, 4, look_flops(confidence, run, 4), &full);
        QCOMPARE(full, 8 * 1835520.0 + 3072000);
        QCOMPARE(vocabulary, 4 * (1835520.0 + 3072000));
        QVERIFY(near(vocabulary / full, 1.106, 5e-4));
        const double hidden = cost_at_256(KvMode::Copy, 4, look_flops(saturation, run, 4), &full);
        QVERIFY(near(hidden / full, 0.587, 5e-4));
        QCOMPARE(cost_at_256(KvMode::Propagate, 4, 0, &full), 4 * 1835520.0 + 4 * 262144);
        QCOMPARE(cost_at_256(KvMode::Oracle, 4, 0, &full), 8 * 1835520.0);
        QCOMPARE(cost_at_256(KvMode::Propagate, 8, look_flops(rule_of("confidence", threshold_values(1), run), run, 8), &full), full);
    }

    void deferred_layers_are_paid_by_the_token_that_needs_them()
    {
        record::ExitRun run = run_of(3);
        run.block_flops = {1, 10, 100};
        run.key_flops = {0, 0, 0};
        ExitCosts costs(run, KvMode::Defer);
        QCOMPARE(costs.add(1, 0), 1.0);
        QCOMPARE(costs.add(2, 0), 1.0 + 2 * 10);
        QCOMPARE(costs.add(1, 0), 1.0);
        QCOMPARE(costs.add(3, 0), 1.0 + 2 * 10 + 4 * 100);
        QCOMPARE(costs.add(3, 0), 111.0);
    }

    void masked_layers_attend_to_fewer_keys()
    {
        record::ExitRun run = run_of(2);
        run.block_flops = {0, 0};
        run.key_flops = {1, 1000};
        ExitCosts costs(run, KvMode::Mask);
        QCOMPARE(costs.add(1, 0), 1.0);
        QCOMPARE(costs.add(1, 0), 2.0);
        QCOMPARE(costs.add(2, 0), 3.0 + 1000);
        run.window = {2, 2};
        ExitCosts windowed(run, KvMode::Copy);
        windowed.add(2, 0);
        windowed.add(2, 0);
        QCOMPARE(windowed.add(2, 0), 2.0 + 2000);
    }

    void an_outcome_counts_what_it_says()
    {
        auto readings = rows_of({{1, 1, 2}, {4, 4, 4}, {5, 6, 6}});
        std::ranges::fill(readings.next_log_probability, -1.0F);
        readings.next_log_probability[readings.cell(0, 0)] = -3;
        readings.next_log_probability[readings.cell(0, 2)] = -2;
        ExitPlan plan{.exit = {1, 2, 3}, .heads = {0, 0, 0}, .look_flops = {0, 0, 0}};
        auto run = run_of(3);
        run.block_flops = {1, 1, 1};
        run.key_flops = run.head_flops = {0, 0, 0};
        const auto out = outcome(readings, plan, run, KvMode::Copy);
        QCOMPARE(out.rows, std::int64_t{3});
        QCOMPARE(out.mean_depth, 2.0);
        QCOMPARE(out.layer_fraction, 2.0 / 3);
        QCOMPARE(out.flop_fraction, 6.0 / 9);
        QCOMPARE(out.agreement, 2.0 / 3);
        QCOMPARE(out.accuracy, 2.0 / 3);
        QCOMPARE(out.nll, 5.0 / 3);
        QCOMPARE(out.full_nll, 4.0 / 3);
        QCOMPARE(out.histogram, (std::vector<std::int64_t>{1, 1, 1}));
        plan.exit[2] = 0;
        const auto open = outcome(readings, plan, run, KvMode::Copy);
        QCOMPARE(open.undecided, std::int64_t{1});
        QCOMPARE(open.mean_depth, 1.5);
    }

    // --- how far a what-if holds
    void first_stale_row_of_a_plan_data()
    {
        QTest::addColumn<int>("recorded");
        QTest::addColumn<std::vector<int>>("recorded_exits");
        QTest::addColumn<int>("wanted");
        QTest::addColumn<std::vector<int>>("exits");
        QTest::addColumn<int>("stale");
        const auto full = std::vector<int>{3, 3, 3, 3};
        // Row 1 says another token before layer 3, row 2 before layer 2.
        const auto row = [](const char* name, KvMode recorded, const std::vector<int>& was, KvMode wanted, const std::vector<int>& exits,
                            int stale) {
            QTest::newRow(name) << static_cast<int>(recorded) << was << static_cast<int>(wanted) << exits << stale;
        };
        row("full depth again", KvMode::Propagate, full, KvMode::Propagate, full, -1);
        row("exact caches, tokens that agree", KvMode::Oracle, full, KvMode::Defer, {1, 3, 2, 1}, -1);
        row("exact caches, the second token differs", KvMode::Oracle, full, KvMode::Defer, {1, 2, 2, 1}, 2);
        row("exact caches, the third token differs", KvMode::Propagate, full, KvMode::Oracle, {1, 3, 1, 1}, 3);
        row("a difference in the last row harms nobody", KvMode::Propagate, full, KvMode::Oracle, {1, 3, 3, 1}, -1);
        row("approximate caches end with the first early exit", KvMode::Oracle, full, KvMode::Propagate, {3, 3, 2, 1}, 3);
        row("the same for copies", KvMode::Copy, full, KvMode::Copy, {2, 3, 3, 3}, 1);
        row("the same for masks", KvMode::Mask, full, KvMode::Mask, {3, 3, 3, 2}, -1);
        row("the recorded exits themselves", KvMode::Copy, {1, 3, 2, 1}, KvMode::Copy, {1, 3, 2, 1}, -1);
        row("a later exit than recorded", KvMode::Copy, {1, 3, 2, 1}, KvMode::Copy, {2, 3, 2, 1}, 1);
        row("another mode than recorded", KvMode::Copy, {1, 3, 2, 1}, KvMode::Mask, {1, 3, 2, 1}, 1);
        row("approximate record, exact wish", KvMode::Copy, {3, 3, 2, 1}, KvMode::Defer, {3, 3, 3, 3}, 3);
        row("a row that cannot be told", KvMode::Oracle, full, KvMode::Defer, {1, 0, 3, 3}, 1);
    }
    void first_stale_row_of_a_plan()
    {
        QFETCH(int, recorded);
        QFETCH(std::vector<int>, recorded_exits);
        QFETCH(int, wanted);
        QFETCH(std::vector<int>, exits);
        QFETCH(int, stale);
        auto readings = rows_of({{7, 7, 7}, {1, 1, 8}, {2, 9, 9}, {6, 6, 6}});
        readings.exit.assign(recorded_exits.begin(), recorded_exits.end());
        auto run = run_of(3);
        run.kv_mode = static_cast<KvMode>(recorded);
        ExitPlan plan;
        plan.exit.assign(exits.begin(), exits.end());
        const auto found = first_stale_row(readings, plan, run, static_cast<KvMode>(wanted));
        QCOMPARE(found ? static_cast<int>(*found) : -1, stale);
    }

    void deciding_512_by_12_again_is_instant()
    {
        const auto readings = drawn_rows(12, 512, 4096);
        const auto run = run_of(12, 4096);
        QElapsedTimer timer;
        timer.start();
        const auto plan = plan_of(readings, "entropy", threshold_values(0.5), run);
        const auto seen = outcome(readings, plan, run, KvMode::Defer);
        const auto stale = first_stale_row(readings, plan, run, KvMode::Defer);
        const auto spent = timer.nsecsElapsed();
        QVERIFY(seen.rows == 512 && stale.has_value());
        QVERIFY2(spent < 100'000'000, qPrintable(QString::number(spent / 1000) + " us"));
        qInfo("512 x 12 decided again in %lld us", static_cast<long long>(spent / 1000));
    }
};

QTEST_APPLESS_MAIN(TestExitRules)
#include "test_exit_rules.moc"
