// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/attention/attention_model.h"
#include "widgets/attention/map_tiles.h"
#include "widgets/shared/selection.h"
#include "widgets/shared/view.h"

#include <functional>
#include <list>

namespace timberline::widgets {

/// Rows of one head's map that a view needs.
struct MapRequest {
    int layer = 0, head = 0, firstQuery = 0, queries = 0;
    bool base = false;  ///< the unchanged model's rows too
    friend bool operator==(const MapRequest&, const MapRequest&) = default;
};

/// The selected head large: its map as cells with the text on both axes
/// (queries down, keys across), or as lines between two columns of tokens. Rows
/// arrive in tiles: the first ones soon, then the rest; rows that are not there
/// are hatched. Pointing at a cell, a query or a key lights all three, and a
/// token pointed at elsewhere lights its row. Arrow keys walk cells.
class HeadView : public View
{
    Q_OBJECT
public:
    enum class Style { Heat, Arcs };

    HeadView(AttentionModel* model, SelectionModel* selection, QWidget* parent = nullptr);

    /// Called with what is missing; answered by addMap or mapFailed, or never.
    /// One request at a time; the newest counts.
    void setProvider(std::function<void(const MapRequest&)> provider);
    void addMap(const record::AttentionMap& map);
    void mapFailed(const QString& sentence, const QString& hint);
    /// What was computed no longer holds: the edits or the model are others.
    void forgetMaps();
    /// Asks for the unchanged model's rows as well.
    void setBaseWanted(bool on);
    /// Maps that the record keeps were made with what is set now, so that they may be shown. On at the start.
    void setKeptValid(bool on) { m_keptValid = on; }
    /// A run goes on, so that nothing that is asked for comes before its end.
    void setRunning(bool on);

    void setStyle(Style style);
    [[nodiscard]] Style style() const { return m_style; }
    /// Which numbers are drawn. Base and difference fall back to the weights
    /// while there is no base.
    void setValue(MapTiles::Value value);
    [[nodiscard]] MapTiles::Value value() const { return m_value; }
    /// Square root (small weights can be told apart) or linear colours.
    void setRoot(bool on);
    [[nodiscard]] bool root() const { return m_root; }
    void setZoom(double zoom);
    [[nodiscard]] double zoom() const { return m_zoom; }

    [[nodiscard]] int layer() const { return m_layer; }
    [[nodiscard]] int head() const { return m_head; }
    /// The selected cell; -1 = none. The query is the selected token.
    [[nodiscard]] int query() const { return m_selection->current().token < m_model->positions() ? m_selection->current().token : -1; }
    [[nodiscard]] int key() const { return m_key; }
    void selectCell(int query, int key);
    [[nodiscard]] const MapTiles& tiles() const { return m_tiles; }
    [[nodiscard]] QString cellText(int query, int key) const;
    /// Where a cell of the map, a query's label and a key's label stand on
    /// screen.
    [[nodiscard]] QRectF cellRect(int query, int key) const;
    [[nodiscard]] QRectF queryRect(int query) const;
    [[nodiscard]] QRectF keyRect(int key) const;

    void paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const override;
    [[nodiscard]] QSizeF contentSize() const override;
    [[nodiscard]] QByteArray toCsv() const override;
    [[nodiscard]] QString summary() const override;
    [[nodiscard]] QSize sizeHint() const override { return {460, 420}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {220, 180}; }

Q_SIGNALS:
    void cellChosen(int layer, int head, int query, int key);
    void headChanged();

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

private:
    struct Heat {
        QRectF area;  ///< where cells are seen
        double cell = 1;
        QPointF origin;            ///< top left of cell (0, 0)
        double left = 0, top = 0;  ///< room for labels
        [[nodiscard]] QRectF rect(int query, int key) const { return {origin.x() + key * cell, origin.y() + query * cell, cell, cell}; }
    };
    struct Arcs {
        double line = 1, column = 1, top = 0, bottom = 0, right = 0;
        int first = 0, shown = 0;  ///< positions
        [[nodiscard]] double y(int position) const { return top + (position - first + 0.5) * line; }
    };
    struct Point {
        int query = -1, key = -1;
        friend bool operator==(const Point&, const Point&) = default;
    };
    struct Kept {
        int layer, head;
        MapTiles tiles;
    };

    void refresh();
    void followSelection();
    void takeHead(int layer, int head);
    void askForMissing();
    /// What the record keeps of this head becomes its rows.
    void takeKept();
    void updateState();
    [[nodiscard]] MapTiles::Value shownValue() const;
    [[nodiscard]] ColourScale scaleFor(const Theme& theme) const;
    [[nodiscard]] Heat heatFor(const QSizeF& size, const QFont& font, double zoom, const QPointF& offset) const;
    [[nodiscard]] Arcs arcsFor(const QSizeF& size, const QFont& font, int first) const;
    [[nodiscard]] double captionHeight(const QFont& font) const;
    [[nodiscard]] Point pointAt(const QPointF& position) const;
    [[nodiscard]] Point active() const;
    void paintView(QPainter& painter, const QSizeF& size, const Theme& theme, bool interactive) const;
    void paintCaption(QPainter& painter, const QSizeF& size, const Theme& theme) const;
    void paintLegend(QPainter& painter, const QSizeF& size, const Theme& theme) const;
    void paintHeat(QPainter& painter, const Heat& heat, const Theme& theme, bool interactive) const;
    void paintCells(QPainter& painter, const Heat& heat, const Theme& theme) const;
    void paintHeatLabels(QPainter& painter, const Heat& heat, const Theme& theme, const Point& lit) const;
    void paintArcs(QPainter& painter, const Arcs& arcs, const QSizeF& size, const Theme& theme, bool interactive) const;
    void paintLines(QPainter& painter, const Arcs& arcs, double from, double to, const Theme& theme, const Point& lit) const;
    void paintColumn(QPainter& painter, const Arcs& arcs, const QRectF& column, bool queries, const Theme& theme, const Point& lit) const;
    void moveBy(const QPointF& delta);
    void bringIntoSight();

    AttentionModel* m_model;
    SelectionModel* m_selection;
    std::function<void(const MapRequest&)> m_provider;
    Style m_style = Style::Heat;
    MapTiles::Value m_value = MapTiles::Value::Weight;
    bool m_root = true;
    bool m_baseWanted = false;
    bool m_keptValid = true;
    bool m_running = false;
    int m_layer = -1, m_head = -1, m_key = -1;
    MapTiles m_tiles;
    std::list<Kept> m_kept;  ///< heads looked at before, newest first
    std::optional<MapRequest> m_asked;
    QString m_failure, m_failureHint;
    double m_zoom = 1;
    QPointF m_offset;
    int m_firstLine = 0;  ///< of the arcs
    Point m_hovered;
    QPointF m_pressed, m_last;
    bool m_dragging = false;

    /// The cells as last drawn.
    struct Picture {
        QImage image;
        QRect window;
        QSize pixels;
        quint64 revision = 0;
        QString theme;
    };
    mutable Picture m_picture;
    quint64 m_revision = 1;
};

}  // namespace timberline::widgets
