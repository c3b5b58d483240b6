// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/attention/head_table_model.h"
#include "widgets/shared/selection.h"
#include "widgets/shared/view.h"

class QLabel;
class QLineEdit;
class QTableView;
class QToolButton;

namespace timberline::widgets {

/// All heads in a table that sorts by any statistic, with a search line and
/// chips. The current row is the selected head.
class HeadTableView : public View
{
    Q_OBJECT
public:
    HeadTableView(AttentionModel* model, SelectionModel* selection, QWidget* parent = nullptr);

    [[nodiscard]] HeadTableModel* tableModel() const { return m_heads; }
    [[nodiscard]] HeadSorter* sorter() const { return m_sorter; }
    [[nodiscard]] QTableView* table() const { return m_table; }
    [[nodiscard]] QLineEdit* search() const { return m_search; }
    [[nodiscard]] const QList<QToolButton*>& chips() const { return m_chips; }
    void sortBy(HeadStatistic statistic, Qt::SortOrder order);

    void paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const override;
    [[nodiscard]] QSizeF contentSize() const override;
    /// The rows as filtered and sorted, all columns: layer,head,kv_head,edit,
    /// then the statistics by their keys.
    [[nodiscard]] QByteArray toCsv() const override;
    [[nodiscard]] QString summary() const override;
    [[nodiscard]] QSize sizeHint() const override { return {520, 240}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {220, 140}; }

Q_SIGNALS:
    void menuRequested(int layer, int head, const QPoint& globalPosition);

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void buildControls(QWidget* parent);
    void refresh();
    void applyFilter();
    void followSelection();
    void sizeColumns();
    [[nodiscard]] QList<int> shownColumns() const;

    AttentionModel* m_model;
    SelectionModel* m_selection;
    HeadTableModel* m_heads;
    HeadSorter* m_sorter;
    QWidget* m_controls;
    QLineEdit* m_search = nullptr;
    QLabel* m_count = nullptr;
    QTableView* m_table;
    QList<QToolButton*> m_chips;
    bool m_following = false;
};

}  // namespace timberline::widgets
