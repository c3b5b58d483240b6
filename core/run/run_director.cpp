// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/run_director.h"

#include "core/run/catalog.h"

namespace timberline::run {
namespace {

decoding::MethodSelection selection(const MethodChoice& choice)
{
    return {.id = choice.id, .values = choice.values};
}

/// A drafter or controller that needs a draft model cannot be chosen in a run without one.
LiveDirector::Check draft_check(const MethodRegistry& methods, bool has_draft)
{
    return [&methods, has_draft](const LiveSettings& before, const LiveSettings& after, const std::string& where) -> Status {
        if (has_draft) {
            return {};
        }
        const auto refusal = [&where](const std::string& method) {
            return make_error(ErrorCode::InvalidArgument, where + ": " + method + " needs a draft model, and the run has none",
                              "Choose a draft model before the run starts.");
        };
        const auto drafter = methods.find("drafter", after.drafter.id);
        if (before.drafter.id != after.drafter.id && drafter.ok() && needs_draft_model((*drafter)->info)) {
            return refusal("drafter " + after.drafter.id);
        }
        const auto controller = methods.find("decode controller", after.controller.id);
        if (before.controller.id != after.controller.id && controller.ok() && plays_with_draft_model(**controller)) {
            return refusal("controller " + after.controller.id);
        }
        return {};
    };
}

}  // namespace

RunDirector::RunDirector(const Config& config, const MethodRegistry& methods, bool has_draft, RunControl* control, ProgressSink& sink)
    : live_(config, methods, control, sink, draft_check(methods, has_draft))
{}

Result<decoding::RoundDirector::Decision> RunDirector::before_round(std::int32_t round, const CancelToken& cancel)
{
    TIMBERLINE_ASSIGN(auto moment, live_.before(round, cancel));
    Decision decision;
    decision.changes = std::move(moment.changes);
    if (moment.force_node) {
        decision.force_node = *moment.force_node;
    }
    const auto& settings = live_.settings();
    decision.settings = {.sampling = settings.sampling,
                         .drafter = selection(settings.drafter),
                         .controller = selection(settings.controller),
                         .acceptance = selection(settings.acceptance)};
    return decision;
}

}  // namespace timberline::run
