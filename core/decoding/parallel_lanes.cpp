// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/decoding/parallel_lanes.h"

#include "core/base/on_this_thread.h"
#include "core/decoding/stopwatch.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <pthread.h>
#include <sched.h>
#include <system_error>
#include <thread>
#include <utility>

#if defined(__x86_64__) || defined(__i386__)
#include <immintrin.h>
#endif

namespace timberline::decoding {

namespace {

/// Longer than what a round does between two runs; a thread that sleeps takes
/// 20 to 50 us to wake.
constexpr auto kSpin = std::chrono::microseconds(100);
constexpr int kPausesPerLook = 16;  ///< between looks at the clock

void pause_processor() noexcept
{
#if defined(__x86_64__) || defined(__i386__)
    _mm_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
}

/// What one lane does, when, and what became of it.
struct Lane {
    const std::function<Status()>* work = nullptr;
    double begin = 0, end = 0;
    Status status = {};
    std::exception_ptr failure = {};

    void run(const Stopwatch& watch)
    {
        begin = watch.elapsed_ms();
        try {
            status = (*work)();
        } catch (...) {
            failure = std::current_exception();
        }
        end = watch.elapsed_ms();
    }
};

}  // namespace

/// Idle → Posted (caller) → Running (worker) → Idle (worker), or Posted → Idle
/// when the caller takes the work back. Only the winner of the exchange away
/// from Posted touches the lane, so a late worker never sees a run that has
/// ended.
struct ParallelLanes::Worker {
    enum class State : int { Idle, Posted, Running, Stop };

    ~Worker()
    {
        if (thread.joinable()) {
            set(State::Stop);
            thread.join();
        }
    }

    /// False when the system refuses a thread.
    [[nodiscard]] bool start()
    {
        try {
            thread = std::thread([this] { main(); });
        } catch (const std::system_error&) {
            return false;
        }
        return true;
    }

    /// Keeps this thread off the processor that the caller is on: a thread that
    /// wakes is otherwise often put there, on a busy machine, and then runs in
    /// the caller's place and not beside it. Does nothing where only one
    /// processor may be used.
    void keep_off(int processor)
    {
        if (processor < 0 || processor == avoided) {
            return;
        }
        cpu_set_t set;
        CPU_ZERO(&set);
        if (sched_getaffinity(0, sizeof set, &set) != 0) {
            return;
        }
        CPU_CLR(static_cast<std::size_t>(processor), &set);
        if (CPU_COUNT(&set) > 0 && pthread_setaffinity_np(thread.native_handle(), sizeof set, &set) == 0) {
            avoided = processor;
        }
    }

    /// For changes that the other thread may wait for.
    void set(State next)
    {
        {
            const std::scoped_lock lock(mutex);
            state.store(next, std::memory_order_release);
        }
        changed.notify_one();  // only one of the two threads ever waits
    }

    /// Takes over what was posted; false when the other thread was quicker.
    [[nodiscard]] bool take(State next)
    {
        State expected = State::Posted;
        return state.compare_exchange_strong(expected, next, std::memory_order_acq_rel);
    }

    /// Spins, then sleeps until the state is one that is waited for.
    template <typename Wanted>
    void wait(Wanted&& wanted)
    {
        const auto holds = [&] { return wanted(state.load(std::memory_order_acquire)); };
        const auto deadline = std::chrono::steady_clock::now() + kSpin;
        do {
            for (int i = 0; i < kPausesPerLook; ++i) {
                if (holds()) {
                    return;
                }
                pause_processor();
            }
        } while (std::chrono::steady_clock::now() < deadline);
        std::unique_lock lock(mutex);
        changed.wait(lock, holds);
    }

    void main()
    {
        const OnThisThread serial;
        while (true) {
            wait([](State now) { return now == State::Posted || now == State::Stop; });
            if (take(State::Running)) {
                lane.run(*watch);
                set(State::Idle);
            } else if (state.load(std::memory_order_acquire) == State::Stop) {
                return;
            }
        }
    }

    Lane lane;                         ///< written before Posted, by the worker while Running, read after
                                       ///< Idle
    const Stopwatch* watch = nullptr;  ///< likewise
    std::atomic<State> state{State::Idle};
    std::mutex mutex;
    std::condition_variable changed;
    std::thread thread;
    int avoided = -1;  ///< processor
};

ParallelLanes::ParallelLanes() = default;
ParallelLanes::~ParallelLanes() = default;

Result<LaneTimes> ParallelLanes::run(const std::function<Status()>& first, const std::function<Status()>& second, bool overlapped)
{
    const Stopwatch watch;
    Lane own{.work = &second};
    Lane other{.work = &first};
    if (overlapped && worker_ == nullptr) {
        auto worker = std::make_unique<Worker>();
        if (worker->start()) {
            worker_ = std::move(worker);
        }
    }
    if (!overlapped) {
        other.run(watch);
        if (other.failure == nullptr && other.status.ok()) {
            own.run(watch);
        }
    } else {
        const OnThisThread serial;
        if (worker_ != nullptr) {
            worker_->lane = std::move(other);
            worker_->watch = &watch;
            worker_->keep_off(sched_getcpu());
            worker_->set(Worker::State::Posted);
            own.run(watch);
            if (worker_->take(Worker::State::Idle)) {
                worker_->lane.run(watch);
            } else {
                worker_->wait([](Worker::State now) { return now == Worker::State::Idle; });
            }
            other = std::move(worker_->lane);
        } else {
            own.run(watch);
            other.run(watch);
        }
    }
    for (const Lane* lane : {&other, &own}) {
        if (lane->failure != nullptr) {
            std::rethrow_exception(lane->failure);
        }
    }
    TIMBERLINE_TRY(std::move(other.status));
    TIMBERLINE_TRY(std::move(own.status));
    return LaneTimes{.first_begin = other.begin, .first_end = other.end, .second_begin = own.begin, .second_end = own.end};
}

}  // namespace timberline::decoding
