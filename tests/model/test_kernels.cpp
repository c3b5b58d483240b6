// SPDX-License-Identifier: GPL-3.0-or-later
// Every kernel variant against the definition: plain loops in double precision.
#include "core/io/float_convert.h"
#include "core/model/kernels/kernels.h"
#include "tests/model/decoder_testing.h"

#include <QDebug>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <random>

using namespace timberline;
using namespace timberline::model;
using namespace timberline::model::kernels;
using namespace timberline::model::testing;

namespace {

const KernelTable* table_named(const QByteArray& name)
{
    for (const KernelTable* table : available_kernels()) {
        if (name == table->name) {
            return table;
        }
    }
    return nullptr;
}

std::vector<float> drawn(std::size_t count, unsigned seed, float low = -1, float high = 1)
{
    std::mt19937 engine(seed);
    std::vector<float> out(count);
    for (float& value : out) {
        value = low + (high - low) * static_cast<float>(engine() >> 8) / 16777216.0F;
    }
    return out;
}

/// A packed matrix of drawn numbers and the numbers themselves.
struct Matrix {
    Arena arena;
    PackedMatrix packed;
    std::vector<float> values;  ///< [outputs, inputs]

    Matrix(io::DataType type, std::int64_t outputs, std::int64_t inputs, unsigned seed)
    {
        const auto count = static_cast<std::size_t>(outputs * inputs);
        values = drawn(count, seed);
        std::vector<std::uint8_t> stored(count * (type == io::DataType::F32 ? 4 : 2));
        for (std::size_t i = 0; i < count; ++i) {
            std::uint32_t bits = 0;
            std::memcpy(&bits, &values[i], 4);
            if (type == io::DataType::F32) {
                std::memcpy(stored.data() + 4 * i, &bits, 4);
            } else if (type == io::DataType::BF16) {
                const auto narrow = static_cast<std::uint16_t>(bits >> 16);
                std::memcpy(stored.data() + 2 * i, &narrow, 2);
                values[i] = io::brain_to_float(narrow);
            } else {
                const auto narrow = static_cast<std::uint16_t>(bits >> 13 & 0x3fffU);  // any pattern of a small half will do
                std::memcpy(stored.data() + 2 * i, &narrow, 2);
                values[i] = io::half_to_float(narrow);
            }
        }
        packed = {.type = type, .outputs = outputs, .inputs = inputs};
        arena = Arena::allocate(Arena::rounded(packed.bytes()));
        std::byte* const memory = arena.take(packed.bytes());
        pack_rows(type, stored.data(), outputs, inputs, memory, 0);
        packed.data = memory;
    }
};

void add_variants()
{
    QTest::addColumn<QByteArray>("variant");
    for (const QByteArray& name : variant_names()) {
        QTest::addRow("%s", name.constData()) << name;
    }
}

double activation_by_definition(ActivationKind kind, double x)
{
    switch (kind) {
    case ActivationKind::Silu:
        return x / (1 + std::exp(-x));
    case ActivationKind::GeluTanh:
        return 0.5 * x * (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)));
    case ActivationKind::GeluErf:
        return 0.5 * x * (1 + std::erf(x / std::sqrt(2.0)));
    case ActivationKind::Relu:
        return std::max(0.0, x);
    }
    return NAN;
}

}  // namespace

class TestKernels : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void thisProcessorRunsTheVariantsItShould();
    void productEqualsTheDefinition_data();
    void productEqualsTheDefinition();
    void everyHalfIsReadExactly_data() { add_variants(); }
    void everyHalfIsReadExactly();
    void packingKeepsEveryRow();
    void exponentialIsAccurate_data() { add_variants(); }
    void exponentialIsAccurate();
    void softmaxEqualsTheDefinition_data() { add_variants(); }
    void softmaxEqualsTheDefinition();
    void dotEqualsTheDefinition_data() { add_variants(); }
    void dotEqualsTheDefinition();
    void normsEqualTheDefinition_data() { add_variants(); }
    void normsEqualTheDefinition();
    void activationsEqualTheDefinition_data() { add_variants(); }
    void activationsEqualTheDefinition();
    void attentionEqualsTheDefinition_data() { add_variants(); }
    void attentionEqualsTheDefinition();
    void softcapEqualsTheDefinition_data() { add_variants(); }
    void softcapEqualsTheDefinition();
    void freeFunctionsGiveTheFastestVariantsBits();
};

void TestKernels::thisProcessorRunsTheVariantsItShould()
{
    const auto names = variant_names();
    const auto runs = [&](const char* name) { return std::find(names.begin(), names.end(), QByteArray(name)) != names.end(); };
    QCOMPARE(names.back(), QByteArray("portable"));
#if defined(__x86_64__)
    QCOMPARE(runs("avx2"), __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"));
    QCOMPARE(runs("avx512"), static_cast<bool>(__builtin_cpu_supports("avx512f")));
#endif
}

void TestKernels::productEqualsTheDefinition_data()
{
    QTest::addColumn<QByteArray>("variant");
    QTest::addColumn<int>("type");
    const std::pair<const char*, io::DataType> types[] = {
        {"F32", io::DataType::F32}, {"F16", io::DataType::F16}, {"BF16", io::DataType::BF16}};
    for (const QByteArray& name : variant_names()) {
        for (const auto& [label, type] : types) {
            QTest::addRow("%s weights, %s", label, name.constData()) << name << static_cast<int>(type);
        }
    }
}

void TestKernels::productEqualsTheDefinition()
{
    QFETCH(QByteArray, variant);
    QFETCH(int, type);
    const KernelTable& table = *table_named(variant);
    double worst = 0;
    for (const auto& [outputs, inputs] : {std::pair<std::int64_t, std::int64_t>{1, 1}, {31, 7}, {33, 64}, {70, 37}, {96, 129}, {100, 16}}) {
        const Matrix matrix(static_cast<io::DataType>(type), outputs, inputs, static_cast<unsigned>(outputs));
        for (std::int64_t rows = 1; rows <= 17; ++rows) {
            const std::int64_t x_stride = inputs + 3;
            const std::int64_t out_stride = outputs + 5;
            const auto x = drawn(static_cast<std::size_t>(rows * x_stride), static_cast<unsigned>(rows));
            const auto bias = drawn(static_cast<std::size_t>(outputs), 77);
            const auto before = drawn(static_cast<std::size_t>(rows * out_stride), 78);
            auto out = before;
            const bool add = rows % 2 == 0;
            const bool biased = rows % 3 != 0;
            table.matmul({.matrix = &matrix.packed,
                          .first_block = 0,
                          .last_block = matrix.packed.blocks(),
                          .x = x.data(),
                          .x_stride = x_stride,
                          .rows = rows,
                          .bias = biased ? bias.data() : nullptr,
                          .out = out.data(),
                          .out_stride = out_stride,
                          .add = add});
            for (std::int64_t r = 0; r < rows; ++r) {
                for (std::int64_t o = 0; o < out_stride; ++o) {
                    const auto at = static_cast<std::size_t>(r * out_stride + o);
                    if (o >= outputs) {
                        QCOMPARE(out[at], before[at]);  // nothing is written past the outputs
                        continue;
                    }
                    double sum = biased ? static_cast<double>(bias[static_cast<std::size_t>(o)]) : 0;
                    double size = std::abs(sum);
                    for (std::int64_t i = 0; i < inputs; ++i) {
                        const double product = static_cast<double>(x[static_cast<std::size_t>(r * x_stride + i)]) *
                                               static_cast<double>(matrix.values[static_cast<std::size_t>(o * inputs + i)]);
                        sum += product;
                        size += std::abs(product);
                    }
                    sum += add ? static_cast<double>(before[at]) : 0;
                    worst = std::max(worst, std::abs(static_cast<double>(out[at]) - sum) / (size + 1));
                }
            }
        }
    }
    QVERIFY2(worst < 1e-6, qPrintable(QString::number(worst)));
}

void TestKernels::everyHalfIsReadExactly()
{
    QFETCH(QByteArray, variant);
    constexpr std::int64_t kPatterns = 65536;
    for (const io::DataType type : {io::DataType::F16, io::DataType::BF16}) {
        std::vector<std::uint16_t> patterns(kPatterns);
        for (std::size_t i = 0; i < patterns.size(); ++i) {
            patterns[i] = static_cast<std::uint16_t>(i);
        }
        PackedMatrix matrix{.type = type, .outputs = kPatterns, .inputs = 1};
        Arena arena = Arena::allocate(matrix.bytes());
        std::byte* const memory = arena.take(matrix.bytes());
        pack_rows(type, reinterpret_cast<const std::uint8_t*>(patterns.data()), kPatterns, 1, memory, 0);
        matrix.data = memory;
        const float one = 1;
        std::vector<float> out(kPatterns);
        table_named(variant)->matmul({.matrix = &matrix,
                                      .first_block = 0,
                                      .last_block = matrix.blocks(),
                                      .x = &one,
                                      .x_stride = 1,
                                      .rows = 1,
                                      .out = out.data(),
                                      .out_stride = kPatterns});
        for (std::size_t i = 0; i < patterns.size(); ++i) {
            const float expected = type == io::DataType::F16 ? io::half_to_float(patterns[i]) : io::brain_to_float(patterns[i]);
            QVERIFY2(out[i] == expected || (std::isnan(out[i]) && std::isnan(expected)), qPrintable(QString("pattern %1").arg(i)));
        }
    }
}

void TestKernels::packingKeepsEveryRow()
{
    for (const io::DataType type : {io::DataType::F32, io::DataType::F16, io::DataType::BF16}) {
        const Matrix matrix(type, 75, 19, 5);
        std::vector<float> row(19);
        for (std::int64_t r = 0; r < 75; ++r) {
            unpack_row(matrix.packed, r, row.data());
            QVERIFY(std::equal(row.begin(), row.end(), matrix.values.begin() + r * 19));
        }
    }
}

void TestKernels::exponentialIsAccurate()
{
    QFETCH(QByteArray, variant);
    const KernelTable& table = *table_named(variant);
    auto x = drawn(20011, 3, -87, 88);
    const auto small = drawn(5000, 4, -1, 1);
    x.insert(x.end(), small.begin(), small.end());
    auto y = x;
    table.exponential(y.data(), static_cast<std::int64_t>(y.size()));
    double worst = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        const double expected = std::exp(static_cast<double>(x[i]));
        worst = std::max(worst, std::abs(static_cast<double>(y[i]) - expected) / expected);
    }
    qInfo() << "largest relative error" << worst;
    QVERIFY(worst < 2e-7);
    float special[] = {0.0F, -INFINITY, -88.0F, -1e30F, NAN, 88.0F, 1e30F, INFINITY};
    table.exponential(special, 8);
    QCOMPARE(special[0], 1.0F);
    QVERIFY(special[1] == 0 && special[2] == 0 && special[3] == 0);
    QVERIFY(std::isnan(special[4]));
    QVERIFY(std::isfinite(special[5]) && special[6] == special[5] && special[7] == special[5]);
}

void TestKernels::softmaxEqualsTheDefinition()
{
    QFETCH(QByteArray, variant);
    const KernelTable& table = *table_named(variant);
    for (std::size_t count = 1; count <= 70; ++count) {
        auto x = drawn(count, static_cast<unsigned>(count), -30, 30);
        if (count > 3) {
            x[1] = -INFINITY;
        }
        auto y = x;
        table.softmax(y.data(), static_cast<std::int64_t>(count));
        const double top = *std::max_element(x.begin(), x.end());
        double sum = 0;
        for (const float value : x) {
            sum += std::exp(static_cast<double>(value) - top);
        }
        for (std::size_t i = 0; i < count; ++i) {
            QVERIFY(std::abs(static_cast<double>(y[i]) - std::exp(static_cast<double>(x[i]) - top) / sum) < 3e-7);
        }
        QVERIFY(count <= 3 || y[1] == 0);
    }
    float with_nan[] = {1.0F, NAN, 2.0F};
    table.softmax(with_nan, 3);
    QVERIFY(std::isnan(with_nan[1]));  // NaN is shown, not hidden
    table.softmax(with_nan, 0);
}

void TestKernels::dotEqualsTheDefinition()
{
    QFETCH(QByteArray, variant);
    for (std::size_t count = 0; count <= 70; ++count) {
        const auto a = drawn(count, 1);
        const auto b = drawn(count, 2);
        double sum = 0;
        for (std::size_t i = 0; i < count; ++i) {
            sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
        }
        const float got = table_named(variant)->dot(a.data(), b.data(), static_cast<std::int64_t>(count));
        QVERIFY(std::abs(static_cast<double>(got) - sum) < 1e-5);
    }
}

void TestKernels::normsEqualTheDefinition()
{
    QFETCH(QByteArray, variant);
    const KernelTable& table = *table_named(variant);
    constexpr float kEpsilon = 1e-3F;
    for (const std::size_t count : {1, 5, 16, 33, 100, 256}) {
        const auto n = static_cast<std::int64_t>(count);
        const auto x = drawn(count, 1, -2, 3);
        const auto weight = drawn(count, 2);
        const auto bias = drawn(count, 3);
        double mean = 0;
        double square = 0;
        for (const float value : x) {
            mean += static_cast<double>(value) / static_cast<double>(count);
            square += static_cast<double>(value) * static_cast<double>(value) / static_cast<double>(count);
        }
        std::vector<float> rms(count);
        std::vector<float> layer(count);
        std::vector<float> in_place = x;
        table.rms_norm(x.data(), weight.data(), kEpsilon, n, rms.data());
        table.layer_norm(x.data(), weight.data(), bias.data(), kEpsilon, n, layer.data());
        table.layer_norm(in_place.data(), weight.data(), bias.data(), kEpsilon, n, in_place.data());
        QCOMPARE(in_place, layer);
        for (std::size_t i = 0; i < count; ++i) {
            const double w = weight[i];
            const double by_rms = static_cast<double>(x[i]) / std::sqrt(square + 1e-3) * w;
            const double by_layer =
                (static_cast<double>(x[i]) - mean) / std::sqrt(square - mean * mean + 1e-3) * w + static_cast<double>(bias[i]);
            QVERIFY(std::abs(static_cast<double>(rms[i]) - by_rms) < 2e-6);
            QVERIFY(std::abs(static_cast<double>(layer[i]) - by_layer) < 5e-6);
        }
    }
}

void TestKernels::activationsEqualTheDefinition()
{
    QFETCH(QByteArray, variant);
    const auto gate = drawn(1003, 1, -12, 12);
    const auto up = drawn(1003, 2);
    for (const ActivationKind kind : {ActivationKind::Silu, ActivationKind::GeluTanh, ActivationKind::GeluErf, ActivationKind::Relu}) {
        for (const bool gated : {true, false}) {
            auto out = gate;
            table_named(variant)->activate(kind, out.data(), gated ? up.data() : nullptr, 1003, out.data());
            for (std::size_t i = 0; i < out.size(); ++i) {
                const double expected =
                    activation_by_definition(kind, static_cast<double>(gate[i])) * (gated ? static_cast<double>(up[i]) : 1);
                const double difference = std::abs(static_cast<double>(out[i]) - expected);
                QVERIFY2(difference < 2e-6,
                         qPrintable(QString("kind %1 at %2: %3").arg(static_cast<int>(kind)).arg(gate[i]).arg(difference)));
            }
        }
    }
}

void TestKernels::attentionEqualsTheDefinition()
{
    QFETCH(QByteArray, variant);
    constexpr std::int64_t kSlots = 90;
    for (const std::int64_t dim : {1, 7, 8, 16, 24, 32, 37, 64, 80}) {
        for (const std::int64_t prefix : {0, 1, 3, 15, 16, 33, 60}) {
            const auto q = drawn(static_cast<std::size_t>(dim), 1);
            const auto keys = drawn(static_cast<std::size_t>(kSlots * dim), 2);
            const auto values = drawn(static_cast<std::size_t>(kSlots * dim), 3);
            const std::vector<std::int32_t> tail{62, 65, 70, 71, 89};
            const std::int64_t begin = prefix > 2 ? 2 : 0;
            std::vector<std::int64_t> slots;
            for (std::int64_t slot = begin; slot < prefix; ++slot) {
                slots.push_back(slot);
            }
            slots.insert(slots.end(), tail.begin(), tail.end());
            const double cap = dim % 2 == 0 ? 0 : 1.5;
            std::vector<float> out(static_cast<std::size_t>(dim));
            std::vector<float> scores(static_cast<std::size_t>(padded_count(static_cast<std::int64_t>(slots.size()))));
            table_named(variant)->attend({.query = q.data(),
                                          .keys = keys.data(),
                                          .values = values.data(),
                                          .head_dim = dim,
                                          .prefix_begin = begin,
                                          .prefix_end = prefix,
                                          .tail = tail.data(),
                                          .tail_count = 5,
                                          .scale = 0.7F,
                                          .softcap = static_cast<float>(cap),
                                          .out = out.data(),
                                          .scores = scores.data(),
                                          .normalise_scores = true});
            std::vector<double> p;
            for (const std::int64_t slot : slots) {
                double s = 0;
                for (std::int64_t c = 0; c < dim; ++c) {
                    s += static_cast<double>(q[static_cast<std::size_t>(c)]) *
                         static_cast<double>(keys[static_cast<std::size_t>(slot * dim + c)]);
                }
                s *= 0.7;
                p.push_back(std::exp(cap > 0 ? cap * std::tanh(s / cap) : s));
            }
            const double sum = std::accumulate(p.begin(), p.end(), 0.0);
            for (std::size_t i = 0; i < p.size(); ++i) {
                p[i] /= sum;
                QVERIFY(std::abs(static_cast<double>(scores[i]) - p[i]) < 2e-6);
            }
            for (std::int64_t c = 0; c < dim; ++c) {
                double expected = 0;
                for (std::size_t i = 0; i < p.size(); ++i) {
                    expected += p[i] * static_cast<double>(values[static_cast<std::size_t>(slots[i] * dim + c)]);
                }
                QVERIFY(std::abs(static_cast<double>(out[static_cast<std::size_t>(c)]) - expected) < 3e-6);
            }
        }
    }
}

void TestKernels::softcapEqualsTheDefinition()
{
    QFETCH(QByteArray, variant);
    const auto x = drawn(77, 9, -120, 120);
    auto y = x;
    table_named(variant)->softcap(y.data(), 77, 30);
    for (std::size_t i = 0; i < x.size(); ++i) {
        QVERIFY(std::abs(static_cast<double>(y[i]) - 30 * std::tanh(static_cast<double>(x[i]) / 30)) < 1e-5);
    }
}

void TestKernels::freeFunctionsGiveTheFastestVariantsBits()
{
    const KernelTable& fastest = *available_kernels().front();
    QCOMPARE(QByteArray(variant_name()), QByteArray(fastest.name));
    const auto a = drawn(45, 1);
    const auto b = drawn(45, 2);
    QCOMPARE(dot(a, b), fastest.dot(a.data(), b.data(), 45));
    auto x = a;
    auto y = a;
    softmax_in_place(x);
    fastest.softmax(y.data(), 45);
    QCOMPARE(x, y);
    x = y = a;
    exp_in_place(x);
    fastest.exponential(y.data(), 45);
    QCOMPARE(x, y);
    const Matrix matrix(io::DataType::F32, 40, 45, 3);
    std::vector<float> out(40);
    matmul(matrix.packed, a.data(), 45, 1, nullptr, out.data(), 40);
    for (std::size_t o = 0; o < out.size(); ++o) {
        double sum = 0;
        for (std::size_t i = 0; i < 45; ++i) {
            sum += static_cast<double>(a[i]) * static_cast<double>(matrix.values[o * 45 + i]);
        }
        QVERIFY(std::abs(static_cast<double>(out[o]) - sum) < 1e-5);
    }
}

QTEST_APPLESS_MAIN(TestKernels)
#include "test_kernels.moc"
