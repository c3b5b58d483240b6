// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/exits/threshold_certificate_view.h"

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

namespace {

/// A p-value as people read it: small ones keep their size.
QString probabilityText(double p)
{
    return p > 0 && p < 0.001 ? QString::number(p, 'g', 2) : exitNumber(p);
}

void styleAxes(QCPAxisRect& rect, const QFont& font, const Theme& theme)
{
    for (auto* axis : rect.axes()) {
        axis->setBasePen(QPen(theme.hairline, 1));
        axis->setTickPen(QPen(theme.hairline, 1));
        axis->setSubTickPen(Qt::NoPen);
        axis->setTickLabelColor(theme.quietInk);
        axis->setLabelColor(theme.quietInk);
        axis->setTickLabelFont(font);
        axis->setLabelFont(font);
        axis->setTickLengthIn(0);
        axis->setTickLengthOut(4);
        axis->ticker()->setTickCount(4);
        axis->grid()->setPen(QPen(theme.hairline, 1, Qt::DotLine));
        axis->grid()->setZeroLinePen(QPen(theme.hairline, 1, Qt::DotLine));
    }
    rect.axis(QCPAxis::atBottom)->grid()->setVisible(false);
}

}  // namespace

ThresholdCertificateView::ThresholdCertificateView(QWidget* parent)
    : PlotView(QStringLiteral("exits-certificate"), tr("Certified threshold"), parent)
{
    setFocusPolicy(Qt::StrongFocus);
    clear();
}

void ThresholdCertificateView::setCertificate(record::ThresholdCalibration certificate)
{
    m_certificate = std::move(certificate);
    m_cursor = -1;
    setData();
    invalidate();
}

void ThresholdCertificateView::clear()
{
    m_certificate.reset();
    setEmpty(tr("How low the threshold may be without spoiling texts will stand here, tested from 1 downwards."));
    invalidate();
}

void ThresholdCertificateView::showBusy()
{
    m_certificate.reset();
    setEmpty(tr("The prompts are being read at full depth…"));
    invalidate();
}

void ThresholdCertificateView::showError(const QString& sentence, const QString& hint)
{
    m_certificate.reset();
    setError(sentence, hint);
    invalidate();
}

bool ThresholdCertificateView::certifies() const
{
    return m_certificate && m_certificate->lambda < 1 &&
           std::find(m_certificate->accepted.begin(), m_certificate->accepted.end(), 1) != m_certificate->accepted.end();
}

std::size_t ThresholdCertificateView::tested() const
{
    if (!m_certificate) {
        return 0;
    }
    const auto& steps = m_certificate->tested;
    return static_cast<std::size_t>(std::find(steps.begin(), steps.end(), 0) - steps.begin());
}

void ThresholdCertificateView::rebuild(QCustomPlot& plot, const Theme& theme) const
{
    if (!m_certificate) {
        return;
    }
    const auto& all = *m_certificate;
    auto* right = new QCPAxisRect(&plot);
    plot.plotLayout()->addElement(0, 1, right);
    styleAxes(*right, plot.font(), theme);
    const std::size_t count = tested();
    const double lowest = count > 0 ? all.grid[count - 1] : 0;
    const double margin = std::max(0.01, 0.06 * (1 - lowest));
    const auto draw = [&](QCPAxisRect* rect, const std::vector<double>& values, double limit, const QString& label) {
        auto* x = rect->axis(QCPAxis::atBottom);
        auto* y = rect->axis(QCPAxis::atLeft);
        auto* steps = plot.addGraph(x, y);
        steps->setPen(QPen(theme.quietInk, 1));
        // Shape and colour both: filled discs passed, crosses failed.
        auto* passed = plot.addGraph(x, y);
        passed->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssDisc, theme.accepted, theme.accepted, 7));
        auto* failed = plot.addGraph(x, y);
        failed->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssCross, QPen(theme.rejected, 2), Qt::NoBrush, 8));
        for (auto* marks : {passed, failed}) {
            marks->setLineStyle(QCPGraph::lsNone);
            marks->setPen(Qt::NoPen);
        }
        double largest = limit;
        for (std::size_t i = 0; i < count; ++i) {
            steps->addData(all.grid[i], values[i]);
            (all.accepted[i] == 1 ? passed : failed)->addData(all.grid[i], values[i]);
            largest = std::max(largest, values[i]);
        }
        const auto line = [&](double x1, double y1, double x2, double y2, const QPen& pen) {
            auto* item = new QCPItemStraightLine(&plot);
            item->setClipAxisRect(rect);
            for (auto* position : {item->point1, item->point2}) {
                position->setAxes(x, y);
                position->setAxisRect(rect);
            }
            item->point1->setCoords(x1, y1);
            item->point2->setCoords(x2, y2);
            item->setPen(pen);
        };
        line(0, limit, 1, limit, QPen(theme.rejected, 1.5, Qt::DashLine));
        if (certifies()) {
            line(all.lambda, 0, all.lambda, 1, QPen(theme.accent, 2));
        }
        if (m_cursor >= 0 && static_cast<std::size_t>(m_cursor) < count && hasFocus()) {
            auto* cursor = plot.addGraph(x, y);
            cursor->setLineStyle(QCPGraph::lsNone);
            cursor->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssDiamond, QPen(theme.accent, 2), Qt::NoBrush, 16));
            cursor->addData(all.grid[static_cast<std::size_t>(m_cursor)], values[static_cast<std::size_t>(m_cursor)]);
        }
        x->setLabel(tr("threshold, tested from 1 down"));
        y->setLabel(label);
        x->setRange(lowest - margin, 1 + margin);
        y->setRange(-0.04 * largest, 1.15 * largest);
    };
    draw(plot.axisRect(0), all.loss, all.delta, tr("texts that differ (dashed: δ)"));
    draw(right, all.p, all.epsilon, tr("p-value (dashed: ε)"));
}

void ThresholdCertificateView::laidOut(const QCustomPlot& plot) const
{
    m_axes.clear();
    for (const auto* rect : plot.axisRects()) {
        m_axes.emplace_back(rect->rect());
    }
    m_low = plot.xAxis->range().lower;
    m_high = plot.xAxis->range().upper;
}

QString ThresholdCertificateView::stepText(std::size_t step) const
{
    if (!m_certificate || step >= m_certificate->grid.size()) {
        return {};
    }
    const auto& all = *m_certificate;
    if (all.tested[step] == 0) {
        return tr("threshold %1: not tested, the walk had stopped").arg(exitNumber(all.grid[step]));
    }
    return tr("threshold %1: %2 % of the texts differ, p = %3: %4")
        .arg(exitNumber(all.grid[step]), exitPercent(all.loss[step]), probabilityText(all.p[step]),
             all.accepted[step] == 1 ? tr("passed") : tr("failed"));
}

bool ThresholdCertificateView::event(QEvent* event)
{
    if (event->type() != QEvent::ToolTip || tested() == 0) {
        return PlotView::event(event);
    }
    auto* help = static_cast<QHelpEvent*>(event);
    const auto& grid = m_certificate->grid;
    for (const auto& rect : m_axes) {
        if (rect.contains(help->pos())) {
            const double at = m_low + (m_high - m_low) * (help->pos().x() - rect.left()) / rect.width();
            std::size_t nearest = 0;
            for (std::size_t i = 1; i < tested(); ++i) {
                nearest = std::abs(grid[i] - at) < std::abs(grid[nearest] - at) ? i : nearest;
            }
            QToolTip::showText(help->globalPos(), stepText(nearest), this);
            return true;
        }
    }
    QToolTip::hideText();
    return true;
}

void ThresholdCertificateView::keyPressEvent(QKeyEvent* event)
{
    const int last = static_cast<int>(tested()) - 1;
    int next = m_cursor;
    switch (event->key()) {
    case Qt::Key_Left:
    case Qt::Key_Down:
        ++next;  // the grid descends
        break;
    case Qt::Key_Right:
    case Qt::Key_Up:
        --next;
        break;
    case Qt::Key_Home:
        next = last;
        break;
    case Qt::Key_End:
        next = 0;
        break;
    default:
        PlotView::keyPressEvent(event);
        return;
    }
    if (last >= 0) {
        m_cursor = std::clamp(next, 0, last);
        setAccessibleDescription(stepText(static_cast<std::size_t>(m_cursor)));
        update();
    }
}

void ThresholdCertificateView::paintEvent(QPaintEvent* event)
{
    PlotView::paintEvent(event);
    if (hasFocus()) {
        QPainter painter(this);
        painter.setPen(QPen(timberline::widgets::theme().accent, 1));
        painter.drawRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5));
    }
}

QByteArray ThresholdCertificateView::toCsv() const
{
    QString out = QStringLiteral("threshold,loss,p,tested,accepted\n");
    const auto number = [](double value) { return std::isfinite(value) ? QString::number(value, 'g', 9) : QString(); };
    for (std::size_t i = 0; m_certificate && i < m_certificate->grid.size(); ++i) {
        const bool reached = m_certificate->tested[i] == 1;
        out += QStringList{number(m_certificate->grid[i]), reached ? number(m_certificate->loss[i]) : QString(),
                           reached ? number(m_certificate->p[i]) : QString(), QString::number(m_certificate->tested[i]),
                           QString::number(m_certificate->accepted[i])}
                   .join(QLatin1Char(',')) +
               QLatin1Char('\n');
    }
    return out.toUtf8();
}

QString ThresholdCertificateView::summary() const
{
    if (!m_certificate) {
        return stateText();
    }
    const auto& all = *m_certificate;
    if (!certifies()) {
        return tr(
            "No threshold below 1 is certified on %n prompt(s): the walk stopped before one passed. More prompts, or wider limits, can "
            "change that.",
            nullptr, all.prompts);
    }
    return tr("Threshold %1 is certified on %n prompt(s): with a confidence of %2 % at most %3 % of such texts differ from the full "
              "model's "
              "(%4).",
              nullptr, all.prompts)
        .arg(exitNumber(all.lambda), exitPercent(1 - all.epsilon), exitPercent(all.delta),
             all.exact ? tr("exact binomial test") : tr("Hoeffding's bound"));
}

}  // namespace timberline::widgets
