// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/decoder_parts.h"

namespace timberline::model {

namespace {

class PlainActivation final : public Activation
{
public:
    PlainActivation(ActivationKind kind, const kernels::KernelTable& kernels) : kind_(kind), kernels_(&kernels) {}
    void apply(float* gate, const float* up, std::int64_t count) const override { kernels_->activate(kind_, gate, up, count, gate); }

private:
    ActivationKind kind_;
    const kernels::KernelTable* kernels_;
};

}  // namespace

std::shared_ptr<const Activation> make_activation(ActivationKind kind, const kernels::KernelTable& kernels)
{
    return std::make_shared<PlainActivation>(kind, kernels);
}

}  // namespace timberline::model
