// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/translate.h"
#include "core/run/bench_attention_settings.h"
#include "core/run/bench_spec.h"

namespace timberline::run {

namespace {

const auto& attention_fields()
{
    static const std::tuple fields{
        field(&AttentionSettings::edits, {.key = "edits",
                                          .label = TIMBERLINE_TR("Edits of heads"),
                                          .help = TIMBERLINE_TR("What is changed, in order: \"ablate 3.2; scale 1.0 0.5; temperature 0.* "
                                                                "2; swap 2-4.1 lssar\". A place is LAYER.HEAD, each a "
                                                                "number, a range or *."),
                                          .takes_effect = Effect::NextStep}),
        field(&AttentionSettings::generate, {.key = "generate",
                                             .label = TIMBERLINE_TR("Generate"),
                                             .help = TIMBERLINE_TR("Goes on after the prompt, a row a token; off reads the prompt only."),
                                             .takes_effect = Effect::Restart}),
        field(&AttentionSettings::sink_tokens, {.key = "sink_tokens",
                                                .label = TIMBERLINE_TR("Sink tokens"),
                                                .unit = "tokens",
                                                .help = TIMBERLINE_TR("How many of the first tokens count as the attention sink."),
                                                .min = 1,
                                                .max = 8,
                                                .takes_effect = Effect::Restart}),
        field(&AttentionSettings::local_window,
              {.key = "local_window",
               .label = TIMBERLINE_TR("Local window"),
               .unit = "tokens",
               .help = TIMBERLINE_TR("Weight on this many last tokens, the query's own included, counts as local."),
               .min = 1,
               .max = 256,
               .takes_effect = Effect::Restart}),
        field(&AttentionSettings::keep_maps, {.key = "keep_maps",
                                              .label = TIMBERLINE_TR("Keep maps up to"),
                                              .unit = "tokens",
                                              .help = TIMBERLINE_TR("Texts up to this length keep the map of every head in the record, so "
                                                                    "that it can be shown without the model; 0 keeps none."),
                                              .min = 0,
                                              .max = 256,
                                              .takes_effect = Effect::Restart}),
        field(&AttentionSettings::compare_tokens,
              {.key = "compare_tokens",
               .label = TIMBERLINE_TR("Compare up to"),
               .unit = "tokens",
               .help = TIMBERLINE_TR("Edited heads are compared with the original, row by row, over at most this many first tokens; 0 "
                                     "compares only the laws of the next "
                                     "token."),
               .min = 0,
               .max = 512,
               .takes_effect = Effect::Restart})};
    return fields;
}

}  // namespace

AttentionSettings attention_settings(const Values& values)
{
    return read_values(attention_fields(), values);
}

BenchSpec attention_bench()
{
    BenchSpec spec;
    spec.id = "attention";
    spec.roles = {{.name = "variant", .family = "attention variant", .default_id = "softmax", .label = TIMBERLINE_TR("Attention")}};
    spec.settings = declare(attention_fields());
    return spec;
}

}  // namespace timberline::run
