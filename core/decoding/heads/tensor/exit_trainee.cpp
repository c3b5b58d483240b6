// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/decoding/heads/tensor/exit_trainee.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace timberline::decoding {

namespace {

constexpr std::uint32_t kBlockStream = 2000;

}  // namespace

Result<std::unique_ptr<HeadTrainee>> ExitTrainee::make(const HeadGround& ground, const Values& values, ReadValues read)
{
    const ExitTraining training = read(values);
    // Rows after the last block are only known after the final norm, so the highest exit is one below it.
    if (training.exit_layer >= ground.config.layers) {
        return make_error(ErrorCode::InvalidArgument,
                          "exit_layer is " + std::to_string(training.exit_layer) + ", expected 1 to " +
                              std::to_string(ground.config.layers - 1) + " with this model of " + std::to_string(ground.config.layers) +
                              " layers",
                          "Choose a lower exit layer.");
    }
    TIMBERLINE_ASSIGN(auto block, TrainableBlocks::make(ground, 1, {training.exit_layer}, "block.", kBlockStream));
    return std::unique_ptr<HeadTrainee>(new ExitTrainee(ground, training, read, std::move(block)));
}

std::vector<HeadParameter> ExitTrainee::parameters()
{
    std::vector<HeadParameter> out;
    block_->list(out);
    norm_.list(out);
    return out;
}

HeadLoss ExitTrainee::loss(const HeadBatch& batch, std::int32_t /*group*/)
{
    const std::int64_t count = batch.ids.size(1);
    const auto positions = at::arange(count, at::TensorOptions().dtype(at::kLong));
    const auto rows = norm_.apply(block_->forward(batch.taps[0], positions));
    const auto drafted = at::log_softmax(ground_.logits(where_valid(rows, batch.valid)), -1);
    const auto genuine = at::log_softmax(where_valid(batch.logits, batch.valid), -1);
    const auto divergence = (genuine.exp() * (genuine - drafted)).sum(-1).mean();
    HeadLoss out;
    out.total = divergence;
    out.parts = {divergence.item<double>(), 0};
    if (count > 1) {
        // Row t is about x_{t+1}; the last row of a text is about nothing that was written.
        const auto known = batch.valid.narrow(1, 1, count - 1);
        const auto known_rows = at::cat({known, at::zeros_like(known.narrow(1, 0, 1))}, 1);
        const auto of_valid = known_rows.reshape({-1}).index_select(0, batch.valid.reshape({-1}).nonzero().squeeze(1));
        const auto labels = where_valid(batch.ids.narrow(1, 1, count - 1).unsqueeze(-1), known);
        const auto chosen = drafted.index_select(0, of_valid.nonzero().squeeze(1)).gather(1, labels);
        const auto token = -chosen.mean();
        out.total = out.total + token * training_.token_weight;
        out.parts[1] = token.item<double>();
    }
    if (!batch.training) {
        out.correct.push_back(likeliest(drafted).eq(likeliest(genuine)));
    }
    return out;
}

void ExitTrainee::finish(HeadFolder& heads, const std::vector<std::vector<double>>& /*accuracy*/) const
{
    heads.shape = {{"exit_layer", training_.exit_layer}};
}

}  // namespace timberline::decoding
