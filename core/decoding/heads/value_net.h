// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/decoding/heads/head_folder.h"
#include "core/decoding/heads/packed_linear.h"
#include "core/decoding/reward.h"

#include <cstdint>
#include <span>
#include <vector>

namespace timberline::decoding {

inline constexpr std::int64_t kMostValueUnits = 4096;

/// The value net of value-guided decoding (SVDD's Monte Carlo estimator, arXiv
/// 2408.08252; methods/decoding.md 2.6): what reward a text is likely to end
/// with, from the target's last hidden row. value(h) = w SiLU(U h + b) + c.
/// Tensors: in.weight [units, d], in.bias [units], out.weight [1, units],
/// out.bias [1]. Shape: units, reward, keywords, wanted_length.
class ValueNet
{
public:
    /// Errors: shape values out of range, an unknown reward, tensors missing or
    /// misshapen.
    [[nodiscard]] static Result<ValueNet> make(const HeadFolder& heads, const model::LanguageModel& target);

    [[nodiscard]] const RewardChoice& reward() const noexcept { return reward_; }  ///< that it was trained for
    /// Values [n] of final-normed rows [n, d].
    [[nodiscard]] std::vector<double> values(std::span<const float> rows) const;

private:
    PackedLinear in_, out_;
    RewardChoice reward_;
};

/// The reward as the folder keeps it.
void put_reward(HeadFolder& heads, const RewardChoice& reward);

}  // namespace timberline::decoding
