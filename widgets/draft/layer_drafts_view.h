// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/draft_answers.h"
#include "widgets/shared/view.h"

#include <QPair>
#include <QRectF>

#include <optional>

namespace timberline::widgets {

/// What a cell of the matrix shows.
enum class LayerDraftValue { Committed, Acceptance, Cost };
[[nodiscard]] QString titleOf(LayerDraftValue value);

/// Every layer as a drafter of its own model: layers (the first at the bottom) by draft lengths, the cell of least cost marked. A click or
/// Return on a cell asks for a run with it. Arrow keys move the cursor, Home and End along a row, with Ctrl to the corners, B goes to the
/// best cell.
class LayerDraftsView : public View
{
    Q_OBJECT
public:
    explicit LayerDraftsView(QWidget* parent = nullptr);

    void setAnswer(record::LayerAcceptance answer);
    /// Back to the empty state, with the sentence that says what to do.
    void clear(const QString& sentence);
    void showWaiting();
    void showError(const QString& sentence, const QString& hint);
    [[nodiscard]] const std::optional<record::LayerAcceptance>& answer() const { return m_answer; }
    void setValue(LayerDraftValue value);
    /// Marks the cell that the set-up runs; layer 0 = none.
    void setInUse(int layer, int length);
    [[nodiscard]] QPair<int, int> cursor() const { return {m_layer, m_length}; }
    [[nodiscard]] double valueAt(int layer, int length) const;
    [[nodiscard]] QString cellText(int layer, int length) const;
    [[nodiscard]] QStringList words() const;
    /// Middle of a cell in the widget.
    [[nodiscard]] QPointF middleOf(int layer, int length) const;

    void paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const override;
    [[nodiscard]] QSizeF contentSize() const override { return {860, 400}; }
    [[nodiscard]] QSize sizeHint() const override { return {480, 240}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {280, 130}; }
    [[nodiscard]] QByteArray toCsv() const override;
    [[nodiscard]] QString summary() const override;

Q_SIGNALS:
    void cellChosen(int layer, int length);

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    struct Grid {
        QRectF legend, cells, words;
        double column = 0, row = 0;
        [[nodiscard]] QRectF cell(int layer, int length) const
        {
            return {cells.left() + (length - 1) * column, cells.bottom() - layer * row, column, row};
        }
    };
    [[nodiscard]] Grid gridOf(const QSizeF& size, const QFont& font) const;
    [[nodiscard]] QPair<int, int> cellAt(const QPointF& position) const;
    void moveTo(int layer, int length);
    void paintGrid(QPainter& painter, const Grid& grid, const Theme& theme) const;

    std::optional<record::LayerAcceptance> m_answer;
    LayerDraftValue m_value = LayerDraftValue::Committed;
    int m_layer = 0;  ///< cursor, 0 = none
    int m_length = 0;
    int m_usedLayer = 0;
    int m_usedLength = 0;
};

}  // namespace timberline::widgets
