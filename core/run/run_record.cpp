// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/run_record.h"

#include "core/base/files.h"
#include "core/record/folds.h"

#include <algorithm>
#include <limits>
#include <set>

namespace timberline::run {
namespace {

void collect(const record::Round& round, std::set<TokenId>& ids)
{
    for (const auto& node : round.nodes) {
        ids.insert(node.token);
    }
    ids.insert(round.next);
    ids.insert(round.target_laws.ids.begin(), round.target_laws.ids.end());
    ids.insert(round.draft_laws.ids.begin(), round.draft_laws.ids.end());
}

}  // namespace

record::RunStarted start_event(const Config& config, const decoding::DecodeJob& job, int threads)
{
    const auto& folder = job.target->folder;
    record::RunStarted out;
    out.program_version = std::string(version());
    out.config_json = to_text(config);
    out.bench = config.bench;
    out.model_name = folder.name;
    out.draft_name = job.draft != nullptr ? job.draft->folder.name : "";
    out.vocabulary = static_cast<std::int32_t>(folder.config.vocabulary);
    out.layers = static_cast<std::int32_t>(folder.config.layers);
    out.threads = threads;
    out.device = job.target->device;
    out.seed = config.seed;
    out.sampling = config.sampling;
    out.prompt = job.prompt;
    out.stop_ids = job.stop_ids;
    return out;
}

std::map<TokenId, std::string> token_texts(const model::ModelFolder& folder)
{
    std::map<TokenId, std::string> out;
    if (!folder.tokenizer) {
        return out;
    }
    const auto count = std::min<std::int64_t>(folder.tokenizer->size(), folder.config.vocabulary);
    for (TokenId id = 0; id < count; ++id) {
        if (folder.tokenizer->token_piece(id)) {
            out.emplace_hint(out.end(), id, folder.tokenizer->token_bytes(id));
        }
    }
    return out;
}

void finish_record(record::Record& record, Config config, const std::vector<ConfigEvent>& live, bool keep_all_texts)
{
    if (record.events.empty()) {
        return;
    }
    auto* started = std::get_if<record::RunStarted>(&record.events.front().payload);
    if (started == nullptr) {
        return;
    }
    if (!live.empty()) {
        config.events.insert(config.events.end(), live.begin(), live.end());
        std::ranges::stable_sort(config.events, {}, &ConfigEvent::round);
        started->config_json = to_text(config);
    }
    if (keep_all_texts) {
        return;
    }
    std::set<TokenId> occurring(started->prompt.begin(), started->prompt.end());
    for (const auto* round : record::rounds(record)) {
        collect(*round, occurring);
    }
    std::erase_if(started->token_text, [&](const auto& item) { return !occurring.contains(item.first); });
}

ModelInfo describe_folder(const model::ModelFolder& folder)
{
    const auto& config = folder.config;
    const auto memory = model::estimate_memory(folder, config.context);
    ModelInfo out;
    out.name = folder.name;
    out.path = folder.path.string();
    out.architecture = config.architecture;
    out.tokenizer = folder.tokenizer ? folder.tokenizer->summary() : "none";
    out.parameters = config.parameters();
    out.layers = config.layers;
    out.hidden = config.hidden;
    out.heads = config.heads;
    out.kv_heads = config.kv_heads;
    out.head_dim = config.head_dim;
    out.vocabulary = config.vocabulary;
    out.context = config.context;
    out.intermediate = config.intermediate;
    out.weight_bytes = memory.weights;
    out.kv_cache_bytes = memory.kv_cache;
    out.workspace_bytes = memory.workspace;
    out.stop_ids = folder.stop_ids;
    if (folder.weights != nullptr) {
        for (const auto& [name, view] : folder.weights->tensors()) {
            out.tensors.push_back({.name = name,
                                   .type = std::string(io::name_of(view.type)),
                                   .shape = view.shape,
                                   .bytes = static_cast<std::int64_t>(view.bytes)});
        }
    }
    out.diagnostics = folder.diagnostics;
    out.config_text = folder.raw_config.dump(2, ' ', false, Json::error_handler_t::replace);
    return out;
}

double median(std::vector<double> values)
{
    if (values.empty()) {
        return std::numeric_limits<double>::quiet_NaN();
    }
    std::ranges::sort(values);
    const auto middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : 0.5 * (values[middle - 1] + values[middle]);
}

void BaselineTimes::add(const record::Record& plain, const record::Record& method)
{
    const double plain_rate = record::tokens_per_second(plain).value_or(0);
    const double method_rate = record::tokens_per_second(method).value_or(0);
    plain_.push_back(plain_rate);
    method_.push_back(method_rate);
    if (plain_rate > 0) {
        ratio_.push_back(method_rate / plain_rate);
    }
    std::vector<double> draft, verify, overhead;
    for (const record::Round* round : record::rounds(method)) {
        draft.push_back(round->draft_ms);
        verify.push_back(round->verify_ms);
        overhead.push_back(round->overhead_ms);
    }
    if (!draft.empty()) {
        draft_ms_.push_back(median(std::move(draft)));
        verify_ms_.push_back(median(std::move(verify)));
        overhead_ms_.push_back(median(std::move(overhead)));
    }
    plain_ids_ = record::generated_ids(plain);
    method_ids_ = record::generated_ids(method);
    const auto* started = record::run_started(method);
    greedy_ = started != nullptr && started->sampling.temperature == 0;
    // A run that was stopped is compared as far as it came.
    if (const auto* finished = record::run_finished(method);
        finished != nullptr && finished->reason == "cancelled" && method_ids_.size() < plain_ids_.size()) {
        compared_ids_.assign(plain_ids_.begin(), plain_ids_.begin() + static_cast<std::ptrdiff_t>(method_ids_.size()));
    } else {
        compared_ids_ = plain_ids_;
    }
}

record::BaselineMeasured BaselineTimes::result(bool method_repeated) const
{
    record::BaselineMeasured out;
    out.ids = plain_ids_;
    out.tokens_per_second = plain_.empty() ? 0 : median(plain_);
    const double method_rate = method_.empty() ? 0 : median(method_);
    out.method_tokens_per_second = method_repeated ? method_rate : 0;
    out.repeats = static_cast<std::int32_t>(plain_.size());
    out.speedup = out.tokens_per_second > 0 ? method_rate / out.tokens_per_second : 0;
    out.spread_low = ratio_.empty() ? 0 : *std::ranges::min_element(ratio_);
    out.spread_high = ratio_.empty() ? 0 : *std::ranges::max_element(ratio_);
    out.identical = greedy_ && compared_ids_ == method_ids_;
    if (method_repeated && !draft_ms_.empty()) {
        out.method_draft_ms = median(draft_ms_);
        out.method_verify_ms = median(verify_ms_);
        out.method_overhead_ms = median(overhead_ms_);
    }
    return out;
}

}  // namespace timberline::run
