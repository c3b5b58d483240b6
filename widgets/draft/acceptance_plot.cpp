// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/draft/acceptance_plot.h"

#include "widgets/plot/qcustomplot_wrapper.h"
#include "widgets/theme/theme.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <QLocale>

namespace timberline::widgets {

namespace {

template <typename Plot>
void follow(Plot* plot, RecordModel* model, const QString& sentence)
{
    plot->setEmpty(sentence);
    QObject::connect(model, &RecordModel::shownChanged, plot, [plot, model, sentence] {
        if (model->shownRounds() == 0) {
            plot->setEmpty(sentence);
        } else {
            plot->setData();
        }
        plot->invalidate();
    });
}

void addShares(QCustomPlot& plot, const QVector<double>& x, const QVector<record::Share>& shares, const QColor& color,
               const QCPScatterStyle& style, Qt::PenStyle line, const QString& name)
{
    auto* graph = plot.addGraph();
    graph->setName(name);
    graph->setPen(QPen(color, 2, line));
    graph->setScatterStyle(style);
    auto* bars = new QCPErrorBars(plot.xAxis, plot.yAxis);
    bars->setDataPlottable(graph);
    bars->setPen(QPen(color, 1));
    bars->setWhiskerWidth(6);
    bars->removeFromLegend();
    for (qsizetype i = 0; i < x.size(); ++i) {
        const double value = shares[i].value();
        if (std::isfinite(value)) {
            graph->addData(x[i], value);
            bars->addData(value - shares[i].low, shares[i].high - value);
        }
    }
}

}  // namespace

AcceptancePlot::AcceptancePlot(RecordModel* model, QWidget* parent)
    : PlotView(QStringLiteral("draft-acceptance"), tr("Acceptance by depth"), parent), m_model(model)
{
    follow(this, model, tr("Acceptance at each draft depth will stand here, with its 95 % interval."));
}

void AcceptancePlot::rebuild(QCustomPlot& plot, const Theme& theme) const
{
    const auto depths = record::acceptance_by_depth(m_model->record(), m_model->shownRounds());
    QVector<double> left;
    QVector<double> right;
    QVector<record::Share> conditional;
    QVector<record::Share> unconditional;
    int deepest = 1;
    for (const auto& depth : depths) {
        // Set apart a little, so that the intervals do not cover each other.
        left.append(depth.depth - 0.08);
        right.append(depth.depth + 0.08);
        conditional.append(depth.conditional);
        unconditional.append(depth.unconditional);
        deepest = std::max(deepest, depth.depth);
    }
    addShares(plot, left, conditional, theme.accepted, QCPScatterStyle(QCPScatterStyle::ssDisc, 7), Qt::SolidLine, tr("conditional"));
    addShares(plot, right, unconditional, theme.extra, QCPScatterStyle(QCPScatterStyle::ssDiamond, theme.extra, theme.background, 9),
              Qt::DashLine, tr("unconditional"));
    plot.xAxis->setLabel(tr("depth (tokens)"));
    plot.yAxis->setLabel(tr("accepted share"));
    plot.yAxis->setRange(0, 1.02);
    plot.xAxis->setRange(0.5, deepest + 0.5);
    auto ticker = QSharedPointer<QCPAxisTickerFixed>::create();
    ticker->setTickStep(deepest > 12 ? 2 : 1);
    plot.xAxis->setTicker(ticker);
    placeLegendAbove(plot);
}

QByteArray AcceptancePlot::toCsv() const
{
    QString out = QStringLiteral(
        "depth,conditional,conditional_low,conditional_high,conditional_n,unconditional,unconditional_low,unconditional_high,"
        "unconditional_n,coverage,coverage_n\n");
    const auto share = [](const record::Share& s) {
        return s.trials == 0
                   ? QStringLiteral(",,,0")
                   : QStringLiteral("%1,%2,%3,%4").arg(s.value(), 0, 'g', 9).arg(s.low, 0, 'g', 9).arg(s.high, 0, 'g', 9).arg(s.trials);
    };
    for (const auto& depth : record::acceptance_by_depth(m_model->record(), m_model->shownRounds())) {
        const QString coverage = depth.coverage.trials == 0
                                     ? QStringLiteral(",0")
                                     : QStringLiteral("%1,%2").arg(depth.coverage.value(), 0, 'g', 9).arg(depth.coverage.trials);
        out += QStringLiteral("%1,%2,%3,%4\n").arg(depth.depth).arg(share(depth.conditional), share(depth.unconditional), coverage);
    }
    return out.toUtf8();
}

QString AcceptancePlot::summary() const
{
    QStringList parts;
    for (const auto& depth : record::acceptance_by_depth(m_model->record(), m_model->shownRounds())) {
        if (depth.conditional.trials > 0) {
            parts.append(tr("depth %1: %2 of %3").arg(depth.depth).arg(depth.conditional.hits).arg(depth.conditional.trials));
        }
    }
    return parts.isEmpty() ? tr("No drafted tokens yet.")
                           : tr("Accepted of those that reached the depth: %1.").arg(parts.join(QStringLiteral(", ")));
}

TimePlot::TimePlot(RecordModel* model, QWidget* parent)
    : PlotView(QStringLiteral("draft-times"), tr("Time of each round"), parent), m_model(model)
{
    follow(this, model, tr("Where each round's time went will stand here: draft, verify, overhead."));
}

void TimePlot::rebuild(QCustomPlot& plot, const Theme& theme) const
{
    const auto rounds = record::rounds(m_model->record(), m_model->shownRounds());
    QVector<double> x;
    std::array<QVector<double>, 3> lanes;
    double tallest = 0;
    for (const auto* round : rounds) {
        x.append(round->index + 1);
        lanes[0].append(round->verify_ms);
        lanes[1].append(round->draft_ms);
        lanes[2].append(round->overhead_ms);
        tallest = std::max(tallest, round->verify_ms + round->draft_ms + round->overhead_ms);
    }
    const std::array<QString, 3> names = {tr("verify"), tr("draft"), tr("overhead")};
    const std::array<QColor, 3> colors = {theme.accepted, theme.rejected, theme.neverVerified};
    const std::array<Qt::BrushStyle, 3> patterns = {Qt::SolidPattern, Qt::Dense4Pattern, Qt::BDiagPattern};
    QCPBars* below = nullptr;
    for (std::size_t i = 0; i < lanes.size(); ++i) {
        auto* bars = new QCPBars(plot.xAxis, plot.yAxis);
        bars->setName(names[i]);
        bars->setPen(Qt::NoPen);
        bars->setBrush(QBrush(colors[i], patterns[i]));
        bars->setWidth(0.8);
        bars->setData(x, lanes[i], true);
        if (below != nullptr) {
            bars->moveAbove(below);
        }
        below = bars;
    }
    plot.xAxis->setLabel(tr("round"));
    plot.yAxis->setLabel(tr("time (ms)"));
    plot.xAxis->setRange(0.3, std::max<double>(8, static_cast<double>(x.size())) + 0.7);
    plot.yAxis->setRange(0, tallest > 0 ? tallest * 1.08 : 1);
    placeLegendAbove(plot);
}

QByteArray TimePlot::toCsv() const
{
    QString out = QStringLiteral("round,draft_ms,verify_ms,overhead_ms\n");
    for (const auto* round : record::rounds(m_model->record(), m_model->shownRounds())) {
        out += QStringLiteral("%1,%2,%3,%4\n")
                   .arg(round->index)
                   .arg(round->draft_ms, 0, 'g', 9)
                   .arg(round->verify_ms, 0, 'g', 9)
                   .arg(round->overhead_ms, 0, 'g', 9);
    }
    return out.toUtf8();
}

QString TimePlot::summary() const
{
    double draft = 0;
    double verify = 0;
    double overhead = 0;
    for (const auto* round : record::rounds(m_model->record(), m_model->shownRounds())) {
        draft += round->draft_ms;
        verify += round->verify_ms;
        overhead += round->overhead_ms;
    }
    return tr("Draft %1 ms, verify %2 ms, overhead %3 ms.").arg(QLocale().toString(draft, 'f', 1)).arg(QLocale().toString(verify, 'f', 1)).arg(QLocale().toString(overhead, 'f', 1));
}

}  // namespace timberline::widgets
