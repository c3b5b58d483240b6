// SPDX-License-Identifier: GPL-3.0-or-later
// Rows of readings as blocks and back. Few arrays a block, because a run has one block a token.
#include "core/record/exit_block_fields.h"
#include "core/record/layer_readings.h"

namespace timberline::record {

using namespace exit_blocks;

namespace {

/// Columns of the packed arrays. Part of the file format: only append.
enum RowColumn : std::size_t { Position, Token, Next, Exit, Known, Heads, RowColumns };
enum CellColumn : std::size_t { Top1, Emits, Source, State, CellColumns };
enum NumberColumn : std::size_t { Probability, Entropy, Margin, KlFinal, Cosine, NextLogProbability, NumberColumns };
enum TimeColumn : std::size_t { BlockMs, LensMs, KvMs, TimeColumns };

/// Interleaves columns: out[i * columns + c] = lists[c][i].
template <typename Out, typename... Lists>
std::vector<Out> packed(std::size_t count, const Lists&... lists)
{
    std::vector<Out> out;
    out.reserve(count * sizeof...(lists));
    for (std::size_t i = 0; i < count; ++i) {
        (out.push_back(static_cast<Out>(lists[i])), ...);
    }
    return out;
}

/// out[i] = values[i * columns + column].
template <typename Out, typename In>
std::vector<Out> column_of(const std::vector<In>& values, std::size_t columns, std::size_t column)
{
    std::vector<Out> out;
    out.reserve(values.size() / columns);
    for (std::size_t i = column; i < values.size(); i += columns) {
        out.push_back(static_cast<Out>(values[i]));
    }
    return out;
}

void unpack_rows(Reader& reader, LayerReadings& out, const std::vector<std::int32_t>& rows)
{
    out.position = column_of<std::int32_t>(rows, RowColumns, Position);
    out.token = column_of<TokenId>(rows, RowColumns, Token);
    out.next = column_of<TokenId>(rows, RowColumns, Next);
    out.exit = column_of<std::int32_t>(rows, RowColumns, Exit);
    out.known = column_of<std::int32_t>(rows, RowColumns, Known);
    out.heads = column_of<std::int32_t>(rows, RowColumns, Heads);
    reader.range(out.position, "rows.position", 0, kMostRows);
    reader.range(out.token, "rows.token", -1, kLargest);
    reader.range(out.next, "rows.next", -1, kLargest);
    reader.range(out.exit, "rows.exit", 1, out.layers);
    reader.range(out.known, "rows.known", 0, out.layers);
    reader.range(out.heads, "rows.heads", 0, out.layers);
}

void unpack_cells(Reader& reader, LayerReadings& out, const std::vector<std::int32_t>& cells, const std::vector<float>& numbers)
{
    out.top1 = column_of<TokenId>(cells, CellColumns, Top1);
    out.emits = column_of<TokenId>(cells, CellColumns, Emits);
    const auto source = column_of<std::int32_t>(cells, CellColumns, Source);
    const auto state = column_of<std::int32_t>(cells, CellColumns, State);
    reader.range(out.top1, "cells.top1", -1, kLargest);
    reader.range(out.emits, "cells.emits", -1, kLargest);
    reader.range(source, "cells.source", 0, kKvSources - 1);
    reader.range(state, "cells.state", 0, static_cast<int>(CellState::Shadow));
    if (!reader.good()) {
        return;
    }
    for (std::size_t i = 0; i < source.size(); ++i) {
        out.source.push_back(static_cast<KvSource>(source[i]));
        out.state.push_back(static_cast<CellState>(state[i]));
    }
    out.probability = column_of<float>(numbers, NumberColumns, Probability);
    out.entropy = column_of<float>(numbers, NumberColumns, Entropy);
    out.margin = column_of<float>(numbers, NumberColumns, Margin);
    out.kl_final = column_of<float>(numbers, NumberColumns, KlFinal);
    out.cosine = column_of<float>(numbers, NumberColumns, Cosine);
    out.next_log_probability = column_of<float>(numbers, NumberColumns, NextLogProbability);
}

}  // namespace

Block to_block(const LayerReadings& readings, std::span<const KvFill> fills)
{
    Block block;
    block.kind = kLayerReadingsBlock;
    block.moment = readings.moment.empty() ? -1 : readings.moment.front();
    block.numbers = {{"layers", readings.layers}, {"top_k", readings.top_k}};
    const auto& r = readings;
    const auto rows = static_cast<std::int64_t>(r.rows());
    const std::int64_t layers = r.layers;
    const std::size_t cells = r.rows() * static_cast<std::size_t>(r.layers);
    put(block, "rows", {rows, RowColumns}, packed<std::int32_t>(r.rows(), r.position, r.token, r.next, r.exit, r.known, r.heads));
    put(block, "cells", {rows, layers, CellColumns}, packed<std::int32_t>(cells, r.top1, r.emits, r.source, r.state));
    put(block, "numbers", {rows, layers, NumberColumns},
        packed<float>(cells, r.probability, r.entropy, r.margin, r.kl_final, r.cosine, r.next_log_probability));
    put(block, "top_ids", {rows, layers, r.top_k}, r.top_ids);
    put(block, "top_probability", {rows, layers, r.top_k}, r.top_probability);
    put_list(block, "flops", r.flops);
    put(block, "times_ms", {rows, TimeColumns}, packed<double>(r.rows(), r.block_ms, r.lens_ms, r.kv_ms));
    for (const auto& [id, values] : r.scores) {
        put(block, "score." + id, {rows, layers}, values);
    }
    if (!fills.empty()) {
        std::vector<std::int32_t> flat;
        for (const auto& fill : fills) {
            flat.push_back(fill.position);
            flat.push_back(fill.layer);
        }
        put(block, "filled", {static_cast<std::int64_t>(fills.size()), 2}, std::move(flat));
    }
    return block;
}

Result<LayerReadings> layer_readings_from(const Block& block)
{
    Reader reader(block, kLayerReadingsBlock);
    LayerReadings out;
    out.layers = reader.whole("layers", 1, kMostReadingLayers);
    out.top_k = reader.whole("top_k", 0, kMostTop);
    const auto rows = reader.array<std::int32_t>("rows", {-1, RowColumns});
    const auto count = static_cast<std::int64_t>(rows.size() / RowColumns);
    reader.require(count <= kMostRows, "rows", "are too many");
    const auto cells = reader.array<std::int32_t>("cells", {count, out.layers, CellColumns});
    const auto numbers = reader.array<float>("numbers", {count, out.layers, NumberColumns});
    out.top_ids = reader.array<std::int32_t>("top_ids", {count, out.layers, out.top_k});
    out.top_probability = reader.array<float>("top_probability", {count, out.layers, out.top_k});
    out.flops = reader.array<double>("flops", {count});
    const auto times = reader.array<double>("times_ms", {count, TimeColumns});
    if (!reader.good()) {
        return reader.error();
    }
    reader.range(out.top_ids, "top_ids", -1, kLargest);
    unpack_rows(reader, out, rows);
    unpack_cells(reader, out, cells, numbers);
    out.block_ms = column_of<double>(times, TimeColumns, BlockMs);
    out.lens_ms = column_of<double>(times, TimeColumns, LensMs);
    out.kv_ms = column_of<double>(times, TimeColumns, KvMs);
    out.moment.assign(static_cast<std::size_t>(count), block.moment);
    constexpr std::string_view kScore = "score.";
    for (const auto& [key, array] : block.arrays) {
        if (key.starts_with(kScore)) {
            out.scores[key.substr(kScore.size())] = reader.array<float>(key, {count, out.layers});
        }
    }
    return reader.finish(std::move(out));
}

Result<std::vector<KvFill>> kv_fills_from(const Block& block)
{
    Reader reader(block, kLayerReadingsBlock);
    const auto flat = reader.array<std::int32_t>("filled", {-1, 2}, /*optional=*/true);
    reader.range(flat, "filled", 0, kMostRows);
    std::vector<KvFill> out;
    for (std::size_t i = 0; i + 1 < flat.size(); i += 2) {
        out.push_back({flat[i], flat[i + 1]});
    }
    return reader.finish(std::move(out));
}

}  // namespace timberline::record
