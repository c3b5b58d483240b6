// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/record.h"
#include "core/record/training_curve.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace timberline::widgets {

/// Training as far as a growing record tells it: events are added once, in order. Blocks that do not read well are counted and skipped.
class TrainingFold
{
public:
    struct Change {
        std::int32_t moment = 0;  ///< in force from this step on
        std::string key, from, to;
    };

    void add(const record::Event& event);

    [[nodiscard]] const std::optional<record::TrainingSetup>& setup() const { return m_setup; }
    /// In order of appearance; moments()[k] is the moment of steps()[k], ascending.
    [[nodiscard]] const std::vector<record::TrainingStep>& steps() const { return m_steps; }
    [[nodiscard]] const std::vector<std::int32_t>& moments() const { return m_moments; }
    [[nodiscard]] const std::vector<record::TrainingValidation>& validations() const { return m_validations; }
    [[nodiscard]] const std::vector<Change>& changes() const { return m_changes; }
    [[nodiscard]] int refused() const { return m_refused; }

    /// Number of steps() before a moment.
    [[nodiscard]] std::size_t stepsBefore(std::int32_t moment) const;
    /// Learning rate of the last of the first `count` steps; NaN before the first.
    [[nodiscard]] double learningRate(std::size_t count) const;

private:
    std::optional<record::TrainingSetup> m_setup;
    std::vector<record::TrainingStep> m_steps;
    std::vector<std::int32_t> m_moments;
    std::vector<record::TrainingValidation> m_validations;
    std::vector<Change> m_changes;
    int m_refused = 0;
};

}  // namespace timberline::widgets
