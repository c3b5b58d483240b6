// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/tensor/device_decoder.h"

#include "core/model/tensor/device_rows.h"
#include "core/model/tensor/tensor_decoder.h"
#include "core/model/tensor/tensor_errors.h"
#include "core/model/tensor/tensor_kv_store.h"

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace timberline::model {
namespace {

constexpr std::int64_t kChunkRows = 256;

at::Tensor host_view(const float* data, at::IntArrayRef shape)
{
    return at::from_blob(const_cast<float*>(data), shape, at::TensorOptions().dtype(at::kFloat));
}

Error cancelled()
{
    return make_error(ErrorCode::Cancelled, "the forward was cancelled");
}

class DeviceDecoder final : public Decoder
{
public:
    explicit DeviceDecoder(std::shared_ptr<const TensorDecoder> network)
        : network_(std::move(network)), doing_("computing on " + network_->device().str())
    {}

    [[nodiscard]] const DecoderConfig& config() const noexcept override { return network_->config(); }
    [[nodiscard]] std::unique_ptr<KvStore> make_store(std::int64_t capacity) const override;
    [[nodiscard]] Status forward(const ForwardInput& input, KvStore& store, ForwardOutput& out, const CancelToken& cancel) const override;
    [[nodiscard]] Status forward_layers(std::int64_t first, std::int64_t last, const ForwardInput& input, std::span<float> hidden,
                                        KvStore& store, const CancelToken& cancel) const override;
    [[nodiscard]] Status embed(std::span<const TokenId> tokens, std::span<const std::int64_t> positions,
                               std::span<float> hidden) const override;
    void read_out(std::span<const float> hidden, std::span<float> logits, std::span<float> normed) const override;
    [[nodiscard]] std::int64_t weight_bytes() const noexcept override;
    [[nodiscard]] double flops_per_token(std::int64_t visible) const noexcept override;

private:
    /// One forward's fixed facts.
    struct Pass {
        RowTree tree;
        TensorKvStore* store = nullptr;
        std::vector<std::int64_t> bases;  ///< committed slots of each layer, before the tree
        [[nodiscard]] std::int64_t base(std::int64_t layer) const { return bases[static_cast<std::size_t>(layer)]; }
    };

    [[nodiscard]] Result<Pass> prepare(std::int64_t first, std::int64_t last, const ForwardInput& input, KvStore& store) const;
    [[nodiscard]] Status check_tokens(std::span<const TokenId> tokens) const;
    [[nodiscard]] at::Tensor ids_of(std::span<const TokenId> tokens) const;
    /// Runs one layer on chunk rows [1, n, d], the tree's rows from first_row on; writes their keys and values behind the committed ones.
    [[nodiscard]] at::Tensor run_layer(std::int64_t index, const at::Tensor& rows, const Pass& pass, std::int64_t first_row,
                                       ChunkContext& chunk, at::Tensor* probabilities) const;
    void shape_output(const ForwardInput& input, const Pass& pass, ForwardOutput& out) const;
    [[nodiscard]] Status forward_chunk(const ForwardInput& input, const Pass& pass, std::int64_t first, std::int64_t end,
                                       ForwardOutput& out, const CancelToken& cancel) const;
    void commit(const Pass& pass, std::int64_t first, std::int64_t last) const;

    std::shared_ptr<const TensorDecoder> network_;
    std::string doing_;
};

std::unique_ptr<KvStore> DeviceDecoder::make_store(std::int64_t capacity) const
{
    return std::make_unique<TensorKvStore>(config().layers, config().kv_heads, config().head_dim, capacity, network_->device());
}

Status DeviceDecoder::check_tokens(std::span<const TokenId> tokens) const
{
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (tokens[i] < 0 || tokens[i] >= config().vocabulary) {
            return make_error(ErrorCode::InvalidArgument,
                              "token " + std::to_string(tokens[i]) + " of row " + std::to_string(i) +
                                  " is outside the vocabulary: expected 0 to " + std::to_string(config().vocabulary - 1),
                              "Use the tokenizer that belongs to this model.");
        }
    }
    return {};
}

Result<DeviceDecoder::Pass> DeviceDecoder::prepare(std::int64_t first, std::int64_t last, const ForwardInput& input, KvStore& store) const
{
    if (input.attention != nullptr || input.capture.attention_rows) {
        return make_error(ErrorCode::Unsupported,
                          "attention methods and row statistics were asked for on " + network_->device().str() + ": they run on the CPU",
                          "Choose the device cpu for this model.");
    }
    Pass pass;
    pass.store = dynamic_cast<TensorKvStore*>(&store);
    if (pass.store == nullptr || pass.store->device() != network_->device() || store.layers() != config().layers ||
        store.kv_heads() != config().kv_heads || store.head_dim() != config().head_dim) {
        return make_error(ErrorCode::InvalidArgument, "the KV store does not belong to this decoder on " + network_->device().str(),
                          "Make the store with the decoder's own make_store.");
    }
    TIMBERLINE_ASSIGN(pass.tree, RowTree::make(input.cached_tree, static_cast<std::int64_t>(input.tokens.size()), input.parents));
    for (std::int64_t layer = 0; layer < config().layers; ++layer) {
        const auto base = store.length(layer) - input.cached_tree;
        pass.bases.push_back(base);
        if (layer < first || layer >= last || pass.tree.fresh() == 0) {
            continue;
        }
        if (base < 0) {
            return make_error(ErrorCode::InvalidArgument,
                              "a forward names " + std::to_string(input.cached_tree) + " cached tree rows, layer " + std::to_string(layer) +
                                  " holds " + std::to_string(store.length(layer)),
                              "Name at most the rows that the cache holds.");
        }
        if (base + pass.tree.deepest() >= config().context) {
            return make_error(ErrorCode::InvalidArgument,
                              "position " + std::to_string(base + pass.tree.deepest()) + " is past the model's context of " +
                                  std::to_string(config().context) + " positions",
                              "Shorten the prompt or generate fewer tokens.");
        }
        if (base + pass.tree.rows() > store.capacity()) {
            return make_error(ErrorCode::InvalidArgument,
                              "the KV store has room for " + std::to_string(store.capacity()) + " rows, this forward needs " +
                                  std::to_string(base + pass.tree.rows()),
                              "Make the store larger.");
        }
    }
    return pass;
}

at::Tensor DeviceDecoder::ids_of(std::span<const TokenId> tokens) const
{
    const auto host = at::from_blob(const_cast<TokenId*>(tokens.data()), {1, static_cast<std::int64_t>(tokens.size())},
                                    at::TensorOptions().dtype(at::kInt));
    return host.to(at::kLong).to(network_->device());
}

at::Tensor DeviceDecoder::run_layer(std::int64_t index, const at::Tensor& rows, const Pass& pass, std::int64_t first_row,
                                    ChunkContext& chunk, at::Tensor* probabilities) const
{
    const auto start = pass.base(index) + first_row, count = rows.size(1);
    const KvHook write = [&](std::int64_t layer, const at::Tensor& keys, const at::Tensor& values) -> KeysAndValues {
        const auto& all_keys = pass.store->key_tensor(layer);
        const auto& all_values = pass.store->value_tensor(layer);
        all_keys.narrow(1, start, count).copy_(keys[0]);
        all_values.narrow(1, start, count).copy_(values[0]);
        return {all_keys.narrow(1, 0, start + count).unsqueeze(0), all_values.narrow(1, 0, start + count).unsqueeze(0)};
    };
    return network_->layer(index, rows, chunk.layer(index, pass.base(index)), write, probabilities);
}

void DeviceDecoder::shape_output(const ForwardInput& input, const Pass& pass, ForwardOutput& out) const
{
    const auto rows = pass.tree.fresh(), layers = config().layers;
    const auto logit_rows = input.logits == ForwardInput::Logits::All    ? rows
                            : input.logits == ForwardInput::Logits::Last ? std::min<std::int64_t>(rows, 1)
                                                                         : 0;
    out.logits.resize(static_cast<std::size_t>(logit_rows * config().vocabulary));
    out.hidden.resize(static_cast<std::size_t>(rows * config().hidden));
    out.captures.hidden.resize(input.capture.hidden ? static_cast<std::size_t>(layers + 1) : 0);
    for (auto& layer : out.captures.hidden) {
        layer.resize(static_cast<std::size_t>(rows * config().hidden));
    }
    out.captures.attention_rows.clear();
    out.captures.attention.resize(input.capture.attention ? static_cast<std::size_t>(layers) : 0);
    out.captures.attention_columns =
        input.capture.attention ? *std::max_element(pass.bases.begin(), pass.bases.end()) + pass.tree.rows() : 0;
    for (auto& layer : out.captures.attention) {
        layer.assign(static_cast<std::size_t>(config().heads * rows * out.captures.attention_columns), 0.0F);
    }
}

Status DeviceDecoder::forward_chunk(const ForwardInput& input, const Pass& pass, std::int64_t first, std::int64_t end, ForwardOutput& out,
                                    const CancelToken& cancel) const
{
    const auto count = end - first, width = config().hidden, row = first - pass.tree.cached(), all_rows = pass.tree.fresh();
    const auto keep = [&](std::vector<float>& target, const at::Tensor& rows) {
        host_view(target.data() + row * width, {count, width}).copy_(rows[0]);
    };
    ChunkContext chunk(*network_, pass.tree, first, end);
    auto rows = network_->embed(ids_of(input.tokens.subspan(static_cast<std::size_t>(row), static_cast<std::size_t>(count))),
                                chunk.positions(pass.bases.empty() ? 0 : pass.base(0)));
    for (std::int64_t index = 0; index < config().layers; ++index) {
        if (cancel.cancelled()) {
            return cancelled();
        }
        if (input.capture.hidden) {
            keep(out.captures.hidden[static_cast<std::size_t>(index)], rows);
        }
        at::Tensor probabilities;
        rows = run_layer(index, rows, pass, first, chunk, input.capture.attention ? &probabilities : nullptr);
        if (input.capture.attention) {
            auto& captured = out.captures.attention[static_cast<std::size_t>(index)];
            host_view(captured.data(), {config().heads, all_rows, out.captures.attention_columns})
                .narrow(1, row, count)
                .narrow(2, 0, probabilities.size(3))
                .copy_(probabilities[0]);
        }
    }
    const auto normed = network_->final_norm(rows);
    keep(out.hidden, normed);
    if (input.capture.hidden) {
        keep(out.captures.hidden.back(), normed);
    }
    if (input.logits == ForwardInput::Logits::All) {
        host_view(out.logits.data() + row * config().vocabulary, {count, config().vocabulary}).copy_(network_->head(normed)[0]);
    } else if (input.logits == ForwardInput::Logits::Last && end == pass.tree.rows()) {
        host_view(out.logits.data(), {1, config().vocabulary}).copy_(network_->head(normed.narrow(1, count - 1, 1))[0]);
    }
    return {};
}

void DeviceDecoder::commit(const Pass& pass, std::int64_t first, std::int64_t last) const
{
    for (std::int64_t layer = first; layer < last; ++layer) {
        pass.store->set_length(layer, pass.base(layer) + pass.tree.rows());
    }
}

Status DeviceDecoder::forward(const ForwardInput& input, KvStore& store, ForwardOutput& out, const CancelToken& cancel) const
{
    return guarded(doing_, [&]() -> Status {
        const c10::InferenceMode inference;
        TIMBERLINE_TRY(check_tokens(input.tokens));
        TIMBERLINE_ASSIGN(const Pass pass, prepare(0, config().layers, input, store));
        shape_output(input, pass, out);
        const auto rows = pass.tree.rows();
        for (std::int64_t first = pass.tree.cached(); first < rows; first += kChunkRows) {
            TIMBERLINE_TRY(forward_chunk(input, pass, first, std::min(first + kChunkRows, rows), out, cancel));
        }
        // Lengths grow only after everything went well: rows past the end of a store are nobody's.
        commit(pass, 0, config().layers);
        return {};
    });
}

Status DeviceDecoder::forward_layers(std::int64_t first, std::int64_t last, const ForwardInput& input, std::span<float> hidden,
                                     KvStore& store, const CancelToken& cancel) const
{
    return guarded(doing_, [&]() -> Status {
        const c10::InferenceMode inference;
        if (first < 0 || first > last || last > config().layers) {
            return make_error(ErrorCode::InvalidArgument,
                              "layers " + std::to_string(first) + " to " + std::to_string(last) + " were asked of a model with " +
                                  std::to_string(config().layers),
                              "Choose a range inside the model.");
        }
        TIMBERLINE_ASSIGN(const Pass pass, prepare(first, last, input, store));
        const auto rows = pass.tree.fresh(), cached = pass.tree.cached();
        if (static_cast<std::int64_t>(hidden.size()) != rows * config().hidden) {
            return make_error(ErrorCode::InvalidArgument,
                              "forward_layers got " + std::to_string(hidden.size()) + " numbers of hidden rows, expected " +
                                  std::to_string(rows * config().hidden),
                              "Pass one hidden row for each token.");
        }
        std::vector<at::Tensor> results;
        for (std::int64_t begin = 0; begin < rows; begin += kChunkRows) {
            const auto end = std::min(begin + kChunkRows, rows);
            ChunkContext chunk(*network_, pass.tree, cached + begin, cached + end);
            auto x = host_view(hidden.data() + begin * config().hidden, {1, end - begin, config().hidden}).clone().to(network_->device());
            for (std::int64_t index = first; index < last; ++index) {
                if (cancel.cancelled()) {
                    return cancelled();
                }
                x = run_layer(index, x, pass, cached + begin, chunk, /*probabilities=*/nullptr);
            }
            results.push_back(x[0]);
        }
        if (rows > 0) {
            host_view(hidden.data(), {rows, config().hidden}).copy_(at::cat(results));
        }
        commit(pass, first, last);
        return {};
    });
}

Status DeviceDecoder::embed(std::span<const TokenId> tokens, std::span<const std::int64_t> positions, std::span<float> hidden) const
{
    return guarded(doing_, [&]() -> Status {
        const c10::InferenceMode inference;
        const auto rows = static_cast<std::int64_t>(tokens.size());
        if (positions.size() != tokens.size() || static_cast<std::int64_t>(hidden.size()) != rows * config().hidden) {
            return make_error(ErrorCode::InvalidArgument, "embed got " + std::to_string(rows) + " tokens, " +
                                                              std::to_string(positions.size()) + " positions and room for " +
                                                              std::to_string(hidden.size()) +
                                                              " numbers, expected as many positions as tokens and " +
                                                              std::to_string(rows * config().hidden) + " numbers");
        }
        TIMBERLINE_TRY(check_tokens(tokens));
        for (const auto position : positions) {
            if (position < 0 || position >= config().context) {
                return make_error(ErrorCode::InvalidArgument,
                                  "position " + std::to_string(position) + " is outside the model's context: expected 0 to " +
                                      std::to_string(config().context - 1),
                                  "Shorten the prompt or generate fewer tokens.");
            }
        }
        if (rows > 0) {
            const auto places = at::from_blob(const_cast<std::int64_t*>(positions.data()), {rows}, at::TensorOptions().dtype(at::kLong));
            host_view(hidden.data(), {rows, config().hidden}).copy_(network_->embed(ids_of(tokens), places.to(network_->device()))[0]);
        }
        return {};
    });
}

void DeviceDecoder::read_out(std::span<const float> hidden, std::span<float> logits, std::span<float> normed) const
{
    const c10::InferenceMode inference;
    const auto width = config().hidden, rows = static_cast<std::int64_t>(hidden.size()) / width;
    const auto last = network_->final_norm(host_view(hidden.data(), {rows, width}).to(network_->device()));
    if (!normed.empty()) {
        host_view(normed.data(), {rows, width}).copy_(last);
    }
    host_view(logits.data(), {rows, config().vocabulary}).copy_(network_->head(last));
}

std::int64_t DeviceDecoder::weight_bytes() const noexcept
{
    const auto& c = config();
    const auto embeddings =
        c.vocabulary * c.hidden * (c.tied_head ? 0 : 1) + (c.position == PositionKind::Learned ? c.context * c.hidden : 0);
    return (c.parameters() - embeddings) *
           static_cast<std::int64_t>(sizeof(float));  // a table gives one row; a tied one is read as the head
}

double DeviceDecoder::flops_per_token(std::int64_t visible) const noexcept
{
    const auto& c = config();
    const auto matrices = c.hidden * c.head_dim * 2 * (c.heads + c.kv_heads) + c.hidden * c.intermediate * (c.gated_mlp ? 3 : 2);
    const auto scores = 2 * c.heads * c.head_dim * visible;  // q.k and p.v
    return 2.0 * static_cast<double>(c.layers * (matrices + scores) + c.hidden * c.vocabulary);
}

}  // namespace

Result<std::shared_ptr<const Decoder>> make_tensor_decoder_on(const std::string& device, const DecoderConfig& config,
                                                              const WeightProvider& weights, const CancelToken& cancel)
{
    return guarded("loading the model on " + device, [&]() -> Result<std::shared_ptr<const Decoder>> {
        TIMBERLINE_ASSIGN(std::shared_ptr<const TensorDecoder> network,
                          TensorDecoder::make(config, weights, at::Device(device), at::kFloat, cancel));
        return std::shared_ptr<const Decoder>(std::make_shared<DeviceDecoder>(std::move(network)));
    });
}

}  // namespace timberline::model
