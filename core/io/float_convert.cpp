// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/float_convert.h"

#include "core/io/safetensors.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace timberline::io {
namespace {

template <typename T>
T load(const std::uint8_t* bytes, std::size_t index) noexcept
{
    T value;
    std::memcpy(&value, bytes + index * sizeof(T), sizeof(T)); // the file need not align its data
    return value;
}

#if defined(__x86_64__)
/// @return how many were converted: all whole groups of eight.
__attribute__((target("avx,f16c"))) std::size_t halves_by_eight(const std::uint8_t* halves, std::size_t count, float* out) noexcept
{
    std::size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        const __m128i group = _mm_loadu_si128(reinterpret_cast<const __m128i*>(halves + 2 * i));
        _mm256_storeu_ps(out + i, _mm256_cvtph_ps(group));
    }
    return i;
}

bool has_half_instruction() noexcept
{
    static const bool has = __builtin_cpu_supports("avx") != 0 && __builtin_cpu_supports("f16c") != 0;
    return has;
}
#endif

template <typename T>
void convert(const std::uint8_t* bytes, std::size_t count, float* out) noexcept
{
    for (std::size_t i = 0; i < count; ++i) {
        out[i] = static_cast<float>(load<T>(bytes, i));
    }
}

/// Elements [first, first + count) as doubles, exact but for I64 beyond 2^53.
void read_doubles(const TensorView& view, std::int64_t first, std::size_t count, double* out)
{
    const std::uint8_t* bytes = view.data + static_cast<std::size_t>(first) * size_of(view.type);
    for (std::size_t i = 0; i < count; ++i) {
        switch (view.type) {
        case DataType::F32:
            out[i] = static_cast<double>(load<float>(bytes, i));
            break;
        case DataType::F16:
            out[i] = static_cast<double>(half_to_float(load<std::uint16_t>(bytes, i)));
            break;
        case DataType::BF16:
            out[i] = static_cast<double>(brain_to_float(load<std::uint16_t>(bytes, i)));
            break;
        case DataType::F64:
            out[i] = load<double>(bytes, i);
            break;
        case DataType::I64:
            out[i] = static_cast<double>(load<std::int64_t>(bytes, i));
            break;
        case DataType::I32:
            out[i] = load<std::int32_t>(bytes, i);
            break;
        case DataType::I16:
            out[i] = load<std::int16_t>(bytes, i);
            break;
        case DataType::I8:
            out[i] = load<std::int8_t>(bytes, i);
            break;
        case DataType::U8:
        case DataType::Bool:
            out[i] = load<std::uint8_t>(bytes, i);
            break;
        }
    }
}

/// Count, mean and sum of squared deviations of what was seen. Blocks are merged by Chan, Golub and LeVeque (1979), so that a
/// large mean does not eat the variance.
struct Moments {
    double count = 0, mean = 0, squares = 0;

    void merge(const Moments& other) noexcept
    {
        if (other.count == 0) {
            return;
        }
        const double total = count + other.count;
        const double step = other.mean - mean;
        mean += step * (other.count / total);
        squares += other.squares + step * step * (count * other.count / total);
        count = total;
    }
};

} // namespace

void halves_to_floats(const std::uint8_t* halves, std::size_t count, float* out) noexcept
{
    std::size_t done = 0;
#if defined(__x86_64__)
    if (has_half_instruction()) {
        done = halves_by_eight(halves, count, out);
    }
#endif
    for (std::size_t i = done; i < count; ++i) {
        out[i] = half_to_float(load<std::uint16_t>(halves, i));
    }
}

void brains_to_floats(const std::uint8_t* brains, std::size_t count, float* out) noexcept
{
    for (std::size_t i = 0; i < count; ++i) {
        out[i] = brain_to_float(load<std::uint16_t>(brains, i));
    }
}

void to_float32(const TensorView& view, float* out)
{
    to_float32(view, 0, view.elements(), out);
}

void to_float32(const TensorView& view, std::int64_t first, std::int64_t count, float* out)
{
    const auto wanted = static_cast<std::size_t>(std::max<std::int64_t>(count, 0));
    if (wanted == 0) {
        return;
    }
    const std::uint8_t* bytes = view.data + static_cast<std::size_t>(first) * size_of(view.type);
    switch (view.type) {
    case DataType::F32:
        std::memcpy(out, bytes, wanted * sizeof(float));
        break;
    case DataType::F16:
        halves_to_floats(bytes, wanted, out);
        break;
    case DataType::BF16:
        brains_to_floats(bytes, wanted, out);
        break;
    case DataType::F64:
        convert<double>(bytes, wanted, out);
        break;
    case DataType::I64:
        convert<std::int64_t>(bytes, wanted, out);
        break;
    case DataType::I32:
        convert<std::int32_t>(bytes, wanted, out);
        break;
    case DataType::I16:
        convert<std::int16_t>(bytes, wanted, out);
        break;
    case DataType::I8:
        convert<std::int8_t>(bytes, wanted, out);
        break;
    case DataType::U8:
    case DataType::Bool:
        convert<std::uint8_t>(bytes, wanted, out);
        break;
    }
}

Result<TensorStatistics> statistics(const TensorView& view, const CancelToken& cancel)
{
    constexpr std::int64_t kBlock = 4096;
    std::vector<double> block(static_cast<std::size_t>(std::min(kBlock, view.elements())));
    double minimum = std::numeric_limits<double>::infinity();
    double maximum = -minimum;
    TensorStatistics out;
    Moments all;
    for (std::int64_t first = 0; first < view.elements(); first += kBlock) {
        if (first % (256 * kBlock) == 0 && cancel.cancelled()) {
            return make_error(ErrorCode::Cancelled, "statistics of " + view.name + " were cancelled");
        }
        const auto count = static_cast<std::size_t>(std::min(kBlock, view.elements() - first));
        read_doubles(view, first, count, block.data());
        const auto finite_end =
            std::remove_if(block.begin(), block.begin() + static_cast<std::ptrdiff_t>(count), [](double x) { return !std::isfinite(x); });
        Moments part{.count = static_cast<double>(finite_end - block.begin())};
        out.not_finite += static_cast<std::int64_t>(count) - (finite_end - block.begin());
        for (auto x = block.begin(); x != finite_end; ++x) {
            minimum = std::min(minimum, *x);
            maximum = std::max(maximum, *x);
            part.mean += *x / part.count;
        }
        for (auto x = block.begin(); x != finite_end; ++x) {
            part.squares += (*x - part.mean) * (*x - part.mean);
        }
        all.merge(part);
    }
    if (all.count > 0) { // else every field stays 0: there is nothing to describe
        out.minimum = minimum;
        out.maximum = maximum;
        out.mean = all.mean;
        out.standard_deviation = std::sqrt(all.squares / all.count);
    }
    return out;
}

} // namespace timberline::io
