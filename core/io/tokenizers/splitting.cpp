// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/tokenizers/pre_tokenizers.h"

#include <algorithm>

namespace timberline::io::tokenizers {

std::vector<Span> arrange(const std::vector<Span>& spans, SplitBehavior behavior, bool invert)
{
    std::vector<Span> parts;
    parts.reserve(spans.size());
    if (behavior == SplitBehavior::MergedWithNext) {
        bool previous = false;
        for (auto span = spans.rbegin(); span != spans.rend(); ++span) {
            const bool matched = span->matched != invert;
            if (matched && !previous && !parts.empty()) {
                parts.back().begin = span->begin;
            } else {
                parts.push_back(*span);
            }
            previous = matched;
        }
        std::reverse(parts.begin(), parts.end());
        return parts;
    }
    bool previous = false;
    for (const Span& span : spans) {
        const bool matched = span.matched != invert;
        const bool joins = (behavior == SplitBehavior::Contiguous && matched == previous) ||
                           (behavior == SplitBehavior::MergedWithPrevious && matched && !previous);
        if (behavior == SplitBehavior::Removed && matched) {
            continue;
        }
        if (joins && !parts.empty()) {
            parts.back().end = span.end;
        } else {
            parts.push_back(span);
        }
        previous = matched;
    }
    return parts;
}

Result<MetaspaceOptions> read_metaspace(const Field& field)
{
    MetaspaceOptions options;
    TIMBERLINE_ASSIGN(options.replacement, field.character_or("replacement", "\xE2\x96\x81"));
    TIMBERLINE_ASSIGN(options.split, field.flag_or("split", true));
    // Files from before 2024 have add_prefix_space instead of prepend_scheme.
    TIMBERLINE_ASSIGN(const bool add_prefix_space, field.flag_or("add_prefix_space", true));
    TIMBERLINE_ASSIGN(const std::string scheme, field.text_or("prepend_scheme", add_prefix_space ? "always" : "never"));
    if (scheme == "always" || scheme == "first") {
        if (!add_prefix_space) {
            return field.bad("add_prefix_space is false, but prepend_scheme is \"" + scheme + "\"; expected \"never\"");
        }
        options.scheme = scheme == "always" ? MetaspaceOptions::Scheme::Always : MetaspaceOptions::Scheme::First;
    } else if (scheme == "never") {
        options.scheme = MetaspaceOptions::Scheme::Never;
    } else {
        return make_error(ErrorCode::BadFile, field.where() + ".prepend_scheme: expected always, first or never, got \"" + scheme + "\"",
                          "Correct the spelling in tokenizer.json.");
    }
    return options;
}

}  // namespace timberline::io::tokenizers
