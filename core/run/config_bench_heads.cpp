// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/translate.h"
#include "core/run/bench_spec.h"
#include "core/run/heads_values.h"

namespace timberline::run {
namespace {

using V = HeadsValues;

const auto& text_fields()
{
    static const std::tuple fields{
        field(&V::text, {.key = "text",
                         .label = TIMBERLINE_TR("Text"),
                         .help = TIMBERLINE_TR("What the heads learn from: text that the target writes itself, or a file."),
                         .choices = {"target", "file"},
                         .choice_labels = {TIMBERLINE_TR("Written by the target"), TIMBERLINE_TR("A text file")},
                         .takes_effect = Effect::Restart}),
        field(&V::text_file, {.key = "text_file",
                              .label = TIMBERLINE_TR("Text file"),
                              .help = TIMBERLINE_TR("Plain text, a paragraph a line; read when the text comes from a file."),
                              .takes_effect = Effect::Restart,
                              .type = ParameterType::Path}),
        field(&V::prompts_file,
              {.key = "prompts_file",
               .label = TIMBERLINE_TR("Prompts"),
               .help = TIMBERLINE_TR(
                   "Plain text, a prompt a line, taken in turn to begin the target's texts; empty begins at its begin token."),
               .takes_effect = Effect::Restart,
               .type = ParameterType::Path}),
        field(&V::tokens, {.key = "tokens",
                           .label = TIMBERLINE_TR("Tokens of text"),
                           .unit = "tokens",
                           .help = TIMBERLINE_TR("How much text is written or read. More text makes better heads and takes longer."),
                           .min = 64,
                           .max = 100'000'000,
                           .scale = Scale::Logarithmic,
                           .takes_effect = Effect::Restart}),
        field(&V::length, {.key = "length",
                           .label = TIMBERLINE_TR("Sequence length"),
                           .unit = "tokens",
                           .help = TIMBERLINE_TR("Most tokens of one sequence; at most the target's context."),
                           .min = 8,
                           .max = 32'768,
                           .scale = Scale::Logarithmic,
                           .takes_effect = Effect::Restart}),
        field(&V::opening,
              {.key = "opening",
               .label = TIMBERLINE_TR("Opening"),
               .unit = "tokens",
               .help = TIMBERLINE_TR("First tokens of each text that the target draws at temperature 1, so that texts differ."),
               .min = 0,
               .max = 1024,
               .takes_effect = Effect::Restart}),
        field(&V::temperature,
              {.key = "temperature",
               .label = TIMBERLINE_TR("Temperature"),
               .help = TIMBERLINE_TR("At which the target writes the rest of each text; take that at which the heads will be used."),
               .min = 0,
               .max = 2,
               .takes_effect = Effect::Restart}),
        field(&V::held_out, {.key = "held_out",
                             .label = TIMBERLINE_TR("Held-out share"),
                             .help = TIMBERLINE_TR("Share of the sequences that is kept for measuring and never trained on."),
                             .min = 0.001,
                             .max = 0.5,
                             .takes_effect = Effect::Restart})};
    return fields;
}

const auto& loop_fields()
{
    static const std::tuple fields{
        field(&V::steps, {.key = "steps",
                          .label = TIMBERLINE_TR("Steps"),
                          .unit = "steps",
                          .help = TIMBERLINE_TR("Steps to train; schedules count with it. May be changed while training goes on."),
                          .min = 1,
                          .max = 10'000'000,
                          .scale = Scale::Logarithmic,
                          .takes_effect = Effect::NextStep}),
        field(&V::batch, {.key = "batch",
                          .label = TIMBERLINE_TR("Batch"),
                          .unit = "sequences",
                          .help = TIMBERLINE_TR("Sequences a step."),
                          .min = 1,
                          .max = 4096,
                          .scale = Scale::Logarithmic,
                          .takes_effect = Effect::NextEpoch}),
        field(&V::learning_rate, {.key = "learning_rate",
                                  .label = TIMBERLINE_TR("Learning rate"),
                                  .help = TIMBERLINE_TR("Before the schedule's factor. AdamW wants about 0.001."),
                                  .min = 1e-7,
                                  .max = 10,
                                  .scale = Scale::Logarithmic,
                                  .takes_effect = Effect::NextStep}),
        field(&V::clip_norm, {.key = "clip_norm",
                              .label = TIMBERLINE_TR("Clip gradients"),
                              .help = TIMBERLINE_TR("Longer gradients are shortened to this length; 0 is off."),
                              .min = 0,
                              .max = 1000,
                              .takes_effect = Effect::NextStep}),
        field(&V::half_products,
              {.key = "half_products",
               .label = TIMBERLINE_TR("Fast products"),
               .help = TIMBERLINE_TR(
                   "Multiplies by the target's output matrix in 16-bit numbers while training: several times faster where the "
                   "processor does that in hardware, otherwise without effect."),
               .takes_effect = Effect::Restart}),
        field(&V::cache_mib,
              {.key = "cache_mib",
               .label = TIMBERLINE_TR("Memory for hidden rows"),
               .unit = "MiB",
               .help = TIMBERLINE_TR("The target's hidden rows of the text are kept in memory up to this; the rest is computed "
                                     "anew in every epoch."),
               .min = 0,
               .max = 1'000'000,
               .takes_effect = Effect::Restart})};
    return fields;
}

const auto& measuring_fields()
{
    static const std::tuple fields{
        field(&V::measure_every, {.key = "measure_every",
                                  .label = TIMBERLINE_TR("Measure every"),
                                  .unit = "steps",
                                  .help = TIMBERLINE_TR("Steps between measurements of loss, accuracy and acceptance on held-out text; 0 "
                                                        "measures only at the end."),
                                  .min = 0,
                                  .max = 1'000'000,
                                  .takes_effect = Effect::NextStep}),
        field(&V::looked_sequences, {.key = "looked_sequences",
                                     .label = TIMBERLINE_TR("Sequences looked at"),
                                     .unit = "sequences",
                                     .help = TIMBERLINE_TR("Held-out sequences that a measurement reads; 0 reads all."),
                                     .min = 0,
                                     .max = 1'000'000,
                                     .takes_effect = Effect::NextStep}),
        field(&V::prompts_measured, {.key = "prompts_measured",
                                     .label = TIMBERLINE_TR("Prompts measured"),
                                     .unit = "prompts",
                                     .help = TIMBERLINE_TR("Openings of held-out sequences that the target continues with these heads, "
                                                           "greedily; 0 measures no acceptance."),
                                     .min = 0,
                                     .max = 1000,
                                     .takes_effect = Effect::NextStep}),
        field(&V::acceptance_tokens, {.key = "acceptance_tokens",
                                      .label = TIMBERLINE_TR("Tokens a prompt"),
                                      .unit = "tokens",
                                      .help = TIMBERLINE_TR("Tokens that are written for each measured prompt."),
                                      .min = 1,
                                      .max = 4096,
                                      .takes_effect = Effect::NextStep}),
        field(&V::tree_nodes, {.key = "tree_nodes",
                               .label = TIMBERLINE_TR("Nodes of measured trees"),
                               .unit = "nodes",
                               .help = TIMBERLINE_TR("Most candidates a pass while acceptance is measured."),
                               .min = 1,
                               .max = 128,
                               .takes_effect = Effect::NextStep})};
    return fields;
}

const auto& keeping_fields()
{
    static const std::tuple fields{
        field(&V::out_folder, {.key = "out_folder",
                               .label = TIMBERLINE_TR("Folder of the heads"),
                               .help = TIMBERLINE_TR("Where the trained heads are written; empty writes none."),
                               .takes_effect = Effect::Restart,
                               .type = ParameterType::Path}),
        field(&V::keep, {.key = "keep",
                         .label = TIMBERLINE_TR("Keep"),
                         .help = TIMBERLINE_TR("Which of the measured heads stay in the folder."),
                         .choices = {"best", "last"},
                         .choice_labels = {TIMBERLINE_TR("Those accepted most"), TIMBERLINE_TR("The last ones")},
                         .takes_effect = Effect::Restart}),
        field(&V::half,
              {.key = "half",
               .label = TIMBERLINE_TR("Half precision"),
               .help = TIMBERLINE_TR("Writes the heads as 16-bit numbers: half the size, and they are measured as they are written."),
               .takes_effect = Effect::Restart}),
        field(&V::checkpoint_path,
              {.key = "checkpoint_path",
               .label = TIMBERLINE_TR("Checkpoint file"),
               .help = TIMBERLINE_TR("Where the state of training is saved, as safetensors, with the text beside it; empty "
                                     "saves neither."),
               .takes_effect = Effect::Restart,
               .type = ParameterType::Path}),
        field(&V::checkpoint_every,
              {.key = "checkpoint_every",
               .label = TIMBERLINE_TR("Checkpoint every"),
               .unit = "steps",
               .help = TIMBERLINE_TR("Steps between checkpoints; 0 saves about every ten seconds. One is saved at the end in any case."),
               .min = 0,
               .max = 10'000'000,
               .takes_effect = Effect::NextStep}),
        field(&V::resume_from, {.key = "resume_from",
                                .label = TIMBERLINE_TR("Resume from"),
                                .help = TIMBERLINE_TR("Checkpoint to go on from; empty starts anew."),
                                .takes_effect = Effect::Restart,
                                .type = ParameterType::Path})};
    return fields;
}

/// One table a compiler can digest at a time, read as one struct.
const auto& all_fields()
{
    static const auto fields = std::tuple_cat(text_fields(), loop_fields(), measuring_fields(), keeping_fields());
    return fields;
}

}  // namespace

std::vector<Hyperparameter> heads_declarations()
{
    return declare(all_fields());
}

HeadsValues heads_values(const Values& settings)
{
    return read_values(all_fields(), settings);
}

BenchSpec heads_bench()
{
    return {
        .id = "heads",
        .needs_model = true,
        .roles = {{.name = "head", .family = "draft head", .default_id = "medusa", .label = TIMBERLINE_TR("Draft heads"), .live = false},
                  {.name = "optimizer", .family = "optimizer", .default_id = "adamw", .label = TIMBERLINE_TR("Optimizer"), .live = false},
                  {.name = "schedule", .family = "schedule", .default_id = "warm-up", .label = TIMBERLINE_TR("Schedule")}},
        .settings = heads_declarations()};
}

}  // namespace timberline::run
