// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/atomic_file.h"
#include "core/base/files.h"

#include <QtTest>

#include <QTemporaryDir>

using namespace timberline;
namespace fs = std::filesystem;

class TestFiles : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;
    [[nodiscard]] fs::path path(const char* name) const { return fs::path(m_folder.path().toStdString()) / name; }
    [[nodiscard]] qsizetype entries() const
    {
        return QDir(m_folder.path()).entryList(QDir::NoDotAndDotDot | QDir::AllEntries | QDir::Hidden).size();
    }

private Q_SLOTS:
    void writesAndReads()
    {
        const std::string content("a\0b\n\xFF", 5);
        QVERIFY(write_file(path("x"), content).ok());
        QCOMPARE(*read_file(path("x")), content);
        QVERIFY(write_file(path("x"), std::string_view()).ok()); // replaces
        QCOMPARE(*read_file(path("x")), std::string());
        const std::vector<std::uint8_t> bytes{1, 2, 0, 255};
        QVERIFY(write_file(path("x"), std::span<const std::uint8_t>(bytes)).ok());
        QCOMPARE(*read_file(path("x")), std::string("\x01\x02\x00\xFF", 4));
        QCOMPARE(entries(), 1); // no temporary file stays behind
        fs::remove(path("x"));
    }

    void limitsAndMissingFiles()
    {
        QVERIFY(write_file(path("ten"), "0123456789").ok());
        QVERIFY(read_file(path("ten"), 10).ok());
        const auto large = read_file(path("ten"), 9);
        QVERIFY(!large.ok() && large.error().code == ErrorCode::BadFile);
        QVERIFY2(large.error().message.find("ten: larger than 9 bytes") != std::string::npos, large.error().message.c_str());
        const auto missing = read_file(path("none"));
        QVERIFY(!missing.ok() && missing.error().code == ErrorCode::NotFound);
        QVERIFY(missing.error().message.find("none") != std::string::npos);
        const auto folder = read_file(fs::path(m_folder.path().toStdString()));
        QVERIFY(!folder.ok() && folder.error().code == ErrorCode::BadFile);
        const auto device = read_file("/dev/zero", 100);
        QVERIFY(!device.ok() && device.error().code == ErrorCode::BadFile);
        QVERIFY(!read_file("/proc/self/status")->empty()); // says size 0 and has content
        fs::remove(path("ten"));
    }

    void failuresLeaveTheOldFile()
    {
        QVERIFY(write_file(path("keep"), "old").ok());
        {
            auto file = AtomicFile::create(path("keep"));
            QVERIFY(file.ok());
            QVERIFY(file->write("new", 3).ok());
            QCOMPARE(*read_file(path("keep")), std::string("old")); // nothing shows before commit
        }
        QCOMPARE(*read_file(path("keep")), std::string("old"));
        QCOMPARE(entries(), 1);
        const auto no_folder = write_file(path("absent/x"), "1");
        QVERIFY(!no_folder.ok() && no_folder.error().code == ErrorCode::NotFound);
        QVERIFY(no_folder.error().message.find("absent/x") != std::string::npos);
        QVERIFY(!write_file(fs::path(m_folder.path().toStdString()), "1").ok());
        fs::remove(path("keep"));
    }

    void symbolicLinksAreKept()
    {
        QVERIFY(write_file(path("real"), "1").ok());
        fs::create_symlink("real", path("link"));
        QVERIFY(write_file(path("link"), "2").ok());
        QVERIFY(fs::is_symlink(path("link")));
        QCOMPARE(*read_file(path("real")), std::string("2"));
    }

    void resourcesAndModels()
    {
        qputenv("TIMBERLINE_RESOURCES", m_folder.path().toUtf8());
        const fs::path chosen = fs::canonical(m_folder.path().toStdString());
        QCOMPARE(resource_folder(), chosen);
        QCOMPARE(resolve_model_path("bundled:tale"), chosen / "models" / "tale");
        QCOMPARE(resolve_model_path("bundled:tale-heads/eagle"), chosen / "models" / "tale-heads" / "eagle");
        QCOMPARE(resolve_model_path("some/where"), fs::path("some/where"));
        qputenv("TIMBERLINE_RESOURCES", "/there/is/no/such/folder");
        QVERIFY(resource_folder() != fs::path("/there/is/no/such/folder") || !fs::exists(TIMBERLINE_SOURCE_FOLDER "/resources"));
        qunsetenv("TIMBERLINE_RESOURCES");
        if (fs::exists(TIMBERLINE_SOURCE_FOLDER "/resources")) {
            QVERIFY(fs::is_directory(resource_folder()));
        }
    }

    void versionHasThreeNumbers()
    {
        const QRegularExpression numbers("^\\d+\\.\\d+\\.\\d+$");
        QVERIFY(numbers.match(QString::fromUtf8(version().data(), static_cast<qsizetype>(version().size()))).hasMatch());
    }
};

QTEST_APPLESS_MAIN(TestFiles)
#include "test_files.moc"
