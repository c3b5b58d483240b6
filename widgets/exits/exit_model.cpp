// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/exits/exit_model.h"

#include <QElapsedTimer>

#include <algorithm>
#include <cmath>

namespace timberline::widgets {

using record::Block;
using record::KvSource;

ExitHandle handleOf(const ExitChoice& choice, std::int32_t layers)
{
    ExitHandle handle;
    for (const char* key : {"threshold", "patience", "layer"}) {
        const auto it = choice.values.find(key);
        if (it == choice.values.end()) {
            continue;
        }
        if (const auto* real = std::get_if<double>(&it->second)) {
            handle = {.key = key, .minimum = 0, .maximum = 1, .whole = false, .value = std::clamp(*real, 0.0, 1.0)};
        } else if (const auto* whole = std::get_if<std::int64_t>(&it->second)) {
            const double most = std::max(1, layers);
            handle = {
                .key = key, .minimum = 1, .maximum = most, .whole = true, .value = std::clamp(static_cast<double>(*whole), 1.0, most)};
        }
        break;
    }
    return handle;
}

ExitChoice withHandle(ExitChoice choice, const ExitHandle& handle, double value)
{
    if (handle.key.empty()) {
        return choice;
    }
    const double kept = std::clamp(std::isfinite(value) ? value : handle.value, handle.minimum, handle.maximum);
    if (handle.whole) {
        choice.values[handle.key] = static_cast<std::int64_t>(std::llround(kept));
    } else {
        choice.values[handle.key] = kept;
    }
    if (const auto it = choice.values.find("thresholds"); it != choice.values.end()) {
        it->second = std::vector<double>{};
    }
    return choice;
}

ExitModel::ExitModel(RecordModel* record, QObject* parent) : QObject(parent), m_record(record)
{
    // shownChanged follows every change of the record, and stands alone when the
    // timeline moves.
    connect(m_record, &RecordModel::shownChanged, this, &ExitModel::refresh);
    refresh();
}

void ExitModel::setProviders(ExitProviders providers)
{
    m_providers = std::move(providers);
    decide();
}

void ExitModel::reset()
{
    m_folded = m_record->generation();
    m_consumed = 0;
    m_fold = {};
    m_rowMoment.clear();
    m_filledAt.clear();
    m_prefix.reset();
    m_shownRows = 0;
    m_countedRows = 0;
    m_anyGenerated = false;
    m_totals.clear();
}

void ExitModel::foldBlock(const Block& block)
{
    const std::size_t before = m_fold.readings().rows();
    m_fold.add(block);
    const auto& all = m_fold.readings();
    m_rowMoment.resize(all.rows(), block.moment);
    m_filledAt.resize(all.rows() * layers(), -1);
    if (block.kind != record::kLayerReadingsBlock || before == all.rows()) {
        return;
    }
    const auto fills = record::kv_fills_from(block);
    if (!fills.ok()) {
        return;
    }
    for (const auto& fill : fills.value()) {
        const auto row = m_fold.row_of(fill.position);
        if (row && fill.layer >= 0 && fill.layer < all.layers) {
            m_filledAt[all.cell(*row, static_cast<std::size_t>(fill.layer))] = block.moment;
        }
    }
}

void ExitModel::refresh()
{
    const auto& record = m_record->record();
    bool changed = false;
    if (m_folded != m_record->generation() || record.events.size() < m_consumed) {
        reset();
        changed = true;
    }
    for (; m_consumed < record.events.size(); ++m_consumed) {
        if (const auto* block = std::get_if<Block>(&record.events[m_consumed].payload)) {
            foldBlock(*block);
            changed = changed || m_record->shows(*block);
        }
    }
    // Moments only grow, so what is shown is a prefix of the rows.
    const auto end = std::partition_point(m_rowMoment.begin(), m_rowMoment.end(),
                                          [this](std::int32_t moment) { return moment < m_record->shownRounds(); });
    const auto shown = static_cast<std::size_t>(end - m_rowMoment.begin());
    if (!changed && shown == m_shownRows) {
        return;  // the run goes on behind the moment that is looked at
    }
    if (shown < m_countedRows) {
        m_countedRows = 0;
    }
    m_shownRows = shown;
    if (shown == m_fold.readings().rows()) {
        m_prefix.reset();
    } else {
        m_prefix = m_fold.readings();
        m_prefix->resize(shown);
    }
    const auto& moments = readings().moment;
    m_anyGenerated = std::any_of(moments.rbegin(), moments.rend(), [](std::int32_t moment) { return moment >= 0; });
    countTotals();
    Q_EMIT readingsChanged();
    decide();
}

void ExitModel::countTotals()
{
    const auto& shown = readings();
    if (m_countedRows == 0 || m_totals.size() != layers() || m_countedGenerated != m_anyGenerated) {
        m_totals.assign(layers(), {});
        m_countedRows = 0;
        m_countedGenerated = m_anyGenerated;
    }
    for (; m_countedRows < m_shownRows; ++m_countedRows) {
        if (counts(m_countedRows)) {
            record::count_row(shown, m_countedRows, m_totals);
        }
    }
}

const record::ExitSummary* ExitModel::summary() const
{
    return m_fold.summary() && !m_prefix ? &*m_fold.summary() : nullptr;
}

KvSource ExitModel::source(std::size_t row, std::size_t layer) const
{
    const auto& all = m_fold.readings();
    const std::size_t cell = all.cell(row, layer);
    const KvSource now = all.source[cell];
    return now == KvSource::Filled && m_filledAt[cell] >= m_record->shownRounds() ? KvSource::Pending : now;
}

int ExitModel::rowOf(int position) const
{
    const auto row = m_fold.row_of(position);
    return row && *row < m_shownRows ? static_cast<int>(*row) : -1;
}

int ExitModel::positionOf(int row) const
{
    return row >= 0 && static_cast<std::size_t>(row) < m_shownRows ? readings().position[static_cast<std::size_t>(row)] : -1;
}

QString ExitModel::label(TokenId token) const
{
    if (!isTrainedNet()) {
        return token < 0 ? QStringLiteral("–") : m_record->tokenLabel(token);
    }
    const auto& names = run()->names;
    return token >= 0 && static_cast<std::size_t>(token) < names.size() ? QString::fromStdString(names[static_cast<std::size_t>(token)])
                                                                        : QString::number(token);
}

QString ExitModel::columnLabel(std::size_t row) const
{
    return isTrainedNet() ? label(readings().next[row]) : label(readings().token[row]);
}

void ExitModel::setChoice(const ExitChoice& choice)
{
    if (choice != m_choice) {
        m_choice = choice;
        decide();
    }
}

void ExitModel::setHandleValue(double value)
{
    const auto current = handle();
    if (!current.key.empty()) {
        setChoice(withHandle(m_choice, current, value));
    }
}

void ExitModel::decide()
{
    QElapsedTimer timer;
    timer.start();
    m_decided = {};
    m_recorded = {};
    m_differs = false;
    if (run() != nullptr && m_shownRows > 0) {
        if (m_providers.recorded) {
            m_recorded = m_providers.recorded(readings(), *run());
        }
        if (m_providers.decide && !m_choice.policy.empty()) {
            m_decided = m_providers.decide(readings(), *run(), m_choice);
            const std::size_t cells = m_shownRows * layers();
            if (m_decided.exit.size() != m_shownRows || m_decided.score.size() != cells || m_decided.threshold.size() != cells ||
                m_decided.native.size() != cells) {
                const QString problem = m_decided.problem;
                m_decided = {};
                m_decided.problem = problem;
            }
        }
        m_differs = !m_decided.exit.empty() && m_decided.exit != readings().exit;
    }
    m_decisionMs = static_cast<double>(timer.nsecsElapsed()) / 1e6;
    Q_EMIT decisionChanged();
}

std::int32_t ExitModel::exitOf(std::size_t row) const
{
    return row < m_decided.exit.size() ? m_decided.exit[row] : readings().exit[row];
}

}  // namespace timberline::widgets
