// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/exits/calibration_view.h"

#include "widgets/exits/exit_channel.h"
#include "widgets/plot/qcustomplot_wrapper.h"
#include "widgets/theme/theme.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace timberline::widgets {

CalibrationView::CalibrationView(ExitModel* model, SelectionModel* selection, QWidget* parent)
    : PlotView(QStringLiteral("exits-calibration"), tr("Calibration of each exit"), parent), m_model(model), m_selection(selection)
{
    setFocusPolicy(Qt::StrongFocus);
    connect(m_model, &ExitModel::readingsChanged, this, &CalibrationView::refresh);
    connect(m_selection, &SelectionModel::changed, this, &CalibrationView::invalidate);
    refresh();
}

void CalibrationView::setAgainstFinal(bool on)
{
    m_againstFinal = on;
    refresh();
}

void CalibrationView::refresh()
{
    m_stale = true;
    if (m_model->rows() == 0 || m_model->run() == nullptr) {
        setEmpty(tr("Whether each exit is right as often as it claims will stand here."));
    } else {
        setData();
    }
    if (isVisible()) {
        invalidate();
    }
}

const std::vector<ExitReliability>& CalibrationView::layers() const
{
    if (m_stale) {
        m_stale = false;
        m_layers.clear();
        const auto& provider = m_model->providers().reliability;
        for (std::size_t layer = 0; provider && m_model->rows() > 0 && layer < m_model->layers(); ++layer) {
            m_layers.push_back(provider(m_model->readings(), layer, m_againstFinal));
        }
    }
    return m_layers;
}

int CalibrationView::layer() const
{
    const int selected = m_selection->current().layer;
    const int count = static_cast<int>(m_model->layers());
    return selected >= 0 && selected < count ? selected : std::max(0, count / 2 - 1);
}

void CalibrationView::rebuild(QCustomPlot& plot, const Theme& theme) const
{
    const auto& all = layers();
    if (all.empty()) {
        return;
    }
    const auto& shown = all[static_cast<std::size_t>(layer())];
    const double width = 1.0 / std::max<double>(1, static_cast<double>(shown.bins.size()));
    auto* ideal = plot.addGraph();
    ideal->setPen(QPen(theme.quietInk, 1, Qt::DashLine));
    ideal->setData({0, 1}, {0, 1}, true);
    ideal->removeFromLegend();
    auto* bars = new QCPBars(plot.xAxis, plot.yAxis);
    bars->setWidth(width * 0.92);
    bars->setPen(Qt::NoPen);
    bars->setBrush(mix(theme.background, theme.accepted, 0.6));
    auto* claimed = plot.addGraph();
    claimed->setPen(Qt::NoPen);
    claimed->setLineStyle(QCPGraph::lsNone);
    claimed->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssDiamond, theme.rejected, theme.background, 8));
    for (std::size_t i = 0; i < shown.bins.size(); ++i) {
        const auto& bin = shown.bins[i];
        if (bin.count > 0) {
            bars->addData((static_cast<double>(i) + 0.5) * width, bin.accuracy);
            claimed->addData((static_cast<double>(i) + 0.5) * width, bin.confidence);
        }
    }
    plot.xAxis->setLabel(tr("confidence, layer %1 (diamond: claimed)").arg(layer() + 1));
    plot.yAxis->setLabel(tr("share that is right"));
    plot.xAxis->setRange(0, 1);
    plot.yAxis->setRange(0, 1.03);
    // The error of every exit, on axes of its own.
    auto* errors = new QCPAxisRect(&plot);
    plot.plotLayout()->addElement(0, 1, errors);
    plot.plotLayout()->setColumnStretchFactor(1, 0.7);
    auto* x = errors->axis(QCPAxis::atBottom);
    auto* y = errors->axis(QCPAxis::atLeft);
    for (auto* axis : {x, y}) {
        axis->setBasePen(QPen(theme.hairline, 1));
        axis->setTickPen(QPen(theme.hairline, 1));
        axis->setSubTickPen(Qt::NoPen);
        axis->setTickLabelColor(theme.quietInk);
        axis->setLabelColor(theme.quietInk);
        axis->setTickLabelFont(plot.font());
        axis->setLabelFont(plot.font());
        axis->setTickLengthIn(0);
        axis->setTickLengthOut(4);
        axis->grid()->setPen(QPen(theme.hairline, 1, Qt::DotLine));
    }
    x->grid()->setVisible(false);
    auto* ece = new QCPBars(x, y);
    auto* chosen = new QCPBars(x, y);
    for (auto* each : {ece, chosen}) {
        each->setWidth(0.8);
        each->setPen(Qt::NoPen);
    }
    ece->setBrush(mix(theme.background, theme.accepted, 0.45));
    chosen->setBrush(theme.accepted);
    double largest = 0.05;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (std::isfinite(all[i].ece)) {
            (static_cast<int>(i) == layer() ? chosen : ece)->addData(static_cast<double>(i) + 1, all[i].ece);
            largest = std::max(largest, all[i].ece);
        }
    }
    x->setLabel(tr("layer"));
    y->setLabel(tr("calibration error (ECE)"));
    x->setRange(0.4, static_cast<double>(all.size()) + 0.6);
    y->setRange(0, largest * 1.08);
    auto ticker = QSharedPointer<QCPAxisTickerFixed>::create();
    ticker->setTickStep(std::max(1.0, std::ceil(static_cast<double>(all.size()) / 6)));
    ticker->setTickOrigin(1);
    x->setTicker(ticker);
    y->ticker()->setTickCount(3);
}

bool CalibrationView::event(QEvent* event)
{
    if (event->type() != QEvent::ToolTip) {
        return PlotView::event(event);
    }
    QToolTip::showText(static_cast<QHelpEvent*>(event)->globalPos(), summary(), this);
    return true;
}

void CalibrationView::keyPressEvent(QKeyEvent* event)
{
    const int step = event->key() == Qt::Key_Up || event->key() == Qt::Key_Right    ? 1
                     : event->key() == Qt::Key_Down || event->key() == Qt::Key_Left ? -1
                                                                                    : 0;
    if (step == 0 || m_model->layers() == 0) {
        PlotView::keyPressEvent(event);
        return;
    }
    Selected selected = m_selection->current();
    selected.layer = std::clamp(layer() + step, 0, static_cast<int>(m_model->layers()) - 1);
    m_selection->select(selected);
}

void CalibrationView::paintEvent(QPaintEvent* event)
{
    PlotView::paintEvent(event);
    if (hasFocus()) {
        QPainter painter(this);
        painter.setPen(QPen(timberline::widgets::theme().accent, 1));
        painter.drawRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5));
    }
}

QByteArray CalibrationView::toCsv() const
{
    QString out = QStringLiteral("layer,bin,low,high,count,confidence,accuracy,ece\n");
    const auto number = [](double value) { return std::isfinite(value) ? QString::number(value, 'g', 9) : QString(); };
    const auto& all = layers();
    for (std::size_t layer = 0; layer < all.size(); ++layer) {
        const auto bins = all[layer].bins.size();
        for (std::size_t i = 0; i < bins; ++i) {
            const auto& bin = all[layer].bins[i];
            out += QStringList{QString::number(layer + 1),
                               QString::number(i + 1),
                               number(static_cast<double>(i) / static_cast<double>(bins)),
                               number(static_cast<double>(i + 1) / static_cast<double>(bins)),
                               QString::number(bin.count),
                               bin.count > 0 ? number(bin.confidence) : QString(),
                               bin.count > 0 ? number(bin.accuracy) : QString(),
                               number(all[layer].ece)}
                       .join(QLatin1Char(',')) +
                   QLatin1Char('\n');
        }
    }
    return out.toUtf8();
}

QString CalibrationView::summary() const
{
    const auto& all = layers();
    if (all.empty()) {
        return stateText();
    }
    const auto& shown = all[static_cast<std::size_t>(layer())];
    return tr("Layer %1: mean confidence %2, right in %3 % of %4 tokens; expected calibration error %5. Right means: %6.")
        .arg(layer() + 1)
        .arg(exitNumber(shown.confidence), exitPercent(shown.accuracy))
        .arg(shown.rows)
        .arg(exitNumber(shown.ece), m_againstFinal            ? tr("the last layer's likeliest token")
                                    : m_model->isTrainedNet() ? tr("the class of the sample")
                                                              : tr("the token that follows in the text"));
}

}  // namespace timberline::widgets
