// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/kv_store.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace timberline::model {

/// Keys and values in device memory: one tensor [Hkv, capacity, dh] a layer and kind. On a CPU, keys() and values() are the rows
/// themselves. On another device they are host copies, refreshed by each call: good for reading; what is written there does not reach the
/// device.
class TensorKvStore final : public KvStore
{
public:
    /// Throws c10::Error when the device has too little memory.
    TensorKvStore(std::int64_t layers, std::int64_t kv_heads, std::int64_t head_dim, std::int64_t capacity, at::Device device);

    [[nodiscard]] std::int64_t length(std::int64_t layer) const override { return lengths_[static_cast<std::size_t>(layer)]; }
    [[nodiscard]] std::int64_t capacity() const override { return capacity_; }
    [[nodiscard]] float* keys(std::int64_t layer, std::int64_t kv_head) override;
    [[nodiscard]] float* values(std::int64_t layer, std::int64_t kv_head) override;
    void set_length(std::int64_t layer, std::int64_t length) override { lengths_[static_cast<std::size_t>(layer)] = length; }
    [[nodiscard]] std::int64_t layers() const override { return static_cast<std::int64_t>(lengths_.size()); }
    [[nodiscard]] std::int64_t kv_heads() const override { return kv_heads_; }
    [[nodiscard]] std::int64_t head_dim() const override { return head_dim_; }
    void compact(std::int64_t base, std::span<const std::int32_t> path) override;
    [[nodiscard]] std::unique_ptr<KvStore> snapshot() const override;

    [[nodiscard]] at::Device device() const noexcept { return device_; }
    [[nodiscard]] const at::Tensor& key_tensor(std::int64_t layer) const { return keys_[static_cast<std::size_t>(layer)]; }
    [[nodiscard]] const at::Tensor& value_tensor(std::int64_t layer) const { return values_[static_cast<std::size_t>(layer)]; }

private:
    float* host_rows(const at::Tensor& rows, std::int64_t kv_head, std::vector<float>& copy) const;

    std::int64_t kv_heads_ = 0, head_dim_ = 0, capacity_ = 0;
    at::Device device_;
    std::vector<std::int64_t> lengths_;
    std::vector<at::Tensor> keys_, values_;
    std::vector<std::vector<float>> key_copies_, value_copies_; ///< [layers * Hkv]; empty on a CPU and until asked for
};

} // namespace timberline::model
