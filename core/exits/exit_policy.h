// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/method.h"
#include "core/base/result.h"
#include "core/model/decoder.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

namespace timberline::exits {

/// The score of a learned policy: what cannot be computed from the recorded numbers. Confidence, margin, entropy, patience, saturation and
/// fixed layer need none.
class ExitSignal
{
public:
    struct Input {
        std::int64_t layer = 0;           ///< block, from 1
        std::span<const float> hidden;    ///< [d] after the block
        std::span<const float> previous;  ///< [d] before it
    };
    virtual ~ExitSignal() = default;
    /// Higher = more willing to exit; compared with the policy's "threshold" by rules/exit_rules.h.
    [[nodiscard]] virtual float score(const Input& input) = 0;
    [[nodiscard]] virtual double flops() const = 0;  ///< of one score
};

struct ExitResources {
    const model::Decoder* decoder = nullptr;
    std::string heads;  ///< folder of what was trained for the policy; may be empty
};

/// Factory of family "exit policy". Null = decided by arithmetic on the recorded numbers alone. Errors: what the policy needs is missing or
/// damaged.
using ExitPolicyFactory = std::function<Result<std::shared_ptr<ExitSignal>>(const ExitResources& resources, const Values& values)>;

/// The factory of the policies that need no signal.
[[nodiscard]] inline ExitPolicyFactory no_signal()
{
    return [](const ExitResources&, const Values&) -> Result<std::shared_ptr<ExitSignal>> { return std::shared_ptr<ExitSignal>(); };
}

/// The family's list (lists.cpp); one line a method.
void register_exit_policies(MethodRegistry& registry);

}  // namespace timberline::exits
