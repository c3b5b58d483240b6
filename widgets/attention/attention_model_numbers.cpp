// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers about heads, from the record's fold.
#include "widgets/attention/attention_model.h"

#include <algorithm>
#include <cmath>

namespace timberline::widgets {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

}  // namespace

const record::HeadSummary& AttentionModel::sorted(int layer, int head) const
{
    auto& cached = m_sorted[index(layer, head)];
    if (!cached) {
        cached = m_fold.summary(layer, head);
    }
    return *cached;
}

double AttentionModel::effectValue(HeadStatistic statistic, int layer, int head) const
{
    const auto* now = effect();
    if (now == nullptr || now->layers != layers() || now->heads != heads()) {
        return kNaN;
    }
    const auto& values = statistic == HeadStatistic::EntropyChange    ? now->entropy_change
                         : statistic == HeadStatistic::MapDivergence  ? now->map_divergence
                         : statistic == HeadStatistic::JensenShannon  ? now->jensen_shannon
                         : statistic == HeadStatistic::TotalVariation ? now->total_variation
                         : statistic == HeadStatistic::TopKeyChanged  ? now->top_key_changed
                                                                      : now->map_cosine;
    return index(layer, head) < values.size() ? static_cast<double>(values[index(layer, head)]) : kNaN;
}

double AttentionModel::statistic(HeadStatistic statistic, int layer, int head) const
{
    if (layer < 0 || layer >= layers() || head < 0 || head >= heads()) {
        return kNaN;
    }
    switch (statistic) {
    case HeadStatistic::NormalisedEntropy:
        return m_fold.means(layer, head).normalised;
    case HeadStatistic::Entropy:
        return m_fold.means(layer, head).entropy;
    case HeadStatistic::EffectiveContext:
        return m_fold.means(layer, head).effective_context;
    case HeadStatistic::Sink:
        return m_fold.means(layer, head).sink;
    case HeadStatistic::Distance:
        return m_fold.means(layer, head).distance;
    case HeadStatistic::Previous:
        return m_fold.means(layer, head).previous;
    case HeadStatistic::Induction:
        return m_fold.means(layer, head).induction;
    case HeadStatistic::Local:
        return m_fold.means(layer, head).local;
    case HeadStatistic::Largest:
        return m_fold.means(layer, head).largest;
    case HeadStatistic::EntropyLast:
        return m_fold.means(layer, head).entropy_last;
    case HeadStatistic::EntropyMin:
        return m_fold.means(layer, head).entropy_min;
    case HeadStatistic::EntropyMax:
        return m_fold.means(layer, head).entropy_max;
    case HeadStatistic::EntropyP5:
        return sorted(layer, head).entropy_p5;
    case HeadStatistic::EntropyMedian:
        return sorted(layer, head).entropy_median;
    case HeadStatistic::EntropyP95:
        return sorted(layer, head).entropy_p95;
    case HeadStatistic::ValueNorm:
        return sorted(layer, head).value_norm;
    default:
        return effectValue(statistic, layer, head);
    }
}

std::pair<double, double> AttentionModel::scaleOf(HeadStatistic statistic, bool alongText) const
{
    const auto info = infoOf(statistic);
    if (info.share) {
        return {0, 1};
    }
    double largest = 0;
    const auto look = [&](double value) {
        if (std::isfinite(value)) {
            largest = std::max(largest, std::abs(value));
        }
    };
    if (alongText && info.perRow && statistic == HeadStatistic::Entropy) {
        largest = m_positions > 1 ? std::log(static_cast<double>(m_positions)) : 1;  // what an even row would have
    } else if (alongText && info.perRow) {
        largest = m_positions;  // neither the distance nor the effective context can
                                // exceed the text
    } else {
        for (int layer = 0; layer < layers(); ++layer) {
            for (int head = 0; head < heads(); ++head) {
                look(this->statistic(statistic, layer, head));
            }
        }
    }
    largest = largest > 0 ? largest : 1;
    return {statistic == HeadStatistic::EntropyChange ? -largest : 0, largest};
}

double AttentionModel::sinkRate() const
{
    return layers() > 0 ? m_fold.sink_rate() : kNaN;
}

double AttentionModel::perplexity() const
{
    return m_fold.perplexity();
}

}  // namespace timberline::widgets
