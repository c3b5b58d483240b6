// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/attention/attention_model.h"

#include <QCoreApplication>

#include <algorithm>

namespace timberline::widgets {

QString HeadMark::sign() const
{
    QStringList parts;
    if (factor == 0) {
        parts.append(QCoreApplication::translate("HeadMark", "off"));
    } else if (factor != 1) {
        parts.append(QStringLiteral("×%1").arg(factor, 0, 'g', 3));
    }
    if (temperature != 1) {
        parts.append(QStringLiteral("τ%1").arg(temperature, 0, 'g', 3));
    }
    if (!variant.isEmpty()) {
        parts.append(variant);
    }
    return parts.join(QLatin1Char(' '));
}

AttentionModel::AttentionModel(RecordModel* model, QObject* parent) : QObject(parent), m_model(model)
{
    connect(m_model, &RecordModel::changed, this, &AttentionModel::update);
    connect(m_model, &RecordModel::shownChanged, this, &AttentionModel::update);
    update();
}

void AttentionModel::update()
{
    const auto& record = m_model->record();
    bool dirty = false;
    const bool replaced = m_folded != &record || record.events.size() < m_foldedEvents;
    if (replaced) {
        m_folded = &record;
        m_fold = {};
        m_foldedEvents = 0;
        m_keptMaps.clear();
        m_positions = 0;
        m_answered.reset();
        m_effectForgotten = false;
        dirty = true;
    }
    bool effects = replaced;
    for (; m_foldedEvents < record.events.size(); ++m_foldedEvents) {
        const auto* block = std::get_if<record::Block>(&record.events[m_foldedEvents].payload);
        if (block == nullptr) {
            continue;
        }
        if (block->kind == "attention-map") {
            m_keptMaps.push_back(m_foldedEvents);
        } else if (block->kind.starts_with("attention-") && m_fold.add(*block)) {
            if (block->kind == "attention-effect") {
                effects = true;
                m_effectForgotten = false;
            }
            dirty = true;
        }
    }
    // Rows stand in the order of their moments, so those that are shown are the
    // first ones.
    int low = 0;
    int high = m_fold.positions();
    while (low < high) {
        const int middle = (low + high) / 2;
        if (m_fold.place(middle).rows->moment < m_model->shownRounds()) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    dirty = dirty || low != m_positions || setup() != m_lastSetup;
    m_positions = low;
    m_lastSetup = setup();
    if (dirty) {
        m_fold.look_at(m_positions);
        m_sorted.assign(static_cast<std::size_t>(layers() * heads()), std::nullopt);
        if (replaced) {
            Q_EMIT recordReplaced();
        }
        Q_EMIT changed();
        if (effects) {
            Q_EMIT effectChanged();
        }
    }
}

const record::AttentionSetup* AttentionModel::setup() const
{
    const record::AttentionSetup* found = nullptr;
    for (const auto& setup : m_fold.setups()) {
        if (found == nullptr || setup.moment < m_model->shownRounds()) {
            found = &setup;
        }
    }
    return found;
}

int AttentionModel::sinkTokens() const
{
    return m_fold.sink_tokens();
}

int AttentionModel::localWindow() const
{
    return m_fold.setups().empty() ? 16 : m_fold.setups().front().local_window;
}

int AttentionModel::validRows(int layer, int head) const
{
    return layer >= 0 && layer < layers() && head >= 0 && head < heads() ? m_fold.means(layer, head).rows : 0;
}

double AttentionModel::rowValue(HeadStatistic statistic, int layer, int head, int position) const
{
    const auto [rows, row] = m_fold.place(position);
    return timberline::widgets::rowValue(statistic, *rows, layer, head, row, sinkTokens());
}

bool AttentionModel::rowValid(int layer, int head, int position) const
{
    const auto [rows, row] = m_fold.place(position);
    return rows->valid(rows->at(layer, head, row));
}

TokenId AttentionModel::token(int position) const
{
    if (position < 0 || position >= m_positions) {
        return -1;
    }
    const auto [rows, row] = m_fold.place(position);
    return rows->token[static_cast<std::size_t>(row)];
}

QString AttentionModel::tokenLabel(int position) const
{
    const TokenId id = token(position);
    return id < 0 ? QString() : m_model->tokenLabel(id);
}

std::vector<record::AttentionMap> AttentionModel::keptMaps(int layer, int head) const
{
    std::vector<record::AttentionMap> out;
    const auto& events = m_model->record().events;
    for (const std::size_t event : m_keptMaps) {
        const auto& block = std::get<record::Block>(events[event].payload);
        // The keys are looked at before the whole block is read: there may be one
        // for every head.
        const auto is = [&block](const char* key, int value) {
            const auto it = block.numbers.find(key);
            return it != block.numbers.end() && it->second == value;
        };
        if (m_model->shows(block) && is("layer", layer) && is("head", head)) {
            if (auto map = record::attention_map_from(block); map.ok()) {
                out.push_back(std::move(*map));
            }
        }
    }
    return out;
}

const record::AttentionEffect* AttentionModel::effect() const
{
    if (m_answered) {
        return &*m_answered;
    }
    const record::AttentionEffect* found = nullptr;
    if (m_effectForgotten) {
        return found;
    }
    for (const auto& effect : m_fold.effects()) {
        if (effect.moment < m_model->shownRounds()) {
            found = &effect;
        }
    }
    return found;
}

void AttentionModel::setEffect(record::AttentionEffect effect)
{
    m_answered = std::move(effect);
    m_effectForgotten = false;
    Q_EMIT effectChanged();
}

void AttentionModel::forgetEffect()
{
    if (effect() != nullptr || m_answered) {
        m_answered.reset();
        m_effectForgotten = true;
        Q_EMIT effectChanged();
    }
}

void AttentionModel::setMarks(std::vector<HeadMark> marks)
{
    if (marks != m_marks) {
        m_marks = std::move(marks);
        Q_EMIT marksChanged();
    }
}

HeadMark AttentionModel::mark(int layer, int head) const
{
    const std::size_t at = index(layer, head);
    return layer >= 0 && head >= 0 && head < heads() && at < m_marks.size() ? m_marks[at] : HeadMark{};
}

bool AttentionModel::anyMark() const
{
    return std::any_of(m_marks.begin(), m_marks.end(), [](const HeadMark& mark) { return mark.changed(); });
}

}  // namespace timberline::widgets
