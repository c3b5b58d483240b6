// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/landscape/loss_histogram_view.h"

#include "widgets/plot/qcustomplot_wrapper.h"
#include "widgets/theme/theme.h"

#include <algorithm>
#include <cmath>

namespace timberline::widgets {

namespace {
constexpr double kKeptShare = 0.99;  ///< of the values, inside the bins; the rest is in the last one
}

LossHistogram lossHistogram(const std::vector<double>& train, const std::vector<double>& heldOut, const std::vector<std::uint8_t>& flipped,
                            int bins)
{
    LossHistogram out;
    std::vector<double> all;
    for (const auto* group : {&train, &heldOut}) {
        for (const double value : *group) {
            if (std::isfinite(value)) {
                all.push_back(value);
            } else {
                ++out.notFinite;
            }
        }
    }
    bins = std::max(1, bins);
    out.members.assign(static_cast<std::size_t>(bins), 0);
    out.flipped = out.heldOut = out.members;
    if (all.empty()) {
        return out;
    }
    std::ranges::sort(all);
    out.low = std::min(0.0, all.front());
    const double high = all[static_cast<std::size_t>(kKeptShare * static_cast<double>(all.size() - 1))];
    out.width = high > out.low ? (high - out.low) / bins : 1.0 / bins;
    out.overflow = all.back() > out.low + out.width * bins * (1 + 1e-9);
    const auto binOf = [&](double value) {
        return static_cast<std::size_t>(std::clamp(std::floor((value - out.low) / out.width), 0.0, bins - 1.0));
    };
    for (std::size_t k = 0; k < train.size(); ++k) {
        if (std::isfinite(train[k])) {
            const bool noise = k < flipped.size() && flipped[k] != 0;
            ++(noise ? out.flipped : out.members)[binOf(train[k])];
            ++(noise ? out.flippedCount : out.memberCount);
        }
    }
    for (const double value : heldOut) {
        if (std::isfinite(value)) {
            ++out.heldOut[binOf(value)];
            ++out.heldOutCount;
        }
    }
    return out;
}

LossHistogramView::LossHistogramView(LandscapeModel* model, QWidget* parent)
    : DatumPlot(QStringLiteral("landscape-sample-losses"), tr("Losses of samples"), parent), m_model(model)
{
    connect(m_model, &LandscapeModel::trainingChanged, this, &LossHistogramView::refresh);
    refresh();
}

void LossHistogramView::setSampleLosses(std::optional<record::SampleLosses> losses)
{
    m_losses = std::move(losses);
    refresh();
}

void LossHistogramView::refresh()
{
    m_step = -1;
    if (m_losses) {
        m_look = -1;
        m_histogram = lossHistogram(m_losses->train, m_losses->test, m_losses->flipped);
        setData();
    } else {
        const auto& looks = m_model->training().validations();
        const int until = m_model->records()->shownRounds();
        const bool all = m_model->records()->following();
        const auto it = std::ranges::find_if(
            looks.rbegin(), looks.rend(), [&](const auto& look) { return (all || look.moment < until) && !look.train_row_loss.empty(); });
        if (it == looks.rend()) {
            m_histogram = {};
            m_look = -1;
            setEmpty(tr("How losses are spread over samples will stand here: those trained on against those never seen."));
        } else {
            const auto look = looks.rend() - it;
            if (look != m_look || m_of != m_model->generation()) {
                const std::vector<double> train(it->train_row_loss.begin(), it->train_row_loss.end());
                const std::vector<double> held(it->row_loss.begin(), it->row_loss.end());
                m_histogram = lossHistogram(train, held, {});
                m_look = look;
                m_of = m_model->generation();
            }
            m_step = it->step;
            setData();
        }
    }
    invalidate();
}

QString LossHistogramView::source() const
{
    return m_losses ? tr("the network at α = %1, β = %2").arg(shortNumber(m_losses->alpha), shortNumber(m_losses->beta))
                    : tr("the network after step %1").arg(m_step);
}

void LossHistogramView::rebuild(QCustomPlot& plot, const Theme& theme) const
{
    double tallest = 0;
    const auto add = [&](const QString& name, const std::vector<int>& counts, int total, const QColor& color, Qt::BrushStyle pattern,
                         Qt::PenStyle line) {
        if (total == 0) {
            return;
        }
        QVector<double> x;
        QVector<double> y;
        for (int bin = 0; bin < m_histogram.bins(); ++bin) {
            const double share = 100.0 * counts[static_cast<std::size_t>(bin)] / total;
            x.append(m_histogram.low + bin * m_histogram.width);
            y.append(share);
            tallest = std::max(tallest, share);
        }
        x.append(m_histogram.low + m_histogram.bins() * m_histogram.width);
        y.append(y.back());
        auto* graph = plot.addGraph();
        graph->setName(QStringLiteral("%1 (%2)").arg(name).arg(total));
        graph->setLineStyle(QCPGraph::lsStepLeft);
        graph->setPen(QPen(color, 1.5, line));
        QColor fill = color;
        fill.setAlphaF(pattern == Qt::SolidPattern ? 0.25F : 0.7F);
        graph->setBrush(QBrush(fill, pattern));
        graph->setData(x, y, true);
    };
    add(tr("trained on"), m_histogram.members, m_histogram.memberCount, theme.accepted, Qt::SolidPattern, Qt::SolidLine);
    add(tr("not seen"), m_histogram.heldOut, m_histogram.heldOutCount, theme.rejected, Qt::BDiagPattern, Qt::DashLine);
    add(tr("flipped labels"), m_histogram.flipped, m_histogram.flippedCount, theme.extra, Qt::DiagCrossPattern, Qt::DotLine);
    plot.xAxis->setRange(m_histogram.low, m_histogram.low + m_histogram.bins() * m_histogram.width);
    plot.yAxis->setRange(0, tallest > 0 ? tallest * 1.08 : 1);
    plot.xAxis->setLabel(m_histogram.overflow ? tr("loss of a sample (last bin: all above)") : tr("loss of a sample"));
    auto* text = new QCPItemText(&plot);
    text->setPositionAlignment(Qt::AlignRight | Qt::AlignTop);
    text->position->setType(QCPItemPosition::ptAxisRectRatio);
    text->position->setCoords(1, 0);
    text->setText(source());
    text->setColor(theme.quietInk);
    text->setFont(plot.font());
    plot.yAxis->setLabel(tr("samples (%)"));
    drawCursor(plot, theme);
    placeLegend(plot);
}

QString LossHistogramView::datumText(int datum) const
{
    const auto bin = static_cast<std::size_t>(datum);
    const double from = m_histogram.low + datum * m_histogram.width;
    const bool last = datum + 1 == m_histogram.bins() && m_histogram.overflow;
    QString text = last ? tr("loss above %1").arg(shortNumber(from))
                        : tr("loss from %1 to %2").arg(shortNumber(from), shortNumber(from + m_histogram.width));
    text += QLatin1Char('\n') + tr("trained on: %1 of %2").arg(m_histogram.members[bin]).arg(m_histogram.memberCount);
    text += QLatin1Char('\n') + tr("not seen: %1 of %2").arg(m_histogram.heldOut[bin]).arg(m_histogram.heldOutCount);
    if (m_histogram.flippedCount > 0) {
        text += QLatin1Char('\n') + tr("flipped labels: %1 of %2").arg(m_histogram.flipped[bin]).arg(m_histogram.flippedCount);
    }
    return text;
}

QByteArray LossHistogramView::toCsv() const
{
    QString out = QStringLiteral("from,to,members,flipped,held_out\n");
    for (int bin = 0; bin < m_histogram.bins(); ++bin) {
        const auto k = static_cast<std::size_t>(bin);
        const double from = m_histogram.low + bin * m_histogram.width;
        out += QStringLiteral("%1,%2,%3,%4,%5\n")
                   .arg(from, 0, 'g', 9)
                   .arg(from + m_histogram.width, 0, 'g', 9)
                   .arg(m_histogram.members[k])
                   .arg(m_histogram.flipped[k])
                   .arg(m_histogram.heldOut[k]);
    }
    return out.toUtf8();
}

QString LossHistogramView::summary() const
{
    if (m_histogram.memberCount + m_histogram.heldOutCount + m_histogram.flippedCount == 0) {
        return tr("No losses of samples yet.");
    }
    QString text =
        tr("Losses of %1 samples trained on and %2 not seen, %3.").arg(m_histogram.memberCount).arg(m_histogram.heldOutCount).arg(source());
    if (m_histogram.flippedCount > 0) {
        text += QLatin1Char(' ') + tr("%n sample(s) have flipped labels.", nullptr, m_histogram.flippedCount);
    }
    if (m_histogram.notFinite > 0) {
        text += QLatin1Char(' ') + tr("%n loss(es) are NaN or infinite and left out.", nullptr, m_histogram.notFinite);
    }
    if (currentDatum() >= 0 && currentDatum() < datumCount()) {
        text += QLatin1Char(' ') + datumText(currentDatum()).replace(QLatin1Char('\n'), QStringLiteral(", "));
    }
    return text;
}

}  // namespace timberline::widgets
