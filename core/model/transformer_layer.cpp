// SPDX-License-Identifier: GPL-3.0-or-later
// One layer of the transformer. Every row's numbers are computed in one fixed order that depends neither on the other rows nor on the
// threads: that makes speculative decoding token-identical to plain decoding.
#include "core/base/thread_pool.h"
#include "core/model/transformer.h"

#include <algorithm>

namespace timberline::model {

namespace {

using kernels::kBlock;

/// Multiply-adds worth a second thread: about four microseconds of arithmetic.
constexpr std::int64_t kWorthThread = 60000;

/// Blocks of a product worth a thread, an even number because the kernels take two at a time.
[[nodiscard]] std::int64_t block_grain(std::int64_t inputs, std::int64_t rows) noexcept
{
    const std::int64_t pairs = (kWorthThread + 2 * kBlock * inputs * rows - 1) / (2 * kBlock * inputs * rows);
    return 2 * pairs;
}

[[nodiscard]] const float* data_or_null(const std::vector<float>& values) noexcept
{
    return values.empty() ? nullptr : values.data();
}

}  // namespace

void Transformer::multiply(const kernels::PackedMatrix& matrix, const float* x, std::int64_t x_stride, std::int64_t rows, const float* bias,
                           float* out, std::int64_t out_stride, bool add) const
{
    ThreadPool::instance().parallel_for(matrix.blocks(), block_grain(matrix.inputs, rows), [&](std::int64_t begin, std::int64_t end) {
        kernels_->matmul({.matrix = &matrix,
                          .first_block = begin,
                          .last_block = end,
                          .x = x,
                          .x_stride = x_stride,
                          .rows = rows,
                          .bias = bias,
                          .out = out,
                          .out_stride = out_stride,
                          .add = add});
    });
}

void Transformer::norm_row(const NormWeights& weights, const float* x, std::int64_t count, float* out) const
{
    const auto epsilon = static_cast<float>(config_.norm_epsilon);
    if (config_.norm == NormKind::RmsNorm) {
        kernels_->rms_norm(x, weights.scale.data(), epsilon, count, out);
    } else {
        kernels_->layer_norm(x, weights.scale.data(), data_or_null(weights.shift), epsilon, count, out);
    }
}

void Transformer::norm_rows(const NormWeights& weights, const float* x, std::int64_t rows, float* out) const
{
    const std::int64_t d = config_.hidden;
    ThreadPool::instance().parallel_for(rows, std::max<std::int64_t>(1, 8192 / d), [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t row = begin; row < end; ++row) {
            norm_row(weights, x + row * d, d, out + row * d);
        }
    });
}

/// x += [norm of] (matrix * in + bias)
void Transformer::add_branch(const Step& step, Workspace& work, const kernels::PackedMatrix& matrix, const float* in,
                             std::int64_t in_stride, const std::vector<float>& bias, const NormWeights& after) const
{
    const std::int64_t d = config_.hidden;
    if (!after.present()) {
        multiply(matrix, in, in_stride, step.rows, data_or_null(bias), step.x, d, true);
        return;
    }
    multiply(matrix, in, in_stride, step.rows, data_or_null(bias), work.branch.data(), d, false);
    norm_rows(after, work.branch.data(), step.rows, work.branch.data());
    for (std::int64_t i = 0; i < step.rows * d; ++i) {
        step.x[i] += work.branch[static_cast<std::size_t>(i)];
    }
}

void Transformer::run_layer(const Step& step, Workspace& work) const
{
    const LayerWeights& weights = *step.weights;
    norm_rows(weights.attention_norm, step.x, step.rows, work.normed.data());
    if (config_.parallel_residual) {
        norm_rows(weights.mlp_norm, step.x, step.rows, work.mlp_normed.data());
    }
    multiply(weights.query_key_value, work.normed.data(), config_.hidden, step.rows, data_or_null(weights.query_key_value_bias),
             work.joined.data(), weights.query_key_value.outputs, false);
    prepare_angles(step, work);
    place_queries(step, work);
    place_keys_values(step, work);
    attend(step, work);
    add_branch(step, work, weights.attention_output, work.mixed.data(), config_.heads * config_.head_dim, weights.attention_output_bias,
               weights.post_attention_norm);
    if (!config_.parallel_residual) {
        norm_rows(weights.mlp_norm, step.x, step.rows, work.mlp_normed.data());
    }
    run_mlp(step, work, work.mlp_normed.data());
}

/// Keys and values of rows that do not run the layer: the product's blocks from the first key on, and nothing else of it.
void Transformer::write_layer_keys_values(const Step& step, Workspace& work, const float* rows) const
{
    const kernels::PackedMatrix& matrix = step.weights->query_key_value;
    norm_rows(step.weights->attention_norm, rows, step.rows, work.normed.data());
    // An even block, because the kernels take two at a time.
    const std::int64_t first_block = config_.heads * config_.head_dim / (2 * kBlock) * 2;
    ThreadPool::instance().parallel_for(
        matrix.blocks() - first_block, block_grain(matrix.inputs, step.rows), [&](std::int64_t begin, std::int64_t end) {
            kernels_->matmul({.matrix = &matrix,
                              .first_block = first_block + begin,
                              .last_block = first_block + end,
                              .x = work.normed.data(),
                              .x_stride = config_.hidden,
                              .rows = step.rows,
                              .bias = data_or_null(step.weights->query_key_value_bias),
                              .out = work.joined.data(),
                              .out_stride = matrix.outputs,
                              .add = false});
        });
    prepare_angles(step, work);
    place_keys_values(step, work);
}

void Transformer::prepare_angles(const Step& step, Workspace& work) const
{
    const std::int64_t pairs = rotary_.pairs();
    if (pairs == 0 || work.angles_base == step.base) {
        return;
    }
    for (std::int64_t row = 0; row < step.rows; ++row) {
        rotary_.angles(step.base + work.plan.depth(step.first_row + row), work.cosine.data() + row * pairs, work.sine.data() + row * pairs);
    }
    work.angles_base = step.base;
}

/// Normalises (where the model does) and rotates one head's row.
void Transformer::place_head(const NormWeights& norm, const float* from, std::int64_t row, const Workspace& work, float* to) const
{
    if (norm.present()) {
        kernels_->rms_norm(from, norm.scale.data(), static_cast<float>(config_.norm_epsilon), config_.head_dim, to);
    } else {
        std::copy_n(from, config_.head_dim, to);
    }
    rotary_.rotate(to, work.cosine.data() + row * rotary_.pairs(), work.sine.data() + row * rotary_.pairs());
}

void Transformer::place_queries(const Step& step, Workspace& work) const
{
    const std::int64_t dim = config_.head_dim;
    const std::int64_t stride = step.weights->query_key_value.outputs;
    for (std::int64_t row = 0; row < step.rows; ++row) {
        for (std::int64_t head = 0; head < config_.heads; ++head) {
            place_head(step.weights->query_norm, work.joined.data() + row * stride + head * dim, row, work,
                       work.query.data() + (row * config_.heads + head) * dim);
        }
    }
}

/// Keys and values go to their slots.
void Transformer::place_keys_values(const Step& step, Workspace& work) const
{
    const std::int64_t dim = config_.head_dim;
    const std::int64_t stride = step.weights->query_key_value.outputs;
    for (std::int64_t head = 0; head < config_.kv_heads; ++head) {
        const float* const from = work.joined.data() + (config_.heads + head) * dim;
        const std::int64_t slot = step.base + work.plan.cached() + step.first_row;
        float* const keys = step.store->keys(step.layer, head) + slot * dim;
        float* const values = step.store->values(step.layer, head) + slot * dim;
        for (std::int64_t row = 0; row < step.rows; ++row) {
            place_head(step.weights->key_norm, from + row * stride, row, work, keys + row * dim);
            std::copy_n(from + row * stride + config_.kv_heads * dim, dim, values + row * dim);
        }
    }
}

void Transformer::attend(const Step& step, Workspace& work) const
{
    const std::int64_t window = config_.window.empty() ? 0 : config_.window[static_cast<std::size_t>(step.layer)];
    const std::span<const std::span<const std::int32_t>> marked =
        step.statistics == nullptr ? std::span<const std::span<const std::int32_t>>{} : step.request->marked;
    step.attention->attend({.layer = step.layer,
                            .queries = step.rows,
                            .heads = config_.heads,
                            .kv_heads = config_.kv_heads,
                            .head_dim = config_.head_dim,
                            .query = work.query.data(),
                            .store = step.store,
                            .visible = work.plan.visible(step.base, window),
                            .scale = attention_scale_,
                            .softcap = config_.attention_softcap,
                            .output = work.mixed.data(),
                            .capture = step.capture,
                            .capture_columns = step.capture_columns,
                            .statistics = step.statistics,
                            .statistics_stride = step.statistics_stride,
                            .statistics_settings = step.request->row_settings,
                            .marked = marked.empty()
                                          ? marked
                                          : marked.subspan(static_cast<std::size_t>(step.first_row), static_cast<std::size_t>(step.rows))});
}

void Transformer::run_mlp(const Step& step, Workspace& work, const float* normed) const
{
    const LayerWeights& weights = *step.weights;
    run_mlp_in(step, work, normed);
    if (activation_ != nullptr) {
        apply_custom_activation(step.rows, work);
    }
    add_branch(step, work, weights.mlp_down, work.mlp_mid.data(), mlp_stride_, weights.mlp_down_bias, weights.post_mlp_norm);
}

/// The first product of the MLP; the default activation follows in the same parallel region, while its numbers are in the cache.
void Transformer::run_mlp_in(const Step& step, Workspace& work, const float* normed) const
{
    const kernels::PackedMatrix& matrix = step.weights->mlp_in;
    const std::int64_t f = config_.intermediate;
    const std::int64_t per_unit = config_.gated_mlp ? 2 : 1;  // a unit is the block of 32 MLP columns
    const std::int64_t units = mlp_stride_ / kBlock;
    const std::int64_t stride = per_unit * mlp_stride_;
    const std::int64_t grain = std::max<std::int64_t>(1, block_grain(matrix.inputs, step.rows) / per_unit);
    ThreadPool::instance().parallel_for(units, grain, [&](std::int64_t begin, std::int64_t end) {
        kernels_->matmul({.matrix = &matrix,
                          .first_block = begin * per_unit,
                          .last_block = end * per_unit,
                          .x = normed,
                          .x_stride = config_.hidden,
                          .rows = step.rows,
                          .bias = data_or_null(step.weights->mlp_in_bias),
                          .out = work.mlp_in.data(),
                          .out_stride = stride});
        if (activation_ != nullptr) {
            return;
        }
        for (std::int64_t row = 0; row < step.rows; ++row) {
            for (std::int64_t unit = begin; unit < end; ++unit) {
                const float* const gate = work.mlp_in.data() + row * stride + unit * per_unit * kBlock;
                kernels_->activate(config_.activation, gate, config_.gated_mlp ? gate + kBlock : nullptr,
                                   std::min(kBlock, f - unit * kBlock), work.mlp_mid.data() + row * mlp_stride_ + unit * kBlock);
            }
        }
    });
}

/// A part sees whole rows: gate (and up) without gaps.
void Transformer::apply_custom_activation(std::int64_t rows, Workspace& work) const
{
    const std::int64_t f = config_.intermediate;
    const std::int64_t per_unit = config_.gated_mlp ? 2 : 1;
    for (std::int64_t row = 0; row < rows; ++row) {
        const float* const in = work.mlp_in.data() + row * per_unit * mlp_stride_;
        float* const gate = work.mlp_mid.data() + row * mlp_stride_;
        for (std::int64_t column = 0; column < f; column += kBlock) {
            const std::int64_t count = std::min(kBlock, f - column);
            std::copy_n(in + column * per_unit, count, gate + column);
            if (config_.gated_mlp) {
                std::copy_n(in + column * 2 + kBlock, count, work.up.data() + column);
            }
        }
        activation_->apply(gate, config_.gated_mlp ? work.up.data() : nullptr, f);
    }
}

}  // namespace timberline::model
