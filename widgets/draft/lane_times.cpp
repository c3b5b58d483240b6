// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/draft/lane_times.h"

#include "core/record/folds.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace timberline::widgets {

namespace {

constexpr double kLongest = 1e12;  // ms: no run takes thirty years

double statisticOf(const record::Round& round, const char* key)
{
    const auto it = round.statistics.find(key);
    return it == round.statistics.end() ? std::numeric_limits<double>::quiet_NaN() : it->second;
}

int countOf(const record::Round& round, const char* key)
{
    const double value = statisticOf(round, key);
    return value > 0 && value < 1e6 ? static_cast<int>(value) : 0;
}

double share(double part, double whole)
{
    return whole > 0 ? std::clamp(part / whole, 0.0, 1.0) : std::numeric_limits<double>::quiet_NaN();
}

double common(const LaneBlock& block, double from, double to)
{
    return std::max(0.0, std::min(block.end, to) - std::max(block.begin, from));
}

/// Adds a block's share to each column that it touches.
void spread(const LaneBlock& block, double from, double width, std::vector<LaneColumn>& columns, double LaneColumn::*member)
{
    const auto last = static_cast<double>(columns.size());
    const double first = std::floor((block.begin - from) / width);
    const double past = std::ceil((block.end - from) / width);
    for (auto i = static_cast<std::size_t>(std::clamp(first, 0.0, last)); i < static_cast<std::size_t>(std::clamp(past, 0.0, last)); ++i) {
        const double left = from + static_cast<double>(i) * width;
        columns[i].*member += common(block, left, left + width) / width;
    }
}

}  // namespace

double LaneRound::begin() const
{
    // A lane that did nothing has no place of its own.
    return draft.length() > 0 ? std::min(draft.begin, target.begin) : target.begin;
}

double LaneRound::end() const
{
    return draft.length() > 0 ? std::max(draft.end, target.end) : target.end;
}

double LaneRound::overlap() const
{
    return common(draft, target.begin, target.end);
}

std::optional<LaneRound> laneRoundOf(const record::Round& round)
{
    LaneRound out{.round = round.index,
                  .draft = {statisticOf(round, "draft_t0_ms"), statisticOf(round, "draft_t1_ms")},
                  .target = {statisticOf(round, "verify_t0_ms"), statisticOf(round, "verify_t1_ms")}};
    for (const LaneBlock& block : {out.draft, out.target}) {
        if (!(block.begin >= 0 && block.end >= block.begin && block.end < kLongest)) {
            return std::nullopt;
        }
    }
    out.post = statisticOf(round, "mode") > 0;
    out.simulated = statisticOf(round, "simulated") > 0;
    out.discarded = countOf(round, "discarded");
    out.carried = countOf(round, "carried");
    out.passes = round.draft_passes;
    out.read = round.target_tokens;
    return out;
}

void LaneTotals::add(const LaneRound& round)
{
    ++rounds;
    simulated += round.simulated ? 1 : 0;
    discarded += round.discarded;
    span += round.end() - round.begin();
    draft += round.draft.length();
    target += round.target.length();
    overlap += round.overlap();
    shorter += std::min(round.draft.length(), round.target.length());
}

double LaneTotals::draftIdle() const
{
    return 1 - share(draft, span);
}

double LaneTotals::targetIdle() const
{
    return 1 - share(target, span);
}

double LaneTotals::overlapShare() const
{
    return share(overlap, span);
}

double LaneTotals::hiddenShare() const
{
    return share(overlap, shorter);
}

const LaneTotals& Lanes::totals(int shown) const
{
    return before[entryOf(shown)];
}

std::size_t Lanes::entryOf(int round) const
{
    return static_cast<std::size_t>(std::ranges::lower_bound(rounds, round, {}, &LaneRound::round) - rounds.begin());
}

Lanes lanesOf(const record::Record& record)
{
    Lanes out;
    out.before.emplace_back();
    for (const auto* round : record::rounds(record)) {
        const auto lane = laneRoundOf(*round);
        const bool forwards =
            lane && (out.rounds.empty() || (lane->round > out.rounds.back().round && lane->begin() >= out.rounds.back().begin()));
        if (!forwards) {
            ++out.others;
            continue;
        }
        LaneTotals totals = out.before.back();
        totals.add(*lane);
        out.rounds.push_back(*lane);
        out.before.push_back(totals);
    }
    std::vector<double> steps;
    for (std::size_t i = 1; i < out.rounds.size(); ++i) {
        steps.push_back(out.rounds[i].begin() - out.rounds[i - 1].begin());
    }
    if (!steps.empty()) {
        const auto middle = steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 2);
        std::ranges::nth_element(steps, middle);
        out.usual = *middle;
    } else if (!out.rounds.empty()) {
        out.usual = out.rounds.front().end() - out.rounds.front().begin();
    }
    return out;
}

std::vector<LaneColumn> laneColumns(const Lanes& lanes, double from, double span, int columns)
{
    std::vector<LaneColumn> out(static_cast<std::size_t>(std::max(columns, 0)));
    if (out.empty() || !(span > 0)) {
        return out;
    }
    const double width = span / columns;
    // A round may reach over the beginning: begin one earlier.
    auto it = std::ranges::lower_bound(lanes.rounds, from, {}, &LaneRound::begin);
    it -= it == lanes.rounds.begin() ? 0 : 1;
    for (; it != lanes.rounds.end() && it->begin() < from + span; ++it) {
        spread(it->draft, from, width, out, &LaneColumn::draft);
        if (it->discarded > 0) {
            spread(it->draft, from, width, out, &LaneColumn::discarded);
        }
        spread(it->target, from, width, out, &LaneColumn::target);
        spread({std::max(it->draft.begin, it->target.begin),
                std::max(std::max(it->draft.begin, it->target.begin), std::min(it->draft.end, it->target.end))},
               from, width, out, &LaneColumn::overlap);
    }
    return out;
}

}  // namespace timberline::widgets
