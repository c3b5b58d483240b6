// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exits/exit_policy.h"
#include "core/exits/policies/threshold_fields.h"

namespace timberline::exits {
namespace {

/// Largest probability of a layer (methods/exits.md 1.3).
struct ConfidenceValues {
    double threshold = 0.9;
    std::vector<double> thresholds;
    std::string decay = "none";
    double decay_rate = 4;
};

const auto& fields()
{
    static const auto list =
        threshold_fields<ConfidenceValues>(TIMBERLINE_TR("Exits when the likeliest token has at least this probability; 1 never exits."));
    return list;
}

}  // namespace

MethodRegistry::Entry confidence_policy()
{
    MethodInfo info;
    info.id = "confidence";
    info.family = "exit policy";
    info.title = TIMBERLINE_TR("Confidence");
    info.summary = TIMBERLINE_TR("A token leaves at the first layer whose likeliest next token is probable enough.");
    info.sources = {
        {.title = "Shallow-Deep Networks: Understanding and Mitigating Network Overthinking",
         .authors = "Yigitcan Kaya, Sanghyun Hong, Tudor Dumitras",
         .year = 2019,
         .arxiv = "1810.07052"},
        {.title = "Confident Adaptive Language Modeling", .authors = "Tal Schuster et al.", .year = 2022, .arxiv = "2207.07061"}};
    info.hyperparameters = declare(fields());
    info.example = R"({"timberline": 1, "bench": "exits", "model": "bundled:tale", "prompt": "Once upon a time", "max_new_tokens": 32,
 "method": {"policy": {"id": "confidence", "values": {"threshold": 0.6}}}})";
    return {std::move(info), no_signal()};
}

}  // namespace timberline::exits
