// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/loss.h"

#include <cassert>
#include <limits>

namespace timberline::training {

double mean_loss(std::span<const double> per_sample, std::span<const std::int32_t> labels)
{
    assert(labels.empty() || labels.size() == per_sample.size());
    double sum = 0;
    std::size_t counted = 0;
    for (std::size_t i = 0; i < per_sample.size(); ++i) {
        if (labels.empty() || labels[i] != kIgnoredLabel) {
            sum += per_sample[i];
            ++counted;
        }
    }
    return counted > 0 ? sum / static_cast<double>(counted) : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace timberline::training
