// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/folds.h"
#include "core/run/bench_spec.h"
#include "core/run/catalog.h"
#include "core/run/engine.h"

#include <QtTest/QtTest>

#include <algorithm>

using namespace timberline;

/// What every method of the catalog must keep, looped over all of them: a new method is tested by being listed.
class TestMethods : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_engine = run::make_engine(); }
    void declaration_data() { rows(); }
    void declaration();
    void hyperparameters_data() { rows(); }
    void hyperparameters();
    void example_runs_data() { rows(); }
    void example_runs();
    void ids_are_unique_in_their_family();
    void the_seed_methods_of_this_version_are_there();
    void partners_exist();

private:
    void rows();
    const MethodRegistry::Entry& entry(const QString& family, const QString& id)
    {
        return **m_engine->methods().find(family.toStdString(), id.toStdString());
    }
    std::unique_ptr<run::Engine> m_engine;
};

// Five seconds on two cores is the promise; instrumented code is many times slower.
#ifdef TIMBERLINE_SANITIZED
constexpr qint64 kLongestExample = 120000;
#else
constexpr qint64 kLongestExample = 5000;
#endif

void TestMethods::rows()
{
    QTest::addColumn<QString>("family");
    QTest::addColumn<QString>("id");
    for (const auto& entry : m_engine->methods().entries()) {
        QTest::newRow((entry.info.family + " " + entry.info.id).c_str())
            << QString::fromStdString(entry.info.family) << QString::fromStdString(entry.info.id);
    }
}

void TestMethods::declaration()
{
    QFETCH(QString, family);
    QFETCH(QString, id);
    const auto& info = entry(family, id).info;
    QVERIFY(QRegularExpression("^[a-z0-9]+(-[a-z0-9]+)*$").match(id).hasMatch());
    QVERIFY(!info.title.empty());
    QVERIFY(info.summary.size() >= 20);
    QVERIFY(info.summary.back() == '.');
    if (family == "drafter") {
        QVERIFY(!info.sources.empty());
    }
    for (const auto& source : info.sources) {
        QVERIFY(!source.title.empty() && !source.authors.empty());
        QVERIFY(source.year >= 1900 && source.year <= 2100);
        QVERIFY(source.arxiv.empty() || QRegularExpression("^\\d{4}\\.\\d{4,5}$").match(QString::fromStdString(source.arxiv)).hasMatch());
    }
    const QStringList decode = {"drafter", "decode controller", "acceptance rule", "sampling transform"};
    QCOMPARE(info.lossless != Lossless::NotApplicable, decode.contains(family));
}

void TestMethods::hyperparameters()
{
    QFETCH(QString, family);
    QFETCH(QString, id);
    std::set<std::string> keys;
    for (const auto& h : entry(family, id).info.hyperparameters) {
        QVERIFY2(QRegularExpression("^[a-z][a-z0-9_]*$").match(QString::fromStdString(h.key)).hasMatch(), h.key.c_str());
        QVERIFY2(keys.insert(h.key).second, h.key.c_str());
        QVERIFY2(!h.label.empty() && h.help.size() >= 10, h.key.c_str());
        const auto checked = check_value(h, h.default_value);
        QVERIFY2(checked.ok(), checked.ok() ? "" : checked.error().message.c_str());
        QVERIFY2(*checked == h.default_value, "the default has the declared type");
        QCOMPARE(h.choices.size(), h.choice_labels.size());
        if (h.type == ParameterType::Int || h.type == ParameterType::Real) {
            QVERIFY2(h.minimum < h.maximum, h.key.c_str());
        }
        const auto read = parse_value(h, to_text(h.default_value));
        QVERIFY2(read.ok() && *read == h.default_value, h.key.c_str());
    }
}

void TestMethods::example_runs()
{
    QFETCH(QString, family);
    QFETCH(QString, id);
    const auto& info = entry(family, id).info;
    const auto json = parse_json(info.example, info.id);
    QVERIFY2(json.ok(), json.ok() ? "" : json.error().message.c_str());
    auto config = run::parse_config(*json, m_engine->methods(), info.id);
    QVERIFY2(config.ok(), config.ok() ? "" : config.error().message.c_str());
    // The example is about this method.
    if (family == "drafter") {
        QCOMPARE(config->drafter.id, info.id);
    } else if (family == "decode controller") {
        QCOMPARE(config->controller.id, info.id);
    } else if (family == "acceptance rule") {
        QCOMPARE(config->acceptance.id, info.id);
    } else if (family == "sampling transform") {
        QVERIFY(!(config->sampling == record::Sampling{}) || id == "temperature");
    }
    const auto* bench = run::find_bench(config->bench);
    const bool is_role =
        bench != nullptr && std::ranges::find(bench->roles, family.toStdString(), &run::BenchRole::family) != bench->roles.end();
    const bool chosen = std::ranges::any_of(config->methods, [&](const auto& choice) { return choice.second.id == info.id; });
    QVERIFY2(!is_role || chosen, "the example must choose the method");
    NullSink sink;
    QElapsedTimer timer;
    timer.start();
    const auto record = m_engine->run(*config, {}, sink);
    const auto spent = timer.elapsed();
    QVERIFY2(record.ok(), record.ok() ? "" : record.error().message.c_str());
    const auto* finished = record::run_finished(**record);
    QVERIFY(finished != nullptr);
    QVERIFY2(finished->reason != "error", finished->message.c_str());
    if (bench == nullptr) {
        QVERIFY(!record::generated_ids(**record).empty());
    } else {
        // Not the block that every run begins with, but what the bench measures.
        static const std::map<std::string, std::string> kMeasured = {{"exits", "layer-readings"},
                                                                     {"attention", "attention-rows"},
                                                                     {"training", "training-steps"},
                                                                     {"landscape", "landscape-tile"},
                                                                     {"heads", "head-steps"}};
        const auto measured = std::ranges::count_if((*record)->events, [&](const record::Event& event) {
            const auto* block = std::get_if<record::Block>(&event.payload);
            return block != nullptr && block->kind == kMeasured.at(config->bench);
        });
        QVERIFY2(measured > 0, "the example must measure something");
    }
    QVERIFY2(spent < kLongestExample, qPrintable(QString::number(spent) + " ms"));
    if (family == "drafter" && run::needs_draft_model(info)) {
        QVERIFY2(record::mean_acceptance(**record).value_or(0) > 0, "the example must draft something that is accepted");
    }
}

void TestMethods::ids_are_unique_in_their_family()
{
    std::set<std::pair<std::string, std::string>> seen;
    for (const auto& entry : m_engine->methods().entries()) {
        QVERIFY2(seen.emplace(entry.info.family, entry.info.id).second, entry.info.id.c_str());
        QVERIFY(std::ranges::find(kFamilies, entry.info.family) != std::end(kFamilies));
    }
}

void TestMethods::the_seed_methods_of_this_version_are_there()
{
    for (const auto& [family, id] : {std::pair{"drafter", "plain"},
                                     {"drafter", "draft-model-chain"},
                                     {"drafter", "draft-model-tree"},
                                     {"decode controller", "fixed"},
                                     {"acceptance rule", "exact"}}) {
        QVERIFY2(m_engine->methods().find(family, id).ok(), id);
    }
}

void TestMethods::partners_exist()
{
    for (const auto& entry : m_engine->methods().entries()) {
        for (const auto& partner : entry.info.partners) {
            const bool known =
                std::ranges::any_of(m_engine->methods().entries(), [&](const auto& other) { return other.info.id == partner; });
            QVERIFY2(known, (entry.info.id + " names the partner " + partner).c_str());
        }
    }
}

QTEST_GUILESS_MAIN(TestMethods)
#include "test_methods.moc"
