// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/bench_setup.h"

#include "widgets/panels/method_card.h"
#include "widgets/panels/parameter_panel.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalBlocker>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

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

std::string pathOf(const run::BenchRole& role, const std::string& key)
{
    return "method." + role.name + ".values." + key;
}

}  // namespace

std::pair<std::vector<Hyperparameter>, Values> values_by_path(const run::BenchRole& role, const std::vector<Hyperparameter>& declarations,
                                                              const Values& values)
{
    std::pair<std::vector<Hyperparameter>, Values> out;
    for (auto declaration : declarations) {
        const auto value = values.find(declaration.key);
        declaration.key = pathOf(role, declaration.key);
        if (value != values.end()) {
            out.second.emplace(declaration.key, value->second);
        }
        out.first.push_back(std::move(declaration));
    }
    return out;
}

Values values_of_config(const run::Config& config, const std::vector<Hyperparameter>& declarations)
{
    Values out;
    for (const auto& declaration : declarations) {
        if (const auto text = run::get_by_path(config, declaration.key)) {
            if (auto value = parse_value(declaration, *text); value.ok()) {
                out.emplace(declaration.key, std::move(value).value());
            }
        }
    }
    return out;
}

BenchSetup::BenchSetup(RunSession* session, JobHost* jobs, QWidget* parent)
    : QWidget(parent), m_session(session), m_jobs(jobs), m_spec(run::find_bench(session->bench()))
{
    setObjectName(QStringLiteral("setup-") + QString::fromStdString(session->bench()));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 4, 12, 12);
    layout->setSpacing(8);
    if (m_spec->needs_model) {
        buildInput(layout);
        layout->addSpacing(8);
    }
    m_loading = new QLabel(tr("Loading the engine…"), this);
    m_loading->setProperty("quiet", true);
    layout->addWidget(m_loading);
    buildPlaces(layout);
    layout->addStretch(1);
    for (auto* panel : panels()) {
        connect(panel, &ParameterPanel::valueEdited, this,
                [this](const QString& key, const ParameterValue& value) { m_session->edit(key.toStdString(), value); });
    }
    connect(m_session, &RunSession::configChanged, this, &BenchSetup::refresh);
    connect(m_session, &RunSession::valueChanged, this, &BenchSetup::syncValues);
    connect(m_session, &RunSession::inputChanged, this, &BenchSetup::refreshPrompt);
    connect(m_jobs, &JobHost::engineLoaded, this, &BenchSetup::refresh);
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

std::vector<ParameterPanel*> BenchSetup::panels() const
{
    std::vector<ParameterPanel*> out;
    for (const auto& place : m_places) {
        out.push_back(place.panel);
    }
    out.push_back(m_settings);
    if (m_sampling != nullptr) {
        out.push_back(m_sampling);
    }
    out.push_back(m_run);
    return out;
}

void BenchSetup::buildInput(QVBoxLayout* layout)
{
    layout->addWidget(section(tr("Model"), this));
    auto* row = new QHBoxLayout;
    row->setSpacing(4);
    m_model = new QComboBox(this);
    m_model->setAccessibleName(tr("Model"));
    m_model->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_model->setMinimumContentsLength(10);
    m_model->addItem(tr("tale (bundled)"), QStringLiteral("bundled:tale"));
    m_model->addItem(tr("tale-draft (bundled)"), QStringLiteral("bundled:tale-draft"));
    auto* browse = new QToolButton(this);
    browse->setText(QStringLiteral("…"));
    browse->setToolTip(tr("Choose a model folder (Hugging Face layout, safetensors)"));
    browse->setAccessibleName(tr("Choose a model folder"));
    row->addWidget(m_model, 1);
    row->addWidget(browse);
    layout->addLayout(row);
    layout->addWidget(section(tr("Prompt"), this));
    m_prompt = new QPlainTextEdit(this);
    m_prompt->setAccessibleName(tr("Prompt"));
    m_prompt->setTabChangesFocus(true);
    m_prompt->setPlaceholderText(tr("The first words; empty starts from the beginning-of-text token."));
    m_prompt->setFixedHeight(fontMetrics().height() * 4 + 12);
    layout->addWidget(m_prompt);
    m_textNote = new QLabel(this);
    m_textNote->setProperty("quiet", true);
    m_textNote->setWordWrap(true);
    layout->addWidget(m_textNote);
    auto* take = new QPushButton(tr("Read the Draft run's text"), this);
    take->setToolTip(tr("Takes prompt and generated tokens of the Draft bench as this bench's text"));
    layout->addWidget(take);
    connect(browse, &QToolButton::clicked, this, &BenchSetup::browseModelRequested);
    connect(take, &QPushButton::clicked, this, &BenchSetup::draftTextRequested);
    connect(m_model, &QComboBox::activated, this, [this] {
        if (!m_refreshing) {
            m_session->setModels(m_model->currentData().toString(), QString::fromStdString(m_session->config().draft_model));
        }
    });
    connect(m_prompt, &QPlainTextEdit::textChanged, this, [this] {
        if (!m_refreshing) {
            m_session->setPrompt(m_prompt->toPlainText());
            m_textNote->hide();
        }
    });
}

void BenchSetup::buildPlaces(QVBoxLayout* layout)
{
    for (const auto& role : m_spec->roles) {
        layout->addWidget(section(coreText(role.label), this));
        Place place{role, new QComboBox(this), new ParameterPanel(this), m_places.empty() ? new widgets::MethodCard(this) : nullptr};
        place.box->setAccessibleName(coreText(role.label));
        place.box->setObjectName(QStringLiteral("role-") + QString::fromStdString(role.name));
        place.box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        layout->addWidget(place.box);
        layout->addWidget(place.panel);
        if (place.card != nullptr) {
            layout->addWidget(place.card);
        }
        connect(place.box, &QComboBox::activated, this,
                [this, box = place.box, name = role.name] { m_session->choose(name, box->currentData().toString().toStdString()); });
        m_places.push_back(place);
        layout->addSpacing(4);
    }
    layout->addWidget(section(tr("Settings"), this));
    m_settings = new ParameterPanel(this);
    layout->addWidget(m_settings);
    if (m_spec->needs_model) {
        layout->addSpacing(8);
        layout->addWidget(section(tr("Sampling"), this));
        m_sampling = new ParameterPanel(this);
        layout->addWidget(m_sampling);
    }
    layout->addSpacing(8);
    layout->addWidget(section(tr("Run"), this));
    m_run = new ParameterPanel(this);
    layout->addWidget(m_run);
}

std::vector<Hyperparameter> BenchSetup::runDeclarations() const
{
    auto out = run::run_declarations();
    std::erase_if(out, [this](const Hyperparameter& declaration) {
        const auto& key = declaration.key;
        return key.starts_with("record.") || (!m_spec->needs_model && (key == "max_new_tokens" || key == "ignore_eos"));
    });
    return out;
}

QComboBox* BenchSetup::roleBox(const std::string& role) const
{
    const auto it = std::ranges::find(m_places, role, [](const Place& place) { return place.role.name; });
    return it == m_places.end() ? nullptr : it->box;
}

ParameterPanel* BenchSetup::rolePanel(const std::string& role) const
{
    const auto it = std::ranges::find(m_places, role, [](const Place& place) { return place.role.name; });
    return it == m_places.end() ? nullptr : it->panel;
}

void BenchSetup::refreshPrompt()
{
    const QString prompt = QString::fromStdString(m_session->config().prompt.value_or(std::string()));
    if (m_prompt != nullptr && m_prompt->toPlainText() != prompt) {
        const QSignalBlocker blocker(m_prompt);
        m_prompt->setPlainText(prompt);
    }
}

void BenchSetup::syncValues()
{
    const auto& config = m_session->config();
    for (auto* panel : panels()) {
        const auto shown = panel->values();
        for (const auto& [key, value] : values_of_config(config, panel->declarations())) {
            const auto it = shown.find(key);
            if (it == shown.end() || it->second != value) {
                panel->setValue(key, value);
            }
        }
    }
}

void BenchSetup::refresh()
{
    m_refreshing = true;
    const auto& config = m_session->config();
    m_spec = run::find_bench(config.bench);  // training and landscape configs share a panel: the same places, fewer settings
    if (m_model != nullptr) {
        const QString name = QString::fromStdString(config.model);
        if (m_model->findData(name) < 0) {
            m_model->addItem(name, name);
        }
        m_model->setCurrentIndex(m_model->findData(name));
        refreshPrompt();
        m_textNote->setVisible(config.ids.has_value());
        m_textNote->setText(config.ids ? tr("Reads %n tokens of the Draft run; typing a prompt replaces them.", nullptr,
                                            static_cast<int>(config.ids->size()))
                                       : QString());
    }
    const auto* methods = m_jobs->methods();
    m_loading->setVisible(methods == nullptr);
    for (auto& place : m_places) {
        place.box->setEnabled(methods != nullptr);
        if (methods == nullptr) {
            continue;
        }
        place.box->clear();
        if (place.role.default_id.empty()) {
            place.box->addItem(tr("none"), QString());
        }
        for (const auto* entry : methods->family(place.role.family)) {
            place.box->addItem(coreText(entry->info.title), QString::fromStdString(entry->info.id));
            place.box->setItemData(place.box->count() - 1, coreText(entry->info.summary), Qt::ToolTipRole);
        }
        const auto choice = config.methods.find(place.role.name);
        const std::string id = choice == config.methods.end() ? std::string() : choice->second.id;
        place.box->setCurrentIndex(place.box->findData(QString::fromStdString(id)));
        place.box->setEnabled(place.box->count() > 1);
        if (const auto entry = methods->find(place.role.family, id); entry.ok()) {
            const auto [declarations, values] = values_by_path(place.role, entry.value()->info.hyperparameters, choice->second.values);
            place.panel->setDeclarations(declarations, values);
            if (place.card != nullptr) {
                place.card->setMethod(entry.value()->info);
            }
        } else {
            place.panel->setDeclarations({}, {});
        }
    }
    if (methods != nullptr) {
        m_settings->setDeclarations(m_spec->settings, config.settings);
        if (m_sampling != nullptr) {
            const auto sampling = run::sampling_declarations();
            m_sampling->setDeclarations(sampling, values_of_config(config, sampling));
        }
        const auto settings = runDeclarations();
        m_run->setDeclarations(settings, values_of_config(config, settings));
    }
    m_refreshing = false;
}

}  // namespace timberline::app
