// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/tokenizers/post_processors.h"

#include <algorithm>
#include <utility>

namespace timberline::io::tokenizers {

namespace {

// A template may use the text, and templates may follow each other; the product of it all must stay sane.
constexpr std::size_t kLongestTemplate = 4096;
constexpr std::size_t kMostTemplates = 16;

[[nodiscard]] Result<std::vector<TokenId>> read_special(const Field& field, const std::string& name)
{
    if (!field.has("special_tokens")) {
        return field.bad("the field \"special_tokens\" is missing");
    }
    TIMBERLINE_ASSIGN(const Field table, field.member("special_tokens"));
    TIMBERLINE_ASSIGN(const Field special, table.member(name));
    TIMBERLINE_ASSIGN(const auto elements, special.list("ids"));
    std::vector<TokenId> ids;
    for (const Field& element : elements) {
        TIMBERLINE_ASSIGN(const std::int64_t id, element.id());
        ids.push_back(static_cast<TokenId>(id));
    }
    return ids;
}

/// ["[SEP]", 102]
[[nodiscard]] Result<TokenId> read_named_id(const Field& field, std::string_view key)
{
    TIMBERLINE_ASSIGN(const Field pair, field.member(key));
    if (!pair.json().is_array() || pair.json().size() != 2) {
        return pair.wrong("a token and its id, as [\"a\", 1]");
    }
    TIMBERLINE_TRY(pair.element(0).text());
    TIMBERLINE_ASSIGN(const std::int64_t id, pair.element(1).id());
    return static_cast<TokenId>(id);
}

}  // namespace

Status PostProcessor::read_template(const Field& field)
{
    TIMBERLINE_ASSIGN(const auto elements, field.list("single"));
    std::vector<TokenId> ids;
    for (const Field& element : elements) {
        TIMBERLINE_TRY(element.is_object());
        if (element.has("SpecialToken")) {
            TIMBERLINE_ASSIGN(const Field special, element.member("SpecialToken"));
            TIMBERLINE_ASSIGN(const std::string name, special.text("id"));
            TIMBERLINE_ASSIGN(const auto special_ids, read_special(field, name));
            ids.insert(ids.end(), special_ids.begin(), special_ids.end());
        } else if (element.has("Sequence")) {
            TIMBERLINE_ASSIGN(const Field sequence, element.member("Sequence"));
            TIMBERLINE_ASSIGN(const std::string name, sequence.text("id"));
            if (name != "A") {
                return sequence.bad("expected the sequence \"A\" in the template for a single text, got \"" + name + "\"");
            }
            ids.push_back(kText);
        } else {
            return element.bad("expected {\"SpecialToken\": …} or {\"Sequence\": …}");
        }
        if (ids.size() > kLongestTemplate) {
            return element.bad("the template is longer than " + std::to_string(kLongestTemplate));
        }
    }
    if (std::count(ids.begin(), ids.end(), kText) > 1) {
        return field.unsupported("a template that repeats the text");
    }
    templates_.push_back(std::move(ids));
    return {};
}

Status PostProcessor::read_pair(const Field& field)
{
    TIMBERLINE_ASSIGN(const TokenId first, read_named_id(field, "cls"));
    TIMBERLINE_ASSIGN(const TokenId last, read_named_id(field, "sep"));
    templates_.push_back({first, kText, last});
    return {};
}

Result<PostProcessor> PostProcessor::read(const Field& field, int depth)
{
    TIMBERLINE_ASSIGN(const std::string type, field.text("type"));
    PostProcessor processor;
    if (type == "TemplateProcessing") {
        TIMBERLINE_TRY(processor.read_template(field));
    } else if (type == "BertProcessing" || type == "RobertaProcessing") {
        TIMBERLINE_TRY(processor.read_pair(field));
    } else if (type == "Sequence") {
        if (depth >= kDeepestNesting) {
            return field.bad("components are nested deeper than " + std::to_string(kDeepestNesting));
        }
        TIMBERLINE_ASSIGN(const auto elements, field.list("processors"));
        for (const Field& element : elements) {
            TIMBERLINE_ASSIGN(PostProcessor part, read(element, depth + 1));
            processor.templates_.insert(processor.templates_.end(), part.templates_.begin(), part.templates_.end());
        }
        if (processor.templates_.size() > kMostTemplates) {
            return field.bad("expected at most " + std::to_string(kMostTemplates) + " templates in a row");
        }
    } else if (type != "ByteLevel") {  // that one only trims offsets, which nobody reads here
        return field.unsupported("the post-processor \"" + type + "\"");
    }
    return processor;
}

std::vector<TokenId> PostProcessor::apply(std::vector<TokenId> ids) const
{
    for (const auto& pattern : templates_) {
        std::vector<TokenId> out;
        out.reserve(ids.size() + pattern.size());
        for (const TokenId id : pattern) {
            if (id == kText) {
                out.insert(out.end(), ids.begin(), ids.end());
            } else {
                out.push_back(id);
            }
        }
        ids = std::move(out);
    }
    return ids;
}

}  // namespace timberline::io::tokenizers
