// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/draft/text_view.h"

#include "widgets/theme/theme.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace timberline::widgets {

using record::TokenMark;

namespace {

constexpr double kPadding = 12;

void drawMark(QPainter& painter, const QRectF& rect, TokenMark mark, const Theme& theme)
{
    const double y = rect.bottom() - 1;
    switch (mark) {
    case TokenMark::Prompt:
        return;
    case TokenMark::Accepted:
        painter.setPen(QPen(theme.accepted, 2));
        painter.drawLine(QPointF(rect.left() + 1, y), QPointF(rect.right() - 1, y));
        return;
    case TokenMark::Bonus: {
        QPen pen(theme.extra, 2, Qt::CustomDashLine, Qt::RoundCap);
        pen.setDashPattern({0.1, 2.2});
        painter.setPen(pen);
        painter.drawLine(QPointF(rect.left() + 2, y), QPointF(rect.right() - 1, y));
        return;
    }
    case TokenMark::Correction: {
        QPainterPath wave(QPointF(rect.left() + 1, y));
        double x = rect.left() + 1;
        for (int i = 0; x < rect.right() - 3; ++i, x += 3) {
            wave.quadTo(QPointF(x + 1.5, y + (i % 2 == 0 ? -2.5 : 2.5)), QPointF(x + 3, y));
        }
        painter.setPen(QPen(theme.extra, 1.5));
        painter.setBrush(Qt::NoBrush);
        painter.drawPath(wave);
        return;
    }
    }
}

QString csvCell(const QString& text)
{
    return QLatin1Char('"') + QString(text).replace(QLatin1Char('"'), QLatin1String("\"\"")) + QLatin1Char('"');
}

QString markName(TokenMark mark)
{
    switch (mark) {
    case TokenMark::Prompt:
        return QStringLiteral("prompt");
    case TokenMark::Accepted:
        return QStringLiteral("accepted");
    case TokenMark::Bonus:
        return QStringLiteral("bonus");
    case TokenMark::Correction:
        return QStringLiteral("correction");
    }
    return {};
}

}  // namespace

TextView::TextView(RecordModel* model, SelectionModel* selection, QWidget* parent)
    : View(QStringLiteral("draft-text"), tr("Text"), parent), m_model(model), m_selection(selection)
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setEmpty(tr("The text will be written here, each token marked by where it came from."));
    connect(m_model, &RecordModel::shownChanged, this, &TextView::rebuild);
    connect(m_selection, &SelectionModel::changed, this, [this] {
        update();
        if (m_layout && m_selection->current().token >= 0) {
            const auto rects = rectsOf(*m_layout, m_selection->current().token);
            if (!rects.empty()) {
                Q_EMIT selectedRectChanged(rects.front().toAlignedRect());
            }
        }
    });
    connect(m_selection, &SelectionModel::hoverChanged, this, qOverload<>(&QWidget::update));
}

void TextView::rebuild()
{
    m_tokens = record::committed_tokens(m_model->record(), m_model->shownRounds());
    std::vector<std::string> bytes;
    bytes.reserve(m_tokens.size());
    const auto* started = m_model->started();
    for (const auto& token : m_tokens) {
        std::string text = started != nullptr ? record::token_text(*started, token.token) : std::string();
        // The token that opens every text carries no words; its name would only be noise here. The tree still shows it.
        if (token.mark == TokenMark::Prompt && text.starts_with("<|") && text.ends_with("|>")) {
            text.clear();
        }
        bytes.push_back(std::move(text));
    }
    m_joined = joinTokens(bytes);
    m_joined.text.replace(QLatin1Char('\n'), QChar::LineSeparator);
    m_layout = layoutFor(width(), font());
    if (m_tokens.empty()) {
        setEmpty(tr("The text will be written here, each token marked by where it came from."));
    } else {
        setData();
    }
    setAccessibleDescription(summary());
    updateGeometry();
    update();
}

std::unique_ptr<QTextLayout> TextView::layoutFor(double width, const QFont& font) const
{
    auto layout = std::make_unique<QTextLayout>(m_joined.text, font);
    QTextOption option;
    option.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    layout->setTextOption(option);
    const double lineHeight = QFontMetricsF(font).height() * 1.45;
    double y = kPadding;
    layout->beginLayout();
    for (QTextLine line = layout->createLine(); line.isValid(); line = layout->createLine()) {
        line.setLineWidth(std::max(80.0, width - 2 * kPadding));
        line.setPosition(QPointF(kPadding, y));
        y += lineHeight;
    }
    layout->endLayout();
    return layout;
}

std::vector<QRectF> TextView::rectsOf(const QTextLayout& layout, int token) const
{
    std::vector<QRectF> out;
    if (token < 0 || token >= static_cast<int>(m_joined.ranges.size())) {
        return out;
    }
    const auto range = m_joined.ranges[static_cast<std::size_t>(token)];
    for (int i = 0; i < layout.lineCount(); ++i) {
        const QTextLine line = layout.lineAt(i);
        const int begin = std::max(range.begin, line.textStart());
        const int end = std::min(range.end, line.textStart() + line.textLength());
        if (begin < end) {
            const double left = line.cursorToX(begin);
            const double right = line.cursorToX(end);
            out.emplace_back(std::min(left, right), line.y(), std::abs(right - left), line.height() + 3);
        }
    }
    return out;
}

void TextView::paintTokens(QPainter& painter, const QTextLayout& layout, const Theme& theme, bool interactive) const
{
    if (interactive) {
        const auto& hovered = m_selection->hovered();
        for (std::size_t i = 0; i < m_tokens.size(); ++i) {
            const bool selected = static_cast<int>(i) == m_selection->current().token;
            const bool lit = static_cast<int>(i) == m_hovered ||
                             (hovered.round >= 0 && m_tokens[i].round == hovered.round && m_tokens[i].node == hovered.node);
            if (!selected && !lit) {
                continue;
            }
            for (const auto& rect : rectsOf(layout, static_cast<int>(i))) {
                painter.setPen(selected ? QPen(theme.accent, 2) : QPen(Qt::NoPen));
                painter.setBrush(mix(theme.background, theme.accent, lit ? 0.25 : 0.12));
                painter.drawRoundedRect(rect.adjusted(-1, -1, 1, 1), 3, 3);
            }
        }
    }
    painter.setPen(theme.ink);
    layout.draw(&painter, {0, 0});
    for (std::size_t i = 0; i < m_tokens.size(); ++i) {
        if (m_tokens[i].mark != TokenMark::Prompt) {
            for (const auto& rect : rectsOf(layout, static_cast<int>(i))) {
                drawMark(painter, rect, m_tokens[i].mark, theme);
            }
        }
    }
}

void TextView::paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const
{
    if (!paintState(painter, QRectF(QPointF(0, 0), size), theme)) {
        paintTokens(painter, *layoutFor(size.width(), painter.font()), theme, false);
    }
}

QSizeF TextView::contentSize() const
{
    return {720, static_cast<double>(heightForWidth(720))};
}

int TextView::heightForWidth(int width) const
{
    const auto layout = layoutFor(width, font());
    return static_cast<int>(std::ceil(layout->lineCount() * QFontMetricsF(font()).height() * 1.45 + 2 * kPadding));
}

void TextView::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const Theme& colors = timberline::widgets::theme();
    painter.fillRect(rect(), colors.background);
    painter.setRenderHint(QPainter::Antialiasing);
    if (!paintState(painter, rect(), colors) && m_layout) {
        paintTokens(painter, *m_layout, colors, true);
    }
    if (hasFocus()) {
        painter.setPen(QPen(colors.accent, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5));
    }
}

void TextView::resizeEvent(QResizeEvent* event)
{
    View::resizeEvent(event);
    m_layout = layoutFor(width(), font());
}

int TextView::tokenAt(const QPointF& position) const
{
    if (!m_layout) {
        return -1;
    }
    for (int i = 0; i < m_layout->lineCount(); ++i) {
        const QTextLine line = m_layout->lineAt(i);
        if (position.y() >= line.y() && position.y() < line.y() + line.height() + 4) {
            return m_joined.tokenAt(line.xToCursor(position.x(), QTextLine::CursorOnCharacter));
        }
    }
    return -1;
}

void TextView::selectToken(int token)
{
    if (token < 0 || token >= static_cast<int>(m_tokens.size())) {
        return;
    }
    Selected selected = m_selection->current();
    selected.token = token;
    selected.round = m_tokens[static_cast<std::size_t>(token)].round;
    selected.node = m_tokens[static_cast<std::size_t>(token)].node;
    m_selection->select(selected);
}

void TextView::mousePressEvent(QMouseEvent* event)
{
    selectToken(tokenAt(event->position()));
}

void TextView::mouseMoveEvent(QMouseEvent* event)
{
    const int hovered = tokenAt(event->position());
    if (hovered != m_hovered) {
        m_hovered = hovered;
        Selected selected;
        if (hovered >= 0) {
            selected.round = m_tokens[static_cast<std::size_t>(hovered)].round;
            selected.node = m_tokens[static_cast<std::size_t>(hovered)].node;
            selected.token = hovered;
        }
        m_selection->hover(selected);
        update();
    }
}

void TextView::leaveEvent(QEvent* event)
{
    m_hovered = -1;
    m_selection->hover({});
    update();
    View::leaveEvent(event);
}

void TextView::keyPressEvent(QKeyEvent* event)
{
    if (event->modifiers() == Qt::NoModifier && (event->key() == Qt::Key_Left || event->key() == Qt::Key_Right)) {
        const int step = event->key() == Qt::Key_Left ? -1 : 1;
        selectToken(std::clamp(m_selection->current().token + step, 0, std::max(0, static_cast<int>(m_tokens.size()) - 1)));
        return;
    }
    View::keyPressEvent(event);
}

QByteArray TextView::toCsv() const
{
    QString out = QStringLiteral("index,token,text,mark,round,node\n");
    for (std::size_t i = 0; i < m_tokens.size(); ++i) {
        const auto& token = m_tokens[i];
        out += QStringLiteral("%1,%2,%3,%4,%5,%6\n")
                   .arg(i)
                   .arg(token.token)
                   .arg(csvCell(m_model->tokenLabel(token.token)), markName(token.mark))
                   .arg(token.round)
                   .arg(token.node);
    }
    return out.toUtf8();
}

QString TextView::summary() const
{
    return tr("Text of %n tokens.", nullptr, static_cast<int>(m_tokens.size()));
}

}  // namespace timberline::widgets
