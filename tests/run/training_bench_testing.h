// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/folds.h"
#include "core/record/training_curve.h"
#include "core/run/engine.h"

#include <QtTest/QtTest>

#include <atomic>
#include <functional>

/// What the tests of training runs share.
namespace timberline::training_test {

using namespace run;

class KeepingSink final : public ProgressSink
{
public:
    void on_event(const record::Event& event) override
    {
        ++events;
        steps += std::holds_alternative<record::Block>(event.payload) ? 1 : 0;
    }
    void on_note(const std::string& text) override { notes.push_back(text); }
    std::atomic<int> events = 0, steps = 0;
    std::vector<std::string> notes;
};

/// Hands out prepared changes at their steps.
class ScriptedControl final : public RunControl
{
public:
    std::map<std::int32_t, std::vector<ConfigEvent>> script;
    std::vector<ConfigEvent> take_changes(std::int32_t moment) override
    {
        const auto it = script.find(moment);
        return it == script.end() ? std::vector<ConfigEvent>{} : it->second;
    }
};

inline Config moons(Values settings = {})
{
    Config config;
    config.bench = "training";
    config.methods["data_set"] = {"two-moons", {{"samples", std::int64_t{80}}}};
    config.settings = {{"steps", std::int64_t{60}}, {"validate_every", std::int64_t{20}}, {"snapshot_every", std::int64_t{10}}};
    for (auto& [key, value] : settings) {
        config.settings[key] = std::move(value);
    }
    return config;
}

inline ConfigEvent change(std::int32_t step, const std::string& key, ParameterValue value)
{
    ConfigEvent event;
    event.round = step;
    event.set[key] = std::move(value);
    return event;
}

inline std::vector<float> losses(const record::Record& record)
{
    std::vector<float> out;
    for (const auto& step : record::training_steps(record)) {
        out.push_back(step.loss);
    }
    return out;
}

inline std::vector<float> last_parameters(const record::Record& record)
{
    const auto snapshots = record::training_snapshots(record);
    return snapshots.empty() ? std::vector<float>{} : record::training_snapshot_from(*snapshots.back())->parameters;
}

/// Cancels when a step is about to begin, as somebody who presses Cancel there; before that it does `first`.
class CancellingControl final : public RunControl
{
public:
    CancellingControl(CancelToken token, std::int32_t moment, std::function<void()> first = {})
        : token_(std::move(token)), moment_(moment), first_(std::move(first))
    {}
    void wait_for_turn(std::int32_t moment, const CancelToken&, const std::function<void()>&) override
    {
        if (moment == moment_) {
            if (first_) {
                first_();
            }
            token_.cancel();
        }
    }

private:
    CancelToken token_;
    std::int32_t moment_;
    std::function<void()> first_;
};

/// Runs configs with one engine.
class Runner
{
public:
    record::RecordPtr run(const Config& config, RunControl* control = nullptr)
    {
        KeepingSink sink;
        const auto done = engine_->run(config, {}, sink, control);
        notes = sink.notes;
        if (!done.ok()) {
            qFatal("%s", done.error().message.c_str());
        }
        return *done;
    }
    /// Runs until step `moment` is about to begin.
    record::RecordPtr run_until(std::int32_t moment, const Config& config, std::function<void()> first = {})
    {
        const CancelToken cancel;
        CancellingControl control(cancel, moment, std::move(first));
        KeepingSink sink;
        const auto done = engine_->run(config, cancel, sink, &control);
        if (!done.ok() || record::run_finished(**done)->reason != "cancelled") {
            qFatal("expected a run that is cancelled");
        }
        return *done;
    }
    /// The config that a record keeps.
    Config config_of(const record::Record& record) const
    {
        const auto json = parse_json(record::run_started(record)->config_json, "the record");
        const auto config = json.ok() ? parse_config(*json, engine_->methods(), "the record") : json.error();
        if (!config.ok()) {
            qFatal("%s", config.error().message.c_str());
        }
        return *config;
    }
    Engine& engine() { return *engine_; }
    std::vector<std::string> notes;  ///< of the last run()

private:
    std::unique_ptr<Engine> engine_ = make_engine();
};

}  // namespace timberline::training_test
