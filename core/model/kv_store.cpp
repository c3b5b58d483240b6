// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/kv_store.h"

#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <cstring>
#include <new>

namespace timberline::model {

namespace {

/// One piece of memory, [layers][keys, values][kv_heads][capacity][head_dim]; pages are touched only when their slots are written.
class ContiguousStore final : public KvStore
{
public:
    ContiguousStore(std::int64_t layers, std::int64_t kv_heads, std::int64_t head_dim, std::int64_t capacity)
        : kv_heads_(kv_heads), head_dim_(head_dim), capacity_(capacity), lengths_(static_cast<std::size_t>(layers), 0)
    {
        head_stride_ = (capacity * head_dim + 15) / 16 * 16;  // whole cache lines
        const auto floats = static_cast<std::size_t>(layers * 2 * kv_heads * head_stride_);
        memory_.reset(static_cast<float*>(std::aligned_alloc(64, std::max(floats, std::size_t{16}) * sizeof(float))));
        if (memory_ == nullptr) {
            throw std::bad_alloc();
        }
    }

    [[nodiscard]] std::int64_t length(std::int64_t layer) const override { return lengths_[checked(layer)]; }
    [[nodiscard]] std::int64_t capacity() const override { return capacity_; }
    [[nodiscard]] float* keys(std::int64_t layer, std::int64_t kv_head) override { return head(layer, 0, kv_head); }
    [[nodiscard]] float* values(std::int64_t layer, std::int64_t kv_head) override { return head(layer, 1, kv_head); }
    void set_length(std::int64_t layer, std::int64_t length) override
    {
        assert(length >= 0 && length <= capacity_);
        lengths_[checked(layer)] = length;
    }
    [[nodiscard]] std::int64_t layers() const override { return static_cast<std::int64_t>(lengths_.size()); }
    [[nodiscard]] std::int64_t kv_heads() const override { return kv_heads_; }
    [[nodiscard]] std::int64_t head_dim() const override { return head_dim_; }

    [[nodiscard]] std::unique_ptr<KvStore> snapshot() const override
    {
        auto copy = std::make_unique<ContiguousStore>(layers(), kv_heads_, head_dim_, capacity_);
        copy->lengths_ = lengths_;
        for (std::int64_t layer = 0; layer < layers(); ++layer) {
            const auto bytes = static_cast<std::size_t>(length(layer) * head_dim_) * sizeof(float);
            for (std::int64_t part = 0; part < 2; ++part) {
                for (std::int64_t kv_head = 0; kv_head < kv_heads_; ++kv_head) {
                    std::memcpy(copy->head(layer, part, kv_head), head(layer, part, kv_head), bytes);
                }
            }
        }
        return copy;
    }

private:
    [[nodiscard]] std::size_t checked(std::int64_t layer) const noexcept
    {
        assert(layer >= 0 && layer < layers());
        return static_cast<std::size_t>(layer);
    }
    [[nodiscard]] float* head(std::int64_t layer, std::int64_t part, std::int64_t kv_head) const noexcept
    {
        assert(layer >= 0 && layer < layers() && kv_head >= 0 && kv_head < kv_heads_);
        return memory_.get() + ((layer * 2 + part) * kv_heads_ + kv_head) * head_stride_;
    }

    struct Free {
        void operator()(float* memory) const noexcept { std::free(memory); }
    };
    std::int64_t kv_heads_, head_dim_, capacity_, head_stride_ = 0;
    std::vector<std::int64_t> lengths_;
    std::unique_ptr<float, Free> memory_;
};

}  // namespace

void KvStore::compact(std::int64_t base, std::span<const std::int32_t> path)
{
    const auto row_bytes = static_cast<std::size_t>(head_dim()) * sizeof(float);
    for (std::int64_t layer = 0; layer < layers(); ++layer) {
        const std::int64_t held = length(layer);
        if (held <= base) {
            continue;
        }
        const auto missing = std::find_if(path.begin(), path.end(), [&](std::int32_t node) { return base + node >= held; });
        const auto kept = static_cast<std::int64_t>(missing - path.begin());
        for (std::int64_t head = 0; head < kv_heads(); ++head) {
            for (float* const rows : {keys(layer, head), values(layer, head)}) {
                for (std::int64_t j = 0; j < kept; ++j) {
                    const std::int64_t from = path[static_cast<std::size_t>(j)];
                    assert(from >= j);
                    if (from != j) {
                        std::memcpy(rows + (base + j) * head_dim(), rows + (base + from) * head_dim(), row_bytes);
                    }
                }
            }
        }
        set_length(layer, base + kept);
    }
}

void KvStore::crop(std::int64_t length_limit)
{
    for (std::int64_t layer = 0; layer < layers(); ++layer) {
        set_length(layer, std::min(length(layer), std::max<std::int64_t>(length_limit, 0)));
    }
}

std::unique_ptr<KvStore> make_kv_store(std::int64_t layers, std::int64_t kv_heads, std::int64_t head_dim, std::int64_t capacity)
{
    assert(layers > 0 && kv_heads > 0 && head_dim > 0 && capacity >= 0);
    return std::make_unique<ContiguousStore>(layers, kv_heads, head_dim, capacity);
}

}  // namespace timberline::model
