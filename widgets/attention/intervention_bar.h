// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/attention/attention_model.h"
#include "widgets/shared/selection.h"

#include <QList>
#include <QStringList>
#include <QWidget>

class QAction;
class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QMenu;
class QToolButton;
class QUndoStack;

namespace timberline::widgets {

class FlowLayout;

/// What is done to heads, by click: switch the selected head off, scale its
/// output, change its temperature, let it attend by another variant. The edits
/// stand below as chips; each can be taken back, and every step undone and
/// redone. The list is text as a config keeps it
/// ("ablate 3.2; scale 1.0 0.5"); later edits win.
class InterventionBar : public QWidget
{
    Q_OBJECT
public:
    struct Variant {
        QString id, title;
    };

    InterventionBar(AttentionModel* model, SelectionModel* selection, QWidget* parent = nullptr);

    /// Methods that a head can be swapped to; none hides the choice.
    void setVariants(const QList<Variant>& variants);

    [[nodiscard]] const QStringList& edits() const { return m_edits; }
    /// The list as a config keeps it.
    [[nodiscard]] QString text() const;
    /// Another list came from elsewhere (a file, the set-up panel): taken without
    /// a signal. `fresh` forgets the steps before.
    void setText(const QString& text, bool fresh);
    [[nodiscard]] QUndoStack* undoStack() const { return m_undo; }
    /// Undo and redo. Their keys work in widgets that they are added to, and in those' children.
    [[nodiscard]] const QList<QAction*>& undoActions() const { return m_undoActions; }

    void toggleOff(int layer, int head);
    void setFactor(int layer, int head, double factor);
    void setTemperature(int layer, int head, double temperature);
    void setVariant(int layer, int head,
                    const QString& id);  ///< empty = the run's own
    void restore(int layer, int head);   ///< no edit of its own, nothing in force
    void removeEdit(int index);
    void clear();
    /// The same actions as a menu on a head.
    void fillMenu(QMenu* menu, int layer, int head);

    [[nodiscard]] QToolButton* offButton() const { return m_off; }
    [[nodiscard]] QDoubleSpinBox* factorBox() const { return m_factor; }
    [[nodiscard]] QDoubleSpinBox* temperatureBox() const { return m_temperature; }
    [[nodiscard]] QComboBox* variantBox() const { return m_variant; }

Q_SIGNALS:
    void editsChanged(const QString& text);

private:
    class Step;
    friend class Step;
    void build();
    void buildUndo(FlowLayout* row);
    void push(const QStringList& edits, const QString& name, const QString& mergeKey = {});
    void take(const QStringList& edits, bool tell);
    void refresh();
    void refreshChips();
    [[nodiscard]] bool hasHead() const;
    [[nodiscard]] QStringList without(const QStringList& verbs, int layer, int head) const;

    AttentionModel* m_model;
    SelectionModel* m_selection;
    QUndoStack* m_undo;
    QList<QAction*> m_undoActions;
    QStringList m_edits;
    QList<Variant> m_variants;
    QLabel* m_head = nullptr;
    QToolButton* m_off = nullptr;
    QDoubleSpinBox* m_factor = nullptr;
    QDoubleSpinBox* m_temperature = nullptr;
    QWidget* m_variantPart = nullptr;
    QComboBox* m_variant = nullptr;
    QToolButton* m_clear = nullptr;
    QWidget* m_chips = nullptr;
    FlowLayout* m_chipRow = nullptr;
    bool m_refreshing = false;
    bool m_silent = false;
};

}  // namespace timberline::widgets
