// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/decoder_weights.h"

#include <algorithm>
#include <string>

namespace timberline::model {

namespace {

using kernels::Arena;
using kernels::kBlock;
using kernels::PackedMatrix;

[[nodiscard]] std::size_t element_bytes(io::DataType type) noexcept
{
    return type == io::DataType::F32 ? 4 : 2;
}

[[nodiscard]] std::int64_t padded(std::int64_t outputs) noexcept
{
    return (outputs + kBlock - 1) / kBlock * kBlock;
}

/// Rows that go side by side into one packed matrix. With `alternate`, the blocks of its two parts take turns.
struct Group {
    std::vector<Weight> parts;
    bool alternate = false;

    [[nodiscard]] io::DataType type() const noexcept
    {
        const bool same = std::all_of(parts.begin(), parts.end(), [&](const Weight& part) { return part.type == parts.front().type; });
        return same ? parts.front().type : io::DataType::F32;
    }
    [[nodiscard]] std::int64_t inputs() const noexcept { return parts.front().columns; }
    [[nodiscard]] std::int64_t outputs() const noexcept
    {
        if (alternate) {
            return 2 * padded(parts.front().rows);
        }
        std::int64_t rows = 0;
        for (const Weight& part : parts) {
            rows += part.rows;
        }
        return rows;
    }
    [[nodiscard]] std::size_t bytes() const noexcept
    {
        return Arena::rounded(static_cast<std::size_t>(padded(outputs()) * inputs()) * element_bytes(type()));
    }
};

/// The bytes of a part in the group's type; `converted` holds them when that is not its own.
[[nodiscard]] const std::uint8_t* bytes_as(io::DataType type, const Weight& part, std::vector<float>& converted)
{
    if (part.type == type) {
        return part.data;
    }
    converted.resize(static_cast<std::size_t>(part.rows * part.columns));
    kernels::to_float(part.type, part.data, part.rows * part.columns, converted.data());
    return reinterpret_cast<const std::uint8_t*>(converted.data());
}

[[nodiscard]] PackedMatrix pack(const Group& group, Arena& arena)
{
    PackedMatrix matrix{.type = group.type(), .outputs = group.outputs(), .inputs = group.inputs()};
    std::byte* const memory = arena.take(group.bytes());
    std::vector<float> converted;
    if (group.alternate || group.parts.size() == 1) {
        std::int64_t block = 0;
        for (const Weight& part : group.parts) {
            kernels::pack_rows(matrix.type, bytes_as(matrix.type, part, converted), part.rows, part.columns, memory, block++,
                               group.alternate ? 2 : 1);
        }
    } else {
        std::vector<std::uint8_t> rows;  // parts need not end at a block's edge
        for (const Weight& part : group.parts) {
            const std::uint8_t* const bytes = bytes_as(matrix.type, part, converted);
            rows.insert(rows.end(), bytes, bytes + static_cast<std::size_t>(part.rows * part.columns) * element_bytes(matrix.type));
        }
        kernels::pack_rows(matrix.type, rows.data(), matrix.outputs, matrix.inputs, memory, 0);
    }
    matrix.data = memory;
    return matrix;
}

class Loader
{
public:
    Loader(const DecoderConfig& config, const WeightProvider& provider, const CancelToken& cancel)
        : config_(config), provider_(provider), cancel_(cancel)
    {}

    Result<DecoderWeights> load()
    {
        DecoderWeights weights;
        const std::int64_t d = config_.hidden;
        Group embedding;
        Group head;
        TIMBERLINE_TRY(add(embedding, Role::TokenEmbedding, -1, config_.vocabulary, d));
        if (!config_.tied_head) {
            TIMBERLINE_TRY(add(head, Role::Head, -1, config_.vocabulary, d));
        }
        TIMBERLINE_TRY(reserve(weights.arena, embedding.bytes() + (config_.tied_head ? 0 : head.bytes())));
        weights.embedding = pack(embedding, weights.arena);
        weights.head = config_.tied_head ? weights.embedding : pack(head, weights.arena);
        TIMBERLINE_TRY(norm(weights.final_norm, Role::FinalNorm, Role::FinalNormBias, -1, d));
        if (config_.head_bias) {
            TIMBERLINE_TRY(append(weights.head_bias, Role::HeadBias, -1, config_.vocabulary));
        }
        if (config_.position == PositionKind::Learned) {
            TIMBERLINE_ASSIGN(const Weight table, get(Role::PositionEmbedding, -1, config_.context, d));
            weights.positions.resize(static_cast<std::size_t>(config_.context * d));
            kernels::to_float(table.type, table.data, config_.context * d, weights.positions.data());
        }
        weights.layers.resize(static_cast<std::size_t>(config_.layers));
        for (std::int64_t layer = 0; layer < config_.layers; ++layer) {
            TIMBERLINE_TRY(load_layer(weights.layers[static_cast<std::size_t>(layer)], layer));
        }
        return weights;
    }

private:
    Status load_layer(LayerWeights& out, std::int64_t layer)
    {
        const std::int64_t d = config_.hidden;
        const std::int64_t q = config_.heads * config_.head_dim;
        const std::int64_t kv = config_.kv_heads * config_.head_dim;
        const std::int64_t f = config_.intermediate;
        Group in;
        Group attention_output;
        Group mlp_in{.parts = {}, .alternate = config_.gated_mlp};
        Group down;
        TIMBERLINE_TRY(add(in, Role::Query, layer, q, d));
        TIMBERLINE_TRY(add(in, Role::Key, layer, kv, d));
        TIMBERLINE_TRY(add(in, Role::Value, layer, kv, d));
        TIMBERLINE_TRY(add(attention_output, Role::AttentionOutput, layer, d, q));
        if (config_.gated_mlp) {
            TIMBERLINE_TRY(add(mlp_in, Role::MlpGate, layer, f, d));
        }
        TIMBERLINE_TRY(add(mlp_in, Role::MlpUp, layer, f, d));
        TIMBERLINE_TRY(add(down, Role::MlpDown, layer, d, f));
        TIMBERLINE_TRY(reserve(out.arena, in.bytes() + attention_output.bytes() + mlp_in.bytes() + down.bytes()));
        out.query_key_value = pack(in, out.arena);
        out.attention_output = pack(attention_output, out.arena);
        out.mlp_in = pack(mlp_in, out.arena);
        out.mlp_down = pack(down, out.arena);
        TIMBERLINE_TRY(load_biases(out, layer));
        return load_norms(out, layer);
    }

    Status load_biases(LayerWeights& out, std::int64_t layer)
    {
        const std::int64_t kv = config_.kv_heads * config_.head_dim;
        const std::int64_t f = config_.intermediate;
        if (config_.attention_bias) {
            TIMBERLINE_TRY(append(out.query_key_value_bias, Role::QueryBias, layer, config_.heads * config_.head_dim));
            TIMBERLINE_TRY(append(out.query_key_value_bias, Role::KeyBias, layer, kv));
            TIMBERLINE_TRY(append(out.query_key_value_bias, Role::ValueBias, layer, kv));
        }
        if (config_.attention_output_bias) {
            TIMBERLINE_TRY(append(out.attention_output_bias, Role::AttentionOutputBias, layer, config_.hidden));
        }
        if (!config_.mlp_bias) {
            return {};
        }
        TIMBERLINE_TRY(append(out.mlp_down_bias, Role::MlpDownBias, layer, config_.hidden));
        std::vector<float> up;
        TIMBERLINE_TRY(append(up, Role::MlpUpBias, layer, f));
        if (!config_.gated_mlp) {
            out.mlp_in_bias = std::move(up);
            return {};
        }
        std::vector<float> gate;
        TIMBERLINE_TRY(append(gate, Role::MlpGateBias, layer, f));
        out.mlp_in_bias.assign(static_cast<std::size_t>(2 * padded(f)), 0.0F);
        for (std::int64_t i = 0; i < f; ++i) {
            float* const pair = out.mlp_in_bias.data() + 2 * (i / kBlock) * kBlock + i % kBlock;
            pair[0] = gate[static_cast<std::size_t>(i)];
            pair[kBlock] = up[static_cast<std::size_t>(i)];
        }
        return {};
    }

    Status load_norms(LayerWeights& out, std::int64_t layer)
    {
        const std::int64_t d = config_.hidden;
        TIMBERLINE_TRY(norm(out.attention_norm, Role::AttentionNorm, Role::AttentionNormBias, layer, d));
        TIMBERLINE_TRY(norm(out.mlp_norm, Role::MlpNorm, Role::MlpNormBias, layer, d));
        if (config_.post_norms) {
            TIMBERLINE_TRY(scale(out.post_attention_norm, Role::PostAttentionNorm, layer, d));
            TIMBERLINE_TRY(scale(out.post_mlp_norm, Role::PostMlpNorm, layer, d));
        }
        if (config_.query_key_norm) {
            TIMBERLINE_TRY(scale(out.query_norm, Role::QueryNorm, layer, config_.head_dim));
            TIMBERLINE_TRY(scale(out.key_norm, Role::KeyNorm, layer, config_.head_dim));
        }
        return {};
    }

    /// Layer norms have a shift; RMS norms have none.
    Status norm(NormWeights& out, Role scale_role, Role shift_role, std::int64_t layer, std::int64_t count)
    {
        TIMBERLINE_TRY(scale(out, scale_role, layer, count));
        return config_.norm == NormKind::LayerNorm ? append(out.shift, shift_role, layer, count) : Status{};
    }

    Status scale(NormWeights& out, Role role, std::int64_t layer, std::int64_t count)
    {
        TIMBERLINE_TRY(append(out.scale, role, layer, count));
        if (config_.norm_weight_plus_one) {
            for (float& value : out.scale) {
                value += 1.0F;
            }
        }
        return {};
    }

    Status append(std::vector<float>& out, Role role, std::int64_t layer, std::int64_t count)
    {
        TIMBERLINE_ASSIGN(const Weight weight, get(role, layer, count, 1));
        const std::size_t start = out.size();
        out.resize(start + static_cast<std::size_t>(count));
        kernels::to_float(weight.type, weight.data, count, out.data() + start);
        return {};
    }

    Status add(Group& group, Role role, std::int64_t layer, std::int64_t rows, std::int64_t columns)
    {
        TIMBERLINE_ASSIGN(Weight weight, get(role, layer, rows, columns));
        group.parts.push_back(std::move(weight));
        return {};
    }

    Result<Weight> get(Role role, std::int64_t layer, std::int64_t rows, std::int64_t columns)
    {
        if (cancel_.cancelled()) {
            return make_error(ErrorCode::Cancelled, "loading the weights was cancelled");
        }
        TIMBERLINE_ASSIGN(Weight weight, provider_.weight(role, layer));
        if (!weight.present()) {
            return make_error(ErrorCode::BadFile, "weight " + name(role, layer) + " is missing: expected " + shape(rows, columns),
                              "The model's files and its configuration do not belong together; download the model again.");
        }
        if (weight.rows != rows || weight.columns != columns) {
            return make_error(ErrorCode::BadFile,
                              "weight " + name(role, layer) + " is " + shape(weight.rows, weight.columns) + ": expected " +
                                  shape(rows, columns),
                              "The model's files and its configuration do not belong together; download the model again.");
        }
        if (weight.type != io::DataType::F32 && weight.type != io::DataType::F16 && weight.type != io::DataType::BF16) {
            return make_error(ErrorCode::Unsupported, "weight " + name(role, layer) + " has a type that is not F32, F16 or BF16",
                              "Convert the model to one of these types.");
        }
        return weight;
    }

    static Status reserve(Arena& arena, std::size_t bytes)
    {
        arena = Arena::allocate(bytes);
        if (!arena.valid()) {
            return make_error(ErrorCode::OutOfMemory, "there is not enough memory for " + std::to_string(bytes >> 20) + " MiB of weights",
                              "Close other programs or choose a smaller model.");
        }
        return {};
    }

    [[nodiscard]] std::string name(Role role, std::int64_t layer) const { return tensor_name(config_, role, layer); }
    [[nodiscard]] static std::string shape(std::int64_t rows, std::int64_t columns)
    {
        std::string text = "[";
        text.append(std::to_string(rows));
        if (columns != 1) {
            text.append(", ").append(std::to_string(columns));
        }
        return text.append("]");
    }

    const DecoderConfig& config_;
    const WeightProvider& provider_;
    const CancelToken& cancel_;
};

}  // namespace

std::int64_t DecoderWeights::bytes_per_token() const noexcept
{
    auto bytes = static_cast<std::int64_t>(head.bytes() + static_cast<std::size_t>(embedding.inputs) * embedding.element_bytes());
    for (const LayerWeights& layer : layers) {
        bytes += static_cast<std::int64_t>(layer.query_key_value.bytes() + layer.attention_output.bytes() + layer.mlp_in.bytes() +
                                           layer.mlp_down.bytes());
    }
    return bytes;
}

double DecoderWeights::multiplies_per_token() const noexcept
{
    const auto size = [](const PackedMatrix& matrix) { return static_cast<double>(matrix.outputs) * static_cast<double>(matrix.inputs); };
    double total = size(head);
    for (const LayerWeights& layer : layers) {
        const double into_mlp =
            size(layer.mlp_down) * (layer.mlp_in.outputs > layer.mlp_down.inputs ? 2 : 1);  // gate and up, without their padding
        total += size(layer.query_key_value) + size(layer.attention_output) + into_mlp + size(layer.mlp_down);
    }
    return total;
}

Result<DecoderWeights> load_decoder_weights(const DecoderConfig& config, const WeightProvider& provider, const CancelToken& cancel)
{
    return Loader(config, provider, cancel).load();
}

}  // namespace timberline::model
