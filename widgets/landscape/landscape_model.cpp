// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/landscape/landscape_model.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace timberline::widgets {

namespace {

bool ofLandscape(const record::Block& block)
{
    return block.kind.starts_with("landscape-");
}

int nearest(const record::LandscapeAxis& axis, double position)
{
    if (axis.points <= 1 || axis.high == axis.low) {
        return 0;
    }
    const double k = (position - axis.low) / (axis.high - axis.low) * (axis.points - 1);
    return static_cast<int>(std::lround(std::clamp(k, 0.0, static_cast<double>(axis.points - 1))));
}

}  // namespace

LandscapeModel::LandscapeModel(RecordModel* records, QObject* parent)
    : QObject(parent), m_records(records), m_learningRate(std::numeric_limits<double>::quiet_NaN())
{
    connect(m_records, &RecordModel::changed, this, &LandscapeModel::refresh);
    connect(m_records, &RecordModel::shownChanged, this, &LandscapeModel::refresh);
    refresh();
}

void LandscapeModel::fold(const record::Block& block)
{
    const auto hessians = m_fold.hessians().size();
    m_fold.add(block);
    if (m_fold.hessians().size() > hessians) {
        keepCurvature(m_fold.hessians().back(), block.moment);
    }
}

void LandscapeModel::keepCurvature(const record::HessianSummary& summary, std::int32_t moment)
{
    const auto at = std::ranges::lower_bound(m_curvatureMoments, moment);
    const auto place = at - m_curvatureMoments.begin();
    if (at != m_curvatureMoments.end() && *at == moment) {
        // Measured twice: the one that says more stays.
        auto& kept = m_curvatures[static_cast<std::size_t>(place)];
        if (summary.eigenvalues.size() + summary.density.size() >= kept.eigenvalues.size() + kept.density.size()) {
            kept = summary;
        }
        return;
    }
    m_curvatureMoments.insert(at, moment);
    m_curvatures.insert(m_curvatures.begin() + place, summary);
}

bool LandscapeModel::readNewEvents()
{
    bool landscape = false;
    const auto& events = m_records->record().events;
    for (; m_next < events.size(); ++m_next) {
        const auto& event = events[m_next];
        m_training.add(event);
        if (const auto* block = std::get_if<record::Block>(&event.payload); block != nullptr && ofLandscape(*block)) {
            fold(*block);
            landscape = true;
        }
    }
    return landscape;
}

void LandscapeModel::addAnswer(const record::Block& block)
{
    fold(block);
    ++m_version;
    Q_EMIT gridChanged();
}

void LandscapeModel::refresh()
{
    const std::size_t before = m_next;
    const int shownBefore = m_shown;
    bool anew = false;
    if (m_records->generation() != m_seen) {
        m_seen = m_records->generation();
        m_next = 0;
        m_training = {};
        m_curvatures.clear();
        m_curvatureMoments.clear();
        m_fold = {};
        m_plane = -1;
        m_hover.reset();
        m_learningRate = std::numeric_limits<double>::quiet_NaN();
        ++m_generation;
        anew = true;
    }
    const bool landscape = readNewEvents();
    m_shown = m_records->shownRounds();
    const auto* inView = grid();
    const auto planeInView = inView == nullptr ? -1 : inView->plane.id;
    if (landscape || anew || planeInView != m_planeInView) {
        m_planeInView = planeInView;
        ++m_version;
        Q_EMIT gridChanged();
        if (anew) {
            Q_EMIT cursorChanged();
            Q_EMIT probeChanged();
        }
    }
    if (anew || m_next != before || m_shown != shownBefore) {
        Q_EMIT trainingChanged();
    }
}

std::size_t LandscapeModel::shownSteps() const
{
    return m_records->following() ? m_training.steps().size() : m_training.stepsBefore(m_records->shownRounds());
}

std::int64_t LandscapeModel::shownStep() const
{
    if (m_training.steps().empty()) {
        return -1;
    }
    const auto count = shownSteps();
    return count == 0 ? 0 : static_cast<std::int64_t>(m_training.steps()[count - 1].step) + 1;
}

const record::LandscapeGrid* LandscapeModel::grid() const
{
    if (m_plane >= 0) {
        if (const auto* chosen = m_fold.grid(m_plane); chosen != nullptr) {
            return chosen;
        }
    }
    // Answers belong to no moment: they are shown when they are chosen.
    const record::LandscapeGrid* first = nullptr;
    const record::LandscapeGrid* newest = nullptr;
    for (const auto& grid : m_fold.grids()) {
        first = first == nullptr ? &grid : first;
        newest = grid.moment < m_records->shownRounds() && grid.plane.id < kFirstAnswer ? &grid : newest;
    }
    return newest != nullptr ? newest : first;
}

void LandscapeModel::choosePlane(std::int32_t plane)
{
    if (plane != m_plane) {
        m_plane = plane;
        ++m_version;
        Q_EMIT gridChanged();
        Q_EMIT cursorChanged();
        Q_EMIT probeChanged();
    }
}

bool LandscapeModel::hasTest() const
{
    const auto* shown = grid();
    return shown != nullptr && !shown->test_loss.empty();
}

bool LandscapeModel::hasAccuracy() const
{
    const auto* shown = grid();
    return shown != nullptr && !shown->accuracy.empty();
}

std::size_t LandscapeModel::trajectoryLength() const
{
    const auto* shown = grid();
    if (shown == nullptr) {
        return 0;
    }
    const auto& steps = shown->trajectory.step;
    const auto until = m_records->following() ? -1 : shownStep();
    if (until < 0) {
        return steps.size();
    }
    return static_cast<std::size_t>(std::ranges::count_if(steps, [until](std::int32_t step) { return step <= until; }));
}

const record::HessianSummary* LandscapeModel::hessian() const
{
    const record::HessianSummary* last = nullptr;
    for (std::size_t k = 0; k < m_curvatures.size(); ++k) {
        last = m_curvatureMoments[k] < m_records->shownRounds() ? &m_curvatures[k] : last;
    }
    return last;
}

void LandscapeModel::setMode(HeightMode mode)
{
    if (mode != m_mode) {
        m_mode = mode;
        Q_EMIT displayChanged();
    }
}

ShownSurfaces LandscapeModel::surfaces() const
{
    return hasTest() ? m_surfaces : ShownSurfaces::Train;
}

void LandscapeModel::setSurfaces(ShownSurfaces surfaces)
{
    if (surfaces != m_surfaces) {
        m_surfaces = surfaces;
        Q_EMIT displayChanged();
    }
}

LandscapeModel::Cache& LandscapeModel::cache() const
{
    const auto* shown = grid();
    const auto plane = shown == nullptr ? -1 : shown->plane.id;
    // A surface without accuracies is drawn by its loss.
    const auto mode = m_mode == HeightMode::Accuracy && !hasAccuracy() ? HeightMode::Loss : m_mode;
    if (m_cache.version != m_version || m_cache.plane != plane || m_cache.mode != mode) {
        m_cache = {};
        m_cache.version = m_version;
        m_cache.plane = plane;
        m_cache.mode = mode;
        m_cache.scale = shown == nullptr ? LossScale(mode, 0, 1) : LossScale::of(*shown, mode);
    }
    return m_cache;
}

const LossScale& LandscapeModel::scale() const
{
    return cache().scale;
}

const SurfaceField& LandscapeModel::field(bool test) const
{
    auto& kept = cache();
    auto& field = test ? kept.test : kept.train;
    if (!field) {
        const auto* shown = grid();
        field = shown == nullptr ? SurfaceField{} : surfaceField(*shown, kept.scale, test);
    }
    return *field;
}

QPoint LandscapeModel::cursorCell() const
{
    const auto* shown = grid();
    return shown == nullptr ? QPoint(0, 0)
                            : QPoint(nearest(shown->plane.x, m_cursor.x()), shown->line() ? 0 : nearest(shown->plane.y, m_cursor.y()));
}

QPointF LandscapeModel::cursor() const
{
    const auto* shown = grid();
    if (shown == nullptr) {
        return m_cursor;
    }
    const QPoint cell = cursorCell();
    return {shown->plane.x.at(cell.x()), shown->line() ? 0 : shown->plane.y.at(cell.y())};
}

void LandscapeModel::setCursorCell(QPoint cell)
{
    const auto* shown = grid();
    if (shown == nullptr) {
        return;
    }
    const QPointF before = cursor();
    m_cursor = {shown->plane.x.at(std::clamp(cell.x(), 0, shown->nx() - 1)),
                shown->line() ? 0 : shown->plane.y.at(std::clamp(cell.y(), 0, shown->ny() - 1))};
    if (cursor() != before) {
        Q_EMIT cursorChanged();
        if (!m_hover) {
            Q_EMIT probeChanged();
        }
    }
}

void LandscapeModel::moveCursor(int di, int dj)
{
    setCursorCell(cursorCell() + QPoint(di, dj));
}

void LandscapeModel::setHover(std::optional<QPointF> point)
{
    const QPointF before = probe();
    const bool was = hovering();
    m_hover = point;
    if (probe() != before || was != hovering()) {
        Q_EMIT probeChanged();
    }
}

double LandscapeModel::distance(const record::LandscapePlane& plane, QPointF point)
{
    const double a = point.x() * plane.x.norm;
    const double b = plane.y.kind == "none" ? 0 : point.y() * plane.y.norm;
    return std::sqrt(std::max(0.0, a * a + b * b + 2 * a * b * plane.cosine));
}

double LandscapeModel::stabilityLimit() const
{
    const auto* last = hessian();
    if (last == nullptr) {
        return std::numeric_limits<double>::quiet_NaN();
    }
    // The recorded limit is a factor over the learning rate of that moment: 2, or 2 (1 + momentum).
    const double factor = last->learning_rate > 0 ? last->stability_limit * last->learning_rate : std::numeric_limits<double>::quiet_NaN();
    const double now = std::isfinite(m_learningRate) ? m_learningRate : last->learning_rate;
    return now > 0 ? factor / now : std::numeric_limits<double>::quiet_NaN();
}

void LandscapeModel::setLearningRate(double learningRate)
{
    if (learningRate != m_learningRate && !(std::isnan(learningRate) && std::isnan(m_learningRate))) {
        m_learningRate = learningRate;
        Q_EMIT learningRateChanged();
    }
}

}  // namespace timberline::widgets
