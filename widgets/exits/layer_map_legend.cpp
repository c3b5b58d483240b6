// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/exits/layer_map_pen.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace timberline::widgets {

using record::KvSource;

namespace layer_map {

namespace {

QString lensText(const ExitModel& model)
{
    const std::string& lens = model.run()->lens;
    return lens == "tuned"      ? words(QT_TRANSLATE_NOOP("LayerMap", "tuned lens"))
           : lens == "own-head" ? words(QT_TRANSLATE_NOOP("LayerMap", "own head at each layer"))
                                : words(QT_TRANSLATE_NOOP("LayerMap", "logit lens"));
}

/// A key entry: what it looks like (drawn by index) and its words.
struct KeyEntry {
    enum class Mark { Exit, RunExit, NotRun, Unknown, Stale, Source, Agrees, Differs };
    Mark mark;
    QString text;
    KvSource source = KvSource::Computed;
};

std::vector<KeyEntry> keyEntries(const ExitModel& model, ExitChannel channel, bool sources)
{
    using Mark = KeyEntry::Mark;
    std::vector<KeyEntry> out;
    if (channel == ExitChannel::Agreement) {
        out.push_back({Mark::Agrees, words(QT_TRANSLATE_NOOP("LayerMap", "says what the last layer says"))});
        out.push_back({Mark::Differs, words(QT_TRANSLATE_NOOP("LayerMap", "says something else"))});
    }
    out.push_back({Mark::Exit, words(QT_TRANSLATE_NOOP("LayerMap", "exit"))});
    if (model.differsFromRun()) {
        out.push_back({Mark::RunExit, words(QT_TRANSLATE_NOOP("LayerMap", "exit in the run"))});
    }
    // Only what occurs is explained.
    const auto& readings = model.readings();
    bool skipped = false;
    bool unknown = false;
    for (std::size_t row = 0; row < model.rows(); ++row) {
        const std::int32_t exit = model.exitOf(row);
        skipped = skipped || (exit > 0 && exit < readings.known[row]);
        unknown = unknown || readings.known[row] < readings.layers;
    }
    if (skipped) {
        out.push_back({Mark::NotRun, words(QT_TRANSLATE_NOOP("LayerMap", "not run, read for the picture"))});
    }
    if (unknown) {
        out.push_back({Mark::Unknown, words(QT_TRANSLATE_NOOP("LayerMap", "not known"))});
    }
    if (sources) {
        std::array<bool, record::kKvSources> seen{};
        for (const KvSource source : model.readings().source) {
            seen[static_cast<std::size_t>(source)] = true;
        }
        for (std::size_t i = 1; i < seen.size(); ++i) {
            if (seen[i]) {
                out.push_back({Mark::Source, titleOf(static_cast<KvSource>(i)), static_cast<KvSource>(i)});
            }
        }
    }
    return out;
}

void paintKeyMark(Pen& pen, const KeyEntry& entry, const QRectF& box)
{
    using Mark = KeyEntry::Mark;
    QPainter& painter = pen.painter;
    painter.setBrush(Qt::NoBrush);
    const QRgb sample = pen.scale.map.rgb(0.55);
    switch (entry.mark) {
    case Mark::Exit:
        painter.setPen(QPen(pen.theme.ink, 2.5));
        painter.drawPolyline(
            QPolygonF({box.bottomLeft(), QPointF(box.center().x(), box.bottom()), QPointF(box.center().x(), box.top()), box.topRight()}));
        break;
    case Mark::RunExit:
        painter.setPen(QPen(pen.theme.quietInk, 1.5, Qt::DashLine));
        painter.drawLine(QPointF(box.left(), box.center().y()), QPointF(box.right(), box.center().y()));
        break;
    case Mark::NotRun:
        painter.fillRect(box, mix(QColor::fromRgb(sample), pen.theme.background, 0.28));
        hatch(painter, box, sample);
        break;
    case Mark::Unknown:
        painter.setPen(QPen(pen.theme.quietInk, 1, Qt::DotLine));
        painter.drawRect(box);
        break;
    case Mark::Stale:
        break;
    case Mark::Source:
        painter.setPen(QPen(colorOf(entry.source, pen.theme), 2, lineOf(entry.source), Qt::FlatCap));
        painter.drawRect(box.adjusted(1, 1, -1, -1));
        break;
    case Mark::Agrees:
    case Mark::Differs: {
        const QRgb fill = agreementColor(entry.mark == Mark::Agrees, pen.theme);
        painter.fillRect(box, QColor::fromRgb(fill));
        if (entry.mark == Mark::Differs) {
            painter.setPen(inkOn(fill));
            painter.drawText(box, Qt::AlignCenter, QStringLiteral("×"));
        }
        break;
    }
    }
}

}  // namespace

void paintCaption(Pen& pen)
{
    const auto& model = pen.model;
    QStringList parts{lensText(model)};
    if (!pen.request.policyText.isEmpty()) {
        parts.append(pen.request.policyText);
    }
    if (!model.isTrainedNet()) {
        parts.append(words(QT_TRANSLATE_NOOP("LayerMap", "keys and values: %1")).arg(titleOf(model.choice().mode)));
    }
    const QFontMetricsF metrics(pen.body);
    pen.painter.setFont(pen.body);
    const auto stale = model.decided().firstStale;
    QString note;
    if (!model.decided().problem.isEmpty()) {
        note = model.decided().problem;
    } else if (stale) {
        note = words(QT_TRANSLATE_NOOP("LayerMap", "needs a re-run from token %1 on")).arg(model.positionOf(static_cast<int>(*stale)));
    }
    const QRectF& area = pen.layout.caption;
    const double noteWidth = note.isEmpty() ? 0 : std::min(metrics.horizontalAdvance(note) + 4, area.width() * 0.55);
    if (!note.isEmpty()) {
        pen.painter.setPen(pen.theme.rejected);
        pen.painter.drawText(QRectF(area.right() - noteWidth, area.top(), noteWidth, area.height()), Qt::AlignRight | Qt::AlignVCenter,
                             metrics.elidedText(note, Qt::ElideRight, noteWidth));
    }
    pen.painter.setPen(pen.theme.quietInk);
    const double room = area.width() - noteWidth - 12;
    pen.painter.drawText(QRectF(area.left(), area.top(), room, area.height()), Qt::AlignLeft | Qt::AlignVCenter,
                         metrics.elidedText(parts.join(QStringLiteral(" · ")), Qt::ElideMiddle, room));
}

namespace {

/// Width of the colour bar with its texts, as a share of the legend's.
constexpr double kBarShare = 0.45;

double barWidth(const QFontMetricsF& metrics, ExitChannel channel, double width)
{
    if (channel == ExitChannel::Agreement) {
        return 0;
    }
    const QString unit = unitOf(channel).isEmpty() ? QString() : QStringLiteral(" (") + unitOf(channel) + QLatin1Char(')');
    // Label, both ends and their gaps, and a bar of at most 160 pixels (drawColourLegend).
    const double texts = metrics.horizontalAdvance(titleOf(channel) + unit) + 2 * metrics.horizontalAdvance(QStringLiteral("10.0")) + 36;
    return texts + std::clamp(width * kBarShare - texts, 48.0, 160.0) + 12;
}

double entryWidth(const QFontMetricsF& metrics, const KeyEntry& entry)
{
    return 22 + metrics.horizontalAdvance(entry.text) + 14;
}

}  // namespace

void paintLegend(Pen& pen)
{
    const QRectF& area = pen.layout.legend;
    pen.painter.setFont(pen.body);
    const QFontMetricsF metrics(pen.body);
    const double line = pen.line + 6;
    double y = area.top();
    if (pen.request.channel != ExitChannel::Agreement) {
        drawColourLegend(pen.painter, {0, y}, area.width() * kBarShare, pen.scale,
                         {.label = titleOf(pen.request.channel), .unit = unitOf(pen.request.channel), .undefinedText = {}, .digits = 1},
                         pen.theme);
    }
    double x = barWidth(metrics, pen.request.channel, area.width());
    for (const auto& entry : keyEntries(pen.model, pen.request.channel, pen.request.sources)) {
        const double width = entryWidth(metrics, entry);
        if (x + width > area.width() && x > 0) {
            x = 0;
            y += line;
        }
        if (y + line > area.bottom() + 1) {
            break;
        }
        paintKeyMark(pen, entry, QRectF(x, y + line * 0.25, 16, line * 0.5));
        pen.painter.setPen(pen.theme.quietInk);
        pen.painter.drawText(QRectF(x + 22, y, width - 22, line), Qt::AlignLeft | Qt::AlignVCenter, entry.text);
        x += width;
    }
}

}  // namespace layer_map

int layerMapLegendLines(const ExitModel& model, ExitChannel channel, bool sources, const QFont& font, double width)
{
    if (model.run() == nullptr) {
        return 1;
    }
    const QFontMetricsF metrics(font);
    int lines = 1;
    double x = layer_map::barWidth(metrics, channel, width);
    for (const auto& entry : layer_map::keyEntries(model, channel, sources)) {
        const double needed = layer_map::entryWidth(metrics, entry);
        if (x + needed > width && x > 0) {
            x = 0;
            ++lines;
        }
        x += needed;
    }
    return std::min(lines, 4);
}

}  // namespace timberline::widgets
