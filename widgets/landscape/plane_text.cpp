// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/landscape/plane_text.h"

#include <algorithm>
#include <cmath>

namespace timberline::widgets {

QString PlaneText::direction(const record::LandscapeAxis& axis)
{
    if (axis.kind == "random") {
        return tr("random direction, seed %1").arg(axis.seed);
    }
    if (axis.kind == "pca") {
        return std::isfinite(axis.explained)
                   ? tr("principal component %1 (%2 % of the path's variance)").arg(axis.index + 1).arg(100 * axis.explained, 0, 'f', 1)
                   : tr("principal component %1").arg(axis.index + 1);
    }
    if (axis.kind == "hessian") {
        return std::isfinite(axis.eigenvalue)
                   ? tr("Hessian eigenvector %1 (curvature %2)").arg(axis.index + 1).arg(shortNumber(axis.eigenvalue))
                   : tr("Hessian eigenvector %1").arg(axis.index + 1);
    }
    if (axis.kind == "to-point") {
        return tr("from 0 = here to 1 = the other network");
    }
    if (axis.kind == "three-point") {
        return tr("through three networks, direction %1").arg(axis.index + 1);
    }
    if (axis.kind == "gradient") {
        return tr("against the gradient, 1 = one step");
    }
    if (axis.kind == "update") {
        return tr("along the last update, 1 = one step");
    }
    return QString::fromStdString(axis.kind);
}

QString PlaneText::normalisation(const record::LandscapeAxis& axis)
{
    if (axis.normalisation == "filter") {
        return tr("filter-normalised");
    }
    if (axis.normalisation == "layer") {
        return tr("normalised by layer");
    }
    if (axis.normalisation == "weight") {
        return tr("normalised by weight");
    }
    return tr("not normalised");
}

QString PlaneText::axisTitle(const record::LandscapePlane& plane, bool second)
{
    const auto& axis = second ? plane.y : plane.x;
    return (second ? QStringLiteral("β: ") : QStringLiteral("α: ")) + direction(axis);
}

QString PlaneText::shortAxisTitle(const record::LandscapePlane& plane, bool second)
{
    const auto& axis = second ? plane.y : plane.x;
    const QString letter = second ? QStringLiteral("β: ") : QStringLiteral("α: ");
    if (axis.kind == "random") {
        return letter + tr("random %1").arg(axis.seed);
    }
    if (axis.kind == "pca") {
        return letter + (std::isfinite(axis.explained) ? tr("PC %1, %2 %").arg(axis.index + 1).arg(100 * axis.explained, 0, 'f', 0)
                                                       : tr("PC %1").arg(axis.index + 1));
    }
    if (axis.kind == "hessian") {
        return letter + tr("eigenvector %1").arg(axis.index + 1);
    }
    return letter + (axis.kind == "gradient" ? tr("gradient") : axis.kind == "update" ? tr("update") : tr("networks"));
}

QString PlaneText::planeName(const record::LandscapePlane& plane)
{
    const bool line = plane.y.kind == "none";
    QString kind = QString::fromStdString(plane.x.kind);
    if (plane.x.kind == "random") {
        kind = line ? tr("random line") : tr("random plane");
    } else if (plane.x.kind == "pca") {
        kind = tr("plane of the path (PCA)");
    } else if (plane.x.kind == "hessian") {
        kind = line ? tr("Hessian line") : tr("Hessian plane");
    } else if (plane.x.kind == "to-point" || plane.x.kind == "three-point") {
        kind = line ? tr("line between networks") : tr("plane of networks");
    } else if (plane.x.kind == "gradient") {
        kind = line ? tr("gradient line") : tr("gradient plane");
    } else if (plane.x.kind == "update") {
        kind = line ? tr("update line") : tr("update plane");
    }
    return tr("%1, step %2").arg(kind).arg(plane.center_step);
}

QString PlaneText::caption(const record::LandscapePlane& plane)
{
    const bool line = plane.y.kind == "none";
    QStringList parts;
    parts.append(tr("Loss %1 on %2").arg(QString::fromStdString(plane.loss), QString::fromStdString(plane.data)));
    parts.append(tr("α: %1").arg(direction(plane.x)));
    if (!line) {
        parts.append(tr("β: %1").arg(direction(plane.y)));
    }
    if (plane.x.kind == "random") {
        const QString& held = plane.x.one_dimensional == "zero"   ? tr("biases and gains held")
                              : plane.x.one_dimensional == "copy" ? tr("biases and gains scaled")
                                                                  : tr("biases and gains random");
        parts.append(tr("%1, %2").arg(normalisation(plane.x), held));
    }
    if (!line) {
        parts.append(tr("cosine %1").arg(shortNumber(std::abs(plane.cosine) < 5e-4 ? 0 : plane.cosine, 2)));
    }
    if (plane.x.kind == "pca" && std::isfinite(plane.x.explained) && std::isfinite(plane.y.explained)) {
        parts.append(tr("together %1 % of the variance").arg(100 * (plane.x.explained + plane.y.explained), 0, 'f', 1));
    }
    parts.append(plane.test_samples > 0
                     ? tr("the same %1 training and %2 test samples at every point (seed %3)")
                           .arg(plane.samples)
                           .arg(plane.test_samples)
                           .arg(plane.sample_seed)
                     : tr("the same %1 training samples at every point (seed %2)").arg(plane.samples).arg(plane.sample_seed));
    if (plane.batch_norm == "frozen") {
        parts.append(tr("batch norm statistics of the centre"));
    } else if (plane.batch_norm == "re-estimated") {
        parts.append(tr("batch norm statistics estimated anew at every point"));
    } else if (plane.batch_norm == "batch") {
        parts.append(tr("batch norm statistics of the subset"));
    } else if (plane.batch_norm == "interpolated") {
        parts.append(tr("batch norm statistics interpolated"));
    } else {
        parts.append(tr("no batch norm"));
    }
    QString text = parts.join(QStringLiteral("; ")) + QLatin1Char('.');
    text += QLatin1Char(' ') + tr("Centre: step %1, loss %2.").arg(plane.center_step).arg(shortNumber(plane.center_loss));
    if (plane.center_norm > 0) {
        text += QLatin1Char(' ');
        text += line ? tr("α = 1 is %1 of the parameters' length.").arg(shortNumber(plane.x.norm / plane.center_norm, 3))
                     : tr("α = 1 is %1 of the parameters' length, β = 1 is %2.")
                           .arg(shortNumber(plane.x.norm / plane.center_norm, 3), shortNumber(plane.y.norm / plane.center_norm, 3));
    }
    return text;
}

QString PlaneText::quantity(HeightMode mode)
{
    switch (mode) {
    case HeightMode::Loss:
        return tr("loss");
    case HeightMode::LogLoss:
        return tr("loss, log");
    case HeightMode::LogAboveMinimum:
        return tr("loss above minimum, log");
    case HeightMode::Accuracy:
        return tr("accuracy");
    }
    return {};
}

QString PlaneText::surfaceName(bool test)
{
    return test ? tr("Test") : tr("Training");
}

QString PlaneText::lossText(double loss, double standardError)
{
    const QString text = shortNumber(loss, 5);
    return std::isfinite(loss) && std::isfinite(standardError) ? tr("%1 ± %2").arg(text, shortNumber(standardError, 2)) : text;
}

QString PlaneText::progress(const record::LandscapeGrid& grid)
{
    const auto all = static_cast<qint64>(grid.level.size());
    const auto known = static_cast<qint64>(grid.known());
    if (known >= all) {
        return tr("all %1 cells computed").arg(all);
    }
    const int level = grid.level.empty() ? -1 : *std::max_element(grid.level.begin(), grid.level.end());
    return tr("%1 of %2 cells computed, level %3 of %4").arg(known).arg(all).arg(level + 1).arg(grid.plane.strides.size());
}

}  // namespace timberline::widgets
