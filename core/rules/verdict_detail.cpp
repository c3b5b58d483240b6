// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rules/verdict_detail.h"

#include "core/rules/row_math.h"

#include <algorithm>
#include <cmath>

namespace timberline::rules::detail {

Verdict untested(const DraftTree& tree)
{
    Verdict verdict;
    verdict.nodes.resize(tree.size());
    verdict.nodes[0].state = record::NodeState::Root;
    return verdict;
}

std::vector<bool> forced_path(const DraftTree& tree, std::int32_t forced)
{
    std::vector<bool> on_path(tree.size(), false);
    if (forced > 0 && static_cast<std::size_t>(forced) < tree.size()) {
        for (std::int32_t at = forced; at > 0; at = tree.parent[static_cast<std::size_t>(at)]) {
            on_path[static_cast<std::size_t>(at)] = true;
        }
    }
    return on_path;
}

std::int32_t forced_child(const std::vector<std::int32_t>& children, const std::vector<bool>& on_path)
{
    const auto found =
        std::find_if(children.begin(), children.end(), [&on_path](std::int32_t child) { return on_path[static_cast<std::size_t>(child)]; });
    return found == children.end() ? -1 : *found;
}

void keep_test(NodeVerdict& verdict, double ratio, float draw, bool accepted)
{
    verdict.ratio = static_cast<float>(ratio);
    verdict.draw = draw >= 1.0F ? std::nextafter(1.0F, 0.0F) : draw;
    if (std::isnan(draw)) {
        return;
    }
    if (accepted && !(verdict.draw < verdict.ratio)) {
        verdict.ratio = std::nextafter(verdict.draw, 2.0F);
    } else if (!accepted && verdict.draw < verdict.ratio) {
        verdict.ratio = verdict.draw;
    }
}

double copy_law(std::vector<double>& out, std::span<const float> law, std::size_t size)
{
    out.assign(size, 0.0);
    const std::size_t common = std::min(size, law.size());
    for (std::size_t i = 0; i < common; ++i) {
        out[i] = law[i] > 0.0F ? static_cast<double>(law[i]) : 0.0;
    }
    return sum(out);
}

bool normalise(std::vector<double>& law)
{
    const double total = sum(law);
    if (!(total > 0)) {
        return false;
    }
    if (total != 1) {  // a one-hot row of greedy decoding is normalised already
        for (double& x : law) {
            x /= total;
        }
    }
    return true;
}

double at(const std::vector<double>& law, TokenId token)
{
    return token >= 0 && static_cast<std::size_t>(token) < law.size() ? law[static_cast<std::size_t>(token)] : 0.0;
}

}  // namespace timberline::rules::detail
