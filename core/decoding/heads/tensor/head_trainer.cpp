// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/decoding/heads/head_training.h"

#include "core/base/random.h"
#include "core/decoding/heads/tensor/head_trainee.h"
#include "core/decoding/heads/tensor/target_rows.h"
#include "core/model/tensor/tensor_errors.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <any>
#include <cmath>
#include <limits>
#include <numeric>

namespace timberline::decoding {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

Error cancelled()
{
    return make_error(ErrorCode::Cancelled, "training the heads was cancelled");
}

/// The parameters of one group as one flat vector, which the trainee's tensors look into, and their optimizer.
struct Group {
    std::vector<HeadParameter> parameters;
    std::vector<std::size_t> offsets;
    std::vector<float> values, gradient, decay_mask;
    std::unique_ptr<training::Optimizer> optimizer;

    void add(HeadParameter parameter)
    {
        offsets.push_back(values.size());
        const auto from = parameter.value.detach().contiguous();
        values.insert(values.end(), from.data_ptr<float>(), from.data_ptr<float>() + from.numel());
        decay_mask.insert(decay_mask.end(), static_cast<std::size_t>(from.numel()), parameter.decays ? 1.0F : 0.0F);
        parameters.push_back(std::move(parameter));
    }
    /// Once all are added: the tensors become views of `values`.
    void bind()
    {
        gradient.resize(values.size());
        for (std::size_t i = 0; i < parameters.size(); ++i) {
            auto& tensor = parameters[i].value;
            tensor.set_data(at::from_blob(values.data() + offsets[i], tensor.sizes(), at::TensorOptions().dtype(at::kFloat)));
            tensor.set_requires_grad(true);
        }
    }
    void forget_gradients()
    {
        for (auto& parameter : parameters) {
            parameter.value.mutable_grad() = at::Tensor();
        }
    }
    void collect_gradients()
    {
        for (std::size_t i = 0; i < parameters.size(); ++i) {
            const auto& grad = parameters[i].value.grad();
            float* to = gradient.data() + offsets[i];
            if (!grad.defined()) {
                std::fill_n(to, parameters[i].value.numel(), 0.0F);
                continue;
            }
            const auto from = grad.contiguous();
            std::copy_n(from.data_ptr<float>(), from.numel(), to);
        }
    }
    [[nodiscard]] double gradient_norm() const
    {
        double sum = 0;
        for (const float value : gradient) {
            sum += static_cast<double>(value) * static_cast<double>(value);
        }
        return std::sqrt(sum);
    }
};

class Trainer final : public HeadTrainer
{
public:
    Trainer(Plan plan, std::unique_ptr<HeadTrainee> trainee, HeadGround ground)
        : plan_(std::move(plan)), ground_(std::move(ground)), trainee_(std::move(trainee)),
          rows_(plan_.target, trainee_->taps(), plan_.settings.cache_bytes)
    {
        for (auto& parameter : trainee_->parameters()) {
            const auto group = static_cast<std::size_t>(parameter.group);
            groups_.resize(std::max(groups_.size(), group + 1));
            groups_[group].add(std::move(parameter));
        }
        for (auto& group : groups_) {
            group.bind();
            group.optimizer = plan_.make_optimizer(static_cast<std::int64_t>(group.values.size()));
        }
        batch_ = plan_.settings.batch;
    }

    Result<HeadStep> step(const CancelToken& cancel) override
    {
        return model::guarded("training the heads", [&]() -> Result<HeadStep> { return step_now(cancel); });
    }

    Result<HeadLook> look(std::int64_t sequences, const CancelToken& cancel) override
    {
        return model::guarded("looking at held-out text", [&]() -> Result<HeadLook> { return look_now(sequences, cancel); });
    }

    Result<HeadFolder> heads(std::int64_t sequences, bool half, const CancelToken& cancel) override
    {
        return model::guarded("measuring the heads", [&]() -> Result<HeadFolder> { return export_now(sequences, half, cancel); });
    }

    [[nodiscard]] std::int64_t next_step() const override { return step_; }
    [[nodiscard]] std::int64_t parameter_count() const override
    {
        std::int64_t out = 0;
        for (const auto& group : groups_) {
            for (const auto& parameter : group.parameters) {
                out += parameter.saved ? parameter.value.numel() : 0;
            }
        }
        return out;
    }
    [[nodiscard]] std::int64_t head_count() const override { return trainee_->heads(); }
    [[nodiscard]] HeadMeasure measure() const override { return trainee_->measure(); }
    [[nodiscard]] std::vector<std::string> parts() const override { return trainee_->loss_parts(); }
    void set(const HeadTrainerSettings& settings) override { plan_.settings = settings; }
    void set_family_values(const Values& values) override { trainee_->set_values(values); }
    void set_optimizer_values(const Values& values) override
    {
        for (auto& group : groups_) {
            group.optimizer->set(values);
        }
    }
    void set_schedule(std::unique_ptr<training::Schedule> schedule) override { plan_.schedule = std::move(schedule); }

    [[nodiscard]] HeadTrainerState state() const override
    {
        HeadTrainerState out{.parameters = {}, .optimizers = {}, .step = step_, .epoch = epoch_, .cursor = cursor_, .batch = batch_};
        for (const auto& group : groups_) {
            for (std::size_t i = 0; i < group.parameters.size(); ++i) {
                const auto* from = group.values.data() + group.offsets[i];
                out.parameters[group.parameters[i].name].assign(from, from + group.parameters[i].value.numel());
            }
            out.optimizers.push_back(group.optimizer->save());
        }
        return out;
    }

    Status restore(const HeadTrainerState& state) override
    {
        const auto foreign = [](const std::string& what) -> Status {
            return make_error(ErrorCode::BadFile, "head training state: " + what,
                              "The checkpoint belongs to other heads: train from the start.");
        };
        std::size_t found = 0;
        for (const auto& group : groups_) {
            for (const auto& parameter : group.parameters) {
                const auto it = state.parameters.find(parameter.name);
                if (it == state.parameters.end() || it->second.size() != static_cast<std::size_t>(parameter.value.numel())) {
                    return foreign("parameter " + parameter.name + " is missing or has another length than " +
                                   std::to_string(parameter.value.numel()));
                }
                ++found;
            }
        }
        const auto finite = [](const std::vector<float>& values) {
            return std::ranges::all_of(values, [](float value) { return std::isfinite(value); });
        };
        for (const auto& [name, values] : state.parameters) {
            if (!finite(values)) {
                return make_error(ErrorCode::BadFile, "head training state: parameter " + name + " holds numbers that are not finite",
                                  "Training diverged or the checkpoint is damaged: train from the start, with a smaller learning rate.");
            }
        }
        for (const auto& optimizer : state.optimizers) {
            for (const auto& [name, values] : optimizer) {
                if (!finite(values)) {
                    return foreign("the optimizer's " + name + " holds numbers that are not finite");
                }
            }
        }
        const auto train = static_cast<std::int64_t>(plan_.text.train.size());
        if (found != state.parameters.size() || state.optimizers.size() != groups_.size() || state.step < 0 || state.epoch < 0 ||
            state.cursor < 0 || state.cursor > train || state.batch < 1) {
            return foreign("other parameters, optimizers or text than this run has");
        }
        std::vector<std::unique_ptr<training::Optimizer>> fresh;
        for (std::size_t i = 0; i < groups_.size(); ++i) {
            fresh.push_back(plan_.make_optimizer(static_cast<std::int64_t>(groups_[i].values.size())));
            TIMBERLINE_TRY(fresh.back()->load(state.optimizers[i]));
        }
        for (std::size_t g = 0; g < groups_.size(); ++g) {
            auto& group = groups_[g];
            group.optimizer = std::move(fresh[g]);
            for (std::size_t i = 0; i < group.parameters.size(); ++i) {
                std::ranges::copy(state.parameters.at(group.parameters[i].name),
                                  group.values.begin() + static_cast<std::ptrdiff_t>(group.offsets[i]));
            }
        }
        step_ = state.step;
        epoch_ = state.epoch;
        cursor_ = state.cursor;
        batch_ = state.batch;
        order_.clear();  // drawn again from (seed, epoch)
        return {};
    }

private:
    /// The epoch's order depends on nothing but seed and epoch. Fisher and Yates.
    void shuffle()
    {
        order_.resize(plan_.text.train.size());
        std::iota(order_.begin(), order_.end(), 0);
        RandomStream stream({.seed = plan_.seed, .purpose = RandomPurpose::DataShuffle, .round = static_cast<std::uint32_t>(epoch_)});
        for (std::size_t i = order_.size(); i > 1; --i) {
            std::swap(order_[i - 1], order_[static_cast<std::size_t>(stream.next() * static_cast<double>(i))]);
        }
    }

    std::vector<const std::vector<TokenId>*> next_sequences()
    {
        if (order_.empty()) {
            shuffle();
        }
        if (cursor_ >= static_cast<std::int64_t>(order_.size())) {
            ++epoch_;
            cursor_ = 0;
            batch_ = plan_.settings.batch;
            shuffle();
        }
        std::vector<const std::vector<TokenId>*> out;
        const auto end = std::min(cursor_ + batch_, static_cast<std::int64_t>(order_.size()));
        for (; cursor_ < end; ++cursor_) {
            out.push_back(&plan_.text.train[static_cast<std::size_t>(order_[static_cast<std::size_t>(cursor_)])]);
        }
        return out;
    }

    Result<HeadBatch> make_batch(const std::vector<const std::vector<TokenId>*>& sequences, bool training, const CancelToken& cancel)
    {
        TIMBERLINE_ASSIGN(auto batch, rows_.batch(sequences, cancel));
        const at::NoGradGuard no_gradient;
        if (trainee_->wants_logits()) {
            batch.logits = ground_.logits(batch.hidden);
        }
        batch.step = training ? step_ : 0;
        batch.epoch = training ? epoch_ : 0;
        batch.steps = plan_.settings.steps;
        batch.training = training;
        batch.seed = plan_.seed;
        return batch;
    }

    void forget_gradients()
    {
        for (auto& group : groups_) {
            group.forget_gradients();
        }
    }

    /// Loss and clipped gradient of one group at its present parameters.
    HeadLoss evaluate(const HeadBatch& batch, std::size_t index, double& norm)
    {
        forget_gradients();
        HeadLoss loss = trainee_->loss(batch, static_cast<std::int32_t>(index));
        if (!loss.total.defined()) {
            return loss;
        }
        loss.total.backward();
        auto& group = groups_[index];
        group.collect_gradients();
        norm = group.gradient_norm();
        if (const double longest = plan_.settings.clip_norm; longest > 0 && norm > longest) {
            const auto factor = static_cast<float>(longest / norm);
            for (float& slope : group.gradient) {
                slope *= factor;
            }
        }
        return loss;
    }

    Result<HeadStep> step_now(const CancelToken& cancel)
    {
        // Cancelled before the step counts: who resumes makes it whole.
        const auto epoch = epoch_, cursor = cursor_, size = batch_;
        auto batch = make_batch(next_sequences(), true, cancel);
        if (!batch.ok() || cancel.cancelled()) {
            if (epoch != epoch_) {
                order_.clear();
            }
            epoch_ = epoch;
            cursor_ = cursor;
            batch_ = size;
            return batch.ok() ? cancelled() : batch.error();
        }
        HeadStep out{
            .step = step_, .epoch = epoch_, .loss = kNaN, .parts = {}, .learning_rate = rate(), .gradient_norm = 0, .finite = true};
        out.parts.assign(trainee_->loss_parts().size(), kNaN);
        for (std::size_t index = groups_.size(); index-- > 0;) {
            TIMBERLINE_TRY(step_group(*batch, index, out));
        }
        forget_gradients();
        ++step_;
        return out;
    }

    Status step_group(const HeadBatch& batch, std::size_t index, HeadStep& out)
    {
        auto& group = groups_[index];
        double norm = 0;
        const auto loss = evaluate(batch, index, norm);
        for (std::size_t i = 0; i < std::min(loss.parts.size(), out.parts.size()); ++i) {
            out.parts[i] = std::isnan(loss.parts[i]) ? out.parts[i] : loss.parts[i];
        }
        if (!loss.total.defined()) {
            return {};
        }
        const double value = loss.total.item<double>();
        if (index == 0) {
            out.loss = value;
            out.gradient_norm = norm;
        }
        out.finite = out.finite && std::isfinite(value) && std::isfinite(norm);
        training::StepContext context{.learning_rate = out.learning_rate * trainee_->rate_share(static_cast<std::int32_t>(index)),
                                      .step = step_,
                                      .decay_mask = group.decay_mask,
                                      .gradient_again = {}};
        if (group.optimizer->needs_second_gradient()) {
            context.gradient_again = [&](std::span<const float> at, std::span<float> gradient, double& again) -> Status {
                const std::vector<float> here = group.values, first = group.gradient;
                std::ranges::copy(at, group.values.begin());
                double length = 0;
                again = evaluate(batch, index, length).total.item<double>();
                std::ranges::copy(group.gradient, gradient.begin());
                group.values.assign(here.begin(), here.end());
                group.gradient = first;
                return {};
            };
        }
        return group.optimizer->apply(group.values, group.gradient, context);
    }

    [[nodiscard]] double rate() const
    {
        return plan_.settings.learning_rate * plan_.schedule->factor(step_, std::max(plan_.settings.steps, step_ + 1));
    }

    /// Calls `use` with batches of the first held-out sequences.
    template <typename Use>
    Status over_held_out(std::int64_t sequences, const CancelToken& cancel, Use&& use)
    {
        const auto& text = plan_.text.held_out.empty() ? plan_.text.train : plan_.text.held_out;
        const auto count =
            sequences > 0 ? std::min(sequences, static_cast<std::int64_t>(text.size())) : static_cast<std::int64_t>(text.size());
        for (std::int64_t begin = 0; begin < count; begin += plan_.settings.batch) {
            std::vector<const std::vector<TokenId>*> chosen;
            for (auto i = begin; i < std::min(begin + plan_.settings.batch, count); ++i) {
                chosen.push_back(&text[static_cast<std::size_t>(i)]);
            }
            TIMBERLINE_ASSIGN(const auto batch, make_batch(chosen, false, cancel));
            if (cancel.cancelled()) {
                return cancelled();
            }
            const at::NoGradGuard no_gradient;
            use(batch, static_cast<double>(chosen.size()));
        }
        return {};
    }

    Result<HeadLook> look_now(std::int64_t sequences, const CancelToken& cancel)
    {
        HeadLook out{.step = step_, .loss = 0, .accuracy = {}};
        const auto heads = static_cast<std::size_t>(trainee_->heads());
        std::vector<double> right(heads, 0), all(heads, 0);
        double weight = 0, squared = 0, constant = 0, points = 0;
        TIMBERLINE_TRY(over_held_out(sequences, cancel, [&](const HeadBatch& batch, double size) {
            const auto loss = trainee_->loss(batch, 0);
            out.loss += loss.total.item<double>() * size;
            weight += size;
            squared += loss.squared_error;
            constant += loss.constant_error;
            points += static_cast<double>(loss.points);
            for (std::size_t k = 0; k < std::min(heads, loss.correct.size()); ++k) {
                right[k] += loss.correct[k].sum().item<double>();
                all[k] += static_cast<double>(loss.correct[k].numel());
            }
        }));
        if (trainee_->measure() == HeadMeasure::RSquared) {
            out.loss = points > 0 ? squared / points : kNaN;
            out.accuracy = {constant > 0 ? 1 - squared / constant : kNaN};
            return out;
        }
        out.loss /= std::max(weight, 1.0);
        for (std::size_t k = 0; k < heads; ++k) {
            out.accuracy.push_back(all[k] > 0 ? right[k] / all[k] : kNaN);
        }
        return out;
    }

    Result<HeadFolder> export_now(std::int64_t sequences, bool half, const CancelToken& cancel)
    {
        HeadFolder out;
        out.name = plan_.family + " heads in training";
        out.family = plan_.family;
        out.target = fingerprint_of(plan_.target->folder);
        for (const auto& group : groups_) {
            for (std::size_t i = 0; i < group.parameters.size(); ++i) {
                const auto& parameter = group.parameters[i];
                if (parameter.saved) {
                    const auto* from = group.values.data() + group.offsets[i];
                    out.tensors[parameter.name] = {.shape = parameter.value.sizes().vec(),
                                                   .values = std::vector<float>(from, from + parameter.value.numel())};
                }
            }
        }
        if (half) {
            round_to_half(out);
        }
        std::vector<std::vector<double>> counts;
        std::vector<double> totals;
        TIMBERLINE_TRY(
            over_held_out(sequences, cancel, [&](const HeadBatch& batch, double) { trainee_->count_ranks(batch, counts, totals); }));
        for (std::size_t k = 0; k < counts.size(); ++k) {
            for (double& count : counts[k]) {
                count = totals[k] > 0 ? count / totals[k] : 0;
            }
        }
        trainee_->finish(out, counts);
        return out;
    }

    Plan plan_;
    HeadGround ground_;
    std::unique_ptr<HeadTrainee> trainee_;
    TargetRows rows_;
    std::vector<Group> groups_;
    std::vector<std::int32_t> order_;  ///< training sequences of this epoch; empty = not drawn yet
    std::int64_t step_ = 0, epoch_ = 0, cursor_ = 0, batch_ = 1;
};

}  // namespace

bool has_half_products() noexcept
{
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx512bf16") != 0;
#else
    return false;
#endif
}

Result<std::unique_ptr<HeadTrainer>> HeadTrainer::make(Plan plan, const CancelToken& cancel)
{
    if (plan.text.train.empty()) {
        return make_error(ErrorCode::InvalidArgument, "there is no text to train heads on",
                          "Let the target write some, or name a text file.");
    }
    TIMBERLINE_ASSIGN(const MethodRegistry::Entry* entry, plan.methods->find("draft head", plan.family));
    const auto* factory = std::any_cast<HeadTraineeFactory>(&entry->factory);
    if (factory == nullptr || plan.target->folder.weights == nullptr) {
        return make_error(ErrorCode::Internal, "draft head " + plan.family + ": its factory or its target's weights are missing");
    }
    return model::guarded("preparing the heads", [&]() -> Result<std::unique_ptr<HeadTrainer>> {
        const auto& folder = plan.target->folder;
        TIMBERLINE_ASSIGN(const auto weights, model::file_weights(folder.config, folder.weights, cancel));
        TIMBERLINE_ASSIGN(auto network, model::TensorDecoder::make(folder.config, *weights, at::Device(at::kCPU), at::kFloat, cancel));
        HeadGround ground{
            .network = std::move(network), .config = folder.config, .seed = plan.seed, .half_matrix = {}, .target = plan.target};
        if (plan.settings.half_products && has_half_products() && !folder.config.head_bias) {
            ground.half_matrix = ground.output_matrix().to(at::kBFloat16);
        }
        TIMBERLINE_ASSIGN(auto trainee, (*factory)(ground, plan.values));
        TIMBERLINE_TRY(trainee->read_text(plan.text));
        return std::unique_ptr<HeadTrainer>(std::make_unique<Trainer>(std::move(plan), std::move(trainee), std::move(ground)));
    });
}

}  // namespace timberline::decoding
