// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <new>
#include <vector>

namespace timberline::landscape {

/// Memory that begins at a cache line, so that whole vectors never straddle two.
template <typename T>
struct LineAllocator {
    using value_type = T;
    static constexpr std::align_val_t kLine{64};
    LineAllocator() = default;
    template <typename U>
    explicit LineAllocator(const LineAllocator<U>&) noexcept
    {}
    [[nodiscard]] T* allocate(std::size_t count) { return static_cast<T*>(::operator new(count * sizeof(T), kLine)); }
    void deallocate(T* memory, std::size_t) noexcept { ::operator delete(memory, kLine); }
    template <typename U>
    bool operator==(const LineAllocator<U>&) const noexcept
    {
        return true;
    }
};
using LineFloats = std::vector<float, LineAllocator<float>>;

}  // namespace timberline::landscape
