// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest/QtTest>

#include <QDirIterator>

/// Who may include whom (ARCHITECTURE.md): read from the sources themselves.
class TestIncludeLaw : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void core_includes_no_qt();
    void base_libraries_include_no_torch();
    void facade_headers_include_no_torch();
    void widgets_see_only_base_and_record();
    void nothing_in_core_or_widgets_includes_app();
    void core_folders_include_only_rows_above_data();
    void core_folders_include_only_rows_above();
    void every_source_starts_with_its_licence();
    void the_scanner_sees_what_it_must();

private:
    struct Include {
        QString file, target;
    };
    static QStringList files(const QString& folder, const QStringList& patterns);
    static QList<Include> includes(const QString& folder, const QStringList& patterns = {"*.h", "*.cpp", "*.cu", "*.inc"});
    static QStringList offenders(const QList<Include>& all, const QRegularExpression& forbidden);
    static QList<Include> parse(const QString& file, const QString& text);
};

namespace {

const QRegularExpression kQt("^(Q[A-Z]|Qt[A-Z]|qt|qcustomplot|qobject)");
const QRegularExpression kTorch("^(torch|ATen|c10|caffe2)/|^torch\\.h$|tensor/");
/// Each row may include the rows above it (design, section 2).
const QStringList kRows = {"base",     "record", "rules",     "io",     "attention", "model", "training", "quantize",
                           "decoding", "exits",  "landscape", "probes", "labs",      "run",   "cuda"};

}  // namespace

QStringList TestIncludeLaw::files(const QString& folder, const QStringList& patterns)
{
    QStringList out;
    QDirIterator it(QString(TIMBERLINE_SOURCE_FOLDER "/") + folder, patterns, QDir::Files, QDirIterator::Subdirectories);
    while (it.hasNext()) {
        out << it.next();
    }
    return out;
}

QList<TestIncludeLaw::Include> TestIncludeLaw::parse(const QString& file, const QString& text)
{
    static const QRegularExpression line("^[ \\t]*#[ \\t]*include[ \\t]*[<\"]([^>\"]+)[>\"]", QRegularExpression::MultilineOption);
    QList<Include> out;
    for (auto it = line.globalMatch(text); it.hasNext();) {
        out.append({file, it.next().captured(1)});
    }
    return out;
}

QList<TestIncludeLaw::Include> TestIncludeLaw::includes(const QString& folder, const QStringList& patterns)
{
    QList<Include> out;
    for (const auto& path : files(folder, patterns)) {
        QFile file(path);
        if (file.open(QIODevice::ReadOnly)) {
            out += parse(path, QString::fromUtf8(file.readAll()));
        }
    }
    return out;
}

QStringList TestIncludeLaw::offenders(const QList<Include>& all, const QRegularExpression& forbidden)
{
    QStringList out;
    for (const auto& include : all) {
        if (forbidden.match(include.target).hasMatch()) {
            out << include.file.section(TIMBERLINE_SOURCE_FOLDER "/", 1) + " includes " + include.target;
        }
    }
    return out;
}

void TestIncludeLaw::core_includes_no_qt()
{
    const auto all = includes("core");
    QVERIFY(all.size() > 100);
    const auto bad = offenders(all, kQt);
    QVERIFY2(bad.isEmpty(), qPrintable(bad.join("; ")));
}

void TestIncludeLaw::base_libraries_include_no_torch()
{
    for (const auto* folder : {"core/base", "core/record", "core/rules", "core/io"}) {
        const auto bad = offenders(includes(folder), kTorch);
        QVERIFY2(bad.isEmpty(), qPrintable(bad.join("; ")));
    }
}

void TestIncludeLaw::facade_headers_include_no_torch()
{
    auto bad = offenders(includes("core/run"), kTorch);
    bad += offenders(includes("app"), kTorch);
    // What the facade's headers pull in from below must be free of tensors as well.
    for (const auto* folder : {"core/decoding", "core/model"}) {
        for (const auto& include : includes(folder, {"*.h"})) {
            if (!include.file.contains("/tensor/") && kTorch.match(include.target).hasMatch()) {
                bad << include.file + " includes " + include.target;
            }
        }
    }
    QVERIFY2(bad.isEmpty(), qPrintable(bad.join("; ")));
}

void TestIncludeLaw::widgets_see_only_base_and_record()
{
    const auto all = includes("widgets");
    auto bad = offenders(all, kTorch);
    bad += offenders(all, QRegularExpression("^core/(?!base/|record/)"));
    bad += offenders(all, QRegularExpression("^app/"));
    QVERIFY2(bad.isEmpty(), qPrintable(bad.join("; ")));
}

void TestIncludeLaw::nothing_in_core_or_widgets_includes_app()
{
    const auto bad = offenders(includes("core") + includes("widgets"), QRegularExpression("^app/")) +
                     offenders(includes("core"), QRegularExpression("^widgets/"));
    QVERIFY2(bad.isEmpty(), qPrintable(bad.join("; ")));
}

void TestIncludeLaw::core_folders_include_only_rows_above_data()
{
    QTest::addColumn<QString>("folder");
    for (const auto& entry : QDir(TIMBERLINE_SOURCE_FOLDER "/core").entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        QTest::newRow(qPrintable("core/" + entry)) << entry;
    }
}

void TestIncludeLaw::core_folders_include_only_rows_above()
{
    QFETCH(QString, folder);
    const auto own = kRows.indexOf(folder);
    QVERIFY2(own >= 0, "a folder of the core must have its row in the layout");
    static const QRegularExpression within("^core/([a-z_]+)/");
    for (const auto& include : includes("core/" + folder)) {
        const auto match = within.match(include.target);
        if (!match.hasMatch()) {
            continue;
        }
        auto row = kRows.indexOf(match.captured(1));
        // Kernels stand outside the order: they are plain C behind raw pointers, used by attention and landscape.
        const bool kernels = match.captured(1) == "cuda";
        // The one exception: the codec's source files put records into archives; record's headers know nothing of them.
        const bool codec = folder == "record" && include.file.endsWith(".cpp") && include.target == "core/io/archive.h";
        QVERIFY2(row >= 0 && (kernels || codec || row <= own), qPrintable(include.file + " includes " + include.target));
    }
}

void TestIncludeLaw::every_source_starts_with_its_licence()
{
    for (const auto* folder : {"core", "app", "widgets", "tests"}) {
        for (const auto& path : files(folder, {"*.h", "*.cpp", "*.cu"})) {
            QFile file(path);
            QVERIFY(file.open(QIODevice::ReadOnly));
            QVERIFY2(file.readLine().startsWith("// SPDX-License-Identifier: GPL-3.0-or-later"), qPrintable(path));
        }
    }
}

void TestIncludeLaw::the_scanner_sees_what_it_must()
{
    const auto all = parse(
        "x.cpp",
        "#include <QString>\n  # include \"core/model/decoder.h\"\n// #include <nothing>\n#include <ATen/ATen.h>\n#include <vector>\n");
    QCOMPARE(all.size(), 4);
    QCOMPARE(offenders(all, kQt).size(), 1);
    QCOMPARE(offenders(all, kTorch).size(), 1);
    QVERIFY(!kQt.match("queue").hasMatch());
    QVERIFY(kTorch.match("torch/csrc/autograd/variable.h").hasMatch());
    QVERIFY(kQt.match("QtTest/QtTest").hasMatch());
}

QTEST_APPLESS_MAIN(TestIncludeLaw)
#include "test_include_law.moc"
