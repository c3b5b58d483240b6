// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/exits/pareto_view.h"

#include "widgets/exits/exit_channel.h"
#include "widgets/plot/qcustomplot_wrapper.h"
#include "widgets/theme/theme.h"

#include <QPainter>

#include <algorithm>
#include <array>
#include <cmath>

namespace timberline::widgets {

namespace {

constexpr int kSettleMs = 150;  ///< quiet time before a sweep begins: a growing run sweeps a few times a second at most
constexpr int kOracleSeries = -1;
constexpr int kBudgetSeries = -2;

struct Look {
    QColor color;
    QCPScatterStyle::ScatterShape shape;
};

Look lookOf(std::size_t index, const Theme& theme)
{
    using S = QCPScatterStyle;
    const std::array<Look, 7> looks = {Look{theme.accepted, S::ssDisc},
                                       Look{theme.extra, S::ssSquare},
                                       Look{theme.rejected, S::ssTriangle},
                                       Look{theme.neverVerified, S::ssDiamond},
                                       Look{theme.quietInk, S::ssPlus},
                                       Look{mix(theme.accepted, theme.ink, 0.45), S::ssCross},
                                       Look{mix(theme.extra, theme.ink, 0.45), S::ssTriangleInverted}};
    return looks[index % looks.size()];
}

/// What the curves of a choice depend on, whatever its handle says.
ExitChoice withoutHandle(ExitChoice choice, std::int32_t layers)
{
    const auto handle = handleOf(choice, layers);
    choice.values.erase(handle.key);
    choice.values.erase("thresholds");
    return choice;
}

}  // namespace

ParetoView::ParetoView(ExitModel* model, QWidget* parent)
    : PlotView(QStringLiteral("exits-pareto"), tr("Cost and quality"), parent), m_model(model)
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &ParetoView::nextPart);
    connect(m_model, &ExitModel::readingsChanged, this, &ParetoView::grow);
    connect(m_model, &ExitModel::decisionChanged, this, [this] {
        if (withoutHandle(m_model->choice(), static_cast<std::int32_t>(m_model->layers())) != m_sweptWith) {
            restart();
        } else {
            invalidate();
        }
    });
    restart();
}

void ParetoView::setSeries(std::vector<Series> series)
{
    m_series = std::move(series);
    restart();
}

void ParetoView::setCost(ExitCostKind cost)
{
    m_cost = cost;
    restart();
}

void ParetoView::setQuality(ExitQualityKind quality)
{
    m_quality = quality;
    restart();
}

void ParetoView::setBudget(double share)
{
    m_budget = share;
    invalidate();
}

void ParetoView::grow()
{
    const bool same =
        m_sweptGeneration == m_model->recordModel()->generation() && m_model->rows() >= m_sweptRows && m_model->run() != nullptr;
    if (!same || m_model->rows() == 0 || !m_timer.isActive()) {
        restart();
    } else {
        m_again = m_next > 0;  // a sweep that has not begun will see these rows
        m_sweptRows = m_model->rows();
    }
}

void ParetoView::restart()
{
    m_collecting.clear();
    m_next = 0;
    m_again = false;
    m_sweptWith = withoutHandle(m_model->choice(), static_cast<std::int32_t>(m_model->layers()));
    m_sweptGeneration = m_model->recordModel()->generation();
    m_sweptRows = m_model->rows();
    if (m_model->rows() == 0 || m_model->run() == nullptr) {
        m_timer.stop();
        m_points.clear();
        m_front = {};
        m_cursor = -1;
        setEmpty(tr("What each policy saves and loses will stand here: one point a setting, from one run's readings."));
        invalidate();
        return;
    }
    m_timer.start(kSettleMs);
    if (m_points.empty()) {
        setBusy();
    }
}

void ParetoView::nextPart()
{
    const auto& providers = m_model->providers();
    const auto* run = m_model->run();
    if (run == nullptr || !providers.sweep) {
        return;
    }
    const auto add = [this](std::vector<ExitCurvePoint> points, int series) {
        for (auto& point : points) {
            if (std::isfinite(point.cost) && std::isfinite(point.quality)) {
                m_collecting.push_back({std::move(point), series});
            }
        }
    };
    const auto& readings = m_model->readings();
    if (m_next < m_series.size()) {
        add(providers.sweep(readings, *run, m_series[m_next].choice, m_cost, m_quality), static_cast<int>(m_next));
    } else if (m_next == m_series.size() && providers.oracles) {
        add(providers.oracles(readings, *run, m_model->choice().mode, m_cost, m_quality), kOracleSeries);
    } else if (m_next == m_series.size() + 1 && providers.budgets) {
        add(providers.budgets(readings, *run, m_model->choice(), m_cost, m_quality), kBudgetSeries);
    }
    if (++m_next <= m_series.size() + 1) {
        m_timer.start(0);
    } else {
        finish();
    }
}

void ParetoView::finish()
{
    m_points = std::move(m_collecting);
    m_collecting.clear();
    std::vector<ExitCurvePoint> candidates;
    std::vector<std::size_t> index;
    double full = ExitFigures::kNone;
    for (std::size_t i = 0; i < m_points.size(); ++i) {
        if (m_points[i].series >= 0) {
            candidates.push_back(m_points[i].point);
            index.push_back(i);
            if (m_points[i].point.figures.layerFraction >= 1) {
                full = m_points[i].point.quality;
            }
        }
    }
    m_front = m_model->providers().front ? m_model->providers().front(candidates, full) : ExitFront{};
    for (auto& point : m_front.points) {
        point = point < index.size() ? index[point] : 0;
    }
    m_cursor = std::min(m_cursor, static_cast<int>(m_front.points.size()) - 1);
    showState();
    invalidate();
    if (m_again) {
        m_again = false;
        m_next = 0;
        m_timer.start(kSettleMs);
    }
    Q_EMIT completed();
}

void ParetoView::showState()
{
    const auto& readings = m_model->readings();
    const bool partly =
        std::any_of(readings.known.begin(), readings.known.end(), [&](std::int32_t known) { return known < readings.layers; });
    if (partly && m_points.empty()) {
        setEmpty(
            tr("What a setting saves and loses cannot be told: this run did not read the layers above its exits. Run it again with the "
               "shadow pass, or at full depth."));
    } else if (partly) {
        setPartial(tr("Settings that go past the layers that were read are left out: this run had no shadow pass."));
    } else {
        setData();
    }
}

double ParetoView::qualityOf(const ExitFigures& figures) const
{
    return m_quality == ExitQualityKind::Agreement  ? figures.agreement
           : m_quality == ExitQualityKind::Accuracy ? figures.accuracy
                                                    : -figures.nll;
}

double ParetoView::costOf(const ExitFigures& figures) const
{
    return m_cost == ExitCostKind::Flops ? figures.flopFraction : figures.layerFraction;
}

const ExitCurvePoint* ParetoView::bestWithinBudget() const
{
    const ExitCurvePoint* best = nullptr;
    for (const std::size_t index : m_front.points) {
        if (m_points[index].point.cost <= m_budget) {
            best = &m_points[index].point;  // the front rises in both axes
        }
    }
    return best;
}

void ParetoView::rebuild(QCustomPlot& plot, const Theme& theme) const
{
    double lowCost = 1, highCost = 1, low = std::numeric_limits<double>::infinity(), high = -low;
    const auto cover = [&](double cost, double quality) {
        if (std::isfinite(cost) && std::isfinite(quality)) {
            lowCost = std::min(lowCost, cost);
            highCost = std::max(highCost, cost);
            low = std::min(low, quality);
            high = std::max(high, quality);
        }
    };
    for (std::size_t series = 0; series < m_series.size(); ++series) {
        const Look look = lookOf(series, theme);
        auto* graph = plot.addGraph();
        graph->setName(m_series[series].title);
        graph->setPen(Qt::NoPen);
        graph->setLineStyle(QCPGraph::lsNone);
        graph->setScatterStyle(QCPScatterStyle(look.shape, look.color, look.color, 6));
        for (const auto& entry : m_points) {
            if (entry.series == static_cast<int>(series)) {
                graph->addData(entry.point.cost, entry.point.quality);
                cover(entry.point.cost, entry.point.quality);
            }
        }
        if (graph->dataCount() == 0) {
            plot.removeGraph(graph);
        }
    }
    for (const auto& entry : m_points) {
        if (entry.series < 0) {
            cover(entry.point.cost, entry.point.quality);
        }
    }
    plotFront(plot, theme);
    plotWorkingPoints(plot, theme);
    cover(costOf(m_model->decided().figures), qualityOf(m_model->decided().figures));
    cover(costOf(m_model->recordedFigures()), qualityOf(m_model->recordedFigures()));
    plot.xAxis->setLabel(m_cost == ExitCostKind::Flops ? tr("FLOPs, share of the full model") : tr("layers run, share of all"));
    plot.yAxis->setLabel(m_quality == ExitQualityKind::Agreement  ? tr("agreement")
                         : m_quality == ExitQualityKind::Accuracy ? tr("accuracy")
                                                                  : tr("likelihood (nats)"));
    plot.xAxis->setRange(std::max(0.0, lowCost - 0.03), highCost + 0.03);
    const double span = high > low ? high - low : 0.1;
    plot.yAxis->setRange(std::isfinite(low) ? low - 0.05 * span : 0, std::isfinite(high) ? high + 0.06 * span : 1);
    arrangeLegend(plot);
}

void ParetoView::arrangeLegend(QCustomPlot& plot) const
{
    // As many columns as fit; long names are cut rather than squeezing all of them.
    const QFontMetricsF metrics(plot.legend->font());
    double widest = 0;
    for (int i = 0; i < plot.plottableCount(); ++i) {
        auto* plottable = plot.plottable(i);
        plottable->setName(metrics.elidedText(plottable->name(), Qt::ElideRight, 16 * metrics.averageCharWidth()));
        widest = std::max(widest, metrics.horizontalAdvance(plottable->name()));
    }
    placeLegendAbove(plot);
    plot.legend->setRowSpacing(0);
    plot.legend->setIconSize(18, 15);
    plot.legend->setWrap(std::max(1, static_cast<int>(m_paintWidth / (widest + 32))));
    plot.legend->setFillOrder(QCPLayoutGrid::foColumnsFirst);
}

void ParetoView::paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const
{
    m_paintWidth = size.width();
    PlotView::paintContent(painter, size, theme);
}

void ParetoView::plotFront(QCustomPlot& plot, const Theme& theme) const
{
    auto* front = plot.addGraph();
    front->setName(tr("front"));
    front->setPen(QPen(theme.ink, 2));
    front->setLineStyle(QCPGraph::lsStepLeft);
    for (const std::size_t index : m_front.points) {
        front->addData(m_points[index].point.cost, m_points[index].point.quality);
    }
    auto* budgets = plot.addGraph();
    budgets->setName(tr("one threshold a layer"));
    budgets->setPen(QPen(theme.quietInk, 1, Qt::DotLine));
    budgets->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssDot, theme.quietInk, 4));
    auto* oracles = plot.addGraph();
    oracles->setName(tr("oracles"));
    oracles->setPen(Qt::NoPen);
    oracles->setLineStyle(QCPGraph::lsNone);
    oracles->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssStar, theme.ink, 10));
    for (const auto& entry : m_points) {
        if (entry.series == kBudgetSeries) {
            budgets->addData(entry.point.cost, entry.point.quality);
        } else if (entry.series == kOracleSeries) {
            oracles->addData(entry.point.cost, entry.point.quality);
        }
    }
    for (auto* graph : {budgets, oracles}) {
        if (graph->dataCount() == 0) {
            plot.removeGraph(graph);
        }
    }
    if (m_budget < 1) {
        auto* line = new QCPItemStraightLine(&plot);
        line->point1->setCoords(m_budget, 0);
        line->point2->setCoords(m_budget, 1);
        line->setPen(QPen(theme.accent, 1.5, Qt::DashLine));
    }
}

void ParetoView::plotWorkingPoints(QCustomPlot& plot, const Theme& theme) const
{
    const auto add = [&](const ExitFigures& figures, const QString& name, const QCPScatterStyle& style) {
        const double cost = costOf(figures);
        const double quality = qualityOf(figures);
        if (!std::isfinite(cost) || !std::isfinite(quality)) {
            return;
        }
        auto* graph = plot.addGraph();
        graph->setName(name);
        graph->setPen(Qt::NoPen);
        graph->setLineStyle(QCPGraph::lsNone);
        graph->setScatterStyle(style);
        graph->addData(cost, quality);
    };
    add(m_model->recordedFigures(), tr("this run"), QCPScatterStyle(QCPScatterStyle::ssSquare, QPen(theme.ink, 2), Qt::NoBrush, 11));
    add(m_model->decided().figures, tr("tried out"), QCPScatterStyle(QCPScatterStyle::ssCircle, QPen(theme.accent, 2.5), Qt::NoBrush, 12));
    if (m_cursor >= 0 && m_cursor < static_cast<int>(m_front.points.size()) && hasFocus()) {
        const auto& point = m_points[m_front.points[static_cast<std::size_t>(m_cursor)]].point;
        auto* graph = plot.addGraph();
        graph->removeFromLegend();
        graph->setLineStyle(QCPGraph::lsNone);
        graph->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssDiamond, QPen(theme.accent, 2), Qt::NoBrush, 22));
        graph->addData(point.cost, point.quality);
    }
}

QString ParetoView::seriesTitle(const Point& point) const
{
    if (point.series >= 0 && static_cast<std::size_t>(point.series) < m_series.size()) {
        return m_series[static_cast<std::size_t>(point.series)].title;
    }
    if (point.series == kBudgetSeries) {
        return tr("One threshold a layer, budget q");
    }
    return point.point.key == "first-correct" ? tr("Oracle: first layer that is right") : tr("Oracle: first layer that stays the same");
}

QString ParetoView::pointText(const Point& point) const
{
    const auto& figures = point.point.figures;
    QStringList lines{point.series == kOracleSeries ? seriesTitle(point)
                                                    : seriesTitle(point) + QLatin1Char(' ') + QString::number(point.point.setting, 'g', 4)};
    lines.append(
        tr("layers run %1 % · FLOPs %2 % of the full model").arg(exitPercent(figures.layerFraction), exitPercent(figures.flopFraction)));
    lines.append(tr("same token as the last layer %1 % · likeliest token right %2 %")
                     .arg(exitPercent(figures.agreement), exitPercent(figures.accuracy)));
    lines.append(tr("surprise at the exits %1 nats, full model %2 nats").arg(exitNumber(figures.nll), exitNumber(figures.fullNll)));
    return lines.join(QLatin1Char('\n'));
}

QByteArray ParetoView::toCsv() const
{
    QString out = QStringLiteral("policy,key,setting,cost,quality,on_front,layer_fraction,flop_fraction,agreement,accuracy,nll,full_nll\n");
    const auto number = [](double value) { return std::isfinite(value) ? QString::number(value, 'g', 9) : QString(); };
    for (std::size_t i = 0; i < m_points.size(); ++i) {
        const auto& point = m_points[i].point;
        const bool onFront = std::find(m_front.points.begin(), m_front.points.end(), i) != m_front.points.end();
        const QString policy = m_points[i].series == kBudgetSeries   ? QStringLiteral("budget")
                               : m_points[i].series == kOracleSeries ? QStringLiteral("oracle")
                                                                     : QString::fromStdString(point.policy);
        out += QStringList{policy,
                           QString::fromStdString(point.key),
                           number(point.setting),
                           number(point.cost),
                           number(point.quality),
                           onFront ? QStringLiteral("1") : QStringLiteral("0"),
                           number(point.figures.layerFraction),
                           number(point.figures.flopFraction),
                           number(point.figures.agreement),
                           number(point.figures.accuracy),
                           number(point.figures.nll),
                           number(point.figures.fullNll)}
                   .join(QLatin1Char(',')) +
               QLatin1Char('\n');
    }
    return out.toUtf8();
}

QString ParetoView::summary() const
{
    if (m_points.empty()) {
        return stateText();
    }
    QString text =
        tr("%1 settings, %2 of them on the front; area under the front %3; 99 % of the full quality costs %4 % of the full model.")
            .arg(m_points.size())
            .arg(m_front.points.size())
            .arg(exitNumber(m_front.area), exitPercent(m_front.costAt99));
    const auto* best = m_budget < 1 ? bestWithinBudget() : nullptr;
    if (best != nullptr) {
        text += QLatin1Char(' ') + tr("Best within the budget: %1 %2, quality %3 at cost %4 %.")
                                       .arg(QString::fromStdString(best->policy))
                                       .arg(best->setting, 0, 'g', 4)
                                       .arg(exitNumber(best->quality), exitPercent(best->cost));
    }
    return text;
}

}  // namespace timberline::widgets
