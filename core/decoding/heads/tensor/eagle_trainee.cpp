// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/decoding/heads/tensor/eagle_trainee.h"

#include "core/decoding/heads/draft_vocabulary.h"
#include "core/decoding/heads/eagle_feeder.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace timberline::decoding {

namespace {

constexpr std::uint32_t kJoinStream = 100, kFuseStream = 101, kBlockStream = 1000, kNoiseStream = 7;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// [d, parts * d]: `share` of the identity for each part, and a little noise.
at::Tensor near_identity(std::int64_t width, const std::vector<double>& share, std::uint64_t seed, std::uint32_t stream)
{
    std::vector<at::Tensor> parts;
    for (const double factor : share) {
        parts.push_back(at::eye(width) * factor);
    }
    return (at::cat(parts, 1) + keyed_normal({width, width * static_cast<std::int64_t>(share.size())}, 0.01, seed, stream)).contiguous();
}

}  // namespace

Result<std::unique_ptr<HeadTrainee>> EagleTrainee::make(const HeadGround& ground, const Values& values, ReadValues read)
{
    const EagleTraining training = read(values);
    if (training.layers > ground.config.layers) {
        return make_error(ErrorCode::InvalidArgument,
                          "layers is " + std::to_string(training.layers) + ", expected at most the target's " +
                              std::to_string(ground.config.layers),
                          "Choose fewer layers.");
    }
    std::vector<std::int64_t> from;
    for (std::int64_t layer = 0; layer < training.layers; ++layer) {
        from.push_back(ground.config.layers - training.layers + layer);
    }
    TIMBERLINE_ASSIGN(auto blocks, TrainableBlocks::make(ground, training.layers, from, "blocks.", kBlockStream));
    return std::unique_ptr<HeadTrainee>(new EagleTrainee(ground, training, read, std::move(blocks)));
}

EagleTrainee::EagleTrainee(const HeadGround& ground, const EagleTraining& training, ReadValues read,
                           std::unique_ptr<TrainableBlocks> blocks)
    : ground_(ground), training_(training), read_(read), blocks_(std::move(blocks)),
      join_(near_identity(ground.config.hidden, {0.5, 0.5}, ground.seed, kJoinStream)), norm_(ground, "norm")
{
    if (training_.fusion) {
        fuse_ = near_identity(ground.config.hidden, {0, 0, 1}, ground.seed, kFuseStream);
    }
    if (training_.adversarial) {
        adversary_.emplace(ground.embedding_table().detach(), ground.seed);
    }
}

Status EagleTrainee::read_text(const HeadText& text)
{
    if (training_.draft_vocabulary == 0) {
        return {};
    }
    const auto& folder = ground_.target->folder;
    draft_ids_ = frequent_tokens(text.train, training_.draft_vocabulary, ground_.config.vocabulary, [&folder](TokenId token) {
        return std::ranges::find(folder.stop_ids, token) != folder.stop_ids.end() ||
               (folder.tokenizer && folder.tokenizer->is_special(token));
    });
    if (draft_ids_.empty()) {
        return {};
    }
    const auto whole = at::TensorOptions().dtype(at::kLong);
    draft_index_ = at::tensor(std::vector<std::int64_t>(draft_ids_.begin(), draft_ids_.end()), whole);
    drafted_tokens_ = at::zeros({ground_.config.vocabulary}, at::TensorOptions().dtype(at::kBool));
    drafted_tokens_.index_fill_(0, draft_index_, true);
    if (!ground_.config.head_bias && !(ground_.config.final_softcap > 0)) {
        draft_matrix_ = ground_.output_matrix().index_select(0, draft_index_);
    }
    return {};
}

at::Tensor EagleTrainee::read_out(const at::Tensor& rows) const
{
    if (draft_ids_.empty()) {
        return ground_.logits(rows);
    }
    return draft_matrix_.defined() ? at::linear(rows, draft_matrix_) : ground_.logits(rows).index_select(-1, draft_index_);
}

std::vector<HeadParameter> EagleTrainee::parameters()
{
    std::vector<HeadParameter> out;
    out.push_back({.name = "join.weight", .value = join_});
    if (fuse_.defined()) {
        out.push_back({.name = "fuse.weight", .value = fuse_});
    }
    blocks_->list(out);
    norm_.list(out);
    if (adversary_) {
        adversary_->list(out);
    }
    return out;
}

std::vector<std::string> EagleTrainee::loss_parts() const
{
    return training_.adversarial ? std::vector<std::string>{"feature", "token", "adversarial", "discriminator", "discriminator_accuracy"}
                                 : std::vector<std::string>{"feature", "token"};
}

std::vector<std::int64_t> EagleTrainee::taps() const
{
    return training_.fusion ? fusion_layers(ground_.config.layers) : std::vector<std::int64_t>{};
}

void EagleTrainee::set_values(const Values& values)
{
    // The architecture stays as it was built.
    const EagleTraining given = read_(values);
    training_.feature_weight = given.feature_weight;
    training_.token_weight = given.token_weight;
    training_.step_decay = given.step_decay;
    training_.feature_noise = given.feature_noise;
    training_.adversarial_weight = given.adversarial_weight;
    training_.real_label = given.real_label;
    training_.warm_up_epochs = given.warm_up_epochs;
}

at::Tensor EagleTrainee::features(const HeadBatch& batch) const
{
    const std::int64_t rows = batch.ids.size(1) - 1;
    auto out = batch.hidden;
    if (fuse_.defined()) {
        out = at::linear(at::cat(batch.taps, -1), fuse_);
    }
    out = out.narrow(1, 0, rows);
    if (batch.training && training_.feature_noise > 0) {
        const auto noise = keyed_uniform(out.sizes().vec(), batch.seed, static_cast<std::uint32_t>(batch.step), kNoiseStream) - 0.5;
        out = out + noise * training_.feature_noise;
    }
    return out;
}

/// Step s (from 0) of row i drafts at depth s below the pair i - s: it sees the true rows up to that pair, the drafted rows of the steps
/// between on its own path, and itself.
at::Tensor EagleTrainee::run_blocks(const at::Tensor& rows, std::int64_t step, std::vector<model::KeysAndValues>& cache) const
{
    const std::int64_t count = rows.size(1);
    const auto positions = at::arange(count, at::TensorOptions().dtype(at::kLong));
    const auto own = positions.unsqueeze(1), other = positions.unsqueeze(0);
    std::vector<at::Tensor> sees = {other.le(own - step)};
    for (std::int64_t between = 1; between <= step; ++between) {
        sees.push_back(other.eq(own - step + between));
    }
    const auto mask = additive(at::cat(sees, 1));
    const auto& network = blocks_->network();
    const model::KvHook join = [&](std::int64_t layer, const at::Tensor& keys, const at::Tensor& values) {
        auto& held = cache[static_cast<std::size_t>(layer)];
        held = held.keys.defined() ? model::KeysAndValues{at::cat({held.keys, keys}, 2), at::cat({held.values, values}, 2)}
                                   : model::KeysAndValues{keys, values};
        return held;
    };
    auto out = rows;
    for (std::int64_t layer = 0; layer < training_.layers; ++layer) {
        out = network.layer(layer, out, network.context(layer, positions, positions, mask), join);
    }
    return out;
}

std::vector<at::Tensor> EagleTrainee::unrolled(const HeadBatch& batch) const
{
    const std::int64_t rows = batch.ids.size(1) - 1;
    const auto embedded = ground_.embeddings(batch.ids.narrow(1, 1, rows));
    std::vector<model::KeysAndValues> cache(static_cast<std::size_t>(training_.layers));
    std::vector<at::Tensor> out;
    auto feature = features(batch);
    const std::int64_t steps = std::min(training_.unroll, rows);
    for (std::int64_t step = 0; step < steps; ++step) {
        const auto raw = run_blocks(at::linear(at::cat({embedded, feature}, -1), join_), step, cache);
        out.push_back(norm_.apply(raw));
        // Row i reads what row i - 1 put out; the first row has nothing to read and stays out of the loss.
        const auto& handed = fuse_.defined() ? raw : out.back();
        feature = at::cat({at::zeros_like(handed.narrow(1, 0, 1)), handed.narrow(1, 0, rows - 1)}, 1);
    }
    return out;
}

bool EagleTrainee::adversarial_now(const HeadBatch& batch) const
{
    return adversary_.has_value() && training_.adversarial_weight > 0 && batch.epoch >= training_.warm_up_epochs && batch.training;
}

EagleTrainee::Judged EagleTrainee::judged(const HeadBatch& batch, const at::Tensor& first) const
{
    const std::int64_t rows = batch.ids.size(1) - 1;
    const auto all = batch.valid.narrow(1, 1, rows).reshape({-1}).nonzero().squeeze(1);
    const auto stride = std::max<std::int64_t>(1, std::llround(1 / std::max(training_.adversary_share, 0.01)));
    const auto index = all.slice(0, batch.step % std::min<std::int64_t>(stride, all.size(0)), all.size(0), stride);
    const auto pick = [&](const at::Tensor& of, std::int64_t begin) {
        return of.narrow(1, begin, rows).reshape({-1, of.size(-1)}).index_select(0, index);
    };
    return {.drafted = at::softmax(ground_.logits(pick(first, 0)), -1),
            .genuine = at::softmax(pick(batch.logits, 1), -1),
            .rows = pick(batch.hidden, 0)};
}

HeadLoss EagleTrainee::adversary_loss(const HeadBatch& batch)
{
    HeadLoss out;
    out.parts.assign(loss_parts().size(), kNaN);
    if (!adversarial_now(batch)) {
        return out;
    }
    pending_ = unrolled(batch);
    const auto seen = judged(batch, pending_[0].detach());
    const auto judgement = adversary_->discriminate(seen.genuine, seen.drafted, seen.rows, training_.real_label);
    out.total = judgement.loss;
    out.parts[3] = out.total.item<double>();
    out.parts[4] = judgement.accuracy;
    return out;
}

HeadLoss EagleTrainee::loss(const HeadBatch& batch, std::int32_t group)
{
    if (group == 1) {
        return adversary_loss(batch);
    }
    // The adversary's step left the heads as they were: its forward serves here, once.
    const auto outputs = pending_.empty() ? unrolled(batch) : std::exchange(pending_, {});
    const std::int64_t rows = batch.ids.size(1) - 1;
    HeadLoss out;
    out.parts.assign(loss_parts().size(), kNaN);
    double weight = 1, feature_sum = 0, token_sum = 0;
    out.total = at::zeros({});
    const auto right = likeliest(batch.logits);
    for (std::size_t step = 0; step < outputs.size(); ++step) {
        const auto from = static_cast<std::int64_t>(step);
        const auto mask = batch.valid.narrow(1, from + 1, rows - from);
        const auto drafted = where_valid(outputs[step].narrow(1, from, rows - from), mask);
        const auto logits = read_out(drafted);
        auto genuine = where_valid(batch.logits.narrow(1, from + 1, rows - from), mask);
        const auto best = where_valid(right.narrow(1, from + 1, rows - from), mask);
        auto counted = at::ones({drafted.size(0)}, at::TensorOptions().dtype(at::kBool));
        if (!draft_ids_.empty()) {
            counted = drafted_tokens_.index_select(0, best.reshape({-1}));
            genuine = genuine.index_select(1, draft_index_);
        }
        const auto token = masked_soft_cross_entropy(logits, genuine, counted);
        out.total = out.total + token * (weight * training_.token_weight);
        token_sum += token.item<double>();
        if (!training_.fusion && drafted.size(0) > 0) {
            const auto feature = at::smooth_l1_loss(drafted, where_valid(batch.hidden.narrow(1, from + 1, rows - from), mask));
            out.total = out.total + feature * (weight * training_.feature_weight);
            feature_sum += feature.item<double>();
        }
        if (!batch.training) {
            const auto guess = likeliest(logits);
            out.correct.push_back((draft_ids_.empty() ? guess : draft_index_.index_select(0, guess.reshape({-1})).view_as(guess)).eq(best));
        }
        weight *= training_.step_decay;
    }
    const auto steps = static_cast<double>(outputs.size());
    out.parts[0] = training_.fusion ? kNaN : feature_sum / steps;
    out.parts[1] = token_sum / steps;
    if (adversarial_now(batch)) {
        const auto seen = judged(batch, outputs[0]);
        const auto adversarial = adversary_->fool(seen.drafted, seen.rows);
        out.total = out.total + adversarial * training_.adversarial_weight;
        out.parts[2] = adversarial.item<double>();
    }
    return out;
}

void EagleTrainee::finish(HeadFolder& heads, const std::vector<std::vector<double>>& /*accuracy*/) const
{
    heads.shape = {{"layers", training_.layers}, {"fusion", training_.fusion}};
    put_draft_vocabulary(heads, draft_ids_);
}

}  // namespace timberline::decoding
