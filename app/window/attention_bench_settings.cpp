// SPDX-License-Identifier: GPL-3.0-or-later
// What the Attention bench asks the engine, and how session, edits, marks and effect stay one.
#include "app/window/attention_bench.h"
#include "app/window/attention_questions.h"
#include "core/rules/attention_edits.h"
#include "core/run/config_live.h"
#include "widgets/attention/attention_inspector.h"
#include "widgets/attention/cell_view.h"
#include "widgets/attention/effect_view.h"
#include "widgets/attention/entropy_map_view.h"
#include "widgets/attention/head_table_view.h"
#include "widgets/attention/head_view.h"
#include "widgets/attention/intervention_bar.h"
#include "widgets/attention/rollout_view.h"
#include "widgets/panels/parameter_panel.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QTabWidget>

#include <algorithm>

namespace timberline::app {

using widgets::AttentionModel;
using Activity = RunSession::Activity;

namespace {

constexpr int kThumbnail = 32;
constexpr const char* kOwnVariant = "softmax";

/// Edits in their one spelling, for comparing lists that were typed; the text itself when it cannot be read.
QString canonical(const QString& edits)
{
    const auto parsed = rules::parse_attention_edits(edits.toStdString());
    return parsed.ok() ? QString::fromStdString(rules::to_text(*parsed)) : edits;
}

QString editsIn(const Values& settings)
{
    const auto it = settings.find("edits");
    return it != settings.end() && std::holds_alternative<std::string>(it->second)
               ? QString::fromStdString(std::get<std::string>(it->second))
               : QString();
}

run::MethodChoice variantIn(const std::map<std::string, run::MethodChoice>& methods)
{
    const auto it = methods.find("variant");
    return it != methods.end() && !it->second.id.empty() ? it->second : run::MethodChoice{kOwnVariant, {}};
}

}  // namespace

void AttentionBench::connectQuestions()
{
    const auto* selection = m_context.selection;
    m_head->setProvider([this](const widgets::MapRequest& request) { askMap(request); });
    m_rollout->setProvider([this](int position) { askRollout(position); });
    connect(m_overview, &widgets::EntropyMapView::thumbnailsNeeded, this, &AttentionBench::askThumbnails);
    connect(m_overview, &widgets::EntropyMapView::menuRequested, this, &AttentionBench::showMenu);
    connect(m_table, &widgets::HeadTableView::menuRequested, this, &AttentionBench::showMenu);
    connect(m_head, &widgets::HeadView::cellChosen, this, &AttentionBench::refreshCell);
    connect(selection, &widgets::SelectionModel::changed, this, &AttentionBench::refreshCell);
    connect(m_bar, &widgets::InterventionBar::editsChanged, this, &AttentionBench::editsMade);
    connect(m_attention, &AttentionModel::changed, this, &AttentionBench::refreshTitle);
    connect(m_attention, &AttentionModel::changed, this, &AttentionBench::refreshMarks);
    connect(m_attention, &AttentionModel::recordReplaced, this, &AttentionBench::recordReplaced);
    connect(m_context.session, &RunSession::configChanged, this, &AttentionBench::syncSettings);
    connect(m_context.session, &RunSession::valueApplied, this, &AttentionBench::syncSettings);
    connect(m_context.session, &RunSession::valueChanged, this, &AttentionBench::syncSettings);
    connect(m_context.session, &RunSession::activityChanged, this, [this] {
        m_head->setRunning(m_context.session->activity() == Activity::Running);
        refreshTitle();
        syncSettings();
    });
    connect(m_context.jobs, &JobHost::engineLoaded, this, &AttentionBench::fillVariants);
    fillVariants();
}

void AttentionBench::fillVariants()
{
    if (m_context.jobs->methods() == nullptr) {
        return;
    }
    QList<widgets::InterventionBar::Variant> variants;
    for (const auto* entry : m_context.jobs->methods()->family("attention variant")) {
        variants.append({QString::fromStdString(entry->info.id), widgets::coreText(entry->info.title)});
    }
    m_bar->setVariants(variants);
    syncSettings();
}

void AttentionBench::recordReplaced()
{
    m_inspector->cell()->clearCell();
    m_askedCell = {-1, -1, -1, -1};
    m_askedFor.clear();
    m_mapsFor.clear();
    m_head->setKeptValid(false);  // until it is known what this record ran with
    syncSettings();
}

QString AttentionBench::configEdits() const
{
    return editsIn(m_context.session->config().settings);
}

run::MethodChoice AttentionBench::configVariant() const
{
    return variantIn(m_context.session->config().methods);
}

QString AttentionBench::keyOf(const QString& edits, run::MethodChoice variant) const
{
    if (const auto* methods = m_context.jobs->methods(); methods != nullptr) {
        if (const auto found = methods->find("attention variant", variant.id); found.ok()) {
            variant.values.merge(default_values((*found)->info.hyperparameters));
        }
    }
    QString out = canonical(edits) + QLatin1Char('|') + QString::fromStdString(variant.id);
    for (const auto& [key, value] : variant.values) {
        out += QStringLiteral("|%1=%2").arg(QString::fromStdString(key), QString::fromStdString(to_text(value)));
    }
    return out;
}

QString AttentionBench::recordedKey() const
{
    const auto* started = m_context.model->started();
    const auto* methods = m_context.jobs->methods();
    if (started == nullptr || methods == nullptr) {
        return {};
    }
    const auto json = parse_json(started->config_json, "record");
    const auto config = json.ok() ? run::parse_config(*json, *methods, "record") : Result<run::Config>(json.error());
    if (!config.ok()) {
        return {};
    }
    run::LiveSettings settings = run::live_settings(*config);
    for (run::ConfigEvent event : config->events) {
        if (event.round < m_context.model->roundCount() && !run::apply_event(settings, event, *methods, "record").ok()) {
            return {};
        }
    }
    return keyOf(editsIn(settings.settings), variantIn(settings.methods));
}

void AttentionBench::editsMade(const QString& text)
{
    const bool first = configEdits().isEmpty();
    m_making = true;  // the bar is in the middle of a step: it is not to be told its own list
    if (const QString refused = m_context.session->edit("edits", ParameterValue(text.toStdString())); !refused.isEmpty()) {
        m_effect->effectFailed(refused, tr("Undo the last step."));
    }
    if (first && !text.isEmpty()) {
        m_tabs->setCurrentWidget(m_effect);
    }
    syncSettings();
    m_making = false;
}

void AttentionBench::syncSettings()
{
    if (!m_making) {
        m_bar->setText(configEdits(), false);
    }
    refreshMarks();
    const QString now = keyOf(configEdits(), configVariant());
    const bool changed = !configEdits().isEmpty() || configVariant().id != kOwnVariant;
    m_value->setVisible(changed);
    if (!changed && m_value->currentIndex() != 0) {
        m_value->setCurrentIndex(0);
        m_head->setValue(widgets::MapTiles::Value::Weight);
    }
    if (now != m_mapsFor && m_context.session->activity() == Activity::Idle) {
        m_mapsFor = now;
        m_head->setKeptValid(now == recordedKey());
        m_head->setBaseWanted(changed);
        m_head->forgetMaps();
        m_overview->setThumbnails(std::nullopt);
        m_overview->setCells(m_overview->cells());
        m_rollout->forget();
        m_askedCell = {-1, -1, -1, -1};
        refreshCell();
    }
    refreshEffect();
}

void AttentionBench::refreshMarks()
{
    const auto parsed = rules::parse_attention_edits(configEdits().toStdString());
    std::vector<widgets::HeadMark> marks;
    if (parsed.ok() && !parsed->empty() && m_attention->layers() > 0) {
        if (const auto heads = rules::resolve_attention_edits(*parsed, m_attention->layers(), m_attention->heads()); heads.ok()) {
            marks.reserve(heads->size());
            for (const auto& head : *heads) {
                marks.push_back({head.factor, head.temperature, QString::fromStdString(head.variant)});
            }
        }
    }
    m_attention->setMarks(std::move(marks));
}

void AttentionBench::refreshEffect()
{
    const QString wanted = keyOf(configEdits(), configVariant());
    if (configEdits().isEmpty() && configVariant().id == kOwnVariant) {
        m_askedFor.clear();
        m_attention->forgetEffect();
        m_effect->setWaiting(false);
        return;
    }
    if (m_attention->effect() != nullptr && !m_attention->effectAnswered() && wanted == recordedKey()) {
        m_askedFor.clear();  // the record's own effect is about these settings
        return;
    }
    if (m_attention->empty() || m_context.session->activity() != Activity::Idle || wanted == m_askedFor) {
        return;
    }
    m_askedFor = wanted;
    askEffect();
}

void AttentionBench::askEffect()
{
    m_effect->setWaiting(true);
    m_questions->ask(
        QStringLiteral("intervention"), Json::object(),
        [this](const record::Block& block) {
            if (auto effect = record::attention_effect_from(block); effect.ok()) {
                m_attention->setEffect(std::move(*effect));
            } else {
                m_effect->effectFailed(QString::fromStdString(effect.error().message), QString::fromStdString(effect.error().hint));
            }
        },
        [this](const QString& sentence, const QString& hint) { m_effect->effectFailed(sentence, hint); });
}

void AttentionBench::askMap(const widgets::MapRequest& request)
{
    const Json arguments = {{"layer", request.layer},
                            {"head", request.head},
                            {"first_query", request.firstQuery},
                            {"queries", request.queries},
                            {"base", request.base}};
    m_questions->ask(
        QStringLiteral("map"), arguments,
        [this](const record::Block& block) {
            if (const auto map = record::attention_map_from(block); map.ok()) {
                m_head->addMap(*map);
            } else {
                m_head->mapFailed(QString::fromStdString(map.error().message), QString::fromStdString(map.error().hint));
            }
        },
        [this](const QString& sentence, const QString& hint) { m_head->mapFailed(sentence, hint); });
}

void AttentionBench::askThumbnails()
{
    if (m_context.session->activity() != Activity::Idle) {
        return;  // while tokens come every answer would be old; the strips stand in
    }
    const Json arguments = {{"size", kThumbnail}, {"tokens", m_attention->positions()}};
    m_questions->ask(
        QStringLiteral("thumbnails"), arguments,
        [this](const record::Block& block) {
            if (auto thumbnails = record::attention_thumbnails_from(block); thumbnails.ok()) {
                m_overview->setThumbnails(std::move(*thumbnails));
            }
        },
        [this](const QString& sentence, const QString& hint) { Q_EMIT m_context.session->failed(sentence, hint); });
}

void AttentionBench::refreshCell()
{
    const std::array<int, 4> wanted = {m_head->layer(), m_head->head(), m_head->query(), m_head->key()};
    if (wanted == m_askedCell) {
        return;
    }
    m_askedCell = wanted;
    m_inspector->setKey(m_head->key());
    if (*std::min_element(wanted.begin(), wanted.end()) < 0) {
        m_inspector->cell()->clearCell();
    } else {
        askCell(wanted[0], wanted[1], wanted[2], wanted[3]);
    }
}

void AttentionBench::askCell(int layer, int head, int query, int key)
{
    m_inspector->cell()->setWaiting();
    const Json arguments = {{"layer", layer}, {"head", head}, {"query", query}, {"key", key}};
    m_questions->ask(
        QStringLiteral("cell"), arguments,
        [this](const record::Block& block) {
            if (auto cell = record::attention_cell_from(block); cell.ok()) {
                m_inspector->cell()->setCell(std::move(*cell));
            } else {
                m_inspector->cell()->cellFailed(QString::fromStdString(cell.error().message), QString::fromStdString(cell.error().hint));
            }
        },
        [this](const QString& sentence, const QString& hint) { m_inspector->cell()->cellFailed(sentence, hint); });
}

void AttentionBench::askRollout(int position)
{
    const Json arguments = {{"position", position},
                            {"residual", m_residual->value()},
                            {"reduce", m_reduce->currentData().toString().toStdString()},
                            {"discard", m_discard->value()}};
    m_questions->ask(
        QStringLiteral("rollout"), arguments,
        [this](const record::Block& block) {
            if (auto rollout = record::attention_rollout_from(block); rollout.ok()) {
                m_rollout->setRollout(std::move(*rollout));
            } else {
                m_rollout->rolloutFailed(QString::fromStdString(rollout.error().message), QString::fromStdString(rollout.error().hint));
            }
        },
        [this](const QString& sentence, const QString& hint) { m_rollout->rolloutFailed(sentence, hint); });
}

}  // namespace timberline::app
