// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/draft_questions.h"

#include <optional>

#include "core/rules/break_even.h"
#include "core/rules/certificate.h"
#include "core/rules/hindsight.h"
#include "widgets/panels/parameter_panel.h"

#include <QPointer>

#include <algorithm>
#include <memory>

namespace timberline::app {

std::optional<widgets::BreakEvenFacts> break_even_facts(const record::Record& record, int until)
{
    const auto point = rules::working_point(record, until);
    if (!point.ok()) {
        return std::nullopt;
    }
    const auto& p = *point;
    widgets::BreakEvenFacts out;
    // Where every round was alike, the fit is flat. No draft takes no time, and a plain token is a verification of one: with these the
    // lines have a second point, and at the working point they stay as they are.
    auto draft = p.draft;
    auto verify = p.verify;
    out.draftFlat = draft.distinct < 2;
    out.verifyFlat = verify.distinct < 2;
    if (out.draftFlat && p.mean_passes > 0) {
        draft.each_ms = draft.at(p.mean_passes) / p.mean_passes;
        draft.base_ms = 0;
    }
    if (out.verifyFlat && p.plain_measured && p.mean_nodes > 0) {
        const double seen = verify.at(1 + p.mean_nodes);
        verify.each_ms = std::clamp((seen - p.plain_ms) / p.mean_nodes, 0.0, seen / (1 + p.mean_nodes));
        verify.base_ms = seen - verify.each_ms * (1 + p.mean_nodes);
    }
    out.draftBaseMs = draft.base_ms;
    out.draftEachMs = draft.each_ms;
    out.verifyBaseMs = verify.base_ms;
    out.verifyEachMs = verify.each_ms;
    out.rounds = p.verify.samples;
    out.overheadMs = p.mean_overhead_ms;
    out.plainMs = p.plain_ms;
    out.plainMeasured = p.plain_measured;
    out.tokens = p.mean_tokens;
    out.length = p.shape.length;
    out.width = p.shape.width;
    out.acceptance = p.shape.acceptance;
    out.predicted = p.predicted_speedup;
    out.measured = p.measured_speedup;
    // As the prediction at the working point, so that the map goes through it.
    out.speedup = [draft, verify, overhead = p.mean_overhead_ms, plain = p.plain_ms](double length, double width, double acceptance) {
        const double tokens = rules::expected_tokens({.length = length, .width = width, .acceptance = acceptance});
        return tokens * plain / (draft.at(length) + verify.at(1 + length * width) + overhead);
    };
    return out;
}

std::vector<widgets::HindsightBar> hindsight_bars(const record::Record& record, int until)
{
    std::vector<widgets::HindsightBar> out;
    for (auto& round : rules::hindsight(record, until)) {
        out.push_back({.round = round.round,
                       .budget = round.budget,
                       .committed = round.committed,
                       .expectedBest = round.expected_best,
                       .bestCommitted = round.best_tree_committed,
                       .longest = round.longest_committed,
                       .complete = round.complete,
                       .bestNodes = std::move(round.best_nodes),
                       .longestNodes = std::move(round.longest_nodes)});
    }
    return out;
}

std::vector<PlantedRule> planted_rules()
{
    std::vector<PlantedRule> out;
    for (const auto& rule : rules::wrong_rules()) {
        out.push_back({.id = QString::fromStdString(rule.id), .text = widgets::coreText(rule.text)});
    }
    return out;
}

namespace {

QString tagOf(const QString& what)
{
    return QStringLiteral("draft-") + what;
}

/// The config that wrote the record, or the set-up's when the question is about that. Another model must not judge a record's text.
Result<run::Config> asking_config(run::Config config, const std::optional<std::string>& recorded, const MethodRegistry& methods)
{
    if (recorded) {
        if (recorded->empty()) {
            return make_error(ErrorCode::InvalidArgument, "this record names no model that could be asked",
                              "It was imported; run a method here to ask about it.");
        }
        TIMBERLINE_ASSIGN(const Json json, parse_json(*recorded, "config of the record"));
        TIMBERLINE_ASSIGN(config, run::parse_config(json, methods, "config of the record"));
    }
    return run::complete(std::move(config), methods);
}

}  // namespace

DraftQuestions::DraftQuestions(const BenchContext& context, QObject* parent) : QObject(parent), m_context(context) {}

void DraftQuestions::ask(const QString& what, const Json& arguments, About about, Answered answered, Failed failed)
{
    run::BenchQuery query{.what = what.toStdString(), .arguments = arguments, .record = nullptr};
    std::optional<std::string> recorded;
    if (about == About::Record) {
        query.record = m_context.model->snapshot();
        recorded = m_context.model->started() != nullptr ? m_context.model->started()->config_json : std::string();
    }
    const int epoch = ++m_epoch[what];
    const QPointer<DraftQuestions> self(this);
    m_context.jobs->submit(tagOf(what), [self, what, epoch, config = m_context.session->config(), recorded, query = std::move(query),
                                         answered = std::move(answered), failed = std::move(failed)](const JobContext& job) {
        const auto complete = asking_config(config, recorded, job.engine.methods());
        auto answer = std::make_shared<Result<record::Block>>(complete.ok() ? job.engine.query(*complete, query, job.cancel, job.sink)
                                                                            : Result<record::Block>(complete.error()));
        job.deliver([self, what, epoch, answer, answered, failed] {
            if (self == nullptr || self->m_epoch.value(what) != epoch) {
                return;
            }
            if (answer->ok()) {
                answered(answer->value());
            } else {
                failed(answer->error());
            }
        });
    });
}

void DraftQuestions::cancel(const QString& what)
{
    ++m_epoch[what];
    m_context.jobs->cancel(tagOf(what));
}

}  // namespace timberline::app
