// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Runs of the landscape bench through the engine, for tests.

#include "core/record/codec.h"
#include "core/record/folds.h"
#include "core/record/landscape_grid.h"
#include "core/record/training_curve.h"
#include "core/run/engine.h"

#include <QtGlobal>

#include <bit>
#include <functional>
#include <string>

namespace timberline::landscape_testing {

using record::LandscapeFold;
using record::LandscapeGrid;
using record::RecordPtr;

/// A config of the landscape bench on two moons; `settings` are members of its section, `methods` of "method".
inline std::string config_text(const std::string& settings,
                               const std::string& methods = R"("data_set": {"id": "two-moons", "values": {"samples": 200}})")
{
    return R"({"timberline": 1, "bench": "landscape", "seed": 3, "threads": 1, "method": {)" + methods +
           R"(}, "landscape": {"hidden": [8], )" + settings + "}}";
}

inline const char* const kNoData = R"("optimizer": {"id": "sgd", "values": {"momentum": 0, "weight_decay": 0}})";

class Sink final : public ProgressSink
{
public:
    void on_event(const record::Event& event) override
    {
        if (const auto* block = std::get_if<record::Block>(&event.payload);
            block != nullptr && block->kind == record::kTileBlock && after_tile) {
            after_tile();
        }
        ++events;
    }
    std::function<void()> after_tile;
    int events = 0;
};

inline run::Engine& engine()
{
    static const auto shared = run::make_engine();
    return *shared;
}

inline run::Config read(const std::string& text)
{
    auto config = run::parse_config(parse_json(text, "test").value(), engine().methods(), "test");
    if (!config.ok()) {
        qFatal("%s", config.error().message.c_str());
    }
    return *config;
}

inline RecordPtr run_text(const std::string& text)
{
    Sink sink;
    auto record = engine().run(read(text), {}, sink);
    if (!record.ok()) {
        qFatal("%s", record.error().message.c_str());
    }
    return *record;
}

inline LandscapeFold fold_of(const record::Record& record)
{
    LandscapeFold fold;
    for (const auto& event : record.events) {
        if (const auto* block = std::get_if<record::Block>(&event.payload); block != nullptr) {
            fold.add(*block);
        }
    }
    return fold;
}

inline std::string reason_of(const record::Record& record)
{
    const auto* finished = record::run_finished(record);
    return finished == nullptr ? "none" : finished->reason + (finished->message.empty() ? "" : ": " + finished->message);
}

inline Result<record::Block> ask(const RecordPtr& record, const std::string& what, const std::string& arguments)
{
    NullSink sink;
    const auto config = read(record::run_started(*record)->config_json);
    return engine().query(config, {.what = what, .arguments = parse_json(arguments, "arguments").value(), .record = record}, {}, sink);
}

inline bool same_bits(double a, double b)
{
    return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

/// The cell at (0, 0), -1 when there is none.
inline std::ptrdiff_t origin_of(const LandscapeGrid& grid)
{
    for (std::int32_t j = 0; j < grid.ny(); ++j) {
        for (std::int32_t i = 0; i < grid.nx(); ++i) {
            if (grid.plane.x.at(i) == 0 && (grid.line() || grid.plane.y.at(j) == 0)) {
                return static_cast<std::ptrdiff_t>(grid.index(i, j));
            }
        }
    }
    return -1;
}

/// The first difference in words, wall times aside; empty = equal.
inline std::string difference_of(const record::Record& a, const record::Record& b)
{
    std::string difference;
    return record::equal_but_times(a, b, &difference) ? std::string{} : "differs: " + difference;
}

}  // namespace timberline::landscape_testing
