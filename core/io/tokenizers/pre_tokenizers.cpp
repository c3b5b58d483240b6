// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/tokenizers/pre_tokenizers.h"

#include "core/io/tokenizers/unicode.h"

#include <optional>

namespace timberline::io::tokenizers {

namespace {

// GPT-2's words: contractions, letters, numbers, other marks, each with one space in front, and blanks.
constexpr std::string_view kByteLevelPattern = R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

// The reference uses another engine here, whose \w has the two joiners and of the numbers only decimal digits.
constexpr std::string_view kWhitespacePattern =
    R"([\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\x{200c}\x{200d}]+|[^\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\x{200c}\x{200d}\p{White_Space}]+)";

void append_parts(const Piece& piece, const std::vector<Span>& parts, std::vector<Piece>& out)
{
    for (const Span& part : parts) {
        if (part.end > part.begin) {
            out.push_back({piece.text.substr(part.begin, part.end - part.begin), piece.at_start && part.begin == 0});
        }
    }
}

/// Every character for which `matches` holds is a match of its own.
template <typename Matches>
void cut_characters(std::string_view text, Matches&& matches, std::vector<Span>& spans)
{
    spans.clear();
    std::size_t covered = 0;
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t begin = i;
        if (!matches(next_code_point(text, i))) {
            continue;
        }
        if (covered < begin) {
            spans.push_back({covered, begin, false});
        }
        spans.push_back({begin, i, true});
        covered = i;
    }
    if (covered < text.size()) {
        spans.push_back({covered, text.size(), false});
    }
}

class PatternSplit final : public PreTokenizer
{
public:
    PatternSplit(Pattern pattern, SplitBehavior behavior, bool invert) : pattern_(std::move(pattern)), behavior_(behavior), invert_(invert)
    {}

    Status apply(std::vector<Piece>& pieces) const override
    {
        std::vector<Piece> out;
        out.reserve(pieces.size());
        std::vector<Span> spans;
        for (const Piece& piece : pieces) {
            TIMBERLINE_TRY(pattern_.cut(piece.text, spans));
            append_parts(piece, arrange(spans, behavior_, invert_), out);
        }
        pieces = std::move(out);
        return {};
    }

private:
    Pattern pattern_;
    SplitBehavior behavior_;
    bool invert_;
};

/// Splits at characters of a kind.
class CharacterSplit final : public PreTokenizer
{
public:
    using Test = bool (*)(char32_t);
    CharacterSplit(Test test, SplitBehavior behavior) : test_(test), behavior_(behavior) {}

    Status apply(std::vector<Piece>& pieces) const override
    {
        std::vector<Piece> out;
        out.reserve(pieces.size());
        std::vector<Span> spans;
        for (const Piece& piece : pieces) {
            cut_characters(piece.text, test_, spans);
            append_parts(piece, arrange(spans, behavior_, /*invert=*/false), out);
        }
        pieces = std::move(out);
        return {};
    }

private:
    Test test_;
    SplitBehavior behavior_;
};

class ByteLevel final : public PreTokenizer
{
public:
    ByteLevel(bool add_prefix_space, std::optional<Pattern> pattern) : add_prefix_space_(add_prefix_space), pattern_(std::move(pattern)) {}

    Status apply(std::vector<Piece>& pieces) const override
    {
        std::vector<Piece> out;
        out.reserve(pieces.size());
        std::vector<Span> spans;
        for (Piece& piece : pieces) {
            if (add_prefix_space_ && piece.text.front() != ' ') {
                piece.text.insert(0, 1, ' ');
            }
            if (!pattern_) {
                out.push_back({to_byte_alphabet(piece.text), piece.at_start});
                continue;
            }
            TIMBERLINE_TRY(pattern_->cut(piece.text, spans));
            for (const Span& span : spans) {
                if (span.end > span.begin) {
                    const std::string_view word = std::string_view(piece.text).substr(span.begin, span.end - span.begin);
                    out.push_back({to_byte_alphabet(word), piece.at_start && span.begin == 0});
                }
            }
        }
        pieces = std::move(out);
        return {};
    }

private:
    bool add_prefix_space_;
    std::optional<Pattern> pattern_;
};

class Metaspace final : public PreTokenizer
{
public:
    explicit Metaspace(MetaspaceOptions options) : options_(std::move(options))
    {
        std::size_t position = 0;
        character_ = next_code_point(options_.replacement, position);
    }

    Status apply(std::vector<Piece>& pieces) const override
    {
        std::vector<Piece> out;
        out.reserve(pieces.size());
        std::vector<Span> spans;
        for (Piece& piece : pieces) {
            piece.text = replace_all(piece.text, " ", options_.replacement);
            const bool wanted = options_.scheme == MetaspaceOptions::Scheme::Always ||
                                (options_.scheme == MetaspaceOptions::Scheme::First && piece.at_start);
            if (wanted && !piece.text.starts_with(options_.replacement)) {
                piece.text.insert(0, options_.replacement);
            }
            if (!options_.split) {
                out.push_back(std::move(piece));
                continue;
            }
            cut_characters(
                piece.text, [this](char32_t c) { return c == character_; }, spans);
            append_parts(piece, arrange(spans, SplitBehavior::MergedWithNext, /*invert=*/false), out);
        }
        pieces = std::move(out);
        return {};
    }

private:
    MetaspaceOptions options_;
    char32_t character_ = 0;
};

/// Pieces of a fixed number of characters.
class FixedLength final : public PreTokenizer
{
public:
    explicit FixedLength(std::int64_t length) : length_(length) {}

    Status apply(std::vector<Piece>& pieces) const override
    {
        std::vector<Piece> out;
        for (const Piece& piece : pieces) {
            for (std::size_t i = 0; i < piece.text.size();) {
                const std::size_t begin = i;
                for (std::int64_t count = 0; count < length_ && i < piece.text.size(); ++count) {
                    (void)next_code_point(piece.text, i);
                }
                out.push_back({piece.text.substr(begin, i - begin), piece.at_start && begin == 0});
            }
        }
        pieces = std::move(out);
        return {};
    }

private:
    std::int64_t length_;
};

class PreTokenizerSequence final : public PreTokenizer
{
public:
    explicit PreTokenizerSequence(std::vector<PreTokenizerPointer> parts) : parts_(std::move(parts)) {}

    Status apply(std::vector<Piece>& pieces) const override
    {
        for (const auto& part : parts_) {
            TIMBERLINE_TRY(part->apply(pieces));
        }
        return {};
    }

private:
    std::vector<PreTokenizerPointer> parts_;
};

template <typename T, typename... Arguments>
[[nodiscard]] PreTokenizerPointer make(Arguments&&... arguments)
{
    return std::make_unique<const T>(std::forward<Arguments>(arguments)...);
}

[[nodiscard]] Result<SplitBehavior> read_behavior(const Field& field, std::string_view fallback)
{
    TIMBERLINE_ASSIGN(const std::string name, field.text_or("behavior", fallback));
    if (name == "Removed") {
        return SplitBehavior::Removed;
    }
    if (name == "Isolated") {
        return SplitBehavior::Isolated;
    }
    if (name == "MergedWithPrevious") {
        return SplitBehavior::MergedWithPrevious;
    }
    if (name == "MergedWithNext") {
        return SplitBehavior::MergedWithNext;
    }
    if (name == "Contiguous") {
        return SplitBehavior::Contiguous;
    }
    return make_error(ErrorCode::BadFile,
                      field.where() +
                          ".behavior: expected Removed, Isolated, MergedWithPrevious, MergedWithNext or "
                          "Contiguous, got \"" +
                          name + "\"",
                      "Correct the spelling in tokenizer.json.");
}

[[nodiscard]] Result<PreTokenizerPointer> read_byte_level(const Field& field)
{
    TIMBERLINE_ASSIGN(const bool add_prefix_space, field.flag_or("add_prefix_space", true));
    TIMBERLINE_ASSIGN(const bool use_regex, field.flag_or("use_regex", true));
    std::optional<Pattern> pattern;
    if (use_regex) {
        TIMBERLINE_ASSIGN(pattern, Pattern::regex(kByteLevelPattern, field.where()));
    }
    return make<ByteLevel>(add_prefix_space, std::move(pattern));
}

[[nodiscard]] Result<PreTokenizerPointer> read_split(const Field& field)
{
    TIMBERLINE_ASSIGN(const Field pattern_field, field.member("pattern"));
    TIMBERLINE_ASSIGN(Pattern pattern, Pattern::read(pattern_field));
    TIMBERLINE_ASSIGN(const SplitBehavior behavior, read_behavior(field, ""));
    TIMBERLINE_ASSIGN(const bool invert, field.flag_or("invert", false));
    return make<PatternSplit>(std::move(pattern), behavior, invert);
}

[[nodiscard]] Result<PreTokenizerPointer> read_sequence(const Field& field, bool& byte_level, int depth)
{
    if (depth >= kDeepestNesting) {
        return field.bad("components are nested deeper than " + std::to_string(kDeepestNesting));
    }
    TIMBERLINE_ASSIGN(const auto elements, field.list("pretokenizers"));
    std::vector<PreTokenizerPointer> parts;
    for (const Field& element : elements) {
        TIMBERLINE_ASSIGN(PreTokenizerPointer part, read_pre_tokenizer(element, byte_level, depth + 1));
        parts.push_back(std::move(part));
    }
    return make<PreTokenizerSequence>(std::move(parts));
}

[[nodiscard]] Result<PreTokenizerPointer> read_fixed_length(const Field& field)
{
    TIMBERLINE_ASSIGN(const std::int64_t length, field.count("length", 5, kLargestId));
    if (length == 0) {
        return field.bad("expected a length of at least 1, got 0");
    }
    return make<FixedLength>(length);
}

}  // namespace

Result<PreTokenizerPointer> read_pre_tokenizer(const Field& field, bool& byte_level, int depth)
{
    TIMBERLINE_ASSIGN(const std::string type, field.text("type"));
    if (type == "Sequence") {
        return read_sequence(field, byte_level, depth);
    }
    if (type == "ByteLevel") {
        byte_level = true;
        return read_byte_level(field);
    }
    if (type == "Split") {
        return read_split(field);
    }
    if (type == "Metaspace") {
        TIMBERLINE_ASSIGN(MetaspaceOptions options, read_metaspace(field));
        return make<Metaspace>(std::move(options));
    }
    if (type == "Digits") {
        TIMBERLINE_ASSIGN(const bool individual, field.flag_or("individual_digits", false));
        return make<CharacterSplit>(&is_numeric, individual ? SplitBehavior::Isolated : SplitBehavior::Contiguous);
    }
    if (type == "Punctuation") {
        TIMBERLINE_ASSIGN(const SplitBehavior behavior, read_behavior(field, "Isolated"));
        return make<CharacterSplit>(&is_punctuation, behavior);
    }
    if (type == "Whitespace") {
        TIMBERLINE_ASSIGN(Pattern pattern, Pattern::pcre(std::string(kWhitespacePattern), field.where()));
        return make<PatternSplit>(std::move(pattern), SplitBehavior::Removed, /*invert=*/true);
    }
    if (type == "WhitespaceSplit") {
        return make<CharacterSplit>(&is_white_space, SplitBehavior::Removed);
    }
    if (type == "BertPreTokenizer") {
        std::vector<PreTokenizerPointer> parts;
        parts.push_back(make<CharacterSplit>(&is_white_space, SplitBehavior::Removed));
        parts.push_back(make<CharacterSplit>(&is_punctuation, SplitBehavior::Isolated));
        return make<PreTokenizerSequence>(std::move(parts));
    }
    if (type == "CharDelimiterSplit") {
        TIMBERLINE_ASSIGN(const std::string delimiter, field.character_or("delimiter", ""));
        TIMBERLINE_ASSIGN(Pattern pattern, Pattern::literal(delimiter));
        return make<PatternSplit>(std::move(pattern), SplitBehavior::Removed, /*invert=*/false);
    }
    if (type == "FixedLength") {
        return read_fixed_length(field);
    }
    return field.unsupported("the pre-tokenizer \"" + type + "\"");
}

}  // namespace timberline::io::tokenizers
