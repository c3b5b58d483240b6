// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rules/exit_rules.h"

#include "core/base/text.h"

#include <algorithm>
#include <cmath>

namespace timberline::rules {
namespace {

using record::kUndefined;

template <typename T>
Result<T> value_of(const Values& values, const std::string& policy, const std::string& key)
{
    const auto it = values.find(key);
    const auto* value = it == values.end() ? nullptr : std::get_if<T>(&it->second);
    if (value == nullptr) {
        return make_error(ErrorCode::InvalidArgument,
                          "exit policy " + printable(policy) + ": " + key + (it == values.end() ? " is missing" : " has another type") +
                              " in its values",
                          "Complete the values from the method's declaration.");
    }
    return *value;
}

template <typename T>
T value_or(const Values& values, const std::string& key, T fallback)
{
    const auto it = values.find(key);
    const auto* value = it == values.end() ? nullptr : std::get_if<T>(&it->second);
    return value == nullptr ? fallback : *value;
}

}  // namespace

double decayed_threshold(double lambda, double rate, std::int32_t generated, std::int32_t max_new, bool code) noexcept
{
    const double t = std::max(generated, 0);
    const double fall = std::exp(-rate * t / std::max(max_new, 1));
    return code ? lambda * (0.9 + 0.1 * fall) : std::clamp(0.9 * lambda + 0.1 * fall, 0.0, 1.0);
}

float entropy_score(float entropy_nats, std::int32_t choices) noexcept
{
    // Rounding may carry the entropy of an even row past ln K. NaN stays NaN.
    return choices < 2
               ? 1.0F
               : std::clamp(static_cast<float>(1 - static_cast<double>(entropy_nats) / std::log(static_cast<double>(choices))), 0.0F, 1.0F);
}

Result<ExitRule> ExitRule::make(const std::string& policy, const Values& values, const record::ExitRun& run)
{
    ExitRule rule;
    rule.policy_ = policy;
    rule.layers_ = run.layers;
    rule.earliest_ = std::max(run.earliest, 1);
    rule.every_ = std::max(run.every, 1);
    rule.max_new_ = std::max(run.max_new, 1);
    rule.choices_ = run.vocabulary;
    if (policy == "patience" || policy == "fixed-layer") {
        rule.kind_ = policy == "patience" ? Kind::Patience : Kind::FixedLayer;
        TIMBERLINE_ASSIGN(const auto count, value_of<std::int64_t>(values, policy, policy == "patience" ? "patience" : "layer"));
        rule.count_ = static_cast<std::int32_t>(std::clamp<std::int64_t>(count, 1, record::kMostReadingLayers));
        return rule;
    }
    rule.kind_ = policy == "confidence"   ? Kind::Confidence
                 : policy == "margin"     ? Kind::Margin
                 : policy == "entropy"    ? Kind::Entropy
                 : policy == "saturation" ? Kind::Saturation
                                          : Kind::Learned;
    rule.thresholds_ = value_or(values, "thresholds", std::vector<double>{});
    if (rule.thresholds_.empty()) {
        TIMBERLINE_ASSIGN(const auto threshold, value_of<double>(values, policy, "threshold"));
        rule.thresholds_.push_back(threshold);
    }
    const auto decay = value_or(values, "decay", std::string("none"));
    rule.decay_ = decay == "paper" ? Decay::Paper : decay == "code" ? Decay::Code : Decay::None;
    rule.decay_rate_ = value_or(values, "decay_rate", 4.0);
    return rule;
}

bool ExitRule::needs_read_out() const noexcept
{
    return kind_ == Kind::Confidence || kind_ == Kind::Margin || kind_ == Kind::Entropy || kind_ == Kind::Patience;
}

bool ExitRule::needs_hidden() const noexcept
{
    return kind_ == Kind::Saturation;
}

bool ExitRule::allowed(std::int32_t layer) const noexcept
{
    return layer >= earliest_ && layer < layers_ && (layers_ - layer) % every_ == 0;
}

std::int32_t ExitRule::next_look(std::int32_t layer) const noexcept
{
    layer = std::max(layer, 1);
    if (kind_ == Kind::FixedLayer) {
        layer = std::max(layer, count_);
    }
    while (layer < layers_ && !allowed(layer)) {
        ++layer;
    }
    const std::int32_t none = std::max(layer, layers_);  // never below what was asked for, so that a walk always ends
    if (kind_ == Kind::Patience) {
        return count_ >= layers_ ? none : layer;  // it could never exit
    }
    // Where no threshold ahead can be met there is nothing to look at: the sentinel "never".
    for (std::int32_t ahead = layer; ahead < layers_ && kind_ != Kind::FixedLayer; ++ahead) {
        if (allowed(ahead) && threshold(ahead) < 1) {
            return layer;
        }
    }
    return kind_ == Kind::FixedLayer && layer < layers_ ? layer : none;
}

void ExitRule::begin(std::int32_t generated) noexcept
{
    generated_ = std::max(generated, 0);
    previous_ = -1;
    run_length_ = 0;
}

float ExitRule::threshold(std::int32_t layer) const noexcept
{
    if (thresholds_.empty()) {
        return 1;
    }
    const auto index = std::min(static_cast<std::size_t>(std::max(layer, 1) - 1), thresholds_.size() - 1);
    const double lambda = thresholds_[index];
    if (lambda >= 1 || decay_ == Decay::None) {
        return static_cast<float>(lambda);
    }
    return static_cast<float>(decayed_threshold(lambda, decay_rate_, generated_, max_new_, decay_ == Decay::Code));
}

float ExitRule::score_of(std::int32_t layer, const ExitObservation& seen, float& native) const noexcept
{
    switch (kind_) {
    case Kind::Confidence:
        return native = seen.probability;
    case Kind::Margin:
        return native = seen.margin;
    case Kind::Entropy:
        native = seen.entropy;
        return entropy_score(seen.entropy, choices_);
    case Kind::Saturation:
        native = seen.cosine;
        return layer == 1 ? 0.0F : seen.cosine;  // no block before the first one
    case Kind::Learned:
        return native = seen.learned;
    case Kind::Patience:
    case Kind::FixedLayer:
        break;
    }
    return kUndefined;
}

ExitDecision ExitRule::observe(std::int32_t layer, const ExitObservation& seen) noexcept
{
    ExitDecision out;
    out.threshold = threshold(layer);
    if (kind_ == Kind::FixedLayer) {
        out.exit = layer >= count_;
        out.score = out.exit ? 1.0F : 0.0F;
        out.native = static_cast<float>(layer);
    } else if (kind_ == Kind::Patience) {
        run_length_ = previous_ >= 0 && seen.top1 == previous_ ? run_length_ + 1 : 0;
        previous_ = seen.top1;
        out.exit = run_length_ >= count_;
        out.native = static_cast<float>(run_length_);
        out.score = std::min(1.0F, out.native / static_cast<float>(count_));
    } else {
        out.score = score_of(layer, seen, out.native);
        out.exit = out.threshold < 1 && out.score >= out.threshold;
    }
    return out;
}

namespace {

ExitObservation observation(const record::LayerReadings& readings, std::size_t cell, const std::vector<float>* learned)
{
    return {.top1 = readings.top1[cell],
            .probability = readings.probability[cell],
            .margin = readings.margin[cell],
            .entropy = readings.entropy[cell],
            .cosine = readings.cosine[cell],
            .learned = learned == nullptr ? kUndefined : (*learned)[cell]};
}

/// A run's facts and its readings speak of the same layers.
Status check_layers(const record::LayerReadings& readings, const record::ExitRun& run)
{
    if (readings.layers != run.layers) {
        return make_error(ErrorCode::InvalidArgument,
                          "the readings have " + std::to_string(readings.layers) + " layers, expected " + std::to_string(run.layers) +
                              " as the run has",
                          "The record is damaged; open another copy, or run its config again.");
    }
    return {};
}

Result<const std::vector<float>*> learned_scores(const record::LayerReadings& readings, const ExitRule& rule)
{
    if (!rule.is_learned()) {
        return nullptr;
    }
    const auto it = readings.scores.find(rule.policy());
    if (it == readings.scores.end()) {
        return make_error(ErrorCode::InvalidArgument, "the run has no scores of the exit policy " + in_quotes(rule.policy()),
                          "Run it with this policy, or choose one that decides from what is recorded.");
    }
    return &it->second;
}

double sum_heads(const record::ExitRun& run, std::int32_t layer)
{
    const auto index = static_cast<std::size_t>(layer - 1);
    return index < run.head_flops.size() ? run.head_flops[index] : 0;
}

/// Walks one row. @return its exit, 0 when it goes on past what is known; `looks` counts the layers looked at.
std::int32_t walk(const record::LayerReadings& readings, std::size_t row, ExitRule& rule, const std::vector<float>* learned,
                  std::int32_t& looks)
{
    looks = 0;
    rule.begin(readings.moment[row]);
    for (std::int32_t layer = rule.next_look(1); layer < readings.layers; layer = rule.next_look(layer + 1)) {
        if (layer > readings.known[row]) {
            return 0;
        }
        ++looks;
        if (rule.observe(layer, observation(readings, readings.cell(row, static_cast<std::size_t>(layer - 1)), learned)).exit) {
            return layer;
        }
    }
    return readings.layers;
}

}  // namespace

double look_flops(const ExitRule& rule, const record::ExitRun& run, std::int32_t exit)
{
    double total = 0;
    bool has_logits = false;
    for (std::int32_t layer = rule.next_look(1); layer < run.layers && layer <= exit; layer = rule.next_look(layer + 1)) {
        if (rule.needs_read_out()) {
            total += sum_heads(run, layer);
            has_logits = layer == exit;
        } else if (rule.needs_hidden() || rule.is_learned()) {
            total += run.score_flops;
        }
    }
    return total + (has_logits ? 0 : sum_heads(run, exit));
}

Result<ExitPlan> decide_exits(const record::LayerReadings& readings, ExitRule rule, const record::ExitRun& run)
{
    TIMBERLINE_TRY(check_layers(readings, run));
    TIMBERLINE_ASSIGN(const auto* learned, learned_scores(readings, rule));
    ExitPlan plan;
    plan.exit.resize(readings.rows(), readings.layers);
    plan.heads.resize(readings.rows(), 0);
    plan.look_flops.resize(readings.rows(), sum_heads(run, readings.layers));
    // What a row has to look at depends on its exit (and, under a decaying threshold of 1, on nothing else): one sum an exit.
    rule.begin(0);
    std::vector<double> by_exit(static_cast<std::size_t>(readings.layers) + 1, 0);
    for (std::int32_t exit = 1; exit <= readings.layers; ++exit) {
        by_exit[static_cast<std::size_t>(exit)] = look_flops(rule, run, exit);
    }
    for (std::size_t row = 0; row < readings.rows(); ++row) {
        if (readings.moment[row] < 0 && !run.exit_in_prompt) {
            continue;
        }
        std::int32_t looks = 0;
        plan.exit[row] = walk(readings, row, rule, learned, looks);
        plan.heads[row] = rule.needs_read_out() ? looks : 0;
        plan.look_flops[row] = by_exit[static_cast<std::size_t>(plan.exit[row])];
    }
    return plan;
}

Result<ScoreProfile> score_profile(const record::LayerReadings& readings, ExitRule rule, const record::ExitRun& run)
{
    TIMBERLINE_TRY(check_layers(readings, run));
    TIMBERLINE_ASSIGN(const auto* learned, learned_scores(readings, rule));
    ScoreProfile out;
    const std::size_t cells = readings.rows() * static_cast<std::size_t>(readings.layers);
    out.score.assign(cells, kUndefined);
    out.threshold.assign(cells, kUndefined);
    out.native.assign(cells, kUndefined);
    for (std::size_t row = 0; row < readings.rows(); ++row) {
        if (readings.moment[row] < 0 && !run.exit_in_prompt) {
            continue;
        }
        rule.begin(readings.moment[row]);
        for (std::int32_t layer = rule.next_look(1); layer < readings.layers && layer <= readings.known[row];
             layer = rule.next_look(layer + 1)) {
            const std::size_t cell = readings.cell(row, static_cast<std::size_t>(layer - 1));
            const auto seen = rule.observe(layer, observation(readings, cell, learned));
            out.score[cell] = seen.score;
            out.threshold[cell] = seen.threshold;
            out.native[cell] = seen.native;
        }
    }
    return out;
}

}  // namespace timberline::rules
