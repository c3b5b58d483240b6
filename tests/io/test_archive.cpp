// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/io/archive.h"

#include <QtTest>

#include <QTemporaryDir>

using namespace timberline;
using namespace timberline::io;
Q_DECLARE_METATYPE(timberline::ErrorCode)

namespace {

QByteArray bytesOf(const std::string& text)
{
    return QByteArray::fromStdString(text);
}

/// An npy file with the given header text, padded as version 1.0 wants it.
QByteArray npy(const QByteArray& header, const QByteArray& data)
{
    QByteArray out("\x93NUMPY\x01\x00", 8);
    out.append(static_cast<char>(header.size() & 0xFF));
    out.append(static_cast<char>(header.size() >> 8));
    return out + header + data;
}

} // namespace

class TestArchive : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void zipsRoundTrip_data()
    {
        QTest::addColumn<bool>("compress");
        QTest::addRow("stored") << false;
        QTest::addRow("deflated") << true;
    }
    void zipsRoundTrip()
    {
        QFETCH(bool, compress);
        const ArchiveEntries entries{
            {"config.json", "{}"}, {"data/empty", ""}, {"data/zeros", std::string(3'000'000, '\0')}, {"é", "\x01\xFF"}};
        const auto packed = zip_to_memory(entries, compress);
        QVERIFY2(packed.ok(), packed.ok() ? "" : packed.error().message.c_str());
        QCOMPARE(compress, packed->size() < 100'000);
        const auto back = read_zip_memory(*packed, "t.zip");
        QVERIFY2(back.ok(), back.ok() ? "" : back.error().message.c_str());
        QVERIFY(*back == entries);

        QTemporaryDir folder;
        const std::filesystem::path path = folder.filePath("t.zip").toStdString();
        QVERIFY(write_zip(path, entries, compress).ok());
        QCOMPARE(bytesOf(*read_file(path)), bytesOf(*packed));
        QVERIFY(*read_zip(path) == entries);
    }

    void equalEntriesGiveEqualBytes()
    {
        const ArchiveEntries entries{{"a", "text"}, {"b", std::string(1000, 'x')}};
        const auto first = zip_to_memory(entries, true);
        QTest::qWait(2100); // a zip's clock ticks every two seconds
        const auto second = zip_to_memory(entries, true);
        QCOMPARE(bytesOf(*first), bytesOf(*second));
        // Local header: signature, then at offset 10 the time and at 12 the date; 0x0021 is 1 January 1980.
        QCOMPARE(bytesOf(*first).left(4), QByteArray("PK\x03\x04", 4));
        QCOMPARE(bytesOf(*first).mid(10, 4), QByteArray("\x00\x00\x21\x00", 4));
    }

    void emptyArchivesExist()
    {
        const auto packed = zip_to_memory({}, true);
        QVERIFY(packed.ok());
        QCOMPARE(packed->size(), std::size_t{22});
        const auto back = read_zip_memory(*packed, "t.zip");
        QVERIFY2(back.ok(), back.ok() ? "" : back.error().message.c_str());
        QVERIFY(back->empty());
    }

    void unsafeNamesAreNotWritten_data()
    {
        QTest::addColumn<QString>("name");
        for (const char* name : {"", "/etc/passwd", "../up", "a/../../up", "a\\b", "./a", "folder/", "c:x"}) {
            QTest::addRow("'%s'", name) << QString(name);
        }
    }
    void unsafeNamesAreNotWritten()
    {
        QFETCH(QString, name);
        const auto packed = zip_to_memory({{name.toStdString(), "x"}}, false);
        QVERIFY(!packed.ok());
        QVERIFY(packed.error().code == ErrorCode::InvalidArgument);
    }

    void damagedZips_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("part");
        const QByteArray good = bytesOf(*zip_to_memory({{"entry-name", std::string(500, 'q')}}, false));
        QTest::addRow("empty file") << QByteArray() << "empty";
        QTest::addRow("no zip") << QByteArray("hello world, this is text") << "no zip archive";
        QTest::addRow("cut in the middle") << good.left(good.size() / 2) << "no zip archive";
        QTest::addRow("cut by one byte") << good.left(good.size() - 1) << "zip";
        QByteArray flipped = good;
        flipped[100] = static_cast<char>(flipped[100] ^ 1);
        QTest::addRow("content with a wrong checksum") << flipped << "entry 'entry-name': cannot be unpacked";
        QTest::addRow("name leaves the folder") << QByteArray(good).replace("entry-name", "../../name") << "leaves the archive's folder";
        QTest::addRow("absolute name") << QByteArray(good).replace("entry-name", "/etc/abcde") << "leaves the archive's folder";
        QByteArray bomb = good;
        const auto central = good.indexOf(QByteArray("PK\x01\x02", 4));
        bomb.replace(central + 24, 4, QByteArray("\x00\x00\x00\x7f", 4)); // unpacked size in the central directory
        QTest::addRow("promises two gigabytes") << bomb << "more than any packing reaches";
        QByteArray encrypted = good;
        encrypted[central + 8] = static_cast<char>(encrypted[central + 8] | 1);
        QTest::addRow("encrypted") << encrypted << "entry 'entry-name'";
        QByteArray method = good;
        method[central + 10] = 97;
        QTest::addRow("unknown packing") << method << "packed by method 97";
    }
    void damagedZips()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, part);
        const auto read = read_zip_memory(bytes.toStdString(), "t.zip");
        QVERIFY(!read.ok());
        const QString message = QString::fromStdString(read.error().message);
        QVERIFY2(message.startsWith("t.zip: ") && message.contains(part), qPrintable(message));
        QVERIFY(read.error().code == ErrorCode::BadFile || read.error().code == ErrorCode::Unsupported);
        QVERIFY(!read.error().hint.empty());
    }

    void limitCountsAllEntries()
    {
        const auto packed = zip_to_memory({{"a", std::string(600, 'x')}, {"b", std::string(600, 'y')}}, true);
        QVERIFY(read_zip_memory(*packed, "t.zip", 1200).ok());
        const auto over = read_zip_memory(*packed, "t.zip", 1199);
        QVERIFY(!over.ok());
        QVERIFY2(over.error().message.find("entry 'b': unpacks to 600 bytes, but only 599") != std::string::npos,
                 over.error().message.c_str());
    }

    void everyTruncationAndFlipOfAZipIsSurvived()
    {
        const QByteArray good = bytesOf(*zip_to_memory({{"a", std::string(60, 'x')}, {"b", "yy"}}, true));
        for (qsizetype length = 0; length < good.size(); ++length) {
            QVERIFY2(!read_zip_memory(good.left(length).toStdString(), "t").ok(), qPrintable(QString::number(length)));
        }
        for (qsizetype at = 0; at < good.size(); ++at) {
            for (const int bit : {0, 4, 7}) {
                QByteArray damaged = good;
                damaged[at] = static_cast<char>(damaged[at] ^ (1 << bit));
                (void)read_zip_memory(damaged.toStdString(), "t").ok();
            }
        }
    }

    void npyBytesAreWhatNumpyWrites()
    {
        // numpy.save of numpy.arange(6, dtype='<i8').reshape(2, 3), numpy 1.24.2: 128 bytes of header, then the numbers.
        Array array{Array::Type::I64, {2, 3}, std::vector<std::uint8_t>(48)};
        for (std::size_t i = 0; i < 6; ++i) {
            array.bytes[8 * i] = static_cast<std::uint8_t>(i);
        }
        QByteArray expected("\x93NUMPY\x01\x00v\x00{'descr': '<i8', 'fortran_order': False, 'shape': (2, 3), }", 69);
        expected = expected.leftJustified(127, ' ') + '\n';
        for (int i = 0; i < 6; ++i) {
            expected += QByteArray(1, static_cast<char>(i)) + QByteArray(7, '\0');
        }
        QCOMPARE(bytesOf(npy_bytes(array)), expected);
    }

    void npyRoundTrips_data()
    {
        QTest::addColumn<QString>("shape");
        QTest::addColumn<int>("elements");
        QTest::addRow("scalar") << "" << 1;
        QTest::addRow("vector") << "3" << 3;
        QTest::addRow("empty") << "0" << 0;
        QTest::addRow("matrix") << "2 3" << 6;
        QTest::addRow("empty matrix") << "4 0" << 0;
        QTest::addRow("five dimensions") << "1 2 1 3 1" << 6;
    }
    void npyRoundTrips()
    {
        QFETCH(QString, shape);
        QFETCH(int, elements);
        std::vector<std::int64_t> sizes;
        for (const QString& size : shape.split(' ', Qt::SkipEmptyParts)) {
            sizes.push_back(size.toLongLong());
        }
        const std::vector<float> floats{0.5F, -1, 2, 3, 4, 5};
        const std::vector<std::int32_t> ints{7, -8, 9, 10, 11, 12};
        for (const Array& array : {make_array(sizes, floats.data()), make_array(sizes, ints.data())}) {
            QCOMPARE(array.bytes.size(), static_cast<std::size_t>(4 * elements));
            const std::string bytes = npy_bytes(array);
            QCOMPARE((bytes.size() - array.bytes.size()) % 64, std::size_t{0});
            const auto back = parse_npy(bytes, "t");
            QVERIFY2(back.ok(), back.ok() ? "" : back.error().message.c_str());
            QVERIFY(back->type == array.type && back->shape == array.shape && back->bytes == array.bytes);
        }
    }

    void damagedNpy_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<ErrorCode>("code");
        QTest::addColumn<QString>("part");
        const auto row = [](const char* name, const QByteArray& bytes, const char* part, ErrorCode code = ErrorCode::BadFile) {
            QTest::addRow("%s", name) << bytes << code << QString(part);
        };
        const QByteArray four(4, '\0');
        row("empty", "", "is no npy array");
        row("only the magic", QByteArray("\x93NUMPY"), "is no npy array");
        row("text", "hello, this is text", "is no npy array");
        row("version 9", QByteArray("\x93NUMPY\x09\x00\x00\x00", 10), "npy version 9", ErrorCode::Unsupported);
        row("version 2 cut in its length", QByteArray("\x93NUMPY\x02\x00\x10\x00", 10), "header length");
        row("header past the end", QByteArray("\x93NUMPY\x01\x00\xff\xff{}", 12), "header length 65535");
        row("header of 4 GiB", QByteArray("\x93NUMPY\x02\x00\xff\xff\xff\xff{}", 14), "header length 4294967295");
        row("header is no dictionary", npy("[]", four), "cannot be read");
        row("header is empty", npy("", four), "cannot be read");
        row("header never ends", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)", four), "cannot be read");
        row("header calls a function", npy("{'descr': '<f4', 'fortran_order': False, 'shape': exit(1), }", four), "cannot be read");
        row("text behind the header", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), } x", four), "cannot be read");
        row("key missing", npy("{'descr': '<f4', 'shape': (1,), }", four), "cannot be read");
        row("key twice", npy("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", four), "cannot be read");
        row("unknown key", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'x': 1, }", four), "cannot be read");
        row("negative size", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", four), "cannot be read");
        row("size beyond 63 bits", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (9999999999999999999,), }", four),
            "cannot be read");
        row("open tuple", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1,", four), "cannot be read");
        row("shape product overflows", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }", {}),
            "too many elements");
        row("byte count overflows", npy("{'descr': '<i8', 'fortran_order': False, 'shape': (4611686018427387904,), }", {}),
            "but 0 bytes of data follow");
        row("data cut short", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", four), "but 4 bytes of data follow");
        row("data too long", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (), }", four + four), "but 8 bytes of data follow");
        row("Fortran order", npy("{'descr': '<f4', 'fortran_order': True, 'shape': (1,), }", four), "fortran_order True",
            ErrorCode::Unsupported);
        row("big endian", npy("{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }", four), "descr '>f4'", ErrorCode::Unsupported);
        row("Python objects", npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", four), "descr '|O'", ErrorCode::Unsupported);
    }
    void damagedNpy()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(ErrorCode, code);
        QFETCH(QString, part);
        const auto array = parse_npy(bytes.toStdString(), "rows.npz: entry 'x.npy'");
        QVERIFY(!array.ok());
        const QString message = QString::fromStdString(array.error().message);
        QVERIFY2(array.error().code == code && message.startsWith("rows.npz: entry 'x.npy': ") && message.contains(part),
                 qPrintable(message));
    }

    void npzRoundTrips()
    {
        QTemporaryDir folder;
        const std::filesystem::path path = folder.filePath("t.npz").toStdString();
        const float logits[] = {1, 2, 3, 4};
        const std::int32_t ids[] = {0, 1902};
        QVERIFY(
            write_npz(path, {{"logits", make_array({2, 2}, logits)}, {"hidden.0", make_array({4}, logits)}, {"ids", make_array({2}, ids)}})
                .ok());
        const auto back = read_npz(path);
        QVERIFY2(back.ok(), back.ok() ? "" : back.error().message.c_str());
        QCOMPARE(back->size(), std::size_t{3});
        QVERIFY(back->at("hidden.0").shape == std::vector<std::int64_t>{4});
        QVERIFY(back->at("ids").bytes == make_array({2}, ids).bytes);

        QVERIFY(write_zip(path, {{"a.txt", "x"}}, false).ok());
        QVERIFY(read_npz(path).error().message.find("t.npz: entry 'a.txt': expected a name that ends in .npy") != std::string::npos);
        QVERIFY(write_zip(path, {{"a.npy", "x"}}, false).ok());
        QVERIFY(read_npz(path).error().message.find("entry 'a.npy': is no npy array") != std::string::npos);
        QVERIFY(read_npz(folder.filePath("none.npz").toStdString()).error().code == ErrorCode::NotFound);
    }

    void numpyFilesAreRead()
    {
        // numpy.savez_compressed(f, x=numpy.array([[1.5, -2.0]], '<f4')) of numpy 1.24.2, embedded as it was written.
        const QByteArray file = QByteArray::fromBase64(
            "UEsDBBQAAAAIAAAAIQD9z6UITQAAAIgAAAAFABQAeC5ucHkBABAAiAAAAAAAAABNAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TZqKuo6"
            "Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GoY6CkaaOgq1CmQDLgaGA/YMQAIAUEsBAhQDFAAAAAgAAAAhAP3PpQhNAAAAiAAAAAUAAAAA"
            "AAAAAAAAAIABAAAAAHgubnB5UEsFBgAAAAABAAEAMwAAAIQAAAAAAA==");
        QTemporaryDir folder;
        const std::filesystem::path path = folder.filePath("t.npz").toStdString();
        QVERIFY(write_file(path, file.toStdString()).ok());
        const auto arrays = read_npz(path);
        QVERIFY2(arrays.ok(), arrays.ok() ? "" : arrays.error().message.c_str());
        QVERIFY(arrays->at("x").shape == (std::vector<std::int64_t>{1, 2}));
        const float expected[] = {1.5F, -2.0F};
        QVERIFY(arrays->at("x").bytes == make_array({1, 2}, expected).bytes);
    }
};

QTEST_GUILESS_MAIN(TestArchive)
#include "test_archive.moc"
