// SPDX-License-Identifier: GPL-3.0-or-later
// The two pictures of the inspector: likeliest tokens and score profile.
#include "widgets/exits/exit_channel.h"
#include "widgets/exits/exit_inspector.h"
#include "widgets/plot/qcustomplot_wrapper.h"
#include "widgets/theme/theme.h"

#include <QFontDatabase>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace timberline::widgets {

namespace {

QString quoted(const QString& text)
{
    return QLatin1Char('"') + QString(text).replace(QLatin1Char('"'), QLatin1String("\"\"")) + QLatin1Char('"');
}

QString csvNumber(float value)
{
    return std::isfinite(value) ? QString::number(static_cast<double>(value), 'g', 9) : QString();
}

}  // namespace

ExitCandidatesView::ExitCandidatesView(ExitModel* model, QWidget* parent)
    : View(QStringLiteral("exits-candidates"), tr("Likeliest tokens"), parent), m_model(model)
{
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    setEmpty(tr("Select a cell of the exit map to see its likeliest tokens."));
}

void ExitCandidatesView::setCell(int row, int layer)
{
    m_rows.clear();
    m_rest = 0;
    m_layer = layer;
    const auto& readings = m_model->readings();
    if (row >= 0 && static_cast<std::size_t>(row) < m_model->rows() && layer >= 0 && layer < readings.layers) {
        const auto r = static_cast<std::size_t>(row);
        const auto ids = readings.candidates(r, static_cast<std::size_t>(layer));
        const auto probability = readings.candidate_probabilities(r, static_cast<std::size_t>(layer));
        m_rest = 1;
        for (std::size_t i = 0; i < ids.size(); ++i) {
            if (ids[i] >= 0 && std::isfinite(probability[i])) {
                m_rows.push_back({ids[i], probability[i]});
                m_rest -= probability[i];
            }
        }
        m_next = readings.next[r];
    }
    if (!m_rows.empty()) {
        setData();
    } else if (row >= 0) {
        setEmpty(tr("Nothing looked at this layer for this token."));
    } else {
        setEmpty(tr("Select a cell of the exit map to see its likeliest tokens."));
    }
    setAccessibleDescription(summary());
    updateGeometry();
    update();
}

QSize ExitCandidatesView::sizeHint() const
{
    const int line = static_cast<int>(std::ceil(QFontMetricsF(font()).height() * 1.45));
    return {260, line * (std::max(2, static_cast<int>(m_rows.size())) + 1)};
}

QSizeF ExitCandidatesView::contentSize() const
{
    return {360, static_cast<double>(sizeHint().height())};
}

void ExitCandidatesView::paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const
{
    if (paintState(painter, QRectF(QPointF(0, 0), size), theme)) {
        return;
    }
    const QFont body = painter.font();
    QFont fixed = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    fixed.setPointSizeF(QFontInfo(body).pointSizeF());
    const QFontMetricsF metrics(body);
    const QFontMetricsF fixedMetrics(fixed);
    const double line = size.height() / (static_cast<double>(m_rows.size()) + 1);
    const double label = std::min(size.width() * 0.4, fixedMetrics.averageCharWidth() * 13);
    const double number = metrics.horizontalAdvance(QStringLiteral("0.0000")) + 6;
    const double room = std::max(20.0, size.width() - label - number - 12);
    double y = 0;
    for (const auto& row : m_rows) {
        const bool next = row.token == m_next;
        painter.setFont(fixed);
        painter.setPen(next ? theme.ink : theme.quietInk);
        painter.drawText(QRectF(8, y, label - 8, line), Qt::AlignRight | Qt::AlignVCenter,
                         fixedMetrics.elidedText(m_model->label(row.token), Qt::ElideMiddle, label - 8));
        if (next) {
            painter.fillRect(QRectF(0, y + line * 0.15, 3, line * 0.7), theme.accent);
        }
        const double width = room * static_cast<double>(std::clamp(row.probability, 0.0F, 1.0F));
        painter.fillRect(QRectF(label + 6, y + line * 0.22, width, line * 0.56), mix(theme.background, theme.accepted, 0.75));
        painter.setFont(body);
        painter.setPen(theme.ink);
        painter.drawText(QRectF(size.width() - number, y, number, line), Qt::AlignRight | Qt::AlignVCenter,
                         exitNumber(static_cast<double>(row.probability), 4));
        y += line;
    }
    if (m_model->run() == nullptr || static_cast<std::int32_t>(m_rows.size()) >= m_model->run()->vocabulary) {
        return;  // nothing is left over
    }
    painter.setPen(theme.quietInk);
    painter.drawText(QRectF(label + 6, y, room, line), Qt::AlignLeft | Qt::AlignVCenter, tr("all others"));
    painter.drawText(QRectF(size.width() - number, y, number, line), Qt::AlignRight | Qt::AlignVCenter,
                     exitNumber(static_cast<double>(std::max(0.0F, m_rest)), 4));
}

void ExitCandidatesView::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(rect(), timberline::widgets::theme().background);
    painter.setFont(font());
    paintContent(painter, size(), timberline::widgets::theme());
}

QByteArray ExitCandidatesView::toCsv() const
{
    QString out = QStringLiteral("rank,token,text,probability\n");
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        out += QStringLiteral("%1,%2,%3,%4\n")
                   .arg(i + 1)
                   .arg(m_rows[i].token)
                   .arg(quoted(m_model->label(m_rows[i].token)), csvNumber(m_rows[i].probability));
    }
    return out.toUtf8();
}

QString ExitCandidatesView::summary() const
{
    return m_rows.empty() ? stateText()
                          : tr("Likeliest token of layer %1: %2 with probability %3.")
                                .arg(m_layer + 1)
                                .arg(m_model->label(m_rows.front().token), exitNumber(static_cast<double>(m_rows.front().probability)));
}

ScoreProfileView::ScoreProfileView(ExitModel* model, QWidget* parent)
    : PlotView(QStringLiteral("exits-profile"), tr("Score profile"), parent), m_model(model)
{
    setEmpty(tr("Select a token to see its score at every layer."));
}

void ScoreProfileView::setCell(int row, int layer)
{
    m_row = row >= 0 && static_cast<std::size_t>(row) < m_model->rows() ? row : -1;
    m_layer = layer;
    if (m_row < 0 || m_model->decided().score.empty()) {
        setEmpty(m_row < 0 ? tr("Select a token to see its score at every layer.") : m_model->decided().problem);
    } else {
        setData();
    }
    invalidate();
}

void ScoreProfileView::rebuild(QCustomPlot& plot, const Theme& theme) const
{
    const auto& decided = m_model->decided();
    const auto& readings = m_model->readings();
    if (m_row < 0 || decided.score.empty()) {
        return;
    }
    const auto layers = m_model->layers();
    const auto row = static_cast<std::size_t>(m_row);
    auto* score = plot.addGraph();
    score->setName(tr("score"));
    score->setPen(QPen(theme.accepted, 2));
    score->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssDisc, theme.accepted, theme.accepted, 6));
    auto* threshold = plot.addGraph();
    threshold->setName(tr("threshold"));
    threshold->setPen(QPen(theme.rejected, 1.5, Qt::DashLine));
    threshold->setLineStyle(QCPGraph::lsStepCenter);
    const bool rule = m_model->handle().key == "threshold";
    double low = 0;
    for (std::size_t layer = 0; layer < layers; ++layer) {
        const std::size_t cell = readings.cell(row, layer);
        const double x = static_cast<double>(layer) + 1;
        if (std::isfinite(decided.score[cell])) {
            score->addData(x, static_cast<double>(decided.score[cell]));
            low = std::min(low, static_cast<double>(decided.score[cell]));
            threshold->addData(x, rule ? static_cast<double>(decided.threshold[cell]) : 1.0);
        }
    }
    const auto mark = [&](double x, const QColor& color, Qt::PenStyle style) {
        auto* line = new QCPItemStraightLine(&plot);
        line->point1->setCoords(x, 0);
        line->point2->setCoords(x, 1);
        line->setPen(QPen(color, 1.5, style));
    };
    if (m_layer >= 0) {
        mark(m_layer + 1, theme.accent, Qt::SolidLine);
    }
    if (const auto exit = m_model->exitOf(row); exit > 0) {
        mark(exit, theme.ink, Qt::DotLine);
    }
    plot.xAxis->setLabel(tr("layer (dotted: exit)"));
    plot.yAxis->setLabel(tr("score"));
    plot.xAxis->setRange(0.5, static_cast<double>(layers) + 0.5);
    plot.yAxis->setRange(low, 1.04);
    auto ticker = QSharedPointer<QCPAxisTickerFixed>::create();
    ticker->setTickOrigin(1);
    ticker->setTickStep(std::max(1.0, std::ceil(static_cast<double>(layers) / 8)));
    plot.xAxis->setTicker(ticker);
    placeLegendAbove(plot);
}

QByteArray ScoreProfileView::toCsv() const
{
    QString out = QStringLiteral("layer,score,threshold,native\n");
    const auto& decided = m_model->decided();
    for (std::size_t layer = 0; m_row >= 0 && !decided.score.empty() && layer < m_model->layers(); ++layer) {
        const std::size_t cell = m_model->readings().cell(static_cast<std::size_t>(m_row), layer);
        out += QStringLiteral("%1,%2,%3,%4\n")
                   .arg(layer + 1)
                   .arg(csvNumber(decided.score[cell]), csvNumber(decided.threshold[cell]), csvNumber(decided.native[cell]));
    }
    return out.toUtf8();
}

QString ScoreProfileView::summary() const
{
    if (m_row < 0) {
        return stateText();
    }
    const auto exit = m_model->exitOf(static_cast<std::size_t>(m_row));
    return exit > 0 ? tr("Scores of token %1 over the layers; it exits at layer %2.").arg(m_model->positionOf(m_row)).arg(exit)
                    : tr("Scores of token %1 over the layers; where it exits cannot be told.").arg(m_model->positionOf(m_row));
}

}  // namespace timberline::widgets
