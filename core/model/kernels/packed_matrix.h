// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/io/safetensors.h"

#include <cstddef>
#include <cstdint>
#include <memory>

namespace timberline::model::kernels {

/// Outputs of one block of a packed matrix.
inline constexpr std::int64_t kBlock = 32;

/// An out-by-in matrix in the order in which the product reads it: blocks of 32 outputs; in a block, for each input, its 32 weights side by
/// side. Outputs are padded to whole blocks with zeros. Elements keep their stored type (F32, F16 or BF16). A view: the memory belongs to
/// an Arena.
struct PackedMatrix {
    io::DataType type = io::DataType::F32;
    std::int64_t outputs = 0;  ///< columns that a product writes
    std::int64_t inputs = 0;
    const std::byte* data = nullptr;

    [[nodiscard]] std::int64_t blocks() const noexcept { return (outputs + kBlock - 1) / kBlock; }
    [[nodiscard]] std::size_t element_bytes() const noexcept { return type == io::DataType::F32 ? 4 : 2; }
    [[nodiscard]] std::size_t block_bytes() const noexcept { return static_cast<std::size_t>(inputs * kBlock) * element_bytes(); }
    [[nodiscard]] std::size_t bytes() const noexcept { return static_cast<std::size_t>(blocks()) * block_bytes(); }
};

/// One piece of memory for all packed weights, page-aligned and on huge pages where the system has them. Movable.
class Arena
{
public:
    Arena() = default;
    /// @return an arena without memory when there is not enough.
    [[nodiscard]] static Arena allocate(std::size_t bytes);
    [[nodiscard]] bool valid() const noexcept { return memory_ != nullptr; }
    /// The next `bytes`, 64-byte aligned. Precondition: they fit.
    [[nodiscard]] std::byte* take(std::size_t bytes) noexcept;
    /// What take(bytes) uses up.
    [[nodiscard]] static std::size_t rounded(std::size_t bytes) noexcept { return (bytes + 63) / 64 * 64; }

private:
    struct Free {
        void operator()(std::byte* memory) const noexcept;
    };
    std::unique_ptr<std::byte, Free> memory_;
    std::size_t size_ = 0, used_ = 0;
};

/// Writes rows [0, rows) of a row-major matrix (any alignment) into the packed block `block` and those after it.
/// @param block_step 1, or 2 when the blocks of two matrices alternate (gate and up).  Precondition: `packed` has room for all of them.
void pack_rows(io::DataType type, const std::uint8_t* source, std::int64_t rows, std::int64_t inputs, std::byte* packed,
               std::int64_t first_block, std::int64_t block_step = 1);

/// Reads one row of a packed matrix as float32. Precondition: 0 <= row < outputs; out has room for `inputs`.
void unpack_row(const PackedMatrix& matrix, std::int64_t row, float* out) noexcept;

/// Converts `count` stored elements (any alignment) to float32; F16 and BF16 exactly.
void to_float(io::DataType type, const std::uint8_t* source, std::int64_t count, float* out) noexcept;

}  // namespace timberline::model::kernels
