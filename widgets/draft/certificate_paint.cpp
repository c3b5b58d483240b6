// SPDX-License-Identifier: GPL-3.0-or-later
// What the certificate by enumeration looks like, its mouse and keys.
#include "widgets/draft/certificate_view.h"

#include "widgets/draft/question_paint.h"
#include "widgets/theme/theme.h"

#include <QFontMetricsF>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace timberline::widgets {

namespace {
constexpr double kMargin = 8;
constexpr double kSame = 1e-6;  ///< as core/rules/certificate.h: laws are stored as float
}  // namespace

CertificateView::Places CertificateView::placesOf(const QSizeF& size, const QFont& font) const
{
    const QFontMetricsF metrics(font);
    const double line = std::ceil(metrics.height());
    Places out;
    const QRectF area(kMargin, 4, size.width() - 2 * kMargin, size.height() - 8);
    double needed = 0;
    for (const auto& paragraph : words()) {
        needed += metrics.boundingRect(QRectF(0, 0, area.width(), 10000), Qt::TextWordWrap, paragraph).height() + std::ceil(line * 0.3);
    }
    out.words = QRectF(area.left(), area.top(), area.width(), std::min(needed + 2, area.height() * 0.6));
    const QRectF rest(area.left(), out.words.bottom() + 2, area.width(), area.bottom() - out.words.bottom() - 2);
    const auto& worlds = m_answer->worlds;
    if (worlds.size() < 2) {
        out.bars = rest;
        return out;
    }
    // One row a kind; worlds of one pair of laws stand together.
    std::vector<std::vector<int>> rows;
    std::size_t longest = 1;
    for (std::size_t i = 0; i < worlds.size(); ++i) {
        if (i == 0 || worlds[i].kind != worlds[i - 1].kind) {
            rows.emplace_back();
        }
        rows.back().push_back(static_cast<int>(i));
        longest = std::max(longest, rows.back().size());
    }
    const double room = std::min(rest.width() * 0.5, std::max(26.0 * static_cast<double>(longest), 22 * metrics.averageCharWidth()));
    // In a narrow view each kind takes several lines, so that a tile stays large enough to be hit.
    const auto kinds = static_cast<double>(rows.size());
    std::size_t across = longest;
    const auto widthOf = [&] { return room / (static_cast<double>(across) + static_cast<double>((across - 1) / 4) * 0.5); };
    while (widthOf() < 13 && across > 4 && kinds * (line + 30) < rest.height()) {
        across = (across / 2 + 3) / 4 * 4;
    }
    const auto lines = static_cast<double>((longest + across - 1) / across);
    const double tile = std::clamp(std::min(widthOf(), (rest.height() - line) / kinds / lines - (line + 4) / lines), 4.0, 20.0);
    out.tiles = QRectF(rest.left(), rest.top(), room, rest.height());
    double y = rest.top();
    int visual = 0;
    for (const auto& kind : rows) {
        out.headings.emplace_back(QRectF(rest.left(), y, room, line), kindText(worlds[static_cast<std::size_t>(kind.front())].kind));
        y += line;
        double x = rest.left();
        for (std::size_t i = 0; i < kind.size(); ++i) {
            const auto world = static_cast<std::size_t>(kind[i]);
            if (i > 0 && i % across == 0) {
                x = rest.left();
                y += tile;
                ++visual;
            } else if (i > 0 && worlds[world].target != worlds[world - 1].target) {
                x += tile * 0.5;
            }
            out.all.push_back({.box = QRectF(x, y, tile, tile), .world = kind[i], .row = visual, .column = static_cast<int>(i % across)});
            x += tile;
        }
        y += tile + 4;
        ++visual;
    }
    out.below = y;
    out.bars = QRectF(out.tiles.right() + 16, rest.top(), rest.right() - out.tiles.right() - 16, rest.height());
    return out;
}

void CertificateView::paintTile(QPainter& painter, const QRectF& box, const record::Certificate::World& world, const Theme& theme) const
{
    const QRectF inner = box.adjusted(1, 1, -1, -1);
    painter.setBrush(Qt::NoBrush);
    if (!world.promised) {
        painter.fillRect(inner, QBrush(theme.quietInk, Qt::BDiagPattern));
        painter.setPen(QPen(theme.quietInk, 1));
        painter.drawRect(inner);
    } else if (world.exact) {
        painter.fillRect(inner, theme.accepted);
    } else {
        painter.setPen(QPen(theme.rejected, 1.5));
        painter.drawRect(inner);
        painter.drawLine(inner.topLeft(), inner.bottomRight());
        painter.drawLine(inner.topRight(), inner.bottomLeft());
    }
}

void CertificateView::paintTiles(QPainter& painter, const Places& places, const Theme& theme) const
{
    const QFontMetricsF metrics(painter.font());
    const double line = std::ceil(metrics.height());
    painter.setPen(theme.quietInk);
    for (const auto& [box, text] : places.headings) {
        painter.drawText(box, Qt::AlignLeft | Qt::AlignVCenter, metrics.elidedText(text, Qt::ElideRight, box.width()));
    }
    for (const auto& tile : places.all) {
        paintTile(painter, tile.box, m_answer->worlds[static_cast<std::size_t>(tile.world)], theme);
        if (tile.world == m_chosen) {
            painter.setPen(QPen(theme.accent, 2));
            painter.drawRect(tile.box.adjusted(-0.5, -0.5, 0.5, 0.5));
        }
    }
    if (places.below + line > places.tiles.bottom()) {
        return;
    }
    // Only marks that stand above are explained.
    double x = places.tiles.left();
    const auto entry = [&](bool present, bool promised, bool exact, const QString& text) {
        if (!present || x + line + metrics.horizontalAdvance(text) > places.bars.left()) {
            return;
        }
        record::Certificate::World sample;
        sample.promised = promised;
        sample.exact = exact;
        paintTile(painter, QRectF(x, places.below + line * 0.15, line * 0.7, line * 0.7), sample, theme);
        x += line;
        painter.setPen(theme.quietInk);
        painter.drawText(QRectF(x, places.below, metrics.horizontalAdvance(text) + 4, line), Qt::AlignLeft | Qt::AlignVCenter, text);
        x += metrics.horizontalAdvance(text) + 10;
    };
    const auto t = tally();
    entry(t.passed > 0, true, true, tr("exact"));
    entry(t.passed < t.promised, true, false, tr("wrong"));
    entry(t.lossy > 0, false, false, tr("lossy"));
}

void CertificateView::paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const
{
    if (paintState(painter, QRectF(QPointF(0, 0), size), theme)) {
        return;
    }
    painter.save();
    if (m_answer) {
        const auto places = placesOf(size, painter.font());
        drawWords(painter, places.words, words(), theme);
        paintTiles(painter, places, theme);
        const auto& world = m_answer->worlds[static_cast<std::size_t>(m_chosen)];
        LawBars bars;
        bars.target = world.expected;
        bars.seen = world.emitted;
        bars.seen.resize(bars.target.size(), 0);
        const bool pairs = world.expected.size() != world.target.size();
        for (std::size_t i = 0; i < bars.target.size(); ++i) {
            bars.labels.append(outcomeName(i, world.target.size(), pairs));
            bars.differs.push_back(std::abs(bars.target[i] - bars.seen[i]) > kSame);
        }
        bars.targetName = tr("target");
        bars.seenName = tr("emitted");
        if (places.bars.height() > 60) {
            drawLawBars(painter, places.bars, bars, theme);
        }
    }
    if (state() == ViewState::Busy) {
        paintWaiting(painter, QRectF(QPointF(0, 0), size), tr("Trying every draw and decision…"), theme);
    }
    painter.restore();
}

void CertificateView::paintEvent(QPaintEvent*)
{
    paintQuestionView(*this, hasFocus(), *this);
}

// --- input ------------------------------------------------------------------------------------------------------------------------------

bool CertificateView::event(QEvent* event)
{
    if (event->type() != QEvent::ToolTip || !m_answer) {
        return View::event(event);
    }
    auto* help = static_cast<QHelpEvent*>(event);
    const auto places = placesOf(size(), font());
    for (const auto& tile : places.all) {
        if (tile.box.contains(help->pos())) {
            QToolTip::showText(help->globalPos(), worldText(tile.world), this);
            return true;
        }
    }
    if (places.bars.contains(help->pos())) {
        QToolTip::showText(help->globalPos(), worldText(m_chosen), this);
    } else {
        QToolTip::hideText();
    }
    return true;
}

void CertificateView::mousePressEvent(QMouseEvent* event)
{
    if (!m_answer) {
        return;
    }
    for (const auto& tile : placesOf(size(), font()).all) {
        if (tile.box.contains(event->position())) {
            choose(tile.world);
        }
    }
}

void CertificateView::keyPressEvent(QKeyEvent* event)
{
    if (!m_answer || (event->modifiers() & (Qt::ControlModifier | Qt::AltModifier)) != 0) {
        View::keyPressEvent(event);
        return;
    }
    const auto tiles = placesOf(size(), font()).all;
    const auto current = std::ranges::find(tiles, m_chosen, &Tile::world);
    const auto inRow = [&](int by) {
        const auto it = std::ranges::find_if(tiles, [&](const Tile& tile) {
            return current != tiles.end() && tile.row == current->row + by && tile.column == current->column;
        });
        return it == tiles.end() ? m_chosen : it->world;
    };
    switch (event->key()) {
    case Qt::Key_Left:
        choose(m_chosen - 1);
        break;
    case Qt::Key_Right:
        choose(m_chosen + 1);
        break;
    case Qt::Key_Up:
        choose(inRow(-1));
        break;
    case Qt::Key_Down:
        choose(inRow(1));
        break;
    case Qt::Key_Home:
        choose(0);
        break;
    case Qt::Key_End:
        choose(static_cast<int>(m_answer->worlds.size()) - 1);
        break;
    default:
        View::keyPressEvent(event);
        return;
    }
    if (const auto tile = std::ranges::find(tiles, m_chosen, &Tile::world); tile != tiles.end()) {
        QToolTip::showText(mapToGlobal(tile->box.bottomLeft().toPoint()), worldText(m_chosen), this);
    }
}

}  // namespace timberline::widgets
