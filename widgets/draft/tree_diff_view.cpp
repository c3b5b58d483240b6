// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/draft/tree_diff_view.h"

#include "widgets/draft/tree_diff_paint.h"

#include "widgets/draft/node_shapes.h"
#include "widgets/draft/question_paint.h"

#include <QFontMetricsF>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace timberline::widgets {

using record::DiffSide;

namespace {

constexpr int kLongestLabel = 14;

/// The merged tree as a round, so that it is laid out as every draft tree is.
record::Round roundOf(const record::TreeDiff& diff)
{
    record::Round out;
    for (std::size_t i = 0; i < diff.nodes.size(); ++i) {
        const auto& node = diff.nodes[i];
        record::Node placed;
        placed.parent = node.parent;
        placed.token = node.token;
        placed.depth = static_cast<std::int16_t>(node.depth);
        placed.state = i == 0 ? record::NodeState::Root : record::NodeState::Accepted;
        out.nodes.push_back(placed);
    }
    // The text runs straight: as far as one of them wrote it.
    std::int32_t at = out.nodes.empty() ? -1 : 0;
    while (at >= 0) {
        out.path.push_back(at);
        std::int32_t next = -1;
        for (std::size_t i = static_cast<std::size_t>(at) + 1; i < diff.nodes.size() && next < 0; ++i) {
            const auto& node = diff.nodes[i];
            next = node.parent == at && (node.a.in_text || node.b.in_text) ? static_cast<std::int32_t>(i) : -1;
        }
        at = next;
    }
    return out;
}

}  // namespace

TreeDiffView::TreeDiffView(QWidget* parent) : View(QStringLiteral("draft-tree-diff"), tr("Two trees at one position"), parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    clear(tr("What two methods drafted at the same position of the text will stand here, one tree over the other."));
}

void TreeDiffView::setDiff(record::TreeDiff diff, const QString& nameA, const QString& nameB, Label label)
{
    m_diff = std::move(diff);
    m_nameA = nameA;
    m_nameB = nameB;
    m_label = std::move(label);
    const auto round = roundOf(m_diff);
    m_layout = m_diff.nodes.empty() ? TreeLayout{} : layoutTree({&round});
    m_cursor = 0;
    if (m_diff.nodes.empty()) {
        setEmpty(words());
    } else if (m_diff.alignment == record::Alignment::Aligned) {
        setData();
    } else {
        setPartial(words());
    }
    setAccessibleDescription(summary());
    updateGeometry();
    update();
}

void TreeDiffView::clear(const QString& sentence)
{
    m_diff = {};
    m_layout = {};
    m_cursor = 0;
    setEmpty(sentence);
    setAccessibleDescription(summary());
    updateGeometry();
    update();
}

void TreeDiffView::setCursor(int node)
{
    if (node >= 0 && static_cast<std::size_t>(node) < m_diff.nodes.size() && node != m_cursor) {
        m_cursor = node;
        setAccessibleDescription(nodeText(node));
        update();
        Q_EMIT cursorMoved(node);
    }
}

QString TreeDiffView::labelOf(int node) const
{
    const auto token = m_diff.nodes[static_cast<std::size_t>(node)].token;
    const QString text = m_label ? m_label(token) : QString::number(token);
    return text.size() > kLongestLabel ? text.left(kLongestLabel - 1) + QChar(0x2026) : text;
}

int TreeDiffView::marksOf(int node) const
{
    const auto& at = m_diff.nodes[static_cast<std::size_t>(node)];
    return at.side() == DiffSide::Both && at.a.state != at.b.state ? 2 : 1;
}

QString TreeDiffView::words() const
{
    using record::Alignment;
    switch (m_diff.alignment) {
    case Alignment::Aligned:
        break;
    case Alignment::OtherPrompt:
        return tr("The two runs have other prompts: their trees cannot be laid over each other.");
    case Alignment::OtherText:
        return tr("The texts differ before this position: the trees belong to other texts.");
    case Alignment::EndOfA:
    case Alignment::EndOfB:
        return tr("The text of %1 ends before this position.").arg(m_diff.alignment == Alignment::EndOfA ? m_nameA : m_nameB);
    }
    const auto& counts = m_diff.counts;
    QString out = tr("%1 in both, %2 only in A, %3 only in B").arg(counts.both).arg(counts.only_a).arg(counts.only_b);
    if (counts.states > 0) {
        out += tr("; %n of both came out differently", nullptr, static_cast<int>(counts.states));
    }
    const auto began = [&](const QString& name, int round, int before) {
        return before < m_diff.position
                   ? tr("%1: round %2, which began %n token(s) earlier", nullptr, m_diff.position - before).arg(name).arg(round + 1)
                   : tr("%1: round %2").arg(name).arg(round + 1);
    };
    if (m_diff.round_a >= 0 && m_diff.round_b >= 0) {
        out += QStringLiteral(". ") + began(QStringLiteral("A"), m_diff.round_a, m_diff.before_a) + QStringLiteral("; ") +
               began(QStringLiteral("B"), m_diff.round_b, m_diff.before_b) + QLatin1Char('.');
    }
    return out;
}

QString TreeDiffView::nodeText(int node) const
{
    if (node < 0 || static_cast<std::size_t>(node) >= m_diff.nodes.size()) {
        return {};
    }
    const auto& at = m_diff.nodes[static_cast<std::size_t>(node)];
    QString out = tr("“%1”, %2 after the position").arg(m_label ? m_label(at.token) : QString::number(at.token)).arg(at.depth);
    const auto reading = [&](const QString& name, const record::NodeReading& of) {
        if (!of.present()) {
            return tr("%1: not drafted").arg(name);
        }
        QString text = tr("%1: %2, p %3, q %4")
                           .arg(name, stateLabel(of.state), questionNumber(static_cast<double>(of.p), 3),
                                questionNumber(static_cast<double>(of.q), 3));
        return of.drawn > 1 ? text + tr(", drawn %n times", nullptr, of.drawn) : text;
    };
    out += QLatin1Char('\n') + reading(QStringLiteral("A ") + m_nameA, at.a) + QLatin1Char('\n') +
           reading(QStringLiteral("B ") + m_nameB, at.b);
    if (at.side() == DiffSide::Both && node > 0) {
        out +=
            QLatin1Char('\n') + tr("A minus B: p %1, q %2").arg(questionNumber(at.p_difference(), 3), questionNumber(at.q_difference(), 3));
    }
    return out;
}

QString TreeDiffView::summary() const
{
    return m_diff.nodes.empty() ? stateText() : tr("After %n token(s).", nullptr, m_diff.position) + QLatin1Char(' ') + words();
}

QByteArray TreeDiffView::toCsv() const
{
    QString out = QStringLiteral("node,parent,position,token,text,side,state_a,p_a,q_a,state_b,p_b,q_b,p_difference,q_difference\n");
    const auto cells = [](const record::NodeReading& of) {
        const auto name = record::name_of(of.state);
        return of.present() ? QStringLiteral("%1,%2,%3")
                                  .arg(QLatin1String(name.data(), static_cast<qsizetype>(name.size())),
                                       questionCell(static_cast<double>(of.p)), questionCell(static_cast<double>(of.q)))
                            : QStringLiteral(",,");
    };
    for (std::size_t i = 0; i < m_diff.nodes.size(); ++i) {
        const auto& node = m_diff.nodes[i];
        QString text = m_label ? m_label(node.token) : QString();
        text.replace(QLatin1Char('"'), QStringLiteral("\"\""));
        const auto side = record::name_of(node.side());
        const bool both = node.side() == DiffSide::Both;
        const QStringList line = {QString::number(i),
                                  node.parent < 0 ? QString() : QString::number(node.parent),
                                  QString::number(m_diff.position - 1 + node.depth),
                                  QString::number(node.token),
                                  QLatin1Char('"') + text + QLatin1Char('"'),
                                  QLatin1String(side.data(), static_cast<qsizetype>(side.size())),
                                  cells(node.a),
                                  cells(node.b),
                                  both ? questionCell(node.p_difference()) : QString(),
                                  both ? questionCell(node.q_difference()) : QString()};
        out += line.join(QLatin1Char(',')) + QLatin1Char('\n');
    }
    return out.toUtf8();
}

// --- places -----------------------------------------------------------------------------------------------------------------------------

TreeDiffView::Scale TreeDiffView::scaleFor(const QFont& font) const
{
    const QFontMetricsF metrics(treeDiffFont(font));
    Scale out;
    out.line = std::ceil(metrics.height());
    out.row = out.line + 12;
    out.top = 2 * std::ceil(QFontMetricsF(font).height()) + 14;
    out.above = -static_cast<double>(m_layout.top);
    double widest = 0;
    for (std::size_t i = 0; i < m_diff.nodes.size(); ++i) {
        const auto node = static_cast<int>(i);
        widest = std::max(widest, metrics.horizontalAdvance(labelOf(node)) + marksOf(node) * out.line * 0.9);
    }
    out.column = std::max(60.0, widest + 2 * kTreeDiffPad + 22);
    return out;
}

QSizeF TreeDiffView::naturalSize(const QFont& font) const
{
    if (m_diff.nodes.empty()) {
        return {200, 60};
    }
    const auto scale = scaleFor(font);
    return {2 * kTreeDiffMargin + static_cast<double>(m_layout.width) * scale.column,
            scale.top + (static_cast<double>(m_layout.bottom) + scale.above + 1) * scale.row + 6};
}

QRectF TreeDiffView::boxOf(int node, const Scale& scale, const QFont& font) const
{
    if (node < 0 || static_cast<std::size_t>(node) >= m_layout.nodes.size()) {
        return {};
    }
    const auto& at = m_layout.nodes[static_cast<std::size_t>(node)];  // every node is laid out, in the same order
    const double width =
        QFontMetricsF(treeDiffFont(font)).horizontalAdvance(labelOf(node)) + marksOf(node) * scale.line * 0.9 + 2 * kTreeDiffPad;
    const double y = scale.top + (static_cast<double>(at.y) + scale.above) * scale.row;
    return {kTreeDiffMargin + static_cast<double>(at.x) * scale.column, y + (scale.row - scale.line - 4) / 2, width, scale.line + 4};
}

QRectF TreeDiffView::boxOf(int node) const
{
    return boxOf(node, scaleFor(font()), font());
}

int TreeDiffView::nodeAt(const QPointF& position) const
{
    const auto scale = scaleFor(font());
    for (int i = 0; i < static_cast<int>(m_diff.nodes.size()); ++i) {
        if (boxOf(i, scale, font()).adjusted(-2, -2, 2, 2).contains(position)) {
            return i;
        }
    }
    return -1;
}

// --- keys and mouse ---------------------------------------------------------------------------------------------------------------------

int TreeDiffView::neighbour(int key) const
{
    const auto& nodes = m_diff.nodes;
    const auto& at = nodes[static_cast<std::size_t>(m_cursor)];
    if (key == Qt::Key_Left) {
        return at.parent;
    }
    const auto count = static_cast<int>(nodes.size());
    const auto y = [&](int node) { return m_layout.nodes[static_cast<std::size_t>(node)].y; };
    int best = -1;
    for (int i = 0; i < count; ++i) {
        const auto& node = nodes[static_cast<std::size_t>(i)];
        if (key == Qt::Key_Right) {
            // The child on the same row first.
            if (node.parent == m_cursor && (best < 0 || std::abs(y(i) - y(m_cursor)) < std::abs(y(best) - y(m_cursor)))) {
                best = i;
            }
        } else if (node.depth == at.depth && (key == Qt::Key_Down ? y(i) > y(m_cursor) : y(i) < y(m_cursor)) &&
                   (best < 0 || std::abs(y(i) - y(m_cursor)) < std::abs(y(best) - y(m_cursor)))) {
            best = i;
        }
    }
    return best;
}

void TreeDiffView::keyPressEvent(QKeyEvent* event)
{
    if (m_diff.nodes.empty() || (event->modifiers() & (Qt::ControlModifier | Qt::AltModifier)) != 0) {
        View::keyPressEvent(event);
        return;
    }
    switch (event->key()) {
    case Qt::Key_Left:
    case Qt::Key_Right:
    case Qt::Key_Up:
    case Qt::Key_Down:
        setCursor(neighbour(event->key()));
        break;
    case Qt::Key_Home:
        setCursor(0);
        break;
    case Qt::Key_PageUp:
    case Qt::Key_PageDown:
        Q_EMIT stepRequested(event->key() == Qt::Key_PageUp ? -1 : 1);
        break;
    default:
        View::keyPressEvent(event);
        return;
    }
    event->accept();
}

void TreeDiffView::mousePressEvent(QMouseEvent* event)
{
    setCursor(nodeAt(event->position()));
}

bool TreeDiffView::event(QEvent* event)
{
    if (event->type() != QEvent::ToolTip) {
        return View::event(event);
    }
    auto* help = static_cast<QHelpEvent*>(event);
    if (const int node = nodeAt(help->pos()); node >= 0) {
        QToolTip::showText(help->globalPos(), nodeText(node), this);
    } else {
        QToolTip::hideText();
    }
    return true;
}

}  // namespace timberline::widgets
