// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/heads_setup.h"

#include "app/window/bench_setup.h"
#include "widgets/panels/parameter_panel.h"

#include <QComboBox>
#include <QLabel>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <array>

namespace timberline::app {

using widgets::coreText;
using widgets::ParameterPanel;

namespace {

/// On top, in this order; "text_file" stands after "text".
constexpr std::array kImportant = {"text", "tokens", "steps", "learning_rate"};
/// The pane's own: where heads and checkpoint go.
constexpr std::array kFiles = {"out_folder", "checkpoint_path", "resume_from"};

bool among(const auto& keys, const std::string& key)
{
    return std::ranges::any_of(keys, [&](const char* one) { return key == one; });
}

QLabel* section(const QString& title, QWidget* parent)
{
    auto* label = new QLabel(title, parent);
    label->setProperty("section", true);
    return label;
}

std::vector<Hyperparameter> run_fields()
{
    auto out = run::run_declarations();
    std::erase_if(out, [](const Hyperparameter& declaration) {
        return declaration.key != "seed" && declaration.key != "threads" && declaration.key != "device";
    });
    return out;
}

}  // namespace

HeadsSetup::HeadsSetup(RunSession* session, JobHost* jobs, QWidget* parent)
    : QWidget(parent), m_session(session), m_jobs(jobs), m_head(new QComboBox(this)), m_main(new ParameterPanel(this)),
      m_moreButton(new QToolButton(this)), m_rest(new QWidget(this)), m_more(new ParameterPanel(m_rest))
{
    setObjectName(QStringLiteral("setup-heads"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 4, 8, 8);
    layout->setSpacing(6);
    const auto& spec = *run::find_bench("heads");
    m_head->setAccessibleName(coreText(spec.roles.front().label));
    m_head->setObjectName(QStringLiteral("role-head"));
    m_head->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    layout->addWidget(m_head);
    layout->addWidget(m_main);
    m_moreButton->setText(tr("More"));
    m_moreButton->setToolTip(tr("Everything else that can be set: the heads' own values, optimizer, schedule, text, measuring"));
    m_moreButton->setCheckable(true);
    m_moreButton->setArrowType(Qt::RightArrow);
    m_moreButton->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_moreButton->setFocusPolicy(Qt::TabFocus);
    layout->addWidget(m_moreButton);
    auto* rest = new QVBoxLayout(m_rest);
    rest->setContentsMargins(0, 0, 0, 0);
    rest->setSpacing(6);
    for (const auto& role : spec.roles) {
        addPlace(role, rest);
    }
    rest->addWidget(section(tr("Training"), m_rest));
    rest->addWidget(m_more);
    m_rest->hide();
    layout->addWidget(m_rest);
    layout->addStretch(1);
    connect(m_moreButton, &QToolButton::toggled, this, [this](bool on) {
        m_rest->setVisible(on);
        m_moreButton->setArrowType(on ? Qt::DownArrow : Qt::RightArrow);
    });
    for (auto* panel : panels()) {
        connect(panel, &ParameterPanel::valueEdited, this,
                [this](const QString& key, const ParameterValue& value) { m_session->edit(key.toStdString(), value); });
    }
    connect(m_session, &RunSession::configChanged, this, &HeadsSetup::refresh);
    connect(m_session, &RunSession::valueChanged, this, &HeadsSetup::syncValues);
    connect(m_jobs, &JobHost::engineLoaded, this, &HeadsSetup::refresh);
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
    // Another head is another training: its kind stays while one goes on.
    connect(m_session, &RunSession::activityChanged, this, [this] {
        const bool idle = m_session->activity() == RunSession::Activity::Idle;
        m_head->setEnabled(idle && m_jobs->methods() != nullptr);
        for (const auto& place : m_places) {
            place.box->setEnabled(place.box->count() > 1 && (idle || place.role.live));
        }
    });
    refresh();
}

void HeadsSetup::addPlace(const run::BenchRole& role, QVBoxLayout* layout)
{
    Place place{role, role.name == "head" ? m_head : new QComboBox(m_rest), new ParameterPanel(m_rest)};
    if (place.box != m_head) {
        layout->addWidget(section(coreText(role.label), m_rest));
        place.box->setAccessibleName(coreText(role.label));
        place.box->setObjectName(QStringLiteral("role-") + QString::fromStdString(role.name));
        place.box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        layout->addWidget(place.box);
    }
    layout->addWidget(place.panel);
    connect(place.box, &QComboBox::activated, this,
            [this, box = place.box, name = role.name] { m_session->choose(name, box->currentData().toString().toStdString()); });
    m_places.push_back(place);
}

std::vector<ParameterPanel*> HeadsSetup::panels() const
{
    std::vector<ParameterPanel*> out{m_main, m_more};
    for (const auto& place : m_places) {
        out.push_back(place.panel);
    }
    return out;
}

void HeadsSetup::fillMain()
{
    const auto& config = m_session->config();
    const auto& settings = run::find_bench("heads")->settings;
    const auto text = config.settings.find("text");
    const bool file = text != config.settings.end() && text->second == ParameterValue(std::string("file"));
    std::vector<Hyperparameter> shown;
    for (const auto* key : kImportant) {
        for (const auto& declaration : settings) {
            if (declaration.key == key || (file && declaration.key == "text_file" && std::string("text") == key)) {
                shown.push_back(declaration);
            }
        }
    }
    auto run = run_fields();
    std::ranges::copy_if(run, std::back_inserter(shown), [](const Hyperparameter& one) { return one.key == "seed"; });
    m_main->setDeclarations(shown, values_of_config(config, shown));
}

void HeadsSetup::refresh()
{
    const auto* methods = m_jobs->methods();
    m_head->setEnabled(methods != nullptr && m_session->activity() == RunSession::Activity::Idle);
    if (methods == nullptr) {
        return;
    }
    const auto& config = m_session->config();
    for (auto& place : m_places) {
        place.box->clear();
        for (const auto* entry : methods->family(place.role.family)) {
            place.box->addItem(coreText(entry->info.title), QString::fromStdString(entry->info.id));
            place.box->setItemData(place.box->count() - 1, coreText(entry->info.summary), Qt::ToolTipRole);
        }
        const auto choice = config.methods.find(place.role.name);
        const std::string id = choice == config.methods.end() ? std::string() : choice->second.id;
        place.box->setCurrentIndex(place.box->findData(QString::fromStdString(id)));
        if (const auto entry = methods->find(place.role.family, id); entry.ok()) {
            const auto [declarations, values] = values_by_path(place.role, entry.value()->info.hyperparameters, choice->second.values);
            place.panel->setDeclarations(declarations, values);
            place.box->setToolTip(coreText(entry.value()->info.summary));
        } else {
            place.panel->setDeclarations({}, {});
        }
    }
    fillMain();
    auto rest = run::find_bench("heads")->settings;
    std::erase_if(rest,
                  [](const Hyperparameter& one) { return among(kImportant, one.key) || among(kFiles, one.key) || one.key == "text_file"; });
    auto run = run_fields();
    std::ranges::copy_if(run, std::back_inserter(rest), [](const Hyperparameter& one) { return one.key != "seed"; });
    m_more->setDeclarations(rest, values_of_config(config, rest));
}

void HeadsSetup::syncValues(const QString& key)
{
    if (key == QLatin1String("text")) {
        // Not now: the editor that was just used would be taken down under its own signal.
        QMetaObject::invokeMethod(this, &HeadsSetup::fillMain, Qt::QueuedConnection);
        return;
    }
    for (auto* panel : panels()) {
        const auto shown = panel->values();
        for (const auto& [path, value] : values_of_config(m_session->config(), panel->declarations())) {
            const auto it = shown.find(path);
            if (it == shown.end() || it->second != value) {
                panel->setValue(path, value);
            }
        }
    }
}

}  // namespace timberline::app
