// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/exits/cell_reader.h"
#include "core/record/record.h"

#include <cstdint>
#include <span>

namespace timberline::exits {

/// Which token a row of logits emits as generated token `moment`, at text position `position`: the sampling transforms and the draw that
/// plain decoding uses there (decoding.md 1.2), so that every layer of a token is asked with the same number. Greedy decoding without
/// penalties gives an empty function: the likeliest token. @param history committed tokens; must outlive the function.
[[nodiscard]] Emission make_emission(const record::Sampling& sampling, std::uint64_t seed, std::int32_t moment, std::int64_t position,
                                     std::span<const TokenId> history);

}  // namespace timberline::exits
