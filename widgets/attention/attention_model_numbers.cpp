// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers about heads from the running sums, and percentiles, which are sorted out when they are asked for.
#include "widgets/attention/attention_model.h"

#include <algorithm>
#include <cmath>

namespace timberline::widgets {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kSinkThreshold = 0.3;

/// Linear between neighbours, as the record's own summary.  @param sorted not
/// empty, without NaN.
double percentile(const std::vector<float>& sorted, double share)
{
    const double place = share * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    const double part = place - static_cast<double>(below);
    return (1 - part) * static_cast<double>(sorted[below]) + part * static_cast<double>(sorted[above]);
}

bool sortable(std::vector<float>& values)
{
    if (values.empty() || std::any_of(values.begin(), values.end(), [](float value) { return std::isnan(value); })) {
        return false;
    }
    std::sort(values.begin(), values.end());
    return true;
}

double mean(double sum, int count)
{
    return count > 0 ? sum / count : kNaN;
}

}  // namespace

const AttentionModel::Percentiles& AttentionModel::percentiles(int layer, int head) const
{
    auto& cached = m_percentiles[index(layer, head)];
    if (!cached) {
        Percentiles out{kNaN, kNaN, kNaN, kNaN};
        std::vector<float> entropies;
        std::vector<float> norms;
        const int kv = head / groupSize();
        for (int position = 0; position < m_positions; ++position) {
            const auto [rows, row] = m_fold.place(position);
            if (const std::size_t i = rows->at(layer, head, row); rows->visible[i] >= 2) {
                entropies.push_back(rows->entropy[i]);
            }
            norms.push_back(rows->value_norm[static_cast<std::size_t>((layer * kvHeads() + kv) * rows->positions + row)]);
        }
        const float first = norms.empty() ? 0.0F : norms.front();
        if (sortable(entropies)) {
            out.p5 = percentile(entropies, 0.05);
            out.median = percentile(entropies, 0.5);
            out.p95 = percentile(entropies, 0.95);
        }
        if (sortable(norms)) {
            const double median = percentile(norms, 0.5);
            out.valueNorm = median > 0 ? static_cast<double>(first) / median : kNaN;
        }
        cached = out;
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
    const Running& sum = m_running[index(layer, head)];
    switch (statistic) {
    case HeadStatistic::NormalisedEntropy:
        return mean(sum.normalised, sum.rows);
    case HeadStatistic::Entropy:
        return mean(sum.entropy, sum.rows);
    case HeadStatistic::EffectiveContext:
        return mean(sum.effective, sum.rows);
    case HeadStatistic::Sink:
        return mean(sum.sink, sum.sinkRows);
    case HeadStatistic::Distance:
        return mean(sum.distance, sum.rows);
    case HeadStatistic::Previous:
        return mean(sum.previous, sum.rows);
    case HeadStatistic::Induction:
        return mean(sum.induction, sum.inductionRows);
    case HeadStatistic::Local:
        return mean(sum.local, sum.rows);
    case HeadStatistic::Largest:
        return mean(sum.largest, sum.rows);
    case HeadStatistic::EntropyLast:
        return sum.rows > 0 ? sum.last : kNaN;
    case HeadStatistic::EntropyMin:
        return sum.rows > 0 ? sum.least : kNaN;
    case HeadStatistic::EntropyMax:
        return sum.rows > 0 ? sum.most : kNaN;
    case HeadStatistic::EntropyP5:
        return percentiles(layer, head).p5;
    case HeadStatistic::EntropyMedian:
        return percentiles(layer, head).median;
    case HeadStatistic::EntropyP95:
        return percentiles(layer, head).p95;
    case HeadStatistic::ValueNorm:
        return percentiles(layer, head).valueNorm;
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
    int count = 0;
    for (const Running& sum : m_running) {
        count += mean(sum.sink, sum.sinkRows) > kSinkThreshold ? 1 : 0;
    }
    return m_running.empty() ? kNaN : static_cast<double>(count) / static_cast<double>(m_running.size());
}

double AttentionModel::perplexity() const
{
    double sum = 0;
    for (int position = 1; position < m_positions; ++position) {
        const auto [rows, row] = m_fold.place(position);
        sum += static_cast<double>(rows->surprisal[static_cast<std::size_t>(row)]);
    }
    return m_positions > 1 ? std::exp(sum / (m_positions - 1)) : kNaN;
}

}  // namespace timberline::widgets
