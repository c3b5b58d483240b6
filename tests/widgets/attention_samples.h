// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/attention_rows.h"
#include "core/record/record.h"

#include <cmath>
#include <limits>
#include <memory>
#include <string>
#include <vector>

/// Attention records made by hand: every weight is given by a formula, so that tests know every number.
namespace timberline::testing {

struct AttentionShape {
    int layers = 3, heads = 4, kvHeads = 2;
    int prompt = 6, generated = 3;
};

/// Weight of a key: head 0 attends evenly, head 1 to the first token alone, head 2 to the previous token, the others fall by half with each
/// step back. A deeper layer gives more to the query's own token.
inline double sampleWeight(int layer, int head, int query, int key)
{
    if (key > query) {
        return 0;
    }
    const double own = query == 0 ? 0 : layer * 0.1;
    double rest = 0;
    switch (head) {
    case 0:
        rest = 1.0 / (query + 1);
        break;
    case 1:
        rest = key == 0 ? 1 : 0;
        break;
    case 2:
        rest = query == 0 || key == query - 1 ? 1 : 0;
        break;
    default:
        rest = std::pow(0.5, query - key) / (2 - std::pow(0.5, query));
        break;
    }
    return (1 - own) * rest + (key == query ? own : 0);
}

inline record::AttentionRows sampleRows(const AttentionShape& shape, int moment, int first, int count)
{
    record::AttentionRows rows;
    rows.moment = moment;
    rows.layers = shape.layers;
    rows.heads = shape.heads;
    rows.kv_heads = shape.kvHeads;
    rows.first = first;
    rows.positions = count;
    const auto size = static_cast<std::size_t>(shape.layers * shape.heads * count);
    for (auto* field : {&rows.entropy, &rows.log_sum_exp, &rows.largest, &rows.varentropy, &rows.collision, &rows.sink, &rows.local,
                        &rows.distance, &rows.previous, &rows.induction}) {
        field->assign(size, 0.0F);
    }
    rows.visible.assign(size, 0);
    for (int layer = 0; layer < shape.layers; ++layer) {
        for (int head = 0; head < shape.heads; ++head) {
            for (int row = 0; row < count; ++row) {
                const int query = first + row;
                const std::size_t i = rows.at(layer, head, row);
                double entropy = 0, largest = 0, distance = 0, local = 0;
                for (int key = 0; key <= query; ++key) {
                    const double weight = sampleWeight(layer, head, query, key);
                    entropy -= weight > 0 ? weight * std::log(weight) : 0;
                    largest = std::max(largest, weight);
                    distance += weight * (query - key);
                    local += query - key < 16 ? weight : 0;
                }
                rows.entropy[i] = static_cast<float>(entropy);
                rows.largest[i] = static_cast<float>(largest);
                rows.distance[i] = static_cast<float>(distance);
                rows.local[i] = static_cast<float>(local);
                rows.sink[i] = static_cast<float>(sampleWeight(layer, head, query, 0));
                rows.previous[i] = query > 0 ? static_cast<float>(sampleWeight(layer, head, query, query - 1)) : 0.0F;
                rows.induction[i] = query > 5 ? static_cast<float>(sampleWeight(layer, head, query, query - 4)) : 0.0F;
                rows.visible[i] = query + 1;
            }
        }
    }
    rows.value_norm.assign(static_cast<std::size_t>(shape.layers * shape.kvHeads * count), 2.0F);
    for (int row = 0; row < count; ++row) {
        const int position = first + row;
        if (position == 0) {
            for (int kv = 0; kv < shape.layers * shape.kvHeads; ++kv) {
                rows.value_norm[static_cast<std::size_t>(kv * count)] = 0.5F;
            }
        }
        rows.token.push_back(position % 5);
        rows.induction_targets.push_back(position > 5 ? 1 : 0);
        rows.surprisal.push_back(position == 0 ? std::numeric_limits<float>::quiet_NaN() : 1.0F + 0.5F * static_cast<float>(position % 3));
        rows.next_entropy.push_back(2.0F - 0.1F * static_cast<float>(position % 4));
        rows.next_varentropy.push_back(0.5F);
        rows.next_margin.push_back(1.5F);
    }
    return rows;
}

/// Long texts at no cost: numbers that no test looks at.
inline record::AttentionRows plainRows(const AttentionShape& shape, int count)
{
    record::AttentionRows rows;
    rows.layers = shape.layers;
    rows.heads = shape.heads;
    rows.kv_heads = shape.kvHeads;
    rows.positions = count;
    const auto size = static_cast<std::size_t>(shape.layers * shape.heads * count);
    for (auto* field : {&rows.entropy, &rows.log_sum_exp, &rows.largest, &rows.varentropy, &rows.collision, &rows.sink, &rows.local,
                        &rows.distance, &rows.previous, &rows.induction}) {
        for (std::size_t i = 0; i < size; ++i) {
            field->push_back(static_cast<float>(i * 7919 % 1009) / 1009);
        }
    }
    for (std::size_t i = 0; i < size; ++i) {
        rows.visible.push_back(static_cast<int>(i % static_cast<std::size_t>(count)) + 1);
    }
    rows.value_norm.assign(static_cast<std::size_t>(shape.layers * shape.kvHeads * count), 1.0F);
    for (int position = 0; position < count; ++position) {
        rows.token.push_back(position % 5);
        rows.induction_targets.push_back(position % 2);
        rows.surprisal.push_back(static_cast<float>(position % 7));
        rows.next_entropy.push_back(static_cast<float>(position % 11) / 3);
    }
    rows.next_varentropy = rows.next_margin = rows.next_entropy;
    return rows;
}

inline record::AttentionMap sampleMap(int layer, int head, int first, int count, bool base = false)
{
    record::AttentionMap map;
    map.layer = layer;
    map.head = head;
    map.first_query = first;
    map.queries = count;
    map.columns = first + count;
    for (int query = first; query < first + count; ++query) {
        map.visible_begin.push_back(0);
        for (int key = 0; key < map.columns; ++key) {
            map.weights.push_back(static_cast<float>(sampleWeight(layer, head, query, key)));
            if (base) {
                map.base.push_back(static_cast<float>(sampleWeight(layer, (head + 1) % 4, query, key)));
            }
        }
    }
    return map;
}

inline record::AttentionSetup sampleSetup(const AttentionShape& shape, int moment = -1)
{
    record::AttentionSetup setup;
    setup.moment = moment;
    setup.layers = shape.layers;
    setup.heads = shape.heads;
    setup.kv_heads = shape.kvHeads;
    setup.head_dim = 8;
    setup.context = 4096;
    setup.prompt_tokens = shape.prompt;
    setup.window.assign(static_cast<std::size_t>(shape.layers), 0);
    setup.variant = "softmax";
    return setup;
}

inline record::AttentionEffect sampleEffect(const AttentionShape& shape)
{
    const int positions = shape.prompt + shape.generated;
    record::AttentionEffect effect;
    effect.moment = shape.generated - 1;
    effect.edits = {"ablate 1.2"};
    effect.variant = "softmax";
    effect.positions = positions;
    for (int position = 0; position < positions; ++position) {
        const float x = static_cast<float>(position);
        effect.base_entropy.push_back(2 - 0.1F * x);
        effect.edited_entropy.push_back(2.2F - 0.1F * x);
        effect.divergence.push_back(position == 4 ? 0.4F : 0.05F);
        effect.base_surprisal.push_back(position == 0 ? std::numeric_limits<float>::quiet_NaN() : 1.5F);
        effect.edited_surprisal.push_back(position == 0 ? std::numeric_limits<float>::quiet_NaN() : 1.75F);
        effect.same_choice.push_back(position == 4 ? 0 : 1);
    }
    effect.base_perplexity = std::exp(1.5);
    effect.edited_perplexity = std::exp(1.75);
    effect.signal_to_noise_db = 18.5;
    effect.moved = {3, 1, 4, 2};
    effect.moved_base = {0.50F, 0.20F, 0.10F, 0.05F};
    effect.moved_edited = {0.20F, 0.40F, 0.15F, 0.04F};
    effect.layers = shape.layers;
    effect.heads = shape.heads;
    effect.compared_positions = positions;
    for (int i = 0; i < shape.layers * shape.heads; ++i) {
        effect.entropy_change.push_back(0.05F * static_cast<float>(i - 5));
        effect.map_divergence.push_back(i == 6 ? std::numeric_limits<float>::infinity() : 0.01F * static_cast<float>(i));
        effect.jensen_shannon.push_back(0.02F * static_cast<float>(i));
        effect.total_variation.push_back(0.03F * static_cast<float>(i));
        effect.top_key_changed.push_back(0.05F * static_cast<float>(i));
        effect.map_cosine.push_back(1 - 0.04F * static_cast<float>(i));
    }
    return effect;
}

inline record::RunStarted attentionStarted(const AttentionShape& shape)
{
    record::RunStarted out;
    out.bench = "attention";
    out.model_name = "letters";
    out.vocabulary = 5;
    out.layers = shape.layers;
    const std::vector<std::string> texts = {"The", " king", " said", "\n", " wolf"};
    for (std::size_t i = 0; i < texts.size(); ++i) {
        out.token_text[static_cast<TokenId>(i)] = texts[i];
    }
    for (int i = 0; i < shape.prompt; ++i) {
        out.prompt.push_back(i % 5);
    }
    return out;
}

/// Prompt rows as one block, then a block a generated token.
inline std::shared_ptr<record::Record> attentionRecord(const AttentionShape& shape = {}, bool withEffect = false)
{
    auto record = std::make_shared<record::Record>();
    record->events.push_back({attentionStarted(shape)});
    record->events.push_back({to_block(sampleSetup(shape))});
    record->events.push_back({to_block(sampleRows(shape, -1, 0, shape.prompt))});
    for (int token = 0; token < shape.generated; ++token) {
        record->events.push_back({to_block(sampleRows(shape, token, shape.prompt + token, 1))});
    }
    if (withEffect) {
        record->events.push_back({to_block(sampleEffect(shape))});
    }
    record->events.push_back({record::RunFinished{"length", "", 8, 1}});
    return record;
}

inline record::AttentionCell sampleCell(int layer, int head, int query, int key)
{
    record::AttentionCell cell;
    cell.layer = layer;
    cell.head = head;
    cell.kv_head = head / 2;
    cell.query = query;
    cell.key = key;
    // q.k = 1*2 + (-1)*3 + 2*1 + 0.5*4 = 3
    cell.query_row = {1, -1, 2, 0.5F};
    cell.key_row = {2, 3, 1, 4};
    cell.scale = 0.5;
    cell.product = 3;
    cell.score = 1.5;
    cell.weight = 0.25;
    cell.rank = 1;
    // The two tiles [1, 3] and [2, 5] of methods/attention.md 1.2.
    cell.entropy = 0.5950867;
    cell.log_sum_exp = 5 + std::log(1.2034380);
    cell.tile = 2;
    cell.maximum = {3, 5};
    cell.sum = {1.1353353, 1.2034380};
    cell.weighted = {-0.2706706, -0.4932943};
    cell.entropy_so_far = {0.3653339, 0.5950867};
    return cell;
}

/// Evenly over all inputs in layer 0, ever more on the position itself with depth.
inline record::AttentionRollout sampleRollout(int layers, int position)
{
    record::AttentionRollout out;
    out.position = position;
    out.layers = layers;
    for (int layer = 0; layer < layers; ++layer) {
        const double own = static_cast<double>(layer) / layers;
        double entropy = 0;
        for (int token = 0; token <= position; ++token) {
            const double weight = (1 - own) / (position + 1) + (token == position ? own : 0);
            out.weights.push_back(static_cast<float>(weight));
            entropy -= weight * std::log(weight);
        }
        out.entropy.push_back(static_cast<float>(entropy));
    }
    return out;
}

}  // namespace timberline::testing
