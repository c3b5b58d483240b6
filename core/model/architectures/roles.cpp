// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/architectures/roles.h"

#include <array>

namespace timberline::model {
namespace {

constexpr std::array kRoles{
    Role::TokenEmbedding,
    Role::PositionEmbedding,
    Role::AttentionNorm,
    Role::AttentionNormBias,
    Role::Query,
    Role::Key,
    Role::Value,
    Role::AttentionOutput,
    Role::QueryBias,
    Role::KeyBias,
    Role::ValueBias,
    Role::AttentionOutputBias,
    Role::QueryNorm,
    Role::KeyNorm,
    Role::PostAttentionNorm,
    Role::MlpNorm,
    Role::MlpNormBias,
    Role::MlpGate,
    Role::MlpUp,
    Role::MlpDown,
    Role::MlpGateBias,
    Role::MlpUpBias,
    Role::MlpDownBias,
    Role::PostMlpNorm,
    Role::FinalNorm,
    Role::FinalNormBias,
    Role::Head,
    Role::HeadBias,
};
static_assert(kRoles.size() == static_cast<std::size_t>(Role::HeadBias) + 1);

}  // namespace

std::span<const Role> all_roles() noexcept
{
    return kRoles;
}

bool is_layer_role(Role role) noexcept
{
    switch (role) {
    case Role::TokenEmbedding:
    case Role::PositionEmbedding:
    case Role::FinalNorm:
    case Role::FinalNormBias:
    case Role::Head:
    case Role::HeadBias:
        return false;
    default:
        return true;
    }
}

bool has_role(const DecoderConfig& config, Role role) noexcept
{
    switch (role) {
    case Role::PositionEmbedding:
        return config.position == PositionKind::Learned;
    case Role::AttentionNormBias:
    case Role::MlpNormBias:
    case Role::FinalNormBias:
        return config.norm == NormKind::LayerNorm;
    case Role::QueryBias:
    case Role::KeyBias:
    case Role::ValueBias:
        return config.attention_bias;
    case Role::AttentionOutputBias:
        return config.attention_output_bias;
    case Role::QueryNorm:
    case Role::KeyNorm:
        return config.query_key_norm;
    case Role::PostAttentionNorm:
    case Role::PostMlpNorm:
        return config.post_norms;
    case Role::MlpGate:
        return config.gated_mlp;
    case Role::MlpGateBias:
        return config.gated_mlp && config.mlp_bias;
    case Role::MlpUpBias:
    case Role::MlpDownBias:
        return config.mlp_bias;
    case Role::Head:
        return !config.tied_head;
    case Role::HeadBias:
        return config.head_bias;
    default:
        return true;
    }
}

WeightShape shape_of(const DecoderConfig& config, Role role) noexcept
{
    const std::int64_t query_rows = config.heads * config.head_dim;
    const std::int64_t key_rows = config.kv_heads * config.head_dim;
    switch (role) {
    case Role::TokenEmbedding:
    case Role::Head:
        return {config.vocabulary, config.hidden, true};
    case Role::PositionEmbedding:
        return {config.context, config.hidden, true};
    case Role::Query:
        return {query_rows, config.hidden, true};
    case Role::Key:
    case Role::Value:
        return {key_rows, config.hidden, true};
    case Role::AttentionOutput:
        return {config.hidden, query_rows, true};
    case Role::MlpGate:
    case Role::MlpUp:
        return {config.intermediate, config.hidden, true};
    case Role::MlpDown:
        return {config.hidden, config.intermediate, true};
    case Role::QueryBias:
        return {query_rows};
    case Role::KeyBias:
    case Role::ValueBias:
        return {key_rows};
    case Role::QueryNorm:
    case Role::KeyNorm:
        return {config.head_dim};
    case Role::MlpGateBias:
    case Role::MlpUpBias:
        return {config.intermediate};
    case Role::HeadBias:
        return {config.vocabulary};
    default:
        return {config.hidden};
    }
}

}  // namespace timberline::model
