// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/decoding/heads/head_trees.h"

#include "core/rules/sampling.h"
#include "core/rules/tree_shapes.h"

#include <algorithm>
#include <cmath>
#include <queue>
#include <tuple>

namespace timberline::decoding {

std::vector<RankNode> static_tree(const std::vector<std::vector<double>>& accuracy, std::int32_t nodes, std::int32_t depth)
{
    struct Candidate {
        RankNode node;
        std::int32_t order;  ///< of discovery, for ties
    };
    const auto worse = [](const Candidate& a, const Candidate& b) {
        return std::tuple(a.node.value, -a.node.depth, -a.node.rank, -a.order) <
               std::tuple(b.node.value, -b.node.depth, -b.node.rank, -b.order);
    };
    const auto levels = std::min(static_cast<std::int32_t>(accuracy.size()), depth);
    const auto at = [&](std::int32_t level, std::int32_t rank) {
        const double value = accuracy[static_cast<std::size_t>(level)][static_cast<std::size_t>(rank)];
        return value > 0 ? std::min(value, 1.0) : 0.0;  // NaN is 0
    };
    std::vector<RankNode> out;
    if (levels <= 0 || nodes <= 0) {
        return out;
    }
    std::priority_queue<Candidate, std::vector<Candidate>, decltype(worse)> open(worse);
    std::int32_t order = 0;
    const auto offer = [&](std::int32_t parent, std::int32_t level, double value) {
        const auto ranks = static_cast<std::int32_t>(accuracy[static_cast<std::size_t>(level)].size());
        for (std::int32_t rank = 0; rank < ranks; ++rank) {
            if (const double product = value * at(level, rank); product > 0) {
                open.push({.node = {.parent = parent, .depth = level + 1, .rank = rank, .value = product}, .order = order++});
            }
        }
    };
    offer(0, 0, 1.0);
    while (!open.empty() && static_cast<std::int32_t>(out.size()) < nodes) {
        const auto best = open.top().node;
        open.pop();
        out.push_back(best);
        if (best.depth < levels) {
            offer(static_cast<std::int32_t>(out.size()), best.depth, best.value);
        }
    }
    return out;
}

namespace {

using record::DrawKind;

/// One growth; lives for one call.
class Growth
{
public:
    Growth(const RoundContext& context, const DraftPlan& limits, DecodeController& controller, const DynamicTreeSettings& settings,
           const DraftSampling& sampling, CandidateSource& source)
        : context_(context), limits_(limits), controller_(controller), settings_(settings), sampling_(sampling), source_(source)
    {}

    Result<GrownTree> run()
    {
        places_.push_back({});
        fill(0);
        std::size_t level_begin = 0;
        for (std::int32_t depth = 1; depth <= limits_.max_depth; ++depth) {
            const std::size_t level_end = places_.size();
            if (!agreed(depth, level_begin, level_end)) {
                break;
            }
            const std::size_t first = pool_.size();
            for (std::size_t place = level_begin; place < level_end; ++place) {
                propose(static_cast<std::int32_t>(place), depth);
            }
            if (depth == limits_.max_depth || pool_.size() == first) {
                break;
            }
            TIMBERLINE_TRY(open_best(first));
            level_begin = level_end;
        }
        return assemble();
    }

private:
    struct Place {
        std::int32_t candidate = -1;  ///< in the pool; -1 = the root
        double log_q = 0;
        std::vector<TokenId> path = {};
        std::vector<float> law = {}, logits = {};
    };

    void fill(std::int32_t index)
    {
        auto& place = places_[static_cast<std::size_t>(index)];
        const auto logits = source_.logits(index);
        history_.assign(context_.committed.begin(), context_.committed.end());
        history_.insert(history_.end(), place.path.begin(), place.path.end());
        if (context_.keep_laws) {
            place.logits.assign(logits.begin(), logits.end());
        }
        draft_law(sampling_, history_, logits, place.law);
    }

    [[nodiscard]] bool agreed(std::int32_t depth, std::size_t begin, std::size_t end)
    {
        const auto best =
            std::max_element(places_.begin() + static_cast<std::ptrdiff_t>(begin), places_.begin() + static_cast<std::ptrdiff_t>(end),
                             [](const Place& a, const Place& b) { return a.log_q < b.log_q; });
        const auto nodes = static_cast<std::int32_t>(pool_.size());
        return controller_.keep_drafting(controller_.wants_law_statistics()
                                             ? draft_step(depth, nodes, best->law, best->log_q)
                                             : DraftStep{.depth = depth, .nodes = nodes, .cumulative_log_q = best->log_q});
    }

    void propose(std::int32_t index, std::int32_t depth)
    {
        const auto& place = places_[static_cast<std::size_t>(index)];
        for (const TokenId token : rules::top_indices(place.law, settings_.top_k)) {
            const float q = place.law[static_cast<std::size_t>(token)];
            if (!(q > 0)) {
                continue;
            }
            pool_.push_back({.parent = place.candidate, .depth = depth, .value = place.log_q + std::log(static_cast<double>(q))});
            tokens_.push_back(token);
            confidence_.push_back(q);
            from_.push_back(index);
            opened_as_.push_back(-1);
        }
    }

    Status open_best(std::size_t first)
    {
        std::vector<TokenId> tokens;
        std::vector<std::int32_t> parents;
        const auto begin = static_cast<std::int32_t>(places_.size());
        for (const std::int32_t kept : rules::rerank_pool(level_candidates(first), settings_.beam)) {
            const std::size_t i = first + static_cast<std::size_t>(kept);
            opened_as_[i] = static_cast<std::int32_t>(places_.size());
            Place place{.candidate = static_cast<std::int32_t>(i),
                        .log_q = pool_[i].value,
                        .path = places_[static_cast<std::size_t>(from_[i])].path};
            place.path.push_back(tokens_[i]);
            places_.push_back(std::move(place));
            tokens.push_back(tokens_[i]);
            parents.push_back(from_[i]);
        }
        TIMBERLINE_TRY(source_.open(tokens, parents, context_.cancel));
        ++passes_;
        for (auto place = begin; place < static_cast<std::int32_t>(places_.size()); ++place) {
            fill(place);
        }
        return {};
    }

    /// The candidates of the newest level, as roots of a pool of their own.
    [[nodiscard]] std::vector<rules::PoolCandidate> level_candidates(std::size_t first) const
    {
        std::vector<rules::PoolCandidate> out(pool_.begin() + static_cast<std::ptrdiff_t>(first), pool_.end());
        for (auto& candidate : out) {
            candidate.parent = -1;
        }
        return out;
    }

    GrownTree assemble()
    {
        GrownTree out{.tree = rules::DraftTree::with_root(context_.committed.back()), .node_of_place = {}};
        auto& tree = out.tree;
        tree.draft_passes = passes_;
        out.node_of_place.assign(places_.size(), -1);
        std::vector<std::int32_t> where(pool_.size(), -1);  // node, or tree size + index among the pruned
        const auto parent_of = [&](std::size_t i) { return pool_[i].parent < 0 ? 0 : where[static_cast<std::size_t>(pool_[i].parent)]; };
        const auto extend = [&](std::int32_t node, std::int32_t place) {
            out.node_of_place[static_cast<std::size_t>(place)] = node;
            tree.child_kind[static_cast<std::size_t>(node)] = DrawKind::PointMass;
            if (context_.keep_laws) {
                const auto& from = places_[static_cast<std::size_t>(place)];
                attach_row(tree, node, from.law, from.logits);
            }
        };
        if (!pool_.empty()) {
            extend(0, 0);
        }
        for (const std::int32_t kept : rules::rerank_pool(pool_, limits_.max_nodes)) {
            const auto i = static_cast<std::size_t>(kept);
            where[i] = tree.add(parent_of(i), tokens_[i], confidence_[i]);
            if (opened_as_[i] >= 0) {
                extend(where[i], opened_as_[i]);
            }
        }
        for (std::size_t i = 0; i < pool_.size(); ++i) {
            if (where[i] < 0) {
                const std::int32_t parent = parent_of(i);
                where[i] = static_cast<std::int32_t>(tree.size() + tree.pruned.size());
                tree.pruned.push_back({parent, tokens_[i], confidence_[i]});
            }
        }
        out.node_of_place[0] = 0;
        return out;
    }

    const RoundContext& context_;
    const DraftPlan& limits_;
    DecodeController& controller_;
    const DynamicTreeSettings& settings_;
    const DraftSampling& sampling_;
    CandidateSource& source_;
    std::vector<Place> places_;
    std::vector<rules::PoolCandidate> pool_;
    std::vector<TokenId> tokens_;
    std::vector<float> confidence_;
    std::vector<std::int32_t> from_;       ///< place that proposed a candidate
    std::vector<std::int32_t> opened_as_;  ///< place that a candidate became, -1 = none
    std::vector<TokenId> history_;
    int passes_ = 1;
};

}  // namespace

Result<GrownTree> grow_dynamic_tree(const RoundContext& context, const DraftPlan& limits, DecodeController& controller,
                                    const DynamicTreeSettings& settings, const DraftSampling& sampling, CandidateSource& source)
{
    return Growth(context, limits, controller, settings, sampling, source).run();
}

}  // namespace timberline::decoding
