// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/exits/exit_model.h"
#include "widgets/plot/colour_map.h"

#include <QString>

#include <array>
#include <cstdint>

namespace timberline::widgets {

/// What the cells of the layer map are filled with.
enum class ExitChannel : std::uint8_t { Probability, Entropy, Margin, KlFinal, Agreement, Cosine, Score };
inline constexpr std::array kExitChannels = {ExitChannel::Probability, ExitChannel::Entropy, ExitChannel::Margin, ExitChannel::KlFinal,
                                             ExitChannel::Agreement,   ExitChannel::Cosine,  ExitChannel::Score};

/// Stable word: "probability" "entropy" "margin" "kl-final" "agreement" "cosine" "score".
[[nodiscard]] QString idOf(ExitChannel channel);
[[nodiscard]] QString titleOf(ExitChannel channel);  ///< translated
[[nodiscard]] QString helpOf(ExitChannel channel);   ///< translated, one sentence
[[nodiscard]] QString unitOf(ExitChannel channel);   ///< "nats" or empty

/// NaN where a cell has no such number. Agreement: 1 or 0.
[[nodiscard]] double valueOf(const ExitModel& model, ExitChannel channel, std::size_t row, std::size_t layer);
/// The channel's colours. Entropy reaches to ln K, KL to the largest value shown, cosine from the smallest one; the others from 0 to 1.
[[nodiscard]] ColourScale scaleOf(const ExitModel& model, ExitChannel channel);
/// True when the channel shows what the policy compares with its threshold.
[[nodiscard]] bool showsScore(ExitChannel channel, const std::string& policy);

/// Colour of the border of cells whose keys and values were not computed for their token, its line style, and its word.
[[nodiscard]] QColor colorOf(record::KvSource source, const Theme& theme);
[[nodiscard]] Qt::PenStyle lineOf(record::KvSource source);
[[nodiscard]] QString titleOf(record::KvSource source);
[[nodiscard]] QString titleOf(record::KvMode mode);

/// A number as the bench prints it: fixed digits, an en dash for NaN, the infinity sign for infinity.
[[nodiscard]] QString exitNumber(double value, int digits = 3);
/// A share in percent, without the sign; 0.9996 is 99.96, never rounded up to 100.
[[nodiscard]] QString exitPercent(double share);

}  // namespace timberline::widgets
