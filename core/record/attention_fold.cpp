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

struct Mean {
    double sum = 0;
    std::int64_t count = 0;
    void add(double value) noexcept
    {
        sum += value;
        ++count;
    }
    [[nodiscard]] double value(double none = 0) const noexcept { return count > 0 ? sum / static_cast<double>(count) : none; }
};

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

HeadSummary AttentionFold::summary(std::int32_t layer, std::int32_t head) const
{
    HeadSummary out;
    out.layer = layer;
    out.head = head;
    out.kv_head = heads_ > 0 ? head / (heads_ / kv_heads_) : 0;
    const std::int32_t sink_tokens = setup() != nullptr ? setup()->sink_tokens : 1;
    Mean normalised, effective, largest, sink, local, distance, previous, induction;
    std::vector<float> entropies, norms;
    for (const AttentionRows& block : blocks_) {
        const auto kv_begin = block.value_norm.begin() + (static_cast<std::ptrdiff_t>(layer) * kv_heads_ + out.kv_head) * block.positions;
        norms.insert(norms.end(), kv_begin, kv_begin + block.positions);
        for (std::int32_t row = 0; row < block.positions; ++row) {
            const std::size_t i = block.at(layer, head, row);
            if (block.visible[i] < 2) {
                continue;
            }
            entropies.push_back(block.entropy[i]);
            normalised.add(block.normalised_entropy(i));
            effective.add(std::exp(static_cast<double>(block.entropy[i])));
            largest.add(static_cast<double>(block.largest[i]));
            local.add(static_cast<double>(block.local[i]));
            distance.add(static_cast<double>(block.distance[i]));
            previous.add(static_cast<double>(block.previous[i]));
            if (block.first + row >= sink_tokens) {
                sink.add(static_cast<double>(block.sink[i]));
            }
            if (block.induction_targets[static_cast<std::size_t>(row)] > 0) {
                induction.add(static_cast<double>(block.induction[i]));
            }
        }
    }
    out.value_norm = norm_ratio(std::move(norms));
    out.rows = static_cast<std::int32_t>(entropies.size());
    out.normalised = normalised.value();
    out.effective_context = effective.value();
    out.largest = largest.value();
    out.sink = sink.value();
    out.local = local.value();
    out.distance = distance.value();
    out.previous = previous.value();
    out.induction = induction.value(std::nan(""));
    if (entropies.empty()) {
        return out;
    }
    out.entropy_last = static_cast<double>(entropies.back());
    Mean mean;
    for (const float entropy : entropies) {
        mean.add(static_cast<double>(entropy));
    }
    out.entropy = mean.value();
    if (std::any_of(entropies.begin(), entropies.end(), [](float value) { return std::isnan(value); })) {
        out.entropy_min = out.entropy_max = out.entropy_p5 = out.entropy_median = out.entropy_p95 = std::nan("");  // NaN has no order
        return out;
    }
    std::sort(entropies.begin(), entropies.end());
    out.entropy_min = static_cast<double>(entropies.front());
    out.entropy_max = static_cast<double>(entropies.back());
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
    Mean rate;
    for (const HeadSummary& head : summaries()) {
        rate.add(head.sink > epsilon ? 1 : 0);
    }
    return rate.value();
}

double AttentionFold::perplexity() const
{
    Mean surprisal;
    const std::vector<float> values = text_along(&AttentionRows::surprisal);
    for (std::size_t i = 1; i < values.size(); ++i) {
        surprisal.add(static_cast<double>(values[i]));
    }
    return surprisal.count > 0 ? std::exp(surprisal.value()) : std::nan("");
}

}  // namespace timberline::record
