// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/head_curve.h"

#include <QtTest/QtTest>

#include <cmath>
#include <functional>

using namespace timberline;
using namespace timberline::record;

namespace {

HeadSetup setup()
{
    return {.family = "medusa",
            .parts = {"supervised", "adversarial"},
            .heads = 4,
            .parameters = 263168,
            .text_tokens = 2000,
            .train_sequences = 20,
            .held_out_sequences = 2,
            .steps = 10,
            .text_ms = 12.5};
}

HeadSteps steps()
{
    HeadSteps out{.first_moment = 3, .steps = {}};
    for (int i = 3; i < 6; ++i) {
        out.steps.push_back({.step = i,
                             .epoch = 1,
                             .loss = 2.5F - 0.1F * static_cast<float>(i),
                             .learning_rate = 1e-3F,
                             .gradient_norm = 0.7F,
                             .parts = {1.5F, std::nanf("")},
                             .elapsed_ms = 10.0F * static_cast<float>(i)});
    }
    return out;
}

using Damage = std::function<void(Block&)>;

}  // namespace

Q_DECLARE_METATYPE(Damage)

class TestHeadCurve : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void blocks_come_back_as_they_were();
    void damaged_steps_are_refused_data();
    void damaged_steps_are_refused();
    void damaged_numbers_are_refused();
    void a_record_folds_into_a_curve();
};

void TestHeadCurve::blocks_come_back_as_they_were()
{
    const auto made = head_setup_from(to_block(setup()));
    QVERIFY(made.ok());
    QVERIFY(*made == setup());
    const auto back = head_steps_from(to_block(steps()));
    QVERIFY(back.ok());
    QCOMPARE(back->first_moment, 3);
    QCOMPARE(back->steps.size(), std::size_t{3});
    QCOMPARE(back->steps[1].loss, steps().steps[1].loss);
    QCOMPARE(back->steps[1].parts[0], 1.5F);
    QVERIFY(std::isnan(back->steps[1].parts[1]));
    QCOMPARE(back->steps[2].elapsed_ms, 50.0F);
    const auto look = head_look_from(to_block(HeadLook{.moment = 5, .step = 6, .loss = 1.25, .accuracy = {0.5F, 0.25F}}));
    QVERIFY(look.ok());
    QCOMPARE(look->accuracy, (std::vector<float>{0.5F, 0.25F}));
    QCOMPARE(look->moment, 5);
    const auto accepted = head_acceptance_from(to_block(HeadAcceptance{
        .moment = 5, .step = 6, .accepted_per_pass = 2.25, .prompt_accepted = {2, 2.5F}, .nodes = 24, .tokens = 48, .kept = true}));
    QVERIFY(accepted.ok());
    QCOMPARE(accepted->accepted_per_pass, 2.25);
    QVERIFY(accepted->kept);
    QCOMPARE(accepted->nodes, 24);
}

void TestHeadCurve::damaged_steps_are_refused_data()
{
    QTest::addColumn<Damage>("damage");
    const auto row = [](const char* name, Damage damage) { QTest::newRow(name) << damage; };
    row("another kind", [](Block& block) { block.kind = "head-look"; });
    row("no table", [](Block& block) { block.arrays.erase("steps"); });
    row("too few columns", [](Block& block) { block.arrays["steps"] = {.shape = {1, 4}, .values = std::vector<double>(4)}; });
    row("too many columns", [](Block& block) { block.arrays["steps"] = {.shape = {1, 99}, .values = std::vector<double>(99)}; });
    row("fewer numbers than the shape says", [](Block& block) {
        block.arrays["steps"] = {.shape = {9, 5}, .values = std::vector<double>(5)};
    });
    row("numbers of another type", [](Block& block) { block.arrays["steps"] = {.shape = {1, 5}, .values = std::vector<float>(5)}; });
    row("a negative step", [](Block& block) { std::get<std::vector<double>>(block.arrays["steps"].values)[0] = -1; });
    row("an endless epoch", [](Block& block) { std::get<std::vector<double>>(block.arrays["steps"].values)[1] = INFINITY; });
    row("times of another length", [](Block& block) { block.arrays["elapsed_ms"] = {.shape = {2}, .values = std::vector<float>(2)}; });
    row("no moment", [](Block& block) { block.moment = -1; });
}

void TestHeadCurve::damaged_steps_are_refused()
{
    QFETCH(const Damage, damage);
    auto block = to_block(steps());
    damage(block);
    const auto back = head_steps_from(block);
    QVERIFY(!back.ok());
    QCOMPARE(back.error().code, ErrorCode::BadFile);
}

void TestHeadCurve::damaged_numbers_are_refused()
{
    for (const char* key : {"heads", "steps", "text_tokens"}) {
        for (const double value : {-1.0, 0.5, std::nan(""), 1e300}) {
            auto block = to_block(setup());
            block.numbers[key] = value;
            QVERIFY2(!head_setup_from(block).ok(), key);
        }
        auto block = to_block(setup());
        block.numbers.erase(key);
        QVERIFY(!head_setup_from(block).ok());
    }
    auto look = to_block(HeadLook{.moment = 0, .step = 1, .loss = 1, .accuracy = {0.5F}});
    look.arrays["accuracy"].shape = {7};
    QVERIFY(!head_look_from(look).ok());
    auto accepted = to_block(HeadAcceptance{});
    accepted.numbers.erase("kept");
    QVERIFY(!head_acceptance_from(accepted).ok());
}

void TestHeadCurve::a_record_folds_into_a_curve()
{
    Record record;
    record.events.push_back({to_block(setup())});
    record.events.push_back({to_block(steps())});
    record.events.push_back({to_block(HeadLook{.moment = 4, .step = 5, .loss = 1.25, .accuracy = {0.5F}})});
    record.events.push_back({to_block(HeadAcceptance{.moment = 4, .step = 5, .accepted_per_pass = 2.5, .prompt_accepted = {}})});
    auto broken = to_block(steps());
    broken.arrays.clear();
    record.events.push_back({broken});
    const auto curve = head_curve(record);
    QCOMPARE(curve.steps.size(), std::size_t{3});
    QCOMPARE(curve.looks.size(), std::size_t{1});
    QCOMPARE(curve.setup.family, std::string("medusa"));
    const auto lines = QString::fromStdString(head_curve_csv(record)).split('\n');
    QCOMPARE(lines[0], QString("step,train_loss,val_loss,lr,accepted_per_pass"));
    QCOMPARE(lines.size(), 5);
    QCOMPARE(lines[2].split(',')[2], QString("1.25"));
    QCOMPARE(lines[2].split(',')[4], QString("2.5"));
    QCOMPARE(lines[1].split(',')[4], QString());
}

QTEST_APPLESS_MAIN(TestHeadCurve)
#include "test_head_curve.moc"
