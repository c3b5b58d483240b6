// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/translate.h"
#include "core/run/config.h"
#include "core/run/config_live.h"

#include <algorithm>

namespace timberline::run {
namespace {

using record::Sampling;

/// The window's spin boxes hold whole numbers as double; above 2^53 they would not be exact. Configs and the command line take all 64 bits.
constexpr double kLargestPanelSeed = 9007199254740992.0;

const auto& fields_of_sampling()
{
    static const auto fields = std::tuple{
        field(&Sampling::temperature, {.key = "temperature",
                                       .label = TIMBERLINE_TR("Temperature"),
                                       .help = TIMBERLINE_TR("Divides the logits; 0 always takes the likeliest token."),
                                       .min = 0,
                                       .max = 100}),
        field(&Sampling::top_k, {.key = "top_k",
                                 .label = TIMBERLINE_TR("Top k"),
                                 .unit = "tokens",
                                 .help = TIMBERLINE_TR("Keeps the k likeliest tokens; 0 keeps all."),
                                 .min = 0,
                                 .max = 1000000}),
        field(&Sampling::top_p, {.key = "top_p",
                                 .label = TIMBERLINE_TR("Top p"),
                                 .help = TIMBERLINE_TR("Keeps the smallest set of tokens whose probability reaches p; 1 keeps all."),
                                 .min = 1e-6,
                                 .max = 1}),
        field(&Sampling::min_p, {.key = "min_p",
                                 .label = TIMBERLINE_TR("Min p"),
                                 .help = TIMBERLINE_TR("Drops tokens less likely than this share of the likeliest one; 0 keeps all."),
                                 .min = 0,
                                 .max = 1}),
        field(&Sampling::typical_p,
              {.key = "typical_p",
               .label = TIMBERLINE_TR("Typical p"),
               .help = TIMBERLINE_TR("Keeps tokens whose surprise is close to the entropy, up to this probability; 1 keeps all."),
               .min = 1e-6,
               .max = 1}),
        field(&Sampling::repetition_penalty, {.key = "repetition_penalty",
                                              .label = TIMBERLINE_TR("Repetition penalty"),
                                              .help = TIMBERLINE_TR("Makes tokens that already occur less likely; 1 is off."),
                                              .min = 0.01,
                                              .max = 100}),
        field(&Sampling::presence_penalty,
              {.key = "presence_penalty",
               .label = TIMBERLINE_TR("Presence penalty"),
               .help = TIMBERLINE_TR("Subtracted once from the logit of every token that already occurs; 0 is off."),
               .min = -100,
               .max = 100}),
        field(&Sampling::frequency_penalty,
              {.key = "frequency_penalty",
               .label = TIMBERLINE_TR("Frequency penalty"),
               .help = TIMBERLINE_TR("Subtracted from a token's logit once for each time it occurs; 0 is off."),
               .min = -100,
               .max = 100}),
        field(&Sampling::no_repeat_ngram, {.key = "no_repeat_ngram",
                                           .label = TIMBERLINE_TR("No repeated n-gram"),
                                           .unit = "tokens",
                                           .help = TIMBERLINE_TR("Forbids tokens that would complete an n-gram a second time; 0 is off."),
                                           .min = 0,
                                           .max = 1024}),
        field(&Sampling::penalty_last_n,
              {.key = "penalty_last_n",
               .label = TIMBERLINE_TR("Penalty window"),
               .unit = "tokens",
               .help = TIMBERLINE_TR("How many tokens the penalties look back; 0 takes the order's own default."),
               .min = 0,
               .max = 1000000}),
        field(&Sampling::order, {.key = "order",
                                 .label = TIMBERLINE_TR("Order of transforms"),
                                 .help = TIMBERLINE_TR("hf, llamacpp, or a comma-separated list of transform ids.")}),
    };
    return fields;
}

Hyperparameter declared(std::string key, std::string label, std::string help, ParameterType type, ParameterValue value)
{
    Hyperparameter out;
    out.key = std::move(key);
    out.label = std::move(label);
    out.help = std::move(help);
    out.type = type;
    out.default_value = std::move(value);
    out.effect = Effect::Restart;
    return out;
}

}  // namespace

std::vector<Hyperparameter> sampling_fields()
{
    return declare(fields_of_sampling());
}

Values values_of(const Sampling& sampling)
{
    Values out;
    std::apply([&](const auto&... f) { (out.insert_or_assign(std::string(f.text.key), ParameterValue(sampling.*(f.member))), ...); },
               fields_of_sampling());
    return out;
}

Sampling sampling_of(const Values& values)
{
    return read_values(fields_of_sampling(), values);
}

const Hyperparameter* find_declaration(const std::vector<Hyperparameter>& declarations, std::string_view key)
{
    const auto it = std::ranges::find(declarations, key, &Hyperparameter::key);
    return it == declarations.end() ? nullptr : &*it;
}

std::vector<Hyperparameter> sampling_declarations()
{
    auto out = sampling_fields();
    for (auto& declaration : out) {
        declaration.key = "sampling." + declaration.key;
    }
    return out;
}

std::vector<Hyperparameter> run_declarations()
{
    const Config defaults;
    std::vector<Hyperparameter> out;

    auto length = declared("max_new_tokens", TIMBERLINE_TR("New tokens"), TIMBERLINE_TR("The run stops after this many new tokens."),
                           ParameterType::Int, defaults.max_new_tokens);
    length.unit = "tokens";
    length.minimum = 1;
    length.maximum = 1000000;
    out.push_back(std::move(length));

    auto seed = declared("seed", TIMBERLINE_TR("Seed"), TIMBERLINE_TR("Names the random numbers; the same seed gives the same run."),
                         ParameterType::Int, static_cast<std::int64_t>(defaults.seed));
    seed.maximum = kLargestPanelSeed;
    out.push_back(std::move(seed));

    out.push_back(declared("ignore_eos", TIMBERLINE_TR("Ignore end tokens"), TIMBERLINE_TR("Goes on after the model's end token."),
                           ParameterType::Bool, defaults.ignore_eos));

    auto threads = declared("threads", TIMBERLINE_TR("Threads"), TIMBERLINE_TR("Compute threads; 0 takes all of the machine, at most 8."),
                            ParameterType::Int, defaults.threads);
    threads.unit = "threads";
    threads.maximum = 256;
    out.push_back(std::move(threads));

    auto device =
        declared("device", TIMBERLINE_TR("Device"), TIMBERLINE_TR("Where the model computes; auto takes the GPU where there is one."),
                 ParameterType::Choice, defaults.device);
    device.choices = {"auto", "cpu", "cuda"};
    device.choice_labels = {TIMBERLINE_TR("Automatic"), TIMBERLINE_TR("Processor"), TIMBERLINE_TR("GPU (CUDA)")};
    out.push_back(std::move(device));

    auto laws = declared("record.laws", TIMBERLINE_TR("Recorded distributions"),
                         TIMBERLINE_TR("How much of each distribution the record keeps; auto keeps all of it up to 8,192 tokens."),
                         ParameterType::Choice, defaults.record.laws);
    laws.choices = {"auto", "full", "top", "none"};
    laws.choice_labels = {TIMBERLINE_TR("Automatic"), TIMBERLINE_TR("All tokens"), TIMBERLINE_TR("Likeliest tokens"),
                          TIMBERLINE_TR("None")};
    out.push_back(std::move(laws));

    auto top = declared("record.top", TIMBERLINE_TR("Recorded tokens"),
                        TIMBERLINE_TR("How many of the likeliest tokens a compact record keeps."), ParameterType::Int, defaults.record.top);
    top.unit = "tokens";
    top.minimum = 1;
    top.maximum = 4096;
    out.push_back(std::move(top));
    return out;
}

}  // namespace timberline::run
