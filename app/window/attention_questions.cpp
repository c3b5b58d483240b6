// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/attention_questions.h"

#include "widgets/attention/attention_model.h"

#include <QPointer>

namespace timberline::app {

namespace {

QString tagOf(const QString& what)
{
    return QStringLiteral("attention-") + what;
}

/// The config to answer with: the record's model and device, the session's variant and edits.
Result<run::Config> answering_config(run::Config config, const std::string& recorded, const MethodRegistry& methods)
{
    if (const auto json = parse_json(recorded, "record"); json.ok()) {
        if (const auto written = run::parse_config(*json, methods, "record"); written.ok()) {
            config.model = written->model;
        }
    }
    return run::complete(std::move(config), methods);
}

}  // namespace

AttentionQuestions::AttentionQuestions(const BenchContext& context, const widgets::AttentionModel* attention, QObject* parent)
    : QObject(parent), m_context(context), m_attention(attention)
{
    connect(attention, &widgets::AttentionModel::recordReplaced, this, [this] { ++m_epoch; });
}

void AttentionQuestions::ask(const QString& what, const Json& arguments, Answered answered, Failed failed)
{
    const auto* started = m_context.model->started();
    const std::string recorded = started != nullptr ? started->config_json : std::string();
    run::BenchQuery query{.what = what.toStdString(), .arguments = arguments, .record = nullptr};
    run::Config asking = m_context.session->config();
    asking.ids = m_attention->fold().tokens();
    asking.prompt.reset();
    QPointer<AttentionQuestions> self(this);
    m_context.jobs->submit(tagOf(what), [self, epoch = m_epoch, config = std::move(asking), recorded, query = std::move(query),
                                         answered = std::move(answered), failed = std::move(failed)](const JobContext& job) {
        const auto tell = [&](const Error& error) {
            job.deliver([self, epoch, failed, message = QString::fromStdString(error.message), hint = QString::fromStdString(error.hint)] {
                if (self != nullptr && self->m_epoch == epoch) {
                    failed(message, hint);
                }
            });
        };
        const auto complete = answering_config(config, recorded, job.engine.methods());
        if (!complete.ok()) {
            tell(complete.error());
            return;
        }
        auto answer = job.engine.query(*complete, query, job.cancel, job.sink);
        if (!answer.ok()) {
            if (!job.cancel.cancelled()) {
                tell(answer.error());
            }
            return;
        }
        job.deliver([self, epoch, answered, block = std::make_shared<const record::Block>(std::move(*answer))] {
            if (self != nullptr && self->m_epoch == epoch) {
                answered(*block);
            }
        });
    });
}

}  // namespace timberline::app
