// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/draft/tree_layout.h"
#include "widgets/shared/record_model.h"
#include "widgets/shared/selection.h"
#include "widgets/shared/view.h"

#include <QPointF>

#include <functional>

namespace timberline::widgets {

/// Maps tree units (column, row) to widget pixels. A value class with an exact inverse (test_tree_view).
struct TreeMapping {
    double zoom = 1;  ///< 1 = labels at the font's size
    QPointF offset;   ///< pixels of tree point (0, 0)
    double columnWidth = 104;
    double rowHeight = 30;

    [[nodiscard]] QPointF toPixel(double column, double row) const
    {
        return offset + QPointF(column * columnWidth, row * rowHeight) * zoom;
    }
    [[nodiscard]] QPointF toTree(const QPointF& pixel) const
    {
        return {(pixel.x() - offset.x()) / (columnWidth * zoom), (pixel.y() - offset.y()) / (rowHeight * zoom)};
    }
};

/// Nodes of a round that the hindsight bounds consist of.
struct RoundBounds {
    std::vector<std::int32_t> best, longest;
};

/// The draft tree: grows left to right, siblings top to bottom, edge width and node ink are probability. Stacked rounds form one long tree,
/// or one round is shown alone. Pan by dragging, zoom by the wheel, F fits, arrows walk parent, child and siblings, a click selects.
class TreeView : public View
{
    Q_OBJECT
public:
    TreeView(RecordModel* model, SelectionModel* selection, QWidget* parent = nullptr);

    enum class Arrangement { Stacked, SingleRound };
    void setArrangement(Arrangement arrangement);
    [[nodiscard]] Arrangement arrangement() const { return m_arrangement; }
    void setShowPruned(bool on);
    [[nodiscard]] bool showPruned() const { return m_options.showPruned; }

    /// Outlines the nodes of the best tree and of the longest path in the newest round shown; pruned candidates then show, as they may be
    /// among them.
    void setBoundsProvider(std::function<RoundBounds(int round)> provider) { m_bounds = std::move(provider); }
    void setShowBounds(bool on);

    void fit();
    /// Keeps the newest round in view while the run goes on.
    void setFollow(bool on);
    [[nodiscard]] bool follow() const { return m_follow; }
    void zoomBy(double factor, const QPointF& about);

    [[nodiscard]] const TreeLayout& treeLayout() const { return m_layout; }
    [[nodiscard]] const TreeMapping& mapping() const { return m_mapping; }
    /// Nodes whose marks lie inside the widget.
    [[nodiscard]] int visibleNodes() const;
    /// Index into treeLayout().nodes under a pixel, -1 = none.
    [[nodiscard]] int nodeAt(const QPointF& pixel) const;

    void paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const override;
    [[nodiscard]] QSizeF contentSize() const override;
    [[nodiscard]] QByteArray toCsv() const override;
    [[nodiscard]] QString summary() const override;
    [[nodiscard]] QSize sizeHint() const override { return {800, 420}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {320, 160}; }

Q_SIGNALS:
    void followChanged(bool on);
    void showPrunedChanged(bool on);
    void forceRequested(int round, int node);  ///< context menu: accept this node and see the other future
    void forkRequested(int round);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;

private:
    void relayout();
    void followNewest();
    void ensureVisible(int placed);
    void selectPlaced(int placed);
    [[nodiscard]] int selectedPlaced() const;
    [[nodiscard]] TreeMapping fittedMapping(const QSizeF& size) const;
    [[nodiscard]] QString nodeText(const PlacedNode& node) const;
    void paintHoverCard(QPainter& painter, const Theme& theme) const;
    [[nodiscard]] RoundBounds shownBounds() const;

    RecordModel* m_model;
    SelectionModel* m_selection;
    TreeLayoutOptions m_options;
    std::function<RoundBounds(int round)> m_bounds;
    bool m_showBounds = false;
    Arrangement m_arrangement = Arrangement::Stacked;
    TreeLayout m_layout;
    TreeMapping m_mapping;
    bool m_follow = true;
    bool m_userMoved = false;
    int m_hovered = -1;
    bool m_dragging = false;
    QPointF m_pressedAt;
    QPointF m_lastPosition;
};

/// Paints a layout (phase 2). Level of detail by pixels: labels from zoom 0.55, shapes from 0.3, dots and folded marks below.
struct TreePaintRequest {
    const TreeLayout* layout = nullptr;
    const RecordModel* model = nullptr;
    TreeMapping mapping;
    QSizeF size;
    int selected = -1;
    int hovered = -1;
    int lastShownRound = -1;
    RoundBounds bounds;  ///< of lastShownRound; empty = not outlined
};
void paintTree(QPainter& painter, const TreePaintRequest& request, const Theme& theme);

}  // namespace timberline::widgets
