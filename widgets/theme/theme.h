// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/record.h"

#include <QColor>
#include <QObject>
#include <QPalette>
#include <QString>

class QApplication;

namespace timberline::widgets {

/// All colours of the program. Data is the brightest thing on screen; chrome is quiet. Text contrast at least 4.5:1, marks 3:1
/// (test_theme).
struct Theme {
    QString id;  ///< "light" "dark" "high-contrast"
    QColor background, panel, ink, quietInk, hairline, accent;
    // Categories, each doubled by a shape or a line style.
    QColor accepted, extra, rejected, neverVerified, pruned;
    [[nodiscard]] bool isDark() const { return background.lightness() < 128; }
    /// Colour of a node state; bonus and correction share one.
    [[nodiscard]] QColor colorOf(record::NodeState state) const;
    [[nodiscard]] QPalette palette() const;
    /// Style sheet for chrome: hairlines, group titles, tool buttons, scroll bars.
    [[nodiscard]] QString styleSheet() const;

    [[nodiscard]] static Theme light();
    [[nodiscard]] static Theme dark();
    [[nodiscard]] static Theme highContrast();
};

/// The theme in use. GUI thread only.
class ThemeManager : public QObject
{
    Q_OBJECT
public:
    [[nodiscard]] static ThemeManager& instance();
    [[nodiscard]] const Theme& theme() const { return m_theme; }
    /// @param id "light", "dark", "high-contrast" or "system" (follows the desktop, also when it changes).
    void setTheme(const QString& id);
    [[nodiscard]] QString choice() const { return m_choice; }
    /// Palette and style sheet go to the application; call once after it was made.
    void attach(QApplication* application);
    /// True when the desktop asks for less motion ($TIMBERLINE_REDUCE_MOTION or the grab mode set it).
    [[nodiscard]] bool reduceMotion() const { return m_reduceMotion; }
    void setReduceMotion(bool on) { m_reduceMotion = on; }

Q_SIGNALS:
    void changed();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    ThemeManager();
    void apply();
    [[nodiscard]] QString systemTheme() const;
    Theme m_theme;
    QString m_choice = QStringLiteral("system");
    QPalette m_systemPalette;
    bool m_reduceMotion = false;
    bool m_applying = false;
};

/// Shorthand: ThemeManager::instance().theme().
[[nodiscard]] const Theme& theme();

/// Cividis (sequential, colour-blind safe); t in [0,1]; NaN gives a transparent colour, to be hatched.
[[nodiscard]] QColor cividis(double t);
/// Mixes two colours; t = 0 gives a.
[[nodiscard]] QColor mix(const QColor& a, const QColor& b, double t);
/// WCAG contrast ratio, 1..21.
[[nodiscard]] double contrastRatio(const QColor& a, const QColor& b);

}  // namespace timberline::widgets
