// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/live_director.h"

#include "core/run/config_benches.h"

#include <iterator>

namespace timberline::run {

LiveDirector::LiveDirector(const Config& config, const MethodRegistry& methods, RunControl* control, ProgressSink& sink, Check check)
    : methods_(methods), control_(control), sink_(sink), check_(std::move(check)), word_(detail::moment_word(config.bench)),
      settings_(live_settings(config)), scheduled_(config.events)
{}

Status LiveDirector::apply(ConfigEvent& event, Moment& moment, const std::string& where)
{
    LiveSettings changed = settings_;
    TIMBERLINE_ASSIGN(auto changes, apply_event(changed, event, methods_, where));
    if (check_) {
        TIMBERLINE_TRY(check_(settings_, changed, where));
    }
    settings_ = std::move(changed);
    moment.changes.insert(moment.changes.end(), std::make_move_iterator(changes.begin()), std::make_move_iterator(changes.end()));
    if (event.force_node) {
        moment.force_node = *event.force_node;
    }
    return {};
}

Result<LiveDirector::Moment> LiveDirector::before(std::int32_t moment, const CancelToken& cancel,
                                                  const std::function<void()>& before_waiting)
{
    if (control_ != nullptr) {
        control_->wait_for_turn(moment, cancel, before_waiting);
    }
    Moment out;
    for (; next_ < scheduled_.size() && scheduled_[next_].round <= moment; ++next_) {
        // A moment that never came (an earlier one was the last) leaves its event behind; an event is never applied late.
        if (scheduled_[next_].round == moment) {
            TIMBERLINE_TRY(apply(scheduled_[next_], out, "events[" + std::to_string(next_) + "]"));
        }
    }
    if (control_ != nullptr && !cancel.cancelled()) {
        for (auto& change : control_->take_changes(moment)) {
            change.round = moment;
            if (const auto applied = apply(change, out, "change in " + word_ + " " + std::to_string(moment)); !applied.ok()) {
                // A wrong tweak must not end the run: it is refused and the run goes on as it was.
                sink_.on_note(applied.error().message);
                continue;
            }
            live_.push_back(change);
        }
    }
    return out;
}

}  // namespace timberline::run
