// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace timberline::record {

/// Key of Round::statistics: nobody knows what was drafted (a foreign log that counts written tokens only), so the accepted nodes stand
/// there without those that were refused, and no share of accepted drafts can be told.
inline constexpr const char* kDraftsUnknown = "drafts_unknown";

}  // namespace timberline::record
