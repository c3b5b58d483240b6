// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rules/typical_acceptance.h"

#include "core/rules/row_math.h"
#include "core/rules/verdict_detail.h"

#include <algorithm>
#include <cmath>

namespace timberline::rules {

namespace {

using record::NodeState;

/// Of a normalised law.
double threshold_of(const std::vector<double>& law, const TypicalLimits& limits)
{
    double entropy = 0;
    for (const double p : law) {
        if (p > 0) {
            entropy -= p * std::log(p);
        }
    }
    return std::min(limits.epsilon, limits.delta * std::exp(-entropy));
}

/// What one look at every reachable node found.
struct Reading {
    std::vector<bool> passed;
    std::vector<double> threshold;  ///< of the test of the node
    std::vector<double> probability;
    std::vector<double> log_p;  ///< along the path
};

Reading read(const DraftTree& tree, const TargetLaw& target, const TypicalLimits& limits, const std::vector<bool>& on_forced_path)
{
    Reading out{.passed = std::vector<bool>(tree.size(), false),
                .threshold = std::vector<double>(tree.size(), 0.0),
                .probability = std::vector<double>(tree.size(), 0.0),
                .log_p = std::vector<double>(tree.size(), 0.0)};
    const auto children = tree.children();
    out.passed[0] = true;
    std::vector<double> law;
    for (std::size_t node = 0; node < tree.size(); ++node) {
        if (!out.passed[node] || children[node].empty()) {
            continue;
        }
        const std::span<const float> row = target(static_cast<std::int32_t>(node));
        detail::copy_law(law, row, row.size());
        detail::normalise(law);
        const double threshold = threshold_of(law, limits);
        for (const std::int32_t child : children[node]) {
            const auto index = static_cast<std::size_t>(child);
            const double p = detail::at(law, tree.token[index]);
            out.threshold[index] = threshold;
            out.probability[index] = p;
            out.log_p[index] = out.log_p[node] + std::log(p);
            out.passed[index] = p > threshold || on_forced_path[index];
        }
    }
    return out;
}

/// The end of the kept path.
std::int32_t best_end(const DraftTree& tree, const Reading& reading, std::int32_t base)
{
    const auto depth = tree.depths();
    std::vector<bool> below(tree.size(), false);  // in the subtree of `base`
    below[static_cast<std::size_t>(base)] = true;
    std::int32_t best = base;
    for (std::size_t node = static_cast<std::size_t>(base) + 1; node < tree.size(); ++node) {
        below[node] = below[static_cast<std::size_t>(tree.parent[node])];
        if (!below[node] || !reading.passed[node]) {
            continue;
        }
        const auto kept = static_cast<std::size_t>(best);
        if (depth[node] > depth[kept] || (depth[node] == depth[kept] && reading.log_p[node] > reading.log_p[kept])) {
            best = static_cast<std::int32_t>(node);
        }
    }
    return best;
}

}  // namespace

double typical_threshold(std::span<const float> law, const TypicalLimits& limits)
{
    std::vector<double> copy;
    detail::copy_law(copy, law, law.size());
    detail::normalise(copy);
    return threshold_of(copy, limits);
}

Verdict verify_typical(const DraftTree& tree, const TargetLaw& target, DecisionSource& decisions, const TypicalLimits& limits,
                       std::int32_t forced)
{
    Verdict verdict = detail::untested(tree);
    const bool known = forced > 0 && static_cast<std::size_t>(forced) < tree.size();
    const Reading reading = read(tree, target, limits, detail::forced_path(tree, forced));
    const std::int32_t end = best_end(tree, reading, known ? forced : 0);
    for (std::int32_t at = end; at >= 0; at = tree.parent[static_cast<std::size_t>(at)]) {
        verdict.path.push_back(at);
    }
    std::reverse(verdict.path.begin(), verdict.path.end());

    const auto children = tree.children();
    std::int16_t order = 0;
    for (std::size_t i = 0; i < verdict.path.size(); ++i) {
        const std::int32_t kept = i + 1 < verdict.path.size() ? verdict.path[i + 1] : -1;
        for (const std::int32_t child : children[static_cast<std::size_t>(verdict.path[i])]) {
            const auto index = static_cast<std::size_t>(child);
            if (child == kept || !reading.passed[index]) {
                verdict.nodes[index] = {child == kept ? NodeState::Accepted : NodeState::Rejected,
                                        static_cast<float>(reading.probability[index]), static_cast<float>(reading.threshold[index]),
                                        record::kUndefined, order++};
            }
        }
    }
    verdict.next_is_bonus = children[static_cast<std::size_t>(end)].empty();
    const std::span<const float> row = target(end);
    std::vector<double> law;
    detail::copy_law(law, row, row.size());
    if (limits.likeliest_extra && !law.empty()) {
        const auto likeliest = static_cast<std::size_t>(std::max_element(law.begin(), law.end()) - law.begin());
        law.assign(law.size(), 0.0);
        law[likeliest] = 1;
    }
    verdict.next = decisions.emit(end, law);
    return verdict;
}

}  // namespace timberline::rules
