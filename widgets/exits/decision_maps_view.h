// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/layer_readings.h"
#include "widgets/exits/exit_model.h"
#include "widgets/shared/selection.h"
#include "widgets/shared/view.h"

#include <QImage>

#include <optional>
#include <vector>

namespace timberline::widgets {

/// What every exit of a net with two inputs decides over the plane: small multiples, the class as colour and line pattern, how sure it is
/// as strength, and one panel that shows which exit each point takes under the policy that is tried out. A cursor moves over all panels at
/// once: arrow keys, Page Up and Page Down for the exit.
class DecisionMapsView : public View
{
    Q_OBJECT
public:
    DecisionMapsView(ExitModel* model, SelectionModel* selection, QWidget* parent = nullptr);

    void setMap(record::ExitDecisionMap map);
    void clearMap();
    void showError(const QString& sentence, const QString& hint);
    [[nodiscard]] bool hasMap() const { return m_map.has_value(); }
    void setShowPoints(bool on);
    [[nodiscard]] QString pointText(int column, int row) const;

    void paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const override;
    [[nodiscard]] QSizeF contentSize() const override { return {960, 520}; }
    [[nodiscard]] QSize sizeHint() const override { return {480, 280}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {200, 140}; }
    [[nodiscard]] QByteArray toCsv() const override;
    [[nodiscard]] QString summary() const override;

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    struct Panel {
        QRectF title, image;
        int layer = 0;  ///< -1 = the exits that are taken
    };
    [[nodiscard]] std::vector<Panel> panels(const QSizeF& size, const QFont& font) const;
    [[nodiscard]] QImage imageOf(int layer, const Theme& theme) const;
    void paintPanel(QPainter& painter, const Panel& panel, const Theme& theme) const;
    void paintPoints(QPainter& painter, const QRectF& image, const Theme& theme) const;
    void decide();
    [[nodiscard]] QString className(int index) const;

    ExitModel* m_model;
    SelectionModel* m_selection;
    std::optional<record::ExitDecisionMap> m_map;
    std::vector<std::int32_t> m_exit;  ///< [ny * nx], empty = the policy cannot be decided on the plane
    bool m_points = true;
    int m_column = -1;
    int m_row = -1;
};

}  // namespace timberline::widgets
