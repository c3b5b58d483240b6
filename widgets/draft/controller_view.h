// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/draft/refolded_view.h"
#include "widgets/shared/selection.h"

#include <optional>
#include <vector>

namespace timberline::widgets {

/// A token of entropy-adaptive decoding (arXiv 2502.06833): which of two models wrote it, and why. Entropies in bits.
struct SwitchedToken {
    int round = 0;
    bool large = false;
    double entropy = 0, mean = 0, threshold = 0;
    int caughtUp = 0;  ///< tokens that the model read first, because the other one had written them
};
/// A round of value-guided decoding (arXiv 2408.08252): candidates drawn from the model's law, and the law that chose among them.
struct GuidedRound {
    int round = 0;
    std::vector<double> values, weights;  ///< a candidate each; weights sum to 1, or are all 0 where none was possible
    int chosen = -1;                      ///< -1 = none
    double effective = 0;                 ///< 1 / sum of squared weights
    double reward = 0;                    ///< of the text so far, NaN where it was not taken
};
/// What the statistics of a round say, if it was played by one of the two; values that are missing or not finite make it nothing.
[[nodiscard]] std::optional<SwitchedToken> switchedTokenOf(const record::Round& round);
[[nodiscard]] std::optional<GuidedRound> guidedRoundOf(const record::Round& round);

/// How the text of two models differs from the large one's own.
struct SwitchingCost {
    int compared = 0;   ///< tokens that both texts have
    int different = 0;  ///< of them, position by position
    int first = -1;     ///< the first different one, -1 = none
};
/// Nothing without a measured baseline.
[[nodiscard]] std::optional<SwitchingCost> switchingCost(const record::Record& record);

/// What a controller that changes the text's law did: the entropies that switched between two models with what that cost, or the candidates
/// of a round with the tilted law that chose among them. Left and Right, Home, End and a click go to a round.
class ControllerView : public RefoldedView
{
    Q_OBJECT
public:
    ControllerView(RecordModel* model, SelectionModel* selection, QWidget* parent = nullptr);

    /// Whether any round of the record was played so; looks at new rounds only, also while the view is hidden.
    [[nodiscard]] bool hasStory() const { return m_found; }
    [[nodiscard]] const std::vector<SwitchedToken>& tokens() const;
    [[nodiscard]] const std::vector<GuidedRound>& guided() const;
    [[nodiscard]] QStringList words() const;
    [[nodiscard]] QSize minimumSizeHint() const override { return {160, 120}; }

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
    void look();
    [[nodiscard]] QRectF plotOf(const QSizeF& size, const QFont& font) const;  ///< of entropies
    [[nodiscard]] int tokenAt(const QPointF& position) const;
    [[nodiscard]] int shownIndex() const;  ///< into tokens() or guided(): the last at or before the moment shown, -1 = none
    [[nodiscard]] QString tokenText(const SwitchedToken& token) const;
    [[nodiscard]] QStringList switchingWords() const;
    [[nodiscard]] QStringList guidedWords() const;
    void goTo(int index);
    void paintSwitching(QPainter& painter, const QSizeF& size, const Theme& theme) const;
    void paintGuided(QPainter& painter, const QRectF& box, const Theme& theme) const;

    SelectionModel* m_selection;
    std::vector<SwitchedToken> m_tokens;
    std::vector<GuidedRound> m_guided;
    bool m_found = false;
    quint64 m_looked = 0;
    int m_lookedRounds = 0;
};

}  // namespace timberline::widgets
