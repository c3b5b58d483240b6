// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/jobs/job_host.h"

#include <QAbstractTableModel>
#include <QDialog>
#include <QPointer>

#include <map>

class QLabel;
class QTableView;

namespace timberline::app {

/// Names, shapes, types and sizes of a model's tensors; statistics are filled in as they are asked for. Nothing is loaded for the list.
class TensorModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { Name, Type, Shape, Size, Minimum, Maximum, Mean, Deviation, NotFinite, ColumnCount };
    using QAbstractTableModel::QAbstractTableModel;

    void setTensors(std::vector<run::TensorInfo> tensors);
    void setSummary(const std::string& tensor, const run::TensorSummary& summary);
    [[nodiscard]] const run::TensorInfo* tensor(int row) const;
    [[nodiscard]] bool hasSummary(int row) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    std::vector<run::TensorInfo> m_tensors;
    std::map<std::string, run::TensorSummary> m_summaries;
};

/// The tensor browser.
class TensorDialog : public QDialog
{
    Q_OBJECT
public:
    TensorDialog(JobHost* jobs, const QString& model, QWidget* parent = nullptr);
    [[nodiscard]] TensorModel* tensors() const { return m_model; }

private:
    void askSummary(int row);
    JobHost* m_jobs;
    QString m_modelName;
    TensorModel* m_model;
    QTableView* m_table;
    QLabel* m_facts;
};

}  // namespace timberline::app
