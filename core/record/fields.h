// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/record.h"

#include <array>
#include <limits>
#include <string_view>
#include <tuple>

/// Every field of the record, once: saving, loading, comparing and hashing all walk these lists, so that none of them can forget a field.
/// Inside core/record only. The keys are part of the file format: never rename one.
namespace timberline::record::fields {

inline constexpr double kNoLimit = std::numeric_limits<double>::infinity();

/// What a saved number may be; a loader refuses the rest.
struct Limits {
    double minimum = -kNoLimit;
    double maximum = kNoLimit;
};
inline constexpr Limits kCount = {0, 2147483647.0};
inline constexpr Limits kIndexOrNone = {-1, 2147483647.0};
inline constexpr Limits kNotNegative = {0, kNoLimit};

enum class Kind : std::uint8_t { Data, WallTime }; ///< wall times do not count when two records are compared

template <typename Struct, typename Member>
struct Field {
    std::string_view key;
    Member Struct::*member;
    Limits limits = {};
    Kind kind = Kind::Data;
    bool optional = false;  ///< came later: files of earlier versions lack it
};

/// visit(field) for each field of a list.
template <typename... Fields, typename Visit>
void for_each(const std::tuple<Fields...>& list, Visit&& visit)
{
    std::apply([&visit](const auto&... field) { (visit(field), ...); }, list);
}

inline constexpr std::array<std::string_view, kNodeStates> kStateNames = {"root",   "accepted", "rejected",  "never-verified",
                                                                          "pruned", "bonus",    "correction", "window"};
inline constexpr std::array<std::string_view, 4> kDrawKindNames = {"none", "point-mass", "without-replacement", "with-replacement"};
inline constexpr std::array<std::string_view, 3> kLawKindNames = {"none", "full", "top"};
/// In the order of Event's alternatives.
inline constexpr std::array<std::string_view, 7> kEventNames = {"run-started",  "round", "parameter-changed", "baseline-measured",
                                                                "run-finished", "note",  "block"};
static_assert(kEventNames.size() == std::variant_size_v<decltype(Event::payload)>);

inline constexpr auto kSampling = std::tuple{
    Field{"temperature", &Sampling::temperature, kNotNegative},
    Field{"top_k", &Sampling::top_k, kCount},
    Field{"top_p", &Sampling::top_p, Limits{0, 1}},
    Field{"min_p", &Sampling::min_p, Limits{0, 1}},
    Field{"typical_p", &Sampling::typical_p, Limits{0, 1}},
    Field{"repetition_penalty", &Sampling::repetition_penalty, kNotNegative},
    Field{"presence_penalty", &Sampling::presence_penalty},
    Field{"frequency_penalty", &Sampling::frequency_penalty},
    Field{"no_repeat_ngram", &Sampling::no_repeat_ngram, kCount},
    Field{"penalty_last_n", &Sampling::penalty_last_n, kCount},
    Field{"order", &Sampling::order},
};

/// Without sampling and token_text, which the walkers treat by name.
inline constexpr auto kRunStarted = std::tuple{
    Field{"program_version", &RunStarted::program_version},
    Field{"config", &RunStarted::config_json},
    Field{"bench", &RunStarted::bench},
    Field{"model_name", &RunStarted::model_name},
    Field{"model_hash", &RunStarted::model_hash},
    Field{"draft_name", &RunStarted::draft_name},
    Field{"draft_hash", &RunStarted::draft_hash},
    Field{"heads_hash", &RunStarted::heads_hash, Limits{}, Kind::Data, true},
    Field{"vocabulary", &RunStarted::vocabulary, kCount},
    Field{"layers", &RunStarted::layers, kCount},
    Field{"threads", &RunStarted::threads, kCount},
    Field{"device", &RunStarted::device},
    Field{"seed", &RunStarted::seed},
    Field{"prompt", &RunStarted::prompt},
    Field{"stop_ids", &RunStarted::stop_ids},
};

/// Without nodes and laws, which the walkers treat by name.
inline constexpr auto kRound = std::tuple{
    Field{"index", &Round::index, kCount},
    Field{"committed_before", &Round::committed_before, kCount},
    Field{"drafter", &Round::drafter},
    Field{"controller", &Round::controller},
    Field{"acceptance", &Round::acceptance},
    Field{"path", &Round::path},
    Field{"next", &Round::next},
    Field{"next_node", &Round::next_node, kIndexOrNone},
    Field{"kept", &Round::kept, kCount},
    Field{"lossless", &Round::lossless},
    Field{"tie", &Round::tie},
    Field{"forced_node", &Round::forced_node, kIndexOrNone},
    Field{"started_ms", &Round::started_ms, kNotNegative, Kind::WallTime},
    Field{"draft_ms", &Round::draft_ms, kNotNegative, Kind::WallTime},
    Field{"verify_ms", &Round::verify_ms, kNotNegative, Kind::WallTime},
    Field{"overhead_ms", &Round::overhead_ms, Limits{}, Kind::WallTime},
    Field{"draft_passes", &Round::draft_passes, kCount},
    Field{"target_tokens", &Round::target_tokens, kCount},
    Field{"draft_row", &Round::draft_row},
    Field{"statistics", &Round::statistics},
};

inline constexpr auto kNodeIntegers = std::tuple{
    Field{"parent", &Node::parent, kIndexOrNone},
    Field{"token", &Node::token, kCount},
    Field{"depth", &Node::depth, Limits{0, 32767}},
    Field{"order", &Node::order, Limits{0, 32767}},
    Field{"test_order", &Node::test_order, Limits{-1, 32767}},
};
inline constexpr auto kNodeNumbers = std::tuple{
    Field{"p", &Node::p},
    Field{"q", &Node::q},
    Field{"residual", &Node::residual},
    Field{"ratio", &Node::ratio},
    Field{"draw", &Node::draw},
    Field{"entropy", &Node::entropy},
    Field{"draft_entropy", &Node::draft_entropy},
    Field{"overlap", &Node::overlap},
    Field{"margin", &Node::margin},
    Field{"score", &Node::score},
};

inline constexpr auto kLawSizes = std::tuple{
    Field{"vocabulary", &LawRows::vocabulary, kCount},
    Field{"rows", &LawRows::rows, kCount},
    Field{"top", &LawRows::top, kCount},
};
inline constexpr auto kLawArrays = std::tuple{
    Field{"logits", &LawRows::logits},
    Field{"ids", &LawRows::ids},
    Field{"probability", &LawRows::probability},
    Field{"remaining", &LawRows::remaining},
};

inline constexpr auto kParameterChanged = std::tuple{
    Field{"round", &ParameterChanged::round, kCount},
    Field{"key", &ParameterChanged::key},
    Field{"old_value", &ParameterChanged::old_value},
    Field{"new_value", &ParameterChanged::new_value},
};

inline constexpr auto kBaselineMeasured = std::tuple{
    Field{"ids", &BaselineMeasured::ids},
    Field{"tokens_per_second", &BaselineMeasured::tokens_per_second, kNotNegative, Kind::WallTime},
    Field{"method_tokens_per_second", &BaselineMeasured::method_tokens_per_second, kNotNegative, Kind::WallTime},
    Field{"repeats", &BaselineMeasured::repeats, kCount},
    Field{"spread_low", &BaselineMeasured::spread_low, kNotNegative, Kind::WallTime},
    Field{"spread_high", &BaselineMeasured::spread_high, kNotNegative, Kind::WallTime},
    Field{"speedup", &BaselineMeasured::speedup, kNotNegative, Kind::WallTime},
    Field{"identical", &BaselineMeasured::identical},
    Field{"method_draft_ms", &BaselineMeasured::method_draft_ms, kNotNegative, Kind::WallTime, true},
    Field{"method_verify_ms", &BaselineMeasured::method_verify_ms, kNotNegative, Kind::WallTime, true},
    Field{"method_overhead_ms", &BaselineMeasured::method_overhead_ms, kNotNegative, Kind::WallTime, true},
};

inline constexpr auto kRunFinished = std::tuple{
    Field{"reason", &RunFinished::reason},
    Field{"message", &RunFinished::message},
    Field{"total_ms", &RunFinished::total_ms, kNotNegative, Kind::WallTime},
    Field{"prefill_ms", &RunFinished::prefill_ms, kNotNegative, Kind::WallTime},
};

inline constexpr auto kNote = std::tuple{Field{"text", &Note::text}};

/// A statistic whose key ends so is a wall time (or a rate made of one) and differs from run to run.
[[nodiscard]] constexpr bool is_time_key(std::string_view key) noexcept
{
    return key.ends_with("_ms") || key.ends_with("_per_s");
}

} // namespace timberline::record::fields
