// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/tree_diff.h"
#include "widgets/draft/tree_layout.h"
#include "widgets/shared/view.h"

#include <QRectF>

#include <functional>

namespace timberline::widgets {

/// Two draft trees over each other at one position of the text. A token that both drafted is filled, one of A alone has a solid outline,
/// one of B alone a dashed one; its mark says what became of it, with two marks where A and B differ. Arrow keys walk parent, child and
/// siblings, Home goes to the root, Page Up and Page Down ask for another position. Stands in a scroll area.
class TreeDiffView : public View
{
    Q_OBJECT
public:
    using Label = std::function<QString(TokenId token)>;
    explicit TreeDiffView(QWidget* parent = nullptr);

    /// @param nameA, nameB what the two runs are called.  @param label text of a token.
    void setDiff(record::TreeDiff diff, const QString& nameA, const QString& nameB, Label label);
    /// Back to the empty state, with the sentence that says what to do.
    void clear(const QString& sentence);
    [[nodiscard]] const record::TreeDiff& diff() const { return m_diff; }
    [[nodiscard]] int cursor() const { return m_cursor; }
    void setCursor(int node);
    /// Node under a point, -1 = none.
    [[nodiscard]] int nodeAt(const QPointF& position) const;
    [[nodiscard]] QRectF boxOf(int node) const;
    /// Every number of a node in words.
    [[nodiscard]] QString nodeText(int node) const;
    /// One sentence on the whole.
    [[nodiscard]] QString words() const;

    void paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const override;
    [[nodiscard]] QSizeF contentSize() const override { return naturalSize(font()); }
    [[nodiscard]] QSize sizeHint() const override { return naturalSize(font()).toSize(); }
    [[nodiscard]] QSize minimumSizeHint() const override { return naturalSize(font()).toSize(); }
    [[nodiscard]] QByteArray toCsv() const override;
    [[nodiscard]] QString summary() const override;

Q_SIGNALS:
    void cursorMoved(int node);
    void stepRequested(int positions);  ///< another position: -1 the previous, 1 the next one

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    struct Scale {
        double top = 0, column = 104, row = 30;
        double line = 16;
        double above = 0;  ///< rows above the root's
    };
    [[nodiscard]] Scale scaleFor(const QFont& font) const;
    [[nodiscard]] QSizeF naturalSize(const QFont& font) const;
    [[nodiscard]] QRectF boxOf(int node, const Scale& scale, const QFont& font) const;
    [[nodiscard]] QString labelOf(int node) const;
    [[nodiscard]] int marksOf(int node) const;
    void paintLegend(QPainter& painter, double width, const Scale& scale, const Theme& theme) const;
    void paintNode(QPainter& painter, int node, const Scale& scale, const Theme& theme) const;
    void paintEdges(QPainter& painter, const Scale& scale, const Theme& theme) const;
    [[nodiscard]] int neighbour(int key) const;

    record::TreeDiff m_diff;
    QString m_nameA, m_nameB;
    Label m_label;
    TreeLayout m_layout;
    int m_cursor = 0;
};

}  // namespace timberline::widgets
