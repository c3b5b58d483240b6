// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/method.h"
#include "core/base/translate.h"
#include "core/decoding/heads/tensor/chimera_trainee.h"

namespace timberline::decoding {
namespace {

const auto& chimera_fields()
{
    static const std::tuple fields{
        field(&ChimeraTraining::heads, {.key = "heads",
                                        .label = TIMBERLINE_TR("Heads"),
                                        .unit = "heads",
                                        .help = TIMBERLINE_TR("Levels of the tree, a head each."),
                                        .min = 1,
                                        .max = 5,
                                        .takes_effect = Effect::Restart}),
        field(&ChimeraTraining::trigram,
              {.key = "trigram",
               .label = TIMBERLINE_TR("Trigram encoder"),
               .help = TIMBERLINE_TR("Reads the last three tokens together; off, only the last one's embedding."),
               .takes_effect = Effect::Restart}),
        field(&ChimeraTraining::context_encoder,
              {.key = "context_encoder",
               .label = TIMBERLINE_TR("Context encoder"),
               .help = TIMBERLINE_TR(
                   "An attention block over the target's hidden rows of the whole text; off, the heads see the last row alone."),
               .takes_effect = Effect::Restart}),
        field(&ChimeraTraining::labels, {.key = "labels",
                                         .label = TIMBERLINE_TR("Learns from"),
                                         .help = TIMBERLINE_TR("The tokens of the text, or the target's whole law at each place of it."),
                                         .choices = {"law", "text"},
                                         .choice_labels = {TIMBERLINE_TR("The target's law"), TIMBERLINE_TR("Tokens of the text")},
                                         .takes_effect = Effect::Restart}),
        field(&ChimeraTraining::rollout,
              {.key = "rollout",
               .label = TIMBERLINE_TR("Tokens on the way"),
               .help = TIMBERLINE_TR(
                   "What a later head reads of the tokens before it: those of the text, or the likeliest of the earlier heads."),
               .choices = {"text", "own"},
               .choice_labels = {TIMBERLINE_TR("Tokens of the text"), TIMBERLINE_TR("The heads' own choice")},
               .takes_effect = Effect::Restart}),
        field(&ChimeraTraining::state_weight,
              {.key = "state_weight",
               .label = TIMBERLINE_TR("Weight of the state loss"),
               .help = TIMBERLINE_TR("Squared distance of the drafted states to the target's own hidden rows."),
               .min = 0,
               .max = 1,
               .takes_effect = Effect::NextStep})};
    return fields;
}

}  // namespace

MethodRegistry::Entry chimera_heads()
{
    MethodInfo info;
    info.id = "chimera";
    info.family = "draft head";
    info.title = TIMBERLINE_TR("Chimera heads");
    info.summary =
        TIMBERLINE_TR("A trigram encoder, one attention block over the target's hidden rows and a head a level, trained together; the "
                      "target is frozen and its output matrix is shared.");
    info.sources = {{.title = "Chimera: A Lossless Decoding Method for Accelerating Large Language Models Inference by Fusing all Tokens",
                     .authors = "Ziqian Zeng, Jiahong Yu, Qianshi Pang, Zihao Wang, Huiping Zhuang, Hongen Shao, Xiaofeng Zou",
                     .year = 2024,
                     .arxiv = "2402.15758"}};
    info.hyperparameters = declare(chimera_fields());
    info.example = R"({"timberline": 1, "bench": "heads", "model": "bundled:tale", "seed": 1,
 "method": {"head": {"id": "chimera", "values": {"heads": 2}}},
 "heads": {"tokens": 600, "length": 24, "batch": 4, "steps": 3, "measure_every": 0, "acceptance_tokens": 8, "prompts_measured": 1}})";
    const HeadTraineeFactory factory = [](const HeadGround& ground, const Values& values) {
        return ChimeraTrainee::make(ground, values, [](const Values& given) { return read_values(chimera_fields(), given); });
    };
    return {std::move(info), factory};
}

}  // namespace timberline::decoding
