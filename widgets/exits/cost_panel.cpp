// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/exits/cost_panel.h"

#include "widgets/exits/exit_channel.h"

#include <QGridLayout>
#include <QLabel>
#include <QVBoxLayout>

#include <cmath>

namespace timberline::widgets {

namespace {

constexpr int kColumns = 4;

/// Mean measured wall time of the rows that figures count, milliseconds.
double meanMilliseconds(const ExitModel& model)
{
    const auto& readings = model.readings();
    double total = 0;
    std::int64_t count = 0;
    for (std::size_t row = 0; row < model.rows(); ++row) {
        if (model.counts(row)) {
            total += readings.block_ms[row] + readings.lens_ms[row] + readings.kv_ms[row];
            ++count;
        }
    }
    return count > 0 && total > 0 ? total / static_cast<double>(count) : ExitFigures::kNone;
}

/// Of what the run did: from its own clean full-depth pass where there is one.
double agreementOf(const ExitModel& model)
{
    const auto* summary = model.summary();
    return summary != nullptr && !model.isTrainedNet() ? summary->agreement : model.recordedFigures().agreement;
}

}  // namespace

CostPanel::CostPanel(ExitModel* model, QWidget* parent)
    : QWidget(parent), m_model(model), m_grid(new QGridLayout), m_triedTitle(new QLabel(tr("tried out"), this)), m_note(new QLabel(this))
{
    setObjectName(QStringLiteral("exits-cost"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 4, 12, 12);
    layout->setSpacing(8);
    m_grid->setHorizontalSpacing(8);
    m_grid->setVerticalSpacing(4);
    m_grid->setColumnStretch(0, 1);
    auto* run = new QLabel(tr("this run"), this);
    for (auto* title : {run, m_triedTitle}) {
        title->setProperty("quiet", true);
        title->setAlignment(Qt::AlignRight);
    }
    m_grid->addWidget(run, 0, 1);
    m_grid->addWidget(m_triedTitle, 0, 2);
    layout->addLayout(m_grid);
    m_note->setWordWrap(true);
    m_note->setProperty("quiet", true);
    layout->addWidget(m_note);
    connect(m_model, &ExitModel::decisionChanged, this, &CostPanel::refresh);
    refresh();
}

QString CostPanel::note() const
{
    return m_note->text();
}

void CostPanel::addRow(const QString& label, const QString& run, const QString& tried, const QString& unit, const QString& help)
{
    const int row = static_cast<int>(m_rows.size());
    // Labels are reused: this runs at every token, and new widgets would make the numbers flicker.
    while (m_labels.size() < kColumns * (row + 1)) {
        const int column = static_cast<int>(m_labels.size() % kColumns);
        auto* created = new QLabel(this);
        created->setProperty("quiet", column == 0 || column == 3);
        created->setWordWrap(column == 0);
        if (column == 0) {
            created->setMinimumWidth(fontMetrics().averageCharWidth() * 14);
        } else if (column < 3) {
            created->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
            created->setTextInteractionFlags(Qt::TextSelectableByMouse);
        }
        m_grid->addWidget(created, row + 1, column);
        m_labels.append(created);
    }
    const QString texts[] = {label, run, tried, unit};
    for (int column = 0; column < kColumns; ++column) {
        auto* shown = m_labels[kColumns * row + column];
        shown->setText(texts[column]);
        shown->setToolTip(help);
        shown->show();
    }
    m_rows.append({label, run, tried, unit});
}

void CostPanel::refresh()
{
    m_rows.clear();
    const auto& run = m_model->recordedFigures();
    const auto& tried = m_model->decided().figures;
    const auto* summary = m_model->summary();
    const bool differs = m_model->differsFromRun();
    const bool net = m_model->isTrainedNet();
    m_triedTitle->setVisible(differs);
    const auto both = [&](double a, double b, QString (*print)(double)) { return std::pair(print(a), differs ? print(b) : QString()); };
    const auto three = [](double value) { return exitNumber(value, 3); };
    const auto two = [](double value) { return exitNumber(value, 2); };
    const auto line = [&](const QString& label, const std::pair<QString, QString>& values, const QString& unit, const QString& help) {
        addRow(label, values.first, values.second, unit, help);
    };
    line(net ? tr("samples counted") : tr("tokens counted"), {QString::number(run.rows), differs ? QString::number(tried.rows) : QString()},
         {}, tr("Generated tokens up to the moment shown; all tokens when nothing was generated."));
    line(tr("mean exit depth"), both(run.meanDepth, tried.meanDepth, two), tr("layers"), tr("Mean of the layers that ran for a token."));
    line(tr("layers run"), both(run.layerFraction, tried.layerFraction, exitPercent), QStringLiteral("%"),
         tr("Share of all layers of all tokens. Leaves out what deciding costs."));
    line(
        tr("FLOPs, by the cost model"), both(run.flopFraction, tried.flopFraction, exitPercent), QStringLiteral("%"),
        tr("Share of the full model's arithmetic: blocks, every read-out that the policy asked for, and keys and values of skipped layers. "
           "Above 100 % the policy costs more than it saves."));
    if (!net) {
        line(tr("time a token, measured"), {exitNumber(meanMilliseconds(*m_model)), differs ? QStringLiteral("–") : QString()}, tr("ms"),
             tr("Wall time of blocks, read-outs and keys and values. A setting that was only tried out has no measured time: run it."));
        const double full = summary != nullptr && summary->full_ms_per_token > 0 ? summary->full_ms_per_token : ExitFigures::kNone;
        line(tr("the same with every layer"), {exitNumber(full), QString()}, tr("ms"),
             tr("Wall time of the same loop with every layer, measured beside this run; – = not measured."));
        line(tr("same token as the full model"), both(agreementOf(*m_model), tried.agreement, exitPercent), QStringLiteral("%"),
             summary != nullptr
                 ? tr("This run: against a clean full-depth run on the same words. Tried out: against the last layer's readings "
                      "of this run.")
                 : tr("Against the last layer's readings of this run; against a clean full-depth run when the run has ended."));
    } else {
        line(tr("same class as the last exit"), both(run.agreement, tried.agreement, exitPercent), QStringLiteral("%"),
             tr("Share of samples whose class at the exit is the last exit's."));
        line(tr("right"), both(run.accuracy, tried.accuracy, exitPercent), QStringLiteral("%"),
             tr("Share of samples whose class at the exit is their own."));
        line(tr("right before, wrong at the end"), {exitPercent(run.overthinking), QString()}, QStringLiteral("%"),
             tr("Share of samples that some exit sorts rightly and the last one wrongly: what deciding too late costs."));
    }
    const double nll = summary != nullptr && !net ? summary->nll : run.nll;
    const double fullNll = summary != nullptr && !net ? summary->full_nll : run.fullNll;
    line(tr("surprise at the exits (NLL)"), both(nll, tried.nll, three), tr("nats"),
         tr("Mean of minus the log-probability that the exits give to what follows."));
    line(tr("the same in the full model"), both(fullNll, tried.fullNll, three), tr("nats"),
         tr("Quality lost is the difference of these two lines."));
    for (qsizetype i = kColumns * m_rows.size(); i < m_labels.size(); ++i) {
        m_labels[i]->hide();
    }
    QStringList notes;
    if ((run.rows > 0 && !std::isfinite(run.agreement) && !std::isfinite(agreementOf(*m_model))) ||
        (differs && tried.rows > 0 && !std::isfinite(tried.agreement))) {
        notes.append(tr("What the last layer would have said is not known for every token: this run had no shadow pass. Agreement and "
                        "surprise are given only when it is."));
    }
    if (!m_model->decided().problem.isEmpty()) {
        notes.append(m_model->decided().problem);
    } else if (differs) {
        notes.append(
            record::is_exact(m_model->choice().mode) || net
                ? tr("Tried out: decided again from this run's readings.")
                : tr("Tried out: an approximation, because keys and values of skipped layers change what follows. Run it to know."));
        if (tried.undecided > 0) {
            notes.append(tr("%n token(s) cannot be told: they would go on past the layers that were read.", nullptr,
                            static_cast<int>(tried.undecided)));
        }
    }
    m_note->setText(notes.join(QLatin1Char(' ')));
    m_note->setVisible(!notes.isEmpty());
}

}  // namespace timberline::widgets
