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
    /// Appends a token and gives its positions, ascending. Valid until release().
    std::span<const std::int32_t> append(TokenId token);
    /// Frees every list given so far: all of a long text would take memory by its square. The text itself is kept.
    void release() noexcept { targets_.clear(); }
    /// Lists not yet released.
    [[nodiscard]] std::size_t held() const noexcept { return targets_.size(); }

private:
    std::vector<std::vector<std::int32_t>> targets_;  ///< as given since the last release
    std::vector<std::int32_t> last_;                  ///< per token id: its last position, -1 = none
    std::vector<std::int32_t> before_;                ///< per position: the position of the same token before, -1 = none
};

}  // namespace timberline::attention
