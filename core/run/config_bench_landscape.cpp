// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/translate.h"
#include "core/run/bench_spec.h"
#include "core/run/landscape_values.h"
#include "core/run/training_values.h"

#include <algorithm>

namespace timberline::run {
namespace {

using V = LandscapeValues;

constexpr double kFarthest = 1e6;
constexpr double kLargestSeed = 9'007'199'254'740'992.0;  // 2^53

const auto& plane_fields()
{
    static const std::vector<std::string> kinds = {"random", "pca", "to-point", "three-point", "hessian", "gradient", "update"};
    static const std::vector<std::string> labels = {TIMBERLINE_TR("Random"),
                                                    TIMBERLINE_TR("Principal component of the path"),
                                                    TIMBERLINE_TR("To a point"),
                                                    TIMBERLINE_TR("Through three points"),
                                                    TIMBERLINE_TR("Hessian eigenvector"),
                                                    TIMBERLINE_TR("Gradient step"),
                                                    TIMBERLINE_TR("Last update")};
    static const auto with_none = [](std::vector<std::string> list, const char* more) {
        list.emplace_back(more);
        return list;
    };
    static const std::tuple fields{
        field(&V::x_kind, {.key = "x_kind",
                           .label = TIMBERLINE_TR("First axis"),
                           .help = TIMBERLINE_TR("Direction through parameter space along the first axis of the surface."),
                           .choices = kinds,
                           .choice_labels = labels,
                           .takes_effect = Effect::Recalibrate}),
        field(&V::y_kind, {.key = "y_kind",
                           .label = TIMBERLINE_TR("Second axis"),
                           .help = TIMBERLINE_TR("Direction along the second axis; none draws a line instead of a surface."),
                           .choices = with_none(kinds, "none"),
                           .choice_labels = with_none(labels, TIMBERLINE_TR("None (a line)")),
                           .takes_effect = Effect::Recalibrate}),
        field(&V::limits,
              {.key = "limits",
               .label = TIMBERLINE_TR("Limits"),
               .help = TIMBERLINE_TR("The four numbers below, or wide enough for the path of training; automatic takes the path where an "
                                     "axis is measured along it."),
               .choices = {"auto", "given", "path"},
               .choice_labels = {TIMBERLINE_TR("Automatic"), TIMBERLINE_TR("As given"), TIMBERLINE_TR("The path")},
               .takes_effect = Effect::Recalibrate}),
        field(&V::x_low, {.key = "x_low",
                          .label = TIMBERLINE_TR("First axis from"),
                          .help = TIMBERLINE_TR("Lower end of the first axis, included; 0 is the trained network."),
                          .min = -kFarthest,
                          .max = kFarthest,
                          .takes_effect = Effect::Recalibrate}),
        field(&V::x_high, {.key = "x_high",
                           .label = TIMBERLINE_TR("First axis to"),
                           .help = TIMBERLINE_TR("Upper end of the first axis, included."),
                           .min = -kFarthest,
                           .max = kFarthest,
                           .takes_effect = Effect::Recalibrate}),
        field(&V::y_low, {.key = "y_low",
                          .label = TIMBERLINE_TR("Second axis from"),
                          .help = TIMBERLINE_TR("Lower end of the second axis, included."),
                          .min = -kFarthest,
                          .max = kFarthest,
                          .takes_effect = Effect::Recalibrate}),
        field(&V::y_high, {.key = "y_high",
                           .label = TIMBERLINE_TR("Second axis to"),
                           .help = TIMBERLINE_TR("Upper end of the second axis, included."),
                           .min = -kFarthest,
                           .max = kFarthest,
                           .takes_effect = Effect::Recalibrate}),
        field(&V::nx, {.key = "nx",
                       .label = TIMBERLINE_TR("Points along the first axis"),
                       .unit = "points",
                       .help = TIMBERLINE_TR("Networks evaluated along the first axis; an odd number puts one on the middle."),
                       .min = 1,
                       .max = 501,
                       .takes_effect = Effect::Recalibrate}),
        field(&V::ny, {.key = "ny",
                       .label = TIMBERLINE_TR("Points along the second axis"),
                       .unit = "points",
                       .help = TIMBERLINE_TR("Networks evaluated along the second axis."),
                       .min = 1,
                       .max = 501,
                       .takes_effect = Effect::Recalibrate}),
        field(&V::x_seed, {.key = "x_seed",
                           .label = TIMBERLINE_TR("Seed of the first axis"),
                           .help = TIMBERLINE_TR("Draws the random direction of the first axis."),
                           .min = 0,
                           .max = kLargestSeed,
                           .takes_effect = Effect::Recalibrate}),
        field(&V::y_seed, {.key = "y_seed",
                           .label = TIMBERLINE_TR("Seed of the second axis"),
                           .help = TIMBERLINE_TR("Draws the random direction of the second axis."),
                           .min = 0,
                           .max = kLargestSeed,
                           .takes_effect = Effect::Recalibrate}),
        field(&V::normalisation,
              {.key = "normalisation",
               .label = TIMBERLINE_TR("Normalisation"),
               .help = TIMBERLINE_TR(
                   "How random directions are scaled to the weights. Without it, networks that compute the same function can look "
                   "flat or sharp."),
               .choices = {"filter", "layer", "weight", "none"},
               .choice_labels = {TIMBERLINE_TR("By filter"), TIMBERLINE_TR("By layer"), TIMBERLINE_TR("By weight"), TIMBERLINE_TR("None")},
               .takes_effect = Effect::Recalibrate}),
        field(&V::one_dimensional,
              {.key = "one_dimensional",
               .label = TIMBERLINE_TR("Biases and gains"),
               .help = TIMBERLINE_TR(
                   "What random directions do to biases and to the gains of norms: leave them, scale them, or move them at random."),
               .choices = {"zero", "copy", "random"},
               .choice_labels = {TIMBERLINE_TR("Stay"), TIMBERLINE_TR("Scale"), TIMBERLINE_TR("Move at random")},
               .takes_effect = Effect::Recalibrate}),
        field(&V::orthogonal,
              {.key = "orthogonal",
               .label = TIMBERLINE_TR("Orthogonal axes"),
               .help = TIMBERLINE_TR("Takes out of the second random direction what points along the first, before normalisation."),
               .takes_effect = Effect::Recalibrate}),
        field(&V::x_point,
              {.key = "x_point",
               .label = TIMBERLINE_TR("Point of the first axis"),
               .help = TIMBERLINE_TR("Where axes to a point lead: first, middle, last, a training step, or a checkpoint file."),
               .takes_effect = Effect::Recalibrate}),
        field(&V::y_point, {.key = "y_point",
                            .label = TIMBERLINE_TR("Point of the second axis"),
                            .help = TIMBERLINE_TR("The same for the second axis."),
                            .takes_effect = Effect::Recalibrate})};
    return fields;
}

const auto& evaluation_fields()
{
    static const std::tuple fields{
        field(&V::surface_samples,
              {.key = "surface_samples",
               .label = TIMBERLINE_TR("Samples"),
               .unit = "samples",
               .help = TIMBERLINE_TR("Training samples that every point is evaluated on, always the same ones; 0 takes all. Fewer "
                                     "are faster and widen the error bars."),
               .min = 0,
               .max = 1'000'000,
               .takes_effect = Effect::Recalibrate}),
        field(&V::sample_seed, {.key = "sample_seed",
                                .label = TIMBERLINE_TR("Seed of the samples"),
                                .help = TIMBERLINE_TR("Draws the samples, every class by its share."),
                                .min = 0,
                                .max = kLargestSeed,
                                .takes_effect = Effect::Recalibrate}),
        field(&V::test_surface,
              {.key = "test_surface",
               .label = TIMBERLINE_TR("Test surface"),
               .help = TIMBERLINE_TR("Evaluates as many validation samples as well, for a second surface on the same colour scale."),
               .takes_effect = Effect::Recalibrate}),
        field(&V::statistics,
              {.key = "statistics",
               .label = TIMBERLINE_TR("Batch norm statistics"),
               .help = TIMBERLINE_TR(
                   "Stored ones, computed anew at every point on the training samples, those of the evaluated samples as one batch, "
                   "or moved along with the parameters; automatic moves them on axes to a point or through three points and "
                   "keeps them else."),
               .choices = {"auto", "frozen", "re-estimated", "batch", "interpolated"},
               .choice_labels = {TIMBERLINE_TR("Automatic"), TIMBERLINE_TR("Stored"), TIMBERLINE_TR("Computed at every point"),
                                 TIMBERLINE_TR("Of the batch"), TIMBERLINE_TR("Moved along")},
               .takes_effect = Effect::Recalibrate}),
        field(&V::strides, {.key = "strides",
                            .label = TIMBERLINE_TR("Strides"),
                            .unit = "points",
                            .help = TIMBERLINE_TR("Steps of the coarse pictures that come first, the coarsest first; empty chooses them."),
                            .min = 1,
                            .max = 500,
                            .takes_effect = Effect::Recalibrate,
                            .min_length = 0,
                            .max_length = 16}),
        field(&V::start_from,
              {.key = "start_from",
               .label = TIMBERLINE_TR("Start from"),
               .help = TIMBERLINE_TR("A checkpoint or a saved record whose training is drawn; empty trains first. A surface that was "
                                     "cancelled in the record goes on from its cells when the settings are the same."),
               .takes_effect = Effect::Restart,
               .type = ParameterType::Path}),
        field(&V::follow, {.key = "follow",
                           .label = TIMBERLINE_TR("Follow training"),
                           .help = TIMBERLINE_TR("Draws a coarse surface around the parameters again and again while they are trained, "
                                                 "along random directions, on a second "
                                                 "thread; the record says what it cost."),
                           .takes_effect = Effect::Restart}),
        field(&V::follow_every,
              {.key = "follow_every",
               .label = TIMBERLINE_TR("Follow every"),
               .unit = "snapshots",
               .help = TIMBERLINE_TR("Snapshots of training between two surfaces; 0 measures the first one and spaces the others so "
                                     "that training loses less than a fifth of its speed. The saved config holds the number."),
               .min = 0,
               .max = 10'000,
               .takes_effect = Effect::Restart}),
        field(&V::follow_points, {.key = "follow_points",
                                  .label = TIMBERLINE_TR("Points while following"),
                                  .unit = "points",
                                  .help = TIMBERLINE_TR("Networks along each axis of a surface that follows."),
                                  .min = 1,
                                  .max = 101,
                                  .takes_effect = Effect::Restart}),
        field(&V::spectrum,
              {.key = "spectrum",
               .label = TIMBERLINE_TR("Curvature"),
               .help = TIMBERLINE_TR("Largest eigenvalues, trace and spectrum of the Hessian at the end of training, beside the limit of "
                                     "stability 2 / learning rate."),
               .takes_effect = Effect::Recalibrate}),
        field(&V::curvature_every,
              {.key = "curvature_every",
               .label = TIMBERLINE_TR("Curvature every"),
               .unit = "snapshots",
               .help = TIMBERLINE_TR("Follows the largest eigenvalue along the path, at every so many snapshots; 0 does not."),
               .min = 0,
               .max = 10'000,
               .takes_effect = Effect::Recalibrate}),
        field(&V::curvature_samples, {.key = "curvature_samples",
                                      .label = TIMBERLINE_TR("Samples for the curvature"),
                                      .unit = "samples",
                                      .help = TIMBERLINE_TR("Training samples that the Hessian is taken on; 0 takes all."),
                                      .min = 0,
                                      .max = 1'000'000,
                                      .takes_effect = Effect::Recalibrate}),
        field(&V::eigenvalues, {.key = "eigenvalues",
                                .label = TIMBERLINE_TR("Eigenvalues"),
                                .help = TIMBERLINE_TR("Largest eigenvalues of the Hessian that are found with their vectors."),
                                .min = 1,
                                .max = 8,
                                .takes_effect = Effect::Recalibrate}),
        field(&V::lanczos_steps, {.key = "lanczos_steps",
                                  .label = TIMBERLINE_TR("Lanczos steps"),
                                  .unit = "steps",
                                  .help = TIMBERLINE_TR("Most steps of the Lanczos iteration, two gradients each."),
                                  .min = 2,
                                  .max = 400,
                                  .takes_effect = Effect::Recalibrate}),
        field(&V::trace_probes,
              {.key = "trace_probes",
               .label = TIMBERLINE_TR("Trace probes"),
               .unit = "probes",
               .help = TIMBERLINE_TR("Random sign vectors for the trace and the spectrum of the Hessian; 0 leaves both out."),
               .min = 0,
               .max = 100,
               .takes_effect = Effect::Recalibrate})};
    return fields;
}

const auto& all_fields()
{
    static const auto fields = std::tuple_cat(plane_fields(), evaluation_fields());
    return fields;
}

}  // namespace

std::vector<Hyperparameter> landscape_declarations()
{
    return declare(all_fields());
}

LandscapeValues landscape_values(const Values& settings)
{
    return read_values(all_fields(), settings);
}

BenchSpec landscape_bench()
{
    BenchSpec out = training_bench();
    out.id = "landscape";
    auto own = landscape_declarations();
    own.insert(own.end(), std::make_move_iterator(out.settings.begin()), std::make_move_iterator(out.settings.end()));
    out.settings = std::move(own);
    return out;
}

}  // namespace timberline::run
