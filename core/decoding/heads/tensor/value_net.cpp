// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/decoding/heads/value_net.h"

#include "core/base/method.h"
#include "core/base/translate.h"
#include "core/decoding/heads/tensor/head_trainee.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

namespace timberline::decoding {
namespace {

constexpr std::uint32_t kInStream = 200;

struct ValueNetValues : RewardChoice {
    std::int64_t units = 128;
    std::int64_t stride = 8;
};

const auto& value_net_fields()
{
    using V = ValueNetValues;
    static const auto fields = std::tuple_cat(
        std::tuple{field(static_cast<std::string V::*>(&RewardChoice::kind),
                         {.key = "reward",
                          .label = TIMBERLINE_TR("Reward"),
                          .help = TIMBERLINE_TR("What is predicted: how many of the wanted words "
                                                "will occur; happy minus sad words by a small "
                                                "English lexicon; or closeness to a wanted length, "
                                                "in tens of tokens."),
                          .choices = text_rewards(),
                          .choice_labels = {TIMBERLINE_TR("Words"), TIMBERLINE_TR("Sentiment (lexicon)"), TIMBERLINE_TR("Length")},
                          .takes_effect = Effect::Restart})},
        reward_detail_fields<V>(Effect::Restart),
        std::tuple{field(&V::units, {.key = "units",
                                     .label = TIMBERLINE_TR("Hidden units"),
                                     .unit = "units",
                                     .help = TIMBERLINE_TR("Width of the one layer between the "
                                                           "target's hidden row and the value."),
                                     .min = 1,
                                     .max = static_cast<double>(kMostValueUnits),
                                     .takes_effect = Effect::Restart}),
                   field(&V::stride, {.key = "stride",
                                      .label = TIMBERLINE_TR("Distance of points"),
                                      .unit = "tokens",
                                      .help = TIMBERLINE_TR("Tokens between the places of a text at "
                                                            "which its final reward is learnt."),
                                      .min = 1,
                                      .max = 256,
                                      .takes_effect = Effect::Restart})});
    return fields;
}

/// Monte Carlo regression of the reward of texts on the target's rows inside
/// them (methods/decoding.md 2.6): mean squared error. What a text is judged by
/// begins after its first token, the prompt counts; a text that is longer than
/// the setting `length` is judged as far as it was read.
class ValueNetTrainee final : public HeadTrainee
{
public:
    ValueNetTrainee(const HeadGround& ground, ValueNetValues values, TextReward reward)
        : values_(std::move(values)), reward_(std::move(reward)), stop_ids_(ground.target->folder.stop_ids),
          in_weight_(keyed_normal({values_.units, ground.config.hidden}, 1 / std::sqrt(static_cast<double>(ground.config.hidden)),
                                  ground.seed, kInStream)),
          in_bias_(at::zeros({values_.units})), out_weight_(at::zeros({1, values_.units})), out_bias_(at::zeros({1}))
    {}

    /// The net starts at the best constant: the mean reward over the points that
    /// it will see.
    [[nodiscard]] Status read_text(const HeadText& text) override
    {
        double sum = 0, squares = 0, points = 0;
        for (const auto& sequence : text.train) {
            const auto count = static_cast<double>((static_cast<std::int64_t>(sequence.size()) - 1) / values_.stride);
            const double reward = reward_of(sequence);
            sum += count * reward;
            squares += count * reward * reward;
            points += count;
        }
        if (points == 0) {
            return make_error(ErrorCode::InvalidArgument,
                              "draft head value-net: no training text is longer than "
                              "the distance of points, " +
                                  std::to_string(values_.stride) + " tokens",
                              "Take longer texts or a smaller distance.");
        }
        mean_ = sum / points;
        deviation_ = std::sqrt(std::max(squares / points - mean_ * mean_, 0.0));
        out_bias_ = at::full({1}, mean_, at::TensorOptions().dtype(at::kFloat));
        return {};
    }

    [[nodiscard]] std::vector<HeadParameter> parameters() override
    {
        return {{.name = "in.weight", .value = in_weight_},
                {.name = "in.bias", .value = in_bias_, .decays = false},
                {.name = "out.weight", .value = out_weight_},
                {.name = "out.bias", .value = out_bias_, .decays = false}};
    }
    [[nodiscard]] std::int64_t heads() const override { return 1; }
    [[nodiscard]] HeadMeasure measure() const override { return HeadMeasure::RSquared; }

    [[nodiscard]] HeadLoss loss(const HeadBatch& batch, std::int32_t /*group*/) override
    {
        HeadLoss out;
        const auto points = points_of(batch);
        if (points.rows.size(0) == 0) {
            out.total = out_bias_.sum() * 0;
            return out;
        }
        const auto units = at::silu(at::linear(points.rows, in_weight_, in_bias_));
        const auto errors = at::linear(units, out_weight_, out_bias_).squeeze(1) - points.rewards;
        out.total = errors.square().mean();
        if (!batch.training) {
            out.points = points.rows.size(0);
            out.squared_error = errors.square().sum().item<double>();
            out.constant_error = (points.rewards - mean_).square().sum().item<double>();
        }
        return out;
    }

    /// Not ranks: squared errors of the net and of the constant, over the points.
    void count_ranks(const HeadBatch& batch, std::vector<std::vector<double>>& counts, std::vector<double>& totals) override
    {
        counts.resize(1, std::vector<double>(2, 0));
        totals.resize(1, 0);
        const auto seen = loss(batch, 0);
        counts[0][0] += seen.squared_error;
        counts[0][1] += seen.constant_error;
        totals[0] += static_cast<double>(seen.points);
    }

    void finish(HeadFolder& heads, const std::vector<std::vector<double>>& measured) const override
    {
        heads.shape = {{"units", values_.units}};
        put_reward(heads, values_);
        heads.extra = {{"reward_mean", mean_}, {"reward_deviation", deviation_}};
        if (!measured.empty()) {
            heads.extra["held_out_squared_error"] = measured[0][0];
            heads.extra["held_out_squared_error_of_mean"] = measured[0][1];
        }
    }

private:
    struct Points {
        at::Tensor rows, rewards;  ///< [n, d], [n]
    };
    /// Every stride-th row of every sequence: row t has read t tokens after the
    /// first.
    [[nodiscard]] Points points_of(const HeadBatch& batch) const
    {
        const auto count = batch.ids.size(0), width = batch.ids.size(1);
        const auto lengths = batch.valid.sum(1);
        std::vector<std::int64_t> index;
        std::vector<float> rewards;
        for (std::int64_t b = 0; b < count; ++b) {
            const auto length = lengths[b].item<std::int64_t>();
            const auto* ids = batch.ids.data_ptr<std::int64_t>() + b * width;
            const auto reward = static_cast<float>(reward_of(std::vector<TokenId>(ids, ids + length)));
            for (std::int64_t t = values_.stride; t < length; t += values_.stride) {
                index.push_back(b * width + t);
                rewards.push_back(reward);
            }
        }
        const auto rows = batch.hidden.reshape({-1, batch.hidden.size(-1)});
        return {.rows = rows.index_select(0, at::tensor(index, at::TensorOptions().dtype(at::kLong))),
                .rewards = at::tensor(rewards, at::TensorOptions().dtype(at::kFloat))};
    }
    [[nodiscard]] double reward_of(const std::vector<TokenId>& sequence) const
    {
        return reward_.of(std::span(sequence).subspan(std::min<std::size_t>(1, sequence.size())), stop_ids_);
    }

    ValueNetValues values_;
    TextReward reward_;
    std::vector<TokenId> stop_ids_;
    at::Tensor in_weight_, in_bias_, out_weight_, out_bias_;
    double mean_ = 0,
           deviation_ = 0;  ///< of the training text's rewards, over the points
};

}  // namespace

MethodRegistry::Entry value_net_heads()
{
    MethodInfo info;
    info.id = "value-net";
    info.family = "draft head";
    info.title = TIMBERLINE_TR("Value net");
    info.summary = TIMBERLINE_TR("Learns from texts that the target draws which reward each "
                                 "of them ends with, at many places of each; "
                                 "value-guided sampling then asks it instead of completing "
                                 "every candidate. It drafts nothing.");
    info.sources = {{.title = "Derivative-Free Guidance in Continuous and Discrete Diffusion "
                              "Models with Soft Value-Based Decoding",
                     .authors = "Xiner Li, Yulai Zhao, Chenyu Wang, Gabriele Scalia, Gokcen "
                                "Eraslan, Surag Nair, Tommaso Biancalani, "
                                "Shuiwang Ji, Aviv Regev, Sergey Levine, Masatoshi Uehara",
                     .year = 2024,
                     .arxiv = "2408.08252"}};
    info.partners = {"value-guided"};
    info.hyperparameters = declare(value_net_fields());
    info.example =
        R"({"timberline": 1, "bench": "heads", "model": "bundled:tale", "seed": 1, "threads": 1, "method": {"head": {"id": "value-net"}},
 "heads": {"tokens": 600, "length": 24, "temperature": 1, "batch": 4, "steps": 4, "measure_every": 0}})";
    const HeadTraineeFactory factory = [](const HeadGround& ground, const Values& values) -> Result<std::unique_ptr<HeadTrainee>> {
        const auto read = read_values(value_net_fields(), values);
        TIMBERLINE_ASSIGN(auto reward, TextReward::make(read, ground.target, "draft head value-net"));
        return std::unique_ptr<HeadTrainee>(std::make_unique<ValueNetTrainee>(ground, read, std::move(reward)));
    };
    return {std::move(info), factory};
}

}  // namespace timberline::decoding
