// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/exits_calibration.h"

#include "core/base/text.h"
#include "core/exits/exit_run.h"
#include "core/rules/exit_calibration.h"
#include "core/rules/exit_rules.h"
#include "core/run/exits_lens.h"
#include "core/run/text_bench.h"

namespace timberline::run {
namespace {

constexpr std::size_t kMostPrompts = 10000;

struct Wanted {
    std::vector<std::string> prompts;
    double delta = 0.05, epsilon = 0.05, step = 0.05;
    std::int64_t new_tokens = 32;
};

Result<Wanted> read_arguments(const Json& arguments)
{
    ObjectReader reader(arguments, "calibrate");
    TIMBERLINE_TRY(reader.status());
    Wanted out;
    const Json* prompts = reader.find("prompts");
    if (prompts == nullptr || !prompts->is_array() || prompts->empty() || prompts->size() > kMostPrompts) {
        return make_error(ErrorCode::InvalidArgument,
                          "calibrate: prompts must be a list of 1 to " + std::to_string(kMostPrompts) + " texts",
                          "Give the prompts that the threshold is to hold for.");
    }
    for (const auto& prompt : *prompts) {
        if (!prompt.is_string()) {
            return make_error(ErrorCode::InvalidArgument, "calibrate: prompts[" + std::to_string(out.prompts.size()) + "] is no text",
                              "Give the prompts as a list of texts.");
        }
        out.prompts.push_back(prompt.get<std::string>());
    }
    TIMBERLINE_ASSIGN(out.delta, reader.number("delta", out.delta, 0.001, 0.5));
    TIMBERLINE_ASSIGN(out.epsilon, reader.number("epsilon", out.epsilon, 0.001, 0.5));
    TIMBERLINE_ASSIGN(out.step, reader.number("step", out.step, 0.005, 0.5));
    TIMBERLINE_ASSIGN(out.new_tokens, reader.integer("new_tokens", out.new_tokens, 1, 512));
    TIMBERLINE_TRY(reader.finish());
    return out;
}

/// Full depth, one moment like the other.
class Full final : public exits::ExitDirector
{
public:
    explicit Full(const Config& config) : config_(config) {}
    [[nodiscard]] Result<exits::ExitMoment> before(std::int32_t /*moment*/, const CancelToken& /*cancel*/) override
    {
        const auto& choice = config_.methods.at("policy");
        return exits::ExitMoment{.policy = choice.id, .values = choice.values, .signal = {}, .sampling = config_.sampling, .changes = {}};
    }

private:
    const Config& config_;
};

/// 1 where some token of the plan is not the one that the text has.
double text_differs(const record::LayerReadings& readings, const rules::ExitPlan& plan)
{
    for (std::size_t row = 0; row < readings.rows(); ++row) {
        if (readings.moment[row] >= 0 && plan.exit[row] > 0 &&
            readings.emits[readings.cell(row, static_cast<std::size_t>(plan.exit[row] - 1))] != readings.next[row]) {
            return 1;
        }
    }
    return 0;
}

}  // namespace

Result<record::Block> calibrate_exits(const BenchJob& job, const ExitsSettings& settings, const BenchQuery& query)
{
    TIMBERLINE_ASSIGN(const auto wanted, read_arguments(query.arguments));
    const auto mode = record::kv_mode_of(settings.kv_mode).value_or(record::KvMode::Propagate);
    const auto& choice = job.config.methods.at("policy");
    if (settings.subject != "language-model") {
        return make_error(ErrorCode::InvalidArgument,
                          "calibrate: exits.subject is " + in_quotes(settings.subject) + ", expected language-model",
                          "A threshold is certified for the texts of a language model; choose one as the subject.");
    }
    if (!record::is_exact(mode)) {
        return make_error(
            ErrorCode::InvalidArgument, "calibrate: exits.kv_mode is " + in_quotes(settings.kv_mode) + ", expected defer or oracle",
            "A threshold can be certified from readings only where skipped layers keep exact keys and values: set them to defer or "
            "oracle.");
    }
    if (!choice.values.contains("threshold")) {
        return make_error(ErrorCode::InvalidArgument, "calibrate: the exit policy " + choice.id + " has no threshold",
                          "Choose a policy with a threshold, for example saturation.");
    }
    TIMBERLINE_ASSIGN(const auto start, start_text_bench(job));
    TIMBERLINE_ASSIGN(const auto prepared, prepare_lens(job, settings, *start.model));
    const exits::ExitLens lens(*start.model->decoder, prepared.tuned ? &*prepared.tuned : nullptr);
    exits::ExitJob exit_job;
    exit_job.decoder = start.model->decoder.get();
    exit_job.lens = &lens;
    exit_job.run.kv_mode = mode;
    exit_job.run.early = false;
    exit_job.run.earliest = static_cast<std::int32_t>(settings.earliest);
    exit_job.run.every = static_cast<std::int32_t>(settings.every);
    exit_job.run.max_new = static_cast<std::int32_t>(wanted.new_tokens);
    exits::fill_decoder_costs(exit_job.run, start.model->folder.config, lens);
    exit_job.seed = job.config.seed;
    exit_job.max_new_tokens = wanted.new_tokens;
    exit_job.stop_ids = start.stop_ids;
    exit_job.measure_full = false;

    const auto grid = rules::ltt_grid(wanted.step);
    std::vector<std::vector<double>> losses(grid.size());
    Full director(job.config);
    NullSink quiet;
    for (std::size_t i = 0; i < wanted.prompts.size(); ++i) {
        job.sink.on_progress(static_cast<double>(i) / static_cast<double>(wanted.prompts.size()), "reading the prompts");
        TIMBERLINE_ASSIGN(exit_job.prompt, start.model->folder.encode_prompt(wanted.prompts[i]));
        record::ExitFold fold;
        const auto keep = [&](const record::Event& event) {
            if (const auto* block = std::get_if<record::Block>(&event.payload)) {
                fold.add(*block);
            }
        };
        TIMBERLINE_TRY(exits::run_early_exit(exit_job, director, keep, job.cancel, quiet));
        if (job.cancel.cancelled()) {
            return make_error(ErrorCode::Cancelled, "the calibration was cancelled");
        }
        for (std::size_t k = 0; k < grid.size(); ++k) {
            Values values = choice.values;
            values["threshold"] = grid[k];
            values["thresholds"] = std::vector<double>{};
            TIMBERLINE_ASSIGN(const auto rule, rules::ExitRule::make(choice.id, values, exit_job.run));
            TIMBERLINE_ASSIGN(const auto plan, rules::decide_exits(fold.readings(), rule, exit_job.run));
            losses[k].push_back(text_differs(fold.readings(), plan));
        }
    }
    const auto result = rules::learn_then_test(grid, losses, wanted.delta, wanted.epsilon);
    record::ThresholdCalibration out;
    out.policy = choice.id;
    out.lambda = result.lambda;
    out.delta = wanted.delta;
    out.epsilon = wanted.epsilon;
    out.prompts = static_cast<std::int32_t>(wanted.prompts.size());
    out.exact = result.exact;
    for (const auto& step : result.steps) {
        out.grid.push_back(step.lambda);
        out.loss.push_back(step.loss);
        out.p.push_back(step.p);
        out.tested.push_back(step.tested ? 1 : 0);
        out.accepted.push_back(step.accepted ? 1 : 0);
    }
    return to_block(out);
}

}  // namespace timberline::run
