// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/decoding/heads/tensor/trainable_norm.h"

#include <ATen/ATen.h>

#include <limits>

namespace timberline::decoding {

TrainableNorm::TrainableNorm(const HeadGround& ground, const std::string& name)
    : config_(ground.config), name_(name), scale_(ground.network->parameter(model::Role::FinalNorm, -1).clone())
{
    if (config_.norm == model::NormKind::LayerNorm) {
        shift_ = ground.network->parameter(model::Role::FinalNormBias, -1).clone();
    }
}

void TrainableNorm::list(std::vector<HeadParameter>& out) const
{
    out.push_back({.name = name_ + ".weight", .value = scale_, .decays = false});
    if (shift_.defined()) {
        out.push_back({.name = name_ + ".bias", .value = shift_, .decays = false});
    }
}

at::Tensor TrainableNorm::apply(const at::Tensor& rows) const
{
    const auto scale = config_.norm_weight_plus_one ? scale_ + 1 : scale_;
    if (shift_.defined()) {
        return at::layer_norm(rows, {config_.hidden}, scale, shift_, config_.norm_epsilon);
    }
    return rows * at::rsqrt(rows.square().mean(-1, /*keepdim=*/true) + config_.norm_epsilon) * scale;
}

at::Tensor likeliest(const at::Tensor& logits)
{
    return logits.detach().argmax(-1);
}

void add_ranks(const at::Tensor& logits, const at::Tensor& right, std::vector<double>& counts, double& total)
{
    const auto flat = logits.detach();
    const auto value = flat.gather(1, right.unsqueeze(1));
    const auto above = flat.gt(value).sum(1).contiguous();  // rank = tokens that are likelier
    const auto* ranks = above.data_ptr<std::int64_t>();
    for (std::int64_t i = 0; i < above.numel(); ++i) {
        if (ranks[i] < static_cast<std::int64_t>(counts.size())) {
            counts[static_cast<std::size_t>(ranks[i])] += 1;
        }
    }
    total += static_cast<double>(above.numel());
}

at::Tensor additive(const at::Tensor& sees)
{
    return at::masked_fill(at::zeros(sees.sizes()), sees.logical_not(), -std::numeric_limits<double>::infinity());
}

at::Tensor where_valid(const at::Tensor& rows, const at::Tensor& mask)
{
    const auto index = mask.reshape({-1}).nonzero().squeeze(1);
    auto sizes = rows.sizes().vec();
    sizes.erase(sizes.begin());
    sizes[0] = -1;
    return rows.reshape(sizes).index_select(0, index);
}

}  // namespace timberline::decoding
