// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/draft/token_text_layout.h"
#include "widgets/shared/record_model.h"
#include "widgets/shared/selection.h"
#include "widgets/shared/view.h"

#include <QTextLayout>

#include <memory>

namespace timberline::widgets {

/// The generated text. Accepted tokens are underlined solid, bonus tokens dotted, corrections waved; colour repeats it. A click selects a
/// token and its node; Left and Right walk tokens. Scrolls by itself when it stands in a scroll area (heightForWidth).
class TextView : public View
{
    Q_OBJECT
public:
    TextView(RecordModel* model, SelectionModel* selection, QWidget* parent = nullptr);

    void paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const override;
    [[nodiscard]] QSizeF contentSize() const override;
    [[nodiscard]] QByteArray toCsv() const override;
    [[nodiscard]] QString summary() const override;
    [[nodiscard]] bool hasHeightForWidth() const override { return true; }
    [[nodiscard]] int heightForWidth(int width) const override;
    [[nodiscard]] QSize sizeHint() const override { return {600, 120}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {200, 60}; }
    /// The prompt and everything generated, as shown.
    [[nodiscard]] const QString& text() const { return m_joined.text; }

Q_SIGNALS:
    /// The rectangle of the selected token moved; a scroll area may follow it.
    void selectedRectChanged(const QRect& rect);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    void rebuild();
    [[nodiscard]] std::unique_ptr<QTextLayout> layoutFor(double width, const QFont& font) const;
    [[nodiscard]] std::vector<QRectF> rectsOf(const QTextLayout& layout, int token) const;
    [[nodiscard]] int tokenAt(const QPointF& position) const;
    void selectToken(int token);
    void paintTokens(QPainter& painter, const QTextLayout& layout, const Theme& theme, bool interactive) const;

    RecordModel* m_model;
    SelectionModel* m_selection;
    std::vector<record::CommittedToken> m_tokens;
    JoinedText m_joined;
    std::unique_ptr<QTextLayout> m_layout;
    int m_hovered = -1;
};

}  // namespace timberline::widgets
