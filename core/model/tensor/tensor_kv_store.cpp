// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/tensor/tensor_kv_store.h"

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <cassert>

namespace timberline::model {

TensorKvStore::TensorKvStore(std::int64_t layers, std::int64_t kv_heads, std::int64_t head_dim, std::int64_t capacity, at::Device device)
    : kv_heads_(kv_heads), head_dim_(head_dim), capacity_(capacity), device_(device), lengths_(static_cast<std::size_t>(layers), 0)
{
    const c10::InferenceMode inference;
    const auto options = at::TensorOptions().dtype(at::kFloat).device(device);
    for (std::int64_t layer = 0; layer < layers; ++layer) {
        keys_.push_back(at::zeros({kv_heads, capacity, head_dim}, options));
        values_.push_back(at::zeros({kv_heads, capacity, head_dim}, options));
    }
    if (!device_.is_cpu()) {
        key_copies_.resize(static_cast<std::size_t>(layers * kv_heads));
        value_copies_.resize(static_cast<std::size_t>(layers * kv_heads));
    }
}

float* TensorKvStore::host_rows(const at::Tensor& rows, std::int64_t kv_head, std::vector<float>& copy) const
{
    const c10::InferenceMode inference;
    copy.resize(static_cast<std::size_t>(capacity_ * head_dim_));
    at::from_blob(copy.data(), {capacity_, head_dim_}, at::TensorOptions().dtype(at::kFloat)).copy_(rows.select(0, kv_head));
    return copy.data();
}

float* TensorKvStore::keys(std::int64_t layer, std::int64_t kv_head)
{
    if (device_.is_cpu()) {
        return key_tensor(layer).data_ptr<float>() + kv_head * capacity_ * head_dim_;
    }
    return host_rows(key_tensor(layer), kv_head, key_copies_[static_cast<std::size_t>(layer * kv_heads_ + kv_head)]);
}

float* TensorKvStore::values(std::int64_t layer, std::int64_t kv_head)
{
    if (device_.is_cpu()) {
        return value_tensor(layer).data_ptr<float>() + kv_head * capacity_ * head_dim_;
    }
    return host_rows(value_tensor(layer), kv_head, value_copies_[static_cast<std::size_t>(layer * kv_heads_ + kv_head)]);
}

void TensorKvStore::compact(std::int64_t base, std::span<const std::int32_t> path)
{
    const c10::InferenceMode inference;
    for (std::int64_t layer = 0; layer < layers(); ++layer) {
        std::vector<std::int64_t> slots; // the path's slots that this layer holds
        bool moved = false;
        for (const auto node : path) {
            const auto slot = base + node;
            if (slot < length(layer)) {
                moved = moved || slot != base + static_cast<std::int64_t>(slots.size());
                slots.push_back(slot);
            }
        }
        const auto kept = static_cast<std::int64_t>(slots.size());
        if (moved) {
            const auto index = at::from_blob(slots.data(), {kept}, at::TensorOptions().dtype(at::kLong)).to(device_);
            for (const auto* rows : {&key_tensor(layer), &value_tensor(layer)}) {
                rows->narrow(1, base, kept).copy_(rows->index_select(1, index));
            }
        }
        set_length(layer, std::min(length(layer), base + kept));
    }
}

std::unique_ptr<KvStore> TensorKvStore::snapshot() const
{
    const c10::InferenceMode inference;
    auto copy = std::make_unique<TensorKvStore>(layers(), kv_heads_, head_dim_, capacity_, device_);
    for (std::int64_t layer = 0; layer < layers(); ++layer) {
        const auto rows = length(layer);
        copy->key_tensor(layer).narrow(1, 0, rows).copy_(key_tensor(layer).narrow(1, 0, rows));
        copy->value_tensor(layer).narrow(1, 0, rows).copy_(value_tensor(layer).narrow(1, 0, rows));
        copy->set_length(layer, rows);
    }
    return copy;
}

} // namespace timberline::model
