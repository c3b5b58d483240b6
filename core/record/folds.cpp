// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/folds.h"

#include "core/record/unknown_drafts.h"

#include "core/record/fields.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <type_traits>

namespace timberline::record {

namespace {

template <typename Payload>
const Payload* first_of(const Record& record) noexcept
{
    for (const Event& event : record.events) {
        if (const auto* found = std::get_if<Payload>(&event.payload)) {
            return found;
        }
    }
    return nullptr;
}

template <typename Payload>
const Payload* last_of(const Record& record) noexcept
{
    const Payload* last = nullptr;
    for (const Event& event : record.events) {
        if (const auto* found = std::get_if<Payload>(&event.payload)) {
            last = found;
        }
    }
    return last;
}

bool is_drafted(const Node& node) noexcept
{
    return node.state == NodeState::Accepted || node.state == NodeState::Rejected || node.state == NodeState::NeverVerified;
}

const Node* node_at(const Round& round, std::int32_t index) noexcept
{
    return index >= 0 && static_cast<std::size_t>(index) < round.nodes.size() ? &round.nodes[static_cast<std::size_t>(index)] : nullptr;
}

std::int64_t accepted_drafts(const Round& round) noexcept
{
    return round.path.empty() ? 0 : static_cast<std::int64_t>(round.path.size()) - 1;
}

bool drafts_known(const Round& round)
{
    return !round.statistics.contains(kDraftsUnknown);
}

std::int64_t drafted_nodes(const Round& round) noexcept
{
    return std::count_if(round.nodes.begin(), round.nodes.end(), is_drafted);
}

void append_round(const Round& round, std::vector<CommittedToken>& out)
{
    std::int32_t left = round.kept;
    for (std::size_t i = 1; i < round.path.size() && left > 0; ++i) {
        if (const Node* node = node_at(round, round.path[i])) {
            out.push_back({node->token, TokenMark::Accepted, round.index, round.path[i]});
            --left;
        }
    }
    if (left > 0 && round.next_node >= 0) {
        const Node* node = node_at(round, round.next_node);
        const bool correction = node != nullptr && node->state == NodeState::Correction;
        out.push_back({round.next, correction ? TokenMark::Correction : TokenMark::Bonus, round.index, round.next_node});
    }
}

/// Counts of one depth while rounds are added up.
struct DepthCounts {
    std::int64_t accepted = 0;
    std::int64_t reached = 0; ///< decided at depth-1 with something drafted below
    std::int64_t covered = 0;
};

void add_round(const Round& round, std::vector<DepthCounts>& depths)
{
    for (std::size_t level = 1; level <= round.path.size(); ++level) {
        const bool accepted = level < round.path.size();
        if (!accepted && round.next_node < 0) {
            return; // the end token closed the text here: nothing was decided below it
        }
        const std::int32_t parent = round.path[level - 1];
        const Node* kept = accepted ? node_at(round, round.path[level]) : nullptr;
        const TokenId emitted = kept != nullptr ? kept->token : round.next;
        bool drafted = false;
        bool covered = false;
        for (const Node& node : round.nodes) {
            if (node.parent == parent && is_drafted(node)) {
                drafted = true;
                covered = covered || node.token == emitted;
            }
        }
        if (drafted) {
            depths.resize(std::max(depths.size(), level));
            depths[level - 1].reached += 1;
            depths[level - 1].accepted += accepted ? 1 : 0;
            depths[level - 1].covered += covered ? 1 : 0;
        }
    }
}

void set_from_text(double& out, const std::string& text)
{
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc{} && end == text.data() + text.size()) {
        out = value;
    }
}
void set_from_text(std::int64_t& out, const std::string& text)
{
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc{} && end == text.data() + text.size()) {
        out = value;
    }
}
void set_from_text(std::string& out, const std::string& text)
{
    out = text;
}

} // namespace

const RunStarted* run_started(const Record& record) noexcept
{
    return first_of<RunStarted>(record);
}

const RunFinished* run_finished(const Record& record) noexcept
{
    return last_of<RunFinished>(record);
}

const BaselineMeasured* last_baseline(const Record& record) noexcept
{
    return last_of<BaselineMeasured>(record);
}

std::vector<const Round*> rounds(const Record& record, int until)
{
    std::vector<const Round*> out;
    for (const Event& event : record.events) {
        const auto* round = std::get_if<Round>(&event.payload);
        if (round != nullptr && (until < 0 || round->index < until)) {
            out.push_back(round);
        }
    }
    return out;
}

std::vector<const ParameterChanged*> changes(const Record& record, int until)
{
    std::vector<const ParameterChanged*> out;
    for (const Event& event : record.events) {
        const auto* change = std::get_if<ParameterChanged>(&event.payload);
        if (change != nullptr && (until < 0 || change->round < until)) {
            out.push_back(change);
        }
    }
    return out;
}

std::vector<CommittedToken> committed_tokens(const Record& record, int until)
{
    std::vector<CommittedToken> out;
    if (const RunStarted* started = run_started(record)) {
        for (const TokenId token : started->prompt) {
            out.push_back({token, TokenMark::Prompt, -1, -1});
        }
    }
    for (const Round* round : rounds(record, until)) {
        append_round(*round, out);
    }
    return out;
}

std::vector<TokenId> generated_ids(const Record& record, int until)
{
    std::vector<TokenId> out;
    for (const CommittedToken& entry : committed_tokens(record, until)) {
        if (entry.mark != TokenMark::Prompt) {
            out.push_back(entry.token);
        }
    }
    return out;
}

std::string token_text(const RunStarted& started, TokenId token)
{
    const auto found = started.token_text.find(token);
    return found != started.token_text.end() ? found->second : "⟨" + std::to_string(token) + "⟩";
}

std::optional<double> accepted_per_pass(const Record& record, int until)
{
    const auto list = rounds(record, until);
    if (list.empty()) {
        return std::nullopt;
    }
    std::int64_t tokens = 0;
    for (const Round* round : list) {
        tokens += round->kept;
    }
    return static_cast<double>(tokens) / static_cast<double>(list.size());
}

std::optional<double> mean_acceptance(const Record& record, int until)
{
    std::int64_t accepted = 0;
    std::int64_t drafted = 0;
    for (const Round* round : rounds(record, until)) {
        if (drafts_known(*round)) {
            accepted += accepted_drafts(*round);
            drafted += drafted_nodes(*round);
        }
    }
    return drafted > 0 ? std::optional(static_cast<double>(accepted) / static_cast<double>(drafted)) : std::nullopt;
}

std::optional<double> tokens_per_second(const Record& record, int until)
{
    std::int64_t tokens = 0;
    double milliseconds = 0;
    for (const Round* round : rounds(record, until)) {
        tokens += round->kept;
        milliseconds += round->draft_ms + round->verify_ms + round->overhead_ms;
    }
    return milliseconds > 0 ? std::optional(1000.0 * static_cast<double>(tokens) / milliseconds) : std::nullopt;
}

double Share::value() const noexcept
{
    return trials > 0 ? static_cast<double>(hits) / static_cast<double>(trials) : std::numeric_limits<double>::quiet_NaN();
}

Share wilson(std::int64_t hits, std::int64_t trials) noexcept
{
    // Wilson (1927): the success rates at which the observed share lies at most z standard errors away.
    Share out{hits, trials, 0, 1};
    if (trials <= 0) {
        return out;
    }
    constexpr double kZ = 1.959963984540054; // 97.5 % quantile of the normal law
    const auto n = static_cast<double>(trials);
    const double share = static_cast<double>(hits) / n;
    const double square = kZ * kZ / n;
    const double centre = (share + square / 2) / (1 + square);
    const double half = kZ / (1 + square) * std::sqrt(share * (1 - share) / n + square / (4 * n));
    out.low = hits <= 0 ? 0.0 : std::max(0.0, centre - half);
    out.high = hits >= trials ? 1.0 : std::min(1.0, centre + half);
    return out;
}

std::vector<DepthAcceptance> acceptance_by_depth(const Record& record, int until)
{
    std::vector<DepthCounts> depths;
    std::int64_t drafting = 0;
    for (const Round* round : rounds(record, until)) {
        if (!drafts_known(*round)) {
            continue;
        }
        std::size_t deepest = 0;
        for (const Node& node : round->nodes) {
            if (is_drafted(node) && node.depth > 0) {
                deepest = std::max(deepest, static_cast<std::size_t>(node.depth));
            }
        }
        depths.resize(std::max(depths.size(), deepest));
        drafting += deepest > 0 ? 1 : 0;
        add_round(*round, depths);
    }
    std::vector<DepthAcceptance> out;
    for (const DepthCounts& counts : depths) {
        out.push_back({static_cast<int>(out.size()) + 1, wilson(counts.accepted, counts.reached), wilson(counts.accepted, drafting),
                       wilson(counts.covered, counts.reached)});
    }
    return out;
}

std::vector<std::int64_t> count_states(const Record& record, int until)
{
    std::vector<std::int64_t> out(kNodeStates, 0);
    for (const Round* round : rounds(record, until)) {
        for (const Node& node : round->nodes) {
            if (const auto index = static_cast<std::size_t>(node.state); index < out.size()) {
                ++out[index];
            }
        }
    }
    return out;
}

std::vector<TokenId> history_at(const Record& record, const Round& round, int node)
{
    std::vector<TokenId> out;
    for (const CommittedToken& entry : committed_tokens(record, round.index)) {
        out.push_back(entry.token);
    }
    const std::size_t committed = out.size();
    // The root is the last committed token already.
    for (const Node* at = node_at(round, node); at != nullptr && at->parent >= 0; at = node_at(round, at->parent)) {
        out.push_back(at->token);
    }
    std::reverse(out.begin() + static_cast<std::ptrdiff_t>(committed), out.end());
    return out;
}

Sampling sampling_at(const Record& record, int round)
{
    const RunStarted* started = run_started(record);
    Sampling out = started != nullptr ? started->sampling : Sampling{};
    constexpr std::string_view kPrefix = "sampling.";
    for (const ParameterChanged* change : changes(record)) {
        const std::string_view key = change->key;
        if (change->round > round || !key.starts_with(kPrefix)) {
            continue;
        }
        fields::for_each(fields::kSampling, [&](const auto& field) {
            if (field.key == key.substr(kPrefix.size())) {
                set_from_text(out.*(field.member), change->new_value);
            }
        });
    }
    return out;
}

} // namespace timberline::record
