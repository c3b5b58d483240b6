// SPDX-License-Identifier: GPL-3.0-or-later
#include "data_set_testing.h"

#include <QtTest/QtTest>

#include <QTemporaryDir>

#include <cmath>
#include <set>

using namespace timberline;
using namespace timberline::testing;

namespace {

QByteArray word(quint32 value)
{
    QByteArray out;
    for (int shift = 24; shift >= 0; shift -= 8) {
        out += static_cast<char>(value >> shift & 0xffU);
    }
    return out;
}

/// IDX images whose pixel k of image i is 10 i + k.
QByteArray idx_images(quint32 count, quint32 rows, quint32 columns)
{
    QByteArray out = word(0x803) + word(count) + word(rows) + word(columns);
    for (quint32 i = 0; i < count; ++i) {
        for (quint32 k = 0; k < rows * columns; ++k) {
            out += static_cast<char>(10 * i + k);
        }
    }
    return out;
}

QByteArray idx_labels(const QByteArray& labels)
{
    return word(0x801) + word(static_cast<quint32>(labels.size())) + labels;
}

QByteArray bytes(std::initializer_list<int> values)
{
    QByteArray out;
    for (const int value : values) {
        out += static_cast<char>(value);
    }
    return out;
}

QByteArray cifar_record(int label, char fill)
{
    return QByteArray(1, static_cast<char>(label)) + QByteArray(3072, fill);
}

}  // namespace

/// Files from the user's disk: what is in them is what is trained on, and every damage is one clear sentence.
class TestDataSetFiles : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void idx_reads_images_and_labels();
    void idx_takes_a_validation_file();
    void idx_takes_some_samples();
    void idx_faults_data();
    void idx_faults();
    void cifar_reads_planes();
    void cifar_faults_data();
    void cifar_faults();
    void csv_reads_data();
    void csv_reads();
    void csv_standardises_by_the_training_part();
    void csv_faults_data();
    void csv_faults();
    void text_is_cut_into_pieces();
    void text_faults_data();
    void text_faults();
    void bundled_files_are_there_data();
    void bundled_files_are_there();

private:
    std::string put(const QString& name, const QByteArray& content)
    {
        QFile file(m_folder->filePath(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size()) {
            qFatal("cannot write the test's file");
        }
        return file.fileName().toStdString();
    }
    static void verify_refused(const Result<DataSet>& data, const QString& expected)
    {
        QVERIFY(!data.ok());
        const auto& error = data.error();
        QVERIFY2(error.message.find(expected.toStdString()) != std::string::npos, error.message.c_str());
        QVERIFY2(error.message.find('\n') == std::string::npos && !error.hint.empty(), error.message.c_str());
    }
    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestDataSetFiles::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
}

void TestDataSetFiles::idx_reads_images_and_labels()
{
    const auto images = put("images", idx_images(4, 2, 3));
    const auto labels = put("labels", idx_labels(bytes({7, 0, 9, 3})));
    const auto data = make_data_set("idx", {{"images", images}, {"labels", labels}, {"validation_fraction", 0.25}});
    QCOMPARE(data.sample_shape, (std::vector<std::int64_t>{1, 2, 3}));
    QCOMPARE(data.samples, std::int64_t{4});
    QCOMPARE(data.train, std::int64_t{3});
    QCOMPARE(data.outputs, std::int64_t{10});
    const std::vector<std::int32_t> of_image = {7, 0, 9, 3};
    std::set<int> seen;
    for (std::size_t i = 0; i < 4; ++i) {
        const auto first = static_cast<int>(std::lround(static_cast<double>(data.inputs[6 * i]) * 255));
        const auto image = static_cast<std::size_t>(first / 10);
        seen.insert(first);
        QCOMPARE(data.labels[i], of_image[image]);  // the label came along with its image
        for (std::size_t k = 0; k < 6; ++k) {
            QCOMPARE(data.inputs[6 * i + k], static_cast<float>(first + static_cast<int>(k)) / 255.0F);
        }
    }
    QCOMPARE(seen, (std::set<int>{0, 10, 20, 30}));
}

void TestDataSetFiles::idx_takes_a_validation_file()
{
    const auto data = make_data_set("idx", {{"images", put("a", idx_images(3, 2, 2))},
                                            {"labels", put("b", idx_labels(bytes({1, 1, 1})))},
                                            {"validation_images", put("c", idx_images(2, 2, 2))},
                                            {"validation_labels", put("d", idx_labels(bytes({2, 2})))}});
    QCOMPARE(data.train, std::int64_t{3});
    QCOMPARE(data.labels, (std::vector<std::int32_t>{1, 1, 1, 2, 2}));
}

void TestDataSetFiles::idx_takes_some_samples()
{
    const Values files = {{"images", put("a", idx_images(20, 2, 2))}, {"labels", put("b", idx_labels(QByteArray(20, 5)))}};
    auto values = files;
    values["samples"] = std::int64_t{8};
    const auto some = make_data_set("idx", values);
    QCOMPARE(some.samples, std::int64_t{8});
    QVERIFY(same_samples(some, make_data_set("idx", values)));
    QVERIFY(!same_samples(some, make_data_set("idx", values, 2)));  // another seed chooses others
    values["samples"] = std::int64_t{0};
    QCOMPARE(make_data_set("idx", values).samples, std::int64_t{20});
}

void TestDataSetFiles::idx_faults_data()
{
    QTest::addColumn<QByteArray>("images");
    QTest::addColumn<QByteArray>("labels");
    QTest::addColumn<QString>("expected");
    const auto good = idx_images(3, 2, 2);
    const auto labels = idx_labels(bytes({0, 1, 2}));
    QTest::newRow("empty images") << QByteArray() << labels << "images: the file is empty";
    QTest::newRow("a header that is cut") << good.left(15) << labels << "15 bytes, expected at least 16";
    QTest::newRow("another magic number") << word(0xcafebabe) + good.mid(4) << labels << "begins with 0xcafebabe, expected 0x00000803";
    QTest::newRow("the magic number the wrong way round") << bytes({3, 8, 0, 0}) + good.mid(4) << labels << "begins with 0x03080000";
    QTest::newRow("floats instead of bytes") << word(0xd03) + good.mid(4) << labels << "begins with 0x00000d03";
    QTest::newRow("labels where images belong") << labels + QByteArray(8, 0) << labels << "begins with 0x00000801, expected 0x00000803";
    QTest::newRow("images that are cut") << good.chopped(1) << labels << "27 bytes, expected 28 for 3 images of 2 x 2";
    QTest::newRow("bytes too many") << good + "x" << labels << "29 bytes, expected 28";
    QTest::newRow("no images") << word(0x803) + word(0) + word(2) + word(2) << labels << "says 0 images of 2 x 2";
    QTest::newRow("images of no height") << word(0x803) + word(3) + word(0) + word(2) << labels << "says 3 images of 0 x 2";
    QTest::newRow("absurd sides") << word(0x803) + word(3) + word(0xffffffff) + word(0xffffffff) << labels
                                  << "3 images of 4294967295 x 4294967295";
    QTest::newRow("an absurd count") << word(0x803) + word(0xffffffff) + word(4096) + word(4096) << labels
                                     << "16 bytes, expected 72057594021150736 for 4294967295 images";
    QTest::newRow("compressed images") << bytes({0x1f, 0x8b, 8, 0}) + good << labels << "compressed with gzip";
    QTest::newRow("empty labels") << good << QByteArray() << "labels: the file is empty";
    QTest::newRow("label header that is cut") << good << labels.left(7) << "7 bytes, expected at least 8";
    QTest::newRow("images where labels belong") << good << good << "begins with 0x00000803, expected 0x00000801";
    QTest::newRow("labels that are cut") << good << labels.chopped(1) << "10 bytes, expected 11 for 3 labels";
    QTest::newRow("fewer labels than images") << good << idx_labels(bytes({0, 1})) << "2 labels, expected 3, one an image";
    QTest::newRow("a label out of range") << good << idx_labels(bytes({0, 1, 10})) << "label 10 of image 2, expected 0 to 9";
    QTest::newRow("a label of 255") << good << idx_labels(bytes({255, 1, 2})) << "label 255 of image 0";
}

void TestDataSetFiles::idx_faults()
{
    QFETCH(QByteArray, images);
    QFETCH(QByteArray, labels);
    QFETCH(QString, expected);
    verify_refused(try_data_set("idx", {{"images", put("images", images)}, {"labels", put("labels", labels)}}), expected);
}

void TestDataSetFiles::cifar_reads_planes()
{
    QByteArray first = cifar_record(3, 0);
    first[1] = static_cast<char>(255);              // red of the first pixel
    first[1 + 1024 + 33] = static_cast<char>(102);  // green of the second pixel of the second row
    put("data_batch_1.bin", first);
    put("data_batch_2.bin", cifar_record(4, 51) + cifar_record(5, 51));
    put("test_batch.bin", cifar_record(9, 51));
    const auto data = make_data_set("cifar-10", {{"folder", m_folder->path().toStdString()}});
    QCOMPARE(data.sample_shape, (std::vector<std::int64_t>{3, 32, 32}));
    QCOMPARE(data.train, std::int64_t{3});
    QCOMPARE(data.samples, std::int64_t{4});
    QCOMPARE(data.labels.back(), 9);  // the test batch validates
    QCOMPARE(data.output_names[3], std::string("cat"));
    const auto at = std::ranges::find(data.labels, 3) - data.labels.begin();
    QCOMPARE(data.inputs[static_cast<std::size_t>(at * 3072)], 1.0F);
    QCOMPARE(data.inputs[static_cast<std::size_t>(at * 3072 + 1024 + 33)], 0.4F);
    QCOMPARE(data.inputs[static_cast<std::size_t>(at * 3072 + 1)], 0.0F);
    // Without a test batch a share is kept.
    QVERIFY(QFile::remove(m_folder->filePath("test_batch.bin")));
    const auto split = make_data_set("cifar-10", {{"folder", m_folder->path().toStdString()}, {"validation_fraction", 0.34}});
    QCOMPARE(split.train, std::int64_t{2});
    QCOMPARE(split.samples, std::int64_t{3});
}

void TestDataSetFiles::cifar_faults_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("expected");
    const auto record = cifar_record(2, 7);
    QTest::newRow("no batch") << "other.bin" << record << "no data_batch_1.bin to data_batch_5.bin";
    QTest::newRow("the Python version") << "data_batch_1" << record << "no data_batch_1.bin";
    QTest::newRow("an empty batch") << "data_batch_1.bin" << QByteArray() << "the file is empty";
    QTest::newRow("a batch that is cut") << "data_batch_1.bin" << (record + record).chopped(1) << "6145 bytes, expected a multiple of 3073";
    QTest::newRow("a label out of range") << "data_batch_4.bin" << record + cifar_record(10, 7) << "label 10 of image 1, expected 0 to 9";
    QTest::newRow("a compressed batch") << "data_batch_1.bin" << bytes({0x1f, 0x8b}) + record << "compressed with gzip";
}

void TestDataSetFiles::cifar_faults()
{
    QFETCH(QString, name);
    QFETCH(QByteArray, content);
    QFETCH(QString, expected);
    put(name, content);
    verify_refused(try_data_set("cifar-10", {{"folder", m_folder->path().toStdString()}}), expected);
}

void TestDataSetFiles::csv_reads_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<Values>("values");
    QTest::addColumn<QVector<double>>("inputs");  // all samples in file order
    QTest::addColumn<QStringList>("labels");      // their classes' names, or numbers
    const auto word = [](const char* key, const char* value) { return Values{{key, std::string(value)}}; };
    const QVector<double> square = {1, 2, 3, 4, 5, 6};
    const QStringList names = {"b", "a", "b"};
    QTest::newRow("a header and the label last") << QByteArray("x,y,kind\n1,2,b\n3,4,a\n5,6,b\n") << Values{} << square << names;
    QTest::newRow("no header") << QByteArray("1,2,b\n3,4,a\n5,6,b") << Values{} << square << names;
    QTest::newRow("a label by name, in the middle")
        << QByteArray("x,kind,y\n1,b,2\n3,a,4\n5,b,6\n") << word("label_column", "kind") << square << names;
    QTest::newRow("numbers as names") << QByteArray("1,2,3\n1,2,10\n3,4,9\n5,6,10\n") << word("header", "yes") << square
                                      << QStringList{"10", "9", "10"};
    QTest::newRow("semicolons, spaces and carriage returns")
        << QByteArray("x; y; kind\r\n 1 ;2; b\r\n3; 4 ;a \r\n\r\n5;6;b\r\n") << word("separator", "semicolon") << square << names;
    QTest::newRow("tabs") << QByteArray("1\t2\tb\n3\t4\ta\n5\t6\tb\n") << word("separator", "tab") << square << names;
    QTest::newRow("quotes and a byte order mark")
        << QByteArray("\xef\xbb\xbf\"x, cm\",y,kind\n1,2,\"b\"\n\"3\",4,a\n5,\"6\",\"b\"\n") << Values{} << square << names;
    QTest::newRow("a separator and quotes within quotes")
        << QByteArray("x,y,kind\n1,2,\"a, \"\"b\"\"\"\n3,4,c\n5,6,c\n") << Values{} << square << QStringList{"a, \"b\"", "c", "c"};
    QTest::newRow("signs and exponents") << QByteArray("+1,-2e-1,u\n3.5,4E2,v\n") << Values{} << QVector<double>{1, -0.2, 3.5, 400}
                                         << QStringList{"u", "v"};
    QTest::newRow("a regression") << QByteArray("x,y,t\n1,2,0.5\n3,4,-7\n5,6,1e3\n") << word("task", "regression") << square
                                  << QStringList{"0.5", "-7", "1000"};
}

void TestDataSetFiles::csv_reads()
{
    QFETCH(QByteArray, text);
    QFETCH(Values, values);
    QFETCH(QVector<double>, inputs);
    QFETCH(QStringList, labels);
    values["path"] = put("table.csv", text);
    values["standardise"] = false;
    const auto data = make_data_set("csv", values);
    const bool regression = data.task == DataSet::Task::Regression;
    QCOMPARE(data.samples, static_cast<std::int64_t>(labels.size()));
    QCOMPARE(data.sample_shape, std::vector<std::int64_t>{2});
    QVERIFY(std::ranges::is_sorted(data.output_names) || data.output_names == (std::vector<std::string>{"9", "10"}));
    // Samples are shuffled: each line is found again with its label.
    for (int line = 0; line < labels.size(); ++line) {
        bool found = false;
        for (std::size_t i = 0; i < static_cast<std::size_t>(data.samples); ++i) {
            const bool here = data.inputs[2 * i] == static_cast<float>(inputs[2 * line]) &&
                              data.inputs[2 * i + 1] == static_cast<float>(inputs[2 * line + 1]);
            const bool right =
                here && (regression ? data.targets[i] == labels[line].toFloat()
                                    : data.output_names[static_cast<std::size_t>(data.labels[i])] == labels[line].toStdString());
            found = found || right;
        }
        QVERIFY2(found, qPrintable(QString("line %1").arg(line)));
    }
}

void TestDataSetFiles::csv_standardises_by_the_training_part()
{
    QByteArray text = "a,b,c,t\n";
    for (int i = 0; i < 40; ++i) {
        text += QByteArray::number(i) + "," + QByteArray::number(1000 - 3 * i * i) + ",7," + QByteArray::number(i % 5 - 100) + "\n";
    }
    const auto data =
        make_data_set("csv", {{"path", put("t.csv", text)}, {"task", std::string("regression")}, {"validation_fraction", 0.25}});
    QCOMPARE(data.train, std::int64_t{30});
    for (std::size_t column = 0; column < 4; ++column) {
        double mean = 0;
        double squares = 0;
        for (std::size_t i = 0; i < 30; ++i) {
            const double value = static_cast<double>(column < 3 ? data.inputs[3 * i + column] : data.targets[i]);
            mean += value / 30;
            squares += value * value / 30;
        }
        QVERIFY(std::abs(mean) < 1e-6);
        QVERIFY(std::abs(squares - (column == 2 ? 0 : 1)) < 1e-5);  // a constant column becomes 0
    }
}

void TestDataSetFiles::csv_faults_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<Values>("values");
    QTest::addColumn<QString>("expected");
    const auto word = [](const char* key, const char* value) { return Values{{key, std::string(value)}}; };
    QTest::newRow("an empty file") << QByteArray() << Values{} << "the file is empty";
    QTest::newRow("blank lines only") << QByteArray("\n \n\r\n") << Values{} << "no lines with samples";
    QTest::newRow("a header only") << QByteArray("x,y,kind\n") << Values{} << "only a line with names";
    QTest::newRow("a short line") << QByteArray("x,y,kind\n1,2,a\n3,b\n") << Values{} << "line 3 has 2 columns, expected 3";
    QTest::newRow("a long line") << QByteArray("1,2,a\n3,4,5,b\n") << Values{} << "line 2 has 4 columns, expected 3";
    QTest::newRow("a separator at the end") << QByteArray("1,2,a\n3,4,b,\n") << Values{} << "line 2 has 4 columns";
    QTest::newRow("one column") << QByteArray("1\n2\n") << Values{} << "1 column, expected at least one input and a label";
    QTest::newRow("another separator") << QByteArray("1;2;a\n") << Values{} << "1 column";
    QTest::newRow("not a number") << QByteArray("x,y,kind\n1,2,a\n3,four,b\n") << Values{}
                                  << "line 3, column 'y': 'four', expected a finite number";
    QTest::newRow("a number with a tail") << QByteArray("1,2,a\n3,4x,b\n") << Values{} << "line 2, column 2: '4x'";
    QTest::newRow("a decimal comma") << QByteArray("1;2;a\n3;4,5;b\n") << word("separator", "semicolon")
                                     << "'4,5', expected a finite number";
    QTest::newRow("an empty cell") << QByteArray("1,2,a\n3,,b\n") << Values{} << "line 2, column 2: is empty";
    QTest::newRow("an empty label") << QByteArray("1,2,a\n3,4,\n") << Values{} << "line 2, column 3: is empty, expected a class";
    QTest::newRow("not a number, in words") << QByteArray("1,2,a\n3,nan,b\n") << Values{} << "'nan', expected a finite number";
    QTest::newRow("infinity") << QByteArray("1,2,a\n3,inf,b\n") << Values{} << "'inf'";
    QTest::newRow("too large for single precision") << QByteArray("1,2,a\n3,1e39,b\n") << Values{} << "'1e39'";
    QTest::newRow("too large for any number") << QByteArray("1,2,a\n3,1e999,b\n") << Values{} << "'1e999'";
    QTest::newRow("no such column") << QByteArray("x,y,kind\n1,2,a\n") << word("label_column", "kin") << "no column is called 'kin'";
    QTest::newRow("a column by name without a header")
        << QByteArray("1,2,a\n") << Values{{"label_column", std::string("kind")}, {"header", std::string("no")}} << "read without a header";
    QTest::newRow("a header that is denied") << QByteArray("x,y,kind\n1,2,a\n") << word("header", "no") << "line 1, column 1: 'x'";
    QTest::newRow("one class") << QByteArray("1,2,a\n3,4,a\n") << Values{} << "only one class, 'a'";
    QTest::newRow("a word to regress on") << QByteArray("1,2,a\n3,4,b\n") << word("task", "regression") << "column 3: 'a'";
    QTest::newRow("an open quote") << QByteArray("1,2,a\n3,\"4,b\n") << Values{} << "line 2 has a quote that is not closed";
    QTest::newRow("text behind a quote") << QByteArray("1,2,a\n3,\"4\"4,b\n") << Values{} << "line 2 has text behind a closing quote";
    QTest::newRow("a binary file") << QByteArray("1,2,a\n\0\0\0", 9) << Values{} << "bytes of value 0";
    QByteArray many;
    for (int i = 0; i < 1001; ++i) {
        many += "1,2,c" + QByteArray::number(i) + "\n";
    }
    QTest::newRow("a table in one line") << QByteArray("1,").repeated(65'537) + "a\n" << Values{} << "line 1 has more than 65537 columns";
    QTest::newRow("a line without end below a header")
        << QByteArray("x,y,kind\n") + QByteArray("1,").repeated(65'537) << Values{} << "line 2 has more than 65537 columns";
    QTest::newRow("as many columns as a network takes, and a label") << QByteArray("1,").repeated(65'536) + "a\n"
                                                                     << Values{} << "only one class, 'a'";
    QTest::newRow("a class a line") << many << Values{} << "more than 1000 classes";
}

void TestDataSetFiles::csv_faults()
{
    QFETCH(QByteArray, text);
    QFETCH(Values, values);
    QFETCH(QString, expected);
    values["path"] = put("table.csv", text);
    verify_refused(try_data_set("csv", values), expected);
}

void TestDataSetFiles::text_is_cut_into_pieces()
{
    const auto path = put("t.txt", "abcdefghij\xffk");  // 12 bytes: two pieces of 5 and a rest
    const auto data = make_data_set("text-file", {{"path", path}, {"context", std::int64_t{5}}, {"validation_fraction", 0.5}});
    QCOMPARE(static_cast<int>(data.task), static_cast<int>(DataSet::Task::Text));
    QCOMPARE(data.outputs, std::int64_t{256});
    QCOMPARE(data.samples, std::int64_t{2});
    QCOMPARE(data.train, std::int64_t{1});
    QCOMPARE(data.tokens, (std::vector<std::int32_t>{'a', 'b', 'c', 'd', 'e', 'f', 'f', 'g', 'h', 'i', 'j', 255}));
    QVERIFY(check_data_set(data).ok());
    QCOMPARE(make_data_set("text-file", {{"path", path}, {"context", std::int64_t{5}}, {"samples", std::int64_t{1}}}).samples,
             std::int64_t{1});
}

void TestDataSetFiles::text_faults_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("expected");
    QTest::newRow("an empty text") << QByteArray() << "the file is empty";
    QTest::newRow("a text as long as the context") << QByteArray(32, 'a') << "32 bytes, expected at least 33";
    QTest::newRow("a compressed text") << bytes({0x1f, 0x8b}) + QByteArray(100, 'a') << "compressed with gzip";
}

void TestDataSetFiles::text_faults()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, expected);
    verify_refused(try_data_set("text-file", {{"path", put("t.txt", text)}}), expected);
}

void TestDataSetFiles::bundled_files_are_there_data()
{
    QTest::addColumn<QString>("id");
    QTest::addColumn<QString>("path_key");
    QTest::addColumn<int>("samples");
    QTest::newRow("IDX digits") << "idx"
                                << "images" << 120;
    QTest::newRow("CIFAR-10 drawings") << "cifar-10"
                                       << "folder" << 20;
    QTest::newRow("leaves") << "csv"
                            << "path" << 120;
    QTest::newRow("a tale") << "text-file"
                            << "path" << 60;
}

void TestDataSetFiles::bundled_files_are_there()
{
    QFETCH(QString, id);
    QFETCH(QString, path_key);
    QFETCH(int, samples);
    const auto data = make_data_set(id.toStdString());
    QCOMPARE(data.samples, std::int64_t{samples});
    QVERIFY(check_data_set(data).ok());
    // The same set, asked for under a name that is not there, or under none.
    const auto key = path_key.toStdString();
    verify_refused(try_data_set(id.toStdString(), {{key, std::string("/nowhere/at-all")}}), "/nowhere/at-all");
    verify_refused(try_data_set(id.toStdString(), {{key, std::string()}}), "is empty");
    verify_refused(try_data_set(id.toStdString(), {{key, std::string("bundled:no-such-file")}}), "no-such-file");
}

QTEST_APPLESS_MAIN(TestDataSetFiles)
#include "test_data_set_files.moc"
