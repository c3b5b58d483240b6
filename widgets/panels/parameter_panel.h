// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/hyperparameter.h"

#include <QHash>
#include <QString>
#include <QWidget>

class QFormLayout;
class QLabel;

namespace timberline::widgets {

/// Text of the core in the user's language (context "core"); unknown texts stay English.
[[nodiscard]] QString coreText(const std::string& text);
/// "next round", "restart" …: when a change takes effect, translated.
[[nodiscard]] QString effectText(Effect effect);

class ParameterEditor;

/// Controls made from hyperparameter declarations: label left, control right, unit in quiet ink, help on hover, double-click on the label
/// restores the default. What is being typed is kept apart from the applied value: an edit is committed when it is valid.
class ParameterPanel : public QWidget
{
    Q_OBJECT
public:
    explicit ParameterPanel(QWidget* parent = nullptr);
    ~ParameterPanel() override;

    /// Rebuilds the controls. Values outside `values` show their default.
    void setDeclarations(const std::vector<Hyperparameter>& declarations, const Values& values);
    [[nodiscard]] Values values() const;
    [[nodiscard]] const std::vector<Hyperparameter>& declarations() const { return m_declarations; }
    /// Changes a control without emitting.
    void setValue(const std::string& key, const ParameterValue& value);
    /// Shows "next round" (or what the declaration says) beside the control until clearPending.
    void markPending(const std::string& key);
    void clearPending();
    [[nodiscard]] bool isPending(const std::string& key) const;
    [[nodiscard]] ParameterEditor* editor(const std::string& key) const;

Q_SIGNALS:
    void valueEdited(const QString& key, const timberline::ParameterValue& value);

private:
    QFormLayout* m_form = nullptr;
    std::vector<Hyperparameter> m_declarations;
    QHash<QString, ParameterEditor*> m_editors;
    QHash<QString, QLabel*> m_badges;
};

}  // namespace timberline::widgets
