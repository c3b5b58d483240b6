// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/layer_readings.h"
#include "core/record/record.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

/// Hand-made records of the Exits bench for the view tests. Numbers are chosen, not computed by the program.
namespace timberline::testing {

/// Numbers in [0, 1) that depend on nothing but their arguments.
inline double noise(std::uint32_t a, std::uint32_t b)
{
    std::uint32_t h = a * 2654435761U + b * 40503U + 12345U;
    h ^= h >> 15;
    h *= 2246822519U;
    h ^= h >> 13;
    h *= 3266489917U;
    h ^= h >> 16;
    return static_cast<double>(h) / 4294967296.0;
}

struct ExitSample {
    int prompt = 4;
    int generated = 40;
    int layers = 12;
    int vocabulary = 24;
    double threshold = 0.9;  ///< of the confidence policy that the sample ran
    record::KvMode mode = record::KvMode::Propagate;
    bool shadow = true;
};

inline const std::vector<std::string>& sampleWords()
{
    static const std::vector<std::string> words = {" the", " wolf", " lived",  " in",   " a",    " small", " house", ",",
                                                   " and", " he",   " had",    " two",  " sons", ".",      " One",   " day",
                                                   " old", " king", " called", " said", "\n",    " to",    " them",  " go"};
    return words;
}

inline record::ExitRun exitRun(const ExitSample& sample)
{
    record::ExitRun run;
    run.layers = sample.layers;
    run.vocabulary = sample.vocabulary;
    run.top_k = 5;
    run.policy = "confidence";
    run.kv_mode = sample.mode;
    run.shadow = sample.shadow;
    run.max_new = sample.generated;
    const auto layers = static_cast<std::size_t>(sample.layers);
    run.block_flops.assign(layers, 100);
    run.key_flops.assign(layers, 0);
    run.head_flops.assign(layers, 10);
    run.window.assign(layers, 0);
    run.kv_flops = 20;
    run.score_flops = 1;
    return run;
}

/// One row: sure of itself from a layer on that depends on the row.
inline void fillRow(record::LayerReadings& r, std::size_t row, const ExitSample& sample)
{
    const auto seed = static_cast<std::uint32_t>(row);
    const auto words = static_cast<std::uint32_t>(sample.vocabulary);
    const TokenId final = static_cast<TokenId>((seed * 7 + 3) % words);
    const double settle = 2 + noise(seed, 1) * (sample.layers - 2);
    const double logV = std::log(static_cast<double>(sample.vocabulary));
    for (int l = 0; l < sample.layers; ++l) {
        const std::size_t c = r.cell(row, static_cast<std::size_t>(l));
        const double x = (l + 1 - settle) * 0.9 + (noise(seed, 100 + static_cast<std::uint32_t>(l)) - 0.5);
        const double p = std::clamp(1 / (1 + std::exp(-x)), 0.08, 0.995);
        const bool settled = l + 1 >= settle - 1 || l + 1 == sample.layers;
        r.top1[c] = settled ? final : static_cast<TokenId>((seed * 5 + static_cast<std::uint32_t>(l) * 11) % words);
        r.emits[c] = r.top1[c];
        r.probability[c] = static_cast<float>(p);
        r.margin[c] = static_cast<float>(p - std::min(1 - p, 0.6 * p));
        r.entropy[c] = static_cast<float>((1 - p) * logV);
        r.kl_final[c] = l + 1 == sample.layers ? 0.0F : static_cast<float>((1 - p) * 3 + (settled ? 0 : 1.5));
        r.cosine[c] = l == 0 ? record::kUndefined : static_cast<float>(0.7 + 0.29 * p);
        r.next_log_probability[c] = static_cast<float>(settled ? std::log(p) : std::log(0.3 * (1 - p)));
        double rest = 1 - p;
        for (int k = 0; k < r.top_k; ++k) {
            const auto at = c * static_cast<std::size_t>(r.top_k) + static_cast<std::size_t>(k);
            r.top_ids[at] = static_cast<TokenId>((static_cast<std::uint32_t>(r.top1[c]) + static_cast<std::uint32_t>(k) * 5) % words);
            const double mine = k == 0 ? p : rest * 0.5;
            rest -= k == 0 ? 0 : mine;
            r.top_probability[at] = static_cast<float>(mine);
        }
    }
    r.next[row] = final;
}

inline record::RunStarted exitStarted(const ExitSample& sample)
{
    record::RunStarted out;
    out.bench = "exits";
    out.model_name = "tale";
    out.vocabulary = sample.vocabulary;
    out.layers = sample.layers;
    for (std::size_t i = 0; i < sampleWords().size(); ++i) {
        out.token_text[static_cast<TokenId>(i)] = sampleWords()[i];
    }
    return out;
}

/// Events of a run with the confidence policy, one block a generated token.
inline std::vector<record::Event> exitEvents(const ExitSample& sample)
{
    std::vector<record::Event> out;
    out.push_back({exitStarted(sample)});
    out.push_back({record::to_block(exitRun(sample))});
    TokenId token = 14;
    const int rows = sample.prompt - 1 + sample.generated;
    record::LayerReadings block;
    for (int row = 0; row < rows; ++row) {
        const int moment = row < sample.prompt - 1 ? -1 : row - (sample.prompt - 1);
        if (block.rows() == 0) {
            block.layers = sample.layers;
            block.top_k = 5;
        }
        record::LayerReadings one;
        one.layers = sample.layers;
        one.top_k = 5;
        one.resize(static_cast<std::size_t>(row) + 1);
        fillRow(one, static_cast<std::size_t>(row), sample);
        // Keep the last row alone.
        record::LayerReadings last;
        last.layers = sample.layers;
        last.top_k = 5;
        last.resize(1);
        const auto cells = static_cast<std::ptrdiff_t>(sample.layers);
        const auto copy = [&](auto& to, const auto& from, std::ptrdiff_t width) { std::copy(from.end() - width, from.end(), to.begin()); };
        copy(last.top1, one.top1, cells);
        copy(last.emits, one.emits, cells);
        copy(last.probability, one.probability, cells);
        copy(last.margin, one.margin, cells);
        copy(last.entropy, one.entropy, cells);
        copy(last.kl_final, one.kl_final, cells);
        copy(last.cosine, one.cosine, cells);
        copy(last.next_log_probability, one.next_log_probability, cells);
        copy(last.top_ids, one.top_ids, cells * 5);
        copy(last.top_probability, one.top_probability, cells * 5);
        last.moment[0] = moment;
        last.position[0] = row;
        last.token[0] = token;
        last.next[0] = one.next.back();
        last.exit[0] = sample.layers;
        last.heads[0] = 0;
        if (moment >= 0) {
            for (int l = 0; l + 1 < sample.layers; ++l) {
                ++last.heads[0];
                if (last.probability[static_cast<std::size_t>(l)] >= static_cast<float>(sample.threshold)) {
                    last.exit[0] = l + 1;
                    break;
                }
            }
        }
        last.known[0] = sample.shadow ? sample.layers : last.exit[0];
        last.flops[0] = last.exit[0] * 100.0 + last.heads[0] * 10.0 + (sample.layers - last.exit[0]) * 20.0;
        last.block_ms[0] = 0.2 * last.exit[0];
        last.lens_ms[0] = 0.02 * last.heads[0];
        last.kv_ms[0] = 0.01 * (sample.layers - last.exit[0]);
        for (int l = 0; l < sample.layers; ++l) {
            const bool ran = l < last.exit[0];
            last.state[static_cast<std::size_t>(l)] = ran             ? record::CellState::Computed
                                                      : sample.shadow ? record::CellState::Shadow
                                                                      : record::CellState::Unknown;
            last.source[static_cast<std::size_t>(l)] = ran                                        ? record::KvSource::Computed
                                                       : sample.mode == record::KvMode::Propagate ? record::KvSource::Propagated
                                                       : sample.mode == record::KvMode::Copy      ? record::KvSource::Copied
                                                       : sample.mode == record::KvMode::Defer     ? record::KvSource::Pending
                                                       : sample.mode == record::KvMode::Mask      ? record::KvSource::Absent
                                                                                                  : record::KvSource::Computed;
        }
        if (moment >= 0) {
            // The text goes on with what the exit says.
            last.next[0] = last.top1[static_cast<std::size_t>(last.exit[0] - 1)];
        }
        token = last.next[0];
        block.append(last);
        if (moment >= 0 || row == sample.prompt - 2) {
            out.push_back({record::to_block(block)});
            block = {};
        }
    }
    return out;
}

inline record::Event exitSummaryEvent(const ExitSample& sample)
{
    record::ExitSummary summary;
    summary.tokens = sample.generated;
    summary.mean_depth = 6;
    summary.layer_fraction = 0.5;
    summary.flop_fraction = 0.66;
    summary.ms_per_token = 1.4;
    summary.full_ms_per_token = 2.5;
    summary.agreement = 0.975;
    summary.nll = 0.31;
    summary.full_nll = 0.22;
    return {record::to_block(summary)};
}

inline record::RecordPtr exitRecord(const ExitSample& sample, bool finished = true)
{
    auto out = std::make_shared<record::Record>();
    out->events = exitEvents(sample);
    if (finished) {
        out->events.push_back(exitSummaryEvent(sample));
        out->events.push_back({record::RunFinished{"length", "", 60, 5}});
    }
    return out;
}

/// A net with five exits on three classes: 60 samples.
inline record::RecordPtr netRecord()
{
    ExitSample sample{.prompt = 1, .generated = 60, .layers = 5, .vocabulary = 3, .threshold = 0.8};
    auto run = exitRun(sample);
    run.subject = "trained-net";
    run.lens = "own-head";
    run.names = {"left moon", "right moon", "ring"};
    auto events = exitEvents(sample);
    events[1] = {record::to_block(run)};
    auto out = std::make_shared<record::Record>();
    out->events = std::move(events);
    out->events.push_back({record::RunFinished{"length", "", 60, 5}});
    return out;
}

/// Two moons, more or less: each exit sharper than the one before.
inline record::ExitDecisionMap moonsMap(int layers = 5, int side = 48)
{
    record::ExitDecisionMap map;
    map.layers = layers;
    map.nx = side;
    map.ny = side;
    map.x_low = -1.5;
    map.x_high = 2.5;
    map.y_low = -1.2;
    map.y_high = 1.6;
    map.names = {"left moon", "right moon", "ring"};
    for (int layer = 0; layer < layers; ++layer) {
        for (int row = 0; row < side; ++row) {
            for (int column = 0; column < side; ++column) {
                const double x = map.x_low + (column + 0.5) * (map.x_high - map.x_low) / side;
                const double y = map.y_low + (row + 0.5) * (map.y_high - map.y_low) / side;
                const double bend = layer == 0 ? 0 : 0.55 * std::sin(3 * (x - 0.5)) * layer / (layers - 1);
                const double z = (y - 0.25 + bend) * (2 + 2 * layer);
                const double p = 1 / (1 + std::exp(-std::abs(z)));
                map.choice.push_back(z > 0 ? 0 : 1);
                map.probability.push_back(static_cast<float>(p));
                map.margin.push_back(static_cast<float>(2 * p - 1));
                map.entropy.push_back(static_cast<float>(-p * std::log(p) - (1 - p) * std::log(std::max(1e-9, 1 - p))));
            }
        }
    }
    for (std::uint32_t i = 0; i < 160; ++i) {
        const bool upper = i % 2 == 0;
        const double t = 3.14159265 * noise(i, 7);
        map.points_x.push_back(static_cast<float>((upper ? std::cos(t) : 1 - std::cos(t)) + 0.15 * (noise(i, 8) - 0.5)));
        map.points_y.push_back(static_cast<float>((upper ? std::sin(t) : 0.5 - std::sin(t)) + 0.15 * (noise(i, 9) - 0.5)));
        map.labels.push_back(upper ? 0 : 1);
    }
    return map;
}

}  // namespace timberline::testing
