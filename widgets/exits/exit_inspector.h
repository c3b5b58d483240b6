// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/exits/exit_model.h"
#include "widgets/plot/plot_view.h"
#include "widgets/shared/selection.h"
#include "widgets/shared/view.h"

#include <QList>
#include <QWidget>

class QGridLayout;
class QLabel;

namespace timberline::widgets {

/// The likeliest tokens of the selected cell, with bars; the token that the text goes on with is marked.
class ExitCandidatesView : public View
{
    Q_OBJECT
public:
    explicit ExitCandidatesView(ExitModel* model, QWidget* parent = nullptr);
    /// @param row, layer -1 = nothing selected.
    void setCell(int row, int layer);
    void paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const override;
    [[nodiscard]] QSizeF contentSize() const override;
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return {160, sizeHint().height()}; }
    [[nodiscard]] QByteArray toCsv() const override;
    [[nodiscard]] QString summary() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    struct Row {
        TokenId token;
        float probability;
    };
    ExitModel* m_model;
    std::vector<Row> m_rows;
    float m_rest = 0;
    TokenId m_next = -1;
    int m_layer = -1;
};

/// The selected token's score layer by layer against the threshold.
class ScoreProfileView : public PlotView
{
    Q_OBJECT
public:
    explicit ScoreProfileView(ExitModel* model, QWidget* parent = nullptr);
    void setCell(int row, int layer);
    [[nodiscard]] QByteArray toCsv() const override;
    [[nodiscard]] QString summary() const override;

protected:
    void rebuild(QCustomPlot& plot, const Theme& theme) const override;

private:
    ExitModel* m_model;
    int m_row = -1;
    int m_layer = -1;
};

/// What you point at: every number of the selected cell, why its token goes on or leaves there, the likeliest tokens, the score profile.
class ExitInspector : public QWidget
{
    Q_OBJECT
public:
    ExitInspector(ExitModel* model, SelectionModel* selection, QWidget* parent = nullptr);
    /// Label and value of every shown row, for tests and copying.
    [[nodiscard]] QList<std::pair<QString, QString>> rows() const { return m_rows; }
    /// The decision in words with its numbers.
    [[nodiscard]] QString decision() const;
    [[nodiscard]] ExitCandidatesView* candidates() const { return m_candidates; }
    [[nodiscard]] ScoreProfileView* profile() const { return m_profile; }

private:
    void refresh();
    void addRow(const QString& label, const QString& value, const QString& unit, const QString& help);
    void showNothing();
    [[nodiscard]] QString decisionText(int row, int layer) const;
    void addNumbers(int row, int layer);

    ExitModel* m_model;
    SelectionModel* m_selection;
    QLabel* m_token;
    QLabel* m_place;
    QLabel* m_decision;
    QWidget* m_grid;
    QGridLayout* m_gridLayout;
    QList<QLabel*> m_labels;
    QLabel* m_candidatesTitle;
    ExitCandidatesView* m_candidates;
    QLabel* m_profileTitle;
    ScoreProfileView* m_profile;
    QList<std::pair<QString, QString>> m_rows;
};

}  // namespace timberline::widgets
