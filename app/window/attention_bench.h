// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/bench.h"

#include <array>

class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QTabWidget;
class QToolButton;

namespace timberline::widgets {
class AttentionInspector;
class AttentionModel;
class AttentionSummary;
class EffectView;
class EntropyCurveView;
class EntropyMapView;
class HeadTableView;
class HeadView;
class InterventionBar;
class RolloutView;
struct MapRequest;
}  // namespace timberline::widgets

namespace timberline::app {

class AttentionQuestions;

/// The centre of the Attention bench: all heads, the selected one large beside them, what is done to heads under both, and below that the
/// table, the curves along the text, the effect of the edits and the rollout. Maps, cells, rollout and effect are asked for as jobs.
class AttentionBench : public Bench
{
    Q_OBJECT
public:
    explicit AttentionBench(const BenchContext& context, QWidget* parent = nullptr);

    [[nodiscard]] QList<widgets::View*> views() const override;
    [[nodiscard]] QWidget* inspector() override;
    [[nodiscard]] QWidget* summary() override;
    void selectSomething() override;

    [[nodiscard]] widgets::AttentionModel* attention() const { return m_attention; }
    [[nodiscard]] widgets::EntropyMapView* overview() const { return m_overview; }
    [[nodiscard]] widgets::HeadView* headView() const { return m_head; }
    [[nodiscard]] widgets::InterventionBar* interventions() const { return m_bar; }
    [[nodiscard]] widgets::EffectView* effect() const { return m_effect; }
    [[nodiscard]] QTabWidget* tabs() const { return m_tabs; }

private:
    [[nodiscard]] QWidget* buildOverviewPane();
    [[nodiscard]] QWidget* buildHeadPane();
    [[nodiscard]] QWidget* buildLowerPane();
    [[nodiscard]] QWidget* buildRolloutPage();
    void connectQuestions();
    void askMap(const widgets::MapRequest& request);
    void askThumbnails();
    /// The inspector explains the selected cell, whoever selected it.
    void refreshCell();
    void askCell(int layer, int head, int query, int key);
    void askRollout(int position);
    void askEffect();
    void showMenu(int layer, int head, const QPoint& at);

    /// The edits and the variant that the session is set to.
    [[nodiscard]] QString configEdits() const;
    [[nodiscard]] run::MethodChoice configVariant() const;
    /// Edits and variant with all its values in one spelling: what maps, cells, rollout and effect depend on.
    [[nodiscard]] QString keyOf(const QString& edits, run::MethodChoice variant) const;
    /// The key that the record's run ended with; empty without a record or where its config cannot be read.
    [[nodiscard]] QString recordedKey() const;
    void editsMade(const QString& text);
    /// Session, bar, marks and effect agree again.
    void syncSettings();
    void refreshMarks();
    void refreshEffect();
    void refreshTitle();
    void fillVariants();
    void recordReplaced();

    BenchContext m_context;
    widgets::AttentionModel* m_attention;
    AttentionQuestions* m_questions;
    widgets::EntropyMapView* m_overview;
    widgets::HeadView* m_head;
    widgets::EntropyCurveView* m_curve;
    widgets::HeadTableView* m_table;
    widgets::EffectView* m_effect;
    widgets::RolloutView* m_rollout;
    widgets::InterventionBar* m_bar;
    widgets::AttentionInspector* m_inspector;
    widgets::AttentionSummary* m_summary;
    QTabWidget* m_tabs = nullptr;
    QLabel* m_state = nullptr;
    QComboBox* m_value = nullptr;
    QDoubleSpinBox* m_residual = nullptr;
    QComboBox* m_reduce = nullptr;
    QDoubleSpinBox* m_discard = nullptr;
    std::array<int, 4> m_askedCell{-1, -1, -1, -1};  ///< layer, head, query, key
    QString m_askedFor;                              ///< key of the last question about the effect
    bool m_making = false;
    QString m_mapsFor;  ///< key that the maps were made with
};

}  // namespace timberline::app
