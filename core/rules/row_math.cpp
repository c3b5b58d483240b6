// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rules/row_math.h"

#include "core/rules/sampling.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace timberline::rules {

namespace {

// Reductions run in this many independent lanes: floating-point addition is not associative, so the compiler may only vectorise an order
// that is written down.
constexpr std::size_t kLanes = 16;
constexpr std::size_t kBlock = 256; // entries worked on at a time where a row needs a scratch copy
constexpr float kMinusInfinity = -std::numeric_limits<float>::infinity();
constexpr float kLargestFloat = std::numeric_limits<float>::max();

/// Exponents are bounded in a loop of their own before they are used: a comparison beside the polynomial would make the compiler branch
/// around it and give up vectorising.
constexpr float kLowestExponent = -88.0F;

inline float bounded_exponent(float x) noexcept
{
    return x > kLowestExponent ? x : kLowestExponent; // the bound also for -infinity and NaN
}

/// exp(x) for x in [-88, 0]: 2^n by the exponent bits, exp of the rest (|r| <= ln 2 / 2) by its Taylor polynomial of degree 7, whose
/// remainder is below 6e-9. Below about -87.7 n is -127, whose bits are those of 0: the result is exactly 0.
inline float exp_of_bounded(float x) noexcept
{
    constexpr float kRoundToInteger = 12582912.0F; // 1.5 * 2^23: adding it leaves the nearest integer in the low mantissa bits
    const float rounded = x * 1.44269504F + kRoundToInteger;
    const float n = rounded - kRoundToInteger;
    // ln 2 in two parts: the first has few enough bits that n times it is exact.
    const float r = (x - n * 0.693359375F) - n * -2.12194440e-4F;
    float tail = 1.0F / 5040.0F;
    tail = tail * r + 1.0F / 720.0F;
    tail = tail * r + 1.0F / 120.0F;
    tail = tail * r + 1.0F / 24.0F;
    tail = tail * r + 1.0F / 6.0F;
    tail = tail * r + 0.5F;
    const float value = 1.0F + (r + r * r * tail);
    return value * std::bit_cast<float>((std::bit_cast<std::uint32_t>(rounded) << 23U) + 0x3f800000U);
}

/// ln(x) for normal positive x: the exponent bits plus 2 artanh((m - 1) / (m + 1)) of the mantissa m in [0.7, 1.42).
inline float log_of_positive(float x) noexcept
{
    const auto bits = static_cast<std::int32_t>(std::bit_cast<std::uint32_t>(x));
    constexpr std::int32_t kSquareRootOfHalf = 0x3f3504f3;
    const std::int32_t exponent = (bits - kSquareRootOfHalf) >> 23;
    const auto mantissa = std::bit_cast<float>(bits - exponent * (1 << 23));
    const float z = (mantissa - 1.0F) / (mantissa + 1.0F);
    const float square = z * z;
    float series = 1.0F / 9.0F;
    series = series * square + 1.0F / 7.0F;
    series = series * square + 1.0F / 5.0F;
    series = series * square + 1.0F / 3.0F;
    const float log_mantissa = 2.0F * z + 2.0F * z * square * series;
    return static_cast<float>(exponent) * 0.693147181F + log_mantissa;
}

double add_lanes(const std::array<double, kLanes>& lanes) noexcept
{
    double total = 0;
    for (const double lane : lanes) {
        total += lane;
    }
    return total;
}

/// Adds a row in double, lane by lane.
template <typename T>
double sum_of(std::span<const T> row) noexcept
{
    std::array<double, kLanes> lanes{};
    const std::size_t whole = row.size() - row.size() % kLanes;
    for (std::size_t i = 0; i < whole; i += kLanes) {
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            lanes[lane] += static_cast<double>(row[i + lane]);
        }
    }
    double total = add_lanes(lanes);
    for (std::size_t i = whole; i < row.size(); ++i) {
        total += static_cast<double>(row[i]);
    }
    return total;
}

} // namespace

namespace detail {

float largest(std::span<const float> row) noexcept
{
    std::array<float, kLanes> lanes;
    lanes.fill(kMinusInfinity);
    const std::size_t whole = row.size() - row.size() % kLanes;
    for (std::size_t i = 0; i < whole; i += kLanes) {
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            const float x = row[i + lane];
            lanes[lane] = x > lanes[lane] ? x : lanes[lane];
        }
    }
    float best = kMinusInfinity;
    for (const float lane : lanes) {
        best = lane > best ? lane : best;
    }
    for (std::size_t i = whole; i < row.size(); ++i) {
        best = row[i] > best ? row[i] : best;
    }
    return best;
}

float clean(std::span<float> row) noexcept
{
    for (float& x : row) {
        x = x == x ? x : kMinusInfinity;
    }
    const float best = largest(row);
    if (best <= kLargestFloat) {
        return best;
    }
    const bool some_finite = std::any_of(row.begin(), row.end(), [](float x) { return std::isfinite(x); });
    for (float& x : row) {
        x = some_finite ? std::min(x, kLargestFloat) : kMinusInfinity;
    }
    return some_finite ? kLargestFloat : kMinusInfinity;
}

double exponentials(std::span<float> row, float shift) noexcept
{
    for (float& x : row) {
        x = bounded_exponent(x - shift);
    }
    for (float& x : row) {
        x = exp_of_bounded(x);
    }
    return sum_of(std::span<const float>(row));
}

void shift_and_scale(std::span<float> row, float shift, float factor) noexcept
{
    for (float& x : row) {
        x = (x - shift) * factor;
    }
}

void softmax(std::span<float> row) noexcept
{
    const float best = largest(row);
    if (!(best > kMinusInfinity)) {
        std::fill(row.begin(), row.end(), 0.0F);
        if (!row.empty()) {
            row[0] = 1.0F;
        }
        return;
    }
    const double total = exponentials(row, best);
    const auto factor = static_cast<float>(1.0 / total);
    for (float& x : row) {
        x *= factor;
    }
}

double sum(std::span<const double> row) noexcept
{
    return sum_of(row);
}

} // namespace detail

bool reads_history(const record::Sampling& sampling) noexcept
{
    return sampling.repetition_penalty != 1 || sampling.presence_penalty != 0 || sampling.frequency_penalty != 0 ||
           sampling.no_repeat_ngram != 0;
}

TokenId argmax(std::span<const float> row) noexcept
{
    const float best = detail::largest(row);
    for (std::size_t i = 0; i < row.size(); ++i) {
        if (row[i] == best) {
            return static_cast<TokenId>(i);
        }
    }
    return 0;
}

double entropy_nats(std::span<const float> probability) noexcept
{
    // p ln p vanishes with p; entries below the smallest normal float count as 0, which changes the sum by less than 1e-35 each.
    constexpr float kSmallest = std::numeric_limits<float>::min();
    double total = 0;
    std::array<float, kBlock> terms;
    for (std::size_t begin = 0; begin < probability.size(); begin += kBlock) {
        const auto block = probability.subspan(begin, std::min(kBlock, probability.size() - begin));
        for (std::size_t i = 0; i < block.size(); ++i) {
            terms[i] = block[i] > kSmallest ? block[i] : 1.0F;
        }
        for (std::size_t i = 0; i < block.size(); ++i) {
            terms[i] *= log_of_positive(terms[i]);
        }
        total += sum_of(std::span<const float>(terms).first(block.size()));
    }
    return std::max(0.0, -total);
}

double softmax_entropy_nats(std::span<const float> logits) noexcept
{
    // H = ln Z - sum x e^x / Z with x = logit - largest: no logarithm per entry, and no cancellation because every x <= 0.
    const float best = detail::largest(logits);
    if (!std::isfinite(best)) {
        return 0;
    }
    double weight = 0;
    double product = 0;
    std::array<float, kBlock> weights;
    std::array<float, kBlock> products;
    for (std::size_t begin = 0; begin < logits.size(); begin += kBlock) {
        const auto block = logits.subspan(begin, std::min(kBlock, logits.size() - begin));
        for (std::size_t i = 0; i < block.size(); ++i) {
            products[i] = bounded_exponent(block[i] - best);
        }
        for (std::size_t i = 0; i < block.size(); ++i) {
            weights[i] = exp_of_bounded(products[i]);
            products[i] *= weights[i];
        }
        weight += sum_of(std::span<const float>(weights).first(block.size()));
        product += sum_of(std::span<const float>(products).first(block.size()));
    }
    return std::max(0.0, std::log(weight) - product / weight);
}

TokenId sample(std::span<const float> probability, double u) noexcept
{
    double total = 0;
    for (const float p : probability) {
        total += p > 0 ? static_cast<double>(p) : 0.0;
    }
    const double wanted = u * total;
    double cumulative = 0;
    TokenId last = 0;
    for (std::size_t i = 0; i < probability.size(); ++i) {
        if (probability[i] > 0) {
            cumulative += static_cast<double>(probability[i]);
            last = static_cast<TokenId>(i);
            if (cumulative > wanted) {
                return last;
            }
        }
    }
    return last; // u so close to 1 that rounding left the sum at or below u * total
}

} // namespace timberline::rules
