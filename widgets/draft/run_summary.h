// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/shared/record_model.h"

#include <QWidget>

class QGridLayout;
class QLabel;
class QPushButton;

namespace timberline::widgets {

/// The numbers of this run up to the moment shown. Every one says what it is (hover); speed-up is measured, never modelled.
class RunSummary : public QWidget
{
    Q_OBJECT
public:
    explicit RunSummary(RecordModel* model, QWidget* parent = nullptr);
    /// Label and value with unit of every row.
    [[nodiscard]] QList<std::pair<QString, QString>> rows() const { return m_rows; }
    void setMeasuring(bool on);
    [[nodiscard]] QPushButton* measureButton() const { return m_measure; }

Q_SIGNALS:
    void measureRequested();

private:
    void refresh();
    void addRow(const QString& label, const QString& value, const QString& unit, const QString& help);
    RecordModel* m_model;
    QGridLayout* m_grid;
    QLabel* m_lossless;
    QPushButton* m_measure;
    QList<std::pair<QString, QString>> m_rows;
    QList<QLabel*> m_labels;
};

}  // namespace timberline::widgets
