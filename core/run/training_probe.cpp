// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/training_probe.h"

#include "core/probes/probe.h"
#include "core/training/label_noise.h"

#include <algorithm>

namespace timberline::run {
namespace {

constexpr std::int64_t kChunkRows = 512;  ///< rows of one forward

struct Side {
    std::vector<float> logits;
    std::vector<std::int32_t> labels, true_labels;
};

/// Logits of the output head and labels of samples first … last-1.
Result<Side> evaluate(training::Trainer& trainer, std::int64_t first, std::int64_t last, const CancelToken& cancel)
{
    auto& network = *trainer.objective().network();
    const auto& data = *trainer.objective().data();
    const bool text = data.task == training::DataSet::Task::Text;
    const auto size = data.sample_size();
    std::vector<float> buffers(trainer.buffers().begin(), trainer.buffers().end());
    const auto chunk = std::max<std::int64_t>(1, kChunkRows / network.rows(1));
    Side out;
    for (auto at = first; at < last; at += chunk) {
        if (cancel.cancelled()) {
            return make_error(ErrorCode::Cancelled, "the probe was cancelled");
        }
        const auto end = std::min(at + chunk, last);
        std::vector<std::int32_t> tokens;
        for (auto i = at; i < end && text; ++i) {
            const auto* piece = data.tokens.data() + i * (size + 1);
            tokens.insert(tokens.end(), piece, piece + size);
            out.labels.insert(out.labels.end(), piece + 1, piece + size + 1);
        }
        training::NetInput input{.samples = end - at, .tokens = tokens};
        if (!text) {
            input.values = std::span(data.inputs).subspan(static_cast<std::size_t>(at * size), static_cast<std::size_t>((end - at) * size));
            out.labels.insert(out.labels.end(), data.labels.begin() + at, data.labels.begin() + end);
            if (!data.true_labels.empty()) {
                out.true_labels.insert(out.true_labels.end(), data.true_labels.begin() + at, data.true_labels.begin() + end);
            }
        }
        const auto own = network.rows(end - at) * data.outputs;
        std::vector<float> logits(static_cast<std::size_t>(training::head_count(network.spec()) * own));
        TIMBERLINE_TRY(network.forward(trainer.parameters(), buffers, input, training::NormMode::Running, logits));
        out.logits.insert(out.logits.end(), logits.end() - own, logits.end());  // the output is the last head
    }
    return out;
}

}  // namespace

Result<record::Block> probe_training(const MethodRegistry& methods, const MethodChoice& probe, const TrainingValues& values,
                                     training::Trainer& trainer, std::uint64_t seed, const CancelToken& cancel)
{
    const auto data = trainer.objective().data();
    if (data == nullptr || data->task == training::DataSet::Task::Regression) {
        return make_error(ErrorCode::InvalidArgument,
                          "probe " + probe.id + ": the run trains no classifier, expected labels to compare with",
                          "Choose a data set with classes, or no probe.");
    }
    const auto most = [&](std::int64_t samples) { return values.looked_samples > 0 ? std::min(samples, values.looked_samples) : samples; };
    TIMBERLINE_ASSIGN(const Side train, evaluate(trainer, 0, most(data->train), cancel));
    TIMBERLINE_ASSIGN(const Side validation, evaluate(trainer, data->train, data->train + most(data->samples - data->train), cancel));
    std::vector<double> transition;
    if (!data->flipped.empty()) {
        TIMBERLINE_ASSIGN(transition,
                          training::transition_matrix({.kind = values.label_noise, .rate = values.label_noise_rate}, data->outputs));
    }
    const auto view = [](const Side& side) {
        return probes::ProbeSide{.logits = side.logits, .labels = side.labels, .true_labels = side.true_labels};
    };
    return probes::run_probe(
        methods, probe.id, probe.values,
        {.outputs = data->outputs, .train = view(train), .validation = view(validation), .transition = transition, .seed = seed}, cancel);
}

}  // namespace timberline::run
