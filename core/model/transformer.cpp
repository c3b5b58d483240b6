// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/transformer.h"

#include "core/base/thread_pool.h"
#include "core/model/decoder_parts.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <string>

namespace timberline::model {

/// Borrows a workspace for one call, so that forwards on several threads do not share one.
class Transformer::Lease
{
public:
    explicit Lease(const Transformer& owner) : owner_(owner)
    {
        const std::scoped_lock lock(owner_.mutex_);
        if (owner_.idle_.empty()) {
            work_ = std::make_unique<Workspace>();
        } else {
            work_ = std::move(owner_.idle_.back());
            owner_.idle_.pop_back();
        }
    }
    ~Lease()
    {
        const std::scoped_lock lock(owner_.mutex_);
        owner_.idle_.push_back(std::move(work_));
    }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    [[nodiscard]] Workspace& operator*() const noexcept { return *work_; }

private:
    const Transformer& owner_;
    std::unique_ptr<Workspace> work_;
};

Transformer::Transformer(const DecoderConfig& config, DecoderWeights weights, const DecoderParts& parts,
                         const kernels::KernelTable& kernels)
    : config_(config), weights_(std::move(weights)),
      attention_(parts.attention != nullptr ? parts.attention : make_exact_attention(kernels)), activation_(parts.activation),
      kernels_(&kernels), rotary_(config),
      attention_scale_(
          static_cast<float>(config.attention_scale > 0 ? config.attention_scale : 1 / std::sqrt(static_cast<double>(config.head_dim)))),
      mlp_stride_((config.intermediate + kernels::kBlock - 1) / kernels::kBlock * kernels::kBlock)
{
    idle_.reserve(8);
}

std::unique_ptr<KvStore> Transformer::make_store(std::int64_t capacity) const
{
    return make_kv_store(config_.layers, config_.kv_heads, config_.head_dim, capacity);
}

double Transformer::flops_per_token(std::int64_t visible) const noexcept
{
    double keys = 0;
    for (std::int64_t layer = 0; layer < config_.layers; ++layer) {
        const std::int64_t window = config_.window.empty() ? 0 : config_.window[static_cast<std::size_t>(layer)];
        keys += static_cast<double>(window > 0 ? std::min(window, visible) : visible);
    }
    return 2 * weights_.multiplies_per_token() + 4 * keys * static_cast<double>(config_.heads * config_.head_dim);
}

Status Transformer::check_token(TokenId token) const
{
    if (token < 0 || token >= config_.vocabulary) {
        return make_error(ErrorCode::InvalidArgument,
                          "token " + std::to_string(token) + " is outside the vocabulary: expected 0 to " +
                              std::to_string(config_.vocabulary - 1),
                          "Use the tokenizer that belongs to this model.");
    }
    return {};
}

/// Fills work.bases for layers [first, last); the plan must be set.
Status Transformer::check_store(std::int64_t first, std::int64_t last, KvStore& store, Workspace& work) const
{
    if (store.layers() != config_.layers || store.kv_heads() != config_.kv_heads || store.head_dim() != config_.head_dim) {
        return make_error(ErrorCode::InvalidArgument,
                          "the KV store has " + std::to_string(store.layers()) + " layers of " + std::to_string(store.kv_heads()) +
                              " heads of " + std::to_string(store.head_dim()) + ": expected " + std::to_string(config_.layers) + " of " +
                              std::to_string(config_.kv_heads) + " of " + std::to_string(config_.head_dim),
                          "Use a store that this model made.");
    }
    work.bases.resize(static_cast<std::size_t>(config_.layers));
    const std::int64_t rows = work.plan.rows();
    for (std::int64_t layer = first; layer < last; ++layer) {
        const std::int64_t length = store.length(layer);
        const std::int64_t base = length - work.plan.cached();
        work.bases[static_cast<std::size_t>(layer)] = base;
        if (base < 0) {
            return make_error(ErrorCode::InvalidArgument,
                              std::to_string(work.plan.cached()) + " cached tree rows were announced and layer " + std::to_string(layer) +
                                  " holds " + std::to_string(length) + " rows: expected at most that many",
                              "Announce only rows that earlier forwards left in the store.");
        }
        if (base + work.plan.deepest() >= config_.context) {
            return make_error(ErrorCode::InvalidArgument,
                              "position " + std::to_string(base + work.plan.deepest()) + " is past the model's context of " +
                                  std::to_string(config_.context) + " positions",
                              "Shorten the prompt or ask for fewer tokens.");
        }
        if (length + rows > store.capacity()) {
            return make_error(ErrorCode::InvalidArgument,
                              "the KV store has room for " + std::to_string(store.capacity()) + " rows and holds " +
                                  std::to_string(length) + ": expected room for " + std::to_string(rows) + " more",
                              "Make the store for the whole text and the largest draft tree.");
        }
    }
    return {};
}

void Transformer::reserve(Workspace& work, std::int64_t rows) const
{
    const auto grow = [rows](std::vector<float>& values, std::int64_t columns) {
        values.resize(std::max(values.size(), static_cast<std::size_t>(rows * columns)));
    };
    const std::int64_t heads = config_.heads * config_.head_dim;
    grow(work.normed, config_.hidden);
    grow(work.mlp_normed, config_.hidden);
    grow(work.joined, heads + 2 * config_.kv_heads * config_.head_dim);
    grow(work.query, heads);
    grow(work.mixed, heads);
    grow(work.branch, config_.post_norms ? config_.hidden : 0);
    grow(work.mlp_in, mlp_stride_ * (config_.gated_mlp ? 2 : 1));
    grow(work.mlp_mid, mlp_stride_);
    grow(work.cosine, rotary_.pairs());
    grow(work.sine, rotary_.pairs());
    if (activation_ != nullptr) {
        work.up.resize(static_cast<std::size_t>(config_.intermediate));
    }
}

/// Runs the plan's rows, chunk by chunk, through layers [first, last); commits the KV lengths at the end.
Status Transformer::run_layers(std::int64_t first, std::int64_t last, float* x, KvStore& store, Workspace& work, Captures* captures,
                               const ForwardInput& input, const CancelToken& cancel) const
{
    const CaptureRequest& request = input.capture;
    const std::int64_t total = work.plan.rows();
    reserve(work, std::min(total, kChunkRows));
    for (std::int64_t begin = 0; begin < total; begin += kChunkRows) {
        const std::int64_t rows = std::min(kChunkRows, total - begin);
        work.plan.select(begin, begin + rows);
        work.angles_base = -1;
        for (std::int64_t layer = first; layer < last; ++layer) {
            if (cancel.cancelled()) {
                return make_error(ErrorCode::Cancelled, "the forward was cancelled in layer " + std::to_string(layer));
            }
            Step step{.weights = &weights_.layers[static_cast<std::size_t>(layer)],
                      .layer = layer,
                      .base = work.bases[static_cast<std::size_t>(layer)],
                      .rows = rows,
                      .x = x + begin * config_.hidden,
                      .store = &store,
                      .capture = nullptr,
                      .capture_columns = 0,
                      .first_row = begin,
                      .attention = input.attention != nullptr ? input.attention : attention_.get(),
                      .statistics = nullptr,
                      .statistics_stride = total,
                      .request = &request};
            if (captures != nullptr && request.attention_rows) {
                step.statistics = captures->attention_rows[static_cast<std::size_t>(layer)].data() + begin;
            }
            if (captures != nullptr && request.attention) {
                step.capture_columns = captures->attention_columns;
                work.capture.assign(static_cast<std::size_t>(config_.heads * rows * step.capture_columns), 0.0F);
                step.capture = work.capture.data();
            }
            run_layer(step, work);
            if (captures != nullptr) {
                keep_captures(step, work, request, *captures);
            }
        }
    }
    for (std::int64_t layer = first; layer < last; ++layer) {
        store.set_length(layer, work.bases[static_cast<std::size_t>(layer)] + work.plan.nodes());
    }
    return {};
}

void Transformer::prepare_captures(const ForwardInput& input, const Workspace& work, ForwardOutput& out) const
{
    const std::int64_t rows = work.plan.rows();
    out.captures.attention_columns = 0;
    out.captures.hidden.resize(input.capture.hidden ? static_cast<std::size_t>(config_.layers + 1) : 0);
    for (std::vector<float>& hidden : out.captures.hidden) {
        hidden.resize(static_cast<std::size_t>(rows * config_.hidden));
    }
    out.captures.attention.resize(input.capture.attention ? static_cast<std::size_t>(config_.layers) : 0);
    if (input.capture.attention) {
        out.captures.attention_columns = *std::max_element(work.bases.begin(), work.bases.end()) + work.plan.nodes();
    }
    for (std::vector<float>& attention : out.captures.attention) {
        attention.resize(static_cast<std::size_t>(config_.heads * rows * out.captures.attention_columns));
    }
    out.captures.attention_rows.resize(input.capture.attention_rows ? static_cast<std::size_t>(config_.layers) : 0);
    for (auto& statistics : out.captures.attention_rows) {
        statistics.resize(static_cast<std::size_t>(config_.heads * rows));
    }
}

void Transformer::keep_captures(const Step& step, const Workspace& work, const CaptureRequest& request, Captures& captures) const
{
    const auto layer = static_cast<std::size_t>(step.layer);
    if (request.hidden) {
        std::copy_n(step.x, step.rows * config_.hidden, captures.hidden[layer + 1].data() + step.first_row * config_.hidden);
    }
    if (request.attention) {
        const std::int64_t total = work.plan.rows();
        const std::int64_t columns = step.capture_columns;
        for (std::int64_t head = 0; head < config_.heads; ++head) {
            std::copy_n(step.capture + head * step.rows * columns, step.rows * columns,
                        captures.attention[layer].data() + (head * total + step.first_row) * columns);
        }
    }
}

Status Transformer::forward(const ForwardInput& input, KvStore& store, ForwardOutput& out, const CancelToken& cancel) const
{
    const Lease lease(*this);
    Workspace& work = *lease;
    const auto rows = static_cast<std::int64_t>(input.tokens.size());
    const std::int64_t d = config_.hidden;
    TIMBERLINE_TRY(work.plan.reset(input.cached_tree, rows, input.parents));
    for (const TokenId token : input.tokens) {
        TIMBERLINE_TRY(check_token(token));
    }
    TIMBERLINE_TRY(check_store(0, config_.layers, store, work));
    if (!input.capture.marked.empty() && input.capture.marked.size() != input.tokens.size()) {
        return make_error(ErrorCode::InvalidArgument,
                          std::to_string(input.capture.marked.size()) + " lists of marked positions were given for " +
                              std::to_string(rows) + " tokens: expected one a token, or none",
                          "Give every row its list.");
    }

    out.hidden.resize(static_cast<std::size_t>(rows * d));
    for (std::int64_t row = 0; row < rows; ++row) {
        embed_row(input.tokens[static_cast<std::size_t>(row)], work.bases[0] + work.plan.depth(row), out.hidden.data() + row * d);
    }
    prepare_captures(input, work, out);
    if (input.capture.hidden) {
        out.captures.hidden.front() = out.hidden;
    }
    const bool captures = input.capture.hidden || input.capture.attention || input.capture.attention_rows;
    TIMBERLINE_TRY(run_layers(0, config_.layers, out.hidden.data(), store, work, captures ? &out.captures : nullptr, input, cancel));

    norm_rows(weights_.final_norm, out.hidden.data(), rows, out.hidden.data());
    if (input.capture.hidden) {
        out.captures.hidden.back() = out.hidden;
    }
    const bool last_only = input.logits == ForwardInput::Logits::Last;
    const std::int64_t wanted = input.logits == ForwardInput::Logits::All ? rows : std::min<std::int64_t>(rows, last_only ? 1 : 0);
    out.logits.resize(static_cast<std::size_t>(wanted * config_.vocabulary));
    if (wanted > 0) {
        write_logits(out.hidden.data() + (rows - wanted) * d, wanted, out.logits.data());
    }
    return {};
}

/// @param values floats of the given hidden rows.
Status Transformer::check_layers(std::int64_t first, std::int64_t last, const ForwardInput& input, std::size_t values) const
{
    if (first < 0 || first > last || last > config_.layers) {
        return make_error(ErrorCode::InvalidArgument,
                          "layers " + std::to_string(first) + " to " + std::to_string(last) +
                              " were asked for: expected a range within 0 to " + std::to_string(config_.layers),
                          "Choose layers that the model has.");
    }
    const auto rows = static_cast<std::int64_t>(values) / config_.hidden;
    if (static_cast<std::int64_t>(values) != rows * config_.hidden ||
        (!input.tokens.empty() && static_cast<std::int64_t>(input.tokens.size()) != rows)) {
        return make_error(ErrorCode::InvalidArgument,
                          std::to_string(values) + " hidden values were given for " + std::to_string(input.tokens.size()) +
                              " tokens: expected " + std::to_string(config_.hidden) + " a token",
                          "Give one hidden row for each token.");
    }
    return {};
}

Status Transformer::forward_layers(std::int64_t first, std::int64_t last, const ForwardInput& input, std::span<float> hidden,
                                   KvStore& store, const CancelToken& cancel) const
{
    TIMBERLINE_TRY(check_layers(first, last, input, hidden.size()));
    const auto rows = static_cast<std::int64_t>(hidden.size()) / config_.hidden;
    const Lease lease(*this);
    TIMBERLINE_TRY((*lease).plan.reset(input.cached_tree, rows, input.parents));
    TIMBERLINE_TRY(check_store(first, last, store, *lease));
    return run_layers(first, last, hidden.data(), store, *lease, nullptr, input, cancel);
}

Status Transformer::write_keys_values(std::int64_t first, std::int64_t last, const ForwardInput& input, std::span<const float> hidden,
                                      KvStore& store, const CancelToken& cancel) const
{
    TIMBERLINE_TRY(check_layers(first, last, input, hidden.size()));
    const auto total = static_cast<std::int64_t>(hidden.size()) / config_.hidden;
    const Lease lease(*this);
    Workspace& work = *lease;
    TIMBERLINE_TRY(work.plan.reset(input.cached_tree, total, input.parents));
    TIMBERLINE_TRY(check_store(first, last, store, work));
    reserve(work, std::min(total, kChunkRows));
    for (std::int64_t begin = 0; begin < total; begin += kChunkRows) {
        work.angles_base = -1;
        for (std::int64_t layer = first; layer < last; ++layer) {
            if (cancel.cancelled()) {
                return make_error(ErrorCode::Cancelled, "writing keys and values was cancelled in layer " + std::to_string(layer));
            }
            Step step{};
            step.weights = &weights_.layers[static_cast<std::size_t>(layer)];
            step.layer = layer;
            step.base = work.bases[static_cast<std::size_t>(layer)];
            step.rows = std::min(kChunkRows, total - begin);
            step.store = &store;
            step.first_row = begin;
            write_layer_keys_values(step, work, hidden.data() + begin * config_.hidden);
        }
    }
    for (std::int64_t layer = first; layer < last; ++layer) {
        store.set_length(layer, work.bases[static_cast<std::size_t>(layer)] + work.plan.nodes());
    }
    return {};
}

void Transformer::embed_row(TokenId token, std::int64_t position, float* row) const
{
    kernels::unpack_row(weights_.embedding, token, row);
    const auto scale = static_cast<float>(config_.embedding_scale);
    if (scale != 1.0F) {
        for (std::int64_t i = 0; i < config_.hidden; ++i) {
            row[i] *= scale;
        }
    }
    if (!weights_.positions.empty()) {
        const float* const learned = weights_.positions.data() + position * config_.hidden;
        for (std::int64_t i = 0; i < config_.hidden; ++i) {
            row[i] += learned[i];
        }
    }
}

Status Transformer::embed(std::span<const TokenId> tokens, std::span<const std::int64_t> positions, std::span<float> hidden) const
{
    if (positions.size() != tokens.size() || hidden.size() != tokens.size() * static_cast<std::size_t>(config_.hidden)) {
        return make_error(ErrorCode::InvalidArgument,
                          std::to_string(tokens.size()) + " tokens came with " + std::to_string(positions.size()) +
                              " positions and room for " + std::to_string(hidden.size()) + " values: expected one position and " +
                              std::to_string(config_.hidden) + " values a token",
                          "Give every token its position.");
    }
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        TIMBERLINE_TRY(check_token(tokens[i]));
        if (positions[i] < 0 || positions[i] >= config_.context) {
            return make_error(ErrorCode::InvalidArgument,
                              "position " + std::to_string(positions[i]) + " is outside the model's context: expected 0 to " +
                                  std::to_string(config_.context - 1),
                              "Shorten the prompt or ask for fewer tokens.");
        }
    }
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        embed_row(tokens[i], positions[i], hidden.data() + i * static_cast<std::size_t>(config_.hidden));
    }
    return {};
}

void Transformer::write_logits(const float* normed, std::int64_t rows, float* logits) const
{
    const float* const bias = weights_.head_bias.empty() ? nullptr : weights_.head_bias.data();
    multiply(weights_.head, normed, config_.hidden, rows, bias, logits, config_.vocabulary, false);
    if (config_.final_softcap > 0) {
        for (std::int64_t row = 0; row < rows; ++row) {  // row by row: whole vectors and remainders fall alike in every row
            kernels_->softcap(logits + row * config_.vocabulary, config_.vocabulary, static_cast<float>(config_.final_softcap));
        }
    }
}

void Transformer::read_out(std::span<const float> hidden, std::span<float> logits, std::span<float> normed) const
{
    const std::int64_t d = config_.hidden;
    const auto rows = static_cast<std::int64_t>(hidden.size()) / d;
    assert(logits.size() == static_cast<std::size_t>(rows * config_.vocabulary));
    assert(normed.empty() || normed.size() == hidden.size());
    const Lease lease(*this);
    for (std::int64_t begin = 0; begin < rows; begin += kChunkRows) {
        const std::int64_t count = std::min(kChunkRows, rows - begin);
        float* out = normed.data() + begin * d;
        if (normed.empty()) {
            (*lease).normed.resize(std::max((*lease).normed.size(), static_cast<std::size_t>(kChunkRows * d)));
            out = (*lease).normed.data();
        }
        norm_rows(weights_.final_norm, hidden.data() + begin * d, count, out);
        write_logits(out, count, logits.data() + begin * config_.vocabulary);
    }
}

}  // namespace timberline::model
