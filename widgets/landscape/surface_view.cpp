// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/landscape/surface_view.h"

#include "widgets/landscape/plane_text.h"
#include "widgets/theme/theme.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace timberline::widgets {

namespace {
constexpr double kTurnPerPixel = 0.008;
constexpr double kTurnPerKey = 0.1;
constexpr double kClick = 4;  ///< pixels that a press may move and still be a click
constexpr int kSettle = 120;  ///< milliseconds of rest before the picture is drawn finer
}  // namespace

SurfaceView::SurfaceView(LandscapeModel* model, QWidget* parent)
    : View(QStringLiteral("landscape-surface"), tr("Surface"), parent), m_model(model)
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    m_settle.setSingleShot(true);
    m_settle.setInterval(kSettle);
    connect(&m_settle, &QTimer::timeout, this, [this] {
        m_moving = false;
        update();
    });
    connect(m_model, &LandscapeModel::gridChanged, this, &SurfaceView::refresh);
    connect(m_model, &LandscapeModel::displayChanged, this, &SurfaceView::refresh);
    connect(m_model, &LandscapeModel::trainingChanged, this, &SurfaceView::refresh);
    connect(m_model, &LandscapeModel::cursorChanged, this, &SurfaceView::refresh);
    refresh();
}

void SurfaceView::refresh()
{
    const auto* grid = m_model->grid();
    if (grid == nullptr) {
        if (m_model->fold().refused() > 0) {
            setError(tr("The landscape in this record cannot be read: %1").arg(QString::fromStdString(m_model->fold().problem())),
                     tr("Open another copy of the file, or compute the landscape again."));
        } else {
            setEmpty(tr("The loss around the trained network will stand here as a surface that you can turn."));
        }
    } else if (grid->line() || grid->nx() < 2 || grid->ny() < 2) {
        setEmpty(tr("A line has no surface: its losses are drawn as a curve."));
    } else if (grid->known() == 0) {
        setBusy();
    } else if (grid->known() < static_cast<std::int64_t>(grid->level.size())) {
        setPartial(PlaneText::progress(*grid));
    } else {
        setData();
    }
    setAccessibleDescription(summary());
    update();
}

void SurfaceView::setCamera(const Camera& camera)
{
    Camera held = camera;
    held.azimuth = std::remainder(held.azimuth, 2 * std::numbers::pi);
    held.elevation = std::clamp(held.elevation, 0.05, std::numbers::pi / 2);
    held.zoom = std::clamp(held.zoom, 0.4, 6.0);
    if (held == m_camera) {
        return;
    }
    m_camera = held;
    m_moving = true;
    m_settle.start();
    update();
    Q_EMIT cameraChanged();
}

void SurfaceView::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const Theme& colors = timberline::widgets::theme();
    painter.fillRect(rect(), colors.background);
    painter.setRenderHint(QPainter::Antialiasing);
    paintContent(painter, size(), colors);
    if (hasFocus()) {
        painter.setPen(QPen(colors.accent, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5));
    }
}

void SurfaceView::mousePressEvent(QMouseEvent* event)
{
    m_pressed = m_last = event->position();
    m_turning = false;
}

void SurfaceView::mouseMoveEvent(QMouseEvent* event)
{
    const QPointF at = event->position();
    if ((event->buttons() & (Qt::LeftButton | Qt::RightButton)) == 0) {
        const auto cell = cellAt(at);
        const auto* grid = m_model->grid();
        m_model->setHover(cell && grid != nullptr ? std::optional(QPointF(grid->plane.x.at(cell->x()), grid->plane.y.at(cell->y())))
                                                  : std::nullopt);
        return;
    }
    if (!m_turning && std::hypot(at.x() - m_pressed.x(), at.y() - m_pressed.y()) < kClick) {
        return;
    }
    m_turning = true;
    Camera camera = m_camera;
    camera.azimuth += (at.x() - m_last.x()) * kTurnPerPixel;
    camera.elevation += (at.y() - m_last.y()) * kTurnPerPixel;
    m_last = at;
    setCamera(camera);
}

void SurfaceView::mouseReleaseEvent(QMouseEvent* event)
{
    if (!m_turning && event->button() == Qt::LeftButton) {
        if (const auto cell = cellAt(event->position())) {
            m_model->setCursorCell(*cell);
        }
    }
    m_turning = false;
}

void SurfaceView::mouseDoubleClickEvent(QMouseEvent*)
{
    setCamera({});
}

void SurfaceView::wheelEvent(QWheelEvent* event)
{
    Camera camera = m_camera;
    camera.zoom *= std::pow(1.2, event->angleDelta().y() / 120.0);
    setCamera(camera);
    event->accept();
}

void SurfaceView::keyPressEvent(QKeyEvent* event)
{
    const auto* grid = m_model->grid();
    if (grid == nullptr || grid->line()) {
        View::keyPressEvent(event);
        return;
    }
    const bool turn = (event->modifiers() & Qt::ShiftModifier) != 0;
    Camera camera = m_camera;
    const QPoint cell = m_model->cursorCell();
    switch (event->key()) {
    case Qt::Key_Left:
    case Qt::Key_Right: {
        const int sign = event->key() == Qt::Key_Left ? -1 : 1;
        camera.azimuth += turn ? sign * kTurnPerKey : 0;
        m_model->moveCursor(turn ? 0 : sign, 0);
        break;
    }
    case Qt::Key_Up:
    case Qt::Key_Down: {
        const int sign = event->key() == Qt::Key_Down ? -1 : 1;
        camera.elevation += turn ? sign * kTurnPerKey : 0;
        m_model->moveCursor(0, turn ? 0 : sign);
        break;
    }
    case Qt::Key_Home:
        m_model->setCursorCell({0, cell.y()});
        break;
    case Qt::Key_End:
        m_model->setCursorCell({grid->nx() - 1, cell.y()});
        break;
    case Qt::Key_PageUp:
        m_model->setCursorCell({cell.x(), grid->ny() - 1});
        break;
    case Qt::Key_PageDown:
        m_model->setCursorCell({cell.x(), 0});
        break;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        camera.zoom *= 1.2;
        break;
    case Qt::Key_Minus:
        camera.zoom /= 1.2;
        break;
    case Qt::Key_0:
        camera = {};
        break;
    default:
        View::keyPressEvent(event);
        return;
    }
    setCamera(camera);
}

void SurfaceView::leaveEvent(QEvent*)
{
    m_model->setHover(std::nullopt);
}

bool SurfaceView::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        auto* help = static_cast<QHelpEvent*>(event);
        const auto* grid = m_model->grid();
        if (const auto cell = cellAt(help->pos()); cell && grid != nullptr) {
            const auto k = grid->index(cell->x(), cell->y());
            QToolTip::showText(
                help->globalPos(),
                tr("α = %1, β = %2").arg(shortNumber(grid->plane.x.at(cell->x())), shortNumber(grid->plane.y.at(cell->y()))) +
                    QLatin1Char('\n') +
                    (grid->level[k] < 0 ? tr("not computed yet")
                                        : tr("training loss %1").arg(PlaneText::lossText(grid->loss[k], grid->standard_error[k]))),
                this);
            return true;
        }
    }
    return View::event(event);
}

QByteArray SurfaceView::toCsv() const
{
    const auto* grid = m_model->grid();
    return grid == nullptr ? QByteArray("i,j,alpha,beta,loss,standard_error,level\n")
                           : QByteArray::fromStdString(record::grid_csv(*grid, testShown()));
}

QStringList SurfaceView::extraFormats() const
{
    return {QStringLiteral("npy"), QStringLiteral("vtk"), QStringLiteral("obj")};
}

QByteArray SurfaceView::toFormat(const QString& suffix) const
{
    const auto* grid = m_model->grid();
    if (grid == nullptr || !extraFormats().contains(suffix)) {
        return {};
    }
    return QByteArray::fromStdString(suffix == QLatin1String("npy")   ? record::grid_npy(*grid, testShown())
                                     : suffix == QLatin1String("vtk") ? record::grid_vtk(*grid, testShown())
                                                                      : record::grid_obj(*grid, testShown()));
}

QString SurfaceView::summary() const
{
    const auto* grid = m_model->grid();
    if (grid == nullptr) {
        return tr("No landscape yet.");
    }
    const auto range = grid->range();
    return range ? tr("Surface of the loss from %1 to %2, seen from %3 degrees around and %4 degrees above.")
                       .arg(shortNumber(range->first), shortNumber(range->second))
                       .arg(m_camera.azimuth * 180 / std::numbers::pi, 0, 'f', 0)
                       .arg(m_camera.elevation * 180 / std::numbers::pi, 0, 'f', 0)
                 : tr("No finite loss yet.");
}

}  // namespace timberline::widgets
