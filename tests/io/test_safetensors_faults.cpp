// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/safetensors.h"
#include "safetensors_builder.h"

#include <QtTest>

#include <QDir>
#include <QTemporaryDir>

using namespace timberline;
using timberline::io::SafetensorsFile;
Q_DECLARE_METATYPE(timberline::ErrorCode)

class TestSafetensorsFaults : public QObject
{
    Q_OBJECT

    /// Opens and reads every byte, so that a sanitizer sees any view that leaves the file.
    static Result<SafetensorsFile> openAll(const QString& folder)
    {
        auto opened = SafetensorsFile::open_folder(folder.toStdString());
        if (opened) {
            for (const auto& [name, view] : opened->tensors()) {
                std::vector<float> values(static_cast<std::size_t>(view.elements()));
                io::to_float32(view, values.data());
                (void)io::statistics(view);
            }
            (void)opened->content_hash();
        }
        return opened;
    }

    static void expectRefusal(const QString& folder, ErrorCode code, const QStringList& parts)
    {
        const auto opened = openAll(folder);
        QVERIFY2(!opened.ok(), "a damaged folder was accepted");
        const QString message = QString::fromStdString(opened.error().message);
        QVERIFY2(opened.error().code == code, qPrintable(message));
        for (const QString& part : parts) {
            QVERIFY2(message.contains(part), qPrintable(message + " | lacks: " + part));
        }
        QVERIFY2(!opened.error().hint.empty(), qPrintable(message));
        QVERIFY2(!message.contains('\n'), "one line");
    }

private Q_SLOTS:
    void damagedFile_data()
    {
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<ErrorCode>("code");
        QTest::addColumn<QString>("part");
        const auto row = [](const char* name, const QByteArray& content, const char* part, ErrorCode code = ErrorCode::BadFile) {
            QTest::addRow("%s", name) << content << code << QString(part);
        };
        const auto one = [](const QByteArray& entry, int bytes) {
            return builder::file("{\"a\":" + entry + "}", QByteArray(bytes, '\x01'));
        };
        const QByteArray good = R"({"dtype":"F32","shape":[2],"data_offsets":[0,8]})";

        row("empty file", "", "0 bytes");
        row("four bytes", QByteArray(4, '\0'), "4 bytes");
        row("only a header length", builder::littleEndian(10), "header length 10");
        row("header length past the end", builder::littleEndian(1000) + "{}", "header length 1000");
        row("header length one too many", builder::littleEndian(3) + "{}", "header length 3");
        row("header length 2^63", builder::littleEndian(quint64{1} << 63) + "{}", "header length 9223372036854775808");
        row("header length 2^64 - 1", builder::littleEndian(~quint64{0}) + "{}", "header length 18446744073709551615");
        row("header length 0", builder::littleEndian(0), "header");
        row("header is not JSON", builder::file("{\"a\": ", {}), "header");
        row("header is a list", builder::file("[1]", {}), "expected an object of tensors");
        row("header is a number", builder::file("3", {}), "expected an object of tensors");
        row("header nested a thousand deep", builder::file("{\"a\":" + QByteArray(1000, '['), {}), "nested deeper");
        row("header with bytes that are no UTF-8", builder::file("{\"\xFF\":1}", {}), "header");
        row("pickle instead of safetensors", QByteArray("\x80\x02}q\x00X\x04\x00\x00\x00step", 14), "header length");
        row("entry is a number", one("3", 0), "tensor 'a': found 3");
        row("dtype missing", one(R"({"shape":[2],"data_offsets":[0,8]})", 8), "'dtype' is missing");
        row("shape missing", one(R"({"dtype":"F32","data_offsets":[0,8]})", 8), "'shape' is missing");
        row("data_offsets missing", one(R"({"dtype":"F32","shape":[2]})", 8), "'data_offsets' is missing");
        row("unknown key in an entry", one(R"({"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":1})", 8), "unknown key 'x'");
        row("unknown dtype", one(R"({"dtype":"F31","shape":[2],"data_offsets":[0,8]})", 8), "dtype is 'F31'");
        row("dtype in lower case", one(R"({"dtype":"f32","shape":[2],"data_offsets":[0,8]})", 8), "dtype is 'f32'");
        row("dtype is a number", one(R"({"dtype":32,"shape":[2],"data_offsets":[0,8]})", 8), "dtype is 32");
        row("dtype that no model of ours has", one(R"({"dtype":"F8_E4M3","shape":[2],"data_offsets":[0,2]})", 2), "dtype F8_E4M3",
            ErrorCode::Unsupported);
        row("shape is a number", one(R"({"dtype":"F32","shape":2,"data_offsets":[0,8]})", 8), "shape is 2");
        row("shape is an object", one(R"({"dtype":"F32","shape":{},"data_offsets":[0,8]})", 8), "shape is {}");
        row("negative size", one(R"({"dtype":"F32","shape":[-2],"data_offsets":[0,8]})", 8), "shape holds -2");
        row("two negative sizes", one(R"({"dtype":"F32","shape":[-1,-2],"data_offsets":[0,8]})", 8), "shape holds -1");
        row("fractional size", one(R"({"dtype":"F32","shape":[2.0],"data_offsets":[0,8]})", 8), "shape holds 2.0");
        row("size beyond 2^63", one(R"({"dtype":"F32","shape":[18446744073709551615],"data_offsets":[0,8]})", 8),
            "shape holds 18446744073709551615");
        row("shape product overflows to 0", one(R"({"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]})", 0),
            "more elements");
        row("byte count overflows to 0", one(R"({"dtype":"F64","shape":[4611686018427387904],"data_offsets":[0,0]})", 0), "more elements");
        row("seventeen dimensions", one(R"({"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]})", 4),
            "17 dimensions");
        row("offsets reversed", one(R"({"dtype":"F32","shape":[2],"data_offsets":[8,0]})", 8), "data_offsets [8,0] run backwards");
        row("offsets past the end", one(R"({"dtype":"F32","shape":[2],"data_offsets":[8,16]})", 8), "data_offsets [8,16] pass the end");
        row("offset 2^64 - 1", one(R"({"dtype":"F32","shape":[2],"data_offsets":[0,18446744073709551615]})", 8), "pass the end");
        row("negative offset", one(R"({"dtype":"F32","shape":[2],"data_offsets":[-8,0]})", 8), "data_offsets is [-8,0]");
        row("one offset", one(R"({"dtype":"F32","shape":[2],"data_offsets":[8]})", 8), "data_offsets is [8]");
        row("offsets as text", one(R"({"dtype":"F32","shape":[2],"data_offsets":"0,8"})", 8), "data_offsets is");
        row("offsets and shape disagree", one(R"({"dtype":"F32","shape":[3],"data_offsets":[0,8]})", 8), "takes 12");
        row("offsets and dtype disagree", one(R"({"dtype":"F16","shape":[2],"data_offsets":[0,8]})", 8), "takes 4");
        row("data cut short", builder::file("{\"a\":" + good + "}", QByteArray(5, '\x01')),
            "pass the end of the file, which holds 5 bytes");
        row("data missing", builder::file("{\"a\":" + good + "}", {}), "pass the end");
        row("bytes behind the last tensor", builder::file("{\"a\":" + good + "}", QByteArray(12, '\x01')),
            "4 bytes at the end belong to no tensor");
        row("hole at the start", one(R"({"dtype":"F32","shape":[1],"data_offsets":[4,8]})", 8), "data_offsets begin at 4 and leave a hole");
        row("hole between two",
            builder::file("{\"a\":" + good + R"(,"b":{"dtype":"F32","shape":[1],"data_offsets":[12,16]}})", QByteArray(16, '\x01')),
            "tensor 'b': data_offsets begin at 12 and leave a hole after byte 8");
        row("overlap",
            builder::file("{\"a\":" + good + R"(,"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}})", QByteArray(12, '\x01')),
            "tensor 'b': data_offsets begin at 4 and overlap 'a'");
        row("two tensors in one place", builder::file("{\"a\":" + good + ",\"b\":" + good + "}", QByteArray(8, '\x01')), "overlap");
        row("duplicate name", builder::file("{\"a\":" + good + ",\"a\":" + good + "}", QByteArray(8, '\x01')), "the key 'a' occurs twice");
        row("metadata is no object", builder::file(R"({"__metadata__":"pt"})", {}), "__metadata__ is \"pt\"");
        row("metadata holds a number", builder::file(R"({"__metadata__":{"format":1}})", {}), "__metadata__ 'format' is 1");
    }
    void damagedFile()
    {
        QFETCH(QByteArray, content);
        QFETCH(ErrorCode, code);
        QFETCH(QString, part);
        QTemporaryDir folder;
        QVERIFY(builder::write(folder.filePath("model.safetensors"), content));
        expectRefusal(folder.path(), code, {"model.safetensors", part});
    }

    void everyTruncationIsRefused()
    {
        const QByteArray header =
            R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[3],"data_offsets":[8,11]}})";
        const QByteArray whole = builder::file(header, QByteArray(11, '\x01'));
        QTemporaryDir folder;
        for (qsizetype length = 0; length < whole.size(); ++length) {
            QVERIFY(builder::write(folder.filePath("model.safetensors"), whole.left(length)));
            QVERIFY2(!openAll(folder.path()).ok(), qPrintable(QString::number(length)));
        }
        QVERIFY(builder::write(folder.filePath("model.safetensors"), whole));
        QVERIFY(openAll(folder.path()).ok());
    }

    void everyFlippedHeaderByteIsSurvived()
    {
        const QByteArray header = R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})";
        const QByteArray whole = builder::file(header, QByteArray(8, '\x01'));
        QTemporaryDir folder;
        int refused = 0;
        for (qsizetype at = 0; at < whole.size() - 8; ++at) {
            for (const int bit : {0, 3, 6, 7}) {
                QByteArray damaged = whole;
                damaged[at] = static_cast<char>(damaged[at] ^ (1 << bit));
                QVERIFY(builder::write(folder.filePath("model.safetensors"), damaged));
                refused += !openAll(folder.path()).ok();
            }
        }
        QVERIFY2(refused > 100, qPrintable(QString::number(refused))); // only a flipped tensor name may pass
    }

    void damagedFolder_data()
    {
        QTest::addColumn<QByteArray>("index");
        QTest::addColumn<ErrorCode>("code");
        QTest::addColumn<QStringList>("parts");
        const QString name = "model.safetensors.index.json";
        const auto row = [&](const char* title, const QByteArray& index, const QStringList& parts, ErrorCode code = ErrorCode::BadFile) {
            QTest::addRow("%s", title) << index << code << (QStringList{name} + parts);
        };
        row("index is not JSON", "{", {"not valid JSON"});
        row("index is a list", "[]", {"weight_map"});
        row("weight_map missing", "{}", {"weight_map"});
        row("weight_map is a list", R"({"weight_map":[]})", {"weight_map"});
        row("weight_map is empty", R"({"weight_map":{}})", {"names no tensors"});
        row("shard name is a number", R"({"weight_map":{"a":1}})", {"tensor 'a'", "as text"});
        row("missing shard", R"({"weight_map":{"a":"gone.safetensors"}})", {"gone.safetensors", "no such file"}, ErrorCode::NotFound);
        row("shard in the folder above", R"({"weight_map":{"a":"../one.safetensors"}})", {"tensor 'a'", "leaves the folder"});
        row("shard by absolute path", R"({"weight_map":{"a":"/etc/passwd"}})", {"'/etc/passwd' leaves the folder"});
        row("shard is the folder above", R"({"weight_map":{"a":".."}})", {"leaves the folder"});
        row("shard is the folder itself", R"({"weight_map":{"a":"."}})", {"leaves the folder"});
        row("shard with a backslash", R"({"weight_map":{"a":"x\\one.safetensors"}})", {"leaves the folder"});
        row("shard name with a zero byte", R"({"weight_map":{"a":"one.safetensors\u0000"}})", {"leaves the folder"});
        row("shard name is empty", R"({"weight_map":{"a":""}})", {"leaves the folder"});
        row("tensor that its shard lacks", R"({"weight_map":{"a":"one.safetensors","zz":"one.safetensors"}})",
            {"tensor 'zz' is not in the shard 'one.safetensors'"});
        row("tensor named twice", R"({"weight_map":{"a":"one.safetensors","a":"one.safetensors"}})", {"the key 'a' occurs twice"});
        row("shard that is damaged", R"({"weight_map":{"a":"bad.safetensors"}})", {"bad.safetensors", "header length"});
    }
    void damagedFolder()
    {
        QFETCH(QByteArray, index);
        QFETCH(ErrorCode, code);
        QFETCH(QStringList, parts);
        QTemporaryDir folder;
        const QByteArray shard = builder::file(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", QByteArray(8, '\x01'));
        QVERIFY(builder::write(folder.filePath("one.safetensors"), shard));
        QVERIFY(builder::write(folder.filePath("bad.safetensors"), "0123456789"));
        QVERIFY(builder::write(folder.filePath("model.safetensors.index.json"), index));
        expectRefusal(folder.path(), code, parts);
    }

    void foldersWithoutWeights()
    {
        QTemporaryDir folder;
        expectRefusal(folder.path(), ErrorCode::NotFound, {folder.path(), "found no weights"});
        QVERIFY(builder::write(folder.filePath("pytorch_model.bin"), "x"));
        const auto pickled = SafetensorsFile::open_folder(folder.path().toStdString());
        QVERIFY(pickled.error().hint.find("convert them to safetensors") != std::string::npos);
        expectRefusal(folder.filePath("absent"), ErrorCode::NotFound, {"absent", "no such folder"});
        QVERIFY(QDir(folder.path()).mkdir("model.safetensors"));
        expectRefusal(folder.path(), ErrorCode::BadFile, {"model.safetensors", "cannot be read"});
    }

    void cancelledOpening()
    {
        QTemporaryDir folder;
        QVERIFY(builder::write(folder.filePath("model.safetensors.index.json"), R"({"weight_map":{"a":"one.safetensors"}})"));
        CancelToken cancel;
        cancel.cancel();
        const auto opened = SafetensorsFile::open_folder(folder.path().toStdString(), cancel);
        QVERIFY(!opened.ok() && opened.error().code == ErrorCode::Cancelled);
    }
};

QTEST_APPLESS_MAIN(TestSafetensorsFaults)
#include "test_safetensors_faults.moc"
