// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/translate.h"
#include "core/exits/exit_policy.h"

#include <tuple>

namespace timberline::exits {
namespace {

/// Every token leaves at the same layer (methods/exits.md 1.6, inference).
struct FixedLayerValues {
    std::int64_t layer = 6;
};

const auto& fields()
{
    static const std::tuple list{field(
        &FixedLayerValues::layer,
        {.key = "layer",
         .label = TIMBERLINE_TR("Exit layer"),
         .unit = "layers",
         .help = TIMBERLINE_TR("Layer at which every token leaves, counted from 1; past the model's last layer nothing leaves early."),
         .min = 1,
         .max = 256,
         .takes_effect = Effect::NextStep})};
    return list;
}

}  // namespace

MethodRegistry::Entry fixed_layer_policy()
{
    MethodInfo info;
    info.id = "fixed-layer";
    info.family = "exit policy";
    info.title = TIMBERLINE_TR("Fixed layer");
    info.summary =
        TIMBERLINE_TR("Every token leaves at the same layer: the baseline that a policy must beat, and the draft of self-speculation.");
    info.sources = {{.title = "LayerSkip: Enabling Early Exit Inference and Self-Speculative Decoding",
                     .authors = "Mostafa Elhoushi et al.",
                     .year = 2024,
                     .arxiv = "2404.16710"}};
    info.hyperparameters = declare(fields());
    info.example = R"({"timberline": 1, "bench": "exits", "model": "bundled:tale", "prompt": "Once upon a time", "max_new_tokens": 32,
 "method": {"policy": {"id": "fixed-layer", "values": {"layer": 6}}}})";
    return {std::move(info), no_signal()};
}

}  // namespace timberline::exits
