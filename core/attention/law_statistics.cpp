// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/law_statistics.h"

#include "core/attention/streaming_row.h"

#include <cassert>
#include <cmath>
#include <limits>
#include <vector>

namespace timberline::attention {

namespace {

constexpr std::size_t kTile = 256;

[[nodiscard]] double masked_as(float logit) noexcept
{
    return std::isnan(logit) ? -std::numeric_limits<double>::infinity() : static_cast<double>(logit);
}

}  // namespace

LawStatistics law_statistics(std::span<const float> logits)
{
    assert(!logits.empty());
    StreamingRow<double> row;
    LawStatistics out;
    double first = -std::numeric_limits<double>::infinity();
    double second = first;
    double tile[kTile];
    for (std::size_t begin = 0; begin < logits.size(); begin += kTile) {
        const std::size_t count = std::min(kTile, logits.size() - begin);
        for (std::size_t i = 0; i < count; ++i) {
            const double z = masked_as(logits[begin + i]);
            tile[i] = z;
            if (z > first) {
                second = first;
                first = z;
                out.top = static_cast<TokenId>(begin + i);
            } else {
                second = std::max(second, z);
            }
        }
        row.add_tile(std::span<const double>(tile, count));
    }
    out.log_sum_exp = row.log_sum_exp();
    out.entropy = row.entropy();
    out.varentropy = row.varentropy();
    out.margin = first - second;
    return out;
}

double surprisal(std::span<const float> logits, const LawStatistics& law, TokenId token) noexcept
{
    return law.log_sum_exp - masked_as(logits[static_cast<std::size_t>(token)]);
}

LawDifference law_difference(std::span<const float> base, const LawStatistics& base_law, std::span<const float> edited,
                             const LawStatistics& edited_law)
{
    assert(base.size() == edited.size());
    LawDifference out;
    for (std::size_t i = 0; i < base.size(); ++i) {
        const double z = masked_as(base[i]);
        const double w = masked_as(edited[i]);
        const double p = std::exp(z - base_law.log_sum_exp);
        out.divergence += p != 0 ? p * ((z - base_law.log_sum_exp) - (w - edited_law.log_sum_exp)) : 0;  // NaN stays NaN
        if (std::isfinite(z) && std::isfinite(w)) {
            out.signal += z * z;
            out.noise += (z - w) * (z - w);
        }
    }
    out.divergence = out.divergence < 0 ? 0 : out.divergence;
    return out;
}

}  // namespace timberline::attention
