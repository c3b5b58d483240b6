// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/thread_pool.h"

#include "core/base/compute_threads.h"
#include "core/base/on_this_thread.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#if defined(__x86_64__) || defined(__i386__)
#include <immintrin.h>
#endif

namespace timberline {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kSpin = std::chrono::microseconds(75);
constexpr int kPausesPerLook = 16; ///< between looks at the clock; a pause takes about 40 ns on present processors

/// True while this thread runs a chunk: its own parallel loops then stay on it.
thread_local bool inside_loop = false;

class InsideLoop
{
public:
    InsideLoop() noexcept : before_(std::exchange(inside_loop, true)) {}
    ~InsideLoop() { inside_loop = before_; }
    InsideLoop(const InsideLoop&) = delete;
    InsideLoop& operator=(const InsideLoop&) = delete;

private:
    bool before_;
};

void pause_processor() noexcept
{
#if defined(__x86_64__) || defined(__i386__)
    _mm_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
}

/// Spins until `done` or the time is up. @return whether `done` held.
template <typename Condition>
bool spin_until(Condition&& done)
{
    const auto deadline = Clock::now() + kSpin;
    do {
        for (int i = 0; i < kPausesPerLook; ++i) {
            if (done()) {
                return true;
            }
            pause_processor();
        }
    } while (Clock::now() < deadline);
    return done();
}

/// A worker's chunk goes Idle → Posted (caller) → Running (worker) → Idle (worker), or Posted → Idle when the caller takes it back.
/// Only the winner of the exchange away from Posted touches the loop, so a late worker never sees a loop that has ended.
enum class ChunkState : int { Idle, Posted, Running, Stop };

} // namespace

OnThisThread::OnThisThread() noexcept : before_(std::exchange(inside_loop, true)) {}
OnThisThread::~OnThisThread()
{
    inside_loop = before_;
}

/// On cache lines of its own: a worker that spins must not slow the one beside it.
struct alignas(64) ThreadPool::Worker {
    std::atomic<ChunkState> state{ChunkState::Idle};
    std::atomic<bool> asleep{false};
    const Loop* loop = nullptr; ///< written before Posted, read after winning Running
    int chunk = 0;
    std::exception_ptr failure;
    std::mutex mutex;
    std::condition_variable wake;
    std::thread thread;

    void main();
    void wait_for_work();
    void post(ChunkState next);
};

struct ThreadPool::State {
    std::mutex busy; ///< held by the one caller whose loop is shared out
    bool stopped = false;
    std::vector<std::unique_ptr<Worker>> workers;

    void grow(std::size_t count);
};

void ThreadPool::Worker::wait_for_work()
{
    const auto called = [this] {
        const ChunkState now = state.load(std::memory_order_acquire);
        return now == ChunkState::Posted || now == ChunkState::Stop;
    };
    if (spin_until(called)) {
        return;
    }
    std::unique_lock lock(mutex);
    // Sequentially consistent, as is the store and load in post(): either this thread sees the new state, or the poster sees
    // `asleep` and, because it then takes the mutex, cannot notify before the wait has begun.
    asleep.store(true);
    while (state.load() == ChunkState::Idle) {
        wake.wait(lock);
    }
    asleep.store(false);
}

void ThreadPool::Worker::post(ChunkState next)
{
    state.store(next);
    if (asleep.load()) {
        {
            const std::scoped_lock lock(mutex);
        }
        wake.notify_one();
    }
}

void ThreadPool::Worker::main()
{
    const InsideLoop inside;
    while (true) {
        wait_for_work();
        ChunkState expected = ChunkState::Posted;
        if (state.compare_exchange_strong(expected, ChunkState::Running, std::memory_order_acq_rel)) {
            try {
                loop->run_chunk(chunk);
            } catch (...) {
                failure = std::current_exception();
            }
            state.store(ChunkState::Idle, std::memory_order_release);
        } else if (expected == ChunkState::Stop) {
            return;
        }
    }
}

/// If the system refuses a thread, the workers that exist go on alone.
void ThreadPool::State::grow(std::size_t count)
{
    while (workers.size() < count) {
        auto worker = std::make_unique<Worker>();
        try {
            worker->thread = std::thread(&Worker::main, worker.get());
        } catch (const std::system_error&) {
            return;
        }
        workers.push_back(std::move(worker));
    }
}

ThreadPool& ThreadPool::instance()
{
    // The pool itself is never destroyed: a thread that still computes while the program exits finds it stopped, not gone.
    static ThreadPool* const pool = new ThreadPool;
    struct Stopper {
        ~Stopper() { pool->shut_down(); }
    };
    static const Stopper stopper;
    return *pool;
}

ThreadPool::ThreadPool() : state_(std::make_unique<State>()) {}
ThreadPool::~ThreadPool() = default;

void ThreadPool::shut_down() noexcept
{
    const std::scoped_lock lock(state_->busy);
    state_->stopped = true;
    for (const auto& worker : state_->workers) {
        worker->post(ChunkState::Stop);
    }
    for (const auto& worker : state_->workers) {
        worker->thread.join();
    }
    state_->workers.clear();
}

std::int64_t ThreadPool::chunk_length(std::int64_t items, std::int64_t grain) noexcept
{
    grain = std::clamp<std::int64_t>(grain, 1, items);
    const std::int64_t grains = (items - 1) / grain + 1;
    const std::int64_t per_chunk = (grains - 1) / compute_threads() + 1;
    return per_chunk > items / grain ? items : per_chunk * grain; // the test keeps the product from overflowing
}

void ThreadPool::run(const Loop& loop)
{
    if (loop.chunks() > 1 && !inside_loop && state_->busy.try_lock()) {
        const std::unique_lock lock(state_->busy, std::adopt_lock);
        if (!state_->stopped) {
            run_shared(loop);
            return;
        }
    }
    const InsideLoop inside;
    for (int chunk = 0; chunk < loop.chunks(); ++chunk) {
        loop.run_chunk(chunk);
    }
}

void ThreadPool::run_shared(const Loop& loop)
{
    const InsideLoop inside;
    const int chunks = loop.chunks();
    state_->grow(static_cast<std::size_t>(chunks - 1));
    const int helped = std::min(chunks, static_cast<int>(state_->workers.size()) + 1);
    for (int chunk = 1; chunk < helped; ++chunk) {
        Worker& worker = *state_->workers[static_cast<std::size_t>(chunk - 1)];
        worker.loop = &loop;
        worker.chunk = chunk;
        worker.failure = nullptr;
        worker.post(ChunkState::Posted);
    }
    std::exception_ptr failure;
    const auto run_here = [&](int chunk) {
        try {
            loop.run_chunk(chunk);
        } catch (...) {
            failure = failure ? failure : std::current_exception();
        }
    };
    run_here(0);
    for (int chunk = 1; chunk < helped; ++chunk) {
        Worker& worker = *state_->workers[static_cast<std::size_t>(chunk - 1)];
        ChunkState expected = ChunkState::Posted;
        if (worker.state.compare_exchange_strong(expected, ChunkState::Idle, std::memory_order_acq_rel)) {
            run_here(chunk); // its worker is still waking up, or the machine is busy
            continue;
        }
        const auto done = [&] { return worker.state.load(std::memory_order_acquire) == ChunkState::Idle; };
        while (!spin_until(done)) {
            std::this_thread::yield(); // the worker may be waiting for this very processor
        }
        failure = failure ? failure : worker.failure;
    }
    for (int chunk = helped; chunk < chunks; ++chunk) {
        run_here(chunk);
    }
    if (failure) {
        std::rethrow_exception(failure);
    }
}

} // namespace timberline
