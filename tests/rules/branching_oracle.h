// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/random.h"
#include "core/rules/verification.h"

#include <cmath>
#include <functional>
#include <numeric>
#include <vector>

namespace timberline::test {

using Law = std::vector<double>;

inline Law normalised(const std::vector<float>& law)
{
    Law out(law.begin(), law.end());
    const double total = std::accumulate(out.begin(), out.end(), 0.0);
    for (double& x : out) {
        x /= total;
    }
    return out;
}

/// Largest difference of two laws of the same length.
inline double distance(const Law& a, const Law& b)
{
    double worst = a.size() == b.size() ? 0 : 1;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
        worst = std::max(worst, std::abs(a[i] - b[i]));
    }
    return worst;
}

/// Visits every outcome of a piece of code that draws its chance from here, with the exact probability of each: the code is run again and
/// again, each time with the next sequence of choices in depth-first order.
class BranchingOracle : public rules::DecisionSource
{
public:
    bool accept(std::int32_t /*node*/, double ratio, float& draw) override
    {
        draw = record::kUndefined;
        const double pass = std::min(1.0, ratio);
        return choose({pass, 1.0 - pass}) == 0;
    }
    TokenId emit(std::int32_t /*node*/, std::span<const double> law) override
    {
        return static_cast<TokenId>(choose(Law(law.begin(), law.end())));
    }

    /// Draws an index with probability proportional to the weights.
    std::size_t choose(const Law& weights)
    {
        const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
        if (cursor_ == steps_.size()) {
            steps_.push_back({next_positive(weights, 0), weights});
        }
        const std::size_t option = steps_[cursor_++].option;
        weight_ *= weights[option] / total;
        return option;
    }

    /// Calls visit(oracle) once for each outcome; inside, weight() is the outcome's probability so far.
    template <typename Visit>
    static void enumerate(Visit visit)
    {
        BranchingOracle oracle;
        do {
            oracle.cursor_ = 0;
            oracle.weight_ = 1;
            visit(oracle);
        } while (oracle.advance());
    }
    [[nodiscard]] double weight() const { return weight_; }

private:
    struct Step {
        std::size_t option;
        Law weights;
    };
    static std::size_t next_positive(const Law& weights, std::size_t from)
    {
        while (from < weights.size() && !(weights[from] > 0)) {
            ++from;
        }
        return from;
    }
    bool advance()
    {
        while (!steps_.empty()) {
            Step& last = steps_.back();
            last.option = next_positive(last.weights, last.option + 1);
            if (last.option < last.weights.size()) {
                return true;
            }
            steps_.pop_back();
        }
        return false;
    }

    std::vector<Step> steps_;
    std::size_t cursor_ = 0;
    double weight_ = 1;
};

/// Answers from keyed Philox streams, as a decoding engine does.
class KeyedSource : public rules::DecisionSource
{
public:
    KeyedSource(std::uint64_t seed, std::uint32_t round) : seed_(seed), round_(round) {}

    bool accept(std::int32_t node, double ratio, float& draw) override
    {
        const double u = uniform({seed_, RandomPurpose::AcceptDraw, round_, 0, static_cast<std::uint32_t>(node)});
        draw = static_cast<float>(u);
        return u < ratio;
    }
    TokenId emit(std::int32_t node, std::span<const double> law) override
    {
        const double u = uniform({seed_, RandomPurpose::TargetSample, round_, 0, static_cast<std::uint32_t>(node)});
        return static_cast<TokenId>(pick(Law(law.begin(), law.end()), u));
    }
    /// Draws the draft's own numbers; sibling tells them apart.
    std::size_t choose(const Law& weights) { return pick(weights, uniform({seed_, RandomPurpose::DraftSample, round_, 0, drafts_++})); }

private:
    static std::size_t pick(const Law& weights, double u)
    {
        double left = u * std::accumulate(weights.begin(), weights.end(), 0.0);
        std::size_t last = 0;
        for (std::size_t i = 0; i < weights.size(); ++i) {
            if (weights[i] > 0) {
                last = i;
                left -= weights[i];
                if (left < 0) {
                    break;
                }
            }
        }
        return last;
    }
    std::uint64_t seed_;
    std::uint32_t round_;
    std::uint32_t drafts_ = 0;
};

/// `count` children of one node, drawn as `kind` says. Chance is a BranchingOracle or a KeyedSource.
template <typename Chance>
std::vector<TokenId> draw_children(record::DrawKind kind, const std::vector<float>& law, int count, Chance& chance)
{
    std::vector<TokenId> out;
    Law left = normalised(law);
    for (int i = 0; i < count; ++i) {
        std::size_t token = 0;
        if (kind == record::DrawKind::PointMass) {
            token = static_cast<std::size_t>(std::max_element(left.begin(), left.end()) - left.begin());
        } else {
            token = chance.choose(left);
        }
        if (kind != record::DrawKind::WithReplacement) {
            left[token] = 0;
        }
        out.push_back(static_cast<TokenId>(token));
        if (std::accumulate(left.begin(), left.end(), 0.0) <= 0) {
            break;
        }
    }
    return out;
}

/// Appends the children of `node` with the law they were drawn from.
inline void hang_children(rules::DraftTree& tree, std::int32_t node, record::DrawKind kind, const std::vector<float>& law,
                          const std::vector<TokenId>& tokens)
{
    tree.vocabulary = static_cast<std::int32_t>(law.size());
    tree.child_kind[static_cast<std::size_t>(node)] = kind;
    if (kind != record::DrawKind::PointMass) {
        tree.draft_row[static_cast<std::size_t>(node)] = static_cast<std::int32_t>(tree.draft_laws.size() / law.size());
        tree.draft_laws.insert(tree.draft_laws.end(), law.begin(), law.end());
    }
    for (const TokenId token : tokens) {
        tree.add(node, token, law[static_cast<std::size_t>(token)]);
    }
}

} // namespace timberline::test
