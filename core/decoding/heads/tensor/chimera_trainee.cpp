// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/decoding/heads/tensor/chimera_trainee.h"

#include "core/decoding/heads/rank_heads.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace timberline::decoding {

namespace {

constexpr std::uint32_t kBlockStream = 3000;

/// Row i of [B, T] holds the token `back` places before it; the edge rule of methods/decoding.md 2.1: u_0 = [e0; e0; e0], u_1 = [e0; e1;
/// e1].
at::Tensor earlier(const at::Tensor& ids, std::int64_t back)
{
    const auto count = ids.size(1);
    const auto place = at::arange(count, at::TensorOptions().dtype(at::kLong));
    auto from = (place - back).clamp_min(0);
    if (back == 1 && count > 1) {
        from = from.clone();
        from[1] = 1;
    }
    return ids.index_select(1, from);
}

}  // namespace

Result<std::unique_ptr<HeadTrainee>> ChimeraTrainee::make(const HeadGround& ground, const Values& values, ReadValues read)
{
    const ChimeraTraining training = read(values);
    std::unique_ptr<TrainableBlocks> encoder;
    if (training.context_encoder) {
        TIMBERLINE_ASSIGN(encoder, TrainableBlocks::make(ground, 1, {ground.config.layers - 1}, "context.", kBlockStream));
    }
    return std::unique_ptr<HeadTrainee>(new ChimeraTrainee(ground, training, read, std::move(encoder)));
}

ChimeraTrainee::ChimeraTrainee(const HeadGround& ground, const ChimeraTraining& training, ReadValues read,
                               std::unique_ptr<TrainableBlocks> encoder)
    : ground_(ground), training_(training), read_(read), encoder_(std::move(encoder)), norm_(ground, "norm")
{
    const auto d = ground.config.hidden;
    if (training_.trigram) {
        inner_ = at::zeros({3 * d, 3 * d});
        inner_bias_ = at::zeros({3 * d});
        outer_ = at::cat({at::zeros({d, 2 * d}), at::eye(d)}, 1).contiguous();
    }
    for (std::int64_t head = 0; head < training_.heads; ++head) {
        mixers_.push_back(at::cat({at::eye(d), at::eye(d)}, 1).contiguous());
    }
}

std::vector<HeadParameter> ChimeraTrainee::parameters()
{
    std::vector<HeadParameter> out;
    if (training_.trigram) {
        out.push_back({.name = "trigram.in.weight", .value = inner_});
        out.push_back({.name = "trigram.in.bias", .value = inner_bias_, .decays = false});
        out.push_back({.name = "trigram.out.weight", .value = outer_});
    }
    if (encoder_) {
        encoder_->list(out);
        norm_.list(out);
    }
    for (std::size_t head = 0; head < mixers_.size(); ++head) {
        out.push_back({.name = "heads." + std::to_string(head) + ".weight", .value = mixers_[head]});
    }
    return out;
}

at::Tensor ChimeraTrainee::encode(const at::Tensor& before, const at::Tensor& previous, const at::Tensor& own) const
{
    const auto last = ground_.embeddings(own);
    if (!training_.trigram) {
        return last;
    }
    const auto window = at::cat({ground_.embeddings(before), ground_.embeddings(previous), last}, -1);
    return at::linear(window + at::silu(at::linear(window, inner_, inner_bias_)), outer_);
}

std::vector<ChimeraTrainee::Level> ChimeraTrainee::rollout(const HeadBatch& batch) const
{
    const std::int64_t roots = batch.ids.size(1) - 1;  // row r reads h_r and the token after it
    const auto place = at::arange(roots, at::TensorOptions().dtype(at::kLong));
    const auto up_to_root = place.unsqueeze(0).le(place.unsqueeze(1));
    const auto same_root = at::eye(roots).to(at::kBool);
    const auto known = batch.hidden.narrow(1, 0, roots);
    model::KeysAndValues held;
    // Appends keys and values, or only looks at them with the new ones appended.
    const auto pass = [&](const at::Tensor& rows, std::int64_t shift, const at::Tensor& mask, bool keep) {
        const auto& network = encoder_->network();
        const auto positions = place + shift;
        const model::KvHook join = [&](std::int64_t, const at::Tensor& keys, const at::Tensor& values) {
            const auto all = held.keys.defined() ? model::KeysAndValues{at::cat({held.keys, keys}, 2), at::cat({held.values, values}, 2)}
                                                 : model::KeysAndValues{keys, values};
            if (keep) {
                held = all;
            }
            return all;
        };
        return network.layer(0, rows, network.context(0, positions, positions, mask), join);
    };
    std::vector<at::Tensor> sees = {up_to_root};
    const auto mask_of = [](const std::vector<at::Tensor>& parts) { return additive(at::cat(parts, 1)); };
    if (encoder_) {
        static_cast<void>(pass(known, 0, mask_of(sees), /*keep=*/true));
    }
    // Tokens x_{r-1+k}, x_{r+k}, x_{r+1+k} of level k; the last ones past the end of the text stand in for nothing that counts.
    const auto pad = [&](const at::Tensor& ids, std::int64_t begin) {
        const auto have = ids.narrow(1, begin, ids.size(1) - begin);
        return have.size(1) >= roots ? have.narrow(1, 0, roots)
                                     : at::cat({have, at::zeros({have.size(0), roots - have.size(1)}, have.options())}, 1);
    };
    at::Tensor own = pad(batch.ids, 1), previous = pad(earlier(batch.ids, 1), 1), before = pad(earlier(batch.ids, 2), 1);
    std::vector<Level> out;
    const std::int64_t levels = std::min(training_.heads, roots);
    for (std::int64_t level = 0; level < levels; ++level) {
        at::Tensor state = encode(before, previous, own);
        if (encoder_) {
            sees.push_back(same_root);
            state = norm_.apply(pass(state, 1 + level, mask_of(sees), /*keep=*/false));
        }
        const auto mixed = at::linear(at::cat({known, state}, -1), mixers_[static_cast<std::size_t>(level)]);
        out.push_back({mixed.narrow(1, 0, roots - level), state.narrow(1, 0, roots - level)});
        if (level + 1 == levels) {
            break;
        }
        // The state stands in for the target's row that nobody has yet; it is the later levels' input, not their lever.
        if (encoder_) {
            static_cast<void>(pass(state.detach(), 1 + level, mask_of(sees), /*keep=*/true));
        }
        before = previous;
        previous = own;
        own = training_.rollout == "own" ? likeliest(ground_.logits(mixed)) : pad(batch.ids, 2 + level);
        if (level == 0) {
            // The edge rule bends the windows of the first two positions only; from here on every window is the text's own.
            before = pad(batch.ids, 0);
        }
    }
    return out;
}

HeadLoss ChimeraTrainee::loss(const HeadBatch& batch, std::int32_t /*group*/)
{
    HeadLoss out;
    out.total = at::zeros({});
    double token_sum = 0, state_sum = 0;
    const std::int64_t count = batch.ids.size(1);
    const auto levels = rollout(batch);
    for (std::size_t i = 0; i < levels.size(); ++i) {
        const auto level = static_cast<std::int64_t>(i);
        // Row r of level k is about x_{r+2+k}; the target's row r + 1 + k says what it thinks of that token.
        const bool by_text = training_.labels == "text";
        const std::int64_t rows = by_text ? count - 2 - level : count - 1 - level;
        if (rows <= 0) {
            break;
        }
        const auto mask = batch.valid.narrow(1, by_text ? 2 + level : 1 + level, rows);
        const auto logits = ground_.logits(where_valid(levels[i].mixed.narrow(1, 0, rows), mask));
        const auto genuine = where_valid(batch.logits.narrow(1, 1 + level, rows), mask);
        const auto all = at::ones({logits.size(0)}, at::TensorOptions().dtype(at::kBool));
        const auto token =
            by_text ? masked_cross_entropy(logits, where_valid(batch.ids.narrow(1, 2 + level, rows).unsqueeze(-1), mask).squeeze(-1), all)
                    : masked_soft_cross_entropy(logits, genuine, all);
        out.total = out.total + token;
        token_sum += token.item<double>();
        if (training_.state_weight > 0) {
            const auto state = at::mse_loss(where_valid(levels[i].states.narrow(1, 0, rows), mask),
                                            where_valid(batch.hidden.narrow(1, 1 + level, rows), mask));
            out.total = out.total + state * training_.state_weight;
            state_sum += state.item<double>();
        }
        if (!batch.training) {
            out.correct.push_back(likeliest(logits).eq(likeliest(genuine)));
        }
    }
    out.parts = {token_sum, state_sum};
    return out;
}

void ChimeraTrainee::count_ranks(const HeadBatch& batch, std::vector<std::vector<double>>& counts, std::vector<double>& totals)
{
    const at::NoGradGuard no_gradient;
    counts.resize(static_cast<std::size_t>(training_.heads), std::vector<double>(static_cast<std::size_t>(kRanksKept), 0));
    totals.resize(static_cast<std::size_t>(training_.heads), 0);
    const auto levels = rollout(batch);
    for (std::size_t i = 0; i < levels.size(); ++i) {
        const auto rows = batch.ids.size(1) - 1 - static_cast<std::int64_t>(i);
        const auto mask = batch.valid.narrow(1, 1 + static_cast<std::int64_t>(i), rows);
        const auto right = likeliest(where_valid(batch.logits.narrow(1, 1 + static_cast<std::int64_t>(i), rows), mask));
        add_ranks(ground_.logits(where_valid(levels[i].mixed, mask)), right, counts[i], totals[i]);
    }
}

void ChimeraTrainee::finish(HeadFolder& heads, const std::vector<std::vector<double>>& accuracy) const
{
    heads.shape = {{"heads", training_.heads}, {"trigram", training_.trigram}, {"context_encoder", training_.context_encoder}};
    if (!accuracy.empty()) {
        heads.extra["rank_accuracy"] = rank_accuracy_json(accuracy);
    }
}

}  // namespace timberline::decoding
