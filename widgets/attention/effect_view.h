// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/attention/attention_model.h"
#include "widgets/attention/text_plot.h"
#include "widgets/shared/selection.h"
#include "widgets/shared/view.h"

namespace timberline::widgets {

/// What the edits do, beside the unchanged model: perplexity, the tokens whose
/// chance of coming next moved most, and how far the law of the next token
/// moved at every position. A click or Left and Right select a position.
class EffectView : public View
{
    Q_OBJECT
public:
    EffectView(AttentionModel* model, SelectionModel* selection, QWidget* parent = nullptr);

    /// An answer is on its way; what stood there stays until it comes.
    void setWaiting(bool on);
    void effectFailed(const QString& sentence, const QString& hint);

    void paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const override;
    [[nodiscard]] QSizeF contentSize() const override { return {820, 320}; }
    /// A line a position; the largest moves stand in toJson().
    [[nodiscard]] QByteArray toCsv() const override;
    [[nodiscard]] QByteArray toJson() const override;
    [[nodiscard]] QString summary() const override;
    [[nodiscard]] QSize sizeHint() const override { return {520, 220}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {220, 120}; }
    [[nodiscard]] QString positionText(int position) const;
    [[nodiscard]] QString moveText(int row) const;

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

private:
    struct Layout {
        QRectF header, bars, plot;
        double line = 1;  ///< of one paired bar
        int rows = 0;
    };
    void refresh();
    [[nodiscard]] Layout layoutFor(const QSizeF& size, const QFont& font) const;
    [[nodiscard]] TextPlot plotIn(const QRectF& area, const QFont& font) const;
    [[nodiscard]] QStringList headline() const;
    void paintEffect(QPainter& painter, const QSizeF& size, const Theme& theme, bool interactive) const;
    void paintMoves(QPainter& painter, const Layout& layout, const Theme& theme) const;
    void select(int position);

    AttentionModel* m_model;
    SelectionModel* m_selection;
    bool m_waiting = false;
    QString m_failure, m_failureHint;
    std::vector<double> m_divergence;
    double m_most = 1;
    int m_hovered = -1;
};

}  // namespace timberline::widgets
