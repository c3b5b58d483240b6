// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/folds.h"
#include "core/record/record.h"

#include <QObject>
#include <QString>

#include <memory>
#include <vector>

namespace timberline::widgets {

/// The record that the views of a bench show, growing while a run goes on, and the moment being looked at.
/// Views fold over record() and look at rounds [0, shownRounds()); in records of the other benches tokens or steps stand for rounds: a
/// block belongs to its moment (block.h). GUI thread only; publishes immutable events, never changes them.
class RecordModel : public QObject
{
    Q_OBJECT
public:
    explicit RecordModel(QObject* parent = nullptr);

    /// Starts over with an empty, growing record.
    void clear();
    /// Shows a finished record (copies it).
    void setRecord(record::RecordPtr record);
    /// Shows a finished record that nobody else holds; nothing is copied, however many distributions it keeps.
    void adoptRecord(std::shared_ptr<record::Record> record);
    /// Appends events of a running job (batched: one changed() a call). Following views move on to the newest round.
    void append(std::vector<record::Event> events);

    [[nodiscard]] const record::Record& record() const { return *m_record; }
    /// The record as it stands, which stays as it is: handed out without a copy; the next append() makes one if somebody still holds it.
    [[nodiscard]] record::RecordPtr snapshot() const { return m_record; }
    /// Grows whenever another record is shown; append() leaves it.
    [[nodiscard]] quint64 generation() const { return m_generation; }
    /// Rounds of a Draft record; else moments: the last one that a block covers, plus one.
    [[nodiscard]] int roundCount() const { return m_rounds; }
    /// Rounds that the views show, 0..roundCount().
    [[nodiscard]] int shownRounds() const { return m_shown; }
    /// @param rounds clamped to 0..roundCount(). Turns following on at the end, off elsewhere.
    void setShownRounds(int rounds);
    [[nodiscard]] bool following() const { return m_following; }
    void setFollowing(bool on);
    /// True when a block belongs to what is shown: its moment is below shownRounds(), or it belongs to the run as a whole.
    [[nodiscard]] bool shows(const record::Block& block) const { return block.moment < m_shown; }
    /// The round at index, or null (always null in records without rounds).
    [[nodiscard]] const record::Round* round(int index) const;
    [[nodiscard]] const record::RunStarted* started() const { return record::run_started(*m_record); }
    [[nodiscard]] bool isEmpty() const { return m_record->events.empty(); }

    /// Display text of a token for people: spaces as ·, newlines ⏎, tabs ⇥, other control characters and incomplete bytes as ⟨0xE2⟩;
    /// unknown ids ⟨id⟩.
    [[nodiscard]] QString tokenLabel(TokenId token) const;
    /// Text of consecutive tokens as people read it.
    [[nodiscard]] QString text(const std::vector<TokenId>& ids) const;

Q_SIGNALS:
    void changed();       ///< events were added or the record was replaced
    void shownChanged();  ///< another moment is looked at (also emitted after changed())

private:
    void count(const record::Event& event, std::size_t index);

    std::shared_ptr<record::Record> m_record;
    quint64 m_generation = 1;
    std::vector<std::size_t> m_roundEvents;  ///< event index of each round
    int m_rounds = 0;
    int m_shown = 0;
    bool m_following = true;
};

/// The label rules above for raw bytes.
[[nodiscard]] QString visibleBytes(const std::string& bytes);

}  // namespace timberline::widgets
