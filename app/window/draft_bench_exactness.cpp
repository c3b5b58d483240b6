// SPDX-License-Identifier: GPL-3.0-or-later
// The Exactness tab of the Draft bench.
#include "app/window/draft_bench_panes.h"

#include "core/record/folds.h"
#include "widgets/draft/certificate_view.h"
#include "widgets/draft/first_tokens_view.h"
#include "widgets/panels/parameter_panel.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QTabWidget>
#include <QTableWidget>
#include <QVBoxLayout>

#include <cmath>

namespace timberline::app {

using widgets::CertificateView;
using widgets::FirstTokensView;

namespace {

const QString kCertificate = QStringLiteral("certificate");
const QString kFirstTokens = QStringLiteral("first-tokens");
constexpr const char* kDrawing = "drawing first tokens";  ///< what core/run calls the work whose progress is shown

/// A line with the check's name and its button, and what came of it below.
QHBoxLayout* check(QVBoxLayout* layout, const QString& title, QWidget* parent)
{
    auto* bar = new QHBoxLayout;
    bar->setSpacing(6);
    auto* label = new QLabel(title, parent);
    label->setProperty("section", true);
    bar->addWidget(label, 1);
    layout->addLayout(bar);
    return bar;
}

QLabel* verdict(QVBoxLayout* layout, QWidget* parent)
{
    auto* label = new QLabel(parent);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    layout->addWidget(label);
    layout->addSpacing(6);
    return label;
}

bool same_method(const run::Config& a, const run::Config& b)
{
    return a.model == b.model && a.draft_model == b.draft_model && a.prompt == b.prompt && a.ids == b.ids && a.sampling == b.sampling &&
           a.drafter == b.drafter && a.controller == b.controller && a.acceptance == b.acceptance && a.heads == b.heads && a.seed == b.seed;
}

}  // namespace

ExactnessPane::ExactnessPane(const BenchContext& context, DraftQuestions* questions, QWidget* parent)
    : QWidget(parent), m_context(context), m_questions(questions), m_certificate(new CertificateView(this)),
      m_firstTokens(new FirstTokensView([model = context.model](int token) { return model->tokenLabel(token); }, this)),
      m_table(new QTableWidget(this)), m_answers(new QTabWidget(this)), m_measure(new QPushButton(this)),
      m_enumerate(new QPushButton(tr("Enumerate"), this)), m_draw(new QPushButton(this)), m_rule(new QComboBox(this)),
      m_draws(new QComboBox(this))
{
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 4, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(buildChecks(), 2);
    layout->addWidget(buildAnswers(), 3);
    connect(m_measure, &QPushButton::clicked, this, [this] { m_context.session->measure(5); });
    connect(m_enumerate, &QPushButton::clicked, this, &ExactnessPane::enumerate);
    connect(m_rule, &QComboBox::activated, this, &ExactnessPane::enumerate);
    connect(m_draw, &QPushButton::clicked, this, [this] { m_drawing ? stopDrawing() : drawTokens(); });
    connect(context.jobs, &JobHost::progressArrived, this, [this](double fraction, const QString& what) {
        if (m_drawing && what == QLatin1String(kDrawing)) {
            m_firstTokens->setProgress(fraction);
            m_law->setText(tr("Drawing: %1 %").arg(static_cast<int>(std::floor(fraction * 100))));
        }
    });
    auto* session = context.session;
    for (const auto signal :
         {&RunSession::configChanged, &RunSession::activityChanged, &RunSession::inputChanged, &RunSession::measuringChanged}) {
        connect(session, signal, this, &ExactnessPane::refresh);
    }
    connect(session, &RunSession::valueChanged, this, &ExactnessPane::refresh);
    connect(session, &RunSession::activityChanged, this, [this] {
        if (m_drawing && m_context.session->activity() == RunSession::Activity::Running) {
            stopDrawing();  // the run waits for the worker that draws
        }
    });
    connect(context.model, &widgets::RecordModel::changed, this, &ExactnessPane::refresh);
    connect(context.jobs, &JobHost::engineLoaded, this, &ExactnessPane::refresh);
    connect(m_certificate, &CertificateView::chosenChanged, this, [this](int world) {
        if (world < m_table->rowCount() && m_table->currentRow() != world) {
            m_table->selectRow(world);
        }
    });
    connect(m_table, &QTableWidget::currentCellChanged, this, [this](int row) { m_certificate->choose(row); });
    refresh();
}

QWidget* ExactnessPane::buildChecks()
{
    auto* checks = new QWidget(this);
    auto* layout = new QVBoxLayout(checks);
    layout->setContentsMargins(0, 2, 4, 2);
    layout->setSpacing(2);
    check(layout, tr("Greedy text"), checks)->addWidget(m_measure);
    m_measure->setToolTip(tr("Decodes plainly and with this method, times both, and compares the texts token by token"));
    m_greedy = verdict(layout, checks);
    check(layout, tr("Every draw"), checks)->addWidget(m_enumerate);
    m_enumerate->setToolTip(tr("Tries every draw and every decision of the rule on small vocabularies: no chance is involved"));
    m_rule->setAccessibleName(tr("Rule to enumerate"));
    m_rule->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_rule->setMinimumContentsLength(12);
    m_rule->addItem(QString(), QString());
    for (const auto& rule : planted_rules()) {
        m_rule->addItem(tr("Wrong on purpose: %1").arg(rule.text), rule.id);
        m_rule->setItemData(m_rule->count() - 1, rule.text, Qt::ToolTipRole);
    }
    layout->addWidget(m_rule);
    m_worlds = verdict(layout, checks);
    auto* law = check(layout, tr("First tokens"), checks);
    m_draws->setAccessibleName(tr("Number of draws"));
    m_draws->setToolTip(tr("How many first tokens are drawn, each with another seed"));
    for (const int draws : {300, 1000, 3000, 10000, 100000}) {
        m_draws->addItem(QLocale().toString(draws), draws);
    }
    m_draws->setCurrentIndex(1);
    law->addWidget(m_draws);
    law->addWidget(m_draw);
    m_draw->setToolTip(
        tr("Runs the real method on the real prompt, cut after the first token, and compares the tokens with the target's law"));
    m_law = verdict(layout, checks);
    layout->addStretch(1);
    return checks;
}

QWidget* ExactnessPane::buildAnswers()
{
    m_answers->setDocumentMode(true);
    m_answers->addTab(m_certificate, tr("Worlds"));
    m_table->setColumnCount(7);
    m_table->setHorizontalHeaderLabels(
        {tr("Children"), tr("Drawn"), tr("Target"), tr("Draft"), tr("Distance"), tr("Tokens"), tr("Verdict")});
    m_table->horizontalHeaderItem(4)->setToolTip(tr("Total variation between what is emitted and the target's law"));
    m_table->horizontalHeaderItem(5)->setToolTip(tr("Expected committed tokens a round"));
    m_table->setAccessibleName(tr("Worlds of the certificate"));
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setTabKeyNavigation(false);
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_answers->addTab(m_table, tr("Table"));
    m_answers->addTab(m_firstTokens, tr("First tokens"));
    return m_answers;
}

QString ExactnessPane::ruleTitle(const std::string& id) const
{
    const auto* methods = m_context.jobs->methods();
    if (methods != nullptr) {
        if (const auto entry = methods->find("acceptance rule", id); entry.ok()) {
            return widgets::coreText(entry.value()->info.title);
        }
    }
    return QString::fromStdString(id);
}

QString ExactnessPane::greedyText() const
{
    const auto* started = m_context.model->started();
    const auto* baseline = record::last_baseline(m_context.model->record());
    if (m_context.session->measuring()) {
        return tr("Decoding plainly…");
    }
    if (started == nullptr || m_context.model->roundCount() == 0) {
        return tr("Press Run first.");
    }
    if (started->sampling.temperature > 0) {
        return tr("This run is sampled: its law is checked below.");
    }
    if (baseline == nullptr) {
        return tr("Not compared with plain decoding yet.");
    }
    return baseline->identical ? tr("✓ Token for token the same as plain greedy decoding.") : tr("✗ Differs from plain greedy decoding.");
}

void ExactnessPane::refresh()
{
    const bool ready = m_context.jobs->engineReady();
    const bool idle = m_context.session->activity() == RunSession::Activity::Idle;
    const auto& config = m_context.session->config();
    m_greedy->setText(greedyText());
    m_measure->setText(m_context.session->measuring() ? tr("Measuring…") : tr("Measure"));
    m_measure->setEnabled(ready && idle && !m_context.session->measuring() && m_context.model->roundCount() > 0);
    m_rule->setItemText(0, tr("In use: %1").arg(ruleTitle(config.acceptance.id)));
    m_rule->setToolTip(m_rule->currentText());
    m_enumerate->setEnabled(ready && idle && !m_enumerating);
    m_draw->setText(m_drawing ? tr("Stop") : tr("Draw"));
    m_draw->setEnabled(m_drawing || (ready && idle));
    m_draws->setEnabled(!m_drawing);
    const auto& certificate = m_certificate->answer();
    if (m_enumerating) {
        m_worlds->setText(tr("Enumerating…"));
    } else if (!certificate) {
        m_worlds->setText(m_certificate->state() == widgets::ViewState::Error ? m_certificate->stateText() : tr("Not enumerated yet."));
    } else {
        const bool planted = m_rule->findData(QString::fromStdString(certificate->rule)) > 0;
        m_worlds->setText(m_certificate->verdict() + (!planted && m_certified != config.acceptance
                                                          ? QLatin1Char(' ') + tr("(Of the rule “%1”.)").arg(ruleTitle(certificate->rule))
                                                          : QString()));
    }
    if (!m_drawing) {
        const bool other = m_drawnWith && !same_method(*m_drawnWith, config);
        m_law->setText(m_firstTokens->answer()
                           ? m_firstTokens->verdict() + (other ? QLatin1Char(' ') + tr("(Of another set-up.)") : QString())
                       : m_firstTokens->state() == widgets::ViewState::Error ? m_firstTokens->stateText()
                                                                             : tr("Not drawn yet."));
    }
}

void ExactnessPane::enumerate()
{
    if (!m_context.jobs->engineReady() || m_context.session->activity() != RunSession::Activity::Idle) {
        return;
    }
    m_enumerating = true;
    m_certificate->showWaiting();
    if (m_answers->currentWidget() == m_firstTokens) {
        m_answers->setCurrentWidget(m_certificate);
    }
    const QString planted = m_rule->currentData().toString();
    const QString flaw = planted.isEmpty() ? QString() : m_rule->itemData(m_rule->currentIndex(), Qt::ToolTipRole).toString();
    const Json arguments = planted.isEmpty() ? Json::object() : Json{{"rule", planted.toStdString()}};
    m_questions->ask(
        kCertificate, arguments, DraftQuestions::About::Setup,
        [this, flaw, config = m_context.session->config()](const record::Block& block) { showCertificate(block, flaw, config); },
        [this](const Error& error) {
            m_enumerating = false;
            m_table->setRowCount(0);
            m_certificate->showError(QString::fromStdString(error.message), QString::fromStdString(error.hint));
            refresh();
        });
    refresh();
}

void ExactnessPane::showCertificate(const record::Block& block, const QString& flaw, const run::Config& asked)
{
    m_enumerating = false;
    m_certified = asked.acceptance;
    auto answer = record::certificate_from(block);
    if (answer.ok()) {
        m_certificate->setAnswer(std::move(answer).value(), ruleTitle(asked.acceptance.id), flaw);
    } else {
        m_certificate->showError(QString::fromStdString(answer.error().message), QString::fromStdString(answer.error().hint));
    }
    fillTable();
    refresh();
}

void ExactnessPane::fillTable()
{
    const auto& answer = m_certificate->answer();
    const int chosen = m_certificate->chosen();
    m_table->setRowCount(0);
    if (!answer) {
        return;
    }
    m_table->setRowCount(static_cast<int>(answer->worlds.size()));
    const auto law = [](const std::vector<float>& shares) {
        QStringList parts;
        for (const float share : shares) {
            parts.append(QLocale().toString(static_cast<double>(share), 'g', 2));
        }
        return parts.join(QStringLiteral("  "));
    };
    for (int row = 0; row < m_table->rowCount(); ++row) {
        const auto& world = answer->worlds[static_cast<std::size_t>(row)];
        QStringList children;
        for (const auto count : world.children) {
            children.append(QString::number(count));
        }
        const QStringList cells = {children.join(QStringLiteral(" × ")),
                                   CertificateView::kindText(world.kind),
                                   law(world.target),
                                   law(world.draft),
                                   QLocale().toString(world.exact ? 0.0 : world.total_variation, 'f', 4),
                                   QLocale().toString(world.expected_tokens, 'f', 2),
                                   world.exact      ? tr("exact")
                                   : world.promised ? tr("wrong")
                                                    : tr("lossy")};
        for (int column = 0; column < static_cast<int>(cells.size()); ++column) {
            auto* item = new QTableWidgetItem(cells[column]);
            item->setToolTip(m_certificate->worldText(row));
            if (column == 4 || column == 5) {
                item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
            }
            m_table->setItem(row, column, item);
        }
    }
    m_table->resizeColumnsToContents();
    m_table->resizeRowsToContents();
    m_table->selectRow(chosen);
}

void ExactnessPane::drawTokens()
{
    if (m_drawing || !m_context.jobs->engineReady() || m_context.session->activity() != RunSession::Activity::Idle) {
        return;
    }
    m_drawing = true;
    m_firstTokens->showWaiting();
    m_answers->setCurrentWidget(m_firstTokens);
    m_law->setText(tr("Waiting for the model."));
    m_drawnWith = m_context.session->config();
    m_questions->ask(
        kFirstTokens, Json{{"draws", m_draws->currentData().toInt()}}, DraftQuestions::About::Setup,
        [this](const record::Block& block) {
            m_drawing = false;
            auto answer = record::first_token_check_from(block);
            if (answer.ok()) {
                m_firstTokens->setAnswer(std::move(answer).value());
            } else {
                m_firstTokens->showError(QString::fromStdString(answer.error().message), QString::fromStdString(answer.error().hint));
            }
            refresh();
        },
        [this](const Error& error) {
            m_drawing = false;
            m_firstTokens->showError(QString::fromStdString(error.message), QString::fromStdString(error.hint));
            refresh();
        });
    refresh();
}

void ExactnessPane::stopDrawing()
{
    m_questions->cancel(kFirstTokens);
    m_drawing = false;
    m_firstTokens->clear();
    refresh();
}

}  // namespace timberline::app
