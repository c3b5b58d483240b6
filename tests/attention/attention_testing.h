// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/attention_variant.h"
#include "core/model/decoder_parts.h"
#include "core/model/kernels/kernel_table.h"
#include "core/model/kv_store.h"

#include <QTest>

#include <cmath>
#include <memory>
#include <random>
#include <vector>

/// One attention call on drawn numbers, and its definition in double precision.
namespace timberline::attention::testing {

struct Problem {
    std::int64_t queries = 1, keys = 1, heads = 1, kv_heads = 1, dim = 4;
    std::int64_t window = 0;
    double scale = 0.5, softcap = 0, temperature = 1;
    RowStatisticsSettings settings;
    std::vector<std::vector<std::int32_t>> marked;

    std::vector<float> query;  ///< [T, H, dh]
    std::unique_ptr<model::KvStore> store;
    std::vector<AttentionCall::Visible> visible;
    std::vector<std::span<const std::int32_t>> marked_spans;

    void draw(unsigned seed, float spread = 1)
    {
        std::mt19937 engine(seed);
        std::normal_distribution<float> normal(0, spread);
        query.resize(static_cast<std::size_t>(queries * heads * dim));
        for (float& x : query) {
            x = normal(engine);
        }
        store = model::make_kv_store(1, kv_heads, dim, keys);
        store->set_length(0, keys);
        for (std::int64_t head = 0; head < kv_heads; ++head) {
            for (std::int64_t i = 0; i < keys * dim; ++i) {
                store->keys(0, head)[i] = normal(engine);
                store->values(0, head)[i] = normal(engine);
            }
        }
        place();
    }
    /// The queries are the text's last positions.
    void place()
    {
        visible.clear();
        for (std::int64_t t = 0; t < queries; ++t) {
            const std::int64_t position = keys - queries + t;
            const std::int64_t first = window > 0 ? std::max<std::int64_t>(0, position - window + 1) : 0;
            visible.push_back({.prefix_begin = static_cast<std::int32_t>(first),
                               .prefix_end = static_cast<std::int32_t>(position + 1),
                               .tail = {},
                               .position = static_cast<std::int32_t>(position)});
        }
        marked_spans.assign(marked.begin(), marked.end());
    }
    [[nodiscard]] std::span<const float> query_row(std::int64_t head, std::int64_t t) const
    {
        return std::span<const float>(query).subspan(static_cast<std::size_t>((t * heads + head) * dim), static_cast<std::size_t>(dim));
    }
    /// scale * q.k of the visible keys, soft-capped and cooled.
    [[nodiscard]] std::vector<double> scores(std::int64_t head, std::int64_t t) const
    {
        std::vector<double> out;
        const float* const keys_of = store->keys(0, head / (heads / kv_heads));
        const auto& seen = visible[static_cast<std::size_t>(t)];
        for (std::int64_t key = seen.position + 1 - seen.count(); key <= seen.position; ++key) {
            double product = 0;
            for (std::int64_t c = 0; c < dim; ++c) {
                product +=
                    static_cast<double>(query_row(head, t)[static_cast<std::size_t>(c)]) * static_cast<double>(keys_of[key * dim + c]);
            }
            double score = scale * product;
            score = softcap > 0 ? softcap * std::tanh(score / softcap) : score;
            out.push_back(score / temperature);
        }
        return out;
    }
};

struct Answer {
    std::vector<float> output, map;
    std::vector<RowStatistics> rows;
    [[nodiscard]] const RowStatistics& row(const Problem& p, std::int64_t head, std::int64_t t) const
    {
        return rows[static_cast<std::size_t>(head * p.queries + t)];
    }
    [[nodiscard]] std::span<const float> weights(const Problem& p, std::int64_t head, std::int64_t t) const
    {
        const auto& seen = p.visible[static_cast<std::size_t>(t)];
        return std::span<const float>(map).subspan(
            static_cast<std::size_t>((head * p.queries + t) * p.keys + seen.position + 1 - seen.count()),
            static_cast<std::size_t>(seen.count()));
    }
};

inline Answer answer(AttentionKernel& kernel, Problem& p, bool instrumented = true)
{
    Answer out;
    out.output.assign(p.query.size(), -77.0F);
    AttentionCall call;
    call.queries = p.queries;
    call.heads = p.heads;
    call.kv_heads = p.kv_heads;
    call.head_dim = p.dim;
    call.query = p.query.data();
    call.store = p.store.get();
    call.visible = p.visible;
    call.scale = p.scale;
    call.softcap = p.softcap;
    call.temperature = p.temperature;
    call.output = out.output.data();
    if (instrumented) {
        out.map.assign(static_cast<std::size_t>(p.heads * p.queries * p.keys), -77.0F);
        out.rows.resize(static_cast<std::size_t>(p.heads * p.queries));
        call.capture = out.map.data();
        call.capture_columns = p.keys;
        call.statistics = out.rows.data();
        call.statistics_stride = p.queries;
        call.statistics_settings = p.settings;
        call.marked = p.marked_spans;
    }
    kernel.attend(call);
    return out;
}

inline std::vector<double> softmax(const std::vector<double>& scores)
{
    double top = scores.front();
    for (const double s : scores) {
        top = std::max(top, s);
    }
    std::vector<double> out;
    double sum = 0;
    for (const double s : scores) {
        out.push_back(std::exp(s - top));
        sum += out.back();
    }
    for (double& p : out) {
        p /= sum;
    }
    return out;
}

/// Statistics of a row of probabilities by their definitions.
struct Expected {
    double entropy = 0, varentropy = 0, largest = 0, collision = 0, sink = 0, local = 0, distance = 0, previous = 0, marked = 0;
    Expected(const std::vector<double>& p, std::int64_t position, const RowStatisticsSettings& settings,
             const std::vector<std::int32_t>& marks = {})
    {
        const auto n = static_cast<std::int64_t>(p.size());
        for (std::int64_t i = 0; i < n; ++i) {
            const double w = p[static_cast<std::size_t>(i)];
            const std::int64_t key = position - n + 1 + i;
            entropy -= w > 0 ? w * std::log(w) : 0;
            largest = std::max(largest, w);
            collision += w * w;
            sink += key < settings.sink_tokens ? w : 0;
            local += position - key < settings.local_window ? w : 0;
            distance += w * static_cast<double>(position - key);
            previous += key == position - 1 ? w : 0;
            marked += std::find(marks.begin(), marks.end(), key) != marks.end() ? w : 0;
        }
        for (const double w : p) {
            varentropy += w > 0 ? w * std::pow(std::log(w) + entropy, 2) : 0;
        }
    }
};

/// Empty when all fields agree, else the first that does not.
inline QString difference(const RowStatistics& row, const Expected& expected, double tolerance)
{
    const std::tuple<const char*, float, double> fields[] = {{"entropy", row.entropy, expected.entropy},
                                                             {"varentropy", row.varentropy, expected.varentropy},
                                                             {"largest", row.largest, expected.largest},
                                                             {"collision", row.collision, expected.collision},
                                                             {"sink", row.sink, expected.sink},
                                                             {"local", row.local, expected.local},
                                                             {"distance", row.distance, expected.distance},
                                                             {"previous", row.previous, expected.previous},
                                                             {"marked", row.marked, expected.marked}};
    for (const auto& [name, got, wanted] : fields) {
        if (!(std::abs(static_cast<double>(got) - wanted) <= tolerance * std::max(1.0, std::abs(wanted)))) {
            return QString("%1 is %2, expected %3").arg(name).arg(static_cast<double>(got), 0, 'g', 9).arg(wanted, 0, 'g', 9);
        }
    }
    return {};
}

inline AttentionResources resources(const Problem& p, const model::kernels::KernelTable& table)
{
    return {.kernels = table.row_kernels(),
            .exact = model::make_exact_attention(table),
            .layers = 1,
            .heads = p.heads,
            .kv_heads = p.kv_heads,
            .head_dim = p.dim};
}

/// A variant with values over its defaults, by the best kernels.
inline std::shared_ptr<AttentionKernel> make_variant(const std::string& id, const Problem& p, const Values& values = {},
                                                     const model::kernels::KernelTable* table = nullptr)
{
    MethodRegistry methods;
    register_attention_variants(methods);
    const auto found = methods.find("attention variant", id);
    if (!found.ok()) {
        QTest::qFail(found.error().message.c_str(), __FILE__, __LINE__);
        return nullptr;
    }
    const auto complete = complete_values((*found)->info.hyperparameters, values, id);
    if (!complete.ok()) {
        QTest::qFail(complete.error().message.c_str(), __FILE__, __LINE__);
        return nullptr;
    }
    const auto made =
        variant_of(**found).make(resources(p, table != nullptr ? *table : *model::kernels::available_kernels().front()), *complete);
    return made.ok() ? *made : nullptr;
}

}  // namespace timberline::attention::testing
