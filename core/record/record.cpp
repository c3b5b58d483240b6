// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/record.h"

#include "core/record/fields.h"

namespace timberline::record {

std::string_view name_of(NodeState state) noexcept
{
    const auto index = static_cast<std::size_t>(state);
    return index < fields::kStateNames.size() ? fields::kStateNames[index] : std::string_view("unknown");
}

std::string_view name_of(DrawKind kind) noexcept
{
    const auto index = static_cast<std::size_t>(kind);
    return index < fields::kDrawKindNames.size() ? fields::kDrawKindNames[index] : std::string_view("unknown");
}

} // namespace timberline::record
