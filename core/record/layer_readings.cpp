// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/layer_readings.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace timberline::record {
namespace {

constexpr std::array<std::string_view, kKvModes> kModeNames = {"propagate", "copy", "defer", "mask", "oracle"};
constexpr std::array<std::string_view, kKvSources> kSourceNames = {"computed", "propagated", "copied", "pending", "filled", "absent"};

template <typename T>
std::span<const T> part(const std::vector<T>& values, std::size_t cell, std::int32_t width) noexcept
{
    return std::span<const T>(values).subspan(cell * static_cast<std::size_t>(width), static_cast<std::size_t>(width));
}

Error other_layers(const Block& block, std::int32_t got, std::int32_t expected, const std::string& where)
{
    return make_error(ErrorCode::BadFile,
                      "block " + block.kind + ": layers is " + std::to_string(got) + ", expected " + std::to_string(expected) + " " + where,
                      "The record is damaged; open another copy, or run its config again.");
}

template <typename T>
void extend(std::vector<T>& values, const std::vector<T>& more)
{
    values.insert(values.end(), more.begin(), more.end());
}

}  // namespace

std::string_view name_of(KvMode mode) noexcept
{
    return kModeNames[static_cast<std::size_t>(mode)];
}

std::string_view name_of(KvSource source) noexcept
{
    return kSourceNames[static_cast<std::size_t>(source)];
}

std::optional<KvMode> kv_mode_of(std::string_view name) noexcept
{
    const auto it = std::ranges::find(kModeNames, name);
    return it == kModeNames.end() ? std::nullopt : std::optional(static_cast<KvMode>(it - kModeNames.begin()));
}

std::span<const TokenId> LayerReadings::candidates(std::size_t row, std::size_t layer) const noexcept
{
    return part(top_ids, cell(row, layer), top_k);
}

std::span<const float> LayerReadings::candidate_probabilities(std::size_t row, std::size_t layer) const noexcept
{
    return part(top_probability, cell(row, layer), top_k);
}

std::int32_t LayerReadings::saturation_layer(std::size_t row) const noexcept
{
    if (known[row] < layers || layers == 0) {
        return 0;
    }
    std::int32_t layer = layers;
    const TokenId last = top1[cell(row, static_cast<std::size_t>(layers - 1))];
    while (layer > 1 && top1[cell(row, static_cast<std::size_t>(layer - 2))] == last) {
        --layer;
    }
    return layer;
}

int LayerReadings::agrees(std::size_t row, std::size_t layer) const noexcept
{
    if (known[row] < layers || layers == 0) {
        return -1;
    }
    return top1[cell(row, layer)] == top1[cell(row, static_cast<std::size_t>(layers - 1))] ? 1 : 0;
}

void LayerReadings::resize(std::size_t count)
{
    const std::size_t cells = count * static_cast<std::size_t>(layers);
    const std::size_t candidates_count = cells * static_cast<std::size_t>(top_k);
    const auto fill = [](std::size_t size, auto value, auto&... lists) { (lists.resize(size, value), ...); };
    fill(count, -1, moment, position, token, next);
    fill(count, 0, exit, known, heads);
    fill(count, 0.0, flops, block_ms, lens_ms, kv_ms);
    fill(cells, -1, top1, emits);
    fill(cells, kUndefined, probability, entropy, margin, kl_final, cosine, next_log_probability);
    source.resize(cells, KvSource::Computed);
    state.resize(cells, CellState::Unknown);
    top_ids.resize(candidates_count, -1);
    top_probability.resize(candidates_count, kUndefined);
    for (auto& [id, values] : scores) {
        values.resize(cells, kUndefined);
    }
}

void LayerReadings::append(const LayerReadings& other)
{
    const std::size_t cells_before = rows() * static_cast<std::size_t>(layers);
    const auto both = [this, &other](auto... members) { (extend(this->*members, other.*members), ...); };
    using R = LayerReadings;
    both(&R::moment, &R::position, &R::token, &R::next, &R::exit, &R::known, &R::heads, &R::flops, &R::block_ms, &R::lens_ms, &R::kv_ms);
    both(&R::top1, &R::emits, &R::probability, &R::entropy, &R::margin, &R::kl_final, &R::cosine, &R::next_log_probability, &R::source,
         &R::state, &R::top_ids, &R::top_probability);
    for (const auto& [id, values] : other.scores) {
        auto& mine = scores[id];
        mine.resize(cells_before, kUndefined);
        extend(mine, values);
    }
    for (auto& [id, values] : scores) {
        values.resize(rows() * static_cast<std::size_t>(layers), kUndefined);
    }
}

void count_row(const LayerReadings& readings, std::size_t row, std::span<LayerCount> counts) noexcept
{
    const auto known = static_cast<std::size_t>(std::max(0, readings.known[row]));
    const TokenId next = readings.next[row];
    for (std::size_t layer = 0; layer < std::min(known, counts.size()); ++layer) {
        auto& count = counts[layer];
        const int agrees = readings.agrees(row, layer);
        count.known += agrees >= 0 ? 1 : 0;
        count.agreeing += agrees > 0 ? 1 : 0;
        count.labelled += next >= 0 ? 1 : 0;
        count.right += next >= 0 && readings.top1[readings.cell(row, layer)] == next ? 1 : 0;
    }
}

void ExitFold::add(const Block& block)
{
    if (const auto added = add_checked(block); !added.ok()) {
        ++refused_;
        if (problem_.empty()) {
            problem_ = added.error().message;
        }
    }
}

Status ExitFold::add_checked(const Block& block)
{
    if (block.kind == kExitRunBlock) {
        TIMBERLINE_ASSIGN(auto run, exit_run_from(block));
        if (readings_.layers > 0 && run.layers != readings_.layers) {
            return other_layers(block, run.layers, readings_.layers, "as in the readings before");
        }
        run_ = std::move(run);
    } else if (block.kind == kExitSummaryBlock) {
        TIMBERLINE_ASSIGN(summary_, exit_summary_from(block));
    } else if (block.kind == kLayerReadingsBlock) {
        TIMBERLINE_ASSIGN(const auto rows, layer_readings_from(block));
        TIMBERLINE_ASSIGN(const auto fills, kv_fills_from(block));
        if (run_ && rows.layers != run_->layers) {
            return other_layers(block, rows.layers, run_->layers, "as the run has");
        }
        if (readings_.layers == 0) {
            readings_.layers = rows.layers;
            readings_.top_k = rows.top_k;
        } else if (readings_.layers != rows.layers || readings_.top_k != rows.top_k) {
            return make_error(ErrorCode::BadFile,
                              "block layer-readings: layers is " + std::to_string(rows.layers) + " and top_k " +
                                  std::to_string(rows.top_k) + ", expected " + std::to_string(readings_.layers) + " and " +
                                  std::to_string(readings_.top_k) + " as in the blocks before",
                              "The record is damaged; open another copy, or run its config again.");
        }
        for (std::size_t row = 0; row < rows.rows(); ++row) {
            row_of_position_[rows.position[row]] = readings_.rows() + row;
        }
        readings_.append(rows);
        for (const auto& fill : fills) {
            const auto row = row_of(fill.position);
            if (row && fill.layer < readings_.layers) {
                readings_.source[readings_.cell(*row, static_cast<std::size_t>(fill.layer))] = KvSource::Filled;
            }
        }
    }
    return {};
}

ExitFold ExitFold::of(const Record& record, int until)
{
    ExitFold fold;
    for (const auto& event : record.events) {
        const auto* block = std::get_if<Block>(&event.payload);
        if (block != nullptr && (until < 0 || block->moment < until)) {
            fold.add(*block);
        }
    }
    return fold;
}

std::optional<std::size_t> ExitFold::row_of(std::int32_t position) const noexcept
{
    const auto it = row_of_position_.find(position);
    return it == row_of_position_.end() ? std::nullopt : std::optional(it->second);
}

}  // namespace timberline::record
