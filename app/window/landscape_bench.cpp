// SPDX-License-Identifier: GPL-3.0-or-later
// Panes and controls of the Landscape bench. What it asks the engine: landscape_bench_questions.cpp.
#include "app/window/landscape_bench.h"

#include "app/window/landscape_questions.h"
#include "widgets/attention/flow_layout.h"
#include "widgets/landscape/contour_view.h"
#include "widgets/landscape/curve_view.h"
#include "widgets/landscape/decision_map_view.h"
#include "widgets/landscape/hessian_view.h"
#include "widgets/landscape/landscape_inspector.h"
#include "widgets/landscape/line_view.h"
#include "widgets/landscape/loss_histogram_view.h"
#include "widgets/landscape/painted_points.h"
#include "widgets/landscape/plane_text.h"
#include "widgets/landscape/stability_view.h"
#include "widgets/landscape/surface_view.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QSlider>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabBar>
#include <QTabWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include <cmath>

namespace timberline::app {

using widgets::HeightMode;
using widgets::PlaneText;
using widgets::ShownSurfaces;

namespace {

constexpr int kAskAfter = 30;  ///< milliseconds without a move before the network under the cursor is asked for

QLabel* heading(const QString& text, QWidget* parent)
{
    auto* label = new QLabel(text, parent);
    label->setProperty("section", true);
    return label;
}

QComboBox* chooser(const QString& name, const QString& help, QWidget* parent)
{
    auto* box = new QComboBox(parent);
    box->setAccessibleName(name);
    box->setToolTip(help);
    box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    return box;
}

QToolButton* button(const QString& text, const QString& help, QWidget* parent)
{
    auto* out = new QToolButton(parent);
    out->setText(text);
    out->setToolTip(help);
    out->setFocusPolicy(Qt::TabFocus);
    return out;
}

}  // namespace

LandscapeBench::LandscapeBench(const BenchContext& context, QWidget* parent)
    : Bench(parent), m_context(context), m_model(new widgets::LandscapeModel(context.model, this)),
      m_questions(new LandscapeQuestions(context, m_model, this)), m_contours(new widgets::ContourView(m_model, this)),
      m_surface(new widgets::SurfaceView(m_model, this)), m_line(new widgets::LineView(m_model, this)),
      m_slice(new widgets::LineView(m_model, this)), m_curve(new widgets::CurveView(m_model, this)),
      m_stability(new widgets::StabilityView(m_model, this)), m_hessian(new widgets::HessianView(m_model, this)),
      m_losses(new widgets::LossHistogramView(m_model, this)), m_decisions(new widgets::DecisionMapView(this)),
      m_points(new widgets::PaintedPoints(this)), m_inspector(new widgets::LandscapeInspector(m_model, this)),
      m_summary(new widgets::LandscapeSummary(m_model, this)), m_stack(new QStackedWidget(this)), m_left(nullptr), m_right(nullptr),
      m_planes(nullptr), m_surfaces(nullptr), m_heights(nullptr), m_compute(nullptr), m_stop(nullptr), m_rate(nullptr), m_rateText(nullptr),
      m_paint(nullptr), m_status(nullptr)
{
    setObjectName(QStringLiteral("landscape-bench"));
    m_line->setObjectName(QStringLiteral("landscape-line-large"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 8, 12, 0);
    layout->setSpacing(4);
    layout->addWidget(buildControls());
    m_stack->addWidget(m_contours);
    m_stack->addWidget(m_line);
    auto* upper = new QSplitter(Qt::Horizontal, this);
    upper->setChildrenCollapsible(false);
    upper->addWidget(m_stack);
    upper->addWidget(m_surface);
    upper->setStretchFactor(0, 3);
    upper->setStretchFactor(1, 2);
    upper->setSizes({560, 420});
    auto* lower = new QSplitter(Qt::Horizontal, this);
    lower->setChildrenCollapsible(false);
    lower->addWidget(buildLeftTabs());
    lower->addWidget(buildRightTabs());
    lower->setStretchFactor(0, 1);
    lower->setStretchFactor(1, 1);
    lower->setSizes({500, 500});
    auto* splitter = new QSplitter(Qt::Vertical, this);
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(upper);
    splitter->addWidget(lower);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    splitter->setSizes({500, 320});
    layout->addWidget(splitter, 1);
    m_inspector->hide();
    m_summary->hide();
    connectAll();
    refreshControls();
    refreshPoints();
}

LandscapeBench::~LandscapeBench() = default;

QWidget* LandscapeBench::buildControls()
{
    auto* row = new QWidget(this);
    auto* flow = new widgets::FlowLayout(row, 6);
    flow->addWidget(heading(tr("Loss landscape"), row));
    m_planes = chooser(tr("Plane"), tr("Which surface of this run is shown"), row);
    m_planes->setObjectName(QStringLiteral("landscape-plane"));
    m_surfaces = chooser(tr("Surfaces"), tr("Training and test share one colour scale"), row);
    m_surfaces->setObjectName(QStringLiteral("landscape-surfaces"));
    m_surfaces->addItem(tr("training and test"), static_cast<int>(ShownSurfaces::Both));
    m_surfaces->addItem(tr("training"), static_cast<int>(ShownSurfaces::Train));
    m_surfaces->addItem(tr("test"), static_cast<int>(ShownSurfaces::Test));
    m_heights = chooser(tr("Height"), tr("What colours and heights stand for"), row);
    m_heights->setObjectName(QStringLiteral("landscape-height"));
    for (const auto mode : {HeightMode::Loss, HeightMode::LogLoss, HeightMode::LogAboveMinimum, HeightMode::Accuracy}) {
        m_heights->addItem(PlaneText::quantity(mode), static_cast<int>(mode));
    }
    auto* noise = button(tr("Noise"), tr("Hatch where contour lines stand closer than the standard error of the loss"), row);
    noise->setCheckable(true);
    noise->setChecked(true);
    connect(noise, &QToolButton::toggled, m_contours, &widgets::ContourView::setNoiseHatching);
    m_compute = button(tr("Compute"), tr("Compute another plane of this run, or its curvature, without training again"), row);
    m_compute->setObjectName(QStringLiteral("landscape-compute"));
    m_compute->setPopupMode(QToolButton::InstantPopup);
    m_compute->setMenu(buildPlaneMenu());
    m_stop = button(tr("Cancel"), tr("Stop computing; what is there stays, and computing the same plane again goes on from it"), row);
    m_stop->setObjectName(QStringLiteral("landscape-cancel"));
    connect(m_stop, &QToolButton::clicked, this, &LandscapeBench::cancelComputing);
    m_status = new QLabel(row);
    m_status->setProperty("quiet", true);
    for (QWidget* widget :
         {static_cast<QWidget*>(m_planes), static_cast<QWidget*>(m_surfaces), static_cast<QWidget*>(m_heights),
          static_cast<QWidget*>(noise), static_cast<QWidget*>(m_compute), static_cast<QWidget*>(m_stop), static_cast<QWidget*>(m_status)}) {
        flow->addWidget(widget);
    }
    return row;
}

QWidget* LandscapeBench::buildLeftTabs()
{
    m_left = new QTabWidget(this);
    m_left->setObjectName(QStringLiteral("landscape-left-tabs"));
    auto* curvePane = new QWidget(m_left);
    auto* curveLayout = new QVBoxLayout(curvePane);
    curveLayout->setContentsMargins(0, 0, 0, 0);
    curveLayout->setSpacing(0);
    curveLayout->addWidget(m_curve, 1);
    auto* logarithmic = button(tr("Log"), tr("Losses on a logarithmic axis"), m_left);
    logarithmic->setCheckable(true);
    m_left->setCornerWidget(logarithmic, Qt::TopRightCorner);
    connect(logarithmic, &QToolButton::toggled, m_curve, &widgets::CurveView::setLogarithmic);
    connect(m_left, &QTabWidget::currentChanged, logarithmic, [logarithmic](int tab) { logarithmic->setEnabled(tab == 0); });
    auto* stabilityPane = new QWidget(m_left);
    auto* stabilityLayout = new QVBoxLayout(stabilityPane);
    stabilityLayout->setContentsMargins(0, 4, 0, 0);
    stabilityLayout->setSpacing(2);
    auto* row = new QHBoxLayout;
    auto* label = new QLabel(tr("Learning rate"), stabilityPane);
    m_rate = new QSlider(Qt::Horizontal, stabilityPane);
    m_rate->setObjectName(QStringLiteral("landscape-learning-rate"));
    m_rate->setRange(-500, 100);  // hundredths of a decade: 1e-5 to 10
    m_rate->setPageStep(10);
    m_rate->setAccessibleName(tr("Learning rate"));
    m_rate->setToolTip(tr("Moves the limit of stability at once, and sets the learning rate of the training (next step while it runs)"));
    m_rateText = new QLabel(stabilityPane);
    m_rateText->setMinimumWidth(fontMetrics().horizontalAdvance(QStringLiteral("0.00000")));
    m_rateText->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    label->setBuddy(m_rate);
    row->setContentsMargins(8, 0, 8, 0);
    row->addWidget(label);
    row->addWidget(m_rate, 1);
    row->addWidget(m_rateText);
    stabilityLayout->addLayout(row);
    stabilityLayout->addWidget(m_stability, 1);
    m_left->addTab(curvePane, tr("Training"));
    m_left->addTab(stabilityPane, tr("Stability"));
    m_left->addTab(m_hessian, tr("Spectrum"));
    m_left->setTabToolTip(0, m_curve->title());
    m_left->setTabToolTip(1, m_stability->title());
    m_left->setTabToolTip(2, m_hessian->title());
    m_left->setUsesScrollButtons(true);
    m_left->tabBar()->setExpanding(false);
    return m_left;
}

QWidget* LandscapeBench::buildRightTabs()
{
    m_right = new QTabWidget(this);
    m_right->setObjectName(QStringLiteral("landscape-right-tabs"));
    m_right->addTab(m_decisions, tr("Decisions"));
    auto* slicePane = new QWidget(m_right);
    auto* sliceLayout = new QVBoxLayout(slicePane);
    sliceLayout->setContentsMargins(0, 4, 0, 0);
    sliceLayout->setSpacing(2);
    auto* across = button(tr("Along β"), tr("Slice the plane along β instead of α"), slicePane);
    across->setCheckable(true);
    connect(across, &QToolButton::toggled, m_slice, &widgets::LineView::setAlongBeta);
    sliceLayout->addWidget(across);
    sliceLayout->addWidget(m_slice, 1);
    m_right->addTab(slicePane, tr("Slice"));
    m_right->addTab(m_losses, tr("Samples"));
    auto* paintPane = new QWidget(m_right);
    auto* layout = new QVBoxLayout(paintPane);
    layout->setContentsMargins(8, 4, 8, 4);
    m_paint = button(tr("Train on painted points"), tr("Chooses the painted points as data set; the next run trains on them"), paintPane);
    connect(m_paint, &QToolButton::clicked, this, &LandscapeBench::paintInstead);
    layout->addWidget(m_paint);
    layout->addWidget(m_points, 1);
    m_right->addTab(paintPane, tr("Paint data"));
    connect(m_right, &QTabWidget::currentChanged, this, &LandscapeBench::askLater);
    m_right->setTabToolTip(0, m_decisions->title());
    m_right->setTabToolTip(2, m_losses->title());
    m_right->setUsesScrollButtons(true);
    m_right->tabBar()->setExpanding(false);
    return m_right;
}

void LandscapeBench::connectAll()
{
    connect(m_planes, &QComboBox::activated, this, [this](int index) { m_model->choosePlane(m_planes->itemData(index).toInt()); });
    connect(m_surfaces, &QComboBox::activated, this,
            [this](int index) { m_model->setSurfaces(static_cast<ShownSurfaces>(m_surfaces->itemData(index).toInt())); });
    connect(m_heights, &QComboBox::activated, this,
            [this](int index) { m_model->setMode(static_cast<HeightMode>(m_heights->itemData(index).toInt())); });
    connect(m_model, &widgets::LandscapeModel::gridChanged, this, &LandscapeBench::refreshControls);
    connect(m_model, &widgets::LandscapeModel::trainingChanged, this, &LandscapeBench::refreshStatus);
    connect(m_model, &widgets::LandscapeModel::trainingChanged, this, &LandscapeBench::takeLearningRate);
    connect(m_context.session, &RunSession::activityChanged, this, &LandscapeBench::refreshControls);
    connect(m_context.session, &RunSession::configChanged, this, &LandscapeBench::refreshPoints);
    connect(m_context.session, &RunSession::configChanged, this, &LandscapeBench::takeLearningRate);
    // Before the first run the empty views' button means Run.
    for (auto* view : views()) {
        connect(view, &widgets::View::actionRequested, m_context.session, &RunSession::run);
    }
    m_ask.setSingleShot(true);
    m_ask.setInterval(kAskAfter);
    connect(&m_ask, &QTimer::timeout, this, &LandscapeBench::askNow);
    connect(m_model, &widgets::LandscapeModel::probeChanged, this, &LandscapeBench::askLater);
    connect(m_model, &widgets::LandscapeModel::gridChanged, this, &LandscapeBench::askLater);
    connect(m_model, &widgets::LandscapeModel::trainingChanged, this, &LandscapeBench::askLater);
    connect(m_context.session, &RunSession::finished, this, &LandscapeBench::askLater);
    connect(m_rate, &QSlider::valueChanged, this, &LandscapeBench::slideLearningRate);
    connect(m_context.session, &RunSession::valueChanged, this, &LandscapeBench::takeLearningRate);
    connect(m_points, &widgets::PaintedPoints::valuesChanged, this, [this](const std::vector<double>& values) {
        const auto& methods = m_context.session->config().methods;
        if (const auto chosen = methods.find("data_set");
            chosen != methods.end() && chosen->second.id == "painted-points" && values.size() >= 3) {
            m_context.session->edit("method.data_set.values.points", values);
        }
    });
}

QList<widgets::View*> LandscapeBench::views() const
{
    return {m_contours, m_surface, m_curve, m_stability, m_hessian, m_decisions, m_slice, m_losses};
}

QWidget* LandscapeBench::inspector()
{
    return m_inspector;
}

QWidget* LandscapeBench::summary()
{
    return m_summary;
}

void LandscapeBench::selectSomething()
{
    const auto* grid = m_model->grid();
    if (grid != nullptr && m_model->cursorCell() == QPoint(grid->nx() / 2, grid->ny() / 2)) {
        m_model->setCursorCell({grid->nx() * 2 / 3, grid->ny() * 2 / 5});
    }
}

void LandscapeBench::refreshControls()
{
    if (m_generation != m_model->generation()) {
        m_generation = m_model->generation();
        m_asked.clear();
        m_begun.reset();
        m_nextPlane = widgets::kFirstAnswer;
        setComputing(false);
        m_decisions->setMap(std::nullopt);
        m_losses->setSampleLosses(std::nullopt);
    }
    if (m_context.session->activity() == RunSession::Activity::Running) {
        m_decisions->setWaiting();
    }
    refreshPlanes();
    refreshPane();
    const auto* grid = m_model->grid();
    m_surfaces->setVisible(m_model->hasTest());
    m_surfaces->setCurrentIndex(m_surfaces->findData(static_cast<int>(m_model->surfaces())));
    m_heights->setVisible(grid != nullptr);
    m_compute->setEnabled(!m_computing && m_context.session->activity() == RunSession::Activity::Idle &&
                          m_model->training().setup().has_value());
    m_stop->setVisible(m_computing);
    refreshStatus();
}

void LandscapeBench::refreshPlanes()
{
    const QSignalBlocker quiet(m_planes);
    const auto& grids = m_model->fold().grids();
    const bool follows = grids.size() > 1 && grids.front().plane.following;
    // Surfaces that followed training are reached with the timeline; a list of hundreds would help nobody.
    std::vector<std::pair<QString, int>> entries;
    entries.emplace_back(follows ? tr("follow the timeline") : tr("of the run"), -1);
    for (const auto& grid : grids) {
        if (grid.plane.id >= widgets::kFirstAnswer) {
            entries.emplace_back(PlaneText::planeName(grid.plane), grid.plane.id);
        }
    }
    bool same = static_cast<int>(entries.size()) == m_planes->count();
    for (std::size_t k = 0; same && k < entries.size(); ++k) {
        same = m_planes->itemText(static_cast<int>(k)) == entries[k].first;
    }
    if (!same) {
        m_planes->clear();
        for (const auto& [text, id] : entries) {
            m_planes->addItem(text, id);
        }
    }
    m_planes->setCurrentIndex(std::max(0, m_planes->findData(m_model->chosenPlane())));
    m_planes->setVisible(entries.size() > 1);
}

void LandscapeBench::refreshPane()
{
    const auto* grid = m_model->grid();
    const bool line = grid != nullptr && grid->line();
    m_stack->setCurrentWidget(line ? static_cast<QWidget*>(m_line) : m_contours);
    m_surface->setVisible(!line);
}

void LandscapeBench::refreshStatus()
{
    const auto activity = m_context.session->activity();
    QStringList parts;
    if (activity == RunSession::Activity::Running) {
        parts.append(tr("running"));
    } else if (activity == RunSession::Activity::Paused) {
        parts.append(tr("paused"));
    } else if (m_computing) {
        parts.append(tr("computing"));
    }
    const auto* grid = m_model->grid();
    if (grid != nullptr) {
        const auto step = m_model->shownStep();
        if (step >= 0 && step != grid->plane.center_step) {
            // A surface of another moment says how old it is.
            parts.append(step > grid->plane.center_step
                             ? tr("surface %n step(s) old", nullptr, static_cast<int>(step - grid->plane.center_step))
                             : tr("surface of step %1").arg(grid->plane.center_step));
        }
        if (grid->known() < static_cast<std::int64_t>(grid->level.size())) {
            parts.append(PlaneText::progress(*grid));
        }
    }
    m_status->setText(parts.join(QStringLiteral(", ")));
}

void LandscapeBench::setComputing(bool on)
{
    if (on != m_computing) {
        m_computing = on;
        m_stop->setVisible(on);
        m_compute->setEnabled(!on);
        refreshStatus();
    }
}

}  // namespace timberline::app
