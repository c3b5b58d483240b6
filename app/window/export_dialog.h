// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/shared/view.h"

#include <QDialog>

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QLineEdit;

namespace timberline::app {

/// Which view, which format, how large. Pictures carry the config that made them.
class ExportDialog : public QDialog
{
    Q_OBJECT
public:
    ExportDialog(const QList<widgets::View*>& views, const QString& manifest, QWidget* parent = nullptr);

    /// Writes what is chosen. @return an empty string, or what went wrong.
    QString write();
    [[nodiscard]] QString path() const;
    void setPath(const QString& path);

private:
    /// The common formats and those of the chosen view.
    void offerFormats();
    void suggestName();
    QList<widgets::View*> m_views;
    QString m_manifest;
    QComboBox* m_view;
    QComboBox* m_format;
    QComboBox* m_theme;
    QDoubleSpinBox* m_scale;
    QCheckBox* m_transparent;
    QLineEdit* m_path;
};

}  // namespace timberline::app
