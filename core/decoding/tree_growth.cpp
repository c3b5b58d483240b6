// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/decoding/tree_growth.h"

#include "core/base/random.h"
#include "core/rules/sampling.h"
#include "core/rules/tree_shapes.h"

#include <algorithm>
#include <cmath>

namespace timberline::decoding {

namespace {

using record::DrawKind;

/// How the children of a node are chosen. @param planned the controller gave a shape, which says how many but not which.
DrawKind kind_of(const std::string& shape, bool planned, const record::Sampling& target)
{
    if (shape == "sampled-without-replacement" || shape == "chain" || (shape == "dynamic" && planned && target.temperature != 0)) {
        return DrawKind::WithoutReplacement;
    }
    return shape == "sampled-with-replacement" ? DrawKind::WithReplacement : DrawKind::PointMass;
}

/// A greedy target gives no temperature to draw at; a tree of drawn candidates then takes 1, as the help text says. A chain is greedy then.
double draft_temperature(const TreeValues& values, const record::Sampling& target)
{
    if (values.shape == "chain") {
        return values.draft_temperature;
    }
    return values.draft_temperature < 0 && target.temperature == 0 ? 1.0 : values.draft_temperature;
}

}  // namespace

TreeGrowth::TreeGrowth(NodeFeeder& feeder, const RoundContext& context, DecodeController& controller, const TreeValues& values,
                       const DraftPlan& limits)
    : feeder_(feeder), context_(context), controller_(controller), values_(values), limits_(limits),
      sampling_(draft_sampling(*context.sampling, draft_temperature(values, *context.sampling), values.draft_top_k)),
      kind_(draw_kind_of(values, *context.sampling, limits.shape != nullptr))
{}

DrawKind draw_kind_of(const TreeValues& values, const record::Sampling& target, bool planned)
{
    return draft_sampling(target, draft_temperature(values, target), values.draft_top_k).greedy ? DrawKind::PointMass
                                                                                                : kind_of(values.shape, planned, target);
}

void TreeGrowth::attach(rules::DraftTree& tree, std::int32_t node, const Open& open) const
{
    if (keeps_rows()) {
        attach_row(tree, node, open.law, open.logits);
    }
}

void TreeGrowth::fill_law(Open& open, std::span<const float> logits)
{
    history_.assign(context_.committed.begin(), context_.committed.end());
    history_.insert(history_.end(), open.path.begin(), open.path.end());
    if (keeps_rows()) {
        open.logits.assign(logits.begin(), logits.end());
    }
    draft_law(sampling_, history_, logits, open.law);
}

Status TreeGrowth::open_root()
{
    TIMBERLINE_ASSIGN(const std::span<const float> logits, feeder_.feed_root(context_));
    ++passes_;
    level_.resize(1);
    fill_law(level_[0], logits);
    return {};
}

Status TreeGrowth::open_level(std::vector<Open> next, const std::vector<TokenId>& tokens)
{
    std::vector<std::int32_t> parents(next.size());
    std::transform(next.begin(), next.end(), parents.begin(), [](const Open& open) { return open.fed; });
    TIMBERLINE_ASSIGN(const std::span<const float> logits, feeder_.feed_nodes(tokens, parents, context_.cancel));
    ++passes_;
    const auto width = static_cast<std::size_t>(feeder_.vocabulary());
    for (std::size_t i = 0; i < next.size(); ++i) {
        next[i].fed = static_cast<std::int32_t>(fed_.size());
        fed_.push_back(next[i].node);
        fill_law(next[i], logits.subspan(i * width, width));
    }
    level_ = std::move(next);
    return {};
}

bool TreeGrowth::controller_agrees(std::int32_t depth, std::int32_t nodes)
{
    const auto best = std::max_element(level_.begin(), level_.end(), [](const Open& a, const Open& b) { return a.log_q < b.log_q; });
    step_ = controller_.wants_law_statistics() ? draft_step(depth, nodes, best->law, best->log_q)
                                               : DraftStep{.depth = depth, .nodes = nodes, .cumulative_log_q = best->log_q};
    return controller_.keep_drafting(step_);
}

bool TreeGrowth::controller_goes_on(std::int32_t nodes, double log_q)
{
    DraftStep included = step_;
    included.nodes = nodes;
    included.cumulative_log_q = log_q;
    return controller_.go_on_after(included);
}

std::vector<TokenId> TreeGrowth::choose(const Open& open, std::int32_t place, std::int32_t depth, std::int32_t count)
{
    const auto position = static_cast<std::uint32_t>(context_.committed.size()) + static_cast<std::uint32_t>(depth) - 1U;
    if (kind_ == DrawKind::WithReplacement) {
        RandomStream stream({context_.seed, RandomPurpose::DraftSample, context_.round, position, static_cast<std::uint32_t>(place)});
        std::vector<TokenId> out(static_cast<std::size_t>(count));
        std::generate(out.begin(), out.end(), [&] { return rules::sample(open.law, stream.next()); });
        return out;
    }
    if (kind_ == DrawKind::WithoutReplacement) {
        RandomStream stream({context_.seed, RandomPurpose::DraftKeys, context_.round, position, static_cast<std::uint32_t>(place)});
        uniforms_.resize(open.law.size());
        for (std::size_t i = 0; i < open.law.size(); ++i) {
            uniforms_[i] = open.law[i] > 0 ? stream.next() : 0.5;  // a token that cannot be drawn needs no key
        }
        return rules::draw_without_replacement(open.law, uniforms_, count);
    }
    std::vector<TokenId> out = rules::top_indices(open.law, count);
    std::erase_if(out, [&open](TokenId token) { return !(open.law[static_cast<std::size_t>(token)] > 0); });
    return out;
}

std::int32_t TreeGrowth::wanted_children(const Open& open, std::int32_t depth) const
{
    if (limits_.shape) {
        return limits_.shape->children[static_cast<std::size_t>(open.slot)];
    }
    if (values_.shape == "chain") {
        return 1;
    }
    const auto entry = std::min(static_cast<std::size_t>(depth) - 1, values_.branching.size() - 1);
    return static_cast<std::int32_t>(values_.branching[entry]);
}

std::int32_t TreeGrowth::extend_listed(rules::DraftTree& tree, const Open& open, std::int32_t depth, std::int32_t count,
                                       std::vector<Open>& next, std::vector<TokenId>& next_tokens)
{
    const std::vector<TokenId> tokens = choose(open, open.node, depth, count);
    attach(tree, open.node, open);
    tree.child_kind[static_cast<std::size_t>(open.node)] = kind_;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const float q = open.law[static_cast<std::size_t>(tokens[i])];
        const std::int32_t node = tree.add(open.node, tokens[i], q);
        const std::int32_t slot =
            limits_.shape ? limits_.shape->first_child[static_cast<std::size_t>(open.slot)] + static_cast<std::int32_t>(i) : 0;
        // A twin of an earlier sibling stays in the tree and is tested, but it can only be reached after that sibling was refused,
        // when nothing of the target's law is left on the token: no need to look beyond it.
        const auto here = tokens.begin() + static_cast<std::ptrdiff_t>(i);
        const bool twin = std::find(tokens.begin(), here, tokens[i]) != here;
        if (twin || (limits_.shape && limits_.shape->children[static_cast<std::size_t>(slot)] == 0)) {
            continue;
        }
        next.push_back(
            {.node = node, .fed = open.fed, .slot = slot, .log_q = open.log_q + std::log(static_cast<double>(q)), .path = open.path});
        next.back().path.push_back(tokens[i]);
        next_tokens.push_back(tokens[i]);
    }
    return static_cast<std::int32_t>(tokens.size());
}

Result<rules::DraftTree> TreeGrowth::listed()
{
    rules::DraftTree tree = rules::DraftTree::with_root(context_.committed.back());
    TIMBERLINE_TRY(open_root());
    for (std::int32_t depth = 1; depth <= limits_.max_depth; ++depth) {
        std::int32_t left = limits_.max_nodes - static_cast<std::int32_t>(tree.drafted());
        if (left <= 0 || !controller_agrees(depth, static_cast<std::int32_t>(tree.drafted()))) {
            break;
        }
        std::vector<Open> next;
        std::vector<TokenId> next_tokens;
        for (const Open& open : level_) {
            const std::int32_t count = std::min(wanted_children(open, depth), left);
            if (count <= 0) {
                continue;
            }
            left -= extend_listed(tree, open, depth, count, next, next_tokens);
        }
        if (depth == limits_.max_depth || next.empty() || left <= 0) {
            break;
        }
        const auto best = std::max_element(next.begin(), next.end(), [](const Open& a, const Open& b) { return a.log_q < b.log_q; });
        if (!controller_goes_on(static_cast<std::int32_t>(tree.drafted()), best->log_q)) {
            break;
        }
        TIMBERLINE_TRY(open_level(std::move(next), next_tokens));
    }
    tree.draft_passes = passes_;
    return tree;
}

Result<rules::DraftTree> TreeGrowth::ranked(std::span<const RankNode> ranks)
{
    rules::DraftTree tree = rules::DraftTree::with_root(context_.committed.back());
    if (ranks.empty()) {
        return tree;
    }
    // Children in the list per place of the list; place i + 1 is ranks[i], place 0 the root.
    std::vector<std::vector<std::size_t>> children(ranks.size() + 1);
    for (std::size_t i = 0; i < ranks.size(); ++i) {
        children[static_cast<std::size_t>(ranks[i].parent)].push_back(i);
    }
    for (auto& siblings : children) {
        std::ranges::stable_sort(siblings, {}, [&](std::size_t i) { return ranks[i].rank; });
    }
    TIMBERLINE_TRY(open_root());
    std::vector<std::size_t> places = {0};  // of the list, per open node
    for (std::int32_t depth = 1; depth <= limits_.max_depth; ++depth) {
        if (!controller_agrees(depth, static_cast<std::int32_t>(tree.drafted()))) {
            break;
        }
        std::vector<Open> next;
        std::vector<TokenId> next_tokens;
        std::vector<std::size_t> next_places;
        for (std::size_t i = 0; i < level_.size(); ++i) {
            const Open& open = level_[i];
            const auto& siblings = children[places[i]];
            const std::int32_t last_rank = ranks[siblings.back()].rank;
            const std::vector<TokenId> tokens = choose(open, open.node, depth, last_rank + 1);
            attach(tree, open.node, open);
            tree.child_kind[static_cast<std::size_t>(open.node)] = DrawKind::PointMass;
            for (const std::size_t sibling : siblings) {
                const auto rank = static_cast<std::size_t>(ranks[sibling].rank);
                if (rank >= tokens.size()) {
                    break;
                }
                const float q = open.law[static_cast<std::size_t>(tokens[rank])];
                const std::int32_t node = tree.add(open.node, tokens[rank], q);
                if (!children[sibling + 1].empty()) {
                    next.push_back({.node = node,
                                    .fed = open.fed,
                                    .slot = 0,
                                    .log_q = open.log_q + std::log(static_cast<double>(q)),
                                    .path = open.path});
                    next.back().path.push_back(tokens[rank]);
                    next_tokens.push_back(tokens[rank]);
                    next_places.push_back(sibling + 1);
                }
            }
        }
        if (depth == limits_.max_depth || next.empty()) {
            break;
        }
        const auto best = std::max_element(next.begin(), next.end(), [](const Open& a, const Open& b) { return a.log_q < b.log_q; });
        if (!controller_goes_on(static_cast<std::int32_t>(tree.drafted()), best->log_q)) {
            break;
        }
        TIMBERLINE_TRY(open_level(std::move(next), next_tokens));
        places = std::move(next_places);
    }
    tree.draft_passes = passes_;
    return tree;
}

std::vector<TreeGrowth::Open> TreeGrowth::propose_candidates(Pool& pool, std::int32_t depth)
{
    std::vector<Open> places;
    for (Open& open : level_) {
        for (const TokenId token : choose(open, open.node, depth, static_cast<std::int32_t>(values_.top_k))) {
            const float q = open.law[static_cast<std::size_t>(token)];
            const double value = open.log_q + std::log(static_cast<double>(q));
            places.push_back(
                {.node = static_cast<std::int32_t>(pool.candidates.size()), .fed = open.fed, .log_q = value, .path = open.path});
            places.back().path.push_back(token);
            pool.candidates.push_back({.parent = depth == 1 ? -1 : open.node, .depth = depth, .value = value});
            pool.tokens.push_back(token);
            pool.confidence.push_back(q);
            pool.opened_as.push_back(-1);
        }
        if (depth > 1) {
            pool.opened_as[static_cast<std::size_t>(open.node)] = static_cast<std::int32_t>(pool.opened.size());
        }
        pool.opened.push_back(std::move(open));
    }
    return places;
}

Result<rules::DraftTree> TreeGrowth::dynamic()
{
    Pool pool;
    TIMBERLINE_TRY(open_root());
    for (std::int32_t depth = 1; depth <= limits_.max_depth; ++depth) {
        const std::size_t first = pool.candidates.size();
        if (!controller_agrees(depth, static_cast<std::int32_t>(first))) {
            break;
        }
        std::vector<Open> places = propose_candidates(pool, depth);
        if (depth == limits_.max_depth || places.empty()) {
            break;
        }
        const auto best = std::max_element(places.begin(), places.end(), [](const Open& a, const Open& b) { return a.log_q < b.log_q; });
        if (!controller_goes_on(static_cast<std::int32_t>(pool.candidates.size()), best->log_q)) {
            break;
        }
        std::vector<Open> next;
        std::vector<TokenId> tokens;
        for (const std::int32_t index :
             rules::rerank_pool(std::span(pool.candidates).subspan(first), static_cast<std::int32_t>(values_.top_k))) {
            next.push_back(std::move(places[static_cast<std::size_t>(index)]));
            tokens.push_back(next.back().path.back());
        }
        TIMBERLINE_TRY(open_level(std::move(next), tokens));
    }
    return assemble(pool);
}

rules::DraftTree TreeGrowth::assemble(const Pool& pool)
{
    rules::DraftTree tree = rules::DraftTree::with_root(context_.committed.back());
    tree.draft_passes = passes_;
    const std::size_t count = pool.candidates.size();
    std::vector<std::int32_t> place(count, -1);  // node of the tree, or tree size + index among the pruned
    const auto parent_of = [&](std::size_t i) {
        const std::int32_t parent = pool.candidates[i].parent;
        return parent < 0 ? 0 : place[static_cast<std::size_t>(parent)];
    };
    const auto extend = [&](std::int32_t node, const Open& open) {
        attach(tree, node, open);
        tree.child_kind[static_cast<std::size_t>(node)] = DrawKind::PointMass;
    };
    if (!pool.opened.empty()) {
        extend(0, pool.opened[0]);
    }
    for (const std::int32_t kept : rules::rerank_pool(pool.candidates, limits_.max_nodes)) {
        const auto i = static_cast<std::size_t>(kept);
        place[i] = tree.add(parent_of(i), pool.tokens[i], pool.confidence[i]);
        if (pool.opened_as[i] >= 0) {
            extend(place[i], pool.opened[static_cast<std::size_t>(pool.opened_as[i])]);
        }
    }
    for (std::int32_t& fed : fed_) {
        fed = place[static_cast<std::size_t>(fed)];  // still -1 for pruned ones
    }
    for (std::size_t i = 0; i < count; ++i) {
        if (place[i] < 0) {
            const std::int32_t parent = parent_of(i);
            place[i] = static_cast<std::int32_t>(tree.size() + tree.pruned.size());
            tree.pruned.push_back({parent, pool.tokens[i], pool.confidence[i]});
        }
    }
    return tree;
}

}  // namespace timberline::decoding
