// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/attention/attention_model.h"
#include "widgets/attention/text_plot.h"
#include "widgets/shared/selection.h"
#include "widgets/shared/view.h"

namespace timberline::widgets {

/// Along the text: the entropy of the selected head's rows under its ceiling ln
/// n, and below it how undecided the model is about the next token and how
/// surprised it was by the token that stands there. A click or Left and Right
/// select a token.
class EntropyCurveView : public View
{
    Q_OBJECT
public:
    EntropyCurveView(AttentionModel* model, SelectionModel* selection, QWidget* parent = nullptr);

    void paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const override;
    [[nodiscard]] QSizeF contentSize() const override { return {640, 320}; }
    /// A line a position:
    /// position,token,text,visible,entropy_nats,ceiling_nats,next_entropy_nats,surprisal_nats.
    [[nodiscard]] QByteArray toCsv() const override;
    [[nodiscard]] QString summary() const override;
    [[nodiscard]] QSize sizeHint() const override { return {480, 220}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {200, 110}; }
    [[nodiscard]] QString positionText(int position) const;
    [[nodiscard]] int positionAt(const QPointF& point) const;
    /// Middle of a position in the upper plot.
    [[nodiscard]] QPointF pointOf(int position) const;

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

private:
    struct Curves {
        std::vector<double> entropy, ceiling, next, surprisal;
        std::vector<bool> valid;  ///< of the head's rows
        double most = 1, mostNext = 1;
    };
    struct Plots {
        TextPlot upper, lower;
        double legend = 0;  ///< y of the lower plot's legend
    };
    void refresh();
    [[nodiscard]] bool hasHead() const;
    [[nodiscard]] Plots plotsFor(const QSizeF& size, const QFont& font) const;
    void paintCurves(QPainter& painter, const QSizeF& size, const Theme& theme, bool interactive) const;
    void select(int position);

    AttentionModel* m_model;
    SelectionModel* m_selection;
    Curves m_curves;
    int m_layer = -1, m_head = -1;
    int m_hovered = -1;
};

}  // namespace timberline::widgets
