// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/law_provider.h"

#include "core/record/folds.h"
#include "core/rules/sampling.h"

#include <algorithm>

namespace timberline::app {

using record::DrawKind;
using record::LawRows;

namespace {

/// One row as probabilities; kept tops are spread over an otherwise empty row.
std::vector<float> row_of(const LawRows& rows, int row, const std::vector<TokenId>& history, const record::Sampling& sampling)
{
    if (row < 0 || row >= rows.rows || rows.kind == LawRows::Kind::None) {
        return {};
    }
    const auto vocabulary = static_cast<std::size_t>(rows.vocabulary);
    if (rows.kind == LawRows::Kind::Full) {
        const auto begin = rows.logits.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(row) * vocabulary);
        std::vector<float> law(begin, begin + static_cast<std::ptrdiff_t>(vocabulary));
        rules::apply_sampling(sampling, history, law);
        return law;
    }
    std::vector<float> law(vocabulary, 0.0F);
    for (int i = 0; i < rows.top; ++i) {
        const auto at = static_cast<std::size_t>(row) * static_cast<std::size_t>(rows.top) + static_cast<std::size_t>(i);
        const TokenId id = rows.ids[at];
        if (id >= 0 && static_cast<std::size_t>(id) < vocabulary) {
            law[static_cast<std::size_t>(id)] = rows.probability[at];
        }
    }
    return law;
}

/// The target's law after the tests of the rejected siblings up to and including `child` (methods/decoding.md 1.7). Empty when none was
/// rejected.
std::vector<float> residual_of(const record::Round& round, int parent, int child, const std::vector<float>& target,
                               const std::vector<float>& draft)
{
    const DrawKind kind = round.nodes[static_cast<std::size_t>(parent)].child_kind;
    std::vector<const record::Node*> tested;
    for (const auto& node : round.nodes) {
        if (node.parent == parent && node.test_order >= 0 && node.state == record::NodeState::Rejected) {
            tested.push_back(&node);
        }
    }
    std::sort(tested.begin(), tested.end(), [](const auto* a, const auto* b) { return a->test_order < b->test_order; });
    if (child >= 0) {
        const auto limit = round.nodes[static_cast<std::size_t>(child)].test_order;
        if (limit >= 0) {
            std::erase_if(tested, [limit](const auto* node) { return node->test_order > limit; });
        }
    }
    if (tested.empty() || target.empty() || (kind != DrawKind::PointMass && draft.size() != target.size())) {
        return {};
    }
    std::vector<double> rest(target.begin(), target.end());
    std::vector<double> source(draft.begin(), draft.end());
    for (const auto* node : tested) {
        const auto token = static_cast<std::size_t>(node->token);
        if (token >= rest.size()) {
            return {};
        }
        double sum = 0;
        for (std::size_t i = 0; i < rest.size(); ++i) {
            rest[i] = kind == DrawKind::PointMass ? (i == token ? 0.0 : rest[i]) : std::max(0.0, rest[i] - source[i]);
            sum += rest[i];
        }
        if (sum <= 0) {
            return {};
        }
        for (double& value : rest) {
            value /= sum;
        }
        if (kind == DrawKind::WithoutReplacement) {
            source[token] = 0;
            double mass = 0;
            for (const double value : source) {
                mass += value;
            }
            for (double& value : source) {
                value = mass > 0 ? value / mass : 0;
            }
        }
    }
    return {rest.begin(), rest.end()};
}

}  // namespace

widgets::NodeLaw law_at(const record::Record& record, const record::Round& round, int parent, int child, const record::Sampling& sampling)
{
    widgets::NodeLaw law;
    if (parent < 0 || parent >= static_cast<int>(round.nodes.size())) {
        return law;
    }
    const auto history = record::history_at(record, round, parent);
    law.target = row_of(round.target_laws, parent, history, sampling);
    const int draft_row = parent < static_cast<int>(round.draft_row.size()) ? round.draft_row[static_cast<std::size_t>(parent)] : -1;
    law.draft = row_of(round.draft_laws, draft_row, history, sampling);
    law.residual = residual_of(round, parent, child, law.target, law.draft);
    law.full = round.target_laws.kind != LawRows::Kind::Top;
    if (!law.full && parent < static_cast<int>(round.target_laws.remaining.size())) {
        law.remaining = static_cast<double>(round.target_laws.remaining[static_cast<std::size_t>(parent)]);
    }
    law.targetEntropy = law.target.empty() ? 0 : rules::entropy_nats(law.target);
    return law;
}

}  // namespace timberline::app
