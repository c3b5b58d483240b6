// SPDX-License-Identifier: GPL-3.0-or-later
#include "data_set_testing.h"

#include <QtTest/QtTest>

#include <cmath>
#include <numbers>
#include <set>

using namespace timberline;
using namespace timberline::testing;

namespace {

double input(const DataSet& data, std::int64_t sample, std::int64_t index)
{
    return static_cast<double>(data.inputs[static_cast<std::size_t>(sample * data.sample_size() + index)]);
}

std::int32_t label(const DataSet& data, std::int64_t sample)
{
    return data.labels[static_cast<std::size_t>(sample)];
}

/// Mean image of every class over the training samples.
std::vector<std::vector<double>> class_means(const DataSet& data)
{
    const auto size = static_cast<std::size_t>(data.sample_size());
    std::vector<std::vector<double>> means(static_cast<std::size_t>(data.outputs), std::vector<double>(size, 0));
    std::vector<double> counts(means.size(), 0);
    for (std::int64_t i = 0; i < data.train; ++i) {
        const auto own = static_cast<std::size_t>(label(data, i));
        counts[own] += 1;
        for (std::size_t k = 0; k < size; ++k) {
            means[own][k] += input(data, i, static_cast<std::int64_t>(k));
        }
    }
    for (std::size_t c = 0; c < means.size(); ++c) {
        for (double& value : means[c]) {
            value /= counts[c];
        }
    }
    return means;
}

double squared_distance(const DataSet& data, std::int64_t sample, const std::vector<double>& mean)
{
    double out = 0;
    for (std::size_t k = 0; k < mean.size(); ++k) {
        const double away = input(data, sample, static_cast<std::int64_t>(k)) - mean[k];
        out += away * away;
    }
    return out;
}

}  // namespace

/// The sets that the program draws: the same for the same seed, split and balanced, and of the shape that their names promise.
class TestDataSets : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void drawn_data();
    void drawn();
    void split_counts_data();
    void split_counts();
    void moons_lie_on_their_circles();
    void spirals_follow_their_arms();
    void rings_have_their_radii();
    void noise_has_its_deviation();
    void curves_are_the_functions_data();
    void curves_are_the_functions();
    void a_sample_does_not_depend_on_how_many_there_are();
    void digits_have_ink_and_margin();
    void digits_are_told_apart_by_their_means();
    void printed_digits_do_not_vary();
    void painted_points_keep_their_order();
    void painted_points_faults_data();
    void painted_points_faults();
    void checks_refuse_broken_sets();
    void drawing_is_cancelled();
};

void TestDataSets::drawn_data()
{
    QTest::addColumn<QString>("id");
    QTest::addColumn<Values>("values");
    QTest::addColumn<int>("outputs");
    QTest::addColumn<QVector<int>>("shape");
    QTest::newRow("two moons") << "two-moons" << Values{} << 2 << QVector<int>{2};
    QTest::newRow("three spirals") << "spirals" << Values{{"arms", std::int64_t{3}}} << 3 << QVector<int>{2};
    QTest::newRow("four rings") << "rings" << Values{{"rings", std::int64_t{4}}} << 4 << QVector<int>{2};
    QTest::newRow("regression curves") << "regression-curves" << Values{} << 1 << QVector<int>{1};
    QTest::newRow("digits of 8 pixels") << "digits" << Values{{"size", std::string("8")}} << 10 << QVector<int>{1, 8, 8};
    QTest::newRow("digits of 28 pixels") << "digits" << Values{{"samples", std::int64_t{200}}} << 10 << QVector<int>{1, 28, 28};
    QTest::newRow("painted points") << "painted-points" << Values{} << 2 << QVector<int>{2};
}

void TestDataSets::drawn()
{
    QFETCH(QString, id);
    QFETCH(Values, values);
    QFETCH(int, outputs);
    QFETCH(QVector<int>, shape);
    const auto data = make_data_set(id.toStdString(), values);
    QVERIFY(check_data_set(data).ok());
    QCOMPARE(data.name, id.toStdString());
    QCOMPARE(data.outputs, std::int64_t{outputs});
    QCOMPARE(data.sample_shape, std::vector<std::int64_t>(shape.begin(), shape.end()));
    QVERIFY(data.flipped.empty() && data.true_labels.empty());

    QVERIFY(same_samples(data, make_data_set(id.toStdString(), values)));
    if (id != "painted-points") {
        QVERIFY(data.inputs != make_data_set(id.toStdString(), values, 2).inputs);
    }
    if (data.task == DataSet::Task::Classification) {
        std::vector<std::int64_t> all(static_cast<std::size_t>(outputs), 0);
        std::vector<std::int64_t> trained = all;
        for (std::int64_t i = 0; i < data.samples; ++i) {
            ++all[static_cast<std::size_t>(label(data, i))];
            trained[static_cast<std::size_t>(label(data, i))] += i < data.train ? 1 : 0;
        }
        const auto [fewest, most] = std::ranges::minmax(all);
        QVERIFY(most - fewest <= 1);  // classes are balanced
        // … and mixed: none of them is missing from the training part, nor is the order that of the classes.
        QVERIFY(std::ranges::min(trained) > 0);
        QVERIFY(id == "painted-points" || !std::ranges::is_sorted(data.labels));
    }
}

void TestDataSets::split_counts_data()
{
    QTest::addColumn<int>("samples");
    QTest::addColumn<double>("fraction");
    QTest::addColumn<int>("train");
    QTest::newRow("a fifth of 100") << 100 << 0.2 << 80;
    QTest::newRow("nothing is held out") << 100 << 0.0 << 100;
    QTest::newRow("a tenth of 15, rounded up") << 15 << 0.1 << 13;
    QTest::newRow("one sample always trains") << 2 << 0.9 << 1;
}

void TestDataSets::split_counts()
{
    QFETCH(int, samples);
    QFETCH(double, fraction);
    QFETCH(int, train);
    const auto data = make_data_set("rings", {{"samples", std::int64_t{samples}}, {"validation_fraction", fraction}});
    QCOMPARE(data.samples, std::int64_t{samples});
    QCOMPARE(data.train, std::int64_t{train});
    // The split does not change which samples there are, nor their order.
    QCOMPARE(data.inputs, make_data_set("rings", {{"samples", std::int64_t{samples}}, {"validation_fraction", 0.5}}).inputs);
}

void TestDataSets::moons_lie_on_their_circles()
{
    const auto data = make_data_set("two-moons", {{"noise", 0.0}});
    double reached = 0;
    for (std::int64_t i = 0; i < data.samples; ++i) {
        const double x = input(data, i, 0);
        const double y = input(data, i, 1);
        const bool upper = label(data, i) == 0;
        const double radius = upper ? std::hypot(x, y) : std::hypot(x - 1, y - 0.5);
        QVERIFY(std::abs(radius - 1) < 1e-6);
        QVERIFY(upper ? y >= -1e-6 : y <= 0.5 + 1e-6);
        reached = std::max(reached, upper ? x : x - 1);
    }
    QVERIFY(reached > 0.99);  // the whole half circle is used
}

void TestDataSets::spirals_follow_their_arms()
{
    const auto data = make_data_set("spirals", {{"noise", 0.0}, {"arms", std::int64_t{3}}, {"turns", 1.5}});
    for (std::int64_t i = 0; i < data.samples; ++i) {
        const double radius = std::hypot(input(data, i, 0), input(data, i, 1));
        QVERIFY(radius > 0.0999 && radius < 1.0001);
        const double angle = std::atan2(input(data, i, 1), input(data, i, 0)) / (2 * std::numbers::pi);
        // Angle minus 1.5 turns a radius is a third of a turn an arm, up to whole turns.
        const double left = 3 * (angle - 1.5 * radius) - label(data, i);
        QVERIFY(std::abs(left / 3 - std::round(left / 3)) < 1e-5);
    }
}

void TestDataSets::rings_have_their_radii()
{
    const auto data = make_data_set("rings", {{"noise", 0.0}, {"rings", std::int64_t{4}}});
    for (std::int64_t i = 0; i < data.samples; ++i) {
        QVERIFY(std::abs(std::hypot(input(data, i, 0), input(data, i, 1)) - (label(data, i) + 1) / 4.0) < 1e-6);
    }
}

void TestDataSets::noise_has_its_deviation()
{
    // Without and with noise the same angles are drawn, so the difference is the noise alone: 40,000 normals of deviation 0.2.
    const Values values = {{"samples", std::int64_t{20000}}, {"noise", 0.0}};
    const auto still = make_data_set("two-moons", values);
    auto noisy_values = values;
    noisy_values["noise"] = 0.2;
    const auto noisy = make_data_set("two-moons", noisy_values);
    double mean = 0;
    double squares = 0;
    int beyond = 0;
    const auto count = static_cast<double>(still.inputs.size());
    for (std::size_t i = 0; i < still.inputs.size(); ++i) {
        const double away = static_cast<double>(noisy.inputs[i]) - static_cast<double>(still.inputs[i]);
        mean += away / count;
        squares += away * away / count;
        beyond += std::abs(away) > 0.4 ? 1 : 0;
    }
    QVERIFY(std::abs(mean) < 4 * 0.2 / std::sqrt(count));  // four standard errors
    QVERIFY(std::abs(std::sqrt(squares) - 0.2) < 4 * 0.2 / std::sqrt(2 * count));
    QVERIFY(std::abs(beyond / count - 0.0455) < 4 * std::sqrt(0.0455 / count));  // two-sided tail beyond two deviations
}

void TestDataSets::curves_are_the_functions_data()
{
    QTest::addColumn<QString>("curve");
    QTest::addColumn<double>("x");  // a point where the value is known
    QTest::addColumn<double>("y");
    QTest::newRow("sine") << "sine" << 0.25 << 1.0;
    QTest::newRow("chirp") << "chirp" << -0.5 << 1.0;  // sin(2 pi / 4)
    QTest::newRow("step on the left") << "step" << -0.25 << -0.5;
    QTest::newRow("step on the right") << "step" << 0.25 << 0.5;
    QTest::newRow("triangle") << "triangle" << 0.125 << 0.5;
    QTest::newRow("cubic") << "cubic" << -0.5 << 1.0;
    QTest::newRow("bump") << "bump" << 0.0 << 1.0;
    QTest::newRow("flat on the left") << "bumps-and-flat" << -0.5 << 0.0;
    QTest::newRow("bumps on the right") << "bumps-and-flat" << 0.0625 << 1.0;
}

void TestDataSets::curves_are_the_functions()
{
    QFETCH(QString, curve);
    QFETCH(double, x);
    QFETCH(double, y);
    const auto data = make_data_set("regression-curves", {{"curve", curve.toStdString()}, {"noise", 0.0}, {"samples", std::int64_t{5000}}});
    double nearest = 1;
    double value = 0;
    for (std::int64_t i = 0; i < data.samples; ++i) {
        const double at = input(data, i, 0);
        QVERIFY(at >= -1 && at <= 1);
        QVERIFY(std::abs(static_cast<double>(data.targets[static_cast<std::size_t>(i)])) <= 1.000001);
        if (std::abs(at - x) < nearest) {
            nearest = std::abs(at - x);
            value = static_cast<double>(data.targets[static_cast<std::size_t>(i)]);
        }
    }
    QVERIFY2(nearest < 0.004 && std::abs(value - y) < 0.04, qPrintable(QString("%1 at %2").arg(value).arg(nearest)));
}

void TestDataSets::a_sample_does_not_depend_on_how_many_there_are()
{
    const auto few = make_data_set("digits", {{"samples", std::int64_t{20}}, {"size", std::string("8")}});
    const auto many = make_data_set("digits", {{"samples", std::int64_t{200}}, {"size", std::string("8")}});
    const auto image = [](const DataSet& data, std::int64_t i) {
        const auto begin = data.inputs.begin() + i * 64;
        return std::vector<float>(begin, begin + 64);
    };
    std::set<std::vector<float>> all;
    for (std::int64_t i = 0; i < many.samples; ++i) {
        all.insert(image(many, i));
    }
    QCOMPARE(all.size(), std::size_t{200});  // no two are alike
    for (std::int64_t i = 0; i < few.samples; ++i) {
        QVERIFY(all.contains(image(few, i)));
    }
}

void TestDataSets::digits_have_ink_and_margin()
{
    for (const auto* size : {"8", "28"}) {
        const auto data = make_data_set("digits", {{"size", std::string(size)}, {"noise", 0.0}, {"samples", std::int64_t{500}}});
        const std::int64_t side = data.sample_shape.back();
        for (std::int64_t i = 0; i < data.samples; ++i) {
            double ink = 0;
            double corners = 0;
            for (std::int64_t k = 0; k < side * side; ++k) {
                const double value = input(data, i, k);
                QVERIFY(value >= 0 && value <= 1);
                ink += value / static_cast<double>(side * side);
            }
            for (const std::int64_t corner : {std::int64_t{0}, side - 1, side * (side - 1), side * side - 1}) {
                corners += input(data, i, corner);
            }
            QVERIFY2(ink > 0.03 && ink < 0.6, qPrintable(QString("%1 of %2 px: ink %3").arg(label(data, i)).arg(size).arg(ink)));
            QVERIFY(side == 8 || corners == 0);
        }
    }
    // A wider pen leaves more ink.
    const auto sum = [](double thickness) {
        const auto data = make_data_set("digits", {{"thickness", thickness}, {"noise", 0.0}, {"samples", std::int64_t{100}}});
        double out = 0;
        for (const float value : data.inputs) {
            out += static_cast<double>(value);
        }
        return out;
    };
    QVERIFY(sum(1.5) > 1.3 * sum(1));
}

void TestDataSets::digits_are_told_apart_by_their_means()
{
    for (const auto* size : {"8", "28"}) {
        const auto data = make_data_set("digits", {{"size", std::string(size)}});
        const auto means = class_means(data);
        for (std::size_t a = 0; a < 10; ++a) {
            for (std::size_t b = 0; b < a; ++b) {
                double apart = 0;
                for (std::size_t k = 0; k < means[a].size(); ++k) {
                    apart += (means[a][k] - means[b][k]) * (means[a][k] - means[b][k]);
                }
                QVERIFY2(apart > 0.01 * static_cast<double>(means[a].size()),
                         qPrintable(QString("%1 and %2: %3").arg(a).arg(b).arg(apart)));
            }
        }
        int right = 0;
        for (std::int64_t i = data.train; i < data.samples; ++i) {
            const auto nearest =
                std::ranges::min_element(means, {}, [&](const auto& mean) { return squared_distance(data, i, mean); }) - means.begin();
            right += nearest == label(data, i) ? 1 : 0;
        }
        const double accuracy = right / static_cast<double>(data.samples - data.train);
        // Far above the 0.1 of chance, and not so easy that there is nothing to learn.
        QVERIFY2(accuracy > 0.6 && accuracy < 0.995, qPrintable(QString("%1 px: %2").arg(size).arg(accuracy)));
    }
}

void TestDataSets::printed_digits_do_not_vary()
{
    const auto data = make_data_set("digits", {{"pose", 0.0}, {"noise", 0.0}, {"samples", std::int64_t{300}}});
    std::set<std::vector<float>> kinds;
    for (std::int64_t i = 0; i < data.samples; ++i) {
        kinds.emplace(data.inputs.begin() + i * 784, data.inputs.begin() + (i + 1) * 784);
    }
    // Only the ways in which a digit is written are left: 2, 3, 2, 2, 2, 1, 2, 3, 1 and 2 from 0 to 9.
    QCOMPARE(kinds.size(), std::size_t{20});
}

void TestDataSets::painted_points_keep_their_order()
{
    const auto data = make_data_set("painted-points", {{"points", std::vector<double>{0.5, -1, 2, 0.25, 3, 0}}});
    QCOMPARE(data.inputs, (std::vector<float>{0.5F, -1.0F, 0.25F, 3.0F}));
    QCOMPARE(data.labels, (std::vector<std::int32_t>{2, 0}));
    QCOMPARE(data.outputs, std::int64_t{3});
    QCOMPARE(data.train, std::int64_t{2});
}

void TestDataSets::painted_points_faults_data()
{
    QTest::addColumn<QVector<double>>("points");
    QTest::addColumn<QString>("expected");
    QTest::newRow("a point without its class") << QVector<double>{1, 2, 0, 3, 4} << "5 numbers, expected a multiple of 3";
    QTest::newRow("half a class") << QVector<double>{1, 2, 0.5} << "point 0 the class 0.5, expected a whole number from 0 to 9";
    QTest::newRow("a negative class") << QVector<double>{1, 2, 0, 1, 2, -1} << "point 1 the class -1";
    QTest::newRow("an eleventh class") << QVector<double>{1, 2, 10} << "the class 10";
    QTest::newRow("no point at all") << QVector<double>{} << "points";
    QTest::newRow("a point that is not finite") << QVector<double>{std::nan(""), 2, 0} << "points";
    QTest::newRow("a point out of range") << QVector<double>{1e6, 2, 0} << "points";
}

void TestDataSets::painted_points_faults()
{
    QFETCH(QVector<double>, points);
    QFETCH(QString, expected);
    const auto data = try_data_set("painted-points", {{"points", std::vector<double>(points.begin(), points.end())}});
    QVERIFY(!data.ok());
    QVERIFY2(data.error().message.find(expected.toStdString()) != std::string::npos, data.error().message.c_str());
}

void TestDataSets::checks_refuse_broken_sets()
{
    const auto good = make_data_set("two-moons", {{"samples", std::int64_t{10}}});
    const auto refused = [&](auto&& change) {
        auto data = good;
        change(data);
        return !check_data_set(data).ok();
    };
    QVERIFY(!refused([](DataSet&) {}));
    QVERIFY(refused([](DataSet& data) { data.labels[3] = 2; }));
    QVERIFY(refused([](DataSet& data) { data.labels[3] = -1; }));
    QVERIFY(refused([](DataSet& data) { data.inputs[7] = std::numeric_limits<float>::infinity(); }));
    QVERIFY(refused([](DataSet& data) { data.inputs.pop_back(); }));
    QVERIFY(refused([](DataSet& data) { data.train = 0; }));
    QVERIFY(refused([](DataSet& data) { data.train = 11; }));
    QVERIFY(refused([](DataSet& data) { data.samples = 0; }));
    QVERIFY(refused([](DataSet& data) { data.sample_shape.clear(); }));
    QVERIFY(refused([](DataSet& data) { data.labels.clear(); }));
}

void TestDataSets::drawing_is_cancelled()
{
    const auto entry = data_sets().find("data set", "digits");
    const CancelToken cancel;
    cancel.cancel();
    const auto data = std::any_cast<const training::DataSetFactory&>(entry.value()->factory)(
        default_values(entry.value()->info.hyperparameters), 1, cancel);
    QVERIFY(!data.ok());
    QCOMPARE(data.error().code, ErrorCode::Cancelled);
}

QTEST_APPLESS_MAIN(TestDataSets)
#include "test_data_sets.moc"
