// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cuda/attention_entropy.h"
#include "core/cuda/online_entropy.h"

#include <algorithm>

namespace timberline::cuda {
namespace {

struct RowStatistics {
    OnlineEntropy<double> scores;
    double distance = 0; ///< sum of exp(s - m) * distance
    double sink = 0;     ///< exp(s_0 - m)
};

/// One query of one head over its visible keys first..end.
RowStatistics walk(const float* query, const float* keys, const AttentionEntropyShape& shape, std::int64_t stride, std::int64_t position,
                   std::int64_t first, std::int64_t end) noexcept
{
    RowStatistics row;
    for (std::int64_t j = first; j < end; ++j) {
        const float* key = keys + j * stride;
        float dot = 0;
        for (std::int64_t d = 0; d < shape.head_dim; ++d) {
            dot += query[d] * key[d];
        }
        const double s = sanitized(shape.scale * dot);
        if (!(s > -std::numeric_limits<double>::infinity())) {
            continue;
        }
        if (s > row.scores.maximum) {
            const double factor = row.scores.sum > 0 ? std::exp(OnlineEntropy<double>::bounded(row.scores.maximum - s)) : 0;
            row.distance *= factor;
            row.sink *= factor;
        }
        row.scores.add(s);
        const double p = std::exp(OnlineEntropy<double>::bounded(s - row.scores.maximum));
        row.distance += p * static_cast<double>(position - j);
        row.sink += j == 0 ? p : 0;
    }
    return row;
}

} // namespace

void attention_entropy_cpu(const float* query, const float* key, const AttentionEntropyShape& shape,
                           const AttentionEntropyOutput& output) noexcept
{
    const std::int64_t group = shape.kv_heads > 0 ? shape.heads / shape.kv_heads : 1;
    for (std::int64_t t = 0; t < shape.queries; ++t) {
        const std::int64_t position = shape.offset + t;
        const std::int64_t end = std::clamp<std::int64_t>(position + 1, 0, shape.keys);
        const std::int64_t first = shape.window > 0 ? std::clamp<std::int64_t>(position - shape.window + 1, 0, end) : 0;
        for (std::int64_t h = 0; h < shape.heads; ++h) {
            const std::int64_t out = t * shape.heads + h;
            const auto row = walk(query + out * shape.head_dim, key + h / group * shape.head_dim, shape, shape.kv_heads * shape.head_dim,
                                  position, first, end);
            const double sum = row.scores.sum;
            if (output.entropy != nullptr) {
                output.entropy[out] = static_cast<float>(row.scores.entropy());
            }
            if (output.sink != nullptr) {
                output.sink[out] = sum > 0 ? static_cast<float>(row.sink / sum) : 0.0F;
            }
            if (output.distance != nullptr) {
                output.distance[out] = sum > 0 ? static_cast<float>(row.distance / sum) : 0.0F;
            }
            if (output.log_sum_exp != nullptr) {
                output.log_sum_exp[out] = static_cast<float>(row.scores.log_sum_exp());
            }
        }
    }
}

} // namespace timberline::cuda
