// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/exit_calibrate_dialog.h"

#include "core/record/layer_readings.h"
#include "core/rules/exit_calibration.h"
#include "widgets/exits/threshold_certificate_view.h"

#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPointer>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace timberline::app {

namespace {

const QString kTag = QStringLiteral("exits-calibrate");
constexpr const char* kReading = "reading the prompts";  ///< what core/run calls the work whose progress is shown

QDoubleSpinBox* shareBox(double percent, double least, double most, const QString& help, QWidget* parent)
{
    auto* box = new QDoubleSpinBox(parent);
    box->setRange(least, most);
    box->setDecimals(1);
    box->setSingleStep(1);
    box->setValue(percent);
    box->setSuffix(QStringLiteral(" %"));
    box->setToolTip(help);
    return box;
}

}  // namespace

ExitCalibrateDialog::ExitCalibrateDialog(JobHost* jobs, std::function<run::Config()> config, QWidget* parent)
    : QDialog(parent), m_jobs(jobs), m_config(std::move(config)), m_prompts(new QPlainTextEdit(this)), m_count(new QLabel(this)),
      m_delta(shareBox(5, 0.1, 50, tr("The largest share of texts that may differ from the full model's"), this)),
      m_epsilon(shareBox(5, 0.1, 50, tr("How often the certificate itself may be wrong"), this)), m_step(new QDoubleSpinBox(this)),
      m_newTokens(new QSpinBox(this)), m_view(new widgets::ThresholdCertificateView(this)), m_note(new QLabel(this)),
      m_start(new QPushButton(tr("Calibrate"), this)), m_take(new QPushButton(tr("Take this threshold"), this))
{
    setWindowTitle(tr("Calibrate a threshold on prompts"));
    build();
    connect(m_prompts, &QPlainTextEdit::textChanged, this, &ExitCalibrateDialog::refresh);
    connect(m_delta, &QDoubleSpinBox::valueChanged, this, &ExitCalibrateDialog::refresh);
    connect(m_epsilon, &QDoubleSpinBox::valueChanged, this, &ExitCalibrateDialog::refresh);
    connect(m_jobs, &JobHost::engineLoaded, this, &ExitCalibrateDialog::refresh);
    connect(m_jobs, &JobHost::progressArrived, this, [this](double fraction, const QString& what) {
        if (m_running && what == QLatin1String(kReading)) {
            m_note->setText(tr("Reading the prompts at full depth: %1 %").arg(static_cast<int>(std::floor(fraction * 100))));
        }
    });
    connect(m_start, &QPushButton::clicked, this, [this] { m_running ? stop() : start(); });
    connect(m_take, &QPushButton::clicked, this, [this] {
        if (const auto& certificate = m_view->certificate(); certificate) {
            Q_EMIT thresholdTaken(QString::fromStdString(certificate->policy), certificate->lambda);
        }
    });
    refresh();
    resize(860, 560);
}

void ExitCalibrateDialog::build()
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 12, 12, 12);
    layout->setSpacing(8);
    auto* label = new QLabel(tr("&Prompts, one a line"), this);
    label->setBuddy(m_prompts);
    m_prompts->setAccessibleName(tr("Prompts, one a line"));
    m_prompts->setPlaceholderText(tr("Texts like those that the threshold is to hold for."));
    m_prompts->setTabChangesFocus(true);
    m_step->setRange(0.005, 0.5);
    m_step->setDecimals(3);
    m_step->setSingleStep(0.005);
    m_step->setValue(0.05);
    m_step->setToolTip(tr("How far apart the tested thresholds stand, from 1 downwards"));
    m_newTokens->setRange(1, 512);
    m_newTokens->setValue(32);
    m_newTokens->setToolTip(tr("How many tokens are written after each prompt and compared"));
    auto* left = new QVBoxLayout;
    left->addWidget(label);
    left->addWidget(m_prompts, 1);
    m_count->setProperty("quiet", true);
    m_count->setWordWrap(true);
    left->addWidget(m_count);
    auto* form = new QFormLayout;
    form->addRow(tr("Texts that may differ, δ"), m_delta);
    form->addRow(tr("Risk of being wrong, ε"), m_epsilon);
    form->addRow(tr("Step between thresholds"), m_step);
    form->addRow(tr("New tokens a prompt"), m_newTokens);
    auto* right = new QVBoxLayout;
    right->addLayout(form);
    right->addStretch(1);
    m_start->setDefault(true);
    right->addWidget(m_start);
    auto* upper = new QHBoxLayout;
    upper->setSpacing(16);
    upper->addLayout(left, 1);
    upper->addLayout(right);
    layout->addLayout(upper, 2);
    layout->addWidget(m_view, 3);
    auto* lower = new QHBoxLayout;
    m_note->setWordWrap(true);
    m_note->setTextInteractionFlags(Qt::TextSelectableByMouse);
    lower->addWidget(m_note, 1);
    lower->addWidget(m_take);
    layout->addLayout(lower);
}

QString ExitCalibrateDialog::note() const
{
    return m_note->text();
}

void ExitCalibrateDialog::offerPrompt(const QString& prompt)
{
    if (prompts().isEmpty()) {
        m_prompts->setPlainText(prompt.simplified());
    }
}

QStringList ExitCalibrateDialog::prompts() const
{
    QStringList out;
    for (const auto& line : m_prompts->toPlainText().split(QLatin1Char('\n'))) {
        if (!line.trimmed().isEmpty()) {
            out.append(line.trimmed());
        }
    }
    return out;
}

Json ExitCalibrateDialog::arguments() const
{
    Json texts = Json::array();
    for (const auto& prompt : prompts()) {
        texts.push_back(prompt.toStdString());
    }
    return {{"prompts", std::move(texts)},
            {"delta", m_delta->value() / 100},
            {"epsilon", m_epsilon->value() / 100},
            {"step", m_step->value()},
            {"new_tokens", m_newTokens->value()}};
}

void ExitCalibrateDialog::refresh()
{
    const auto count = static_cast<int>(prompts().size());
    const auto fewest = static_cast<int>(rules::fewest_prompts(m_delta->value() / 100, m_epsilon->value() / 100));
    const QString have = tr("%n prompt(s).", nullptr, count);
    m_count->setText(count < fewest ? have + QLatin1Char(' ') + tr("These limits need at least %1, even if no text differs.").arg(fewest)
                                    : have);
    m_start->setText(m_running ? tr("Stop") : tr("Calibrate"));
    m_start->setEnabled(m_running || (count > 0 && m_jobs->engineReady()));
    m_take->setEnabled(!m_running && m_view->certifies());
}

void ExitCalibrateDialog::start()
{
    m_running = true;
    m_view->showBusy();
    m_note->setText(tr("Waiting for the model."));
    run::BenchQuery query{.what = "calibrate", .arguments = arguments(), .record = nullptr};
    const QPointer<ExitCalibrateDialog> self(this);
    m_jobs->submit(kTag, [self, config = m_config(), query = std::move(query)](const JobContext& job) {
        const auto complete = run::complete(config, job.engine.methods());
        auto answer = std::make_shared<Result<record::Block>>(
            complete.ok() ? job.engine.query(complete.value(), query, job.cancel, job.sink) : Result<record::Block>(complete.error()));
        job.deliver([self, answer] {
            if (self != nullptr) {
                self->showAnswer(*answer);
            }
        });
    });
    refresh();
}

void ExitCalibrateDialog::stop()
{
    m_jobs->cancel(kTag);
    m_running = false;
    m_view->clear();
    m_note->setText(tr("Stopped."));
    refresh();
}

void ExitCalibrateDialog::showAnswer(const Result<record::Block>& answer)
{
    if (!m_running) {
        return;  // stopped meanwhile
    }
    m_running = false;
    auto certificate =
        answer.ok() ? record::threshold_calibration_from(answer.value()) : Result<record::ThresholdCalibration>(answer.error());
    if (certificate.ok()) {
        m_view->setCertificate(std::move(certificate).value());
        m_note->setText(m_view->summary());
    } else {
        m_view->showError(QString::fromStdString(certificate.error().message), QString::fromStdString(certificate.error().hint));
        m_note->setText(tr("Nothing was certified."));
    }
    refresh();
}

void ExitCalibrateDialog::done(int result)
{
    if (m_running) {
        stop();
    }
    QDialog::done(result);
}

}  // namespace timberline::app
