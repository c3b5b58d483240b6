// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/attention_kernel.h"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace timberline::model {

/// Where keys and values live. Slot s of a layer holds the row of one token: [kv_heads, head_dim] each, float32. Each layer has its own length,
/// so that methods may skip layers or share the lower ones between draft and target. Not thread-safe; one forward at a time.
class KvStore : public attention::KeyValueRows
{
public:
    [[nodiscard]] virtual std::int64_t length(std::int64_t layer) const = 0;
    [[nodiscard]] virtual std::int64_t capacity() const = 0;
    /// Keys of one head, slot after slot: [capacity, head_dim], contiguous a head. Rows at or past length() may be written by the forward, then committed by set_length.
    [[nodiscard]] float* keys(std::int64_t layer, std::int64_t kv_head) override = 0;
    [[nodiscard]] float* values(std::int64_t layer, std::int64_t kv_head) override = 0;
    /// @param length 0..capacity().  Shorter drops rows, longer declares rows written past the old end.
    virtual void set_length(std::int64_t layer, std::int64_t length) = 0;
    [[nodiscard]] virtual std::int64_t layers() const = 0;
    [[nodiscard]] virtual std::int64_t kv_heads() const = 0;
    [[nodiscard]] virtual std::int64_t head_dim() const = 0;

    /// Keeps the first `base` slots and then slots base + path[0], base + path[1], … (ascending, path[j] >= j), in every layer that holds them.
    /// Rotated keys need no new rotation: position = base + depth = base + j on a root path.
    /// Virtual, because rows that live on a device are moved there; the default moves the rows behind keys() and values().
    virtual void compact(std::int64_t base, std::span<const std::int32_t> path);
    /// Cuts every layer to at most `length` slots.
    void crop(std::int64_t length);
    [[nodiscard]] virtual std::unique_ptr<KvStore> snapshot() const = 0;  ///< a deep copy, for forks
};

/// The default store: contiguous memory of `capacity` slots a head, 64-byte aligned.
[[nodiscard]] std::unique_ptr<KvStore> make_kv_store(std::int64_t layers, std::int64_t kv_heads, std::int64_t head_dim, std::int64_t capacity);

}  // namespace timberline::model
