// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/landscape/surface_field.h"
#include "widgets/landscape/training_fold.h"
#include "widgets/shared/record_model.h"

#include "core/record/landscape_grid.h"

#include <QObject>
#include <QPoint>
#include <QPointF>

#include <optional>
#include <vector>

namespace timberline::widgets {

inline constexpr std::int32_t kFirstAnswer = 1'000'000;  ///< planes with larger ids are answers to questions, not part of the record

enum class ShownSurfaces : std::uint8_t { Train, Test, Both };

/// What all views of the Landscape bench share: the folds over the record (each event is read once), the plane in view, one scale, one
/// cursor. Points of a plane are (alpha, beta). While a surface of an earlier moment exists it is the one shown; else the surface stays
/// where it is (it is anchored at a later step, which its caption names) and only the path and the curves follow the timeline. GUI thread
/// only.
class LandscapeModel : public QObject
{
    Q_OBJECT
public:
    explicit LandscapeModel(RecordModel* records, QObject* parent = nullptr);

    [[nodiscard]] RecordModel* records() const { return m_records; }
    [[nodiscard]] const record::LandscapeFold& fold() const { return m_fold; }
    [[nodiscard]] const TrainingFold& training() const { return m_training; }
    /// Number of training().steps() at the moment shown: all of them while following.
    [[nodiscard]] std::size_t shownSteps() const;
    /// Steps done at the moment shown; -1 when the record holds no training.
    [[nodiscard]] std::int64_t shownStep() const;

    /// Puts the answer to a question about the record (a surface with other directions) beside what the record holds.
    void addAnswer(const record::Block& block);

    /// The plane in view: the chosen one, else the newest of the moments shown, else the first of all. Null while there is none.
    [[nodiscard]] const record::LandscapeGrid* grid() const;
    /// @param plane id, -1 = follow the timeline.
    void choosePlane(std::int32_t plane);
    [[nodiscard]] std::int32_t chosenPlane() const { return m_plane; }
    [[nodiscard]] bool hasTest() const;
    [[nodiscard]] bool hasAccuracy() const;
    /// Points of the trajectory up to the moment shown.
    [[nodiscard]] std::size_t trajectoryLength() const;
    /// Every measured curvature, one a step, ascending: those of the record and answers to questions.
    [[nodiscard]] const std::vector<record::HessianSummary>& curvatures() const { return m_curvatures; }
    /// The Hessian summary that belongs to the moment shown (the last one before it); null when there is none.
    [[nodiscard]] const record::HessianSummary* hessian() const;

    [[nodiscard]] HeightMode mode() const { return m_mode; }
    void setMode(HeightMode mode);
    [[nodiscard]] ShownSurfaces surfaces() const;
    void setSurfaces(ShownSurfaces surfaces);
    [[nodiscard]] const LossScale& scale() const;
    [[nodiscard]] const SurfaceField& field(bool test) const;

    /// The cursor stands on a cell of the plane in view.
    [[nodiscard]] QPoint cursorCell() const;  ///< (i, j), clamped into the grid
    [[nodiscard]] QPointF cursor() const;     ///< its (alpha, beta)
    void setCursorCell(QPoint cell);
    void moveCursor(int di, int dj);
    /// The point under the mouse in any view; nothing when it has left.
    void setHover(std::optional<QPointF> point);
    /// The point whose network the decision map shows: the hovered one, else the cursor.
    [[nodiscard]] QPointF probe() const { return m_hover.value_or(cursor()); }
    [[nodiscard]] bool hovering() const { return m_hover.has_value(); }
    /// Grows with every change of what grid() holds.
    [[nodiscard]] quint64 version() const { return m_version; }
    /// Number of the record, grows whenever another one is shown.
    [[nodiscard]] quint64 generation() const { return m_generation; }

    /// Euclidean distance of a point of the plane to its centre, in units of the parameters.
    [[nodiscard]] static double distance(const record::LandscapePlane& plane, QPointF point);

    /// Learning rate set beside a running training (the slider), which moves the stability limit before the next measurement; NaN = as
    /// recorded.
    void setLearningRate(double learningRate);
    [[nodiscard]] double learningRate() const { return m_learningRate; }
    /// Largest curvature along which gradient descent converges, at the learning rate set or recorded last; NaN when it is not known.
    [[nodiscard]] double stabilityLimit() const;

Q_SIGNALS:
    void gridChanged();      ///< cells, plane, trajectory or curvature
    void trainingChanged();  ///< steps, validations, or the moment shown
    void displayChanged();   ///< mode or surfaces
    void cursorChanged();
    void probeChanged();
    void learningRateChanged();

private:
    void refresh();
    bool readNewEvents();
    void fold(const record::Block& block);
    void keepCurvature(const record::HessianSummary& summary, std::int32_t moment);

    RecordModel* m_records;
    record::LandscapeFold m_fold;
    TrainingFold m_training;
    std::vector<record::HessianSummary> m_curvatures;
    std::vector<std::int32_t> m_curvatureMoments;
    quint64 m_seen = 0;      ///< generation of the record that was read
    std::size_t m_next = 0;  ///< events read
    int m_shown = 0;
    std::int32_t m_plane = -1;
    std::int32_t m_planeInView = -1;  ///< when it was looked last
    HeightMode m_mode = HeightMode::Loss;
    ShownSurfaces m_surfaces = ShownSurfaces::Both;
    QPointF m_cursor;
    std::optional<QPointF> m_hover;
    double m_learningRate;
    quint64 m_version = 1, m_generation = 1;

    /// Made when they are asked for.
    struct Cache {
        quint64 version = 0;
        std::int32_t plane = -2;
        HeightMode mode = HeightMode::Loss;
        LossScale scale;
        std::optional<SurfaceField> train, test;
    };
    Cache& cache() const;
    mutable Cache m_cache;
};

}  // namespace timberline::widgets
