// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/bench.h"
#include "core/base/json.h"
#include "widgets/landscape/landscape_model.h"

#include <QTimer>

#include <map>

class QComboBox;
class QLabel;
class QMenu;
class QSlider;
class QSplitter;
class QStackedWidget;
class QTabWidget;
class QToolButton;

namespace timberline::widgets {
class ContourView;
class CurveView;
class DecisionMapView;
class HessianView;
class LandscapeInspector;
class LandscapeSummary;
class LineView;
class LossHistogramView;
class PaintedPoints;
class StabilityView;
class SurfaceView;
}  // namespace timberline::widgets

namespace timberline::app {

class LandscapeQuestions;

/// The centre of the Landscape bench: contours and surface side by side with one cursor, curves of training and curvature below them, and
/// what the network under the cursor does. Other planes, the curvature and the network under the cursor are asked of the engine beside the
/// record.
class LandscapeBench : public Bench
{
    Q_OBJECT
public:
    explicit LandscapeBench(const BenchContext& context, QWidget* parent = nullptr);
    ~LandscapeBench() override;

    [[nodiscard]] QList<widgets::View*> views() const override;
    [[nodiscard]] QWidget* inspector() override;
    [[nodiscard]] QWidget* summary() override;
    void selectSomething() override;

    [[nodiscard]] widgets::LandscapeModel* model() const { return m_model; }
    [[nodiscard]] widgets::DecisionMapView* decisions() const { return m_decisions; }
    [[nodiscard]] widgets::PaintedPoints* points() const { return m_points; }
    [[nodiscard]] widgets::StabilityView* stability() const { return m_stability; }
    /// Asks for a plane around the network as trained: "random" (with new seeds), "pca", "hessian", "gradient", "update" or "line" (to the
    /// start).
    void computePlane(const QString& kind);
    void computeCurvature();
    /// Stops both. The same plane asked for again goes on from the cells that are there.
    void cancelComputing();
    [[nodiscard]] bool computing() const { return m_computing; }

private:
    QWidget* buildControls();
    QWidget* buildLeftTabs();
    QWidget* buildRightTabs();
    QMenu* buildPlaneMenu();
    void connectAll();
    void refreshControls();
    void refreshPlanes();
    void refreshStatus();
    void refreshPane();
    void refreshPoints();
    void setComputing(bool on);
    /// Coalesces questions about the network under the cursor: many moves, one question.
    void askLater();
    void askNow();
    void askDecisionMap();
    void askSampleLosses();
    /// Names the plane in view for the engine: its id in the record, or the settings that it was asked for with. Null when nothing can be
    /// asked.
    [[nodiscard]] Json planeArguments() const;
    void takeLearningRate();
    void slideLearningRate(int position);
    [[nodiscard]] double sessionLearningRate() const;
    [[nodiscard]] double recordedLearningRate();
    [[nodiscard]] double baseLearningRate();
    void paintInstead();

    BenchContext m_context;
    widgets::LandscapeModel* m_model;
    LandscapeQuestions* m_questions;
    widgets::ContourView* m_contours;
    widgets::SurfaceView* m_surface;
    widgets::LineView* m_line;   ///< in the place of the contours when the landscape is a line
    widgets::LineView* m_slice;  ///< in its tab
    widgets::CurveView* m_curve;
    widgets::StabilityView* m_stability;
    widgets::HessianView* m_hessian;
    widgets::LossHistogramView* m_losses;
    widgets::DecisionMapView* m_decisions;
    widgets::PaintedPoints* m_points;
    widgets::LandscapeInspector* m_inspector;
    widgets::LandscapeSummary* m_summary;
    QStackedWidget* m_stack;
    QTabWidget* m_left;
    QTabWidget* m_right;
    QComboBox* m_planes;
    QComboBox* m_surfaces;
    QComboBox* m_heights;
    QToolButton* m_compute;
    QToolButton* m_stop;
    QSlider* m_rate;
    QLabel* m_rateText;
    QToolButton* m_paint;
    QLabel* m_status;
    QTimer m_ask;
    std::map<std::int32_t, Json> m_asked;  ///< settings of the planes that were asked for
    struct Begun {
        QString kind;
        std::int32_t id = 0;
    };
    std::optional<Begun> m_begun;  ///< the plane that is computed, or that was cancelled last
    int m_computation = 0;         ///< number of the newest; answers to earlier ones no longer unlock the controls
    std::int32_t m_nextPlane = widgets::kFirstAnswer;
    std::int64_t m_nextSeed = 3;
    quint64 m_generation = 0;
    quint64 m_baseRateOf = 0;
    double m_baseRate = 0;
    bool m_computing = false;
};

}  // namespace timberline::app
