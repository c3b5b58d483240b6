// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/bench.h"
#include "core/base/json.h"
#include "core/record/block.h"
#include "widgets/draft/break_even_view.h"
#include "widgets/draft/hindsight_view.h"

#include <QHash>
#include <QObject>
#include <QString>

#include <functional>
#include <vector>

namespace timberline::app {

/// Fitted times and working point of a record (core/rules/break_even.h), overhead included; nothing when it holds no times.
[[nodiscard]] std::optional<widgets::BreakEvenFacts> break_even_facts(const record::Record& record, int until);
/// Hindsight bounds of its rounds (core/rules/hindsight.h).
[[nodiscard]] std::vector<widgets::HindsightBar> hindsight_bars(const record::Record& record, int until);

/// A rule that public demonstrations got wrong.
struct PlantedRule {
    QString id;
    QString text;  ///< what is wrong, translated
};
[[nodiscard]] std::vector<PlantedRule> planted_rules();

/// Asks the engine about the Draft bench's method or record and hands answers back on the GUI thread. One tag a kind of question: the
/// newest replaces what is queued, older answers are dropped.
class DraftQuestions : public QObject
{
    Q_OBJECT
public:
    using Answered = std::function<void(const record::Block&)>;
    using Failed = std::function<void(const Error& error)>;
    /// Whose config the question is about.
    enum class About { Setup, Record };

    DraftQuestions(const BenchContext& context, QObject* parent);

    /// @param what "certificate", "first-tokens" or "layer-acceptance"; arguments as query_draft takes them (core/run).
    /// One of the functions is called unless this object is gone or cancel() came first.
    void ask(const QString& what, const Json& arguments, About about, Answered answered, Failed failed);
    void cancel(const QString& what);

private:
    BenchContext m_context;
    QHash<QString, int> m_epoch;  ///< counts questions of a kind, and their ends by cancel()
};

}  // namespace timberline::app
