// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/landscape/contour_view.h"

#include "widgets/landscape/plane_text.h"
#include "widgets/theme/theme.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace timberline::widgets {

ContourView::ContourView(LandscapeModel* model, QWidget* parent)
    : View(QStringLiteral("landscape-contours"), tr("Contours"), parent), m_model(model)
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    connect(m_model, &LandscapeModel::gridChanged, this, &ContourView::refresh);
    connect(m_model, &LandscapeModel::displayChanged, this, &ContourView::refresh);
    connect(m_model, &LandscapeModel::trainingChanged, this, &ContourView::refresh);
    connect(m_model, &LandscapeModel::cursorChanged, this, &ContourView::refresh);
    connect(m_model, &LandscapeModel::learningRateChanged, this, qOverload<>(&QWidget::update));
    refresh();
}

void ContourView::refresh()
{
    const auto* grid = m_model->grid();
    if (grid == nullptr) {
        if (m_model->fold().refused() > 0) {
            setError(tr("The landscape in this record cannot be read: %1").arg(QString::fromStdString(m_model->fold().problem())),
                     tr("Open another copy of the file, or compute the landscape again."));
        } else {
            setEmpty(tr("The loss around the trained network will stand here, seen from above. Press Run, or compute the landscape of a "
                        "training."));
        }
    } else if (grid->line()) {
        setEmpty(tr("This landscape is a line, not a plane: its losses are drawn as a curve."));
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

void ContourView::setNoiseHatching(bool on)
{
    m_hatchNoise = on;
    update();
}

ContourView::Cache& ContourView::cache(bool test, const Theme& theme) const
{
    auto& kept = m_cache[test ? 1 : 0];
    const auto mode = m_model->scale().mode();
    if (kept.version != m_model->version() || kept.mode != mode) {
        kept = {.version = m_model->version(), .mode = mode, .theme = theme.id, .image = {}, .levels = {}};
    } else if (kept.theme != theme.id) {
        kept.theme = theme.id;
        kept.image = {};
    }
    return kept;
}

const ContourView::Levels& ContourView::contours(bool test) const
{
    auto& kept = cache(test, theme());
    if (!kept.levels) {
        Levels levels;
        const auto& field = m_model->field(test);
        for (const double level : m_model->scale().levels()) {
            levels.emplace_back(level, contourLines(field.value, field.nx, field.ny, level));
        }
        kept.levels = std::move(levels);
    }
    return *kept.levels;
}

QSizeF ContourView::contentSize() const
{
    return m_model->surfaces() == ShownSurfaces::Both ? QSizeF(1120, 620) : QSizeF(680, 620);
}

PlaneMapping ContourView::mapping(bool test, const QSizeF& size) const
{
    const auto* grid = m_model->grid();
    return grid == nullptr ? PlaneMapping() : PlaneMapping(grid->plane, layoutFor(size).maps[test ? 1 : 0]);
}

std::optional<QPointF> ContourView::pointAt(QPointF pixel) const
{
    const auto* grid = m_model->grid();
    if (grid == nullptr || grid->line()) {
        return std::nullopt;
    }
    for (const bool test : {false, true}) {
        const auto map = mapping(test, size());
        if (map.area().contains(pixel)) {
            return map.fromPixel(pixel);
        }
    }
    return std::nullopt;
}

void ContourView::paintEvent(QPaintEvent*)
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

void ContourView::mousePressEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton) {
        View::mousePressEvent(event);
        return;
    }
    for (const bool test : {false, true}) {
        const auto map = mapping(test, size());
        if (map.area().contains(event->position())) {
            const QPointF cell = map.pixelToCell(event->position());
            m_model->setCursorCell({static_cast<int>(std::lround(cell.x())), static_cast<int>(std::lround(cell.y()))});
        }
    }
}

void ContourView::mouseMoveEvent(QMouseEvent* event)
{
    m_model->setHover(pointAt(event->position()));
    if (event->buttons() & Qt::LeftButton) {
        for (const bool test : {false, true}) {
            const auto map = mapping(test, size());
            if (map.area().contains(event->position())) {
                const QPointF cell = map.pixelToCell(event->position());
                m_model->setCursorCell({static_cast<int>(std::lround(cell.x())), static_cast<int>(std::lround(cell.y()))});
            }
        }
    }
}

void ContourView::leaveEvent(QEvent*)
{
    m_model->setHover(std::nullopt);
}

void ContourView::keyPressEvent(QKeyEvent* event)
{
    const auto* grid = m_model->grid();
    if (grid == nullptr || grid->line()) {
        View::keyPressEvent(event);
        return;
    }
    const int step = (event->modifiers() & Qt::ShiftModifier) != 0 ? 10 : 1;
    const QPoint cell = m_model->cursorCell();
    switch (event->key()) {
    case Qt::Key_Left:
        m_model->moveCursor(-step, 0);
        return;
    case Qt::Key_Right:
        m_model->moveCursor(step, 0);
        return;
    case Qt::Key_Up:
        m_model->moveCursor(0, step);
        return;
    case Qt::Key_Down:
        m_model->moveCursor(0, -step);
        return;
    case Qt::Key_Home:
        m_model->setCursorCell({0, cell.y()});
        return;
    case Qt::Key_End:
        m_model->setCursorCell({grid->nx() - 1, cell.y()});
        return;
    case Qt::Key_PageUp:
        m_model->setCursorCell({cell.x(), grid->ny() - 1});
        return;
    case Qt::Key_PageDown:
        m_model->setCursorCell({cell.x(), 0});
        return;
    default:
        View::keyPressEvent(event);
    }
}

bool ContourView::event(QEvent* event)
{
    if (event->type() != QEvent::ToolTip || m_model->grid() == nullptr || m_model->grid()->line()) {
        return View::event(event);
    }
    auto* help = static_cast<QHelpEvent*>(event);
    const auto& grid = *m_model->grid();
    for (const bool test : {false, true}) {
        const auto map = mapping(test, size());
        if (!map.area().contains(help->pos())) {
            continue;
        }
        const QPointF place = map.pixelToCell(help->pos());
        const int i = std::clamp(static_cast<int>(std::lround(place.x())), 0, grid.nx() - 1);
        const int j = std::clamp(static_cast<int>(std::lround(place.y())), 0, grid.ny() - 1);
        const auto k = grid.index(i, j);
        QString text = tr("α = %1, β = %2").arg(shortNumber(grid.plane.x.at(i)), shortNumber(grid.plane.y.at(j)));
        if (grid.level[k] < 0) {
            text += QLatin1Char('\n') + tr("not computed yet");
        } else {
            text += QLatin1Char('\n') + tr("training loss %1").arg(PlaneText::lossText(grid.loss[k], grid.standard_error[k]));
            if (!grid.test_loss.empty()) {
                text += QLatin1Char('\n') + tr("test loss %1").arg(PlaneText::lossText(grid.test_loss[k], grid.test_standard_error[k]));
            }
        }
        QToolTip::showText(help->globalPos(), text, this);
        return true;
    }
    if (layoutFor(size()).caption.contains(help->pos())) {
        QToolTip::showText(help->globalPos(), PlaneText::caption(grid.plane), this);
        return true;
    }
    return View::event(event);
}

QByteArray ContourView::toCsv() const
{
    const auto* grid = m_model->grid();
    return grid == nullptr ? QByteArray("i,j,alpha,beta,loss,standard_error,level\n") : QByteArray::fromStdString(record::grid_csv(*grid));
}

QStringList ContourView::extraFormats() const
{
    QStringList out = {QStringLiteral("npy"), QStringLiteral("vtk"), QStringLiteral("obj"), QStringLiteral("trajectory.csv")};
    if (m_model->hasTest()) {
        out += {QStringLiteral("test.csv"), QStringLiteral("test.npy"), QStringLiteral("test.vtk"), QStringLiteral("test.obj")};
    }
    return out;
}

QByteArray ContourView::toFormat(const QString& suffix) const
{
    const auto* grid = m_model->grid();
    if (grid == nullptr || !extraFormats().contains(suffix)) {
        return {};
    }
    if (suffix == QLatin1String("trajectory.csv")) {
        return QByteArray::fromStdString(record::trajectory_csv(grid->trajectory));
    }
    const bool test = suffix.startsWith(QLatin1String("test."));
    const QString kind = test ? suffix.mid(5) : suffix;
    if (kind == QLatin1String("csv")) {
        return QByteArray::fromStdString(record::grid_csv(*grid, test));
    }
    if (kind == QLatin1String("npy")) {
        return QByteArray::fromStdString(record::grid_npy(*grid, test));
    }
    return QByteArray::fromStdString(kind == QLatin1String("vtk") ? record::grid_vtk(*grid, test) : record::grid_obj(*grid, test));
}

QString ContourView::summary() const
{
    const auto* grid = m_model->grid();
    if (grid == nullptr) {
        return tr("No landscape yet.");
    }
    const auto range = grid->range();
    QString text =
        range ? tr("Loss from %1 to %2, %3.").arg(shortNumber(range->first), shortNumber(range->second), PlaneText::progress(*grid))
              : tr("No finite loss yet, %1.").arg(PlaneText::progress(*grid));
    if (const auto bad = grid->not_finite(); bad > 0) {
        text += QLatin1Char(' ') + tr("%n cell(s) are NaN or infinite.", nullptr, static_cast<int>(bad));
    }
    const QPoint cell = m_model->cursorCell();
    const auto k = grid->index(cell.x(), cell.y());
    text += QLatin1Char(' ') +
            tr("Cursor at α %1, β %2: loss %3.")
                .arg(shortNumber(m_model->cursor().x()), shortNumber(m_model->cursor().y()),
                     grid->level[k] < 0 ? tr("not computed yet") : PlaneText::lossText(grid->loss[k], grid->standard_error[k]));
    return text;
}

}  // namespace timberline::widgets
