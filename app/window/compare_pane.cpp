// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/compare_pane.h"

#include "app/window/compare_trees.h"
#include "widgets/draft/compare_view.h"
#include "widgets/panels/parameter_panel.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPointer>
#include <QPushButton>
#include <QScrollArea>
#include <QTabWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>

namespace timberline::app {

using run::ComparedRun;
using widgets::coreText;

namespace {

constexpr const char* kPlain = "plain";

}  // namespace

ComparePane::ComparePane(const BenchContext& context, QWidget* parent)
    : QWidget(parent), m_context(context), m_clock(new widgets::CompareView(this)), m_table(new widgets::CompareTable(this)),
      m_trees(new CompareTrees(context, this)), m_tabs(new QTabWidget(this)), m_add(new QPushButton(this)), m_more(new QToolButton(this)),
      m_menu(new QMenu(this)), m_remove(new QPushButton(this)), m_rebase(new QPushButton(this)), m_run(new QPushButton(this)),
      m_play(new QPushButton(this)), m_pace(new QComboBox(this)), m_show(new QPushButton(this)), m_note(new QLabel(this))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 4, 0, 0);
    layout->setSpacing(2);
    buildBar(layout);
    m_tabs->setDocumentMode(true);
    m_tabs->addTab(buildClock(), tr("Clock"));
    m_tabs->addTab(m_table, tr("Table"));
    m_tabs->addTab(m_trees, tr("Trees"));
    layout->addWidget(m_tabs, 1);
    connect(m_add, &QPushButton::clicked, this, &ComparePane::addSetup);
    connect(m_remove, &QPushButton::clicked, this, &ComparePane::removeChosen);
    connect(m_rebase, &QPushButton::clicked, this, &ComparePane::rebase);
    connect(m_run, &QPushButton::clicked, this, [this] { m_running ? stop() : runAll(); });
    connect(m_show, &QPushButton::clicked, this, [this] { showEntry(m_clock->chosen()); });
    connect(m_menu, &QMenu::aboutToShow, this, &ComparePane::fillMenu);
    connect(m_clock, &widgets::CompareView::opened, this, &ComparePane::showEntry);
    connect(m_table, &widgets::CompareTable::opened, this, &ComparePane::showEntry);
    connect(m_clock, &widgets::CompareView::chosenChanged, m_table, &widgets::CompareTable::choose);
    connect(m_clock, &widgets::CompareView::chosenChanged, this, &ComparePane::refresh);
    connect(m_table, &widgets::CompareTable::chosenChanged, m_clock, &widgets::CompareView::choose);
    auto* session = context.session;
    for (const auto signal : {&RunSession::configChanged, &RunSession::inputChanged, &RunSession::activityChanged}) {
        connect(session, signal, this, &ComparePane::refresh);
    }
    connect(session, &RunSession::valueChanged, this, &ComparePane::refresh);
    connect(context.jobs, &JobHost::engineLoaded, this, &ComparePane::refresh);
    connect(context.jobs, &JobHost::progressArrived, this, &ComparePane::onProgress);
    changed();
}

void ComparePane::buildBar(QVBoxLayout* layout)
{
    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(12, 0, 12, 0);
    bar->setSpacing(6);
    m_add->setText(tr("Add this set-up"));
    m_add->setToolTip(tr("Puts the method that is set up now, with its values, into the comparison"));
    m_more->setText(tr("Add"));
    m_more->setToolTip(tr("Puts plain decoding or another drafter, with its own values, into the comparison"));
    m_more->setPopupMode(QToolButton::InstantPopup);
    m_more->setMenu(m_menu);
    m_more->setFocusPolicy(Qt::TabFocus);
    m_menu->setToolTipsVisible(true);
    m_remove->setText(tr("Remove"));
    m_remove->setToolTip(tr("Takes the chosen method out of the comparison"));
    m_rebase->setText(tr("Take the present one"));
    m_rebase->setToolTip(tr("Compares the same methods with the model, prompt, seed and sampling that are set up now"));
    m_note->setProperty("quiet", true);
    m_note->setMinimumWidth(20);
    bar->addWidget(m_add);
    bar->addWidget(m_more);
    bar->addWidget(m_remove);
    bar->addWidget(m_note, 1);
    bar->addWidget(m_rebase);
    bar->addWidget(m_run);
    layout->addLayout(bar);
}

QWidget* ComparePane::buildClock()
{
    auto* pane = new QWidget(this);
    auto* layout = new QVBoxLayout(pane);
    layout->setContentsMargins(0, 2, 0, 0);
    layout->setSpacing(2);
    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(12, 0, 12, 0);
    bar->setSpacing(6);
    m_play->setText(tr("Play"));
    m_play->setToolTip(tr("Lets the clock run from here (Space in the picture)"));
    m_pace->setAccessibleName(tr("Pace of the clock"));
    m_pace->setToolTip(tr("How fast the clock runs"));
    m_pace->addItem(tr("in real time"), 1.0);
    for (const int slower : {2, 5, 10, 50}) {
        m_pace->addItem(tr("%1 times slower").arg(slower), 1.0 / slower);
    }
    m_pace->setCurrentIndex(3);
    m_clock->setPace(m_pace->currentData().toDouble());
    m_show->setText(tr("Show in the bench"));
    m_show->setToolTip(tr("Opens the chosen method's run above: tree, text, plots and all (Return in the picture)"));
    bar->addWidget(m_play);
    bar->addWidget(m_pace);
    bar->addStretch(1);
    bar->addWidget(m_show);
    layout->addLayout(bar);
    auto* area = new QScrollArea(pane);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setMinimumHeight(60);
    area->setWidget(m_clock);
    layout->addWidget(area, 1);
    connect(m_play, &QPushButton::clicked, this, [this] { m_clock->setPlaying(!m_clock->playing()); });
    connect(m_clock, &widgets::CompareView::playingChanged, this, [this](bool on) { m_play->setText(on ? tr("Stop") : tr("Play")); });
    connect(m_pace, &QComboBox::currentIndexChanged, this, [this] {
        const bool playing = m_clock->playing();
        m_clock->setPlaying(false);
        m_clock->setPace(m_pace->currentData().toDouble());
        m_clock->setPlaying(playing);
    });
    return pane;
}

bool ComparePane::ready() const
{
    return m_context.jobs->engineReady() && m_context.session->config().bench == "draft";
}

void ComparePane::fillMenu()
{
    m_menu->clear();
    const auto* methods = m_context.jobs->methods();
    if (methods == nullptr) {
        return;
    }
    for (const auto* entry : methods->family("drafter")) {
        const auto& info = entry->info;
        auto* action = m_menu->addAction(coreText(info.title), this, [this, id = info.id] { addMethod(id); });
        const auto config = run::with_method(m_context.session->config(), *methods, info.id);
        action->setEnabled(config.ok());
        action->setToolTip(config.ok() ? coreText(info.summary)
                                       : QString::fromStdString(config.error().message + ". " + config.error().hint));
        if (info.id == kPlain) {
            m_menu->addSeparator();
        }
    }
}

// --- the list of set-ups ----------------------------------------------------------------------------------------------------------------

QString ComparePane::titleOf(const run::Config& config, bool whole) const
{
    const auto* methods = m_context.jobs->methods();
    const auto title = [&](const char* family, const std::string& id) {
        const auto entry = methods != nullptr ? methods->find(family, id) : Result<const MethodRegistry::Entry*>(Error{});
        return entry.ok() ? coreText(entry.value()->info.title) : QString::fromStdString(id);
    };
    // The drafter's own partners go without saying.
    run::Config alone = config;
    alone.controller = alone.acceptance = {};
    alone.events.clear();
    const auto usual = methods != nullptr && !whole ? run::complete(std::move(alone), *methods) : Result<run::Config>(Error{});
    QString out = title("drafter", config.drafter.id);
    if (!usual.ok() || usual->controller.id != config.controller.id) {
        out += QStringLiteral(" · ") + title("decode controller", config.controller.id);
    }
    if (!usual.ok() || usual->acceptance.id != config.acceptance.id) {
        out += QStringLiteral(" · ") + title("acceptance rule", config.acceptance.id);
    }
    return out;
}

void ComparePane::nameEntries()
{
    std::map<QString, int> titles, names;
    for (const auto& entry : m_entries) {
        ++titles[titleOf(entry.config, false)];
    }
    for (auto& entry : m_entries) {
        QString name = titleOf(entry.config, false);
        if (titles.at(name) > 1 && m_context.jobs->methods() != nullptr) {
            for (const auto& value : run::unlike_defaults(entry.config, *m_context.jobs->methods())) {
                name += QStringLiteral(" · ") + QString::fromStdString(value);
            }
        }
        if (const int count = ++names[name]; count > 1) {
            name += QStringLiteral(" (%1)").arg(count);
        }
        entry.label = name.toStdString();
    }
    for (std::size_t i = 0; i < m_entries.size(); ++i) {
        m_runs[i].label = m_entries[i].label;
    }
}

void ComparePane::add(run::Config config)
{
    if (m_running || !ready()) {
        return;
    }
    m_failed.reset();
    config.events.clear();
    if (!m_entries.empty()) {
        config = run::with_shared(std::move(config), m_entries.front().config);
    }
    const auto same = std::ranges::find(m_entries, config, &run::ComparisonEntry::config);
    if (same == m_entries.end()) {
        m_runs.push_back(notRun({}, run::is_plain(config)));
        m_entries.push_back({{}, std::move(config)});
        changed();
        m_clock->choose(static_cast<int>(m_entries.size()) - 1);
    } else {
        m_clock->choose(static_cast<int>(same - m_entries.begin()));  // it is there already
    }
}

void ComparePane::addSetup()
{
    add(m_context.session->config());
}

void ComparePane::addPlain()
{
    addMethod(kPlain);
}

void ComparePane::addMethod(const std::string& drafter)
{
    if (!ready()) {
        return;
    }
    const auto& now = m_context.session->config();
    const auto& methods = *m_context.jobs->methods();
    auto config = drafter == kPlain ? run::plain_of(now, methods) : run::with_method(now, methods, drafter);
    if (config.ok()) {
        add(std::move(config).value());
    } else {
        m_failed = config.error();
        refresh();
    }
}

void ComparePane::removeChosen()
{
    const int chosen = m_clock->chosen();
    if (m_running || chosen < 0 || static_cast<std::size_t>(chosen) >= m_entries.size()) {
        return;
    }
    m_failed.reset();
    m_entries.erase(m_entries.begin() + chosen);
    m_runs.erase(m_runs.begin() + chosen);
    changed();
}

void ComparePane::rebase()
{
    m_failed.reset();
    const auto& now = m_context.session->config();
    for (std::size_t i = 0; i < m_entries.size() && !m_running; ++i) {
        auto& config = m_entries[i].config;
        if (config.model != now.model) {
            // Draft models and heads belong to a model.
            config.draft_model = config.draft_model.empty() ? std::string() : now.draft_model;
            config.heads = config.drafter.id == now.drafter.id ? now.heads : std::string();
        }
        config = run::with_shared(std::move(config), now);
        m_runs[i] = notRun(m_entries[i].label, run::is_plain(config));
    }
    changed();
}

// --- what is shown ----------------------------------------------------------------------------------------------------------------------

void ComparePane::changed()
{
    nameEntries();
    std::vector<widgets::CompareLane> lanes;
    std::vector<NamedRun> named;
    for (const auto& run : m_runs) {
        const QString label = QString::fromStdString(run.label);
        lanes.push_back({.label = label,
                         .record = run.record,
                         .error = run.error ? QString::fromStdString(run.error->message) : QString(),
                         .plain = run.plain});
        if (run.record != nullptr) {
            named.push_back({label, run.record});
        }
    }
    m_clock->setLanes(std::move(lanes));
    m_trees->setRuns(std::move(named));
    if (m_entries.empty()) {
        m_clock->showEmpty(
            tr("Several methods on the same prompt and seed will stand here on one clock. Add them, or press “Run all”: it compares "
               "this set-up with plain decoding."));
        m_table->clear(tr("Accepted tokens, times and measured speed-up of each method will stand here. Press “Run all”."));
    } else {
        auto cells = comparison_cells(m_runs);
        for (std::size_t i = 0; i < m_entries.size(); ++i) {
            cells.rows[i].front().help = titleOf(m_entries[i].config, true);
        }
        m_table->setCells(std::move(cells));
        m_table->choose(m_clock->chosen());
    }
    refresh();
}

QString ComparePane::noteText() const
{
    if (m_running) {
        const auto done = std::ranges::count_if(m_runs, [](const ComparedRun& run) { return run.record != nullptr || run.error; });
        return tr("Running and timing %1 of %2").arg(std::min<std::ptrdiff_t>(done + 1, std::ssize(m_runs))).arg(m_runs.size());
    }
    if (m_failed) {
        return QString::fromStdString(m_failed->message);
    }
    if (m_entries.empty()) {
        return {};
    }
    const auto key = run::first_unshared(m_entries.front().config, m_context.session->config());
    if (!key.empty()) {
        return key == "prompt" || key == "ids" ? tr("This comparison is of an earlier prompt.")
               : key == "model"                ? tr("This comparison is of another model.")
                                               : tr("This comparison is of other settings (%1).").arg(QString::fromStdString(key));
    }
    return m_entries.size() < 2 ? tr("A comparison needs two: add another method.") : QString();
}

void ComparePane::refresh()
{
    const bool ran = m_clock->chosen() >= 0 && static_cast<std::size_t>(m_clock->chosen()) < m_runs.size() &&
                     m_runs[static_cast<std::size_t>(m_clock->chosen())].record != nullptr;
    const bool stale = !m_entries.empty() && !run::first_unshared(m_entries.front().config, m_context.session->config()).empty();
    m_note->setText(noteText());
    m_note->setToolTip(m_failed ? QString::fromStdString(m_failed->message + "\n" + m_failed->hint) : m_note->text());
    m_rebase->setVisible(stale && !m_running);
    m_run->setText(m_running ? tr("Stop") : tr("Run all"));
    m_run->setToolTip(tr("Runs each method once and times it %1 times beside plain decoding").arg(run::kComparisonRepeats));
    m_run->setEnabled(m_running || (ready() && m_entries.size() != 1));
    m_add->setEnabled(ready() && !m_running);
    m_more->setEnabled(ready() && !m_running);
    m_remove->setEnabled(!m_entries.empty() && !m_running);
    m_play->setEnabled(m_clock->end() > 0);
    m_show->setEnabled(ran && !m_running);
}

}  // namespace timberline::app
