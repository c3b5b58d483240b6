// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/attention/head_table_view.h"

#include "widgets/attention/flow_layout.h"
#include "widgets/theme/theme.h"

#include <QEvent>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace timberline::widgets {

HeadTableView::HeadTableView(AttentionModel* model, SelectionModel* selection, QWidget* parent)
    : View(QStringLiteral("attention-table"), tr("All heads"), parent), m_model(model), m_selection(selection),
      m_heads(new HeadTableModel(model, this)), m_sorter(new HeadSorter(m_heads, this)), m_controls(new QWidget(this)),
      m_table(new QTableView(this))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    buildControls(m_controls);
    layout->addWidget(m_controls);
    layout->addWidget(m_table, 1);
    m_table->setModel(m_sorter);
    m_table->setObjectName(QStringLiteral("attention-table-rows"));
    m_table->setAccessibleName(tr("All heads"));
    m_table->setSortingEnabled(true);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setAlternatingRowColors(true);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setTabKeyNavigation(false);
    m_table->verticalHeader()->hide();
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->setContextMenuPolicy(Qt::CustomContextMenu);
    m_table->sortByColumn(HeadTableModel::Layer, Qt::AscendingOrder);
    sizeColumns();
    setFocusProxy(m_table);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& now) {
        if (!m_following && now.isValid()) {
            const int row = m_sorter->mapToSource(now).row();
            Selected selected = m_selection->current();
            selected.layer = m_heads->layerOf(row);
            selected.head = m_heads->headOf(row);
            m_selection->select(selected);
        }
    });
    connect(m_table, &QTableView::customContextMenuRequested, this, [this](const QPoint& at) {
        if (const auto index = m_table->indexAt(at); index.isValid()) {
            const int row = m_sorter->mapToSource(index).row();
            Q_EMIT menuRequested(m_heads->layerOf(row), m_heads->headOf(row), m_table->viewport()->mapToGlobal(at));
        }
    });
    connect(m_selection, &SelectionModel::changed, this, &HeadTableView::followSelection);
    connect(m_model, &AttentionModel::changed, this, &HeadTableView::refresh);
    connect(m_model, &AttentionModel::effectChanged, this, &HeadTableView::refresh);
    connect(m_model, &AttentionModel::marksChanged, this, &HeadTableView::refresh);
    refresh();
}

void HeadTableView::buildControls(QWidget* parent)
{
    auto* row = new FlowLayout(parent, 4);
    m_search = new QLineEdit(parent);
    m_search->setClearButtonEnabled(true);
    m_search->setPlaceholderText(tr("3.2   2-4.*   sink>0.3"));
    m_search->setToolTip(tr("Heads by LAYER.HEAD, ranges and *; statistics by comparisons such as "
                            "sink>0.3 or normalised<=0.5; all words must "
                            "hold. The names stand in the tooltips of the columns."));
    m_search->setAccessibleName(tr("Search heads"));
    m_search->setMinimumWidth(fontMetrics().averageCharWidth() * 22);
    row->addWidget(m_search);
    const struct {
        QString name, query;
    } kinds[] = {{tr("Sinks"), QStringLiteral("sink>0.3")},           {tr("Previous token"), QStringLiteral("previous>0.3")},
                 {tr("Induction"), QStringLiteral("induction>0.3")},  {tr("Sharp"), QStringLiteral("normalised<0.25")},
                 {tr("Diffuse"), QStringLiteral("normalised>=0.75")}, {tr("Edited"), QStringLiteral("edited")}};
    for (const auto& kind : kinds) {
        auto* chip = new QToolButton(parent);
        chip->setText(kind.name);
        chip->setToolTip(tr("Only heads with %1").arg(kind.query));
        chip->setCheckable(true);
        chip->setFocusPolicy(Qt::TabFocus);
        chip->setProperty("chip", true);
        chip->setProperty("query", kind.query);
        connect(chip, &QToolButton::toggled, this, &HeadTableView::applyFilter);
        row->addWidget(chip);
        m_chips.append(chip);
    }
    m_count = new QLabel(parent);
    m_count->setProperty("quiet", true);
    row->addWidget(m_count);
    connect(m_search, &QLineEdit::textChanged, this, &HeadTableView::applyFilter);
}

void HeadTableView::applyFilter()
{
    m_sorter->setQuery(HeadQuery::parse(m_search->text()));
    std::vector<HeadQuery> chips;
    for (const auto* chip : m_chips) {
        if (chip->isChecked()) {
            chips.push_back(HeadQuery::parse(chip->property("query").toString()));
        }
    }
    m_sorter->setChips(std::move(chips));
    refresh();
    followSelection();
}

void HeadTableView::refresh()
{
    if (m_model->empty()) {
        setEmpty(tr("Every head with all its numbers will stand here, to be sorted "
                    "and searched: press Run."));
    } else {
        setData();
    }
    m_controls->setVisible(!m_model->empty());
    m_table->setVisible(!m_model->empty());
    const bool compared = m_model->effect() != nullptr && !m_model->effect()->entropy_change.empty();
    for (const auto statistic : allStatistics()) {
        m_table->setColumnHidden(HeadTableModel::columnOf(statistic), infoOf(statistic).fromEdit && !compared);
    }
    m_table->setColumnHidden(HeadTableModel::Edit, !m_model->anyMark());
    m_table->setColumnHidden(HeadTableModel::KvHead, m_model->groupSize() <= 1);
    const auto& unknown = m_sorter->query().unknown();
    const QString count = tr("%1 of %n heads", nullptr, m_heads->rowCount()).arg(m_sorter->rowCount());
    const QString text = unknown.isEmpty() ? count : tr("%1; not understood: %2").arg(count, unknown.join(QStringLiteral(", ")));
    if (text != m_count->text()) {
        m_count->setText(text);
        m_controls->updateGeometry();
    }
    setAccessibleDescription(summary());
    update();
}

void HeadTableView::followSelection()
{
    const auto& now = m_selection->current();
    if (now.layer < 0 || now.layer >= m_model->layers() || now.head < 0 || now.head >= m_model->heads()) {
        return;
    }
    const auto index =
        m_sorter->mapFromSource(m_heads->index(m_heads->rowOf(now.layer, now.head), std::max(0, m_table->currentIndex().column())));
    m_following = true;
    if (!index.isValid()) {
        m_table->clearSelection();
    } else if (index.row() != m_table->currentIndex().row() || !m_table->selectionModel()->isRowSelected(index.row())) {
        m_table->setCurrentIndex(index);
        m_table->selectRow(index.row());
    }
    m_following = false;
}

void HeadTableView::sortBy(HeadStatistic statistic, Qt::SortOrder order)
{
    m_table->sortByColumn(HeadTableModel::columnOf(statistic), order);
}

void HeadTableView::sizeColumns()
{
    const QFontMetrics metrics = m_table->fontMetrics();
    for (int column = 0; column < m_heads->columnCount(); ++column) {
        const QString title = m_heads->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
        m_table->setColumnWidth(
            column, std::max(metrics.horizontalAdvance(title) + 30, metrics.horizontalAdvance(QStringLiteral("000.0000")) + 12));
    }
    m_table->verticalHeader()->setDefaultSectionSize(metrics.height() + 6);
}

void HeadTableView::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::FontChange && m_table != nullptr) {
        sizeColumns();
    }
    View::changeEvent(event);
}

QList<int> HeadTableView::shownColumns() const
{
    QList<int> out;
    for (int column = 0; column < m_heads->columnCount(); ++column) {
        if (!m_table->isColumnHidden(column)) {
            out.append(column);
        }
    }
    return out;
}

QSizeF HeadTableView::contentSize() const
{
    double width = 16;
    for (const int column : shownColumns()) {
        width += m_table->columnWidth(column);
    }
    return {width, (m_sorter->rowCount() + 2) * (QFontMetricsF(font()).height() + 6) + 8};
}

void HeadTableView::paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const
{
    if (paintState(painter, QRectF(QPointF(0, 0), size), theme)) {
        return;
    }
    const double line = QFontMetricsF(painter.font()).height() + 6;
    const double scale = std::min(1.0, size.width() / contentSize().width());
    painter.save();
    painter.scale(scale, scale);
    double x = 8;
    for (const int column : shownColumns()) {
        const double width = m_table->columnWidth(column);
        painter.setPen(theme.quietInk);
        painter.drawText(QRectF(x, 2, width - 8, line), Qt::AlignRight | Qt::AlignVCenter,
                         m_heads->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString());
        painter.setPen(theme.ink);
        for (int row = 0; row < m_sorter->rowCount(); ++row) {
            painter.drawText(QRectF(x, 4 + (row + 1) * line, width - 8, line), Qt::AlignRight | Qt::AlignVCenter,
                             m_sorter->index(row, column).data(Qt::DisplayRole).toString());
        }
        x += width;
    }
    painter.setPen(QPen(theme.hairline, 1));
    painter.drawLine(QPointF(8, 3 + line), QPointF(x, 3 + line));
    painter.restore();
}

void HeadTableView::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const Theme& colors = timberline::widgets::theme();
    painter.fillRect(rect(), colors.background);
    paintState(painter, rect(), colors);
}

QByteArray HeadTableView::toCsv() const
{
    QString out = QStringLiteral("layer,head,kv_head,edit");
    for (const auto statistic : allStatistics()) {
        out += QLatin1Char(',') + infoOf(statistic).key;
    }
    out += QLatin1Char('\n');
    for (int row = 0; row < m_sorter->rowCount(); ++row) {
        const int source = m_sorter->mapToSource(m_sorter->index(row, 0)).row();
        out += QStringLiteral("%1,%2,%3,%4")
                   .arg(m_heads->layerOf(source))
                   .arg(m_heads->headOf(source))
                   .arg(static_cast<int>(m_heads->number(source, HeadTableModel::KvHead)))
                   .arg(csvText(m_model->mark(m_heads->layerOf(source), m_heads->headOf(source)).sign()));
        for (const auto statistic : allStatistics()) {
            out += QLatin1Char(',') + csvNumber(m_heads->number(source, HeadTableModel::columnOf(statistic)));
        }
        out += QLatin1Char('\n');
    }
    return out.toUtf8();
}

QString HeadTableView::summary() const
{
    if (m_model->empty()) {
        return tr("No heads yet.");
    }
    const int column = m_sorter->sortColumn();
    return tr("%1 of %2 heads, sorted by %3.")
        .arg(m_sorter->rowCount())
        .arg(m_heads->rowCount())
        .arg(m_heads->headerData(std::max(0, column), Qt::Horizontal, Qt::DisplayRole).toString());
}

}  // namespace timberline::widgets
