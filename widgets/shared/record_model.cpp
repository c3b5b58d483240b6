// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/shared/record_model.h"

#include "core/record/training_curve.h"

#include <QStringDecoder>

#include <algorithm>
#include <atomic>

namespace timberline::widgets {

RecordModel::RecordModel(QObject* parent) : QObject(parent), m_record(std::make_shared<record::Record>()) {}

void RecordModel::clear()
{
    m_record = std::make_shared<record::Record>();
    ++m_generation;
    m_roundEvents.clear();
    m_rounds = 0;
    m_shown = 0;
    m_following = true;
    Q_EMIT changed();
    Q_EMIT shownChanged();
}

void RecordModel::setRecord(record::RecordPtr record)
{
    adoptRecord(std::make_shared<record::Record>(*record));
}

void RecordModel::adoptRecord(std::shared_ptr<record::Record> record)
{
    m_record = std::move(record);
    ++m_generation;
    m_roundEvents.clear();
    m_rounds = 0;
    for (std::size_t i = 0; i < m_record->events.size(); ++i) {
        count(m_record->events[i], i);
    }
    m_shown = m_rounds;
    m_following = true;
    Q_EMIT changed();
    Q_EMIT shownChanged();
}

void RecordModel::append(std::vector<record::Event> events)
{
    if (events.empty()) {
        return;
    }
    if (m_record.use_count() > 1) {
        m_record = std::make_shared<record::Record>(*m_record);  // a snapshot is held, which stays as it is
    } else {
        std::atomic_thread_fence(std::memory_order_acquire);  // whoever held one may have read it on another thread
    }
    for (auto& event : events) {
        count(event, m_record->events.size());
        m_record->events.push_back(std::move(event));
    }
    if (m_following) {
        m_shown = m_rounds;
    }
    Q_EMIT changed();
    Q_EMIT shownChanged();
}

void RecordModel::count(const record::Event& event, std::size_t index)
{
    if (std::holds_alternative<record::Round>(event.payload)) {
        m_roundEvents.push_back(index);
        m_rounds = static_cast<int>(m_roundEvents.size());
    } else if (const auto* block = std::get_if<record::Block>(&event.payload); block != nullptr && m_roundEvents.empty()) {
        m_rounds = std::max(m_rounds, record::last_moment(*block) + 1);
    }
}

void RecordModel::setShownRounds(int rounds)
{
    const int clamped = std::clamp(rounds, 0, m_rounds);
    m_following = clamped == m_rounds;
    if (clamped != m_shown) {
        m_shown = clamped;
        Q_EMIT shownChanged();
    }
}

void RecordModel::setFollowing(bool on)
{
    m_following = on;
    if (on) {
        setShownRounds(m_rounds);
    }
}

const record::Round* RecordModel::round(int index) const
{
    if (index < 0 || index >= static_cast<int>(m_roundEvents.size())) {
        return nullptr;
    }
    return std::get_if<record::Round>(&m_record->events[m_roundEvents[static_cast<std::size_t>(index)]].payload);
}

QString RecordModel::tokenLabel(TokenId token) const
{
    const auto* run = started();
    if (run == nullptr) {
        return QStringLiteral("⟨%1⟩").arg(token);
    }
    return visibleBytes(record::token_text(*run, token));
}

QString RecordModel::text(const std::vector<TokenId>& ids) const
{
    const auto* run = started();
    if (run == nullptr) {
        return {};
    }
    std::string bytes;
    for (const TokenId id : ids) {
        bytes += record::token_text(*run, id);
    }
    return QString::fromUtf8(bytes.data(), static_cast<qsizetype>(bytes.size()));
}

QString visibleBytes(const std::string& bytes)
{
    QString out;
    std::size_t i = 0;
    while (i < bytes.size()) {
        const auto lead = static_cast<unsigned char>(bytes[i]);
        const std::size_t length = lead < 0x80 ? 1 : (lead >> 5) == 0x6 ? 2 : (lead >> 4) == 0xE ? 3 : (lead >> 3) == 0x1E ? 4 : 0;
        bool whole = length > 0 && i + length <= bytes.size();
        QString character;
        if (whole) {
            QStringDecoder decoder(QStringDecoder::Utf8, QStringConverter::Flag::Stateless);
            character = decoder(QByteArrayView(bytes.data() + i, static_cast<qsizetype>(length)));
            whole = !decoder.hasError() && !character.contains(QChar::ReplacementCharacter);
        }
        if (!whole) {
            out += QStringLiteral("⟨0x%1⟩")
                       .arg(static_cast<int>(lead), 2, 16, QLatin1Char('0'))
                       .toUpper()
                       .replace(QLatin1String("0X"), QLatin1String("0x"));
            ++i;
            continue;
        }
        const char32_t code = character.toUcs4().value(0);
        if (code == U' ') {
            out += QChar(0x00B7);
        } else if (code == U'\n') {
            out += QChar(0x23CE);
        } else if (code == U'\t') {
            out += QChar(0x21E5);
        } else if (code < 0x20 || code == 0x7F) {
            out += QStringLiteral("⟨0x%1⟩").arg(static_cast<uint>(code), 2, 16, QLatin1Char('0'));
        } else {
            out += character;
        }
        i += length;
    }
    return out;
}

}  // namespace timberline::widgets
