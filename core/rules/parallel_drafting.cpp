// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rules/parallel_drafting.h"

#include <cmath>

namespace timberline::rules {

ParallelDrafting::Step ParallelDrafting::next() const noexcept
{
    if (post_) {
        return {.mode = Mode::PostVerify, .draft_first = false, .draft_beside = settings_.post_verify};
    }
    if (settings_.pre_verify) {
        return {.mode = Mode::PreVerify, .draft_first = false, .draft_beside = true};
    }
    return {.mode = Mode::PostVerify, .draft_first = true, .draft_beside = settings_.post_verify};
}

std::int32_t ParallelDrafting::settle(const Step& /*step*/, std::int32_t waited, std::int32_t drafted, std::int32_t passed)
{
    const bool all = passed >= tests(waited, drafted);
    if (all && drafted > 0) {
        waiting_ = drafted - 1;
        post_ = true;
        return passed;
    }
    waiting_ = 0;
    post_ = false;
    return passed + 1;
}

double parallel_tokens_per_step(double acceptance, std::int32_t length)
{
    if (acceptance >= 1) {
        return length;
    }
    const double power = std::pow(acceptance, length);
    return (1 - power) / ((1 - acceptance) * (1 + acceptance - power));
}

}  // namespace timberline::rules
