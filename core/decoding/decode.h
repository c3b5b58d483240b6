// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/cancel.h"
#include "core/base/method.h"
#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/model/language_model.h"
#include "core/record/record.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace timberline::decoding {

struct HeadFolder;  // core/decoding/heads/head_folder.h

struct MethodSelection {
    std::string id;
    Values values;  ///< complete and checked
    friend bool operator==(const MethodSelection&, const MethodSelection&) = default;
};

/// Everything that may differ from round to round.
struct RoundSettings {
    record::Sampling sampling;
    MethodSelection drafter, controller, acceptance;
};

/// Asked once before each round; waits while the run is paused, applies scheduled and live changes.
class RoundDirector
{
public:
    struct Decision {
        RoundSettings settings;
        std::int32_t force_node = -1;                    ///< node to accept whatever the test says, -1 = none
        std::vector<record::ParameterChanged> changes;   ///< what differs from the round before, for the record
    };
    virtual ~RoundDirector() = default;
    [[nodiscard]] virtual Result<Decision> before_round(std::int32_t round, const CancelToken& cancel) = 0;
};

/// One decode. The prompt's last token is the pending root of the first round (cache = prompt without it), in plain and speculative decoding alike.
struct DecodeJob {
    std::shared_ptr<const model::LanguageModel> target;
    std::shared_ptr<const model::LanguageModel> draft;  ///< null = none
    const MethodRegistry* methods = nullptr;
    std::string heads;                 ///< folder of trained draft heads or "bundled:…", empty = none
    std::shared_ptr<const HeadFolder> trained;  ///< heads in memory, taken instead of `heads`; null = none
    std::vector<TokenId> prompt;       ///< not empty, inside vocabulary and context
    std::uint64_t seed = 1;
    std::int64_t max_new_tokens = 128;
    std::vector<TokenId> stop_ids;     ///< empty = never stop early
    enum class Laws : std::uint8_t { None, Full, Top } laws = Laws::Full;
    std::int32_t top = 32;
    /// False: only ids, path and times are kept (the bench's plain baseline); true: everything.
    bool instrumented = true;
};

/// Runs the round loop (methods/decoding.md 4.3): plan, propose, one target pass, verify, compact, commit. Appends Round and ParameterChanged events,
/// then RunFinished; `started` is the record's first event, made by the caller. Each event goes to the sink as well.
/// The token limit cuts the committed text of the last round, not its draft; the context limit clamps the plan.
/// The record is returned also when the run was cancelled or failed midway; an error means that no round began.
[[nodiscard]] Result<std::shared_ptr<record::Record>> decode(const DecodeJob& job, record::RunStarted started, RoundDirector& director,
                                                             const CancelToken& cancel, ProgressSink& sink);

/// The decode families' lists; one line a method.
void register_drafters(MethodRegistry& registry);
void register_controllers(MethodRegistry& registry);
void register_acceptance_rules(MethodRegistry& registry);
void register_sampling_transforms(MethodRegistry& registry);

}  // namespace timberline::decoding
