// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/decoding/decode.h"
#include "core/model/language_model.h"
#include "core/record/record.h"
#include "core/run/config.h"
#include "core/run/engine.h"

#include <map>
#include <string>
#include <vector>

/// Building blocks of the engine: first event, last touches of a record, model description, timing of a baseline.
namespace timberline::run {

/// The record's first event, without hashes and token texts. @param config complete.
[[nodiscard]] record::RunStarted start_event(const Config& config, const decoding::DecodeJob& job, int threads);

/// Display bytes of every token that the tokenizer knows.
[[nodiscard]] std::map<TokenId, std::string> token_texts(const model::ModelFolder& folder);

/// Writes the config with the live changes into the first event, and drops the texts of tokens that do not occur unless all are to be kept.
void finish_record(record::Record& record, Config config, const std::vector<ConfigEvent>& live, bool keep_all_texts);

[[nodiscard]] ModelInfo describe_folder(const model::ModelFolder& folder);

/// Collects repeated timings of a plain decode and a method.
class BaselineTimes
{
public:
    void add(const record::Record& plain, const record::Record& method);
    /// @param method_repeated false: the method's rate is that of a live run, which was timed once.
    [[nodiscard]] record::BaselineMeasured result(bool method_repeated) const;

private:
    std::vector<double> plain_, method_, ratio_;
    std::vector<double> draft_ms_, verify_ms_, overhead_ms_;  ///< of the method's median round
    std::vector<TokenId> plain_ids_, compared_ids_, method_ids_;
    bool greedy_ = false;
};

[[nodiscard]] double median(std::vector<double> values);  ///< NaN when empty

}  // namespace timberline::run
