// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exits/cell_reader.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace timberline::exits {
namespace {

constexpr std::int64_t kChunkFloats = std::int64_t{1} << 20;  ///< logits held at once, about

}  // namespace

void HiddenRows::reset(std::int64_t layer_count, std::int64_t position_count, std::int64_t row_width)
{
    layers = layer_count;
    positions = position_count;
    width = row_width;
    rows.resize(static_cast<std::size_t>((layers + 1) * positions * width));
}

std::span<float> HiddenRows::row(std::int64_t layer, std::int64_t position) noexcept
{
    return std::span(rows).subspan(static_cast<std::size_t>((layer * positions + position) * width), static_cast<std::size_t>(width));
}

std::span<const float> HiddenRows::row(std::int64_t layer, std::int64_t position) const noexcept
{
    return std::span(rows).subspan(static_cast<std::size_t>((layer * positions + position) * width), static_cast<std::size_t>(width));
}

std::span<float> HiddenRows::layer(std::int64_t layer) noexcept
{
    return std::span(rows).subspan(static_cast<std::size_t>(layer * positions * width), static_cast<std::size_t>(positions * width));
}

float cosine(std::span<const float> a, std::span<const float> b) noexcept
{
    double product = 0, a2 = 0, b2 = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const auto x = static_cast<double>(a[i]);
        const auto y = static_cast<double>(b[i]);
        product += x * y;
        a2 += x * x;
        b2 += y * y;
    }
    const double length = std::sqrt(a2) * std::sqrt(b2);
    if (!(length > 0) || !std::isfinite(length)) {
        return record::kUndefined;
    }
    return static_cast<float>(std::clamp(product / length, -1.0, 1.0));
}

CellReader::CellReader(const ExitLens& lens, const model::DecoderConfig& config, std::int32_t top_k)
    : lens_(lens), layers_(config.layers), width_(config.hidden), vocabulary_(config.vocabulary), top_k_(top_k)
{}

void CellReader::read_cell(std::span<const float> logits, TokenId next, const Emission& emission, record::LayerReadings& out,
                           std::size_t cell)
{
    const auto reading = reader_.read(logits, next);
    out.top1[cell] = reading.top1;
    out.emits[cell] = emission ? emission(logits) : reading.top1;
    out.probability[cell] = reading.probability;
    out.margin[cell] = reading.margin;
    out.entropy[cell] = reading.entropy;
    out.kl_final[cell] = reading.kl_final;
    out.next_log_probability[cell] = reading.next_log_probability;
    const auto width = static_cast<std::size_t>(top_k_);
    rules::RowReader::top(logits, reading, std::span(out.top_ids).subspan(cell * width, width),
                          std::span(out.top_probability).subspan(cell * width, width));
}

Status CellReader::read(const HiddenRows& hidden, std::int64_t known, record::LayerReadings& out, std::size_t first_row,
                        std::span<const TokenId> next, std::span<const Emission> emission, const CancelToken& cancel)
{
    assert(hidden.width == width_ && hidden.layers == layers_ && known >= 0 && known <= layers_);
    const auto v = static_cast<std::size_t>(vocabulary_);
    const std::int64_t positions_a_chunk = std::clamp<std::int64_t>(kChunkFloats / std::max<std::int64_t>(known * vocabulary_, 1), 1,
                                                                    std::max<std::int64_t>(hidden.positions, 1));
    for (std::int64_t begin = 0; begin < hidden.positions && known > 0; begin += positions_a_chunk) {
        if (cancel.cancelled()) {
            return make_error(ErrorCode::Cancelled, "reading the layers was cancelled");
        }
        const std::int64_t count = std::min(positions_a_chunk, hidden.positions - begin);
        rows_.clear();
        row_layers_.clear();
        for (std::int64_t i = begin; i < begin + count; ++i) {
            for (std::int64_t layer = 1; layer <= known; ++layer) {
                const auto row = hidden.row(layer, i);
                rows_.insert(rows_.end(), row.begin(), row.end());
                row_layers_.push_back(layer);
            }
        }
        logits_.resize(row_layers_.size() * v);
        lens_.read(row_layers_, rows_, logits_);
        for (std::int64_t i = 0; i < count; ++i) {
            const std::size_t row = first_row + static_cast<std::size_t>(begin + i);
            const auto logits_of = [&](std::int64_t layer) {
                return std::span<const float>(logits_).subspan(static_cast<std::size_t>(i * known + layer) * v, v);
            };
            if (known == layers_) {
                reader_.set_final(logits_of(known - 1));
            } else {
                reader_.clear_final();
            }
            const auto index = static_cast<std::size_t>(begin + i);
            const Emission none;
            for (std::int64_t layer = 0; layer < known; ++layer) {
                const std::size_t cell = out.cell(row, static_cast<std::size_t>(layer));
                read_cell(logits_of(layer), next.empty() ? -1 : next[index], emission.empty() ? none : emission[index], out, cell);
                // No block before the first one has been read (exits.md 1.5).
                out.cosine[cell] = layer == 0 ? record::kUndefined : cosine(hidden.row(layer, begin + i), hidden.row(layer + 1, begin + i));
            }
            out.known[row] = static_cast<std::int32_t>(known);
        }
        reader_.clear_final();
    }
    return {};
}

}  // namespace timberline::exits
