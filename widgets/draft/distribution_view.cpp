// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/draft/distribution_view.h"

#include "widgets/theme/theme.h"

#include <QLocale>
#include <QFontDatabase>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace timberline::widgets {

namespace {

/// Indices of the ten largest entries, descending; ties by lower id.
std::vector<TokenId> topTen(const std::vector<float>& law)
{
    std::vector<TokenId> ids(law.size());
    std::iota(ids.begin(), ids.end(), 0);
    const auto count = std::min<std::size_t>(10, ids.size());
    std::partial_sort(ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(count), ids.end(), [&](TokenId a, TokenId b) {
        const float pa = law[static_cast<std::size_t>(a)];
        const float pb = law[static_cast<std::size_t>(b)];
        return pa != pb ? pa > pb : a < b;
    });
    ids.resize(count);
    std::erase_if(ids, [&](TokenId id) { return law[static_cast<std::size_t>(id)] <= 0; });
    return ids;
}

float valueOf(const std::vector<float>& law, TokenId id)
{
    return id >= 0 && static_cast<std::size_t>(id) < law.size() ? law[static_cast<std::size_t>(id)] : record::kUndefined;
}

}  // namespace

DistributionView::DistributionView(RecordModel* model, QWidget* parent)
    : View(QStringLiteral("draft-distribution"), tr("Distribution"), parent), m_model(model)
{
    setEmpty(tr("Select a node to see what target and draft thought of it."));
}

void DistributionView::clearLaw()
{
    m_rows.clear();
    m_law = {};
    setEmpty(tr("Select a node to see what target and draft thought of it."));
    updateGeometry();
    update();
}

void DistributionView::setLaw(NodeLaw law, TokenId marked)
{
    m_law = std::move(law);
    m_marked = marked;
    m_rows.clear();
    std::vector<TokenId> ids = topTen(m_law.target);
    if (marked >= 0 && std::find(ids.begin(), ids.end(), marked) == ids.end() && (std::isfinite(valueOf(m_law.target, marked)))) {
        ids.push_back(marked);
    }
    for (const TokenId id : topTen(m_law.draft)) {
        if (std::find(ids.begin(), ids.end(), id) == ids.end() && static_cast<int>(ids.size()) < kRows) {
            ids.push_back(id);
        }
    }
    for (const TokenId id : ids) {
        m_rows.push_back({id, valueOf(m_law.target, id), valueOf(m_law.draft, id), valueOf(m_law.residual, id)});
    }
    if (m_rows.empty()) {
        setPartial(tr("This record kept no laws for this node."));
    } else {
        setData();
    }
    setAccessibleDescription(summary());
    updateGeometry();
    update();
}

QSize DistributionView::sizeHint() const
{
    const int line = static_cast<int>(std::ceil(QFontMetricsF(font()).height() * 1.5));
    return {260, line * (std::max(3, static_cast<int>(m_rows.size())) + 3)};
}

QSizeF DistributionView::contentSize() const
{
    return {360, static_cast<double>(sizeHint().height())};
}

void DistributionView::paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const
{
    if (paintState(painter, QRectF(QPointF(0, 0), size), theme) || m_rows.empty()) {
        return;
    }
    const QFont body = painter.font();
    QFont fixed = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    fixed.setPointSizeF(body.pointSizeF());
    const QFontMetricsF fixedMetrics(fixed);
    const QFontMetricsF metrics(body);
    const double line = std::min(metrics.height() * 1.5, size.height() / (static_cast<double>(m_rows.size()) + 2.5));
    const double labelWidth = std::min(size.width() * 0.34, fixedMetrics.averageCharWidth() * 11);
    const double valueWidth = metrics.horizontalAdvance(QStringLiteral("0.000")) + 4;
    const double left = labelWidth + 8;
    const double room = std::max(20.0, size.width() - left - 2 * valueWidth - 8);
    float largest = 1e-6F;
    for (const auto& row : m_rows) {
        for (const float value : {row.target, row.draft, row.residual}) {
            largest = std::isfinite(value) ? std::max(largest, value) : largest;
        }
    }
    // Header: what the two columns of numbers are, with the bars' own marks.
    painter.setPen(theme.quietInk);
    const double numbers = left + room + 8;
    painter.drawText(QRectF(numbers, line, valueWidth, line), Qt::AlignRight | Qt::AlignVCenter, QStringLiteral("p"));
    painter.drawText(QRectF(numbers + valueWidth, line, valueWidth, line), Qt::AlignRight | Qt::AlignVCenter, QStringLiteral("q"));
    // The key stands on its own line, as wide as the view: it is never cut.
    const QString key = m_law.residual.empty() ? tr("bars: solid p, outline q") : tr("bars: solid p, outline q, hatched residual");
    QFont narrow = body;
    const double wanted = QFontMetricsF(body).horizontalAdvance(key);
    if (wanted > size.width()) {
        narrow.setPointSizeF(body.pointSizeF() * size.width() / wanted * 0.98);
    }
    painter.setFont(narrow);
    painter.drawText(QRectF(0, 0, size.width(), line), Qt::AlignLeft | Qt::AlignVCenter, key);
    painter.setFont(body);
    double y = 2 * line;
    for (const auto& row : m_rows) {
        const auto barWidth = [&](float value) { return std::isfinite(value) ? room * static_cast<double>(value / largest) : 0.0; };
        painter.setFont(fixed);
        painter.setPen(row.token == m_marked ? theme.ink : theme.quietInk);
        const QString label =
            fixedMetrics.elidedText(m_model->tokenLabel(row.token), Qt::ElideMiddle, labelWidth - (row.token == m_marked ? 10 : 0));
        painter.drawText(QRectF(0, y, labelWidth, line), Qt::AlignRight | Qt::AlignVCenter, label);
        if (row.token == m_marked) {
            painter.fillRect(QRectF(0, y + line * 0.15, 3, line * 0.7), theme.accent);
        }
        painter.setFont(body);
        const double half = line * 0.36;
        painter.fillRect(QRectF(left, y + line * 0.14, barWidth(row.target), half), mix(theme.background, theme.accepted, 0.85));
        painter.setPen(QPen(theme.rejected, 1));
        painter.setBrush(Qt::NoBrush);
        if (std::isfinite(row.draft)) {
            painter.drawRect(QRectF(left, y + line * 0.14 + half, barWidth(row.draft), half));
        }
        if (std::isfinite(row.residual) && row.residual > 0) {
            painter.fillRect(QRectF(left, y + line * 0.14, barWidth(row.residual), half * 2), QBrush(theme.extra, Qt::BDiagPattern));
        }
        painter.setPen(theme.ink);
        const auto number = [](float value) {
            return std::isfinite(value) ? QLocale().toString(static_cast<double>(value), 'f', 3) : QStringLiteral("–");
        };
        painter.drawText(QRectF(numbers, y, valueWidth, line), Qt::AlignRight | Qt::AlignVCenter, number(row.target));
        painter.setPen(theme.quietInk);
        painter.drawText(QRectF(numbers + valueWidth, y, valueWidth, line), Qt::AlignRight | Qt::AlignVCenter, number(row.draft));
        y += line;
    }
    if (!m_law.full) {
        painter.setPen(theme.quietInk);
        painter.drawText(QRectF(left, y, size.width() - left, line), Qt::AlignLeft | Qt::AlignVCenter,
                         tr("remaining mass %1").arg(QLocale().toString(m_law.remaining, 'f', 3)));
    }
}

void DistributionView::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(rect(), timberline::widgets::theme().background);
    paintContent(painter, size(), timberline::widgets::theme());
}

QByteArray DistributionView::toCsv() const
{
    QString out = QStringLiteral("token,text,p,q,residual\n");
    const auto number = [](float value) { return std::isfinite(value) ? QString::number(static_cast<double>(value), 'g', 9) : QString(); };
    for (const auto& row : m_rows) {
        QString label = m_model->tokenLabel(row.token);
        label.replace(QLatin1Char('"'), QLatin1String("\"\""));
        out +=
            QStringLiteral("%1,\"%2\",%3,%4,%5\n").arg(row.token).arg(label, number(row.target), number(row.draft), number(row.residual));
    }
    return out.toUtf8();
}

QString DistributionView::summary() const
{
    if (m_rows.empty()) {
        return tr("No distribution.");
    }
    return tr("Likeliest token for the target: %1 with probability %2.")
        .arg(m_model->tokenLabel(m_rows.front().token))
        .arg(static_cast<double>(m_rows.front().target), 0, 'f', 3);
}

}  // namespace timberline::widgets
