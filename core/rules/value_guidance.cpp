// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rules/value_guidance.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <numeric>

namespace timberline::rules {

namespace {

// Words that short English stories use.
constexpr std::array<std::string_view, 44> kHappy = {
    "beautiful", "best",   "brave",  "bright", "celebrate", "cheered", "delight", "enjoy",   "excited", "friend", "friendly",
    "friends",   "fun",    "gentle", "gift",   "glad",      "good",    "great",   "happily", "happy",   "helped", "hug",
    "hugged",    "joy",    "kind",   "laugh",  "laughed",   "love",    "loved",   "lovely",  "lucky",   "magic",  "nice",
    "party",     "played", "pretty", "proud",  "safe",      "smile",   "smiled",  "sunny",   "thanked", "warm",   "wonderful"};
constexpr std::array<std::string_view, 42> kSad = {
    "afraid",  "alone",   "angry", "bad",   "broke",   "broken",     "cold",   "cried",   "cry",   "crying", "dark",
    "died",    "fear",    "fell",  "fight", "fought",  "frightened", "gloomy", "grumpy",  "hate",  "hurt",   "hungry",
    "lonely",  "lost",    "mad",   "mean",  "monster", "naughty",    "pain",   "sad",     "sadly", "scared", "scary",
    "selfish", "shouted", "sick",  "sorry", "stole",   "ugly",       "upset",  "worried", "wrong"};

bool is_letter(char c) noexcept
{
    const auto byte = static_cast<unsigned char>(c);
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte >= 0x80;
}

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& list, std::string_view word)
{
    return std::ranges::find(list, word) != list.end();
}

}  // namespace

std::vector<double> candidate_weights(std::span<const double> values, std::span<const double> log_ratio, double alpha)
{
    constexpr double kNever = -std::numeric_limits<double>::infinity();
    const auto ratio = [&](std::size_t i) { return log_ratio.empty() ? 0.0 : log_ratio[i]; };
    std::vector<double> out(values.size(), 0.0);
    if (alpha <= 0) {
        std::size_t best = values.size();
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (ratio(i) > kNever && (best == values.size() || values[i] > values[best])) {
                best = i;
            }
        }
        if (best < values.size()) {
            out[best] = 1;
        }
        return out;
    }
    double largest = kNever;
    for (std::size_t i = 0; i < values.size(); ++i) {
        out[i] = values[i] / alpha + ratio(i);
        largest = std::max(largest, out[i]);
    }
    if (!(largest > kNever)) {
        return std::vector<double>(values.size(), 0.0);
    }
    double total = 0;
    for (double& weight : out) {
        weight = std::exp(weight - largest);
        total += weight;
    }
    for (double& weight : out) {
        weight /= total;
    }
    return out;
}

std::size_t choose_candidate(std::span<const double> weights, double u)
{
    double cumulative = 0;
    std::size_t chosen = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        if (weights[i] > 0) {
            chosen = i;  // rounding may leave the sum at or below u: then the last
                         // possible one stays
            cumulative += weights[i];
            if (cumulative > u) {
                break;
            }
        }
    }
    return chosen;
}

double effective_sample_size(std::span<const double> weights) noexcept
{
    const double squares = std::inner_product(weights.begin(), weights.end(), weights.begin(), 0.0);
    return squares > 0 ? 1 / squares : 0.0;
}

std::vector<std::string> words_of(std::string_view text)
{
    std::vector<std::string> out;
    bool inside = false;
    for (const char c : text) {
        if (!is_letter(c)) {
            inside = false;
            continue;
        }
        if (!inside) {
            out.emplace_back();
            inside = true;
        }
        out.back().push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
    }
    return out;
}

double keyword_reward(std::string_view text, std::span<const std::string> wanted)
{
    const auto words = words_of(text);
    return static_cast<double>(
        std::ranges::count_if(wanted, [&](const std::string& word) { return std::ranges::find(words, word) != words.end(); }));
}

double sentiment_reward(std::string_view text)
{
    double out = 0;
    for (const std::string& word : words_of(text)) {
        out += (contains(kHappy, word) ? 1.0 : 0.0) - (contains(kSad, word) ? 1.0 : 0.0);
    }
    return out;
}

double length_reward(std::int64_t tokens, std::int64_t wanted) noexcept
{
    return -static_cast<double>(std::abs(tokens - wanted)) / 10.0;
}

}  // namespace timberline::rules
