// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/record/block.h"

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

/// What the Landscape bench records: a plane (or a line) through parameter space, the loss over it in tiles, the path of training in it,
/// curvature, and the answers to its queries. Each struct has one pair of conversions to and from a Block; LandscapeFold puts the blocks of
/// a record together for views.
namespace timberline::record {

/// One axis of a plane: positions low + k (high - low) / (points - 1), both ends included; a single point stands at low.
struct LandscapeAxis {
    std::string kind = {};  ///< "random" "to-point" "three-point" "pca" "hessian" "gradient" "update"; "none" = the second axis of a line
    std::string normalisation = {};    ///< "filter" "layer" "weight" "none" (as computed)
    std::string one_dimensional = {};  ///< what the direction holds for biases and gains: "zero" "copy" "random"
    std::uint64_t seed = 0;            ///< of random directions
    std::int32_t index = 0;            ///< number of the eigenvector or principal component, from 0
    double low = -1, high = 1;
    std::int32_t points = 51;                                      ///< at least 1
    double norm = 0;                                               ///< Euclidean length of the direction
    double explained = std::numeric_limits<double>::quiet_NaN();   ///< pca: share of the centred variance; NaN elsewhere
    double eigenvalue = std::numeric_limits<double>::quiet_NaN();  ///< hessian: its eigenvalue; NaN elsewhere
    [[nodiscard]] double at(std::int32_t k) const noexcept;
    friend bool operator==(const LandscapeAxis&, const LandscapeAxis&) = default;
};

/// Block kind "landscape-plane". Everything that a caption states and that regenerates the surface.
struct LandscapePlane {
    std::int32_t id = 0;  ///< number of the plane in the record; tiles, trajectories name it. A follow run has one plane a recentring
    LandscapeAxis x, y;
    std::int64_t center_step = 0;                ///< training steps done at the parameters that stand at (0, 0)
    double center_loss = 0;                      ///< loss at (0, 0) on the training subset: the same bits as the tile's cell there
    double center_norm = 0;                      ///< Euclidean length of the parameters
    double cosine = 0;                           ///< between the two directions; 0 for a line
    std::string loss = {};                       ///< id of the loss that is drawn
    std::string data = {};                       ///< id of the data set
    std::string batch_norm = {};                 ///< "none" (the network has none) "frozen" "re-estimated" "batch" "interpolated"
    std::int32_t samples = 0, test_samples = 0;  ///< rows evaluated at every cell; test 0 = no test surface
    std::uint64_t sample_seed = 0;
    std::string evaluation =
        {};  ///< how cells are computed: "fused avx512" "fused avx2" "fused portable" "the trainer's network" "closed form"
    std::vector<std::int32_t> strides = {};  ///< of the levels, coarse to fine; the last is 1
    bool following = false;                  ///< drawn while training went on
    double clip = 0;  ///< recommended upper end of the colour range (2.6: max(10, 5 L(0,0))); values are never clipped
};

/// Block kind "landscape-tile": cells of one level. A cell is written once.
struct LandscapeTile {
    std::int32_t plane = 0;
    std::int32_t level = 0;
    std::vector<std::int32_t> i = {}, j = {};            ///< along x and y, from 0
    std::vector<double> loss = {}, standard_error = {};  ///< mean over the training subset and its standard error; not finite = as computed
    std::vector<double> accuracy = {};                   ///< share of right classes, empty for regression
    std::vector<double> test_loss = {}, test_standard_error = {}, test_accuracy = {};  ///< empty without a test subset
};

/// Block kind "landscape-trajectory": snapshots of training, projected onto a plane.
struct LandscapeTrajectory {
    std::int32_t plane = 0;
    std::vector<std::int32_t> step = {};
    std::vector<double> x = {}, y = {};  ///< coordinates in the plane (least squares)
    std::vector<double> residual = {};   ///< Euclidean distance to the plane
    std::vector<double> loss = {};       ///< true loss of the snapshot on the training subset, not the surface's height below it
};

/// Block kind "landscape-hessian": curvature at one moment of training, on the training subset.
struct HessianSummary {
    std::int64_t step = 0;
    std::vector<double> eigenvalues = {};  ///< the largest, descending
    std::vector<double> errors = {};       ///< residual norm ||H v - lambda v|| of each: the true eigenvalue is no farther than this
    double lowest = std::numeric_limits<double>::quiet_NaN();  ///< smallest Ritz value
    double trace = std::numeric_limits<double>::quiet_NaN(),
           trace_error = std::numeric_limits<double>::quiet_NaN();  ///< mean and its standard error
    std::int32_t trace_probes = 0;
    std::vector<double> density_at = {},
                        density = {};  ///< spectral density: positions and values, integrates to 1; empty when not asked for
    double learning_rate = 0;          ///< in force at that step
    double stability_limit =
        0;  ///< gradient descent diverges along directions of larger curvature: 2/lr, with heavy-ball momentum 2(1+mu)/lr
    std::string limit_rule = {};  ///< "2/lr", "2(1+mu)/lr", "unknown" (adaptive optimizers: 2/lr is drawn for orientation only)
    std::string products = {};    ///< how H v was computed: "double backward", "central differences"
    std::int32_t iterations = 0;  ///< Lanczos steps
    bool converged = false;
};

/// Block kind "landscape-decision-map": the network at one point of the plane over its 2-D input space.
struct DecisionMap {
    double alpha = 0, beta = 0;
    std::int32_t nx = 0, ny = 0;
    double x_low = 0, x_high = 0, y_low = 0, y_high = 0;
    std::vector<std::int32_t> choice = {};            ///< [ny, nx], row 0 at y_low: the likeliest class; regression: empty
    std::vector<float> value = {};                    ///< [ny, nx]: its probability; regression: the first output
    std::vector<float> points_x = {}, points_y = {};  ///< training samples, at most 500
    std::vector<std::int32_t> labels = {};            ///< of the points
    std::vector<std::string> names = {};              ///< of the classes, may be empty
    double loss = 0;                                  ///< of this network on the training subset
};

/// Block kind "landscape-sample-losses": loss of every sample at one point of the plane, for a histogram.
struct SampleLosses {
    double alpha = 0, beta = 0;
    std::vector<double> train = {}, test = {};
    std::vector<std::uint8_t> flipped = {};  ///< of train: 1 = its label is noise; empty without label noise
};

/// Block kind "landscape-follow": what following cost, one block at the end of the training.
struct FollowCost {
    std::int32_t surfaces = 0;  ///< drawn while training
    std::int64_t cells = 0;
    double training_ms = 0;    ///< wall time of the training loop
    double waited_ms = 0;      ///< of that, training stood still for the surface
    double evaluation_ms = 0;  ///< processor time of the surfaces on their own thread
};

inline constexpr std::string_view kPlaneBlock = "landscape-plane", kTileBlock = "landscape-tile", kTrajectoryBlock = "landscape-trajectory",
                                  kHessianBlock = "landscape-hessian", kDecisionMapBlock = "landscape-decision-map",
                                  kSampleLossesBlock = "landscape-sample-losses", kFollowBlock = "landscape-follow",
                                  kSurfaceBlock = "landscape-surface";
inline constexpr std::int32_t kMostAxisPoints = 2001;         ///< a reader refuses more
inline constexpr double kFarthestLimit = 1e12;                ///< a reader refuses an axis that reaches farther
inline constexpr std::int64_t kMostFoldedCells = 50'000'000;  ///< of all surfaces together: LandscapeFold refuses further planes

/// The blocks' moment is the caller's to set.
[[nodiscard]] Block to_block(const LandscapePlane& plane);
[[nodiscard]] Block to_block(const LandscapeTile& tile);
[[nodiscard]] Block to_block(const LandscapeTrajectory& trajectory);
[[nodiscard]] Block to_block(const HessianSummary& summary);
[[nodiscard]] Block to_block(const DecisionMap& map);
[[nodiscard]] Block to_block(const SampleLosses& losses);
[[nodiscard]] Block to_block(const FollowCost& cost);

/// Adds the cells of `from`; both belong to the same plane and level.
void append(LandscapeTile& to, const LandscapeTile& from);

/// Block kind "landscape-surface": one level of a surface in a single block, with its plane and, on one of them, the path. The answer to
/// the query "surface"; LandscapeFold::add takes it like a plane, a tile and a trajectory.
[[nodiscard]] Block surface_block(const LandscapePlane& plane, const LandscapeTile& tile,
                                  const std::optional<LandscapeTrajectory>& trajectory);

/// Check everything: kind, sizes that agree, ranges. The error names the block's kind and the field.
[[nodiscard]] Result<LandscapePlane> plane_from(const Block& block);
[[nodiscard]] Result<LandscapeTile> tile_from(const Block& block);
[[nodiscard]] Result<LandscapeTrajectory> trajectory_from(const Block& block);
[[nodiscard]] Result<HessianSummary> hessian_from(const Block& block);
[[nodiscard]] Result<DecisionMap> decision_map_from(const Block& block);
[[nodiscard]] Result<SampleLosses> sample_losses_from(const Block& block);
[[nodiscard]] Result<FollowCost> follow_cost_from(const Block& block);

/// One surface as far as it is known. Cell (i, j) stands at index j * x.points + i.
struct LandscapeGrid {
    LandscapePlane plane;
    std::vector<std::int8_t> level;                                     ///< per cell: the level that computed it, -1 = not yet
    std::vector<double> loss, standard_error, accuracy;                 ///< NaN where not known; accuracy may be empty
    std::vector<double> test_loss, test_standard_error, test_accuracy;  ///< empty without a test surface
    LandscapeTrajectory trajectory;
    std::int32_t moment = -1;  ///< of the plane's block
    [[nodiscard]] std::int32_t nx() const noexcept { return plane.x.points; }
    [[nodiscard]] std::int32_t ny() const noexcept { return plane.y.points; }
    [[nodiscard]] bool line() const noexcept { return plane.y.kind == "none"; }
    [[nodiscard]] std::size_t index(std::int32_t i, std::int32_t j) const noexcept
    {
        return static_cast<std::size_t>(j) * static_cast<std::size_t>(plane.x.points) + static_cast<std::size_t>(i);
    }
    [[nodiscard]] std::int64_t known() const noexcept;       ///< cells computed
    [[nodiscard]] std::int64_t not_finite() const noexcept;  ///< computed cells whose training loss is NaN or infinite
    /// Smallest and largest finite loss over both surfaces (one colour scale); nothing while no finite cell is known.
    [[nodiscard]] std::optional<std::pair<double, double>> range() const noexcept;
};

/// Puts blocks together in the record's order. Blocks of other kinds are passed over; damaged ones are counted, never trusted.
class LandscapeFold
{
public:
    void add(const Block& block);
    [[nodiscard]] const std::vector<LandscapeGrid>& grids() const noexcept { return grids_; }  ///< in order of their planes
    [[nodiscard]] const LandscapeGrid* grid(std::int32_t plane) const noexcept;                ///< null when there is none
    [[nodiscard]] const std::vector<HessianSummary>& hessians() const noexcept { return hessians_; }
    [[nodiscard]] const std::optional<FollowCost>& follow_cost() const noexcept { return follow_; }
    [[nodiscard]] int refused() const noexcept { return refused_; }                 ///< blocks that were damaged
    [[nodiscard]] const std::string& problem() const noexcept { return problem_; }  ///< of the first refused block

private:
    Status add_tile(const Block& block);
    Status add_surface(const Block& block);
    Status add_checked(const Block& block);
    Status add_grid(LandscapePlane plane, std::int32_t moment);

    std::vector<LandscapeGrid> grids_;
    std::int64_t cells_ = 0;  ///< of all grids
    std::vector<HessianSummary> hessians_;
    std::optional<FollowCost> follow_;
    int refused_ = 0;
    std::string problem_;
};

/// A sentence that states plane, seeds, subset, batch norm treatment and evaluation, in English (exports); the window composes its own from
/// the fields.
[[nodiscard]] std::string caption(const LandscapePlane& plane);

/// data/grid.csv: i,j,alpha,beta,loss,standard_error,level. One surface; rows in the order j, i; cells not yet computed are left out; not
/// finite numbers are written as nan, inf and -inf.
[[nodiscard]] std::string grid_csv(const LandscapeGrid& grid, bool test = false);
/// data/trajectory.csv: step,x,y,residual,loss.
[[nodiscard]] std::string trajectory_csv(const LandscapeTrajectory& trajectory);
/// NPY version 1.0, float64 [ny, nx]; cells not computed are NaN.
[[nodiscard]] std::string grid_npy(const LandscapeGrid& grid, bool test = false);
/// Legacy VTK structured points with the fields loss, standard_error and level; ASCII. The spacing is the axes'. Not finite numbers are
/// written as nan and inf, which VTK's reader takes.
[[nodiscard]] std::string grid_vtk(const LandscapeGrid& grid, bool test = false);
/// Wavefront OBJ: vertices x, height, y over [-1, 1]^2, heights scaled to [0, 1] of the finite range (clipped at `plane.clip` when it is
/// positive); quads of computed, finite cells only.
[[nodiscard]] std::string grid_obj(const LandscapeGrid& grid, bool test = false);

}  // namespace timberline::record
