// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/decoding/heads/tensor/adversary.h"

#include <ATen/ATen.h>

namespace timberline::decoding {
namespace {

constexpr std::uint32_t kStream = 9000;  ///< of its initial numbers; far from the heads'
constexpr double kSlope = 0.2;           ///< of LeakyReLU below 0
constexpr int kPowerSteps = 12;

/// W / sigma(W) (arXiv 1802.05957). The largest singular value comes from power iteration that always begins at the same vector, so that
/// the matrix alone decides and no state is carried from step to step.
at::Tensor normalised(const at::Tensor& weight, const at::Tensor& start)
{
    at::Tensor left, right = start;
    {
        const at::NoGradGuard no_gradient;
        const auto unit = [](const at::Tensor& x) { return x / x.norm().clamp_min(1e-12); };
        for (int i = 0; i < kPowerSteps; ++i) {
            left = unit(at::mv(weight.detach(), right));
            right = unit(at::mv(weight.detach().t(), left));
        }
    }
    const auto sigma = at::dot(left, at::mv(weight, right));
    return weight / sigma.clamp_min(1e-12);  // a matrix of zeros stays one
}

}  // namespace

Adversary::Adversary(const at::Tensor& table, std::uint64_t seed) : table_(table)
{
    const auto d = table.size(1);
    in_weight_ = keyed_normal({kWidth, 2 * d}, 0.05, seed, kStream);
    in_bias_ = at::zeros({kWidth});
    out_weight_ = keyed_normal({1, kWidth}, 0.05, seed, kStream + 1);
    out_bias_ = at::zeros({1});
    in_start_ = keyed_normal({2 * d}, 1.0, seed, kStream + 2);
    out_start_ = keyed_normal({kWidth}, 1.0, seed, kStream + 3);
}

void Adversary::list(std::vector<HeadParameter>& out) const
{
    const auto add = [&](const char* name, const at::Tensor& value, bool decays) {
        out.push_back({.name = name, .value = value, .decays = decays, .group = kGroup, .saved = false});
    };
    add("adversary.in.weight", in_weight_, true);
    add("adversary.in.bias", in_bias_, false);
    add("adversary.out.weight", out_weight_, true);
    add("adversary.out.bias", out_bias_, false);
}

at::Tensor Adversary::judge(const at::Tensor& probabilities, const at::Tensor& hidden) const
{
    const auto expected = at::matmul(probabilities, table_);  // the law's mean embedding, [n, d]
    const auto inner = at::linear(at::cat({expected, hidden}, -1), normalised(in_weight_, in_start_), in_bias_);
    return at::linear(at::leaky_relu(inner, kSlope), normalised(out_weight_, out_start_), out_bias_).squeeze(-1);
}

Adversary::Judgement Adversary::discriminate(const at::Tensor& target_law, const at::Tensor& draft_law, const at::Tensor& hidden,
                                             double real_label) const
{
    const auto real = judge(target_law.detach(), hidden.detach());
    const auto fake = judge(draft_law.detach(), hidden.detach());
    // log D = log_sigmoid(z), log(1 - D) = log_sigmoid(-z).
    const auto on_real = -(real_label * at::log_sigmoid(real) + (1 - real_label) * at::log_sigmoid(-real)).mean();
    const auto on_fake = -at::log_sigmoid(-fake).mean();
    Judgement out;
    out.loss = on_real + on_fake;
    out.accuracy = 0.5 * (real.detach().gt(0).to(at::kFloat).mean() + fake.detach().le(0).to(at::kFloat).mean()).item<double>();
    return out;
}

at::Tensor Adversary::fool(const at::Tensor& draft_law, const at::Tensor& hidden) const
{
    return -at::log_sigmoid(judge(draft_law, hidden.detach())).mean();
}

double Adversary::first_matrix_norm() const
{
    const at::NoGradGuard no_gradient;
    return at::linalg_matrix_norm(normalised(in_weight_, in_start_).detach(), 2).item<double>();
}

}  // namespace timberline::decoding
