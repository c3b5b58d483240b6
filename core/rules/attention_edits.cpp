// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rules/attention_edits.h"

#include "core/base/text.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace timberline::rules {

namespace {

constexpr std::int32_t kMost = 100'000;
constexpr double kLargestFactor = 1000;
constexpr double kSmallestTemperature = 1e-3;
constexpr const char* kForms =
    "Write ablate LAYER.HEAD, scale LAYER.HEAD FACTOR, temperature LAYER.HEAD T or swap LAYER.HEAD METHOD; a place may be 3.2, 0.* or "
    "1-4.0-2.";

struct Verb {
    AttentionEdit::Kind kind;
    std::string_view word;
    std::size_t words;  ///< of the whole edit
};
constexpr Verb kVerbs[] = {{AttentionEdit::Kind::Ablate, "ablate", 2},
                           {AttentionEdit::Kind::Scale, "scale", 3},
                           {AttentionEdit::Kind::Temperature, "temperature", 3},
                           {AttentionEdit::Kind::Swap, "swap", 3}};

std::vector<std::string_view> words_of(std::string_view text)
{
    std::vector<std::string_view> out;
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t begin = text.find_first_not_of(" \t\r", i);
        if (begin == std::string_view::npos) {
            break;
        }
        const std::size_t end = std::min(text.find_first_of(" \t\r", begin), text.size());
        out.push_back(text.substr(begin, end - begin));
        i = end;
    }
    return out;
}

bool read_index(std::string_view text, std::int32_t& out)
{
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc{} && end == text.data() + text.size() && out >= 0 && out <= kMost;
}

/// "3", "1-4" or "*".
bool read_range(std::string_view text, std::int32_t& first, std::int32_t& last)
{
    if (text == "*") {
        first = 0;
        last = -1;
        return true;
    }
    const std::size_t dash = text.find('-');
    if (dash == std::string_view::npos) {
        const bool ok = read_index(text, first);
        last = first;
        return ok;
    }
    return read_index(text.substr(0, dash), first) && read_index(text.substr(dash + 1), last) && first <= last;
}

Error bad(std::string_view edit, const std::string& problem)
{
    return make_error(ErrorCode::InvalidArgument, "the edit " + in_quotes(edit) + " " + problem, kForms);
}

Result<AttentionEdit> parse_one(std::string_view text)
{
    const auto words = words_of(text);
    const auto* verb = std::find_if(std::begin(kVerbs), std::end(kVerbs), [&](const Verb& v) { return v.word == words[0]; });
    if (verb == std::end(kVerbs)) {
        return bad(text, "begins with " + in_quotes(words[0]) + ": expected ablate, scale, temperature or swap");
    }
    if (words.size() != verb->words) {
        return bad(text, "has " + std::to_string(words.size()) + " words: expected " + std::to_string(verb->words));
    }
    AttentionEdit edit;
    edit.kind = verb->kind;
    const std::size_t dot = words[1].find('.');
    if (dot == std::string_view::npos || !read_range(words[1].substr(0, dot), edit.first_layer, edit.last_layer) ||
        !read_range(words[1].substr(dot + 1), edit.first_head, edit.last_head)) {
        return bad(text, "names the place " + in_quotes(words[1]) + ": expected LAYER.HEAD");
    }
    if (edit.kind == AttentionEdit::Kind::Swap) {
        edit.variant = std::string(words[2]);
        return edit;
    }
    if (edit.kind == AttentionEdit::Kind::Ablate) {
        return edit;
    }
    const auto [end, error] = std::from_chars(words[2].data(), words[2].data() + words[2].size(), edit.value);
    const bool temperature = edit.kind == AttentionEdit::Kind::Temperature;
    const double low = temperature ? kSmallestTemperature : -kLargestFactor;
    if (error != std::errc{} || end != words[2].data() + words[2].size() || !(edit.value >= low && edit.value <= kLargestFactor)) {
        return bad(text, "has the number " + in_quotes(words[2]) + ": expected " + number_text(low) + " to " + number_text(kLargestFactor));
    }
    return edit;
}

std::string range_text(std::int32_t first, std::int32_t last)
{
    if (first == 0 && last < 0) {
        return "*";
    }
    return first == last ? std::to_string(first) : std::to_string(first) + "-" + std::to_string(last);
}

Status check_range(const AttentionEdit& edit, const char* what, std::int32_t last, std::int64_t count)
{
    if (last < count) {
        return {};
    }
    return make_error(ErrorCode::InvalidArgument,
                      "the edit " + in_quotes(to_text(edit)) + " names " + what + " " + std::to_string(last) + ": this model has " + what +
                          "s 0 to " + std::to_string(count - 1),
                      "Choose a place that the model has.");
}

}  // namespace

Result<std::vector<AttentionEdit>> parse_attention_edits(std::string_view text)
{
    std::vector<AttentionEdit> out;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find_first_of(";\n", begin), text.size());
        const std::string_view part = text.substr(begin, end - begin);
        if (!words_of(part).empty()) {
            TIMBERLINE_ASSIGN(auto edit, parse_one(part));
            out.push_back(std::move(edit));
        }
        begin = end + 1;
    }
    return out;
}

std::string to_text(const AttentionEdit& edit)
{
    const auto* verb = std::find_if(std::begin(kVerbs), std::end(kVerbs), [&](const Verb& v) { return v.kind == edit.kind; });
    std::string out =
        std::string(verb->word) + " " + range_text(edit.first_layer, edit.last_layer) + "." + range_text(edit.first_head, edit.last_head);
    if (edit.kind == AttentionEdit::Kind::Swap) {
        out += " " + edit.variant;
    } else if (edit.kind != AttentionEdit::Kind::Ablate) {
        out += " " + number_text(edit.value);
    }
    return out;
}

std::string to_text(const std::vector<AttentionEdit>& edits)
{
    std::vector<std::string> texts;
    for (const AttentionEdit& edit : edits) {
        texts.push_back(to_text(edit));
    }
    return joined(texts, "; ");
}

Result<std::vector<HeadEdit>> resolve_attention_edits(const std::vector<AttentionEdit>& edits, std::int64_t layers, std::int64_t heads)
{
    std::vector<HeadEdit> out(static_cast<std::size_t>(layers * heads));
    for (const AttentionEdit& edit : edits) {
        TIMBERLINE_TRY(check_range(edit, "layer", std::max(edit.first_layer, edit.last_layer), layers));
        TIMBERLINE_TRY(check_range(edit, "head", std::max(edit.first_head, edit.last_head), heads));
        const std::int64_t last_layer = edit.last_layer < 0 ? layers - 1 : edit.last_layer;
        const std::int64_t last_head = edit.last_head < 0 ? heads - 1 : edit.last_head;
        for (std::int64_t layer = edit.first_layer; layer <= last_layer; ++layer) {
            for (std::int64_t head = edit.first_head; head <= last_head; ++head) {
                HeadEdit& place = out[static_cast<std::size_t>(layer * heads + head)];
                switch (edit.kind) {
                case AttentionEdit::Kind::Ablate:
                    place.factor = 0;
                    break;
                case AttentionEdit::Kind::Scale:
                    place.factor = edit.value;
                    break;
                case AttentionEdit::Kind::Temperature:
                    place.temperature = edit.value;
                    break;
                case AttentionEdit::Kind::Swap:
                    place.variant = edit.variant;
                    break;
                }
            }
        }
    }
    return out;
}

}  // namespace timberline::rules
