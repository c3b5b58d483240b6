// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/io/imports/text_lines.h"
#include "core/io/imports/trace_builder.h"

#include <cmath>
#include <limits>

namespace timberline::io {

namespace {

constexpr const char* kHint = "Expected an answer file of Spec-Bench: one JSON object a line with choices[0].accept_lengths and wall_time.";

struct Sums {
    double committed = 0, wall_s = 0;
};

std::string title_of(const Json& line)
{
    std::string title;
    if (const auto id = line.find("question_id"); id != line.end()) {
        title = "question " + (id->is_string() ? id->get<std::string>() : id->dump());
    }
    if (const auto category = line.find("category"); category != line.end() && category->is_string()) {
        title += (title.empty() ? "" : ", ") + category->get<std::string>();
    }
    return title;
}

Status read_choice(const Json& choice, const std::string& where, TraceBuilder& builder, Sums& sums)
{
    const auto lengths = choice.is_object() ? choice.find("accept_lengths") : choice.end();
    if (!choice.is_object() || lengths == choice.end() || !lengths->is_array()) {
        return make_error(ErrorCode::BadFile, where + ": accept_lengths is missing or no list", kHint);
    }
    for (std::size_t i = 0; i < lengths->size(); ++i) {
        const std::string place = where + ".accept_lengths[" + std::to_string(i) + "]";
        const Json& length = (*lengths)[i];
        // Some programs write 3.0 for 3.
        const double value = length.is_number() ? length.get<double>() : std::numeric_limits<double>::quiet_NaN();
        if (!(value >= 0) || value > 4096 || value != std::floor(value)) {
            return make_error(ErrorCode::BadFile, place + ": got " + length.dump().substr(0, 40) + ", expected a whole number of tokens",
                              kHint);
        }
        // A step that commits n tokens accepted n - 1 drafted ones; the last is the target's own.
        TIMBERLINE_TRY(value > 0 ? builder.step(-1, static_cast<std::int64_t>(value) - 1, place) : builder.empty_step(place));
        sums.committed += value;
    }
    if (const auto wall = choice.find("wall_time"); wall != choice.end() && wall->is_array()) {
        for (const Json& seconds : *wall) {
            if (seconds.is_number() && seconds.get<double>() >= 0) {
                sums.wall_s += seconds.get<double>();
            }
        }
    }
    return {};
}

}  // namespace

Result<ImportedTrace> import_spec_bench(std::string_view text, const std::string& where)
{
    std::unique_ptr<TraceBuilder> builder;
    Sums sums;
    TextLines lines(text);
    while (lines.next()) {
        const std::string place = where + ", line " + std::to_string(lines.number());
        TIMBERLINE_ASSIGN(const Json line, parse_json(lines.line(), place));
        const auto choices = line.is_object() ? line.find("choices") : line.end();
        if (!line.is_object() || choices == line.end() || !choices->is_array()) {
            return make_error(ErrorCode::BadFile, place + ": choices is missing or no list", kHint);
        }
        if (builder == nullptr) {
            const auto model = line.find("model_id");
            builder = std::make_unique<TraceBuilder>(TraceFormat::SpecBench, where,
                                                     model != line.end() && model->is_string() ? model->get<std::string>() : "");
        }
        builder->next_request(title_of(line));
        for (std::size_t i = 0; i < choices->size(); ++i) {
            TIMBERLINE_TRY(read_choice((*choices)[i], place + ", choices[" + std::to_string(i) + "]", *builder, sums));
        }
    }
    if (builder == nullptr || builder->steps() == 0) {
        return make_error(ErrorCode::BadFile, where + ": no decoding step in it", kHint);
    }
    builder->note("Spec-Bench writes how many tokens each step committed, not how many were drafted: rejected drafts are not shown, "
                  "and a step has no time of its own.");
    ImportedTrace out{.format = TraceFormat::SpecBench,
                      .record = nullptr,
                      .requests = builder->requests(),
                      .steps = builder->steps(),
                      .mean_accepted = sums.committed / static_cast<double>(builder->steps()),
                      .acceptance_rate = std::numeric_limits<double>::quiet_NaN()};
    out.record = builder->finish(sums.wall_s * 1000);
    return out;
}

}  // namespace timberline::io
