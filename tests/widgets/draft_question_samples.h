// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/draft_answers.h"
#include "tests/widgets/draft_samples.h"

/// Answers to the questions of the Draft bench, with numbers chosen by hand.
namespace timberline::testing {

/// A model of three layers: two exits by three lengths; exit 1 of length 2 costs least.
inline record::LayerAcceptance threeLayers()
{
    record::LayerAcceptance out;
    out.layers = 3;
    out.lengths = 3;
    out.tokens = 40;
    out.committed = {1.5, 1.75, 1.8, 1.6, 2.0, 2.25};
    out.acceptance = {0.5, 0.375, 0.25, 0.6, 0.5, 0.4};
    out.cost = {0.95, 0.9, 1.1, 1.2, 1.3, 1.45};
    out.best_layer = 1;
    out.best_length = 2;
    return out;
}

inline record::Certificate::World world(const char* kind, std::vector<double> expected, std::vector<double> emitted, bool promised)
{
    record::Certificate::World out;
    out.kind = kind;
    out.children = {1};
    out.target.assign(expected.begin(), expected.end());
    out.draft = out.target;
    out.expected = std::move(expected);
    out.emitted = std::move(emitted);
    for (std::size_t i = 0; i < out.expected.size(); ++i) {
        out.total_variation += std::abs(out.expected[i] - out.emitted[i]) / 2;
    }
    out.exact = out.total_variation < 1e-6;
    out.promised = promised;
    out.expected_tokens = 1.5;
    return out;
}

/// Two worlds that keep the law, and one of a kind for which the rule promises nothing.
inline record::Certificate exactRule()
{
    record::Certificate out;
    out.rule = "exact";
    out.worlds = {world("point-mass", {.5, .5}, {.5, .5}, true), world("without-replacement", {.75, .25}, {.75, .25}, true),
                  world("with-replacement", {.5, .5}, {.6, .4}, false)};
    return out;
}

/// (0.75, 0.25) where the target says (0.5, 0.5): what methods/decoding.md prints for the faulty rule.
inline record::Certificate luckyDraw()
{
    record::Certificate out;
    out.rule = "lucky-draw";
    out.worlds = {world("without-replacement", {.5, .5}, {.75, .25}, true)};
    return out;
}

inline record::FirstTokenCheck fairTokens()
{
    record::FirstTokenCheck out;
    out.draws = 1000;
    out.tokens = {1, 2, 4};
    out.counts = {510, 290, 200};
    out.law = {0.5, 0.3, 0.2};
    out.statistic = 0.2 + 1.0 / 3;  // 10^2/500 + 10^2/300 + 0
    out.degrees = 2;
    out.p_value = 0.766;  // exp(-statistic / 2)
    out.total_variation = 0.01;
    return out;
}

}  // namespace timberline::testing
