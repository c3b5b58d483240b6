// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/method.h"
#include "core/base/translate.h"
#include "core/decoding/heads/tensor/eagle_trainee.h"

namespace timberline::decoding {
namespace {

/// Plain EAGLE.
struct EagleValues : EagleTraining {
};

/// KOALA on it.
struct KoalaEagleValues : EagleTraining {
    KoalaEagleValues()
    {
        layers = 2;
        adversarial = true;
        adversarial_weight = 0.05;
    }
};

template <typename V, typename Member>
Field<V, Member> of(Member EagleTraining::*member, FieldText text)
{
    return {static_cast<Member V::*>(member), std::move(text)};
}

/// What both declare.
template <typename V>
auto common_fields()
{
    return std::tuple{
        of<V>(&EagleTraining::layers,
              {.key = "layers",
               .label = TIMBERLINE_TR("Layers of the head"),
               .unit = "layers",
               .help = TIMBERLINE_TR("Decoder blocks of the target's kind, one after the other; 1 is EAGLE's head."),
               .min = 1,
               .max = 4,
               .takes_effect = Effect::Restart}),
        of<V>(&EagleTraining::fusion,
              {.key = "fusion",
               .label = TIMBERLINE_TR("Feature fusion"),
               .help = TIMBERLINE_TR("Reads a low, a middle and a high layer of the target instead of its last hidden row, and learns the "
                                     "laws alone (EAGLE-3)."),
               .takes_effect = Effect::Restart}),
        of<V>(
            &EagleTraining::unroll,
            {.key = "unroll",
             .label = TIMBERLINE_TR("Unrolled steps"),
             .unit = "steps",
             .help = TIMBERLINE_TR("Steps that the head is trained on its own output, as it drafts; 1 only ever reads the target's rows."),
             .min = 1,
             .max = 8,
             .takes_effect = Effect::Restart}),
        of<V>(&EagleTraining::feature_weight,
              {.key = "feature_weight",
               .label = TIMBERLINE_TR("Weight of the feature loss"),
               .help = TIMBERLINE_TR("Smooth L1 distance to the target's own hidden rows; not with fusion."),
               .min = 0,
               .max = 10,
               .takes_effect = Effect::NextStep}),
        of<V>(&EagleTraining::token_weight, {.key = "token_weight",
                                             .label = TIMBERLINE_TR("Weight of the law loss"),
                                             .help = TIMBERLINE_TR("Cross-entropy of the drafted law to the target's."),
                                             .min = 0,
                                             .max = 10,
                                             .takes_effect = Effect::NextStep}),
        of<V>(&EagleTraining::step_decay, {.key = "step_decay",
                                           .label = TIMBERLINE_TR("Weight of later steps"),
                                           .help = TIMBERLINE_TR("Each unrolled step counts this much of the one before it."),
                                           .min = 0.1,
                                           .max = 1,
                                           .takes_effect = Effect::NextStep}),
        of<V>(&EagleTraining::feature_noise, {.key = "feature_noise",
                                              .label = TIMBERLINE_TR("Feature noise"),
                                              .help = TIMBERLINE_TR("Width of the uniform noise on the rows that the head reads."),
                                              .min = 0,
                                              .max = 1,
                                              .takes_effect = Effect::NextStep})};
}

const auto& eagle_fields()
{
    static const auto fields = std::tuple_cat(
        common_fields<EagleValues>(),
        std::tuple{of<EagleValues>(
            &EagleTraining::draft_vocabulary,
            {.key = "draft_vocabulary",
             .label = TIMBERLINE_TR("Draft vocabulary"),
             .unit = "tokens",
             .help = TIMBERLINE_TR(
                 "The head drafts only the most frequent tokens of the training text, so many of them; 0 is the whole vocabulary. Its "
                 "read-out then multiplies by so many rows of the output matrix instead of all, and the folder grows by four bytes a "
                 "token. The text stays exact: other tokens come from the target alone."),
             .min = 0,
             .max = 1'000'000,
             .takes_effect = Effect::Restart})});
    return fields;
}

const auto& koala_fields()
{
    using V = KoalaEagleValues;
    static const auto fields = std::tuple_cat(
        common_fields<V>(),
        std::tuple{
            of<V>(&EagleTraining::adversarial_weight,
                  {.key = "adversarial_weight",
                   .label = TIMBERLINE_TR("Adversarial weight"),
                   .help = TIMBERLINE_TR("How much it counts that the heads' laws pass for the target's; 0 trains without the adversary."),
                   .min = 0,
                   .max = 1,
                   .takes_effect = Effect::NextStep}),
            of<V>(&EagleTraining::real_label,
                  {.key = "real_label",
                   .label = TIMBERLINE_TR("Label of real laws"),
                   .help = TIMBERLINE_TR("What the adversary is to say of the target's laws: below 1 it stays less sure of itself."),
                   .min = 0.5,
                   .max = 1,
                   .takes_effect = Effect::NextStep}),
            of<V>(&EagleTraining::warm_up_epochs, {.key = "warm_up_epochs",
                                                   .label = TIMBERLINE_TR("Epochs before the adversary"),
                                                   .unit = "epochs",
                                                   .help = TIMBERLINE_TR("Passes over the text that train the heads alone."),
                                                   .min = 0,
                                                   .max = 1000,
                                                   .takes_effect = Effect::NextStep}),
            of<V>(&EagleTraining::adversary_share,
                  {.key = "adversary_share",
                   .label = TIMBERLINE_TR("Positions judged"),
                   .help = TIMBERLINE_TR("Share of a batch's positions that the adversary looks at in a step."),
                   .min = 0.01,
                   .max = 1,
                   .takes_effect = Effect::Restart})});
    return fields;
}

MethodInfo source_eagle()
{
    MethodInfo info;
    info.family = "draft head";
    info.sources = {{.title = "EAGLE: Speculative Sampling Requires Rethinking Feature Uncertainty",
                     .authors = "Yuhui Li, Fangyun Wei, Chao Zhang, Hongyang Zhang",
                     .year = 2024,
                     .arxiv = "2401.15077"},
                    {.title = "EAGLE-3: Scaling up Inference Acceleration of Large Language Models via Training-Time Test",
                     .authors = "Yuhui Li, Fangyun Wei, Chao Zhang, Hongyang Zhang",
                     .year = 2025,
                     .arxiv = "2503.01840"}};
    return info;
}

}  // namespace

MethodRegistry::Entry eagle_heads()
{
    MethodInfo info = source_eagle();
    info.id = "eagle";
    info.title = TIMBERLINE_TR("EAGLE head");
    info.summary =
        TIMBERLINE_TR("One block of the target's kind learns to write its next hidden row from the last one and the next token; the "
                      "target's output matrix, frozen, makes a law of it.");
    info.hyperparameters = declare(eagle_fields());
    info.example = R"({"timberline": 1, "bench": "heads", "model": "bundled:tale", "seed": 1,
 "method": {"head": {"id": "eagle", "values": {"unroll": 2}}},
 "heads": {"tokens": 400, "length": 24, "batch": 4, "steps": 2, "measure_every": 0, "acceptance_tokens": 8, "prompts_measured": 1}})";
    const HeadTraineeFactory factory = [](const HeadGround& ground, const Values& values) {
        return EagleTrainee::make(ground, values, [](const Values& given) -> EagleTraining { return read_values(eagle_fields(), given); });
    };
    return {std::move(info), factory};
}

MethodRegistry::Entry koala_eagle_heads()
{
    MethodRegistry::Entry entry{.info = source_eagle(), .factory = {}};
    MethodInfo& info = entry.info;
    info.id = "koala-eagle";
    info.title = TIMBERLINE_TR("KOALA on an EAGLE head");
    info.summary = TIMBERLINE_TR("An EAGLE head of several blocks, trained against an adversary that tells its laws from the target's.");
    info.sources.insert(info.sources.begin(),
                        {.title = "KOALA: Enhancing Speculative Decoding for LLM via Multi-Layer Draft Heads with Adversarial Learning",
                         .authors = "Kaiqi Zhang, Jing Zhao, Rui Chen",
                         .year = 2024,
                         .arxiv = "2408.08146"});
    info.hyperparameters = declare(koala_fields());
    info.example = R"({"timberline": 1, "bench": "heads", "model": "bundled:tale", "seed": 1,
 "method": {"head": {"id": "koala-eagle", "values": {"unroll": 1, "warm_up_epochs": 0}}},
 "heads": {"tokens": 400, "length": 24, "batch": 4, "steps": 2, "measure_every": 0, "acceptance_tokens": 8, "prompts_measured": 1}})";
    const HeadTraineeFactory factory = [](const HeadGround& ground, const Values& values) {
        return EagleTrainee::make(ground, values, [](const Values& given) -> EagleTraining { return read_values(koala_fields(), given); });
    };
    entry.factory = factory;
    return entry;
}

}  // namespace timberline::decoding
