// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/exits/decision_maps_view.h"

#include "widgets/exits/exit_channel.h"
#include "widgets/plot/colour_map.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <array>
#include <cmath>

namespace timberline::widgets {

namespace {

constexpr double kMargin = 12;
constexpr double kGap = 12;

QColor classColor(int index, const Theme& theme)
{
    const std::array<QColor, 6> colors = {theme.accepted,
                                          theme.rejected,
                                          theme.extra,
                                          theme.neverVerified,
                                          mix(theme.accepted, theme.ink, 0.5),
                                          mix(theme.rejected, theme.ink, 0.5)};
    return colors[static_cast<std::size_t>(std::max(0, index)) % colors.size()];
}

/// A mark for a class: shapes differ, so that colour is never alone.
void drawClassMark(QPainter& painter, const QPointF& at, int index, double size, const Theme& theme)
{
    painter.setPen(QPen(theme.background, 1));
    painter.setBrush(classColor(index, theme));
    const double r = size / 2;
    switch (std::max(0, index) % 4) {
    case 0:
        painter.drawEllipse(at, r, r);
        break;
    case 1:
        painter.drawRect(QRectF(at.x() - r, at.y() - r, size, size));
        break;
    case 2:
        painter.drawPolygon(QPolygonF({QPointF(at.x(), at.y() - r), QPointF(at.x() + r, at.y() + r), QPointF(at.x() - r, at.y() + r)}));
        break;
    default:
        painter.drawPolygon(QPolygonF(
            {QPointF(at.x(), at.y() - r), QPointF(at.x() + r, at.y()), QPointF(at.x(), at.y() + r), QPointF(at.x() - r, at.y())}));
        break;
    }
}

}  // namespace

DecisionMapsView::DecisionMapsView(ExitModel* model, SelectionModel* selection, QWidget* parent)
    : View(QStringLiteral("exits-decision-maps"), tr("Decision maps"), parent), m_model(model), m_selection(selection)
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    connect(m_model, &ExitModel::decisionChanged, this, &DecisionMapsView::decide);
    connect(m_selection, &SelectionModel::changed, this, qOverload<>(&QWidget::update));
    clearMap();
}

void DecisionMapsView::setMap(record::ExitDecisionMap map)
{
    m_map = std::move(map);
    m_column = -1;
    m_row = -1;
    setData();
    decide();
}

void DecisionMapsView::clearMap()
{
    m_map.reset();
    m_exit.clear();
    setEmpty(m_model->run() != nullptr && !m_model->isTrainedNet()
                 ? tr("Decision maps exist for trained nets with two inputs. Choose one as the subject of this bench and press Run.")
                 : tr("What every exit decides over the plane will stand here after a run on data with two inputs."));
    setAccessibleDescription(summary());
}

void DecisionMapsView::showError(const QString& sentence, const QString& hint)
{
    m_map.reset();
    m_exit.clear();
    setError(sentence, hint);
}

void DecisionMapsView::setShowPoints(bool on)
{
    m_points = on;
    update();
}

void DecisionMapsView::decide()
{
    m_exit.clear();
    if (!m_map) {
        if (state() == ViewState::Empty) {
            clearMap();
        }
        return;
    }
    if (m_model->providers().decideMap && m_model->run() != nullptr) {
        m_exit = m_model->providers().decideMap(*m_map, *m_model->run(), m_model->choice());
        if (m_exit.size() != static_cast<std::size_t>(m_map->nx) * static_cast<std::size_t>(m_map->ny)) {
            m_exit.clear();
        }
    }
    setAccessibleDescription(summary());
    update();
}

QString DecisionMapsView::className(int index) const
{
    return index >= 0 && static_cast<std::size_t>(index) < m_map->names.size()
               ? QString::fromStdString(m_map->names[static_cast<std::size_t>(index)])
               : QString::number(index);
}

std::vector<DecisionMapsView::Panel> DecisionMapsView::panels(const QSizeF& size, const QFont& font) const
{
    std::vector<Panel> out;
    if (!m_map) {
        return out;
    }
    const int count = m_map->layers + (m_exit.empty() ? 0 : 1);
    const double title = std::ceil(QFontMetricsF(font).height()) + 2;
    const double legend = title + 4;
    const double width = size.width() - 2 * kMargin;
    const double height = size.height() - 8 - legend;
    const double aspect = (m_map->x_high - m_map->x_low) / std::max(1e-12, m_map->y_high - m_map->y_low);
    // The number of columns that makes the panels largest.
    int columns = 1;
    double side = 0;
    for (int tried = 1; tried <= count; ++tried) {
        const int rows = (count + tried - 1) / tried;
        const double wide = (width - (tried - 1) * kGap) / tried;
        const double tall = (height - (rows - 1) * kGap) / rows - title;
        const double fit = std::min(wide, tall * aspect);
        if (fit > side) {
            side = fit;
            columns = tried;
        }
    }
    if (side < 8) {
        return out;
    }
    for (int i = 0; i < count; ++i) {
        const double x = kMargin + (i % columns) * (side + kGap);
        const double y = 4 + (i / columns) * (side / aspect + title + kGap);
        out.push_back(
            {.title = QRectF(x, y, side, title), .image = QRectF(x, y + title, side, side / aspect), .layer = i < m_map->layers ? i : -1});
    }
    return out;
}

QImage DecisionMapsView::imageOf(int layer, const Theme& theme) const
{
    const auto& map = *m_map;
    QImage image(map.nx, map.ny, QImage::Format_RGB32);
    static const ColourMap depths = ColourMap::sequential();
    const double chance = 1.0 / std::max(2, m_model->run() == nullptr ? 2 : m_model->run()->vocabulary);
    for (int row = 0; row < map.ny; ++row) {
        for (int column = 0; column < map.nx; ++column) {
            const auto point = static_cast<std::size_t>(row) * static_cast<std::size_t>(map.nx) + static_cast<std::size_t>(column);
            QColor color;
            if (layer < 0) {
                const double depth = static_cast<double>(m_exit[point] - 1) / std::max(1, map.layers - 1);
                color = depths.color(depth);
            } else {
                const std::size_t cell =
                    static_cast<std::size_t>(layer) * static_cast<std::size_t>(map.nx) * static_cast<std::size_t>(map.ny) + point;
                const double sure = (static_cast<double>(map.probability[cell]) - chance) / (1 - chance);
                color = std::isfinite(sure)
                            ? mix(theme.background, classColor(map.choice[cell], theme), 0.12 + 0.6 * std::clamp(sure, 0.0, 1.0))
                            : theme.hairline;
            }
            image.setPixel(column, map.ny - 1 - row, color.rgb());
        }
    }
    return image;
}

void DecisionMapsView::paintPoints(QPainter& painter, const QRectF& image, const Theme& theme) const
{
    const auto& map = *m_map;
    // At most a few hundred marks: more would hide the map that they stand on.
    const std::size_t step = std::max<std::size_t>(1, map.points_x.size() / 300);
    const double size = std::clamp(image.width() / 32, 3.0, 7.0);
    for (std::size_t i = 0; i < map.points_x.size(); i += step) {
        const double x = (static_cast<double>(map.points_x[i]) - map.x_low) / (map.x_high - map.x_low);
        const double y = (static_cast<double>(map.points_y[i]) - map.y_low) / (map.y_high - map.y_low);
        if (x >= 0 && x <= 1 && y >= 0 && y <= 1) {
            drawClassMark(painter, {image.left() + x * image.width(), image.bottom() - y * image.height()}, map.labels[i], size, theme);
        }
    }
}

void DecisionMapsView::paintPanel(QPainter& painter, const Panel& panel, const Theme& theme) const
{
    const bool selected = panel.layer >= 0 && panel.layer == m_selection->current().layer;
    painter.setPen(selected ? theme.ink : theme.quietInk);
    painter.drawText(panel.title, Qt::AlignLeft | Qt::AlignVCenter,
                     panel.layer < 0 ? tr("exit taken") : tr("exit %1").arg(panel.layer + 1));
    painter.save();
    painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
    painter.drawImage(panel.image, imageOf(panel.layer, theme));
    painter.setClipRect(panel.image);
    if (m_points && panel.layer >= 0) {
        paintPoints(painter, panel.image, theme);
    }
    if (m_column >= 0 && m_row >= 0) {
        const double x = panel.image.left() + (m_column + 0.5) * panel.image.width() / m_map->nx;
        const double y = panel.image.bottom() - (m_row + 0.5) * panel.image.height() / m_map->ny;
        for (const auto& [color, width] : {std::pair(theme.background, 3.0), std::pair(theme.ink, 1.0)}) {
            painter.setPen(QPen(color, width));
            painter.drawLine(QPointF(panel.image.left(), y), QPointF(panel.image.right(), y));
            painter.drawLine(QPointF(x, panel.image.top()), QPointF(x, panel.image.bottom()));
        }
    }
    painter.restore();
    painter.setPen(selected ? QPen(theme.accent, 2) : QPen(theme.hairline, 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(panel.image);
}

void DecisionMapsView::paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const
{
    if (paintState(painter, QRectF(QPointF(0, 0), size), theme) || !m_map) {
        return;
    }
    for (const auto& panel : panels(size, painter.font())) {
        paintPanel(painter, panel, theme);
    }
    // Classes, and what a strong and a faint colour mean.
    const QFontMetricsF metrics(painter.font());
    const double line = metrics.height() + 4;
    double x = kMargin;
    const double y = size.height() - line - 2;
    int classes = 0;
    for (const int label : m_map->labels) {
        classes = std::max(classes, label + 1);
    }
    for (const int choice : m_map->choice) {
        classes = std::max(classes, choice + 1);
    }
    for (int i = 0; i < std::min(classes, 10); ++i) {
        const QString name = className(i);
        drawClassMark(painter, {x + 6, y + line / 2}, i, 9, theme);
        painter.setPen(theme.quietInk);
        painter.drawText(QRectF(x + 14, y, metrics.horizontalAdvance(name) + 4, line), Qt::AlignLeft | Qt::AlignVCenter, name);
        x += metrics.horizontalAdvance(name) + 28;
    }
    const QString note = m_exit.empty() ? tr("strong colour: sure") : tr("strong colour: sure · exit taken: bright = late");
    painter.drawText(QRectF(x + 8, y, size.width() - x - 8 - kMargin, line), Qt::AlignLeft | Qt::AlignVCenter,
                     metrics.elidedText(note, Qt::ElideRight, size.width() - x - 8 - kMargin));
}

void DecisionMapsView::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const Theme& colors = timberline::widgets::theme();
    painter.fillRect(rect(), colors.background);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(font());
    paintContent(painter, size(), colors);
    if (hasFocus()) {
        painter.setPen(QPen(colors.accent, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5));
    }
}

QString DecisionMapsView::pointText(int column, int row) const
{
    if (!m_map || column < 0 || row < 0 || column >= m_map->nx || row >= m_map->ny) {
        return {};
    }
    const auto& map = *m_map;
    const double x = map.x_low + (column + 0.5) * (map.x_high - map.x_low) / map.nx;
    const double y = map.y_low + (row + 0.5) * (map.y_high - map.y_low) / map.ny;
    QStringList lines{tr("point (%1, %2)").arg(exitNumber(x), exitNumber(y))};
    const auto point = static_cast<std::size_t>(row) * static_cast<std::size_t>(map.nx) + static_cast<std::size_t>(column);
    for (int layer = 0; layer < map.layers; ++layer) {
        const std::size_t cell =
            static_cast<std::size_t>(layer) * static_cast<std::size_t>(map.nx) * static_cast<std::size_t>(map.ny) + point;
        lines.append(tr("exit %1: class “%2” with probability %3, entropy %4 nats")
                         .arg(layer + 1)
                         .arg(className(map.choice[cell]), exitNumber(static_cast<double>(map.probability[cell])),
                              exitNumber(static_cast<double>(map.entropy[cell]))));
    }
    if (!m_exit.empty()) {
        lines.append(tr("takes exit %1").arg(m_exit[point]));
    }
    return lines.join(QLatin1Char('\n'));
}

bool DecisionMapsView::event(QEvent* event)
{
    if (event->type() != QEvent::ToolTip || !m_map) {
        return View::event(event);
    }
    auto* help = static_cast<QHelpEvent*>(event);
    for (const auto& panel : panels(size(), font())) {
        if (panel.image.contains(help->pos())) {
            const int column = static_cast<int>((help->pos().x() - panel.image.left()) / panel.image.width() * m_map->nx);
            const int row = static_cast<int>((panel.image.bottom() - help->pos().y()) / panel.image.height() * m_map->ny);
            QToolTip::showText(help->globalPos(), pointText(column, row), this);
            return true;
        }
    }
    QToolTip::hideText();
    return true;
}

void DecisionMapsView::mousePressEvent(QMouseEvent* event)
{
    for (const auto& panel : panels(size(), font())) {
        if (panel.image.contains(event->position())) {
            m_column = std::clamp(static_cast<int>((event->position().x() - panel.image.left()) / panel.image.width() * m_map->nx), 0,
                                  m_map->nx - 1);
            m_row = std::clamp(static_cast<int>((panel.image.bottom() - event->position().y()) / panel.image.height() * m_map->ny), 0,
                               m_map->ny - 1);
            if (panel.layer >= 0) {
                Selected selected = m_selection->current();
                selected.layer = panel.layer;
                m_selection->select(selected);
            }
            setAccessibleDescription(pointText(m_column, m_row));
            update();
        }
    }
}

void DecisionMapsView::keyPressEvent(QKeyEvent* event)
{
    if (!m_map || (event->modifiers() & (Qt::ControlModifier | Qt::AltModifier))) {
        View::keyPressEvent(event);
        return;
    }
    const bool first = m_column < 0;
    int dx = 0;
    int dy = 0;
    switch (event->key()) {
    case Qt::Key_Left:
        dx = -1;
        break;
    case Qt::Key_Right:
        dx = 1;
        break;
    case Qt::Key_Up:
        dy = 1;
        break;
    case Qt::Key_Down:
        dy = -1;
        break;
    case Qt::Key_Home:
        dx = -m_map->nx;
        break;
    case Qt::Key_End:
        dx = m_map->nx;
        break;
    case Qt::Key_PageUp:
    case Qt::Key_PageDown: {
        Selected selected = m_selection->current();
        selected.layer = std::clamp(selected.layer + (event->key() == Qt::Key_PageUp ? 1 : -1), 0, m_map->layers - 1);
        m_selection->select(selected);
        return;
    }
    default:
        View::keyPressEvent(event);
        return;
    }
    m_column = std::clamp(first ? m_map->nx / 2 : m_column + dx, 0, m_map->nx - 1);
    m_row = std::clamp(first ? m_map->ny / 2 : m_row + dy, 0, m_map->ny - 1);
    setAccessibleDescription(pointText(m_column, m_row));
    update();
}

QByteArray DecisionMapsView::toCsv() const
{
    QString out = QStringLiteral("layer,i,j,x,y,choice,probability,margin,entropy_nats,exit\n");
    if (!m_map) {
        return out.toUtf8();
    }
    const auto& map = *m_map;
    const auto number = [](float value) { return std::isfinite(value) ? QString::number(static_cast<double>(value), 'g', 9) : QString(); };
    for (int layer = 0; layer < map.layers; ++layer) {
        for (int row = 0; row < map.ny; ++row) {
            for (int column = 0; column < map.nx; ++column) {
                const auto point = static_cast<std::size_t>(row) * static_cast<std::size_t>(map.nx) + static_cast<std::size_t>(column);
                const std::size_t cell =
                    static_cast<std::size_t>(layer) * static_cast<std::size_t>(map.nx) * static_cast<std::size_t>(map.ny) + point;
                out += QStringList{QString::number(layer + 1),
                                   QString::number(column),
                                   QString::number(row),
                                   QString::number(map.x_low + (column + 0.5) * (map.x_high - map.x_low) / map.nx, 'g', 9),
                                   QString::number(map.y_low + (row + 0.5) * (map.y_high - map.y_low) / map.ny, 'g', 9),
                                   QString::number(map.choice[cell]),
                                   number(map.probability[cell]),
                                   number(map.margin[cell]),
                                   number(map.entropy[cell]),
                                   m_exit.empty() ? QString() : QString::number(m_exit[point])}
                           .join(QLatin1Char(',')) +
                       QLatin1Char('\n');
            }
        }
    }
    return out.toUtf8();
}

QString DecisionMapsView::summary() const
{
    return m_map ? tr("Decision maps of %1 exits over a grid of %2 by %3 points.").arg(m_map->layers).arg(m_map->nx).arg(m_map->ny)
                 : stateText();
}

}  // namespace timberline::widgets
