// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/draft/refolded_view.h"
#include "widgets/shared/selection.h"

#include <cstdint>
#include <functional>
#include <vector>

namespace timberline::widgets {

/// One round judged with the text that followed (core/rules/hindsight.h computes it). Numbers count committed tokens, the target's own
/// included; every tree has the same number of drafted nodes.
struct HindsightBar {
    int round = 0;
    int budget = 0;                                     ///< drafted nodes
    double committed = 0;                               ///< as recorded
    double expectedBest = 1;                            ///< of the best tree, by the drafter's probabilities; NaN without any
    double bestCommitted = 1;                           ///< what the best tree would have committed along the text
    double longest = 1;                                 ///< the longest path of the text among the candidates, cut at the budget
    bool complete = true;                               ///< false: the text ended first, the bound may be higher
    std::vector<std::int32_t> bestNodes, longestNodes;  ///< nodes of the round
};
/// @param until -1 = all rounds.  @return ascending by round.
using HindsightProvider = std::function<std::vector<HindsightBar>(const record::Record& record, int until)>;

/// What should be mended, if the numbers say so.
enum class HindsightAdvice {
    None,
    Drafter,  ///< the text was not among the candidates: no tree of them commits more
    Rating,   ///< it was, but the drafter rated it too low: no shape that follows its probabilities would have kept it
    Shape,    ///< the best tree by the drafter's own probabilities would have committed more
};

/// Means over rounds.
struct HindsightMeans {
    static constexpr int kFewestRounds = 5;  ///< fewer say nothing
    int rounds = 0;
    double committed = 0, best = 0, longest = 0;
    double gap = 0, gapError = 0;       ///< longest - committed: mean and its standard error
    double bestGap = 0, bestError = 0;  ///< best - committed
    int kept = 0;                       ///< rounds in which a longer path of the text was among the candidates
    int missing = 0;                    ///< rounds in which the text left the candidates before the budget was used up
    HindsightAdvice advice = HindsightAdvice::None;
};
[[nodiscard]] HindsightMeans hindsightMeans(const std::vector<HindsightBar>& bars);

/// Hindsight bound: what each round committed (bar), what the best tree by the drafter's probabilities would have (diamond) and the
/// longest path of the text among the candidates (outline), with what that says in words. Selecting a round goes there: Left and Right,
/// Home, End, a click.
class HindsightView : public RefoldedView
{
    Q_OBJECT
public:
    HindsightView(RecordModel* model, SelectionModel* selection, HindsightProvider provider, QWidget* parent = nullptr);

    [[nodiscard]] const std::vector<HindsightBar>& bars() const;
    /// The bar of a round, null when it drafted nothing; cheap enough for every repaint: while rounds come in it may be a moment behind.
    [[nodiscard]] const HindsightBar* barOf(int round) const;
    [[nodiscard]] QString barText(const HindsightBar& bar) const;
    [[nodiscard]] QStringList words() const;

    void paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const override;
    [[nodiscard]] QSizeF contentSize() const override { return {860, 320}; }
    [[nodiscard]] QByteArray toCsv() const override;
    [[nodiscard]] QString summary() const override;

protected:
    bool event(QEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void refold() override;

private:
    struct Places {
        QRectF legend, plot, words;
        double slot = 1;
        double top = 1;  ///< tokens at the upper edge
    };
    [[nodiscard]] Places placesOf(const QSizeF& size, const QFont& font) const;
    [[nodiscard]] int barAt(const QPointF& position) const;
    [[nodiscard]] int shownBar() const;
    void goTo(int bar);
    void paintBars(QPainter& painter, const Places& places, const Theme& theme) const;
    void paintLegend(QPainter& painter, const Places& places, const Theme& theme) const;

    SelectionModel* m_selection;
    HindsightProvider m_provider;
    std::vector<HindsightBar> m_bars;
    std::pair<quint64, int> m_folded{0, -1};  ///< record and rounds that m_bars stand for
    HindsightMeans m_means;
};

}  // namespace timberline::widgets
