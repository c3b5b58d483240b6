// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/decoding/heads/head_folder.h"

#include <cstdint>
#include <functional>
#include <vector>

/// A reduced draft vocabulary (EAGLE-3, arXiv 2503.01840;
/// methods/decoding.md 3.1): the draft reads out only the tokens that texts are
/// made of, and its law has no mass anywhere else. A folder says so by
/// shape["draft_vocabulary"] = N and the tensor d2t [N]: the target's id of
/// each row of the draft, increasing, stored as F32, which holds ids exactly.
namespace timberline::decoding {

/// The `count` most frequent tokens of a text, ties by lower id, as increasing
/// ids. A token that `stays` says stays if it occurs at all; it takes the place
/// of the rarest other one.
/// @param count at least 1; the whole vocabulary or more gives an empty list.
[[nodiscard]] std::vector<TokenId> frequent_tokens(const std::vector<std::vector<TokenId>>& text, std::int64_t count,
                                                   std::int64_t vocabulary, const std::function<bool(TokenId)>& stays);

/// The folder's map; empty = the whole vocabulary. Errors: a map of another
/// length than the folder says, ids that are no whole numbers, out of range,
/// not increasing or twice.
[[nodiscard]] Result<std::vector<TokenId>> draft_vocabulary_of(const HeadFolder& heads);

/// Puts the map into a folder; an empty one leaves it as it is.
void put_draft_vocabulary(HeadFolder& heads, const std::vector<TokenId>& ids);

}  // namespace timberline::decoding
