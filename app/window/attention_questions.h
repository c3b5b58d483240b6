// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/bench.h"
#include "core/base/json.h"
#include "core/record/block.h"

#include <QObject>

#include <functional>

namespace timberline::widgets {
class AttentionModel;
}

namespace timberline::app {

/// Asks the engine about the Attention bench's record and hands answers back on the GUI thread. One tag a kind of question: the newest
/// replaces what is queued, older answers are dropped. The record's own model answers about the record's text as far as it came, with the
/// session's variant and edits; of the record itself nothing is handed over.
class AttentionQuestions : public QObject
{
    Q_OBJECT
public:
    using Answered = std::function<void(const record::Block&)>;
    using Failed = std::function<void(const QString& sentence, const QString& hint)>;

    /// Made before the views, so that it hears of another record before they ask about it: answers about the old one are dropped.
    AttentionQuestions(const BenchContext& context, const widgets::AttentionModel* attention, QObject* parent);

    /// @param what "map", "thumbnails", "cell", "rollout" or "intervention"; its arguments stand at query_attention (core/run).
    /// Neither function is called after this object is gone.
    void ask(const QString& what, const Json& arguments, Answered answered, Failed failed);

private:
    BenchContext m_context;
    const widgets::AttentionModel* m_attention;
    int m_epoch = 0;  ///< counts records
};

}  // namespace timberline::app
