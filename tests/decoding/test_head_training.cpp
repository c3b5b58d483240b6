// SPDX-License-Identifier: GPL-3.0-or-later
// Training of draft heads on fixture models: first losses and accuracies against recomputation, repeatability, going on from a state, and
// what KOALA becomes without its two additions.
#include "tests/decoding/heads_testing.h"

#include "core/base/compute_threads.h"
#include "core/decoding/heads/head_text.h"
#include "core/rules/sampling.h"

#include <QtTest/QtTest>

#include <algorithm>
#include <any>
#include <limits>

using namespace timberline;
using namespace timberline::test;

namespace {

constexpr auto kFixtures = TIMBERLINE_FIXTURES;

#ifdef TIMBERLINE_SANITIZED
constexpr std::int64_t kSequences = 8, kSteps = 4;
#else
constexpr std::int64_t kSequences = 40, kSteps = 12;
#endif

ModelPtr target()
{
    return load(std::string(kFixtures) + "/llama-gqa");
}

/// Text that the target writes itself, of lengths that differ.
const decoding::HeadText& text()
{
    static const decoding::HeadText made = [] {
        decoding::WrittenText wanted{
            .tokens = kSequences * 14, .length = 16, .rows = 20, .opening = 4, .temperature = 0, .prompts = {}, .seed = 2};
        auto sequences = decoding::write_text(*target(), wanted, {}, {}).value();
        for (std::size_t i = 0; i < sequences.size(); ++i) {
            sequences[i].resize(std::max<std::size_t>(2, sequences[i].size() - i % 5));
        }
        return decoding::split_text(std::move(sequences), 0.2, 1);
    }();
    return made;
}

decoding::HeadTrainer::Plan plan(const std::string& family, const Values& given = {}, const std::string& optimizer = "adamw")
{
    decoding::HeadTrainer::Plan out;
    out.target = target();
    out.methods = &training_methods();
    out.family = family;
    out.values = complete_values(training_methods().find("draft head", family).value()->info.hyperparameters, given, family).value();
    out.text = text();
    out.settings = {
        .steps = kSteps, .batch = 6, .learning_rate = 3e-3, .clip_norm = 1, .cache_bytes = 1 << 14};  // some rows are kept, some not
    out.make_optimizer = [optimizer](std::int64_t parameters) {
        const auto* entry = training_methods().find("optimizer", optimizer).value();
        return std::any_cast<training::OptimizerFactory>(entry->factory)(default_values(entry->info.hyperparameters), parameters);
    };
    const auto* schedule = training_methods().find("schedule", "cosine").value();
    out.schedule = std::any_cast<training::ScheduleFactory>(schedule->factory)(default_values(schedule->info.hyperparameters));
    return out;
}

std::unique_ptr<decoding::HeadTrainer> trainer(const std::string& family, const Values& given = {}, const std::string& optimizer = "adamw")
{
    auto made = decoding::HeadTrainer::make(plan(family, given, optimizer), {});
    return made.ok() ? std::move(made).value() : nullptr;
}

bool advance(decoding::HeadTrainer& trainer, std::int64_t steps)
{
    for (std::int64_t i = 0; i < steps; ++i) {
        if (const auto step = trainer.step({}); !step.ok() || !step->finite) {
            return false;
        }
    }
    return true;
}

}  // namespace

class TestHeadTraining : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { set_compute_threads(1); }
    void the_first_loss_is_the_target_s_own_cross_entropy_data();
    void the_first_loss_is_the_target_s_own_cross_entropy();
    void the_shared_read_out_has_autograd_s_gradient_data();
    void the_shared_read_out_has_autograd_s_gradient();
    void looks_agree_with_the_inference_path_data();
    void looks_agree_with_the_inference_path();
    void training_lowers_the_loss_data();
    void training_lowers_the_loss();
    void a_restored_trainer_goes_on_bit_for_bit_data();
    void a_restored_trainer_goes_on_bit_for_bit();
    void koala_without_depth_and_adversary_is_medusa();
    void koala_s_adversary_changes_the_heads_after_the_warm_up();
    void the_target_is_never_changed();
    void a_foreign_state_is_refused();
    void what_cannot_be_trained_is_refused();
    void a_cancelled_step_is_not_counted();
};

void TestHeadTraining::the_first_loss_is_the_target_s_own_cross_entropy_data()
{
    QTest::addColumn<QString>("labels");
    QTest::addRow("labels are the text's tokens") << "text";
    QTest::addRow("labels are the target's laws") << "law";
}

/// Untrained heads say at row t what the target says of x_{t+1}; head k is asked about x_{t+2+k}: the sum over heads of 0.8^k times the
/// mean.
void TestHeadTraining::the_first_loss_is_the_target_s_own_cross_entropy()
{
    QFETCH(const QString, labels);
    const auto made = trainer("medusa", {{"heads", std::int64_t{3}}, {"labels", labels.toStdString()}});
    QVERIFY(made);
    const auto seen = made->look(6, {});  // one batch
    QVERIFY2(seen.ok(), seen.ok() ? "" : seen.error().message.c_str());
    const auto v = static_cast<std::size_t>(target()->folder.config.vocabulary);
    double sums[3] = {}, counts[3] = {};
    for (std::size_t s = 0; s < std::min<std::size_t>(6, text().held_out.size()); ++s) {
        const auto& sequence = text().held_out[s];
        auto store = target()->decoder->make_store(static_cast<std::int64_t>(sequence.size()));
        model::ForwardOutput out;
        model::ForwardInput input;
        input.tokens = sequence;
        QVERIFY(target()->decoder->forward(input, *store, out, {}).ok());
        std::vector<std::vector<double>> log_laws;
        for (std::size_t t = 0; t < sequence.size(); ++t) {
            double total = 0;
            auto& law = log_laws.emplace_back();
            for (std::size_t i = 0; i < v; ++i) {
                total += std::exp(static_cast<double>(out.logits[t * v + i]));
            }
            for (std::size_t i = 0; i < v; ++i) {
                law.push_back(static_cast<double>(out.logits[t * v + i]) - std::log(total));
            }
        }
        for (std::size_t k = 0; k < 3; ++k) {
            for (std::size_t t = 0; t + 2 + k < sequence.size(); ++t, ++counts[k]) {
                if (labels == "text") {
                    sums[k] -= log_laws[t][static_cast<std::size_t>(sequence[t + 2 + k])];
                    continue;
                }
                for (std::size_t i = 0; i < v; ++i) {
                    sums[k] -= std::exp(log_laws[t + 1 + k][i]) * log_laws[t][i];
                }
            }
        }
    }
    const double expected = sums[0] / counts[0] + 0.8 * sums[1] / counts[1] + 0.64 * sums[2] / counts[2];
    QVERIFY2(std::abs(seen->loss - expected) < 1e-4 * expected, qPrintable(QString("%1, expected %2").arg(seen->loss).arg(expected)));
}

void TestHeadTraining::the_shared_read_out_has_autograd_s_gradient_data()
{
    QTest::addColumn<QString>("labels");
    QTest::addColumn<bool>("half");
    QTest::addRow("labels are the text's tokens") << "text" << false;
    QTest::addRow("labels are the target's laws") << "law" << false;
    QTest::addRow("products in bfloat16") << "text" << true;
}

/// Matrices of a head's own start as the shared one and go through autograd: after one step of plain descent the blocks must agree.
void TestHeadTraining::the_shared_read_out_has_autograd_s_gradient()
{
    QFETCH(const QString, labels);
    QFETCH(const bool, half);
    const auto after_one_step = [&](bool untied) {
        auto wanted = plan("medusa", {{"labels", labels.toStdString()}, {"untied_heads", untied}}, "sgd");
        wanted.settings.clip_norm = 0;
        wanted.settings.half_products = half && !untied;
        const auto made = decoding::HeadTrainer::make(std::move(wanted), {});
        return made.ok() && advance(**made, 1) ? (*made)->state().parameters : std::map<std::string, std::vector<float>>{};
    };
    const auto fused = after_one_step(false), expected = after_one_step(true);
    double largest = 0, worst = 0;
    for (const auto& [name, values] : fused) {
        for (std::size_t i = 0; i < values.size(); ++i) {
            largest = std::max(largest, std::abs(static_cast<double>(values[i])));
            worst = std::max(worst, std::abs(static_cast<double>(values[i] - expected.at(name)[i])));
        }
    }
    QVERIFY(largest > 1e-5);
    QVERIFY2(worst < (half ? 0.03 : 1e-5) * largest, qPrintable(QString("%1 of %2").arg(worst).arg(largest)));
}

void TestHeadTraining::looks_agree_with_the_inference_path_data()
{
    QTest::addColumn<QString>("family");
    QTest::addRow("medusa") << "medusa";
    QTest::addRow("koala-medusa") << "koala-medusa";
    QTest::addRow("hydra") << "hydra";
}

/// The trainer's accuracy of each head, against the exported heads run row by row over the same text.
void TestHeadTraining::looks_agree_with_the_inference_path()
{
    QFETCH(const QString, family);
    const auto made = trainer(family.toStdString());
    QVERIFY(made);
    QVERIFY(advance(*made, kSteps));
    const auto seen = made->look(0, {});
    const auto folder = made->heads(0, false, {});
    QVERIFY(seen.ok() && folder.ok());
    QVERIFY(decoding::check_heads(*folder, {family.toStdString()}, target()->folder).ok());
    const auto d = static_cast<std::size_t>(target()->folder.config.hidden),
               v = static_cast<std::size_t>(target()->folder.config.vocabulary);
    const std::size_t heads = seen->accuracy.size();
    std::vector<double> right(heads, 0), all(heads, 0);
    const bool chained = family == "hydra";
    auto ranked =
        chained ? Result<decoding::RankHeads>(make_error(ErrorCode::Internal, "")) : decoding::RankHeads::make(*folder, *target());
    auto chain =
        chained ? decoding::ChainedHeads::make(*folder, *target()) : Result<decoding::ChainedHeads>(make_error(ErrorCode::Internal, ""));
    QVERIFY(chained ? chain.ok() : ranked.ok());
    for (const auto& sequence : text().held_out) {
        auto store = target()->decoder->make_store(static_cast<std::int64_t>(sequence.size()));
        model::ForwardOutput out;
        model::ForwardInput input;
        input.tokens = sequence;
        QVERIFY(target()->decoder->forward(input, *store, out, {}).ok());
        auto rows = out.hidden;
        if (chained) {
            const auto prefix_store = chain->prefix()->make_store(static_cast<std::int64_t>(sequence.size()));
            QVERIFY(chain->prefix()->forward_layers(0, 1, {}, rows, *prefix_store, {}).ok());
        }
        for (std::size_t t = 0; t < sequence.size(); ++t) {
            const auto row = std::span<const float>(rows).subspan(t * d, d);
            std::vector<float> logits;
            if (!chained) {
                ranked->logits(row, static_cast<std::int64_t>(heads), logits);
            }
            for (std::size_t k = 0; k < heads && t + 2 + k < sequence.size(); ++k) {
                ++all[k];
                auto from = std::span<const float>(logits).subspan(chained ? 0 : k * v);
                if (chained) {
                    chain->logits(static_cast<std::int64_t>(k), row, std::span(sequence).subspan(t + 1, k + 1), logits);
                    from = logits;
                }
                right[k] += rules::argmax(from.first(v)) == sequence[t + 2 + k] ? 1 : 0;
            }
        }
    }
    for (std::size_t k = 0; k < heads; ++k) {
        QVERIFY(all[k] > 0);
        // A near tie may fall the other way on the other path: one position of many.
        QVERIFY2(std::abs(right[k] - seen->accuracy[k] * all[k]) <= 1.01,
                 qPrintable(QString("head %1: %2 of %3, the look says %4").arg(k).arg(right[k]).arg(all[k]).arg(seen->accuracy[k])));
        const double first = folder->extra["rank_accuracy"][k][0].get<double>();
        QVERIFY(std::abs(first - seen->accuracy[k]) < 1e-5);
    }
}

void TestHeadTraining::training_lowers_the_loss_data()
{
    QTest::addColumn<QString>("family");
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("optimizer");
    QTest::addRow("medusa") << "medusa"
                            << ""
                            << "adamw";
    QTest::addRow("medusa, from laws") << "medusa"
                                       << "law"
                                       << "adamw";
    QTest::addRow("medusa, with matrices of its own") << "medusa"
                                                      << "untied"
                                                      << "adamw";
    QTest::addRow("medusa under an optimizer that asks for a second gradient") << "medusa"
                                                                               << ""
                                                                               << "sam";
    QTest::addRow("hydra") << "hydra"
                           << ""
                           << "adamw";
    QTest::addRow("hydra, from laws, without prefix layer, with dropout") << "hydra"
                                                                          << "plain"
                                                                          << "adamw";
    QTest::addRow("koala on medusa heads") << "koala-medusa"
                                           << ""
                                           << "adamw";
}

void TestHeadTraining::training_lowers_the_loss()
{
    QFETCH(const QString, family);
    QFETCH(const QString, key);
    QFETCH(const QString, optimizer);
    Values values;
    if (key == "law" || key == "plain") {
        values["labels"] = std::string("law");
    }
    if (key == "untied") {
        values["untied_heads"] = true;
    }
    if (key == "plain") {
        values["prefix_layer"] = false;
        values["dropout"] = 0.1;
    }
    if (family == "koala-medusa") {
        values["warm_up_epochs"] = std::int64_t{0};
    }
    const auto made = trainer(family.toStdString(), values, optimizer.toStdString());
    QVERIFY(made);
    const double before = made->look(0, {})->loss;
    QVERIFY(advance(*made, kSteps));
    const double after = made->look(0, {})->loss;
    QVERIFY2(after < before, qPrintable(QString("%1 before, %2 after").arg(before).arg(after)));
}

void TestHeadTraining::a_restored_trainer_goes_on_bit_for_bit_data()
{
    QTest::addColumn<QString>("family");
    QTest::addColumn<qint64>("stop");
    for (const char* family : {"medusa", "koala-medusa", "hydra"}) {
        QTest::addRow("%s, in the middle of an epoch", family) << family << qint64{2};
        QTest::addRow("%s, after the first epoch", family) << family << qint64{kSteps - 1};
    }
}

void TestHeadTraining::a_restored_trainer_goes_on_bit_for_bit()
{
    QFETCH(const QString, family);
    QFETCH(const qint64, stop);
    const Values values = family == "hydra"    ? Values{{"dropout", 0.2}}
                          : family == "medusa" ? Values{}
                                               : Values{{"warm_up_epochs", std::int64_t{0}}};
    const auto whole = trainer(family.toStdString(), values);
    QVERIFY(whole && advance(*whole, stop));
    const auto state = whole->state();
    QVERIFY(advance(*whole, kSteps + 2 - stop));
    const auto resumed = trainer(family.toStdString(), values);
    QVERIFY(resumed && resumed->restore(state).ok());
    QCOMPARE(resumed->next_step(), std::int64_t{stop});
    QVERIFY(advance(*resumed, kSteps + 2 - stop));
    QVERIFY(whole->state().parameters == resumed->state().parameters);
    QVERIFY(whole->state().optimizers == resumed->state().optimizers);
    QVERIFY(whole->state().parameters != state.parameters);
}

/// decoding.md 2.2: K = 1, lambda = 0 reproduces the baseline trainer bit for bit.
void TestHeadTraining::koala_without_depth_and_adversary_is_medusa()
{
    const auto medusa = trainer("medusa");
    const auto koala =
        trainer("koala-medusa", {{"layers", std::int64_t{1}}, {"adversarial_weight", 0.0}, {"warm_up_epochs", std::int64_t{0}}});
    QVERIFY(medusa && koala);
    QVERIFY(advance(*medusa, kSteps) && advance(*koala, kSteps));
    const auto expected = medusa->state().parameters;
    auto got = koala->state().parameters;
    std::erase_if(got, [](const auto& item) { return item.first.starts_with("adversary."); });
    QVERIFY(got == expected);
    QVERIFY(medusa->heads(0, true, {})->tensors.size() == koala->heads(0, true, {})->tensors.size());  // the adversary stays behind
}

void TestHeadTraining::koala_s_adversary_changes_the_heads_after_the_warm_up()
{
    const auto steps_of_an_epoch = static_cast<std::int64_t>((text().train.size() + 5) / 6);
    const Values with = {{"layers", std::int64_t{1}}, {"warm_up_epochs", std::int64_t{1}}, {"adversarial_weight", 1.0}};
    const auto koala = trainer("koala-medusa", with), medusa = trainer("medusa");
    QVERIFY(advance(*koala, steps_of_an_epoch) && advance(*medusa, steps_of_an_epoch));
    const auto first = decoding::rank_head_block(0, 0) + ".weight";
    QVERIFY(koala->state().parameters.at(first) == medusa->state().parameters.at(first));
    const auto before = koala->state().parameters.at("adversary.in.weight");
    const auto step = koala->step({});
    QVERIFY(step.ok() && advance(*medusa, 1));
    QVERIFY(koala->state().parameters.at(first) != medusa->state().parameters.at(first));
    QVERIFY(koala->state().parameters.at("adversary.in.weight") != before);
    QCOMPARE(koala->parts().size(), step->parts.size());
    for (const double part : step->parts) {
        QVERIFY(std::isfinite(part));
    }
    QVERIFY(step->parts[3] >= 0 && step->parts[3] <= 1);
    QVERIFY(std::abs(step->loss - (step->parts[0] + step->parts[1])) < 1e-4 * step->loss);  // lambda = 1
}

void TestHeadTraining::the_target_is_never_changed()
{
    const auto before = decoding::fingerprint_of(target()->folder).weights;
    const auto law = [] {
        auto store = target()->decoder->make_store(8);
        model::ForwardOutput out;
        model::ForwardInput input;
        const std::vector<TokenId> ids = {1, 5, 9};
        input.tokens = ids;
        return target()->decoder->forward(input, *store, out, {}).ok() ? out.logits : std::vector<float>{};
    };
    const auto expected = law();
    const auto made = trainer("koala-medusa", {{"warm_up_epochs", std::int64_t{0}}, {"untied_heads", true}});
    QVERIFY(advance(*made, 3));
    QVERIFY(law() == expected);
    QCOMPARE(decoding::fingerprint_of(target()->folder).weights, before);
    QCOMPARE(before, target()->folder.weights->content_hash());
}

void TestHeadTraining::a_foreign_state_is_refused()
{
    const auto made = trainer("medusa");
    const auto good = made->state();
    const auto refused = [&](decoding::HeadTrainerState state) {
        const auto status = made->restore(state);
        return !status.ok() && made->state().parameters == good.parameters;
    };
    auto state = good;
    state.parameters.begin()->second.pop_back();
    QVERIFY(refused(state));
    state = good;
    state.parameters["other"] = {1};
    QVERIFY(refused(state));
    state = good;
    state.optimizers.clear();
    QVERIFY(refused(state));
    state = good;
    state.optimizers[0].erase("count");
    QVERIFY(refused(state));
    state = good;
    state.cursor = 1'000'000;
    QVERIFY(refused(state));
    state = good;
    state.step = -1;
    QVERIFY(refused(state));
    for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
        state = good;
        state.parameters.rbegin()->second.back() = bad;
        QVERIFY(refused(state));
        QVERIFY(made->restore(state).error().message.find(state.parameters.rbegin()->first) != std::string::npos);
        state = good;
        state.optimizers[0].begin()->second.front() = bad;
        QVERIFY(refused(state));
    }
    QVERIFY(made->restore(good).ok());
}

void TestHeadTraining::what_cannot_be_trained_is_refused()
{
    auto empty = plan("medusa");
    empty.text.train.clear();
    QVERIFY(!decoding::HeadTrainer::make(std::move(empty), {}).ok());
    auto unknown = plan("medusa");
    unknown.family = "medussa";
    QVERIFY(!decoding::HeadTrainer::make(std::move(unknown), {}).ok());
}

void TestHeadTraining::a_cancelled_step_is_not_counted()
{
    const auto made = trainer("hydra");
    QVERIFY(advance(*made, 1));
    const auto before = made->state();
    CancelToken cancel;
    cancel.cancel();
    QCOMPARE(made->step(cancel).error().code, ErrorCode::Cancelled);
    QCOMPARE(made->state().cursor, before.cursor);
    QVERIFY(made->state().parameters == before.parameters);
    QCOMPARE(made->look(0, cancel).error().code, ErrorCode::Cancelled);
}

QTEST_APPLESS_MAIN(TestHeadTraining)
#include "test_head_training.moc"
