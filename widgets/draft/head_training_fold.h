// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/head_curve.h"
#include "core/record/record.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace timberline::widgets {

/// The training of draft heads as far as a growing record tells it: events are added once, in order. Blocks that do not read well are
/// counted and skipped.
class HeadTrainingFold
{
public:
    struct Change {
        std::int32_t step = 0;  ///< in force from this step on
        std::string key, from, to;
    };

    void add(const record::Event& event);

    [[nodiscard]] const std::optional<record::HeadSetup>& setup() const { return m_setup; }
    /// Ascending by step number.
    [[nodiscard]] const std::vector<record::HeadTrainingStep>& steps() const { return m_steps; }
    /// Both ascending by the number of steps done; of the same measurement, so that the k-th of one belongs to the k-th of the other.
    [[nodiscard]] const std::vector<record::HeadLook>& looks() const { return m_looks; }
    [[nodiscard]] const std::vector<record::HeadAcceptance>& acceptances() const { return m_acceptances; }
    [[nodiscard]] const std::vector<Change>& changes() const { return m_changes; }
    [[nodiscard]] int refused() const { return m_refused; }

    /// The acceptance whose heads are in the folder now (the last one kept, or without a folder the best one); null when none was measured.
    [[nodiscard]] const record::HeadAcceptance* best() const;
    /// True once a prompt was measured: acceptances without prompts hold no number.
    [[nodiscard]] bool measured() const;
    /// Planned steps, as changed while training went on.
    [[nodiscard]] std::int64_t planned() const { return m_planned; }

private:
    std::optional<record::HeadSetup> m_setup;
    std::vector<record::HeadTrainingStep> m_steps;
    std::vector<record::HeadLook> m_looks;
    std::vector<record::HeadAcceptance> m_acceptances;
    std::vector<Change> m_changes;
    std::int64_t m_planned = 0;
    int m_refused = 0;
};

}  // namespace timberline::widgets
