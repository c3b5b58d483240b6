// SPDX-License-Identifier: GPL-3.0-or-later
// What the Landscape bench asks the engine: the network under the cursor, other planes, the curvature; and what it sets in the session:
// the learning rate and the painted points.
#include "app/window/landscape_bench.h"
#include "app/window/landscape_questions.h"
#include "widgets/landscape/decision_map_view.h"
#include "widgets/landscape/loss_histogram_view.h"
#include "widgets/landscape/painted_points.h"
#include "widgets/landscape/stability_view.h"

#include <QLabel>
#include <QMenu>
#include <QSignalBlocker>
#include <QSlider>
#include <QTabWidget>
#include <QToolButton>

#include <algorithm>
#include <cmath>
#include <limits>

namespace timberline::app {

namespace {

constexpr double kSlots = 100;  ///< positions of the slider a decade

/// Settings that differ from the run's own for a plane of each kind.
Json settingsOf(const QString& kind, std::int64_t seed)
{
    if (kind == QLatin1String("random")) {
        return {{"x_kind", "random"}, {"y_kind", "random"}, {"x_seed", seed}, {"y_seed", seed + 1}};
    }
    if (kind == QLatin1String("pca") || kind == QLatin1String("hessian")) {
        return {{"x_kind", kind.toStdString()}, {"y_kind", kind.toStdString()}, {"limits", "auto"}};
    }
    if (kind == QLatin1String("line")) {
        return {{"x_kind", "to-point"}, {"x_point", "first"}, {"y_kind", "none"}, {"limits", "auto"}};
    }
    return {{"x_kind", kind.toStdString()}, {"y_kind", "hessian"}, {"limits", "auto"}};
}

}  // namespace

QMenu* LandscapeBench::buildPlaneMenu()
{
    auto* menu = new QMenu(this);
    const auto add = [&](const QString& text, const QString& kind) { menu->addAction(text, this, [this, kind] { computePlane(kind); }); };
    menu->addSection(tr("Landscape of this run"));
    add(tr("Random plane, new seeds"), QStringLiteral("random"));
    add(tr("Plane of the path (principal components)"), QStringLiteral("pca"));
    add(tr("Plane of the sharpest directions (Hessian)"), QStringLiteral("hessian"));
    add(tr("Gradient and sharpest direction"), QStringLiteral("gradient"));
    add(tr("Last update and sharpest direction"), QStringLiteral("update"));
    add(tr("Line to the start of training"), QStringLiteral("line"));
    menu->addSeparator();
    menu->addAction(tr("Curvature at the moment shown"), this, &LandscapeBench::computeCurvature);
    return menu;
}

void LandscapeBench::computePlane(const QString& kind)
{
    if (!m_model->training().setup() || m_context.session->activity() != RunSession::Activity::Idle) {
        return;
    }
    if (!m_begun || m_begun->kind != kind) {
        m_begun = Begun{kind, m_nextPlane++};
        m_asked[m_begun->id] = settingsOf(kind, m_nextSeed);
        m_nextSeed += 2;
    }
    const auto id = m_begun->id;
    std::vector<std::int64_t> done;
    if (const auto* grid = m_model->fold().grid(id); grid != nullptr) {
        done.resize(grid->plane.strides.size());
        for (std::size_t level = 0; level < done.size(); ++level) {
            done[level] = std::ranges::count(grid->level, static_cast<std::int8_t>(level));
        }
    }
    setComputing(true);
    const int number = ++m_computation;
    m_questions->askSurface(
        m_asked[id], id, std::move(done),
        [this, id](const record::Block& block) {
            m_model->addAnswer(block);
            m_model->choosePlane(id);
        },
        [this, number] {
            if (number == m_computation) {
                m_begun.reset();
                setComputing(false);
            }
        },
        [this, number](const QString& sentence, const QString& hint) {
            if (number == m_computation) {
                m_begun.reset();
                setComputing(false);
            }
            Q_EMIT m_context.session->failed(sentence, hint);
        });
}

void LandscapeBench::cancelComputing()
{
    ++m_computation;  // a queued question answers nothing any more, one under way perhaps late
    m_questions->cancelComputing();
    setComputing(false);
}

void LandscapeBench::computeCurvature()
{
    if (!m_model->training().setup() || m_context.session->activity() != RunSession::Activity::Idle) {
        return;
    }
    setComputing(true);
    const int number = ++m_computation;
    m_questions->ask(
        QStringLiteral("hessian"), {{"step", m_context.model->following() ? -1 : m_model->shownStep()}},
        [this, number](const record::Block& block) {
            if (number == m_computation) {
                setComputing(false);
            }
            m_model->addAnswer(block);
            m_left->setCurrentIndex(std::max(1, m_left->currentIndex()));
        },
        [this, number](const QString& sentence, const QString& hint) {
            if (number == m_computation) {
                setComputing(false);
            }
            Q_EMIT m_context.session->failed(sentence, hint);
        });
}

Json LandscapeBench::planeArguments() const
{
    if (!m_model->training().setup()) {
        return {};
    }
    const auto* grid = m_model->grid();
    if (grid == nullptr) {
        return {{"step", m_model->shownStep()}};
    }
    if (const auto asked = m_asked.find(grid->plane.id); asked != m_asked.end()) {
        return {{"settings", asked->second}};
    }
    return {{"plane", grid->plane.id}};
}

void LandscapeBench::askLater()
{
    m_ask.start();
}

void LandscapeBench::askNow()
{
    // While a run goes on the worker is busy with it; the questions would come too late.
    if (m_context.session->activity() != RunSession::Activity::Idle || m_context.model->isEmpty() || planeArguments().is_null()) {
        return;
    }
    if (m_right->currentIndex() == 0) {
        askDecisionMap();
    } else if (m_right->currentIndex() == 2) {
        askSampleLosses();
    }
}

void LandscapeBench::askDecisionMap()
{
    const auto& setup = *m_model->training().setup();
    if (setup.sample_shape != std::vector<std::int64_t>{2}) {
        m_decisions->setProblem(setup.data_set.empty() ? tr("A decision map needs a network of two inputs; this one learns from no data.")
                                                       : tr("A decision map needs a network of two inputs; this one was trained on %1.")
                                                             .arg(QString::fromStdString(setup.data_set)),
                                tr("Choose two moons, spirals, rings or painted points as data set."));
        return;
    }
    Json arguments = planeArguments();
    arguments["alpha"] = m_model->grid() == nullptr ? 0.0 : m_model->probe().x();
    arguments["beta"] = m_model->grid() == nullptr ? 0.0 : m_model->probe().y();
    m_questions->ask(
        QStringLiteral("decision-map"), arguments,
        [this](const record::Block& block) {
            auto map = record::decision_map_from(block);
            if (map.ok()) {
                m_decisions->setMap(std::move(map).value());
            } else {
                m_decisions->setProblem(QString::fromStdString(map.error().message), QString::fromStdString(map.error().hint));
            }
        },
        [this](const QString& sentence, const QString& hint) { m_decisions->setProblem(sentence, hint); });
}

void LandscapeBench::askSampleLosses()
{
    if (m_model->grid() == nullptr) {
        m_losses->setSampleLosses(std::nullopt);
        return;
    }
    Json arguments = planeArguments();
    arguments["alpha"] = m_model->cursor().x();
    arguments["beta"] = m_model->cursor().y();
    m_questions->ask(
        QStringLiteral("sample-losses"), arguments,
        [this](const record::Block& block) {
            auto losses = record::sample_losses_from(block);
            m_losses->setSampleLosses(losses.ok() ? std::optional(std::move(losses).value()) : std::nullopt);
        },
        [this](const QString&, const QString&) { m_losses->setSampleLosses(std::nullopt); });
}

double LandscapeBench::sessionLearningRate() const
{
    const auto& settings = m_context.session->config().settings;
    const auto it = settings.find("learning_rate");
    const auto* rate = it == settings.end() ? nullptr : std::get_if<double>(&it->second);
    return rate == nullptr ? std::numeric_limits<double>::quiet_NaN() : *rate;
}

/// As the record's config says; read once a record.
double LandscapeBench::baseLearningRate()
{
    const auto* started = m_context.model->started();
    if (started == nullptr) {
        return std::numeric_limits<double>::quiet_NaN();
    }
    if (m_baseRateOf != m_model->generation()) {
        m_baseRateOf = m_model->generation();
        m_baseRate = std::numeric_limits<double>::quiet_NaN();
        if (const auto json = parse_json(started->config_json, "record"); json.ok()) {
            for (const auto* section : {"landscape", "training"}) {
                const auto it = json.value().find(section);
                if (it != json.value().end() && it->is_object() && it->contains("learning_rate") && (*it)["learning_rate"].is_number()) {
                    m_baseRate = (*it)["learning_rate"].get<double>();
                }
            }
        }
    }
    return m_baseRate;
}

/// The base rate that the run was at at the moment shown, before its schedule.
double LandscapeBench::recordedLearningRate()
{
    double rate = baseLearningRate();
    const int until = m_context.model->shownRounds();
    for (const auto& change : m_model->training().changes()) {
        if (change.key.ends_with("learning_rate") && (m_context.model->following() || change.moment < until)) {
            rate = QString::fromStdString(change.to).toDouble();
        }
    }
    return rate;
}

void LandscapeBench::takeLearningRate()
{
    const double wanted = sessionLearningRate();
    const double recorded = recordedLearningRate();
    m_rate->setEnabled(wanted > 0);
    if (!(wanted > 0)) {
        m_rateText->clear();
        return;
    }
    {
        const QSignalBlocker quiet(m_rate);
        m_rate->setValue(static_cast<int>(std::lround(kSlots * std::log10(wanted))));
    }
    m_rateText->setText(widgets::shortNumber(wanted, 3));
    // A schedule multiplies the base rate; what is measured stands under the product, and so does what the slider will make of it.
    const auto* measured = m_model->hessian();
    const bool other = measured != nullptr && recorded > 0 && std::abs(wanted / recorded - 1) > 1e-9;
    m_model->setLearningRate(other ? measured->learning_rate * wanted / recorded : std::numeric_limits<double>::quiet_NaN());
}

void LandscapeBench::slideLearningRate(int position)
{
    // Three digits, as a person would write it.
    const double raw = std::pow(10.0, position / kSlots);
    const double power = std::pow(10.0, std::floor(std::log10(raw)) - 2);
    m_context.session->edit("learning_rate", std::round(raw / power) * power);
    takeLearningRate();
}

void LandscapeBench::refreshPoints()
{
    const auto& methods = m_context.session->config().methods;
    const auto chosen = methods.find("data_set");
    const bool painted = chosen != methods.end() && chosen->second.id == "painted-points";
    m_paint->setVisible(!painted);
    if (painted) {
        if (const auto values = chosen->second.values.find("points"); values != chosen->second.values.end()) {
            if (const auto* list = std::get_if<std::vector<double>>(&values->second)) {
                m_points->setValues(*list);
            }
        }
    }
}

void LandscapeBench::paintInstead()
{
    const auto values = m_points->canvas()->values();
    m_context.session->choose("data_set", "painted-points");
    if (values.size() >= 3) {
        m_context.session->edit("method.data_set.values.points", values);
    }
    refreshPoints();
}

}  // namespace timberline::app
