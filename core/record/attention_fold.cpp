// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/attention_rows.h"

#include <algorithm>
#include <cmath>

namespace timberline::record {

namespace {

/// Linear between neighbours. @param sorted not empty.
double percentile(const std::vector<float>& sorted, double share)
{
    const double place = share * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    const double part = place - static_cast<double>(below);
    return (1 - part) * static_cast<double>(sorted[below]) + part * static_cast<double>(sorted[above]);
}

/// |v_0| / median |v_j|.
double norm_ratio(std::vector<float> norms)
{
    if (norms.empty() || std::any_of(norms.begin(), norms.end(), [](float norm) { return std::isnan(norm); })) {
        return std::nan("");
    }
    const double first = static_cast<double>(norms.front());
    std::sort(norms.begin(), norms.end());
    const double median = percentile(norms, 0.5);
    return median > 0 ? first / median : std::nan("");
}

}  // namespace

AttentionFold::AttentionFold(const Record& record, std::int32_t until)
{
    for (const Event& event : record.events) {
        const auto* block = std::get_if<Block>(&event.payload);
        if (block != nullptr && block->moment <= until && block->kind.starts_with("attention-")) {
            add(*block);
        }
    }
    look_at(positions_);
}

bool AttentionFold::add(const Block& block)
{
    bool taken = false;
    if (block.kind == "attention-rows") {
        auto rows = attention_rows_from(block);
        taken = rows.ok() && add_rows(std::move(*rows));
    } else if (block.kind == "attention-setup") {
        if (auto setup = attention_setup_from(block); setup.ok()) {
            setups_.push_back(std::move(*setup));
            taken = true;
        }
    } else if (block.kind == "attention-effect") {
        if (auto effect = attention_effect_from(block); effect.ok()) {
            effects_.push_back(std::move(*effect));
            taken = true;
        }
    } else {
        return false;
    }
    left_out_ += taken ? 0 : 1;
    return taken;
}

bool AttentionFold::add_rows(AttentionRows rows)
{
    const bool first = blocks_.empty();
    if (rows.first != positions_ || (!first && (rows.layers != layers_ || rows.heads != heads_ || rows.kv_heads != kv_heads_))) {
        return false;
    }
    layers_ = rows.layers;
    heads_ = rows.heads;
    kv_heads_ = rows.kv_heads;
    for (std::int32_t row = 0; row < rows.positions; ++row) {
        where_.emplace_back(blocks_.size(), row);
    }
    positions_ += rows.positions;
    blocks_.push_back(std::move(rows));
    return true;
}

std::vector<float> AttentionFold::along(std::vector<float> AttentionRows::*field, std::int32_t layer, std::int32_t head) const
{
    std::vector<float> out;
    out.reserve(where_.size());
    for (const AttentionRows& block : blocks_) {
        const auto begin = (block.*field).begin() + static_cast<std::ptrdiff_t>(block.at(layer, head, 0));
        out.insert(out.end(), begin, begin + block.positions);
    }
    return out;
}

std::vector<std::int32_t> AttentionFold::visible_along(std::int32_t layer, std::int32_t head) const
{
    std::vector<std::int32_t> out;
    out.reserve(where_.size());
    for (const AttentionRows& block : blocks_) {
        const auto begin = block.visible.begin() + static_cast<std::ptrdiff_t>(block.at(layer, head, 0));
        out.insert(out.end(), begin, begin + block.positions);
    }
    return out;
}

std::vector<float> AttentionFold::text_along(std::vector<float> AttentionRows::*field) const
{
    std::vector<float> out;
    out.reserve(where_.size());
    for (const AttentionRows& block : blocks_) {
        out.insert(out.end(), (block.*field).begin(), (block.*field).end());
    }
    return out;
}

std::vector<TokenId> AttentionFold::tokens() const
{
    std::vector<TokenId> out;
    out.reserve(where_.size());
    for (const AttentionRows& block : blocks_) {
        out.insert(out.end(), block.token.begin(), block.token.end());
    }
    return out;
}

void AttentionFold::HeadSums::add(const AttentionRows& block, std::size_t i, bool after_sink, bool induces) noexcept
{
    if (!block.valid(i)) {
        return;
    }
    const auto value = [i](const std::vector<float>& field) { return static_cast<double>(field[i]); };
    ++rows;
    last = value(block.entropy);
    entropy += last;
    normalised += block.normalised_entropy(i);
    effective += std::exp(last);
    largest += value(block.largest);
    local += value(block.local);
    distance += value(block.distance);
    previous += value(block.previous);
    // Not std::min: once undefined, always undefined.
    least = std::isnan(last) || last < least ? last : least;
    most = std::isnan(last) || last > most ? last : most;
    if (after_sink) {
        sink += value(block.sink);
        ++sink_rows;
    }
    if (induces) {
        induction += value(block.induction);
        ++induction_rows;
    }
}

void AttentionFold::look_at(std::int32_t positions)
{
    const std::int32_t until = std::clamp(positions, 0, positions_);
    if (until < looked_at_ || sums_.size() != index(layers_, 0)) {
        sums_.assign(index(layers_, 0), HeadSums{});
        looked_at_ = 0;
    }
    for (; looked_at_ < until; ++looked_at_) {
        const auto [block, row] = place(looked_at_);
        const bool after_sink = looked_at_ >= sink_tokens();
        const bool induces = block->induction_targets[static_cast<std::size_t>(row)] > 0;
        for (std::int32_t layer = 0; layer < layers_; ++layer) {
            for (std::int32_t head = 0; head < heads_; ++head) {
                sums_[index(layer, head)].add(*block, block->at(layer, head, row), after_sink, induces);
            }
        }
    }
}

HeadSummary AttentionFold::means(std::int32_t layer, std::int32_t head) const
{
    HeadSummary out;
    out.layer = layer;
    out.head = head;
    out.kv_head = heads_ > 0 ? head / (heads_ / kv_heads_) : 0;
    if (index(layer, head) >= sums_.size()) {
        return out;
    }
    const HeadSums& sums = sums_[index(layer, head)];
    const auto mean = [](double sum, std::int32_t count) { return count > 0 ? sum / count : HeadSummary::kNone; };
    out.rows = sums.rows;
    out.entropy = mean(sums.entropy, sums.rows);
    out.normalised = mean(sums.normalised, sums.rows);
    out.effective_context = mean(sums.effective, sums.rows);
    out.largest = mean(sums.largest, sums.rows);
    out.sink = mean(sums.sink, sums.sink_rows);
    out.local = mean(sums.local, sums.rows);
    out.distance = mean(sums.distance, sums.rows);
    out.previous = mean(sums.previous, sums.rows);
    out.induction = mean(sums.induction, sums.induction_rows);
    if (sums.rows > 0) {
        out.entropy_min = sums.least;
        out.entropy_max = sums.most;
        out.entropy_last = sums.last;
    }
    return out;
}

HeadSummary AttentionFold::summary(std::int32_t layer, std::int32_t head) const
{
    HeadSummary out = means(layer, head);
    std::vector<float> entropies, norms;
    for (std::int32_t position = 0; position < looked_at_; ++position) {
        const auto [block, row] = place(position);
        if (const std::size_t i = block->at(layer, head, row); block->valid(i)) {
            entropies.push_back(block->entropy[i]);
        }
        const auto kv_row = (static_cast<std::ptrdiff_t>(layer) * kv_heads_ + out.kv_head) * block->positions + row;
        norms.push_back(block->value_norm[static_cast<std::size_t>(kv_row)]);
    }
    out.value_norm = norm_ratio(std::move(norms));
    if (entropies.empty() || std::any_of(entropies.begin(), entropies.end(), [](float value) { return std::isnan(value); })) {
        return out;  // NaN has no order
    }
    std::sort(entropies.begin(), entropies.end());
    out.entropy_p5 = percentile(entropies, 0.05);
    out.entropy_median = percentile(entropies, 0.5);
    out.entropy_p95 = percentile(entropies, 0.95);
    return out;
}

std::vector<HeadSummary> AttentionFold::summaries() const
{
    std::vector<HeadSummary> out;
    for (std::int32_t layer = 0; layer < layers_; ++layer) {
        for (std::int32_t head = 0; head < heads_; ++head) {
            out.push_back(summary(layer, head));
        }
    }
    return out;
}

double AttentionFold::sink_rate(double epsilon) const
{
    std::size_t sinks = 0;
    for (std::int32_t layer = 0; layer < layers_; ++layer) {
        for (std::int32_t head = 0; head < heads_; ++head) {
            sinks += means(layer, head).sink > epsilon ? 1U : 0U;
        }
    }
    return sums_.empty() ? 0 : static_cast<double>(sinks) / static_cast<double>(sums_.size());
}

double AttentionFold::perplexity() const
{
    double sum = 0;
    for (std::int32_t position = 1; position < looked_at_; ++position) {
        const auto [block, row] = place(position);
        sum += static_cast<double>(block->surprisal[static_cast<std::size_t>(row)]);
    }
    return looked_at_ > 1 ? std::exp(sum / (looked_at_ - 1)) : std::nan("");
}

}  // namespace timberline::record
