// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/exits/exit_lens.h"
#include "core/model/language_model.h"
#include "core/run/bench.h"
#include "core/run/bench_exits_settings.h"

#include <optional>
#include <vector>

namespace timberline::run {

struct PreparedLens {
    std::optional<exits::TunedLens> tuned;  ///< none = the logit lens
    std::vector<double> training_loss;      ///< mean KL a step; empty unless it was trained now
};

/// A file's text in pieces that the model takes, at most `wanted` tokens and the rest of a piece. Where a prompt begins with BOS, every
/// piece does. Errors: the file cannot be read, the model cannot encode it.
[[nodiscard]] Result<std::vector<std::vector<TokenId>>> lens_texts(const model::LanguageModel& model, const std::string& path,
                                                                   std::int64_t wanted);

/// The lens that the settings ask for: none, read from its file, or trained and written there.
[[nodiscard]] Result<PreparedLens> prepare_lens(const BenchJob& job, const ExitsSettings& settings, const model::LanguageModel& model);

}  // namespace timberline::run
