// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/comparison.h"

#include "core/base/text.h"
#include "core/run/config_plain.h"
#include "core/run/engine.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

namespace timberline::run {

namespace {

constexpr double kNever = std::numeric_limits<double>::quiet_NaN();

/// What the declared example of a method names beside the method.
struct Needs {
    std::string model, draft_model, heads;
};

std::string text_at(const Json& json, const char* key)
{
    const auto it = json.find(key);
    return it != json.end() && it->is_string() ? it->get<std::string>() : std::string();
}

Needs needs_of(const MethodInfo& info)
{
    const auto example = parse_json(info.example, info.id);
    if (!example.ok() || !example->is_object()) {
        return {};
    }
    const auto method = example->find("method");
    return {.model = text_at(*example, "model"),
            .draft_model = text_at(*example, "draft_model"),
            .heads = method != example->end() && method->is_object() ? text_at(*method, "heads") : std::string()};
}

/// Fills `have` when the method needs it, from its example when that is about the same model; clears it when it does not.
Status provide(std::string& have, const std::string& wanted, const MethodInfo& method, const std::string& model, const char* what,
               const char* hint)
{
    if (wanted.empty()) {
        have.clear();
    } else if (have.empty()) {
        if (needs_of(method).model != model) {
            return make_error(ErrorCode::InvalidArgument, method.id + " needs " + what + ", and none is named for " + model, hint);
        }
        have = wanted;
    }
    return {};
}

/// Progress of one entry as a part of the whole. Events stay in the records: nobody follows several runs at once.
class PartSink final : public ProgressSink
{
public:
    PartSink(ProgressSink& whole, std::size_t index, std::size_t count, std::string label)
        : whole_(whole), index_(static_cast<double>(index)), count_(static_cast<double>(count)), label_(std::move(label))
    {}
    void set_part(double begin, double end)
    {
        begin_ = begin;
        end_ = end;
        on_progress(0, {});
    }
    void on_progress(double fraction, const std::string& /*what*/) override
    {
        const double inside = begin_ + (end_ - begin_) * std::clamp(fraction, 0.0, 1.0);
        whole_.on_progress((index_ + inside) / count_, label_);
    }
    void on_note(const std::string& note) override { whole_.on_note(label_ + ": " + note); }

private:
    ProgressSink& whole_;
    double index_, count_;
    std::string label_;
    double begin_ = 0, end_ = 1;
};

/// @return false when the job was cancelled.
bool run_entry(Engine& engine, const Config& config, int repeats, const CancelToken& cancel, PartSink& sink, const ComparisonHooks& hooks,
               ComparedRun& out)
{
    const auto was_cancelled = [&](const Error& error) { return error.code == ErrorCode::Cancelled || cancel.cancelled(); };
    const double run_part = 1.0 / (3 + 2 * std::max(repeats, 0));  // one run beside repeats + 1 runs of each
    sink.set_part(0, repeats > 0 ? run_part : 1);
    auto record = engine.run(config, cancel, sink, nullptr);
    if (!record.ok()) {
        out.error = record.error();
        return !was_cancelled(record.error());
    }
    auto done = compared_record(out.label, std::move(record).value());
    done.plain = out.plain;
    done.measured.reset();
    out = std::move(done);
    if (cancel.cancelled()) {
        return false;
    }
    if (out.error || repeats <= 0) {
        return true;
    }
    if (hooks.between_runs) {
        hooks.between_runs();
    }
    sink.set_part(run_part, 1);
    auto measured = engine.measure(config, repeats, nullptr, cancel, sink);
    if (measured.ok()) {
        out.measured = std::move(measured).value();
    } else {
        out.error = measured.error();
        return !was_cancelled(measured.error());
    }
    return !cancel.cancelled();
}

}  // namespace

double ComparedNumbers::per_token(double milliseconds) const noexcept
{
    return tokens > 0 ? milliseconds / static_cast<double>(tokens) : kNever;
}

ComparedNumbers compared_numbers(const record::Record& record)
{
    ComparedNumbers out;
    out.accepted_per_pass = record::accepted_per_pass(record);
    out.mean_acceptance = record::mean_acceptance(record);
    out.depths = record::acceptance_by_depth(record);
    out.tokens = static_cast<std::int64_t>(record::generated_ids(record).size());
    for (const auto* round : record::rounds(record)) {
        ++out.rounds;
        out.draft_ms += round->draft_ms;
        out.verify_ms += round->verify_ms;
        out.overhead_ms += round->overhead_ms;
        out.lossless = out.lossless && round->lossless;
        out.greedy = out.greedy && record::sampling_at(record, round->index).temperature == 0;
    }
    return out;
}

double ComparedRun::speedup() const noexcept
{
    if (plain) {
        return 1;
    }
    return measured && measured->speedup > 0 ? measured->speedup : kNever;
}

double ComparedRun::plain_ms() const noexcept
{
    return measured && measured->tokens_per_second > 0 ? 1000 / measured->tokens_per_second : kNever;
}

double ComparedRun::method_ms() const noexcept
{
    return measured && measured->method_tokens_per_second > 0 ? 1000 / measured->method_tokens_per_second : kNever;
}

std::optional<bool> ComparedRun::same_text() const
{
    if (!measured || record == nullptr || !numbers.greedy) {
        return std::nullopt;
    }
    if (measured->identical && record::generated_ids(*record) == measured->ids) {
        return true;
    }
    // At a tie two right computations may part: that is no difference to blame the method for.
    const auto all = record::rounds(*record);
    return std::ranges::any_of(all, [](const record::Round* round) { return round->tie; }) ? std::nullopt : std::optional(false);
}

ComparedRun compared_record(std::string label, record::RecordPtr record)
{
    ComparedRun out;
    out.label = std::move(label);
    out.numbers = compared_numbers(*record);
    if (const auto* baseline = record::last_baseline(*record); baseline != nullptr) {
        out.measured = *baseline;
    }
    const auto all = record::rounds(*record);
    out.plain = !all.empty() && std::ranges::all_of(all, [](const record::Round* round) {
        return round->drafter == "plain" && round->controller == "fixed";
    });
    if (const auto* end = record::run_finished(*record); end != nullptr && end->reason == "error") {
        out.error = make_error(ErrorCode::Internal, "the run ended early: " + end->message, "What was generated until then is kept.");
    }
    out.record = std::move(record);
    return out;
}

std::string first_unshared(const Config& a, const Config& b)
{
    const std::pair<const char*, bool> same[] = {{"bench", a.bench == b.bench},
                                                 {"model", a.model == b.model},
                                                 {"prompt", a.prompt == b.prompt},
                                                 {"ids", a.ids == b.ids},
                                                 {"seed", a.seed == b.seed},
                                                 {"sampling", a.sampling == b.sampling},
                                                 {"max_new_tokens", a.max_new_tokens == b.max_new_tokens},
                                                 {"ignore_eos", a.ignore_eos == b.ignore_eos},
                                                 {"threads", a.threads == b.threads},
                                                 {"device", a.device == b.device}};
    for (const auto& [key, equal] : same) {
        if (!equal) {
            return key;
        }
    }
    return {};
}

Config with_shared(Config to, const Config& from)
{
    to.bench = from.bench;
    to.model = from.model;
    to.prompt = from.prompt;
    to.ids = from.ids;
    to.seed = from.seed;
    to.sampling = from.sampling;
    to.max_new_tokens = from.max_new_tokens;
    to.ignore_eos = from.ignore_eos;
    to.threads = from.threads;
    to.device = from.device;
    return to;
}

Status check_comparable(const std::vector<ComparisonEntry>& entries)
{
    if (entries.size() < 2) {
        return make_error(ErrorCode::InvalidArgument,
                          "a comparison needs two methods or more, and there " + std::string(entries.empty() ? "is none" : "is one"),
                          "Add another method, for example plain decoding.");
    }
    if (entries[0].config.bench != "draft") {
        return make_error(ErrorCode::InvalidArgument,
                          in_quotes(entries[0].label) + " is a config of the bench " + entries[0].config.bench +
                              "; only those of the draft bench are compared",
                          "Give configs with \"bench\": \"draft\".");
    }
    for (const auto& entry : entries) {
        if (const auto key = first_unshared(entries[0].config, entry.config); !key.empty()) {
            return make_error(ErrorCode::InvalidArgument,
                              in_quotes(entry.label) + " has another " + key + " than " + in_quotes(entries[0].label) +
                                  "; compared runs share model, prompt, seed, sampling, length, threads and device",
                              "Set the same " + key + " in both.");
        }
    }
    return {};
}

Result<Config> with_method(const Config& base, const MethodRegistry& methods, const std::string& drafter, const std::string& controller,
                           const std::string& acceptance)
{
    Config out = base;
    out.events.clear();
    const auto chosen = [](const MethodChoice& own, const std::string& id) { return own.id == id ? own : MethodChoice{id, {}}; };
    out.drafter = chosen(base.drafter, drafter);
    out.controller = controller.empty() ? MethodChoice{} : chosen(base.controller, controller);
    out.acceptance = acceptance.empty() ? MethodChoice{} : chosen(base.acceptance, acceptance);
    TIMBERLINE_ASSIGN(out, complete(std::move(out), methods));
    TIMBERLINE_ASSIGN(const auto* entry, methods.find("drafter", out.drafter.id));
    const auto needs = needs_of(entry->info);
    if (base.drafter.id != out.drafter.id) {
        out.heads.clear();  // trained for another drafter
    }
    TIMBERLINE_TRY(provide(out.heads, needs.heads, entry->info, out.model, "trained heads", "Train them for this model, then set heads."));
    if (needs.draft_model.empty() && out.controller.id != "fixed") {
        // Some controllers play with the draft model themselves; the others leave it alone.
        TIMBERLINE_ASSIGN(const auto* controlling, methods.find("decode controller", out.controller.id));
        if (const auto own = needs_of(controlling->info); out.draft_model.empty() && own.model == out.model) {
            out.draft_model = own.draft_model;
        }
        return out;
    }
    TIMBERLINE_TRY(provide(out.draft_model, needs.draft_model, entry->info, out.model, "a draft model",
                           "Set draft_model to a small model with the same tokenizer."));
    return out;
}

Result<Config> plain_of(const Config& base, const MethodRegistry& methods)
{
    Config quiet = base;
    quiet.events.clear();
    return plain_decoding(std::move(quiet), methods);
}

bool is_plain(const Config& config)
{
    return config.drafter.id == "plain" && config.controller.id == "fixed";
}

std::string method_words(const Config& config)
{
    return config.drafter.id + ":" + config.controller.id + ":" + config.acceptance.id;
}

std::vector<std::string> unlike_defaults(const Config& config, const MethodRegistry& methods)
{
    std::vector<std::string> out;
    const std::pair<const char*, const MethodChoice*> chosen[] = {
        {"drafter", &config.drafter}, {"decode controller", &config.controller}, {"acceptance rule", &config.acceptance}};
    for (const auto& [family, choice] : chosen) {
        const auto entry = methods.find(family, choice->id);
        if (!entry.ok()) {
            continue;
        }
        for (const auto& declared : (*entry)->info.hyperparameters) {
            const auto value = choice->values.find(declared.key);
            if (value != choice->values.end() && value->second != declared.default_value) {
                out.push_back(declared.key + "=" + timberline::to_text(value->second));
            }
        }
    }
    return out;
}

void name_entries(std::vector<ComparisonEntry>& entries, const MethodRegistry& methods)
{
    std::map<std::string, int> words, labels;
    for (const auto& entry : entries) {
        ++words[method_words(entry.config)];
    }
    for (auto& entry : entries) {
        entry.label = method_words(entry.config);
        if (const auto values = unlike_defaults(entry.config, methods); words.at(entry.label) > 1 && !values.empty()) {
            entry.label.append(" ").append(joined(values, " "));
        }
        if (const int count = ++labels[entry.label]; count > 1) {
            entry.label.append(" (").append(std::to_string(count)).append(")");
        }
    }
}

Result<std::vector<ComparedRun>> compare(Engine& engine, const std::vector<ComparisonEntry>& entries, int repeats,
                                         const CancelToken& cancel, ProgressSink& sink, const ComparisonHooks& hooks)
{
    TIMBERLINE_TRY(check_comparable(entries));
    std::vector<ComparedRun> out;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        ComparedRun run;
        run.label = entries[i].label;
        if (hooks.between_runs) {
            hooks.between_runs();
        }
        PartSink part(sink, i, entries.size(), run.label);
        auto config = complete(entries[i].config, engine.methods());
        bool go_on = !cancel.cancelled();
        if (config.ok()) {
            run.plain = is_plain(*config);
            go_on = go_on && run_entry(engine, *config, repeats, cancel, part, hooks, run);
        } else {
            run.error = config.error();
        }
        if (!go_on) {
            return make_error(ErrorCode::Cancelled, "the comparison was cancelled");
        }
        if (hooks.finished) {
            hooks.finished(i, run);
        }
        out.push_back(std::move(run));
    }
    sink.on_progress(1, {});
    return out;
}

}  // namespace timberline::run
