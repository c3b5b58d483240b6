// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/draft/lane_times.h"
#include "widgets/draft/refolded_view.h"
#include "widgets/shared/selection.h"

namespace timberline::widgets {

/// Draft and target as two lanes on one axis of milliseconds, from the times that a round recorded: blocks named PRE or POST, revoked
/// blocks hatched, a bar between the lanes where both worked at once, what each lane idled in percent beside it. Follows the round that is
/// looked at. Left, Right, Home, End and a click go to a round; the wheel, + and - zoom, Shift and the wheel or Page Up and Page Down move,
/// 0 shows the whole run, F follows again.
class LanesView : public RefoldedView
{
    Q_OBJECT
public:
    LanesView(RecordModel* model, SelectionModel* selection, QWidget* parent = nullptr);

    /// No more than the plot of round times, whose place it takes.
    [[nodiscard]] QSize minimumSizeHint() const override { return {160, 120}; }
    /// Whether any round of the record holds times of two lanes; looks at new rounds only, also while the view is hidden.
    [[nodiscard]] bool hasLanes() const { return m_found; }
    [[nodiscard]] const Lanes& lanes() const;
    [[nodiscard]] QString roundText(const LaneRound& round) const;
    /// The numbers: overlap in ms and percent, idle shares, what was left out.
    [[nodiscard]] QStringList words() const;
    /// ms shown, of the widget as it stands.
    [[nodiscard]] LaneBlock window() const;
    /// Middle of a round's block in the widget.
    [[nodiscard]] QPointF middleOf(int round, bool draft) const;

    void paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const override;
    [[nodiscard]] QSizeF contentSize() const override { return {860, 240}; }
    [[nodiscard]] QByteArray toCsv() const override;
    [[nodiscard]] QString summary() const override;

Q_SIGNALS:
    void hasLanesChanged();

protected:
    bool event(QEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void refold() override;

private:
    struct Places {
        QRectF numbers, legend, lanes, draft, target, axis, overview;
        double labels = 0;          ///< width of the lanes' names, left of `lanes`
        double idle = 0;            ///< width of the idle shares, right of `lanes`
        double from = 0, span = 1;  ///< ms shown
        [[nodiscard]] double x(double ms) const { return lanes.left() + (ms - from) / span * lanes.width(); }
        [[nodiscard]] double ms(double x) const { return from + (x - lanes.left()) / lanes.width() * span; }
    };
    [[nodiscard]] Places placesOf(const QSizeF& size, const QFont& font) const;
    void look();
    [[nodiscard]] int roundAt(const QPointF& position) const;
    void goTo(std::size_t entry);
    void zoomBy(double factor, double at);
    void moveTo(double from, double span);
    [[nodiscard]] QString numbersFor(double width, const QFontMetricsF& metrics) const;
    void paintNumbers(QPainter& painter, const Places& places, const Theme& theme) const;
    void paintAxis(QPainter& painter, const Places& places, const Theme& theme) const;
    void paintBlocks(QPainter& painter, const Places& places, const Theme& theme) const;
    /// In the block, or beside it up to `free`, where there is room.
    void paintName(QPainter& painter, const QRectF& block, double free, const LaneRound& round, bool draft, const Theme& theme) const;
    void paintColumns(QPainter& painter, const Places& places, const Theme& theme) const;
    void paintBlock(QPainter& painter, const QRectF& block, const LaneRound& round, bool draft, const Theme& theme) const;

    SelectionModel* m_selection;
    Lanes m_lanes;
    std::pair<quint64, int> m_folded{0, -1};  ///< record and rounds that m_lanes stands for
    double m_from = 0;
    double m_span = 0;  ///< 0 = follow the round that is looked at, at a scale at which blocks can be read
    bool m_found = false;
    quint64 m_looked = 0;  ///< record that was looked through for lanes, and how far
    int m_lookedRounds = 0;
};

}  // namespace timberline::widgets
