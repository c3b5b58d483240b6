// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/widgets/landscape_samples.h"
#include "widgets/landscape/landscape_model.h"
#include "widgets/shared/view.h"
#include "widgets/theme/theme.h"

#include <QApplication>
#include <QImage>

#include <cmath>
#include <limits>

/// What the tests of the Landscape bench's views share.
namespace timberline::testing {

inline constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
inline constexpr double kInfinity = std::numeric_limits<double>::infinity();

inline void attachTheme()
{
    widgets::ThemeManager::instance().attach(qApp);
    widgets::ThemeManager::instance().setTheme(QStringLiteral("light"));
}

/// The model with a surface of this height.
struct Sample {
    widgets::RecordModel records;
    widgets::LandscapeModel model{&records};
    explicit Sample(const Height& height, std::int32_t nx = 51, std::int32_t ny = 51, std::size_t levels = 3, const Height& test = {},
                    double error = 0.01, double clip = 0)
    {
        auto record = std::make_shared<record::Record>();
        record->events.push_back({startedLandscape()});
        auto shown = plane(nx, ny);
        shown.test_samples = test ? 100 : 0;
        shown.clip = clip;
        addSurface(*record, shown, height, -1, test, levels, error);
        records.adoptRecord(record);
    }
};

inline QColor pixelAt(widgets::View& view, QPointF at)
{
    QImage image(view.size(), QImage::Format_RGB32);
    view.render(&image);
    return image.pixelColor(at.toPoint());
}

}  // namespace timberline::testing
