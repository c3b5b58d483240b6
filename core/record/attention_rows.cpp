// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/attention_rows.h"

#include "core/record/attention_block.h"

#include <algorithm>
#include <cmath>

namespace timberline::record {

namespace {

using detail::BlockReader;
using detail::kMostLayers;
using detail::kMostPositions;
using detail::put;
using detail::Shape;

struct RowField {
    const char* key;
    std::vector<float> AttentionRows::*member;
};

/// [layers, heads, positions]
constexpr RowField kHeadFields[] = {{"entropy", &AttentionRows::entropy},     {"log_sum_exp", &AttentionRows::log_sum_exp},
                                    {"largest", &AttentionRows::largest},     {"varentropy", &AttentionRows::varentropy},
                                    {"collision", &AttentionRows::collision}, {"sink", &AttentionRows::sink},
                                    {"local", &AttentionRows::local},         {"distance", &AttentionRows::distance},
                                    {"previous", &AttentionRows::previous},   {"induction", &AttentionRows::induction}};
/// [positions]
constexpr RowField kTextFields[] = {{"surprisal", &AttentionRows::surprisal},
                                    {"next_entropy", &AttentionRows::next_entropy},
                                    {"next_varentropy", &AttentionRows::next_varentropy},
                                    {"next_margin", &AttentionRows::next_margin}};

void read_heads(BlockReader& in, std::int32_t& layers, std::int32_t& heads, std::int32_t& kv_heads)
{
    in.whole("layers", layers, 1, kMostLayers);
    in.whole("heads", heads, 1, kMostLayers);
    in.whole("kv_heads", kv_heads, 1, kMostLayers);
    in.require(heads % kv_heads == 0, "kv_heads",
               "is " + std::to_string(kv_heads) + ", expected a divisor of the " + std::to_string(heads) + " heads");
}

/// What indexing trusts: positions and counts. Numbers that are drawn may be anything.
void check_rows(BlockReader& in, const AttentionRows& rows)
{
    for (std::size_t i = 0; i < rows.visible.size(); ++i) {
        const std::int32_t position = rows.first + static_cast<std::int32_t>(i % static_cast<std::size_t>(rows.positions));
        if (rows.visible[i] < 0 || rows.visible[i] > position + 1) {
            in.require(false, "visible",
                       "holds " + std::to_string(rows.visible[i]) + " at position " + std::to_string(position) + ", expected 0 to " +
                           std::to_string(position + 1));
            return;
        }
    }
    const auto negative = [](const std::vector<std::int32_t>& values) {
        return std::any_of(values.begin(), values.end(), [](auto v) { return v < 0; });
    };
    in.require(!negative(rows.token), "token", "holds a negative id");
    in.require(!negative(rows.induction_targets), "induction_targets", "holds a negative count");
}

}  // namespace

double AttentionRows::normalised_entropy(std::size_t index) const noexcept
{
    return valid(index) ? static_cast<double>(entropy[index]) / std::log(static_cast<double>(visible[index])) : 0;
}

Block to_block(const AttentionSetup& setup)
{
    Block out{.kind = "attention-setup", .moment = setup.moment, .numbers = {}, .texts = {}, .arrays = {}};
    out.numbers = {{"layers", setup.layers},
                   {"heads", setup.heads},
                   {"kv_heads", setup.kv_heads},
                   {"head_dim", setup.head_dim},
                   {"context", setup.context},
                   {"prompt_tokens", setup.prompt_tokens},
                   {"what_if", setup.what_if ? 1 : 0},
                   {"sink_tokens", setup.sink_tokens},
                   {"local_window", setup.local_window}};
    out.texts = {{"variant", setup.variant}, {"edits", detail::joined_edits(setup.edits)}};
    put(out, "window", {setup.layers}, setup.window);
    return out;
}

Result<AttentionSetup> attention_setup_from(const Block& block)
{
    BlockReader in(block, "attention-setup");
    AttentionSetup out;
    out.moment = block.moment;
    read_heads(in, out.layers, out.heads, out.kv_heads);
    in.whole("head_dim", out.head_dim, 1, kMostPositions);
    in.whole("context", out.context, 1, std::numeric_limits<std::int32_t>::max());
    in.whole("prompt_tokens", out.prompt_tokens, 0, kMostPositions);
    in.flag("what_if", out.what_if);
    in.whole("sink_tokens", out.sink_tokens, 0, kMostPositions);
    in.whole("local_window", out.local_window, 0, kMostPositions);
    in.text("variant", out.variant);
    std::string edits;
    in.text("edits", edits);
    out.edits = detail::split_edits(edits);
    in.array("window", {out.layers}, out.window);
    return in.finish(std::move(out));
}

Block to_block(const AttentionRows& rows)
{
    Block out{.kind = "attention-rows", .moment = rows.moment, .numbers = {}, .texts = {}, .arrays = {}};
    out.numbers = {
        {"layers", rows.layers}, {"heads", rows.heads}, {"kv_heads", rows.kv_heads}, {"first", rows.first}, {"positions", rows.positions}};
    const Shape by_head = {rows.layers, rows.heads, rows.positions};
    for (const RowField& field : kHeadFields) {
        put(out, field.key, by_head, rows.*field.member);
    }
    put(out, "visible", by_head, rows.visible);
    put(out, "value_norm", {rows.layers, rows.kv_heads, rows.positions}, rows.value_norm);
    put(out, "token", {rows.positions}, rows.token);
    put(out, "induction_targets", {rows.positions}, rows.induction_targets);
    for (const RowField& field : kTextFields) {
        put(out, field.key, {rows.positions}, rows.*field.member);
    }
    return out;
}

Result<AttentionRows> attention_rows_from(const Block& block)
{
    BlockReader in(block, "attention-rows");
    AttentionRows out;
    out.moment = block.moment;
    read_heads(in, out.layers, out.heads, out.kv_heads);
    in.whole("first", out.first, 0, kMostPositions);
    in.whole("positions", out.positions, 1, kMostPositions);
    const Shape by_head = {out.layers, out.heads, out.positions};
    for (const RowField& field : kHeadFields) {
        in.array(field.key, by_head, out.*field.member);
    }
    in.array("visible", by_head, out.visible);
    in.array("value_norm", {out.layers, out.kv_heads, out.positions}, out.value_norm);
    in.array("token", {out.positions}, out.token);
    in.array("induction_targets", {out.positions}, out.induction_targets);
    for (const RowField& field : kTextFields) {
        in.array(field.key, {out.positions}, out.*field.member);
    }
    check_rows(in, out);
    return in.finish(std::move(out));
}

Block to_block(const AttentionMap& map)
{
    Block out{.kind = "attention-map", .moment = -1, .numbers = {}, .texts = {}, .arrays = {}};
    out.numbers = {{"layer", map.layer},     {"head", map.head},       {"first_query", map.first_query},
                   {"queries", map.queries}, {"columns", map.columns}, {"implied", map.implied ? 1 : 0}};
    put(out, "weights", {map.queries, map.columns}, map.weights);
    if (!map.base.empty()) {
        put(out, "base", {map.queries, map.columns}, map.base);
    }
    put(out, "visible_begin", {map.queries}, map.visible_begin);
    return out;
}

Result<AttentionMap> attention_map_from(const Block& block)
{
    BlockReader in(block, "attention-map");
    AttentionMap out;
    in.whole("layer", out.layer, 0, kMostLayers);
    in.whole("head", out.head, 0, kMostLayers);
    in.whole("first_query", out.first_query, 0, kMostPositions);
    in.whole("queries", out.queries, 1, kMostPositions);
    in.whole("columns", out.columns, 1, kMostPositions);
    in.require(out.first_query + out.queries <= out.columns, "first_query",
               "is " + std::to_string(out.first_query) + " with " + std::to_string(out.queries) + " rows, expected at most " +
                   std::to_string(out.columns) + ", the columns, together");
    in.flag("implied", out.implied);
    in.array("weights", {out.queries, out.columns}, out.weights);
    in.array("base", {out.queries, out.columns}, out.base, true);
    in.array("visible_begin", {out.queries}, out.visible_begin);
    in.require(std::all_of(out.visible_begin.begin(), out.visible_begin.end(), [&](auto v) { return v >= 0 && v < out.columns; }),
               "visible_begin", "holds a position outside the columns");
    return in.finish(std::move(out));
}

Block to_block(const AttentionThumbnails& thumbnails)
{
    Block out{.kind = "attention-thumbnails", .moment = -1, .numbers = {}, .texts = {}, .arrays = {}};
    out.numbers = {
        {"layers", thumbnails.layers}, {"heads", thumbnails.heads}, {"size", thumbnails.size}, {"positions", thumbnails.positions}};
    put(out, "cells", {thumbnails.layers, thumbnails.heads, thumbnails.size, thumbnails.size}, thumbnails.cells);
    return out;
}

Result<AttentionThumbnails> attention_thumbnails_from(const Block& block)
{
    BlockReader in(block, "attention-thumbnails");
    AttentionThumbnails out;
    in.whole("layers", out.layers, 1, kMostLayers);
    in.whole("heads", out.heads, 1, kMostLayers);
    in.whole("size", out.size, 1, 1024);
    in.whole("positions", out.positions, 1, kMostPositions);
    in.array("cells", {out.layers, out.heads, out.size, out.size}, out.cells);
    return in.finish(std::move(out));
}

}  // namespace timberline::record
