// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/decoding/heads/head_folder.h"
#include "core/model/decoder_config.h"

#include <span>
#include <string>
#include <vector>

namespace timberline::decoding {

/// A head's own output norm, of the target's kind (RMS or layer norm, epsilon, Gemma's 1 + w). Tensors NAME.weight and, for layer norms,
/// NAME.bias, [d] each.
class HeadNorm
{
public:
    [[nodiscard]] static Result<HeadNorm> from(const model::DecoderConfig& target, const HeadFolder& heads, const std::string& name);
    /// rows [n, d] in place. A row's result does not depend on the others.
    void apply(std::span<float> rows) const;

private:
    std::vector<float> scale_, shift_;  ///< shift empty = RMS norm
    double epsilon_ = 1e-5;
};

}  // namespace timberline::decoding
