// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/attention_questions.h"

#include "core/attention/map_observer.h"
#include "core/attention/streaming_row.h"
#include "core/model/kernels/kernels.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace timberline::run {

namespace {

using attention::ObservedMaps;

Status check_place(const AttentionText& text, const char* what, std::int64_t index, std::int64_t count)
{
    if (index >= 0 && index < count) {
        return {};
    }
    return make_error(ErrorCode::InvalidArgument,
                      std::string(what) + " " + std::to_string(index) + " was asked for: " + text.model.folder.name + " has 0 to " +
                          std::to_string(count - 1),
                      "Choose one that exists.");
}

Status check_position(const AttentionText& text, const char* what, std::int64_t position)
{
    const auto count = static_cast<std::int64_t>(text.tokens.size());
    if (position >= 0 && position < count) {
        return {};
    }
    return make_error(ErrorCode::InvalidArgument,
                      std::string(what) + " " + std::to_string(position) + " was asked for: the text has positions 0 to " +
                          std::to_string(count - 1),
                      "Choose a position of the text.");
}

/// Reads the first `count` tokens through layers 0 .. `last_layer` and shows the maps of `layer` (-1 = all of them).
Status look(const AttentionText& text, std::int64_t count, std::int64_t layer, std::int64_t last_layer,
            const attention::MapObserver::Show& show)
{
    const model::Decoder& decoder = *text.model.decoder;
    const auto tokens = text.tokens.first(static_cast<std::size_t>(count));
    std::vector<std::int64_t> positions(tokens.size());
    std::iota(positions.begin(), positions.end(), 0);
    std::vector<float> hidden(tokens.size() * static_cast<std::size_t>(decoder.config().hidden));
    TIMBERLINE_TRY(decoder.embed(tokens, positions, hidden));
    const auto store = decoder.make_store(count);
    attention::MapObserver observer(*text.plan.kernel, layer, show);
    model::ForwardInput input;
    input.tokens = tokens;
    input.attention = &observer;
    return decoder.forward_layers(0, last_layer + 1, input, hidden, *store, text.cancel);
}

AttentionPlan unchanged(const AttentionPlan& plan)
{
    AttentionPlan out;
    out.kernel = plan.own;
    return out;
}

}  // namespace

Result<record::AttentionMap> attention_map(const AttentionText& text, std::int64_t layer, std::int64_t head, std::int64_t first,
                                           std::int64_t count, bool base)
{
    const auto& config = text.model.decoder->config();
    TIMBERLINE_TRY(check_place(text, "layer", layer, config.layers));
    TIMBERLINE_TRY(check_place(text, "head", head, config.heads));
    TIMBERLINE_TRY(check_position(text, "row", first));
    TIMBERLINE_TRY(check_position(text, "row", first + count - 1));
    const std::int64_t columns = first + count;
    if (count < 1 || count * columns > kMostMapCells) {
        return make_error(ErrorCode::InvalidArgument,
                          std::to_string(count) + " rows of " + std::to_string(columns) + " columns were asked for: expected 1 to " +
                              std::to_string(kMostMapCells) + " cells",
                          "Ask for fewer rows at a time.");
    }
    record::AttentionMap out;
    out.layer = static_cast<std::int32_t>(layer);
    out.head = static_cast<std::int32_t>(head);
    out.first_query = static_cast<std::int32_t>(first);
    out.queries = static_cast<std::int32_t>(count);
    out.columns = static_cast<std::int32_t>(columns);
    out.implied = text.plan.what_if;
    out.visible_begin.assign(static_cast<std::size_t>(count), 0);
    const auto fill = [&](const AttentionText& source, std::vector<float>& weights) -> Status {
        weights.assign(static_cast<std::size_t>(count * columns), 0.0F);
        return look(source, columns, layer, layer, [&](const ObservedMaps& maps) {
            for (std::int64_t query = 0; query < maps.call.queries; ++query) {
                const std::int64_t row = maps.first_position + query - first;
                if (row >= 0) {
                    const auto from = maps.row(head, query);
                    std::copy(from.begin(), from.end(), weights.begin() + row * columns);
                    const auto& visible = maps.call.visible[static_cast<std::size_t>(query)];
                    out.visible_begin[static_cast<std::size_t>(row)] = visible.position + 1 - static_cast<std::int32_t>(visible.count());
                }
            }
        });
    };
    TIMBERLINE_TRY(fill(text, out.weights));
    if (base && text.plan.changed) {
        const AttentionPlan own = unchanged(text.plan);
        TIMBERLINE_TRY(fill({text.model, own, text.tokens, text.cancel}, out.base));
    }
    return out;
}

Result<std::vector<record::AttentionMap>> all_attention_maps(const AttentionText& text)
{
    const auto& config = text.model.decoder->config();
    const auto tokens = static_cast<std::int64_t>(text.tokens.size());
    std::vector<record::AttentionMap> out(static_cast<std::size_t>(config.layers * config.heads));
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i].layer = static_cast<std::int32_t>(static_cast<std::int64_t>(i) / config.heads);
        out[i].head = static_cast<std::int32_t>(static_cast<std::int64_t>(i) % config.heads);
        out[i].queries = out[i].columns = static_cast<std::int32_t>(tokens);
        out[i].implied = text.plan.what_if;
        out[i].weights.assign(static_cast<std::size_t>(tokens * tokens), 0.0F);
        out[i].visible_begin.assign(static_cast<std::size_t>(tokens), 0);
    }
    TIMBERLINE_TRY(look(text, tokens, -1, config.layers - 1, [&](const ObservedMaps& maps) {
        for (std::int64_t head = 0; head < config.heads; ++head) {
            auto& map = out[static_cast<std::size_t>(maps.call.layer * config.heads + head)];
            for (std::int64_t query = 0; query < maps.call.queries; ++query) {
                const std::int64_t row = maps.first_position + query;
                const auto from = maps.row(head, query);
                std::copy(from.begin(), from.end(), map.weights.begin() + row * tokens);
                const auto& visible = maps.call.visible[static_cast<std::size_t>(query)];
                map.visible_begin[static_cast<std::size_t>(row)] = visible.position + 1 - static_cast<std::int32_t>(visible.count());
            }
        }
    }));
    return out;
}

Result<record::AttentionThumbnails> attention_thumbnails(const AttentionText& text, std::int64_t size)
{
    const auto& config = text.model.decoder->config();
    const auto tokens = static_cast<std::int64_t>(text.tokens.size());
    const std::int64_t side = std::min(size, tokens);
    const auto cells = static_cast<std::size_t>(config.layers * config.heads * side * side);
    std::vector<double> sums(cells, 0);
    std::vector<std::int32_t> counts(cells, 0);
    TIMBERLINE_TRY(look(text, tokens, -1, config.layers - 1, [&](const ObservedMaps& maps) {
        for (std::int64_t head = 0; head < config.heads; ++head) {
            for (std::int64_t query = 0; query < maps.call.queries; ++query) {
                const auto& visible = maps.call.visible[static_cast<std::size_t>(query)];
                const auto row = maps.row(head, query);
                const std::int64_t place = (maps.call.layer * config.heads + head) * side + visible.position * side / tokens;
                for (std::int64_t key = visible.position + 1 - visible.count(); key <= visible.position; ++key) {
                    const auto cell = static_cast<std::size_t>(place * side + key * side / tokens);
                    sums[cell] += static_cast<double>(row[static_cast<std::size_t>(key)]);
                    ++counts[cell];
                }
            }
        }
    }));
    record::AttentionThumbnails out;
    out.layers = static_cast<std::int32_t>(config.layers);
    out.heads = static_cast<std::int32_t>(config.heads);
    out.size = static_cast<std::int32_t>(side);
    out.positions = static_cast<std::int32_t>(tokens);
    for (std::size_t i = 0; i < cells; ++i) {
        out.cells.push_back(counts[i] > 0 ? static_cast<float>(sums[i] / counts[i]) : record::kUndefined);
    }
    return out;
}

namespace {

const std::string& method_of(const AttentionPlan& plan, std::size_t head)
{
    return head < plan.heads.size() && !plan.heads[head].variant.empty() ? plan.heads[head].variant : plan.variant;
}

/// The row's scores by the form that its method states, and the streaming trace over them.
/// @param products q.k of the row's visible keys.
void explain_weight(const attention::ScoreForm& form, std::vector<double> products, record::AttentionCell& cell)
{
    for (double& score : products) {
        score *= form.scale;
        score = form.softcap > 0 ? form.softcap * std::tanh(score / form.softcap) : score;
    }
    const std::span<const double> scores(products);
    attention::StreamingRow<double> row;
    for (std::size_t begin = 0; begin < scores.size(); begin += static_cast<std::size_t>(kStreamTile)) {
        row.add_tile(scores.subspan(begin, std::min(static_cast<std::size_t>(kStreamTile), scores.size() - begin)));
        cell.maximum.push_back(row.maximum());
        cell.sum.push_back(row.sum());
        cell.weighted.push_back(row.weighted());
        cell.entropy_so_far.push_back(row.entropy());
    }
    cell.scale = form.scale;
    cell.score = scores[static_cast<std::size_t>(cell.key - cell.first_key)];
    cell.log_sum_exp = row.log_sum_exp();
}

/// Fills what the row of one cell says.
void describe_cell(const ObservedMaps& maps, const AttentionPlan& plan, record::AttentionCell& cell)
{
    const attention::AttentionCall& call = maps.call;
    const std::int64_t query = cell.query - maps.first_position;
    const auto& visible = call.visible[static_cast<std::size_t>(query)];
    cell.first_key = visible.position + 1 - static_cast<std::int32_t>(visible.count());
    cell.method = method_of(plan, static_cast<std::size_t>(call.layer * call.heads + cell.head));
    const float* const own = call.query + (query * call.heads + cell.head) * call.head_dim;
    const float* const keys = call.store->keys(call.layer, cell.kv_head);
    const auto dim = static_cast<std::size_t>(call.head_dim);
    cell.query_row.assign(own, own + dim);
    cell.key_row.assign(keys + cell.key * call.head_dim, keys + (cell.key + 1) * call.head_dim);
    std::vector<double> products;
    for (std::int64_t key = cell.first_key; key <= visible.position; ++key) {
        products.push_back(std::inner_product(own, own + dim, keys + key * call.head_dim, 0.0, std::plus<>(),
                                              [](float a, float b) { return static_cast<double>(a) * static_cast<double>(b); }));
    }
    const auto at = static_cast<std::size_t>(cell.key - cell.first_key);
    cell.product = products[at];
    cell.tile = static_cast<std::int32_t>(kStreamTile);
    if (const auto form = plan.kernel->softmax_form(call, cell.head, query)) {
        explain_weight(*form, std::move(products), cell);
    } else {
        cell.scale = cell.score = cell.log_sum_exp = std::nan("");
    }
    const auto weights =
        maps.row(cell.head, query).subspan(static_cast<std::size_t>(cell.first_key), static_cast<std::size_t>(visible.count()));
    const float weight = weights[at];
    cell.weight = static_cast<double>(weight);
    cell.rank = static_cast<std::int32_t>(std::count_if(weights.begin(), weights.end(), [weight](float other) { return other > weight; }));
    cell.entropy = static_cast<double>(attention::statistics_of_weights(weights, visible.position, {}).entropy);
}

}  // namespace

Result<record::AttentionCell> attention_cell(const AttentionText& text, std::int64_t layer, std::int64_t head, std::int64_t query,
                                             std::int64_t key)
{
    const auto& config = text.model.decoder->config();
    TIMBERLINE_TRY(check_place(text, "layer", layer, config.layers));
    TIMBERLINE_TRY(check_place(text, "head", head, config.heads));
    TIMBERLINE_TRY(check_position(text, "query", query));
    const std::int64_t window = config.window.empty() ? 0 : config.window[static_cast<std::size_t>(layer)];
    const std::int64_t first = window > 0 ? std::max<std::int64_t>(0, query - window + 1) : 0;
    if (key < first || key > query) {
        return make_error(ErrorCode::InvalidArgument,
                          "key " + std::to_string(key) + " was asked for: query " + std::to_string(query) + " of layer " +
                              std::to_string(layer) + " sees the keys " + std::to_string(first) + " to " + std::to_string(query),
                          "Choose a cell on or below the diagonal and inside the layer's window.");
    }
    record::AttentionCell out;
    out.layer = static_cast<std::int32_t>(layer);
    out.head = static_cast<std::int32_t>(head);
    out.kv_head = static_cast<std::int32_t>(head / (config.heads / config.kv_heads));
    out.query = static_cast<std::int32_t>(query);
    out.key = static_cast<std::int32_t>(key);
    TIMBERLINE_TRY(look(text, query + 1, layer, layer, [&](const ObservedMaps& maps) {
        if (query >= maps.first_position && query < maps.first_position + maps.call.queries) {
            describe_cell(maps, text.plan, out);
        }
    }));
    return out;
}

Result<record::AttentionRollout> attention_rollout(const AttentionText& text, std::int64_t position,
                                                   const attention::RolloutSettings& settings)
{
    TIMBERLINE_TRY(check_position(text, "position", position));
    if (position >= kMostRolloutTokens) {
        return make_error(ErrorCode::InvalidArgument,
                          "the rollout of position " + std::to_string(position) + " was asked for: expected 0 to " +
                              std::to_string(kMostRolloutTokens - 1),
                          "Rollout multiplies whole maps: choose an earlier position or a shorter text.");
    }
    const auto& config = text.model.decoder->config();
    attention::Rollout rollout(config.layers, position + 1, settings);
    std::vector<std::span<const float>> heads(static_cast<std::size_t>(config.heads));
    TIMBERLINE_TRY(look(text, position + 1, -1, config.layers - 1, [&](const ObservedMaps& maps) {
        for (std::int64_t query = 0; query < maps.call.queries; ++query) {
            for (std::int64_t head = 0; head < config.heads; ++head) {
                heads[static_cast<std::size_t>(head)] = maps.row(head, query);
            }
            rollout.add_row(maps.call.layer, maps.first_position + query, heads);
        }
    }));
    record::AttentionRollout out;
    out.position = static_cast<std::int32_t>(position);
    out.layers = static_cast<std::int32_t>(config.layers);
    out.residual = settings.residual;
    out.reduce = settings.reduce;
    out.discard = settings.discard;
    out.implied = text.plan.what_if;
    for (std::int64_t layer = 0; layer < config.layers; ++layer) {
        const auto row = rollout.row(layer, position);
        out.weights.insert(out.weights.end(), row.begin(), row.end());
        out.entropy.push_back(attention::statistics_of_weights(row, position, {}).entropy);
    }
    return out;
}

}  // namespace timberline::run
