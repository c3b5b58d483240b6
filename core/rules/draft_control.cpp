// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rules/draft_control.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace timberline::rules {

namespace {

/// A uniform in (0,1): its logarithm is taken.
double open_uniform(RandomStream& stream)
{
    return std::max(stream.next(), std::numeric_limits<double>::min());
}

/// Marsaglia and Tsang, A simple method for generating gamma variables (2000); below shape 1 boosted by a power of a uniform.
double sample_gamma(RandomStream& stream, double shape)
{
    if (shape < 1) {
        const double boost = std::pow(open_uniform(stream), 1.0 / shape);
        return sample_gamma(stream, shape + 1.0) * boost;
    }
    const double d = shape - 1.0 / 3.0;
    const double c = 1.0 / std::sqrt(9.0 * d);
    while (true) {
        const double x = sample_normal(stream, 0, 1);
        const double root = 1.0 + c * x;
        const double v = root * root * root;
        const double u = open_uniform(stream);
        if (root > 0 && std::log(u) < 0.5 * x * x + d - d * v + d * std::log(v)) {
            return d * v;
        }
    }
}

}  // namespace

DraftOutcome outcome_of(const record::Round& round)
{
    using record::NodeState;
    DraftOutcome out;
    for (const record::Node& node : round.nodes) {
        if (node.state == NodeState::Accepted || node.state == NodeState::Rejected || node.state == NodeState::NeverVerified) {
            out.drafted = std::max(out.drafted, static_cast<std::int32_t>(node.depth));
        }
    }
    out.accepted = std::max(static_cast<std::int32_t>(round.path.size()) - 1, 0);
    out.counts = out.drafted > 0 && round.forced_node < 0 && round.next_node >= 0;
    return out;
}

void BetaPosterior::forget(double keep) noexcept
{
    a = 1.0 + keep * (a - 1.0);
    b = 1.0 + keep * (b - 1.0);
}

void BetaPosterior::learn(const DraftOutcome& outcome, bool censored) noexcept
{
    const std::int32_t refused = outcome.drafted - outcome.accepted;
    a += static_cast<double>(outcome.accepted);
    b += static_cast<double>(censored ? std::min(refused, 1) : refused);
}

void BetaPosterior::move_prior(double a_more, double b_more) noexcept
{
    a = std::max(a + a_more, 0.5);
    b = std::max(b + b_more, 0.5);
}

void NormalPosterior::learn(double error, double noise) noexcept
{
    const double prior = 1.0 / (deviation * deviation);
    const double evidence = 1.0 / (noise * noise);
    mean = (mean * prior + error * evidence) / (prior + evidence);
    deviation = std::sqrt(1.0 / (prior + evidence));
}

double sample_beta(RandomStream& stream, double a, double b)
{
    const double x = sample_gamma(stream, a);
    const double y = sample_gamma(stream, b);
    return x + y > 0 ? x / (x + y) : 0.5;
}

double sample_normal(RandomStream& stream, double mean, double deviation)
{
    const double radius = std::sqrt(-2.0 * std::log(open_uniform(stream)));
    return mean + deviation * radius * std::cos(2.0 * std::numbers::pi * stream.next());
}

bool one_more_pays(double next, double expected, std::int32_t length, const RoundCost& cost) noexcept
{
    return next * cost.of(length, length) > expected * (cost.of(1, 1) - cost.of(0, 0));
}

std::int32_t break_even_length(double acceptance, const RoundCost& cost, std::int32_t most) noexcept
{
    double next = acceptance;  // A_{k+1}
    double expected = 1;
    std::int32_t length = 0;
    while (length < most && one_more_pays(next, expected, length, cost)) {
        expected += next;
        next *= acceptance;
        ++length;
    }
    return length;
}

void MatchThreshold::learn(const DraftOutcome& outcome, bool at_longest, const Settings& settings) noexcept
{
    const double matched = static_cast<double>(outcome.accepted) / static_cast<double>(std::max(outcome.drafted, 1));
    match_rate = settings.rate_memory * match_rate + (1.0 - settings.rate_memory) * matched;
    double wanted = threshold;
    if (match_rate < settings.target) {
        wanted = threshold + settings.step;
    } else if (!at_longest) {
        wanted = threshold - settings.step;
    }
    threshold = std::clamp(settings.threshold_memory * threshold + (1.0 - settings.threshold_memory) * wanted, 0.0, 1.0);
}

}  // namespace timberline::rules
