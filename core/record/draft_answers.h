// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/record/block.h"

#include <cstdint>
#include <string>
#include <vector>

/// Answers to questions about a Draft run (core/run/draft_questions.cpp), as the window reads them.
namespace timberline::record {

/// The rule in use on small worlds, by enumeration of every draw and every decision (rules/certificate.h).
struct Certificate {
    std::string rule;  ///< id of the acceptance rule, or of a planted wrong one
    struct World {
        std::string kind;                    ///< how the children were drawn: name_of(DrawKind)
        std::vector<std::int32_t> children;  ///< a node on each level
        std::vector<float> target, draft;
        std::vector<double> expected, emitted;  ///< laws of the first one or two tokens
        double total_variation = 0;
        double expected_tokens = 1;  ///< committed a round
        bool exact = false;
        bool promised = true;  ///< false: the rule itself says that it is lossy for this kind
    };
    std::vector<World> worlds;
};

/// First tokens of many rounds of the real method on the real prompt, each with another seed, against the target's law.
struct FirstTokenCheck {
    std::int64_t draws = 0;
    std::vector<std::int32_t> tokens;  ///< that were counted or expected at least once in `draws`, the likeliest first
    std::vector<std::int64_t> counts;
    std::vector<double> law;
    double statistic = 0, p_value = 1, total_variation = 0;
    std::int32_t degrees = 0;
    bool greedy = false;   ///< temperature 0: every draw is the argmax, or the check failed
    bool lossless = true;  ///< what the rule promises for the method's way to draw
};

/// Every layer as a drafter of its own model: what self-speculation of each depth and length would have committed along a text, from one
/// pass over it. Greedy drafting; exact for a text that greedy decoding wrote.
struct LayerAcceptance {
    std::int32_t layers = 0;         ///< of the model; rows are exit layers 1 … layers - 1
    std::int32_t lengths = 0;        ///< columns are draft lengths 1 … lengths
    std::int64_t tokens = 0;         ///< generated tokens that were judged
    std::vector<double> committed;   ///< [layers - 1, lengths] mean committed tokens a pass, the target's own counted
    std::vector<double> acceptance;  ///< [layers - 1, lengths] accepted / drafted
    std::vector<double> cost;        ///< [layers - 1, lengths] layers computed per committed token over the model's layers (1 = plain)
    std::int32_t best_layer = 0, best_length = 0;  ///< least cost

    [[nodiscard]] std::size_t cell(std::int32_t layer, std::int32_t length) const
    {
        return static_cast<std::size_t>(layer - 1) * static_cast<std::size_t>(lengths) + static_cast<std::size_t>(length - 1);
    }
};

[[nodiscard]] Block to_block(const Certificate& certificate);
[[nodiscard]] Block to_block(const FirstTokenCheck& check);
[[nodiscard]] Block to_block(const LayerAcceptance& acceptance);
/// Errors: another kind, missing or inconsistent fields.
[[nodiscard]] Result<Certificate> certificate_from(const Block& block);
[[nodiscard]] Result<FirstTokenCheck> first_token_check_from(const Block& block);
[[nodiscard]] Result<LayerAcceptance> layer_acceptance_from(const Block& block);

}  // namespace timberline::record
