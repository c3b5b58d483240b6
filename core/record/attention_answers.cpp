// SPDX-License-Identifier: GPL-3.0-or-later
// Blocks that answer questions about a run: one cell, rollout, the effect of edits.
#include "core/record/attention_block.h"
#include "core/record/attention_rows.h"

#include <algorithm>

namespace timberline::record {

namespace {

using detail::BlockReader;
using detail::kMostLayers;
using detail::kMostPositions;
using detail::put;

struct EffectField {
    const char* key;
    std::vector<float> AttentionEffect::*member;
};
constexpr EffectField kPositionFields[] = {{"base_entropy", &AttentionEffect::base_entropy},
                                           {"edited_entropy", &AttentionEffect::edited_entropy},
                                           {"divergence", &AttentionEffect::divergence},
                                           {"base_surprisal", &AttentionEffect::base_surprisal},
                                           {"edited_surprisal", &AttentionEffect::edited_surprisal}};
constexpr EffectField kHeadFields[] = {
    {"entropy_change", &AttentionEffect::entropy_change},   {"map_divergence", &AttentionEffect::map_divergence},
    {"jensen_shannon", &AttentionEffect::jensen_shannon},   {"total_variation", &AttentionEffect::total_variation},
    {"top_key_changed", &AttentionEffect::top_key_changed}, {"map_cosine", &AttentionEffect::map_cosine}};

struct CellField {
    const char* key;
    std::vector<double> AttentionCell::*member;
};
constexpr CellField kTileFields[] = {{"maximum", &AttentionCell::maximum},
                                     {"sum", &AttentionCell::sum},
                                     {"weighted", &AttentionCell::weighted},
                                     {"entropy_so_far", &AttentionCell::entropy_so_far}};

template <typename T>
std::int64_t size_of(const std::vector<T>& values)
{
    return static_cast<std::int64_t>(values.size());
}

}  // namespace

Block to_block(const AttentionCell& cell)
{
    Block out{.kind = "attention-cell", .moment = -1, .numbers = {}, .texts = {}, .arrays = {}};
    out.numbers = {{"layer", cell.layer},   {"head", cell.head},          {"kv_head", cell.kv_head}, {"query", cell.query},
                   {"key", cell.key},       {"scale", cell.scale},        {"product", cell.product}, {"score", cell.score},
                   {"weight", cell.weight}, {"rank", cell.rank},          {"entropy", cell.entropy}, {"log_sum_exp", cell.log_sum_exp},
                   {"tile", cell.tile},     {"first_key", cell.first_key}};
    out.texts = {{"method", cell.method}};
    put(out, "query_row", {size_of(cell.query_row)}, cell.query_row);
    put(out, "key_row", {size_of(cell.key_row)}, cell.key_row);
    for (const CellField& field : kTileFields) {
        put(out, field.key, {size_of(cell.*field.member)}, cell.*field.member);
    }
    return out;
}

Result<AttentionCell> attention_cell_from(const Block& block)
{
    BlockReader in(block, "attention-cell");
    AttentionCell out;
    in.whole("layer", out.layer, 0, kMostLayers);
    in.whole("head", out.head, 0, kMostLayers);
    in.whole("kv_head", out.kv_head, 0, kMostLayers);
    in.whole("query", out.query, 0, kMostPositions);
    in.whole("key", out.key, 0, kMostPositions);
    in.real("scale", out.scale);
    in.real("product", out.product);
    in.real("score", out.score);
    in.real("weight", out.weight);
    in.whole("rank", out.rank, 0, kMostPositions);
    in.real("entropy", out.entropy);
    in.real("log_sum_exp", out.log_sum_exp);
    in.whole("tile", out.tile, 1, kMostPositions);
    in.whole("first_key", out.first_key, 0, out.key, true);
    in.text("method", out.method, true);
    in.array("query_row", {-1}, out.query_row);
    in.array("key_row", {size_of(out.query_row)}, out.key_row);
    in.array("maximum", {-1}, out.maximum);
    for (const CellField& field : kTileFields) {
        in.array(field.key, {size_of(out.maximum)}, out.*field.member);
    }
    return in.finish(std::move(out));
}

Block to_block(const AttentionRollout& rollout)
{
    Block out{.kind = "attention-rollout", .moment = -1, .numbers = {}, .texts = {}, .arrays = {}};
    out.numbers = {{"position", rollout.position},
                   {"layers", rollout.layers},
                   {"residual", rollout.residual},
                   {"discard", rollout.discard},
                   {"implied", rollout.implied ? 1 : 0}};
    out.texts = {{"reduce", rollout.reduce}};
    put(out, "weights", {rollout.layers, rollout.position + 1}, rollout.weights);
    put(out, "entropy", {rollout.layers}, rollout.entropy);
    return out;
}

Result<AttentionRollout> attention_rollout_from(const Block& block)
{
    BlockReader in(block, "attention-rollout");
    AttentionRollout out;
    in.whole("position", out.position, 0, kMostPositions);
    in.whole("layers", out.layers, 1, kMostLayers);
    in.real("residual", out.residual);
    in.real("discard", out.discard);
    in.flag("implied", out.implied);
    in.text("reduce", out.reduce);
    in.array("weights", {out.layers, out.position + 1}, out.weights);
    in.array("entropy", {out.layers}, out.entropy);
    return in.finish(std::move(out));
}

Block to_block(const AttentionEffect& effect)
{
    Block out{.kind = "attention-effect", .moment = effect.moment, .numbers = {}, .texts = {}, .arrays = {}};
    out.numbers = {{"what_if", effect.what_if ? 1 : 0},
                   {"positions", effect.positions},
                   {"base_perplexity", effect.base_perplexity},
                   {"edited_perplexity", effect.edited_perplexity},
                   {"signal_to_noise_db", effect.signal_to_noise_db},
                   {"layers", effect.layers},
                   {"heads", effect.heads},
                   {"compared_positions", effect.compared_positions}};
    out.texts = {{"edits", detail::joined_edits(effect.edits)}, {"variant", effect.variant}};
    for (const EffectField& field : kPositionFields) {
        put(out, field.key, {effect.positions}, effect.*field.member);
    }
    put(out, "same_choice", {effect.positions}, effect.same_choice);
    put(out, "moved", {size_of(effect.moved)}, effect.moved);
    put(out, "moved_base", {size_of(effect.moved)}, effect.moved_base);
    put(out, "moved_edited", {size_of(effect.moved)}, effect.moved_edited);
    if (effect.compared_positions > 0) {
        for (const EffectField& field : kHeadFields) {
            put(out, field.key, {effect.layers, effect.heads}, effect.*field.member);
        }
    }
    return out;
}

Result<AttentionEffect> attention_effect_from(const Block& block)
{
    BlockReader in(block, "attention-effect");
    AttentionEffect out;
    out.moment = block.moment;
    in.flag("what_if", out.what_if);
    in.whole("positions", out.positions, 1, kMostPositions);
    in.real("base_perplexity", out.base_perplexity);
    in.real("edited_perplexity", out.edited_perplexity);
    in.real("signal_to_noise_db", out.signal_to_noise_db);
    in.whole("layers", out.layers, 1, kMostLayers);
    in.whole("heads", out.heads, 1, kMostLayers);
    in.whole("compared_positions", out.compared_positions, 0, kMostPositions);
    std::string edits;
    in.text("edits", edits);
    out.edits = detail::split_edits(edits);
    in.text("variant", out.variant);
    for (const EffectField& field : kPositionFields) {
        in.array(field.key, {out.positions}, out.*field.member);
    }
    in.array("same_choice", {out.positions}, out.same_choice);
    in.array("moved", {-1}, out.moved);
    in.array("moved_base", {size_of(out.moved)}, out.moved_base);
    in.array("moved_edited", {size_of(out.moved)}, out.moved_edited);
    in.require(std::all_of(out.moved.begin(), out.moved.end(), [](TokenId id) { return id >= 0; }), "moved", "holds a negative id");
    if (out.compared_positions > 0) {
        for (const EffectField& field : kHeadFields) {
            in.array(field.key, {out.layers, out.heads}, out.*field.member);
        }
    }
    return in.finish(std::move(out));
}

}  // namespace timberline::record
