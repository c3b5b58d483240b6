// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/translate.h"
#include "core/run/bench_exits_settings.h"
#include "core/run/bench_spec.h"

#include <tuple>

namespace timberline::run {

namespace {

const auto& decoding_fields()
{
    static const std::tuple fields{
        field(&ExitsSettings::subject,
              {.key = "subject",
               .label = TIMBERLINE_TR("Subject"),
               .help = TIMBERLINE_TR(
                   "Whose layers are read: a language model while it writes, or a small network with an exit after each block."),
               .choices = {"language-model", "trained-net"},
               .choice_labels = {TIMBERLINE_TR("Language model"), TIMBERLINE_TR("Small network")},
               .takes_effect = Effect::Restart}),
        field(&ExitsSettings::net, {.key = "net",
                                    .label = TIMBERLINE_TR("Checkpoint"),
                                    .help = TIMBERLINE_TR("Small network: a checkpoint that the training bench wrote, of a network with "
                                                          "exits. Empty trains a small one on two moons."),
                                    .takes_effect = Effect::Restart,
                                    .type = ParameterType::Path}),
        field(&ExitsSettings::decode, {.key = "decode",
                                       .label = TIMBERLINE_TR("Decoding"),
                                       .help = TIMBERLINE_TR("Early exit lets tokens leave under the policy; full runs every layer and "
                                                             "only reads them, so that the policy can be tried afterwards."),
                                       .choices = {"early-exit", "full"},
                                       .choice_labels = {TIMBERLINE_TR("Early exit"), TIMBERLINE_TR("Full depth")},
                                       .takes_effect = Effect::Restart}),
        field(&ExitsSettings::kv_mode, {.key = "kv_mode",
                                        .label = TIMBERLINE_TR("Keys and values of skipped layers"),
                                        .help = TIMBERLINE_TR("What later tokens find where a token skipped a layer: projections of its "
                                                              "last hidden state, a copy of its exit's, the exact ones "
                                                              "once somebody needs them, nothing, or the exact ones at full cost."),
                                        .choices = {"propagate", "copy", "defer", "mask", "oracle"},
                                        .choice_labels = {TIMBERLINE_TR("Propagate"), TIMBERLINE_TR("Copy"), TIMBERLINE_TR("Defer (exact)"),
                                                          TIMBERLINE_TR("Mask"), TIMBERLINE_TR("Oracle (exact)")},
                                        .takes_effect = Effect::Restart}),
        field(&ExitsSettings::earliest, {.key = "earliest",
                                         .label = TIMBERLINE_TR("Earliest exit"),
                                         .unit = "layers",
                                         .help = TIMBERLINE_TR("No token leaves before this layer."),
                                         .min = 1,
                                         .max = 256,
                                         .takes_effect = Effect::NextStep}),
        field(&ExitsSettings::every, {.key = "every",
                                      .label = TIMBERLINE_TR("Exit every"),
                                      .unit = "layers",
                                      .help = TIMBERLINE_TR("Exits stand this many layers apart, counted down from the last one."),
                                      .min = 1,
                                      .max = 64,
                                      .takes_effect = Effect::NextStep}),
        field(&ExitsSettings::exit_in_prompt, {.key = "exit_in_prompt",
                                               .label = TIMBERLINE_TR("Exits in the prompt"),
                                               .help = TIMBERLINE_TR("Lets the prompt's tokens leave early too."),
                                               .takes_effect = Effect::Restart}),
        field(
            &ExitsSettings::shadow,
            {.key = "shadow",
             .label = TIMBERLINE_TR("Shadow pass"),
             .help = TIMBERLINE_TR("Reads the layers above an exit beside the text, for the map only; neither timed nor counted as cost."),
             .takes_effect = Effect::Restart}),
        field(&ExitsSettings::samples,
              {.key = "samples",
               .label = TIMBERLINE_TR("Samples"),
               .unit = "samples",
               .help = TIMBERLINE_TR("Small network: how many samples are read, validation samples where there are some."),
               .min = 1,
               .max = 100000,
               .takes_effect = Effect::Restart}),
        field(&ExitsSettings::candidates, {.key = "candidates",
                                           .label = TIMBERLINE_TR("Candidates kept"),
                                           .unit = "tokens",
                                           .help = TIMBERLINE_TR("How many likeliest tokens of every layer the record keeps."),
                                           .min = 1,
                                           .max = 64,
                                           .takes_effect = Effect::Restart}),
        field(&ExitsSettings::measure_full,
              {.key = "measure_full",
               .label = TIMBERLINE_TR("Time full depth"),
               .help = TIMBERLINE_TR("Runs the same tokens through every layer after the run, to measure what the exits save."),
               .takes_effect = Effect::Restart})};
    return fields;
}

const auto& lens_fields()
{
    static const std::tuple fields{
        field(&ExitsSettings::lens,
              {.key = "lens",
               .label = TIMBERLINE_TR("Lens"),
               .help = TIMBERLINE_TR(
                   "How a layer is read: through the model's own last norm and head, or after a trained translator of that layer."),
               .choices = {"logit", "tuned"},
               .choice_labels = {TIMBERLINE_TR("Logit lens"), TIMBERLINE_TR("Tuned lens")},
               .takes_effect = Effect::Restart}),
        field(&ExitsSettings::lens_path,
              {.key = "lens_path",
               .label = TIMBERLINE_TR("Lens file"),
               .help = TIMBERLINE_TR("Translators of the tuned lens, a safetensors file: read, or written when the lens is trained."),
               .takes_effect = Effect::Restart,
               .type = ParameterType::Path}),
        field(&ExitsSettings::train_lens, {.key = "train_lens",
                                           .label = TIMBERLINE_TR("Train the lens"),
                                           .help = TIMBERLINE_TR("Trains the translators before the run and writes them to the lens file."),
                                           .takes_effect = Effect::Restart}),
        field(&ExitsSettings::lens_text,
              {.key = "lens_text",
               .label = TIMBERLINE_TR("Training text"),
               .help = TIMBERLINE_TR("Text file to train the lens on; empty takes text that the model itself writes at temperature 1."),
               .takes_effect = Effect::Restart,
               .type = ParameterType::Path}),
        field(&ExitsSettings::lens_tokens, {.key = "lens_tokens",
                                            .label = TIMBERLINE_TR("Training tokens"),
                                            .unit = "tokens",
                                            .help = TIMBERLINE_TR("How many tokens of the text the lens is trained on."),
                                            .min = 64,
                                            .max = 1000000,
                                            .scale = Scale::Logarithmic,
                                            .takes_effect = Effect::Restart}),
        field(&ExitsSettings::lens_steps,
              {.key = "lens_steps",
               .label = TIMBERLINE_TR("Training steps"),
               .unit = "steps",
               .help = TIMBERLINE_TR(
                   "Steps of AdamW on the divergence from the last layer's law; 0 keeps the start. The published recipe takes "
                   "250 steps of SGD with Nesterov momentum; the least-squares start needs fewer."),
               .min = 0,
               .max = 100000,
               .takes_effect = Effect::Restart}),
        field(&ExitsSettings::lens_batch,
              {.key = "lens_batch",
               .label = TIMBERLINE_TR("Tokens a step"),
               .unit = "tokens",
               .help = TIMBERLINE_TR("Tokens that one training step looks at; the published recipe takes 262,144."),
               .min = 1,
               .max = 65536,
               .scale = Scale::Logarithmic,
               .takes_effect = Effect::Restart}),
        field(&ExitsSettings::lens_rate, {.key = "lens_rate",
                                          .label = TIMBERLINE_TR("Training rate"),
                                          .help = TIMBERLINE_TR("Learning rate of AdamW; it falls linearly to 0."),
                                          .min = 1e-6,
                                          .max = 1,
                                          .scale = Scale::Logarithmic,
                                          .takes_effect = Effect::Restart}),
        field(&ExitsSettings::lens_warm_start,
              {.key = "lens_warm_start",
               .label = TIMBERLINE_TR("Start at least squares"),
               .help = TIMBERLINE_TR("Starts at the affine map that carries a layer's hidden states "
                                     "closest to the last layer's, instead of at the logit lens, where the published recipe "
                                     "starts."),
               .takes_effect = Effect::Restart})};
    return fields;
}

const auto& exits_fields()
{
    static const auto fields = std::tuple_cat(decoding_fields(), lens_fields());
    return fields;
}

}  // namespace

ExitsSettings exits_settings(const Values& values)
{
    return read_values(exits_fields(), values);
}

BenchSpec exits_bench()
{
    BenchSpec spec;
    spec.id = "exits";
    spec.roles = {{.name = "policy", .family = "exit policy", .default_id = "confidence", .label = TIMBERLINE_TR("Exit policy")}};
    spec.settings = declare(exits_fields());
    return spec;
}

}  // namespace timberline::run
