// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/method.h"
#include "core/base/translate.h"
#include "core/decoding/heads/tensor/exit_trainee.h"

namespace timberline::decoding {
namespace {

const auto& eesd_fields()
{
    static const std::tuple fields{
        field(&ExitTraining::exit_layer,
              {.key = "exit_layer",
               .label = TIMBERLINE_TR("Exit layer"),
               .unit = "layers",
               .help = TIMBERLINE_TR("Layers of the target below the trained one. More are accepted more often and draft more slowly."),
               .min = 1,
               .max = 255,
               .takes_effect = Effect::Restart}),
        field(&ExitTraining::token_weight,
              {.key = "token_weight",
               .label = TIMBERLINE_TR("Weight of the text"),
               .help = TIMBERLINE_TR("How much the tokens of the text count beside the divergence from the target's law."),
               .min = 0,
               .max = 10,
               .takes_effect = Effect::NextStep})};
    return fields;
}

}  // namespace

MethodRegistry::Entry eesd_heads()
{
    MethodInfo info;
    info.id = "eesd";
    info.family = "draft head";
    info.title = TIMBERLINE_TR("EESD layer");
    info.summary = TIMBERLINE_TR("One layer on top of the target's first ones learns the whole target's laws on text that the target wrote "
                                 "(self-distillation); it starts as a copy of the layer that it replaces.");
    info.sources = {{.title = "Speculative Decoding via Early-exiting for Faster LLM Inference with Thompson Sampling Control Mechanism",
                     .authors = "Jiahao Liu, Qifan Wang, Jingang Wang, Xunliang Cai",
                     .year = 2024,
                     .arxiv = "2406.03853"}};
    info.hyperparameters = declare(eesd_fields());
    info.example = R"({"timberline": 1, "bench": "heads", "model": "bundled:tale", "seed": 1, "method": {"head": {"id": "eesd"}},
 "heads": {"tokens": 400, "length": 24, "batch": 4, "steps": 2, "measure_every": 0, "acceptance_tokens": 8, "prompts_measured": 1}})";
    const HeadTraineeFactory factory = [](const HeadGround& ground, const Values& values) {
        return ExitTrainee::make(ground, values, [](const Values& given) { return read_values(eesd_fields(), given); });
    };
    return {std::move(info), factory};
}

}  // namespace timberline::decoding
