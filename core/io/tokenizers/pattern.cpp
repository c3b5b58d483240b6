// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/tokenizers/pattern.h"

#include "core/io/tokenizers/regex_syntax.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <algorithm>
#include <array>
#include <chrono>

namespace timberline::io::tokenizers {

namespace {

// A hostile expression may backtrack exponentially. Each try at one place is limited, the places tried in one call are limited,
// and between calls the clock is looked at, so that no text takes longer than about this.
constexpr std::uint32_t kMatchLimit = 2'000'000;
constexpr std::uint32_t kHeapLimitKib = 64 * 1024;
constexpr std::size_t kPlacesPerCall = 2048;
constexpr std::chrono::seconds kTimeLimit{20};
constexpr std::size_t kSearchesPerLook = 256;
constexpr std::size_t kLongestExpression = std::size_t{1} << 16;

/// What matching needs for scratch; one set a thread.
struct Scratch {
    pcre2_match_data* data = pcre2_match_data_create(1, nullptr);
    pcre2_match_context* context = pcre2_match_context_create(nullptr);
    pcre2_jit_stack* stack = pcre2_jit_stack_create(32 * 1024, 8 * 1024 * 1024, nullptr);

    Scratch()
    {
        pcre2_set_match_limit(context, kMatchLimit);
        pcre2_set_heap_limit(context, kHeapLimitKib);
        pcre2_jit_stack_assign(context, nullptr, stack);
    }
    ~Scratch()
    {
        pcre2_jit_stack_free(stack);
        pcre2_match_context_free(context);
        pcre2_match_data_free(data);
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
};

[[nodiscard]] Scratch& scratch()
{
    thread_local Scratch own;
    return own;
}

[[nodiscard]] std::size_t next_boundary(std::string_view text, std::size_t position) noexcept
{
    ++position;
    while (position < text.size() && (static_cast<unsigned char>(text[position]) & 0xC0) == 0x80) {
        ++position;
    }
    return position;
}

}  // namespace

struct Pattern::Compiled {
    pcre2_code* code = nullptr;
    std::string expression;
    std::string where;

    Compiled() = default;
    ~Compiled() { pcre2_code_free(code); }
    Compiled(const Compiled&) = delete;
    Compiled& operator=(const Compiled&) = delete;

    /// The leftmost match from `from` on. ok and begin == npos: none.
    [[nodiscard]] Result<Span> find(std::string_view text, std::size_t from, std::chrono::steady_clock::time_point& started) const;
    /// Whether the search has taken too long. The first call starts the clock.
    [[nodiscard]] static bool late(std::chrono::steady_clock::time_point& started)
    {
        const auto now = std::chrono::steady_clock::now();
        if (started == std::chrono::steady_clock::time_point{}) {
            started = now;
        }
        return now - started > kTimeLimit;
    }
    [[nodiscard]] Error too_slow() const
    {
        return make_error(ErrorCode::BadFile, where + ": the pattern " + shortened(expression) + " needs too many steps on this text",
                          "The pattern backtracks without end; use another tokenizer.json, or a shorter text.");
    }
    [[nodiscard]] static std::string shortened(std::string_view text)
    {
        return in_quotes(text.size() > 200 ? std::string(text.substr(0, 200)).append("…") : std::string(text));
    }
};

Result<Span> Pattern::Compiled::find(std::string_view text, std::size_t from, std::chrono::steady_clock::time_point& started) const
{
    Scratch& own = scratch();
    while (true) {
        const std::size_t last = from + kPlacesPerCall;
        pcre2_set_offset_limit(own.context, last < text.size() ? last : PCRE2_UNSET);
        const auto* subject = reinterpret_cast<PCRE2_SPTR>(text.data());
        int rc = pcre2_match(code, subject, text.size(), from, PCRE2_NO_UTF_CHECK, own.data, own.context);
        if (rc == PCRE2_ERROR_JIT_STACKLIMIT) {
            rc = pcre2_match(code, subject, text.size(), from, PCRE2_NO_UTF_CHECK | PCRE2_NO_JIT, own.data, own.context);
        }
        if (rc >= 0) {
            const PCRE2_SIZE* offsets = pcre2_get_ovector_pointer(own.data);
            // \K inside a lookahead may put the start behind the end; such a match is taken as empty.
            return Span{std::min(offsets[0], offsets[1]), offsets[1], true};
        }
        if (rc != PCRE2_ERROR_NOMATCH) {
            return too_slow();
        }
        if (last >= text.size()) {
            return Span{std::string_view::npos, std::string_view::npos, false};
        }
        from = next_boundary(text, last);
        if (late(started)) {
            return too_slow();
        }
    }
}

Result<Pattern> Pattern::literal(std::string text)
{
    if (text.empty()) {
        // The reference compiles the escaped text; an empty one matches between all characters, as the empty expression does.
        return pcre("", "an empty pattern");
    }
    Pattern pattern;
    pattern.literal_ = std::move(text);
    return pattern;
}

Result<Pattern> Pattern::regex(std::string_view expression, const std::string& where)
{
    if (expression.size() > kLongestExpression) {
        return make_error(ErrorCode::BadFile, where + ": the pattern has " + std::to_string(expression.size()) +
                                                  " bytes, expected at most " + std::to_string(kLongestExpression));
    }
    auto translated = to_pcre(expression);
    if (!translated.ok()) {
        return make_error(translated.error().code,
                          where + ": the pattern " + Compiled::shortened(expression) + ": " + translated.error().message,
                          translated.error().hint);
    }
    auto pattern = pcre(*translated, where);
    if (!pattern.ok()) {
        return make_error(pattern.error().code,
                          where + ": the pattern " + Compiled::shortened(expression) + ": " +
                              pattern.error().message.substr(pattern.error().message.rfind(": ") + 2),
                          pattern.error().hint);
    }
    return pattern;
}

Result<Pattern> Pattern::pcre(const std::string& expression, const std::string& where)
{
    auto compiled = std::make_shared<Compiled>();
    compiled->expression = expression;
    compiled->where = where;
    pcre2_compile_context* context = pcre2_compile_context_create(nullptr);
    pcre2_set_newline(context, PCRE2_NEWLINE_LF);
    pcre2_set_parens_nest_limit(context, 200);
    int error = 0;
    PCRE2_SIZE offset = 0;
    compiled->code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(expression.data()), expression.size(),
                                   PCRE2_UTF | PCRE2_UCP | PCRE2_MULTILINE | PCRE2_USE_OFFSET_LIMIT, &error, &offset, context);
    pcre2_compile_context_free(context);
    if (compiled->code == nullptr) {
        std::array<PCRE2_UCHAR, 256> message{};
        pcre2_get_error_message(error, message.data(), message.size());
        return make_error(ErrorCode::BadFile,
                          where + ": the pattern " + Compiled::shortened(expression) + ": " + reinterpret_cast<const char*>(message.data()),
                          "The regular expression is damaged, or uses something that this version cannot do.");
    }
    pcre2_jit_compile(compiled->code, PCRE2_JIT_COMPLETE);  // without it matching still works, only slower
    Pattern pattern;
    pattern.compiled_ = std::move(compiled);
    return pattern;
}

Result<Pattern> Pattern::read(const Field& field)
{
    TIMBERLINE_TRY(field.is_object());
    if (field.has("String")) {
        TIMBERLINE_ASSIGN(std::string text, field.text("String"));
        return literal(std::move(text));
    }
    if (field.has("Regex")) {
        TIMBERLINE_ASSIGN(const std::string expression, field.text("Regex"));
        return regex(expression, field.where());
    }
    return field.bad(R"(expected {"String": …} or {"Regex": …})");
}

Status Pattern::cut(std::string_view text, std::vector<Span>& spans) const
{
    spans.clear();
    std::size_t covered = 0;
    const auto add = [&](std::size_t begin, std::size_t end) {
        if (covered != begin) {
            spans.push_back({covered, begin, false});
        }
        spans.push_back({begin, end, true});
        covered = end;
    };
    if (compiled_ == nullptr) {
        for (std::size_t at = text.find(literal_); at != std::string_view::npos; at = text.find(literal_, covered)) {
            add(at, at + literal_.size());
        }
    } else if (!text.empty()) {
        std::chrono::steady_clock::time_point started{};
        std::size_t from = 0;
        std::size_t last_end = std::string_view::npos;
        for (std::size_t searches = 0; from <= text.size(); ++searches) {
            if (searches % kSearchesPerLook == 0 && compiled_->late(started)) {
                return compiled_->too_slow();
            }
            TIMBERLINE_ASSIGN(const Span match, compiled_->find(text, from, started));
            if (match.begin == std::string_view::npos) {
                break;
            }
            if (match.begin == match.end && match.end == last_end) {
                // An empty match right behind the last one does not count; the search goes on one character later.
                from = next_boundary(text, from);
                continue;
            }
            from = match.end;
            last_end = match.end;
            if (match.begin >= covered) {
                add(match.begin, match.end);
            }
        }
    }
    if (covered != text.size()) {
        spans.push_back({covered, text.size(), false});
    }
    return {};
}

}  // namespace timberline::io::tokenizers
