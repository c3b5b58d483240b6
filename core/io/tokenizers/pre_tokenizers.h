// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/io/tokenizers/fields.h"
#include "core/io/tokenizers/pattern.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace timberline::io::tokenizers {

/// A part of the text, later one word for the model. Never empty.
struct Piece {
    std::string text;
    bool at_start = false;  ///< starts where the original text does
};

enum class SplitBehavior { Removed, Isolated, MergedWithPrevious, MergedWithNext, Contiguous };

/// Turns matches and gaps into the parts that stay, by the rules documented for SplitDelimiterBehavior of the reference library.
[[nodiscard]] std::vector<Span> arrange(const std::vector<Span>& spans, SplitBehavior behavior, bool invert);

/// Cuts pieces into smaller pieces. Immutable, thread-safe.
class PreTokenizer
{
public:
    PreTokenizer() = default;
    virtual ~PreTokenizer() = default;
    PreTokenizer(const PreTokenizer&) = delete;
    PreTokenizer& operator=(const PreTokenizer&) = delete;

    [[nodiscard]] virtual Status apply(std::vector<Piece>& pieces) const = 0;
};

using PreTokenizerPointer = std::unique_ptr<const PreTokenizer>;

/// Reads a pre-tokenizer, Sequence included. `byte_level` becomes true when one maps to the byte-level alphabet.
[[nodiscard]] Result<PreTokenizerPointer> read_pre_tokenizer(const Field& field, bool& byte_level, int depth = 0);

/// What the Metaspace pre-tokenizer and decoder share.
struct MetaspaceOptions {
    enum class Scheme { Always, First, Never };
    std::string replacement;  ///< one character
    Scheme scheme = Scheme::Always;
    bool split = true;
};
[[nodiscard]] Result<MetaspaceOptions> read_metaspace(const Field& field);

}  // namespace timberline::io::tokenizers
