// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/cancel.h"
#include "core/base/result.h"
#include "core/exits/exit_lens.h"
#include "core/record/layer_readings.h"
#include "core/rules/row_reading.h"

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace timberline::exits {

/// The token that a row of logits [V] would emit. Called for rows of one position at a time.
using Emission = std::function<TokenId(std::span<const float> logits)>;

/// Hidden rows of some positions after every block: layer-major, rows[l * positions + i], l = 0 (embedding) .. layers.
struct HiddenRows {
    std::int64_t layers = 0, positions = 0, width = 0;
    std::vector<float> rows;
    void reset(std::int64_t layer_count, std::int64_t position_count, std::int64_t row_width);
    [[nodiscard]] std::span<float> row(std::int64_t layer, std::int64_t position) noexcept;
    [[nodiscard]] std::span<const float> row(std::int64_t layer, std::int64_t position) const noexcept;
    [[nodiscard]] std::span<float> layer(std::int64_t layer) noexcept;  ///< [positions, width]
};

/// Turns hidden rows into the numbers of cells: all layers of several positions in one product through the head
/// (methods/exits.md 1.1, 3.2). Keeps its scratch memory; one thread.
class CellReader
{
public:
    CellReader(const ExitLens& lens, const model::DecoderConfig& config, std::int32_t top_k);

    /// Fills layers [0, known) of `count` rows of `out`, from `first_row` on, and their `known`; position i of `hidden` belongs to row
    /// first_row + i. KL needs the last layer: it stays NaN where known < layers. Cancel is looked at between chunks. @param next per row
    /// the token whose log-probability is wanted, -1 = none.  @param emission per row; empty = top1.
    [[nodiscard]] Status read(const HiddenRows& hidden, std::int64_t known, record::LayerReadings& out, std::size_t first_row,
                              std::span<const TokenId> next, std::span<const Emission> emission, const CancelToken& cancel);

    /// Fills one cell from its logits, without KL.
    void read_cell(std::span<const float> logits, TokenId next, const Emission& emission, record::LayerReadings& out, std::size_t cell);

private:
    const ExitLens& lens_;
    std::int64_t layers_, width_, vocabulary_;
    std::int32_t top_k_;
    rules::RowReader reader_;
    std::vector<float> rows_, logits_;
    std::vector<std::int64_t> row_layers_;
};

/// cos(a, b); NaN when one of them is 0 or not finite.
[[nodiscard]] float cosine(std::span<const float> a, std::span<const float> b) noexcept;

}  // namespace timberline::exits
