// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/run_director.h"

#include "core/run/catalog.h"

#include <iterator>

namespace timberline::run {
namespace {

decoding::MethodSelection selection(const MethodChoice& choice)
{
    return {.id = choice.id, .values = choice.values};
}

}  // namespace

RunDirector::RunDirector(const Config& config, const MethodRegistry& methods, bool has_draft, RunControl* control, ProgressSink& sink)
    : methods_(methods), has_draft_(has_draft), control_(control), sink_(sink), settings_(live_settings(config)), scheduled_(config.events)
{}

Status RunDirector::apply(ConfigEvent& event, Decision& decision, const std::string& where)
{
    LiveSettings changed = settings_;
    TIMBERLINE_ASSIGN(auto changes, apply_event(changed, event, methods_, where));
    if (!has_draft_ && changed.drafter.id != settings_.drafter.id) {
        const auto found = methods_.find("drafter", changed.drafter.id);
        if (found.ok() && needs_draft_model((*found)->info)) {
            return make_error(ErrorCode::InvalidArgument,
                              where + ": drafter " + changed.drafter.id + " needs a draft model, and the run has none",
                              "Choose a draft model before the run starts.");
        }
    }
    settings_ = std::move(changed);
    decision.changes.insert(decision.changes.end(), std::make_move_iterator(changes.begin()), std::make_move_iterator(changes.end()));
    if (event.force_node) {
        decision.force_node = *event.force_node;
    }
    return {};
}

Result<decoding::RoundDirector::Decision> RunDirector::before_round(std::int32_t round, const CancelToken& cancel)
{
    if (control_ != nullptr) {
        control_->wait_for_turn(round, cancel);
    }
    Decision decision;
    for (; next_ < scheduled_.size() && scheduled_[next_].round <= round; ++next_) {
        // A round that never came (an earlier one was the last) leaves its event behind; an event is never applied late.
        if (scheduled_[next_].round == round) {
            TIMBERLINE_TRY(apply(scheduled_[next_], decision, "events[" + std::to_string(next_) + "]"));
        }
    }
    if (control_ != nullptr && !cancel.cancelled()) {
        for (auto& change : control_->take_changes(round)) {
            change.round = round;
            if (const auto applied = apply(change, decision, "change in round " + std::to_string(round)); !applied.ok()) {
                // A wrong tweak must not end the run: it is refused and the run goes on as it was.
                sink_.on_note(applied.error().message);
                continue;
            }
            live_.push_back(change);
        }
    }
    decision.settings = {.sampling = settings_.sampling,
                         .drafter = selection(settings_.drafter),
                         .controller = selection(settings_.controller),
                         .acceptance = selection(settings_.acceptance)};
    return decision;
}

}  // namespace timberline::run
