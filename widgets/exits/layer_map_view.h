// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/exits/exit_channel.h"
#include "widgets/exits/exit_model.h"
#include "widgets/exits/layer_map_painter.h"
#include "widgets/shared/selection.h"
#include "widgets/shared/view.h"

#include <QPoint>

class QScrollBar;

namespace timberline::widgets {

/// The exit map: layers up, tokens across; each cell what the layer would have said, on a tint of a chosen reading. The stepped line is
/// where the computation ends under the policy that is tried out.
/// Arrow keys move the cursor, Home and End go to the ends of the text, Page Up and Page Down ten tokens on, E to the exit of the column,
/// Shift with Up and Down moves the threshold, + and - zoom, F fits. Wheel scrolls, Ctrl+wheel zooms.
class LayerMapView : public View
{
    Q_OBJECT
public:
    LayerMapView(ExitModel* model, SelectionModel* selection, QWidget* parent = nullptr);

    void setChannel(ExitChannel channel);
    [[nodiscard]] ExitChannel channel() const { return m_channel; }
    void setShowSources(bool on);
    [[nodiscard]] bool showSources() const { return m_sources; }
    /// Words for the caption: policy and setting.
    void setPolicyText(const QString& text);
    /// Keeps the newest token in view while a run grows.
    void setFollow(bool on);
    [[nodiscard]] bool follow() const { return m_follow; }
    /// All columns at once.
    void fit();
    /// @param about x in the view that keeps its place.
    void zoomBy(double factor, double about);
    /// Columns wide enough to read their tokens.
    void resetZoom();

    [[nodiscard]] LayerMapLayout mapLayout() const;
    /// Selects a cell; the layer may be -1 for the column alone.
    void selectCell(int row, int layer);
    [[nodiscard]] QString cellText(int row, int layer) const;

    void paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const override;
    [[nodiscard]] QSizeF contentSize() const override;
    [[nodiscard]] QByteArray toCsv() const override;
    [[nodiscard]] QString summary() const override;
    [[nodiscard]] QSize sizeHint() const override { return {720, 360}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {320, 200}; }

Q_SIGNALS:
    void followChanged(bool on);
    void thresholdStepRequested(int steps);  ///< Shift+Up and Shift+Down

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    void refresh();
    void refreshScrollBar();
    void scrollBy(const QPointF& pixels);
    void ensureVisible(int row, int layer);
    [[nodiscard]] int selectedRow() const;
    [[nodiscard]] int selectedLayer() const;
    [[nodiscard]] LayerMapSizes sizesFor(const QFont& font, double width) const;
    [[nodiscard]] double readingWidth(const QFont& font) const;
    [[nodiscard]] QString columnText(int row) const;
    [[nodiscard]] QString rowText(int layer) const;

    ExitModel* m_model;
    SelectionModel* m_selection;
    QScrollBar* m_bar;
    ExitChannel m_channel = ExitChannel::Probability;
    bool m_sources = true;
    bool m_follow = true;
    bool m_fitted = false;     ///< all columns stay in view
    double m_columnWidth = 0;  ///< 0 = reading width
    QPointF m_scroll;
    QString m_policyText;
    int m_hoveredRow = -1;
    int m_hoveredLayer = -1;
    QPointF m_pressedAt;
    QPointF m_lastPosition;
    bool m_dragging = false;
};

}  // namespace timberline::widgets
