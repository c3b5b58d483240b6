// SPDX-License-Identifier: GPL-3.0-or-later
// What the view of the edits' effect says in words and files.
#include "widgets/attention/effect_view.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <cmath>
#include <numeric>

namespace timberline::widgets {

QStringList EffectView::headline() const
{
    const auto* effect = m_model->effect();
    if (effect == nullptr) {
        return {};
    }
    QStringList out;
    const double ratio = effect->edited_perplexity / effect->base_perplexity - 1;
    out.append(std::isfinite(effect->base_perplexity)
                   ? tr("perplexity %1 → %2 (%3 %)")
                         .arg(numberText(effect->base_perplexity, 2), numberText(effect->edited_perplexity, 2),
                              (ratio >= 0 ? QStringLiteral("+") : QString()) + numberText(100 * ratio, 1))
                   : tr("perplexity: the text is too short"));
    const auto same = std::accumulate(effect->same_choice.begin(), effect->same_choice.end(), 0);
    out.append(tr("same likeliest token at %1 of %2 positions").arg(same).arg(effect->positions));
    out.append(tr("logits: %1 dB signal to noise").arg(numberText(effect->signal_to_noise_db, 1)));
    if (effect->what_if) {
        out.append(tr("what-if, model not trained for this"));
    }
    return out;
}

QString EffectView::moveText(int row) const
{
    const auto* effect = m_model->effect();
    if (effect == nullptr || row < 0 || row >= static_cast<int>(effect->moved.size())) {
        return {};
    }
    const auto i = static_cast<std::size_t>(row);
    return tr("“%1” as the next token: %2 unchanged, %3 edited")
        .arg(m_model->record()->tokenLabel(effect->moved[i]), numberText(static_cast<double>(effect->moved_base[i]), 5),
             numberText(static_cast<double>(effect->moved_edited[i]), 5));
}

QString EffectView::positionText(int position) const
{
    const auto* effect = m_model->effect();
    if (effect == nullptr || position < 0 || position >= effect->positions) {
        return {};
    }
    const auto i = static_cast<std::size_t>(position);
    const auto number = [i](const std::vector<float>& values) { return numberText(static_cast<double>(values[i]), 3); };
    return tr("Position %1 “%2”").arg(position).arg(m_model->tokenLabel(position)) + QLatin1Char('\n') +
           tr("KL of the next token's law: %1 nats").arg(numberText(static_cast<double>(effect->divergence[i]), 5)) + QLatin1Char('\n') +
           tr("Entropy of that law: %1 → %2 nats").arg(number(effect->base_entropy), number(effect->edited_entropy)) + QLatin1Char('\n') +
           tr("Surprisal of this token: %1 → %2 nats").arg(number(effect->base_surprisal), number(effect->edited_surprisal)) +
           QLatin1Char('\n') + (effect->same_choice[i] != 0 ? tr("Same likeliest token") : tr("Another likeliest token"));
}

QByteArray EffectView::toCsv() const
{
    QString out = QStringLiteral("position,token,text,kl_nats,entropy_unchanged,entropy_edited,surprisal_"
                                 "unchanged,surprisal_edited,same_choice\n");
    const auto* effect = m_model->effect();
    for (int position = 0; effect != nullptr && position < effect->positions; ++position) {
        const auto i = static_cast<std::size_t>(position);
        const auto number = [i](const std::vector<float>& values) { return csvNumber(static_cast<double>(values[i])); };
        out += QStringLiteral("%1,%2,%3,%4,%5,%6,%7,%8,%9\n")
                   .arg(position)
                   .arg(m_model->token(position))
                   .arg(csvText(m_model->tokenLabel(position)), number(effect->divergence), number(effect->base_entropy),
                        number(effect->edited_entropy), number(effect->base_surprisal), number(effect->edited_surprisal))
                   .arg(effect->same_choice[i]);
    }
    return out.toUtf8();
}

QByteArray EffectView::toJson() const
{
    const auto* effect = m_model->effect();
    if (effect == nullptr) {
        return QJsonDocument(QJsonObject()).toJson();
    }
    const auto number = [](double value) { return std::isfinite(value) ? QJsonValue(value) : QJsonValue(); };
    QJsonArray edits;
    for (const auto& edit : effect->edits) {
        edits.append(QString::fromStdString(edit));
    }
    QJsonArray moved;
    for (std::size_t i = 0; i < effect->moved.size(); ++i) {
        moved.append(QJsonObject{{QStringLiteral("token"), effect->moved[i]},
                                 {QStringLiteral("text"), m_model->record()->tokenLabel(effect->moved[i])},
                                 {QStringLiteral("unchanged"), number(static_cast<double>(effect->moved_base[i]))},
                                 {QStringLiteral("edited"), number(static_cast<double>(effect->moved_edited[i]))}});
    }
    const QJsonObject out{{QStringLiteral("edits"), edits},
                          {QStringLiteral("variant"), QString::fromStdString(effect->variant)},
                          {QStringLiteral("perplexity_unchanged"), number(effect->base_perplexity)},
                          {QStringLiteral("perplexity_edited"), number(effect->edited_perplexity)},
                          {QStringLiteral("signal_to_noise_db"), number(effect->signal_to_noise_db)},
                          {QStringLiteral("moved"), moved},
                          {QStringLiteral("positions"), QJsonDocument::fromJson(View::toJson()).array()}};
    return QJsonDocument(out).toJson();
}

QString EffectView::summary() const
{
    if (m_model->effect() == nullptr) {
        return tr("No edits are compared yet.");
    }
    QString text = headline().join(QStringLiteral("; ")) + QLatin1Char('.');
    if (const int token = m_selection->current().token; token >= 0 && !positionText(token).isEmpty()) {
        text += QLatin1Char(' ') + positionText(token).replace(QLatin1Char('\n'), QLatin1String(". "));
    }
    return text;
}

}  // namespace timberline::widgets
