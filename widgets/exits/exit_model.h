// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/layer_readings.h"
#include "widgets/exits/exit_providers.h"
#include "widgets/shared/record_model.h"

#include <QObject>
#include <QString>

#include <cstdint>
#include <optional>
#include <vector>

namespace timberline::widgets {

/// The fold that all views of the Exits bench share: the readings of the rows that are shown, what the run did with them, and what another
/// policy or threshold would do. Grows with the record: blocks are folded once. GUI thread only.
class ExitModel : public QObject
{
    Q_OBJECT
public:
    explicit ExitModel(RecordModel* record, QObject* parent = nullptr);

    void setProviders(ExitProviders providers);
    [[nodiscard]] const ExitProviders& providers() const { return m_providers; }
    [[nodiscard]] RecordModel* recordModel() const { return m_record; }

    [[nodiscard]] const record::ExitRun* run() const { return m_fold.run() ? &*m_fold.run() : nullptr; }
    /// Rows of the moments that are shown, as they stood then.
    [[nodiscard]] const record::LayerReadings& readings() const { return m_prefix ? *m_prefix : m_fold.readings(); }
    [[nodiscard]] std::size_t rows() const { return m_shownRows; }
    [[nodiscard]] std::size_t layers() const { return static_cast<std::size_t>(std::max(0, m_fold.readings().layers)); }
    /// Of the whole run, when the whole run is shown; else null.
    [[nodiscard]] const record::ExitSummary* summary() const;
    /// Where the keys and values of a cell came from at the moment shown.
    [[nodiscard]] record::KvSource source(std::size_t row, std::size_t layer) const;
    [[nodiscard]] int refusedBlocks() const { return m_fold.refused(); }
    [[nodiscard]] QString problem() const { return QString::fromStdString(m_fold.problem()); }
    [[nodiscard]] bool isTrainedNet() const { return run() != nullptr && run()->subject == "trained-net"; }

    /// Row of a text position (a sample's number), -1 = none that is shown.
    [[nodiscard]] int rowOf(int position) const;
    [[nodiscard]] int positionOf(int row) const;
    /// Text of a token for people; in a trained net the name of the class.
    [[nodiscard]] QString label(TokenId token) const;
    /// Text of a column: the token at the position, or the sample's class.
    [[nodiscard]] QString columnLabel(std::size_t row) const;
    /// Rows that figures count: generated ones, or all when nothing was generated.
    [[nodiscard]] bool counts(std::size_t row) const { return !m_anyGenerated || readings().moment[row] >= 0; }

    /// What is tried out. Decides at once.
    void setChoice(const ExitChoice& choice);
    [[nodiscard]] const ExitChoice& choice() const { return m_choice; }
    [[nodiscard]] ExitHandle handle() const { return handleOf(m_choice, static_cast<std::int32_t>(layers())); }
    void setHandleValue(double value);
    /// Decisions of choice() over readings(); exit is empty before the first reading and without a choice.
    [[nodiscard]] const ExitDecided& decided() const { return m_decided; }
    /// The layer where a row's computation ends under choice(), else where it ended in the run; 0 = cannot be told.
    [[nodiscard]] std::int32_t exitOf(std::size_t row) const;
    /// Some row that is shown ends elsewhere than in the run.
    [[nodiscard]] bool differsFromRun() const { return m_differs; }
    [[nodiscard]] const ExitFigures& recordedFigures() const { return m_recorded; }
    /// Wall time of the last decision in milliseconds.
    [[nodiscard]] double lastDecisionMs() const { return m_decisionMs; }

    /// [layers] over the rows that figures count.
    [[nodiscard]] const std::vector<record::LayerCount>& totals() const { return m_totals; }

Q_SIGNALS:
    void readingsChanged();  ///< rows were added, or another moment is shown
    void decisionChanged();  ///< exits, scores, figures; also after readingsChanged()

private:
    void refresh();
    void decide();
    void reset();
    void foldBlock(const record::Block& block);
    void countTotals();

    RecordModel* m_record;
    ExitProviders m_providers;
    quint64 m_folded = 0;  ///< generation of the record that was folded
    std::size_t m_consumed = 0;
    record::ExitFold m_fold;
    std::vector<std::int32_t> m_rowMoment;  ///< moment of the block that brought each row
    std::vector<std::int32_t> m_filledAt;   ///< [rows * layers] moment of the fill, -1 = none
    std::optional<record::LayerReadings> m_prefix;
    std::size_t m_shownRows = 0;
    std::size_t m_countedRows = 0;
    bool m_countedGenerated = false;
    bool m_anyGenerated = false;
    std::vector<record::LayerCount> m_totals;
    ExitChoice m_choice;
    ExitDecided m_decided;
    ExitFigures m_recorded;
    bool m_differs = false;
    double m_decisionMs = 0;
};

}  // namespace timberline::widgets
