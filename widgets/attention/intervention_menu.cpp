// SPDX-License-Identifier: GPL-3.0-or-later
// What can be done to a head, as a menu on it.
#include "widgets/attention/intervention_bar.h"

#include <QMenu>

namespace timberline::widgets {

void InterventionBar::fillMenu(QMenu* menu, int layer, int head)
{
    const HeadMark mark = m_model->mark(layer, head);
    menu->addSection(tr("Layer %1, head %2").arg(layer).arg(head));
    connect(menu->addAction(mark.factor == 0 ? tr("Switch on") : tr("Switch off")), &QAction::triggered, this,
            [this, layer, head] { toggleOff(layer, head); });
    auto* scales = menu->addMenu(tr("Scale"));
    for (const double factor : {0.25, 0.5, 1.0, 2.0, 4.0}) {
        auto* action = scales->addAction(QStringLiteral("× %1").arg(factor));
        action->setCheckable(true);
        action->setChecked(mark.factor == factor);
        connect(action, &QAction::triggered, this, [this, layer, head, factor] { setFactor(layer, head, factor); });
    }
    auto* temperatures = menu->addMenu(tr("Temperature"));
    for (const double temperature : {0.25, 0.5, 1.0, 2.0, 4.0}) {
        auto* action = temperatures->addAction(QString::number(temperature));
        action->setCheckable(true);
        action->setChecked(mark.temperature == temperature);
        connect(action, &QAction::triggered, this, [this, layer, head, temperature] { setTemperature(layer, head, temperature); });
    }
    if (!m_variants.isEmpty()) {
        auto* swaps = menu->addMenu(tr("Attends by"));
        const auto add = [&](const QString& title, const QString& id) {
            auto* action = swaps->addAction(title);
            action->setCheckable(true);
            action->setChecked(mark.variant == id);
            connect(action, &QAction::triggered, this, [this, layer, head, id] { setVariant(layer, head, id); });
        };
        add(tr("as the run"), {});
        for (const auto& variant : m_variants) {
            add(variant.title, variant.id);
        }
    }
    auto* restored = menu->addAction(tr("Restore"));
    restored->setEnabled(mark.changed());
    connect(restored, &QAction::triggered, this, [this, layer, head] { restore(layer, head); });
}

}  // namespace timberline::widgets
