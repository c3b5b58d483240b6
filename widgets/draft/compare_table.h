// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/shared/view.h"

#include <QByteArray>

#include <vector>

class QTableWidget;

namespace timberline::widgets {

/// A table of compared runs: a row each, the first column names it. Numbers stand right-aligned under headers with units; the best of a
/// column is bold and says so when pointed at.
struct CompareCells {
    struct Column {
        QString title;  ///< with its unit
        QString help;
        bool words = false;  ///< left-aligned
    };
    struct Cell {
        QString text;
        QString help;
        bool best = false;
    };
    std::vector<Column> columns;
    std::vector<std::vector<Cell>> rows;  ///< as many cells as columns
    QByteArray csv;                       ///< the same in full precision
};

/// The table as a real one on the screen, painted for export.
class CompareTable : public View
{
    Q_OBJECT
public:
    explicit CompareTable(QWidget* parent = nullptr);

    void setCells(CompareCells cells);
    /// Back to the empty state, with the sentence that says what to do.
    void clear(const QString& sentence);
    /// A comparison is under way: what is there already stays.
    void setRunning(bool on);
    void choose(int row);
    [[nodiscard]] QTableWidget* table() const { return m_table; }

    void paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const override;
    [[nodiscard]] QSizeF contentSize() const override;
    [[nodiscard]] QSize sizeHint() const override { return {480, 200}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {200, 60}; }
    [[nodiscard]] QByteArray toCsv() const override { return m_cells.csv.isEmpty() ? QByteArrayLiteral("method\n") : m_cells.csv; }
    [[nodiscard]] QString summary() const override;

Q_SIGNALS:
    void chosenChanged(int row);
    void opened(int row);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    [[nodiscard]] std::vector<double> widthsFor(const QFont& font) const;
    void fill();
    void refreshState();

    CompareCells m_cells;
    QTableWidget* m_table;
    bool m_running = false;
};

}  // namespace timberline::widgets
