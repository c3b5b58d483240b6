// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/tensor/tensor_decoder.h"

#include "core/model/architectures/roles.h"

#include <ATen/ATen.h>

#include <cstring>
#include <string>

namespace timberline::model {
namespace {

Result<at::ScalarType> scalar_type(io::DataType type)
{
    switch (type) {
    case io::DataType::F32:
        return at::kFloat;
    case io::DataType::F16:
        return at::kHalf;
    case io::DataType::BF16:
        return at::kBFloat16;
    default:
        return make_error(ErrorCode::Unsupported, "a weight is stored in a type other than F32, F16 and BF16",
                          "Convert the model to one of these types.");
    }
}

std::string shape_text(std::int64_t rows, std::int64_t columns)
{
    std::string out = "[";
    out.append(std::to_string(rows));
    if (columns != 1) {
        out.append(", ").append(std::to_string(columns));
    }
    return out.append("]");
}

Result<at::Tensor> read_weight(const DecoderConfig& config, const WeightProvider& weights, Role role, std::int64_t layer,
                               at::TensorOptions target)
{
    const auto shape = shape_of(config, role);
    TIMBERLINE_ASSIGN(const Weight weight, weights.weight(role, layer));
    const std::string name = tensor_name(config, role, layer);
    if (!weight.present()) {
        return make_error(ErrorCode::BadFile, "tensor " + name + " is missing: expected shape " + shape_text(shape.rows, shape.columns),
                          "Check that all files of the model were downloaded.");
    }
    if (weight.rows != shape.rows || weight.columns != shape.columns) {
        return make_error(ErrorCode::BadFile,
                          "tensor " + name + " has shape " + shape_text(weight.rows, weight.columns) + ", expected " +
                              shape_text(shape.rows, shape.columns),
                          "Check that config.json belongs to these weights.");
    }
    TIMBERLINE_ASSIGN(const at::ScalarType stored, scalar_type(weight.type));
    const auto sizes = shape.matrix ? std::vector<std::int64_t>{shape.rows, shape.columns} : std::vector<std::int64_t>{shape.rows};
    // Copied, because a mapped file aligns to nothing that libtorch's kernels would expect, and may be closed.
    auto host = at::empty(sizes, at::TensorOptions().dtype(stored));
    std::memcpy(host.data_ptr(), weight.data, host.nbytes());
    return host.to(target);
}

} // namespace

Result<std::shared_ptr<TensorDecoder>> TensorDecoder::make(const DecoderConfig& config, const WeightProvider& weights, at::Device device,
                                                           at::ScalarType type, const CancelToken& cancel)
{
    std::shared_ptr<TensorDecoder> decoder(new TensorDecoder(config, device, type));
    const auto target = at::TensorOptions().device(device).dtype(type);
    for (std::int64_t layer = -1; layer < config.layers; ++layer) {
        for (std::size_t i = 0; i < kRoles; ++i) {
            const auto role = static_cast<Role>(i);
            if (is_layer_role(role) != (layer >= 0) || !has_role(config, role)) {
                continue;
            }
            if (cancel.cancelled()) {
                return make_error(ErrorCode::Cancelled, "loading the weights was cancelled");
            }
            TIMBERLINE_ASSIGN(decoder->weights_[layer + 1][i], read_weight(config, weights, role, layer, target));
        }
    }
    return decoder;
}

std::vector<TensorParameter> TensorDecoder::parameters() const
{
    std::vector<TensorParameter> list;
    const auto append = [&](std::int64_t layer, bool wanted_before_layers) {
        for (std::size_t i = 0; i < kRoles; ++i) {
            const auto role = static_cast<Role>(i);
            const bool before_layers = role == Role::TokenEmbedding || role == Role::PositionEmbedding;
            const auto& value = weights_[layer + 1][i];
            if (value.defined() && (layer >= 0 || before_layers == wanted_before_layers)) {
                list.push_back({role, layer, value});
            }
        }
    };
    append(-1, /*wanted_before_layers=*/true);
    for (std::int64_t layer = 0; layer < config_.layers; ++layer) {
        append(layer, /*wanted_before_layers=*/false);
    }
    append(-1, /*wanted_before_layers=*/false);
    return list;
}

void TensorDecoder::set_requires_grad(bool required)
{
    for (auto& parameter : parameters()) {
        parameter.value.set_requires_grad(required);
    }
}

} // namespace timberline::model
