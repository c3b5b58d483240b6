// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/decoding/chain_growth.h"

#include "core/base/random.h"
#include "core/rules/sampling.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace timberline::decoding {

using record::DrawKind;

Result<rules::DraftTree> grow_chain(const RoundContext& context, DecodeController& controller, const DraftSampling& sampling,
                                    std::int32_t depth, ChainSource& source)
{
    rules::DraftTree tree = rules::DraftTree::with_root(context.committed.back());
    std::vector<TokenId> history(context.committed.begin(), context.committed.end());
    std::vector<float> law;
    const bool reads_history = rules::reads_history(sampling.settings);
    const bool wants_statistics = controller.wants_law_statistics();
    const bool needs_law = context.keep_laws || !sampling.greedy || wants_statistics || reads_history;
    double log_q = 0;
    for (std::int32_t node = 0; node < depth; ++node) {
        const auto path = std::span<const TokenId>(history).subspan(context.committed.size());
        TIMBERLINE_ASSIGN(const std::span<const float> logits, source.after(path));
        if (node == 0 && context.keep_laws) {
            tree.draft_laws.reserve(static_cast<std::size_t>(depth) * logits.size());
            tree.draft_logits.reserve(static_cast<std::size_t>(depth) * logits.size());
        }
        if (needs_law) {
            draft_law(sampling, history, logits, law);
        }
        const DraftStep step = wants_statistics ? draft_step(node + 1, node, law, log_q)
                                                : DraftStep{.depth = node + 1, .nodes = node, .cumulative_log_q = log_q};
        if (!controller.keep_drafting(step)) {
            break;
        }
        // The token's position is the length of the text before it.
        const TokenId token = sampling.greedy ? rules::argmax(reads_history ? std::span<const float>(law) : logits)
                                              : rules::sample(law, uniform({.seed = context.seed,
                                                                            .purpose = RandomPurpose::DraftSample,
                                                                            .round = context.round,
                                                                            .position = static_cast<std::uint32_t>(history.size()),
                                                                            .sibling = 0}));
        const float q = needs_law ? law[static_cast<std::size_t>(token)] : record::kUndefined;
        if (context.keep_laws) {
            attach_row(tree, node, law, logits);
        }
        tree.child_kind[static_cast<std::size_t>(node)] = sampling.greedy ? DrawKind::PointMass : DrawKind::WithoutReplacement;
        tree.add(node, token, q);
        if (std::ranges::find(context.stop_ids, token) != context.stop_ids.end()) {
            break;
        }
        history.push_back(token);
        log_q += std::log(static_cast<double>(q));
        const DraftStep included{
            .depth = node + 1, .nodes = node + 1, .largest_q = step.largest_q, .entropy = step.entropy, .cumulative_log_q = log_q};
        if (node + 1 < depth && !controller.go_on_after(included)) {
            break;  // before the source runs on a token that nothing will follow
        }
    }
    tree.draft_passes = source.passes();
    return tree;
}

Result<std::span<const float>> RunnerSource::after(std::span<const TokenId> path)
{
    ++passes_;
    if (path.empty()) {
        return runner_.feed_root(context_.committed, context_.cancel);
    }
    const std::int32_t parent = fed_ - 1;
    ++fed_;
    return runner_.feed_nodes(path.last(1), {&parent, 1}, context_.cancel);
}

void keep_chain(DraftModelRunner& runner, std::span<const std::int32_t> path, std::int32_t fed)
{
    std::vector<std::int32_t> kept;
    for (std::size_t i = 1; i < path.size() && path[i] <= fed; ++i) {
        kept.push_back(path[i] - 1);
    }
    runner.keep(kept);
}

}  // namespace timberline::decoding
