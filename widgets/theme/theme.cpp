// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/theme/theme.h"

#include <QApplication>
#include <QEvent>
#include <QStyle>
#include <QStyleFactory>

#include <algorithm>
#include <array>
#include <cmath>

namespace timberline::widgets {

using record::NodeState;

QColor Theme::colorOf(NodeState state) const
{
    switch (state) {
    case NodeState::Root:
        return ink;
    case NodeState::Accepted:
        return accepted;
    case NodeState::Rejected:
        return rejected;
    case NodeState::NeverVerified:
        return neverVerified;
    case NodeState::Pruned:
    case NodeState::Window:
        return pruned;
    case NodeState::Bonus:
    case NodeState::Correction:
        return extra;
    }
    return ink;
}

Theme Theme::light()
{
    return {.id = QStringLiteral("light"),
            .background = QColor(0xFB, 0xFB, 0xFA),
            .panel = QColor(0xF2, 0xF2, 0xEF),
            .ink = QColor(0x1F, 0x23, 0x28),
            .quietInk = QColor(0x5C, 0x63, 0x6B),
            .hairline = QColor(0xD9, 0xD9, 0xD4),
            .accent = QColor(0xCC, 0x79, 0xA7),
            .accepted = QColor(0x00, 0x72, 0xB2),
            .extra = QColor(0x00, 0x8A, 0x65),
            .rejected = QColor(0xD5, 0x5E, 0x00),
            .neverVerified = QColor(0x7F, 0x86, 0x8D),
            .pruned = QColor(0x87, 0x8C, 0x90)};
}

Theme Theme::dark()
{
    return {.id = QStringLiteral("dark"),
            .background = QColor(0x16, 0x18, 0x1B),
            .panel = QColor(0x1E, 0x21, 0x25),
            .ink = QColor(0xE8, 0xE8, 0xE4),
            .quietInk = QColor(0xA0, 0xA6, 0xAD),
            .hairline = QColor(0x33, 0x38, 0x3D),
            .accent = QColor(0xE3, 0x9B, 0xC4),
            .accepted = QColor(0x4D, 0xA6, 0xDB),
            .extra = QColor(0x2D, 0xBE, 0x94),
            .rejected = QColor(0xF0, 0x80, 0x30),
            .neverVerified = QColor(0x80, 0x87, 0x8E),
            .pruned = QColor(0x72, 0x79, 0x80)};
}

Theme Theme::highContrast()
{
    return {.id = QStringLiteral("high-contrast"),
            .background = QColor(0x00, 0x00, 0x00),
            .panel = QColor(0x00, 0x00, 0x00),
            .ink = QColor(0xFF, 0xFF, 0xFF),
            .quietInk = QColor(0xD8, 0xD8, 0xD8),
            .hairline = QColor(0x9A, 0x9A, 0x9A),
            .accent = QColor(0xFF, 0xD7, 0x00),
            .accepted = QColor(0x6C, 0xC7, 0xFF),
            .extra = QColor(0x4D, 0xF0, 0xB8),
            .rejected = QColor(0xFF, 0x9A, 0x4D),
            .neverVerified = QColor(0xC0, 0xC0, 0xC0),
            .pruned = QColor(0xA0, 0xA0, 0xA0)};
}

QPalette Theme::palette() const
{
    QPalette p;
    p.setColor(QPalette::Window, panel);
    p.setColor(QPalette::WindowText, ink);
    p.setColor(QPalette::Base, background);
    p.setColor(QPalette::AlternateBase, mix(background, panel, 0.6));
    p.setColor(QPalette::Text, ink);
    p.setColor(QPalette::Button, panel);
    p.setColor(QPalette::ButtonText, ink);
    p.setColor(QPalette::BrightText, rejected);
    p.setColor(QPalette::ToolTipBase, mix(panel, ink, 0.06));
    p.setColor(QPalette::ToolTipText, ink);
    p.setColor(QPalette::PlaceholderText, quietInk);
    p.setColor(QPalette::Highlight, accent);
    p.setColor(QPalette::HighlightedText, contrastRatio(ink, accent) > contrastRatio(background, accent) ? ink : background);
    p.setColor(QPalette::Link, accepted);
    p.setColor(QPalette::LinkVisited, accepted);
    p.setColor(QPalette::Light, mix(panel, background, 0.5));
    p.setColor(QPalette::Midlight, mix(panel, hairline, 0.3));
    p.setColor(QPalette::Mid, hairline);
    p.setColor(QPalette::Dark, mix(hairline, ink, 0.3));
    p.setColor(QPalette::Shadow, mix(hairline, ink, 0.5));
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText}) {
        p.setColor(QPalette::Disabled, role, mix(panel, quietInk, 0.75));
    }
    p.setColor(QPalette::Disabled, QPalette::Highlight, hairline);
    return p;
}

QString Theme::styleSheet() const
{
    const auto name = [](const QColor& color) { return color.name(); };
    QString sheet = QStringLiteral(R"(
QToolBar { background: %3; border: none; border-right: 1px solid %1; spacing: 4px; padding: 8px 4px; }
QMainWindow::separator { background: %1; width: 1px; height: 1px; }
QMainWindow::separator:hover { background: %2; }
QDockWidget { titlebar-close-icon: none; titlebar-normal-icon: none; }
QDockWidget::title { background: %3; padding: 8px 12px 4px 12px; text-align: left; }
QToolTip { background: %4; color: %5; border: 1px solid %1; padding: 4px; }
QFrame[hairline="true"] { background: %1; max-height: 1px; min-height: 1px; border: none; }
QLabel[quiet="true"] { color: %6; }
QLabel[section="true"] { font-weight: 600; }
QToolButton { border: 1px solid transparent; border-radius: 4px; padding: 4px 8px; }
QToolButton:hover { background: %7; }
QToolButton:checked { background: %7; border-color: %1; }
QToolButton[chip="true"] { border-color: %1; padding: 2px 8px; }
QToolButton[chip="true"]:checked { background: %7; border-color: %6; font-weight: 600; }
QToolButton:focus, QPushButton:focus { border: 2px solid %2; }
QPushButton { border: 1px solid %1; border-radius: 4px; padding: 4px 12px; background: %8; }
QPushButton:hover { background: %7; }
QPushButton:disabled { color: %6; }
QPushButton[primary="true"] { background: %9; color: %10; border-color: %9; font-weight: 600; }
QPushButton[primary="true"]:hover { border-color: %5; }
QPushButton[primary="true"]:focus { border: 2px solid %2; }
QScrollArea { border: none; background: transparent; }
QTabBar::tab { padding: 4px 12px; border: none; color: %6; background: transparent; }
QTabBar::tab:selected { color: %5; border-bottom: 2px solid %2; }
QTabWidget::pane { border: none; }
QHeaderView::section { background: %3; color: %6; border: none; border-bottom: 1px solid %1; padding: 4px; }
QTableView { gridline-color: %1; border: none; }
QProgressBar { border: none; background: transparent; max-height: 2px; }
QProgressBar::chunk { background: %2; }
)")
        .arg(name(hairline), name(accent), name(panel), name(mix(panel, ink, 0.06)), name(ink), name(quietInk), name(mix(panel, ink, 0.08)),
             name(background), name(accepted))
        .arg(name(contrastRatio(Qt::white, accepted) >= contrastRatio(Qt::black, accepted) ? QColor(Qt::white) : QColor(Qt::black)));
    if (id == QLatin1String("high-contrast")) {
        // Fusion derives outlines from the window's colour: on black they would vanish.
        sheet += QStringLiteral(R"(
QComboBox, QAbstractSpinBox, QLineEdit, QPlainTextEdit { border: 1px solid %1; border-radius: 3px; padding: 2px 4px; }
QComboBox:focus, QAbstractSpinBox:focus, QLineEdit:focus, QPlainTextEdit:focus { border: 2px solid %2; }
QSlider::groove:horizontal { height: 4px; background: %1; border-radius: 2px; }
QSlider::sub-page:horizontal { background: %2; border-radius: 2px; }
QSlider::handle:horizontal { width: 12px; margin: -5px 0; background: %3; border-radius: 6px; }
QCheckBox::indicator { width: 12px; height: 12px; border: 1px solid %1; }
QCheckBox::indicator:checked { background: %2; }
)")
                     .arg(name(hairline), name(accent), name(ink));
    }
    return sheet;
}

ThemeManager::ThemeManager() : m_theme(Theme::light()), m_reduceMotion(qEnvironmentVariableIntValue("TIMBERLINE_REDUCE_MOTION") != 0) {}

ThemeManager& ThemeManager::instance()
{
    static ThemeManager manager;
    return manager;
}

QString ThemeManager::systemTheme() const
{
    return m_systemPalette.color(QPalette::Window).lightness() < 128 ? QStringLiteral("dark") : QStringLiteral("light");
}

void ThemeManager::setTheme(const QString& id)
{
    m_choice = id;
    const QString effective = id == QLatin1String("system") ? systemTheme() : id;
    if (effective == QLatin1String("dark")) {
        m_theme = Theme::dark();
    } else if (effective == QLatin1String("high-contrast")) {
        m_theme = Theme::highContrast();
    } else {
        m_theme = Theme::light();
    }
    apply();
    Q_EMIT changed();
}

void ThemeManager::attach(QApplication* application)
{
    m_systemPalette = QApplication::palette();
    // Fusion draws the same everywhere and follows the palette completely.
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    application->installEventFilter(this);
    setTheme(m_choice);
}

void ThemeManager::apply()
{
    if (qobject_cast<QApplication*>(QCoreApplication::instance()) == nullptr) {
        return;
    }
    m_applying = true;
    QApplication::setPalette(m_theme.palette());
    qApp->setStyleSheet(m_theme.styleSheet());
    m_applying = false;
}

bool ThemeManager::eventFilter(QObject* watched, QEvent* event)
{
    // Qt tells a change of the desktop's colours as ThemeChange on the application's windows.
    if (event->type() == QEvent::ThemeChange && !m_applying && m_choice == QLatin1String("system") &&
        watched == QCoreApplication::instance()) {
        m_systemPalette = QApplication::style()->standardPalette();
        setTheme(m_choice);
    }
    return QObject::eventFilter(watched, event);
}

const Theme& theme()
{
    return ThemeManager::instance().theme();
}

QColor mix(const QColor& a, const QColor& b, double t)
{
    const auto channel = [t](int x, int y) { return static_cast<int>(std::lround(x + (y - x) * std::clamp(t, 0.0, 1.0))); };
    return {channel(a.red(), b.red()), channel(a.green(), b.green()), channel(a.blue(), b.blue()), channel(a.alpha(), b.alpha())};
}

QColor cividis(double t)
{
    if (!std::isfinite(t)) {
        return Qt::transparent;
    }
    // Nine anchors of the published map, interpolated linearly (largest error below one eighth of a step visible on screen).
    static const std::array<QColor, 9> anchors = {QColor(0, 32, 77),     QColor(0, 55, 110),    QColor(60, 77, 110),
                                                  QColor(95, 99, 110),   QColor(124, 123, 120), QColor(155, 148, 118),
                                                  QColor(187, 174, 108), QColor(221, 202, 89),  QColor(255, 234, 70)};
    const double position = std::clamp(t, 0.0, 1.0) * (anchors.size() - 1);
    const auto low = static_cast<std::size_t>(std::min(position, static_cast<double>(anchors.size() - 2)));
    return mix(anchors[low], anchors[low + 1], position - static_cast<double>(low));
}

double contrastRatio(const QColor& a, const QColor& b)
{
    const auto luminance = [](const QColor& color) {
        const auto linear = [](double c) { return c <= 0.03928 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); };
        return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
    };
    const double la = luminance(a);
    const double lb = luminance(b);
    return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

}  // namespace timberline::widgets
