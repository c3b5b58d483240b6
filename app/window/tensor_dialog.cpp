// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/tensor_dialog.h"

#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QSortFilterProxyModel>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>

namespace timberline::app {

void TensorModel::setTensors(std::vector<run::TensorInfo> tensors)
{
    beginResetModel();
    m_tensors = std::move(tensors);
    m_summaries.clear();
    endResetModel();
}

void TensorModel::setSummary(const std::string& tensor, const run::TensorSummary& summary)
{
    m_summaries[tensor] = summary;
    for (std::size_t row = 0; row < m_tensors.size(); ++row) {
        if (m_tensors[row].name == tensor) {
            Q_EMIT dataChanged(index(static_cast<int>(row), Minimum), index(static_cast<int>(row), NotFinite));
        }
    }
}

const run::TensorInfo* TensorModel::tensor(int row) const
{
    return row >= 0 && row < static_cast<int>(m_tensors.size()) ? &m_tensors[static_cast<std::size_t>(row)] : nullptr;
}

bool TensorModel::hasSummary(int row) const
{
    const auto* info = tensor(row);
    return info != nullptr && m_summaries.contains(info->name);
}

int TensorModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_tensors.size());
}

int TensorModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant TensorModel::data(const QModelIndex& index, int role) const
{
    const auto* info = tensor(index.row());
    if (info == nullptr) {
        return {};
    }
    if (role == Qt::TextAlignmentRole && index.column() >= Size) {
        return QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (index.column()) {
    case Name:
        return QString::fromStdString(info->name);
    case Type:
        return QString::fromStdString(info->type);
    case Shape: {
        QStringList parts;
        for (const auto size : info->shape) {
            parts.append(QString::number(size));
        }
        return parts.join(QStringLiteral(" × "));
    }
    case Size:
        return QLocale().formattedDataSize(info->bytes);
    default:
        break;
    }
    const auto it = m_summaries.find(info->name);
    if (it == m_summaries.end()) {
        return {};
    }
    const auto number = [](double value) { return QString::number(value, 'g', 4); };
    switch (index.column()) {
    case Minimum:
        return number(it->second.minimum);
    case Maximum:
        return number(it->second.maximum);
    case Mean:
        return number(it->second.mean);
    case Deviation:
        return number(it->second.standard_deviation);
    case NotFinite:
        return QString::number(it->second.not_finite);
    default:
        return {};
    }
}

QVariant TensorModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case Name:
        return tr("Tensor");
    case Type:
        return tr("Type");
    case Shape:
        return tr("Shape");
    case Size:
        return tr("Size");
    case Minimum:
        return tr("Minimum");
    case Maximum:
        return tr("Maximum");
    case Mean:
        return tr("Mean");
    case Deviation:
        return tr("Std. deviation");
    case NotFinite:
        return tr("Not finite");
    default:
        return {};
    }
}

TensorDialog::TensorDialog(JobHost* jobs, const QString& model, QWidget* parent)
    : QDialog(parent), m_jobs(jobs), m_modelName(model), m_model(new TensorModel(this)), m_table(new QTableView(this)),
      m_facts(new QLabel(this))
{
    setWindowTitle(tr("Tensors of %1").arg(model));
    resize(860, 520);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 12, 12, 12);
    layout->setSpacing(8);
    m_facts->setWordWrap(true);
    m_facts->setTextInteractionFlags(Qt::TextSelectableByMouse);
    layout->addWidget(m_facts);
    auto* filter = new QLineEdit(this);
    filter->setPlaceholderText(tr("Filter by name"));
    filter->setAccessibleName(tr("Filter by name"));
    filter->setClearButtonEnabled(true);
    layout->addWidget(filter);
    auto* proxy = new QSortFilterProxyModel(this);
    proxy->setSourceModel(m_model);
    proxy->setFilterCaseSensitivity(Qt::CaseInsensitive);
    connect(filter, &QLineEdit::textChanged, proxy, &QSortFilterProxyModel::setFilterFixedString);
    m_table->setModel(proxy);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->verticalHeader()->hide();
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_table->horizontalHeader()->setStretchLastSection(true);
    layout->addWidget(m_table, 1);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this, proxy](const QModelIndex& current) { askSummary(proxy->mapToSource(current).row()); });
    m_facts->setText(tr("Reading…"));
    m_jobs->submit(QStringLiteral("tensors"), [guard = QPointer<TensorDialog>(this), model = model.toStdString()](const JobContext& job) {
        auto info = job.engine.model_info(model);
        job.deliver([guard, info = std::move(info)] {
            if (guard.isNull()) {
                return;
            }
            if (!info.ok()) {
                guard->m_facts->setText(QString::fromStdString(info.error().message + " " + info.error().hint));
                return;
            }
            const auto& facts = info.value();
            guard->m_facts->setText(tr("%1 · %2 tensors · %3 parameters · select a row for its statistics")
                                        .arg(QString::fromStdString(facts.architecture))
                                        .arg(facts.tensors.size())
                                        .arg(QLocale().toString(static_cast<qlonglong>(facts.parameters))));
            guard->m_model->setTensors(facts.tensors);
        });
    });
}

void TensorDialog::askSummary(int row)
{
    const auto* info = m_model->tensor(row);
    if (info == nullptr || m_model->hasSummary(row)) {
        return;
    }
    m_jobs->submit(QStringLiteral("tensor-summary"),
                   [guard = QPointer<TensorDialog>(this), model = m_modelName.toStdString(), name = info->name](const JobContext& job) {
                       auto summary = job.engine.tensor_summary(model, name, job.cancel);
                       job.deliver([guard, name, summary = std::move(summary)] {
                           if (!guard.isNull() && summary.ok()) {
                               guard->m_model->setSummary(name, summary.value());
                           }
                       });
                   });
}

}  // namespace timberline::app
