// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/attention/attention_model.h"
#include "widgets/plot/colour_map.h"
#include "widgets/shared/selection.h"
#include "widgets/shared/view.h"

#include <QImage>

#include <optional>

namespace timberline::widgets {

/// Every head of the model at once: layers down, heads across, one cell each,
/// coloured by a statistic. A cell shows the mean of the head, or the statistic
/// along the text as a strip, or a thumbnail of its map, as far as there is
/// room. Brackets join the query heads that share one key and value head. Heads
/// that an edit changes carry its sign. A click or the arrow keys select a
/// head.
class EntropyMapView : public View
{
    Q_OBJECT
public:
    enum class Cells { Auto, Mean, AlongText, Maps };

    EntropyMapView(AttentionModel* model, SelectionModel* selection, QWidget* parent = nullptr);

    void setStatistic(HeadStatistic statistic);
    [[nodiscard]] HeadStatistic statistic() const { return m_statistic; }
    /// What entropies are shown in: numbers and legend; the CSV keeps nats.
    void setUnit(EntropyUnit unit);
    [[nodiscard]] EntropyUnit unit() const { return m_unit; }
    /// Auto: along the text where a cell has room for a strip, else the mean.
    void setCells(Cells cells);
    [[nodiscard]] Cells cells() const { return m_cells; }
    /// The answer to thumbnailsNeeded; nothing to forget the last one.
    void setThumbnails(std::optional<record::AttentionThumbnails> thumbnails);
    /// 1 = everything in sight; up to 16.
    void setZoom(double zoom);
    [[nodiscard]] double zoom() const { return m_zoom; }

    void paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const override;
    [[nodiscard]] QSizeF contentSize() const override;
    /// A line a row of attention:
    /// layer,head,position,entropy_nats,visible,sink,distance, as data/heads.csv.
    [[nodiscard]] QByteArray toCsv() const override;
    [[nodiscard]] QString summary() const override;
    [[nodiscard]] QSize sizeHint() const override { return {460, 420}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {220, 180}; }

    /// Where a head's cell stands on screen.
    [[nodiscard]] QRectF cellRect(int layer, int head) const;
    /// What a cell says on hover.
    [[nodiscard]] QString cellText(int layer, int head) const;

Q_SIGNALS:
    /// The cells show maps, but there are none for the present text.
    void thumbnailsNeeded();
    void zoomChanged(double zoom);
    /// The menu of a head was asked for: with the right mouse button or the Menu
    /// key.
    void menuRequested(int layer, int head, const QPoint& globalPosition);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    bool event(QEvent* event) override;

private:
    /// Geometry of the grid in a size and font.
    struct Grid {
        QRectF area;  ///< where cells are seen
        double cellWidth = 0, cellHeight = 0, gap = 2;
        QPointF origin;  ///< top left of head 0 of layer 0
        double bracket = 0, header = 0;
        [[nodiscard]] QRectF cell(int layer, int head) const
        {
            return {origin.x() + head * cellWidth, origin.y() + layer * cellHeight, cellWidth - gap, cellHeight - gap};
        }
    };
    [[nodiscard]] Grid gridFor(const QSizeF& size, const QFont& font, double zoom, const QPointF& offset) const;
    [[nodiscard]] Grid screenGrid() const;
    [[nodiscard]] Cells contentOf(const Grid& grid) const;
    [[nodiscard]] ColourScale scaleFor(Cells content, const Theme& theme) const;
    void refresh();
    void paintGrid(QPainter& painter, const Grid& grid, const QSizeF& size, const Theme& theme, bool interactive) const;
    void paintHeadings(QPainter& painter, const Grid& grid, const Theme& theme) const;
    void paintCell(QPainter& painter, const QRectF& cell, int layer, int head, Cells content, const ColourScale& scale,
                   const Theme& theme) const;
    void paintStrip(QPainter& painter, const QRectF& cell, int layer, int head, const ColourScale& scale, const Theme& theme) const;
    void paintThumbnail(QPainter& painter, const QRectF& cell, int layer, int head, const ColourScale& scale, const Theme& theme) const;
    void paintMark(QPainter& painter, const QRectF& cell, const HeadMark& mark, const Theme& theme) const;
    void paintLegend(QPainter& painter, const QSizeF& size, Cells content, const ColourScale& scale, const Theme& theme) const;
    [[nodiscard]] std::pair<int, int> headAt(const QPointF& position) const;
    void selectHead(int layer, int head);
    void moveBy(const QPointF& delta);
    void bringIntoSight(int layer, int head);

    AttentionModel* m_model;
    SelectionModel* m_selection;
    HeadStatistic m_statistic = HeadStatistic::NormalisedEntropy;
    EntropyUnit m_unit = EntropyUnit::Nats;
    Cells m_cells = Cells::Auto;
    std::optional<record::AttentionThumbnails> m_thumbnails;
    double m_zoom = 1;
    QPointF m_offset;  ///< scrolled by, in pixels
    std::pair<int, int> m_hovered{-1, -1};
    QPointF m_pressed, m_last;
    bool m_dragging = false;

    /// Columns of the strips, one image row a head; made again when what they
    /// show has changed.
    struct Strips {
        QImage image;
        HeadStatistic statistic = HeadStatistic::NormalisedEntropy;
        int positions = -1, columns = 0;
        quint64 revision = 0;
        QString theme;
    };
    const QImage& strips(int columns, const ColourScale& scale, const Theme& theme) const;
    mutable Strips m_strips;
    quint64 m_revision = 0;
};

}  // namespace timberline::widgets
