// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/decoding/heads/head_block.h"
#include "core/decoding/heads/tensor/head_trainee.h"

#include <ATen/ATen.h>

#include <cmath>
#include <limits>
#include <numbers>

namespace timberline::decoding {
namespace {

std::int64_t count_of(const std::vector<std::int64_t>& shape)
{
    std::int64_t out = 1;
    for (const auto size : shape) {
        out *= size;
    }
    return out;
}

/// What a TensorDecoder of the blocks alone is made from.
class InitialWeights final : public model::WeightProvider
{
public:
    InitialWeights(const HeadGround& ground, const model::DecoderConfig& config, std::vector<std::int64_t> copy_from, std::uint32_t stream)
        : ground_(ground), config_(config), copy_from_(std::move(copy_from)), stream_(stream)
    {}

    [[nodiscard]] Result<model::Weight> weight(model::Role role, std::int64_t layer) const override
    {
        std::vector<std::int64_t> shape;
        for (const auto& tensor : block_tensors(config_, config_.layers, "")) {
            if (tensor.role == role && tensor.layer == layer) {
                shape = tensor.shape;
            }
        }
        const bool inside = !shape.empty();
        if (!inside) {
            shape = outside(role);
        }
        if (shape.empty()) {
            return model::Weight{};
        }
        auto values = std::make_shared<std::vector<float>>(static_cast<std::size_t>(count_of(shape)), 0.0F);
        if (inside) {
            const auto from = initial(role, layer, shape).contiguous();
            std::copy_n(from.data_ptr<float>(), values->size(), values->begin());
        }
        model::Weight out;
        out.type = io::DataType::F32;
        out.rows = shape[0];
        out.columns = shape.size() > 1 ? shape[1] : 1;
        out.data = reinterpret_cast<const std::uint8_t*>(values->data());
        out.owner = values;
        return out;
    }

private:
    /// What the decoder asks for outside the blocks; never used.
    [[nodiscard]] std::vector<std::int64_t> outside(model::Role role) const
    {
        using model::Role;
        switch (role) {
        case Role::TokenEmbedding:
            return {1, config_.hidden};
        case Role::PositionEmbedding:
            return config_.position == model::PositionKind::Learned ? std::vector<std::int64_t>{config_.context, config_.hidden}
                                                                    : std::vector<std::int64_t>{};
        case Role::FinalNorm:
            return {config_.hidden};
        case Role::FinalNormBias:
            return config_.norm == model::NormKind::LayerNorm ? std::vector<std::int64_t>{config_.hidden} : std::vector<std::int64_t>{};
        default:
            return {};
        }
    }

    [[nodiscard]] at::Tensor initial(model::Role role, std::int64_t layer, const std::vector<std::int64_t>& shape) const
    {
        using model::Role;
        const auto source = copy_from_.empty() ? -1 : copy_from_[std::min(static_cast<std::size_t>(layer), copy_from_.size() - 1)];
        if (source >= 0) {
            return ground_.network->parameter(role, source);
        }
        if (shape.size() > 1) {
            const auto number = static_cast<std::uint32_t>(layer) * 64U + static_cast<std::uint32_t>(role);
            return keyed_normal(shape, 0.02, ground_.seed, stream_ + number);
        }
        const bool gain = role == Role::AttentionNorm || role == Role::MlpNorm || role == Role::QueryNorm || role == Role::KeyNorm ||
                          role == Role::PostAttentionNorm || role == Role::PostMlpNorm;
        return at::full(shape, gain && !config_.norm_weight_plus_one ? 1.0 : 0.0);
    }

    const HeadGround& ground_;
    model::DecoderConfig config_;
    std::vector<std::int64_t> copy_from_;
    std::uint32_t stream_;
};

/// Rows of [.., n] where `mask` [..], as [m, n].
at::Tensor chosen_rows(const at::Tensor& rows, const at::Tensor& mask)
{
    const auto index = mask.reshape({-1}).nonzero().squeeze(1);
    return rows.reshape({-1, rows.size(-1)}).index_select(0, index);
}

}  // namespace

at::Tensor HeadGround::embeddings(const at::Tensor& ids) const
{
    const auto rows = at::embedding(network->parameter(model::Role::TokenEmbedding, -1), ids);
    return config.embedding_scale != 1 ? rows * config.embedding_scale : rows;
}

at::Tensor HeadGround::embedding_table() const
{
    const auto& table = network->parameter(model::Role::TokenEmbedding, -1);
    return config.embedding_scale != 1 ? table * config.embedding_scale : table;
}

at::Tensor keyed_normal(std::vector<std::int64_t> shape, double deviation, std::uint64_t seed, std::uint32_t stream)
{
    at::Tensor out = at::empty(shape, at::TensorOptions().dtype(at::kFloat));
    RandomStream numbers({.seed = seed, .purpose = RandomPurpose::Initialisation, .round = 0, .position = stream, .sibling = 7});
    auto* values = out.data_ptr<float>();
    for (std::int64_t i = 0; i < out.numel(); i += 2) {  // Box and Muller, 1958: two at a time
        const double radius = deviation * std::sqrt(-2 * std::log(1 - numbers.next()));
        const double angle = 2 * std::numbers::pi * numbers.next();
        values[i] = static_cast<float>(radius * std::cos(angle));
        if (i + 1 < out.numel()) {
            values[i + 1] = static_cast<float>(radius * std::sin(angle));
        }
    }
    return out;
}

at::Tensor keyed_uniform(std::vector<std::int64_t> shape, std::uint64_t seed, std::uint32_t round, std::uint32_t stream)
{
    at::Tensor out = at::empty(shape, at::TensorOptions().dtype(at::kFloat));
    RandomStream numbers({.seed = seed, .purpose = RandomPurpose::DataPoints, .round = round, .position = stream, .sibling = 11});
    auto* values = out.data_ptr<float>();
    for (std::int64_t i = 0; i < out.numel(); ++i) {
        values[i] = static_cast<float>(numbers.next());
    }
    return out;
}

Result<std::unique_ptr<TrainableBlocks>> TrainableBlocks::make(const HeadGround& ground, std::int64_t layers,
                                                               const std::vector<std::int64_t>& copy_from, const std::string& prefix,
                                                               std::uint32_t stream)
{
    for (const auto layer : copy_from) {
        if (layer >= ground.config.layers) {
            return make_error(ErrorCode::InvalidArgument,
                              "a block was to start as layer " + std::to_string(layer) + " of a target with " +
                                  std::to_string(ground.config.layers) + " layers",
                              "Choose a layer that the target has.");
        }
    }
    auto out = std::unique_ptr<TrainableBlocks>(new TrainableBlocks());
    const auto config = block_config(ground.config, layers);
    out->layers_ = layers;
    TIMBERLINE_ASSIGN(out->network_, model::TensorDecoder::make(config, InitialWeights(ground, config, copy_from, stream),
                                                                at::Device(at::kCPU), at::kFloat));
    for (const auto& tensor : block_tensors(ground.config, layers, prefix)) {
        const auto& value = out->network_->parameter(tensor.role, tensor.layer);
        out->parameters_.push_back({.name = tensor.name, .value = value, .decays = tensor.shape.size() > 1});
    }
    return out;
}

void TrainableBlocks::list(std::vector<HeadParameter>& out, std::int32_t group) const
{
    for (auto parameter : parameters_) {
        parameter.group = group;
        out.push_back(std::move(parameter));
    }
}

at::Tensor TrainableBlocks::forward(const at::Tensor& rows, const at::Tensor& positions, const at::Tensor& mask) const
{
    at::Tensor visible = mask;
    if (!visible.defined()) {
        const auto later = positions.unsqueeze(1).lt(positions.unsqueeze(0));
        visible = at::masked_fill(at::zeros(later.sizes()), later, -std::numeric_limits<double>::infinity());
    }
    at::Tensor out = rows;
    for (std::int64_t layer = 0; layer < layers_; ++layer) {
        out = network_->layer(layer, out, network_->context(layer, positions, positions, visible));
    }
    return out;
}

at::Tensor masked_cross_entropy(const at::Tensor& logits, const at::Tensor& labels, const at::Tensor& mask)
{
    const auto index = mask.reshape({-1}).nonzero().squeeze(1);
    if (index.numel() == 0) {
        return logits.sum() * 0;
    }
    return at::cross_entropy_loss(chosen_rows(logits, mask), labels.reshape({-1}).index_select(0, index));
}

at::Tensor masked_soft_cross_entropy(const at::Tensor& logits, const at::Tensor& target_logits, const at::Tensor& mask)
{
    const auto rows = chosen_rows(logits, mask);
    if (rows.size(0) == 0) {
        return logits.sum() * 0;
    }
    const auto law = at::softmax(chosen_rows(target_logits, mask), -1);
    return -(law * at::log_softmax(rows, -1)).sum(-1).mean();
}

}  // namespace timberline::decoding
