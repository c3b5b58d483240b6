// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"
#include "core/record/block.h"

#include <map>
#include <string>

/// Blocks in a `.tlrun`: numbers and texts in the event's JSON, arrays as block.<n>.<key>.npy. Inside core/record only.
namespace timberline::record {

using ArchiveMembers = std::map<std::string, std::string>;  ///< name → content, as core/io/archive.h has them

/// @param number how many blocks came before.  Errors: an array whose shape does not fit its values, a key that cannot be a member's name.
[[nodiscard]] Status write_block(const Block& block, std::size_t number, Json& json, ArchiveMembers& arrays);

/// Untrusted input.  @param where the event, for errors.
[[nodiscard]] Result<Block> read_block(const Json& json, const std::string& where, std::size_t number, const ArchiveMembers& arrays);

}  // namespace timberline::record
