// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exits/exit_policy.h"
#include "core/exits/policies/threshold_fields.h"

namespace timberline::exits {
namespace {

/// Cosine of the residual stream before and after a layer (methods/exits.md 1.5, state).
struct SaturationValues {
    double threshold = 0.98;
    std::vector<double> thresholds;
    std::string decay = "none";
    double decay_rate = 4;
};

const auto& fields()
{
    static const auto list = threshold_fields<SaturationValues>(
        TIMBERLINE_TR("Exits when the hidden states before and after a layer have at least this cosine; 1 never exits."));
    return list;
}

}  // namespace

MethodRegistry::Entry saturation_policy()
{
    MethodInfo info;
    info.id = "saturation";
    info.family = "exit policy";
    info.title = TIMBERLINE_TR("Hidden-state saturation");
    info.summary = TIMBERLINE_TR("A token leaves when a layer hardly turns its hidden state any more; no vocabulary product is needed to "
                                 "decide. The threshold can be calibrated on prompts (Learn then Test).");
    info.sources = {
        {.title = "Confident Adaptive Language Modeling", .authors = "Tal Schuster et al.", .year = 2022, .arxiv = "2207.07061"},
        {.title = "Learn then Test: Calibrating Predictive Algorithms to Achieve Risk Control",
         .authors = "Anastasios N. Angelopoulos et al.",
         .year = 2021,
         .arxiv = "2110.01052"}};
    info.hyperparameters = declare(fields());
    info.example = R"({"timberline": 1, "bench": "exits", "model": "bundled:tale", "prompt": "Once upon a time", "max_new_tokens": 32,
 "method": {"policy": {"id": "saturation", "values": {"threshold": 0.98}}}})";
    return {std::move(info), no_signal()};
}

}  // namespace timberline::exits
