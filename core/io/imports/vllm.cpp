// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/io/imports/text_lines.h"
#include "core/io/imports/trace_builder.h"

#include <limits>

namespace timberline::io {

namespace {

constexpr const char* kHint = "Expected responses of a vLLM server started with --per-request-spec-decode-metrics detailed: "
                              "metrics.speculative_decoding with the lists per_step_drafted and per_step_accepted.";

struct Totals {
    std::int64_t drafted = 0, accepted = 0;
};

/// The object with the two lists: the response's metrics.speculative_decoding, or the object itself. Null when there is none.
const Json* metrics_of(const Json& object)
{
    const Json* at = &object;
    if (const auto data = at->find("data"); data != at->end() && data->is_object()) {
        at = &*data;
    }
    if (const auto metrics = at->find("metrics"); metrics != at->end() && metrics->is_object()) {
        const auto speculative = metrics->find("speculative_decoding");
        return speculative != metrics->end() && speculative->is_object() ? &*speculative : nullptr;
    }
    if (const auto speculative = at->find("speculative_decoding"); speculative != at->end() && speculative->is_object()) {
        return &*speculative;
    }
    return at->contains("per_step_accepted") ? at : nullptr;
}

Status read_request(const Json& metrics, const std::string& where, TraceBuilder& builder, Totals& totals)
{
    const auto drafted = metrics.find("per_step_drafted");
    const auto accepted = metrics.find("per_step_accepted");
    if (drafted == metrics.end() || accepted == metrics.end() || !drafted->is_array() || !accepted->is_array()) {
        return make_error(ErrorCode::BadFile, where + ": the lists per_step_drafted and per_step_accepted are missing", kHint);
    }
    if (drafted->size() != accepted->size()) {
        return make_error(ErrorCode::BadFile,
                          where + ": per_step_drafted has " + std::to_string(drafted->size()) + " entries and per_step_accepted " +
                              std::to_string(accepted->size()) + ", expected the same number",
                          kHint);
    }
    for (std::size_t i = 0; i < drafted->size(); ++i) {
        const std::string place = where + ", step " + std::to_string(i);
        if (!(*drafted)[i].is_number_integer() || !(*accepted)[i].is_number_integer()) {
            return make_error(ErrorCode::BadFile, place + ": expected whole numbers of drafted and accepted tokens", kHint);
        }
        const auto count = (*drafted)[i].get<std::int64_t>();
        const auto kept = (*accepted)[i].get<std::int64_t>();
        if (count < 0) {
            return make_error(ErrorCode::BadFile, place + ": got " + std::to_string(count) + " drafted tokens, expected 0 or more", kHint);
        }
        TIMBERLINE_TRY(builder.step(count, kept, place));
        totals.drafted += count;
        totals.accepted += kept;
    }
    return {};
}

/// The text as JSON values: the whole file as one value (a list counts as its elements), else one value a line; "data: " in front of a line
/// (an event stream as it came over the wire) is cut off.
Result<std::vector<Json>> values_of(std::string_view text, const std::string& where)
{
    std::vector<Json> out;
    if (auto whole = parse_json(text, where); whole.ok()) {
        if (whole->is_array()) {
            out.assign(whole->begin(), whole->end());
        } else {
            out.push_back(std::move(*whole));
        }
        return out;
    }
    TextLines lines(text);
    while (lines.next()) {
        std::string_view line = lines.line();
        if (line.starts_with("data:")) {
            line.remove_prefix(5);
        }
        line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
        if (line == "[DONE]") {
            continue;
        }
        TIMBERLINE_ASSIGN(Json value, parse_json(line, where + ", line " + std::to_string(lines.number())));
        out.push_back(std::move(value));
    }
    return out;
}

}  // namespace

Result<ImportedTrace> import_vllm(std::string_view text, const std::string& where)
{
    TIMBERLINE_ASSIGN(const std::vector<Json> values, values_of(text, where));
    std::unique_ptr<TraceBuilder> builder;
    Totals totals;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const Json& value = values[i];
        const Json* const metrics = value.is_object() ? metrics_of(value) : nullptr;
        if (metrics == nullptr) {
            continue;  // a stream's earlier chunks carry no metrics
        }
        const auto text_member = [&value](const char* key) {
            const auto found = value.find(key);
            return found != value.end() && found->is_string() ? found->get<std::string>() : std::string();
        };
        if (builder == nullptr) {
            builder = std::make_unique<TraceBuilder>(TraceFormat::Vllm, where, text_member("model"));
        }
        builder->next_request(text_member("id"));
        TIMBERLINE_TRY(read_request(*metrics, where + ", request " + std::to_string(builder->requests()), *builder, totals));
    }
    if (builder == nullptr || builder->steps() == 0) {
        return make_error(ErrorCode::BadFile, where + ": no decoding step in it", kHint);
    }
    builder->note(
        "vLLM counts drafted and accepted tokens of each step; their order in the chain is exact, their ids and times are not in the log.");
    const auto steps = static_cast<double>(builder->steps());
    ImportedTrace out{.format = TraceFormat::Vllm,
                      .record = nullptr,
                      .requests = builder->requests(),
                      .steps = builder->steps(),
                      .mean_accepted = 1.0 + static_cast<double>(totals.accepted) / steps,
                      .acceptance_rate = totals.drafted > 0 ? static_cast<double>(totals.accepted) / static_cast<double>(totals.drafted)
                                                            : std::numeric_limits<double>::quiet_NaN()};
    out.record = builder->finish(0);
    return out;
}

}  // namespace timberline::io
