// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/attention_rows.h"
#include "widgets/attention/head_statistic.h"
#include "widgets/shared/record_model.h"

#include <QObject>

#include <optional>
#include <vector>

namespace timberline::widgets {

/// What is set for one head by the edits, for marks in the overview and the
/// table.
struct HeadMark {
    double factor = 1;       ///< 0 = ablated
    double temperature = 1;  ///< scores are divided by it
    QString variant;         ///< empty = the run's own
    [[nodiscard]] bool changed() const { return factor != 1 || temperature != 1 || !variant.isEmpty(); }
    /// Short sign for a cell: "off", "×0.5", "τ2", "lssar"; empty when unchanged.
    [[nodiscard]] QString sign() const;
    friend bool operator==(const HeadMark&, const HeadMark&) = default;
};

/// The attention record as every view of the bench sees it: rows up to the
/// moment being looked at, summed up by the record's own fold. Each block is
/// read once, however often the record grows; going back in time adds the rows
/// up again from the start. GUI thread only.
class AttentionModel : public QObject
{
    Q_OBJECT
public:
    explicit AttentionModel(RecordModel* model, QObject* parent = nullptr);

    [[nodiscard]] RecordModel* record() const { return m_model; }
    [[nodiscard]] bool empty() const { return m_positions == 0; }
    [[nodiscard]] int layers() const { return m_fold.layers(); }
    [[nodiscard]] int heads() const { return m_fold.heads(); }
    [[nodiscard]] int kvHeads() const { return m_fold.kv_heads(); }
    [[nodiscard]] int groupSize() const { return kvHeads() > 0 ? heads() / kvHeads() : 1; }
    /// Rows of the moment being looked at: the prompt and the tokens generated
    /// before it.
    [[nodiscard]] int positions() const { return m_positions; }
    /// What was set from the newest shown change on; null without a record.
    [[nodiscard]] const record::AttentionSetup* setup() const;
    [[nodiscard]] int sinkTokens() const;
    [[nodiscard]] int localWindow() const;

    /// Over the shown rows; NaN when it does not exist.
    [[nodiscard]] double statistic(HeadStatistic statistic, int layer, int head) const;
    [[nodiscard]] int validRows(int layer, int head) const;
    /// Least and largest value of the statistic that a colour scale should span:
    /// 0..1 for shares, else from 0 (or symmetrical, for changes) to the largest
    /// finite value of a head, or of a row with `alongText`.
    [[nodiscard]] std::pair<double, double> scaleOf(HeadStatistic statistic, bool alongText) const;
    /// Precondition: 0 <= position < positions().
    [[nodiscard]] record::AttentionFold::Place place(int position) const { return m_fold.place(position); }
    /// Everything read so far; it looks at the shown rows.
    [[nodiscard]] const record::AttentionFold& fold() const { return m_fold; }
    [[nodiscard]] double rowValue(HeadStatistic statistic, int layer, int head, int position) const;
    /// The row is in means (AttentionRows::valid).
    [[nodiscard]] bool rowValid(int layer, int head, int position) const;
    [[nodiscard]] TokenId token(int position) const;
    [[nodiscard]] QString tokenLabel(int position) const;
    /// Share of heads whose sink score exceeds 0.3.
    [[nodiscard]] double sinkRate() const;

    /// Maps of a head that the record itself keeps.
    [[nodiscard]] std::vector<record::AttentionMap> keptMaps(int layer, int head) const;

    /// The answer of the last question about the edits; without one, the newest
    /// shown effect that the record holds.
    [[nodiscard]] const record::AttentionEffect* effect() const;
    /// effect() is an answer, not the record's own.
    [[nodiscard]] bool effectAnswered() const { return m_answered.has_value(); }
    void setEffect(record::AttentionEffect effect);
    /// Other edits are set by now: neither an answer nor the record's effect is about them.
    void forgetEffect();
    /// exp of the mean surprisal of the shown text from position 1 on; NaN without one.
    [[nodiscard]] double perplexity() const;

    /// @param marks [layers * heads], or empty.
    void setMarks(std::vector<HeadMark> marks);
    [[nodiscard]] HeadMark mark(int layer, int head) const;
    [[nodiscard]] bool anyMark() const;

Q_SIGNALS:
    void changed();  ///< rows, the shown moment or the record
    void effectChanged();
    void marksChanged();
    void recordReplaced();  ///< another record: everything that was asked about
                            ///< the old one is void

private:
    void update();
    [[nodiscard]] std::size_t index(int layer, int head) const { return static_cast<std::size_t>(layer * heads() + head); }
    /// With percentiles, sorted out when they are asked for.
    [[nodiscard]] const record::HeadSummary& sorted(int layer, int head) const;
    [[nodiscard]] double effectValue(HeadStatistic statistic, int layer, int head) const;

    RecordModel* m_model;
    record::AttentionFold m_fold;
    const record::Record* m_folded = nullptr;  ///< identity only, never followed
    std::size_t m_foldedEvents = 0;
    std::vector<std::size_t> m_keptMaps;  ///< event indices
    int m_positions = 0;
    const record::AttentionSetup* m_lastSetup = nullptr;               ///< identity only
    mutable std::vector<std::optional<record::HeadSummary>> m_sorted;  ///< [layers * heads]
    std::optional<record::AttentionEffect> m_answered;
    bool m_effectForgotten = false;
    std::vector<HeadMark> m_marks;
};

}  // namespace timberline::widgets
