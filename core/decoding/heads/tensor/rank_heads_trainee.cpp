// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/decoding/heads/tensor/rank_heads_trainee.h"

#include "core/decoding/heads/rank_heads.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace timberline::decoding {

RankHeadsTrainee::RankHeadsTrainee(HeadGround ground, Reader read, const Values& values, bool koala)
    : ground_(std::move(ground)), read_(std::move(read)), values_(read_(values))
{
    const auto d = ground_.config.hidden;
    for (std::int64_t k = 0; k < values_.heads; ++k) {
        auto& weights = weights_.emplace_back();
        auto& biases = biases_.emplace_back();
        for (std::int64_t layer = 0; layer < values_.layers; ++layer) {
            weights.push_back(at::zeros({d, d}));
            biases.push_back(at::zeros({d}));
        }
        if (values_.untied_heads) {
            const auto role = ground_.config.tied_head ? model::Role::TokenEmbedding : model::Role::Head;
            outs_.push_back(ground_.network->parameter(role, -1).detach().clone());
        }
    }
    if (koala) {
        adversary_.emplace(ground_.embedding_table(), ground_.seed);
    }
}

std::vector<HeadParameter> RankHeadsTrainee::parameters()
{
    std::vector<HeadParameter> out;
    for (std::int64_t k = 0; k < values_.heads; ++k) {
        for (std::int64_t layer = 0; layer < values_.layers; ++layer) {
            const auto i = static_cast<std::size_t>(k), j = static_cast<std::size_t>(layer);
            out.push_back({.name = rank_head_block(k, layer) + ".weight", .value = weights_[i][j]});
            out.push_back({.name = rank_head_block(k, layer) + ".bias", .value = biases_[i][j], .decays = false});
        }
        if (values_.untied_heads) {
            out.push_back({.name = rank_head_out(k) + ".weight", .value = outs_[static_cast<std::size_t>(k)]});
        }
    }
    if (adversary_) {
        adversary_->list(out);
    }
    return out;
}

at::Tensor RankHeadsTrainee::head_rows(std::int64_t head, const at::Tensor& rows) const
{
    const auto k = static_cast<std::size_t>(head);
    at::Tensor x = rows;
    for (std::size_t layer = 0; layer < weights_[k].size(); ++layer) {
        x = x + at::silu(at::linear(x, weights_[k][layer], biases_[k][layer]));
    }
    return x;
}

at::Tensor RankHeadsTrainee::head_logits(std::int64_t head, const at::Tensor& rows) const
{
    const auto x = head_rows(head, rows);
    return outs_.empty() ? ground_.logits(x) : at::linear(x, outs_[static_cast<std::size_t>(head)]);
}

ReadOutLoss RankHeadsTrainee::supervised(std::int64_t head, const Examples& all, const at::Tensor& x) const
{
    const bool by_law = values_.labels == "law";
    if (outs_.empty()) {
        return by_law ? read_out_law_loss(ground_, x, all.target_logits) : read_out_loss(ground_, x, all.labels);
    }
    const auto logits = at::linear(x, outs_[static_cast<std::size_t>(head)]);
    return {.loss = by_law ? -(at::softmax(all.target_logits, -1) * at::log_softmax(logits, -1)).sum(-1).mean()
                           : at::cross_entropy_loss(logits, all.labels),
            .best = logits.detach().argmax(-1)};
}

RankHeadsTrainee::Examples RankHeadsTrainee::examples(const HeadBatch& batch, std::int64_t head) const
{
    const auto shift = head + 2;
    const auto count = batch.ids.size(1) - shift;
    if (count <= 0) {
        return {};
    }
    const auto index = batch.valid.narrow(1, shift, count).reshape({-1}).nonzero().squeeze(1);
    if (index.numel() == 0) {
        return {};
    }
    const auto pick = [&](const at::Tensor& rows, std::int64_t begin) {
        return rows.narrow(1, begin, count).reshape({-1, rows.size(-1)}).index_select(0, index);
    };
    Examples out;
    out.rows = pick(batch.hidden, 0);
    out.labels = batch.ids.narrow(1, shift, count).reshape({-1}).index_select(0, index);
    if (batch.logits.defined()) {
        out.target_logits = pick(batch.logits, shift - 1);  // row t + 1 + k is about x_{t+2+k}
    }
    return out;
}

at::Tensor RankHeadsTrainee::judged(const HeadBatch& batch, std::int64_t count) const
{
    const auto stride = std::max<std::int64_t>(1, std::llround(1 / std::max(values_.adversary_share, 0.01)));
    return at::arange(batch.step % std::min(stride, count), count, stride, at::TensorOptions().dtype(at::kLong));
}

HeadLoss RankHeadsTrainee::discriminator_loss(const HeadBatch& batch)
{
    HeadLoss out;
    out.parts.assign(loss_parts().size(), std::numeric_limits<double>::quiet_NaN());
    if (!adversarial() || batch.epoch < values_.warm_up_epochs) {
        return out;
    }
    double accuracy = 0;
    std::int64_t judged_heads = 0;
    for (std::int64_t k = 0; k < values_.heads; ++k) {
        const auto all = examples(batch, k);
        if (!all.rows.defined()) {
            continue;
        }
        at::Tensor real, fake, rows;
        {
            const at::NoGradGuard no_gradient;
            const auto index = judged(batch, all.rows.size(0));
            rows = all.rows.index_select(0, index);
            real = at::softmax(all.target_logits.index_select(0, index), -1);
            fake = at::softmax(head_logits(k, rows), -1);
        }
        const auto judgement = adversary_->discriminate(real, fake, rows, values_.real_label);
        out.total = out.total.defined() ? out.total + judgement.loss : judgement.loss;
        accuracy += judgement.accuracy;
        ++judged_heads;
    }
    if (judged_heads > 0) {
        out.total = out.total / static_cast<double>(judged_heads);
        out.parts[2] = out.total.item<double>();
        out.parts[3] = accuracy / static_cast<double>(judged_heads);
    }
    return out;
}

HeadLoss RankHeadsTrainee::loss(const HeadBatch& batch, std::int32_t group)
{
    if (group == Adversary::kGroup) {
        return discriminator_loss(batch);
    }
    HeadLoss out;
    out.parts.assign(loss_parts().size(), std::numeric_limits<double>::quiet_NaN());
    const bool fooling = adversarial() && batch.training && batch.epoch >= values_.warm_up_epochs;
    at::Tensor fooled;
    double weight = 1;
    for (std::int64_t k = 0; k < values_.heads; ++k, weight *= values_.head_decay) {
        const auto all = examples(batch, k);
        if (!all.rows.defined()) {
            out.correct.push_back(at::zeros({0}, at::TensorOptions().dtype(at::kBool)));
            continue;
        }
        const auto x = head_rows(k, all.rows);
        const auto [loss, best] = supervised(k, all, x);
        out.total = out.total.defined() ? out.total + loss * weight : loss * weight;
        if (!batch.training) {
            out.correct.push_back(best.eq(all.labels));
        }
        if (fooling) {
            const auto index = judged(batch, all.rows.size(0));
            const auto judged_rows = x.index_select(0, index);
            const auto logits = outs_.empty() ? ground_.logits(judged_rows) : at::linear(judged_rows, outs_[static_cast<std::size_t>(k)]);
            const auto term = adversary_->fool(at::softmax(logits, -1), all.rows.index_select(0, index));
            fooled = fooled.defined() ? fooled + term : term;
        }
    }
    if (!out.total.defined()) {
        // Texts too short for any label: a loss without gradient that names no number.
        out.total = (weights_[0][0].sum() * 0);
    }
    if (!out.parts.empty()) {
        out.parts[0] = out.total.item<double>();
    }
    if (fooled.defined()) {
        fooled = fooled / static_cast<double>(values_.heads);
        out.parts[1] = fooled.item<double>();
        out.total = out.total + fooled * values_.adversarial_weight;
    }
    return out;
}

std::vector<std::string> RankHeadsTrainee::loss_parts() const
{
    return adversary_ ? std::vector<std::string>{"supervised", "adversarial", "discriminator", "discriminator_accuracy"}
                      : std::vector<std::string>{};
}

void RankHeadsTrainee::count_ranks(const HeadBatch& batch, std::vector<std::vector<double>>& counts, std::vector<double>& totals)
{
    counts.resize(static_cast<std::size_t>(values_.heads), std::vector<double>(static_cast<std::size_t>(kRanksKept), 0));
    totals.resize(static_cast<std::size_t>(values_.heads), 0);
    for (std::int64_t k = 0; k < values_.heads; ++k) {
        const auto all = examples(batch, k);
        if (!all.rows.defined()) {
            continue;
        }
        const auto ranks = std::min(kRanksKept, ground_.config.vocabulary);
        const auto best = std::get<1>(head_logits(k, all.rows).topk(ranks, -1));
        const auto hits = best.eq(all.labels.unsqueeze(1)).to(at::kDouble).sum(0).contiguous();
        for (std::int64_t rank = 0; rank < ranks; ++rank) {
            counts[static_cast<std::size_t>(k)][static_cast<std::size_t>(rank)] += hits.data_ptr<double>()[rank];
        }
        totals[static_cast<std::size_t>(k)] += static_cast<double>(all.rows.size(0));
    }
}

void RankHeadsTrainee::finish(HeadFolder& heads, const std::vector<std::vector<double>>& accuracy) const
{
    heads.shape["heads"] = values_.heads;
    heads.shape["layers"] = values_.layers;
    heads.shape["untied_heads"] = values_.untied_heads;
    if (static_cast<std::int64_t>(accuracy.size()) == values_.heads) {
        heads.extra["rank_accuracy"] = rank_accuracy_json(accuracy);
    }
}

void RankHeadsTrainee::set_values(const Values& values)
{
    const auto wanted = read_(values);
    values_.adversarial_weight = wanted.adversarial_weight;
    values_.head_decay = wanted.head_decay;
    values_.real_label = wanted.real_label;
}

}  // namespace timberline::decoding
