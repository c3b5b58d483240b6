// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/method.h"
#include "core/base/translate.h"
#include "core/decoding/heads/rank_heads.h"
#include "core/decoding/heads/tensor/rank_heads_trainee.h"

namespace timberline::decoding {
namespace {

const auto& medusa_fields()
{
    static const std::tuple fields{
        field(&RankHeadValues::heads, {.key = "heads",
                                       .label = TIMBERLINE_TR("Heads"),
                                       .unit = "heads",
                                       .help = TIMBERLINE_TR("Tokens that are predicted beyond the target's own next one, a head each."),
                                       .min = 1,
                                       .max = static_cast<double>(kMostHeads),
                                       .takes_effect = Effect::Restart}),
        field(
            &RankHeadValues::untied_heads,
            {.key = "untied_heads",
             .label = TIMBERLINE_TR("Own output matrices"),
             .help = TIMBERLINE_TR("Each head learns an output matrix of its own instead of sharing the target's frozen one; much larger."),
             .takes_effect = Effect::Restart}),
        field(&RankHeadValues::labels, {.key = "labels",
                                        .label = TIMBERLINE_TR("Learns from"),
                                        .help = TIMBERLINE_TR("The tokens of the text, or the target's whole law at each place of it."),
                                        .choices = {"text", "law"},
                                        .choice_labels = {TIMBERLINE_TR("Tokens of the text"), TIMBERLINE_TR("The target's law")},
                                        .takes_effect = Effect::Restart}),
        field(&RankHeadValues::head_decay, {.key = "head_decay",
                                            .label = TIMBERLINE_TR("Weight of later heads"),
                                            .help = TIMBERLINE_TR("Each head's loss counts this much of the one before it."),
                                            .min = 0.1,
                                            .max = 1,
                                            .takes_effect = Effect::NextStep})};
    return fields;
}

}  // namespace

MethodRegistry::Entry medusa_heads()
{
    MethodInfo info;
    info.id = "medusa";
    info.family = "draft head";
    info.title = TIMBERLINE_TR("Medusa heads");
    info.summary =
        TIMBERLINE_TR("One residual block a head on the target's last hidden row; head k learns the token k + 2 places ahead. The "
                      "target is frozen and its output matrix is shared.");
    info.sources = {{.title = "Medusa: Simple LLM Inference Acceleration Framework with Multiple Decoding Heads",
                     .authors = "Tianle Cai, Yuhong Li, Zhengyang Geng, Hongwu Peng, Jason D. Lee, Deming Chen, Tri Dao",
                     .year = 2024,
                     .arxiv = "2401.10774"}};
    info.hyperparameters = declare(medusa_fields());
    info.example =
        R"({"timberline": 1, "bench": "heads", "model": "bundled:tale", "seed": 1, "threads": 1, "method": {"head": {"id": "medusa"}},
 "heads": {"tokens": 600, "length": 24, "batch": 4, "steps": 4, "measure_every": 0, "acceptance_tokens": 8, "prompts_measured": 1}})";
    const HeadTraineeFactory factory = [](const HeadGround& ground, const Values& values) -> Result<std::unique_ptr<HeadTrainee>> {
        const auto read = [](const Values& given) { return read_values(medusa_fields(), given); };
        return std::unique_ptr<HeadTrainee>(std::make_unique<RankHeadsTrainee>(ground, read, values, false));
    };
    return {std::move(info), factory};
}

}  // namespace timberline::decoding
