// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rules/tree_shapes.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace timberline::rules {

namespace {

/// NaN would break the ordering that sorting relies on; it ranks last.
double ranked(double value) noexcept
{
    return std::isnan(value) ? -std::numeric_limits<double>::infinity() : value;
}

struct KeyedId {
    double key;
    std::int32_t id;
};

/// The `count` largest keys in descending order, the lower id first among equals. Ids must arrive in ascending order.
class LargestKeys
{
public:
    explicit LargestKeys(std::size_t count) : count_(count) { best_.reserve(count + 1); }

    /// False when an entry with this key, arriving now, would not be kept.
    [[nodiscard]] bool wants(double key) const noexcept { return best_.size() < count_ || key > best_.back().key; }

    void add(double key, std::int32_t id)
    {
        const auto place =
            std::upper_bound(best_.begin(), best_.end(), key, [](double value, const KeyedId& entry) { return value > entry.key; });
        best_.insert(place, {key, id});
        if (best_.size() > count_) {
            best_.pop_back();
        }
    }

    [[nodiscard]] std::vector<std::int32_t> ids() const
    {
        std::vector<std::int32_t> out;
        out.reserve(best_.size());
        for (const KeyedId& entry : best_) {
            out.push_back(entry.id);
        }
        return out;
    }

private:
    std::size_t count_;
    std::vector<KeyedId> best_;
};

} // namespace

std::vector<std::int32_t> rerank_pool(std::span<const PoolCandidate> pool, std::int32_t total)
{
    std::vector<std::int32_t> order(pool.size());
    std::iota(order.begin(), order.end(), 0);
    const auto before = [&pool](std::int32_t a, std::int32_t b) {
        const PoolCandidate& left = pool[static_cast<std::size_t>(a)];
        const PoolCandidate& right = pool[static_cast<std::size_t>(b)];
        const double left_value = ranked(left.value);
        const double right_value = ranked(right.value);
        if (left_value != right_value) {
            return left_value > right_value;
        }
        // The shallower node first: a parent never has less value than its child, so this keeps the kept set parent-closed in ties.
        return left.depth != right.depth ? left.depth < right.depth : a < b;
    };
    std::sort(order.begin(), order.end(), before);
    order.resize(std::min(order.size(), static_cast<std::size_t>(std::max(total, 0))));
    std::sort(order.begin(), order.end());
    return order;
}

double expected_tokens(double alpha, int gamma) noexcept
{
    // The geometric sum itself: the closed form (1 - a^(g+1)) / (1 - a) loses its digits near a = 1.
    double total = 1;
    double power = 1;
    for (int i = 0; i < gamma; ++i) {
        power *= alpha;
        total += power;
    }
    return total;
}

double ideal_speedup(double alpha, int gamma, double cost_ratio) noexcept
{
    return expected_tokens(alpha, gamma) / (static_cast<double>(gamma) * cost_ratio + 1.0);
}

std::vector<std::int32_t> top_indices(std::span<const float> law, std::int32_t count)
{
    if (count <= 0) {
        return {};
    }
    const std::size_t wanted = std::min(law.size(), static_cast<std::size_t>(count));
    constexpr std::size_t kFew = 128; // insertion is the cheapest way up to about here; above, selection
    if (wanted <= kFew) {
        LargestKeys best(wanted);
        for (std::size_t i = 0; i < law.size(); ++i) {
            const double key = ranked(static_cast<double>(law[i]));
            if (best.wants(key)) {
                best.add(key, static_cast<std::int32_t>(i));
            }
        }
        return best.ids();
    }
    std::vector<std::int32_t> order(law.size());
    std::iota(order.begin(), order.end(), 0);
    std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(wanted), order.end(),
                      [&law](std::int32_t a, std::int32_t b) {
                          const double left = ranked(static_cast<double>(law[static_cast<std::size_t>(a)]));
                          const double right = ranked(static_cast<double>(law[static_cast<std::size_t>(b)]));
                          return left != right ? left > right : a < b;
                      });
    order.resize(wanted);
    return order;
}

std::vector<std::int32_t> draw_without_replacement(std::span<const float> law, std::span<const double> uniforms, std::int32_t count)
{
    if (count <= 0) {
        return {};
    }
    const std::size_t size = std::min(law.size(), uniforms.size());
    LargestKeys best(std::min(size, static_cast<std::size_t>(count)));
    for (std::size_t i = 0; i < size; ++i) {
        if (!(law[i] > 0)) {
            continue;
        }
        const auto q = static_cast<double>(law[i]);
        const double u = std::max(uniforms[i], std::numeric_limits<double>::min());
        // ln u <= u - 1: most tokens are ruled out without a logarithm.
        if (best.wants((u - 1.0) / q)) {
            const double key = std::log(u) / q;
            if (best.wants(key)) {
                best.add(key, static_cast<std::int32_t>(i));
            }
        }
    }
    return best.ids();
}

} // namespace timberline::rules
