// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/landscape_questions.h"

#include "widgets/landscape/landscape_model.h"

#include <QPointer>

namespace timberline::app {

namespace {
const QString kSurfaceTag = QStringLiteral("landscape-surface"), kHessianTag = QStringLiteral("landscape-hessian");
}

LandscapeQuestions::LandscapeQuestions(const BenchContext& context, const widgets::LandscapeModel* landscape, QObject* parent)
    : QObject(parent), m_context(context), m_landscape(landscape)
{}

void LandscapeQuestions::submit(const QString& tag,
                                std::function<void(const JobContext&, const std::function<void(std::function<void()>)>&)> work)
{
    QPointer<LandscapeQuestions> self(this);
    m_context.jobs->submit(tag, [self, generation = m_landscape->generation(), work = std::move(work)](const JobContext& job) {
        // What is told to the window is dropped when this object, or the record that was asked about, is gone by then.
        const auto tell = [&](std::function<void()> call) {
            job.deliver([self, generation, call = std::move(call)] {
                if (self != nullptr && self->m_landscape->generation() == generation) {
                    call();
                }
            });
        };
        work(job, tell);
    });
}

void LandscapeQuestions::ask(const QString& what, const Json& arguments, Answered answered, Failed failed)
{
    run::BenchQuery query{.what = what.toStdString(), .arguments = arguments, .record = m_context.model->snapshot()};
    submit(QStringLiteral("landscape-") + what, [config = m_context.session->config(), query = std::move(query),
                                                 answered = std::move(answered),
                                                 failed = std::move(failed)](const JobContext& job, const auto& tell) {
        auto answer = job.engine.query(config, query, job.cancel, job.sink);
        if (answer.ok()) {
            tell([answered, block = std::make_shared<const record::Block>(std::move(answer).value())] { answered(*block); });
        } else if (!job.cancel.cancelled()) {
            tell([failed, error = answer.error()] { failed(QString::fromStdString(error.message), QString::fromStdString(error.hint)); });
        }
    });
}

void LandscapeQuestions::askSurface(const Json& settings, std::int32_t id, std::vector<std::int64_t> done, Answered answered,
                                    std::function<void()> finished, Failed failed)
{
    run::BenchQuery query{
        .what = "surface", .arguments = {{"settings", settings}, {"id", id}, {"level", 0}}, .record = m_context.model->snapshot()};
    submit(kSurfaceTag,
           [config = m_context.session->config(), query = std::move(query), done = std::move(done), answered = std::move(answered),
            finished = std::move(finished), failed = std::move(failed)](const JobContext& job, const auto& tell) mutable {
               std::size_t levels = 1;
               for (std::size_t level = 0; level < levels; ++level) {
                   query.arguments["level"] = level;
                   query.arguments["done"] = level < done.size() ? done[level] : 0;
                   auto answer = job.engine.query(config, query, job.cancel, job.sink);
                   if (!answer.ok()) {
                       if (!job.cancel.cancelled()) {
                           tell([failed, error = answer.error()] {
                               failed(QString::fromStdString(error.message), QString::fromStdString(error.hint));
                           });
                       }
                       return;
                   }
                   if (const auto strides = answer.value().arrays.find("strides");
                       strides != answer.value().arrays.end() && !strides->second.shape.empty()) {
                       levels = static_cast<std::size_t>(strides->second.shape.front());
                   }
                   tell([answered, block = std::make_shared<const record::Block>(std::move(answer).value())] { answered(*block); });
                   if (job.cancel.cancelled()) {
                       return;  // what was answered may be a part of the level
                   }
               }
               tell(finished);
           });
}

void LandscapeQuestions::cancelComputing()
{
    for (const auto& tag : {kSurfaceTag, kHessianTag}) {
        m_context.jobs->cancel(tag);
    }
}

}  // namespace timberline::app
