// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/decoding/target_laws.h"

#include "core/rules/sampling.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace timberline::decoding {

namespace {

record::Sampling softened(record::Sampling sampling)
{
    if (sampling.temperature == 0) {
        sampling.temperature = 1;
        sampling.top_k = 0;
        sampling.top_p = 1;
        sampling.min_p = 0;
        sampling.typical_p = 1;
    }
    return sampling;
}

}  // namespace

void TargetLaws::begin(const rules::DraftTree& tree, std::span<const TokenId> committed, const record::Sampling& sampling,
                       std::span<const float> logits, std::size_t vocabulary)
{
    tree_ = &tree;
    sampling_ = &sampling;
    logits_ = logits;
    vocabulary_ = vocabulary;
    committed_ = committed.size();
    rows_ = std::min(tree.size(), logits.size() / vocabulary);
    history_.assign(committed.begin(), committed.end());
    laws_.resize(std::max(laws_.size(), tree.size() * vocabulary));
    ready_.assign(tree.size(), 0);
}

std::span<const TokenId> TargetLaws::history(std::int32_t node)
{
    history_.resize(committed_);
    const auto path = tree_->path_tokens(node);
    history_.insert(history_.end(), path.begin(), path.end());
    return history_;
}

std::span<const float> TargetLaws::logits(std::int32_t node) const
{
    return logits_.subspan(static_cast<std::size_t>(node) * vocabulary_, vocabulary_);
}

std::span<const float> TargetLaws::law(std::int32_t node)
{
    const auto index = static_cast<std::size_t>(node);
    if (!has_row(node)) {
        return {};
    }
    const std::span<float> row = std::span(laws_).subspan(index * vocabulary_, vocabulary_);
    if (ready_[index] == 0) {
        const auto raw = logits(node);
        std::copy(raw.begin(), raw.end(), row.begin());
        rules::apply_sampling(*sampling_, history(node), row);
        ready_[index] = 1;
    }
    return row;
}

TokenId TargetLaws::best(std::int32_t node)
{
    return rules::reads_history(*sampling_) ? rules::argmax(law(node)) : rules::argmax(logits(node));
}

std::span<const float> TargetLaws::soft_law(std::int32_t node)
{
    const auto raw = logits(node);
    soft_.assign(raw.begin(), raw.end());
    rules::apply_sampling(softened(*sampling_), history(node), soft_);
    return soft_;
}

bool TargetLaws::tied(std::int32_t node)
{
    const TopTwo raw = top_two(logits(node));
    const float tolerance = 1e-4F * std::max(1.0F, std::abs(raw.largest));
    if (!rules::reads_history(*sampling_)) {
        return raw.largest - raw.second < tolerance;
    }
    const TopTwo penalised = top_two(soft_law(node));
    return std::log(penalised.largest) - std::log(penalised.second) < tolerance;
}

TopTwo top_two(std::span<const float> row) noexcept
{
    // Independent lanes, so that the loop vectorises; the lanes' winners are merged at the end.
    constexpr std::size_t kLanes = 16;
    constexpr float kLowest = -std::numeric_limits<float>::infinity();
    std::array<float, kLanes> first;
    std::array<float, kLanes> second;
    first.fill(kLowest);
    second.fill(kLowest);
    const std::size_t whole = row.size() - row.size() % kLanes;
    for (std::size_t i = 0; i < whole; i += kLanes) {
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            const float x = row[i + lane] == row[i + lane] ? row[i + lane] : kLowest;
            const float loser = x > first[lane] ? first[lane] : x;
            first[lane] = x > first[lane] ? x : first[lane];
            second[lane] = loser > second[lane] ? loser : second[lane];
        }
    }
    TopTwo out{kLowest, kLowest};
    const auto add = [&out](float x) {
        if (x > out.largest) {
            out.second = out.largest;
            out.largest = x;
        } else if (x > out.second) {
            out.second = x;
        }
    };
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
        add(first[lane]);
        add(second[lane]);
    }
    for (std::size_t i = whole; i < row.size(); ++i) {
        add(row[i]);
    }
    return out;
}

}  // namespace timberline::decoding
