// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/tree_diff.h"

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace timberline::record {

/// Drafted and sent to the target.
[[nodiscard]] bool was_offered(NodeState state) noexcept;

/// One trie of token paths under which rounds of two records are put; what tree_diff.cpp builds its answers from.
class MergedTrees
{
public:
    std::vector<DiffNode> nodes;  ///< parents first

    /// A new root. @return its index.
    std::int32_t root(TokenId token);
    /// The child with this token; made when there is none.
    std::int32_t child(std::int32_t parent, TokenId token);
    [[nodiscard]] NodeReading& reading(std::int32_t node, bool of_a);

    /// Puts the nodes of a round whose root stands at `base`. With `passed` tokens of the text after the root, only what hangs below the
    /// nodes that spell them, which then stand at `base`. Nodes with damaged parents are left out.
    /// @return nodes that the record had not put there before, `base` included.
    std::int64_t add(const Round& round, bool of_a, std::int32_t base, const std::vector<TokenId>& passed = {});

    /// Of all nodes but roots.
    [[nodiscard]] DiffCounts counted() const;

private:
    std::map<std::pair<std::int32_t, TokenId>, std::int32_t> children_;
};

}  // namespace timberline::record
