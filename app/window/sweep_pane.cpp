// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/sweep_pane.h"

#include "widgets/theme/theme.h"

#include <QComboBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPointer>
#include <QProgressBar>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace timberline::app {

using widgets::SweepMetric;

namespace {

const QString kTag = QStringLiteral("draft-sweep");

/// Where and with what it ran.
run::Sweep without_points(const run::Sweep& sweep)
{
    run::Sweep out;
    out.version = sweep.version;
    out.model_hash = sweep.model_hash;
    out.draft_hash = sweep.draft_hash;
    out.device = sweep.device;
    out.threads = sweep.threads;
    return out;
}

bool same_methods(const run::Config& a, const run::Config& b)
{
    return a.drafter.id == b.drafter.id && a.controller.id == b.controller.id && a.acceptance.id == b.acceptance.id;
}

}  // namespace

SweepPane::SweepPane(const BenchContext& context, QWidget* parent)
    : QWidget(parent), m_context(context), m_view(new widgets::SweepView(this)), m_repeats(new QSpinBox(this)),
      m_metric(new QComboBox(this)), m_use(new QPushButton(tr("Use these values"), this)), m_start(new QPushButton(this)),
      m_note(new QLabel(this)), m_progress(new QProgressBar(this))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 4, 0, 0);
    layout->setSpacing(2);
    auto* upper = new QHBoxLayout;
    auto* lower = new QHBoxLayout;
    buildBars(upper, lower);
    layout->addLayout(upper);
    layout->addLayout(lower);
    m_progress->setTextVisible(false);
    m_progress->setFixedHeight(3);
    auto keep = m_progress->sizePolicy();
    keep.setRetainSizeWhenHidden(true);  // nothing moves when a sweep begins
    m_progress->setSizePolicy(keep);
    m_progress->hide();
    layout->addWidget(m_progress);
    layout->addWidget(m_view, 1);
    connect(m_metric, &QComboBox::currentIndexChanged, this,
            [this] { m_view->setMetric(static_cast<SweepMetric>(m_metric->currentData().toInt())); });
    connect(m_repeats, &QSpinBox::valueChanged, this, &SweepPane::refresh);
    connect(m_start, &QPushButton::clicked, this, [this] { m_running ? stop() : start(); });
    connect(m_use, &QPushButton::clicked, this, [this] { useCell(m_view->cursor()); });
    connect(m_view, &widgets::SweepView::cellChosen, this, &SweepPane::useCell);
    connect(m_view, &widgets::SweepView::cursorMoved, this, [this] { m_use->setEnabled(m_view->cursor() >= 0); });
    connect(context.session, &RunSession::configChanged, this, &SweepPane::refreshKeys);
    connect(context.session, &RunSession::valueChanged, this, &SweepPane::refreshInUse);
    connect(context.jobs, &JobHost::engineLoaded, this, &SweepPane::refreshKeys);
    m_use->setEnabled(false);
    refreshKeys();
}

SweepPane::~SweepPane() = default;

const SweepChoice* SweepPane::choiceOf(const Axis& axis) const
{
    const auto key = axis.key->currentData().toString().toStdString();
    const auto found = std::ranges::find(m_choices, key, &SweepChoice::key);
    return found == m_choices.end() ? nullptr : &*found;
}

void SweepPane::suggest(Axis& axis)
{
    const auto* choice = choiceOf(axis);
    axis.values->setText(choice != nullptr ? suggested_values(*choice, m_context.session->config()) : QString());
    axis.values->setEnabled(choice != nullptr);
    axis.values->setVisible(choice != nullptr);
}

Result<std::vector<run::Vary>> SweepPane::wanted() const
{
    std::vector<run::Vary> out;
    for (const auto& axis : m_axes) {
        const auto* choice = choiceOf(axis);
        if (choice == nullptr) {
            continue;
        }
        TIMBERLINE_ASSIGN(auto values, run::parse_sweep_values(choice->key, axis.values->text().remove(QLatin1Char(' ')).toStdString()));
        for (const auto& value : values) {
            TIMBERLINE_TRY(parse_value(choice->declaration, value));
        }
        out.push_back({choice->key, std::move(values)});
    }
    TIMBERLINE_TRY(run::count_points(out));
    return out;
}

QString SweepPane::planText(std::size_t points) const
{
    // Each point: one recorded run, then pairs.
    const auto runs = points * static_cast<std::size_t>(1 + 2 * m_repeats->value());
    return tr("%n point(s)", nullptr, static_cast<int>(points)) + QStringLiteral(", ") + tr("%n run(s)", nullptr, static_cast<int>(runs));
}

QString SweepPane::progressText() const
{
    const int done = m_view->finished();
    const QString counted = tr("%1 of %2 points").arg(done).arg(m_points);
    if (done == 0 || !m_clock.isValid()) {
        return counted;
    }
    const double left = static_cast<double>(m_clock.elapsed()) / 1000 / done * (static_cast<double>(m_points) - done);
    return left < 1    ? counted
           : left < 90 ? tr("%1, %2 s left").arg(counted).arg(std::ceil(left))
                       : tr("%1, %2 min left").arg(counted).arg(std::ceil(left / 60));
}

void SweepPane::note(const QString& text, bool wrong)
{
    m_noteText = text;
    m_note->setText(m_note->fontMetrics().elidedText(text, Qt::ElideRight, m_note->width()));
    m_note->setToolTip(text);
    m_note->setAccessibleName(text);
    QPalette colors = palette();
    if (wrong) {
        colors.setColor(QPalette::WindowText, widgets::theme().rejected);
    }
    m_note->setPalette(colors);
}

bool SweepPane::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_note && event->type() == QEvent::Resize) {
        m_note->setText(m_note->fontMetrics().elidedText(m_noteText, Qt::ElideRight, m_note->width()));
    }
    return QWidget::eventFilter(watched, event);
}

void SweepPane::refresh()
{
    const bool ready = m_context.jobs->methods() != nullptr;
    m_start->setText(m_running ? tr("Cancel") : tr("Sweep"));
    m_start->setToolTip(m_running ? tr("Stops; the points that are finished stay")
                                  : tr("Runs the set-up with every combination of these values"));
    if (m_running) {
        m_start->setEnabled(true);
        note(progressText());
        return;
    }
    const auto varied = ready ? wanted() : Result<std::vector<run::Vary>>(make_error(ErrorCode::NotFound, ""));
    m_start->setEnabled(varied.ok());
    if (varied.ok()) {
        note(planText(*run::count_points(*varied)));
    } else {
        note(QString::fromStdString(varied.error().message), true);
    }
}

void SweepPane::refreshInUse()
{
    int cell = -1;
    if (m_sweep && m_view->sweep() && same_methods(m_sweep->config, m_context.session->config())) {
        cell = 0;
        for (const auto& vary : m_sweep->varied) {
            const auto now = run::get_by_path(m_context.session->config(), vary.key);
            const auto at = std::ranges::find_if(vary.values, [&](const std::string& value) {
                bool numbers = false;
                bool other = false;
                const double a = QString::fromStdString(value).toDouble(&numbers);
                const double b = QString::fromStdString(now.value_or("")).toDouble(&other);
                return now && (value == *now || (numbers && other && a == b));
            });
            if (at == vary.values.end()) {
                cell = -1;
                break;
            }
            cell = cell * static_cast<int>(vary.values.size()) + static_cast<int>(at - vary.values.begin());
        }
    }
    m_view->setInUse(cell);
}

// --- sweeping ---------------------------------------------------------------------------------------------------------------------------

void SweepPane::start()
{
    const auto* methods = m_context.jobs->methods();
    if (m_running || methods == nullptr) {
        return;
    }
    auto varied = wanted();
    if (!varied.ok()) {
        refresh();
        return;
    }
    run::Sweep sweep;
    sweep.config = m_context.session->config();
    sweep.config.events.clear();
    sweep.varied = std::move(varied).value();
    sweep.options = {.repeats = m_repeats->value(), .warm_up = 1, .plain = true};
    m_points = *run::count_points(sweep.varied);
    m_sweep = sweep;
    m_running = true;
    m_clock.invalidate();
    m_progress->setRange(0, static_cast<int>(m_points));
    m_progress->setValue(0);
    m_progress->show();
    showData();
    refresh();
    const QPointer<SweepPane> self(this);
    m_context.jobs->submit(kTag, [self, epoch = ++m_epoch, sweep = std::move(sweep)](const JobContext& job) mutable {
        const auto tell = [&job, self, epoch](auto call) {
            job.deliver([self, epoch, call = std::move(call)] {
                if (self != nullptr && self->m_epoch == epoch) {
                    call(*self);
                }
            });
        };
        tell([](SweepPane& pane) { pane.m_clock.start(); });
        // What else was asked meanwhile goes between two runs: a long sweep holds nobody up.
        const run::SweepHooks hooks{.finished =
                                        [&tell, &sweep](const run::SweepPoint& point) {
                                            tell([point, facts = without_points(sweep)](SweepPane& pane) {
                                                pane.takeFacts(facts);
                                                pane.take(point);
                                            });
                                        },
                                    .between_runs = job.serveOthers};
        NullSink quiet;
        const auto steps = run::expand_sweep(sweep.config, sweep.varied, job.engine.methods());
        const Status status = steps.ok() ? run::run_sweep(job.engine, sweep, *steps, job.cancel, quiet, hooks) : Status(steps.error());
        tell([status, facts = without_points(sweep)](SweepPane& pane) {
            pane.takeFacts(facts);
            pane.finish(status);
        });
    });
}

void SweepPane::take(const run::SweepPoint& point)
{
    m_sweep->points.push_back(point);
    m_progress->setValue(static_cast<int>(m_sweep->points.size()));
    showData();
    refresh();
}

void SweepPane::takeFacts(const run::Sweep& facts)
{
    m_sweep->version = facts.version;
    m_sweep->model_hash = facts.model_hash;
    m_sweep->draft_hash = facts.draft_hash;
    m_sweep->device = facts.device;
    m_sweep->threads = facts.threads;
}

void SweepPane::finish(const Status& status)
{
    m_running = false;
    m_progress->hide();
    if (!status.ok() && status.error().code != ErrorCode::Cancelled) {
        m_view->showError(QString::fromStdString(status.error().message), QString::fromStdString(status.error().hint));
        m_sweep.reset();
    } else {
        showData();
    }
    refresh();
}

void SweepPane::stop()
{
    if (m_running) {
        // At once: it may be waiting for another request that it let go first.
        ++m_epoch;
        m_context.jobs->cancel(kTag);
        finish(make_error(ErrorCode::Cancelled, "the sweep was cancelled"));
    }
}

void SweepPane::ask()
{
    if (!m_running && !m_view->sweep() && m_context.jobs->engineReady()) {
        start();
    }
}

void SweepPane::showData()
{
    if (const auto* methods = m_context.jobs->methods(); m_sweep && methods != nullptr) {
        m_view->setSweep(sweep_data(*m_sweep, *methods, m_running));
        refreshInUse();
    }
}

void SweepPane::showSweep(run::Sweep sweep)
{
    ++m_epoch;
    m_context.jobs->cancel(kTag);
    m_running = false;
    m_progress->hide();
    m_points = run::count_points(sweep.varied).ok() ? *run::count_points(sweep.varied) : 0;
    if (sweep.varied.size() > m_axes.size()) {
        m_sweep.reset();
        m_view->showError(
            tr("This sweep varies %n hyperparameters; one or two can be drawn.", nullptr, static_cast<int>(sweep.varied.size())),
            tr("Its table is in sweep.csv beside it."));
        refresh();
        return;
    }
    // As with a record, what was run is what is set up: “Sweep” measures it again on this machine.
    m_sweep = std::move(sweep);
    m_context.session->setConfig(m_sweep->config);
    m_repeats->setValue(m_sweep->options.repeats);
    m_refreshing = true;
    for (std::size_t i = 0; i < m_axes.size(); ++i) {
        auto& axis = m_axes[i];
        const bool used = i < m_sweep->varied.size();
        const int at = axis.key->findData(used ? QString::fromStdString(m_sweep->varied[i].key) : QString());
        axis.key->setCurrentIndex(std::max(at, 0));
        axis.chosen = axis.typed = used && at >= 0;
        suggest(axis);
        if (axis.typed) {
            QStringList values;
            for (const auto& value : m_sweep->varied[i].values) {
                values << QString::fromStdString(value);
            }
            axis.values->setText(values.join(QLatin1Char(',')));
        }
    }
    m_refreshing = false;
    showData();
    refresh();
}

void SweepPane::useCell(int cell)
{
    const auto* methods = m_context.jobs->methods();
    const QString place = m_view->placeText(cell);
    if (!m_sweep || methods == nullptr || place.isEmpty()) {
        return;
    }
    auto* session = m_context.session;
    const bool here = same_methods(m_sweep->config, session->config());
    run::Config config = here ? session->config() : m_sweep->config;
    const auto choices = sweep_choices(config, *methods);
    int rest = cell;
    std::vector<std::pair<std::string, std::string>> values;
    for (std::size_t i = m_sweep->varied.size(); i-- > 0;) {
        const auto& vary = m_sweep->varied[i];
        values.emplace_back(vary.key, vary.values[static_cast<std::size_t>(rest) % vary.values.size()]);
        rest /= static_cast<int>(vary.values.size());
    }
    const bool plain_edits = here && std::ranges::all_of(values, [&](const auto& value) {
                                 return std::ranges::find(choices, value.first, &SweepChoice::key) != choices.end();
                             });
    for (const auto& [key, value] : values) {
        if (plain_edits) {
            const auto parsed = parse_value(std::ranges::find(choices, key, &SweepChoice::key)->declaration, value);
            if (!parsed.ok() || !session->edit(key, *parsed).isEmpty()) {
                return;
            }
        } else if (!run::set_by_path(config, *methods, key, value).ok()) {
            return;
        }
    }
    if (!plain_edits) {
        session->setConfig(config);
    }
    refreshInUse();
    if (!m_running) {
        note(tr("Set up: %1").arg(place));
    }
}

}  // namespace timberline::app
