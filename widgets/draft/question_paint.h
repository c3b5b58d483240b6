// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/shared/view.h"

#include <QFont>
#include <QRectF>
#include <QString>
#include <QStringList>

#include <vector>

/// What the question views of the Draft bench paint alike: words beside a picture, bars of two laws, the waiting state.
namespace timberline::widgets {

struct Theme;

/// A number as people of this language write it; a dash for NaN.
[[nodiscard]] QString questionNumber(double value, int digits = 2);
/// For CSV: nine digits, empty for NaN.
[[nodiscard]] QString questionCell(double value);

/// Where a view's picture and its words stand: side by side in a wide rectangle, the words below in a tall one.
struct PictureAndWords {
    QRectF picture, words;
};
[[nodiscard]] PictureAndWords besides(const QRectF& area, const QFont& font);

/// Paragraphs under each other, wrapped; the first one in ink, the others quiet. Stops at the last one that fits whole. @return the bottom.
double drawWords(QPainter& painter, const QRectF& box, const QStringList& paragraphs, const Theme& theme);

/// Two laws over the same tokens: the target's as outlines, what was seen as bars, hatched where it differs.
struct LawBars {
    QStringList labels;                ///< a token each
    std::vector<double> target, seen;  ///< shares in [0, 1]
    std::vector<bool> differs;         ///< parallel; empty = nowhere
    QString targetName, seenName;
    int cursor = -1;
};
void drawLawBars(QPainter& painter, const QRectF& box, const LawBars& bars, const Theme& theme);
/// Column of drawLawBars() under a point, -1 = none.
[[nodiscard]] int lawBarAt(const QRectF& box, qsizetype count, const QPointF& position, const QFont& font);

/// The sentence of a view that waits for an answer, over its greyed picture.
void paintWaiting(QPainter& painter, const QRectF& area, const QString& sentence, const Theme& theme);
/// Background, content and focus frame of a question view; call from paintEvent().
void paintQuestionView(const View& view, bool focused, QWidget& widget);

}  // namespace timberline::widgets
