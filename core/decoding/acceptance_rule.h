// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/hyperparameter.h"
#include "core/base/result.h"
#include "core/rules/verification.h"

#include <functional>
#include <memory>

namespace timberline::decoding {

/// Decides which drafted nodes are kept. Pure arithmetic on laws; no model inside.
class AcceptanceRule
{
public:
    virtual ~AcceptanceRule() = default;
    [[nodiscard]] virtual rules::Verdict verify(const rules::DraftTree& tree, const rules::TargetLaw& target, rules::DecisionSource& decisions,
                                                std::int32_t forced) const = 0;
    /// False where the rule changes the target's law for children drawn this way.
    [[nodiscard]] virtual bool lossless_for(record::DrawKind kind) const = 0;
    /// An error, one clear sentence with a hint, where the rule is not defined for such a tree. Asked before the target runs.
    /// @param greedy the target decodes at temperature 0.
    [[nodiscard]] virtual Status fits(const rules::DraftTree& /*tree*/, bool /*greedy*/) const { return {}; }
    /// The same for a drafter that never draws a token by chance, before anything is drafted.
    [[nodiscard]] virtual Status fits_chosen(bool /*greedy*/) const { return {}; }
    /// True where the rule at temperature 0 keeps a child exactly when it carries the target's likeliest token: unrecorded runs then take
    /// rules::verify_greedy, which decides the same without building laws.
    [[nodiscard]] virtual bool matches_when_greedy() const { return false; }
    virtual void set_values(const Values& values) = 0;
};
using AcceptanceFactory = std::function<std::unique_ptr<AcceptanceRule>(const Values&)>;

}  // namespace timberline::decoding
