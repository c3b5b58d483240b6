// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/attention/head_table_model.h"

#include <QRegularExpression>

#include <cmath>

namespace timberline::widgets {

HeadTableModel::HeadTableModel(AttentionModel* model, QObject* parent)
    : QAbstractTableModel(parent), m_model(model), m_layers(model->layers()), m_heads(model->heads())
{
    connect(m_model, &AttentionModel::changed, this, &HeadTableModel::refresh);
    connect(m_model, &AttentionModel::effectChanged, this, &HeadTableModel::refresh);
    connect(m_model, &AttentionModel::marksChanged, this, &HeadTableModel::refresh);
}

void HeadTableModel::refresh()
{
    if (m_layers != m_model->layers() || m_heads != m_model->heads()) {
        beginResetModel();
        m_layers = m_model->layers();
        m_heads = m_model->heads();
        endResetModel();
    } else if (m_layers > 0) {
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
    }
}

int HeadTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : m_layers * m_heads;
}

int HeadTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : FirstStatistic + static_cast<int>(allStatistics().size());
}

HeadStatistic HeadTableModel::statisticOf(int column)
{
    return allStatistics()[static_cast<std::size_t>(column - FirstStatistic)];
}

int HeadTableModel::columnOf(HeadStatistic statistic)
{
    const auto& all = allStatistics();
    return FirstStatistic + static_cast<int>(std::find(all.begin(), all.end(), statistic) - all.begin());
}

double HeadTableModel::number(int row, int column) const
{
    const int layer = layerOf(row);
    const int head = headOf(row);
    switch (column) {
    case Layer:
        return layer;
    case Head:
        return head;
    case KvHead:
        return m_model->groupSize() > 0 ? head / m_model->groupSize() : 0;
    case Edit:
        return m_model->mark(layer, head).changed() ? 1 : 0;
    default:
        return m_model->statistic(statisticOf(column), layer, head);
    }
}

QVariant HeadTableModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) {
        return {};
    }
    const int column = index.column();
    switch (role) {
    case Qt::DisplayRole:
        if (column == Edit) {
            return m_model->mark(layerOf(index.row()), headOf(index.row())).sign();
        }
        return column < FirstStatistic ? QString::number(static_cast<int>(number(index.row(), column)))
                                       : numberText(number(index.row(), column), infoOf(statisticOf(column)).digits);
    case Qt::UserRole:
        return number(index.row(), column);
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(column == Edit ? Qt::AlignLeft | Qt::AlignVCenter : Qt::AlignRight | Qt::AlignVCenter);
    case Qt::ToolTipRole:
        return column < FirstStatistic
                   ? QVariant()
                   : QVariant(tr("Layer %1, head %2: %3 %4")
                                  .arg(layerOf(index.row()))
                                  .arg(headOf(index.row()))
                                  .arg(infoOf(statisticOf(column)).label, valueText(statisticOf(column), number(index.row(), column))));
    default:
        return {};
    }
}

QVariant HeadTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount()) {
        return {};
    }
    if (role == Qt::DisplayRole) {
        switch (section) {
        case Layer:
            return tr("Layer");
        case Head:
            return tr("Head");
        case KvHead:
            return tr("KV head");
        case Edit:
            return tr("Edit");
        default: {
            const auto info = infoOf(statisticOf(section));
            return info.unit.isEmpty() ? info.label : QStringLiteral("%1 (%2)").arg(info.label, info.unit);
        }
        }
    }
    if (role == Qt::TextAlignmentRole) {
        return QVariant::fromValue(section == Edit ? Qt::AlignLeft | Qt::AlignVCenter : Qt::AlignRight | Qt::AlignVCenter);
    }
    if (role == Qt::ToolTipRole && section >= FirstStatistic) {
        const auto info = infoOf(statisticOf(section));
        return tr("%1 In the search: %2").arg(info.help, info.key);
    }
    return {};
}

HeadQuery HeadQuery::parse(const QString& text)
{
    HeadQuery out;
    for (const auto& word : text.split(QRegularExpression(QStringLiteral("\\s+")), Qt::SkipEmptyParts)) {
        Test test = word.compare(QLatin1String("edited"), Qt::CaseInsensitive) == 0
                        ? Test([](const HeadTableModel& model, int row) { return model.number(row, HeadTableModel::Edit) > 0; })
                        : comparison(word);
        if (!test) {
            test = place(word);
        }
        if (test) {
            out.m_tests.push_back(std::move(test));
        } else {
            out.m_unknown.append(word);
        }
    }
    return out;
}

HeadQuery::Test HeadQuery::comparison(const QString& word)
{
    static const QRegularExpression pattern(QStringLiteral("^([A-Za-z_0-9]+)(<=|>=|<|>|=)(-?[0-9]*[.,]?[0-9]+)$"));
    const auto match = pattern.match(word);
    if (!match.hasMatch()) {
        return {};
    }
    const QString key = match.captured(1).toLower();
    int column = key == QLatin1String("layer")  ? HeadTableModel::Layer
                 : key == QLatin1String("head") ? HeadTableModel::Head
                 : key == QLatin1String("kv")   ? HeadTableModel::KvHead
                                                : -1;
    // The whole key, else the first that begins with what was typed: "norm" is
    // enough.
    for (const bool whole : {true, false}) {
        for (const auto statistic : allStatistics()) {
            const QString name = infoOf(statistic).key;
            if (column < 0 && (whole ? name == key : name.startsWith(key))) {
                column = HeadTableModel::columnOf(statistic);
            }
        }
    }
    bool number = false;
    const double bound = match.captured(3).replace(QLatin1Char(','), QLatin1Char('.')).toDouble(&number);
    if (column < 0 || !number) {
        return {};
    }
    const QString op = match.captured(2);
    return [column, bound, op](const HeadTableModel& model, int row) {
        const double value = model.number(row, column);
        return op == QLatin1String("<")    ? value < bound
               : op == QLatin1String("<=") ? value <= bound
               : op == QLatin1String(">")  ? value > bound
               : op == QLatin1String(">=") ? value >= bound
                                           : value == bound;
    };
}

HeadQuery::Test HeadQuery::place(const QString& word)
{
    static const QRegularExpression pattern(QStringLiteral("^(\\*|\\d{1,6}(?:-\\d{1,6})?)\\.(\\*|\\d{1,6}(?:-\\d{1,6})?)$"));
    const auto match = pattern.match(word);
    if (!match.hasMatch()) {
        return {};
    }
    const auto range = [](const QString& part) {
        if (part == QLatin1String("*")) {
            return std::pair{0, std::numeric_limits<int>::max()};
        }
        const auto ends = part.split(QLatin1Char('-'));
        return std::pair{ends.front().toInt(), ends.back().toInt()};
    };
    const auto layers = range(match.captured(1));
    const auto heads = range(match.captured(2));
    return [layers, heads](const HeadTableModel& model, int row) {
        const int layer = model.layerOf(row);
        const int head = model.headOf(row);
        return layer >= layers.first && layer <= layers.second && head >= heads.first && head <= heads.second;
    };
}

bool HeadQuery::matches(const HeadTableModel& model, int row) const
{
    return std::all_of(m_tests.begin(), m_tests.end(), [&](const Test& test) { return test(model, row); });
}

HeadSorter::HeadSorter(HeadTableModel* model, QObject* parent) : QSortFilterProxyModel(parent), m_model(model)
{
    setSourceModel(model);
}

void HeadSorter::setQuery(HeadQuery query)
{
    m_query = std::move(query);
    invalidateFilter();
}

void HeadSorter::setChips(std::vector<HeadQuery> chips)
{
    m_chips = std::move(chips);
    invalidateFilter();
}

bool HeadSorter::lessThan(const QModelIndex& left, const QModelIndex& right) const
{
    const double a = m_model->number(left.row(), left.column());
    const double b = m_model->number(right.row(), right.column());
    if (std::isnan(a) || std::isnan(b)) {
        return sortOrder() == Qt::AscendingOrder ? !std::isnan(a) && std::isnan(b) : std::isnan(a) && !std::isnan(b);
    }
    return a < b;
}

bool HeadSorter::filterAcceptsRow(int row, const QModelIndex&) const
{
    return m_query.matches(*m_model, row) &&
           std::all_of(m_chips.begin(), m_chips.end(), [&](const HeadQuery& chip) { return chip.matches(*m_model, row); });
}

}  // namespace timberline::widgets
