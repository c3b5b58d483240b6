// SPDX-License-Identifier: GPL-3.0-or-later
// The value net of value-guided decoding: its arithmetic, the laws that it
// leads to, what it learns, what is refused.
#include "tests/decoding/round_checks.h"
#include "tests/decoding/value_net_testing.h"

#include "core/base/compute_threads.h"
#include "core/record/head_curve.h"
#include "core/run/engine.h"

#include <QTemporaryDir>
#include <QtTest/QtTest>

#include <cmath>
#include <functional>
#include <limits>

using namespace timberline;
using namespace timberline::test;

namespace {

using Damage = std::function<void(decoding::HeadFolder&)>;

}  // namespace

Q_DECLARE_METATYPE(Damage)
Q_DECLARE_METATYPE(Values)

class TestValueNet : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        set_compute_threads(1);
        m_world = world(m_scratch.path().toStdString());
        QVERIFY(m_world);
    }

    void valuesEqualAPlainRecomputation()
    {
        const auto target = tiny_model(kLawVocabulary, 1);
        const auto folder = value_net(target, 2, 0.3F);
        const auto net = decoding::ValueNet::make(folder, *target);
        QVERIFY(net.ok());
        const auto rows = random_tensor("rows", {4, 16}, 8).values;
        const auto got = net->values(rows);
        QCOMPARE(got.size(), std::size_t{4});
        for (std::size_t i = 0; i < 4; ++i) {
            QVERIFY(std::abs(got[i] - value_of(folder, std::span(rows).subspan(16 * i, 16))) < 1e-5);
        }
    }

    void aConstantValueLeavesTheLawAlone_data()
    {
        QTest::addColumn<Values>("values");
        for (const std::int64_t block : {1, 2}) {
            for (const double alpha : {0.0, 1.0}) {
                QTest::addRow("blocks of %d, softness %g", static_cast<int>(block), alpha)
                    << Values{{"block_length", block}, {"alpha", alpha}, {"candidates", std::int64_t{3}}};
            }
        }
    }
    void aConstantValueLeavesTheLawAlone()
    {
        QFETCH(Values, values);
        const auto target = tiny_model(kLawVocabulary, 1);
        const auto chosen = guided(values);
        const auto counts = counted(target, value_net(target, 0, 0.7F), chosen);
        QVERIFY(!counts.empty());
        const double z = chi_square_z(counts, joint_law(*target->decoder, chosen.sampling), kRuns);
        QVERIFY2(z < kOneInThousand, qPrintable(QString::number(z)));
    }

    /// Two candidates of one token, each judged by the net at its own row: the
    /// law by enumeration of both draws.
    void theTiltedLawIsExact_data()
    {
        QTest::addColumn<double>("alpha");
        QTest::newRow("softness 1") << 1.0;
        QTest::newRow("softness a quarter") << 0.25;
        QTest::newRow("the better of two") << 0.0;
    }
    void theTiltedLawIsExact()
    {
        QFETCH(double, alpha);
        const auto target = tiny_model(kLawVocabulary, 1);
        const auto net = value_net(target, 3, 0.1F);
        const auto chosen = guided({{"block_length", std::int64_t{1}}, {"alpha", alpha}, {"candidates", std::int64_t{2}}});
        const auto tilted = [&](const std::vector<TokenId>& text) {
            const Law p = law_after(*target->decoder, chosen.sampling, text);
            Law values;
            for (TokenId a = 0; a < kLawVocabulary; ++a) {
                auto longer = text;
                longer.push_back(a);
                values.push_back(value_of(net, row_after(*target->decoder, longer)));
            }
            Law out(p.size(), 0.0);
            for (std::size_t a = 0; a < p.size(); ++a) {
                for (std::size_t b = 0; b < p.size(); ++b) {
                    const double first =
                        alpha > 0 ? 1 / (1 + std::exp((values[b] - values[a]) / alpha)) : (values[a] >= values[b] ? 1.0 : 0.0);
                    out[a] += p[a] * p[b] * first;
                    out[b] += p[a] * p[b] * (1 - first);
                }
            }
            return out;
        };
        Law law;
        const Law first = tilted(kLawPrompt);
        for (TokenId a = 0; a < kLawVocabulary; ++a) {
            auto text = kLawPrompt;
            text.push_back(a);
            for (const double second : tilted(text)) {
                law.push_back(first[static_cast<std::size_t>(a)] * second);
            }
        }
        const auto counts = counted(target, net, chosen);
        QVERIFY(!counts.empty());
        const double z = chi_square_z(counts, law, kRuns);
        QVERIFY2(z < kOneInThousand, qPrintable(QString::number(z)));
#ifndef TIMBERLINE_SANITIZED
        QVERIFY(chi_square_z(counts, joint_law(*target->decoder, chosen.sampling),
                             kRuns) > 2 * kOneInThousand);  // the tilt shows
#endif
    }

    /// A candidate that ends the text is worth its reward, whatever the net says.
    void anEndedTextIsWorthItsReward()
    {
        auto work = job(m_world, nullptr, {1}, 4);
        work.stop_ids = m_world->folder.stop_ids;
        work.trained = shared(value_net(m_world, 0, -7.0F));
        const auto run = decode(work, guided({{"block_length", std::int64_t{1}}, {"candidates", std::int64_t{16}}}));
        QVERIFY(run.ok());
        const auto* round = record::rounds(*run.value()).front();
        std::size_t ended = 0;
        for (int branch = 1; branch <= 16; ++branch) {
            const bool ends = round->nodes[static_cast<std::size_t>(branch)].token == 0;
            ended += ends ? 1 : 0;
            const auto key = QString("value_%1").arg(branch, 2, 10, QChar('0')).toStdString();
            QVERIFY(std::abs(round->statistics.at(key) - (ends ? -4.0 : -7.0)) < 1e-6);  // no token of 40 wanted: -40 / 10
        }
        QVERIFY(ended > 0 && ended < 16);
    }

    /// Against the expectation over all continuations, enumerated; a beginning counts as often as it occurs.
    void itLearnsTheExpectedReward()
    {
        auto text = world_text(m_world, kWorldTokens);
        QVERIFY(text.train.size() > 400);
        const auto steps = 5 * static_cast<std::int64_t>(text.train.size()) / 64;
        const auto made = trainer(m_world, std::move(text), kWorldValues, steps);
        QVERIFY2(made.ok(), made.ok() ? "" : made.error().message.c_str());
        QVERIFY((*made)->measure() == decoding::HeadMeasure::RSquared);
        const auto before = (*made)->look(0, {});
        QVERIFY(before.ok() && before->accuracy.size() == 1);
        QVERIFY(advance(**made, steps));
        const auto after = (*made)->look(0, {});
        const auto heads = (*made)->heads(0, false, {});
        QVERIFY(after.ok() && heads.ok());
        QVERIFY(decoding::check_heads(*heads, {"value-net"}, m_world->folder).ok());
        const auto net = decoding::ValueNet::make(*heads, *m_world);
        QVERIFY(net.ok());
        std::vector<double> expected, got, weight;
        for (TokenId a = 1; a < kWorldVocabulary; ++a) {
            for (TokenId b = 1; b < kWorldVocabulary; ++b) {
                for (TokenId c = 1; c < kWorldVocabulary; ++c) {
                    const std::vector<TokenId> prefix = {1, a, b, c};
                    expected.push_back(expected_reward(m_world, prefix));
                    got.push_back(net->values(row_after(*m_world->decoder, prefix)).front());
                    weight.push_back(chance_of(m_world, prefix));
                }
            }
        }
        double total = 0, mean = 0, variance = 0, error = 0;
        for (std::size_t i = 0; i < expected.size(); ++i) {
            total += weight[i];
            mean += weight[i] * expected[i];
        }
        mean /= total;
        for (std::size_t i = 0; i < expected.size(); ++i) {
            variance += weight[i] * (expected[i] - mean) * (expected[i] - mean);
            error += weight[i] * (got[i] - expected[i]) * (got[i] - expected[i]);
        }
        const double share = 1 - error / variance;
        qInfo("%.3f of the variance of the expected reward; R squared on held-out texts %.3f, before training %.3f", share,
              after->accuracy[0], before->accuracy[0]);
#ifndef TIMBERLINE_SANITIZED
        QVERIFY2(share > 0.9, qPrintable(QString::number(share)));
        QVERIFY(std::abs(before->accuracy[0]) < 0.02 && after->accuracy[0] > 0.1);
#endif
        // The look is the mean over held-out points of the squared error, and of
        // the constant that the folder names.
        const double mean_reward = heads->extra["reward_mean"].get<double>();
        double squared = 0, constant = 0, points = 0;
        for (const auto& sequence : world_text(m_world, kWorldTokens).held_out) {
            const auto end = std::ranges::find(sequence, TokenId{0});
            const double reward = -(kWorldWanted - (static_cast<double>(end - sequence.begin()) - 1)) / 10;
            if (sequence.size() > 3) {  // the one point: three tokens after the first
                const double value = net->values(row_after(*m_world->decoder, {sequence.begin(), sequence.begin() + 4})).front();
                squared += (value - reward) * (value - reward);
                constant += (mean_reward - reward) * (mean_reward - reward);
                ++points;
            }
        }
        QVERIFY(std::abs(after->loss - squared / points) < 1e-4);
        QVERIFY(std::abs(after->accuracy[0] - (1 - squared / constant)) < 1e-3);
        QVERIFY(std::abs(heads->extra["held_out_squared_error"].get<double>() - squared / points) < 1e-4);
        QVERIFY(std::abs(heads->extra["held_out_squared_error_of_mean"].get<double>() - constant / points) < 1e-4);
    }

    /// Two runs, and one that is cut in two, end at the same bits.
    void trainingIsRepeatable()
    {
        const auto text = world_text(m_world, 2000);
        const auto make = [&] {
            auto made = trainer(m_world, text, kWorldValues, 8);
            return made.ok() ? std::move(made).value() : nullptr;
        };
        const auto first = make(), second = make(), resumed = make();
        QVERIFY(first && second && resumed);
        QVERIFY(advance(*first, 6) && advance(*second, 3));
        QVERIFY(resumed->restore(second->state()).ok() && advance(*resumed, 3) && advance(*second, 3));
        const auto expected = first->state().parameters;
        QVERIFY(second->state().parameters == expected);
        QVERIFY(resumed->state().parameters == expected);
        QVERIFY(make()->state().parameters != expected);
    }

    void whatCannotBeLearntIsRefused()
    {
        auto values = kWorldValues;
        values["reward"] = std::string("sentiment");
        const auto wordless = trainer(m_world, world_text(m_world, 500), values, 4);
        QVERIFY(!wordless.ok() && wordless.error().message.find("no tokenizer") != std::string::npos);
        values = kWorldValues;
        values["stride"] = std::int64_t{64};
        const auto pointless = trainer(m_world, world_text(m_world, 500), values, 4);
        QVERIFY(!pointless.ok() && pointless.error().message.find("64 tokens") != std::string::npos);
    }

    void foreignNetsAreRefused_data()
    {
        QTest::addColumn<Damage>("damage");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* name, Damage damage, const char* says) { QTest::newRow(name) << damage << QString(says); };
        row(
            "heads that draft", [](auto& net) { net.family = "medusa"; }, "family");
        row(
            "another width", [](auto& net) { net.target.hidden = 64; }, "width 64");
        row(
            "other weights", [](auto& net) { net.target.weights = "0123456789abcdef"; }, "other weights");
        row(
            "a NaN", [](auto& net) { net.tensors.at("in.weight").values[3] = std::nanf(""); }, "NaN");
        row(
            "a missing tensor", [](auto& net) { net.tensors.erase("out.bias"); }, "out.bias is missing");
        row(
            "no width", [](auto& net) { net.shape.erase("units"); }, "units is missing");
        row(
            "no reward", [](auto& net) { net.shape.erase("reward"); }, "reward is missing");
        row(
            "an unknown reward", [](auto& net) { net.shape["reward"] = "beauty"; }, "beauty");
        row(
            "another reward", [](auto& net) { net.shape["reward"] = "sentiment"; }, "was trained for the reward sentiment");
        row(
            "another wanted length", [](auto& net) { net.shape["wanted_length"] = 41; },
            "length (41 tokens), the run's reward is length (40");
    }
    void foreignNetsAreRefused()
    {
        QFETCH(Damage, damage);
        QFETCH(QString, says);
        auto net = value_net(m_world, 1, 0);
        auto work = job(m_world, nullptr, {1}, 4);
        work.trained = shared(net);
        QVERIFY(decode(work, guided({})).ok());
        damage(net);
        work.trained = shared(net);
        const auto refused = decode(work, guided({}));
        QVERIFY(!refused.ok());
        QVERIFY2(QString::fromStdString(refused.error().message).contains(says), refused.error().message.c_str());
        QVERIFY(!refused.error().hint.empty());
    }

    void aRunWithoutANetSaysWhatToDo()
    {
        const auto refused = decode(job(m_world, nullptr, {1}, 4), guided({}));
        QVERIFY(!refused.ok());
        QVERIFY(refused.error().message.find("controller value-guided") != std::string::npos);
        QVERIFY(refused.error().hint.find("bundled:tale-heads/value-net") != std::string::npos);
    }

    /// The values may come from elsewhere from one round to the next.
    void theEstimatorMayChangeLive()
    {
        auto work = job(m_world, nullptr, {1, 2}, 12);
        work.trained = shared(value_net(m_world, 0, 3.0F));
        const Values small = {{"block_length", std::int64_t{2}}, {"candidates", std::int64_t{2}}, {"look_ahead", std::int64_t{1}}};
        auto analytic = small;
        analytic["estimator"] = std::string("analytic");
        ScriptedDirector director(guided(analytic));
        director.changes[2] = guided(small);
        director.changes[4] = guided(analytic);
        const auto run = decode(work, director);
        QVERIFY(run.ok());
        QCOMPARE(finish_of(**run).reason, std::string("length"));
        const auto rounds = record::rounds(*run.value());
        for (std::size_t i = 0; i < rounds.size(); ++i) {
            QCOMPARE(std::abs(rounds[i]->statistics.at("value_01") - 3) < 1e-6, i == 2 || i == 3);
        }
        auto other = small;
        other["reward"] = std::string("length");
        other["wanted_length"] = std::int64_t{9};
        director.changes[4] = guided(other);
        const auto broken = decode(work, director);
        QVERIFY(broken.ok());
        QVERIFY(finish_of(**broken).reason == "error" && finish_of(**broken).message.find("was trained for") != std::string::npos);
    }

    /// The shipped net tells something about texts that the target draws anew, and steers towards its reward.
    void theShippedNetSteers()
    {
#ifdef TIMBERLINE_SANITIZED
        QSKIP("long texts; the arithmetic is covered above");
#endif
        auto work = job(target(), nullptr, kPrompt, 48);
        work.heads = "bundled:tale-heads/value-net";
        double unguided = 0, guided_sum = 0;
        for (std::uint64_t seed = 1; seed <= 4; ++seed) {
            work.seed = seed;
            const auto reward = [&](std::int64_t candidates) {
                auto chosen = settings("plain", {}, 1);
                chosen.controller = method("decode controller", "value-guided",
                                           {{"candidates", candidates}, {"alpha", 0.05}, {"estimator", std::string("value-net")}});
                const auto run = decode(work, chosen);
                return run.ok() ? record::rounds(*run.value()).back()->statistics.at("reward") : -100.0;
            };
            unguided += reward(1);
            guided_sum += reward(12);
        }
        qInfo("wanted words in four texts: %.0f unguided, %.0f guided", unguided, guided_sum);
        QVERIFY(unguided >= 0 && guided_sum > unguided + 2);
    }

    /// The bench prints the measurement for what it is and writes the net.
    void theBenchTrainsAndWritesANet()
    {
        const auto engine = run::make_engine();
        run::Config config;
        config.bench = "heads";
        config.model = "bundled:tale";
        config.threads = 1;
        config.methods["head"] = {"value-net", {{"reward", std::string("sentiment")}, {"stride", std::int64_t{4}}}};
        const auto out = m_scratch.filePath("net").toStdString();
        config.settings = {{"tokens", std::int64_t{1500}},
                           {"length", std::int64_t{24}},
                           {"temperature", 1.0},
                           {"steps", std::int64_t{4}},
                           {"batch", std::int64_t{6}},
                           {"held_out", 0.3},
                           {"out_folder", out},
                           {"measure_every", std::int64_t{2}},
                           {"looked_sequences", std::int64_t{0}}};
        struct Notes final : ProgressSink {
            std::vector<std::string> lines;
            void on_note(const std::string& text) override { lines.push_back(text); }
        } sink;
        const auto record = engine->run(config, {}, sink);
        QVERIFY2(record.ok(), record.ok() ? "" : record.error().message.c_str());
        const auto curve = record::head_curve(**record);
        QCOMPARE(curve.setup.measure, std::string("r-squared"));
        QCOMPARE(curve.looks.size(), std::size_t{3});
        for (const auto& look : curve.looks) {
            QCOMPARE(look.accuracy.size(), std::size_t{1});
            QVERIFY(look.accuracy[0] <= 1);
        }
        QVERIFY(std::ranges::any_of(curve.acceptances, &record::HeadAcceptance::kept));
        QVERIFY(std::ranges::all_of(curve.acceptances, [](const auto& one) { return one.accepted_per_pass == 0; }));
        QVERIFY(std::ranges::any_of(sink.lines, [](const auto& line) { return line.find("R squared") != std::string::npos; }));
        const auto target = model::load_language_model(config.model, "cpu");
        const auto folder = decoding::open_head_folder(out, {"value-net"}, (*target)->folder);
        QVERIFY2(folder.ok(), folder.ok() ? "" : folder.error().message.c_str());
        QVERIFY(decoding::ValueNet::make(**folder, **target).ok());

        config.settings["temperature"] = 0.0;
        const auto greedy = engine->run(config, {}, sink);
        QVERIFY(!greedy.ok() && greedy.error().message.find("heads.temperature is 0") != std::string::npos);
    }

private:
    QTemporaryDir m_scratch;
    ModelPtr m_world;
};

QTEST_GUILESS_MAIN(TestValueNet)
#include "test_value_net.moc"
