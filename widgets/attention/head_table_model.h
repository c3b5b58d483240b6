// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/attention/attention_model.h"

#include <QAbstractTableModel>
#include <QSortFilterProxyModel>

#include <functional>

namespace timberline::widgets {

/// All heads in a table: layer, head, kv head, edit, then one column a
/// statistic. Qt::UserRole is the number (NaN where there is none).
class HeadTableModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { Layer, Head, KvHead, Edit, FirstStatistic };

    explicit HeadTableModel(AttentionModel* model, QObject* parent = nullptr);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    /// Precondition: FirstStatistic <= column < columnCount().
    [[nodiscard]] static HeadStatistic statisticOf(int column);
    [[nodiscard]] static int columnOf(HeadStatistic statistic);
    [[nodiscard]] double number(int row, int column) const;
    [[nodiscard]] int layerOf(int row) const { return m_heads > 0 ? row / m_heads : 0; }
    [[nodiscard]] int headOf(int row) const { return m_heads > 0 ? row % m_heads : 0; }
    [[nodiscard]] int rowOf(int layer, int head) const { return layer * m_heads + head; }
    [[nodiscard]] AttentionModel* attention() const { return m_model; }

private:
    void refresh();
    AttentionModel* m_model;
    int m_layers = 0, m_heads = 0;
};

/// What a line of search asks for: words that must all hold. "3.2", "2-4.*"
/// name heads; "sink>0.3", "normalised<=0.5", "layer=3" compare; "edited" asks
/// for edited heads.
class HeadQuery
{
public:
    /// Words that are not understood stand in unknown() and do not filter.
    [[nodiscard]] static HeadQuery parse(const QString& text);
    [[nodiscard]] bool matches(const HeadTableModel& model, int row) const;
    [[nodiscard]] const QStringList& unknown() const { return m_unknown; }

private:
    using Test = std::function<bool(const HeadTableModel&, int)>;
    [[nodiscard]] static Test comparison(const QString& word);
    [[nodiscard]] static Test place(const QString& word);
    std::vector<Test> m_tests;
    QStringList m_unknown;
};

/// Sorts by numbers (what has no number stands last, either way) and keeps the
/// heads that the search and the chips ask for.
class HeadSorter : public QSortFilterProxyModel
{
    Q_OBJECT
public:
    explicit HeadSorter(HeadTableModel* model, QObject* parent = nullptr);
    void setQuery(HeadQuery query);
    /// Searches written as chips; all must hold.
    void setChips(std::vector<HeadQuery> chips);
    [[nodiscard]] const HeadQuery& query() const { return m_query; }

protected:
    [[nodiscard]] bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

private:
    HeadTableModel* m_model;
    HeadQuery m_query;
    std::vector<HeadQuery> m_chips;
};

}  // namespace timberline::widgets
