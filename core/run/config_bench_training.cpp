// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/translate.h"
#include "core/run/bench_spec.h"
#include "core/run/training_values.h"

namespace timberline::run {
namespace {

using V = TrainingValues;

const auto& network_fields()
{
    static const std::tuple fields{
        field(&V::net,
              {.key = "net",
               .label = TIMBERLINE_TR("Network"),
               .help = TIMBERLINE_TR("What is trained: a perceptron, a small convolutional network, a tiny causal transformer, or a "
                                     "bowl without data whose curvature you choose."),
               .choices = {"mlp", "cnn", "transformer", "quadratic"},
               .choice_labels = {TIMBERLINE_TR("Multilayer perceptron"), TIMBERLINE_TR("Convolutional network"),
                                 TIMBERLINE_TR("Tiny transformer"), TIMBERLINE_TR("Quadratic bowl")},
               .takes_effect = Effect::Restart}),
        field(&V::hidden,
              {.key = "hidden",
               .label = TIMBERLINE_TR("Hidden layers"),
               .help = TIMBERLINE_TR("Widths of the hidden layers, or channels of the convolutions; transformer: width, layers, "
                                     "heads."),
               .min = 1,
               .max = 65'536,
               .takes_effect = Effect::Restart,
               .min_length = 0,
               .max_length = 64}),
        field(&V::activation,
              {.key = "activation",
               .label = TIMBERLINE_TR("Activation"),
               .help = TIMBERLINE_TR("Nonlinearity of the hidden layers; none makes a deep linear network."),
               .choices = {"relu", "tanh", "gelu", "identity"},
               .choice_labels = {TIMBERLINE_TR("ReLU"), TIMBERLINE_TR("tanh"), TIMBERLINE_TR("GELU"), TIMBERLINE_TR("None (linear)")},
               .takes_effect = Effect::Restart}),
        field(&V::batch_norm, {.key = "batch_norm",
                               .label = TIMBERLINE_TR("Batch norm"),
                               .help = TIMBERLINE_TR("Normalises each hidden unit over the batch, before its activation."),
                               .takes_effect = Effect::Restart}),
        field(&V::exits, {.key = "exits",
                          .label = TIMBERLINE_TR("Exit heads"),
                          .help = TIMBERLINE_TR("A linear head after every hidden block, trained together with the output."),
                          .takes_effect = Effect::Restart}),
        field(&V::layer_norm, {.key = "layer_norm",
                               .label = TIMBERLINE_TR("Layer norm"),
                               .help = TIMBERLINE_TR("Transformer: norms before attention and feed-forward part. Without them deep layers "
                                                     "may lose their attention entropy."),
                               .takes_effect = Effect::Restart}),
        field(&V::entropy_guided,
              {.key = "entropy_guided",
               .label = TIMBERLINE_TR("Entropy-guided"),
               .help = TIMBERLINE_TR("Transformer: each head learns a softmax temperature, and its attention entropy is held near a "
                                     "threshold that it learns too."),
               .takes_effect = Effect::Restart}),
        field(&V::curvature, {.key = "curvature",
                              .label = TIMBERLINE_TR("Curvatures"),
                              .help = TIMBERLINE_TR("Quadratic bowl: second derivative along each axis. Gradient descent diverges once the "
                                                    "learning rate passes 2 / the largest."),
                              .min = -1000,
                              .max = 1000,
                              .takes_effect = Effect::Restart,
                              .min_length = 1,
                              .max_length = 1024})};
    return fields;
}

const auto& loop_fields()
{
    static const std::tuple fields{
        field(&V::steps, {.key = "steps",
                          .label = TIMBERLINE_TR("Steps"),
                          .unit = "steps",
                          .help = TIMBERLINE_TR("Steps to train; schedules count with it. May be extended while training goes on."),
                          .min = 1,
                          .max = 10'000'000,
                          .scale = Scale::Logarithmic,
                          .takes_effect = Effect::NextStep}),
        field(&V::batch_size, {.key = "batch_size",
                               .label = TIMBERLINE_TR("Batch size"),
                               .unit = "samples",
                               .help = TIMBERLINE_TR("Samples a step. Smaller batches give noisier gradients."),
                               .min = 1,
                               .max = 65'536,
                               .scale = Scale::Logarithmic,
                               .takes_effect = Effect::NextEpoch}),
        field(&V::learning_rate, {.key = "learning_rate",
                                  .label = TIMBERLINE_TR("Learning rate"),
                                  .help = TIMBERLINE_TR("Length of a step for a gradient of length one, before the schedule's factor. SGD "
                                                        "wants about 0.1, AdamW about 0.003."),
                                  .min = 1e-7,
                                  .max = 100,
                                  .scale = Scale::Logarithmic,
                                  .takes_effect = Effect::NextStep}),
        field(&V::clip_norm, {.key = "clip_norm",
                              .label = TIMBERLINE_TR("Clip gradients"),
                              .help = TIMBERLINE_TR("Longer gradients are shortened to this length; 0 is off."),
                              .min = 0,
                              .max = 1000,
                              .takes_effect = Effect::NextStep}),
        field(
            &V::exit_weights,
            {.key = "exit_weights",
             .label = TIMBERLINE_TR("Weights of exit heads"),
             .help = TIMBERLINE_TR("How much each head's loss counts: growing with depth, alike, doubling with depth, output and internal "
                                   "heads in turn, or first the output and then the internal heads with the rest frozen."),
             .choices = {"linear", "uniform", "geometric", "alternate", "two-stage"},
             .choice_labels = {TIMBERLINE_TR("Growing with depth"), TIMBERLINE_TR("Alike"), TIMBERLINE_TR("Doubling with depth"),
                               TIMBERLINE_TR("In turn"), TIMBERLINE_TR("Two stages")},
             .takes_effect = Effect::NextStep}),
        field(&V::first_stage, {.key = "first_stage",
                                .label = TIMBERLINE_TR("First stage"),
                                .help = TIMBERLINE_TR("Two stages: share of the steps that train the network before its internal heads."),
                                .min = 0,
                                .max = 1,
                                .takes_effect = Effect::NextStep}),
        field(&V::equalise_gradients, {.key = "equalise_gradients",
                                       .label = TIMBERLINE_TR("Equalise gradients"),
                                       .help = TIMBERLINE_TR("Each block learns from the mean of the heads above it instead of their sum."),
                                       .takes_effect = Effect::NextStep}),
        field(&V::entropy_weight, {.key = "entropy_weight",
                                   .label = TIMBERLINE_TR("Entropy regulariser"),
                                   .help = TIMBERLINE_TR("Weight of the penalty on attention entropies outside their head's band; only for "
                                                         "entropy-guided transformers, 0 is off."),
                                   .min = 0,
                                   .max = 1,
                                   .takes_effect = Effect::NextStep}),
        field(&V::entropy_gamma, {.key = "entropy_gamma",
                                  .label = TIMBERLINE_TR("Entropy band"),
                                  .help = TIMBERLINE_TR("Half width of the band around the threshold that costs nothing, as a share of the "
                                                        "largest entropy."),
                                  .min = 0,
                                  .max = 1,
                                  .takes_effect = Effect::NextStep}),
        field(&V::entropy_sum, {.key = "entropy_sum",
                                .label = TIMBERLINE_TR("Penalties of rows"),
                                .help = TIMBERLINE_TR("Summed over samples and queries as in the published code, or averaged."),
                                .choices = {"sum", "mean"},
                                .choice_labels = {TIMBERLINE_TR("Summed"), TIMBERLINE_TR("Averaged")},
                                .takes_effect = Effect::NextStep}),
        field(&V::entropy_ceiling,
              {.key = "entropy_ceiling",
               .label = TIMBERLINE_TR("Largest entropy"),
               .help = TIMBERLINE_TR("What thresholds are a share of: ln of the context for every query, or ln of the keys it sees."),
               .choices = {"context", "visible"},
               .choice_labels = {TIMBERLINE_TR("ln(context)"), TIMBERLINE_TR("ln(visible keys)")},
               .takes_effect = Effect::NextStep}),
        field(&V::train_thresholds, {.key = "train_thresholds",
                                     .label = TIMBERLINE_TR("Learn thresholds"),
                                     .help = TIMBERLINE_TR("Entropy thresholds follow the data; off holds them where they are."),
                                     .takes_effect = Effect::NextStep})};
    return fields;
}

const auto& keeping_fields()
{
    static const std::tuple fields{
        field(&V::label_noise,
              {.key = "label_noise",
               .label = TIMBERLINE_TR("Label noise"),
               .help = TIMBERLINE_TR("Flips labels of training samples once, with the run's seed; validation stays clean."),
               .choices = {"none", "symmetric-other", "symmetric-any", "pair", "asymmetric-digits"},
               .choice_labels = {TIMBERLINE_TR("None"), TIMBERLINE_TR("To any other class"), TIMBERLINE_TR("To any class"),
                                 TIMBERLINE_TR("To the next class"), TIMBERLINE_TR("Between similar digits")},
               .takes_effect = Effect::Restart}),
        field(&V::label_noise_rate, {.key = "label_noise_rate",
                                     .label = TIMBERLINE_TR("Noise rate"),
                                     .help = TIMBERLINE_TR("Share of the training labels that label noise touches."),
                                     .min = 0,
                                     .max = 0.9,
                                     .takes_effect = Effect::Restart}),
        field(&V::validate_every,
              {.key = "validate_every",
               .label = TIMBERLINE_TR("Validate every"),
               .unit = "steps",
               .help = TIMBERLINE_TR("Steps between looks at training and validation samples; 0 looks only at the end."),
               .min = 0,
               .max = 1'000'000,
               .takes_effect = Effect::NextStep}),
        field(&V::looked_samples,
              {.key = "looked_samples",
               .label = TIMBERLINE_TR("Samples looked at"),
               .unit = "samples",
               .help = TIMBERLINE_TR("Most samples of each kind that a look evaluates and records, of a text as many tokens; "
                                     "0 takes all."),
               .min = 0,
               .max = 1'000'000,
               .takes_effect = Effect::NextStep}),
        field(&V::snapshot_every,
              {.key = "snapshot_every",
               .label = TIMBERLINE_TR("Snapshot every"),
               .unit = "steps",
               .help = TIMBERLINE_TR("Steps between snapshots of the parameters; 0 takes about a hundred over the run."),
               .min = 0,
               .max = 1'000'000,
               .takes_effect = Effect::NextStep}),
        field(&V::snapshots_kept,
              {.key = "snapshots_kept",
               .label = TIMBERLINE_TR("Snapshots kept"),
               .unit = "snapshots",
               .help = TIMBERLINE_TR("When there are more, or more than fit 64 MiB, every second one of the older half is dropped, "
                                     "never the first nor the last; 0 takes none."),
               .min = 0,
               .max = 1000,
               .takes_effect = Effect::NextStep}),
        field(&V::checkpoint_path, {.key = "checkpoint_path",
                                    .label = TIMBERLINE_TR("Checkpoint file"),
                                    .help = TIMBERLINE_TR("Where the state of training is saved, as safetensors; empty saves none."),
                                    .takes_effect = Effect::Restart,
                                    .type = ParameterType::Path}),
        field(&V::checkpoint_every,
              {.key = "checkpoint_every",
               .label = TIMBERLINE_TR("Checkpoint every"),
               .unit = "steps",
               .help = TIMBERLINE_TR("Steps between checkpoints; 0 saves about every ten seconds. One is saved at the end in any case."),
               .min = 0,
               .max = 10'000'000,
               .takes_effect = Effect::NextStep}),
        field(&V::resume_from, {.key = "resume_from",
                                .label = TIMBERLINE_TR("Resume from"),
                                .help = TIMBERLINE_TR("Checkpoint to go on from; empty starts anew."),
                                .takes_effect = Effect::Restart,
                                .type = ParameterType::Path}),
        field(&V::return_to_step,
              {.key = "return_to_step",
               .label = TIMBERLINE_TR("Back to step"),
               .unit = "step",
               .help = TIMBERLINE_TR("Changing it takes training back to the last kept state at or before this step; -1 does "
                                     "nothing. A resumed run has no states from before its checkpoint."),
               .min = -1,
               .max = 10'000'000,
               .takes_effect = Effect::NextStep}),
        field(&V::when_diverged, {.key = "when_diverged",
                                  .label = TIMBERLINE_TR("When training diverges"),
                                  .help = TIMBERLINE_TR("What happens once loss or parameters are no longer finite numbers."),
                                  .choices = {"stop", "go-on"},
                                  .choice_labels = {TIMBERLINE_TR("Stop"), TIMBERLINE_TR("Go on")},
                                  .takes_effect = Effect::NextStep})};
    return fields;
}

/// One table a compiler can digest at a time, read as one struct.
const auto& all_fields()
{
    static const auto fields = std::tuple_cat(network_fields(), loop_fields(), keeping_fields());
    return fields;
}

}  // namespace

std::vector<Hyperparameter> training_declarations()
{
    return declare(all_fields());
}

TrainingValues training_values(const Values& settings)
{
    return read_values(all_fields(), settings);
}

BenchSpec training_bench()
{
    return {
        .id = "training",
        .needs_model = false,
        .roles = {{.name = "data_set", .family = "data set", .default_id = "two-moons", .label = TIMBERLINE_TR("Data set"), .live = false},
                  {.name = "loss", .family = "loss", .default_id = "ce", .label = TIMBERLINE_TR("Loss")},
                  {.name = "optimizer", .family = "optimizer", .default_id = "sgd", .label = TIMBERLINE_TR("Optimizer")},
                  {.name = "schedule", .family = "schedule", .default_id = "constant", .label = TIMBERLINE_TR("Schedule")},
                  {.name = "probe", .family = "probe", .default_id = "", .label = TIMBERLINE_TR("Probe at the end")}},
        .settings = training_declarations()};
}

}  // namespace timberline::run
