// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/landscape/loss_scale.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace timberline::widgets {

namespace {
constexpr int kUsualLevels = 15;
constexpr double kFloorShare = 1e-4;  ///< of the range, under the logarithm above the minimum (training.md 2.6)
constexpr double kSmallest = 1e-12;   ///< losses of 0 have no logarithm; they stand at the lower end

double roundStep(double span, int most)
{
    const double raw = span / std::max(1, most);
    const double power = std::pow(10.0, std::floor(std::log10(raw)));
    for (const double factor : {1.0, 2.0, 5.0}) {
        if (raw <= factor * power * (1 + 1e-9)) {
            return factor * power;
        }
    }
    return 10 * power;
}
}  // namespace

std::vector<double> roundTicks(double low, double high, int most)
{
    std::vector<double> out;
    if (!(high > low) || !std::isfinite(high - low)) {
        return out;
    }
    const double step = roundStep(high - low, most);
    const double tolerance = step * 1e-9;
    for (double k = std::ceil((low - tolerance) / step); k * step <= high + tolerance && out.size() < 1000; k += 1) {
        out.push_back(k == 0 ? 0.0 : k * step);
    }
    return out;
}

QString shortNumber(double value, int digits)
{
    if (std::isnan(value)) {
        return QStringLiteral("NaN");
    }
    if (std::isinf(value)) {
        return value > 0 ? QStringLiteral("∞") : QStringLiteral("−∞");
    }
    QString text;
    const double size = std::abs(value);
    if (size != 0 && (size < 1e-4 || size >= 1e6)) {
        text = QString::number(value, 'e', std::max(0, digits - 1));
        // 1.000e-05 says no more than 1e-5.
        const qsizetype e = text.indexOf(QLatin1Char('e'));
        QString mantissa = text.left(e);
        while (mantissa.contains(QLatin1Char('.')) && (mantissa.endsWith(QLatin1Char('0')) || mantissa.endsWith(QLatin1Char('.')))) {
            mantissa.chop(1);
        }
        text = mantissa + QLatin1Char('e') + QString::number(text.mid(e + 1).toInt());
    } else {
        text = QString::number(value, 'g', digits);
        if (text.contains(QLatin1Char('e'))) {
            text = QString::number(value, 'f', 0);
        }
    }
    return text.replace(QLatin1Char('-'), QChar(0x2212));
}

LossScale::LossScale(HeightMode mode, double low, double high, double clip) : m_mode(mode), m_low(low), m_high(high)
{
    if (clip > low && clip < high) {
        m_high = clip;
        m_clipped = true;
    }
    if (mode == HeightMode::LogLoss) {
        m_low = std::max(m_low, kSmallest);
        m_high = std::max(m_high, m_low);
    }
    if (mode == HeightMode::LogAboveMinimum) {
        m_floor = kFloorShare * (m_high - m_low);
        m_floor = m_floor > 0 ? m_floor : kSmallest;
    }
    m_from = forward(m_low);
    m_to = forward(m_high);
}

LossScale LossScale::of(const record::LandscapeGrid& grid, HeightMode mode)
{
    if (mode == HeightMode::Accuracy) {
        return {mode, 0, 1};
    }
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    for (const auto* surface : {&grid.loss, &grid.test_loss}) {
        for (const double value : *surface) {
            // A loss of exactly 0 cannot be drawn on a logarithmic scale; it stands at its lower end.
            if (std::isfinite(value) && (mode != HeightMode::LogLoss || value > 0)) {
                low = std::min(low, value);
                high = std::max(high, value);
            }
        }
    }
    return low <= high ? LossScale(mode, low, high, grid.plane.clip) : LossScale(mode, 0, 1);
}

double LossScale::forward(double value) const
{
    switch (m_mode) {
    case HeightMode::Loss:
    case HeightMode::Accuracy:
        return value;
    case HeightMode::LogLoss:
        return std::log10(std::max(value, kSmallest));
    case HeightMode::LogAboveMinimum:
        return std::log10(std::max(value - m_low, 0.0) + m_floor);
    }
    return value;
}

double LossScale::backward(double transformed) const
{
    switch (m_mode) {
    case HeightMode::Loss:
    case HeightMode::Accuracy:
        return transformed;
    case HeightMode::LogLoss:
        return std::pow(10.0, transformed);
    case HeightMode::LogAboveMinimum:
        return std::pow(10.0, transformed) - m_floor + m_low;
    }
    return transformed;
}

double LossScale::position(double value) const
{
    if (!std::isfinite(value)) {
        return std::numeric_limits<double>::quiet_NaN();
    }
    return m_to > m_from ? std::clamp((forward(value) - m_from) / (m_to - m_from), 0.0, 1.0) : 0.0;
}

double LossScale::value(double position) const
{
    return backward(m_from + std::clamp(position, 0.0, 1.0) * (m_to - m_from));
}

std::vector<double> LossScale::levels(int wanted) const
{
    std::vector<double> out;
    if (!(m_to > m_from)) {
        return out;
    }
    if (m_mode == HeightMode::Loss || m_mode == HeightMode::Accuracy) {
        out = roundTicks(m_low, m_high, wanted + wanted / 3);
        std::erase_if(out, [this](double level) { return level <= m_low || level >= m_high; });
        return out;
    }
    for (int k = 1; k <= wanted; ++k) {
        out.push_back(value(static_cast<double>(k) / (wanted + 1)));
    }
    return out;
}

double LossScale::spacingAt(double at) const
{
    const auto lines = levels(kUsualLevels);
    if (lines.size() < 2) {
        return m_high - m_low;
    }
    if (m_mode == HeightMode::Loss || m_mode == HeightMode::Accuracy) {
        return lines[1] - lines[0];
    }
    const double step = 1.0 / (kUsualLevels + 1);
    const double here = position(at);
    return here + step <= 1 ? value(here + step) - value(here) : value(here) - value(here - step);
}

std::vector<double> LossScale::ticks(int most) const
{
    if (m_mode == HeightMode::Loss || m_mode == HeightMode::Accuracy) {
        return roundTicks(m_low, m_high, most);
    }
    std::vector<double> out;
    if (m_mode == HeightMode::LogLoss) {
        // 1, 2, 5 in every decade, thinned until they fit; a narrow range falls back to round numbers.
        for (const auto& factors : {std::vector<double>{1, 2, 5}, std::vector<double>{1, 3}, std::vector<double>{1}}) {
            out.clear();
            for (int decade = static_cast<int>(std::floor(m_from)); decade <= static_cast<int>(std::ceil(m_to)); ++decade) {
                for (const double factor : factors) {
                    const double tick = factor * std::pow(10.0, decade);
                    if (tick >= m_low * (1 - 1e-9) && tick <= m_high * (1 + 1e-9)) {
                        out.push_back(tick);
                    }
                }
            }
            if (static_cast<int>(out.size()) <= most) {
                return out.size() >= 2 ? out : roundTicks(m_low, m_high, most / 2 + 1);
            }
        }
        const auto every = (out.size() + static_cast<std::size_t>(most) - 1) / static_cast<std::size_t>(most);
        std::vector<double> thinned;
        for (std::size_t k = 0; k < out.size(); k += every) {
            thinned.push_back(out[k]);
        }
        return thinned;
    }
    for (int k = 0; k < most; ++k) {
        out.push_back(value(static_cast<double>(k) / std::max(1, most - 1)));
    }
    return out;
}

}  // namespace timberline::widgets
