// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Internal to core/model: the decoder that runs on this machine's processors.

#include "core/model/decoder.h"
#include "core/model/decoder_weights.h"
#include "core/model/forward_plan.h"
#include "core/model/kernels/kernel_table.h"
#include "core/model/rotary.h"

#include <memory>
#include <mutex>
#include <vector>

namespace timberline::model {

/// Scratch of one forward; grows to the largest one seen and is then reused.
struct Workspace {
    ForwardPlan plan;
    std::vector<std::int64_t> bases;         ///< [layers] slot and position of the forward's first node
    std::vector<float> normed, mlp_normed;   ///< [rows, d]
    std::vector<float> joined;               ///< [rows, (H + 2 Hkv) * dh]
    std::vector<float> query, mixed;         ///< [rows, H * dh]
    std::vector<float> branch;               ///< [rows, d] output of a branch before its own norm
    std::vector<float> mlp_in, mlp_mid, up;  ///< [rows, blocks of gate and up], [rows, padded f], [f]
    std::vector<float> cosine, sine;         ///< [rows, pairs]
    std::vector<float> capture;              ///< [H, rows, S] of one chunk
    std::int64_t angles_base = -1;           ///< base for which cosine and sine hold
};

class Transformer final : public Decoder
{
public:
    Transformer(const DecoderConfig& config, DecoderWeights weights, const DecoderParts& parts, const kernels::KernelTable& kernels);

    [[nodiscard]] const DecoderConfig& config() const noexcept override { return config_; }
    [[nodiscard]] std::unique_ptr<KvStore> make_store(std::int64_t capacity) const override;
    [[nodiscard]] Status forward(const ForwardInput& input, KvStore& store, ForwardOutput& out, const CancelToken& cancel) const override;
    [[nodiscard]] Status forward_layers(std::int64_t first, std::int64_t last, const ForwardInput& input, std::span<float> hidden,
                                        KvStore& store, const CancelToken& cancel) const override;
    [[nodiscard]] Status write_keys_values(std::int64_t first, std::int64_t last, const ForwardInput& input, std::span<const float> hidden,
                                           KvStore& store, const CancelToken& cancel) const override;
    [[nodiscard]] Status embed(std::span<const TokenId> tokens, std::span<const std::int64_t> positions,
                               std::span<float> hidden) const override;
    void read_out(std::span<const float> hidden, std::span<float> logits, std::span<float> normed) const override;
    [[nodiscard]] std::int64_t weight_bytes() const noexcept override { return weights_.bytes_per_token(); }
    [[nodiscard]] double flops_per_token(std::int64_t visible) const noexcept override;

private:
    /// One chunk in one layer.
    struct Step {
        const LayerWeights* weights;
        std::int64_t layer, base, rows;
        float* x;  ///< [rows, d], the residual stream
        KvStore* store;
        float* capture;  ///< [H, rows, capture_columns] or null
        std::int64_t capture_columns;
        std::int64_t first_row;  ///< of the chunk in the forward
        AttentionKernel* attention;
        attention::RowStatistics* statistics;  ///< [H, statistics_stride], at this chunk's first row; or null
        std::int64_t statistics_stride;
        const CaptureRequest* request;
    };
    class Lease;

    // transformer.cpp: checks, chunks, embedding and read-out
    [[nodiscard]] Status check_layers(std::int64_t first, std::int64_t last, const ForwardInput& input, std::size_t values) const;
    [[nodiscard]] Status check_store(std::int64_t first, std::int64_t last, KvStore& store, Workspace& work) const;
    [[nodiscard]] Status check_token(TokenId token) const;
    [[nodiscard]] Status run_layers(std::int64_t first, std::int64_t last, float* x, KvStore& store, Workspace& work, Captures* captures,
                                    const ForwardInput& input, const CancelToken& cancel) const;
    void prepare_captures(const ForwardInput& input, const Workspace& work, ForwardOutput& out) const;
    void keep_captures(const Step& step, const Workspace& work, const CaptureRequest& request, Captures& captures) const;
    void reserve(Workspace& work, std::int64_t rows) const;
    void embed_row(TokenId token, std::int64_t position, float* row) const;
    void write_logits(const float* normed, std::int64_t rows, float* logits) const;

    // transformer_layer.cpp: the arithmetic of a layer
    void run_layer(const Step& step, Workspace& work) const;
    void write_layer_keys_values(const Step& step, Workspace& work, const float* rows) const;
    void prepare_angles(const Step& step, Workspace& work) const;
    void place_head(const NormWeights& norm, const float* from, std::int64_t row, const Workspace& work, float* to) const;
    void place_queries(const Step& step, Workspace& work) const;
    void place_keys_values(const Step& step, Workspace& work) const;
    void attend(const Step& step, Workspace& work) const;
    void run_mlp(const Step& step, Workspace& work, const float* normed) const;
    void run_mlp_in(const Step& step, Workspace& work, const float* normed) const;
    void apply_custom_activation(std::int64_t rows, Workspace& work) const;
    void add_branch(const Step& step, Workspace& work, const kernels::PackedMatrix& matrix, const float* in, std::int64_t in_stride,
                    const std::vector<float>& bias, const NormWeights& after) const;
    void norm_rows(const NormWeights& weights, const float* x, std::int64_t rows, float* out) const;
    void norm_row(const NormWeights& weights, const float* x, std::int64_t count, float* out) const;
    void multiply(const kernels::PackedMatrix& matrix, const float* x, std::int64_t x_stride, std::int64_t rows, const float* bias,
                  float* out, std::int64_t out_stride, bool add) const;

    DecoderConfig config_;
    DecoderWeights weights_;
    std::shared_ptr<AttentionKernel> attention_;
    std::shared_ptr<const Activation> activation_;  ///< null: the fused default
    const kernels::KernelTable* kernels_;
    Rotary rotary_;
    float attention_scale_;
    std::int64_t mlp_stride_;  ///< floats a row of Workspace::mlp_mid
    mutable std::mutex mutex_;
    mutable std::vector<std::unique_ptr<Workspace>> idle_;  ///< guarded by mutex_
};

}  // namespace timberline::model
