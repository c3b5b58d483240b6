// SPDX-License-Identifier: GPL-3.0-or-later
// Expected numbers: the order example of the decoding methods page; the rest follows from the formulas in double, beside each row.
#include "core/base/random.h"
#include "core/rules/sampling.h"

#include <QtTest/QtTest>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

using namespace timberline;
using namespace timberline::rules;
using record::Sampling;
using Row = std::vector<float>;
using History = std::vector<TokenId>;

namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

Sampling plain()
{
    Sampling settings;
    settings.temperature = 1;
    return settings;
}

template <typename Change>
Sampling with(Change change)
{
    Sampling settings = plain();
    change(settings);
    return settings;
}

Row logs(const std::vector<double>& law)
{
    Row out;
    for (const double p : law) {
        out.push_back(p > 0 ? static_cast<float>(std::log(p)) : -kInfinity);
    }
    return out;
}

Row applied(const Sampling& settings, Row logits, const History& history = {})
{
    apply_sampling(settings, history, logits);
    return logits;
}

void compare(const Row& actual, const std::vector<double>& expected, double tolerance)
{
    QCOMPARE(actual.size(), expected.size());
    for (std::size_t i = 0; i < actual.size(); ++i) {
        QVERIFY2(std::abs(static_cast<double>(actual[i]) - expected[i]) <= tolerance,
                 qPrintable(QStringLiteral("id %1: got %2, expected %3")
                                .arg(i)
                                .arg(static_cast<double>(actual[i]), 0, 'g', 9)
                                .arg(expected[i], 0, 'g', 9)));
    }
}

Row random_logits(std::size_t size, std::uint32_t round, double spread = 20)
{
    RandomStream random({1, RandomPurpose::Test, round, 0, 0});
    Row out(size);
    for (float& x : out) {
        x = static_cast<float>(spread * (random.next() - .5));
    }
    return out;
}

/// softmax(logits / temperature) in double, the plain way.
std::vector<double> reference_softmax(const Row& logits, double temperature)
{
    const double best = static_cast<double>(*std::max_element(logits.begin(), logits.end()));
    std::vector<double> out;
    for (const float x : logits) {
        out.push_back(std::exp((static_cast<double>(x) - best) / temperature));
    }
    const double total = std::accumulate(out.begin(), out.end(), 0.0);
    for (double& x : out) {
        x /= total;
    }
    return out;
}

bool same_bits(const Row& a, const Row& b)
{
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

Sampling everything_on(const std::string& order)
{
    return with([&order](Sampling& s) {
        s.temperature = .8;
        s.top_k = 40;
        s.top_p = .95;
        s.min_p = .02;
        s.typical_p = .9;
        s.repetition_penalty = 1.2;
        s.presence_penalty = .3;
        s.frequency_penalty = .1;
        s.no_repeat_ngram = 3;
        s.order = order;
    });
}

} // namespace

class TestSampling : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void each_transform_data()
    {
        QTest::addColumn<Sampling>("settings");
        QTest::addColumn<Row>("logits");
        QTest::addColumn<History>("history");
        QTest::addColumn<std::vector<double>>("law");
        const auto row = [](const char* name, const Sampling& settings, const Row& logits, const History& history,
                            const std::vector<double>& law) { QTest::newRow(name) << settings << logits << history << law; };
        const Row example = logs({.5, .3, .15, .05});
        const auto order = [](const char* name) { return with([name](Sampling& s) { s.temperature = 2, s.top_p = .75, s.order = name; }); };
        // Temperature 2 takes square roots: the law of the first n tokens.
        const auto roots = [](std::size_t n) {
            std::vector<double> law = {std::sqrt(.5), std::sqrt(.3), std::sqrt(.15), std::sqrt(.05)};
            std::fill(law.begin() + static_cast<std::ptrdiff_t>(n), law.end(), 0.0);
            const double total = std::accumulate(law.begin(), law.end(), 0.0);
            std::for_each(law.begin(), law.end(), [total](double& x) { x /= total; });
            return law;
        };
        row("hf tempers before it truncates", order("hf"), example, {}, roots(3));
        row("llamacpp truncates before it tempers", order("llamacpp"), example, {}, roots(2));
        row("a custom order decides as well", order("top-p,temperature"), example, {}, roots(2));
        row("transforms left out of a custom order are off", order("temperature"), example, {}, roots(4));
        row("everything off is the softmax", plain(), example, {}, {.5, .3, .15, .05});
        row("temperature .5 squares", with([](Sampling& s) { s.temperature = .5; }), logs({.6, .2, .2}), {},
            {.36 / .44, .04 / .44, .04 / .44});
        row("temperature 0 is one-hot", Sampling{}, example, {}, {1, 0, 0, 0});
        row("temperature 0 gives ties to the lowest id", Sampling{}, {1, 3, 3, 2}, {}, {0, 1, 0, 0});
        row("temperature 0 looks after the penalties", with([](Sampling& s) { s.temperature = 0, s.repetition_penalty = 2; }), {3, 2}, {0},
            {0, 1});
        row("temperature 0 ignores truncation", with([](Sampling& s) { s.temperature = 0, s.typical_p = .1, s.order = "llamacpp"; }),
            logs({.6, .2, .2}), {}, {1, 0, 0});
        row("top-k keeps the k largest", with([](Sampling& s) { s.top_k = 2; }), example, {}, {.625, .375, 0, 0});
        row("top-k keeps ties with the k-th", with([](Sampling& s) { s.top_k = 2; }), logs({.4, .25, .25, .1}), {},
            {.4 / .9, .25 / .9, .25 / .9, 0});
        row("top-k beyond the vocabulary is off", with([](Sampling& s) { s.top_k = 9; }), example, {}, {.5, .3, .15, .05});
        row("top-p keeps the crossing token", with([](Sampling& s) { s.top_p = .6; }), example, {}, {.625, .375, 0, 0});
        row("top-p met exactly keeps no more", with([](Sampling& s) { s.top_p = .5; }), logs({.5, .25, .25}), {}, {1, 0, 0});
        row("top-p keeps at least one", with([](Sampling& s) { s.top_p = 1e-6; }), example, {}, {1, 0, 0, 0});
        row("top-p breaks ties by id", with([](Sampling& s) { s.top_p = .5; }), logs({.25, .25, .25, .25}), {}, {.5, .5, 0, 0});
        row("min-p keeps a share of the best", with([](Sampling& s) { s.min_p = .3; }), example, {}, {.5 / .95, .3 / .95, .15 / .95, 0});
        row("min-p met exactly keeps", with([](Sampling& s) { s.min_p = .5; }), logs({.5, .25, .25}), {}, {.5, .25, .25});
        row("min-p 1 keeps the best", with([](Sampling& s) { s.min_p = 1; }), example, {}, {1, 0, 0, 0});
        // H = 1.1421 nats: distances .449, .062, .755, 1.85; .3 + .5 >= .7
        row("typical-p keeps the least surprising", with([](Sampling& s) { s.typical_p = .7; }), example, {}, {.625, .375, 0, 0});
        row("typical-p may drop the best token", with([](Sampling& s) { s.typical_p = .2; }), example, {}, {0, 1, 0, 0});
        // 2/2 = 1, -1*2 = -2, 0.5 untouched
        const double e = std::exp(1.0) + std::exp(-2.0) + std::exp(.5);
        row("repetition penalty divides above zero and multiplies below", with([](Sampling& s) { s.repetition_penalty = 2; }), {2, -1, .5F},
            {0, 1, 0}, {std::exp(1.0) / e, std::exp(-2.0) / e, std::exp(.5) / e});
        const double f = std::exp(1.0) + std::exp(1.5) + std::exp(2.0);
        row("presence penalty counts a token once", with([](Sampling& s) { s.presence_penalty = 1; }), {2, 1.5F, 2}, {0, 0, 0},
            {std::exp(1.0) / f, std::exp(1.5) / f, std::exp(2.0) / f});
        const double g = std::exp(.5) + std::exp(1.5) + std::exp(2.0);
        row("frequency penalty counts every time", with([](Sampling& s) { s.frequency_penalty = .5; }), {2, 1.5F, 2}, {0, 0, 0},
            {std::exp(.5) / g, std::exp(1.5) / g, std::exp(2.0) / g});
        row("penalties before temperature", with([](Sampling& s) { s.presence_penalty = 1, s.temperature = .5; }), {1, 0}, {0}, {.5, .5});
        row("penalties after temperature see tempered logits",
            with([](Sampling& s) { s.presence_penalty = 2, s.temperature = .5, s.order = "temperature,presence-penalty"; }), {1, 0}, {0},
            {.5, .5});
        row("history outside the vocabulary is passed over", with([](Sampling& s) { s.presence_penalty = 1; }), {0, 0}, {-1, 7, 100000},
            {.5, .5});
        row("no repeated bigram", with([](Sampling& s) { s.no_repeat_ngram = 2; }), {0, 0, 0, 0}, {1, 2, 1, 3, 1}, {.5, .5, 0, 0});
        row("no repeated trigram", with([](Sampling& s) { s.no_repeat_ngram = 3; }), {0, 0, 0, 0}, {1, 2, 3, 1, 2},
            {1. / 3, 1. / 3, 1. / 3, 0});
        row("no repeated unigram bans what was seen", with([](Sampling& s) { s.no_repeat_ngram = 1; }), {0, 0, 0, 0}, {1, 2},
            {.5, 0, 0, .5});
        row("history shorter than the n-gram bans nothing", with([](Sampling& s) { s.no_repeat_ngram = 4; }), {0, 0}, {1, 0, 1}, {.5, .5});
        row("everything banned is one-hot at 0", with([](Sampling& s) { s.no_repeat_ngram = 1; }), {0, 0}, {1, 0}, {1, 0});
        row("NaN counts as minus infinity", plain(), {0, NAN, 0}, {}, {.5, 0, .5});
        row("a row of NaN is one-hot at 0", plain(), {NAN, NAN}, {}, {1, 0});
        row("infinity beside finite logits wins", plain(), {0, kInfinity, 0}, {}, {0, 1, 0});
        row("no finite logit is one-hot at 0", plain(), {-kInfinity, kInfinity}, {}, {1, 0});
        row("huge logits do not overflow", with([](Sampling& s) { s.temperature = .001; }), {3e38F, -3e38F, 3e38F}, {}, {.5, 0, .5});
        row("vanishing temperature is the argmax", with([](Sampling& s) { s.temperature = 1e-300; }), {1, 2, 0}, {}, {0, 1, 0});
    }
    void each_transform()
    {
        QFETCH(Sampling, settings);
        QFETCH(Row, logits);
        QFETCH(History, history);
        QFETCH(std::vector<double>, law);
        compare(applied(settings, logits, history), law, 1e-6);
    }

    void printed_order_example()
    {
        const Row example = logs({.5, .3, .15, .05});
        const auto stages = sampling_stages(with([](Sampling& s) { s.temperature = 2, s.top_p = .75; }), {}, example);
        QCOMPARE(stages.size(), std::size_t{2});
        QCOMPARE(stages[0].transform, std::string("temperature"));
        compare(stages[0].probability, {.3790, .2936, .2076, .1198}, 5.1e-5);
        QCOMPARE(stages[1].transform, std::string("top-p"));
        compare(stages[1].probability, {.4306, .3335, .2359, 0}, 5.1e-5);
        compare(applied(with([](Sampling& s) { s.temperature = 2, s.top_p = .75, s.order = "llamacpp"; }), example), {.5635, .4365, 0, 0},
                5.1e-5);
    }

    void look_back_of_the_penalties_data()
    {
        QTest::addColumn<QString>("order");
        QTest::addColumn<int>("last_n");
        QTest::addColumn<bool>("reaches");
        QTest::newRow("hf looks at the whole context") << "hf" << 0 << true;
        QTest::newRow("llamacpp looks at the last 64 tokens") << "llamacpp" << 0 << false;
        QTest::newRow("llamacpp with a longer window") << "llamacpp" << 65 << true;
        QTest::newRow("hf with a shorter window") << "hf" << 64 << false;
    }
    void look_back_of_the_penalties()
    {
        QFETCH(QString, order);
        QFETCH(int, last_n);
        QFETCH(bool, reaches);
        History history(65, 1);
        history[0] = 0; // 65 tokens ago
        const Sampling settings =
            with([&](Sampling& s) { s.presence_penalty = 1, s.penalty_last_n = last_n, s.order = order.toStdString(); });
        const double other = std::exp(-1.0);
        const double total = reaches ? 1 + 2 * other : 2 + other;
        compare(applied(settings, {0, 0, 0}, history), {(reaches ? other : 1) / total, other / total, 1 / total}, 1e-6);
    }

    void named_orders()
    {
        const std::vector<std::string> hf = {
            "repetition-penalty", "presence-penalty", "frequency-penalty", "no-repeat-ngram", "temperature", "top-k", "top-p", "min-p",
            "typical-p"};
        const std::vector<std::string> llamacpp = {
            "repetition-penalty", "presence-penalty", "frequency-penalty", "no-repeat-ngram", "top-k", "typical-p", "top-p", "min-p",
            "temperature"};
        QCOMPARE(sampling_order("hf").value(), hf);
        QCOMPARE(sampling_order("llamacpp").value(), llamacpp);
        QCOMPARE(sampling_order(" top-k , temperature").value(), (std::vector<std::string>{"top-k", "temperature"}));
    }

    void bad_settings_are_refused_data()
    {
        QTest::addColumn<Sampling>("settings");
        QTest::addColumn<QString>("words");
        const auto row = [](const char* name, auto change, const char* words) {
            QTest::newRow(name) << with(change) << QString::fromLatin1(words);
        };
        row(
            "negative temperature", [](Sampling& s) { s.temperature = -1; }, "sampling.temperature");
        row(
            "temperature NaN", [](Sampling& s) { s.temperature = NAN; }, "sampling.temperature");
        row(
            "top_k negative", [](Sampling& s) { s.top_k = -1; }, "sampling.top_k");
        row(
            "top_p zero", [](Sampling& s) { s.top_p = 0; }, "sampling.top_p");
        row(
            "top_p above one", [](Sampling& s) { s.top_p = 1.5; }, "sampling.top_p");
        row(
            "min_p above one", [](Sampling& s) { s.min_p = 2; }, "sampling.min_p");
        row(
            "typical_p zero", [](Sampling& s) { s.typical_p = 0; }, "sampling.typical_p");
        row(
            "repetition penalty zero", [](Sampling& s) { s.repetition_penalty = 0; }, "sampling.repetition_penalty");
        row(
            "presence infinite", [](Sampling& s) { s.presence_penalty = INFINITY; }, "sampling.presence_penalty");
        row(
            "n-gram negative", [](Sampling& s) { s.no_repeat_ngram = -2; }, "sampling.no_repeat_ngram");
        row(
            "misspelled transform names the nearest", [](Sampling& s) { s.order = "temperature,topk"; }, "top-k");
        row(
            "misspelled preset names the nearest", [](Sampling& s) { s.order = "llamcpp"; }, "llamacpp");
        row(
            "transform twice", [](Sampling& s) { s.order = "top-k,temperature,top-k"; }, "twice");
        row(
            "empty order", [](Sampling& s) { s.order = ""; }, "expected a sampling transform");
        row(
            "trailing comma", [](Sampling& s) { s.order = "top-k,"; }, "expected a sampling transform");
    }
    void bad_settings_are_refused()
    {
        QFETCH(Sampling, settings);
        QFETCH(QString, words);
        const auto status = check_sampling(settings);
        QVERIFY(!status.ok());
        QVERIFY2(QString::fromStdString(status.error().message).contains(words), status.error().message.c_str());
        QVERIFY(!status.error().hint.empty());
        QVERIFY(check_sampling(plain()).ok());
        QVERIFY(check_sampling(everything_on("llamacpp")).ok());
    }

    void stages_end_in_the_applied_law_data()
    {
        QTest::addColumn<Sampling>("settings");
        QTest::addColumn<int>("stages");
        QTest::newRow("all on, hf") << everything_on("hf") << 9;
        QTest::newRow("all on, llamacpp") << everything_on("llamacpp") << 9;
        QTest::newRow("all on, temperature first") << everything_on("temperature,repetition-penalty,no-repeat-ngram,typical-p") << 4;
        QTest::newRow("greedy shows penalties and the choice")
            << with([](Sampling& s) { s.temperature = 0, s.top_k = 5, s.repetition_penalty = 1.1; }) << 2;
        QTest::newRow("temperature only") << with([](Sampling& s) { s.temperature = .7; }) << 1;
        QTest::newRow("everything off shows the plain law") << plain() << 1;
    }
    void stages_end_in_the_applied_law()
    {
        QFETCH(Sampling, settings);
        QFETCH(int, stages);
        const History history = {5, 9, 17, 5, 9, 300, 5, 9};
        for (std::uint32_t round = 0; round < 20; ++round) {
            const Row logits = random_logits(513, round);
            const auto shown = sampling_stages(settings, history, logits);
            QCOMPARE(shown.size(), static_cast<std::size_t>(stages));
            QVERIFY(same_bits(shown.back().probability, applied(settings, logits, history)));
            for (const auto& stage : shown) {
                const double total = std::accumulate(stage.probability.begin(), stage.probability.end(), 0.0);
                QVERIFY(std::abs(total - 1) < 1e-6);
                QVERIFY(*std::min_element(stage.probability.begin(), stage.probability.end()) >= 0);
            }
        }
    }

    void truncating_twice_is_truncating_once_data()
    {
        QTest::addColumn<Sampling>("settings");
        QTest::newRow("top-k") << with([](Sampling& s) { s.top_k = 7; });
        QTest::newRow("min-p") << with([](Sampling& s) { s.min_p = .1; });
    }
    void truncating_twice_is_truncating_once()
    {
        QFETCH(Sampling, settings);
        for (std::uint32_t round = 0; round < 20; ++round) {
            const Row once = applied(settings, random_logits(300, round));
            const Row twice = applied(settings, logs(std::vector<double>(once.begin(), once.end())));
            compare(twice, std::vector<double>(once.begin(), once.end()), 1e-6);
            QCOMPARE(std::count(once.begin(), once.end(), 0.0F), std::count(twice.begin(), twice.end(), 0.0F));
        }
    }

    void large_truncations_agree_with_a_full_sort()
    {
        for (std::uint32_t round = 0; round < 10; ++round) {
            const Row logits = random_logits(4096, round, 6); // flat: top-p must look far beyond its first batch
            const auto law = reference_softmax(logits, 1);
            std::vector<std::size_t> order(law.size());
            std::iota(order.begin(), order.end(), std::size_t{0});
            std::stable_sort(order.begin(), order.end(), [&law](std::size_t a, std::size_t b) { return law[a] > law[b]; });
            double mass = 0;
            std::size_t kept = 0;
            while (mass < .9) {
                mass += law[order[kept++]];
            }
            const Row result = applied(with([](Sampling& s) { s.top_p = .9; }), logits);
            const auto survivors = static_cast<std::size_t>(std::count_if(result.begin(), result.end(), [](float p) { return p > 0; }));
            QVERIFY(survivors + 1 >= kept && survivors <= kept + 1); // the crossing may move by one token in float32
            QVERIFY(std::abs(static_cast<double>(result[order[0]]) - law[order[0]] / mass) < 1e-6);
        }
    }

    void softmax_is_accurate()
    {
        for (const double temperature : {.1, .7, 1.0, 2.0}) {
            for (const std::size_t size : {std::size_t{1}, std::size_t{15}, std::size_t{17}, std::size_t{4096}}) {
                const Row logits = random_logits(size, 5);
                const auto expected = reference_softmax(logits, temperature);
                const Row law = applied(with([temperature](Sampling& s) { s.temperature = temperature; }), logits);
                for (std::size_t i = 0; i < size; ++i) {
                    const double error = std::abs(static_cast<double>(law[i]) - expected[i]);
                    // The exponent x is rounded three times in float32 (difference, factor, product), 6e-8 |x| each; the exponential and
                    // the division add 2e-7.
                    const double x = std::abs(std::log(expected[i]));
                    QVERIFY2(error <= expected[i] * (2e-7 + 2e-7 * x) || expected[i] < 1e-37,
                             qPrintable(QStringLiteral("%1 against %2").arg(law[i]).arg(expected[i])));
                }
            }
        }
    }

    void entropies_data()
    {
        QTest::addColumn<std::vector<double>>("law");
        QTest::addColumn<double>("nats");
        QTest::newRow("one-hot") << std::vector<double>{0, 1, 0} << 0.;
        QTest::newRow("uniform over ten") << std::vector<double>(10, .1) << std::log(10.0);
        QTest::newRow("three tokens") << std::vector<double>{.5, .3, .2} << 1.0296530140645737; // -sum p ln p in double
        QTest::newRow("uniform over 4096") << std::vector<double>(4096, 1.0 / 4096) << std::log(4096.0);
        QTest::newRow("a vanishing token") << std::vector<double>{1 - 1e-30, 1e-30} << 1e-30 * std::log(1e30);
    }
    void entropies()
    {
        QFETCH(std::vector<double>, law);
        QFETCH(double, nats);
        QVERIFY2(std::abs(entropy_nats(Row(law.begin(), law.end())) - nats) < 3e-7 * (1 + nats),
                 qPrintable(QString::number(entropy_nats(Row(law.begin(), law.end())), 'g', 12)));
        QVERIFY(std::abs(softmax_entropy_nats(logs(law)) - nats) < 3e-7 * (1 + nats));
        Row shifted = logs(law);
        for (float& x : shifted) {
            x += 64;
        }
        QVERIFY(std::abs(softmax_entropy_nats(shifted) - nats) < 1e-4); // logits near 64 have steps of 8e-6
    }

    void entropy_of_random_rows_agrees_with_double()
    {
        for (std::uint32_t round = 0; round < 5; ++round) {
            const Row logits = random_logits(4096, round, 30);
            double expected = 0;
            for (const double p : reference_softmax(logits, 1)) {
                expected -= p > 0 ? p * std::log(p) : 0;
            }
            QVERIFY(std::abs(softmax_entropy_nats(logits) - expected) < 2e-6);
            QVERIFY(std::abs(entropy_nats(applied(plain(), logits)) - expected) < 2e-6);
        }
    }

    void argmax_takes_the_lowest_id()
    {
        QCOMPARE(argmax(Row{1, 5, 5, 2}), 1);
        QCOMPARE(argmax(Row{NAN, 2, 3}), 2);
        QCOMPARE(argmax(Row{NAN, NAN}), 0);
        QCOMPARE(argmax(Row{}), 0);
        Row row(100, -1);
        row[83] = row[97] = 4;
        QCOMPARE(argmax(row), 83);
    }

    void draws_data()
    {
        QTest::addColumn<Row>("law");
        QTest::addColumn<double>("u");
        QTest::addColumn<int>("token");
        QTest::newRow("start of the first interval") << Row{.25F, .5F, .25F} << 0. << 0;
        QTest::newRow("a boundary belongs to the next token") << Row{.25F, .5F, .25F} << .25 << 1;
        QTest::newRow("inside") << Row{.25F, .5F, .25F} << .7 << 1;
        QTest::newRow("end") << Row{.25F, .5F, .25F} << .9999999999999999 << 2;
        QTest::newRow("never a token of probability 0 at the start") << Row{0, 0, 1} << 0. << 2;
        QTest::newRow("never a token of probability 0 at the end") << Row{.5F, .5F, 0} << .9999999999999999 << 1;
        QTest::newRow("unnormalised rows count by their total") << Row{1, 3} << .3 << 1;
    }
    void draws()
    {
        QFETCH(Row, law);
        QFETCH(double, u);
        QFETCH(int, token);
        QCOMPARE(sample(law, u), token);
    }

    void common_cases_are_quick()
    {
        // Aim: below 15 us a row of 4096. The bound is wider, because the machine may be busy; the measured median is printed.
        const Row logits = random_logits(4096, 2);
        for (const double temperature : {0.0, 1.0, .8}) {
            const Sampling settings = with([temperature](Sampling& s) { s.temperature = temperature; });
            std::vector<double> times;
            Row row(logits.size());
            for (int repeat = 0; repeat < 300; ++repeat) {
                row = logits;
                const auto begin = std::chrono::steady_clock::now();
                apply_sampling(settings, {}, row);
                times.push_back(std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin).count());
            }
            std::nth_element(times.begin(), times.begin() + 150, times.end());
            qInfo("temperature %.1f: %.1f us a row of 4096", temperature, times[150]);
            QVERIFY(times[150] < 500);
        }
    }
};

QTEST_APPLESS_MAIN(TestSampling)
#include "test_sampling.moc"
