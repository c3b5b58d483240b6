// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/engine.h"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <vector>

namespace timberline::app {

/// Pause, step, speed and live changes of one run: the GUI thread turns the knobs, the worker asks between rounds. Thread-safe.
class RunGate final : public run::RunControl
{
public:
    /// @param first_pause round before which the run stops by itself (forks stop where they part), -1 = runs on
    explicit RunGate(int first_pause = -1) : m_pause_at(first_pause) {}

    void pause();
    void resume();
    /// Lets exactly one more round begin, then pauses.
    void step();
    /// @param rounds_per_second 0 = as fast as it goes
    void set_rate(double rounds_per_second);
    void push_change(run::ConfigEvent change);
    /// True while the worker stands still because of pause or step.
    [[nodiscard]] bool waiting() const;
    /// What the worker does again and again while the run is paused; called on its thread. Set before the run and cleared after it, there.
    void set_idle(std::function<void()> idle) { m_idle = std::move(idle); }

    [[nodiscard]] std::vector<run::ConfigEvent> take_changes(std::int32_t round) override;
    void wait_for_turn(std::int32_t round, const CancelToken& cancel, const std::function<void()>& before_waiting) override;

private:
    std::function<void()> m_idle;  ///< the worker's own
    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_paused = false;
    int m_steps = 0;
    int m_pause_at = -1;
    bool m_waiting = false;
    double m_rate = 0;
    std::chrono::steady_clock::time_point m_last_round{};
    std::vector<run::ConfigEvent> m_changes;
};

}  // namespace timberline::app
