// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rules/entropy_switch.h"

#include <algorithm>
#include <numeric>

namespace timberline::rules {

void EntropySwitch::set(const Settings& settings)
{
    settings_ = settings;
    while (recent_.size() > static_cast<std::size_t>(std::max<std::int64_t>(settings_.window, 1))) {
        recent_.pop_front();
    }
}

double EntropySwitch::mean() const noexcept
{
    return recent_.empty() ? 0.0 : std::accumulate(recent_.begin(), recent_.end(), 0.0) / static_cast<double>(recent_.size());
}

void EntropySwitch::wrote(double entropy_bits)
{
    recent_.push_back(entropy_bits);
    set(settings_);
    ++since_switch_;
    const double band = large_ ? -settings_.hysteresis : settings_.hysteresis;
    const bool wanted = mean() >= settings_.threshold + band;
    if (wanted != large_ && since_switch_ >= settings_.shortest) {
        large_ = wanted;
        since_switch_ = 0;
    }
}

}  // namespace timberline::rules
