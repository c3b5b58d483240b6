// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/attention/head_statistic.h"

#include <QCoreApplication>

#include <cmath>
#include <limits>
#include <numbers>

namespace timberline::widgets {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

StatisticInfo share(const char* key, const QString& label, const QString& help, bool perRow)
{
    return {.key = QLatin1String(key), .label = label, .unit = {}, .help = help, .digits = 3, .share = true, .perRow = perRow};
}

StatisticInfo entropy(const char* key, const QString& label, const QString& help, bool perRow)
{
    StatisticInfo info{.key = QLatin1String(key), .label = label, .unit = entropyUnitName(EntropyUnit::Nats), .help = help, .digits = 3};
    info.perRow = perRow;
    info.nats = true;
    return info;
}

StatisticInfo comparison(const char* key, const QString& label, bool nats, const QString& help)
{
    StatisticInfo info{.key = QLatin1String(key),
                       .label = label,
                       .unit = nats ? entropyUnitName(EntropyUnit::Nats) : QString(),
                       .help = help,
                       .digits = 4};
    info.share = !nats;
    info.fromEdit = true;
    info.nats = nats;
    return info;
}

StatisticInfo entropyInfo(HeadStatistic statistic)
{
    switch (statistic) {
    case HeadStatistic::Entropy:
        return entropy("entropy", QCoreApplication::translate("HeadStatistic", "Entropy"),
                       QCoreApplication::translate("HeadStatistic", "Mean entropy of the rows of attention: 0 = one "
                                                                    "key, ln n = all n visible keys alike."),
                       true);
    case HeadStatistic::EntropyLast:
        return entropy("entropy_last", QCoreApplication::translate("HeadStatistic", "Entropy, last row"),
                       QCoreApplication::translate("HeadStatistic", "Entropy of the newest row alone."), false);
    case HeadStatistic::EntropyMin:
        return entropy("entropy_min", QCoreApplication::translate("HeadStatistic", "Entropy, least"),
                       QCoreApplication::translate("HeadStatistic", "Smallest entropy of a row."), false);
    case HeadStatistic::EntropyP5:
        return entropy("entropy_p5", QCoreApplication::translate("HeadStatistic", "Entropy, 5 %"),
                       QCoreApplication::translate("HeadStatistic", "Five rows of a hundred lie below."), false);
    case HeadStatistic::EntropyMedian:
        return entropy("entropy_median", QCoreApplication::translate("HeadStatistic", "Entropy, median"),
                       QCoreApplication::translate("HeadStatistic", "Half of the rows lie below."), false);
    case HeadStatistic::EntropyP95:
        return entropy("entropy_p95", QCoreApplication::translate("HeadStatistic", "Entropy, 95 %"),
                       QCoreApplication::translate("HeadStatistic", "Five rows of a hundred lie above."), false);
    default:
        return entropy("entropy_max", QCoreApplication::translate("HeadStatistic", "Entropy, most"),
                       QCoreApplication::translate("HeadStatistic", "Largest entropy of a row."), false);
    }
}

StatisticInfo comparisonInfo(HeadStatistic statistic)
{
    switch (statistic) {
    case HeadStatistic::EntropyChange:
        return comparison("entropy_change", QCoreApplication::translate("HeadStatistic", "Entropy change"), true,
                          QCoreApplication::translate("HeadStatistic", "Mean entropy of the edited run minus that "
                                                                       "of the unchanged model."));
    case HeadStatistic::MapDivergence:
        return comparison("map_divergence", QCoreApplication::translate("HeadStatistic", "Map KL"), true,
                          QCoreApplication::translate("HeadStatistic", "KL divergence of the edited rows from the unchanged "
                                                                       "ones; infinite where an edited weight is 0 and the "
                                                                       "unchanged is not."));
    case HeadStatistic::JensenShannon:
        return comparison("jensen_shannon", QCoreApplication::translate("HeadStatistic", "Map JS"), true,
                          QCoreApplication::translate("HeadStatistic", "Jensen-Shannon divergence of the rows, 0 to ln 2."));
    case HeadStatistic::TotalVariation:
        return comparison("total_variation", QCoreApplication::translate("HeadStatistic", "Weight moved"), false,
                          QCoreApplication::translate("HeadStatistic", "Total variation: the share of weight that went to other keys."));
    case HeadStatistic::TopKeyChanged:
        return comparison("top_key_changed", QCoreApplication::translate("HeadStatistic", "Top key changed"), false,
                          QCoreApplication::translate("HeadStatistic", "Share of the rows whose largest weight went to another key."));
    default:
        return comparison("map_cosine", QCoreApplication::translate("HeadStatistic", "Map cosine"), false,
                          QCoreApplication::translate("HeadStatistic", "Cosine between the edited and the "
                                                                       "unchanged map; 1 = the same direction."));
    }
}

}  // namespace

const std::vector<HeadStatistic>& allStatistics()
{
    using enum HeadStatistic;
    static const std::vector<HeadStatistic> all = {
        NormalisedEntropy, Entropy,       EffectiveContext, Sink,           Distance,      Previous,   Induction,  Local,
        Largest,           EntropyLast,   EntropyMin,       EntropyP5,      EntropyMedian, EntropyP95, EntropyMax, ValueNorm,
        EntropyChange,     MapDivergence, JensenShannon,    TotalVariation, TopKeyChanged, MapCosine};
    return all;
}

StatisticInfo infoOf(HeadStatistic statistic)
{
    switch (statistic) {
    case HeadStatistic::NormalisedEntropy:
        return share("normalised", QCoreApplication::translate("HeadStatistic", "Normalised entropy"),
                     QCoreApplication::translate("HeadStatistic", "Mean of entropy divided by ln of the visible "
                                                                  "keys: 0 = one key, 1 = all keys alike."),
                     true);
    case HeadStatistic::EffectiveContext: {
        StatisticInfo info{.key = QStringLiteral("effective_context"),
                           .label = QCoreApplication::translate("HeadStatistic", "Effective context"),
                           .unit = QCoreApplication::translate("HeadStatistic", "keys"),
                           .help = QCoreApplication::translate("HeadStatistic", "Mean of e to the entropy: as many keys as if all "
                                                                                "had the same weight."),
                           .digits = 1};
        info.perRow = true;
        return info;
    }
    case HeadStatistic::Sink:
        return share("sink", QCoreApplication::translate("HeadStatistic", "Sink"),
                     QCoreApplication::translate("HeadStatistic", "Mean weight on the first tokens, where "
                                                                  "heads with nothing to do look."),
                     true);
    case HeadStatistic::Distance: {
        StatisticInfo info{.key = QStringLiteral("distance"),
                           .label = QCoreApplication::translate("HeadStatistic", "Distance"),
                           .unit = QCoreApplication::translate("HeadStatistic", "tokens"),
                           .help = QCoreApplication::translate("HeadStatistic", "Mean distance from the query back to the keys, weighted."),
                           .digits = 1};
        info.perRow = true;
        return info;
    }
    case HeadStatistic::Previous:
        return share("previous", QCoreApplication::translate("HeadStatistic", "Previous token"),
                     QCoreApplication::translate("HeadStatistic", "Mean weight on the token just before."), true);
    case HeadStatistic::Induction:
        return share("induction", QCoreApplication::translate("HeadStatistic", "Induction"),
                     QCoreApplication::translate("HeadStatistic", "Mean weight on the tokens that followed earlier occurrences of "
                                                                  "the query's token; only over tokens that occurred before."),
                     true);
    case HeadStatistic::Local:
        return share("local", QCoreApplication::translate("HeadStatistic", "Local"),
                     QCoreApplication::translate("HeadStatistic", "Mean weight on the nearest tokens, the query's own included."), true);
    case HeadStatistic::Largest:
        return share("largest", QCoreApplication::translate("HeadStatistic", "Largest weight"),
                     QCoreApplication::translate("HeadStatistic", "Mean of the largest weight of a row."), true);
    case HeadStatistic::ValueNorm:
        return {.key = QStringLiteral("value_norm"),
                .label = QCoreApplication::translate("HeadStatistic", "First value's length"),
                .unit = QCoreApplication::translate("HeadStatistic", "x median"),
                .help = QCoreApplication::translate("HeadStatistic", "Length of the first token's value divided by "
                                                                     "the median length: sinks have short values."),
                .digits = 2};
    case HeadStatistic::Entropy:
    case HeadStatistic::EntropyLast:
    case HeadStatistic::EntropyMin:
    case HeadStatistic::EntropyP5:
    case HeadStatistic::EntropyMedian:
    case HeadStatistic::EntropyP95:
    case HeadStatistic::EntropyMax:
        return entropyInfo(statistic);
    case HeadStatistic::EntropyChange:
    case HeadStatistic::MapDivergence:
    case HeadStatistic::JensenShannon:
    case HeadStatistic::TotalVariation:
    case HeadStatistic::TopKeyChanged:
    case HeadStatistic::MapCosine:
        return comparisonInfo(statistic);
    }
    return {};
}

double rowValue(HeadStatistic statistic, const record::AttentionRows& rows, int layer, int head, int row, int sinkTokens)
{
    const std::size_t i = rows.at(layer, head, row);
    if (!rows.valid(i)) {
        return kNaN;
    }
    switch (statistic) {
    case HeadStatistic::NormalisedEntropy:
        return rows.normalised_entropy(i);
    case HeadStatistic::Entropy:
        return static_cast<double>(rows.entropy[i]);
    case HeadStatistic::EffectiveContext:
        return std::exp(static_cast<double>(rows.entropy[i]));
    case HeadStatistic::Sink:
        return rows.first + row >= sinkTokens ? static_cast<double>(rows.sink[i]) : kNaN;
    case HeadStatistic::Distance:
        return static_cast<double>(rows.distance[i]);
    case HeadStatistic::Previous:
        return static_cast<double>(rows.previous[i]);
    case HeadStatistic::Induction:
        return rows.induction_targets[static_cast<std::size_t>(row)] > 0 ? static_cast<double>(rows.induction[i]) : kNaN;
    case HeadStatistic::Local:
        return static_cast<double>(rows.local[i]);
    case HeadStatistic::Largest:
        return static_cast<double>(rows.largest[i]);
    default:
        return kNaN;
    }
}

QString numberText(double value, int digits)
{
    if (std::isnan(value)) {
        return QStringLiteral("–");
    }
    if (std::isinf(value)) {
        return value > 0 ? QStringLiteral("∞") : QStringLiteral("-∞");
    }
    return QString::number(value, 'f', digits);
}

QString entropyUnitName(EntropyUnit unit)
{
    return unit == EntropyUnit::Bits ? QCoreApplication::translate("HeadStatistic", "bits")
                                     : QCoreApplication::translate("HeadStatistic", "nats");
}

double inUnit(HeadStatistic statistic, double value, EntropyUnit unit)
{
    return unit == EntropyUnit::Bits && infoOf(statistic).nats ? value / std::numbers::ln2 : value;
}

QString valueText(HeadStatistic statistic, double value, EntropyUnit unit)
{
    const auto info = infoOf(statistic);
    const QString number = numberText(inUnit(statistic, value, unit), info.digits);
    return info.unit.isEmpty() || std::isnan(value) ? number : number + QLatin1Char(' ') + (info.nats ? entropyUnitName(unit) : info.unit);
}

QString csvNumber(double value)
{
    if (std::isnan(value)) {
        return {};
    }
    if (std::isinf(value)) {
        return value > 0 ? QStringLiteral("inf") : QStringLiteral("-inf");
    }
    return QString::number(value, 'g', 9);
}

QString csvText(const QString& text)
{
    return QLatin1Char('"') + QString(text).replace(QLatin1Char('"'), QLatin1String("\"\"")) + QLatin1Char('"');
}

}  // namespace timberline::widgets
