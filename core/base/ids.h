// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <type_traits>

namespace timberline {

/// A token id of a vocabulary. Plain integer, because it is read from and written to files, tensors and command lines everywhere.
using TokenId = std::int32_t;

/// Positions that must not be mixed up are enumerations without a common base: a LayerIndex is never accepted as a NodeIndex.
enum class NodeIndex : std::int32_t {};    ///< a node of one round's draft tree; 0 is the root
enum class RoundIndex : std::int32_t {};   ///< a draft-then-verify cycle of a run; the first is 0
enum class LayerIndex : std::int32_t {};   ///< a decoder layer; the first is 0
enum class HeadIndex : std::int32_t {};    ///< an attention head within its layer
enum class RequestId : std::uint64_t {};   ///< a job request; grows, so that stale answers can be told

/// The number inside a strong id.
template <typename Id>
    requires std::is_enum_v<Id>
[[nodiscard]] constexpr std::underlying_type_t<Id> index_of(Id id) noexcept
{
    return static_cast<std::underlying_type_t<Id>>(id);
}

}  // namespace timberline
