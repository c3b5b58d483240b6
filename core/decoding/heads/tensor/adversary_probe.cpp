// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/decoding/heads/adversary_probe.h"

#include "core/decoding/heads/tensor/adversary.h"
#include "core/model/tensor/tensor_errors.h"

#include <ATen/ATen.h>

namespace timberline::decoding {
namespace {

at::Tensor tensor_of(std::span<const float> values, std::int64_t rows, std::int64_t columns)
{
    return at::from_blob(const_cast<float*>(values.data()), {rows, columns}, at::TensorOptions().dtype(at::kFloat)).clone();
}

}  // namespace

Result<AdversaryAnswer> ask_adversary(const AdversaryQuestion& question)
{
    const auto n = question.rows, v = question.vocabulary, d = question.width;
    const auto fits = [](std::span<const float> values, std::int64_t count) { return static_cast<std::int64_t>(values.size()) == count; };
    if (n < 1 || v < 1 || d < 1 || !fits(question.embeddings, v * d) || !fits(question.target_logits, n * v) ||
        !fits(question.draft_logits, n * v) || !fits(question.hidden, n * d)) {
        return make_error(ErrorCode::InvalidArgument, "the adversary was asked about numbers whose sizes do not fit together",
                          "Give [V, d] embeddings, [n, V] logits and [n, d] hidden rows.");
    }
    return model::guarded("asking the adversary", [&]() -> Result<AdversaryAnswer> {
        const Adversary adversary(tensor_of(question.embeddings, v, d), question.seed);
        if (question.undecided) {
            std::vector<HeadParameter> parameters;
            adversary.list(parameters);
            for (auto& parameter : parameters) {
                if (parameter.name.starts_with("adversary.out")) {
                    parameter.value.zero_();
                }
            }
        }
        auto target = tensor_of(question.target_logits, n, v), draft = tensor_of(question.draft_logits, n, v);
        const auto hidden = tensor_of(question.hidden, n, d);
        target.set_requires_grad(true);
        draft.set_requires_grad(true);
        AdversaryAnswer out;
        std::vector<HeadParameter> parameters;
        adversary.list(parameters);
        for (auto& parameter : parameters) {
            parameter.value.set_requires_grad(true);
        }
        const auto judgement = adversary.discriminate(at::softmax(target, -1), at::softmax(draft, -1), hidden, question.real_label);
        judgement.loss.backward();
        out.discriminator_loss = judgement.loss.item<double>();
        out.leaked = target.grad().defined() || draft.grad().defined();
        const auto fooling = adversary.fool(at::softmax(draft, -1), hidden);
        fooling.backward();
        out.fooling_loss = fooling.item<double>();
        out.leaked = out.leaked || target.grad().defined();
        const auto gradient = draft.grad().contiguous();
        out.fooling_gradient.assign(gradient.data_ptr<float>(), gradient.data_ptr<float>() + gradient.numel());
        out.largest_singular_value = adversary.first_matrix_norm();
        return out;
    });
}

}  // namespace timberline::decoding
