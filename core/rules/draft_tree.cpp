// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rules/draft_tree.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace timberline::rules {

DraftTree DraftTree::with_root(TokenId pending)
{
    DraftTree tree;
    tree.parent.push_back(-1);
    tree.token.push_back(pending);
    tree.child_kind.push_back(DrawKind::None);
    tree.confidence.push_back(1.0F);
    tree.draft_row.push_back(-1);
    return tree;
}

std::int32_t DraftTree::add(std::int32_t parent_index, TokenId token_id, float draft_probability)
{
    assert(parent_index >= 0 && static_cast<std::size_t>(parent_index) < size() && window == 0);
    parent.push_back(parent_index);
    token.push_back(token_id);
    child_kind.push_back(DrawKind::None);
    confidence.push_back(draft_probability);
    draft_row.push_back(-1);
    return static_cast<std::int32_t>(size()) - 1;
}

std::int32_t DraftTree::add_window(std::int32_t parent_index, TokenId token_id)
{
    assert(parent_index == 0 || static_cast<std::size_t>(parent_index) >= first_window());
    const std::int32_t before = std::exchange(window, 0);
    const std::int32_t node = add(parent_index, token_id, record::kUndefined);
    window = before + 1;
    return node;
}

std::vector<std::int32_t> DraftTree::depths() const
{
    std::vector<std::int32_t> out(size(), 0);
    for (std::size_t i = 1; i < size(); ++i) {
        out[i] = out[static_cast<std::size_t>(parent[i])] + 1;
    }
    return out;
}

std::vector<std::vector<std::int32_t>> DraftTree::children() const
{
    std::vector<std::vector<std::int32_t>> out(size());
    for (std::size_t i = 1; i < first_window(); ++i) {
        out[static_cast<std::size_t>(parent[i])].push_back(static_cast<std::int32_t>(i));
    }
    return out;
}

std::vector<TokenId> DraftTree::path_tokens(std::int32_t node) const
{
    std::vector<TokenId> out;
    for (std::int32_t at = node; at > 0; at = parent[static_cast<std::size_t>(at)]) {
        out.push_back(token[static_cast<std::size_t>(at)]);
    }
    std::reverse(out.begin(), out.end());
    return out;
}

std::span<const float> DraftTree::draft_law(std::int32_t node) const
{
    const std::int32_t row = draft_row[static_cast<std::size_t>(node)];
    if (row < 0 || vocabulary <= 0) {
        return {};
    }
    const auto width = static_cast<std::size_t>(vocabulary);
    const std::size_t begin = static_cast<std::size_t>(row) * width;
    if (begin + width > draft_laws.size()) {
        return {};
    }
    return std::span<const float>(draft_laws).subspan(begin, width);
}

} // namespace timberline::rules
