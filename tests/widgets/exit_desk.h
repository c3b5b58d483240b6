// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/widgets/exit_samples.h"
#include "widgets/exits/exit_model.h"
#include "widgets/shared/selection.h"
#include "widgets/shared/view.h"

#include <QFile>
#include <QTemporaryDir>

#include <algorithm>

/// What the tests of the exit views share: a record with its fold and selection, and providers that need nothing of the core.
namespace timberline::testing {

using namespace timberline::widgets;
using record::KvMode;

/// The confidence policy written down once more, for the tests: exits are its own, figures count layers only.
inline ExitDecided decideByConfidence(const record::LayerReadings& r, const record::ExitRun& run, const ExitChoice& choice)
{
    ExitDecided out;
    if (choice.policy == "broken") {
        out.problem = QStringLiteral("this policy has no scores");
        return out;
    }
    const double threshold = std::get<double>(choice.values.at("threshold"));
    const std::size_t cells = r.rows() * static_cast<std::size_t>(r.layers);
    out.score = r.probability;
    out.native = r.probability;
    out.threshold.assign(cells, static_cast<float>(threshold));
    out.figures.histogram.assign(static_cast<std::size_t>(r.layers), 0);
    double depth = 0;
    for (std::size_t row = 0; row < r.rows(); ++row) {
        std::int32_t exit = r.layers;
        for (std::int32_t l = 1; r.moment[row] >= 0 && threshold < 1 && l < r.layers; ++l) {
            if (r.probability[r.cell(row, static_cast<std::size_t>(l - 1))] >= static_cast<float>(threshold)) {
                exit = l;
                break;
            }
        }
        out.exit.push_back(exit);
        if (r.moment[row] >= 0) {
            ++out.figures.rows;
            ++out.figures.histogram[static_cast<std::size_t>(exit - 1)];
            depth += exit;
        }
        if (!out.firstStale && exit != r.exit[row] && row + 1 < r.rows()) {
            out.firstStale = row + 1;
        }
    }
    out.figures.meanDepth = depth / static_cast<double>(std::max<std::int64_t>(1, out.figures.rows));
    out.figures.layerFraction = out.figures.meanDepth / run.layers;
    out.figures.flopFraction = out.figures.layerFraction;
    out.figures.agreement = 0.5 + 0.5 * out.figures.layerFraction;
    return out;
}

inline ExitProviders simpleProviders()
{
    ExitProviders out;
    out.decide = decideByConfidence;
    out.recorded = [](const record::LayerReadings& r, const record::ExitRun& run) {
        ExitFigures figures;
        figures.histogram.assign(static_cast<std::size_t>(run.layers), 0);
        double depth = 0;
        for (std::size_t row = 0; row < r.rows(); ++row) {
            if (r.moment[row] >= 0) {
                ++figures.rows;
                ++figures.histogram[static_cast<std::size_t>(r.exit[row] - 1)];
                depth += r.exit[row];
            }
        }
        figures.meanDepth = figures.rows > 0 ? depth / static_cast<double>(figures.rows) : ExitFigures::kNone;
        figures.layerFraction = figures.meanDepth / run.layers;
        figures.flopFraction = figures.layerFraction + 0.1;
        figures.agreement = 0.9;
        return figures;
    };
    out.sweep = [](const record::LayerReadings&, const record::ExitRun&, const ExitChoice& choice, ExitCostKind, ExitQualityKind) {
        std::vector<ExitCurvePoint> points;
        for (int i = 1; i <= 4; ++i) {
            ExitCurvePoint point{
                .policy = choice.policy, .key = "threshold", .setting = 0.2 * i, .cost = 0.25 * i, .quality = 0.6 + 0.1 * i};
            point.figures.layerFraction = point.cost;
            points.push_back(point);
        }
        return points;
    };
    out.front = [](const std::vector<ExitCurvePoint>& points, double) {
        ExitFront front;
        for (std::size_t i = 0; i < points.size() && i < 4; ++i) {
            front.points.push_back(i);
        }
        front.area = 0.5;
        front.costAt99 = 0.75;
        return front;
    };
    out.reliability = [](const record::LayerReadings& r, std::size_t layer, bool) {
        ExitReliability out2;
        out2.bins.resize(10);
        out2.bins[8] = {.count = 3, .confidence = 0.85, .accuracy = 0.5};
        out2.rows = static_cast<std::int64_t>(r.rows());
        out2.confidence = 0.85;
        out2.accuracy = 0.5;
        out2.ece = 0.35 / static_cast<double>(layer + 1);
        return out2;
    };
    out.decideMap = [](const record::ExitDecisionMap& map, const record::ExitRun&, const ExitChoice&) {
        return std::vector<std::int32_t>(static_cast<std::size_t>(map.nx) * static_cast<std::size_t>(map.ny), 2);
    };
    return out;
}

inline ExitChoice confidence(double threshold)
{
    return {.policy = "confidence", .values = {{"threshold", threshold}}, .mode = KvMode::Propagate};
}

/// A record, its fold and a selection, as a bench has them.
struct Desk {
    RecordModel record;
    ExitModel model{&record};
    SelectionModel selection;
    Desk()
    {
        model.setProviders(simpleProviders());
        model.setChoice(confidence(0.9));
    }
};

inline QByteArray svgOf(const View& view)
{
    QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("view.svg"));
    if (!exportView(view, ExportFormat::Svg, path, {}).isEmpty()) {
        return {};
    }
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

}  // namespace timberline::testing
