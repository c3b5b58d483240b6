// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/draft_bench_panes.h"

#include "core/record/folds.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace timberline::app {

using widgets::LayerDraftValue;

namespace {

constexpr const char* kSelfSpeculation = "self-speculation";
const QString kLayers = QStringLiteral("layer-acceptance");
constexpr int kLengths = 8;

QHBoxLayout* barAbove(QVBoxLayout* layout)
{
    layout->setContentsMargins(0, 4, 0, 0);
    layout->setSpacing(2);
    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(12, 0, 12, 0);
    bar->setSpacing(6);
    layout->addLayout(bar);
    return bar;
}

std::vector<TokenId> text_of(const record::Record& record)
{
    const auto* started = record::run_started(record);
    std::vector<TokenId> out = started != nullptr ? started->prompt : std::vector<TokenId>{};
    const auto generated = record::generated_ids(record);
    out.insert(out.end(), generated.begin(), generated.end());
    return out;
}

std::int64_t integer_of(const Values& values, const char* key)
{
    const auto it = values.find(key);
    const auto* value = it == values.end() ? nullptr : std::get_if<std::int64_t>(&it->second);
    return value == nullptr ? 0 : *value;
}

}  // namespace

// --- break-even -------------------------------------------------------------------------------------------------------------------------

BreakEvenPane::BreakEvenPane(const BenchContext& context, QWidget* parent)
    : QWidget(parent), m_context(context), m_view(new widgets::BreakEvenView(context.model, break_even_facts, this)),
      m_width(new QComboBox(this)), m_measure(new QPushButton(this))
{
    auto* layout = new QVBoxLayout(this);
    auto* bar = barAbove(layout);
    auto* label = new QLabel(tr("Width"), this);
    label->setBuddy(m_width);
    m_width->setAccessibleName(label->text());
    m_width->setToolTip(tr("How many tokens each level of the draft offers to the test"));
    m_width->addItem(tr("as in the run"), 0.0);
    for (const int width : {1, 2, 3, 4, 6, 8}) {
        m_width->addItem(QString::number(width), static_cast<double>(width));
    }
    bar->addWidget(label);
    bar->addWidget(m_width);
    bar->addStretch(1);
    bar->addWidget(m_measure);
    m_measure->setToolTip(
        tr("Times plain decoding and this method five times each: the map then stands on the measured time of a plain token"));
    layout->addWidget(m_view, 1);
    connect(m_width, &QComboBox::currentIndexChanged, this, [this] { m_view->setWidth(m_width->currentData().toDouble()); });
    connect(m_measure, &QPushButton::clicked, this, [this] { m_context.session->measure(5); });
    connect(context.session, &RunSession::measuringChanged, this, &BreakEvenPane::refresh);
    connect(context.session, &RunSession::activityChanged, this, &BreakEvenPane::refresh);
    connect(context.model, &widgets::RecordModel::changed, this, &BreakEvenPane::refresh);
    refresh();
}

void BreakEvenPane::refresh()
{
    const bool measuring = m_context.session->measuring();
    m_measure->setText(measuring ? tr("Measuring…") : tr("Measure speed-up"));
    m_measure->setEnabled(!measuring && m_context.session->activity() == RunSession::Activity::Idle && m_context.model->roundCount() > 0);
}

// --- layers -----------------------------------------------------------------------------------------------------------------------------

LayersPane::LayersPane(const BenchContext& context, DraftQuestions* questions, QWidget* parent)
    : QWidget(parent), m_context(context), m_questions(questions), m_view(new widgets::LayerDraftsView(this)), m_value(new QComboBox(this)),
      m_ask(new QPushButton(this)), m_note(new QLabel(this))
{
    auto* layout = new QVBoxLayout(this);
    auto* bar = barAbove(layout);
    m_value->setAccessibleName(tr("Shown value"));
    m_value->setToolTip(tr("What the cells show. Cost counts the layers computed a token; plain decoding is 1."));
    for (const auto value : {LayerDraftValue::Committed, LayerDraftValue::Acceptance, LayerDraftValue::Cost}) {
        m_value->addItem(widgets::titleOf(value), static_cast<int>(value));
    }
    m_note->setProperty("quiet", true);
    bar->addWidget(m_value);
    bar->addWidget(m_note, 1);
    bar->addWidget(m_ask);
    m_ask->setToolTip(tr("Reads every layer of the model in one pass over the run's text"));
    layout->addWidget(m_view, 1);
    connect(m_value, &QComboBox::currentIndexChanged, this,
            [this] { m_view->setValue(static_cast<LayerDraftValue>(m_value->currentData().toInt())); });
    connect(m_ask, &QPushButton::clicked, this, [this] { m_running ? stop() : ask(); });
    connect(m_view, &widgets::LayerDraftsView::cellChosen, this, &LayersPane::runCell);
    connect(context.model, &widgets::RecordModel::changed, this, [this] {
        dropStale();
        refresh();
    });
    auto* session = context.session;
    for (const auto signal : {&RunSession::configChanged, &RunSession::activityChanged}) {
        connect(session, signal, this, &LayersPane::refresh);
    }
    connect(session, &RunSession::valueChanged, this, &LayersPane::refresh);
    connect(context.jobs, &JobHost::engineLoaded, this, &LayersPane::refresh);
    refresh();
}

void LayersPane::ask()
{
    if (m_running || m_view->answer() || m_context.model->roundCount() == 0 || !m_context.jobs->engineReady()) {
        return;
    }
    m_running = true;
    m_view->showWaiting();
    m_judged = text_of(m_context.model->record());
    m_model = m_context.model->started() != nullptr ? m_context.model->started()->model_name : std::string();
    m_questions->ask(
        kLayers, Json{{"lengths", kLengths}}, DraftQuestions::About::Record,
        [this](const record::Block& block) {
            m_running = false;
            auto answer = record::layer_acceptance_from(block);
            if (answer.ok()) {
                m_view->setAnswer(std::move(answer).value());
            } else {
                m_view->showError(QString::fromStdString(answer.error().message), QString::fromStdString(answer.error().hint));
            }
            refresh();
        },
        [this](const Error& error) {
            m_running = false;
            m_view->showError(QString::fromStdString(error.message), QString::fromStdString(error.hint));
            refresh();
        });
    refresh();
}

void LayersPane::stop()
{
    m_questions->cancel(kLayers);
    m_running = false;
    m_view->clear(tr("Stopped. “Ask every layer” starts again."));
    refresh();
}

void LayersPane::dropStale()
{
    if (!m_view->answer() && !m_running && m_view->state() != widgets::ViewState::Error) {
        return;
    }
    // A cell that is run writes the same text again: as long as what is shown is the beginning of the judged text, the matrix holds.
    const auto* started = m_context.model->started();
    const auto shown = text_of(m_context.model->record());
    const bool same = started == nullptr || (started->model_name == m_model && shown.size() <= m_judged.size() &&
                                             std::equal(shown.begin(), shown.end(), m_judged.begin()));
    if (!same) {
        m_questions->cancel(kLayers);
        m_running = false;
        m_view->clear(tr("Another text is shown. “Ask every layer” reads it."));
    }
}

void LayersPane::refresh()
{
    const auto& drafter = m_context.session->config().drafter;
    const bool self = drafter.id == kSelfSpeculation;
    m_view->setInUse(self ? static_cast<int>(integer_of(drafter.values, "exit_layer")) : 0,
                     self ? static_cast<int>(integer_of(drafter.values, "draft_length")) : 0);
    m_note->setText(self ? tr("dashed: set up now") : QString());
    const bool idle = m_context.session->activity() == RunSession::Activity::Idle;
    m_ask->setText(m_running ? tr("Stop") : tr("Ask every layer"));
    m_ask->setEnabled(m_running || (idle && !m_view->answer() && m_context.model->roundCount() > 0 && m_context.jobs->engineReady()));
}

void LayersPane::runCell(int layer, int length)
{
    auto* session = m_context.session;
    // A controller of another method could choose lengths of its own: the cell is about this one.
    if (!session->choose("drafter", kSelfSpeculation).isEmpty() || !session->choose("controller", "fixed").isEmpty() ||
        !session->edit("exit_layer", std::int64_t{layer}).isEmpty() || !session->edit("draft_length", std::int64_t{length}).isEmpty()) {
        return;
    }
    session->run();
}

}  // namespace timberline::app
