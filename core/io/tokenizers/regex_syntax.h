// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <string>
#include <string_view>

namespace timberline::io::tokenizers {

/// Rewrites an expression from Oniguruma's Ruby syntax (which tokenizer.json files use) into one that means the same to PCRE2 with
/// UTF, UCP and MULTILINE. The two differ in \w \s \b \h \v, {n,m}+ (no possessive interval in Ruby), (?m), where (?i) ends, nested
/// and intersected character classes, and the names of properties. Source: the RE document of Oniguruma 6.9.
/// The error has a message without a place; the caller knows file and field.
[[nodiscard]] Result<std::string> to_pcre(std::string_view expression);

}  // namespace timberline::io::tokenizers
