// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <span>
#include <vector>

/// KOALA's losses on plain numbers: for those who ask what they are without libtorch's headers.
namespace timberline::decoding {

struct AdversaryQuestion {
    std::int64_t rows = 0, vocabulary = 0, width = 0;
    std::span<const float> embeddings;     ///< [vocabulary, width]
    std::span<const float> target_logits;  ///< [rows, vocabulary]
    std::span<const float> draft_logits;   ///< [rows, vocabulary]
    std::span<const float> hidden;         ///< [rows, width]
    std::uint64_t seed = 1;                ///< of the discriminator's weights
    double real_label = 1;
    bool undecided = false;  ///< the discriminator's last layer is 0: it says 1/2 of everything
};

struct AdversaryAnswer {
    double discriminator_loss = 0;        ///< L_D
    double fooling_loss = 0;              ///< L_adv
    std::vector<float> fooling_gradient;  ///< of L_adv in the draft's logits, [rows, vocabulary]
    /// Whether any gradient of L_D or L_adv arrived at the target's logits, or of L_D at the draft's.
    bool leaked = false;
    double largest_singular_value = 0;  ///< of the normalised first matrix
};

/// Errors: sizes that do not fit, libtorch's own.
[[nodiscard]] Result<AdversaryAnswer> ask_adversary(const AdversaryQuestion& question);

}  // namespace timberline::decoding
