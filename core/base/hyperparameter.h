// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>
#include <vector>

namespace timberline {

enum class ParameterType { Bool, Int, Real, Choice, Text, Path, IntList, RealList, Order };

/// When a change during a run takes effect. The panel shows it until it has.
enum class Effect { Redraw, NextStep, NextRound, NextEpoch, Recalibrate, ResetState, Rebuild, Retrain, Restart };

enum class Scale { Linear, Logarithmic };

/// One hyperparameter's value. Choice, Text and Path are std::string; Order is a list of strings.
using ParameterValue =
    std::variant<bool, std::int64_t, double, std::string, std::vector<std::int64_t>, std::vector<double>, std::vector<std::string>>;

/// Values by key. A running job reads an immutable snapshot; the window swaps the snapshot.
using Values = std::map<std::string, ParameterValue, std::less<>>;
using ValuesPtr = std::shared_ptr<const Values>;

/// One declared hyperparameter. The panel, the config reader, the command line flag, the docs and the tests come from it.
struct Hyperparameter {
    std::string key;    ///< stable, lower_case_with_underscores, never translated
    std::string label;  ///< translatable
    std::string unit;   ///< "tokens", "nodes", "" for a pure number
    std::string help;   ///< translatable, one sentence
    ParameterType type = ParameterType::Int;
    ParameterValue default_value = std::int64_t{0};
    double minimum = 0;  ///< inclusive; for lists, of each element.  Ignored for Bool, Choice, Text, Path, Order
    double maximum = 0;  ///< inclusive
    Scale scale = Scale::Linear;
    std::vector<std::string> choices = {};        ///< Choice and Order: the valid ids
    std::vector<std::string> choice_labels = {};  ///< translatable, same length as choices
    Effect effect = Effect::NextRound;
    std::size_t minimum_length = 0;   ///< lists only
    std::size_t maximum_length = 64;  ///< lists only
};

/// Stable words of the interface: "bool" "int" … and "next-round" ….
[[nodiscard]] std::string_view name_of(ParameterType type) noexcept;
[[nodiscard]] std::string_view name_of(Effect effect) noexcept;

/// Prints a value as the command line takes it: true, 5, 0.25, text, 3,2,1.
[[nodiscard]] std::string to_text(const ParameterValue& value);

/// Reads a value from command line text and checks it. The error names the key, the value, the range and, for choices, the nearest valid spelling.
[[nodiscard]] Result<ParameterValue> parse_value(const Hyperparameter& declaration, std::string_view text);

/// Checks type and range of a value; an integer is accepted where a real is wanted (and converted).
[[nodiscard]] Result<ParameterValue> check_value(const Hyperparameter& declaration, const ParameterValue& value);

/// Default values of a declaration list.
[[nodiscard]] Values default_values(const std::vector<Hyperparameter>& declarations);

/// `given` over the defaults. Unknown keys and bad values are errors that name the nearest valid spelling.
/// @param owner named in the error: "drafter draft-model-tree".
[[nodiscard]] Result<Values> complete_values(const std::vector<Hyperparameter>& declarations, const Values& given, std::string_view owner);

/// The valid spelling closest to `word`, or nothing when none is near (edit distance over a third of its length).
[[nodiscard]] std::optional<std::string> nearest_spelling(std::string_view word, const std::vector<std::string>& valid);

// --- Declaration by pointer to member: default in the struct, everything else here. ------------------------------------------------

/// What the struct member does not say itself. Use designated initialisers.
struct FieldText {
    std::string_view key;
    std::string_view label;
    std::string_view unit = "";
    std::string_view help;
    double min = 0;
    double max = 0;
    Scale scale = Scale::Linear;
    std::vector<std::string> choices = {};
    std::vector<std::string> choice_labels = {};
    Effect takes_effect = Effect::NextRound;
    ParameterType type = ParameterType::Text;  ///< only read for std::string members without choices: Text or Path
    std::size_t min_length = 0;
    std::size_t max_length = 64;
};

template <typename Struct, typename Member>
struct Field {
    Member Struct::*member;
    FieldText text;
};

template <typename Struct, typename Member>
[[nodiscard]] Field<Struct, Member> field(Member Struct::*member, FieldText text)
{
    return {member, std::move(text)};
}

namespace detail {
template <typename Member>
[[nodiscard]] constexpr ParameterType type_for(const FieldText& text)
{
    if constexpr (std::is_same_v<Member, bool>) {
        return ParameterType::Bool;
    } else if constexpr (std::is_same_v<Member, std::int64_t>) {
        return ParameterType::Int;
    } else if constexpr (std::is_same_v<Member, double>) {
        return ParameterType::Real;
    } else if constexpr (std::is_same_v<Member, std::vector<std::int64_t>>) {
        return ParameterType::IntList;
    } else if constexpr (std::is_same_v<Member, std::vector<double>>) {
        return ParameterType::RealList;
    } else if constexpr (std::is_same_v<Member, std::vector<std::string>>) {
        return ParameterType::Order;
    } else {
        static_assert(std::is_same_v<Member, std::string>, "hyperparameters are bool, int64, double, string or lists of them");
        return text.choices.empty() ? text.type : ParameterType::Choice;
    }
}
}  // namespace detail

/// Declarations of all fields of a value struct. `Struct{}` supplies the defaults.
template <typename Struct, typename... Members>
[[nodiscard]] std::vector<Hyperparameter> declare(const std::tuple<Field<Struct, Members>...>& fields)
{
    std::vector<Hyperparameter> out;
    const Struct defaults{};
    std::apply(
        [&](const auto&... f) {
            (out.push_back(Hyperparameter{.key = std::string(f.text.key),
                                          .label = std::string(f.text.label),
                                          .unit = std::string(f.text.unit),
                                          .help = std::string(f.text.help),
                                          .type = detail::type_for<std::decay_t<decltype(defaults.*(f.member))>>(f.text),
                                          .default_value = defaults.*(f.member),
                                          .minimum = f.text.min,
                                          .maximum = f.text.max,
                                          .scale = f.text.scale,
                                          .choices = f.text.choices,
                                          .choice_labels = f.text.choice_labels,
                                          .effect = f.text.takes_effect,
                                          .minimum_length = f.text.min_length,
                                          .maximum_length = f.text.max_length}),
             ...);
        },
        fields);
    return out;
}

/// Fills the struct from a complete, checked snapshot. A key that is absent keeps the struct's default.
template <typename Struct, typename... Members>
[[nodiscard]] Struct read_values(const std::tuple<Field<Struct, Members>...>& fields, const Values& values)
{
    Struct out{};
    std::apply(
        [&](const auto&... f) {
            (
                [&] {
                    using Member = std::decay_t<decltype(out.*(f.member))>;
                    if (const auto it = values.find(f.text.key); it != values.end()) {
                        if (const auto* value = std::get_if<Member>(&it->second)) {
                            out.*(f.member) = *value;
                        }
                    }
                }(),
                ...);
        },
        fields);
    return out;
}

}  // namespace timberline
