// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/method.h"
#include "core/base/translate.h"
#include "core/decoding/heads/chained_heads.h"
#include "core/decoding/heads/rank_heads.h"
#include "core/decoding/heads/tensor/chained_heads_trainee.h"
#include "core/decoding/heads/tensor/read_out_loss.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace timberline::decoding {
namespace {

constexpr std::uint32_t kBlockStream = 2000, kDropoutStream = 3000;

const auto& hydra_fields()
{
    static const std::tuple fields{
        field(&ChainedHeadValues::heads, {.key = "heads",
                                          .label = TIMBERLINE_TR("Heads"),
                                          .unit = "heads",
                                          .help = TIMBERLINE_TR("Tokens that are predicted beyond the target's own next one, a head each."),
                                          .min = 1,
                                          .max = static_cast<double>(kMostChainedHeads),
                                          .takes_effect = Effect::Restart}),
        field(&ChainedHeadValues::layers,
              {.key = "layers",
               .label = TIMBERLINE_TR("Layers a head"),
               .unit = "layers",
               .help = TIMBERLINE_TR("Depth of each head; the first layer reads hidden row and tokens together."),
               .min = 1,
               .max = static_cast<double>(kMostChainedLayers),
               .takes_effect = Effect::Restart}),
        field(&ChainedHeadValues::prefix_layer,
              {.key = "prefix_layer",
               .label = TIMBERLINE_TR("Prefix layer"),
               .help = TIMBERLINE_TR("A transformer block over the hidden rows of the whole text before the heads read them."),
               .takes_effect = Effect::Restart}),
        field(&ChainedHeadValues::labels, {.key = "labels",
                                           .label = TIMBERLINE_TR("Learns from"),
                                           .help = TIMBERLINE_TR("The tokens of the text, or the target's whole law at each place of it."),
                                           .choices = {"text", "law"},
                                           .choice_labels = {TIMBERLINE_TR("Tokens of the text"), TIMBERLINE_TR("The target's law")},
                                           .takes_effect = Effect::Restart}),
        field(&ChainedHeadValues::head_decay, {.key = "head_decay",
                                               .label = TIMBERLINE_TR("Weight of later heads"),
                                               .help = TIMBERLINE_TR("Each head's loss counts this much of the one before it."),
                                               .min = 0.1,
                                               .max = 1,
                                               .takes_effect = Effect::NextStep}),
        field(&ChainedHeadValues::dropout, {.key = "dropout",
                                            .label = TIMBERLINE_TR("Dropout"),
                                            .help = TIMBERLINE_TR("Share of each layer's outputs that is left out in training steps."),
                                            .min = 0,
                                            .max = 0.9,
                                            .takes_effect = Effect::NextStep})};
    return fields;
}

}  // namespace

ChainedHeadsTrainee::ChainedHeadsTrainee(HeadGround ground, Reader read, const Values& values, std::unique_ptr<TrainableBlocks> prefix)
    : ground_(std::move(ground)), read_(std::move(read)), values_(read_(values)), prefix_(std::move(prefix))
{
    const auto d = ground_.config.hidden;
    for (std::int64_t k = 0; k < values_.heads; ++k) {
        auto& weights = weights_.emplace_back();
        auto& biases = biases_.emplace_back();
        for (std::int64_t layer = 0; layer < values_.layers; ++layer) {
            weights.push_back(at::zeros({d, layer == 0 ? (k + 2) * d : d}));
            biases.push_back(at::zeros({d}));
        }
    }
}

std::vector<HeadParameter> ChainedHeadsTrainee::parameters()
{
    std::vector<HeadParameter> out;
    if (prefix_ != nullptr) {
        prefix_->list(out);
    }
    for (std::int64_t k = 0; k < values_.heads; ++k) {
        for (std::int64_t layer = 0; layer < values_.layers; ++layer) {
            const auto i = static_cast<std::size_t>(k), j = static_cast<std::size_t>(layer);
            out.push_back({.name = chained_head_layer(k, layer) + ".weight", .value = weights_[i][j]});
            out.push_back({.name = chained_head_layer(k, layer) + ".bias", .value = biases_[i][j], .decays = false});
        }
    }
    return out;
}

at::Tensor ChainedHeadsTrainee::prefixed(const at::Tensor& hidden) const
{
    if (prefix_ == nullptr) {
        return hidden;
    }
    return prefix_->forward(hidden, at::arange(hidden.size(1), at::TensorOptions().dtype(at::kLong)));
}

at::Tensor ChainedHeadsTrainee::dropped(const at::Tensor& x, const HeadBatch& batch, std::int64_t head, std::int64_t layer) const
{
    if (!batch.training || values_.dropout <= 0) {
        return x;
    }
    const auto stream = kDropoutStream + static_cast<std::uint32_t>(head * kMostChainedLayers + layer);
    const auto kept = keyed_uniform(x.sizes().vec(), batch.seed, static_cast<std::uint32_t>(batch.step), stream).ge(values_.dropout);
    return x * kept.to(at::kFloat) / (1 - values_.dropout);
}

ChainedHeadsTrainee::Examples ChainedHeadsTrainee::examples(const HeadBatch& batch, const at::Tensor& rows, const at::Tensor& embeddings,
                                                            std::int64_t head) const
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
    const auto pick = [&](const at::Tensor& from, std::int64_t begin) {
        return from.narrow(1, begin, count).reshape({-1, from.size(-1)}).index_select(0, index);
    };
    Examples out;
    out.rows = pick(rows, 0);
    std::vector<at::Tensor> parts = {out.rows};
    for (std::int64_t j = 1; j <= head + 1; ++j) {
        parts.push_back(pick(embeddings, j));
    }
    out.inputs = at::cat(parts, -1);
    out.labels = batch.ids.narrow(1, shift, count).reshape({-1}).index_select(0, index);
    if (batch.logits.defined()) {
        out.target_logits = pick(batch.logits, shift - 1);  // row t + 1 + k is about x_{t+2+k}
    }
    return out;
}

at::Tensor ChainedHeadsTrainee::head_rows(const HeadBatch& batch, const Examples& all, std::int64_t head) const
{
    const auto k = static_cast<std::size_t>(head);
    at::Tensor x = all.rows;
    for (std::int64_t layer = 0; layer < values_.layers; ++layer) {
        const auto j = static_cast<std::size_t>(layer);
        const auto branch = at::silu(at::linear(layer == 0 ? all.inputs : x, weights_[k][j], biases_[k][j]));
        x = x + dropped(branch, batch, head, layer);
    }
    return x;
}

HeadLoss ChainedHeadsTrainee::loss(const HeadBatch& batch, std::int32_t /*group*/)
{
    HeadLoss out;
    const auto rows = prefixed(batch.hidden);
    const auto embeddings = ground_.embeddings(batch.ids);
    double weight = 1;
    for (std::int64_t k = 0; k < values_.heads; ++k, weight *= values_.head_decay) {
        const auto all = examples(batch, rows, embeddings, k);
        if (!all.rows.defined()) {
            out.correct.push_back(at::zeros({0}, at::TensorOptions().dtype(at::kBool)));
            continue;
        }
        const auto x = head_rows(batch, all, k);
        const auto [loss, best] =
            values_.labels == "law" ? read_out_law_loss(ground_, x, all.target_logits) : read_out_loss(ground_, x, all.labels);
        out.total = out.total.defined() ? out.total + loss * weight : loss * weight;
        if (!batch.training) {
            out.correct.push_back(best.eq(all.labels));
        }
    }
    if (!out.total.defined()) {
        out.total = weights_[0][0].sum() * 0;  // texts too short for any label
    }
    return out;
}

void ChainedHeadsTrainee::count_ranks(const HeadBatch& batch, std::vector<std::vector<double>>& counts, std::vector<double>& totals)
{
    counts.resize(static_cast<std::size_t>(values_.heads), std::vector<double>(static_cast<std::size_t>(kRanksKept), 0));
    totals.resize(static_cast<std::size_t>(values_.heads), 0);
    const auto rows = prefixed(batch.hidden);
    const auto embeddings = ground_.embeddings(batch.ids);
    for (std::int64_t k = 0; k < values_.heads; ++k) {
        const auto all = examples(batch, rows, embeddings, k);
        if (!all.rows.defined()) {
            continue;
        }
        const auto ranks = std::min(kRanksKept, ground_.config.vocabulary);
        const auto best = std::get<1>(ground_.logits(head_rows(batch, all, k)).topk(ranks, -1));
        const auto hits = best.eq(all.labels.unsqueeze(1)).to(at::kDouble).sum(0).contiguous();
        for (std::int64_t rank = 0; rank < ranks; ++rank) {
            counts[static_cast<std::size_t>(k)][static_cast<std::size_t>(rank)] += hits.data_ptr<double>()[rank];
        }
        totals[static_cast<std::size_t>(k)] += static_cast<double>(all.rows.size(0));
    }
}

void ChainedHeadsTrainee::finish(HeadFolder& heads, const std::vector<std::vector<double>>& accuracy) const
{
    heads.shape["heads"] = values_.heads;
    heads.shape["layers"] = values_.layers;
    heads.shape["prefix_layer"] = values_.prefix_layer;
    if (static_cast<std::int64_t>(accuracy.size()) == values_.heads) {
        heads.extra["rank_accuracy"] = rank_accuracy_json(accuracy);
    }
}

void ChainedHeadsTrainee::set_values(const Values& values)
{
    const auto wanted = read_(values);
    values_.head_decay = wanted.head_decay;
    values_.dropout = wanted.dropout;
}

MethodRegistry::Entry hydra_heads()
{
    MethodInfo info;
    info.id = "hydra";
    info.family = "draft head";
    info.title = TIMBERLINE_TR("Hydra heads");
    info.summary =
        TIMBERLINE_TR("Heads that read the hidden row and the tokens drafted so far, so that each branch of the tree is continued "
                      "for itself; a prefix layer may look at the whole text first.");
    info.sources = {{.title = "Hydra: Sequentially-Dependent Draft Heads for Medusa Decoding",
                     .authors =
                         "Zachary Ankner, Rishab Parthasarathy, Aniruddha Nrusimha, Christopher Rinard, Jonathan Ragan-Kelley, William "
                         "Brandon",
                     .year = 2024,
                     .arxiv = "2402.05109"}};
    info.hyperparameters = declare(hydra_fields());
    info.example =
        R"({"timberline": 1, "bench": "heads", "model": "bundled:tale", "seed": 1, "threads": 1, "method": {"head": {"id": "hydra"}},
 "heads": {"tokens": 600, "length": 24, "batch": 4, "steps": 4, "measure_every": 0, "acceptance_tokens": 8, "prompts_measured": 1}})";
    const HeadTraineeFactory factory = [](const HeadGround& ground, const Values& values) -> Result<std::unique_ptr<HeadTrainee>> {
        const auto read = [](const Values& given) { return read_values(hydra_fields(), given); };
        std::unique_ptr<TrainableBlocks> prefix;
        if (read(values).prefix_layer) {
            TIMBERLINE_ASSIGN(prefix, TrainableBlocks::make(ground, 1, {-1}, kPrefixBlock, kBlockStream));
        }
        return std::unique_ptr<HeadTrainee>(std::make_unique<ChainedHeadsTrainee>(ground, read, values, std::move(prefix)));
    };
    return {std::move(info), factory};
}

}  // namespace timberline::decoding
