// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/attention/attention_model.h"
#include "widgets/shared/view.h"

#include <optional>

namespace timberline::widgets {

/// How one weight came about: query and key dimension by dimension with their
/// products, from the sum to the score to the weight, and the streaming
/// recurrence over the row, tile by tile; for a method whose weights are no
/// softmax its name instead of both. Left and Right walk dimensions, Up and Down
/// tiles.
class CellView : public View
{
    Q_OBJECT
public:
    explicit CellView(AttentionModel* model, QWidget* parent = nullptr);

    void setCell(record::AttentionCell cell);
    void setWaiting();
    void cellFailed(const QString& sentence, const QString& hint);
    void clearCell();
    [[nodiscard]] const std::optional<record::AttentionCell>& cell() const { return m_cell; }
    [[nodiscard]] int tile() const { return m_tile; }
    [[nodiscard]] int dimension() const { return m_dimension; }
    [[nodiscard]] QString dimensionText(int dimension) const;
    [[nodiscard]] QString tileText(int tile) const;
    /// First and last position of a tile's keys.  Precondition: there is a cell, and it has this tile.
    [[nodiscard]] std::pair<int, int> tileKeys(int tile) const;
    /// What stands between the dimensions and the tiles, line by line.
    [[nodiscard]] QList<std::pair<QString, QString>> steps() const;

    void paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const override;
    [[nodiscard]] QSizeF contentSize() const override;
    /// dimension,query,key,product: a line a dimension of the head.
    [[nodiscard]] QByteArray toCsv() const override;
    /// Everything: the numbers, the dimensions and the tiles.
    [[nodiscard]] QByteArray toJson() const override;
    [[nodiscard]] QString summary() const override;
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return {200, sizeHint().height()}; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

private:
    struct Layout {
        QRectF products, vectors, steps, tiles;
        double line = 1;
        int firstTile = 0, tilesShown = 0;
    };
    [[nodiscard]] Layout layoutFor(double width, const QFont& font) const;
    [[nodiscard]] int dimensionAt(const QPointF& point) const;
    [[nodiscard]] int tileAt(const QPointF& point) const;
    void paintCell(QPainter& painter, double width, const Theme& theme, bool interactive) const;
    void paintBars(QPainter& painter, const QRectF& area, const std::vector<float>& first, const std::vector<float>* second,
                   const Theme& theme, int lit) const;
    void paintTiles(QPainter& painter, const Layout& layout, const Theme& theme, bool interactive) const;
    [[nodiscard]] std::vector<float> products() const;

    AttentionModel* m_model;
    std::optional<record::AttentionCell> m_cell;
    bool m_waiting = false;
    int m_dimension = -1, m_hoveredDimension = -1;
    int m_tile = 0;
};

}  // namespace timberline::widgets
