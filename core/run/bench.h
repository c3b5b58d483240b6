// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/cancel.h"
#include "core/base/json.h"
#include "core/base/method.h"
#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/record/record.h"
#include "core/run/config.h"

/// What each bench gives the engine: one run (Draft's is decoding::decode) and one kind of question about a finished or running record. One
/// file a bench (draft_questions.cpp, bench_exits.cpp, bench_attention.cpp, bench_training.cpp, bench_landscape.cpp); the engine only chooses.
namespace timberline::run {

class ModelCache;
class RunControl;  // asked through LiveDirector (live_director.h): settings in force at each token or step, live changes, pause

struct BenchJob {
    const Config& config;  ///< complete
    const MethodRegistry& methods;
    ModelCache& models;
    int threads = 1;  ///< set already by set_compute_threads
    const CancelToken& cancel;
    ProgressSink& sink;             ///< events go here as they happen and, in the same order, into the returned record
    RunControl* control = nullptr;  ///< may be null. Moments stand for rounds: tokens or steps
};

/// The record begins with RunStarted and ends with RunFinished, also when it was cancelled midway; an error means that nothing ran.
[[nodiscard]] Result<record::RecordPtr> run_exits(const BenchJob& job);
[[nodiscard]] Result<record::RecordPtr> run_attention(const BenchJob& job);
[[nodiscard]] Result<record::RecordPtr> run_training(const BenchJob& job);
[[nodiscard]] Result<record::RecordPtr> run_landscape(const BenchJob& job);
[[nodiscard]] Result<record::RecordPtr> run_heads(const BenchJob& job);

/// A question beside a run: the network under the cursor, the effect of an ablated head. Answers in a block; writes nothing.
struct BenchQuery {
    std::string what;          ///< "decision-map", "intervention" …
    Json arguments;            ///< an object; checked by the bench
    record::RecordPtr record;  ///< what the question is about; may be null where the config is enough
};
[[nodiscard]] Result<record::Block> query_draft(const BenchJob& job, const BenchQuery& query);
[[nodiscard]] Result<record::Block> query_exits(const BenchJob& job, const BenchQuery& query);
[[nodiscard]] Result<record::Block> query_attention(const BenchJob& job, const BenchQuery& query);
[[nodiscard]] Result<record::Block> query_landscape(const BenchJob& job, const BenchQuery& query);

}  // namespace timberline::run
