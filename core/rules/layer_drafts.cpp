// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rules/layer_drafts.h"

#include <algorithm>

namespace timberline::rules {

WalkedText walk_text(std::span<const std::uint8_t> agrees, std::int32_t length) noexcept
{
    WalkedText out;
    const auto end = static_cast<std::int64_t>(agrees.size());
    for (std::int64_t at = 0; at < end;) {
        const std::int64_t room = std::min<std::int64_t>(length, end - at);
        std::int64_t kept = 0;
        while (kept < room && agrees[static_cast<std::size_t>(at + kept)] != 0) {
            ++kept;
        }
        ++out.passes;
        out.drafted += room;
        out.accepted += kept;
        const std::int64_t written = std::min(kept + 1, end - at);
        out.committed += written;
        at += written;
    }
    return out;
}

}  // namespace timberline::rules
