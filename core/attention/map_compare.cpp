// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/map_compare.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace timberline::attention {

RowComparison compare_rows(std::span<const float> base, std::span<const float> edited) noexcept
{
    assert(base.size() == edited.size());
    double base_sum = 0;
    double edited_sum = 0;
    for (std::size_t j = 0; j < base.size(); ++j) {
        base_sum += static_cast<double>(base[j]);
        edited_sum += static_cast<double>(edited[j]);
    }
    RowComparison out;
    double base_square = 0;
    double edited_square = 0;
    double product = 0;
    for (std::size_t j = 0; j < base.size(); ++j) {
        const double p = base_sum > 0 ? static_cast<double>(base[j]) / base_sum : 0;
        const double q = edited_sum > 0 ? static_cast<double>(edited[j]) / edited_sum : 0;
        const double middle = (p + q) / 2;
        if (p > 0) {
            out.entropy_change += p * std::log(p);
            out.divergence += q > 0 ? p * std::log(p / q) : std::numeric_limits<double>::infinity();
            out.jensen_shannon += p * std::log(p / middle) / 2;
        }
        if (q > 0) {
            out.entropy_change -= q * std::log(q);
            out.jensen_shannon += q * std::log(q / middle) / 2;
        }
        out.total_variation += std::abs(p - q) / 2;
        base_square += p * p;
        edited_square += q * q;
        product += p * q;
    }
    out.divergence = std::max(0.0, out.divergence);
    out.jensen_shannon = std::max(0.0, out.jensen_shannon);
    out.cosine = base_square > 0 && edited_square > 0 ? std::min(1.0, product / std::sqrt(base_square * edited_square)) : 0;
    out.top_key_changed =
        std::max_element(base.begin(), base.end()) - base.begin() != std::max_element(edited.begin(), edited.end()) - edited.begin();
    return out;
}

}  // namespace timberline::attention
