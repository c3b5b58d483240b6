// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/shared/view.h"

#include <QPair>
#include <QRectF>

#include <functional>
#include <limits>
#include <optional>
#include <vector>

namespace timberline::widgets {

struct ColourScale;

/// A hyperparameter that a sweep varies.
struct SweepAxis {
    QString key;         ///< for CSV
    QString label;       ///< translated
    QString unit;        ///< empty for pure numbers
    QStringList values;  ///< as shown, at least one
};

/// One point of a sweep, as plain numbers (core/run/sweep.h measures them). NaN = not measured.
struct SweepCell {
    static constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
    bool done = false;
    QString refused;                                                  ///< why it could not run; empty = it ran
    double speedUp = kNone, speedUpLow = kNone, speedUpHigh = kNone;  ///< ratio of medians; quartiles of the paired runs
    double rate = kNone, rateLow = kNone, rateHigh = kNone;           ///< tokens/s: median and quartiles
    double plainRate = kNone;                                         ///< tokens/s of plain decoding beside it
    double accepted = kNone;                                          ///< tokens a pass of the target
    double acceptance = kNone;                                        ///< share of the drafted tokens
    int tokens = 0, rounds = 0, repeats = 0;
};

/// What the view shows.
struct SweepData {
    std::vector<SweepAxis> axes;   ///< one or two
    std::vector<SweepCell> cells;  ///< all points, also those that have not run; the last axis varies fastest
    bool running = false;
    QString method;  ///< what was swept, for the words: "Draft-model chain"
};

enum class SweepMetric { SpeedUp, Accepted, Acceptance, Rate };
[[nodiscard]] QString titleOf(SweepMetric metric);
[[nodiscard]] QString unitOf(SweepMetric metric);

/// Speed-up, acceptance or speed over one hyperparameter (points with quartile bars) or two (a heat map), growing point by point. Cells
/// slower than plain decoding are hatched and parted from the others by a contour; the best one carries a star; what could not run is
/// crossed out and says why. Arrow keys move a cursor with the exact numbers, Home and End along the row, with Ctrl to the corners, B to
/// the best; a click or Return asks to use the values.
class SweepView : public View
{
    Q_OBJECT
public:
    explicit SweepView(QWidget* parent = nullptr);

    /// The cursor stays where it is when the axes are the same.
    void setSweep(SweepData swept);
    void clear(const QString& sentence);
    void showError(const QString& sentence, const QString& hint);
    [[nodiscard]] const std::optional<SweepData>& sweep() const { return m_data; }
    void setMetric(SweepMetric metric);
    [[nodiscard]] SweepMetric metric() const { return m_metric; }
    /// Frames the point that the set-up stands at, by index into its cells; -1 = none.
    void setInUse(int cell);
    [[nodiscard]] int cursor() const { return m_cursor; }  ///< index into the cells, -1 = none
    [[nodiscard]] int finished() const;                    ///< points that ran or were refused
    [[nodiscard]] double valueOf(int cell) const;          ///< in the metric shown
    [[nodiscard]] int best() const;                        ///< of the metric shown, -1 = none
    /// How many other points' speed-ups reach into the quartiles of this one: their order may be noise.
    [[nodiscard]] int withinNoise(int cell) const;
    [[nodiscard]] QString placeText(int cell) const;  ///< "draft length 4, tree width 2"
    [[nodiscard]] QString cellText(int cell) const;
    [[nodiscard]] QStringList words() const;
    /// Middle of a cell in the widget.
    [[nodiscard]] QPointF middleOf(int cell) const;

    void paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const override;
    [[nodiscard]] QSizeF contentSize() const override { return {860, 400}; }
    [[nodiscard]] QSize sizeHint() const override { return {480, 200}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {260, 110}; }
    [[nodiscard]] QByteArray toCsv() const override;
    [[nodiscard]] QString summary() const override;

Q_SIGNALS:
    void cellChosen(int cell);
    void cursorMoved();

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    struct Grid {
        QRectF legend, cells, words;
        double column = 0, row = 0;
    };
    [[nodiscard]] int columns() const;
    [[nodiscard]] int rows() const;
    [[nodiscard]] int cellOf(int column, int row) const { return column * rows() + row; }
    [[nodiscard]] QPair<double, double> range() const;  ///< of the values shown: ends of the colours and of the vertical axis
    [[nodiscard]] Grid gridOf(const QSizeF& size, const QFont& font) const;
    [[nodiscard]] QRectF rectOf(const Grid& grid, int cell) const;
    [[nodiscard]] int cellAt(const QPointF& position) const;
    void moveTo(int cell);
    [[nodiscard]] QString shown(double value, int extraDigits = 0) const;
    void paintLegend(QPainter& painter, const Grid& grid, const Theme& theme) const;
    void paintHorizontalAxis(QPainter& painter, const Grid& grid, const Theme& theme) const;
    void paintMap(QPainter& painter, const Grid& grid, const Theme& theme) const;
    void paintCell(QPainter& painter, const QRectF& cell, int index, const ColourScale& scale, const Theme& theme) const;
    void paintContour(QPainter& painter, const Grid& grid, const Theme& theme) const;
    void paintRowLabels(QPainter& painter, const Grid& grid, const Theme& theme) const;
    void paintLine(QPainter& painter, const Grid& grid, const Theme& theme) const;
    void paintPoints(QPainter& painter, const Grid& grid, const std::function<double(double)>& y, const Theme& theme) const;
    void paintPoint(QPainter& painter, int cell, const QPointF& at, double radius, const std::function<double(double)>& y,
                    const Theme& theme) const;
    static void paintStar(QPainter& painter, const QPointF& centre, double radius, const Theme& theme);
    void paintRefused(QPainter& painter, const QRectF& cell, const Theme& theme) const;

    std::optional<SweepData> m_data;
    SweepMetric m_metric = SweepMetric::SpeedUp;
    int m_cursor = -1;
    int m_inUse = -1;
};

}  // namespace timberline::widgets
