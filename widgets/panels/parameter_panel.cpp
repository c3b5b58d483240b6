// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/parameter_panel.h"

#include "widgets/panels/parameter_editor.h"

#include <QCoreApplication>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QMouseEvent>

namespace timberline::widgets {

QString coreText(const std::string& text)
{
    return QCoreApplication::translate("core", text.c_str());
}

QString effectText(Effect effect)
{
    const auto word = [](const char* text) { return QCoreApplication::translate("Effect", text); };
    switch (effect) {
    case Effect::Redraw:
        return word(QT_TRANSLATE_NOOP("Effect", "at once"));
    case Effect::NextStep:
        return word(QT_TRANSLATE_NOOP("Effect", "next step"));
    case Effect::NextRound:
        return word(QT_TRANSLATE_NOOP("Effect", "next round"));
    case Effect::NextEpoch:
        return word(QT_TRANSLATE_NOOP("Effect", "next epoch"));
    case Effect::Recalibrate:
        return word(QT_TRANSLATE_NOOP("Effect", "recalibrates"));
    case Effect::ResetState:
        return word(QT_TRANSLATE_NOOP("Effect", "resets state"));
    case Effect::Rebuild:
        return word(QT_TRANSLATE_NOOP("Effect", "rebuilds"));
    case Effect::Retrain:
        return word(QT_TRANSLATE_NOOP("Effect", "retrains"));
    case Effect::Restart:
        return word(QT_TRANSLATE_NOOP("Effect", "next run"));
    }
    return {};
}

namespace {

/// A label that restores the default on double-click.
class ParameterLabel : public QLabel
{
public:
    ParameterLabel(const QString& text, ParameterEditor* editor, QWidget* parent) : QLabel(text, parent), m_editor(editor)
    {
        setBuddy(editor);
    }

protected:
    void mouseDoubleClickEvent(QMouseEvent*) override { m_editor->restoreDefault(); }

private:
    ParameterEditor* m_editor;
};

QString helpOf(const Hyperparameter& declaration)
{
    QString text = coreText(declaration.help);
    const auto type = declaration.type;
    if (type == ParameterType::Int || type == ParameterType::Real || type == ParameterType::IntList || type == ParameterType::RealList) {
        text += QLatin1Char('\n') +
                QCoreApplication::translate("ParameterPanel", "Range %1 to %2.").arg(declaration.minimum).arg(declaration.maximum);
    }
    text += QLatin1Char('\n') + QCoreApplication::translate("ParameterPanel", "Default %1 (double-click the label). Takes effect: %2.")
                                    .arg(QString::fromStdString(to_text(declaration.default_value)), effectText(declaration.effect));
    return text;
}

}  // namespace

ParameterPanel::ParameterPanel(QWidget* parent) : QWidget(parent), m_form(new QFormLayout(this))
{
    m_form->setContentsMargins(0, 0, 0, 0);
    m_form->setHorizontalSpacing(12);
    m_form->setVerticalSpacing(6);
    m_form->setLabelAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_form->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
    m_form->setRowWrapPolicy(QFormLayout::WrapLongRows);
}

ParameterPanel::~ParameterPanel() = default;

void ParameterPanel::setDeclarations(const std::vector<Hyperparameter>& declarations, const Values& values)
{
    while (m_form->rowCount() > 0) {
        m_form->removeRow(0);
    }
    m_editors.clear();
    m_badges.clear();
    m_declarations = declarations;
    for (const auto& declaration : m_declarations) {
        const QString key = QString::fromStdString(declaration.key);
        const auto it = values.find(declaration.key);
        auto* editor = new ParameterEditor(declaration, it != values.end() ? it->second : declaration.default_value, this);
        editor->setObjectName(key);
        auto* label = new ParameterLabel(coreText(declaration.label), editor, this);
        label->setToolTip(helpOf(declaration));
        auto* row = new QWidget(this);
        auto* layout = new QHBoxLayout(row);
        layout->setContentsMargins(0, 0, 0, 0);
        layout->setSpacing(6);
        layout->addWidget(editor, 1);
        if (!declaration.unit.empty()) {
            auto* unit = new QLabel(coreText(declaration.unit), row);
            unit->setProperty("quiet", true);
            layout->addWidget(unit);
        }
        auto* badge = new QLabel(row);
        badge->setProperty("quiet", true);
        badge->setText(QStringLiteral("● ") + effectText(declaration.effect));
        badge->hide();
        layout->addWidget(badge);
        m_form->addRow(label, row);
        m_editors.insert(key, editor);
        m_badges.insert(key, badge);
        connect(editor, &ParameterEditor::edited, this, [this, key, editor] { Q_EMIT valueEdited(key, editor->value()); });
    }
}

Values ParameterPanel::values() const
{
    Values out;
    for (auto it = m_editors.begin(); it != m_editors.end(); ++it) {
        out.emplace(it.key().toStdString(), it.value()->value());
    }
    return out;
}

void ParameterPanel::setValue(const std::string& key, const ParameterValue& value)
{
    if (auto* control = editor(key); control != nullptr) {
        control->setValue(value);
    }
}

void ParameterPanel::markPending(const std::string& key)
{
    if (auto* badge = m_badges.value(QString::fromStdString(key)); badge != nullptr) {
        badge->show();
    }
}

void ParameterPanel::clearPending()
{
    for (auto* badge : std::as_const(m_badges)) {
        badge->hide();
    }
}

bool ParameterPanel::isPending(const std::string& key) const
{
    const auto* badge = m_badges.value(QString::fromStdString(key));
    return badge != nullptr && !badge->isHidden();
}

ParameterEditor* ParameterPanel::editor(const std::string& key) const
{
    return m_editors.value(QString::fromStdString(key));
}

}  // namespace timberline::widgets
