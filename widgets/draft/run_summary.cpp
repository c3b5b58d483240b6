// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/draft/run_summary.h"

#include <QLocale>
#include <QGridLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace timberline::widgets {

RunSummary::RunSummary(RecordModel* model, QWidget* parent)
    : QWidget(parent), m_model(model), m_grid(new QGridLayout), m_lossless(new QLabel(this)),
      m_measure(new QPushButton(tr("Measure speed-up"), this))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 4, 12, 12);
    layout->setSpacing(8);
    m_grid->setHorizontalSpacing(8);
    m_grid->setVerticalSpacing(4);
    m_grid->setColumnStretch(0, 1);
    layout->addLayout(m_grid);
    m_lossless->setWordWrap(true);
    layout->addWidget(m_lossless);
    m_measure->setToolTip(tr("Runs plain decoding and this method five times each after a warm-up, on the same prompt, seed and threads, "
                             "and shows median and spread."));
    layout->addWidget(m_measure, 0, Qt::AlignLeft);
    connect(m_measure, &QPushButton::clicked, this, &RunSummary::measureRequested);
    connect(m_model, &RecordModel::changed, this, &RunSummary::refresh);
    connect(m_model, &RecordModel::shownChanged, this, &RunSummary::refresh);
    refresh();
}

void RunSummary::setMeasuring(bool on)
{
    m_measure->setEnabled(!on);
    m_measure->setText(on ? tr("Measuring…") : tr("Measure speed-up"));
}

void RunSummary::addRow(const QString& label, const QString& value, const QString& unit, const QString& help)
{
    const int row = static_cast<int>(m_rows.size());
    // Labels are reused: this runs at every round, and rebuilding widgets would make the numbers flicker.
    while (m_labels.size() < 3 * (row + 1)) {
        auto* created = new QLabel(this);
        const int column = static_cast<int>(m_labels.size() % 3);
        created->setProperty("quiet", column != 1);
        created->setWordWrap(column == 0);
        if (column == 0) {
            created->setMinimumWidth(fontMetrics().averageCharWidth() * 14);
        }
        if (column == 1) {
            created->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
            created->setTextInteractionFlags(Qt::TextSelectableByMouse);
        }
        m_grid->addWidget(created, row, column);
        m_labels.append(created);
    }
    const QString texts[] = {label, value, unit};
    for (int column = 0; column < 3; ++column) {
        auto* shown = m_labels[3 * row + column];
        shown->setText(texts[column]);
        shown->setToolTip(help);
        shown->show();
    }
    m_rows.append({label, unit.isEmpty() ? value : value + QLatin1Char(' ') + unit});
}

void RunSummary::refresh()
{
    m_rows.clear();
    const auto& record = m_model->record();
    const int until = m_model->shownRounds();
    const QString none = QStringLiteral("–");
    const auto real = [&](const std::optional<double>& value, int digits) { return value ? QLocale().toString(*value, 'f', digits) : none; };
    const auto tokens = record::generated_ids(record, until).size();
    addRow(tr("tokens written"), QString::number(tokens), {}, tr("Tokens generated up to the moment shown."));
    addRow(tr("accepted per pass"), real(record::accepted_per_pass(record, until), 2), tr("tokens"),
           tr("Tokens committed per target pass, the extra token counted. Plain decoding is 1.00."));
    const auto acceptance = record::mean_acceptance(record, until);
    addRow(tr("drafts accepted"), acceptance ? QLocale().toString(*acceptance * 100, 'f', 1) : none, QStringLiteral("%"),
           tr("Accepted drafted tokens divided by all drafted tokens."));
    addRow(tr("speed"), real(record::tokens_per_second(record, until), 0), tr("tokens/s"),
           tr("Generated tokens divided by the wall time of the rounds shown."));
    double draft = 0;
    double verify = 0;
    double overhead = 0;
    for (const auto* round : record::rounds(record, until)) {
        draft += round->draft_ms;
        verify += round->verify_ms;
        overhead += round->overhead_ms;
    }
    const double all = draft + verify + overhead;
    const auto share = [&](double part) { return all > 0 ? QLocale().toString(100 * part / all, 'f', 0) : none; };
    addRow(tr("draft / verify / overhead"), QStringLiteral("%1 / %2 / %3").arg(share(draft), share(verify), share(overhead)),
           QStringLiteral("%"), tr("Shares of wall time. The three parts sum to the rounds' time."));

    const auto* baseline = record::last_baseline(record);
    QString speedup = none;
    QString basis;
    QString spread;
    if (baseline != nullptr && baseline->speedup > 0) {
        speedup = QLocale().toString(baseline->speedup, 'f', 2);
        basis = tr("× (n = %1)").arg(baseline->repeats);
        if (baseline->repeats > 1) {
            spread = QLatin1Char(' ') + tr("Smallest and largest of the repeats: %1 and %2.")
                                            .arg(QLocale().toString(baseline->spread_low, 'f', 2))
                                            .arg(QLocale().toString(baseline->spread_high, 'f', 2));
        }
    }
    addRow(tr("speed-up, measured"), speedup, basis,
           tr("Against plain decoding of the same prompt, seed, device and threads. n = 1: this run against one plain decode; the button "
              "repeats both.") +
               spread);
    for (qsizetype i = 3 * m_rows.size(); i < m_labels.size(); ++i) {
        m_labels[i]->hide();
    }

    const auto rounds = record::rounds(record, until);
    const auto ties = std::count_if(rounds.begin(), rounds.end(), [](const record::Round* round) { return round->tie; });
    QString verdict;
    if (baseline != nullptr && m_model->started() != nullptr && m_model->started()->sampling.temperature == 0) {
        verdict =
            baseline->identical ? tr("✓ Token for token the same as plain greedy decoding.") : tr("✗ Differs from plain greedy decoding.");
    }
    if (ties > 0) {
        verdict += (verdict.isEmpty() ? QString() : QStringLiteral(" ")) + tr("%n decision(s) were ties.", nullptr, static_cast<int>(ties));
    }
    m_lossless->setText(verdict);
    m_lossless->setVisible(!verdict.isEmpty());
    m_measure->setVisible(!m_model->isEmpty());
}

}  // namespace timberline::widgets
