// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/hyperparameter.h"

#include <QWidget>

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QLineEdit;
class QSlider;
class QSpinBox;

namespace timberline::widgets {

/// One control for one declared hyperparameter, chosen by its type. Wheel events pass through unless the control has focus, so that
/// scrolling the panel never changes a value.
class ParameterEditor : public QWidget
{
    Q_OBJECT
public:
    ParameterEditor(const Hyperparameter& declaration, const ParameterValue& value, QWidget* parent = nullptr);

    [[nodiscard]] const Hyperparameter& declaration() const { return m_declaration; }
    [[nodiscard]] const ParameterValue& value() const { return m_value; }  ///< last valid value
    void setValue(const ParameterValue& value);                            ///< does not emit
    void restoreDefault();                                                 ///< emits when it changes something

Q_SIGNALS:
    void edited();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void build();
    void buildInteger();
    void buildReal();
    void buildText();
    void show(const ParameterValue& value);
    void commit(const ParameterValue& value);
    void commitText();
    [[nodiscard]] int sliderPosition(double value) const;
    [[nodiscard]] double sliderValue(int position) const;

    Hyperparameter m_declaration;
    ParameterValue m_value;
    QCheckBox* m_check = nullptr;
    QSpinBox* m_spin = nullptr;
    QDoubleSpinBox* m_real = nullptr;
    QSlider* m_slider = nullptr;
    QComboBox* m_combo = nullptr;
    QLineEdit* m_line = nullptr;
    bool m_updating = false;
};

}  // namespace timberline::widgets
