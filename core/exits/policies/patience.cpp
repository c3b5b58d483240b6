// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/translate.h"
#include "core/exits/exit_policy.h"

#include <tuple>

namespace timberline::exits {
namespace {

/// Consecutive layers that agree on the likeliest token (methods/exits.md 1.4).
struct PatienceValues {
    std::int64_t patience = 2;
};

const auto& fields()
{
    static const std::tuple list{field(
        &PatienceValues::patience,
        {.key = "patience",
         .label = TIMBERLINE_TR("Patience"),
         .unit = "layers",
         .help = TIMBERLINE_TR("Exits after this many layers in a row repeat the layer before them; as many as the model has never exit."),
         .min = 1,
         .max = 256,
         .takes_effect = Effect::NextStep})};
    return list;
}

}  // namespace

MethodRegistry::Entry patience_policy()
{
    MethodInfo info;
    info.id = "patience";
    info.family = "exit policy";
    info.title = TIMBERLINE_TR("Patience");
    info.summary = TIMBERLINE_TR("A token leaves when several layers in a row agree on the likeliest next token.");
    info.sources = {{.title = "BERT Loses Patience: Fast and Robust Inference with Early Exit",
                     .authors = "Wangchunshu Zhou et al.",
                     .year = 2020,
                     .arxiv = "2006.04152"}};
    info.hyperparameters = declare(fields());
    info.example = R"({"timberline": 1, "bench": "exits", "model": "bundled:tale", "prompt": "Once upon a time", "max_new_tokens": 32,
 "method": {"policy": {"id": "patience", "values": {"patience": 3}}}})";
    return {std::move(info), no_signal()};
}

}  // namespace timberline::exits
