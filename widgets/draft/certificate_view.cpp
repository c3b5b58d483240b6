// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/draft/certificate_view.h"

#include "widgets/draft/question_paint.h"

#include <algorithm>
#include <cmath>

namespace timberline::widgets {

namespace {

constexpr double kExact = 1e-6;  ///< as core/rules/certificate.h: laws are stored as float

QString lawText(const std::vector<double>& law)
{
    QStringList parts;
    for (const double share : law) {
        parts.append(questionNumber(share, 3));
    }
    return QLatin1Char('(') + parts.join(QStringLiteral(" ; ")) + QLatin1Char(')');
}

QString childrenText(const std::vector<std::int32_t>& children)
{
    QStringList parts;
    for (const auto count : children) {
        parts.append(QString::number(count));
    }
    return parts.join(QStringLiteral(" × "));
}

}  // namespace

CertificateView::CertificateView(QWidget* parent) : View(QStringLiteral("draft-certificate"), tr("Certificate by enumeration"), parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    clear();
}

void CertificateView::setAnswer(record::Certificate answer, const QString& rule, const QString& flaw)
{
    m_answer = std::move(answer);
    m_rule = rule;
    m_flaw = flaw;
    m_chosen = 0;
    if (m_answer->worlds.empty()) {
        m_answer.reset();
        setEmpty(tr("There was no world to try."));
    } else {
        // What went wrong is what one wants to see first.
        double worst = -1;
        for (std::size_t i = 0; i < m_answer->worlds.size(); ++i) {
            const auto& world = m_answer->worlds[i];
            const double weight = world.promised && !world.exact ? 2 + world.total_variation : world.total_variation;
            if (weight > worst + 1e-9 && (!world.exact || i == 0)) {
                worst = weight;
                m_chosen = static_cast<int>(i);
            }
        }
        setData();
    }
    setAccessibleDescription(summary());
    update();
    Q_EMIT chosenChanged(m_chosen);
}

void CertificateView::clear()
{
    m_answer.reset();
    setEmpty(tr("Every draw and every decision of the acceptance rule on small vocabularies will stand here, against the target's law. "
                "Press “Enumerate”."));
    setAccessibleDescription(summary());
}

void CertificateView::showWaiting()
{
    setBusy();
    update();
}

void CertificateView::showError(const QString& sentence, const QString& hint)
{
    m_answer.reset();
    setError(sentence, hint);
    setAccessibleDescription(summary());
}

CertificateView::Tally CertificateView::tally() const
{
    Tally out;
    if (!m_answer) {
        return out;
    }
    for (const auto& world : m_answer->worlds) {
        (world.promised ? out.promised : out.lossy) += 1;
        (world.promised ? out.passed : out.lossyExact) += world.exact ? 1 : 0;
        double& worst = world.promised ? out.worst : out.worstLossy;
        worst = std::max(worst, world.total_variation);
    }
    return out;
}

void CertificateView::choose(int world)
{
    if (!m_answer || m_answer->worlds.empty()) {
        return;
    }
    const int clamped = std::clamp(world, 0, static_cast<int>(m_answer->worlds.size()) - 1);
    setAccessibleDescription(worldText(clamped));
    if (clamped != m_chosen) {
        m_chosen = clamped;
        update();
        Q_EMIT chosenChanged(m_chosen);
    }
}

QString CertificateView::kindText(const std::string& kind)
{
    return kind == "point-mass"            ? tr("likeliest, not drawn")
           : kind == "without-replacement" ? tr("without replacement")
           : kind == "with-replacement"    ? tr("with replacement")
                                           : QString::fromStdString(kind);
}

QString CertificateView::outcomeName(std::size_t index, std::size_t width, bool pairs)
{
    const auto letter = [](std::size_t token) { return QString(QLatin1Char(static_cast<char>('a' + static_cast<int>(token % 26)))); };
    return pairs ? letter(index / width) + letter(index % width) : letter(index);
}

QString CertificateView::worldText(int index) const
{
    if (!m_answer || index < 0 || static_cast<std::size_t>(index) >= m_answer->worlds.size()) {
        return {};
    }
    const auto& world = m_answer->worlds[static_cast<std::size_t>(index)];
    const auto doubles = [](const std::vector<float>& law) { return std::vector<double>(law.begin(), law.end()); };
    QStringList lines;
    lines << tr("world %1 of %2: children %3, %4")
                 .arg(index + 1)
                 .arg(m_answer->worlds.size())
                 .arg(childrenText(world.children), kindText(world.kind));
    lines << tr("target %1, draft %2").arg(lawText(doubles(world.target)), lawText(doubles(world.draft)));
    if (world.emitted.size() <= 4) {
        lines << tr("emitted %1").arg(lawText(world.emitted));
    }
    lines
        << tr("total variation %1, %2 tokens a round").arg(questionNumber(world.total_variation, 6), questionNumber(world.expected_tokens));
    lines << (world.exact      ? tr("emits the target's law")
              : world.promised ? tr("does not emit the target's law")
                               : tr("differs, and promises nothing here (lossy)"));
    return lines.join(QLatin1Char('\n'));
}

QString CertificateView::verdict() const
{
    if (!m_answer) {
        return stateText();
    }
    const auto t = tally();
    if (!m_flaw.isEmpty()) {
        return t.passed < t.promised ? tr("Flagged: total variation %1.").arg(questionNumber(t.worst, 3)) : tr("Not flagged.");
    }
    if (t.promised == 0) {
        return tr("Lossy by declaration: worst total variation %1.").arg(questionNumber(t.worstLossy, 3));
    }
    return (t.passed == t.promised ? tr("✓ %1 of %2 worlds exact.") : tr("✗ %1 of %2 worlds exact.")).arg(t.passed).arg(t.promised) +
           (t.passed < t.promised ? QLatin1Char(' ') + tr("Worst total variation %1.").arg(questionNumber(t.worst, 3)) : QString());
}

QStringList CertificateView::words() const
{
    if (!m_answer) {
        return {};
    }
    const auto t = tally();
    QStringList out;
    if (!m_flaw.isEmpty()) {
        const auto& world = m_answer->worlds.front();
        out << tr("Planted wrong rule: %1").arg(m_flaw);
        out << verdict() + QLatin1Char(' ') +
                   tr("It emits %1 where the target says %2.").arg(lawText(world.emitted), lawText(world.expected));
        return out;
    }
    out << tr("%1: %2").arg(m_rule, verdict());
    if (t.promised > 0 && t.passed == t.promised) {
        out.back() +=
            QLatin1Char(' ') + tr("Worst total variation %1.").arg(t.worst < kExact ? QStringLiteral("0") : questionNumber(t.worst, 6));
    }
    if (t.lossy > 0 && t.promised > 0) {
        out << tr("%1 more worlds are of kinds for which the rule promises nothing (lossy): worst total variation %2.")
                   .arg(t.lossy)
                   .arg(questionNumber(t.worstLossy, 3));
    }
    return out;
}

QString CertificateView::summary() const
{
    return state() == ViewState::Busy ? tr("Every draw and decision is being tried.")
           : m_answer                 ? words().join(QLatin1Char(' '))
                                      : stateText();
}

QByteArray CertificateView::toCsv() const
{
    QString out = QStringLiteral("world,rule,kind,children,promised,exact,total_variation,expected_tokens,outcome,target,emitted\n");
    int number = 0;
    for (const auto& world : m_answer ? m_answer->worlds : std::vector<record::Certificate::World>{}) {
        ++number;
        const bool pairs = world.expected.size() != world.target.size();
        for (std::size_t i = 0; i < world.emitted.size() && i < world.expected.size(); ++i) {
            out += QStringLiteral("%1,%2,%3,\"%4\",%5,%6,%7,%8,%9,%10,%11\n")
                       .arg(number)
                       .arg(QString::fromStdString(m_answer->rule), QString::fromStdString(world.kind), childrenText(world.children))
                       .arg(world.promised ? 1 : 0)
                       .arg(world.exact ? 1 : 0)
                       .arg(questionCell(world.total_variation), questionCell(world.expected_tokens),
                            outcomeName(i, world.target.size(), pairs), questionCell(world.expected[i]), questionCell(world.emitted[i]));
        }
    }
    return out.toUtf8();
}

}  // namespace timberline::widgets
