// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/landscape/painted_points.h"

#include "widgets/attention/flow_layout.h"
#include "widgets/landscape/class_marks.h"
#include "widgets/theme/theme.h"

#include <QAbstractButton>
#include <QButtonGroup>
#include <QKeyEvent>
#include <QLabel>
#include <QMouseEvent>
#include <QPainter>
#include <QPixmap>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace timberline::widgets {

namespace {
constexpr std::size_t kMostPoints = 4096;
constexpr std::size_t kMostPast = 100;
constexpr double kApart = 0.05;  ///< between points of one stroke
constexpr double kRubber = 0.07;
constexpr double kSide = 8;
constexpr int kOffered = 4;  ///< classes with a button; the keys reach all ten

double rounded(double value)
{
    return std::round(value * 1000) / 1000;
}
}  // namespace

PointsCanvas::PointsCanvas(QWidget* parent) : QWidget(parent)
{
    setObjectName(QStringLiteral("painted-points"));
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Painted points"));
    setToolTip(tr("Left button paints, right button or Shift rubs out. Keys: arrows move the brush, Space paints, Delete rubs out, 0 to 9 "
                  "choose the class."));
    connect(&ThemeManager::instance(), &ThemeManager::changed, this, qOverload<>(&QWidget::update));
    describe();
}

void PointsCanvas::describe()
{
    setAccessibleDescription(tr("%n point(s). Brush at %1, %2, class %3.", nullptr, pointCount())
                                 .arg(m_brush.x(), 0, 'f', 2)
                                 .arg(m_brush.y(), 0, 'f', 2)
                                 .arg(m_label));
    update();
}

QRectF PointsCanvas::canvas() const
{
    const double side = std::max(20.0, std::min(width(), height()) - 2 * kSide);
    QRectF out(0, 0, side, side);
    out.moveCenter(QRectF(rect()).center());
    return out;
}

QPointF PointsCanvas::toPixel(QPointF point) const
{
    const QRectF area = canvas();
    return {area.left() + (point.x() + 1) / 2 * area.width(), area.bottom() - (point.y() + 1) / 2 * area.height()};
}

QPointF PointsCanvas::fromPixel(QPointF pixel) const
{
    const QRectF area = canvas();
    return {std::clamp((pixel.x() - area.left()) / area.width() * 2 - 1, -1.0, 1.0),
            std::clamp((area.bottom() - pixel.y()) / area.height() * 2 - 1, -1.0, 1.0)};
}

void PointsCanvas::setValues(const std::vector<double>& values)
{
    if (values == this->values()) {
        return;
    }
    m_points.clear();
    m_past.clear();
    for (std::size_t k = 0; k + 2 < values.size() && m_points.size() < kMostPoints; k += 3) {
        const double label = values[k + 2];
        if (std::abs(values[k]) <= 1 && std::abs(values[k + 1]) <= 1 && label >= 0 && label < kMostClasses && label == std::floor(label)) {
            m_points.push_back({{values[k], values[k + 1]}, static_cast<int>(label)});
        }
    }
    describe();
}

std::vector<double> PointsCanvas::values() const
{
    std::vector<double> out;
    for (const auto& point : m_points) {
        out.insert(out.end(), {rounded(point.at.x()), rounded(point.at.y()), static_cast<double>(point.label)});
    }
    return out;
}

void PointsCanvas::setLabel(int label)
{
    const int held = std::clamp(label, 0, kMostClasses - 1);
    if (held != m_label) {
        m_label = held;
        describe();
        Q_EMIT labelChanged(held);
    }
}

void PointsCanvas::beginStroke()
{
    m_past.push_back(m_points);
    if (m_past.size() > kMostPast) {
        m_past.erase(m_past.begin());
    }
    m_stroke = true;
    m_changed = false;
}

void PointsCanvas::endStroke()
{
    m_stroke = false;
    if (!m_changed) {
        m_past.pop_back();
        return;
    }
    describe();
    Q_EMIT valuesChanged(values());
}

void PointsCanvas::paintAt(QPointF point)
{
    if (m_points.size() < kMostPoints) {
        m_points.push_back({{rounded(point.x()), rounded(point.y())}, m_label});
        m_lastPainted = point;
        m_changed = true;
        update();
    }
}

void PointsCanvas::rubAt(QPointF point)
{
    const auto before = m_points.size();
    std::erase_if(m_points, [&](const Point& p) { return std::hypot(p.at.x() - point.x(), p.at.y() - point.y()) <= kRubber; });
    m_changed = m_changed || m_points.size() != before;
    update();
}

void PointsCanvas::clear()
{
    beginStroke();
    m_changed = !m_points.empty();
    m_points.clear();
    endStroke();
}

void PointsCanvas::undo()
{
    if (m_past.empty()) {
        return;
    }
    m_points = std::move(m_past.back());
    m_past.pop_back();
    describe();
    Q_EMIT valuesChanged(values());
}

void PointsCanvas::mousePressEvent(QMouseEvent* event)
{
    m_brush = fromPixel(event->position());
    m_rubbing = event->button() == Qt::RightButton || (event->modifiers() & Qt::ShiftModifier) != 0;
    beginStroke();
    if (m_rubbing) {
        rubAt(m_brush);
    } else {
        paintAt(m_brush);
    }
}

void PointsCanvas::mouseMoveEvent(QMouseEvent* event)
{
    if (!m_stroke) {
        return;
    }
    m_brush = fromPixel(event->position());
    if (m_rubbing) {
        rubAt(m_brush);
    } else if (std::hypot(m_brush.x() - m_lastPainted.x(), m_brush.y() - m_lastPainted.y()) >= kApart) {
        paintAt(m_brush);
    }
}

void PointsCanvas::mouseReleaseEvent(QMouseEvent*)
{
    if (m_stroke) {
        endStroke();
    }
}

void PointsCanvas::keyPressEvent(QKeyEvent* event)
{
    const double step = (event->modifiers() & Qt::ShiftModifier) != 0 ? 0.01 : 0.05;
    const auto move = [&](double dx, double dy) {
        m_brush = {std::clamp(m_brush.x() + dx, -1.0, 1.0), std::clamp(m_brush.y() + dy, -1.0, 1.0)};
        describe();
    };
    if (event->matches(QKeySequence::Undo)) {
        undo();
    } else if (event->key() == Qt::Key_Left) {
        move(-step, 0);
    } else if (event->key() == Qt::Key_Right) {
        move(step, 0);
    } else if (event->key() == Qt::Key_Up) {
        move(0, step);
    } else if (event->key() == Qt::Key_Down) {
        move(0, -step);
    } else if (event->key() == Qt::Key_Space) {
        beginStroke();
        paintAt(m_brush);
        endStroke();
    } else if (event->key() == Qt::Key_Delete || event->key() == Qt::Key_Backspace) {
        beginStroke();
        rubAt(m_brush);
        endStroke();
    } else if (event->key() >= Qt::Key_0 && event->key() <= Qt::Key_9) {
        setLabel(event->key() - Qt::Key_0);
    } else {
        QWidget::keyPressEvent(event);
    }
}

bool PointsCanvas::event(QEvent* event)
{
    // Space starts and stops the run elsewhere in the window; here it paints.
    if (event->type() == QEvent::ShortcutOverride) {
        auto* key = static_cast<QKeyEvent*>(event);
        if (key->key() == Qt::Key_Space || key->matches(QKeySequence::Undo)) {
            event->accept();
            return true;
        }
    }
    return QWidget::event(event);
}

void PointsCanvas::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Theme& colors = timberline::widgets::theme();
    painter.fillRect(rect(), colors.background);
    const QRectF area = canvas();
    painter.setBrush(mix(colors.background, colors.panel, 0.6));
    painter.setPen(QPen(hasFocus() ? colors.accent : colors.hairline, 1));
    painter.drawRect(area);
    painter.setPen(QPen(colors.hairline, 1, Qt::DotLine));
    painter.drawLine(toPixel({-1, 0}), toPixel({1, 0}));
    painter.drawLine(toPixel({0, -1}), toPixel({0, 1}));
    for (const auto& point : m_points) {
        drawClassMark(painter, toPixel(point.at), point.label, 4, colors);
    }
    if (m_points.empty()) {
        painter.setPen(colors.quietInk);
        painter.drawText(area.adjusted(12, 12, -12, -12), Qt::AlignCenter | Qt::TextWordWrap,
                         tr("Paint samples here with the mouse, or with Space and the arrow keys."));
    }
    if (hasFocus()) {
        const QPointF at = toPixel(m_brush);
        painter.setPen(QPen(colors.accent, 1.5));
        painter.setBrush(Qt::NoBrush);
        painter.drawLine(at - QPointF(8, 0), at + QPointF(8, 0));
        painter.drawLine(at - QPointF(0, 8), at + QPointF(0, 8));
    }
}

PaintedPoints::PaintedPoints(QWidget* parent)
    : QWidget(parent), m_canvas(new PointsCanvas(this)), m_classes(new QButtonGroup(this)), m_undo(nullptr), m_count(new QLabel(this))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    auto* controls = new QWidget(this);
    auto* bar = new FlowLayout(controls, 2);
    for (int label = 0; label < kOffered; ++label) {
        auto* button = new QToolButton(controls);
        button->setCheckable(true);
        button->setToolTip(tr("Paint class %1 (key %1)").arg(label));
        button->setAccessibleName(tr("Class %1").arg(label));
        button->setChecked(label == 0);
        m_classes->addButton(button, label);
        bar->addWidget(button);
    }
    m_count->setProperty("quiet", true);
    bar->addWidget(m_count);
    auto* undo = new QToolButton(this);
    undo->setText(tr("Undo"));
    undo->setToolTip(tr("Take the last stroke back (Ctrl+Z)"));
    m_undo = undo;
    auto* clear = new QToolButton(this);
    clear->setText(tr("Clear"));
    clear->setToolTip(tr("Remove all points"));
    bar->addWidget(undo);
    bar->addWidget(clear);
    layout->addWidget(controls);
    layout->addWidget(m_canvas, 1);
    connect(m_classes, &QButtonGroup::idClicked, m_canvas, &PointsCanvas::setLabel);
    connect(m_canvas, &PointsCanvas::labelChanged, this, &PaintedPoints::refresh);
    connect(m_canvas, &PointsCanvas::valuesChanged, this, [this](const std::vector<double>& values) {
        refresh();
        Q_EMIT valuesChanged(values);
    });
    connect(undo, &QToolButton::clicked, m_canvas, &PointsCanvas::undo);
    connect(clear, &QToolButton::clicked, m_canvas, &PointsCanvas::clear);
    connect(&ThemeManager::instance(), &ThemeManager::changed, this, &PaintedPoints::refresh);
    refresh();
}

void PaintedPoints::setValues(const std::vector<double>& values)
{
    m_canvas->setValues(values);
    refresh();
}

void PaintedPoints::refresh()
{
    const Theme& colors = timberline::widgets::theme();
    for (auto* button : m_classes->buttons()) {
        const int label = m_classes->id(button);
        const double ratio = devicePixelRatioF();
        QPixmap picture((QSizeF(16, 16) * ratio).toSize());
        picture.setDevicePixelRatio(ratio);
        picture.fill(Qt::transparent);
        QPainter painter(&picture);
        painter.setRenderHint(QPainter::Antialiasing);
        drawClassMark(painter, {8, 8}, label, 5.5, colors);
        painter.end();
        button->setIcon(picture);
        button->setChecked(label == m_canvas->label());
    }
    m_undo->setEnabled(m_canvas->canUndo());
    m_count->setText(tr("%n point(s)", nullptr, m_canvas->pointCount()));
}

}  // namespace timberline::widgets
