// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/exits/exit_model.h"

#include <QList>
#include <QString>
#include <QWidget>

class QGridLayout;
class QLabel;

namespace timberline::widgets {

/// What the exits saved and what they lost: this run beside the setting that is tried out. Every line says what it is and whether it was
/// measured, counted by the cost model, or decided again from readings.
class CostPanel : public QWidget
{
    Q_OBJECT
public:
    explicit CostPanel(ExitModel* model, QWidget* parent = nullptr);

    struct Row {
        QString label, run, tried, unit;
    };
    [[nodiscard]] QList<Row> rows() const { return m_rows; }
    [[nodiscard]] QString note() const;

private:
    void refresh();
    void addRow(const QString& label, const QString& run, const QString& tried, const QString& unit, const QString& help);

    ExitModel* m_model;
    QGridLayout* m_grid;
    QList<QLabel*> m_labels;
    QLabel* m_triedTitle;
    QLabel* m_note;
    QList<Row> m_rows;
};

}  // namespace timberline::widgets
