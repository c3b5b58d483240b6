// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/setup_panel.h"

#include "app/window/heads_chooser.h"
#include "widgets/panels/method_card.h"
#include "widgets/panels/parameter_panel.h"

#include <QComboBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPlainTextEdit>
#include <QSignalBlocker>
#include <QToolButton>
#include <QVBoxLayout>

namespace timberline::app {

using widgets::coreText;
using widgets::ParameterPanel;

namespace {

QLabel* section(const QString& title, QWidget* parent)
{
    auto* label = new QLabel(title, parent);
    label->setProperty("section", true);
    return label;
}

void select(QComboBox* box, const QString& data)
{
    int index = box->findData(data);
    if (index < 0) {
        box->addItem(data, data);
        index = box->count() - 1;
    }
    box->setCurrentIndex(index);
}

}  // namespace

SetupPanel::SetupPanel(RunSession* session, JobHost* jobs, QWidget* parent) : QWidget(parent), m_session(session), m_jobs(jobs)
{
    setObjectName(QStringLiteral("setup"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 4, 12, 12);
    layout->setSpacing(8);
    buildModels(layout);
    layout->addSpacing(8);
    buildMethod(layout);
    layout->addStretch(1);
    connect(m_session, &RunSession::configChanged, this, &SetupPanel::refresh);
    connect(m_session, &RunSession::inputChanged, this, &SetupPanel::refreshPrompt);
    connect(m_jobs, &JobHost::engineLoaded, this, &SetupPanel::refresh);
    connect(m_session, &RunSession::valuePending, this, [this](const QString& key) {
        for (auto* panel : panels()) {
            panel->markPending(key.toStdString());
        }
    });
    const auto clearPending = [this] {
        for (auto* panel : panels()) {
            panel->clearPending();
        }
    };
    connect(m_session, &RunSession::valueApplied, this, clearPending);
    connect(m_session, &RunSession::finished, this, clearPending);
    refresh();
}

void SetupPanel::buildModels(QVBoxLayout* layout)
{
    auto* form = new QFormLayout;
    form->setHorizontalSpacing(12);
    form->setVerticalSpacing(6);
    form->setLabelAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    form->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
    const auto makeBox = [&](const QString& label, bool draft) {
        auto* row = new QWidget(this);
        auto* rowLayout = new QHBoxLayout(row);
        rowLayout->setContentsMargins(0, 0, 0, 0);
        rowLayout->setSpacing(4);
        auto* box = new QComboBox(row);
        box->setAccessibleName(label);
        box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        box->setMinimumContentsLength(10);
        box->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        auto* browse = new QToolButton(row);
        browse->setText(QStringLiteral("…"));
        browse->setToolTip(tr("Choose a model folder (Hugging Face layout, safetensors)"));
        browse->setAccessibleName(tr("Choose a folder for: %1").arg(label));
        connect(browse, &QToolButton::clicked, this, [this, draft] { Q_EMIT browseModelRequested(draft); });
        rowLayout->addWidget(box, 1);
        rowLayout->addWidget(browse);
        form->addRow(label, row);
        return box;
    };
    m_model = makeBox(tr("Model"), false);
    m_model->addItem(tr("tale (bundled)"), QStringLiteral("bundled:tale"));
    m_model->addItem(tr("tale-draft (bundled)"), QStringLiteral("bundled:tale-draft"));
    m_draft = makeBox(tr("Draft"), true);
    m_draft->addItem(tr("tale-draft (bundled)"), QStringLiteral("bundled:tale-draft"));
    m_draft->addItem(tr("none"), QString());
    layout->addLayout(form);
    auto* facts = new QHBoxLayout;
    m_modelFacts = new QLabel(this);
    m_modelFacts->setProperty("quiet", true);
    m_modelFacts->setWordWrap(true);
    auto* tensors = new QToolButton(this);
    tensors->setText(tr("Tensors…"));
    tensors->setToolTip(tr("Names, shapes, types and statistics of the model's weights"));
    connect(tensors, &QToolButton::clicked, this, &SetupPanel::tensorsRequested);
    facts->addWidget(m_modelFacts, 1);
    facts->addWidget(tensors, 0, Qt::AlignTop);
    layout->addLayout(facts);
    layout->addWidget(section(tr("Prompt"), this));
    m_prompt = new QPlainTextEdit(this);
    m_prompt->setObjectName(QStringLiteral("prompt"));
    m_prompt->setAccessibleName(tr("Prompt"));
    m_prompt->setTabChangesFocus(true);
    m_prompt->setPlaceholderText(tr("The first words; empty starts from the beginning-of-text token."));
    m_prompt->setFixedHeight(fontMetrics().height() * 4 + 12);
    layout->addWidget(m_prompt);
    const auto models = [this] {
        if (!m_refreshing) {
            m_session->setModels(m_model->currentData().toString(), m_draft->currentData().toString());
        }
    };
    connect(m_model, &QComboBox::activated, this, models);
    connect(m_draft, &QComboBox::activated, this, models);
    connect(m_prompt, &QPlainTextEdit::textChanged, this, [this] {
        if (!m_refreshing) {
            m_session->setPrompt(m_prompt->toPlainText());
        }
    });
}

void SetupPanel::buildMethod(QVBoxLayout* layout)
{
    layout->addWidget(section(tr("Method"), this));
    m_loading = new QLabel(tr("Loading the engine…"), this);
    m_loading->setProperty("quiet", true);
    layout->addWidget(m_loading);
    m_method = new QComboBox(this);
    m_method->setObjectName(QStringLiteral("method"));
    m_method->setAccessibleName(tr("Method"));
    layout->addWidget(m_method);
    m_heads = new HeadsChooser(m_session, m_jobs, this);
    layout->addWidget(m_heads);
    m_card = new widgets::MethodCard(this);
    m_methodPanel = new ParameterPanel(this);
    layout->addWidget(m_methodPanel);
    layout->addWidget(m_card);
    auto* form = new QFormLayout;
    form->setHorizontalSpacing(12);
    form->setVerticalSpacing(6);
    m_controller = new QComboBox(this);
    m_acceptance = new QComboBox(this);
    m_controllerPanel = new ParameterPanel(this);
    m_acceptancePanel = new ParameterPanel(this);
    form->addRow(tr("Controller"), m_controller);
    form->addRow(m_controllerPanel);
    form->addRow(tr("Acceptance"), m_acceptance);
    form->addRow(m_acceptancePanel);
    layout->addLayout(form);
    layout->addSpacing(8);
    layout->addWidget(section(tr("Sampling"), this));
    m_samplingPanel = new ParameterPanel(this);
    layout->addWidget(m_samplingPanel);
    layout->addSpacing(8);
    layout->addWidget(section(tr("Run"), this));
    m_runPanel = new ParameterPanel(this);
    layout->addWidget(m_runPanel);
    const std::pair<QComboBox*, std::string> roles[] = {{m_method, "drafter"}, {m_controller, "controller"}, {m_acceptance, "acceptance"}};
    for (const auto& [box, role] : roles) {
        connect(box, &QComboBox::activated, this, [this, chosen = box, name = role] {
            m_session->choose(name, chosen->currentData().toString().toStdString());
            m_heads->fit();
        });
    }
    for (auto* panel : panels()) {
        connect(panel, &ParameterPanel::valueEdited, this,
                [this, panel](const QString& key, const ParameterValue& value) { onEdited(panel, key, value); });
    }
}

void SetupPanel::onEdited(ParameterPanel* panel, const QString& key, const ParameterValue& value)
{
    m_session->edit(key.toStdString(), value);
    if (panel == m_samplingPanel) {
        Q_EMIT samplingEdited(m_session->config().sampling);
    }
}

Values SetupPanel::valuesByPath(const std::vector<Hyperparameter>& declarations) const
{
    Values out;
    for (const auto& declaration : declarations) {
        if (const auto text = run::get_by_path(m_session->config(), declaration.key)) {
            if (auto value = parse_value(declaration, *text); value.ok()) {
                out.emplace(declaration.key, std::move(value).value());
            }
        }
    }
    return out;
}

void SetupPanel::refreshPrompt()
{
    const QString prompt = QString::fromStdString(m_session->config().prompt.value_or(std::string()));
    if (m_prompt->toPlainText() != prompt) {
        const QSignalBlocker blocker(m_prompt);
        m_prompt->setPlainText(prompt);
    }
}

void SetupPanel::refresh()
{
    m_refreshing = true;
    const auto& config = m_session->config();
    select(m_model, QString::fromStdString(config.model));
    select(m_draft, QString::fromStdString(config.draft_model));
    refreshPrompt();
    const auto* methods = m_jobs->methods();
    m_loading->setVisible(methods == nullptr);
    for (auto* widget : std::initializer_list<QWidget*>{m_method, m_controller, m_acceptance, m_methodPanel, m_controllerPanel,
                                                        m_acceptancePanel, m_card, m_samplingPanel, m_runPanel}) {
        widget->setEnabled(methods != nullptr);
    }
    if (methods != nullptr) {
        const auto fill = [&](QComboBox* box, const char* family, const std::string& chosen) {
            box->clear();
            for (const auto* entry : methods->family(family)) {
                box->addItem(coreText(entry->info.title), QString::fromStdString(entry->info.id));
                box->setItemData(box->count() - 1, coreText(entry->info.summary), Qt::ToolTipRole);
            }
            box->setCurrentIndex(box->findData(QString::fromStdString(chosen)));
            box->setEnabled(box->count() > 1);
        };
        fill(m_method, "drafter", config.drafter.id);
        fill(m_controller, "decode controller", config.controller.id);
        fill(m_acceptance, "acceptance rule", config.acceptance.id);
        if (const auto entry = methods->find("drafter", config.drafter.id); entry.ok()) {
            m_methodPanel->setDeclarations(entry.value()->info.hyperparameters, config.drafter.values);
            m_card->setMethod(entry.value()->info);
        }
        showCompanion(m_controllerPanel, "decode controller", config.controller);
        showCompanion(m_acceptancePanel, "acceptance rule", config.acceptance);
        const auto sampling = run::sampling_declarations();
        m_samplingPanel->setDeclarations(sampling, valuesByPath(sampling));
        const auto settings = run::run_declarations();
        m_runPanel->setDeclarations(settings, valuesByPath(settings));
    }
    m_refreshing = false;
    refreshModelFacts();
}

std::array<ParameterPanel*, 5> SetupPanel::panels() const
{
    return {m_methodPanel, m_controllerPanel, m_acceptancePanel, m_samplingPanel, m_runPanel};
}

void SetupPanel::showCompanion(ParameterPanel* panel, const char* family, const run::MethodChoice& choice)
{
    const auto entry = m_jobs->methods()->find(family, choice.id);
    if (!entry.ok()) {
        panel->setDeclarations({}, {});
        panel->hide();
        return;
    }
    const MethodInfo& info = entry.value()->info;
    panel->setDeclarations(info.hyperparameters, choice.values);
    panel->setVisible(!info.hyperparameters.empty());
    if (info.lossless == Lossless::No) {
        m_card->setLossyBecause(info);
    }
}

void SetupPanel::refreshModelFacts()
{
    if (!m_jobs->engineReady()) {
        return;
    }
    m_jobs->submit(QStringLiteral("model-facts"), [this, model = m_session->config().model,
                                                   draft = m_session->config().draft_model](const JobContext& job) {
        auto info = job.engine.model_info(model);
        const auto pair = draft.empty() || !info.ok() ? Status{} : job.engine.check_pair(model, draft);
        job.deliver([this, info = std::move(info), pair] {
            if (!info.ok()) {
                m_modelFacts->setText(QString::fromStdString(info.error().message + " " + info.error().hint));
                return;
            }
            const auto& facts = info.value();
            const QLocale locale;
            QString text =
                tr("%1 layers · width %2 · %3 M parameters · needs about %4 MiB")
                    .arg(facts.layers)
                    .arg(facts.hidden)
                    .arg(locale.toString(static_cast<double>(facts.parameters) / 1e6, 'f', 1),
                         locale.toString(static_cast<double>(facts.weight_bytes + facts.kv_cache_bytes + facts.workspace_bytes) / 1048576.0,
                                         'f', 0));
            if (!pair.ok()) {
                text += QLatin1Char('\n') + QString::fromStdString(pair.error().message + " " + pair.error().hint);
            }
            m_modelFacts->setText(text);
        });
    });
}

}  // namespace timberline::app
