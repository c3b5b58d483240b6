// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/landscape/curve_view.h"

#include "widgets/plot/qcustomplot_wrapper.h"
#include "widgets/plot/thinned.h"
#include "widgets/theme/theme.h"

#include <algorithm>
#include <cmath>

namespace timberline::widgets {

namespace {
constexpr std::size_t kColumns = 900;
}

CurveView::CurveView(LandscapeModel* model, QWidget* parent)
    : DatumPlot(QStringLiteral("training-curve"), tr("Loss over training"), parent), m_model(model)
{
    connect(m_model, &LandscapeModel::trainingChanged, this, &CurveView::refresh);
    refresh();
}

void CurveView::refresh()
{
    if (m_model->training().steps().empty()) {
        setEmpty(m_model->grid() != nullptr ? tr("This record holds a landscape without its training, so there is no curve.")
                                            : tr("The loss of every training step will stand here. Press Run to train."));
    } else {
        setData();
    }
    invalidate();
}

void CurveView::setLogarithmic(bool on)
{
    m_logarithmic = on;
    invalidate();
}

int CurveView::datumCount() const
{
    return static_cast<int>(m_model->training().steps().size());
}

double CurveView::datumX(int datum) const
{
    return m_model->training().moments()[static_cast<std::size_t>(datum)];
}

QString CurveView::datumText(int datum) const
{
    const auto& training = m_model->training();
    const auto k = static_cast<std::size_t>(datum);
    const auto& step = training.steps()[k];
    const auto real = [](float value, int digits = 5) { return shortNumber(static_cast<double>(value), digits); };
    QString text = tr("step %1, epoch %2").arg(step.step).arg(step.epoch);
    text += QLatin1Char('\n') + tr("loss %1 on the batch").arg(real(step.loss));
    if (std::isfinite(step.accuracy)) {
        text += QLatin1Char('\n') + tr("accuracy %1 % on the batch").arg(100 * static_cast<double>(step.accuracy), 0, 'f', 1);
    }
    text += QLatin1Char('\n') + tr("learning rate %1").arg(real(step.learning_rate, 4));
    text += QLatin1Char('\n') + tr("gradient norm %1, update norm %2").arg(real(step.gradient_norm, 4), real(step.update_norm, 4));
    for (const auto& look : training.validations()) {
        if (look.moment == training.moments()[k]) {
            text += QLatin1Char('\n') +
                    tr("after it: training loss %1, validation loss %2").arg(shortNumber(look.train_loss, 5), shortNumber(look.loss, 5));
        }
    }
    for (const auto& change : training.changes()) {
        if (change.moment == training.moments()[k]) {
            text += QLatin1Char('\n') +
                    QStringLiteral("%1: %2 → %3")
                        .arg(QString::fromStdString(change.key), QString::fromStdString(change.from), QString::fromStdString(change.to));
        }
    }
    return text;
}

int CurveView::currentDatum() const
{
    return m_model->records()->following() ? datumCount() - 1 : static_cast<int>(m_model->shownSteps()) - 1;
}

void CurveView::chooseDatum(int datum)
{
    const auto& moments = m_model->training().moments();
    if (!moments.empty()) {
        m_model->records()->setShownRounds(moments[static_cast<std::size_t>(std::clamp(datum, 0, datumCount() - 1))] + 1);
    }
}

std::vector<std::size_t> CurveView::thinned(const std::vector<record::TrainingStep>& steps, std::size_t columns)
{
    return thinnedPositions(steps.size(), columns, [&steps](std::size_t k) { return steps[k].loss; });
}

void CurveView::addSteps(QCustomPlot& plot, const Theme& theme) const
{
    const auto& training = m_model->training();
    QVector<double> x;
    QVector<double> y;
    QVector<double> bad;
    for (const auto k : thinned(training.steps(), kColumns)) {
        const double loss = static_cast<double>(training.steps()[k].loss);
        x.append(training.moments()[k]);
        y.append(std::isfinite(loss) ? loss : std::numeric_limits<double>::quiet_NaN());
        if (!std::isfinite(loss)) {
            bad.append(x.back());
        }
    }
    auto* batch = plot.addGraph();
    batch->setName(tr("batches"));
    const bool looks = !training.validations().empty();
    batch->setPen(QPen(mix(theme.background, theme.accepted, looks ? 0.55 : 1), looks ? 1 : 1.5));
    batch->setData(x, y, true);
    if (!bad.isEmpty()) {
        auto* crosses = plot.addGraph(plot.xAxis, plot.yAxis);
        crosses->setName(tr("NaN or infinite"));
        crosses->setLineStyle(QCPGraph::lsNone);
        crosses->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssCross, theme.rejected, 7));
        crosses->setProperty("atTop", true);
        crosses->setData(bad, QVector<double>(bad.size(), 0), true);
    }
}

void CurveView::addLooks(QCustomPlot& plot, const Theme& theme) const
{
    const auto& looks = m_model->training().validations();
    QVector<double> x;
    QVector<double> train;
    QVector<double> held;
    bool any = false;
    for (const auto& look : looks) {
        x.append(look.moment);
        train.append(std::isfinite(look.train_loss) ? look.train_loss : std::numeric_limits<double>::quiet_NaN());
        held.append(std::isfinite(look.loss) ? look.loss : std::numeric_limits<double>::quiet_NaN());
        any = any || std::isfinite(look.loss);
    }
    if (x.isEmpty()) {
        return;
    }
    const bool few = x.size() < 60;
    const auto add = [&](const QString& name, const QVector<double>& y, const QColor& color, Qt::PenStyle line,
                         QCPScatterStyle::ScatterShape shape) {
        auto* graph = plot.addGraph();
        graph->setName(name);
        graph->setPen(QPen(color, 2, line));
        graph->setData(x, y, true);
        if (few) {
            graph->setScatterStyle(QCPScatterStyle(shape, color, color, 5));
        }
    };
    add(tr("training"), train, theme.accepted, Qt::SolidLine, QCPScatterStyle::ssDisc);
    if (any) {
        add(tr("validation"), held, theme.rejected, Qt::DashLine, QCPScatterStyle::ssDiamond);
    }
}

void CurveView::addLearningRate(QCustomPlot& plot, const Theme& theme) const
{
    const auto& training = m_model->training();
    QVector<double> x;
    QVector<double> y;
    double highest = 0;
    const auto every = std::max<std::size_t>(1, training.steps().size() / kColumns);
    for (std::size_t k = 0; k < training.steps().size(); ++k) {
        const double rate = static_cast<double>(training.steps()[k].learning_rate);
        const bool jump = k > 0 && training.steps()[k - 1].learning_rate != training.steps()[k].learning_rate;
        if (k % every == 0 || k + 1 == training.steps().size() || (jump && every == 1)) {
            x.append(training.moments()[k]);
            y.append(rate);
            highest = std::max(highest, rate);
        }
    }
    auto* graph = plot.addGraph(plot.xAxis, plot.yAxis2);
    graph->setName(tr("rate (right)"));
    graph->setPen(QPen(theme.quietInk, 1, Qt::DashDotLine));
    graph->setLineStyle(QCPGraph::lsStepLeft);
    graph->setData(x, y, true);
    plot.yAxis2->setVisible(true);
    plot.yAxis2->setRange(0, highest > 0 ? highest * 1.15 : 1);
    plot.yAxis2->grid()->setVisible(false);
}

void CurveView::addChanges(QCustomPlot& plot, const Theme& theme) const
{
    std::int32_t last = -1;
    for (const auto& change : m_model->training().changes()) {
        auto* line = new QCPItemStraightLine(&plot);
        line->point1->setCoords(change.moment, plot.yAxis->range().lower);
        line->point2->setCoords(change.moment, plot.yAxis->range().upper);
        line->setPen(QPen(theme.extra, 1, Qt::DashLine));
        if (change.moment == last) {
            continue;  // several values at once: one label, all of them in the tooltip
        }
        last = change.moment;
        auto* text = new QCPItemText(&plot);
        text->setPositionAlignment(Qt::AlignLeft | Qt::AlignTop);
        text->position->setTypeX(QCPItemPosition::ptPlotCoords);
        text->position->setTypeY(QCPItemPosition::ptAxisRectRatio);
        text->position->setCoords(change.moment, 0);
        text->setPadding(QMargins(3, 1, 0, 0));
        text->setColor(theme.extra);
        text->setFont(plot.font());
        QString key = QString::fromStdString(change.key);
        key = key.mid(key.lastIndexOf(QLatin1Char('.')) + 1).replace(QLatin1Char('_'), QLatin1Char(' '));
        text->setText(key + QLatin1Char(' ') + QString::fromStdString(change.to));
    }
}

void CurveView::rebuild(QCustomPlot& plot, const Theme& theme) const
{
    addSteps(plot, theme);
    addLooks(plot, theme);
    if (m_logarithmic) {
        plot.yAxis->setScaleType(QCPAxis::stLogarithmic);
        plot.yAxis->setTicker(QSharedPointer<QCPAxisTickerLog>::create());
        plot.yAxis->setNumberFormat(QStringLiteral("gb"));
        plot.yAxis->setNumberPrecision(0);
    }
    plot.yAxis->rescale();
    const auto range = plot.yAxis->range();
    if (m_logarithmic) {
        plot.yAxis->setRange(std::max(range.lower, 1e-9) / 1.2, std::max(range.upper, 1e-8) * 1.2);
    } else {
        plot.yAxis->setRange(std::min(0.0, range.lower), range.upper + 0.06 * std::max(1e-9, range.upper - std::min(0.0, range.lower)));
    }
    for (int k = 0; k < plot.graphCount(); ++k) {
        if (auto* graph = plot.graph(k); graph->property("atTop").toBool()) {
            const auto old = graph->data();
            QVector<double> x;
            for (const auto& point : *old) {
                x.append(point.key);
            }
            graph->setData(x, QVector<double>(x.size(), plot.yAxis->range().upper), true);
        }
    }
    addLearningRate(plot, theme);
    const auto& moments = m_model->training().moments();
    plot.xAxis->setRange(moments.empty() ? 0 : std::min(0, moments.front()), moments.empty() ? 1 : std::max(1, moments.back()));
    plot.xAxis->setLabel(tr("step"));
    plot.yAxis->setLabel(tr("loss"));
    addChanges(plot, theme);
    if (!m_model->records()->following()) {
        drawCursor(plot, theme);
    }
    placeLegend(plot);
}

QByteArray CurveView::toCsv() const
{
    return QByteArray::fromStdString(record::curve_csv(m_model->records()->record()));
}

QString CurveView::summary() const
{
    const auto& training = m_model->training();
    const int current = currentDatum();
    if (current < 0) {
        return tr("No training steps yet.");
    }
    QString text =
        tr("%n step(s).", nullptr, datumCount()) + QLatin1Char(' ') + datumText(current).replace(QLatin1Char('\n'), QStringLiteral(", "));
    if (!training.changes().empty()) {
        text += QLatin1Char(' ') + tr("%n value(s) were changed while training.", nullptr, static_cast<int>(training.changes().size()));
    }
    return text;
}

}  // namespace timberline::widgets
