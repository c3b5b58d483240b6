// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/folds.h"

#include <QString>

#include <string>
#include <vector>

namespace timberline::widgets {

/// The characters that one token contributes to a text. A token that ends inside a character owns that character; a token that only
/// completes it has an empty range at its end.
struct TokenRange {
    int begin = 0;
    int end = 0;
};

/// Joins token bytes into one text and tells which characters each token made. Bytes that never become a character show as U+FFFD.
struct JoinedText {
    QString text;
    std::vector<TokenRange> ranges;  ///< one a token
    /// Token whose range holds a character, -1 = none.
    [[nodiscard]] int tokenAt(int character) const;
};
[[nodiscard]] JoinedText joinTokens(const std::vector<std::string>& tokenBytes);

}  // namespace timberline::widgets
