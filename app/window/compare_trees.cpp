// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/compare_trees.h"

#include "core/record/tree_diff.h"
#include "widgets/draft/node_shapes.h"
#include "widgets/draft/question_paint.h"
#include "widgets/draft/tree_diff_view.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QScrollArea>
#include <QSignalBlocker>
#include <QSplitter>
#include <QTableWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace timberline::app {

using widgets::questionNumber;
using widgets::TreeDiffView;

namespace {

constexpr int kTokenColumn = 0;

/// Text of tokens as a record's vocabulary writes them.
TreeDiffView::Label labelsOf(record::RecordPtr record)
{
    return [record = std::move(record)](TokenId token) {
        const auto* started = record::run_started(*record);
        return started != nullptr ? widgets::visibleBytes(record::token_text(*started, token)) : QString::number(token);
    };
}

std::vector<TokenId> prompt_of(const record::Record& record)
{
    const auto* started = record::run_started(record);
    return started != nullptr ? started->prompt : std::vector<TokenId>{};
}

}  // namespace

CompareTrees::CompareTrees(const BenchContext& context, QWidget* parent)
    : QWidget(parent), m_context(context), m_view(new TreeDiffView(this)), m_area(new QScrollArea(this)), m_table(new QTableWidget(this)),
      m_a(new QComboBox(this)), m_b(new QComboBox(this)), m_previous(new QToolButton(this)), m_next(new QToolButton(this)),
      m_where(new QLabel(this)), m_whole(new QLabel(this))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 2, 0, 0);
    layout->setSpacing(2);
    layout->addWidget(buildBar());
    auto* splitter = new QSplitter(Qt::Horizontal, this);
    splitter->setChildrenCollapsible(false);
    m_area->setWidgetResizable(true);
    m_area->setFrameShape(QFrame::NoFrame);
    m_area->setMinimumSize(140, 50);
    m_area->setWidget(m_view);
    splitter->addWidget(m_area);
    splitter->addWidget(buildNumbers());
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    splitter->setSizes({420, 200});
    layout->addWidget(splitter, 1);
    m_whole->setProperty("quiet", true);
    m_whole->setContentsMargins(12, 0, 12, 2);
    m_whole->setMinimumWidth(20);
    m_whole->setTextInteractionFlags(Qt::TextSelectableByMouse);
    layout->addWidget(m_whole);
    connect(m_a, &QComboBox::currentIndexChanged, this, &CompareTrees::choosePair);
    connect(m_b, &QComboBox::currentIndexChanged, this, &CompareTrees::choosePair);
    connect(m_previous, &QToolButton::clicked, this, [this] { step(-1); });
    connect(m_next, &QToolButton::clicked, this, [this] { step(1); });
    connect(m_view, &TreeDiffView::stepRequested, this, &CompareTrees::step);
    connect(m_view, &TreeDiffView::cursorMoved, this, [this](int node) {
        m_area->ensureVisible(static_cast<int>(m_view->boxOf(node).center().x()), static_cast<int>(m_view->boxOf(node).center().y()), 90,
                              30);
        if (m_table->currentRow() != node - 1) {
            m_table->setCurrentCell(node - 1, kTokenColumn);
        }
    });
    connect(m_table, &QTableWidget::currentCellChanged, this, [this](int row) {
        if (row >= 0) {
            m_view->setCursor(row + 1);
        }
    });
    connect(context.selection, &widgets::SelectionModel::changed, this, &CompareTrees::followRound);
    connect(context.model, &widgets::RecordModel::shownChanged, this, &CompareTrees::followRound);
    choosePair();
}

QWidget* CompareTrees::buildBar()
{
    auto* bar = new QWidget(this);
    auto* layout = new QHBoxLayout(bar);
    layout->setContentsMargins(12, 0, 12, 0);
    layout->setSpacing(6);
    const auto box = [&](const QString& letter, const QString& name, QComboBox* combo) {
        auto* label = new QLabel(letter, bar);
        label->setBuddy(combo);
        combo->setAccessibleName(name);
        combo->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        combo->setMinimumContentsLength(10);
        layout->addWidget(label);
        layout->addWidget(combo, 1);
    };
    box(QStringLiteral("A"), tr("First run"), m_a);
    box(QStringLiteral("B"), tr("Second run"), m_b);
    m_previous->setText(QStringLiteral("‹"));
    m_next->setText(QStringLiteral("›"));
    m_previous->setToolTip(tr("The position before, at which a round of A or B begins (Page Up in the picture)"));
    m_next->setToolTip(tr("The next position at which a round of A or B begins (Page Down in the picture)"));
    m_previous->setAccessibleName(tr("Previous position"));
    m_next->setAccessibleName(tr("Next position"));
    m_where->setProperty("quiet", true);
    for (auto* button : {m_previous, m_next}) {
        button->setFocusPolicy(Qt::TabFocus);
        layout->addWidget(button);
    }
    layout->addWidget(m_where);
    return bar;
}

QWidget* CompareTrees::buildNumbers()
{
    m_table->setColumnCount(11);
    m_table->setHorizontalHeaderLabels({tr("Token"), tr("Depth"), tr("In"), tr("State A"), tr("State B"), tr("p A"), tr("p B"), tr("p A−B"),
                                        tr("q A"), tr("q B"), tr("q A−B")});
    m_table->setAccessibleName(tr("Nodes of both trees"));
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setTabKeyNavigation(false);
    m_table->setWordWrap(false);
    m_table->verticalHeader()->hide();
    m_table->setMinimumSize(120, 50);
    return m_table;
}

void CompareTrees::setRuns(std::vector<NamedRun> runs)
{
    const QString before[] = {m_a->currentText(), m_b->currentText()};
    m_runs = std::move(runs);
    {
        const QSignalBlocker blockA(m_a);
        const QSignalBlocker blockB(m_b);
        int index = 0;
        for (auto* combo : {m_a, m_b}) {
            combo->clear();
            for (const auto& run : m_runs) {
                combo->addItem(run.name);
                combo->setItemData(combo->count() - 1, run.name, Qt::ToolTipRole);
            }
            const int same = combo->findText(before[index]);
            combo->setCurrentIndex(same >= 0 && !before[index].isEmpty() ? same : std::min(index, combo->count() - 1));
            ++index;
        }
        if (m_runs.size() > 1 && m_a->currentIndex() == m_b->currentIndex()) {
            m_b->setCurrentIndex(m_a->currentIndex() == 0 ? 1 : 0);
        }
    }
    choosePair();
}

void CompareTrees::choosePair()
{
    const int before = position();
    m_positions.clear();
    if (m_a->currentIndex() >= 0 && m_b->currentIndex() >= 0) {
        m_positions = record::diff_positions(*m_runs[static_cast<std::size_t>(m_a->currentIndex())].record,
                                             *m_runs[static_cast<std::size_t>(m_b->currentIndex())].record);
    }
    for (auto* combo : {m_a, m_b}) {
        combo->setToolTip(combo->currentText());
        combo->setEnabled(m_runs.size() > 1);
    }
    m_whole->setText(wholeText());
    m_whole->setToolTip(m_whole->text());
    m_whole->setVisible(!m_whole->text().isEmpty());
    m_at = 0;
    if (before >= 0) {
        goTo(before);
    } else {
        show();
        followRound();
    }
}

QString CompareTrees::wholeText() const
{
    if (m_a->currentIndex() < 0 || m_b->currentIndex() < 0 || m_positions.empty()) {
        return {};
    }
    const auto diff = record::diff_runs(*m_runs[static_cast<std::size_t>(m_a->currentIndex())].record,
                                        *m_runs[static_cast<std::size_t>(m_b->currentIndex())].record);
    const auto& counts = diff.counts;
    const QString texts = diff.first_difference >= 0       ? tr("The texts part after %n token(s).", nullptr, diff.first_difference)
                          : diff.tokens_a == diff.tokens_b ? tr("The same text.")
                                                           : tr("The same text as far as both go.");
    return texts + QLatin1Char(' ') +
           tr("Whole run: %1 tokens in both, %2 only in A, %3 only in B.").arg(counts.both).arg(counts.only_a).arg(counts.only_b);
}

int CompareTrees::position() const
{
    return m_at < m_positions.size() ? m_positions[m_at] : -1;
}

void CompareTrees::goTo(int position)
{
    const auto it = std::ranges::upper_bound(m_positions, position);
    m_at = it == m_positions.begin() ? 0 : static_cast<std::size_t>(it - m_positions.begin()) - 1;
    show();
}

void CompareTrees::step(int positions)
{
    const auto wanted = static_cast<std::ptrdiff_t>(m_at) + positions;
    if (wanted >= 0 && wanted < static_cast<std::ptrdiff_t>(m_positions.size())) {
        m_at = static_cast<std::size_t>(wanted);
        show();
    }
}

void CompareTrees::followRound()
{
    const int selected = m_context.selection->current().round;
    const int round = selected >= 0 ? std::min(selected, m_context.model->shownRounds() - 1) : m_context.model->shownRounds() - 1;
    const auto* shown = m_context.model->round(round);
    if (shown == nullptr || m_positions.empty() || shown->committed_before == position() ||
        prompt_of(m_context.model->record()) != prompt_of(*m_runs[static_cast<std::size_t>(m_a->currentIndex())].record)) {
        return;
    }
    goTo(shown->committed_before);
}

void CompareTrees::show()
{
    const bool any = position() >= 0;
    m_previous->setEnabled(any && m_at > 0);
    m_next->setEnabled(any && m_at + 1 < m_positions.size());
    m_where->setText(any ? tr("after %n token(s)", nullptr, position()) : QString());
    m_where->setToolTip(any ? tr("Position %1 of %2 at which a round begins").arg(m_at + 1).arg(m_positions.size()) : QString());
    if (!any) {
        m_view->clear(m_runs.size() < 2 ? tr("What two methods drafted at the same position of the text will stand here. Press “Run all”.")
                                        : tr("These two runs have other prompts: their trees cannot be laid over each other."));
    } else {
        const auto& a = m_runs[static_cast<std::size_t>(m_a->currentIndex())];
        const auto& b = m_runs[static_cast<std::size_t>(m_b->currentIndex())];
        m_view->setDiff(record::diff_trees(*a.record, *b.record, position()), a.name, b.name, labelsOf(a.record));
    }
    fillTable();
}

void CompareTrees::fillTable()
{
    const QSignalBlocker blocker(m_table);
    const auto& nodes = m_view->diff().nodes;
    const auto labels = m_runs.empty() || m_a->currentIndex() < 0 ? TreeDiffView::Label{}
                                                                  : labelsOf(m_runs[static_cast<std::size_t>(m_a->currentIndex())].record);
    m_table->setRowCount(0);
    m_table->setRowCount(nodes.empty() ? 0 : static_cast<int>(nodes.size()) - 1);
    for (int row = 0; row < m_table->rowCount(); ++row) {
        const auto& node = nodes[static_cast<std::size_t>(row) + 1];
        const auto side = node.side();
        const bool both = side == record::DiffSide::Both;
        const auto state = [](const record::NodeReading& of) { return of.present() ? widgets::stateLabel(of.state) : QStringLiteral("–"); };
        const auto number = [](double value, bool known) { return known ? questionNumber(value, 3) : QStringLiteral("–"); };
        const QStringList cells = {labels ? labels(node.token) : QString::number(node.token),
                                   QString::number(node.depth),
                                   both                              ? tr("A and B")
                                   : side == record::DiffSide::OnlyA ? tr("A")
                                                                     : tr("B"),
                                   state(node.a),
                                   state(node.b),
                                   number(static_cast<double>(node.a.p), node.a.present()),
                                   number(static_cast<double>(node.b.p), node.b.present()),
                                   number(node.p_difference(), both),
                                   number(static_cast<double>(node.a.q), node.a.present()),
                                   number(static_cast<double>(node.b.q), node.b.present()),
                                   number(node.q_difference(), both)};
        for (int column = 0; column < static_cast<int>(cells.size()); ++column) {
            auto* item = new QTableWidgetItem(cells[column]);
            item->setToolTip(m_view->nodeText(row + 1));
            if (column == 1 || column >= 5) {
                item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
            }
            m_table->setItem(row, column, item);
        }
    }
    m_table->resizeColumnsToContents();
    m_table->resizeRowsToContents();
}

}  // namespace timberline::app
