// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"

#include <cstdint>
#include <span>
#include <vector>

namespace timberline::attention {

/// Where an induction head looks: for the token at position i, the positions j < i whose predecessor is the same token (j = an earlier
/// occurrence + 1). On a sequence that repeats itself this is the usual induction score's diagonal; on any text it needs no probe. Grows
/// with the text; one query costs as many steps as the token has earlier occurrences.
class InductionTargets
{
public:
    /// Appends a token and gives its positions, ascending. Valid until the object dies.
    std::span<const std::int32_t> append(TokenId token);
    [[nodiscard]] std::size_t size() const noexcept { return targets_.size(); }
    [[nodiscard]] std::span<const std::int32_t> at(std::size_t position) const noexcept { return targets_[position]; }

private:
    std::vector<TokenId> tokens_;
    std::vector<std::vector<std::int32_t>> targets_;
    std::vector<std::int32_t> last_;    ///< per token id: its last position, -1 = none
    std::vector<std::int32_t> before_;  ///< per position: the position of the same token before, -1 = none
};

}  // namespace timberline::attention
