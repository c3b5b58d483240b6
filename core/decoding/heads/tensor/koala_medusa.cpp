// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/method.h"
#include "core/base/translate.h"
#include "core/decoding/heads/rank_heads.h"
#include "core/decoding/heads/tensor/rank_heads_trainee.h"

namespace timberline::decoding {
namespace {

/// The same values with KOALA's defaults.
struct KoalaValues : RankHeadValues {
    KoalaValues()
    {
        layers = 2;
        adversarial_weight = 0.05;
    }
};

const auto& koala_fields()
{
    using V = KoalaValues;
    static const std::tuple fields{
        Field<V, std::int64_t>{&V::heads,
                               {.key = "heads",
                                .label = TIMBERLINE_TR("Heads"),
                                .unit = "heads",
                                .help = TIMBERLINE_TR("Tokens that are predicted beyond the target's own next one, a head each."),
                                .min = 1,
                                .max = static_cast<double>(kMostHeads),
                                .takes_effect = Effect::Restart}},
        Field<V, std::int64_t>{&V::layers,
                               {.key = "layers",
                                .label = TIMBERLINE_TR("Layers a head"),
                                .unit = "layers",
                                .help = TIMBERLINE_TR("Residual blocks one after the other in each head; 1 is Medusa's head."),
                                .min = 1,
                                .max = static_cast<double>(kMostLayers),
                                .takes_effect = Effect::Restart}},
        Field<V, bool>{
            &V::untied_heads,
            {.key = "untied_heads",
             .label = TIMBERLINE_TR("Own output matrices"),
             .help = TIMBERLINE_TR("Each head learns an output matrix of its own instead of sharing the target's frozen one; much larger."),
             .takes_effect = Effect::Restart}},
        Field<V, std::string>{&V::labels,
                              {.key = "labels",
                               .label = TIMBERLINE_TR("Learns from"),
                               .help = TIMBERLINE_TR("The tokens of the text, or the target's whole law at each place of it."),
                               .choices = {"text", "law"},
                               .choice_labels = {TIMBERLINE_TR("Tokens of the text"), TIMBERLINE_TR("The target's law")},
                               .takes_effect = Effect::Restart}},
        Field<V, double>{&V::head_decay,
                         {.key = "head_decay",
                          .label = TIMBERLINE_TR("Weight of later heads"),
                          .help = TIMBERLINE_TR("Each head's loss counts this much of the one before it."),
                          .min = 0.1,
                          .max = 1,
                          .takes_effect = Effect::NextStep}},
        Field<V, double>{
            &V::adversarial_weight,
            {.key = "adversarial_weight",
             .label = TIMBERLINE_TR("Adversarial weight"),
             .help = TIMBERLINE_TR("How much it counts that the heads' laws pass for the target's; 0 trains without the adversary."),
             .min = 0,
             .max = 1,
             .takes_effect = Effect::NextStep}},
        Field<V, double>{&V::real_label,
                         {.key = "real_label",
                          .label = TIMBERLINE_TR("Label of real laws"),
                          .help = TIMBERLINE_TR("What the adversary is to say of the target's laws: below 1 it stays less sure of itself."),
                          .min = 0.5,
                          .max = 1,
                          .takes_effect = Effect::NextStep}},
        Field<V, std::int64_t>{&V::warm_up_epochs,
                               {.key = "warm_up_epochs",
                                .label = TIMBERLINE_TR("Epochs before the adversary"),
                                .unit = "epochs",
                                .help = TIMBERLINE_TR("Passes over the text that train the heads alone."),
                                .min = 0,
                                .max = 1000,
                                .takes_effect = Effect::Restart}},
        Field<V, double>{&V::adversary_share,
                         {.key = "adversary_share",
                          .label = TIMBERLINE_TR("Positions judged"),
                          .help = TIMBERLINE_TR("Share of a batch's positions that the adversary looks at in a step."),
                          .min = 0.01,
                          .max = 1,
                          .takes_effect = Effect::Restart}}};
    return fields;
}

}  // namespace

MethodRegistry::Entry koala_medusa_heads()
{
    MethodRegistry::Entry entry;
    MethodInfo& info = entry.info;
    info.id = "koala-medusa";
    info.family = "draft head";
    info.title = TIMBERLINE_TR("KOALA on Medusa heads");
    info.summary = TIMBERLINE_TR("Medusa heads of several layers, trained against an adversary that tells their laws from the target's.");
    info.sources = {{.title = "KOALA: Enhancing Speculative Decoding for LLM via Multi-Layer Draft Heads with Adversarial Learning",
                     .authors = "Kaiqi Zhang, Jing Zhao, Rui Chen",
                     .year = 2024,
                     .arxiv = "2408.08146"},
                    {.title = "Medusa: Simple LLM Inference Acceleration Framework with Multiple Decoding Heads",
                     .authors = "Tianle Cai, Yuhong Li, Zhengyang Geng, Hongwu Peng, Jason D. Lee, Deming Chen, Tri Dao",
                     .year = 2024,
                     .arxiv = "2401.10774"}};
    info.hyperparameters = declare(koala_fields());
    info.example = R"({"timberline": 1, "bench": "heads", "model": "bundled:tale", "seed": 1, "threads": 1,
 "method": {"head": {"id": "koala-medusa", "values": {"warm_up_epochs": 0}}},
 "heads": {"tokens": 600, "length": 24, "batch": 4, "steps": 4, "measure_every": 0, "acceptance_tokens": 8, "prompts_measured": 1}})";
    entry.factory = HeadTraineeFactory([](const HeadGround& ground, const Values& values) -> Result<std::unique_ptr<HeadTrainee>> {
        const auto read = [](const Values& given) -> RankHeadValues { return read_values(koala_fields(), given); };
        return std::unique_ptr<HeadTrainee>(std::make_unique<RankHeadsTrainee>(ground, read, values, true));
    });
    return entry;
}

}  // namespace timberline::decoding
