// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/compute_threads.h"
#include "core/model/kernels/kernel_table.h"
#include "tests/model/tensor_models.h"

#include <QByteArray>
#include <QTest>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

/// Helpers of the tests of the fast decoder.
namespace timberline::model::testing {

/// Stores another provider's matrices as F16 or BF16 (rounded towards zero; numbers below the half's range become zero).
class NarrowWeights final : public WeightProvider
{
public:
    NarrowWeights(std::shared_ptr<const WeightProvider> source, io::DataType type) : source_(std::move(source)), type_(type) {}

    [[nodiscard]] Result<Weight> weight(Role role, std::int64_t layer) const override
    {
        TIMBERLINE_ASSIGN(Weight weight, source_->weight(role, layer));
        if (!weight.present() || weight.type != io::DataType::F32) {
            return weight;
        }
        const auto count = static_cast<std::size_t>(weight.rows * weight.columns);
        auto narrow = std::make_shared<std::vector<std::uint16_t>>(count);
        for (std::size_t i = 0; i < count; ++i) {
            std::uint32_t bits = 0;
            std::memcpy(&bits, weight.data + i * 4, 4);
            const std::uint32_t sign = bits >> 16 & 0x8000U;
            const std::uint32_t exponent = bits >> 23 & 255U;
            if (type_ == io::DataType::BF16) {
                (*narrow)[i] = static_cast<std::uint16_t>(bits >> 16);
            } else if (exponent > 112 && exponent < 143) {
                (*narrow)[i] = static_cast<std::uint16_t>(sign | (exponent - 112) << 10 | (bits >> 13 & 0x3ffU));
            } else {
                (*narrow)[i] = static_cast<std::uint16_t>(sign);
            }
        }
        weight.type = type_;
        weight.data = reinterpret_cast<const std::uint8_t*>(narrow->data());
        weight.owner = narrow;
        return weight;
    }

private:
    std::shared_ptr<const WeightProvider> source_;
    io::DataType type_;
};

/// Sizes that are no multiple of any vector length, large enough that products are shared between threads.
inline DecoderConfig odd_sized()
{
    DecoderConfig c = tiny_llama();
    c.vocabulary = 1003;
    c.hidden = 136;
    c.layers = 3;
    c.heads = 6;
    c.kv_heads = 3;
    c.head_dim = 37;
    c.rotary_dim = 36;
    c.intermediate = 301;
    c.attention_scale = 0;
    c.window = {0, 7, 20};
    c.attention_bias = c.mlp_bias = true;
    return c;
}

/// A decoder with the kernels of one variant. Fails the test when it cannot be made.
inline std::shared_ptr<const Decoder> make_decoder(const DecoderConfig& config, const WeightProvider& weights,
                                                   const QByteArray& variant = {}, const DecoderParts& parts = {})
{
    variant.isEmpty() ? qunsetenv("TIMBERLINE_KERNELS") : qputenv("TIMBERLINE_KERNELS", variant);
    auto decoder = Decoder::make(config, weights, parts);
    qunsetenv("TIMBERLINE_KERNELS");
    if (!decoder) {
        QTest::qFail(decoder.error().message.c_str(), __FILE__, __LINE__);
        return nullptr;
    }
    return *decoder;
}

inline std::vector<QByteArray> variant_names()
{
    std::vector<QByteArray> names;
    for (const kernels::KernelTable* table : kernels::available_kernels()) {
        names.emplace_back(table->name);
    }
    return names;
}

/// One row of the results of a forward.
struct Row {
    std::vector<float> logits, hidden;
    friend bool operator==(const Row&, const Row&) = default;
};

inline Row row_of(const ForwardOutput& out, std::size_t row, const DecoderConfig& config)
{
    const auto v = static_cast<std::size_t>(config.vocabulary);
    const auto d = static_cast<std::size_t>(config.hidden);
    const auto slice = [row](const std::vector<float>& values, std::size_t width) {
        const auto begin = values.begin() + static_cast<std::ptrdiff_t>(row * width);
        return std::vector<float>(begin, begin + static_cast<std::ptrdiff_t>(width));
    };
    return {slice(out.logits, v), slice(out.hidden, d)};
}

/// All rows of one forward of a chain or tree; empty after an error.
inline std::vector<Row> rows_of_forward(const Decoder& decoder, KvStore& store, std::span<const TokenId> tokens,
                                        std::span<const std::int32_t> parents = {}, std::int64_t cached_tree = 0)
{
    ForwardOutput out;
    const Status status = decoder.forward({.tokens = tokens, .parents = parents, .cached_tree = cached_tree}, store, out, {});
    if (!status) {
        QTest::qFail(status.error().message.c_str(), __FILE__, __LINE__);
        return {};
    }
    std::vector<Row> rows;
    for (std::size_t row = 0; row < tokens.size(); ++row) {
        rows.push_back(row_of(out, row, decoder.config()));
    }
    return rows;
}

/// The same, one token at a time.
inline std::vector<Row> rows_of_steps(const Decoder& decoder, KvStore& store, std::span<const TokenId> tokens)
{
    std::vector<Row> rows;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        for (Row& row : rows_of_forward(decoder, store, tokens.subspan(i, 1))) {
            rows.push_back(std::move(row));
        }
    }
    return rows;
}

/// Random parents of `count` nodes; the root continues the cache, and now and then another node does too.
inline std::vector<std::int32_t> drawn_parents(std::int32_t count, unsigned seed)
{
    std::mt19937 engine(seed);
    std::vector<std::int32_t> parents{-1};
    for (std::int32_t i = 1; i < count; ++i) {
        parents.push_back(engine() % 9 == 0 ? -1 : static_cast<std::int32_t>(engine() % static_cast<unsigned>(i)));
    }
    return parents;
}

/// Node numbers from the top to `node`.
inline std::vector<std::int32_t> path_to(std::int32_t node, const std::vector<std::int32_t>& parents)
{
    std::vector<std::int32_t> path;
    for (; node >= 0; node = parents[static_cast<std::size_t>(node)]) {
        path.insert(path.begin(), node);
    }
    return path;
}

inline std::vector<TokenId> tokens_at(const std::vector<std::int32_t>& nodes, const std::vector<TokenId>& tokens)
{
    std::vector<TokenId> out;
    for (const std::int32_t node : nodes) {
        out.push_back(tokens[static_cast<std::size_t>(node)]);
    }
    return out;
}

}  // namespace timberline::model::testing
