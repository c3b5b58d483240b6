// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/main_options.h"

#include <QTest>

using namespace timberline::app;

class TestMainOptions : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsEverything()
    {
        QString problem;
        const auto options =
            parse_main_options({QStringLiteral("--open"), QStringLiteral("a.json"), QStringLiteral("--bench"), QStringLiteral("draft"),
                                QStringLiteral("--size"), QStringLiteral("1280x800"), QStringLiteral("--theme"), QStringLiteral("dark"),
                                QStringLiteral("--grab"), QStringLiteral("x.png")},
                               problem);
        QVERIFY2(options.has_value(), qPrintable(problem));
        QCOMPARE(options->open, QStringLiteral("a.json"));
        QCOMPARE(options->size, QSize(1280, 800));
        QCOMPARE(options->theme, QStringLiteral("dark"));
        QCOMPARE(options->grab, QStringLiteral("x.png"));
    }

    void refusesWithAReason_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("part");
        QTest::addRow("misspelt option") << QStringList{QStringLiteral("--opne"), QStringLiteral("x")} << QStringLiteral("--open");
        QTest::addRow("missing value") << QStringList{QStringLiteral("--grab")} << QStringLiteral("--grab needs a value");
        QTest::addRow("bench that does not exist")
            << QStringList{QStringLiteral("--bench"), QStringLiteral("drafts")} << QStringLiteral("draft, exits");
        QTest::addRow("size without an x") << QStringList{QStringLiteral("--size"), QStringLiteral("1600")}
                                           << QStringLiteral("WIDTHxHEIGHT");
        QTest::addRow("absurd size") << QStringList{QStringLiteral("--size"), QStringLiteral("99999x99999")}
                                     << QStringLiteral("WIDTHxHEIGHT");
        QTest::addRow("theme that does not exist")
            << QStringList{QStringLiteral("--theme"), QStringLiteral("pink")} << QStringLiteral("light");
        QTest::addRow("two files") << QStringList{QStringLiteral("a"), QStringLiteral("b")} << QStringLiteral("Two files");
        QTest::addRow("export without a file") << QStringList{QStringLiteral("--export"), QStringLiteral("dir")} << QStringLiteral("FILE");
        QTest::addRow("unknown format") << QStringList{QStringLiteral("--format"), QStringLiteral("gif")} << QStringLiteral("svg");
    }

    void refusesWithAReason()
    {
        QFETCH(QStringList, arguments);
        QFETCH(QString, part);
        QString problem;
        QVERIFY(!parse_main_options(arguments, problem).has_value());
        QVERIFY2(problem.contains(part), qPrintable(problem));
    }
};

QTEST_APPLESS_MAIN(TestMainOptions)
#include "test_main_options.moc"
