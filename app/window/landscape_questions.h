// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/bench.h"
#include "core/base/json.h"
#include "core/record/block.h"

#include <QObject>

#include <functional>

namespace timberline::widgets {
class LandscapeModel;
}

namespace timberline::app {

/// Asks the engine about the Landscape bench's record and hands answers back on the GUI thread. One tag a kind of question: the newest
/// replaces what is queued, older answers are dropped, and so are answers about a record that is no longer shown.
class LandscapeQuestions : public QObject
{
    Q_OBJECT
public:
    using Answered = std::function<void(const record::Block&)>;
    using Failed = std::function<void(const QString& sentence, const QString& hint)>;

    LandscapeQuestions(const BenchContext& context, const widgets::LandscapeModel* landscape, QObject* parent);

    /// @param what "decision-map", "sample-losses" or "hessian"; arguments as query_landscape takes them (core/run).
    /// Neither function is called after this object is gone.
    void ask(const QString& what, const Json& arguments, Answered answered, Failed failed);
    /// A surface with other settings around the network as trained: one answer a level, coarse to fine, then `finished`. When it is
    /// cancelled the cells of its level that are there are answered, too, and nothing follows.
    /// @param done cells of each level that an earlier call answered: it goes on from them. Shorter than the levels = none of the rest.
    void askSurface(const Json& settings, std::int32_t id, std::vector<std::int64_t> done, Answered answered,
                    std::function<void()> finished, Failed failed);
    /// Stops askSurface() and the question for a Hessian, whether under way or queued. Neither `finished` nor `failed` is called.
    void cancelComputing();

private:
    void submit(const QString& tag, std::function<void(const JobContext&, const std::function<void(std::function<void()>)>&)> work);

    BenchContext m_context;
    const widgets::LandscapeModel* m_landscape;
};

}  // namespace timberline::app
