// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/decoding/ngram_counts.h"

#include <algorithm>
#include <cassert>
#include <map>

namespace timberline::decoding {

namespace {

constexpr int kTokenBits = 20;

/// The history's last `count` tokens, or nothing when it is shorter.
bool last_tokens(std::span<const TokenId> history, std::int64_t count, std::span<const TokenId>& out)
{
    if (count < 0 || static_cast<std::int64_t>(history.size()) < count) {
        return false;
    }
    out = history.last(static_cast<std::size_t>(count));
    return true;
}

template <typename Visit>
void for_each_set(const NgramView& counts, std::span<const TokenId> context, Visit visit)
{
    if (const auto* found = counts.corpus != nullptr ? counts.corpus->after(context) : nullptr) {
        visit(*found, std::int64_t{1}, false);
    }
    if (const auto* found = counts.text != nullptr ? counts.text->after(context) : nullptr) {
        visit(*found, counts.text_weight, true);
    }
}

}  // namespace

std::uint64_t NgramCounts::key(std::span<const TokenId> context) noexcept
{
    assert(static_cast<std::int64_t>(context.size()) < kLongestNgram);
    std::uint64_t out = context.size();
    for (const TokenId token : context) {
        assert(token >= 0 && token < (1 << kTokenBits));
        out = (out << kTokenBits) | static_cast<std::uint64_t>(token);
    }
    return out;
}

void NgramCounts::count(std::span<const TokenId> text, std::size_t from)
{
    for (std::size_t at = from; at < text.size(); ++at) {
        ++seen_;
        for (std::size_t length = 0; length <= std::min(at, static_cast<std::size_t>(kLongestNgram - 1)); ++length) {
            Context& context = contexts_[key(text.subspan(at - length, length))];
            ++context.total;
            auto found = std::ranges::find(context.successors, text[at], &Successor::token);
            if (found == context.successors.end()) {
                found = context.successors.insert(found, {.token = text[at]});
            }
            ++found->count;
            found->last_seen = seen_;
        }
    }
}

const NgramCounts::Context* NgramCounts::after(std::span<const TokenId> context) const
{
    const auto found = contexts_.find(key(context));
    return found == contexts_.end() ? nullptr : &found->second;
}

std::vector<NgramCounts::Successor> likeliest_successors(const NgramView& counts, std::span<const TokenId> history, std::int64_t order,
                                                         std::int64_t min_count, std::size_t most, std::int64_t& total)
{
    using Successor = NgramCounts::Successor;
    total = 0;
    std::span<const TokenId> context;
    for (std::int64_t length = order - 1; length >= 1; --length) {
        if (!last_tokens(history, length, context)) {
            continue;
        }
        std::map<TokenId, Successor> merged;
        std::int64_t sum = 0;
        for_each_set(counts, context, [&](const NgramCounts::Context& found, std::int64_t weight, bool in_text) {
            sum += weight * found.total;
            for (const Successor& successor : found.successors) {
                Successor& entry = merged[successor.token];
                entry.token = successor.token;
                entry.count += weight * successor.count;
                // The text is what was seen latest; the corpus has no place on that clock.
                entry.last_seen = in_text ? successor.last_seen : 0;
            }
        });
        if (sum < min_count || merged.empty()) {
            continue;
        }
        std::vector<Successor> out;
        std::ranges::transform(merged, std::back_inserter(out), [](const auto& entry) { return entry.second; });
        std::ranges::stable_sort(
            out, [](const Successor& a, const Successor& b) { return a.count != b.count ? a.count > b.count : a.last_seen > b.last_seen; });
        out.resize(std::min(out.size(), most));
        total = sum;
        return out;
    }
    return {};
}

void interpolated_law(const NgramView& counts, std::span<const TokenId> history, std::int64_t order, double back_off,
                      std::size_t vocabulary, std::vector<float>& law)
{
    std::vector<double> mixed(vocabulary, 1.0 / static_cast<double>(vocabulary));
    std::span<const TokenId> context;
    for (std::int64_t length = 0; length < order && last_tokens(history, length, context); ++length) {
        double total = 0;
        for_each_set(counts, context, [&](const NgramCounts::Context& found, std::int64_t weight, bool /*in_text*/) {
            total += static_cast<double>(weight * found.total);
        });
        if (total <= 0) {
            break;  // a longer context was not seen either
        }
        std::ranges::for_each(mixed, [back_off](double& q) { q *= back_off; });
        for_each_set(counts, context, [&](const NgramCounts::Context& found, std::int64_t weight, bool /*in_text*/) {
            for (const auto& successor : found.successors) {
                mixed[static_cast<std::size_t>(successor.token)] += (1 - back_off) * static_cast<double>(weight * successor.count) / total;
            }
        });
    }
    law.resize(vocabulary);
    std::ranges::transform(mixed, law.begin(), [](double q) { return static_cast<float>(q); });
}

}  // namespace timberline::decoding
