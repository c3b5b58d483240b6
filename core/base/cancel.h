// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <memory>

namespace timberline {

/// A flag that one thread raises and another looks at: in each layer of a forward, each prefill chunk, each tensor read,
/// each optimizer step and grid point, so that a cancel answers within 100 ms. Copies share the flag. Thread-safe.
class CancelToken
{
public:
    CancelToken() : flag_(std::make_shared<std::atomic<bool>>(false)) {}

    void cancel() const noexcept { flag_->store(true, std::memory_order_relaxed); }
    [[nodiscard]] bool cancelled() const noexcept { return flag_->load(std::memory_order_relaxed); }

private:
    std::shared_ptr<std::atomic<bool>> flag_;
};

}  // namespace timberline
