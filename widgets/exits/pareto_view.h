// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/exits/exit_model.h"
#include "widgets/plot/plot_view.h"

#include <QString>
#include <QTimer>

#include <vector>

namespace timberline::widgets {

/// Cost against quality over the settings of every policy: the front, the oracles, what the run did, the setting that is tried out, and a
/// budget. Points come from cached readings, one policy a turn of the event loop, so that a long sweep never holds up a frame. A click on a
/// point (or the arrow keys and Enter) tries it out. While a run grows a sweep ends before the next one begins, so that there is always a
/// picture.
class ParetoView : public PlotView
{
    Q_OBJECT
public:
    struct Series {
        ExitChoice choice;
        QString title;
    };
    explicit ParetoView(ExitModel* model, QWidget* parent = nullptr);

    /// Policies that are swept; the order gives colour and shape.
    void setSeries(std::vector<Series> series);
    void setCost(ExitCostKind cost);
    void setQuality(ExitQualityKind quality);
    [[nodiscard]] ExitCostKind cost() const { return m_cost; }
    [[nodiscard]] ExitQualityKind quality() const { return m_quality; }
    /// Share of the full cost that may be spent; 1 or more = no budget.
    void setBudget(double share);
    /// The best point within the budget, or null.
    [[nodiscard]] const ExitCurvePoint* bestWithinBudget() const;

    struct Point {
        ExitCurvePoint point;
        int series = -1;  ///< -1 = oracle, -2 = budget thresholds
    };
    [[nodiscard]] const std::vector<Point>& points() const { return m_points; }
    [[nodiscard]] const ExitFront& front() const { return m_front; }
    /// Nothing is left to compute.
    [[nodiscard]] bool isComplete() const { return !m_timer.isActive(); }
    [[nodiscard]] QString pointText(const Point& point) const;
    /// Tries a point out.
    void take(int point);

    void paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const override;
    [[nodiscard]] QByteArray toCsv() const override;
    [[nodiscard]] QString summary() const override;

Q_SIGNALS:
    void pointTaken(const QString& policy, const QString& key, double setting);
    void completed();

protected:
    void rebuild(QCustomPlot& plot, const Theme& theme) const override;
    void laidOut(const QCustomPlot& plot) const override;
    bool event(QEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void restart();
    void grow();
    void showState();
    void nextPart();
    void finish();
    [[nodiscard]] int nearest(const QPointF& at) const;
    [[nodiscard]] QString seriesTitle(const Point& point) const;
    [[nodiscard]] double qualityOf(const ExitFigures& figures) const;
    [[nodiscard]] double costOf(const ExitFigures& figures) const;
    void plotFront(QCustomPlot& plot, const Theme& theme) const;
    void arrangeLegend(QCustomPlot& plot) const;
    void plotWorkingPoints(QCustomPlot& plot, const Theme& theme) const;

    ExitModel* m_model;
    std::vector<Series> m_series;
    ExitCostKind m_cost = ExitCostKind::Flops;
    ExitQualityKind m_quality = ExitQualityKind::Agreement;
    double m_budget = 1;
    std::vector<Point> m_points;      ///< complete, shown
    std::vector<Point> m_collecting;  ///< being computed
    std::size_t m_next = 0;
    bool m_again = false;           ///< readings came while a sweep was under way
    ExitChoice m_sweptWith;         ///< what budgets and oracles depend on: the choice without its handle
    quint64 m_sweptGeneration = 0;  ///< of the record
    std::size_t m_sweptRows = 0;
    ExitFront m_front;
    int m_cursor = -1;  ///< index into the front
    QTimer m_timer;
    mutable double m_paintWidth = 480;  ///< of the painting that goes on, for the legend
    mutable QRectF m_axes;              ///< pixels of the axis rectangle as last drawn
    mutable QPointF m_low, m_high;
};

}  // namespace timberline::widgets
