// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/exits/exit_channel.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

namespace timberline::widgets {

using record::KvMode;
using record::KvSource;

namespace {

QString words(const char* text)
{
    return QCoreApplication::translate("ExitChannel", text);
}

double entropyReach(const ExitModel& model)
{
    const int choices = model.run() == nullptr ? 0 : model.run()->vocabulary;
    return choices > 1 ? std::log(static_cast<double>(choices)) : 1;
}

/// Smallest or largest finite number of the rows shown.
double extreme(const std::vector<float>& values, bool largest)
{
    double out = std::numeric_limits<double>::quiet_NaN();
    for (const float value : values) {
        if (std::isfinite(value) && (std::isnan(out) || (largest ? value > out : value < out))) {
            out = static_cast<double>(value);
        }
    }
    return out;
}

}  // namespace

QString idOf(ExitChannel channel)
{
    switch (channel) {
    case ExitChannel::Probability:
        return QStringLiteral("probability");
    case ExitChannel::Entropy:
        return QStringLiteral("entropy");
    case ExitChannel::Margin:
        return QStringLiteral("margin");
    case ExitChannel::KlFinal:
        return QStringLiteral("kl-final");
    case ExitChannel::Agreement:
        return QStringLiteral("agreement");
    case ExitChannel::Cosine:
        return QStringLiteral("cosine");
    case ExitChannel::Score:
        return QStringLiteral("score");
    }
    return {};
}

QString titleOf(ExitChannel channel)
{
    switch (channel) {
    case ExitChannel::Probability:
        return words(QT_TRANSLATE_NOOP("ExitChannel", "Probability"));
    case ExitChannel::Entropy:
        return words(QT_TRANSLATE_NOOP("ExitChannel", "Entropy"));
    case ExitChannel::Margin:
        return words(QT_TRANSLATE_NOOP("ExitChannel", "Margin"));
    case ExitChannel::KlFinal:
        return words(QT_TRANSLATE_NOOP("ExitChannel", "KL to final"));
    case ExitChannel::Agreement:
        return words(QT_TRANSLATE_NOOP("ExitChannel", "Agreement"));
    case ExitChannel::Cosine:
        return words(QT_TRANSLATE_NOOP("ExitChannel", "Cosine"));
    case ExitChannel::Score:
        return words(QT_TRANSLATE_NOOP("ExitChannel", "Policy score"));
    }
    return {};
}

QString helpOf(ExitChannel channel)
{
    switch (channel) {
    case ExitChannel::Probability:
        return words(QT_TRANSLATE_NOOP("ExitChannel", "Probability of the layer's likeliest token, at temperature 1."));
    case ExitChannel::Entropy:
        return words(QT_TRANSLATE_NOOP("ExitChannel", "How undecided the layer is about the next "
                                                      "token, over the full vocabulary."));
    case ExitChannel::Margin:
        return words(QT_TRANSLATE_NOOP("ExitChannel", "Probability of the likeliest token minus "
                                                      "that of the second likeliest."));
    case ExitChannel::KlFinal:
        return words(QT_TRANSLATE_NOOP("ExitChannel", "How far the layer's distribution is from "
                                                      "the last layer's; 0 in the last layer."));
    case ExitChannel::Agreement:
        return words(QT_TRANSLATE_NOOP("ExitChannel", "Whether the layer's likeliest token is the last layer's."));
    case ExitChannel::Cosine:
        return words(QT_TRANSLATE_NOOP("ExitChannel", "How little the block turned the hidden "
                                                      "state: cosine of its input and output."));
    case ExitChannel::Score:
        return words(QT_TRANSLATE_NOOP("ExitChannel", "What the policy compares with its threshold; higher is "
                                                      "more willing to exit."));
    }
    return {};
}

QString unitOf(ExitChannel channel)
{
    return channel == ExitChannel::Entropy || channel == ExitChannel::KlFinal ? words(QT_TRANSLATE_NOOP("ExitChannel", "nats")) : QString();
}

double valueOf(const ExitModel& model, ExitChannel channel, std::size_t row, std::size_t layer)
{
    const auto& readings = model.readings();
    const std::size_t cell = readings.cell(row, layer);
    switch (channel) {
    case ExitChannel::Probability:
        return static_cast<double>(readings.probability[cell]);
    case ExitChannel::Entropy:
        return static_cast<double>(readings.entropy[cell]);
    case ExitChannel::Margin:
        return static_cast<double>(readings.margin[cell]);
    case ExitChannel::KlFinal:
        return static_cast<double>(readings.kl_final[cell]);
    case ExitChannel::Agreement: {
        const int agrees = readings.agrees(row, layer);
        return agrees < 0 ? std::numeric_limits<double>::quiet_NaN() : agrees;
    }
    case ExitChannel::Cosine:
        return static_cast<double>(readings.cosine[cell]);
    case ExitChannel::Score: {
        const auto& score = model.decided().score;
        return cell < score.size() ? static_cast<double>(score[cell]) : std::numeric_limits<double>::quiet_NaN();
    }
    }
    return std::numeric_limits<double>::quiet_NaN();
}

ColourScale scaleOf(const ExitModel& model, ExitChannel channel)
{
    static const ColourMap map = ColourMap::sequential();
    ColourScale scale{.map = map, .low = 0, .high = 1};
    if (channel == ExitChannel::Entropy) {
        scale.high = entropyReach(model);
    } else if (channel == ExitChannel::KlFinal) {
        scale.high = niceCeiling(extreme(model.readings().kl_final, true));
    } else if (channel == ExitChannel::Cosine) {
        const double lowest = extreme(model.readings().cosine, false);
        scale.low = std::isfinite(lowest) ? std::clamp(std::floor(lowest * 10) / 10, -1.0, 0.9) : 0;
    }
    return scale;
}

bool showsScore(ExitChannel channel, const std::string& policy)
{
    return channel == ExitChannel::Score || (channel == ExitChannel::Probability && policy == "confidence") ||
           (channel == ExitChannel::Margin && policy == "margin") || (channel == ExitChannel::Cosine && policy == "saturation");
}

QColor colorOf(KvSource source, const Theme& theme)
{
    switch (source) {
    case KvSource::Computed:
        return Qt::transparent;
    case KvSource::Propagated:
        return theme.accepted;
    case KvSource::Copied:
        return theme.extra;
    case KvSource::Pending:
        return theme.neverVerified;
    case KvSource::Filled:
        return theme.extra;
    case KvSource::Absent:
        return theme.rejected;
    }
    return Qt::transparent;
}

Qt::PenStyle lineOf(KvSource source)
{
    switch (source) {
    case KvSource::Computed:
        return Qt::NoPen;
    case KvSource::Propagated:
    case KvSource::Filled:
        return Qt::SolidLine;
    case KvSource::Copied:
        return Qt::DashLine;
    case KvSource::Pending:
        return Qt::DotLine;
    case KvSource::Absent:
        return Qt::DashDotLine;
    }
    return Qt::NoPen;
}

QString titleOf(KvSource source)
{
    switch (source) {
    case KvSource::Computed:
        return words(QT_TRANSLATE_NOOP("ExitChannel", "computed"));
    case KvSource::Propagated:
        return words(QT_TRANSLATE_NOOP("ExitChannel", "propagated from the exit"));
    case KvSource::Copied:
        return words(QT_TRANSLATE_NOOP("ExitChannel", "copied from the exit layer"));
    case KvSource::Pending:
        return words(QT_TRANSLATE_NOOP("ExitChannel", "deferred, not needed so far"));
    case KvSource::Filled:
        return words(QT_TRANSLATE_NOOP("ExitChannel", "filled in later"));
    case KvSource::Absent:
        return words(QT_TRANSLATE_NOOP("ExitChannel", "absent: later tokens do not see it"));
    }
    return {};
}

QString titleOf(KvMode mode)
{
    switch (mode) {
    case KvMode::Propagate:
        return words(QT_TRANSLATE_NOOP("ExitChannel", "propagate"));
    case KvMode::Copy:
        return words(QT_TRANSLATE_NOOP("ExitChannel", "copy"));
    case KvMode::Defer:
        return words(QT_TRANSLATE_NOOP("ExitChannel", "defer"));
    case KvMode::Mask:
        return words(QT_TRANSLATE_NOOP("ExitChannel", "mask"));
    case KvMode::Oracle:
        return words(QT_TRANSLATE_NOOP("ExitChannel", "oracle"));
    }
    return {};
}

QString exitNumber(double value, int digits)
{
    if (std::isnan(value)) {
        return QStringLiteral("–");
    }
    if (std::isinf(value)) {
        return value > 0 ? QStringLiteral("∞") : QStringLiteral("−∞");
    }
    return QString::number(value, 'f', digits);
}

QString exitPercent(double share)
{
    if (!std::isfinite(share)) {
        return QStringLiteral("–");
    }
    const double percent = share * 100;
    // Rounding must not turn "nearly all" into "all", nor "hardly any" into "none".
    const int digits = percent > 99.95 && percent < 100 ? 3 : percent > 0 && percent < 0.05 ? 3 : 1;
    return QString::number(percent, 'f', digits);
}

}  // namespace timberline::widgets
