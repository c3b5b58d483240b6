// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/training_setup.h"

#include "core/training/label_noise.h"

#include <any>

namespace timberline::run {
namespace {

constexpr std::int64_t kKeptNumbers = 65'536;  ///< data sets up to this size are kept in the record

template <typename Factory>
Result<const Factory*> factory_of(const MethodRegistry& methods, const std::string& family, const std::string& id)
{
    TIMBERLINE_ASSIGN(const auto* entry, methods.find(family, id));
    const auto* factory = std::any_cast<Factory>(&entry->factory);
    if (factory == nullptr) {
        return make_error(ErrorCode::Internal, family + " " + id + " has another kind of factory", "Please report this.");
    }
    return factory;
}

MethodChoice chosen(const MethodChoices& choices, const std::string& role)
{
    const auto it = choices.find(role);
    return it == choices.end() ? MethodChoice{} : it->second;
}

training::NetKind kind_of(const std::string& name)
{
    using training::NetKind;
    return name == "cnn"           ? NetKind::Cnn
           : name == "transformer" ? NetKind::Transformer
           : name == "quadratic"   ? NetKind::Quadratic
                                   : NetKind::Mlp;
}

training::NetActivation activation_of(const std::string& name)
{
    using training::NetActivation;
    return name == "tanh"       ? NetActivation::Tanh
           : name == "gelu"     ? NetActivation::Gelu
           : name == "identity" ? NetActivation::Identity
                                : NetActivation::Relu;
}

}  // namespace

Result<training::DataSetPtr> make_data_set(const MethodRegistry& methods, const MethodChoice& choice, const TrainingValues& values,
                                           std::uint64_t seed, const CancelToken& cancel)
{
    TIMBERLINE_ASSIGN(const auto* factory, factory_of<training::DataSetFactory>(methods, "data set", choice.id));
    TIMBERLINE_ASSIGN(auto data, (*factory)(choice.values, seed, cancel));
    TIMBERLINE_TRY(training::check_data_set(data));
    TIMBERLINE_TRY(training::apply_label_noise(data, {.kind = values.label_noise, .rate = values.label_noise_rate}, seed));
    return training::DataSetPtr(std::make_shared<const training::DataSet>(std::move(data)));
}

Result<training::LossPtr> make_loss(const MethodRegistry& methods, const MethodChoice& choice)
{
    TIMBERLINE_ASSIGN(const auto* factory, factory_of<training::LossFactory>(methods, "loss", choice.id));
    return (*factory)(choice.values);
}

Result<std::unique_ptr<training::Optimizer>> make_optimizer(const MethodRegistry& methods, const MethodChoice& choice,
                                                            std::int64_t parameters)
{
    TIMBERLINE_ASSIGN(const auto* factory, factory_of<training::OptimizerFactory>(methods, "optimizer", choice.id));
    return (*factory)(choice.values, parameters);
}

Result<std::unique_ptr<training::Schedule>> make_schedule(const MethodRegistry& methods, const MethodChoice& choice)
{
    TIMBERLINE_ASSIGN(const auto* factory, factory_of<training::ScheduleFactory>(methods, "schedule", choice.id));
    return (*factory)(choice.values);
}

Result<training::NetSpec> net_spec(const TrainingValues& values, const training::DataSet* data)
{
    training::NetSpec spec;
    spec.kind = kind_of(values.net);
    if (spec.kind == training::NetKind::Quadratic) {
        spec.input = {};
        spec.hidden = {};
        spec.outputs = 1;
        spec.curvature = values.curvature;
        return spec;
    }
    spec.hidden = values.hidden;
    spec.activation = activation_of(values.activation);
    spec.batch_norm = values.batch_norm && spec.kind != training::NetKind::Transformer;
    spec.exits = values.exits;
    spec.layer_norm = values.layer_norm;
    spec.entropy_guided = values.entropy_guided && spec.kind == training::NetKind::Transformer;
    return training::fit_to_data(std::move(spec), *data);
}

training::TrainerSettings trainer_settings(const TrainingValues& values)
{
    return {.steps = values.steps,
            .batch_size = values.batch_size,
            .learning_rate = values.learning_rate,
            .clip_norm = values.clip_norm,
            .exit_weights = values.exit_weights,
            .first_stage = values.first_stage,
            .equalise = values.equalise_gradients,
            .entropy = {.weight = values.entropy_guided ? values.entropy_weight : 0,
                        .gamma = values.entropy_gamma,
                        .mean = values.entropy_sum == "mean",
                        .visible = values.entropy_ceiling == "visible",
                        .train_threshold = values.train_thresholds}};
}

Result<std::unique_ptr<training::Trainer>> make_trainer(const MethodRegistry& methods, const MethodChoices& choices,
                                                        const TrainingValues& values, std::uint64_t seed, const CancelToken& cancel)
{
    training::DataSetPtr data;
    training::LossPtr loss;
    if (kind_of(values.net) != training::NetKind::Quadratic) {
        TIMBERLINE_ASSIGN(data, make_data_set(methods, chosen(choices, "data_set"), values, seed, cancel));
        TIMBERLINE_ASSIGN(loss, make_loss(methods, chosen(choices, "loss")));
    }
    TIMBERLINE_ASSIGN(const auto spec, net_spec(values, data.get()));
    TIMBERLINE_ASSIGN(auto objective, training::Objective::make(spec, std::move(data), std::move(loss)));
    TIMBERLINE_ASSIGN(auto optimizer, make_optimizer(methods, chosen(choices, "optimizer"), objective->layout().parameter_count));
    TIMBERLINE_ASSIGN(auto schedule, make_schedule(methods, chosen(choices, "schedule")));
    return std::make_unique<training::Trainer>(std::move(objective), std::move(optimizer), std::move(schedule), trainer_settings(values),
                                               seed);
}

record::TrainingSetup setup_of(training::Trainer& trainer, const std::string& data_set_id)
{
    auto& objective = trainer.objective();
    const auto& spec = objective.spec();
    record::TrainingSetup out;
    out.net = training::to_text(spec);
    out.parameters = objective.layout().parameter_count;
    out.outputs = spec.outputs;
    out.heads = training::head_count(spec);
    out.steps = trainer.settings().steps;
    const auto& data = objective.data();
    if (data == nullptr) {
        out.task = "none";
        return out;
    }
    using Task = training::DataSet::Task;
    out.data_set = data_set_id;
    out.task = data->task == Task::Text ? "text" : data->task == Task::Regression ? "regression" : "classification";
    out.samples = data->samples;
    out.train = data->train;
    out.sample_shape = data->sample_shape;
    out.lower_bound = objective.loss()->lower_bound(spec.outputs).value_or(out.lower_bound);
    if (data->task != Task::Text && static_cast<std::int64_t>(data->inputs.size()) <= kKeptNumbers) {
        out.inputs = data->inputs;
        out.labels = data->labels;
        out.targets = data->targets;
        out.flipped.assign(data->flipped.begin(), data->flipped.end());
    }
    return out;
}

}  // namespace timberline::run
