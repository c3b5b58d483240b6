// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/landscape/training_fold.h"

#include <algorithm>
#include <limits>

namespace timberline::widgets {

void TrainingFold::add(const record::Event& event)
{
    if (const auto* change = std::get_if<record::ParameterChanged>(&event.payload)) {
        m_changes.push_back({change->round, change->key, change->old_value, change->new_value});
        return;
    }
    const auto* block = std::get_if<record::Block>(&event.payload);
    if (block == nullptr) {
        return;
    }
    if (block->kind == record::kTrainingSteps) {
        const auto read = record::training_steps_from(*block);
        if (!read.ok()) {
            ++m_refused;
            return;
        }
        std::int32_t moment = read->first_moment;
        for (const auto& step : read->steps) {
            // Moments ascend, whatever a damaged record says: views search them.
            if (m_moments.empty() || moment > m_moments.back()) {
                m_steps.push_back(step);
                m_moments.push_back(moment);
            }
            ++moment;
        }
    } else if (block->kind == record::kTrainingValidation) {
        auto read = record::training_validation_from(*block);
        if (read.ok()) {
            m_validations.push_back(std::move(read).value());
        } else {
            ++m_refused;
        }
    } else if (block->kind == record::kTrainingSetup) {
        auto read = record::training_setup_from(*block);
        if (read.ok()) {
            m_setup = std::move(read).value();
        } else {
            ++m_refused;
        }
    }
}

std::size_t TrainingFold::stepsBefore(std::int32_t moment) const
{
    return static_cast<std::size_t>(std::ranges::lower_bound(m_moments, moment) - m_moments.begin());
}

double TrainingFold::learningRate(std::size_t count) const
{
    count = std::min(count, m_steps.size());
    return count == 0 ? std::numeric_limits<double>::quiet_NaN() : static_cast<double>(m_steps[count - 1].learning_rate);
}

}  // namespace timberline::widgets
