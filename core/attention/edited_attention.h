// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/attention_kernel.h"

#include <memory>
#include <vector>

namespace timberline::attention {

/// What one head does instead of the usual.
struct HeadPlan {
    AttentionKernel* kernel = nullptr;  ///< who attends; not null, kept alive by EditedAttention
    double temperature = 1;             ///< > 0: scores are divided by it
    double factor = 1;                  ///< of the head's output; 0 ablates it, its map stays visible
    friend bool operator==(const HeadPlan&, const HeadPlan&) = default;
};

/// Applies a plan of edits a layer and head. Neighbouring heads with the same plan go to their kernel in one call; a plan without changes
/// is that kernel, bit for bit, so that undoing every edit gives the original back.
class EditedAttention final : public AttentionKernel
{
public:
    /// @param plan [layers * heads].  @param kernels those that the plan names, kept alive.
    EditedAttention(std::int64_t heads, std::vector<HeadPlan> plan, std::vector<std::shared_ptr<AttentionKernel>> kernels)
        : heads_(heads), plan_(std::move(plan)), kernels_(std::move(kernels))
    {}
    void attend(const AttentionCall& call) override;
    /// Of the head's own kernel and temperature.
    [[nodiscard]] std::optional<ScoreForm> softmax_form(const AttentionCall& call, std::int64_t head, std::int64_t query) const override;

private:
    std::int64_t heads_;
    std::vector<HeadPlan> plan_;
    std::vector<std::shared_ptr<AttentionKernel>> kernels_;
};

}  // namespace timberline::attention
