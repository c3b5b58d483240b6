// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/attention/attention_model.h"
#include "widgets/shared/selection.h"

#include <QList>
#include <QWidget>

class QGridLayout;
class QLabel;

namespace timberline::widgets {

class CellView;

/// Every number of what is selected on the Attention bench: the head over the
/// whole text, its row at the selected token, and how the selected weight came
/// about.
class AttentionInspector : public QWidget
{
    Q_OBJECT
public:
    AttentionInspector(AttentionModel* model, SelectionModel* selection, QWidget* parent = nullptr);

    [[nodiscard]] CellView* cell() const { return m_cell; }
    /// The selected cell's key; -1 = none.
    void setKey(int key);
    /// Label and value of every line shown, top to bottom.
    [[nodiscard]] const QList<std::pair<QString, QString>>& rows() const { return m_rows; }

private:
    struct Line {
        QString label, value, help;
        bool title = false;
    };
    void refresh();
    void collectHead(int layer, int head);
    void collectRow(int layer, int head, int position);
    void addTitle(const QString& title) { m_lines.append({title, {}, {}, true}); }
    void addRow(const QString& label, const QString& value, const QString& help) { m_lines.append({label, value, help, false}); }
    void showLines();

    AttentionModel* m_model;
    SelectionModel* m_selection;
    int m_key = -1;
    QLabel* m_title;
    QLabel* m_place;
    QWidget* m_grid;
    QGridLayout* m_gridLayout;
    QLabel* m_cellTitle;
    CellView* m_cell;
    QList<Line> m_lines, m_shownLines;
    QList<QLabel*> m_names, m_values;  ///< one a line; null values for titles
    QList<std::pair<QString, QString>> m_rows;
};

}  // namespace timberline::widgets
