// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/decoding/heads/packed_linear.h"

#include "core/base/thread_pool.h"
#include "core/io/float_convert.h"
#include "core/model/kernels/kernel_table.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstring>
#include <limits>

namespace timberline::decoding {
namespace {

using model::kernels::Arena;
using model::kernels::kBlock;
using model::kernels::PackedMatrix;

/// Multiply-adds below which a second thread costs more than it brings.
constexpr std::int64_t kWorthThreads = 60'000;

/// The kernels in use; PackedLinear::make has seen that there are some.
const model::kernels::KernelTable& table()
{
    static const model::kernels::KernelTable* const chosen = [] {
        const auto found = model::kernels::select_kernels();
        return found.ok() ? *found : &model::kernels::portable_kernels();
    }();
    return *chosen;
}

/// Packs rows of a stored type into memory of their own.
Result<std::shared_ptr<const Arena>> pack(io::DataType type, const std::uint8_t* data, std::int64_t rows, std::int64_t columns,
                                          PackedMatrix& matrix)
{
    matrix = {.type = type, .outputs = rows, .inputs = columns, .data = nullptr};
    auto arena = std::make_shared<Arena>(Arena::allocate(Arena::rounded(matrix.bytes())));
    if (!arena->valid()) {
        return make_error(ErrorCode::OutOfMemory, "there is not enough memory for a matrix of " + std::to_string(matrix.bytes()) + " bytes",
                          "Close other programs or take smaller heads.");
    }
    std::byte* const memory = arena->take(matrix.bytes());
    model::kernels::pack_rows(type, data, rows, columns, memory, 0);
    matrix.data = memory;
    return std::shared_ptr<const Arena>(std::move(arena));
}

/// Some rows of a stored matrix, or entries of a vector, in a copy of their own.
model::Weight chosen_rows(const model::Weight& from, std::span<const TokenId> ids)
{
    const auto bytes = io::size_of(from.type) * static_cast<std::size_t>(std::max<std::int64_t>(from.columns, 1));
    auto copy = std::make_shared<std::vector<std::uint8_t>>(bytes * ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i) {
        std::memcpy(copy->data() + i * bytes, from.data + static_cast<std::size_t>(ids[i]) * bytes, bytes);
    }
    model::Weight out = from;
    out.rows = static_cast<std::int64_t>(ids.size());
    out.data = copy->data();
    out.owner = std::move(copy);
    return out;
}

}  // namespace

Result<PackedLinear> PackedLinear::make(std::span<const float> weight, std::int64_t outputs, std::int64_t inputs,
                                        std::span<const float> bias, bool half)
{
    if (outputs <= 0 || inputs <= 0 || static_cast<std::int64_t>(weight.size()) != outputs * inputs ||
        (!bias.empty() && static_cast<std::int64_t>(bias.size()) != outputs)) {
        return make_error(ErrorCode::Internal, "a matrix of " + std::to_string(outputs) + " by " + std::to_string(inputs) + " got " +
                                                   std::to_string(weight.size()) + " weights and " + std::to_string(bias.size()) +
                                                   " biases");
    }
    PackedLinear out;
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(weight.data());
    std::vector<std::uint16_t> halves;
    if (half) {
        halves.resize(weight.size());
        std::ranges::transform(weight, halves.begin(), [](float value) { return io::float_to_half(value); });
        bytes = reinterpret_cast<const std::uint8_t*>(halves.data());
    }
    TIMBERLINE_ASSIGN(out.memory_, pack(half ? io::DataType::F16 : io::DataType::F32, bytes, outputs, inputs, out.matrix_));
    out.bias_.assign(bias.begin(), bias.end());
    return out;
}

Result<PackedLinear> PackedLinear::from(const HeadFolder& heads, const std::string& name, std::int64_t outputs, std::int64_t inputs,
                                        const std::string& bias_name)
{
    TIMBERLINE_ASSIGN(const auto* weight, heads.tensor(name, {outputs, inputs}));
    std::span<const float> bias;
    if (!bias_name.empty()) {
        TIMBERLINE_ASSIGN(const auto* found, heads.tensor(bias_name, {outputs}));
        bias = found->values;
    }
    // What F16 holds exactly is read faster as F16, with the same results.
    const bool half = std::ranges::all_of(weight->values, [](float value) { return io::half_to_float(io::float_to_half(value)) == value; });
    return make(weight->values, outputs, inputs, bias, half);
}

Result<PackedLinear> PackedLinear::from(const model::Weight& weight, const model::Weight& bias)
{
    PackedLinear out;
    TIMBERLINE_ASSIGN(out.memory_, pack(weight.type, weight.data, weight.rows, weight.columns, out.matrix_));
    if (bias.present()) {
        out.bias_.resize(static_cast<std::size_t>(bias.rows * std::max<std::int64_t>(bias.columns, 1)));
        model::kernels::to_float(bias.type, bias.data, static_cast<std::int64_t>(out.bias_.size()), out.bias_.data());
    }
    return out;
}

void PackedLinear::apply(std::span<const float> x, std::int64_t rows, std::span<float> out) const
{
    assert(static_cast<std::int64_t>(x.size()) >= rows * matrix_.inputs && static_cast<std::int64_t>(out.size()) >= rows * matrix_.outputs);
    const std::int64_t work = rows * matrix_.inputs * matrix_.outputs;
    const std::int64_t blocks = matrix_.blocks();
    ThreadPool::instance().parallel_for(blocks, work < kWorthThreads ? blocks : 1, [&](std::int64_t begin, std::int64_t end) {
        table().matmul({.matrix = &matrix_,
                        .first_block = begin,
                        .last_block = end,
                        .x = x.data(),
                        .x_stride = matrix_.inputs,
                        .rows = rows,
                        .bias = bias_.empty() ? nullptr : bias_.data(),
                        .out = out.data(),
                        .out_stride = matrix_.outputs});
    });
}

void PackedLinear::row(std::int64_t output, std::span<float> out) const
{
    assert(output >= 0 && output < matrix_.outputs && static_cast<std::int64_t>(out.size()) == matrix_.inputs);
    model::kernels::unpack_row(matrix_, output, out.data());
}

void silu_in_place(std::span<float> values) noexcept
{
    table().activate(model::ActivationKind::Silu, values.data(), nullptr, static_cast<std::int64_t>(values.size()), values.data());
}

Result<SharedReadOut> SharedReadOut::of(const model::LanguageModel& target, std::vector<TokenId> ids)
{
    const auto& config = target.folder.config;
    if (target.folder.weights == nullptr) {
        return make_error(ErrorCode::Unsupported, target.folder.name + " was not opened from a folder: draft heads share its LM head",
                          "Open the model from its folder.");
    }
    TIMBERLINE_ASSIGN(const auto weights, model::file_weights(config, target.folder.weights));
    SharedReadOut out;
    out.hidden_ = config.hidden;
    out.vocabulary_ = config.vocabulary;
    out.scale_ = static_cast<float>(config.embedding_scale);
    out.softcap_ = config.final_softcap;
    TIMBERLINE_ASSIGN(const auto embedding, weights->weight(model::Role::TokenEmbedding, -1));
    TIMBERLINE_ASSIGN(const auto bias, weights->weight(model::Role::HeadBias, -1));
    TIMBERLINE_ASSIGN(out.table_, PackedLinear::from(embedding, model::Weight{}));
    if (config.tied_head && !bias.present() && ids.empty()) {
        out.head_ = out.table_;
        return out;
    }
    TIMBERLINE_ASSIGN(auto head, weights->weight(config.tied_head ? model::Role::TokenEmbedding : model::Role::Head, -1));
    if (!ids.empty()) {
        const auto own_bias = bias.present() ? chosen_rows(bias, ids) : bias;
        TIMBERLINE_ASSIGN(out.head_, PackedLinear::from(chosen_rows(head, ids), own_bias));
        out.ids_ = std::move(ids);
        return out;
    }
    TIMBERLINE_ASSIGN(out.head_, PackedLinear::from(head, bias));
    return out;
}

void SharedReadOut::logits(std::span<const float> normed, std::int64_t rows, std::span<float> out) const
{
    std::vector<float> some(ids_.empty() ? 0 : static_cast<std::size_t>(rows) * ids_.size());
    const auto read = ids_.empty() ? out : std::span<float>(some);
    const std::int64_t width = head_.outputs();
    head_.apply(normed, rows, read);
    if (softcap_ > 0) {
        for (std::int64_t row = 0; row < rows; ++row) {  // row by row: whole vectors and remainders fall alike in every row
            table().softcap(read.data() + row * width, width, static_cast<float>(softcap_));
        }
    }
    if (ids_.empty()) {
        return;
    }
    std::ranges::fill(out.first(static_cast<std::size_t>(rows * vocabulary_)), -std::numeric_limits<float>::infinity());
    for (std::int64_t row = 0; row < rows; ++row) {
        float* const to = out.data() + row * vocabulary_;
        const float* const from = some.data() + row * width;
        for (std::size_t i = 0; i < ids_.size(); ++i) {
            to[ids_[i]] = from[i];
        }
    }
}

void SharedReadOut::embedding(TokenId token, std::span<float> out) const
{
    table_.row(token, out);
    if (scale_ != 1.0F) {
        for (float& value : out) {
            value *= scale_;
        }
    }
}

}  // namespace timberline::decoding
