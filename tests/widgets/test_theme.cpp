// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/theme/theme.h"

#include <QSignalSpy>
#include <QTest>

#include <limits>

using namespace timberline;
using namespace timberline::widgets;

class TestTheme : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void contrastRatioIsTheDefinition()
    {
        // WCAG 2: black on white is 21, a colour on itself 1.
        QVERIFY(qAbs(contrastRatio(Qt::black, Qt::white) - 21.0) < 1e-9);
        QVERIFY(qAbs(contrastRatio(Qt::red, Qt::red) - 1.0) < 1e-9);
    }

    void textAndMarksCanBeSeen_data()
    {
        QTest::addColumn<int>("which");
        QTest::addRow("light") << 0;
        QTest::addRow("dark") << 1;
        QTest::addRow("high contrast") << 2;
    }

    void textAndMarksCanBeSeen()
    {
        QFETCH(int, which);
        const Theme theme = which == 0 ? Theme::light() : which == 1 ? Theme::dark() : Theme::highContrast();
        for (const QColor& ground : {theme.background, theme.panel}) {
            for (const QColor& text : {theme.ink, theme.quietInk}) {
                QVERIFY2(contrastRatio(text, ground) >= 4.5,
                         qPrintable(QStringLiteral("text %1 on %2: %3").arg(text.name(), ground.name()).arg(contrastRatio(text, ground))));
            }
        }
        for (const QColor& mark : {theme.accepted, theme.extra, theme.rejected, theme.neverVerified, theme.pruned}) {
            QVERIFY2(contrastRatio(mark, theme.background) >= 3.0, qPrintable(QStringLiteral("mark %1 on %2: %3")
                                                                                  .arg(mark.name(), theme.background.name())
                                                                                  .arg(contrastRatio(mark, theme.background))));
        }
    }

    void mapIsMonotoneInLightness()
    {
        double last = -1;
        for (int i = 0; i <= 100; ++i) {
            const double luminance = contrastRatio(cividis(i / 100.0), Qt::black);
            QVERIFY(luminance > last);
            last = luminance;
        }
        QCOMPARE(cividis(std::numeric_limits<double>::quiet_NaN()).alpha(), 0);
    }

    void liveSwitchTellsEveryView()
    {
        int told = 0;
        const QObject here;  // the connection must not outlive what it counts in
        connect(&ThemeManager::instance(), &ThemeManager::changed, &here, [&told] { ++told; });
        ThemeManager::instance().attach(qApp);
        ThemeManager::instance().setTheme(QStringLiteral("dark"));
        QVERIFY(theme().isDark());
        QCOMPARE(qApp->palette().color(QPalette::Window), Theme::dark().panel);
        ThemeManager::instance().setTheme(QStringLiteral("light"));
        QVERIFY(!theme().isDark());
        QCOMPARE(told, 3);
    }

    void asTheSystemFollowsTheDesktop()
    {
        // A desktop with dark windows, as its palette tells a starting program.
        auto& manager = ThemeManager::instance();
        QPalette dark;
        dark.setColor(QPalette::Window, QColor(30, 30, 34));
        QApplication::setPalette(dark);
        manager.attach(qApp);
        manager.setTheme(QStringLiteral("system"));
        QCOMPARE(manager.choice(), QStringLiteral("system"));
        QCOMPARE(theme().id, QStringLiteral("dark"));
        // The desktop turns light while the program runs. Offscreen, the platform's palette is a light one.
        QSignalSpy changed(&manager, &ThemeManager::changed);
        QEvent told(QEvent::ThemeChange);
        QCoreApplication::sendEvent(qApp, &told);
        QCOMPARE(theme().id, QStringLiteral("light"));
        QCOMPARE(changed.count(), 1);
        // A theme that was chosen does not follow.
        manager.setTheme(QStringLiteral("high-contrast"));
        QCoreApplication::sendEvent(qApp, &told);
        QCOMPARE(theme().id, QStringLiteral("high-contrast"));
        manager.setTheme(QStringLiteral("light"));
    }
};

QTEST_MAIN(TestTheme)
#include "test_theme.moc"
