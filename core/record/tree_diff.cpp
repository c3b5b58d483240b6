// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/tree_diff.h"

#include "core/record/tree_merge.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace timberline::record {

namespace {

double minus(double a, double b) noexcept
{
    return std::isnan(a) && std::isnan(b) ? 0.0 : a - b;
}

/// A record's text with the rounds that wrote it.
struct Text {
    std::vector<CommittedToken> tokens;
    std::vector<const Round*> rounds;
    std::vector<std::int32_t> begins;  ///< of the rounds, as the text itself says: a record from outside may claim another number
    std::int32_t prompt = 0;

    explicit Text(const Record& record) : tokens(committed_tokens(record)), rounds(record::rounds(record))
    {
        while (prompt < size() && tokens[static_cast<std::size_t>(prompt)].mark == TokenMark::Prompt) {
            ++prompt;
        }
        std::int32_t position = prompt;
        for (const Round* round : rounds) {
            slots_.emplace(round->index, begins.size());
            begins.push_back(position);
            while (position < size() && tokens[static_cast<std::size_t>(position)].round == round->index) {
                ++position;
            }
        }
    }
    [[nodiscard]] std::int32_t size() const noexcept { return static_cast<std::int32_t>(tokens.size()); }
    [[nodiscard]] TokenId at(std::int32_t position) const noexcept { return tokens[static_cast<std::size_t>(position)].token; }
    /// Index into rounds and begins of the round with this number.
    [[nodiscard]] std::optional<std::size_t> slot_of(std::int32_t round) const
    {
        const auto it = slots_.find(round);
        return it == slots_.end() ? std::nullopt : std::optional(it->second);
    }
    /// The same of the round that commits a generated position.
    [[nodiscard]] std::optional<std::size_t> slot_at(std::int32_t position) const
    {
        return position >= prompt && position < size() ? slot_of(tokens[static_cast<std::size_t>(position)].round) : std::nullopt;
    }
    [[nodiscard]] std::vector<TokenId> between(std::int32_t begin, std::int32_t end) const
    {
        std::vector<TokenId> out;
        for (std::int32_t i = std::max(begin, 0); i < std::min(end, size()); ++i) {
            out.push_back(at(i));
        }
        return out;
    }

private:
    std::map<std::int32_t, std::size_t> slots_;
};

/// Two texts side by side.
struct Texts {
    Text a, b;
    std::int32_t common = 0;  ///< tokens that both begin with
    bool same_prompt = true;

    Texts(const Record& first, const Record& second) : a(first), b(second)
    {
        const auto [end, other] = std::ranges::mismatch(a.tokens, b.tokens, {}, &CommittedToken::token, &CommittedToken::token);
        static_cast<void>(other);
        common = static_cast<std::int32_t>(end - a.tokens.begin());
        same_prompt = a.prompt == b.prompt && common >= a.prompt;
    }
    [[nodiscard]] bool part() const noexcept { return common < std::min(a.size(), b.size()); }
    /// Trees from here on cannot be laid over each other: at the first different token they still can.
    [[nodiscard]] std::int32_t alignment_end() const noexcept { return part() ? common + 1 : common; }
};

Alignment alignment_at(const Texts& texts, std::int32_t position)
{
    if (!texts.same_prompt) {
        return Alignment::OtherPrompt;
    }
    if (texts.part() && position > texts.common) {
        return Alignment::OtherText;
    }
    return position >= texts.a.size() ? Alignment::EndOfA : position >= texts.b.size() ? Alignment::EndOfB : Alignment::Aligned;
}

TreeDiff diff_at(const Texts& texts, std::int32_t position, std::optional<std::size_t> slot_a)
{
    TreeDiff out;
    out.position = position;
    out.alignment = alignment_at(texts, position);
    auto slot_b = texts.b.slot_at(position);
    if (out.alignment == Alignment::EndOfA && slot_a && slot_b) {
        out.alignment = Alignment::Aligned;  // a round that keeps nothing stands at the end of the text
    }
    const bool aligned = out.alignment == Alignment::Aligned;
    if (!aligned && slot_a) {
        slot_b.reset();
    }
    MergedTrees merged;
    const Text& named = slot_a ? texts.a : texts.b;
    const auto root = merged.root(position > 0 && position <= named.size() ? named.at(position - 1) : -1);
    const auto put = [&](const Text& text, std::optional<std::size_t> slot, bool of_a, std::int32_t& index, std::int32_t& before) {
        if (slot) {
            index = text.rounds[*slot]->index;
            before = text.begins[*slot];
            merged.add(*text.rounds[*slot], of_a, root, text.between(before, position));
        }
    };
    put(texts.a, slot_a, true, out.round_a, out.before_a);
    put(texts.b, slot_b, false, out.round_b, out.before_b);
    out.counts = aligned ? merged.counted() : DiffCounts{};
    out.nodes = std::move(merged.nodes);
    return out;
}

/// Puts all rounds of a record under the root, each at its place of the text. @return nodes of rounds that begin beyond the alignment.
std::int64_t add_run(MergedTrees& merged, const Text& text, bool of_a, std::int32_t root, std::int32_t aligned_until)
{
    std::vector<std::int32_t> places = {root};  // of text positions from the prompt's last token on
    std::int64_t beyond = 0;
    for (std::size_t slot = 0; slot < text.rounds.size(); ++slot) {
        const auto& round = *text.rounds[slot];
        if (text.begins[slot] >= aligned_until) {
            MergedTrees own;
            beyond += own.add(round, of_a, own.root(-1)) - 1;
            continue;
        }
        merged.add(round, of_a, places.back());
        for (auto i = text.begins[slot]; i < text.size() && text.tokens[static_cast<std::size_t>(i)].round == round.index; ++i) {
            const auto place = merged.child(places.back(), text.at(i));
            auto& reading = merged.reading(place, of_a);
            if (!reading.present()) {
                const auto& token = text.tokens[static_cast<std::size_t>(i)];
                reading.round = token.round;
                reading.state = token.mark == TokenMark::Accepted ? NodeState::Accepted : NodeState::Bonus;
                reading.in_text = true;
                reading.drawn = 1;
            }
            places.push_back(place);
        }
    }
    return beyond;
}

PositionReading reading_at(const Text& text, std::int32_t position)
{
    PositionReading out;
    if (position >= text.size()) {
        return out;
    }
    const auto& token = text.tokens[static_cast<std::size_t>(position)];
    out.token = token.token;
    out.mark = token.mark;
    out.round = token.round;
    const auto slot = text.slot_at(position);
    if (!slot) {
        return out;
    }
    MergedTrees tree;
    tree.add(*text.rounds[*slot], true, tree.root(-1), text.between(text.begins[*slot], position));
    for (const auto& node : tree.nodes) {
        if (node.parent >= 0 && was_offered(node.a.state)) {
            ++out.ahead;
            out.drafted += node.depth == 1 ? 1 : 0;
        }
    }
    return out;
}

std::vector<NumberDiff> numbers_of(const Record& a, const Record& b)
{
    const auto number = [&](std::string key, const auto& fold) {
        const auto value = [](std::optional<double> known) { return known.value_or(std::numeric_limits<double>::quiet_NaN()); };
        return NumberDiff{.key = std::move(key), .a = value(fold(a)), .b = value(fold(b))};
    };
    const auto total = [](double Round::*part) {
        return [part](const Record& record) -> std::optional<double> {
            double out = 0;
            for (const Round* round : rounds(record)) {
                out += round->*part;
            }
            return out;
        };
    };
    return {
        number("accepted_per_pass", [](const Record& record) { return accepted_per_pass(record); }),
        number("mean_acceptance", [](const Record& record) { return mean_acceptance(record); }),
        number("rounds", [](const Record& record) -> std::optional<double> { return static_cast<double>(rounds(record).size()); }),
        number("tokens", [](const Record& record) -> std::optional<double> { return static_cast<double>(generated_ids(record).size()); }),
        number("draft_ms", total(&Round::draft_ms)),
        number("verify_ms", total(&Round::verify_ms)),
        number("overhead_ms", total(&Round::overhead_ms)),
        number("tokens_per_s", [](const Record& record) { return tokens_per_second(record); })};
}

}  // namespace

double DiffNode::p_difference() const noexcept
{
    return minus(static_cast<double>(a.p), static_cast<double>(b.p));
}
double DiffNode::q_difference() const noexcept
{
    return minus(static_cast<double>(a.q), static_cast<double>(b.q));
}
double NumberDiff::difference() const noexcept
{
    return minus(a, b);
}
int PositionDiff::accepted_difference() const noexcept
{
    return (a.mark == TokenMark::Accepted ? 1 : 0) - (b.mark == TokenMark::Accepted ? 1 : 0);
}

TreeDiff diff_trees(const Record& a, const Record& b, std::int32_t position)
{
    const Texts texts(a, b);
    return diff_at(texts, position, texts.a.slot_at(position));
}

TreeDiff diff_trees_of_round(const Record& a, std::int32_t round, const Record& b)
{
    const Texts texts(a, b);
    const auto slot = texts.a.slot_of(round);
    return slot ? diff_at(texts, texts.a.begins[*slot], slot) : TreeDiff{};
}

std::vector<std::int32_t> diff_positions(const Record& a, const Record& b)
{
    const Texts texts(a, b);
    std::set<std::int32_t> out;
    for (const auto* text : {&texts.a, &texts.b}) {
        for (const auto begin : text->begins) {
            if (texts.same_prompt && begin < texts.alignment_end()) {
                out.insert(begin);
            }
        }
    }
    return {out.begin(), out.end()};
}

RunDiff diff_runs(const Record& a, const Record& b)
{
    const Texts texts(a, b);
    RunDiff out;
    out.prompt = texts.a.prompt;
    out.tokens_a = texts.a.size();
    out.tokens_b = texts.b.size();
    out.same_prompt = texts.same_prompt;
    out.first_difference = out.same_prompt && !texts.part() ? -1 : texts.common;
    out.numbers = numbers_of(a, b);

    MergedTrees merged;
    const auto root = merged.root(out.prompt > 0 ? texts.a.at(out.prompt - 1) : -1);
    const auto end = texts.alignment_end();
    out.beyond_a = add_run(merged, texts.a, true, root, out.same_prompt ? end : texts.a.prompt);
    out.beyond_b = add_run(merged, texts.b, false, root, out.same_prompt ? end : texts.b.prompt);
    out.counts = merged.counted();
    out.nodes = std::move(merged.nodes);

    for (std::size_t slot = 0; slot < texts.a.rounds.size(); ++slot) {
        const auto trees = diff_at(texts, texts.a.begins[slot], slot);
        out.rounds.push_back(
            {.round = texts.a.rounds[slot]->index, .position = trees.position, .alignment = trees.alignment, .counts = trees.counts});
    }
    for (auto i = out.prompt; out.same_prompt && i < std::max(out.tokens_a, out.tokens_b); ++i) {
        out.positions.push_back({.position = i, .a = reading_at(texts.a, i), .b = reading_at(texts.b, i)});
    }
    return out;
}

}  // namespace timberline::record
