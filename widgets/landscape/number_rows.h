// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>
#include <QWidget>

#include <utility>

class QGridLayout;
class QLabel;

namespace timberline::widgets {

/// Rows of label, number and unit; numbers can be selected and copied. Labels are reused, so that numbers that change often do not flicker.
class NumberRows : public QWidget
{
    Q_OBJECT
public:
    explicit NumberRows(QWidget* parent = nullptr);
    /// Begins anew; rows follow by add(), then finish().
    void begin();
    /// An empty value adds no row.
    void add(const QString& label, const QString& value, const QString& unit, const QString& help);
    void finish();
    /// Label and value with its unit of every row, for tests and copying.
    [[nodiscard]] const QList<std::pair<QString, QString>>& rows() const { return m_rows; }

private:
    QGridLayout* m_grid;
    QList<QLabel*> m_labels;
    QList<std::pair<QString, QString>> m_rows;
};

}  // namespace timberline::widgets
