// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/decoding/heads/head_norm.h"

#include <cmath>

namespace timberline::decoding {

Result<HeadNorm> HeadNorm::from(const model::DecoderConfig& target, const HeadFolder& heads, const std::string& name)
{
    HeadNorm out;
    out.epsilon_ = target.norm_epsilon;
    TIMBERLINE_ASSIGN(const HeadTensor* scale, heads.tensor(name + ".weight", {target.hidden}));
    out.scale_ = scale->values;
    if (target.norm_weight_plus_one) {
        for (float& value : out.scale_) {
            value += 1.0F;
        }
    }
    if (target.norm == model::NormKind::LayerNorm) {
        TIMBERLINE_ASSIGN(const HeadTensor* shift, heads.tensor(name + ".bias", {target.hidden}));
        out.shift_ = shift->values;
    }
    return out;
}

void HeadNorm::apply(std::span<float> rows) const
{
    const std::size_t width = scale_.size();
    for (std::size_t begin = 0; begin + width <= rows.size(); begin += width) {
        const std::span<float> row = rows.subspan(begin, width);
        double mean = 0;
        if (!shift_.empty()) {
            for (const float x : row) {
                mean += static_cast<double>(x);
            }
            mean /= static_cast<double>(width);
        }
        double squares = 0;
        for (const float x : row) {
            squares += (static_cast<double>(x) - mean) * (static_cast<double>(x) - mean);
        }
        const auto inverse = static_cast<float>(1 / std::sqrt(squares / static_cast<double>(width) + epsilon_));
        for (std::size_t i = 0; i < width; ++i) {
            row[i] = (row[i] - static_cast<float>(mean)) * inverse * scale_[i] + (shift_.empty() ? 0.0F : shift_[i]);
        }
    }
}

}  // namespace timberline::decoding
