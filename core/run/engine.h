// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/cancel.h"
#include "core/base/method.h"
#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/record/record.h"
#include "core/run/bench.h"
#include "core/run/config.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace timberline::run {

/// What a running job asks its owner between rounds. Called on the job's thread. The default never interferes.
class RunControl
{
public:
    virtual ~RunControl() = default;
    /// Changes that take effect in this round (live tweaks). They are written into the record and into the saved config's events.
    [[nodiscard]] virtual std::vector<ConfigEvent> take_changes(std::int32_t round)
    {
        (void)round;
        return {};
    }
    /// Blocks while the run is paused; returns when round `round` may begin, or when `cancel` is raised.
    /// @param before_waiting may be empty; else to be called before it stands still: the run sends what it held back until now.
    virtual void wait_for_turn(std::int32_t round, const CancelToken& cancel, const std::function<void()>& before_waiting)
    {
        (void)round;
        (void)cancel;
        (void)before_waiting;
    }
};

struct TensorInfo {
    std::string name;
    std::string type;
    std::vector<std::int64_t> shape;
    std::int64_t bytes = 0;
};
struct TensorSummary {
    double minimum = 0, maximum = 0, mean = 0, standard_deviation = 0;
    std::int64_t not_finite = 0;
};

/// What `model info` prints and the window's model page shows. Opening reads no weights.
struct ModelInfo {
    std::string name, path, architecture, tokenizer;
    std::int64_t parameters = 0, layers = 0, hidden = 0, heads = 0, kv_heads = 0, head_dim = 0, vocabulary = 0, context = 0,
                 intermediate = 0;
    std::int64_t weight_bytes = 0, kv_cache_bytes = 0, workspace_bytes = 0;  ///< memory estimate at full context
    std::vector<TokenId> stop_ids;
    std::vector<TensorInfo> tensors;
    std::vector<std::string> diagnostics;
    std::string config_text;  ///< config.json as it stands
};

/// The core's facade: everything the programs ask of it. Headers without tensors. All calls are synchronous, return Result and never throw;
/// one call at a time, but that RunControl::wait_for_turn may call again on the same thread. Loaded models are kept between calls (most recent four).
class Engine
{
public:
    virtual ~Engine() = default;

    /// Every method of this version. Valid as long as the engine.
    [[nodiscard]] virtual const MethodRegistry& methods() const = 0;

    /// Runs a config. The record is returned also when the run was cancelled or failed midway (its RunFinished says so); an error means
    /// that nothing ran. Pure: same (config, model files, seed) and thread count give the same record, wall times aside.
    [[nodiscard]] virtual Result<record::RecordPtr> run(const Config& config, const CancelToken& cancel, ProgressSink& sink,
                                                        RunControl* control = nullptr) = 0;

    /// The same run without recording: no distributions, probabilities or statistics, which cost time. What timings take; text and rounds
    /// are those of run(). Benches but Draft always record. An engine that knows no difference need not override it.
    [[nodiscard]] virtual Result<record::RecordPtr> run_unrecorded(const Config& config, const CancelToken& cancel, ProgressSink& sink)
    {
        return run(config, cancel, sink, nullptr);
    }

    /// Answers a question beside a run (bench.h).
    [[nodiscard]] virtual Result<record::Block> query(const Config& config, const BenchQuery& query, const CancelToken& cancel,
                                                      ProgressSink& sink) = 0;

    /// Times plain decoding and the config's method on the same prompt, seed, device and threads: one warm-up, then `repeats` of each,
    /// alternating; medians. With repeats == 1 the method's time is taken from `live` (may be null: then it is run once as well).
    [[nodiscard]] virtual Result<record::BaselineMeasured> measure(const Config& config, int repeats, const record::Record* live,
                                                                   const CancelToken& cancel, ProgressSink& sink) = 0;

    /// Loads models ahead of a run, so that the first round starts at once.
    [[nodiscard]] virtual Status preload(const Config& config, const CancelToken& cancel) = 0;

    [[nodiscard]] virtual Result<ModelInfo> model_info(const std::string& model) = 0;
    [[nodiscard]] virtual Result<TensorSummary> tensor_summary(const std::string& model, const std::string& tensor,
                                                               const CancelToken& cancel) = 0;
    /// Why the pair cannot be used together, or ok.
    [[nodiscard]] virtual Status check_pair(const std::string& target, const std::string& draft) = 0;
    [[nodiscard]] virtual Result<std::vector<TokenId>> tokenize(const std::string& model, const std::string& text, bool with_special) = 0;

    /// "cpu", and "cuda" where it works.
    [[nodiscard]] virtual std::vector<std::string> devices() const = 0;
};

[[nodiscard]] std::unique_ptr<Engine> make_engine();

}  // namespace timberline::run

/// Entry point of the core as a loadable module: the window finds it by name after loading the library on its worker thread.
extern "C" timberline::run::Engine* timberline_create_engine();
