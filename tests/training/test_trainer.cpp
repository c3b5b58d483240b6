// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/compute_threads.h"
#include "tests/training/training_testing.h"

using namespace timberline;
using namespace timberline::training;
using run::TrainingValues;
using training_test::choices;
using training_test::steps;
using training_test::text_trainer;

namespace {

std::vector<float> parameters_of(const Trainer& trainer)
{
    return {trainer.parameters().begin(), trainer.parameters().end()};
}

std::unique_ptr<Trainer> bowl(double rate, const std::string& method = "sgd",
                              const Values& values = {{"momentum", 0.0}, {"weight_decay", 0.0}})
{
    TrainingValues settings;
    settings.net = "quadratic";
    settings.curvature = {4, 1};
    settings.learning_rate = rate;
    return training_test::trainer(choices("two-moons", {}, method, values), settings);
}

std::unique_ptr<Trainer> make(const std::string& kind, const std::string& method, std::uint64_t seed = 1)
{
    TrainingValues values;
    values.steps = 100;
    values.learning_rate = method == "adamw" ? 0.003 : 0.05;
    if (kind == "transformer") {
        return text_trainer(true, method);
    }
    values.batch_norm = kind.find("norm") != std::string::npos;
    values.exits = kind.find("exits") != std::string::npos;
    if (kind.starts_with("cnn")) {
        values.net = "cnn";
        values.hidden = {4, 6};
        return training_test::trainer(choices("digits", {{"samples", std::int64_t{100}}}, method, {}, "linear"), values, seed);
    }
    return training_test::trainer(choices("two-moons", {{"samples", std::int64_t{100}}}, method, {}, "cosine"), values, seed);
}

}  // namespace

class TestTrainer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { set_compute_threads(1); }
    void descent_on_a_bowl_follows_its_closed_form();
    void the_bowl_diverges_past_two_over_the_curvature();
    void momentum_moves_the_limit();
    void moons_are_learnt();
    void a_halved_run_equals_a_whole_one_data();
    void a_halved_run_equals_a_whole_one();
    void the_seed_changes_the_first_loss();
    void every_sample_comes_once_an_epoch();
    void a_new_batch_size_waits_for_the_next_epoch();
    void a_new_rate_takes_effect_at_the_next_step();
    void metrics_are_what_they_say();
    void sam_counts_its_passes_and_leaves_statistics_alone();
    void clipping_shortens_the_update_only_data();
    void clipping_shortens_the_update_only();
    void head_weights_follow_their_scheme_data();
    void head_weights_follow_their_scheme();
    void the_second_stage_leaves_the_backbone_alone();
    void divergence_is_recorded_and_no_crash();
    void what_does_not_fit_is_refused_data();
    void what_does_not_fit_is_refused();
    void a_look_agrees_with_the_loss_of_a_batch();
    void a_small_step_is_fast();
};

void TestTrainer::descent_on_a_bowl_follows_its_closed_form()
{
    const auto trainer = bowl(0.1);
    const auto done = steps(*trainer, 20);
    // theta_i = (1 - eta c_i)^t from 1
    for (int t = 0; t < 20; ++t) {
        const double x = std::pow(0.6, t), y = std::pow(0.9, t);
        const double loss = 0.5 * (4 * x * x + y * y);
        QVERIFY(std::abs(done[static_cast<std::size_t>(t)].loss - loss) < 1e-6 * loss + 1e-9);
    }
}

void TestTrainer::the_bowl_diverges_past_two_over_the_curvature()
{
    const auto below = bowl(0.49), above = bowl(0.51);
    const auto falling = steps(*below, 300), rising = steps(*above, 300);
    QVERIFY(falling.back().loss < 1e-6);                                                  // 0.96^600 = 2.3e-11 along the steep axis
    QVERIFY2(rising.back().loss > 1e9, qPrintable(QString::number(rising.back().loss)));  // 2 * 1.04^598 = 3.1e10
    QVERIFY(rising.back().finite());
}

void TestTrainer::momentum_moves_the_limit()
{
    // Heavy ball diverges past 2 (1 + mu) / lambda = 0.75 for mu = 0.5.
    const Values ball = {{"momentum", 0.5}, {"weight_decay", 0.0}};
    QVERIFY(steps(*bowl(0.74, "sgd", ball), 800).back().loss < 1e-6);
    QVERIFY(steps(*bowl(0.76, "sgd", ball), 800).back().loss > 1e3);
}

void TestTrainer::moons_are_learnt()
{
    TrainingValues values;
    values.steps = 600;
    const auto trainer = training_test::trainer(choices("two-moons", {}, "sgd"), values);
    (void)steps(*trainer, 600);
    const auto look = trainer->look_at_validation(0, {});
    QVERIFY(look.ok());
    QVERIFY2(look->accuracy > 0.95, qPrintable(QString::number(look->accuracy)));
}

void TestTrainer::a_halved_run_equals_a_whole_one_data()
{
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QString>("method");
    for (const auto* kind : {"mlp", "mlp with norm and exits", "cnn", "cnn with norm and exits", "transformer"}) {
        for (const auto* method : {"sgd", "adamw", "sam"}) {
            QTest::newRow(qPrintable(QString("%1, %2").arg(kind, method))) << kind << method;
        }
    }
}

void TestTrainer::a_halved_run_equals_a_whole_one()
{
    QFETCH(QString, kind);
    QFETCH(QString, method);
    const std::int64_t half = kind == "mlp" ? 50 : 7;
    const auto whole = make(kind.toStdString(), method.toStdString());
    (void)steps(*whole, half);
    const auto rest = steps(*whole, half);
    const auto first = make(kind.toStdString(), method.toStdString()), second = make(kind.toStdString(), method.toStdString());
    (void)steps(*first, half);
    QVERIFY(second->restore(first->state()).ok());
    const auto resumed = steps(*second, half);
    QCOMPARE(parameters_of(*second), parameters_of(*whole));
    QVERIFY(std::ranges::equal(second->buffers(), whole->buffers()));
    for (std::size_t i = 0; i < rest.size(); ++i) {
        QCOMPARE(resumed[i].loss, rest[i].loss);
        QCOMPARE(resumed[i].epoch, rest[i].epoch);
        QCOMPARE(resumed[i].passes, rest[i].passes);
        QCOMPARE(resumed[i].learning_rate, rest[i].learning_rate);
    }
    // And it did train: another half leaves other parameters.
    (void)steps(*first, 1);
    QVERIFY(parameters_of(*first) != parameters_of(*whole));
}

void TestTrainer::the_seed_changes_the_first_loss()
{
    const double one = steps(*make("mlp", "sgd", 1), 1)[0].loss, again = steps(*make("mlp", "sgd", 1), 1)[0].loss,
                 two = steps(*make("mlp", "sgd", 2), 1)[0].loss;
    QCOMPARE(again, one);
    QVERIFY(one != two);
}

void TestTrainer::every_sample_comes_once_an_epoch()
{
    TrainingValues values;
    values.batch_size = 32;
    const auto trainer =
        training_test::trainer(choices("two-moons", {{"samples", std::int64_t{100}}, {"validation_fraction", 0.2}}, "sgd"), values);
    // 80 samples: batches of 32, 32, 16
    const auto done = steps(*trainer, 7);
    const std::vector<std::int64_t> epochs = {0, 0, 0, 1, 1, 1, 2};
    for (std::size_t i = 0; i < epochs.size(); ++i) {
        QCOMPARE(done[i].epoch, epochs[i]);
    }
    QCOMPARE(trainer->state().cursor, 32);
}

void TestTrainer::a_new_batch_size_waits_for_the_next_epoch()
{
    TrainingValues values;
    values.batch_size = 40;
    const auto trainer =
        training_test::trainer(choices("two-moons", {{"samples", std::int64_t{100}}, {"validation_fraction", 0.2}}, "sgd"), values);
    (void)steps(*trainer, 1);
    auto settings = trainer->settings();
    settings.batch_size = 10;
    trainer->set(settings);
    (void)steps(*trainer, 1);
    QCOMPARE(trainer->state().cursor, 80);
    (void)steps(*trainer, 1);
    QCOMPARE(trainer->state().cursor, 10);
}

void TestTrainer::a_new_rate_takes_effect_at_the_next_step()
{
    const auto changed = make("mlp", "sgd"), plain = make("mlp", "sgd");
    const auto before = steps(*changed, 3);
    auto settings = changed->settings();
    settings.learning_rate = 0.005;
    changed->set(settings);
    const auto after = steps(*changed, 1), same = steps(*plain, 4);
    QCOMPARE(after[0].loss, same[3].loss);  // the loss before the update: not yet touched
    QVERIFY(std::abs(after[0].learning_rate - same[3].learning_rate / 10) < 1e-12);
    QVERIFY(parameters_of(*changed) != parameters_of(*plain));
}

void TestTrainer::metrics_are_what_they_say()
{
    const auto trainer = bowl(0.1);
    const auto step = steps(*trainer, 1)[0];
    // theta (1, 1), gradient (4, 1), update (-0.4, -0.1)
    QVERIFY(std::abs(step.loss - 2.5) < 1e-9);
    QVERIFY(std::abs(step.gradient_norm - std::sqrt(17)) < 1e-6);
    QVERIFY(std::abs(step.update_norm - std::sqrt(0.17)) < 1e-6);
    QVERIFY(std::abs(step.parameter_norm - std::sqrt(0.36 + 0.81)) < 1e-6);
    QVERIFY(std::isnan(step.accuracy));
    QCOMPARE(step.passes, 1);
}

void TestTrainer::sam_counts_its_passes_and_leaves_statistics_alone()
{
    QCOMPARE(steps(*make("mlp", "sam"), 3).back().passes, 6);
    // Batch norm's statistics move once a step: after the first step they are those of a single look at the first batch, as SGD leaves
    // them.
    const auto sam = make("mlp with norm", "sam"), sgd = make("mlp with norm", "sgd");
    (void)steps(*sam, 1);
    (void)steps(*sgd, 1);
    QVERIFY(std::ranges::equal(sam->buffers(), sgd->buffers()));
    QVERIFY(parameters_of(*sam) != parameters_of(*sgd));
}

void TestTrainer::clipping_shortens_the_update_only_data()
{
    QTest::addColumn<QString>("method");
    QTest::addColumn<Values>("values");
    QTest::newRow("one gradient") << "sgd" << Values{{"momentum", 0.0}, {"weight_decay", 0.0}};
    // Uphill of (1, 1) the second gradient is longer than the first.
    QTest::newRow("two gradients: the second one makes the update")
        << "sam" << Values{{"momentum", 0.0}, {"weight_decay", 0.0}, {"rho", 0.5}};
}

void TestTrainer::clipping_shortens_the_update_only()
{
    QFETCH(QString, method);
    QFETCH(Values, values);
    const auto trainer = bowl(0.1, method.toStdString(), values);
    auto settings = trainer->settings();
    settings.clip_norm = 1;
    trainer->set(settings);
    const auto step = steps(*trainer, 1)[0];
    QVERIFY(std::abs(step.gradient_norm - std::sqrt(17)) < 1e-6);
    QVERIFY(std::abs(step.update_norm - 0.1) < 1e-6);
}

void TestTrainer::head_weights_follow_their_scheme_data()
{
    QTest::addColumn<QString>("scheme");
    QTest::addColumn<int>("step");
    QTest::addColumn<QList<double>>("weights");
    QTest::addColumn<bool>("frozen");
    // four heads, 10 steps, first stage 0.5
    QTest::newRow("linear, as printed in exits.md 1.2") << "linear" << 0 << QList<double>{0.1, 0.2, 0.3, 0.4} << false;
    QTest::newRow("uniform") << "uniform" << 0 << QList<double>{0.25, 0.25, 0.25, 0.25} << false;
    QTest::newRow("geometric: 1, 2, 4, 8 of 15") << "geometric" << 0 << QList<double>{1. / 15, 2. / 15, 4. / 15, 8. / 15} << false;
    QTest::newRow("in turn, even steps: the output") << "alternate" << 4 << QList<double>{0, 0, 0, 1} << false;
    QTest::newRow("in turn, odd steps: the others") << "alternate" << 5 << QList<double>{1, 1, 1, 0} << false;
    QTest::newRow("two stages, step 4 of 10: the output") << "two-stage" << 4 << QList<double>{0, 0, 0, 1} << false;
    QTest::newRow("two stages, step 5 of 10: the others, frozen") << "two-stage" << 5 << QList<double>{1, 1, 1, 0} << true;
}

void TestTrainer::head_weights_follow_their_scheme()
{
    QFETCH(QString, scheme);
    QFETCH(int, step);
    QFETCH(QList<double>, weights);
    QFETCH(bool, frozen);
    const auto plan = head_plan(scheme.toStdString(), 4, step, 10, 0.5);
    QCOMPARE(plan.backbone_frozen, frozen);
    for (int i = 0; i < 4; ++i) {
        QVERIFY(std::abs(plan.weights[static_cast<std::size_t>(i)] - weights[i]) < 1e-12);
    }
    QCOMPARE(head_plan(scheme.toStdString(), 1, step, 10, 0.5), HeadPlan{.weights = {1.0}});
}

void TestTrainer::the_second_stage_leaves_the_backbone_alone()
{
    TrainingValues values;
    values.exits = true;
    values.batch_norm = true;
    values.hidden = {8, 8, 8};
    values.steps = 20;
    values.exit_weights = "two-stage";
    const auto trainer = training_test::trainer(choices("two-moons", {}, "sgd", {{"weight_decay", 0.01}}), values);
    (void)steps(*trainer, 10);
    const auto before = trainer->state();
    (void)steps(*trainer, 10);
    const auto after = trainer->state();
    QCOMPARE(after.buffers, before.buffers);
    for (const auto& slot : trainer->objective().layout().parameters) {
        const auto first = static_cast<std::ptrdiff_t>(slot.offset), last = static_cast<std::ptrdiff_t>(slot.offset + slot.elements);
        const bool same = std::equal(before.parameters.begin() + first, before.parameters.begin() + last, after.parameters.begin() + first);
        QVERIFY2(same != slot.name.starts_with("exits."), slot.name.c_str());
    }
}

void TestTrainer::divergence_is_recorded_and_no_crash()
{
    const auto trainer = make("mlp", "sgd");
    auto settings = trainer->settings();
    settings.learning_rate = 1e30;
    settings.batch_size = 8;
    trainer->set(settings);
    bool finite = true;
    for (const auto& step : steps(*trainer, 30)) {
        finite = finite && step.finite();
    }
    QVERIFY(!finite);
    const auto look = trainer->look_at_validation(0, {});
    QVERIFY(look.ok());
    QVERIFY(!std::isfinite(look->loss));
    QVERIFY(look->accuracy <= 1);
}

void TestTrainer::what_does_not_fit_is_refused_data()
{
    QTest::addColumn<QString>("net");
    QTest::addColumn<QString>("data");
    QTest::addColumn<QString>("loss");
    QTest::addColumn<QString>("part");
    QTest::newRow("an image network on points") << "cnn"
                                                << "two-moons"
                                                << "ce"
                                                << "a cnn reads images";
    QTest::newRow("a transformer on points") << "transformer"
                                             << "two-moons"
                                             << "ce"
                                             << "no text";
    QTest::newRow("a loss for numbers on classes") << "mlp"
                                                   << "two-moons"
                                                   << "mse"
                                                   << "has labels";
    QTest::newRow("a loss for classes on numbers") << "mlp"
                                                   << "regression-curves"
                                                   << "ce"
                                                   << "has numbers";
}

void TestTrainer::what_does_not_fit_is_refused()
{
    QFETCH(QString, net);
    QFETCH(QString, data);
    QFETCH(QString, loss);
    QFETCH(QString, part);
    TrainingValues values;
    values.net = net.toStdString();
    const auto made = run::make_trainer(training_test::catalog(),
                                        choices(data.toStdString(), {}, "sgd", {}, "constant", loss.toStdString()), values, 1, {});
    QVERIFY(!made.ok());
    QVERIFY2(QString::fromStdString(made.error().message).contains(part), made.error().message.c_str());
    QVERIFY(!made.error().hint.empty());
}

void TestTrainer::a_look_agrees_with_the_loss_of_a_batch()
{
    const auto trainer = make("mlp with exits", "sgd");
    (void)steps(*trainer, 5);
    const auto look = trainer->look_at_training(0, {});
    QVERIFY(look.ok());
    std::vector<std::int32_t> all(80);
    std::iota(all.begin(), all.end(), 0);
    std::vector<float> buffers(trainer->buffers().begin(), trainer->buffers().end());
    const auto heads = static_cast<std::size_t>(head_count(trainer->objective().spec()));
    HeadPlan output{.weights = std::vector<double>(heads, 0.0)};
    output.weights.back() = 1;
    const auto whole = trainer->objective().evaluate(trainer->parameters(), buffers, all, NormMode::Running, output, false, {});
    QVERIFY(whole.ok());
    QVERIFY(std::abs(look->loss - whole->loss) < 1e-9);
    QVERIFY(std::abs(look->accuracy - whole->accuracy) < 1e-12);
    QCOMPARE(look->row_loss.size(), std::size_t{80});
    const double mean = std::accumulate(look->row_loss.begin(), look->row_loss.end(), 0.0) / 80;
    QVERIFY(std::abs(mean - look->loss) < 1e-6);
    for (const float confidence : look->row_confidence) {
        QVERIFY(confidence >= 0.5F && confidence <= 1);  // the larger of two
    }
}

void TestTrainer::a_small_step_is_fast()
{
    TrainingValues values;
    values.steps = 4000;
    const auto trainer = training_test::trainer(choices("two-moons", {}, "sgd"), values);
    (void)steps(*trainer, 200);
    double best = 1e9;
    for (int round = 0; round < 5; ++round) {
        QElapsedTimer timer;
        timer.start();
        (void)steps(*trainer, 400);
        best = std::min(best, static_cast<double>(timer.nsecsElapsed()) / 400 / 1000);
    }
    qInfo("a step of 2-16-16-2 on 32 samples: %.1f us", best);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    QVERIFY2(best < 200, qPrintable(QString::number(best)));
#endif
}

QTEST_APPLESS_MAIN(TestTrainer)
#include "test_trainer.moc"
