// SPDX-License-Identifier: GPL-3.0-or-later
// libtorch brings Qt 5 into the process beside our Qt 6. An inline Qt 6 function that a program exports would be called by Qt 5 with
// its own, different objects, and the program would die before main(). So no program may export a function of Qt.

#include <QDirIterator>
#include <QFileInfo>
#include <QProcess>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QTest>

class TestExportedSymbols : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void noProgramExportsAFunctionOfQt_data();
    void noProgramExportsAFunctionOfQt();
};

void TestExportedSymbols::noProgramExportsAFunctionOfQt_data()
{
    QTest::addColumn<QString>("program");
    const QString bin = QStringLiteral(TIMBERLINE_BINARY_FOLDER);
    const QString tests = QFileInfo(QCoreApplication::applicationFilePath()).absolutePath();
    for (const QString& folder : {bin, tests}) {
        QDirIterator programs(folder, QDir::Files | QDir::Executable);
        while (programs.hasNext()) {
            const QString path = programs.next();
            QTest::newRow(qPrintable(QFileInfo(path).fileName())) << path;
        }
    }
}

void TestExportedSymbols::noProgramExportsAFunctionOfQt()
{
    QFETCH(QString, program);
    const QString nm = QStandardPaths::findExecutable("nm");
    if (nm.isEmpty()) {
        QSKIP("needs nm, which comes with the compiler");
    }
    QProcess process;
    process.start(nm, {"--dynamic", "--defined-only", program});
    QVERIFY(process.waitForFinished(60000));
    QCOMPARE(process.exitCode(), 0);
    // Mangled: _ZN or _ZNK, the length of the class's name, then Q and a capital letter. QCP… is QCustomPlot, which Qt 5 does not know.
    // Members of templates (an I after the name) may stay: those that are not inline carry Qt 6's 64-bit sizes in their names.
    static const QRegularExpression function("^\\S+ [TWtwi] _ZNK?(\\d+)(Q(?!CP)[A-Z]\\S*)$", QRegularExpression::MultilineOption);
    const QString table = QString::fromLatin1(process.readAllStandardOutput());
    for (auto matches = function.globalMatch(table); matches.hasNext();) {
        const auto match = matches.next();
        const bool of_template = match.captured(2).mid(match.captured(1).toInt()).startsWith(QLatin1Char('I'));
        QVERIFY2(of_template, qPrintable(QFileInfo(program).fileName() + " exports " + match.captured(2)));
    }
}

QTEST_GUILESS_MAIN(TestExportedSymbols)
#include "test_exported_symbols.moc"
