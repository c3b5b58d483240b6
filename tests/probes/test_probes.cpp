// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/random.h"
#include "core/probes/probe.h"
#include "core/record/record.h"
#include "core/run/engine.h"

#include <QtTest/QtTest>

#include <cmath>
#include <numeric>

using namespace timberline;
using probes::ProbeInput;

namespace {

const MethodRegistry& registry()
{
    static const MethodRegistry out = [] {
        MethodRegistry methods;
        probes::register_probes(methods);
        return methods;
    }();
    return out;
}

/// Logits of `rows` rows with 3 classes, and labels drawn beside them.
struct Sample {
    std::vector<float> logits;
    std::vector<std::int32_t> labels;
    Sample(std::uint64_t seed, int rows)
    {
        RandomStream stream({.seed = seed, .purpose = RandomPurpose::Test});
        for (int i = 0; i < rows; ++i) {
            labels.push_back(static_cast<std::int32_t>(3 * stream.next()));
            for (int k = 0; k < 3; ++k) {
                logits.push_back(static_cast<float>(3 * stream.next() + (k == labels.back() ? 1 : 0)));
            }
        }
    }
    [[nodiscard]] probes::ProbeSide side() const { return {.logits = logits, .labels = labels, .true_labels = {}}; }
};

Values defaults_of(std::string_view id)
{
    return default_values((*registry().find("probe", id).value()).info.hyperparameters);
}

Result<record::Block> ask(std::string_view id, const ProbeInput& input, Values given = {})
{
    auto values = defaults_of(id);
    for (auto& [key, value] : given) {
        values[key] = value;
    }
    return probes::run_probe(registry(), id, values, input, {});
}

double number(const record::Block& block, const std::string& key)
{
    const auto it = block.numbers.find(key);
    return it == block.numbers.end() ? std::nan("") : it->second;
}

const record::Block* probe_block(const record::Record& record)
{
    for (const auto& event : record.events) {
        if (const auto* block = std::get_if<record::Block>(&event.payload); block != nullptr && block->kind == probes::kProbeBlock) {
            return block;
        }
    }
    return nullptr;
}

}  // namespace

/// The probes as methods: what they refuse, what they answer, and their place at the end of a training run.
class TestProbes : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void answers_are_whole_data();
    void answers_are_whole();
    void refuses_data();
    void refuses();
    void reliability_counts_every_row();
    void equal_sides_leak_nothing();
    void label_noise_counts_what_was_memorised();
    void label_noise_needs_noise();
    void a_run_ends_with_its_probe();
    void memorising_leaks_and_generalising_does_not();
    void a_probe_that_cannot_work_is_a_note();
};

void TestProbes::answers_are_whole_data()
{
    QTest::addColumn<QString>("id");
    for (const auto& entry : registry().entries()) {
        QTest::newRow(entry.info.id.c_str()) << QString::fromStdString(entry.info.id);
    }
}

void TestProbes::answers_are_whole()
{
    QFETCH(QString, id);
    const Sample train(1, 60), validation(2, 40);
    auto side = train.side();
    auto true_labels = train.labels;
    for (std::size_t i = 0; i < 12; ++i) {
        true_labels[i] = (true_labels[i] + 1) % 3;
    }
    side.true_labels = true_labels;
    const ProbeInput input{.outputs = 3, .train = side, .validation = validation.side(), .transition = {}, .seed = 5};
    const auto block = ask(id.toStdString(), input);
    QVERIFY2(block.ok(), block.ok() ? "" : block.error().message.c_str());
    QCOMPARE(block->kind, std::string(probes::kProbeBlock));
    QCOMPARE(block->texts.at("probe"), id.toStdString());
    QVERIFY(!block->texts.at("side").empty());
    QVERIFY(block->numbers.size() >= 3);
    for (const auto& [key, value] : block->numbers) {
        QVERIFY2(std::isfinite(value), key.c_str());
    }
    for (const auto& [key, array] : block->arrays) {
        const auto size = std::visit([](const auto& values) { return values.size(); }, array.values);
        QVERIFY2(record::element_count(array.shape) == static_cast<std::int64_t>(size) && size > 0, key.c_str());
    }
    // The same question has the same answer, bit for bit.
    const auto again = ask(id.toStdString(), input);
    QVERIFY(again->numbers == block->numbers && again->arrays == block->arrays);
}

void TestProbes::refuses_data()
{
    QTest::addColumn<QString>("what");
    QTest::addColumn<QString>("expected");
    QTest::newRow("a network with one output") << "outputs"
                                               << "1 outputs, expected at least 2 classes";
    QTest::newRow("no training rows") << "empty"
                                      << "no training samples";
    QTest::newRow("a logit that is not finite") << "nan"
                                                << "output for training row 3 is nan";
    QTest::newRow("an infinite logit of validation") << "inf"
                                                     << "output for validation row 0 is inf";
    QTest::newRow("a label out of range") << "label"
                                          << "training label 3 of row 2, expected 0 to 2";
    QTest::newRow("a label that is missing") << "short"
                                             << "logits, expected";
}

void TestProbes::refuses()
{
    QFETCH(QString, what);
    QFETCH(QString, expected);
    Sample train(1, 10), validation(2, 10);
    std::int64_t outputs = 3;
    if (what == "outputs") {
        outputs = 1;
    } else if (what == "empty") {
        train.logits.clear();
        train.labels.clear();
    } else if (what == "nan") {
        train.logits[10] = std::nanf("");
    } else if (what == "inf") {
        validation.logits[2] = std::numeric_limits<float>::infinity();
    } else if (what == "label") {
        train.labels[2] = 3;
    } else {
        train.labels.pop_back();
    }
    const ProbeInput input{.outputs = outputs, .train = train.side(), .validation = validation.side(), .transition = {}, .seed = 1};
    for (const auto& entry : registry().entries()) {
        const auto block = ask(entry.info.id, input);
        QVERIFY2(!block.ok(), entry.info.id.c_str());
        QVERIFY2(block.error().message.find(expected.toStdString()) != std::string::npos, block.error().message.c_str());
        QVERIFY(!block.error().hint.empty());
    }
}

void TestProbes::reliability_counts_every_row()
{
    const Sample train(1, 30), validation(2, 50);
    const ProbeInput input{.outputs = 3, .train = train.side(), .validation = validation.side(), .transition = {}, .seed = 1};
    const auto block = ask("reliability", input, {{"bins", std::int64_t{7}}});
    const auto* counts = record::find_array<std::int32_t>(*block, "bin_count", {7});
    QVERIFY(counts != nullptr);
    QCOMPARE(std::accumulate(counts->begin(), counts->end(), 0), 50);
    QCOMPARE(block->texts.at("side"), std::string("validation"));
    // Without validation samples the training ones are looked at, and it says so.
    const ProbeInput alone{.outputs = 3, .train = train.side(), .validation = {}, .transition = {}, .seed = 1};
    QCOMPARE(ask("reliability", alone)->texts.at("side"), std::string("train"));
    for (const auto* id : {"mia", "temperature-scaling"}) {
        const auto refused = ask(id, alone);
        QVERIFY(!refused.ok() && refused.error().message.find("no validation samples") != std::string::npos);
    }
}

void TestProbes::equal_sides_leak_nothing()
{
    const Sample both(3, 200);
    const ProbeInput input{.outputs = 3, .train = both.side(), .validation = both.side(), .transition = {}, .seed = 1};
    for (const auto* score : {"loss", "confidence", "correct", "entropy", "modified-entropy", "logit"}) {
        const auto block = ask("mia", input, {{"score", std::string(score)}});
        QVERIFY(std::abs(number(*block, "auc") - 0.5) < 1e-12);
        QVERIFY(std::abs(number(*block, "advantage")) < 1e-12);
        std::string key = std::string("auc_") + score;
        std::ranges::replace(key, '-', '_');
        QVERIFY(std::abs(number(*block, key) - 0.5) < 1e-12);
    }
    QVERIFY(!ask("mia", input)->numbers.contains("tpr_at_fpr_0_1_percent"));  // 200 samples cannot resolve it
}

void TestProbes::label_noise_counts_what_was_memorised()
{
    // Four rows of two classes; rows 0 and 1 were flipped from 0 to 1. The network repeats row 0's wrong label and sees through row 1's.
    const std::vector<float> logits = {0, 5, 5, 0, 5, 0, 5, 0};
    const std::vector<std::int32_t> labels = {1, 1, 0, 1};
    const std::vector<std::int32_t> true_labels = {0, 0, 0, 1};
    const std::vector<double> transition = {0.5, 0.5, 0, 1};
    const auto block = ask("label-noise", {.outputs = 2,
                                           .train = {.logits = logits, .labels = labels, .true_labels = true_labels},
                                           .validation = {},
                                           .transition = transition,
                                           .seed = 1});
    QVERIFY(block.ok());
    QCOMPARE(number(*block, "flipped"), 2.0);
    QCOMPARE(number(*block, "rate_observed"), 0.5);
    QCOMPARE(number(*block, "memorised"), 0.5);
    QCOMPARE(number(*block, "seen_through"), 0.5);
    QCOMPARE(number(*block, "accuracy_clean"), 0.5);
    const auto* observed = record::find_array<double>(*block, "transition_observed", {2, 2});
    const auto* learned = record::find_array<double>(*block, "transition_learned", {2, 2});
    QVERIFY(observed != nullptr && learned != nullptr);
    QCOMPARE(*observed, (std::vector<double>{1.0 / 3, 2.0 / 3, 0, 1}));
    QCOMPARE(*learned, (std::vector<double>{2.0 / 3, 1.0 / 3, 1, 0}));
    QCOMPARE(*record::find_array<double>(*block, "transition", {2, 2}), transition);
}

void TestProbes::label_noise_needs_noise()
{
    const Sample train(1, 10);
    const auto block = ask("label-noise", {.outputs = 3, .train = train.side(), .validation = {}, .transition = {}, .seed = 1});
    QVERIFY(!block.ok());
    QVERIFY(block.error().message.find("no label noise") != std::string::npos);
}

void TestProbes::a_run_ends_with_its_probe()
{
    const auto engine = run::make_engine();
    NullSink sink;
    for (const auto& entry : registry().entries()) {
        const auto json = parse_json(entry.info.example, entry.info.id);
        QVERIFY(json.ok());
        const auto config = run::parse_config(*json, engine->methods(), entry.info.id);
        QVERIFY2(config.ok(), config.ok() ? "" : config.error().message.c_str());
        const auto record = engine->run(*config, {}, sink);
        QVERIFY2(record.ok(), record.ok() ? "" : record.error().message.c_str());
        const auto* block = probe_block(**record);
        QVERIFY2(block != nullptr, entry.info.id.c_str());
        QCOMPARE(block->texts.at("probe"), entry.info.id);
        QVERIFY(block->moment > 0);
    }
}

void TestProbes::memorising_leaks_and_generalising_does_not()
{
    const auto engine = run::make_engine();
    NullSink sink;
    const auto attack = [&](const char* text) {
        const auto config = run::parse_config(*parse_json(text, "test"), engine->methods(), "test");
        const auto record = engine->run(*config, {}, sink);
        const auto* block = probe_block(**record);
        return block == nullptr ? std::nan("") : number(*block, "auc");
    };
    // Half of the training labels are wrong, so that they say nothing: what is fitted can only be memory.
    const double memory = attack(R"({"timberline": 1, "bench": "training", "seed": 1,
 "method": {"data_set": {"id": "rings", "values": {"samples": 120, "validation_fraction": 0.5, "noise": 0.3}}, "probe": {"id": "mia"},
            "optimizer": {"id": "adamw"}},
 "training": {"steps": 1500, "batch_size": 60, "hidden": [64, 64], "learning_rate": 0.01, "label_noise": "pair", "label_noise_rate": 0.5,
              "validate_every": 0, "snapshots_kept": 0}})");
    const double easy = attack(R"({"timberline": 1, "bench": "training", "seed": 1,
 "method": {"data_set": {"id": "rings", "values": {"samples": 2000, "validation_fraction": 0.5, "noise": 0.05}}, "probe": {"id": "mia"}},
 "training": {"steps": 300, "hidden": [16], "validate_every": 0, "snapshots_kept": 0}})");
    QVERIFY2(memory > 0.65, qPrintable(QString::number(memory)));
    QVERIFY2(std::abs(easy - 0.5) < 0.05, qPrintable(QString::number(easy)));
}

void TestProbes::a_probe_that_cannot_work_is_a_note()
{
    const auto engine = run::make_engine();
    NullSink sink;
    const auto json = parse_json(R"({"timberline": 1, "bench": "training",
 "method": {"data_set": {"id": "regression-curves"}, "loss": {"id": "mse"}, "probe": {"id": "mia"}}, "training": {"steps": 5}})",
                                 "test");
    const auto config = run::parse_config(*json, engine->methods(), "test");
    const auto record = engine->run(*config, {}, sink);
    QVERIFY(record.ok());
    QVERIFY(probe_block(**record) == nullptr);
    const bool noted = std::ranges::any_of((*record)->events, [](const auto& event) {
        const auto* note = std::get_if<record::Note>(&event.payload);
        return note != nullptr && note->text.find("trains no classifier") != std::string::npos;
    });
    QVERIFY(noted);
}

QTEST_APPLESS_MAIN(TestProbes)
#include "test_probes.moc"
