// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/tokenizers/normalizers.h"

#include "core/io/tokenizers/charsmap.h"
#include "core/io/tokenizers/pattern.h"
#include "core/io/tokenizers/unicode.h"
#include "core/io/tokenizers/unicode_age.h"

#include <utf8proc.h>

#include <cstdlib>
#include <vector>

namespace timberline::io::tokenizers {

namespace {

/// Applies a function to each character; the function appends what the character becomes.
template <typename Append>
[[nodiscard]] std::string each_character(std::string_view text, Append&& append)
{
    std::string result;
    result.reserve(text.size());
    for (std::size_t i = 0; i < text.size();) {
        append(result, next_code_point(text, i));
    }
    return result;
}

/// NFC, NFD, NFKC, NFKD.
class UnicodeForm final : public Normalizer
{
public:
    explicit UnicodeForm(int options) : options_(static_cast<utf8proc_option_t>(options)) {}

    Status apply(NormalizedText& text) const override
    {
        if (is_ascii(text.value)) {
            return {};  // ASCII is in every form already
        }
        // Characters whose decomposition is too new for the reference pass through; the parts between are normalized.
        const std::string_view value = text.value;
        std::string result;
        std::size_t done = 0;
        for (std::size_t i = 0; i < value.size();) {
            const std::size_t begin = i;
            if (has_newer_decomposition(next_code_point(value, i))) {
                TIMBERLINE_TRY(append(value.substr(done, begin - done), result));
                result += value.substr(begin, i - begin);
                done = i;
            }
        }
        TIMBERLINE_TRY(append(value.substr(done), result));
        text.value = std::move(result);
        return {};
    }

private:
    [[nodiscard]] Status append(std::string_view part, std::string& result) const
    {
        utf8proc_uint8_t* mapped = nullptr;
        const auto length = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(part.data()), static_cast<utf8proc_ssize_t>(part.size()),
                                         &mapped, options_);
        if (length < 0) {
            return make_error(ErrorCode::OutOfMemory, "the text cannot be normalized: " + std::string(utf8proc_errmsg(length)),
                              "Use a shorter text.");
        }
        result.append(reinterpret_cast<const char*>(mapped), static_cast<std::size_t>(length));
        std::free(mapped);
        return {};
    }

    utf8proc_option_t options_;
};

class Lowercase final : public Normalizer
{
public:
    Status apply(NormalizedText& text) const override
    {
        text.value = each_character(text.value, [](std::string& out, char32_t c) {
            if (c == 0x130) {
                out += "i\xCC\x87";  // the one character whose lower case is two
            } else {
                append_code_point(out, static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(c))));
            }
        });
        return {};
    }
};

class StripAccents final : public Normalizer
{
public:
    Status apply(NormalizedText& text) const override
    {
        std::size_t position = 0;
        text.head_removed = text.head_removed || (!text.value.empty() && is_mark(next_code_point(text.value, position)));
        text.value = each_character(text.value, [](std::string& out, char32_t c) {
            if (!is_mark(c)) {
                append_code_point(out, c);
            }
        });
        return {};
    }
};

class Strip final : public Normalizer
{
public:
    Strip(bool left, bool right) : left_(left), right_(right) {}

    Status apply(NormalizedText& text) const override
    {
        const std::string_view value = text.value;
        std::size_t begin = 0;
        for (std::size_t i = 0; left_ && i < value.size() && is_white_space(next_code_point(value, i));) {
            begin = i;
        }
        std::size_t end = value.size();
        while (right_ && end > begin) {
            std::size_t last = previous_boundary(value, end);
            const std::size_t character = last;
            if (!is_white_space(next_code_point(value, last))) {
                break;
            }
            end = character;
        }
        text.head_removed = text.head_removed || begin > 0;
        text.value = text.value.substr(begin, end - begin);
        return {};
    }

private:
    bool left_;
    bool right_;
};

class Prepend final : public Normalizer
{
public:
    explicit Prepend(std::string text) : text_(std::move(text)) {}

    Status apply(NormalizedText& text) const override
    {
        if (!text.value.empty()) {
            text.value.insert(0, text_);
        }
        return {};
    }

private:
    std::string text_;
};

class Replace final : public Normalizer
{
public:
    Replace(Pattern pattern, std::string content) : pattern_(std::move(pattern)), content_(std::move(content)) {}

    Status apply(NormalizedText& text) const override
    {
        std::vector<Span> spans;
        TIMBERLINE_TRY(pattern_.cut(text.value, spans));
        if (!spans.empty() && spans.front().matched && spans.front().end > 0) {
            // What is put in counts as standing where the last character of the match stood.
            text.head_removed = text.head_removed || content_.empty() || previous_boundary(text.value, spans.front().end) > 0;
        }
        std::string result;
        result.reserve(text.value.size());
        for (const Span& span : spans) {
            result += span.matched ? std::string_view(content_) : std::string_view(text.value).substr(span.begin, span.end - span.begin);
        }
        text.value = std::move(result);
        return {};
    }

private:
    Pattern pattern_;
    std::string content_;
};

/// SentencePiece's nmt rules: control characters go, unusual blanks become a space.
class Nmt final : public Normalizer
{
public:
    Status apply(NormalizedText& text) const override
    {
        std::size_t position = 0;
        text.head_removed = text.head_removed || (!text.value.empty() && is_dropped(next_code_point(text.value, position)));
        text.value = each_character(text.value, [](std::string& out, char32_t c) {
            const bool blank = c == 0x09 || c == 0x0A || c == 0x0C || c == 0x0D || c == 0x1680 || (c >= 0x200B && c <= 0x200F) ||
                               c == 0x2028 || c == 0x2029 || c == 0x2581 || c == 0xFEFF || c == 0xFFFD;
            if (!is_dropped(c)) {
                append_code_point(out, blank ? U' ' : c);
            }
        });
        return {};
    }

private:
    [[nodiscard]] static bool is_dropped(char32_t c) noexcept
    {
        return (c >= 0x01 && c <= 0x08) || c == 0x0B || (c >= 0x0E && c <= 0x1F) || c == 0x7F || c == 0x8F || c == 0x9F;
    }
};

class ByteLevelNormalizer final : public Normalizer
{
public:
    Status apply(NormalizedText& text) const override
    {
        text.value = to_byte_alphabet(text.value);
        return {};
    }
};

class Precompiled final : public Normalizer
{
public:
    explicit Precompiled(CharsMap map) : map_(std::move(map)) {}

    Status apply(NormalizedText& text) const override
    {
        text.value = map_.normalize(text.value);
        return {};
    }

private:
    CharsMap map_;
};

class NormalizerSequence final : public Normalizer
{
public:
    explicit NormalizerSequence(std::vector<NormalizerPointer> parts) : parts_(std::move(parts)) {}

    Status apply(NormalizedText& text) const override
    {
        for (const auto& part : parts_) {
            TIMBERLINE_TRY(part->apply(text));
        }
        return {};
    }

private:
    std::vector<NormalizerPointer> parts_;
};

template <typename T, typename... Arguments>
[[nodiscard]] NormalizerPointer make(Arguments&&... arguments)
{
    return std::make_unique<const T>(std::forward<Arguments>(arguments)...);
}

[[nodiscard]] Result<NormalizerPointer> read_sequence(const Field& field, bool& byte_level, int depth)
{
    if (depth >= kDeepestNesting) {
        return field.bad("components are nested deeper than " + std::to_string(kDeepestNesting));
    }
    TIMBERLINE_ASSIGN(const auto elements, field.list("normalizers"));
    std::vector<NormalizerPointer> parts;
    for (const Field& element : elements) {
        TIMBERLINE_ASSIGN(NormalizerPointer part, read_normalizer(element, byte_level, depth + 1));
        parts.push_back(std::move(part));
    }
    return make<NormalizerSequence>(std::move(parts));
}

[[nodiscard]] Result<NormalizerPointer> read_precompiled(const Field& field)
{
    TIMBERLINE_ASSIGN(const Field map, field.member("precompiled_charsmap"));
    TIMBERLINE_ASSIGN(const std::string encoded, map.text());
    const auto bytes = decode_base64(encoded);
    if (!bytes) {
        return map.bad("expected base64 text");
    }
    auto parsed = CharsMap::parse(*bytes);
    if (!parsed) {
        return map.bad("the table of " + std::to_string(bytes->size()) + " bytes is damaged: its size field or its texts do not fit");
    }
    return make<Precompiled>(std::move(*parsed));
}

}  // namespace

Result<NormalizerPointer> read_normalizer(const Field& field, bool& byte_level, int depth)
{
    TIMBERLINE_ASSIGN(const std::string type, field.text("type"));
    constexpr int kCompose = UTF8PROC_STABLE | UTF8PROC_COMPOSE;
    constexpr int kDecompose = UTF8PROC_STABLE | UTF8PROC_DECOMPOSE;
    if (type == "Sequence") {
        return read_sequence(field, byte_level, depth);
    }
    if (type == "NFC" || type == "NFD") {
        return make<UnicodeForm>(type == "NFC" ? kCompose : kDecompose);
    }
    if (type == "NFKC" || type == "NFKD") {
        return make<UnicodeForm>((type == "NFKC" ? kCompose : kDecompose) | UTF8PROC_COMPAT);
    }
    if (type == "Lowercase") {
        return make<Lowercase>();
    }
    if (type == "StripAccents") {
        return make<StripAccents>();
    }
    if (type == "Strip") {
        TIMBERLINE_ASSIGN(const bool left, field.flag_or("strip_left", true));
        TIMBERLINE_ASSIGN(const bool right, field.flag_or("strip_right", true));
        return make<Strip>(left, right);
    }
    if (type == "Prepend") {
        TIMBERLINE_ASSIGN(std::string text, field.text("prepend"));
        return make<Prepend>(std::move(text));
    }
    if (type == "Replace") {
        TIMBERLINE_ASSIGN(const Field pattern_field, field.member("pattern"));
        TIMBERLINE_ASSIGN(Pattern pattern, Pattern::read(pattern_field));
        TIMBERLINE_ASSIGN(std::string content, field.text("content"));
        return make<Replace>(std::move(pattern), std::move(content));
    }
    if (type == "Nmt") {
        return make<Nmt>();
    }
    if (type == "ByteLevel") {
        byte_level = true;
        return make<ByteLevelNormalizer>();
    }
    if (type == "Precompiled") {
        return read_precompiled(field);
    }
    return field.unsupported("the normalizer \"" + type + "\"");
}

}  // namespace timberline::io::tokenizers
