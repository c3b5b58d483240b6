// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/rules/verification.h"

#include <cstddef>
#include <vector>

namespace timberline::rules {

/// Visits every outcome of a piece of code that draws its chance from here, with the exact probability of each: the code is run again and
/// again, each time with the next sequence of choices in depth-first order. One thread; the code must do the same on the same choices.
class BranchingDecisions final : public DecisionSource
{
public:
    bool accept(std::int32_t node, double ratio, float& draw) override;
    TokenId emit(std::int32_t node, std::span<const double> law) override;
    /// Draws an index with probability proportional to the weights, of which one at least is positive.
    std::size_t choose(std::span<const double> weights);

    /// Calls visit(*this) once for each outcome; inside, weight() is the outcome's probability so far.
    template <typename Visit>
    static void enumerate(Visit visit)
    {
        BranchingDecisions decisions;
        do {
            decisions.cursor_ = 0;
            decisions.weight_ = 1;
            visit(decisions);
        } while (decisions.advance());
    }
    [[nodiscard]] double weight() const noexcept { return weight_; }

private:
    struct Step {
        std::size_t option;
        std::vector<double> weights;
    };
    /// Goes to the next outcome; false after the last.
    bool advance();

    std::vector<Step> steps_;
    std::size_t cursor_ = 0;
    double weight_ = 1;
};

}  // namespace timberline::rules
