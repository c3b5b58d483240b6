// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/tokenizers/decoders.h"

#include "core/io/tokenizers/pattern.h"
#include "core/io/tokenizers/pre_tokenizers.h"
#include "core/io/tokenizers/unicode.h"

#include <algorithm>
#include <array>
#include <optional>

namespace timberline::io::tokenizers {

namespace {

constexpr std::string_view kReplacementCharacter = "\xEF\xBF\xBD";

class ByteLevelDecoder final : public Decoder
{
public:
    void apply(std::vector<std::string>& parts) const override
    {
        std::string bytes;
        for (const std::string& part : parts) {
            bytes += from_byte_alphabet(part);
        }
        parts.assign(1, lossy_utf8(bytes));
    }
    void show(std::string& piece) const override { piece = from_byte_alphabet(piece); }
    bool is_byte_level() const override { return true; }
};

/// Joins runs of <0x..> into characters; a run that is no valid UTF-8 becomes one U+FFFD for each byte.
class ByteFallback final : public Decoder
{
public:
    void apply(std::vector<std::string>& parts) const override
    {
        std::vector<std::string> out;
        out.reserve(parts.size());
        std::string bytes;
        const auto flush = [&] {
            if (is_valid_utf8(bytes)) {
                if (!bytes.empty()) {
                    out.push_back(bytes);
                }
            } else {
                out.insert(out.end(), bytes.size(), std::string(kReplacementCharacter));
            }
            bytes.clear();
        };
        for (std::string& part : parts) {
            if (const auto byte = byte_of_piece(part)) {
                bytes.push_back(static_cast<char>(*byte));
            } else {
                flush();
                out.push_back(std::move(part));
            }
        }
        flush();
        parts = std::move(out);
    }
    void show(std::string& piece) const override
    {
        if (const auto byte = byte_of_piece(piece)) {
            piece.assign(1, static_cast<char>(*byte));
        }
    }
};

class Fuse final : public Decoder
{
public:
    void apply(std::vector<std::string>& parts) const override
    {
        std::string all;
        for (const std::string& part : parts) {
            all += part;
        }
        parts.assign(1, std::move(all));
    }
    void show(std::string&) const override {}
};

class MetaspaceDecoder final : public Decoder
{
public:
    explicit MetaspaceDecoder(MetaspaceOptions options) : options_(std::move(options)) {}

    void apply(std::vector<std::string>& parts) const override
    {
        for (std::size_t i = 0; i < parts.size(); ++i) {
            const bool dropped = i == 0 && options_.scheme != MetaspaceOptions::Scheme::Never;
            parts[i] = replace_all(parts[i], options_.replacement, dropped ? "" : " ");
        }
    }
    void show(std::string& piece) const override { piece = replace_all(piece, options_.replacement, " "); }

private:
    MetaspaceOptions options_;
};

class ReplaceDecoder final : public Decoder
{
public:
    ReplaceDecoder(Pattern pattern, std::string content) : pattern_(std::move(pattern)), content_(std::move(content)) {}

    void apply(std::vector<std::string>& parts) const override
    {
        for (std::string& part : parts) {
            show(part);
        }
    }
    void show(std::string& piece) const override
    {
        std::vector<Span> spans;
        // A pattern that takes too many steps leaves the piece as it is: showing a token never fails.
        if (!is_valid_utf8(piece) || !pattern_.cut(piece, spans).ok()) {
            return;
        }
        std::string out;
        for (const Span& span : spans) {
            out += span.matched ? std::string_view(content_) : std::string_view(piece).substr(span.begin, span.end - span.begin);
        }
        piece = std::move(out);
    }

private:
    Pattern pattern_;
    std::string content_;
};

/// Takes up to `start` and `stop` copies of a character off the ends of every part.
class StripDecoder final : public Decoder
{
public:
    StripDecoder(std::string character, std::int64_t start, std::int64_t stop)
        : character_(std::move(character)), start_(start), stop_(stop)
    {}

    void apply(std::vector<std::string>& parts) const override
    {
        for (std::string& part : parts) {
            std::string_view rest = part;
            for (std::int64_t i = 0; i < start_ && rest.starts_with(character_); ++i) {
                rest.remove_prefix(character_.size());
            }
            for (std::int64_t i = 0; i < stop_ && rest.ends_with(character_); ++i) {
                rest.remove_suffix(character_.size());
            }
            part = std::string(rest);
        }
    }
    void show(std::string&) const override {}

private:
    std::string character_;
    std::int64_t start_;
    std::int64_t stop_;
};

class BpeDecoder final : public Decoder
{
public:
    explicit BpeDecoder(std::string suffix) : suffix_(std::move(suffix)) {}

    void apply(std::vector<std::string>& parts) const override
    {
        for (std::size_t i = 0; i < parts.size(); ++i) {
            parts[i] = replace_all(parts[i], suffix_, i + 1 == parts.size() ? "" : " ");
        }
    }
    void show(std::string& piece) const override { piece = replace_all(piece, suffix_, " "); }

private:
    std::string suffix_;
};

class WordPieceDecoder final : public Decoder
{
public:
    WordPieceDecoder(std::string prefix, bool cleanup) : prefix_(std::move(prefix)), cleanup_(cleanup) {}

    void apply(std::vector<std::string>& parts) const override
    {
        for (std::size_t i = 0; i < parts.size(); ++i) {
            if (i != 0) {
                show(parts[i]);
            }
            if (cleanup_) {
                clean(parts[i]);
            }
        }
    }
    void show(std::string& piece) const override { piece = piece.starts_with(prefix_) ? piece.substr(prefix_.size()) : " " + piece; }

private:
    static void clean(std::string& text)
    {
        constexpr std::array<std::array<std::string_view, 2>, 11> kRules{{{" .", "."},
                                                                          {" ?", "?"},
                                                                          {" !", "!"},
                                                                          {" ,", ","},
                                                                          {" ' ", "'"},
                                                                          {" n't", "n't"},
                                                                          {" 'm", "'m"},
                                                                          {" do not", " don't"},
                                                                          {" 's", "'s"},
                                                                          {" 've", "'ve"},
                                                                          {" 're", "'re"}}};
        for (const auto& [from, to] : kRules) {
            text = replace_all(text, from, to);
        }
    }

    std::string prefix_;
    bool cleanup_;
};

class DecoderSequence final : public Decoder
{
public:
    explicit DecoderSequence(std::vector<DecoderPointer> steps) : steps_(std::move(steps)) {}

    void apply(std::vector<std::string>& parts) const override
    {
        for (const auto& step : steps_) {
            step->apply(parts);
        }
    }
    void show(std::string& piece) const override
    {
        for (const auto& step : steps_) {
            step->show(piece);
        }
    }
    bool is_byte_level() const override
    {
        return std::any_of(steps_.begin(), steps_.end(), [](const DecoderPointer& step) { return step->is_byte_level(); });
    }

private:
    std::vector<DecoderPointer> steps_;
};

template <typename T, typename... Arguments>
[[nodiscard]] DecoderPointer make(Arguments&&... arguments)
{
    return std::make_unique<const T>(std::forward<Arguments>(arguments)...);
}

[[nodiscard]] Result<DecoderPointer> read_sequence(const Field& field, int depth)
{
    if (depth >= kDeepestNesting) {
        return field.bad("components are nested deeper than " + std::to_string(kDeepestNesting));
    }
    TIMBERLINE_ASSIGN(const auto elements, field.list("decoders"));
    std::vector<DecoderPointer> steps;
    for (const Field& element : elements) {
        TIMBERLINE_ASSIGN(DecoderPointer step, read_decoder(element, depth + 1));
        steps.push_back(std::move(step));
    }
    return make<DecoderSequence>(std::move(steps));
}

[[nodiscard]] Result<DecoderPointer> read_replace(const Field& field)
{
    TIMBERLINE_ASSIGN(const Field pattern_field, field.member("pattern"));
    TIMBERLINE_ASSIGN(Pattern pattern, Pattern::read(pattern_field));
    TIMBERLINE_ASSIGN(std::string content, field.text("content"));
    return make<ReplaceDecoder>(std::move(pattern), std::move(content));
}

[[nodiscard]] Result<DecoderPointer> read_strip(const Field& field)
{
    TIMBERLINE_ASSIGN(std::string character, field.character_or("content", " "));
    TIMBERLINE_ASSIGN(const std::int64_t start, field.count("start", 0, kLargestId));
    TIMBERLINE_ASSIGN(const std::int64_t stop, field.count("stop", 0, kLargestId));
    return make<StripDecoder>(std::move(character), start, stop);
}

/// A text that is searched for must not be empty.
[[nodiscard]] Result<std::string> read_mark(const Field& field, std::string_view key, std::string_view fallback)
{
    TIMBERLINE_ASSIGN(std::string mark, field.text_or(key, fallback));
    if (mark.empty()) {
        return field.bad("the field \"" + std::string(key) + "\" is empty; expected at least one character");
    }
    return mark;
}

}  // namespace

Result<DecoderPointer> read_decoder(const Field& field, int depth)
{
    TIMBERLINE_ASSIGN(const std::string type, field.text("type"));
    if (type == "Sequence") {
        return read_sequence(field, depth);
    }
    if (type == "ByteLevel") {
        return make<ByteLevelDecoder>();
    }
    if (type == "ByteFallback") {
        return make<ByteFallback>();
    }
    if (type == "Fuse") {
        return make<Fuse>();
    }
    if (type == "Metaspace") {
        TIMBERLINE_ASSIGN(MetaspaceOptions options, read_metaspace(field));
        return make<MetaspaceDecoder>(std::move(options));
    }
    if (type == "Replace") {
        return read_replace(field);
    }
    if (type == "Strip") {
        return read_strip(field);
    }
    if (type == "BPEDecoder") {
        TIMBERLINE_ASSIGN(std::string suffix, read_mark(field, "suffix", "</w>"));
        return make<BpeDecoder>(std::move(suffix));
    }
    if (type == "WordPiece") {
        TIMBERLINE_ASSIGN(std::string prefix, read_mark(field, "prefix", "##"));
        TIMBERLINE_ASSIGN(const bool cleanup, field.flag_or("cleanup", true));
        return make<WordPieceDecoder>(std::move(prefix), cleanup);
    }
    return field.unsupported("the decoder \"" + type + "\"");
}

}  // namespace timberline::io::tokenizers
