// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/io/tokenizers/fields.h"

#include <memory>
#include <string>

namespace timberline::io::tokenizers {

/// A text on its way through the normalizers.
struct NormalizedText {
    std::string value;  ///< valid UTF-8
    /// Characters at the front were taken away, so the text no longer starts where the original did.
    bool head_removed = false;
};

/// Rewrites a text before it is cut. Immutable, thread-safe.
class Normalizer
{
public:
    Normalizer() = default;
    virtual ~Normalizer() = default;
    Normalizer(const Normalizer&) = delete;
    Normalizer& operator=(const Normalizer&) = delete;

    [[nodiscard]] virtual Status apply(NormalizedText& text) const = 0;
};

using NormalizerPointer = std::unique_ptr<const Normalizer>;

/// Reads a normalizer, Sequence included. `byte_level` becomes true when one maps to the byte-level alphabet. @param depth nesting so far.
[[nodiscard]] Result<NormalizerPointer> read_normalizer(const Field& field, bool& byte_level, int depth = 0);

}  // namespace timberline::io::tokenizers
