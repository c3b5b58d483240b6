// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/attention_kernel.h"
#include "core/base/cancel.h"
#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/model/decoder_config.h"
#include "core/model/kv_store.h"
#include "core/model/weights.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace timberline::model {

/// The attention seam stands in core/attention, so that its methods need nothing of this folder.
using attention::AttentionCall;
using attention::AttentionKernel;

/// Replaceable part: the MLP's nonlinearity, in place. Rows are independent.
class Activation
{
public:
    virtual ~Activation() = default;
    /// gate[i] = f(gate[i]) * up[i], or f(gate[i]) when up is null.
    virtual void apply(float* gate, const float* up, std::int64_t count) const = 0;
};

/// Replaceable parts; null means the inlined default.
struct DecoderParts {
    std::shared_ptr<AttentionKernel> attention;
    std::shared_ptr<const Activation> activation;
};

/// What a forward should keep. Nothing is captured, and nothing costs time, unless asked for.
struct CaptureRequest {
    bool hidden = false;          ///< all layers
    bool attention = false;       ///< maps of all layers: memory [layers, heads, T, S]
    bool attention_rows = false;  ///< statistics of every row of all layers, made while attending: memory [layers, heads, T]
    attention::RowStatisticsSettings row_settings{};
    /// Positions whose weights a row sums up as RowStatistics::marked: a list for each of the T rows, or empty = none.
    std::span<const std::span<const std::int32_t>> marked{};
};
struct Captures {
    std::vector<std::vector<float>> hidden;     ///< [layers+1][T*d]; 0 = embeddings, last = after the final norm (as Hugging Face returns it)
    std::vector<std::vector<float>> attention;  ///< [layers][heads*T*S]
    std::int64_t attention_columns = 0;         ///< S
    std::vector<std::vector<attention::RowStatistics>> attention_rows;  ///< [layers][heads*T]
};

/// Tokens of one forward. Nodes form a tree over the cached prefix: parents are indices into this forward, -1 = continues the cache.
/// Position of a node = cache length + depth. An empty `parents` means a chain.
struct ForwardInput {
    std::span<const TokenId> tokens;         ///< [T]
    std::span<const std::int32_t> parents{}; ///< [T] or empty
    /// Rows whose logits are wanted: all, or only the last (prefill).
    enum class Logits : std::uint8_t { None, Last, All } logits = Logits::All;
    CaptureRequest capture{};
    /// The last `cached_tree` slots of every layer are tree rows of earlier forwards that were not compacted yet (a draft tree that grows level by level).
    /// `parents` then has cached_tree + T entries, which describe those rows first and this forward's rows after them, and index into both together;
    /// position = cache length - cached_tree + depth. Error: `parents` of another length, cached_tree longer than the cache.
    std::int64_t cached_tree = 0;
    /// Attends in this forward instead of the decoder's own part; null = its own. Not owned.
    AttentionKernel* attention = nullptr;
};

/// Result of a forward; the vectors are reused when the same object is passed again (no allocation a token).
struct ForwardOutput {
    std::vector<float> logits;  ///< [T or 1 or 0, V]
    std::vector<float> hidden;  ///< [T, d] after the final norm (input of the head); for draft heads
    Captures captures;
};

/// The one decoder-only transformer. All architectures run through it by configuration. Weights stay in their stored type (F32, F16, BF16);
/// arithmetic is float32. Results of a row do not depend on the other rows of the batch nor on the number of threads (bitwise; test_decoder_invariance).
/// A Decoder is immutable and may be shared; the KvStore carries all state. Forwards on one Decoder must not overlap unless each has its own Workspace.
class Decoder
{
public:
    /// Packs the weights once. Errors: a missing or misshapen tensor, cancelled, out of memory.
    [[nodiscard]] static Result<std::shared_ptr<const Decoder>> make(const DecoderConfig& config, const WeightProvider& weights, const DecoderParts& parts = {},
                                                                     const CancelToken& cancel = {});
    virtual ~Decoder() = default;

    [[nodiscard]] virtual const DecoderConfig& config() const noexcept = 0;
    [[nodiscard]] virtual std::unique_ptr<KvStore> make_store(std::int64_t capacity) const = 0;

    /// Feeds T tokens after the cached prefix, appends T rows to every layer of `store` (compaction is the caller's), fills `out`.
    /// Errors: position past the context, token outside the vocabulary, parents not topological, store too small, cancelled (looked at in each layer;
    /// on any error the store keeps its old lengths). Forwards longer than 64 rows run in chunks of 64.
    [[nodiscard]] virtual Status forward(const ForwardInput& input, KvStore& store, ForwardOutput& out, const CancelToken& cancel) const = 0;

    /// Runs layers [first, last) on given hidden rows [T, d] in place, at the positions and with the visibility that `input` implies for these layers' own KV lengths.
    [[nodiscard]] virtual Status forward_layers(std::int64_t first, std::int64_t last, const ForwardInput& input, std::span<float> hidden, KvStore& store,
                                                const CancelToken& cancel) const = 0;
    /// Appends to layers [first, last) the keys and values that these blocks would make of the given hidden rows [T, d], at the positions that forward_layers would give
    /// them, without attending: for tokens that leave before those layers. The rows stay as they are. Errors as forward_layers; Unsupported where a decoder cannot do it.
    [[nodiscard]] virtual Status write_keys_values(std::int64_t first, std::int64_t last, const ForwardInput& input, std::span<const float> hidden,
                                                   KvStore& store, const CancelToken& cancel) const;
    /// Embedding rows [T, d] of tokens at given positions.
    [[nodiscard]] virtual Status embed(std::span<const TokenId> tokens, std::span<const std::int64_t> positions, std::span<float> hidden) const = 0;
    /// Final norm and head: hidden [T, d] → logits [T, V]. `normed` (optional) receives [T, d].
    virtual void read_out(std::span<const float> hidden, std::span<float> logits, std::span<float> normed = {}) const = 0;

    [[nodiscard]] virtual std::int64_t weight_bytes() const noexcept = 0;        ///< bytes of weights read for one token
    [[nodiscard]] virtual double flops_per_token(std::int64_t visible) const noexcept = 0;
};

}  // namespace timberline::model
