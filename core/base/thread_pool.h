// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <type_traits>

namespace timberline {

/// Persistent threads for numeric kernels. One parallel loop costs 1 to 3 us while the workers are warm: they spin for about
/// 75 us after their last chunk and then sleep, so that an idle program uses no processor time.
///
/// How a loop is cut depends only on `items`, `grain` and compute_threads(): a kernel that reduces per chunk gives the same bits
/// whether its chunks run side by side or, as in the cases below, one after the other on the calling thread:
///  - inside a chunk of another parallel_for (nested use),
///  - while another thread is in parallel_for,
///  - for chunks that no worker has begun when the caller is through with its own.
///
/// Thread-safe. compute_threads() may change between calls. Workers are joined when the program exits.
class ThreadPool
{
public:
    static ThreadPool& instance();

    ThreadPool(const ThreadPool&) = delete;
    ThreadPool& operator=(const ThreadPool&) = delete;

    /// Calls body(begin, end), or body(begin, end, chunk) if it takes that, so that the chunks cover [0, items) once each, and
    /// returns when all are done. Writes of all chunks are visible to the caller afterwards.
    /// @param items 0 or less does nothing.
    /// @param grain the fewest items worth a thread, at least 1; every chunk but the last is a multiple of it.
    /// @param body  called at most compute_threads() times; `chunk` counts from 0 in order of `begin`. An exception that leaves it is
    ///              thrown again in the caller once all chunks are done (the one of the lowest chunk).
    template <typename Body>
    void parallel_for(std::int64_t items, std::int64_t grain, Body&& body)
    {
        if (items <= 0) {
            return;
        }
        using Plain = std::remove_reference_t<Body>;
        const auto call = [](const void* context, std::int64_t begin, std::int64_t end, int chunk) {
            auto& function = *const_cast<Plain*>(static_cast<const Plain*>(context));
            if constexpr (std::is_invocable_v<Plain&, std::int64_t, std::int64_t, int>) {
                function(begin, end, chunk);
            } else {
                (void)chunk;
                function(begin, end);
            }
        };
        run({call, std::addressof(body), items, chunk_length(items, grain)});
    }

    /// Items per chunk (the last one may be shorter) with the present number of threads. Preconditions: items > 0.
    [[nodiscard]] static std::int64_t chunk_length(std::int64_t items, std::int64_t grain) noexcept;

private:
    struct Loop {
        void (*call)(const void* context, std::int64_t begin, std::int64_t end, int chunk);
        const void* context;
        std::int64_t items;
        std::int64_t length;

        [[nodiscard]] int chunks() const noexcept { return static_cast<int>((items - 1) / length + 1); }
        void run_chunk(int chunk) const
        {
            const std::int64_t begin = chunk * length;
            call(context, begin, begin + std::min(length, items - begin), chunk);
        }
    };
    struct Worker;
    struct State;

    ThreadPool();
    ~ThreadPool();
    void run(const Loop& loop);
    void run_shared(const Loop& loop);
    void shut_down() noexcept;

    std::unique_ptr<State> state_;
};

} // namespace timberline
