// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/landscape/landscape_model.h"
#include "widgets/landscape/number_rows.h"

class QLabel;

namespace timberline::widgets {

/// Every number of the cell under the cursor, and what the plane is.
class LandscapeInspector : public QWidget
{
    Q_OBJECT
public:
    explicit LandscapeInspector(LandscapeModel* model, QWidget* parent = nullptr);
    [[nodiscard]] const QList<std::pair<QString, QString>>& rows() const { return m_rows->rows(); }

private:
    void refresh();
    void addLosses(const record::LandscapeGrid& grid, std::size_t cell);
    void addPlace(const record::LandscapeGrid& grid, std::size_t cell);
    void addPath(const record::LandscapeGrid& grid);

    LandscapeModel* m_model;
    QLabel* m_title;
    QLabel* m_note;
    NumberRows* m_rows;
    QLabel* m_caption;
};

/// How the run went: training, its surface, the cost of following, the curvature. For the dock "This run".
class LandscapeSummary : public QWidget
{
    Q_OBJECT
public:
    explicit LandscapeSummary(LandscapeModel* model, QWidget* parent = nullptr);
    [[nodiscard]] const QList<std::pair<QString, QString>>& rows() const { return m_rows->rows(); }

private:
    void refresh();
    void addTraining();
    void addSurface();
    void addCurvature();

    LandscapeModel* m_model;
    NumberRows* m_rows;
    QLabel* m_note;
};

}  // namespace timberline::widgets
