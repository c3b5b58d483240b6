// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/random.h"
#include "core/landscape/evaluation.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace timberline::landscape {
namespace {

/// `wanted` of `from` in random order by keyed draws (Fisher and Yates), then ascending.
std::vector<std::int64_t> draw(std::vector<std::int64_t> from, std::size_t wanted, std::uint64_t seed, std::uint32_t part,
                               std::uint32_t group)
{
    for (std::size_t k = 0; k < wanted && k + 1 < from.size(); ++k) {
        const double u = uniform({.seed = seed,
                                  .purpose = RandomPurpose::LandscapeSamples,
                                  .round = part,
                                  .position = static_cast<std::uint32_t>(k),
                                  .sibling = group});
        const auto left = from.size() - k;
        std::swap(from[k], from[k + std::min(left - 1, static_cast<std::size_t>(u * static_cast<double>(left)))]);
    }
    from.resize(std::min(wanted, from.size()));
    std::ranges::sort(from);
    return from;
}

/// Every class gets its share of `wanted`, rounded down; what is left goes to the classes with the largest remainders, the lower class
/// first.
std::vector<std::int64_t> draw_stratified(const training::DataSet& data, std::int64_t first, std::int64_t last, std::int64_t wanted,
                                          std::uint64_t seed, std::uint32_t part)
{
    std::map<std::int32_t, std::vector<std::int64_t>> classes;
    for (std::int64_t n = first; n < last; ++n) {
        classes[data.labels[static_cast<std::size_t>(n)]].push_back(n);
    }
    struct Share {
        std::int32_t label;
        std::size_t count;
        double remainder;
    };
    std::vector<Share> shares;
    std::int64_t given = 0;
    for (const auto& [label, members] : classes) {
        const double exact = static_cast<double>(wanted) * static_cast<double>(members.size()) / static_cast<double>(last - first);
        const auto whole = static_cast<std::size_t>(exact);
        shares.push_back({label, whole, exact - static_cast<double>(whole)});
        given += static_cast<std::int64_t>(whole);
    }
    std::ranges::stable_sort(shares, std::greater{}, &Share::remainder);
    for (std::size_t k = 0; given < wanted && !shares.empty(); k = (k + 1) % shares.size()) {
        if (shares[k].count < classes[shares[k].label].size()) {
            ++shares[k].count;
            ++given;
        }
    }
    std::vector<std::int64_t> out;
    for (const auto& share : shares) {
        const auto chosen = draw(classes[share.label], share.count, seed, part, static_cast<std::uint32_t>(share.label) + 1);
        out.insert(out.end(), chosen.begin(), chosen.end());
    }
    std::ranges::sort(out);
    return out;
}

template <typename T>
std::vector<T> rows_of(const std::vector<T>& from, const std::vector<std::int64_t>& index, std::int64_t width)
{
    std::vector<T> out;
    if (from.empty()) {
        return out;
    }
    out.reserve(index.size() * static_cast<std::size_t>(width));
    for (const auto n : index) {
        out.insert(out.end(), from.begin() + n * width, from.begin() + (n + 1) * width);
    }
    return out;
}

}  // namespace

Samples choose_samples(const training::DataSet& data, bool test, std::int64_t wanted, std::uint64_t seed)
{
    const std::int64_t first = test ? data.train : 0;
    const std::int64_t last = test ? data.samples : data.train;
    Samples out;
    const std::uint32_t part = test ? 1 : 0;
    if (wanted <= 0 || wanted >= last - first) {
        out.index.resize(static_cast<std::size_t>(std::max<std::int64_t>(last - first, 0)));
        std::iota(out.index.begin(), out.index.end(), first);
    } else if (!data.labels.empty()) {
        out.index = draw_stratified(data, first, last, wanted, seed, part);
    } else {
        std::vector<std::int64_t> members(static_cast<std::size_t>(last - first));
        std::iota(members.begin(), members.end(), first);
        out.index = draw(std::move(members), static_cast<std::size_t>(wanted), seed, part, 0);
    }
    out.count = static_cast<std::int64_t>(out.index.size());
    out.size = data.sample_size();
    out.outputs = data.outputs;
    out.inputs = rows_of(data.inputs, out.index, out.size);
    out.labels = rows_of(data.labels, out.index, 1);
    out.targets = rows_of(data.targets, out.index, out.outputs);
    out.tokens = rows_of(data.tokens, out.index, out.size + 1);
    return out;
}

}  // namespace timberline::landscape
