// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/exits/threshold_bar.h"

#include "widgets/exits/exit_channel.h"
#include "widgets/plot/colour_map.h"

#include <QCoreApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace timberline::widgets {

namespace {
constexpr double kSide = 10;
constexpr int kBins = 60;
}  // namespace

QString handleTitle(const ExitHandle& handle)
{
    const auto words = [](const char* text) { return QCoreApplication::translate("ThresholdBar", text); };
    return handle.key == "patience" ? words(QT_TRANSLATE_NOOP("ThresholdBar", "Patience"))
           : handle.key == "layer"  ? words(QT_TRANSLATE_NOOP("ThresholdBar", "Exit layer"))
           : handle.key.empty()     ? QString()
                                    : words(QT_TRANSLATE_NOOP("ThresholdBar", "Threshold"));
}

QString handleText(const ExitHandle& handle)
{
    if (handle.key.empty()) {
        return {};
    }
    const bool never = (handle.key == "threshold" && handle.value >= 1) || (handle.key != "threshold" && handle.value >= handle.maximum);
    // Rounding must not turn "nearly never" into "never".
    int digits = 3;
    while (!handle.whole && handle.value < handle.maximum && digits < 17 &&
           QString::number(handle.value, 'f', digits) == QString::number(handle.maximum, 'f', digits)) {
        ++digits;
    }
    const QString number = handle.whole ? QString::number(static_cast<int>(handle.value)) : QString::number(handle.value, 'f', digits);
    return never ? QCoreApplication::translate("ThresholdBar", "%1 (never early)").arg(number) : number;
}

ThresholdSlider::ThresholdSlider(ExitModel* model, QWidget* parent) : QAbstractSlider(parent), m_model(model)
{
    setObjectName(QStringLiteral("exits-threshold"));
    setOrientation(Qt::Horizontal);
    setFocusPolicy(Qt::StrongFocus);
    setToolTip(
        tr("Drag, or use the arrow keys: every token is decided again at once from the readings of this run. Shift+Up and Shift+Down "
           "do the same on the map. Small bars: how often each score occurs."));
    connect(this, &QAbstractSlider::valueChanged, this, [this](int value) {
        if (!m_refreshing) {
            const auto handle = m_model->handle();
            m_model->setHandleValue(handle.whole ? value : static_cast<double>(value) / kSteps);
        }
    });
    connect(m_model, &ExitModel::decisionChanged, this, &ThresholdSlider::refresh);
    refresh();
}

void ThresholdSlider::refresh()
{
    const auto handle = m_model->handle();
    m_refreshing = true;
    setEnabled(!handle.key.empty());
    setAccessibleName(handleTitle(handle));
    if (handle.whole) {
        setRange(static_cast<int>(handle.minimum), static_cast<int>(handle.maximum));
        setSingleStep(1);
        setPageStep(1);
        setValue(static_cast<int>(handle.value));
    } else {
        setRange(0, kSteps);
        setSingleStep(kSteps / 100);
        setPageStep(kSteps / 20);
        setValue(static_cast<int>(std::lround(handle.value * kSteps)));
    }
    m_refreshing = false;
    countScores();
    update();
}

void ThresholdSlider::countScores()
{
    m_bins.assign(kBins, 0);
    const auto handle = m_model->handle();
    if (handle.whole) {
        m_bins.clear();
        return;
    }
    for (const float score : m_model->decided().score) {
        if (std::isfinite(score)) {
            const auto bin = static_cast<std::size_t>(std::clamp(score, 0.0F, 0.9999F) * kBins);
            m_bins[bin] += 1;
        }
    }
    const float most = *std::max_element(m_bins.begin(), m_bins.end());
    for (float& bin : m_bins) {
        // The square root keeps rare scores visible beside the crowd at the ends.
        bin = most > 0 ? std::sqrt(bin / most) : 0;
    }
}

QSize ThresholdSlider::sizeHint() const
{
    return {320, static_cast<int>(std::ceil(fontMetrics().height() * 1.9))};
}

QSize ThresholdSlider::minimumSizeHint() const
{
    return {120, sizeHint().height()};
}

QRectF ThresholdSlider::barRect() const
{
    const double height = std::max(8.0, QFontMetricsF(font()).height() * 0.6);
    return {kSide, this->height() - height - 5, width() - 2 * kSide, height};
}

void ThresholdSlider::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const Theme& colors = timberline::widgets::theme();
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF bar = barRect();
    const auto handle = m_model->handle();
    static const ColourMap map = ColourMap::sequential();
    const auto at = [&](double value) {
        const double span = handle.maximum - handle.minimum;
        return bar.left() + bar.width() * (span > 0 ? (value - handle.minimum) / span : 0);
    };
    if (handle.whole) {
        painter.fillRect(bar, mix(colors.background, colors.hairline, 0.7));
        painter.setPen(QPen(colors.quietInk, 1));
        for (int tick = static_cast<int>(handle.minimum); tick <= static_cast<int>(handle.maximum); ++tick) {
            painter.drawLine(QPointF(at(tick), bar.top()), QPointF(at(tick), bar.bottom()));
        }
    } else {
        drawColourBar(painter, bar, map, colors);
        const double room = bar.top() - 2;
        const double binWidth = bar.width() / kBins;
        for (std::size_t i = 0; i < m_bins.size(); ++i) {
            const double height = room * static_cast<double>(m_bins[i]);
            painter.fillRect(QRectF(bar.left() + static_cast<double>(i) * binWidth, bar.top() - 1 - height, binWidth - 1, height),
                             mix(colors.background, colors.quietInk, 0.55));
        }
    }
    if (!isEnabled()) {
        return;
    }
    const double x = at(handle.value);
    const QRectF grip(x - 5, bar.top() - 4, 10, bar.height() + 8);
    painter.setPen(QPen(colors.background, 2));
    painter.setBrush(colors.accent);
    painter.drawRoundedRect(grip, 3, 3);
    painter.setPen(QPen(colors.ink, 1));
    painter.drawLine(QPointF(x, grip.top() + 3), QPointF(x, grip.bottom() - 3));
    if (hasFocus()) {
        painter.setPen(QPen(colors.accent, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(grip.adjusted(-3, -3, 3, 3), 5, 5);
    }
}

void ThresholdSlider::moveTo(double x)
{
    const QRectF bar = barRect();
    const double t = std::clamp((x - bar.left()) / std::max(1.0, bar.width()), 0.0, 1.0);
    setValue(minimum() + static_cast<int>(std::lround(t * (maximum() - minimum()))));
}

void ThresholdSlider::mousePressEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton) {
        setSliderDown(true);
        moveTo(event->position().x());
    }
}

void ThresholdSlider::mouseMoveEvent(QMouseEvent* event)
{
    if (isSliderDown()) {
        moveTo(event->position().x());
    }
}

void ThresholdSlider::mouseReleaseEvent(QMouseEvent*)
{
    setSliderDown(false);
}

void ThresholdSlider::focusInEvent(QFocusEvent* event)
{
    QAbstractSlider::focusInEvent(event);
    update();
}

void ThresholdSlider::focusOutEvent(QFocusEvent* event)
{
    QAbstractSlider::focusOutEvent(event);
    update();
}

ThresholdBar::ThresholdBar(ExitModel* model, QWidget* parent)
    : QWidget(parent), m_model(model), m_label(new QLabel(this)), m_slider(new ThresholdSlider(model, this)), m_value(new QLabel(this)),
      m_time(new QLabel(this))
{
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(m_label);
    layout->addWidget(m_slider, 1);
    m_value->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    layout->addWidget(m_value);
    m_time->setProperty("quiet", true);
    m_time->setToolTip(tr("Wall time that deciding every token again took, the model not run."));
    layout->addWidget(m_time);
    connect(m_model, &ExitModel::decisionChanged, this, &ThresholdBar::refresh);
    refresh();
}

void ThresholdBar::refresh()
{
    const auto handle = m_model->handle();
    setVisible(!handle.key.empty());
    m_label->setText(handleTitle(handle));
    m_value->setText(handleText(handle));
    m_value->setMinimumWidth(fontMetrics().horizontalAdvance(QStringLiteral("0.000")) + 4);
    m_time->setText(m_model->decided().exit.empty() ? QString() : tr("decided in %1 ms").arg(m_model->lastDecisionMs(), 0, 'f', 1));
    m_time->setMinimumWidth(fontMetrics().horizontalAdvance(tr("decided in %1 ms").arg(QStringLiteral("00.0"))));
}

void ThresholdBar::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    // The handle needs the room more than the stopwatch does.
    m_time->setVisible(width() > 70 * fontMetrics().averageCharWidth());
}

void ThresholdBar::stepBy(int steps)
{
    m_slider->setValue(m_slider->value() + steps * m_slider->singleStep());
}

}  // namespace timberline::widgets
