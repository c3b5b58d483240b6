// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/bench.h"
#include "widgets/exits/exit_model.h"

class QComboBox;
class QDoubleSpinBox;
class QHBoxLayout;
class QLabel;
class QPushButton;
class QSplitter;
class QTabWidget;
class QToolButton;

namespace timberline::widgets {
class CalibrationView;
class CostPanel;
class DecisionMapsView;
class DepthHistogramView;
class ExitInspector;
class LayerMapView;
class ParetoView;
class ThresholdBar;
}  // namespace timberline::widgets

namespace timberline::app {

class ExitCalibrateDialog;

/// The centre of the Exits bench: the layers-by-tokens map with its threshold, cost against quality, depths, calibration and, for nets on
/// two inputs, decision maps. A moved threshold is tried out on cached readings; only "Re-run" writes it into the session's config. A
/// dialog certifies a threshold on prompts.
class ExitsBench : public Bench
{
    Q_OBJECT
public:
    explicit ExitsBench(const BenchContext& context, QWidget* parent = nullptr);

    [[nodiscard]] QList<widgets::View*> views() const override;
    [[nodiscard]] QWidget* inspector() override;
    [[nodiscard]] QWidget* summary() override;
    void selectSomething() override;

    [[nodiscard]] widgets::ExitModel* model() const { return m_model; }
    [[nodiscard]] widgets::LayerMapView* map() const { return m_map; }
    [[nodiscard]] widgets::ParetoView* pareto() const { return m_pareto; }
    [[nodiscard]] widgets::ThresholdBar* threshold() const { return m_threshold; }
    [[nodiscard]] QPushButton* rerunButton() const { return m_rerun; }
    [[nodiscard]] QPushButton* calibrateButton() const { return m_certify; }
    [[nodiscard]] ExitCalibrateDialog* calibrateDialog() const { return m_calibrate; }
    [[nodiscard]] QComboBox* policyBox() const { return m_policy; }

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void arrange();
    QWidget* buildMapPane();
    QWidget* buildLowerPane();
    QWidget* buildParetoPane();
    QWidget* buildTabs();
    void connectAll();
    void refreshPolicies();
    void refreshSeries();
    void takeSessionChoice();
    void tryPolicy(const QString& id);
    void takePoint(const QString& policy, const QString& key, double setting);
    void refreshTitles();
    void rerun();
    void calibrate();
    void takeCertified(const QString& policy, double threshold);
    /// The session's config with the policy that is tried out.
    [[nodiscard]] run::Config configToCalibrate() const;
    /// The record's own map where it has one, else a question to the engine.
    void askDecisionMap();
    bool showRecordedMap(const record::Record& record);
    [[nodiscard]] widgets::ExitChoice sessionChoice() const;
    [[nodiscard]] widgets::ExitChoice choiceOf(const std::string& policy) const;
    [[nodiscard]] QString policyTitle(const std::string& policy) const;

    BenchContext m_context;
    widgets::ExitModel* m_model;
    widgets::LayerMapView* m_map;
    widgets::ThresholdBar* m_threshold;
    widgets::ParetoView* m_pareto;
    widgets::DepthHistogramView* m_depth;
    widgets::CalibrationView* m_calibration;
    widgets::DecisionMapsView* m_decisions;
    widgets::ExitInspector* m_inspector;
    widgets::CostPanel* m_cost;
    QComboBox* m_policy;
    QComboBox* m_channel;
    QToolButton* m_sources;
    QToolButton* m_follow;
    QPushButton* m_rerun;
    QPushButton* m_certify;
    ExitCalibrateDialog* m_calibrate;
    QLabel* m_busy;
    QLabel* m_position;
    QDoubleSpinBox* m_budget;
    QToolButton* m_useBudget;
    QTabWidget* m_tabs;
    QComboBox* m_against;  ///< what calibration calls right
    QSplitter* m_lower;
    QWidget* m_paretoPane;
    QLabel* m_paretoTitle;
    QHBoxLayout* m_paretoBar;
    QWidget* m_spending;                  ///< budget: under the plot, or on the bar of a narrow window
    bool m_beside = false;                ///< cost and quality stand beside the tabs, not in one of them
    widgets::ExitChoice m_sessionChoice;  ///< as last taken over from the session
    bool m_wasNet = false;
    quint64 m_askedFor = 0;  ///< generation of the record whose map is shown or asked for; 0 = none
};

}  // namespace timberline::app
