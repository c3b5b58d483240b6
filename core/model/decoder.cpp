// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/decoder.h"

#include "core/model/transformer.h"

#include <new>
#include <string>

namespace timberline::model {

namespace {

/// Sizes above this are damage, not models; they also keep every product of two sizes within 64 bits.
constexpr std::int64_t kLargestSize = std::int64_t{1} << 28;

[[nodiscard]] Status check_config(const DecoderConfig& config)
{
    const auto wrong = [](const std::string& what, std::int64_t got, const std::string& expected) {
        return make_error(ErrorCode::BadFile, what + " is " + std::to_string(got) + " in the model's configuration: expected " + expected,
                          "Check config.json or download the model again.");
    };
    const std::pair<const char*, std::int64_t> sizes[] = {{"vocabulary", config.vocabulary},       {"hidden size", config.hidden},
                                                          {"number of layers", config.layers},     {"number of heads", config.heads},
                                                          {"number of KV heads", config.kv_heads}, {"head size", config.head_dim},
                                                          {"MLP size", config.intermediate},       {"context", config.context}};
    for (const auto& [what, size] : sizes) {
        if (size < 1 || size > kLargestSize) {
            return wrong(what, size, "1 to " + std::to_string(kLargestSize));
        }
    }
    if (config.heads % config.kv_heads != 0) {
        return wrong("number of KV heads", config.kv_heads, "a divisor of the " + std::to_string(config.heads) + " heads");
    }
    if (config.head_dim * config.heads > kLargestSize) {
        return wrong("heads times head size", config.head_dim * config.heads, "at most " + std::to_string(kLargestSize));
    }
    if (config.position == PositionKind::Rotary &&
        (config.rotary_dim < 2 || config.rotary_dim > config.head_dim || config.rotary_dim % 2 != 0)) {
        return wrong("rotated part of a head", config.rotary_dim, "an even number from 2 to " + std::to_string(config.head_dim));
    }
    if (!config.window.empty() && static_cast<std::int64_t>(config.window.size()) != config.layers) {
        return wrong("number of attention windows", static_cast<std::int64_t>(config.window.size()),
                     "one a layer, " + std::to_string(config.layers));
    }
    return {};
}

}  // namespace

Status Decoder::write_keys_values(std::int64_t /*first*/, std::int64_t /*last*/, const ForwardInput& /*input*/,
                                  std::span<const float> /*hidden*/, KvStore& /*store*/, const CancelToken& /*cancel*/) const
{
    return make_error(ErrorCode::Unsupported, "this decoder cannot write keys and values of layers that it does not run",
                      "Choose the device cpu for this model.");
}

Result<std::shared_ptr<const Decoder>> Decoder::make(const DecoderConfig& config, const WeightProvider& weights, const DecoderParts& parts,
                                                     const CancelToken& cancel)
{
    TIMBERLINE_TRY(check_config(config));
    TIMBERLINE_ASSIGN(const kernels::KernelTable* table, kernels::select_kernels());
    try {
        TIMBERLINE_ASSIGN(DecoderWeights packed, load_decoder_weights(config, weights, cancel));
        return std::shared_ptr<const Decoder>(std::make_shared<Transformer>(config, std::move(packed), parts, *table));
    } catch (const std::bad_alloc&) {
        return make_error(ErrorCode::OutOfMemory, "there is not enough memory for the model's weights",
                          "Close other programs or choose a smaller model.");
    }
}

}  // namespace timberline::model
