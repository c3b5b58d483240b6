// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Inside core/exits only.

#include "core/base/result.h"
#include "core/model/decoder.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace timberline::exits {

/// Exact attention that passes over slots which hold nothing: a token that left early is absent from the layers above its exit
/// (methods/exits.md 1.7, mask). Slots keep standing for positions, so that rotation and windows stay those of the text.
class HoleAttention final : public model::AttentionKernel
{
public:
    [[nodiscard]] static Result<std::unique_ptr<HoleAttention>> make(std::int64_t layers);
    void attend(const model::AttentionCall& call) override;

    void add_hole(std::int64_t layer, std::int64_t slot);  ///< slots of a layer ascend
    [[nodiscard]] bool is_hole(std::int64_t layer, std::int64_t slot) const;

private:
    explicit HoleAttention(std::shared_ptr<model::AttentionKernel> inner, std::int64_t layers);

    std::shared_ptr<model::AttentionKernel> inner_;
    std::vector<std::vector<std::int32_t>> holes_;  ///< [layers], ascending
    std::vector<std::vector<std::int32_t>> slots_;  ///< scratch: visible slots past the first hole, per query
    std::vector<model::AttentionCall::Visible> visible_;
};

}  // namespace timberline::exits
