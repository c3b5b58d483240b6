// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>

namespace timberline::rules {

/// Which of two models writes the next token, by the rolling entropy of what
/// the active one predicts (Entropy Adaptive Decoding, arXiv 2502.06833;
/// methods/decoding.md 2.5). Deterministic; one object a text.
class EntropySwitch
{
public:
    struct Settings {
        double threshold = 1.0;      ///< bits, mean entropy from which the large model writes
        std::int64_t window = 5;     ///< tokens of the mean, at least 1
        std::int64_t shortest = 10;  ///< tokens that a model writes at least before
                                     ///< the other may take over, at least 1
        double hysteresis = 0;       ///< bits: to the large model at threshold + this,
                                     ///< back below threshold - this
        bool start_large = false;
    };

    explicit EntropySwitch(const Settings& settings) : settings_(settings), large_(settings.start_large) {}

    /// Takes effect with the next token; the window keeps its latest values.
    void set(const Settings& settings);

    /// Who writes the next token.
    [[nodiscard]] bool large() const noexcept { return large_; }
    /// Mean of the entropies in the window, bits; 0 before the first token.
    [[nodiscard]] double mean() const noexcept;
    /// Tokens that the active model has written since it took over.
    [[nodiscard]] std::int64_t since_switch() const noexcept { return since_switch_; }

    /// A token was written. @param entropy_bits of softmax(raw logits) it was
    /// drawn from. The window stays filled across a switch; a mean that equals
    /// the threshold asks for the large model.
    void wrote(double entropy_bits);

private:
    Settings settings_;
    std::deque<double> recent_;
    bool large_;
    std::int64_t since_switch_ = 0;
};

}  // namespace timberline::rules
