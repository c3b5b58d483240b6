// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/record.h"
#include "widgets/shared/view.h"

#include <QElapsedTimer>
#include <QRectF>
#include <QTimer>

#include <vector>

namespace timberline::widgets {

/// One way to decode, as it stands on the clock.
struct CompareLane {
    QString label;
    record::RecordPtr record;  ///< null: not run yet, or it could not run
    QString error;             ///< why it could not run
    bool plain = false;        ///< the baseline
};

/// Several ways to decode the same text on one clock: a lane each, rounds as blocks of draft, verification and overhead from the start of
/// decoding on, committed tokens as ticks below them. A clock hand crosses all lanes: each says how many tokens it has written by then and
/// shows the end of its text. Drag it; Left and Right go to the previous and next moment at which any lane commits, with Ctrl ten of them,
/// Home and End to the ends; Space lets it run at `pace`; Up and Down choose a lane, Return opens it.
class CompareView : public View
{
    Q_OBJECT
public:
    explicit CompareView(QWidget* parent = nullptr);

    /// Keeps the clock when the lanes reach as far as before, else stands at the end.
    void setLanes(std::vector<CompareLane> lanes);
    [[nodiscard]] const std::vector<CompareLane>& lanes() const { return m_lanes; }
    /// A lane that is running now with its part done, -1 = none.
    void setRunning(int lane, double fraction);
    /// What stands there while there are no lanes.
    void showEmpty(const QString& sentence);

    [[nodiscard]] double clock() const { return m_clock; }  ///< milliseconds since the start of decoding
    void setClock(double milliseconds);
    [[nodiscard]] double end() const { return m_end; }  ///< of the slowest lane
    [[nodiscard]] int chosen() const { return m_chosen; }
    void choose(int lane);
    [[nodiscard]] bool playing() const { return m_play.isActive(); }
    void setPlaying(bool on);
    /// Milliseconds of the clock for one of the wall: 1 = as it was.
    void setPace(double pace) { m_pace = pace; }

    [[nodiscard]] int tokensAt(int lane, double milliseconds) const;
    [[nodiscard]] int tokensOf(int lane) const;
    /// The last words that a lane has written at a moment.
    [[nodiscard]] QString tailAt(int lane, double milliseconds) const;
    [[nodiscard]] double totalOf(int lane) const;
    [[nodiscard]] QString momentText() const;

    void paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const override;
    [[nodiscard]] QSizeF contentSize() const override;
    [[nodiscard]] QSize sizeHint() const override { return {640, heightFor(m_lanes.size())}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {260, heightFor(m_lanes.size())}; }
    [[nodiscard]] QByteArray toCsv() const override;
    [[nodiscard]] QString summary() const override;

Q_SIGNALS:
    void chosenChanged(int lane);
    void clockChanged(double milliseconds);
    void playingChanged(bool on);
    void opened(int lane);

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    struct Block {
        int round = 0;
        double start = 0, draft = 0, verify = 0, overhead = 0;  ///< ms
        int kept = 0;
        int tokens = 0;      ///< of the lane when it is through
        bool extra = false;  ///< the last of the kept tokens is the target's own
        [[nodiscard]] double end() const { return start + draft + verify + overhead; }
    };
    /// A lane's record, folded once.
    struct Track {
        std::vector<Block> blocks;  ///< ascending
        std::vector<TokenId> ids;
        double total = 0;
        bool timed = false;
    };
    struct Places {
        QRectF legend, lanes, axis;
        double left = 0, width = 1;  ///< of the clock
        double lane = 0;             ///< height
    };
    [[nodiscard]] static Track trackOf(const record::Record& record);
    [[nodiscard]] int heightFor(std::size_t lanes) const;
    [[nodiscard]] Places placesOf(const QSizeF& size, const QFont& font) const;
    [[nodiscard]] double xOf(const Places& places, double milliseconds) const;
    [[nodiscard]] int laneAt(const Places& places, const QPointF& position) const;
    [[nodiscard]] QString laneText(int lane) const;
    [[nodiscard]] QString tipAt(const QPointF& position) const;
    void stepClock(int steps);
    void tick();
    void refreshState();
    void paintLegend(QPainter& painter, const Places& places, const Theme& theme) const;
    void paintLane(QPainter& painter, const Places& places, int lane, const Theme& theme) const;
    void paintBlocks(QPainter& painter, const Places& places, const Track& track, const QRectF& bar, const Theme& theme) const;
    void paintAxis(QPainter& painter, const Places& places, const Theme& theme) const;

    std::vector<CompareLane> m_lanes;
    std::vector<Track> m_tracks;
    double m_end = 0;
    double m_clock = 0;
    int m_chosen = 0;
    int m_running = -1;
    double m_fraction = 0;
    double m_pace = 1;
    QTimer m_play;
    QElapsedTimer m_wall;
    double m_playedFrom = 0;
};

}  // namespace timberline::widgets
