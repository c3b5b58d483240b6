// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/draft_answers.h"
#include "widgets/shared/view.h"

#include <QRectF>

#include <functional>
#include <optional>

namespace timberline::widgets {

/// First tokens of many rounds of the real method against the target's law: shares as bars, the law as outlines, the likeliest first, with
/// the chi-square test in words. Left, Right, Home and End move a cursor through all tokens, also those that do not fit.
class FirstTokensView : public View
{
    Q_OBJECT
public:
    using Label = std::function<QString(int token)>;
    FirstTokensView(Label label, QWidget* parent = nullptr);

    void setAnswer(record::FirstTokenCheck answer);
    void clear();
    void showWaiting();
    void setProgress(double fraction);
    void showError(const QString& sentence, const QString& hint);
    [[nodiscard]] const std::optional<record::FirstTokenCheck>& answer() const { return m_answer; }
    /// p below one in a thousand: seen once in a thousand checks of a method that follows the law.
    [[nodiscard]] bool flagged() const;
    [[nodiscard]] QString verdict() const;
    [[nodiscard]] QStringList words() const;
    [[nodiscard]] QString tokenText(int index) const;
    [[nodiscard]] int cursor() const { return m_cursor; }

    void paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const override;
    [[nodiscard]] QSizeF contentSize() const override { return {760, 340}; }
    [[nodiscard]] QSize sizeHint() const override { return {420, 240}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {220, 130}; }
    [[nodiscard]] QByteArray toCsv() const override;
    [[nodiscard]] QString summary() const override;

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    struct Places {
        QRectF words, bars;
        int first = 0;  ///< token of the first column
        int count = 0;
    };
    [[nodiscard]] Places placesOf(const QSizeF& size, const QFont& font) const;
    [[nodiscard]] double shareOf(int index) const;
    [[nodiscard]] bool differs(int index) const;

    Label m_label;
    std::optional<record::FirstTokenCheck> m_answer;
    double m_progress = 0;
    int m_cursor = -1;
};

}  // namespace timberline::widgets
