// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/kernels/kernel_table.h"
#include "core/model/kernels/kernels.h"

#include <cassert>
#include <cstdlib>
#include <string>
#include <string_view>

namespace timberline::model::kernels {

namespace {

/// The variant of the free functions, chosen at first use. A wrong TIMBERLINE_KERNELS is reported when a model is loaded.
const KernelTable& chosen() noexcept
{
    static const KernelTable& table = []() -> const KernelTable& {
        const auto selected = select_kernels();
        return selected.ok() ? *selected.value() : *available_kernels().front();
    }();
    return table;
}

}  // namespace

std::vector<const KernelTable*> available_kernels()
{
    std::vector<const KernelTable*> tables;
    for (const KernelTable* table : {avx512_kernels(), avx2_kernels(), &portable_kernels()}) {
        if (table != nullptr) {
            tables.push_back(table);
        }
    }
    return tables;
}

Result<const KernelTable*> select_kernels()
{
    const auto tables = available_kernels();
    const char* const wanted = std::getenv("TIMBERLINE_KERNELS");
    if (wanted == nullptr || *wanted == '\0') {
        return tables.front();
    }
    std::string names;
    for (const KernelTable* table : tables) {
        if (std::string_view(wanted) == table->name) {
            return table;
        }
        names += names.empty() ? table->name : std::string(", ") + table->name;
    }
    return make_error(ErrorCode::InvalidArgument,
                      "TIMBERLINE_KERNELS is \"" + std::string(wanted) + "\": expected one of " + names + " on this processor",
                      "Remove the environment variable to use the fastest.");
}

float dot(std::span<const float> a, std::span<const float> b) noexcept
{
    assert(a.size() == b.size());
    return chosen().dot(a.data(), b.data(), static_cast<std::int64_t>(a.size()));
}

void softmax_in_place(std::span<float> values) noexcept
{
    chosen().softmax(values.data(), static_cast<std::int64_t>(values.size()));
}

void exp_in_place(std::span<float> values) noexcept
{
    chosen().exponential(values.data(), static_cast<std::int64_t>(values.size()));
}

void matmul(const PackedMatrix& matrix, const float* x, std::int64_t x_stride, std::int64_t rows, const float* bias, float* out,
            std::int64_t out_stride) noexcept
{
    chosen().matmul({.matrix = &matrix,
                     .first_block = 0,
                     .last_block = matrix.blocks(),
                     .x = x,
                     .x_stride = x_stride,
                     .rows = rows,
                     .bias = bias,
                     .out = out,
                     .out_stride = out_stride});
}

const char* variant_name() noexcept
{
    return chosen().name;
}

}  // namespace timberline::model::kernels
