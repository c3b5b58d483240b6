// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/draft/refolded_view.h"

#include <functional>
#include <optional>

namespace timberline::widgets {

/// Fitted times and the working point of the rounds shown, as plain numbers (core/rules/break_even.h computes them).
struct BreakEvenFacts {
    double draftBaseMs = 0, draftEachMs = 0;    ///< time of k draft passes = base + each * k
    double verifyBaseMs = 0, verifyEachMs = 0;  ///< time of the target for n tokens = base + each * n
    int rounds = 0;                             ///< with times
    bool draftFlat = false;                     ///< one length was seen: a line through zero
    bool verifyFlat = false;  ///< one size was seen: a line through the plain token where that was measured, else its slope is not known
    double overheadMs = 0;
    double plainMs = 0;  ///< a token without drafting
    bool plainMeasured = false;
    double tokens = 1;                             ///< committed a round
    double length = 0, width = 1, acceptance = 0;  ///< the working point; length 0 = nothing was drafted
    double predicted = 1;
    double measured = 0;  ///< 0 = not measured
    /// Speed-up of a round of this shape, with these times; equals `predicted` at the working point. Grows with the acceptance.
    std::function<double(double length, double width, double acceptance)> speedup;
};
/// @return nothing when the rounds hold no times.
using BreakEvenProvider = std::function<std::optional<BreakEvenFacts>(const record::Record& record, int until)>;

/// Where drafting pays on this machine: speed-up over draft length and acceptance at one width, blue and hatched where it is slower than
/// plain decoding, the line where it breaks even, and the point at which the run worked; beside it the fitted times in words. Arrow keys
/// move a cursor over the cells, Home and End go to the shortest and longest draft, Page Up and Down by a quarter of acceptance, Return to
/// the working point.
class BreakEvenView : public RefoldedView
{
    Q_OBJECT
public:
    BreakEvenView(RecordModel* model, BreakEvenProvider provider, QWidget* parent = nullptr);

    /// Siblings that a level offers; 0 = as the run had it.
    void setWidth(double width);
    [[nodiscard]] double shownWidth() const;
    [[nodiscard]] const std::optional<BreakEvenFacts>& facts() const
    {
        catchUp();
        return m_facts;
    }
    [[nodiscard]] int longest() const { return m_longest; }
    /// @param length 1..longest().  @param row 0..20: acceptance in steps of 5 %.
    [[nodiscard]] double valueAt(int length, int row) const;
    /// The acceptance from which a draft of this length pays; NaN when none does.
    [[nodiscard]] double breakEven(int length) const;
    [[nodiscard]] int bestLength(double acceptance) const;
    [[nodiscard]] QString cellText(int length, int row) const;
    [[nodiscard]] QPair<int, int> cursor() const { return {m_length, m_row}; }
    /// The findings, a paragraph each.
    [[nodiscard]] QStringList words() const;

    void paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const override;
    [[nodiscard]] QSizeF contentSize() const override { return {860, 400}; }
    [[nodiscard]] QByteArray toCsv() const override;
    [[nodiscard]] QByteArray toJson() const override;
    [[nodiscard]] QString summary() const override;

    static constexpr int kRows = 21;
    [[nodiscard]] static double acceptanceOf(int row) { return row / 20.0; }

protected:
    bool event(QEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void refold() override;

private:
    struct Grid {
        QRectF legend, cells, words;
        double column = 0, row = 0;
    };
    [[nodiscard]] Grid gridOf(const QSizeF& size, const QFont& font) const;
    [[nodiscard]] QPair<int, int> cellAt(const QPointF& position) const;
    void moveTo(int length, int row);
    void compute();
    void paintCells(QPainter& painter, const Grid& grid, const Theme& theme) const;
    void paintAxes(QPainter& painter, const Grid& grid, const Theme& theme) const;
    void paintMarks(QPainter& painter, const Grid& grid, const Theme& theme) const;
    void paintLegend(QPainter& painter, const Grid& grid, const Theme& theme) const;
    [[nodiscard]] double reach() const;

    BreakEvenProvider m_provider;
    std::optional<BreakEvenFacts> m_facts;
    double m_width = 0;  ///< 0 = the run's
    int m_longest = 8;
    std::vector<double> m_values;  ///< [longest, kRows] speed-ups at the shown width
    std::vector<double> m_even;    ///< per length
    int m_length = 0;              ///< cursor, 0 = none
    int m_row = 0;
};

}  // namespace timberline::widgets
