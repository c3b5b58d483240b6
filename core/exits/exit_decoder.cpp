// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exits/exit_decoder.h"

#include "core/exits/hole_attention.h"
#include "core/exits/stopwatch.h"
#include "core/rules/sampling.h"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace timberline::exits {
namespace {

using record::CellState;
using record::KvMode;
using record::KvSource;

constexpr std::int64_t kPrefillRows = 64;  ///< positions whose hidden rows are held at once

KvSource skipped_source(KvMode mode) noexcept
{
    switch (mode) {
    case KvMode::Propagate:
        return KvSource::Propagated;
    case KvMode::Copy:
        return KvSource::Copied;
    case KvMode::Defer:
        return KvSource::Pending;
    case KvMode::Mask:
        return KvSource::Absent;
    case KvMode::Oracle:
        break;
    }
    return KvSource::Computed;
}

}  // namespace

ExitDecoder::ExitDecoder(const model::Decoder& decoder, const ExitLens& lens, const Options& options)
    : decoder_(decoder), lens_(lens), options_(options), layers_(decoder.config().layers), width_(decoder.config().hidden),
      store_(decoder.make_store(options.capacity)), frontier_(static_cast<std::size_t>(options.capacity * width_)),
      cells_(lens, decoder.config(), options.top_k)
{}

ExitDecoder::~ExitDecoder() = default;

Result<std::unique_ptr<ExitDecoder>> ExitDecoder::make(const model::Decoder& decoder, const ExitLens& lens, const Options& options)
{
    auto out = std::unique_ptr<ExitDecoder>(new ExitDecoder(decoder, lens, options));
    if (options.kv_mode == KvMode::Mask || options.first_position > 0) {
        TIMBERLINE_ASSIGN(out->holes_, HoleAttention::make(out->layers_));
    }
    for (; out->length_ < options.first_position; ++out->length_) {
        out->leave_empty(0);
    }
    if (options.kv_mode == KvMode::Defer && options.shadow && options.display) {
        out->clean_ = decoder.make_store(options.capacity);
    }
    return out;
}

bool ExitDecoder::is_hole(std::int64_t layer, std::int64_t position) const
{
    return holes_ != nullptr && holes_->is_hole(layer, position);
}

std::span<float> ExitDecoder::current() noexcept
{
    return std::span(frontier_).subspan(static_cast<std::size_t>(length_ * width_), static_cast<std::size_t>(width_));
}

model::ForwardInput ExitDecoder::one_row() const noexcept
{
    model::ForwardInput input;
    input.attention = holes_.get();
    return input;
}

Status ExitDecoder::prefill(std::span<const TokenId> tokens, record::LayerReadings& out, std::size_t first_row,
                            std::span<const Emission> emission, const CancelToken& cancel)
{
    for (std::size_t begin = 0; begin < tokens.size(); begin += kPrefillRows) {
        const auto chunk = tokens.subspan(begin, std::min<std::size_t>(kPrefillRows, tokens.size() - begin));
        const auto count = static_cast<std::int64_t>(chunk.size());
        std::vector<std::int64_t> positions;
        for (std::int64_t i = 0; i < count; ++i) {
            positions.push_back(length_ + i);
        }
        hidden_.reset(layers_, count, width_);
        TIMBERLINE_TRY(decoder_.embed(chunk, positions, hidden_.layer(0)));
        for (std::int64_t layer = 0; layer < layers_; ++layer) {
            std::ranges::copy(hidden_.layer(layer), hidden_.layer(layer + 1).begin());
            model::ForwardInput input = one_row();
            input.tokens = chunk;
            TIMBERLINE_TRY(decoder_.forward_layers(layer, layer + 1, input, hidden_.layer(layer + 1), *store_, cancel));
        }
        std::ranges::copy(hidden_.layer(layers_), frontier_.begin() + static_cast<std::ptrdiff_t>(length_ * width_));
        for (std::int64_t i = 0; options_.display && i < count; ++i) {
            const std::size_t row = first_row + begin + static_cast<std::size_t>(i);
            out.position[row] = static_cast<std::int32_t>(length_ + i);
            out.token[row] = chunk[static_cast<std::size_t>(i)];
            out.exit[row] = static_cast<std::int32_t>(layers_);
            tag(layers_, layers_, out, row);
        }
        if (options_.display) {
            const auto next = std::span<const TokenId>(out.next).subspan(first_row + begin, chunk.size());
            const auto emit = emission.empty() ? emission : emission.subspan(begin, chunk.size());
            TIMBERLINE_TRY(cells_.read(hidden_, layers_, out, first_row + begin, next, emit, cancel));
        }
        length_ += count;
    }
    if (clean_ != nullptr) {
        clean_ = store_->snapshot();
    }
    return {};
}

/// One block for the current token; under defer, first for every earlier token that has not run it.
Status ExitDecoder::run_block(std::int64_t layer, record::LayerReadings& out, std::size_t row, std::vector<record::KvFill>& fills,
                              const CancelToken& cancel)
{
    const Stopwatch watch;
    // Earlier tokens wait in front of this block in a row: each layer holds a prefix of the text.
    const std::int64_t first = std::min(store_->length(layer), length_);
    const std::int64_t count = length_ + 1 - first;
    const auto rows = std::span(frontier_).subspan(static_cast<std::size_t>(first * width_), static_cast<std::size_t>(count * width_));
    TIMBERLINE_TRY(decoder_.forward_layers(layer, layer + 1, one_row(), rows, *store_, cancel));
    for (std::int64_t position = first; position < length_; ++position) {
        fills.push_back({static_cast<std::int32_t>(position), static_cast<std::int32_t>(layer)});
    }
    const double spent = watch.elapsed_ms();
    out.block_ms[row] += spent / static_cast<double>(count);
    out.kv_ms[row] += spent * static_cast<double>(count - 1) / static_cast<double>(count);
    return {};
}

void ExitDecoder::copy_keys_values(std::int64_t exit)
{
    const std::int64_t dim = store_->head_dim();
    const auto bytes = static_cast<std::size_t>(dim) * sizeof(float);
    for (std::int64_t layer = exit; layer < layers_; ++layer) {
        for (std::int64_t head = 0; head < store_->kv_heads(); ++head) {
            std::memcpy(store_->keys(layer, head) + length_ * dim, store_->keys(exit - 1, head) + length_ * dim, bytes);
            std::memcpy(store_->values(layer, head) + length_ * dim, store_->values(exit - 1, head) + length_ * dim, bytes);
        }
        store_->set_length(layer, length_ + 1);
    }
}

/// The current position holds nothing in the layers from `first` on.
void ExitDecoder::leave_empty(std::int64_t first)
{
    const std::int64_t dim = store_->head_dim();
    for (std::int64_t layer = first; layer < layers_; ++layer) {
        for (std::int64_t head = 0; head < store_->kv_heads(); ++head) {  // never read, but never left to chance either
            std::fill_n(store_->keys(layer, head) + length_ * dim, dim, 0.0F);
            std::fill_n(store_->values(layer, head) + length_ * dim, dim, 0.0F);
        }
        store_->set_length(layer, length_ + 1);
        holes_->add_hole(layer, length_);
    }
}

/// Keys and values of the current token in the layers above its exit. Precondition: those layers hold none of it.
Status ExitDecoder::fill_keys_values(std::int64_t exit, record::LayerReadings& out, std::size_t row, std::vector<record::KvFill>& fills,
                                     const CancelToken& cancel)
{
    const Stopwatch watch;
    switch (options_.kv_mode) {
    case KvMode::Propagate:
        TIMBERLINE_TRY(decoder_.write_keys_values(exit, layers_, one_row(), current(), *store_, cancel));
        break;
    case KvMode::Copy:
        copy_keys_values(exit);
        break;
    case KvMode::Mask:
        leave_empty(exit);
        break;
    case KvMode::Oracle: {
        const double before = out.block_ms[row];
        for (std::int64_t layer = exit; layer < layers_; ++layer) {
            TIMBERLINE_TRY(run_block(layer, out, row, fills, cancel));
            std::ranges::copy(current(), hidden_.row(layer + 1, 0).begin());
        }
        out.block_ms[row] = before;
        break;
    }
    case KvMode::Defer:
        break;
    }
    out.kv_ms[row] += watch.elapsed_ms();
    return {};
}

/// The layers above the exit for the picture: hidden_ is completed, the caches stay as they were.
Status ExitDecoder::shadow(std::int64_t exit, TokenId token, const CancelToken& cancel)
{
    std::vector<float> row(hidden_.row(exit, 0).begin(), hidden_.row(exit, 0).end());
    if (options_.kv_mode == KvMode::Defer) {
        // The text's own caches lack the tokens that wait, so the whole token runs through clean ones; its lower layers are the same bits.
        const std::int64_t position = length_;
        TIMBERLINE_TRY(decoder_.embed({&token, 1}, {&position, 1}, row));
        for (std::int64_t layer = 0; layer < layers_; ++layer) {
            TIMBERLINE_TRY(decoder_.forward_layers(layer, layer + 1, {}, row, *clean_, cancel));
            if (layer >= exit) {
                std::ranges::copy(row, hidden_.row(layer + 1, 0).begin());
            }
        }
        return {};
    }
    for (std::int64_t layer = exit; layer < layers_; ++layer) {
        TIMBERLINE_TRY(decoder_.forward_layers(layer, layer + 1, one_row(), row, *store_, cancel));
        store_->set_length(layer, length_);
        std::ranges::copy(row, hidden_.row(layer + 1, 0).begin());
    }
    return {};
}

void ExitDecoder::tag(std::int64_t exit, std::int64_t known, record::LayerReadings& out, std::size_t row) const
{
    for (std::int64_t layer = 0; layer < layers_; ++layer) {
        const std::size_t cell = out.cell(row, static_cast<std::size_t>(layer));
        const bool ran = layer < exit || options_.kv_mode == KvMode::Oracle;
        out.source[cell] = layer < exit ? KvSource::Computed : skipped_source(options_.kv_mode);
        out.state[cell] = ran ? CellState::Computed : layer < known ? CellState::Shadow : CellState::Unknown;
    }
}

Status ExitDecoder::display(std::int64_t exit, const Emission& emission, const rules::ExitRule* rule, ExitSignal* signal,
                            record::LayerReadings& out, std::size_t row, const CancelToken& cancel)
{
    const std::int64_t known = options_.shadow || options_.kv_mode == KvMode::Oracle ? layers_ : exit;
    tag(exit, known, out, row);
    TIMBERLINE_TRY(cells_.read(hidden_, known, out, row, {&out.next[row], 1}, {&emission, 1}, cancel));
    if (rule != nullptr && signal != nullptr) {
        auto& scores = out.scores[rule->policy()];
        scores.resize(out.top1.size(), record::kUndefined);
        for (std::int64_t layer = 1; layer <= known; ++layer) {
            scores[out.cell(row, static_cast<std::size_t>(layer - 1))] =
                signal->score({.layer = layer, .hidden = hidden_.row(layer, 0), .previous = hidden_.row(layer - 1, 0)});
        }
    }
    return {};
}

bool ExitDecoder::leaves(rules::ExitRule& rule, ExitSignal* signal, std::int64_t layer, std::vector<float>& logits, std::int64_t& read_at,
                         record::LayerReadings& out, std::size_t row)
{
    const Stopwatch watch;
    rules::ExitObservation seen;
    if (rule.needs_read_out()) {
        lens_.read(layer, current(), logits);
        read_at = layer;
        ++out.heads[row];
        const auto reading = reader_.read(logits);
        seen = {.top1 = reading.top1, .probability = reading.probability, .margin = reading.margin, .entropy = reading.entropy};
    }
    if (rule.needs_hidden() && layer > 1) {
        seen.cosine = cosine(hidden_.row(layer - 1, 0), hidden_.row(layer, 0));
    }
    if (rule.is_learned() && signal != nullptr) {
        seen.learned = signal->score({.layer = layer, .hidden = hidden_.row(layer, 0), .previous = hidden_.row(layer - 1, 0)});
    }
    const bool out_now = rule.observe(static_cast<std::int32_t>(layer), seen).exit;
    out.lens_ms[row] += watch.elapsed_ms();
    return out_now;
}

Status ExitDecoder::step(TokenId token, rules::ExitRule* rule, ExitSignal* signal, std::int32_t generated, const Emission& emission,
                         record::LayerReadings& out, std::size_t row, ExitStep& result, const CancelToken& cancel)
{
    if (length_ >= options_.capacity) {
        return make_error(ErrorCode::Internal,
                          "the text outgrew the " + std::to_string(options_.capacity) + " positions that were set aside");
    }
    result.fills.clear();
    result.logits.resize(static_cast<std::size_t>(decoder_.config().vocabulary));
    out.position[row] = static_cast<std::int32_t>(length_);
    out.token[row] = token;
    hidden_.reset(layers_, 1, width_);
    const std::int64_t position = length_;
    TIMBERLINE_TRY(decoder_.embed({&token, 1}, {&position, 1}, current()));
    std::ranges::copy(current(), hidden_.row(0, 0).begin());
    std::int64_t look = layers_;
    if (rule != nullptr) {
        rule->begin(generated);
        look = rule->next_look(1);
    }
    std::int64_t exit = layers_;
    std::int64_t read_at = 0;
    for (std::int64_t layer = 1; layer <= exit; ++layer) {
        TIMBERLINE_TRY(run_block(layer - 1, out, row, result.fills, cancel));
        std::ranges::copy(current(), hidden_.row(layer, 0).begin());
        if (layer == look && layer < layers_) {
            exit = leaves(*rule, signal, layer, result.logits, read_at, out, row) ? layer : layers_;
            look = rule->next_look(static_cast<std::int32_t>(layer) + 1);
        }
    }
    if (read_at != exit) {
        const Stopwatch watch;
        lens_.read(exit, current(), result.logits);
        out.lens_ms[row] += watch.elapsed_ms();
    }
    out.exit[row] = static_cast<std::int32_t>(exit);
    result.emitted = emission ? emission(result.logits) : rules::argmax(result.logits);
    out.next[row] = out.next[row] < 0 ? result.emitted : out.next[row];
    // The shadow borrows the caches before the skipped layers get their keys and values.
    const bool looks_above = options_.display && options_.shadow && options_.kv_mode != KvMode::Oracle;
    if (looks_above && (exit < layers_ || clean_ != nullptr)) {
        TIMBERLINE_TRY(shadow(exit, token, cancel));
    }
    if (exit < layers_) {
        TIMBERLINE_TRY(fill_keys_values(exit, out, row, result.fills, cancel));
    }
    if (options_.display) {
        TIMBERLINE_TRY(display(exit, emission, rule, signal, out, row, cancel));
    } else {
        tag(exit, 0, out, row);
    }
    ++length_;
    return {};
}

}  // namespace timberline::exits
