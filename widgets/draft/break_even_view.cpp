// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/draft/break_even_view.h"

#include "widgets/draft/question_paint.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <cmath>
#include <limits>

namespace timberline::widgets {

namespace {

constexpr double kNever = std::numeric_limits<double>::quiet_NaN();

/// The acceptance at which the speed-up reaches 1: it grows with the acceptance, so halving finds it.
double even_at(const BreakEvenFacts& facts, double length, double width)
{
    if (facts.speedup(length, width, 1) < 1) {
        return kNever;
    }
    double low = 0;
    double high = 1;
    for (int i = 0; i < 40; ++i) {
        const double middle = (low + high) / 2;
        (facts.speedup(length, width, middle) < 1 ? low : high) = middle;
    }
    return high < 1e-9 ? 0 : high;
}

}  // namespace

BreakEvenView::BreakEvenView(RecordModel* model, BreakEvenProvider provider, QWidget* parent)
    : RefoldedView(QStringLiteral("draft-break-even"), tr("Break-even map"), model, parent), m_provider(std::move(provider))
{
    refold();
}

void BreakEvenView::refold()
{
    m_facts.reset();
    if (model()->shownRounds() == 0) {
        setEmpty(tr("At which draft length and acceptance drafting pays on this machine will stand here. Press Run."));
    } else if (m_facts = m_provider ? m_provider(model()->record(), model()->shownRounds()) : std::nullopt; !m_facts) {
        setEmpty(tr("This record holds no times of its rounds (an imported trace has none), so it says nothing about a machine. Run a "
                    "method here to measure this one."));
    } else if (!(m_facts->length > 0)) {
        m_facts.reset();
        setEmpty(tr("This run drafted nothing. Choose a drafter and press Run."));
    } else if (!m_facts->plainMeasured) {
        setPartial(tr("Plain decoding was not timed: press “Measure speed-up”."));
    } else {
        setData();
    }
    compute();
}

void BreakEvenView::compute()
{
    m_values.clear();
    m_even.clear();
    if (!m_facts) {
        m_length = 0;
        return;
    }
    m_longest = std::clamp(static_cast<int>(std::ceil(m_facts->length * 1.5)), 8, 64);
    m_length = std::min(m_length, m_longest);
    for (int length = 1; length <= m_longest; ++length) {
        for (int row = 0; row < kRows; ++row) {
            m_values.push_back(m_facts->speedup(length, shownWidth(), acceptanceOf(row)));
        }
        m_even.push_back(even_at(*m_facts, length, shownWidth()));
    }
}

void BreakEvenView::setWidth(double width)
{
    m_width = std::max(0.0, width);
    catchUp();
    compute();
    setAccessibleDescription(summary());
    update();
}

double BreakEvenView::shownWidth() const
{
    return m_width > 0 ? m_width : m_facts ? m_facts->width : 1;
}

double BreakEvenView::valueAt(int length, int row) const
{
    const auto at = static_cast<std::size_t>((length - 1) * kRows + row);
    return length >= 1 && row >= 0 && row < kRows && at < m_values.size() ? m_values[at] : kNever;
}

double BreakEvenView::breakEven(int length) const
{
    return length >= 1 && static_cast<std::size_t>(length) <= m_even.size() ? m_even[static_cast<std::size_t>(length - 1)] : kNever;
}

int BreakEvenView::bestLength(double acceptance) const
{
    int best = 0;
    double most = 0;
    for (int length = 1; m_facts && length <= m_longest; ++length) {
        if (const double value = m_facts->speedup(length, shownWidth(), acceptance); value > most) {
            most = value;
            best = length;
        }
    }
    return best;
}

QString BreakEvenView::cellText(int length, int row) const
{
    const double value = valueAt(length, row);
    if (!std::isfinite(value)) {
        return {};
    }
    const double even = breakEven(length);
    return tr("draft length %1, width %2, acceptance %3 %: %4× plain decoding")
               .arg(length)
               .arg(questionNumber(shownWidth(), 1))
               .arg(row * 5)
               .arg(questionNumber(value)) +
           QLatin1Char('\n') +
           (std::isfinite(even) ? tr("this length pays from an acceptance of %1 % on").arg(questionNumber(even * 100, 1))
                                : tr("this length never pays"));
}

QStringList BreakEvenView::words() const
{
    if (!m_facts) {
        return {};
    }
    const auto& f = *m_facts;
    QStringList out;
    out << (f.measured > 0 ? tr("This run: %1× predicted, %2× measured (%3 %).")
                                 .arg(questionNumber(f.predicted), questionNumber(f.measured),
                                      (f.predicted >= f.measured ? QStringLiteral("+") : QStringLiteral("−")) +
                                          questionNumber(std::abs(f.predicted / f.measured - 1) * 100, 1))
                           : tr("This run: %1× predicted.").arg(questionNumber(f.predicted)));
    out << tr("It works at length %1, width %2, acceptance %3 %: %4 tokens a round.")
               .arg(questionNumber(f.length, 1), questionNumber(f.width, 1), questionNumber(f.acceptance * 100, 0),
                    questionNumber(f.tokens));
    if (const int best = bestLength(f.acceptance); best > 0) {
        const double even = breakEven(best);
        out << tr("At that acceptance, width %1: length %2 is best, %3×.")
                       .arg(questionNumber(shownWidth(), 1))
                       .arg(best)
                       .arg(questionNumber(f.speedup(best, shownWidth(), f.acceptance))) +
                   (std::isfinite(even) ? QLatin1Char(' ') + tr("It pays from %1 % on.").arg(questionNumber(even * 100, 0)) : QString());
    }
    out << (f.draftFlat ? tr("Drafting, k passes: %1 + %2 k ms (through zero: one length was seen).")
                        : tr("Drafting, k passes: %1 + %2 k ms."))
               .arg(questionNumber(f.draftBaseMs), questionNumber(f.draftEachMs, 3));
    if (f.verifyFlat && !f.plainMeasured) {
        out << tr("Verifying: %1 ms; one size was seen, so how it grows is not known.")
                   .arg(questionNumber(f.verifyBaseMs + f.verifyEachMs));
    } else {
        out << (f.verifyFlat ? tr("Verifying n tokens: %1 + %2 n ms (through the plain token: one size was seen).")
                             : tr("Verifying n tokens: %1 + %2 n ms."))
                   .arg(questionNumber(f.verifyBaseMs), questionNumber(f.verifyEachMs, 3));
    }
    out << tr("Other work: %1 ms a round.").arg(questionNumber(f.overheadMs)) + QLatin1Char(' ') +
               (f.plainMeasured ? tr("A plain token: %1 ms, measured.") : tr("A plain token: %1 ms by the fitted line."))
                   .arg(questionNumber(f.plainMs));
    if (!f.plainMeasured) {
        out.insert(1, stateText());
    }
    return out;
}

QString BreakEvenView::summary() const
{
    catchUp();
    return m_facts ? words().join(QLatin1Char(' ')) : stateText();
}

QByteArray BreakEvenView::toCsv() const
{
    catchUp();
    QString out = QStringLiteral("width,length,acceptance,speedup,break_even_acceptance\n");
    for (int length = 1; m_facts && length <= m_longest; ++length) {
        for (int row = 0; row < kRows; ++row) {
            out += QStringLiteral("%1,%2,%3,%4,%5\n")
                       .arg(questionCell(shownWidth()))
                       .arg(length)
                       .arg(questionCell(acceptanceOf(row)), questionCell(valueAt(length, row)), questionCell(breakEven(length)));
        }
    }
    return out.toUtf8();
}

QByteArray BreakEvenView::toJson() const
{
    QJsonObject out{{QStringLiteral("map"), QJsonDocument::fromJson(View::toJson()).array()}};
    if (m_facts) {
        const auto& f = *m_facts;
        const std::pair<const char*, double> numbers[] = {{"draft_base_ms", f.draftBaseMs},
                                                          {"draft_each_ms", f.draftEachMs},
                                                          {"verify_base_ms", f.verifyBaseMs},
                                                          {"verify_each_ms", f.verifyEachMs},
                                                          {"overhead_ms", f.overheadMs},
                                                          {"plain_ms", f.plainMs},
                                                          {"tokens_a_round", f.tokens},
                                                          {"length", f.length},
                                                          {"width", f.width},
                                                          {"acceptance", f.acceptance},
                                                          {"predicted_speedup", f.predicted}};
        QJsonObject point;
        for (const auto& [key, value] : numbers) {
            point.insert(QLatin1String(key), value);
        }
        point.insert(QStringLiteral("measured_speedup"), f.measured > 0 ? QJsonValue(f.measured) : QJsonValue());
        point.insert(QStringLiteral("plain_measured"), f.plainMeasured);
        out.insert(QStringLiteral("working_point"), point);
    }
    return QJsonDocument(out).toJson();
}

}  // namespace timberline::widgets
