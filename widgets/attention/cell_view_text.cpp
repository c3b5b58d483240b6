// SPDX-License-Identifier: GPL-3.0-or-later
// What the view of one weight says in words and files.
#include "widgets/attention/cell_view.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <cmath>

namespace timberline::widgets {

QString CellView::dimensionText(int dimension) const
{
    if (!m_cell || dimension < 0 || dimension >= static_cast<int>(m_cell->query_row.size())) {
        return {};
    }
    const auto i = static_cast<std::size_t>(dimension);
    const double query = static_cast<double>(m_cell->query_row[i]);
    const double key = static_cast<double>(m_cell->key_row[i]);
    return tr("dimension %1: %2 × %3 = %4").arg(dimension).arg(numberText(query, 3), numberText(key, 3), numberText(query * key, 3));
}

QString CellView::tileText(int tile) const
{
    if (!m_cell || tile < 0 || tile >= static_cast<int>(m_cell->maximum.size())) {
        return {};
    }
    const auto i = static_cast<std::size_t>(tile);
    return tr("After tile %1: maximum m = %2, l = Σ e^(s−m) = %3, t = Σ e^(s−m) "
              "(s−m) = %4, entropy ln l − t/l = %5 nats")
        .arg(tile + 1)
        .arg(numberText(m_cell->maximum[i], 5), numberText(m_cell->sum[i], 5), numberText(m_cell->weighted[i], 5),
             numberText(m_cell->entropy_so_far[i], 5));
}

QByteArray CellView::toCsv() const
{
    QString out = QStringLiteral("dimension,query,key,product\n");
    for (std::size_t i = 0; m_cell && i < m_cell->query_row.size(); ++i) {
        const double query = static_cast<double>(m_cell->query_row[i]);
        const double key = static_cast<double>(m_cell->key_row[i]);
        out += QStringLiteral("%1,%2,%3,%4\n").arg(i).arg(csvNumber(query), csvNumber(key), csvNumber(query * key));
    }
    return out.toUtf8();
}

QByteArray CellView::toJson() const
{
    if (!m_cell) {
        return QJsonDocument(QJsonObject()).toJson();
    }
    const auto& cell = *m_cell;
    QJsonArray tiles;
    for (std::size_t i = 0; i < cell.maximum.size(); ++i) {
        tiles.append(QJsonObject{{QStringLiteral("maximum"), cell.maximum[i]},
                                 {QStringLiteral("sum"), cell.sum[i]},
                                 {QStringLiteral("weighted"), cell.weighted[i]},
                                 {QStringLiteral("entropy"), cell.entropy_so_far[i]}});
    }
    const QJsonObject out{{QStringLiteral("layer"), cell.layer},
                          {QStringLiteral("head"), cell.head},
                          {QStringLiteral("kv_head"), cell.kv_head},
                          {QStringLiteral("query"), cell.query},
                          {QStringLiteral("key"), cell.key},
                          {QStringLiteral("product"), cell.product},
                          {QStringLiteral("scale"), cell.scale},
                          {QStringLiteral("score"), cell.score},
                          {QStringLiteral("weight"), cell.weight},
                          {QStringLiteral("rank"), cell.rank},
                          {QStringLiteral("entropy_nats"), cell.entropy},
                          {QStringLiteral("log_sum_exp"), cell.log_sum_exp},
                          {QStringLiteral("method"), QString::fromStdString(cell.method)},
                          {QStringLiteral("first_key"), cell.first_key},
                          {QStringLiteral("tile_keys"), cell.tile},
                          {QStringLiteral("tiles"), tiles},
                          {QStringLiteral("dimensions"), QJsonDocument::fromJson(View::toJson()).array()}};
    return QJsonDocument(out).toJson();
}

QString CellView::summary() const
{
    if (!m_cell) {
        return tr("No cell is selected.");
    }
    const bool stated = !std::isnan(m_cell->scale) || m_cell->method.empty();
    QString text = (stated ? tr("Weight %1 of key %2 for query %3: q · k = %4, score %5.")
                           : tr("Weight %1 of key %2 for query %3: q · k = %4, weighed by %5."))
                       .arg(numberText(m_cell->weight, 5))
                       .arg(m_cell->key)
                       .arg(m_cell->query)
                       .arg(numberText(m_cell->product, 4), stated ? numberText(m_cell->score, 4) : QString::fromStdString(m_cell->method));
    if (m_dimension >= 0) {
        text += QLatin1Char(' ') + dimensionText(m_dimension) + QLatin1Char('.');
    }
    return text + QLatin1Char(' ') + tileText(m_tile);
}

}  // namespace timberline::widgets
