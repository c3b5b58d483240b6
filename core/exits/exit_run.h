// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/cancel.h"
#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/exits/exit_lens.h"
#include "core/exits/exit_policy.h"
#include "core/model/decoder.h"
#include "core/record/layer_readings.h"
#include "core/record/record.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace timberline::exits {

/// What may differ from token to token.
struct ExitMoment {
    std::string policy;
    Values values;  ///< complete
    std::shared_ptr<ExitSignal> signal;
    std::int32_t earliest = 1, every = 1;
    record::Sampling sampling;
    std::vector<record::ParameterChanged> changes;  ///< what differs from the token before, for the record
};

/// Asked once before each generated token; waits while the run is paused.
class ExitDirector
{
public:
    virtual ~ExitDirector() = default;
    [[nodiscard]] virtual Result<ExitMoment> before(std::int32_t moment, const CancelToken& cancel) = 0;
};

struct ExitJob {
    const model::Decoder* decoder = nullptr;  ///< on the CPU
    const ExitLens* lens = nullptr;
    record::ExitRun run;          ///< complete, costs included
    std::vector<TokenId> prompt;  ///< not empty, inside vocabulary and context
    std::uint64_t seed = 1;
    std::int64_t max_new_tokens = 128;
    std::vector<TokenId> stop_ids;  ///< empty = never stop early
    bool display = true;            ///< false: only what the decode itself needs is computed and kept (timing)
    bool measure_full = true;       ///< times the same text with every layer beside the run
};

/// Takes the run's events in order.
using EventWriter = std::function<void(record::Event)>;

/// Decodes with early exits (or, run.early false, with every layer) and writes down what every layer said: ExitRun, readings of the prompt,
/// one block of readings a token, a summary, RunFinished. A run that was cancelled or failed midway ends properly; an error means that no
/// token was begun.
[[nodiscard]] Status run_early_exit(const ExitJob& job, ExitDirector& director, const EventWriter& write, const CancelToken& cancel,
                                    ProgressSink& sink);

/// Sizes of the cost model for a decoder and a lens.
void fill_decoder_costs(record::ExitRun& run, const model::DecoderConfig& config, const ExitLens& lens);

}  // namespace timberline::exits
