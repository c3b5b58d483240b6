// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/cancel.h"
#include "core/base/result.h"
#include "core/training/net_spec.h"

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

/// Directions through parameter space (methods/training.md 2.1 to 2.3). All vectors are flat and as long as the parameters; sums are in
/// float64.
namespace timberline::landscape {

/// How a random direction is scaled to the weights (Li, Xu, Taylor, Studer, Goldstein: Visualizing the Loss Landscape of Neural Nets;
/// 1712.09913).
enum class Normalisation : std::uint8_t {
    Filter,  ///< each filter (index on dimension 0) gets the length of the weights' filter: d *= |w| / (|d| + 1e-10)
    Layer,   ///< each tensor gets the length of the weights' tensor
    Weight,  ///< d *= w, number by number
    None,
};
/// What a direction holds for tensors of one dimension (biases, gains and shifts of norms).
enum class OneDimensional : std::uint8_t {
    Zero,    ///< they stay where they are
    Copy,    ///< the parameters themselves: a point alpha scales them by 1 + alpha, as the reference code does when told not to ignore them
    Random,  ///< random, with the length of the parameters' tensor
};
/// "filter" "layer" "weight" "none"; "zero" "copy" "random".
[[nodiscard]] std::string_view name_of(Normalisation normalisation) noexcept;
[[nodiscard]] std::string_view name_of(OneDimensional treatment) noexcept;
[[nodiscard]] Normalisation normalisation_from(std::string_view name) noexcept;     ///< unknown names give Filter
[[nodiscard]] OneDimensional one_dimensional_from(std::string_view name) noexcept;  ///< unknown names give Zero

[[nodiscard]] double dot(std::span<const float> a, std::span<const float> b) noexcept;
[[nodiscard]] double length(std::span<const float> a) noexcept;
/// 0 when one of them has no length.
[[nodiscard]] double cosine(std::span<const float> a, std::span<const float> b) noexcept;

/// Independent standard normals; number i is a function of (seed, axis, i) alone.
[[nodiscard]] std::vector<float> gaussian_direction(std::int64_t count, std::uint64_t seed, std::uint32_t axis);

/// Scales `direction` in place by the rules above; its tensors of one dimension are replaced as `treatment` says.
void normalise(const training::NetLayout& layout, std::span<const float> center, Normalisation normalisation, OneDimensional treatment,
               std::span<float> direction);

/// Sets tensors of one dimension to zero.
void ignore_one_dimensional(const training::NetLayout& layout, std::span<float> direction);

/// b minus its part along a. Nothing happens when a has no length.
void make_orthogonal(std::span<const float> a, std::span<float> b);

/// w2 - w1.
[[nodiscard]] std::vector<float> difference(std::span<const float> w1, std::span<const float> w2);

/// Plane through three points: u = (w2 - w1) / |w2 - w1|, v = the unit vector along what w3 - w1 has across u. Coordinates are Euclidean
/// distances from w1. Errors: two of the points coincide, or all lie on one line.
[[nodiscard]] Result<std::array<std::vector<float>, 2>> three_point_directions(std::span<const float> w1, std::span<const float> w2,
                                                                               std::span<const float> w3);

/// The point of center + x u + y v nearest to theta (2x2 normal equations; an empty v is a line) and the distance to it.
struct Projection {
    double x = 0, y = 0, residual = 0;
};
[[nodiscard]] Projection project(std::span<const float> center, std::span<const float> u, std::span<const float> v,
                                 std::span<const float> theta);

/// Largest angle in degrees between two planes spanned by orthonormal pairs: 0 = the same plane.
[[nodiscard]] double angle_between(const std::array<std::vector<float>, 2>& a, const std::array<std::vector<float>, 2>& b);

/// Principal components of the path of training, by the Gram matrix of the snapshots: the D x D covariance is never formed. Directions are
/// those of the centred path; coordinates are taken relative to the last snapshot and never centred, so that the path ends at (0, 0).
class TrajectoryPca
{
public:
    /// @param layout when given, tensors of one dimension do not count.
    explicit TrajectoryPca(const training::NetLayout* layout = nullptr) : layout_(layout) {}

    /// Appends a snapshot: one row of dot products. All snapshots have the same length.
    void add(std::span<const float> parameters);
    [[nodiscard]] std::size_t size() const noexcept { return rows_.size(); }

    struct Components {
        std::vector<std::vector<float>> directions;  ///< unit vectors, by falling variance
        std::vector<double> eigenvalues;             ///< of the centred Gram matrix, all, falling
        std::vector<double> explained;               ///< share of the total, all
    };
    /// @param wanted directions; fewer come where the path has fewer dimensions.
    /// Errors: fewer than two snapshots, or all of them equal; Cancelled.
    [[nodiscard]] Result<Components> solve(std::size_t wanted, const CancelToken& cancel = {}) const;

private:
    const training::NetLayout* layout_;
    std::vector<std::vector<float>> rows_;  ///< snapshots minus the first
    std::vector<float> first_;
    std::vector<std::vector<double>> gram_;  ///< lower triangle
};

/// Flips each direction that points away from its predecessor, so that the picture does not jump while training goes on.
void align_signs(std::span<const std::vector<float>> before, std::span<std::vector<float>> now);

}  // namespace timberline::landscape
