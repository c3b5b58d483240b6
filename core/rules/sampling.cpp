// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rules/sampling.h"

#include "core/base/hyperparameter.h"
#include "core/rules/row_math.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <optional>
#include <string_view>

namespace timberline::rules {

namespace {

using record::Sampling;

constexpr float kMinusInfinity = -std::numeric_limits<float>::infinity();
/// A mass or a threshold that is met up to float32 rounding counts as met: laws are float32, so .5 may arrive as .49999997.
constexpr double kRounding = 5e-7;
constexpr std::int64_t kLlamaCppWindow = 64;

enum class Transform : std::uint8_t {
    RepetitionPenalty,
    PresencePenalty,
    FrequencyPenalty,
    NoRepeatNgram,
    Temperature,
    TopK,
    TopP,
    MinP,
    TypicalP
};
constexpr std::size_t kTransforms = 9;
constexpr std::array<std::string_view, kTransforms> kNames = {
    "repetition-penalty", "presence-penalty", "frequency-penalty", "no-repeat-ngram", "temperature", "top-k", "top-p", "min-p",
    "typical-p"};

using enum Transform;
constexpr std::array<Transform, kTransforms> kHuggingFaceOrder = {
    RepetitionPenalty, PresencePenalty, FrequencyPenalty, NoRepeatNgram, Temperature, TopK, TopP, MinP, TypicalP};
constexpr std::array<Transform, kTransforms> kLlamaCppOrder = {
    RepetitionPenalty, PresencePenalty, FrequencyPenalty, NoRepeatNgram, TopK, TypicalP, TopP, MinP, Temperature};

struct Steps {
    std::array<Transform, kTransforms> step{};
    std::size_t count = 0;

    void add(Transform transform) { step[count++] = transform; }
    [[nodiscard]] bool contains(Transform transform) const
    {
        return std::find(step.begin(), step.begin() + static_cast<std::ptrdiff_t>(count), transform) !=
               step.begin() + static_cast<std::ptrdiff_t>(count);
    }
};

std::string_view name_of(Transform transform)
{
    return kNames[static_cast<std::size_t>(transform)];
}

bool reads_history(Transform transform)
{
    return transform == RepetitionPenalty || transform == PresencePenalty || transform == FrequencyPenalty || transform == NoRepeatNgram;
}

std::string_view trimmed(std::string_view text)
{
    const auto first = text.find_first_not_of(" \t");
    return first == std::string_view::npos ? std::string_view{} : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

Result<Steps> parse_order(std::string_view order)
{
    Steps steps;
    if (order == "hf" || order == "llamacpp") {
        steps.step = order == "hf" ? kHuggingFaceOrder : kLlamaCppOrder;
        steps.count = kTransforms;
        return steps;
    }
    const std::string hint = "Write \"hf\", \"llamacpp\" or transform ids separated by commas, each at most once.";
    for (std::size_t begin = 0; begin <= order.size();) {
        const std::size_t end = std::min(order.find(',', begin), order.size());
        const std::string_view word = trimmed(order.substr(begin, end - begin));
        const auto found = std::find(kNames.begin(), kNames.end(), word);
        if (found == kNames.end()) {
            std::vector<std::string> valid(kNames.begin(), kNames.end());
            valid.insert(valid.end(), {"hf", "llamacpp"});
            const auto near = nearest_spelling(word, valid);
            return make_error(ErrorCode::InvalidArgument,
                              "sampling.order: got \"" + std::string(word) + "\", expected a sampling transform" +
                                  (near ? "; did you mean \"" + *near + "\"?" : std::string{}),
                              hint);
        }
        const auto transform = static_cast<Transform>(found - kNames.begin());
        if (steps.contains(transform)) {
            return make_error(ErrorCode::InvalidArgument, "sampling.order: \"" + std::string(word) + "\" stands there twice, expected once",
                              hint);
        }
        steps.add(transform);
        begin = end + 1;
    }
    return steps;
}

bool is_on(Transform transform, const Sampling& settings)
{
    switch (transform) {
    case RepetitionPenalty:
        return settings.repetition_penalty > 0 && settings.repetition_penalty != 1;
    case PresencePenalty:
        return settings.presence_penalty != 0;
    case FrequencyPenalty:
        return settings.frequency_penalty != 0;
    case NoRepeatNgram:
        return settings.no_repeat_ngram > 0;
    case Temperature:
        return settings.temperature != 1;
    case TopK:
        return settings.top_k > 0;
    case TopP:
        return settings.top_p < 1;
    case MinP:
        return settings.min_p > 0;
    case TypicalP:
        return settings.typical_p < 1;
    }
    return false;
}

bool is_greedy(const Sampling& settings)
{
    return !(settings.temperature > 0);
}

/// The steps that change something, in order. Greedy decoding needs the history transforms and the one-hot only: truncation never
/// removes a row's largest logit, but for typical-p, which greedy decoding overrides.
Steps active_steps(const Sampling& settings)
{
    const auto parsed = parse_order(settings.order);
    Steps all;
    if (parsed.ok()) {
        all = parsed.value();
    } else {
        all.step = kHuggingFaceOrder;
        all.count = kTransforms;
    }
    Steps active;
    for (std::size_t i = 0; i < all.count; ++i) {
        if (is_on(all.step[i], settings) && (!is_greedy(settings) || reads_history(all.step[i]))) {
            active.add(all.step[i]);
        }
    }
    if (is_greedy(settings)) {
        active.add(Temperature);
    }
    return active;
}

std::span<const TokenId> penalty_window(const Sampling& settings, std::span<const TokenId> history)
{
    std::int64_t length = settings.penalty_last_n;
    if (length <= 0) {
        length = settings.order == "llamacpp" ? kLlamaCppWindow : static_cast<std::int64_t>(history.size());
    }
    return history.last(std::min(history.size(), static_cast<std::size_t>(length)));
}

/// change(logit, count) for each distinct token of the window.
template <typename Change>
void penalise(std::span<const TokenId> window, std::span<float> row, Change change)
{
    std::vector<std::int32_t> counts(row.size(), 0);
    const auto inside = [&row](TokenId token) { return token >= 0 && static_cast<std::size_t>(token) < row.size(); };
    for (const TokenId token : window) {
        if (inside(token)) {
            ++counts[static_cast<std::size_t>(token)];
        }
    }
    for (const TokenId token : window) {
        if (inside(token) && counts[static_cast<std::size_t>(token)] > 0) {
            const auto index = static_cast<std::size_t>(token);
            row[index] = change(row[index], counts[index]);
            counts[index] = 0;
        }
    }
    detail::clean(row); // extreme penalties may overflow
}

void ban_repeated_ngrams(std::int64_t length, std::span<const TokenId> history, std::span<float> row)
{
    const auto prefix = static_cast<std::size_t>(length) - 1;
    if (history.size() < static_cast<std::size_t>(length)) {
        return;
    }
    const auto suffix = history.last(prefix);
    for (std::size_t begin = 0; begin + prefix < history.size(); ++begin) {
        const TokenId banned = history[begin + prefix];
        if (banned >= 0 && static_cast<std::size_t>(banned) < row.size() &&
            std::equal(suffix.begin(), suffix.end(), history.begin() + static_cast<std::ptrdiff_t>(begin))) {
            row[static_cast<std::size_t>(banned)] = kMinusInfinity;
        }
    }
}

void keep_one_hot(std::span<float> row)
{
    const TokenId best = argmax(row);
    std::fill(row.begin(), row.end(), kMinusInfinity);
    if (!row.empty()) {
        row[static_cast<std::size_t>(best)] = 0;
    }
}

/// @param relative when no later step reads absolute logits, the row is first shifted to a largest entry of 0, which keeps its digits.
void apply_temperature(double temperature, bool relative, std::span<float> row)
{
    const float shift = relative ? detail::largest(row) : 0.0F;
    if (!std::isfinite(shift)) {
        return;
    }
    const double factor = std::min(1.0 / temperature, 1e30);
    detail::shift_and_scale(row, shift, static_cast<float>(factor));
    if (!relative) {
        detail::clean(row);
    }
}

void keep_top_k(std::int64_t count, std::span<float> row)
{
    if (static_cast<std::uint64_t>(count) >= row.size()) {
        return;
    }
    std::vector<float> copy(row.begin(), row.end());
    const auto kth = copy.begin() + static_cast<std::ptrdiff_t>(count - 1);
    std::nth_element(copy.begin(), kth, copy.end(), std::greater<>());
    const float threshold = *kth; // ties with it stay
    for (float& x : row) {
        x = x < threshold ? kMinusInfinity : x;
    }
}

struct Candidate {
    double key; ///< smaller = kept earlier
    double probability;
    std::size_t id;
};

/// Keeps the shortest prefix by (key, id) whose mass reaches `wanted`, at least one candidate, and nothing else.
/// Sorts only as far as needed: the first 64 candidates usually hold the mass.
void keep_mass(std::vector<Candidate> candidates, double wanted, std::span<float> row)
{
    const auto before = [](const Candidate& a, const Candidate& b) { return a.key != b.key ? a.key < b.key : a.id < b.id; };
    double mass = 0;
    std::size_t kept = 0;
    std::size_t sorted = 0;
    while (kept < candidates.size() && (kept == 0 || mass < wanted - kRounding)) {
        if (kept == sorted) {
            const std::size_t next = std::min(candidates.size(), sorted == 0 ? std::size_t{64} : sorted * 4);
            const auto begin = candidates.begin() + static_cast<std::ptrdiff_t>(sorted);
            const auto end = candidates.begin() + static_cast<std::ptrdiff_t>(next);
            if (end != candidates.end()) {
                std::nth_element(begin, end, candidates.end(), before);
            }
            std::sort(begin, end, before);
            sorted = next;
        }
        mass += candidates[kept].probability;
        ++kept;
    }
    std::vector<float> values(kept);
    for (std::size_t i = 0; i < kept; ++i) {
        values[i] = row[candidates[i].id];
    }
    std::fill(row.begin(), row.end(), kMinusInfinity);
    for (std::size_t i = 0; i < kept; ++i) {
        row[candidates[i].id] = values[i];
    }
}

void keep_top_p(double wanted, std::span<float> row)
{
    std::vector<float> probability(row.begin(), row.end());
    detail::softmax(probability);
    // All tokens below this floor together hold less than 1 - wanted, so the prefix ends before them: few are left to be sorted.
    const double floor = std::max(0.0, 1.0 - wanted - 2 * kRounding) / static_cast<double>(row.size());
    std::vector<Candidate> candidates;
    for (std::size_t i = 0; i < row.size(); ++i) {
        if (row[i] > kMinusInfinity && static_cast<double>(probability[i]) >= floor) {
            candidates.push_back({-static_cast<double>(row[i]), static_cast<double>(probability[i]), i});
        }
    }
    keep_mass(std::move(candidates), wanted, row);
}

void keep_min_p(double share, std::span<float> row)
{
    // p(x) >= share * max p, in logits: no normalisation can disturb it.
    const double threshold = static_cast<double>(detail::largest(row)) + std::log(share) - kRounding;
    for (float& x : row) {
        x = static_cast<double>(x) < threshold ? kMinusInfinity : x;
    }
}

void keep_typical(double wanted, std::span<float> row)
{
    const float best = detail::largest(row);
    std::vector<float> weight(row.begin(), row.end());
    const double total = detail::exponentials(weight, best);
    const double log_total = std::log(total);
    const double entropy = softmax_entropy_nats(row);
    std::vector<Candidate> candidates;
    for (std::size_t i = 0; i < row.size(); ++i) {
        if (row[i] > kMinusInfinity) {
            const double surprise = log_total - static_cast<double>(row[i] - best);
            candidates.push_back({std::abs(surprise - entropy), static_cast<double>(weight[i]) / total, i});
        }
    }
    keep_mass(std::move(candidates), wanted, row);
}

class Pipeline
{
public:
    Pipeline(const Sampling& settings, std::span<const TokenId> history)
        : settings_(settings), history_(history), steps_(active_steps(settings))
    {}

    [[nodiscard]] const Steps& steps() const { return steps_; }

    void apply(std::size_t index, std::span<float> row) const
    {
        const auto window = [this] { return penalty_window(settings_, history_); };
        switch (steps_.step[index]) {
        case RepetitionPenalty: {
            const auto penalty = static_cast<float>(settings_.repetition_penalty);
            penalise(window(), row, [penalty](float x, std::int32_t) { return x > 0 ? x / penalty : x * penalty; });
            break;
        }
        case PresencePenalty: {
            const auto penalty = static_cast<float>(settings_.presence_penalty);
            penalise(window(), row, [penalty](float x, std::int32_t) { return x - penalty; });
            break;
        }
        case FrequencyPenalty: {
            const auto penalty = static_cast<float>(settings_.frequency_penalty);
            penalise(window(), row, [penalty](float x, std::int32_t count) { return x - penalty * static_cast<float>(count); });
            break;
        }
        case NoRepeatNgram:
            ban_repeated_ngrams(settings_.no_repeat_ngram, history_, row);
            break;
        case Temperature:
            if (is_greedy(settings_)) {
                keep_one_hot(row);
            } else {
                apply_temperature(settings_.temperature, !history_step_after(index), row);
            }
            break;
        case TopK:
            keep_top_k(settings_.top_k, row);
            break;
        case TopP:
            keep_top_p(settings_.top_p, row);
            break;
        case MinP:
            keep_min_p(settings_.min_p, row);
            break;
        case TypicalP:
            keep_typical(settings_.typical_p, row);
            break;
        }
    }

private:
    [[nodiscard]] bool history_step_after(std::size_t index) const
    {
        for (std::size_t i = index + 1; i < steps_.count; ++i) {
            if (reads_history(steps_.step[i])) {
                return true;
            }
        }
        return false;
    }

    const Sampling& settings_;
    std::span<const TokenId> history_;
    Steps steps_;
};

} // namespace

Result<std::vector<std::string>> sampling_order(const std::string& order)
{
    TIMBERLINE_ASSIGN(const Steps steps, parse_order(order));
    std::vector<std::string> out;
    for (std::size_t i = 0; i < steps.count; ++i) {
        out.emplace_back(name_of(steps.step[i]));
    }
    return out;
}

void apply_sampling(const Sampling& settings, std::span<const TokenId> history, std::span<float> logits)
{
    const Pipeline pipeline(settings, history);
    detail::clean(logits);
    for (std::size_t i = 0; i < pipeline.steps().count; ++i) {
        pipeline.apply(i, logits);
    }
    if (is_greedy(settings)) {
        for (float& x : logits) {
            x = x < 0 ? 0.0F : 1.0F; // what the softmax of 0 among -infinity is, without its exponentials
        }
    } else {
        detail::softmax(logits);
    }
}

std::vector<SamplingStage> sampling_stages(const Sampling& settings, std::span<const TokenId> history, std::span<const float> logits)
{
    const Pipeline pipeline(settings, history);
    std::vector<float> row(logits.begin(), logits.end());
    detail::clean(row);
    std::vector<SamplingStage> stages;
    const auto keep = [&stages, &row](Transform transform) {
        stages.push_back({std::string(name_of(transform)), row});
        detail::softmax(stages.back().probability);
    };
    for (std::size_t i = 0; i < pipeline.steps().count; ++i) {
        pipeline.apply(i, row);
        keep(pipeline.steps().step[i]);
    }
    if (stages.empty()) {
        keep(Temperature); // everything is off: the law at temperature 1, so that a view has something to draw
    }
    return stages;
}

Status check_sampling(const Sampling& settings)
{
    struct Range {
        std::string_view key;
        double value;
        double minimum;
        double maximum;
    };
    constexpr double kSmallestShare = 1e-6;
    constexpr double kCounts = 2147483647.0;
    const std::array<Range, 10> ranges = {{{"temperature", settings.temperature, 0, 100},
                                           {"top_k", static_cast<double>(settings.top_k), 0, kCounts},
                                           {"top_p", settings.top_p, kSmallestShare, 1},
                                           {"min_p", settings.min_p, 0, 1},
                                           {"typical_p", settings.typical_p, kSmallestShare, 1},
                                           {"repetition_penalty", settings.repetition_penalty, 0.01, 100},
                                           {"presence_penalty", settings.presence_penalty, -100, 100},
                                           {"frequency_penalty", settings.frequency_penalty, -100, 100},
                                           {"no_repeat_ngram", static_cast<double>(settings.no_repeat_ngram), 0, kCounts},
                                           {"penalty_last_n", static_cast<double>(settings.penalty_last_n), 0, kCounts}}};
    for (const Range& range : ranges) {
        if (!(range.value >= range.minimum && range.value <= range.maximum)) {
            const std::string bounds = to_text(ParameterValue(range.minimum)) + " to " + to_text(ParameterValue(range.maximum));
            return make_error(ErrorCode::InvalidArgument,
                              "sampling." + std::string(range.key) + ": got " + to_text(ParameterValue(range.value)) + ", expected " +
                                  bounds,
                              "Set " + std::string(range.key) + " to a value from " + bounds + ".");
        }
    }
    if (const auto order = parse_order(settings.order); !order.ok()) {
        return order.error();
    }
    return {};
}

} // namespace timberline::rules
