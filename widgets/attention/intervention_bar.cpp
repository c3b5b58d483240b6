// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/attention/intervention_bar.h"

#include "widgets/attention/flow_layout.h"

#include <QAction>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QRegularExpression>
#include <QSignalBlocker>
#include <QToolButton>
#include <QUndoCommand>
#include <QUndoStack>
#include <QVBoxLayout>

#include <utility>

namespace timberline::widgets {

namespace {

QString place(int layer, int head)
{
    return QStringLiteral("%1.%2").arg(layer).arg(head);
}

QStringList split(const QString& text)
{
    QStringList out;
    for (const auto& part : text.split(QRegularExpression(QStringLiteral("[;\\n]")), Qt::SkipEmptyParts)) {
        if (const auto edit = part.simplified(); !edit.isEmpty()) {
            out.append(edit);
        }
    }
    return out;
}

/// Name and control as one piece, so that they wrap together.
QWidget* labelled(const QString& text, QWidget* control, QWidget* parent)
{
    auto* part = new QWidget(parent);
    auto* layout = new QHBoxLayout(part);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(6);
    auto* label = new QLabel(text, part);
    label->setProperty("quiet", true);
    label->setBuddy(control);
    layout->addWidget(label);
    layout->addWidget(control);
    return part;
}

QDoubleSpinBox* spin(double least, double most, double step, QWidget* parent)
{
    auto* box = new QDoubleSpinBox(parent);
    box->setRange(least, most);
    box->setSingleStep(step);
    box->setDecimals(3);
    box->setValue(1);
    box->setKeyboardTracking(false);
    return box;
}

}  // namespace

/// From one list to another. Steps of one spin box on one head become one.
class InterventionBar::Step : public QUndoCommand
{
public:
    Step(InterventionBar* bar, QStringList before, QStringList after, const QString& name, QString mergeKey)
        : QUndoCommand(name), m_bar(bar), m_before(std::move(before)), m_after(std::move(after)), m_mergeKey(std::move(mergeKey))
    {}
    void undo() override { m_bar->take(m_before, true); }
    void redo() override { m_bar->take(m_after, !std::exchange(m_bar->m_silent, false)); }
    [[nodiscard]] int id() const override { return m_mergeKey.isEmpty() ? -1 : 1; }
    bool mergeWith(const QUndoCommand* other) override
    {
        const auto* next = static_cast<const Step*>(other);
        if (next->m_mergeKey != m_mergeKey) {
            return false;
        }
        m_after = next->m_after;
        setText(next->text());
        return true;
    }

private:
    InterventionBar* m_bar;
    QStringList m_before, m_after;
    QString m_mergeKey;
};

InterventionBar::InterventionBar(AttentionModel* model, SelectionModel* selection, QWidget* parent)
    : QWidget(parent), m_model(model), m_selection(selection), m_undo(new QUndoStack(this))
{
    setObjectName(QStringLiteral("attention-edits"));
    build();
    connect(m_selection, &SelectionModel::changed, this, &InterventionBar::refresh);
    connect(m_model, &AttentionModel::changed, this, &InterventionBar::refresh);
    connect(m_model, &AttentionModel::marksChanged, this, &InterventionBar::refresh);
    refresh();
    refreshChips();
}

void InterventionBar::build()
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    auto* controls = new QWidget(this);
    auto* row = new FlowLayout(controls, 6);
    m_head = new QLabel(controls);
    m_head->setMinimumWidth(fontMetrics().horizontalAdvance(tr("Head %1.%2").arg(88).arg(88)));
    row->addWidget(m_head);
    m_off = new QToolButton(controls);
    m_off->setText(tr("Switch off"));
    m_off->setCheckable(true);
    m_off->setFocusPolicy(Qt::TabFocus);
    m_off->setToolTip(tr("The selected head's output becomes 0 (ablation)"));
    row->addWidget(m_off);
    // As far as the edits themselves go (core/rules/attention_edits).
    m_factor = spin(-1000, 1000, 0.1, controls);
    m_factor->setAccessibleName(tr("Scale"));
    m_factor->setToolTip(tr("The selected head's output is multiplied by this"));
    row->addWidget(labelled(tr("Scale"), m_factor, controls));
    m_temperature = spin(0.001, 1000, 0.1, controls);
    m_temperature->setAccessibleName(tr("Temperature"));
    m_temperature->setToolTip(tr("The selected head's scores are divided by "
                                 "this: below 1 sharper, above 1 flatter"));
    row->addWidget(labelled(tr("Temperature"), m_temperature, controls));
    m_variant = new QComboBox(controls);
    m_variant->setAccessibleName(tr("Attends by"));
    m_variant->setToolTip(tr("The selected head attends by another method"));
    // Titles are long; the list shows them whole.
    m_variant->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_variant->setMinimumContentsLength(12);
    m_variantPart = labelled(tr("Attends by"), m_variant, controls);
    row->addWidget(m_variantPart);
    layout->addWidget(controls);
    m_chips = new QWidget(this);
    m_chipRow = new FlowLayout(m_chips, 4);
    buildUndo(m_chipRow);
    layout->addWidget(m_chips);
    setVariants({});
    connect(m_off, &QToolButton::clicked, this, [this] { toggleOff(m_selection->current().layer, m_selection->current().head); });
    connect(m_factor, &QDoubleSpinBox::valueChanged, this, [this](double value) {
        if (!m_refreshing) {
            setFactor(m_selection->current().layer, m_selection->current().head, value);
        }
    });
    connect(m_temperature, &QDoubleSpinBox::valueChanged, this, [this](double value) {
        if (!m_refreshing) {
            setTemperature(m_selection->current().layer, m_selection->current().head, value);
        }
    });
    connect(m_variant, &QComboBox::activated, this, [this](int index) {
        setVariant(m_selection->current().layer, m_selection->current().head, m_variant->itemData(index).toString());
    });
}

void InterventionBar::buildUndo(FlowLayout* row)
{
    const auto button = [&](QAction* action, const QString& sign, const QKeySequence& keys) {
        action->setShortcut(keys);
        action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        auto* out = new QToolButton(row->parentWidget());
        out->setDefaultAction(action);
        out->setText(sign);
        out->setFocusPolicy(Qt::TabFocus);
        const auto name = [out, action, sign] {
            out->setText(sign);
            out->setAccessibleName(action->text());
            out->setToolTip(QStringLiteral("%1 (%2)").arg(action->text(), action->shortcut().toString(QKeySequence::NativeText)));
        };
        QObject::connect(action, &QAction::changed, out, name);
        name();
        row->addWidget(out);
        return action;
    };
    auto* undo = button(m_undo->createUndoAction(this, tr("Undo")), QStringLiteral("↶"), QKeySequence(Qt::CTRL | Qt::Key_Z));
    auto* redo = button(m_undo->createRedoAction(this, tr("Redo")), QStringLiteral("↷"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Z));
    undo->setObjectName(QStringLiteral("attention-undo"));
    redo->setObjectName(QStringLiteral("attention-redo"));
    m_undoActions = {undo, redo};
    m_clear = new QToolButton(row->parentWidget());
    m_clear->setText(tr("Clear all"));
    m_clear->setToolTip(tr("Take all edits back"));
    m_clear->setFocusPolicy(Qt::TabFocus);
    row->addWidget(m_clear);
    connect(m_clear, &QToolButton::clicked, this, &InterventionBar::clear);
}

void InterventionBar::setVariants(const QList<Variant>& variants)
{
    m_variants = variants;
    const QSignalBlocker blocker(m_variant);
    m_variant->clear();
    m_variant->addItem(tr("as the run"), QString());
    for (const auto& variant : variants) {
        m_variant->addItem(variant.title, variant.id);
    }
    m_variantPart->setVisible(!variants.isEmpty());
    refresh();
}

QString InterventionBar::text() const
{
    return m_edits.join(QStringLiteral("; "));
}

void InterventionBar::setText(const QString& text, bool fresh)
{
    const QStringList edits = split(text);
    if (fresh) {
        m_undo->clear();
        take(edits, false);
    } else if (edits != m_edits) {
        m_silent = true;
        push(edits, tr("change of the list"));
    }
}

bool InterventionBar::hasHead() const
{
    const auto& now = m_selection->current();
    return now.layer >= 0 && now.layer < m_model->layers() && now.head >= 0 && now.head < m_model->heads();
}

QStringList InterventionBar::without(const QStringList& verbs, int layer, int head) const
{
    QStringList out;
    for (const auto& edit : m_edits) {
        const auto words = edit.split(QLatin1Char(' '), Qt::SkipEmptyParts);
        const bool own = words.size() >= 2 && verbs.contains(words[0]) && words[1] == place(layer, head);
        if (!own) {
            out.append(edit);
        }
    }
    return out;
}

void InterventionBar::toggleOff(int layer, int head)
{
    if (layer < 0 || head < 0) {
        return;
    }
    QStringList edits = without({QStringLiteral("ablate"), QStringLiteral("scale")}, layer, head);
    if (m_model->mark(layer, head).factor != 0 && !m_edits.contains(QStringLiteral("ablate ") + place(layer, head))) {
        edits.append(QStringLiteral("ablate ") + place(layer, head));
        push(edits, tr("switching off head %1").arg(place(layer, head)));
        return;
    }
    if (!m_edits.contains(QStringLiteral("ablate ") + place(layer, head))) {
        edits.append(QStringLiteral("scale %1 1").arg(place(layer,
                                                            head)));  // an edit of a range switched it off: this one wins
    }
    push(edits, tr("switching on head %1").arg(place(layer, head)));
}

void InterventionBar::setFactor(int layer, int head, double factor)
{
    if (layer < 0 || head < 0) {
        return;
    }
    QStringList edits = without({QStringLiteral("ablate"), QStringLiteral("scale")}, layer, head);
    if (factor == 0) {
        edits.append(QStringLiteral("ablate ") + place(layer, head));
    } else if (factor != 1 || edits == m_edits) {
        edits.append(QStringLiteral("scale %1 %2").arg(place(layer, head)).arg(factor, 0, 'g', 6));
    }
    push(edits, tr("scaling of head %1").arg(place(layer, head)), QStringLiteral("scale ") + place(layer, head));
}

void InterventionBar::setTemperature(int layer, int head, double temperature)
{
    if (layer < 0 || head < 0) {
        return;
    }
    QStringList edits = without({QStringLiteral("temperature")}, layer, head);
    if (temperature != 1 || edits == m_edits) {
        edits.append(QStringLiteral("temperature %1 %2").arg(place(layer, head)).arg(temperature, 0, 'g', 6));
    }
    push(edits, tr("temperature of head %1").arg(place(layer, head)), QStringLiteral("temperature ") + place(layer, head));
}

void InterventionBar::setVariant(int layer, int head, const QString& id)
{
    if (layer < 0 || head < 0) {
        return;
    }
    QStringList edits = without({QStringLiteral("swap")}, layer, head);
    if (!id.isEmpty()) {
        edits.append(QStringLiteral("swap %1 %2").arg(place(layer, head), id));
    }
    push(edits, tr("variant of head %1").arg(place(layer, head)));
}

void InterventionBar::restore(int layer, int head)
{
    push(without({QStringLiteral("ablate"), QStringLiteral("scale"), QStringLiteral("temperature"), QStringLiteral("swap")}, layer, head),
         tr("restoring head %1").arg(place(layer, head)));
}

void InterventionBar::removeEdit(int index)
{
    if (index >= 0 && index < m_edits.size()) {
        QStringList edits = m_edits;
        const QString gone = edits.takeAt(index);
        push(edits, tr("taking back %1").arg(gone));
    }
}

void InterventionBar::clear()
{
    push({}, tr("clearing all edits"));
}

void InterventionBar::push(const QStringList& edits, const QString& name, const QString& mergeKey)
{
    if (edits != m_edits) {
        m_undo->push(new Step(this, m_edits, edits, name, mergeKey));
    }
    m_silent = false;
    refresh();
}

void InterventionBar::take(const QStringList& edits, bool tell)
{
    m_edits = edits;
    refreshChips();
    refresh();
    if (tell) {
        Q_EMIT editsChanged(text());
    }
}

void InterventionBar::refresh()
{
    m_refreshing = true;
    const auto& now = m_selection->current();
    const bool some = hasHead();
    const HeadMark mark = some ? m_model->mark(now.layer, now.head) : HeadMark{};
    m_head->setText(some ? tr("Head %1.%2").arg(now.layer).arg(now.head) : tr("No head"));
    m_head->setToolTip(some ? tr("Layer %1, head %2").arg(now.layer).arg(now.head) : tr("Select a head in the overview or in the table"));
    for (QWidget* control : std::initializer_list<QWidget*>{m_off, m_factor, m_temperature, m_variant}) {
        control->setEnabled(some);
    }
    m_off->setChecked(mark.factor == 0);
    m_factor->setValue(mark.factor);
    m_temperature->setValue(mark.temperature);
    m_variant->setCurrentIndex(std::max(0, m_variant->findData(mark.variant)));
    m_clear->setEnabled(!m_edits.isEmpty());
    // The second line takes room only once there is something on it.
    m_chips->setVisible(!m_edits.isEmpty() || m_undo->canUndo() || m_undo->canRedo());
    m_refreshing = false;
}

void InterventionBar::refreshChips()
{
    for (int i = m_chipRow->count() - 1; i >= 0; --i) {
        auto* chip = m_chipRow->itemAt(i)->widget();
        if (chip->property("chip").toBool()) {
            // Later: the chip may be the one whose click brought us here.
            chip->hide();
            chip->deleteLater();
            delete m_chipRow->takeAt(i);
        }
    }
    for (int i = 0; i < m_edits.size(); ++i) {
        auto* chip = new QToolButton(m_chips);
        chip->setText(m_edits[i] + QStringLiteral("  ×"));
        chip->setToolTip(tr("Take %1 back").arg(m_edits[i]));
        chip->setAccessibleName(tr("Take %1 back").arg(m_edits[i]));
        chip->setFocusPolicy(Qt::TabFocus);
        chip->setProperty("chip", true);
        connect(chip, &QToolButton::clicked, this, [this, i] { removeEdit(i); });
        m_chipRow->addWidget(chip);
        chip->show();
    }
    m_chips->updateGeometry();
}

}  // namespace timberline::widgets
