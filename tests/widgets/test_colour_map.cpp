// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plot/colour_map.h"

#include <QImage>
#include <QPainter>
#include <QTest>

#include <cmath>

using namespace timberline;
using namespace timberline::widgets;

namespace {

double lightness(const QColor& c)
{
    return 0.2126 * c.redF() + 0.7152 * c.greenF() + 0.0722 * c.blueF();
}

}  // namespace

class TestColourMap : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { ThemeManager::instance().attach(qApp); }

    void sequentialMapsRiseInLightness_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addRow("cividis") << static_cast<int>(ColourMap::Kind::Cividis);
        QTest::addRow("viridis") << static_cast<int>(ColourMap::Kind::Viridis);
    }

    void sequentialMapsRiseInLightness()
    {
        QFETCH(int, kind);
        const auto map = ColourMap::sequential(static_cast<ColourMap::Kind>(kind));
        for (int i = 1; i <= 16; ++i) {
            QVERIFY2(lightness(map.color(i / 16.0)) > lightness(map.color((i - 1) / 16.0)), qPrintable(QString::number(i)));
        }
        QCOMPARE(map.rgb(std::nan("")), QRgb(0));
        QCOMPARE(map.rgb(7), map.rgb(1));
        QCOMPARE(map.rgb(-7), map.rgb(0));
    }

    void divergingMapIsCentredOnThePaper()
    {
        const auto scale = ColourScale::centred(2, Theme::light());
        QVERIFY(lightness(scale.color(0)) > 0.97);
        QVERIFY(lightness(scale.color(-2)) < 0.5);
        QVERIFY(lightness(scale.color(2)) < 0.5);
        QVERIFY(scale.color(-2).blue() > scale.color(-2).red());
        QVERIFY(scale.color(2).red() > scale.color(2).blue());
        QVERIFY(std::isnan(scale.position(std::nan(""))));
        QCOMPARE(scale.position(INFINITY), 1.0);
        QCOMPARE(ColourScale::centred(0, Theme::dark()).high, 1.0);
    }

    void niceCeilings_data()
    {
        QTest::addColumn<double>("value");
        QTest::addColumn<double>("ceiling");
        QTest::addRow("just above one") << 1.1 << 2.0;
        QTest::addRow("a step stays") << 2.5 << 2.5;
        QTest::addRow("between") << 3.1 << 5.0;
        QTest::addRow("next power") << 73.0 << 100.0;
        QTest::addRow("small") << 0.031 << 0.05;
        QTest::addRow("zero") << 0.0 << 1.0;
        QTest::addRow("infinite") << double(INFINITY) << 1.0;
        QTest::addRow("undefined") << std::nan("") << 1.0;
    }

    void niceCeilings()
    {
        QFETCH(double, value);
        QFETCH(double, ceiling);
        QVERIFY(std::abs(niceCeiling(value) - ceiling) < 1e-12);
    }

    void undefinedCellsAreHatchedNotColoured()
    {
        QImage image(32, 32, QImage::Format_RGB32);
        image.fill(Qt::white);
        QPainter painter(&image);
        drawValueCell(painter, {0, 0, 32, 32}, std::nan(""), {}, Theme::light());
        painter.end();
        int dark = 0;
        int light = 0;
        for (int x = 0; x < 32; ++x) {
            (qGray(image.pixel(x, 16)) < 225 ? dark : light) += 1;
        }
        QVERIFY(dark > 0 && light > 0);
    }
};

QTEST_MAIN(TestColourMap)
#include "test_colour_map.moc"
