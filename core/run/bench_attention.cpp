// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/text.h"
#include "core/record/attention_rows.h"
#include "core/run/attention_effect.h"
#include "core/run/attention_questions.h"
#include "core/run/attention_session.h"
#include "core/run/bench.h"
#include "core/run/live_director.h"
#include "core/run/model_cache.h"
#include "core/run/text_bench.h"

#include <algorithm>
#include <chrono>

namespace timberline::run {

namespace {

constexpr std::int64_t kPromptChunk = 64;  ///< rows that are shown at once while the prompt is read

double milliseconds_since(std::chrono::steady_clock::time_point start)
{
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

std::string edits_of(const Values& settings)
{
    return attention_settings(settings).edits;
}

/// One run: the prompt's rows, then a token and its row a moment.
class AttentionRun
{
public:
    AttentionRun(const BenchJob& job, TextStart start, AttentionPlan plan)
        : job_(job), start_(std::move(start)), settings_(attention_settings(job.config.settings)),
          director_(job.config, job.methods, job.control, job.sink,
                    [this](const auto& before, const auto& after, const auto& where) { return check(before, after, where); }),
          writer_(job.sink, start_.started),
          session_(
              start_.model, std::move(plan), settings_,
              std::min(start_.model->folder.config.context, length(start_.prompt) + (settings_.generate ? job.config.max_new_tokens : 0)))
    {}

    record::RecordPtr run()
    {
        const auto begin = std::chrono::steady_clock::now();
        writer_.add(to_block(session_.setup(-1, length(start_.prompt))));
        Status status = read_prompt();
        const double prefill = milliseconds_since(begin);
        if (status.ok()) {
            status = generate();
        }
        if (status.ok()) {
            status = conclude();
        }
        record::RunFinished finished{.reason = reason_, .message = {}, .total_ms = milliseconds_since(begin), .prefill_ms = prefill};
        if (!status.ok()) {
            const bool stopped = status.error().code == ErrorCode::Cancelled;
            finished.reason = stopped ? "cancelled" : "error";
            finished.message = stopped ? std::string() : status.error().message;
        }
        writer_.add(std::move(finished));
        std::vector<TokenId> occurring = session_.text();
        occurring.insert(occurring.end(), named_.begin(), named_.end());
        return writer_.finish(job_.config, director_.live_events(), occurring);
    }

private:
    static std::int64_t length(const std::vector<TokenId>& tokens) { return static_cast<std::int64_t>(tokens.size()); }

    [[nodiscard]] Result<AttentionPlan> plan_of(const LiveSettings& settings) const
    {
        return make_attention_plan(job_.methods, start_.model->folder.config, settings.methods.at("variant"), edits_of(settings.settings));
    }

    [[nodiscard]] Status check(const LiveSettings& before, const LiveSettings& after, const std::string& where) const
    {
        if (before.methods == after.methods && before.settings == after.settings) {
            return {};
        }
        const auto plan = plan_of(after);
        return plan.ok() ? Status() : plan.error().with(where);
    }

    Status read_prompt()
    {
        const std::span<const TokenId> prompt(start_.prompt);
        for (std::size_t begin = 0; begin < prompt.size(); begin += static_cast<std::size_t>(kPromptChunk)) {
            job_.sink.on_progress(static_cast<double>(begin) / static_cast<double>(prompt.size()), "reading the prompt");
            TIMBERLINE_TRY(feed(prompt.subspan(begin, std::min(static_cast<std::size_t>(kPromptChunk), prompt.size() - begin)), -1));
        }
        return {};
    }

    Status feed(std::span<const TokenId> tokens, std::int32_t moment)
    {
        TIMBERLINE_ASSIGN(const auto rows, session_.feed(tokens, moment, job_.cancel));
        writer_.add(to_block(rows));
        return {};
    }

    Status generate()
    {
        const std::int64_t wanted = settings_.generate ? job_.config.max_new_tokens : 0;
        for (std::int32_t moment = 0; moment < wanted; ++moment) {
            if (length(session_.text()) >= start_.model->folder.config.context) {
                reason_ = "context";
                return {};
            }
            TIMBERLINE_TRY(begin_moment(moment));
            job_.sink.on_progress(static_cast<double>(moment) / static_cast<double>(wanted), "generating");
            const TokenId token = next_token(director_.settings().sampling, session_.logits(), session_.text(), job_.config.seed, moment);
            TIMBERLINE_TRY(feed(std::span<const TokenId>(&token, 1), moment));
            if (std::find(start_.stop_ids.begin(), start_.stop_ids.end(), token) != start_.stop_ids.end()) {
                reason_ = "stop-token";
                return {};
            }
        }
        return {};
    }

    Status begin_moment(std::int32_t moment)
    {
        const LiveSettings before = director_.settings();
        TIMBERLINE_ASSIGN(auto changes, director_.before(moment, job_.cancel));
        if (job_.cancel.cancelled()) {
            return make_error(ErrorCode::Cancelled, "the run was cancelled");
        }
        for (auto& change : changes.changes) {
            writer_.add(std::move(change));
        }
        const LiveSettings& now = director_.settings();
        if (before.methods != now.methods || before.settings != now.settings) {
            TIMBERLINE_ASSIGN(auto plan, plan_of(now));
            session_.set_plan(std::move(plan));
            writer_.add(to_block(session_.setup(moment, length(start_.prompt))));
        }
        return {};
    }

    /// What is measured over the whole text: the effect of the edits, and the maps when they are to be kept.
    Status conclude()
    {
        const AttentionText text = {*start_.model, session_.plan(), session_.text(), job_.cancel};
        if (session_.plan().changed) {
            job_.sink.on_progress(-1, "comparing with the unchanged model");
            TIMBERLINE_ASSIGN(auto effect,
                              attention_effect(*start_.model, session_.plan(), session_.text(), settings_.compare_tokens, job_.cancel));
            named_ = effect.moved;
            writer_.add(to_block(effect));
        }
        if (length(session_.text()) <= settings_.keep_maps) {
            TIMBERLINE_ASSIGN(const auto maps, all_attention_maps(text));
            for (const auto& map : maps) {
                writer_.add(to_block(map));
            }
        }
        return {};
    }

    const BenchJob& job_;
    TextStart start_;
    AttentionSettings settings_;
    LiveDirector director_;
    RecordWriter writer_;
    AttentionSession session_;
    std::vector<TokenId> named_;  ///< tokens that only the effect names
    std::string reason_ = "length";
};

/// The text that a question is about: the record's, as far as it came, else the config's prompt.
Result<std::vector<TokenId>> text_of(const BenchJob& job, const BenchQuery& query, const model::ModelFolder& folder, std::int64_t limit)
{
    std::vector<TokenId> text;
    if (query.record != nullptr) {
        text = record::AttentionFold(*query.record).tokens();
    }
    if (text.empty()) {
        TIMBERLINE_ASSIGN(text, prompt_ids(job.config, folder));
    }
    if (static_cast<std::int64_t>(text.size()) > folder.config.context) {
        return make_error(ErrorCode::InvalidArgument,
                          "the record's text has " + std::to_string(text.size()) + " tokens; " + folder.name + " takes at most " +
                              std::to_string(folder.config.context),
                          "Open the model that made this record.");
    }
    for (const TokenId token : text) {
        if (token < 0 || token >= folder.config.vocabulary) {
            return make_error(ErrorCode::InvalidArgument,
                              "the record's text holds the token " + std::to_string(token) + ", outside the vocabulary of " + folder.name,
                              "Open the model that made this record.");
        }
    }
    if (limit > 0 && limit < static_cast<std::int64_t>(text.size())) {
        text.resize(static_cast<std::size_t>(limit));
    }
    return text;
}

constexpr std::int64_t kMost = 1'000'000'000;

Result<record::Block> answer_map(const AttentionText& text, ObjectReader& in)
{
    const auto tokens = static_cast<std::int64_t>(text.tokens.size());
    TIMBERLINE_ASSIGN(const auto layer, in.integer("layer", 0, -kMost, kMost));
    TIMBERLINE_ASSIGN(const auto head, in.integer("head", 0, -kMost, kMost));
    TIMBERLINE_ASSIGN(const auto first, in.integer("first_query", 0, -kMost, kMost));
    TIMBERLINE_ASSIGN(const auto queries, in.integer("queries", std::max<std::int64_t>(1, tokens - first), 1, kMost));
    TIMBERLINE_ASSIGN(const auto base, in.boolean("base", false));
    TIMBERLINE_TRY(in.finish());
    TIMBERLINE_ASSIGN(const auto map, attention_map(text, layer, head, first, queries, base));
    return to_block(map);
}

Result<record::Block> answer_thumbnails(const AttentionText& text, ObjectReader& in)
{
    TIMBERLINE_ASSIGN(const auto size, in.integer("size", 24, 1, 128));
    TIMBERLINE_TRY(in.finish());
    TIMBERLINE_ASSIGN(const auto thumbnails, attention_thumbnails(text, size));
    return to_block(thumbnails);
}

Result<record::Block> answer_cell(const AttentionText& text, ObjectReader& in)
{
    TIMBERLINE_ASSIGN(const auto layer, in.integer("layer", 0, -kMost, kMost));
    TIMBERLINE_ASSIGN(const auto head, in.integer("head", 0, -kMost, kMost));
    TIMBERLINE_ASSIGN(const auto query, in.integer("query", 0, -kMost, kMost));
    TIMBERLINE_ASSIGN(const auto key, in.integer("key", 0, -kMost, kMost));
    TIMBERLINE_TRY(in.finish());
    TIMBERLINE_ASSIGN(const auto cell, attention_cell(text, layer, head, query, key));
    return to_block(cell);
}

Result<record::Block> answer_rollout(const AttentionText& text, ObjectReader& in)
{
    const auto last = std::min(static_cast<std::int64_t>(text.tokens.size()), kMostRolloutTokens) - 1;
    attention::RolloutSettings settings;
    TIMBERLINE_ASSIGN(const auto position, in.integer("position", last, -kMost, kMost));
    TIMBERLINE_ASSIGN(settings.residual, in.number("residual", settings.residual, 0, 1));
    TIMBERLINE_ASSIGN(settings.reduce, in.choice("reduce", settings.reduce, {"mean", "max", "min"}));
    TIMBERLINE_ASSIGN(settings.discard, in.number("discard", settings.discard, 0, 0.95));
    TIMBERLINE_TRY(in.finish());
    TIMBERLINE_ASSIGN(const auto rollout, attention_rollout(text, position, settings));
    return to_block(rollout);
}

Result<record::Block> answer_intervention(const AttentionText& text, ObjectReader& in, std::int64_t compare_tokens)
{
    TIMBERLINE_ASSIGN(const auto compared, in.integer("compare_tokens", compare_tokens, 0, 512));
    TIMBERLINE_TRY(in.finish());
    TIMBERLINE_ASSIGN(const auto effect, attention_effect(text.model, text.plan, text.tokens, compared, text.cancel));
    return to_block(effect);
}

}  // namespace

Result<record::RecordPtr> run_attention(const BenchJob& job)
{
    TIMBERLINE_ASSIGN(auto start, start_text_bench(job));
    TIMBERLINE_ASSIGN(auto plan, make_attention_plan(job.methods, start.model->folder.config, job.config.methods.at("variant"),
                                                     edits_of(job.config.settings)));
    if (plan.what_if) {
        job.sink.on_note(std::string(attention::kWhatIf) + ": " + plan.variant + (plan.edits.empty() ? "" : " with edits"));
    }
    return AttentionRun(job, std::move(start), std::move(plan)).run();
}

Result<record::Block> query_attention(const BenchJob& job, const BenchQuery& query)
{
    static const std::vector<std::string> kQuestions = {"map", "thumbnails", "cell", "rollout", "intervention"};
    if (std::find(kQuestions.begin(), kQuestions.end(), query.what) == kQuestions.end()) {
        return make_error(ErrorCode::InvalidArgument,
                          "the Attention bench cannot answer " + in_quotes(query.what) + ": expected one of " + joined(kQuestions),
                          spelling_hint(query.what, kQuestions));
    }
    const Json arguments = query.arguments.is_null() ? Json::object() : query.arguments;
    ObjectReader in(arguments, "query " + query.what);
    TIMBERLINE_TRY(in.status());
    const AttentionSettings settings = attention_settings(job.config.settings);
    MethodChoice variant = job.config.methods.at("variant");
    TIMBERLINE_ASSIGN(const auto edits, in.string("edits", settings.edits));
    TIMBERLINE_ASSIGN(const auto other, in.string("variant", variant.id));
    TIMBERLINE_ASSIGN(const auto limit, in.integer("tokens", 0, 0, kMost));
    if (other != variant.id) {
        variant = {other, {}};
    }
    TIMBERLINE_ASSIGN(const auto model, job.models.load(job.config.model, "cpu", job.cancel));
    TIMBERLINE_ASSIGN(const auto plan, make_attention_plan(job.methods, model->folder.config, variant, edits));
    TIMBERLINE_ASSIGN(const auto tokens, text_of(job, query, model->folder, limit));
    const AttentionText text = {*model, plan, tokens, job.cancel};
    if (query.what == "map") {
        return answer_map(text, in);
    }
    if (query.what == "thumbnails") {
        return answer_thumbnails(text, in);
    }
    if (query.what == "cell") {
        return answer_cell(text, in);
    }
    if (query.what == "rollout") {
        return answer_rollout(text, in);
    }
    return answer_intervention(text, in, settings.compare_tokens);
}

}  // namespace timberline::run
