// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/kernels/packed_matrix.h"

#include "core/base/thread_pool.h"
#include "core/io/float_convert.h"

#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <cstring>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace timberline::model::kernels {

namespace {

constexpr std::size_t kPage = std::size_t{4} << 10;
constexpr std::size_t kHugePage = std::size_t{2} << 20;

template <typename Element>
void pack_typed(const std::uint8_t* source, std::int64_t rows, std::int64_t inputs, std::byte* packed, std::int64_t first_block,
                std::int64_t block_step)
{
    const auto row_bytes = static_cast<std::size_t>(inputs) * sizeof(Element);
    ThreadPool::instance().parallel_for((rows + kBlock - 1) / kBlock, 8, [=](std::int64_t begin, std::int64_t end) {
        for (std::int64_t block = begin; block < end; ++block) {
            std::byte* target = packed + static_cast<std::size_t>((first_block + block * block_step) * kBlock) * row_bytes;
            const std::int64_t present = std::min(kBlock, rows - block * kBlock);
            const std::uint8_t* const corner = source + static_cast<std::size_t>(block * kBlock) * row_bytes;
            for (std::size_t i = 0; i < row_bytes; i += sizeof(Element)) {
                for (std::int64_t row = 0; row < present; ++row) {
                    std::memcpy(target + static_cast<std::size_t>(row) * sizeof(Element),
                                corner + static_cast<std::size_t>(row) * row_bytes + i, sizeof(Element));
                }
                target += kBlock * sizeof(Element);
            }
        }
    });
}

template <typename Element>
[[nodiscard]] Element load_element(const std::uint8_t* source) noexcept
{
    Element element;
    std::memcpy(&element, source, sizeof(Element));
    return element;
}

[[nodiscard]] float element_to_float(io::DataType type, const std::uint8_t* source) noexcept
{
    switch (type) {
    case io::DataType::F16:
        return io::half_to_float(load_element<std::uint16_t>(source));
    case io::DataType::BF16:
        return io::brain_to_float(load_element<std::uint16_t>(source));
    default:
        return load_element<float>(source);
    }
}

}  // namespace

void to_float(io::DataType type, const std::uint8_t* source, std::int64_t count, float* out) noexcept
{
    const auto elements = static_cast<std::size_t>(count);
    if (type == io::DataType::F16) {
        io::halves_to_floats(source, elements, out);
    } else if (type == io::DataType::BF16) {
        io::brains_to_floats(source, elements, out);
    } else {
        std::memcpy(out, source, elements * sizeof(float));
    }
}

void pack_rows(io::DataType type, const std::uint8_t* source, std::int64_t rows, std::int64_t inputs, std::byte* packed,
               std::int64_t first_block, std::int64_t block_step)
{
    if (type == io::DataType::F32) {
        pack_typed<std::uint32_t>(source, rows, inputs, packed, first_block, block_step);
    } else {
        pack_typed<std::uint16_t>(source, rows, inputs, packed, first_block, block_step);
    }
}

void unpack_row(const PackedMatrix& matrix, std::int64_t row, float* out) noexcept
{
    assert(row >= 0 && row < matrix.outputs);
    const std::size_t step = matrix.element_bytes();
    const auto* from = reinterpret_cast<const std::uint8_t*>(matrix.data) + static_cast<std::size_t>(row / kBlock) * matrix.block_bytes() +
                       static_cast<std::size_t>(row % kBlock) * step;
    for (std::int64_t i = 0; i < matrix.inputs; ++i) {
        out[i] = element_to_float(matrix.type, from);
        from += kBlock * step;
    }
}

Arena Arena::allocate(std::size_t bytes)
{
    Arena arena;
    const std::size_t unit = bytes >= kHugePage / 2 ? kHugePage : kPage;
    const std::size_t size = (std::max(bytes, std::size_t{1}) + unit - 1) / unit * unit;
    if (size < bytes) {
        return arena;
    }
    void* memory = std::aligned_alloc(unit, size);
    if (memory == nullptr) {
        return arena;
    }
#ifdef __linux__
    // Best effort: fewer address translations while the weights stream through the caches.
    if (unit == kHugePage) {
        (void)madvise(memory, size, MADV_HUGEPAGE);
    }
#endif
    std::memset(memory, 0, size);  // the padding of incomplete blocks
    arena.memory_.reset(static_cast<std::byte*>(memory));
    arena.size_ = size;
    return arena;
}

std::byte* Arena::take(std::size_t bytes) noexcept
{
    assert(used_ + rounded(bytes) <= size_);
    std::byte* const piece = memory_.get() + used_;
    used_ += rounded(bytes);
    return piece;
}

void Arena::Free::operator()(std::byte* memory) const noexcept
{
    std::free(memory);
}

}  // namespace timberline::model::kernels
