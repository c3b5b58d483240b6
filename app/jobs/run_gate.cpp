// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/jobs/run_gate.h"

#include <utility>

namespace timberline::app {

namespace {
// The cancel token has no way to wake a waiter, so a waiter looks at it this often: well inside the promised 100 ms.
constexpr std::chrono::milliseconds kLook{20};
}  // namespace

void RunGate::pause()
{
    const std::scoped_lock lock(m_mutex);
    m_paused = true;
    m_steps = 0;
}

void RunGate::resume()
{
    const std::scoped_lock lock(m_mutex);
    m_paused = false;
    m_changed.notify_all();
}

void RunGate::step()
{
    const std::scoped_lock lock(m_mutex);
    m_paused = true;
    ++m_steps;
    m_changed.notify_all();
}

void RunGate::set_rate(double rounds_per_second)
{
    const std::scoped_lock lock(m_mutex);
    m_rate = rounds_per_second;
    m_changed.notify_all();
}

void RunGate::push_change(run::ConfigEvent change)
{
    const std::scoped_lock lock(m_mutex);
    m_changes.push_back(std::move(change));
}

bool RunGate::waiting() const
{
    const std::scoped_lock lock(m_mutex);
    return m_waiting;
}

std::vector<run::ConfigEvent> RunGate::take_changes(std::int32_t round)
{
    const std::scoped_lock lock(m_mutex);
    for (auto& change : m_changes) {
        change.round = round;
    }
    return std::exchange(m_changes, {});
}

void RunGate::wait_for_turn(std::int32_t round, const CancelToken& cancel, const std::function<void()>& before_waiting)
{
    std::unique_lock lock(m_mutex);
    bool told = !before_waiting;
    // True when it was told just now: meanwhile the knobs may have been turned.
    const auto tell = [&] {
        if (std::exchange(told, true)) {
            return false;
        }
        lock.unlock();
        before_waiting();
        lock.lock();
        return true;
    };
    if (round == m_pause_at) {
        m_paused = true;
        m_pause_at = -1;
    }
    while (!cancel.cancelled()) {
        if (m_paused && m_steps == 0) {
            if (tell()) {
                continue;
            }
            m_waiting = true;
            if (m_idle) {
                lock.unlock();
                m_idle();
                lock.lock();
                if (!m_paused || m_steps > 0) {
                    continue;  // the user went on meanwhile
                }
            }
            m_changed.wait_for(lock, kLook);
            continue;
        }
        if (m_rate > 0 && !m_paused) {
            const auto due =
                m_last_round + std::chrono::duration_cast<std::chrono::steady_clock::duration>(std::chrono::duration<double>(1 / m_rate));
            if (std::chrono::steady_clock::now() < due) {
                if (tell()) {
                    continue;
                }
                m_changed.wait_until(lock, std::min(due, std::chrono::steady_clock::now() + kLook));
                continue;
            }
        }
        break;
    }
    m_waiting = false;
    if (m_paused && m_steps > 0) {
        --m_steps;
    }
    m_last_round = std::chrono::steady_clock::now();
}

}  // namespace timberline::app
