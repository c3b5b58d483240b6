// SPDX-License-Identifier: GPL-3.0-or-later
// What a plan of exits costs and loses, and how far it can be trusted without running the model again.
#include "core/rules/exit_rules.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace timberline::rules {
namespace {

using record::KvMode;

/// Whether a row leaves the full model's keys and values behind.
bool leaves_full(KvMode mode, std::int32_t exit, std::int32_t layers) noexcept
{
    return record::is_exact(mode) || exit == layers;
}

}  // namespace

void fill_costs(record::ExitRun& run, const TransformerSize& size)
{
    const auto layers = static_cast<std::size_t>(run.layers);
    const double attention = 4 * size.hidden * size.attention + 4 * size.hidden * size.kv;
    const double mlp = (size.gated ? 6 : 4) * size.hidden * size.intermediate;
    run.block_flops.assign(layers, attention + mlp);
    run.key_flops.assign(layers, 4 * size.attention);
    run.head_flops.assign(layers, 2 * size.hidden * size.vocabulary);
    run.window.resize(layers, 0);
    run.kv_flops = 4 * size.hidden * size.kv;
    run.score_flops = 6 * size.hidden;  // three dot products
}

ExitCosts::ExitCosts(const record::ExitRun& run, KvMode mode) : run_(run), mode_(mode), held_(static_cast<std::size_t>(run.layers), 0)
{
    assert(run.block_flops.size() == held_.size() && run.key_flops.size() == held_.size() && run.head_flops.size() == held_.size() &&
           run.window.size() == held_.size());
}

double ExitCosts::block(std::size_t layer, std::int64_t keys) const noexcept
{
    const std::int64_t seen = run_.window[layer] > 0 ? std::min<std::int64_t>(keys, run_.window[layer]) : keys;
    return run_.block_flops[layer] + run_.key_flops[layer] * static_cast<double>(seen);
}

double ExitCosts::add(std::int32_t exit, double look_flops)
{
    ++rows_;
    double total = look_flops;
    full_ = held_.empty() ? 0 : run_.head_flops.back();
    for (std::size_t layer = 0; layer < held_.size(); ++layer) {
        full_ += block(layer, rows_);
        const bool runs = static_cast<std::int32_t>(layer) < exit;
        if (mode_ == KvMode::Oracle) {
            total += block(layer, rows_);
        } else if (mode_ == KvMode::Mask) {
            held_[layer] += runs ? 1 : 0;  // it attends to what the layer holds, itself included
            total += runs ? block(layer, held_[layer]) : 0;
        } else if (mode_ == KvMode::Defer && runs) {
            for (; held_[layer] < rows_; ++held_[layer]) {
                total += block(layer, held_[layer] + 1);
            }
        } else if (mode_ != KvMode::Defer) {
            total += runs ? block(layer, rows_) : mode_ == KvMode::Propagate ? run_.kv_flops : 0;
        }
    }
    return total;
}

bool contains(RowSet set, const record::LayerReadings& readings, std::size_t row) noexcept
{
    return set == RowSet::All || (set == RowSet::Prompt) == (readings.moment[row] < 0);
}

ExitOutcome outcome(const record::LayerReadings& readings, const ExitPlan& plan, const record::ExitRun& run, KvMode mode, RowSet set)
{
    ExitOutcome out;
    out.histogram.assign(static_cast<std::size_t>(readings.layers), 0);
    ExitCosts costs(run, mode);
    double depth = 0, flops = 0, full_flops = 0, nll = 0, full_nll = 0;
    std::int64_t agreeing = 0, right = 0, labelled = 0, likely = 0, unread = 0;
    for (std::size_t row = 0; row < readings.rows(); ++row) {
        const std::int32_t exit = plan.exit[row];
        // An undecided row still stands in the caches of the others; every layer is the honest guess.
        const double row_flops = costs.add(exit > 0 ? exit : readings.layers, plan.look_flops[row]);
        if (!contains(set, readings, row)) {
            continue;
        }
        if (exit == 0) {
            ++out.undecided;
            continue;
        }
        ++out.rows;
        ++out.histogram[static_cast<std::size_t>(exit - 1)];
        depth += exit;
        flops += row_flops;
        full_flops += costs.full();
        if (exit > readings.known[row]) {
            ++unread;
            continue;
        }
        const std::size_t here = readings.cell(row, static_cast<std::size_t>(exit - 1));
        const std::size_t last = readings.cell(row, static_cast<std::size_t>(readings.layers - 1));
        const bool compared = readings.known[row] == readings.layers;
        out.compared += compared ? 1 : 0;
        agreeing += compared && readings.emits[here] == readings.emits[last] ? 1 : 0;
        if (readings.next[row] < 0) {
            continue;
        }
        ++labelled;
        right += readings.top1[here] == readings.next[row] ? 1 : 0;
        if (compared) {
            ++likely;
            nll -= static_cast<double>(readings.next_log_probability[here]);
            full_nll -= static_cast<double>(readings.next_log_probability[last]);
        }
    }
    const auto share = [](double part, std::int64_t of) {
        return of > 0 ? part / static_cast<double>(of) : std::numeric_limits<double>::quiet_NaN();
    };
    out.mean_depth = share(depth, out.rows);
    out.layer_fraction = readings.layers > 0 ? out.mean_depth / readings.layers : out.mean_depth;
    out.flop_fraction = full_flops > 0 ? flops / full_flops : std::numeric_limits<double>::quiet_NaN();
    if (unread == 0) {
        out.accuracy = share(static_cast<double>(right), labelled);
    }
    if (out.compared == out.rows + out.undecided) {
        out.agreement = share(static_cast<double>(agreeing), out.compared);
        out.nll = share(nll, likely);
        out.full_nll = share(full_nll, likely);
    }
    return out;
}

std::optional<std::size_t> first_stale_row(const record::LayerReadings& readings, const ExitPlan& plan, const record::ExitRun& run,
                                           KvMode mode)
{
    for (std::size_t row = 0; row < readings.rows(); ++row) {
        const std::int32_t exit = plan.exit[row];
        if (exit == 0 || exit > readings.known[row]) {
            return row;
        }
        const bool token_differs =
            readings.moment[row] >= 0 && readings.emits[readings.cell(row, static_cast<std::size_t>(exit - 1))] != readings.next[row];
        const bool both_full = leaves_full(mode, exit, readings.layers) && leaves_full(run.kv_mode, readings.exit[row], readings.layers);
        const bool same_cache = both_full || (mode == run.kv_mode && exit == readings.exit[row]);
        if ((token_differs || !same_cache) && run.subject == "language-model") {
            return row + 1 < readings.rows() ? std::optional(row + 1) : std::nullopt;
        }
    }
    return std::nullopt;
}

}  // namespace timberline::rules
