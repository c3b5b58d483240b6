// SPDX-License-Identifier: GPL-3.0-or-later
//
// Compares every kernel with its CPU twin on random data and times it. Prints one line a case; exit 1 when one differs too much, 2 without
// a device. From the repository root, without CMake:
//   nvcc -O3 -std=c++17 -arch=sm_90 -DTIMBERLINE_CUDA -I. core/cuda/check/cuda_check.cu core/cuda/row_entropy.cu
//   core/cuda/attention_entropy.cu \
//        core/cuda/attention_entropy_bf16.cu core/cuda/row_entropy_cpu.cpp core/cuda/attention_entropy_cpu.cpp -o cuda_check &&
//        ./cuda_check
#include "core/cuda/attention_entropy.h"
#include "core/cuda/row_entropy.h"

#include <cuda_runtime.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <random>
#include <vector>

namespace {

using namespace timberline::cuda;

bool all_passed = true;

void must(int code, const char* what)
{
    if (code != 0) {
        std::printf("%s: %s\n", what, cudaGetErrorString(static_cast<cudaError_t>(code)));
        std::exit(1);
    }
}

/// Device memory that starts as a copy of a host vector.
template <typename T>
class OnDevice
{
public:
    explicit OnDevice(const std::vector<T>& host) : count_(host.size())
    {
        must(cudaMalloc(&data_, std::max<std::size_t>(1, count_) * sizeof(T)), "cudaMalloc");
        must(cudaMemcpy(data_, host.data(), count_ * sizeof(T), cudaMemcpyHostToDevice), "copy to the device");
    }
    ~OnDevice() { cudaFree(data_); }
    OnDevice(const OnDevice&) = delete;
    OnDevice& operator=(const OnDevice&) = delete;
    [[nodiscard]] T* data() const { return data_; }
    [[nodiscard]] std::vector<T> host() const
    {
        std::vector<T> copy(count_);
        must(cudaMemcpy(copy.data(), data_, count_ * sizeof(T), cudaMemcpyDeviceToHost), "copy from the device");
        return copy;
    }

private:
    T* data_ = nullptr;
    std::size_t count_ = 0;
};

/// Largest |a - b| / max(1, |b|); equal infinities count as equal, a NaN as infinitely wrong.
double largest_difference(const std::vector<float>& a, const std::vector<float>& b)
{
    double largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (a[i] == b[i]) {
            continue;
        }
        const double difference = std::abs(static_cast<double>(a[i]) - b[i]) / std::max(1.0, std::abs(static_cast<double>(b[i])));
        largest = difference >= 0 ? std::max(largest, difference) : INFINITY;
    }
    return largest;
}

void report(const char* name, double difference, double limit)
{
    const bool passed = difference <= limit;
    all_passed = all_passed && passed;
    std::printf("%-64s max difference %.3g (limit %.1g) %s\n", name, difference, limit, passed ? "ok" : "WRONG");
}

/// Median of 20 runs after 3, milliseconds.
double time_ms(const std::function<int()>& launch)
{
    cudaEvent_t start = nullptr, stop = nullptr;
    must(cudaEventCreate(&start), "event");
    must(cudaEventCreate(&stop), "event");
    std::vector<float> times;
    for (int i = 0; i < 23; ++i) {
        must(cudaEventRecord(start), "record");
        must(launch(), "launch");
        must(cudaEventRecord(stop), "record");
        must(cudaEventSynchronize(stop), "run");
        float elapsed = 0;
        must(cudaEventElapsedTime(&elapsed, start, stop), "time");
        if (i >= 3) {
            times.push_back(elapsed);
        }
    }
    cudaEventDestroy(start);
    cudaEventDestroy(stop);
    std::sort(times.begin(), times.end());
    return times[times.size() / 2];
}

std::vector<float> normal_numbers(std::size_t count, float deviation, unsigned seed)
{
    std::mt19937 engine(seed);
    std::normal_distribution<float> normal(0, deviation);
    std::vector<float> numbers(count);
    std::generate(numbers.begin(), numbers.end(), [&] { return normal(engine); });
    return numbers;
}

void check_rows(std::int64_t rows, std::int64_t columns, float deviation, bool hostile, bool timed)
{
    auto logits = normal_numbers(static_cast<std::size_t>(rows * columns), deviation, 7);
    if (hostile) { // masked and extreme numbers: the first rows are wholly masked, one-hot, tied, huge
        std::fill_n(logits.begin(), columns, -INFINITY);
        std::fill_n(logits.begin() + columns, columns, -INFINITY);
        logits[static_cast<std::size_t>(columns + columns / 2)] = 3;
        std::fill_n(logits.begin() + 2 * columns, columns, 1e30F);
        std::fill_n(logits.begin() + 3 * columns, columns, NAN);
        logits[static_cast<std::size_t>(4 * columns)] = INFINITY;
        logits[static_cast<std::size_t>(5 * columns)] = -3e38F;
        logits[static_cast<std::size_t>(5 * columns + 1)] = 3e38F;
    }
    const std::vector<float> zeros(static_cast<std::size_t>(rows));
    const std::vector<std::int32_t> no_index(static_cast<std::size_t>(rows));
    auto maximum = zeros, log_sum = zeros, entropy = zeros;
    auto top = no_index;
    row_entropy_cpu(logits.data(), rows, columns, {maximum.data(), log_sum.data(), entropy.data(), top.data()});
    const OnDevice<float> device_logits(logits), device_maximum(zeros), device_log_sum(zeros), device_entropy(zeros);
    const OnDevice<std::int32_t> device_top(no_index);
    const RowEntropyOutput output{device_maximum.data(), device_log_sum.data(), device_entropy.data(), device_top.data()};
    must(row_entropy_device(device_logits.data(), rows, columns, output, nullptr), "row_entropy_device");
    must(cudaDeviceSynchronize(), "row_entropy_device");
    char name[128];
    std::snprintf(name, sizeof name, "row entropy %lld x %lld%s", static_cast<long long>(rows), static_cast<long long>(columns),
                  hostile ? ", hostile" : "");
    const double difference =
        std::max({largest_difference(device_maximum.host(), maximum), largest_difference(device_log_sum.host(), log_sum),
                  largest_difference(device_entropy.host(), entropy), device_top.host() == top ? 0.0 : INFINITY});
    report(name, difference, 2e-5);
    if (timed) {
        const double ms = time_ms([&] { return row_entropy_device(device_logits.data(), rows, columns, output, nullptr); });
        std::printf("    %.4f ms, %.0f GB/s\n", ms, static_cast<double>(rows * columns) * 4e-6 / ms);
    }
}

std::uint16_t to_bf16(float value)
{
    std::uint32_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    return static_cast<std::uint16_t>((bits + 0x7fffU + ((bits >> 16) & 1U)) >> 16); // nearest even
}

float from_bf16(std::uint16_t value)
{
    const std::uint32_t bits = static_cast<std::uint32_t>(value) << 16;
    float result = 0;
    std::memcpy(&result, &bits, sizeof result);
    return result;
}

struct AttentionResult {
    std::vector<float> entropy, sink, distance, log_sum;
    explicit AttentionResult(std::size_t count) : entropy(count), sink(count), distance(count), log_sum(count) {}
    AttentionEntropyOutput output() { return {entropy.data(), sink.data(), distance.data(), log_sum.data()}; }
};

/// The twin is slow on long inputs: it computes the first and the last 16 queries there, by shifting the offset.
double attention_difference(const AttentionEntropyShape& shape, const std::vector<float>& query, const std::vector<float>& key,
                            const AttentionResult& got)
{
    const bool all = shape.queries <= 1024;
    const std::int64_t count = all ? shape.queries : 16;
    double largest = 0;
    for (const std::int64_t first : {std::int64_t{0}, shape.queries - count}) {
        auto part = shape;
        part.queries = count;
        part.offset += first;
        const auto size = static_cast<std::size_t>(count * shape.heads);
        AttentionResult expected(size);
        attention_entropy_cpu(query.data() + first * shape.heads * shape.head_dim, key.data(), part, expected.output());
        const auto slice = [&](const std::vector<float>& x) {
            const auto begin = x.begin() + first * shape.heads;
            return std::vector<float>(begin, begin + static_cast<std::ptrdiff_t>(size));
        };
        largest = std::max({largest, largest_difference(slice(got.entropy), expected.entropy),
                            largest_difference(slice(got.sink), expected.sink), largest_difference(slice(got.distance), expected.distance),
                            largest_difference(slice(got.log_sum), expected.log_sum)});
    }
    return largest;
}

void check_attention(const AttentionEntropyShape& shape, bool bf16, bool timed)
{
    auto query = normal_numbers(static_cast<std::size_t>(shape.queries * shape.heads * shape.head_dim), 1.5F, 11);
    auto key = normal_numbers(static_cast<std::size_t>(shape.keys * shape.kv_heads * shape.head_dim), 1.5F, 13);
    std::vector<std::uint16_t> query_bits, key_bits;
    if (bf16) { // both sides get the rounded numbers
        const auto rounded = [](std::vector<float>& values, std::vector<std::uint16_t>& bits) {
            for (auto& value : values) {
                bits.push_back(to_bf16(value));
                value = from_bf16(bits.back());
            }
        };
        rounded(query, query_bits);
        rounded(key, key_bits);
    }
    const OnDevice<float> device_query(query), device_key(key);
    const OnDevice<std::uint16_t> device_query_bits(query_bits), device_key_bits(key_bits);
    AttentionResult got(static_cast<std::size_t>(shape.queries * shape.heads));
    const OnDevice<float> entropy(got.entropy), sink(got.sink), distance(got.distance), log_sum(got.log_sum);
    const AttentionEntropyOutput output{entropy.data(), sink.data(), distance.data(), log_sum.data()};
    const auto launch = [&] {
        return bf16 ? attention_entropy_device_bf16(device_query_bits.data(), device_key_bits.data(), shape, output, nullptr)
                    : attention_entropy_device(device_query.data(), device_key.data(), shape, output, nullptr);
    };
    must(launch(), "attention entropy");
    must(cudaDeviceSynchronize(), "attention entropy");
    got.entropy = entropy.host();
    got.sink = sink.host();
    got.distance = distance.host();
    got.log_sum = log_sum.host();
    char name[128];
    std::snprintf(name, sizeof name, "attention entropy %s T %lld S %lld H %lld/%lld dh %lld offset %lld window %lld",
                  bf16 ? "bf16" : "fp32", static_cast<long long>(shape.queries), static_cast<long long>(shape.keys),
                  static_cast<long long>(shape.heads), static_cast<long long>(shape.kv_heads), static_cast<long long>(shape.head_dim),
                  static_cast<long long>(shape.offset), static_cast<long long>(shape.window));
    report(name, attention_difference(shape, query, key, got), 1e-4);
    if (timed) {
        std::printf("    %.4f ms\n", time_ms(launch));
    }
}

} // namespace

int main()
{
    int devices = 0;
    if (cudaGetDeviceCount(&devices) != cudaSuccess || devices == 0) {
        std::printf("no CUDA device was found\n");
        return 2;
    }
    check_rows(64, 640, 1, /*hostile=*/true, /*timed=*/false);
    check_rows(33, 1001, 4, /*hostile=*/true, /*timed=*/false);
    check_rows(70000, 5, 1, /*hostile=*/false, /*timed=*/false);
    check_rows(512, 50257, 3, /*hostile=*/false, /*timed=*/true);
    check_rows(2048, 32000, 3, /*hostile=*/false, /*timed=*/true);
    const float scale = 0.0883883F;
    for (const bool bf16 : {false, true}) {
        for (const std::int64_t head_dim : {64, 128}) {
            check_attention({.queries = 300, .keys = 300, .heads = 4, .kv_heads = 2, .head_dim = head_dim, .scale = scale}, bf16, false);
            check_attention({.queries = 17, .keys = 333, .heads = 6, .kv_heads = 2, .head_dim = head_dim, .offset = 316, .scale = scale},
                            bf16, false);
            check_attention({.queries = 500, .keys = 450, .heads = 2, .kv_heads = 2, .head_dim = head_dim, .offset = -20, .scale = scale},
                            bf16, false);
            check_attention({.queries = 500, .keys = 500, .heads = 2, .kv_heads = 1, .head_dim = head_dim, .window = 77, .scale = scale},
                            bf16, false);
        }
    }
    check_attention({.queries = 40, .keys = 40, .heads = 3, .kv_heads = 3, .head_dim = 20, .scale = 1}, /*bf16=*/false, false);
    check_attention({.queries = 8192, .keys = 8192, .heads = 16, .kv_heads = 16, .head_dim = 128, .scale = scale}, /*bf16=*/true,
                    /*timed=*/true);
    check_attention({.queries = 2048, .keys = 2048, .heads = 16, .kv_heads = 16, .head_dim = 128, .scale = scale}, /*bf16=*/false,
                    /*timed=*/true);
    std::printf("%s\n", all_passed ? "all kernels agree with their CPU twins" : "a kernel differs from its CPU twin");
    return all_passed ? 0 : 1;
}
