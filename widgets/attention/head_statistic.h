// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/attention_rows.h"

#include <QString>

#include <vector>

namespace timberline::widgets {

/// What can be said about a head in one number: the colour of the overview, the
/// columns of the table, the words of the search. Definitions:
/// record::HeadSummary and record::AttentionRows.
enum class HeadStatistic {
    NormalisedEntropy,
    Entropy,
    EffectiveContext,
    Sink,
    Distance,
    Previous,
    Induction,
    Local,
    Largest,
    EntropyLast,
    EntropyMin,
    EntropyP5,
    EntropyMedian,
    EntropyP95,
    EntropyMax,
    ValueNorm,
    EntropyChange,  ///< from here on: the edited run against the unchanged model,
                    ///< from an AttentionEffect
    MapDivergence,
    JensenShannon,
    TotalVariation,
    TopKeyChanged,
    MapCosine,
};

struct StatisticInfo {
    QString key;            ///< stable word, for CSV and for the search: "normalised"
    QString label;          ///< translated, short
    QString unit;           ///< translated; empty for shares
    QString help;           ///< translated, one sentence
    int digits = 2;         ///< after the point on screen
    bool share = false;     ///< lies in 0..1
    bool perRow = false;    ///< also known for single rows, so that it can be drawn
                            ///< along the text
    bool fromEdit = false;  ///< needs an AttentionEffect
    bool nats = false;      ///< a logarithm, which can be shown in bits as well
};

/// In what entropies and divergences are shown; data and files keep nats.
enum class EntropyUnit { Nats, Bits };
[[nodiscard]] QString entropyUnitName(EntropyUnit unit);
/// A value of the statistic, divided by ln 2 where bits are wanted and it is in
/// nats.
[[nodiscard]] double inUnit(HeadStatistic statistic, double value, EntropyUnit unit);

[[nodiscard]] const std::vector<HeadStatistic>& allStatistics();
[[nodiscard]] StatisticInfo infoOf(HeadStatistic statistic);

/// The statistic of one row of one head; NaN where the row does not count for
/// it (it is not valid; a sink row among the sink tokens; an induction row of a
/// new token) and for statistics that rows do not have.
[[nodiscard]] double rowValue(HeadStatistic statistic, const record::AttentionRows& rows, int layer, int head, int row, int sinkTokens);

/// "0.31", "–" for NaN, "∞", "-∞".
[[nodiscard]] QString numberText(double value, int digits);
/// With the unit: "2.08 nats".  @param value in nats also where bits are shown.
[[nodiscard]] QString valueText(HeadStatistic statistic, double value, EntropyUnit unit = EntropyUnit::Nats);
/// Nine significant digits for CSV; empty for NaN.
[[nodiscard]] QString csvNumber(double value);
/// A quoted CSV cell.
[[nodiscard]] QString csvText(const QString& text);

}  // namespace timberline::widgets
