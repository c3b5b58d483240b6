// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exits/exit_policy.h"
#include "core/exits/policies/threshold_fields.h"

namespace timberline::exits {
namespace {

/// Difference of the two largest probabilities of a layer (methods/exits.md 1.3, 1.5).
struct MarginValues {
    double threshold = 0.7;
    std::vector<double> thresholds;
    std::string decay = "none";
    double decay_rate = 4;
};

const auto& fields()
{
    static const auto list = threshold_fields<MarginValues>(
        TIMBERLINE_TR("Exits when the best probability exceeds the second best by at least this much; 1 never exits."));
    return list;
}

}  // namespace

MethodRegistry::Entry margin_policy()
{
    MethodInfo info;
    info.id = "margin";
    info.family = "exit policy";
    info.title = TIMBERLINE_TR("Margin");
    info.summary = TIMBERLINE_TR("A token leaves at the first layer whose best next token is far enough ahead of the second best.");
    info.sources = {
        {.title = "Confident Adaptive Language Modeling", .authors = "Tal Schuster et al.", .year = 2022, .arxiv = "2207.07061"}};
    info.hyperparameters = declare(fields());
    info.example = R"({"timberline": 1, "bench": "exits", "model": "bundled:tale", "prompt": "Once upon a time", "max_new_tokens": 32,
 "method": {"policy": {"id": "margin", "values": {"threshold": 0.5}}}})";
    return {std::move(info), no_signal()};
}

}  // namespace timberline::exits
