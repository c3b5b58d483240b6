// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/draft/distribution_view.h"
#include "widgets/draft/node_law.h"
#include "widgets/shared/record_model.h"
#include "widgets/shared/selection.h"

#include <QWidget>

#include <optional>

class QGridLayout;
class QLabel;

namespace timberline::widgets {

/// What you point at: every number of the selected node, the rule with its live numbers, and both laws.
class Inspector : public QWidget
{
    Q_OBJECT
public:
    Inspector(RecordModel* model, SelectionModel* selection, QWidget* parent = nullptr);

    void setLawProvider(LawProvider provider);
    /// Shows the laws under other sampling transforms than the run's (live temperature, top-k, top-p); nothing = as the run had them.
    void setPreviewSampling(std::optional<record::Sampling> sampling);
    [[nodiscard]] DistributionView* distribution() const { return m_distribution; }
    /// Label and value of every shown row, for tests and copying.
    [[nodiscard]] QList<std::pair<QString, QString>> rows() const;
    /// The decision in words with its numbers, "" for nodes that were not tested.
    [[nodiscard]] QString decision() const;

private:
    void refresh();
    void refreshLaw(const record::Round& round, int node);
    void addRow(const QString& label, const QString& value, const QString& unit, const QString& help);

    RecordModel* m_model;
    SelectionModel* m_selection;
    LawProvider m_provider;
    std::optional<record::Sampling> m_preview;
    QLabel* m_token;
    QLabel* m_place;
    QLabel* m_decision;
    QLabel* m_lawNote;
    QWidget* m_grid;
    QGridLayout* m_gridLayout;
    DistributionView* m_distribution;
    QList<std::pair<QString, QString>> m_rows;
};

}  // namespace timberline::widgets
