// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/compute_threads.h"

#include <algorithm>
#include <atomic>

#include <dlfcn.h>
#include <sched.h>
#include <thread>

namespace timberline {
namespace {

constexpr int kMostThreads = 256;
constexpr int kMostAtStart = 8;

/// Processors that this process may run on: a container or `taskset` gives it fewer than the machine has.
int usable_processors()
{
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) == 0) {
        return std::max(1, CPU_COUNT(&set));
    }
    return static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

std::atomic<int>& setting() noexcept
{
    static std::atomic<int> count{std::min(usable_processors(), kMostAtStart)};
    return count;
}

using SetThreads = void (*)(int);

/// Looks a function up among what the process has loaded already; never loads anything. A library that was opened as a private
/// module (the window loads the core so) is not in the global scope, hence the second look by library name.
SetThreads find_function(const char* symbol, std::initializer_list<const char*> libraries)
{
    if (void* address = dlsym(RTLD_DEFAULT, symbol)) {
        return reinterpret_cast<SetThreads>(address);
    }
    for (const char* library : libraries) {
        if (void* handle = dlopen(library, RTLD_LAZY | RTLD_NOLOAD)) {
            void* address = dlsym(handle, symbol);
            dlclose(handle); // only drops the count that NOLOAD added; the loader of the library still holds it
            if (address != nullptr) {
                return reinterpret_cast<SetThreads>(address);
            }
        }
    }
    return nullptr;
}

} // namespace

void set_compute_threads(int count)
{
    count = std::clamp(count, 1, kMostThreads);
    setting().store(count, std::memory_order_relaxed);
    // OpenBLAS first: libtorch sets OpenMP's count as well, which an OpenMP build of OpenBLAS reads.
    if (const SetThreads set = find_function("openblas_set_num_threads", {"libopenblas.so.0", "libblas.so.3"})) {
        set(count);
    }
    if (const SetThreads set = find_function("omp_set_num_threads", {"libgomp.so.1", "libomp.so.5"})) {
        set(count);
    }
    // at::set_num_threads(int); the mangled name keeps libtorch's headers out of this library.
    if (const SetThreads set = find_function("_ZN2at15set_num_threadsEi", {"libtorch_cpu.so", "libtorch_cpu.so.1.13"})) {
        set(count);
    }
}

int compute_threads() noexcept
{
    return setting().load(std::memory_order_relaxed);
}

} // namespace timberline
