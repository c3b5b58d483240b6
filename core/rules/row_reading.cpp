// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rules/row_reading.h"

#include "core/rules/row_math.h"
#include "core/rules/sampling.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace timberline::rules {
namespace {

constexpr std::size_t kLanes = 8;
constexpr std::size_t kBlock = 256;

/// Differences from the largest entry, bounded below where the exponential is 0 anyway, so that 0 * infinity does not come up.
constexpr float kLowest = -100.0F;

double add(const std::array<double, kLanes>& lanes) noexcept
{
    double total = 0;
    for (const double lane : lanes) {
        total += lane;
    }
    return total;
}

/// sum of weight * max(logit - shift, lowest), in double, in one written order.
double weighted(std::span<const float> weights, std::span<const float> logits, float shift) noexcept
{
    std::array<double, kLanes> lanes{};
    const std::size_t whole = logits.size() - logits.size() % kLanes;
    for (std::size_t i = 0; i < whole; i += kLanes) {
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            const float x = std::max(logits[i + lane] - shift, kLowest);
            lanes[lane] += static_cast<double>(weights[i + lane]) * static_cast<double>(x);
        }
    }
    double total = add(lanes);
    for (std::size_t i = whole; i < logits.size(); ++i) {
        total += static_cast<double>(weights[i]) * static_cast<double>(std::max(logits[i] - shift, kLowest));
    }
    return total;
}

bool any_nan(std::span<const float> row) noexcept
{
    bool found = false;
    for (const float x : row) {
        found = found || x != x;
    }
    return found;
}

/// The two largest entries.
std::pair<float, float> best_two(std::span<const float> row) noexcept
{
    float first = -std::numeric_limits<float>::infinity();
    float second = first;
    for (const float x : row) {
        second = x > first ? first : std::max(second, x);
        first = std::max(first, x);
    }
    return {first, second};
}

}  // namespace

RowReader::Sums RowReader::weigh(std::span<const float> logits, std::vector<float>* weights)
{
    Sums out;
    out.largest = detail::largest(logits);
    out.finite = std::isfinite(out.largest) && !any_nan(logits);
    if (!out.finite) {
        return out;
    }
    std::array<float, kBlock> scratch;
    if (weights != nullptr) {
        weights->resize(logits.size());
    }
    for (std::size_t begin = 0; begin < logits.size(); begin += kBlock) {
        const auto block = logits.subspan(begin, std::min(kBlock, logits.size() - begin));
        const std::span<float> values = std::span<float>(scratch).first(block.size());
        std::copy(block.begin(), block.end(), values.begin());
        out.total += detail::exponentials(values, out.largest);
        out.product += weighted(values, block, out.largest);
        if (weights != nullptr) {
            std::copy(values.begin(), values.end(), weights->begin() + static_cast<std::ptrdiff_t>(begin));
        }
    }
    return out;
}

void RowReader::set_final(std::span<const float> logits)
{
    const Sums sums = weigh(logits, &final_weights_);
    if (!sums.finite) {
        final_weights_.clear();
        return;
    }
    final_total_ = sums.total;
    // ln Z - sum w z / Z by the same loop as the cross-entropy in read(), so that the difference of equal rows is exactly 0.
    final_entropy_ = std::log(sums.total) - weighted(final_weights_, logits, sums.largest) / sums.total;
}

RowReading RowReader::read(std::span<const float> logits, TokenId next)
{
    RowReading out;
    out.top1 = logits.empty() ? -1 : argmax(logits);
    const Sums sums = weigh(logits, nullptr);
    if (!sums.finite) {
        return out;
    }
    const auto [first, second] = best_two(logits);
    const double log_total = std::log(sums.total);
    out.probability = static_cast<float>(1 / sums.total);
    out.margin = static_cast<float>((1 - std::exp(static_cast<double>(second) - static_cast<double>(first))) / sums.total);
    out.entropy = static_cast<float>(std::max(0.0, log_total - sums.product / sums.total));
    if (final_weights_.size() == logits.size()) {
        const double cross = log_total - weighted(final_weights_, logits, sums.largest) / final_total_;
        out.kl_final = static_cast<float>(std::max(0.0, cross - final_entropy_));
    }
    if (next >= 0 && static_cast<std::size_t>(next) < logits.size()) {
        const float wanted = logits[static_cast<std::size_t>(next)];
        out.next_log_probability = static_cast<float>(static_cast<double>(wanted) - static_cast<double>(sums.largest) - log_total);
    }
    return out;
}

void RowReader::top(std::span<const float> logits, const RowReading& reading, std::span<TokenId> ids, std::span<float> probability)
{
    std::fill(ids.begin(), ids.end(), -1);
    std::fill(probability.begin(), probability.end(), std::numeric_limits<float>::quiet_NaN());
    const std::size_t wanted = std::min({ids.size(), probability.size(), logits.size()});
    if (wanted == 0) {
        return;
    }
    // Few candidates of many: an insertion into a short sorted list, which most entries never reach.
    std::vector<float> best(wanted, -std::numeric_limits<float>::infinity());
    std::size_t held = 0;
    for (std::size_t i = 0; i < logits.size(); ++i) {
        const float x = logits[i];
        if (!(held < wanted || x > best[held - 1]) || x != x) {
            continue;
        }
        std::size_t at = held < wanted ? held++ : held - 1;
        for (; at > 0 && x > best[at - 1]; --at) {
            best[at] = best[at - 1];
            ids[at] = ids[at - 1];
        }
        best[at] = x;
        ids[at] = static_cast<TokenId>(i);
    }
    for (std::size_t k = 0; k < held; ++k) {
        const double ratio = std::exp(static_cast<double>(best[k]) - static_cast<double>(best[0]));
        probability[k] = static_cast<float>(ratio * static_cast<double>(reading.probability));
    }
}

}  // namespace timberline::rules
