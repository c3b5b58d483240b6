// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/draft/head_training_view.h"

#include "core/record/folds.h"
#include "widgets/draft/question_paint.h"
#include "widgets/theme/theme.h"

#include <QLocale>

#include <algorithm>
#include <cmath>
#include <limits>

/// The words and numbers of the view; head_training_paint.cpp draws its plots.
namespace timberline::widgets {

QString clockText(double milliseconds)
{
    const auto seconds = static_cast<qint64>(std::llround(std::max(0.0, milliseconds) / 1000));
    const auto two = [](qint64 value) { return QStringLiteral("%1").arg(value, 2, 10, QLatin1Char('0')); };
    if (seconds < 60) {
        return HeadTrainingView::tr("%1 s").arg(seconds);
    }
    return seconds < 3600 ? QStringLiteral("%1:%2").arg(seconds / 60).arg(two(seconds % 60))
                          : QStringLiteral("%1:%2:%3").arg(seconds / 3600).arg(two(seconds / 60 % 60), two(seconds % 60));
}

namespace {

/// A recorded value as people read it: 5e-04 is 0.0005.
QString valueText(const std::string& text)
{
    bool number = false;
    const double value = QString::fromStdString(text).toDouble(&number);
    return number ? QLocale().toString(value, 'g', 6) : QString::fromStdString(text);
}

}  // namespace

HeadTrainingView::HeadTrainingView(RecordModel* model, QWidget* parent)
    : DatumPlot(QStringLiteral("head-training"), tr("Training of draft heads"), parent), m_model(model)
{
    connect(m_model, &RecordModel::changed, this, [this] {
        foldNew();
        refresh();
    });
    foldNew();
    refresh();
}

void HeadTrainingView::foldNew()
{
    if (m_generation != m_model->generation()) {
        m_generation = m_model->generation();
        m_fold = {};
        m_folded = 0;
    }
    const auto& events = m_model->record().events;
    for (; m_folded < events.size(); ++m_folded) {
        m_fold.add(events[m_folded]);
    }
}

void HeadTrainingView::setPreparing(const QString& sentence)
{
    if (sentence != m_preparing) {
        m_preparing = sentence;
        refresh();
    }
}

void HeadTrainingView::showError(const QString& sentence, const QString& hint)
{
    m_preparing.clear();
    refresh();
    if (datumCount() == 0) {
        setError(sentence, hint);
    }
}

void HeadTrainingView::setPart(int part)
{
    m_part = part;
    invalidate();
}

void HeadTrainingView::refresh()
{
    const auto* finished = record::run_finished(m_model->record());
    const auto done = static_cast<int>(m_fold.steps().size());
    if (datumCount() == 0) {
        if (!m_preparing.isEmpty()) {
            setBusy();
        } else if (finished != nullptr && finished->reason == "error") {
            setError(QString::fromStdString(finished->message), {});
        } else {
            setEmpty(tr("Loss and accepted tokens will stand here while heads are trained. Press Train."));
        }
    } else if (finished == nullptr || finished->reason == "length") {
        setData();
    } else if (finished->reason == "cancelled") {
        setPartial(tr("Stopped after %n step(s).", nullptr, done));
    } else if (finished->reason == "diverged") {
        setPartial(tr("Diverged after %n step(s): take a smaller learning rate.", nullptr, done));
    } else {
        setPartial(tr("Ended after %n step(s): %1", nullptr, done).arg(QString::fromStdString(finished->message)));
    }
    invalidate();
}

float HeadTrainingView::lossOf(const record::HeadTrainingStep& step) const
{
    const auto part = static_cast<std::size_t>(m_part);
    return m_part < 0 ? step.loss : part < step.parts.size() ? step.parts[part] : std::numeric_limits<float>::quiet_NaN();
}

bool HeadTrainingView::drafts() const
{
    return !m_fold.setup() || m_fold.setup()->measure != "r-squared";
}

QString HeadTrainingView::titleOf(Plot plot) const
{
    if (plot == Plot::Acceptance) {
        return tr("Accepted per pass");
    }
    if (plot == Plot::Accuracy) {
        return drafts() ? tr("Held-out accuracy, %") : tr("Held-out R²");
    }
    const auto& setup = m_fold.setup();
    const auto part = static_cast<std::size_t>(m_part);
    return m_part >= 0 && setup && part < setup->parts.size() ? tr("Loss: %1").arg(QString::fromStdString(setup->parts[part])) : tr("Loss");
}

// A step is drawn where it began: its loss is that of the heads after as many steps, as a measurement's is.

int HeadTrainingView::datumCount() const
{
    const auto& steps = m_fold.steps();
    const auto& looks = m_fold.looks();
    const bool after = !looks.empty() && (steps.empty() || looks.back().step > steps.back().step);
    return static_cast<int>(steps.size()) + (after ? 1 : 0);
}

double HeadTrainingView::datumX(int datum) const
{
    const auto& steps = m_fold.steps();
    return datum < static_cast<int>(steps.size()) ? steps[static_cast<std::size_t>(datum)].step : m_fold.looks().back().step;
}

double HeadTrainingView::lastStep() const
{
    const double reached = datumCount() > 0 ? datumX(datumCount() - 1) : 0;
    return std::max({1.0, reached, static_cast<double>(m_fold.planned())});
}

QString HeadTrainingView::datumText(int datum) const
{
    const auto& steps = m_fold.steps();
    const auto at = static_cast<std::int32_t>(datumX(datum));
    QStringList lines;
    lines << tr("after %n step(s)", nullptr, at);
    if (datum < static_cast<int>(steps.size())) {
        const auto& step = steps[static_cast<std::size_t>(datum)];
        const auto real = [](float value) { return QLocale().toString(static_cast<double>(value), 'g', 4); };
        lines << tr("loss %1 on the batch, epoch %2").arg(real(step.loss)).arg(step.epoch);
        const auto& setup = m_fold.setup();
        for (std::size_t i = 0; setup && i < std::min(step.parts.size(), setup->parts.size()); ++i) {
            if (std::isfinite(step.parts[i])) {
                lines << QStringLiteral("%1: %2").arg(QString::fromStdString(setup->parts[i]), real(step.parts[i]));
            }
        }
        lines << tr("learning rate %1, gradient norm %2").arg(real(step.learning_rate), real(step.gradient_norm));
        lines << tr("%1 since training began").arg(clockText(static_cast<double>(step.elapsed_ms)));
    }
    const auto look = std::ranges::find(m_fold.looks(), at, &record::HeadLook::step);
    if (look != m_fold.looks().end()) {
        lines << tr("held-out loss %1").arg(questionNumber(look->loss, 3));
        for (std::size_t k = 0; k < look->accuracy.size(); ++k) {
            if (std::isfinite(look->accuracy[k])) {
                const double share = static_cast<double>(look->accuracy[k]);
                lines << (drafts() ? tr("head %1: %2 % right").arg(k + 1).arg(questionNumber(100 * share, 1))
                                   : tr("R² %1 on held-out text").arg(questionNumber(share, 3)));
            }
        }
    }
    const auto accepted = std::ranges::find(m_fold.acceptances(), at, &record::HeadAcceptance::step);
    if (accepted != m_fold.acceptances().end() && !accepted->prompt_accepted.empty()) {
        const auto [low, high] = std::ranges::minmax_element(accepted->prompt_accepted);
        lines << tr("%1 accepted per pass (%n prompt(s): %2 to %3)", nullptr, static_cast<int>(accepted->prompt_accepted.size()))
                     .arg(questionNumber(accepted->accepted_per_pass, 3), questionNumber(static_cast<double>(*low), 2),
                          questionNumber(static_cast<double>(*high), 2));
        if (accepted->kept) {
            lines << tr("written to the folder");
        }
    }
    for (const auto& change : m_fold.changes()) {
        if (change.step == at) {
            QString key = QString::fromStdString(change.key);
            key = key.mid(key.lastIndexOf(QLatin1Char('.')) + 1).replace(QLatin1Char('_'), QLatin1Char(' '));
            lines << QStringLiteral("%1: %2 → %3").arg(key, valueText(change.from), valueText(change.to));
        }
    }
    return lines.join(QLatin1Char('\n'));
}

QString HeadTrainingView::numbersText() const
{
    const auto& steps = m_fold.steps();
    if (steps.empty()) {
        return {};
    }
    const auto& last = steps.back();
    const auto done = static_cast<std::int64_t>(last.step) + 1;
    const QLocale locale;
    QStringList parts;
    parts << tr("step %1 of %2")
                 .arg(locale.toString(static_cast<qlonglong>(done)), locale.toString(static_cast<qlonglong>(m_fold.planned())));
    const double elapsed = static_cast<double>(last.elapsed_ms);
    const bool goesOn = record::run_finished(m_model->record()) == nullptr && done < m_fold.planned();
    const double rest = elapsed / static_cast<double>(done) * static_cast<double>(m_fold.planned() - done);
    parts << (goesOn ? tr("%1, about %2 left").arg(clockText(elapsed), clockText(rest)) : clockText(elapsed));
    parts << tr("loss %1").arg(questionNumber(static_cast<double>(last.loss), 3));
    if (const auto* best = m_fold.best(); best != nullptr) {
        parts << tr("best %1 accepted per pass").arg(questionNumber(best->accepted_per_pass, 2));
    }
    return parts.join(QStringLiteral(" · "));
}

QByteArray HeadTrainingView::toCsv() const
{
    const auto& setup = m_fold.setup();
    const std::size_t parts = setup ? setup->parts.size() : 0;
    std::size_t heads = 0;
    for (const auto& look : m_fold.looks()) {
        heads = std::max(heads, look.accuracy.size());
    }
    QString out = QStringLiteral("steps_done,epoch,loss");
    for (std::size_t i = 0; i < parts; ++i) {
        out += QStringLiteral(",loss_") + QString::fromStdString(setup->parts[i]).replace(QLatin1Char(' '), QLatin1Char('_'));
    }
    out += QStringLiteral(",learning_rate,gradient_norm,elapsed_ms,held_out_loss");
    for (std::size_t k = 0; k < heads; ++k) {
        out += QStringLiteral(",accuracy_%1").arg(k + 1);
    }
    out += QStringLiteral(",accepted_per_pass,prompts,lowest_prompt,highest_prompt,kept\n");
    const auto real = [](float value) { return questionCell(static_cast<double>(value)); };
    for (int datum = 0; datum < datumCount(); ++datum) {
        const auto at = static_cast<std::int32_t>(datumX(datum));
        QStringList cells{QString::number(at)};
        const bool isStep = datum < static_cast<int>(m_fold.steps().size());
        const record::HeadTrainingStep step = isStep ? m_fold.steps()[static_cast<std::size_t>(datum)] : record::HeadTrainingStep{};
        cells << (isStep ? QString::number(step.epoch) : QString()) << (isStep ? real(step.loss) : QString());
        for (std::size_t i = 0; i < parts; ++i) {
            cells << (isStep && i < step.parts.size() ? real(step.parts[i]) : QString());
        }
        cells << (isStep ? real(step.learning_rate) : QString()) << (isStep ? real(step.gradient_norm) : QString())
              << (isStep ? real(step.elapsed_ms) : QString());
        const auto look = std::ranges::lower_bound(m_fold.looks(), at, {}, &record::HeadLook::step);
        const bool looked = look != m_fold.looks().end() && look->step == at;
        cells << (looked ? questionCell(look->loss) : QString());
        for (std::size_t k = 0; k < heads; ++k) {
            cells << (looked && k < look->accuracy.size() ? real(look->accuracy[k]) : QString());
        }
        const auto accepted = std::ranges::lower_bound(m_fold.acceptances(), at, {}, &record::HeadAcceptance::step);
        if (accepted != m_fold.acceptances().end() && accepted->step == at && !accepted->prompt_accepted.empty()) {
            const auto [low, high] = std::ranges::minmax_element(accepted->prompt_accepted);
            cells << questionCell(accepted->accepted_per_pass) << QString::number(accepted->prompt_accepted.size()) << real(*low)
                  << real(*high) << (accepted->kept ? QStringLiteral("1") : QStringLiteral("0"));
        } else {
            cells << QString() << QString() << QString() << QString() << QString();
        }
        out += cells.join(QLatin1Char(',')) + QLatin1Char('\n');
    }
    return out.toUtf8();
}

QString HeadTrainingView::ownManifest() const
{
    const auto* started = m_model->started();
    return started != nullptr ? QString::fromStdString(started->config_json) : QString();
}

QString HeadTrainingView::summary() const
{
    if (datumCount() == 0) {
        return m_preparing.isEmpty() ? tr("No heads were trained yet.") : m_preparing;
    }
    QString text = numbersText();
    const auto& looks = m_fold.looks();
    if (!looks.empty()) {
        text += QStringLiteral(" · ") + tr("held-out loss %1").arg(questionNumber(looks.back().loss, 3));
    }
    const auto& measured = m_fold.acceptances();
    if (!measured.empty() && !measured.back().prompt_accepted.empty()) {
        text += QStringLiteral(" · ") + tr("%1 accepted per pass, measured after %n step(s)", nullptr, measured.back().step)
                                            .arg(questionNumber(measured.back().accepted_per_pass, 2));
    }
    if (currentDatum() >= 0 && currentDatum() < datumCount()) {
        text += QStringLiteral(". ") + datumText(currentDatum()).replace(QLatin1Char('\n'), QStringLiteral(", "));
    }
    return text;
}

}  // namespace timberline::widgets
