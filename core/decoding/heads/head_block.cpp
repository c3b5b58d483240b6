// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/decoding/heads/head_block.h"

#include "core/model/architectures/roles.h"

namespace timberline::decoding {
namespace {

/// Stable words of the folder format.
std::string word_of(model::Role role)
{
    using model::Role;
    switch (role) {
    case Role::AttentionNorm:
        return "attention_norm";
    case Role::AttentionNormBias:
        return "attention_norm_bias";
    case Role::Query:
        return "query";
    case Role::Key:
        return "key";
    case Role::Value:
        return "value";
    case Role::AttentionOutput:
        return "attention_output";
    case Role::QueryBias:
        return "query_bias";
    case Role::KeyBias:
        return "key_bias";
    case Role::ValueBias:
        return "value_bias";
    case Role::AttentionOutputBias:
        return "attention_output_bias";
    case Role::QueryNorm:
        return "query_norm";
    case Role::KeyNorm:
        return "key_norm";
    case Role::PostAttentionNorm:
        return "post_attention_norm";
    case Role::MlpNorm:
        return "mlp_norm";
    case Role::MlpNormBias:
        return "mlp_norm_bias";
    case Role::MlpGate:
        return "mlp_gate";
    case Role::MlpUp:
        return "mlp_up";
    case Role::MlpDown:
        return "mlp_down";
    case Role::MlpGateBias:
        return "mlp_gate_bias";
    case Role::MlpUpBias:
        return "mlp_up_bias";
    case Role::MlpDownBias:
        return "mlp_down_bias";
    case Role::PostMlpNorm:
        return "post_mlp_norm";
    default:
        return "outside";  // embeddings, final norm, head: no part of a block
    }
}

/// Weights of the blocks from a folder; everything outside them is as small as the decoder takes it.
class BlockWeights final : public model::WeightProvider
{
public:
    BlockWeights(model::DecoderConfig config, const HeadFolder& heads, std::string prefix)
        : config_(std::move(config)), heads_(heads), prefix_(std::move(prefix))
    {}

    [[nodiscard]] Result<model::Weight> weight(model::Role role, std::int64_t layer) const override
    {
        if (!model::has_role(config_, role)) {
            return model::Weight{};
        }
        const auto shape = model::shape_of(config_, role);
        model::Weight out{
            .type = io::DataType::F32, .rows = shape.rows, .columns = shape.matrix ? shape.columns : 1, .data = nullptr, .owner = {}};
        auto values = std::make_shared<std::vector<float>>();
        if (model::is_layer_role(role)) {
            std::vector<std::int64_t> expected = {shape.rows};
            if (shape.matrix) {
                expected.push_back(shape.columns);
            }
            TIMBERLINE_ASSIGN(const auto* tensor, heads_.tensor(prefix_ + std::to_string(layer) + "." + word_of(role), expected));
            *values = tensor->values;
        } else {
            values->assign(static_cast<std::size_t>(out.rows * out.columns), 0.0F);
        }
        out.data = reinterpret_cast<const std::uint8_t*>(values->data());
        out.owner = values;
        return out;
    }

private:
    model::DecoderConfig config_;
    const HeadFolder& heads_;
    std::string prefix_;
};

}  // namespace

model::DecoderConfig block_config(const model::DecoderConfig& target, std::int64_t layers)
{
    model::DecoderConfig out = target;
    out.layers = layers;
    out.vocabulary = 1;
    out.window.assign(static_cast<std::size_t>(layers), 0);
    out.tied_head = true;
    out.head_bias = false;
    out.final_softcap = 0;
    return out;
}

std::vector<BlockTensor> block_tensors(const model::DecoderConfig& target, std::int64_t layers, const std::string& prefix)
{
    const auto config = block_config(target, layers);
    std::vector<BlockTensor> out;
    for (std::int64_t layer = 0; layer < layers; ++layer) {
        for (const auto role : model::all_roles()) {
            if (!model::is_layer_role(role) || !model::has_role(config, role)) {
                continue;
            }
            const auto shape = model::shape_of(config, role);
            BlockTensor tensor{
                .role = role, .layer = layer, .name = prefix + std::to_string(layer) + "." + word_of(role), .shape = {shape.rows}};
            if (shape.matrix) {
                tensor.shape.push_back(shape.columns);
            }
            out.push_back(std::move(tensor));
        }
    }
    return out;
}

Result<std::shared_ptr<const model::Decoder>> make_block(const model::DecoderConfig& target, std::int64_t layers, const HeadFolder& heads,
                                                         const std::string& prefix)
{
    const auto config = block_config(target, layers);
    return model::Decoder::make(config, BlockWeights(config, heads, prefix));
}

}  // namespace timberline::decoding
