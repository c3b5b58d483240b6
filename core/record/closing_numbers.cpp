// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/closing_numbers.h"

#include "core/record/attention_rows.h"
#include "core/record/folds.h"
#include "core/record/head_curve.h"
#include "core/record/layer_readings.h"
#include "core/record/training_curve.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace timberline::record {
namespace {

OrderedJson real(double value)
{
    return std::isfinite(value) ? OrderedJson(value) : OrderedJson(nullptr);
}

double total_ms(const Record& record)
{
    const auto* finished = run_finished(record);
    return finished == nullptr ? std::nan("") : finished->total_ms;
}

std::vector<ClosingNumber> training_numbers(const Record& record)
{
    const auto steps = training_steps(record);
    const auto looks = training_validations(record);
    TrainingValidation last;
    last.train_loss = last.train_accuracy = last.loss = last.accuracy = std::nan("");
    if (!looks.empty()) {
        last = looks.back();
    }
    const auto* finished = run_finished(record);
    const double seconds = finished == nullptr ? 0 : finished->total_ms / 1000;
    return {{"steps", steps.empty() ? 0 : steps.back().step + 1},
            {"train_loss", real(last.train_loss)},
            {"val_loss", real(last.loss)},
            {"train_accuracy", real(last.train_accuracy)},
            {"val_accuracy", real(last.accuracy)},
            {"reason", finished == nullptr ? "" : finished->reason},
            {"steps_per_s", seconds > 0 ? real(static_cast<double>(steps.size()) / seconds) : OrderedJson(nullptr), true}};
}

std::vector<ClosingNumber> heads_numbers(const Record& record)
{
    const auto curve = head_curve(record);
    const auto* finished = run_finished(record);
    double best = std::nan(""), last = best;
    for (const auto& measured : curve.acceptances) {
        if (curve.setup.measure != "accuracy") {
            break;  // nothing drafts with these heads
        }
        last = measured.accepted_per_pass;
        best = std::isnan(best) ? last : std::max(best, last);
    }
    const bool looked = !curve.looks.empty();
    const double head_0 = looked && curve.setup.measure == "accuracy" && !curve.looks.back().accuracy.empty()
                              ? static_cast<double>(curve.looks.back().accuracy[0])
                              : std::nan("");
    return {{"steps", curve.steps.empty() ? 0 : curve.steps.back().step + 1},
            {"text_tokens", curve.setup.text_tokens},
            {"parameters", curve.setup.parameters},
            {"val_loss", real(looked ? curve.looks.back().loss : std::nan(""))},
            {"val_accuracy", real(head_0)},
            {"accepted_per_pass", real(last)},
            {"best_accepted_per_pass", real(best)},
            {"reason", finished == nullptr ? "" : finished->reason},
            {"text_ms", real(curve.setup.text_ms), true},
            {"total_ms", real(total_ms(record)), true}};
}

std::vector<ClosingNumber> exits_numbers(const Record& record)
{
    const auto fold = ExitFold::of(record);
    const auto& readings = fold.readings();
    std::vector<TokenId> ids;
    for (std::size_t row = 0; row < readings.rows(); ++row) {
        if (readings.moment[row] >= 0) {
            ids.push_back(readings.next[row]);
        }
    }
    const bool writes = fold.run() && fold.run()->subject == "language-model";  // a trained net reads samples and writes nothing
    ExitSummary none;
    none.tokens = static_cast<std::int32_t>(ids.size());
    none.mean_depth = none.layer_fraction = none.flop_fraction = none.agreement = none.nll = none.full_nll = std::nan("");
    const auto& summary = fold.summary() ? *fold.summary() : none;
    const auto measured = [](double ms) { return ms > 0 ? real(ms) : OrderedJson(nullptr); };
    return {{"tokens", summary.tokens},
            {"mean_depth", real(summary.mean_depth)},
            {"layer_fraction", real(summary.layer_fraction)},
            {"flop_fraction", real(summary.flop_fraction)},
            {"agreement", real(summary.agreement)},
            {"nll", real(summary.nll)},
            {"full_nll", real(summary.full_nll)},
            {"token_ms", measured(summary.ms_per_token), true},
            {"full_token_ms", measured(summary.full_ms_per_token), true},
            {"text_hash", writes ? OrderedJson(ids_hash(ids)) : OrderedJson(nullptr)}};
}

std::vector<ClosingNumber> attention_numbers(const Record& record)
{
    const AttentionFold fold(record);
    const auto heads = fold.summaries();
    double sum = 0, counted = 0;
    for (const auto& head : heads) {
        if (head.rows > 0) {  // a head without a valid row is in no mean
            sum += head.normalised;
            ++counted;
        }
    }
    const double normalised = counted > 0 ? sum / counted : std::nan("");
    auto ids = fold.tokens();
    const auto* started = run_started(record);
    const std::size_t prompt = started == nullptr ? 0 : started->prompt.size();
    ids.erase(ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(std::min(prompt, ids.size())));
    return {{"positions", fold.positions()},
            {"tokens", ids.size()},
            {"normalised_entropy", real(normalised)},
            {"sink_rate", heads.empty() ? OrderedJson(nullptr) : real(fold.sink_rate())},
            {"perplexity", real(fold.perplexity())},
            {"total_ms", real(total_ms(record)), true},
            {"text_hash", ids_hash(ids)}};
}

std::vector<ClosingNumber> landscape_numbers(const Record& record)
{
    const auto fold = landscape_fold(record);
    const auto* grid = fold.grids().empty() ? nullptr : &fold.grids().back();
    const auto* curvature = fold.hessians().empty() ? nullptr : &fold.hessians().back();
    const auto& cost = fold.follow_cost();
    const auto range = grid == nullptr ? std::nullopt : grid->range();
    const OrderedJson none(nullptr);
    return {{"center_loss", grid == nullptr ? none : real(grid->plane.center_loss)},
            {"lowest_loss", range ? real(range->first) : none},
            {"highest_loss", range ? real(range->second) : none},
            {"cells", grid == nullptr ? 0 : grid->known()},
            {"not_finite", grid == nullptr ? 0 : grid->not_finite()},
            {"cosine", grid == nullptr ? none : real(grid->plane.cosine)},
            {"lambda_max", curvature == nullptr || curvature->eigenvalues.empty() ? none : real(curvature->eigenvalues.front())},
            {"stability_limit", curvature == nullptr ? none : real(curvature->stability_limit)},
            {"trace", curvature == nullptr ? none : real(curvature->trace)},
            {"trace_error", curvature == nullptr ? none : real(curvature->trace_error)},
            {"surfaces_followed", cost ? OrderedJson(cost->surfaces) : none},
            {"waited_share", cost && cost->training_ms > 0 ? real(cost->waited_ms / cost->training_ms) : none, true},
            {"total_ms", real(total_ms(record)), true}};
}

}  // namespace

std::string ids_hash(const std::vector<TokenId>& ids)
{
    std::uint64_t hash = 14695981039346656037ULL;
    for (const auto id : ids) {
        for (int byte = 0; byte < 4; ++byte) {
            hash ^= (static_cast<std::uint32_t>(id) >> (8 * byte)) & 0xFFU;
            hash *= 1099511628211ULL;
        }
    }
    char text[17];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash));
    return text;
}

std::string bench_of(const Record& record)
{
    const auto* started = run_started(record);
    return started == nullptr ? "draft" : started->bench;
}

std::vector<ClosingNumber> closing_numbers(const Record& record)
{
    const auto bench = bench_of(record);
    if (bench == "training") {
        return training_numbers(record);
    }
    if (bench == "heads") {
        return heads_numbers(record);
    }
    if (bench == "exits") {
        return exits_numbers(record);
    }
    if (bench == "attention") {
        return attention_numbers(record);
    }
    if (bench == "landscape") {
        return landscape_numbers(record);
    }
    return {};
}

LandscapeFold landscape_fold(const Record& record)
{
    LandscapeFold fold;
    for (const auto& event : record.events) {
        if (const auto* block = std::get_if<Block>(&event.payload); block != nullptr) {
            fold.add(*block);
        }
    }
    return fold;
}

}  // namespace timberline::record
