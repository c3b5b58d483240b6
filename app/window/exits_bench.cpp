// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/exits_bench.h"

#include "app/window/exit_calibrate_dialog.h"
#include "app/window/exit_rule_providers.h"
#include "core/record/folds.h"
#include "widgets/exits/calibration_view.h"
#include "widgets/exits/cost_panel.h"
#include "widgets/exits/decision_maps_view.h"
#include "widgets/exits/depth_histogram_view.h"
#include "widgets/exits/exit_inspector.h"
#include "widgets/exits/layer_map_view.h"
#include "widgets/exits/pareto_view.h"
#include "widgets/exits/threshold_bar.h"
#include "widgets/exits/threshold_certificate_view.h"
#include "widgets/panels/parameter_panel.h"

#include <QComboBox>
#include <QLabel>
#include <QPushButton>
#include <QSplitter>
#include <QTabWidget>
#include <QToolButton>
#include <QVBoxLayout>

namespace timberline::app {

using widgets::ExitChannel;
using widgets::ExitChoice;

namespace {

constexpr const char* kFamily = "exit policy";
constexpr const char* kRole = "policy";
const QString kMapTag = QStringLiteral("exits-decision-map");

}  // namespace

ExitsBench::ExitsBench(const BenchContext& context, QWidget* parent)
    : Bench(parent), m_context(context), m_model(new widgets::ExitModel(context.model, this)),
      m_map(new widgets::LayerMapView(m_model, context.selection, this)), m_threshold(new widgets::ThresholdBar(m_model, this)),
      m_pareto(new widgets::ParetoView(m_model, this)), m_depth(new widgets::DepthHistogramView(m_model, this)),
      m_calibration(new widgets::CalibrationView(m_model, context.selection, this)),
      m_decisions(new widgets::DecisionMapsView(m_model, context.selection, this)),
      m_inspector(new widgets::ExitInspector(m_model, context.selection)), m_cost(new widgets::CostPanel(m_model)),
      m_rerun(new QPushButton(this)), m_certify(new QPushButton(tr("Calibrate…"), this)),
      m_calibrate(new ExitCalibrateDialog(
          context.jobs, [this] { return configToCalibrate(); }, this)),
      m_busy(new QLabel(this)), m_position(new QLabel(this))
{
    m_model->setProviders(exit_rule_providers());
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    auto* splitter = new QSplitter(Qt::Vertical, this);
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(buildMapPane());
    splitter->addWidget(buildLowerPane());
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    splitter->setSizes({500, 330});
    layout->addWidget(splitter);
    connectAll();
    refreshPolicies();
    refreshTitles();
}

void ExitsBench::connectAll()
{
    connect(m_context.jobs, &JobHost::engineLoaded, this, &ExitsBench::refreshPolicies);
    connect(m_context.session, &RunSession::configChanged, this, &ExitsBench::takeSessionChoice);
    connect(m_context.session, &RunSession::valueChanged, this, &ExitsBench::takeSessionChoice);
    connect(m_context.session, &RunSession::activityChanged, this, [this] {
        takeSessionChoice();
        refreshTitles();
    });
    // Follows every change of the record, also of its end, which brings no readings; the fold has taken the change by then.
    connect(m_context.model, &widgets::RecordModel::shownChanged, this, &ExitsBench::askDecisionMap);
    connect(m_model, &widgets::ExitModel::decisionChanged, this, &ExitsBench::refreshTitles);
    connect(m_policy, &QComboBox::activated, this, [this] { tryPolicy(m_policy->currentData().toString()); });
    connect(m_channel, &QComboBox::currentIndexChanged, this,
            [this] { m_map->setChannel(static_cast<ExitChannel>(m_channel->currentData().toInt())); });
    connect(m_sources, &QToolButton::toggled, m_map, &widgets::LayerMapView::setShowSources);
    connect(m_follow, &QToolButton::toggled, m_map, &widgets::LayerMapView::setFollow);
    connect(m_map, &widgets::LayerMapView::followChanged, m_follow, &QToolButton::setChecked);
    connect(m_map, &widgets::LayerMapView::thresholdStepRequested, m_threshold, &widgets::ThresholdBar::stepBy);
    connect(m_pareto, &widgets::ParetoView::pointTaken, this, &ExitsBench::takePoint);
    connect(m_rerun, &QPushButton::clicked, this, &ExitsBench::rerun);
    connect(m_certify, &QPushButton::clicked, this, &ExitsBench::calibrate);
    connect(m_calibrate, &ExitCalibrateDialog::thresholdTaken, this, &ExitsBench::takeCertified);
}

void ExitsBench::calibrate()
{
    m_calibrate->offerPrompt(QString::fromStdString(m_context.session->config().prompt.value_or("")));
    m_calibrate->show();
    m_calibrate->raise();
    m_calibrate->activateWindow();
}

run::Config ExitsBench::configToCalibrate() const
{
    auto config = m_context.session->config();
    const auto& tried = m_model->choice();
    if (!tried.policy.empty()) {
        config.methods[kRole] = {tried.policy, tried.values};
    }
    return config;
}

void ExitsBench::takeCertified(const QString& policy, double threshold)
{
    takePoint(policy, QStringLiteral("threshold"), threshold);
}

QList<widgets::View*> ExitsBench::views() const
{
    return {m_map, m_pareto, m_depth, m_calibration, m_decisions, m_inspector->candidates(), m_inspector->profile(), m_calibrate->view()};
}

QWidget* ExitsBench::inspector()
{
    return m_inspector;
}

QWidget* ExitsBench::summary()
{
    return m_cost;
}

void ExitsBench::selectSomething()
{
    if (m_context.selection->current().token >= 0 || m_model->rows() == 0) {
        return;
    }
    const int row = static_cast<int>(m_model->rows()) / 2;
    m_map->selectCell(row, std::max(0, m_model->exitOf(static_cast<std::size_t>(row)) - 1));
}

QString ExitsBench::policyTitle(const std::string& policy) const
{
    const auto* methods = m_context.jobs->methods();
    if (methods != nullptr) {
        if (const auto entry = methods->find(kFamily, policy); entry.ok()) {
            return widgets::coreText(entry.value()->info.title);
        }
    }
    return QString::fromStdString(policy);
}

ExitChoice ExitsBench::sessionChoice() const
{
    ExitChoice out;
    const auto& config = m_context.session->config();
    if (const auto it = config.methods.find(kRole); it != config.methods.end()) {
        out.policy = it->second.id;
        out.values = it->second.values;
    }
    if (const auto it = config.settings.find("kv_mode"); it != config.settings.end()) {
        const auto* name = std::get_if<std::string>(&it->second);
        out.mode = name == nullptr ? out.mode : record::kv_mode_of(*name).value_or(out.mode);
    }
    const auto layers_of = [&](const char* key) {
        const auto it = config.settings.find(key);
        const auto* layers = it == config.settings.end() ? nullptr : std::get_if<std::int64_t>(&it->second);
        return layers == nullptr ? 0 : static_cast<std::int32_t>(*layers);
    };
    out.earliest = layers_of("earliest");
    out.every = layers_of("every");
    return out;
}

ExitChoice ExitsBench::choiceOf(const std::string& policy) const
{
    const auto session = sessionChoice();
    if (policy == session.policy) {
        return session;
    }
    ExitChoice out{.policy = policy, .values = {}, .mode = session.mode, .earliest = session.earliest, .every = session.every};
    const auto* methods = m_context.jobs->methods();
    if (methods != nullptr) {
        if (const auto entry = methods->find(kFamily, policy); entry.ok()) {
            for (const auto& declared : entry.value()->info.hyperparameters) {
                out.values[declared.key] = declared.default_value;
            }
        }
    }
    return out;
}

void ExitsBench::refreshPolicies()
{
    const auto* methods = m_context.jobs->methods();
    m_policy->clear();
    if (methods != nullptr) {
        for (const auto* entry : methods->family(kFamily)) {
            m_policy->addItem(widgets::coreText(entry->info.title), QString::fromStdString(entry->info.id));
            m_policy->setItemData(m_policy->count() - 1, widgets::coreText(entry->info.summary), Qt::ToolTipRole);
        }
    }
    m_policy->setEnabled(m_policy->count() > 0);
    refreshSeries();
    m_sessionChoice = {};
    takeSessionChoice();
}

void ExitsBench::refreshSeries()
{
    std::vector<widgets::ParetoView::Series> series;
    for (int i = 0; i < m_policy->count(); ++i) {
        series.push_back({.choice = choiceOf(m_policy->itemData(i).toString().toStdString()), .title = m_policy->itemText(i)});
    }
    m_pareto->setSeries(std::move(series));
}

void ExitsBench::takeSessionChoice()
{
    const auto choice = sessionChoice();
    if (choice.policy.empty() || choice == m_sessionChoice) {
        return;
    }
    m_sessionChoice = choice;
    m_model->setChoice(choice);
    refreshSeries();
    refreshTitles();
}

void ExitsBench::tryPolicy(const QString& id)
{
    m_model->setChoice(choiceOf(id.toStdString()));
}

void ExitsBench::takePoint(const QString& policy, const QString& key, double setting)
{
    auto choice = choiceOf(policy.toStdString());
    const auto handle = widgets::handleOf(choice, static_cast<std::int32_t>(m_model->layers()));
    if (handle.key == key.toStdString()) {
        choice = widgets::withHandle(std::move(choice), handle, setting);
    }
    m_model->setChoice(choice);
}

void ExitsBench::refreshTitles()
{
    const auto& choice = m_model->choice();
    const auto handle = m_model->handle();
    const QString id = QString::fromStdString(choice.policy);
    if (const int index = m_policy->findData(id); index >= 0) {
        m_policy->setCurrentIndex(index);
    }
    const QString value = widgets::handleText(handle);
    m_map->setPolicyText(choice.policy.empty() ? QString()
                         : value.isEmpty()     ? policyTitle(choice.policy)
                                               : tr("%1 (%2 %3)").arg(policyTitle(choice.policy), widgets::handleTitle(handle), value));
    const auto activity = m_context.session->activity();
    m_busy->setText(activity == RunSession::Activity::Running  ? tr("running")
                    : activity == RunSession::Activity::Paused ? tr("paused")
                                                               : QString());
    const auto count = m_model->rows();
    m_position->setText(count == 0 ? QString() : m_model->isTrainedNet() ? tr("%1 samples").arg(count) : tr("%1 tokens").arg(count));
    const bool other = !choice.policy.empty() && choice != sessionChoice();
    const bool running = activity != RunSession::Activity::Idle;
    m_rerun->setText(running                     ? tr("Use from the next token on")
                     : handle.key == "threshold" ? tr("Re-run with this threshold")
                                                 : tr("Re-run with this setting"));
    m_rerun->setEnabled(m_context.jobs->engineReady() && (other || m_model->differsFromRun()));
    const bool urgent = m_rerun->isEnabled() && m_model->differsFromRun();
    if (m_rerun->property("primary").toBool() != urgent) {
        m_rerun->setProperty("primary", urgent);
        m_rerun->setStyleSheet(m_rerun->styleSheet());  // the style looks at the property again
    }
    if (const bool net = m_model->isTrainedNet(); net != m_wasNet) {
        m_wasNet = net;
        m_sources->setVisible(!net);
        m_against->setCurrentIndex(net ? 1 : 0);  // samples have classes of their own; a text is compared with the full model first
    }
    m_certify->setEnabled(m_context.jobs->engineReady() && !choice.policy.empty());
    m_useBudget->setEnabled(count > 0);
}

void ExitsBench::rerun()
{
    const auto wanted = m_model->choice();
    auto* session = m_context.session;
    // Taking over what the session says would put the handle back while the values are written one after another.
    m_sessionChoice = wanted;
    if (!session->choose(kRole, wanted.policy).isEmpty()) {
        return;
    }
    const auto now = sessionChoice();
    for (const auto& [key, value] : wanted.values) {
        const auto it = now.values.find(key);
        if ((it == now.values.end() || it->second != value) && !session->edit(key, value).isEmpty()) {
            return;
        }
    }
    m_sessionChoice = sessionChoice();
    m_model->setChoice(m_sessionChoice);
    if (session->activity() == RunSession::Activity::Idle) {
        session->run();
    }
    refreshTitles();
}

bool ExitsBench::showRecordedMap(const record::Record& record)
{
    for (auto event = record.events.rbegin(); event != record.events.rend(); ++event) {
        const auto* block = std::get_if<record::Block>(&event->payload);
        if (block == nullptr || block->kind != record::kExitMapBlock) {
            continue;
        }
        auto map = record::exit_decision_map_from(*block);
        if (!map.ok()) {
            return false;  // damaged: the net can still be asked
        }
        m_decisions->setMap(std::move(map).value());
        m_tabs->setCurrentWidget(m_decisions);
        return true;
    }
    return false;
}

void ExitsBench::askDecisionMap()
{
    const auto& record = m_context.model->record();
    const bool net = m_model->isTrainedNet();
    const quint64 generation = m_context.model->generation();
    if (net && m_askedFor == generation) {
        return;
    }
    if (m_askedFor != 0) {
        m_context.jobs->cancel(kMapTag);
        m_decisions->clearMap();
        m_askedFor = 0;
    }
    if (!net) {
        return;
    }
    const bool shown = showRecordedMap(record);
    if (!shown && record::run_finished(record) == nullptr) {
        return;  // it may still come
    }
    m_askedFor = generation;
    if (shown) {
        return;
    }
    run::BenchQuery query{.what = "decision-map", .arguments = Json::object(), .record = m_context.model->snapshot()};
    m_context.jobs->submit(kMapTag, [this, config = m_context.session->config(), query = std::move(query)](const JobContext& job) {
        auto answer = job.engine.query(config, query, job.cancel, job.sink);
        auto map = answer.ok() ? record::exit_decision_map_from(answer.value()) : Result<record::ExitDecisionMap>(answer.error());
        auto shared = std::make_shared<Result<record::ExitDecisionMap>>(std::move(map));
        job.deliver([this, shared] {
            if (shared->ok()) {
                m_decisions->setMap(std::move(*shared).value());
                m_tabs->setCurrentWidget(m_decisions);
                return;
            }
            const auto& error = shared->error();
            if (error.code == ErrorCode::InvalidArgument || error.code == ErrorCode::Unsupported) {
                m_decisions->setEmpty(QString::fromStdString(error.message));  // a data set without a plane: nothing is wrong
            } else if (error.code != ErrorCode::Cancelled) {
                m_decisions->showError(QString::fromStdString(error.message), QString::fromStdString(error.hint));
            }
        });
    });
}

}  // namespace timberline::app
