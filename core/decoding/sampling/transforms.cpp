// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/method.h"
#include "core/base/translate.h"

#include <any>
#include <string>

/// The declarations of the sampling transforms. Their arithmetic is rules::apply_sampling; the values travel in record::Sampling, so they
/// have no factory of their own. Keys equal the members of record::Sampling.
namespace timberline::decoding {

namespace {

MethodRegistry::Entry transform(const std::string& id, const std::string& title, const std::string& summary, std::vector<Source> sources,
                                Hyperparameter value, const std::string& example_value)
{
    MethodInfo info;
    info.id = id;
    info.family = "sampling transform";
    info.title = title;
    info.summary = summary;
    info.sources = std::move(sources);
    info.lossless = Lossless::Yes;  // target and draft law are both defined after the pipeline, so verification stays exact
    info.example =
        R"({"timberline": 1, "bench": "draft", "model": "bundled:tale", "prompt": "Once upon a time", "max_new_tokens": 16, "sampling": {)";
    if (value.key != "temperature") {
        info.example += R"("temperature": 1, )";
    }
    info.example += '"' + value.key + "\": " + example_value + R"(}, "method": {"drafter": {"id": "plain"}}})";
    value.effect = Effect::NextRound;
    info.hyperparameters = {std::move(value)};
    return {std::move(info), std::any{}};
}

Hyperparameter real(std::string key, std::string label, std::string help, double standard, double minimum, double maximum)
{
    return {.key = std::move(key),
            .label = std::move(label),
            .unit = "",
            .help = std::move(help),
            .type = ParameterType::Real,
            .default_value = standard,
            .minimum = minimum,
            .maximum = maximum,
            .choices = {},
            .choice_labels = {}};
}

Hyperparameter count(std::string key, std::string label, std::string help, double maximum)
{
    return {.key = std::move(key),
            .label = std::move(label),
            .unit = "tokens",
            .help = std::move(help),
            .type = ParameterType::Int,
            .default_value = std::int64_t{0},
            .minimum = 0,
            .maximum = maximum,
            .choices = {},
            .choice_labels = {}};
}

}  // namespace

MethodRegistry::Entry repetition_penalty_transform()
{
    return transform(
        "repetition-penalty", TIMBERLINE_TR("Repetition penalty"),
        TIMBERLINE_TR(
            "Divides positive and multiplies negative logits of tokens that occurred before, so that repeating becomes less likely."),
        {{.title = "CTRL: A Conditional Transformer Language Model for Controllable Generation",
          .authors = "Nitish Shirish Keskar et al.",
          .year = 2019,
          .arxiv = "1909.05858"}},
        real("repetition_penalty", TIMBERLINE_TR("Repetition penalty"),
             TIMBERLINE_TR("1 is off; above 1 repeats less, below 1 repeats more."), 1, 0.01, 10),
        "1.3");
}

MethodRegistry::Entry presence_penalty_transform()
{
    return transform("presence-penalty", TIMBERLINE_TR("Presence penalty"),
                     TIMBERLINE_TR("Subtracts a constant from the logit of every token that occurred before."), {},
                     real("presence_penalty", TIMBERLINE_TR("Presence penalty"),
                          TIMBERLINE_TR("0 is off; subtracted once from each token seen before."), 0, -10, 10),
                     "0.5");
}

MethodRegistry::Entry frequency_penalty_transform()
{
    return transform("frequency-penalty", TIMBERLINE_TR("Frequency penalty"),
                     TIMBERLINE_TR("Subtracts from a token's logit in proportion to how often it occurred before."), {},
                     real("frequency_penalty", TIMBERLINE_TR("Frequency penalty"),
                          TIMBERLINE_TR("0 is off; subtracted once for every earlier occurrence."), 0, -10, 10),
                     "0.5");
}

MethodRegistry::Entry no_repeat_ngram_transform()
{
    return transform("no-repeat-ngram", TIMBERLINE_TR("No repeated n-grams"),
                     TIMBERLINE_TR("Forbids every token that would complete an n-gram the text already holds."),
                     {{.title = "A Deep Reinforced Model for Abstractive Summarization",
                       .authors = "Romain Paulus, Caiming Xiong, Richard Socher",
                       .year = 2017,
                       .arxiv = "1705.04304"}},
                     count("no_repeat_ngram", TIMBERLINE_TR("N-gram length"),
                           TIMBERLINE_TR("0 is off; 3 means that no three tokens occur twice in the same order."), 64),
                     "3");
}

MethodRegistry::Entry temperature_transform()
{
    return transform(
        "temperature", TIMBERLINE_TR("Temperature"),
        TIMBERLINE_TR("Divides the logits: below 1 sharpens the law, above 1 flattens it. 0 always takes the likeliest token (greedy)."),
        {{.title = "Distilling the Knowledge in a Neural Network",
          .authors = "Geoffrey Hinton, Oriol Vinyals, Jeff Dean",
          .year = 2015,
          .arxiv = "1503.02531"}},
        real("temperature", TIMBERLINE_TR("Temperature"), TIMBERLINE_TR("0 is greedy decoding, 1 the model's own law."), 0, 0, 100), "0.8");
}

MethodRegistry::Entry top_k_transform()
{
    return transform("top-k", TIMBERLINE_TR("Top-k"), TIMBERLINE_TR("Keeps the k likeliest tokens; those tied with the last one stay too."),
                     {{.title = "Hierarchical Neural Story Generation",
                       .authors = "Angela Fan, Mike Lewis, Yann Dauphin",
                       .year = 2018,
                       .arxiv = "1805.04833"}},
                     count("top_k", TIMBERLINE_TR("Top-k"), TIMBERLINE_TR("0 is off; the number of tokens that may be drawn."), 1e6), "40");
}

MethodRegistry::Entry top_p_transform()
{
    return transform("top-p", TIMBERLINE_TR("Top-p (nucleus)"),
                     TIMBERLINE_TR("Keeps the smallest set of likeliest tokens whose probabilities reach p together."),
                     {{.title = "The Curious Case of Neural Text Degeneration",
                       .authors = "Ari Holtzman, Jan Buys, Li Du, Maxwell Forbes, Yejin Choi",
                       .year = 2019,
                       .arxiv = "1904.09751"}},
                     real("top_p", TIMBERLINE_TR("Top-p"), TIMBERLINE_TR("1 is off; the probability mass that is kept."), 1, 1e-6, 1),
                     "0.9");
}

MethodRegistry::Entry min_p_transform()
{
    return transform(
        "min-p", TIMBERLINE_TR("Min-p"),
        TIMBERLINE_TR("Keeps the tokens that have at least this share of the likeliest token's probability."),
        {{.title = "Turning Up the Heat: Min-p Sampling for Creative and Coherent LLM Outputs",
          .authors = "Minh Nhat Nguyen et al.",
          .year = 2024,
          .arxiv = "2407.01082"}},
        real("min_p", TIMBERLINE_TR("Min-p"), TIMBERLINE_TR("0 is off; the smallest share of the largest probability."), 0, 0, 1), "0.05");
}

MethodRegistry::Entry typical_p_transform()
{
    return transform(
        "typical-p", TIMBERLINE_TR("Typical-p"),
        TIMBERLINE_TR("Keeps the tokens whose surprise is closest to the law's entropy, until their probabilities reach p together."),
        {{.title = "Locally Typical Sampling",
          .authors = "Clara Meister, Tiago Pimentel, Gian Wiher, Ryan Cotterell",
          .year = 2022,
          .arxiv = "2202.00666"}},
        real("typical_p", TIMBERLINE_TR("Typical-p"), TIMBERLINE_TR("1 is off; the probability mass that is kept."), 1, 1e-6, 1), "0.9");
}

}  // namespace timberline::decoding
