// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/io/tokenizers/fields.h"

#include <span>
#include <vector>

namespace timberline::io::tokenizers {

/// Puts special tokens around the ids of a text. Immutable, thread-safe.
class PostProcessor
{
public:
    /// Reads TemplateProcessing (its template for a single text), BertProcessing, RobertaProcessing, ByteLevel and Sequence.
    [[nodiscard]] static Result<PostProcessor> read(const Field& field, int depth = 0);

    [[nodiscard]] std::vector<TokenId> apply(std::vector<TokenId> ids) const;

private:
    static constexpr TokenId kText = -1;  ///< the place of the text in a template

    [[nodiscard]] Status read_template(const Field& field);
    [[nodiscard]] Status read_pair(const Field& field);

    std::vector<std::vector<TokenId>> templates_;  // applied one after the other
};

}  // namespace timberline::io::tokenizers
