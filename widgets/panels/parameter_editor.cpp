// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/parameter_editor.h"

#include "widgets/panels/parameter_panel.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QEvent>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QSlider>
#include <QSpinBox>
#include <QToolButton>

#include <algorithm>
#include <cmath>
#include <limits>

namespace timberline::widgets {

namespace {
constexpr int kSliderSteps = 1000;

int clampToInt(double value)
{
    return static_cast<int>(
        std::clamp(value, static_cast<double>(std::numeric_limits<int>::min()), static_cast<double>(std::numeric_limits<int>::max())));
}
}  // namespace

ParameterEditor::ParameterEditor(const Hyperparameter& declaration, const ParameterValue& value, QWidget* parent)
    : QWidget(parent), m_declaration(declaration), m_value(value)
{
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    build();
    show(m_value);
    const QString name = coreText(m_declaration.label);
    for (auto* child : findChildren<QWidget*>(QString(), Qt::FindDirectChildrenOnly)) {
        child->setAccessibleName(name);
        child->setToolTip(coreText(m_declaration.help));
        child->installEventFilter(this);
        if (child->focusPolicy() == Qt::WheelFocus) {
            child->setFocusPolicy(Qt::StrongFocus);
        }
    }
}

void ParameterEditor::build()
{
    switch (m_declaration.type) {
    case ParameterType::Bool:
        m_check = new QCheckBox(this);
        layout()->addWidget(m_check);
        connect(m_check, &QCheckBox::toggled, this, [this](bool on) { commit(on); });
        return;
    case ParameterType::Int:
        buildInteger();
        return;
    case ParameterType::Real:
        buildReal();
        return;
    case ParameterType::Choice:
        m_combo = new QComboBox(this);
        for (std::size_t i = 0; i < m_declaration.choices.size(); ++i) {
            const auto& id = m_declaration.choices[i];
            const bool labelled = i < m_declaration.choice_labels.size() && !m_declaration.choice_labels[i].empty();
            m_combo->addItem(labelled ? coreText(m_declaration.choice_labels[i]) : QString::fromStdString(id), QString::fromStdString(id));
        }
        m_combo->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        m_combo->setMinimumContentsLength(16);
        m_combo->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        layout()->addWidget(m_combo);
        connect(m_combo, &QComboBox::currentIndexChanged, this, [this] { commit(m_combo->currentData().toString().toStdString()); });
        return;
    case ParameterType::Text:
    case ParameterType::Path:
    case ParameterType::IntList:
    case ParameterType::RealList:
    case ParameterType::Order:
        buildText();
        return;
    }
}

void ParameterEditor::buildInteger()
{
    const double range = m_declaration.maximum - m_declaration.minimum;
    m_spin = new QSpinBox(this);
    m_spin->setRange(clampToInt(m_declaration.minimum), clampToInt(m_declaration.maximum));
    m_spin->setAlignment(Qt::AlignRight);
    m_spin->setKeyboardTracking(false);
    if (range <= 100000) {
        m_slider = new QSlider(Qt::Horizontal, this);
        m_slider->setRange(0, kSliderSteps);
        m_slider->setMinimumWidth(40);
        layout()->addWidget(m_slider);
        connect(m_slider, &QSlider::valueChanged, this, [this](int position) {
            if (!m_updating) {
                commit(static_cast<std::int64_t>(std::llround(sliderValue(position))));
            }
        });
    }
    layout()->addWidget(m_spin);
    connect(m_spin, &QSpinBox::valueChanged, this, [this](int value) { commit(static_cast<std::int64_t>(value)); });
}

void ParameterEditor::buildReal()
{
    m_real = new QDoubleSpinBox(this);
    m_real->setDecimals(m_declaration.scale == Scale::Logarithmic ? 6 : m_declaration.maximum <= 1 ? 3 : 2);
    m_real->setRange(m_declaration.minimum, m_declaration.maximum);
    m_real->setSingleStep((m_declaration.maximum - m_declaration.minimum) / 100);
    m_real->setAlignment(Qt::AlignRight);
    m_real->setKeyboardTracking(false);
    m_slider = new QSlider(Qt::Horizontal, this);
    m_slider->setRange(0, kSliderSteps);
    m_slider->setMinimumWidth(40);
    layout()->addWidget(m_slider);
    layout()->addWidget(m_real);
    connect(m_slider, &QSlider::valueChanged, this, [this](int position) {
        if (!m_updating) {
            // The shown digits are the value: what is exported is what was read off the screen.
            const double scale = std::pow(10.0, m_real->decimals());
            commit(std::round(sliderValue(position) * scale) / scale);
        }
    });
    connect(m_real, &QDoubleSpinBox::valueChanged, this, [this](double value) { commit(value); });
}

void ParameterEditor::buildText()
{
    m_line = new QLineEdit(this);
    layout()->addWidget(m_line);
    connect(m_line, &QLineEdit::editingFinished, this, &ParameterEditor::commitText);
    if (m_declaration.type == ParameterType::Path) {
        auto* browse = new QToolButton(this);
        browse->setText(tr("Browse…"));
        layout()->addWidget(browse);
        connect(browse, &QToolButton::clicked, this, [this] {
            const QString label = coreText(m_declaration.label);
            const QString path = m_declaration.key.ends_with("_file") ? QFileDialog::getOpenFileName(this, label, m_line->text())
                                                                      : QFileDialog::getExistingDirectory(this, label, m_line->text());
            if (!path.isEmpty()) {
                m_line->setText(path);
                commitText();
            }
        });
    }
}

void ParameterEditor::commitText()
{
    auto parsed = parse_value(m_declaration, m_line->text().toStdString());
    const bool valid = parsed.ok();
    m_line->setToolTip(valid ? coreText(m_declaration.help) : QString::fromStdString(parsed.error().message));
    QPalette colors = palette();
    if (!valid) {
        colors.setColor(QPalette::Text, QColor(0xD5, 0x5E, 0x00));
    }
    m_line->setPalette(colors);
    if (valid) {
        commit(parsed.value());
    }
}

int ParameterEditor::sliderPosition(double value) const
{
    const double low = m_declaration.minimum;
    const double high = m_declaration.maximum;
    if (high <= low) {
        return 0;
    }
    const double t =
        m_declaration.scale == Scale::Logarithmic && low > 0 ? std::log(value / low) / std::log(high / low) : (value - low) / (high - low);
    return static_cast<int>(std::lround(std::clamp(t, 0.0, 1.0) * kSliderSteps));
}

double ParameterEditor::sliderValue(int position) const
{
    const double t = static_cast<double>(position) / kSliderSteps;
    const double low = m_declaration.minimum;
    const double high = m_declaration.maximum;
    return m_declaration.scale == Scale::Logarithmic && low > 0 ? low * std::pow(high / low, t) : low + t * (high - low);
}

void ParameterEditor::show(const ParameterValue& value)
{
    m_updating = true;
    if (m_check != nullptr) {
        m_check->setChecked(std::get<bool>(value));
    } else if (m_spin != nullptr) {
        const auto number = std::get<std::int64_t>(value);
        m_spin->setValue(clampToInt(static_cast<double>(number)));
        if (m_slider != nullptr && std::llround(sliderValue(m_slider->value())) != number) {
            m_slider->setValue(sliderPosition(static_cast<double>(number)));
        }
    } else if (m_real != nullptr) {
        m_real->setValue(std::get<double>(value));
        if (!m_slider->isSliderDown()) {
            m_slider->setValue(sliderPosition(std::get<double>(value)));
        }
    } else if (m_combo != nullptr) {
        m_combo->setCurrentIndex(std::max(0, m_combo->findData(QString::fromStdString(std::get<std::string>(value)))));
    } else if (m_line != nullptr) {
        m_line->setText(QString::fromStdString(to_text(value)));
    }
    m_updating = false;
}

void ParameterEditor::setValue(const ParameterValue& value)
{
    if (const auto checked = check_value(m_declaration, value); checked.ok()) {
        m_value = checked.value();
        show(m_value);
    }
}

void ParameterEditor::commit(const ParameterValue& value)
{
    if (m_updating || value == m_value) {
        return;
    }
    m_value = value;
    show(m_value);
    Q_EMIT edited();
}

void ParameterEditor::restoreDefault()
{
    commit(m_declaration.default_value);
}

bool ParameterEditor::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::Wheel) {
        const auto* widget = qobject_cast<QWidget*>(watched);
        if (widget != nullptr && !widget->hasFocus()) {
            event->ignore();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

}  // namespace timberline::widgets
