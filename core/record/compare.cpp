// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/text.h"
#include "core/record/fields.h"
#include "core/record/folds.h"

#include <bit>
#include <cmath>
#include <concepts>
#include <cstring>

namespace timberline::record {

namespace {

using fields::Kind;

// --- Comparing ------------------------------------------------------------------------------------------------------------------------

/// Bitwise, but that every NaN equals every other.
template <typename T>
bool same(const T& a, const T& b)
{
    if constexpr (std::floating_point<T>) {
        return std::isnan(a) ? std::isnan(b) : !std::isnan(b) && a == b && std::signbit(a) == std::signbit(b);
    } else {
        return a == b;
    }
}

template <typename T>
std::string shown(const T& value)
{
    if constexpr (std::same_as<T, bool>) {
        return value ? "true" : "false";
    } else if constexpr (std::floating_point<T>) {
        return number_text(static_cast<double>(value));
    } else if constexpr (std::integral<T>) {
        return std::to_string(value);
    } else if constexpr (std::same_as<T, std::string>) {
        return in_quotes(value);
    } else {
        return std::string(name_of(value));
    }
}

/// Walks two records side by side and keeps the first difference in words.
class Comparison
{
public:
    [[nodiscard]] bool equal() const { return difference_.empty(); }
    [[nodiscard]] const std::string& difference() const { return difference_; }

    template <typename T>
    void values(const std::string& where, const T& a, const T& b)
    {
        if (equal() && !same(a, b)) {
            difference_ = where + ": " + shown(a) + " against " + shown(b);
        }
    }

    template <typename T>
    void values(const std::string& where, const std::vector<T>& a, const std::vector<T>& b)
    {
        values(where + " count", a.size(), b.size());
        for (std::size_t i = 0; equal() && i < a.size(); ++i) {
            if (!same(a[i], b[i])) {
                values(where + "[" + std::to_string(i) + "]", a[i], b[i]);
            }
        }
    }

    template <typename Key, typename T>
    void values(const std::string& where, const std::map<Key, T>& a, const std::map<Key, T>& b)
    {
        const auto counts = [](const auto& key) {
            if constexpr (std::convertible_to<decltype(key), std::string_view>) {
                return !fields::is_time_key(key);
            } else {
                return true;
            }
        };
        const auto label = [](const auto& key) {
            if constexpr (std::convertible_to<decltype(key), std::string_view>) {
                return in_quotes(key);
            } else {
                return std::to_string(key);
            }
        };
        for (const auto& [key, value] : a) {
            const auto other = b.find(key);
            if (!equal() || !counts(key)) {
                continue;
            }
            if (other == b.end()) {
                difference_ = where + "[" + label(key) + "]: " + shown(value) + " against nothing";
            } else {
                values(where + "[" + label(key) + "]", value, other->second);
            }
        }
        for (const auto& [key, value] : b) {
            if (equal() && counts(key) && !a.contains(key)) {
                difference_ = where + "[" + label(key) + "]: nothing against " + shown(value);
            }
        }
    }

    template <typename Struct, typename List>
    void structs(const std::string& where, const Struct& a, const Struct& b, const List& list)
    {
        fields::for_each(list, [&](const auto& field) {
            if (field.kind == Kind::Data && equal()) {
                values(where + ": " + std::string(field.key), a.*(field.member), b.*(field.member));
            }
        });
    }

    void laws(const std::string& where, const LawRows& a, const LawRows& b)
    {
        values(where + ": kind", static_cast<int>(a.kind), static_cast<int>(b.kind));
        structs(where, a, b, fields::kLawSizes);
        structs(where, a, b, fields::kLawArrays);
    }

    void events(const std::string& where, const RunStarted& a, const RunStarted& b)
    {
        structs(where, a, b, fields::kRunStarted);
        structs(where + ": sampling", a.sampling, b.sampling, fields::kSampling);
        values(where + ": token_text", a.token_text, b.token_text);
    }
    void events(const std::string& where, const Round& a, const Round& b)
    {
        structs(where, a, b, fields::kRound);
        values(where + ": node count", a.nodes.size(), b.nodes.size());
        for (std::size_t i = 0; equal() && i < a.nodes.size(); ++i) {
            const std::string node = where + ": node " + std::to_string(i);
            structs(node, a.nodes[i], b.nodes[i], fields::kNodeIntegers);
            values(node + ": state", a.nodes[i].state, b.nodes[i].state);
            values(node + ": child_kind", a.nodes[i].child_kind, b.nodes[i].child_kind);
            structs(node, a.nodes[i], b.nodes[i], fields::kNodeNumbers);
        }
        laws(where + ": target laws", a.target_laws, b.target_laws);
        laws(where + ": draft laws", a.draft_laws, b.draft_laws);
    }
    void events(const std::string& where, const ParameterChanged& a, const ParameterChanged& b)
    {
        structs(where, a, b, fields::kParameterChanged);
    }
    void events(const std::string& where, const BaselineMeasured& a, const BaselineMeasured& b)
    {
        structs(where, a, b, fields::kBaselineMeasured);
    }
    void events(const std::string& where, const RunFinished& a, const RunFinished& b) { structs(where, a, b, fields::kRunFinished); }
    void events(const std::string& where, const Note& a, const Note& b) { structs(where, a, b, fields::kNote); }
    void events(const std::string& where, const Block& a, const Block& b)
    {
        values(where + ": kind", a.kind, b.kind);
        values(where + ": moment", a.moment, b.moment);
        values(where + ": numbers", a.numbers, b.numbers);
        values(where + ": texts", a.texts, b.texts);
        values(where + ": array names", names(a), names(b));
        for (const auto& [key, array] : a.arrays) {
            const auto other = b.arrays.find(key);
            if (fields::is_time_key(key) || !equal() || other == b.arrays.end()) {
                continue;
            }
            values(where + ": " + key + ": type", array.values.index(), other->second.values.index());
            values(where + ": " + key + ": shape", array.shape, other->second.shape);
            if (equal()) {
                std::visit([&](const auto& list) { values(where + ": " + key, list, std::get<std::decay_t<decltype(list)>>(other->second.values)); },
                           array.values);
            }
        }
    }

private:
    /// Arrays that count.
    static std::vector<std::string> names(const Block& block)
    {
        std::vector<std::string> out;
        for (const auto& [key, array] : block.arrays) {
            if (!fields::is_time_key(key)) {
                out.push_back(key);
            }
        }
        return out;
    }

    std::string difference_;
};

std::string place_of(const Event& event, std::size_t index)
{
    std::string out = "event ";
    out += std::to_string(index) + " (" + std::string(fields::kEventNames[event.payload.index()]);
    if (const auto* round = std::get_if<Round>(&event.payload)) {
        out += ' ';
        out += std::to_string(round->index);
    }
    return out + ")";
}

// --- Hashing --------------------------------------------------------------------------------------------------------------------------

class Hash
{
public:
    void word(std::uint64_t value) noexcept
    {
        // The finaliser of splitmix64 over a running sum: every bit of a word reaches every bit of the state.
        state_ += value + 0x9e3779b97f4a7c15ULL;
        state_ = (state_ ^ (state_ >> 30U)) * 0xbf58476d1ce4e5b9ULL;
        state_ = (state_ ^ (state_ >> 27U)) * 0x94d049bb133111ebULL;
        state_ ^= state_ >> 31U;
    }

    void bytes(const void* data, std::size_t size) noexcept
    {
        word(size);
        const auto* at = static_cast<const unsigned char*>(data);
        for (std::size_t done = 0; done < size; done += sizeof(std::uint64_t)) {
            std::uint64_t part = 0;
            std::memcpy(&part, at + done, std::min(sizeof part, size - done));
            word(part);
        }
    }

    template <typename T>
    void value(const T& x)
    {
        if constexpr (std::same_as<T, float>) {
            word(std::isnan(x) ? 0x7fc00000U : std::bit_cast<std::uint32_t>(x));
        } else if constexpr (std::same_as<T, double>) {
            word(std::isnan(x) ? 0x7ff8000000000000ULL : std::bit_cast<std::uint64_t>(x));
        } else {
            word(static_cast<std::uint64_t>(x));
        }
    }
    void value(const std::string& text) { bytes(text.data(), text.size()); }
    template <typename T>
    void value(const std::vector<T>& list)
    {
        bytes(list.data(), list.size() * sizeof(T));
    }
    template <typename Key, typename T>
    void value(const std::map<Key, T>& map)
    {
        for (const auto& [key, entry] : map) {
            if constexpr (std::same_as<Key, std::string>) {
                if (fields::is_time_key(key)) {
                    continue;
                }
            }
            value(key);
            value(entry);
        }
        word(0x6d6170); // an end mark, because the number of entries that count is not known before
    }

    template <typename Struct, typename List>
    void structure(const Struct& object, const List& list)
    {
        fields::for_each(list, [&](const auto& field) {
            if (field.kind == Kind::Data) {
                value(object.*(field.member));
            }
        });
    }

    void laws(const LawRows& rows)
    {
        value(static_cast<int>(rows.kind));
        structure(rows, fields::kLawSizes);
        structure(rows, fields::kLawArrays);
    }

    void event(const RunStarted& x)
    {
        structure(x, fields::kRunStarted);
        structure(x.sampling, fields::kSampling);
        value(x.token_text);
    }
    void event(const Round& x)
    {
        structure(x, fields::kRound);
        word(x.nodes.size());
        for (const Node& node : x.nodes) {
            structure(node, fields::kNodeIntegers);
            value(static_cast<int>(node.state));
            value(static_cast<int>(node.child_kind));
            structure(node, fields::kNodeNumbers);
        }
        laws(x.target_laws);
        laws(x.draft_laws);
    }
    void event(const ParameterChanged& x) { structure(x, fields::kParameterChanged); }
    void event(const BaselineMeasured& x) { structure(x, fields::kBaselineMeasured); }
    void event(const RunFinished& x) { structure(x, fields::kRunFinished); }
    void event(const Note& x) { structure(x, fields::kNote); }
    void event(const Block& x)
    {
        value(x.kind);
        value(x.moment);
        value(x.numbers);
        value(x.texts);
        value(x.arrays);
    }
    void value(const BlockArray& array)
    {
        value(array.shape);
        value(static_cast<int>(array.values.index()));
        std::visit(
            [this](const auto& list) {
                word(list.size());
                for (const auto& number : list) {
                    value(number);  // number by number: every NaN counts as the same
                }
            },
            array.values);
    }

    [[nodiscard]] std::uint64_t result() const noexcept { return state_; }

private:
    std::uint64_t state_ = 0;
};

/// Whether an event belongs to the state before round `until`. What follows the rounds (baseline, end, notes) belongs to the whole record
/// only.
bool belongs(const Event& event, int until)
{
    if (until < 0 || std::holds_alternative<RunStarted>(event.payload)) {
        return true;
    }
    if (const auto* round = std::get_if<Round>(&event.payload)) {
        return round->index < until;
    }
    if (const auto* block = std::get_if<Block>(&event.payload)) {
        return block->moment < until;
    }
    const auto* change = std::get_if<ParameterChanged>(&event.payload);
    return change != nullptr && change->round < until;
}

} // namespace

bool equal_but_times(const Record& a, const Record& b, std::string* difference)
{
    Comparison comparison;
    for (std::size_t i = 0; comparison.equal() && i < std::min(a.events.size(), b.events.size()); ++i) {
        const Event& left = a.events[i];
        const Event& right = b.events[i];
        const std::string where = place_of(left, i);
        comparison.values(where + ": kind", std::string(fields::kEventNames[left.payload.index()]),
                          std::string(fields::kEventNames[right.payload.index()]));
        if (comparison.equal()) {
            std::visit([&](const auto& x) { comparison.events(where, x, std::get<std::decay_t<decltype(x)>>(right.payload)); },
                       left.payload);
        }
    }
    comparison.values("event count", a.events.size(), b.events.size());
    if (difference != nullptr) {
        *difference = comparison.difference();
    }
    return comparison.equal();
}

std::uint64_t state_hash(const Record& record, int until)
{
    Hash hash;
    for (const Event& event : record.events) {
        if (belongs(event, until)) {
            hash.word(event.payload.index());
            std::visit([&hash](const auto& x) { hash.event(x); }, event.payload);
        }
    }
    return hash.result();
}

} // namespace timberline::record
