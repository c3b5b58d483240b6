// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/draft/tree_view.h"

#include "widgets/draft/node_shapes.h"
#include "widgets/theme/theme.h"

#include "core/record/codec.h"

#include <QLocale>
#include <QAccessible>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace timberline::widgets {

namespace {
constexpr double kMinimumZoom = 0.02;
constexpr double kMaximumZoom = 4;
constexpr double kMargin = 24;

/// Room that the legend takes below the tree.
double legendHeight(const QWidget* widget)
{
    return QFontMetricsF(widget->font()).height() + 12;
}
}  // namespace

TreeView::TreeView(RecordModel* model, SelectionModel* selection, QWidget* parent)
    : View(QStringLiteral("draft-tree"), tr("Draft tree"), parent), m_model(model), m_selection(selection)
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setEmpty(tr("The draft trees of a run will grow here, round by round. Press Run."));
    connect(m_model, &RecordModel::shownChanged, this, &TreeView::relayout);
    connect(m_selection, &SelectionModel::changed, this, [this] {
        if (const int placed = selectedPlaced(); placed >= 0) {
            ensureVisible(placed);
        }
        if (m_arrangement == Arrangement::SingleRound) {
            relayout();
        }
        update();
    });
}

void TreeView::setArrangement(Arrangement arrangement)
{
    m_arrangement = arrangement;
    m_userMoved = false;
    relayout();
    fit();
}

void TreeView::setShowPruned(bool on)
{
    if (on != m_options.showPruned) {
        m_options.showPruned = on;
        relayout();
        Q_EMIT showPrunedChanged(on);
    }
}

void TreeView::setShowBounds(bool on)
{
    m_showBounds = on;
    if (on) {
        setShowPruned(true);
    }
    update();
}

RoundBounds TreeView::shownBounds() const
{
    return m_showBounds && m_bounds && m_model->shownRounds() > 0 ? m_bounds(m_model->shownRounds() - 1) : RoundBounds{};
}

void TreeView::relayout()
{
    const int shown = m_model->shownRounds();
    std::vector<const record::Round*> rounds;
    if (m_arrangement == Arrangement::Stacked) {
        rounds = record::rounds(m_model->record(), shown);
    } else if (shown > 0) {
        rounds.push_back(m_model->round(shown - 1));
    }
    m_layout = layoutTree(rounds, m_options);
    m_hovered = -1;
    if (m_layout.nodes.empty()) {
        setEmpty(m_model->isEmpty() ? tr("The draft trees of a run will grow here, round by round. Press Run.")
                                    : tr("No round is shown yet. Press Run, or move the timeline forward."));
    } else {
        setData();
    }
    const double rowHeight = std::max(26.0, fontMetrics().height() * 1.7);
    m_mapping.rowHeight = rowHeight;
    m_mapping.columnWidth = std::max(88.0, fontMetrics().averageCharWidth() * 13.0);
    if (!m_userMoved && m_arrangement == Arrangement::SingleRound) {
        m_mapping = fittedMapping(size() - QSizeF(0, legendHeight(this)));
    } else if (m_follow) {
        followNewest();
    }
    setAccessibleDescription(summary());
    update();
}

TreeMapping TreeView::fittedMapping(const QSizeF& size) const
{
    TreeMapping mapping = m_mapping;
    const double columns = std::max(1.0, static_cast<double>(m_layout.width));
    const double rows = static_cast<double>(m_layout.bottom - m_layout.top) + 1;
    const double room = std::max(40.0, size.width() - 2 * kMargin);
    const double height = std::max(40.0, size.height() - 2 * kMargin);
    mapping.zoom = std::clamp(std::min(room / (columns * mapping.columnWidth), height / (rows * mapping.rowHeight)), kMinimumZoom, 1.25);
    const double used = rows * mapping.rowHeight * mapping.zoom;
    mapping.offset = {kMargin, kMargin + (height - used) / 2 + (0.5 - m_layout.top) * mapping.rowHeight * mapping.zoom};
    return mapping;
}

void TreeView::fit()
{
    m_userMoved = false;
    m_mapping = fittedMapping(size() - QSizeF(0, legendHeight(this)));
    update();
}

void TreeView::setFollow(bool on)
{
    if (m_follow != on) {
        m_follow = on;
        if (on) {
            m_userMoved = false;
            followNewest();
        }
        Q_EMIT followChanged(on);
        update();
    }
}

void TreeView::followNewest()
{
    if (m_layout.nodes.empty()) {
        return;
    }
    // The height fits, the newest column stands at the right; a short run starts at the left.
    const double rows = static_cast<double>(m_layout.bottom - m_layout.top) + 1;
    const double room = this->height() - legendHeight(this);
    const double height = std::max(40.0, room - 2 * kMargin);
    m_mapping.zoom = std::clamp(height / (rows * m_mapping.rowHeight), 0.6, 1.15);
    const double end = static_cast<double>(m_layout.width) * m_mapping.columnWidth * m_mapping.zoom;
    const double left = std::min(kMargin, width() - kMargin - end);
    const double used = rows * m_mapping.rowHeight * m_mapping.zoom;
    double top = kMargin + (height - used) / 2 + (0.5 - static_cast<double>(m_layout.top)) * m_mapping.rowHeight * m_mapping.zoom;
    if (used > height) {
        top = room / 2;  // the path stays in the middle when the branches do not fit
    }
    m_mapping.offset = {left, top};
}

void TreeView::zoomBy(double factor, const QPointF& about)
{
    const double before = m_mapping.zoom;
    m_mapping.zoom = std::clamp(before * factor, kMinimumZoom, kMaximumZoom);
    m_mapping.offset = about - (about - m_mapping.offset) * (m_mapping.zoom / before);
    m_userMoved = true;
    setFollow(false);
    update();
}

int TreeView::visibleNodes() const
{
    int count = 0;
    for (const auto& node : m_layout.nodes) {
        count += QRectF(rect()).contains(m_mapping.toPixel(node.x, node.y)) ? 1 : 0;
    }
    return count;
}

int TreeView::nodeAt(const QPointF& pixel) const
{
    const QPointF at = m_mapping.toTree(pixel);
    const auto [begin, end] = m_layout.columnRange(static_cast<float>(at.x() - 1), static_cast<float>(at.x() + 0.5));
    int best = -1;
    double bestDistance = 1e9;
    for (std::size_t i = begin; i < end; ++i) {
        const auto index = m_layout.byColumn[i];
        const auto& node = m_layout.nodes[static_cast<std::size_t>(index)];
        // A node owns its mark and the label to its right.
        const double dx = at.x() - static_cast<double>(node.x);
        const double dy = std::abs(at.y() - static_cast<double>(node.y));
        if (dx < -0.12 || dx > 0.85 || dy > 0.45) {
            continue;
        }
        const double distance = std::abs(dx) * 0.2 + dy;
        if (distance < bestDistance) {
            bestDistance = distance;
            best = index;
        }
    }
    return best;
}

int TreeView::selectedPlaced() const
{
    const auto& current = m_selection->current();
    return current.round < 0 || current.node < 0 ? -1 : m_layout.find(current.round, current.node);
}

void TreeView::selectPlaced(int placed)
{
    if (placed < 0) {
        return;
    }
    const auto& node = m_layout.nodes[static_cast<std::size_t>(placed)];
    Selected selected = m_selection->current();
    selected.round = node.round;
    selected.node = node.node;
    selected.token = -1;
    if (node.onPath) {
        const auto tokens = record::committed_tokens(m_model->record(), m_model->shownRounds());
        for (std::size_t i = 0; i < tokens.size(); ++i) {
            if (tokens[i].round == node.round && tokens[i].node == node.node) {
                selected.token = static_cast<int>(i);
            }
        }
    }
    m_selection->select(selected);
    setAccessibleDescription(nodeText(node));
    QAccessibleEvent event(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&event);
}

void TreeView::ensureVisible(int placed)
{
    const auto& node = m_layout.nodes[static_cast<std::size_t>(placed)];
    const QPointF at = m_mapping.toPixel(node.x, node.y);
    const QRectF inner = QRectF(rect()).adjusted(kMargin, kMargin, -kMargin - m_mapping.columnWidth * m_mapping.zoom, -kMargin);
    if (!inner.contains(at)) {
        m_mapping.offset += QPointF(std::clamp(at.x(), inner.left(), std::max(inner.left(), inner.right())) - at.x(),
                                    std::clamp(at.y(), inner.top(), std::max(inner.top(), inner.bottom())) - at.y());
    }
}

QString TreeView::nodeText(const PlacedNode& node) const
{
    const auto number = [](float value) {
        return std::isfinite(value) ? QLocale().toString(static_cast<double>(value), 'f', 3) : QStringLiteral("–");
    };
    return tr("token %1, round %2, %3, target probability %4, draft probability %5")
        .arg(m_model->tokenLabel(node.token))
        .arg(node.round + 1)
        .arg(stateLabel(node.state), number(node.p), number(node.q));
}

// --- painting ---------------------------------------------------------------------------------------------------------------------------

void TreeView::paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const
{
    if (paintState(painter, QRectF(QPointF(0, 0), size), theme)) {
        return;
    }
    const double legend = QFontMetricsF(painter.font()).height() + 16;
    TreePaintRequest request{&m_layout,
                             m_model,
                             fittedMapping(size - QSizeF(0, legend)),
                             size - QSizeF(0, legend),
                             selectedPlaced(),
                             -1,
                             m_model->shownRounds() - 1,
                             shownBounds()};
    paintTree(painter, request, theme);
    drawNodeLegend(painter, {kMargin, size.height() - legend + 4}, theme);
}

QSizeF TreeView::contentSize() const
{
    // As wide as the whole tree at reading size, within what printers and browsers take.
    const double rows = static_cast<double>(m_layout.bottom - m_layout.top) + 1;
    return {std::clamp(static_cast<double>(m_layout.width) * m_mapping.columnWidth + 2 * kMargin, 640.0, 16000.0),
            std::clamp(rows * m_mapping.rowHeight + 2 * kMargin + 40, 240.0, 8000.0)};
}

void TreeView::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const Theme& colors = timberline::widgets::theme();
    painter.fillRect(rect(), colors.background);
    painter.setRenderHint(QPainter::Antialiasing);
    if (paintState(painter, rect(), colors)) {
        return;
    }
    TreePaintRequest request{&m_layout, m_model, m_mapping, size(), selectedPlaced(), m_hovered, m_model->shownRounds() - 1, shownBounds()};
    paintTree(painter, request, colors);
    const double legend = legendHeight(this);
    painter.fillRect(QRectF(0, height() - legend, width(), legend), colors.background);
    drawNodeLegend(painter, {12, height() - legend + 6}, colors);
    if (hasFocus()) {
        painter.setPen(QPen(colors.accent, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5));
    }
    paintHoverCard(painter, colors);
}

void TreeView::paintHoverCard(QPainter& painter, const Theme& theme) const
{
    if (m_hovered < 0 || m_hovered >= static_cast<int>(m_layout.nodes.size())) {
        return;
    }
    const auto& placed = m_layout.nodes[static_cast<std::size_t>(m_hovered)];
    const auto* round = m_model->round(placed.round);
    if (round == nullptr) {
        return;
    }
    const auto& node = round->nodes[static_cast<std::size_t>(placed.node)];
    const auto number = [](float value, int digits = 3) {
        return std::isfinite(value) ? QLocale().toString(static_cast<double>(value), 'f', digits) : QStringLiteral("–");
    };
    const QString title = QStringLiteral("“%1”").arg(m_model->tokenLabel(node.token));
    const QStringList lines = {tr("%1 · round %2 · depth %3").arg(stateLabel(node.state)).arg(placed.round + 1).arg(node.depth),
                               tr("p %1   q %2   draw %3").arg(number(node.p), number(node.q), number(node.draw)),
                               tr("entropy after it %1 nats").arg(number(node.entropy))};
    QFont bold = painter.font();
    bold.setBold(true);
    const QFontMetricsF metrics(painter.font());
    double width = QFontMetricsF(bold).horizontalAdvance(title);
    for (const auto& line : lines) {
        width = std::max(width, metrics.horizontalAdvance(line));
    }
    const QSizeF card(width + 24, metrics.height() * 4 + 20);
    QPointF at = m_mapping.toPixel(placed.x, placed.y) + QPointF(14, 14);
    at.setX(std::min(at.x(), this->width() - card.width() - 4));
    if (at.y() + card.height() > height() - 4) {
        at.setY(m_mapping.toPixel(placed.x, placed.y).y() - 14 - card.height());
    }
    painter.setPen(QPen(theme.hairline, 1));
    painter.setBrush(theme.panel);
    painter.drawRoundedRect(QRectF(at, card), 4, 4);
    painter.setPen(theme.ink);
    painter.setFont(bold);
    double y = at.y() + 8 + metrics.ascent();
    painter.drawText(QPointF(at.x() + 12, y), title);
    painter.setFont(font());
    for (qsizetype i = 0; i < lines.size(); ++i) {
        y += metrics.height() + 1;
        painter.setPen(i == 0 ? theme.quietInk : theme.ink);
        painter.drawText(QPointF(at.x() + 12, y), lines[i]);
    }
}

// --- data -------------------------------------------------------------------------------------------------------------------------------

QByteArray TreeView::toCsv() const
{
    return QByteArray::fromStdString(record::nodes_csv(m_model->record()));
}

QString TreeView::summary() const
{
    const auto counts = record::count_states(m_model->record(), m_model->shownRounds());
    const auto count = [&](record::NodeState state) {
        return counts.empty() ? 0 : static_cast<int>(counts[static_cast<std::size_t>(state)]);
    };
    return tr("Draft trees of %n rounds: %1 nodes accepted, %2 rejected, %3 never verified, %4 pruned.", nullptr, m_model->shownRounds())
        .arg(count(record::NodeState::Accepted))
        .arg(count(record::NodeState::Rejected))
        .arg(count(record::NodeState::NeverVerified))
        .arg(count(record::NodeState::Pruned));
}

}  // namespace timberline::widgets
