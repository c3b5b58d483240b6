// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/export_dialog.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QDir>
#include <QDoubleSpinBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QMessageBox>
#include <QPushButton>
#include <QSignalBlocker>
#include <QStandardPaths>
#include <QToolButton>

#include <algorithm>

namespace timberline::app {

using widgets::ExportFormat;

ExportDialog::ExportDialog(const QList<widgets::View*>& views, const QString& manifest, QWidget* parent)
    : QDialog(parent), m_views(views), m_manifest(manifest), m_view(new QComboBox(this)), m_format(new QComboBox(this)),
      m_theme(new QComboBox(this)), m_scale(new QDoubleSpinBox(this)), m_transparent(new QCheckBox(tr("Transparent background"), this)),
      m_path(new QLineEdit(this))
{
    setWindowTitle(tr("Export a view"));
    auto* form = new QFormLayout(this);
    form->setContentsMargins(16, 16, 16, 16);
    form->setHorizontalSpacing(12);
    form->setVerticalSpacing(8);
    for (const auto* view : m_views) {
        m_view->addItem(view->title());
    }
    m_theme->addItem(tr("as on screen"), QString());
    m_theme->addItem(tr("light"), QStringLiteral("light"));
    m_theme->addItem(tr("dark"), QStringLiteral("dark"));
    m_scale->setRange(1, 8);
    m_scale->setDecimals(1);
    m_scale->setValue(2);
    m_scale->setSuffix(QStringLiteral(" ×"));
    m_path->setMinimumWidth(360);
    auto* row = new QHBoxLayout;
    auto* browse = new QToolButton(this);
    browse->setText(QStringLiteral("…"));
    browse->setAccessibleName(tr("Choose a file"));
    row->addWidget(m_path, 1);
    row->addWidget(browse);
    form->addRow(tr("View"), m_view);
    form->addRow(tr("Format"), m_format);
    form->addRow(tr("Colours"), m_theme);
    form->addRow(tr("Pixels per point"), m_scale);
    form->addRow(QString(), m_transparent);
    form->addRow(tr("File"), row);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Save | QDialogButtonBox::Cancel, this);
    form->addRow(buttons);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(buttons, &QDialogButtonBox::accepted, this, [this] {
        const QString problem = write();
        if (problem.isEmpty()) {
            accept();
        } else {
            QMessageBox::warning(this, windowTitle(), problem);
        }
    });
    connect(m_view, &QComboBox::currentIndexChanged, this, &ExportDialog::offerFormats);
    connect(m_format, &QComboBox::currentIndexChanged, this, &ExportDialog::suggestName);
    connect(browse, &QToolButton::clicked, this, [this] {
        const QString chosen = QFileDialog::getSaveFileName(this, windowTitle(), m_path->text());
        if (!chosen.isEmpty()) {
            m_path->setText(chosen);
        }
    });
    offerFormats();
}

void ExportDialog::offerFormats()
{
    const QString chosen = m_format->currentData().toString();
    {
        const QSignalBlocker quiet(m_format);
        m_format->clear();
        for (const auto format : {ExportFormat::Png, ExportFormat::Svg, ExportFormat::Pdf, ExportFormat::Csv, ExportFormat::Json}) {
            m_format->addItem(widgets::suffixOf(format).toUpper(), widgets::suffixOf(format));
        }
        for (const QString& suffix : m_views[m_view->currentIndex()]->extraFormats()) {
            m_format->addItem(suffix.toUpper(), suffix);
        }
        m_format->setCurrentIndex(std::max(0, m_format->findData(chosen)));
    }
    suggestName();
}

void ExportDialog::suggestName()
{
    const QString suffix = m_format->currentData().toString();
    const bool png = suffix == widgets::suffixOf(ExportFormat::Png);
    const bool picture = png || suffix == widgets::suffixOf(ExportFormat::Svg) || suffix == widgets::suffixOf(ExportFormat::Pdf);
    m_scale->setEnabled(png);
    m_theme->setEnabled(picture);
    m_transparent->setEnabled(picture);
    const QString folder = m_path->text().isEmpty() ? QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation)
                                                    : QFileInfo(m_path->text()).absolutePath();
    m_path->setText(QDir(folder).filePath(m_views[m_view->currentIndex()]->id() + QLatin1Char('.') + suffix));
}

QString ExportDialog::path() const
{
    return m_path->text();
}

void ExportDialog::setPath(const QString& path)
{
    m_path->setText(path);
}

QString ExportDialog::write()
{
    widgets::ExportOptions options;
    options.scale = m_scale->value();
    options.transparent = m_transparent->isChecked();
    options.theme = m_theme->currentData().toString();
    options.manifest = m_manifest;
    return exportView(*m_views[m_view->currentIndex()], m_format->currentData().toString(), m_path->text(), options);
}

}  // namespace timberline::app
