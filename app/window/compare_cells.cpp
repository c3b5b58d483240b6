// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/compare_pane.h"
#include "core/run/comparison_table.h"
#include "core/run/sweep_table.h"
#include "widgets/draft/question_paint.h"

#include <QCoreApplication>

#include <cmath>

namespace timberline::app {

using run::ComparedRun;
using widgets::CompareCells;
using widgets::questionNumber;

namespace {

QString words(const char* text)
{
    return QCoreApplication::translate("timberline::app::ComparePane", text);
}

CompareCells::Cell cell(const QString& text, const QString& help = {})
{
    return {.text = text, .help = help, .best = false};
}

CompareCells::Cell speedup(const ComparedRun& run)
{
    if (run.plain) {
        return cell(questionNumber(1),
                    words(QT_TRANSLATE_NOOP("timberline::app::ComparePane", "Plain decoding: what the others are measured against.")));
    }
    if (!run.measured) {
        return cell(QStringLiteral("–"));
    }
    QString help =
        words(QT_TRANSLATE_NOOP("timberline::app::ComparePane", "Median of %1 timed runs beside plain decoding; smallest %2, largest %3."))
            .arg(run.measured->repeats)
            .arg(questionNumber(run.measured->spread_low), questionNumber(run.measured->spread_high));
    help += QLatin1Char(' ') + (run.measured->spread_low > 1
                                    ? words(QT_TRANSLATE_NOOP("timberline::app::ComparePane", "Faster than plain decoding every time."))
                                : run.measured->spread_high < 1
                                    ? words(QT_TRANSLATE_NOOP("timberline::app::ComparePane", "Slower than plain decoding every time."))
                                    : words(QT_TRANSLATE_NOOP("timberline::app::ComparePane", "No clear difference from plain decoding.")));
    return cell(questionNumber(run.speedup()), help);
}

CompareCells::Cell depths(const ComparedRun& run)
{
    QStringList parts;
    QStringList help;
    for (const auto& depth : run.numbers.depths) {
        const auto& share = depth.conditional;
        if (share.trials > 0) {
            parts.append(QStringLiteral("%1 (%2)").arg(questionNumber(share.value()), QString::number(share.trials)));
            help.append(words(QT_TRANSLATE_NOOP("timberline::app::ComparePane", "depth %1: %2 of %3 accepted, 95 % between %4 and %5"))
                            .arg(depth.depth)
                            .arg(share.hits)
                            .arg(share.trials)
                            .arg(questionNumber(share.low), questionNumber(share.high)));
        }
    }
    return cell(parts.isEmpty() ? QStringLiteral("–") : parts.join(QStringLiteral("  ")), help.join(QLatin1Char('\n')));
}

CompareCells::Cell text(const ComparedRun& run)
{
    if (run.error) {
        return cell(words(QT_TRANSLATE_NOOP("timberline::app::ComparePane", "failed")),
                    QString::fromStdString(run.error->message + ". " + run.error->hint));
    }
    if (run.record == nullptr) {
        return cell(QStringLiteral("–"));
    }
    if (!run.numbers.greedy) {
        return run.numbers.lossless ? cell(words(QT_TRANSLATE_NOOP("timberline::app::ComparePane", "sampled, same law")))
                                    : cell(words(QT_TRANSLATE_NOOP("timberline::app::ComparePane", "sampled, lossy")));
    }
    const auto same = run.same_text();
    return !same   ? cell(QStringLiteral("–"))
           : *same ? cell(QStringLiteral("✓ ") + words(QT_TRANSLATE_NOOP("timberline::app::ComparePane", "as plain")))
                   : cell(QStringLiteral("✗ ") + (run.numbers.lossless
                                                      ? words(QT_TRANSLATE_NOOP("timberline::app::ComparePane", "differs"))
                                                      : words(QT_TRANSLATE_NOOP("timberline::app::ComparePane", "differs (lossy)"))));
}

std::vector<CompareCells::Column> columns()
{
    const auto column = [](const char* title, const char* help, bool left = false) {
        return CompareCells::Column{.title = words(title), .help = words(help), .words = left};
    };
    return {column(QT_TRANSLATE_NOOP("timberline::app::ComparePane", "Method"),
                   QT_TRANSLATE_NOOP("timberline::app::ComparePane", "Drafter, controller and acceptance rule"), true),
            column(QT_TRANSLATE_NOOP("timberline::app::ComparePane", "Speed-up (×)"),
                   QT_TRANSLATE_NOOP("timberline::app::ComparePane", "Measured against plain decoding beside it; plain decoding is 1")),
            column(QT_TRANSLATE_NOOP("timberline::app::ComparePane", "Accepted per pass"),
                   QT_TRANSLATE_NOOP("timberline::app::ComparePane", "Tokens committed per pass of the target, its own token counted")),
            column(QT_TRANSLATE_NOOP("timberline::app::ComparePane", "Time (ms/token)"),
                   QT_TRANSLATE_NOOP("timberline::app::ComparePane", "Median of the timed runs, which record nothing")),
            column(QT_TRANSLATE_NOOP("timberline::app::ComparePane", "Draft (ms/token)"),
                   QT_TRANSLATE_NOOP("timberline::app::ComparePane", "Time of the drafter in the recorded run")),
            column(QT_TRANSLATE_NOOP("timberline::app::ComparePane", "Verify (ms/token)"),
                   QT_TRANSLATE_NOOP("timberline::app::ComparePane", "Time of the target in the recorded run")),
            column(QT_TRANSLATE_NOOP("timberline::app::ComparePane", "Overhead (ms/token)"),
                   QT_TRANSLATE_NOOP("timberline::app::ComparePane", "The rest of the recorded run, the recording included")),
            column(QT_TRANSLATE_NOOP("timberline::app::ComparePane", "Recorded run (ms)"),
                   QT_TRANSLATE_NOOP("timberline::app::ComparePane", "All rounds of the recorded run")),
            column(QT_TRANSLATE_NOOP("timberline::app::ComparePane", "Tokens"),
                   QT_TRANSLATE_NOOP("timberline::app::ComparePane", "Tokens generated")),
            column(QT_TRANSLATE_NOOP("timberline::app::ComparePane", "Rounds"),
                   QT_TRANSLATE_NOOP("timberline::app::ComparePane", "Passes of the target")),
            column(QT_TRANSLATE_NOOP("timberline::app::ComparePane", "Text"),
                   QT_TRANSLATE_NOOP("timberline::app::ComparePane", "Whether the text is that of plain decoding"), true),
            column(QT_TRANSLATE_NOOP("timberline::app::ComparePane", "Acceptance by depth (n)"),
                   QT_TRANSLATE_NOOP("timberline::app::ComparePane",
                                     "Accepted at depth 1, 2, 3 … of the rounds that came to the depth before (n)"),
                   true)};
}

/// Marks the best of a column, ties together; nothing where fewer than two are known.
void mark_best(CompareCells& cells, std::size_t column, const std::vector<double>& values, bool largest)
{
    double best = std::nan("");
    int known = 0;
    for (const double value : values) {
        if (std::isfinite(value)) {
            best = std::isnan(best) ? value : largest ? std::max(best, value) : std::min(best, value);
            ++known;
        }
    }
    for (std::size_t row = 0; row < values.size() && known > 1; ++row) {
        cells.rows[row][column].best = values[row] == best;
    }
}

}  // namespace

widgets::CompareCells comparison_cells(const std::vector<ComparedRun>& runs)
{
    CompareCells out;
    out.columns = columns();
    std::vector<double> speedups, accepted, times;
    for (const auto& run : runs) {
        const auto& numbers = run.numbers;
        const bool ran = run.record != nullptr;
        const auto number = [&](double value, int digits) { return cell(ran ? questionNumber(value, digits) : QStringLiteral("–")); };
        const auto whole = [&](std::int64_t value) { return cell(ran ? QString::number(value) : QStringLiteral("–")); };
        const QString label = QString::fromStdString(run.label);
        speedups.push_back(ran ? run.speedup() : std::nan(""));
        accepted.push_back(numbers.accepted_per_pass.value_or(std::nan("")));
        times.push_back(run.method_ms());
        out.rows.push_back({cell(label, label), speedup(run), number(accepted.back(), 2), number(times.back(), 2),
                            number(numbers.per_token(numbers.draft_ms), 2), number(numbers.per_token(numbers.verify_ms), 2),
                            number(numbers.per_token(numbers.overhead_ms), 2), number(numbers.total_ms(), 1), whole(numbers.tokens),
                            whole(numbers.rounds), text(run), depths(run)});
    }
    mark_best(out, 1, speedups, true);
    mark_best(out, 2, accepted, true);
    mark_best(out, 3, times, false);
    out.csv = QByteArray::fromStdString(run::rows_csv(run::comparison_rows(runs, run::DepthColumns::Flat)));
    return out;
}

}  // namespace timberline::app
