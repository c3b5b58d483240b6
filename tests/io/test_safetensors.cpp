// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/content_hash.h"
#include "core/io/float_convert.h"
#include "core/io/safetensors.h"
#include "safetensors_builder.h"

#include <QtTest>

#include <QTemporaryDir>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <set>

using namespace timberline;
using io::DataType;
using io::SafetensorsFile;
using Shape = std::vector<std::int64_t>;
Q_DECLARE_METATYPE(timberline::io::DataType)
Q_DECLARE_METATYPE(Shape)

namespace {

/// Halves to floats by the definition: (-1)^s 2^(e-15) (1 + m/1024), and m 2^-24 for e = 0.
double half_by_definition(std::uint16_t half)
{
    const int exponent = (half >> 10) & 31;
    const int mantissa = half & 1023;
    const double sign = (half & 0x8000) != 0 ? -1 : 1;
    if (exponent == 31) {
        return mantissa == 0 ? sign * std::numeric_limits<double>::infinity() : std::nan("");
    }
    return sign * (exponent == 0 ? std::ldexp(mantissa, -24) : std::ldexp(1024 + mantissa, exponent - 25));
}

std::string hash_of(std::initializer_list<std::string> pieces)
{
    io::ContentHash hash;
    for (const std::string& piece : pieces) {
        hash.add(reinterpret_cast<const std::uint8_t*>(piece.data()), piece.size());
    }
    return hash.text();
}

} // namespace

class TestSafetensors : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void fixtures_data()
    {
        QTest::addColumn<QString>("folder");
        QTest::addColumn<int>("count");
        QTest::addColumn<QString>("tensor");
        QTest::addColumn<DataType>("type");
        QTest::addColumn<Shape>("shape");
        QTest::addColumn<QString>("hash");
        // Counts, types and shapes as Python's struct and json modules read them from the headers; hashes from a Python transcription
        // of the definition in content_hash.h.
        QTest::addRow("gpt2") << "gpt2" << 52 << "transformer.h.0.attn.c_attn.weight" << DataType::F32 << Shape{64, 192}
                              << "3b1329ce31d4c553";
        QTest::addRow("gpt-neo") << "gpt-neo-local" << 56 << "transformer.h.0.attn.attention.out_proj.bias" << DataType::F32 << Shape{64}
                                 << "8b047b31f5d2abfb";
        QTest::addRow("llama") << "llama-gqa" << 39 << "model.layers.0.mlp.down_proj.weight" << DataType::F32 << Shape{64, 176}
                               << "c3172f91c08e9182";
        QTest::addRow("qwen2 in bf16") << "qwen2-tied-bf16" << 50 << "model.embed_tokens.weight" << DataType::BF16 << Shape{640, 64}
                                       << "219e80920c0ed43c";
    }
    void fixtures()
    {
        QFETCH(QString, folder);
        QFETCH(int, count);
        QFETCH(QString, tensor);
        QFETCH(DataType, type);
        QFETCH(Shape, shape);
        QFETCH(QString, hash);
        const auto opened = SafetensorsFile::open_folder(TIMBERLINE_FIXTURES "/" + folder.toStdString());
        QVERIFY2(opened.ok(), opened.ok() ? "" : opened.error().message.c_str());
        QCOMPARE(static_cast<int>(opened->tensors().size()), count);
        QCOMPARE(opened->metadata().at("format"), std::string("pt"));
        QCOMPARE(opened->files().size(), std::size_t{1});
        const auto view = opened->tensor(tensor.toStdString());
        QVERIFY(view.ok());
        QVERIFY(view->type == type);
        QVERIFY(view->shape == shape);
        QVERIFY(opened->contains(tensor.toStdString()));
        QCOMPARE(QString::fromStdString(opened->content_hash()), hash);
    }

    void statisticsOfFixtures_data()
    {
        QTest::addColumn<QString>("folder");
        QTest::addColumn<double>("minimum");
        QTest::addColumn<double>("maximum");
        QTest::addColumn<double>("mean");
        QTest::addColumn<double>("deviation");
        // model.embed_tokens.weight by numpy in double: min, max, mean, std.
        QTest::addRow("F32") << "llama-gqa" << -0.5076392889022827 << 0.5129745006561279 << 0.00012966111154236805 << 0.1201584789031273;
        QTest::addRow("BF16") << "qwen2-tied-bf16" << -0.5078125 << 0.51171875 << 0.0001296909704521454 << 0.1201583033387838;
    }
    void statisticsOfFixtures()
    {
        QFETCH(QString, folder);
        QFETCH(double, minimum);
        QFETCH(double, maximum);
        QFETCH(double, mean);
        QFETCH(double, deviation);
        const auto opened = SafetensorsFile::open_folder(TIMBERLINE_FIXTURES "/" + folder.toStdString());
        const auto got = io::statistics(*opened->tensor("model.embed_tokens.weight"));
        QVERIFY(got.ok());
        QCOMPARE(got->minimum, minimum);
        QCOMPARE(got->maximum, maximum);
        QVERIFY(std::abs(got->mean - mean) < 1e-12);
        QVERIFY(std::abs(got->standard_deviation - deviation) < 1e-12);
        QCOMPARE(got->not_finite, std::int64_t{0});
    }

    void statisticsOfOddTensors()
    {
        const auto of = [](const std::vector<float>& values) {
            io::TensorView view{.name = "t",
                                .shape = {static_cast<std::int64_t>(values.size())},
                                .data = reinterpret_cast<const std::uint8_t*>(values.data()),
                                .bytes = values.size() * sizeof(float)};
            return *io::statistics(view);
        };
        const float infinity = std::numeric_limits<float>::infinity();
        const auto mixed = of({1, -infinity, 3, std::nanf(""), infinity});
        QCOMPARE(mixed.not_finite, std::int64_t{3});
        QCOMPARE(mixed.minimum, 1.0);
        QCOMPARE(mixed.maximum, 3.0);
        QCOMPARE(mixed.mean, 2.0);
        QCOMPARE(mixed.standard_deviation, 1.0);
        const auto none = of({std::nanf(""), infinity});
        QCOMPARE(none.not_finite, std::int64_t{2});
        QCOMPARE(none.maximum, 0.0);
        QCOMPARE(of({}).mean, 0.0);
        // A large offset must not eat the spread: 2^22 +- 0.5, exact in float, over several blocks.
        std::vector<float> shifted(20'000);
        for (std::size_t i = 0; i < shifted.size(); ++i) {
            shifted[i] = 4194304.0F + (i % 2 == 0 ? 0.5F : -0.5F);
        }
        QVERIFY(std::abs(of(shifted).standard_deviation - 0.5) < 1e-9);
        CancelToken cancel;
        cancel.cancel();
        io::TensorView view{.name = "t", .shape = {2}, .data = reinterpret_cast<const std::uint8_t*>(shifted.data()), .bytes = 8};
        QVERIFY(io::statistics(view, cancel).error().code == ErrorCode::Cancelled);
    }

    void everyHalfConvertsExactly()
    {
        std::vector<std::uint16_t> halves(65536);
        for (std::size_t i = 0; i < halves.size(); ++i) {
            halves[i] = static_cast<std::uint16_t>(i);
        }
        // Once through the dispatching converter (an odd count and an odd address as well), once through the portable one.
        std::vector<std::uint8_t> bytes(2 * halves.size() + 1);
        std::memcpy(bytes.data() + 1, halves.data(), 2 * halves.size());
        std::vector<float> fast(halves.size());
        io::halves_to_floats(bytes.data() + 1, halves.size() - 1, fast.data());
        fast.back() = io::half_to_float(halves.back());
        for (std::size_t i = 0; i < halves.size(); ++i) {
            const double expected = half_by_definition(halves[i]);
            const float portable = io::half_to_float(halves[i]);
            if (std::isnan(expected)) {
                QVERIFY(std::isnan(portable) && std::isnan(fast[i]));
                continue;
            }
            QVERIFY2(static_cast<double>(portable) == expected && static_cast<double>(fast[i]) == expected,
                     qPrintable(QString::number(i, 16)));
            QCOMPARE(std::signbit(portable), std::signbit(expected));
            QCOMPARE(std::signbit(fast[i]), std::signbit(expected));
        }
    }

    void brainFloatsAreTheUpperHalf()
    {
        const std::uint16_t brains[] = {0x3F80, 0xC000, 0x0000, 0x8000, 0x7F80, 0x4049};
        const float expected[] = {1.0F, -2.0F, 0.0F, -0.0F, std::numeric_limits<float>::infinity(), 3.140625F};
        float got[6];
        io::brains_to_floats(reinterpret_cast<const std::uint8_t*>(brains), 6, got);
        QVERIFY(std::memcmp(got, expected, sizeof got) == 0);
    }

    void everyTypeReads_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("data");
        // The numbers 1 and -2, little endian.
        QTest::addRow("F32") << QByteArray("F32") << QByteArray::fromHex("0000803f000000c0");
        QTest::addRow("F16") << QByteArray("F16") << QByteArray::fromHex("003c00c0");
        QTest::addRow("BF16") << QByteArray("BF16") << QByteArray::fromHex("803f00c0");
        QTest::addRow("F64") << QByteArray("F64") << QByteArray::fromHex("000000000000f03f00000000000000c0");
        QTest::addRow("I64") << QByteArray("I64") << QByteArray::fromHex("0100000000000000feffffffffffffff");
        QTest::addRow("I32") << QByteArray("I32") << QByteArray::fromHex("01000000feffffff");
        QTest::addRow("I16") << QByteArray("I16") << QByteArray::fromHex("0100feff");
        QTest::addRow("I8") << QByteArray("I8") << QByteArray::fromHex("01fe");
    }
    void everyTypeReads()
    {
        QFETCH(QByteArray, name);
        QFETCH(QByteArray, data);
        QTemporaryDir folder;
        // A header of odd length puts the data at an odd address.
        QByteArray header = QByteArray(R"({"t":{"dtype":"TYPE","shape":[2,1],"data_offsets":[0,SIZE]}})")
                                .replace("TYPE", name)
                                .replace("SIZE", QByteArray::number(data.size()));
        header += header.size() % 2 == 0 ? " " : "";
        QVERIFY(builder::write(folder.filePath("model.safetensors"), builder::file(header, data)));
        const auto opened = SafetensorsFile::open_folder(folder.path().toStdString());
        QVERIFY2(opened.ok(), opened.ok() ? "" : opened.error().message.c_str());
        const auto view = *opened->tensor("t");
        QCOMPARE(view.elements(), std::int64_t{2});
        QCOMPARE(io::name_of(view.type), std::string_view(name.constData()));
        float values[2] = {};
        io::to_float32(view, values);
        QCOMPARE(values[0], 1.0F);
        QCOMPARE(values[1], -2.0F);
        float second = 0;
        io::to_float32(view, 1, 1, &second);
        QCOMPARE(second, -2.0F);
        QCOMPARE(io::statistics(view)->mean, -0.5);
    }

    void emptyAndScalarTensorsAreValid()
    {
        QTemporaryDir folder;
        const QByteArray header =
            R"({"none":{"dtype":"F32","shape":[0,4],"data_offsets":[0,0]},"one":{"dtype":"F32","shape":[],"data_offsets":[0,4]},)"
            R"("huge":{"dtype":"F32","shape":[0,9223372036854775807,9],"data_offsets":[4,4]}})";
        QVERIFY(builder::write(folder.filePath("model.safetensors"), builder::file(header, QByteArray::fromHex("0000803f"))));
        const auto opened = SafetensorsFile::open_folder(folder.path().toStdString());
        QVERIFY2(opened.ok(), opened.ok() ? "" : opened.error().message.c_str());
        QCOMPARE(opened->tensor("none")->elements(), std::int64_t{0});
        QCOMPARE(opened->tensor("one")->elements(), std::int64_t{1});
        QVERIFY(opened->tensor("one")->shape.empty());
        QCOMPARE(opened->tensor("huge")->elements(), std::int64_t{0});
    }

    void writtenFilesReadBack()
    {
        QTemporaryDir folder;
        const std::vector<float> a{1, -2, 0.5F, 3e-42F, std::numeric_limits<float>::max(), -0.0F};
        const std::vector<float> b{7};
        const std::filesystem::path path = folder.filePath("model.safetensors").toStdString();
        QVERIFY(
            io::write_safetensors(path, {{"z.first", {2, 3}, a.data()}, {"empty", {0}, nullptr}, {"a.second", {}, b.data()}}, {{"k", "v"}})
                .ok());
        const auto opened = SafetensorsFile::open_file(path);
        QVERIFY2(opened.ok(), opened.ok() ? "" : opened.error().message.c_str());
        QCOMPARE(opened->tensors().size(), std::size_t{3});
        QCOMPARE(opened->metadata().at("k"), std::string("v"));
        const auto view = *opened->tensor("z.first");
        QVERIFY(view.shape == Shape({2, 3}));
        QVERIFY(std::memcmp(view.data, a.data(), view.bytes) == 0);
        QVERIFY(reinterpret_cast<std::uintptr_t>(view.data) % 8 == 0);
        QCOMPARE(*reinterpret_cast<const float*>(opened->tensor("a.second")->data), 7.0F);

        const auto twice = io::write_safetensors(path, {{"a", {1}, b.data()}, {"a", {1}, b.data()}});
        QVERIFY(!twice.ok() && twice.error().code == ErrorCode::InvalidArgument);
        QVERIFY(!io::write_safetensors(path, {{"a", {-1}, b.data()}}).ok());
        QVERIFY(!io::write_safetensors(path, {{"a", {std::int64_t{1} << 62}, b.data()}}).ok());
        QVERIFY(!io::write_safetensors(path, {{"__metadata__", {1}, b.data()}}).ok());
        QVERIFY(SafetensorsFile::open_file(path).ok()); // the refused writes left the good file alone
    }

    void shardsBecomeOneTable()
    {
        QTemporaryDir folder;
        const QByteArray header = R"({"NAME":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})";
        QVERIFY(builder::write(folder.filePath("s-1.safetensors"),
                               builder::file(QByteArray(header).replace("NAME", "a"), QByteArray::fromHex("0000803f"))));
        QVERIFY(builder::write(folder.filePath("s-2.safetensors"),
                               builder::file(QByteArray(header).replace("NAME", "b"), QByteArray::fromHex("000000c0"))));
        QVERIFY(builder::write(folder.filePath("model.safetensors.index.json"),
                               R"({"metadata":{"total_size":8},"weight_map":{"a":"s-1.safetensors","b":"s-2.safetensors"}})"));
        auto opened = SafetensorsFile::open_folder(folder.path().toStdString());
        QVERIFY2(opened.ok(), opened.ok() ? "" : opened.error().message.c_str());
        QCOMPARE(opened->files().size(), std::size_t{2});
        SafetensorsFile moved = std::move(opened).value(); // views stay valid
        float value = 0;
        io::to_float32(*moved.tensor("b"), &value);
        QCOMPARE(value, -2.0F);
        const auto missing = moved.tensor("c");
        QVERIFY(!missing.ok());
        QVERIFY(missing.error().message.find(folder.path().toStdString()) != std::string::npos);
    }

    void missingTensorNamesTheNearest()
    {
        const auto opened = SafetensorsFile::open_folder(TIMBERLINE_FIXTURES "/llama-gqa");
        const auto missing = opened->tensor("model.norms.weight");
        QVERIFY(!missing.ok() && missing.error().code == ErrorCode::BadFile);
        QVERIFY(missing.error().message.find("model.safetensors: tensor 'model.norms.weight' is missing") != std::string::npos);
        QCOMPARE(missing.error().hint, std::string("the nearest name in the file is 'model.norm.weight'"));
        QVERIFY(!opened->contains("model.norms.weight"));
    }

    void contentHashes()
    {
        // From the Python transcription.
        QCOMPARE(hash_of({""}), std::string("a55bdf37c08724b5"));
        QCOMPARE(hash_of({"abc"}), std::string("af6c4d079e6ad116"));
        std::string bytes;
        for (int i = 0; i < 77; ++i) {
            bytes += static_cast<char>(i);
        }
        QCOMPARE(hash_of({bytes}), std::string("9a8aa33c4cda53b2"));
        QCOMPARE(hash_of({"abc", "def"}), std::string("2a2bd1f6badfe229"));
        QCOMPARE(hash_of({"abcdef"}), std::string("83271c6153c7b9b2"));
    }

    void everyBitChangesTheHash()
    {
        std::string bytes(40, 'x');
        std::set<std::string> seen{hash_of({bytes})};
        for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
            std::string other = bytes;
            other[bit / 8] = static_cast<char>(other[bit / 8] ^ (1 << (bit % 8)));
            seen.insert(hash_of({other}));
        }
        seen.insert(hash_of({bytes + std::string(1, '\0')}));
        QCOMPARE(seen.size(), std::size_t{322});
    }
};

QTEST_APPLESS_MAIN(TestSafetensors)
#include "test_safetensors.moc"
